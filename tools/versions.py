"""Run the unit tests with the lowest and with the highest versions that requirements.in and
requirements-dev.in allow.

python tools/versions.py                       both ends, on each supported Python that is here
python tools/versions.py lowest                one end
python tools/versions.py --python 3.12         on this Python only; a path will do too

Each end gets an environment of its own, which is removed again: some 2 GB and two minutes. The
unit tests are those that drive no browser and run no notebook. It needs a network.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.environment import VERSIONS, python_of  # noqa: E402

ENDS = {"lowest": "lowest-direct", "highest": "highest"}
TESTS = ["tests", "--ignore=tests/browser", "--ignore=tests/test_environment.py"]


def unit_tests(uv, python, end, folder):
    """What pytest said last, and its exit code, or what could not be installed."""
    environment = folder / f"{Path(python).name}-{end}"
    for command in (
        ["venv", "--python", python, "--no-python-downloads", environment],
        ["pip", "install", "--python", python_of(environment), "--resolution", ENDS[end]]
        + ["-r", "requirements.in", "-r", "requirements-dev.in", "-e", ".", "setuptools"],
    ):
        done = subprocess.run([uv, *command, "-q"], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            return f"not installed: {done.stderr.strip()}", done.returncode
    run = [python_of(environment), "-m", "pytest", "-n2", "-q", "-rfE", "--color=no", *TESTS]
    tests = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    failed = [line for line in tests.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    lines = (tests.stdout or tests.stderr).strip().splitlines()
    return "\n    ".join([lines[-1].strip("= "), *failed]), tests.returncode


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ends", nargs="*", metavar="lowest, highest", choices=[*ENDS, []])
    parser.add_argument("--python", action="append", help="such as 3.12, or a path; repeatable")
    chosen = parser.parse_args()
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        subprocess.run([sys.executable, "-m", "venv", folder / "uv"], check=True)
        subprocess.run([python_of(folder / "uv"), "-m", "pip", "install", "-q", "uv"], check=True)
        uv = python_of(folder / "uv").with_name("uv" + ".exe" * (os.name == "nt"))
        for python in chosen.python or sorted(VERSIONS):
            for end in chosen.ends or ENDS:
                words, code = unit_tests(uv, python, end, folder)
                worst = max(worst, code)
                print(f"{Path(python).name} {end:8} {words}", flush=True)
    sys.exit(worst)


if __name__ == "__main__":
    main()
