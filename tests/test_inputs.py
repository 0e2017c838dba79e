"""What learners type by mistake: each gets a result or one sentence, whatever function it meets."""

import contextlib
import dataclasses
import io
import linecache
import re
import traceback
import warnings
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adamlib import (
    averages,
    conventions,
    datasets,
    descent,
    experiments,
    explorers,
    keras_check,
    keras_optimizer,
    models,
    plots,
    practice,
    rules,
    schedules,
    surfaces,
)
from adamlib.datasets import mnist
from adamlib.experiments import jobs, vae

# what learners type


def double(x):
    return 2 * x


def model_loss(params, batch):
    return float(np.mean(batch[0])), [np.ones_like(p) for p in params]


def of_nothing():
    return 0.1


def nothing(*arguments, **settings):
    return None


def same(x, *others):
    return x


def raises(*arguments):
    raise LookupError("the learner's own")


def no_star(x, g, t, lr=0.1):
    return (x - lr * g,)


def no_default(x, g, t, v, *, learning_rate=0.1):
    return x - learning_rate * g, v


def starts_at_none(x, g, t, v=None, *, learning_rate=0.1):
    return x - learning_rate * g, v


def starts_at_nan(x, g, t, v=np.nan, *, learning_rate=0.1):
    return x - learning_rate * g, v


def starts_at_words(x, g, t, v="0", *, learning_rate=0.1):
    return x - learning_rate * g, v


def starts_at_a_function(x, g, t, v=len, *, learning_rate=0.1):
    return x - learning_rate * g, v


def complex_x(x, g, t, *, learning_rate=0.1):
    return (x - 1j * learning_rate * g,)


def complex_later(x, g, t, v=0, *, learning_rate=0.1):
    return x - learning_rate * g, v + 1j * (t > 1)


def gives_none(x, g, t, v=0, *, learning_rate=0.1):
    return x - learning_rate * g, None


def gives_words(x, g, t, *, learning_rate=0.1):
    return ("x",)


def gives_ragged(x, g, t, *, learning_rate=0.1):
    return ([[1.0], [1.0, 2.0]],)


def gives_array(x, g, t, *, learning_rate=0.1):
    return x - learning_rate * g


def gives_list(x, g, t, v=0, *, learning_rate=0.1):
    return [(x - learning_rate * g).tolist(), np.asarray(v + g).tolist()]


def gives_infinity(x, g, t, *, learning_rate=0.1):
    return (x * np.inf,)


def needs_rate(x, g, t, *, learning_rate):
    return (x - learning_rate * g,)


def stub(x, g, t, *, learning_rate=0.1): ...


def itself(x, g, t, *, learning_rate=0.1):
    return itself(x, g, t)


def writes(x, g, t, *, learning_rate=0.1):
    x -= learning_rate * g
    return (x,)


def right(x, g, t, *, learning_rate=0.1):
    return (x - learning_rate * g,)


RULES = [
    right,
    no_star,
    no_default,
    starts_at_none,
    starts_at_nan,
    starts_at_words,
    starts_at_a_function,
    complex_x,
    complex_later,
    gives_none,
    gives_words,
    gives_ragged,
    gives_array,
    gives_list,
    gives_infinity,
    needs_rate,
    stub,
    itself,
    writes,
]
FUNCTIONS = [double, model_loss, of_nothing, nothing, same, raises, print, models.MLP]
POINT, RNG = np.array([1.0, 2.0]), np.random.default_rng(0)
IMAGES, LABELS = np.eye(4, dtype=np.float32), np.array([0, 1, 1, 0])
DATA = datasets.Dataset((IMAGES, LABELS), (IMAGES, LABELS))
MODEL = models.LogisticRegression(4, 2)
NETWORK = models.MLP((4, 3, 2))
SMALL = vae.VAE(4, 3, 2)
TASK = experiments.Task(MODEL, lambda rng: MODEL.initial(), DATA.train, DATA.test, batch_size=2)
RUN = descent.Descent(np.ones((3, 2)), np.ones((2, 2)), {"v": np.ones((2, 2))}, "")
DIVERGED = descent.Descent(np.ones((1, 2)), np.empty((0, 2)), {"v": np.empty((0, 2))}, "it did")
TRAINED = descent.Training([POINT], np.ones(3), "")
RIGHT = {"sgd": np.ones((3, 2))}
ODD = [
    *(None, ..., True, -1, 0, 1, 3, 2.5, 0.1, -0.5, np.nan, np.inf, 1e300, 10**9, 10**400, 1j),
    *("", "sgd", "0.1", "two\nlines", b"x", [], [0.1], [1, 2], ["a"], [[1], [1, 2]], [None], ()),
    *((1, 33), ("learning_rate", 0.1), ("learning_rate", [0.1, 0.2]), ("loss", 0.1), ("loss", "a")),
    *(
        {},
        {"a": 1},
        {"a": [1.0, 2.0]},
        {1: [1.0]},
        {"sgd": RUN},
        {"sgd": DIVERGED},
        set(),
        object(),
    ),
    *({"sgd": []}, {"sgd": [np.nan, np.nan]}, {"sgd": np.full((3, 2), np.nan)}, {rules.sgd: {}}),
    *({rules.sgd: {"lr": 1}}, {rules.sgd: 0.1}, [rules.sgd, rules.adam], ["sgd"], RIGHT, range(3)),
    *(np.array([]), np.array([np.nan] * 2), np.ones((2, 2)), np.array(["a"]), np.array([None, 1])),
    *(np.array([1, 2]), np.array([1 + 1j, 2]), np.float32(0.1), np.int64(3), np.ones((2, 3, 4))),
    *(RNG, np.random, np, DATA, DATA.train, RUN, DIVERGED, TRAINED, MODEL, NETWORK, SMALL),
    *(surfaces.ravine, surfaces.cubic, surfaces.ravine.gradient, *FUNCTIONS, *RULES),
]
TYPOS = ["lr", "eta", "alpha", "beta1", "decay", "weight_deacy", "momentun", "step", "title_", "x_"]

# the public functions: how each is called, what a right call has, and how many are tried

RATE, HOW = {"learning_rate": 0.1}, {"epochs": 2, "batch_size": 2, "rng": RNG}
LEARN = {"loss_and_gradient": MODEL.loss_and_gradient, "params": MODEL.initial()}
PARAMS = NETWORK.initial(RNG)
STEP = {"gradient": double, "x": POINT, "steps": 3}
ADAM = {"rule": rules.adam, "beta_1": 0.9, "epsilon": 1e-7}
AXES = {"x": ("learning_rate", [0.1, 0.2]), "y": ("momentum", [0.5, 0.9])}
GRID = {"learning_rate": np.array([0.1, 0.2])}
COMPARED = {"methods": {"sgd": lambda rate, seed: TRAINED}, "rates": [0.1, 0.2]}
TUNED = {
    "train_at": lambda method, rate, seed: 1,
    "rates": {"sgd": [0.1]},
    "seeds": [0],
    "done": {},
}
FEW = dataclasses.replace(experiments.digits(), part=tuple(a[:200] for a in mnist().train))
ON_TASK = {"task": FEW, "rates": [0.1], "seeds": [0]}
DRAWN = {"model": MODEL, "params": MODEL.initial(), "data": DATA.train, "sizes": [1], "rng": RNG}
IN_STACK = {"params": SMALL.initial(RNG), "data": (IMAGES,)}


def stack_loss(params, batch):
    return SMALL.loss_and_gradient(params, batch, RNG)


def train_network(optimizer, **given):
    """With an optimizer of its own, since one can be built only once."""
    if isinstance(optimizer, keras_check.keras.optimizers.Optimizer):
        optimizer = keras_check.keras.optimizers.SGD()
    return keras_check.train_network(optimizer, **given)


def starred(function, *names):
    """The function, its positional arguments by name, the last a sequence of some."""

    def call(**given):
        *first, last = (given.pop(name) for name in names)
        return function(*first, *(last if isinstance(last, list | tuple) else [last]), **given)

    return call


CALLS = {
    "descend": (descent.descend, STEP | RATE | {"rule": rules.sgd}, 150),
    "descend adam": (descent.descend, STEP | RATE | ADAM, 100),
    "given": (lambda gradients: descent.given(gradients)(1.0), {"gradients": [1.0]}, 60),
    "steps_of": (descent.steps_of, {"gradients": [1.0, 2.0]} | ADAM, 80),
    "sweep": (descent.sweep, STEP | GRID | {"rule": rules.momentum}, 150),
    "train": (descent.train, LEARN | HOW | RATE | {"rule": rules.sgd, "data": DATA.train}, 120),
    "iterations": (descent.iterations, {"data": DATA.train, "epochs": 2, "batch_size": 2}, 60),
    "batches": (
        lambda **given: list(descent.batches(**given)),
        {"data": DATA.train, "batch_size": 2, "rng": RNG},
        60,
    ),
    "new_average": (partial(averages.new_average, 1.0, 2.0), {"beta": 0.9}, 40),
    "exponential_average": (averages.exponential_average, {"values": POINT, "beta": 0.9}, 80),
    "inverse_sqrt": (schedules.inverse_sqrt, RATE, 40),
    "linear_warmup": (schedules.linear_warmup, RATE | {"warmup": 5}, 40),
    "cosine": (schedules.cosine, RATE | {"steps": 9, "warmup": 2}, 60),
    "momentum_from_pytorch": (conventions.momentum_from_pytorch, RATE | {"momentum": 0.9}, 60),
    "epsilon_from_paper": (conventions.epsilon_from_paper, {"epsilon": 0.1, "beta_2": 0.9}, 60),
    "weight_decay_from_paper": (
        conventions.weight_decay_from_paper,
        RATE | {"weight_decay": 0.1},
        60,
    ),
    "l2_from_pytorch": (conventions.l2_from_pytorch, {"weight_decay": 0.1}, 40),
    "rms_rate_from_pytorch": (conventions.rms_rate_from_pytorch, {"inputs": 25}, 40),
    "table": (starred(conventions.table, "names"), {"names": ["adam"]}, 40),
    "check": (practice.check, {"function": rules.sgd, "name": "sgd", "convention": ""}, 80),
    "check one_epoch": (practice.check, {"function": same, "name": "one_epoch"}, 40),
    "hint": (practice.hint, {"name": "sgd"}, 30),
    "check_answer": (
        starred(practice.check_answer, "name", "values"),
        {"name": "01.slope", "values": [1]},
        60,
    ),
    "check_answer of two": (
        starred(practice.check_answer, "name", "values"),
        {"name": "03.ravine", "values": [0.1, 0.9]},
        40,
    ),
    "quiz": (practice.quiz, {"name": "01.start"}, 30),
    "evidence": (
        starred(experiments.evidence, "names"),
        {"names": [next(iter(experiments.CLAIMS))]},
        30,
    ),
    "full_size": (datasets.full_size, {"name": "minst"}, 30),
    "logistic regression": (MODEL.loss, {"params": MODEL.initial(), "batch": DATA.train}, 80),
    "its accuracy": (MODEL.accuracy, {"params": MODEL.initial(), "batch": DATA.train}, 60),
    "MLP": (models.MLP, {"layers": (4, 3, 2), "dropout": 0.1, "l2": 0.1}, 60),
    "its initial": (NETWORK.initial, {"rng": RNG}, 40),
    "its gradient": (NETWORK.loss_and_gradient, {"params": PARAMS, "batch": DATA.train}, 80),
    "drop": (partial(models.drop, POINT), {"dropout": 0.5, "rng": RNG}, 40),
    "VAE": (partial(SMALL.loss_and_gradient, SMALL.initial(RNG), (IMAGES,)), {"rng": RNG}, 40),
    "train_grid": (
        vae.train_grid,
        IN_STACK | HOW | GRID | {"rule": rules.sgd, "loss_and_gradient": stack_loss},
        80,
    ),
    "a surface": (surfaces.ravine, {"x": POINT}, 40),
    "its slope": (surfaces.cubic.gradient, {"x": 1.0}, 40),
    "noisy": (surfaces.noisy, {"surface": surfaces.cubic, "rng": RNG, "noise": 1.0}, 60),
    "changing_valley": (
        surfaces.changing_valley,
        {"stages": [(2, 1, 0)], "rng": RNG, "noise": 1.0},
        60,
    ),
    "noisy_bowl": (surfaces.noisy_bowl, {"rng": RNG, "noise": 1.0}, 40),
    "seeds": (experiments.seeds, {"count": 2}, 30),
    "collect": (experiments.collect, {"jobs": {"a": of_nothing}, "done": {}}, 50),
    "tune": (experiments.tune, TUNED | {"loss_of": same, "climb": {"sgd": 0.1}}, 60),
    "mean_losses": (
        experiments.mean_losses,
        {k: v for k, v in TUNED.items() if k != "train_at"} | {"loss_of": same},
        40,
    ),
    "repeat": (experiments.repeat, TUNED | {"rates": {"sgd": 0.1}}, 60),
    "scoreboard": (
        experiments.scoreboard,
        COMPARED | {"held_out_loss": lambda p: 1.0, "count": 2},
        60,
    ),
    "compare": (
        experiments.compare,
        {"task": FEW, "methods": {"sgd": rules.sgd}, "rates": [0.1]},
        15,
    ),
    "held_out_losses": (experiments.held_out_losses, ON_TASK | {"rule": rules.sgd}, 15),
    "losses_by_batch_size": (
        experiments.losses_by_batch_size,
        {"task": FEW, "rule": rules.sgd, "rates": {50: [0.1]}, "seeds": [0], "done": {}},
        15,
    ),
    "train_schedules": (
        experiments.train_schedules,
        ON_TASK | {"rule": rules.sgd, "schedules": {"constant": same}, "done": {}},
        15,
    ),
    "timed_training": (
        experiments.timed_training,
        {"task": FEW, "rule": rules.sgd, "rate": 0.1, "seed": 0},
        15,
    ),
    "batch_gradient": (experiments.batch_gradient, {"task": FEW, "seed": 0}, 40),
    "mean_cosines": (experiments.mean_cosines, DRAWN, 40),
    "gradient_noise": (experiments.gradient_noise, DRAWN, 40),
    "loss_of_runs": (
        experiments.loss_of_runs,
        RATE | {"rule": rules.sgd, "surface": surfaces.ravine, "steps": 3, "runs": 2},
        60,
    ),
    "steps_needed": (experiments.steps_needed, RATE | {"rule": rules.sgd, "kappa": 3}, 60),
    "best_pair": (experiments.best_pair, {"kappa": 3}, 3),
    "curvatures": (
        experiments.curvatures,
        RATE
        | {"rule": rules.sgd, "model": MODEL, "params": MODEL.initial()}
        | {"data": DATA.train, "steps": [0, 2]},
        60,
    ),
    "along_steepest": (
        experiments.along_steepest,
        {"model": MODEL, "params": MODEL.initial(), "data": DATA.train},
        60,
    ),
    "momentum_map": (experiments.momentum_map, {"rule": rules.momentum}, 3),
    "momentum_arrows": (experiments.momentum_arrows, {"rule": rules.momentum}, 3),
    "nesterov_moves": (experiments.nesterov_moves, {"rule": rules.momentum}, 3),
    "fraction_left": (
        experiments.fraction_left,
        {"rule": rules.momentum, "learning_rate": [0.1], "momentum": 0.5},
        40,
    ),
    "adam_grid": (
        experiments.adam_grid,
        dict.fromkeys(["learning_rate", "beta_1", "beta_2", "epsilon"], [0.1])
        | {"surface": surfaces.ravine, "steps": 3},
        60,
    ),
    "beside": (
        plots.beside,
        {"right": [1.0, 0.5], "others": {"A": [1.0]}, "rule": "adam", "ylim": (0, 1)},
        15,
    ),
    "by_knob": (
        plots.by_knob,
        {"losses": {"beta_1": {0.5: [1.0, 0.5]}}, "rule": "adam", "early": 1, "late": 1},
        15,
    ),
    "curve": (
        plots.curve,
        {"surface": surfaces.cubic, "trajectories": {"sgd": [1.0, 0.5]}, "window": None},
        15,
    ),
    "one step": (plots.one_step, RATE | {"surface": surfaces.cubic, "x": 1.0}, 15),
    "contour": (plots.contour, {"surface": surfaces.ravine, "trajectories": RIGHT}, 15),
    "arrows": (
        plots.arrows,
        {"surface": surfaces.ravine, "x": POINT, "vectors": {"step": POINT}},
        15,
    ),
    "sums": (
        plots.sums,
        {"surface": surfaces.ravine, "path": [POINT], "parts": {"step 1": (POINT, POINT, POINT)}},
        15,
    ),
    "moves": (
        plots.moves,
        {"surface": surfaces.ravine, "points": {"a": POINT}, "moved": {"v": ("a", "a")}},
        15,
    ),
    "panels": (plots.panels, {"groups": {"left": {"a": [1.0, 0.5]}}}, 15),
    "bars": (plots.bars, {"values": {"g": 1.0}}, 15),
    "noise_triangle": (plots.noise_triangle, {"noise": 1.0}, 10),
    "lines": (plots.lines, {"lines": {"sgd": [1.0, 0.5]}, "x": None, "marks": None}, 20),
    "side_by_side": (
        plots.side_by_side,
        {"groups": {"left": {"sgd": [1.0, 0.5]}}, "x": None, "surfaces": None},
        20,
    ),
    "climbs": (
        plots.climbs,
        {"losses": {"sgd": {0.1: 1.0}}, "starts": None, "highest": 2.5, "title": None},
        40,
    ),
    "gains": (plots.gains, {"values": {"sgd": ([0.3], [0.7])}, "names": ("a", "b")}, 15),
    "states": (plots.states, {"run": RUN, "rule": rules.momentum}, 15),
    "knob_map": (
        plots.knob_map,
        AXES | {"values": np.ones((2, 2)), "lines": None, "kinds": None, "dot": None},
        15,
    ),
    "images": (plots.images, {"pictures": np.ones((2, 4)), "labels": [1, 2]}, 15),
    "explore": (
        explorers.explore,
        {"rules": rules.sgd, "surface": surfaces.ravine, "steps": 5, "target": ("loss", 0.1)},
        15,
    ),
    "hyperparameter_map": (
        explorers.hyperparameter_map,
        AXES | {"rule": rules.momentum, "surface": surfaces.ravine, "steps": 5, "pick": None},
        15,
    ),
    "one_step": (
        explorers.one_step,
        {"rule": rules.sgd, "surface": surfaces.ravine, "steps": 5, "learning_rate": 0.1},
        40,
    ),
    "equals_keras": (keras_check.equals_keras, STEP | RATE | {"rule": rules.sgd}, 60),
    "equals_adam": (keras_check.equals_adam, STEP | RATE | {"rule": rules.sgd}, 60),
    "train_network": (
        train_network,
        {"optimizer": keras_check.keras.optimizers.SGD(), "params": PARAMS, "data": DATA.train}
        | HOW,
        40,
    ),
    "as_keras": (keras_optimizer.as_keras, RATE | {"rule": rules.sgd}, 40),
    "a task's training": (TASK.train, {"rule": rules.sgd, "rate": 0.1, "seed": 0}, 40),
    "average": (explorers.average, {"series": POINT, "mine": None}, 30),
    "race": (
        explorers.race,
        {"rules": rules.sgd, "data": DATA.train, "model": MODEL, "batch_size": 2, "seed": 0},
        40,
    ),
}
CODES = {function.__code__ for function in (*FUNCTIONS, *RULES) if hasattr(function, "__code__")}


def outcome(name, changed):
    """What comes of a right call with some arguments changed: "result", "sentence", "own"; or how
    it failed."""
    function, usual, _ = CALLS[name]
    given = {k: dict(v) if type(v) is dict else v for k, v in (usual | changed).items()}
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", RuntimeWarning)  # of infinity and of NaN
            result = function(**given)
            if isinstance(result, explorers.racing.Race):
                result.wait()
                result.close()
    except Exception as error:  # noqa: BLE001
        frames = list(traceback.walk_tb(error.__traceback__))
        if any(frame.f_code in CODES for frame, _ in frames):
            return "own"
        if "unexpected keyword argument" in str(error) and len(frames) <= 2:
            return "sentence"  # Python's own, of a word that is no argument
        frame, line = frames[-1]
        statement = linecache.getline(frame.f_code.co_filename, line).strip()
        ours = re.search(r"[\\/]adamlib[\\/]", frame.f_code.co_filename)
        if ours and statement.startswith("raise") and str(error).count("\n") < 2:
            return "sentence"
        return f"{type(error).__name__}: {error} at `{statement}` of {frame.f_code.co_filename}"
    return "result" if out.getvalue().count("\n") < 20 else "too many words"


@pytest.mark.parametrize("name", CALLS)
def test_whatever_is_typed_gives_a_result_or_one_sentence_or_the_learner_s_own_error(name):
    _, usual, examples = CALLS[name]
    quarters = [st.sampled_from(ODD[i::4]) for i in range(4)]  # half of all that is drawn
    values = st.one_of(*quarters, st.floats(), st.integers(-9, 99), st.text("ab_ .1", max_size=3))
    values |= st.lists(st.floats() | st.integers(-9, 9), max_size=3)
    odd = st.dictionaries(st.sampled_from(sorted(usual)), values, min_size=1, max_size=2)
    typo = st.sampled_from(TYPOS).map(lambda word: {word: 0.1})
    quiet = [HealthCheck.too_slow, HealthCheck.large_base_example]

    @settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=quiet)
    @given(odd | typo)
    def typed(changed):
        assert outcome(name, changed) in ("result", "sentence", "own")

    typed()


@pytest.mark.parametrize("name", CALLS)
def test_the_right_call_has_a_result(name):
    if name not in ("full_size", "check one_epoch"):
        assert outcome(name, {}) == "result"


def slip(function, *arguments, **settings):
    return partial(function, *arguments, **settings)


RAVINE, CUBIC = surfaces.ravine, surfaces.cubic
TRAIN = slip(descent.train, rules.sgd, MODEL.loss_and_gradient, MODEL.initial())
RUN_ADAM = slip(descent.descend, rules.adam, double, 1.0, 3)
MAP = slip(explorers.hyperparameter_map, rules.momentum, RAVINE)
RATES = ("learning_rate", [0.1, 0.2])
FAST = descent.descend, double, POINT, 3
SLIPS = [
    (slip(TRAIN, DATA.train, batch_size=2, rng=0), "rng must be a generator, such as np.random."),
    (slip(NETWORK.initial, 0), "rng must be a generator, such as np.random.default_rng(0), not 0"),
    (slip(surfaces.noisy_bowl, 0), "rng must be a generator"),
    (slip(models.drop, POINT, 0.5, 0), "rng must be a generator"),
    (slip(TRAIN, DATA), "This is a whole data set: give the part to learn from, data.train"),
    (slip(MODEL.accuracy, MODEL.initial(), DATA), "whole data set: give one part of it, such as"),
    (slip(TRAIN, IMAGES), "The data must be a tuple of arrays, such as (images, labels), not arr"),
    (slip(descent.train, rules.sgd, MODEL, MODEL.initial(), DATA.train), "give model.loss_and_gr"),
    (slip(descent.train, rules.sgd, model_loss, POINT, DATA.train), "model.initial() or [x], not"),
    (slip(plots.lines, {"sgd": RUN}), "sgd is a whole run: give what is drawn of it, such as run."),
    (slip(plots.contour, RAVINE, {"sgd": RUN}), "sgd is a whole run: give what is drawn of it"),
    (slip(plots.curve, CUBIC, {"sgd": RUN}), "sgd is a whole run: give what is drawn of it"),
    (slip(plots.contour, RAVINE, RUN), "trajectories must be a dict {label: numbers}, not Desc"),
    (slip(plots.lines, {"sgd": []}), "sgd has no finite number to draw: where a run diverged at"),
    (slip(plots.lines, {"sgd": [np.nan] * 3}), "sgd has no finite number to draw"),
    (slip(plots.contour, RAVINE, {"sgd": np.full((3, 2), np.nan)}), "sgd has no finite number to"),
    (slip(plots.states, DIVERGED, rules.momentum), "v has no finite number to draw"),
    (slip(plots.states, descent.Descent(POINT, POINT, {}, ""), rules.sgd), "sgd has no state"),
    (slip(plots.knob_map, np.full((2, 2), np.nan), RATES, RATES), "values has no finite number"),
    (
        slip(plots.contour, CUBIC),
        "cubic has one coordinate: draw it by plots.curve",
    ),
    (slip(descent.descend, "sgd", double, 1.0, 3), "'sgd' is the name of a rule: give the functi"),
    (slip(explorers.explore, "sgd", RAVINE), "'sgd' is the name of a rule"),
    (slip(explorers.race, "sgd", DATA.train, MODEL, batch_size=2), "'sgd' is the name of a rule"),
    (slip(descent.train, "sgd", model_loss, [POINT], DATA.train), "'sgd' is the name of a rule"),
    (
        slip(explorers.explore, rules.sgd, RAVINE.gradient),
        "Give the surface ravine itself, not its",
    ),
    (slip(practice.quiz, "01.begin"), "There is no quiz '01.begin': did you mean '0"),
    (slip(RUN_ADAM, eta=0.1), "adam has no hyperparameter eta: did you mean learning_rate? It has"),
    (slip(RUN_ADAM, lr=0.1), "no hyperparameter lr: did you mean learning_rate?"),
    (slip(RUN_ADAM, alpha=0.1), "no hyperparameter alpha: did you mean learning_rate?"),
    (slip(descent.descend, rules.rmsprop, double, 1.0, 3, decay=0.1), "decay: did you mean rho?"),
    (slip(descent.descend, lambda x, g, t: (x,), double, 1.0, 3, eta=1), "eta. It has: none."),
    (slip(descent.descend, no_star, double, 1.0, 3), "takes lr as a state, since it stands before"),
    (slip(descent.descend, no_star, double, 1.0, 3, learning_rate=0.1), "no_star takes lr as a"),
    (slip(descent.descend, lambda x, g, lr: (x,), double, 1.0, 3), "is not a rule, which takes x"),
    (slip(descent.descend, no_default, double, 1.0, 3), "no_default's state v has no default: giv"),
    (
        slip(descent.descend, starts_at_none, double, 1.0, 3),
        "state v starts at None: it must start",
    ),
    (
        slip(descent.descend, starts_at_nan, double, 1.0, 3),
        "state v starts at nan: it must start at",
    ),
    (
        slip(descent.descend, starts_at_words, double, 1.0, 3),
        "state v starts at '0': it must start",
    ),
    (slip(descent.descend, starts_at_a_function, double, 1.0, 3), "v starts at <built-in function"),
    (slip(descent.descend, needs_rate, double, 1.0, 3), "learning_rate has no number as its defa"),
    (
        slip(descent.descend, complex_x, double, POINT, 3),
        "complex_x must return numbers, (x,), but",
    ),
    (
        slip(descent.descend, complex_later, double, POINT, 3),
        "return numbers, (x, v), but value 2 is 0j",
    ),
    (slip(descent.sweep, complex_x, double, POINT, 3), "complex_x must return numbers"),
    (slip(descent.descend, gives_none, double, POINT, 3), "(x, v), but value 2 is None"),
    (
        slip(descent.descend, rules.sgd, NETWORK.gradient, 1.0, 3),
        "must be a function of x, and grad",
    ),
    (slip(descent.descend, rules.sgd, double, "1.5", 3), "The start must be numbers, not '1.5'"),
    (slip(RUN_ADAM, beta_1=[0.1]), "beta_1 must be in [0, 1), not [0.1]"),
    (
        slip(descent.descend, rules.adam, double, POINT, 3, beta_1=np.ones(3) / 2),
        "shape (3,), which",
    ),
    (
        slip(RUN_ADAM, learning_rate=of_nothing),
        "learning_rate must be a function of t, and of_noth",
    ),
    (slip(descent.descend, rules.adam, double, POINT, 10**9), "1,000,000,000 steps would need 5"),
    (slip(descent.sweep, rules.adam, double, POINT, 10**9), "steps would need 32 GB of memory"),
    (slip(TRAIN, DATA.train, epochs=10**9), "1,000,000,000 steps would need 40 GB of memory, and"),
    (slip(explorers.explore, rules.sgd, RAVINE, steps=10**9), "steps must be at most 100,000, not"),
    (slip(MAP, ("learning_rate", 0.1), RATES), "The values of learning_rate must be numbers that"),
    (slip(MAP, RATES, RATES), "The map has learning_rate twice: give two hyperparameters"),
    (slip(MAP, [0.1, 0.2, 0.3], RATES), "x is a pair (name, increasing values), not [0.1, 0.2, 0."),
    (slip(conventions.momentum_from_pytorch, None, 0.9), "learning_rate must be a positive number"),
    (slip(conventions.epsilon_from_paper, -1), "epsilon must be zero or a positive number, not -1"),
    (
        slip(conventions.epsilon_from_paper, np.nan),
        "epsilon must be zero or a positive number, not",
    ),
    (slip(conventions.weight_decay_from_paper, None, 0.1), "weight_decay must be zero or a posit"),
    (slip(conventions.l2_from_pytorch, "0.1"), "weight_decay must be zero or a positive number"),
    (slip(averages.new_average, 1.0, 2.0, -1), "beta must be in [0, 1), not -1"),
    (slip(averages.exponential_average, [1.0, 2.0], 2.5), "beta must be in [0, 1), not 2.5"),
    (slip(averages.exponential_average, [1.0, 2.0], np.nan), "beta must be in [0, 1), not nan"),
    (
        slip(descent.descend, rules.sgd, np.cos, 1.0, 3, learning_rate=max),
        "learning_rate must be a function of t, and max fails at t = 1: 'int' object is not iter",
    ),
    (
        slip(descent.descend, rules.sgd, np.cos, 1.0, 3, learning_rate=lambda t: np.ones(3)),
        "learning_rate has shape (3,), which does not go with x of shape ()",
    ),
    (slip(practice.check, rules.adam, "adam", "abc"), "no convention 'abc': there are by"),
    (
        slip(practice.check, rules.sgd, "sqrt"),
        "check takes your function and the name of the exercise",
    ),
    (slip(models.MLP, 784, 64, 10), "layers must be a tuple of widths, as (784, 64, 10), not 784"),
]


@pytest.mark.parametrize(("call", "words"), SLIPS, ids=[words for _, words in SLIPS])
def test_a_plausible_slip_gets_its_sentence(call, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)) as caught:
        call()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("01.slope", (1, 33), "is 1 number, not 2: a decimal has a point, as in 1.33, where yours"),
        ("01.slope", (), "the answer is 1 number, not 0"),
        ("03.ravine", (0, 1, 0, 9), "is 2 numbers, not 4: a decimal has a point, as in 1.33"),
        ("06.bugs", (1, 2), "the answer is 6 numbers, not 2"),
    ],
)
def test_a_decimal_comma_in_an_answer_is_known(name, values, words, capsys):
    practice.check_answer(name, *values)
    assert words in capsys.readouterr().out


def test_a_rule_that_returns_lists_is_swept_as_it_is_followed():
    alone = descent.descend(gives_list, double, POINT, 4)
    swept = descent.sweep(gives_list, double, POINT, 4, learning_rate=[0.1, 0.2])
    np.testing.assert_allclose(swept.trajectory[..., 0], alone.trajectory)


def test_a_state_may_have_a_hyperparameter_s_name():
    def rprop(x, g, t, rate=0.1, last=0):
        rate = np.where(g * last < 0, rate / 2, rate * 1.2)
        return x - rate * np.sign(g), rate, g

    run = descent.descend(rprop, double, POINT, 5)
    assert run.states["rate"].shape == (5, 2)


def test_what_diverged_is_drawn_as_far_as_it_is_finite():
    path = np.array([[-4.0, 1.0], [-3.0, 2.0], [np.nan, 1.0], [np.nan, np.nan]])
    fig = plots.contour(surfaces.ravine, {"sgd": path})
    assert "sgd: 1 steps from (-4, 1) to (-3, 2)" in fig.alt and "nan" not in fig.alt
    fig = plots.curve(surfaces.cubic, {"sgd": np.array([1.0, 0.5, np.nan])})
    assert "after 1 steps at 0.5" in fig.alt and "nan" not in fig.alt


def test_a_notebook_that_cannot_show_a_bar_still_collects(monkeypatch):
    monkeypatch.setattr(jobs, "get_ipython", lambda: True)
    monkeypatch.setattr(jobs, "display", lambda page, display_id: None)  # as without a frontend
    assert experiments.collect({"a": lambda: 1}, {}) == {"a": 1}
