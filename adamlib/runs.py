"""Long experiments: many trainings behind a progress bar, which an interrupt does not lose.

size(FULL)            how large an experiment is: "full", "laptop" or "smoke"
collect(jobs, done)   run the jobs that are not done yet
"""

import html
import os

from IPython.display import HTML, display

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


def collect(jobs, done):
    """Run each job that is not done yet, and keep its result in done, under its name.

    jobs  {name: function without arguments}; a name is a string or a tuple, as ("adam", 2)
    done  {name: result}, which is filled; a second call with it goes on where the first ended
    Returns done. An interrupt (JupyterLab's ■) loses only the job that it stops: one sentence says
    how many are kept, and the notebook goes on with those.
    """
    to_do = {name: job for name, job in jobs.items() if name not in done}
    bar = display(_bar(jobs, done), display_id=True)
    try:
        for name, job in to_do.items():
            bar.update(_bar(jobs, done, name))
            done[name] = job()
    except KeyboardInterrupt:
        print("Interrupted: what is done is kept. Run the cell again for the rest.")
    finally:
        bar.update(_bar(jobs, done))
    return done


def _bar(jobs, done, name=None):
    """The progress as HTML: a bar while a job runs, and a line before and after."""
    finished, words = sum(name in done for name in jobs), f"{len(jobs)} trainings"
    label = f"{finished} of {words} done"
    if name is None:
        return HTML(f"<p>{label}</p>")
    now = ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)
    return HTML(
        f'<label>{label}, now {html.escape(now)} <progress value="{finished}" max="{len(jobs)}">'
        "</progress></label>"
    )
