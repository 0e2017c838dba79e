"""How many wrong Adams a test lets through: what published tests let through, and ours."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adamlib.practice.wrong_adams import main, survey
from tests import published_tests

ROOT = Path(__file__).resolve().parents[1]
TABLE = {
    name: (int(passed), int(wrong))
    for name, passed, wrong in re.findall(
        r"^\| `(\w+)` .*\| (\d+) of (\d+) \|$",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}
LONG = ("cs336", "our_keras_check")  # 1,000 steps of each Adam; TensorFlow's slow steps


def test_the_table_names_every_test():
    tests = {
        name
        for name, test in vars(published_tests).items()
        if getattr(test, "__module__", "") == published_tests.__name__ and test.__doc__
    }
    assert set(TABLE) == tests - {"near"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in TABLE],
)
def test_so_many_wrong_adams_pass_as_the_table_says(name):
    found = survey(getattr(published_tests, name))
    assert (len(found.passed), found.wrong) == TABLE[name]
    ours = name.startswith("our")
    assert found.right == ("in Keras" if ours else "by the paper")
    assert bool(found.passed) is not ours


def test_the_command_names_those_that_pass(capsys):
    main(["tests.published_tests:deep_ml_49"])
    first, count, *names = capsys.readouterr().out.splitlines()
    passed, wrong = TABLE["deep_ml_49"]
    assert first == "Adam as it is by the paper passes, as it must."
    assert count == f"deep_ml_49 lets {passed} of {wrong} wrong Adams through:"
    assert len(names) == passed and "    m averages the sizes of the gradients" in names


PYTEST_FILE = """
from adamlib.rules import adam

def test_first_step():
    x, m, v = adam(1.0, 2.0, 1)
    assert abs(x - 0.999) < 1e-6

def finds(adam):
    globals()["adam"] = adam
    print("not shown")
    test_first_step()

def silent(adam):
    pass

def says(adam):
    return True

def strict(adam):
    assert adam(1.0, 2.0, 1)[0] == 7, "7 or\\nnothing"

def skipped(adam):
    import pytest
    pytest.fail("no")
"""


def test_a_pytest_file_is_counted_by_a_function_that_passes_adam_on(tmp_path):
    (tmp_path / "test_mine.py").write_text(PYTEST_FILE)
    command = [sys.executable, "-m", "adamlib.practice.wrong_adams", "test_mine:finds"]
    paths = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=paths)
    assert (run.returncode, run.stderr) == (0, "")
    count, wrong = map(int, re.search(r"finds lets (\d+) of (\d+) wrong", run.stdout).groups())
    assert (
        30 < count < wrong
        and "beta is not raised to t" in run.stdout
        and "uphill" not in run.stdout
    )
    assert "not shown" not in run.stdout


def test_a_test_that_looks_at_nothing_lets_all_through():
    found = survey(lambda adam: None)
    assert len(found.passed) == found.wrong


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("", "Give your test as MODULE:FUNCTION, as in: "),
        ("test_mine", "Give your test as MODULE:FUNCTION, as in: "),
        ("test_mine:finds b:c", "Give your test as MODULE:FUNCTION, as in: "),
        ("nowhere:f", "There is no test nowhere:f: ModuleNotFoundError: No module named 'nowhere'"),
        ("test_mine:f", "There is no test test_mine:f: AttributeError: "),
        ("broken:f", "There is no test broken:f: ZeroDivisionError: "),
        ("test_mine:test_first_step", "The test must be a function of adam, and test_first_step "),
        ("test_mine:says", "A test raises AssertionError where it finds a fault and returns noth"),
        ("test_mine:strict", "The test refuses the right Adam too, .*: AssertionError: 7 or noth"),
        ("test_mine:skipped", "The test refuses the right Adam too, .*: Failed: no"),
    ],
)
def test_what_is_no_test_is_said_in_one_sentence(tmp_path, monkeypatch, argument, words):
    (tmp_path / "test_mine.py").write_text(PYTEST_FILE)
    (tmp_path / "broken.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "test_mine", raising=False)
    with pytest.raises(SystemExit) as caught:
        main(argument.split())
    assert re.match(words, caught.value.code) and "\n" not in caught.value.code
