"""Trajectories on a surface: what explore() and hyperparameter_map() share."""

import io

import numpy as np

from adamlib import plots
from adamlib.descent import sweep
from adamlib.explorers.curves import axis
from adamlib.explorers.widget import HUGE, Axes, divergence, finite, said, sentence


class Run:
    """One run for the page: its finite part, and a sentence about it.

    path    shape (n,) or (n, 2)
    points  shape (n, 2): the coordinates, or for one coordinate x and f(x)
    losses  shape (n,)
    words   or `error`, a sentence too, if the rule raised; then n is 0
    """

    def __init__(self, label, rule, surface, start, steps, hyperparameters):
        self.label, self.words, self.error = label, "", ""
        x = np.array(start, float)
        try:
            x = x if len(surface.window) == 2 else x[0]
            swept = sweep(rule, surface.gradient, x, steps, **hyperparameters)
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            self.error = f"{label}: {sentence(error)}"
            self.path, self.losses, self.points = np.empty((0, x.size)), np.empty(0), np.empty(0)
            return
        with np.errstate(all="ignore"):
            self.losses = finite(np.clip(surface(swept.trajectory.T), -HUGE, HUGE))
        n = len(self.losses)
        self.path = swept.trajectory[:n]
        self.points = self.path if x.ndim else np.stack([self.path, self.losses], axis=1)
        if n <= steps:
            self.words = f"{divergence(rule, n, hyperparameters)}."
        else:
            self.words = (
                f"{label}: {steps} steps from {plots.point_words(self.path[0])} to "
                f"{plots.point_words(self.path[-1])}, loss {self.losses[-1]:.3g}."
            )
            self.words += _leaves(self.path, surface.window)


def _leaves(path, window):
    low, high = np.transpose(window)
    path = path.reshape(len(path), -1)
    outside = ((path < low) | (path > high)).any(axis=1)
    return f" It leaves the picture at step {outside.argmax()}." if outside.any() else ""


def told(surface, runs):
    """What the page is told of the runs, and their numbers: points, then losses, of each."""
    numbers = [a.ravel() for run in runs for a in (run.points, run.losses)]
    result = said(f"Trajectories on the function {surface.name}.", runs)
    result["counts"] = [len(run.losses) for run in runs]
    return result, np.concatenate(numbers).astype(np.float32)


def first_point(surface):
    return np.atleast_1d(surface.start).tolist()


def background(surface):
    """The surface as a PNG that fills its panel, the panel's size, and its axes."""
    if len(surface.window) == 2:
        fig = plots.contour(surface)
        (ax,) = fig.axes
    else:
        with plots.picture() as (fig, ax):
            x = np.linspace(*surface.window[0], 400)
            ax.plot(x, surface(x), color="#aaaaaa")
            ax.set(xlim=surface.window[0])
    left, right, bottom, top = map(float, (*ax.get_xlim(), *ax.get_ylim()))
    ratio = (top - bottom) / (right - left) if len(surface.window) == 2 else 0.75
    width = min(430, 330 / ratio)
    fig.set_layout_engine("none")
    fig.set_size_inches(width / 100, width * ratio / 100)
    ax.set(position=(0, 0, 1, 1), aspect="auto")
    ax.axis("off")
    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=200)
    across, up = ("x₁", "x₂") if len(surface.window) == 2 else ("x", "f(x)")
    return {
        "image": png.getvalue(),
        "size": [round(width), round(width * ratio)],
        "axes": Axes(x=axis(across, left, right), y=axis(up, bottom, top)),
    }


def least(surface):
    """0, or the least value where that is negative: then losses are drawn above it."""
    return min(0.0, *(float(surface(m)) for m in surface.minima))


def loss_label(surface):
    return f"loss + {-least(surface):g}" if least(surface) else "loss"
