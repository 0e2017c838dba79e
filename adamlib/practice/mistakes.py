"""Wrong rules that learners write: each is the course's own with a few texts changed.

A rule's are in mistakes/<rule>.toml, those of a lesson's function in <function>.toml beside the
lesson's source:

    hints = ["...", "..."]         of a rule: the next one more telling than the last

    ["the step goes uphill"]       what is wrong, in one sentence
    hint = "..."                   what to think of; of a convention, what Keras does instead
    convention = "by the paper"    only where it is no mistake but right elsewhere
    diff = '''                     parts of the source's lines, and what stands there instead
    - x - learning_rate
    + x + learning_rate'''
"""

import inspect
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).with_suffix("")
KEYS = {"hint", "diff"}
CHANGE = re.compile(r"((?:^- .*\n)+)((?:^\+ .*\n)+)", re.MULTILINE)


class Mistake(NamedTuple):
    """changes are pairs of texts in the source, the right one and the wrong one."""

    name: str
    hint: str
    changes: tuple
    convention: str

    @property
    def sentence(self):
        """What check() says of it."""
        if self.convention:
            return f"{self.name}: right {self.convention}, but Keras {self.hint}"
        return f"{self.name}: {self.hint}"


def toml_of(rule):
    """Where the mistakes and hints of one of the course's rules are, if it has any."""
    return FOLDER / f"{rule.__name__}.toml"


def read(toml):
    """The hints and the mistakes in a file; none where there is no file."""
    if not toml.exists():
        return [], []
    try:
        table = tomllib.loads(toml.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{toml.name} is not TOML: {error}.") from None
    hints = table.pop("hints", [])
    return hints, [_mistake(name, entry, toml.name) for name, entry in table.items()]


def _mistake(name, entry, file):
    where = f"{file}, mistake {name!r}"
    if not isinstance(entry, dict):
        raise ValueError(f"{file} has the unknown key {name!r}.")
    if missing := KEYS - entry.keys():
        raise ValueError(f"{where} has no {min(missing)}.")
    if unknown := entry.keys() - KEYS - {"convention"}:
        raise ValueError(f"{where} has the unknown key {min(unknown)!r}.")
    diff = entry["diff"].rstrip("\n") + "\n"
    changes = CHANGE.findall(diff)
    if not changes or "".join(map("".join, changes)) != diff:
        raise ValueError(f"{where}: its diff must be lines that begin '- ', then lines with '+ '.")
    pairs = tuple(tuple(map(_source, change)) for change in changes)
    return Mistake(name, entry["hint"], pairs, entry.get("convention", ""))


def _source(lines):
    """Lines of a diff as they stand in a function."""
    return "\n    ".join(line[2:] for line in lines.splitlines())


def conventions():
    """All that a rule of the course may be by: "by the paper" and others."""
    found = [m.convention for toml in FOLDER.glob("*.toml") for m in read(toml)[1]]
    return sorted(set(found) - {""})


def wrong_rules(rule, toml=None):
    """Pairs (mistake, wrong rule): each mistake in the course's rule, then in its conventions.

    toml  the file of the mistakes, where the function is not a rule of the course
    A text that a mistake changes must be in the rule's source; in a convention, which has other
    texts, a mistake is left out where it has nothing to change.
    """
    toml = toml or toml_of(rule)
    source, (_, mistakes) = inspect.getsource(rule), read(toml)
    for mistake in mistakes:
        wrong = changed(source, mistake)
        if wrong is None:
            raise ValueError(
                f"{toml.name}, mistake {mistake.name!r}: a text of its diff is not in the source "
                f"of {rule.__name__}."
            )
        yield mistake, compiled(wrong, rule)
    for convention in [m for m in mistakes if m.convention]:
        base = changed(source, convention)
        for mistake in mistakes:
            wrong = changed(base, mistake)
            if wrong is not None and mistake is not convention:
                yield mistake, compiled(wrong, rule)


def changed(source, mistake):
    """The source with the mistake in it, or None where a text to change is missing."""
    for right, wrong in mistake.changes:
        if right not in source:
            return None
        source = source.replace(right, wrong)
    return source


def compiled(source, rule):
    """The function that the source defines, of the rule's name and among the names that it uses."""
    module = dict(rule.__globals__)
    exec(source, module)
    return module[rule.__name__]
