"""Questions to answer before a cell is run, each choice with its reason."""

from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets

from adamlib.inputs import check_name


class Question(NamedTuple):
    """What is asked; the choices, {words: reason}; and which of them, from 0, is right."""

    text: str
    choices: dict
    right: int


QUESTIONS = {
    "01.hilltop": Question(
        "What will 100 steps from x = 0.001, next to the hilltop at 0, look like with η = 0.05?",
        {
            "Steps of equal length": "A step is η times the slope, and the slope changes.",
            "Slow, then fast, then slow": "The hilltop is flat, the hillside steep, the valley "
            "flat again.",
            "It stays on the hilltop": "The slope at 0.001 is small but not zero: about −0.004.",
        },
        right=1,
    ),
    "01.start": Question(
        "With η = 0.05, from 0.001, from exactly 0, and from −0.001: where do the runs end?",
        {
            "At 4/3, at 0, and nowhere": "At 0 the slope is 0, so every step is 0. To its left, "
            "downhill leads away, and the cubic falls for ever.",
            "All at 4/3": "A step looks at the slope where it stands, and knows nothing of the "
            "valley.",
            "At 4/3, at 0, and at 0": "The hilltop pushes away on both sides.",
        },
        right=0,
    ),
    "01.ravine": Question(
        "Which of the two curvatures, 1 or 20, limits the learning rate, and which makes the run "
        "long?",
        {
            "The 1 limits the rate, the 20 makes it long": "2/L is small where L is large.",
            "The 20 does both": "With η just below 2/20 the other direction keeps 1 − η, about "
            "0.9, of its distance at every step.",
            "The 20 limits the rate, the 1 makes it long": "Each direction has its own factor "
            "1 − ηL, but there is one η for both. So their ratio counts.",
        },
        right=2,
    ),
    "01.bounce": Question(
        "At the start the largest curvature gives 2/L ≈ 0.5. What happens at η = 1?",
        {
            "It runs away": "That is so on a parabola. This loss grows no faster than in a "
            "straight line, so its slope is bounded.",
            "The loss falls at every step, as at 0.5": "At the start the steepest direction has "
            "the factor 1 − 3.9 = −2.9.",
            "The loss rises at times, and comes down all the same": "It overshoots until it has "
            "come to where the loss curves less, as it does once the model is fairly sure.",
        },
        right=2,
    ),
    "02.cosine": Question(
        "At the start the gradient of 800 images has a cosine near 1 with that of all 8,000. And "
        "after ten epochs of training?",
        {
            "As near: 800 images are a tenth then too": "What counts is how far single images "
            "pull apart, beside how long their mean is.",
            "Clearly lower": "Training has made the mean short, and single images still pull in "
            "all directions. What is left is mostly what they do not share.",
            "Nearer still: it knows what the digits share": "What they share has been learned, "
            "so it is gone from the gradient.",
        },
        right=1,
    ),
    "02.races": Question(
        "B = 1, B = 100 and all 7,000, each at its best learning rate, one epoch: how will their "
        "losses compare, and which takes longest?",
        {
            "B = 1 has by far the lowest loss; all 7,000 takes longest": "All use the same "
            "images, but a processor is fast with matrices and slow with 7,000 small steps.",
            "All 7,000 has the lowest loss, without noise; B = 1 takes longest": "B = 1 does take "
            "longest. But one exact step leads less far than 70 noisy ones.",
            "B = 1 and B = 100 have about the same loss; B = 1 takes longest": "70 steps with a "
            "large η lead about as far as 7,000 with a small one. They take less time, as a "
            "processor is fast with matrices.",
        },
        right=2,
    ),
    "02.ball": Question(
        "With η = 0.3 the loss on the noisy bowl wanders about a level. Where is that level with "
        "η = 0.03?",
        {
            "About ten times lower": "It is about η/2: a short step takes in little of each "
            "gradient's noise, and many of them average it. The way down takes longer.",
            "At the same height: the noise is the same": "Only η times the noise reaches x.",
            "At 0, if one waits": "Every step brings new noise, so a constant η never settles.",
        },
        right=0,
    ),
    "03.start": Question(
        "The average starts at 0. With β = 0.99, what does it show of the first 100 losses, which "
        "fall from 2.3 on?",
        {
            "A smooth curve that falls with them": "So it would, had it been there before: it "
            "needs about 100 losses to come up from 0.",
            "Nothing but noise": "Each loss has a part of 0.01 only, so its noise hardly shows.",
            "It rises, while the losses fall": "Each loss brings it up by a hundredth of the "
            "distance. Lesson 06 cures that.",
        },
        right=2,
    ),
    "03.zigzag": Question(
        "Average the gradients of a run that zig-zags across the ravine, with β = 0.9. What is "
        "left after some ten steps?",
        {
            "The part along the ravine": "It has the same sign at every step. The part across "
            "changes its sign each time, and cancels.",
            "The part across the ravine, which is larger": "It is larger at first, but a sum of "
            "+ and − cancels.",
            "Both parts, each made smaller": "An average of equal numbers is that number, once it "
            "has come up from 0: what keeps its sign is not made smaller.",
        },
        right=0,
    ),
    "03.limit": Question(
        "On a parabola sgd diverges beyond η = 2/L. And with momentum, μ = 0.9?",
        {
            "Far beyond 2/L": "The old velocity opposes a step that overshoots. The limit "
            "becomes 3.8/L.",
            "At 2/L, as before": "μ enters the limit too: what is left of the last step "
            "counters the next.",
            "At 0.2/L, since steps add up to ten times as much": "They add up where gradients "
            "agree. At the limit they alternate, and do not.",
        },
        right=0,
    ),
    "03.noise": Question(
        "Near the minimum, with noisy gradients, sgd at η = 0.1 scatters by 0.23. And momentum "
        "with μ = 0.9 and η = 0.01?",
        {
            "Far less: it averages the noise": "It averages, and then takes ten times the step: "
            "the sum of the gradients has their noise too.",
            "About as much": "With the same effective step, 0.01/(1 − 0.9), as much noise comes "
            "in, spread over more steps.",
            "Ten times as much": "The velocity is ten times sgd's step at 0.01, and that is "
            "sgd's at 0.1.",
        },
        right=1,
    ),
    "04.rare": Question(
        "sgd, one epoch in batches of 100, one learning rate for all. A word is in 3 of the "
        "sentences, another in 3,000. How do their weights move?",
        {
            "About equally far: a rare word says more, so its gradient is larger": "The gradient "
            "is a mean over the batch. One sentence of 100 has the word, so its gradient is a "
            "hundredth of that sentence's.",
            "The rare word's steps are as long as the other's, only fewer": "Fewer they are. But "
            "each is a mean over 100 sentences, and 99 of them have 0 for this word.",
            "The rare word has 3 short steps at most, the other a step in every batch": "In all "
            "other batches the rare word's gradient is exactly 0. So one learning rate that suits "
            "the frequent word is far too small for the rare one.",
        },
        right=2,
    ),
    "04.scale": Question(
        "Curvatures 1 and 10, then 1 and 1,000, from the same start, with s from 0. sgd at its "
        "best learning rate needs about 100 times as many steps. And AdaGrad?",
        {
            "Exactly as many steps as before": "The gradient along the steep direction is 100 "
            "times larger, and so is the root of its sum. In the step the factor drops out.",
            "About 10 times as many: it has a root": "The root is of a sum of squares, so it grows "
            "100 times, as the gradient does.",
            "More, for the steep direction now has a tiny learning rate": "Its effective learning "
            "rate is 100 times smaller, its gradient 100 times larger: their product is the step.",
        },
        right=0,
    ),
    "04.dying": Question(
        "The gradient is constant, s starts at 0. After 100 steps AdaGrad has gone 18.6 η. How far "
        "has it gone after 10,000?",
        {
            "About 100 times as far": "That would be steps of one length. They get shorter, as "
            "1/√t.",
            "About 10 times as far": "1/√1 + 1/√2 + … + 1/√t is about 2√t. So the step dies, but "
            "the way has no end: only each tenfold costs a hundredfold of steps.",
            "Hardly farther: its steps have died": "They get short, but slowly: as 1/√t, whose sum "
            "has no bound.",
        },
        right=1,
    ),
    "05.stuck": Question(
        "AdaGrad with η = 0.1 stays behind. With which η does it follow, to within 1 of the new "
        "minimum?",
        {
            "A larger one, such as 30": "The first step has the length η, for g² is far above 0.1. "
            "So a large η overshoots by as much in the steep valley, and makes s larger still.",
            "A smaller one, such as 0.003": "All steps are shorter then, the early and the late.",
            "None": "A smaller η makes shorter steps, and a larger one overshoots where it is "
            "steep, so that s grows with it.",
        },
        right=2,
    ),
    "05.units": Question(
        "The same valley in metres, and then in millimetres. The first step of Adadelta, with "
        "η = 1 and u = 0 before it, is 0.0014 in metres. What is it in millimetres?",
        {
            "0.0014 mm": "With u = 0 only ε stands above v, and the number of ε does not know of "
            "any unit.",
            "1.4 mm": "So it would be if u were an average of squared steps already, in mm². But "
            "it is 0, and ε stands in its place.",
            "0.0000014 mm": "As for sgd? Here g is divided by √v, which shrinks with it.",
        },
        right=0,
    ),
    "05.first": Question(
        "v starts at 0, and ρ is 0.9. If all gradients are equal, how long is RMSProp's first "
        "step?",
        {
            "Shorter than η: it has yet to warm up": "v is too small at first, but the step is "
            "divided by its root.",
            "Longer than η": "After one step v is only a tenth of g², so its root is 0.32 of |g|.",
            "Exactly η": "So it is once v has become g². At first it is (1 − ρ) g².",
        },
        right=1,
    ),
    "06.start": Question(
        "m and v both start at 0. With β₁ = 0.9 and β₂ = 0.999, and nothing done about it, how "
        "long are the first steps, η m/√v, where every gradient is 1?",
        {
            "Longer than η": "At t = 1, m is 0.1 and √v is √0.001 = 0.032: the step is 3.2 η. A "
            "small number that divides makes a long step.",
            "Shorter than η": "m is too small, which shortens the step; but √v divides, and is "
            "smaller still.",
            "η, as later": "That would be so if m and √v lacked the same share: m lacks 0.9 of "
            "itself, √v 0.97.",
        },
        right=0,
    ),
    "06.silence": Question(
        "1,000 gradients of 0, then one gradient of 1. How long is Adam's step there?",
        {
            "Shorter than η, because m is 0.1": "m is a tenth of the gradient, but v̂ is 0.0016, "
            "its root 0.04.",
            "η, because η bounds the step": "It is η at t = 1. Here m's correction is gone, and "
            "v's is ÷0.63: 0.1 is divided by 0.04.",
            "Longer than η": "m is 0.1, v̂ is 0.001 divided by 1 − 0.999¹⁰⁰¹, or 0.63: the step is "
            "0.1/√0.0016 = 2.5 η.",
        },
        right=2,
    ),
    "07.late": Question(
        "The noisy ravine, η = 0.1. β₁ goes from 0.9 down to 0: no average of gradients at all. "
        "What does the late loss, the one it wanders about, do?",
        {
            "It rises several times: nothing averages the noise any more": "Single steps do get "
            "longer, four times. But with β₁ = 0.9 steps last: ten in a row go the same way.",
            "It stays about the same": "Each gradient moves x by about η g/√v in all, at once or "
            "spread over ten steps. Lesson 03 found the same of momentum.",
            "It falls: momentum overshoots": "It overshoots on the way down, early. Late there "
            "is no way down, only noise.",
        },
        right=1,
    ),
    "07.decay": Question(
        "Two weights see gradients that are pure noise, one of size 0.01, one of size 100. Adam "
        "gets g + λx, an L2 penalty, in place of g. Which weight shrinks?",
        {
            "The one with small gradients, mostly": "λx is divided by the same √v as g. Where g "
            "is large, hardly anything of λx is left.",
            "Both alike: λ is the same": "So it is in sgd, and if the decay stands outside, "
            "x ← x − ηλx. Here λx goes through the division by √v.",
            "The one with large gradients, mostly": "Its √v is large, and that divides λx too.",
        },
        right=0,
    ),
    "07.from_zero": Question(
        "Keras: Adam with CosineDecay(0.0, 1000, warmup_target=0.01, warmup_steps=100). What does "
        "its first step do?",
        {
            "A step of 0.01/100": "That would be so if it counted from 1, as t does. Keras's first "
            "step is number 0.",
            "Nothing at all: training begins one step later": "x stays. But m and v take in the "
            "first gradient, and t counts the step.",
            "It moves nothing, but m and v take in the gradient": "The rate at step 0 is the "
            "first argument, 0. So the first step that moves x has two gradients in its averages.",
        },
        right=2,
    ),
    "09.decay": Question(
        "Nesterov's momentum with α/√t as in the paper, and with a constant α, each at its best "
        "rate. Which has the lower training loss after five epochs of digits?",
        {
            "α/√t: it calms the noise at the end": "It would, if noise were what is left. Here "
            "the loss is still on its way down.",
            "The constant α": "With α/√t its steps fade before the way is gone, even from an α "
            "that is larger at the start.",
            "Neither: the best rate makes up for it": "A larger α makes up for it late, but is too "
            "long at the start.",
        },
        right=1,
    ),
    "09.words": Question(
        "Sparse reviews with dropout: AdaGrad with a constant α, and Adam with α/√t. How far apart "
        "will their losses be?",
        {
            "Adam is clearly ahead: it has momentum": "Momentum gains little here. What counts is "
            "that rare words get long steps, which both give them.",
            "AdaGrad is clearly ahead: it is made for sparse data": "So is its neighbour: Adam's v "
            "remembers 1,000 steps, longer than this training.",
            "They lie on one line": "With β₁ = 0, β₂ near 1 and α/√t, Adam is AdaGrad (§ 5). "
            "0.999 is near enough for some 300 steps.",
        },
        right=2,
    ),
    "09.dropout": Question(
        "Without dropout the loss can come near 0. Which of the five will then be ahead?",
        {
            "Nesterov and Adam": "Both average gradients. Without dropout's noise they get far, "
            "and the others' steps are too noisy or have died down.",
            "Adam, RMSProp and Adadelta, which divide by √v": "They were close with dropout. "
            "Dividing by √v keeps steps long where gradients are small, so without momentum they "
            "tremble.",
            "All five are level": "With dropout its noise hides most differences. Here it is gone.",
        },
        right=0,
    ),
    "09.vanish": Question(
        "The paper says of Adam's v̂ that it vanishes after a few epochs, and that ε = 1e-8 takes "
        "over. How large is the median √v̂ after our five epochs?",
        {
            "Below 1e-8, as in the paper": "Then the loss would hardly depend on "
            "most weights, and it is still falling.",
            "Near 1e-5": "That would be so for a loss that is nearly 0.",
            "Near 1e-2": "The loss is about 0.7, and 64 pictures a batch leave noise in every "
            "gradient.",
        },
        right=2,
    ),
    "09.small": Question(
        "α = 10⁻⁴ is too small for a short training. Who has the lower loss there, at β₂ = 0.9999?",
        {
            "The rule without correction": "Its steps are some ten times longer, which is what a "
            "small α lacks.",
            "Adam, with correction: the paper has it equal or better for every setting": "So it "
            "says. But there the corrected step is the shorter one, and α is too small.",
            "Neither: the correction fades": "At β₂ = 0.9999 it takes 10,000 steps to fade, and "
            "there are 160.",
        },
        right=0,
    ),
    "08.defaults": Question(
        "At Keras's defaults, 128 steps: which of the five end with an accuracy below 0.2 on "
        "average? (Guessing among ten classes gives 0.1.)",
        {
            "AdaGrad and Adadelta": "The same η = 0.001 moves a weight by 0.001 in Adam and by "
            "a millionth in Adadelta: a rate means something else in each rule.",
            "SGD and AdaGrad": "AdaGrad's first steps are those of SGD at 0.001/√0.1 = 0.0032, a "
            "third of SGD's 0.01: SGD is ahead of it, and AdaGrad of Adadelta.",
            "Adadelta alone: AdaGrad adapts its steps": "It adapts them from s = 0.1 on, far above "
            "these gradients' squares: at first it is SGD with 3 η.",
        },
        right=0,
    ),
    "08.batches": Question(
        "Two epochs in batches of 4, each method at its default: how will SGD compare with Adam?",
        {
            "It stays near 0.3, as in part 1": "Part 1 had 128 steps, here are 2,000: SGD's small "
            "steps add up.",
            "It is ahead: small batches favour SGD": "They give both as many steps, and 0.01 is "
            "still a small rate for SGD on this network.",
            "Behind by some hundredths": "2,000 small steps come nearly as far. "
            "What is missing is mostly the rate.",
        },
        right=2,
    ),
    "08.first": Question(
        "A new network, one evening, and the memory is no problem: what do you try first?",
        {
            "SGD with momentum at 0.01, Keras's default rate": "At 0.01 it trains nearly as well "
            "here (0.72), but tuned it stayed 0.04 behind Adam.",
            "Adam at 0.001, then at 0.003 and 0.01": "Its default trains at once, and one evening "
            "is enough to go up or down by threes.",
            "All five at their defaults, and keep the best": "That compares the default rates "
            "more than the methods: two of them stand still.",
        },
        right=1,
    ),
}


class Quiz(anywidget.AnyWidget):
    """The question on the page; the answer stays in the kernel until a choice is checked."""

    _esm = Path(__file__).with_name("questions.js")
    _css = Path(__file__).with_name("questions.css")
    text = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)

    def __init__(self, question):
        self.question = question
        super().__init__(text=f"Predict: {question.text}", choices=list(question.choices))
        self.on_msg(self._answer)

    def _answer(self, widget, message, buffers):
        choice = message["choice"]
        right = choice == self.question.right
        reason = list(self.question.choices.values())[choice]
        self.send({"right": right, "reason": f"{'Yes' if right else 'No'}. {reason}"})

    def __repr__(self):
        """What a page without widgets shows: the question and its choices, not the answer."""
        return "\n".join([self.text, *(f"( ) {words}" for words in self.choices)])

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self)}, metadata


def quiz(name):
    """The question `name`, such as "01.start": choose, press Check, read the reason."""
    return Quiz(QUESTIONS[check_name(name, QUESTIONS, "quiz")])
