"""Trajectories on a function: explore() and hyperparameter_map(); surface.js is their page."""

import io

import matplotlib
import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from adamlib import plots
from adamlib.descent import diverged_at, sweep
from adamlib.explorers.widget import Explorer, entered, knobs_of, looks_of, sentence
from adamlib.inputs import (
    MOST_STEPS,
    check_axis,
    check_hyperparameters,
    check_surface,
    check_target,
    count,
    hyperparameter_defaults,
)

HUGE = float(np.finfo(np.float32).max)
TINY = 1e-16  # a loss below it is drawn as this on a logarithmic scale
CELL = 8  # pixels of a map's cell, so that hatching shows


def explore(rules, surface, steps=60, target=None, **fixed):
    """Rules on a surface, with a slider for each hyperparameter, and a start to drag.

    rules   a rule, yours or one of adamlib.rules, or a list of rules, or {rule: {name: value}}:
            where its sliders are at first; the rule's own defaults if not given
    target  a task: ("loss", 1e-6) or ("distance", 0.1), that to the nearest minimum, is to be
            reached in `steps` steps from the surface's start, by each rule
    fixed   hyperparameters without a slider, for each rule that has them
    """
    first = entered(rules)
    check_surface(surface)
    count(steps, "steps", least=1, most=MOST_STEPS)
    check_target(target, MEASURES)
    names = {name for rule in first for name in hyperparameter_defaults(rule)}
    for rule, values in first.items():
        held = {name: v for name, v in fixed.items() if name in hyperparameter_defaults(rule)}
        check_hyperparameters(rule, values | (held if names >= fixed.keys() else fixed))
    knobs = [knobs_of(rule, fixed, **values) for rule, values in first.items()]
    looks = list(looks_of(first))
    image, spec = _background(surface)
    start = np.atleast_1d(surface.start).tolist()
    spec |= {
        "image": image,
        "groups": [look | {"knobs": k} for look, k in zip(looks, knobs, strict=True)],
        "steps": list(range(1, max(200, 2 * steps) + 1)),
        "settings": {
            "hyperparameters": [{knob["name"]: knob["value"] for knob in k} for k in knobs],
            "start": start,
            "steps": steps,
        },
        "hint": "Drag the start (black dot), or click the picture and use the arrow keys.",
    }

    def follow(settings):
        for rule, look, chosen in zip(first, looks, settings["hyperparameters"], strict=True):
            own = hyperparameter_defaults(rule)
            held = {name: value for name, value in fixed.items() if name in own}
            yield Run(look["label"], rule, surface, settings, held | chosen)

    def answer(settings):
        runs = list(follow(settings))
        return _told(surface, runs) | _task(target, steps, start, settings, runs), _numbers(runs)

    def picture(settings):
        return _still(surface, follow(settings))

    name = f"explore({', '.join(look['label'] for look in looks)} on {surface.name})"
    return Explorer(name, spec, answer, picture)


def hyperparameter_map(rule, surface, x, y, steps=100, **fixed):
    """The loss that a rule ends at over two hyperparameters; each cell of the map is a run.

    x, y   (name, increasing values)
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
    with np.errstate(all="ignore"):
        losses = surface(swept.trajectory[-1]) - _least(surface)
    worst = float(surface(surface.start)) - _least(surface)
    losses = np.where(np.isfinite(losses), np.clip(losses, TINY, worst), np.nan)
    if np.isnan(losses).all():
        raise ValueError(f"All {losses.size} runs diverged: give smaller values.")
    label = _loss_label(surface)
    best = np.unravel_index(np.nanargmin(losses), losses.shape)[::-1]
    diverged = int(np.isnan(losses).sum())

    def at(pick):
        return {x_name: float(columns[pick[0]]), y_name: float(rows[pick[1]])}

    def follow(settings):
        chosen = settings | {"start": start, "steps": steps}
        return [Run(look["label"], rule, surface, chosen, fixed | at(settings["pick"]))]

    def answer(settings):
        runs = follow(settings)
        told = _told(surface, runs)
        return told | {"words": f"{_settings(at(settings['pick']))}\n{told['words']}"}, _numbers(
            runs
        )

    (look,) = looks_of([rule])
    image, spec = _background(surface)
    start = np.atleast_1d(surface.start).tolist()
    alt = (
        f"Map of the {label} after {steps} steps of {look['label']}: {losses.size} runs, the least "
        f"is {np.nanmin(losses):.3g} at {_settings(at(best))}; {diverged} diverged"
    )
    size = 320 / max(losses.shape)
    spec |= {
        "image": image,
        "groups": [look | {"knobs": []}],
        "settings": {"pick": [int(i) for i in best], "steps": steps},
        "map": {
            "image": _map_image(losses),
            "cells": [len(columns), len(rows)],
            "size": [round(max(160, size * n)) for n in (len(columns), len(rows))],
            "axes": {
                "x": {"label": x_name, "ticks": _cell_ticks(columns)},
                "y": {"label": y_name, "ticks": _cell_ticks(rows)},
                "dim": False,
            },
            "alt": f"{alt}.",
        },
        "hint": f"{alt} (hatched). Darker is lower; the lightest is no lower than at the start. "
        "Click the map, or use the arrow keys on it.",
    }

    def picture(settings):
        return plots.knob_map(losses, x, y, label=label, title=f"{look['label']}, {surface.name}")

    return Explorer(f"hyperparameter_map({look['label']} on {surface.name})", spec, answer, picture)


class Run:
    """One run for the page: its finite part, and a sentence about it.

    points  shape (n, 2): the coordinates, or for one coordinate x and f(x)
    losses  shape (n,); both are float32 and finite
    """

    def __init__(self, label, rule, surface, settings, hyperparameters):
        self.label, self.surface, self.error = label, surface, ""
        start, steps = np.array(settings["start"], float), settings["steps"]
        flat = len(surface.window) == 1
        try:
            x = start[0] if flat else start
            swept = sweep(rule, surface.gradient, x, steps, **hyperparameters)
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            self.error = f"{label}: {sentence(error)}"
            self.path, self.losses = np.empty((0, start.size)), np.empty(0, np.float32)
            self.points, self.words = np.empty((0, 2), np.float32), self.error
            return
        with np.errstate(all="ignore"):
            losses = np.clip(surface(swept.trajectory.T), -HUGE, HUGE)
        stop = int(np.append(~np.isfinite(losses), True).argmax())
        self.path, self.losses = swept.trajectory[:stop], losses[:stop].astype(np.float32)
        points = np.stack([self.path, losses[:stop]], axis=1) if flat else self.path
        self.points = points.astype(np.float32)
        if stop <= steps:
            own = hyperparameter_defaults(rule)
            turned = {name: v for name, v in hyperparameters.items() if v != own[name]}
            self.words = f"{diverged_at(rule, stop, turned)}."
        else:
            self.words = (
                f"{label}: {steps} steps from {plots.point_words(self.path[0])} to "
                f"{plots.point_words(self.path[-1])}, loss {losses[-1]:.3g}."
            )
            self.words += _gone(self.path, surface.window)


def _distance(surface, path):
    minima = np.reshape(surface.minima, (-1, 1, len(surface.window)))
    gaps = path.reshape(len(path), -1) - minima
    return np.sqrt((gaps**2).sum(axis=-1)).min(axis=0)


MEASURES = {"loss": lambda surface, path: surface(path.T), "distance": _distance}


def _task(target, steps, start, settings, runs):
    """The task in words, and whether each run has met it."""
    if target is None:
        return {}
    measure, value = target
    what = {"loss": "a loss", "distance": "a distance to the minimum"}[measure]
    asked = f"Task: {what} of {value:g} or less in {steps} steps"
    if settings["start"] != start:
        return {"task": f"{asked}; it counts from the first start: press Reset.", "met": False}
    seen = []
    for run in runs:
        values = MEASURES[measure](run.surface, run.path[: steps + 1])
        reached = np.flatnonzero(values <= value)
        seen.append(f"{run.label} at step {reached[0]}" if reached.size else "")
    if all(seen):
        return {"task": f"{asked}. Met: {', '.join(seen)}.", "met": True}
    missing = ", ".join(run.label for run, met in zip(runs, seen, strict=True) if not met)
    return {"task": f"{asked}. Not yet: {missing}.", "met": False}


def _told(surface, runs):
    """What the page says of the runs, and how many points each has in the numbers."""
    words = [run.words for run in runs if not run.error]
    return {
        "points": [len(run.losses) for run in runs],
        "words": "\n".join(words),
        "error": "\n".join(run.error for run in runs if run.error),
        "alt": " ".join([f"Trajectories on the function {surface.name}.", *words]),
    }


def _numbers(runs):
    return np.concatenate([a for run in runs for a in (run.points.ravel(), run.losses)])


def _still(surface, runs):
    """The same in a picture that does not move."""
    paths = {run.label: run.path for run in runs if len(run.path)}
    if len(surface.window) == 2:
        return plots.contour(surface, paths)
    return plots.curve(surface, paths or {"start": np.atleast_1d(surface.start)})


def _background(surface):
    """The surface as an image that fills a panel, and what the page must know of its axes."""
    if len(surface.window) == 2:
        fig = plots.contour(surface)
        (ax,) = fig.axes
    else:
        with plots.picture() as (fig, ax):
            x = np.linspace(*surface.window[0], 400)
            ax.plot(x, surface(x), color="#aaaaaa")
            ax.set(xlim=surface.window[0])
    left, right, bottom, top = map(float, (*ax.get_xlim(), *ax.get_ylim()))
    across, up = right - left, top - bottom
    ratio = up / across if len(surface.window) == 2 else 0.75
    width = min(430, 330 / ratio)
    fig.set_layout_engine("none")
    fig.set_size_inches(width / 100, width * ratio / 100)
    ax.set(position=(0, 0, 1, 1), aspect="auto")
    ax.axis("off")
    names = ("x₁", "x₂") if len(surface.window) == 2 else ("x", "f(x)")
    spec = {
        "view": "surface",
        "size": [round(width), round(width * ratio)],
        "window": [left, across, bottom, up],
        "axes": {
            "x": {"label": names[0], "ticks": _ticks(left, right)},
            "y": {"label": names[1], "ticks": _ticks(bottom, top)},
            "dim": True,
        },
        "least": _least(surface),
        "loss_label": f"{_loss_label(surface)}, log scale",
    }
    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=200)
    return png.getvalue(), spec


def _map_image(losses):
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


def _ticks(low, high):
    at = MaxNLocator(6).tick_values(low, high)
    inside = [v for v in at if low <= v <= high]
    return [[(v - low) / (high - low), f"{v:.3g}".replace("-", "−")] for v in inside]


def _cell_ticks(values):
    at = np.unique(np.linspace(0, len(values) - 1, 5).round().astype(int))
    return [[(i + 0.5) / len(values), f"{values[i]:.2g}"] for i in at.tolist()]


def _least(surface):
    """0, or the least value where that is negative: then losses are drawn above it."""
    return min(0.0, *(float(surface(m)) for m in surface.minima))


def _loss_label(surface):
    least = _least(surface)
    return f"loss + {-least:g}" if least else "loss"


def _gone(path, window):
    low, high = np.transpose(window)
    outside = ((path.reshape(len(path), -1) < low) | (path.reshape(len(path), -1) > high)).any(1)
    return f" It leaves the picture at step {outside.argmax()}." if outside.any() else ""


def _settings(values):
    return ", ".join(f"{name}={value:.3g}" for name, value in values.items())
