"""course.py, on machines that only pretend: nothing is installed and no network is used."""

import ast
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

import course

ROOT = Path(__file__).resolve().parents[1]
LINUX = "linux-x86_64 x86_64"
posix = pytest.mark.skipif(os.name != "posix", reason="signals and scripts of POSIX")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A course with two lessons and nothing installed."""
    root = tmp_path / "a course"
    (root / "lessons").mkdir(parents=True)
    for name in ("01-gradient-descent.ipynb", "02-momentum.ipynb"):
        (root / "lessons" / name).write_text(f"lesson {name}")
    for name in ("requirements.txt", "requirements.in", "pyproject.toml"):
        (root / name).write_text(name)
    for name in ("ROOT", "LESSONS", "WORK", "VENV", "PYTHON"):
        monkeypatch.setattr(course, name, root / getattr(course, name).relative_to(ROOT))
    return root


@pytest.fixture
def machine(project, monkeypatch):
    """Pretend to run: `pythons` are on the machine, `calls` have been made, `fails` will fail.

    A .venv works when its python and its pip both hold the word "works".
    """
    this = getattr(sys, "_base_executable", None) or sys.executable
    pip = course.VENV / "pip"
    machine = SimpleNamespace(
        this=this, pythons={this: f"3.12 True {LINUX}"}, pip=pip, calls=[], fails=None
    )

    def run(*command, **variables):
        words = " ".join(map(str, command))
        machine.calls.append(words)
        if machine.fails and machine.fails in words:
            return 1
        if "-m venv" in words:
            course.PYTHON.parent.mkdir(parents=True)
            course.PYTHON.write_text("works")
            pip.write_text("works")
        return 0

    def ask(*command):
        if command[0] == course.PYTHON:
            needed = [course.PYTHON, pip] if "import pip" in command else [course.PYTHON]
            works = all(part.exists() and part.read_text() == "works" for part in needed)
            return "" if works else None
        return machine.pythons.get(" ".join(command[: command.index("-c")]))

    monkeypatch.setattr(course, "run", run)
    monkeypatch.setattr(course, "ask", ask)
    return machine


def kinds(calls):
    """What each call was for."""
    names = {"-m venv": "venv", "--require-hashes": "packages", "-e .": "project"}
    return [name for call in calls for sign, name in names.items() if sign in call]


def complaint():
    """The one sentence that setup ends with."""
    with pytest.raises(SystemExit) as end:
        course.setup()
    assert "\n" not in end.value.code and end.value.code.endswith(".")
    return end.value.code


# setup


def test_setup_installs_once(machine):
    course.setup()
    assert kinds(machine.calls) == ["venv", "packages", "project"]
    assert all("--compile --no-deps" in call for call in machine.calls[1:])
    assert "--no-build-isolation" in machine.calls[2]
    settings = course.VENV / "share/jupyter/lab/settings/overrides.json"
    (news,) = json.loads(settings.read_text()).values()
    assert news == {"fetchNews": "false", "checkForUpdates": False}
    course.setup()
    assert len(machine.calls) == 3


@pytest.mark.parametrize("name", ["requirements.txt", "requirements.in", "pyproject.toml"])
def test_a_changed_list_of_packages_is_installed_over_the_old_one(machine, project, name):
    course.setup()
    (project / name).write_text("changed")
    course.setup()
    assert kinds(machine.calls[3:]) == ["packages", "project"]
    course.setup()
    assert len(machine.calls) == 5


def test_a_folder_that_was_moved_is_installed_again(machine, project, monkeypatch):
    course.setup()
    moved = project.rename(project.with_name("moved"))
    for name in ("ROOT", "VENV", "PYTHON"):
        monkeypatch.setattr(course, name, moved / getattr(course, name).relative_to(project))
    monkeypatch.setattr(machine, "calls", [])
    monkeypatch.setattr(course, "ask", lambda *command: "")
    course.setup()
    assert kinds(machine.calls) == ["packages", "project"]


BROKEN = {
    "empty folder": lambda machine: shutil.rmtree(course.VENV) or course.VENV.mkdir(),
    "python missing": lambda machine: course.PYTHON.unlink(),
    "python not starting": lambda machine: course.PYTHON.write_text("broken"),
    "pip missing": lambda machine: machine.pip.unlink(),
    "packages half installed": lambda machine: (course.VENV / "course-stamp").unlink(),
    "stamp half written": lambda machine: (course.VENV / "course-stamp").write_text(""),
}


@pytest.mark.parametrize("harm", BROKEN.values(), ids=BROKEN)
def test_a_half_made_venv_is_made_anew(machine, harm):
    course.setup()
    left = course.VENV / "left"
    left.write_text("from before")
    harm(machine)
    course.setup()
    assert kinds(machine.calls) == 2 * ["venv", "packages", "project"]
    assert not left.exists()


@pytest.mark.parametrize(
    ("update", "step"),
    [
        (False, "-m venv"),
        (False, "--require-hashes"),
        (False, "-e ."),
        (True, "--require-hashes"),
        (True, "-e ."),
    ],
)
def test_a_setup_that_was_killed_is_done_again(machine, project, monkeypatch, update, step):
    if update:
        course.setup()
        (project / "requirements.txt").write_text("changed")
    run = course.run

    def killed(*command, **variables):
        if step in " ".join(map(str, command)):
            raise KeyboardInterrupt
        return run(*command, **variables)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(course, "run", killed)
        course.setup()
    machine.calls.clear()
    course.setup()
    assert kinds(machine.calls) == ["venv", "packages", "project"]


def test_a_venv_that_cannot_be_replaced(machine):
    course.VENV.write_text("a file")
    assert f"{course.VENV} (Not a directory): close what uses it, delete it" in complaint()


def test_a_full_disk(machine, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1.24e9))
    assert "has 1.2 GB free and the course needs about 3: make room" in complaint()
    assert machine.calls == []


def test_a_venv_that_fails(machine):
    machine.fails = "-m venv"
    assert complaint() == f"{machine.this} could not make {course.VENV}: its reason is above."


@pytest.mark.parametrize("step", ["--require-hashes", "-e ."])
def test_a_broken_download(machine, step):
    machine.fails = step
    assert "check the network connection" in complaint()
    machine.fails = None
    course.setup()
    assert kinds(machine.calls)[-3:] == ["venv", "packages", "project"]


# Which Python


@pytest.mark.parametrize("version", course.VERSIONS)
def test_this_python_is_used_when_it_can_be(machine, version):
    machine.pythons = {machine.this: f"{version} True {LINUX}", "python3.13": f"3.13 True {LINUX}"}
    assert course.find_python() == [machine.this]


@pytest.mark.parametrize(
    "this", [f"3.10 True {LINUX}", f"3.14 True {LINUX}", f"3.12 False {LINUX}"]
)
@pytest.mark.parametrize("other", ["py -3.13", "py -3.11", "python3.12", "python3.11"])
def test_another_python_is_found(machine, this, other):
    version = other[-4:]
    machine.pythons = {machine.this: this, other: f"{version} True {LINUX}"}
    assert course.find_python() == other.split()


def test_no_python_that_tensorflow_is_built_for(machine, monkeypatch):
    machine.pythons = {machine.this: f"3.14 True {LINUX}"}
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert complaint() == (
        "TensorFlow has no build for Python 3.14 and no Python 3.13, 3.12 or 3.11 was found: "
        "install one of these and run the same command again."
    )


@pytest.mark.parametrize("where", ["this", "python3.12"])
def test_a_python_without_venv(machine, where):
    machine.pythons = {machine.this: f"3.14 True {LINUX}"}
    machine.pythons[machine.this if where == "this" else where] = f"3.12 False {LINUX}"
    assert "apt install python3.12-venv" in complaint()


@pytest.mark.parametrize(
    ("platform", "built"),
    [
        (LINUX, True),
        ("linux-aarch64 aarch64", True),
        ("macosx-11.0-arm64 arm64", True),
        ("macosx-10.13-universal2 arm64", True),
        ("win-amd64 AMD64", True),
        ("macosx-10.13-universal2 x86_64", False),
        ("macosx-10.13-x86_64 x86_64", False),
        ("win-arm64 ARM64", False),
        ("win32 AMD64", False),
        ("linux-armv7l armv7l", False),
    ],
)
def test_machines(machine, platform, built):
    machine.pythons = {machine.this: f"3.12 True {platform}"}
    if built:
        assert course.find_python() == [machine.this]
    else:
        assert f"no build for this machine or this Python ({platform})" in complaint()


def test_the_facts_are_asked_for_in_words_that_python_understands():
    assert course.find_python()


def test_an_old_python_can_read_course_py():
    ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))


# lab


def read(folder):
    return {path.name: path.read_text() for path in folder.glob("*.ipynb")}


def test_lessons_are_copied_once(project, capsys):
    course.copy_lessons()
    assert read(course.WORK) == read(course.LESSONS)
    course.copy_lessons()
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in course.WORK.iterdir() if path.suffix != ".ipynb") == [
        ".versions"
    ]


def test_a_copy_that_was_edited_is_never_overwritten(project, capsys):
    course.copy_lessons()
    mine, lesson = (folder / "02-momentum.ipynb" for folder in (course.WORK, course.LESSONS))
    mine.write_text("mine")
    course.copy_lessons()
    assert capsys.readouterr().out == ""
    lesson.write_text("newer")
    for _ in range(2):
        course.copy_lessons()
        assert mine.read_text() == "mine"
        assert capsys.readouterr().out.startswith("A newer version of 02-momentum.ipynb is in ")
    mine.rename(course.WORK / "my momentum.ipynb")
    course.copy_lessons()
    assert mine.read_text() == "newer"
    assert (course.WORK / "my momentum.ipynb").read_text() == "mine"
    assert capsys.readouterr().out == ""


def test_a_copy_that_was_not_edited_follows_its_lesson(project, capsys):
    course.copy_lessons()
    (course.LESSONS / "02-momentum.ipynb").write_text("newer")
    course.copy_lessons()
    assert read(course.WORK) == read(course.LESSONS)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("record", [None, b"", b"\xff\x00 not a record"])
def test_without_its_record_work_is_still_safe(project, capsys, record):
    course.copy_lessons()
    mine = course.WORK / "02-momentum.ipynb"
    mine.write_text("mine")
    (course.WORK / ".versions").unlink()
    if record is not None:
        (course.WORK / ".versions").write_bytes(record)
    course.copy_lessons()
    assert mine.read_text() == "mine"
    (course.LESSONS / mine.name).write_text("newer")
    course.copy_lessons()
    assert mine.read_text() == "mine"
    assert capsys.readouterr().out.count("newer version") == 1


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_lab_opens_the_first_copy_on_this_machine_only(machine, monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    course.main("lab", "--no-browser")
    command = machine.calls[-1]
    assert "-m jupyterlab --ip=127.0.0.1 --ServerApp.root_dir=" in command
    assert command.endswith(" --no-browser work/01-gradient-descent.ipynb")
    assert ("--allow-root" in command) == allowed
    assert "token" not in command
    assert read(course.WORK) == read(course.LESSONS)


# Programs, really run


@pytest.fixture
def ready(project):
    """Run course.py in a course whose .venv is ready; `make bench` runs the given script."""
    shutil.copy(ROOT / "course.py", project)
    course.PYTHON.parent.mkdir(parents=True)
    course.PYTHON.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    course.PYTHON.chmod(0o755)
    (course.VENV / "course-stamp").write_text(course.fingerprint())
    (project / "benchmarks").mkdir()

    def start(script, *arguments, **environment):
        (project / "benchmarks/run.py").write_text(script)
        return subprocess.Popen(
            [sys.executable, "course.py", "bench", *arguments],
            cwd=project,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


@posix
def test_arguments_and_exit_code_are_passed_on(ready):
    course_py = ready("import sys; print(sys.argv[1:]); sys.exit(3)", "-k", "a b")
    assert course_py.communicate() == ("['-k', 'a b']\n", "")
    assert course_py.returncode == 3


@posix
def test_the_callers_python_settings_are_left_behind(ready):
    names = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    script = f"import os; print([name for name in {names} if name in os.environ])"
    settings = {"PYTHONPATH": "elsewhere", "PYTHONDONTWRITEBYTECODE": "1"}
    assert ready(script, **settings).communicate() == ("[]\n", "")


SLOW = """
import time
try:
    print("started", flush=True)
    time.sleep(60)
    print("was not told to end")
except KeyboardInterrupt:
    time.sleep(1)  # longer than subprocess waits
    print("ended in its own way")
"""


@posix
def test_ctrl_c_lets_the_program_end_in_its_own_way(ready):
    course_py = ready(SLOW)
    course_py.stdout.readline()
    os.killpg(course_py.pid, signal.SIGINT)
    assert course_py.communicate() == ("ended in its own way\n", "")
    assert course_py.returncode == 0


@posix
def test_the_program_ends_when_course_py_is_told_to(ready):
    course_py = ready(SLOW)
    course_py.stdout.readline()
    course_py.terminate()
    assert course_py.communicate() == ("", "")
    assert course_py.returncode == 143


@posix
def test_a_missing_file_is_one_sentence(ready, project):
    (project / "requirements.txt").unlink()
    course_py = ready("")
    _, error = course_py.communicate()
    assert error.startswith("Cannot go on: ") and "requirements.txt" in error
    assert error.count("\n") == 1
    assert course_py.returncode == 1


def test_a_wrong_task_prints_the_tasks(capsys):
    with pytest.raises(SystemExit) as end:
        course.main("labs")
    assert all(f"course.py {task} " in end.value.code for task in ("setup", *course.PROGRAMS))
