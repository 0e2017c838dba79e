"""Models that learn from data: loss(params, batch) and its gradient, in NumPy, derived by hand.

    LogisticRegression()          of images, in several classes; convex
    SparseLogisticRegression()    of documents, in two classes: one weight for each word; convex
    MLP((784, 256, 256, 10))      a network with hidden layers

`params` is a list of arrays, a gradient is a list of arrays of the same shapes, and `batch` is a
pair (x, y): images of shape (n, inputs), one in each row, or a sparse matrix of documents; and
their integer labels of shape (n,).

Two models have dropout (Srivastava et al., 2014): loss_and_gradient sets each number of a layer to
0 with probability `dropout` and divides the others by 1 − dropout; loss and accuracy use them all.
What to drop is drawn from an rng of the caller's, so that the same seed drops the same:

    train(adam, functools.partial(model.loss_and_gradient, rng=np.random.default_rng(0)), ...)
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from adamlib.inputs import check_arrays, check_batch, check_generator, check_kind, count, number


class Classifier:
    """What the models have in common. Each has its own initial, logits and loss_and_gradient.

    The loss is in nats: log(classes) for a model that knows nothing. Results have the dtype of
    the parameters. Every method raises ValueError if a batch does not fit.
    """

    def loss(self, params, batch):
        """f as a float, without dropout."""
        x, y = check_batch(batch)
        return cross_entropy(self.logits(params, x), y)[0]

    def gradient(self, params, batch, **rng):
        """The gradient of loss_and_gradient, which has the same arguments."""
        return self.loss_and_gradient(params, batch, **rng)[1]

    def accuracy(self, params, batch):
        """The share of samples, 0 to 1, whose label is the likeliest by their logits."""
        x, y = check_batch(batch)
        logits = self.logits(params, x)
        _check_labels(logits, y)
        guesses = logits.argmax(axis=1) if logits.ndim == 2 else logits > 0
        return float(np.mean(guesses == y))


@dataclass(frozen=True)
class LogisticRegression(Classifier):
    """Multinomial logistic regression, a network of one layer (Cox, 1966; Bishop, 2006, § 4.3.4).

        z = x W + b                        logits, one for each class
        p_k = exp(z_k) / Σ_j exp(z_j)      softmax
        f(W, b) = −mean(log p_y)           cross-entropy, over the n images of the batch

        ∂f/∂z = (p − onehot(y)) / n
        ∂f/∂W = xᵀ ∂f/∂z
        ∂f/∂b = Σ_i ∂f/∂z_i

    params = [W, b], of shapes (inputs, classes) and (classes,).
    """

    inputs: int = 784
    classes: int = 10

    def initial(self, dtype=np.float32):
        """[W, b] of zeros: f is convex, so no start leads to a better minimum than another."""
        return [np.zeros((self.inputs, self.classes), dtype), np.zeros(self.classes, dtype)]

    def logits(self, params, x):
        """z of shape (n, classes), for images x of shape (n, inputs)."""
        W, b = check_arrays(params, 2)
        return _images(x, W) @ W + b

    def loss_and_gradient(self, params, batch):
        """f and [∂f/∂W, ∂f/∂b], from one pass over the batch."""
        x, y = check_batch(batch)
        loss, d_logits = cross_entropy(self.logits(params, x), y)
        return loss, [_over_samples(np.asarray(x, d_logits.dtype), d_logits), d_logits.sum(axis=0)]


@dataclass(frozen=True)
class SparseLogisticRegression(Classifier):
    """Logistic regression of two classes on a bag of words, a sparse matrix (Cox, 1958).

        z = x w + b                                      one logit for each document
        p = 1 / (1 + exp(−z))                            sigmoid, the probability of label 1
        f(w, b) = −mean(y log p + (1 − y) log(1 − p))    cross-entropy, over n documents

        ∂f/∂z = (p − y) / n
        ∂f/∂w = xᵀ ∂f/∂z                  exactly 0 for a word in none of the n documents
        ∂f/∂b = Σ_i ∂f/∂z_i

    params = [w, b], of shapes (words,) and (1,), and so is the gradient: dense, however sparse x.
    dropout  the probability that a word of a document is left out; the Adam paper has 0.5
    """

    words: int = 8730
    dropout: float = 0.0

    def initial(self, dtype=np.float32):
        """[w, b] of zeros: f is convex, so no start leads to a better minimum than another."""
        return [np.zeros(self.words, dtype), np.zeros(1, dtype)]

    def logits(self, params, x):
        """z of shape (n,), for documents x, a scipy.sparse matrix in CSR form, (n, words)."""
        w, b = check_arrays(params, 2)
        return _documents(x, w) @ w + b

    def loss_and_gradient(self, params, batch, rng=None):
        """f and [∂f/∂w, ∂f/∂b], with dropout if the model has it: then rng is needed."""
        x, y = check_batch(batch)
        x = _documents(x, check_arrays(params, 2)[0])
        if self.dropout:
            kept = drop(x.data, self.dropout, rng)
            x = csr_array((kept, x.indices, x.indptr), shape=x.shape)
        loss, d_logits = cross_entropy(self.logits(params, x), y)
        return loss, [x.T @ d_logits, d_logits.sum(keepdims=True)]


@dataclass(frozen=True)
class MLP(Classifier):
    """A network of several layers, trained by backpropagation (Rumelhart, Hinton, Williams, 1986).

        a_k = h_{k−1} W_k + b_k          layer k, with h_0 = x
        h_k = m_k max(a_k, 0)            hidden layers: ReLU, and dropout's m_k, 0 or 1/(1−dropout)
        z = a_K                          logits, one for each class
        f = −mean(log softmax(z)_y)      cross-entropy, over the n images of the batch
            + λ/2 Σ_k Σ W_k²             in loss_and_gradient only

        ∂f/∂a_K = (softmax(z) − onehot(y)) / n
        ∂f/∂a_k = m_k [a_k > 0] (∂f/∂a_{k+1} W_{k+1}ᵀ)
        ∂f/∂W_k = h_{k−1}ᵀ ∂f/∂a_k + λ W_k
        ∂f/∂b_k = Σ_i ∂f/∂a_k

    layers   how wide each layer is, from the inputs to the classes
    dropout  the probability that a unit of a hidden layer is left out
    l2       λ, the weight of the penalty on large weights
    params = [W_1, b_1, W_2, b_2, ...], of shapes (layers[0], layers[1]), (layers[1],), ...
    """

    layers: tuple[int, ...] = (784, 256, 256, 10)
    dropout: float = 0.0
    l2: float = 0.0

    def __post_init__(self):
        check_kind(self.layers, tuple | list, "layers", "a tuple of widths, as (784, 64, 10)")
        if len(self.layers) < 2:
            raise ValueError(f"layers has the inputs and the classes at least, not {self.layers}.")
        for width in self.layers:
            count(width, "A layer's width", least=1)
        number(self.dropout, "dropout")
        number(self.l2, "l2")

    def initial(self, rng, dtype=np.float32):
        """W_k normal with variance 2 / layers[k − 1] (He et al., 2015), drawn from rng; b_k 0."""
        check_generator(rng)
        params = []
        for inputs, outputs in zip(self.layers[:-1], self.layers[1:], strict=True):
            W = rng.normal(scale=(2 / inputs) ** 0.5, size=(inputs, outputs))
            params += [W.astype(dtype), np.zeros(outputs, dtype)]
        return params

    def logits(self, params, x):
        """z of shape (n, classes), for images x of shape (n, inputs), without dropout."""
        return self._forward(params, x, lambda h: h)[-1]

    def loss_and_gradient(self, params, batch, rng=None):
        """f and [∂f/∂W_1, ∂f/∂b_1, ...], with dropout if the model has it: then rng is needed."""
        x, y = check_batch(batch)
        *h, z = self._forward(params, x, lambda h: drop(h, self.dropout, rng))
        loss, d = cross_entropy(z, y)
        gradient = [h[-1].T @ d, d.sum(axis=0)]
        for k in range(len(h) - 1, 0, -1):
            W_above = params[2 * k]
            d = (d @ W_above.T) * (h[k] > 0) / (1 - self.dropout)
            gradient = [h[k - 1].T @ d, d.sum(axis=0), *gradient]
        if self.l2:
            loss += self.l2 / 2 * sum(float(np.sum(W**2)) for W in params[::2])
            gradient[::2] = [
                g + self.l2 * W for g, W in zip(gradient[::2], params[::2], strict=True)
            ]
        return loss, gradient

    def _forward(self, params, x, dropped):
        """[h_0, h_1, ..., z]."""
        h = [_images(x, check_arrays(params, 2 * len(self.layers) - 2)[0])]
        for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
            h.append(dropped(np.maximum(h[-1] @ W + b, 0)))
        W, b = params[-2:]
        return [*h, h[-1] @ W + b]


def drop(a, dropout, rng):
    """The array a with each number 0 with probability `dropout`, the others / (1 − dropout)."""
    if number(dropout, "dropout") == 0:
        return a
    if rng is None:
        raise ValueError(
            f"dropout={dropout} draws at random: give rng=np.random.default_rng(0) or another "
            "seed, in training by functools.partial(model.loss_and_gradient, rng=rng)."
        )
    check_generator(rng)
    return a * (rng.random(a.shape, np.float32) >= dropout) / (1 - dropout)


def cross_entropy(logits, labels):
    """softmax_cross_entropy of logits (n, classes), sigmoid_cross_entropy of logits (n,)."""
    return (softmax_cross_entropy if logits.ndim == 2 else sigmoid_cross_entropy)(logits, labels)


def softmax_cross_entropy(logits, labels):
    """The mean of −log softmax(logits)[label] over the rows, and its gradient.

    `logits` (n, classes), `labels` n integers from 0 to classes − 1. Returns a float, in nats, and
    an array of the shape and dtype of `logits`. Subtracting a row's maximum changes neither, and
    keeps exp from overflowing. Raises ValueError if labels do not fit, or if there are none.
    """
    _check_labels(logits, labels)
    rows = np.arange(len(logits))
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - z[rows, labels])
    d_logits = e / total
    d_logits[rows, labels] -= 1
    return float(loss), d_logits / len(logits)


def sigmoid_cross_entropy(logits, labels):
    """The mean of −log p(label), where label 1 has p = 1 / (1 + exp(−logit)), and its gradient.

    `logits` (n,), `labels` n times 0 or 1. Returns a float, in nats, and an array of the shape and
    dtype of `logits`. With s = 1 for label 1 and −1 for label 0, they are the mean of
    log(1 + exp(−s z)), and −s / (1 + exp(s z)) / n; logaddexp keeps exp from overflowing. Raises
    ValueError if labels do not fit, or if there are none.
    """
    _check_labels(logits, labels)
    s = np.where(np.asarray(labels) == 1, 1, -1).astype(logits.dtype)
    loss = np.mean(np.logaddexp(0, -s * logits))
    return float(loss), -s * np.exp(-np.logaddexp(0, s * logits)) / len(logits)


def _over_samples(x, d):
    """xᵀ d, 1,000 samples at a time: with all at once, a browser's BLAS is four times as slow."""
    starts = range(0, max(1, len(x)), 1000)
    return sum(x[i : i + 1000].T @ d[i : i + 1000] for i in starts)


def _images(x, W):
    if np.ndim(x) != 2 or np.shape(x)[1] != len(W):
        raise ValueError(
            f"images have shape {np.shape(x)}, but W of shape {W.shape} needs (n, {len(W)}): "
            "make each image one row with that many pixels."
        )
    return np.asarray(x, W.dtype)


def _documents(x, w):
    if getattr(x, "format", "") != "csr":
        raise ValueError(
            "documents must be a sparse matrix in CSR form, as those of rotten_tomatoes(), not "
            f"{type(x).__name__}: give scipy.sparse.csr_array(documents)."
        )
    if x.shape[1] != len(w):
        raise ValueError(
            f"documents have shape {x.shape}, but w of shape {w.shape} needs (n, {len(w)}): a "
            "column for each word."
        )
    return x.astype(w.dtype, copy=False)


def _check_labels(logits, labels):
    n, classes = logits.shape if logits.ndim == 2 else (len(logits), 2)
    labels = np.asarray(labels)
    if n == 0:
        raise ValueError("the batch is empty: give at least one sample and its label.")
    if labels.shape != (n,):
        raise ValueError(
            f"the batch has {n} samples, but labels of shape {labels.shape}: give one label for "
            f"each, shape ({n},)."
        )
    if labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels have dtype {labels.dtype}: give whole numbers, for example by "
            "labels.astype(int)."
        )
    if labels.min() < 0 or labels.max() >= classes:
        wrong = labels[(labels < 0) | (labels >= classes)][0]
        raise ValueError(
            f"one of the labels is {wrong}, but the model has {classes} classes: labels go from 0 "
            f"to {classes - 1}."
        )
