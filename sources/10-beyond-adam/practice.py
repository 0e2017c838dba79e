"""What lesson 10 asks."""

import numpy as np

from adamlib.practice import Function, Judged, Number, Question, Refused, Right, described
from adamlib.rules import orthogonalized


def of_matrix(function, matrix, ns_steps):
    """Three entries and the largest singular value of what the function returns."""
    given = np.array(matrix, float)
    try:
        result = function(given, ns_steps)
    except ValueError as error:
        if "core dimension" in str(error):
            raise Refused(
                "two matrices in a product do not fit. x @ x.T fits in front of x, and neither "
                f"x.T @ x nor x itself does: {error}"
            ) from None
        if "broadcast" not in str(error):
            raise
        raise Refused(
            "a product or a sum has shapes that do not fit. Every term needs the shape of x, so it "
            f"ends in @ x; and * multiplies entry by entry: {error}"
        ) from None
    if result is None or result is ...:
        raise NotImplementedError
    if not isinstance(result, np.ndarray) or result.shape != np.shape(matrix):
        raise Refused(
            f"it must return a matrix of the same shape, {np.shape(matrix)}, yours is "
            f"{described(result)}"
        )
    if not np.array_equal(given, matrix):
        raise Refused(
            "it changes matrix in place, which the caller still needs: /=, *= and += write into "
            "an array, so make a new one"
        )
    if not np.isfinite(result).all():
        return dict.fromkeys(["its corner is", "its last entry is", "its length is"], np.inf)
    return {
        "its corner is": result[0, 0],
        "its last entry is": result[-1, -1],
        "its length is": np.linalg.norm(result),
    }


def amsgrad_cycle(gradients, v):
    """How far x moves in the cycle, in η; v is that before the first gradient."""
    v_max, moved = 0, 0
    for g in gradients:
        v = 0.1 * v + 0.9 * g**2
        v_max = max(v_max, v)
        moved = moved - g / np.sqrt(v_max)
    return moved


def of_cycle(function, gradients, v):
    """How far x moves; a v_max that is still ... is not written yet."""
    try:
        moved = function(gradients, v)
        if moved is ...:
            raise NotImplementedError
        return {"x moves by": moved}
    except TypeError as error:
        if "ellipsis" not in str(error):
            raise
        raise NotImplementedError from None


# What is said of each way to begin, 1 to 4, on each problem of exercise 7; "" if it is right.
FEW = "A: decay is what keeps a network from learning few pictures by heart. "
STEPS = "B: in equal steps another rule of part 5 ended lower, with 12 of 12 seeds"
RARE = "C: in small batches of rare words "
FIRST = [
    [
        "",
        f"{FEW}Adam and momentum have none",
        f"{FEW}Your Lion has none",
        "A: Muon decays too, but on few pictures only AdamW was measured (lesson 07)",
    ],
    [STEPS, STEPS, STEPS, ""],
    [
        f"{RARE}Adam lost once (part 6) and won once (lesson 04): try it beside another",
        "",
        f"{RARE}Lion ended above sgd with 12 of 12 seeds (part 6)",
        f"{RARE}nothing here measures Muon",
    ],
]


def first(*chosen):
    """Whether each problem has the way to begin that led on its like."""
    if not set(chosen) <= {1, 2, 3, 4}:
        raise ValueError("give one of the numbers 1 to 4 for each problem")
    for ways, way in zip(FIRST, chosen, strict=True):
        if words := ways[int(way) - 1]:
            return False, words
    return True, "these led here, on one problem each. On yours, measure"


# Not much longer than 1: what is not divided by its length is wrong then, and not infinite.
WIDE = [[0.8, -0.3, 0.5], [0.1, 0.9, -0.2]]
SQUARE = [[0.9, -0.4], [0.2, 0.5]]
L2_TOO = "√v is about 30: what Adam takes off is ηλx/30"

ANSWERS = {
    "first": Judged(first, asks="A B C"),
    "penalty": Number(
        3,
        wrong={
            0.1: f"then L2 takes off 30 times less: {L2_TOO}",
            0.1 / 30: f"turn it over: {L2_TOO}",
            0.1 / 900: f"turn it over, and take the root of v: {L2_TOO}",
            90: "√v is 30, and v is 900: Adam divides by the root",
            30: "that is √v: times which λ?",
            1.5: "a penalty of λx²/2 adds λx to the gradient: no half is left",
            6: "a penalty of λx²/2 adds λx to the gradient: no 2 is left",
        },
    ),
    "cycle": Number(
        0.681,
        wrong={
            -0.681: "a step is −η g/√v: the gradient −1 moves x up",
            -0.349: "that is with the same v in all three steps, but v changes",
            0.349: "that is with the same v in all three steps; and a step is −η g/√v",
            0.4774: "v shrinks again between the two small steps, so they differ",
            0.884: "v is larger at the second step than at the third: it still fades",
            -0.285: "that is without the third step: there are two small gradients",
            -0.0814: "that is without the second step: there are two small gradients",
            -1.0472: "that is the first step only: add the two that follow",
            1.728: "those are the two small gradients only: add the step of the gradient 3",
            -1 / 3: "that is minus the mean gradient: Adam divides each gradient by its own √v",
            -1: "that is the sum of the gradients: Adam divides each by its own √v",
            1: "that is what the signs say: the sizes count a little, too",
            0.953: "only the large gradient is divided: divide the small ones by their √v as well",
            -0.953: "only the large gradient is divided: divide the small ones too; and a step "
            "is −η g/√v",
            -1.786: "each step divides by a v that its own gradient has updated already",
            1.149: "divide by the root of v, not by v",
            2.775: "that is the sum of the lengths: the gradient 3 moves x down",
            1 / 3: "that is the mean gradient: Adam divides each gradient by its own √v",
        },
        within=0.012,
    ),
}

QUESTIONS = {
    "amsgrad": Question(
        "Take the cycle of exercise 3 again, late in the run, but divide each gradient by the root "
        "of v_max, the largest v so far. Which way does x go in one cycle?",
        {
            "Up: there are still two gradients −1 and one 3": "Count the sizes too: 3 is more than "
            "1 + 1, and now nothing makes its step shorter than the others'.",
            "Down": Right(
                "v_max stays at its largest value, so all three gradients have one divisor. "
                "Together they are 1, and x moves against that."
            ),
            "It hardly moves: v_max only grows": "v_max grows as far as the largest v, and stays "
            "there: v itself repeats its cycle.",
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
            "They are the same: both divide out the size": "Adam divides the "
            "average by the size of the gradients. Lion divides it by its own size, which is "
            "smaller in noise.",
        },
    ),
    "rare": Question(
        "Each step now sees 100 words, drawn by their frequencies. Each rule again has a cosine, "
        "and the best of nine rates. Which rules leave the least excess loss, over all words?",
        {
            "Adam and Lion still: the frequency cancels as before": "That was so "
            "with exact gradients. In batches it is not: the next table shows it.",
            "Lion: noise does not change a sign much": "With all twelve seeds sgd ends below "
            "Lion, as the next table shows.",
            "sgd and momentum": Right(
                "With all twelve seeds they end below Adam and below Lion. The next table shows "
                "some of it."
            ),
            "All four alike: 30,000 words are too few for any": "They are few. But the "
            "four do not end alike.",
        },
    ),
}

FUNCTIONS = {
    "amsgrad_cycle": Function(
        amsgrad_cycle,
        {
            "the gradients 3, −1, −1 and v = 1.072": ((3, -1, -1), 1.072),
            "the gradients −2, 5, 1, −4 and v = 0.5": ((-2, 5, 1, -4), 0.5),
        },
        hints=[
            "v_max must rise when v is larger than v_max, and otherwise stay.",
            "max(a, b) is the larger of two numbers. Take v_max and v.",
            "x moves against the gradient: moved - g / np.sqrt(v_max).",
        ],
        facts=of_cycle,
    ),
    "orthogonalized": Function(
        orthogonalized,
        {
            "a matrix of 2 rows and 3 columns with ns_steps=2": (WIDE, 2),
            "a matrix of 2 rows and 2 columns with ns_steps=1": (SQUARE, 1),
            "a matrix of 2 rows and 2 columns with ns_steps=3": (SQUARE, 3),
        },
        hints=[
            "Multiplying by X Xᵀ turns s into s³. What does it turn s³ into?",
            "In the loop, square = x @ x.T is the part that repeats.",
            "The new x is 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x.",
        ],
        facts=of_matrix,
    ),
}
