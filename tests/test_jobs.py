import os
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

from adamlib.experiments import jobs
from adamlib.experiments.jobs import collect, seeds, size


@pytest.fixture
def shown(monkeypatch):
    """What the page shows, in order."""
    pages = []

    def display(page, display_id=True):
        pages.append(page.data)
        return SimpleNamespace(update=display)

    monkeypatch.setattr(jobs, "get_ipython", lambda: True)
    monkeypatch.setattr(jobs, "display", display)
    return pages


def test_the_size_of_an_experiment(monkeypatch):
    monkeypatch.delenv("ADAMLIB_SIZE", raising=False)
    assert size() == size(False) == "laptop" and size(True) == "full"
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    assert size() == size(True) == "smoke"
    monkeypatch.setenv("ADAMLIB_SIZE", "tiny")
    with pytest.raises(ValueError, match="ADAMLIB_SIZE is 'tiny'; it may be smoke, laptop, full"):
        size()


def test_each_job_is_run_once(shown):
    calls = []
    jobs = {("adam", seed): lambda seed=seed: calls.append(seed) or seed**2 for seed in range(3)}
    done = {}
    assert collect(jobs, done) is done == {("adam", 0): 0, ("adam", 1): 1, ("adam", 2): 4}
    assert collect(jobs, done) == done and calls == [0, 1, 2]
    assert "1 of 3 trainings done, about 10 seconds left, now adam, 1 <progress" in shown[2]
    assert shown[-1] == ""


def test_an_interrupt_ends_the_cell_and_keeps_what_is_done(shown):
    def stop():
        raise KeyboardInterrupt

    done = {}
    with pytest.raises(KeyboardInterrupt, match="^Trainings kept: 1.$"):
        collect({"a": lambda: 1, "b": stop, "c": lambda: 3}, done)
    assert done == {"a": 1} and shown[-1] == "<p>1 of 3 trainings done</p>"
    assert collect({"a": stop, "b": lambda: 2, "c": lambda: 3}, done) == {"a": 1, "b": 2, "c": 3}


def test_the_bar_says_how_long_it_will_take(shown, monkeypatch):
    clock = iter([0, 7, 200, 500])
    monkeypatch.setattr("adamlib.experiments.jobs.time.monotonic", lambda: next(clock))
    collect({name: lambda: 0 for name in "abcd"}, {})
    said = [page.split(" left")[0].removeprefix("<label>") for page in shown if " left" in page]
    assert said == [
        "1 of 4 trainings done, about 30 seconds",
        "2 of 4 trainings done, about 3 minutes",
        "3 of 4 trainings done, about 3 minutes",
    ]


def test_the_seeds_of_a_lesson_come_from_one_place(monkeypatch):
    monkeypatch.delenv("ADAMLIB_SEED", raising=False)
    assert seeds(3) == [0, 1, 2]
    monkeypatch.setenv("ADAMLIB_SEED", "10")
    assert seeds(2) == [10, 11]
    monkeypatch.setenv("ADAMLIB_SEED", "ten")
    with pytest.raises(ValueError, match="ADAMLIB_SEED is 'ten': it must be a whole number"):
        seeds(1)


CELLS = {
    "import os, signal\nfrom adamlib import experiments": "",
    "def stopped():\n    os.kill(os.getpid(), signal.SIGINT)\n    return 1": "",
    "for i in range(9):\n    while True:\n        stopped()": (
        "Interrupted at `os.kill(os.getpid(), signal.SIGINT)`, line 2 of a cell. Run the cell "
        "again: the cells below need its results."
    ),
    "experiments.collect({'a': lambda: 1, 'b': stopped}, {})": (
        "Interrupted at `experiments.collect({'a': lambda: 1, 'b': stopped}, {})`, line 1 of a "
        "cell. Trainings kept: 1. Run the cell again: the cells below need its results."
    ),
    "1 / 0": "ZeroDivisionError",
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has another way to interrupt a kernel")
def test_an_interrupt_is_told_in_one_sentence_in_a_notebook():
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    NotebookClient(book, timeout=120, allow_errors=True).execute()
    for cell, words in zip(book.cells, CELLS.values(), strict=True):
        errors = [o for o in cell.outputs if o.output_type == "error"]
        assert len(errors) == bool(words)
        if words.startswith("Interrupted"):
            assert errors[0].traceback == [words]
        elif words:
            assert errors[0].ename == words and len(errors[0].traceback) > 1


def test_an_error_in_a_job_is_not_swallowed(shown):
    with pytest.raises(ZeroDivisionError):
        collect({"a": lambda: 1 / 0}, {})
    assert shown[-1] == "<p>0 of 1 trainings done</p>"
