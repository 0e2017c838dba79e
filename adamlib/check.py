"""Check what a learner wrote: it never raises on the learner's code and says one thing.

Where ADAMLIB_EXPECT is set, as the tests do, it raises AssertionError instead unless every
exercise is "solved" (solutions/) or "unsolved" (lessons/).
"""

import inspect
import os

import numpy as np

from adamlib import rules
from adamlib.descent import hyperparameter_defaults, state_defaults

# Big to tiny, both signs, and zeros: nothing that a rule could get wrong stays hidden.
GRADIENTS = np.outer([1, -3, 0.5, 2, 0, -1, 4, 0.1], [1e2, -1, 1e-3, 1e-6, 0])
TOLERANCE = 1e-12  # of the larger of a number and what it was before the step

# Functions that are no rules: {name: (the right one, {a call in words: its arguments})}.
FUNCTIONS = {
    "central_difference": (
        lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / (2 * h),
        {
            "f(x) = x³ at x = 1 with h = 0.1": (lambda x: x**3, 1.0, 0.1),
            "f(x) = x³ at x = -0.5 with h = 0.2": (lambda x: x**3, -0.5, 0.2),
            "f(x) = sin x at x = 0.5 with h = 0.01": (np.sin, 0.5, 0.01),
        },
    ),
}

UNWRITTEN = "not written yet (or is `return` missing?)"


def check(function, name):
    """Compare the learner's function with the course's; return the one for later cells to use.

    name  of a rule in adamlib.rules, or of a function in FUNCTIONS
    """
    is_rule = hasattr(rules, name)
    ours = getattr(rules, name) if is_rule else FUNCTIONS[name][0]
    compare = _first_difference if is_rule else _other_value
    try:
        verdict = compare(function, ours, name) or "right"
    except NotImplementedError:
        verdict = UNWRITTEN
    except Exception as error:  # the learner's own, whatever it is
        verdict = f"it raises {type(error).__name__}: {error}"
    if verdict == "right":
        report(name, "solved", "right, it agrees with the course's own in every test")
        return function
    status = "unsolved" if verdict == UNWRITTEN else "wrong"
    report(name, status, f"{verdict}. The next cells use the course's {name}.")
    return ours


def report(name, status, sentence):
    """Print what there is to say of an exercise; raise where the tests expect another status."""
    expected = os.environ.get("ADAMLIB_EXPECT", status)
    if status != expected:
        raise AssertionError(f"{name}: {sentence}, but the exercise must be {expected} here.")
    print(f"{name.split('.')[-1]}: {sentence}")


def _other_value(function, ours, name):
    """The first call whose result is not the course's, or ""."""
    for call, arguments in FUNCTIONS[name][1].items():
        result, right = function(*arguments), ours(*arguments)
        if result is None or result is ...:
            return UNWRITTEN
        if not isinstance(result, int | float | np.number | np.ndarray) or np.ndim(result):
            return f"it must return a number, yours is {_described(result)}"
        if not np.isclose(result, right, rtol=1e-9):
            return f"for {call} it gives {float(result):.6g} instead of {right:.6g}"
    return ""


def _first_difference(rule, ours, name):
    """The first thing that parts the two rules on the same gradients, or ""."""
    first_line = f"def {name}{inspect.signature(ours)}:"
    if rule.__name__ != name or _call(rule) != _call(ours):
        return f"its first line should be as it was: {first_line}"
    defaults = state_defaults(ours)
    names = ["x", *defaults]
    wanted = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    for settings in ({}, {"learning_rate": 0.3}):
        used = hyperparameter_defaults(ours) | settings
        before = (np.ones(GRADIENTS.shape[1]), *defaults.values())
        for t, g in enumerate(GRADIENTS, start=1):
            given = [np.copy(a) for a in (before[0], g, *before[1:])]
            # At the first step the learner's own state defaults count.
            theirs = rule(*given[:2], t, *(given[2:] if t > 1 else ()), **settings)
            right = ours(before[0], g, t, *before[1:], **settings)
            if theirs is None or theirs is ...:
                return UNWRITTEN
            if not isinstance(theirs, tuple | list) or len(theirs) != len(right):
                return f"it must return the tuple {wanted}, yours is {_described(theirs)}"
            lent = zip(["x", "g", *defaults], given, (before[0], g, *before[1:]), strict=True)
            for label, a, b in lent:
                if not np.array_equal(a, b):
                    return f"it changes {label} in place: make a new array, as by new = {label} - …"
            for label, a, b, was in zip(names, theirs, right, before, strict=True):
                if not isinstance(a, np.ndarray | np.floating | float) or np.shape(a) != np.shape(
                    b
                ):
                    return f"{label} must be an array of x's shape, yours is {_described(a)}"
                size = np.maximum(np.abs(b), np.abs(was))
                apart = ~(np.abs(a - b) <= TOLERANCE * size)
                if np.any(apart):
                    i = np.argmax(apart)
                    at, becomes, instead = (
                        np.broadcast_to(v, g.shape)[i] for v in (before[0], a, b)
                    )
                    return (
                        f"at step {t}, from x = {at:.6g} with g = {g[i]:g} and learning_rate "
                        f"{used['learning_rate']:g}, your {label} is {becomes:.12g} instead of "
                        f"{instead:.12g}"
                    )
            before = right
    return ""


def _call(rule):
    """How a rule is called: how many arguments it takes, and its hyperparameters."""
    parameters = inspect.signature(rule).parameters.values()
    return len(parameters), list(hyperparameter_defaults(rule).items())


def _described(value):
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
