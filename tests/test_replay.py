"""course.py replay: which settings it tries, and that a lesson which does not hold is told."""

import subprocess
import sys

import pytest

from tools import replay


@pytest.fixture
def given(monkeypatch):
    """What pytest is given, run by run; it fails where SSE41 is set."""
    runs = []

    def run(command, env, **how):
        runs.append((command, {name: env.get(name) for name in NAMES}))
        failed = env.get("DNNL_MAX_CPU_ISA") == "SSE41"
        words = "FAILED solutions/08.ipynb::Cell 3\n1 failed, 5 passed in 7s"
        return subprocess.CompletedProcess(command, int(failed), words if failed else "6 passed")

    monkeypatch.setattr(replay.subprocess, "run", run)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return runs


LESSONS = sorted(path.name for path in (replay.ROOT / "solutions").glob("[0-9]*.ipynb"))
NAMES = ["DNNL_MAX_CPU_ISA", "OPENBLAS_CORETYPE", "ADAMLIB_SEED"]


def main(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["replay.py", *arguments])
    with pytest.raises(SystemExit) as end:
        replay.main()
    return end.value.code


def test_twelve_machines_and_two_other_triples_of_seeds(given, monkeypatch, capsys):
    assert main(monkeypatch) == 1
    settings = [tuple(values.values()) for _, values in given]
    assert len(set(settings)) == len(settings) == 14
    assert (None, None, None) in settings and ("AVX2", "Prescott", None) in settings
    assert settings[-2:] == [(None, None, "10"), (None, None, "20")]
    for command, _ in given:
        *lessons, reference = [w for w in command if w.endswith(".ipynb")]
        assert lessons == [f"solutions/{name}" for name in LESSONS]
        assert reference == "solutions/what-keras-does.ipynb"
    out = capsys.readouterr().out
    assert out.count("FAILED solutions/08.ipynb::Cell 3") == 3 and out.count("6 passed") == 11


def test_some_lessons_in_one_setting(given, monkeypatch):
    assert main(monkeypatch, "08", "09", "--only", "AVX2,Haswell") == 0
    ((command, values),) = given
    assert [w[:12] for w in command if w.endswith(".ipynb")] == ["solutions/08", "solutions/09"]
    assert values["OPENBLAS_CORETYPE"] == "Haswell"
    assert main(monkeypatch, "what", "--only", "native,native") == 0
    assert [w for w in given[-1][0] if "ipynb" in w] == ["solutions/what-keras-does.ipynb"]
    assert main(monkeypatch, "--only", "VAX") == main(monkeypatch, "12") == 2
