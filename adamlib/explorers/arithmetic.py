"""The arithmetic of one update: one_step(); arithmetic.js is its page.

The rule itself runs, watched line by line, so that there is no second copy of its maths.
"""

import ast
import builtins
import copy
import functools
import inspect
import re
import sys
import textwrap
from collections import ChainMap, namedtuple

import numpy as np

from adamlib import plots, rules, surfaces
from adamlib.descent import diverged_at, sweep
from adamlib.explorers.widget import Explorer, entered, knobs_of, looks_of, sentence
from adamlib.inputs import (
    MOST_STEPS,
    check_hyperparameters,
    check_surface,
    count,
    hyperparameter_defaults,
    state_defaults,
)

MOST = 40  # statements of a rule that are watched in a step
UNREAD = "This rule cannot be read line by line, so only what goes in and comes out is shown."
CUT = f"Only the first {MOST} lines that ran are shown."

Line = namedtuple("Line", "code template holes target name")  # a value that a statement names
Call = namedtuple("Call", "x g state done hyperparameters new after")
Row = namedtuple("Row", "key code template holes names value target")


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
    count(steps, "steps", least=1, most=MOST_STEPS)
    (look,) = looks_of([rule])
    names = [*list(inspect.signature(rule).parameters)[:2], *state_defaults(rule)]
    label, knobs, source = look["label"], knobs_of(rule, fixed, **first), _read(rule)
    spec = {
        "view": "arithmetic",
        "groups": [look | {"knobs": knobs}],
        "steps": list(range(1, steps + 1)),
        "settings": {"hyperparameters": [{k["name"]: k["value"] for k in knobs}], "step": 1},
        "hint": "The numbers are rounded. A bar to the left is negative. Each line has its own "
        f"scale: its longest bar is its largest number in the {steps} steps.",
    }

    def answer(settings):
        chosen, t, calls = fixed | settings["hyperparameters"][0], settings["step"], []
        watched = _watched(rule, source, calls)
        try:
            swept = sweep(watched, surface.gradient, surface.start, steps, **chosen)
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            return {"rows": [], "words": "", "error": f"{label}: {sentence(error)}"}, NOTHING
        stop = int(swept.diverged)
        if 0 < stop <= t:
            own = hyperparameter_defaults(rule)
            turned = {name: v for name, v in chosen.items() if v != own[name]}
            way_out = "choose a step before it" if stop > 1 else "choose other values"
            words = f"{diverged_at(rule, stop, turned)}: {way_out}."
            return {"rows": [], "words": words, "error": ""}, NOTHING
        rows = [list(_rows(names, call)) for call in calls[: stop - 1 if stop else steps]]
        call, table = calls[t - 1], _table(calls[t - 1], rows[t - 1], _scales(rows))
        words = [f"{label}, step {t}: g = {_point(call.g)}, step = {_point(call.new - call.x)}."]
        words += [UNREAD] * (not call.done) + [CUT] * (len(call.done) == MOST)
        return {"rows": table, "words": "\n".join(words), "error": ""}, NOTHING

    def picture(settings):
        return _still(answer(settings)[0], look)

    return Explorer(f"one_step({label} on {surface.name})", spec, answer, picture)


NOTHING = np.empty(0, np.float32)


def _watched(rule, source, calls):
    """The rule; each call of it is noted in `calls`."""
    code, statements = source

    @functools.wraps(rule)
    def noted(x, g, t, *state, **hyperparameters):
        given = [np.copy(a) for a in (x, g, *state)]
        done, former = [], sys.gettrace()
        if statements:
            sys.settrace(_tracer(code, statements, done))
        try:
            new = rule(x, g, t, *state, **hyperparameters)
        finally:
            sys.settrace(former)
        if isinstance(new, tuple | list) and new:  # else sweep refuses it
            x, g, *state = given
            calls.append(Call(x, g, state, done, hyperparameters, *map(np.copy, new[:1]), new[1:]))
        return new

    noted.__name__ = getattr(rule, "__name__", "rule")
    return noted


def _tracer(code, statements, done):
    """A trace function that notes each statement of `code`, with the names before and after it."""
    entered, statement, before = False, None, {}

    def enter(frame, event, _):
        nonlocal entered
        if frame.f_code is code and not entered:  # a rule may call itself
            entered = True
            return watch

    def watch(frame, event, argument):
        nonlocal statement, before
        here = statements.get(frame.f_lineno) if event == "line" else None
        if event == "exception":
            statement = None
        if event == "line" and here is statement:  # another of its lines
            return watch
        now = {name: _kept(value) for name, value in frame.f_locals.items()}
        if statement:
            after = {"return": argument} if event == "return" else now
            done.append((statement, ChainMap(before, frame.f_globals), after))
        statement, before = here, now
        if len(done) == MOST:
            sys.settrace(None)
        return watch

    return enter


def _kept(value):
    return value.copy() if isinstance(value, np.ndarray | list | dict) else value


def _read(rule):
    """The code of the rule, and {number of a line: its statement, as Lines}; or nothing."""
    code = getattr(inspect.unwrap(rule), "__code__", None)
    try:
        source = textwrap.dedent(inspect.getsource(rule))
        (tree,) = ast.parse(source).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return None, {}
    if code is None or not isinstance(tree, ast.FunctionDef):
        return None, {}
    inside = {}  # number of a line: what stands there; of two, none can tell which of them runs
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node is not tree:
            simple = not hasattr(node, "body") and not isinstance(node, ast.Match)
            for number in range(node.lineno, (node.end_lineno if simple else node.lineno) + 1):
                inside.setdefault(number, []).append(node)
    named = functools.cache(lambda node: list(_lines(node, source)))
    before = code.co_firstlineno - 1
    single = {number: nodes[0] for number, nodes in inside.items() if len(nodes) == 1}
    return code, {before + number: named(node) for number, node in single.items()}


def _lines(node, source):
    """The values that a statement names, and where they come from."""

    def text(node):
        segment = ast.get_source_segment(source, node)
        return ast.unparse(node) if "\n" in segment else segment

    def line(code, expression, target):
        return Line(code, *_template(expression), target, _names(target)[0])

    match node:
        case ast.Return(ast.Tuple([new, *states])):
            yield line(text(node), new, _returned(0))
            for i, state in enumerate(states, start=1):
                if not isinstance(state, ast.Name):
                    yield line(f"return …, {text(state)}", state, _returned(i))
        case ast.Return(ast.expr() as value):
            yield line(text(node), value, _returned(0))
        case ast.AugAssign(target, operator, value):
            yield line(text(node), ast.BinOp(target, operator, value), target)
        case ast.AnnAssign(target, _, ast.expr() as value):
            yield line(text(node), value, target)
        case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
            for target, value in zip(targets, values, strict=True):
                yield line(f"{text(target)} = {text(value)}", value, target)
        case ast.Assign([ast.Tuple(targets)], value):
            for target in targets:
                yield line(f"{text(node)}  → {text(target)}", value, target)
        case ast.Assign(targets, value):
            yield line(text(node), value, targets[0])


def _returned(i):
    return ast.Subscript(ast.Name("return"), ast.Constant(i))


class _Holes(ast.NodeTransformer):
    """Puts a numbered hole in place of what may be a number; `found` are (node, calls around)."""

    def __init__(self):
        self.found, self.calls = [], []

    def visit_Name(self, node):
        self.found.append((node, tuple(self.calls)))
        return ast.Name(f"§{len(self.found) - 1}§")

    visit_Subscript = visit_Attribute = visit_Name

    def visit_Call(self, node):
        self.calls.append(node.func)
        node.args = [self.visit(a) for a in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        self.calls.pop()
        return node

    def left(self, node):
        return node

    visit_ListComp = visit_GeneratorExp = visit_SetComp = visit_DictComp = left
    visit_Lambda = visit_NamedExpr = visit_Starred = left


def _template(expression):
    """An expression as mathematics, with holes for the numbers, and what is in the holes."""
    holes = _Holes()
    text = ast.unparse(holes.visit(copy.deepcopy(expression)))
    text = re.sub(r"\b((np|math|rules)\.)?sqrt\(", "√(", text)
    return text.replace(" * ", " × ").replace("-", "−"), holes.found


def _value(node, names):
    """What a name stands for, or a part of it; None for any other expression."""
    try:
        return _found(node, names)
    except (LookupError, TypeError, AttributeError):
        return None


def _found(node, names):
    match node:
        case ast.Name(name):
            return names[name]
        case ast.Constant(value):
            return value
        case ast.Subscript(whole, at):
            return _found(whole, names)[_found(at, names)]
        case ast.Attribute(whole, name):
            return getattr(_found(whole, names), name)
        case ast.Slice(None, None, None):
            return slice(None)
    raise LookupError


def _numbers(value, n):
    """The one or n numbers that a value is, in a flat array; None if it is something else."""
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array.ravel() if array.dtype.kind in "fiu" and array.size in (1, n) else None


def _rows(names, call):
    """What is shown of a call, from top to bottom."""
    x_name, g_name, *states = names

    def row(code, value, words, key=None, target=None):
        return Row(key or code, code, words, (), {}, value, target)

    yield row(x_name, call.x, "the point", "x", x_name)
    yield row(g_name, call.g, "the gradient there", target=g_name)
    if not call.done:
        for name, value in zip(states, call.state, strict=True):
            yield row(f"{name} before", value, "the state")
    new = None
    for lines, before, after in call.done:
        for line in lines:
            value, target = _value(line.target, after), line.name
            if _numbers(value, call.x.size) is not None:
                if is_new := target == "return" and new is None:
                    new = value
                elif target == "return":
                    target = None
                yield Row("x" if is_new else line.code, *line[:3], before, value, target)
    if not call.done:
        for name, value in zip(states, call.after, strict=True):
            yield row(f"{name} after", value, "the new state")
    if not np.array_equal(new, call.new):
        yield row(f"new {x_name}", call.new, "the new point", "x", "return")
    code, both = f"step = new {x_name} − {x_name}", {"return": [call.new], "old": call.x}
    yield Row("step", code, "§0§ − §1§", [NEW, OLD], both, call.new - call.x, None)


NEW, OLD = (_returned(0), ()), (ast.Name("old"), ())  # what is in the holes


def _names(node):
    """The names in an expression; the first is what it is a part of."""
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _scales(runs):
    """The largest size of each line's finite numbers, over all steps of a run."""
    scales = {}
    for row in (row for rows in runs for row in rows):
        sizes = np.abs(np.asarray(row.value, float))
        largest = sizes.max(where=np.isfinite(sizes), initial=0)
        scales[row.key] = max(largest, scales.get(row.key, 0))
    return scales


def _table(call, rows, scales):
    """The rows as the page draws them: for each its code, cells, and the rows that it uses."""
    like_x = {name for row in rows if row.key == "x" for name in (row.target, *_alone(row))}
    decimals = dict.fromkeys({"old", *like_x}, _decimals(call))
    latest, table = {"old": 0}, []
    for i, row in enumerate(rows):
        numbers = _numbers(row.value, call.x.size)
        cells = []
        for k, number in enumerate(numbers.tolist()):
            size = number / (scales[row.key] or 1) if np.isfinite(number) else 0
            cells.append(
                {
                    "name": "x₁ x₂".split()[k] if numbers.size > 1 else "",
                    "numbers": _filled(
                        row, call, decimals, k if numbers.size == call.x.size else None
                    ),
                    "value": _written(number, decimals.get(row.target)),
                    "size": round(float(size), 4),
                }
            )
        used = {name for node, _ in row.holes for name in _names(node)}
        uses = sorted({latest[name] for name in used if name in latest})
        table.append({"code": row.code, "cells": cells, "uses": uses})
        latest[row.target] = i
    return table


def _alone(row):
    """The name that a row is, if it is no more than that."""
    return _names(row.holes[0][0])[:1] if row.template == "§0§" else ()


def _filled(row, call, decimals, k):
    """The code of a row with the numbers of coordinate k, of all where k is None, in its holes."""

    def fill(match):
        node, calls = row.holes[int(match[1])]
        value = _value(node, row.names)
        numbers = _numbers(value, call.x.size)
        if numbers is None:
            return ast.unparse(node)
        name = _names(node)[0]
        if isinstance(value, float) and value == call.hyperparameters.get(name):
            form = {"digits": 6, "padded": False}  # as the slider has it
        else:
            form = {"decimals": decimals.get(name), "padded": np.ndim(value) > 0}
        texts = [_written(number, **form) for number in numbers.tolist()]
        if len(texts) > 1 and (k is None or not all(_elementwise(f, row.names) for f in calls)):
            return f"({', '.join(texts)})"
        text = texts[k if len(texts) > 1 else 0]
        return f"({text})" if text.startswith("−") else text

    text = re.sub("§([0-9]+)§", fill, row.template)
    text = re.sub(r" \*\* ([0-9]+)(?![0-9.e])", lambda power: power[1].translate(RAISED), text)
    text = re.sub(r"^\((−[^ ()]+)\)(?= [^*]|$)", r"\1", text)  # a minus that begins needs no ()
    return re.sub(r"([(=]|, )\((−[^ ()]+)\)(?=[,)])", r"\1\2", text)


RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _elementwise(function, names):
    """Whether a function is known to take each coordinate by itself."""
    known = _value(function, names) or getattr(builtins, ast.unparse(function), None)
    ours = getattr(known, "__module__", None) == rules.__name__
    return ours or known is abs or isinstance(known, np.ufunc)


def _decimals(call):
    """So many for x that a step of it can be seen."""
    steps = np.abs(call.new - call.x)
    least = steps.min(where=steps > 0, initial=1)
    return int(np.clip(1 - np.floor(np.log10(least) + 0.01), 2, 6))


def _written(number, decimals=None, digits=3, padded=True):
    """A number in so many decimals or digits; zeros at its end count where it is padded."""
    if not np.isfinite(number):
        return "not finite"
    if isinstance(number, int) or number == 0:
        text = f"{number:g}"
    elif decimals and round(number, decimals):
        text = f"{number:.{decimals}f}"
    elif 10**digits <= abs(number) < 1e6:
        text = f"{number:.0f}"
    else:
        text, *power = f"{number:{'#' * padded}.{digits}g}".split("e")
        text = text.rstrip(".") + "".join(f"e{int(p)}" for p in power)
    return text.replace("-", "−")


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
    return f"({', '.join(_written(number) for number in np.ravel(x).tolist())})"


def _spoken(row):
    """A row of the table as a sentence."""
    values = ", ".join(cell["value"] for cell in row["cells"])
    return f"{row['code']}: {values}."
