"""Each conversion run side by side with the other convention, which is written out here.

The last part holds each row to the library itself, where it is installed; CONTRIBUTING.md says how.
"""

import importlib.metadata
import inspect
import re
from contextlib import suppress

import numpy as np
import pytest

from adamlib import rules
from adamlib.conventions import (
    CONVENTIONS,
    epsilon_from_paper,
    l2_from_pytorch,
    momentum_from_pytorch,
    momentum_outside,
    rms_rate_from_pytorch,
    table,
    weight_decay_from_paper,
)
from adamlib.descent import descend
from adamlib.keras_check import OWN, equals_conventions, keras, tf
from adamlib.schedules import cosine, linear_warmup
from adamlib.surfaces import ravine
from adamlib.switches import with_weight_decay

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


def paper_lion(rate, decay):
    """Algorithm 2 of Chen and others (2023)."""
    x, m, path = START, 0, [START]
    for t in range(1, STEPS + 1):
        g = ravine.gradient(x)
        c = 0.9 * m + 0.1 * g
        x = x - rate(t) * (np.sign(c) + decay * x)
        m = 0.99 * m + 0.01 * g
        path.append(x)
    return np.array(path)


def test_lions_numbers_go_over_as_they_are():
    decayed = with_weight_decay(rules.lion)
    mine = in_keras(decayed, learning_rate=falling, weight_decay=2.0)
    assert np.allclose(mine, paper_lion(falling, 2.0), rtol=0, atol=1e-12)
    without = in_keras(rules.lion, learning_rate=falling)
    assert np.abs(without - mine).max() > 0.1


@pytest.mark.parametrize("shape", [(4, 2), (2, 4)])
def test_rms_rate_from_pytorch(shape):
    x, *gradients = np.random.default_rng(0).normal(size=(4, *shape))
    (inputs, outputs), theirs, m, state = shape, x, 0, []
    for t, g in enumerate(gradients, start=1):
        m = 0.95 * m + 0.05 * g  # torch.optim.Muon, _single_tensor_muon
        step = rules.orthogonalized(0.95 * m + 0.05 * g)
        theirs = theirs * (1 - 0.1 * 0.3) - 0.1 * max(1, outputs / inputs) ** 0.5 * step
        settings = dict(weight_decay=0.3, rms_rate=rms_rate_from_pytorch(inputs))
        x, *state = rules.muon(x, g, t, *state, learning_rate=0.1, **settings)
        assert np.allclose(x, theirs, rtol=0, atol=1e-6)  # beside the norm stands a small number


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
    assert [row.library for row in CONVENTIONS["lion"]] == ["Chen and others", "Keras", "Optax"]
    assert len({row.step for row in CONVENTIONS["lion"]}) == 1  # nothing to convert
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
        (lambda: rms_rate_from_pytorch(0), "inputs must be at least 1, not 0."),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# The rows' formulas, by their text, and the libraries themselves


def adam_of_paper(x, g, t, m=0, v=0, *, beta_2, epsilon, **others):
    epsilon = epsilon_from_paper(epsilon, beta_2)(t)
    return rules.adam(x, g, t, m, v, beta_2=beta_2, epsilon=epsilon, **others)


def adagrad_outside(x, g, t, s=None, *, learning_rate, epsilon, initial_accumulator_value):
    s = (initial_accumulator_value if s is None else s) + g**2
    return x - learning_rate * g / (np.sqrt(s) + epsilon), s


def adagrad_inside(x, g, t, s=None, *, initial_accumulator_value, **others):
    return rules.adagrad(x, g, t, initial_accumulator_value if s is None else s, **others)


def rmsprop_outside(x, g, t, v=0, *, learning_rate, rho, epsilon):
    v = rho * v + (1 - rho) * g**2
    return x - learning_rate * g / (np.sqrt(v) + epsilon), v


def muon_of_jordan(x, g, t, *state, **others):
    return rules.muon(x, g, t, *state, rms_rate=rms_rate_from_pytorch(len(x)), **others)


def muon_corrected(x, g, t, m=0, *, learning_rate, momentum, weight_decay, ns_steps):
    m = momentum * m + (1 - momentum) * g
    m_hat, g_hat = m / (1 - momentum ** (t + 1)), g / (1 - momentum**t)
    step = rules.orthogonalized(momentum * m_hat + (1 - momentum) * g_hat, ns_steps)
    inputs, outputs = x.shape
    return x - learning_rate * (max(1, outputs / inputs) ** 0.5 * step + weight_decay * x), m


FORMULAS = {
    "x ← x − η m̂/(√v̂ + ε)": adam_of_paper,
    "x ← x − η_t m/(√v + ε)": rules.adam,
    "v ← μ v + g, x ← x − η v": momentum_outside,
    "v ← μ v − η g, x ← x + v": rules.momentum,
    "x ← x − η g/(√s + ε)": adagrad_outside,
    "x ← x − η g/√(s + ε)": adagrad_inside,
    "x ← x − η g/(√v + ε)": rmsprop_outside,
    "x ← x − η g/√(v + ε)": rules.rmsprop,
    "x ← x − η g √(u + ε)/√(v + ε)": rules.adadelta,
    "x ← x − η (sign(β₁ m + (1 − β₁) g) + λ x)": with_weight_decay(rules.lion),
    "x ← x − η (r √max(inputs, outputs) orthogonalized(g + μ m) + λ x)": rules.muon,
    "x ← x − η (√max(1, outputs/inputs) orthogonalized(g + μ m) + λ x)": muon_of_jordan,
    "x ← x − η (√max(1, outputs/inputs) orthogonalized(μ m̂ + (1 − μ) ĝ) + λ x)": muon_corrected,
}
SETTINGS = {  # none is a default, and epsilon is large enough to tell where it stands
    "momentum": 0.9,
    "rho": 0.7,
    "beta_1": 0.8,
    "beta_2": 0.7,
    "epsilon": 0.1,
    "initial_accumulator_value": 0.2,
    "weight_decay": 0.3,
    "ns_steps": 4,
    "rms_rate": 0.4,
}
CALLED = {  # where it is not Keras's name
    "Keras": {},
    "PyTorch": {"learning_rate": "lr", "beta_1": "b1", "beta_2": "b2", "epsilon": "eps"},
    "Optax": {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"},
    ("PyTorch", "rmsprop"): {"rho": "alpha"},
    ("Optax", "rmsprop"): {"rho": "decay"},
    ("Optax", "muon"): {"momentum": "beta"},
}
BOUNDS = {
    "Keras": 1e-5,  # float32
    ("PyTorch", "muon"): 0.01,  # bfloat16
    ("Optax", "muon"): 1e-6,  # another small number beside the norm
}
RNG = np.random.default_rng(0)
RUNS = [RNG.normal(size=(11, *shape)) for shape in ((4, 2), (2, 4))]  # a start, ten gradients


def rate(t):
    return 0.1 if t <= 5 else 0.02


def by_formula(library, name, run, settings):
    """The path by the text of the library's row."""
    (text,) = (row.step for row in CONVENTIONS[name] if row.library == library)
    if text == "x ← x − η λ x, then Adam's step":
        (text,) = (row.step for row in CONVENTIONS["adam"] if row.library == library)
    else:
        name = ""
    x, *gradients = run
    state, path = [], []
    for t, g in enumerate(gradients, start=1):
        now = settings | {"learning_rate": rate(t)}
        if name == "adamw":
            x = x - rate(t) * now.pop("weight_decay") * x
        x, *state = FORMULAS[text](x, g, t, *state, **now)
        path.append(x)
    return path


def of_keras():
    def steps(optimizer, run, settings):
        optimizer = optimizer(**settings)
        x = keras.Variable(run[0], dtype="float32")
        for t, g in enumerate(run[1:], start=1):
            optimizer.learning_rate = rate(t)
            optimizer.apply([tf.constant(g, "float32")], [x])
            yield x.numpy()

    return lambda name: getattr(keras.optimizers, OWN[name][0]), steps


def of_pytorch():
    torch = pytest.importorskip("torch")

    def steps(optimizer, run, settings):
        if "b1" in settings:
            settings["betas"] = settings.pop("b1"), settings.pop("b2")
        x = torch.nn.Parameter(torch.tensor(run[0].T))  # its matrices are outputs × inputs
        optimizer = optimizer([x], **settings)
        for t, g in enumerate(run[1:], start=1):
            optimizer.param_groups[0]["lr"] = rate(t)
            x.grad = torch.tensor(g.T)
            optimizer.step()
            yield x.detach().numpy().T.copy()

    return lambda name: getattr(torch.optim, OWN[name][0], None), steps


def of_optax():
    optax = pytest.importorskip("optax")
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)

    def steps(optimizer, run, settings):
        optimizer = optimizer(lambda count: rate(count + 1), **settings)
        x = jax.numpy.array(run[0])
        state = optimizer.init(x)
        for g in run[1:]:
            step, state = optimizer.update(jax.numpy.array(g), state, x)
            x = optax.apply_updates(x, step)
            yield np.array(x)

    def named(name):
        name = {"momentum": "sgd"}.get(name, name)
        return getattr(optax, name, None) or getattr(optax.contrib, name, None)

    return named, steps


LIBRARIES = {"Keras": of_keras, "PyTorch": of_pytorch, "Optax": of_optax}


def versioned(library):
    package = {"PyTorch": "torch"}.get(library, library.lower())
    with suppress(importlib.metadata.PackageNotFoundError):
        return f"{library} {importlib.metadata.version(package)}"


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("library", LIBRARIES, ids=versioned)
def test_rows_have_the_defaults_and_formulas_of_the_installed_libraries(library, name):
    named, steps = LIBRARIES[library]()
    optimizer = named(name)
    rows = {row.library: row for row in CONVENTIONS[name]}
    if library not in rows:
        assert optimizer is None, f"{library} has {name} now: give it a row."
        return
    theirs = {n: p.default for n, p in inspect.signature(optimizer).parameters.items()}
    if "betas" in theirs:
        theirs["b1"], theirs["b2"] = theirs["betas"]
    called = CALLED[library] | CALLED.get((library, name), {})
    knobs = {"learning_rate", *(knob for row in rows.values() for knob in row.defaults)}
    called = {knob: called.get(knob, knob) for knob in knobs if called.get(knob, knob) in theirs}
    defaults = {knob: theirs[other] for knob, other in called.items()}
    assert rows[library].defaults == {k: v for k, v in defaults.items() if type(v) in (int, float)}
    settings = {knob: SETTINGS[knob] for knob in called if knob != "learning_rate"}
    bound = BOUNDS.get((library, name), BOUNDS.get(library, 1e-12))
    for run in RUNS:
        path = steps(optimizer, run, {called[knob]: value for knob, value in settings.items()})
        ours = by_formula(library, name, run, settings)
        np.testing.assert_allclose(ours, list(path), rtol=0, atol=bound)
