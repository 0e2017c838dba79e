"""The races of lesson 09: Figures 1 to 3 of Adam's paper (Kingma and Ba, 2015, § 6).

PLAN[size]                         for each figure its samples, epochs, and how large the model is
trainer(model, start, ...)         train_at, as race needs it, of a model in NumPy
race(figure, train_at, rates)      each method at its best rate, with several seeds
draw(results, title)               the figure of a race
curve, quarters, last_epoch        the losses of one training, and its last epoch's
shrunk(images), standardised(...)  smaller pictures
"""

import numpy as np
from IPython.display import display

from adamlib import plots
from adamlib.descent import iterations
from adamlib.experiments.claims import CLAIMS
from adamlib.experiments.tasks import Task
from adamlib.experiments.tuning import repeat, tune

PLAN = {  # for each figure: how many samples (None: all), how many epochs, how large a model
    "smoke": {
        "1 left": (512, 1, 1),
        "1 right": (512, 1),
        "2": (512, 1, 16),
        "3": (256, 1, 64, (2, 2, 2, 8)),
        "4": (200, 2, 1, 8, 2),
    },
    "laptop": {
        "1 left": (None, 5, 20),
        "1 right": (None, 6),
        "2": (3000, 5, 128),
        "3": (1536, 5, 64, (8, 8, 16, 64)),
        "4": (2000, 8, 2, 64, 8),
    },
    "full": {
        "1 left": (None, 45, 45),
        "1 right": (None, 160),
        "2": (None, 200, 1000),
        "3": (None, 45, 128, (64, 64, 128, 1000)),
        "4": (None, 100, 10, 500, 50),
    },
}


def race(figure, train_at, rates, known="", *, seeds, done, full=False):
    """Train each method at its best rate; return {method: (rate, curves)}, a row for each seed.

    train_at  function of (method, rate, seed): the loss, quarter by quarter of an epoch
    rates     {method: the rates to try}, which the loss of the last epoch decides
    known     what the table of claims calls the race, whose best rates it then takes from there;
              without it, or at the full size, they are tuned here
    done      {figure: {(method, rate, seed): curve}}, which is filled, as by collect
    Prints a line for each method.
    """
    tried = done.setdefault(figure, {})
    if known and not full:
        best = {m: CLAIMS[f"09 best α of {m} on {known}"].mean for m in rates}
    else:
        best = tune(train_at, rates, last_epoch, seeds, tried)
    curves = repeat(train_at, best, seeds, tried)
    results = {m: (rate, np.array(curves[m])) for m, rate in best.items()}
    for m, (rate, of_seeds) in results.items():
        ends = last_epoch(of_seeds)
        edge = ", at an end of the list" if rate in (rates[m][0], rates[m][-1]) else ""
        print(f"{m:22} α = {rate:<5g} loss {ends.min():.2f} to {ends.max():.2f}{edge}")
    return results


def draw(results, title, bands=None):
    """Show the mean of the seeds, with the bands of all methods or of those named."""
    curves = {m: curves for m, (_, curves) in results.items()}
    x = {m: np.arange(1, c.shape[1] + 1) / 4 for m, c in curves.items()}
    for m in set(curves) - set(bands or curves):
        curves[m] = curves[m].mean(axis=0)
    display(plots.lines(curves, x=x, xlabel="epoch", ylabel="training loss", title=title))


def trainer(model, start, data, epochs, methods):
    """train_at(method, rate, seed), as race and tune need it, in batches of 128: the curve.

    start    function of an rng that returns the parameters at the start
    methods  {name: (rule, schedule)}; a schedule is a function of the rate, as inverse_sqrt
    """
    task = Task(model, start, data, (), epochs, batch_size=128)

    def train_at(method, rate, seed):
        rule, schedule = methods[method]
        return curve(task, rule, schedule(rate), seed)

    return train_at


def constant(rate):
    """The schedule of a rate that does not change."""
    return rate


def curve(task, rule, rate, seed):
    """Train; the quarters of the losses, NaN from where it diverged."""
    losses = np.full(iterations(task.part, task.epochs, task.batch_size), np.nan)
    run = task.train_quietly(rule, rate, seed)
    finite = len(run.losses) - bool(run.diverged)
    losses[:finite] = run.losses[:finite]
    return quarters(losses, task.epochs)


def quarters(losses, epochs):
    """The mean loss of each quarter of an epoch, shape (4 epochs,), from one for each batch."""
    return np.array([part.mean() for part in np.array_split(losses, 4 * epochs)])


def last_epoch(curves):
    """The mean of the last four quarters, shape (..., quarters) to (...); infinite where NaN."""
    return np.nan_to_num(curves[..., -4:].mean(axis=-1), nan=np.inf)


def shrunk(images):
    """Each pixel the mean of four: shape (n, 784) to (n, 14, 14)."""
    return images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))


def standardised(images):
    """Pictures for Figure 3: each pixel less its mean, over the deviation of all.

    CIFAR-10's of shape (n, 3072) become (n, 32, 32, 3); those of (n, 784) are shrunk to
    (n, 14, 14, 1).
    """
    cifar = images.shape[1] == 3 * 32 * 32
    pictures = images.reshape(-1, 32, 32, 3) if cifar else shrunk(images)[..., np.newaxis]
    return (pictures - pictures.mean(axis=0)) / pictures.std()
