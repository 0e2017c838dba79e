"""The race of lesson 08: Keras's optimizers on one small network and pictures of clothes.

race = ClothesRace({"sgd": keras.optimizers.SGD, ...}, pictures=2048, batch_size=64, epochs=4)
found = race("sgd", 0.01, seed)         one training, as Trainer.measure gives it
race.trained("sgd", 0.01, seed)         the weights with which it ends
race.climbs(climb, rates, seed, done)   the rates that each climb tries, and their losses
race.gradient_norms(weights, seed)      how long the gradients of an epoch's batches are
race.table(runs, rates)                 what several methods came to
race.curves(runs)                       the test accuracy on the way
accuracies(runs)                        that at the end, {method: a number for each seed}
"""

from functools import cache, partial

import numpy as np

from adamlib import plots
from adamlib.datasets import fashion_mnist, full_size
from adamlib.experiments.jobs import collect_rounds, size
from adamlib.experiments.keras_trainer import Trainer, results, strided_network
from adamlib.keras_check import keras


class ClothesRace:
    """Optimizers that train one network of two convolutions on Fashion-MNIST.

    optimizers  {method: function that makes its keras.optimizers.Optimizer}
    pictures    how many to train on; more than the 9,000 that are shipped come from the internet
    altered     function of the training pictures, before they are used

    train, validation, test  (pictures, labels) each, the last two with 1,000
    default_rates            {method: Keras's default learning rate}

    Where a notebook only has to run (ADAMLIB_SIZE=smoke), an epoch of 128 pictures does.
    """

    def __init__(self, optimizers, pictures, batch_size, epochs, altered=None):
        if size() == "smoke":
            pictures, epochs = 128, 1
        data = fashion_mnist() if pictures <= 9000 else full_size("fashion_mnist")
        (pixels, labels), (others, other_labels) = (
            (a.reshape(-1, 28, 28, 1), b) for a, b in (data.train, data.test)
        )
        first = pixels[:pictures] if altered is None else altered(pixels[:pictures].copy())
        self.train = first, labels[:pictures]
        self.validation = pixels[-1000:], labels[-1000:]
        self.test = others[:1000], other_labels[:1000]
        self.optimizers, self.batch_size, self.epochs = optimizers, batch_size, epochs
        self.together = -(-pictures // batch_size)  # batches of an epoch
        self.default_rates = {
            name: round(float(make().learning_rate), 6) for name, make in optimizers.items()
        }
        self.start = cache(lambda seed: strided_network(seed).get_weights())
        self.trainer = cache(lambda name: self.new_trainer(optimizers[name]()))

    def __call__(self, name, rate, seed):
        """Train with a method at a rate; what it came to, as Trainer.measure says."""
        return self.measure(self.trainer(name), rate, seed)

    def trained(self, name, rate, seed):
        """The weights with which a training ends."""
        self(name, rate, seed)
        return self.trainer(name).model.get_weights()

    def new_trainer(self, optimizer):
        """A Trainer with another optimizer, on the same network and pictures."""
        network = strided_network(0)
        return Trainer(network, optimizer, self.train, self.batch_size, self.together)

    def measure(self, trainer, rate, seed, epochs=None):
        """What a training by that trainer comes to."""
        epochs = epochs or self.epochs
        return trainer.measure(self.start(seed), rate, seed, epochs, self.validation, self.test)

    def climbs(self, climb, rates, seed, done):
        """{method: {rate: validation loss}} of the rates that each climb tries, in that order.

        climb   function of (loss_at, rates, rate) that returns such a dict, as experiments.climb
        done    {(method, rate, seed): training}, which is filled
        """
        found = {}

        def loss_at(name, rate):
            key = (name, rate, seed)
            if key not in done:
                raise _Wanted(key)
            return _validation(done[key])

        def rounds():  # each climb begins anew, and ends at the first training that is not done
            wanted = True
            while wanted:
                wanted = {}
                for name, rate in self.default_rates.items():
                    try:
                        found[name] = climb(partial(loss_at, name), list(rates), rate)
                    except _Wanted as missing:
                        (key,) = missing.args
                        wanted[key] = partial(self, *key)
                yield wanted

        collect_rounds(rounds(), done)
        return found

    def gradient_norms(self, weights, seed):
        """The norm of the gradient of each batch of an epoch, over all arrays, in rising order.

        weights  those of the network; the seed orders the pictures
        """
        network = strided_network(0)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        network.compile(keras.optimizers.SGD(1.0), loss)  # its step is the gradient
        pictures, labels = self.train
        order = np.random.default_rng(seed).permutation(len(labels))
        norms = []
        for at in range(0, len(order), self.batch_size):
            batch = order[at : at + self.batch_size]
            network.set_weights(weights)
            network.train_on_batch(pictures[batch], labels[batch])
            steps = zip(network.get_weights(), weights, strict=True)
            norms.append(sum(float(np.sum((a - b) ** 2)) for a, b in steps) ** 0.5)
        return np.sort(norms)

    def table(self, runs, rates):
        """The runs of each method, {method: a training for each seed}, as a table to show."""
        return results(runs, rates, self.optimizers)

    def curves(self, runs, title=None):
        """The test accuracy by epoch, means of the seeds, in bands."""
        curves, x = self._by_epoch(runs)
        how = dict(xlabel="epoch", ylabel="test accuracy", log=False, title=title)
        figure = plots.lines(curves, x=x, **how)
        figure.axes[0].set_xticks(range(1, self.epochs + 1))
        plots.legend_outside(figure)
        return figure

    def _by_epoch(self, runs):
        curves = {
            label: np.array([run["accuracy"] for run in some]) for label, some in runs.items()
        }
        points = len(next(iter(curves.values()))[0])
        return curves, np.linspace(self.epochs / points, self.epochs, points)


class _Wanted(BaseException):
    """A climb asks for the loss of a training that is still to do."""


def _validation(training):
    return training["validation"]


def accuracies(runs):
    """{method: the test accuracy at the end with each seed}, of {method: trainings}."""
    return {name: np.array([run["accuracy"][-1] for run in some]) for name, some in runs.items()}
