import _thread
import gc
import inspect
import math
import re
import sys
import threading

import numpy as np
import pytest

from adamlib import rules
from adamlib.keras_optimizer import on_tensors
from adamlib.practice import check, check_answer, hint, wrong_rules
from adamlib.practice.judge import hints_given, hints_of, trial_of, wrong_part

# The rules and functions that learners write.
EXERCISES = "sgd momentum nesterov adagrad sign_descent rmsprop adadelta adam".split()
EXERCISES += "central_difference one_epoch new_average cosine_at next_rate climb train".split()
EXERCISES += "best_rate corrected_rmsprop chosen_test_loss times_longer".split()


@pytest.fixture(autouse=True)
def no_expectation(monkeypatch):
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)


def stub(x, g, t, *, learning_rate=0.01):
    """Return the new x, in a tuple."""
    ...


def unfinished(x, g, t, *, learning_rate=0.01):
    raise NotImplementedError


def uphill(x, g, t, *, learning_rate=0.01):
    return (x + learning_rate * g,)


def no_tuple(x, g, t, *, learning_rate=0.01):
    return x - learning_rate * g


def one_number(x, g, t, *, learning_rate=0.01):
    return (np.sum(x),)


def deaf(x, g, t, *, learning_rate=0.01):
    return (x - 0.01 * g,)


def too_long(x, g, t, *, learning_rate=0.01):
    return (x - 2 * learning_rate * g,)


def half_written(x, g, t, *, learning_rate=0.01):
    step = ...
    return (x - step,)


def two_results(x, g, t, *, learning_rate=0.01):
    return x - learning_rate * g, g


def words(x, g, t, *, learning_rate=0.01):
    return (np.full(x.shape, "a"),)


def deep(x, g, t, *, learning_rate=0.01):
    return deep(x, g, t)


def leaves(x, g, t, *, learning_rate=0.01):
    raise SystemExit


def forgot_the_exercise(x, g, t, *, learning_rate=0.01):
    def double(a):
        return a + []

    return (x - double("g"),)


def broken(x, g, t, *, learning_rate=0.01):
    return (x - lr * g,)  # noqa: F821


def without_np(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * sqrt(g),)  # noqa: F821


def of_one_number(x, g, t, *, learning_rate=0.01):
    return (x - learning_rate * math.sqrt(g),)


def never_a_number(x, g, t, *, learning_rate=0.01):
    return (x * np.nan,)


def in_place(x, g, t, *, learning_rate=0.01):
    x -= learning_rate * g
    return (x,)


def g_in_place(x, g, t, *, learning_rate=0.01):
    g *= learning_rate
    return (x - g,)


def no_star(x, g, t, learning_rate=0.01):
    return (x - learning_rate * g,)


def other_default(x, g, t, *, learning_rate=0.1):
    return (x - learning_rate * g,)


def a_list_inside(x, g, t, *, learning_rate=0.01):
    return ((x - learning_rate * g).tolist(),)


START = "at step 1, from x = 1 with g = 100 and learning_rate"
SAID = {
    stub: "not written yet (or is `return` missing?)",
    unfinished: "not written yet",
    uphill: "the step goes uphill: the gradient points to where the loss grows",
    no_tuple: "it must return the tuple (x,), yours is an array of shape (5,): the comma makes",
    one_number: "x must be an array of x's shape, yours is a float64",
    a_list_inside: "x must be an array of x's shape, yours is a list",
    deaf: "the learning rate is written as a number: use the argument learning_rate",
    too_long: "your x is x - 2 * learning_rate * g. The next cells use",
    broken: "it raises NameError: name 'lr' is not defined, in its line 2, return (x - lr * g,)",
    without_np: "name 'sqrt' is not defined, in its line 2, return (x - learning_rate * sqrt(g),)  "
    "# noqa: F821: write np.sqrt. The next",
    of_one_number: "math's functions take one number, those of NumPy arrays, as np.sqrt. The next",
    leaves: "it raises SystemExit, in its line 2, raise SystemExit",
    forgot_the_exercise: 'in its line 5, return (x - double("g"),)',
    half_written: "not written yet",
    two_results: "it must return the tuple (x,), yours is a tuple of 2",
    words: "x must be an array of x's shape, yours is an array of shape (5,) and type <U1",
    deep: "it raises RecursionError: maximum recursion depth exceeded",
    never_a_number: f"{START} 0.01, your x is nan instead of 0",
    in_place: "it changes x in place, which the caller still needs: +=, -= and *= write",
    g_in_place: "it changes g in place, which the caller still needs",
    no_star: "first line should be as it was: def sgd(x, g, t, *, learning_rate=0.01):",
    other_default: "first line should be as it was",
}


for rule in SAID:
    rule.__name__ = "sgd"


@pytest.mark.parametrize(
    ("rule", "words"), SAID.items(), ids=lambda v: getattr(v, "__qualname__", "")
)
def test_one_sentence_for_what_is_not_right_and_the_course_s_rule_instead(rule, words, capsys):
    assert check(rule, "sgd") is rules.sgd
    said = capsys.readouterr().out
    assert words in said and said.startswith("sgd: ") and said.count("\n") == 1


def in_place_on_a_copy(x, g, t, *, learning_rate=0.01):
    x = x.copy()
    x -= learning_rate * g
    return (x,)


in_place_on_a_copy.__name__ = "sgd"


def test_a_convention_may_be_right_too(capsys):
    variants = {mistake.name: wrong for mistake, wrong in wrong_rules(rules.adam)}
    paper, goes_uphill = (
        variants[name] for name in ("epsilon is that of Algorithm 1", "the step goes uphill")
    )
    assert check(paper, "adam", "by the paper") is paper
    assert capsys.readouterr().out == "adam: right by the paper\n"
    assert check(rules.adam, "adam", "by the paper") is rules.adam
    assert ": right, it agrees with Keras already" in capsys.readouterr().out
    for wrong, convention in ((paper, ""), (paper, "in PyTorch"), (goes_uphill, "by the paper")):
        assert check(wrong, "adam", convention) is rules.adam
        assert "The next cells use the course's adam." in capsys.readouterr().out


def test_by_a_convention_the_numbers_are_those_of_the_convention(capsys):
    wrong = {mistake.name: wrong for mistake, wrong in wrong_rules(rules.adam)}
    paper = wrong["epsilon is that of Algorithm 1"]

    def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        """Right by the paper but for its fifth step, which is 1 too long."""
        x, m, v = paper(
            x,
            g,
            t,
            m,
            v,
            learning_rate=learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
        )
        return (x - (t == 5), m, v)

    for convention, step in (("by the paper", 5), ("", 1)):
        assert check(adam, "adam", convention) is rules.adam
        assert f"at step {step}, from" in capsys.readouterr().out


def test_the_name_must_be_the_rule_s_so_that_keras_is_asked_for_it(capsys):
    def descent(x, g, t, *, learning_rate=0.01):
        return (x - learning_rate * g,)

    assert check(descent, "sgd") is rules.sgd
    assert "def sgd(" in capsys.readouterr().out


def test_a_right_rule_is_returned_and_every_rule_passes_its_own_check(capsys):
    assert check(in_place_on_a_copy, "sgd") is in_place_on_a_copy
    for rule in (rules.momentum, rules.adagrad, rules.adam, rules.nadam, rules.amsgrad):
        assert check(rule, rule.__name__) is rule
    assert all(": right" in line for line in capsys.readouterr().out.splitlines())


def test_what_a_right_rule_must_pass_too_is_never_right_and_wrong_at_once(capsys):
    def refuse(rule):
        raise TypeError(f"{rule.__name__} fails on tensors.")

    assert check(in_place_on_a_copy, "sgd", also=refuse) is rules.sgd
    out = capsys.readouterr().out
    assert "right" not in out
    assert "not yet: on arrays it agrees with the course's own, but " in out
    assert "fails on tensors. The next cells use the course's sgd." in out
    assert check(in_place_on_a_copy, "sgd", also=lambda rule: None) is in_place_on_a_copy
    assert "sgd: right" in capsys.readouterr().out
    check(lambda x, g, t, *, learning_rate=0.01: None, "sgd", also=refuse)
    assert "not written yet" in capsys.readouterr().out


class EagerTensor:
    """As TensorFlow's, which this file does without."""


def test_a_function_of_keras_in_a_rule_is_named(capsys):
    def sgd(x, g, t, *, learning_rate=0.01):
        return (EagerTensor(),)

    check(sgd, "sgd")
    out = capsys.readouterr().out
    assert "its x is a tensor: the functions of keras.ops and tf make tensors" in out

    def sgd(x, g, t, *, learning_rate=0.01):
        raise TypeError("`x` and `y` must have the same dtype, got tf.float32 != tf.float64.")

    check(sgd, "sgd")
    assert "write NumPy's, as np.sqrt(v)" in capsys.readouterr().out

    def sgd(x, g, t, *, learning_rate=0.01):
        return (x - learning_rate * g * t.numpy() / t,)

    check(sgd, "sgd")
    assert "calculate with t itself" in capsys.readouterr().out


def central(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 / h


def test_functions_that_are_no_rules_are_compared_by_their_values(capsys):
    ours = check(lambda f, x, h=1e-5: None, "central_difference")
    assert ours(np.sin, 0.0) == pytest.approx(1)
    assert "not written yet" in capsys.readouterr().out
    assert check(central, "central_difference") is central
    check(lambda f, x, h=1e-5: central(f, x, h) + (x == 1), "central_difference")
    assert "for f(x) = x³ at x = 1 with h = 0.1 it gives 4.01 inst" in capsys.readouterr().out
    check(lambda f, x, h=1e-5: central(f, abs(x), h), "central_difference")
    assert (
        "for f(x) = eˣ at x = -0.5 with h = 0.2 it gives 1.65973 instead of 0.610582. The next"
        in capsys.readouterr().out
    )
    check(lambda f, x, h=1e-5: [f(x)], "central_difference")
    assert "it must return a number, yours is a list" in capsys.readouterr().out
    check(lambda f, x, h=1e-5: "3.01", "central_difference")
    assert "it must return a number, yours is a str" in capsys.readouterr().out
    check(lambda f, x, h=1e-5: 1 / 0, "central_difference")
    assert "it raises ZeroDivisionError" in capsys.readouterr().out


# What becomes of the right batches, and what is said.
NO_PAIRS = {
    lambda pairs: [x for x, _ in pairs]: "is an array of shape (4, 2), images without labels",
    lambda pairs: [y for _, y in pairs]: "shape (4,), labels or numbers without images",
    lambda pairs: [part for pair in pairs for part in pair]: "in yours they follow each other",
    lambda pairs: pairs[0]: "yours is one pair: collect all of them in a list",
    lambda pairs: tuple(map(list, zip(*pairs, strict=True))): "yours are two lists: put the",
    lambda pairs: [(x[0], y[0]) for x, y in pairs]: "in yours a pair is a single sample",
    lambda pairs: [(y, y) for _, y in pairs]: "is (an array of shape (4,), an array of shape (4,))",
    lambda pairs: [1, 2]: "the first item of yours is an int",
    lambda pairs: 3: "it must return a list of batches, yours is an int",
}


def test_an_epoch_is_compared_by_what_counts_of_it(capsys):
    right = trial_of("one_epoch").ours

    def said(function):
        assert check(function, "one_epoch") is right
        return capsys.readouterr().out

    assert "not written yet" in said(lambda images, labels, batch_size, rng: None)
    assert "not written yet" in said(lambda images, labels, batch_size, rng: [])
    numbers = said(lambda images, labels, batch_size, rng: rng.permutation(len(labels)))
    assert "it must return a list of batches, yours is an array of shape (10,)" in numbers
    swapped = said(lambda i, j, b, rng: [(y, x) for x, y in right(i, j, b, rng)])
    assert "must return a list of pairs (images, labels), in yours the labels come first" in swapped
    for change, words in NO_PAIRS.items():
        assert words in said(lambda *arguments, change=change: change(right(*arguments)))
    twice = said(lambda *arguments: right(*arguments) * 2)
    assert "for 10 samples and batch_size=4 the number of batches is 6 instead of 3" in twice
    turned = said(lambda *arguments: right(*arguments)[::-1])
    assert "the size of the first batch is 2 instead of 4" in turned
    inwards = said(lambda *arguments: [(a := right(*arguments))[0], a[-1], *a[1:-1]])
    assert "the size of the last batch is 4 instead of 2" in inwards

    def in_place(images, labels, batch_size, rng):
        images[:] = images[rng.permutation(len(images))]
        return right(images, labels, batch_size, rng)

    def too_far(images, labels, batch_size, rng):
        return [images[8:][rng.permutation(batch_size)]]

    assert "it changes the images or the labels in place, which the caller" in said(in_place)
    assert "(take the number of samples from labels), in its line 2, return [" in said(too_far)
    assert "it raises ZeroDivisionError" in said(lambda *arguments: 1 / 0)


def test_a_wrong_state_is_told_from_a_wrong_x(capsys):
    def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
        x, v = rules.momentum(x, g, t, v, learning_rate=learning_rate, momentum=momentum)
        return x, 2 * v

    def adagrad(x, g, t, s=0.1, *, learning_rate=0.001, epsilon=1e-7):
        x, s = rules.adagrad(x, g, t, s, learning_rate=learning_rate, epsilon=epsilon)
        return 2 * x, s

    check(momentum, "momentum")
    assert re.match("momentum: at step 1, .* your v is", capsys.readouterr().out)
    check(adagrad, "adagrad")
    assert re.match("adagrad: s is right; at step 1, .* your x is", capsys.readouterr().out)


def test_in_the_tests_a_leaked_solution_and_a_broken_exercise_raise(monkeypatch, capsys):
    monkeypatch.setenv("ADAMLIB_EXPECT", "unsolved")
    check(stub, "sgd")
    check_answer("01.minimum", ...)
    with pytest.raises(AssertionError, match="sgd: right.* must be unsolved here"):
        check(rules.sgd, "sgd")
    with pytest.raises(AssertionError, match="must be unsolved here"):
        check_answer("01.minimum", 4 / 3)
    monkeypatch.setenv("ADAMLIB_EXPECT", "solved")
    check(rules.sgd, "sgd")
    for exercise in (stub, uphill):
        with pytest.raises(AssertionError, match="must be solved here"):
            check(exercise, "sgd")
    for value in (..., 1.0, "one"):
        with pytest.raises(AssertionError, match="must be solved here"):
            check_answer("01.minimum", value)


def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Right until step 5 of the run with other betas, where m is wrong, and so is x."""
    new, m, v = rules.adam(
        x, g, t, m, v, learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon
    )
    slip = 1.5 if t == 5 and beta_1 == 0.5 else 1
    return new * slip, m * slip, v


def test_a_learner_can_recompute_what_an_unknown_mistake_is_told(capsys):
    check(adam, "adam")
    said = capsys.readouterr().out
    assert said.startswith("adam: v is right; at step 5, from x = ") and "your m is" in said
    given = {k: float(a) for k, a in re.findall(r"(\w+) (?:= )?(-?\d(?:[\d.e+-]*\d)?)", said)}
    settings = {k: given[k] for k in ("learning_rate", "beta_1", "beta_2", "epsilon")}
    assert settings == {"learning_rate": 0.001, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}
    theirs, right = (
        rule(given["x"], given["g"], int(given["step"]), given["m"], given["v"], **settings)[1]
        for rule in (adam, rules.adam)
    )
    assert theirs == pytest.approx(given["is"], rel=1e-6)
    assert right == pytest.approx(float(re.search(r"instead of (\S+)\. ", said)[1]), rel=1e-6)


def test_a_rule_without_known_mistakes_is_checked_too(capsys):
    def nadam(x, g, t, m=0, v=0, mu_product=1, **hyperparameters):
        return rules.nadam(x, g, t, m, v, mu_product, **hyperparameters)

    def wrong(*arguments, **hyperparameters):
        x, *state = rules.nadam(*arguments, **hyperparameters)
        return 2 * x, *state

    wrong.__signature__ = nadam.__signature__ = inspect.signature(rules.nadam)
    wrong.__name__ = "nadam"
    assert check(nadam, "nadam") is nadam
    assert check(wrong, "nadam") is rules.nadam
    assert ", mu_product = 1 with g = 100 and" in capsys.readouterr().out


def test_an_error_that_a_known_mistake_raises_is_explained(capsys):
    def rmsprop(x, g, t, v=0, *, learning_rate=0.001, rho=0.9, epsilon=1e-7):
        v = rho * v + (1 - rho) * g**2
        return x - learning_rate * g / (np.sqrt(v) + 10 ^ -8), v

    check(rmsprop, "rmsprop")
    said = capsys.readouterr().out
    assert said.startswith("rmsprop: it raises TypeError, in its line 3")
    assert "in its line 3, return x - " in said and "in Python ^ is the operator xor" in said


@pytest.mark.parametrize("slip", ["x.T @ x @ x", "x @ x @ x"])
def test_a_product_of_matrices_that_do_not_fit_is_explained(slip, capsys):
    def orthogonalized(matrix, ns_steps=5):
        x = matrix / np.linalg.norm(matrix)
        for _ in range(ns_steps):
            cube = x.T @ x @ x if slip[2] == "T" else x @ x @ x
            x = 3.4445 * x - 4.7750 * cube + 2.0315 * x @ x.T @ cube
        return x

    check(orthogonalized, "orthogonalized")
    said = capsys.readouterr().out
    assert "two matrices in a product do not fit. x @ x.T fits in front of x" in said


@pytest.mark.parametrize("slip", ["x.dot(x.T)", "x @ x.T * len(x) / len(x)", "x @ x.T"])
def test_a_function_for_a_rule_must_work_on_tensors_too(slip, capsys):
    def orthogonalized(matrix, ns_steps=5):
        x = matrix / np.linalg.norm(matrix)
        for _ in range(ns_steps):
            if "dot" in slip:
                square = x.dot(x.T)
            else:
                square = x @ x.T * len(x) / len(x) if "len" in slip else x @ x.T
            x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x
        return x

    function = check(orthogonalized, "orthogonalized", also=on_tensors)
    said = capsys.readouterr().out
    if slip == "x @ x.T":
        assert function is orthogonalized and "right" in said
    else:
        assert function is rules.orthogonalized and "Keras's tensors: " in said
        assert "a @ b for a.dot(b), and a.shape[0] for len(a). The next cells" in said


@pytest.mark.parametrize("newest", ["v_max", "divisor"])
def test_amsgrad_with_adam_s_divisor_is_told_of_both_lines(newest, capsys):
    def amsgrad_cycle(gradients, v):
        v_max, moved = 0, 0
        for g in gradients:
            v = 0.1 * v + 0.9 * g**2
            v_max = v if newest == "v_max" else max(v_max, v)
            moved = moved - g / np.sqrt(v)
        return moved

    check(amsgrad_cycle, "amsgrad_cycle")
    said = capsys.readouterr().out
    assert "v_max must not fall when v does, and moved must divide by the root of v_max" in said


def test_an_endless_loop_can_be_interrupted_and_leaves_everything_usable(capsys):
    def sgd(x, g, t, *, learning_rate=0.01):
        while True:
            pass

    before = np.geterr()
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        check(sgd, "sgd")
    timer.join()
    assert np.geterr() == before and capsys.readouterr().out == ""
    assert check(rules.sgd, "sgd") is rules.sgd and check(uphill, "sgd") is rules.sgd
    assert "right" in capsys.readouterr().out


def test_a_rule_that_calls_itself_ends_long_before_memory_does(monkeypatch, capsys):
    depths = []

    def sgd(x, g, t, *, learning_rate=0.01, depth=0):
        depths.append(depth)
        return sgd(x, g, t, depth=depth + 1)

    sgd.__signature__ = inspect.signature(rules.sgd)
    before, profile = sys.getrecursionlimit(), sys.getprofile()
    sys.setrecursionlimit(20_000)  # CPython 3.13.0 does not notice at any depth
    try:
        assert check(sgd, "sgd") is rules.sgd
    finally:
        sys.setrecursionlimit(before)
    assert 100 < max(depths) < 1000
    said = capsys.readouterr().out
    assert "it raises RecursionError: maximum recursion depth exceeded: it calls itself" in said
    assert said.count("\n") == 1 and sys.getprofile() is profile


def test_an_endless_generator_of_batches_is_stopped(capsys):
    given = []

    def one_epoch(images, labels, batch_size, rng):
        while True:
            given.append(batch_size)
            yield images[:batch_size], labels[:batch_size]

    assert check(one_epoch, "one_epoch") is trial_of("one_epoch").ours
    assert "it gives 100 batches of 10 samples: it must end when all" in capsys.readouterr().out
    assert len(given) == 100


def test_only_a_convention_that_is_known_may_be_asked_for():
    for convention in ("abc", None, 1, "by the papers"):
        with pytest.raises(ValueError, match="There is no convention .*by the paper"):
            check(rules.adam, "adam", convention)


def test_hints_come_one_at_a_time_and_then_the_solved_lesson(capsys):
    hints_given.clear()
    wrong_part.clear()
    for name in EXERCISES:
        hints = hints_of(name)
        assert len(hints) >= 3 and "return" not in hints[0][1]
        for _ in range(len(hints) + 2):
            hint(name)
        said = capsys.readouterr().out.splitlines()
        numbered = [f"{name}, hint {i} of {len(hints)}: {h}" for i, (_, h) in enumerate(hints, 1)]
        assert said[:-2] == numbered
        assert said[-1] == said[-2] and "solutions/" in said[-1]
    for function, name in [(rules.sgd, "sdg"), ("sgd", rules.sgd)]:
        with pytest.raises(ValueError, match="check takes your function and the name"):
            check(function, name)
    with pytest.raises(ValueError, match="There are hints for sgd, .*; not for 'adm'"):
        hint("adm")
    for name in ("rate_5", "02.rate_5", "02.races"):
        hint(name)
        said = capsys.readouterr().out
        assert said.count("\n") == 1 and f"if {name} has a hint, it folds out in" in said


def test_a_callback_that_python_calls_in_between_is_left_alone(monkeypatch, capsys):
    unraisable, threshold = [], gc.get_threshold()
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)

    def sgd(x, g, t, *, learning_rate=0.01):
        lists = [[] for _ in range(5)]
        return sgd(x, g, t) + lists

    callback = lambda phase, info: None  # noqa: E731
    gc.callbacks.append(callback)
    gc.set_threshold(3)
    try:
        check(sgd, "sgd")
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(callback)
    assert "RecursionError" in capsys.readouterr().out and not unraisable
