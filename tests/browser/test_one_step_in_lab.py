"""one_step() as a learner meets it: the words of its table are read back, by keyboard alone."""

import numpy as np
import pytest
from playwright.sync_api import expect
from test_explorers_in_lab import Live, script

from adamlib import rules
from adamlib.descent import descend
from adamlib.surfaces import ravine

HEAD = """from adamlib import rules
from adamlib.explorers import one_step
"""
ADAM = "one_step(rules.adam, steps=10)"
RAISING = """def mine(x, g, t, v=0, *, learning_rate=0.1):
    if learning_rate > 0.1:
        raise KeyError("no such state")
    v = 0.5 * v + g  # mine
    return x - learning_rate * v, v
one_step(mine)"""


class Table(Live):
    """What is seen of the table is its text and its bars; there is no canvas."""

    def pixels(self):
        return self.root.locator("table").inner_html()

    def rows(self):
        """{the code of a line: (its values, the bars' signed length), a number a coordinate}."""
        lines = self.root.locator("tbody").evaluate_all(
            """bodies => bodies.map(body => [body.querySelector("th").innerText,
                [...body.rows].map(row => {
                    const axis = row.querySelector(".bar").getBoundingClientRect();
                    const bar = row.querySelector(".bar span")?.getBoundingClientRect();
                    const sign = bar && bar.x + bar.width / 2 < axis.x + axis.width / 2 ? -1 : 1;
                    return [row.querySelector(".value").innerText,
                            bar ? sign * bar.width / axis.width * 2 : 0];
                })])"""
        )
        return {
            code.split()[0]: np.array([(float(v.replace("−", "-")), bar) for v, bar in cells]).T
            for code, cells in lines
        }

    def revealed(self):
        return self.root.locator("tbody td.value:visible").count()


def check(live, rule, steps=10):
    """What is shown is what Python says, and the bars are as long."""
    settings = live.drawn()["settings"]
    t, chosen = settings["step"] - 1, settings["hyperparameters"][0]
    run = descend(rule, ravine.gradient, ravine.start, steps, **chosen)
    moves = np.diff(run.trajectory, axis=0)
    rows = live.rows()
    for name, values in {"g": run.gradients, "step": moves, **run.states}.items():
        expected = [values[t], values[t] / np.abs(values).max()]
        np.testing.assert_allclose(
            rows[name], expected, rtol=6e-3, atol=0.02, err_msg="another number is shown"
        )
    np.testing.assert_allclose(rows["return"][0], run.trajectory[t + 1], atol=6e-3)


def by_keyboard(live):
    """Each slider; the scenario that the negative controls must fail."""
    check(live, rules.adam)
    for name in ["step", *(f"adam {h}" for h in ["learning_rate", "beta_1", "beta_2", "epsilon"])]:
        for key in ["ArrowRight", "PageUp"]:
            live.press(name, key)
            check(live, rules.adam)
    assert live.drawn()["settings"]["step"] == 3
    live.press("step", "End")
    check(live, rules.adam)
    assert not (problems := live.notebook.problems()), problems


def test_sliders_by_keyboard(run_notebook):
    live = Table(run_notebook(HEAD + ADAM))
    by_keyboard(live)
    expect(live.root.get_by_text("adam, step 10: g = (−")).to_be_visible()
    expect(live.root.locator("caption")).to_have_text("adam, step 10")
    live.root.get_by_role("button", name="Reset").press("Enter")
    expect(
        live.root.get_by_text("adam, step 1: g = (−4.00, 20.0), step = (0.00100")
    ).to_be_visible()
    expect(live.root.get_by_role("rowheader", name="m = beta_1 * m + (1 - beta_1)")).to_be_visible()


def test_scrub_and_play_reveal_line_after_line(run_notebook):
    live = Table(run_notebook(HEAD + ADAM))
    assert live.revealed() == 17  # two numbers of each of nine lines, but one of epsilon's
    height = live.root.bounding_box()["height"]
    live.root.get_by_label("show line").focus()
    live.page.keyboard.press("Home")
    expect(live.root.locator("tbody td.value:visible")).to_have_count(0)
    expect(live.root.get_by_text("m = beta_1 * m")).to_be_visible()
    for _ in range(5):
        live.page.keyboard.press("ArrowRight")
    expect(live.root.locator("tbody td.value:visible")).to_have_count(10)
    assert live.root.locator("tbody.now").inner_text().startswith("m_hat = m / (1 - beta_1**t)")
    assert live.root.locator("tbody.used").inner_text().startswith("m = beta_1 * m")
    assert live.root.bounding_box()["height"] == height
    live.root.get_by_role("button", name="Play").press("Enter")
    expect(live.root.get_by_role("button", name="Pause")).to_be_visible()
    expect(live.root.locator("tbody td.value:visible")).to_have_count(17)
    expect(live.root.get_by_role("button", name="Play")).to_be_visible()
    assert not (problems := live.notebook.problems()), problems


def test_a_learners_rule_that_raises_then_diverges_then_is_shown_again(run_notebook):
    live = Table(run_notebook(HEAD + RAISING))
    live.press("mine learning_rate", "ArrowRight")
    expect(live.root.get_by_text("mine: KeyError: 'no such state'")).to_be_visible()
    expect(live.root.locator("table")).to_be_hidden()
    live.press("mine learning_rate", "ArrowLeft")
    expect(live.root.get_by_role("alert")).to_be_hidden()
    check(live, lambda x, g, t, v=0, *, learning_rate: (x - learning_rate * (g + v / 2), g + v / 2))
    expect(live.root.get_by_text("v = 0.5 * v + g", exact=True)).to_be_visible()
    assert not (problems := live.notebook.problems()), problems


BROKEN = {  # how: a cell before the explorer, and what must be noticed
    "keys eaten": (script("lmSuppressShortcuts", "nothing"), "nothing new was drawn"),
    "wrong bar": (script("50 * Math.abs(size)", "25 * Math.abs(size)"), "another number"),
    "old table": (
        script("lines = result.rows", "lines = lines.length ? lines : result.rows"),
        "another number",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_table_is_noticed(run_notebook, how):
    cell, words = BROKEN[how]
    patience = 3 if how == "keys eaten" else 30
    with pytest.raises(AssertionError, match=words):
        by_keyboard(Table(run_notebook(cell + HEAD + ADAM), patience))
