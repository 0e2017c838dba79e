"""average(): exponential averages of a series, with and without bias correction."""

import numpy as np

from adamlib import plots
from adamlib.averages import exponential_average
from adamlib.explorers import curves
from adamlib.explorers.curves import axis
from adamlib.explorers.widget import Axes, Explorer, Group, Look, finite, page, sentence, slider
from adamlib.inputs import check_function, check_series

LOOKS = [
    Look(label="value", colour="#777777", dash=[3, 5], dots=True),
    Look(label="average", colour=plots.COLOURS["sgd"], dash=[6, 3]),
    Look(label="corrected average", colour=plots.COLOURS["adam"], dash=[]),
]


def average(series, mine=None):
    """Exponential averages of a noisy series, with and without bias correction.

    series  the values in their order, as the losses of batches; a slider sets the beta
    mine    your exponential_average(values, beta) in place of that of adamlib.averages: it
            returns two arrays, the averages and the corrected ones
    """
    values = check_series(series)
    if mine is not None:
        check_function(mine, "mine", "values", "beta")
    return Average(values, mine)


class Average(Explorer):
    _esm = page("curves")
    picture = curves.still

    def __init__(self, values, mine):
        self.series, self.mine = values, mine
        n = len(values)
        self.axes = Axes(x=axis("step", 0, n, whole=True), y=axis("value", *_around(values)))
        super().__init__(
            f"average({n} values)",
            groups=[Group(label="averages", colour="", dash=[], sliders=[slider("beta", 0.9)])],
            settings={},
            hint="average = beta · average + (1 − beta) · value, from 0 on. "
            "Corrected: divided by 1 − betaᵗ at step t.",
            steps=n,
            curves=LOOKS,
            unit="step",
            reading="At",
            every=1,
            at=list(range(1, n + 1)),
        )

    def answer(self, settings):
        beta = settings["hyperparameters"][0]["beta"]
        averages, error = _averages(self.mine, self.series, beta)
        drawn = [self.series, *averages]
        words = "" if error else _words(*drawn, beta)
        result, numbers = curves.told(drawn)
        alt = f"{_alt(drawn)} {words or error}"
        return result | {"words": words, "error": error, "alt": alt, "axes": self.axes}, numbers


def _averages(mine, values, beta):
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
    shown = [finite(a) for a in given]
    for look, ours, theirs in zip(LOOKS[1:], right, given, strict=True):
        wrong = np.flatnonzero(~np.isclose(theirs, ours, atol=1e-8 * np.abs(values).max()))
        if wrong.size:
            at, (is_, must) = wrong[0] + 1, (f"{a[wrong[0]]:.4g}" for a in (theirs, ours))
            return shown, f"{name}: the {look['label']} at step {at} is {is_}, it should be {must}."
    return shown, ""


def _words(values, averages, corrected, beta):
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


def _alt(drawn):
    values = drawn[0]
    seen = [f"{len(values)} values, grey dots, from {values.min():.3g} to {values.max():.3g}."]
    for look, curve in zip(LOOKS[1:], drawn[1:], strict=True):
        if len(curve):
            kind = "dashed" if look["dash"] else "solid"
            seen.append(f"The {look['label']}, a {kind} line, ends at {curve[-1]:.3g}.")
    return " ".join(seen)


def _around(values):
    """A window with the values and 0, where the averages start."""
    low, high = min(0.0, values.min()), max(0.0, values.max())
    margin = 0.05 * (high - low) or 1.0
    return float(low - margin), float(high + margin)
