"""What lesson 06 asks."""

import math

from adamlib import rules
from adamlib.practice import Judged, Number, Question, Right
from adamlib.practice.judge_number import comes_down


def first_after_silence(beta_2):
    if not 0 <= beta_2 < 1:
        return False, "β₂ is in [0, 1)"
    words = f"that step is {(1 - 0.9) / (1 - beta_2) ** 0.5:.4g} η"
    if math.isclose(beta_2, 0.9):
        words = f"{words}: mind the root of v, √(1 − β₂) is to be 1 − β₁"
    elif beta_2 < 0.9899:
        words = f"{words}, but a larger β₂ is allowed, and averages more squares"
    return 0.9899 <= beta_2 <= 0.99 + 1e-9, words


def ravine_by_adam(rate, beta_1):
    reached, words = comes_down(rules.adam, 84, 1e-12, learning_rate=rate, beta_1=beta_1)
    if not reached:
        turn = f"{'raise' if rate < 0.35 else 'lower'} η"
        if beta_1 > 0.6:
            turn = f"m remembers too long, lower β₁{', or try another η' if beta_1 < 0.72 else ''}"
        words = f"{words}: {turn}"
    return reached, words


def bugs(*pictures):
    seen = {  # the bugs in the order of the exercise, by their pictures
        3: "it stays almost where it is",
        5: "its first step already leaves the picture",
        2: "it has no step at all, only the start",
        6: "it never rests, even while the gradient is 0",
        4: "its steps are too long from the second on",
        1: "its steps are too short from the first on",
    }
    if len(pictures) != len(seen):
        raise ValueError(f"the answer is {len(seen)} numbers, not {len(pictures)}")
    unwritten = sum(math.isnan(given) for given in pictures)
    wrong = [g for g, own in zip(pictures, seen, strict=True) if g != own and not math.isnan(g)]
    words = f"{len(seen) - len(wrong) - unwritten} of {len(seen)} are right"
    if unwritten:
        words = f"{words}, {unwritten} not written yet"
    if wrong:
        hint = seen.get(wrong[0], "the pictures are numbered from 1 to 6")
        about = f"look again at picture {wrong[0]:g}" if wrong[0] in seen else "mind"
        words = f"{words}; {about}: {hint}"
    if unwritten and not wrong:
        return None, words
    return not wrong, words


ANSWERS = {
    "second_step": Number(
        (1 - 0.9**2) / (1 - 0.9999**2) ** 0.5,
        wrong={
            1: "that is the step with correction",
            1900: "v is under a root, and it takes in a second gradient too",
            9.5: "roots do not add: v is 0.0002 g², and its root is 0.014 g, not 0.02 g",
            10: "that is the first step: m and v each take in a second gradient",
            0.19: "that is m for g = 1, which is still divided by √v",
            950.05: "v is under a root",
            70.714: "that is 1/√v for g = 1: m is 0.19",
            19: "that is with the first v: v takes in a second gradient too",
            7.0714: "that is with the first m: m takes in a second gradient too",
            14.142: "the first gradient has faded already: m is 0.9 · 0.1 g + 0.1 g",
            4.2496: "that is with β₂ = 0.999",
            3.1623: "that is the first step with β₂ = 0.999: the second one is asked, with 0.9999",
            6.57: "that is step 12 with β₂ = 0.999",
            0.014142: "that is √v for g = 1: it divides m, which is 0.19",
        },
        within=3e-3,
    ),
    "parting": Number(
        1e-7 / 0.001**0.5,
        wrong={
            1e-7: "there Algorithm 1 has half of η: Keras's epsilon acts more strongly",
            1e-8: "that is the paper's epsilon: Keras's is 1e-7",
            0.001**0.5: "that is √(1 − β₂) at t = 1: what does it do to 1e-7?",
            0.001**-0.5: "that is how many times larger ε gets: what gradient does that make?",
            **dict.fromkeys((1.5811e-6, 6.3246e-6), "it is half where g and ε are equal"),
            1e-4: "√v needs √(1 − β₂): take the root of 0.001",
            3.1623e-9: "that is 1e-7 times the root: divide by it",
            1e-10: "that is 1e-7 times 0.001: divide by the root of 0.001",
            1e-6: "that is 1e-7/(1 − β₁): m is corrected apart from epsilon",
            3.1623e-7: "that is with the root of 1 − β₁: v's factor is 1 − β₂, or 0.001",
        },
    ),
    "after_silence": Judged(first_after_silence, asks="β₂"),
    "ravine": Judged(ravine_by_adam, asks="η β₁"),
    "bugs": Judged(bugs, asks="A B C D E F", some=True),
}

QUESTIONS = {
    "along": Question(
        "The same ravine, now along the axes, with the same noise. After 100 steps, each at its "
        "best rate: by how much is Adam's loss lower than RMSProp's?",
        {
            "Again by a factor of about 20": "The factor was 20 because the division could not "
            "help. Here each coordinate has one curvature, and the division can.",
            "By a factor of about 2 or less": Right(
                "Here √v of the steep coordinate is far larger, and the division straightens the "
                "ravine."
            ),
            "RMSProp's loss is about 20 times lower": "The average costs Adam little here, and "
            "RMSProp's steps still follow single noisy gradients.",
        },
    ),
    "start": Question(
        "m and v both start at 0. With β₁ = 0.9 and β₂ = 0.999, and without correction, how long "
        "are the first steps, η m/√v, if every gradient is 1?",
        {
            "Longer than η": Right(
                "At t = 1, m is 0.1 and √v is √0.001 = 0.032. √v divides, and it is even smaller "
                "than m."
            ),
            "Shorter than η": "m is too small, and that shortens the step. But √v divides, and it "
            "is even smaller.",
            "η, as later": "That would be so if m and √v lacked the same fraction. At t = 1, m is "
            "0.1 of what it should be, and √v is only 0.032 of it.",
        },
    ),
    "silence": Question(
        "A weight gets 1,000 gradients of 0, then one gradient of 1. How long is Adam's step for "
        "that one?",
        {
            "Shorter than η, because m is 0.1": "m is a tenth of the gradient. But it is divided "
            "by √v̂, and √v̂ is only 0.04.",
            "η, because η bounds the step": "The step is η at t = 1. Here the correction of m is "
            "gone, and m̂ is 0.1. It is divided by √v̂, which is 0.04.",
            "Longer than η": Right(
                "m̂ is 0.1. v is 0.001, and its correction divides it by 1 − 0.999¹⁰⁰¹ = 0.63, so "
                "√v̂ is √0.0016 = 0.04. The step is 0.1/0.04 = 2.5 η."
            ),
        },
    ),
    "digits": Question(
        "Digits, each method at its best learning rate, 120 seeds. How does Adam's loss end, "
        "compared with that of Nesterov's momentum, which has no v?",
        {
            "Clearly lower, because Adam has m and v": "Both have an average of the "
            "gradients. What v adds to it does not lower the loss here.",
            "Level with it": Right(
                "The mean difference is 0.0005, less than its standard error. Both have an average "
                "of the gradients."
            ),
            "Clearly higher, because dividing by √v only disturbs": "Nesterov ends "
            "lower with 47 of the 120 seeds, and Adam with 73. On average they are level.",
        },
    ),
}
