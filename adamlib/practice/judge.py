"""Check what a learner wrote: it never raises on the learner's code and says one thing.

Where ADAMLIB_EXPECT is set, as the tests do, it raises AssertionError instead unless every
exercise is "solved" (solutions/) or "unsolved" (lessons/).
"""

import inspect
import linecache
import os
import sys
import traceback
from collections import Counter
from contextlib import contextmanager
from functools import cache

import numpy as np

from adamlib import rules
from adamlib.inputs import among, brief, check_name, hyperparameter_defaults, state_defaults
from adamlib.practice.functions import FUNCTIONS, UNWRITTEN, described, returned
from adamlib.practice.mistakes import HINTS, MISTAKES, wrong_rules

# Big to tiny, both signs, and zeros: nothing that a rule could get wrong stays hidden.
# (Not 1e-6: a tenth of it is epsilon, and a wrong sum that cancels has no digit in float32.)
GRADIENTS = np.outer([1, -3, 0.5, 2, 0, -1, 4, 0.1], [1e2, -1, 1e-3, 3e-6, 0])
# From 1 x hides a small step in its rounding; from 0 it is the step itself, with every digit.
START = np.array([1.0, 0, 1, 0, 1])
# Each run changes some hyperparameters, of those that the rule has.
SETTINGS = (
    {},
    {"learning_rate": 0.3},
    {"momentum": 0.5, "rho": 0.5, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
)
# Of the larger of a number and what it was before the step. A right rule in float32 is at most
# 1.3e-5 off, since 1 - beta_2 is 0.001 only to so many digits; the nearest mistake is by 3.6e-3.
TOLERANCE = 5e-5

# A rule has hyperparameters, and the helpers of adamlib.rules have none.
RULES = [k for k, f in vars(rules).items() if inspect.isfunction(f) and hyperparameter_defaults(f)]
DEPTH = 400  # calls inside calls: nothing that check() asks for needs so many

_hints_given = Counter()


def check(function, name, convention=""):
    """Compare the learner's function with the course's; return the one for later cells to use.

    name        of a rule in adamlib.rules, or of a function in adamlib.practice.functions
    convention  one that is right too in this exercise, as in mistakes.py: "by the paper"
    """
    is_rule = among(name, RULES)
    if not callable(function) or not (is_rule or among(name, FUNCTIONS)):
        raise ValueError(
            "check takes your function and the name of the exercise, as check(sgd, 'sgd'), not "
            f"{brief(function)} and {brief(name)}."
        )
    if not among(convention, [""]):
        known = {mistake.elsewhere for mistake in MISTAKES if mistake.elsewhere}
        check_name(convention, sorted(known), "convention")
    ours = getattr(rules, name) if is_rule else FUNCTIONS[name][0]
    with np.errstate(all="ignore"), _no_deeper_than(DEPTH):
        try:
            if is_rule:
                verdict = _rule_verdict(function, ours, name, convention) or "right"
            else:
                verdict = _value_verdict(function, ours, name) or "right"
        except NotImplementedError:
            verdict = UNWRITTEN
        except (Exception, SystemExit) as error:  # the learner's own, whatever it is
            verdict = _error(error, function, name)
    if verdict == "right":
        words = "with Keras already" if convention else "with the course's own"
        report(name, "solved", f"right, it agrees {words} in every test")
        return function
    if convention:
        same = [m for m in MISTAKES if (m.rule, m.elsewhere) == (name, convention)]
        if verdict in map(_sentence, same):
            report(name, "solved", f"right {convention}")
            return function
    status = "unsolved" if verdict == UNWRITTEN else "wrong"
    report(name, status, f"{verdict}. The next cells use the course's {name}.")
    return ours


@contextmanager
def _no_deeper_than(limit):
    """Let a function that calls itself for ever end in a RecursionError, before memory does.

    Python does so itself, but CPython 3.13.0 not for every call with keyword-only arguments.
    """
    depth, former = 0, sys.getprofile()

    def watch(frame, event, _):
        nonlocal depth
        depth += {"call": 1, "return": -1}.get(event, 0)
        if depth > limit:
            raise RecursionError(
                "maximum recursion depth exceeded: it calls itself again and again"
            )

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(former)


def hint(name):
    """Print one more hint for an exercise that check() knows by this name."""
    if not among(name, HINTS):
        raise ValueError(
            f"There are hints for {', '.join(HINTS)}; not for {brief(name)}. Where an exercise has "
            "another hint, it folds out in its text."
        )
    hints, given = HINTS[name], _hints_given[name]
    if given == len(hints):
        print(f"{name}: that was the last hint; the solved lesson is in solutions/.")
        return
    _hints_given[name] += 1
    print(f"{name}, hint {given + 1} of {len(hints)}: {hints[given]}")


def report(name, status, sentence):
    """Print what there is to say of an exercise; raise where the tests expect another status."""
    expected = os.environ.get("ADAMLIB_EXPECT", status)
    if status != expected:
        raise AssertionError(f"{name}: {sentence}, but the exercise must be {expected} here.")
    print(f"{name.split('.')[-1]}: {sentence}")


def _value_verdict(function, ours, name):
    """What is wrong with the learner's function that is no rule, or ""."""
    _, calls, *counts = FUNCTIONS[name]
    (facts_of,) = counts or [returned]
    results = []
    for arguments in calls.values():
        facts = facts_of(function, *arguments)
        if isinstance(facts, str):
            return facts
        for result in facts.values():
            if result is None or result is ...:
                return UNWRITTEN
            if not isinstance(result, int | float | np.number | np.ndarray) or np.ndim(result):
                return f"it must return a number, yours is {described(result)}"
            results.append(float(result))

    def facts_in_words(other):
        facts = {words: facts_of(other, *arguments) for words, arguments in calls.items()}
        return {f"for {a} {b}": n for a, numbers in facts.items() for b, n in numbers.items()}

    def apart(other):
        numbers = np.array(list(facts_in_words(other).values()))
        return _apart(np.array(results), numbers, numbers)

    if not apart(ours).any():
        return ""
    for mistake, wrong in wrong_rules(ours):
        if not apart(wrong).any():
            return _sentence(mistake)
    i = np.argmax(apart(ours))
    words, right = list(facts_in_words(ours).items())[i]
    return f"{words} {results[i]:.6g} instead of {right:.6g}"


def _rule_verdict(rule, ours, name, convention):
    """What is wrong with the learner's rule, or ""; numbers are compared by the convention."""
    if getattr(rule, "__name__", "") != name or _call(rule) != _call(ours):
        return f"its first line should be as it was: def {name}{inspect.signature(ours)}:"
    results, kind = _results(rule, name)
    before, right = _path(name)
    if results is None or not _apart(results, right, before).any():
        return kind
    mistakes, wrong, _ = _known(name)
    same = ~_apart(results, wrong, before).any(axis=(1, 2, 3))
    if same.any():
        return _sentence(mistakes[np.argmax(same)])
    for mistake, theirs in zip(mistakes, wrong, strict=True):
        if convention and mistake.elsewhere == convention:
            right = theirs
    return kind or _first_difference(results, name, right)


def _results(rule, name):
    """What the rule returns at each step, or None; and what is wrong in kind with it, or "".

    One number in place of an array is spread out, so that it can still be known as a mistake.
    """
    results, kind, names = [], "", _names(name)
    for t, settings, before, g, after in _steps(name):
        lent = (before[0], g, *before[1:])
        given = [np.copy(a) for a in lent]
        # At the first step the learner's own state defaults count.
        theirs = rule(*given[:2], t, *(given[2:] if t > 1 else ()), **settings)
        parts = theirs if isinstance(theirs, tuple | list) else [theirs]
        if any(a is None or a is ... for a in parts):
            raise NotImplementedError
        if parts is not theirs or len(parts) != len(names):
            wanted = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
            comma = ": the comma makes the tuple" if len(names) == 1 and parts is not theirs else ""
            yours = f"yours is {described(theirs)}{comma}"
            return None, f"it must return the tuple {wanted}, {yours}"
        for label, a, b in zip(names, parts, after, strict=True):
            numeric = (
                isinstance(a, np.ndarray | np.number | int | float)
                and np.asarray(a).dtype.kind in "biuf"
            )
            if not numeric or np.shape(a) != np.shape(b):
                kind = kind or f"{label} must be an array of x's shape, yours is {described(a)}"
                if not numeric or np.ndim(a):
                    return None, kind
        for label, a, b in zip(["x", "g", *names[1:]], given, lent, strict=True):
            if not np.array_equal(a, b):
                new = "the caller still needs it, so make a new array"
                new = f"{new}: {label} += …, -= … and *= … write into the old one"
                return None, f"it changes {label} in place: {new}"
        results.append([a + np.zeros(g.shape) for a in parts])
    return np.array(results), kind


@cache
def _steps(name):
    """Steps along the course's own runs: (t, settings, x and state, g, new x and state)."""
    ours, steps = getattr(rules, name), []
    for settings in SETTINGS:
        settings = {k: v for k, v in settings.items() if k in hyperparameter_defaults(ours)}
        before = (START, *state_defaults(ours).values())
        for t, g in enumerate(GRADIENTS, start=1):
            after = ours(before[0], g, t, *before[1:], **settings)
            steps.append((t, settings, before, g, after))
            before = after
    return steps


@cache
def _path(name):
    """x and state before each step and after it, as arrays."""
    steps = _steps(name)
    before = [[np.broadcast_to(s, g.shape) for s in before] for _, _, before, g, _ in steps]
    return np.array(before), _results(getattr(rules, name), name)[0]


@cache
def _known(name):
    """The rule's mistakes with their results; and {error: mistake} for those that raise one."""
    mistakes, results, errors = [], [np.empty((0, *_path(name)[0].shape))], {}
    for mistake, rule in wrong_rules(getattr(rules, name)):
        try:
            results.append(_results(rule, name)[0][np.newaxis])
            mistakes.append(mistake)
        except Exception as error:
            errors.setdefault(_line(error), mistake)
    return mistakes, np.concatenate(results), errors


def _apart(a, b, before):
    """Where two rules' results differ by more than rounding."""
    rounding = TOLERANCE * np.maximum(np.abs(b), np.abs(before))
    return ~np.isclose(a, b, rtol=0, atol=rounding, equal_nan=True)


def _sentence(mistake):
    if mistake.elsewhere:
        return f"{mistake.name}: right {mistake.elsewhere}, but Keras {mistake.hint}"
    return f"{mistake.name}: {mistake.hint}"


def _first_difference(results, name, right):
    """The first step and quantity that part from what is right, with the numbers that led there.

    State is looked at before x, which follows from it.
    """
    names, (before, _) = _names(name), _path(name)
    apart = _apart(results, right, before)
    step = np.argmax(apart.any(axis=(1, 2)))
    part = next(k for k in (*range(1, len(names)), 0) if apart[step, k].any())
    a, b = results[step, part], right[step, part]
    i = np.argmax(np.where(apart[step, part], np.abs(a - b) / np.abs(b), 0))
    t, settings, _, g, _ = _steps(name)[step]
    used = {"learning_rate": hyperparameter_defaults(getattr(rules, name))["learning_rate"]}
    state = [f"{k} = {v:.9g}" for k, v in zip(names, before[step, :, i], strict=True)]
    settings = [f"{k} {v:g}" for k, v in (used | settings).items()]
    return (
        f"at step {t}, from {', '.join(state)} with g = {g[i]:g} and {', '.join(settings)}, "
        f"your {names[part]} is {a[i]:.12g} instead of {b[i]:.12g}"
    )


def _error(error, function, name):
    """The learner's error in one line, where it is, and the mistake that raises it too."""
    if "ellipsis" in str(error):
        return UNWRITTEN
    code = getattr(function, "__code__", None)
    lines = [i for frame, i in traceback.walk_tb(error.__traceback__) if frame.f_code is code]
    words = f"it raises {_line(error)}"
    if lines:
        text = linecache.getline(code.co_filename, lines[-1]).strip()
        words += f", in its line {lines[-1] - code.co_firstlineno + 1}" + f", {text}" * bool(text)
    if isinstance(error, NameError) and hasattr(np, error.name or ""):
        return f"{words}: write np.{error.name}"
    if isinstance(error, TypeError) and "can be converted to Python scalars" in str(error):
        return f"{words}: math's functions take one number, those of NumPy arrays, as np.sqrt"
    known = _known(name)[2] if name in RULES else {}
    return f"{words}: {_sentence(known[_line(error)])}" if _line(error) in known else words


def _line(error):
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


def _names(name):
    return ["x", *state_defaults(getattr(rules, name))]


def _call(rule):
    """How a rule is called: how many arguments it takes, and its hyperparameters."""
    parameters = inspect.signature(rule).parameters.values()
    return len(parameters), hyperparameter_defaults(rule)
