"""What Python sends and what a page reads is what widget.py declares."""

import html
import re
from typing import get_args, get_origin, get_type_hints, is_typeddict

import numpy as np
import pytest

from adamlib import rules
from adamlib.explorers import average, explore, hyperparameter_map, one_step, race
from adamlib.explorers.widget import HERE, Result, Spec
from adamlib.models import LogisticRegression
from adamlib.surfaces import cubic, ravine, saddle

MODEL = LogisticRegression(inputs=2, classes=2)
DATA = np.eye(2), np.arange(2)
AXES = ("learning_rate", [0.01, 0.1]), ("momentum", [0, 0.9])
EXPLORERS = {
    "explore": lambda: explore(rules.sgd, ravine, target=("loss", 0.1)),
    "hyperparameter_map": lambda: hyperparameter_map(rules.momentum, cubic, *AXES, steps=5),
    "average": lambda: average([1.0, 2.0]),
    "race": lambda: race(rules.sgd, DATA, MODEL, batch_size=1, target=("loss", 0.1)),
    "one_step": lambda: one_step(rules.sgd),
}


@pytest.fixture(scope="module")
def explorers():
    made = {name: make() for name, make in EXPLORERS.items()}
    made["race"].wait()
    return made


def assert_declared(value, kind):
    """It has the keys of its TypedDict, and so has what is in it."""
    if is_typeddict(kind):
        assert kind.__required_keys__ <= value.keys() <= kind.__annotations__.keys()
        for key, inner in value.items():
            assert_declared(inner, get_type_hints(kind)[key])
    elif get_origin(kind) is list:
        for one in value:
            assert_declared(one, *get_args(kind))
    else:
        assert isinstance(value, (int, float) if kind is float else kind)


@pytest.mark.parametrize("name", EXPLORERS)
def test_spec_and_result_have_the_declared_keys(explorers, name):
    assert_declared(explorers[name].spec, Spec)
    assert_declared(explorers[name].result, Result)


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_failure_has_the_declared_keys_too(name):
    explorer = EXPLORERS[name]()
    explorer.settings = {}
    getattr(explorer, "wait", int)()
    assert explorer.result["error"]
    assert_declared(explorer.result, Result)


def test_nothing_is_declared_that_no_explorer_has(explorers):
    for kind, what in [(Spec, "spec"), (Result, "result")]:
        had = {key for explorer in explorers.values() for key in getattr(explorer, what)}
        assert had == kind.__annotations__.keys()


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_page_reads_what_its_explorers_have(explorers, name):
    page = explorers[name]._esm
    same = [explorer for explorer in explorers.values() if explorer._esm == page]
    for what in ("spec", "result"):
        had = {key for explorer in same for key in getattr(explorer, what)}
        assert set(re.findall(rf"\b{what}\.(\w+)", page)) <= had


def test_the_shared_page_reads_what_is_declared():
    text = (HERE / "widget.js").read_text(encoding="utf-8")
    assert set(re.findall(r"\bspec\.(\w+)", text)) <= Spec.__annotations__.keys()
    assert set(re.findall(r'\bresult(?:"\))?\.(\w+)', text)) <= Result.__annotations__.keys()


def test_no_page_takes_spec_or_result_apart_by_names_that_this_test_does_not_see():
    for path in HERE.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'\} = (page\.)?(spec|result);|\} = model\.get\("(spec|re)', text)


def test_a_page_is_one_module_that_imports_nothing_from_a_file(explorers):
    for explorer in explorers.values():
        imported = re.findall(r'from "([^"]*)"', explorer._esm)
        assert len(imported) == 1 and imported[0].startswith("data:text/javascript;base64,")


STILL = [  # an explorer, its name, and what its alt text says
    (EXPLORERS["explore"], "explore(sgd on ravine)", "sgd: 60 steps from (-4, 1) to"),
    (lambda: explore({rules.sgd: {"learning_rate": 9}}, saddle), "explore(sgd on saddle)", "sgd: "),
    (lambda: explore(rules.adam, cubic), "explore(adam on cubic)", "The curve of the function cu"),
    (
        EXPLORERS["hyperparameter_map"],
        "hyperparameter_map(momentum on cubic)",
        "Map of loss over learning_rate and momentum",
    ),
    (EXPLORERS["average"], "average(2 values)", "2 values, grey dots"),
    (
        lambda: race([rules.sgd, rules.adam], DATA, MODEL, batch_size=1),
        "race(sgd, adam)",
        "sgd (learning_rate=0.01): loss 0.6",
    ),
    (
        lambda: race({rules.sgd: {"learning_rate": 1e12}}, DATA, MODEL, batch_size=1),
        "race(sgd)",
        "sgd diverged at step 1",
    ),
    (
        lambda: one_step(rules.adam),
        "one_step(adam on ravine)",
        "adam, step 1: g = (−4.00, 20.0), step = (0.00100, −0.00",
    ),
    (
        lambda: one_step(rules.adamw),
        "one_step(adamw on ravine)",
        "step = new x − x: 0.00102, −0.00100.",
    ),
    (lambda: one_step(rules.sgd, cubic), "one_step(sgd on cubic)", "g: −0.00400."),
    (
        lambda: one_step({rules.sgd: {"learning_rate": 1e10}}),
        "one_step(sgd on ravine)",
        "(learning_rate=1e+10): choose other values.",
    ),
]


@pytest.mark.parametrize("make, name, alt", STILL)
def test_a_still_picture_with_alt_goes_beside_the_widget(make, name, alt):
    explorer = make()
    bundle, _ = explorer._repr_mimebundle_()
    assert alt in bundle["text/plain"] and "image/png" not in bundle
    assert "training." not in bundle["text/plain"]
    assert f'<img alt="{html.escape(bundle["text/plain"])}"' in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert repr(explorer) == name
