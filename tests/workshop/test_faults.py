"""What can go wrong in the middle of a class, done to a hub of its own.

Nothing that was saved is lost; what is lost is said.

python3 course.py test tests/workshop -m workshop
"""

import asyncio
import copy

import pytest

pytest.importorskip("jupyterhub", reason="what a workshop needs is not installed")
pytestmark = pytest.mark.workshop

import psutil

from workshop.hub import Hub
from workshop.learner import Learner, Lost
from workshop.smoke import Lesson, code_of, run_cell

LESSON = Lesson("01")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with Hub(tmp_path_factory.mktemp("class")) as hub:
        yield hub


@pytest.fixture
def in_class(hub):
    """A function that runs `fault(hub, one, other)` while two learners are in a lesson, which they
    have begun and saved; afterwards the notebook of each is there, as it was saved last.

    Their servers and kernels stay from one test to the next."""

    def in_class(fault):
        async def session():
            learners = [Learner(hub.url, name, hub.password) for name in ("ada", "emmy")]
            try:
                for learner in learners:
                    await begin(learner)
                await fault(hub, *learners)
                for learner in learners:
                    await LESSON.is_as_saved(learner)
            finally:
                for learner in learners:
                    await learner.leave()

        asyncio.run(session())

    return in_class


async def begin(learner):
    """Log in, open the lesson, run three cells and save."""
    await learner.log_in()
    await learner.open_server()
    await LESSON.start(learner)
    for number, cell in enumerate(code_of(learner.notebook)[:3], 1):
        await run_cell(learner, cell, f"cell {number}")
    await learner.run("mine = 42")
    await LESSON.save(learner)


async def still_has_variables(learner):
    assert (await learner.run("print(mine)")).text == "42\n"


async def reconnect(learner):
    """As JupyterLab does, by itself, until it succeeds."""
    for _ in range(60):
        try:
            await learner.connect()
            return
        except Lost:
            await asyncio.sleep(1)
    pytest.fail("no connection for a minute")


async def hub_crashes(hub, one, other):
    computing = asyncio.create_task(one.run("import time; time.sleep(3); mine += 0"))
    hub.kill()
    assert not (await computing).error
    await still_has_variables(other)
    other.notebook["cells"].append(note("written while there was no hub"))
    await LESSON.save(other)
    hub.start()
    for learner in (one, other):
        await reconnect(learner)
        await still_has_variables(learner)


async def proxy_dies(hub, one, other):
    hub.proxy().kill()
    with pytest.raises(Lost, match="the connection to the kernel was cut"):
        await one.run("import time; time.sleep(60)")
    for learner in (one, other):
        await reconnect(learner)
        await still_has_variables(learner)


async def kernel_dies(hub, one, other):
    (kernel,) = hub.kernels(one.name)
    computing = asyncio.create_task(one.run("import time; time.sleep(60)"))
    await asyncio.sleep(1)
    kernel.kill()
    with pytest.raises(Lost, match="the kernel died, and its variables with it"):
        await computing
    await reconnect(one)
    assert "NameError" in (await one.run("mine")).error
    await still_has_variables(other)


async def loop_without_end(hub, one, other):
    loop = asyncio.create_task(one.run("while True:\n    pass"))
    await asyncio.sleep(1)
    await still_has_variables(other)
    await LESSON.save(one)
    await one.interrupt()
    assert "KeyboardInterrupt" in (await loop).error
    await still_has_variables(one)


async def disk_is_full(hub, one, other):
    """A limit for the sizes of files stands for the disk: a save breaks off in the middle."""
    saved = copy.deepcopy(one.notebook)
    one.notebook["cells"].append(note("not saved" * 10_000))
    server = hub.server(one.name)
    server.rlimit(psutil.RLIMIT_FSIZE, (50_000, -1))
    try:
        with pytest.raises(Lost, match="PUT .*: 500 "):
            await LESSON.save(one)
        mine, one.notebook = one.notebook, saved
        await LESSON.is_as_saved(one)
        await LESSON.save(other)
    finally:
        server.rlimit(psutil.RLIMIT_FSIZE, (-1, -1))
    one.notebook = mine
    await LESSON.save(one)


def note(text):
    return {"cell_type": "markdown", "id": f"note{len(text)}", "metadata": {}, "source": text}


FAULTS = [hub_crashes, proxy_dies, kernel_dies, loop_without_end, disk_is_full]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_nothing_that_was_saved_is_lost(in_class, fault):
    in_class(fault)


def test_a_hub_that_ends_leaves_the_files_and_no_process(tmp_path):
    async def session(hub, learner, opened):
        try:
            if opened:
                await learner.log_in()
                await learner.open_server()
                await LESSON.is_as_saved(learner)
            else:
                await begin(learner)
        finally:
            await learner.leave()

    saved = None
    for opened in (False, True):
        with Hub(tmp_path) as hub:
            learner = Learner(hub.url, "ada", hub.password)
            learner.notebook = saved
            asyncio.run(session(hub, learner, opened))
            saved = learner.notebook
            hub.process.terminate()
            hub.process.wait()
            assert not [process for process in psutil.process_iter() if hub.owns(process)]


def test_a_wrong_password_opens_nothing(hub):
    async def session():
        stranger = Learner(hub.url, "ada", "not the password")
        instructor = Learner(hub.url, "instructor", hub.password)
        for learner in (stranger, instructor):
            with pytest.raises(Lost, match="POST /hub/login: 403"):
                await learner.log_in()
            await learner.leave()

    asyncio.run(session())


def test_a_learner_cannot_open_the_notebook_of_another(in_class):
    async def look(hub, one, other):
        with pytest.raises(Lost, match=": 40[34] "):
            await one.ask("GET", f"{other.user}/api/contents/{LESSON.path}", [200])

    in_class(look)
