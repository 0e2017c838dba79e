"""The tests for otter-grader count what the lesson's checks said."""

import doctest

import pytest

from adamlib.practice import check_answer, exercises
from workshop import otter_tests


@pytest.fixture(autouse=True)
def learner(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)
    for name in ("solved_here", "said_here"):
        monkeypatch.setattr(exercises, name, {})


def points(path):
    """As otter does it: each case is a doctest."""
    space = {}
    exec(path.read_text(encoding="utf-8"), space)
    (suite,) = space["test"]["suites"]
    assert space["OK_FORMAT"] and space["test"]["points"] == len(suite["cases"])
    runner = doctest.DocTestRunner(verbose=False)
    return sum(
        runner.run(
            doctest.DocTestParser().get_doctest(case["code"], {}, "case", None, 0), out=lambda _: 0
        ).failed
        == 0
        for case in suite["cases"]
    )


def test_each_exercise_counts_when_it_is_solved(tmp_path):
    otter_tests.main(["06", str(tmp_path)])
    files = {path.stem: path for path in tmp_path.iterdir()}
    assert files.keys() == {f"exercise_{n}" for n in exercises.exercises()["06"]}
    assert not any(map(points, files.values()))
    check_answer("06.parting", 3.162e-6)
    assert sum(map(points, files.values())) == 1


def test_a_lesson_that_is_not_there(tmp_path):
    with pytest.raises(SystemExit, match="There is no lesson 77; there are: 01, 02"):
        otter_tests.main(["77", str(tmp_path)])
