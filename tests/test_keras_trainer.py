"""A trainer starts afresh: the same training twice is the same, whatever came between."""

import numpy as np
import pytest

from adamlib.keras_check import keras
from adamlib.keras_trainer import Trainer, numbers_of_state

rng = np.random.default_rng(0)
DATA = rng.standard_normal((40, 6)).astype(np.float32), rng.integers(0, 3, 40)


def model():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])


def weights(network):
    return np.concatenate([np.ravel(w) for w in network.get_weights()])


@pytest.mark.parametrize("name", ["Adam", "Adagrad"])
def test_a_training_equals_one_by_model_fit_whatever_came_before(name):
    make = getattr(keras.optimizers, name)
    trainer, start = Trainer(model(), make(), DATA, batch_size=8, together=2), model().get_weights()
    trainer(start, 0.5, 1, 2, weights)
    looks, _ = trainer(start, 0.03, 7, 3, weights)

    fitted = model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    fitted.compile(make(0.03), loss)
    keras.utils.set_random_seed(7)
    fitted.fit(*DATA, 8, 3, verbose=0)
    assert np.abs(looks[-1] - weights(model())).max() > 0.01
    np.testing.assert_allclose(looks[-1], weights(fitted), rtol=0, atol=1e-5)
    np.testing.assert_array_equal(looks[-1], weights(trainer.model))


def test_it_looks_after_every_few_batches_and_at_the_end_of_an_epoch():
    trainer = Trainer(model(), keras.optimizers.SGD(), DATA, batch_size=8, together=2)
    looks, seconds = trainer(model().get_weights(), 0.1, 0, 2, lambda network: 1)
    assert looks.shape == (6,)  # after 2, 4 and 5 batches of each epoch
    assert seconds > 0


@pytest.mark.parametrize(
    ("optimizer", "numbers"),
    [
        (keras.optimizers.SGD(), 0),
        (keras.optimizers.SGD(momentum=0.9), 1),
        (keras.optimizers.RMSprop(), 1),
        (keras.optimizers.Adam(), 2),
        (keras.optimizers.Adam(amsgrad=True), 3),
    ],
)
def test_how_many_numbers_an_optimizer_keeps(optimizer, numbers):
    assert numbers_of_state(optimizer) == numbers
