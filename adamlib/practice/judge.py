"""Check what a learner wrote: it never raises on the learner's code and says one thing."""

import linecache
import sys
import traceback
from collections import Counter
from contextlib import contextmanager
from functools import cache

import numpy as np

from adamlib.inputs import among, brief, check_name
from adamlib.practice import lessons, mistakes
from adamlib.practice.judge_function import Comparison, Function
from adamlib.practice.judge_rule import Trial
from adamlib.practice.verdict import Refused, Verdict, in_one_line, report
from adamlib.rules import RULES

DEPTH = 400  # calls inside calls: nothing that check() asks for needs so many
UNWRITTEN = Verdict("unsolved", "not written yet (or is `return` missing?)")

hints_given = Counter()


def check(function, name, convention=""):
    """Compare the learner's function with the course's; return the one for later cells to use.

    name        of a rule in adamlib.rules, or of a function that a lesson asks for
    convention  one that is right too in this exercise, as the rule's mistakes name it: "by the
                paper"
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
    if verdict.status == "solved":
        words = "with Keras already" if convention else "with the course's own"
        verdict = verdict._replace(sentence=f"right, it agrees {words} in every test")
    elif convention and verdict.mistake and verdict.mistake.convention == convention:
        verdict = Verdict("solved", f"right {convention}")
    else:
        sentence = f"{verdict.sentence}. The next cells use the course's {name}."
        verdict = verdict._replace(sentence=sentence)
    report(name, verdict)
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
        with _no_deeper_than(DEPTH):
            run = trial.run(function)
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
def _no_deeper_than(limit):
    """Let a function that calls itself for ever end in a RecursionError, before memory does.

    Python does so itself, but CPython 3.13.0 not for every call with keyword-only arguments.
    """
    depth, former = 0, sys.getprofile()

    def watch(frame, event, _):
        nonlocal depth
        depth += {"call": 1, "return": -1}.get(event, 0)
        if depth > limit and _calls_itself(frame):  # no callback of Python's that comes in between
            raise RecursionError(
                "maximum recursion depth exceeded: it calls itself again and again"
            )

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(former)


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
    if isinstance(error, TypeError) and "can be converted to Python scalars" in str(error):
        return f"{words}: math's functions take one number, those of NumPy arrays, as np.sqrt"
    return f"{words}: {known[line].sentence}" if line in known else words


def hint(name):
    """Print one more hint for an exercise that check() knows by this name."""
    hints = hints_of(name) if isinstance(name, str) else []
    if not hints:
        rules = [rule for rule in RULES if hints_of(rule)]
        functions = [f.right.__name__ for f in lessons.every("FUNCTIONS", Function).values()]
        raise ValueError(
            f"There are hints for {', '.join(rules + functions)}; not for {brief(name)}. Where an "
            "exercise has another hint, it folds out in its text."
        )
    given = hints_given[name]
    if given == len(hints):
        print(f"{name}: that was the last hint; the solved lesson is in solutions/.")
        return
    hints_given[name] += 1
    print(f"{name}, hint {given + 1} of {len(hints)}: {hints[given]}")


def hints_of(name):
    """The hints for a rule of the course or a lesson's function; none for another name."""
    if name in RULES:
        return mistakes.read(mistakes.toml_of(RULES[name]))[0]
    asked = lessons.function(name, Function)
    return asked[0].hints if asked else []
