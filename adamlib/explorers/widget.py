"""The widget of every explorer, its contract with the page, and the sliders and looks of rules.

The page (widget.js and the explorer's own) asks and draws. Python answers: settings -> result.
"""

import base64
import threading
from itertools import count
from pathlib import Path
from typing import NotRequired, TypedDict

import anywidget
import numpy as np
import traitlets
from matplotlib.colors import to_hex

from adamlib import plots
from adamlib.descent import diverged_at
from adamlib.hyperparameters import slider_values
from adamlib.inputs import (
    check_hyperparameters,
    check_kind,
    check_rule,
    hyperparameter_defaults,
    name_of,
)

HERE = Path(__file__).parent
HUGE = float(np.finfo(np.float32).max)  # the largest number that a page can be sent
NOTHING = np.empty(0, np.float32)


class Axis(TypedDict):
    label: str
    low: float  # the values at its ends
    high: float
    log: bool
    ticks: list  # [value, text]


class Axes(TypedDict):
    x: Axis
    y: Axis


class Slider(TypedDict):
    name: str
    values: list  # that it goes through, in their order
    value: float  # where it is at first


class Look(TypedDict):
    label: str
    colour: str
    dash: list  # of a canvas: pixels drawn, pixels not drawn
    dots: NotRequired[bool]  # in place of a line


class Group(Look):
    sliders: list[Slider]


class Map(TypedDict):
    axes: Axes  # a cell is 1 wide and 1 high
    image: bytes  # PNG
    size: list  # width and height in pixels
    alt: str


class Spec(TypedDict):
    """What the page draws once."""

    groups: list[Group]  # the sliders of each rule, in a frame of its own
    settings: dict  # what the learner sets, at first and after Reset
    hint: str
    # all but hyperparameter_map
    steps: NotRequired[int]  # of the run, or the most of a run
    # average and hyperparameter_map
    curves: NotRequired[list[Look]]  # if they are not drawn as their groups look
    # explore and hyperparameter_map
    size: NotRequired[list]  # of the surface, width and height in pixels
    axes: NotRequired[Axes]  # of the surface
    image: NotRequired[bytes]  # PNG of the surface
    # explore
    least: NotRequired[float]  # what is taken from a loss before it is drawn on a log axis
    # hyperparameter_map
    map: NotRequired[Map]
    # average and race
    unit: NotRequired[str]  # what a step is called
    reading: NotRequired[str]  # the words before a step at which values are read
    every: NotRequired[int]  # so many steps a point
    at: NotRequired[list]  # the step, or the middle of the steps, of each point


class Cell(TypedDict):
    name: str  # of the coordinate, or ""
    numbers: str  # the code with its numbers
    value: str
    size: float  # of its bar, from -1 to 1


class Row(TypedDict):
    code: str
    cells: list[Cell]
    uses: list  # the rows that its numbers come from


class Result(TypedDict):
    """The answer in words, and how to read `buffer`: its numbers, in float32."""

    settings: dict  # that it answers; put in by the widget
    words: str
    error: str  # of the learner's, in a sentence; or ""
    # all but one_step
    alt: NotRequired[str]
    counts: NotRequired[list]  # numbers of points, one for each curve
    # explore, average and race: of the curves
    axes: NotRequired[Axes]
    # explore and race, if there is a target
    task: NotRequired[str]
    met: NotRequired[bool]
    # race
    progress: NotRequired[float]  # 1 at the end
    # one_step
    rows: NotRequired[list[Row]]


def page(name):
    """An explorer's page, which is one module: widget.js, which it imports, is inside it."""
    shared = base64.b64encode((HERE / "widget.js").read_text("utf-8").encode()).decode()
    own = (HERE / f"{name}.js").read_text("utf-8")
    return own.replace('"./widget.js"', f'"data:text/javascript;base64,{shared}"')


class Explorer(anywidget.AnyWidget):
    """A widget that draws what its subclass answers; what all explorers share.

    A subclass has a page, `_esm`, and two functions:
    answer(settings)  (result, numbers), pure; what it raises is shown in one sentence
    picture()         a plots.Picture of the answer, for pages without a kernel
    """

    _css = HERE / "widget.css"
    spec = traitlets.Dict().tag(sync=True)  # a Spec
    settings = traitlets.Dict().tag(sync=True)  # what the learner has set; the page sends it
    result = traitlets.Dict().tag(sync=True)  # a Result
    buffer = traitlets.Bytes().tag(sync=True)

    def __init__(self, name, groups, settings, **spec):
        """The rest of a Spec, and the settings that are no sliders of the groups."""
        self.name = name
        self.one_at_a_time = threading.RLock()
        sliders = [group["sliders"] for group in groups]
        chosen = [{one["name"]: one["value"] for one in each} for each in sliders]
        settings = {"hyperparameters": chosen} | settings
        super().__init__(spec={"groups": groups, "settings": settings} | spec, settings=settings)
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
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | self.picture()._repr_mimebundle_(), metadata


def failure(error):
    return {"words": "", "error": sentence(error)}, NOTHING


def sentence(error):
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


def finite(values):
    """The values before the first that is not finite."""
    values = np.asarray(values)
    return values[: np.append(~np.isfinite(values), True).argmax()]


def divergence(rule, step, hyperparameters):
    """Words for a run that diverged: when, and with which values other than the defaults."""
    defaults = hyperparameter_defaults(rule)
    return diverged_at(rule, step, {k: v for k, v in hyperparameters.items() if v != defaults[k]})


def task_result(asked, reached):
    """The task in words, and whether it is met; `reached` is {label: where, or ""}."""
    missing = [label for label, where in reached.items() if not where]
    if missing:
        return {"task": f"{asked}. Not yet: {', '.join(missing)}.", "met": False}
    met = ", ".join(f"{label} at {where}" for label, where in reached.items())
    return {"task": f"{asked}. Met: {met}.", "met": True}


def said(title, runs):
    """The words of runs, their errors, and both of them after a title."""
    return {
        "words": "\n".join(run.words for run in runs if run.words),
        "error": "\n".join(run.error for run in runs if run.error),
        "alt": " ".join([title, *(run.words or run.error for run in runs)]),
    }


def entered(rules, fixed=()):
    """{rule: {name: value}} of a rule, a list of them, or such a dict; with what is fixed."""
    if not isinstance(rules, dict):
        listed = rules if isinstance(rules, list | tuple) else [rules]
        rules = {check_rule(rule): {} for rule in listed}
    for rule, values in rules.items():
        check_rule(rule)
        check_kind(values, dict, f"The values of {name_of(rule)}", "a dict {name: value}")
    if not rules:
        raise ValueError("There is no rule: give one at least.")
    known = {name for rule in rules for name in hyperparameter_defaults(rule)}
    every = {}
    for rule, values in rules.items():
        others = known - hyperparameter_defaults(rule).keys()  # what other rules alone have
        every[rule] = values | {name: fixed[name] for name in fixed if name not in others}
        check_hyperparameters(rule, every[rule])
    return every


def looks_of(rules):
    """The Look of each rule; a second one of the same name is numbered."""
    names = [getattr(rule, "__name__", "rule") for rule in rules]
    turns = {name: count(1) for name in names}
    labels = [name if (n := next(turns[name])) == 1 else f"{name} {n}" for name in names]
    for label in labels:
        style = plots.style_of(label, labels)
        dash = [] if style["linestyle"] == "-" else [2 * d for d in style["linestyle"][1]]
        yield Look(label=label, colour=to_hex(style["color"]), dash=dash)


def groups_of(rules, fixed):
    """The Group of each rule of {rule: {name: value}}: sliders, but for what is fixed."""
    return [
        Group(
            **look,
            sliders=[
                slider(name, value)
                for name, value in (hyperparameter_defaults(rule) | values).items()
                if name not in fixed
            ],
        )
        for look, (rule, values) in zip(looks_of(rules), rules.items(), strict=True)
    ]


def slider(name, default):
    """The Slider of a hyperparameter; its default is among the values."""
    try:
        default = float(default)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} has no number as its default for a slider to begin at: give {name}=..."
        ) from None
    return Slider(name=name, values=slider_values(name, default), value=default)
