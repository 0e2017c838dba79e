"""Compare methods fairly: for each the best learning rate of one list, then several seeds."""

from typing import NamedTuple

import numpy as np

from adamlib import inputs
from adamlib.descent import Training
from adamlib.experiments.jobs import seeds, size, tune


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


def scoreboard(methods, rates, held_out_loss, *, count=3, every=1, done=None):
    """Train each method at each rate, and at its best with each seed; return {name: Score}.

    methods        {name: function of (rate, seed) that returns a descent.Training}
    held_out_loss  function of the trained parameters, which picks the rate as tune does
    count          how many of the lesson's seeds (seeds)
    every          batches that are averaged to one point of the curves
    done           {}, to keep the trainings in: a second call with it goes on after an interrupt
    Prints a line for each method. Raises ValueError if one diverged at every rate, or with one of
    the seeds at its best. Where a notebook only has to run (size), two rates do.
    """
    inputs.check_kind(methods, dict, "methods", "a dict {name: function of (rate, seed)}")
    for name, method in methods.items():
        inputs.check_function(method, f"The method {name}", "rate", "seed")
    inputs.check_values("learning_rate", rates, "The rates")
    inputs.check_function(held_out_loss, "held_out_loss", "params")
    inputs.count(every, "every", least=1)
    chosen, done = seeds(count), {} if done is None else done
    if size() == "smoke":
        rates = rates[:2]

    def loss(run):
        inputs.check_kind(run, Training, "What a method returns", "a Training, as of descent.train")
        if run.diverged:
            return np.inf
        held_out = inputs.numbers(held_out_loss(run.params), "The held-out loss", ndim=0)
        return np.nan_to_num(held_out, nan=np.inf)

    def train_at(name, rate, seed):
        return methods[name](rate, seed)

    best = tune(train_at, dict.fromkeys(methods, rates), loss, chosen, done)
    scores = {}
    for name, rate in best.items():
        runs = [done[name, rate, seed] for seed in chosen]
        held_out = np.array([loss(run) for run in runs])
        if not np.isfinite(held_out).all():
            raise ValueError(f"{name} diverged at η = {rate:g}, its best: give smaller ones.")
        points = len(runs[0].losses) // every
        curves = [run.losses[: points * every].reshape(points, every).mean(axis=1) for run in runs]
        scores[name] = Score(rate, np.array(curves), held_out, runs)
        spread = f" ({held_out.min():.2f} to {held_out.max():.2f})" if len(runs) > 1 else ""
        edge = ", at an end of the list" if rate in (min(rates), max(rates)) else ""
        print(f"{name:16} η = {rate:<7g} held-out loss {held_out.mean():.2f}{spread}{edge}")
    return scores
