"""What lesson 06 asks."""

from adamlib import rules
from adamlib.practice import Judged, Number, Question, Right
from adamlib.practice.judge_number import comes_down


def bound_by_beta_2(beta_2):
    if not 0 <= beta_2 < 1:
        return False, "β₂ is in [0, 1)"
    if beta_2 <= 0.9**2:
        return False, "where β₂ ≤ β₁², here 0.81, steps have no bound"
    words = f"the longest step is {(1 - 0.9) / ((1 - beta_2) * (1 - 0.9**2 / beta_2)) ** 0.5:.5g} η"
    if abs(beta_2 - 0.99) < 1e-3:
        words = f"one gradient after a silence moves x by η then, but {words}"
    return abs(beta_2 - 0.9) <= 1e-3, words


def ravine_by_adam(rate, beta_1):
    reached, words = comes_down(rules.adam, 84, 1e-12, learning_rate=rate, beta_1=beta_1)
    if not reached:
        turn = f"{'raise' if rate < 0.5 else 'lower'} η"
        words = f"{words}: {'m remembers too long' if beta_1 > 0.7 else turn}"
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
    wrong = [given for given, own in zip(pictures, seen, strict=True) if given != own]
    words = f"{len(seen) - len(wrong)} of {len(seen)} are right"
    if wrong:
        hint = seen.get(wrong[0], "the pictures are numbered from 1 to 6")
        about = f"look again at picture {wrong[0]:g}" if wrong[0] in seen else "mind"
        words = f"{words}; {about}: {hint}"
    return not wrong, words


ANSWERS = {
    "first_step": Number(
        10,
        wrong={
            1: "that is the corrected one",
            0.1: "that is m for g = 1: it is divided by √v",
            1000: "v is under a root",
            100: "that is 1/√v for g = 1: m is 0.1",
            31.623: "that is 1/√0.001: β₂ is 0.9999 here, and m is 0.1 for g = 1",
            3.1623: "that is with β₂ = 0.999",
            6.57: "that is step 12 with β₂ = 0.999",
            **dict.fromkeys((0.9, 9, 90), "m takes in 1 − β₁ of the gradient, not β₁"),
            0.01: "that is √v for g = 1: it divides m, which is 0.1",
        },
    ),
    "parting": Number(
        1e-7 / 0.001**0.5,
        wrong={
            1e-7: "there Algorithm 1 has half of η: Keras's epsilon acts more strongly",
            1e-8: "that is the paper's: Keras's is 1e-7",
            0.001**0.5: "that is √(1 − β₂) at t = 1: what does it do to 1e-7?",
            0.001**-0.5: "that is how many times larger ε gets: asked is the gradient",
            **dict.fromkeys((1.5811e-6, 6.3246e-6), "it is half where g and ε are equal"),
            1e-4: "√v needs √(1 − β₂): take the root of 0.001",
            3.1623e-9: "that is 1e-7 times the root: divide by it",
            1e-10: "that is 1e-7 times 0.001: divide by the root of 0.001",
            1e-6: "that is 1e-7/(1 − β₁): m is corrected apart from epsilon",
            3.1623e-7: "that is with the root of 1 − β₁: v's factor is 1 − β₂, or 0.001",
        },
    ),
    "bound": Judged(bound_by_beta_2, asks="β₂"),
    "ravine": Judged(ravine_by_adam, asks="η β₁"),
    "bugs": Judged(bugs, asks="A B C D E F"),
}

QUESTIONS = {
    "start": Question(
        "m and v both start at 0. With β₁ = 0.9 and β₂ = 0.999, and nothing done about it, how "
        "long are the first steps, η m/√v, where every gradient is 1?",
        {
            "Longer than η": Right(
                "At t = 1, m is 0.1 and √v is √0.001 = 0.032: the step is 3.2 η. A small number "
                "that divides makes a long step."
            ),
            "Shorter than η": "m is too small, which shortens the step; but √v divides, and is "
            "smaller still.",
            "η, as later": "That would be so if m and √v lacked the same share: m lacks 0.9 of "
            "itself, √v 0.97.",
        },
    ),
    "silence": Question(
        "1,000 gradients of 0, then one gradient of 1. How long is Adam's step there?",
        {
            "Shorter than η, because m is 0.1": "m is a tenth of the gradient, but v̂ is 0.0016, "
            "its root 0.04.",
            "η, because η bounds the step": "It is η at t = 1. Here m's correction is gone, and "
            "v's is ÷0.63: 0.1 is divided by 0.04.",
            "Longer than η": Right(
                "m is 0.1, v̂ is 0.001 divided by 1 − 0.999¹⁰⁰¹, or 0.63: the step is 0.1/√0.0016 "
                "= 2.5 η."
            ),
        },
    ),
}
