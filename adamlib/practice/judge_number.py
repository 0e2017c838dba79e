"""Check a learner's number: the answers to the questions of each lesson."""

import difflib
import inspect
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

import numpy as np

from adamlib.descent import sweep
from adamlib.inputs import brief
from adamlib.practice import lessons
from adamlib.practice.verdict import Verdict, report
from adamlib.surfaces import ravine


class Number(NamedTuple):
    """One number is right.

    wrong   {number: reason} of wrong ones that many give
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
            return Verdict("solved", "right")
        for wrong, reason in self.wrong.items():
            if _equal(number, wrong):
                return Verdict("wrong", f"{number:.6g} is not it: {reason}")
        close = ", but close" if abs(number - self.value) <= 0.02 * abs(self.value) else ""
        return Verdict("wrong", f"{number:.6g} is not it{close}")

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

    function  of the learner's numbers: whether they reach it, and what comes of them; it may raise
              ValueError with one sentence
    asks      what the numbers are, in its order: "η μ"
    """

    function: Callable
    asks: str

    @property
    def count(self):
        return len(self.asks.split())

    def judge(self, *numbers):
        try:
            reached, words = self.function(*numbers)
        except ValueError as error:  # a number that no run can be made with
            return Verdict("wrong", str(error))
        if reached:
            return Verdict("solved", f"right: {words}")
        return Verdict("wrong", f"not yet: {words}")

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
    report(name, _verdict(answer, values))


def _verdict(answer, values):
    if len(values) != answer.count:
        words = f"the answer is {answer.count} number{'s' * (answer.count > 1)}, not {len(values)}"
        if len(values) == 2 * answer.count:
            words += ": a decimal has a point, as in 1.33, where yours has a comma"
        return Verdict("wrong", words)
    if any(value is None or value is ... for value in values):
        return Verdict("unsolved", "not written yet")
    numbers = []
    for value in values:
        if isinstance(value, str):
            return Verdict("wrong", f"the answer is a number, not the string {brief(value)}")
        try:
            numbers.append(float(value))
        except (TypeError, ValueError, OverflowError):
            return Verdict("wrong", f"the answer is one number, not {brief(value)}")
    return answer.judge(*numbers)


def _equal(a, b, within=1e-3):
    return abs(a - b) <= within * abs(b)
