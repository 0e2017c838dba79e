"""The course as a website: python -m tools.site [FOLDER] [--pdf]

From the notebooks, with no text of their own, come pages of HTML in FOLDER (build/site): what
learners have, each solution folded below its exercise, each choice of a question with its reason.
They ask no other host for anything. --pdf prints each page by Chromium, and binds all of them in
one file, in FOLDER/pdf.
"""

import argparse
import ast
import re
import shutil
import sys
import tempfile
from html import escape
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell
from pypdf import PdfWriter
from sphinx.cmd.build import build_main

from adamlib import explorers
from adamlib.practice.lessons import find
from adamlib.practice.questions import Question
from tools import notebooks
from tools.browser import CHROMIUM, HOW, chromium
from tools.notebooks import ROOT, Fault
from tools.outputs import without_bars
from tools.slides import QUIZ, VERDICT

WEB = ROOT / "web"
LIVE = '<p class="live">In the notebook this picture is live: its controls run the rules.</p>'
SOLUTION = '<details class="solution"><summary>Solution</summary>', "</details>"
INDEX = """\
{before}
{table}

```{{toctree}}
:hidden:

{names}
```
"""
PAPER = (WEB / "paper.js").read_text(encoding="utf-8")
FOOTER = {
    "display_header_footer": True,
    "header_template": "<span></span>",
    "footer_template": '<p style="width: 100%; text-align: center; font: 8pt sans-serif">'
    '<span class="title"></span>, page <span class="pageNumber"></span></p>',
}


# A page of a lesson


def page(lesson, solution):
    """The notebook that a page shows, of a lesson and its solution with outputs."""
    stubs = {cell.id: cell.source for cell in lesson.cells}
    cells = []
    for cell in solution.cells:
        if cell.cell_type == "markdown":
            cells.append(cell)
        elif not is_for_the_notebook(cell):
            cells += of_code(cell, stubs[cell.id])
    for number, cell in enumerate(cells):
        cell.id = f"page-{number}"
    return notebooks.notebook(cells)


def is_for_the_notebook(cell):
    """Whether a cell holds the text to what was computed, or counts the learner's exercises."""
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
    return hidden or calls(cell.source) == "progress"


def of_code(cell, stub):
    """The cells for a code cell; of an exercise the stub, the solution folded, what it shows."""
    question = QUIZ.search(cell.source)
    text = cell.source[: question.start()].rstrip() if question else cell.source
    outputs = [shown(output, question, cell.source) for output in without_bars(cell.outputs)]
    if cell.source == stub:
        return [code(text or cell.source, outputs, hidden=not text)]
    verdicts = [output for output in outputs if is_verdict(output)]
    others = [output for output in outputs if not is_verdict(output)]
    begin, end = map(new_markdown_cell, SOLUTION)
    return [
        *(code(stub, []), begin, code(cell.source, verdicts), end),
        *([code(cell.source, others, hidden=True)] if others else []),
    ]


def code(text, outputs, hidden=False):
    """A code cell; hidden is what it has above its outputs."""
    tags = ["remove-input"] if hidden else []
    return new_code_cell(text, outputs=outputs, metadata={"tags": tags})


def shown(output, question, text):
    """An output as a page shows it: a question with its reasons, a live picture with a word."""
    data = output.get("data", {})
    if question and data.get("text/plain", "").startswith("Predict: "):
        data["text/html"] = choices(find(question[1], "QUESTIONS", Question))
    elif "text/html" in data and calls(text) in explorers.__all__:
        data["text/html"] += LIVE
    return output


def is_verdict(output):
    return output.get("data", {}).get("text/html", "").startswith(VERDICT)


def calls(text):
    """The name of the function that the last line of code calls, if it is a bare name."""
    last = ast.parse(text).body[-1]
    call = last.value if isinstance(last, ast.Expr) else None
    return getattr(call.func, "id", None) if isinstance(call, ast.Call) else None


def choices(question):
    """A question, each of its choices with the reason folded in."""
    rows = "".join(
        f"<details><summary>{escape(words)}</summary>"
        f"<p><b>{'Yes' if question.is_right(i) else 'No'}.</b> {escape(reason)}</p></details>"
        for i, (words, reason) in enumerate(question.choices.items())
    )
    return f'<div class="quiz"><p><b>Predict:</b> {escape(question.text)}</p>{rows}</div>'


# All pages


def sources_of_site(folder):
    """Write what Sphinx reads: the first page, from README.md, and a notebook for each other.

    Returns their names, in the order of reading.
    """
    books = {s.parent.name: page(*notebooks.solved(s)) for s in notebooks.sources()}
    books |= {path.stem: book for path, book in notebooks.sheets()}
    for name, book in books.items():
        nbformat.write(book, folder / f"{name}.ipynb")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    index = INDEX.format(
        before=readme.split("## Start")[0],
        table=re.search(r"(?s)## Lessons.*?(?=\n\n[^|])", readme)[0],
        names="\n".join(books),
    )
    index = re.sub(r" \(\[solved\]\([^)]*\)\)", "", index).replace("(lessons/", "(")
    (folder / "index.md").write_text(index, encoding="utf-8")
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "picture.png", folder / "tools")
    return ["index", *books]


def build(folder):
    """Write the site in place of the one that is there, and return the names of its pages.

    Whatever Sphinx warns of is a Fault, and so is a folder that holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / ".buildinfo").exists():
        raise Fault(f"{folder} holds something else than a site: name another folder.")
    with tempfile.TemporaryDirectory() as here:
        sources, made = Path(here, "sources"), Path(here, "site")
        sources.mkdir()
        names = sources_of_site(sources)
        words = ["-q", "-W", "-c", WEB, "-d", Path(here, "doctrees"), sources, made]
        if build_main([str(word) for word in words]):
            raise Fault("The site was not built: Sphinx says above why.")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
    print(f"Wrote {folder}: open index.html in it.")
    return names


def print_pages(browser, folder, names):
    """Print the pages of a site into its folder pdf, each into a file and all into whole.pdf."""
    (folder / "pdf").mkdir()
    whole, page = PdfWriter(), browser.new_page()
    for name in names:
        page.goto((folder / f"{name}.html").resolve().as_uri())
        page.evaluate("window.MathJax?.startup.promise.then(() => {})")
        page.evaluate(PAPER, name)
        file = folder / "pdf" / f"{name}.pdf"
        page.pdf(path=file, prefer_css_page_size=True, outline=True, tagged=True, **FOOTER)
        whole.append(file, import_outline=True)
    whole.write(folder / "pdf" / "whole.pdf")
    print(f"Printed {len(names)} pages and whole.pdf into {folder / 'pdf'}.")


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--pdf", action="store_true", help="print the pages too")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.pdf and CHROMIUM is None:
            raise Fault("To print, the site needs a browser: " + HOW.partition(": ")[2])
        names = build(chosen.folder)
        if chosen.pdf:
            with chromium() as browser:
                print_pages(browser, chosen.folder, names)
    except (Fault, OSError, nbformat.ValidationError) as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
