"""What lesson 03 asks."""

from adamlib import rules
from adamlib.averages import new_average
from adamlib.practice import Function, Judged, Number, Question, Right
from adamlib.practice.judge_number import comes_down


def ravine_by_momentum(rate, share):
    reached, words = comes_down(rules.momentum, 30, 1e-6, learning_rate=rate, momentum=share)
    if reached:
        return True, words
    low, high = (1 - share**0.5) ** 2, (1 + share**0.5) ** 2
    why = "both curvatures lie inside the curve: go on to a smaller μ"
    if 20 * rate > high:
        why = f"curvature 20 lies outside the curve, 20 η = {20 * rate:.3g} > {high:.3g}"
    elif rate < low:
        why = f"curvature 1 lies outside the curve, η = {rate:.3g} < {low:.3g}"
    if share < 0.2 < rate < 1:
        why = f"{why}; mind the order: η comes first, μ second"
    return False, f"{words}: {why}"


ANSWERS = {
    "third": Number(
        -0.271,
        wrong={
            0.271: "mind the sign: the velocity points downhill",
            -0.3: "the old velocity fades: only the part 0.9 of it goes on",
            -0.1: "that is the first velocity",
            -0.171: "that is what goes on of the second: a new step is added",
            -0.19: "that is the second velocity",
            -0.3439: "that is the fourth velocity",
            -0.081: "that is what is left of v₁, 0.9² of it: the two later steps add to it",
            -0.0729: "0.9³ is one step too far, and the later steps add to it",
            -0.28: "v₁ fades at each step, so twice by now",
            -0.111: "0.9 of the old velocity goes on, not 0.1",
            -0.561: "that is how far x has come: asked is v",
            -1: "that is what it approaches",
            -2.71: "that is the sum without η",
            -0.0271: "that is an average: the new gradient counts in full, without the factor 0.1",
        },
    ),
    "speed": Number(
        -1,
        wrong={
            1: "mind the sign: the velocity points downhill",
            -10: "that is the sum without η",
            -0.1: "that is one step of sgd",
            0.1: "that is one step of sgd, with the wrong sign: the velocities add up",
            -0.9: "that is what goes on of it: a new step is added",
            -9: "that is what goes on of the sum without η",
            -0.271: "that is the third velocity: it goes on",
            **dict.fromkeys((-1 / 9, -1 / 19), "what is left of v − 0.9 v?"),
            0: "it would be 0 if the gradient were",
        },
    ),
    "border": Number(
        0.01,
        wrong={
            0.04: "that is ηL: divide by L",
            0.05: "the bracket is squared: (1 − √μ)²/L",
            0.2: "that is 1 − √μ: square it and divide by L",
            0.81: "that is the other end, (1 + √μ)²/L: asked is the first η at which it oscillates",
            0.25: "that is 1/L, the border of sgd",
            **dict.fromkeys((0.16, 0.36, 0.64, 0.8), "the border is (1 − √μ)²/L"),
            0.0025: "L divides once: it is not squared",
            0.5: "that is 2/L, the limit of sgd",
            0.82: "that is where it diverges",
            0.0324: "that is (1 − μ)²/L: take the root of μ",
            0.09: "that is (1 − μ)/L: root and square are missing",
        },
    ),
    "limit": Number(
        0.82,
        wrong={
            0.5: "that is 2/L, the limit of sgd: momentum moves it",
            0.25: "that is 1/L, which has no μ in it: put r = −1 into the equation",
            0.18: "mind the sign: put r = −1 into the equation",
            0.01: "that is where it begins to oscillate",
            **dict.fromkeys((3.28, 6.56), "divide by L"),
            0.41: "that is (1 + μ)/L: with r = −1 there is 1 + μ twice",
            1.64: "that is 1 + μ: take it twice and divide by L",
            **dict.fromkeys((0.45, 0.9), "put r = −1 into the equation, which has μ, not its root"),
            0.81: "there the roots become real again, but both lie between −1 and 0",
        },
    ),
    "ravine": Judged(ravine_by_momentum, asks="η μ"),
    "inside": Number(
        -0.91,
        wrong={
            -0.1: "that is so with η outside: here v keeps the old steps at their size",
            -0.091: "only the new gradient is multiplied by the new η",
            -1: "the old steps fade to 0.9, and the new gradient adds 0.01, not 0.1",
            -0.9: "the new gradient's step is missing",
            -0.01: "that is the new gradient's step alone: 0.9 of the old velocity goes on",
            -0.901: "the new gradient counts in full, times η = 0.01",
            -0.89: "mind the sign of the new gradient's step: it goes the same way",
            **dict.fromkeys((-0.09, -0.19), "the old velocity is a step, and so −1"),
            -9.01: "the old velocity has η in it: it is a step, and so −1",
        },
    ),
    "outside": Number(
        -0.1,
        wrong={
            -0.91: "that is so with η inside: here the new η multiplies the whole sum",
            -0.01: "that is a step of sgd: the sum of gradients is 10 here, not 1",
            -1: "that is the step before: η is 0.01 now",
            -0.09: "the new gradient is missing: v = 0.9 · 10 + 1",
            -0.11: "the old sum fades as the new gradient comes in",
            **dict.fromkeys((-0.091, -0.0091), "the velocity has no η in it: v = 0.9 · 10 + 1"),
            **dict.fromkeys((10, -10), "that is the sum of gradients: how long is the step?"),
        },
    ),
}

QUESTIONS = {
    "start": Question(
        "The average starts at 0. With β = 0.99, what does it show of the first 100 losses, which "
        "fall from 2.3 on?",
        {
            "A smooth curve that falls with them": "So it would, had it been there before: it "
            "needs about 100 losses to come up from 0.",
            "Nothing but noise": "Each loss has a part of 0.01 only, so its noise hardly shows.",
            "It rises, while the losses fall": Right(
                "Each loss brings it up by a hundredth of the distance. Lesson 06 cures that."
            ),
        },
    ),
    "zigzag": Question(
        "Average the gradients of a run that zig-zags across the ravine, with β = 0.9. What is "
        "left after some ten steps?",
        {
            "The part along the ravine": Right(
                "It has the same sign at every step. The part across changes its sign each time, "
                "and cancels."
            ),
            "The part across the ravine, which is larger": "It is larger at first, but a sum of + "
            "and − cancels.",
            "Both parts, each made smaller": "An average of equal numbers is that number, once it "
            "has come up from 0: what keeps its sign is not made smaller.",
        },
    ),
    "limit": Question(
        "On a parabola sgd diverges beyond η = 2/L. And with momentum, μ = 0.9?",
        {
            "Far beyond 2/L": Right(
                "The old velocity opposes a step that overshoots. The limit becomes 3.8/L."
            ),
            "At 2/L, as before": "μ enters the limit too: what is left of the last step counters "
            "the next.",
            "At 0.2/L, since steps add up to ten times as much": "They add up where gradients "
            "agree. At the limit they alternate, and do not.",
        },
    ),
    "noise": Question(
        "Near the minimum, with noisy gradients, sgd at η = 0.1 scatters by 0.23. And momentum "
        "with μ = 0.9 and η = 0.01?",
        {
            "Far less: it averages the noise": "It averages, and then takes ten times the step: "
            "the sum of the gradients has their noise too.",
            "About as much": Right(
                "With the same effective step, 0.01/(1 − 0.9), as much noise comes in, spread over "
                "more steps."
            ),
            "Ten times as much": "The velocity is ten times sgd's step at 0.01, and that is sgd's "
            "at 0.1.",
        },
    ),
}

FUNCTIONS = {
    "new_average": Function(
        new_average,
        {
            "average 2, value 1, beta 0.9": (2.0, 1.0, 0.9),
            "average 1, value -3, beta 0.25": (1.0, -3.0, 0.25),
            "average 0, value 5, beta 0.99": (0.0, 5.0, 0.99),
        },
        hints=[
            "The result lies between the old average and the value.",
            "Take a part of each; the two parts make 1 together.",
            "beta times the average, plus what is left, 1 - beta, times the value.",
        ],
    ),
}
