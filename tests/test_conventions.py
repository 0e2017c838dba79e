"""Each conversion run side by side with the other convention, which is written out here."""

import re

import numpy as np
import pytest

from adamlib import rules
from adamlib.conventions import (
    CONVENTIONS,
    epsilon_from_paper,
    l2_from_pytorch,
    momentum_from_pytorch,
    momentum_outside,
    table,
    weight_decay_from_paper,
)
from adamlib.descent import descend
from adamlib.keras_check import equals_conventions, keras, tf
from adamlib.schedules import cosine, linear_warmup
from adamlib.surfaces import ravine

STEPS = 200
START = np.array([-4.0, 1.0])


def falling(t):
    return 0.02 if t <= 100 else 0.002


def pytorch_momentum(rate, mu, dampening=0.0):
    """torch.optim.SGD, _single_tensor_sgd: the buffer starts as the first gradient."""
    x, v, path = START, None, [START]
    for t in range(1, STEPS + 1):
        g = ravine.gradient(x)
        v = g if t == 1 else mu * v + (1 - dampening) * g
        x = x - rate(t) * v
        path.append(x)
    return np.array(path)


def optax_momentum(rate, mu):
    """optax.trace, then scale_by_learning_rate."""
    x, v, path = START, 0, [START]
    for t in range(1, STEPS + 1):
        v = ravine.gradient(x) + mu * v
        x = x - rate(t) * v
        path.append(x)
    return np.array(path)


def in_keras(rule, gradient=ravine.gradient, **settings):
    return descend(rule, gradient, START, STEPS, **settings).trajectory


@pytest.mark.parametrize("rate", [lambda t: 0.02, falling, cosine(0.02, STEPS)])
@pytest.mark.parametrize("dampening", [0.0, 0.5])
def test_momentum_from_pytorch(rate, dampening):
    theirs = pytorch_momentum(rate, 0.9, dampening)
    settings = momentum_from_pytorch(rate, 0.9, dampening)
    assert np.allclose(in_keras(rules.momentum, **settings), theirs, rtol=0, atol=1e-12)


def test_momentum_from_optax():
    theirs = optax_momentum(falling, 0.9)
    settings = momentum_from_pytorch(falling, 0.9)
    assert np.allclose(in_keras(rules.momentum, **settings), theirs, rtol=0, atol=1e-12)


def test_the_same_momentum_is_another_path_when_the_learning_rate_changes():
    constant = in_keras(rules.momentum, learning_rate=0.02, momentum=0.9)
    assert np.allclose(constant, pytorch_momentum(lambda t: 0.02, 0.9), rtol=0, atol=1e-12)
    both = in_keras(rules.momentum, learning_rate=falling, momentum=0.9)
    theirs = pytorch_momentum(falling, 0.9)
    assert np.abs(both - theirs)[:101].max() < 1e-12 < 1e-4 < np.abs(both - theirs)[101:].max()


def test_momentum_outside_is_pytorchs_and_optaxs():
    ours = in_keras(momentum_outside, learning_rate=falling, momentum=0.9)
    np.testing.assert_allclose(ours, pytorch_momentum(falling, 0.9), rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours, optax_momentum(falling, 0.9), rtol=0, atol=1e-12)


def test_momentum_of_keras_itself_follows_pytorch():
    settings = momentum_from_pytorch(falling, 0.9, 0.5)
    optimizer = keras.optimizers.SGD(0.02, momentum=0.9)
    x = keras.Variable(START, dtype="float32")
    path = [START]
    for t in range(1, STEPS + 1):
        optimizer.learning_rate = settings["learning_rate"](t)
        optimizer.momentum = settings["momentum"](t)
        optimizer.apply([tf.constant(ravine.gradient(x.numpy()))], [x])
        path.append(x.numpy())
    assert np.allclose(path, pytorch_momentum(falling, 0.9, 0.5), rtol=0, atol=1e-5)


def algorithm_1(gradient, epsilon, beta_2=0.999):
    x, m, v, path = START, 0, 0, [START]
    for t in range(1, STEPS + 1):
        g = gradient(x)
        m, v = 0.9 * m + 0.1 * g, beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - beta_2**t)
        x = x - 0.1 * m_hat / (np.sqrt(v_hat) + epsilon)
        path.append(x)
    return np.array(path)


@pytest.mark.parametrize("beta_2", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("epsilon", [1e-8, 0.1, 10.0])
def test_epsilon_from_paper(beta_2, epsilon):
    settings = dict(learning_rate=0.1, beta_2=beta_2)
    mine = in_keras(rules.adam, epsilon=epsilon_from_paper(epsilon, beta_2), **settings)
    assert np.allclose(mine, algorithm_1(ravine.gradient, epsilon, beta_2), rtol=0, atol=1e-12)
    if epsilon > 1:
        unchanged = in_keras(rules.adam, epsilon=epsilon, **settings)
        assert np.abs(unchanged - mine).max() > 0.01


def paper_adamw(alpha, decay, schedule):
    """Algorithm 2 of Loshchilov and Hutter (2019), its lines 6 to 12 with decoupled decay."""
    x, m, v, path = START, 0, 0, [START]
    for t in range(1, STEPS + 1):
        g = ravine.gradient(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        x = x - schedule(t) * (alpha * m_hat / (np.sqrt(v_hat) + 1e-8) + decay * x)
        path.append(x)
    return np.array(path)


def test_weight_decay_from_paper():
    schedule = cosine(1.0, STEPS)
    mine = in_keras(
        rules.adamw,
        learning_rate=lambda t: 0.1 * schedule(t),
        weight_decay=weight_decay_from_paper(0.02, 0.1),
        epsilon=epsilon_from_paper(1e-8),
    )
    assert np.allclose(mine, paper_adamw(0.1, 0.02, schedule), rtol=0, atol=1e-12)


def test_pytorchs_adamw_takes_keras_decay_as_it_is():
    def pytorch_adamw(rate, decay):
        """torch.optim.AdamW, _single_tensor_adam with decoupled_weight_decay."""
        x, m, v, path = START, 0, 0, [START]
        for t in range(1, STEPS + 1):
            g = ravine.gradient(x)
            x = x * (1 - rate * decay)
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            denom = np.sqrt(v) / np.sqrt(1 - 0.999**t) + 1e-8
            x = x - rate / (1 - 0.9**t) * m / denom
            path.append(x)
        return np.array(path)

    mine = in_keras(
        rules.adamw, learning_rate=0.1, weight_decay=0.2, epsilon=epsilon_from_paper(1e-8)
    )
    assert np.allclose(mine, pytorch_adamw(0.1, 0.2), rtol=0, atol=1e-12)


def test_l2_from_pytorch_is_the_gradient_of_keras_regularizer():
    x = tf.Variable(START, dtype=tf.float32)
    with tf.GradientTape() as tape:
        penalty = keras.regularizers.L2(l2_from_pytorch(0.3))(x)
    assert np.allclose(tape.gradient(penalty, x), 0.3 * START, rtol=1e-6)


@pytest.mark.parametrize("optimizer", [keras.optimizers.SGD, keras.optimizers.Adam])
def test_keras_weight_decay_is_decoupled(optimizer):
    x = keras.Variable([1.0])
    optimizer(0.1, weight_decay=0.5).apply([keras.ops.zeros(1)], [x])
    assert np.allclose(x.numpy(), 0.95)


def test_l2_is_decoupled_decay_in_sgd_but_not_with_momentum_nor_in_adam():
    def with_l2(x):
        return ravine.gradient(x) + 2 * l2_from_pytorch(0.3) * x

    def decayed_sgd(rate, decay):
        x, path = START, [START]
        for _ in range(STEPS):
            x = x - rate * decay * x - rate * ravine.gradient(x)
            path.append(x)
        return np.array(path)

    mine = in_keras(rules.sgd, with_l2, learning_rate=0.02)
    assert np.allclose(mine, decayed_sgd(0.02, 0.3), rtol=0, atol=1e-12)
    mine = in_keras(rules.momentum, lambda x: 0.5 * x, learning_rate=0.001, momentum=0.9)
    shrunk = mine[-1] / START  # decoupled decay leaves 0.9 of x, as 0 gradients give no velocity
    assert (shrunk < 0.45).all() and (1 - 0.001 * 0.5) ** STEPS > 0.9
    mine = in_keras(rules.adam, with_l2, learning_rate=0.1, epsilon=epsilon_from_paper(1e-8))
    assert np.allclose(mine, algorithm_1(with_l2, 1e-8), rtol=0, atol=1e-12)  # PyTorch's Adam
    decoupled = in_keras(rules.adamw, learning_rate=0.1, weight_decay=0.3)
    assert np.abs(mine - decoupled).max() > 0.1


def test_keras_rows_have_the_defaults_of_the_installed_keras(capsys, monkeypatch):
    equals_conventions()
    assert "defaults of Keras" in capsys.readouterr().out
    wrong = CONVENTIONS["adam"][0]._replace(library="Keras", defaults={"beta_1": 0.8})
    monkeypatch.setitem(CONVENTIONS, "adam", [wrong])
    with pytest.raises(AssertionError, match="beta_1 of adam is 0.9 in Keras, and 0.8 in the"):
        equals_conventions()


def test_table_has_a_line_for_each_convention_and_no_number_too_many():
    lines = table().splitlines()
    assert len(lines) == 2 + sum(map(len, CONVENTIONS.values()))
    assert all(line.count("|") == 5 for line in lines)
    (optax,) = [line for line in table("adamw").splitlines() if "Optax" in line]
    assert "λ 0.0001" in optax and "η 0" not in optax
    paper, *others = [row.step for row in CONVENTIONS["adamw"]]
    assert "s_t" in paper and "α m̂" in paper and "η" not in paper  # its α stands once
    assert set(others) == {"x ← x − η λ x, then Adam's step"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: momentum_from_pytorch(0.1, 1.0), "momentum must be in [0, 1), not 1.0."),
        (lambda: momentum_from_pytorch(0.1, 0.9, 1), "dampening must be in [0, 1), not 1."),
        (
            lambda: momentum_from_pytorch(lambda t: 0.1 * t, 0.9)["momentum"](2),
            "The learning rate grows 2 times at step 2: Keras's momentum would be 1.8, and must",
        ),
        (
            lambda: momentum_from_pytorch(linear_warmup(0.1, 10), 0.9)["momentum"](2),
            "must be less than 1. In one step it may grow 1.11 times: start it higher.",
        ),
        (
            lambda: momentum_from_pytorch(lambda t: 0.1 * (t - 1), 0.9)["momentum"](2),
            "The learning rate must be positive, not 0.0 as at step 1.",
        ),
        (lambda: epsilon_from_paper(1e-8, 1.0), "beta_2 must be in [0, 1), not 1.0."),
        (lambda: weight_decay_from_paper(0.1, 0), "learning_rate must be a positive number, not 0"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
