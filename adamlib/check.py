"""Check what a learner wrote: it never raises on the learner's code and says one thing.

Where ADAMLIB_EXPECT is set, as the tests do, it raises AssertionError instead unless every
exercise is "solved" (solutions/) or "unsolved" (lessons/).
"""

import os

import numpy as np

from adamlib import rules
from adamlib.descent import state_defaults

# Big to tiny, both signs, and zeros: nothing that a rule could get wrong stays hidden.
GRADIENTS = np.outer([1, -3, 0.5, 2, 0, -1, 4, 0.1], [1e2, -1, 1e-3, 1e-6, 0])
TOLERANCE = 1e-9

# The answers to questions, by lesson: a number, or the (least, largest) that is right.
ANSWERS = {
    "01.slope": 4,
    "01.first_step": 1.6,
    "01.minimum": 4 / 3,
    "01.central_difference": -1.25,
    "01.wrong_part": 0,
    "01.limit": 0.1,
    "01.ravine": (0.0893, 0.0953),
}


def check(rule, name):
    """Compare the learner's rule with adamlib's; return the one that later cells should use.

    name  of the rule in adamlib.rules
    """
    ours = getattr(rules, name)
    verdict = _verdict(rule, ours)
    if verdict == "right":
        _say(name, "solved", "right: the same x and state as the course's rule at every step")
        return rule
    status = "unsolved" if verdict == "not written yet" else "wrong"
    _say(name, status, f"{verdict}. The next cells use the course's {name}.")
    return ours


def check_answer(name, value):
    """Compare the learner's number with the answer to question `name`, such as "01.minimum"."""
    low, high = np.broadcast_to(ANSWERS[name], 2)
    slack = 1e-3 * abs(high) if low == high else 0
    if value is None or value is ...:
        return _say(name, "unsolved", "not written yet")
    try:
        number = float(value)
    except (TypeError, ValueError):
        return _say(name, "wrong", f"the answer is one number, not {value!r:.80}")
    if low - slack <= number <= high + slack:
        return _say(name, "solved", "right")
    return _say(name, "wrong", f"{number:.6g} is not it yet")


def _say(name, status, sentence):
    expected = os.environ.get("ADAMLIB_EXPECT", status)
    if status != expected:
        raise AssertionError(f"{name}: {sentence}, but the exercise must be {expected} here.")
    print(f"{name}: {sentence}")


def _verdict(rule, ours):
    try:
        for settings in ({}, {"learning_rate": 0.3}):
            wrong = _first_difference(rule, ours, settings)
            if wrong:
                return wrong
    except NotImplementedError:
        return "not written yet"
    except Exception as error:  # the learner's own, whatever it is
        return f"it raises {type(error).__name__}: {error}"
    return "right"


def _first_difference(rule, ours, settings):
    """The first thing that parts the two rules on the same gradients, or ""."""
    names = ["x", *state_defaults(ours)]
    wanted = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    theirs = right = (np.ones(GRADIENTS.shape[1]), *state_defaults(ours).values())
    for t, g in enumerate(GRADIENTS, start=1):
        # At the first step the learner's own state defaults count.
        theirs = rule(theirs[0].copy(), g.copy(), t, *(theirs[1:] if t > 1 else ()), **settings)
        right = ours(right[0], g, t, *right[1:], **settings)
        if theirs is None:
            return "not written yet"
        if not isinstance(theirs, tuple) or len(theirs) != len(right):
            return f"it must return the tuple {wanted}"
        for name, a, b in zip(names, theirs, right, strict=True):
            if np.shape(a) != np.shape(b):
                return f"{name} has shape {np.shape(a)} where x has {np.shape(b)}"
            apart = ~(np.abs(a - b) <= TOLERANCE * (np.abs(b) + TOLERANCE**2))
            if np.any(apart):
                i = np.argmax(apart)
                settled = "".join(f" with {k} {v}" for k, v in settings.items())
                return (
                    f"{name} first differs at step {t}{settled}, where the gradient is {g[i]:g}: "
                    f"it is {np.ravel(a)[i]:.12g} and should be {np.ravel(b)[i]:.12g}"
                )
    return ""
