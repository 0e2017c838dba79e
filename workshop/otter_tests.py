"""A lesson's exercises as tests of otter-grader: python workshop/otter_tests.py NN FOLDER

FOLDER gets one file for each exercise, with a point for each thing that its lesson checks. Each
asks what the lesson's own checks said last. otter.md says how to go on.
"""

import argparse
import sys
from pathlib import Path

from adamlib.practice.exercises import exercises

ASKED = ">>> from adamlib.practice import verdicts\n>>> verdicts().get({!r})\n'solved'"


def test_of(number, exercise):
    """The text of an otter test in its OK format."""
    cases = [
        {"code": ASKED.format(name), "hidden": False, "locked": False} for name in exercise.names
    ]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    test = {"name": f"exercise_{number}", "points": len(cases), "suites": [suite]}
    return f"OK_FORMAT = True\n\ntest = {test!r}\n"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", metavar="NN", help="the lesson, such as 06")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if needed")
    chosen = parser.parse_args(arguments)
    if chosen.number not in exercises():
        sys.exit(f"There is no lesson {chosen.number}; there are: {', '.join(exercises())}.")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for number, exercise in exercises()[chosen.number].items():
        path = chosen.folder / f"exercise_{number}.py"
        path.write_text(test_of(number, exercise), encoding="utf-8")


if __name__ == "__main__":
    main()
