"""How many threads compute: one, unless ADAMLIB_THREADS says how many.

The arrays of the lessons are small. On idle cores a second thread shortens only trainings that
take a fraction of a second; beside other busy programs the threads wait for each other, and a
training takes up to 14 times as long: benchmarks/waiting.py measures it. On a big model and idle
cores they do gain (with 10 million weights one thread took 1.5 times as long as two on one
machine), so set ADAMLIB_THREADS before Python starts to train one. A library's own variable, such
as OPENBLAS_NUM_THREADS, goes before both.
"""

import os

from threadpoolctl import threadpool_limits

VARIABLES = [
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
]


def limit():
    """Limit the libraries that are loaded, and through the environment those loaded later."""
    threads = os.environ.get("ADAMLIB_THREADS") or "1"
    if not threads.isdecimal() or int(threads) == 0:
        raise ValueError(f"ADAMLIB_THREADS is {threads!r}: it must be a whole number, at least 1.")
    said = [name for name in VARIABLES[:4] if name in os.environ]
    for name in VARIABLES:
        os.environ.setdefault(name, threads)
    if not said:
        threadpool_limits(int(threads), user_api="blas")
