import functools
import json
import re
from itertools import product

import numpy as np
import pytest
from matplotlib.colors import to_hex

from adamlib import plots, rules
from adamlib.descent import descend, hyperparameter_defaults
from adamlib.explorers import explore, hyperparameter_map
from adamlib.explorers.widget import slider
from adamlib.hyperparameters import HYPERPARAMETERS
from adamlib.surfaces import SURFACES, cubic, ravine, rosenbrock

ALL = list(rules.RULES.values())
RATES = np.geomspace(0.001, 1, 12)
MOMENTA = np.linspace(0, 0.99, 10)


def set_to(explorer, start=None, steps=None, **hyperparameters):
    """Settings as the page would send them, for the first rule."""
    settings = json.loads(json.dumps(explorer.settings))
    settings["hyperparameters"][0] |= hyperparameters
    settings["start"] = start or settings["start"]
    settings["steps"] = steps or settings["steps"]
    return settings


def sent(explorer, settings):
    """What the page gets: the result, and each run's points and losses."""
    explorer.settings = settings
    result = json.loads(json.dumps(explorer.result, allow_nan=False))
    numbers = np.frombuffer(explorer.buffer, np.float32)
    assert np.isfinite(numbers).all()
    runs = []
    for n in result.get("counts", []):
        run, numbers = numbers[: 3 * n], numbers[3 * n :]
        runs.append((run[: 2 * n].reshape(n, 2), run[2 * n :]))
    assert not numbers.size
    return result, runs


@functools.cache
def mapped():
    x, y = ("learning_rate", RATES), ("momentum", MOMENTA)
    return hyperparameter_map(rules.momentum, ravine, x, y, steps=50)


@pytest.mark.parametrize("rule", ALL)
def test_sliders_come_from_the_signature_and_go_through_what_the_rule_allows(rule):
    sliders = explore(rule, ravine).spec["groups"][0]["sliders"]
    assert {k["name"]: k["value"] for k in sliders} == hyperparameter_defaults(rule)
    for k in sliders:
        assert k["value"] in k["values"] and k["values"] == sorted(set(k["values"]))
        allowed, _ = HYPERPARAMETERS[k["name"]].allowed
        assert all(map(allowed, map(np.float64, k["values"])))
        assert 50 < len(k["values"]) < 420 or k["name"] == "ns_steps"


def test_scales_fit_what_counts():
    assert np.allclose(
        np.diff(np.log10(slider("learning_rate", 0.01)["values"])), 0.0125, atol=0.003
    )
    near_one = 1 - np.array(slider("beta_2", 0.999)["values"])
    assert near_one[0] == 1 and near_one[-1] == pytest.approx(1e-4)
    assert {0.9, 0.99, 0.999} <= set(slider("beta_2", 0.999)["values"])
    assert slider("temperature", 3.0)["values"][-1] == 6
    assert slider("learning_rate", 25)["values"][-1] == 25


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
@pytest.mark.parametrize("rule", ALL)
def test_every_slider_from_end_to_end(rule, surface):
    explorer = explore(rule, surface, steps=20)
    (group,) = explorer.spec["groups"]
    low, high = np.transpose(surface.window).tolist()
    for start, n in product([low, high, explorer.settings["start"]], [1, 20]):
        result, _ = sent(explorer, set_to(explorer, start, n))
        assert result["words"] and not result["error"]
    for k in group["sliders"]:
        for value in k["values"][:: len(k["values"]) // 2]:
            result, ((points, losses),) = sent(explorer, set_to(explorer, **{k["name"]: value}))
            assert result["words"] and not result["error"]
            assert len(points) == len(losses) == result["counts"][0] > 0
            assert (len(points) < 21) == ("diverged at step" in result["words"])


@pytest.mark.parametrize("surface", [ravine, rosenbrock, cubic], ids=lambda s: s.name)
@pytest.mark.parametrize("rule", ALL)
def test_trajectories_are_those_of_descend(rule, surface):
    explorer = explore(rule, surface, steps=30)
    start = [0.7, 0.4][: len(surface.window)]
    x = np.array(start) if len(start) == 2 else start[0]
    for rate in (0.002, 0.05, 1.0):
        settings = set_to(explorer, start, learning_rate=rate)
        result, ((points, losses),) = sent(explorer, settings)
        run = descend(rule, surface.gradient, x, 30, learning_rate=rate)
        expected = surface(run.trajectory.T)
        both = run.trajectory if len(start) == 2 else np.stack([run.trajectory, expected], 1)
        np.testing.assert_array_equal(points, both.astype(np.float32))
        np.testing.assert_array_equal(losses, expected.astype(np.float32))
        if run.diverged:
            assert result["words"] == f"{run.diverged}."


def test_words_for_what_is_not_drawn():
    explorer = explore({rules.sgd: {"learning_rate": 1.2}}, ravine)
    assert "sgd diverged at step" in explorer.result["words"]
    assert "(learning_rate=1.2)" in explorer.result["words"]
    gone = explore({rules.sgd: {"learning_rate": 0.1}}, ravine, steps=3)
    result, _ = sent(gone, set_to(gone, [-4.0, 1.9], learning_rate=0.11))
    assert "leaves the picture at step 1" in result["words"]


@pytest.mark.parametrize("measure", ["loss", "distance"])
def test_the_target_is_met_exactly_when_it_is(measure):
    path = descend(rules.sgd, ravine.gradient, ravine.start, 200, learning_rate=0.09).trajectory
    values = ravine(path.T) if measure == "loss" else np.hypot(*path.T)
    at = int(np.flatnonzero(values <= 1e-3)[0])
    first, target = {rules.sgd: {"learning_rate": 0.09}}, (measure, 1e-3)
    for allowed, met in [(at - 1, False), (at, True), (at + 1, True)]:
        explorer = explore(first, ravine, steps=allowed, target=target)
        assert explorer.result["met"] is met
        assert (f"Met: sgd at step {at}." in explorer.result["task"]) is met
    result, _ = sent(explorer, set_to(explorer, [0.01, 0.01]))
    assert not result["met"] and "press Reset" in result["task"]
    short = explore(first, ravine, steps=at - 1, target=target)
    result, _ = sent(short, set_to(short, steps=at + 5))
    assert not result["met"]  # more steps than the task allows do not count


def test_each_rule_must_meet_the_target():
    both = {rules.sgd: {"learning_rate": 0.09}, rules.adam: {}}
    result = explore(both, ravine, steps=100, target=("loss", 1e-3)).result
    assert not result["met"] and result["task"].endswith("Not yet: adam.")


def raises(x, g, t, *, learning_rate=0.1):
    raise KeyError("no such\nthing")


def wrong_shape(x, g, t, *, learning_rate=0.1):
    return (x[:1] * learning_rate,)


@pytest.mark.parametrize(
    "rule, words",
    [(raises, "raises: KeyError: 'no such"), (wrong_shape, "each of x's shape")],
)
def test_a_rule_that_raises_is_told_of_and_others_go_on(rule, words):
    explorer = explore([rule, rules.sgd], ravine)
    result, ((none, _), (points, _)) = sent(explorer, set_to(explorer, learning_rate=0.5))
    assert words in result["error"] and "\n" not in result["error"]
    assert len(none) == 0 and len(points) == 61
    assert "<img" in explorer._repr_mimebundle_()[0]["text/html"]


def test_a_learners_rule_beside_ours():
    def adam(x, g, t, m=0, *, learning_rate=0.1, sharpness=2.0):
        return x - learning_rate * g / sharpness, g

    explorer = explore([rules.adam, adam], ravine)
    ours, theirs = explorer.spec["groups"]
    assert (ours["label"], theirs["label"]) == ("adam", "adam 2")
    assert ours["colour"] != theirs["colour"] and ours["dash"] != theirs["dash"]
    assert [k["name"] for k in theirs["sliders"]] == ["learning_rate", "sharpness"]


def test_colours_are_those_of_the_course():
    groups = explore(ALL, ravine).spec["groups"]
    assert {g["label"]: g["colour"] for g in groups} == {
        rule.__name__: to_hex(plots.COLOURS[rule.__name__]) for rule in ALL
    }


def test_fixed_hyperparameters_have_no_slider_and_count():
    explorer = explore([rules.sgd, rules.momentum], ravine, momentum=0, learning_rate=0.02)
    assert [g["sliders"] for g in explorer.spec["groups"]] == [[], []]
    _, ((sgd, _), (momentum, _)) = sent(explorer, explorer.settings)
    np.testing.assert_array_equal(sgd, momentum)
    scheduled = explore(rules.sgd, ravine, learning_rate=lambda t: 0.1 / t)
    assert "60 steps" in scheduled.result["words"]


@pytest.mark.parametrize(
    "wrong, words",
    [
        (lambda: explore(rules.sgd, ravine, momentum=0.9), "sgd has no hyperparameter momentum"),
        (lambda: explore({rules.sgd: {"rate": 1}}, ravine), "sgd has no hyperparameter rate"),
        (lambda: explore(rules.sgd, ravine, target=("los", 1)), "A target is of loss or distance"),
        (lambda: explore(rules.sgd, ravine, learning_rate=-1), "must be a positive number"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(wrong, words):
    with pytest.raises((TypeError, ValueError), match=words):
        wrong()


def test_what_the_page_sends_amiss_is_told_too():
    explorer = explore(rules.sgd, ravine)
    explorer.settings = {}
    assert explorer.result["error"].startswith("KeyError")
    assert explorer.buffer == b""


def test_the_map_is_of_the_runs_that_a_click_shows():
    explorer = mapped()
    axes = explorer.spec["map"]["axes"]
    assert (axes["x"]["high"], axes["y"]["high"]) == (12, 10)
    diverged = 0
    losses = np.empty((12, 10))
    for i, j in product(range(12), range(10)):
        result, ((points, values),) = sent(explorer, {"pick": [i, j], "steps": 50})
        diverged += "diverged" in result["words"]
        losses[i, j] = values[-1] if len(points) == 51 else np.inf
        assert f"learning_rate={RATES[i]:.3g}, momentum={MOMENTA[j]:.3g}" in result["words"]
    assert 0 < diverged < 120 and "120 runs" in explorer.spec["map"]["alt"]
    assert f"; {diverged} diverged" in explorer.spec["map"]["alt"]
    low, high = np.nanmin(explorer.losses), np.nanmax(explorer.losses)
    assert f"Dark blue is {low:.1g} or less" in explorer.spec["hint"]
    assert f"yellow {high:.2g} or more" in explorer.spec["hint"]
    assert losses[tuple(explorer.spec["settings"]["pick"])] == losses.min()


def test_a_map_begins_at_the_cell_that_is_asked_for():
    axes = ("learning_rate", [0.1, 0.2, 0.4]), ("momentum", [0, 0.9])
    drawn = hyperparameter_map(rules.momentum, ravine, *axes, steps=5, pick=(0.21, 0.8))
    assert drawn.spec["settings"]["pick"] == [1, 1]
    assert drawn.spec["map"]["axes"]["x"]["label"] == "learning_rate, η"


def test_a_map_has_round_numbers_on_its_axes_and_names_the_floor_of_its_losses():
    rates, betas = np.geomspace(0.01, 10, 40), np.linspace(0, 0.98, 50)
    axes = ("learning_rate", rates), ("beta_1", betas)
    drawn = hyperparameter_map(rules.adam, ravine, *axes, steps=84).spec["map"]
    ticks = {name: [text for _, text in axis["ticks"]] for name, axis in drawn["axes"].items()}
    assert ticks == {"x": ["0.01", "0.1", "1", "10"], "y": ["0", "0.2", "0.4", "0.6", "0.8"]}
    assert drawn["axes"]["y"]["ticks"][1][0] == 10.5  # the middle of its cell
    assert re.search(r"2000 runs, the least is 1e-16 or less in \d\d+ of them; 0 div", drawn["alt"])


def test_a_map_of_diverged_runs_alone_is_refused():
    with pytest.raises(ValueError, match="All 4 runs diverged"):
        x, y = ("learning_rate", [5, 6]), ("momentum", [0, 0.1])
        hyperparameter_map(rules.momentum, ravine, x, y)
