"""What lesson 04 asks."""

import numpy as np

from adamlib.practice import Judged, Number, Question, Right


def own_loss(loss):
    """Whether rates of one's own for each word have brought the training loss down."""
    if not loss > 0:
        raise ValueError("the training loss is a positive number: run the cell as it was given")
    words = f"the training loss is {loss:.2f}"
    if loss < 0.45:
        return True, words
    if abs(loss - np.log(2)) < 1e-6:  # not even the bias has moved
        return False, (
            f"{words}, as at the start: is a rate infinite? 90 words are in no training sentence, "
            "so their count is 0: divide by np.maximum(count, 1)"
        )
    if loss > np.log(2):
        return False, f"{words}, above its start: some frequent words still have too large a rate"
    if loss > 0.55:
        return False, f"{words}: most words still move too little; give more of them a larger rate"
    return False, f"{words}: in the right direction; try other rates, or another border"


NO_BUG = {1: "with η = 1 that would be the right line"}
NO_BUG |= dict.fromkeys((0, 6, 7, 8, 9), "the bugs are numbered 1 to 5")
DYING = NO_BUG | {
    3: "an average settles, and then the steps no longer get shorter",
    5: "then the steps would not get shorter",
}

ANSWERS = {
    "own_loss": Judged(own_loss, "loss"),
    "factor_adagrad": Number(
        1000,
        wrong={
            1: "each step would be as many millimetres as it was metres before: too short",
            1e6: "that is sgd's: in AdaGrad a thousandth of g makes a thousandth of √s, too",
            1e-3: "turn it over: the way is now 1,000 times as long",
            1000**0.5: "g and the root of s shrink alike: only the way is longer",
        },
    ),
    "fraction": Number(
        1e-3 / (0.1 + 1e-6) ** 0.5,
        wrong={
            1: "that is so with s from 0",
            0.01: "that is g/s: the root of s is missing",
            0.3: "√0.1 divides the gradient; or is that a percentage?",
            316.23: "turn it over: the gradient is divided by the root of s",
            3.1623: "that is 1/√0.1: the gradient multiplies it",
            1e-3: "that is sgd: now divide by the root of s",
            0.1: "that is s: its root divides the gradient",
            0.1**0.5: "√0.1 divides the gradient; or is that a percentage?",
            1e-6: "that is g²: the step has g above the root",
            1e-4: "that is g s: the root of s divides",
            1e-5: "that is g²/s: g is not squared above, and s is under a root",
        },
        within=0.015,
    ),
    "sgd_rate": Number(
        0.1**-0.5,
        wrong={
            0.1**0.5: "turn it over: √0.1 divides",
            0.3: "turn it over: √0.1 divides",
            10: "that is 1/0.1: the root is missing",
            1: "the step is g/√0.1 and not g",
            1e-3 / 0.1**0.5: "that is the length of a step: sgd multiplies its rate by g",
            0.1: "that is s: what divides is its root",
            1e-3: "that is the gradient: it is not part of the rate",
            1000: "that is with s from 0: here s stays near 0.1",
        },
        within=0.015,
    ),
    "times": Number(
        (69 / 3) ** 0.5,
        wrong={
            23: "that is the ratio of the sums: the root is missing",
            (3 / 69) ** 0.5: "turn it over: a small sum makes a large rate",
            3 / 69: "a small sum makes a large rate, and it is the root that divides",
            1: "the sums differ: 3 squares in one, 69 in the other",
            3: "that is the number of squares in the rare word's sum: the other sum has 69, and "
            "their roots divide",
            69: "that is the number of squares in the frequent word's sum: the other sum has 3, "
            "and their roots divide",
            3**0.5: "that is the root of the rare word's sum: compare it with the other's",
            69**0.5: "that is the root of the frequent word's sum: compare it with the other's",
            22: "69 is 23 times as much as 3, and the root is missing",
            66: "that is the difference: the question is how many times larger",
            23**2: "the root of the sum divides, not its square",
            32: "that is measured, for words whose gradients differ: here they have the same size",
            (2969 / 3) ** 0.5: "that counts sentences: here batches count, 3 and 69",
        },
        within=0.015,
    ),
    "bug_A": Number(
        4, wrong=DYING | {2: "without the root the step falls as 1/t: twice as steep as A"}
    ),
    "bug_B": Number(
        2, wrong=DYING | {4: "2/√(2t) falls as 1/√t, like the right line: B is twice as steep"}
    ),
    "bug_C": Number(
        3,
        wrong=NO_BUG
        | {
            2: "without the root the step falls as 1/t for ever",
            4: "2/√(2t) falls for ever",
            5: "then all steps would be equal: C's first ones are longer",
        },
    ),
    "after_two": Number(
        -9 + 10 * 180 / (20**2 + 180**2) ** 0.5,
        wrong={
            1: "that is with the new square alone: s also holds the first one",
            81: "that is with s as it was after the first step: it takes in the new square first",
            1791: "that is sgd: the gradient is not divided by the root of s",
            -9 - 10 * 180 / (20**2 + 180**2) ** 0.5: "the gradient is −180, so x₂ goes up",
            -9 + 1800 / (20**2 + 180**2): "that is without the root: the step is 10·180/√s",
            -9 + 1800 / 200: "s sums squares, not sizes",
            10 * 180 / (20**2 + 180**2) ** 0.5: "that is the step: x₂ starts at −9",
            -19: "the gradient is −180, so x₂ goes up",
            -9: "that is where the first step leads: now take the second",
            9 + 10 * 180 / (20**2 + 180**2) ** 0.5: "x₂ starts at −9, not at 9",
        },
        within=0.015,
    ),
}

QUESTIONS = {
    "scale": Question(
        "The curvatures of a ravine are 1 and 10, and then 1 and 1,000, with the same start. Now "
        "sgd at its best learning rate needs about 100 times as many steps. How many does AdaGrad "
        "need, with s from 0?",
        {
            "About 10 times as many, because of the root": "It is the root of a sum of squares, so "
            "it becomes 100 times as large, as the gradient does.",
            "Exactly as many steps as before": Right(
                "The gradient along the steep direction is 100 times larger, and so is the root of "
                "its sum. In the step the factor drops out."
            ),
            "More: the steep direction now has a tiny learning rate": "Its effective learning rate "
            "is 100 times smaller, but its gradient is 100 times larger, and the step is their "
            "product.",
        },
    ),
    "turned": Question(
        "With curvatures 1 and 100 along the axes, AdaGrad's two effective rates end far apart: "
        "one is 43 times the other. How do they end in the same ravine turned by 45°?",
        {
            "They are about equal": Right(
                "After the turn, each parameter's gradient is a mixture of both directions. The "
                "steep direction is an equal part of both mixtures, and it makes most of both "
                "sums. So they are about equal. AdaGrad sees the parameters, not the directions."
            ),
            "One is again 43 times the other": "The ravine is as steep and as flat as before. But "
            "each parameter's gradient now contains the steep direction.",
            "They are farther apart, because the run is longer": "It is longer, but in each "
            "step the steep direction is an equal part of both gradients. So both sums grow alike.",
        },
    ),
    "dying": Question(
        "The gradient is constant, and s starts at 0. After 100 steps AdaGrad has gone 18.6 η. How "
        "far has it gone after 10,000?",
        {
            "About 100 times as far": "It would, if all steps had the same length. But they get "
            "shorter, as 1/√t.",
            "About 10 times as far": Right(
                "1/√1 + 1/√2 + … + 1/√t is about 2√t. So the steps get shorter, but the sum has "
                "no bound. To get 10 times as far, AdaGrad needs 100 times as many steps."
            ),
            "Hardly farther: its steps are too short": "They get short, but slowly: as "
            "1/√t, whose sum has no bound.",
        },
    ),
}
