"""The words of one update: each line of a rule as it is written, and with its numbers."""

import ast
import builtins
import re
from collections import defaultdict, namedtuple

import numpy as np

from adamlib import rules
from adamlib.explorers.watching import NEW
from adamlib.explorers.widget import Cell, Row

OLD = "__old__"  # the name of x before the step, as NEW is of what the rule returns
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FIRST = r"(^|[(\[,=] ?)\((−[^(), ]+)\)(?! \*\*)"  # a number that nothing stands left of

# A line of a rule: as it is written, the expression in it, the ast of
# where its value is kept, and the name in that.
Line = namedtuple("Line", "code expression place name")

# What is shown of a call: `key` is one in all steps, `names` what stands for the names in the
# expression; where there are none, it is words. `target` is the name that has the value then.
Shown = namedtuple("Shown", "key code expression names value target")


def shown_of(arguments, call, lines):
    """What is shown of a call, from top to bottom; `arguments` are the names of x, g and state."""
    x_name, g_name, *states = arguments

    def plain(code, value, words, key=None, target=None):
        return Shown(key or code, code, words, None, value, target)

    yield plain(x_name, call.x, "the point", "x", x_name)
    yield plain(g_name, call.g, "the gradient there", target=g_name)
    if not call.ran:
        for name, value in zip(states, call.state, strict=True):
            yield plain(f"{name} before", value, "the state")
    new = None
    for statement, before, after in call.ran:
        for line in lines[statement]:
            value, target = _value(line.place, after), line.name
            if _numbers(value, call.x.size) is not None:
                if is_new := target == NEW and new is None:
                    new = value
                elif target == NEW:
                    target = None
                key = "x" if is_new else line.code
                yield Shown(key, line.code, line.expression, before, value, target)
    if not call.ran:
        for name, value in zip(states, call.after, strict=True):
            yield plain(f"{name} after", value, "the new state")
    if not np.array_equal(new, call.new):
        yield plain(f"new {x_name}", call.new, "the new point", "x", NEW)
    code, both = f"step = new {x_name} − {x_name}", {NEW: call.new, OLD: call.x}
    yield Shown("step", code, f"{NEW} - {OLD}", both, call.new - call.x, None)


def lines_of(source):
    """{statement: its Lines}."""

    def text(node):
        segment = ast.get_source_segment(source.text, node)
        return ast.unparse(node) if "\n" in segment else segment

    def lines(node):
        match node:
            case ast.Return(ast.Tuple([new, *states] as parts)) if not any(map(_starred, parts)):
                yield text(node), new, _returned(0)
                for i, state in enumerate(states, start=1):
                    if not isinstance(state, ast.Name):
                        yield f"return …, {text(state)}", state, _returned(i)
            case ast.Return(ast.expr() as value):
                yield text(node), value, _returned(0)
            case ast.AugAssign(target, operator, value):
                yield text(node), ast.BinOp(target, operator, value), target
            case ast.AnnAssign(target, _, ast.expr() as value):
                yield text(node), value, target
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
                for target, value in zip(targets, values, strict=True):
                    yield f"{text(target)} = {text(value)}", value, target
            case ast.Assign([ast.Tuple(targets)], value):
                for target in targets:
                    yield f"{text(node)}  → {text(target)}", value, target
            case ast.Assign(targets, value):
                yield text(node), value, targets[0]

    return {
        node: [
            Line(code, ast.unparse(value), place, _names(place)[0])
            for code, value, place in lines(node)
        ]
        for node in source.statements.values()
    }


def _starred(node):
    return isinstance(node, ast.Starred)


def _returned(i):
    return ast.Subscript(ast.Name(NEW), ast.Constant(i))


def scales(run):
    """The largest size of each line's finite numbers; `run` has for each call what is shown."""
    numbers = defaultdict(list)
    for shown in (shown for call in run for shown in call):
        numbers[shown.key].append(np.ravel(shown.value))
    sizes = {key: np.abs(np.concatenate(of), dtype=float) for key, of in numbers.items()}
    return {key: of.max(where=np.isfinite(of), initial=0) for key, of in sizes.items()}


def table(call, shown, largest):
    """The Rows of a call."""
    like_x = {name for one in shown if one.key == "x" for name in (one.target, _alone(one))}
    decimals = dict.fromkeys({OLD, *like_x} - {None}, _decimals(call))
    latest, rows = {OLD: 0}, []
    for i, one in enumerate(shown):
        numbers = _numbers(one.value, call.x.size)
        cells, used = [], set()
        for k, number in enumerate(numbers.tolist()):
            size = number / (largest[one.key] or 1) if np.isfinite(number) else 0
            words = Words(one, call, decimals, k if numbers.size == call.x.size else None)
            cells.append(
                Cell(
                    name="x₁ x₂".split()[k] if numbers.size > 1 else "",
                    numbers=words.text(),
                    value=written(number, decimals.get(one.target)),
                    size=round(float(size), 4),
                )
            )
            used |= words.used
        uses = sorted({latest[name] for name in used if name in latest})
        rows.append(Row(code=one.code, cells=cells, uses=uses))
        latest[one.target] = i
    return rows


def _alone(shown):
    """The name that an expression is, or is a part of, if it is no more than that; or None."""
    if shown.names:
        node = ast.parse(shown.expression, mode="eval").body
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
            return _names(node)[0]


class Words(ast.NodeTransformer):
    """An expression with the numbers of coordinate k, of all where k is None.

    A number goes in as a Name, whose text ast.unparse leaves alone; in parentheses where it is
    negative. `used` are the names found.
    """

    def __init__(self, shown, call, decimals, k):
        self.shown, self.call, self.decimals, self.k = shown, call, decimals, k
        self.used = set()

    def text(self):
        if not self.shown.names:
            return self.shown.expression
        text = ast.unparse(self.visit(ast.parse(self.shown.expression, mode="eval").body))
        text = re.sub(FIRST, r"\1\2", text).replace(" * ", " × ").replace("-", "−")
        return re.sub(r" \*\* (\d+)(?![\d.e])", lambda power: power[1].translate(RAISED), text)

    def visit_Name(self, node):
        names = _names(node)
        self.used |= set(names)
        value = _value(node, self.shown.names)
        numbers = _numbers(value, self.call.x.size)
        if numbers is None:
            return node
        name = names[0] if names else None
        if isinstance(value, float) and value == self.call.hyperparameters.get(name):
            form = {"digits": 6, "padded": False}  # as the slider has it
        else:
            form = {"decimals": self.decimals.get(name), "padded": np.ndim(value) > 0}
        texts = [written(number, **form) for number in numbers.tolist()]
        if len(texts) > 1 and self.k is None:
            return ast.Name(f"({', '.join(texts)})")
        text = texts[self.k if len(texts) > 1 else 0]
        return ast.Name(f"({text})" if text.startswith("−") else text)

    visit_Subscript = visit_Attribute = visit_Name

    def visit_Call(self, node):
        k = self.k
        if not _elementwise(node.func, self.shown.names):
            self.k = None
        self.generic_visit(node)
        self.k = k
        if ast.unparse(node.func) in ("sqrt", "np.sqrt", "math.sqrt", "rules.sqrt"):
            node.func = ast.Name("√")
        return node

    def leave(self, node):
        return node

    visit_ListComp = visit_GeneratorExp = visit_SetComp = visit_DictComp = leave
    visit_Lambda = visit_NamedExpr = visit_Starred = leave


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


def _names(node):
    """The names in an expression; the first is what it is a part of."""
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


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


def written(number, decimals=None, digits=3, padded=True):
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
