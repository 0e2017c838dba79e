"""How long a learner waits: alone on the machine, and beside two busy programs.

python benchmarks/waiting.py trainings    a training of each kind, with 1 and 2 threads
python benchmarks/waiting.py 07 08 09     whole lessons, as a learner runs them: every slow cell

In the lessons no variable is set that a learner would not set. A ratio is of two times of one run;
the seconds are those of one machine.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SLOW = 5  # seconds: a cell that takes longer is named


@contextmanager
def busy(count):
    """That many programs that compute all the time."""
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


KINDS = [  # one task of each kind
    "digits",
    "reviews with dropout",
    "clothes",
    "figure 2, dropout 0.5",
    "figure 4",
    "convolutions",
]
TIME = """
import json, sys, time
sys.path.insert(0, "benchmarks")
from claims import TASKS
for name in sys.argv[1:]:
    train, grid, *_ = TASKS[name]
    method = list(grid)[-1]
    rate = grid[method][len(grid[method]) // 2]
    times = []
    for seed in range(4):
        begin = time.perf_counter()
        train(method, rate, seed)
        times.append(time.perf_counter() - begin)
    print(json.dumps([name, sorted(times[1:])[1]]), flush=True)  # the first builds and loads
"""


def plain(**variables):
    """The environment without anything about threads, but for these variables."""
    kept = {k: v for k, v in os.environ.items() if "THREADS" not in k}
    return kept | variables


def trainings():
    """The median of three trainings of each kind, in seconds, with 1 and 2 threads."""
    print(
        f"{'seconds of a training':28}" + "".join(f"{w:>20}" for w in ("alone", "beside two busy"))
    )
    found = {}
    for others in (0, 2):
        for threads in ("1", "2"):
            with busy(others):
                out = subprocess.run(
                    [sys.executable, "-c", TIME, *KINDS],
                    cwd=ROOT,
                    env=plain(ADAMLIB_THREADS=threads, PYTHONPATH=str(ROOT)),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    check=True,
                ).stdout
            found[others, threads] = dict(map(json.loads, out.splitlines()))
    for name in found[0, "1"]:
        words = f"{name:28}"
        for others in (0, 2):
            one, two = (found[others, threads][name] for threads in ("1", "2"))
            words += f"{one:8.2f} {two:6.2f} {two / one:4.1f}x"
        print(words, flush=True)
    for others in (0, 2):
        ratios = [found[others, "2"][n] / found[others, "1"][n] for n in found[others, "1"]]
        print(f"beside {others}: two threads take {statistics.median(ratios):.2f} times as long")


def run_cells(path, **variables):
    """Run a notebook as a learner does; yield each cell and the seconds that it took."""
    import nbformat
    from nbclient import NotebookClient

    book, where = nbformat.read(path, 4), {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(book, timeout=3600, resources=where)
    with client.setup_kernel(env=plain(**variables)):
        for index, cell in enumerate(book.cells):
            begin = time.perf_counter()
            client.execute_cell(cell, index)
            yield cell, time.perf_counter() - begin


def lesson(path):
    """Run a lesson; the seconds of each cell, and whether it shows how far it is."""
    bars = ("collect(", "scoreboard(", "race(", "show(", "train(", "tune(")
    return [
        (seconds, index, any(bar in cell.source for bar in bars))
        for index, (cell, seconds) in enumerate(run_cells(path))
    ]


def lessons(numbers):
    for number in numbers:
        (path,) = (ROOT / "lessons").glob(f"{number}-*.ipynb")
        for others in (0, 2):
            with busy(others):
                cells = lesson(path)
            total = sum(seconds for seconds, *_ in cells)
            print(f"{path.stem}, beside {others} busy programs: {total:.0f} s in all")
            for seconds, index, shows in sorted(cells, reverse=True):
                if seconds > SLOW:
                    words = "with a progress bar" if shows else "without a progress bar"
                    print(f"    cell {index}: {seconds:.0f} s, {words}", flush=True)


if __name__ == "__main__":
    what = sys.argv[1:] or ["trainings", "07", "08", "09"]
    if "trainings" in what:
        trainings()
    lessons([number for number in what if number != "trainings"])
