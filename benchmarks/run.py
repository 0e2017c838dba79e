"""Measure what the course promises of its speed, and print a table of medians and ratios.

python benchmarks/run.py           all of it, about ten minutes
python benchmarks/run.py step wrapped  only these parts: step large wrapped sweep map checks browser
                                   notebooks tests

Each ratio is of two medians from the same run, taken in turns, so that a busy machine slows
both. Nothing here is a test: how fast a machine is, is not a fault of the code.
"""

import statistics
import subprocess
import sys
import time
import tracemalloc
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np

from adamlib import rules
from adamlib.descent import BLOCK, descend, sweep, update
from adamlib.practice import judge
from adamlib.surfaces import rosenbrock

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))  # for tools/


def medians(*functions, repeats=15, calls=1):
    """The median seconds of a call of each function, measured in turns."""
    times = [[] for _ in functions]
    for _ in range(repeats + 1):
        for function, kept in zip(functions, times, strict=True):
            start = time.perf_counter()
            for _ in range(calls):
                function()
            kept.append((time.perf_counter() - start) / calls)
    return [statistics.median(kept[1:]) for kept in times]  # the first one warms up


def row(what, seconds, against="", ratio=None):
    unit, factor = next(u for u in UNITS if seconds * u[1] >= 1 or u is UNITS[-1])
    times = "" if ratio is None else f"{ratio:10.3g} x"
    print(f"{what:54}{seconds * factor:9.3g} {unit:3}{times:13} {against}", flush=True)


UNITS = [("s", 1), ("ms", 1e3), ("µs", 1e6)]


def step():
    """One step of Adam and of the rules after it, on two numbers and on a layer's weights."""
    from adamlib.keras_check import keras, own_optimizer, tf

    for shape, what, calls in (((2,), "two numbers", 50), ((784, 64), "784 x 64 numbers", 5)):
        for name in STEPS:
            rule, optimizer = getattr(rules, name), own_optimizer(name)
            x = g = np.ones(shape, np.float32)
            _, *state = rule(x, g, 1)
            variable, gradient = keras.Variable(x), tf.constant(g)
            ours, theirs = medians(
                partial(rule, x, g, 10, *state),
                partial(optimizer.apply, [gradient], [variable]),
                repeats=30,
                calls=calls,
            )
            row(f"{name}, a step on {what}", ours)
            row("  tf.keras's own, eager", theirs, "of ours", theirs / ours)


STEPS = "adam", "lion", "lamb", "adafactor", "ftrl", "muon", "schedule_free_adamw"


def large():
    """One step of Adam on ten million numbers, block by block and as whole arrays."""
    x, g, m, v = np.full((4, 10_000_000), 0.1, np.float32)

    def in_blocks():
        update(rules.adam, x, g, 10, [m, v])

    def whole():
        with patch("adamlib.descent.BLOCK", x.nbytes):
            in_blocks()

    def new_arrays():
        rules.adam(x, g, 10, m, v)

    blocks, in_place, new = medians(in_blocks, whole, new_arrays, repeats=7)
    row(f"adam on 10 million numbers, blocks of {BLOCK // 1024} kB", blocks)
    row("  whole arrays, also written in place", in_place, "of blocks", in_place / blocks)
    row("  whole arrays, new ones each step", new, "of blocks", new / blocks)
    memory = [peak_memory(function) / 2**20 for function in (in_blocks, whole, new_arrays)]
    words = "{:.1f} MB in blocks, {:.0f} MB whole, {:.0f} MB new".format(*memory)
    print(f"  memory beyond parameters, gradient and state: {words}", flush=True)


def peak_memory(function):
    """The most bytes that Python and NumPy held at once beyond what they held before."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def wrapped():
    """A step of a rule wrapped by as_keras, on a small network's weights, beside Keras's own."""
    from adamlib.keras_check import keras, tf
    from adamlib.keras_optimizer import as_keras

    shapes = (5, 5, 1, 8), (8,), (3, 3, 8, 16), (16,), (400, 10), (10,)  # lesson 08's
    for mode in ("eager", "in a graph", "compiled by XLA"):
        for name in ("sgd", "adam"):
            steps = []
            for optimizer in (as_keras(getattr(rules, name)), keras.optimizers.get(name)):
                variables = [keras.Variable(tf.ones(shape)) for shape in shapes]
                gradients = [tf.fill(shape, 0.1) for shape in shapes]
                optimizer.build(variables)
                step = partial(optimizer.apply, gradients, variables)
                if mode != "eager":
                    step = tf.function(step, jit_compile="XLA" in mode)
                steps.append(step)
            ours, theirs = medians(*steps, calls=5 if mode == "eager" else 50)
            row(f"{name} wrapped, 5,386 numbers, {mode}", ours)
            row("  tf.keras's own", theirs, "of ours", theirs / ours)


def sweeping():
    """40,000 runs of Adam, 200 steps each."""
    rates, betas = np.logspace(-4, 0, 200)[:, None], np.linspace(0, 0.99, 200)

    def at_once():
        sweep(
            rules.adam,
            rosenbrock.gradient,
            rosenbrock.start,
            200,
            learning_rate=rates,
            beta_1=betas,
        )

    def one():
        descend(rules.adam, rosenbrock.gradient, rosenbrock.start, 200, learning_rate=0.01)

    together, single = medians(at_once, one, repeats=5)
    row("sweep: 40,000 runs of 200 steps on Rosenbrock", together)
    row("  one by one", single * 40_000, "of the sweep", single * 40_000 / together)


def mapping():
    """A map of 100 x 100 runs of 100 steps, from the call to what is sent to the page."""
    from adamlib.explorers import hyperparameter_map

    x = ("learning_rate", np.geomspace(1e-4, 1, 100))
    y = ("momentum", np.linspace(0, 0.99, 100))
    (seconds,) = medians(lambda: hyperparameter_map(rules.momentum, rosenbrock, x, y), repeats=7)
    row("hyperparameter_map: 100 x 100 runs of 100 steps", seconds)


def checks():
    """check() of a wrong adam that is no known mistake: all of the known ones are tried."""

    def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        x, m, v = rules.adam(x, g, t, m, v, learning_rate=learning_rate, beta_1=beta_1)
        return 1.1 * x, m, v

    def warm():
        judge.verdict_of(adam, judge.trial_of("adam"))

    def cold():
        judge.trial_of.cache_clear()
        warm()

    first, again = medians(cold, warm)
    row("check of a wrong adam, the first of a session", first)
    row("  again", again, "of the first", again / first)


def browser():
    """A slider's key to new pixels, in JupyterLab."""
    from browser import latency

    from tools.browser import CHROMIUM, HOW

    if CHROMIUM is None:
        print(HOW)
    else:
        latency(row)


def notebooks():
    """Each notebook, from the start of its kernel."""
    from waiting import run_cells

    for folder, expected in (("lessons", "unsolved"), ("solutions", "solved")):
        for path in sorted((ROOT / folder).glob("[0-9]*.ipynb")):
            start, first = time.perf_counter(), None
            for cell, _ in run_cells(path, ADAMLIB_EXPECT=expected):
                if first is None and "data:image/png" in str(cell.get("outputs")):
                    first = time.perf_counter() - start
            row(f"{folder}/{path.name}", time.perf_counter() - start)
            row("  to its first picture", first)


def tests():
    """The whole test run, as `make test` runs it once all is installed."""
    (seconds,) = medians(
        lambda: subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=ROOT, check=True),
        repeats=1,
    )
    row("the whole test run", seconds)


PARTS = {
    "step": step,
    "large": large,
    "wrapped": wrapped,
    "sweep": sweeping,
    "map": mapping,
    "checks": checks,
    "browser": browser,
    "notebooks": notebooks,
    "tests": tests,
}

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        raise SystemExit(f"No part {', '.join(unknown)}; there are: {', '.join(PARTS)}.")
    print(f"{'what':54}{'median':>13}{'ratio':>12}")
    for name in chosen:
        PARTS[name]()
