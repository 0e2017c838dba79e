"""Build lessons/*.ipynb and solutions/*.ipynb from sources/*/lesson.py (Jupytext percent cells),
and the sheets beside them, which are made from all lessons.

python -m tools.notebooks build [--all] [NN ...]   write both, run the solutions whose code changed
python -m tools.notebooks check                    name what is out of date, run nothing

Between `# BEGIN SOLUTION` and `# END SOLUTION` stands the solution. A lesson has its `# STUB` lines
in its place, or else `...  # your code here`. A cell tagged "lesson" or "solution" is in that
notebook only, and folded in in the solution. The same source gives the same files, byte for byte.
"""

import argparse
import base64
import hashlib
import io
import os
import re
import sys
from copy import deepcopy
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat.v4 import new_markdown_cell
from PIL import Image

from tools.sheets import sheets as made_from

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("lessons", "solutions")
BEGIN, END, STUB = "# BEGIN SOLUTION", "# END SOLUTION", "# STUB"
DEFAULT_STUB = "...  # your code here"
NEARLY_A_MARKER = re.compile(r"#\s*((?i:(begin|end)\s*solution)|STUB\b)")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "nbconvert_exporter": "python"},
}
PNG = re.compile('(data:image/png;base64,)([^"]*)')
OF_THIS_MACHINE = re.compile(
    r" at 0x[0-9a-f]{6,}|(?<![\w.])/(home|root|tmp|Users|var/folders)/|[A-Z]:\\+Users\\", re.I
)
DATA = re.compile(r"data:image/[^\"]*")
RELEASE = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
# Under the title of every notebook: who wrote it, and of when it is.
BYLINE = "*{authors[0][name]}, version {version}, {date-released:%Y-%m-%d}*".format(**RELEASE)
NO_ALT = re.compile(r'<img (?!alt="[^"])')


class Fault(Exception):
    """One sentence that says what is wrong, and where."""


# A source, and the two notebooks in it


def read(source):
    """The lesson and the solution in a source, neither of them executed."""
    cells, ids = {"lesson": [], "solution": []}, set()
    for number, cell in enumerate(jupytext.read(source, fmt="py:percent").cells, 1):
        text = {"lesson": cell.source, "solution": cell.source}
        if cell.cell_type == "code":
            try:
                text["lesson"], text["solution"] = split(cell.source)
            except Fault as fault:
                raise Fault(f"{label(source)}, {name(number, cell)}: {fault}.") from None
        # The id comes from the content: a new cell changes no other, and both folders agree.
        cell_id = hashlib.sha1((cell.cell_type + cell.source).encode()).hexdigest()[:8]
        while cell_id in ids:
            cell_id = hashlib.sha1(cell_id.encode()).hexdigest()[:8]
        ids.add(cell_id)
        tags = set(cell.metadata.get("tags", []))
        if number == 1 and cell.cell_type == "markdown":
            text = dict.fromkeys(text, with_byline(cell.source))
        for kind in (tags & cells.keys()) or cells:
            new = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")(text[kind], id=cell_id)
            if tags - cells.keys():
                new.metadata.tags = sorted(tags - cells.keys())
            if kind == "solution" and tags & cells.keys() == {kind}:
                new.metadata.jupyter = {"source_hidden": True}  # folded in: no part of the lesson
            cells[kind].append(new)
    return notebook(cells["lesson"]), notebook(cells["solution"])


def with_byline(text):
    """A notebook's first cell with the byline under its title."""
    return re.sub(r"\A(# .+)", rf"\1\n\n{BYLINE}", text)


def split(text):
    """The lesson's and the solution's text of a code cell."""
    lesson, solution, stub, indent = [], [], None, ""
    for line in text.split("\n"):
        word = line.strip()
        if word == BEGIN and stub is None:
            stub, indent = [], line[: -len(BEGIN)]
        elif word == END and stub is not None:
            lesson += stub or [indent + DEFAULT_STUB]
            stub = None
        elif stub is not None and (word + " ").startswith(STUB + " "):
            stub.append(re.sub(STUB + " ?", "", line, count=1))
        elif NEARLY_A_MARKER.search(line):
            raise Fault(f"`{word}` is misspelled, or out of place among {BEGIN} and {END}")
        else:
            solution.append(line)
            if stub is None:
                lesson.append(line)
    if stub is not None:
        raise Fault(f"{BEGIN} has no {END}")
    return "\n".join(lesson).strip("\n"), "\n".join(solution).strip("\n")


def notebook(cells):
    """A notebook of these cells, valid and without a trace of who made it."""
    made = nbformat.v4.new_notebook(cells=cells, metadata=deepcopy(METADATA), nbformat_minor=5)
    nbformat.validate(made)
    return made


def name(number, cell):
    """How a message names a cell, so that it can be found."""
    return f"cell {number}, which begins {cell.source.split(chr(10))[0]!r}"


# Outputs


def execute(solution, label):
    """Run a solution in its folder, as a learner would, and keep its outputs, normalised."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    environment["ADAMLIB_EXPECT"] = "solved"
    # As under nbval, ipykernel then leaves alone what C libraries write to stderr.
    environment["PYTEST_CURRENT_TEST"] = "build"
    started = []
    client = NotebookClient(
        solution,
        timeout=600,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(ROOT / "solutions")}},
        on_cell_start=lambda cell, cell_index: started.append((cell_index + 1, cell)),
    )
    try:
        client.execute(env=environment)
    except (CellControlSignal, DeadKernelError) as error:
        reason = f"{error.ename}: {error.evalue}" if hasattr(error, "ename") else str(error)
        raise Fault(f"{label}, {name(*started[-1])}: {reason.splitlines()[0]}") from None
    solution.metadata = nbformat.from_dict(METADATA)
    for cell in code(solution):
        for output in cell.outputs:
            if html := output.get("data", {}).get("text/html"):
                output.data["text/html"] = PNG.sub(lambda png: png[1] + smaller(png[2]), html)
    normalise(solution)


def smaller(png):
    """A picture in 256 colours, which is a third as large and looks the same; both in base64."""
    file = io.BytesIO()
    colours = dict(method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    full = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    full.quantize(256, **colours).save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def take_outputs(solution, path):
    """Take the outputs stored at path; False where they are not those of this code."""
    try:
        stored = code(nbformat.read(path, 4))
    except (FileNotFoundError, ValueError):  # not there, or no longer a notebook
        return False
    cells = code(solution)
    if [(c.source, c.metadata) for c in cells] != [(c.source, c.metadata) for c in stored]:
        return False
    if not all(c.execution_count for c in stored):
        return False
    for cell, old in zip(cells, stored, strict=True):
        cell.outputs = old.outputs
    normalise(solution)
    return True


def solved(source):
    """The lesson of a source, and its solution with the outputs in solutions/."""
    lesson, solution = read(source)
    path = targets(source)[1]
    if not take_outputs(solution, path):
        raise Fault(f"{label(path)} is out of date: run `make build`.")
    return lesson, solution


def normalise(solution):
    """Count the cells from 1, join what was printed in pieces, drop the random ids of widgets."""
    for count, cell in enumerate(code(solution), 1):
        cell.execution_count = count
        outputs = []
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
            last = outputs[-1] if outputs else {}
            if output.output_type == "stream" and output.name == last.get("name"):
                last.text += output.text
            else:
                outputs.append(output)
        cell.outputs = outputs


def refused(solution, label):
    """A sentence for each output that no reader should meet."""
    for number, cell in enumerate(solution.cells, 1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            shown = DATA.sub("", output.get("text", "") + "".join(map(str, data.values())))
            local = OF_THIS_MACHINE.search(shown)
            bare = "image/png" in data and "text/html" not in data
            if output.output_type == "error":
                fault = f"ends in {output.ename}"
            elif output.get("name") == "stderr":
                fault = f"writes to stderr: {shown.strip().splitlines()[0]}"
            elif local:
                fault = f"shows {local[0].strip()!r}, which belongs to one machine only"
            elif bare or NO_ALT.search(shown):
                fault = "shows a picture without alt text: draw it by adamlib.plots"
            else:
                continue
            yield f"{label}, {name(number, cell)}, {fault}."


def code(book):
    """The code cells of a notebook."""
    return [cell for cell in book.cells if cell.cell_type == "code"]


# Files


def sources(*numbers):
    """The sources of the lessons with these numbers; of all lessons when no number is given."""
    found = sorted((ROOT / "sources").glob("*/lesson.py"))
    for number in numbers:
        if not any(source.parent.name.startswith(number) for source in found):
            raise Fault(f"There is no lesson {number} in sources.")
    return [source for source in found if source.parent.name.startswith(numbers or "")]


def write_one(make, usage, arguments=None):
    """The program NN FOLDER: make(source, folder) of one lesson. A Fault ends it in a sentence."""
    parser = argparse.ArgumentParser(
        description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", metavar="NN", help="the lesson, such as 06")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if needed")
    chosen = parser.parse_args(arguments)
    try:
        if not re.fullmatch(r"\d\d", chosen.number):
            raise Fault(f"A lesson has two digits, such as 06, and was {chosen.number}.")
        (source,) = sources(chosen.number)
        make(source, chosen.folder)
    except (Fault, OSError, nbformat.ValidationError) as fault:
        sys.exit(str(fault))


def build(*numbers, everything=False):
    """Write both notebooks of these lessons; a solution only if no output in it is refused."""
    for source in sources(*numbers):
        lesson, solution = read(source)
        lesson_path, solution_path = targets(source)
        write(lesson_path, lesson)  # progress() in the solution reads it
        if everything or not take_outputs(solution, solution_path):
            print(f"Running {label(source)} ...", flush=True)
            execute(solution, label(source))
        for fault in refused(solution, label(source)):
            raise Fault(fault)
        write(solution_path, solution)
    for path, book in sheets():
        write(path, book)


def write(path, book):
    """Write a notebook where another, or none, is."""
    if not is_at(path, book):
        path.parent.mkdir(exist_ok=True)
        path.write_text(dumps(book), encoding="utf-8", newline="\n")
        print(f"Wrote {label(path)}.")


def sheets():
    """Pairs (path, notebook) of the sheets, in both folders."""
    for name, (first, *others) in made_from(sources()).items():
        texts = with_byline(first), *others
        ids = (hashlib.sha1(text.encode()).hexdigest()[:8] for text in texts)
        cells = [new_markdown_cell(text, id=i) for text, i in zip(texts, ids, strict=True)]
        for folder in FOLDERS:
            yield ROOT / folder / f"{name}.ipynb", notebook(cells)


def check(*numbers):
    """A sentence for each notebook of these lessons that is not what `build` would write."""
    for source in sources(*numbers):
        lesson, solution = read(source)
        lesson_path, solution_path = targets(source)
        if not is_at(lesson_path, lesson):
            yield f"{label(lesson_path)} is out of date: run `make build`."
        if not (take_outputs(solution, solution_path) and is_at(solution_path, solution)):
            yield f"{label(solution_path)} is out of date: run `make build`."
        yield from refused(solution, label(source))
    known = {source.parent.name for source in sources()}
    for path, book in sheets():
        known.add(path.stem)
        if not is_at(path, book):
            yield f"{label(path)} is out of date: run `make build`."
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*.ipynb")):
            if path.stem not in known:
                yield f"{label(path)} has no source in sources: delete it."


def targets(source):
    """Where the lesson and the solution of a source are."""
    return [ROOT / folder / f"{source.parent.name}.ipynb" for folder in FOLDERS]


def dumps(book):
    """A notebook as its file has it."""
    return nbformat.writes(book) + "\n"


def is_at(path, book):
    """Whether the file is this notebook, byte for byte."""
    return path.exists() and path.read_bytes() == dumps(book).encode()


def label(path):
    """A path as messages name it."""
    return path.relative_to(ROOT).as_posix()


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=["build", "check"])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="only these lessons: 01 02")
    parser.add_argument("--all", action="store_true", help="run every solution")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.task == "build":
            build(*chosen.numbers, everything=chosen.all)
        else:
            sys.exit("\n".join(check(*chosen.numbers)) or None)
    except Fault as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
