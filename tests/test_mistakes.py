"""check() names every mistake, refuses no right rule, and needs all that it compares."""

import ast
import inspect
import re
from collections import Counter
from functools import wraps

import numpy as np
import pytest

from adamlib import rules
from adamlib.descent import hyperparameter_defaults
from adamlib.practice import Function, check, lessons
from adamlib.practice.judge import hints_of, trial_of, verdict_of
from adamlib.practice.judge_function import Comparison
from adamlib.practice.judge_rule import GRADIENTS, SETTINGS, START, TOLERANCE, Trial
from adamlib.practice.mistakes import Variant, compiled, read, wrong_rules

FUNCTIONS = [name.partition(".")[2] for name in lessons.every("FUNCTIONS", Function)]
TRIALS = {name: trial_of(name) for name in [*rules.RULES, *FUNCTIONS] if hints_of(name)}
OURS = {name: trial.ours for name, trial in TRIALS.items()}
SOURCES = {name: inspect.getsource(ours) for name, ours in OURS.items()}
WRONG = [(name, *pair) for name, trial in TRIALS.items() for pair in trial.wrong_rules]
MISTAKES = list(dict.fromkeys((name, mistake) for name, mistake, _ in WRONG))

# What float32 makes of some mistakes: {name: what is said then}.
IN_FLOAT32 = {
    ("adam", "^ is used for beta's power"): "^ is used for a power",  # NumPy's error, not Python's
    # what cancels or underflows has no digit left in float32
    ("adam", "1 - beta_2 is raised to t"): "at step ",
    ("adam", "epsilon is subtracted"): "at step ",
    # of a difference at 1e-5 float32 keeps no digit
    ("central_difference", "h is written as a number"): "at x = 1 with h = 0.1 it gives ",
    ("central_difference", "the points have a number for h"): "at x = 1 with h = 0.1 it gives ",
    ("times_longer", "beta_1**t is not taken from 1"): "β₂ = 0.99 it gives ",
    ("times_longer", "1 - beta_2 is raised to t"): "β₂ = 0.99 it gives ",
    ("times_longer", "1 - beta is raised to t"): "β₂ = 0.99 it gives ",
    ("times_longer", "neither beta is taken from 1"): "β₂ = 0.99 it gives ",
    ("orthogonalized", "b has the wrong sign"): "its corner is ",
}


@pytest.fixture(autouse=True)
def no_expectation(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)


def said(rule, name, capsys):
    capsys.readouterr()
    check(rule, name)
    return capsys.readouterr().out


def test_there_are_mistakes_for_every_rule_and_each_is_one_change_to_its_source():
    counts = Counter(name for name, _ in MISTAKES)
    assert set(counts) == set(OURS) and counts.total() >= 500 and min(counts.values()) >= 8
    for name, m in MISTAKES:
        assert m.diff or m.first or m.returns, m
        for right, wrong in m.diff:
            assert SOURCES[name].count(right) == 1 and right != wrong, m
        assert m.convention in (
            "",
            "by the paper",
            "in PyTorch",
            "in many textbooks",
            "in some courses",
        )
        for words in (m.name, m.hint):
            assert words == words.strip() and not words.endswith(".") and "\n" not in words
            assert not re.search(r"(?<![A-Za-z])[SBQT]\b", words), words


def test_each_mistake_of_lion_s_own_is_wrong_at_some_step():
    wrong = {mistake.name for mistake, _ in TRIALS["lion"].wrong_rules}
    own = ["the step uses the new m", "1 - beta_1 is forgotten in the step"]
    assert wrong >= {*own, "beta_1 and 1 - beta_1 are exchanged in the step"}


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long), 3])
@pytest.mark.parametrize("name", OURS)
@np.errstate(all="ignore")
def test_every_mistake_is_diagnosed_as_itself(name, every, capsys):
    trial = TRIALS[name]
    for i, (mistake, rule) in enumerate(trial.wrong_rules[::every]):
        words = said(rule, name, capsys)
        assert words.count("\n") == 1
        if mistake.name not in words:  # then another one does the same
            twins = [twin for m, twin in trial.wrong_rules if m.sentence in words]
            assert any(alike(trial, rule, twin) for twin in twins), (mistake, words)
        elif i % 3 == 0 and mistake.diff and f"{name}: {mistake.name}" in words:
            named = IN_FLOAT32.get((name, mistake.name), mistake.name)
            assert named in said(in_float32(rule), name, capsys), mistake


def alike(trial, rule, twin):
    if isinstance(trial, Comparison):
        return trial.run(rule) == pytest.approx(trial.run(twin), rel=TOLERANCE, nan_ok=True)
    return not trial.apart(trial.results(rule)[0], trial.results(twin)[0]).any()


def in_float32(function, cast=range(6)):
    """The function with its arguments at these positions, and then all hyperparameters, cast."""

    @wraps(function)
    def learner(*arguments, **given):
        for i, a in enumerate(arguments):
            if i in cast and isinstance(a, float | np.ndarray):
                arguments = (*arguments[:i], np.float32(a), *arguments[i + 1 :])
        settings = hyperparameter_defaults(function) | given
        return function(*arguments, **{k: np.float32(v) for k, v in settings.items()})

    return learner


def test_what_python_makes_of_ten_to_the_minus_eight():
    (name,) = (m.name for _, m in MISTAKES if "10^-8" in m.name)
    assert name == f"epsilon is 10^-8, which is {10 ^ -8}"


def test_a_convention_is_said_to_be_right_elsewhere(capsys):
    def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat = m / (1 - beta_1**t)
        v_hat = v / (1 - beta_2**t)
        return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v

    words = said(adam, "adam", capsys)
    assert words.startswith("adam: epsilon is that of Algorithm 1: right by the paper, but Keras ")


# Other right ways to write each rule: bodies.
BODIES = {
    "sgd": [
        "step = learning_rate * g\nreturn (x - step,)",
        "return (-learning_rate * g + x,)",
        "return (np.subtract(x, np.multiply(learning_rate, g)),)",
        "x = x.copy()\nx -= learning_rate * g\nreturn (x,)",
    ],
    "momentum": [
        "v = v * momentum\nv = v - g * learning_rate\nx = x + v\nreturn x, v",
        "v = -(learning_rate * g - momentum * v)\nreturn (x + v, v)",
        "new = momentum * v - learning_rate * g\nreturn x + momentum * v - learning_rate * g, new",
    ],
    "nesterov": [
        "v = momentum * v - learning_rate * g\nreturn x - (learning_rate * g - momentum * v), v",
        "step = learning_rate * g\nnew = momentum * v - step\n"
        "return x + momentum**2 * v - (1 + momentum) * step, new",
        "step = learning_rate * g\nv = momentum * v - step\nx = x + momentum * v\n"
        "return x - step, v",
    ],
    "adagrad": [
        "s = s + abs(g) ** 2\nreturn x - learning_rate / np.sqrt(s + epsilon) * g, s",
        "s = s + g * g\nreturn x - learning_rate * g * (s + epsilon) ** -0.5, s",
    ],
    "sign_descent": [
        "return (x - np.copysign(learning_rate, g) * (g != 0),)",
        "return (x - np.where(g > 0, learning_rate, np.where(g < 0, -learning_rate, 0)),)",
        "up = (g > 0) * 1.0\ndown = (g < 0) * 1.0\nreturn (x + learning_rate * (down - up),)",
        "return (np.where(g == 0, x, x - learning_rate * g / np.maximum(abs(g), 1e-300)),)",
    ],
    "rmsprop": [
        "v = v + (g**2 - v) * (1 - rho)\nreturn x - learning_rate * g / np.sqrt(v + epsilon), v",
        "square = g * g\nv = square - rho * (square - v)\nroot = (v + epsilon) ** 0.5\n"
        "return x - learning_rate * (g / root), v",
    ],
    "adadelta": [
        "v = v + (g**2 - v) * (1 - rho)\nstep = -np.sqrt((u + epsilon) / (v + epsilon)) * g\n"
        "return x + learning_rate * step, v, u + (step**2 - u) * (1 - rho)",
        "v = rho * v + (1 - rho) * g**2\nstep = np.sqrt(u + epsilon) / np.sqrt(v + epsilon) * g\n"
        "u = rho * u + (1 - rho) * step**2\nreturn x - learning_rate * step, v, u",
    ],
    "adam": [
        "m = m + (g - m) * (1 - beta_1)\nv = v + (g**2 - v) * (1 - beta_2)\n"
        "alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)\n"
        "return x - alpha * m / (np.sqrt(v) + epsilon), m, v",
        "m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g * g\n"
        "c1, c2 = 1 - np.power(beta_1, t), 1 - np.power(beta_2, t)\n"
        "return x - learning_rate * (m / c1) / (np.sqrt(v / c2) + epsilon / np.sqrt(c2)), m, v",
        "m = (1 - beta_1) * g + beta_1 * m\nv = (1 - beta_2) * np.square(g) + beta_2 * v\n"
        "root = np.sqrt(v) + epsilon\n"
        "return x - learning_rate / (1 - beta_1**t) * m * (1 - beta_2**t) ** 0.5 / root, m, v",
    ],
    "adamw": [
        "adams = dict(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2)\n"
        "kept = 1 - learning_rate * weight_decay\n"
        "return adam(kept * x, g, t, m, v, epsilon=epsilon, **adams)",
        "adams = dict(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2)\n"
        "new, m, v = adam(x, g, t, m, v, epsilon=epsilon, **adams)\n"
        "return new - learning_rate * weight_decay * x, m, v",
        "m = m + (g - m) * (1 - beta_1)\nv = v + (g**2 - v) * (1 - beta_2)\n"
        "alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)\n"
        "return x - alpha * m / (np.sqrt(v) + epsilon) - learning_rate * weight_decay * x, m, v",
    ],
    "lion": [
        "mixed = m + (1 - beta_1) * (g - m)\nm = m + (1 - beta_2) * (g - m)\n"
        "return x - learning_rate * np.sign(mixed), m",
        "step = learning_rate * np.sign((1 - beta_1) * g + beta_1 * m)\n"
        "return x - step, beta_2 * m + (1 - beta_2) * g",
        "mixed = beta_1 * m + (1 - beta_1) * g\nup = (mixed > 0) * 1.0\n"
        "down = (mixed < 0) * 1.0\n"
        "return x - learning_rate * (up - down), beta_2 * m + (1 - beta_2) * g",
    ],
    "amsgrad_cycle": [
        "moved, v_max = 0, 0\nfor g in gradients:\n    v = 0.1 * v + 0.9 * g**2\n"
        f"    {line}\n    moved = moved - g / np.sqrt(v_max)\nreturn moved"
        for line in (
            "if v > v_max:\n        v_max = v",
            "v_max = np.maximum(v, v_max)",
            "v_max = v if v > v_max else v_max",
            "v_max = max([v, v_max])",
            "v_max = v_max + max(0, v - v_max)",
            "v_max = (v_max + v + abs(v_max - v)) / 2",
            "v_max = np.max([v_max, v])",
        )
    ],
    "orthogonalized": [
        "x = matrix / np.linalg.norm(matrix)\nfor _ in range(ns_steps):\n"
        "    square = x @ x.T\n"
        "    x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x\nreturn x",
        "x = matrix / np.sqrt(np.sum(matrix**2))\nfor _ in range(ns_steps):\n"
        "    square = x.T @ x\n"
        "    x = 3.4445 * x - x @ (4.7750 * square - 2.0315 * square @ square)\nreturn x",
        "a, b, c = 3.4445, -4.7750, 2.0315\nx = matrix / np.linalg.norm(matrix)\n"
        "while ns_steps > 0:\n    cube = x @ x.T @ x\n"
        "    x = a * x + b * cube + c * x @ x.T @ cube\n    ns_steps = ns_steps - 1\nreturn x",
        "u, s, v = np.linalg.svd(matrix, full_matrices=False)\ns = s / np.linalg.norm(s)\n"
        "for _ in range(ns_steps):\n"
        "    s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5\nreturn u @ np.diag(s) @ v",
        "norm = np.linalg.norm(matrix)\nx = np.array(matrix) / (norm + 1e-7)\n"
        "for _ in range(ns_steps):\n    square = np.dot(x, x.T)\n"
        "    mixed = -4.7750 * square + 2.0315 * np.dot(square, square)\n"
        "    x = np.dot(3.4445 * np.eye(len(x)) + mixed, x)\nreturn x",
        "x = matrix / np.linalg.norm(matrix, 'fro')\nfor _ in range(ns_steps):\n"
        "    square = np.matmul(x, np.transpose(x))\n"
        "    x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * (square @ (square @ x))\nreturn x",
        "x = matrix.copy()\nx /= np.linalg.norm(x)\nfor step in range(1, ns_steps + 1):\n"
        "    third = x @ x.T @ x\n    fifth = x @ x.T @ third\n"
        "    x = 3.4445 * x - 4.775 * third + 2.0315 * fifth\nreturn x",
    ],
    "new_average": [
        "return average + (1 - beta) * (value - average)",
        "return value + beta * (average - value)",
        "return average * beta + value * (1 - beta)",
        "return beta * average + value - beta * value",
        "new = (1 - beta) * value\nreturn new + beta * average",
        "average *= beta\naverage += (1 - beta) * value\nreturn average",
        "return np.dot([beta, 1 - beta], [average, value])",
        "return np.array(beta * average + (1 - beta) * value)",
    ],
    "central_difference": [
        "return (f(x + h) - f(x - h)) / 2 / h",
        "return 0.5 / h * (f(x + h) - f(x - h))",
        "return -(f(x - h) - f(x + h)) / (2 * h)",
        "left, right = x - h, x + h\nreturn (f(right) - f(left)) / (right - left)",
        "return ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2",
        "return np.diff([f(x - h), f(x + h)])[0] / (h + h)",
        "return np.array((f(x + h) - f(x - h)) / (2 * h))",
        "x, h = np.float32(x), np.float32(h)\nreturn (f(x + h) - f(x - h)) / (2 * h)",
    ],
    "cosine_at": [
        "if t < warmup:\n    return learning_rate * t / warmup\n"
        "done = (t - warmup) / (1 + steps - warmup)\n"
        "return learning_rate * (0.5 + 0.5 * math.cos(done * math.pi))",
        "done = max(0, t - warmup) / (steps - warmup + 1)\n"
        "return learning_rate * min(1, t / warmup) * (1 + math.cos(math.pi * done)) / 2",
        "if t <= warmup:\n    return t / warmup * learning_rate\n"
        "half = math.pi * (t - warmup) / (steps - warmup + 1) / 2\n"
        "return learning_rate * math.cos(half) ** 2",
        "left = (steps + 1 - t) / (steps + 1 - warmup)\n"
        "fall = (1 - math.cos(math.pi * left)) / 2\n"
        "return learning_rate * (fall if t > warmup else t / warmup)",
        "if t > warmup:\n    part = (t - warmup) / (steps - (warmup - 1))\n"
        "    return 0.5 * learning_rate * (math.cos(part * math.pi) + 1)\n"
        "return learning_rate / warmup * t",
        "rate = learning_rate\nif t <= warmup:\n    rate *= t / warmup\nelse:\n"
        "    done = (t - warmup) / (steps + 1 - warmup)\n"
        "    rate *= (1 + math.cos(math.pi * done)) / 2\nreturn rate",
        "if t <= warmup:\n    return learning_rate * t / warmup\n"
        "i, n = t - warmup, steps - warmup + 1\n"
        "return learning_rate / 2 + learning_rate / 2 * math.cos(math.pi * i / n)",
    ],
    "next_rate": [
        "best = rates.index(min(losses, key=losses.get))\n"
        "for rate in rates[best + 1:best + 2] + rates[max(0, best - 1):best]:\n"
        "    if rate not in losses:\n        return rate",
        "best = rates.index(min(losses, key=losses.get))\n"
        "if best + 1 < len(rates) and rates[best + 1] not in losses:\n"
        "    return rates[best + 1]\n"
        "if best > 0 and rates[best - 1] not in losses:\n    return rates[best - 1]",
        "best = min(losses, key=lambda rate: losses[rate])\n"
        "larger = [r for r in rates if r > best][:1]\n"
        "smaller = [r for r in rates if r < best][-1:]\n"
        "return next((r for r in larger + smaller if r not in losses), None)",
        "lowest = min(losses.values())\n"
        "(best,) = [i for i, r in enumerate(rates) if losses.get(r) == lowest]\n"
        "beside = [i for i in (best + 1, best - 1) if i in range(len(rates))]\n"
        "new = [rates[i] for i in beside if rates[i] not in losses]\n"
        "return new[0] if new else None",
        "import numpy as np\n"
        "best = rates.index(list(losses)[np.argmin(list(losses.values()))])\n"
        "padded = [None, *rates, None]\n"
        "for rate in (padded[best + 2], padded[best]):\n"
        "    if rate is not None and rate not in losses:\n        return rate\nreturn None",
        "for loss, rate in sorted((loss, rate) for rate, loss in losses.items())[:1]:\n"
        "    i = rates.index(rate)\n"
        "    try:\n        above = rates[i + 1]\n"
        "    except IndexError:\n        above = rate\n"
        "    below = rates[i - 1] if i else rate\n"
        "return above if above not in losses else below if below not in losses else None",
        "best, *_ = sorted(losses, key=losses.get)\ni = rates.index(best)\n"
        "up, down = rates[i + 1:], rates[:i][::-1]\n"
        "for side in (up, down):\n"
        "    if side and side[0] not in losses:\n        return side[0]\nreturn None",
    ],
    "climb": [
        "losses = {rate: loss_at(rate)}\n"
        "while (rate := next_rate(losses, rates)) is not None:\n"
        "    losses[rate] = loss_at(rate)\nreturn losses",
        "found = {}\nwhile True:\n    found[rate] = loss_at(rate)\n"
        "    rate = next_rate(found, rates)\n    if rate is None:\n        return found",
        "losses = {}\nfor _ in rates:\n    if rate is not None:\n"
        "        losses[rate] = loss_at(rate)\n        rate = next_rate(losses, rates)\n"
        "return losses",
        "losses = {}\nwhile rate:\n    losses.update({rate: loss_at(rate)})\n"
        "    rate = next_rate(losses, rates)\nreturn losses",
        "losses = dict([(rate, loss_at(rate))])\nnew = next_rate(losses, rates)\n"
        "while new is not None:\n    losses[new] = loss_at(new)\n"
        "    new = next_rate(losses, rates)\nreturn losses",
        "def go_on(losses, rate):\n    if rate is None:\n        return losses\n"
        "    losses = losses | {rate: loss_at(rate)}\n"
        "    return go_on(losses, next_rate(losses, rates))\nreturn go_on({}, rate)",
        "losses, going = {}, True\nwhile going:\n    losses[rate] = loss_at(rate)\n"
        "    rate = next_rate(losses, rates)\n    going = rate is not None\nreturn losses",
    ],
    "clip": [
        "return g * np.minimum(1, c / np.linalg.norm(g))",
        "return g * min(1, c / np.linalg.norm(g))",
        "return c * g / np.maximum(c, np.sqrt(np.sum(g**2)))",
        "length = np.sqrt((g * g).sum())\nreturn g if length <= c else g * c / length",
        "length = np.linalg.norm(g)\nif length > c:\n    return c * g / length\nreturn g.copy()",
        "return g / np.maximum(1, np.linalg.norm(g) / c)",
        "return np.minimum(1.0, c / np.sum(g**2) ** 0.5) * g",
    ],
    "train": [
        "model.compile(optimizer=optimizer, loss=loss, metrics='accuracy')\n"
        "x, y = data\nreturn model.fit(x, y, 64, 20, 0, callback, validation_data=validation)",
        "model.compile(optimizer, loss, metrics=['accuracy'])\n"
        "history = model.fit(data[0], data[1], callbacks=[callback], epochs=20, batch_size=64, "
        "validation_data=list(validation), verbose=0)\nreturn history",
        "model.compile(loss=loss, metrics=('accuracy',), optimizer=optimizer)\n"
        "how = dict(batch_size=64, epochs=20, verbose=0, callbacks=[callback])\n"
        "return model.fit(*data, validation_data=validation, **how)",
        "model.compile(optimizer, loss, metrics=['accuracy'])\npictures, labels = data\n"
        "return model.fit(x=pictures, y=labels, batch_size=64, epochs=20, verbose=0, "
        "validation_data=validation, callbacks=[callback])",
        "metrics = ['accuracy']\nmodel.compile(optimizer, loss=loss, metrics=metrics)\n"
        "return model.fit(*data, 64, 20, validation_data=validation, callbacks=[callback])",
        "model.compile(optimizer, loss, None, ['accuracy'])\n"
        "return model.fit(*data, 64, 20, 0, [callback], validation_data=tuple(validation))",
        "model.compile(optimizer, loss=loss, metrics=['accuracy'])\n"
        "return model.fit(*data, epochs=20, batch_size=64, verbose=2, callbacks=(callback,), "
        "validation_data=validation)",
    ],
    "best_rate": [
        "means = {rate: np.mean(some) for rate, some in losses.items()}\n"
        "means = {rate: np.inf if np.isnan(m) else m for rate, m in means.items()}\n"
        "return min(means, key=means.get)",
        "best, lowest = None, np.inf\nfor rate, some in losses.items():\n"
        "    if np.mean(some) < lowest:\n        best, lowest = rate, np.mean(some)\nreturn best",
        "rates = list(losses)\nreturn rates[np.nanargmin([np.mean(losses[r]) for r in rates])]",
        "return min(losses, key=lambda rate: np.nan_to_num(sum(losses[rate]), nan=np.inf))",
        "means = np.mean(list(losses.values()), axis=1)\n"
        "return list(losses)[int(np.argmin(np.where(np.isnan(means), np.inf, means)))]",
        "ranked = sorted((np.mean(some), r) for r, some in losses.items() "
        "if not np.isnan(some).any())\nreturn ranked[0][1]",
        "kept = {r: some for r, some in losses.items() if np.all(np.isfinite(some))}\n"
        "return min(kept, key=lambda r: sum(kept[r]) / len(kept[r]))",
    ],
    "corrected_rmsprop": [
        "v = rho * v + (1 - rho) * g**2\nv_hat = v / (1 - rho**t)\n"
        "return x - learning_rate * g / (v_hat + epsilon) ** 0.5, v",
        "v = rho * v + (1 - rho) * g**2\nv_hat = v / (1 - np.power(rho, t))\n"
        "return x - learning_rate * g / np.sqrt(v_hat + epsilon), v",
        "v += (1 - rho) * (g * g - v)\n"
        "return x - learning_rate * g / np.sqrt(v / (1 - rho**t) + epsilon), v",
        "v = rho * v + (1 - rho) * g**2\nshare = 1 - rho**t\n"
        "return x - learning_rate * g * (v / share + epsilon) ** -0.5, v",
        "v = rho * v + g**2 - rho * g**2\nroot = np.sqrt(v / (1 - rho**t) + epsilon)\n"
        "return x - learning_rate / root * g, v",
        "v = (1 - rho) * g * g + v * rho\nv_hat = v * (1 / (1 - rho**t))\n"
        "return (x - learning_rate * g / np.sqrt(epsilon + v_hat), v)",
        "v = np.average([v, g**2], weights=[rho, 1 - rho])\nv_hat = v / (1 - rho**t)\n"
        "step = learning_rate * g / np.sqrt(v_hat + epsilon)\nreturn x - step, v",
    ],
    "chosen_test_loss": [
        "means = {rate: np.mean(some) for rate, some in chooser.items()}\n"
        "kept = {rate: mean for rate, mean in means.items() if np.isfinite(mean)}\n"
        "return np.mean(test[min(kept, key=kept.get)])",
        "rates = list(chooser)\nmeans = [np.mean(chooser[r]) for r in rates]\n"
        "some = test[rates[np.nanargmin(means)]]\nreturn sum(some) / len(some)",
        "best, lowest = None, np.inf\nfor rate, some in chooser.items():\n"
        "    if np.mean(some) < lowest:\n        best, lowest = rate, np.mean(some)\n"
        "return np.array(test[best]).mean()",
        "kept = {r: sum(some) for r, some in chooser.items() if np.all(np.isfinite(some))}\n"
        "return np.sum(test[min(kept, key=kept.get)]) / len(test[min(kept, key=kept.get)])",
        "ranked = sorted((np.mean(some), rate) for rate, some in chooser.items() "
        "if not np.isnan(some).any())\nreturn np.mean(test[ranked[0][1]])",
        "means = np.mean(list(chooser.values()), axis=1)\n"
        "tests = {r: np.mean(some) for r, some in test.items()}\n"
        "return tests[list(chooser)[int(np.nanargmin(means))]]",
        "return float(np.average(test[min(chooser, "
        "key=lambda r: np.nan_to_num(np.mean(chooser[r]), nan=np.inf))]))",
    ],
    "times_longer": [
        "return (1 - beta_1**t) / np.sqrt(1 - beta_2**t)",
        "m_hat = 1 / (1 - beta_1**t)\nv_hat = 1 / (1 - beta_2**t)\nreturn v_hat**0.5 / m_hat",
        "without = 1.0\nwith_it = (1 / (1 - beta_1**t)) / np.sqrt(1 / (1 - beta_2**t))\n"
        "return without / with_it",
        "return (1 - beta_1**t) * (1 - beta_2**t) ** -0.5",
        "return np.array((1 - beta_1**t) / np.sqrt(1 - beta_2**t))",
        "a, b = (1 - beta**t for beta in (beta_1, beta_2))\nreturn a / b**0.5",
        "return np.sqrt((1 - np.power(beta_1, t)) ** 2 / (1 - np.power(beta_2, t)))",
    ],
    "one_epoch": [
        "order = rng.permutation(len(labels))\nreturn [(images[order[i:i + batch_size]], "
        "labels[order[i:i + batch_size]]) for i in range(0, len(labels), batch_size)]",
        "order = np.arange(len(labels))\nrng.shuffle(order)\n"
        "starts = range(0, len(labels), batch_size)\n"
        "return [(images[order][i:i + batch_size], labels[order][i:i + batch_size]) "
        "for i in starts]",
        "order = rng.choice(len(labels), len(labels), replace=False)\n"
        "n = -(-len(labels) // batch_size)\n"
        "parts = [order[k * batch_size:(k + 1) * batch_size] for k in range(n)]\n"
        "return [(images[part], labels[part]) for part in parts]",
        "order = rng.permutation(len(labels))\nimages, labels = images[order], labels[order]\n"
        "for i in range(0, len(labels), batch_size):\n"
        "    yield images[i:i + batch_size], labels[i:i + batch_size]",
        "order = list(rng.permutation(len(labels)))\nbatches = []\nwhile order:\n"
        "    now, order = order[:batch_size], order[batch_size:]\n"
        "    batches.append([images[now], labels[now]])\nreturn batches",
        "order = np.argsort(rng.random(len(labels)))\n"
        "cuts = np.arange(batch_size, len(labels), batch_size)\n"
        "return list(zip(np.split(images[order], cuts), np.split(labels[order], cuts)))",
        "both = list(zip(images, labels))\nrng.shuffle(both)\nbatches = []\n"
        "for i in range(0, len(both), batch_size):\n"
        "    some = both[i:i + batch_size]\n"
        "    batches.append((np.array([x for x, _ in some]), np.array([y for _, y in some])))\n"
        "return tuple(batches)",
    ],
}


# Other right ways to write any rule: functions of a body.
STYLES = [
    lambda body: body.replace("g ** 2", "g * g"),
    lambda body: body.replace("g ** 2", "np.square(g)"),
    lambda body: re.sub(r"\bsqrt", "np.sqrt", body),
    lambda body: re.sub(r"return (.*)", r"return tuple((\1))", body),
    lambda body: re.sub(r"return (.*)", r"result = \1\nreturn result", body),
    lambda body: f"x, g = x.copy(), np.array(g)\nx *= 1\ng *= 1\n{body}",
    lambda body: f"learning_rate = float(learning_rate)\n{body}",
    lambda body: f"learning_rate = np.float64(learning_rate)\nt = np.float64(t)\n{body}",
    lambda body: f'"""What it does."""\n{body}  # a remark',
]


def right_ways(name):
    """Sources of the rule, other than the course's own."""
    function = ast.parse(SOURCES[name]).body[0]
    body = "\n".join(map(ast.unparse, function.body[1:]))
    styles = [] if name in FUNCTIONS else STYLES
    bodies = {style(body) for style in styles} - {body} | set(BODIES[name])
    function.body = []
    first_line = ast.unparse(function).strip()
    function.args.kwonlyargs.reverse()
    function.args.kw_defaults.reverse()
    yield from (f"{first_line}\n{b}".replace("\n", "\n    ") for b in sorted(bodies))
    yield f"{ast.unparse(function).strip()}\n{body}".replace("\n", "\n    ")


@pytest.mark.parametrize("name", OURS)
def test_a_right_rule_is_never_refused_however_it_is_written(name, capsys):
    ways = list(right_ways(name))
    assert len(ways) == len(set(ways)) >= 8
    for source in ways:
        way = compiled(Variant(source), OURS[name])
        some = [in_float32(way, cast) for cast in ([0], [1], [2], [0, 1], range(3, 6))]
        for rule in (way, in_float32(way), *some):
            assert check(rule, name) is rule, source + capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "course", "learner"),
    [
        (0, r"(?<!np\.)\bsqrt", "np.sqrt"),
        (1, r"g\*\*2", "g * g"),
        (2, r"learning_rate \* g\b(?!\*\*)", "g * learning_rate"),
    ],
)
def test_a_mistake_is_known_however_it_is_written(start, course, learner, capsys):
    for name, mistake in MISTAKES[start::9]:
        variant = Variant(SOURCES[name]).with_mistakes(mistake)
        rewritten = variant._replace(source=re.sub(course, learner, variant.source))
        words = said(compiled(variant, OURS[name]), name, capsys)
        again = said(compiled(rewritten, OURS[name]), name, capsys)
        assert mistake.name in again or again == words


def first_call(name):
    function, toml = lessons.function(name, Function)
    return Comparison(function._replace(calls=dict([*function.calls.items()][:1])), toml)


# Weaker checks, and a mistake that each does not name any more.
WEAKER = {
    "a large tolerance": (
        lambda: Trial(rules.adagrad, tolerance=1e-2),
        "epsilon is outside the root",
    ),
    "a start that hides a small step": (
        lambda: Trial(rules.adagrad, start=np.ones(5)),
        "epsilon is outside the root",
    ),
    "one learning rate": (
        lambda: Trial(rules.sgd, settings=({}, SETTINGS[2])),
        "the learning rate is written as a number",
    ),
    "one setting of the other hyperparameters": (
        lambda: Trial(rules.adam, settings=SETTINGS[:2]),
        "beta_1 is written as a number",
    ),
    "states not compared": (
        lambda: Trial(rules.nesterov, tolerance=np.array([[[TOLERANCE]], [[1e300]]])),
        "the velocity that is returned has looked ahead too",
    ),
    "only the first step": (
        lambda: Trial(rules.adam, gradients=GRADIENTS[:1]),
        "t stays at 1, as if an epoch were a step",
    ),
    "no zero gradient": (
        lambda: Trial(rules.sign_descent, gradients=GRADIENTS[:4, :4], start=START[:4]),
        "the gradient is divided by its size even where it is 0",
    ),
    "a single sign": (
        lambda: Trial(rules.adam, gradients=abs(GRADIENTS)),
        "m averages the sizes of the gradients",
    ),
    "only the first call": (
        lambda: first_call("central_difference"),
        "the sign of the change is lost",
    ),
}


@pytest.mark.parametrize(("weaker", "mistake"), WEAKER.values(), ids=WEAKER)
def test_a_weaker_check_lets_a_mistake_pass(weaker, mistake):
    trial = weaker()
    name = trial.ours.__name__
    rule = next(k for other, m, k in WRONG if other == name and m.name.startswith(mistake))
    assert verdict_of(rule, TRIALS[name]).sentence.startswith(mistake)
    assert not verdict_of(rule, trial).sentence.startswith(mistake)


@pytest.mark.parametrize(
    ("tolerance", "rule"),
    [
        (
            0,
            compiled(
                Variant(next(way for way in right_ways("adam") if "alpha" in way)), rules.adam
            ),
        ),
        (1e-12, in_float32(rules.adam, [1])),
        (1e-5, in_float32(rules.adam)),
    ],
)
def test_with_a_smaller_tolerance_a_right_rule_would_be_refused(tolerance, rule):
    assert verdict_of(rule, TRIALS["adam"]).status == "solved"
    assert verdict_of(rule, Trial(rules.adam, tolerance=tolerance)).status == "wrong"


MISTAKE = """["it goes uphill"]
hint = "the gradient points uphill"
diff = ["- x - learning_rate", "+ x + learning_rate"]
"""


def test_a_mistake_is_a_name_a_hint_and_a_diff(tmp_path):
    toml = tmp_path / "sgd.toml"
    toml.write_text(MISTAKE)
    ((mistake, wrong),) = wrong_rules(rules.sgd, toml)
    assert mistake.sentence == "it goes uphill: the gradient points uphill"
    assert wrong(1.0, 1.0, 1) == (1.01,)


@pytest.mark.parametrize(
    ("text", "other", "words"),
    [
        ("- x - learning", "-x - learning", "its diff must be lines that begin '- ', and as many"),
        (', "+ x + learning_rate"', "", "its diff must be lines that begin '- ', and as many"),
        ('rate"]', 'rate", "-g"]', "its diff must be lines that"),
        ("diff =", "#", "has no diff, no first and no returns"),
        ("- x - learning", "- y - learning", "a text of its diff is not in the source of sgd"),
        ('hint = "the gradient points uphill"\n', "", "has no hint"),
        ("hint =", 'hints = ""\nhint =', "has the unknown key 'hints'"),
    ],
)
def test_a_broken_mistake_is_named_with_its_rule(tmp_path, text, other, words):
    toml = tmp_path / "sgd.toml"
    toml.write_text(MISTAKE.replace(text, other))
    with pytest.raises(ValueError, match=f"sgd.toml, mistake 'it goes uphill'.*{words}") as caught:
        list(wrong_rules(rules.sgd, toml))
    assert "\n" not in str(caught.value)


def test_a_broken_file_of_mistakes_is_named(tmp_path):
    toml = tmp_path / "sgd.toml"
    for text, words in (("mistakes = []", "the unknown key 'mistakes'"), ("a =", "is not TOML")):
        toml.write_text(text)
        with pytest.raises(ValueError, match=f"sgd.toml.*{words}"):
            read(toml)


def test_two_mistakes_that_make_no_rule_together_are_not_taken_for_the_learners(capsys):
    def adamw(
        x, g, t, m=0, v=0, *,
        learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7,
    ):  # fmt: skip
        x = x - learning_rate * weight_decay * x
        return rules.adam(x, g, t, m, v)  # all of Adam's settings are left out

    assert said(adamw, "adamw", capsys).startswith("adamw: ")
