"""A lesson as an assignment: nothing solved in it, and each exercise's points in a locked cell."""

import runpy

import nbformat
import pytest

from adamlib import rules
from adamlib.practice import check, check_answer, exercises, verdicts
from tools import notebooks, release

SOURCES = [source for source in notebooks.sources() if source.parent.name[0].isdigit()]


@pytest.fixture(autouse=True)
def session(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)
    monkeypatch.setattr(exercises, "said_here", {})


def graded(book):
    return [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name[:2])
def test_an_assignment_is_the_lesson_and_a_cell_with_points_after_each_exercise(source):
    book, (lesson, solution) = release.assignment(source), notebooks.read(source)
    added = graded(book)
    assert [c.source for c in book.cells if c not in added] == [c.source for c in lesson.cells]
    its = exercises.exercises()[source.parent.name[:2]]
    assert [(f"points-{n}", len(e.names)) for n, e in its.items()] == [
        (cell.id, cell.metadata.nbgrader.points) for cell in added
    ]
    assert all(cell.metadata.nbgrader.locked for cell in added)
    names = [cell.metadata.nbgrader.grade_id for cell in book.cells if "nbgrader" in cell.metadata]
    assert len(names) == len(set(names))
    solved = {cell.id: cell.source for cell in solution.cells}
    stubs = {c.id for c in lesson.cells if c.source != solved.get(c.id, c.source)}
    assert stubs <= {c.id for c in book.cells if c.metadata.get("nbgrader", {}).get("solution")}


def test_the_points_are_what_the_checks_said_last():
    book = release.assignment(SOURCES[0])
    first, second = (cell.source for cell in graded(book)[:2])
    count = "\n".join(first.split("\n")[:-1]) + "\ngiven = " + first.split("\n")[-1]

    def points(text=count):
        space = {}
        exec(text, space)
        return space["given"]

    assert points() == 0
    check_answer("01.slope", 4)
    check_answer("01.slope", -4)
    wrong = verdicts()["01.slope"]
    assert wrong in ("wrong", "solved")
    check(rules.sgd, "sgd")
    assert verdicts()["sgd"] == "solved"
    check(lambda x, g, t, *, learning_rate=0.01: (x + g,), "sgd")
    assert verdicts()["sgd"] == "wrong"
    check_answer("01.first_step", ...)
    assert verdicts()["01.first_step"] == "unsolved"
    assert points() == (wrong == "solved")


def test_an_assignment_that_is_there_is_not_written_over(tmp_path, capsys):
    release.main(["01", str(tmp_path / "course")])
    assert "7 exercises" in capsys.readouterr().out
    (path,) = (tmp_path / "course/source/lesson-01").glob("*.ipynb")
    nbformat.validate(nbformat.read(path, 4))
    release.main(["01", str(tmp_path / "course")])
    path.write_text("graded", encoding="utf-8")
    with pytest.raises(SystemExit, match="is there already, and is another version"):
        release.main(["01", str(tmp_path / "course")])
    assert path.read_text(encoding="utf-8") == "graded"


@pytest.mark.parametrize("number", ["1", "77", "-1"])
def test_what_is_no_lesson_is_refused_in_one_sentence(number, tmp_path):
    with pytest.raises(SystemExit) as refusal:
        release.main(["--", number, str(tmp_path / "course")])
    assert "lesson" in str(refusal.value) and not (tmp_path / "course").exists()


def test_the_settings_keep_the_stubs_and_put_deleted_cells_back():
    pytest.importorskip("traitlets")
    from traitlets.config import Config

    config = Config()
    runpy.run_path(str(release.CONFIG), {"get_config": lambda: config})
    assert not any("ClearSolutions" in name for name in config.GenerateAssignment.preprocessors)
    assert config.OverwriteCells.add_missing_cells
