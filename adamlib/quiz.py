"""Questions to answer before a cell is run, each choice with its reason."""

from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets


class Question(NamedTuple):
    """What is asked; the choices, {words: reason}; and which of them, from 0, is right."""

    text: str
    choices: dict
    right: int


QUESTIONS = {
    "01.hilltop": Question(
        "What will 100 steps from x = 0.001, next to the hilltop at 0, look like with η = 0.05?",
        {
            "Steps of equal length": "A step is η times the slope, and the slope changes.",
            "Slow, then fast, then slow": "The hilltop is flat, the hillside steep, the valley "
            "flat again.",
            "It stays on the hilltop": "The slope at 0.001 is small but not zero: about −0.004.",
        },
        right=1,
    ),
    "01.start": Question(
        "With η = 0.05, from 0.001, from exactly 0, and from −0.001: where do the runs end?",
        {
            "At 4/3, at 0, and nowhere": "At 0 the slope is 0, so every step is 0. To its left, "
            "downhill leads away, and the cubic falls for ever.",
            "All at 4/3": "A step looks at the slope where it stands, and knows nothing of the "
            "valley.",
            "At 4/3, at 0, and at 0": "The hilltop pushes away on both sides.",
        },
        right=0,
    ),
    "01.ravine": Question(
        "Which of the two curvatures, 1 or 20, limits the learning rate, and which makes the run "
        "long?",
        {
            "The 1 limits the rate, the 20 makes it long": "2/L is small where L is large.",
            "The 20 does both": "With η just below 2/20 the other direction keeps 1 − η, about "
            "0.9, of its distance at every step.",
            "The 20 limits the rate, the 1 makes it long": "Each direction has its own factor "
            "1 − ηL, but there is one η for both. So their ratio counts.",
        },
        right=2,
    ),
    "01.bounce": Question(
        "At the start the largest curvature gives 2/L ≈ 0.5. What happens at η = 1?",
        {
            "It runs away": "That is so on a parabola. This loss grows no faster than in a "
            "straight line, so its slope is bounded.",
            "The loss falls at every step, as at 0.5": "At the start the steepest direction has "
            "the factor 1 − 3.9 = −2.9.",
            "The loss rises at times, and comes down all the same": "It overshoots until it has "
            "come to where the loss curves less: the surer the model, the straighter −log p.",
        },
        right=2,
    ),
}


class Quiz(anywidget.AnyWidget):
    """The question on the page; the answer stays in the kernel until a choice is checked."""

    _esm = Path(__file__).with_name("quiz.js")
    _css = Path(__file__).with_name("quiz.css")
    text = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)

    def __init__(self, question):
        self.question = question
        super().__init__(text=f"Predict: {question.text}", choices=list(question.choices))
        self.on_msg(self._answer)

    def _answer(self, widget, message, buffers):
        choice = message["choice"]
        right = choice == self.question.right
        reason = list(self.question.choices.values())[choice]
        self.send({"right": right, "reason": f"{'Yes' if right else 'No'}. {reason}"})

    def __repr__(self):
        """What a page without widgets shows: the question and its choices, not the answer."""
        return "\n".join([self.text, *(f"( ) {words}" for words in self.choices)])

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self)}, metadata


def quiz(name):
    """The question `name`, such as "01.start": choose, press Check, read the reason."""
    return Quiz(QUESTIONS[name])
