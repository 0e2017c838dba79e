"""The website: all that a lesson has and nothing else, for every reader, and from no other host.

python3 course.py test tests/web -m web
"""

import re

import nbformat
import pytest

pytest.importorskip("sphinx", reason="what the website needs is not installed: course.py site")
pytestmark = pytest.mark.web

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html
from pypdf import PdfReader

from adamlib.practice.lessons import find
from adamlib.practice.questions import Question
from tools import notebooks, site
from tools.browser import CHROMIUM, HOW, PATIENCE, chromium, host
from tools.outputs import without_bars
from tools.slides import QUIZ

NAMES = sorted(source.parent.name for source in notebooks.sources())
PAGES = ["index", *NAMES, "glossary", "cheat-sheet"]
FORMULA = "□"
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 800}
lessons = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site's folder."""
    folder = tmp_path_factory.mktemp("site") / "site"
    site.build(folder)
    return folder


@pytest.fixture(scope="module")
def served(built):
    """The site's address, as on a host."""
    with host(built) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip(HOW)
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser):
    """A function that opens an address of a site. No other is answered, and nothing may go wrong:
    in the end no page has asked elsewhere, or written to the console."""
    wrong, contexts = [], []

    def visit(url, **window):
        context = browser.new_context(viewport=WIDE, **window)
        contexts.append(context)

        def answer(route):
            if route.request.url.startswith((url.rpartition("/")[0], "data:", "blob:")):
                return route.continue_()
            wrong.append(f"asked for {route.request.url}")
            return route.abort()

        context.route("**/*", answer)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(url)
        page.evaluate("window.MathJax?.startup.promise.then(() => {})")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong


def article(built, name, *without):
    """What a page says, parsed, without the parts that these selectors name."""
    text = (built / f"{name}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(text, "html.parser").select_one("#furo-main-content")
    for part in found.select(", ".join([*without, "a.headerlink, .anchor-link"])):
        part.decompose()
    return found


def letters(text):
    return re.sub(r"\s", "", text)


# What a page has


def test_the_pages_are_those_of_the_course(built):
    made = {path.stem for path in built.glob("*.html")} - {"search"}
    assert (
        made == set(PAGES) == {path.stem for path in notebooks.ROOT.glob("lessons/*")} | {"index"}
    )


@pytest.mark.parametrize("name", PAGES[1:])
def test_a_page_has_the_text_of_its_notebook_and_no_other(built, name):
    book = nbformat.read(notebooks.ROOT / "lessons" / f"{name}.ipynb", 4)
    text = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    text = re.sub(r"(?s)\$\$.*?\$\$|\$[^$]+\$", FORMULA, text)
    wanted = BeautifulSoup(markdown2html(text), "html.parser")
    for link in wanted.select("a.anchor-link"):
        link.decompose()
    said = article(built, name, ".cell, details.solution")
    for formula in said.select(".math"):
        formula.replace_with(FORMULA)
    assert letters(said.get_text()) == letters(wanted.get_text())


@lessons
def test_a_page_has_the_code_of_its_lesson_and_folds_the_solutions_in(built, name):
    (source,) = notebooks.sources(name)
    lesson, solution = map(notebooks.code, notebooks.read(source))
    texts = {cell.id: cell.source for cell in lesson}
    solved = [c.source for c in solution if c.source != texts.get(c.id, c.source)]
    asked = [QUIZ.sub("", text) for text in texts.values() if not text.startswith("progress(")]
    shown = [text for text in asked if text.strip()]
    folded = article(built, name).select("details.solution .cell_input pre")
    assert [letters(pre.get_text()) for pre in folded] == [*map(letters, solved)]
    open_ = article(built, name, "details.solution").select(".cell_input pre")
    assert [letters(pre.get_text()) for pre in open_] == [*map(letters, shown)]


@lessons
def test_a_page_has_every_question_with_the_reason_of_each_choice(built, name):
    (source,) = notebooks.sources(name)
    asked = [QUIZ.search(cell.source) for cell in notebooks.code(notebooks.read(source)[0])]
    wanted = []
    for found in filter(None, asked):
        question = find(found[1], "QUESTIONS", Question)
        wanted.append(f"Predict: {question.text}")
        for i, (words, reason) in enumerate(question.choices.items()):
            wanted += [words, f"{'Yes' if question.is_right(i) else 'No'}. {reason}"]
    said = article(built, name).select(".quiz p, .quiz summary")
    assert [letters(part.get_text()) for part in said] == [*map(letters, wanted)]


@lessons
def test_a_page_has_every_picture_with_its_real_alt(built, name):
    (source,) = notebooks.sources(name)
    outputs = [
        output for cell in notebooks.solved(source)[1].cells for output in cell.get("outputs", [])
    ]
    data = [output.get("data", {}) for output in without_bars(outputs)]
    alts = [d["text/plain"] for d in data if "<img " in d.get("text/html", "")]
    assert [image.get("alt") for image in article(built, name).select("img")] == alts
    assert all(len(alt) > 20 for alt in alts)


def test_only_what_is_live_in_the_notebook_is_said_to_be_live(built):
    cells = article(built, "06-adam").select(".cell:has(p.live)")
    assert [re.match(r"\w+", cell.get_text().strip())[0] for cell in cells] == [
        "one_step",
        "knobs",
    ]


def test_a_warning_ends_the_build(monkeypatch, tmp_path):
    (alone,) = notebooks.sources("03")  # its links lead nowhere
    monkeypatch.setattr(notebooks, "sources", lambda *numbers: [alone])
    with pytest.raises(notebooks.Fault, match="Sphinx says above why"):
        site.build(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_folder_of_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.md").write_text("mine")
    with pytest.raises(notebooks.Fault, match="holds something else"):
        site.build(tmp_path)
    assert (tmp_path / "thesis.md").exists()


# In a browser


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_a_page_can_be_read_by_everyone(visit, served, name):
    page = visit(f"{served}/{name}.html")
    assert page.locator(".math mjx-container").count() == page.locator(".math").count()
    assert not page.locator("mjx-merror, [data-mjx-error]").count()
    for theme, size in (("light", WIDE), ("dark", NARROW)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        found = Axe().run(page)
        assert not found.violations_count, f"{theme}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"the page scrolls sideways by {wide}"


def test_a_page_from_the_disk_asks_for_nothing_either(visit, built):
    page = visit((built / "06-adam.html").as_uri())
    assert page.locator("mjx-container").count() > 100


def test_next_leads_through_the_course_and_previous_back(visit, served):
    page, seen = visit(f"{served}/index.html"), ["index"]
    for button, names in ((".next-page", PAGES[1:]), (".prev-page", PAGES[-2::-1])):
        for name in names:
            page.locator(button).click()
            page.wait_for_url(f"**/{name}.html")
            seen.append(name)
        assert not page.locator(button).count()
    assert seen == PAGES + PAGES[-2::-1]


@pytest.mark.parametrize("place", ["served", "built"])
def test_keys_alone_reach_the_search_and_what_it_finds(visit, request, place):
    root = request.getfixturevalue(place)
    page = visit(f"{root if place == 'served' else root.as_uri()}/06-adam.html")
    press_until(page, "Tab", "document.activeElement.matches('.sidebar-search')")
    page.keyboard.type("Nesterov")
    page.keyboard.press("Enter")
    page.get_by_text("Search finished").wait_for()  # what is found is shown one by one
    assert {"3. Momentum", "Cheat sheet"} <= set(page.locator("ul.search li > a").all_inner_texts())
    press_until(page, "Tab", "document.activeElement.matches('ul.search a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/03-momentum.html*")
    assert "Nesterov" in page.locator("article").inner_text()


def test_keys_alone_open_a_reason_and_a_solution(visit, served):
    page = visit(f"{served}/06-adam.html")
    for fold in (".quiz details", "details.solution"):
        box = page.locator(fold).first
        inside = box.locator(":scope > :not(summary)").first
        assert not inside.is_visible()
        press_until(page, "Tab", f"document.activeElement.matches('{fold} > summary')")
        page.keyboard.press("Enter")
        assert inside.is_visible()


def press_until(page, key, condition):
    """Press the key until the condition holds, at most 200 times."""
    for _ in range(200):
        page.keyboard.press(key)
        if page.evaluate(condition):
            return
    raise AssertionError(f"{key} never came to {condition}")


def test_nothing_moves_for_who_wants_no_motion(visit, served):
    page = visit(f"{served}/06-adam.html", reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].map(each => getComputedStyle(each))
        .filter(style => parseFloat(style.transitionDuration) || style.scrollBehavior != "auto")
        .length"""
    assert page.evaluate(moving) == 0


# On paper


def test_the_printed_pages_unfold_at_the_end_and_are_bound(browser, built):
    names = ["index", "06-adam", "cheat-sheet"]
    site.print_pages(browser, built, names)
    single = [PdfReader(built / "pdf" / f"{name}.pdf") for name in names]
    whole = PdfReader(built / "pdf" / "whole.pdf")
    assert len(whole.pages) == sum(len(pdf.pages) for pdf in single)
    titles = [entry.title for entry in whole.outline if not isinstance(entry, list)]
    assert titles == ["How Adam really works", "6. Adam", "Cheat sheet"]
    text = "\n".join(page.extract_text() for page in single[1].pages)
    before, after = text.split("Hints, solutions, and reasons")
    assert "check_answer(" in before and "parting = 1e-7" not in before
    (source,) = notebooks.sources("06")
    asked = list(filter(QUIZ.search, (c.source for c in notebooks.code(notebooks.read(source)[0]))))
    assert "parting = 1e-7" in after and after.count("Yes.") == len(asked)
    links = [note.get_object() for page in whole.pages for note in page.get("/Annots", [])]
    addresses = [link["/A"]["/URI"] for link in links if "/URI" in link.get("/A", {})]
    assert all(address.startswith("https://") for address in addresses)
    places = {link["/Dest"] for link in links if "/Dest" in link}
    assert len(places) > 50 and places <= whole.named_destinations.keys()
