"""The widget of every explorer, and the sliders and looks of its rules.

The page (widget.js and the explorer's own view) asks and draws. A pure function answers it:
settings -> (result, numbers).
"""

import threading
import time
from itertools import count
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from matplotlib.colors import to_hex

from adamlib import plots
from adamlib.inputs import check_kind, check_rule, hyperparameter_defaults, name_of

HERE = Path(__file__).parent
PAGES = ["widget", "surface", "arithmetic", "chart"]  # what all share, and the views


class Explorer(anywidget.AnyWidget):
    """A widget that draws what a pure function answers; what all explorers share.

    spec      what the page draws once: its view, knobs, axes, the background
    settings  what the learner has set; the page sends it
    result    the answer in words, which says how to read `buffer`: its numbers, in float32
    answer    settings -> (result, numbers), pure; what it raises is shown in one sentence
    picture   settings -> a plots.Picture, for pages without a kernel
    """

    _esm = "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in PAGES)
    _css = HERE / "widget.css"
    spec = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    buffer = traitlets.Bytes().tag(sync=True)

    def __init__(self, name, spec, answer, picture):
        self.name, self.answer, self.picture = name, answer, picture
        self.one_at_a_time = threading.RLock()
        super().__init__(spec=spec, settings=spec["settings"])
        self.respond()
        self.observe(self.respond, "settings")

    def set_state(self, sync_data):
        """What the page has sent. A page's first message comes in another thread than the rest."""
        with self.one_at_a_time:
            super().set_state(sync_data)

    def respond(self, _=None):
        """Answer the newest settings."""
        settings = self.settings
        try:
            answer = self.answer(settings)
        except Exception as error:  # noqa: BLE001
            answer = failure(error)
        self.tell(settings, *answer)

    def tell(self, settings, result, numbers):
        """Send an answer in one message, unless the settings are others by now."""
        with self.one_at_a_time, self.hold_sync():
            if self.settings is settings:
                self.result = result | {"settings": settings}
                self.buffer = numbers.tobytes()

    def __repr__(self):
        return self.name

    def _repr_mimebundle_(self, **kwargs):
        bundle, metadata = super()._repr_mimebundle_(**kwargs), {}
        if isinstance(bundle, tuple):
            bundle, metadata = bundle
        return bundle | self.picture(self.settings)._repr_mimebundle_(), metadata


class Running(Explorer):
    """An explorer whose answers take long: a thread computes them, and the page sees them grow.

    answer  settings -> a generator of functions, each of which gives the answer so far. It is
            dropped as soon as the settings are others, or the widget is closed.
    """

    thread = None  # only while there is something to compute

    def respond(self, _=None):
        with self.one_at_a_time:
            if not (self.thread and self.thread.is_alive()):
                self.thread = threading.Thread(target=self.work, daemon=True)
                self.thread.start()

    def work(self):
        """Answer until the newest settings are answered."""
        self.told_at = time.monotonic()
        while True:
            settings = self.settings
            self.follow(settings)
            with self.one_at_a_time:  # either this sees new settings, or respond() no thread
                if self.settings is settings or self.comm is None:
                    self.thread = None
                    return

    def follow(self, settings):
        """Tell the answer from time to time, and at its end."""
        try:
            for so_far in self.answer(settings):
                if self.settings is not settings or self.comm is None:
                    return
                if time.monotonic() - self.told_at >= PAUSE:
                    self.tell(settings, *so_far())
                    self.told_at = time.monotonic()
            self.tell(settings, *so_far())
        except Exception as error:  # noqa: BLE001
            self.tell(settings, *failure(error))

    def wait(self):
        """Return when the newest settings are answered."""
        if thread := self.thread:
            thread.join()

    def _repr_mimebundle_(self, **kwargs):
        self.wait()  # so that the picture is of what has ended
        return super()._repr_mimebundle_(**kwargs)


PAUSE = 0.1  # seconds between two answers that are not the last


def failure(error):
    return {"error": sentence(error)}, np.empty(0, np.float32)


def knobs_of(rule, fixed=(), **first):
    """The sliders of a rule, from its signature: a dict each, with name, values and the first."""
    every = hyperparameter_defaults(rule) | first
    return [knob(name, value) for name, value in every.items() if name not in fixed]


def knob(name, default):
    """A slider: the values that it goes through, the default among them."""
    try:
        default = float(default)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} has no number as its default for a slider to begin at: give {name}=..."
        ) from None
    if name in LOGARITHMIC:
        values = 10 ** np.linspace(*LOGARITHMIC[name])
    elif name in COMPLEMENT:
        values = 1 - 10 ** np.linspace(0, -4, 81)
    else:
        values = np.linspace(min(0, 2 * default), max(2 * default, 0) or 1, 101)
    digits = {float(f"{v:.3g}") for v in values} if name not in COMPLEMENT else _rounded(values)
    return {"name": name, "values": sorted(digits | {default}), "value": default}


LOGARITHMIC = {
    "learning_rate": (-4, 1, 401),
    "epsilon": (-10, 0, 101),
    "weight_decay": (-5, 0, 101),
}
COMPLEMENT = ["momentum", "rho", "beta_1", "beta_2"]  # what counts is how near to 1


def _rounded(values):
    return {round(1 - float(f"{1 - v:.2g}"), 6) for v in values}


def looks_of(rules):
    """Label, colour and dash of each rule; a second one of the same name is numbered."""
    names = [getattr(rule, "__name__", "rule") for rule in rules]
    turns = {name: count(1) for name in names}
    labels = [name if (n := next(turns[name])) == 1 else f"{name} {n}" for name in names]
    for label in labels:
        style = plots.style_of(label, labels)
        dash = [] if style["linestyle"] == "-" else [2 * d for d in style["linestyle"][1]]
        yield {"label": label, "colour": to_hex(style["color"]), "dash": dash}


def entered(rules):
    """{rule: {name: value}} of a rule, a list of them, or such a dict."""
    if not isinstance(rules, dict):
        listed = rules if isinstance(rules, list | tuple) else [rules]
        rules = {check_rule(rule): {} for rule in listed}
    for rule, values in rules.items():
        check_rule(rule)
        check_kind(values, dict, f"The values of {name_of(rule)}", "a dict {name: value}")
    if not rules:
        raise ValueError("There is no rule: give one at least.")
    return rules


def sentence(error):
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
