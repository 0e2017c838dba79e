#!/usr/bin/env python3
"""Set up the course in .venv and use it: the first call installs, later calls start at once.

python3 course.py lab      open the lessons in JupyterLab     (Windows: py course.py lab)
python3 course.py test     run every test and every notebook
python3 course.py build    rebuild lessons/ and solutions/ from solutions/src/
python3 course.py bench    run the benchmarks
python3 course.py claims   measure over many seeds what the lessons claim: half an hour
python3 course.py replay   run the solved lessons as on other processors, with other seeds: an hour
python3 course.py setup    only install

Arguments after the task are passed on, as in: python3 course.py lab --no-browser
"""

# Written for Python 3.6 and later: an old Python must be able to say that it is too old.
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LESSONS, WORK, VENV = ROOT / "lessons", ROOT / "work", ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

VERSIONS = ("3.13", "3.12", "3.11")  # the Pythons and machines that TensorFlow has a build for
MACHINES = r"linux-(x86_64|aarch64) |macosx\S* arm64|win-amd64 "
GIGABYTES = 3

PROGRAMS = {
    "lab": ["-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={ROOT}"],
    "test": ["-m", "pytest", "-n2"],
    "build": ["tools/notebooks.py", "build"],
    "bench": ["benchmarks/run.py"],
    "claims": ["benchmarks/claims.py"],
    "replay": ["tools/replay.py"],
}


def main(task="", *arguments):
    """Do one task and return the exit code of the program that did it."""
    if task not in ("setup", *PROGRAMS):
        sys.exit(__doc__)
    setup()
    if task == "setup":
        return 0
    if task == "lab":
        copy_lessons()
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        allow = ["--allow-root"] if root else []  # without it Jupyter refuses to serve root
        # Jupyter opens the first file it is given, so the learner's choice goes before ours.
        arguments = [*allow, *arguments, "work/01-gradient-descent.ipynb"]
    return run(PYTHON, *PROGRAMS[task], *arguments)


def setup():
    """Make .venv what the lock says, unless it is that already.

    The stamp goes before anything is changed and comes back last: a .venv without one was left
    half made, and is made anew.
    """
    stamp, wanted = VENV / "course-stamp", fingerprint()
    found = stamp.read_text() if stamp.is_file() else ""
    works = found and ask(PYTHON, "-c", "import pip") is not None
    if works and found == wanted:
        return
    if works:
        stamp.unlink()
    else:
        make_venv()
    install()
    stamp.write_text(wanted)


def fingerprint():
    """A hash of what .venv depends on: the packages, the project, and the folder they are in."""
    content = str(ROOT).encode()
    for name in ("requirements.txt", "requirements.in", "pyproject.toml"):
        content += (ROOT / name).read_bytes()
    return hashlib.sha256(content).hexdigest()


def make_venv():
    """Make an empty .venv."""
    python = find_python()
    if os.path.lexists(str(VENV)):
        try:
            shutil.rmtree(str(VENV))
        except OSError as error:
            sys.exit(
                f"Cannot replace the unfinished {VENV} ({error.strerror or error}): close what "
                "uses it, delete it, and run the same command again."
            )
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < GIGABYTES:
        sys.exit(
            f"The disk of {ROOT} has {free:.1f} GB free and the course needs about {GIGABYTES}: "
            "make room and run the same command again."
        )
    if run(*python, "-m", "venv", VENV):
        sys.exit(f"{' '.join(python)} could not make {VENV}: its reason is above.")


def find_python():
    """The command of a Python that can run the course: this one, or another on this machine."""
    wanted = "{}, {} or {}".format(*VERSIONS)
    problem = (
        f"TensorFlow has no build for Python {sys.version_info[0]}.{sys.version_info[1]} and no "
        f"Python {wanted} was found: install one of these and run the same command again."
    )
    facts = (
        "import importlib.util, platform, sys, sysconfig\n"
        "print('%d.%d' % sys.version_info[:2], importlib.util.find_spec('ensurepip') is not None,"
        " sysconfig.get_platform(), platform.machine())"
    )
    # In a virtual environment, which may be the .venv to replace, ask the Python it was made from.
    this = getattr(sys, "_base_executable", None) or sys.executable
    others = [python for v in VERSIONS for python in (["py", f"-{v}"], [f"python{v}"])]
    for python in [[this], *others]:
        answer = ask(*python, "-c", facts)
        if answer is None:
            continue
        version, ensurepip, machine = answer.strip().split(" ", 2)
        if not re.match(MACHINES, machine):
            problem = (
                f"TensorFlow has no build for this machine or this Python ({machine}): it needs "
                "64-bit Linux, 64-bit Windows on Intel or AMD, or a Mac with Apple's own chip."
            )
        elif version in VERSIONS and ensurepip == "True":
            return python
        elif version in VERSIONS:
            problem = (
                f"Python {version} is here without the parts that make a .venv: install them (on "
                f"Debian or Ubuntu: apt install python{version}-venv), run the same command again."
            )
    sys.exit(problem)


def install():
    """Install the locked packages and the project into .venv, and keep JupyterLab's news away."""
    print("Installing the packages: about 0.5 GB to download, 2 GB on disk ...", flush=True)
    # The lock holds every dependency, so pip need not look for any, which old ones do badly.
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--compile", "--no-deps"]
    if not sys.stdout.isatty():
        pip.append("--quiet")
    packages = [*pip, "--require-hashes", "-r", "requirements.txt"]
    project = [*pip, "--no-build-isolation", "-e", "."]
    # setuptools says at length that an editable folder is importable, which is the point of it.
    if run(*packages) or run(*project, PYTHONWARNINGS="ignore"):
        sys.exit(
            "Installing the packages failed, for the reason above: check the network connection "
            "and the free disk space, and run the same command again."
        )
    settings = VENV / "share/jupyter/lab/settings/overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    settings.write_text(json.dumps({"@jupyterlab/apputils-extension:notification": quiet}))


def copy_lessons():
    """Give the learner a copy of each lesson in work/; one that was edited is never touched.

    work/.versions holds the hash of each lesson as it was copied, the way sha256sum writes it.
    """
    WORK.mkdir(exist_ok=True)
    record = WORK / ".versions"
    text = record.read_text(errors="replace") if record.exists() else ""
    copied = {name: version for version, name in re.findall(r"(\w{64})  (.+)", text)}
    for lesson in sorted(LESSONS.glob("*.ipynb")):
        name, copy = lesson.name, WORK / lesson.name
        now, mine = digest(lesson), digest(copy)
        if mine in (None, now, copied.get(name)):  # nothing in it is the learner's
            if mine != now:
                write(copy, lesson.read_bytes())
            copied[name] = now
        elif copied.setdefault(name, now) != now:
            print(
                f"A newer version of {name} is in lessons/; yours in work/ is untouched. "
                "To take the new one, rename yours and run this again."
            )
    lines = [f"{copied[name]}  {name}\n" for name in sorted(copied)]
    write(record, "".join(lines).encode())


def digest(path):
    """The sha256 of a file, None where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def write(path, content):
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(str(part), str(path))


def run(*command, **variables):
    """Run a command in the project's folder, with these more variables; return its exit code."""
    words, env = [str(word) for word in command], dict(environment(), **variables)
    child = subprocess.Popen(words, cwd=str(ROOT), env=env)
    try:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                pass  # Ctrl-C has reached the child too, which ends in its own way
    finally:
        child.terminate()  # does nothing, unless we are told to end while it still runs


def ask(*command):
    """What a command prints, None where it fails or is not there."""
    try:
        return subprocess.check_output(
            [str(word) for word in command],
            env=environment(),
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None


def environment():
    """The environment without what would lead Python elsewhere or make it slow to start."""
    unwanted = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in unwanted}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"Cannot go on: {error}.")
