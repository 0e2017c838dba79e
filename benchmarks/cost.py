"""What a lesson takes of a class's machine: processor seconds and memory of each cell.

python benchmarks/cost.py             lessons 01 to 07, as learners get them
python benchmarks/cost.py 01 06 -v    these, with a row for each cell that takes a quarter second

A kernel runs as on the hub of a class: one thread, and Keras as recorded unless ADAMLIB_KERAS says
otherwise. Seconds are the processor's, user and system. Memory is the kernel's own: what it shares
with others, the pages of libraries, a class has once. Linux only.
"""

import os
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from adamlib.threads import VARIABLES

ROOT = Path(__file__).resolve().parents[1]
CLASS = dict.fromkeys(VARIABLES, "1") | {"ADAMLIB_KERAS": "recorded"}
DEAR = 0.25  # seconds of a cell that -v shows


class Own:
    """The most memory in MB that a process has had of its own since it was last asked."""

    def __init__(self, process):
        self.status, self.most = Path(f"/proc/{process.pid}/status"), 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while True:
            try:
                lines = self.status.read_text().splitlines()
            except OSError:  # it has ended
                return
            for line in lines:
                if line.startswith("RssAnon:"):  # a process that ends has none
                    self.most = max(self.most, int(line.split()[1]) * 1024 / 1e6)
            time.sleep(0.005)

    def asked(self):
        time.sleep(0.01)
        most, self.most = self.most, 0
        return most


def cells(path):
    """Run a notebook; yield (cell, processor seconds, MB at most), first None for the start."""
    book, where = nbformat.read(path, 4), {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(book, timeout=3600, resources=where)
    with client.setup_kernel(env=CLASS | os.environ):
        process = psutil.Process(client.km.provisioner.pid)
        own, before = Own(process), 0
        for index, cell in [(None, None), *enumerate(book.cells)]:
            if cell:
                client.execute_cell(cell, index)
            after = sum(process.cpu_times()[:2])
            yield cell, after - before, own.asked()
            before = after


def main():
    numbers = [word for word in sys.argv[1:] if word != "-v"]
    for number in numbers or [f"{n:02}" for n in range(1, 8)]:
        (path,) = (ROOT / "lessons").glob(f"{number}-*.ipynb")
        rows = list(cells(path))
        for number, (cell, seconds, most) in enumerate(rows):
            if "-v" in sys.argv and (not cell or seconds > DEAR):
                first = cell.source.splitlines()[0] if cell else "the start of the kernel"
                print(f"{seconds:8.2f} s {most:6.0f} MB  {number - 1:3}  {first[:60]}")
        total, most = sum(row[1] for row in rows), max(row[2] for row in rows)
        print(f"{total:8.2f} s {most:6.0f} MB at most  {path.stem}", flush=True)


if __name__ == "__main__":
    main()
