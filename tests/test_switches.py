"""What every Keras optimizer can be told besides: each function equals Keras's switch."""

import inspect

import numpy as np
import pytest

from adamlib import rules
from adamlib.descent import descend, sweep
from adamlib.inputs import hyperparameter_defaults, needs_whole_arrays, state_defaults
from adamlib.keras_check import _exact, _floatx, keras, own_optimizer
from adamlib.keras_optimizer import as_keras
from adamlib.switches import (
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    with_accumulation,
    with_average,
    with_weight_decay,
)

STEPS = 23
RNG = np.random.default_rng(0)
GRADIENTS = [[3 * RNG.standard_normal((4, 6)), 0.2 * RNG.standard_normal(5)] for _ in range(STEPS)]
START = [RNG.standard_normal(g.shape) for g in GRADIENTS[0]]
NAMES = ["sgd", "momentum", "adam", "lion", "lamb", "adafactor"]
every_rule = pytest.mark.parametrize("name", NAMES)


def falling(t):
    return 0.05 / t**0.5


@keras.utils.register_keras_serializable("test_switches")
class Falling(keras.optimizers.schedules.LearningRateSchedule):
    """The same for Keras, which counts from 0."""

    def __call__(self, step):
        return 0.05 / (keras.ops.cast(step, "float64") + 1) ** 0.5

    def get_config(self):
        return {}


def ours(rule, clipped=lambda gradients: gradients, **hyperparameters):
    stream = iter(GRADIENTS)
    return descend(
        rule,
        lambda xs: clipped(next(stream)),
        START,
        STEPS,
        learning_rate=falling,
        **hyperparameters,
    )


def theirs(name, **switches):
    """Pairs (parameters, their averages) after each of Keras's steps in float64."""
    with _floatx("float64"):
        optimizer = _exact(own_optimizer(name, learning_rate=Falling(), **switches))
        xs = [keras.Variable(x, dtype="float64") for x in START]
        for gradients in GRADIENTS:
            optimizer.apply(gradients, xs)
            averages = getattr(optimizer, "_model_variables_moving_average", [])
            yield [x.numpy() for x in xs], [a.numpy() for a in averages]


def assert_equal(run, steps):
    for t, (xs, averages) in enumerate(steps, start=1):
        for i, x in enumerate(xs):
            np.testing.assert_allclose(run.trajectory[i][t], x, rtol=1e-11, atol=1e-12)
        for i, average in enumerate(averages):
            of_ours = run.states[i]["average"][t - 1]
            np.testing.assert_allclose(of_ours, average, rtol=1e-11, atol=1e-12)


@every_rule
def test_clipping_is_keras_s(name):
    rule = getattr(rules, name)
    ways = {
        "clipvalue": lambda gs: [clip_by_value(g, 0.9) for g in gs],
        "clipnorm": lambda gs: [clip_by_norm(g, 0.9) for g in gs],
        "global_clipnorm": lambda gs: clip_by_global_norm(gs, 0.9),
    }
    for switch, clipped in ways.items():
        assert_equal(ours(rule, clipped), theirs(name, **{switch: 0.9}))


def test_the_two_norms_are_different_things():
    gradients = [np.array([30.0, 40.0]), np.array([3.0, 4.0])]
    for g in gradients:
        np.testing.assert_allclose(clip_by_norm(g, 1.0), [0.6, 0.8])
    first, second = clip_by_global_norm(gradients, 1.0)
    np.testing.assert_allclose(first, 10 * second)
    assert np.hypot(*first) < 1
    short = [np.array([0.1, 0.2])]
    np.testing.assert_array_equal(clip_by_global_norm(short, 1.0), short)
    zeros = [np.zeros(2, np.float32)]
    assert clip_by_global_norm(zeros, 1.0)[0].dtype == np.float32


@pytest.mark.parametrize("limit", [0, -1.0, np.nan, "1", None])
def test_a_limit_that_cuts_all_is_refused(limit):
    for clip in (clip_by_value, clip_by_norm):
        with pytest.raises(ValueError, match="clipped to a positive number, not"):
            clip(np.ones(2), limit)
    with pytest.raises(ValueError, match="clipped to a positive number, not"):
        clip_by_global_norm([np.ones(2)], limit)


@every_rule
def test_weight_decay_is_keras_s(name):
    run = ours(with_weight_decay(getattr(rules, name)), weight_decay=0.3)
    assert_equal(run, theirs(name, weight_decay=0.3))


def test_adamw_is_adam_with_weight_decay_and_has_it_already():
    ours_of_two = [ours(rule) for rule in (rules.adamw, with_weight_decay(rules.adam))]
    for a, b in zip(*(run.trajectory for run in ours_of_two), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="adamw decays the weights already"):
        with_weight_decay(rules.adamw)


@every_rule
@pytest.mark.parametrize("frequency", [None, 3])
def test_an_average_of_the_weights_is_keras_s(name, frequency):
    run = ours(with_average(getattr(rules, name), frequency), ema_momentum=0.9)
    how = dict(use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=frequency)
    assert_equal(run, theirs(name, **how))


@every_rule
def test_accumulation_is_keras_s_a_schedule_counts_gradients(name):
    run = ours(with_accumulation(getattr(rules, name), 4))
    assert_equal(run, theirs(name, gradient_accumulation_steps=4))
    moved = [t for t in range(STEPS) if (run.trajectory[0][t + 1] != run.trajectory[0][t]).any()]
    assert moved == [3, 7, 11, 15, 19]


def test_accumulated_gradients_are_the_gradient_of_a_larger_batch():
    """Where the loss is the mean over samples, and all small batches are of one size."""
    small = [np.array([g]) for g in (1.0, 3.0, -2.0, 6.0)]
    stream = iter(small)
    four = descend(
        with_accumulation(rules.adam, 4), lambda x: next(stream), [0.5], 4, learning_rate=0.1
    )
    one = descend(rules.adam, lambda x: np.mean(small, axis=0), [0.5], 1, learning_rate=0.1)
    np.testing.assert_array_equal(four.trajectory[-1], one.trajectory[-1])


def test_a_wrapped_rule_is_a_rule():
    wrapped = with_average(with_weight_decay(rules.lamb))
    assert list(state_defaults(wrapped)) == ["average", "m", "v"]
    assert list(hyperparameter_defaults(wrapped))[-2:] == ["weight_decay", "ema_momentum"]
    assert needs_whole_arrays(wrapped) and wrapped.__name__ == "lamb"
    assert inspect.signature(wrapped).parameters["learning_rate"].default == 0.001
    rates = np.array([0.1, 0.3])
    grid = sweep(with_weight_decay(rules.sgd), lambda x: 0 * x, 1.0, 2, learning_rate=rates)
    np.testing.assert_allclose(grid.trajectory[-1], (1 - 0.004 * rates) ** 2)
    with pytest.raises(ValueError, match="weight_decay must be zero or a positive number"):
        descend(with_weight_decay(rules.sgd), lambda x: x, 1.0, 1, weight_decay=-1)


def test_what_cannot_be_is_refused():
    with pytest.raises(TypeError, match="'adam' is the name of a rule"):
        with_average("adam")
    for frequency in (0, -2):
        with pytest.raises(ValueError, match="gradient_accumulation_steps must be"):
            with_accumulation(rules.adam, frequency)
        with pytest.raises(ValueError, match="ema_overwrite_frequency must be"):
            with_average(rules.adam, frequency)
    with pytest.raises(TypeError, match="np.remainder has no twin in keras.ops"):
        as_keras(with_accumulation(rules.adam, 4))


def test_a_rule_without_a_learning_rate_cannot_decay():
    def to_zero(x, g, t, *, fraction=0.5):
        return (fraction * x,)

    with pytest.raises(ValueError, match="to_zero has no learning_rate, with which"):
        with_weight_decay(to_zero)
