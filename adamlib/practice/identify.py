"""What an optimizer is that is not the course's: which rule it equals, or where it parts from it.

    what_is(adam)                                a rule of your own, as in adamlib.rules
    what_is(keras.optimizers.SGD(0.1, 0.9))      a new optimizer of Keras, or of a class of yours
    what_is(fresh, "adam", learning_rate=0.1)    any other, by a few lines:

    def fresh():
        mine = MyAdam(lr=0.1)  # made anew, so that it remembers nothing

        def step(x, g, t):
            return mine.step(x, g)  # or, where it changes x in place, return x after it

        return step

fresh takes nothing and returns a function of the parameters x, the gradient g and the number t of
the step, from 1, which returns the new x. Only x is compared: what an optimizer remembers shows in
its next steps. An optimizer of Keras runs in float32, where Muon's matrix products lose so many
digits that it is told apart from our muon.
"""

import inspect
from numbers import Real

import numpy as np

from adamlib.descent import difference
from adamlib.inputs import (
    brief,
    check_name,
    check_rule,
    check_value,
    hyperparameter_defaults,
    name_of,
    number,
    same,
    state_defaults,
)
from adamlib.practice import mistakes
from adamlib.practice.judge_rule import GRADIENTS, SETTINGS, START
from adamlib.practice.verdict import Refused, described, in_one_line
from adamlib.rules import RULES

# Matrices, since some rules need one: each size of gradient from 0 and from 1.
HARD = np.tile(np.stack([GRADIENTS, GRADIENTS[::-1]], axis=1), (2, 1, 1))
FROM = np.stack([START, 1 - START])
# Of how far a coordinate of x has moved. What runs in float32 is within it, and no mistake is.
BOUND = 1e-4
ANEW = (
    "Of any other optimizer, give a function of no argument that makes it anew and returns a "
    "function of (x, g, t), which returns the new x."
)


@np.errstate(all="ignore")
def what_is(optimizer, name="", **hyperparameters):
    """Print what an optimizer equals, to which bound; or where it parts from the nearest rule of
    the course, and which known mistake does the same.

    optimizer        a rule, a new optimizer of Keras, or a function of no argument as above
    name             the rule to hold it to; without one, all rules are tried
    hyperparameters  their numbers in your optimizer, by Keras's names; a rule's own defaults and
                     what a Keras optimizer says of itself are known without
    Raises TypeError or ValueError for what cannot be compared.
    """
    rules = {check_name(name, RULES, "rule"): RULES[name]} if name else RULES
    known = sorted({k for rule in rules.values() for k in hyperparameter_defaults(rule)})
    for given, value in hyperparameters.items():
        number(value, check_name(given, known, "hyperparameter"))
    runs, mine = _mine(optimizer, hyperparameters, known)
    said = getattr(optimizer, "__name__", type(optimizer).__name__)

    right = [
        (_apart(mine, paths), rule, convention, paths)
        for rule in rules.values()
        for convention, variant in _right(rule)
        for paths in [_paths(variant, runs)]
    ]
    apart, rule, convention, _ = min(right, key=_equality)
    if apart.max() <= BOUND:
        words = f"; {convention.sentence}" if convention else ""
        print(
            f"{said} equals {rule.__name__}{_by(convention)}: in {len(HARD)} steps x differs by "
            f"{apart.max():.0e} of how far it has moved at most{words}."
        )
        return

    right.sort(key=lambda row: _unlike(said, mine, row))
    nearest = {}  # {rule: of its own and its conventions the row that is nearest}
    for row in right:
        nearest.setdefault(row[1], row)
    for rule in nearest:
        for (*by, mistake), variant in mistakes.variants(rule):
            if _equal(mine, mistakes.compiled(variant, rule), runs):
                what = "another convention" if mistake.convention else "a known mistake"
                of = f"{rule.__name__}{_by(*by)} with {what}: {mistake.sentence}"
                print(f"{_parting(said, mine, nearest[rule], runs)}. It is {of}.")
                return
    rule = right[0][1]
    took = hyperparameter_defaults(rule) | runs[0]
    took = ", ".join(f"{k}={took[k]:g}" for k in hyperparameter_defaults(rule))
    words = f"{_parting(said, mine, right[0], runs)}. No known mistake does the same"
    print(f"{words}, if yours has {took}.")


def _mine(optimizer, given, known):
    """The hyperparameters of each run, by Keras's names, and x in each, of shape (runs, steps, …).

    given  {name: number} that the reader says; known  the names that rules have
    """
    if any(kind.__module__.startswith("keras.") for kind in type(optimizer).__mro__):
        return _of_keras(optimizer, given, known)
    if not _is_factory(optimizer):
        try:
            return _of_rule(check_rule(optimizer), given, known)
        except TypeError as error:
            raise TypeError(f"{error} {ANEW}") from None
    step = optimizer()
    if not callable(step):
        raise TypeError(
            f"{optimizer.__name__}() must return a function of (x, g, t), not {brief(step)}."
        )
    return [given], np.array([_path(step)])


def _is_factory(optimizer):
    """Whether it is a function of no argument, and no class."""
    try:
        inspect.signature(optimizer).bind()
    except (TypeError, ValueError):
        return False
    return not isinstance(optimizer, type)


def _of_rule(rule, given, known):
    """Some runs of a reader's rule, each with other hyperparameters."""
    own = {same(k, known) or k: k for k in hyperparameter_defaults(rule)}  # {Keras's name: its}
    if unknown := given.keys() - own.keys():
        raise ValueError(
            f"{name_of(rule)} has no hyperparameter {min(unknown)}: it has "
            f"{', '.join(own.values()) or 'none'}."
        )
    defaults = {k: hyperparameter_defaults(rule)[name] for k, name in own.items()}
    for k, default in (defaults | given).items():
        check_value(k, default)
    runs = [
        defaults | given | {k: v for k, v in setting.items() if k in own} for setting in SETTINGS
    ]
    return runs, np.array([_path(_step(rule, {own[k]: run[k] for k in own})) for run in runs])


def _step(rule, hyperparameters):
    """The rule as a function of (x, g, t) that remembers its state."""
    state = list(state_defaults(rule).values())

    def step(x, g, t):
        returned = rule(x, g, t, *state, **hyperparameters)
        if not isinstance(returned, tuple) or len(returned) != 1 + len(state):
            raise Refused(
                f"{name_of(rule)} must return a tuple, the new x and {len(state)} parts of its "
                f"state, not {described(returned)}."
            )
        x, *state[:] = returned
        return x

    return step


def _of_keras(optimizer, given, known):
    from adamlib.keras_check import descend_keras  # TensorFlow, which takes seconds to load

    settings = optimizer.get_config()
    if int(optimizer.iterations):
        raise ValueError("The Keras optimizer has made steps already: give a new one.")
    if isinstance(settings.get("learning_rate"), dict):
        raise ValueError("what_is compares at one learning rate: give the optimizer a number.")
    numbers = {k: v for k, v in settings.items() if k in known and isinstance(v, Real)}
    gradients = iter(HARD.astype(np.float32))
    path = descend_keras(optimizer, lambda x: next(gradients), FROM, len(HARD))
    return [numbers | given], np.array([path[1:]], np.float32)


def _path(step):
    """x after each of the hard gradients."""
    x, path = FROM, []
    for t, g in enumerate(HARD, start=1):
        try:
            x = step(x.copy(), g.copy(), t)
        except Refused as refused:
            raise ValueError(str(refused)) from None
        except Exception as error:
            raise ValueError(f"At step {t} it raises {in_one_line(error)}.") from error
        if not isinstance(x, np.ndarray) or x.shape != FROM.shape or x.dtype.kind != "f":
            raise ValueError(
                f"At step {t} it must return the new x, an array of floats of shape {FROM.shape}, "
                f"not {described(x)}."
            )
        path.append(x.copy())
    return np.array(path)


def _right(rule):
    """Pairs of a convention and a right rule: None and the course's own come first."""
    yield None, rule
    own = mistakes.Variant(inspect.getsource(rule))
    for m in mistakes.mistakes_of(rule):
        if m.convention:
            yield m, mistakes.compiled(own.with_mistakes(m), rule)


def _by(convention=None):
    return f" {convention.convention}" if convention else ""


def _paths(rule, runs):
    """x of a rule in these runs, as _mine has it; NaN where it raises an error."""
    own = hyperparameter_defaults(rule)
    try:
        return np.array([_path(_step(rule, {k: run.get(k, own[k]) for k in own})) for run in runs])
    except ValueError:
        return np.full((len(runs), *HARD.shape), np.nan)


def _apart(mine, paths):
    """The difference of two results of _mine, relative to how far x has moved."""
    rows = [difference(a, b, FROM, BOUND, mine.dtype) for a, b in zip(mine, paths, strict=True)]
    alike = (mine == paths) | np.isnan(mine) & np.isnan(paths)
    return np.where(alike, 0, np.nan_to_num(rows, nan=np.inf))


def _equal(mine, rule, runs):
    """Whether a rule equals mine in all runs; nearly always the first of them tells."""
    return all(_apart(mine[[i]], _paths(rule, [run])).max() <= BOUND for i, run in enumerate(runs))


def _equality(row):
    """A key by which the rule that is equal comes first, and before it by a convention that only
    its state shows."""
    apart, _, convention, _ = row
    return apart.max() > BOUND, convention is not None, apart.max()


def _unlike(said, mine, row):
    """A key by which the nearest rule comes first: by its name, the longest that is in the
    optimizer's, or else by where x goes."""
    _, rule, _, paths = row
    far = np.abs(mine - paths) / (np.abs(mine - FROM) + np.abs(paths - FROM))
    far = np.where(mine == paths, 0, np.nan_to_num(far, nan=1))
    named = rule.__name__.replace("_", "") in said.lower().replace("_", "")
    return -len(rule.__name__) * named, far.mean()


def _parting(said, mine, row, runs):
    """From which right rule, at which step and coordinate, and what x is there."""
    apart, rule, convention, paths = row
    run, step, *where = np.argwhere(apart > BOUND)[0].tolist()
    at = (run, step, *where)
    changed = {k: v for k, v in runs[run].items() if v != runs[0][k]}
    words = "".join(f" with {k}={v:g}" for k, v in changed.items())
    return (
        f"{said} parts from {rule.__name__}{_by(convention)} at step {step + 1}{words}: "
        f"x{where} is {mine[at]:.9g} instead of {paths[at]:.9g}"
    )
