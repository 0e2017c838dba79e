"""explore(): rules on a surface, with sliders, and a start to drag."""

import numpy as np

from adamlib import plots
from adamlib.explorers import trajectories
from adamlib.explorers.curves import axis, log_axis
from adamlib.explorers.trajectories import Run
from adamlib.explorers.widget import Axes, Explorer, entered, groups_of, page, task_result
from adamlib.inputs import MOST_STEPS, check_surface, check_target, count


def explore(rules, surface, steps=60, target=None, **fixed):
    """Rules on a surface, with a slider for each hyperparameter, and a start to drag.

    rules   a rule, yours or one of adamlib.rules, or a list of rules, or {rule: {name: value}}:
            where its sliders are at first; the rule's own defaults if not given
    target  a task: ("loss", 1e-6) or ("distance", 0.1), that to the nearest minimum, is to be
            reached in `steps` steps from the surface's start, by each rule
    fixed   hyperparameters without a slider, for each rule that has them
    """
    check_surface(surface)
    steps = count(steps, "steps", least=1, most=MOST_STEPS)
    check_target(target, MEASURES)
    return Explore(entered(rules, fixed), surface, steps, target, fixed)


class Explore(Explorer):
    _esm = page("exploring")

    def __init__(self, rules, surface, steps, target, fixed):
        self.rules, self.surface, self.target = rules, surface, target
        self.least = trajectories.least(surface)
        groups = groups_of(rules, fixed)
        self.labels = [group["label"] for group in groups]
        super().__init__(
            f"explore({', '.join(self.labels)} on {surface.name})",
            groups=groups,
            settings={"start": trajectories.first_point(surface), "steps": steps},
            hint="Drag the start (black dot), or click the picture and use the arrow keys.",
            steps=max(200, 2 * steps),
            least=self.least,
            **trajectories.background(surface),
        )

    def runs(self, settings):
        start, steps, chosen = (settings[k] for k in ("start", "steps", "hyperparameters"))
        for label, (rule, first), own in zip(self.labels, self.rules.items(), chosen, strict=True):
            yield Run(label, rule, self.surface, start, steps, first | own)

    def answer(self, settings):
        runs = list(self.runs(settings))
        result, numbers = trajectories.told(self.surface, runs)
        axes = Axes(x=axis("step", 0, settings["steps"], whole=True), y=self.loss_axis(runs))
        return result | {"axes": axes} | self.task(settings, runs), numbers

    def loss_axis(self, runs):
        """A log axis from below the least loss to above the first ones."""
        losses = [run.losses - self.least for run in runs if len(run.losses)]
        first = max((one[0] for one in losses), default=0)
        seen = np.concatenate([one[one > 0] for one in losses] or [[]])
        high = np.ceil(np.log10(max(first, 1e-30)) + 0.2)
        low = np.floor(np.log10(np.clip(seen.min(initial=10**high), 1e-16, 10 ** (high - 1))))
        return log_axis(trajectories.loss_label(self.surface), 10**low, 10**high)

    def task(self, settings, runs):
        """The task in words, and whether each run has met it."""
        if self.target is None:
            return {}
        measure, value = self.target
        first = self.spec["settings"]
        what = {"loss": "a loss", "distance": "a distance to the minimum"}[measure]
        asked = f"Task: {what} of {value:g} or less in {first['steps']} steps"
        if settings["start"] != first["start"]:
            return {"task": f"{asked}; it counts from the first start: press Reset.", "met": False}
        reached = {}
        for run in runs:
            path = run.path[: first["steps"] + 1]
            below = np.flatnonzero(MEASURES[measure](self.surface, path) <= value)
            reached[run.label] = f"step {below[0]}" if below.size else ""
        return task_result(asked, reached)

    def picture(self):
        paths = {run.label: run.path for run in self.runs(self.settings) if len(run.path)}
        if len(self.surface.window) == 2:
            return plots.contour(self.surface, paths)
        return plots.curve(self.surface, paths or {"start": np.atleast_1d(self.surface.start)})


def _distance(surface, path):
    minima = np.reshape(surface.minima, (-1, 1, len(surface.window)))
    gaps = path.reshape(len(path), -1) - minima
    return np.sqrt((gaps**2).sum(axis=-1)).min(axis=0)


MEASURES = {"loss": lambda surface, path: surface(path.T), "distance": _distance}
