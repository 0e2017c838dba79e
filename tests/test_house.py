"""Where things are: imports point one way, and what is light stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ADAMLIB = Path(__file__).resolve().parents[1] / "adamlib"
ROOMS = ("explorers", "practice", "experiments")


def room_of(module):
    """Which room a module is in, "" for the ground floor, None if it is none of adamlib."""
    first, *rest = module.split(".")
    return (rest[0] if rest and rest[0] in ROOMS else "") if first == "adamlib" else None


def imported(text):
    """The modules that a file imports, at its top or later."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name their module in full"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def wrong_ways(text, room):
    """The imports of a file in that room that lead up from the ground floor or across."""
    return [module for module in imported(text) if room_of(module) not in (None, "", room)]


@pytest.mark.parametrize(
    "file", sorted(ADAMLIB.rglob("*.py")), ids=lambda file: file.relative_to(ADAMLIB).as_posix()
)
def test_imports_lead_down(file):
    room = file.parent.name if file.parent != ADAMLIB else ""
    assert not wrong_ways(file.read_text(encoding="utf-8"), room)


def test_an_import_that_leads_up_is_seen():
    assert wrong_ways("def f():\n    from adamlib import practice", "") == ["adamlib.practice"]
    assert wrong_ways("import adamlib.explorers.widget", "practice")
    assert not wrong_ways("from adamlib.rules import sgd", "practice")


@pytest.mark.parametrize(
    "modules",
    [
        "adamlib",
        "adamlib.rules, adamlib.descent, adamlib.surfaces, adamlib.models, adamlib.datasets",
        "adamlib.plots, adamlib.explorers, adamlib.practice, adamlib.experiments",
    ],
)
def test_neither_pyplot_nor_tensorflow_is_loaded_before_it_is_used(modules):
    loaded = (
        f"import {modules}, sys; print(*{{'matplotlib.pyplot', 'tensorflow'}} & {{*sys.modules}})"
    )
    run = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("\n", "")
