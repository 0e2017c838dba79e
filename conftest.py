"""Tell notebooks where they run, deal the tests to processes, mend two things in nbval 0.11."""

import os
import signal
import time
from queue import Empty

import pytest
from nbval.kernel import RunningKernel
from xdist.scheduler import LoadScopeScheduling

EXPECT = {"lessons": "unsolved", "solutions": "solved"}  # what adamlib's check asks of an exercise
# How large the long experiments are: their results are held to the text in solutions/ only.
SIZE = {"lessons": "smoke", "solutions": "laptop"}

# Two processes share the machine: threads of their own would only fight.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it

wait_for_reply = RunningKernel.await_reply


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Set both while a notebook's first cell starts the kernel, which inherits them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = item.path.parent.name
        if item.path.suffix == ".ipynb" and folder in EXPECT:
            patch.setenv("ADAMLIB_EXPECT", EXPECT[folder])
            patch.setenv("ADAMLIB_SIZE", SIZE[folder])
        return (yield)


class ByFile(LoadScopeScheduling):
    """A file's tests stay in one process, for they share what is slow; but not those of pages."""

    def _split_scope(self, nodeid):
        return nodeid if nodeid.startswith("tests/browser/") else nodeid.split("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def pytest_itemcollected(item):
    """Wait a minute for a cell's output where nbval waits five seconds: machines can be busy."""
    if hasattr(item, "output_timeout"):
        item.output_timeout = 60


def await_reply(kernel, msg_id, timeout=None):
    """Notice a dead kernel in two seconds, where nbval waits until the cell's time is over."""
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        left = max(0, end - time.monotonic())
        try:
            return wait_for_reply(kernel, msg_id, timeout=min(2, left))
        except Empty:
            if not kernel.is_alive():
                raise RuntimeError("The notebook's kernel died: a crash, or no memory.") from None
            if left <= 2:
                raise


RunningKernel.await_reply = await_reply
