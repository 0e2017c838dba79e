"""The course in the browser as it is handed out: built, and run in Chromium without a network.

ADAMLIB_PYODIDE=FOLDER python3 course.py test tests/web -m web

FOLDER has the files of Pyodide's distribution that the kernel loads, NumPy's wheel and 31 more. The
site takes them from Pyodide's address; here they lie beside its Pyodide, and its lock says so.
"""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tools import lite
from tools.browser import CHROMIUM, HOW, PATIENCE, chromium, host
from tools.notebooks import Fault

pytest.importorskip("jupyterlite_core", reason="what the course on the web needs is not installed")
pytestmark = pytest.mark.web

WHEELS = os.environ.get("ADAMLIB_PYODIDE")
NO_WHEELS = f"ADAMLIB_PYODIDE names no folder with the files of Pyodide {lite.PYODIDE}"
SHOWN = "window.jupyterapp.shell.currentWidget"
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
LIVE = """from adamlib import rules
from adamlib.datasets import mnist
from adamlib.explorers import explore, race
from adamlib.practice import quiz
from adamlib.surfaces import ravine
display(quiz("06.start"), explore(rules.adam, ravine))
race(rules.adam, [part[:500] for part in mnist().train])"""
SOLVED = """from adamlib import rules
from adamlib.practice import check, progress
check(rules.sgd, "sgd")
progress("01")"""
needs_wheels = pytest.mark.skipif(not WHEELS or not CHROMIUM, reason=NO_WHEELS if CHROMIUM else HOW)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = tmp_path_factory.mktemp("web") / "lite"
    lite.lite(site)
    return site


def settings_of(site):
    data = json.loads((site / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    return data["litePluginSettings"][f"{lite.EXTENSION}:kernel"]


def lock_of(site):
    return json.loads((site / "static" / "pyodide" / lite.LOCK).read_text("utf-8"))["packages"]


def test_the_notebooks_are_those_of_the_course(site):
    for path in lite.notebooks("lessons"):
        assert (site / "files" / path.name).read_bytes() == path.read_bytes()
    for path in lite.notebooks("solutions"):
        copy = site / "files" / "solutions" / path.name
        cells, whole = nbformat.read(copy, 4).cells, nbformat.read(path, 4).cells
        assert cells == whole[: len(cells)]
        folded = [cell for cell in whole if "jupyter" in cell.metadata]
        assert whole[len(cells) :] == folded and len(folded) == path.name.startswith("0")
    numbers = [path.name[:2] for path in lite.notebooks("lessons")]
    assert numbers == ["01", "02", "03", "04", "05", "06", "07", "ch", "gl"]


def test_the_front_page_leads_to_each(site):
    page = (site / "index.html").read_text("utf-8")
    assert '<a href="lab/index.html?path=06-adam.ipynb">6. Adam</a>' in page
    paths = re.findall(r'path=([^"]+)"', page)
    assert [path.name for path in lite.notebooks("lessons")] == paths
    assert all((site / "files" / path).exists() for path in paths)


def test_the_kernel_loads_what_the_lock_names_and_nothing_else(site):
    settings, lock = settings_of(site), lock_of(site)
    assert settings["disablePyPIFallback"]
    for name in settings["loadPyodideOptions"]["packages"]:
        entry = lock[name.replace("_", "-")]
        if not entry["file_name"].startswith(lite.distribution()):
            content = (site / "static" / "pyodide" / entry["file_name"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    version = re.escape(f"v{lite.PYODIDE}/full/")
    assert re.fullmatch(rf"https://[^/]+/pyodide/{version}", lite.distribution())


def test_a_setting_that_jupyterlite_loses_is_named(site, tmp_path):
    path = tmp_path / "jupyter-lite.json"
    text = (site / "jupyter-lite.json").read_text("utf-8")
    path.write_text(text, encoding="utf-8")
    lite.check(tmp_path)
    path.write_text(text.replace('"pyodideUrl"', '"other"'), encoding="utf-8")
    with pytest.raises(Fault, match="^JupyterLite has lost pyodideUrl in its jupyter-lite.json.$"):
        lite.check(tmp_path)


def test_another_folder_is_not_overwritten(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(SystemExit, match="is there already, and no site of this program"):
        lite.main([str(tmp_path)])
    assert (tmp_path / "mine").read_text() == "mine"


# In Chromium


def bring_distribution(site, wheels):
    """Put the files that the kernel loads beside the site's Pyodide, if they are Pyodide's own."""
    lock, names = lock_of(site), [*settings_of(site)["loadPyodideOptions"]["packages"]]
    for name in names:  # it grows
        entry = lock[name.replace("_", "-")]
        names += [other for other in entry["depends"] if other not in names]
        address, _, file = entry["file_name"].rpartition("/")
        if f"{address}/" == lite.distribution():
            content = (wheels / file).read_bytes()
            if hashlib.sha256(content).hexdigest() != entry["sha256"]:
                raise Fault(f"{file} is not the file of Pyodide {lite.PYODIDE}.")
            (site / "static" / "pyodide" / file).write_bytes(content)
    path = site / "static" / "pyodide" / lite.LOCK
    path.write_text(path.read_text("utf-8").replace(lite.distribution(), ""), encoding="utf-8")


@needs_wheels
def test_a_wheel_that_is_not_pyodide_s_is_refused(site, tmp_path):
    wheels, copy = tmp_path / "wheels", tmp_path / "site"
    shutil.copytree(WHEELS, wheels)
    shutil.copytree(site, copy)
    (path,) = wheels.glob("numpy-*.whl")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Fault, match="^numpy-.*whl is not the file of Pyodide 0.27.7.$"):
        bring_distribution(copy, wheels)


@pytest.fixture(scope="module")
def served(site, tmp_path_factory):
    """The address at which the site is, with all that it needs."""
    copy = tmp_path_factory.mktemp("served") / "lite"
    shutil.copytree(site, copy)
    bring_distribution(copy, Path(WHEELS))
    path = copy / "jupyter-lite.json"
    config = json.loads(path.read_text("utf-8"))
    config["jupyter-config-data"]["exposeAppInBrowser"] = True  # for these tests to see the cells
    path.write_text(json.dumps(config), encoding="utf-8")

    with host(copy) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    expect.set_options(timeout=1000 * PATIENCE)
    with chromium(OFFLINE) as browser:
        yield browser


class Notebook:
    """A notebook of the site, open in a page; problems() lists what goes wrong in it."""

    def __init__(self, page, served, path):
        self.page, self.abroad = page, []
        page.set_default_timeout(5000 * PATIENCE)
        page.on("request", lambda request: self.abroad.append(request.url))
        self.served, self.address = served, f"{served}/lab/index.html?path={path}"
        self.open()

    def open(self):
        """As the link on the front page does."""
        self.page.goto(self.address)
        self.page.wait_for_function(
            f"() => window.jupyterapp && {SHOWN}?.context?.isReady"
            f" && {SHOWN}.sessionContext?.session?.kernel"
        )

    def edit_first_cell(self):
        """Put the cursor in the first cell of code, as a click does that finds it on the screen."""
        self.page.evaluate(
            f"""async () => {{
                const book = {SHOWN}.content;
                const first = [...book.model.cells].findIndex(cell => cell.type === "code");
                book.activeCellIndex = first;
                await book.scrollToItem(first);
                book.mode = "edit" }}"""
        )

    def source(self):
        return self.page.evaluate(f"() => {SHOWN}.content.activeCell.model.sharedModel.getSource()")

    def run_all(self):
        """Whether all cells have run."""
        run = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
        return self.page.evaluate(run)

    def outputs(self):
        return self.page.evaluate(
            f"""() => [...{SHOWN}.content.model.cells].flatMap(cell =>
                Array.from({{length: cell.outputs?.length ?? 0}},
                           (_, i) => cell.outputs.get(i).toJSON()))"""
        )

    def text(self):
        return "".join("".join(output.get("text", "")) for output in self.outputs())

    def problems(self):
        kinds = ("error", "stderr")
        bad = [o for o in self.outputs() if o.get("name", o["output_type"]) in kinds]
        lost = self.page.get_by_text("Error displaying widget").all_inner_texts()
        here = (self.served, "data:", "blob:")
        abroad = [address for address in self.abroad if not address.startswith(here)]
        return [json.dumps(o)[:2000] for o in bad] + lost + abroad

    def run(self, code):
        """What a cell with this code prints, or the last line of its error."""
        return self.page.evaluate(
            f"""async code => {{
                const kernel = {SHOWN}.sessionContext.session.kernel;
                const said = [], run = kernel.requestExecute({{code}});
                run.onIOPub = ({{content}}) => said.push(content.text ?? content.evalue ?? "");
                await run.done;
                return said.join("") }}""",
            code,
        )


@pytest.fixture
def open_notebook(browser, served):
    contexts = []

    def open_notebook(path):
        contexts.append(browser.new_context(viewport={"width": 1400, "height": 1000}))
        return Notebook(contexts[-1].new_page(), served, path)

    yield open_notebook
    for context in contexts:
        context.close()


@needs_wheels
@pytest.mark.parametrize("path", ["solutions/01-gradient-descent.ipynb", "06-adam.ipynb"])
def test_a_lesson_runs_to_its_end(open_notebook, path):
    notebook = open_notebook(path)
    assert notebook.run_all(), notebook.problems()
    assert not notebook.problems()
    assert "[recorded with Keras 3." in notebook.text()
    number = path.removeprefix("solutions/")[:2]
    solved = "7 of 7" if path.startswith("solutions/") else "0 of "
    assert f"Lesson {number}: {solved}" in notebook.text()
    said = notebook.run(
        "from adamlib import rules\n"
        "from adamlib.keras_check import equals_keras\n"
        "from adamlib.surfaces import cubic\n"
        "equals_keras(rules.adam, cubic.gradient, 0.001, 100, learning_rate=0.07)"
    )
    assert said.startswith("No run of Keras with these settings is recorded, and TensorFlow is not")


@needs_wheels
def test_quizzes_and_explorers_are_live(open_notebook):
    notebook = open_notebook("06-adam.ipynb")
    page = notebook.page
    notebook.edit_first_cell()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(LIVE)
    page.keyboard.press("Control+Enter")
    page.locator(".adamlib-quiz").get_by_role("radio").first.check()
    page.locator(".adamlib-quiz").get_by_role("button").click()
    expect(page.locator(".adamlib-quiz output")).to_have_text(re.compile("^(Yes|No)\\. "))
    for explorer in page.locator(".adamlib-explorer").all():
        before = explorer.inner_text()
        explorer.get_by_role("slider").first.press("ArrowRight")
        expect(explorer).not_to_have_text(before)
    assert page.locator(".adamlib-explorer").count() == 2
    assert not notebook.problems()


def download(page, name):
    """The text of a file, by Download in the menu that it has in the list of files."""
    page.locator(".jp-DirListing-item", has_text=name).click(button="right")
    with page.expect_download() as brought:
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Download$")).click()
    return Path(brought.value.path()).read_text("utf-8")


@needs_wheels
def test_edits_and_progress_are_there_the_next_time_and_can_be_exported(open_notebook):
    notebook = open_notebook("01-gradient-descent.ipynb")
    page = notebook.page
    notebook.edit_first_cell()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.insert_text("# mine\n")
    assert notebook.run(SOLVED).startswith("Lesson 01: 1 of ")
    page.keyboard.press("ControlOrMeta+S")
    page.wait_for_function(f"() => !{SHOWN}.context.model.dirty")
    notebook.open()
    notebook.edit_first_cell()
    assert notebook.source().startswith("# mine\n")
    again = "from adamlib.practice import progress\nprogress('01')"
    assert notebook.run(again).startswith("Lesson 01: 1 of ")
    assert "# mine" in download(page, "01-gradient-descent")
    assert list(json.loads(download(page, "progress.json"))) == ["sgd"]
