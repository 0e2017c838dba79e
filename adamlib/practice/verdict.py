"""What is said of a learner's answer or function, and how it is shown."""

import os
import re
from html import escape
from typing import NamedTuple

import numpy as np
from IPython.display import display

from adamlib.practice.mistakes import Mistake

KERAS_FUNCTIONS = (
    "the functions of keras.ops and tf make tensors of Keras: write NumPy's, as np.sqrt(v), which "
    "as_keras turns into those of keras.ops"
)


class Verdict(NamedTuple):
    """status is "solved", "unsolved" or "wrong"; mistake the one that is recognised, if any, and
    part of what is returned the first that is wrong."""

    status: str
    sentence: str
    mistake: Mistake | None = None
    part: str = ""


class Refused(Exception):
    """One sentence: why what a learner's function returned cannot be compared at all."""


# A sign and a colour for each status: those of the quizzes, and grey.
LOOKS = {"solved": ("✓", "#009e73"), "wrong": ("✗", "#d55e00"), "unsolved": ("·", "#808080")}


class Shown:
    """One line on an exercise: plain text, and on a page with a sign and a colour."""

    def __init__(self, status, text):
        self.status, self.text = status, text

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        sign, colour = LOOKS[self.status]
        name, _, sentence = self.text.partition(": ")
        words = re.sub("`([^`]+)`", r"<code>\1</code>", escape(sentence))
        style = f"border-left: 4px solid {colour}; padding-left: 8px; white-space: pre-wrap"
        return f'<div style="{style}">{sign} <b>{escape(name)}</b>: {words}</div>'


def report(name, verdict):
    """Show the verdict on an exercise.

    Where ADAMLIB_EXPECT is set, as the tests do, raise AssertionError instead unless the exercise
    is "solved" (solutions/) or "unsolved" (lessons/).
    """
    expected = os.environ.get("ADAMLIB_EXPECT", verdict.status)
    if verdict.status != expected:
        raise AssertionError(
            f"{name}: {verdict.sentence}, but the exercise must be {expected} here."
        )
    display(Shown(verdict.status, f"{name.split('.')[-1]}: {verdict.sentence}"))


def described(value):
    """What kind of thing a learner's function returned."""
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if isinstance(value, np.ndarray):
        kind = f" and type {value.dtype}" * (value.dtype.kind not in "biuf")
        return f"an array of shape {value.shape}{kind}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def in_one_line(error):
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


def listed(names):
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
