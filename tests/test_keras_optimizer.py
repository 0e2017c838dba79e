"""A rule inside model.fit: it equals Keras's own optimizer, and its mistakes get one sentence."""

import re
import subprocess
import sys

import numpy as np
import pytest

from adamlib import rules
from adamlib.descent import train
from adamlib.inputs import state_defaults
from adamlib.keras_check import OWN, keras, largest_difference, tf, train_network
from adamlib.keras_optimizer import TensorAsArray, as_keras
from adamlib.models import MLP

# TensorFlow 2.21's variables and NumPy 2.4, as Keras 3.15 brings them together when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

rng = np.random.default_rng(0)
IMAGES = rng.standard_normal((96, 6, 6, 1)).astype(np.float32)
LABELS = rng.integers(0, 5, 96)
MODES = {
    "eager": {"run_eagerly": True},
    "graph": {"jit_compile": False},
    "jit": {"jit_compile": True},
}
schedules = keras.optimizers.schedules


def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """As a learner writes it, with NumPy's functions."""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * np.square(g)
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    epsilon = epsilon / np.sqrt(1 - beta_2**t)
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def network(optimizer, **mode):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Conv2D(3, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(5),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, **mode)
    return model


def fit(model, epochs=1, **how):
    model.fit(IMAGES, LABELS, 16, epochs, verbose=0, shuffle=False, **how)
    return model


def assert_same_weights(a, b, start, bound=1e-5):
    """Equal to a share of the farthest move of each array of weights."""
    for ours, theirs, first in zip(*(m.get_weights() for m in (a, b, start)), strict=True):
        moved = np.abs(theirs - first).max()
        assert moved > 0
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=bound * moved + 3e-7)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *((name, "graph") for name in [*OWN, "a learner's adam"] if name != "ftrl"),
        *((name, mode) for name in ("nadam", "a learner's adam") for mode in ("eager", "jit")),
    ],
)
def test_a_wrapped_rule_trains_to_the_weights_of_keras_s_own_optimizer(name, mode):
    optimizer, settings = OWN.get(name, ("Adam", {}))
    rate = 3.0 if name == "adadelta" else 0.01
    ours = network(as_keras(getattr(rules, name, adam), rate), **MODES[mode])
    theirs = network(getattr(keras.optimizers, optimizer)(rate, **settings), **MODES[mode])
    theirs.optimizer.build(theirs.trainable_variables)  # else ScheduleFreeAdamW begins at 0
    assert_same_weights(fit(ours), fit(theirs), network("sgd"))
    assert ours.optimizer.diverged == ""


def test_without_a_learning_rate_it_is_the_rule_s_own():
    assert np.isclose(float(as_keras(rules.sgd).learning_rate), 0.01)
    assert np.isclose(float(as_keras(rules.sgd, 1).learning_rate), 1)


def test_hyperparameters_reach_the_rule():
    settings = {"learning_rate": 0.02, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}
    ours, theirs = as_keras(adam, **settings), keras.optimizers.Adam(**settings)
    assert_same_weights(fit(network(ours)), fit(network(theirs)), network("sgd"))


def test_weight_decay_is_the_rule_s_and_not_done_twice():
    settings = {"learning_rate": 0.01, "weight_decay": 0.5}
    ours, theirs = as_keras(rules.adamw, **settings), keras.optimizers.AdamW(**settings)
    assert_same_weights(fit(network(ours)), fit(network(theirs)), network("sgd"))


def test_it_follows_a_schedule_of_keras():
    optimizers = [
        make(schedules.ExponentialDecay(0.05, 2, 0.5))
        for make in (lambda rate: as_keras(adam, rate), keras.optimizers.Adam)
    ]
    ours, theirs = (fit(network(o)) for o in optimizers)
    assert_same_weights(ours, theirs, network("sgd"))
    assert float(ours.optimizer.learning_rate) < 0.01


def test_a_callback_can_set_the_learning_rate():
    def halve(epoch, rate):
        return rate / 2

    ours, theirs = (
        fit(network(o), epochs=3, callbacks=[keras.callbacks.LearningRateScheduler(halve)])
        for o in (as_keras(adam, 0.04), keras.optimizers.Adam(0.04))
    )
    assert_same_weights(ours, theirs, network("sgd"))
    assert np.isclose(float(ours.optimizer.learning_rate), 0.005)


def test_in_float64_it_is_descent_s_train():
    model, data = MLP((36, 8, 5)), (IMAGES.reshape(96, 36).astype(float), LABELS)
    start = model.initial(np.random.default_rng(0), np.float64)
    for rule in (rules.adam, rules.momentum, rules.adagrad, adam):
        how = [{"batch_size": 16, "rng": np.random.default_rng(1)} for _ in range(2)]
        ours = train(rule, model.loss_and_gradient, start, data, learning_rate=0.003, **how[0])
        with keras.utils.custom_object_scope({"adam": adam} if rule is adam else {}):
            theirs = train_network(as_keras(rule, 0.003), start, data, **how[1])
        assert largest_difference(ours.params, theirs.params) < 1e-9


def test_a_state_has_its_parameter_s_shape_or_is_one_number():
    optimizer = as_keras(rules.nadam)
    optimizer.build([keras.Variable(np.zeros((2, 3))), keras.Variable(np.zeros(4))])
    states = {v.name: v for v in optimizer.variables}
    shapes = [v.shape for v in optimizer.variables][2:-2]
    assert shapes == [(2, 3), (4,), (2, 3), (4,), (), ()]
    starts = {float(v.numpy().max()) for k, v in states.items() if k.endswith("mu_product")}
    assert starts == {1.0}
    optimizer = as_keras(rules.adagrad)
    optimizer.build([keras.Variable(np.zeros((2, 3)))])
    assert (optimizer.variables[2].numpy() == np.float32(0.1)).all()


def test_sparse_gradients_of_one_row_are_added_before_they_are_squared():
    sparse = tf.IndexedSlices(tf.constant([[1.0], [3.0]]), tf.constant([0, 0]), tf.constant([2, 1]))

    def second_moment(optimizer, gradient):
        optimizer.apply([gradient], [keras.Variable(np.zeros((2, 1)), dtype="float32")])
        return optimizer.variables[3].numpy().ravel()

    right = second_moment(keras.optimizers.Adam(), tf.convert_to_tensor(sparse))
    np.testing.assert_allclose(second_moment(as_keras(adam), sparse), right)
    assert right[0] == pytest.approx(0.016, rel=1e-5)
    # If this one fails, Keras has mended it: then the comment in keras_optimizer.py goes too.
    assert second_moment(keras.optimizers.Adam(), sparse)[0] == pytest.approx(0.01, rel=1e-5)


# Saving and loading


@pytest.mark.parametrize(
    ("rule", "rate"), [(rules.nadam, 0.01), (adam, schedules.CosineDecay(0.05, 12))]
)
def test_a_saved_model_goes_on_as_if_it_had_not_been_saved(rule, rate, tmp_path):
    settings = {"beta_1": 0.8}
    whole = fit(network(as_keras(rule, rate, **settings)), epochs=2)
    half = fit(network(as_keras(rule, rate, **settings)))
    half.save(tmp_path / "half.keras")
    own = {"custom_objects": {"adam": adam}} if rule is adam else {}
    loaded = keras.models.load_model(tmp_path / "half.keras", **own)
    assert loaded.optimizer.rule is rule
    assert_same_weights(fit(loaded), whole, network("sgd"), bound=1e-6)


def test_what_was_a_default_is_saved_too(tmp_path, monkeypatch):
    fit(network(as_keras(rules.momentum))).save(tmp_path / "m.keras")
    monkeypatch.setitem(rules.momentum.__kwdefaults__, "momentum", 0.1)
    loaded = keras.models.load_model(tmp_path / "m.keras")
    assert loaded.optimizer.hyperparameters["momentum"] == 0.9


def test_a_rule_of_one_s_own_must_be_given_again(tmp_path):
    path = tmp_path / "model.keras"
    fit(network(as_keras(adam))).save(path)
    with pytest.raises(ValueError, match="by a rule of your own, adam, .*custom_objects=.*adam"):
        keras.models.load_model(path)
    assert keras.models.load_model(path, compile=False).count_params() > 0


def unfinished(x, g, t, m=0, v=0, *, learning_rate=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return x - learning_rate * g, m, g


def without_beta_2(x, g, t, m=0, v=0, *, learning_rate=0.1, beta_1=0.9, epsilon=1e-7):
    return x - learning_rate * g, g, g


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (unfinished, r"adam has the states m \(one number\), v, not m, v; give the adam that"),
        (without_beta_2, "no hyperparameter beta_2: did you mean beta_1.* give the adam that"),
        ("adam", "as_keras takes a rule .*, not 'adam'; give the adam that trained"),
        (keras.optimizers.Adam(), "takes a rule .*, not <keras.* give the adam that trained"),
    ],
)
def test_another_rule_than_the_one_that_trained_is_told_in_one_sentence(rule, words, tmp_path):
    path = tmp_path / "model.keras"
    fit(network(as_keras(adam))).save(path)
    if callable(rule):
        rule.__name__ = "adam"  # as where a learner has defined it anew
    load = keras.models.load_model
    said = one_sentence(lambda: load(path, custom_objects={"adam": rule}))
    assert re.search(words, said), said


def test_a_model_of_adamlib_s_rule_loads_in_another_process(tmp_path):
    path = tmp_path / "model.keras"
    fit(network(as_keras(rules.adam))).save(path)
    code = (
        "from adamlib.keras_optimizer import keras\n"
        f"print(keras.models.load_model({str(path)!r}).optimizer.rule.__module__)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "adamlib.rules"


# What learners write, and what they get wrong


def ways(x, g, t, s=1, *, learning_rate=0.01):
    """NumPy in many ways."""
    s = np.maximum(np.minimum(0.9 * s + 0.1 * np.abs(g), 5), np.full_like(s, 1e-3))
    step = np.where(t == 1, np.sign(g), np.clip(g, -1, 1)) / (np.float64(1) + s)
    step += np.zeros(x.shape, np.float32) + np.zeros_like(x)
    np.multiply(step, 2, out=step)
    step = step * (abs(g) > 0) * np.exp(-(s**2)) / np.sqrt(np.mean(np.square(g)) + 1)
    return x - learning_rate * step, s


def test_numpy_s_functions_work_on_tensors():
    ours = fit(network(as_keras(ways), **MODES["jit"]))
    graph = fit(network(as_keras(ways)))
    eager = fit(network(as_keras(ways), **MODES["eager"]))
    assert_same_weights(ours, graph, network("sgd"), bound=1e-4)
    assert_same_weights(graph, eager, network("sgd"), bound=1e-4)


def test_python_s_and_numpy_s_numbers_keep_a_tensor_s_precision():
    x = TensorAsArray(keras.ops.ones(3))
    for result in (np.float64(0.1) * x, 0.1 * x, x ** np.sqrt(0.5), np.pi - x):
        assert result.tensor.dtype == "float32"


def test_a_tensor_is_turned_as_an_array_is():
    rows = TensorAsArray(keras.ops.ones((2, 3)))
    assert rows.T.shape == (3, 2) and (rows.T @ rows).shape == (3, 3)


def one_sentence(call):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    words = str(caught.value)
    assert "\n" not in words and len(words) < 450 and "TensorAsArray" not in words
    return words


def with_if(x, g, t, v=0, *, learning_rate=0.01):
    if t == 1:
        v = g
    return x - learning_rate * v, v


def with_float(x, g, t, *, learning_rate=0.01):
    import math

    return (x - learning_rate / math.sqrt(t) * g,)


def with_int(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate / int(t) * g,)


def with_method(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * g / abs(g).max(),)


def with_max(x, g, t, m=0, *, learning_rate=0.01):
    return x - learning_rate * g, max(m, abs(g))


def with_tf(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * g / (tf.sqrt(g**2) + 1),)


def with_float64(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * np.float64(g),)


def with_typo(x, g, t, *, learning_rate=0.01):
    return (x - learnin_rate * g,)  # noqa: F821


def with_rows(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * g / (1 + np.sum(g**2, axis=1, keepdims=True)),)


def with_matrix_norm(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * g / (1 + np.linalg.norm(g, 2)),)


def with_asarray(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * np.asarray(g),)


def with_sort(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * np.nan_to_num(np.unwrap(g)),)


def with_index(x, g, t, *, learning_rate=0.01):
    g = g + 0
    g[g > 1] = 1
    return (x - learning_rate * g,)


def with_two(x, g, t, v=0, *, learning_rate=0.01):
    return (x - learning_rate * g,)


def with_none(x, g, t, v=0, *, learning_rate=0.01):
    x = x - learning_rate * g


def with_mean(x, g, t, *, learning_rate=0.01):
    return (np.mean(x - learning_rate * g),)


def with_column(x, g, t, v=0, *, learning_rate=0.01):
    return x - learning_rate * g, g[:, :1] * np.ones((2, 5))


def with_in_place(x, g, t, *, learning_rate=0.01):
    x -= learning_rate * g
    return (x,)


def with_state_in_place(x, g, t, m=0, *, learning_rate=0.01):
    m *= 0.9
    m = m + g
    return x - learning_rate * m, m


def without_epsilon(x, g, t, v=0, *, learning_rate=0.01):
    v = 0.9 * v + 0.1 * g**2
    return x - learning_rate * g / np.sqrt(v), v


def with_exp(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * np.exp(np.exp(np.abs(g))),)


def with_m_first(x, g, t, m=0, *, learning_rate=0.01):
    m = 0.9 * m + 0.1 * g
    return m, x - learning_rate * m


def with_noise(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * (g + np.random.default_rng().standard_normal(g.shape)),)


def with_no_rate(x, g, t, *, rate=0.01):
    return (x - rate * g,)


def without_t(x, g, *, learning_rate=0.01):
    return (x - learning_rate * g,)


def with_v_for_t(x, g, v=0, *, learning_rate=0.01):
    return x - learning_rate * g, g


def with_no_start(x, g, t, v=None, *, learning_rate=0.01):
    return x - learning_rate * g, g


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (with_if, r"with_if fails on Keras's tensors: .* need a truth .*if t == 1:`; .*np.where"),
        (with_float, r"with_float .*tensors: .*real number, not tensor, .*math.sqrt\(t\).*np.sqrt"),
        (with_int, r"with_int .*in its line `.*`; a tensor calculates as it is: leave int\(\)"),
        (with_method, r"with_method .*'tensor' .* no attribute 'max', .*; write .*np.max\(a\)"),
        (with_max, r"with_max fails on NumPy's arrays: .*, in its line `return x.*np.maximum"),
        (with_tf, "with_tf .*functions that are not NumPy's need numbers.*; write .*np.sqrt"),
        (with_float64, "with_float64 fails .* np.float64, .* need numbers at once.*`return"),
        (with_typo, "with_typo fails .* name 'learnin_rate' is not defined, in its line `[^`]*`$"),
        (
            with_rows,
            r"arrays of shape \(6,\): AxisError.*np.sum.*`; a network has .*g.ndim == 2:`$",
        ),
        (with_matrix_norm, r"of shape \(1, 1, 2, 3\): .* dimensions to norm, in its line `return"),
        (with_asarray, "with_asarray .*np.asarray.* need numbers"),
        (with_sort, "with_sort .*np.unwrap has no twin in keras.ops"),
        (with_index, r"with_index .*item assignment.*g\[g > 1\] = 1"),
        (with_two, r"with_two must return a tuple, \(x, v\), but gave 1 values"),
        (with_none, r"with_none must return a tuple, \(x, v\), but gave NoneType"),
        (with_mean, r"with_mean must return \(x,?\), each of x's shape \(2, 3\), but value 1 has"),
        (
            with_column,
            r"with_column must return \(x, v\), each of x's shape .*value 2 has shape \(2, 5\)",
        ),
        (with_in_place, "with_in_place writes into .* in its line `x -= learning_rate .* g`: make"),
        (with_state_in_place, r"writes into an array .*, in its line `m \*= 0.9`: make a new one"),
        (without_epsilon, r"without_epsilon makes x nan at step 1 where g is 0: a network"),
        (with_exp, "with_exp makes x -inf at step 1 where g is 50"),
        (with_m_first, "with_m_first makes x 0 where g is 0, .* new x, and after it the states"),
        (with_noise, "with_noise makes another x of tensors than .* nothing but its arguments"),
        (
            with_no_rate,
            r"needs the hyperparameter learning_rate, as in def with_no_rate\(x, g, t, ",
        ),
        (without_t, "without_t's first arguments must be x, g, t, .* as in def without_t"),
        (with_v_for_t, "with_v_for_t's first arguments must be x, g, t, without defaults"),
        (with_no_start, "with_no_start's state v starts at None: it must start at a finite number"),
        (lambda x, g, t: (x,), "as_keras takes a rule that def has given a name, not <function"),
        ("adam", "as_keras takes a rule that def has given a name, not 'adam'"),
        (keras.optimizers.Adam, "model.compile takes Keras's own as they are"),
    ],
)
def test_a_rule_s_mistake_is_told_in_one_sentence(rule, words):
    said = one_sentence(lambda: as_keras(rule))
    assert re.search(words, said), said


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"learning_rate": lambda t: 0.1}, "learning_rate must be a number or one of keras.opt"),
        ({"learning_rate": "fast"}, "learning_rate must be a positive number"),
        ({"learning_rate": -1.0}, "learning_rate must be a positive number"),
        ({"beta_1": 1.5}, r"beta_1 must be in \[0, 1\)"),
        ({"beta_1": np.array([0.1, 0.2])}, "beta_1 must be one number in Keras"),
        ({"beta_1": lambda t: 0.5}, "beta_1 must be one number in Keras"),
        ({"beta1": 0.5}, "no hyperparameter beta1: did you mean beta_1"),
        ({"m": 0.5}, "takes m as a state"),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(settings, words):
    assert re.search(words, one_sentence(lambda: as_keras(adam, **settings)))


def by_pairs(x, g, t, *, learning_rate=0.01):
    """Not for an odd number of weights."""
    return (x - learning_rate * np.reshape(np.reshape(g, (-1, 2)), x.shape),)


@pytest.mark.parametrize("mode", MODES)
def test_what_first_fails_on_a_network_s_own_shapes_is_told_too(mode):
    model = network(as_keras(by_pairs), **MODES[mode])
    said = one_sentence(lambda: fit(model))
    words = r"by_pairs fails on Keras's tensors of shape \(3, 3, 1, 3\): .*\b27\b.*`; a network"
    assert re.search(words, said) and not re.search(r"\{\{|\[Op", said), said


def by_rows(x, g, t, *, learning_rate=0.01):
    """It fails on some matrices only."""
    return (x - learning_rate * (g.dot(g.T) @ g if len(g.shape) == 2 and g.shape[0] > 2 else g),)


def test_what_fails_on_a_matrix_of_another_shape_is_not_blamed_on_biases():
    said = one_sentence(lambda: fit(network(as_keras(by_rows))))
    assert "attribute 'dot'" in said and "a @ b for a.dot(b)" in said and "biases" not in said


def by_shape(x, g, t, m=0, *, learning_rate=0.01):
    """A matrix has an orthogonal step, and no state."""
    if g.ndim == 2:
        u, _, v = np.linalg.svd(g, full_matrices=False)
        return x - learning_rate * np.matmul(u, v), m
    m = 0.9 * m + g / np.linalg.norm(g)
    return x - learning_rate * m, m


def test_a_rule_may_look_at_the_shape():
    model = fit(network(as_keras(by_shape), **MODES["graph"]))
    assert model.optimizer.diverged == ""
    assert [v.shape for v in model.optimizer.variables[2:-2]] == [v.shape for v in model.weights]


def late_nan(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * np.where(t == 5, np.sqrt(-1 - np.abs(g)), g),)


@pytest.mark.parametrize("mode", MODES)
def test_a_nan_in_training_is_told_when_fit_ends(mode, capsys):
    model = fit(network(as_keras(late_nan, 0.25), **MODES[mode]), epochs=2)
    words = capsys.readouterr().out
    assert words == model.optimizer.diverged + "\n"
    assert words.startswith("late_nan diverged at step 5 (learning_rate=0.25): ")
    assert "out of a gradient that is" in words


def test_too_large_a_learning_rate_is_told_apart_and_can_end_the_training(capsys):
    rate = schedules.ExponentialDecay(1e30, 100, 0.5)
    model = network(as_keras(rules.sgd, rate))
    fit(model, epochs=3, callbacks=[keras.callbacks.TerminateOnNaN()])
    words = capsys.readouterr().out.splitlines()[-1]
    assert words == model.optimizer.diverged
    assert words.startswith("sgd diverged at step 2 (learning_rate=9.93")
    assert "the gradient was not finite" in words
    assert "or the loss is not finite" in words
    assert int(model.optimizer.iterations) < 18


def test_a_training_that_is_finite_says_nothing(capsys):
    model = fit(network(as_keras(adam)))
    assert capsys.readouterr().out == model.optimizer.diverged == as_keras(adam).diverged == ""


@pytest.mark.parametrize("jit", [False, True], ids=["graph", "jit"])
@pytest.mark.parametrize("name", [name for name in rules.RULES if name != "ftrl"])
def test_a_rule_does_on_tensors_what_it_does_on_arrays(name, jit):
    rule = getattr(rules, name)
    rng = np.random.default_rng(0)
    x = rng.standard_normal(50).astype(np.float32)
    gradients = (rng.standard_normal((20, 50)) * 10.0 ** rng.uniform(-4, 1, 50)).astype(np.float32)
    variable, optimizer = keras.Variable(x), as_keras(rule)
    optimizer.build([variable])
    step = tf.function(lambda g: optimizer.apply([g], [variable]), jit_compile=jit)
    state = list(state_defaults(rule).values())
    for t, g in enumerate(gradients, start=1):
        step(tf.constant(g))
        x, *state = rule(x, g, t, *state)
    np.testing.assert_allclose(variable.numpy(), x, rtol=2e-3, atol=1e-6)


def test_ftrl_which_forgets_the_weights_is_refused():
    with pytest.raises(ValueError, match="ftrl makes x 0 where g is 0, whatever x was"):
        as_keras(rules.ftrl)


def test_a_state_of_rows_is_as_small_in_keras():
    """Adafactor's rows and columns; Muon has no v for a matrix."""
    matrix, vector = keras.Variable(np.ones((20, 30))), keras.Variable(np.ones(7))
    for rule, shapes in [
        (rules.adafactor, [[(20, 1), (1, 30), (20, 30)], [(), (), (7,)]]),
        (rules.muon, [[(20, 30), ()], [(7,), (7,)]]),
    ]:
        optimizer = as_keras(rule)
        optimizer.build([matrix, vector])
        assert [[tuple(s.shape) for s in states] for states in optimizer._states] == shapes
