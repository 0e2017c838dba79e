"""What lesson 02 asks."""

from itertools import islice, pairwise

import numpy as np

from adamlib import rules
from adamlib.experiments import digits
from adamlib.inputs import check_hyperparameters
from adamlib.practice import Function, Judged, Number, Question, Refused, Right, described

MANY = 100  # batches, of a dozen samples


def rate_5(rate):
    (loss,) = _validation_losses(5, rate, seeds=1)
    return _below(loss, 0.445, rate, 0.055)


def rate_50(rate):
    loss = np.mean(_validation_losses(50, rate, seeds=3))
    reached, words = _below(loss, 0.44, rate, 0.55)
    if not reached and 0.035 < rate < 0.08:
        words = f"{words}. That is the rate for B = 5: which rule did the three valleys show?"
    return reached, words


def _validation_losses(size, rate, seeds):
    """After one epoch in batches of that size, a loss for each seed, infinite if it diverged."""
    task, losses = digits(batch_size=size), []
    for seed in range(seeds):
        run = task.train_quietly(rules.sgd, rate, seed)
        losses.append(np.inf if run.diverged else task.held_out_loss(run.params))
    return losses


def _below(loss, target, rate, middle):
    """Whether it is, and words for it; middle is about the best rate."""
    if not np.isfinite(loss):
        return False, "it diverges"
    words = f"the validation loss is {loss:.3f}"
    if loss <= target:
        return True, words
    return False, f"{words}, so {rate:g} is too {'small' if rate < middle else 'large'}"


def ball_rate(rate):
    check_hyperparameters(rules.sgd, {"learning_rate": rate})
    if rate >= 2:
        return False, "beyond 2/L, here 2, it diverges"
    left = (1 - rate) ** 800
    noise, rest = rate / (2 - rate) * (1 - left), 4.25 * left
    words = f"the exact mean loss is {noise + rest:.3g}: {noise:.3g} from noise"
    words = f"{words}, {rest:.2g} left of the start"
    if noise + rest < 0.007:
        return True, words
    return False, f"{words}, so η is too {'large' if rate > 0.012 else 'small'}"


def one_epoch(images, labels, batch_size, rng):
    """The batches (images, labels) of one epoch, every sample once, in a random order."""
    batches = []
    order = rng.permutation(len(labels))
    for i in range(0, len(labels), batch_size):
        chosen = order[i : i + batch_size]
        batches.append((images[chosen], labels[chosen]))
    return batches


def _epochs(function, samples, batch_size):
    """What counts of epochs of one_epoch, whatever was drawn at random."""
    numbers, rng, epochs, in_place = np.arange(samples), np.random.default_rng(0), [], 0
    for source in (rng, rng, np.random.default_rng(0)):  # two in a row, and the first once more
        given = {"images": np.stack([numbers, numbers], axis=1), "labels": numbers.copy()}
        try:
            batches = function(*given.values(), batch_size, source)
            batches = list(islice(batches, MANY)) if hasattr(batches, "__next__") else batches
        except IndexError as error:
            words = f"{error} (take the number of samples from labels)"
            raise IndexError(words).with_traceback(error.__traceback__) from None
        if batches is None or batches is ...:
            raise NotImplementedError
        if isinstance(batches, np.ndarray) or not np.iterable(batches):
            raise Refused(f"it must return a list of batches, yours is {described(batches)}")
        if not len(batches):
            raise NotImplementedError
        if len(batches) >= MANY:
            raise Refused(
                f"it gives {MANY} batches of {samples} samples: it must end when all are used"
            )
        if not all(map(_is_pair, batches)):
            raise Refused(f"it must return a list of pairs (images, labels), {_no_pairs(batches)}")
        kept = [a[..., 0] if a.ndim > 1 else a for a in given.values()]
        in_place += not all(np.array_equal(a, numbers) for a in kept)
        parts = [(np.array(x)[:, 0], np.array(y)) for x, y in batches]
        epochs.append([parts, *map(np.concatenate, zip(*parts, strict=True))])

    def faults(parts, images, labels):
        return {
            "with the same batch twice": len({tuple(x) for x, _ in parts}) < len(parts),
            "that leave a sample out": bool(set(numbers) - set(images)),
            "in which a label is not that of its image": not np.array_equal(images, labels),
            "with the images in the order given": np.array_equal(images, np.sort(images)),
            "with the labels in the order given": np.array_equal(labels, np.sort(labels)),
        }

    first, second, again = epochs
    sizes = [len(y) for _, y in first[0]]
    one, other = faults(*first), faults(*second)
    of_both = {
        f"the number of epochs, of 2, {words} is": one[words] + other[words] for words in one
    }
    return {
        "the number of batches is": len(sizes),
        "the size of the first batch is": sizes[0],
        "the size of the last batch is": sizes[-1],
        "the number of full batches is": sizes.count(batch_size),
        "the size of all batches together is": sum(sizes),
        **of_both,
        "the number of times that both epochs have one order is": int(
            np.array_equal(first[1], second[1])
        ),
        "the number of times that equal rngs lead to different orders is": int(
            not np.array_equal(first[1], again[1])
        ),
        "the number of times that every batch is a piece of the order given is": int(
            all(np.ptp(images) < len(images) for images, _ in first[0] + second[0])
        ),
        "the number of times that all neighbouring batches share all but one sample is": int(
            all(
                len(set(one) & set(other)) == len(one) - 1
                for parts in (first[0], second[0])
                for (one, _), (other, _) in pairwise(parts)
            )
        ),
        "the number of calls, of 3, that change what they are given is": in_place,
    }


MEANINGS = {
    "that leave a sample out": "some samples never come, and others come twice: draw one order "
    "of them all with rng.permutation, and cut it (random.shuffle spoils an array of rows)",
    "a label is not that of its image": "a label is not that of its image: take both in one order",
    "that change what they are given": "it changes the images or the labels in place, which the "
    "caller still needs: make new arrays, as images[order] does",
}


def _is_pair(batch):
    """Whether it is (images, labels), of as many images, rows of two numbers, as labels."""
    try:
        images, labels = map(np.asarray, batch)
    except (TypeError, ValueError):
        return False
    return images.ndim == 2 and labels.ndim == 1 and len(images) == len(labels) > 0


def _no_pairs(batches):
    """What a learner's batches are instead of pairs."""
    item = next(batch for batch in batches if not _is_pair(batch))
    dims = [getattr(part, "ndim", -1) for part in batches]
    if isinstance(item, tuple | list) and len(item) == 2:
        if _is_pair(item[::-1]):
            return "in yours the labels come first"
        if not np.iterable(item[1]):
            return "in yours a pair is a single sample: it takes batch_size of them"
    if len(batches) == 2 and all(isinstance(part, list) for part in batches):
        return "yours are two lists: put the images and the labels of a batch into one pair"
    if dims == [2, 1]:
        return "yours is one pair: collect all of them in a list"
    if dims == [2, 1] * (len(dims) // 2):
        return "in yours they follow each other: append them as one pair, in brackets"
    missing = {(2,): ", images without labels", (1,): ", labels or numbers without images"}
    what = missing.get(tuple(set(dims)), "")
    if _is_pair(batches[0]) and item is batches[-1] and not len(item[0]):
        return "in yours the last batch is empty where batch_size divides the number of samples"
    kind = described(item)
    if kind == "a tuple of 2":
        kind = f"({described(item[0])}, {described(item[1])})"
    return f"the first item of yours is {kind}{what}"


ANSWERS = {
    "all_four": Number(
        1.5,
        wrong={
            6: "that is a step along the sum of the four gradients: take their mean",
            3: "that is the minimum, where η = 1 would lead",
            -1.5: "mind the signs: the gradients are negative, so the step goes up",
            -3: "that is the mean gradient: take the step",
            0.75: "that is one step with the batch {1, 2}",
            0.5: "that is η, or a step with sample 1 alone: take the mean of all four",
            2.25: "that is one step with the batch {3, 6}",
            12: "that is the sum: take the mean of the gradients, and then the step",
            3.5: "that is the example's step, from x = 5",
            4.0625: "those are four steps, a sample each",
            2.625: "that is where the two batches lead",
        },
    ),
    "two_batches": Number(
        2.625,
        wrong={
            0.75: "that is where the first batch leads: now take the second",
            3: "the second gradient is taken where the first step led, not at 0",
            2.25: "the first step has the batch {1, 2}, the second {3, 6}",
            3.75: "that is the size of the second mean gradient: take the step",
            4.5: "take the mean over each batch, not the sum; or is η missing?",
            6: "both gradients are taken at 0, and the mean or η is missing",
            1.5: "that is one step with all four",
            1.875: "that is the second step alone, or {3, 6} came first",
            4.0625: "those are four steps, a sample each",
        },
    ),
    "five_epochs": Number(
        60,
        wrong={
            59: "every epoch ends with a smaller batch, so round up before you multiply",
            35000 / 600: "every epoch ends with a smaller batch, so round up, then multiply",
            55: "the smaller batch at the end of each epoch is a step too",
            12: "that is one epoch",
            11: "that is one epoch, without its smaller batch",
            7000 / 600: "that is one epoch, and not yet rounded up",
            5: "those are the epochs",
            350: "that is with B = 100",
            **dict.fromkeys((600, 7000, 35000), "those are images: an iteration takes 600 of them"),
            **dict.fromkeys((65, 200 / 3, 70), "is that for 8,000 images? Here there are 7,000"),
        },
    ),
    "images_seen": Number(
        169,
        wrong={
            7000: "that is what it should see: print i and i + 100 for the first rounds",
            100: "that is the first round: each later one adds something",
            69: "those are the rounds after the first, which sees 100",
            70: "those are the rounds: the first one alone sees 100",
            101: "that is after two rounds",
            700: "the rounds overlap by more: the second one adds a single image",
            170: "one too many: range(70) ends with 69, and the slice 69:169 with 168",
            168: "that is the last place: the first one is 0",
            7069: "there are only 7,000, and the rounds overlap",
        },
    ),
    "stride": Number(
        100,
        wrong={
            1: "that is how it grows now: each batch shares 99 images with the one before",
            **dict.fromkeys((2, 10, 50, 99), "then neighbouring batches still share images"),
            0: "then every round has the same batch",
            101: "then one image is left out between two batches",
            70: "that is the number of rounds; then neighbours would still share 30 images",
            600: "that was exercise 3's batch: here one has 100 images",
            7000: "that is all of them: a batch has 100 images",
            200: "then every other batch is left out",
        },
    ),
    "rate_5": Judged(rate_5, asks="η"),
    "rate_50": Judged(rate_50, asks="η"),
    "b_star": Number(
        144,
        wrong={
            12: "that is how many times as long the noise of one image is; a batch of B "
            "divides it by the root of B, and not by B",
            12**0.5: "not the root of that fraction: its square",
            1 / 144: "upside down: divide the noise by the gradient",
            1 / 12: "upside down, and not yet squared",
            36: "divide it by the square of the gradient's length",
            72: "square the gradient's length too",
            70: "that is the B* of the digits at the start: here it is another model",
        },
    ),
    "cosine_80": Number(
        1 / (1 + (8.89 / 1.06) ** 2 / 80) ** 0.5,
        within=0.02,
        wrong={
            1 / (1 + (8.89 / 1.06) ** 2 / 80): "that is its square: the root is missing",
            1 / (1 + 8.89 / 1.06 / 80) ** 0.5: "B* is the square of 8.89 / 1.06",
            1 / (1 + 80 / (8.89 / 1.06) ** 2) ** 0.5: "B* is divided by B, not B by B*",
            1 / (1 + (8.89 / 1.06) ** 2 / 80) ** 2: "take the root of 1 + B*/B, not its square",
            (1 + (8.89 / 1.06) ** 2 / 80) ** 0.5: "upside down: that is the longest side",
            (1 + (8.89 / 1.06) ** 2 / 80): "that is the square of the longest side",
            ((8.89 / 1.06) ** 2 / 80) ** 0.5: "that is the noise: divide 1 by the longest side",
            (8.89 / 1.06) ** 2 / 80: "that is B*/B: put it into the formula",
            1 / (1 + (8.89 / 1.06) ** 2 / 800) ** 0.5: "that is with 800 images",
            1 / (1 + (8.89 / 1.06) ** 2 / 8) ** 0.5: "that is with 8 images",
        },
    ),
    "rate_grows": Number(
        22 / 3,
        within=0.02,
        wrong={
            20: "that is linear scaling; the fraction 1 / (1 + B*/B) grows by less",
            10: "that is linear scaling to B*, and no growth above it: the formula bends gradually",
            3 / 22: "upside down: the larger batch has the larger rate",
            11: "that is 1 + B*/B for B = 7: divide it by that for B = 140",
            1.5: "that is 1 + B*/B for B = 140: divide that for B = 7 by it",
            1 / 11: "that is the fraction for B = 7: how many times as large is it for 140?",
            2 / 3: "that is the fraction for B = 140: divide it by that for B = 7",
            (22 / 3) ** 0.5: "that is the growth of the cosine: the rate grows as its square",
            (3 / 22) ** 0.5: "upside down, and that is the cosine: the rate goes with its square",
        },
    ),
    "level": Number(
        4 / 3,
        wrong={
            1 / 3: "that is with noise of variance 1",
            2 / 3: "did you use the root of 4? The variance itself stands in the last term. Or did "
            "you divide by 1.5? The right divisor is 1 − (1 − η)², which is 0.75",
            1: "that is what a step adds, not yet the level; or 4 η/2, only right for small η",
            16 / 3: "4 is the variance already: do not square it",
            8 / 3: "that is the mean of x₁² + x₂²: V is that of one coordinate",
            2: "subtract (1 − η)², which is 0.25, and not 1 − η",
            4: "V = 0.25 V + 1: solve it for V",
            0.25: "that is η/2, which needs variance 1 and small η; or it is (1 − η)², or η²: put "
            "them into V = (1 − η)² V + 4 η², and solve for V",
            0.5: "that is η: solve V = 0.25 V + 1 for V",
            0.75: "that is 1 − (1 − η)²: it divides what a step adds",
            5 / 4: "that is V after one step from V = 1: at rest V does not change any more",
        },
    ),
    "ball_rate": Judged(ball_rate, asks="η"),
}

QUESTIONS = {
    "cosine": Question(
        "At the start the gradient of 800 images has a cosine near 1 with that of all 8,000. What "
        "is this cosine after ten epochs of training?",
        {
            "As near to 1 as before: 800 images are still a tenth of all": "It is not the "
            "number of images alone that counts. Training shortens the mean gradient far more than "
            "it shrinks the differences between the gradients of single images.",
            "Clearly lower": Right(
                "Training has made the mean gradient very short. The gradients of single images "
                "have shrunk much less, and point in all directions. So a batch's gradient is now "
                "mostly what its images do not share."
            ),
            "Nearer to 1: by then the model knows what the digits share": "What they share has "
            "been learned, so it is gone from the gradient. What they do not share is left.",
        },
    ),
    "races": Question(
        "We train for one epoch with B = 1, with B = 100 and with all 7,000 images, each at its "
        "best learning rate. How will the validation losses compare?",
        {
            "B = 1 has by far the lowest loss": "Steps from one image are so noisy that they must "
            "be short: 7,000 of them lead about as far as 70 longer ones.",
            "All 7,000 have the lowest loss, because they have no noise": "One exact step "
            "does not lead as far as 70 noisy steps.",
            "B = 1 and B = 100 have about the same loss, and all 7,000 a far higher one": Right(
                "70 steps with a large η lead about as far as 7,000 steps with a small η. One "
                "step does not."
            ),
        },
    ),
    "ball": Question(
        "With η = 0.3 the loss on the noisy bowl falls, then wanders around a level. Where is that "
        "level with η = 0.03?",
        {
            "About ten times lower": Right(
                "A short step lets in little of each gradient's noise, and "
                "many short steps average it out. In return, the way down takes longer."
            ),
            "At the same height: the noise is the same": "The noise of the gradient is the same, "
            "but a step multiplies it by η before it reaches x.",
            "About 100 times lower": "A step adds η²ξ² to x², and that is 100 times less. But it "
            "also takes away ten times less of the old noise, so more noise adds up.",
            "At 0, if we wait long enough": "Every step brings new noise, so with a constant η "
            "the run never comes to rest.",
        },
    ),
}

FUNCTIONS = {
    "one_epoch": Function(
        one_epoch,
        {"10 samples and batch_size=4": (10, 4), "12 samples and batch_size=3": (12, 3)},
        hints=[
            "Shuffle the numbers of the samples, not the samples. rng.permutation(n) does it.",
            "Loop over every batch_size-th place, range(0, n, batch_size). From each place, take a "
            "slice of batch_size numbers.",
            "images[chosen] and labels[chosen] take the samples with these numbers. A slice that "
            "goes beyond the end stops there, so the last batch needs no special care.",
        ],
        meanings=MEANINGS,
        facts=_epochs,
    ),
}
