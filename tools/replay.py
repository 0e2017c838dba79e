"""Run the solved lessons on "other machines" and with other seeds, to see whether they still hold;
and the reference, whose assertions are of Keras.

python tools/replay.py                         every setting, every lesson: an hour on two cores
python tools/replay.py 08 09 what              these lessons only, and the reference
python tools/replay.py --only SSE41,Prescott   the settings whose name begins so

TensorFlow's float32 sums follow DNNL_MAX_CPU_ISA, NumPy's OPENBLAS_CORETYPE: so one processor does
what several would do. With ADAMLIB_SEED the lesson draws otherwise; its printed numbers are then
others, so only its assertions are tested.
"""

import argparse
import os
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    f"{isa or 'native'},{core or 'native'}": {"DNNL_MAX_CPU_ISA": isa, "OPENBLAS_CORETYPE": core}
    for isa, core in product(["SSE41", "AVX", "AVX2", ""], ["Prescott", "Haswell", ""])
} | {f"seeds {first} to {first + 2}": {"ADAMLIB_SEED": str(first)} for first in (10, 20)}


def run_tests(python, tests, **variables):
    """Run tests by this Python: pytest's exit code, what it says at last and of failures, and all.

    variables  of the environment; those that are empty stay as they are
    """
    environment = os.environ | {name: value for name, value in variables.items() if value}
    command = [python, "-m", "pytest", "-n2", "-q", "-rfE", "--color=no", *tests]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    lines = run.stdout.strip().splitlines() or [run.stderr.strip()[-300:]]
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return run.returncode, "\n    ".join([lines[-1].strip("= "), *failed]), run.stdout


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("numbers", nargs="*", metavar="NN", help="only these lessons: 08 09 what")
    parser.add_argument("--only", default="", metavar="NAME", help=" ".join(SETTINGS))
    parser.add_argument("--log", type=Path, help="a file for what pytest says of each failure")
    chosen = parser.parse_args()
    names = [source.parent.name for source in sorted(ROOT.glob("sources/*/lesson.py"))]
    wanted = tuple(chosen.numbers) or ""
    notebooks = [f"solutions/{name}.ipynb" for name in names if name.startswith(wanted)]
    settings = {name: s for name, s in SETTINGS.items() if name.startswith(chosen.only)}
    if not notebooks or not settings:
        parser.error(f"There is no such {'setting' if notebooks else 'lesson'}.")
    worst = 0
    for name, setting in settings.items():
        begin = time.monotonic()
        code, words, whole = run_tests(sys.executable, notebooks, **setting)
        worst = max(worst, code)
        print(f"{name:18} {words}", flush=True)
        if chosen.log and code:
            with chosen.log.open("a") as log:
                log.write(f"##### {name}, {time.monotonic() - begin:.0f} s\n{whole}\n")
    sys.exit(worst)


if __name__ == "__main__":
    main()
