"""A JupyterLab of its own, a headless Chromium, and a notebook page that notes what goes wrong."""

import json
import os
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import nbformat

from tools.notebooks import notebook

NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome", "msedge"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
HOW = "No browser to test in: `apt install chromium`, or set CHROMIUM to a Chrome's or Edge's path."
PATIENCE = 120  # seconds for every wait: only a failure waits so long


@contextmanager
def jupyterlab(root, home):
    """JupyterLab serving the folder `root`, with its own settings in the folder `home`.

    Gives root, url, token and a function that asks its API.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    own = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{n}_DIR": str(home / n.lower()) for n in ("SETTINGS", "WORKSPACES")}
    own["IPYTHONDIR"] = str(home / "ipython")
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *(f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"),
        "--JupyterNotebookApp.expose_app_in_browser=True",
        *("--LabApp.news_url=None", "--LabApp.extension_manager=readonly"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]

    def api(path, method="GET"):
        headers = {"Authorization": f"token {token}"}
        request = urllib.request.Request(url + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    url = f"http://127.0.0.1:{port}"
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | own, cwd=root)
        try:
            end = time.monotonic() + PATIENCE
            while True:
                try:
                    api("/api/status")
                    break
                except OSError:
                    if server.poll() is not None or time.monotonic() > end:
                        raise RuntimeError((home / "log").read_text()[-3000:]) from None
                    time.sleep(0.1)
            yield {"root": root, "url": url, "token": token, "api": api}
            for session in json.loads(api("/api/sessions")):
                api(f"/api/sessions/{session['id']}", "DELETE")
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@contextmanager
def host(folder):
    """The address at which a folder is handed out, as by any web server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def chromium(*options):
    """The browser, headless."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*arguments, *options])
        yield browser
        browser.close()


def notebook_of(*cells):
    """A notebook of code cells, from their texts."""
    return notebook([nbformat.v4.new_code_cell(cell) for cell in cells])


class Page:
    """One open notebook; `problems()` lists all that went wrong in it.

    app  "lab/tree", or "notebooks" for Notebook 7, which the same server serves
    """

    def __init__(self, browser, lab, name, app="lab/tree", **context):
        self.lab, self.name = lab, name
        self._forget()
        view = {"width": 1400, "height": 1100}
        self.context = browser.new_context(viewport=view, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(1000 * PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("websocket", self._listen)
        self.page.on("request", self._requested)
        address = f"{lab['url']}/{app}/{name}?token={lab['token']}&reset"
        self.page.goto(address, wait_until="commit")
        self._idle()

    def turn_to(self, name):
        """End this notebook and its kernel, open another: much faster than in a new page."""
        self.page.evaluate(
            """async () => { const shown = window.jupyterapp.shell.currentWidget;
                await shown.context.sessionContext.shutdown();
                shown.dispose() }"""
        )
        self._forget()
        self.name = name
        run = "path => window.jupyterapp.commands.execute('docmanager:open', {path})"
        self.page.evaluate(run + ".then(() => {})", name)
        self._idle()

    def _forget(self):
        self.console, self.kernel, self.asked, self.answered = [], [], set(), set()
        self.abroad, self.early = [], {"jupyter.widget.control"}

    def run_all(self):
        """Run all cells; what the page complains of before is not about them."""
        self.console.clear()
        run = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
        if not self.page.evaluate(run):
            self.kernel.append("not every cell has run")
        self._idle()
        self.settle()

    def settle(self):
        """Wait until the kernel has answered all that the page sent, thrice in a row."""
        end, calm = time.monotonic() + PATIENCE, 0
        while calm < 3:
            assert time.monotonic() < end, "the kernel never answered a widget's message"
            self.page.wait_for_timeout(20)
            calm = calm + 1 if self.asked <= self.answered else 0

    def problems(self):
        self.settle()
        outputs = self.page.evaluate(
            """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap(
                cell => Array.from({length: cell.outputs?.length ?? 0},
                                   (_, i) => cell.outputs.get(i).toJSON()))"""
        )
        bad = [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
        lost = self.page.get_by_text("Error displaying widget").all_inner_texts()
        return [json.dumps(o)[:300] for o in bad] + lost + self.kernel + self.console + self.abroad

    def close(self):
        self.context.close()
        for session in json.loads(self.lab["api"]("/api/sessions")):
            if session["path"] == self.name:
                self.lab["api"](f"/api/sessions/{session['id']}", "DELETE")

    def _idle(self):
        self.page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", state="attached")
        self.page.wait_for_function(
            """() => { const shown = window.jupyterapp?.shell?.currentWidget;
                return shown?.context?.isReady
                    && shown.sessionContext?.session?.kernel?.status === 'idle' }"""
        )

    def _heard(self, message):
        if message.type == "error":
            self.console.append(f"console: {message.text}")

    def _requested(self, request):
        if not request.url.startswith((self.lab["url"], "data:", "blob:")):
            self.abroad.append(f"asked the network for {request.url}")

    def _listen(self, socket):
        if "/channels" in socket.url:
            socket.on("framesent", self._sent)
            socket.on("framereceived", self._received)

    def _sent(self, frame):
        header, _, _, content = _parts(frame)
        if content.get("target_name") in self.early:  # asks for widgets when there are none yet
            self.early.add(content["comm_id"])
        if header.get("msg_type") in ("comm_msg", "execute_request"):
            self.asked.add(header["msg_id"])

    def _received(self, frame):
        header, parent, _, content = _parts(frame)
        kind = header.get("msg_type")
        if kind == "status" and content["execution_state"] == "idle":
            self.answered.add(parent.get("msg_id"))
        elif kind == "error":
            self.kernel.append(f"kernel: {content['ename']}: {content['evalue']}")
        elif kind == "stream" and content["name"] == "stderr":
            lines = content["text"].splitlines()
            told = [line for line in lines if not any(name in line for name in self.early)]
            if "".join(told):
                self.kernel.append(f"stderr: {' '.join(told)}")


def _parts(frame):
    """Header, parent header, metadata and content of a kernel message (protocol v1)."""
    if not isinstance(frame, bytes):
        return {}, {}, {}, {}
    (n,) = struct.unpack_from("<Q", frame, 0)
    offsets = struct.unpack_from(f"<{n}Q", frame, 8)
    return [json.loads(frame[i:j]) for i, j in zip(offsets[1:5], offsets[2:6], strict=True)]
