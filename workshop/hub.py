"""A hub for a trial: in a folder of its own, on free ports of this machine, ended with all its own.

>>> with Hub(folder) as hub:
...     print(hub.url, hub.password)
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

CONFIG = Path(__file__).with_name("jupyterhub_config.py")
PATIENCE = 180  # seconds in which a hub that starts must answer, and one that ends must have ended


class Hub:
    """folder  where the hub keeps its files and the learners theirs; log  what it says"""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.log = self.folder / "hub.log"
        self.ports = free_ports(3)
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def password(self):
        return json.loads((self.folder / "passwords.json").read_text())["user_password"]

    def home(self, learner):
        return self.folder / "homes" / learner

    def start(self):
        """Start the hub, or start it again, and wait until it answers."""
        port, hub_port, api_port = self.ports
        command = [sys.executable, "-m", "jupyterhub", "-f", CONFIG, f"--port={port}"]
        command.append(f"--JupyterHub.hub_port={hub_port}")
        command.append(f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{api_port}")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.folder,
                env=os.environ | {"CLASS_FOLDER": str(self.folder)},
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for us, who then end the hub
            )
        wait(self.answers, "The hub does not answer", self.log)

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"The hub has ended: {last_words(self.log)}")
        try:
            return httpx.get(f"{self.url}/hub/health").status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self):
        """As if it had crashed: its proxy and the learners' servers go on."""
        self.process.kill()
        self.process.wait()

    def end(self):
        """End the hub, which ends its proxy and every server; and what it has left."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        left = [process for process in psutil.process_iter() if self.owns(process)]
        for process in left:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(left, timeout=PATIENCE)

    def owns(self, process):
        """Whether a process is of this hub: the folder is in the environment that it was given."""
        try:
            given = process.environ()
        except psutil.Error:  # another user's, or gone
            return False
        home = given.get("HOME", "")
        return given.get("CLASS_FOLDER") == str(self.folder) or home.startswith(f"{self.folder}/")

    def processes(self, learner):
        """The learner's server and what it has started, oldest first."""
        home = str(self.home(learner))
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("HOME") == home:
                    found.append(process)
            except psutil.Error:
                continue
        return sorted(found, key=psutil.Process.create_time)

    def kernels(self, learner):
        return [process for process in self.processes(learner) if is_kernel(process)]

    def server(self, learner):
        (server, *_) = (one for one in self.processes(learner) if not is_kernel(one))
        return server

    def proxy(self):
        return psutil.Process(int((self.folder / "proxy.pid").read_text()))


def is_kernel(process):
    return "ipykernel_launcher" in process.cmdline()


def free_ports(number):
    """So many ports of this machine that nobody listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait(done, problem, log):
    """Ask until it is done. Raises RuntimeError after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"{problem} after {PATIENCE} seconds: {last_words(log)}")
        time.sleep(0.2)


def last_words(log):
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
