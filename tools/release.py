"""A lesson as an nbgrader assignment: python -m tools.release NN FOLDER

It goes to FOLDER/source/lesson-NN, where nbgrader looks for it, with FOLDER/nbgrader_config.py if
there is none. It is the lesson as learners have it: nothing in it is solved, and no answer is in
it. After each exercise comes a locked cell with its points, one for each thing that is checked. It
counts what the lesson's own checks said last, so that a learner sees all day what the grader sees.
workshop/README.md says how to go on.
"""

import shutil

from nbformat.v4 import new_code_cell

from adamlib.practice.exercises import ASKED, HEADING
from tools import notebooks
from tools.notebooks import ROOT, Fault

CONFIG = ROOT / "workshop" / "nbgrader_config.py"
POINTS = """# Exercise {number}: {points} points at most, by its checks. Nothing to write here.
from adamlib.practice import verdicts

[verdicts().get(name) for name in {names}].count("solved")"""


def assignment(source):
    """The notebook of a lesson's source, with what nbgrader must know of its cells."""
    lesson, solution = notebooks.read(source)
    solved = {cell.id: cell.source for cell in solution.cells}
    cells, number, names = [], None, []

    def close():
        if names:
            cells.append(points(number, names))
            names.clear()

    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            for heading in HEADING.finditer(cell.source):
                close()
                number = heading[1]
        cells.append(cell)
        if cell.cell_type == "code" and number:
            asked = [" ".join(filter(None, words)) for words in ASKED.findall(cell.source)]
            names += asked
            if asked or cell.source != solved.get(cell.id):
                cell.metadata.nbgrader = known_as(f"exercise-{number}-{cell.id}", solution=True)
    close()
    return notebooks.notebook(cells)


def points(number, names):
    """The locked cell with the points of an exercise."""
    text = POINTS.format(number=number, points=len(names), names=tuple(names))
    cell = new_code_cell(text, id=f"points-{number}")
    about = known_as(f"points-{number}", grade=True, locked=True)
    cell.metadata.nbgrader = about | {"points": len(names)}
    return cell


def known_as(name, solution=False, grade=False, locked=False):
    """nbgrader's metadata of a cell, in its third version."""
    kind = {"solution": solution, "grade": grade, "locked": locked, "task": False}
    return {"schema_version": 3, "grade_id": name} | kind


def release(source, folder):
    """Write the assignment; one that is there already may be graded, and is not overwritten."""
    path = folder / "source" / f"lesson-{source.parent.name[:2]}" / f"{source.parent.name}.ipynb"
    book = assignment(source)
    if path.exists() and path.read_text(encoding="utf-8") != notebooks.dumps(book):
        raise Fault(
            f"{path} is there already, and is another version: what was handed in belongs to that "
            "one. Grade it first, or give another folder."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebooks.dumps(book), encoding="utf-8", newline="\n")
    if not (config := folder / CONFIG.name).exists():
        shutil.copyfile(CONFIG, config)
    cells = [cell.metadata.nbgrader for cell in book.cells if "nbgrader" in cell.metadata]
    grades = [cell["points"] for cell in cells if cell["grade"]]
    print(f"Wrote {path}: {len(grades)} exercises, {sum(grades)} points.")


def main(arguments=None):
    notebooks.write_one(release, __doc__, arguments)


if __name__ == "__main__":
    main()
