"""Compare a learner's rule with the course's own, step by step along the course's own runs."""

import inspect
from functools import cached_property
from typing import NamedTuple

import numpy as np

from adamlib.inputs import hyperparameter_defaults, state_defaults
from adamlib.practice.mistakes import wrong_rules
from adamlib.practice.verdict import Refused, Verdict, described, in_one_line

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


class Step(NamedTuple):
    """A step of the course's rule: before and after it are x and the state, (x, *state)."""

    t: int
    settings: dict
    before: tuple
    g: np.ndarray
    after: tuple


class Trial:
    """The steps at which a learner's rule must do what the course's does.

    gradients  shape (steps, n); start  shape (n,); settings  one run for each dict
    tolerance  of x and each state, or an array (parts, 1)
    """

    @np.errstate(all="ignore")
    def __init__(
        self, rule, gradients=GRADIENTS, start=START, settings=SETTINGS, tolerance=TOLERANCE
    ):
        self.ours, self.tolerance = rule, tolerance
        self.names = ["x", *state_defaults(rule)]
        self.steps = []
        for run in settings:
            run = {k: v for k, v in run.items() if k in hyperparameter_defaults(rule)}
            before = (start, *state_defaults(rule).values())
            for t, g in enumerate(gradients, start=1):
                after = rule(before[0], g, t, *before[1:], **run)
                self.steps.append(Step(t, run, before, g, after))
                before = after
        self.before = np.array(
            [[np.broadcast_to(part, s.g.shape) for part in s.before] for s in self.steps]
        )
        self.right, _ = self.results(rule)
        self.wrong_rules = list(wrong_rules(rule))

    def run(self, learners):
        """What the learner's rule returns, as `results`; Refused where it is called otherwise."""
        name, own = self.ours.__name__, inspect.signature(self.ours)
        if getattr(learners, "__name__", "") != name or _call(learners) != _call(self.ours):
            raise Refused(f"its first line should be as it was: def {name}{own}:")
        return self.results(learners)

    def results(self, rule):
        """What a rule returns, shape (steps, parts, n), and what is wrong in kind with it, or "".

        One number in place of an array is spread out, so that it can still be known as a mistake.
        """
        results, kind = [], ""
        for step in self.steps:
            parts, wrong = self.parts(rule, step)
            kind = kind or wrong
            results.append([a + np.zeros(step.g.shape) for a in parts])
        return np.array(results), kind

    def parts(self, rule, step):
        """What the rule returns at one step, each a number or an array, and what is wrong in kind.

        Raises NotImplementedError where nothing is written yet, Refused where it is no such tuple.
        """
        lent = (step.before[0], step.g, *step.before[1:])
        given = [np.copy(a) for a in lent]
        # At the first step the learner's own state defaults count.
        state = given[2:] if step.t > 1 else []
        returned = rule(*given[:2], step.t, *state, **step.settings)
        parts = returned if isinstance(returned, tuple | list) else [returned]
        if any(a is None or a is ... for a in parts):
            raise NotImplementedError
        if parts is not returned or len(parts) != len(self.names):
            alone = len(self.names) == 1
            wanted = f"({', '.join(self.names)}{',' * alone})"
            comma = ": the comma makes the tuple" * (alone and parts is not returned)
            raise Refused(
                f"it must return the tuple {wanted}, yours is {described(returned)}{comma}"
            )
        kind = ""
        for name, a, b in zip(self.names, parts, step.after, strict=True):
            numeric = (
                isinstance(a, np.ndarray | np.number | int | float)
                and np.asarray(a).dtype.kind in "biuf"
            )
            if not numeric or np.shape(a) != np.shape(b):
                kind = kind or f"{name} must be an array of x's shape, yours is {described(a)}"
                if not numeric or np.ndim(a):
                    raise Refused(kind)
        for name, a, b in zip(["x", "g", *self.names[1:]], given, lent, strict=True):
            if not np.array_equal(a, b):
                raise Refused(
                    f"it changes {name} in place: the caller still needs it, so make a new array: "
                    f"{name} += …, -= … and *= … write into the old one"
                )
        return parts, kind

    def judge(self, run, convention=""):
        """What there is to say of a learner's run; a convention says what is right instead."""
        results, kind = run
        if not self.apart(results, self.right).any():
            return Verdict("wrong", kind) if kind else Verdict("solved", "")
        mistakes, wrong = self.known
        same = ~self.apart(results, wrong).any(axis=(1, 2, 3))
        if same.any():
            mistake = mistakes[np.argmax(same)]
            return Verdict("wrong", mistake.sentence, mistake)
        pairs = zip(mistakes, wrong, strict=True)
        by = [w for m, w in pairs if convention and m.convention == convention]
        return Verdict("wrong", kind or self.first_difference(results, [*by, self.right][0]))

    def apart(self, a, b):
        """Where the results of two rules differ by more than rounding."""
        rounding = self.tolerance * np.maximum(np.abs(b), np.abs(self.before))
        return ~np.isclose(a, b, rtol=0, atol=rounding, equal_nan=True)

    @property
    def known(self):
        """The mistakes that return something, and what: shape (mistakes, steps, parts, n)."""
        return self._mistakes[0]

    @property
    def errors(self):
        """{an error in one line: the mistake that raises it}."""
        return self._mistakes[1]

    @cached_property
    def _mistakes(self):
        mistakes, results, errors = [], [], {}
        for mistake, wrong in self.wrong_rules:
            try:
                results.append(self.results(wrong)[0])
                mistakes.append(mistake)
            except Exception as error:
                errors.setdefault(in_one_line(error), mistake)  # of several the first
        return (mistakes, np.array(results).reshape(-1, *self.right.shape)), errors

    def first_difference(self, results, right):
        """The first step and quantity that part from what is right, with what led there.

        State is looked at before x, which follows from it.
        """
        apart = self.apart(results, right)
        at = np.argmax(apart.any(axis=(1, 2)))
        part = next(k for k in (*range(1, len(self.names)), 0) if apart[at, k].any())
        a, b = results[at, part], right[at, part]
        i = np.argmax(np.where(apart[at, part], np.abs(a - b) / np.abs(b), 0))
        step = self.steps[at]
        used = {"learning_rate": hyperparameter_defaults(self.ours)["learning_rate"]}
        before = zip(self.names, self.before[at, :, i], strict=True)
        state = ", ".join(f"{name} = {value:.9g}" for name, value in before)
        settings = ", ".join(f"{k} {v:g}" for k, v in (used | step.settings).items())
        return (
            f"at step {step.t}, from {state} with g = {step.g[i]:g} and {settings}, "
            f"your {self.names[part]} is {a[i]:.12g} instead of {b[i]:.12g}"
        )


def _call(rule):
    """How a rule is called: how many arguments it takes, and its hyperparameters."""
    return len(inspect.signature(rule).parameters), hyperparameter_defaults(rule)
