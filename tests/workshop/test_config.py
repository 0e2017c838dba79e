"""The hub's settings, in plain Python: no hub is started."""

import asyncio
import importlib.util
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from adamlib import threads
from tools import environment

ROOT = Path(__file__).resolve().parents[2]
WORKSHOP = ROOT / "workshop"

pytest.importorskip("jupyterhub", reason="what a workshop needs is not installed")

import yaml
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from jupyterhub.proxy import ConfigurableHTTPProxy
from jupyterhub.spawner import SimpleLocalProcessSpawner, Spawner
from kubespawner import KubeSpawner
from tornado.httpclient import AsyncHTTPClient
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader


def one_machine(folder, monkeypatch):
    monkeypatch.setenv("CLASS_FOLDER", str(folder))
    return PyFileConfigLoader("jupyterhub_config.py", str(WORKSHOP)).load_config()


def on_kubernetes():
    """What the chart makes of values.yaml and class_config.py, in its order."""
    values = yaml.safe_load((WORKSHOP / "values.yaml").read_text(encoding="utf-8"))
    config, user = Config(values["hub"]["config"]), values["singleuser"]
    config.KubeSpawner.image = "{name}:{tag}".format(**user["image"])
    config.Spawner.cmd = user["cmd"]
    if user["memory"]["guarantee"] is not None:  # its own would go before a Spawner's
        config.KubeSpawner.mem_guarantee = user["memory"]["guarantee"]
    config.merge(PyFileConfigLoader("class_config.py", str(WORKSHOP)).load_config())
    return config


@pytest.fixture
def pod(monkeypatch):
    """The manifest of a learner's pod, made without a cluster."""
    for name in ("load_config", "shared_client"):
        monkeypatch.setattr(f"kubespawner.spawner.{name}", lambda *_, **__: None)
    user = SimpleNamespace(name="ada", id=1, url="/user/ada/")
    hub = SimpleNamespace(api_url="http://hub:8081/hub/api", base_url="/hub/", public_host="")
    spawner = KubeSpawner(config=on_kubernetes(), hub=hub, user=user, _mock=True)
    spawner.server = SimpleNamespace(base_url="/user/ada/")
    spawner.port, spawner.oauth_client_id = 8888, "ada"
    return asyncio.run(spawner.get_pod_manifest()).to_dict()


def test_a_learner_s_pod_is_as_the_class_needs_it(pod):
    (container,) = pod["spec"]["containers"]
    settings = on_kubernetes()
    assert container["image"] == "course:workshop"
    dockerfile = (WORKSHOP / "Dockerfile").read_text(encoding="utf-8")
    assert "-t course:workshop" in dockerfile and "COPY . /srv/course\n" in dockerfile
    assert all(word.startswith("/srv/course/") for word in settings.Spawner.cmd)
    assert container["args"] == [*settings.Spawner.cmd, *settings.Spawner.args]
    assert container["resources"]["requests"]["memory"] == 600 * 2**20
    assert container["resources"]["limits"] == {"memory": 2 * 2**30, "cpu": 1}
    given = {variable["name"]: variable["value"] for variable in container["env"]}
    assert {name: given[name] for name in settings.Spawner.environment} == dict(
        settings.Spawner.environment
    )


def test_every_setting_is_one_that_the_hub_has(tmp_path, monkeypatch):
    config = one_machine(tmp_path, monkeypatch)
    known = [JupyterHub, Authenticator, SharedPasswordAuthenticator, ConfigurableHTTPProxy]
    known = {kind.__name__: kind for kind in (*known, SimpleLocalProcessSpawner, Spawner)}
    for section, settings in config.items():
        assert set(settings) <= set(known[section].class_trait_names(config=True)), section


def test_every_argument_is_one_that_a_learner_s_server_has():
    from jupyter_client.manager import KernelManager
    from jupyter_server.serverapp import ServerApp
    from jupyter_server.services.kernels.kernelmanager import MappingKernelManager

    kinds = {kind.__name__: kind for kind in (ServerApp, MappingKernelManager, KernelManager)}
    settings = PyFileConfigLoader("class_config.py", str(WORKSHOP)).load_config()
    for argument in settings.Spawner.args:
        kind, name = argument.removeprefix("--").partition("=")[0].split(".")
        assert name in kinds[kind].class_trait_names(config=True), argument


def test_one_thread_for_each_kernel_of_a_class():
    settings = PyFileConfigLoader("class_config.py", str(WORKSHOP)).load_config()
    one = {name for name, value in settings.Spawner.environment.items() if value == "1"}
    assert one <= set(threads.VARIABLES) and len(one) == 4


def test_keras_is_live_unless_the_hub_is_told(monkeypatch):
    for told in ("live", "recorded"):
        settings = PyFileConfigLoader("class_config.py", str(WORKSHOP)).load_config()
        assert settings.Spawner.environment["ADAMLIB_KERAS"] == told
        monkeypatch.setenv("ADAMLIB_KERAS", "recorded")


def test_the_class_has_a_board_that_its_learners_know(tmp_path, monkeypatch):
    config = one_machine(tmp_path, monkeypatch)
    assert Path(config.Spawner.environment["ADAMLIB_BOARD"]).is_relative_to(tmp_path)
    assert (tmp_path / "board").is_dir()


def test_passwords_are_made_once_and_are_the_instructor_s_to_read(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "class"
    first = one_machine(folder, monkeypatch).SharedPasswordAuthenticator
    assert first.user_password in (said := capsys.readouterr().out) and first.admin_password in said
    assert one_machine(folder, monkeypatch).SharedPasswordAuthenticator == first
    kept = folder / "passwords.json"
    assert json.loads(kept.read_text()) == first and kept.stat().st_mode & 0o077 == 0
    SharedPasswordAuthenticator(config=Config(SharedPasswordAuthenticator=first))  # long enough


def test_the_hub_listens_on_this_machine_unless_told(tmp_path, monkeypatch):
    hub = JupyterHub(config=one_machine(tmp_path, monkeypatch))
    assert hub.bind_url.startswith("http://127.0.0.1:")


def test_the_proxy_has_room_for_a_class():
    before = AsyncHTTPClient._save_configuration()
    try:
        spec = importlib.util.spec_from_file_location("proxy", WORKSHOP / "proxy.py")
        spec.loader.exec_module(importlib.util.module_from_spec(spec))

        async def room():
            return AsyncHTTPClient().max_clients

        assert asyncio.run(room()) >= 300
    finally:
        AsyncHTTPClient._restore_configuration(before)


# the lessons of a learner


@pytest.fixture
def server(project, monkeypatch):
    """workshop/server.py, in a course that only pretends and is installed."""
    spec = importlib.util.spec_from_file_location("server", WORKSHOP / "server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(environment, "complete", lambda *additions: True)
    return module


def files(folder):
    return {path.name: path.read_text() for path in folder.glob("[!.]*")}


def test_a_learner_gets_the_lessons_and_keeps_what_is_theirs(server, project, tmp_path):
    work = tmp_path / "work"
    server.bring_lessons(work)
    assert set(files(work)) == {"01-gradient-descent.ipynb", "02-momentum.ipynb"}
    (work / "01-gradient-descent.ipynb").write_text("mine")
    for lesson in (project / "lessons").iterdir():
        lesson.write_text("newer")
    server.bring_lessons(work)
    there = files(work)
    assert there["01-gradient-descent.ipynb"] == "mine"
    assert there["02-momentum.ipynb"] == "newer"
    assert "A newer version of 01-gradient-descent.ipynb" in there["newer lessons.txt"]
    (work / "01-gradient-descent.ipynb").rename(work / "mine.ipynb")
    server.bring_lessons(work)
    assert set(files(work)) == {"01-gradient-descent.ipynb", "02-momentum.ipynb", "mine.ipynb"}


def test_lessons_come_only_with_the_packages_they_need(server, project, tmp_path, monkeypatch):
    work = tmp_path / "work"
    server.bring_lessons(work)
    monkeypatch.setattr(environment, "complete", lambda *additions: False)
    (project / "lessons/02-momentum.ipynb").write_text("newer")
    server.bring_lessons(work)
    assert files(work)["02-momentum.ipynb"] == "lesson 02-momentum.ipynb"
    assert "is newer than what is installed" in files(work)["newer lessons.txt"]


def test_a_disk_that_is_full_keeps_no_learner_out(server, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(server, "copy_lessons", full)
    server.bring_lessons(tmp_path / "work")
    assert "could not be brought" in capsys.readouterr().out
