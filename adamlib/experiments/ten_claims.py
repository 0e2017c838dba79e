"""What lesson 11 tests: races over all knobs, and how sharp a loss is where training goes.

trial(name, method, number)         the settings of one trial, drawn by this number
race(name, method, number, seed)    train with them: the losses that choose, and that only report
best_run(name, method, seed)        train with the best of a method's trials
edge(method, rate, seed)            the loss and the sharpness at the end of a training
verdict(plain, condition, under)    a claim's verdict in words
page(...)                           all ten verdicts in one table

RACES has the races and their methods. A race gives each method the same number of trials, TRIALS,
and a trial draws every knob that the method has: the rate, the memories, the weight decay and,
where the method's name does not say it, whether the rate falls. The validation loss chooses the
trial; the test loss is only reported.
"""

from functools import cache

import numpy as np

from adamlib import rules
from adamlib.datasets import fashion_mnist, mnist
from adamlib.descent import descend, training
from adamlib.experiments.claims import CLAIMS
from adamlib.experiments.paper import shrunk
from adamlib.experiments.tasks import clothes
from adamlib.inputs import check_name, count
from adamlib.models import MLP
from adamlib.schedules import cosine
from adamlib.switches import with_accumulation, with_weight_decay

TRIALS = {"unseen": 24, "speed": 24, "batches": 48}  # of each method
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
    "batches": ("sgd, batch 1", "adam, batch 1", "sgd", "adam"),
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


def best(name, method):
    """The number of the trial that the validation loss chose, by claims.csv."""
    return int(CLAIMS[f"11 best trial of {method} in {name}"].mean)


def best_run(name, method, seed):
    """Train with the best of this method's trials: race()'s numbers."""
    return race(name, method, best(name, method), seed)


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


WAYS = {  # as claims.csv calls them, and as a figure does
    "gradient descent": "sgd, all digits",
    "Adam": "adam, all digits",
    "sgd with batches of 30": "sgd, batches of 30",
}


def by_rate(quantity, way):
    """{η: the row of claims.csv} of the loss or the sharpness of a method of WAYS."""
    start = f"11 {quantity} of {way} at η = "
    found = {n.removeprefix(start): row for n, row in CLAIMS.items() if n.startswith(start)}
    return {float(rate): row for rate, row in found.items()}


def edge_losses():
    """The mean training loss of each method at each rate, by claims.csv, as a table."""
    from IPython.display import Markdown

    losses = {
        label: {rate: f"{row.mean:#.2g}" for rate, row in by_rate("loss", way).items()}
        for way, label in WAYS.items()
    }
    rates = sorted({rate for of in losses.values() for rate in of})
    rows = ["training loss (mean of 12 seeds) at η = | " + " | ".join(f"{r:g}" for r in rates)]
    rows.append(" | ".join(["---"] * (len(rates) + 1)))
    for label, of in losses.items():
        rows.append(" | ".join([label, *(of.get(rate, "") for rate in rates)]))
    return Markdown("\n".join(f"| {row} |" for row in rows))


def edge_lines():
    """({method: sharpness}, {method: rates}, {method: its best rate}), by claims.csv.

    The sharpness is a multiple of the border, which is a line of its own, with a band; best is the
    rate with the lowest training loss.
    """
    sharp, rates, best_of = {}, {}, {}
    for way, label in WAYS.items():
        found = by_rate("sharpness", way)
        rates[label] = list(found)
        sharp[label] = np.array([row.mean for row in found.values()])
        best_of[label] = CLAIMS[f"11 best η of {way}"].mean
    sharp["the border ± a tenth"] = np.array([[0.9, 0.9], [1.1, 1.1]])  # lines() draws a band
    rates["the border ± a tenth"] = [0.0008, 1]
    return sharp, rates, best_of


# Made-up data


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


def wilson_errors(rule, rate, seed):
    """Least squares on these data, in 500 steps of a rule from 0.

    Returns the fraction of the training samples, and that of 1,000 new ones, whose label is wrong,
    and then the weights of columns 0, 1 and 2.
    """
    X, y = wilson(seed)
    w, state = np.zeros(X.shape[1]), ()
    for t in range(1, 501):
        w, *state = rule(w, X.T @ (X @ w - y) / len(y), t, *state, learning_rate=rate)
    new = np.where(np.random.default_rng(seed + 1000).random(1000) < 0.7, 1, -1)
    wrong = np.mean(X @ w * y <= 0), np.mean((w[0] * new + w[1] + w[2]) * new <= 0)
    return *wrong, *w[:3]


# Accumulation, on live Keras and with a schedule


def fitted(batch_size, steps=None, pictures=250):
    """The weights after an epoch of model.fit on clothes, without shuffling.

    steps  the optimizer's gradient_accumulation_steps
    """
    from adamlib.keras_check import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10)])
    optimizer = keras.optimizers.Adam(0.001, gradient_accumulation_steps=steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss=loss, run_eagerly=True)
    x, y = (part[:pictures] for part in clothes().part)
    model.fit(x, y, batch_size=batch_size, shuffle=False, verbose=0)
    return np.concatenate([w.ravel() for w in model.get_weights()])


def apart(batch_size, steps, whole=125, pictures=250):
    """How far an epoch of small batches, so many in one step, ends from one of larger batches.

    The largest difference of a weight; ... while a number is not written, and 1 where no
    training is possible with it.
    """
    if any(number is ... or number is None for number in (batch_size, steps)):
        return ...
    if not all(isinstance(n, int) and n > 0 for n in (batch_size, steps)):
        return 1.0
    small = fitted(batch_size, steps if steps > 1 else None, pictures)
    return float(np.abs(small - fitted(whole, pictures=pictures)).max())


def scheduled(k, steps=2):
    """Where x is after so many steps of a rate 1/t, each the mean of k gradients of 1."""
    rule, x, total = with_accumulation(rules.sgd, k), 0.0, 0.0
    for t in range(1, k * steps + 1):
        x, total = rule(x, 1.0, t, total, learning_rate=1 / t)
    return x


# Clipping, and a run that anneals by itself or not


def spiked(clip, seed, spike=1000):
    """The length of each of 800 steps of Adam with η = 1, in 12 runs of 200 weights: (800, 12).

    Length is a root mean square. The gradients are 1 plus noise, and at step 300 all are so many
    times as large. A gradient longer than `clip` is cut to that length, as clipnorm does.
    """
    rng, x, state, found = np.random.default_rng(seed), np.zeros((12, 200)), (), []
    for t in range(1, 801):
        g = rng.normal(1, 1, x.shape) * (spike if t == 300 else 1)
        g = g * np.minimum(1, clip / np.linalg.norm(g, axis=1, keepdims=True))
        before, (x, *state) = x, rules.adam(x, g, t, *state, learning_rate=1.0)
        found.append(np.sqrt(np.mean((x - before) ** 2, axis=1)))
    return np.array(found)


def noisy_distances(rate, seed):
    """How far 500 weights are from the minimum of x²/2 after each of 4,000 steps of Adam.

    They start at 1, each gradient has noise of size 1, and the distance is a root mean square.
    """
    rng = np.random.default_rng(seed)
    run = descend(
        rules.adam,
        lambda x: x + rng.standard_normal(500),
        np.ones(500),
        4000,
        learning_rate=rate,
    )
    return np.sqrt(np.mean(run.trajectory[1:] ** 2, axis=1))


def anneals(distance):
    """Whether a distance goes on falling, and not only at the start."""
    return bool(distance[3000:].mean() < 0.9 * distance[1000:2000].mean())


def asked(function):
    """What a learner's anneals() says of runs of which we know it, for check_answer.

    Five numbers: 1 if it says that a run falls which does so slowly; which does so only at the
    end; which is level from step 500 on (and rises by a hair); and of 12 level runs that jump, and
    of 12 that wander, the fraction which it says to fall. All are ... while nothing is written. It
    prints what is raised.

    To jump is independent noise of 30 % at each step; to wander is noise of 2 % that lasts for some
    1,000 steps, as in the runs of noisy_distances().
    """
    rng, t = np.random.default_rng(11), np.arange(1, 4001)
    noise = np.exp(0.3 * rng.standard_normal((14, 4000)))
    wander, now = np.empty((12, 4000)), rng.standard_normal(12)
    for step in range(4000):
        now = 0.999 * now + (1 - 0.999**2) ** 0.5 * rng.standard_normal(12)
        wander[:, step] = np.exp(0.02 * now)
    level = 0.05 + np.maximum(1 - t / 500, 0)
    late = level * np.minimum(1, 2 - t / 2001)
    runs = [noise[12] / t**0.5, noise[13] * late, level * (1 + 1e-6 * t)]
    try:
        said = [function(run) for run in (*runs, *(level * noise[:12]), *(level * wander))]
        if any(word is None or word is ... for word in said):
            return [...] * 5
        said = [float(bool(word)) for word in said]
    except Exception as error:  # the learner's own, whatever it is
        print(f"anneals raises {type(error).__name__}: {error}")
        return [-1.0] * 5
    return [*said[:3], float(np.mean(said[3:15])), float(np.mean(said[15:]))]


# ε in few bits


def first_step(kind, gradient, start=0):
    """x after Adam's first step, with η = 0.001 and ε = 1e-8.

    x, the gradient, m, v, η and ε are of this kind, and so are 1 − β₁ and 1 − β₂, once subtracted.
    """
    eta, epsilon, x, g = (kind(c) for c in (0.001, 1e-8, start, gradient))
    m, v = kind(1 - 0.9) * g, kind(1 - 0.999) * (g * g)
    m_hat, v_hat = m / kind(1 - 0.9), v / kind(1 - 0.999)
    with np.errstate(all="ignore"):
        return float(x - eta * m_hat / (np.sqrt(v_hat) + epsilon))


# Memory


def held():
    """(how many weights a network of 784, 64 and 10 has, {optimizer: how many numbers it holds}).

    Counted on live Keras, without the step and the rate, which every optimizer holds too.
    """
    from adamlib.keras_check import keras

    layers = [keras.Input((784,)), keras.layers.Dense(64), keras.layers.Dense(10)]
    variables = keras.Sequential(layers).trainable_variables
    names = ("SGD", "Lion", "Adagrad", "RMSprop", "Adafactor", "Adam")
    optimizers = {name: getattr(keras.optimizers, name)() for name in names}
    optimizers["SGD with momentum"] = keras.optimizers.SGD(momentum=0.9)
    for optimizer in optimizers.values():
        optimizer.build(variables)
    return sum(int(np.prod(w.shape)) for w in variables), {
        name: sum(int(np.prod(v.shape)) for v in optimizer.variables) - 2
        for name, optimizer in optimizers.items()
    }


# A saddle


def leaves(rule, start):
    """The steps until x₂ has left the saddle (x₁² − x₂²)/2 by 1; None if not within 3,000."""
    x, state = np.array([1.0, start]), ()
    for t in range(1, 3001):
        x, *state = rule(x, x * [1, -1], t, *state, learning_rate=0.01)
        if abs(x[1]) > 1:
            return t
    return None


# The verdicts, and the page at the end


def verdict(plain, condition="", under=None, within=""):
    """In words: "holds"; "holds if …" where a claim holds under a condition only; "level within …"
    where plain is None, that is, where the seeds tell neither it nor its opposite; else "does not
    hold here"."""
    if plain is None:
        return f"level within {within}"
    if plain:
        return "holds"
    return f"holds if {condition}" if under else "does not hold here"


def of_row(row):
    """True for a row whose seeds show its claim, False for its opposite, None for neither."""
    if not row.separated:
        return None
    return bool(row.mean > 0)


def within(row):
    """The size of the mean plus three standard errors, to two digits: "0.0047"."""
    return f"{abs(row.mean) + 3 * row.sd / row.seeds**0.5:#.2g}".rstrip(".")


def spread(row):
    """A row's numbers in words."""
    shown = "" if row.shown is None else f", {row.shown} of {row.seeds} seeds"
    return f"{row.mean:.2g} ± {row.sd:.1g}{shown}"


MINDS = {  # what would change the verdict
    "Adam generalizes worse than SGD": "a clear gap, at equal trials, here",
    "Twice as fast as AdamW": "a clock that says twice as fast",
    "SGD works at batch 1, no need for Adam": "a large lead of Adam at batch 1",
    "Accumulation is the same as a larger batch": "unequal parts that give the same weights",
    "Clipping tames Adam": "a constant factor that shortens Adam's steps",
    "Adam does not overshoot, it anneals by itself": "a run that stays, and in noise comes closer",
    "Adam is invariant to scale": "a turn of the axes that leaves its path alone",
    "The best rate is at the edge of stability": "a best rate whose run ends far from the border",
    "ε = 1e-8 is safe": "float16 in which gradients of 0 leave x a number",
    "Adafactor needs sublinear memory": "a Keras that no longer holds a full v",
}


def verdicts(toy, steps, paths, distance, gaps, bits, batches, held):
    """{claim: (verdict, what was found)}, by the table of seeds and by what the cells found.

    toy       {rule: rows of wilson_errors()}
    steps     {run: step lengths} around a spike, from spiked()
    paths     {run: Adam's path on x²}, the default β₁ first
    distance  in noise, at a constant rate
    gaps      {change: how far apart}, from gap()
    bits      {kind: (ε, x after a gradient of 0, of 0.001 and of 1)}, each from 0
    batches   {parts: how far apart}, from apart(), and "schedule" with two places
    held      {optimizer: how many numbers it holds}
    """
    row = CLAIMS["11 momentum has the higher test accuracy"]
    single = CLAIMS["11 at batch 1 Adam is below sgd"]
    lead = of_row(single)
    ups = [CLAIMS[name] for name in SPEED]
    double = ups[-1].mean - 3 * ups[-1].sd / ups[-1].seeds ** 0.5 > 2
    whole, cut = steps["adam, no clipping"], steps["adam, clipped at 20"]
    (at, late), (at_cut, late_cut) = ((run[299].mean(), run[399].mean()) for run in (whole, cut))
    over = [path[:300].min() for path in paths.values()]
    bursts = [np.abs(path[300:]).max() for path in paths.values()]
    same, _, tiny, penalty, turned = list(gaps.values())[:5]
    made_for_it = toy["adam"][:, 1].min() > toy["sgd"][:, 1].max()  # errors on new samples
    *_, best_of = edge_lines()
    ends = [CLAIMS[f"11 sharpness of {w} at η = {best_of[label]:g}"] for w, label in WAYS.items()]
    near = [abs(end.mean - 1) < 0.1 for end in ends]
    worse = CLAIMS["11 sharpness of Adam at η = 0.003"]
    found_by_edge = abs(worse.mean - 1) > 0.1  # does no worse rate end there?
    moved = {k: np.allclose(x, [0, -0.001, -0.001], atol=1e-5) for k, (_, *x) in bits.items()}
    unlike = max(batches["unequal"], batches["one left over"]) < 1e-5
    weights = held["Lion"]  # which holds one number for each
    kept = 996 / weights  # by the paper, as part 10 counts
    found = [
        (
            f"{verdict(made_for_it)} on data made for it; on clothes "
            + verdict(of_row(row), within=within(row)),
            f"SGD's accuracy on clothes minus Adam's {spread(row)}",
        ),
        (
            verdict(False, "you count steps, not multiplications", double),
            "{} times; tuned {}; with a cosine {}".format(
                *(f"{up.mean:.1f} ± {up.sd:.1f}" for up in ups)
            ),
        ),
        (
            verdict(
                None if lead is None else not lead,
                f"a lead of {single.mean:.2f} does not matter to you",
                single.mean < 0.1 * CLAIMS["11 at batch 100 Adam is below sgd"].mean,
                within=within(single),
            ),
            f"SGD's loss minus Adam's {spread(single)}",
        ),
        (
            verdict(
                unlike,
                "the parts are equal, none is left over, η is constant and no layer looks at its "
                "batch",
                batches["equal"] < 1e-5,
            ),
            f"apart by {batches['equal']:.3f}, with unequal parts by {batches['unequal']:.3f}",
        ),
        (
            verdict(
                late_cut < late and at_cut < at, "only the spike's own step counts", at_cut < at
            ),
            f"that step {at_cut:.1f} η, not {at:.1f}; 100 steps later {late_cut:.1f}, not "
            f"{late:.1f}",
        ),
        (
            verdict(min(over) > -0.001 and max(bursts) < 0.001 and anneals(distance)),
            f"from 1 to {over[0]:.2f}, later {bursts[0]:.2f} away again; in noise "
            f"{distance[1000:2000].mean():.3f}, later {distance[3000:].mean():.3f}",
        ),
        (
            verdict(
                max(tiny, penalty, turned) < 1e-3,
                "ε ≪ √v, the axes stay and no penalty is added",
                same < 1e-3,
            ),
            f"apart by {same:.0e}; with all times 1e-8 by {tiny:.1f}, turned by {turned:.1f}",
        ),
        (
            verdict(all(near[:2]))
            + " with all data in each batch"
            + ", undecided with few" * (not near[2])
            + "; by their means, worse rates end there too" * (not found_by_edge),
            "at the best rate {} of the border, Adam {}, in batches {}".format(
                *(f"{end.mean:.2f} ± {end.sd:.2f}" for end in ends)
            ),
        ),
        (
            verdict(
                all(moved.values()),
                "the numbers reach down to ε",
                moved["float32"] and moved["bfloat16"],
            ),
            "x from 0 after g = 0: bfloat16 {:g}, float16 {:g}".format(
                bits["bfloat16"][1], bits["float16"][1]
            ),
        ),
        (
            verdict(
                held["Adafactor"] < 0.5 * weights, "it is the paper's, not Keras's", kept < 0.5
            ),
            f"the paper's {kept:.2f} for each weight, Keras's {held['Adafactor'] / weights:.2f}",
        ),
    ]
    return dict(zip(MINDS, found, strict=True))


def page(found):
    """The verdicts as one table: {claim: (verdict, what was found)}, one for each of MINDS."""
    from IPython.display import Markdown

    rows = ["no. | claim | verdict | found here | what would change my mind"]
    rows += ["--- | --- | --- | --- | ---"]
    for i, (claim, mind) in enumerate(MINDS.items(), 1):
        rows += [f"{i} | {claim} | {' | '.join(found[claim])} | {mind}"]
    return Markdown("\n".join(f"| {row} |" for row in rows))


# The rows of claims.csv that are shown together

GENERALIZE = (
    "11 momentum has the higher test accuracy",
    "11 Adam has the lower test loss",
)
SPEED = (
    "11 speed-up over AdamW at its default",
    "11 speed-up over tuned AdamW",
    "11 speed-up at the end of the cosine",
)
BATCHES = (
    "11 at batch 100 Adam is below sgd",
    "11 at batch 1 Adam is below sgd",
    "11 sgd at batch 1 is below Adam at batch 100",
    "11 with the first 12 trials Adam is below sgd at batch 100",
    "11 with the first 12 trials Adam is below sgd at batch 1",
)


def articles(held, weights, first, saddle):
    """The verdicts on ten claims of the five articles, as a table in Markdown.

    held    {optimizer: how many numbers it holds}, of so many weights
    first   Adam's first step without its correction, over η
    saddle  {(rule, start): steps until it is left}
    """
    per = {name: numbers / weights for name, numbers in held.items()}
    early = CLAIMS["11 Adam at 0.3 is below Adam at 0.001 after 10 steps"]
    ahead = CLAIMS["11 momentum has the higher test accuracy"]
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
            "its s is the same after g = 2 and after g = −2, so no sign is left; lesson 04, part 2",
        ),
        (
            "t is the epoch",
            verdict(longest < 1.01),
            f"if t stays 1, steps grow to {longest:.1f} η; lesson 06, part 7",
        ),
        (
            "a larger α, 0.3, learns faster at first",
            verdict(of_row(early), within=within(early)),
            f"digits: after 10 steps the loss at 0.3 is higher than at 0.001 by {-early.mean:.1f} "
            f"± {early.sd:.1f}, with {early.seeds - early.shown} of {early.seeds} seeds",
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
            verdict(of_row(ahead), within=within(ahead)),
            "claim 1, part 1",
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


def with_penalty(x, g, t, *state, learning_rate):
    """Adam with an L2 penalty, whose gradient is 0.1x."""
    return rules.adam(x, g + 0.1 * x, t, *state, learning_rate=learning_rate)


def changes():
    """{rule and change: gap()}: by a factor for each weight, by one factor, and by a turn."""
    factors = (lambda G: G * [10, 0.001]), (lambda x: x)
    tiny = (lambda G: G * 1e-8), (lambda x: x)
    large = (lambda G: G * 1000), (lambda x: x)
    turn = (lambda G: G @ TURN.T), (lambda x: x @ TURN)
    return {
        "Adam, a factor for each weight": gap(rules.adam, *factors),
        "SGD, a factor for each weight": gap(rules.sgd, *factors),
        "Adam, all times 1e-8": gap(rules.adam, *tiny),
        "Adam with an L2 penalty, all times 1000": gap(with_penalty, *large),
        "Adam, turned by 45 degrees": gap(rules.adam, *turn),
        "SGD, turned by 45 degrees": gap(rules.sgd, *turn),
    }
