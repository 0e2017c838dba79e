"""Check what a learner wrote: it never raises on the learner's code and says one thing."""

import linecache
import re
import sys
import time
import traceback
from collections import defaultdict
from contextlib import contextmanager
from functools import cache

import numpy as np

from adamlib.inputs import among, brief, check_name, check_rule
from adamlib.practice import exercises, lessons, mistakes
from adamlib.practice.judge_function import Comparison, Function
from adamlib.practice.judge_rule import Trial
from adamlib.practice.language import said
from adamlib.practice.verdict import KERAS_FUNCTIONS, Refused, Verdict, in_one_line, report
from adamlib.rules import RULES

SECONDS = 10  # that all calls of a check may take
DEPTH = 400  # calls inside calls: nothing that check() asks for needs so many
# What Python's own words mean here.
MEANINGS = {
    "can be converted to Python scalars": "math's functions take one number, those of NumPy "
    "arrays, as np.sqrt",
    "subscriptable|item assignment|too many indices|has no len|unsized|not iterable": "x and the "
    "state may be one number, as the state is before the first step: write the rule for all "
    "elements at once, without a loop or [i]",
    "'numpy.*' object is not callable": "g is the gradient already, an array of numbers and not a "
    "function",
    "got tf\\.float|keras\\.(src|ops)|EagerTensor": KERAS_FUNCTIONS,
    "'(int|float)' object has no attribute '(numpy|item)'": "t is a number as it is: calculate "
    "with t itself",
    "Cannot cast ufunc": "+= and -= write into an array, here one of whole numbers: make a new "
    "array, as in m = m + …",
    "concatenate list|multiply sequence|operand type.*'list'": "a list does not calculate: make it "
    "an array, as np.array(…)",
    "referenced before assignment|not associated with a value": "a name that the function sets "
    "anywhere is its own from the start: give it a value before it is used",
    "numpy boolean subtract": "subtract numbers and not truth values: np.sign has three of them",
}
UNWRITTEN = Verdict("unsolved", "not written yet (or is `return` missing?)")

hints_given = defaultdict(list)  # {name: the places of those that were given}
wrong_part = {}  # {name: the part of which check() said last that it is wrong}


def check(function, name, convention="", also=None):
    """Compare the learner's function with the course's; return the one for later cells to use.

    name        of a rule in adamlib.rules, or of a function that a lesson asks for
    convention  one that is right too in this exercise, as the rule's mistakes name it: "by the
                paper"
    also        what a right function must pass too: a function of it that raises TypeError or
                ValueError, in one sentence, as as_keras does
    """
    trial = trial_of(name) if isinstance(name, str) else None
    if not callable(function) or trial is None:
        raise ValueError(
            "check takes your function and the name of the exercise, as check(sgd, 'sgd'), not "
            f"{brief(function)} and {brief(name)}."
        )
    if not among(convention, [""]):
        check_name(convention, mistakes.conventions(), "convention")
    verdict = verdict_of(function, trial, convention)
    verdict = verdict._replace(sentence=said(verdict.sentence))
    if verdict.status == "solved" and verdict.mistake:
        verdict = verdict._replace(sentence=f"right {convention}")
    elif verdict.status == "solved":
        words = said("right, it agrees with the course's own in every test")
        if convention:
            words = said("right, it agrees with Keras already in every test")
        verdict = verdict._replace(sentence=words)
    if verdict.status == "solved" and also is not None:
        try:
            also(function)
        except (TypeError, ValueError) as error:
            words = f"not yet: on arrays it agrees with the course's own, but {error}"
            verdict = Verdict("wrong", words.removesuffix("."))
    instead = said(". The next cells use the course's {}.").format(name)
    if verdict.status == "solved" and name in RULES:
        if function.__name__ == "<lambda>":
            function.__name__ = name  # which later cells look up
        try:
            check_rule(function)
        except TypeError as error:  # its state starts at None, say
            verdict = verdict._replace(sentence=f"{verdict.sentence}; but {error}"[:-1] + instead)
            function = trial.ours
    elif verdict.status != "solved":
        verdict = verdict._replace(sentence=verdict.sentence + instead)
        wrong_part[name] = verdict.part
    report(name, verdict)
    exercises.record(f"{name} {convention}".strip(), verdict.status)
    return function if verdict.status == "solved" else trial.ours


@cache
def trial_of(name):
    """What a learner's function of this name is compared by; None where there is no exercise."""
    if name in RULES:
        return Trial(RULES[name])
    asked = lessons.function(name, Function)
    return Comparison(*asked) if asked else None


@np.errstate(all="ignore")
def verdict_of(function, trial, convention=""):
    """What the trial finds of the learner's function, whatever that does."""
    try:
        with _stopped(DEPTH, SECONDS):
            run = trial.run(function, convention)
    except NotImplementedError:
        return UNWRITTEN
    except Refused as refused:
        return Verdict("wrong", str(refused))
    except (Exception, SystemExit) as error:  # the learner's own, whatever it is
        if "ellipsis" in str(error):
            return UNWRITTEN
        return Verdict("wrong", _explained(error, function, trial.errors))
    return trial.judge(run, convention)


@contextmanager
def _stopped(depth, seconds):
    """Let a function that calls itself for ever, or loops for ever, end in an error.

    Python ends the first itself, but CPython 3.13.0 not for every call with keyword-only arguments.
    A tracer sees both on every system, where a signal or a thread would not.
    """
    now, end, former = 0, time.monotonic() + seconds, sys.gettrace()

    def watch(frame, event, _):
        nonlocal now
        now += {"call": 1, "return": -1}.get(event, 0)
        if now > depth and _calls_itself(frame):  # no callback of Python's that comes in between
            raise RecursionError(
                "maximum recursion depth exceeded: it calls itself again and again"
            )
        if event == "line" and time.monotonic() > end:
            raise TimeoutError(
                f"it has not ended after {seconds} seconds: does a loop go on for ever?"
            )
        return watch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(former)


def _calls_itself(frame):
    """Whether the function of this frame is among those that called it."""
    outer = frame.f_back
    while outer and outer.f_code is not frame.f_code:
        outer = outer.f_back
    return outer is not None


def _explained(error, function, known):
    """The learner's error in one line, where it is, and the mistake that raises it too."""
    code = getattr(function, "__code__", None)
    lines = [i for frame, i in traceback.walk_tb(error.__traceback__) if frame.f_code is code]
    line = in_one_line(error)
    words = f"it raises {line}"
    if lines:
        text = linecache.getline(code.co_filename, lines[-1]).strip()
        words += f", in its line {lines[-1] - code.co_firstlineno + 1}" + f", {text}" * bool(text)
    if isinstance(error, NameError) and hasattr(np, error.name or ""):
        return f"{words}: write np.{error.name}"
    for pattern, meaning in MEANINGS.items():
        if re.search(pattern, str(error)):
            return f"{words.replace(line, type(error).__name__)}: {meaning}"
    if line in known:
        return f"{words.replace(line, type(error).__name__)}: {known[line].sentence}"
    return words


def hint(name):
    """Print one more hint for an exercise that check() knows by this name: first those on the part
    that check() found wrong."""
    hints = hints_of(name) if isinstance(name, str) else []
    if not hints and lessons.asks(name):
        print(f"hint() helps with functions; if {name} has a hint, it folds out in the exercise.")
        return
    if not hints:
        rules = [rule for rule in RULES if hints_of(rule)]
        functions = [f.right.__name__ for f in lessons.every("FUNCTIONS", Function).values()]
        raise ValueError(
            f"There are hints for {', '.join(rules + functions)}; not for {brief(name)}. Where an "
            "exercise has another hint, it folds out in its text."
        )
    given = hints_given[name]
    left = [place for place in range(len(hints)) if place not in given]
    if not left:
        words = said("{}: that was the last hint; the solved lesson is in solutions/.")
        print(words.format(name))
        return
    on_part = [place for place in left if wrong_part.get(name) in hints[place][0].split()]
    given.append((on_part or left)[0])
    words = said("{}, hint {} of {}: {}")
    print(words.format(name, len(given), len(hints), said(hints[given[-1]][1])))


def hints_of(name):
    """Pairs (parts, hint) for a rule of the course or a lesson's function, if there are any."""
    if name in RULES:
        return mistakes.read(mistakes.toml_of(RULES[name]))[0]
    asked = lessons.function(name, Function)
    return [("", words) for words in asked[0].hints] if asked else []
