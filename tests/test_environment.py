"""tools/environment.py: on a machine that only pretends, and with a Python of its own.

The real one is a copy of this Python with an index of two tiny wheels: setups are started side by
side and killed, and neither that Python nor a .venv that worked may be touched.
"""

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections import namedtuple
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pip
import pytest

from tools import environment
from tools.environment import Failed, python_of

ROOT = Path(__file__).resolve().parents[1]
LINUX = "linux-x86_64 x86_64"
posix = pytest.mark.skipif(os.name != "posix", reason="signals and scripts of POSIX")


@pytest.fixture
def machine(project, monkeypatch):
    """Pretend to run: `pythons` are on the machine, `calls` have been made, `fails` will fail.

    A .venv works when its python and its pip both hold the word "works".
    """
    this = getattr(sys, "_base_executable", None) or sys.executable
    machine = SimpleNamespace(
        this=this, pythons={this: f"3.12 True {LINUX}"}, calls=[], fails=None, code=1, settings=""
    )
    machine.log = ""

    def run(*command, **variables):
        words = " ".join(map(str, command))
        machine.calls.append(words)
        if "--log" in command:
            Path(command[command.index("--log") + 1]).write_text(machine.log)
        if machine.fails and machine.fails in words:
            return machine.code
        if "-m venv" in words:
            python = python_of(command[-1])
            python.parent.mkdir(parents=True)
            python.write_text("works")
            (command[-1] / "pip").write_text("works")
        return 0

    def ask(*command):
        if not isinstance(command[0], Path):
            return machine.pythons.get(" ".join(command[: command.index("-c")]))
        venv = command[0].parents[1]
        works = all(
            part.exists() and part.read_text() == "works" for part in (command[0], venv / "pip")
        )
        if machine.fails == command[-1]:
            return None
        return (machine.settings if "config" in command else "") if works else None

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setattr(environment, "ask", ask)
    return machine


def kinds(calls):
    """What each call was for."""
    names = {
        "-m venv": "venv",
        "--require-hashes --no-deps -r requirements.txt": "packages",
        "--require-hashes --no-deps -r requirements-dev.txt": "dev",
        "--require-hashes --no-deps -r workshop/requirements.txt": "workshop",
        "--require-hashes --no-deps -r web/requirements.txt": "web",
        "-e .": "project",
        "ScriptMaker": "programs",
    }
    return [name for call in calls for sign, name in names.items() if sign in call]


ALL = ["venv", "packages", "project", "programs"]


def complaint(*additions):
    """The one sentence that setup ends with."""
    with pytest.raises(Failed) as end:
        environment.setup(*additions)
    (sentence,) = end.value.args
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


# setup


def test_setup_installs_once(machine):
    environment.setup()
    assert kinds(machine.calls) == ALL
    assert not environment.NEW.exists() and environment.works()
    settings = environment.VENV / "share/jupyter/lab/settings/overrides.json"
    (news,) = json.loads(settings.read_text()).values()
    assert news == {"fetchNews": "false", "checkForUpdates": False}
    environment.setup()
    assert len(machine.calls) == 4


def test_other_packages_are_installed_beside_the_old_ones(machine, project):
    environment.setup()
    (environment.VENV / "left").write_text("from before")
    (project / "requirements.txt").write_text("changed")
    environment.setup()
    assert kinds(machine.calls[4:]) == ALL
    assert not (environment.VENV / "left").exists()
    assert not environment.NEW.exists() and not environment.OLD.exists()
    environment.setup()
    assert len(machine.calls) == 8


@pytest.mark.parametrize("name", ["requirements.in", "pyproject.toml"])
def test_another_project_is_installed_over_the_old_one(machine, project, name):
    environment.setup()
    (project / name).write_text("changed")
    environment.setup()
    assert kinds(machine.calls[4:]) == ["project", "programs"]
    environment.setup()
    assert len(machine.calls) == 6


def test_what_tests_need_is_added_once_and_to_the_same_venv(machine, project):
    environment.setup()
    machine.calls.clear()
    environment.setup("dev")
    assert kinds(machine.calls) == ["dev"]
    for additions in (["dev"], []):
        environment.setup(*additions)
    assert len(machine.calls) == 1
    (project / "requirements-dev.txt").write_text("changed")
    environment.setup()
    assert len(machine.calls) == 1
    environment.setup("dev")
    assert kinds(machine.calls) == ["dev", "dev"]


def test_what_tests_need_stays_when_the_project_changes_and_goes_with_the_venv(machine, project):
    environment.setup("dev")
    assert kinds(machine.calls) == [*ALL, "dev"]
    (project / "pyproject.toml").write_text("changed")
    environment.setup("dev")
    assert kinds(machine.calls[5:]) == ["project", "programs"]
    (project / "requirements.txt").write_text("changed")
    machine.calls.clear()
    environment.setup()
    assert kinds(machine.calls) == ALL
    environment.setup("dev")
    assert kinds(machine.calls) == [*ALL, "dev"]


def test_an_addition_that_fails_leaves_the_learner_s_setup_whole(machine, project):
    environment.setup("dev")
    (project / "requirements-dev.txt").write_text("changed")
    machine.fails, machine.log = "requirements-dev.txt", "Connection"
    assert "could not be downloaded: check the network connection" in complaint("dev")
    machine.fails = None
    machine.calls.clear()
    environment.setup()
    assert machine.calls == []
    environment.setup("dev")
    assert kinds(machine.calls) == ["dev"]


def test_what_a_workshop_needs_is_added_beside_what_tests_need(machine, project):
    environment.setup("dev")
    machine.calls.clear()
    for additions in (["workshop"], ["dev", "workshop"], ["dev"], []):
        environment.setup(*additions)
    assert kinds(machine.calls) == ["workshop"]
    (project / "workshop/requirements.txt").write_text("changed")
    environment.setup("dev")
    assert len(machine.calls) == 1
    environment.setup("workshop")
    assert kinds(machine.calls) == ["workshop", "workshop"]


@pytest.mark.parametrize("additions", [[], ["dev"], ["dev", "workshop"]])
def test_a_folder_that_was_moved_keeps_its_packages(machine, project, live_in, additions):
    environment.setup(*additions)
    live_in(project.rename(project.with_name("moved")))
    machine.calls.clear()
    environment.setup(*additions)
    assert kinds(machine.calls) == ["project", "programs"]


def test_the_stamp_of_an_older_course_is_of_a_venv_that_works(machine):
    environment.setup()
    (environment.VENV / "course-stamp").write_text(64 * "0")
    machine.fails = "--require-hashes"
    complaint()
    assert environment.works()


BROKEN = {
    "empty folder": lambda venv: shutil.rmtree(venv) or venv.mkdir(),
    "a file": lambda venv: shutil.rmtree(venv) or venv.write_text(""),
    "python missing": lambda venv: python_of(venv).unlink(),
    "python not starting": lambda venv: python_of(venv).write_text("broken"),
    "pip missing": lambda venv: (venv / "pip").unlink(),
    "no stamp": lambda venv: (venv / "course-stamp").unlink(),
    "an empty stamp": lambda venv: (venv / "course-stamp").write_text(""),
}


@pytest.mark.parametrize("harm", BROKEN.values(), ids=BROKEN)
def test_a_venv_that_does_not_work_is_made_anew(machine, harm):
    environment.setup()
    harm(environment.VENV)
    assert not environment.works()
    environment.setup()
    assert kinds(machine.calls) == 2 * ALL
    assert environment.works() and not environment.OLD.exists()


STEPS = [
    "-m venv",
    "--require-hashes",
    "-e .",
    "import adamlib, jupyterlab, tensorflow",
    "ScriptMaker",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("update", [False, True])
def test_a_step_that_fails_keeps_what_worked(machine, project, update, step):
    if update:
        environment.setup()
        (project / "requirements.txt").write_text("changed")
    machine.fails = step
    complaint()
    assert environment.works() == (update or step == "ScriptMaker")
    machine.fails = None
    environment.setup()
    assert environment.complete()


MOMENTS = {  # killed just before
    "old away": lambda path, to: to == environment.OLD,
    "new there": lambda path, to: path == environment.NEW,
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("goes_on", [True, False])
def test_a_swap_that_was_cut_off_is_finished_or_undone(
    machine, project, monkeypatch, moment, goes_on
):
    environment.setup()
    before = (project / "requirements.txt").read_text()
    (project / "requirements.txt").write_text("changed")
    rename = environment.rename

    def killed(path, to):
        if moment(path, to):
            raise KeyboardInterrupt
        rename(path, to)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(environment, "rename", killed)
        environment.setup()
    machine.calls.clear()
    if not goes_on:
        (project / "requirements.txt").write_text(before)
    environment.setup()
    assert "packages" not in kinds(machine.calls)
    assert environment.complete()


@pytest.mark.parametrize("name", ["VENV", "NEW"])
def test_what_a_program_holds_is_said(machine, project, monkeypatch, name):
    environment.setup()
    (project / "requirements.txt").write_text("changed")
    held, rename = getattr(environment, name), Path.rename

    def refused(path, to):
        if path == held:
            raise PermissionError(13, "Access is denied")
        return rename(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refused)
        assert f"Cannot rename {held} to " in (words := complaint())
        assert "(Access is denied): close JupyterLab" in words
    assert environment.works()
    machine.calls.clear()
    environment.setup()
    assert kinds(machine.calls) == ["project", "programs"]


def test_a_full_disk(machine, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1.24e9))
    assert "has 1.2 GB free and the course needs about 3: make room" in complaint()
    assert machine.calls == []


@pytest.mark.parametrize(("allowed", "told"), [(None, True), (0, True), (1, False)])
def test_a_folder_that_is_too_deep_for_windows(monkeypatch, allowed, told):
    def query(key, name):
        if allowed is None:
            raise FileNotFoundError(name)
        return (allowed if name == "LongPathsEnabled" else None), 4

    winreg = SimpleNamespace(
        HKEY_LOCAL_MACHINE=0, OpenKey=lambda *place: nullcontext(), QueryValueEx=query
    )
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(environment, "ROOT", Path("C:/Users/ada/Downloads") / ("course-" * 7))
    words = "has 72 characters, and Windows allows 63 here: C:"
    with pytest.raises(Failed, match=words) if told else nullcontext():
        environment.check_length()


def test_the_longest_path_that_is_installed_is_known():
    site = Path(sysconfig.get_path("purelib"))
    longest = max(len(str(p.relative_to(site))) for p in site.rglob("*") if p.is_file())
    assert longest + len("Lib/site-packages/") <= environment.LONGEST


def test_a_venv_that_fails(machine):
    machine.fails = "-m venv"
    assert complaint() == f"{machine.this} could not make {environment.NEW}: its reason is above."


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
            "not the one that requirements.txt names",
        ),
        ("OSError: [Errno 28] No space left on device", "the disk is full: make room"),
        ("ERROR: No matching distribution found for x", "check the network connection"),
        ("Failed to establish a new Connection", "check the network connection"),
        ("something else", "pip's reason is above"),
    ],
)
@pytest.mark.parametrize("step", ["--require-hashes", "-e ."])
def test_pip_s_reason_is_told(machine, log, words, step):
    machine.fails, machine.log = step, log
    assert words in complaint()
    machine.code = 130
    assert complaint() == environment.STOPPED


def test_a_stop_while_the_venv_is_made(machine):
    machine.fails, machine.code = "-m venv", 130
    assert complaint() == environment.STOPPED


@pytest.mark.parametrize("place", ["target", "prefix", "root"])
def test_pip_set_to_install_elsewhere(machine, place):
    machine.settings = f"global.timeout='60'\n:env:.{place}='/elsewhere'\n"
    assert f"pip is set to install elsewhere (:env:.{place}='/elsewhere')" in complaint()
    assert kinds(machine.calls) == ["venv"]


# Which Python


def no_python():
    with pytest.raises(Failed) as end:
        environment.find_python()
    return end.value.args[0]


@pytest.mark.parametrize("version", environment.VERSIONS)
def test_this_python_is_used_when_it_can_be(machine, version):
    machine.pythons = {machine.this: f"{version} True {LINUX}", "python3.13": f"3.13 True {LINUX}"}
    assert environment.find_python() == [machine.this]


@pytest.mark.parametrize(
    "this", [f"3.10 True {LINUX}", f"3.14 True {LINUX}", f"3.12 False {LINUX}"]
)
@pytest.mark.parametrize("other", ["py -3.13", "py -3.11", "python3.12", "python3.11"])
def test_another_python_is_found(machine, this, other):
    version = other[-4:]
    machine.pythons = {machine.this: this, other: f"{version} True {LINUX}"}
    assert environment.find_python() == other.split()


def test_no_python_that_tensorflow_is_built_for(machine, monkeypatch):
    machine.pythons = {machine.this: f"3.14 True {LINUX}"}
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert no_python() == (
        "TensorFlow has no build for Python 3.14 and no Python 3.13, 3.12 or 3.11 was found: "
        "install one of these and run the same command again."
    )


@pytest.mark.parametrize("where", ["this", "python3.12"])
def test_a_python_without_venv(machine, where):
    machine.pythons = {machine.this: f"3.14 True {LINUX}"}
    machine.pythons[machine.this if where == "this" else where] = f"3.12 False {LINUX}"
    assert "apt install python3.12-venv" in no_python()


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
        assert environment.find_python() == [machine.this]
    else:
        assert f"no build for this machine or this Python ({platform})" in no_python()


def test_the_facts_are_asked_for_in_words_that_python_understands():
    assert environment.find_python()


# Really installed


def wheel(folder, name, version, modules, programs=""):
    """Write a tiny wheel; return its line for requirements.txt."""
    info = f"{name}-{version}.dist-info"
    files = modules | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{programs}\n",
    }
    rows = []
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            rows.append(f"{file},sha256={digest.decode().rstrip('=')},{len(text)}\n")
        archive.writestr(f"{info}/RECORD", "".join(rows) + f"{info}/RECORD,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


BACKEND = """import os, zipfile
def build_editable(folder, *_):
    name, info = "adamlib-1-py3-none-any.whl", "adamlib-1.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("adamlib.pth", os.getcwd())
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: adamlib\\nVersion: 1\\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        archive.writestr(info + "RECORD", "")
    return name
"""


@pytest.fixture(scope="module")
def own_python(tmp_path_factory):
    """A copy of this Python, which may be harmed, and the folder of its packages: a pip."""
    place = tmp_path_factory.mktemp("own") / "python"
    minor = "python{}.{}".format(*sys.version_info[:2])
    library = place / "lib" / minor
    library.mkdir(parents=True)
    for part in Path(os.__file__).parent.iterdir():
        if part.name not in ("site-packages", "dist-packages"):
            (library / part.name).symlink_to(part)
    python = place / "bin" / minor
    python.parent.mkdir()
    shutil.copy(os.path.realpath(sys._base_executable), python)
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(ask, capture_output=True, text=True).stdout.strip())
    if place not in site.parents:
        pytest.skip("This Python does not run as a copy.")
    shutil.copytree(Path(pip.__file__).parent, site / "pip")
    return python, site


@pytest.fixture
def fake(tmp_path, own_python):
    """A course of three tiny packages and an index of them; its setup can be started and killed.

    course.py bench, which needs the third package, says its version.
    """
    course, index = tmp_path / "a course", tmp_path / "index"
    for folder in (index, course / "tools", course / "adamlib", course / "benchmarks"):
        folder.mkdir(parents=True)
    (course / "benchmarks/run.py").write_text("import prover; print(prover.version)")
    (course / "adamlib/__init__.py").write_text("")
    for name in ("course.py", "tools/launcher.py", "tools/environment.py"):
        shutil.copy(ROOT / name, course / name)
    (course / "backend.py").write_text(BACKEND)
    (course / "requirements.in").write_text("")
    (course / "pyproject.toml").write_text(
        '[project]\nname = "adamlib"\nversion = "1"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    python, site = own_python
    at = SimpleNamespace(course=course)
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("PIP_", "PYTHON"))}

    def want(version):
        (course / "requirements.txt").write_text(
            wheel(index, "tensorflow", version, {"tensorflow.py": f"version = {version!r}"})
            + wheel(
                index,
                "jupyterlab",
                version,
                {"jupyterlab.py": "def main():\n    import sys\n    print(sys.prefix)"},
                "hello = jupyterlab:main",
            )
        )
        (course / "requirements-dev.txt").write_text(
            wheel(index, "prover", version, {"prover.py": f"version = {version!r}"})
        )

    def start(task="setup", **variables):
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": index, "PIP_CONFIG_FILE": os.devnull}
        return subprocess.Popen(
            [python, "course.py", task],
            cwd=at.course,
            env=clean | {"HOME": tmp_path} | pip | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def killed(setup, file, whole=False):
        """Kill it, or all that it started too, once a file is there."""
        while not (at.course / file).exists():
            assert setup.poll() is None, setup.stdout.read()
            time.sleep(0.002)
        (os.killpg if whole else os.kill)(setup.pid, signal.SIGKILL)
        setup.wait()
        setup.stdout.close()

    def found():
        """The version of what is installed, seen by .venv's Python and by a program of it."""
        words = "import adamlib, tensorflow; print(tensorflow.version)"
        python, program = (at.course / ".venv/bin" / name for name in ("python", "hello"))
        assert subprocess.check_output([program], text=True) == f"{at.course / '.venv'}\n"
        call = [python, "-c", words]
        return subprocess.check_output(call, text=True, cwd="/", env=clean).strip()

    def packages():
        return sorted((path.name, path.stat().st_mtime_ns) for path in site.iterdir())

    vars(at).update(want=want, start=start, killed=killed, found=found, packages=packages)
    return at


@posix
@pytest.mark.long
def test_setups_that_are_killed_and_side_by_side_harm_nothing(fake):
    before = fake.packages()
    fake.want("1")
    fake.killed(fake.start(), ".venv-new/pyvenv.cfg")
    fake.killed(fake.start(), ".venv-new/pip.log", whole=True)
    both = [fake.start(), fake.start()]
    said = [setup.communicate()[0] for setup in both]
    assert [setup.returncode for setup in both] == [0, 0], said
    assert sum("Another setup is at work in this folder: waiting" in words for words in said) == 1
    assert fake.found() == "1" and fake.packages() == before

    fake.want("2")
    fake.killed(fake.start(), ".venv-new/pip.log")  # its pip goes on
    assert fake.found() == "1"
    offline = fake.start(PIP_FIND_LINKS="/nowhere")
    assert "Installing failed: the packages could not be downloaded" in offline.communicate()[0]
    assert offline.returncode == 1
    assert fake.found() == "1" and fake.packages() == before
    update = fake.start(PIP_USER="1")
    said, _ = update.communicate()
    assert update.returncode == 0, said
    assert fake.found() == "2" and fake.packages() == before

    fake.course = fake.course.rename(fake.course.with_name("moved"))
    settled = fake.start(PIP_FIND_LINKS="/nowhere")
    assert (settled.communicate()[0], settled.returncode) == ("", 0)
    assert fake.found() == "2" and fake.packages() == before


@posix
def test_what_tests_need_is_added_to_a_learner_s_venv_or_leaves_it_as_it_was(fake):
    fake.want("1")
    first = fake.start()
    said, _ = first.communicate()
    assert first.returncode == 0, said
    library = next((fake.course / ".venv/lib").glob("*/site-packages"))
    before = sorted(path.name for path in library.iterdir())
    assert not any("prover" in name for name in before)

    offline = fake.start("bench", PIP_FIND_LINKS="/nowhere")
    assert "Installing failed: the packages could not be downloaded" in offline.communicate()[0]
    assert offline.returncode == 1
    fake.killed(fake.start("bench"), ".venv/pip.log", whole=True)
    learner = fake.start(PIP_FIND_LINKS="/nowhere")
    assert (learner.communicate()[0], learner.returncode) == ("", 0)
    assert fake.found() == "1"

    made = (fake.course / ".venv/pyvenv.cfg").stat().st_mtime_ns
    both = [fake.start("bench"), fake.start("bench")]
    said = [bench.communicate()[0] for bench in both]
    assert [words.splitlines()[-1] for words in said] == ["1", "1"]
    assert sum("Installing what tests and builds need" in words for words in said) == 1
    assert fake.found() == "1"
    assert (fake.course / ".venv/pyvenv.cfg").stat().st_mtime_ns == made
    again = fake.start("bench", PIP_FIND_LINKS="/nowhere")
    assert again.communicate()[0] == "1\n"


@posix
def test_nothing_is_installed_by_another_python(fake, own_python):
    """As where a .venv lost its pyvenv.cfg: its python is then the one that it was made from."""
    before, python = fake.packages(), own_python[0]
    for venv in (fake.course, python.parents[1]):
        words = [python, "-c", environment.PIP, venv, "install", "--no-index", "adamlib"]
        refused = subprocess.run(words, capture_output=True, text=True)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"Nothing was installed: {python} belongs to ")
    assert fake.packages() == before
