"""Which exercises a learner has solved, and an exercise or a lesson back at its start.

What a lesson asks is read from the notebook itself, as it stands in lessons/. What is solved is
kept in one file, progress.json, beside the notebook that runs: {what check() calls it: the day}.
"""

import json
import os
import re
import secrets
import sys
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from IPython import get_ipython

from adamlib.folders import folder
from adamlib.inputs import brief

LESSONS = folder("lessons")
HEADING = re.compile(r"^#+ (?:Exercise (\d+)(?: ★)?: (.+))?", re.M)
ASKED = re.compile(r'\bcheck(?:_answer)?\((?:\w+, )?"([\w. ]+)"(?:, "([^"]+)")?')

solved_here = {}  # {name: day} of this session
said_here = {}  # {name: status} of this session
boards = []  # the folder to which this session sends what is solved; none, unless it was asked to


class Exercise(NamedTuple):
    """title is what its heading says, names what check() and check_answer() call it, cells its
    code as the lesson has it."""

    title: str
    names: tuple
    cells: tuple

    def solved(self, days):
        return all(name in days for name in self.names)


@cache
def exercises():
    """{"06": {3: Exercise}} of all lessons."""
    return {path.name[:2]: exercises_of(path) for path in sorted(LESSONS.glob("[0-9]*.ipynb"))}


def exercises_of(path):
    """{3: Exercise} of a lesson's notebook."""
    found, number = {}, None
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for heading in HEADING.finditer(text):
                number = heading[1] and int(heading[1])
                if number:
                    found[number] = Exercise(heading[2], (), ())
        elif number and (asked := ASKED.findall(text)):
            title, names, cells = found[number]
            names += tuple(" ".join(filter(None, words)) for words in asked)
            found[number] = Exercise(title, names, (*cells, text))
    return found


# what is solved


def record(name, status):
    """Keep what is said of an exercise; one that was solved once is not open again."""
    said_here[name] = status
    if status == "solved":
        solved_here.setdefault(name, date.today().isoformat())
        _keep(days())
        for board in boards:
            _send(board)


def verdicts():
    """What check() and check_answer() said last, in this session, by which a lesson is graded.

    Returns {name: "solved", "wrong" or "unsolved"}; the names are those that the lesson gives to
    check() and check_answer(), with a convention after a space: "adam", "adam by the paper".
    """
    return dict(said_here)


def days():
    """{name: the day on which it was solved}, of this session and of those before."""
    kept = {}
    if _is_learners() and _file().exists():
        try:
            kept = dict(json.loads(_file().read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            aside = _file().with_name("progress.unreadable.json")
            print(
                f"progress.json cannot be read ({error}): what it has is in {aside.name} now, and "
                "a new one is begun."
            )
            _file().replace(aside)
    return kept | solved_here


def _is_learners():
    """Whether a learner's notebook runs: no script, test or build."""
    return get_ipython() is not None and "ADAMLIB_EXPECT" not in os.environ


def _file():
    return Path.cwd() / "progress.json"


def _keep(solved):
    """Write progress.json."""
    if not _is_learners():
        return
    try:
        _write(_file(), solved)
    except OSError as error:
        print(
            "What is solved is kept for this session only, since progress.json cannot be written: "
            f"{error}."
        )


def _write(path, value):
    """Write a JSON file, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(path)


def progress(lesson=None):
    """Which exercises of a lesson, such as "06", are solved; of all lessons where none is named.

    It is kept in progress.json beside the notebook, and never leaves the machine.
    """
    solved = days()
    for number in exercises() if lesson is None else [_number(lesson)]:
        done = {n: exercise.solved(solved) for n, exercise in exercises()[number].items()}
        print(f"Lesson {number}: {sum(done.values())} of {len(done)} exercises are solved.")
        if lesson is not None:
            for n, exercise in exercises()[number].items():
                print(f"{'✓ solved' if done[n] else '· open  '}  {n} {exercise.title}")


def send_progress(folder=None):
    """Show the board of your class which exercises you have solved: now, and as you solve more.

    folder  a folder that your class shares; on a hub of a class it is known, from ADAMLIB_BOARD
    Sent are, of each lesson that you have begun, its exercises, whether each is solved, and the
    time, under a number in place of your name. No code and no answer is sent. It ends with the
    kernel; to take back what was sent, delete the file that is named.
    """
    folder = folder or os.environ.get("ADAMLIB_BOARD")
    if not folder:
        raise ValueError(
            "There is no board here: give the folder that your class shares, as in "
            'send_progress("/shared/board").'
        )
    boards[:] = [Path(folder)]
    if sent := _send(*boards):
        print(f"Sent, and sent again when you solve an exercise, to {sent}.")


def _send(board):
    """Write this learner's file on the board; its path, or None where that cannot be done."""
    solved = days()
    touched = {*solved, *said_here}
    rows = [
        {
            "lesson": number,
            "exercise": n,
            "title": exercise.title,
            "solved": exercise.solved(solved),
        }
        for number, its in exercises().items()
        if any(touched & {*exercise.names} for exercise in its.values())
        for n, exercise in its.items()
    ]
    try:
        path = board / f"{_number_of_learner()}.json"
        _write(path, {"time": datetime.now().isoformat(timespec="seconds"), "exercises": rows})
    except OSError as error:
        boards.clear()
        print(f"Nothing was sent to the board, and nothing more will be: {error}.")
        return None
    return path


def _number_of_learner():
    """A random number, kept beside progress.json, so that a learner counts once."""
    file = Path.cwd() / "board.txt"
    if not file.exists():
        file.write_text(secrets.token_hex(4), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


# back to the start


def start_again(lesson, exercise=None):
    """Bring an exercise back, as start_again("06", 3), or a whole lesson, as start_again("06").

    An exercise comes in a new cell below, a lesson in its file. What you wrote stays, in its cell
    or in a file beside.
    """
    number = _number(lesson)
    if exercise is None:
        _start_lesson_again(number)
        return
    its = exercises()[number]
    if exercise not in its:
        raise ValueError(
            f"Lesson {number} has the exercises 1 to {max(its)}, not {brief(exercise)}."
        )
    _forget(its[exercise].names)
    text = "\n\n\n".join(its[exercise].cells)
    if get_ipython() is None:
        print(text)
    else:
        get_ipython().set_next_input(text)
        print(f"Exercise {exercise}, as it was, is in the new cell below. Yours stays where it is.")


def _start_lesson_again(number):
    (lesson,) = LESSONS.glob(f"{number}-*.ipynb")
    mine = Path.cwd() / lesson.name
    if not mine.exists() or mine.parent.name == "solutions":
        raise ValueError(
            f"There is no copy of yours here to start again: {lesson.name} must be in the folder "
            "of this notebook, as it is in work/."
        )
    if sys.platform == "emscripten":  # there, to write over a notebook never ends
        print(
            f"In a browser, delete {mine.name} in the list of files, and the lesson is there as it "
            "was at first. If you want to keep yours, take Download there before."
        )
        return
    aside = mine.with_stem(f"{mine.stem} of {datetime.now():%Y-%m-%d %H.%M.%S}")
    aside.write_bytes(mine.read_bytes())
    mine.write_bytes(lesson.read_bytes())
    _forget(name for exercise in exercises()[number].values() for name in exercise.names)
    print(
        f"{mine.name} is as it was at first; what you had saved is in {aside.name}. If it is open, "
        "take File, Reload Notebook from Disk."
    )


def _forget(names):
    kept = days()
    for name in names:
        for known in (kept, solved_here, said_here):
            known.pop(name, None)
    _keep(kept)


def _number(lesson):
    """The number of a lesson as its file has it: "06" for 6, "6" or "06"."""
    number = f"{lesson:02}" if type(lesson) is int else str(lesson).zfill(2)
    if number not in exercises():
        raise ValueError(
            f"There is no lesson {brief(lesson)}: give its number, one of {', '.join(exercises())}."
        )
    return number
