"""One thread computes, whatever was imported before, unless the environment says how many."""

import os
import subprocess
import sys

import pytest

from adamlib.threads import VARIABLES

LOADED = """
import sys, os
{before}
import adamlib
import scipy.linalg  # brings a BLAS of its own
from threadpoolctl import threadpool_info
print({{pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}})
"""


def run(text, **variables):
    clean = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    clean.pop("ADAMLIB_THREADS", None)
    return subprocess.run(
        [sys.executable, "-c", text], env=clean | variables, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "before", ["", "import numpy; numpy.ones((99, 99)) @ numpy.ones((99, 99))"]
)
def test_one_thread_whether_numpy_came_before_or_not(before):
    assert run(LOADED.format(before=before)).stdout == "{1}\n"


def test_the_environment_says_how_many():
    assert run(LOADED.format(before=""), ADAMLIB_THREADS="2").stdout == "{2}\n"
    assert run(LOADED.format(before=""), OPENBLAS_NUM_THREADS="2").stdout == "{2}\n"
    told = run("import adamlib", ADAMLIB_THREADS="two").stderr
    assert "ADAMLIB_THREADS is 'two': it must be a whole number, at least 1." in told


TENSORFLOW = """
import os, threading
from adamlib.keras_check import tf
a = tf.random.normal((400, 400))
for _ in range(20):
    a = a @ a
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a process's threads")
def test_tensorflow_starts_fewer_threads():
    one, four = (int(run(TENSORFLOW, ADAMLIB_THREADS=n).stdout) for n in ("1", "4"))
    assert one < four
