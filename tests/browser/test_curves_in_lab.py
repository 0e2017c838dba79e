"""Curves over steps as a learner meets them: sliders by keyboard, and a race in the background."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_explorers_in_lab import Live, script

from adamlib import rules
from adamlib.averages import exponential_average
from adamlib.datasets import mnist
from adamlib.descent import train
from adamlib.models import LogisticRegression
from adamlib.plots import COLOURS

HEAD = """import numpy as np
from adamlib import rules
from adamlib.datasets import mnist
from adamlib.explorers import average, race
"""
SERIES = 0.5 + 0.3 * np.random.default_rng(0).standard_normal(200)
AVERAGE = "average(0.5 + 0.3 * np.random.default_rng(0).standard_normal(200))"
RACE = "race([rules.sgd, rules.adam], mnist().train, target=('loss', 0.5))"
LONG = """import threading
from adamlib.models import LogisticRegression
fast = threading.Event()
fast.set()
class Slow(LogisticRegression):
    def loss_and_gradient(self, params, batch):
        fast.wait(1)
        return super().loss_and_gradient(params, batch)
shown = race([rules.sgd, rules.adam], mnist().train, Slow())
shown.wait()
fast.clear()
shown"""


def shown_at_the_end(rule, rate):
    """What a race shows last of a rule: the mean of its last two batch losses."""
    run = train(
        rule,
        (model := LogisticRegression()).loss_and_gradient,
        model.initial(),
        mnist().train,
        batch_size=100,
        rng=np.random.default_rng(0),
        learning_rate=rate,
    )
    return run.losses[-2:].mean()


def check_average(drawn):
    (chosen,) = drawn["settings"]["hyperparameters"]
    averages, corrected = exponential_average(SERIES, chosen["beta"])
    ends = np.float32([SERIES[-1], averages[-1], corrected[-1]])
    np.testing.assert_array_equal(np.float32(drawn["ends"]), ends, err_msg="drawn is another end")


def check_race(drawn):
    rates = [chosen["learning_rate"] for chosen in drawn["settings"]["hyperparameters"]]
    ends = [shown_at_the_end(*one) for one in zip([rules.sgd, rules.adam], rates, strict=True)]
    np.testing.assert_allclose(drawn["ends"], ends, rtol=1e-5, err_msg="drawn is another end")


def finished(live):
    """Wait until what is drawn is the whole answer to the newest settings."""
    live.page.wait_for_function(
        "() => JSON.parse(document.querySelector('.adamlib-explorer').dataset.drawn).progress === 1"
    )
    return live.drawn()


def by_keyboard(live):
    """The scenario of averages, which the negative controls must fail."""
    check_average(live.drawn())
    for keys in (["ArrowRight"], ["PageUp"], ["Home"], ["End"], ["PageDown"] * 2):
        check_average(live.press("averages beta", *keys))
    assert not (problems := live.notebook.problems()), problems


def test_averages_by_keyboard(run_notebook):
    live = Live(run_notebook(HEAD + AVERAGE))
    expect(live.root.get_by_text("averages over about 10 values")).to_be_visible()
    expect(live.picture).to_have_attribute("aria-label", re.compile("200 values, grey dots"))
    by_keyboard(live)
    live.root.get_by_role("button", name="Reset").press("Enter")
    expect(live.root.get_by_text("from step 44 on")).to_be_visible()
    averages, corrected = exponential_average(SERIES, 0.9)
    live.root.get_by_label("show step").focus()
    pixels = live.pixels()
    live.page.keyboard.press("Home")
    words = f"At step 1: value {SERIES[0]:.3g}, average {averages[0]:.3g}, "
    expect(live.root.get_by_text(f"{words}corrected average {corrected[0]:.3g}")).to_be_visible()
    assert live.pixels() != pixels
    live.page.keyboard.press("ArrowRight")
    expect(live.root.get_by_text(f"At step 2: value {SERIES[1]:.3g}")).to_be_visible()
    colours = live.picture.evaluate(
        """canvas => { const seen = {};
            const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            for (let i = 0; i < data.length; i += 4) {
                const key = [...data.slice(i, i + 3)].join(); seen[key] = (seen[key] ?? 0) + 1 }
            return seen }"""
    )
    for name, least in (("sgd", 30), ("adam", 300)):
        colour = ",".join(str(c) for c in bytes.fromhex(COLOURS[name].lstrip("#")))
        assert colours.get(colour, 0) > least
    live.root.get_by_role("button", name="Play").press("Enter")
    expect(live.root.get_by_text("At step 200")).to_be_visible(timeout=live.patience)
    assert not (problems := live.notebook.problems()), problems


def test_a_wrong_function_is_told(run_notebook):
    cell = "def mine(values, beta):\n    return values, values\naverage(np.ones(9), mine)"
    live = Live(run_notebook(HEAD + cell))
    told = "mine: the average at step 1 is 1, it should be 0.1."
    expect(live.root.get_by_role("alert")).to_have_text(told)
    assert not (problems := live.notebook.problems()), problems


def test_a_race_by_keyboard_until_the_target_is_met(run_notebook):
    live = Live(run_notebook(HEAD + RACE))
    check_race(finished(live))
    expect(live.root.get_by_text("Not yet: sgd, adam.")).to_be_visible()
    for slider in ("sgd learning_rate", "adam learning_rate"):
        for key in ("ArrowRight", "PageUp"):
            live.press(slider, key)
            check_race(finished(live))
    loss = live.drawn()["ends"][1]
    expect(live.root.locator("[role=status]")).to_contain_text(
        f"loss {loss:.3g}, mean of the last 2"
    )
    expect(live.root.get_by_text("Loss at iterations 79 to 80: sgd")).to_contain_text(f"{loss:.3g}")
    expect(live.root.get_by_role("progressbar")).to_be_hidden()
    live.press("sgd learning_rate", *["PageUp"] * 3)
    check_race(finished(live))
    expect(live.root.get_by_text("Met: sgd at iteration")).to_be_visible()
    live.press("sgd learning_rate", "End")
    check_race(finished(live))
    assert not (problems := live.notebook.problems()), problems


def test_a_move_during_a_race_shows_the_newest_settings_at_the_end(run_notebook):
    live = Live(run_notebook(HEAD + LONG))
    check_race(finished(live))
    live.press("sgd learning_rate", "ArrowRight")
    expect(live.root.get_by_role("progressbar")).to_be_visible()
    expect(live.root.locator("[role=status]")).to_contain_text("training.")
    assert live.drawn()["progress"] < 1
    slider = live.root.get_by_label("sgd learning_rate", exact=True)
    for _ in range(5):
        slider.press("ArrowRight")
    live.page.evaluate(
        """async () => { const panel = window.jupyterapp.shell.currentWidget;
            await panel.sessionContext.session.kernel.requestExecute({code: 'fast.set()'}).done }"""
    )
    rate = float(slider.get_attribute("aria-valuetext"))
    live.page.wait_for_function(
        """rate => { const { dataset } = document.querySelector('.adamlib-explorer');
            const { progress, settings } = JSON.parse(dataset.drawn);
            return progress === 1 && settings.hyperparameters[0].learning_rate === rate }""",
        arg=rate,
    )
    check_race(live.drawn())
    expect(live.root.get_by_role("progressbar")).to_be_hidden()
    expect(live.root.locator("[role=status]")).to_contain_text(f"learning_rate={rate:g}")
    assert not (problems := live.notebook.problems()), problems


BROKEN = {  # how: a cell before the explorer, and what must be noticed
    "wrong curve": (script("from += n", "from += n - 1"), "another end"),
    "not drawn": (script("paint(pen, (at)", "void (pen, (at)"), "no pixel has changed"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_charts_are_noticed(run_notebook, how):
    cell, words = BROKEN[how]
    with pytest.raises(AssertionError, match=words):
        by_keyboard(Live(run_notebook(cell + HEAD + AVERAGE)))
