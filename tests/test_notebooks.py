"""The notebooks are what their sources say, and the builder and nbval do what lessons rely on."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert import ScriptExporter

from tools import notebooks

ROOT = Path(__file__).resolve().parents[1]

LESSON = '''\
# %% [markdown]
# # A step

# %%
import os


# %%
def step(x, g):
    """One step."""
    # BEGIN SOLUTION
    return x - 0.1 * g
    # END SOLUTION


# %%
state = "unsolved" if step(1.0, 1.0) is None else "solved"
assert os.environ["ADAMLIB_EXPECT"] == state
print(state)
'''


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write the source of lesson 01 in a course of its own."""
    (tmp_path / "solutions").mkdir()
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)

    def write(text, name="01-step"):
        source = tmp_path / "sources" / name / "lesson.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text, encoding="utf-8")
        return source

    return write


@pytest.fixture
def runs(monkeypatch):
    """Replace the kernel by one that prints the cell's text; the list of what it was given."""
    given = []

    def execute(solution, label):
        given.append(label)
        for cell in notebooks.code(solution):
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=cell.source)]
        notebooks.normalise(solution)

    monkeypatch.setattr(notebooks, "execute", execute)
    return given


def texts(book):
    return [cell.source for cell in book.cells]


def test_the_notebooks_are_what_their_sources_say():
    assert list(notebooks.check()) == []


# Sources


@pytest.mark.parametrize(
    ("source", "lesson", "solution"),
    [
        ("x = 1", "x = 1", "x = 1"),
        (
            "def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n\n\nf()",
            "def f():\n    ...  # your code here\n\n\nf()",
            "def f():\n    return 1\n\n\nf()",
        ),
        (
            "# BEGIN SOLUTION\n# STUB x = ...\n# STUB\n#   STUBBORN\nx = 1\n# END SOLUTION",
            "x = ...",
            "#   STUBBORN\nx = 1",
        ),
        (
            "# BEGIN SOLUTION\n1\n# END SOLUTION\n2\n# BEGIN SOLUTION\n3\n# END SOLUTION",
            "...  # your code here\n2\n...  # your code here",
            "1\n2\n3",
        ),
    ],
)
def test_a_lesson_has_the_stub_where_the_solution_has_the_answer(source, lesson, solution):
    assert notebooks.split(source) == (lesson, solution)


@pytest.mark.parametrize(
    "cell",
    [
        "# BEGIN SOLUTION\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n# END SOLUTION",
        "# BEGIN SOLUTION\nx = 1\n# BEGIN SOLUTION\ny = 1\n# END SOLUTION",
        "# BEGIN SOLUTION\nx = 1",
        "x = 1\n# END SOLUTION",
        "# Begin solution\nx = 1\n# end solution",
        "# BEGINSOLUTION\nx = 1",
        "x = 1  # BEGIN SOLUTION",
        "# STUB x = ...",
    ],
)
def test_a_marker_that_would_leak_the_solution_is_named(write, cell):
    source = write(f"# %%\ny = 1\n\n# %%\nz = 1\n{cell}\n")
    with pytest.raises(notebooks.Fault, match="01-step/lesson.py, cell 2, which .* SOLUT"):
        notebooks.read(source)


def test_a_tagged_cell_is_in_its_own_folder_only(write):
    source = write(
        '# %% tags=["solution"]\na\n\n# %% [markdown] tags=["lesson"]\n# b\n\n'
        '# %% tags=["nbval-skip", "lesson"]\nc\n\n# %% tags=["nbval-skip"]\nd\n'
    )
    lesson, solution = notebooks.read(source)
    assert texts(lesson) == ["b", "c", "d"]
    assert texts(solution) == ["a", "d"]
    assert [cell.metadata for cell in lesson.cells] == [{}, *2 * [{"tags": ["nbval-skip"]}]]


def test_ids_are_the_same_in_both_folders_and_stay_when_a_cell_is_inserted(write):
    cells = ["# %%\nprint()\n", "# %%\n# BEGIN SOLUTION\n1\n# END SOLUTION\n", "# %%\nprint()\n"]
    lesson, solution = notebooks.read(write("\n".join(cells)))
    before = [cell.id for cell in lesson.cells]
    assert before == [cell.id for cell in solution.cells]
    assert len(set(before)) == 3
    longer, _ = notebooks.read(write("\n".join(["# %% [markdown]\n# new\n", *cells])))
    assert [cell.id for cell in longer.cells][1:] == before


# Outputs


def solution_with(*outputs):
    return notebooks.notebook([nbformat.v4.new_code_cell("x", id="a", outputs=list(outputs))])


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def shown(**data):
    data = {kind.replace("_", "/"): value for kind, value in data.items()}
    return nbformat.v4.new_output("display_data", data=data)


def test_outputs_are_normalised():
    widget = shown(text_plain="IntSlider(value=1)")
    widget.data["application/vnd.jupyter.widget-view+json"] = {"model_id": "a5b3"}
    result = nbformat.v4.new_output("execute_result", data={"text/plain": "1"}, execution_count=7)
    book = solution_with(stream("a"), stream("b"), stream("c", "stderr"), widget, result)
    notebooks.normalise(book)
    (cell,) = book.cells
    assert cell.execution_count == 1
    assert cell.outputs[:2] == [stream("ab"), stream("c", "stderr")]
    assert cell.outputs[2].data == {"text/plain": "IntSlider(value=1)"}
    assert cell.outputs[3].execution_count == 1


@pytest.mark.parametrize(
    "output",
    [
        stream("a warning", "stderr"),
        nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[]),
        stream("<object object at 0x7f1b2c3d4e5f>"),
        stream("/home/ada/adam/data.npz"),
        shown(text_plain="'/root/x'"),
        shown(text_html="<i>/tmp/ipykernel_12/1.py</i>"),
        stream("file:///Users/ada/adam"),
        stream(r"C:\Users\ada"),
        shown(text_plain=r"'C:\\Users\\ada'"),
        shown(text_plain="<Figure>", image_png="iVBOR"),
        shown(text_html='<img src="data:image/png;base64,iVBOR">'),
        shown(text_html='<img alt="" src="data:image/png;base64,iVBOR">'),
    ],
)
def test_an_output_that_no_reader_should_meet_is_refused(write, runs, output, monkeypatch):
    monkeypatch.setattr(notebooks, "normalise", lambda book: book.cells[0].update(outputs=[output]))
    source = write("# %%\nx\n")
    with pytest.raises(notebooks.Fault, match="sources/01-step/lesson.py, cell 1, .*'x', "):
        notebooks.build()
    assert not notebooks.targets(source)[1].exists()


def test_an_innocent_output_is_not_refused():
    image = '<img alt="a" src="data:image/png;base64,x+/tmp/x+/home/">'
    book = solution_with(
        stream("see example.org/home/ada, 0x10, and/or/tmp"), shown(text_html=image)
    )
    assert list(notebooks.refused(book, "x")) == []


# Building


def test_only_changed_code_is_run_again(write, runs):
    source = write(LESSON)
    notebooks.build()
    written = [path.read_bytes() for path in notebooks.targets(source)]
    notebooks.build("01")
    assert [path.read_bytes() for path in notebooks.targets(source)] == written
    assert len(runs) == 1

    write(LESSON.replace("# # A step", "# # One step"))
    notebooks.build()
    assert len(runs) == 1
    solution = notebooks.targets(source)[1].read_text()
    assert "One step" in solution and '"text": [' in solution

    write(LESSON.replace("0.1", "0.2"))
    notebooks.build()
    assert len(runs) == 2
    notebooks.build(everything=True)
    assert len(runs) == 3
    assert list(notebooks.check()) == []


@pytest.mark.parametrize(
    ("folder", "old", "new"),
    [
        ("lessons", "...  # your code here", "return x"),
        ("solutions", "0.1 * g", "0.2 * g"),
        ("solutions", "# A step", "# One step"),
        ("solutions", '"execution_count": 2', '"execution_count": null'),
        ("solutions", '"execution_count": 2', '"execution_count": 12'),
        ("solutions", '"nbformat_minor": 5', "<<<<<<< HEAD"),
        ("lessons", "\n", "\r\n"),
    ],
)
def test_a_notebook_edited_by_hand_is_out_of_date(write, runs, folder, old, new):
    write(LESSON)
    notebooks.build()
    path = notebooks.ROOT / folder / "01-step.ipynb"
    text = path.read_bytes()
    assert old.encode() in text
    path.write_bytes(text.replace(old.encode(), new.encode()))
    assert list(notebooks.check()) == [f"{folder}/01-step.ipynb is out of date: run `make build`."]
    notebooks.build()
    assert list(notebooks.check()) == []


def test_a_solution_without_its_outputs_is_run_again(write, runs):
    _, path = notebooks.targets(write(LESSON))
    notebooks.build()
    solution = nbformat.read(path, 4)
    for cell in notebooks.code(solution):
        cell.update(outputs=[], execution_count=None)
    path.write_text(notebooks.dumps(solution))
    notebooks.build()
    assert len(runs) == 2


def test_a_notebook_without_a_source_is_named(write, runs):
    write(LESSON)
    notebooks.build()
    write(LESSON, "02-more")
    notebooks.build("02")
    (notebooks.ROOT / "sources/02-more/lesson.py").unlink()
    assert [fault.split(" has ")[0] for fault in notebooks.check()] == [
        "lessons/02-more.ipynb",
        "solutions/02-more.ipynb",
    ]


def test_a_number_without_a_lesson_is_named(write):
    write(LESSON)
    with pytest.raises(SystemExit, match="no lesson 07 in sources"):
        notebooks.main(["build", "07"])


def test_an_exception_names_the_cell(write):
    write('# %%\nx = 1\n\n# %% [markdown]\n# so\n\n# %%\ny = x / 0\n\n# %%\nprint("later")\n')
    with pytest.raises(SystemExit) as end:
        notebooks.main(["build"])
    assert str(end.value) == (
        "sources/01-step/lesson.py, cell 3, which begins 'y = x / 0': "
        "ZeroDivisionError: division by zero"
    )


# nbval


def test_nbval_in_a_course_that_is_really_built(write):
    """It knows the folder, compares outputs, names a kernel's crash, waits a minute for output."""
    write(LESSON)
    notebooks.build()
    course = notebooks.ROOT
    crash = notebooks.notebook([nbformat.v4.new_code_cell("import os\nos._exit(1)", id="a")])
    (course / "lessons/99-crash.ipynb").write_text(notebooks.dumps(crash))
    solution = (course / "solutions/01-step.ipynb").read_text()
    other = solution.replace('"solved\\n"', '"mended\\n"')
    assert other != solution
    (course / "solutions/02-other.ipynb").write_text(other)
    (course / "tests").mkdir()
    (course / "tools").mkdir()
    for name in ("conftest.py", "pyproject.toml", "tests/sanitize.cfg", "tools/outputs.py"):
        shutil.copy(ROOT / name, course / name)
    spy = "def pytest_runtest_teardown(item):\n    print('waits', item.output_timeout)\n"
    (course / "spy.py").write_text(spy)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "spy", "lessons", "solutions"],
        cwd=course,
        capture_output=True,
        text=True,
    )
    assert "8 passed" in result.stdout, result.stdout
    assert "2 failed" in result.stdout
    assert "kernel died" in result.stdout
    failures = result.stdout.partition("short test summary")[0]  # which CI variables make longer
    assert failures.count("Cell outputs differ") == 1
    assert result.stdout.count("waits 60") == 10


def test_a_notebook_exports_as_a_python_script(write):
    write(LESSON)
    notebooks.build()
    notebook = nbformat.read(notebooks.ROOT / "lessons/01-step.ipynb", 4)
    _, resources = ScriptExporter().from_notebook_node(notebook)
    assert resources["output_extension"] == ".py"
