"""Questions to answer before a cell is run, each choice with its reason."""

from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets

from adamlib.inputs import brief, check_name
from adamlib.practice import lessons
from adamlib.practice.language import said


class Right(str):
    """The reason of the choice that is right."""


class Question(NamedTuple):
    """What is asked, and the choices, {words: reason}, one of the reasons Right."""

    text: str
    choices: dict

    def is_right(self, choice):
        return isinstance(list(self.choices.values())[choice], Right)

    def fault(self):
        if not isinstance(self.choices, dict):
            return f"its choices must be {{words: reason}}, not {brief(self.choices)}"
        right = sum(isinstance(reason, Right) for reason in self.choices.values())
        return "" if right == 1 else f"one choice must be Right, not {right}"


class Quiz(anywidget.AnyWidget):
    """The question on the page; the answer stays in the kernel until a choice is checked."""

    _esm = Path(__file__).with_name("questions.js")
    _css = Path(__file__).with_name("questions.css")
    text = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    button = traitlets.Unicode().tag(sync=True)

    def __init__(self, question):
        self.question = question
        text = said("Predict: {}").format(said(question.text))
        super().__init__(text=text, choices=[*map(said, question.choices)], button=said("Check"))
        self.on_msg(self._answer)

    def _answer(self, widget, message, buffers):
        choice = message["choice"]
        right = self.question.is_right(choice)
        reason = list(self.question.choices.values())[choice]
        judged = said("Yes. {}") if right else said("No. {}")
        self.send({"right": right, "reason": judged.format(said(reason))})

    def __repr__(self):
        """What a page without widgets shows: the question and its choices, not the answer."""
        return "\n".join([self.text, *(f"( ) {words}" for words in self.choices)])

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self)}, metadata


def quiz(name):
    """The question `name`, such as "01.start": choose, press Check, read the reason."""
    question = lessons.find(name, "QUESTIONS", Question)
    if question is None:
        check_name(name, lessons.every("QUESTIONS", Question), "quiz")
    return Quiz(question)
