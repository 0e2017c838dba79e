"""what_is() knows the course's rules and mistakes in optimizers that are not the course's."""

from functools import partial

import numpy as np
import pytest

from adamlib import rules
from adamlib.keras_check import keras, own_optimizer
from adamlib.practice import what_is
from adamlib.practice.mistakes import compiled, variants


def said(capsys, *arguments, **hyperparameters):
    what_is(*arguments, **hyperparameters)
    words = capsys.readouterr().out
    assert words.count("\n") == 1 and words.endswith(".\n") and ".." not in words
    return words


def remembering(rule, **hyperparameters):
    """The rule made anew, as what_is asks for it."""

    def fresh():
        state = []

        def step(x, g, t):
            x, *state[:] = rule(x, g, t, *state, **hyperparameters)
            return x

        return step

    return fresh


class Mine:
    """Adam by the paper that changes x in place."""

    def __init__(self, lr, eps=1e-7):
        self.lr, self.eps, self.m, self.v, self.t = lr, eps, 0, 0, 0

    def update(self, x, g):
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g**2
        root = np.sqrt(self.v / (1 - 0.999**self.t))
        x -= self.lr * self.m / (1 - 0.9**self.t) / (root + self.eps)


def in_place(*arguments):
    def fresh():
        mine = Mine(*arguments)

        def step(x, g, t):
            mine.update(x, g)
            return x

        return step

    return fresh


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long), 5])
def test_every_rule_equals_itself(every, capsys):
    for name, rule in [*rules.RULES.items()][::every]:
        assert said(capsys, rule).startswith(f"{name} equals {name}: ")
        assert said(capsys, remembering(rule)).startswith(f"fresh equals {name}: ")


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long), 30])
@np.errstate(all="ignore")
def test_a_known_mistake_is_named(every, capsys):
    unnamed = []
    for (*by, mistake), variant in [*variants(rules.adam)][::every]:
        wrong = compiled(variant, rules.adam)
        try:
            words = said(capsys, wrong, "adam")
        except ValueError as error:  # it raises one itself
            assert "it raises" in str(error)
            continue
        if mistake.name not in words:
            unnamed.append((by, mistake.name, words))
    # Of those that do the same in x, the first is named; what only the state shows is not seen.
    for by, name, words in unnamed:
        assert "with a known mistake" in words or "equals adam" in words, (by, name, words)
    assert len(unnamed) <= 0.15 * len([*variants(rules.adam)][::every])


def test_a_convention_is_said_to_be_one(capsys):
    words = said(capsys, in_place(0.1), "adam", learning_rate=0.1)
    assert words.startswith("fresh equals adam by the paper: in 16 steps x differs by ")
    assert "epsilon is that of Algorithm 1: right by the paper, but Keras " in words
    words = said(capsys, in_place(0.1, 1e-8), learning_rate=0.1, epsilon=1e-8)
    assert words.startswith("fresh equals adam by the paper: ")
    words = said(capsys, in_place(0.1, 1e-8), "adam", learning_rate=0.1)
    assert "It is adam by the paper with a known mistake: epsilon is written as 1e-8: " in words


def test_two_conventions_at_once_are_no_mistake(capsys):
    def adagrad(x, g, t, s=0, *, learning_rate=0.001, epsilon=1e-7):
        s = s + g**2
        return x - learning_rate * g / (np.sqrt(s) + epsilon), s

    words = said(capsys, adagrad)
    assert words.startswith("adagrad parts from adagrad by the paper at step 1: x[0, 2] is ")
    assert "It is adagrad by the paper with another convention: epsilon is outside " in words


def test_a_mistake_in_a_rule_of_another_name_is_known(capsys):
    def sgd(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
        v = momentum * v - learning_rate * g
        return x - v, v

    words = said(capsys, sgd)
    assert words.startswith("sgd parts from ") and "with a known mistake: " in words


def test_the_step_and_the_coordinate_are_those_where_it_parts(capsys):
    def sgd(x, g, t, *, learning_rate=0.01):
        step = learning_rate * g
        step[1, 2] *= 1 + (t == 7)
        return (x - step,)

    words = said(capsys, sgd)
    assert words.startswith("sgd parts from sgd at step 7: x[1, 2] is ")
    assert words.endswith("No known mistake does the same, if yours has learning_rate=0.01.\n")


def test_the_setting_in_which_it_parts_is_said(capsys):
    def momentum(x, g, t, v=0, *, lr=0.01, momentum=0.9):
        v = 0.9 * v - lr * g
        return x + v, v

    words = said(capsys, momentum)
    assert words.startswith("momentum parts from momentum at step 2 with momentum=0.5: x[0, 0] is ")
    assert "with a known mistake: momentum is written as a number: " in words


def test_what_runs_in_float32_is_equal(capsys):
    def adagrad(x, g, t, s=0.1, *, learning_rate=0.001, epsilon=1e-7):
        x, g = np.float32(x), np.float32(g)
        return rules.adagrad(x, g, t, np.float32(s), learning_rate=learning_rate, epsilon=epsilon)

    assert said(capsys, adagrad).startswith("adagrad equals adagrad: ")


class Uncorrected(keras.optimizers.Optimizer):
    """RMSProp with momentum, as some call Adam."""

    def build(self, variables):
        super().build(variables)
        self.m, self.v = (self.add_optimizer_variables(variables, name) for name in "mv")

    def update_step(self, g, x, learning_rate):
        m, v = (state[self._get_variable_index(x)] for state in (self.m, self.v))
        m.assign(0.9 * m + 0.1 * g)
        v.assign(0.999 * v + 0.001 * g * g)
        x.assign_sub(learning_rate * m / (keras.ops.sqrt(v) + 1e-7))


@pytest.mark.parametrize("name", ["nesterov", "amsgrad", "adamw", "lamb"])
def test_an_optimizer_of_keras_is_known(name, capsys):
    assert f" equals {name}: " in said(capsys, own_optimizer(name, learning_rate=0.05))


def test_an_optimizer_made_for_keras_is_held_to_a_rule(capsys):
    words = said(capsys, Uncorrected(0.1), "adam")
    assert words.startswith("Uncorrected parts from adam")
    assert "known mistake: neither m nor v is corrected: " in words


def used():
    optimizer, x = keras.optimizers.SGD(0.1), keras.Variable(1.0)
    optimizer.apply([keras.ops.convert_to_tensor(1.0)], [x])
    return optimizer


falling = partial(keras.optimizers.schedules.CosineDecay, 0.1, 10)


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [
        (lambda: ("adam",), {}, "is the name of a rule: give the function, without quotes"),
        (lambda: (Mine(0.1),), {}, "give a function of no argument that makes it anew"),
        (lambda: (Mine,), {}, "give a function of no argument that makes it anew"),
        (lambda: (lambda g: g,), {}, "give a function of no argument that makes it anew"),
        (lambda: (keras.optimizers.SGD,), {}, "give a function of no argument that makes it anew"),
        (lambda: (rules.adam, "adm"), {}, "There is no rule 'adm': did you mean 'adam'"),
        (lambda: (rules.adam, "adam"), {"lr": 1}, "There is no hyperparameter 'lr': there are b"),
        (lambda: (rules.sgd,), {"rho": 0.9}, "sgd has no hyperparameter rho: it has learning_rate"),
        (lambda: (rules.sgd,), {"learning_rate": -1}, "must be a positive number, not -1"),
        (lambda: (lambda: 3,), {}, "must return a function of \\(x, g, t\\), not 3"),
        (lambda: (lambda: lambda x, g, t: None,), {}, "At step 1 it must return the new x, an arr"),
        (lambda: (lambda: lambda x, g, t: x[0],), {}, "of shape \\(2, 5\\), not an array of shape"),
        (lambda: (lambda: lambda x, g: x,), {}, "At step 1 it raises TypeError: .* takes 2 posit"),
        (lambda: (lambda x, g, t: x,), {}, "<lambda> must return a tuple, the new x and 0 parts"),
        (lambda: (used(),), {}, "The Keras optimizer has made steps already: give a new one"),
        (lambda: (keras.optimizers.SGD(falling()),), {}, "what_is compares at one learning rate"),
    ],
)
def test_what_cannot_be_compared_is_said(arguments, given, words):
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        what_is(*arguments(), **given)
    assert "\n" not in str(caught.value) and ".." not in str(caught.value)
