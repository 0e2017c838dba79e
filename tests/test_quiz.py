from collections import Counter
from pathlib import Path

import pytest

from adamlib.practice import Question, lessons, quiz
from adamlib.practice.questions import Quiz

QUESTIONS = lessons.every("QUESTIONS", Question)
every_question = pytest.mark.parametrize("name", QUESTIONS)


@every_question
def test_every_choice_has_a_reason_and_one_is_right(name):
    question = QUESTIONS[name]
    assert len(question.choices) >= 3 and not question.fault()
    assert all(reason.endswith(".") for reason in question.choices.values())


def right_place(question):
    (place,) = filter(question.is_right, range(len(question.choices)))
    return place


def test_the_right_choice_is_not_always_at_one_place():
    places = Counter(right_place(question) for question in QUESTIONS.values())
    assert max(places.values()) <= len(QUESTIONS) / 2


@every_question
def test_each_choice_is_answered_with_its_reason(name, monkeypatch):
    widget, question, sent = quiz(name), QUESTIONS[name], []
    monkeypatch.setattr(Quiz, "send", lambda self, message: sent.append(message))
    for i, reason in enumerate(question.choices.values()):
        widget._handle_custom_msg({"choice": i}, [])
        right = question.is_right(i)
        assert sent.pop() == {"right": right, "reason": f"{'Yes' if right else 'No'}. {reason}"}


@every_question
def test_what_is_saved_shows_the_question_and_gives_nothing_away(name):
    widget, question = quiz(name), QUESTIONS[name]
    shown = widget._repr_mimebundle_()
    text = shown[0]["text/plain"]
    assert question.text in text and all(words in text for words in question.choices)
    saved = str([shown, widget.get_state()])
    assert not any(reason in saved for reason in question.choices.values())


def test_no_reason_stands_in_a_lesson_s_notebook():
    built = sorted(Path(__file__).parents[1].glob("lessons/*.ipynb"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in built)
    assert not [r for q in QUESTIONS.values() for r in q.choices.values() if r in text]
    assert all(f'quiz(\\"{name}\\")' in text for name in QUESTIONS)
