"""Train one Keras model again and again: building it and its graph is slow, training it is not.

    trainer = Trainer(strided_network(0), optimizer, data, batch_size=64, together=32)
    run = trainer(start, learning_rate, seed, epochs, look)
    found = trainer.measure(start, learning_rate, seed, epochs, validation, test)

scores(model, images, labels)                 loss and accuracy
results(runs, rates, optimizers)              the measured runs of several methods, as a table
strided_network(seed), pooled_network(seed)   the networks of lessons 08 and 09
dense_network(seed)                           the network of lesson 10
pooled_trainer(optimizer, data, ...)          the trainer of Figure 3 of Adam's paper
PooledRace(makers, data, ...)                 several optimizers on its network
numbers_of_state(optimizer)                   how much memory it needs for each parameter
root_of_v_hat(adam)                           what Adam divides by
"""

import time
from typing import NamedTuple

import numpy as np
from IPython.display import Markdown

from adamlib.keras_check import keras
from adamlib.models import softmax_cross_entropy


class Run(NamedTuple):
    """What a training gave, at every look: after each `together` batches.

    looks    an array of what look(model) returned
    losses   shape (looks,): the mean training loss since the look before
    seconds  how long it took in all
    """

    looks: np.ndarray
    losses: np.ndarray
    seconds: float


class Trainer:
    """A classifier with its optimizer and its data, started afresh for every training.

    model     a keras.Model that gives logits
    data      (x, labels), which every epoch shuffles
    together  batches between two looks; in between Python does not run, which makes it fast
    """

    def __init__(self, model, optimizer, data, batch_size, together):
        self.model, self.optimizer, self.data, self.batch_size = model, optimizer, data, batch_size
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss, steps_per_execution=together, jit_compile=False)
        optimizer.build(model.trainable_variables)
        self.fresh = [variable.numpy() for variable in optimizer.variables]
        # The first training builds the graph, which would be counted in its seconds.
        first = [a[: batch_size * together] for a in data]
        model.fit(*first, batch_size, verbose=0)

    def __call__(self, start, learning_rate, seed, epochs, look=lambda model: None):
        """Train from the weights `start`; the seed orders the batches and draws what is dropped."""
        keras.utils.set_random_seed(seed)
        self.model.set_weights(start)
        for variable in self.model.variables:
            if "seed_generator" in variable.path:
                variable.assign([seed, 0])
        for variable, value in zip(self.optimizer.variables, self.fresh, strict=True):
            variable.assign(value)
        self.optimizer.learning_rate = learning_rate
        looks, seen, means = [], [], []

        def note(batch, logs):
            looks.append(look(self.model))
            seen.append(min((batch + 1) * self.batch_size, len(self.data[1])))
            means.append(logs["loss"])  # Keras's mean over the samples of the epoch so far

        watch = keras.callbacks.LambdaCallback(on_train_batch_end=note)
        begin = time.perf_counter()
        self.model.fit(*self.data, self.batch_size, epochs, verbose=0, callbacks=[watch])
        seconds = time.perf_counter() - begin
        seen, sums = (np.reshape(a, (epochs, -1)) for a in (seen, np.multiply(seen, means)))
        losses = np.diff(sums, axis=1, prepend=0) / np.diff(seen, axis=1, prepend=0)
        return Run(np.array(looks), losses.ravel(), seconds)

    def measure(self, start, learning_rate, seed, epochs, validation, test):
        """Train as a call does; return what the training came to, in a dict.

        validation, test    (images, labels) each
        "validation"        the loss at the end, on the validation data
        "loss", "accuracy"  shape (looks,): on the test data
        "moved"             the root mean square of what was added to a weight
        "seconds"           of the training and its looks
        """
        looks, _, seconds = self(
            start, learning_rate, seed, epochs, lambda model: scores(model, *test)
        )
        ends = self.model.get_weights()
        moves = np.concatenate([np.ravel(a - b) for a, b in zip(ends, start, strict=True)])
        return {
            "validation": scores(self.model, *validation)[0],
            "loss": looks[:, 0],
            "accuracy": looks[:, 1],
            "moved": np.sqrt(np.mean(moves**2)),
            "seconds": seconds,
        }


def scores(model, images, labels):
    """The mean loss, in nats, infinite where it is not a number, and the accuracy, from 0 to 1."""
    logits = np.asarray(model(images))
    loss, _ = softmax_cross_entropy(logits, labels)
    return np.nan_to_num(loss, nan=np.inf), np.mean(logits.argmax(axis=1) == labels)


def results(runs, rates, optimizers):
    """What each method came to at its rate, as a table that a notebook shows.

    runs        {method: [what Trainer.measure gave, for each seed]}
    rates       {method: its learning rate}
    optimizers  {method: function that makes its optimizer}
    """
    head = "method | learning rate | test accuracy (seeds) | a weight moved by | state per weight"
    rows = [head, "|".join(["---"] * 5)]
    for name, rate in rates.items():
        accuracy = np.array([run["accuracy"][-1] for run in runs[name]])
        moved = np.mean([run["moved"] for run in runs[name]])
        shown = np.format_float_positional(moved, 2, fractional=False, trim="-")
        rows.append(
            f"{name} | {rate:g} | {accuracy.mean():.2f} ({accuracy.min():.2f} to "
            f"{accuracy.max():.2f}) | {shown} | {numbers_of_state(optimizers[name]())}"
        )
    return Markdown("\n".join(f"| {row} |" for row in rows))


def strided_network(seed):
    """Two convolutions with strides, of 28 x 28 pictures: 7,802 weights."""
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(16, 4, strides=4, activation="relu"),
            keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )


def pooled_network(seed, shape, channels, dropout):
    """Rounds of convolution (5 x 5) and pooling, then a dense layer (Kingma and Ba, 2015, § 6.3).

    shape     of a picture: (height, width, colours)
    channels  the filters of each round, and the units of the dense layer
    dropout   of the dense layer; where there is any, 0.2 of the input is dropped too
    """
    keras.utils.set_random_seed(seed)
    *convolutions, units = channels
    layers = [keras.layers.Dropout(0.2 * (dropout > 0))]
    for filters in convolutions:
        layers.append(keras.layers.Conv2D(filters, 5, padding="same", activation="relu"))
        layers.append(keras.layers.MaxPooling2D(3, strides=2, padding="same"))
    layers += [keras.layers.Flatten(), keras.layers.Dense(units, "relu")]
    layers += [keras.layers.Dropout(dropout), keras.layers.Dense(10)]
    return keras.Sequential([keras.Input(shape), *layers])


def dense_network(seed):
    """784 inputs, 64 hidden units, 10 outputs; the seed draws the start and the batches' order."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Dense(64, "relu", kernel_initializer="he_normal", name="hidden"),
        keras.layers.Dense(10, kernel_initializer="he_normal", name="output"),
    ]
    return keras.Sequential([keras.Input((784,)), *layers])


def pooled_trainer(optimizer, data, batch_size, channels, dropout):
    """A Trainer of pooled_network for these pictures, which looks every quarter of an epoch."""
    pictures, labels = data
    network = pooled_network(0, pictures.shape[1:], channels, dropout)
    together = max(1, len(labels) // batch_size // 4)
    return Trainer(network, optimizer, data, batch_size, together)


class PooledRace:
    """Trainings of pooled_network by several optimizers: a function of (method, rate, seed).

    makers  {method: function that makes its Keras optimizer}
    The rest as in pooled_trainer. It returns the training loss of each quarter of an epoch.
    """

    def __init__(self, makers, data, batch_size, channels, epochs, dropout=0.0):
        self.makers, self.data, self.epochs = makers, data, epochs
        self.how = batch_size, channels, dropout
        self.trainers = {}

    def trainer(self, method):
        """The Trainer of a method, which is built once."""
        if method not in self.trainers:
            self.trainers[method] = pooled_trainer(self.makers[method](), self.data, *self.how)
        return self.trainers[method]

    def __call__(self, method, rate, seed):
        start = pooled_network(seed, self.data[0].shape[1:], self.how[1], 0.0).get_weights()
        return self.trainer(method)(start, rate, seed, self.epochs).losses


def root_of_v_hat(adam):
    """The root of Adam's second moment, corrected for its bias, of every weight; one row."""
    v = [s.numpy().ravel() for s in adam.variables if "velocity" in s.path]
    return np.sqrt(np.concatenate(v) / (1 - adam.beta_2 ** int(adam.iterations)))


def numbers_of_state(optimizer):
    """How many numbers the optimizer keeps for each parameter, but for its step and rate."""
    parameter = keras.Variable(np.zeros(1000))
    optimizer.build([parameter])
    return sum(int(np.prod(v.shape)) for v in optimizer.variables) // 1000
