"""Every rule equals its tf.keras optimizer, and a wrong one does not pass for it.

Measured with Keras 3.15.1 on TensorFlow 2.21 (another processor may round a little otherwise),
largest differences relative to how far a coordinate has moved:

    float64   1e-13; Nadam 4e-7, 1e-8 of x: Keras keeps 0.96 of its schedule in float32
    float32, where a rounding is 6e-8
        Adam, AMSGrad, AdamW, Nadam   2e-5: Keras rounds beta_2 before it takes 1 - beta_2^t,
                                      0.001 at first; and we round beta_2 * v, where it has g² - v
        Nesterov                      3e-5: a sum whose large terms cancel, added in another order
        the rest                      3e-6
"""

import inspect
import re
from functools import partial

import numpy as np
import pytest

from adamlib import rules
from adamlib.datasets import fashion_mnist, rotten_tomatoes
from adamlib.descent import descend, hyperparameter_defaults, train
from adamlib.inputs import needs_whole_arrays
from adamlib.keras_check import (
    AS_ADAM,
    BOUNDS,
    OWN,
    _descend,
    _keras_descend,
    descend_keras,
    equals_adam,
    equals_keras,
    equals_schedule,
    keras,
    largest_difference,
    own_optimizer,
    train_both,
    train_network,
)
from adamlib.models import MLP, LogisticRegression, SparseLogisticRegression
from adamlib.practice.judge import hints_of, trial_of
from adamlib.practice.mistakes import Variant, compiled
from adamlib.schedules import cosine
from adamlib.surfaces import cubic, ravine

STEPS = 100
WHOLE = [name for name, rule in rules.RULES.items() if needs_whole_arrays(rule)]
OTHER = {  # hyperparameters that are not the default
    "sgd": {},
    "momentum": {"momentum": 0.5},
    "nesterov": {"momentum": 0.5},
    "adagrad": {"epsilon": 1e-3},
    "rmsprop": {"rho": 0.5, "epsilon": 1e-3},
    "rmsprop_centered": {"rho": 0.5, "epsilon": 1e-3},
    "adadelta": {"rho": 0.5, "epsilon": 1e-3},
    "adam": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "adamax": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "nadam": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "amsgrad": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "adamw": {"weight_decay": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "lion": {"beta_1": 0.5, "beta_2": 0.9},
    "lamb": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "adafactor": {
        "beta_2_decay": -0.5,
        "epsilon_1": 1e-3,
        "epsilon_2": 0.1,
        "clip_threshold": 0.5,
    },
    "ftrl": {
        "learning_rate_power": -0.6,
        "l1_regularization_strength": 0.1,
        "l2_regularization_strength": 0.2,
        "l2_shrinkage_regularization_strength": 0.3,
        "beta": 0.5,
    },
    "muon": {
        "momentum": 0.8,
        "weight_decay": 0.1,
        "ns_steps": 3,
        "rms_rate": 0.4,
        "adam_beta_1": 0.5,
        "adam_beta_2": 0.9,
        "adam_weight_decay": 0.2,
        "epsilon": 1e-3,
    },
    "schedule_free_adamw": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
}


def hard_gradients():
    """Shape (STEPS, 26): from 1e2 to 1e-8, both signs, constant, sparse, jumping, and zeros."""
    rng = np.random.default_rng(0)
    sizes = 10.0 ** np.array([2, 0, -2, -4, -6, -8])
    normal = rng.standard_normal((STEPS, 6)) * sizes
    sparse = normal * (rng.random((STEPS, 6)) < 0.1)
    constant = np.tile(sizes * [1, -1, 1, -1, 1, -1], (STEPS, 1))
    jumping = 10 ** rng.uniform(-8, 2, (STEPS, 6)) * rng.choice([-1, 1], (STEPS, 6))
    return np.hstack([normal, sparse, constant, jumping, np.zeros((STEPS, 2))])


def replay(rule, start, dtype, steps=STEPS, **hyperparameters):
    """Compare the rule with Keras on the hard gradients; from 0 this is sharpest."""
    follow(rule, [[row] for row in hard_gradients()], start, dtype, steps, **hyperparameters)


def follow(rule, gradients, start, dtype, steps=STEPS, **hyperparameters):
    """Compare the rule with Keras on a list of arrays for each step."""
    stream = iter(gradients)

    def falls_at_half(t):
        return 0.01 if t <= steps // 2 else 0.002

    equals_keras(
        rule,
        lambda xs: next(stream),
        [np.full(g.shape, start) for g in gradients[0]],
        steps,
        dtype=dtype,
        learning_rate=falls_at_half,
        **hyperparameters,
    )


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", OWN)
def test_rule_equals_its_keras_optimizer(name, dtype):
    rule = getattr(rules, name)
    replay(rule, 0.0, dtype)
    # FTRL is made for a start at 0: elsewhere z takes in a difference of roots that nearly cancel.
    replay(rule, 1.0 if name != "ftrl" else 0.0, dtype, **OTHER[name])


def of_every_shape():
    """Gradients of a vector, of matrices that are wide and tall, and of a convolution's kernel."""
    rng = np.random.default_rng(0)
    shapes = (7,), (4, 6), (5, 3), (2, 2, 3, 2)
    sizes = [10 ** rng.uniform(-3, 1, shape) for shape in shapes]
    return [[rng.standard_normal(size.shape) * size for size in sizes] for _ in range(STEPS)]


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", [*WHOLE, "lion"])
def test_rule_equals_its_keras_optimizer_on_arrays_of_every_shape(name, dtype):
    rule = getattr(rules, name)
    follow(rule, of_every_shape(), 1.0, dtype, steps=30)
    follow(rule, of_every_shape(), 0.0, dtype, steps=30, **OTHER[name])


@pytest.mark.parametrize("name", OWN)
def test_default_learning_rate_is_keras_s(name):
    equals_keras(getattr(rules, name), cubic.gradient, 1.0, 3)


def test_nadam_is_within_1e_8_of_x():
    gradients = hard_gradients()
    stream = iter(gradients)
    (run,) = _descend(
        rules.nadam, lambda x: next(stream), np.ones(gradients.shape[1]), STEPS, "float64", {}
    )
    defaults = hyperparameter_defaults(rules.nadam)
    x, *_ = _keras_descend("Nadam", lambda t: defaults, run, "float64")
    np.testing.assert_allclose(run.trajectory[1:], x, rtol=1e-8)


def test_nadam_differs_only_by_the_float32_of_0_96(monkeypatch):
    monkeypatch.setattr("adamlib.keras_check.WIDER", {})
    with pytest.raises(AssertionError, match="nadam parts"):
        replay(rules.nadam, 0.0, "float64")
    source = inspect.getsource(rules.nadam)
    rounded = source.replace("(1 - 0.5 * 0.96", f"(1 - 0.5 * {float(np.float32(0.96))!r}")
    rounded = rounded.replace(
        "mu_product = mu_product * mu", "mu_product = mu_product * beta_1 * (1 - 0.5 * 0.96**t)"
    )
    replay(compiled(Variant(rounded), rules.nadam), 0.0, "float64")


def test_every_rule_is_compared():
    assert set(rules.RULES) == set(OWN) | {"sign_descent"} == set(OTHER) | {"sign_descent"}
    assert set(AS_ADAM) == {"sgd", "momentum", "adagrad", "sign_descent", "rmsprop"}


# Mistakes beside those of adamlib.practice.mistakes: (rule, the right text, the wrong text).
OTHER_WRONG = [
    ("adam", "beta_2=0.999", "beta_2=0.99"),
    ("adam", "epsilon=1e-7", "epsilon=1e-8"),
    ("adam", "epsilon), m, v", "epsilon), 0 * m, 0 * v"),
    ("rmsprop_centered", "g_mean**2", "g_mean"),
    ("adamax", "np.maximum(beta_2 * u, abs(g))", "beta_2 * u + abs(g)"),
    ("adamax", "m / (1 - beta_1**t)", "m"),
    ("nadam", "mu_next * m /", "mu * m /"),
    ("amsgrad", "np.maximum(v_max, v)", "v"),
    ("adamw", "learning_rate * weight_decay", "weight_decay"),
    ("adamw", "x = x - learning_rate *", "g = g +"),
    ("lion", "beta_1 * m + (1 - beta_1) * g", "beta_2 * m + (1 - beta_2) * g"),
    ("lion", "np.sign(beta_1 * m + (1 - beta_1) * g)", "beta_1 * m + (1 - beta_1) * g"),
    ("lion", "m = beta_2 * m + (1 - beta_2) * g", "m = beta_1 * m + (1 - beta_1) * g"),
    ("lion", "np.sign(beta_1 * m", "np.sign(m"),
    ("lamb", "trust(norm(x), norm(direction))", "1"),
    ("lamb", "norm(x), norm(direction)", "norm(direction), norm(x)"),
    ("lamb", "norm(x), norm(direction)", "norm(x), norm(g)"),
    ("lamb", "v / (1 - beta_2**t)", "v + 1"),
    ("adafactor", "np.maximum(1, rms(step) / clip_threshold)", "1"),
    ("adafactor", "np.maximum(epsilon_2, rms(x))", "1"),
    ("adafactor", "t**beta_2_decay", "(t + 1.0)**beta_2_decay"),
    ("adafactor", "np.mean(r, axis=-2, keepdims=True)", "np.mean(c, axis=-2, keepdims=True)"),
    ("adafactor", "r = beta_2 * r + (1 - beta_2) * np.mean(squares", "r = np.mean(squares"),
    ("ftrl", " - sigma * x", ""),
    ("ftrl", "excess = np.maximum(abs(z) - l1_regularization_strength, 0)", "excess = abs(z)"),
    ("ftrl", "    before = n\n", "    before = n + g**2\n"),
    ("ftrl", "-np.sign(z)", "np.sign(z)"),
    ("muon", "g + momentum * m, ns_steps", "m, ns_steps"),
    ("muon", "m = momentum * m + g", "m = momentum * m + (1 - momentum) * g"),
    ("muon", "orthogonalized(g + momentum * m, ns_steps)", "(g + momentum * m)"),
    ("muon", "max(x.shape) ** 0.5", "min(x.shape) ** 0.5"),
    ("muon", "x = x - learning_rate * weight_decay * x", "x = x * 1"),
    ("schedule_free_adamw", "z = np.where(t == 1, x, z)", "z = z + 0 * x"),
    ("schedule_free_adamw", "(1 - 1 / t) * mean + z / t", "beta_1 * mean + (1 - beta_1) * z"),
    ("schedule_free_adamw", "v / (1 - beta_2**t)", "v"),
    ("schedule_free_adamw", "(1 - beta_1) * z + beta_1 * mean, z, v", "mean, z, v"),
]


def wrong(name):
    """Pairs (what is wrong, wrong rule)."""
    other = [(right, text) for of, right, text in OTHER_WRONG if of == name]
    of_check = trial_of(name).wrong_rules if hints_of(name) else []
    return [
        # (The gradients here are smaller than 1.)
        *((m.name, f) for m, f in of_check if "clipped" not in m.name),
        *((text, altered(getattr(rules, name), right, text)) for right, text in other),
    ]


def altered(rule, right, text):
    """The rule with another text in its source."""
    source, module = inspect.getsource(rule), dict(rule.__globals__)
    assert right in source
    exec(source.replace(right, text), module)
    return module[rule.__name__]


def not_refused(compare, ours, pairs, monkeypatch):
    """Those of the wrong rules that pass. Keras runs once: all get the gradients of our run."""
    runs = {}  # {shape of an array: Keras's run}

    def once(optimizer, settings_at, run, dtype):
        shape = run.trajectory.shape
        if shape not in runs:
            runs[shape] = _keras_descend(optimizer, settings_at, run, dtype)
        return runs[shape]

    monkeypatch.setattr("adamlib.keras_check._keras_descend", once)
    compare(ours)
    return [(what, rule) for what, rule in pairs if not refused(compare, rule)]


def refused(compare, rule):
    try:
        compare(rule)
    except (AssertionError, TypeError, ValueError, ZeroDivisionError) as error:
        return re.search(f"{rule.__name__} (parts|diverged)|by zero|operand|xor", str(error))


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", OWN)
def test_every_mistake_is_refused(name, dtype, monkeypatch):
    rule, passed = getattr(rules, name), wrong(name)
    assert passed
    # From 0 there is nothing to decay, and no size that counts.
    start = 1.0 if name in ("adamw", "schedule_free_adamw", *WHOLE) else 0.0
    gradients = of_every_shape() if name in WHOLE else [[row] for row in hard_gradients()]
    for settings in ({}, OTHER[name]):
        compare = partial(
            follow, gradients=gradients, start=start, dtype=dtype, steps=20, **settings
        )
        passed = not_refused(compare, rule, passed, monkeypatch)
    assert passed == []


def shrinking(x):
    """The gradient of a bowl with two curvatures."""
    return x * [1.0, 3.0]


@pytest.mark.parametrize("name", AS_ADAM)
def test_rule_is_a_setting_of_keras_adam(name, capsys):
    equals_adam(getattr(rules, name), shrinking, [3.0, -2.03], 40, learning_rate=0.05)
    assert capsys.readouterr().out.startswith(f"{name} = tf.keras.optimizers.Adam")


def falling_rate(t):
    return 0.05 / t**0.5


@pytest.mark.parametrize("name", sorted(set(AS_ADAM) - {"momentum"}))
def test_setting_of_adam_holds_when_the_learning_rate_changes(name):
    equals_adam(getattr(rules, name), shrinking, [3.0, -2.03], 40, learning_rate=falling_rate)


def test_momentum_is_a_setting_of_adam_only_while_the_learning_rate_is_constant():
    with pytest.raises(AssertionError, match="momentum parts .* at step 2"):
        equals_adam(rules.momentum, shrinking, [3.0, -2.03], 40, learning_rate=falling_rate)


# equals_adam chooses epsilon and s at the start, and sees no state.
UNSEEN_BY_ADAM = (
    "epsilon|brackets are missing|starts at 0|other sign|outside the velocity|of it$"
    "|multiplies the velocity in x"
)


@pytest.mark.parametrize("name", AS_ADAM)
def test_no_mistake_is_a_setting_of_adam(name, monkeypatch):
    gradients = np.outer(np.cos(range(40)), [3.0, -2.03])
    gradients[20] = 0
    settings = {k: 0.6 for k in OTHER.get(name, {}) if k != "epsilon"}

    def compare(rule):
        stream = iter(gradients)
        equals_adam(rule, lambda x: next(stream), [3.0, -2.03], 40, learning_rate=0.05, **settings)

    passed = not_refused(compare, getattr(rules, name), wrong(name), monkeypatch)
    assert [what for what, _ in passed if not re.search(UNSEEN_BY_ADAM, what)] == []


def test_float32_is_too_coarse_for_two_settings_of_adam():
    with pytest.raises(AssertionError, match="adagrad parts"):  # beta_2 rounds to 1: Adam stands
        equals_adam(rules.adagrad, shrinking, [3.0, -2.03], 9, dtype="float32")
    with pytest.raises(AssertionError, match="sign_descent parts"):  # v + (g² - v) rounds to 0
        falling = iter([1.0, 1e-5])
        equals_adam(rules.sign_descent, lambda x: next(falling), 0.0, 2, dtype="float32")


@pytest.mark.parametrize("check", [equals_keras, equals_adam])
def test_the_first_step_and_coordinate_are_named(check):
    def sgd(x, g, t, *, learning_rate=0.01):
        return (x - learning_rate * g * np.where([False, t == 3], 2.0, 1.0),)

    with pytest.raises(AssertionError, match=r"at step 3: x\[1\] is .*, Keras has "):
        check(sgd, shrinking, [3.0, -2.0], 5)


def test_a_wrong_state_is_named_though_the_path_is_right():
    def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
        x, v = rules.momentum(x, g, t, -v, learning_rate=learning_rate, momentum=momentum)
        return x, -v

    with pytest.raises(AssertionError, match=r"at step 1: v\[0\] is 0.03, Keras has -0.03"):
        equals_keras(momentum, shrinking, [3.0, -2.0], 5)


def test_several_parameter_arrays_each_have_a_state(capsys):
    def gradients(params):
        return [2 * params[0], params[1] - 1]

    start = [np.ones((2, 3)), np.zeros(2)]
    equals_keras(rules.adam, gradients, start, 20)
    equals_adam(rules.rmsprop, gradients, start, 20)
    one_line = r"rmsprop = tf.keras.optimizers.Adam, .*: 20 steps agree to 1e-12 \(float64\)"
    assert re.search(one_line, capsys.readouterr().out)

    def sgd(x, g, t, *, learning_rate=0.01):
        return (x - learning_rate * g * (1 + (x.size == 2)),)

    with pytest.raises(AssertionError, match=r"x\[0\] of parameter array 1 is"):
        equals_keras(sgd, gradients, start, 20)


@pytest.mark.parametrize("floatx", ["float32", "float64"])
@pytest.mark.parametrize("check", [equals_keras, equals_adam])
def test_keras_settings_are_put_back_also_after_an_error(check, floatx, monkeypatch):
    before = keras.config.floatx()
    keras.config.set_floatx(floatx)
    try:
        for dtype in BOUNDS:
            check(rules.sgd, shrinking, [3.0, -2.0], 2, dtype=dtype)
            with monkeypatch.context() as patch, pytest.raises(RuntimeError):
                patch.setattr(keras, "Variable", broken)
                check(rules.sgd, shrinking, [3.0, -2.0], 2, dtype=dtype)
            assert keras.config.floatx() == floatx
    finally:
        keras.config.set_floatx(before)


def broken(*args, **kwargs):
    raise RuntimeError


def uphill(x, g, t, *, learning_rate=0.01):
    return (x + learning_rate * g,)


uphill.__name__ = "sgd"


@pytest.mark.parametrize(
    ("x", "g", "dtype"), [(1e3, 1.0, "float32"), (1e6, 1e-3, "float64"), (-1e3, 1e-9, "float64")]
)
def test_a_small_step_from_a_large_x_is_compared_as_sharply(x, g, dtype):
    with pytest.raises(AssertionError, match="sgd parts from .* at step 1"):
        equals_keras(uphill, lambda x: np.full_like(x, g), x, 3, dtype=dtype)
    equals_keras(rules.sgd, lambda x: np.full_like(x, g), x, 3, dtype=dtype)


def test_a_rule_that_alters_its_gradient_cannot_pass():
    def sgd(x, g, t, *, learning_rate=0.01):
        g *= -1
        return (x - learning_rate * g,)

    for check in (equals_keras, equals_adam):
        for start in ([1.0, 2.0], 1.0):
            with pytest.raises(ValueError, match="sgd writes into an array that it was given"):
                check(sgd, lambda x: x * 2, start, 5)


def test_the_number_of_states_is_compared():
    def sgd(x, g, t, junk=0, *, learning_rate=0.01):
        return x - learning_rate * g, junk

    with pytest.raises(AssertionError, match=r"sgd has 1 states \(junk\), .*SGD has 0"):
        equals_keras(sgd, shrinking, [1.0, 1.0], 2)


def test_a_start_that_is_no_number_cannot_be_compared():
    for start in (None, "here", [1.0, None]):
        with pytest.raises(TypeError, match="The start must be numbers, not"):
            equals_keras(rules.sgd, shrinking, start, 2)


def test_what_cannot_be_compared_is_refused():
    def my_rule(x, g, t):
        return (x,)

    def sgd(x, g, t, *, rate=0.01):
        return (x - rate * g,)

    flat = np.zeros_like
    refused = [
        (equals_keras, my_rule, shrinking, 2, {}, "my_rule is not an optimizer of tf.keras; there"),
        (equals_adam, rules.adam, shrinking, 2, {}, "adam is not a setting of Adam"),
        (equals_keras, sgd, shrinking, 2, {}, "should have the hyperparameters learning_rate, as"),
        (equals_adam, sgd, shrinking, 2, {}, "in Keras, and has rate."),
        (equals_keras, rules.sgd, shrinking, 0, {}, "nothing to compare"),
        (equals_adam, uphill, flat, 5, {}, "nothing to compare: every gradient is 0"),
        (equals_adam, rules.rmsprop, shrinking, 2, {"epsilon": 1e-7}, "epsilon of its own"),
        (equals_keras, rules.adam, shrinking, 2, {"beta_1": lambda t: 0.5}, "not beta_1"),
        (equals_keras, "adam", shrinking, 2, {}, "'adam' is the name of a rule: give the function"),
        (equals_adam, "sgd", shrinking, 2, {}, "'sgd' is the name of a rule: give the function"),
        (equals_keras, rules.sgd, shrinking, 2, {"dtype": "float16"}, "no precision 'float16'"),
        (equals_adam, rules.sgd, shrinking, 2, {"dtype": None}, "There is no precision None"),
        (equals_keras, rules.sgd, ravine, 2, {}, "needs the gradient: give ravine.gradient"),
        (equals_keras, rules.sgd, shrinking, 2, {"lr": 0.1}, "did you mean learning_rate"),
    ]
    for check, rule, gradient, steps, settings, words in refused:
        with pytest.raises((TypeError, ValueError), match=words):
            check(rule, gradient, [1.0, 1.0], steps, **settings)
    with pytest.raises(AssertionError, match="sgd diverged at step .* no path to compare"):
        equals_keras(rules.sgd, lambda x: -x, [1.0, 1.0], 500, learning_rate=0.5)


trained_by_both = partial(train_both, batch_size=128, seed=1)


@pytest.mark.parametrize(
    ("rule", "make", "hyperparameters"),
    [
        (rules.sgd, lambda: keras.optimizers.SGD(0.1), {"learning_rate": 0.1}),
        (rules.adagrad, lambda: keras.optimizers.Adagrad(0.01), {"learning_rate": 0.01}),
        (rules.adam, lambda: keras.optimizers.Adam(0.003), {"learning_rate": 0.003}),
    ],
)
@pytest.mark.parametrize(
    ("model", "load", "dtype", "bound"),
    [
        (SparseLogisticRegression(), rotten_tomatoes, np.float32, 3e-6),
        (SparseLogisticRegression(), rotten_tomatoes, np.float64, 1e-12),
        (LogisticRegression(), fashion_mnist, np.float64, 1e-12),
        (MLP((784, 64, 32, 10)), fashion_mnist, np.float64, 1e-12),
    ],
)
def test_an_epoch_on_real_data_takes_both_to_the_same_weights(
    rule, make, hyperparameters, model, load, dtype, bound
):
    start = [np.random.default_rng(0)] * isinstance(model, MLP)
    start = model.initial(*start, dtype=dtype)
    ours, theirs = trained_by_both(rule, make(), model, start, load().train, **hyperparameters)
    np.testing.assert_allclose(theirs.losses, ours.losses, rtol=bound, atol=0)
    for a, b, first in zip(ours.params, theirs.params, start, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=0, atol=bound)
        assert abs(a - first).max() > 10 * bound, "it has moved"
    assert keras.config.floatx() == keras.config.dtype_policy().name == "float32"


def test_in_float64_the_optimizer_keeps_what_it_was_set_to():
    adam = {"learning_rate": 0.003, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3}
    decay = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    model, data = MLP((784, 16, 10)), tuple(array[:1000] for array in fashion_mnist().train)
    start = model.initial(np.random.default_rng(0), np.float64)
    for rule, optimizer, settings in [
        (rules.adam, keras.optimizers.Adam(**adam), adam),
        (rules.adadelta, keras.optimizers.Adadelta(0.5), {"learning_rate": 0.5}),
        (rules.sgd, keras.optimizers.SGD(decay), {"learning_rate": lambda t: 0.5**t}),
    ]:
        ours, theirs = trained_by_both(rule, optimizer, model, start, data, **settings)
        assert largest_difference(ours.params, theirs.params) < 1e-13


def test_two_lists_of_weights_are_as_far_apart_as_the_two_numbers_that_differ_most():
    some = [np.zeros((2, 3)), np.array([1.0, 2.0])]
    others = [np.array([[0, 0, 0.5], [0, -0.75, 0]]), np.array([1.0, 2.5])]
    assert largest_difference(some, others) == largest_difference(others, some) == 0.75
    assert largest_difference(some, some) == 0
    for bad, words in (([some[0]], "the shapes"), ([some[0].T, some[1]], "give two lists that")):
        with pytest.raises(ValueError, match=words):
            largest_difference(some, bad)


def test_a_rule_s_own_optimizer_has_keras_s_defaults_and_what_makes_it_the_rule():
    assert own_optimizer("nesterov", learning_rate=0.5).get_config()["nesterov"]
    assert float(own_optimizer("momentum", learning_rate=0.5).learning_rate) == 0.5
    assert float(own_optimizer("rmsprop").learning_rate) == np.float32(0.001)
    zero = own_optimizer("adagrad", initial_accumulator_value=0.0)
    assert zero.get_config()["initial_accumulator_value"] == 0
    with pytest.raises(ValueError, match="There is no optimizer 'nestrov': did you mean"):
        own_optimizer("nestrov")


@pytest.mark.parametrize("batch_size", [None, 32])
def test_a_network_trained_by_keras_takes_the_same_batches_to_the_same_weights(batch_size):
    rng = np.random.default_rng(0)
    data = rng.standard_normal((100, 5)).astype(np.float32), rng.integers(0, 3, 100)
    model = LogisticRegression(inputs=5, classes=3)
    how = {"epochs": 3, "batch_size": batch_size}
    start = [rng.standard_normal(p.shape).astype(np.float32) for p in model.initial()]
    ours, theirs, other = (
        run(np.random.default_rng(seed))
        for seed, run in [
            (
                0,
                lambda rng: train(rules.adam, model.loss_and_gradient, start, data, rng=rng, **how),
            ),
            (0, lambda rng: train_network(keras.optimizers.Adam(), start, data, rng=rng, **how)),
            (1, lambda rng: train_network(keras.optimizers.Adam(), start, data, rng=rng, **how)),
        ]
    )
    np.testing.assert_allclose(theirs.losses, ours.losses, rtol=1e-5)
    for a, b in zip(ours.params, theirs.params, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    assert batch_size is None or abs(theirs.losses - other.losses).max() > 1e-3


# What lesson 07 holds to Keras, and Keras by itself


def test_a_schedule_is_compared_with_one_of_keras_that_counts_from_0(capsys):
    theirs = keras.optimizers.schedules.CosineDecay(0.1, 20)
    equals_schedule("cosine", cosine(0.1, 20), theirs, steps=20)
    assert capsys.readouterr().out.split() == (
        "cosine 20 steps: no relative difference above 1e-3".split()
    )
    with pytest.raises(AssertionError, match="late is 0.09.* at step 1, Keras has 0.1"):
        equals_schedule("late", lambda t: cosine(0.1, 21)(t + 1), theirs, steps=20)


def test_keras_by_itself_walks_the_path_of_descend():
    for x, gradient in ((0.5, cubic.gradient), (ravine.start, ravine.gradient)):
        ours = descend(rules.adam, gradient, x, 30, learning_rate=0.05).trajectory
        theirs = descend_keras(keras.optimizers.Adam(0.05), gradient, x, 30)
        assert theirs.shape == ours.shape
        np.testing.assert_allclose(theirs, ours, atol=1e-5)


def test_a_state_is_named_before_x_which_follows_from_it():
    def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        """Epsilon as in the paper, so x parts at once; v forgets a little after three steps."""
        m = beta_1 * m + (1 - beta_1) * g
        v = (beta_2 - 0.01 * (t > 3)) * v + (1 - beta_2) * g**2
        root = (v / (1 - beta_2**t)) ** 0.5 + epsilon
        return x - learning_rate * m / (1 - beta_1**t) / root, m, v

    with pytest.raises(AssertionError, match="adam parts from .* at step 4: v is "):
        equals_keras(adam, lambda x: 1e-4 * x, 3.0, 10)
