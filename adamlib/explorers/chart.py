"""Curves over steps: average() and race(); chart.js is their page."""

import inspect
from functools import partial

import numpy as np
from matplotlib.ticker import MaxNLocator

from adamlib import plots
from adamlib.averages import exponential_average
from adamlib.descent import iterations, training
from adamlib.explorers.widget import Explorer, Running, entered, knob, looks_of, sentence
from adamlib.inputs import (
    check_function,
    check_hyperparameters,
    check_model,
    check_target,
    count,
    hyperparameter_defaults,
    name_of,
    numbers,
)
from adamlib.models import LogisticRegression

HUGE = float(np.finfo(np.float32).max)
SIZE = [620, 300]  # of the plot, in pixels
POINTS = 40  # of a curve in a race: means of so many groups of iterations
NICE = np.array([m * 10.0**k for k in range(-40, 41) for m in (1, 2, 5)])
MODEL = LogisticRegression()
LOOKS = [
    {"label": "value", "colour": "#777777", "dash": [3, 5], "dots": True},
    {"label": "average", "colour": plots.COLOURS["sgd"], "dash": [6, 3]},
    {"label": "corrected average", "colour": plots.COLOURS["adam"], "dash": []},
]


def average(series, mine=None):
    """Exponential averages of a noisy series, with and without bias correction.

    series  the values in their order, as the losses of batches; a slider sets the beta
    mine    your exponential_average(values, beta) in place of that of adamlib.averages: it
            returns two arrays, the averages and the corrected ones
    """
    values = _series(series)
    if mine is not None:
        check_function(mine, "mine", "values", "beta")
    n = len(values)
    spec = {
        "view": "chart",
        "size": SIZE,
        "unit": "step",
        "reading": "At",
        "steps": n,
        "every": 1,
        "at": list(range(1, n + 1)),
        "curves": LOOKS,
        "groups": [{"label": "averages", "knobs": [knob("beta_1", 0.9) | {"name": "beta"}]}],
        "settings": {"hyperparameters": [{"beta": 0.9}]},
        "x": _axis("step", 0, n, whole=True),
        "y": _axis("value", *_around(values)),
        "hint": "average = beta · average + (1 − beta) · value, from 0 on. "
        "Corrected: divided by 1 − betaᵗ at step t.",
    }

    def follow(settings):
        (chosen,) = settings["hyperparameters"]
        averages, error = _averaged(mine, values, chosen["beta"])
        curves = [values, *averages]
        words = "" if error else _average_words(*curves, chosen["beta"])
        alt = f"{_average_alt(curves)} {words or error}"
        return curves, {"words": words, "error": error, "alt": alt}

    def answer(settings):
        curves, told = follow(settings)
        return _counts(curves) | told, _numbers(curves)

    def picture(settings):
        curves, told = follow(settings)
        return _still(spec, spec["y"], LOOKS, curves, told["alt"])

    return Explorer(f"average({n} values)", spec, answer, picture)


def race(rules, data, model=MODEL, epochs=1, batch_size=100, target=None, seed=0):
    """The losses of several rules on data, with a slider for each learning rate.

    rules   a rule, yours or one of adamlib.rules, or a list of rules, or {rule: {name: value}}:
            where its slider is at first, and other hyperparameters to keep
    data    tuple of arrays of one length, such as mnist().train
    model   one of adamlib.models, or what has initial() and loss_and_gradient(params, batch)
    target  a task: ("loss", 0.4) is to be reached by each rule
    seed    shuffles the data, the same for each rule; and starts a model that starts at random
    Runs are computed beside the notebook, and what a slider changed is dropped half-way.
    """
    steps = iterations(data, count(epochs, "epochs", least=1), batch_size)
    check_target(target, ["loss"])
    check_model(model)
    count(seed, "seed")
    racing = entered(rules)
    knobs = [_rate_knob(rule, values) for rule, values in racing.items()]
    looks = list(looks_of(racing))
    every = -(-steps // POINTS)
    means = f" A point of a curve is the mean loss of {every} of them." if every > 1 else ""
    firsts = np.arange(1, steps + 1, every)
    spec = {
        "view": "chart",
        "size": SIZE,
        "unit": "iteration",
        "reading": "Loss at",
        "steps": steps,
        "every": every,
        "at": ((firsts + np.minimum(firsts + every - 1, steps)) / 2).tolist(),
        "groups": [look | {"knobs": [k]} for look, k in zip(looks, knobs, strict=True)],
        "settings": {"hyperparameters": [{"learning_rate": k["value"]} for k in knobs]},
        "x": _axis("iteration", 0, steps, whole=True),
        "y": _loss_axis([]),
        "hint": f"Every rule starts at the same point and sees the same batches.{means}",
    }
    kept = {}  # (which rule, learning rate): its Lap

    def begin(k, rate):
        rule, values = list(racing.items())[k]
        run = training(
            rule,
            _seeded(model.loss_and_gradient, seed),
            _seeded(model.initial, seed)(),
            data,
            epochs=epochs,
            batch_size=batch_size,
            rng=np.random.default_rng(seed),
            **values | {"learning_rate": rate},
        )
        return Lap(f"{looks[k]['label']} (learning_rate={rate:g})", run, steps, every)

    def told(laps, new):
        curves = [lap.curve for lap in laps]
        words = "\n".join(lap.words for lap in laps if lap.words)
        result = {
            "words": words,
            "error": "\n".join(lap.error for lap in laps if lap.error),
            "alt": f"Losses by iteration, log scale. {words}",
            "y": _loss_axis(curves),
            "progress": sum(lap.progress for lap in new) / len(new) if new else 1,
        }
        result |= _task(target, looks, curves, every, steps) | _counts(curves)
        return result, _numbers(curves)

    def answer(settings):
        keys = _keys(settings)
        for key in [key for key, lap in kept.items() if key not in keys and not lap.ended]:
            del kept[key]
        kept.update({key: begin(*key) for key in keys if key not in kept})
        laps = [kept[key] for key in keys]
        new = [lap for lap in laps if not lap.ended]
        while not all(lap.ended for lap in new):
            yield partial(told, laps, new)
            for lap in new:
                lap.step()
        yield partial(told, laps, new)

    def picture(settings):
        laps = {k: kept[k, rate] for k, rate in _keys(settings) if (k, rate) in kept}
        curves = [lap.curve for lap in laps.values()]
        words = " ".join(lap.words or lap.error for lap in laps.values())
        alt = f"Losses by iteration, log scale. {words}"
        return _still(spec, _loss_axis(curves), [looks[k] for k in laps], curves, alt)

    return Running(f"race({', '.join(look['label'] for look in looks)})", spec, answer, picture)


class Lap:
    """A rule's run in a race, as far as it has come; step() trains it on, until it has ended.

    words  a sentence about it, or `error`, another, if the rule or the model raised
    """

    def __init__(self, name, run, steps, every):
        self.name, self.run, self.steps, self.every = name, run, steps, every
        self.losses, self.ended, self.words, self.error = [], False, f"{name}: training.", ""

    def step(self):
        if self.ended:
            return
        try:
            with np.errstate(all="ignore"):
                state = next(self.run)
        except StopIteration:
            self._end(self._words())
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            self.error = f"{self.name}: {sentence(error)}"
            self._end("")
        else:
            self.losses = state.losses
            if state.diverged:
                self._end(f"{state.diverged}.")

    def _end(self, words):
        self.words, self.ended, self.run = words, True, None
        self.losses = np.array([] if self.error else self.losses)

    def _words(self):
        """How it ended."""
        finite = len(_finite(self.losses))
        if finite < self.steps:
            return f"{self.name}: the loss is not finite at iteration {finite + 1}."
        last = (self.steps - 1) % self.every + 1
        over = f"mean of the last {last} of {self.steps} iterations"
        return f"{self.name}: loss {self.curve[-1]:.3g}, {over}."

    @property
    def progress(self):
        return 1 if self.ended else len(self.losses) / self.steps

    @property
    def curve(self):
        """The means of `every` losses each, as far as they are finite."""
        losses = _finite(self.losses)
        firsts = np.arange(0, len(losses), self.every)
        counts = np.diff(firsts, append=len(losses))
        return np.add.reduceat(losses, firsts) / counts if len(losses) else losses


def _rate_knob(rule, values):
    if "learning_rate" not in hyperparameter_defaults(rule):
        raise TypeError(f"{name_of(rule)} has no hyperparameter learning_rate for a slider to set.")
    check_hyperparameters(rule, values)
    return knob("learning_rate", (hyperparameter_defaults(rule) | values)["learning_rate"])


def _seeded(function, seed):
    """The function, with an rng of its own if it draws from one."""
    draws = "rng" in inspect.signature(function).parameters
    return partial(function, rng=np.random.default_rng(seed)) if draws else function


def _keys(settings):
    return [(k, chosen["learning_rate"]) for k, chosen in enumerate(settings["hyperparameters"])]


def _task(target, looks, curves, every, steps):
    """The task in words, and whether each curve has met it."""
    if target is None:
        return {}
    asked = f"Task: a loss of {target[1]:g} or less in {steps} iterations"
    met, missing = [], []
    for look, curve in zip(looks, curves, strict=True):
        below = np.flatnonzero(curve <= target[1])
        if below.size:
            met.append(f"{look['label']} at iteration {min((below[0] + 1) * every, steps)}")
        else:
            missing.append(look["label"])
    if missing:
        return {"task": f"{asked}. Not yet: {', '.join(missing)}.", "met": False}
    return {"task": f"{asked}. Met: {', '.join(met)}.", "met": True}


def _series(series):
    values = numbers(series, "The series")
    if values.ndim != 1 or not values.size:
        raise ValueError(f"The series must be one row of numbers, not of shape {values.shape}.")
    wrong = np.flatnonzero(~(np.abs(values) <= HUGE))
    if wrong.size:
        raise ValueError(
            f"The series must be finite, but value {wrong[0] + 1} is {values[wrong[0]]:g}."
        )
    return values


def _averaged(mine, values, beta):
    """Averages and corrected averages, as far as they are finite; and what is wrong, in words."""
    right = exponential_average(values, beta)
    if mine is None:
        return right, ""
    name, nothing = getattr(mine, "__name__", "Your function"), [np.empty(0)] * 2
    try:
        given = mine(values.copy(), beta)
        given = [np.array(a, float) for a in given] if isinstance(given, tuple | list) else []
    except Exception as error:  # noqa: BLE001 (a learner's function may raise anything)
        return nothing, f"{name}: {sentence(error)}"
    if [a.shape for a in given] != [values.shape] * 2:
        wanted = f"two arrays of {len(values)} numbers, the averages and the corrected ones"
        return nothing, f"{name} must return {wanted}."
    shown = [_finite(a) for a in given]
    for look, ours, theirs in zip(LOOKS[1:], right, given, strict=True):
        wrong = np.flatnonzero(~np.isclose(theirs, ours, atol=1e-8 * np.abs(values).max()))
        if wrong.size:
            at, (is_, must) = wrong[0] + 1, (f"{a[wrong[0]]:.4g}" for a in (theirs, ours))
            return shown, f"{name}: the {look['label']} at step {at} is {is_}, it should be {must}."
    return shown, ""


def _average_words(values, averages, corrected, beta):
    n = len(values)
    near = np.flatnonzero(beta ** np.arange(1, n + 1) < 0.01)
    gap = f"differ by {beta**n:.0%} still at the last step"
    if near.size:
        gap = f"differ by less than 1 % from step {near[0] + 1} on"
    return (
        f"beta = {beta:g} averages over about {float(f'{1 / (1 - beta):.3g}'):g} values.\n"
        f"Without correction the average starts at {averages[0]:.3g}, with it at "
        f"{corrected[0]:.3g}; the first value is {values[0]:.3g}. The two {gap}."
    )


def _average_alt(curves):
    values = curves[0]
    seen = [f"{len(values)} values, grey dots, from {values.min():.3g} to {values.max():.3g}."]
    for look, curve in zip(LOOKS[1:], curves[1:], strict=True):
        if len(curve):
            kind = "dashed" if look["dash"] else "solid"
            seen.append(f"The {look['label']}, a {kind} line, ends at {curve[-1]:.3g}.")
    return " ".join(seen)


def _counts(curves):
    """How many of the numbers belong to each curve."""
    return {"counts": [len(curve) for curve in curves]}


def _numbers(curves):
    return np.clip(np.concatenate(curves), -HUGE, HUGE).astype(np.float32)


def _finite(values):
    """The values before the first that is not finite."""
    values = np.asarray(values)
    return values[: np.append(~np.isfinite(values), True).argmax()]


def _axis(label, low, high, whole=False):
    at = MaxNLocator(6, integer=whole).tick_values(low, high)
    ticks = [[(v - low) / (high - low), f"{v:g}".replace("-", "−")] for v in at if low <= v <= high]
    return {"label": label, "low": low, "high": high, "log": False, "ticks": ticks}


def _around(values):
    """A window with the values and 0, where the averages start."""
    low, high = min(0.0, values.min()), max(0.0, values.max())
    margin = 0.05 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def _loss_axis(curves):
    """A log axis from below the least loss to above the largest, unless that is far above."""
    seen = np.concatenate([curve[curve > 0] for curve in curves] or [[]])
    if not seen.size:
        seen = np.array([0.1, 1.0])
    least_first = min((c[0] for c in curves if len(c) and c[0] > 0), default=1.0)
    top = np.clip(seen.max(), 1e-30, min(100 * least_first, 1e30))
    bottom = np.clip(seen.min(), 1e-8 * top, 0.99 * top)
    low, high = NICE[NICE <= bottom][-1], NICE[NICE >= top][0]
    ticks = NICE[(NICE >= low) & (NICE <= high)]
    if len(ticks) > 8:
        ticks = ticks[np.isclose(np.log10(ticks) % 1, 0)]
    places = np.log10(ticks / low) / np.log10(high / low)
    return {
        "label": "loss, log scale",
        "low": float(low),
        "high": float(high),
        "log": True,
        "ticks": [[p, f"{t:g}"] for p, t in zip(places.tolist(), ticks.tolist(), strict=True)],
    }


def _still(spec, y, looks, curves, alt):
    """The same in a picture that does not move."""
    with plots.picture() as (fig, ax):
        for look, curve in zip(looks, curves, strict=True):
            dash = (0, look["dash"]) if look["dash"] else "-"
            style = {"ls": "", "marker": "."} if "dots" in look else {"ls": dash}
            at = spec["at"][: len(curve)]
            ax.plot(at, curve, color=look["colour"], label=look["label"], **style)
        low, high = y["low"], y["high"]
        ax.set(xlabel=spec["x"]["label"], ylabel=y["label"], yscale="log" if y["log"] else "linear")
        ax.set(xlim=(0, spec["steps"]), ylim=(low, high))
        places = np.array([place for place, _ in y["ticks"]])
        at = low * (high / low) ** places if y["log"] else low + places * (high - low)
        ax.set_yticks(at, [text for _, text in y["ticks"]])
        ax.minorticks_off()
        fig.legend(loc="outside lower center", ncols=3)
    fig.alt = alt
    return fig
