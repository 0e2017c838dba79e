"""What lesson 08 asks."""

from adamlib.practice import Judged, Number, Question, Right


def adagrad_factor(factor):
    """How far above its default lesson 08's sweep finds AdaGrad's best rate: 300 times."""
    if 100 <= factor <= 1000:
        return True, "between 100 and 1,000; the next cells show it"
    if factor <= 1:
        return False, "the default is too small, so the factor is above 1; or is that a rate?"
    rate = 0.001 * factor
    first = f"at {rate:g} its first steps are those of SGD at {rate / 0.1**0.5:.2g}"
    if factor < 100:
        return False, f"{first}, and the later ones shorter: too short for 128 steps"
    return False, f"{first}: too long for this network"


ANSWERS = {
    "memory": Number(
        204.8,
        wrong={
            102.4: "that is one number of 4 bytes for each weight: Adam keeps m and v",
            51.2: "that is how many million numbers: each has 4 bytes",
            25.6: "that is how many million weights there are",
            307.2: "that counts the weights too: asked is what Adam adds",
            204_800_000: "that is in bytes: give millions of them",
            0.2048: "that is in units of 1,000 million bytes: give millions",
            195.3: "that is in units of 1,024² bytes: give millions",
            819.2: "that is 32 for each weight: a number has 4 bytes, or 32 bits",
            1638.4: "that is in bits",
            0.062416: "that is for this network: ResNet-50 has 25.6 million weights",
            **dict.fromkeys((2, 8), "that is for one weight: there are 25.6 million"),
            **dict.fromkeys((3.2, 6.4, 12.8), "each number has 4 bytes: multiply by them"),
            409.6: "that is for 8 bytes each: these are float32",
        },
    ),
    "first_step": Number(
        1e-5 / 0.1001**0.5,
        wrong={
            1e-3: "that is Adam's: here s starts at 0.1, not at g²",
            1e-4: "that is gradient descent's, or s = 0.1 without its root",
            9.99e-5: "that divides by s, not by its root",
            1e-5: "that is η g: it is still to be divided by the root",
            1e-6: "divide by the root of 0.1, which is 0.316, not by 10",
            1e-5 / (0.1**0.5 + 0.01): "s and g² are added under one root",
            0.01: "that is the gradient",
            0.1**0.5: "that is √0.1: it divides η g",
            0.0316: "that is in units of η: multiply it by 0.001",
            -1e-5 / 0.1001**0.5: "the length is asked, which is positive",
        },
        within=3e-3,
    ),
    "adagrad_factor": Judged(adagrad_factor, asks="factor"),
}

QUESTIONS = {
    "defaults": Question(
        "At Keras's defaults, 128 steps: which of the five end with an accuracy below 0.2 on "
        "average? (Guessing among ten classes gives 0.1.)",
        {
            "AdaGrad and Adadelta": Right(
                "The same η = 0.001 moves a weight by 0.001 in Adam and by a millionth in "
                "Adadelta: a rate means something else in each rule."
            ),
            "SGD and AdaGrad": "AdaGrad's first steps are those of SGD at 0.001/√0.1 = 0.0032, a "
            "third of SGD's 0.01: SGD is ahead of it, and AdaGrad of Adadelta.",
            "Adadelta alone: AdaGrad adapts its steps": "It adapts them from s = 0.1 on, far above "
            "these gradients' squares: at first it is SGD with 3 η.",
        },
    ),
    "batches": Question(
        "Two epochs in batches of 4, each method at its default: how will SGD compare with Adam?",
        {
            "It stays near 0.3, as in part 1": "Part 1 had 128 steps, here are 2,000: SGD's small "
            "steps add up.",
            "It is ahead: small batches favour SGD": "They give both as many steps, and 0.01 is "
            "still a small rate for SGD on this network.",
            "Behind by some hundredths": Right(
                "2,000 small steps come nearly as far. What is missing is mostly the rate."
            ),
        },
    ),
    "first": Question(
        "A new network, one evening, and the memory is no problem: what do you try first?",
        {
            "SGD with momentum at 0.01, Keras's default rate": "At 0.01 it trains nearly as well "
            "here (0.72), but tuned it stayed 0.04 behind Adam.",
            "Adam at 0.001, then at 0.003 and 0.01": Right(
                "Its default trains at once, and one evening is enough to go up or down by threes."
            ),
            "All five at their defaults, and keep the best": "That compares the default rates more "
            "than the methods: two of them stand still.",
        },
    ),
}
