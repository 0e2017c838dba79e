"""The hyperparameters: what each is called, which values it may have, and where its slider goes.

What a rule's default is, its own signature says. What has no row here may be any finite number.
"""

from typing import NamedTuple

import numpy as np

POSITIVE = (lambda v: (v > 0) & (v < np.inf), "a positive number")
NOT_NEGATIVE = (lambda v: (v >= 0) & (v < np.inf), "zero or a positive number")
NOT_POSITIVE = (lambda v: (v <= 0) & (v > -np.inf), "zero or a negative number")
BELOW_ONE = (lambda v: (v >= 0) & (v < 1), "in [0, 1)")
WHOLE = (lambda v: (v >= 0) & (v == np.floor(v)) & (v < np.inf), "a whole number, 0 or more")
PROBABILITY = (BELOW_ONE[0], "a probability, at least 0 and less than 1")
FINITE = (np.isfinite, "a finite number")


def _powers(first, last, values):
    """Powers of ten, for a slider, to three digits."""
    return [float(f"{v:.3g}") for v in np.logspace(first, last, values)]


STRENGTHS = _powers(-4, 1, 121)
EXPONENTS = [round(-v / 100, 2) for v in range(100, -1, -1)]
# What counts is how near to 1: 0, then 1 - 0.89, ... to 1 - 0.0001.
NEAR_ONE = [round(1 - float(f"{v:.2g}"), 6) for v in np.logspace(0, -4, 81)]


class Hyperparameter(NamedTuple):
    """One row.

    letter  in formulas
    allowed (function of an array that says which values may be, the same in words)
    slider  the values that a slider goes through; None: evenly, from 0 to twice the default
    others  what papers and other libraries call it
    """

    letter: str
    allowed: tuple
    slider: list | None = None
    others: tuple = ()


HYPERPARAMETERS = {
    "learning_rate": Hyperparameter(
        "η", POSITIVE, _powers(-4, 1, 401), ("lr", "eta", "alpha", "rate", "step_size", "η", "α")
    ),
    "momentum": Hyperparameter("μ", BELOW_ONE, NEAR_ONE, ("mu", "gamma", "μ")),
    "dampening": Hyperparameter("τ", BELOW_ONE),
    "rho": Hyperparameter("ρ", BELOW_ONE, NEAR_ONE, ("alpha", "decay", "gamma", "beta", "ρ")),
    "beta": Hyperparameter("β", BELOW_ONE, NEAR_ONE),
    "beta_1": Hyperparameter(
        "β₁", BELOW_ONE, NEAR_ONE, ("beta", "betas", "beta1", "b1", "β1", "β₁")
    ),
    "beta_2": Hyperparameter("β₂", BELOW_ONE, NEAR_ONE, ("beta2", "b2", "β2", "β₂")),
    "epsilon": Hyperparameter("ε", NOT_NEGATIVE, _powers(-10, 0, 101), ("eps", "ε")),
    "initial_accumulator_value": Hyperparameter("s₀", NOT_NEGATIVE),
    "weight_decay": Hyperparameter(
        "λ", NOT_NEGATIVE, _powers(-5, 0, 101), ("decay", "wd", "lam", "lambda_", "λ")
    ),
    "adam_beta_1": Hyperparameter("β₁", BELOW_ONE, NEAR_ONE),
    "adam_beta_2": Hyperparameter("β₂", BELOW_ONE, NEAR_ONE),
    "adam_weight_decay": Hyperparameter("λ", NOT_NEGATIVE, _powers(-5, 0, 101)),
    "ema_momentum": Hyperparameter("μ", BELOW_ONE, NEAR_ONE),
    "beta_2_decay": Hyperparameter("γ", NOT_POSITIVE, EXPONENTS),
    "epsilon_1": Hyperparameter("ε₁", NOT_NEGATIVE, _powers(-30, 0, 121)),
    "epsilon_2": Hyperparameter("ε₂", NOT_NEGATIVE, _powers(-6, 0, 121)),
    "clip_threshold": Hyperparameter("d", POSITIVE, _powers(-2, 2, 121)),
    "learning_rate_power": Hyperparameter("p", NOT_POSITIVE, EXPONENTS),
    "l1_regularization_strength": Hyperparameter("λ₁", NOT_NEGATIVE, STRENGTHS),
    "l2_regularization_strength": Hyperparameter("λ₂", NOT_NEGATIVE, STRENGTHS),
    "l2_shrinkage_regularization_strength": Hyperparameter("λ₃", NOT_NEGATIVE, STRENGTHS),
    "ns_steps": Hyperparameter("n", WHOLE, list(range(11))),
    "rms_rate": Hyperparameter("r", POSITIVE, _powers(-2, 1, 121)),
    "l2": Hyperparameter("λ", NOT_NEGATIVE),
    "noise": Hyperparameter("σ", NOT_NEGATIVE),
    "dropout": Hyperparameter("p", PROBABILITY),
}
_ANY = Hyperparameter("", FINITE)
_MEANINGS = [{name, *row.others} for name, row in HYPERPARAMETERS.items()]


def facts(name):
    """The row of a hyperparameter; any finite number may be the value of one that has none."""
    return HYPERPARAMETERS.get(name, _ANY)


def slider_values(name, default):
    """The values that the slider of a hyperparameter goes through, its default among them."""
    values = facts(name).slider
    if values is None:
        even = np.linspace(min(0, 2 * default), max(2 * default, 0) or 1, 101)
        values = [float(f"{v:.3g}") for v in even]
    return sorted({*values, default})


def is_usual(name):
    """Whether it is what Keras or others call a hyperparameter."""
    return any(name in words for words in _MEANINGS)


def same(name, names):
    """The one of the names that means the same hyperparameter, or ""."""
    for other in names:
        both = {name.lower(), other}
        if len(both) == 1 or any(both <= words for words in _MEANINGS):
            return other
    return ""
