import numpy as np
import pytest

from adamlib.answers import ANSWERS, check_answer


@pytest.fixture(autouse=True)
def no_expectation(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (..., "not written yet"),
        (None, "not written yet"),
        (4 / 3, "right"),
        (1.3333, "right"),
        (np.array(4 / 3), "right"),
        (1.33, "1.33 is not it, but close"),
        (1.5, "1.5 is not it"),
        (
            10**400,
            f"the answer is one number, not {10**59}",
        ),
        (-4 / 3, "-1.33333 is not it"),
        (np.nan, "nan is not it"),
        ("4/3", "the answer is a number, not the string '4/3'"),
        ([1, 2], "the answer is one number, not [1, 2]"),
    ],
    ids=lambda v: str(v)[:20],
)
def test_answers(value, words, capsys):
    check_answer("01.minimum", value)
    assert capsys.readouterr().out == f"minimum: {words}\n"


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("01.ravine", 2 / 21, "right: after 84 steps f is 8.98e-07"),
        ("01.ravine", 0.09, "not yet: after 84 steps f is 1.05e-06"),
        ("01.ravine", 1e9, "not yet: after 84 steps f is nan"),
        ("01.ravine", -0.1, "learning_rate must be a positive number, not -0.1"),
        ("01.digits", 1.2, "right: after 100 steps the loss is 0.295, and its highest was 2.303"),
        ("01.digits", 1.0, "not yet: after 100 steps the loss is 0.308"),
        ("01.digits", 1.4, "its highest was 2.9"),
        ("01.digits", np.inf, "learning_rate must be a positive number, not inf"),
    ],
)
def test_an_answer_may_be_whatever_reaches_a_target(name, number, words, capsys):
    check_answer(name, number)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "wrong", "reason"),
    [
        (name, wrong, reason)
        for name, answer in ANSWERS.items()
        if not callable(answer)
        for wrong, reason in answer[1].items()
    ],
)
def test_a_common_wrong_number_gets_its_reason(name, wrong, reason, capsys):
    check_answer(name, wrong)
    assert capsys.readouterr().out.endswith(f" is not it: {reason}\n")
    assert abs(wrong - ANSWERS[name][0]) > 0.01 * abs(wrong)
