"""What lesson 08 asks."""

from adamlib.experiments import next_rate
from adamlib.practice import Function, Judged, Number, Question, Right


def adagrad_factor(factor):
    """How far above its default lesson 08's climb finds AdaGrad's best rate: 300 times.

    100 times is nearly as good, and at 1,000 times it only guesses.
    """
    if 60 <= factor <= 600:
        return True, "between 60 and 600; the next cells show it"
    if factor <= 1:
        return False, "the default is too small, so the factor is above 1; or is that a rate?"
    rate = 0.001 * factor
    first = f"at {rate:g} its first steps are those of SGD at {rate / 0.1**0.5:.2g}"
    if factor < 60:
        return False, f"{first}, and the later ones shorter: too short for 128 steps"
    return False, f"{first}: too long for this network"


def of_next_rate(function, losses, rates):
    """None is 0, so that it can be compared; at the first rate of all it means: not written."""
    rate = function(dict(losses), list(rates))
    return {"it gives (0 stands for None)": 0 if rate is None and len(losses) > 1 else rate}


RATES = [0.001, 0.003, 0.01, 0.03, 0.1]

ANSWERS = {
    "memory": Number(
        204.8,
        wrong={
            102.4: "that is one number of 4 bytes for each weight, and Adam keeps two, m and v",
            102: "that is one number of 4 bytes for each weight, and Adam keeps two, m and v",
            51.2: "that is how many million numbers there are: each has 4 bytes",
            25.6: "that is how many million weights there are",
            307.2: "that counts the weights too, and the question is what Adam adds",
            204_800_000: "that is in bytes: give millions of them",
            0.2048: "that is in units of 1,000 million bytes: give millions",
            195.3: "that is in units of 1,024² bytes: give millions",
            819.2: "that is 32 for each weight: a number has 4 bytes, or 32 bits",
            1638.4: "that is in bits",
            0.062416: "that is for this network: ResNet-50 has 25.6 million weights",
            **dict.fromkeys((2, 8), "that is for one weight: there are 25.6 million"),
            **dict.fromkeys((3.2, 6.4, 12.8), "each number has 4 bytes: multiply by them"),
            409.6: "that is for 8 bytes each, and these are float32, of 4 bytes",
        },
        within=2e-3,  # so that 25,583,592 and 25,636,712 weights are right too
    ),
    "adagrad_factor": Judged(adagrad_factor, asks="factor"),
    "clipped": Number(
        5 / 2525**0.5,
        wrong={
            1: "that is clipnorm's, which makes each array at most 1 long by itself",
            5: "that is its length before it is clipped",
            0.099: "that has two significant digits: give three",
            0.1: "that divides by 50, the length of the first array alone: the length of both "
            "together is a little more",
            5 / 55: "that adds the two lengths: add their squares, and take the root",
            2525**0.5: "that is the length of both arrays together: divide by it",
            1 / 2525**0.5: "that is the factor by which all numbers are multiplied: the array is 5 "
            "times as long",
            5 / 2525: "that divides by the squared length of both arrays: take its root",
            3 / 2525**0.5: "that is the array's first number: the length of (3, 4) is 5",
            4 / 2525**0.5: "that is the array's second number: the length of (3, 4) is 5",
            50 / 2525**0.5: "that is the other array's length",
        },
        within=2e-3,
    ),
}

FUNCTIONS = {
    "next_rate": Function(
        next_rate,
        {
            "{0.01: 0.9}": ({0.01: 0.9}, RATES),
            "{0.01: 0.9, 0.03: 0.6}": ({0.01: 0.9, 0.03: 0.6}, RATES),
            "{0.01: 0.6, 0.03: 0.8}": ({0.01: 0.6, 0.03: 0.8}, RATES),
            "{0.01: 0.6, 0.03: 0.8, 0.003: 0.5}": ({0.01: 0.6, 0.03: 0.8, 0.003: 0.5}, RATES),
            "{0.01: 0.6, 0.03: 0.8, 0.003: 0.7}": ({0.01: 0.6, 0.03: 0.8, 0.003: 0.7}, RATES),
            "{0.003: 0.7, 0.001: 0.6}, 0.001 being the smallest rate": (
                {0.003: 0.7, 0.001: 0.6},
                RATES,
            ),
            "{0.03: 0.7, 0.1: 0.6}, 0.1 being the largest rate": ({0.03: 0.7, 0.1: 0.6}, RATES),
        },
        hints=[
            "First find the best rate so far, min(losses, key=losses.get), and its place in the "
            "list, rates.index(...).",
            "Its neighbours stand at place + 1 and place - 1. Look at each in turn, the larger "
            "first.",
            "A neighbour counts if 0 <= place < len(rates) and rates[place] is not in losses. If "
            "none does, return None.",
        ],
        facts=of_next_rate,
    ),
}

QUESTIONS = {
    "defaults": Question(
        "At Keras's defaults, after 128 steps: which of these methods end with an accuracy below "
        "0.2 on average? (Guessing among ten classes gives 0.1.)",
        {
            "AdaGrad and Adadelta": Right(
                "The same η = 0.001 moves a weight by 0.001 in Adam and by about a millionth in "
                "Adadelta. A rate means something else in each rule."
            ),
            "SGD and AdaGrad": "AdaGrad's first steps are those of SGD at 0.001/√0.1 = 0.0032, a "
            "third of SGD's 0.01. So SGD is ahead of AdaGrad, and AdaGrad of Adadelta.",
            "Adadelta alone, since AdaGrad adapts its steps": "AdaGrad adapts them from s = 0.1 "
            "on, which is far above the squares of these gradients. So at first it is SGD at a "
            "small rate.",
        },
    ),
    "batches": Question(
        "Two epochs in batches of 4, each method at its default: how will SGD compare with Adam?",
        {
            "It stays near 0.3, as in part 1": "Part 1 had 128 steps. Here there are 2,000, and "
            "SGD's small steps add up.",
            "It is ahead, since small batches favour SGD": "Small batches give both methods more "
            "steps, and 0.01 is still a small rate for SGD on this network.",
            "It is behind by some hundredths": Right(
                "2,000 small steps come nearly as far as Adam. The rate 0.01 is still too small "
                "for SGD here: at 0.1 it comes closer."
            ),
        },
    ),
    "clip": Question(
        "Someone forgot to divide eight of the 2,048 pictures by 255, so about one batch in five "
        "has a huge gradient. Adam divides by √v̂, so no step can become huge. Does Adam suffer "
        "all the same?",
        {
            "No, since its steps stay bounded": "The steps stay short, and that is the trouble: "
            "one huge g² stays in v for about 1,000 steps, and v divides all later steps.",
            "Yes, since afterwards its steps are too short": Right(
                "A huge g² enters v, and v remembers about 1/(1 − β₂) = 1,000 steps. This run has "
                "only 128. The huge gradient stays in m too, for about ten steps."
            ),
            "Yes, since one huge step throws the weights far away": "That happens to momentum. "
            "In Adam the huge gradient stands in m and in √v, and the step stays near η. "
            "What it does for about ten steps is point where that gradient points.",
        },
    ),
    "first": Question(
        "A new small network that has not been trained, one evening, and memory is no problem: "
        "what do you try first?",
        {
            "SGD with momentum at 0.01, Keras's default rate": "At 0.01 it trains nearly as well "
            "here (0.72), but tuned it stayed 0.04 behind Adam.",
            "Adam at 0.001, then climb by threes, up or down": Right(
                "Its default trains at once, and one evening is enough to see whether a larger or "
                "a smaller rate is better."
            ),
            "All of them at their defaults, and keep the best": "That compares the default rates "
            "more than the methods: two of them hardly move.",
        },
    ),
}
