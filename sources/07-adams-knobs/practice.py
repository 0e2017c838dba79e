"""What lesson 07 asks."""

import math

from adamlib.practice import Function, Judged, Number, Question, Right
from adamlib.schedules import cosine, cosine_at

SHORTER = (
    "0.23 η is the length of one step with β₁ = 0.9. But about seven in a row go the same way, and "
    "β₁ hardly changes the late loss"
)
REST = "what you have is right; the rest is not written yet"
NO_PART = "1 − β₁ is missing: m is an average, so momentum's rate is η(1 − β₁)/ε"


DECAYS = {
    "weight_decay of PyTorch's AdamW": (
        0.1,
        {
            0.05: "the half belongs to L2, and AdamW is decoupled",
            200: "PyTorch's AdamW multiplies λ by the learning rate already, as Keras's does",
            0.00005: "PyTorch's AdamW multiplies λ by the learning rate, and so does Keras's: "
            "leave that to it",
            0.01: "that is PyTorch's default; this script says 0.1",
            0.004: "that is Keras's default; this script says 0.1",
        },
    ),
    "weight_decay of the paper's AdamW": (
        0.2,
        {
            0.0001: "in the paper λ is not multiplied by α; in Keras it will be, so divide first",
            0.0001 * 0.0005: "divide by α: Keras multiplies by the learning rate again",
            5: "turn it upside down: λ/α",
            0.1: "the half belongs to L2, and AdamW is decoupled",
            0.4: "there is no 2 in it: λ/α",
        },
    ),
    "L2": (
        0.05,
        {
            0.1: "the gradient of Keras's l2 · x² is 2 l2 x: take half",
            0.2: "the gradient of Keras's l2 · x² is 2 l2 x: take half, not twice",
            200: "L2 adds to the gradient, and the learning rate multiplies both",
            100: "L2 adds to the gradient, and the learning rate multiplies both",
            0.000025: "L2 adds to the gradient, and the learning rate multiplies both",
            0.00005: "L2 adds to the gradient, and the learning rate multiplies both",
        },
    ),
}


def weight_decay(*given):
    for number, (name, (right, wrong)) in zip(given, DECAYS.items(), strict=True):
        if not (math.isnan(number) or math.isclose(number, right, rel_tol=1e-3)):
            near = [slip for slip in wrong if math.isclose(number, slip, rel_tol=0.02)]
            why = wrong[near[0]] if near else "look at its row of the table"
            return False, f"{name} is not {number:.3g}: {why}"
    if any(map(math.isnan, given)):
        return None, REST
    return True, "the same number, λ/α and λ/2"


# {run: (row, {another row: why not})}
ROWS = {
    "a": (
        4,
        {
            1: "it falls to 1e-11 first, so there is no noise that stops it",
            2: "it falls fast and evenly to 1e-11; what comes then is a sudden jump",
            3: "its first steps go well: it falls to 1e-11",
            5: "it falls fast, to 1e-11",
        },
    ),
    "b": (
        1,
        {
            2: "it shows no long waves: late in the run its loss trembles from step to step",
            3: "its first steps go well: the loss never rises above its first value",
            4: "its loss is never tiny: it falls to about 0.6 and trembles there",
            5: "it falls fast in its first 30 steps; late it trembles about a level",
        },
    ),
    "c": (
        2,
        {
            1: "it never stays at a level: wave by wave it goes on falling",
            3: "its first steps go well: it falls, but slowly",
            4: "it does not jump: it rises and falls in long, even waves",
            5: "it is slow, but it does not fall evenly: it rises and falls in long waves",
        },
    ),
}


def diagnose(*given):
    for number, (run, (right, wrong)) in zip(given, ROWS.items(), strict=True):
        if number != right and not math.isnan(number):
            why = wrong.get(number, "the rows are numbered from 1 to 5")
            return False, f"run {run.upper()} is not row {number:g}: {why}"
    if any(map(math.isnan, given)):
        return None, REST
    return True, "a larger ε for A, a cosine for B, a smaller β₁ for C (it is 0.97)"


def repair(rate, warmup):
    from adamlib import experiments, rules

    if not rate > 0:
        raise ValueError("the peak rate must be positive")
    if warmup != int(warmup) or not 1 <= warmup <= 60:
        raise ValueError("the warm-up has a whole number of steps, from 1 to 60")
    clothes, seed = experiments.clothes(epochs=1), experiments.seeds(3)[0]
    run = clothes.train_quietly(rules.adam, cosine(rate, 60, int(warmup)), seed)
    loss = clothes.held_out_loss(run.params)
    ends = f"the run ends at {loss:.3f}"
    if loss < 0.6:
        return True, ends
    if rate < 0.008:
        return False, f"{ends}: this peak rate is too small for 60 steps"
    if rate > 0.08:
        return False, f"{ends}: this peak rate is too large"
    if warmup < 12:
        return False, f"{ends}: with this peak rate the warm-up is too short"
    return False, f"{ends}: so long a warm-up leaves too few steps for the cosine"


ANSWERS = {
    "floor": Number(
        0.02,
        wrong={
            0.04: "that is for one coordinate: the ravine has two",
            0.01: "that ends at half of 0.05: look again at what each coordinate adds",
            0.004: "that is sgd's rate: Adam's gradient is divided by √v, about σ = 5",
            0.008: "that is sgd's rate for one coordinate: Adam divides by √v, about σ = 5",
            0.0008: "turn it upside down: Adam's η is sgd's rate times σ",
            0.0016: "turn it upside down: Adam's η is sgd's rate times σ; and the ravine has two "
            "coordinates",
            0.1: "σ is missing: that is the η of part 2, with a late loss of about 0.25",
            0.2: "σ is missing, and the ravine has two coordinates",
            **dict.fromkeys((0.08, 0.4), "that uses L = 20, but L cancels in the loss"),
            **dict.fromkeys((0.24, 0.25), "that is the late loss at η = 0.1: give the η"),
            0.125: "that is the late loss at η = 0.05: give the η",
            0.05: "that is the late loss: give the η",
            0.5: "σ is upside down: more noise makes a larger late loss",
            1: "σ is upside down, and the ravine has two coordinates",
            **dict.fromkeys((0.02 / 0.23, 0.0046), SHORTER),
            **dict.fromkeys((0.02 / 0.23**2, 0.02 * 0.23**2), SHORTER),
            **dict.fromkeys(
                (0.04 / 0.23, 0.04 * 0.23), f"{SHORTER}. And there are two coordinates"
            ),
        },
        within=0.045,  # 0.0196 without the approximation for small rates; 0.0208 scaled from 0.24
    ),
    "as_momentum": Number(
        100,
        wrong={
            10: "1 − β₁ is missing: m is an average, but momentum's velocity is a sum, 1/(1 − μ) "
            "times as large",
            1: "1 − β₁ is upside down: the average m is smaller than momentum's velocity, a sum",
            0.01: "that is momentum's rate, and ε divides the step",
            0.1: "ε is missing: it divides the step",
            0.001: "ε is missing: it divides the step; and 1 − β₁ is upside down",
            **dict.fromkeys((1e-6, 1e-5, 1e-4), "ε is upside down: it divides the step"),
            **dict.fromkeys((9, 100 / 9), "m takes in 1 − β₁ of each gradient, not β₁"),
            1000: "that is ε itself: then momentum's rate is 0.1",
        },
    ),
    "settle": Number(
        0.053,
        wrong={
            **dict.fromkeys((0.1 * 20 / 3.8, 0.52, 0.53, 0.5, 0.56), NO_PART),
            0.1 * 20 / 2: "that is the border of sgd with a learning rate of η/ε",
            0.1: "that is from sgd's limit, 2/L: with momentum it is 2(1 + μ)/L",
            0.1 * 0.1 * 20 / 1.9: "the limit is 2(1 + μ)/L: the 2 is missing",
            0.1 * 0.1 * 20 / 7.6: "the limit is 2(1 + μ)/L, with a 2, not a 4",
            **dict.fromkeys((0.001 * 20 / 3.8, 0.09 * 20 / 3.8), "m takes in 1 − β₁ of a gradient"),
            0.01: "that is η (1 − β₁): divided by ε it must be below 2(1 + μ)/L",
            19: "turn it upside down: a larger ε makes shorter steps",
            **dict.fromkeys((0.052, 0.0525), "that is rounded down, and there Adam still bursts"),
            **dict.fromkeys((0.02, 0.04, 0.05), "there Adam still bursts"),
            **dict.fromkeys((0.054, 0.055, 0.056, 0.06), "there Adam settles, but also with less"),
            0.19: "that is momentum's largest learning rate: η(1 − β₁)/ε must not exceed it",
            0.00263158: "L is 20, the largest curvature",
        },
        within=0.0078,  # the limit, 0.0526, to 0.0534
    ),
    "weight_decay": Judged(weight_decay, asks="AdamW paper L2", some=True),
    "repair": Judged(repair, asks="η W"),
    "diagnose": Judged(diagnose, asks="A B C", some=True),
}

QUESTIONS = {
    "epsilon": Question(
        "Late in the run √v is about 5. We raise ε from 1e-7 to 10. What happens to the loss early "
        "in the run, and late?",
        {
            "Nothing: ε only guards against a division by 0": "That is so while ε is far below √v. "
            "Here it is not: late in the run ε is twice √v.",
            "It falls more slowly early, and ends lower": Right(
                "A larger divisor makes shorter steps, as a smaller η does. Late in the run Adam "
                "divides by about 15 in place of 5."
            ),
            "It falls faster early, and ends higher": "ε stands in the divisor, so a larger ε "
            "makes the steps shorter, not longer.",
        },
    ),
    "decay": Question(
        "The gradients of two weights are pure noise, of size 0.3 for one and of size 30 for the "
        "other. With an L2 penalty, Adam gets g + λx in place of g. Which weight shrinks?",
        {
            "Mostly the one with small gradients": Right(
                "Adam divides λx by the same √v as g. Where g is large, hardly anything is left of "
                "λx."
            ),
            "Both alike: λ is the same": "That is true in sgd, and of decoupled decay. Here λx is "
            "part of the gradient, so Adam divides it by √v.",
            "Mostly the one with large gradients": "Its √v is large, and √v divides λx too.",
        },
    ),
    "first": Question(
        "The run of part 1 had η = 0.1 at all steps. You may make one change. Which one lowers the "
        "loss at the end most?",
        {
            "A warm-up to 0.1": "It shortens the first steps. But after it the rate is 0.1 to the "
            "end, and a large rate is bad late.",
            "A cosine that begins at 0.1": "It shortens the late steps. But the first steps are as "
            "long as before, and there the loss jumps.",
            "A smaller constant η, such as 0.01": Right(
                "It shortens the first steps and the late ones. Each schedule alone shortens only "
                "one of the two."
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
            "In the first case the rate is η t / warmup. In the second, which fraction of the way "
            "is done? 0 at step warmup, 1 at step steps + 1.",
            "np.cos(np.pi * done) falls from 1 to -1: add 1, halve it, multiply by the learning "
            "rate.",
        ],
    ),
}
