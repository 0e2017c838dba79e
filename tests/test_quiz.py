from collections import Counter
from html import escape

import pytest

from adamlib.quiz import QUESTIONS, quiz

every_question = pytest.mark.parametrize("name", QUESTIONS)


@every_question
def test_every_choice_has_a_reason_and_one_is_right(name):
    question = QUESTIONS[name]
    assert 0 <= question.right < len(question.choices) >= 3
    assert all(reason.endswith(".") for reason in question.choices.values())


def test_the_right_choice_is_not_always_at_one_place():
    places = Counter(question.right for question in QUESTIONS.values())
    assert max(places.values()) <= len(QUESTIONS) / 2


@every_question
def test_each_choice_is_answered_with_its_reason(name):
    widget, question = quiz(name), QUESTIONS[name]
    assert widget.button.disabled and widget.reason.value == ""
    for i, reason in enumerate(question.choices.values()):
        widget.choices.value = i
        assert not widget.button.disabled and widget.reason.value == ""
        widget.button.click()
        verdict = "Yes." if i == question.right else "No."
        assert widget.reason.value == f"<b>{verdict}</b> {escape(reason)}"


@every_question
def test_what_is_saved_shows_the_question_and_gives_nothing_away(name):
    widget, question = quiz(name), QUESTIONS[name]
    shown = widget._repr_mimebundle_()
    text = shown["text/plain"]
    assert question.text in text and all(words in text for words in question.choices)
    saved = str([shown, *(part.get_state() for part in (widget, *widget.children))])
    assert not any(
        reason in saved or escape(reason) in saved for reason in question.choices.values()
    )
