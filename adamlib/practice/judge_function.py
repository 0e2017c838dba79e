"""Compare a learner's function that is no rule with the course's own: by what it returns."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from adamlib.practice.judge_rule import TOLERANCE
from adamlib.practice.mistakes import wrong_rules
from adamlib.practice.verdict import Refused, Verdict, described


def returned(function, *arguments):
    """What counts of a function that returns a number."""
    return {"it gives": function(*arguments)}


class Function(NamedTuple):
    """A function that learners write, of the name of `right`.

    right  the course's own
    calls  {a call in words: its arguments}
    hints  the next one more telling than the last
    facts  of a function and the arguments of a call: what counts, {words: number}; it may raise
           Refused with one sentence, and NotImplementedError where nothing is written yet
    meanings  {words of a fact: what it means where it is not right}
    """

    right: Callable
    calls: dict
    hints: list
    facts: Callable = returned
    meanings: dict = {}

    def fault(self):
        if not callable(self.right) or not callable(self.facts):
            return "right and facts must be functions"
        if not isinstance(self.calls, dict) or not self.calls:
            return "calls must be {words: arguments}, one call at least"
        if not isinstance(self.hints, list | tuple) or not self.hints:
            return "hints must be a list of sentences, one at least"
        return ""


class Comparison:
    """The course's own function on all calls, and the mistakes in a file that are known of it."""

    errors = {}  # only a rule's errors are told from each other

    def __init__(self, function, toml):
        self.function, self.ours = function, function.right
        self.right = self.run(self.ours)
        self.wrong_rules = list(wrong_rules(self.ours, toml))

    def run(self, function, convention=""):
        """What counts of the function, call by call: {words: number}."""
        facts = {}
        for call, arguments in self.function.calls.items():
            for words, result in self.function.facts(function, *arguments).items():
                if result is None or result is ...:
                    raise NotImplementedError
                number = isinstance(result, int | float | np.number | np.ndarray)
                if not number or np.ndim(result):
                    raise Refused(f"it must return a number, yours is {described(result)}")
                facts[f"for {call} {words}"] = float(result)
        return facts

    def judge(self, facts, convention=""):
        """What there is to say of a learner's facts; a function has no conventions."""
        apart = _apart(facts, self.right)
        if not apart:
            return Verdict("solved", "")
        for mistake, wrong in self.known:
            if not _apart(facts, wrong):
                return Verdict("wrong", mistake.sentence, mistake)
        first, meanings = apart[0], self.function.meanings
        if any(fact in first for fact in meanings):
            said = [m for words in apart for fact, m in meanings.items() if fact in words]
            return Verdict("wrong", "; besides, ".join(list(dict.fromkeys(said))[:2]))
        return Verdict("wrong", f"{first} {facts[first]:.6g} instead of {self.right[first]:.6g}")

    @cached_property
    def known(self):
        """Pairs of a mistake and its facts."""
        return [(mistake, self.run(wrong)) for mistake, wrong in self.wrong_rules]


def _apart(facts, others):
    """The words of the facts that differ by more than rounding."""
    return [
        words
        for words, other in others.items()
        if not np.isclose(facts[words], other, rtol=TOLERANCE, atol=0, equal_nan=True)
    ]
