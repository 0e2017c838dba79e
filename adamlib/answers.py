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


# The answers to questions, by lesson: a number, or a function of the learner's number that says
# whether it is one, and what comes of it.
ANSWERS = {
    "01.slope": 4,
    "01.first_step": 1.6,
    "01.minimum": 4 / 3,
    "01.right_value": -351,
    "01.limit": 0.1,
    "01.ravine": _ravine,
    "01.digits": _digits,
}


def check_answer(name, value):
    """Compare the learner's number with the answer to question `name`, such as "01.minimum"."""
    right = ANSWERS[name]
    if value is None or value is ...:
        return report(name, "unsolved", "not written yet")
    if isinstance(value, str):
        return report(name, "wrong", f"the answer is a number, not the string {value!r:.60}")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return report(name, "wrong", f"the answer is one number, not {value!r:.60}")
    if callable(right):
        try:
            reached, words = right(number)
        except ValueError as error:  # a number that no run can be made with
            return report(name, "wrong", str(error))
        words = f"right: {words}" if reached else f"not yet: {words}"
    else:
        apart = abs(number - right) / abs(right)
        reached, close = apart <= 1e-3, ", but close" if apart <= 0.02 else ""
        words = "right" if reached else f"{number:.6g} is not it{close}"
    return report(name, "solved" if reached else "wrong", words)
