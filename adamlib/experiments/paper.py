"""The races of lesson 09: Figures 1 to 3 of Adam's paper (Kingma and Ba, 2015, § 6).

Races(size, seeds)                 the figures' models and data at a size, and every training so far
PLAN[size]                         for each figure its samples, epochs, and how large the model is
data_of(size, name, samples)       what a figure trains on; halves, what it never sees
trainer(model, start, ...)         train_at, as race needs it, of a model in NumPy
try_all(figure, train_at, rates)   every method at every rate with every seed: the losses
race(figure, train_at, rates)      each method at its best rate, with several seeds
FIVE, FIVE_RATES, FIVE_NAMES       Figure 2's methods, the rates to try, and their names
draw(races), draw_rates(losses), draw_gaps(races), draw_choices(losses, chosen)    their figures
curve, quarters, last_epoch        the losses of one training, and its last epoch's
shrunk(images), standardised(...)  smaller pictures
"""

from functools import partial

import numpy as np
from IPython.display import display

from adamlib import datasets, plots
from adamlib.descent import iterations
from adamlib.experiments.claims import CLAIMS
from adamlib.experiments.jobs import collect
from adamlib.experiments.tasks import Task, adagrad_from_zero, adam_uncorrected
from adamlib.experiments.tuning import repeat, tune
from adamlib.experiments.vae import BETAS_2, VAE, bias_correction_grid
from adamlib.models import MLP, SparseLogisticRegression
from adamlib.rules import RULES, adam, nesterov
from adamlib.schedules import inverse_sqrt

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


def constant(rate):
    """The schedule of a rate that does not change."""
    return rate


FIVE = {  # Figure 2's methods, their rates, and their names in the table of claims
    name: (RULES[name], constant) for name in ("adagrad", "nesterov", "adadelta", "rmsprop", "adam")
} | {"adagrad": (adagrad_from_zero, constant)}
FIVE_RATES = dict.fromkeys(FIVE, [0.001, 0.003, 0.01, 0.03, 0.1, 0.3])
FIVE_RATES["adadelta"] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0]  # a factor, not a length: lesson 05
FIVE_NAMES = {
    "adagrad": "AdaGrad",
    "nesterov": "Nesterov",
    "adadelta": "Adadelta",
    "rmsprop": "RMSProp",
}


class Races:
    """The models and the data of the paper's figures at one size, and all trainings with its seeds.

    digits, reviews, network, convolutions    train_at(method, rate, seed) of Figures 1 to 3, as
                                              try_all and race need it; methods as in trainer
    unseen      the same of Figure 2 for choices: what a trained network has lost, not the curve
    schedules   Figure 1, left, with the two other schedules
    figure_4    the grid of Figure 4, with the bias correction and without
    done        {figure: {training: result}}: an interrupted cell goes on from there
    """

    def __init__(self, size, seeds):
        self.size, self.seeds, self.plan, self.done = size, seeds, PLAN[size], {}

    def digits(self, methods, penalty=0.0, longer=False):
        """Figure 1, left: logistic regression on digits, perhaps with an L2 penalty, or longer."""
        samples, epochs, more_epochs = self.plan["1 left"]
        model = MLP((784, 10), l2=penalty)  # a network without a hidden layer
        data = data_of(self.size, "mnist", samples)
        return trainer(model, model.initial, data, more_epochs if longer else epochs, methods)

    def schedules(self, train_on_digits, chosen, rates, best_rate):
        """Figure 1, left, with η/√t for all three methods, and for Adam alone: what draw needs.

        Adds Nesterov with a constant rate, and AdaGrad with η/√t, each tried at all of the rates.
        chosen  {method: the best rate} of train_on_digits
        Returns the losses of try_all of these two, and {title: results of race}.
        """
        figure = "Figure 1 left, others"
        others = {
            "nesterov, constant η": (nesterov, constant),
            "adagrad, η/√t": (adagrad_from_zero, inverse_sqrt),
        }
        train_others = self.digits(others)
        losses = self.try_all(figure, train_others, dict.fromkeys(others, rates))
        found = self.race("Figure 1 left", train_on_digits, chosen)
        found |= self.race(figure, train_others, {m: best_rate(losses[m]) for m in others})
        panels = {
            "η/√t for all": ("adagrad, η/√t", "nesterov", "adam"),
            "constant η, except for Adam": ("adagrad", "nesterov, constant η", "adam"),
        }
        return losses, {title: {m: found[m] for m in some} for title, some in panels.items()}

    def reviews(self, methods, dropout=0.0):
        """Figure 1, right: logistic regression on film reviews, bags of words."""
        samples, epochs = self.plan["1 right"]
        data = data_of(self.size, "imdb", samples)
        model = SparseLogisticRegression(data[0].shape[1], dropout)
        return trainer(model, lambda rng: model.initial(), data, epochs, methods)

    def network(self, methods, dropout=0.0):
        """Figure 2: a network with two hidden layers, on digits."""
        model, data, epochs = self._figure_2(dropout)
        return trainer(model, model.initial, data, epochs, methods)

    def unseen(self, methods):
        """Figure 2 without dropout; the losses of training, validation and test, in this order."""
        model, data, epochs = self._figure_2(0.0)
        task = Task(model, model.initial, data, (), epochs, batch_size=128)
        others = halves(self.size, "mnist", self.plan["2"][0])

        def train_at(method, rate, seed):
            rule, schedule = methods[method]
            run = task.train_quietly(rule, schedule(rate), seed)
            if run.diverged:
                return np.full(3, np.nan)
            last = last_epoch(quarters(run.losses, epochs))
            return np.array([last, *(model.loss(run.params, some) for some in others)])

        return train_at

    def _figure_2(self, dropout):
        samples, epochs, units = self.plan["2"]
        data = data_of(self.size, "mnist", samples)
        return MLP((784, units, units, 10), dropout), data, epochs

    def convolutions(self, optimizers, dropout=0.0):
        """Figure 3: a convolutional network in Keras; optimizers as the makers of PooledRace."""
        from adamlib.experiments.keras_trainer import PooledRace

        samples, epochs, batch_size, channels = self.plan["3"]
        pictures, labels = data_of(self.size, "cifar10", samples)
        data = standardised(pictures), labels
        return PooledRace(optimizers, data, batch_size, channels, epochs, dropout)

    def figure_4(self):
        """The grids of autoencoders: {rule: losses, (seeds, epochs, β₁, β₂, η)}, and its η.

        One seed but at the full size: a single one is an illustration too. Each β₂ is a job.
        """
        full = self.size == "full"
        samples, epochs, _, hidden, latent = self.plan["4"]
        images = data_of(self.size, "mnist", samples)[0]
        images = images if full else shrunk(images).reshape(-1, 196)
        seeds = self.seeds if full else self.seeds[:1]
        rates = 10 ** np.arange(-5 if full else -4, -0.9, 0.5)
        model, how = VAE(images.shape[1], hidden, latent), dict(epochs=epochs, rates=rates)
        rules = {"adam, with correction": adam, "adam, without correction": adam_uncorrected}
        jobs = {
            (name, f"β₂ = {beta_2:g}", seed): partial(
                bias_correction_grid, model, rule, images, seed, betas_2=(beta_2,), **how
            )
            for name, rule in rules.items()
            for beta_2 in BETAS_2
            for seed in seeds
        }
        found = collect(jobs, self.done.setdefault("Figure 4", {}))
        grids = {
            name: [[found[name, f"β₂ = {b:g}", seed] for b in BETAS_2] for seed in seeds]
            for name in rules
        }
        return {
            name: np.array([np.concatenate(grid, axis=2) for grid in of_seeds])
            for name, of_seeds in grids.items()
        }, rates

    def try_all(self, figure, train_at, rates, **loss):
        """try_all, of what this size tries: two rates where a notebook only has to run."""
        rates = {m: some[: 2 if self.size == "smoke" else None] for m, some in rates.items()}
        return try_all(figure, train_at, rates, seeds=self.seeds, done=self.done, **loss)

    def race(self, figure, train_at, rates, known=""):
        how = dict(seeds=self.seeds, done=self.done, full=self.size == "full")
        return race(figure, train_at, rates, known, **how)

    def choices(self, figure, train_at, rates):
        """Train as try_all does; three dicts {method: {rate: [loss by seed]}}.

        They are of what train_at returns: the losses of training, validation and test.
        """
        found = self.try_all(figure, train_at, rates, loss=lambda losses: losses)
        return [
            {
                m: {rate: [float(losses[k]) for losses in seeds] for rate, seeds in some.items()}
                for m, some in found.items()
            }
            for k in range(3)
        ]


def data_of(size, name, samples):
    """The first samples to train on, and their labels: shipped, or downloaded at the full size."""
    return tuple(array[:samples] for array in _whole(size, name).train)


def halves(size, name, samples):
    """What the first samples leave over, and the test data: a half to validate, a half to test."""
    whole = _whole(size, name)
    start = len(whole.train[1]) if samples is None else samples
    rest = [np.concatenate([a[start:], b]) for a, b in zip(whole.train, whole.test, strict=True)]
    return tuple(a[0::2] for a in rest), tuple(a[1::2] for a in rest)


def _whole(size, name):
    return datasets.full_size(name) if size == "full" else datasets.SHIPPED[name]()


def _last_loss(curve):
    """That of the last epoch, NaN where the training diverged."""
    loss = float(last_epoch(curve))
    return loss if np.isfinite(loss) else np.nan


def try_all(figure, train_at, rates, *, seeds, done, loss=_last_loss):
    """Train each method at each rate with each seed; return {method: {rate: [loss by seed]}}.

    loss  of what train_at returns, as race has it; that of the last epoch if not given, NaN where
          the training diverged
    The rest as in race.
    """
    tried = done.setdefault(figure, {})
    keys = [(m, rate, seed) for m, some in rates.items() for rate in some for seed in seeds]
    collect({key: partial(train_at, *key) for key in keys}, tried)
    return {
        m: {rate: [loss(tried[m, rate, seed]) for seed in seeds] for rate in some}
        for m, some in rates.items()
    }


def race(figure, train_at, rates, known="", *, seeds, done, full=False):
    """Train each method at its best rate; return {method: (rate, curves)}, a row for each seed.

    train_at  function of (method, rate, seed): the loss, quarter by quarter of an epoch
    rates     {method: its rate}; or {method: the rates to try}, which the loss of the last epoch
              decides
    known     what the table of claims calls the race, whose best rates it then takes from there;
              without it, or at the full size, they are tuned here
    done      {figure: {(method, rate, seed): curve}}, which is filled, as by collect
    Prints a line for each method.
    """
    tried = done.setdefault(figure, {})
    rates = {m: list(np.atleast_1d(some)) for m, some in rates.items()}
    if known and not full:
        best = {m: CLAIMS[f"09 best η of {m} on {known}"].mean for m in rates}
    elif max(map(len, rates.values())) > 1:
        best = tune(train_at, rates, last_epoch, seeds, tried)
    else:
        best = {m: some[0] for m, some in rates.items()}
    curves = repeat(train_at, best, seeds, tried)
    results = {m: (rate, np.array(curves[m])) for m, rate in best.items()}
    for m, (rate, of_seeds) in results.items():
        ends = last_epoch(of_seeds)
        edge = len(rates[m]) > 1 and rate in (rates[m][0], rates[m][-1])
        said = ", at an end of the list" * edge
        print(f"{m:22} η = {rate:<5g} loss {ends.min():.3f} to {ends.max():.3f}{said}")
    return results


def draw(races, alike=False):
    """Show the mean of the seeds in a band from the least to the largest, a panel for each race.

    races  {title: results of race}
    alike  whether all panels have the same y axis
    """
    width = 4.5 * max(1.4, len(races))
    with plots.picture(len(races), figsize=(width, 3.9)) as (fig, axes):
        axes = np.atleast_1d(axes)
        for ax, (title, results) in zip(axes, races.items(), strict=True):
            fig.alt += f"{title}: training loss by epoch. "
            for m, (_, curves) in results.items():
                x, mean = np.arange(1, curves.shape[1] + 1) / 4, curves.mean(axis=0)
                style = plots.style_of(m, list(results)) | {"marker": None}
                ax.plot(x, mean, label=m, **style)
                low, high = curves.min(axis=0), curves.max(axis=0)
                ax.fill_between(x, low, high, color=style["color"], alpha=0.25, lw=0)
                fig.alt += f"{m}, from {mean[0]:.3g} to {mean[-1]:.3g}. "
            ax.set(title=title, xlabel="epoch", yscale="log")
            ax.legend(frameon=True, framealpha=1, edgecolor="none", fontsize=10)
        axes[0].set_ylabel("training loss, log scale")
        low, high = zip(*(ax.get_ylim() for ax in axes), strict=True)
        for ax in axes:
            if alike:
                ax.set_ylim(min(low), max(high))
            plots.plain_numbers(ax)
    display(fig)


def draw_gaps(races, names):
    """Show how far each method ends above Adam with the same seed, a panel for each race.

    races  {what the table of claims calls the race: results of race}
    names  {method: its name in that table}
    A ring is a seed of the race. The cross with its bar is the table's mean and deviation, and
    beside it stands with how many of its seeds the method ends above Adam.
    """
    with plots.picture(len(races), figsize=(4.5 * len(races), 3.3)) as (fig, axes):
        for ax, (words, results) in zip(np.atleast_1d(axes), races.items(), strict=True):
            fig.alt += f"On {words}, above Adam: "
            ends = {m: last_epoch(curves) for m, (_, curves) in results.items()}
            for y, (m, name) in enumerate(names.items()):
                claim, colour = CLAIMS[f"09 Adam ends below {name} on {words}"], plots.COLOURS[m]
                bar = dict(color=colour, lw=2.5, capsize=5, marker="X", markersize=9)
                ax.errorbar(claim.mean, y, xerr=claim.sd, **bar)
                gaps = ends[m] - ends["adam"]
                ax.plot(gaps, np.full(len(gaps), y - 0.27), "o", mfc="none", color=colour, ms=6)
                count = f"{claim.shown} of {claim.seeds}"
                where = dict(xy=(claim.mean, y), xytext=(0, 9), textcoords="offset points")
                ground = dict(facecolor="white", edgecolor="none", pad=1)  # over Adam's line
                ax.annotate(count, ha="center", fontsize=10, bbox=ground, **where)
                fig.alt += f"{m} {claim.mean:.3f}, {count} seeds. "
            ax.axvline(0, color=plots.COLOURS["adam"], lw=2)
            ax.set(
                title=words, xlabel="loss at the end minus Adam's", ylim=(-0.6, len(names) - 0.4)
            )
            ax.set_yticks(range(len(names)), names, fontsize=11)
            ax.grid(visible=False, axis="y")
        low, high = zip(*(ax.get_xlim() for ax in np.atleast_1d(axes)), strict=True)
        for ax in np.atleast_1d(axes):
            ax.set_xlim(min(low), max(high))
            ax.locator_params(axis="x", nbins=4)
    display(fig)


def draw_rates(losses, title):
    """Show the last epoch's mean loss over the learning rate, with a ring at each least one.

    losses  {method: {rate: [loss by seed]}}, as of try_all
    """
    means = {m: np.array([np.mean(some) for some in of.values()]) for m, of in losses.items()}
    rates = {m: np.array(list(of)) for m, of in losses.items()}
    labels = dict(xlabel="learning rate η", ylabel="training loss, last epoch")
    fig = plots.lines(means, x=rates, log_x=True, title=title, **labels)
    (ax,) = fig.axes
    told = []
    for line, (m, of_rates) in zip(ax.get_lines(), means.items(), strict=True):
        line.set(marker="o", markersize=5)
        best = np.nanargmin(of_rates)
        x, y = rates[m][best], of_rates[best]
        ax.plot(x, y, "o", markersize=12, mfc="none", mew=2, color=line.get_color())
        told.append(f"{m} {y:.2g} at η = {x:g}")
    fig.alt += " A ring marks the least loss of each: " + ", ".join(told) + "."
    display(fig)


def draw_choices(losses, chosen):
    """Show the test loss of each method under two choices of its rate, side by side.

    losses  {method: {rate: [test loss by seed]}}
    chosen  {what has chosen, such as "training loss": {method: its rate}}, two of them
    A ring is a seed, and a line joins the means.
    """
    with plots.picture(figsize=(7.5, 4)) as (fig, ax):
        for k, (m, of_rates) in enumerate(losses.items()):
            x = np.array([0, 1]) + 0.04 * (k - (len(losses) - 1) / 2)
            of_seeds = [of_rates[rates[m]] for rates in chosen.values()]
            means = [np.mean(some) for some in of_seeds]
            colour, marker = plots.LOOKS[m]
            ax.plot(x, means, marker=marker, color=colour, label=m, ms=9, lw=2.5)
            for at, some in zip(x, of_seeds, strict=True):
                ax.plot(np.full(len(some), at), some, "o", mfc="none", color=colour, ms=6)
            told = (f"{mean:.3f} by {by}" for by, mean in zip(chosen, means, strict=True))
            fig.alt += f"Test loss of {m}, η chosen: {', '.join(told)}. "
        labels = [
            f"η chosen by {by}\n" + ", ".join(f"{m} {rates[m]:g}" for m in losses)
            for by, rates in chosen.items()
        ]
        ax.set_xticks([0, 1], labels)
        ax.set(xlim=(-0.4, 1.4), ylabel="test loss")
        ax.grid(visible=False, axis="x")
        ax.legend(frameon=True, framealpha=1, edgecolor="none")
    display(fig)


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
