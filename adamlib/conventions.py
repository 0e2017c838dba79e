"""What other libraries and the papers mean by the same names, and how to say it in Keras's.

CONVENTIONS, table()        their defaults and formulas, beside Keras's
momentum_outside()          a momentum that stands outside the learning rate: PyTorch's and Optax's
momentum_from_pytorch()     its settings in Keras's
epsilon_from_paper()        the epsilon of Algorithm 1: PyTorch's and Optax's too
weight_decay_from_paper()   the decay of the AdamW paper
l2_from_pytorch()           PyTorch's weight_decay where it is not decoupled, as in SGD and Adam
rms_rate_from_pytorch()     the length of Muon's step in PyTorch, which is Jordan's and Optax's too

What has no converter goes over as it is: all of Lion, and the weight_decay of PyTorch's and Optax's
AdamW and Muon.

Read in their sources: PyTorch 2.14.1, torch/optim/{sgd,adagrad,rmsprop,adadelta,adam,adamw}.py and
_muon.py; Optax 0.2.8, optax/_src/{alias,transform}.py, optax/transforms/_accumulation.py and
optax/contrib/_muon.py; tests/test_conventions.py runs both where they are installed. And in the
papers: Polyak, 1964; Duchi, Hazan and Singer, 2011; Hinton's lecture 6e, 2012; Zeiler, 2012; Kingma
and Ba, 2015; Loshchilov and Hutter, 2019; Chen and others, 2023; Jordan and others, 2024 (muon.py).
"""

from typing import NamedTuple

from adamlib import rules
from adamlib.hyperparameters import HYPERPARAMETERS
from adamlib.inputs import check_function, check_name, count, hyperparameter_defaults, number


class Convention(NamedTuple):
    """How one library or paper has a rule.

    defaults  under Keras's names, {name: value}; what has no default there is left out
    step      the formula, where libraries write it differently
    """

    library: str
    defaults: dict
    step: str

    @property
    def in_letters(self):
        """Its defaults, as "η 0.001, ε 1e-7"."""
        known = [
            f"{facts.letter} {self.defaults[name]:g}"
            for name, facts in HYPERPARAMETERS.items()
            if name in self.defaults
        ]
        return ", ".join(known).replace("e-0", "e-")


def _keras(rule, step, **more):
    """Keras's row: the defaults are those of the rule, which are Keras's."""
    return Convention("Keras", hyperparameter_defaults(rule) | more, step)


_NO_RATE = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
_ADAM = {"learning_rate": 0.001} | _NO_RATE
_HAT = "x ← x − η m̂/(√v̂ + ε)"
_EPSILON_HAT = "x ← x − η_t m/(√v + ε)"
_DECAY = "x ← x − η λ x, then Adam's step"
_OUTSIDE = "v ← μ v + g, x ← x − η v"
_INSIDE = "v ← μ v − η g, x ← x + v"
_IN_ROOT = "x ← x − η g/√(v + ε)"
_SUM_IN_ROOT = "x ← x − η g/√(s + ε)"
_UNITS = "x ← x − η g √(u + ε)/√(v + ε)"
_LION = "x ← x − η (sign(β₁ m + (1 − β₁) g) + λ x)"
_MUON = {"momentum": 0.95, "ns_steps": 5}
_LONG = "x ← x − η (√max(1, outputs/inputs) orthogonalized(g + μ m) + λ x)"

CONVENTIONS = {
    "adam": [
        Convention("Kingma and Ba", _ADAM, _HAT),
        _keras(rules.adam, _EPSILON_HAT),
        Convention("PyTorch", _ADAM, _HAT),
        Convention("Optax", _NO_RATE, _HAT),
    ],
    "adamw": [
        Convention("Loshchilov and Hutter", _ADAM, "x ← x − s_t (λ x + α m̂/(√v̂ + ε))"),
        _keras(rules.adamw, _DECAY),
        Convention("PyTorch", _ADAM | {"weight_decay": 0.01}, _DECAY),
        Convention("Optax", _NO_RATE | {"weight_decay": 1e-4}, _DECAY),
    ],
    "momentum": [
        Convention("Polyak", {}, "x ← x − η g + μ (x − x before)"),
        _keras(rules.sgd, _INSIDE, momentum=0.0),
        Convention("PyTorch", {"learning_rate": 0.001, "momentum": 0.0}, _OUTSIDE),
        Convention("Optax", {}, _OUTSIDE),
    ],
    "adagrad": [
        Convention("Duchi and others", {"initial_accumulator_value": 0.0}, "x ← x − η g/(√s + ε)"),
        _keras(rules.adagrad, _SUM_IN_ROOT, initial_accumulator_value=0.1),
        Convention(
            "PyTorch",
            {"learning_rate": 0.01, "epsilon": 1e-10, "initial_accumulator_value": 0.0},
            "x ← x − η g/(√s + ε)",
        ),
        Convention("Optax", {"epsilon": 1e-7, "initial_accumulator_value": 0.1}, _SUM_IN_ROOT),
    ],
    "rmsprop": [
        Convention("Hinton", {"rho": 0.9}, "x ← x − η g/√v"),
        _keras(rules.rmsprop, _IN_ROOT),
        Convention(
            "PyTorch", {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8}, "x ← x − η g/(√v + ε)"
        ),
        Convention("Optax", {"rho": 0.9, "epsilon": 1e-8}, _IN_ROOT),
    ],
    "adadelta": [
        Convention("Zeiler", {"learning_rate": 1.0, "rho": 0.95, "epsilon": 1e-6}, _UNITS),
        _keras(rules.adadelta, _UNITS),
        Convention("PyTorch", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6}, _UNITS),
        Convention("Optax", {"rho": 0.9, "epsilon": 1e-6}, _UNITS),
    ],
    "lion": [
        Convention("Chen and others", {"beta_1": 0.9, "beta_2": 0.99}, _LION),
        _keras(rules.lion, _LION),
        Convention("Optax", {"beta_1": 0.9, "beta_2": 0.99, "weight_decay": 1e-3}, _LION),
    ],
    "muon": [
        Convention(
            "Jordan and others", _MUON | {"learning_rate": 0.02, "weight_decay": 0.0}, _LONG
        ),
        Convention(
            "Keras",
            _MUON | {"learning_rate": 0.001, "weight_decay": 0.004, "rms_rate": 0.2},
            "x ← x − η (r √max(inputs, outputs) orthogonalized(g + μ m) + λ x)",
        ),
        Convention("PyTorch", _MUON | {"learning_rate": 0.001, "weight_decay": 0.1}, _LONG),
        Convention(
            "Optax",
            _MUON | {"weight_decay": 0.0},
            "x ← x − η (√max(1, outputs/inputs) orthogonalized(μ m̂ + (1 − μ) ĝ) + λ x)",
        ),
    ],
}


def table(*names):
    """The conventions of these rules as a table in Markdown; of all of them if none is named."""
    lines = ["| rule | library | defaults | step |", "| --- | --- | --- | --- |"]
    for name in names or CONVENTIONS:
        for row in CONVENTIONS[check_name(name, CONVENTIONS, "rule")]:
            first = f"**{name}**" if row is CONVENTIONS[name][0] else ""
            lines.append(f"| {first} | {row.library} | {row.in_letters} | {row.step} |")
    return "\n".join(lines)


def momentum_outside(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    """Momentum as PyTorch and Optax have it, a rule: η outside the velocity, in Keras inside.

    v_t = μ v_{t−1} + g_t
    x_t = x_{t−1} − η_t v_t
    """
    v = momentum * v + g
    return x - learning_rate * v, v


def momentum_from_pytorch(learning_rate, momentum, dampening=0.0):
    """Keras's `learning_rate` and `momentum`, functions of t, for a run of torch.optim.SGD.

        v_t = μ v_{t−1} + (1 − d) g_t          PyTorch, but v_1 = g_1; Optax, where d = 0
        x_t = x_{t−1} − η_t v_t

    With V_t = −η_t v_t that is, as Keras has it,

        V_t = (μ η_t/η_{t−1}) V_{t−1} − η_t (1 − d) g_t
        x_t = x_{t−1} + V_t

    learning_rate  a number, or a function of t, the number of the step from 1
    momentum       μ, in [0, 1)
    dampening      d, in [0, 1): 1 − d is the part of a new gradient, save the first, that counts
    Without dampening, and while the learning rate is constant, the two are equal as they are. The
    functions raise ValueError where η grows 1/μ times or more in one step, so that Keras's momentum
    would be 1: every linear warm-up doubles it at step 2, so with μ = 0.9 it would be 1.8. Keras's
    own SGD takes one number: for these give rules.momentum to descend, train or sweep.
    """
    number(momentum, "momentum")
    number(dampening, "dampening")
    if callable(learning_rate):
        check_function(learning_rate, "learning_rate", "t")
    else:
        number(learning_rate, "learning_rate")
    rate = learning_rate if callable(learning_rate) else lambda t: learning_rate

    def momentum_at(t):
        if t == 1:
            return momentum
        if not rate(t - 1) > 0:
            raise ValueError(
                f"The learning rate must be positive, not {rate(t - 1)} as at step {t - 1}."
            )
        now = momentum * rate(t) / rate(t - 1)
        if now >= 1:
            raise ValueError(
                f"The learning rate grows {rate(t) / rate(t - 1):.3g} times at step {t}: Keras's "
                f"momentum would be {now:.3g}, and must be less than 1. In one step it may grow "
                f"{1 / momentum:.3g} times: start it higher."
            )
        return now

    return {
        "learning_rate": lambda t: rate(t) * (1 - dampening if t > 1 else 1),
        "momentum": momentum_at,
    }


def epsilon_from_paper(epsilon, beta_2=0.999):
    """Keras's epsilon at step t, a function of t, for the epsilon of Algorithm 1.

        m̂/(√v̂ + ε) = (√(1 − β₂ᵗ)/(1 − β₁ᵗ)) m/(√v + ε̂)   with ε̂ = ε √(1 − β₂ᵗ)

    (Kingma and Ba, 2015, § 2, before § 2.1.) A Keras optimizer has one number for the whole
    run: after some 3 / (1 − β₂) steps ε̂ is ε but for 3 %.

    >>> round(epsilon_from_paper(0.1, beta_2=0.75)(1), 6)
    0.05
    """
    number(epsilon, "epsilon")
    number(beta_2, "beta_2")
    return lambda t: epsilon * (1 - beta_2**t) ** 0.5


def weight_decay_from_paper(weight_decay, learning_rate):
    """Keras's weight_decay for that of the AdamW paper (Loshchilov and Hutter, 2019, Algorithm 2).

        x ← x − s_t (α m̂/(√v̂ + ε) + λ x)        the paper: s_t is the schedule, α and λ are apart
        x ← x − η_t λ' x, then Adam's step        Keras, PyTorch and Optax: η_t = s_t α, λ' = λ/α

    learning_rate  α, a positive number: the one that the schedule multiplies
    """
    number(weight_decay, "weight_decay")
    number(learning_rate, "learning_rate")
    return weight_decay / learning_rate


def l2_from_pytorch(weight_decay):
    """The number for keras.regularizers.L2, for `weight_decay` of torch.optim.SGD, Adam and others.

        g ← g + λ x                     PyTorch, before all else: the gradient of (λ/2) ‖x‖²
        loss ← loss + l2 ‖x‖²           Keras, whose gradient is 2 l2 x: so l2 = λ/2

    PyTorch decays every parameter that the optimizer has; in Keras a layer's kernel_regularizer
    leaves its bias alone, which bias_regularizer takes. PyTorch's AdamW, Adafactor and
    Muon are decoupled, its Adam with decoupled_weight_decay=True too; and so is `weight_decay` of
    every Keras optimizer, SGD and Adam too.

    In sgd without momentum L2 is the decoupled decay x ← x − ηλx. With momentum λx goes through the
    velocity. In Adam the two differ whatever λ: g + λx is divided by its own root mean square
    (Loshchilov and Hutter, 2019, Proposition 2).
    """
    number(weight_decay, "weight_decay")
    return weight_decay / 2


def rms_rate_from_pytorch(inputs):
    """Keras's rms_rate for a run of torch.optim.Muon, of Jordan's or Optax's; η and λ stay.

        η √max(1, outputs/inputs) O          theirs; inputs and outputs are those of a dense layer
        η r √max(inputs, outputs) O          Keras (Liu and others, 2025): so r = 1/√inputs

    inputs  of the layer, a whole number: a Keras optimizer with one rms_rate does as they do only
            in matrices with as many
    PyTorch has Keras's length with adjust_lr_fn="match_rms_adamw", Optax with consistent_rms=0.2.
    The iteration that makes O runs in bfloat16 in PyTorch and in Jordan's code, so that two digits
    agree. Optax corrects m and g for the start at zero, m by the factor of the next step, so that g
    counts for more in its first steps.

    >>> rms_rate_from_pytorch(25)
    0.2
    """
    return count(inputs, "inputs", least=1) ** -0.5
