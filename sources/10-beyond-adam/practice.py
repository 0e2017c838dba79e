"""What lesson 10 asks."""

import numpy as np

from adamlib.practice import Function, Judged, Number, Question, Refused, Right, described
from adamlib.rules import orthogonalized


def kept(kernel, bias):
    if abs(bias - 1) < 1e-6 and abs(kernel - 0.95) < 1e-6:
        return True, "the kernel is 0.95, and the bias stays 1"
    if abs(kernel - 1) < 1e-6 and abs(bias - 1) < 1e-6:
        return False, "now neither decays: the kernel's name contains one of your words, too"
    if abs(kernel - 1) < 1e-6:
        return False, "the kernel is left out, and the bias decays: turn it round"
    return False, "both decay: no variable's name contains your words; the bias is called 'bias'"


def of_matrix(function, matrix, ns_steps):
    """Three entries and the largest singular value of what the function returns."""
    result = function(np.array(matrix, float), ns_steps)
    if result is None or result is ...:
        raise NotImplementedError
    if not isinstance(result, np.ndarray) or result.shape != np.shape(matrix):
        raise Refused(
            f"it must return a matrix of the same shape, {np.shape(matrix)}, yours is "
            f"{described(result)}"
        )
    if not np.isfinite(result).all():
        return dict.fromkeys(["its corner is", "its last entry is", "its length is"], np.inf)
    return {
        "its corner is": result[0, 0],
        "its last entry is": result[-1, -1],
        "its length is": np.linalg.norm(result),
    }


# Not much longer than 1: what is not divided by its length is wrong then, and not infinite.
WIDE = [[0.8, -0.3, 0.5], [0.1, 0.9, -0.2]]
SQUARE = [[0.9, -0.4], [0.2, 0.5]]
L2_TOO = "√v is about 30: what Adam takes off is ηλx/30"

ANSWERS = {
    "penalty": Number(
        3,
        wrong={
            0.1: f"then L2 takes off 30 times less: {L2_TOO}",
            0.1 / 30: f"turn it over: {L2_TOO}",
            90: "√v is 30, and v is 900: Adam divides by the root",
            30: "that is √v: times which λ?",
            1.5: "a penalty of λx²/2 adds λx to the gradient: no half is left",
            6: "a penalty of λx²/2 adds λx to the gradient: no 2 is left",
        },
    ),
    "kept": Judged(kept, asks="kernel bias"),
    "cycle": Number(
        0.681,
        wrong={
            -0.681: "a step is −η g/√v: the gradient −1 moves x up",
            -0.349: "that is with the same v in all three steps, as in AMSGrad; v changes",
            0.349: "that is with the same v in all three steps; and a step is −η g/√v",
            -1.0472: "that is the first step only: add the two that follow",
            1.728: "those are the two small gradients only: add the step of the gradient 3",
            -1 / 3: "that is minus the mean gradient: Adam divides each gradient by its own √v",
            -1: "that is the sum of the gradients: Adam divides each by its own √v",
            1: "that is what the signs say: the sizes count a little, too",
            1.149: "divide by the root of v, not by v",
        },
        within=0.012,
    ),
    "five_steps": Number(
        0.471,
        wrong={
            3.4445: "times 3.4445 in each step, and it begins at 0.001",
            0.0172: "the steps multiply: 3.4445 to the power of 5, not times 5",
            0.0034445: "that is after one step",
            0.0119: "that is after two steps",
            0.0409: "that is after three steps",
            0.14: "that is after four steps",
            1.17: "that is after six steps",
            1: "each step can only multiply by 3.4445, or less",
            0.7: "the large values come near 0.7: this one has only five steps",
        },
        within=0.065,
    ),
    "by_adamw": Number(
        64 + 640 + 10,
        wrong={
            784 * 64: "those take Muon's own step",
            74: "those are the biases: the output layer's matrix is excluded from Muon, too",
            640: "that is the output layer's matrix: the biases take AdamW's step, too",
            650: "the hidden units' biases take AdamW's step, too",
            704: "the output layer has biases, too",
            784 * 64 + 714: "those are all: one matrix is left to Muon",
        },
    ),
}

QUESTIONS = {
    "biases": Question(
        "AdamW in Keras decays every variable that it is given. Which of them had better be left "
        "out, and why?",
        {
            "None: all weights are alike": "Decay pulls to 0. For the γ of a layer that "
            "normalises, which starts at 1, and for a bias, 0 is no better than another place.",
            "Biases and the variables of layers that normalise: for them 0 is no special place": (
                Right(
                    "They are few, and they shift or scale whole units. Recipes such as BERT's "
                    "leave them out; in Keras you must say so."
                )
            ),
            "The matrices: they are large": "The matrices are what decay is for: smaller weights "
            "give a smoother function.",
        },
    ),
    "lion": Question(
        "The gradients are pure noise with mean 0. Which rule takes the longer steps at the same "
        "η, Adam or Lion?",
        {
            "Adam": "Adam's m averages noise, which mostly cancels, and is divided by the full "
            "size of the noise.",
            "Lion": Right(
                "A sign is never short: each of Lion's steps is η, though its average is nearly "
                "0. Adam's m is small beside √v, so its step is."
            ),
            "They are the same: both divide out the size": "Both do. But Adam divides the average "
            "by the size of the gradients, and Lion by the size of the average itself.",
        },
    ),
    "rare": Question(
        "The word of rank 100 is 100 times as rare as the first. Each rule has the rate that is "
        "best for the mean loss of all words. Which one learns rare words as fast as frequent "
        "ones?",
        {
            "sgd: the softmax makes all rows alike": "Each row is a softmax, but its gradient is "
            "multiplied by the word's frequency.",
            "Momentum: rare gradients add up": "So do the frequent ones. Momentum makes all steps "
            "longer, by the same factor.",
            "Adam: the frequency cancels": Right(
                "Adam divides each entry by the size of its own gradients. A factor of all "
                "gradients of an entry is in m and in √v, and cancels."
            ),
        },
    ),
}

FUNCTIONS = {
    "orthogonalized": Function(
        orthogonalized,
        {
            "a matrix of 2 rows and 3 columns with ns_steps=2": (WIDE, 2),
            "a matrix of 2 rows and 2 columns with ns_steps=1": (SQUARE, 1),
            "a matrix of 2 rows and 2 columns with ns_steps=3": (SQUARE, 3),
        },
        hints=[
            "First x = matrix / np.linalg.norm(matrix). Then a loop: for _ in range(ns_steps).",
            "In the loop, square = x @ x.T is the part that repeats.",
            "The new x is 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x.",
        ],
        facts=of_matrix,
    ),
}
