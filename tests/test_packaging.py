"""The ways into the course agree: one list of packages, one range of Pythons, one set of tasks;
and what a release says of itself."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain, combinations, product
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tools import environment, launcher, lite

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
FOLDERS = {  # {package: its folder}
    package: SETUPTOOLS["package-dir"].get(package, package.replace(".", "/"))
    for package in SETUPTOOLS["packages"]
}
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
# A learner's, what tests and builds add to it, and what a workshop and the website add.
LISTS = ("requirements", "requirements-dev", "workshop/requirements", "web/requirements")
GRADERS = ("workshop/instructor",)  # an environment of its own
LOCKS = {name: (ROOT / f"{name}.txt").read_text(encoding="utf-8") for name in LISTS + GRADERS}
MACHINES = [
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
]


def wanted(name):
    """The requirements of a list."""
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def locked(name):
    """Each requirement that a list's lock has, with its hashes."""
    for line in LOCKS[name].replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split(" --hash=")
        yield Requirement(requirement), hashes


def pip_section():
    """What conda gives to pip."""
    (section,) = [item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict)]
    return section


def test_there_is_one_list_of_packages_and_one_of_what_tests_need():
    assert PROJECT["project"]["dynamic"] == ["dependencies", "optional-dependencies"]
    assert PROJECT["tool"]["setuptools"]["dynamic"] == {
        "dependencies": {"file": ["requirements.in"]},
        "optional-dependencies": {"dev": {"file": ["requirements-dev.in"]}},
    }
    assert pip_section() == ["-e ."]


def test_a_learner_s_packages_are_apart_from_the_others_and_those_agree():
    learners, *others = ({pin.name: pin.specifier for pin, _ in locked(name)} for name in LISTS)
    tests = others[0]
    for pins in others:
        assert learners.keys().isdisjoint(pins.keys())
    for one, other in combinations(others, 2):
        assert all(one[name] == other[name] for name in one.keys() & other.keys())
    asked = {requirement.name for requirement in wanted("requirements-dev")}
    assert {"pytest", "playwright", "ruff"} <= asked <= tests.keys()


def test_there_is_one_range_of_pythons():
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    minors = [f"3.{minor}" for minor in range(5, 30) if f"3.{minor}" in supported]
    assert sorted(environment.VERSIONS) == minors
    (python,) = [item for item in CONDA["dependencies"] if str(item).startswith("python=")]
    assert python.removeprefix("python=") in environment.VERSIONS


@pytest.mark.parametrize("lists", [LISTS, GRADERS])
def test_the_locks_have_each_package_that_is_asked_for(lists):
    missing = []
    for machine, version in product(MACHINES, environment.VERSIONS):
        here = machine | {"python_version": version, "python_full_version": f"{version}.1"}
        pins = {
            pin.name: next(iter(pin.specifier)).version
            for name in lists
            for pin, _ in locked(name)
            if pin.marker is None or pin.marker.evaluate(here)
        }
        for requirement in chain(*map(wanted, lists)):
            if requirement.marker is None or requirement.marker.evaluate(here):
                if pins.get(requirement.name) not in requirement.specifier:
                    missing.append(f"{requirement} for {here}")
    assert not missing


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_everything_with_hashes_and_names_no_host(name):
    for pin, hashes in locked(name):
        assert str(pin.specifier).startswith("==")
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64} *", digest) for digest in hashes)
    assert "://" not in LOCKS[name]
    assert not re.search("^ *--(?!hash=)", LOCKS[name], re.MULTILINE)


@pytest.mark.parametrize(("extra", "impossible"), [("", True), ("[dev]", False)])
def test_pip_can_resolve_what_conda_gives_it_and_the_rest(tmp_path, impossible, extra):
    """As conda does it, but against what is installed here, so that no network is needed."""
    for name in ("pyproject.toml", "README.md", "LICENSE", *(f"{name}.in" for name in LISTS[:2])):
        shutil.copy(ROOT / name, tmp_path)
    for folder in FOLDERS.values():
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "section.txt").write_text("\n".join(pip_section()) + extra)
    if impossible:
        with (tmp_path / "requirements.in").open("a") as requirements:
            requirements.write("numpy<1\n")
    command = "-m pip install --dry-run --no-index --no-build-isolation -r section.txt".split()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    result = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env=environment | {"PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
    )
    assert (result.returncode != 0) == impossible, result.stdout + result.stderr
    if impossible:
        assert "numpy<1" in result.stdout + result.stderr


def test_binder_installs_the_course_before_it_copies_the_lessons():
    """What repo2docker would have docker do; the image itself is not made."""
    pytest.importorskip("repo2docker")
    words = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    (python,) = [item for item in CONDA["dependencies"] if str(item).startswith("python=")]
    assert f"Building conda environment for {python}" in said
    steps = ("src/ ${REPO_DIR}/", 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    places = [said.index(step) for step in (*steps, "RUN ./postBuild")]
    assert places == sorted(places)


@pytest.mark.skipif(os.name != "posix", reason="a script of POSIX")
def test_binder_s_learner_finds_copies_of_the_lessons(tmp_path):
    for folder in ("lessons", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "postBuild", tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["./postBuild"], cwd=tmp_path, env=os.environ | {"PATH": path}, check=True)
    lessons = {file.name for file in (ROOT / "lessons").glob("*.ipynb")}
    assert {file.name for file in (tmp_path / "work").glob("*.ipynb")} == lessons


def test_every_package_is_installed():
    folders = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("adamlib/**/*.py")}
    assert set(FOLDERS.values()) == folders | {"data", "lessons", "sources", "translations"}


def test_what_is_installed_from_a_wheel_knows_what_the_lessons_ask(tmp_path):
    course, wheels, target = tmp_path / "course", tmp_path / "wheels", tmp_path / "target"
    course.mkdir()
    lite.copy_package(course)
    pip = [sys.executable, *"-m pip -q --isolated".split()]
    alone = "--no-index --no-deps --no-build-isolation".split()
    archive = shutil.make_archive(tmp_path / "archive", "zip", tmp_path, "course")  # as for Colab
    subprocess.run([*pip, "wheel", *alone, "-w", wheels, archive], check=True)
    (wheel,) = wheels.iterdir()
    subprocess.run([*pip, "install", *alone, "--target", target, wheel], check=True)
    shutil.rmtree(course)
    asked = """if True:
        from adamlib import rules
        from adamlib.practice import check, check_answer, hint, progress, quiz, speak
        check_answer("01.slope", 4)
        hint("one_epoch")
        print(quiz("09.monday").text)
        check(lambda *arguments: 3, "cosine_at")
        hint("adam")
        progress()
        speak("de")
        from adamlib.datasets import mnist, rotten_tomatoes
        print(mnist().train[0].shape, rotten_tomatoes().train[0].shape)"""
    environment = {name: value for name, value in os.environ.items() if name != "ADAMLIB_EXPECT"}
    environment |= {"PYTHONPATH": str(target), "PYTHONUTF8": "1"}
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    lines = said.stdout.splitlines()
    assert lines.pop() == "(8000, 784) (6824, 8730)", said
    assert lines[0] == "slope: right" and len(lines) == 5 + len(
        list(ROOT.glob("sources/[0-9]*"))
    ), said
    assert lines[5].startswith("Lesson 01: 0 of ")


def test_make_offers_the_tasks_of_course_py():
    rule = re.search("^(.+):\n\t", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rule[1].split()) == sorted(["setup", *launcher.PROGRAMS])


def test_ci_can_start():
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    tested, replayed = (lines.index(line) for line in ("make test", lines[-1]))
    assert tested < replayed
    assert lines[-1].startswith("python3 course.py replay 08 09 10 11 --only ")


def test_a_release_has_one_version_and_one_date():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    version, date = re.search(r"^## \[(\d\S*)\] - (\S+)$", changes, re.MULTILINE).groups()
    assert PROJECT["project"]["version"] == citation["version"] == version
    assert str(citation["date-released"]) == date


def test_the_public_ci_runs_what_ours_does_on_each_python():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert sorted(job["strategy"]["matrix"]["python"]) == sorted(environment.VERSIONS)


@pytest.mark.parametrize("words", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing(words):
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", *words, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ruff.returncode == 0, ruff.stdout + ruff.stderr


@pytest.mark.parametrize(
    "name",
    ["CONTRIBUTING.md", "LICENSE", "Makefile", "course.py", ".gitattributes", ".gitignore"],
)
def test_top_level_files(name):
    assert (ROOT / name).read_text(encoding="utf-8").strip()


def test_work_and_venv_are_not_committed():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    folders = (environment.VENV, environment.NEW, environment.OLD)
    assert {f"{folder.name}/" for folder in (launcher.WORK, *folders)} <= set(ignored)
    assert environment.LOCK.name in ignored
