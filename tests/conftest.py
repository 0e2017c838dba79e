"""What several tests share. No test fails because a machine is slow or busy."""

from pathlib import Path

import pytest
from hypothesis import settings

from tools import environment, launcher

settings.register_profile("course", deadline=None)  # hypothesis would fail after 0.2 seconds
settings.load_profile("course")


@pytest.fixture
def live_in(monkeypatch):
    """A function that lets the tools work in another folder than the one they stand in."""

    def live_in(root):
        before = environment.ROOT
        for module in (environment, launcher):
            for name, path in list(vars(module).items()):
                if isinstance(path, Path):
                    monkeypatch.setattr(module, name, root / path.relative_to(before))

    return live_in


@pytest.fixture
def project(tmp_path, live_in):
    """A course that only pretends, with two lessons and nothing installed."""
    root = tmp_path / "a course"
    (root / "lessons").mkdir(parents=True)
    for name in ("01-gradient-descent.ipynb", "02-momentum.ipynb"):
        (root / "lessons" / name).write_text(f"lesson {name}")
    for folder in ("workshop", "web"):
        (root / folder).mkdir()
    lists = ("requirements-dev.txt", "workshop/requirements.txt", "web/requirements.txt")
    for name in ("requirements.txt", "requirements.in", "pyproject.toml", *lists):
        (root / name).write_text(name)
    live_in(root)
    return root
