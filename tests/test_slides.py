"""Slides: all that a lesson shows is in them, nothing is solved, and every page has room."""

import re
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from adamlib.practice.lessons import find
from adamlib.practice.questions import Question, Right
from tools import notebooks, slides
from tools.browser import CHROMIUM, HOW, PATIENCE, chromium
from tools.notebooks import ROOT

SOURCES = [source for source in notebooks.sources() if source.parent.name[:2].isdigit()]
ASSETS = ROOT / "work" / "slides" / "assets"
lessons = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name[:2])


def cells(pages, kind):
    """The shown cells of a kind, without the headings."""
    shown = [cell for page in pages for cell in page.cells[1:]]
    return [
        cell
        for cell in shown
        if cell.cell_type == kind and cell.metadata.slideshow.slide_type in ("-", "skip")
    ]


def words(text):
    """All words but headings and the heads of tables, which several pages may have."""
    return re.sub(r"(?m)^#+ .*$|^>|^.*\n\| ---.*$", "", text).split()


@pytest.fixture(scope="module")
def made():
    """{source: (lesson, pages, live pages)} of all lessons."""
    found = {}
    for source in SOURCES:
        blocks = list(slides.blocks_of(source))
        pages, live = slides.pages_of(slides.cut(blocks)), slides.pages_of(slides.live(blocks))
        found[source] = notebooks.read(source)[0], pages, live
    return found


# Nothing is lost, and nothing is solved


@lessons
def test_every_word_is_on_a_page_once_and_in_order(made, source):
    lesson, pages, live = made[source]
    text = []
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            text += words(slides.DETAILS.sub("", slides.LINK.sub(r"\1", cell.source)))
        elif asked := slides.QUIZ.search(cell.source):
            for block in slides.of_question(find(asked[1], "QUESTIONS", Question)):
                text += words(block.cell.source)
    for made_pages in (pages, live):
        assert words("\n".join(cell.source for cell in cells(made_pages, "markdown"))) == text


@lessons
def test_what_is_folded_in_is_in_the_notes(made, source):
    lesson, pages, _ = made[source]
    texts = [cell.source for cell in lesson.cells if cell.cell_type == "markdown"]
    notes = [c for page in pages for c in page.cells if c.metadata.slideshow.slide_type == "notes"]
    assert len(notes) == sum(text.count("<details>") for text in texts)
    assert not any("<details" in cell.source for page in pages for cell in page.cells)


@lessons
def test_the_live_notebook_has_the_lessons_code_and_no_solution(made, source):
    lesson, _, live = made[source]
    code = "\n".join(cell.source for cell in notebooks.code(lesson))
    shown = "\n".join(cell.source for cell in cells(live, "code"))
    assert shown.split() == re.sub(r'(?m)^quiz\(".*"\)$', "", code).split()


@lessons
def test_a_page_shows_the_lessons_code_and_every_output_once_but_no_verdict(made, source):
    lesson, pages, live = made[source]
    code, outputs = [], []
    for cell in cells(pages, "code"):
        if "output" in cell.metadata.get("tags", []):
            outputs += cell.outputs
        else:
            assert not cell.outputs
            code.append(cell.source)
    assert code == [cell.source for cell in cells(live, "code")]
    solution = nbformat.read(notebooks.targets(source)[1], 4)
    own = {cell.id for cell in lesson.cells}
    stored = [o for cell in notebooks.code(solution) if cell.id in own for o in cell.outputs]
    texts = [str(output) for output in outputs]
    for output in stored:
        data = output.get("data", {})
        html = data.get("text/html")
        mute = html == "" or "Predict: " in data.get("text/plain", "")
        mute = mute or (html or "").startswith(slides.VERDICT)
        mute = mute or output.get("text", "").startswith("Lesson ")  # progress()
        if table := data.get("text/markdown"):
            assert all("".join(texts).count(repr(row)[1:-1]) for row in table.split("\n"))
            continue
        assert texts.count(str(output)) == (0 if mute else stored.count(output))
    pictures = re.findall(r"<img ([^ ]*)", "".join(texts))
    assert pictures and all(re.match('alt="[^"]', picture) for picture in pictures)


@lessons
def test_no_exercise_is_answered_on_its_page_or_in_the_live_notebook(made, source):
    for page in made[source][1]:
        is_output = ["output" in cell.metadata.get("tags", []) for cell in page.cells]
        code = [c for c, is_it in zip(page.cells, is_output, strict=True) if not is_it]
        asked = any(slides.ASKED.search(c.source) for c in code if c.cell_type == "code")
        assert not (asked and any(is_output)), code
    for cell in cells(made[source][2], "code"):
        assert not (cell.outputs and slides.ASKED.search(cell.source)), cell.source


@lessons
def test_every_page_has_a_heading_and_room(made, source):
    _, pages, live = made[source]
    assert max(page.used for page in pages) <= slides.ROOM
    for page in (*pages, *live):
        assert re.match("#+ ", page.cells[0].source)
        shown = [cell for cell in page.cells if cell.metadata.slideshow.slide_type != "-"]
        assert page.cells[0] in shown and len(page.cells) > 1
    headings = re.compile("^## .*", re.M)
    text = "\n".join(c.source for c in made[source][0].cells if c.cell_type == "markdown")
    columns = [p for p in pages if p.cells[0].metadata.slideshow.slide_type == "slide"]
    assert [p.cells[0].source for p in columns[1:]] == headings.findall(text)


# Cutting


def text(source, apart=False):
    return slides.text_block(source, apart)


def code(lines):
    return slides.Block(new_code_cell("x = 1"), "code", slides.CODE_LINE * lines)


def sources(pages):
    return [[cell.source for cell in page.cells] for page in pages]


@pytest.mark.parametrize(
    "piece",
    [
        "This is a sentence of some length, and more. " * 60,
        "\n".join(f"- item {i}, which is long enough to fill a line or so" for i in range(40)),
        "\n".join(f"{i}. item {i}" for i in range(40)),
    ],
)
def test_what_is_too_high_is_cut_and_nothing_is_lost(piece):
    small = slides.parts(piece)
    assert len(small) > 1 and " ".join(small).split() == piece.split()
    assert all(slides.text_height(part) <= slides.ROOM for part in small)


def test_each_part_of_a_table_has_its_head():
    head = "| a | b |\n| --- | --- |"
    rows = [f"| {i} | x |" for i in range(30)]
    small = slides.parts("\n".join([head, *rows]))
    assert len(small) > 1 and all(part.startswith(head) for part in small)
    assert "\n".join(part.removeprefix(head).strip() for part in small) == "\n".join(rows)


def test_a_formula_stays_whole():
    formula = "$$\n" + r"a \\ " * 30 + "\n$$"
    assert slides.parts(formula) == [formula]


def test_headings_begin_columns_and_pages():
    pages = slides.pages_of(
        slides.of_text("# 1\n\nfew\n\n## 2\n\nwords\n\n### Exercise 1: x\n\nno")
    )
    kinds = [page.cells[0].metadata.slideshow.slide_type for page in pages]
    assert kinds == ["slide", "slide", "subslide"]
    assert sources(pages) == [["# 1", "few"], ["## 2", "words"], ["### Exercise 1: x", "no"]]


def test_a_full_page_goes_on_under_the_same_heading():
    pages = slides.pages_of([*slides.of_text("## 2"), code(12), code(12)])
    assert sources(pages) == [["## 2", "x = 1"]] * 2


def test_a_text_that_ends_in_a_colon_leads_on():
    pages = slides.pages_of([*slides.of_text("## 2"), code(11), text("See:"), code(9)])
    assert sources(pages) == [["## 2", "x = 1"], ["## 2", "See:", "x = 1"]]


def test_what_follows_an_exercise_is_not_under_its_heading():
    parts = [*slides.of_text("## 2\n\na\n\n### Exercise 1: x\n\nb"), code(1), text("c"), text("d")]
    assert sources(slides.pages_of(parts))[1:] == [
        ["### Exercise 1: x", "b", "x = 1"],
        ["## 2", "c", "d"],
    ]


def test_reasons_come_on_a_page_of_their_own():
    question = Question("Is 2 * 3 < $x$?", {"yes": Right("it is"), "no": "count"})
    pages = slides.pages_of([*slides.of_text("## 2"), *slides.of_question(question)])
    (_, asked), (_, reasons) = sources(pages)
    assert asked == "**Predict:** Is 2 \\* 3 &lt; \\$x\\$?\n\n- yes\n- no"
    assert reasons == "- ✓ **yes:** it is\n- ✗ **no:** count"


def test_imports_are_skipped_and_the_code_below_them_is_not():
    cell = new_code_cell("import numpy as np\nfrom a import (\n    b,\n)\n\nnp.ones(3)")
    skipped, shown = slides.of_code(cell, None)
    assert (skipped.kind, shown.kind, shown.cell.source) == ("skip", "code", "np.ones(3)")


def test_the_first_cell_is_shown_only_where_it_shows_something():
    cell = new_code_cell("import a\n\nSEEDS = a.seeds()")
    (skipped,) = slides.of_code(cell, cell, is_first=True)
    assert (skipped.kind, skipped.cell.source) == ("skip", cell.source)
    cell.outputs = [new_output("stream", text="7\n")]
    kinds = [block.kind for block in slides.of_code(cell, cell, is_first=True)]
    assert kinds == ["skip", "code", "output"]


def test_an_exercises_output_answers_it_and_begins_a_page():
    printed = new_output("stream", text="7\n")
    lesson, solution = (new_code_cell(f"x = {x}") for x in ("...", "7"))
    solution.outputs = [printed]
    shown, answer = slides.of_code(lesson, solution)
    assert shown.cell.source == answer.cell.source == "x = ..." and answer.apart
    (alone,) = slides.live([shown, answer])
    assert not alone.cell.outputs
    after, its = slides.of_code(solution, solution, exercise="3")
    assert its.apart and not list(slides.live([after, its]))[0].cell.outputs


def test_text_stands_beside_a_narrow_picture():
    png = "iVBORw0KGgoAAAANSUhEUgAAA0AAAAIACAYAAAA="  # says 832 by 512
    html = {"text/html": f'<img alt="a" src="data:image/png;base64,{png}">'}
    picture = slides.output_block("p()", new_output("display_data", data=html))
    pages = slides.pages_of([*slides.of_text("## 2"), picture, text("a"), text("$$b$$")])
    assert [[c.metadata.get("tags") for c in page.cells[1:]] for page in pages] == [
        [["output", "left"], ["beside"]],
        [None],
    ]


# Files


@pytest.fixture
def folder(tmp_path):
    for name in slides.NEEDED:
        (tmp_path / "assets" / name).mkdir(parents=True)
    return tmp_path


def test_both_files_are_written_and_may_be_written_again(folder, capsys, monkeypatch):
    monkeypatch.setattr(slides, "html", lambda book: f"{len(book.cells)} cells")
    for _ in range(2):
        slides.main(["10", str(folder)])
        assert re.search(r"10-beyond-adam.slides.html: \d\d slides.\n$", capsys.readouterr().out)
    book = nbformat.read(folder / "10-beyond-adam.slides.ipynb", 4)
    nbformat.validate(book)
    assert book.cells[0].metadata.slideshow.slide_type == "slide"
    assert (folder / "10-beyond-adam.slides.html").read_text().endswith(" cells")


def test_a_page_needs_nothing_from_another_host(made):
    pages = made[SOURCES[-1]][1][:8]
    page = slides.html(slides.deck(pages, "Title"))
    wanted = re.findall(r'(?:src|href)="(?!data:|#)([^"]*)|import [^;]*', page)
    assert wanted and all(address.startswith("assets/") for address in wanted)
    assert page.count("<section") == len(pages) + 2  # and two columns


def test_a_notebook_that_was_changed_is_not_overwritten(folder):
    mine = folder / "10-beyond-adam.slides.ipynb"
    mine.write_text("mine")
    with pytest.raises(SystemExit, match="is there already, and is not what would be written"):
        slides.main(["10", str(folder)])
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("number, words", [("6", "has two digits"), ("77", "is no lesson 77")])
def test_a_wrong_number_is_refused_in_a_sentence(tmp_path, number, words):
    with pytest.raises(SystemExit, match=words):
        slides.main([number, str(tmp_path)])


def test_without_npm_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.npm.shutil.which", lambda name: None)
    with pytest.raises(SystemExit, match="npm, which brings it, is not installed: install Node.js"):
        slides.main(["10", str(tmp_path)])
    assert not list(tmp_path.glob("*.slides.*"))


# Each page in a browser

MEASURE = """() => {
    const page = Reveal.getCurrentSlide(), from = page.getBoundingClientRect();
    const shown = [...page.querySelectorAll("*")].filter(
        e => !e.closest("aside, mjx-assistive-mml") && e.getClientRects().length);
    const ends = side => Math.max(...shown.map(e => e.getBoundingClientRect()[side]));
    return {
        bottom: Math.max(page.scrollHeight, ends("bottom") - from.top),
        right: Math.max(page.scrollWidth, ends("right") - from.left),
        formulas: page.querySelectorAll(":scope :not(aside) mjx-container").length,
        unset: /\\$|\\\\[a-z]/.test(shown.filter(e => e.matches("p, li, td")).map(
            e => e.innerText).join(" ")) || !!page.querySelector("[data-mml-node=merror]"),
        pictures: [...page.querySelectorAll("img")].map(e => e.alt && e.naturalWidth > 0),
    } }"""


@pytest.mark.long
@pytest.mark.skipif(not CHROMIUM, reason=HOW)
@pytest.mark.skipif(
    not ASSETS.exists(), reason="No reveal.js: run `python3 course.py slides 06 work/slides` once."
)
def test_no_page_overflows_or_asks_for_anything_from_elsewhere(tmp_path):
    shutil.copytree(ASSETS, tmp_path / "assets")
    problems = []
    with chromium() as browser:
        for source in SOURCES:
            slides.main([source.parent.name[:2], str(tmp_path)])
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(1000 * PATIENCE)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda r: problems.extend([r.url] * r.url.startswith("http")))
            page.goto((tmp_path / f"{source.parent.name}.slides.html").as_uri())
            page.wait_for_function("window.Reveal?.isReady()")
            page.evaluate("MathJax.startup.promise.then(() => {})")
            number, formulas, pictures = 0, 0, 0
            while not number or not page.evaluate("Reveal.isLastSlide() || Reveal.next()"):
                number += 1
                seen = page.evaluate(MEASURE)
                formulas, pictures = formulas + seen["formulas"], pictures + len(seen["pictures"])
                if seen["bottom"] > 720 or seen["right"] > 1280 or seen["unset"]:
                    problems.append(f"{source.parent.name}, slide {number}: {seen}")
                if not all(seen["pictures"]):
                    problems.append(f"{source.parent.name}, slide {number}: no alt text")
            assert number == page.evaluate("Reveal.getTotalSlides()") > 20
            assert formulas > 20 and pictures == page.evaluate("document.images.length") > 0
            page.close()
    assert not problems
