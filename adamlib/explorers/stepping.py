"""one_step(): the arithmetic of one update."""

import inspect
import textwrap

import numpy as np

from adamlib import plots, surfaces
from adamlib.explorers.watching import MOST, read, watch
from adamlib.explorers.widget import (
    NOTHING,
    Explorer,
    divergence,
    entered,
    groups_of,
    page,
    sentence,
)
from adamlib.explorers.wording import lines_of, scales, shown_of, table, written
from adamlib.inputs import (
    MOST_STEPS,
    check_surface,
    count,
    name_of,
    needs_whole_arrays,
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
    rules = entered(rule, fixed)
    if len(rules) > 1:
        raise ValueError("one_step shows the arithmetic of one rule: give one.")
    (one,) = rules
    if needs_whole_arrays(one):
        raise ValueError(
            f"one_step shows the arithmetic number by number, and {name_of(one)} takes its arrays "
            "whole, as in a norm or a matrix product: follow it by descend."
        )
    check_surface(surface)
    steps = count(steps, "steps", least=1, most=MOST_STEPS)
    return OneStep(rules, surface, steps, fixed)


class OneStep(Explorer):
    _esm = page("stepping")

    def __init__(self, rules, surface, steps, fixed):
        ((self.rule, self.first),) = rules.items()
        self.surface, self.steps = surface, steps
        self.source = read(self.rule)
        self.lines = lines_of(self.source)
        names = list(inspect.signature(self.rule).parameters)
        self.arguments = [*names[:2], *state_defaults(self.rule)]
        (self.look,) = groups = groups_of(rules, fixed)
        self.label = self.look["label"]
        super().__init__(
            f"one_step({self.label} on {surface.name})",
            groups=groups,
            settings={"step": 1},
            hint="The numbers are rounded. A bar to the left is negative. Each line has its own "
            "scale, so compare bars within a line only.",
            steps=steps,
        )

    def answer(self, settings):
        hyperparameters, t = self.first | settings["hyperparameters"][0], settings["step"]
        gradient, start = self.surface.gradient, self.surface.start
        try:
            calls, stop = watch(
                self.rule, self.source, gradient, start, self.steps, hyperparameters
            )
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            return {"rows": [], "words": "", "error": f"{self.label}: {sentence(error)}"}, NOTHING
        if 0 < stop <= t:
            way_out = "choose a step before it" if stop > 1 else "choose other values"
            words = f"{divergence(self.rule, stop, hyperparameters)}: {way_out}."
            return {"rows": [], "words": words, "error": ""}, NOTHING
        finite = calls[: stop - 1 if stop else self.steps]
        run = [list(shown_of(self.arguments, call, self.lines)) for call in finite]
        call = calls[t - 1]
        step = _point(call.new - call.x)
        words = [f"{self.label}, step {t}: g = {_point(call.g)}, step = {step}."]
        words += [UNREAD] * (not call.ran) + [CUT] * (len(call.ran) == MOST)
        rows = table(call, run[t - 1], scales(run))
        return {"rows": rows, "words": "\n".join(words), "error": ""}, NOTHING

    def picture(self):
        """The table: each line's code, and below it its cells."""
        rows = self.result.get("rows", [])
        height = 0.2 * (2.4 + sum(1 + len(row["cells"]) for row in rows))
        words = (self.result["words"] or self.result["error"]).split("\n")
        with plots.picture(figsize=(9.4, height)) as (fig, ax):
            fig.set_layout_engine("none")
            ax.set(position=(0, 0, 1, 1), xlim=(0, 9.4), ylim=(height, 0))
            ax.axis("off")
            ax.text(0.1, 0.2, words[0], va="center", weight="bold")
            y, plain = 0.5, {"va": "center", "size": "small", "parse_math": False}
            for row in rows:
                colour = self.look["colour"] if row is rows[-1] else "#888888"
                ax.plot([0.1, 9.3], [y - 0.1] * 2, color="#cccccc", lw=0.5)
                code = textwrap.shorten(row["code"], 100, placeholder=" …")
                ax.text(0.1, y, code, family="monospace", **plain)
                for cell in row["cells"]:
                    y += 0.2
                    numbers = textwrap.shorten(cell["numbers"], 70, placeholder=" …")
                    ax.text(0.3, y, cell["name"], **plain)
                    ax.text(0.6, y, numbers, **plain)
                    ax.text(6.6, y, cell["value"], ha="right", weight="bold", **plain)
                    ax.barh(y, 1.2 * cell["size"], 0.14, left=8.1, color=colour)
                    ax.plot([8.1, 8.1], [y - 0.1, y + 0.1], color=plots.OTHER, lw=1)
                y += 0.2
                words.append(f"{row['code']}: {', '.join(cell['value'] for cell in row['cells'])}.")
        fig.alt = " ".join(words)
        return fig


def _point(x):
    return f"({', '.join(written(number) for number in np.ravel(x).tolist())})"
