"""check() of rules with several mistakes, of unknown ones, and of such as keep something."""

import inspect
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adamlib import rules
from adamlib.practice import check, hint
from adamlib.practice.judge import hints_given, hints_of, trial_of, verdict_of, wrong_part
from adamlib.practice.mistakes import Variant, compiled, mistakes_of

LEARNED = [rule for rule in rules.RULES.values() if hints_of(rule.__name__)]


@pytest.fixture(autouse=True)
def no_expectation(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)


def written(name, body):
    """A learner's rule: the first line of the course's, and this body."""
    signature = inspect.signature(rules.RULES[name])
    names = {"np": np, "math": math, "kept": {}}
    exec(f"def {name}{signature}:\n    " + body.replace("\n", "\n    "), names)
    return names[name]


def said(name, body, convention=""):
    return verdict_of(written(name, body), trial_of(name), convention).sentence


ADAM = """m = beta_1 * m + (1 - beta_1) * g
v = beta_2 * v + (1 - beta_2) * g**2
m_hat = m / (1 - beta_1**t)
v_hat = v / (1 - beta_2**t)
return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v"""


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        (  # two lines, two mistakes
            "adam",
            ADAM.replace("g**2", "g").replace("x - learning", "x + learning"),
            "m is right; the gradient is not squared in v: v holds squares; there is another "
            "mistake in x",
        ),
        (  # two in one line
            "adam",
            ADAM.replace("np.sqrt(v_hat)", "v_hat").replace("v / (1 - beta_2**t)", "v"),
            "m and v are right; v is not corrected: v starts at 0 too and is too small at first; "
            "there is another mistake in x",
        ),
        (  # a mistake in another library's way
            "momentum",
            "v = momentum * v + g\nreturn x - learning_rate * (v + g), v",
            "the gradient is used twice: the gradient is in v already; besides, the learning rate "
            "is outside the velocity, which is right in PyTorch",
        ),
        (
            "nesterov",
            "v = momentum * v + learning_rate * g\nreturn x - v, v",
            "there is no look-ahead, so it is the heavy ball: arrow 1 has led to x already, so "
            "from x only arrows 2 and 3 follow: the step of sgd, and momentum times the new v, not "
            "the old one; besides, the velocity has the other sign",
        ),
        (  # PyTorch's place for the learning rate, with the minus inside
            "momentum",
            "v = momentum * v - g\nreturn x + learning_rate * v, v",
            "the learning rate multiplies the velocity in x and not the gradient in v: v sums "
            "steps, so move the learning rate from x into v",
        ),
        (
            "rmsprop",
            "v = 0.99 * v + 0.01 * g**2\nreturn x - learning_rate * g / np.sqrt(v + epsilon), v",
            "your v is 0.99 * the old v + 0.01 * g**2",
        ),
        (
            "momentum",
            "v = (1 + momentum) * v - learning_rate * g\nreturn x + v, v",
            "your v is (1 + momentum) * the old v - learning_rate * g",
        ),
        (
            "rmsprop",
            "v = rho * v + (1 - rho) * g**2\n"
            "return x - learning_rate * v / np.sqrt(v + epsilon), v",
            "v is right; your x is x - learning_rate * v / sqrt(v + epsilon)",
        ),
        (
            "adam",
            ADAM.replace("return x - learning", "return learning"),
            "it returns what is subtracted and not the new x: the step starts at x",
        ),
        (
            "adadelta",
            "v += rho * v + (1 - rho) * g**2\n"
            "step = -np.sqrt(u + epsilon) / np.sqrt(v + epsilon) * g\n"
            "return x + learning_rate * step, v, rho * u + (1 - rho) * step**2",
            "the average is added to the old v: it is the new v, and holds the part rho of the old "
            "one already; besides, it changes v in place",
        ),
        (  # x follows rightly from the learner's own wrong states
            "adam",
            ADAM.replace("beta_1 * m + ", "").replace("beta_2 * v + ", ""),
            "the old m is not used: the part beta_1 of it must go on; and so it is with v",
        ),
        (  # where a wrong rule would divide by 0, it explains nothing
            "adadelta",
            "v = rho * v + (1 - rho) * g**2\n"
            "step = -(np.sqrt(u) + epsilon) / (np.sqrt(v) + epsilon)\n"
            "return x + learning_rate * step, v, rho * u + (1 - rho) * step**2",
            "v is right; the gradient is missing in the step: ",
        ),
        (
            "adadelta",
            "v = (1 - rho) * g**2\nstep = -np.sqrt(u + epsilon) / np.sqrt(v + epsilon) * g\n"
            "return x + learning_rate * step, rho * u + (1 - rho) * step**2, v",
            "v and u are returned in the wrong order: first the new x, then the state in the order "
            "in which it came; there is another mistake in v",
        ),
        (
            "adam",
            ADAM.replace("np.sqrt(v_hat)", "(v_hat + 0j) ** 0.5").replace("g**2", "g"),
            "the gradient is not squared in v",
        ),
    ],
)
def test_what_is_right_and_one_mistake_are_named(name, body, words):
    assert words in said(name, body, "by the paper" if name == "adam" else "")


@pytest.mark.parametrize("rule", LEARNED, ids=lambda rule: rule.__name__)
def test_of_two_mistakes_one_is_named(rule):
    """A sample of all pairs; another name is true where it is that of a rule that does the same."""
    trial, right = trial_of(rule.__name__), Variant(inspect.getsource(rule))
    known = [m for m in mistakes_of(rule) if not m.convention]
    pairs = [pair for pair in itertools.combinations(known, 2) if right.with_mistakes(*pair)]
    chosen = np.random.default_rng(0).permutation(len(pairs))[:20]
    named = 0
    for i in chosen:
        verdict = verdict_of(compiled(right.with_mistakes(*pairs[i]), rule), trial)
        alone = [verdict_of(compiled(right.with_mistakes(m), rule), trial) for m in pairs[i]]
        if verdict.status == "solved":  # each undoes the other
            continue
        named += any(
            verdict.mistake and verdict.mistake == one.mistake or "it raises" in verdict.sentence
            for one in alone
        )
    assert named >= 0.7 * len(chosen), (rule.__name__, named, len(chosen))


KEEPING = {
    "a global": "kept['v'] = rho * kept.get('v', 0) + (1 - rho) * g**2\nv = kept['v']",
    "a counter": "kept['n'] = kept.get('n', 0) + 1\nv = rho * v + (1 - rho) * g**2 * kept['n']",
    "from the first step on": "if t == 1:\n    kept['v'] = 0\n"
    "kept['v'] = rho * kept['v'] + (1 - rho) * g**2\nv = kept['v']",
    "chance": "v = rho * v + (1 - rho) * g**2 + np.random.random()",
}


@pytest.mark.parametrize("lines", KEEPING.values(), ids=KEEPING)
def test_a_rule_that_keeps_something_is_told_so_each_time(lines):
    rule = written("rmsprop", f"{lines}\nreturn x - learning_rate * g / np.sqrt(v + epsilon), v")
    trial = trial_of("rmsprop")
    for _ in range(3):
        verdict = verdict_of(rule, trial)
        assert verdict.status == "wrong"
        assert verdict.sentence.startswith("called again with the same arguments it returns")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "return (np.array([x[i] - learning_rate * g[i] for i in range(len(x))]),)",
            "for x of shape () it raises TypeError: len() of unsized object: write it for arrays",
        ),
        (
            "new = x.copy()\nfor i in range(g.size):\n"
            "    new[..., i] -= learning_rate * g[..., i]\nreturn (new,)",
            "for x of shape () it raises IndexError",
        ),
        ("return (x - learning_rate * g.reshape(g.size),)", "for x of shape () its x is not right"),
    ],
)
def test_a_rule_for_rows_only_is_not_right(body, words):
    assert words in said("sgd", body)


RIGHT = {
    "float32": ("sgd", "x, g = np.float32(x), np.float32(g)\nreturn (x - learning_rate * g,)"),
    "asarray": ("sgd", "return (np.asarray(x) - learning_rate * np.asarray(g, dtype=float),)"),
    "a copy": ("sgd", "x = x.copy()\nx -= learning_rate * g\nreturn (x,)"),
    "state at the first step": (
        "momentum",
        "if t == 1:\n    v = np.zeros(np.shape(x))\n"
        "return x + momentum * v - learning_rate * g, momentum * v - learning_rate * g",
    ),
}


@pytest.mark.parametrize(("name", "body"), RIGHT.values(), ids=RIGHT)
def test_a_right_rule_is_not_refused(name, body):
    assert verdict_of(written(name, body), trial_of(name)).status == "solved"


def test_a_lambda_is_right_and_gets_the_rule_s_name(capsys):
    rule = lambda x, g, t, *, learning_rate=0.01: (x - learning_rate * g,)  # noqa: E731
    assert check(rule, "sgd") is rule and rule.__name__ == "sgd"


def test_what_the_course_needs_of_a_right_rule_is_said(capsys):
    def momentum(x, g, t, v=None, *, learning_rate=0.01, momentum=0.9):
        v = momentum * (0 if v is None else v) - learning_rate * g
        return x + v, v

    assert check(momentum, "momentum") is rules.momentum
    assert (
        "right, it agrees with the course's own in every test; but momentum's state v starts at "
        "None: it must start at a finite number, as v=0. The next cells use the course's momentum."
    ) in capsys.readouterr().out
    body = "return (np.float16(x - learning_rate * g),)"
    assert said("sgd", body) == "x is in float16, which has three digits: use float32 at least"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        (
            "adam",
            "m[0] = 1\nreturn x, m, v",
            "write the rule for all elements at once, without a loop",
        ),
        ("nesterov", "return x + g(x + v), v", "g is the gradient already, an array of numbers"),
        (
            "sgd",
            "a = np.array([1])\na += 0.5 * g[:1]\nreturn (x,)",
            "+= and -= write into an array",
        ),
        ("sgd", "return ([*x] - learning_rate * [*g],)", "a list does not calculate"),
        ("adam", "m_hat = m_hat / 2\nreturn x, m, v", "a name that the function sets anywhere"),
        ("sgd", "return [x - learning_rate * g]", "it must return the tuple (x,), yours is a list"),
        ("sgd", "return (a for a in [x])", "must return the tuple (x,), yours is a generator"),
    ],
)
def test_python_s_words_are_explained(name, body, words):
    assert words in said(name, body)


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr("adamlib.practice.judge.SECONDS", 0.2)
    words = said("sgd", "while True:\n    x = x\nreturn (x,)")
    assert "it raises TimeoutError: it has not ended after 0.2 seconds: does a loop go on" in words


def test_a_loop_that_only_another_shape_makes_endless_is_no_fault_of_the_shape(monkeypatch):
    monkeypatch.setattr("adamlib.practice.judge.SECONDS", 0.2)
    words = said("sgd", "while np.ndim(x) == 0:\n    pass\nreturn (x - learning_rate * g,)")
    assert words.startswith("it raises TimeoutError") and "shape" not in words


def test_hints_begin_with_the_part_that_is_wrong_and_none_is_left_out(capsys):
    hints_given.clear()
    wrong_part.clear()
    wrong_x = written("adam", ADAM.replace("x - learning", "x + learning"))
    wrong_v = written("adam", ADAM.replace("g**2", "g"))
    parts = [parts.split() for parts, _ in hints_of("adam")]
    for number, (rule, part) in enumerate(((wrong_x, "x"), (wrong_v, "v")), 1):
        check(rule, "adam", "by the paper")
        hint("adam")
        assert f"adam, hint {number} of 3: " in capsys.readouterr().out
        assert part in parts[hints_given["adam"][-1]]
    hint("adam")
    assert "adam, hint 3 of 3: " in capsys.readouterr().out
    assert sorted(hints_given["adam"]) == [0, 1, 2]
    hint("adam")
    assert "that was the last hint" in capsys.readouterr().out


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_mistakes_of_different_lines_combine_however_they_are_written(data):
    rule = data.draw(st.sampled_from([rules.rmsprop, rules.adam]))
    of_v = ["rho and 1 - rho", "beta_2 and 1 - beta_2", "the gradient is not squared in v"]
    of_x = ["the step goes uphill", "the learning rate is not used"]
    known = {m.name: m for m in mistakes_of(rule)}
    first = data.draw(st.sampled_from([n for n in known if n.startswith(tuple(of_v))]))
    second = data.draw(st.sampled_from(of_x))
    variant = Variant(inspect.getsource(rule)).with_mistakes(known[first], known[second])
    way = data.draw(
        st.sampled_from([("g**2", "g * g"), ("sqrt", "np.sqrt"), ("x -", "-0.0 + x -")])
    )
    learners = compiled(variant._replace(source=variant.source.replace(*way)), rule)
    words = verdict_of(learners, trial_of(rule.__name__)).sentence
    assert first in words and "there is another mistake in x" in words
