"""The models: each gradient against central differences and against TensorFlow's."""

import functools
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array, csr_array

from adamlib import datasets, rules
from adamlib.descent import train
from adamlib.models import (
    MLP,
    LogisticRegression,
    SparseLogisticRegression,
    drop,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)

SMALL = LogisticRegression(inputs=5, classes=3)
SPARSE = SparseLogisticRegression(words=6)
NETWORK = MLP((5, 4, 6, 3))
MODELS = [SMALL, SPARSE, NETWORK]


def small_problem(model=SMALL, dtype=np.float64, n=7):
    """Random parameters of a model of MODELS, and a batch of n."""
    rng = np.random.default_rng(0)
    shapes = {SMALL: [(5, 3), 3], SPARSE: [6, 1], NETWORK: [(5, 4), 4, (4, 6), 6, (6, 3), 3]}[model]
    params = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    if model == SPARSE:
        x = csr_array((rng.random((n, 6)) < 0.4).astype(dtype))
        return params, (x, np.arange(n) % 2)
    return params, (rng.normal(size=(n, 5)).astype(dtype), rng.integers(3, size=n))


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
@pytest.mark.parametrize("model", [SMALL, SPARSE])
def test_gradient_equals_central_differences(model, start):
    params, batch = small_problem(model)
    if start == "zeros":
        params = model.initial(np.float64)
    expected = central_differences(lambda params: model.loss(params, batch), params)
    for found, g in zip(model.gradient(params, batch), expected, strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("layers", [(5, 3), (5, 4, 3), (5, 4, 6, 3), (5, 7, 6, 4, 3)])
def test_gradient_of_a_network_equals_central_differences(layers):
    _, batch = small_problem()
    model = MLP(layers)
    rng = np.random.default_rng(1)
    params = [rng.normal(size=p.shape) for p in model.initial(rng)]
    assert [p.shape for p in params[::2]] == list(zip(layers, layers[1:], strict=False))
    expected = central_differences(lambda params: model.loss(params, batch), params)
    for found, g in zip(model.gradient(params, batch), expected, strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-7, atol=1e-9)


def test_a_penalty_on_large_weights_is_in_the_loss_and_in_its_gradient():
    params, batch = small_problem(NETWORK)
    penalised = MLP(NETWORK.layers, l2=0.3)
    expected = central_differences(
        lambda params: penalised.loss_and_gradient(params, batch)[0], params
    )
    loss, gradient = penalised.loss_and_gradient(params, batch)
    for found, g in zip(gradient, expected, strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-7, atol=1e-9)
    penalty = 0.15 * sum(np.sum(W**2) for W in params[::2])  # not of the biases
    assert loss - NETWORK.loss(params, batch) == pytest.approx(penalty)
    assert penalised.loss(params, batch) == NETWORK.loss(params, batch)


@pytest.mark.parametrize(
    ("model", "dropped"),
    [(SPARSE, SparseLogisticRegression(6, dropout=0.3)), (NETWORK, MLP(NETWORK.layers, 0.3))],
)
def test_with_dropout_too_where_the_same_seed_drops_the_same(model, dropped):
    params, batch = small_problem(model, n=40)

    def with_seed(params, seed=0):
        return dropped.loss_and_gradient(params, batch, rng=np.random.default_rng(seed))

    loss, gradient = with_seed(params)
    expected = central_differences(lambda params: with_seed(params)[0], params)
    for found, g in zip(gradient, expected, strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-7, atol=1e-9)
    again = dropped.gradient(params, batch, rng=np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(again, gradient, strict=True))
    assert with_seed(params, seed=1)[0] != loss
    assert dropped.loss(params, batch) == model.loss(params, batch) != loss
    assert dropped.accuracy(params, batch) == model.accuracy(params, batch)


def test_dropout_leaves_out_the_share_it_says_and_keeps_the_mean():
    a = np.full((300, 400), 2, np.float32)
    dropped = drop(a, 0.25, np.random.default_rng(0))
    assert dropped.dtype == np.float32
    assert np.mean(dropped == 0) == pytest.approx(0.25, abs=0.01)
    assert set(np.unique(dropped)) == {0, np.float32(2 / 0.75)}
    assert dropped.mean() == pytest.approx(2, abs=0.02)
    assert drop(a, 0, None) is a


def test_dropout_acts_on_words_and_on_hidden_units_not_on_pixels():
    ones = csr_array(np.ones((1000, 1), np.float32))
    model = SparseLogisticRegression(1, dropout=0.25)
    batch = ones, np.zeros(1000, int)
    gradient = model.gradient(model.initial(), batch, rng=np.random.default_rng(0))
    assert gradient[0] != gradient[1], "the word was left out of some documents, the bias of none"
    assert gradient[0] == pytest.approx(gradient[1], rel=0.1)

    batch = small_problem()[1]
    flat, rng = MLP((5, 3), dropout=0.5), np.random.default_rng(0)
    params = MLP((5, 3)).initial(rng, np.float64)
    assert flat.loss_and_gradient(params, batch)[0] == flat.loss(params, batch)


@pytest.mark.parametrize("model", [SparseLogisticRegression(6, 0.5), MLP(NETWORK.layers, 0.5)])
def test_dropout_needs_an_rng(model):
    params, batch = small_problem({6: SPARSE}.get(getattr(model, "words", 0), NETWORK))
    with pytest.raises(ValueError, match=r"dropout=0.5 draws at random: give rng=.*partial\(model"):
        model.loss_and_gradient(params, batch)


@pytest.mark.parametrize("dropout", [50, 1, 1.0, -0.1, np.nan])
def test_dropout_is_a_probability(dropout):
    with pytest.raises(
        ValueError, match="dropout must be a probability, at least 0 and less than 1"
    ):
        drop(np.ones(3), dropout, np.random.default_rng(0))


def test_the_gradient_of_a_word_that_no_document_has_is_exactly_zero():
    documents, labels = (array[:100] for array in datasets.rotten_tomatoes().train)
    model = SparseLogisticRegression(dropout=0.5)
    params = [np.random.default_rng(0).normal(size=p.shape) for p in model.initial()]
    for rng in map(np.random.default_rng, range(3)):
        (g, _) = model.gradient(params, (documents, labels), rng=rng)
        assert type(g) is np.ndarray
        seen = documents.sum(axis=0) > 0
        assert not g[~seen].any() and 0.3 < np.mean(g[seen] != 0) < 0.9
    g, _ = SparseLogisticRegression().gradient(params, (documents, labels))
    assert not g[~seen].any() and g[seen].all()


def test_a_network_starts_as_he_says_and_the_same_from_each_seed():
    model = MLP()
    first, again, other = (model.initial(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert [p.shape for p in first] == [(784, 256), (256,), (256, 256), (256,), (256, 10), (10,)]
    assert {p.dtype for p in first} == {np.dtype(np.float32)}
    for W, b, inputs in zip(first[::2], first[1::2], model.layers, strict=False):
        assert W.std() == pytest.approx((2 / inputs) ** 0.5, rel=0.05)
        assert abs(W.mean()) < 0.01 and not b.any()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_loss_and_gradient_equal_tensorflow_on_mnist(dtype, tolerance):
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    import tensorflow as tf

    images, labels = (array[:2128] for array in datasets.mnist().train)
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


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-13)])
@pytest.mark.parametrize("model", [MLP((784, 32, 16, 10)), SparseLogisticRegression()])
def test_loss_and_gradient_equal_those_of_the_keras_network(model, dtype, tolerance):
    from adamlib.keras_check import keras, train_network

    rng = np.random.default_rng(0)
    if isinstance(model, MLP):
        data, params = datasets.fashion_mnist().train, model.initial(rng, dtype)
    else:
        data, params = datasets.rotten_tomatoes().train, model.initial(dtype)
        params = [rng.normal(scale=0.1, size=p.shape).astype(dtype) for p in params]
    batch = tuple(array[:128] for array in data)
    loss, gradient = model.loss_and_gradient(params, batch)
    theirs = train_network(keras.optimizers.SGD(1.0), params, batch)
    assert loss == pytest.approx(theirs.losses[0], rel=tolerance)
    for p, g, after in zip(params, gradient, theirs.params, strict=True):
        assert after.shape == p.shape and after.dtype == dtype
        np.testing.assert_allclose(g, p - after, rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("images", [np.float32, np.float64, np.uint8])
def test_results_have_the_dtype_of_the_parameters(dtype, images):
    params, batch = SMALL.initial(dtype), (np.ones((2, 5), images), np.array([0, 2]))
    loss, gradient = SMALL.loss_and_gradient(params, batch)
    assert type(loss) is float and type(SMALL.accuracy(params, batch)) is float
    assert SMALL.logits(params, batch[0]).dtype == dtype
    assert [(g.shape, g.dtype) for g in gradient] == [(p.shape, dtype) for p in params]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("x_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("model", [SPARSE, NETWORK])
def test_those_of_the_other_models_too(model, dropout, x_dtype, dtype):
    params, (x, y) = small_problem(model, dtype)
    model = type(model)(model.words if model == SPARSE else model.layers, dropout)
    batch = x.astype(x_dtype), y
    rng = np.random.default_rng(0)
    loss, gradient = model.loss_and_gradient(params, batch, rng)
    assert type(loss) is float and type(model.accuracy(params, batch)) is float
    assert model.logits(params, batch[0]).dtype == dtype
    assert [(g.shape, g.dtype) for g in gradient] == [(p.shape, dtype) for p in params]
    start = model.initial(*[rng] * isinstance(model, MLP), dtype=dtype)
    assert [(p.shape, p.dtype) for p in start] == [(p.shape, dtype) for p in params]


@pytest.mark.parametrize("model", MODELS)
def test_the_three_ways_to_ask_agree(model):
    params, batch = small_problem(model)
    loss, gradient = model.loss_and_gradient(params, batch)
    assert model.loss(params, batch) == loss
    for a, b in zip(model.gradient(params, batch), gradient, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("model", [*MODELS, SparseLogisticRegression(6, 0.5), MLP((5, 4, 3), 0.5)])
def test_neither_parameters_nor_batch_are_altered(model):
    plain = SPARSE if isinstance(model, SparseLogisticRegression) else SMALL
    (params, batch), (_, fresh) = small_problem(plain), small_problem(plain)
    if isinstance(model, MLP):
        params = model.initial(np.random.default_rng(0), np.float64)
    before = [p.copy() for p in params]
    for array in [*params, batch[0].data if plain == SPARSE else batch[0], batch[1]]:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    dropout = getattr(model, "dropout", 0)
    model.loss_and_gradient(params, batch, **{"rng": np.random.default_rng(0)} if dropout else {})
    logits = model.logits(params, batch[0])
    kept = logits.copy()
    (sigmoid_cross_entropy if plain == SPARSE else softmax_cross_entropy)(logits, batch[1])
    for a, b in zip([*params, batch[1], logits], [*before, fresh[1], kept], strict=True):
        np.testing.assert_array_equal(a, b)
    x, other = (b[0].toarray() if plain == SPARSE else b[0] for b in (batch, fresh))
    np.testing.assert_array_equal(x, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits_do_not_overflow(dtype):
    logits = np.array([[1e4, 0, -1e4], [1e4, 0, -1e4]], dtype)
    loss, d_logits = softmax_cross_entropy(logits, np.array([0, 2]))
    assert loss == 1e4
    np.testing.assert_array_equal(d_logits, [[0, 0, 0], [0.5, 0, -0.5]])

    logits = np.array([1e4, -1e4, 1e4, -1e4], dtype)
    loss, d_logits = sigmoid_cross_entropy(logits, np.array([1, 0, 0, 1]))
    assert loss == 5e3 and d_logits.dtype == dtype
    np.testing.assert_array_equal(d_logits, [0, 0, 0.25, -0.25])


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(0, 1)), min_size=1, max_size=9))
def test_a_sigmoid_is_a_softmax_of_two_classes_one_of_which_has_logit_zero(pairs):
    z, labels = np.array(pairs).T
    labels = labels.astype(np.uint8)
    loss, d_logits = sigmoid_cross_entropy(z, labels)
    expected, d_both = softmax_cross_entropy(np.stack([np.zeros_like(z), z], axis=1), labels)
    assert loss == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(d_logits, d_both[:, 1], rtol=0, atol=1e-15)


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

    params, x = [np.array([1.0, -1.0]), np.zeros(1)], csr_array(np.eye(2))
    model = SparseLogisticRegression(words=2)
    assert model.accuracy(params, (x, np.array([1, 0]))) == 1
    assert model.accuracy(params, (x, np.array([0, 1]))) == 0
    assert model.accuracy(params, (x, np.array([1, 1]))) == 0.5


def test_gradient_descent_learns_mnist():
    model, (train, test) = LogisticRegression(), datasets.mnist()
    params = model.initial()
    assert model.loss(params, train) == pytest.approx(np.log(10))
    for _ in range(20):
        gradient = model.gradient(params, train)
        params = [p - np.float32(0.5) * g for p, g in zip(params, gradient, strict=True)]
    assert model.accuracy(params, test) > 0.8


@pytest.mark.parametrize(
    ("model", "data", "least"),
    [
        (SparseLogisticRegression(dropout=0.5), datasets.rotten_tomatoes, 0.72),
        (MLP((784, 64, 10), dropout=0.2), datasets.fashion_mnist, 0.78),
    ],
)
def test_models_with_dropout_learn(model, data, least):
    rng = np.random.default_rng(0)
    start = model.initial(*[rng] * isinstance(model, MLP))
    run = train(
        rules.adam,
        functools.partial(model.loss_and_gradient, rng=rng),
        start,
        data().train,
        epochs=2,
        batch_size=100,
        rng=np.random.default_rng(1),
        learning_rate=0.003,
    )
    assert model.accuracy(run.params, data().test) > least


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (np.ones((2, 4)), [0, 1], r"images have shape \(2, 4\).* needs \(n, 5\)"),
        (np.ones(5), [0], r"images have shape \(5,\)"),
        (np.ones((0, 5)), [], "the batch is empty"),
        (np.ones((2, 5)), [0, 1, 2], r"2 samples, but labels of shape \(3,\)"),
        (np.ones((2, 5)), [[0], [1]], r"2 samples, but labels of shape \(2, 1\)"),
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


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (np.ones((2, 6)), [0, 1], "documents must be a sparse matrix in CSR form.* not ndarray"),
        (csc_array(np.ones((2, 6))), [0, 1], "in CSR form.* not csc_array"),
        (csr_array(np.ones((2, 5))), [0, 1], r"documents have shape \(2, 5\).* needs \(n, 6\)"),
        (csr_array((0, 6)), [], "the batch is empty"),
        (csr_array(np.ones((2, 6))), [1], r"2 samples, but labels of shape \(1,\)"),
        (csr_array(np.ones((2, 6))), [1, 2], "one of the labels is 2, .* go from 0 to 1"),
        (csr_array(np.ones((2, 6))), [1, -1], "one of the labels is -1"),
    ],
)
@pytest.mark.parametrize("method", ["loss", "gradient", "loss_and_gradient", "accuracy"])
def test_documents_that_do_not_fit_are_refused_in_one_sentence(method, x, y, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        getattr(SPARSE, method)(SPARSE.initial(), (x, np.array(y)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("method", ["loss", "gradient", "loss_and_gradient", "accuracy"])
def test_images_that_do_not_fit_a_network_are_refused_in_one_sentence(method):
    params = NETWORK.initial(np.random.default_rng(0))
    for x, y, sentence in [
        (np.ones((2, 4)), [0, 1], r"images have shape \(2, 4\).* needs \(n, 5\)"),
        (np.ones((2, 5)), [0, 3], "one of the labels is 3"),
    ]:
        with pytest.raises(ValueError, match=sentence):
            getattr(NETWORK, method)(params, (x, np.array(y)))
