"""What is right in a learner's rule, which mistakes are in it, and what an unknown line computes.

Each part that the rule returns is looked at by itself: states in the order of the rule's lines,
each from what came before it, x last. A part may follow from the learner's own wrong states or from
the right ones; so one mistake does not hide another, and mistakes of different lines combine.
"""

import itertools
import re
from functools import cache

import numpy as np

from adamlib.inputs import hyperparameter_defaults
from adamlib.practice.formula import formula
from adamlib.practice.verdict import Verdict, listed


def diagnosed(trial, run, convention):
    """A verdict on a rule that no single mistake explains: what is right in it, what not."""
    plain = View(trial, run.results)
    views = [plain]
    for mistake in trial.mistakes:
        if mistake.scale:
            views.append(View(trial, run.scaled[mistake], (), mistake))
        elif mistake.convention:
            views.append(View(trial, run.results, (mistake,), mistake))
    for view in views:
        view.explain(1)
    unknown = list(plain.parts.values()).count(None)
    if unknown > 1 or any(m.kind == "twice" for some in plain.parts.values() for m in some or ()):
        views += reordered(trial, run.results)
    best = min(views, key=lambda view: view.cost(convention))
    if None in best.parts.values():
        best.explain(2)
        plain.explain(2)
        best = min(best, plain, key=lambda view: view.cost(convention))
    mistake, words = best.words(convention)
    return Verdict("wrong", words, mistake)


def reordered(trial, results):
    """Views of the results as if parts had been returned in another order."""
    for mistake in trial.mistakes:
        come = [part.removeprefix("new_") for _, part in mistake.returns]
        if sorted(come) == sorted(trial.names):
            order = [come.index(name) for name in trial.names]
            view = View(trial, results[order], (), mistake)
            view.explain(1)
            yield view


@cache
def candidates(trial, base, k, many):
    """[(mistakes, variant)] that give another part k than the base does, and what they give.

    base  the mistakes that make the convention
    many  1: single mistakes; 2: pairs of such as change nothing that comes before this part
    """
    right = trial.given_by(trial.rule.with_mistakes(*base))
    if many == 1:
        sets = [(m,) for m in trial.mistakes if m not in base and not m.scale]
    else:
        alone, results = candidates(trial, base, k, 1)
        before = trial.order[: trial.order.index(k)]
        only = ~trial.apart(results, right)[:, before].any(axis=(1, 2, 3))
        alone = [m for (m, _), here in zip(alone, only, strict=True) if here]
        sets = [a + b for a, b in itertools.combinations(alone, 2)]
        sets += [(b, a) for a, b in sets if not trial.rule.with_mistakes(*base, a, b)]
    found = []
    for some in sets:
        variant = trial.rule.with_mistakes(*base, *some)
        given = trial.given_by(variant) if variant else None
        if given is None:
            continue
        changed = trial.apart(given, right).any(axis=(1, 2))
        if changed[k]:
            found.append((changed.sum(), some, variant, given))
    # First those that change the fewest parts: they say nothing of the others.
    found.sort(key=lambda candidate: candidate[0])
    results = np.array([given for *_, given in found]).reshape(-1, *trial.right.shape)
    return [(some, variant) for _, some, variant, _ in found], results


class View:
    """A learner's results, seen as the course's rule or one of its conventions with mistakes in it.

    base     the mistakes that make the convention, where no scale does
    besides  the convention, or the wrong order of what is returned, which the results are freed of
    """

    def __init__(self, trial, results, base=(), besides=None):
        self.trial, self.results, self.base, self.besides = trial, results, base, besides
        self.variant = trial.rule.with_mistakes(*base)
        self.right = trial.given_by(self.variant)
        self.is_wrong = self.apart(self.right).any(axis=(1, 2))  # part by part
        self.parts = dict.fromkeys(trial.order)  # {k: its mistakes; (): it is right; None: unknown}

    def explain(self, many):
        """Find as many mistakes for each part that is not explained yet."""
        wrong = {}  # {state: what the learner has in place of what is right}
        for k in self.trial.order:
            if self.parts[k] is None:
                self.parts[k] = self.explained(k, wrong, many)
            if self.is_wrong[k]:
                wrong[self.trial.names[k]] = self.results[k]

    def explained(self, k, wrong, many):
        """The mistakes that give part k; None where none are known that do.

        It may follow from the learner's own states or from the right ones, which he has had too.
        """
        if not self.is_wrong[k]:
            return ()
        known, found = candidates(self.trial, self.base, k, many)
        same = ~self.apart(found)[:, k].any(axis=(1, 2))
        if same.any():
            return known[np.argmax(same)][0]
        if many == 1:
            known = [((), self.variant), *known]
        owns = [wrong, *({s: wrong[s]} for s in wrong if len(wrong) > 1)] if wrong else []
        for own in owns[: 3 if many == 1 else 1]:
            for mistakes, variant in known:
                given = self.trial.given_by(variant, own)
                if given is not None and not self.apart(given)[k].any():
                    return mistakes
        return None

    def apart(self, given):
        return self.trial.apart(self.results, given)

    def cost(self, convention):
        """How much is left unknown, then how many mistakes it takes."""
        found = list(self.parts.values())
        many = len({mistake for some in found for mistake in some or ()})
        seen_as = self.besides.convention if self.besides else ""
        besides = self.besides is not None and seen_as != convention
        return found.count(None), many + besides, many, seen_as != convention

    def words(self, convention):
        """The mistake that is named, if one is, and what there is to say of all parts."""
        names = self.trial.names
        right = [names[k] for k, found in self.parts.items() if found == () and k]
        known = [k for k, found in self.parts.items() if found]
        unknown = [k for k, found in self.parts.items() if found is None]
        right = [] if self.besides and self.besides.scale else right
        said = f"{listed(right)} {'are' if len(right) > 1 else 'is'} right; " if right else ""
        order = self.besides and not self.besides.convention
        if order or not known + unknown:
            mistake, said = self.besides, self.besides.sentence
            new = dict.fromkeys(self.parts[k] for k in known)  # each where it is first
            others = [next(k for k in known if self.parts[k] == some) for some in new] + unknown
        else:
            k = (known or unknown)[0]
            mistake = self.parts[k][0] if known else None
            said += mistake.sentence if known else self.computed(k)
            others = [i for i in known + unknown if i != k and self.parts[i] != self.parts[k]]
            others += [k] * (len(self.parts[k] or ()) > 1)
        kinds = [[m.kind for m in self.parts[i] or ()] for i in others]
        if others and 0 not in others and mistake and kinds == [[mistake.kind]] * len(others):
            said += f"; and so it is with {listed([names[k] for k in others])}"
        elif others:
            said += f"; there is another mistake in {listed([names[k] for k in others])}"
        elif self.besides and mistake != self.besides and self.besides.convention != convention:
            said += f"; besides, {self.besides.name}, which is right {self.besides.convention}"
        return mistake, said

    def computed(self, k):
        """What part k computes, where a formula is found; else the first step at which it parts."""
        trial = self.trial
        _, names = trial.names_after(
            trial.rule, {n: self.results[i] for i, n in enumerate(trial.names)}
        )
        names |= {f"old_{n}": b for n, b in zip(trial.names[1:], trial.before[1:], strict=True)}
        names |= trial.given | {"x": trial.before[0]}
        rounding = trial.rounding(self.results)[k]
        text = formula(
            trial.names[k], self.results[k], names, trial.names[1:], trial.runs, rounding
        )
        if text:
            hint = ": use the arguments, not numbers" * bool(re.search(r"\d\.\d", text))
            return f"your {trial.names[k]} is {text.replace('old_', 'the old ')}{hint}"
        return self.first_difference(k)

    def first_difference(self, k):
        """The first step at which part k is not right, with what led there."""
        trial, right = self.trial, self.right[k]
        apart = self.apart(self.right)[k]
        at = np.argmax(apart.any(axis=1))
        a, b = self.results[k][at], right[at]
        # Where x is not 0: from 0 a step that forgot x looks like one of another sign.
        size = np.nan_to_num(np.abs(a - b) / np.abs(b), nan=1e300)
        i = np.argmax(apart[at] * (1 + size) * np.where(trial.before[0, at] == 0, 1e-300, 1))
        step = trial.steps[at]
        used = {"learning_rate": hyperparameter_defaults(trial.ours)["learning_rate"]}
        before = zip(trial.names, trial.before[:, at, i], strict=True)
        state = ", ".join(f"{name} = {value:.9g}" for name, value in before)
        settings = ", ".join(f"{k} {v:g}" for k, v in (used | step.settings).items())
        return (
            f"at step {step.t}, from {state} with g = {step.g[i]:g} and {settings}, "
            f"your {trial.names[k]} is {a[i]:.12g} instead of {b[i]:.12g}"
        )
