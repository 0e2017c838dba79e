import re
from pathlib import Path

import numpy as np
import pytest

from adamlib.practice import Judged, Number, check_answer, lessons

ANSWERS = lessons.every("ANSWERS", Number, Judged)


@pytest.fixture(autouse=True)
def no_expectation(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (..., "not written yet"),
        (None, "not written yet"),
        (4 / 3, "right"),
        (1.3333, "right"),
        (np.array(4 / 3), "right"),
        (1.3, "1.3 is not it, but close: give more digits, or look for a small slip"),
        (1.34, "1.34 is not it, but close: give more digits, or look for a small slip"),
        (1.5, "1.5 is not it"),
        (0.81, "0.81 is not it: that is f at the lowest point: give x"),
        (0.133333, "0.133333 is not it: mind the powers of ten"),
        (1333.3, "1333.3 is not it: mind the powers of ten"),
        (
            10**400,
            f"the answer is one number, not {10**76}...",
        ),
        (-4 / 3, "-1.33333 is not it: mind the sign"),
        (-1.34, "-1.34 is not it: mind the sign"),
        (np.nan, "the answer is a number, not nan"),
        (-np.inf, "the answer is a number, not -inf"),
        (True, "the answer is a number, not True"),
        (np.True_, "the answer is a number, not True"),
        ("4/3", "the answer is a number, not the string '4/3'"),
        ("133%", "the answer is a number, not the string '133%'"),
        ([1, 2], "the answer is one number, not [1, 2]"),
        (range(0, 7000, 70), "the answer is one number, not range(0, 7000, 70)"),
        (np.ones(2), "the answer is one number, not array([1., 1.])"),
        (
            (1, 3333),
            "the answer is one number, not (1, 3333): give one of the two, or a decimal with a "
            "point, as in 1.33",
        ),
    ],
    ids=lambda v: str(v)[:20],
)
def test_answers(value, words, capsys):
    check_answer("01.minimum", value)
    assert capsys.readouterr().out == f"minimum: {words}\n"


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("03.first_pair", (0.09, 0.5), "right: f is below 1e-6 from step 27 on"),
        ("03.first_pair", (0.133, 0.44), "right: f is below 1e-6 from step 22 on"),
        ("03.first_pair", (0.05, 0.9), "not yet: f is below 1e-6 for good only from step 158 on"),
        ("03.first_pair", (0.065, 0.6), "for good only from step 35 on, though step 19 passes"),
        ("03.first_pair", (1e-4, 0.5), "not yet: after 500 steps f is still above 1e-6"),
        ("03.first_pair", (0.2, 0.5), "not yet: it diverges"),
        ("03.first_pair", (0.5, 0.1), "it diverges; mind the order: η comes first, μ second"),
        ("03.ravine", (0.1336, 0.4027), "right: the two curvatures lie at the two ends"),
        ("03.ravine", (0.134, 0.403), "right: the two curvatures"),
        ("03.ravine", (0.13, 0.40), "right: the two curvatures"),
        ("03.ravine", (0.13, 0.41), "right: the two curvatures"),
        ("03.ravine", (0.134, 0.4), "right: the two curvatures"),
        ("03.ravine", (0.133, 0.44), "not yet: both curvatures lie on the floor: go on"),
        ("03.ravine", (0.133, 0.634), "if your μ is √μ, square it"),
        ("03.ravine", (0.134, ...), "not written yet"),
        ("03.ravine", (0.134, "0.4"), "the answer is a number, not the string '0.4'"),
        ("03.ravine", (0.01, 0.9), "not yet: both curvatures lie on the floor"),
        ("03.ravine", (1e9, 0.9), "not yet: curvature 20 lies right of the floor"),
        ("03.ravine", (0.133, 0.3), "not yet: the floor of this μ is too short"),
        ("03.ravine", (0.15, 0.45), "curvature 20 lies right of the floor, 20 η = 3 > 2.79"),
        ("03.ravine", (0.1, 0.4), "curvature 1 lies left of the floor, η = 0.1 < 0.135"),
        ("03.ravine", (0.13, 0.5), "both curvatures lie on the floor: go on to a smaller μ"),
        ("03.ravine", (0.403, 0.134), "not yet: mind the order: η comes first, μ second"),
        ("03.ravine", (0.1, 1), "momentum must be in [0, 1), not 1.0"),
        ("03.seen_border", 0.3, "right"),
        ("03.seen_border", 0.45, "right"),
        ("03.seen_border", 0.16, "that is μ"),
        ("03.seen_border", 0.4, "right"),
        ("03.seen_limit", 2.4, "right"),
        ("03.seen_limit", 2.3, "right"),
        ("03.seen_limit", 2.2, "follow the black line"),
        ("01.valley", 0.0385, "right"),
        ("01.valley", 0.038, "0.038 is not it, but close"),
        ("01.limit", 0.2, "that is the fraction that is taken away"),
        ("01.limit", 0.016, "find L from 1 − 0.01 L = 4/5; the limit is 2/L"),
        ("01.oscillates", 0.8, "that is the factor of each step"),
        ("01.oscillates", 0.005, "that is half the η of the run"),
        ("01.limit", 0.4, "that takes L to be 5"),
        ("01.right_value", 2802, "x₁ is 0.5 and x₂ is 2"),
        ("01.digits", 1.2, "right: after 100 steps the loss is 0.2950"),
        ("01.digits", 1.0, "not yet: after 100 steps the loss is 0.3078: η × steps is only 100"),
        ("01.digits", 1.25, "right: "),
        ("01.digits", 1.3, "above its start, 2.30"),
        ("01.digits", 1.4, "but it rose to 2.97, above its start, 2.30"),
        ("01.digits", 1e30, "not yet: it diverges"),
        ("01.digits", -1, "learning_rate must be a positive number, not -1"),
        ("02.rate_5", 0.05, "right: the validation loss is 0.434"),
        ("02.rate_5", 0.04, "right: "),
        ("02.rate_5", 0.08, "right: "),
        ("02.rate_5", 0.01, "not yet: the validation loss is 0.564, so 0.01 is too small"),
        ("02.rate_5", 0.1, "so 0.1 is too large"),
        ("02.rate_50", 0.5, "right: the validation loss is 0.42"),
        ("02.rate_50", 0.4, "right: "),
        ("02.rate_50", 0.75, "right: "),
        ("02.rate_50", 0.16, "so 0.16 is too small\n"),
        ("02.rate_50", 0.05, "is too small. That is the rate for B = 5: which rule did"),
        ("02.rate_50", 1, "so 1 is too large\n"),
        ("02.rate_50", 1e30, "not yet: it diverges"),
        ("02.b_star", 144, "right"),
        ("02.b_star", 12, "12 is not it: that is how many times as long the noise of one"),
        ("02.cosine_80", 0.73, "right"),
        ("02.cosine_80", 0.53, "0.53 is not it: that is its square"),
        ("02.rate_grows", 22 / 3, "right"),
        ("02.rate_grows", 20, "that is linear scaling"),
        ("02.rate_grows", 11, "divide it by that for B = 140"),
        ("02.level", 1.33, "1.33 is not it, but close"),
        ("02.ball_rate", 0.01, "right: the exact mean loss is 0.00639: 0.00502 from noise"),
        ("02.ball_rate", 0.0135, "right: the exact mean loss is 0.00688"),
        ("02.level", 2 / 3, "Or did you divide by 1.5?"),
        ("02.b_star", 70, "that is the B* of the digits at the start"),
        ("02.cosine_80", 0.28, "take the root of 1 + B*/B, not its square"),
        ("02.ball_rate", 0.0138, "0.00695 from noise, 6.3e-05 left of the start, so η is too"),
        ("02.ball_rate", 0.0092, "0.00462 from noise, 0.0026 left of the start, so η is too small"),
        ("02.ball_rate", 0, "learning_rate must be a positive number, not 0"),
        ("02.ball_rate", 3, "beyond 2/L, here 2, it diverges"),
        ("04.own_loss", 0.44, "right: the training loss is 0.44"),
        ("04.own_loss", 2.49, "above its start: some frequent words still have too large a rate"),
        ("04.own_loss", 0.6, "most words still move too little"),
        ("04.own_loss", 0.6931471805599, "as at the start: is a rate infinite?"),
        ("04.own_loss", 0.5, "try other rates, or another border"),
        ("04.own_loss", 0, "the training loss is a positive number"),
        ("04.after_two", 0.94, "right"),
        ("04.after_two", 1, "that is with the new square alone"),
        ("04.after_two", 81, "that is with s as it was after the first step"),
        ("04.factor_adagrad", 1000, "right"),
        ("04.factor_adagrad", 1e6, "that is sgd's"),
        ("04.sgd_rate", 3.2, "right"),
        ("04.sgd_rate", 3.3, "3.3 is not it, but close"),
        ("04.sgd_rate", 3.4, "3.4 is not it\n"),
        ("04.fraction", 0.0032, "right"),
        ("05.both", (0.07, 0.78), "right: on average 0.027 from the minimum from step 260 on"),
        ("05.both", (0.03, 0.9), "57 η: it hesitates too long, and it walks too slowly"),
        ("05.both", (0.07, 0.9), "57 η: it hesitates too long\n"),
        ("05.both", (0.1, 0.9), "57 η: it hesitates too long\n"),
        ("05.both", (0.03, 0.8), "112 η: it walks too slowly"),
        ("05.both", (0.03, 0.5), "a drift of 279 η: it averages too few batches\n"),
        ("05.both", (0.3, 0.5), "it averages too few batches, and it bounces too far"),
        ("05.both", (0.03, 0.78), "it walks too slowly"),
        ("05.both", (0.2, 0.78), "it bounces too far"),
        ("05.both", (0.78, 0.07), "mind the order: η comes first, ρ second"),
        ("05.both", (1e300, 0.9), "not yet: it diverges\n"),
        ("06.ravine", (0.4, 0.5), "right: in 84 steps f comes down to 7.0"),
        ("06.ravine", (0.4, 0.9), "7.57e-05: m remembers too long, lower β₁"),
        ("06.ravine", (0.1, 0.5), "in 84 steps f comes down to 0.00495: raise η"),
        ("06.ravine", (0.9, 0.4), "e-11: lower η"),
        ("06.ravine", (0.35, 0.7), "e-12: m remembers too long, lower β₁, or try another η"),
        ("06.second_step", 13.4, "right"),
        ("06.second_step", 9.5, "9.5 is not it: roots do not add"),
        ("06.after_silence", 0.99, "right: that step is 1 η"),
        ("06.after_silence", 0.999, "not yet: that step is 3.162 η"),
        ("06.after_silence", 0.9901, "not yet: that step is 1.005 η"),
        ("06.after_silence", 0.9, "not yet: that step is 0.3162 η: mind the root of v"),
        ("06.after_silence", 0.95, "0.4472 η, but a larger β₂ is allowed, and averages"),
        ("06.after_silence", 1.5, "not yet: β₂ is in [0, 1)"),
        ("06.bugs", (3, 5, 2, 6, 4, 1), "right: 6 of 6 are right"),
        ("06.bugs", (3, 5, 2, 4, 6, 1), "not yet: 4 of 6 are right; look again at picture 4: its"),
        ("08.limit", 3, "right: it leaves the gradients of good pictures alone"),
        ("08.limit", 5, "right"),
        ("08.limit", 1, "not yet: in the trained network some good pictures give gradients longer"),
        ("08.limit", 9, "not yet: in the fresh network a batch with an unscaled picture passes"),
        ("08.limit", 0, "not yet: it is a length"),
        ("09.unfair_rate", 1, "right: at 1 Adam has left its best far behind"),
        ("09.unfair_rate", 3.0, "right: at 3 Adam"),
        ("09.unfair_rate", 0.1, "not yet: at 0.1 Adam's line is the lower one"),
        ("09.unfair_rate", 0.2, "not yet: take an η of the figure"),
        ("09.list_end", 0.3, "right"),
        ("09.list_end", 0.1, "it is the end of the list"),
        ("09.list_end", 1, "more than she needs"),
        ("10.first", (1, 4, 2), "right: these led here"),
        ("10.first", (2, 4, 2), "not yet: A: decay is what keeps"),
        ("10.first", (4, 4, 2), "not yet: A: Muon decays too"),
        ("10.first", (1, 1, 2), "not yet: B: in equal steps another rule"),
        ("10.first", (1, 4, 1), "not yet: C: in small batches of rare words Adam lost once"),
        ("10.first", (1, 4, 3), "not yet: C: in small batches of rare words Lion"),
        ("10.first", (1, 5, 2), "give one of the numbers 1 to 4"),
        ("10.first", (1, 2.5, 2), "give one of the numbers 1 to 4"),
        ("10.penalty", 3, "right"),
        ("10.penalty", 90, "√v is 30, and v is 900"),
        ("10.penalty", 0.1 / 30, "turn it over"),
        ("10.cycle", 0.68, "right"),
        ("10.cycle", 0.7, "0.7 is not it, but close"),
        ("10.cycle", -0.68, "the gradient −1 moves x up"),
        ("10.cycle", -0.35, "the same v in all three steps, but v changes"),
        ("10.cycle", 0.4775, "v shrinks again between the two small steps"),
        ("10.cycle", 0.48, "v shrinks again between the two small steps"),
        ("10.cycle", 2.775, "the gradient 3 moves x down"),
        ("10.cycle", 0.953, "divide the small ones by their √v as well"),
        ("10.cycle", -0.953, "and a step is −η g/√v"),
        ("10.cycle", -1.786, "that its own gradient has updated already"),
        ("11.decide", 0.01517, "right"),
        ("11.decide", 0.015, "right"),
        ("11.decide", 0, "and this is more than 0.0072: not clear"),
        ("11.decide", 0.008, "those are three standard errors"),
        ("11.decide", 0.02, "give two digits"),
        ("11.decide", 0.0164, "take three standard errors instead"),
        ("11.clipped", 5, "x falls, since the gradient is positive"),
        ("11.clipped", -0.4998, "right"),
        ("11.clipped", -0.0005, "that is plain SGD"),
        ("11.anneals", (1, 1, 0, 0, 0), "right: your test sees"),
        ("11.anneals", (1, 1, 1, 1, 1), "every run falls at the start"),
        ("11.anneals", (1, 1, 0, 0.5, 0), "6 of 12 level runs fall"),
        ("11.anneals", (1, 1, 0, 0, 0.25), "3 of 12 level runs fall, which wander slowly"),
        ("11.anneals", (0, 1, 0, 0, 0), "it misses a run that falls slowly"),
        ("11.anneals", (-1, -1, -1, -1, -1), "stops with an error"),
        ("11.gap", (9.2e-5, 19.0, 0.0), "for sgd and the two factors it gives 19"),
        ("11.gap", (0.1, -19.0, 0.2), "take its size, np.abs"),
        ("11.gap", (13.2553, 19.032543, 0.0), "it changes the place where a run ends"),
        ("11.gap", (0.1, 0.0, 0.0), "give change(GRADIENTS) to one of them"),
        ("11.accumulated", (25, 5, 6e-7), "right: the weights agree"),
        ("11.accumulated", (63, 2, 0.002), "not yet: 2 batches of 63 are 126 pictures"),
        ("11.accumulated", (12.5, 10, 1.0), "both are whole numbers"),
        ("11.accumulated", (125, 1, 0.0), "not yet: with fewer than 2 steps"),
        ("11.accumulated", (25, 5, 0.1), "not yet: the weights are 0.1 apart"),
        ("11.articles", (0, 0, 0, 0, 0, 1), "right: five do not hold"),
        ("11.articles", (1, 0, 0, 0, 0, 1), "count states"),
        ("11.articles", (0, ..., ..., ..., ..., ...), "what you have is right; 5 to go"),
        ("11.articles", (2, 0, 0, 0, 0, 1), "write 1 where a claim holds"),
        ("11.debugged", (0, 1, 0, 1, 1, 0), "right: it ends at the minimum"),
        ("11.debugged", (12, 0, 0, 0, 0, 0), "it stops with an error in its line 12"),
        ("11.debugged", (0, 100, -14, 8.4, 8.4, 35), "epsilon acts as -14"),
        ("11.debugged", (0, 100, -14, 8.4, 8.4, 35), "the first step is 100 η"),
        ("11.debugged", (0, 100, -14, 8.4, 8.4, 35), "it does not end"),
        ("11.debugged", (0, 1, 0, 0.0042, 0.084, 0), "it takes 0.0042 to 0.084 times"),
        ("11.debugged", (0, 1, 0, 1, 1, 0.1), "the path is 0.1 away from Adam's"),
        ("06.bugs", (3, 5, ..., 4, ..., ...), "not yet: 2 of 6 are right, 3 not written yet; look"),
        ("06.bugs", (3, 5, 2, 6, 4, ...), "5 of 6 are right, 1 not written yet"),
        ("06.bugs", (...,) * 6, "not written yet"),
        ("06.bugs", (3, 5, 2, 6, 4, 7), "5 of 6 are right; mind: the pictures are numbered from 1"),
        ("07.floor", 0.087, "0.087 is not it: 0.23 η is the length of one step"),
        ("07.floor", 0.38, "0.38 is not it: 0.23 η is the length of one step"),
        ("07.settle", 0.56, "0.56 is not it: 1 − β₁ is missing"),
        ("07.weight_decay", (0.1, 0.2, 0.05), "right"),
        ("07.weight_decay", (0.1, 0.0001, 0.05), "paper's AdamW is not 0.0001: in the paper λ is"),
        ("07.weight_decay", (0.1, 0.2, 0.1), "L2 is not 0.1: the gradient of Keras's l2 · x²"),
        ("07.weight_decay", (0.1, 0.2, 7), "L2 is not 7: look at its row of the table"),
        ("07.diagnose", (4, 1, 2), "a larger ε for A"),
        ("07.diagnose", (2, 1, 2), "run A is not row 2: it falls fast and evenly"),
        ("07.diagnose", (4, 4, 2), "run B is not row 4: its loss is never tiny"),
        ("07.diagnose", (4, 1, 9), "run C is not row 9: the rows are numbered from 1 to 5"),
        ("07.diagnose", (4, ..., 2), "what you have is right"),
        ("07.diagnose", (..., 3, ...), "run B is not row 3: its first steps go well"),
        ("07.weight_decay", (0.1, ..., ...), "what you have is right"),
        ("07.repair", (0.03, 18), "right: the run ends at 0.57"),
        ("07.repair", (0.03, 1), "not yet: the run ends at 0.7"),
        ("07.repair", (0.1, 18), ": this peak rate is too large"),
        ("07.repair", (0.003, 18), ": this peak rate is too small"),
        ("07.repair", (0.03, 6), ": with this peak rate the warm-up is too short"),
        ("07.diagnose", (4, 1, 5), "run C is not row 5: it is slow, but it does not fall evenly"),
        ("07.floor", 0.0208, "right"),
        ("07.repair", (0.03, 58), "so long a warm-up"),
        ("07.repair", (-1, 18), "the peak rate must be positive"),
        ("07.repair", (0.03, 0), "the warm-up has a whole number of steps"),
        ("07.settle", 0.053, "right"),
        ("07.settle", 0.1 * 0.1 * 20 / 3.8, "right"),
        ("07.settle", 0.0525, "0.0525 is not it: that is rounded down"),
        ("07.settle", 0.054, "0.054 is not it: there Adam settles, but also with less"),
    ],
)
def test_an_answer_may_be_whatever_reaches_a_target(name, number, words, capsys):
    check_answer(name, *(number if isinstance(number, tuple) else [number]))
    assert words in capsys.readouterr().out


def test_what_is_right_so_far_is_not_called_wrong(capsys):
    check_answer("06.bugs", 3, 5, ..., ..., ..., ...)
    check_answer("07.weight_decay", 0.1, ..., ...)
    check_answer("07.diagnose", 4, ..., 2)
    check_answer("11.articles", 0, ..., ..., ..., ..., ...)
    assert "✗" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "wrong", "reason"),
    [
        (name, wrong, reason)
        for name, answer in ANSWERS.items()
        if isinstance(answer, Number)
        for wrong, reason in answer.wrong.items()
    ],
)
def test_a_common_wrong_number_gets_its_reason(name, wrong, reason, capsys):
    check_answer(name, wrong)
    assert capsys.readouterr().out.endswith(f" is not it: {reason}\n")
    assert abs(wrong - ANSWERS[name].value) > 0.0015 * abs(wrong)


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("01.right_value", -355, "-355 is not it\n"),  # a whole number has no near ones
        ("01.right_value", -350, "that is the second term alone"),  # and not -352, rounded
        ("02.five_epochs", 58, "so round up, then multiply"),
        ("02.images_seen", 170, "one too many"),
        ("04.after_two", -9, "that is where the first step leads"),
        ("05.change", sum([0.1] * 9) - 0.9, "that is where the mean would leave it"),
        ("06.second_step", 950, "v is under a root"),
        ("08.clipped", 0.099, "that has two significant digits"),
        ("08.memory", 102, "that is one number of 4 bytes for each weight"),
        ("08.memory", 195, "that is in units of 1,024² bytes"),
        ("08.clipped", 0.1, "if you have rounded it, give three digits"),
        ("08.memory", 214.7, "that takes 1,024² for a million"),
        ("08.memory", 200, "200 is not it, but close"),  # and not 195.3, rounded
    ],
)
def test_a_wrong_number_may_be_rounded(name, number, words, capsys):
    check_answer(name, number)
    assert words in capsys.readouterr().out


def test_no_reason_stands_in_a_lesson_s_notebook_and_every_question_does():
    built = sorted(Path(__file__).parents[1].glob("lessons/*.ipynb"))
    text = "\n".join(path.read_text(encoding="utf-8").replace('\\"', '"') for path in built)
    reasons = [r for a in ANSWERS.values() if isinstance(a, Number) for r in a.wrong.values()]
    innocent = {"that is one epoch"}  # words of lesson 02's text
    assert {reason for reason in reasons if reason in text} <= innocent
    assert set(re.findall(r'"(\d\d\.\w+)",', text)) >= set(ANSWERS)
