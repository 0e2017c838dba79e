"""The models: each gradient against central differences and against TensorFlow's."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adamlib import datasets
from adamlib.models import LogisticRegression, softmax_cross_entropy

SMALL = LogisticRegression(inputs=5, classes=3)


def small_problem(seed=0):
    """Random float64 parameters of SMALL, and a batch of 7."""
    rng = np.random.default_rng(seed)
    params = [rng.normal(size=(5, 3)), rng.normal(size=3)]
    return params, (rng.normal(size=(7, 5)), rng.integers(3, size=7))


def central_differences(f, params, h=1e-5):
    """The gradient of f at params, (f(x + h) − f(x − h)) / 2h for each number in each array."""
    gradient = [np.zeros_like(p) for p in params]
    for p, g in zip(params, gradient, strict=True):
        for i in np.ndindex(p.shape):
            x = p[i]
            p[i] = x + h
            above = f(params)
            p[i] = x - h
            g[i] = (above - f(params)) / (2 * h)
            p[i] = x
    return gradient


@pytest.mark.parametrize("start", ["zeros", "random"])
def test_gradient_equals_central_differences(start):
    params, batch = small_problem()
    if start == "zeros":
        params = SMALL.initial(np.float64)
    expected = central_differences(lambda params: SMALL.loss(params, batch), params)
    for found, g in zip(SMALL.gradient(params, batch), expected, strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_loss_and_gradient_equal_tensorflow_on_mnist(dtype, tolerance):
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    import tensorflow as tf

    images, labels = (array[:128] for array in datasets.mnist().train)
    rng = np.random.default_rng(0)
    model = LogisticRegression()
    params = [rng.normal(scale=0.1, size=p.shape).astype(dtype) for p in model.initial()]
    W, b = (tf.Variable(p) for p in params)
    with tf.GradientTape() as tape:
        logits = tf.constant(images.astype(dtype)) @ W + b
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        expected = tf.reduce_mean(losses)
    loss, gradient = model.loss_and_gradient(params, (images, labels))
    assert loss == pytest.approx(expected.numpy(), rel=tolerance)
    for found, g in zip(gradient, tape.gradient(expected, [W, b]), strict=True):
        np.testing.assert_allclose(found, g.numpy(), rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("images", [np.float32, np.float64, np.uint8])
def test_results_have_the_dtype_of_the_parameters(dtype, images):
    params, batch = SMALL.initial(dtype), (np.ones((2, 5), images), np.array([0, 2]))
    loss, gradient = SMALL.loss_and_gradient(params, batch)
    assert type(loss) is float and type(SMALL.accuracy(params, batch)) is float
    assert SMALL.logits(params, batch[0]).dtype == dtype
    assert [(g.shape, g.dtype) for g in gradient] == [(p.shape, dtype) for p in params]


def test_the_three_ways_to_ask_agree():
    params, batch = small_problem()
    loss, gradient = SMALL.loss_and_gradient(params, batch)
    assert SMALL.loss(params, batch) == loss
    for a, b in zip(SMALL.gradient(params, batch), gradient, strict=True):
        np.testing.assert_array_equal(a, b)


def test_neither_parameters_nor_batch_are_altered():
    params, batch = small_problem()
    SMALL.loss_and_gradient(params, batch)
    logits = SMALL.logits(params, batch[0])
    softmax_cross_entropy(logits, batch[1])
    fresh_params, fresh_batch = small_problem()
    found = [*params, *batch, logits]
    expected = [*fresh_params, *fresh_batch, SMALL.logits(fresh_params, fresh_batch[0])]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits_do_not_overflow(dtype):
    logits = np.array([[1e4, 0, -1e4], [1e4, 0, -1e4]], dtype)
    loss, d_logits = softmax_cross_entropy(logits, np.array([0, 2]))
    assert loss == 1e4
    np.testing.assert_array_equal(d_logits, [[0, 0, 0], [0.5, 0, -0.5]])


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4))
def test_a_constant_added_to_the_logits_of_an_image_changes_nothing(seed, constants):
    rng = np.random.default_rng(seed)
    logits, labels = 3 * rng.normal(size=(4, 6)), rng.integers(6, size=4)
    loss, d_logits = softmax_cross_entropy(logits, labels)
    shifted_loss, shifted_d = softmax_cross_entropy(logits + np.c_[constants], labels)
    assert shifted_loss == pytest.approx(loss, abs=1e-10)
    np.testing.assert_allclose(shifted_d, d_logits, rtol=0, atol=1e-10)


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 50), st.floats(-1e6, 1e6))
def test_uniform_logits_cost_the_logarithm_of_the_number_of_classes(n, classes, value):
    labels = np.arange(n) % classes
    loss, d_logits = softmax_cross_entropy(np.full((n, classes), value), labels)
    assert loss == pytest.approx(np.log(classes), abs=1e-12)
    np.testing.assert_allclose(d_logits.sum(axis=1), 0, atol=1e-12)


def test_accuracy_of_known_cases():
    params, x = [np.eye(3), np.zeros(3)], np.eye(3)
    model = LogisticRegression(inputs=3, classes=3)
    assert model.accuracy(params, (x, np.array([0, 1, 2]))) == 1
    assert model.accuracy(params, (x, np.array([1, 2, 0]))) == 0
    assert model.accuracy(params, (x, np.array([0, 1, 0]))) == pytest.approx(2 / 3)


def test_gradient_descent_learns_mnist():
    model, (train, test) = LogisticRegression(), datasets.mnist()
    params = model.initial()
    assert model.loss(params, train) == pytest.approx(np.log(10))
    for _ in range(20):
        gradient = model.gradient(params, train)
        params = [p - np.float32(0.5) * g for p, g in zip(params, gradient, strict=True)]
    assert model.accuracy(params, test) > 0.8


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (np.ones((2, 4)), [0, 1], r"images have shape \(2, 4\).* needs \(n, 5\)"),
        (np.ones(5), [0], r"images have shape \(5,\)"),
        (np.ones((0, 5)), [], "the batch is empty"),
        (np.ones((2, 5)), [0, 1, 2], r"2 images, but labels of shape \(3,\)"),
        (np.ones((2, 5)), [[0], [1]], r"2 images, but labels of shape \(2, 1\)"),
        (np.ones((2, 5)), [0.0, 1.0], "labels have dtype float64"),
        (np.ones((2, 5)), [True, False], "labels have dtype bool"),
        (np.ones((2, 5)), [0, 3], "one of the labels is 3, .* go from 0 to 2"),
        (np.ones((2, 5)), [-1, 0], "one of the labels is -1"),
    ],
)
@pytest.mark.parametrize("method", ["loss", "gradient", "loss_and_gradient", "accuracy"])
def test_a_batch_that_does_not_fit_is_refused_in_one_sentence(method, x, y, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        getattr(SMALL, method)(SMALL.initial(), (x, np.array(y)))
    assert "\n" not in str(error.value)
