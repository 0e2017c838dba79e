"""Translations: what a learner reads can be said in another language, and what is old is named."""

import ast
import re
from collections import Counter

import nbformat
import pytest

from adamlib.practice import check, check_answer, hint, judge, language, quiz, speak
from tools import notebooks, translate

TONGUES = sorted(path.name for path in translate.TRANSLATIONS.iterdir())
FILES = [(path.parent.name, path.stem) for path in translate.TRANSLATIONS.glob("*/*.po")]
LESSONS = [(tongue, name) for tongue, name in FILES if name != translate.PRACTICE]
# What no translation changes: code, formulas, addresses, places for words, tags.
KEPT = re.compile(r"`[^`]+`|\$[^$]+\$|\]\([^#)]+\)|\{[^}]*\}|</?\w+>|\*\*(?=[\w(])")


@pytest.fixture(autouse=True)
def english_again():
    yield
    speak("en")


@pytest.mark.parametrize("tongue", TONGUES)
def test_what_is_out_of_date_is_named(tongue):
    """A skip, not a failure: whoever changes the English need not know every language."""
    if old := list(translate.out_of_date(tongue)):
        pytest.skip("\n".join(old))


@pytest.mark.parametrize(("tongue", "name"), FILES)
def test_code_formulas_and_links_are_kept(tongue, name):
    for message in translate.read(tongue, name):
        if message.id and message.string and not message.fuzzy:
            kept = [Counter(KEPT.findall(text)) for text in (message.id, message.string)]
            assert kept[0] == kept[1], message.string


@pytest.mark.parametrize(("tongue", "number"), LESSONS)
def test_a_translated_lesson_has_the_code_of_the_english_one(tongue, number):
    english, other = translate.lesson(number), translate.build(tongue, number)
    first, *code = [ast.dump(ast.parse(cell.source)) for cell in notebooks.code(other)]
    assert code == [ast.dump(ast.parse(cell.source)) for cell in notebooks.code(english)]
    assert first == ast.dump(ast.parse(f"from adamlib.practice import speak\nspeak({tongue!r})"))
    texts = [c.source for c in other.cells if c.cell_type == "markdown"]
    changed = [a != b for a, b in zip(texts, markdown(english), strict=True)]
    assert sum(changed) > 0.9 * len(changed)
    headings = re.findall(r"^#+ (.+)$", "\n".join(texts), re.M)
    anchors = {heading.replace(" ", "-") for heading in headings}
    assert {*re.findall(r"\]\(#([^)]+)\)", "\n".join(texts))} <= anchors


def markdown(book):
    return [cell.source for cell in book.cells if cell.cell_type == "markdown"]


def test_the_practice_speaks_german(capsys):
    english = repr(quiz("01.hilltop"))
    speak("de")
    asked = quiz("01.hilltop")
    assert asked.text.startswith("Sag voraus: Wie sehen 100 Schritte")
    assert asked.choices[1] == "Langsam, dann schnell, dann langsam" and asked.button == "Prüfen"
    sent = []
    asked.send = sent.append
    for choice in (1, 0):
        asked._answer(asked, {"choice": choice}, [])
    assert [message["right"] for message in sent] == [True, False]
    assert [message["reason"][:9] for message in sent] == ["Ja. Die S", "Nein. Ein"]
    check_answer("01.slope", 4)
    check_answer("01.slope", 20)
    check_answer("01.slope", ...)
    check(lambda f, x, h=1e-5: (f(x + h) - f(x)) / h, "central_difference")
    check(lambda f, x, h=1e-5: None, "central_difference")
    judge.hints_given.pop("central_difference", None)
    hint("central_difference")
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "slope: richtig",
        "slope: 20 ist es nicht: achte auf das Vorzeichen des zweiten Terms",
        "slope: noch nicht geschrieben",
    ]
    assert said[3].startswith("central_difference: es ist die Differenz nur nach einer Seite: ")
    assert said[3].endswith(". Die nächsten Zellen verwenden central_difference des Kurses.")
    assert said[4].startswith("central_difference: noch nicht geschrieben (oder fehlt `return`?)")
    assert said[5].startswith("central_difference, Tipp 1 von 3: Um wie viel ändert sich f ")
    check_answer("03.beta", 0.5)  # of a lesson that is not translated
    assert "that remembers 2 values" in capsys.readouterr().out
    speak("en")
    assert repr(quiz("01.hilltop")) == english
    with pytest.raises(ValueError, match="'fr'"):
        speak("fr")


SOURCE = """# %% [markdown]
# # A step
#
# It goes
# downhill.
#
# $$x$$
#
# - one
#
# - two

# %%
x = "# no comment"  # one comment
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Write lesson 01 of a course of its own, with one lesson that asks for nothing."""
    for module in (notebooks, translate):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(translate, "TRANSLATIONS", tmp_path / "translations")
    monkeypatch.setattr(language, "TRANSLATIONS", tmp_path / "translations")
    monkeypatch.setattr(translate, "practice_of", lambda number: [])
    source = tmp_path / "sources/01-step/lesson.py"
    source.parent.mkdir(parents=True)

    def write(text):
        source.write_text(text, encoding="utf-8")

    write(SOURCE)
    return write


def translated(words, fuzzy=False):
    """Put words in for the passages of lesson 01, {English: German}."""
    path = translate.path_of("de", "01")
    text = path.read_text(encoding="utf-8")
    for english, german in words.items():
        assert (old := f'msgid "{english}"\nmsgstr ""\n') in text
        text = text.replace(old, old[:-2] + f'{german}"\n')
    path.write_text(text, encoding="utf-8")


def test_a_passage_that_changed_is_named_and_stays_english(course):
    translate.update("de", "01")
    passages = ["# A step", "It goes downhill.", "- one", "- two", "# one comment"]
    assert translate.passages("01") == passages
    assert len(list(translate.out_of_date("de"))) == 5
    words = ["# Ein Schritt", "Er geht bergab.", "- eins", "- zwei", "# ein Kommentar"]
    translated(dict(zip(passages, words, strict=True)))
    assert list(translate.out_of_date("de")) == []
    text, _, code = (cell.source for cell in translate.build("de", "01").cells)
    byline = notebooks.BYLINE
    assert text == f"# Ein Schritt\n\n{byline}\n\nEr geht bergab.\n\n$$x$$\n\n- eins\n\n- zwei"
    assert code == 'x = "# no comment"  # ein Kommentar'

    course(SOURCE.replace("It goes\n# downhill", "It goes downhill\n# step by step"))
    old = list(translate.out_of_date("de"))
    assert [line.rpartition(": ")[2] for line in old] == [
        "It goes downhill step by step.",
        "It goes downhill.",
    ]
    for update in (False, True):  # whoever updates keeps the old words, marked as old
        if update:
            translate.update("de", "01")
            kept = translate.path_of("de", "01").read_text(encoding="utf-8")
            assert '#| msgid "It goes downhill."' in kept and "Er geht bergab." in kept
        text = translate.build("de", "01").cells[0].source
        assert f"# Ein Schritt\n\n{byline}\n\nIt goes downhill step by step.\n" in text
    (old,) = translate.out_of_date("de")
    assert old == "translations/de/01.po has no translation of: It goes downhill step by step."


def test_the_program(course, tmp_path, monkeypatch):
    translate.main(["update", "de", "01"])
    with pytest.raises(SystemExit, match="01.po has no translation of: # A step"):
        translate.main(["status", "de"])
    translated(dict.fromkeys(translate.passages("01"), "Wort"))
    with pytest.raises(SystemExit) as end:
        translate.main(["status", "de"])
    assert end.value.code is None
    translate.main(["build", "de", "01", str(tmp_path / "lektionen")])
    book = nbformat.read(tmp_path / "lektionen/01-step.ipynb", 4)
    assert book.cells[0].source.startswith("Wort") and 'speak("de")' in book.cells[1].source
    for words in (["build", "de", "01"], ["update", "de"]):
        with pytest.raises(SystemExit, match="^Give a lesson, and for build a folder too"):
            translate.main(words)
    with pytest.raises(SystemExit, match="There is no lesson 07 in sources"):
        translate.main(["update", "de", "07"])
