import functools
import json
import re
import sys
from itertools import product

import numpy as np
import pytest
from matplotlib.colors import to_hex

from adamlib import plots, rules
from adamlib.descent import descend, state_defaults
from adamlib.explorers import one_step
from adamlib.inputs import needs_whole_arrays
from adamlib.surfaces import SURFACES, cubic, ravine, rosenbrock

ALL = [rule for rule in rules.RULES.values() if not needs_whole_arrays(rule)]
LARGE = {"learning_rate": 0.05}


def sent(explorer, step=None, **hyperparameters):
    """What the page gets for these settings."""
    settings = json.loads(json.dumps(explorer.settings))
    settings["hyperparameters"][0] |= hyperparameters
    explorer.settings = settings | {"step": step or settings["step"]}
    result = json.loads(json.dumps(explorer.result, allow_nan=False))
    assert "nan" not in json.dumps(result).lower() and explorer.buffer == b""
    return result


def named(result):
    """{what a line names, as "m": its cells}."""
    return {re.split("[ =]", row["code"])[0]: row["cells"] for row in result["rows"]}


def number(text):
    return float(text.replace("−", "-"))


def unit(text):
    """Of the last digit that is shown."""
    mantissa, _, power = text.replace("−", "-").partition("e")
    return 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))


def assert_shown(cells, expected):
    """The numbers of a line are right to the last digit."""
    texts = [cell["value"] for cell in cells]
    assert len(texts) == np.size(expected)
    for text, value in zip(texts, np.ravel(expected), strict=True):
        assert number(text) == pytest.approx(value, rel=1e-12, abs=0.501 * unit(text))


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
@pytest.mark.parametrize("rule", ALL)
def test_every_slider_from_end_to_end(rule, surface):
    explorer = one_step(rule, surface, steps=6)
    for k in explorer.spec["groups"][0]["sliders"]:
        for value, step in product((k["values"][0], k["value"], k["values"][-1]), (1, 3, 6)):
            result = sent(explorer, step, **{k["name"]: value})
            assert not result["error"] and result["words"]
            assert bool(result["rows"]) != ("diverged at step" in result["words"])
            for cell in (cell for row in result["rows"] for cell in row["cells"]):
                assert -1 <= cell["size"] <= 1 and cell["numbers"] and cell["value"]


@pytest.mark.parametrize("surface", [ravine, rosenbrock, cubic], ids=lambda s: s.name)
@pytest.mark.parametrize("rule", ALL)
def test_the_numbers_are_those_of_descend(rule, surface):
    explorer = one_step(rule, surface, steps=8)
    for rate in (0.0005, 0.001):
        run = descend(rule, surface.gradient, surface.start, 8, learning_rate=rate)
        assert not run.diverged
        x = run.trajectory.reshape(9, -1)
        for t in (1, 2, 8):
            result = sent(explorer, t, learning_rate=rate)
            first, second, *rows, new, step = result["rows"]
            for row, expected in [
                (first, x[t - 1]),
                (second, run.gradients.reshape(8, -1)[t - 1]),
                (new, x[t]),
                (step, x[t] - x[t - 1]),
            ]:
                assert_shown(row["cells"], expected)
            for name in state_defaults(rule) if rule is not rules.adamw else ():
                state = run.states[name][t - 1]
                state = state[:1] if name == "mu_product" and state.ndim else state
                assert_shown(named({"rows": rows})[name], state)


# adamw hands on to adam; np.where is shown with whole points.
BY_NUMBER = [rule for rule in ALL if rule not in (rules.adamw, rules.schedule_free_adamw)]


@pytest.mark.parametrize("rule", BY_NUMBER)
def test_a_line_with_its_numbers_gives_its_value(rule):
    """Python evaluates what is shown; what was rounded differs a little."""
    names = vars(rules) | {"__builtins__": {"abs": abs}}
    explorer = one_step(rule, ravine, steps=5)
    for row in sent(explorer, 5, **LARGE)["rows"][2:]:
        for cell in row["cells"]:
            text = re.sub(f"[{RAISED}]+", lambda n: f"**{n[0].translate(LOWERED)}", cell["numbers"])
            result = eval(text.replace("−", "-").replace("×", "*").replace("√", "sqrt"), names)
            loose = 2 * unit(cell["numbers"].split()[0]) if "step = new" in row["code"] else 0
            assert result == pytest.approx(number(cell["value"]), rel=0.02, abs=loose), text


RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWERED = str.maketrans(RAISED, "0123456789")


def test_the_picture_of_adam_that_its_steps_are_equal_and_its_gradients_are_not():
    rows = sent(one_step(rules.adam))["rows"]
    sizes = {row["code"].split()[0]: [cell["size"] for cell in row["cells"]] for row in rows}
    assert sizes["g"] == [-0.2, 1] and sizes["step"] == [1, -1]
    assert [row["code"] for row in rows][2:4] == [
        "m = beta_1 * m + (1 - beta_1) * g",
        "v = beta_2 * v + (1 - beta_2) * g**2",
    ]
    assert [cell["numbers"] for cell in rows[2]["cells"]] == [
        "0.9 × 0 + (1 − 0.9) × (−4.00)",
        "0.9 × 0 + (1 − 0.9) × 20.0",
    ]
    assert rows[4]["cells"][1]["numbers"] == "2.00 / (1 − 0.9¹)"
    assert rows[4]["uses"] == [2] and rows[-1]["uses"] == [0, len(rows) - 2]


def test_bars_are_as_long_as_their_numbers_beside_the_largest_of_the_run():
    explorer = one_step(rules.momentum, steps=10, **LARGE)
    run = descend(rules.momentum, ravine.gradient, ravine.start, 10, **LARGE)
    for t in range(1, 11):
        v = sent(explorer, t)["rows"][2]
        assert v["code"].startswith("v =")
        expected = run.states["v"][t - 1] / np.abs(run.states["v"]).max()
        assert [cell["size"] for cell in v["cells"]] == pytest.approx(list(expected), abs=1e-4)


def clipped(rule):
    @functools.wraps(rule)
    def inner(x, g, t, *state, **hyperparameters):
        return rule(x, np.clip(g, -1, 1), t, *state, **hyperparameters)

    return inner


def halved(rule):
    @functools.wraps(rule)
    def inner(x, g, t, *state, **hyperparameters):
        new, *state = rule(x, g, t, *state, **hyperparameters)
        return x + (new - x) / 2, *state

    return inner


def average(old, new, beta):
    older = beta * old
    return older + (1 - beta) * new


def loops(x, g, t, m=0, *, learning_rate=0.01, beta_1=0.9):
    m = np.zeros_like(g) + m
    new, m_new = x.copy(), np.empty_like(g)
    for i in range(len(x)):
        m_new[i] = beta_1 * m[i] + (1 - beta_1) * g[i]
        new[i] = x[i] - learning_rate * m_new[i]
    return new, m_new


def helper(x, g, t, m=0, *, learning_rate=0.01, beta_1=0.9):
    m = average(m, g, beta_1)
    return x - learning_rate * m, m


def unpacks(x, g, t, m=0, v=0, *, learning_rate=0.01):
    m, v = 0.9 * m + 0.1 * g, 0.9 * v + 0.1 * g**2
    (m, _), (v, *_) = (m, v), (v, m, 1)
    m_hat, v_hat = [q / (1 - 0.9**t) for q in (m, v)]
    x = x - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-7)
    return x, m, v


def augments(x, g, t, m=0, *, learning_rate=0.01):
    x = x.copy()
    m = m * np.ones_like(x)
    m *= 0.9
    m += 0.1 * g
    x -= learning_rate * m
    return x, m


def comprehends(x, g, t, m=0, *, learning_rate=0.01):
    m = np.array([0.9 * b + 0.1 * c for b, c in zip(m * np.ones_like(g), g, strict=True)])
    return np.array([a - learning_rate * b for a, b in zip(x, m, strict=True)]), m


# fmt: off
def returns_early(x, g, t, m=0, *, learning_rate=0.01):
    if t <= 2: return x - learning_rate * g, g  # noqa: E701
    if t == 3:
        return x, m
    m = 0.5 * m + 0.5 * g; return x - learning_rate * m, m  # noqa: E702
# fmt: on


def talks(x, g, t, *, learning_rate=0.01):
    """A docstring, words, a dict, a nested function and an error that it catches."""
    kept = {"rate": learning_rate, "name": "none"}

    def step(a):
        b = kept["rate"] * a
        return b

    nothing = 0
    try:
        nothing = kept["no"]
    except KeyError:
        pass
    long = (
        x  # where it is
        - step(g)
    )
    if nothing: long = long + 0  # noqa: E701  # fmt: skip
    return (long,)


def endless(x, g, t, *, learning_rate=0.01):
    total = 0 * g
    for _ in range(1000):
        total = total + g / 1000
    return (x - learning_rate * total,)


@clipped
def decorated(x, g, t, *, learning_rate=0.01):
    g = 2 * g
    return (x - learning_rate * g,)


@halved
def changed_after(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * g,)


def starred(x, g, t, m=0, *, learning_rate=0.01):
    new = [0.9 * m + g]
    return x - learning_rate * new[0], *new


class Method:
    rate = 0.01

    def rule(self, x, g, t, *, learning_rate=0.01):
        self.rate = learning_rate
        return (x - self.rate * g,)


def listed(x, g, t, *, learning_rate=0.01):
    return [x - learning_rate * g]


def recursive(x, g, t, *, learning_rate=0.01):
    if learning_rate > 0.005:
        (x,) = recursive(x, g, t, learning_rate=learning_rate / 2)
        return recursive(x, g, t, learning_rate=learning_rate / 2)
    return (x - learning_rate * g,)


def typed(source="def typed(x, g, t, m=0, *, learning_rate=0.01):\n  return x - g / 100, g"):
    exec(source, names := {})  # noqa: S102
    return names["typed"]


LAMBDA = [lambda x, g, t, *, learning_rate=0.01: (x - learning_rate * g,)][0]
PARTIAL = functools.partial(rules.momentum, momentum=0.5)
OWN = [
    *(loops, helper, unpacks, augments, comprehends, returns_early, talks, endless, decorated),
    *(starred, changed_after, Method().rule, listed, recursive, typed(), LAMBDA, PARTIAL),
]


@pytest.mark.parametrize("surface", [ravine, cubic], ids=lambda s: s.name)
@pytest.mark.parametrize("rule", OWN, ids=lambda r: getattr(r, "__name__", "partial"))
def test_a_learners_rule_however_it_is_written(rule, surface):
    explorer = one_step(rule, surface, steps=5)
    run = descend(rule, surface.gradient, np.atleast_1d(surface.start), 5)
    for t in range(1, 6):
        result = sent(explorer, t)
        assert not result["error"], result["error"]
        *_, new, step = result["rows"]
        moved = run.trajectory[t] - run.trajectory[t - 1]
        assert_shown(new["cells"], run.trajectory[t])
        assert_shown(step["cells"], moved)
        unread = rule in OWN[-3:] or rule is returns_early and t != 3
        assert ("cannot be read" in result["words"]) == unread


def test_what_is_shown_of_a_rule_whose_lines_cannot_be_read():
    result = sent(one_step(PARTIAL, ravine), 2)
    codes = ["x", "g", "v before", "v after", "new x", "step = new x − x"]
    assert [row["code"] for row in result["rows"]] == codes
    run = descend(PARTIAL, ravine.gradient, ravine.start, 2)
    for row, state in zip(result["rows"][2:4], run.states["v"], strict=True):
        assert_shown(row["cells"], state)
    assert "cannot be read line by line, so only what goes in" in result["words"]


def test_what_the_lines_of_learners_look_like():
    def lines(rule, step):
        rows = sent(one_step(rule, ravine, steps=5), step)["rows"]
        return {row["code"]: [cell["numbers"] for cell in row["cells"]] for row in rows}

    assert lines(loops, 1)["m_new[i] = beta_1 * m[i] + (1 - beta_1) * g[i]"] == [
        "0.9 × 0 + (1 − 0.9) × 20.0"
    ]
    assert lines(helper, 1)["m = average(m, g, beta_1)"] == ["average(0, (−4.00, 20.0), 0.9)"] * 2
    assert lines(unpacks, 1)["m = 0.9 * m + 0.1 * g"][0] == "0.9 × 0 + 0.1 × (−4.00)"
    assert lines(augments, 1)["m += 0.1 * g"] == ["0 + 0.1 × (−4.00)", "0 + 0.1 × 20.0"]
    assert lines(returns_early, 3)["return x, m"][1] == "0.64"
    assert len(lines(recursive, 1)) == 5  # those of its own frame
    assert lines(decorated, 1)["g = 2 * g"] == ["2 × (−1.00)", "2 × 1.00"]
    assert "long = long + 0" not in lines(talks, 1)  # it may not have run
    assert 'nothing = kept["no"]' not in lines(talks, 1)
    (compact,) = [numbers for code, numbers in lines(comprehends, 1).items() if "0.9 * b" in code]
    assert "[0.9 × b + 0.1 × c for b, c in zip(m × " in compact[0]


def test_more_lines_than_can_be_shown_are_said():
    assert "Only the first 40 lines that ran" in sent(one_step(endless))["words"]
    assert len(sent(one_step(endless))["rows"]) == 44


def test_tracing_is_put_back_and_is_of_the_rule_alone():
    seen = []

    def other(frame, event, argument):
        seen.append(frame.f_code.co_name)

    explorer, former = one_step(rules.adam, steps=2), sys.gettrace()
    sys.settrace(other)
    try:
        explorer.answer(explorer.settings)
        still = sys.gettrace()
    finally:
        sys.settrace(former)
    assert still is other and "adam" not in seen


def test_a_run_that_diverges_is_said_and_steps_before_it_are_shown():
    explorer = one_step(rules.sgd, steps=20)
    result = sent(explorer, 20, learning_rate=1.0)
    run = descend(rules.sgd, ravine.gradient, ravine.start, 20, learning_rate=1.0)
    assert result["words"] == f"{run.diverged}: choose a step before it." and not result["rows"]
    stop = int(re.search(r"step (\d+)", run.diverged)[1])
    assert sent(explorer, stop - 1, learning_rate=1.0)["rows"]
    assert not sent(explorer, stop, learning_rate=1.0)["rows"]


def overflows(x, g, t, big=0, *, learning_rate=0.01):
    big = g * 1e300 * 1e300
    return x - learning_rate * g, big


def test_what_is_not_finite_is_said_and_has_no_bar():
    row = sent(one_step(overflows))["rows"][2]
    assert [cell["value"] for cell in row["cells"]] == ["not finite"] * 2
    assert [cell["size"] for cell in row["cells"]] == [0, 0]


def raises(x, g, t, *, learning_rate=0.1):
    if learning_rate > 0.1:
        raise KeyError("no such\nthing")
    return (x - learning_rate * g,)


def test_a_rule_that_raises_is_told_of_and_the_widget_lives_on():
    explorer, former = one_step(raises), sys.gettrace()
    result = sent(explorer, learning_rate=0.5)
    assert result["error"] == "raises: KeyError: 'no such\\nthing'" and not result["rows"]
    assert "KeyError" in explorer._repr_mimebundle_()[0]["text/plain"]
    assert sys.gettrace() is former
    assert sent(explorer, learning_rate=0.05)["rows"]
    explorer.settings = {}
    assert explorer.result["error"].startswith("KeyError")


@pytest.mark.parametrize(
    "wrong, words",
    [
        (lambda: one_step(rules.sgd, momentum=0.9), "sgd has no hyperparameter momentum"),
        (lambda: one_step({rules.sgd: {"rate": 1}}), "sgd has no hyperparameter rate"),
        (lambda: one_step(rules.sgd, learning_rate=-1), "must be a positive number"),
        (lambda: one_step(rules.sgd, steps=0), "steps must be at least 1, not 0"),
        (lambda: one_step(rules.sgd, steps=2.5), "steps must be a whole number, not 2.5"),
        (lambda: one_step("adam"), "'adam' is the name of a rule"),
        (lambda: one_step([rules.sgd, rules.adam]), "of one rule: give one"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(wrong, words):
    with pytest.raises((TypeError, ValueError), match=words):
        wrong()


def test_sliders_looks_and_where_they_begin():
    explorer = one_step({rules.adam: {"beta_1": 0.5}}, steps=np.int64(7), learning_rate=0.1)
    (group,) = explorer.spec["groups"]
    assert group["colour"] == to_hex(plots.COLOURS["adam"])
    assert [k["name"] for k in group["sliders"]] == ["beta_1", "beta_2", "epsilon"]
    assert explorer.settings["hyperparameters"][0]["beta_1"] == 0.5
    assert explorer.spec["steps"] == 7
    json.dumps(explorer.spec)
    assert [cell["value"] for cell in named(explorer.result)["step"]] == ["0.100", "−0.100"]
    scheduled = one_step(rules.sgd, learning_rate=lambda t: 0.1 / t)
    assert sent(scheduled, 2)["rows"][2]["cells"][1]["numbers"] == "−1.00 − 0.05 × (−20.0)"


def test_a_rule_of_whole_arrays_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="number by number, and lamb takes its arrays whole"):
        one_step(rules.lamb, ravine)
