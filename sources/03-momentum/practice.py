"""What lesson 03 asks."""

import numpy as np

from adamlib import rules
from adamlib.averages import new_average
from adamlib.descent import sweep
from adamlib.practice import Function, Judged, Number, Question, Right
from adamlib.surfaces import ravine


def first_pair(rate, mu):
    """Whether momentum has f on the ravine below 1e-6 within 30 steps, and keeps it there."""
    run = sweep(rules.momentum, ravine.gradient, ravine.start, 500, learning_rate=rate, momentum=mu)
    values = ravine(run.trajectory.T)
    below = values < 1e-6  # and so not NaN
    steps = len(below) - np.argmin(below[::-1])  # the first of those that are below to the end
    if steps <= 30:
        return True, f"f is below 1e-6 from step {steps} on"
    if not values[-1] < values[0]:
        words = "it diverges"
    elif not below[-1]:
        words = "after 500 steps f is still above 1e-6"
    else:
        words = f"f is below 1e-6 for good only from step {steps} on"
    if below[:31].any():
        words += f", though step {np.argmax(below)} passes below 1e-6"
    return False, words + _order(rate, mu)


def _order(rate, mu):
    return "; mind the order: η comes first, μ second" * (mu < 0.2 < rate < 1)


def best_pair(rate, mu):
    """Whether the floor of this μ just holds both curvatures of the ravine, to two digits."""
    first_pair(rate, mu)  # raises for numbers that no run can be made with
    low, high = (1 - mu**0.5) ** 2, (1 + mu**0.5) ** 2
    slack = 1.04  # of a rounded η
    if words := _order(rate, mu):
        return False, words.removeprefix("; ")
    if high / low < 19:  # 20, with two digits of μ
        why = f"the floor of this μ is too short: its ends have the ratio {high / low:.3g}, not 20"
    elif 20 * rate > high * slack:
        why = f"curvature 20 lies right of the floor, 20 η = {20 * rate:.4g} > {high:.4g}"
    elif rate < low / slack:
        why = f"curvature 1 lies left of the floor, η = {rate:.3g} < {low:.3g}"
    elif abs(mu - 0.634) < 0.005:
        why = (
            "if your μ is √μ, square it; this floor holds both curvatures, but go on to a smaller μ"
        )
    elif mu > 0.412:
        why = "both curvatures lie on the floor: go on to a smaller μ"
    else:
        return True, "the two curvatures lie at the two ends of the floor"
    return False, why


ANSWERS = {
    "beta": Number(
        0.98,
        wrong={
            0.02: "that is the weight of the newest value, 1 − β",
            50: "β is between 0 and 1: solve 1/(1 − β) = 50",
            0.5: "that remembers 2 values",
            0.9: "that remembers 10 values",
            0.99: "that remembers 100 values",
            0.95: "that remembers 20 values",
            0.96: "that remembers 25 values",
            49 / 51: "with this β the noise of the average is that of a mean of 50 values: here "
            "solve 1/(1 − β) = 50",
            0.5
            ** (1 / 50): "with this β the weight of a value is halved after 50 more: here solve "
            "1/(1 − β) = 50",
            1.02: "mind the sign: 1/(1 − β) = 50",
            **dict.fromkeys(
                (49, -49, 1 / 49, -1 / 49),
                "50 is how far back the average is to remember: solve 1/(1 − β) = 50 for β",
            ),
        },
    ),
    "third": Number(
        -0.271,
        wrong={
            0.271: "mind the sign: the velocity points downhill",
            -0.3: "the old velocity fades: only the fraction 0.9 of it goes on",
            -0.1: "that is the first velocity",
            -0.171: "that is what is left of the second velocity: the third step must be added",
            -0.19: "that is the second velocity",
            -0.3439: "that is the fourth velocity",
            -0.081: "that is what is left of the first velocity, 0.9² of it: the two later steps "
            "are missing",
            -0.0729: "with 0.9³ the first velocity has faded once too often, and the two later "
            "steps are missing",
            -0.28: "the first velocity fades at each step, so it has faded twice by now",
            -0.111: "0.9 of the old velocity goes on, not 0.1",
            -0.561: "that is how far x has moved: the question is about v",
            -1: "that is what it approaches",
            -2.71: "that is the sum without η",
            2.71: "that is the sum without η, and mind the sign: the velocity points downhill",
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
            -0.9: "that is what is left of the last velocity: the new step must be added",
            -9: "that is what is left of the sum, without η",
            -0.271: "that is the third velocity: it still grows",
            **dict.fromkeys((-1 / 9, -1 / 19), "v − 0.9 v is 0.1 v: solve 0.1 v = −0.1"),
            0: "v would approach 0 if the gradient were 0",
        },
    ),
    "seen_border": Number(
        0.36,
        wrong={
            1: "that is so with μ = 0: go up to the black line, μ = 0.16",
            0.16: "that is μ: go along the black line and read ηL at the lower edge",
            **dict.fromkeys(
                (0.1, 0.2, 0.25, 0.5, 0.6, 0.64), "look where the black line leaves the dark area"
            ),
            0: "left of the border is a dark area, in which the run creeps",
            2.3: "beyond that it diverges: here the question is where it begins to oscillate",
        },
        within=0.25,
    ),
    "seen_limit": Number(
        2.32,
        wrong={
            2: "that is so with μ = 0: go up to the black line, μ = 0.16",
            **dict.fromkeys(
                (2.1, 2.15, 2.2, 2.45, 2.5, 2.6),
                "follow the black line to where the light area begins",
            ),
            3: "that is so with μ = 0.5: go down to the black line, μ = 0.16",
            4: "that is so with μ = 1: go down to the black line, μ = 0.16",
            0.36: "there it begins to oscillate: here the question is where it begins to diverge",
        },
        within=0.05,
    ),
    "border": Number(
        0.01,
        wrong={
            0.04: "that is ηL: divide by L",
            0.05: "the bracket is squared: (1 − √μ)²/L",
            0.2: "that is 1 − √μ: square it and divide by L",
            0.81: "that is (1 + √μ)²/L, where it ceases to swing: mind the sign of √μ",
            0.25: "that is 1/L, the border of sgd",
            **dict.fromkeys((0.16, 0.36, 0.64, 0.8), "the border is (1 − √μ)²/L"),
            0.0025: "L divides once: it is not squared",
            0.5: "that is 2/L, the limit of sgd",
            0.82: "that is where it diverges",
            0.0324: "that is (1 − μ)²/L: take the root of μ",
            0.1296: "that is (1 − μ)²: take the root of μ, and divide by L",
            0.09: "that is (1 − μ)/L: root and square are missing",
        },
    ),
    "limit": Number(
        0.82,
        wrong={
            0.5: "that is 2/L, the limit of sgd: momentum moves it",
            0.25: "that is 1/L, which has no μ in it: the limit is 2(1 + μ)/L",
            0.18: "that is 2(1 − μ)/L: mind the sign of μ",
            0.01: "that is where it begins to oscillate",
            **dict.fromkeys((3.28, 6.56, 13.12), "divide by L"),
            0.41: "that is (1 + μ)/L: the 2 is missing",
            1.64: "that is 1 + μ: multiply by 2 and divide by L",
            **dict.fromkeys((0.45, 0.9), "the limit 2(1 + μ)/L has μ in it, not its root"),
            0.81: "that is (1 + √μ)²/L, where it ceases to swing: the run still settles there",
        },
    ),
    "first_pair": Judged(first_pair, asks="η μ"),
    "ravine": Judged(best_pair, asks="η μ"),
    "rate_A": Number(
        0.2,
        wrong={
            4: "that is the effective step: inside and outside take the same steps at a constant η",
            0.01: "that is right for script B: in A the new gradient counts in full",
            0.19: "μ does not multiply the new gradient's step: it is 0.2 g outside and inside",
            0.21: "in PyTorch the first step is 0.2 g₁: it must be the same in Keras",
        },
    ),
    "rate_B": Number(
        0.01,
        wrong={
            0.2: "the average takes only 0.05 of each new gradient, so its first step is 0.01 g₁",
            4: "the average makes the steps shorter: multiply by 0.05",
            0.19: "the new gradient has the factor 1 − μ = 0.05, not μ",
            0.0095: "the factor is 0.05 alone: μ is in the velocity already",
            0.05: "that is the factor of the new gradient: the step is 0.2 times it",
            0.04: "the factor of the new gradient is 1 − μ = 0.05, not 0.2",
        },
    ),
    "inside": Number(
        -0.91,
        wrong={
            -0.1: "that is the step with η outside: inside, v keeps the old steps at their size",
            -0.091: "only the new gradient is multiplied by the new η",
            -1: "the old steps fade to 0.9, and the new gradient adds 0.01, not 0.1",
            -0.9: "the new gradient's step is missing",
            -0.01: "that is the new gradient's step alone: 0.9 of the old velocity goes on",
            -0.901: "the new gradient counts in full, times η = 0.01",
            -0.89: "mind the sign of the new gradient's step: it goes the same way as the old",
            **dict.fromkeys((-0.09, -0.19), "the old velocity is the last step, which is −1"),
            -9.01: "the old velocity has η in it already: it is the last step, −1",
        },
    ),
    "outside": Number(
        -0.1,
        wrong={
            -0.91: "that is the step with η inside: outside, the new η multiplies the whole sum",
            -0.01: "that is a step of sgd: the sum of gradients is 10 here, not 1",
            -1: "that is the step before: η is 0.01 now",
            -0.09: "the new gradient is missing: v = 0.9 · 10 + 1",
            -0.11: "the old sum fades to 9 before the new gradient comes in",
            **dict.fromkeys((-0.091, -0.0091), "the velocity has no η in it: v = 0.9 · 10 + 1"),
            **dict.fromkeys((10, -10), "that is the sum of gradients: how long is the step?"),
        },
    ),
}

QUESTIONS = {
    "start": Question(
        "During training the losses fall, starting at 2.3. What does their average with β = 0.99 "
        "do during the first 100 losses?",
        {
            "It falls with them, smoothly": "It would do so if it had started near the losses. But "
            "it starts at 0, and needs more than 100 losses to come up.",
            "It shows nothing but noise": "Each loss has a weight of only 0.01, so its noise "
            "hardly shows.",
            "It rises, while the losses fall": Right(
                "Each loss moves the average up by a hundredth of the gap between them. Lesson 06 "
                "corrects that."
            ),
        },
    ),
    "limit": Question(
        "On a parabola with curvature L, sgd diverges beyond η = 2/L. Where does momentum with μ "
        "= 0.9 begin to diverge?",
        {
            "Far beyond 2/L": Right(
                "The old velocity opposes a step that jumps too far. The limit becomes 3.8/L, as "
                "this part shows."
            ),
            "At 2/L, as before": "μ changes the limit: what is left of the last step opposes the "
            "next one, which points the other way.",
            "At 0.2/L, since steps add up to ten times as much": "They add up where the "
            "gradients agree. Near the limit the gradients alternate, so the steps do not add up.",
        },
    ),
    "swing": Question(
        "With ηL = 0.5 and μ = 0.9 a run swings through the minimum again and again. On average a "
        "step leaves 0.95 of the distance. Which change damps the swing?",
        {
            "Half the η": "The run then swings more slowly, but it shrinks as before: a step "
            "leaves √μ on average, whatever η is, as long as the run swings.",
            "A larger μ, which averages over more gradients": "A step leaves √μ, so a larger μ "
            "leaves more: 0.995 with μ = 0.99.",
            "A smaller μ": Right("A step leaves √μ: with μ = 0.5 only 0.71 of the distance."),
        },
    ),
    "noise": Question(
        "Near the minimum, with noisy gradients, sgd at η = 0.1 scatters by 0.23. How far does "
        "momentum scatter with μ = 0.9 and η = 0.01?",
        {
            "Far less, since it averages the noise": "Each step is calmer, but ten steps in a row "
            "share the same noise. In their sum, which is where x goes, each gradient's noise "
            "counts in full.",
            "About as much": Right(
                "Its effective step is 0.01/(1 − 0.9) = 0.1, the same as sgd's. So just as much "
                "noise comes in, only spread over more steps."
            ),
            "Ten times as much": "Its steps add up to ten times those of sgd at 0.01. But sgd runs "
            "at 0.1 here, so the two come out even.",
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
            "Take a fraction of each; the two fractions sum to 1.",
            "It is beta times the average, plus 1 - beta times the value.",
        ],
    ),
}
