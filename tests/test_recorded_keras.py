"""Lessons 01 to 07 without TensorFlow: Keras's runs as recorded, and nothing that only looks so."""

import os
import subprocess
import sys

import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from adamlib import recorded_keras, rules
from adamlib.experiments import digits
from adamlib.keras_check import descend_keras, equals_keras, keras
from adamlib.surfaces import cubic
from tools import notebooks, record_keras

# A rule of the lessons, compared as they do it; the same text is run here and without TensorFlow.
COMPARE = """
equals_keras(rules.adam, cubic.gradient, 0.001, 100, learning_rate=0.05)
equals_adam(rules.rmsprop, ravine.gradient, ravine.start, 100, learning_rate=0.03)
"""
IMPORTS = """
import sys
{before}
import numpy as np
from adamlib import rules
from adamlib.experiments import digits
from adamlib.keras_check import descend_keras, equals_adam, equals_keras, equals_schedule, keras
from adamlib.surfaces import cubic, ravine
"""
MISSING = 'sys.modules["tensorflow"] = None'


def without_tensorflow(text, before="", **variables):
    """What the text prints in a Python where TensorFlow is not to be had, or is not wanted."""
    clean = {name: value for name, value in os.environ.items() if name != "ADAMLIB_KERAS"}
    words = [sys.executable, "-c", IMPORTS.format(before=before) + text]
    return subprocess.run(words, env=clean | variables, capture_output=True, text=True)


@pytest.mark.parametrize("before, variables", [(MISSING, {}), ("", {"ADAMLIB_KERAS": "recorded"})])
def test_the_lines_are_those_of_live_keras_and_say_that_they_are_recorded(
    before, variables, capsys
):
    exec(IMPORTS.format(before="") + COMPARE, {})
    live = capsys.readouterr().out.splitlines()
    loaded = 'print(sys.modules.get("tensorflow"))'
    done = without_tensorflow(COMPARE + loaded, before, **variables)
    *recorded, tensorflow = done.stdout.splitlines()
    version = f" [recorded with Keras {keras.__version__}]"
    assert recorded == [line + version for line in live], done.stderr
    assert tensorflow == "None"


def test_a_wrong_rule_parts_from_the_record_where_it_parts_from_keras():
    wrong = """
def adam(x, g, t, m=0.0, v=0.0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    x, m, v = rules.adam(x, g, t, m, v, learning_rate=learning_rate, beta_1=beta_1,
                         beta_2=beta_2, epsilon=epsilon)
    return (x + (t == 7) * 1e-6, m, v)
try:
    equals_keras(adam, cubic.gradient, 0.001, 100, learning_rate=0.05)
except AssertionError as error:
    print(error)
"""
    told = [without_tensorflow(wrong, before).stdout for before in ("", MISSING)]
    assert told[0] == told[1]
    assert told[0].startswith("adam parts from tf.keras.optimizers.Adam at step 7: x is ")


def test_a_network_and_a_path_are_those_that_keras_trained():
    text = """
rng = np.random.default_rng(3)
optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
trained = digits().train_keras(optimizer, 0)
print(f"{trained.losses[-1]:.3f} {sum(np.abs(p).sum() for p in trained.params):.1f}")
path = descend_keras(keras.optimizers.Adam(0.05), cubic.gradient, 0.001, 100)
print(f"{path.shape} {path[-1]:.5f}")
"""
    done = without_tensorflow(text, MISSING)
    live = digits().train_keras(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), 0)
    path = descend_keras(keras.optimizers.Adam(0.05), cubic.gradient, 0.001, 100)
    assert done.stdout.splitlines() == [
        f"{live.losses[-1]:.3f} {sum(np.abs(p).sum() for p in live.params):.1f}",
        f"{path.shape} {path[-1]:.5f}",
    ], done.stderr


@pytest.mark.parametrize(
    "text, words",
    [
        (
            "equals_keras(rules.adam, cubic.gradient, 0.001, 100, learning_rate=0.07)",
            "No run of Keras with these settings is recorded, and TensorFlow is not installed.",
        ),
        (
            "equals_keras(rules.adam, lambda x: 2 * x, 0.001, 100, learning_rate=0.05)",
            "No run of Keras with these settings is recorded",
        ),
        ("keras.Sequential([])", "keras.Sequential is not recorded, and TensorFlow is not install"),
        ("keras.optimizers.Lion()", "keras.optimizers.Lion is not recorded"),
        ("keras.optimizers.Adam(rate=0.1)", "Adam of Keras takes learning_rate, beta_1"),
    ],
)
def test_what_is_not_recorded_is_refused_in_a_sentence(text, words):
    assert words in without_tensorflow(text, MISSING).stderr.splitlines()[-1]


def test_the_variable_is_live_or_recorded():
    told = without_tensorflow("", ADAMLIB_KERAS="record").stderr.splitlines()[-1]
    assert told == "ValueError: ADAMLIB_KERAS is 'record'; it may be live or recorded."


def test_a_keras_that_differs_from_its_record_is_named(monkeypatch):
    """As the tests run every solution: what Keras computes there is held to the record."""
    monkeypatch.setenv("ADAMLIB_EXPECT", "solved")
    asked = []
    monkeypatch.setattr(recorded_keras, "taken", asked)
    equals_keras(rules.adam, cubic.gradient, 0.001, 100, learning_rate=0.05)
    monkeypatch.setattr(recorded_keras, "taken", None)
    ((question, probe, arrays),) = asked
    recorded_keras.hold(question, lambda: probe, arrays)
    with pytest.raises(AssertionError, match="Keras differs from its run in keras_runs.npz"):
        recorded_keras.hold(question, lambda: probe, [1.01 * arrays[0], *arrays[1:]])


def test_of_a_large_array_some_coordinates_are_compared():
    rows = np.arange(3 * 784 * 10).reshape(3, 784, 10)
    assert recorded_keras.thinned(rows).shape == (3, 202)
    assert recorded_keras.thinned(rows[:, :10, :10]).shape == (3, 10, 10)


@pytest.mark.long
@pytest.mark.parametrize("number", record_keras.LESSONS)
def test_a_lesson_runs_whole_without_tensorflow(number, monkeypatch):
    monkeypatch.setenv("ADAMLIB_KERAS", "recorded")
    cells = record_keras.cells(*notebooks.sources(number))
    last = new_code_cell('import sys\nassert "tensorflow" not in sys.modules')
    notebooks.execute(notebooks.notebook([*cells, last]), f"lesson {number}")
