"""Tests of an Adam, to be counted: how many wrong Adams does each let through?

    python -m adamlib.practice.wrong_adams tests.published_tests:cs231n

The first five are re-enactments: the numbers and tolerances of a published test, written anew for
an adam as in adamlib.rules, in NumPy and float64. None of their code is here. They were read in
November 2026 in public copies; where a test prints an error that a reader judges, its own words
give the tolerance. The last two are the course's own.
"""

import numpy as np

from adamlib.keras_check import equals_keras
from adamlib.practice.judge import trial_of, verdict_of


def tinytorch(adam):
    """TinyTorch (Harvard's MLSysBook), module on optimizers, test_unit_adam_optimizer: x after one
    step, rtol 1e-6. What it asserts of a second step is that there are buffers."""
    x, g = np.array([1.0, 2.0]), np.array([0.1, 0.2])
    x_new, m, v = adam(x, g, 1, learning_rate=0.01, epsilon=1e-8)
    near(x_new, x - 0.01 * g / (g + 1e-8), rtol=1e-6, atol=1e-8)
    _, m, v = adam(x_new, g, 2, m, v, learning_rate=0.01, epsilon=1e-8)
    assert m is not None and v is not None


def deep_ml_87(adam):
    """Deep-ML, problem 87, "Adam Optimizer" (Open-Deep-ML/DML-OpenProblem, tests.json at
    f363442): x, m and v after one step from 0, rounded to five decimals; its second case, since
    the first has a wrong v."""
    x, g = np.array([1.0, 2.0]), np.array([0.1, 0.2])
    parts = adam(x, g, 1, np.zeros(2), np.zeros(2), epsilon=1e-8)
    for part, expected in zip(parts, ([0.999, 1.999], [0.01, 0.02], [1e-5, 4e-5]), strict=True):
        near(np.round(part, 5), expected, rtol=0, atol=1e-9)


def deep_ml_49(adam):
    """Deep-ML, problem 49, "Implement Adam Optimization Algorithm": x after ten steps on x² + y²,
    from two starts, eight decimals."""
    for start, end in (
        ([1.0, 1.0], [0.99000325, 0.99000325]),
        ([0.2, 12.3], [0.19001678, 12.29000026]),
    ):
        x, state = np.array(start), ()
        for t in range(1, 11):
            x, *state = adam(x, 2 * x, t, *state, epsilon=1e-8)
        near(x, end, rtol=0, atol=1e-8)


def cs231n(adam):
    """Stanford CS231n, assignment 2, FullyConnectedNets.ipynb: one step from t = 5 with m and v
    that have run, the errors of x, m and v "around e-7 or less", here at most 1e-6."""
    x, g, m, v = (
        np.linspace(*ends, 20).reshape(4, 5)
        for ends in ((-0.4, 0.6), (-0.6, 0.4), (0.6, 0.9), (0.7, 0.5))
    )
    m_right, v_right = m + 0.1 * (g - m), v + 0.001 * (g**2 - v)
    step = 0.01 * m_right / (1 - 0.9**6) / (np.sqrt(v_right / (1 - 0.999**6)) + 1e-8)
    parts = adam(x, g, 6, m, v, learning_rate=0.01, epsilon=1e-8)
    for part, right in zip(parts, (x - step, m_right, v_right), strict=True):
        off = np.abs(part - right) / np.maximum(1e-8, np.abs(part) + np.abs(right))
        assert off.max() <= 1e-6


def cs336(adam):
    """Stanford CS336, assignment 1 (basics), test_adamw, without its weight decay: a linear map
    after 1,000 steps on random samples, rtol 1e-5 and atol 1e-4. PyTorch draws other samples."""

    def trained(adam):
        rng, state = np.random.default_rng(42), ()
        w = rng.uniform(-(3**-0.5), 3**-0.5, (2, 3))
        for t in range(1, 1001):
            x = rng.random(3)
            g = 2 * np.outer(w @ x - [x[0] + x[1], -x[2]], x)
            w, *state = adam(w, g, t, *state, epsilon=1e-8)
        return w

    def of_the_paper(x, g, t, m=0, v=0, *, epsilon):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        return x - 0.001 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + epsilon), m, v

    near(trained(adam), trained(of_the_paper), rtol=1e-5, atol=1e-4)


def near(part, right, rtol, atol):
    """That two arrays of one shape agree as np.allclose says."""
    assert np.shape(part) == np.shape(right) and np.allclose(part, right, rtol, atol)


def our_check(adam):
    """What check(adam, "adam") asks of a learner's function."""
    assert verdict_of(adam, trial_of("adam")).status == "solved"


def our_keras_check(adam):
    """The comparison with live tf.keras, its state included, in two settings."""
    hard = np.outer([1, -3, 0.5, 2, 0, -1, 4, 0.1, 0, 1], [1e2, -1, 1e-3, 3e-6, 0])
    for settings in ({}, dict(learning_rate=0.3, beta_1=0.5, beta_2=0.9, epsilon=1e-3)):
        stream = iter(hard)
        equals_keras(adam, lambda x, s=stream: next(s), [1.0, 0, 1, 0, 1], len(hard), **settings)
