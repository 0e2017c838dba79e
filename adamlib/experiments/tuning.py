"""Compare methods fairly: for each the best learning rate of one list, then several seeds.

tune(train_at, rates, ...)     find each method's best learning rate
mean_losses(rates, ...)        what it has tried
repeat(train_at, rates, ...)   train each method at its rate with several seeds
scoreboard(methods, ...)       both, on data that are held out
rounds(rates, loss_at, ...)    which trainings a tuning needs, for those who run them another way
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from adamlib import inputs
from adamlib.descent import Training
from adamlib.experiments.jobs import collect, collect_rounds, seeds, size


def rounds(rates, loss_at, seeds, *, first=1, climb=False):
    """Yield the trainings that a tuning needs, a list of (method, rate, seed) at a time.

    Ask for the next list when the one before is done: it depends on those losses.
    rates    {method: the rates to try, in their order}
    loss_at  function of (method, rate, seed): the loss of a training that is done
    first    how many seeds try all rates; the others try the best of them and its neighbours
    climb    whether those first seeds stop at the rate where a method's loss rises
    """
    early = seeds[:first]

    def losses(method):
        return [np.mean([loss_at((method, rate, s)) for s in early]) for rate in tried[method]]

    def keys(seeds):
        return [(m, rate, seed) for m in tried for rate in tried[m] for seed in seeds]

    tried = {m: some[:1] if climb else some for m, some in rates.items()}
    yield keys(early)
    while falling := [  # without a climb all rates are tried, and none is left
        m for m in rates if len(tried[m]) < len(rates[m]) and losses(m)[-1] <= min(losses(m))
    ]:
        tried |= {m: rates[m][: len(tried[m]) + 1] for m in falling}
        yield keys(early)
    if len(seeds) > first:
        best = {m: int(np.argmin(losses(m))) for m in rates}
        tried = {m: tried[m][max(0, place - 1) : place + 2] for m, place in best.items()}
        yield keys(seeds)


def tune(train_at, rates, loss_of, seeds, done, *, climb=False):
    """Find the best learning rate of each method; return {method: rate}.

    train_at  function of (method, rate, seed), a training
    rates     {method: the rates to try, in their order}
    loss_of   function of a training: what is to be low, infinite where it diverged
    done      {(method, rate, seed): training}, which is filled, as by collect
    climb     whether the first seed stops at the rate where the loss rises; else it tries all
    The others try the best of its rates and the two beside it, whose means decide. One seed alone
    would often choose another rate than the next seed does.
    """
    inputs.check_function(train_at, "train_at", "method", "rate", "seed")
    inputs.check_function(loss_of, "loss_of", "training")
    inputs.check_trials(rates, seeds)

    def loss_at(key):
        return _loss(loss_of, done[key])

    needed = rounds(rates, loss_at, seeds, climb=climb)
    collect_rounds(({key: partial(train_at, *key) for key in keys} for keys in needed), done)
    losses = mean_losses(rates, loss_of, seeds, done)
    return {m: min(of_rates, key=of_rates.get) for m, of_rates in losses.items()}


def mean_losses(rates, loss_of, seeds, done):
    """{method: {rate: the mean loss over the seeds}}, of the rates that all these seeds have tried.

    The arguments are those of tune.
    """
    inputs.check_function(loss_of, "loss_of", "training")
    inputs.check_trials(rates, seeds)
    inputs.check_kind(done, dict, "done", "the dict that tune has filled")
    losses = {m: {} for m in rates}
    for m, some in rates.items():
        for rate in some:
            keys = [(m, rate, seed) for seed in seeds]
            if all(key in done for key in keys):
                losses[m][rate] = np.mean([_loss(loss_of, done[key]) for key in keys])
    return losses


def _loss(loss_of, training):
    return inputs.numbers(loss_of(training), "A loss", ndim=0)


def repeat(train_at, rates, seeds, done):
    """Train each method at its rate with each seed; return {method: a list of its trainings}.

    rates  {method: rate}, as tune returns; the rest as in tune
    """
    inputs.check_kind(rates, dict, "rates", "a dict {method: learning rate}")
    inputs.check_function(train_at, "train_at", "method", "rate", "seed")
    inputs.check_trials({m: [rate] for m, rate in rates.items()}, seeds)
    keys = {m: [(m, rate, seed) for seed in seeds] for m, rate in rates.items()}
    collect({key: partial(train_at, *key) for some in keys.values() for key in some}, done)
    return {m: [done[key] for key in some] for m, some in keys.items()}


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
    chosen, kept = seeds(count), done is not None
    done = done if kept else {}
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

    try:
        best = tune(train_at, dict.fromkeys(methods, rates), loss, chosen, done)
    except KeyboardInterrupt as stop:
        raise stop if kept else KeyboardInterrupt from None  # or it says that they are kept
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
