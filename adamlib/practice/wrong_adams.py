"""How many wrong Adams does your test let through?

    python -m adamlib.practice.wrong_adams MODULE:FUNCTION

FUNCTION(adam) raises AssertionError where it finds a fault in adam, a rule as in adamlib.rules:

    adam(x, g, t, m=0, v=0, *, learning_rate, beta_1, beta_2, epsilon) -> (x, m, v)

It gets the right Adam first, which must pass, and then every wrong one. Where a test wants another
Adam, a class, say, or the function that a pytest file imports, FUNCTION passes ours on:

    import test_mine

    def finds(adam):
        test_mine.my_adam = adam  # the name by which test_mine calls what it tests
        test_mine.test_my_adam()
"""

import importlib
import io
import sys
from contextlib import redirect_stdout
from typing import NamedTuple

import numpy as np

from adamlib.inputs import check_function
from adamlib.practice.judge import trial_of
from adamlib.practice.mistakes import compiled
from adamlib.practice.verdict import in_one_line


class Survey(NamedTuple):
    """right is the convention by which the right Adam passes, or "in Keras"; passed has the names
    of the wrong ones that pass, of `wrong` in all."""

    right: str
    passed: list
    wrong: int


@np.errstate(all="ignore")
def survey(test):
    """Run every wrong Adam through a test; a Survey.

    The wrong ones are Algorithm 1 with a mistake in it, or Keras's Adam if the test refuses
    Algorithm 1: the two put epsilon in different places.

    test  a function of adam that raises an error where it finds a fault
    Raises ValueError if it refuses both right ones.
    """
    check_function(test, "The test", "adam")
    trial = trial_of("adam")
    conventions = [mistake for mistake in trial.mistakes if mistake.convention]
    for convention in [*conventions, None]:
        right = trial.rule.with_mistakes(convention) if convention else trial.rule
        fault = _fault(test, compiled(right, trial.ours))
        if not fault:
            wrong = list(_wrong(trial, right))
            passed = [name for name, adam in wrong if not _fault(test, adam)]
            return Survey(convention.convention if convention else "in Keras", passed, len(wrong))
    raise ValueError(
        "The test refuses the right Adam too, with Keras's epsilon and with that of Algorithm 1: "
        f"{fault}."
    )


def _wrong(trial, right):
    """Pairs (what is wrong, wrong Adam) of one mistake each in this right one. Those that compute
    the same are one Adam."""
    seen = [trial.given_by(right)]
    for mistake in trial.mistakes:
        variant = right.with_mistakes(mistake)
        if mistake.convention or variant is None:
            continue
        given = trial.given_by(variant)  # None where it raises an error
        if given is not None:
            if any(not trial.apart(given, other).any() for other in seen):
                continue
            seen.append(given)
        yield mistake.name, compiled(variant, trial.ours)


def _fault(test, adam):
    """The fault that the test finds, in one line, or ""."""
    try:
        with redirect_stdout(io.StringIO()):
            returned = test(adam)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # pytest's own are no Exceptions
        return in_one_line(error)
    if returned is not None:
        raise ValueError(
            "A test raises AssertionError where it finds a fault and returns nothing; this one "
            f"returns {returned!r}: write assert before it."
        )
    return ""


def main(arguments):
    """Print what a Survey of the test found."""
    if len(arguments) != 1 or not all(arguments[0].partition(":")):
        sys.exit("Give your test as MODULE:FUNCTION, as in: tests.published_tests:cs231n")
    module, _, name = arguments[0].partition(":")
    sys.path.insert(0, "")  # where PYTHONSAFEPATH is set
    try:
        test = getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever the module does
        sys.exit(f"There is no test {arguments[0]}: {in_one_line(error)}.")
    try:
        right, passed, wrong = survey(test)
    except (TypeError, ValueError) as error:
        sys.exit(str(error))
    print(f"Adam as it is {right} passes, as it must.")
    print(f"{name} lets {len(passed)} of {wrong} wrong Adams through", end="")
    print(":" if passed else ".", *passed, sep="\n    ")


if __name__ == "__main__":
    main(sys.argv[1:])
