import re

import numpy as np
import pytest

from adamlib import rules
from adamlib.answers import check_answer
from adamlib.check import check


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


def in_place(x, g, t, *, learning_rate=0.01):
    x -= learning_rate * g
    return (x,)


def g_in_place(x, g, t, *, learning_rate=0.01):
    g *= learning_rate
    return (x - g,)


def no_star(x, g, t, learning_rate=0.01):
    return (x - learning_rate * g,)


def other_default(x, g, t, *, learning_rate=0.1):
    return (x - learning_rate * g,)


def a_list_inside(x, g, t, *, learning_rate=0.01):
    return ((x - learning_rate * g).tolist(),)


START = "at step 1, from x = 1 with g = 100 and learning_rate"
SAID = {
    stub: "not written yet (or is `return` missing?)",
    unfinished: "not written yet",
    uphill: f"{START} 0.01, your x is 2 instead of 0",
    no_tuple: "it must return the tuple (x,), yours is an array of shape (5,)",
    one_number: "x must be an array of x's shape, yours is a float64",
    a_list_inside: "x must be an array of x's shape, yours is a list",
    deaf: f"{START} 0.3, your x is 0 instead of -29",
    broken: "it raises NameError: name 'lr' is not defined",
    never_a_number: f"{START} 0.01, your x is nan instead of 0",
    in_place: "it changes x in place: make a new array, as by new = x - …",
    g_in_place: "it changes g in place: make a new array",
    no_star: "first line should be as it was: def sgd(x, g, t, *, learning_rate=0.01):",
    other_default: "first line should be as it was",
}


for rule in SAID:
    rule.__name__ = "sgd"


@pytest.mark.parametrize(
    ("rule", "words"), SAID.items(), ids=lambda v: getattr(v, "__qualname__", "")
)
def test_one_sentence_for_what_is_not_right_and_the_course_s_rule_instead(rule, words, capsys):
    assert check(rule, "sgd") is rules.sgd
    said = capsys.readouterr().out
    assert words in said and said.startswith("sgd: ") and said.count("\n") == 1


def in_place_on_a_copy(x, g, t, *, learning_rate=0.01):
    x = x.copy()
    x -= learning_rate * g
    return [x]


in_place_on_a_copy.__name__ = "sgd"


def test_the_name_must_be_the_rule_s_so_that_keras_is_asked_for_it(capsys):
    assert (
        check(lambda x, g, t, *, learning_rate=0.01: (x - learning_rate * g,), "sgd") is rules.sgd
    )
    assert "def sgd(" in capsys.readouterr().out


def test_a_right_rule_is_returned_and_every_rule_passes_its_own_check(capsys):
    assert check(in_place_on_a_copy, "sgd") is in_place_on_a_copy
    for rule in (rules.momentum, rules.adagrad, rules.adam, rules.nadam, rules.amsgrad):
        assert check(rule, rule.__name__) is rule
    assert all(": right" in line for line in capsys.readouterr().out.splitlines())


def forward(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h


def central(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 / h


def test_functions_that_are_no_rules_are_compared_by_their_values(capsys):
    ours = check(lambda f, x, h=1e-5: None, "central_difference")
    assert ours(np.sin, 0.0) == pytest.approx(1)
    assert "not written yet" in capsys.readouterr().out
    assert check(central, "central_difference") is central
    check(forward, "central_difference")
    assert (
        "for f(x) = x³ at x = 1 with h = 0.1 it gives 3.31 instead of 3.01"
        in capsys.readouterr().out
    )
    check(lambda f, x, h=1e-5: [f(x)], "central_difference")
    assert "it must return a number, yours is a list" in capsys.readouterr().out
    check(lambda f, x, h=1e-5: "3.01", "central_difference")
    assert "it must return a number, yours is a str" in capsys.readouterr().out
    check(lambda f, x, h=1e-5: 1 / 0, "central_difference")
    assert "it raises ZeroDivisionError" in capsys.readouterr().out


def test_a_wrong_state_is_told_from_a_wrong_x(capsys):
    def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
        x, v = rules.momentum(x, g, t, -v, learning_rate=learning_rate, momentum=momentum)
        return x, -v

    def adagrad(x, g, t, s=0, *, learning_rate=0.001, epsilon=1e-7):
        return rules.adagrad(x, g, t, s, learning_rate=learning_rate, epsilon=epsilon)

    check(momentum, "momentum")
    assert re.match("momentum: at step 1, .* your v is", capsys.readouterr().out)
    check(adagrad, "adagrad")
    assert re.match("adagrad: at step 1, .* your x is", capsys.readouterr().out)


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
