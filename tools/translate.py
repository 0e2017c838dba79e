"""Translations of the lessons, in gettext's format: translations/LANGUAGE/NN.po, and practice.po.

python -m tools.translate update de 01         write what there is to translate, mark what changed
python -m tools.translate status de            name each passage that is out of date
python -m tools.translate build de 01 FOLDER   write the translated lesson

NN.po has the paragraphs of a lesson, the comments in its code, and all that its practice.py and its
functions' mistakes say; practice.po has what adamlib.practice says in every lesson. A passage that
is not translated, or whose English changed since, stays English in the lesson.
"""

import argparse
import ast
import io
import re
import sys
import tokenize
from pathlib import Path

import nbformat
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from adamlib.practice import Function, Number, judge, language, lessons, mistakes
from tools import notebooks
from tools.notebooks import Fault

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "translations"
PRACTICE = "practice"  # the file of what belongs to no lesson
PARAGRAPH = re.compile(r"[^\n]*\S.*?(?=\n\s*\n|\s*\Z)", re.S)
LINES_COUNT = re.compile(r"^(\||- |> |\d\. |    |#|\$\$)", re.M)  # a list, a table, a formula
NO_WORDS = re.compile(r"\$\$.*?\$\$|^ {4}.*?$", re.M | re.S)  # a formula, code
WORD = re.compile(r"[^\W\d_]{3}")
HEADER = """# {name} in {tongue}: see CONTRIBUTING.md, A translation.
msgid ""
msgstr ""
"Language: {tongue}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


# What there is to translate


def passages(name):
    """What a file asks for, in the order in which a learner meets it, each once."""
    found = sentences_of_adamlib() if name == PRACTICE else [*text_of(name), *practice_of(name)]
    return list(dict.fromkeys(found))


def text_of(number):
    """The paragraphs and the comments of an unsolved lesson."""
    for cell in lesson(number).cells:
        if cell.cell_type == "markdown":
            yield from (passage(p) for p in PARAGRAPH.findall(cell.source) if has_words(p))
        else:
            yield from (comment.string for comment in comments(cell.source))


def practice_of(number):
    """The questions, choices, reasons, hints, and what is said of mistakes."""
    for question in lessons.entries(number, "QUESTIONS").values():
        yield question.text
        for choice, reason in question.choices.items():
            yield from (choice, str(reason))
    for answer in lessons.entries(number, "ANSWERS").values():
        yield from answer.wrong.values() if isinstance(answer, Number) else ()
    for name in lessons.entries(number, "FUNCTIONS"):
        function, toml = lessons.function(name, Function)
        yield from function.hints
        yield from (mistake.sentence for mistake, _ in mistakes.wrong_rules(function.right, toml))


def sentences_of_adamlib():
    """What adamlib.practice asks said() for, word by word."""
    yield judge.UNWRITTEN.sentence
    for file in sorted((ROOT / "adamlib/practice").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said"
            if called and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def lesson(number):
    """The unsolved notebook of a lesson."""
    (source,) = notebooks.sources(number)
    return notebooks.read(source)[0]


def passage(paragraph):
    """A paragraph in one line, so that other line ends make no other passage; not a list."""
    return paragraph if LINES_COUNT.search(paragraph) else " ".join(paragraph.split())


def has_words(paragraph):
    """Whether there is anything to translate in it: not in a formula, in code, or in the byline."""
    return paragraph != notebooks.BYLINE and bool(WORD.search(NO_WORDS.sub("", paragraph)))


def comments(code):
    """The comments of a code cell that have words, as tokens."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [t for t in tokens if t.type == tokenize.COMMENT and has_words(t.string)]


# The files


def path_of(tongue, name):
    return TRANSLATIONS / tongue / f"{name}.po"


def read(tongue, name):
    """What is translated already."""
    path = path_of(tongue, name)
    with io.BytesIO(path.read_bytes() if path.exists() else b"") as file:
        return read_po(file, locale=tongue)


def update(tongue, name):
    """Write what there is to translate; of a passage that changed the old words stay, as fuzzy."""
    catalog, now = read(tongue, name), Catalog()
    for sentence in passages(name):
        now.add(sentence)
    catalog.update(now)
    catalog.obsolete.clear()
    file = io.BytesIO(HEADER.format(name=name, tongue=tongue).encode())
    file.seek(0, io.SEEK_END)
    write_po(file, catalog, width=0, omit_header=True, include_previous=True)
    path_of(tongue, name).parent.mkdir(parents=True, exist_ok=True)
    path_of(tongue, name).write_bytes(file.getvalue())


def out_of_date(tongue):
    """A sentence for each passage of the files there that is not translated as it is now."""
    for path in sorted((TRANSLATIONS / tongue).glob("*.po")):
        catalog, now = read(tongue, path.stem), passages(path.stem)
        for sentence in now:
            message = catalog.get(sentence)
            if message is None or message.fuzzy or not message.string:
                yield f"{label(path)} has no translation of: {brief(sentence)}"
        for message in catalog:
            if message.id and message.id not in now:
                yield f"{label(path)} translates what is gone: {brief(message.id)}"


def label(path):
    return path.relative_to(ROOT).as_posix()


def brief(sentence):
    words = " ".join(sentence.split())
    return words if len(words) < 70 else f"{words[:66]} ..."


# A translated lesson


def build(tongue, number):
    """The unsolved lesson in that language; its first code cell lets the practice speak it too."""
    language.speak(tongue)
    try:
        book = lesson(number)
        for cell in book.cells:
            if cell.cell_type == "markdown":
                cell.source = PARAGRAPH.sub(lambda p: language.said(passage(p[0])), cell.source)
            else:
                cell.source = with_comments(cell.source)
    finally:
        language.speak("en")
    first = [cell.cell_type for cell in book.cells].index("code")
    words = f'from adamlib.practice import speak\n\nspeak("{tongue}")'
    book.cells.insert(first, nbformat.v4.new_code_cell(words, id="speak"))
    return notebooks.notebook(book.cells)


def with_comments(code):
    """A code cell with its comments in the language that is spoken."""
    lines = code.split("\n")
    for comment in comments(code):  # at most one in a line, at its end
        row, column = comment.start
        lines[row - 1] = lines[row - 1][:column] + language.said(comment.string)
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=["update", "status", "build"])
    parser.add_argument("language", help="such as de")
    parser.add_argument("name", nargs="?", help=f"a lesson, such as 01, or {PRACTICE}")
    parser.add_argument("folder", nargs="?", type=Path, help="made if needed")
    chosen = parser.parse_args(arguments)
    tongue, name = chosen.language, chosen.name
    try:
        if chosen.task == "status":
            sys.exit("\n".join(out_of_date(tongue)) or None)
        if not name or (chosen.task == "build" and not chosen.folder):
            raise Fault("Give a lesson, and for build a folder too, as in: build de 01 lektionen")
        if chosen.task == "update":
            update(tongue, name)
        else:
            (source,) = notebooks.sources(name)
            chosen.folder.mkdir(parents=True, exist_ok=True)
            path = chosen.folder / f"{source.parent.name}.ipynb"
            book = notebooks.dumps(build(tongue, name))
            path.write_text(book, encoding="utf-8", newline="\n")
    except (Fault, ValueError, OSError) as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
