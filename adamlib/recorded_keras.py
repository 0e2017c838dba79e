"""Keras's recorded runs, for a computer without TensorFlow: what lessons 01 to 07 compare with.

keras_check asks for them where TensorFlow is not installed, or where ADAMLIB_KERAS=recorded, and
each line that it then prints says so. tools/record_keras.py writes keras_runs.npz; wherever the
tests run a notebook live, `hold` compares Keras with the record. Nothing here imitates Keras: what
was not recorded is refused.
"""

import functools
import json
import os
from functools import partial
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "keras_runs.npz"
CLOSE = 1e-3  # of the largest number of an array: how far Keras may be from its record
MOST = 1000  # coordinates that are recorded of one array; of larger ones, about 200

taken = None  # a list while tools/record_keras.py records: (question, probe, arrays)


class Described:
    """A Keras optimizer or schedule, where there is no Keras: its name, and what was said of it."""

    def __init__(self, name, *given, **settings):
        known = signature(name)
        said = dict(zip(known, given, strict=False)) | settings
        if len(given) > len(known) or not said.keys() <= known.keys():
            raise TypeError(f"{name} of Keras takes {', '.join(known)}; given is {said}.")
        self.name, self.settings = name, known | said

    def __repr__(self):
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.settings.items())})"


class _Optimizers:
    """keras.optimizers and keras.optimizers.schedules: descriptions only."""

    Optimizer = Described

    @property
    def schedules(self):
        return self

    def __getattr__(self, name):
        signature(name)
        return partial(Described, name)


class _Keras:
    """What keras_check calls keras where there is no TensorFlow."""

    optimizers = _Optimizers()

    @property
    def __version__(self):
        return record()[1]["keras"]

    def __getattr__(self, name):
        raise AttributeError(_absent(f"keras.{name}"))


keras = _Keras()


def chosen():
    """Whether ADAMLIB_KERAS says that the recorded runs are taken even where TensorFlow is."""
    said = os.environ.get("ADAMLIB_KERAS") or "live"
    if said not in ("live", "recorded"):
        raise ValueError(f"ADAMLIB_KERAS is {said!r}; it may be live or recorded.")
    return said == "recorded"


def said(tf):
    """What a line ends on that compares Keras with a rule: nothing while TensorFlow is there."""
    return "" if tf else f" [recorded with Keras {keras.__version__}]"


def signature(name):
    """{parameter: default} of a class of keras.optimizers that lessons 01 to 07 use."""
    if name not in record()[1]["signatures"]:
        raise AttributeError(_absent(f"keras.optimizers.{name}"))
    return record()[1]["signatures"][name]


def in_float32(settings):
    """The settings, numbers to the digits of float32, in which Keras keeps them."""
    return {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in settings.items()}


def question(*words, **facts):
    """What is asked of Keras, as text: numbers to 12 digits, so that every computer asks alike."""
    return json.dumps([*_plain(words), _plain(facts)], sort_keys=True, default=repr)


def answer(asked, probe):
    """The recorded arrays to a question; LookupError where there are none.

    probe  array of what the question does not say, such as a start and the first gradient
    """
    found = _find(asked, probe)
    if found is None:
        raise LookupError(
            f"No run of Keras with these settings is recorded, and {_why()}. Put back the lesson's "
            "settings, or run this cell where TensorFlow is."
        )
    return found


def hold(asked, probe, arrays):
    """Note what Keras answers, while it is recorded; in a test, compare it with the record.

    probe  a function that returns the array
    """
    if taken is not None:
        taken.append((asked, probe(), arrays))
    elif "ADAMLIB_EXPECT" in os.environ and (found := _find(asked, probe())) is not None:
        for a, b in zip(arrays, found, strict=True):
            if not np.abs(a - b).max(initial=0) <= CLOSE * np.abs(b).max(initial=0):
                raise AssertionError(
                    f"Keras differs from its run in {FILE.name}, recorded with Keras "
                    f"{record()[1]['keras']}: find out why, or record it again by "
                    f"tools/record_keras.py. Asked was {asked}."
                )


def thinned(rows):
    """A run of shape (steps, *shape): of a large array some coordinates, in one row a step."""
    size = rows[0].size
    return rows if size <= MOST else rows.reshape(len(rows), -1)[:, :: size // 200]


def save(signatures, **versions):
    """Write what was taken, what was asked twice once, with Keras's signatures and versions."""
    kept = []
    for asked, probe, answers in taken:
        if not any(asked == other and _close(probe, known) for other, known, _ in kept):
            kept.append((asked, probe, answers))
    arrays = {}
    for i, (_, probe, answers) in enumerate(kept):
        arrays |= {f"{i}.probe": probe} | {f"{i}.{j}": a for j, a in enumerate(answers)}
    runs = [(asked, len(answers)) for asked, _, answers in kept]
    index = versions | {"signatures": signatures, "runs": runs}
    np.savez_compressed(FILE, index=np.array(json.dumps(index)), **arrays)


@functools.cache
def record():
    """The file, and its index."""
    arrays = np.load(FILE)
    return arrays, json.loads(str(arrays["index"]))


def _find(asked, probe):
    arrays, index = record()
    for i, (other, count) in enumerate(index["runs"]):
        if other == asked and _close(probe, arrays[f"{i}.probe"]):
            return [arrays[f"{i}.{j}"] for j in range(count)]
    return None


def _close(probe, other):
    return probe.shape == other.shape and np.allclose(
        probe, other, rtol=1e-4, atol=1e-6 * np.abs(other).max(initial=0)
    )


def _plain(value):
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):  # NumPy's float64, too
        return float(f"{value:.12g}")
    return value


def _absent(name):
    return (
        f"{name} is not recorded, and {_why()}. What lessons 01 to 07 compare with Keras is "
        "recorded; all else needs TensorFlow."
    )


def _why():
    if chosen():
        return "ADAMLIB_KERAS=recorded keeps TensorFlow away"
    return "TensorFlow is not installed"
