"""What lesson 11 asks."""

import numpy as np

from adamlib import rules
from adamlib.experiments import ten_claims
from adamlib.practice import Judged, Number, Question, Right


def calm(learning_rate, beta_1):
    """Adam on x² from 1, in 300 steps: how far it goes past 0, and where it ends."""
    if not learning_rate > 0 or not 0 <= beta_1 < 1:
        raise ValueError("η must be positive, and β₁ in [0, 1)")
    x, state, lowest = 1.0, (), 1.0
    for t in range(1, 301):
        x, *state = rules.adam(x, 2 * x, t, *state, learning_rate=learning_rate, beta_1=beta_1)
        lowest = min(lowest, x)
    if lowest < -0.001:
        return False, f"it goes past the minimum, to {lowest:.3f}"
    if abs(x) > 1e-6:
        return False, f"it does not go past, but it ends at {x:.2g}: it has not arrived"
    return True, f"it arrives, and is never below {lowest:.1g}"


def gap(scaled_adam, scaled_sgd, turned):
    """Three numbers of the learner's own test."""
    G = ten_claims.GRADIENTS
    ours = [
        ten_claims.gap(rules.adam, lambda G: G * [10, 0.001], lambda x: x),
        ten_claims.gap(rules.sgd, lambda G: G * [10, 0.001], lambda x: x),
        ten_claims.gap(rules.adam, lambda G: G @ ten_claims.TURN.T, lambda x: x @ ten_claims.TURN),
    ]
    mine = [scaled_adam, scaled_sgd, turned]
    if np.allclose(mine, ours, rtol=1e-6, atol=1e-9):
        return True, "your test lets the scale pass, and refuses the turn"
    not_undone = ten_claims.gap(rules.adam, lambda G: G @ ten_claims.TURN.T, lambda x: x)
    if np.isclose(turned, not_undone, rtol=1e-6):
        return False, "the run with turned gradients ends at a turned place: undo the change first"
    if min(mine) < 0:
        return False, "a difference may be negative: take its size, np.abs"
    if turned == 0 and scaled_sgd == 0:
        return False, "both runs have the same gradients: give change(GRADIENTS) to one of them"
    plain = np.abs(ten_claims.last(rules.sgd, G * [10, 0.001]) - ten_claims.last(rules.sgd, G))
    if np.isclose(scaled_sgd, plain.mean()):
        return False, "the mean may hide one weight: take the largest difference"
    return False, (
        f"for sgd and the two factors it gives {scaled_sgd:.6g} instead of {ours[1]:.6g}"
    )


def accumulated(batch_size, steps, apart):
    """A choice of batches, and how far its weights are from those of batches of 125."""
    if steps < 2:
        return False, "with fewer than 2 steps nothing is accumulated"
    if batch_size * steps != 125:
        return False, (
            f"{steps:g} batches of {batch_size:g} are {batch_size * steps:g} pictures, and an "
            f"update should see 125: the weights are {apart:.2g} apart"
        )
    if apart > 1e-5:
        return False, f"the weights are {apart:.2g} apart"
    return True, "the weights agree, but for rounding"


ARTICLES = {  # whether it holds; why
    "AdaGrad and RMSProp need more memory than Adam": (0, "count states: s, or v; m and v"),
    "SGD needs a lot of memory": (0, "what does sgd keep from step to step?"),
    "without the correction the start is slow": (0, "the first step is 0.1/√0.001 times η"),
    "AdaGrad estimates the first moment": (0, "a first moment has a sign; a sum of g² has none"),
    "t is the number of the epoch": (0, "1 − βᵗ must change with every step"),
    "later Adam and SGD are ahead of AdaGrad": (1, "lesson 09's Figure 3"),
}


def articles(*given):
    """1 for a claim that holds, 0 for one that does not."""
    wrong, open_ones = [], 0
    for (claim, (holds, why)), answer in zip(ARTICLES.items(), given, strict=True):
        if np.isnan(answer):
            open_ones += 1
        elif answer not in (0, 1):
            raise ValueError("write 1 where a claim holds, and 0 where it does not")
        elif answer != holds:
            wrong.append(f"“{claim}”: {why}")
    if wrong:
        return False, f"look again at {wrong[0]}"
    if open_ones:
        return False, f"what you have is right; {open_ones} to go"
    return True, "five do not hold, and one does"


def debugged(line, times, epsilon, first, second, apart):
    """What behaviour() found of the tutorial's Adam: each bug that is left, by what it does."""
    if line:
        where = f"in its line {line:g}" if line > 0 else "where it returns no path of rows"
        return False, f"it stops with an error {where}; what else is wrong shows only after that"
    left = []
    if abs(epsilon) > 0.01:
        left.append(f"epsilon acts as {epsilon:.3g} (what is 10 ^ -8 in Python?)")
    if abs(times - 1) > 0.01:
        left.append(
            f"the first step is {times:.3g} η, so m_hat is wrong (by which β is m corrected?)"
        )
    ends = min(first, second), max(first, second)
    if not left and (ends[0] < 0.97 or ends[1] > 1.03):
        left.append(
            f"it takes {ends[0]:.2g} to {ends[1]:.2g} times the right number of steps (what must "
            "be small at the end, and which sign has the comparison?)"
        )
    elif ends[0] < 0.2:
        left.append("it ends far too early (how long is the last step, as a norm?)")
    elif ends[1] > 5:
        left.append("it does not end (how long is the last step, as a norm?)")
    if not left and apart > 1e-5:
        left.append(f"the path is {apart:.2g} away from Adam's")
    if left:
        return False, "; ".join(left)
    return True, "it ends at the minimum, and its path is Adam's"


ANSWERS = {
    "clipped": Number(
        -0.5,
        wrong={
            -0.0005: "that is plain SGD: Adam divides by √v, which is clipped too",
            0.5: "the gradient is positive, so x falls",
            -0.1: "that is one step: there are five",
            -0.05: "a gradient of 0.001 and √v of 0.001: how long is the step?",
            -5: "the step is η, 0.1, and not 1",
        },
        within=0.02,
    ),
    "calm": Judged(calm, asks="η β₁"),
    "gap": Judged(gap, asks="scaled_adam scaled_sgd turned"),
    "underflow": Number(
        0.0065,
        wrong={
            2.4e-4: "that is where g² itself is 0: it is multiplied by 1 − β₂ = 0.001 before it is "
            "added to v",
            6e-8: "that is float16's smallest number: which g has 0.001 g² as small?",
            6e-5: "that is the product: 0.001 g² is this small for which g? Mind the root",
            0.0077**2: "take the root: g, not g²",
        },
        within=0.25,
    ),
    "accumulated": Judged(accumulated, asks="batch_size steps apart"),
    "factored": Number(
        784 + 64 + 64 + 64 + 10 + 10,
        wrong={
            784 * 64 + 640 + 74: "that is a number for each weight: a row or a column needs one",
            784 + 64 + 64 + 10: "the two biases are no matrices: they keep one number for each",
            784 + 64: "that is the first matrix: there are a second one and two biases",
            784 * 64 + 640: "those are the weights: rows and columns need 784 + 64 and 64 + 10",
            2 * (784 + 64 + 64 + 64 + 10 + 10): "Adafactor keeps no m by default",
        },
    ),
    "articles": Judged(articles, asks="a b c d e f", some=True),
    "debugged": Judged(debugged, asks="line times epsilon first second apart"),
}

QUESTIONS = {
    "generalize": Question(
        "Both methods get 24 trials over all their knobs, and the validation loss chooses. Whose "
        "test accuracy is higher on 2,000 clothes, by the mean of twelve seeds?",
        {
            "SGD with momentum, by at least 0.01": "The paper reports such gaps for larger "
            "networks. Here the two are much closer.",
            "Adam, by at least 0.01": "Adam has no such lead here either.",
            "Neither: less than 0.01 lies between them": Right(
                "0.0003 lies between them, and each is ahead with six seeds. That is a draw, and "
                "a draw is a result."
            ),
        },
    ),
    "twice": Question(
        "A tuned Muon is compared with an AdamW at Keras's defaults, and then with a tuned AdamW. "
        "How does its speed-up change?",
        {
            "It stays about the same: the method is what counts": "The rate counts as much: "
            "0.001 is not AdamW's best rate here.",
            "It becomes smaller": Right(
                "A part of it was the tuning. Wen and others (2025) name unequal tuning as one of "
                "two reasons for claims of 1.4 to 2 times."
            ),
            "It becomes larger": "A better baseline can only make a speed-up smaller.",
        },
    ),
    "batch_1": Question(
        "Where is Adam's lead over plain SGD larger, in batches of 100 or of 1? All are tuned.",
        {
            "In batches of 100": Right(
                "A large batch has few steps, so each must be good. A batch of 1 has many short "
                "steps, and their sum averages the noise without a state."
            ),
            "In batches of 1: there is more noise": "Noise is what Adam's m averages. But many "
            "short steps of SGD average it as well.",
            "The batch does not matter": "It changes the number of steps in one epoch by 100.",
        },
    ),
    "edge": Question(
        "Gradient descent with all data runs at a rate η that is good but not extreme, for 1,000 "
        "steps. At the end, how does the largest curvature compare with 2/η?",
        {
            "Far below: else it would diverge": "On a parabola, yes. A network's curvature grows "
            "while it trains, until something stops it.",
            "Far above: the loss is no parabola": "Then the steepest direction would swing ever "
            "wider. It does so for a few steps, and that lowers the curvature again.",
            "Near: it has grown until it came there": Right(
                "Cohen and others (2021) found it for full batches: the curvature rises to 2/η "
                "and stays there, while the loss goes on falling."
            ),
        },
    ),
    "bfloat": Question(
        "In bfloat16, 0.999 is rounded to 1. The gradient is 1 for one step and then 0 for 3,000 "
        "steps. What becomes of v?",
        {
            "It stays where it is": Right(
                "v is multiplied by 1 in each step. So Adam never forgets a large gradient, as "
                "AdaGrad does not."
            ),
            "It falls to 5 %, as in float32": "That takes 0.999, which bfloat16 does not have.",
            "It becomes infinite": "Nothing is added any more, since the gradient is 0.",
        },
    ),
}
