"""What lesson 07 asks."""

from adamlib.practice import Function, Number, Question, Right
from adamlib.schedules import cosine_at

NO_PART = "1 − β₁ is missing: m is an average, so momentum's rate is η(1 − β₁)/ε"

ANSWERS = {
    "floor": Number(
        0.02,
        wrong={
            0.04: "that is for one coordinate: the ravine has two",
            0.01: "each coordinate adds ησ/4, and there are two",
            0.004: "that is sgd's rate: Adam's gradient is divided by √v, about σ = 5",
            0.008: "that is sgd's rate for one coordinate: Adam divides by √v, about σ = 5",
            0.0008: "turn it over: Adam's η is sgd's rate times σ",
            0.0016: "turn it over: Adam's η is sgd's rate times σ; and the ravine has two "
            "coordinates",
            0.1: "σ is missing: that is the η of part 2, with a late loss of about 0.25",
            0.2: "σ is missing, and the ravine has two coordinates",
            **dict.fromkeys((0.08, 0.4), "that takes L = 20: in the loss L cancels"),
            **dict.fromkeys((0.24, 0.25), "that is the late loss at η = 0.1: asked is the η"),
            0.125: "that is the late loss at η = 0.05: asked is the η",
            0.05: "that is the late loss: asked is the η",
            0.5: "σ is upside down: the late loss is ησ/2, not η/(2σ)",
            1: "σ is upside down, and the ravine has two coordinates",
        },
    ),
    "as_momentum": Number(
        100,
        wrong={
            10: "1 − β₁ is missing: m is an average, v a sum that is 1/(1 − μ) times as large",
            1: "turn 1 − β₁ over: m is an average, so it is shorter than the sum v",
            0.01: "that is momentum's rate, and ε divides the step",
            0.1: "ε is missing: it divides the step",
            0.001: "ε is missing: it divides the step; and turn 1 − β₁ over",
            **dict.fromkeys((1e-6, 1e-5, 1e-4), "turn ε over: it divides the step"),
            **dict.fromkeys((9, 100 / 9), "m takes in the part 1 − β₁ of each gradient, not β₁"),
            1000: "that is ε itself: then momentum's rate is 0.1",
        },
    ),
    "settle": Number(
        0.053,
        wrong={
            **dict.fromkeys((0.1 * 20 / 3.8, 0.52, 0.5), NO_PART),
            0.1 * 20 / 2: "that is the border of sgd with a learning rate of η/ε",
            0.1: "that is from sgd's limit, 2/L: with momentum it is 2(1 + μ)/L",
            0.1 * 0.1 * 20 / 1.9: "the limit is 2(1 + μ)/L: the 2 is missing",
            0.1 * 0.1 * 20 / 7.6: "the limit is 2(1 + μ)/L: the 2 counts once",
            **dict.fromkeys((0.001 * 20 / 3.8, 0.09 * 20 / 3.8), "m takes in 1 − β₁ of a gradient"),
            0.01: "that is η (1 − β₁): it is divided by ε, and has a limit",
            19: "turn it over: a larger ε makes shorter steps",
            **dict.fromkeys((0.052, 0.0525), "that is rounded down, and there it still bursts"),
            **dict.fromkeys((0.02, 0.04), "there it still bursts"),
            **dict.fromkeys((0.055, 0.06), "there it settles, and so it does with a smaller one"),
            0.19: "that is momentum's largest rate, 2(1 + μ)/L: it is η(1 − β₁)/ε",
            0.00263158: "L is 20, the largest curvature",
        },
        within=0.0078,  # the limit, 0.0526, to 0.0534
    ),
    "momentum_now": Number(
        0.09,
        wrong={
            0.9: "then the old steps keep their length: PyTorch's shrink with η",
            9: "turn it over: the old steps get shorter",
            **dict.fromkeys((0.1, 10), "that is a ratio of the rates alone: μ goes with it"),
            0.001: "that is the new rate: asked is the momentum",
            0.01: "that is the old rate: asked is the momentum",
            0.0009: "that is μ times the new rate: divide by the old one",
            0.009: "that is μ times the old rate: take the ratio of both",
            0.081: "μ once, not twice",
            0.81: "that is μ²: the ratio of the rates is missing",
        },
    ),
}

QUESTIONS = {
    "late": Question(
        "The noisy ravine, η = 0.1. β₁ goes from 0.9 down to 0: no average of gradients at all. "
        "What does the late loss, the one it wanders about, do?",
        {
            "It rises several times: nothing averages the noise any more": "Single steps do get "
            "longer, four times. But with β₁ = 0.9 steps last: ten in a row go the same way.",
            "It stays about the same": Right(
                "Each gradient moves x by about η g/√v in all, at once or spread over ten steps. "
                "Lesson 03 found the same of momentum."
            ),
            "It falls: momentum overshoots": "It overshoots on the way down, early. Late there is "
            "no way down, only noise.",
        },
    ),
    "decay": Question(
        "Two weights see gradients that are pure noise, one of size 0.01, one of size 100. Adam "
        "gets g + λx, an L2 penalty, in place of g. Which weight shrinks?",
        {
            "The one with small gradients, mostly": Right(
                "λx is divided by the same √v as g. Where g is large, hardly anything of λx is "
                "left."
            ),
            "Both alike: λ is the same": "So it is in sgd, and if the decay stands outside, x ← x "
            "− ηλx. Here λx goes through the division by √v.",
            "The one with large gradients, mostly": "Its √v is large, and that divides λx too.",
        },
    ),
    "from_zero": Question(
        "Keras: Adam with CosineDecay(0.0, 1000, warmup_target=0.01, warmup_steps=100). What does "
        "its first step do?",
        {
            "A step of 0.01/100": "That would be so if it counted from 1, as t does. Keras's first "
            "step is number 0.",
            "Nothing at all: training begins one step later": "x stays. But m and v take in the "
            "first gradient, and t counts the step.",
            "It moves nothing, but m and v take in the gradient": Right(
                "The rate at step 0 is the first argument, 0. So the first step that moves x has "
                "two gradients in its averages."
            ),
        },
    ),
}

FUNCTIONS = {
    "cosine_at": Function(
        cosine_at,
        {
            "step 3 of 20, η = 0.1 and warmup 5": (3, 0.1, 20, 5),
            "step 5 of 20, η = 0.1 and warmup 5": (5, 0.1, 20, 5),
            "step 9 of 20, η = 0.1 and warmup 5": (9, 0.1, 20, 5),
            "step 20 of 20, η = 0.1 and warmup 5": (20, 0.1, 20, 5),
            "step 1 of 8, η = 2 and warmup 1": (1, 2.0, 8, 1),
            "step 6 of 8, η = 2 and warmup 1": (6, 2.0, 8, 1),
        },
        hints=[
            "There are two cases: up to step warmup, and after it.",
            "In the first the rate is η t / warmup. In the second, which part of the way is done? "
            "0 at step warmup, 1 at step steps + 1.",
            "np.cos(np.pi * done) falls from 1 to -1: add 1, halve it, multiply by the learning "
            "rate.",
        ],
    ),
}
