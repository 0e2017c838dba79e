"""Functions that learners write and that are no rules, and what check() compares of them."""

from itertools import islice

import numpy as np

from adamlib.averages import new_average
from adamlib.schedules import cosine_at

MANY = 100  # batches, of a dozen samples
UNWRITTEN = "not written yet (or is `return` missing?)"


def central_difference(f, x, h=1e-5):
    """The slope of f between two points, a little to either side of x."""
    return (f(x + h) - f(x - h)) / (2 * h)


def one_epoch(images, labels, batch_size, rng):
    """The batches (images, labels) of one epoch, every sample once, in a random order."""
    batches = []
    order = rng.permutation(len(labels))
    for i in range(0, len(labels), batch_size):
        chosen = order[i : i + batch_size]
        batches.append((images[chosen], labels[chosen]))
    return batches


def described(value):
    """What kind of thing a learner's function returned."""
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if isinstance(value, np.ndarray):
        kind = f" and type {value.dtype}" * (value.dtype.kind not in "biuf")
        return f"an array of shape {value.shape}{kind}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def returned(function, *arguments):
    """What counts of a function that returns a number."""
    return {"it gives": function(*arguments)}


def _epochs(function, samples, batch_size):
    """What counts of epochs of one_epoch, whatever was drawn at random."""
    numbers, rng, epochs = np.arange(samples), np.random.default_rng(0), []
    for source in (rng, rng, np.random.default_rng(0)):  # two in a row, and the first once more
        given = {"images": np.stack([numbers, numbers], axis=1), "labels": numbers.copy()}
        try:
            batches = function(*given.values(), batch_size, source)
            batches = list(islice(batches, MANY)) if hasattr(batches, "__next__") else batches
        except IndexError as error:
            words = f"{error} (mind that the last batch is smaller)"
            raise IndexError(words).with_traceback(error.__traceback__) from None
        for name, array in given.items():
            if not np.array_equal(array[..., 0] if array.ndim > 1 else array, numbers):
                new = f"the caller still needs them, so make a new array, as by {name}[order]"
                return f"it changes {name} in place: {new}"
        if batches is None or batches is ...:
            return UNWRITTEN
        if isinstance(batches, np.ndarray) or not np.iterable(batches):
            return f"it must return a list of batches, yours is {described(batches)}"
        if not len(batches):
            return UNWRITTEN
        if len(batches) >= MANY:
            return f"it gives {MANY} batches of {samples} samples: it must end when all are dealt"
        if not all(map(_is_pair, batches)):
            return f"it must return a list of pairs (images, labels), {_no_pairs(batches)}"
        parts = [(np.array(x)[:, 0], np.array(y)) for x, y in batches]
        epochs.append([parts, *map(np.concatenate, zip(*parts, strict=True))])

    first, second, again = epochs
    two = [first, second]
    sizes = [len(y) for _, y in first[0]]

    def count(of_epoch):
        return sum(bool(of_epoch(images, labels)) for _, images, labels in two)

    return {
        "the number of batches is": len(sizes),
        "the size of the first batch is": sizes[0],
        "the size of the last batch is": sizes[-1],
        "the number of full batches is": sizes.count(batch_size),
        "the size of all batches together is": sum(sizes),
        "the number of epochs, of 2, with the same batch twice is": sum(
            len({tuple(images) for images, _ in parts}) < len(parts) for parts, *_ in two
        ),
        "the number of epochs, of 2, that leave a sample out is": count(
            lambda images, labels: set(numbers) - set(images)
        ),
        "the number of epochs, of 2, in which a label is not that of its image is": count(
            lambda images, labels: not np.array_equal(images, labels)
        ),
        "the number of epochs, of 2, with the images in the order given is": count(
            lambda images, labels: np.array_equal(images, np.sort(images))
        ),
        "the number of epochs, of 2, with the labels in the order given is": count(
            lambda images, labels: np.array_equal(labels, np.sort(labels))
        ),
        "the number of times that both epochs have one order is": int(
            np.array_equal(first[1], second[1])
        ),
        "the number of times that equal rngs lead to different orders is": int(
            not np.array_equal(first[1], again[1])
        ),
        "the number of times that every batch is a piece of the order given is": int(
            all(np.ptp(images) < len(images) for parts, *_ in two for images, _ in parts)
        ),
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


# {name: (the right one, {a call in words: its arguments})}, and, where it does not return a
# number, a function of it and the arguments of a call that says what counts: {words: number}, or
# one sentence about what is no such result.
FUNCTIONS = {
    "central_difference": (
        central_difference,
        {
            "f(x) = x³ at x = 1 with h = 0.1": (lambda x: x**3, 1.0, 0.1),
            "f(x) = cos x at x = 0.5 with h = 0.1": (np.cos, 0.5, 0.1),
            "f(x) = eˣ at x = -0.5 with h = 0.2": (np.exp, -0.5, 0.2),
        },
    ),
    "new_average": (
        new_average,
        {
            "average 2, value 1, beta 0.9": (2.0, 1.0, 0.9),
            "average 1, value -3, beta 0.25": (1.0, -3.0, 0.25),
            "average 0, value 5, beta 0.99": (0.0, 5.0, 0.99),
        },
    ),
    "cosine_at": (
        cosine_at,
        {
            "step 3 of 20, η = 0.1 and warmup 5": (3, 0.1, 20, 5),
            "step 5 of 20, η = 0.1 and warmup 5": (5, 0.1, 20, 5),
            "step 9 of 20, η = 0.1 and warmup 5": (9, 0.1, 20, 5),
            "step 20 of 20, η = 0.1 and warmup 5": (20, 0.1, 20, 5),
            "step 1 of 8, η = 2 and warmup 1": (1, 2.0, 8, 1),
            "step 6 of 8, η = 2 and warmup 1": (6, 2.0, 8, 1),
        },
    ),
    "one_epoch": (
        one_epoch,
        {"10 samples and batch_size=4": (10, 4), "12 samples and batch_size=3": (12, 3)},
        _epochs,
    ),
}
