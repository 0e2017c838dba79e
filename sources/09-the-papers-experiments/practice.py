"""What lesson 09 asks."""

import numpy as np

from adamlib.practice import Function, Judged, Number, Question, Refused, Right

NAN = float("nan")  # not np.nan: `np.nan in losses` is to find none, as with most trainings


def unfair_rate(rate):
    """Figure 1, left: the rates of the list at which Nesterov's loss is below Adam's, η/√t both."""
    if rate in (1, 3):
        return True, f"at {rate:g} Adam has left its best far behind"
    if rate in (0.01, 0.03, 0.1, 0.3):
        return False, f"at {rate:g} Adam's line is the lower one: where do the two lines cross?"
    return False, "take an η of the figure's list, 0.01 to 3"


def best_rate(losses):
    """The learning rate with the lowest mean loss.

    losses  {rate: [the loss of each seed]}; NaN where the training diverged
    A rate at which a seed diverged is never the best.
    """
    means = {rate: np.mean(some) for rate, some in losses.items()}
    finite = {rate: mean for rate, mean in means.items() if np.isfinite(mean)}
    return min(finite, key=finite.get)


def chosen_test_loss(chooser, test):
    """The mean test loss at the rate that another loss chooses.

    chooser  {rate: [the loss of each seed]}, as best_rate has it: it chooses the rate
    test     the same of the test loss, which is only reported
    """
    rate = best_rate(chooser)
    return np.mean(test[rate])


def corrected_rmsprop(x, g, t, v=0, *, learning_rate, rho=0.9, epsilon=1e-7):
    """RMSProp with the bias correction that Adam has.

    The state is v as it is, without the correction.
    """
    v = rho * v + (1 - rho) * g**2
    v_hat = v / (1 - rho**t)
    return x - learning_rate * g / np.sqrt(v_hat + epsilon), v


def after_three_steps(function, rho):
    """What counts of a corrected RMSProp: x and v after three steps."""
    x, v = 1.0, 0.0
    for t, g in enumerate((5.0, -20.0, 10.0), 1):
        result = function(x, g, t, v, learning_rate=0.1, rho=rho)
        if result is None or result is ...:
            raise NotImplementedError
        if not isinstance(result, tuple) or len(result) != 2:
            raise Refused("it must return x and v")
        x, v = result
    return {"it gives x =": x, "it gives v =": v}


def times_longer(t, beta_1, beta_2):
    """How many times as long step t of Adam is without the bias correction (epsilon left out)."""
    return (1 - beta_1**t) / (1 - beta_2**t) ** 0.5


ANSWERS = {
    "unfair_rate": Judged(unfair_rate, asks="η"),
    "list_end": Number(
        0.3,
        wrong={
            0.1: "then 0.1 has the lowest loss, but it is the end of the list: the next rate could "
            "be better still",
            0.03: "Nesterov's best, 0.1, is not in that list",
            0.01: "that is where her list ends now, before Nesterov's best",
            1: "that is more than she needs: 0.1 is the best, so 0.3 is already worse",
            3: "that is more than she needs: 0.1 is the best, so 0.3 is already worse",
            10: "that is more than she needs: 0.1 is the best, so 0.3 is already worse",
            0.003: "that is Adam's best; Nesterov's is 0.1",
            0.2: "the rates that she tries are 0.03, 0.1, 0.3 and 1: take one of these",
        },
    ),
}

QUESTIONS = {
    "words": Question(
        "Sparse reviews with dropout: AdaGrad with a constant η, and Adam with η/√t. How far apart "
        "will their losses be?",
        {
            "Adam is clearly ahead: it has momentum": "Momentum gains little here. What counts is "
            "that rare words get long steps, and both methods give them.",
            "AdaGrad is clearly ahead: it is made for sparse data": "Adam gives rare words long "
            "steps as well: its v remembers about 1,000 steps, more than this training has.",
            "They lie on one line": Right(
                "Both give rare words long steps. The paper (§ 5) shows even more: with β₁ = 0, β₂ "
                "near 1 and η/√t, Adam is AdaGrad. Ours has β₁ = 0.9, and still they end about "
                "0.001 apart."
            ),
        },
    ),
    "breaks": Question(
        "At which of the three steps does the formula give the rings without correction in both "
        "rows of the figure?",
        {
            "At step 1": "It fits the upper row. In the lower row it gives 0.001, 0.0003 and "
            "0.0001, the next smaller rate each time.",
            "At step 10": "It fits the lower row. In the upper row it gives 0.003, 0.001 and "
            "0.0003, the next smaller rate each time.",
            "At step 160": "It fits the upper row. In the lower row it gives 0.01, 0.003 and "
            "0.001, the next larger rate each time.",
            "At none of them": Right(
                "In the upper row steps 1 and 160 fit, and in the lower row step 10. So the step "
                "that fits depends on β₁."
            ),
        },
    ),
    "shows": Question(
        "Which of these four claims of the paper was true here, in its own figure, without any "
        "condition?",
        {
            "Adam and Nesterov converge alike, and faster than AdaGrad (Figure 1, digits)": "At "
            "the end only with a penalty, in 20 epochs, and with AdaGrad decayed twice.",
            "Adam gains a little over SGD (Figure 3)": "Without dropout the two end level. With "
            "dropout Nesterov's SGD ends ahead of Adam.",
            "Adam and SGD end ahead of AdaGrad (Figure 3)": Right(
                "This held with each of 12 seeds, with dropout and without."
            ),
            "With correction Adam is never worse (Figure 4)": "At the best rates with β₁ = 0.9 it "
            "is better. At η = 0.0001 and β₂ = 0.9999 it is far behind.",
        },
    ),
    "monday": Question(
        "On a model of your own you try Adam and Nesterov at η = 0.001, 0.003 and 0.01, with three "
        "seeds. Each has its lowest mean validation loss at 0.01, and Adam's is lower than "
        "Nesterov's. What do you do next?",
        {
            "Take Adam: the list, the seeds and the choice were the same for both": "The list was "
            "the same, but too short for both: a rate beyond its end may be better.",
            "Try larger rates for Nesterov, whose best is 3 to 30 times Adam's": "Adam's best rate "
            "lies at the end of the list too: a fair race lets both go on.",
            "Try larger rates for both": Right(
                "Go on until each has a worse rate on both sides. Nesterov will need to go further."
            ),
            "Compare their test losses at 0.01": "The test set only reports, and there is nothing "
            "to report yet: neither best rate has been found.",
        },
    ),
}

FUNCTIONS = {
    "best_rate": Function(
        best_rate,
        {
            "four rates of three seeds": (
                {
                    0.1: [0.55, 0.4, 0.45],
                    0.3: [0.35, 0.7, 0.3],
                    1.0: [0.9, 0.5, 0.5],
                    3.0: [0.2, 0.65, 0.95],
                },
            ),
            "rates that are not in order": (
                {1.0: [0.65, 0.2, 0.45], 0.1: [0.45, 0.8, 0.65], 0.3: [0.6, 0.55, 0.6]},
            ),
            "rates of which the first diverged with one seed": (
                {
                    3.0: [0.3, 0.3, NAN],
                    0.3: [0.85, 0.8, 0.45],
                    0.1: [0.55, 0.25, 0.25],
                    1.0: [0.65, 0.9, 0.2],
                },
            ),
            "rates of which the second diverged with one seed": (
                {0.03: [0.55, 0.75, 0.3], 0.01: [NAN, 0.8, 0.65], 0.1: [0.45, 0.95, 0.4]},
            ),
            "rates of which the largest diverged": (
                {3.0: [0.9, NAN, 0.9], 0.3: [0.4, 0.5, 0.6], 1.0: [0.3, 0.4, 0.2]},
            ),
        },
        hints=[
            "Start with the mean loss of each rate: a loop over losses.items() gives the rate and "
            "the list of its losses.",
            "np.mean of a list with a NaN is NaN. Leave out every rate whose mean is not finite: "
            "np.isfinite(mean).",
            "min(means, key=means.get) gives the key of the dict whose value is lowest; here a key "
            "is a rate and its value the mean loss.",
        ],
    ),
    "corrected_rmsprop": Function(
        corrected_rmsprop,
        {"three steps with ρ = 0.9": (0.9,), "three steps with ρ = 0.5": (0.5,)},
        hints=[
            "v starts at zero, so at first it is too small. After t steps it has the share "
            "1 - rho**t of what it should have.",
            "Divide v by that share, as Adam does with beta_2 (lesson 06).",
            "v_hat = v / (1 - rho**t)",
        ],
        facts=after_three_steps,
    ),
    "chosen_test_loss": Function(
        chosen_test_loss,
        {
            "three rates of three seeds": (
                {0.01: [0.55, 0.4, 0.45], 0.1: [0.35, 0.2, 0.3], 1.0: [0.9, 0.15, 0.5]},
                {0.01: [0.5, 0.65, 0.3], 0.1: [0.45, 0.85, 0.4], 1.0: [0.95, 0.35, 0.55]},
            ),
            "rates that are not in order": (
                {1.0: [0.25, 0.2, 0.45], 0.1: [0.45, 0.8, 0.65], 0.3: [0.6, 0.55, 0.6]},
                {1.0: [0.7, 0.5, 0.75], 0.1: [0.4, 0.6, 0.45], 0.3: [0.65, 0.3, 0.2]},
            ),
            "rates of which one diverged with one seed": (
                {0.1: [0.2, NAN, 0.15], 0.3: [0.5, 0.35, 0.45], 1.0: [0.6, 0.4, 0.8]},
                {0.1: [0.3, NAN, 0.25], 0.3: [0.55, 0.75, 0.5], 1.0: [0.35, 0.5, 0.4]},
            ),
        },
        hints=[
            "First find the rate: best_rate(chooser) gives it. The rate is a key of both dicts.",
            "test[rate] is the list of test losses at that rate, one for each seed.",
            "Return np.mean(test[rate]).",
        ],
    ),
    "times_longer": Function(
        times_longer,
        {
            "t = 2, β₁ = 0.9 and β₂ = 0.99": (2, 0.9, 0.99),
            "t = 10, β₁ = 0.9 and β₂ = 0.999": (10, 0.9, 0.999),
            "t = 160, β₁ = 0.5 and β₂ = 0.99": (160, 0.5, 0.99),
            "t = 3, β₁ = 0 and β₂ = 0.9": (3, 0.0, 0.9),
        },
        hints=[
            "Write both steps one below the other. With correction, m is divided by 1 − β₁ᵗ and v "
            "by 1 − β₂ᵗ.",
            "Divide the step without correction by the one with it: m and √v cancel, and the "
            "factor of m goes on top.",
            "(1 - beta_1**t) divided by the root of (1 - beta_2**t).",
        ],
    ),
}
