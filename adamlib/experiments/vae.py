"""A variational autoencoder in NumPy, and the training of many of them at once.

VAE(pixels, hidden, latent)    its loss and gradient, of one or of a stack of them
train_grid(rule, loss_and_gradient, params, data, ...)    one training for each setting
bias_correction_grid(vae, rule, images, seed, ...)        the grid of the Adam paper's Figure 4
figure_4(losses, rates), least(losses, rates)             its figure, and its least losses as text
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from adamlib import plots
from adamlib.descent import BLOCK, batches, iterations, update
from adamlib.inputs import (
    LOSS_AND_GRADIENT,
    check_arrays,
    check_function,
    check_generator,
    check_hyperparameters,
    check_memory,
    check_values,
    count,
    pair,
    state_defaults,
)


@dataclass(frozen=True)
class VAE:
    """Learns to draw images like those it has seen (Kingma and Welling, 2014, appendix C).

        h = softplus(x W_1 + b_1)              encoder
        μ, ℓ = the halves of h W_2 + b_2       the code's mean and log-variance, given x
        z = μ + exp(ℓ/2) ξ                     a code; ξ is normal noise, drawn anew each time
        k = softplus(z W_3 + b_3)              decoder
        y = k W_4 + b_4                        logits: pixel j is ink with probability sigmoid(y_j)

        f = mean over the n images of  Σ_j (softplus(y_j) − x_j y_j)          cross-entropy
                                       + ½ Σ_i (μ_i² + exp(ℓ_i) − 1 − ℓ_i)    the code's, to normal

    For pixels of 0 or 1 the mean of f over ξ is an upper bound of −log p(x), in nats per image.
    For grey pixels the cross-entropy is a loss, but no −log p. softplus(a) = log(1 + eᵃ), whose
    derivative is the sigmoid. Images x have shape (n, pixels), from 0 to 1.

    params = [W_1, b_1, ..., W_4, b_4], of shapes (pixels, hidden), (1, hidden), ...; or a stack of
    several models' parameters, each array with an axis more in front: (runs, pixels, hidden), ...
    """

    pixels: int = 784
    hidden: int = 500
    latent: int = 50

    def initial(self, rng, dtype=np.float32):
        """Each W normal with variance 1 / (its inputs), drawn from rng; each b 0."""
        check_generator(rng)
        shapes = [
            (self.pixels, self.hidden),
            (self.hidden, 2 * self.latent),
            (self.latent, self.hidden),
            (self.hidden, self.pixels),
        ]
        params = []
        for inputs, outputs in shapes:
            W = rng.normal(scale=inputs**-0.5, size=(inputs, outputs))
            params += [W.astype(dtype), np.zeros((1, outputs), dtype)]
        return params

    def loss_and_gradient(self, params, batch, rng):
        """f, a number or, of a stack, an array (runs,); and its gradient, shaped as params.

        batch  (images, ...), of which only the images are used
        rng    draws ξ, shape (n, latent), the same for all models of a stack
        Raises ValueError if the images do not fit.
        """
        check_generator(rng)
        W_1, b_1, W_2, b_2, W_3, b_3, W_4, b_4 = check_arrays(params, 8)
        x = _images(batch[0], self.pixels, W_1.dtype)
        n = len(x)
        noise = rng.standard_normal((n, self.latent), W_1.dtype)

        a = x @ W_1 + b_1
        h = softplus(a)
        mean, log_variance = np.split(h @ W_2 + b_2, 2, axis=-1)
        deviation = np.exp(log_variance / 2)
        z = mean + deviation * noise
        c = z @ W_3 + b_3
        k = softplus(c)
        y = k @ W_4 + b_4

        code = mean**2 + deviation**2 - 1 - log_variance
        loss = (softplus(y) - x * y).sum(axis=(-2, -1)) / n + code.sum(axis=(-2, -1)) / (2 * n)

        d_y = (sigmoid(y) - x) / n
        d_c = d_y @ _T(W_4) * sigmoid(c)
        d_z = d_c @ _T(W_3)
        d_mean = d_z + mean / n
        d_log_variance = d_z * noise * deviation / 2 + (deviation**2 - 1) / (2 * n)
        d_code = np.concatenate([d_mean, d_log_variance], axis=-1)
        d_a = d_code @ _T(W_2) * sigmoid(a)
        gradient = []
        for left, d in [(x, d_a), (h, d_code), (z, d_c), (k, d_y)]:
            gradient += [_T(left) @ d, d.sum(axis=-2, keepdims=True)]
        return loss, gradient


def softplus(a):
    """log(1 + eᵃ), without overflow."""
    return np.maximum(a, 0) + np.log(1 + np.exp(-np.abs(a)))


def sigmoid(a):
    """1 / (1 + e⁻ᵃ), without overflow."""
    return 0.5 + 0.5 * np.tanh(a / 2)


def _T(a):
    return np.swapaxes(a, -1, -2)


def _images(x, pixels, dtype):
    if np.ndim(x) != 2 or np.shape(x)[1] != pixels:
        raise ValueError(
            f"images have shape {np.shape(x)}, but this VAE needs (n, {pixels}): make each image "
            "one row with that many pixels."
        )
    return np.asarray(x, dtype)


def train_grid(
    rule, loss_and_gradient, params, data, *, epochs, batch_size, rng, **hyperparameters
):
    """Train one model for each setting, all at once: the same start, batches and noise for all.

    loss_and_gradient  function of (params, batch), of a stack of models: the loss of each, shape
                       (runs,), and the gradient, shaped as the stack
    params             the start of one model, which all have
    hyperparameters    numbers, or arrays of shape (runs,)
    The rest as in descent.train. Returns the losses, shape (iterations, runs), each before its
    step. A run that diverges is not finite from there on (the first loss may be inf, then NaN),
    and leaves the others alone. Raises ValueError or TypeError, in one sentence, for bad input.
    """
    check_hyperparameters(rule, hyperparameters)
    check_function(loss_and_gradient, "loss_and_gradient", "params", "batch")
    check_arrays(params)
    steps = iterations(data, epochs, batch_size)
    try:
        (runs,) = np.broadcast_shapes((1,), *map(np.shape, hyperparameters.values()))
    except ValueError:
        shapes = {name: np.shape(v) for name, v in hyperparameters.items()}
        raise ValueError(
            f"The settings must be numbers or arrays of one length, not of shapes {shapes}."
        ) from None
    if not runs:
        raise ValueError("The settings are empty: give one at least.")
    for name, value in hyperparameters.items():
        if callable(value):
            raise ValueError(f"{name} is a function of t: train_grid takes numbers and arrays.")
    dtype = params[0].dtype
    settings = {name: np.broadcast_to(v, runs).astype(dtype) for name, v in hyperparameters.items()}
    xs = [np.repeat(p[np.newaxis], runs, axis=0) for p in params]
    parts = [_parts(x) for x in xs]  # so many runs at a time that they stay in the cache
    states = [[list(state_defaults(rule).values()) for _ in rows] for rows in parts]
    check_memory(steps, runs, dtype.itemsize)
    losses = np.empty((steps, runs), dtype)
    stream = (batch for _ in range(epochs) for batch in batches(data, batch_size, rng))
    with np.errstate(all="ignore"):
        for t, batch in enumerate(stream, start=1):
            losses[t - 1], gs = pair(loss_and_gradient(xs, batch), LOSS_AND_GRADIENT)
            for x, g, rows_of, slots in zip(xs, gs, parts, states, strict=True):
                for rows, state in zip(rows_of, slots, strict=True):
                    some = {
                        k: v[rows].reshape(-1, *(1,) * (x.ndim - 1)) for k, v in settings.items()
                    }
                    update(rule, x[rows], g[rows], t, state, **some)
    return losses


def _parts(x):
    size = max(1, BLOCK // x[0].nbytes)
    return [slice(i, i + size) for i in range(0, len(x), size)]


BETAS_1, BETAS_2 = (0.0, 0.9), (0.99, 0.999, 0.9999)


def bias_correction_grid(vae, rule, images, seed, *, epochs, rates, betas_2=BETAS_2):
    """Train a VAE for each β₁, β₂ and η of the Adam paper's Figure 4 (Kingma and Ba, 2015, § 6.4).

    Returns the mean loss of each epoch, in nats per image, shape (epochs, β₁, β₂, η); the β₁ are
    BETAS_1. It is NaN from the epoch in which a run is no longer finite.
    """
    check_values("learning_rate", rates, "rates")
    count(epochs, "epochs", least=1)
    rng = np.random.default_rng(count(seed, "seed"))
    loss, start = partial(vae.loss_and_gradient, rng=rng), vae.initial(rng)
    grid = np.meshgrid(BETAS_1, betas_2, rates, indexing="ij")
    names = ("beta_1", "beta_2", "learning_rate")
    settings = {name: array.ravel() for name, array in zip(names, grid, strict=True)}
    how = dict(epochs=epochs, batch_size=100, rng=rng)
    losses = train_grid(rule, loss, start, (images,), **how, **settings)
    means = losses.reshape(epochs, -1, *grid[0].shape).mean(axis=1)
    return np.where(np.isfinite(means), means, np.nan)


def figure_4(losses, rates, highest=9.0):
    """How far the last epoch's loss is above the least of all, over η: a panel for each β₁ and β₂.

    losses   {method: shape (seeds, epochs, β₁, β₂, η)}, from bias_correction_grid: drawn is the
             mean, in a band from least to largest, with a ring at the least mean
             and a cross at the last one before it diverges
    highest  where the panels end, in nats
    """
    ends = {name: of_seeds[:, -1] for name, of_seeds in losses.items()}
    lowest = min(np.nanmin(values.mean(axis=0)) for values in ends.values())
    with plots.picture(len(BETAS_2), len(BETAS_1), figsize=(9, 5.8)) as (fig, axes):
        for (i, j), ax in zip(np.ndindex(len(BETAS_1), len(BETAS_2)), axes.flat, strict=True):
            beta_1 = BETAS_1[::-1][i]  # 0.9 above
            title = f"β₁ = {beta_1:g}, β₂ = {BETAS_2[j]:g}"
            fig.alt += f"{title}: "
            for name, values in ends.items():
                style = plots.style_of(name, list(losses)) | {"marker": None}
                if name != next(iter(ends)):  # a dark Adam would look like Nesterov
                    style["color"] = plots.OTHER
                values = values[:, BETAS_1.index(beta_1), j] - lowest
                mean, low, high = values.mean(axis=0), values.min(axis=0), values.max(axis=0)
                ax.plot(rates, mean, label=name, **style)
                ax.fill_between(rates, low, high, color=style["color"], alpha=0.25)
                best = np.nanargmin(mean)
                ring = dict(markersize=11, mfc="none", mew=2, color=style["color"])
                ax.plot(rates[best], mean[best], "o", **ring)
                finite = np.flatnonzero(np.isfinite(mean))[-1]
                if finite < len(rates) - 1:
                    ax.plot(rates[finite], mean[finite], "x", **ring)
                fig.alt += f"{name}, least {mean[best]:.1f} at η = {rates[best]:.1g}. "
            ax.set(title=title, xscale="log", ylim=(-0.09 * highest, highest))
            ax.title.set_fontsize(11)
            ax.tick_params(axis="x", labelsize=10)
            ax.margins(x=0.1)
        for ax in axes[-1]:
            ax.set(xlabel="learning rate η")
        fig.supylabel("nats above the best", fontsize="medium")
        fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return fig


def least(losses, rates):
    """The least loss of the last epoch and its η, for each β₁, β₂ and method, as lines of text."""
    lines = [" ".join([" " * 22, *(f"{name:26}" for name in losses)])]
    for i, j in np.ndindex(len(BETAS_1), len(BETAS_2)):
        cells = [f"β₁ = {BETAS_1[i]:<3g}  β₂ = {BETAS_2[j]:<6g}"]
        for of_seeds in losses.values():
            mean = of_seeds[:, -1, i, j].mean(axis=0)
            k = np.nanargmin(mean)
            cells.append(f"{f'{mean[k]:.0f} at η = 10^{np.log10(rates[k]):.1f}':26}")
        lines.append(" ".join(cells))
    return "\n".join(lines)
