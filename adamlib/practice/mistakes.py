"""Wrong rules that learners write: each is the course's own with a mistake in it.

A rule's are in mistakes/<rule>.toml, those that any rule may have in mistakes/any_rule.toml, those
of a lesson's function in <function>.toml beside the lesson's source:

    hints = [["v x", "..."]]       of a rule: the parts concerned, and what to think of; the next
                                   one more telling than the last

    ["the root is missing"]        what is wrong, in one sentence
    hint = "..."                   what to think of; of a convention, what Keras does instead
    convention = "by the paper"    only where it is no mistake but right elsewhere
    scale = { v = "-1" }           of a convention: its state is the course's times this
    diff = ["- sqrt(s", "+ (s"]    parts of the source's lines, and what stands there instead
    first = "t = t - 1"            or a line that comes before the others; old_v is the old v
    returns = { v = "old_v" }      or what is returned in place of a part; new_x is the new x

In any_rule.toml S stands for a state, B for what it fades with, Q for what is squared and T for
what is averaged: wherever a rule has a line of that shape, it may have the mistake. Without a diff
S is each state.
"""

import ast
import inspect
import itertools
import re
import textwrap
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from adamlib.hyperparameters import HYPERPARAMETERS
from adamlib.inputs import hyperparameter_defaults, state_defaults

FOLDER = Path(__file__).with_suffix("")
ANY_RULE = FOLDER / "any_rule.toml"
CHANGES = {"diff", "first", "returns"}
KEYS = {"hint", "convention", "scale"} | CHANGES
# What a letter of any_rule.toml may be in a diff.
LETTERS = {"S": r"\w+", "B": r"\w+", "Q": r"[a-z]+", "T": r"[a-z]+(?:\*\*2)?"}
SPOKEN = {"g": "the gradient", "step": "the step"}


class Mistake(NamedTuple):
    """diff has pairs of texts in the source, the right one and the wrong one; returns pairs of a
    part and what stands in its place; scale pairs of a state and its factor; kind is what the same
    mistake in another part has in common with it."""

    name: str
    hint: str
    diff: tuple = ()
    first: str = ""
    returns: tuple = ()
    convention: str = ""
    scale: tuple = ()
    kind: str = ""

    @property
    def sentence(self):
        """What check() says of it."""
        if self.convention:
            return f"{self.name}: right {self.convention}, but Keras {self.hint}"
        return f"{self.name}: {self.hint}"

    def filled(self, words):
        """With the letters of any_rule.toml replaced, in its code and in what is said."""

        def fill(text, words=words):
            return re.sub(r"(?<![A-Za-z])[SBQT]\b", lambda m: words.get(m[0], m[0]), text)

        spoken = words | {"Q": SPOKEN.get(words.get("Q"))}
        return self._replace(
            kind=self.name,
            name=fill(self.name, spoken),
            hint=fill(self.hint, spoken),
            diff=tuple(tuple(map(fill, pair)) for pair in self.diff),
            first=fill(self.first),
            returns=tuple(tuple(map(fill, pair)) for pair in self.returns),
        )


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
    if unknown := entry.keys() - KEYS:
        raise ValueError(f"{where} has the unknown key {min(unknown)!r}.")
    if "hint" not in entry:
        raise ValueError(f"{where} has no hint.")
    if not entry.keys() & CHANGES:
        raise ValueError(f"{where} has no diff, no first and no returns.")
    entry["diff"] = _pairs(entry.get("diff", []), where)
    for key in ("returns", "scale"):
        entry[key] = tuple(entry.get(key, {}).items())
    return Mistake(name, **entry)


def _pairs(diff, where):
    """The texts of a diff, the first "- " with the first "+ " and so on."""
    right, wrong = ([line[2:] for line in diff if line[:2] == sign] for sign in ("- ", "+ "))
    if len(right) != len(wrong) or len(right) + len(wrong) != len(diff):
        raise ValueError(f"{where}: its diff must be lines that begin '- ', and as many with '+ '.")
    return tuple(zip(right, wrong, strict=True))


def conventions():
    """All that a rule of the course may be by: "by the paper" and others."""
    found = [m.convention for toml in FOLDER.glob("*.toml") for m in read(toml)[1]]
    return sorted(set(found) - {""})


@cache
def mistakes_of(rule, toml=None):
    """The mistakes of a rule, its own and those that any rule may have, or those in a file."""
    file, right = toml or toml_of(rule), Variant(inspect.getsource(rule))
    own = read(file)[1]
    for mistake in own:
        if right.with_mistakes(mistake) is None:
            raise ValueError(
                f"{file.name}, mistake {mistake.name!r}: a text of its diff is not in the source "
                f"of {rule.__name__}."
            )
    return own if toml else [*own, *_of_any_rule(rule)]


def _of_any_rule(rule):
    """The mistakes of any_rule.toml in this rule, and those of its hyperparameters and returns."""
    source, states = inspect.getsource(rule), list(state_defaults(rule))
    its_own = source.rstrip().endswith(", ".join(states) or ",)")  # or the step is another rule's
    arguments = inspect.signature(rule).parameters
    for mistake in read(ANY_RULE)[1]:
        written = set(re.findall(r"\w+", "".join(new for _, new in mistake.diff)))
        if written & HYPERPARAMETERS.keys() - arguments.keys():  # which the rule does not have
            found = []
        elif mistake.diff:
            found = _in_lines(mistake.diff[0][0], source)
        elif mistake.first and mistake.first.split()[0] not in arguments:
            found = []
        elif mistake.returns and not its_own:
            found = []
        else:
            found = [{"S": s} for s in states] if re.search(r"\bS\b", mistake.name) else [{}]
        for words in found:
            yield mistake.filled(words)
    for name, default in hyperparameter_defaults(rule).items():
        said = "the learning rate" if name == "learning_rate" else name
        hint = f"use the argument {name}, which later cells change"
        yield Mistake(f"{said} is written as a number", hint, first=f"{name} = {default}")
    if its_own:
        yield from _returned(source, states)


def _in_lines(text, source):
    """What the letters of a text stand for, wherever a line of the source has its shape."""
    pattern = re.escape(text)
    for letter, shape in LETTERS.items():
        named, again = f"(?P<{letter}>{shape})", f"(?P={letter})"
        first, *others = re.split(rf"\b{letter}\b", pattern)
        pattern = first + named * bool(others) + again.join(others)
    return [m.groupdict() for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", source)]


def _returned(source, states):
    """Parts that are returned as they came, for each other, or in another order."""
    for s in states:
        hint = f"the next step needs the new {s}"
        yield Mistake(
            f"{s} is returned as it came", hint, returns=((s, f"old_{s}"),), kind="as it came"
        )
        inside = re.findall(r"^    (\w+) = ", source, re.MULTILINE)
        for other in sorted(set(inside) - {"epsilon", *states}):
            hint = f"the next step needs {s} itself"
            yield Mistake(
                f"{other} is stored back into {s}", hint, returns=((s, other),), kind="stored back"
            )
        for other in [other for other in states if other != s]:
            hint = f"the state is {' and '.join(states)}"
            yield Mistake(f"{other} is returned twice", hint, returns=((s, other),), kind="twice")
    if len(states) > 2:
        return
    parts = ["new_x", *states]
    hint = "first the new x, then the state in the order in which it came"
    for order in list(itertools.permutations(parts))[1:]:
        moved = [
            p for p, q in zip(["x", *states], order, strict=True) if p != q.removeprefix("new_")
        ]
        name = f"{', '.join(moved[:-1])} and {moved[-1]} are returned in the wrong order"
        yield Mistake(name, hint, returns=tuple(zip(["x", *states], order, strict=True)))


def wrong_rules(rule, toml=None):
    """Pairs (mistake, wrong rule): each mistake in the course's rule, then in its conventions.

    toml  the file of the mistakes, where the function is not a rule of the course
    """
    for mistakes, variant in variants(rule, toml):
        yield mistakes[-1], compiled(variant, rule)


def variants(rule, toml=None):
    """Pairs of (mistake,) or (convention, mistake) and the variant of the rule with them.

    In a convention, which has other texts, a mistake is left out where it has nothing to change.
    """
    right, mistakes = Variant(inspect.getsource(rule)), mistakes_of(rule, toml)
    for mistake in mistakes:
        yield (mistake,), right.with_mistakes(mistake)
    for convention in [m for m in mistakes if m.convention]:
        for mistake in mistakes:
            both = right.with_mistakes(convention, mistake)
            if both is not None and mistake is not convention:
                yield (convention, mistake), both


class Variant(NamedTuple):
    """A function: its source, lines that come before the others, and pairs of a part that it
    returns and what is returned in its place."""

    source: str
    first: tuple = ()
    returns: tuple = ()

    def with_mistakes(self, *mistakes):
        """With the mistakes in it; None where a text to change is missing, or changed already."""
        source, first, returns = self
        for mistake in mistakes:
            for right, wrong in mistake.diff:
                if right not in source:
                    return None
                source = source.replace(right, wrong)
            if dict(returns).keys() & dict(mistake.returns).keys():
                return None
            first += (mistake.first,) * bool(mistake.first)
            returns += mistake.returns
        return Variant(source, first, returns)

    def lines(self):
        """The signature, and the statements below it, without docstring and remarks."""
        signature, body = re.split(r"(?<=:)\n", textwrap.dedent(self.source), maxsplit=1)
        body = re.sub(r'^\s+""".*?"""\n', "", body, flags=re.DOTALL)
        body = re.sub(r"  #.*", "", body)
        *statements, last = _statements(textwrap.dedent(body))
        states = [name for name, _ in _states(signature)]
        before = [f"old_{s} = {s}" for s in states] * ("old_" in str(self))
        if self.returns:
            parts = dict(zip(["x", *states], _elements(last), strict=True))
            statements.append(f"new_x = {parts['x']}")
            parts |= {"x": "new_x"} | dict(self.returns)
            last = f"return {', '.join(parts.values())},"
        return signature, [*before, *reversed(self.first), *statements, last]


def _statements(body):
    """The statements of a text; one goes on where a line is indented or a bracket closes."""
    return re.split(r"\n(?![ )\]}]|$)", body.rstrip())


@cache
def _elements(returned):
    """What is returned, element by element."""
    text = returned.removeprefix("return ")
    return [ast.get_source_segment(text, e) for e in ast.parse(text, mode="eval").body.elts]


@cache
def _states(signature):
    """Pairs of a state and its value before the first step."""
    arguments = ast.parse(f"{signature} ...").body[0].args
    names = [a.arg for a in arguments.args[len(arguments.args) - len(arguments.defaults) :]]
    return [(n, ast.literal_eval(v)) for n, v in zip(names, arguments.defaults, strict=True)]


def compiled(variant, rule):
    """The variant as a function of the rule's name, among the names that it uses."""
    signature, statements = variant.lines()
    module = dict(rule.__globals__)
    exec(signature + "".join(f"\n{textwrap.indent(s, ' ')}" for s in statements), module)
    return module[rule.__name__]


class Lines:
    """A variant of a rule, line by line, so that lines may follow what a learner's rule has found.

    defaults  {state: its value before the first step}
    """

    def __init__(self, variant, rule):
        signature, statements = variant.lines()
        self.defaults, self.module = dict(_states(signature)), rule.__globals__
        self.code, sets = zip(*map(_line, statements), strict=True)
        self.sets = [
            [
                s
                for s in self.defaults
                if s in now and not any(s in later for later in sets[i + 1 :])
            ]
            for i, now in enumerate(sets)
        ]

    def run(self, names, own=()):
        """What is returned, and all names at the end.

        names  {name: value} of the arguments
        own    {state: value} that a learner's rule has found: lines below go on from it
        """
        names = self.module | names
        for code, sets in zip(self.code, self.sets, strict=True):
            exec(code, names)
            for s in sets:
                names[s] = own.get(s, names[s])
        return names["returned"], names


@cache
def _line(statement):
    """The code of a statement, and the names that it sets."""
    line = ast.parse(re.sub(r"^return", "returned =", statement))
    names = [n for n in ast.walk(line) if isinstance(n, ast.Name)]
    sets = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return compile(line, "<line>", "exec"), sets
