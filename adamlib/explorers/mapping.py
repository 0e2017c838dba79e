"""hyperparameter_map(): the loss that a rule ends at over two hyperparameters."""

import io

import matplotlib
import numpy as np
from matplotlib.colors import LogNorm

from adamlib import inputs, plots
from adamlib.descent import sweep
from adamlib.explorers import trajectories
from adamlib.explorers.trajectories import Run
from adamlib.explorers.widget import Axes, Axis, Explorer, Map, looks_of, page
from adamlib.inputs import MOST_STEPS, check_axis, check_surface, count

TINY = 1e-16  # a loss below it is drawn as this
CELL = 8  # pixels of a cell, so that hatching shows


def hyperparameter_map(rule, surface, x, y, steps=100, pick=None, **fixed):
    """The loss that a rule ends at over two hyperparameters; each cell of the map is a run.

    x, y   (name, increasing values)
    pick   (x, y): the cell next to it is picked at first; the best cell if not given
    fixed  other hyperparameters
    A click on the map, or an arrow key, shows that cell's trajectory on the surface.
    """
    (x_name, columns), (y_name, rows) = x, y = check_axis(x, "x"), check_axis(y, "y")
    if x_name == y_name:
        raise ValueError(f"The map has {x_name} twice: give two hyperparameters.")
    check_surface(surface)
    count(steps, "steps", least=1, most=MOST_STEPS)
    grid = {x_name: columns, y_name: rows[:, None]}
    swept = sweep(rule, surface.gradient, surface.start, steps, **grid, **fixed)
    least = trajectories.least(surface)
    with np.errstate(all="ignore"):
        losses = surface(swept.trajectory[-1]) - least
    worst = float(surface(surface.start)) - least
    losses = np.where(np.isfinite(losses), np.clip(losses, TINY, worst), np.nan)
    if np.isnan(losses).all():
        raise ValueError(f"All {losses.size} runs diverged: give smaller values.")
    if pick is not None:
        pick = inputs.finite_point(inputs.pair(pick, "pick is a pair (x, y)"), "pick")
        pick = [int(np.abs(v - at).argmin()) for v, at in zip((columns, rows), pick, strict=True)]
    return HyperparameterMap(rule, surface, x, y, losses, steps, pick, fixed)


class HyperparameterMap(Explorer):
    """losses  shape (len(y), len(x)); NaN where a run diverged

    pick    (column, row) of the first cell that is picked, or None: the best
    """

    _esm = page("mapping")

    def __init__(self, rule, surface, x, y, losses, steps, pick, fixed):
        self.rule, self.surface, self.fixed = rule, surface, fixed
        self.x, self.y, self.losses, self.first = x, y, losses, pick
        self.start = trajectories.first_point(surface)
        (look,) = looks_of([rule])
        self.label, self.loss_label = look["label"], trajectories.loss_label(surface)
        row, column = np.unravel_index(np.nanargmin(losses), losses.shape)
        best = [int(column), int(row)]
        alt = (
            f"Map of the {self.loss_label} after {steps} steps of {self.label}: {losses.size} "
            f"runs, the least is {_least(losses, _words(self.at(best)))}; "
            f"{np.isnan(losses).sum()} diverged"
        )
        size = 320 / max(losses.shape)
        super().__init__(
            f"hyperparameter_map({self.label} on {surface.name})",
            groups=[],
            settings={"pick": pick or best, "steps": steps},
            hint=f"{alt} (hatched). {_colours(losses)} Click the map, or use the arrow keys on it.",
            curves=[look],
            map=Map(
                axes=Axes(x=_cells(*x), y=_cells(*y)),
                image=_image(losses),
                size=[round(max(160, size * n)) for n in losses.shape[::-1]],
                alt=f"{alt}.",
            ),
            **trajectories.background(surface),
        )

    def at(self, pick):
        """The two hyperparameters of a cell, which is (column, row)."""
        axes = zip((self.x, self.y), pick, strict=True)
        return {name: float(values[i]) for (name, values), i in axes}

    def answer(self, settings):
        picked = self.at(settings["pick"])
        start, steps = self.start, settings["steps"]
        run = Run(self.label, self.rule, self.surface, start, steps, self.fixed | picked)
        result, numbers = trajectories.told(self.surface, [run])
        return result | {"words": f"{_words(picked)}\n{result['words']}"}, numbers

    def picture(self):
        title = f"{self.label}, {self.surface.name}"
        dot = None
        if self.first:
            place = self.at(self.first)
            dot = _words(place), tuple(place.values())
        label = self.loss_label
        return plots.knob_map(self.losses, self.x, self.y, label=label, title=title, dot=dot)


def _words(hyperparameters):
    return ", ".join(f"{name}={value:.3g}" for name, value in hyperparameters.items())


def _least(losses, best):
    least = np.nanmin(losses)
    if least > TINY:
        return f"{least:.3g} at {best}"
    return f"{least:.3g} or less in {(losses <= TINY).sum()} of them"


def _colours(losses):
    """The colour bar in words: at its ends and, on a log scale, in the middle."""
    low, high = np.nanmin(losses), np.nanmax(losses)
    return (
        f"Dark blue is {low:.1g} or less, grey {np.sqrt(low * high):.1g}, yellow {high:.2g} or "
        "more."
    )


def _cells(name, values):
    """The Axis of a map, on which each value has a cell."""
    n = len(values)
    words = [f"{value:.2g}" for value in values]
    digits = [len(word.strip("0.")) for word in words]
    each = min(range(n // 6 + 1, n // 3 + 2), key=lambda k: max(digits[::k]))  # the roundest
    ticks = [[i + 0.5, words[i]] for i in range(0, n, each)]
    return Axis(label=plots.with_letter(name), low=0, high=n, log=False, ticks=ticks)


def _image(losses):
    """A PNG of the map, its first row below; what diverged is hatched."""
    norm = LogNorm(np.nanmin(losses), np.nanmax(losses))
    colours = matplotlib.colormaps["cividis"](norm(np.ma.masked_invalid(losses)))
    colours = np.kron(colours, np.ones((CELL, CELL, 1)))
    i, j = np.indices(colours.shape[:2])
    hatch = np.where((i + j) % CELL < 2, 0.6, 1)[..., None] * [1, 1, 1, 0] + [0, 0, 0, 1]
    bad = np.kron(np.isnan(losses), np.ones((CELL, CELL))) > 0
    png = io.BytesIO()
    matplotlib.image.imsave(png, np.where(bad[..., None], hatch, colours)[::-1], format="png")
    return png.getvalue()
