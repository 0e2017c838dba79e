"""Run the unit tests with the lowest and with the highest versions that the lists allow.

python3 course.py versions                          both ends, on each supported Python
python3 course.py versions lowest --python 3.12     one end, on this Python; a path will do too

The lists are requirements.in and requirements-dev.in. Each end gets an environment of its own, for
as long as its tests run: 2 GB. The unit tests are those that drive no browser, and the
reference that asserts what Keras does. It needs a network.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import ROOT, VERSIONS, python_of
from tools.replay import run_tests

ENDS = {"lowest": "lowest-direct", "highest": "highest"}
TESTS = [
    "tests",
    "solutions/what-keras-does.ipynb",
    "--ignore=tests/browser",
    "--ignore=tests/test_environment.py",
]


def unit_tests(uv, python, end, environment):
    """The exit code and the last words of pytest, or of what could not be installed."""
    variables = os.environ | {"VIRTUAL_ENV": str(environment)}
    lists = ["-r", "requirements.in", "-r", "requirements-dev.in"]
    for command in (
        ["venv", "--python", python, "--no-python-downloads", environment],
        ["pip", "install", "--resolution", ENDS[end], *lists],
        ["pip", "install", "--no-deps", "setuptools", "pip", "-e", "."],
    ):
        done = subprocess.run([uv, "-q", *command], cwd=ROOT, env=variables)
        if done.returncode:
            return done.returncode, "not installed: uv says above why"
    code, words, _ = run_tests(python_of(environment), TESTS)
    return code, words


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("end", nargs="?", choices=ENDS)
    parser.add_argument("--python", help="such as 3.12, or a path")
    chosen = parser.parse_args()
    worst = 0
    with tempfile.TemporaryDirectory() as own:
        subprocess.run([sys.executable, "-m", "venv", own], check=True)
        subprocess.run([python_of(Path(own)), "-m", "pip", "install", "-q", "uv"], check=True)
        uv = python_of(Path(own)).with_name("uv")
        for python in [chosen.python] if chosen.python else sorted(VERSIONS):
            for end in [chosen.end] if chosen.end else ENDS:
                with tempfile.TemporaryDirectory() as folder:
                    code, words = unit_tests(uv, python, end, Path(folder) / "environment")
                worst = max(worst, code)
                print(f"{python} {end:8} {words}", flush=True)
    sys.exit(worst)


if __name__ == "__main__":
    main()
