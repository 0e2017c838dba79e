"""What lesson 11 tests: races over all knobs, and how sharp a loss is where training goes.

trial(name, method, number)         the settings of one trial, drawn by this number
race(name, method, number, seed)    train with them: the losses that choose, and that only report
edge(method, rate, seed)            the loss and the sharpness at the end of a training

RACES has the races and their methods. A race gives each method the same number of trials, TRIALS,
and a trial draws every knob that the method has: the rate, the memories, the weight decay and,
where the method's name does not say it, whether the rate falls. The validation loss chooses the
trial; the test loss is only reported.
"""

from functools import cache

import numpy as np

from adamlib import rules
from adamlib.datasets import fashion_mnist, mnist
from adamlib.descent import training
from adamlib.experiments.claims import CLAIMS
from adamlib.experiments.paper import shrunk
from adamlib.inputs import check_name, count
from adamlib.models import MLP
from adamlib.schedules import cosine
from adamlib.switches import with_weight_decay

TRIALS = {"unseen": 24, "speed": 24, "batches": 12}  # of each method
RULES = {
    "sgd": with_weight_decay(rules.sgd),
    "momentum": with_weight_decay(rules.momentum),
    "adam": rules.adamw,
    "muon": rules.muon,
}
# Ranges: of 10^a for a rate or a decay; of a memory, 1/(1 − β), 10^a steps
ADAMS = {"learning_rate": (-3.5, -1.5), "beta_1": (0, 2), "beta_2": (1, 4)}
SGDS = {"learning_rate": (-1.75, 0.25)}
KNOBS = {
    "sgd": SGDS,
    "momentum": SGDS | {"momentum": (0, 2)},  # the rate is the effective one, η/(1 − μ)
    "adam": ADAMS,
    "muon": {"learning_rate": (-3.5, -1.5), "momentum": (0, 2), "adam_beta_2": (1, 4)},
    "sgd, batch 1": {"learning_rate": (-3, -1)},
    "adam, batch 1": {"learning_rate": (-4.5, -2.5), "beta_1": (0, 3), "beta_2": (1, 5)},
}
DECAYS = {"sgd": (-4.5, -2), "momentum": (-4.5, -2), "adam": (-3, -0.5), "muon": (-3, -0.5)}
RACES = {
    "unseen": ("momentum", "adam"),
    "speed": ("adam, constant", "muon, constant", "adam, cosine", "muon, cosine"),
    "batches": ("sgd, batch 1", "adam, batch 1", "sgd", "momentum", "adam"),
}
LOOKS = range(10, 181, 10)  # the steps at which the race of speed looks at the loss


def trial(name, method, number):
    """(rule, hyperparameters, whether the rate falls as a cosine) of this trial.

    In the race of speed, the numbers from 24 on are Keras's defaults.
    """
    check_name(method, RACES[check_name(name, RACES, "race")], "method")
    plain, _, how = method.partition(", ")
    if count(number, "number") >= TRIALS[name]:
        return RULES[plain], {"learning_rate": 0.001}, how == "cosine"
    rng = np.random.default_rng([11, number])
    falls, decays, decay, *draws = rng.random(6)
    settings = {}
    for (knob, (low, high)), draw in zip(
        KNOBS.get(method, KNOBS[plain]).items(), draws, strict=False
    ):
        power = float(10 ** (low + draw * (high - low)))
        settings[knob] = power if knob == "learning_rate" else 1 - 1 / power
    if "momentum" in settings and plain == "momentum":
        settings["learning_rate"] *= 1 - settings["momentum"]
    low, high = DECAYS[plain]
    settings["weight_decay"] = float(10 ** (low + decay * (high - low))) if decays > 0.5 else 0.0
    return RULES[plain], settings, how == "cosine" if name == "speed" else bool(falls > 0.5)


@cache
def pictures():
    """Clothes: 6,000 to train on, 1,000 that choose, 2,000 that only report."""
    (x, y), test = fashion_mnist().train, fashion_mnist().test
    return (x[:6000], y[:6000]), (x[6000:7000], y[6000:7000]), tuple(a[:2000] for a in test)


def race(name, method, number, seed, steps=180):
    """Train a network on clothes by the settings of a trial; {quantity: number}.

    "unseen"   2,000 pictures, 64 hidden units, 20 epochs in batches of 100
    "speed"    6,000 pictures, 64 hidden units, `steps` steps with batches of 100
    "batches"  2,000 pictures, 32 hidden units, one epoch in batches of 1 or 100
    "tuned" is the validation loss at the end, infinite where the training diverged; "test" and
    "accuracy" are those of test pictures, and "training" the loss of all that it trained on.
    """
    rule, settings, falls = trial(name, method, number)
    part, others, test = pictures()
    size, epochs, hidden = 100, 3, 64
    if name == "unseen":
        part, epochs = tuple(a[:2000] for a in part), 20
    elif name == "batches":
        part = tuple(a[:2000] for a in part)
        size, epochs, hidden = 1 if "batch 1" in method else 100, 1, 32
    last = steps if name == "speed" else epochs * len(part[1]) // size
    if falls:
        settings = settings | {"learning_rate": cosine(settings["learning_rate"], last)}
    model, rng, found = MLP((784, hidden, 10)), np.random.default_rng(count(seed, "seed")), {}
    how = dict(epochs=epochs, batch_size=size, rng=rng)
    with np.errstate(all="ignore"):
        runs = training(rule, model.loss_and_gradient, model.initial(rng), part, **how, **settings)
        for taken, run in enumerate(runs):
            if name == "speed" and taken in LOOKS:
                found[f"loss {taken}"] = model.loss(run.params, others)
            if taken == last:
                break
        at = {"tuned": others, "test": test, "training": part}
        found |= {quantity: model.loss(run.params, data) for quantity, data in at.items()}
    if run.diverged or not np.isfinite(found["tuned"]):
        return dict.fromkeys([*found, *(f"loss {s}" for s in LOOKS)], np.inf) | {"accuracy": 0.1}
    return found | {"accuracy": model.accuracy(run.params, test)}


# The edge of stability: a small network, tanh and squared error, as Cohen and others (2021) have


@cache
def small_digits():
    """300 digits of 14 × 14 pixels, and their labels as rows of 0 and 1."""
    x, y = mnist().train
    x = shrunk(x[:300]).reshape(300, 196).astype(float)
    return x - x.mean(axis=0), np.eye(10)[y[:300]]


def loss_and_gradient(params, batch):
    """The mean of half the squared errors of 196 inputs, 32 units with tanh, and 10 outputs."""
    (W, b, V, c), (x, y) = params, batch
    h = np.tanh(x @ W + b)
    error = h @ V + c - y
    loss, error = (error**2).sum() / 2 / len(x), error / len(x)
    back = error @ V.T * (1 - h**2)
    return loss, [x.T @ back, back.sum(axis=0), h.T @ error, error.sum(axis=0)]


def sharpness(params, data, root=None, turns=40):
    """The largest curvature of the loss, by power iteration.

    root  Adam's √v̂ + ε of each array: then in the units in which Adam's step is η m̂
    """
    rng = np.random.default_rng(0)
    scale = [np.ones_like(p) for p in params] if root is None else [r**0.5 for r in root]
    direction = [rng.standard_normal(p.shape) for p in params]
    for _ in range(turns):
        length = np.sqrt(sum((d**2).sum() for d in direction))
        direction = [d / length for d in direction]
        there = [d / s for d, s in zip(direction, scale, strict=True)]
        h = 1e-4 / np.sqrt(sum((d**2).sum() for d in there))
        gradients = (
            loss_and_gradient([p + k * d for p, d in zip(params, there, strict=True)], data)[1]
            for k in (h, -h)
        )
        turned = [(up - down) / (2 * h) / s for up, down, s in zip(*gradients, scale, strict=True)]
        largest = sum((a * b).sum() for a, b in zip(turned, direction, strict=True))
        direction = turned
    return float(largest)


def edge(method, rate, seed, steps=1000):
    """Train the small network: "sgd" or "adam" with all digits, "sgd, batches of 30" with some.

    "tuned" is the training loss at the end; "at the edge" the sharpness there, as a multiple of
    the border 2/η, for Adam 38/η with β₁ = 0.9 (Cohen and others, 2021 and 2022).
    """
    data, rng = small_digits(), np.random.default_rng(count(seed, "seed"))
    params = [
        rng.standard_normal((196, 32)) / 14,
        np.zeros(32),
        rng.standard_normal((32, 10)) / 32**0.5,
        np.zeros(10),
    ]
    state, order = [(0, 0)] * 4, []
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            batch = data
            if "batches" in method:
                order = order if len(order) else rng.permutation(300)
                batch, order = tuple(a[order[:30]] for a in data), order[30:]
            _, gradient = loss_and_gradient(params, batch)
            if method == "adam":
                moved = [
                    rules.adam(p, g, t, *s, learning_rate=rate)
                    for p, g, s in zip(params, gradient, state, strict=True)
                ]
                params, state = [p for p, *_ in moved], [s for _, *s in moved]
            else:
                params = [p - rate * g for p, g in zip(params, gradient, strict=True)]
        loss = float(loss_and_gradient(params, data)[0])
        if not np.isfinite(loss) or loss > 1:
            return {"tuned": np.inf, "at the edge": np.inf}
        root = None
        if method == "adam":
            root = [np.sqrt(v / (1 - 0.999**steps)) + 1e-7 for _, v in state]
        border = 38 / rate if method == "adam" else 2 / rate
        return {"tuned": loss, "at the edge": sharpness(params, data, root) / border}


# Made-up data, and the page at the end


def wilson(seed, samples=100):
    """Data on which Adam fits all and learns nothing (Wilson and others, 2017, § 3.3): (X, y).

    About 70 % of the labels are 1, the others −1. Column 0 is the label itself, columns 1 and 2
    are 1. Five columns more belong to each sample alone: one of them is 1 if its label is 1, all
    five if it is −1.
    """
    rng = np.random.default_rng(count(seed, "seed"))
    y = np.where(rng.random(samples) < 0.7, 1.0, -1.0)
    own = np.zeros((samples, samples, 5))
    for i, label in enumerate(y):
        own[i, i, : 1 if label > 0 else 5] = 1
    return np.column_stack([y, np.ones((samples, 2)), own.reshape(samples, -1)]), y


def verdict(plain, condition="", under=None):
    """A word: "holds" where a claim holds as it is; "holds if …" where it holds under a condition
    only; "not told" where the seeds do not separate, that is, where plain is None; else "does not
    hold here"."""
    if plain is None:
        return "not told"
    if plain:
        return "holds"
    return f"holds if {condition}" if under else "does not hold here"


def of_row(row):
    """True for a row whose seeds show its claim, False for its opposite, None for neither."""
    if not row.separated:
        return None
    return bool(row.mean > 0)


def spread(row):
    """A row's numbers in words."""
    shown = "" if row.shown is None else f", {row.shown} of {row.seeds} seeds"
    return f"{row.mean:.2g} ± {row.sd:.1g}{shown}"


MINDS = {  # what would change the verdict
    "Adam generalizes worse than SGD": "a gap of three standard errors, at equal trials, here",
    "Twice as fast as AdamW": "less than 2 in a larger network, or in seconds",
    "SGD works at batch 1, no need for Adam": "a lead of Adam at batch 1 that 30 seeds show",
    "Clipping tames Adam": "a constant factor that shortens Adam's steps",
    "Adam does not overshoot, it anneals by itself": "noise in which the distance goes on falling",
    "Adam is invariant to scale": "a turn of the axes that leaves its path alone",
    "The best rate is at the edge of stability": "a best rate whose run ends far from the border",
    "ε = 1e-8 is safe": "a float16 in which it is not 0",
    "Accumulation is the same as a larger batch": "unequal parts that give the same weights",
    "Adafactor needs sublinear memory": "a Keras that no longer holds a full v",
}


def page(found):
    """The verdicts as one table: {claim: (verdict, what was found)}, one for each of MINDS."""
    from IPython.display import Markdown

    rows = [" | claim | verdict | found here | what would change my mind"]
    rows += ["--- | --- | --- | --- | ---"]
    for i, (claim, mind) in enumerate(MINDS.items(), 1):
        rows += [f"{i} | {claim} | {' | '.join(found[claim])} | {mind}"]
    return Markdown("\n".join(f"| {row} |" for row in rows))


# The rows of claims.csv that are shown together

GENERALIZE = ("higher test accuracy", "lower test loss", "lower training loss")
BATCHES = (
    "at batch 1 Adam is below sgd",
    "at batch 100 Adam is below sgd",
    "the gap is smaller at batch 1 than at batch 100",
    "at batch 100 Adam is below momentum",
    "sgd at batch 1 is below Adam at batch 100",
)


def articles(held, weights, first, saddle):
    """The verdicts on ten claims of the five articles, as a table in Markdown.

    held    {optimizer: how many numbers it holds}, of so many weights
    first   Adam's first step without its correction, over η
    saddle  {(rule, start): steps until it is left}
    """
    per = {name: numbers / weights for name, numbers in held.items()}
    early, late = (
        CLAIMS[f"11 Adam at 0.3 is below Adam at 0.001 after {n} steps"] for n in (10, 70)
    )
    better = CLAIMS["11 Adam at 0.01 is below Adam at 0.3 after 10 steps"]
    rmsprop = CLAIMS["08 Adam tuned is above RMSProp tuned"]
    behind = [
        CLAIMS[f"09 {who} ends below AdaGrad on convolutions"] for who in ("Adam", "Nesterov")
    ]
    signs = [rules.adagrad(0.0, g, 1, 0.1)[1] for g in (2.0, -2.0)]
    x, m, v, longest = 0.0, 0, 0, 0.0
    for _ in range(50):
        before, (x, m, v) = x, rules.adam(x, 1.0, 1, m, v, learning_rate=1.0)
        longest = max(longest, before - x)
    more = min(per["Adagrad"], per["RMSprop"]) > per["Adam"]
    rows = [
        (
            "AdaGrad and RMSProp need more memory than Adam",
            verdict(more),
            f"{per['Adagrad']:.0f} and {per['RMSprop']:.0f} for each weight, and Adam "
            f"{per['Adam']:.0f}",
        ),
        (
            "SGD needs a lot of memory",
            verdict(per["SGD"] > 0.5),
            f"{per['SGD']:.0f} for each weight, with momentum {per['SGD with momentum']:.0f}",
        ),
        (
            "skipping the correction slows the start",
            verdict(abs(first) < 1),
            f"the first step is {abs(first):.1f} η; lesson 06, part 2",
        ),
        (
            "RMSProp is as accurate as Adam, but slower",
            verdict(of_row(rmsprop) is not True),
            f"Adam's accuracy is higher by {spread(rmsprop)}, lesson 08, part 3; its own table: "
            "609 s, Adam 625 s",
        ),
        (
            "AdaGrad estimates the first moment",
            verdict(bool(signs[0] != signs[1])),
            f"g = 2 and g = −2 both make its s {signs[0]:.1f}; lesson 04, part 2",
        ),
        (
            "t is the epoch",
            verdict(longest < 1.01),
            f"if t stays 1, steps grow to {longest:.1f} η; lesson 06, part 7",
        ),
        (
            "a larger α, 0.3, learns faster at first",
            verdict(of_row(early) and not of_row(better), "the other α is 0.001", of_row(early)),
            f"digits, 10 steps: 0.3 below 0.001 by {spread(early)}; at the end by {spread(late)}; "
            f"but 0.01 below 0.3 by {spread(better)}",
        ),
        (
            "Adam avoids saddle points",
            verdict(saddle["adam", 0] is not None, "it starts beside one", saddle["adam", 1e-6]),
            f"from beside it {saddle['adam', 1e-6]} steps, sgd {saddle['sgd', 1e-6]}",
        ),
        (
            "later Adam and SGD are ahead of AdaGrad (CNN)",
            verdict(all(of_row(row) for row in behind)),
            f"{behind[0].shown} and {behind[1].shown} of {behind[0].seeds} seeds, lesson 09, part "
            "6",
        ),
        (
            "adaptive rates generalize better",
            verdict(of_row(CLAIMS["11 momentum has the higher test accuracy"])),
            "part 1: a draw",
        ),
    ]
    head = ["a claim of the five articles | verdict | why, and where", "--- | --- | ---"]
    return "\n".join(f"| {row} |" for row in head + [" | ".join(row) for row in rows])


# A test of what a rule does not notice

GRADIENTS = np.random.default_rng(11).standard_normal((200, 2)) + [1, 0.1]
TURN = np.array([[1, -1], [1, 1]]) / 2**0.5  # by 45 degrees


def last(rule, gradients):
    """Where two weights end that start at 0 and get these gradients, one row for each step."""
    x, state = np.zeros(2), ()
    for t, g in enumerate(gradients, 1):
        x, *state = rule(x, g, t, *state, learning_rate=0.01)
    return x


def gap(rule, change, undo):
    """How far apart runs with GRADIENTS and with changed ones end, when the change is undone."""
    return np.abs(undo(last(rule, change(GRADIENTS))) - last(rule, GRADIENTS)).max()
