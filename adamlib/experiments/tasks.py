"""The tasks on which the lessons compare methods, and benchmarks/claims.py measures them.

digits()      logistic regression on MNIST: lessons 02, 03, 06 and 07
reviews()     sparse logistic regression on film reviews: lessons 04, 05 and 07
clothes()     a network with 64 hidden units on Fashion-MNIST: lesson 07

turned_ravine(rule, share, turned)     many settings of a rule in a ravine: lesson 08
best_in_ravine(rule, share, turned)    the best of them
dead_units(task, params)               how many units of a network are dead
adagrad_from_zero, adam_uncorrected    two rules as they are before their repair
rmsprop_corrected                      and one with the repair of Adam
algorithm_1                            Adam with the epsilon of its paper
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from adamlib import rules
from adamlib.datasets import fashion_mnist, mnist, rotten_tomatoes
from adamlib.descent import sweep, train, training
from adamlib.inputs import count
from adamlib.models import MLP, LogisticRegression, SparseLogisticRegression


@dataclass(frozen=True)
class Task:
    """A model, the data that it trains on, and the data that are held out.

    start  function of an rng that returns the parameters at the start
    """

    model: object
    start: Callable
    part: tuple
    others: tuple
    epochs: int = 1
    batch_size: int = 100

    def train(self, rule, rate, seed, **settings):
        """Train with a rule; returns a descent.Training.

        rate  the learning rate, a number or a function of t
        seed  of the start, of the order of the batches, and of what dropout drops
        """
        return train(rule, **self._begin(seed), learning_rate=rate, **settings)

    def training(self, rule, rate, seed, **settings):
        """train, step by step: as descent.training."""
        return training(rule, **self._begin(seed), learning_rate=rate, **settings)

    def train_quietly(self, rule, rate, seed, **settings):
        """train, without a word where it diverges."""
        with np.errstate(all="ignore"):
            *_, run = self.training(rule, rate, seed, **settings)
        return run._replace(losses=np.array(run.losses))

    def train_keras(self, optimizer, seed):
        """The same batches, trained by a Keras optimizer; for a model without dropout."""
        from adamlib.keras_check import train_network

        begin = self._begin(seed)
        del begin["loss_and_gradient"]
        return train_network(optimizer, **begin)

    def _begin(self, seed):
        """What a training takes but for its rule, drawn from the seed."""
        rng, loss = np.random.default_rng(count(seed, "seed")), self.model.loss_and_gradient
        if getattr(self.model, "dropout", 0):
            loss = partial(loss, rng=rng)
        how = dict(epochs=self.epochs, batch_size=self.batch_size, rng=rng)
        return dict(loss_and_gradient=loss, params=self.start(rng), data=self.part) | how

    def held_out_loss(self, params):
        return self.model.loss(params, self.others)


def digits(**how):
    """7,000 digits to train on, 1,000 held out, one epoch; `how` as in Task."""
    model = LogisticRegression()
    return Task(model, lambda rng: model.initial(), *_split(mnist().train, 7000), **how)


def reviews(dropout=0.0, size=5824, **how):
    """Sentences of film reviews, 5,824 to train on and 1,000 held out."""
    data = rotten_tomatoes().train
    model = SparseLogisticRegression(dropout=dropout)
    return Task(model, lambda rng: model.initial(), *_split(data, size), **how)


def clothes(**how):
    """6,000 pictures of clothes to train on, 1,000 held out; 64 hidden units."""
    model, data = MLP((784, 64, 10)), [a[:7000] for a in fashion_mnist().train]
    return Task(model, model.initial, *_split(data, 6000), **how)


def _split(data, size):
    x, y = data
    return (x[:size], y[:size]), (x[size:], y[size:])


def dead_units(task, params):
    """How many units of the first hidden layer are 0 for every image that the task trains on.

    Such a unit mostly stays so: its gradient is 0, too.
    """
    W, b = params[:2]
    return int(((task.part[0] @ W + b).max(axis=0) <= 0).sum())


def turned_ravine(rule, share, turned):
    """f after 50 steps in a ravine of curvatures 1 and 20; shape (30 η, 30 shares, 16 starts).

    rule    of Keras's hyperparameters, of which `share`, "momentum" or "beta_1", goes from 0 to
            0.98, and η from 0.003 to 3; the others have their defaults
    turned  whether the ravine lies across the axes, at 45 degrees, or along one of them
    The starts lie on a circle of radius 4. NaN where a run diverged.
    """
    f, trajectories = _in_ravine(rule, share, turned)
    return f(trajectories[-1])


def best_in_ravine(rule, share, turned):
    """f in that ravine after 0 to 50 steps, the median of the starts; shape (51,).

    η and the share are those with which the median after 50 steps is least.
    """
    f, trajectories = _in_ravine(rule, share, turned)
    medians = np.median([f(x) for x in trajectories], axis=-1)
    at = np.unravel_index(np.nanargmin(medians[-1]), medians[-1].shape)
    return medians[:, *at]


def _in_ravine(rule, share, turned):
    """f, and the trajectories of all η, shares and starts."""
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    starts = 4 * np.array([np.cos(angles), np.sin(angles)])
    turn = np.array([[1, -1], [1, 1]]) / 2**0.5 if turned else np.eye(2)
    curvature = turn @ np.diag([1, 20]) @ turn.T
    settings = {
        "learning_rate": np.geomspace(0.003, 3, 30)[:, None, None],
        share: 1 - np.geomspace(0.02, 1, 30)[:, None],
    }
    gradient = partial(np.tensordot, curvature, axes=1)

    def f(x):
        return (x * gradient(x)).sum(axis=0) / 2

    return f, sweep(rule, gradient, starts, 50, **settings).trajectory


def adagrad_from_zero(x, g, t, s=0, *, learning_rate=0.001, epsilon=1e-7):
    """AdaGrad as in its paper (Duchi, Hazan and Singer, 2011): s starts at 0, Keras's at 0.1."""
    return rules.adagrad(x, g, t, s, learning_rate=learning_rate, epsilon=epsilon)


def rmsprop_corrected(x, g, t, v=0, *, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """RMSProp with its start at 0 repaired as in Adam; where Adam has m_hat, it has g."""
    knobs = dict(learning_rate=learning_rate, beta_1=0.0, beta_2=rho, epsilon=epsilon)
    x, _, v = rules.adam(x, g, t, 0, v, **knobs)
    return x, v


def algorithm_1(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Adam as Algorithm 1 of its paper (Kingma and Ba, 2015): epsilon is added to √v̂."""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def adam_uncorrected(
    x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Adam without its bias correction: m and v are too small at first, v more so."""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    return x - learning_rate * m / (np.sqrt(v) + epsilon), m, v
