"""What lesson 05 asks."""

import numpy as np

from adamlib import rules
from adamlib.descent import given, sweep
from adamlib.practice import Judged, Number, Question, Right
from adamlib.surfaces import changing_valley


def follows_and_cancels(rate, rho):
    """Near the new minimum of the valley in time, and hardly moved by batches that cancel."""
    rng = np.random.default_rng(0)
    valley = changing_valley([(200, 1000, 1), (200, 1, -1)], rng, noise=0.01)
    settings = dict(learning_rate=rate, rho=rho)
    late = sweep(rules.rmsprop, valley, 0.0, 400, **settings).trajectory[260:]
    if not np.isfinite(late).all() or np.abs(late).max() > 1e6:
        return False, "it diverges"
    away = np.abs(late + 1).mean()
    rng = np.random.default_rng(0)  # as in part 3
    stream = [rng.permutation([0.1] * 9 + [-0.9]) for _ in range(60)]
    moved = sweep(
        rules.rmsprop, given(np.concatenate(stream)[:, None]), 0.0, 600, rho=rho, learning_rate=1
    )
    drift = abs(moved.trajectory[-1])
    words = f"on average {away:.3f} from the minimum from step 260 on, and a drift of {drift:.0f} η"
    follows, cancels = away <= 0.05, drift < 150
    if rho < 0.15 and rate > 0.3:
        return False, words + "; mind the order: η comes first, ρ second"
    faults = [] if cancels else ["it averages too few batches"]
    if not follows:
        if rate > 0.1 and rho < 0.87:
            faults.append("it bounces too far")
        else:  # with a ρ above 0.83 no η up to 0.04 arrives in time, and with one above 0.87 none
            if rho > 0.83:
                faults.append("it hesitates too long")
            if rate < 0.04 or rho <= 0.83:
                faults.append("it walks too slowly")
    if faults:
        words += ": " + ", and ".join(faults)
    return follows and cancels, words


ANSWERS = {
    "change": Number(
        -0.08,
        wrong={
            0: "that is where the mean would leave it: the sign drops the sizes",
            0.08: "mind the sign: a positive gradient moves x down",
            0.8: "that is with η = 0.1, and mind the sign: a positive gradient moves x down",
            -8: "that is nine steps against one, without η",
            -0.8: "that is with η = 0.1",
            8: "that is without η, and mind the sign: a positive gradient moves x down",
            -0.1: "the tenth step goes the other way",
            0.1: "the tenth step goes the other way, and a positive gradient moves x down",
            -0.09: "that is nine steps: the tenth goes the other way",
            -0.081: "the tenth step is as long as the others: only its sign counts",
            -0.01: "that is one step: there are ten",
        },
    ),
    "forgotten": Number(
        39,
        wrong={
            38.25: "the number of steps is a whole number: round up",
            38: "then a bit more than 2² is left: round up",
            40: "there is less than 2² already before that",
            -39: "mind the sign: both logarithms are negative",
            -38.25: "mind the sign: both logarithms are negative",
            **dict.fromkeys((19.12, 19, 20), "v holds squares: 15² and 2², not 15 and 2"),
            4.03: "that is log (15/2)²: 0.9 has a logarithm too",
            10: "that is 1/(1 − ρ): 15² · 0.9¹⁰ = 78, far above 4",
            **dict.fromkeys((51.4, 52), "then 1 is left of 15²: the new square is 2²"),
            **dict.fromkeys((25.7, 26), "then 1 would be left of 15: v holds squares"),
        },
    ),
    "turn": Number(
        32,
        wrong={
            **dict.fromkeys(
                (22, 21.9, 21.93), "that is how many more steps it takes: count from step 10"
            ),
            **dict.fromkeys(
                (20, 21, 20.96), "the root of v divides: 1/√v grows by 1/√0.9 in a step"
            ),
            **dict.fromkeys((11, 10.96), "the root of v divides, and the count begins at step 10"),
            **dict.fromkeys(
                (43, 44, 54, 53.8), "with the root of 0.9 a step multiplies by 1.054, not 1.027"
            ),
            31: "there it is 1.90, still below the limit",
            31.93: "a step has a whole number: round up",
            **dict.fromkeys(
                (12, 11.155), "divide log (2/0.63) by the logarithm of the factor of one step"
            ),
            33: "it has passed the limit already before that",
            **dict.fromkeys((56, 57), "there the loss turns, but by then x₂ has grown for a while"),
            62: "there you can see it, but by then x₂ has grown for 30 steps",
            39: "that is exercise 3: here the factor from 0.63 to 2 counts",
        },
    ),
    "bounce": Number(
        0.075,
        wrong={
            0: "then v would fade, and x₂ would be thrown out again: the bounce never ends",
            0.01: "that is η/15: √v was 15 in the valley, but here √v = |g| = L a",
            0.15: "that is the whole step, from one side of the minimum to the other",
            0.3: "the way from a to −a is 2a, and one step covers it",
            0.1: "that is 2/L, but L drops out: the step is η g/√v, and √v = |g|",
            0.05: "that is 1/L, but L drops out: the step is η g/√v, and √v = |g|",
            0.0375: "that is η/4: one step of length η covers the way from a to −a, which is 2a",
            0.00375: "the curvature drops out: the step is η g/√v, and √v = |g|",
            0.0067: "the curvature drops out, since √v = |g|",
            0.0075: "that is η/L: the curvature drops out, since √v = |g|",
            0.5: "that is a/η: multiply by η",
        },
    ),
    "both": Judged(follows_and_cancels, asks="η ρ"),
    "inside": Number(
        1e-5 / (1e-10 + 1e-7) ** 0.5,
        wrong={
            1: "v is 1e-10, far below ε: so ε is most of what is under the root",
            1e-3: "that is v/ε: the gradient, 1e-5, is above the line, and the root is below",
            1e-5: "that is g: now divide it by √(v + ε)",
            100: "that is g/ε: the root is missing",
            0.990: "that is with epsilon outside",
            0.01: "that is ε/√v: g is above the line, and √(v + ε) below",
            31.6: "turn it over: g is above the line",
            1e-5 / (1e-5 + 1e-7) ** 0.5: "under the root is v = g², not √v",
        },
        within=0.005,
    ),
    "outside": Number(
        1e-5 / (1e-5 + 1e-7),
        wrong={
            0.0316: "that is with epsilon inside",
            0.01: "that is ε/√v: how large is √v/(√v + ε)?",
            1.01: "turn it over: g is above the line",
            1: "nearly, but three digits show that it is less",
            100: "that is g/ε: √v is below the line, too",
        },
        within=0.003,
    ),
    "of_third": Number(
        1000,
        wrong={
            1: "g and √v shrink alike, and √u grows",
            0.001: "√u is a length, as the earlier steps are: its value grows as theirs did",
            **dict.fromkeys((1000**0.5, 1000**-0.5), "√u scales as a step, and u as its square"),
            1e-6: "g/√v keeps its value, since both shrink alike; and √u grows",
            1e6: "that is u, in squared millimetres: the step has the root of u",
        },
    ),
}

QUESTIONS = {
    "stuck": Question(
        "AdaGrad with η = 0.1 stays behind. With which η does it follow the minimum, to within "
        "0.5?",
        {
            "A larger one, such as 30": "The first g² is a million, and Keras's start of 0.1 does "
            "not count beside it. So the first step has the length η: a large η overshoots by as "
            "much in the steep valley, and makes s larger still.",
            "A smaller one, such as 0.003": "Then all steps are shorter, the early ones and the "
            "late ones: x stays near 0, where it began.",
            "None": Right(
                "A smaller η makes shorter steps, and a larger one overshoots where it is steep, "
                "so that s grows with it."
            ),
        },
    ),
    "rebound": Question(
        "Nothing is noisy here, and the valley never changes. Why is the loss above 0.1 at step "
        "62, after it was 1e-11 at step 56?",
        {
            "Rounding: a loss of 1e-11 is too small for the computer": "Numbers near 0 keep all "
            "their digits: float64 has about 16 of them, at 1e-17 just as at 1.",
            "The memory is too long: v still holds the large gradients of the start": "Then v "
            "would be too large, and the steps too short. The run would creep, not jump.",
            "The steps become too long: v has forgotten how steep it was": Right(
                "Near the minimum the gradients are tiny, so v fades, and the effective learning "
                "rate η/√v grows past 2/L. With too large a learning rate the run diverges."
            ),
        },
    ),
    "without": Question(
        "Suppose that ε is added only in the denominator, under the root, to v. Both u and v start "
        "at 0. What does Adadelta do?",
        {
            "It never moves": Right(
                "The first step has the factor √u = 0. So the step is 0, u averages zeros, and "
                "every later step is 0 too. The ε in the numerator makes the first step."
            ),
            "It starts slowly, and u catches up": "u can only catch up with steps that are not 0. "
            "The first step has the factor √u = 0, so the next u is 0 too.",
            "Its first step divides by 0": "In the denominator, v already holds the first "
            "gradient's square, and ε is added. The trouble is in the numerator.",
        },
    ),
    "units": Question(
        "Take the valley 50 x² in metres, and then the same valley in millimetres. In metres the "
        "first step of Adadelta, with η = 1 and u = 0 before it, is 0.0014. What is it in "
        "millimetres?",
        {
            "0.0014 mm": Right(
                "With u = 0, only ε is left above v, and ε is the same number in every unit."
            ),
            "1.4 mm": "It would be, if u were already an average of squared steps, in mm². But u "
            "is 0, and ε stands in its place.",
            "0.0000014 mm": "Then the value would shrink by 1000, as g does. But here g is "
            "divided by √v, which shrinks with it.",
        },
    ),
    "first": Question(
        "v starts at 0, and all gradients are equal. How long is RMSProp's first step with a "
        "longer memory, ρ = 0.99?",
        {
            "About η: a longer memory averages more squares": "At the first step there is only one "
            "square to average, and v gives it the weight 1 − ρ = 0.01.",
            "3.16 η, as with ρ = 0.9": "After one step v is (1 − ρ) g², and 1 − ρ is now 0.01.",
            "10 η": Right(
                "After one step v is only a hundredth of g², so its root is a tenth of |g|."
            ),
        },
    ),
}
