"""What lesson 05 asks."""

from adamlib import rules
from adamlib.practice import Judged, Number, Question, Right
from adamlib.practice.judge_number import comes_down


def ravine_by_rmsprop(rate, rho):
    reached, words = comes_down(rules.rmsprop, 60, 1e-20, learning_rate=rate, rho=rho)
    if not reached and rho < 0.5 < rate < 1:
        words = f"{words}; mind the order: η comes first, ρ second"
    elif not reached and rate < 1000:
        words = f"{words}; raise {'ρ' if rho < 0.99 else 'η'} further"
    return reached, words


ANSWERS = {
    "change": Number(
        -0.08,
        wrong={
            0: "that is where the mean would leave it: the sign drops the sizes",
            0.08: "mind the sign: a positive gradient moves x down",
            -8: "that is nine steps against one, without η",
            -0.8: "that is η = 0.1",
            8: "that is without η, and mind the sign: a positive gradient moves x down",
            -0.1: "the tenth step goes the other way",
            0.1: "the tenth step goes the other way, and a positive gradient moves x down",
            -0.09: "that is nine steps: the tenth goes the other way",
            -0.081: "the tenth step is as long as the others: only its sign counts",
            -0.01: "that is one step: there are ten",
        },
    ),
    "forgotten": Number(
        44,
        wrong={
            10: "that is 1/(1 − ρ): 0.9¹⁰ = 0.35 of the weight is left",
            100: "that is 1/0.01: how often is 0.9 a factor?",
            **dict.fromkeys((40, 41, 42, 43), "then more than 1 % of the weight is left"),
            **dict.fromkeys((45, 46, 50), "then it has been below 1 % before"),
            -44: "mind the sign: both logarithms are negative",
            43.7: "asked is a whole number of steps: round up",
            4.605: "that is log 100: 0.9 has a logarithm too",
            **dict.fromkeys((21, 21.85), "then about 10 % of the weight is left: on to 1 %"),
            **dict.fromkeys((458, 459), "that is for ρ = 0.99"),
            2: "that is 0.1ᵏ: what stays at each step is ρ, 0.9",
        },
    ),
    "memory": Judged(ravine_by_rmsprop, asks="η ρ"),
    "of_sgd": Number(
        0.001,
        wrong={
            1: "the step is η g, and the number of g changes",
            1000: "that is what it should be: the step is η g, and g gets smaller",
            **dict.fromkeys((1e-6, 1e6), "asked is how the step itself changes, at the same η"),
            **dict.fromkeys((1000**0.5, 1000**-0.5), "there is no root in a step of sgd"),
        },
    ),
    "of_rmsprop": Number(
        1,
        wrong={
            0.001: "g shrinks, and √v with it",
            1000: "that is what it should be: but g and √v shrink alike",
            **dict.fromkeys((1e-6, 1000**0.5, 1000**-0.5), "v goes with g², and so √v with g"),
        },
    ),
    "of_third": Number(
        1000,
        wrong={
            1: "g and √v shrink alike, and √u grows",
            0.001: "√u is a length, so its number grows",
            **dict.fromkeys((1000**0.5, 1000**-0.5), "√u goes with a step, as u with its square"),
            1e6: "that is u, in squared millimetres: the step has its root",
        },
    ),
}

QUESTIONS = {
    "stuck": Question(
        "AdaGrad with η = 0.1 stays behind. With which η does it follow, to within 1 of the new "
        "minimum?",
        {
            "A larger one, such as 30": "The first step has the length η, for g² is far above 0.1. "
            "So a large η overshoots by as much in the steep valley, and makes s larger still.",
            "A smaller one, such as 0.003": "All steps are shorter then, the early and the late.",
            "None": Right(
                "A smaller η makes shorter steps, and a larger one overshoots where it is steep, "
                "so that s grows with it."
            ),
        },
    ),
    "units": Question(
        "The same valley in metres, and then in millimetres. The first step of Adadelta, with η = "
        "1 and u = 0 before it, is 0.0014 in metres. What is it in millimetres?",
        {
            "0.0014 mm": Right(
                "With u = 0 only ε stands above v, and the number of ε does not know of any unit."
            ),
            "1.4 mm": "So it would be if u were an average of squared steps already, in mm². But "
            "it is 0, and ε stands in its place.",
            "0.0000014 mm": "As for sgd? Here g is divided by √v, which shrinks with it.",
        },
    ),
    "first": Question(
        "v starts at 0, and ρ is 0.9. If all gradients are equal, how long is RMSProp's first "
        "step?",
        {
            "Shorter than η: it has yet to warm up": "v is too small at first, but the step is "
            "divided by its root.",
            "Longer than η": Right(
                "After one step v is only a tenth of g², so its root is 0.32 of |g|."
            ),
            "Exactly η": "So it is once v has become g². At first it is (1 − ρ) g².",
        },
    ),
}
