"""Make .venv, the course's own Python, and keep it as the locks say. For Python 3.6 on.

Learners get what requirements.txt locks; who tests, builds or teaches gets a list on top.

A new one is made in .venv-new, beside the .venv that works, and takes its place once it is whole
and starts. Whatever stops a setup, the .venv that worked is there, or is put back by the next call.
Only one setup is at work at a time, and pip installs nothing unless its own Python is that of the
folder which it was sent to.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

ROOT = Path(__file__).resolve().parents[1]
VENV, NEW, OLD, LOCK = (ROOT / f".venv{end}" for end in ("", "-new", "-old", "-lock"))
VERSIONS = ("3.13", "3.12", "3.11")  # the Pythons and machines that TensorFlow has a build for
MACHINES = r"linux-(x86_64|aarch64) |macosx\S* arm64|win-amd64 "
GIGABYTES = 3
# Lists of packages on top of requirements.txt, and what they are for.
ADDITIONS = {
    "dev": ("requirements-dev.txt", "tests and builds need: about 0.1 GB"),
    "workshop": ("workshop/requirements.txt", "a workshop needs: about 0.02 GB"),
    "web": ("web/requirements.txt", "the course on the web needs: about 0.05 GB"),
}

# Run by the Python that is to be installed into: pip, if that is really it.
PIP = """import os, runpy, sys
venv = sys.argv.pop(1)
if sys.prefix == sys.base_prefix or not os.path.samefile(sys.prefix, venv):
    sys.exit(f"Nothing was installed: {sys.executable} belongs to {sys.prefix}, not to {venv}.")
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__")
"""
# Run by a .venv that was moved: make its programs anew, which hold the path of its Python.
PROGRAMS = """import sys, sysconfig, venv
from importlib.metadata import distributions
from pip._vendor.distlib.scripts import ScriptMaker
maker = ScriptMaker(None, sysconfig.get_path("scripts"))
maker.clobber, maker.variants = True, {""}
maker.set_mode = True
for package in distributions():
    for point in package.entry_points:
        if point.group in ("console_scripts", "gui_scripts"):
            gui = {"gui": point.group == "gui_scripts"}
            maker.make(f"{point.name} = {point.value}", gui)
builder = venv.EnvBuilder()
builder.setup_scripts(builder.ensure_directories(sys.prefix))
"""
# What pip says, and what it means.
REASONS = {
    "DO NOT MATCH THE HASHES": "a package is not the one that requirements.txt names. The download "
    "was damaged or altered, or the list was: get both anew",
    "No space left on device|Errno 28": "the disk is full: make room",
    "No matching distribution|Connection|timed out|name resolution|Max retries": "the packages "
    "could not be downloaded: check the network connection",
}


LONGEST = 185  # characters of the longest file's path in .venv, under Windows' Lib/site-packages
STOPPED = "Stopped. What worked before still works; run the same command again to go on."


def python_of(venv):
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


PYTHON = python_of(VENV)


class Failed(Exception):
    """A setup that could not be done; the sentence says why, and what to do."""


def setup(*additions):
    """Make .venv what the lists say, unless it is that already. Raises Failed.

    additions  which of ADDITIONS are wanted too
    """
    if complete(*additions):
        return
    with one_at_a_time():
        tidy()
        (packages, project), found = wanted(), stamp(VENV)
        if found[0] != packages:
            renew(packages)
        elif found[1] != project:
            write(VENV / "course-stamp", f"{packages}\n-\n".encode())
            install_project(VENV)
        if found != [packages, project]:  # else the setup that this one waited for has done it
            settle(packages, project)
        for name in additions:
            if not complete(name):
                add(name)


def complete(*additions):
    """Whether .venv is what requirements.txt and the lists of these additions say."""
    if stamp(VENV) != wanted():
        return False
    return all(added(name) == digest(ADDITIONS[name][0]) for name in additions)


def added(name):
    """The hash of the list from which an addition was made, "" if it is not there."""
    file = VENV / f"{name}-stamp"
    return file.read_text() if file.is_file() else ""


def add(name):
    """Add a list of packages, none of which is a learner's."""
    lock, need = ADDITIONS[name]
    print(f"Installing what {need} to download ...", flush=True)
    write(VENV / f"{name}-stamp", b"-")
    install_locked(VENV, lock)
    write(VENV / f"{name}-stamp", digest(lock).encode())


def works():
    """Whether there is a .venv to go on with, though it may not be the newest."""
    return bool(stamp(VENV)[0])


def wanted():
    """Hashes of what .venv depends on: its packages; the project and the folder that it is in."""
    project = digest("requirements.in", "pyproject.toml", start=str(ROOT).encode())
    return [digest("requirements.txt"), project]


def digest(*names, start=b""):
    files = b"".join((ROOT / name).read_bytes() for name in names)
    return hashlib.sha256(start + files).hexdigest()


def stamp(venv):
    """What a .venv was made from, as wanted() says it; two empty words if it is not whole."""
    file = venv / "course-stamp"
    words = file.read_text().split() if file.is_file() else []
    if not words or ask(python_of(venv), "-c", "import pip") is None:
        return ["", ""]
    return [words[0], words[-1]]


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
    raise Failed(problem)


def tidy():
    """Finish a swap that was cut off, or undo it."""
    if stamp(NEW)[0] == wanted()[0]:
        swap()
    elif not os.path.lexists(str(VENV)) and stamp(OLD)[0]:
        OLD.rename(VENV)


def renew(packages):
    """Make a whole .venv with the packages beside the old one, and put it in its place."""
    python = find_python()
    remove(NEW)
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < GIGABYTES:
        raise Failed(
            f"The disk of {ROOT} has {free:.1f} GB free and the course needs about {GIGABYTES}: "
            "make room and run the same command again."
        )
    check_length()
    code = run(*python, "-m", "venv", NEW)
    if code:
        failed = f"{' '.join(python)} could not make {NEW}: its reason is above."
        raise Failed(STOPPED if code == 130 else failed)
    print("Installing the packages: about 0.5 GB to download, 2 GB on disk ...", flush=True)
    install_locked(NEW, "requirements.txt")
    install_project(NEW)
    start = "import adamlib, jupyterlab, tensorflow"
    if ask(python_of(NEW), "-c", start) is None:
        raise Failed(
            f"All is installed in {NEW}, but JupyterLab or TensorFlow does not start there: "
            f'{python_of(NEW)} -c "{start}" says why.'
        )
    write(NEW / "course-stamp", f"{packages}\n-\n".encode())
    swap()


def check_length():
    """Windows refuses a path of more than 259 characters, unless it is told to allow long ones."""
    most = 259 - len(f"/{NEW.name}/") - LONGEST
    if sys.platform == "win32" and len(str(ROOT)) > most and not long_paths():
        raise Failed(
            f"The path of the course's folder has {len(str(ROOT))} characters, and Windows allows "
            f"{most} here: {ROOT}. Move the folder to a shorter path, such as C:\\course, and run "
            "the same command there; or allow long paths, as README.md says."
        )


def long_paths():
    """Whether this Windows allows paths of more than 259 characters."""
    import winreg

    try:
        place = r"SYSTEM\CurrentControlSet\Control\FileSystem"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:  # no such key, or it may not be read
        return False


def swap():
    """Put .venv-new in the place of .venv, which stays where that is refused."""
    if os.path.lexists(str(VENV)):
        remove(OLD)
        rename(VENV, OLD)
    try:
        rename(NEW, VENV)
    except Failed:
        if OLD.exists():
            OLD.rename(VENV)
        raise


def install_locked(venv, lock):
    """Install a lock, which holds every dependency: pip need not look for any, as old ones do
    badly."""
    pip(venv, "--require-hashes", "--no-deps", "-r", lock)


def install_project(venv):
    """Make adamlib importable from this folder; everything that this needs is installed."""
    # setuptools says at length that an editable folder is importable, which is the point of it.
    pip(venv, "--no-deps", "--no-build-isolation", "--no-index", "-e", ".", PYTHONWARNINGS="ignore")


def settle(packages, project):
    """Let the programs of .venv find its Python, keep JupyterLab's news away, and stamp it."""
    if run(PYTHON, "-c", PROGRAMS):
        raise Failed(f"The programs in {PYTHON.parent} could not be made: the reason is above.")
    settings = VENV / "share/jupyter/lab/settings/overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    settings.write_text(json.dumps({"@jupyterlab/apputils-extension:notification": quiet}))
    write(VENV / "course-stamp", f"{packages}\n{project}\n".encode())
    with suppress(Failed):  # a program may still use it; the next update deletes it
        remove(OLD)


def pip(venv, *words, **variables):
    """Let this Python's own pip install; raise Failed where it cannot, with pip's reason."""
    python, log = python_of(venv), venv / "pip.log"
    settings = ask(python, "-m", "pip", "config", "list") or ""
    elsewhere = re.findall(r"^\S*\.(?:target|prefix|root)=.*", settings, re.M)
    if elsewhere:
        raise Failed(
            f"pip is set to install elsewhere ({elsewhere[0]}), so nothing was installed: take "
            f"that out of its settings ({python} -m pip config debug shows where) and run the same "
            "command again."
        )
    command = [python, "-c", PIP, venv, "install", "--disable-pip-version-check", "--compile"]
    command += ["--log", log] + ["--quiet", "--progress-bar=off"] * (not sys.stdout.isatty())
    code = run(*command, *words, PIP_USER="0", **variables)
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    if log.is_file():
        log.unlink()
    if code:
        reasons = [why for sign, why in REASONS.items() if re.search(sign, said)]
        reason = [*reasons, "pip's reason is above: mend that"][0]
        failed = f"Installing failed: {reason}, and run the same command again."
        raise Failed(STOPPED if code == 130 else failed)


@contextmanager
def one_at_a_time():
    """Wait until no other setup is at work in this folder. The system frees a dead one's lock."""
    with LOCK.open("a") as file:
        told = False
        while not take(file):
            if not told:
                print("Another setup is at work in this folder: waiting for it ...", flush=True)
            told = True
            time.sleep(0.2)
        os.set_inheritable(file.fileno(), True)  # a pip that outlives this process holds it on
        yield


def take(file):
    """Whether the lock could be had."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


def remove(venv):
    """Delete a folder that is not needed any more, or what is in its place."""
    try:
        if venv.is_dir() and not venv.is_symlink():
            shutil.rmtree(str(venv))
        elif os.path.lexists(str(venv)):
            venv.unlink()
    except OSError as error:
        raise Failed(
            f"Cannot delete {venv} ({error.strerror or error}): close what uses it, delete it, "
            "and run the same command again."
        ) from None


def rename(venv, name):
    try:
        venv.rename(name)
    except OSError as error:  # on Windows, while a program of it runs
        raise Failed(
            f"Cannot rename {venv} to {name.name} ({error.strerror or error}): close JupyterLab "
            "and what else uses it, and run the same command again."
        ) from None


def write(path, content):
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(str(part), str(path))


def run(*command, **variables):
    """Run a command in the project's folder, with these more variables; return its exit code.

    Ctrl-C reaches the command too, which ends in its own way; 130 if it then fails.
    """
    words, env = [str(word) for word in command], dict(environment(), **variables)
    child, stopped = subprocess.Popen(words, cwd=str(ROOT), env=env, close_fds=False), False
    try:
        while True:
            try:
                code = child.wait()
                return 130 if stopped and code else code
            except KeyboardInterrupt:
                stopped = True
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
            errors="replace",
        )
    except (OSError, subprocess.CalledProcessError):
        return None


def environment():
    """The environment without what would lead Python elsewhere or make it slow to start."""
    unwanted = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH")
    return {name: value for name, value in os.environ.items() if name not in unwanted}
