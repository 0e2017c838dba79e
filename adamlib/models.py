"""Models that learn from data: loss(params, batch) and its gradient, in NumPy, derived by hand.

`params` is a list of arrays, a gradient is a list of arrays of the same shapes, and `batch` is a
pair (x, y): images of shape (n, inputs), one in each row, and their integer labels of shape (n,).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LogisticRegression:
    """Multinomial logistic regression, a network of one layer (Cox, 1966; Bishop, 2006, § 4.3.4).

        z = x W + b                        logits, one for each class
        p_k = exp(z_k) / Σ_j exp(z_j)      softmax
        f(W, b) = −mean(log p_y)           cross-entropy, over the n images of the batch

        ∂f/∂z = (p − onehot(y)) / n
        ∂f/∂W = xᵀ ∂f/∂z
        ∂f/∂b = Σ_i ∂f/∂z_i

    params = [W, b], of shapes (inputs, classes) and (classes,); results have their dtype. The loss
    is in nats: log(classes) for a model that knows nothing. Every method raises ValueError if a
    batch does not fit.
    """

    inputs: int = 784
    classes: int = 10

    def initial(self, dtype=np.float32):
        """[W, b] of zeros: f is convex, so no start leads to a better minimum than another."""
        return [np.zeros((self.inputs, self.classes), dtype), np.zeros(self.classes, dtype)]

    def logits(self, params, x):
        """z of shape (n, classes), for images x of shape (n, inputs)."""
        W, b = params
        if np.ndim(x) != 2 or np.shape(x)[1] != len(W):
            raise ValueError(
                f"images have shape {np.shape(x)}, but W of shape {W.shape} needs (n, {len(W)}): "
                "make each image one row with that many pixels."
            )
        return np.asarray(x, W.dtype) @ W + b

    def loss(self, params, batch):
        """f as a float."""
        x, y = batch
        return softmax_cross_entropy(self.logits(params, x), y)[0]

    def gradient(self, params, batch):
        """[∂f/∂W, ∂f/∂b]."""
        return self.loss_and_gradient(params, batch)[1]

    def loss_and_gradient(self, params, batch):
        """f and [∂f/∂W, ∂f/∂b], from one pass over the batch."""
        x, y = batch
        loss, d_logits = softmax_cross_entropy(self.logits(params, x), y)
        return loss, [np.asarray(x, d_logits.dtype).T @ d_logits, d_logits.sum(axis=0)]

    def accuracy(self, params, batch):
        """The share of images, 0 to 1, whose largest logit is that of their label."""
        x, y = batch
        logits = self.logits(params, x)
        _check_labels(logits, y)
        return float(np.mean(logits.argmax(axis=1) == y))


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


def _check_labels(logits, labels):
    n, classes = logits.shape
    labels = np.asarray(labels)
    if n == 0:
        raise ValueError("the batch is empty: give at least one image and its label.")
    if labels.shape != (n,):
        raise ValueError(
            f"the batch has {n} images, but labels of shape {labels.shape}: give one label for "
            f"each image, shape ({n},)."
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
