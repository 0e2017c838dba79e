"""The practice in another language: what it says is looked up in translations/LANGUAGE/*.po.

Each sentence is asked for by its English words, as in gettext; one that is not translated, or no
longer up to date, stays English. tools/translate.py writes these files, and says what they lack.
"""

from adamlib.folders import folder
from adamlib.inputs import check_name

TRANSLATIONS = folder("translations")
sentences = {}  # {English: translated} of the language that is spoken


def speak(language):
    """Let quizzes, checks and hints speak a language, such as "de"; "en" is English again."""
    from babel.messages.pofile import read_po  # which JupyterLab brings

    check_name(language, ["en", *(path.name for path in TRANSLATIONS.glob("*"))], "language")
    sentences.clear()
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as file:
            sentences.update((m.id, m.string) for m in read_po(file) if m.string and not m.fuzzy)


def said(sentence):
    """The sentence in the language that is spoken."""
    return sentences.get(sentence, sentence)
