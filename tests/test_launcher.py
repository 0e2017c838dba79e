"""course.py and the learner's copies, in a course that only pretends: nothing is installed."""

import ast
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment, launcher

ROOT = Path(__file__).resolve().parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="signals and scripts of POSIX")


def read(folder):
    return {path.name: path.read_text() for path in folder.glob("*.ipynb")}


def test_lessons_are_copied_once(project, capsys):
    launcher.copy_lessons()
    assert read(launcher.WORK) == read(launcher.LESSONS)
    launcher.copy_lessons()
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in launcher.WORK.iterdir() if path.suffix != ".ipynb") == [
        ".versions"
    ]


def test_a_copy_that_was_edited_is_never_overwritten(project, capsys):
    launcher.copy_lessons()
    mine, lesson = (folder / "02-momentum.ipynb" for folder in (launcher.WORK, launcher.LESSONS))
    mine.write_text("mine")
    launcher.copy_lessons()
    assert capsys.readouterr().out == ""
    lesson.write_text("newer")
    for _ in range(2):
        launcher.copy_lessons()
        assert mine.read_text() == "mine"
        assert capsys.readouterr().out.startswith("A newer version of 02-momentum.ipynb is in ")
    mine.rename(launcher.WORK / "my momentum.ipynb")
    launcher.copy_lessons()
    assert mine.read_text() == "newer"
    assert (launcher.WORK / "my momentum.ipynb").read_text() == "mine"
    assert capsys.readouterr().out == ""


def test_a_copy_that_was_not_edited_follows_its_lesson(project, capsys):
    launcher.copy_lessons()
    (launcher.LESSONS / "02-momentum.ipynb").write_text("newer")
    launcher.copy_lessons()
    assert read(launcher.WORK) == read(launcher.LESSONS)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("record", [None, b"", b"\xff\x00 not a record"])
def test_without_its_record_work_is_still_safe(project, capsys, record):
    launcher.copy_lessons()
    mine = launcher.WORK / "02-momentum.ipynb"
    mine.write_text("mine")
    (launcher.WORK / ".versions").unlink()
    if record is not None:
        (launcher.WORK / ".versions").write_bytes(record)
    launcher.copy_lessons()
    assert mine.read_text() == "mine"
    assert capsys.readouterr().out.startswith("02-momentum.ipynb in work/ is not the lesson in ")
    (launcher.LESSONS / mine.name).write_text("newer")
    launcher.copy_lessons()
    assert mine.read_text() == "mine"
    assert capsys.readouterr().out.count("newer version") == 1


# Programs, really run


@pytest.fixture
def ready(project):
    """Run course.py in a course whose .venv is ready; `make bench` runs the given script."""
    shutil.copy(ROOT / "course.py", project)
    (project / "tools").mkdir()
    for name in ("launcher.py", "environment.py"):
        shutil.copy(ROOT / "tools" / name, project / "tools")
    environment.PYTHON.parent.mkdir(parents=True)
    environment.PYTHON.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    environment.PYTHON.chmod(0o755)
    (environment.VENV / "course-stamp").write_text("\n".join(environment.wanted()))
    (environment.VENV / "dev-stamp").write_text(environment.digest("requirements-dev.txt"))
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


def test_a_lesson_that_is_gone_is_said_once(project, capsys):
    launcher.copy_lessons()
    (launcher.LESSONS / "02-momentum.ipynb").rename(launcher.LESSONS / "03-momentum.ipynb")
    launcher.copy_lessons()
    assert capsys.readouterr().out.startswith("02-momentum.ipynb is no longer a lesson: it has ")
    assert (launcher.WORK / "02-momentum.ipynb").exists()
    assert (launcher.WORK / "03-momentum.ipynb").exists()
    launcher.copy_lessons()
    assert capsys.readouterr().out == ""


def test_a_copy_that_a_program_holds_open_does_not_stop_the_others(project, capsys, monkeypatch):
    launcher.copy_lessons()
    for lesson in launcher.LESSONS.iterdir():
        lesson.write_text("newer")
    held = launcher.WORK / "01-gradient-descent.ipynb"
    before, replace = held.read_text(), os.replace

    def refuse(source, target):
        if target == str(held):
            raise PermissionError(13, "The process cannot access the file")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        launcher.copy_lessons()
    assert "01-gradient-descent.ipynb in work/ cannot be brought" in capsys.readouterr().out
    assert held.read_text() == before
    assert (launcher.WORK / "02-momentum.ipynb").read_text() == "newer"
    launcher.copy_lessons()
    assert held.read_text() == "newer"


@pytest.mark.parametrize("flags", [[], ["-OO"]])
def test_a_wrong_task_prints_the_tasks(flags):
    words = [sys.executable, *flags, str(ROOT / "course.py"), "labs"]
    told = subprocess.run(words, capture_output=True, text=True).stderr
    assert all(f"course.py {task} " in told for task in ("setup", *launcher.PROGRAMS))


def test_python_2_can_read_course_py():
    """What it lacks: f-strings, annotations, keyword-only arguments, print as a function."""
    tree = ast.parse((ROOT / "course.py").read_text(encoding="utf-8"))
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.Starred)
    assert not [node for node in ast.walk(tree) if isinstance(node, new)]
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"tools.launcher"}


@pytest.mark.parametrize("name", ["launcher", "environment"])
def test_python_3_7_can_read_the_rest(name):
    text = (ROOT / f"tools/{name}.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 7))


# lab


def test_an_update_that_fails_does_not_keep_the_lessons_away(project, monkeypatch, capsys):
    calls = []

    def setup(*additions):
        raise environment.Failed("The disk is full.")

    monkeypatch.setattr(environment, "setup", setup)
    monkeypatch.setattr(launcher, "run", lambda *words: calls.append(words) or 0)
    monkeypatch.setattr(environment, "works", lambda: True)
    assert launcher.main(["lab", "--no-browser"], "") == 0
    assert capsys.readouterr().err == (
        "The disk is full. Until then, what was installed before is used: an update is owed.\n"
    )
    assert calls[0][1:] == ("-m", "tools.lab", "--no-browser")
    for task, works in (("lab", False), ("test", True), ("setup", True)):
        monkeypatch.setattr(environment, "works", lambda works=works: works)
        with pytest.raises(SystemExit, match="^The disk is full.$"):
            launcher.main([task], "")
    assert len(calls) == 1


def test_a_learner_s_tasks_need_no_package_of_the_tests(project, monkeypatch):
    asked = {}
    monkeypatch.setattr(launcher, "run", lambda *words: 0)
    for task in ("setup", *launcher.PROGRAMS):
        monkeypatch.setattr(
            environment, "setup", lambda *lists, task=task: asked.update({task: lists})
        )
        launcher.main([task], "")
    assert {task for task, lists in asked.items() if not lists} == {"setup", "lab"}
    assert read(launcher.WORK) == read(launcher.LESSONS)  # setup copies them: for VS Code, say
    assert {task for task, lists in asked.items() if lists == ("workshop",)} == {
        "workshop",
        "smoke",
        "board",
    }


def test_lab_opens_a_notebook_on_this_machine_only(monkeypatch, tmp_path):
    from tools import lab

    monkeypatch.setattr(lab, "ROOT", tmp_path)
    (tmp_path / "work").mkdir()
    for name in ("02-b.ipynb", "01-a lesson.ipynb"):
        (tmp_path / "work" / name).write_text("")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    words = lab.arguments(["--no-browser", "--port", "8899"])
    assert words[0] == "--ip=127.0.0.1" and "--allow-root" in words
    assert words[-3:] == ["--no-browser", "--port", "8899"]
    assert "--LabApp.default_url=/lab/tree/work/01-a%20lesson.ipynb" in words
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    words = lab.arguments(["work/02-b.ipynb"])
    assert "--LabApp.default_url=/lab/tree/work/02-b.ipynb" in words and "--allow-root" not in words
    for missing in ("work/09.ipynb", "../elsewhere.ipynb"):
        with pytest.raises(SystemExit, match="There is no notebook"):
            lab.arguments([missing])


@pytest.mark.parametrize(
    "settings",
    [
        {"IdentityProvider": {"token": "", "need_token": False}},
        {"Guarded": {"token": ""}, "PasswordIdentityProvider": {"token": ""}},
        {"ServerApp": {"token": "", "password": ""}},
    ],
)
def test_the_users_settings_do_not_switch_the_token_off(settings):
    from traitlets.config import Config

    from tools.lab import Guarded

    guard = Guarded(config=Config(settings))
    assert len(guard.token) == 48 and guard.auth_enabled and guard.token_generated
    password = Guarded(config=Config({"PasswordIdentityProvider": {"hashed_password": "sha1:x:y"}}))
    assert password.token == "" and password.auth_enabled


def test_an_older_python_can_start_course_py():
    """Not only read it: what a dict could not do yet, for example, is no fault of grammar."""
    found = [shutil.which(f"python3.{minor}") for minor in range(6, 11)]
    older = [python for python in found if python and environment.ask(python, "-c", "") == ""]
    if not older:
        pytest.skip("There is no Python 3.6 to 3.10 here.")
    for python in older:
        words = [python, str(ROOT / "course.py"), "labs"]
        told = subprocess.run(words, capture_output=True, text=True).stderr
        assert told.startswith("Set up the course and use it"), (python, told)
