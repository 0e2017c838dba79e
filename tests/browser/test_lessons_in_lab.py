"""Each notebook as a learner meets it: run, its questions answered, an exercise typed."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from adamlib.practice import Question, Right, lessons

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = lessons.every("QUESTIONS", Question)
UNWRITTEN = """from adamlib.practice import check
def sgd(x, g, t, *, learning_rate=0.01):
    ...  # your code here
rule = check(sgd, "sgd")"""
UPHILL = UNWRITTEN.replace("...  # your code here", "return (x + learning_rate * g,)")
RIGHT = UNWRITTEN.replace("...  # your code here", "return (x - learning_rate * g,)")
QUIZ = "from adamlib.practice import quiz\nquiz('01.start')"


def answer_quizzes(page, questions):
    """Choose each choice of each quiz by keyboard alone, and read its reason."""
    shown = page.page.locator(".adamlib-quiz")
    texts = [question.text for question in questions.values()]
    assert shown.locator("legend").all_text_contents() == [f"Predict: {text}" for text in texts]
    cells = page.page.locator(".jp-Cell").count()
    for k, question in enumerate(questions.values()):
        reason = shown.nth(k).locator("output")
        shown.nth(k).get_by_role("radio").first.focus()
        page.page.keyboard.press(" ")
        for i, words in enumerate(question.choices.values()):
            verdict = "Yes" if question.is_right(i) else "No"
            page.page.keyboard.press("Tab")
            page.page.keyboard.press("Enter")
            expect(reason).to_have_text(f"{verdict}. {words}")
            page.page.keyboard.press("b")  # JupyterLab's key for a new cell
            page.page.keyboard.press("Shift+Tab")
            page.page.keyboard.press("ArrowDown")
    assert page.page.locator(".jp-Cell").count() == cells


PAGES = [
    pytest.param(path, id=path, marks=() if path.startswith("lessons/04") else pytest.mark.long)
    for folder in ("lessons", "solutions")
    for path in sorted(f"{folder}/{file.name}" for file in ROOT.glob(f"{folder}/[0-9]*.ipynb"))
]


@pytest.mark.parametrize("path", PAGES)
def test_a_notebook_runs_and_its_quizzes_answer(run_all, path):
    notebook = nbformat.read(ROOT / path, 4)
    asked = re.findall(r'quiz\("([\w.]+)"\)', "\n".join(cell.source for cell in notebook.cells))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    if path.startswith("solutions"):  # its end holds the text to experiments of laptop size: nbval
        assert notebook.cells.pop().metadata["jupyter"]["source_hidden"]
    page = run_all(notebook)
    answer_quizzes(page, {name: QUESTIONS[name] for name in asked})
    assert not (problems := page.problems()), problems


def retype(page, text):
    """Replace the first cell's text, as a learner would, and run it; the words it prints."""
    cell = page.page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.page.keyboard.press("ControlOrMeta+A")
    page.page.keyboard.insert_text(text)
    before = cell.locator(".jp-InputPrompt").inner_text()
    page.page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"))
    expect(cell.locator(".jp-InputPrompt")).not_to_have_text(before)
    return cell.locator(".jp-OutputArea-output").inner_text().strip()


def test_an_exercise_unwritten_wrong_and_right(run_notebook):
    page = run_notebook(UNWRITTEN)
    printed = page.page.locator(".jp-OutputArea-output")
    assert printed.inner_text().startswith("· sgd: not written yet")
    assert "the step goes uphill" in retype(page, UPHILL)
    assert "it raises NameError" in retype(page, UPHILL.replace("x +", "y +"))
    assert retype(page, RIGHT) == "✓ sgd: right, it agrees with the course's own in every test"
    assert not (problems := page.problems()), problems


def test_an_endless_loop_can_be_interrupted_and_the_notebook_goes_on(run_notebook):
    page = run_notebook(UNWRITTEN)
    cell = page.page.locator(".jp-CodeCell").first
    endless = UNWRITTEN.replace("...  # your code here", "print('in it')\n    while True: pass")
    cell.locator(".cm-content").click()
    page.page.keyboard.press("ControlOrMeta+A")
    page.page.keyboard.insert_text(endless)
    page.page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea-output")).to_have_text("in it")
    page.page.evaluate("() => window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("KeyboardInterrupt")
    page.settle()  # what is sent while the kernel tells of an error, JupyterLab drops
    assert retype(page, RIGHT).startswith("✓ sgd: right")


START = QUESTIONS["01.start"]
WRONG_ANSWER = Question(
    START.text,
    {
        words: Right(reason) if i == 1 else str(reason)
        for i, (words, reason) in enumerate(START.choices.items())
    },
)
BROKEN = {  # how: a cell, and what must be noticed
    "error": ("1 / 0", "ZeroDivisionError"),
    "stderr": ("import warnings\nwarnings.warn('careful')", "careful"),
    "page error": (
        "from IPython.display import Javascript\nJavascript('console.error(1234)')",
        "1234",
    ),
    "network": (
        "from IPython.display import HTML\nHTML('<img src=\"http://127.0.0.2:9/a.png\">')",
        "asked the network",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_notebooks_are_noticed(run_notebook, how):
    cell, words = BROKEN[how]
    page = run_notebook(cell)
    page.page.wait_for_timeout(200)
    assert words in str(page.problems())


def test_a_wrong_answer_in_a_quiz_is_noticed(run_notebook):
    page = run_notebook(QUIZ)
    expect.set_options(timeout=2_000)
    try:
        with pytest.raises(AssertionError, match="to have text"):
            answer_quizzes(page, {"01.start": WRONG_ANSWER})
    finally:
        expect.set_options(timeout=60_000)
