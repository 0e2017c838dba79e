"""What lesson 11 asks."""

import numpy as np

from adamlib import rules
from adamlib.experiments import ten_claims
from adamlib.practice import Judged, Number, Question, Right


def anneals(slow, cosine, level, jumping, wandering):
    """What asked() found of the learner's own test."""
    if slow < 0:
        return False, "your function stops with an error, printed above"
    if level:
        return False, (
            "it says that a run falls which falls for 500 steps, and not later: every "
            "run falls at the start, so look only at what comes later"
        )
    if jumping:
        return False, (
            f"it says that {jumping * 12:.0f} of 12 level runs fall, whose distance only jumps: "
            "compare means of many steps, and ask for a difference that chance does not make"
        )
    if wandering:
        return False, (
            f"it says that {wandering * 12:.0f} of 12 level runs fall, which wander slowly by some "
            "2 %: neighbouring steps are alike there, so a standard error that counts each step "
            "is far too small. Ask for a fall of a tenth, say"
        )
    missed = [words for word, words in ((slow, "slowly"), (cosine, "only late")) if not word]
    if missed:
        return False, f"it misses a run that falls {' and one that falls '.join(missed)}"
    return True, (
        "your test sees a slow fall and a late one, and no fall in level runs that jump or wander"
    )


def gap(scaled_adam, scaled_sgd, turned):
    """Three numbers of the learner's own test."""
    G, T, last = ten_claims.GRADIENTS, ten_claims.TURN, ten_claims.last
    scaled = G * [10, 0.001]
    moved = [
        last(rules.adam, scaled) - last(rules.adam, G),
        last(rules.sgd, scaled) - last(rules.sgd, G),
        last(rules.adam, G @ T.T) @ T - last(rules.adam, G),
    ]
    mine, ours = [scaled_adam, scaled_sgd, turned], [np.abs(way).max() for way in moved]
    fits = [np.isclose(a, b, rtol=1e-6, atol=1e-9) for a, b in zip(mine, ours, strict=True)]
    if all(fits):
        return True, "your test lets the scale pass, and refuses the turn"
    if turned == 0 and scaled_sgd == 0:
        return False, "both runs have the same gradients: give change(GRADIENTS) to one of them"
    signed = [
        np.isclose(number, way.max()) or np.isclose(number, -way.min())
        for number, way in zip(mine, moved, strict=True)
    ]
    if min(mine) < 0 or any(a and not b for a, b in zip(signed, fits, strict=True)):
        return False, "a difference may be negative: take its size, np.abs, before the larger one"
    if np.isclose(scaled_sgd, np.abs(moved[1]).mean()):
        return False, "the mean may hide one weight: take the largest difference"
    if np.isclose(scaled_sgd, np.linalg.norm(moved[1]), rtol=1e-6):
        return False, "that is the length of both differences together: take the larger one"
    if fits[1] and turned < 1e-12:
        return False, (
            "the change is for the gradients, and here it changes the place where a run ends: "
            "give change(GRADIENTS) to last"
        )
    if not fits[1]:
        return False, (
            f"for sgd and the two factors it gives {scaled_sgd:.6g} instead of {ours[1]:.6g}"
        )
    if np.isclose(turned, ten_claims.gap(rules.adam, lambda G: G @ T.T, lambda x: x)):
        return False, "the run with turned gradients ends at a turned place: undo the change first"
    if not fits[0]:
        return False, (
            f"for Adam and the two factors it gives {scaled_adam:.6g} instead of {ours[0]:.6g}"
        )
    return False, (
        f"the factors pass, but for the turn it gives {turned:.6g} instead of {ours[2]:.6g}: is "
        "the place turned back where the changed run ends, and only that one?"
    )


def accumulated(batch_size, steps, apart):
    """A choice of batches, and how far its weights are from those of batches of 125."""
    if not all(number > 0 and number % 1 == 0 for number in (batch_size, steps)):
        raise ValueError("both are whole numbers, from 1 on")
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
        return None, f"what you have is right; {open_ones} to go"
    return True, "five do not hold, and one does"


def debugged(line, times, epsilon, first, second, apart):
    """What behaviour() found of the tutorial's Adam: each bug that is left, by what it does."""
    if line:
        where = f"in its line {line:g}" if line > 0 else "where it returns no path of rows"
        return False, f"it stops with an error {where}; what else is wrong shows only after that"
    left = []
    if abs(epsilon) > 0.01:
        left.append(f"epsilon acts as {epsilon:.3g}")
    if abs(times - 1) > 0.01:
        left.append(
            f"the first step is {times:.3g} η, and Adam's is η: look at what is divided by what"
        )
    ends = min(first, second), max(first, second)
    if not left and (ends[0] < 0.97 or ends[1] > 1.03):
        left.append(
            f"it takes {ends[0]:.2g} to {ends[1]:.2g} times the right number of steps: what "
            "does the loop compare?"
        )
    elif ends[0] < 0.2:
        left.append("it ends far too early (how long was its last step?)")
    elif ends[1] > 5:
        may = "; that may come from epsilon" if abs(epsilon) > 0.01 else ""
        left.append(f"it does not end (how long was its last step?{may})")
    if not left and apart > 1e-5:
        left.append(f"the path is {apart:.2g} away from Adam's")
    if left:
        return False, "; ".join(left)
    return True, "it ends at the minimum, and its path is Adam's"


ANSWERS = {
    "decide": Number(
        0.0072 + 3 * 0.0092 / 12**0.5,
        wrong={
            0: "three standard errors are 3 × 0.0092/√12, and this is more than 0.0072: not clear",
            3 * 0.0092 / 12**0.5: "those are three standard errors: add the size of the mean",
            0.0072 + 3 * 0.0092: "0.0092 is the deviation: divide it by √12 first",
            3 * 0.0092: "0.0092 is the deviation: divide it by √12 first, and add the mean",
            0.0072 + 0.0092 / 12**0.5: "that has one standard error: take three",
            0.0092 / 12**0.5: "that is one standard error: take three, and add the mean",
            0.0072 + 3 * 0.0092 / 12: "divide by the root of 12, not by 12",
            3 * 0.0092 / 12**0.5 - 0.0072: "the bound is on the far side: add the mean's size",
            0.0072: "that is the mean: add three standard errors",
            0.0092: "0.0092 is the deviation: divide it by √12, take three, and add the mean",
            0.0072 + 0.0092: "0.0092 is the deviation: take three standard errors instead",
            0.02: "give two digits",
        },
        within=0.02,
    ),
    "clipped": Number(
        -0.5,
        wrong={
            -0.0005: "that is plain SGD: Adam divides by √v, which is clipped too",
            0.5: "the gradient is positive, so x falls",
            -0.1: "that is one step: there are five",
            -0.005: "those are the clipped gradients: Adam divides them by √v, which is as small",
            -0.05: "a gradient of 0.001 and √v of 0.001: how long is the step?",
            -5: "the step is η, 0.1, and not 1",
            5: "the step is η, 0.1, and not 1; and x falls, since the gradient is positive",
            0.1: "that is one step, and there are five; and x falls, as the gradient is positive",
        },
        within=0.02,
    ),
    "anneals": Judged(anneals, asks="slow late level jumping wandering"),
    "gap": Judged(gap, asks="scaled_adam scaled_sgd turned"),
    "accumulated": Judged(accumulated, asks="batch_size steps apart"),
    "articles": Judged(articles, asks="a b c d e f", some=True),
    "debugged": Judged(debugged, asks="line times epsilon first second apart"),
}

QUESTIONS = {
    "generalize": Question(
        "Both methods get 24 trials over all their knobs but ε, and the validation loss chooses. "
        "Whose test accuracy is higher on 2,000 clothes, by the mean of twelve seeds?",
        {
            "SGD with momentum, by at least 0.01": "The paper reports such gaps for larger "
            "networks. Here the two are much closer.",
            "Adam, by at least 0.01": "Adam has no such lead here either.",
            "Neither: less than 0.01 lies between them": Right(
                "0.0003 lies between them, and each is ahead with six seeds."
            ),
        },
    ),
    "twice": Question(
        "Muon has 24 trials, AdamW runs at Keras's defaults, and both rates are constant. By the "
        "mean of twelve seeds Muon is 5.2 times as fast. What makes this race fair?",
        {
            "Keras's defaults for Muon too": "A default is a guess, and it may suit one of the two "
            "methods better. Then the race compares guesses.",
            "24 trials for AdamW too, and rates that decay for both": Right(
                "Then each method runs as well as you can make it run. The table shows what is "
                "left of the 5.2."
            ),
            "Twelve more seeds": "They make the number surer, but it would still compare a tuned "
            "method with one that is not tuned.",
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
            "The batch does not matter": "In batches of 1 there are 100 times as many steps in one "
            "epoch, and SGD needs many.",
        },
    ),
    "edge": Question(
        "We train at several rates, and look at each sharpness after 1,000 steps. Say it before "
        "you see a number: which result would refute the claim?",
        {
            "A bad rate ends at the edge too": "The claim says where the best rate ends, and "
            "nothing of the others. But then the edge does not tell you which rate is best.",
            "The largest rate diverges": "The claim allows it: the best rate need not be the "
            "largest.",
            "The best rate ends far below the edge": Right(
                "This is what the claim forbids. In the figure see whether the black dots, the "
                "best rates, lie at the border."
            ),
        },
    ),
    "float16": Question(
        "x, m, v and ε are in float16, x is 0, and the first gradient of this weight is 0. "
        "Where is x after the step?",
        {
            "At 0: a gradient of 0 makes no step": "So it is in float32, where the step is "
            "0/(0 + ε). But 1e-8 is too small for float16.",
            "At −0.001: the first step is always η": "For a gradient of 1, yes. But here m̂ is 0, "
            "and so is √v̂.",
            "Nowhere: x is not a number any more": Right(
                "ε is below half of the smallest number, so it becomes 0, and 0/0 is nan."
            ),
        },
    ),
    "adafactor": Question(
        "Keras's Adam holds two numbers for each weight. How many does Keras's Adafactor hold, for "
        "matrices of 784 × 64 and 64 × 10?",
        {
            "About 0.02: rows and columns": "That is what the paper needs. Keras also holds the "
            "product of rows and columns, as large as the matrix.",
            "About 1": Right(
                "Rows and columns are few, but Keras also holds their product, a full v."
            ),
            "About 2: m and v, as Adam": "By default Adafactor keeps no m.",
        },
    ),
}
