"""Slides of a lesson, for the room: python -m tools.slides NN FOLDER

From the lesson's source, with no text of their own, come FOLDER/NN-name.ipynb, which JupyterLab
shows live by RISE, and FOLDER/NN-name.slides.html, which needs a browser and nothing else. Each
`##` begins a column, and the pages below it hold what fits on a 16:9 screen. Imports are left out,
and so are solutions: an exercise is as learners have it. What a lesson folds in, hints above all,
is in the speaker's notes. npm brings reveal.js and MathJax into FOLDER/assets once; a page asks no
other host for anything.
"""

import ast
import base64
import re
import struct
from itertools import takewhile
from typing import NamedTuple

from nbconvert import SlidesExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from traitlets.config import Config

from adamlib.practice.exercises import ASKED, HEADING
from adamlib.practice.lessons import find
from adamlib.practice.questions import Question
from tools import notebooks
from tools.notebooks import ROOT, Fault
from tools.npm import bring

TEMPLATE, STYLE = ROOT / "workshop" / "slides.html.j2", ROOT / "workshop" / "rise.css"
REVEAL, MATHJAX = "reveal.js@4.6.1", "mathjax@3.2.2"  # npm's packages
NEEDED = {REVEAL: ["dist", "plugin/notes"], MATHJAX: ["es5/tex-svg.js"]}  # of each, by a page
# In pixels of a page, which is 1280 by 720; the template has the same.
WIDE, ROOM = 1180, 565  # of a page, without its margins and its heading
BESIDE = 430  # of the width, beside a picture
NARROW = 850  # a picture that leaves room for a text beside it
HIGH, LIVE_HIGH = 560, 331  # a picture at most; below its code
LETTER, LINE = 14, 38  # of a text: a letter's mean width, the height of a line
CODE_LETTER, CODE_LINE = 11.5, 27  # the same in code and in what is printed
GAP = 16  # below a paragraph, a table, a cell
SHOWN = ("text", "code", "output", "picture")  # kinds of blocks

DETAILS = re.compile(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", re.S)
LINK = re.compile(r"\[([^]]+)\]\((?!http)[^)]*\)")  # to a place that slides do not have
QUIZ = re.compile(r'(?:\A|\n)quiz\("([\w.]+)"\)\Z')
PICTURE = re.compile(r'base64,([^"]*)"')
VERDICT = '<div style="border-left'  # how check() and check_answer() begin what they show
ITEM = re.compile(r"\n(?=[-*] |\d+\. )")
SENTENCE = re.compile(r"(?<=[.?!)]) +(?=[A-Z$*`(“\"])")
TALL = re.compile(r"\\(?:sqrt|d?frac|sum|hat)")  # makes a line higher
NO_LETTER = re.compile(r"\\(?:d?frac|left|right|text|math\w+|[,;])|[\\${}*`^_]")


class Block(NamedTuple):
    """What is not torn apart.

    cell    a cell of a notebook
    kind    "slide" and "subslide", which are headings; "notes" and "skip", which no page shows;
            "text", "code", "output" or "picture", which pages show
    height  about, in pixels
    apart   whether it begins a page, for it answers what the page before asks
    """

    cell: object
    kind: str
    height: float = 0
    apart: bool = False


# A lesson's blocks


def blocks_of(source):
    """The blocks of a lesson's source, with the outputs in solutions/."""
    lesson, solution = notebooks.solved(source)
    solved = {cell.id: cell for cell in solution.cells}
    first, exercise, last = notebooks.code(lesson)[0], None, None
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            if last == "code" or HEADING.search(cell.source):
                *_, exercise = [None, *(found[1] for found in HEADING.finditer(cell.source))]
            yield from of_text(cell.source)
        else:
            yield from of_code(cell, solved.get(cell.id), cell is first, exercise)
        last = cell.cell_type


def of_text(text):
    """The blocks of a markdown cell: headings, paragraphs, formulas, tables, lists, notes."""
    for part in re.split(r"(?s)(<details>.*?</details>)", LINK.sub(r"\1", text)):
        if folded := DETAILS.fullmatch(part):
            yield Block(new_markdown_cell(f"**{folded[1]}**\n\n{folded[2]}"), "notes")
            continue
        for piece in filter(None, re.split(r"\n(?:>?\n)+", part.strip())):
            if level := re.match(r"#+(?= )", piece):
                yield Block(new_markdown_cell(piece), "slide" if len(level[0]) < 3 else "subslide")
            else:
                yield from map(text_block, parts(piece))


def text_block(text, apart=False):
    height = sum(text_height(piece) for piece in text.split("\n\n"))
    return Block(new_markdown_cell(text), "text", height, apart)


def parts(piece, width=WIDE):
    """The piece; where it is too high for a page, its halves: of rows, items or sentences."""
    if text_height(piece, width) <= ROOM or piece.startswith("$$"):
        return [piece]
    head, joint = [], "\n"
    if piece.startswith("|"):
        *head, rows = piece.split("\n", 2)
        units = rows.split("\n")
    elif len(units := ITEM.split(piece)) == 1:
        units, joint = SENTENCE.split(piece.replace("\n", " ")), " "
    if len(units) == 1:
        return [piece]
    half = (len(units) + 1) // 2
    halves = (joint.join([*head, *some]) for some in (units[:half], units[half:]))
    return [small for some in halves for small in parts(some, width)]


def text_height(text, width=WIDE):
    """About how high a paragraph, formula, table or list is, set that wide."""
    if text.startswith("$$"):
        return 60 * (text.count("\\\\") + 1) + 40 * ("frac" in text) + GAP
    if text.startswith("|"):
        rows = [
            [letters(word) for word in row.strip("| ").split(" | ")] for row in text.split("\n")
        ]
        free = width - 30 * max(len(row) for row in rows)
        return sum(42 + 30 * (sum(row) * LETTER // free) for row in rows) + GAP
    items = ITEM.split(text)
    lines = sum(-(-letters(item) * LETTER // width) for item in items)
    return lines * LINE + 6 * len(TALL.findall(text)) + GAP


def letters(text):
    """About how many letters wide a text is, formulas included."""
    return len(NO_LETTER.sub("", re.sub(r"\\(?!d?frac|text|left|right|math)[a-zA-Z]+", "x", text)))


def of_code(cell, solution, is_first=False, exercise=False):
    """The blocks of a code cell: imports, code, outputs, a question and its reasons.

    exercise  whether an exercise's text stands above: then the outputs, which answer it, are apart
    """
    asked = QUIZ.search(cell.source)
    text = cell.source[: asked.start()].rstrip() if asked else cell.source
    imports, code = split_imports(text)
    found = [output_block(code, output) for output in (solution.outputs if solution else [])]
    outputs = [block for block in found if block]
    if is_first and not outputs or text.startswith("progress("):
        imports, code, outputs = text, "", []
    if imports:
        yield Block(new_code_cell(imports), "skip")
    for piece in code.split("\n\n\n") if lines_height(code) > ROOM else filter(None, [code]):
        yield Block(new_code_cell(piece), "code", lines_height(piece))
    exercise = exercise or ASKED.search(text) or solution and cell.source != solution.source
    for k, block in enumerate(outputs):
        yield block._replace(apart=bool(exercise and k == 0))
    if asked:
        yield from of_question(find(asked[1], "QUESTIONS", Question))


def split_imports(code):
    """The imports at the head of a cell, and the rest."""
    end = 0
    for statement in ast.parse(code).body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            break
        end = statement.end_lineno
    lines = code.split("\n")
    return "\n".join(lines[:end]).strip("\n"), "\n".join(lines[end:]).strip("\n")


def output_block(code, output):
    """The block of an output; None for verdicts, for questions, and where a bar was."""
    data = output.get("data", {})
    html, plain = data.get("text/html"), output.get("text") or data.get("text/plain", "")
    if html == "" or (html or "").startswith(VERDICT) or plain.startswith("Predict: "):
        return None
    cell = new_code_cell(code, outputs=[output], metadata={"tags": ["output"]})
    if picture := PICTURE.search(html or ""):
        return Block(cell, "picture", picture_size(picture[1])[1])
    if table := data.get("text/markdown"):
        return Block(cell, "output", text_height(table))
    return Block(cell, "output", lines_height(plain.rstrip()))


def picture_size(png):
    """Width and height on a page of a picture, given in base64."""
    width, height = struct.unpack(">II", base64.b64decode(png[:40])[16:24])
    scale = min(1, WIDE / width, HIGH / height)
    return width * scale, height * scale


def lines_height(text):
    """How high code is, or what was printed."""
    lines = (max(1, -(-len(line) * CODE_LETTER // WIDE)) for line in text.split("\n"))
    return sum(lines) * CODE_LINE + 2 * GAP


def of_question(question):
    """A question with its choices; apart from it, the reasons."""
    asked, reasons = f"**Predict:** {plain(question.text)}\n", ""
    for i, (words, reason) in enumerate(question.choices.items()):
        asked += f"\n- {plain(words)}"
        yes = "✓" if question.is_right(i) else "✗"
        reasons += f"\n- {yes} **{plain(words)}:** {plain(reason)}"
    yield text_block(asked)
    yield text_block(reasons.strip(), apart=True)


def plain(text):
    """The text with nothing in it that Markdown or MathJax takes for a mark."""
    return re.sub(r"([\\*_`$\[\]#|~])", r"\\\1", text).replace("<", "&lt;")


# Pages


class Page:
    """The cells of one page, a heading first.

    used     how much of its height they take
    picture  the last one that leaves room for a text beside it
    beside   how much height is left there
    """

    def __init__(self, heading, kind="subslide"):
        self.cells, self.used, self.picture, self.beside = [], 0, None, 0
        self.add(Block(new_markdown_cell(heading), kind))

    def add(self, block):
        block.cell.metadata.slideshow = {"slide_type": "-" if block.kind in SHOWN else block.kind}
        self.cells.append(block.cell)
        if block.kind == "picture" and width_of(block) <= NARROW:
            self.picture, self.beside, self.used = block.cell, ROOM - self.used, ROOM
        else:
            self.used += block.height

    def add_beside(self, text):
        """Put a text beside the picture, or its first part; what is left of it, or ""."""
        first, *rest = parts(text, BESIDE)
        height = text_height(first, BESIDE)
        if height > self.beside:
            self.beside = 0
            return text
        self.picture.metadata.tags = ["output", "left"]
        self.add(Block(new_markdown_cell(first, metadata={"tags": ["beside"]}), "text"))
        self.beside = 0 if rest else self.beside - height
        return ("\n" if ITEM.search(text) else " ").join(rest)

    def holds(self, blocks):
        """Whether these blocks have room here; an empty page takes what is too high for any."""
        return not self.used or self.used + sum(block.height for block in blocks) <= ROOM


def pages_of(blocks):
    """The pages that hold these blocks, in their order, under the headings of their parts."""
    pages, section, heading, coded = [], "", "", False
    for group in groups(blocks):
        block = group[0]
        if block.kind in ("slide", "subslide"):
            heading, coded = block.cell.source, False
            section = heading if block.kind == "slide" else section
            if pages and len(pages[-1].cells) == 1:  # a part that begins with an exercise
                pages[-1].add(text_block(heading))
            else:
                pages.append(Page(heading, block.kind))
            continue
        if block.kind not in SHOWN:
            pages[-1].add(block)
            continue
        if pages[-1].beside and len(group) == 1 and is_prose(block):
            rest = pages[-1].add_beside(block.cell.source)
            if not rest:
                continue
            group = [block] = [text_block(rest)]
        if coded and block.kind == "text" and heading != section:
            heading = section  # the exercise is over
            pages.append(Page(heading))
        elif block.apart or not pages[-1].holds(group):
            pages.append(Page(heading))
        for block in group:
            if not pages[-1].holds([block]):
                pages.append(Page(heading))
            pages[-1].add(block)
            coded = coded or block.kind == "code"
    return pages


def groups(blocks):
    """Lists of blocks that stay together where they can: a text that ends in a colon leads on."""
    group = []
    for block in blocks:
        if group and block.kind not in SHOWN:
            yield group
            group = []
        group.append(block)
        if not (block.kind == "text" and block.cell.source.endswith(":")):
            yield group
            group = []
    if group:
        yield group


def is_prose(block):
    """Whether a block may stand in a narrow column: no table, no formula, no question."""
    its_own = re.compile(r"\A[|$]|\n\n")
    return block.kind == "text" and not block.apart and not its_own.search(block.cell.source)


def width_of(picture):
    return picture_size(PICTURE.search(picture.cell.outputs[0].data["text/html"])[1])[0]


def cut(blocks):
    """The same blocks; a table that code shows, and that is too high for a page, is in parts."""
    for block in blocks:
        table = block.kind == "output" and block.cell.outputs[0].get("data", {}).get(
            "text/markdown"
        )
        if not table or block.height <= ROOM:
            yield block
            continue
        for k, part in enumerate(parts(table.strip())):
            shown = new_output("display_data", data={"text/markdown": part})
            cell = new_code_cell(block.cell.source, outputs=[shown], metadata=block.cell.metadata)
            yield Block(cell, "output", text_height(part), block.apart and not k)


def live(blocks):
    """The same blocks with each cell of code whole, its outputs below it; but no exercise's."""
    blocks = list(blocks)
    for k, block in enumerate(blocks):
        if block.kind == "code":
            ours = list(takewhile(lambda b: b.kind in ("output", "picture"), blocks[k + 1 :]))
            if ours and not ours[0].apart:
                outputs = [output for b in ours for output in b.cell.outputs]
                height = block.height + sum(min(b.height, LIVE_HIGH) for b in ours)
                block = Block(new_code_cell(block.cell.source, outputs=outputs), "code", height)
        if block.kind not in ("output", "picture"):
            yield block


def deck(pages, title):
    """The notebook of these pages."""
    cells = [cell for page in pages for cell in page.cells]
    for number, cell in enumerate(cells):
        cell.id = f"slide-{number}"
    book = notebooks.notebook(cells)
    book.metadata.title = title
    style = f"<style>{STYLE.read_text(encoding='utf-8')}</style>"  # RISE has no other place for it
    settings = {"theme": "white", "transition": "none", "center": False, "slideNumber": "c/t"}
    book.metadata.rise = settings | {"overlay": style}
    return book


# Files


def html(book):
    """The slides as a page, which finds what it needs in the folder assets beside it."""
    exporter = SlidesExporter(
        config=Config(TagRemovePreprocessor={"enabled": True, "remove_input_tags": {"output"}}),
        template_file=str(TEMPLATE),
        reveal_url_prefix=f"assets/{REVEAL}",
        reveal_theme="white",
        mathjax_url=f"assets/{MATHJAX}/es5/tex-svg.js",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    return exporter.from_notebook_node(book)[0]


def slides(source, folder):
    """Write both products of a lesson; a notebook that was changed is not overwritten."""
    blocks = list(blocks_of(source))
    title = blocks[0].cell.source.strip("# ")
    path = folder / f"{source.parent.name}.slides.ipynb"
    text = notebooks.dumps(deck(pages_of(live(blocks)), title))
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise Fault(f"{path} is there already, and is not what would be written: rename it first.")
    for package, files in NEEDED.items():
        bring(package, files, folder / "assets" / package)
    pages = pages_of(cut(blocks))
    page = html(deck(pages, title))
    path.write_text(text, encoding="utf-8", newline="\n")
    path.with_suffix(".html").write_text(page, encoding="utf-8", newline="\n")
    print(f"Wrote {path} and {path.with_suffix('.html').name}: {len(pages)} slides.")


def main(arguments=None):
    notebooks.write_one(slides, __doc__, arguments)


if __name__ == "__main__":
    main()
