"""What `course.py` does: each task, and the learner's copies of the lessons. For Python 3.6 on."""

import re
import signal
import sys

from tools import environment
from tools.environment import ROOT, digest, run, write

LESSONS, WORK = ROOT / "lessons", ROOT / "work"
PROGRAMS = {
    "lab": ["-m", "tools.lab"],
    "test": ["-m", "pytest", "-n2"],
    "build": ["-m", "tools.notebooks", "build"],
    "bench": ["benchmarks/run.py"],
    "claims": ["benchmarks/claims.py"],
    "replay": ["tools/replay.py"],
    "versions": ["-m", "tools.versions"],
    "release": ["-m", "tools.release"],
    "workshop": ["-m", "jupyterhub", "-f", "workshop/jupyterhub_config.py"],
    "smoke": ["-m", "workshop.smoke"],
    "slides": ["-m", "tools.slides"],
    "site": ["-m", "tools.site"],
    "lite": ["-m", "tools.lite"],
    "board": ["-m", "workshop.board"],
}
ADDITIONS = {"lab": [], "setup": []}  # what a task needs beside the learner's packages; else dev
ADDITIONS.update(dict.fromkeys(("workshop", "smoke", "board"), ["workshop"]))
ADDITIONS.update(dict.fromkeys(("site", "lite"), ["dev", "web"]))


def start(words, usage):
    """Do the task that the words name and exit as its program did; every error is a sentence."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(words, usage))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"Cannot go on: {error}.")


def main(words, usage):
    """The exit code of the task."""
    task, *arguments = words or [""]
    if task not in ("setup", *PROGRAMS):
        sys.exit(usage)
    if task == "setup" and arguments:
        sys.exit(f"setup takes no arguments, and was given {' '.join(arguments)}.")
    try:
        environment.setup(*ADDITIONS.get(task, ["dev"]))
    except environment.Failed as failed:
        if task != "lab" or not environment.works():
            sys.exit(str(failed))
        said = f"{failed} Until then, what was installed before is used: an update is owed."
        print(said, file=sys.stderr)  # which takes any letter of the folder's name
    if task == "setup":
        copy_lessons()
        return 0
    return run(environment.PYTHON, *PROGRAMS[task], *arguments)


def copy_lessons(work=None):
    """Give the learner a copy of each lesson in work/; one that was edited is never touched.

    work   another folder than the course's own work/, such as that in a learner's home on a hub

    work/.versions holds the hash of each lesson as it was copied, the way sha256sum writes it.
    """
    work = work or WORK
    work.mkdir(exist_ok=True)
    record = work / ".versions"
    text = record.read_text(errors="replace") if record.exists() else ""
    copied = {name: version for version, name in re.findall(r"(\w{64})  (.+)", text)}
    lessons = {lesson.name: lesson for lesson in sorted(LESSONS.glob("*.ipynb"))}
    for name, lesson in lessons.items():
        copy = work / name
        now, mine = digest(lesson), digest(copy) if copy.exists() else None
        if mine in (None, now, copied.get(name)):  # nothing in it is the learner's
            if mine == now or replace(copy, lesson.read_bytes()):
                copied[name] = now
        elif name not in copied:
            copied[name] = now
            print(
                f"{name} in work/ is not the lesson in lessons/, and the note of what it was "
                "copied from is lost: it is edited, or old. It is untouched. To take the new one, "
                "rename yours and run this again."
            )
        elif copied[name] != now:
            print(
                f"A newer version of {name} is in lessons/; yours in work/ is untouched. "
                "To take the new one, rename yours and run this again."
            )
    for name in sorted(copied.keys() - lessons.keys()):
        del copied[name]
        if (work / name).exists():
            print(
                f"{name} is no longer a lesson: it has another name now, or is gone. "
                "Yours in work/ is untouched."
            )
    write(record, "".join(f"{copied[name]}  {name}\n" for name in sorted(copied)).encode())


def replace(copy, content):
    """Whether a copy could be brought up to date; Windows refuses while a program has it open."""
    try:
        write(copy, content)
        return True
    except PermissionError:
        print(
            f"{copy.name} in work/ cannot be brought up to date, since a program has it open or "
            "may not be written: close it and run this again."
        )
        return False
