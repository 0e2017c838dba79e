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

import numpy as np
import pytest

from adamlib import rules
from adamlib.descent import hyperparameter_defaults, train
from adamlib.keras_check import (
    AS_ADAM,
    BOUNDS,
    OWN,
    _descend,
    _keras_descend,
    equals_adam,
    equals_keras,
    keras,
    train_network,
)
from adamlib.models import LogisticRegression
from adamlib.surfaces import cubic

STEPS = 300
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
    gradients = hard_gradients()
    stream = iter(gradients)

    def falls_at_half(t):
        return 0.01 if t <= steps // 2 else 0.002

    equals_keras(
        rule,
        lambda x: next(stream),
        np.full(gradients.shape[1], start),
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
    replay(rule, 1.0, dtype, **OTHER[name])


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
    x, *_ = _keras_descend("Nadam", defaults, lambda t: 0.001, run, "float64")
    np.testing.assert_allclose(run.trajectory[1:], x, rtol=1e-8)


def test_nadam_differs_only_by_the_float32_of_0_96(monkeypatch):
    monkeypatch.setattr("adamlib.keras_check.NADAM_BOUND", 1e-12)
    with pytest.raises(AssertionError, match="nadam parts"):
        replay(rules.nadam, 0.0, "float64")
    source = inspect.getsource(rules.nadam)
    rounded = source.replace("(1 - 0.5 * 0.96", f"(1 - 0.5 * {float(np.float32(0.96))!r}")
    rounded = rounded.replace(
        "mu_product = mu_product * mu", "mu_product = mu_product * beta_1 * (1 - 0.5 * 0.96**t)"
    )
    replay(compiled(rounded, "nadam"), 0.0, "float64")


def test_every_rule_is_compared():
    in_module = {
        name for name, f in inspect.getmembers(rules, inspect.isfunction) if "g" in signature(f)
    }
    assert in_module == set(OWN) | {"sign_descent"} == set(OTHER) | {"sign_descent"}
    assert set(AS_ADAM) == {"sgd", "momentum", "adagrad", "sign_descent", "rmsprop"}


def signature(f):
    return inspect.signature(f).parameters


# One change to a rule's source each: (rule, what is wrong, the right text, the wrong text).
WRONG = [
    ("sgd", "uphill", "x - learning_rate", "x + learning_rate"),
    ("momentum", "average for sum", "- learning_rate * g", "- (1 - momentum) * learning_rate * g"),
    ("momentum", "uphill", "- learning_rate * g", "+ learning_rate * g"),
    (
        "momentum",
        "learning rate outside the velocity",
        "- learning_rate * g\n    return x + v, v",
        "- g\n    return x + learning_rate * v, v",
    ),
    ("nesterov", "no look-ahead", "+ momentum * v - learning_rate * g, v", "+ v, v"),
    ("adagrad", "start 0 for 0.1", "s=0.1", "s=0"),
    ("adagrad", "epsilon outside the root", "sqrt(s + epsilon)", "(sqrt(s) + epsilon)"),
    ("adagrad", "no root", "sqrt(s + epsilon)", "(s + epsilon)"),
    ("adagrad", "gradient not squared", "s + g**2", "s + abs(g)"),
    ("rmsprop", "epsilon outside the root", "sqrt(v + epsilon)", "(sqrt(v) + epsilon)"),
    ("rmsprop", "rho and 1 - rho exchanged", "rho * v + (1 - rho)", "(1 - rho) * v + rho"),
    ("rmsprop", "sum for average", "rho * v + (1 - rho) * g", "v + g"),
    ("rmsprop_centered", "mean not squared", "g_mean**2", "g_mean"),
    ("adadelta", "epsilon outside the root", "sqrt(u + epsilon)", "(sqrt(u) + epsilon)"),
    ("adadelta", "no learning rate", "learning_rate * step", "step"),
    ("adam", "epsilon for epsilon-hat", "epsilon / sqrt(1 - beta_2**t)", "epsilon"),
    ("adam", "epsilon inside the root", "(sqrt(v_hat) + epsilon)", "sqrt(v_hat + epsilon**2)"),
    ("adam", "missing brackets", "(sqrt(v_hat) + epsilon)", "sqrt(v_hat) + epsilon"),
    (
        "adam",
        "t from 0",
        "m_hat = m / (1 - beta_1**t)",
        "t = t - 1\n    m_hat = m / (1 - beta_1**t)",
    ),
    (
        "adam",
        "t from 2",
        "m_hat = m / (1 - beta_1**t)",
        "t = t + 1\n    m_hat = m / (1 - beta_1**t)",
    ),
    ("adam", "only m corrected", "v / (1 - beta_2**t)", "v"),
    ("adam", "only v corrected", "m / (1 - beta_1**t)", "m"),
    ("adam", "multiplied for divided", "m / (1 - beta_1**t)", "m * (1 - beta_1**t)"),
    ("adam", "beta_2 in m_hat", "m / (1 - beta_1**t)", "m / (1 - beta_2**t)"),
    ("adam", "no root", "(sqrt(v_hat) + epsilon)", "(v_hat + epsilon)"),
    ("adam", "gradient not squared", "(1 - beta_2) * g**2", "(1 - beta_2) * abs(g)"),
    ("adam", "gradient for its average", "* m_hat /", "* g /"),
    ("adam", "beta_2 of 0.99", "beta_2=0.999", "beta_2=0.99"),
    ("adam", "epsilon of 1e-8", "epsilon=1e-7", "epsilon=1e-8"),
    ("adam", "state in the wrong order", "epsilon), m, v", "epsilon), v, m"),
    ("adam", "state not returned", "epsilon), m, v", "epsilon), 0 * m, 0 * v"),
    ("adamax", "sum for maximum", "maximum(beta_2 * u, abs(g))", "beta_2 * u + abs(g)"),
    ("adamax", "no correction", "m / (1 - beta_1**t)", "m"),
    ("nadam", "one schedule step behind", "mu_next * m /", "mu * m /"),
    ("amsgrad", "v may fall", "maximum(v_max, v)", "v"),
    ("adamw", "decay without learning rate", "learning_rate * weight_decay", "weight_decay"),
    ("adamw", "L2 in the gradient", "x = x - learning_rate *", "g = g +"),
]


def compiled(source, name):
    module = dict(vars(rules))
    exec(source, module)
    return module[name]


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [pytest.param(name, right, wrong, id=f"{name}: {what}") for name, what, right, wrong in WRONG],
)
def test_wrong_rule_is_rejected(name, right, wrong, dtype):
    source = inspect.getsource(getattr(rules, name))
    assert right in source
    rule = compiled(source.replace(right, wrong), name)
    start = 1.0 if name == "adamw" else 0.0  # from 0 there is nothing to decay
    with pytest.raises((AssertionError, ZeroDivisionError), match=f"{name} (parts|diverged)|zero"):
        replay(rule, start, dtype, steps=20)
        replay(rule, start, dtype, steps=20, **OTHER[name])


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


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        pytest.param(name, right, wrong, id=f"{name}: {what}")
        for name, what, right, wrong in WRONG
        if name in AS_ADAM and not re.search("epsilon|start 0|outside", what)
    ],
)
def test_wrong_rule_is_no_setting_of_adam(name, right, wrong):
    rule = compiled(inspect.getsource(getattr(rules, name)).replace(right, wrong), name)
    with pytest.raises(AssertionError, match="knobs turned at step"):
        equals_adam(rule, shrinking, [3.0, -2.03], 40)


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
    one_line = (
        r"rmsprop = tf.keras.optimizers.Adam, .*: largest relative difference \S+ in 20 steps"
    )
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
    ]
    for check, rule, gradient, steps, settings, words in refused:
        with pytest.raises(ValueError, match=words):
            check(rule, gradient, [1.0, 1.0], steps, **settings)
    with pytest.raises(AssertionError, match="sgd diverged at step .* no path to compare"):
        equals_keras(rules.sgd, lambda x: -x, [1.0, 1.0], 500, learning_rate=0.5)


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
