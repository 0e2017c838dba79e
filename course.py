#!/usr/bin/env python3
"""Set up the course and use it: USAGE says how. Python 2 must be able to read this file."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
USAGE = """Set up the course and use it: the first call installs into .venv.

python3 course.py lab      open the lessons in JupyterLab     (Windows: py course.py lab)
python3 course.py test     run every test and every notebook
python3 course.py build    rebuild lessons/ and solutions/ from sources/
python3 course.py bench    run the benchmarks
python3 course.py claims   measure over many seeds what the lessons claim: half an hour
python3 course.py replay   run the solved lessons as on other processors, with other seeds: an hour
python3 course.py versions run the unit tests with the oldest and newest packages allowed: an hour
python3 course.py release  write a lesson as an nbgrader assignment, as in: release 06 FOLDER
python3 course.py workshop serve a class from this machine, as workshop/README.md says
python3 course.py smoke 3  try that with 3 learners who only pretend
python3 course.py board    see where a class is stuck, as in: board class/board
python3 course.py slides   make slides of a lesson, as in: slides 06 work/slides
python3 course.py site     make the course as a website in build/site; with --pdf print it too
python3 course.py lite     build a site that runs lessons 01 to 07 in a browser
python3 course.py setup    only install, and copy the lessons to work/

Arguments after the task are passed on, as in: python3 course.py lab --no-browser
"""

if __name__ == "__main__":
    if sys.version_info < (3, 6):  # noqa: UP036
        sys.exit(
            "This Python is too old. The course needs 3.11, 3.12 or 3.13: install one of these and "
            "start the course with it, as in: python3 course.py lab"
        )
    if ROOT not in sys.path:  # where PYTHONSAFEPATH is set
        sys.path.insert(0, ROOT)
    from tools.launcher import start

    start(sys.argv[1:], USAGE)
