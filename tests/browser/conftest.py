"""One JupyterLab and one browser for all tests of this folder; a notebook page for each test."""

import re

import nbformat
import pytest

from tools.browser import CHROMIUM, HOW, Page, chromium, jupyterlab, notebook_of


def pytest_pycollect_makemodule():
    """Skip this whole folder, in one line, where there is no browser."""
    if CHROMIUM is None:
        pytest.skip(HOW)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    root, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADAMLIB_SIZE", "smoke")  # here notebooks need to run, not to be right
        with jupyterlab(root, home) as lab:
            yield lab


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shared(browser, lab):
    """The page that tests use one after the other, since JupyterLab takes long to load."""
    nbformat.write(notebook_of(""), lab["root"] / "first.ipynb")
    page = Page(browser, lab, "first.ipynb")
    yield page
    page.close()


@pytest.fixture
def run_all(browser, lab, request):
    """A function of a notebook that opens it, runs all of its cells, and gives its Page."""
    own = []

    def run(notebook, **context):
        name = f"{re.sub('[^a-z0-9]+', '-', request.node.name)}.ipynb"
        nbformat.write(notebook, lab["root"] / name)
        if context:
            page = Page(browser, lab, name, **context)
            own.append(page)
        else:
            page = request.getfixturevalue("shared")
            page.turn_to(name)
        page.run_all()
        return page

    yield run
    for page in own:
        page.close()


@pytest.fixture
def run_notebook(run_all):
    """The same, of the texts of its cells."""

    def run(*cells, **context):
        return run_all(notebook_of(*cells), **context)

    return run
