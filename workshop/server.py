"""A learner's server on a hub: it brings the lessons into work/ of their home, and starts.

The lessons come from this folder, as course.py copies them; so does the adamlib that a kernel
imports. They are of one version, and come only while what is installed is what this folder asks
for. What a learner has edited is never touched.
"""

import io
import os
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from jupyterhub.singleuser import main

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import environment
from tools.launcher import copy_lessons


def bring_lessons(work):
    """Copy the lessons into that folder; what there is to say of them is in a file beside them.

    A full disk keeps the lessons away, and the learner's own files must be reached all the same.
    """
    said, news = io.StringIO(), work / "newer lessons.txt"
    try:
        with redirect_stdout(said):
            if environment.complete("workshop"):
                copy_lessons(work)
            else:
                print(
                    f"The course in {environment.ROOT} is newer than what is installed there: new "
                    "lessons come when your instructor has run: python3 course.py workshop"
                )
        if said.getvalue():
            news.write_text(said.getvalue(), encoding="utf-8")
        else:
            news.unlink(missing_ok=True)
    except OSError as error:
        print(f"The lessons could not be brought to {work}: {error}.")
    print(said.getvalue(), end="", flush=True)


if __name__ == "__main__":
    bring_lessons(Path.home() / "work")
    # Kernels are spoken to through files whose paths may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="jupyter-") as runtime:
        os.environ["JUPYTER_RUNTIME_DIR"] = runtime
        sys.exit(main())
