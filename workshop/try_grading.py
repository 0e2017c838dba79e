"""A lesson as an assignment, tried whole: released, fetched, handed in, collected, graded.

python workshop/try_grading.py FOLDER [--lessons 01 06] [--learners 10]

FOLDER is made, and holds the grader's course and the learners' homes. Each learner hands in a
lesson of which it is known what it is worth. Exits with 1 where nbgrader's points are others. Run
it with the Python that has nbgrader, as workshop/README.md says; the course's own Python releases
the lesson and runs it.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
COURSE_PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


# What a learner may hand in: (notebook as released, solved cells, number of exercises) -> points


def right(cells, solved):
    for cell in answers(cells):
        cell.source = solved[cell.id]
    return points(cells)


def wrong(cells, solved):
    """Every number is -77.5; a rule goes uphill, and the difference is twice too large."""
    for cell in answers(cells):
        text = re.sub(
            r'(check_answer\("[\w.]+", )(.*)\)', r"\1*[-77.5 for _ in (\2,)])", solved[cell.id]
        )
        cell.source = re.sub(r"(return \(?x) - ", r"\1 + ", text).replace("/ (2 * h)", "/ h")
    return 0


def nothing(cells, solved):
    return 0


def half(cells, solved):
    """The first three exercises, and then no time was left."""
    for cell in answers(cells)[:3]:
        cell.source = solved[cell.id]
    return points(cells, "1", "2", "3")


def endless_loop(cells, solved):
    """All right, but the last cell never ends."""
    all_points = right(cells, solved)
    last = answers(cells)[-1]
    last.source = "while True:\n    pass\n" + last.source
    return all_points - points(cells, number(last))


def loops_in_the_rule(cells, solved):
    """All right, but the rule never returns: check() ends it, and gives the course's own."""
    all_points = right(cells, solved)
    rule = answers(cells)[1]
    rule.source = re.sub(
        r"(?m)^(    )(?=return)", "    while True:\n        pass\n    ", rule.source
    )
    return all_points - points(cells, number(rule))


def raises(cells, solved):
    """All right, but the last cell but one begins with an error."""
    all_points = right(cells, solved)
    cell = answers(cells)[-2]
    cell.source = "1 / 0\n" + cell.source
    return all_points - points(cells, number(cell))


def deleted(cells, solved):
    """All right, but an answer and, of another exercise, the cell with the points are deleted."""
    all_points = right(cells, solved)
    answer = answers(cells)[-1]
    (graded,) = [cell for cell in cells if cell.id == "points-1"]
    lost = points(cells, number(answer))
    cells.remove(answer)
    cells.remove(graded)
    return all_points - lost


def talks(cells, solved):
    """All right, with cells of the learner's own between, one of which writes to stderr."""
    all_points = right(cells, solved)
    own = nbformat.v4.new_code_cell("import sys\nprint('hm', file=sys.stderr)", id="own")
    cells.insert(cells.index(answers(cells)[2]) + 1, own)
    return all_points


def points_by_hand(cells, solved):
    """Nothing is solved, but a cell with points was changed to return many."""
    (graded,) = [cell for cell in cells if cell.id == "points-1"]
    graded.source = "100"
    return 0


KINDS = [
    right,
    wrong,
    nothing,
    half,
    endless_loop,
    loops_in_the_rule,
    raises,
    deleted,
    talks,
    points_by_hand,
]


def answers(cells):
    return [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]


def number(cell):
    return cell.metadata.nbgrader.grade_id.split("-")[1]


def points(cells, *numbers):
    """What these exercises are worth, or all of them."""
    graded = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return sum(c.metadata.nbgrader.points for c in graded if not numbers or number(c) in numbers)


# The way from the lesson to the marks


def solved_cells(lesson):
    (path,) = (ROOT / "solutions").glob(f"{lesson}-*.ipynb")
    return {cell.id: cell.source for cell in nbformat.read(path, 4).cells}


def call(*words, home=None, learner=None, course=None):
    """Run a program; its whole output is shown where it fails."""
    started = time.monotonic()
    given = {"HOME": str(home), "USERPROFILE": str(home)} if home else {}
    if learner:
        given["JUPYTERHUB_USER"] = learner
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | given | {"PATH": programs, "ADAMLIB_SIZE": "smoke"}
    done = subprocess.run(list(map(str, words)), cwd=course, env=environment, capture_output=True)
    if done.returncode:
        sys.exit(
            f"{' '.join(map(str, words))} failed:\n{done.stdout.decode()}{done.stderr.decode()}"
        )
    print(f"{time.monotonic() - started:6.1f} s  {' '.join(map(str, words[1:]))[:70]}", flush=True)


def hand_in(learner, kind, lesson, home, exchange):
    """Fetch, work, submit; returns the points that the work deserves."""
    home.mkdir(parents=True)
    nbgrader = ["nbgrader"]
    shared = [f"--Exchange.root={exchange}", "--course=adam"]
    call(*nbgrader, "fetch_assignment", f"lesson-{lesson}", *shared, course=home, home=home)
    (path,) = (home / f"lesson-{lesson}").glob("*.ipynb")
    book = nbformat.read(path, 4)
    deserved = kind(book.cells, solved_cells(lesson))
    nbformat.write(book, path)
    call(
        *nbgrader, "submit", f"lesson-{lesson}", *shared, f"--CourseDirectory.student_id={learner}",
        course=home, home=home, learner=learner,
    )  # fmt: skip
    return deserved


def grade(folder, lesson, learners):
    """{learner: (points deserved, points given)} of a class that hands in a lesson."""
    course, exchange = folder / "course", folder / "exchange"
    exchange.mkdir(parents=True, exist_ok=True)
    exchange.chmod(0o777)
    call(COURSE_PYTHON, "-m", "tools.release", lesson, course, course=ROOT)
    name, shared = f"lesson-{lesson}", f"--Exchange.root={exchange}"
    homes, deserved = folder / "homes" / lesson, {}
    call("nbgrader", "generate_assignment", name, "--create", course=course)
    call("nbgrader", "release_assignment", name, shared, course=course)
    for i in range(learners):
        learner, kind = f"learner{i:02}", KINDS[i % len(KINDS)]
        deserved[learner] = kind.__name__, hand_in(learner, kind, lesson, homes / learner, exchange)
    call("nbgrader", "collect", name, shared, "--ExchangeCollect.check_owner=False", course=course)
    call("nbgrader", "autograde", name, course=course)
    call("nbgrader", "generate_feedback", name, course=course)
    call("nbgrader", "export", course=course)
    with (course / "grades.csv").open(newline="") as file:
        given = {
            row["student_id"]: float(row["score"])
            for row in csv.DictReader(file)
            if row["assignment"] == name
        }
    return {learner: (*deserved[learner], given[learner]) for learner in deserved}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lessons", nargs="+", default=["01", "06"])
    parser.add_argument("--learners", type=int, default=len(KINDS))
    chosen = parser.parse_args()
    if chosen.folder.exists():
        sys.exit(f"{chosen.folder} is there already: give a folder that is not.")
    wrongly = 0
    for lesson in chosen.lessons:
        for learner, (kind, deserved, given) in grade(
            chosen.folder.resolve(), lesson, chosen.learners
        ).items():
            wrongly += deserved != given
            print(f"lesson {lesson}  {learner}  {kind:18} deserves {deserved:2} has {given:4g}")
    sys.exit(f"{wrongly} are graded wrongly." if wrongly else None)


if __name__ == "__main__":
    main()
