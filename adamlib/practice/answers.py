"""Check a learner's number: the answers to the questions of each lesson."""

import contextlib
import difflib
import io

import numpy as np

from adamlib import rules
from adamlib.datasets import mnist
from adamlib.descent import sweep, train
from adamlib.inputs import among, brief, check_hyperparameters
from adamlib.models import LogisticRegression
from adamlib.practice.judge import report
from adamlib.surfaces import ravine


def _ravine(rate):
    run = sweep(rules.sgd, ravine.gradient, ravine.start, 84, learning_rate=rate)
    end = ravine(run.trajectory[-1])
    words = f"after 84 steps f is {end:.3g}"
    if rate > 0.1:
        words = f"beyond 2/20, here 0.1, it runs away along x₂, the steep direction: {words}"
    elif end >= 1e-6:
        slow = "x₁, the flat direction," if 1 - rate > 20 * rate - 1 else "x₂, the steep direction,"
        words = f"{words}, since {slow} is too slow"
    return end < 1e-6, words


def _digits(rate):
    model, data = LogisticRegression(), mnist().train
    with contextlib.redirect_stdout(io.StringIO()):
        run = train(
            rules.sgd,
            model.loss_and_gradient,
            model.initial(),
            data,
            epochs=100,
            learning_rate=rate,
        )
    end, highest = model.loss(run.params, data), run.losses.max()
    words = f"after 100 steps the loss is {end:.4f}"
    if highest > run.losses[0]:
        words = f"{words}, but it rose to {highest:.2f}, above its start, 2.30"
    return not run.diverged and end < 0.3 and highest <= run.losses[0], words


def _comes_down(rule, steps, target, **settings):
    """Whether f on the ravine once gets down to the target, which is what explore counts."""
    run = sweep(rule, ravine.gradient, ravine.start, steps, **settings)
    values = ravine(run.trajectory.T)
    if (least := np.nanmin(values)) <= target or values[-1] < values[0]:
        return least <= target, f"in {steps} steps f comes down to {least:.3g}"
    if not np.isfinite(values[-1]):
        return False, "it diverges"
    return False, f"after {steps} steps f is {values[-1]:.3g}, and {values[0]:.3g} at the start"


def _ravine_by_momentum(rate, share):
    reached, words = _comes_down(rules.momentum, 30, 1e-6, learning_rate=rate, momentum=share)
    if reached:
        return True, words
    low, high = (1 - share**0.5) ** 2, (1 + share**0.5) ** 2
    why = "both curvatures lie inside the curve: go on to a smaller μ"
    if 20 * rate > high:
        why = f"curvature 20 lies outside the curve, 20 η = {20 * rate:.3g} > {high:.3g}"
    elif rate < low:
        why = f"curvature 1 lies outside the curve, η = {rate:.3g} < {low:.3g}"
    return False, f"{words}: {why}"


def _rate_50(rate):
    model, (images, labels) = LogisticRegression(), mnist().train
    part = images[:7000], labels[:7000]
    with contextlib.redirect_stdout(io.StringIO()):
        run = train(
            rules.sgd,
            model.loss_and_gradient,
            model.initial(),
            part,
            batch_size=50,
            rng=np.random.default_rng(0),
            learning_rate=rate,
        )
    end = model.loss(run.params, part)
    if not run.diverged and end < 0.37:
        return True, f"after one epoch the loss is {end:.3f}"
    return False, f"{rate:g} is too {'small' if rate < 0.7 else 'large'}: the loss is {end:.4f}"


def _ball_rate(rate):
    check_hyperparameters(rules.sgd, {"learning_rate": rate})
    if rate >= 2:
        return False, "beyond 2/L, here 2, it diverges"
    left = (1 - rate) ** 800
    noise, rest = rate / (2 - rate) * (1 - left), 4.25 * left
    words = f"the mean loss is {noise + rest:.3g}: {noise:.3g} from noise"
    words = f"{words}, {rest:.2g} left of the start"
    if noise + rest < 0.007:
        return True, words
    return False, f"{words}, so η is too {'large' if rate > 0.012 else 'small'}"


def _ravine_by_rmsprop(rate, rho):
    reached, words = _comes_down(rules.rmsprop, 60, 1e-20, learning_rate=rate, rho=rho)
    if not reached and rho < 0.5 < rate < 1:
        words = f"{words}; mind the order: η comes first, ρ second"
    elif not reached:
        words = f"{words}; raise {'ρ' if rho < 0.99 else 'η'} further"
    return reached, words


def _bound_by_beta_2(beta_2):
    if not 0 <= beta_2 < 1:
        return False, "β₂ is in [0, 1)"
    if beta_2 <= 0.9**2:
        return False, "where β₂ ≤ β₁², here 0.81, steps have no bound"
    words = f"the longest step is {(1 - 0.9) / ((1 - beta_2) * (1 - 0.9**2 / beta_2)) ** 0.5:.5g} η"
    if abs(beta_2 - 0.99) < 1e-3:
        words = f"one gradient after a silence moves x by η then, but {words}"
    return abs(beta_2 - 0.9) <= 1e-3, words


def _ravine_by_adam(rate, beta_1):
    return _comes_down(rules.adam, 84, 1e-12, learning_rate=rate, beta_1=beta_1)


def _unfair_rate(rate):
    """Figure 1, left: the rates of the list at which Nesterov's loss is below Adam's, α/√t both."""
    if rate in (1, 3):
        return True, f"at {rate:g} Adam has left its best far behind"
    if rate in (0.01, 0.03, 0.1, 0.3):
        return False, f"at {rate:g} Adam's loss is lower: look along the two rows"
    return False, "take an α of the table, 0.01 to 3"


def _bugs(*pictures):
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


def _adagrad_factor(factor):
    """How far above its default lesson 08's sweep finds AdaGrad's best rate: 300 times."""
    if 100 <= factor <= 1000:
        return True, "between 100 and 1,000; the next cells show it"
    if 0.1 <= factor <= 1:
        return False, "that is a rate, or below the default: asked is how many times 0.001 it is"
    if not factor > 1:
        return False, "the default is too small, so the factor is above 1"
    rate = 0.001 * factor
    first = f"at {rate:g} its first steps are those of SGD at {rate / 0.1**0.5:.2g}"
    if factor < 100:
        return False, f"{first}, and the later ones shorter: too short for 128 steps"
    return False, f"{first}: too long for this network"


def _ravine_by_adagrad(rate):
    return _comes_down(rules.adagrad, 20, 1e-6, learning_rate=rate)


_NO_PART = "1 − β₁ is missing: m is an average, so momentum's rate is η(1 − β₁)/ε"
_ONE_TO_FIVE = dict.fromkeys((0, 6, 7, 8), "the bugs are numbered 1 to 5")

# The answers to questions, by lesson: a function of the learner's number that says whether it is
# one and what comes of it, or a number and what to say of the wrong ones that many give. A third
# entry is how far from it, as a part, a number still counts as right.
ANSWERS = {
    "01.slope": (
        4,
        {
            -4: "mind the signs; and in Python a power is **, since 2^2 is 0",
            8: "the derivative of 2x² is 4x, not 4",
            20: "mind the sign of the second term",
            12: "that is 3x²: the second term is missing",
            2: "that is f(2): asked is the slope there",
        },
    ),
    "01.first_step": (
        1.6,
        {
            2.4: "that is uphill: go against the slope",
            -2: "the learning rate is missing",
            1.8: "that takes f(2) for the slope",
            -0.4: "that is the step: where does it lead from 2?",
            0.4: "that is the step's length: where does it lead from 2?",
        },
    ),
    "01.minimum": (
        4 / 3,
        {
            0: "there the slope is 0 too, but it is a hilltop",
            1.33: "close: give the fraction, or four digits",
            3 / 4: "3x = 4 gives the inverse of that",
            22 / 27: "that is f at the lowest point: asked is x",
        },
    ),
    "01.right_value": (
        -351,
        {
            -176: "that is what the doubtful gradient says",
            350: "that is the other part, which is right",
            351: "mind the sign",
            -1: "both coordinates moved, so that is the sum of the two parts: hold one still",
            -352: "not all of the part is doubled: measure it",
            -350: "not all of the part is doubled, and mind the signs: measure it",
        },
    ),
    "01.limit": (
        0.1,
        {
            0.2: "L is the second derivative, 20, not 10",
            0.5: "there L is still the cubic's, 4: what is it for 10x²?",
            0.05: "that is 1/L, where one step suffices: the limit is farther",
            20: "that is L itself",
        },
    ),
    "01.ravine": _ravine,
    "01.digits": _digits,
    "02.all_four": (
        1.5,
        {
            6: "that is a step along the sum of the four gradients: take their mean",
            3: "that is the minimum, where η = 1 would lead",
            -1.5: "mind the signs: the gradients are negative, so the step goes up",
            -3: "that is the mean gradient: take the step",
            0.75: "that is one step with the batch {1, 2}",
            0.5: "that is η: multiply it by the mean gradient",
        },
    ),
    "02.two_batches": (
        2.625,
        {
            0.75: "that is where the first batch leads: now take the second",
            3: "the second gradient is taken where the first step led, not at 0",
            2.25: "that is the second batch alone, from 0",
            4.5: "take the mean over each batch, not the sum; or is η missing?",
            1.5: "that is one step with all four",
            1.875: "that is with {3, 6} first: the order of the batches counts",
        },
    ),
    "02.five_epochs": (
        60,
        {
            59: "every epoch ends with a smaller batch, so round up before you multiply",
            58: "every epoch ends with a smaller batch, so round up before you multiply",
            35000 / 600: "every epoch ends with a smaller batch, so round up, then multiply",
            55: "the smaller batch at the end of each epoch is a step too",
            12: "that is one epoch",
            11: "that is one epoch, without its smaller batch",
            35000: "those are images: an iteration takes 600 of them",
        },
    ),
    "02.images_seen": (
        169,
        {
            7000: "that is what it should see: print i and i + 100 for the first rounds",
            100: "that is the first round: each later one adds something",
            70: "those are the rounds: the first one alone sees 100",
            700: "the rounds overlap by more: the second one adds a single image",
            170: "one too many: range(70) ends with 69, and the slice 69:169 with 168",
            168: "that is the last place: the first one is 0",
            7069: "there are only 7,000, and the rounds overlap",
        },
    ),
    "02.stride": (
        100,
        {
            1: "that is how it grows now: each batch shares 99 images with the one before",
            99: "then each batch still shares one image with the one before",
            101: "then one image is left out between two batches",
            70: "that is how many rounds there are: a batch has 100 images",
            7000: "that is all of them: a batch has 100 images",
            200: "then every other batch is left out",
        },
    ),
    "02.rate_50": _rate_50,
    "02.more_work": (
        100,
        {
            10: "ten times the samples make √10 times less noise",
            0.1: "less noise takes more samples",
            0.01: "upside down: less noise takes more samples",
            3.162: "the other way round: noise is the root of work",
        },
    ),
    "02.ball_rate": _ball_rate,
    "03.third": (
        -0.271,
        {
            0.271: "mind the sign: the velocity points downhill",
            -0.3: "the old velocity fades: only the part 0.9 of it goes on",
            -0.1: "that is the first velocity",
            -0.171: "is that not the one before? v₁ = −0.1",
            -0.19: "that is the second velocity",
            -0.3439: "that is the fourth velocity",
            -0.081: "that is 0.9³ times the gradient's step: the two later ones add to it",
            -2.71: "that is the sum without η",
            -0.0271: "that is an average: the new gradient counts in full, without the factor 0.1",
        },
    ),
    "03.speed": (
        -1,
        {
            1: "mind the sign: the velocity points downhill",
            -10: "that is the sum without η",
            -0.1: "that is one step of sgd",
            0.1: "that is one step of sgd, with the wrong sign: the velocities add up",
            -0.9: "that is what goes on of it: a new step is added",
            -9: "that is what goes on of the sum without η",
            0: "it would be 0 if the gradient were",
        },
    ),
    "03.border": (
        0.01,
        {
            0.04: "that is ηL: divide by L",
            0.05: "the bracket is squared: (1 − √μ)²/L",
            0.2: "that is 1 − √μ: square it and divide by L",
            0.81: "that is the other end, (1 + √μ)²/L: asked is the first η at which it oscillates",
            0.25: "that is 1/L, the border of sgd",
            0.8: "that is √μ: the border is (1 − √μ)²/L",
            0.0324: "that is (1 − μ)²/L: take the root of μ",
            0.09: "that is (1 − μ)/L: root and square are missing",
        },
    ),
    "03.limit": (
        0.82,
        {
            0.5: "that is 2/L, the limit of sgd: momentum moves it",
            0.25: "that is 1/L, which has no μ in it: put r = −1 into the equation",
            0.18: "mind the sign: put r = −1 into the equation",
            3.28: "that is ηL: divide by L",
            0.41: "that is (1 + μ)/L: with r = −1 there is 1 + μ twice",
            1.64: "that is 1 + μ: take it twice and divide by L",
            0.9: "that is 2(1 + √μ)/L: put r = −1 into the equation, which has μ itself",
            0.81: "there the roots become real again, but both lie between −1 and 0",
        },
    ),
    "03.ravine": _ravine_by_momentum,
    "03.inside": (
        -0.91,
        {
            -0.1: "that is so with η outside: here v keeps the old steps at their size",
            -0.091: "only the new gradient is multiplied by the new η",
            -1: "the old steps fade to 0.9, and the new gradient adds 0.01, not 0.1",
            -0.9: "the new gradient's step is missing",
            -0.01: "that is the new gradient's step alone: 0.9 of the old velocity goes on",
            -0.901: "the new gradient counts in full, times η = 0.01",
            0.91: "mind the sign",
        },
    ),
    "03.outside": (
        -0.1,
        {
            -0.91: "that is so with η inside: here the new η multiplies the whole sum",
            -0.01: "that is a step of sgd: the sum of gradients is 10 here, not 1",
            -1: "that is the step before: η is 0.01 now",
            -0.09: "the new gradient is missing: v = 0.9 · 10 + 1",
            -0.091: "the velocity has no η in it: v = 0.9 · 10 + 1",
            0.1: "mind the sign",
        },
    ),
    "04.second_step": (
        0.8,
        {
            1: "that is the first step: s still holds the square of the first gradient",
            1.25: "turn it over: the gradient is divided by the root of s",
            0.16: "that is 4/25: the root of s is missing",
            0.57: "s sums squares, 9 + 16, not sizes",
            4 / 7: "s sums squares, 9 + 16, not sizes",
            4 / 12.5**0.5: "s is the sum of the squares, not their mean",
            5: "that is the root of s: it divides the gradient",
            4: "that is the gradient: divide it by the root of s",
            0.6: "that has the first gradient above the root: the second step has the second",
            0.5**0.5: "that is for two gradients of one size: these are 3 and 4",
            -0.8: "asked is the length, which is positive",
            1.8: "that is how far both steps lead: asked is the second",
        },
    ),
    "04.ravine": _ravine_by_adagrad,
    "04.part_of_rate": (
        1e-3 / (0.1 + 1e-6) ** 0.5,
        {
            1: "that is so with s from 0",
            0.01: "that is g/s: the root of s is missing",
            316.23: "turn it over: the gradient is divided by the root of s",
            3.1623: "that is 1/√0.1: the gradient multiplies it",
            0.0316: "the gradient is 0.001, and s is about 0.1: mind the powers of ten",
            1e-3: "that is sgd: now divide by the root of s",
            0.1: "that is s: its root divides the gradient",
            0.1**0.5: "that is √0.1: it divides the gradient",
            0.32: "that is √0.1: it divides the gradient",
            1e-6: "that is g²: the step has g above the root",
            1e-5: "that is g²/s: g is not squared above, and s is under a root",
            0.003: "close: give two digits",
        },
        0.015,
    ),
    "04.sgd_rate": (
        0.1**-0.5,
        {
            0.1**0.5: "turn it over: √0.1 divides",
            10: "that is 1/0.1: the root is missing",
            1: "the step is g/√0.1 and not g",
            1e-3 / 0.1**0.5: "that is the length of a step: sgd multiplies its rate by g",
            0.1: "that is s: what divides is its root",
            1000: "that is with s from 0: here s stays near 0.1",
            3: "close: give two digits",
        },
        0.015,
    ),
    "04.times": (
        (69 / 3) ** 0.5,
        {
            23: "that is the ratio of the sums: the root is missing",
            (3 / 69) ** 0.5: "turn it over: a small sum makes a large rate",
            0.21: "turn it over: a small sum makes a large rate",
            3 / 69: "a small sum makes a large rate, and it is the root that divides",
            1: "the sums differ: 3 squares in one, 69 in the other",
            69**0.5: "the rare word has a sum too, of 3 squares",
            23**2: "the root of the sum divides, not its square",
            5: "close: give two digits",
            33: "that is measured, of two words whose gradients differ: here they are of one size",
            31: "that counts sentences: here batches count, 3 and 69",
        },
        0.015,
    ),
    "04.bug_A": (
        4,
        {
            1: "with η = 1 that would be the right line",
            2: "without the root the step falls as 1/t: twice as steep as A",
            3: "an average settles, and then the steps no longer get shorter",
            5: "then the steps would not get shorter",
            **_ONE_TO_FIVE,
        },
    ),
    "04.bug_B": (
        2,
        {
            1: "with η = 1 that would be the right line",
            3: "an average settles, and then the steps no longer get shorter",
            4: "2/√(2t) falls as 1/√t, like the right line: B is twice as steep",
            5: "then the steps would not get shorter",
            **_ONE_TO_FIVE,
        },
    ),
    "04.bug_C": (
        3,
        {
            1: "with η = 1 that would be the right line",
            2: "without the root the step falls as 1/t for ever",
            4: "2/√(2t) falls for ever",
            5: "then all steps would be equal: C's first ones are longer",
            **_ONE_TO_FIVE,
        },
    ),
    "05.change": (
        -0.08,
        {
            0: "that is where the mean would leave it: the sign drops the sizes",
            0.08: "mind the sign: a positive gradient moves x down",
            -8: "that is nine steps against one, without η",
            -0.8: "that is η = 0.1",
            8: "that is without η, and mind the sign: a positive gradient moves x down",
            -0.1: "the tenth step goes the other way",
            0.1: "the tenth step goes the other way, and a positive gradient moves x down",
            -0.09: "that is nine steps: the tenth goes the other way",
        },
    ),
    "05.forgotten": (
        44,
        {
            10: "that is 1/(1 − ρ): 0.9¹⁰ = 0.35 of the weight is left",
            43: "0.9⁴³ = 0.0108 is still above 1 %",
            42: "0.9⁴² = 0.012 is still above 1 %",
            45: "0.9⁴⁴ = 0.0097 is below 1 % already",
            -44: "mind the sign: both logarithms are negative",
            43.7: "asked is a whole number of steps: round up",
            22: "0.9²² = 0.098 is 10 % of the weight, and 1 % would be its square",
            21.85: "that is the weight's 10 %, and 1 % would be its square",
            21: "0.9²¹ = 0.109 is 11 % of the weight, and 1 % would be its square",
            459: "that is ρ = 0.99",
            2: "that is 0.1ᵏ: what stays at each step is ρ, 0.9",
        },
    ),
    "05.memory": _ravine_by_rmsprop,
    "05.of_sgd": (
        0.001,
        {
            1: "the step is η g, and the number of g changes",
            1000: "that is what it should be: the step is η g, and g gets smaller",
            1e-6: "η stays as it is",
        },
    ),
    "05.of_rmsprop": (
        1,
        {
            0.001: "g shrinks, and √v with it",
            1000: "that is what it should be: but g and √v shrink alike",
            1e-6: "v has the square of the unit of g, and √v the unit of g",
        },
    ),
    "05.of_third": (
        1000,
        {
            1: "g and √v shrink alike, and √u grows",
            0.001: "√u is a length, so its number grows",
            1e6: "that is u, in squared millimetres: the step has its root",
        },
    ),
    "06.first_step": (
        10,
        {
            1: "that is the corrected one",
            0.1: "that is m for g = 1: it is divided by √v",
            1000: "v is under a root",
            100: "that is 1/√v for g = 1: m is 0.1",
            31.623: "that is 1/√0.001: β₂ is 0.9999 here, and m is 0.1 for g = 1",
            3.1623: "that is with β₂ = 0.999",
            3.2: "that is with β₂ = 0.999",
            0.01: "that is √v for g = 1: it divides m, which is 0.1",
        },
    ),
    "06.parting": (
        1e-7 / 0.001**0.5,
        {
            1e-7: "there Algorithm 1 has half of η: Keras's epsilon acts more strongly",
            3.2e-6: "close: give three digits",
            1e-4: "√v needs √(1 − β₂): take the root of 0.001",
            3.1623e-9: "that is 1e-7 times the root: divide by it",
            1e-10: "that is 1e-7 times 0.001: divide by the root of 0.001",
            1e-6: "that is 1e-7/(1 − β₁): m is corrected apart from epsilon",
            3.1623e-7: "that is with the root of 1 − β₁: v's factor is 1 − β₂, or 0.001",
        },
    ),
    "06.bound": _bound_by_beta_2,
    "06.ravine": _ravine_by_adam,
    "06.bugs": _bugs,
    "07.floor": (
        0.02,
        {
            0.04: "that is for one coordinate: the ravine has two",
            0.01: "each coordinate adds ησ/4, and there are two",
            0.004: "that is sgd's rate: Adam's gradient is divided by √v, about σ = 5",
            0.008: "that is sgd's rate for one coordinate: Adam divides by √v, about σ = 5",
            0.0008: "turn it over: Adam's η is sgd's rate times σ",
            0.0016: "turn it over: Adam's η is sgd's rate times σ; and the ravine has two "
            "coordinates",
            0.1: "σ is missing: that is the η of part 2, with a late loss of about 0.25",
            0.2: "σ is missing, and the ravine has two coordinates",
            0.125: "that is the late loss at η = 0.05: asked is the η",
            0.05: "that is the late loss: asked is the η",
            0.5: "σ is upside down: the late loss is ησ/2, not η/(2σ)",
            1: "σ is upside down, and the ravine has two coordinates",
        },
    ),
    "07.as_momentum": (
        100,
        {
            10: "1 − β₁ is missing: m is an average, v a sum that is 1/(1 − μ) times as large",
            1: "turn 1 − β₁ over: m is an average, so it is shorter than the sum v",
            0.01: "that is momentum's rate, and ε divides the step",
            0.1: "ε is missing: it divides the step",
            0.001: "ε is missing: it divides the step; and turn 1 − β₁ over",
            1e-5: "turn ε over: it divides the step",
            1e-4: "turn ε over: it divides the step",
            11.1111: "not by β₁: m takes in the part 1 − β₁ of each gradient",
            1000: "that is ε itself: then momentum's rate is 0.1",
        },
    ),
    "07.settle": (
        0.053,
        {
            0.1 * 20 / (2 * 1.9): _NO_PART,
            0.53: _NO_PART,
            0.52: _NO_PART,
            0.1 * 20 / 2: "that is the border of sgd with a learning rate of η/ε",
            0.1: "that is from sgd's limit, 2/L: with momentum it is 2(1 + μ)/L",
            0.1 * 0.1 * 20 / 1.9: "the limit is 2(1 + μ)/L: the 2 is missing",
            0.11: "the limit is 2(1 + μ)/L: the 2 is missing",
            0.1 * 0.01 * 20 / 3.8: "m takes in 1 − β₁ = 0.1 of a gradient",
            19: "turn it over: a larger ε makes shorter steps",
            0.052: "that is rounded down, and there it still bursts",
            0.05: "close: give two digits that are not 0",
            0.19: "that is momentum's largest rate, 2(1 + μ)/L: it is η(1 − β₁)/ε",
            0.00263158: "L is 20, the largest curvature",
            0.0026: "L is 20, the largest curvature",
        },
        0.0078,  # the limit, 0.0526, to 0.0534
    ),
    "07.momentum_now": (
        0.09,
        {
            0.9: "then the old steps keep their length: PyTorch's shrink with η",
            9: "turn it over: the old steps get shorter",
            0.1: "that is the ratio of the rates: μ goes with it",
            0.001: "that is the new rate: asked is the momentum",
            0.01: "that is the old rate: asked is the momentum",
            0.0009: "that is μ times the new rate: divide by the old one",
            0.009: "that is μ times the old rate: take the ratio of both",
            0.081: "μ once, not twice",
            0.81: "that is μ²: the ratio of the rates is missing",
        },
    ),
    "09.twice": (
        0.01,
        {
            0.1: "that is AdaGrad's own: s is 100 at step 100, and the schedule divides once more",
            100: "turn it over: step 100 is the shorter one",
            10: "turn it over; and the schedule divides once more",
            1 / 99: "t is 100 at step 100, and so is s",
            0.001: "s grows as t, so its root as √t; the schedule is another √t",
            0.0001: "s = 100 has a root, and so has t",
            1: "both s and the schedule shorten the steps",
        },
    ),
    "09.unfair_rate": _unfair_rate,
    "09.same_steps": (
        0.001,
        {
            0.0001: "1 − β₂ is 100 times smaller: its root counts",
            0.1: "1 − β₂ is smaller at 0.9999, so the steps are longer: α must be smaller",
            1: "1 − β₂ is smaller at 0.9999, so α must be smaller; and its root counts",
            0.01: "the same α takes longer steps where β₂ is larger",
            0.00316: "that is for β₂ = 0.999",
            0.0099: "what counts is 1 − β₂, not β₂",
        },
    ),
    "09.moved": (
        0.01 * (1 - 0.9999**160) ** 0.5 / (1 - 0.9**160),
        {
            0.0794: "turn it over: without correction the steps are longer, so α must be smaller",
            7.937: "that is how many times longer the step is: divide 0.01 by it",
            0.126: "that is √(1 − β₂ᵗ): multiply it by 0.01",
            0.000159: "that is 0.01 (1 − β₂ᵗ): take the root",
            0.01 * (1 - 0.9999**160): "that is 0.01 (1 − β₂ᵗ): take the root",
            0.0001: "that is 0.01 √(1 − β₂): the ratio at the first step, but for β₁",
            0.001: "that is the nearest of the list: give it by the formula",
            10**-2.5: "that is of the list, and the best for β₂ = 0.999: give it by the formula",
            0.003: "that is near one of the list: give it by the formula",
            0.0126: "ten times too long: multiply 0.01 by √(1 − β₂ᵗ)",
            0.01: "that is the corrected rule's α: without correction the steps are longer",
            0.00385: "that is for β₂ = 0.999",
            0.01 * (1 - 0.999**160) ** 0.5: "that is for β₂ = 0.999",
            0.01 * (1 - 0.99**160) ** 0.5: "that is for β₂ = 0.99",
            0.01 * (1 - 0.9999**8) ** 0.5: "t = 8 counts epochs: take the steps, 160",
            0.000497: "t = 8 counts epochs: take the steps, 160",
            0.0013: "close: give three digits",
            0.00127: "close: the third digit is a 6",
        },
        0.003,
    ),
    "08.memory": (
        204.8,
        {
            102.4: "that is one number of 4 bytes for each weight: Adam keeps m and v",
            51.2: "that is how many million numbers: each has 4 bytes",
            25.6: "that is how many million weights there are",
            307.2: "that counts the weights too: asked is what Adam adds",
            204_800_000: "that is in bytes: give millions of them",
            0.2048: "that is in units of 1,000 million bytes: give millions",
            195.3: "that is in units of 1,024² bytes: give millions",
            819.2: "4 bytes, not 4 times 4",
            409.6: "that is for 8 bytes each: these are float32",
        },
    ),
    "08.first_step": (
        1e-5 / 0.1001**0.5,
        {
            1e-3: "that is Adam's: here s starts at 0.1, not at g²",
            1e-4: "that is gradient descent's, or s = 0.1 without its root",
            9.99e-5: "that divides by s, not by its root",
            1e-5: "that is η g: it is still to be divided by the root",
            1e-6: "divide by the root of 0.1, which is 0.316, not by 10",
            3.2e-5: "close: give three digits",
            0.0316: "that is in units of η: multiply it by 0.001",
            3.16e-6: "ten times too short: 0.001 · 0.01 is 10⁻⁵",
            3.16e-4: "ten times too long: 0.001 · 0.01 is 10⁻⁵",
            -1e-5 / 0.1001**0.5: "the length is asked, which is positive",
        },
        3e-3,
    ),
    "08.adagrad_factor": _adagrad_factor,
}


def check_answer(name, *values):
    """Say whether a learner's number answers question `name`, such as "01.minimum", or why not.

    Several numbers where a function in ANSWERS takes several, such as two settings.
    """
    if not among(name, ANSWERS):
        asked = difflib.get_close_matches(str(name), ANSWERS, n=1, cutoff=0)[0]
        raise ValueError(
            f"There is no question {brief(name)}: the name comes first, as in "
            f"check_answer({asked!r}, ...)."
        )
    answer = ANSWERS[name]
    wanted = answer.__code__.co_argcount if callable(answer) else 1  # 0: any number of them
    if wanted and len(values) != wanted:
        words = f"the answer is {wanted} number{'s' * (wanted > 1)}, not {len(values)}"
        if len(values) == 2 * wanted:
            words += ": a decimal has a point, as in 1.33, where yours has a comma"
        return report(name, "wrong", words)
    if any(value is None or value is ... for value in values):
        return report(name, "unsolved", "not written yet")
    numbers = []
    for value in values:
        if isinstance(value, str):
            return report(name, "wrong", f"the answer is a number, not the string {brief(value)}")
        try:
            numbers.append(float(value))
        except (TypeError, ValueError, OverflowError):
            return report(name, "wrong", f"the answer is one number, not {brief(value)}")
    if callable(answer):
        try:
            reached, words = answer(*numbers)
        except ValueError as error:  # a number that no run can be made with
            return report(name, "wrong", str(error))
        if reached:
            return report(name, "solved", f"right: {words}")
        return report(name, "wrong", f"not yet: {words}")
    right, reasons, *rounding = answer
    (number,) = numbers
    if _equal(number, right, *rounding):
        return report(name, "solved", "right")
    for wrong, reason in reasons.items():
        if _equal(number, wrong):
            return report(name, "wrong", f"{number:.6g} is not it: {reason}")
    close = ", but close" if abs(number - right) <= 0.02 * abs(right) else ""
    return report(name, "wrong", f"{number:.6g} is not it{close}")


def _equal(a, b, rounding=1e-3):
    return abs(a - b) <= rounding * abs(b)
