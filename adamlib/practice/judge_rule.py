"""Compare a learner's rule with the course's own, step by step along the course's own runs."""

import inspect
import itertools
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from adamlib.inputs import hyperparameter_defaults, state_defaults
from adamlib.practice import mistakes
from adamlib.practice.diagnosis import diagnosed
from adamlib.practice.verdict import (
    KERAS_FUNCTIONS,
    Refused,
    Verdict,
    described,
    in_one_line,
    listed,
)

# Big to tiny, both signs, and zeros: nothing that a rule could get wrong stays hidden.
# (Not 1e-6: a tenth of it is epsilon, and a wrong sum that cancels has no digit in float32.)
GRADIENTS = np.outer([1, -3, 0.5, 2, 0, -1, 4, 0.1], [1e2, -1, 1e-3, 3e-6, 0])
# Opposite to lion's m, which is -5, -0.12 and -0.5 times as large: what it mixes shows in its sign.
GRADIENTS[-1, :3] = -0.7, 0.3, -7e-5
# Then far on, where what a rule does only at first, or every tenth time, shows.
TIMES = (1, 2, 3, 4, 5, 6, 20, 30)
# From 1 x hides a small step in its rounding; from 0 it is the step itself, with every digit.
START = np.array([1.0, 0, 1, 0, 1])
# Each run changes some hyperparameters, of those that the rule has.
SETTINGS = (
    {},
    {"learning_rate": 0.3, "weight_decay": 0.1},
    {"momentum": 0.5, "rho": 0.5, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
)
# Of the larger of a number and what it was before the step. A right rule in float32 is at most
# 1.3e-5 off, since 1 - beta_2 is 0.001 only to so many digits; the nearest mistake is by 3.6e-3.
TOLERANCE = 5e-5
SHAPES = ((), (2, 3), (0,))
ANY_SHAPE = "write it for arrays of any shape, all elements at once, without a loop over them"


class Step(NamedTuple):
    """A step of the course's rule: before and after it are x and the state, (x, *state)."""

    t: int
    settings: dict
    before: tuple
    g: np.ndarray
    after: tuple


class Run(NamedTuple):
    """What a learner's rule returns.

    results   shape (parts, steps, n)
    kind      what is wrong with it in kind, or ""
    in_place  what is wrong with it since it changes what it is given, or ""
    scaled    {convention that scales a state: the results in the course's state}
    """

    results: np.ndarray
    kind: str
    in_place: str
    scaled: dict


class Trial:
    """The steps at which a learner's rule must do what the course's does.

    gradients  shape (steps, n); start  shape (n,); settings  one run for each dict
    tolerance  of x and each state, or an array (parts, 1, 1)
    """

    @np.errstate(all="ignore")
    def __init__(
        self, rule, gradients=GRADIENTS, start=START, settings=SETTINGS, tolerance=TOLERANCE
    ):
        self.ours, self.tolerance = rule, tolerance
        self.mistakes = mistakes.mistakes_of(rule)
        self.names = ["x", *state_defaults(rule)]
        self.steps, self.runs = [], np.repeat(np.arange(len(settings)), len(gradients))
        for run in settings:
            run = {k: v for k, v in run.items() if k in hyperparameter_defaults(rule)}
            before = (start, *state_defaults(rule).values())
            for t, g in zip(TIMES, gradients, strict=False):
                after = rule(before[0], g, t, *before[1:], **run)
                self.steps.append(Step(t, run, before, g, after))
                before = after
        self.right = self.results(rule)[0]
        of_all = [hyperparameter_defaults(rule) | step.settings for step in self.steps]
        self.given = {
            "g": np.array([step.g for step in self.steps]),
            "t": np.array([[step.t] for step in self.steps]),
            **{k: np.array([[settings[k]] for settings in of_all]) for k in of_all[0]},
        }
        self.before = np.array(
            [[np.broadcast_to(a, s.g.shape) for a in s.before] for s in self.steps]
        ).swapaxes(0, 1)
        self.rule = mistakes.Variant(inspect.getsource(rule))
        # States before what follows from them, x last.
        set_in = [names for names in self.lines(self.rule).sets if names]
        order = dict.fromkeys([*itertools.chain(*set_in), *self.names[1:], "x"])
        self.order = [self.names.index(name) for name in order]

    def run(self, learners, convention=""):
        """A Run of the learner's rule; Refused where it cannot be compared."""
        name, own = self.ours.__name__, inspect.signature(self.ours)
        if not inspect.isfunction(learners):
            raise Refused(f"it must be a function, def {name}{own}:")
        if learners.__name__ not in (name, "<lambda>") or _call(learners) != _call(self.ours):
            raise Refused(f"its first line should be as it was: def {name}{own}:")
        results, kind, in_place = self.results(learners)
        try:
            again = self.results(learners, order=-1)[0]
        except TimeoutError:
            raise
        except Exception:
            again = np.nan
        if self.apart(results, again).any():
            raise Refused(
                "called again with the same arguments it returns something else: it keeps or draws "
                "something of its own. What the next step needs is returned as the state"
            )
        asked = [m for m in self.mistakes if convention and m.convention == convention]
        for variant in (self.rule, *map(self.rule.with_mistakes, asked)):
            if not self.apart(results, self.given_by(variant)).any():
                kind = kind or self.wrong_in_shape(learners, mistakes.compiled(variant, self.ours))
                return Run(results, kind, in_place, {})
        scaled = [m for m in self.mistakes if m.scale]
        return Run(
            results, kind, in_place, {m: self.results(_unscaled(learners, m))[0] for m in scaled}
        )

    def wrong_in_shape(self, learners, rule):
        """What a rule that has been right so far does otherwise where x has another shape."""
        for step, shape in itertools.product(self.steps[:2], SHAPES):
            arrays = step.before[0], step.g, *step.before[1:]
            x, g, *state = (np.resize(a, shape).astype(float) for a in arrays)
            words = f"for x of shape {shape} "
            right = rule(x, g, step.t, *state)
            try:
                parts = learners(x.copy(), g.copy(), step.t, *map(np.copy, state))
            except TimeoutError:
                raise
            except Exception as error:
                return f"{words}it raises {in_one_line(error)}: {ANY_SHAPE}"
            for name, a, b in zip(self.names, parts, right, strict=True):
                if np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-3, atol=1e-6):
                    return f"{words}its {name} is not right: {ANY_SHAPE}"
        return ""

    def results(self, rule, order=1):
        """The first three of a Run, of any rule.

        One number in place of an array is spread out, so that it can still be known as a mistake.
        order  -1: it is called in the opposite order
        """
        results, kind, in_place = [], "", ""
        for step in self.steps[::order]:
            parts, wrong, changes = self.parts(rule, step)
            kind, in_place = kind or wrong, in_place or changes
            parts = [a + np.zeros(step.g.shape) for a in parts]
            # The root of a negative number is none, be it in complex numbers.
            results.append(
                [np.where(a.imag, np.nan, a.real) if np.iscomplexobj(a) else a for a in parts]
            )
        return np.array(results[::order]).swapaxes(0, 1), kind, in_place

    def parts(self, rule, step):
        """What the rule returns at one step, numbers or arrays, and what is wrong as in a Run.

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
        if not isinstance(returned, tuple) or len(parts) != len(self.names):
            alone = len(self.names) == 1
            wanted = f"({', '.join(self.names)}{',' * alone})"
            comma = ": the comma makes the tuple" * (alone and isinstance(returned, np.ndarray))
            if inspect.isgenerator(returned):
                comma = ": calculate with whole arrays, without a loop over their elements"
            raise Refused(
                f"it must return the tuple {wanted}, yours is {described(returned)}{comma}"
            )
        kind = ""
        for name, a, b in zip(self.names, parts, step.after, strict=True):
            if "Tensor" in type(a).__name__:
                raise Refused(f"its {name} is a tensor: {KERAS_FUNCTIONS}")
            numbers = isinstance(a, np.ndarray | np.number | int | float | complex)
            type_ = np.asarray(a).dtype.kind if numbers else ""
            if type_ not in list("biuf") or np.shape(a) != np.shape(b):
                kind = kind or f"{name} must be an array of x's shape, yours is {described(a)}"
                if type_ not in list("biufc") or np.size(a) > 1 and np.shape(a) != np.shape(b):
                    raise Refused(kind)
            if np.asarray(a).dtype == np.float16:
                raise Refused(f"{name} is in float16, which has three digits: use float32 at least")
        changed = [
            name
            for name, a, b in zip(["x", "g", *self.names[1:]], given, lent, strict=True)
            if not np.array_equal(a, b)
        ]
        words = changed and (
            f"it changes {listed(changed)} in place, which the caller still needs: +=, -= and *= "
            "write into an array, so make a new one"
        )
        return parts, kind, words or ""

    def judge(self, run, convention=""):
        """What there is to say of a learner's run; a convention says what is right instead."""
        known, given = self.known
        same = ~self.apart(run.results, given).any(axis=(1, 2, 3))
        mistake = known[np.argmax(same)][-1:] if same.any() else ()
        asked = mistake and convention and mistake[0].convention == convention
        if same[0] or asked:
            wrong = run.in_place or run.kind
            return Verdict("wrong", wrong) if wrong else Verdict("solved", "", *mistake)
        if mistake:
            verdict = Verdict("wrong", mistake[0].sentence, *mistake)
        else:
            verdict = diagnosed(self, run, convention)
        apart = self.apart(run.results, self.right)
        part = next(k for k in self.order if apart[k].any())
        verdict = verdict._replace(part=self.names[part])
        if run.kind and not verdict.mistake:
            return verdict._replace(sentence=run.kind)
        if run.in_place:
            return verdict._replace(sentence=f"{verdict.sentence}; besides, {run.in_place}")
        return verdict

    def apart(self, a, b):
        """Where the results of two rules differ by more than rounding."""
        near = np.isfinite(b) & (np.abs(a - b) <= self.rounding(b))
        return ~(near | (a == b) | np.isnan(a) & np.isnan(b))  # inf is inf

    def rounding(self, results):
        return self.tolerance * np.maximum(np.abs(results), np.abs(self.before))

    @cached_property
    def known(self):
        """(), and single mistakes, also in a convention; what they give, of one shape more."""
        known, results = [()], [self.right]
        for mistakes_, variant in mistakes.variants(self.ours):
            if (result := self.given_by(variant)) is not None:
                known.append(mistakes_)
                results.append(result)
        return known, np.array(results)

    @cached_property
    def errors(self):
        """{an error in one line: the mistake that raises it}."""
        errors = {}
        for mistake, wrong in self.wrong_rules:
            try:
                self.parts(wrong, self.steps[0])
            except Exception as error:
                errors.setdefault(in_one_line(error), mistake)  # of several the first
        return errors

    @cached_property
    def wrong_rules(self):
        """Pairs (mistake, wrong rule) of all that are wrong at these steps."""
        return [
            (some[-1], mistakes.compiled(variant, self.ours))
            for some, variant in mistakes.variants(self.ours)
            if not self.is_right(variant)
        ]

    def is_right(self, variant):
        given = self.given_by(variant)
        return given is not None and not self.apart(given, self.right).any()

    def lines(self, variant):
        return _lines(variant, self.ours)

    def given_by(self, variant, own=()):
        """What a variant gives at all steps, (parts, steps, n); None where it raises an error.

        own  {state: value} that a learner's rule has found: the lines below go on from it
        """
        try:
            returned, _ = self.names_after(variant, own)
            return np.array([a + np.zeros(self.before.shape[1:]) for a in returned])
        except (ArithmeticError, TypeError, ValueError):
            return None

    @np.errstate(all="ignore")
    def names_after(self, variant, own=()):
        """What a variant returns, and {name: value} after its last line."""
        lines, names = self.lines(variant), dict(self.given)
        for name, before in zip(self.names, self.before, strict=True):
            first = lines.defaults.get(name)
            names[name] = before if name == "x" else np.where(self.given["t"] == 1, first, before)
        return lines.run(names, dict(own))


def _unscaled(learners, convention):
    """The learner's rule with the course's state, where the convention's is a multiple of it."""

    def rule(x, g, t, *state, **hyperparameters):
        names = hyperparameter_defaults(learners) | hyperparameters
        factors = [eval(factor, dict(names)) for _, factor in convention.scale]
        state = [s * f for s, f in zip(state, factors, strict=False)]
        x, *state = learners(x, g, t, *state, **hyperparameters)
        return x, *(s / f for s, f in zip(state, factors, strict=True))

    return rule


@cache
def _lines(variant, rule):
    return mistakes.Lines(variant, rule)


def _call(rule):
    """How a rule is called: how many arguments it takes, and its hyperparameters."""
    return len(inspect.signature(rule).parameters), hyperparameter_defaults(rule)
