"""one_step(): the arithmetic of one update."""

import inspect
import textwrap

import numpy as np

from adamlib import plots, surfaces
from adamlib.explorers.watching import MOST, read, watch
from adamlib.explorers.widget import (
    NOTHING,
    Explorer,
    Group,
    Spec,
    divergence,
    entered,
    looks_of,
    page,
    sentence,
    sliders_of,
    values_of,
)
from adamlib.explorers.wording import lines_of, scales, shown_of, table, written
from adamlib.inputs import (
    MOST_STEPS,
    check_hyperparameters,
    check_surface,
    count,
    state_defaults,
)

UNREAD = "This rule cannot be read line by line, so only what goes in and comes out is shown."
CUT = f"Only the first {MOST} lines that ran are shown."


def one_step(rule, surface=surfaces.ravine, steps=20, **fixed):
    """The arithmetic of one update, line by line, with the numbers in place of the names.

    rule     a rule, yours or one of adamlib.rules, or {rule: {name: value}}: where its sliders
             are at first; the rule's own defaults if not given
    surface  the function whose gradient it is given, from the surface's start on
    steps    of the run; a slider chooses the one that is shown
    fixed    hyperparameters without a slider
    The length of a bar is the number beside the largest of its line in the run. Raises
    ValueError or TypeError, in one sentence, for what cannot be followed.
    """
    one = entered(rule)
    if len(one) > 1:
        raise ValueError("one_step shows the arithmetic of one rule: give one.")
    ((rule, first),) = one.items()
    check_hyperparameters(rule, first | fixed)
    check_surface(surface)
    steps = count(steps, "steps", least=1, most=MOST_STEPS)
    return OneStep(rule, surface, steps, sliders_of(rule, fixed, **first), fixed)


class OneStep(Explorer):
    _esm = page("stepping")

    def __init__(self, rule, surface, steps, sliders, fixed):
        self.rule, self.surface, self.steps, self.fixed = rule, surface, steps, fixed
        self.source = read(rule)
        self.lines = lines_of(self.source)
        self.arguments = [*list(inspect.signature(rule).parameters)[:2], *state_defaults(rule)]
        (self.look,) = looks_of([rule])
        self.label = self.look["label"]
        spec = Spec(
            groups=[Group(**self.look, sliders=sliders)],
            settings={"hyperparameters": [values_of(sliders)], "step": 1},
            hint="The numbers are rounded. A bar to the left is negative. Each line has its own "
            f"scale: its longest bar is its largest number in the {steps} steps.",
            steps=steps,
        )
        super().__init__(f"one_step({self.label} on {surface.name})", spec)

    def answer(self, settings):
        return self.told(settings), NOTHING

    def told(self, settings):
        hyperparameters, t = self.fixed | settings["hyperparameters"][0], settings["step"]
        gradient, start = self.surface.gradient, self.surface.start
        try:
            calls, stop = watch(
                self.rule, self.source, gradient, start, self.steps, hyperparameters
            )
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            return {"rows": [], "words": "", "error": f"{self.label}: {sentence(error)}"}
        if 0 < stop <= t:
            way_out = "choose a step before it" if stop > 1 else "choose other values"
            words = f"{divergence(self.rule, stop, hyperparameters)}: {way_out}."
            return {"rows": [], "words": words, "error": ""}
        finite = calls[: stop - 1 if stop else self.steps]
        run = [list(shown_of(self.arguments, call, self.lines)) for call in finite]
        call = calls[t - 1]
        step = _point(call.new - call.x)
        words = [f"{self.label}, step {t}: g = {_point(call.g)}, step = {step}."]
        words += [UNREAD] * (not call.ran) + [CUT] * (len(call.ran) == MOST)
        rows = table(call, run[t - 1], scales(run))
        return {"rows": rows, "words": "\n".join(words), "error": ""}

    def picture(self, settings):
        return _still(self.told(settings), self.look)


def _still(result, look):
    """The table in a picture that does not move: each line's code, and below it its cells."""
    rows = result["rows"]
    height = 0.2 * (2.4 + sum(1 + len(row["cells"]) for row in rows))
    words = (result["words"] or result["error"]).split("\n")
    with plots.picture(figsize=(9.4, height)) as (fig, ax):
        fig.set_layout_engine("none")
        ax.set(position=(0, 0, 1, 1), xlim=(0, 9.4), ylim=(height, 0))
        ax.axis("off")
        ax.text(0.1, 0.2, words[0], va="center", weight="bold")
        y = 0.5
        for row in rows:
            ax.plot([0.1, 9.3], [y - 0.1] * 2, color="#cccccc", lw=0.5)
            code = textwrap.shorten(row["code"], 100, placeholder=" …")
            ax.text(0.1, y, code, va="center", family="monospace", size="small", parse_math=False)
            for cell in row["cells"]:
                y += 0.2
                numbers = textwrap.shorten(cell["numbers"], 70, placeholder=" …")
                ax.text(0.3, y, cell["name"], va="center", size="small")
                ax.text(0.6, y, numbers, va="center", size="small", parse_math=False)
                ax.text(6.6, y, cell["value"], va="center", ha="right", size="small", weight="bold")
                colour = look["colour"] if row is rows[-1] else "#888888"
                ax.barh(y, 1.2 * cell["size"], 0.14, left=8.1, color=colour)
                ax.plot([8.1, 8.1], [y - 0.1, y + 0.1], color=plots.OTHER, lw=1)
            y += 0.2
    fig.alt = " ".join([*words, *map(_spoken, rows)])
    return fig


def _point(x):
    return f"({', '.join(written(number) for number in np.ravel(x).tolist())})"


def _spoken(row):
    """A row of the table as a sentence."""
    values = ", ".join(cell["value"] for cell in row["cells"])
    return f"{row['code']}: {values}."
