"""Check a learner's number: the answers to the questions of each lesson."""

import contextlib
import io

from adamlib import rules
from adamlib.check import report
from adamlib.datasets import mnist
from adamlib.descent import sweep, train
from adamlib.models import LogisticRegression
from adamlib.surfaces import ravine


def _ravine(rate):
    run = sweep(rules.sgd, ravine.gradient, ravine.start, 84, learning_rate=rate)
    end = ravine(run.trajectory[-1])
    return end < 1e-6, f"after 84 steps f is {end:.3g}"


def _digits(rate):
    model, data = LogisticRegression(), mnist().train
    with contextlib.redirect_stdout(io.StringIO()):
        run = train(
            rules.sgd,
            model.loss_and_gradient,
            model.initial(),
            data,
            epochs=100,
            learning_rate=rate,
        )
    end, highest = model.loss(run.params, data), run.losses.max()
    words = f"after 100 steps the loss is {end:.3f}, and its highest was {highest:.3f}"
    return not run.diverged and end < 0.3 and highest <= run.losses[0], words


# The answers to questions, by lesson: a function of the learner's number that says whether it is
# one and what comes of it, or a number and what to say of the wrong ones that many give.
ANSWERS = {
    "01.slope": (
        4,
        {
            -4: "mind the signs: f′(x) = 3x² − 4x",
            12: "that is 3x²: the second term is missing",
            2: "that is f(2): asked is the slope there",
        },
    ),
    "01.first_step": (
        1.6,
        {
            2.4: "that is uphill: go against the slope",
            -0.4: "that is the step: where does it lead from 2?",
            0.4: "that is the step's length: where does it lead from 2?",
        },
    ),
    "01.minimum": (
        4 / 3,
        {
            0: "there the slope is 0 too, but it is a hilltop",
            3 / 4: "3x = 4 gives the inverse of that",
            22 / 27: "that is f at the lowest point: asked is x",
        },
    ),
    "01.right_value": (
        -351,
        {
            -176: "that is what the doubtful gradient says",
            350: "that is the other part, which is right",
            351: "mind the sign",
        },
    ),
    "01.limit": (
        0.1,
        {
            0.2: "L is the second derivative, 20, not 10",
            0.05: "that is 1/L, where one step suffices: the limit is farther",
            20: "that is L itself",
        },
    ),
    "01.ravine": _ravine,
    "01.digits": _digits,
}


def check_answer(name, value):
    """Say whether a learner's number answers question `name`, such as "01.minimum", or why not."""
    if value is None or value is ...:
        return report(name, "unsolved", "not written yet")
    if isinstance(value, str):
        return report(name, "wrong", f"the answer is a number, not the string {value!r:.60}")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return report(name, "wrong", f"the answer is one number, not {value!r:.60}")
    if callable(ANSWERS[name]):
        try:
            reached, words = ANSWERS[name](number)
        except ValueError as error:  # a number that no run can be made with
            return report(name, "wrong", str(error))
        if reached:
            return report(name, "solved", f"right: {words}")
        return report(name, "wrong", f"not yet: {words}")
    right, reasons = ANSWERS[name]
    if _equal(number, right):
        return report(name, "solved", "right")
    for wrong, reason in reasons.items():
        if _equal(number, wrong):
            return report(name, "wrong", f"{number:.6g} is not it: {reason}")
    close = ", but close" if abs(number - right) <= 0.02 * abs(right) else ""
    return report(name, "wrong", f"{number:.6g} is not it{close}")


def _equal(a, b):
    return abs(a - b) <= 1e-3 * abs(b)
