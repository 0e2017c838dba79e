"""Compare methods fairly: for each the best learning rate of one list, then several seeds."""

from typing import NamedTuple

import numpy as np

from adamlib.runs import size


class Score(NamedTuple):
    """How a method did with its best learning rate.

    rate      that learning rate
    losses    shape (seeds, points): the training losses, each the mean of `every` batches
    held_out  shape (seeds,): the loss at the end on data that were held out
    runs      the descent.Training of each seed
    """

    rate: float
    losses: np.ndarray
    held_out: np.ndarray
    runs: list


def scoreboard(methods, rates, held_out_loss, *, seeds=(0, 1, 2), every=1):
    """Train each method at each rate, and at its best with each seed; return {name: Score}.

    methods        {name: function of (rate, seed) that returns a descent.Training}
    held_out_loss  function of the trained parameters; with the first seed it picks the rate
    every          batches that are averaged to one point of the curves
    Prints a line for each method. Raises ValueError if one diverged at every rate, or with one of
    the seeds at its best. Where a notebook only has to run (runs.size), two rates and two seeds do.
    """
    if size() == "smoke":
        rates, seeds = rates[:2], seeds[:2]
    scores = {}
    for name, train_at in methods.items():
        tried = [train_at(rate, seeds[0]) for rate in rates]
        best = int(np.argmin([_loss(run, held_out_loss) for run in tried]))
        runs = [tried[best], *(train_at(rates[best], seed) for seed in seeds[1:])]
        held_out = np.array([_loss(run, held_out_loss) for run in runs])
        if not np.isfinite(held_out).all():
            raise ValueError(
                f"{name} diverged at η = {rates[best]:g}, its best: give smaller ones."
            )
        points = len(runs[0].losses) // every
        losses = [run.losses[: points * every].reshape(points, every).mean(axis=1) for run in runs]
        scores[name] = Score(rates[best], np.array(losses), held_out, runs)
        spread = f" ({held_out.min():.3f} to {held_out.max():.3f})" if len(runs) > 1 else ""
        edge = ", at an end of the list" if rates[best] in (min(rates), max(rates)) else ""
        print(f"{name:16} η = {rates[best]:<7g} held-out loss {held_out.mean():.3f}{spread}{edge}")
    return scores


def _loss(run, held_out_loss):
    return np.inf if run.diverged else np.nan_to_num(held_out_loss(run.params), nan=np.inf)
