"""The schedules equal those of keras.optimizers.schedules, which count steps from 0."""

import re

import numpy as np
import pytest

from adamlib import rules
from adamlib.descent import descend, sweep, train
from adamlib.keras_check import keras
from adamlib.models import LogisticRegression
from adamlib.schedules import cosine, inverse_sqrt, linear_warmup
from adamlib.surfaces import ravine

schedules = keras.optimizers.schedules


def ours(schedule, steps):
    return np.array([schedule(t) for t in range(1, steps + 1)])


def theirs(schedule, steps):
    return np.array([float(schedule(i)) for i in range(steps)])


@pytest.mark.parametrize("steps", [1, 2, 100])
def test_cosine_is_keras_cosine_decay(steps):
    keras_rates = theirs(schedules.CosineDecay(0.3, steps), steps)
    assert np.allclose(ours(cosine(0.3, steps), steps), keras_rates, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("steps", "warmup"), [(100, 2), (100, 10), (60, 59), (60, 60)])
def test_cosine_with_warmup_is_keras_cosine_decay(steps, warmup):
    keras_rates = theirs(
        schedules.CosineDecay(
            0.3 / warmup, steps - warmup + 1, warmup_target=0.3, warmup_steps=warmup - 1
        ),
        steps,
    )
    mine = ours(cosine(0.3, steps, warmup), steps)
    assert np.allclose(mine, keras_rates, rtol=1e-5, atol=1e-8)
    assert mine.argmax() == warmup - 1 and mine[warmup - 1] == 0.3 and mine.min() > 0


@pytest.mark.parametrize("warmup", [2, 10])
def test_linear_warmup_is_keras_polynomial_decay(warmup):
    keras_rates = theirs(schedules.PolynomialDecay(0.3 / warmup, warmup - 1, 0.3), 30)
    assert np.allclose(ours(linear_warmup(0.3, warmup), 30), keras_rates, rtol=1e-5)


def test_inverse_sqrt():
    assert np.allclose(ours(inverse_sqrt(0.3), 100), 0.3 / np.sqrt(np.arange(1, 101)))


def test_descend_train_and_sweep_take_one_as_their_learning_rate():
    rate = cosine(0.1, 40, warmup=4)
    path = descend(rules.sgd, lambda x: np.ones(2), [0.0, 0.0], 40, learning_rate=rate).trajectory
    assert np.allclose(-np.diff(path[:, 0]), ours(rate, 40))
    swept = sweep(rules.adam, ravine.gradient, ravine.start, 40, learning_rate=rate, beta_1=[0.9])
    alone = descend(rules.adam, ravine.gradient, ravine.start, 40, learning_rate=rate)
    assert np.allclose(swept.trajectory[..., 0], alone.trajectory)

    model, seen = LogisticRegression(2, 2), []

    def recorded(x, g, t, *, learning_rate=0.1):
        seen.append(learning_rate)
        return (x,)

    data = np.zeros((4, 2), np.float32), np.zeros(4, int)
    train(recorded, model.loss_and_gradient, model.initial(), data, epochs=3, learning_rate=rate)
    assert seen[::2] == ours(rate, 3).tolist()  # one for W and one for b


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: inverse_sqrt(0), "learning_rate must be a positive number, not 0."),
        (lambda: linear_warmup(-0.1, 10), "learning_rate must be a positive number, not -0.1."),
        (lambda: cosine(np.nan, 10), "learning_rate must be a positive number, not nan."),
        (lambda: linear_warmup(0.1, 0), "warmup must be at least 1, not 0."),
        (lambda: cosine(0.1, 10.5), "steps must be a whole number, not 10.5."),
        (lambda: cosine(0.1, 10, 11), "warmup=11 is longer than the run, steps=10."),
        (lambda: cosine(0.1, 10)(11), "cosine(..., steps=10) has no learning rate for step 11"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises((ValueError, TypeError), match=re.escape(words)):
        call()
