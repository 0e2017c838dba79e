"""Which exercises are solved is kept beside the notebook; an exercise comes back as it was."""

import json
import shutil
import sys

import pytest

from adamlib import practice, rules
from adamlib.practice import check, check_answer, exercises, progress, start_again


class Shell:
    """What a notebook's cell runs in."""

    text = None

    def set_next_input(self, text):
        self.text = text


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setattr(exercises, "get_ipython", lambda: shell)
    return shell


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, shell):
    """A learner's folder, in a session that has just begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)
    monkeypatch.setattr(exercises, "solved_here", {})
    monkeypatch.setattr(exercises, "said_here", {})
    return tmp_path


def restart():
    exercises.solved_here.clear()


def said(capsys, lesson="06"):
    """The lines that progress() prints."""
    capsys.readouterr()
    progress(lesson)
    return capsys.readouterr().out.splitlines()


def test_every_check_of_a_lesson_belongs_to_an_exercise_which_is_numbered_in_order():
    for number, its in exercises.exercises().items():
        assert list(its) == list(range(1, len(its) + 1)), number
        assert all(exercise.names and exercise.cells for exercise in its.values()), number
        answers = {f"{number}.{key}" for key in practice.lessons.entries(number, "ANSWERS")}
        asked = {name for exercise in its.values() for name in exercise.names}
        assert answers <= asked, number


def test_what_is_solved_is_kept_in_one_file_and_survives_a_restart(folder, capsys):
    assert said(capsys)[0].startswith("Lesson 06: 0 of ")
    check_answer("06.parting", 1e-7)
    assert not (folder / "progress.json").exists()
    check_answer("06.parting", 3.162e-6)
    check(rules.adam, "adam", "by the paper")
    restart()
    kept = json.loads((folder / "progress.json").read_text())
    assert kept.keys() == {"06.parting", "adam by the paper"}
    assert said(capsys)[0].startswith("Lesson 06: 2 of ")
    assert sum(line.startswith("✓") for line in said(capsys)) == 2
    assert len(said(capsys, None)) == len(exercises.exercises())


def test_a_test_or_a_build_writes_no_file(folder, monkeypatch, capsys):
    monkeypatch.setenv("ADAMLIB_EXPECT", "solved")
    check_answer("06.parting", 3.162e-6)
    assert not list(folder.iterdir())
    assert said(capsys)[0].startswith("Lesson 06: 1 of ")


@pytest.mark.parametrize("text", ["{", "3", '["a"]', '{"a": "\udc80"}'])
def test_a_file_that_is_broken_is_set_aside_and_named(folder, capsys, text):
    content = text.encode(errors="surrogateescape")
    (folder / "progress.json").write_bytes(content)
    check_answer("06.parting", 3.162e-6)
    assert "progress.json cannot be read" in capsys.readouterr().out
    assert (folder / "progress.unreadable.json").read_bytes() == content
    assert json.loads((folder / "progress.json").read_text()).keys() == {"06.parting"}


def test_where_nothing_can_be_written_the_session_still_counts(folder, capsys):
    (folder / "progress.json.new").mkdir()
    check_answer("06.parting", 3.162e-6)
    assert "for this session only" in capsys.readouterr().out
    assert said(capsys)[0].startswith("Lesson 06: 1 of ")


def test_a_script_writes_no_file(folder, monkeypatch, capsys):
    monkeypatch.setattr(exercises, "get_ipython", lambda: None)
    check_answer("06.parting", 3.162e-6)
    assert not list(folder.iterdir())
    capsys.readouterr()
    start_again("01", 2)
    assert capsys.readouterr().out.startswith("def sgd(")


def test_an_exercise_comes_back_as_a_new_cell_and_is_open_again(shell):
    check(rules.adam, "adam", "by the paper")
    check_answer("06.parting", 3.162e-6)
    number = next(n for n, e in exercises.exercises()["06"].items() if "06.parting" in e.names)
    start_again(6, number)
    assert 'check_answer("06.parting"' in shell.text
    restart()
    assert exercises.days().keys() == {"adam by the paper"}
    start_again("01", 2)
    assert shell.text.startswith("def sgd(") and "...  # your code here" in shell.text


def test_a_lesson_comes_back_and_what_was_written_stays_beside(folder, capsys):
    check(rules.adam, "adam", "by the paper")
    (folder / "06-adam.ipynb").write_text("mine")
    start_again("06")
    (aside,) = folder.glob("06-adam of *.ipynb")
    assert aside.read_text() == "mine" and aside.name in capsys.readouterr().out
    lesson = exercises.LESSONS / "06-adam.ipynb"
    assert (folder / "06-adam.ipynb").read_bytes() == lesson.read_bytes()
    assert said(capsys)[0].startswith("Lesson 06: 0 of ")


def test_in_a_browser_a_lesson_is_not_written_over(folder, monkeypatch, capsys):
    (folder / "06-adam.ipynb").write_text("mine")
    monkeypatch.setattr(sys, "platform", "emscripten")
    start_again("06")
    assert "delete 06-adam.ipynb in the list of files" in capsys.readouterr().out
    assert [path.read_text() for path in folder.glob("*.ipynb")] == ["mine"]


def test_a_lesson_starts_again_where_the_learners_copy_is(folder, monkeypatch):
    with pytest.raises(
        ValueError, match="no copy of yours here to start again: 06-adam.ipynb must be"
    ):
        start_again("06")
    (folder / "solutions").mkdir()
    monkeypatch.chdir(folder / "solutions")
    shutil.copy(exercises.LESSONS / "06-adam.ipynb", ".")
    with pytest.raises(ValueError, match="no copy of yours"):
        start_again("06")


@pytest.mark.parametrize("lesson", [0, "x", None, 1.5, "006"])
def test_an_unknown_lesson_is_named(lesson):
    with pytest.raises(ValueError, match="give its number, one of 01, 02"):
        start_again(lesson)


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match="has the exercises 1 to .*, not 99"):
        start_again("06", 99)
