"""Long experiments: many trainings behind a progress bar, which an interrupt does not lose.

size(FULL)            how large an experiment is: "full", "laptop" or "smoke"
seeds(3)              the seeds of a lesson
collect(jobs, done)   run the jobs that are not done yet; collect_rounds, where more may follow

Where this module is imported in a notebook, an interrupt (JupyterLab's ■) ends the cell with one
sentence, which names the line of the cell, in place of a traceback through the libraries.
"""

import html
import os
import time
import traceback

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
    for name, job in jobs.items():
        inputs.check_function(job, f"The job {name}")
    return collect_rounds([jobs], done)


def collect_rounds(rounds, done):
    """Like collect, for one dict of jobs after another, behind one bar.

    rounds  iterable of such dicts; each is asked for when those before are done
    """
    inputs.check_kind(done, dict, "done", "a dict, {} at first, which keeps the results")
    show = _display(HTML(""))
    for jobs in rounds:
        to_do = {name: job for name, job in jobs.items() if name not in done}
        begin = time.monotonic()
        try:
            for i, (name, job) in enumerate(to_do.items()):
                each = (time.monotonic() - begin) / i if i else None
                show(_bar(jobs, done, name, each and each * (len(to_do) - i)))
                done[name] = job()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"Trainings kept: {len(done)}.") from None
        finally:
            show(_bar(jobs, done))
    return done


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
    sentence = f"Interrupted{where}.{told} Run the cell again: the cells below need its results."
    shell._showtraceback(kind, error, [sentence])


if (_shell := get_ipython()) is not None:
    _shell.set_custom_exc((KeyboardInterrupt,), _interrupted)
