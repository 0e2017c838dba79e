"""What lesson 08 asks."""

from types import SimpleNamespace

import numpy as np

from adamlib.experiments import climb, next_rate
from adamlib.practice import Function, Judged, Number, Question, Refused, Right, described


def limit(c):
    """Between the longest gradient of good pictures, 2.2, and the shortest unscaled one, 5.6."""
    if 2.2 <= c <= 5.6:
        return True, "it leaves the gradients of good pictures alone, and shortens the huge ones"
    if c <= 0:
        return False, "it is a length, so it is above 0"
    if c < 2.2:
        return False, f"in the trained network some good pictures give gradients longer than {c:g}"
    return False, (
        "in the fresh network a batch with an unscaled picture passes: look for the shortest "
        "gradient that stands out"
    )


def clip(g, c):
    """The gradient g, at most c long."""
    return g * c / np.maximum(np.linalg.norm(g), c)


def of_clip(function, g, c):
    """Its numbers; those of an array that it was given must stay as they are."""
    before = g.copy()
    found = function(g, c)
    if found is None or found is ...:
        raise NotImplementedError
    if not np.array_equal(g, before):
        raise Refused("it writes into the array g: return a new one")
    if np.shape(found) != g.shape:
        raise Refused(f"it must return an array like g, yours is {described(found)}")
    return {f"number {i + 1} of the result is": a for i, a in enumerate(np.ravel(found))}


def of_next_rate(function, losses, rates):
    """None is 0, so that it can be compared; at the first rate of all it means: not written."""
    words = ", ".join(f"{rate:g}: {loss:g}" for rate, loss in losses.items())
    try:
        rate = function(dict(losses), list(rates))
    except IndexError:
        raise Refused(
            f"for {{{words}}} it looks for a place that the list does not have: ask first whether "
            "0 <= place < len(rates)"
        ) from None
    if isinstance(rate, float) and rate not in rates:
        raise Refused(f"for {{{words}}} it gives {rate:g}, which is not on the list of rates")
    return {"it gives (None is shown as 0)": 0 if rate is None and len(losses) > 1 else rate}


def of_climb(function, losses, start):
    """Which rates it has tried, in that order, 0 after the last."""
    tried = []

    def loss_at(rate):
        if rate not in losses:
            raise Refused(f"it asks for the loss at {rate}: end when rate is None")
        if rate in tried:
            raise Refused(f"it trains at {rate:g} twice: put next_rate's answer into rate")
        tried.append(rate)
        return losses[rate]

    try:
        found = function(loss_at, list(losses), start)
    except ValueError as error:
        if tried or "empty" not in str(error):
            raise
        raise Refused(
            "it asks next_rate before the first training: train at `rate` first"
        ) from None
    if found is None or found is ...:
        if tried:
            raise Refused("it must return the dict of the losses")
        raise NotImplementedError
    if not isinstance(found, dict):
        raise Refused(f"it must return the dict of the losses, yours is {described(found)}")
    if sorted(found.values()) != sorted(losses[rate] for rate in tried):
        raise Refused("the dict must have the loss of each rate that it has tried, {rate: loss}")
    places = {f"it tries as rate number {i + 1} (none is shown as 0)": i for i in range(4)}
    return {words: ([*found] + 4 * [0])[i] for words, i in places.items()}


class Recorder:
    """A model that only writes down what it is given."""

    def __init__(self):
        self.compiled, self.fitted = {}, {}
        self.result = SimpleNamespace(history={})

    def compile(self, optimizer="rmsprop", loss=None, loss_weights=None, metrics=None, **others):
        self.compiled = dict(optimizer=optimizer, loss=loss, metrics=metrics)

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        **others,
    ):
        if not self.compiled:
            raise Refused("compile comes before fit")
        if unknown := set(others) - OF_FIT:
            raise Refused(f"fit has no argument {min(unknown)}: look at its name")
        if isinstance(x, tuple):
            raise Refused(
                "fit gets the pictures and the labels as one tuple: a star before it, as in *data, "
                "makes two arguments of it"
            )
        self.fitted = dict(x=x, y=y, batch_size=batch_size, epochs=epochs)
        self.fitted |= dict(callbacks=callbacks, validation_data=validation_data)
        return self.result


# What Keras's fit takes besides.
OF_FIT = {"shuffle", "class_weight", "sample_weight", "initial_epoch", "steps_per_epoch"}
OF_FIT |= {"validation_steps", "validation_batch_size", "validation_freq"}


def train(model, optimizer, loss, data, validation, callback):
    """The two lines of every program in Keras."""
    model.compile(optimizer, loss=loss, metrics=["accuracy"])
    return model.fit(
        *data, batch_size=64, epochs=20, verbose=0, validation_data=validation, callbacks=[callback]
    )


def of_train(function, *names):
    """Whether each thing is where it belongs, 1 or 0."""
    model = Recorder()
    optimizer, loss, callback, *others = names
    data, validation = tuple(others[:2]), tuple(others[2:])
    result = function(model, optimizer, loss, data, validation, callback)
    if not model.fitted and result in (None, ...):
        raise NotImplementedError  # the line that compiles is given
    if not model.fitted:
        raise Refused("it compiles the model, but fit is missing")
    got = model.compiled | model.fitted
    metrics, callbacks = (
        got[name] if isinstance(got[name], list | tuple) else [got[name]]
        for name in ("metrics", "callbacks")
    )
    held = got["validation_data"]
    facts = {
        "optimizer": got["optimizer"] is optimizer,
        "loss": got["loss"] is loss,
        "metrics": "accuracy" in metrics,
        "pictures": got["x"] is data[0] and got["y"] is data[1],
        "validation": isinstance(held, list | tuple) and tuple(held) == validation,
        "callbacks": callback in callbacks,
        "returned": result is model.result,
    }
    numbers = {name: got[name] or 0 for name in ("batch_size", "epochs")}
    return {name: int(fact) for name, fact in facts.items()} | numbers


RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
HALVES = [0.125, 0.25, 0.5, 1.0, 2.0]  # which float32 has exactly

ANSWERS = {
    "memory": Number(
        204.8,
        wrong={
            102.4: "that is one number of 4 bytes for each weight, and Adam keeps two, m and v",
            102: "that is one number of 4 bytes for each weight, and Adam keeps two, m and v",
            51.2: "that is how many million numbers there are: each has 4 bytes",
            25.6: "that is how many million weights there are",
            307.2: "that counts the weights too, and the question is what Adam adds",
            204_800_000: "that is in bytes: give millions of bytes",
            0.2048: "that is in units of 1,000 million bytes: give millions",
            214.7: "that takes 1,024² for a million: 25.6 million is 25,600,000",
            195.3: "that is in units of 1,024² bytes: give millions",
            819.2: "that is 32 for each weight: a number has 32 bits, which are 4 bytes",
            1638.4: "that is in bits",
            0.062416: "that is for this network: ResNet-50 has 25.6 million weights",
            **dict.fromkeys((2, 8), "that is for one weight: there are 25.6 million"),
            **dict.fromkeys((3.2, 6.4, 12.8), "each number has 4 bytes: multiply by them"),
            409.6: "that is for 8 bytes each, and these are float32, of 4 bytes",
        },
        within=2e-3,  # so that 25,583,592 and 25,636,712 weights are right too
    ),
    "limit": Judged(limit, asks="c"),
    "clipped": Number(
        5 / 2525**0.5,
        wrong={
            1: "that is its length after clipnorm, which makes each array by itself at most 1 long",
            5: "that is its length before it is clipped",
            0.099: "that has two significant digits: give three",
            0.1: "if you have rounded it, give three digits; if you have divided by 50, you have "
            "taken the length of the first array alone",
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
    "climb": Function(
        climb,
        {
            "a climb that goes up from 0.5": (dict(zip(HALVES, [5, 4, 3, 2, 4], strict=True)), 0.5),
            "a climb that goes down from 1": (dict(zip(HALVES, [5, 2, 3, 4, 6], strict=True)), 1.0),
        },
        hints=[
            "Begin with losses = {}. As long as rate is not None, train at that rate.",
            "losses[rate] = loss_at(rate) keeps the loss. Then rate = next_rate(losses, rates).",
            "The loop is while rate is not None: with these two lines in it. Then return losses.",
        ],
        facts=of_climb,
    ),
    "clip": Function(
        clip,
        {
            "g = (3, 4) and c = 1": (np.array([3.0, 4.0]), 1.0),
            "g = (30, 40) and c = 2": (np.array([30.0, 40.0]), 2.0),
            "g = (0.3, 0.4) and c = 1": (np.array([0.3, 0.4]), 1.0),
            "g = (3, 4) and c = 10": (np.array([3.0, 4.0]), 10.0),
            "g = (0.3, 0.4) and c = 0.1": (np.array([0.3, 0.4]), 0.1),
            "an array of two rows and c = 3": (np.array([[1.0, -8.0], [4.0, 0.0]]), 3.0),
            "g = (0, 0) and c = 1": (np.zeros(2), 1.0),
        },
        hints=[
            "A gradient of length 10 and a limit of 2: multiply by 2/10, that is, by c / length. A "
            "gradient of length 1 and the same limit: multiply by 1.",
            "The factor is the smaller of 1 and c / length: np.minimum(1, c / np.linalg.norm(g)).",
        ],
        facts=of_clip,
    ),
    "train": Function(
        train,
        {"it": ("an optimizer", "a loss", "a callback", "x", "y", "held x", "held y")},
        hints=[
            "fit is told everything that the last sentence of the exercise names.",
            "The line is return model.fit(*data, batch_size=..., epochs=..., ...).",
            "fit also needs validation_data=validation and callbacks=[callback].",
        ],
        facts=of_train,
        meanings={
            "it optimizer": "compile must get the optimizer",
            "it loss": "compile must get the loss, as loss=loss",
            "it metrics": 'compile must get metrics=["accuracy"]',
            "it pictures": "fit must get the pictures and their labels, as *data",
            "it validation": "fit must get validation_data=validation",
            "it callbacks": "fit must get callbacks=[callback]",
            "it returned": "return what fit returns",
            "it batch_size": "fit must get batch_size=64",
            "it epochs": "fit must get epochs=20",
        },
    ),
}

QUESTIONS = {
    "defaults": Question(
        "At Keras's defaults, which of these methods end with an average accuracy below 0.2 after "
        "128 steps? (Guessing among ten classes gives 0.1.)",
        {
            "AdaGrad and Adadelta": Right(
                "At the default of 0.001, Adadelta's first steps are about a millionth long. "
                "AdaGrad's first steps are those of SGD at 0.001/√0.1 = 0.0032, a third of SGD's "
                "own default, 0.01."
            ),
            "SGD and AdaGrad": "AdaGrad's first steps are those of SGD at 0.001/√0.1 = 0.0032, a "
            "third of SGD's 0.01. So SGD is ahead of AdaGrad, and AdaGrad is ahead of Adadelta.",
            "Adadelta alone, since AdaGrad adapts its steps": "AdaGrad does adapt its steps, "
            "but its sum s starts at 0.1, far above the squares of these gradients. So at first it "
            "is SGD at a small rate.",
        },
    ),
    "clip": Question(
        "Someone forgot to divide eight of the 2,048 pictures by 255, so about one batch in five "
        "has a huge gradient. Adam divides by √v̂. Does Adam suffer all the same?",
        {
            "No, because its steps stay bounded": "The steps stay bounded, but a step of ordinary "
            "length can still go the wrong way.",
            "Yes, because its steps go the wrong way": Right(
                "The huge gradient stays in m for about ten steps, and these steps go where one "
                "bad picture points."
            ),
            "Yes, because one huge step throws the weights far away": "That happens to momentum. "
            "In Adam the huge gradient stands in m and in √v, so the step stays near η.",
        },
    ),
    "first": Question(
        "Your climb has found Adam's best rate for a new network. You have one more evening. By "
        "what lessons 07 and 08 have measured, which change promises most?",
        {
            "A larger ε": "In lesson 07 a larger ε gained nothing: with ε = 1, Adam ended higher "
            "on both tasks with every seed.",
            "Another method, tuned": "Here six methods were tuned besides Adam, and on average "
            "none of them ended above it.",
            "A rate that falls, after a warm-up": Right(
                "In lesson 07 the two together ended below the best constant rate with all 30 "
                "seeds."
            ),
        },
    ),
}
