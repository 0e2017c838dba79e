"""Tell notebooks where they run, deal the tests to processes, mend three things in nbval 0.11."""

import os
import signal
import time
from queue import Empty

import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

from tools import outputs

EXPECT = {"lessons": "unsolved", "solutions": "solved"}  # what adamlib's check asks of an exercise
# How large the long experiments are: their results are held to the text in solutions/ only.
SIZE = {"lessons": "smoke", "solutions": "laptop"}

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it

wait_for_reply, compare_outputs = RunningKernel.await_reply, IPyNbCell.compare_outputs


def pytest_addoption(parser):
    parser.addoption(
        "--long",
        action="store_true",
        help="run what takes long too: every notebook in the browser, and tests marked as long",
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Set both while a notebook's first cell starts the kernel, which inherits them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = item.path.parent.name
        if item.path.suffix == ".ipynb" and folder in EXPECT:
            patch.setenv("ADAMLIB_EXPECT", EXPECT[folder])
            patch.setenv("ADAMLIB_SIZE", SIZE[folder])
        return (yield)


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist there is one process, and no hook
def pytest_xdist_make_scheduler(config, log):
    """A file's tests stay in one process, for they share what is slow; but not those of pages."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if nodeid.startswith("tests/browser/") else nodeid.split("::")[0]

    return ByFile(config, log)


def pytest_itemcollected(item):
    """Wait a minute for a cell's output where nbval waits five seconds: machines can be busy."""
    if isinstance(item, IPyNbCell):
        item.output_timeout = 60
        if os.environ.get("ADAMLIB_SEED"):  # other seeds print other numbers
            item.options["check"] = False


def compare(cell, fresh, saved, skip_compare=None):
    """nbval's comparison, after the numbers of trained models were held to their spread."""
    fresh, saved = outputs.without_bars(fresh), outputs.without_bars(saved)
    margin = outputs.margin(cell.cell.metadata.get("tags", []))
    fresh = outputs.comparable(fresh, saved, margin, cell.sanitize)
    return compare_outputs(cell, fresh, saved, skip_compare)


IPyNbCell.compare_outputs = compare


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
