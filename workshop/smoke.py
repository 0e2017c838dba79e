"""A class that only pretends, to try a hub before a real one comes.

python3 course.py smoke 20                               on a hub of its own, which ends with it
python3 course.py smoke 20 --lesson 01                   another lesson than 06
python3 course.py smoke 20 --hub http://127.0.0.1:8000   on a hub that runs; its password is asked
                                                         for, unless WORKSHOP_PASSWORD has it

Each learner logs in by the form, opens a server and a lesson, and runs it whole, all at once.
Meanwhile the first one moves a slider, and runs it after them. Then each solves the exercises,
answers a quiz, moves a slider, saves, leaves, and comes back. A table shows how long each step
took. Whatever a learner would have lost is told, and the exit code is 1.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from contextlib import nullcontext
from getpass import getpass
from itertools import count
from statistics import mean, median

import psutil

from tools.environment import ROOT
from workshop.hub import Hub, is_kernel
from workshop.learner import Learner, Lost

MB, GB = 1e6, 1e9
MOVES = 10  # of a slider, for each learner
KEEP_FREE = 2.0  # GB of memory: below it the trial ends itself, before the machine ends others


class Class:
    """The learners, what each step took them, and what they lost."""

    def __init__(self, learners):
        self.learners = learners
        self.seconds = {}  # {step: [of each learner]}
        self.losses = []

    async def do(self, step, action, learners=None):
        """All do it at once. Who lost something stays behind, and the loss is kept."""
        self.seconds[step] = []

        async def one(learner):
            start = time.monotonic()
            try:
                await action(learner)
                self.seconds[step].append(time.monotonic() - start)
            except Lost as lost:
                self.losses.append(f"{learner.name}, {step}: {lost}.")
                self.learners.remove(learner)

        await asyncio.gather(*map(one, list(self.learners if learners is None else learners)))

    def table(self):
        """Lines of text: the seconds of each step."""
        yield f"{'seconds':36}{'learners':>10}{'median':>9}{'95 %':>9}{'slowest':>9}"
        for step, seconds in self.seconds.items():
            if seconds:
                row = f"{median(seconds):9.2f}{quantile(seconds, 0.95):9.2f}{max(seconds):9.2f}"
                yield f"{step:36}{len(seconds):10}{row}"


class Lesson:
    """A lesson as the learners take it, and its solution."""

    def __init__(self, number):
        try:
            (self.file,) = (ROOT / "lessons").glob(f"{number}-*.ipynb")
        except ValueError:
            sys.exit(f"There is no lesson {number}: give its number, as in --lesson 06.")
        self.path = f"work/{self.file.name}"
        solved = notebook(ROOT / "solutions" / self.file.name)
        self.solutions = {cell["id"]: cell["source"] for cell in code_of(solved)}

    async def start(self, learner):
        learner.notebook = await learner.read(self.path)
        await learner.start_kernel(self.path)

    async def run(self, learner):
        """Run the learner's cells, one after the other."""
        for number, cell in enumerate(code_of(learner.notebook), 1):
            await run_cell(learner, cell, f"cell {number}")

    async def run_to_slider(self, learner):
        """Run them until one has shown an explorer."""
        for number, cell in enumerate(code_of(learner.notebook), 1):
            await run_cell(learner, cell, f"cell {number}")
            if any("spec" in state for state in learner.widgets.values()):
                return

    async def solve(self, learner):
        """Write the solution into every cell that differs from it and is checked, and run it."""
        solved = 0
        for cell in code_of(learner.notebook):
            solution = self.solutions.get(cell["id"], cell["source"])
            if solution != cell["source"] and "check" in solution:
                cell["source"] = solution
                await run_cell(learner, cell, f"the solution of {solution.split()[0]}")
                solved += 1
        said = (await learner.run(f"progress({self.file.name[:2]!r})")).text
        if not solved or "· open" in said:
            raise Lost(f"not all exercises are solved: {said}")

    async def answer_quiz(self, learner):
        """Try the choices until one is right, as the page allows."""
        for choice in range(len(learner.widgets[learner.widget("choices")]["choices"])):
            answer = await learner.answer_quiz(choice)
            if not answer["reason"]:
                raise Lost("a quiz answered without a reason")
            if answer["right"]:
                return
        raise Lost("no choice of a quiz was right")

    async def save(self, learner):
        await learner.save(self.path, learner.notebook)

    async def come_back(self, learner):
        """Close the server and open another: what was saved is there, as it was."""
        await learner.close_server()
        await learner.open_server()
        await self.is_as_saved(learner)

    async def is_as_saved(self, learner):
        there = code_of(await learner.read(self.path))
        if [plain(cell) for cell in there] != [plain(cell) for cell in code_of(learner.notebook)]:
            raise Lost(f"{self.path} is not as it was saved")


async def run_cell(learner, cell, name):
    """Run a cell and keep what it printed, as a page does. Raises Lost where it fails."""
    reply = await learner.run(cell["source"])
    if reply.error:
        raise Lost(f"{name}: {reply.error}")
    cell["outputs"] = []
    if reply.text:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": reply.text}]


def notebook(path):
    import nbformat

    return nbformat.read(path, 4)


def code_of(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def plain(cell):
    """What a learner would miss of a cell."""
    texts = ["".join(output.get("text", "")) for output in cell["outputs"]]
    return "".join(cell["source"]), texts


async def attend(learners, lesson, hub):
    """The whole session. hub  the Hub if it is our own, else None. Prints the table."""
    klass = Class(learners)
    memory = Memory()
    watch = asyncio.create_task(memory.watch(asyncio.current_task()))
    moves = []
    try:
        await klass.do("log in", Learner.log_in)
        await klass.do("open a server", Learner.open_server)
        await klass.do(f"open {lesson.file.stem}", lesson.start)
        first, *others = klass.learners or [None]
        if others:
            await klass.do("run it to a slider, the first one", lesson.run_to_slider, [first])
            busy = asyncio.create_task(klass.do("run the lesson, all at once", lesson.run, others))
            await klass.do("", beside(busy, moves), [first])
            klass.seconds.pop("")
            await busy
            klass.seconds[f"a slider beside {len(others)} of them"] = moves
        await klass.do("run the lesson, the first one", lesson.run, klass.learners[:1])
        names = [learner.name for learner in klass.learners]
        used = list(memory.of(hub, names)) if hub else []
        await klass.do("solve all exercises", lesson.solve)
        await klass.do("answer a quiz", lesson.answer_quiz)
        await klass.do("move a slider ten times", move)
        await klass.do("save", lesson.save)
        await klass.do("leave and come back", lesson.come_back)
    except asyncio.CancelledError:
        if not memory.low:
            raise
        klass.losses.append(f"The trial was ended: less than {KEEP_FREE} GB of memory were free.")
        used = []
    finally:
        watch.cancel()
        await asyncio.gather(*map(go_home, learners), return_exceptions=True)
    print("\n".join([*klass.table(), *used, memory.words()]))
    return klass.losses


async def go_home(learner):
    """Close the server, which on a hub that runs would stay, and all connections."""
    try:
        await learner.close_server()
    finally:
        await learner.leave()


def beside(others, moves):
    """Move a slider, twice a second, until the others are done."""

    async def go(learner):
        for turn in count():
            if others.done():
                return
            moves.append(await learner.move_slider(turn % 10 / 10))
            await asyncio.wait([others], timeout=0.5)

    return go


async def move(learner):
    for turn in range(MOVES):
        await learner.move_slider(turn / MOVES)


class Memory:
    """What the machine has, and what a class takes of it."""

    def __init__(self):
        self.before = self.least = psutil.virtual_memory().available
        self.load = 0
        self.low = False

    async def watch(self, session):
        """Note the least that is free, and end the session before there is none."""
        while True:
            self.least = min(self.least, psutil.virtual_memory().available)
            self.load = max(self.load, os.getloadavg()[0])
            if self.least < KEEP_FREE * GB and not self.low:
                self.low = True
                session.cancel()
            await asyncio.sleep(0.5)

    def of(self, hub, names):
        """Lines of text: memory that is a learner's own, and a processor's seconds."""
        servers, kernels = [], []
        for name in names:
            for process in hub.processes(name):
                (kernels if is_kernel(process) else servers).append(process)
        for what, processes in (("server", servers), ("kernel", kernels)):
            if processes:
                own = mean(process.memory_full_info().uss for process in processes) / MB
                times = mean(sum(process.cpu_times()[:2]) for process in processes)
                yield f"a learner's {what}: {own:.0f} MB of its own, {times:.1f} CPU seconds"

    def words(self):
        return (
            f"memory: {self.before / GB:.1f} GB were free before, {self.least / GB:.1f} GB at the "
            f"least; load of the machine: up to {self.load:.0f} on {os.cpu_count()} cores"
        )


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("learners", nargs="?", type=int, default=3)
    parser.add_argument("--lesson", default="06", help="its number")
    parser.add_argument("--hub", help="the address of a hub that runs")
    chosen = parser.parse_args()
    if chosen.learners < 1:
        parser.error("give a number of learners, at least 1")
    lesson = Lesson(chosen.lesson)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and end the hub
    with tempfile.TemporaryDirectory() as folder:
        with nullcontext() if chosen.hub else Hub(folder) as hub:
            if hub:
                address, password = hub.url, hub.password
            else:
                address = chosen.hub.rstrip("/")
                password = os.environ.get("WORKSHOP_PASSWORD") or getpass("Learners' password: ")
            names = [f"smoke{number:02}" for number in range(1, chosen.learners + 1)]
            learners = [Learner(address, name, password) for name in names]
            losses = asyncio.run(attend(learners, lesson, hub))
    if losses:
        sys.exit("\n".join(["Lost:", *losses]))
    print(f"Nothing was lost: {chosen.learners} learners took {lesson.file.stem} whole.")


if __name__ == "__main__":
    main()
