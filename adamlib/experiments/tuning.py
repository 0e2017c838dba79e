"""Compare methods fairly: for each the best learning rate of one list, then several seeds.

tune(train_at, rates, ...)     find each method's best learning rate
next_rate(losses, rates)       how a climb goes on
climb(loss_at, rates, rate)    the losses of the rates that it tries
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


def next_rate(losses, rates):
    """The rate that a climb tries next: a neighbour of the best so far; None if it has had both.

    losses  {rate: loss} of those that have been tried
    rates   all of them, in their order; the larger neighbour goes first
    """
    best = rates.index(min(sorted(losses, key=rates.index), key=losses.get))
    for place in (best + 1, best - 1):
        if 0 <= place < len(rates) and rates[place] not in losses:
            return rates[place]
    return None


def climb(loss_at, rates, rate):
    """{rate: loss} of the rates that a climb tries, in that order, from this rate on."""
    losses = {}
    while rate is not None:
        losses[rate] = loss_at(rate)
        rate = next_rate(losses, rates)
    return losses


def rounds(rates, loss_at, seeds, *, first=1, climb=False, next_rate=next_rate):
    """Yield the trainings that a tuning needs, a list of (method, rate, seed) at a time.

    Ask for the next list when the one before is done: it depends on those losses.
    rates    {method: the rates to try, in their order}
    loss_at  function of (method, rate, seed): the loss of a training that is done
    first    how many seeds try all rates; the others try the best of them and its neighbours
    climb    as in tune, for those first seeds
    """
    early = seeds[:first]

    def losses(method):
        means = (np.mean([loss_at((method, r, s)) for s in early]) for r in tried[method])
        return dict(zip(tried[method], means, strict=True))

    def keys(seeds):
        return [(m, rate, seed) for m in tried for rate in tried[m] for seed in seeds]

    begin = {m: some[0] for m, some in rates.items()} if climb is True else climb
    tried = {m: [begin[m]] if climb else list(some) for m, some in rates.items()}
    yield keys(early)
    while climb:
        after = {m: next_rate(losses(m), list(some)) for m, some in rates.items()}
        after = {m: r for m, r in after.items() if r is not None and r not in tried[m]}
        if not after:
            break
        tried |= {m: [*tried[m], rate] for m, rate in after.items()}
        yield keys(early)
    if len(seeds) > first:
        for m, some in rates.items():
            of_rates = losses(m)
            have = [rate for rate in some if rate in of_rates]
            best = have.index(min(have, key=of_rates.get))
            tried[m] = have[max(0, best - 1) : best + 2]
        yield keys(seeds)


def tune(train_at, rates, loss_of, seeds, done, *, climb=False, next_rate=next_rate):
    """Find the best learning rate of each method; return {method: rate}.

    train_at   function of (method, rate, seed), a training
    rates      {method: the rates to try, in their order}
    loss_of    function of a training: what is to be low, infinite where it diverged
    done       {(method, rate, seed): training}, which is filled, as by collect
    climb      {method: the rate at which its first seed begins to climb}, or True for the first of
               the list; else that seed tries all
    next_rate  which rate a climb tries next, as next_rate above
    The other seeds try the best of its rates and the two beside it, whose means decide. One seed
    alone would often choose another rate than the next seed does.
    """
    inputs.check_function(train_at, "train_at", "method", "rate", "seed")
    inputs.check_function(loss_of, "loss_of", "training")
    inputs.check_function(next_rate, "next_rate", "losses", "rates")
    inputs.check_trials(rates, seeds)
    if climb is not True and climb is not False:
        inputs.check_kind(climb, dict, "climb", "a dict {method: the rate at which it begins}")
        for method, some in rates.items():
            if climb.get(method) not in some:
                raise ValueError(
                    f"climb must say at which of its rates {method} begins, not "
                    f"{inputs.brief(climb.get(method))}."
                )

    def loss_at(key):
        return _loss(loss_of, done[key])

    needed = rounds(rates, loss_at, seeds, climb=climb, next_rate=next_rate)
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
        held_out = inputs.numbers(held_out_loss(run.params), "The validation loss", ndim=0)
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
        at_end = len(rates) > 1 and rate in (min(rates), max(rates))
        edge = ", at an end of the list" if at_end else ""
        print(f"{name:16} η = {rate:<7g} validation loss {held_out.mean():.2f}{spread}{edge}")
    return scores
