"""What lesson 01 asks."""

import contextlib
import io

import numpy as np

from adamlib import rules
from adamlib.datasets import mnist
from adamlib.descent import sweep, train
from adamlib.models import LogisticRegression
from adamlib.practice import Function, Judged, Number, Question, Right
from adamlib.surfaces import ravine


def ravine_rate(rate):
    if rate >= 0.1:
        where, does = ("beyond", "runs away") if rate > 0.1 else ("at", "jumps to and fro for ever")
        return False, f"{where} 2/20, here 0.1, it {does} along x₂, the steep direction"
    run = sweep(rules.sgd, ravine.gradient, ravine.start, 84, learning_rate=rate)
    end = ravine(run.trajectory[-1])
    words = f"after 84 steps f is {end:.3g}"
    if end >= 1e-6:
        slow = "x₁, the flat direction," if 1 - rate > 20 * rate - 1 else "x₂, the steep direction,"
        words = f"{words}, since {slow} is too slow"
    return end < 1e-6, words


def digits_rate(rate):
    model, data, how = LogisticRegression(), mnist().train, dict(epochs=100, learning_rate=rate)
    with contextlib.redirect_stdout(io.StringIO()):
        run = train(rules.sgd, model.loss_and_gradient, model.initial(), data, **how)
    if run.diverged:
        return False, "it diverges"
    end, highest = model.loss(run.params, data), run.losses.max()
    words = f"after 100 steps the loss is {end:.4f}"
    if highest > run.losses[0]:
        return False, f"{words}, but it rose to {highest:.2f}, above its start, 2.30"
    return end < 0.3, words if end < 0.3 else f"{words}: η is too small"


def central_difference(f, x, h=1e-5):
    """The slope of f between two points, a little to either side of x."""
    return (f(x + h) - f(x - h)) / (2 * h)


ANSWERS = {
    "slope": Number(
        4,
        wrong={
            -4: "mind the signs; and in Python a power is **, since 2^2 is 0",
            8: "that is 12 − 4, but the second term is 4x, and x is 2",
            20: "mind the sign of the second term",
            12: "that is 3x²: the second term is missing",
            6: "the 2 at the end of f is a constant, whose slope is 0",
            2: "that is f(2), or f′ without a factor x",
            0.4: "that is η times the slope: asked is the slope itself",
        },
    ),
    "first_step": Number(
        1.6,
        wrong={
            2.4: "that is uphill: go against the slope",
            -2: "the learning rate is missing",
            1.8: "that takes f(2) for the slope",
            -0.4: "that is the step: where does it lead from 2?",
            0.4: "that is the step's length: where does it lead from 2?",
            2: "that is where it starts",
            4: "that is the slope: take the step",
            6: "that is uphill, and the learning rate is missing",
            1.96: "that is with η = 0.01",
            1.472: "those are two steps",
            **dict.fromkeys((0, 0.8, 1.2, 1.4), "is the slope right? See the line above"),
        },
    ),
    "minimum": Number(
        4 / 3,
        wrong={
            0: "there the slope is 0 too, but it is a hilltop",
            3 / 4: "3x = 4 gives the inverse of that",
            4: "that is 3x",
            2: "there f is as high as at 0: where is its slope 0?",
            1: "there the slope is still −1",
            2 / 3: "there f″ is 0: asked is where f′ is",
            22 / 27: "that is f at the lowest point: asked is x",
        },
    ),
    "right_value": Number(
        -351,
        wrong={
            -176: "that is what the doubtful gradient says",
            350: "that is the other part, which is right",
            700: "the second part is right: measure both",
            -1: "that is the first term alone, or the sum of both parts: move one coordinate only",
            -352: "not all of the part is doubled: measure it",
            -350: "that is the second term alone: there is another",
            -175: "that is the second term, as the doubtful gradient has it: measure the part",
            **dict.fromkeys((349, -349), "one of its two terms has the wrong sign: measure it"),
        },
    ),
    "limit": Number(
        0.1,
        wrong={
            0.2: "L is the second derivative, 20, not 10",
            **dict.fromkeys((0.25, 0.45, 0.5, 0.55), "that is the cubic's: what is L for 10x²?"),
            0.05: "that is 1/L, where one step suffices: the limit is farther",
            20: "that is L itself",
            10: "that is L/2: turn it over",
            40: "that is 2 L: divide by L",
            2: "that is for L = 1: what is the second derivative of 10x²?",
        },
    ),
    "ravine": Judged(ravine_rate, asks="η"),
    "digits": Judged(digits_rate, asks="η"),
}

QUESTIONS = {
    "hilltop": Question(
        "What will 100 steps from x = 0.001, next to the hilltop at 0, look like with η = 0.05?",
        {
            "Steps of equal length": "A step is η times the slope, and the slope changes.",
            "Slow, then fast, then slow": Right(
                "The hilltop is flat, the hillside steep, the valley flat again."
            ),
            "It stays on the hilltop": "The slope at 0.001 is small but not zero: about −0.004.",
        },
    ),
    "start": Question(
        "With η = 0.05, from 0.001, from exactly 0, and from −0.001: where do the runs end?",
        {
            "At 4/3, at 0, and nowhere": Right(
                "At 0 the slope is 0, so every step is 0. To its left, downhill leads away, and "
                "the cubic falls for ever."
            ),
            "All at 4/3": "A step looks at the slope where it stands, and knows nothing of the "
            "valley.",
            "At 4/3, at 0, and at 0": "The hilltop pushes away on both sides.",
        },
    ),
    "ravine": Question(
        "Which of the two curvatures, 1 or 20, limits the learning rate, and which makes the run "
        "long?",
        {
            "The 1 limits the rate, the 20 makes it long": "2/L is small where L is large.",
            "The 20 does both": "With η just below 2/20 the other direction keeps 1 − η, about "
            "0.9, of its distance at every step.",
            "The 20 limits the rate, the 1 makes it long": Right(
                "Each direction has its own factor 1 − ηL, but there is one η for both. So their "
                "ratio counts."
            ),
        },
    ),
    "bounce": Question(
        "At the start the largest curvature gives 2/L ≈ 0.5. What happens at η = 1?",
        {
            "It runs away": "That is so on a parabola. This loss grows no faster than in a "
            "straight line, so its slope is bounded.",
            "The loss falls at every step, as at 0.5": "At the start the steepest direction has "
            "the factor 1 − 3.9 = −2.9.",
            "The loss rises at times, and comes down all the same": Right(
                "It overshoots until it has come to where the loss curves less, as it does once "
                "the model is fairly sure."
            ),
        },
    ),
}

FUNCTIONS = {
    "central_difference": Function(
        central_difference,
        {
            "f(x) = x³ at x = 1 with h = 0.1": (lambda x: x**3, 1.0, 0.1),
            "f(x) = cos x at x = 0.5 with h = 0.1": (np.cos, 0.5, 0.1),
            "f(x) = eˣ at x = -0.5 with h = 0.2": (np.exp, -0.5, 0.2),
        },
        hints=[
            "How much does f change between a point to the right of x and one to the left?",
            "The two points are x + h and x - h. How far apart are they?",
            "Divide the change by 2 * h, in brackets.",
        ],
    ),
}
