import re

import numpy as np
import pytest

from adamlib import rules
from adamlib.check import ANSWERS, check, check_answer


@pytest.fixture(autouse=True)
def no_expectation(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)


def stub(x, g, t, *, learning_rate=0.01):
    """Return the new x, in a tuple."""
    ...


def unfinished(x, g, t, *, learning_rate=0.01):
    raise NotImplementedError


def uphill(x, g, t, *, learning_rate=0.01):
    return (x + learning_rate * g,)


def no_tuple(x, g, t, *, learning_rate=0.01):
    return x - learning_rate * g


def one_number(x, g, t, *, learning_rate=0.01):
    return (np.sum(x),)


def deaf(x, g, t, *, learning_rate=0.01):
    return (x - 0.01 * g,)


def broken(x, g, t, *, learning_rate=0.01):
    return (x - lr * g,)  # noqa: F821


def never_a_number(x, g, t, *, learning_rate=0.01):
    return (x * np.nan,)


SAID = {
    stub: "not written yet",
    unfinished: "not written yet",
    uphill: "x first differs at step 1, where the gradient is 100: it is 2 and should be 0",
    no_tuple: "it must return the tuple (x,)",
    one_number: "x has shape () where x has (5,)",
    deaf: "at step 1 with learning_rate 0.3, where the gradient is 100: it is 0 and should be -29",
    broken: "it raises NameError: name 'lr' is not defined",
    never_a_number: "it is nan and should be 0",
}


@pytest.mark.parametrize(("rule", "words"), SAID.items(), ids=lambda v: getattr(v, "__name__", ""))
def test_one_sentence_for_what_is_not_right_and_the_course_s_rule_instead(rule, words, capsys):
    assert check(rule, "sgd") is rules.sgd
    said = capsys.readouterr().out
    assert words in said and said.startswith("sgd: ") and said.count("\n") == 1


def written_in_place(x, g, t, *, learning_rate=0.01):
    x -= learning_rate * g
    return (x,)


def test_a_right_rule_is_returned_and_every_rule_passes_its_own_check(capsys):
    assert check(written_in_place, "sgd") is written_in_place
    for rule in (rules.momentum, rules.adagrad, rules.adam, rules.nadam, rules.amsgrad):
        assert check(rule, rule.__name__) is rule
    assert all(": right" in line for line in capsys.readouterr().out.splitlines())


def test_a_wrong_state_is_told_from_a_wrong_x(capsys):
    def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
        x, v = rules.momentum(x, g, t, -v, learning_rate=learning_rate, momentum=momentum)
        return x, -v

    def adagrad(x, g, t, s=0, *, learning_rate=0.001, epsilon=1e-7):
        return rules.adagrad(x, g, t, s, learning_rate=learning_rate, epsilon=epsilon)

    check(momentum, "momentum")
    assert re.match("momentum: v first differs at step 1", capsys.readouterr().out)
    check(adagrad, "adagrad")
    assert re.match("adagrad: x first differs at step 1", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (..., "not written yet"),
        (None, "not written yet"),
        (4 / 3, "right"),
        (1.3333, "right"),
        (np.array(4 / 3), "right"),
        (1.34, "1.34 is not it yet"),
        (-4 / 3, "-1.33333 is not it yet"),
        (np.nan, "nan is not it yet"),
        ("4/3", "the answer is one number, not '4/3'"),
        ([1, 2], "the answer is one number, not [1, 2]"),
    ],
)
def test_answers(value, words, capsys):
    check_answer("01.minimum", value)
    assert capsys.readouterr().out == f"01.minimum: {words}\n"


def test_an_answer_may_be_a_range(capsys):
    low, high = ANSWERS["01.ravine"]
    for value, words in [(low, "right"), (high, "right"), (low - 1e-4, "not it"), (0.1, "not it")]:
        check_answer("01.ravine", value)
        assert words in capsys.readouterr().out


def test_in_the_tests_a_leaked_solution_and_a_broken_exercise_raise(monkeypatch, capsys):
    monkeypatch.setenv("ADAMLIB_EXPECT", "unsolved")
    check(stub, "sgd")
    check_answer("01.minimum", ...)
    with pytest.raises(AssertionError, match="sgd: right.* must be unsolved here"):
        check(rules.sgd, "sgd")
    with pytest.raises(AssertionError, match="must be unsolved here"):
        check_answer("01.minimum", 4 / 3)
    monkeypatch.setenv("ADAMLIB_EXPECT", "solved")
    check(rules.sgd, "sgd")
    for exercise in (stub, uphill):
        with pytest.raises(AssertionError, match="must be solved here"):
            check(exercise, "sgd")
    for value in (..., 1.0, "one"):
        with pytest.raises(AssertionError, match="must be solved here"):
            check_answer("01.minimum", value)
