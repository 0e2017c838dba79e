"""The explorers as a learner meets them: JupyterLab, a real browser, keyboard and mouse."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from adamlib import rules
from adamlib.descent import descend
from adamlib.explorers import explore
from adamlib.plots import COLOURS
from adamlib.surfaces import cubic, ravine

expect.set_options(timeout=60_000)  # a busy machine is slow; only a failure waits so long

HEAD = """import numpy as np
from adamlib import rules
from adamlib.explorers import explore, hyperparameter_map
from adamlib.surfaces import cubic, ravine
"""
EXPLORE = HEAD + "explore([rules.sgd, rules.momentum], ravine, target=('loss', 0.5))"
CURVE = HEAD + "explore({rules.sgd: {'learning_rate': 0.1}}, cubic)"
MAP = """hyperparameter_map(rules.momentum, ravine,
    ('learning_rate', np.geomspace(0.001, 1, 20)), ('momentum', np.linspace(0, 0.99, 15)))"""
RAISING = """def mine(x, g, t, v=0, *, learning_rate=0.1):
    if learning_rate > 0.1:
        raise KeyError("no such state")
    return x - learning_rate * g, v
explore(mine, ravine)"""


class Live:
    """The explorer in a page: what it shows, and what it must show."""

    def __init__(self, page, patience=30):
        self.notebook, self.page = page, page.page
        self.patience = 1000 * patience
        self.root = self.page.locator(".adamlib-explorer")
        self.page.wait_for_function(
            "() => document.querySelector('.adamlib-explorer')?.dataset.drawn"
        )
        self.root.scroll_into_view_if_needed()
        self.picture = self.root.locator("canvas").first

    def drawn(self):
        return json.loads(self.root.get_attribute("data-drawn"))

    def pixels(self):
        return self.root.evaluate(
            "root => [...root.querySelectorAll('canvas')].map(c => c.toDataURL()).join()"
        )

    def change(self, act):
        """Do it, wait until something else is drawn, and the kernel has answered all of it."""
        before, pixels = self.drawn(), self.pixels()
        act()
        try:
            self.page.wait_for_function(
                """before => JSON.stringify(JSON.parse(document.querySelector('.adamlib-explorer')
                    .dataset.drawn).settings) !== JSON.stringify(before)""",
                arg=before["settings"],
                timeout=self.patience,
            )
        except Late:
            raise AssertionError("nothing new was drawn") from None
        self.notebook.settle()
        self.page.wait_for_function("() => new Promise(r => requestAnimationFrame(() => r(true)))")
        changed = self.pixels() != pixels
        assert changed, "no pixel has changed"
        return self.drawn()

    def press(self, slider, *keys):
        """Keys on the slider of that label; what it says is what is drawn."""
        at = self.root.get_by_label(slider, exact=True)
        at.focus()
        return self.change(lambda: [self.page.keyboard.press(key) for key in keys])

    def colour_at(self, spec, point):
        axes, (width, height) = spec["axes"], spec["size"]
        h, v = (
            (at - axes[name]["low"]) / (axes[name]["high"] - axes[name]["low"])
            for name, at in zip("xy", point, strict=True)
        )
        x, y = 54 + h * width, 10 + (1 - v) * height
        return self.picture.evaluate(
            """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(
                x * devicePixelRatio, y * devicePixelRatio, 1, 1).data].slice(0, 3)""",
            [x, y],
        )


def check(drawn, surface, *followed):
    """What is drawn ends where Python says."""
    settings = drawn["settings"]
    start = np.array(settings["start"], float)
    for rule, chosen, end in zip(followed, settings["hyperparameters"], drawn["ends"], strict=True):
        x = start if start.size == 2 else start[0]
        path = descend(rule, surface.gradient, x, settings["steps"], **chosen).trajectory
        expected = path[-1] if start.size == 2 else [path[-1], surface(path[-1])]
        ends = np.float32(end), np.float32(expected)
        np.testing.assert_array_equal(*ends, err_msg="drawn is another end")


def by_keyboard(live):
    """Each slider; the scenario that the negative controls must fail."""
    cells = live.page.locator(".jp-Cell").count()
    for slider in ["sgd learning_rate", "momentum learning_rate", "momentum momentum", "steps"]:
        for key in ["ArrowRight", "PageUp"]:
            check(live.press(slider, key), ravine, rules.sgd, rules.momentum)
        shown = live.root.get_by_label(slider, exact=True).get_attribute("aria-valuetext")
        settings = live.drawn()["settings"]
        values = [*settings["hyperparameters"][0].values(), settings["steps"]]
        values += settings["hyperparameters"][1].values()
        assert float(shown) in values
    live.page.keyboard.press("b")  # JupyterLab's key for a new cell
    assert live.page.locator(".jp-Cell").count() == cells
    assert not (problems := live.notebook.problems()), problems


def test_sliders_by_keyboard_until_the_target_is_met(run_notebook):
    live = Live(run_notebook(EXPLORE))
    expect(live.root.get_by_text("Not yet: sgd")).to_be_visible()
    by_keyboard(live)
    drawn = live.press("sgd learning_rate", "Home")
    assert drawn["settings"]["hyperparameters"][0] == {"learning_rate": 1e-4}
    live.root.get_by_role("button", name="Reset").click()
    expect(live.root.get_by_text("Not yet: sgd")).to_be_visible()
    for _ in range(40):
        live.press("sgd learning_rate", "ArrowRight")
    live.press("momentum momentum", *["ArrowLeft"] * 10)
    expect(live.root.get_by_text("Met: sgd at step")).to_be_visible()
    drawn = live.press("sgd learning_rate", "End")
    expect(live.root.get_by_text(re.compile("sgd diverged at step .*rate=10"))).to_be_visible()
    told = re.compile(r"Loss at step 60: sgd none \(it diverged at step \d+\), momentum \d")
    expect(live.root.get_by_text(told)).to_be_visible()
    assert not (problems := live.notebook.problems()), problems


def test_keys_work_in_notebook_7_too(run_notebook):
    by_keyboard(Live(run_notebook(EXPLORE, app="notebooks")))


def test_the_start_by_mouse_and_by_arrow_keys(run_notebook):
    live = Live(run_notebook(EXPLORE))
    spec = explore([rules.sgd, rules.momentum], ravine).spec
    width, height = spec["size"]
    box = live.picture.bounding_box()

    def drag():
        live.page.mouse.move(box["x"] + 100, box["y"] + 100)
        live.page.mouse.down()
        for i in range(40):
            live.page.mouse.move(box["x"] + 100 + 2 * i, box["y"] + 100 + i)
        live.page.mouse.up()

    live.change(drag)
    drawn = live.drawn()
    check(drawn, ravine, rules.sgd, rules.momentum)
    fractions = np.array([(178 - 54) / width, 1 - (139 - 10) / height])
    low, high = np.transpose([[axis["low"], axis["high"]] for axis in spec["axes"].values()])
    last, pixel = low + fractions * (high - low), (high - low).max() / width
    np.testing.assert_allclose(drawn["settings"]["start"], last, atol=2 * pixel)
    assert live.colour_at(spec, drawn["settings"]["start"]) == [0, 0, 0]
    hexes = COLOURS["momentum"].lstrip("#")
    assert live.colour_at(spec, drawn["ends"][1]) == list(bytes.fromhex(hexes))
    expect(live.root.get_by_text("it counts from the first start")).to_be_visible()
    expect(live.picture).to_have_attribute("aria-label", re.compile("ravine. sgd: 60 steps from"))
    live.picture.focus()
    moved = live.change(lambda: live.page.keyboard.press("ArrowUp"))
    assert moved["settings"]["start"][1] > drawn["settings"]["start"][1]
    assert moved["settings"]["start"][0] == pytest.approx(drawn["settings"]["start"][0])
    check(moved, ravine, rules.sgd, rules.momentum)
    assert not (problems := live.notebook.problems()), problems


def test_play_and_scrub_on_a_curve(run_notebook):
    live = Live(run_notebook(CURVE))
    check(live.drawn(), cubic, rules.sgd)
    scrub = live.root.get_by_label("show step")
    scrub.focus()
    pixels = live.pixels()
    live.page.keyboard.press("Home")
    expect(live.root.get_by_text("Loss at step 0: sgd 2.00")).to_be_visible()
    assert live.pixels() != pixels
    for _ in range(4):
        live.page.keyboard.press("PageUp")
    live.root.get_by_role("button", name="Play").press("Enter")
    expect(live.root.get_by_role("button", name="Pause")).to_be_visible()
    expect(live.root.get_by_text("Loss at step 60")).to_be_visible(timeout=live.patience)
    expect(live.root.get_by_role("button", name="Play")).to_be_visible()
    assert live.pixels() == pixels
    live.picture.focus()
    check(live.change(lambda: live.page.keyboard.press("ArrowRight")), cubic, rules.sgd)
    assert not (problems := live.notebook.problems()), problems


def test_play_without_motion_for_who_wants_none(run_notebook):
    live = Live(run_notebook(CURVE, reduced_motion="reduce"))
    live.root.get_by_label("show step").focus()
    live.page.keyboard.press("Home")
    expect(live.root.get_by_text("Loss at step 0: sgd 2.00")).to_be_visible()
    live.page.evaluate(
        "() => { seen = []; new MutationObserver(() => "
        "seen.push(document.querySelector('.readout').textContent)).observe("
        "document.querySelector('.readout'), {childList: true}); }"
    )
    live.root.get_by_role("button", name="Play").press("Enter")
    expect(live.root.get_by_text("Loss at step 60")).to_be_visible()
    assert all("at step 60" in words for words in live.page.evaluate("() => seen"))
    assert not (problems := live.notebook.problems()), problems


def test_a_point_of_the_map(run_notebook):
    live = Live(run_notebook(HEAD + MAP))
    second = live.root.locator("canvas").nth(1)
    box = second.bounding_box()
    clicked = live.change(lambda: live.page.mouse.click(box["x"] + 60, box["y"] + 20))
    assert clicked["settings"]["pick"] == [0, 14]
    moved = live.change(lambda: second.press("ArrowDown"))
    assert moved["settings"]["pick"] == [0, 13]
    momentum = np.linspace(0, 0.99, 15)[13]
    chosen = {"learning_rate": 0.001, "momentum": momentum}
    path = descend(rules.momentum, ravine.gradient, ravine.start, 100, **chosen).trajectory
    np.testing.assert_allclose(moved["ends"][0], path[-1], rtol=1e-6)
    live.change(lambda: [second.press(f"Shift+{key}") for key in ["ArrowRight", "ArrowRight"]])
    expect(live.root.get_by_text("momentum diverged at step")).to_be_visible()
    assert not (problems := live.notebook.problems()), problems


def test_a_raising_rule_is_told_and_the_widget_lives_on(run_notebook):
    live = Live(run_notebook(HEAD + RAISING))
    live.press("mine learning_rate", "ArrowRight")
    expect(live.root.get_by_text("mine: KeyError: 'no such state'")).to_be_visible()
    live.press("mine learning_rate", "ArrowLeft")
    expect(live.root.get_by_role("alert")).to_be_hidden()
    expect(live.root.get_by_text("mine: 60 steps from")).to_be_visible()
    assert not (problems := live.notebook.problems()), problems


def test_the_numbers_of_a_figure_fold_out_by_the_keyboard(run_notebook):
    page = run_notebook("from adamlib import plots\nplots.lines({'sgd': [4.0, 2.0, 1.0]})").page
    summary = page.get_by_text("The numbers of this figure")
    cell = page.get_by_role("cell", name="2", exact=True)
    expect(summary).to_be_visible()
    expect(cell).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(cell).to_be_visible()
    expect(page.get_by_role("columnheader", name="sgd")).to_be_visible()


def script(old, new):
    """A cell that breaks the page's half, before the explorers read it."""
    return (
        "from pathlib import Path\nread = Path.read_text\n"
        f"Path.read_text = lambda *of, **by: read(*of, **by).replace({old!r}, {new!r})\n"
    )


RAISING_CALLBACK = """from adamlib.explorers.widget import Explorer
respond = Explorer.respond
def respond_and_raise(self, change=None):
    respond(self)
    if change:
        1 / 0
Explorer.respond = respond_and_raise
"""
BROKEN = {  # how: a cell before the explorer, and what must be noticed
    "keys eaten": (script("lmSuppressShortcuts", "nothing"), "nothing new was drawn"),
    "not drawn": (script("paint(pen, (at)", "void (pen, (at)"), "no pixel has changed"),
    "wrong run": (script("from += 3 * n", "from += 2 * n"), "another end"),
    "page error": (script("later() {", "later() { setTimeout(() => { throw 'boom' });"), "boom"),
    "kernel error": (RAISING_CALLBACK, "ZeroDivisionError"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_explorers_are_noticed(run_notebook, how):
    cell, words = BROKEN[how]
    patience = 3 if how == "keys eaten" else 30
    with pytest.raises(AssertionError, match=words):
        by_keyboard(Live(run_notebook(cell + EXPLORE), patience))
