"""Check a learner's number: the answers to the questions of each lesson."""

import difflib
import inspect
import math
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

import numpy as np

from adamlib.descent import sweep
from adamlib.inputs import brief
from adamlib.practice import exercises, lessons
from adamlib.practice.language import said
from adamlib.practice.verdict import Verdict, report
from adamlib.surfaces import ravine

COMMA = "a decimal has a point, as in 1.33, where yours has a comma"


class Number(NamedTuple):
    """One number is right.

    wrong   {number: reason} of wrong ones that many give, perhaps rounded to two or three digits
    within  how far from it, as a part, a number still counts as right
    """

    value: float
    wrong: dict
    within: float = 1e-3

    @property
    def count(self):
        return 1

    def judge(self, number):
        if _equal(number, self.value, self.within):
            return Verdict("solved", said("right"))
        words = said("{} is not it").format(f"{number:.6g}")
        return Verdict("wrong", words + self.advice(number))

    def advice(self, number):
        """The reason of a wrong number, or what can be said in every question."""
        whole = float(self.value).is_integer()  # then what is near it is no better than the rest
        close = not whole and _equal(number, self.value, 0.06)
        digits = (3,) if close else (2, 3)  # that a rounded wrong number still has
        for wrong in sorted(self.wrong, key=lambda wrong: abs(wrong - number)):
            if _equal(number, wrong) or number in [float(f"{wrong:.{n}g}") for n in digits]:
                return f": {said(self.wrong[wrong])}"
        if number * self.value < 0:
            return said(": mind the sign")
        if any(_equal(number, self.value * 10.0**k, self.within) for k in range(-6, 7)):
            return said(": mind the powers of ten")
        return said(", but close: give more digits, or look for a small slip") * close

    def fault(self):
        if not isinstance(self.wrong, dict):
            return f"wrong must be {{number: reason}}, not {brief(self.wrong)}"
        if not all(isinstance(n, Real) for n in [self.value, self.within, *self.wrong]):
            return "its value, within and the wrong values must be numbers"
        if not all(isinstance(reason, str) for reason in self.wrong.values()):
            return "each wrong value needs its reason, a string"
        return ""


class Judged(NamedTuple):
    """Whatever reaches a target is right.

    function  of the learner's numbers: whether they reach it (None: right so far), and what
              comes of them; it may raise ValueError with one sentence
    asks      what the numbers are, in its order: "η μ"
    some      whether it judges some of them too; then NaN stands for one that is not written yet
    """

    function: Callable
    asks: str
    some: bool = False

    @property
    def count(self):
        return len(self.asks.split())

    def judge(self, *numbers):
        try:
            reached, words = self.function(*numbers)
        except ValueError as error:  # a number that no run can be made with
            return Verdict("wrong", str(error))
        if reached is None:
            return Verdict("unsolved", words)
        if reached:
            return Verdict("solved", said("right: {}").format(words))
        return Verdict("wrong", said("not yet: {}").format(words))

    def fault(self):
        try:
            inspect.signature(self.function).bind(*self.asks.split())
        except TypeError:
            return f"it asks for {brief(self.asks)}, and its function takes other arguments"
        return ""


def comes_down(rule, steps, target, **settings):
    """Whether f on the ravine once gets down to the target, which is what explore counts."""
    run = sweep(rule, ravine.gradient, ravine.start, steps, **settings)
    values = ravine(run.trajectory.T)
    if (least := np.nanmin(values)) <= target or values[-1] < values[0]:
        return least <= target, f"in {steps} steps f comes down to {least:.3g}"
    if not np.isfinite(values[-1]):
        return False, "it diverges"
    return False, f"after {steps} steps f is {values[-1]:.3g}, and {values[0]:.3g} at the start"


def check_answer(name, *values):
    """Say whether a learner's number answers question `name`, such as "01.minimum", or why not.

    Several numbers where several are asked for, such as two settings.
    """
    answer = lessons.find(name, "ANSWERS", Number, Judged)
    if answer is None:
        names = lessons.every("ANSWERS", Number, Judged)
        asked = difflib.get_close_matches(str(name), names, n=1, cutoff=0)[0]
        raise ValueError(
            f"There is no question {brief(name)}: the name comes first, as in "
            f"check_answer({asked!r}, ...)."
        )
    verdict = _verdict(answer, values)
    report(name, verdict)
    exercises.record(name, verdict.status)


def _verdict(answer, values):
    if len(values) != answer.count:
        words = f"the answer is {answer.count} number{'s' * (answer.count > 1)}, not {len(values)}"
        if len(values) == 2 * answer.count:
            words += f": {COMMA}"
        return Verdict("wrong", words)
    unwritten = [value is None or value is ... for value in values]
    if all(unwritten) or any(unwritten) and not getattr(answer, "some", False):
        return Verdict("unsolved", said("not written yet"))
    numbers = []
    for value, missing in zip(values, unwritten, strict=True):
        if missing:
            numbers.append(math.nan)
            continue
        if isinstance(value, str):
            return Verdict("wrong", f"the answer is a number, not the string {brief(value)}")
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            pair = isinstance(value, tuple) and len(value) == 2
            comma = ": give one of the two, or a decimal with a point, as in 1.33" * pair
            return Verdict("wrong", f"the answer is one number, not {brief(value)}{comma}")
        if isinstance(value, bool | np.bool_) or not math.isfinite(number):
            return Verdict("wrong", f"the answer is a number, not {value}")
        numbers.append(number)
    return answer.judge(*numbers)


def _equal(a, b, within=1e-3):
    return math.isclose(a, b, rel_tol=within, abs_tol=1e-15)  # a sum that should be 0 may not be
