"""What lesson 01 asks."""

import contextlib
import io

import numpy as np

from adamlib import rules
from adamlib.datasets import mnist
from adamlib.descent import train
from adamlib.models import LogisticRegression
from adamlib.practice import Function, Judged, Number, Question, Right


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
    far = f"{words}: η × steps is only {100 * rate:.4g}"
    return end < 0.3, words if end < 0.3 else far


def central_difference(f, x, h=1e-5):
    """The slope of f between two points, a little to either side of x."""
    return (f(x + h) - f(x - h)) / (2 * h)


ANSWERS = {
    "slope": Number(
        4,
        wrong={
            -4: "at 2 the slope is positive. Did you write ^ for a power? In Python it is **",
            8: "that is 12 − 4, but the second term is 4x, and x is 2",
            20: "mind the sign of the second term",
            **dict.fromkeys((10, 16), "the derivative of the second term is −4x, and x is 2"),
            12: "that is 3x²: the second term is missing",
            6: "the 2 at the end of f is a constant, whose slope is 0",
            2: "that is f(2), or f′ without a factor x",
            0.4: "that is η times the slope: give the slope itself",
        },
    ),
    "first_step": Number(
        1.6,
        wrong={
            2.4: "that is uphill: go against the slope",
            -2: "the learning rate is missing",
            1.8: "that uses f(2) as the slope",
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
            3 / 4: "3x = 4 gives x = 4/3, not 3/4",
            4: "that is 3x",
            2: "there f is as high as at 0: where is its slope 0?",
            1: "there the slope is still −1",
            2 / 3: "there f″ is 0: find where f′ is 0",
            22 / 27: "that is f at the lowest point: give x",
        },
    ),
    "right_value": Number(
        -351,
        wrong={
            -176: "that is what the doubtful gradient says",
            350: "that is the other part, which is right",
            700: "the second part is right: measure both",
            -1: "that is the first term alone, or the sum of both parts: move one coordinate only",
            **dict.fromkeys((2802, 1402, -700), "that is at (2, 0.5): x₁ is 0.5 and x₂ is 2"),
            **dict.fromkeys((-51, 50, -26), "that is at (0.5, 0.5): x₂, which is held, is 2"),
            306.5: "that is f itself: give its slope along one coordinate",
            -352: "only one of its two terms has to be doubled: measure it",
            -201: "mind x₂ − x₁²: it is 2 − 0.25 = 1.75",
            -350: "that is the second term alone: there is another",
            -701: "the second term is twice as large as it should be: measure it",
            -175: "that is the second term, as the doubtful gradient has it: measure the part",
            **dict.fromkeys((349, -349), "one of its two terms has the wrong sign: measure it"),
        },
    ),
    "limit": Number(
        0.1,
        wrong={
            **dict.fromkeys((0.25, 0.45, 0.5, 0.55), "that is the cubic's: which L has this one?"),
            0.05: "that is 1/L, where one step reaches the minimum: the limit is larger",
            20: "that is L itself: the limit is 2/L",
            10: "that is L/2: the limit is 2/L",
            40: "that is 2 L: divide 2 by L",
            0.025: "a fifth is taken away, so the factor is 4/5 and not 1/5",
            0.0125: "a fifth is taken away, so the factor is 4/5, not 1/5; and the limit is 2/L",
            0.02: "that takes the run's η to be 1/L: find L from 1 − 0.01 L = 4/5",
            0.01: "that is the η of the run: find L from its factor",
            0.2: "that is the fraction that is taken away: find L from 1 − 0.01 L = 4/5",
            0.8: "that is the factor of each step: find L from 1 − 0.01 L = 4/5",
            2.5: "that takes the factor, 4/5, to be L: find L from 1 − 0.01 L = 4/5",
            0.4: "that takes L to be 5: find it from 1 − 0.01 L = 4/5",
            **dict.fromkeys(
                (5, 0.016, 0.08, 0.16, 0.005), "find L from 1 − 0.01 L = 4/5; the limit is 2/L"
            ),
        },
    ),
    "oscillates": Number(
        0.05,
        wrong={
            0.1: "that is the limit 2/L: the factor is negative long before",
            **dict.fromkeys((0.25, 0.45, 0.5), "that is the cubic's: which L has this one?"),
            0.0125: "a fifth is taken away, so the factor is 4/5 and not 1/5",
            20: "that is L itself: where is 1 − ηL zero?",
            0.01: "that is the η of the run, whose factor, 4/5, is positive",
            0.2: "that is the fraction that is taken away: find L from 1 − 0.01 L = 4/5",
            0.8: "that is the factor of each step: find L from 1 − 0.01 L = 4/5",
            0.005: "that is half the η of the run: find L from 1 − 0.01 L = 4/5",
            **dict.fromkeys(
                (5, 0.016, 0.02, 0.025, 0.04, 0.08, 0.4, 1.25),
                "find L from 1 − 0.01 L = 4/5: where is 1 − ηL zero?",
            ),
            0: "near 0 the factor 1 − ηL is almost 1: where does it change its sign?",
        },
    ),
    "valley": Number(
        2 / 52,
        wrong={
            2 / 21: "that is the ravine's: here the curvatures are 2 and 50",
            2 / 51: "that uses 1 as the smaller curvature, but it is 2",
            0.04: "that is 2/50: there the factor for 50 is −1, and the run never settles",
            0.02: "that is 1/50: the factor for 50 is 0, but the one for 2 is 0.96",
            0.5: "that is 1/2, where the factor for 50 is −24",
            1: "that is 2/2, where the factor for 50 is −49",
            1 / 52: "the factors are 1 − 2η and 1 − 50η; set 1 − 2η equal to 50η − 1",
            2 / 48: "mind a sign: set 1 − 2η equal to 50η − 1",
            2 / 26: "that uses the ratio, 25: use the curvatures themselves",
            12 / 13: "that is the factor: give η",
        },
        within=0.005,
    ),
    "digits": Judged(digits_rate, asks="η"),
}

QUESTIONS = {
    "hilltop": Question(
        "What will 100 steps from x = 0.001, next to the hilltop at 0, look like with η = 0.05?",
        {
            "Steps of equal length, all the way down into the valley": "A step is η "
            "times the slope, and the slope changes.",
            "Slow, then fast, then slow": Right(
                "The slope is small near the hilltop, large on the hillside, and small again in "
                "the valley."
            ),
            "It stays near the hilltop, where it is flat": "The slope at 0.001 is small but "
            "not zero: about −0.004.",
        },
    ),
    "start": Question(
        "Three runs with η = 0.05 start at 0.001, at exactly 0, and at −0.001. Where do they end?",
        {
            "At 4/3, at 0, and nowhere": Right(
                "At 0 the slope is 0, so every step is 0. To the left of 0, downhill leads away "
                "from the valley, and the cubic has no lowest point there."
            ),
            "All at 4/3": "The rule knows only the slope where it stands. It knows nothing of the "
            "valley.",
            "At 4/3, at 0, and at 0": "Downhill leads away from the hilltop on both sides, also "
            "on the left.",
        },
    ),
    "ravine": Question(
        "Which of the two curvatures, 1 or 20, limits the learning rate, and which makes the run "
        "long?",
        {
            "The 1 limits the rate, the 20 makes it long": "The limit 2/L is small where L "
            "is large.",
            "The 20 does both": "It does limit the rate. But with η just below 2/20, each "
            "step leaves 1 − η, about 0.9, of the distance in the other direction. That one is "
            "slow.",
            "The 20 limits the rate, the 1 makes it long": Right(
                "Each direction has its own factor 1 − ηL, but there is only one η for both. So "
                "the ratio of the curvatures decides how long the run takes."
            ),
        },
    ),
    "bounce": Question(
        "At the start the largest curvature gives 2/L ≈ 0.5. What does the loss do in 120 steps "
        "with η = 1?",
        {
            "It rises at most steps, and ends above its start": "On a parabola it would. This loss "
            "is no parabola: its curvature changes on the way, and its slopes have a bound.",
            "It rises at some steps, and ends below its start": Right(
                "At first it jumps too far in the most curved direction, and a few steps raise the "
                "loss. The text below the plot says why it comes down."
            ),
            "It falls at every step, and ends below its start": "Many steps jump too far in the "
            "most curved direction, whose factor at the start is 1 − 3.9 = −2.9. At a few of them "
            "the whole loss rises.",
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
