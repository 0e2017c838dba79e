"""What lesson 09 asks."""

from adamlib.practice import Judged, Number, Question, Right


def unfair_rate(rate):
    """Figure 1, left: the rates of the list at which Nesterov's loss is below Adam's, α/√t both."""
    if rate in (1, 3):
        return True, f"at {rate:g} Adam has left its best far behind"
    if rate in (0.01, 0.03, 0.1, 0.3):
        return False, f"at {rate:g} Adam's loss is lower: look along the two rows"
    return False, "take an α of the table, 0.01 to 3"


ANSWERS = {
    "twice": Number(
        0.01,
        wrong={
            0.1: "that is AdaGrad's own: s is 100 at step 100, and the schedule divides once more",
            **dict.fromkeys((100, 10000), "turn it over: step 100 is the shorter one"),
            10: "turn it over; and the schedule divides once more",
            1 / 99: "t is 100 at step 100, and so is s",
            0.001: "s grows as t, so its root as √t; the schedule is another √t",
            0.0001: "s = 100 has a root, and so has t",
            1: "both s and the schedule shorten the steps; or is that a percentage?",
        },
    ),
    "unfair_rate": Judged(unfair_rate, asks="α"),
    "same_steps": Number(
        0.001,
        wrong={
            0.0001: "1 − β₂ is 100 times smaller: its root counts",
            0.1: "1 − β₂ is smaller at 0.9999, so the steps are longer: α must be smaller",
            1: "1 − β₂ is smaller at 0.9999, so α must be smaller; and its root counts",
            0.01: "the same α takes longer steps where β₂ is larger",
            0.00316: "that is for β₂ = 0.999",
            **dict.fromkeys((0.0099, 0.00995, 0.01005, 0.0101), "what counts is 1 − β₂, not β₂"),
        },
    ),
    "moved": Number(
        0.01 * (1 - 0.9999**160) ** 0.5 / (1 - 0.9**160),
        wrong={
            0.0794: "turn it over: without correction the steps are longer, so α must be smaller",
            7.937: "that is how many times longer the step is: divide 0.01 by it",
            0.126: "that is √(1 − β₂ᵗ): multiply it by 0.01",
            0.01 * (1 - 0.9999**160): "that is 0.01 (1 − β₂ᵗ): take the root",
            0.0001: "that is 0.01 √(1 − β₂): the ratio at the first step, but for β₁",
            0.001: "that is of the list, or the formula's at step 1: take step 160",
            **dict.fromkeys((0.003, 10**-2.5), "that is of the list: give it by the formula"),
            0.0126: "ten times too long: multiply 0.01 by √(1 − β₂ᵗ)",
            0.01: "that is the corrected rule's α: without correction the steps are longer",
            0.01 * (1 - 0.999**160) ** 0.5: "that is for β₂ = 0.999",
            0.01 * (1 - 0.99**160) ** 0.5: "that is for β₂ = 0.99",
            0.01 * (1 - 0.9999**8) ** 0.5: "t = 8 counts epochs: take the steps, 160",
            0.000497: "t = 8 counts epochs: take the steps, 160",
        },
        within=0.003,
    ),
}

QUESTIONS = {
    "decay": Question(
        "Nesterov's momentum with α/√t as in the paper, and with a constant α, each at its best "
        "rate. Which has the lower training loss after five epochs of digits?",
        {
            "α/√t: it calms the noise at the end": "It would, if noise were what is left. Here the "
            "loss is still on its way down.",
            "The constant α": Right(
                "With α/√t its steps fade before the way is gone, even from an α that is larger at "
                "the start."
            ),
            "Neither: the best rate makes up for it": "A larger α makes up for it late, but is too "
            "long at the start.",
        },
    ),
    "words": Question(
        "Sparse reviews with dropout: AdaGrad with a constant α, and Adam with α/√t. How far apart "
        "will their losses be?",
        {
            "Adam is clearly ahead: it has momentum": "Momentum gains little here. What counts is "
            "that rare words get long steps, which both give them.",
            "AdaGrad is clearly ahead: it is made for sparse data": "So is its neighbour: Adam's v "
            "remembers 1,000 steps, longer than this training.",
            "They lie on one line": Right(
                "With β₁ = 0, β₂ near 1 and α/√t, Adam is AdaGrad (§ 5). 0.999 is near enough for "
                "some 300 steps."
            ),
        },
    ),
    "dropout": Question(
        "Without dropout the loss can come near 0. Which of the five will then be ahead?",
        {
            "Nesterov and Adam": Right(
                "Both average gradients. Without dropout's noise they get far, and the others' "
                "steps are too noisy or have died down."
            ),
            "Adam, RMSProp and Adadelta, which divide by √v": "They were close with dropout. "
            "Dividing by √v keeps steps long where gradients are small, so without momentum they "
            "tremble.",
            "All five are level": "With dropout its noise hides most differences. Here it is gone.",
        },
    ),
    "vanish": Question(
        "The paper says of Adam's v̂ that it vanishes after a few epochs, and that ε = 1e-8 takes "
        "over. How large is the median √v̂ after our five epochs?",
        {
            "Below 1e-8, as in the paper": "Then the loss would hardly depend on most weights, and "
            "it is still falling.",
            "Near 1e-5": "That would be so for a loss that is nearly 0.",
            "Near 1e-2": Right(
                "The loss is about 0.7, and 64 pictures a batch leave noise in every gradient."
            ),
        },
    ),
    "small": Question(
        "α = 10⁻⁴ is too small for a short training. Who has the lower loss there, at β₂ = 0.9999?",
        {
            "The rule without correction": Right(
                "Its steps are some ten times longer, which is what a small α lacks."
            ),
            "Adam, with correction: the paper has it equal or better for every setting": "So it "
            "says. But there the corrected step is the shorter one, and α is too small.",
            "Neither: the correction fades": "At β₂ = 0.9999 it takes 10,000 steps to fade, and "
            "there are 160.",
        },
    ),
}
