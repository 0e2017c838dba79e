"""What is other on Windows, simulated: encodings, line ends, names, lengths, files held open.

Windows itself was never tried. What its file locks and long paths do to a setup is simulated in
test_environment.py, and what they do to a learner's copies in test_launcher.py.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adamlib.practice import exercises

ROOT = Path(__file__).resolve().parents[1]
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)
# A machine whose own encoding has no letter beyond ASCII: stricter than any Windows.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def git(*words):
    """What git prints; the test is skipped where the course is not a checkout."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("This is no git checkout.")
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_name_can_be_a_file_s_on_windows():
    names = git("ls-files", "-z").split("\0")[:-1]
    assert not [name for name in names if not re.fullmatch(r"[\w. /-]+", name, re.ASCII)]
    parts = [part for name in names for part in name.split("/")]
    assert not [part for part in parts if RESERVED.match(part) or part[-1] in ". "]
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) < 100  # .venv's are longer: tools/environment.py
    assert "120000" not in git("ls-files", "-s").split(), "a symbolic link"


def test_a_clone_with_windows_line_ends_has_ours(tmp_path):
    """The notebooks and the hashes are compared byte for byte."""
    clone = tmp_path / "clone"
    git("-c", "core.autocrlf=true", "clone", "-q", "--depth=1", ROOT.as_uri(), str(clone))
    files = [path for path in clone.rglob("*") if path.suffix != ".png" and path.is_file()]
    texts = [path for path in files if ".git" not in path.parts and path.suffix != ".npz"]
    assert len(texts) > 200
    assert not [path for path in texts if b"\r\n" in path.read_bytes()]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932"])
def test_nbval_s_file_is_the_same_in_every_encoding(encoding):
    content = (ROOT / "tests/sanitize.cfg").read_bytes()
    assert content.decode(encoding) == content.decode("utf-8")


USED = """if True:
    import json, locale
    from pathlib import Path
    from adamlib import conventions, datasets, explorers, plots, rules, surfaces
    from adamlib.experiments.claims import CLAIMS
    from adamlib.practice import check, hint, lessons, mistakes, quiz
    from tools import notebooks, sheets
    assert locale.getpreferredencoding(False) not in ("UTF-8", "utf-8")
    for table in lessons.TABLES:
        assert lessons.every(table, object)
    check(rules.adam, "adam")
    check(lambda *arguments: 3, "cosine_at")
    hint("adam")
    quiz("09.monday")
    plots.contour(surfaces.ravine)._repr_mimebundle_()
    explorers.explore({rules.sgd: {}}, surfaces.ravine)
    datasets.mnist(), datasets.rotten_tomatoes_words()
    source = notebooks.sources("03")[0]
    notebooks.read(source), sheets.glossary([source])
    print(len(CLAIMS) > 100)
"""


def test_all_files_are_read_as_utf_8():
    """Each kind of file that the course reads, where the machine's own encoding is another."""
    settings = os.environ | ASCII | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-W", "ignore", "-c", USED]
    run = subprocess.run(words, cwd=ROOT, env=settings, capture_output=True, encoding="utf-8")
    assert run.stdout.splitlines()[-1:] == ["True"], run.stderr


def test_course_py_can_say_a_folder_s_name_that_the_encoding_lacks(tmp_path):
    """As when its output goes to a file: what it says then is in Windows' own encoding."""
    course = tmp_path / "kurs łódź"
    (course / "tools").mkdir(parents=True)
    for name in ("course.py", "tools/launcher.py", "tools/environment.py"):
        shutil.copy(ROOT / name, course / name)
    said = "from tools import environment as e; e.works = lambda: True\n"
    said += "def setup(*names): raise e.Failed(f'The disk of {e.ROOT} is full.')\n"
    said += "e.setup = setup; from tools import launcher; launcher.run = lambda *words: 0\n"
    said += "launcher.start(['lab'], '')"
    settings = os.environ | {"PYTHONIOENCODING": "cp1252"}
    run = subprocess.run(
        [sys.executable, "-c", said], cwd=course, env=settings, capture_output=True
    )
    assert run.returncode == 0, run.stderr
    assert b"Until then" in run.stdout + run.stderr


def test_progress_that_a_program_holds_is_kept_for_the_session(tmp_path, monkeypatch, capsys):
    def refuse(path, target):
        raise PermissionError(13, "The process cannot access the file", str(target))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exercises, "_is_learners", lambda: True)
    monkeypatch.setattr(exercises, "solved_here", {})
    (tmp_path / "progress.json").write_text('{"sgd": "2026-01-01"}', encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        exercises.record("adam", "solved")
    assert "kept for this session only, since progress.json cannot" in capsys.readouterr().out
    exercises.record("lion", "solved")
    kept = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))
    assert kept.keys() == {"sgd", "adam", "lion"}
