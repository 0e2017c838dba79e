"""The real data of the course: the files of data/, each checked by its sha256 when it is loaded.

Where each file comes from, its authors and its licence: data/LICENSES.md.
"""

import functools
import hashlib
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "data"


class Dataset(NamedTuple):
    """Two pairs (images, labels): one to learn from, one held out to test what was learned."""

    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


@functools.cache
def mnist():
    """8,000 handwritten digits to train on and 2,000 to test on (MNIST: LeCun, Cortes and Burges).

    Returns Dataset(train=(images, labels), test=(images, labels)): `images` float32 of shape
    (n, 784), 28 rows of 28 pixels, 0 is paper and 1 is ink; `labels` int64 of shape (n,), 0 to 9.
    The order is random. All callers share the arrays, so they are read-only: copy one to change it.
    The test part is not MNIST's own test set (data/LICENSES.md).

    Raises OSError if data/mnist.npz is missing or altered.
    """
    arrays = read("mnist")
    return Dataset(*(_images_and_labels(arrays, part) for part in Dataset._fields))


def _images_and_labels(arrays, part):
    images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"].astype(np.int64)
    images = np.divide(images.reshape(len(images), -1), 255, dtype=np.float32)
    for array in (images, labels):
        array.flags.writeable = False
    return images, labels


def read(name):
    """The arrays of data/<name>.npz as a dict, once the file has the sha256 in data/SHA256SUMS.

    Raises OSError, in one sentence that says how to get the file back, if it does not.
    """
    path = DATA / f"{name}.npz"
    get_back = f"run `git checkout data/{path.name}` or `python data/build.py {name}`"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: {get_back} in the folder of the course.")
    content = path.read_bytes()
    found, expected = hashlib.sha256(content).hexdigest(), checksums().get(path.name)
    if found != expected:
        raise OSError(
            f"{path} was altered or cut short: its {len(content):,} bytes have sha256 {found}, "
            f"but data/SHA256SUMS says {expected}: {get_back} in the folder of the course."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def checksums():
    """The file name and sha256 of each line in data/SHA256SUMS, as a dict."""
    path = DATA / "SHA256SUMS"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: run `git checkout data/{path.name}` in the folder of the course."
        )
    return dict(reversed(line.split()) for line in path.read_text().splitlines())
