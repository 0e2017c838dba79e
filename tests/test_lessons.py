"""What all lessons have in common: contents with links and minutes, progress, and a next lesson.
What all traps of the reference have in common: text, and a cell that asserts them."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from tools import notebooks, sheets

ROOT = Path(__file__).resolve().parents[1]
*SOURCES, REFERENCE = notebooks.sources()
ROW = re.compile(r"^\| \[(.+)\]\(#(.+)\) \| (\d+) \|$", re.M)
LINK = re.compile(r"\]\(([\w-]+)\.ipynb(?:#([^)\s]+))?\)")
MOST = 60  # minutes: a session of 90 holds a lesson with its discussion


def lesson(source):
    """The cells of the unsolved notebook."""
    return nbformat.read(ROOT / "lessons" / f"{source.parent.name}.ipynb", 4).cells


def text(source):
    return "\n".join(cell.source for cell in lesson(source) if cell.cell_type == "markdown")


def anchors(name):
    """Every heading of a notebook as a link to it."""
    cells = nbformat.read(ROOT / "lessons" / f"{name}.ipynb", 4).cells
    words = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return {heading.replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", words, re.M)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name[:2])
def test_the_contents_are_the_parts_and_their_minutes(source):
    rows = ROW.findall(lesson(source)[0].source)
    named = [words for words, _, _ in rows]  # perhaps with a part that has no number
    parts = [part for part, _ in sheets.parts(source) if re.match(r"\d", part) or part in named]
    assert named == parts
    assert [anchor for _, anchor, _ in rows] == [part.replace(" ", "-") for part in parts]
    (whole,) = re.findall(r"^\| in all \| (\d+) \|$", lesson(source)[0].source, re.M)
    assert sum(int(minutes) for *_, minutes in rows) == int(whole) <= MOST
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {source.parent.name[:2]} \| .* \| {whole} \| ", readme, re.M)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name[:2])
def test_a_lesson_ends_on_what_is_solved_and_what_comes_next(source):
    number = source.parent.name[:2]
    assert f'progress("{number}")' in [cell.source for cell in lesson(source)]
    following = SOURCES[SOURCES.index(source) + 1 :][:1]
    next_one = re.search(r"^\*\*Next:\*\* .*?\]\(([\w-]+)\.ipynb\)", text(source), re.M | re.S)
    assert not following or next_one[1] == following[0].parent.name


@pytest.mark.parametrize("source", [*SOURCES, REFERENCE], ids=lambda source: source.parent.name)
def test_every_link_to_a_notebook_leads_somewhere(source):
    assert {"glossary", "cheat-sheet"} <= {name for name, _ in LINK.findall(text(source))}
    for name, anchor in LINK.findall(text(source)):
        assert not anchor or anchor in anchors(name), (name, anchor)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name[:2])
def test_a_viewer_gives_each_picture_its_real_alt(source):
    """nbconvert's page, as nbviewer shows it: an image/png alone would have none."""
    book = nbformat.read(ROOT / "solutions" / f"{source.parent.name}.ipynb", 4)
    exporter = HTMLExporter(exclude_input=True, exclude_markdown=True)
    page, _ = exporter.from_notebook_node(book)
    images = BeautifulSoup(page, "html.parser").find_all("img")
    outputs = [output for cell in notebooks.code(book) for output in cell.outputs]
    pictures = [o.data for o in outputs if "<img " in o.get("data", {}).get("text/html", "")]
    assert [image.get("alt") for image in images] == [data["text/plain"] for data in pictures]
    assert images and all(len(image["alt"]) > 20 for image in images)


def test_the_hours_of_the_readme_are_the_lessons_minutes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    minutes = sum(int(m) for m in re.findall(r"^\| \d\d \| .* \| (\d+) \| ", readme, re.M))
    (hours,) = re.findall(r"lessons take about (\w+)\s+hours", readme)
    words = {"seven": 7, "eight": 8, "nine": 9, "ten": 10}
    assert abs(words[hours] - minutes / 60) <= 0.5


def test_each_trap_of_keras_is_asserted_and_named_when_it_changes():
    assert REFERENCE.parent.name == "what-keras-does"
    traps = {}
    for cell in lesson(REFERENCE):
        if heading := re.search(r"^### (.+)$", cell.source, re.M):
            traps[trap := heading[1]] = []
        elif cell.cell_type == "code" and traps:
            nodes = ast.walk(ast.parse(cell.source))
            traps[trap] += [node for node in nodes if isinstance(node, ast.Assert)]
    assert len(traps) >= 20
    for trap, asserts in traps.items():
        assert asserts, f"nothing is asserted of: {trap}"
        for node in asserts:
            assert ast.unparse(node.msg).lstrip("f'\"").startswith("Keras now "), trap
