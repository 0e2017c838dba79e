"""Train one Keras model again and again: building it and its graph is slow, training it is not.

    trainer = Trainer(model, optimizer, data, batch_size=64, together=32)
    looks, seconds = trainer(start, learning_rate, seed, epochs, look)

numbers_of_state(optimizer)   how much memory an optimizer needs for each parameter
"""

import time

import numpy as np

from adamlib.keras_check import keras


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

    def __call__(self, start, learning_rate, seed, epochs, look):
        """Train from the weights `start`; the seed orders the batches.

        Returns what look(model) gave after every `together` batches and at the end of an epoch, as
        an array, and the seconds.
        """
        keras.utils.set_random_seed(seed)
        self.model.set_weights(start)
        for variable, value in zip(self.optimizer.variables, self.fresh, strict=True):
            variable.assign(value)
        self.optimizer.learning_rate = learning_rate
        looks = []
        watch = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: looks.append(look(self.model))
        )
        begin = time.perf_counter()
        self.model.fit(*self.data, self.batch_size, epochs, verbose=0, callbacks=[watch])
        return np.array(looks), time.perf_counter() - begin


def numbers_of_state(optimizer):
    """How many numbers the optimizer keeps for each parameter, but for its step and rate."""
    parameter = keras.Variable(np.zeros(1000))
    optimizer.build([parameter])
    return sum(int(np.prod(v.shape)) for v in optimizer.variables) // 1000
