"""Long experiments: many trainings behind a progress bar, which an interrupt does not lose.

size(FULL)            how large an experiment is: "full", "laptop" or "smoke"
seeds(3)              the seeds of a lesson
collect(jobs, done)   run the jobs that are not done yet
tune(train_at, ...)   find each method's best learning rate

Where this module is imported in a notebook, an interrupt (JupyterLab's ■) ends the cell with one
sentence, which names the line of the cell, in place of a traceback through the libraries.
"""

import html
import os
import time
import traceback
from functools import partial

import numpy as np
from IPython import get_ipython
from IPython.display import HTML, display

from adamlib import inputs

SIZES = ("smoke", "laptop", "full")


def size(full=False):
    """ "full", the paper's size, where the lesson asks for it; or else "laptop".

    The environment variable ADAMLIB_SIZE goes before both. Tests which only see that a notebook
    runs from top to bottom set it to "smoke". Raises ValueError for another word.
    """
    chosen = os.environ.get("ADAMLIB_SIZE") or ("full" if full else "laptop")
    if chosen not in SIZES:
        raise ValueError(f"ADAMLIB_SIZE is {chosen!r}; it may be {', '.join(SIZES)}.")
    return chosen


def seeds(count):
    """The first seeds of a lesson: 0, 1, 2, ... Whatever a lesson draws, it draws from these.

    The environment variable ADAMLIB_SEED moves them: at 10 they are 10, 11, 12, ... That is for
    `course.py replay`, which tries whether the lesson still holds. ValueError if it is no number.
    Where a notebook only has to run (size), one seed does.
    """
    first = os.environ.get("ADAMLIB_SEED") or "0"
    if not first.isdecimal():
        raise ValueError(f"ADAMLIB_SEED is {first!r}: it must be a whole number, 0 or more.")
    count = 1 if size() == "smoke" else inputs.count(count, "count", least=1, most=10_000)
    return list(range(int(first), int(first) + count))


def collect(jobs, done):
    """Run each job that is not done yet, and keep its result in done, under its name.

    jobs  {name: function without arguments}; a name is a string or a tuple, as ("adam", 2)
    done  {name: result}, which is filled; a second call with it goes on where the first ended
    Returns done. A KeyboardInterrupt loses only the job that it stops, and says how many are kept.
    """
    inputs.check_kind(jobs, dict, "jobs", "a dict {name: function}")
    inputs.check_kind(done, dict, "done", "a dict, {} at first, which keeps the results")
    for name, job in jobs.items():
        inputs.check_function(job, f"The job {name}")
    to_do = {name: job for name, job in jobs.items() if name not in done}
    show, begin = _display(_bar(jobs, done)), time.monotonic()
    try:
        for i, (name, job) in enumerate(to_do.items()):
            each = (time.monotonic() - begin) / i if i else None
            show(_bar(jobs, done, name, each and each * (len(to_do) - i)))
            done[name] = job()
    except KeyboardInterrupt:
        kept = sum(name in done for name in jobs)
        raise KeyboardInterrupt(f"{kept} of {len(jobs)} trainings are kept.") from None
    finally:
        show(_bar(jobs, done))
    return done


def tune(train_at, rates, loss_of, seeds, done):
    """Find the best learning rate of each method; return {method: rate}.

    train_at  function of (method, rate, seed), a training
    rates     {method: the rates to try, in their order}
    loss_of   function of a training: what is to be low, infinite where it diverged
    done      {(method, rate, seed): training}, which is filled, as by collect
    The first seed tries all rates; the others try the best of them and its neighbours, whose means
    decide. One seed alone would often choose another rate than the next seed does.
    """

    inputs.check_function(train_at, "train_at", "method", "rate", "seed")
    inputs.check_function(loss_of, "loss_of", "training")
    inputs.check_kind(rates, dict, "rates", "a dict {method: learning rates}")
    for method, some in rates.items():
        inputs.check_values("learning_rate", some, f"The rates of {method}")
    if not inputs.check_kind(seeds, list | tuple, "seeds", "a list, as seeds(3)"):
        raise ValueError("seeds is empty: give one at least.")
    for seed in seeds:
        inputs.count(seed, "A seed")

    def mean(losses):
        return np.mean([inputs.numbers(loss, "A loss", ndim=0) for loss in losses])

    def means(rates, seeds):
        keys = [(m, rate, seed) for m in rates for rate in rates[m] for seed in seeds]
        collect({key: partial(train_at, *key) for key in keys}, done)
        return {
            m: [mean(loss_of(done[m, rate, seed]) for seed in seeds) for rate in rates[m]]
            for m in rates
        }

    first = {m: int(np.argmin(losses)) for m, losses in means(rates, seeds[:1]).items()}
    about = {m: rates[m][max(0, place - 1) : place + 2] for m, place in first.items()}
    return {m: about[m][int(np.argmin(losses))] for m, losses in means(about, seeds).items()}


def _display(page):
    """Show a page in a notebook; the function that puts another in its place."""
    shown = display(page, display_id=True) if get_ipython() else None
    return shown.update if shown else lambda page: None


def _bar(jobs, done, name=None, seconds=None):
    """The progress as HTML: a bar while a job runs, a line before, nothing when all are done."""
    finished = sum(name in done for name in jobs)
    label = f"{finished} of {len(jobs)} trainings done"
    if name is None:
        return HTML("" if finished == len(jobs) else f"<p>{label}</p>")
    now = ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)
    left = "" if seconds is None else f", {_about(seconds)} left"
    return HTML(
        f"<label>{label}{left}, now {html.escape(now)} "
        f'<progress value="{finished}" max="{len(jobs)}"></progress></label>'
    )


def _about(seconds):
    minutes = round(seconds / 60)
    if seconds < 50:
        return f"about {10 * round(seconds / 10 + 0.5)} seconds"
    return f"about {minutes} minute{'s' * (minutes != 1)}"


def _interrupted(shell, kind, error, tb, tb_offset=None):
    """One sentence for an interrupt: where it met the cell, and what is kept. IPython calls it."""
    in_cells = [f for f in traceback.extract_tb(tb) if f"ipykernel_{os.getpid()}" in f.filename]
    where = f" at `{in_cells[-1].line}`, line {in_cells[-1].lineno} of a cell" if in_cells else ""
    told = f" {error}" if str(error) else ""
    sentence = f"Interrupted{where}.{told} Run the cell again: those below it need what it makes."
    shell._showtraceback(kind, error, [sentence])


if (_shell := get_ipython()) is not None:
    _shell.set_custom_exc((KeyboardInterrupt,), _interrupted)
