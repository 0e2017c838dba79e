"""The real data of the course: the files of data/, each checked by its sha256 when it is loaded.

    mnist()  fashion_mnist()  rotten_tomatoes()   what is shipped, a Dataset
    full_size(name)                               the whole of a data set, if there is a network

Where each file comes from, its authors and its licence: data/LICENSES.md.
"""

import functools
import gzip
import hashlib
import io
import os
import re
import socket
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from adamlib.folders import folder
from adamlib.inputs import among, brief

DATA = folder("data")

FASHION_CLASSES = (  # the names of Fashion-MNIST's labels 0 to 9
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


class Dataset(NamedTuple):
    """Two pairs (x, labels): one to learn from, one held out to test what was learned.

    x holds images, an array, or documents, a sparse matrix: a sample in each row. All callers
    share the arrays, so they are read-only: copy one to change it.
    """

    train: tuple[np.ndarray | csr_array, np.ndarray]
    test: tuple[np.ndarray | csr_array, np.ndarray]


@functools.cache
def mnist():
    """8,000 handwritten digits to train on and 2,000 to test on (MNIST: LeCun, Cortes and Burges).

    Returns Dataset(train=(images, labels), test=(images, labels)): `images` float32 of shape
    (n, 784), 28 rows of 28 pixels, 0 is paper and 1 is ink; `labels` int64 of shape (n,), 0 to 9.
    The order is random. The test part is not MNIST's own test set (data/LICENSES.md).

    Raises OSError if data/mnist.npz is missing or altered.
    """
    return _shipped_images("mnist")


@functools.cache
def fashion_mnist():
    """10,000 pictures of clothes to train on and 2,000 to test on (Xiao, Rasul, Vollgraf, 2017).

    Returns a Dataset like mnist()'s: 0 is the background, and label k is FASHION_CLASSES[k]. The
    test part is of Fashion-MNIST's own test set. The order is random.

    Raises OSError if data/fashion_mnist.npz is missing or altered.
    """
    return _shipped_images("fashion_mnist")


@functools.cache
def rotten_tomatoes():
    """6,824 sentences of film reviews to train on and 1,706 to test on (Pang and Lee, 2005).

    Returns Dataset(train=(documents, labels), test=(documents, labels)): `documents` a
    scipy.sparse.csr_array of shape (n, 8730), float32, 1 where the sentence in that row has the
    word of that column, 0 elsewhere: some 16 words to a sentence; `labels` int64 of shape (n,),
    1 if it praises the film and 0 if not. The order is random; the words: rotten_tomatoes_words().

    Raises OSError if data/rotten_tomatoes.npz is missing or altered.
    """
    arrays, parts = read("rotten_tomatoes"), []
    for part in Dataset._fields:
        indices, indptr = arrays[f"{part}_indices"], arrays[f"{part}_indptr"]
        documents = _bag_of_words(indices, indptr, len(arrays["words"]))
        parts.append((documents, _labels(arrays[f"{part}_labels"])))
    return Dataset(*parts)


def rotten_tomatoes_words():
    """The word of each column of rotten_tomatoes(): 8,730 strings, in alphabetical order."""
    return read("rotten_tomatoes")["words"]


# What can be had in full size, under its name in keras.datasets, and what is shipped in its place.
SHIPPED = {
    "mnist": mnist,
    "fashion_mnist": fashion_mnist,
    "cifar10": fashion_mnist,
    "imdb": rotten_tomatoes,
}
IMDB_WORDS = 10_000  # the most frequent ones, as in the Adam paper
PATIENCE = 10  # seconds to wait for a server that does not answer


def full_size(name):
    """The whole of "mnist", "fashion_mnist", "cifar10" or "imdb", through keras.datasets.

    mnist, fashion_mnist   60,000 + 10,000 images, as those of mnist()
    cifar10                50,000 + 10,000 images, (n, 3072): x.reshape(-1, 32, 32, 3), 0.7 GB
    imdb                   25,000 + 25,000 documents, as those of rotten_tomatoes(); column k is
                           the k-th most frequent word, from 1 to 9,999

    Each with its own test set. The first call downloads the data, and Keras keeps it on the disk.
    Where that does not work, returns what is shipped: the same data set or, for cifar10
    fashion_mnist(), for imdb rotten_tomatoes(). Prints one line that says what was returned.
    Imports TensorFlow, which takes seconds.
    """
    if not among(name, SHIPPED):
        raise ValueError(
            f"There is no {brief(name)} in full size; there are: {', '.join(SHIPPED)}."
        )
    from adamlib.keras_check import keras

    source = getattr(keras.datasets, name)
    choice = {"num_words": IMDB_WORDS, "start_char": None, "oov_char": None, "index_from": 0}
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        parts = source.load_data(**choice if name == "imdb" else {})
    except Exception as error:  # Keras raises no narrower one
        reason = str(error).rpartition(" -- ")[2] or type(error).__name__
        trouble = f"could not be downloaded ({reason})"
        for path in _damaged(name):
            trouble = f"could not be read ({path} is damaged: delete it to download it again)"
        shipped, dataset = SHIPPED[name].__name__, SHIPPED[name]()
        print(f"{name} {trouble}: this is {shipped} as the course ships it, {_sizes(dataset)}.")
        return dataset
    finally:
        socket.setdefaulttimeout(before)
    convert = _ranked_words if name == "imdb" else _images
    dataset = Dataset(*((convert(x), _labels(labels)) for x, labels in parts))
    print(f"This is {name} in full size, {_sizes(dataset)}.")
    return dataset


def _damaged(name):
    """The files that Keras keeps of a data set without a checksum and that cannot be unpacked."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    for path in sorted(home.glob(f"datasets/{name.replace('_', '-')}/*.gz")):
        try:
            gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error):
            yield path


def _sizes(dataset):
    train, test = (len(labels) for _, labels in dataset)
    return f"{train:,} samples to train on and {test:,} to test on"


def _shipped_images(name):
    arrays, parts = read(name), []
    for part in Dataset._fields:
        parts.append((_images(arrays[f"{part}_images"]), _labels(arrays[f"{part}_labels"])))
    return Dataset(*parts)


def _images(images):
    return _read_only(np.divide(images.reshape(len(images), -1), 255, dtype=np.float32))


def _labels(labels):
    return _read_only(labels.astype(np.int64).reshape(-1))


def _ranked_words(documents):
    """The matrix of documents that are lists of the ranks of their words, in order of the text."""
    rows = [np.unique(np.array(ranks, np.int32)) for ranks in documents]
    return _bag_of_words(np.concatenate(rows), np.cumsum([0, *map(len, rows)]), IMDB_WORDS)


def _bag_of_words(indices, indptr, words):
    """The matrix whose row i is 1 in the columns indices[indptr[i] : indptr[i + 1]]."""
    arrays = np.ones(len(indices), np.float32), indices.astype(np.int32), indptr.astype(np.int32)
    return csr_array(tuple(map(_read_only, arrays)), shape=(len(indptr) - 1, words))


def _read_only(array):
    array.flags.writeable = False
    return array


def read(name):
    """The arrays of data/<name>.npz as a dict, once the file has the sha256 in data/SHA256SUMS.

    Raises OSError, in one sentence that says how to get the file back, if it does not.
    """
    path = DATA / f"{name}.npz"
    get_back = f"run `git checkout data/{path.name}` or `python data/build.py {name}`"
    content = _content(path, get_back)
    expected = checksums().get(path.name)
    if expected is None:
        raise OSError(
            f"{DATA / 'SHA256SUMS'} has no sum for {path.name}: run `git checkout data/SHA256SUMS` "
            "in the folder of the course."
        )
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise OSError(
            f"{path} was altered or cut short: its {len(content):,} bytes have sha256 {found}, "
            f"but data/SHA256SUMS says {expected}: {get_back} in the folder of the course."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def checksums():
    """The file name and sha256 of each line in data/SHA256SUMS, as a dict; other lines count not.

    A line is what `sha256sum` writes, in text or binary mode.
    """
    path = DATA / "SHA256SUMS"
    text = _content(path, f"run `git checkout data/{path.name}`").decode(errors="replace")
    lines = re.findall(r"^([0-9a-f]{64}) [ *](\S+)\s*$", text, re.MULTILINE)
    return {name: digest for digest, name in lines}


def _content(path, get_back):
    """The file's bytes; raise OSError, in one sentence, if it is no file."""
    if path.is_file():
        return path.read_bytes()
    if not DATA.is_dir():
        raise FileNotFoundError(
            f"{DATA} is not there: adamlib was moved without its data. In the folder of the "
            "course, run `pip install .`, which installs both."
        )
    trouble = "is a folder, not a file: remove it and" if path.is_dir() else "is missing:"
    kind = IsADirectoryError if path.is_dir() else FileNotFoundError
    raise kind(f"{path} {trouble} {get_back} in the folder of the course.")
