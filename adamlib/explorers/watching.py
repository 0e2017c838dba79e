"""A rule runs and is watched line by line, so that there is no second copy of its maths."""

import ast
import functools
import inspect
import sys
import textwrap
from collections import ChainMap, namedtuple

import numpy as np

from adamlib.descent import sweep

NEW = "__new__"  # the name of what a rule returns: no variable has it
MOST = 40  # statements of a rule that are watched in a step

GIVING = (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign)  # the statements that are watched

Source = namedtuple("Source", "code text statements")  # {number of a line: the ast.stmt there}
Ran = namedtuple("Ran", "statement before after")  # a statement, {name: value} before and after it
Call = namedtuple("Call", "x g state ran hyperparameters new after")  # after: the new state
UNREAD = Source(None, "", {})


def read(rule):
    """The Source of a rule, so far as it can be read."""
    code = getattr(inspect.unwrap(rule), "__code__", None)
    try:
        text = textwrap.dedent(inspect.getsource(rule))
        (tree,) = ast.parse(text).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return UNREAD
    if code is None or not isinstance(tree, ast.FunctionDef):
        return UNREAD
    inside = {}  # number of a line: what stands there; of two, none can tell which of them runs
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node is not tree:
            simple = not hasattr(node, "body") and not isinstance(node, ast.Match)
            for number in range(node.lineno, (node.end_lineno if simple else node.lineno) + 1):
                inside.setdefault(number, []).append(node)
    before = code.co_firstlineno - 1
    statements = {
        before + number: nodes[0]
        for number, nodes in inside.items()
        if len(nodes) == 1 and isinstance(nodes[0], GIVING)
    }
    return Source(code, text, statements)


def watch(rule, source, gradient, start, steps, hyperparameters):
    """A Call for each step of a run, and the step at which it diverged, or 0."""
    calls = []

    @functools.wraps(rule)
    def watched(x, g, t, *state, **hyperparameters):
        given, former = [np.copy(a) for a in (x, g, *state)], sys.gettrace()
        tracer = Tracer(source)
        if source.statements:
            sys.settrace(tracer.enter)
        try:
            new = rule(x, g, t, *state, **hyperparameters)
        finally:
            sys.settrace(former)
        if isinstance(new, tuple | list) and new:  # else sweep refuses it
            x, g, *state = given
            after = new[1:]
            calls.append(Call(x, g, state, tracer.ran, hyperparameters, np.copy(new[0]), after))
        return new

    watched.__name__ = getattr(rule, "__name__", "rule")
    swept = sweep(watched, gradient, start, steps, **hyperparameters)
    return calls, int(swept.diverged)


class Tracer:
    """Notes what ran in one call of the source's code: `enter` is for sys.settrace."""

    def __init__(self, source):
        self.source, self.entered, self.ran = source, False, []
        self.statement, self.before = None, {}

    def enter(self, frame, event, _):
        if frame.f_code is self.source.code and not self.entered:  # a rule may call itself
            self.entered = True
            return self.inside

    def inside(self, frame, event, argument):
        here = self.source.statements.get(frame.f_lineno) if event == "line" else None
        if event == "exception":
            self.statement = None
        if event == "line" and here is self.statement:  # another of its lines
            return self.inside
        now = {name: _kept(value) for name, value in frame.f_locals.items()}
        if self.statement:
            after = {NEW: argument} if event == "return" else now
            before = ChainMap(self.before, frame.f_globals)
            self.ran.append(Ran(self.statement, before, after))
        self.statement, self.before = here, now
        if len(self.ran) == MOST:
            sys.settrace(None)
        return self.inside


def _kept(value):
    return value.copy() if isinstance(value, np.ndarray | list | dict) else value
