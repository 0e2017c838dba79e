"""What lesson 11 tests, and the tutorial's Adam that it has repaired."""

from itertools import product

import numpy as np
import pytest

from adamlib import rules
from adamlib.experiments import ten_claims
from adamlib.experiments.claims import Claim
from adamlib.practice import article

RIGHT = {
    "epsilon": "1e-8",
    "loop": "np.linalg.norm(theta[t] - theta[t - 1]) > tolerance",
    "beta": "beta_1",
    "row": "theta = np.vstack([theta, new])",
}
WRONG = {
    "epsilon": "10 ^ -8",
    "loop": "np.all(theta[t] - theta[t - 1] < tolerance)",
    "beta": "beta_2",
    "row": "theta[t] = new",
}
SOURCE = """
def adam(gradient, start, learning_rate=0.1, tolerance=1e-6):
    beta_1, beta_2, epsilon = 0.9, 0.999, {epsilon}
    theta, t = np.array([start]), 0
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    while t == 0 or {loop}:
        t += 1
        g = gradient(theta[t - 1])
        m = np.vstack([m, beta_1 * m[t - 1] + (1 - beta_1) * g])
        v = np.vstack([v, beta_2 * v[t - 1] + (1 - beta_2) * g**2])
        m_hat, v_hat = m[t] / (1 - {beta}**t), v[t] / (1 - beta_2**t)
        new = theta[t - 1] - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
        {row}
    return theta
"""


@pytest.mark.parametrize("bugs", list(product((False, True), repeat=4)))
def test_each_bug_of_the_tutorial_shows_in_what_it_does(bugs, capsys):
    parts = {k: (WRONG if bug else RIGHT)[k] for k, bug in zip(RIGHT, bugs, strict=True)}
    names = {"np": np}
    exec(SOURCE.format(**parts), names)
    line, times, epsilon, *steps, apart = article.behaviour(names["adam"])
    if bugs[3]:
        assert line == 12 and "IndexError" in capsys.readouterr().out
        return
    assert line == 0
    assert np.isclose(epsilon, -14 if bugs[0] else 0, atol=1e-3)
    assert np.isclose(times, 100 if bugs[2] else 1, rtol=1e-3)
    assert np.allclose(steps, 1, atol=0.01) == (not bugs[0] and not bugs[1])
    assert (apart < 1e-6) == (not bugs[0] and not bugs[2])


def test_an_adam_that_never_ends_is_stopped():
    path, points, raised = article.followed(lambda g, x, **_: endless(g, x), (1.0, 1.0))
    assert len(path) == len(points) == article.MOST and not raised


def endless(gradient, x):
    while True:
        x = x - 0.01 * gradient(x)


@pytest.mark.parametrize("race", ten_claims.RACES)
def test_a_trial_draws_every_knob_within_its_range(race):
    for method in ten_claims.RACES[race]:
        some = [ten_claims.trial(race, method, i)[1] for i in range(ten_claims.TRIALS[race])]
        assert len({s["learning_rate"] for s in some}) == len(some)
        assert all(0 <= s.get(b, 0) < 1 for s in some for b in ("beta_1", "beta_2", "momentum"))
        assert {s["weight_decay"] > 0 for s in some} == {False, True}
    with pytest.raises(ValueError, match="method"):
        ten_claims.trial(race, "newton", 0)


def test_the_sharpness_is_the_largest_curvature():
    data = ten_claims.small_digits()
    params = [np.zeros((196, 32)), np.zeros(32), np.zeros((32, 10)), np.zeros(10)]
    # with all weights 0 only the last bias counts, and its curvature is 1
    assert np.isclose(ten_claims.sharpness(params, data), 1, rtol=1e-3)
    doubled = [np.full_like(p, 2.0) for p in params]
    assert np.isclose(ten_claims.sharpness(params, data, doubled), 0.5, rtol=1e-3)


def test_the_gradient_of_the_small_network_is_that_of_its_loss():
    rng, data = np.random.default_rng(0), ten_claims.small_digits()
    shapes = (196, 32), (32,), (32, 10), (10,)
    params, way = ([rng.standard_normal(s) / 10 for s in shapes] for _ in range(2))
    up, down = (
        ten_claims.loss_and_gradient([p + h * w for p, w in zip(params, way, strict=True)], data)[0]
        for h in (1e-5, -1e-5)
    )
    _, gradient = ten_claims.loss_and_gradient(params, data)
    along = sum((g * w).sum() for g, w in zip(gradient, way, strict=True))
    assert np.isclose(along, (up - down) / 2e-5, rtol=1e-6)


def test_the_data_of_wilson_and_others():
    X, y = ten_claims.wilson(0)
    assert X.shape == (100, 503) and set(y) == {-1, 1} and np.all(X[:, 0] == y)
    assert np.all(X[:, 3:].sum(axis=1) == np.where(y > 0, 1, 5))
    assert X[:, 3:].sum(axis=0).max() == 1  # no two samples share a column of their own


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((True,), "holds"),
        ((None, "", None, "0.05"), "level within 0.05"),
        ((False,), "does not hold here"),
        ((False, "it rains", True), "holds if it rains"),
        ((False, "it rains", None), "does not hold here"),
    ],
)
def test_a_verdict_in_a_word(arguments, word):
    assert ten_claims.verdict(*arguments) == word


@pytest.mark.parametrize(("mean", "says"), [(1.0, True), (-1.0, False), (0.1, None)])
def test_what_a_row_says(mean, says):
    assert ten_claims.of_row(Claim("11", mean, 1.0, 6, 12, "")) is says


def test_the_page_has_every_claim():
    found = dict.fromkeys(ten_claims.MINDS, ("holds", "a number"))
    assert ten_claims.page(found).data.count("holds | a number") == 10
    with pytest.raises(KeyError):
        ten_claims.page({})


def test_a_gap_sees_what_a_rule_does_not_notice():
    same = lambda x: x  # noqa: E731
    assert ten_claims.gap(rules.adam, lambda G: 100 * G, same) < 1e-5
    assert ten_claims.gap(rules.sgd, lambda G: 100 * G, same) > 1


WAYS = {
    "right": (ten_claims.anneals, [1, 1, 0, 0, 0]),
    "first and last": (lambda d: d[-1] < d[0], [1, 1, 1, 1, 1]),
    "halves": (lambda d: d[2000:].mean() < d[:2000].mean(), [1, 1, 1, 1, 1]),
    "never": (lambda d: False, [0, 0, 0, 0, 0]),
    "unwritten": (lambda d: ..., [...] * 5),
    "an error": (lambda d: d[9999], [-1] * 5),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_test_of_annealing_is_judged_by_what_it_says(way):
    function, found = WAYS[way]
    assert ten_claims.asked(function) == found


def test_a_test_of_annealing_without_a_margin_is_seen():
    *known, jumping, _ = ten_claims.asked(lambda d: d[3000:].mean() < d[1000:2000].mean())
    assert known == [1, 1, 0] and 0 < jumping < 1


def test_a_test_of_annealing_by_two_single_steps_is_seen():
    *known, jumping, _ = ten_claims.asked(lambda d: d[-1] < 0.8 * d[500])
    assert known == [1, 1, 0] and 0 < jumping < 1


def test_a_test_of_annealing_that_takes_steps_as_independent_is_seen():
    def by_standard_errors(d):
        early, late = d[1000:2000], d[3000:]
        error = ((early.var() + late.var()) / 1000) ** 0.5
        return early.mean() - late.mean() > 3 * error

    *known, jumping, wandering = ten_claims.asked(by_standard_errors)
    assert known == [1, 1, 0] and jumping == 0 and wandering > 0.2


@pytest.mark.parametrize("seed", range(8))
def test_the_wandering_runs_are_as_hard_as_those_of_adam(seed):
    run = ten_claims.noisy_distances(0.01, seed)
    late = np.log(run[1000:])
    assert 0.01 < late.std() < 0.04
    assert np.corrcoef(late[:-1], late[1:])[0, 1] > 0.99
    assert not ten_claims.anneals(run)


def test_ε_in_few_bits():
    assert ten_claims.first_step(np.float32, 1) == -np.float32(0.001)
    assert np.isnan(ten_claims.first_step(np.float16, 0))
    assert ten_claims.first_step(np.float16, 0.001) == -np.inf


def test_the_losses_at_the_edge_are_those_of_the_table():
    head, _, _, adam, _ = ten_claims.edge_losses().data.splitlines()
    assert "| 0.001 | 0.003 | 0.01 |" in head and head.count("|") == adam.count("|") == 11
    assert adam.startswith("| adam, all digits | 0.020 | 0.0016 |")


@pytest.mark.parametrize(("sd", "words"), [(0.00499, "0.0043"), (0.056, "0.048"), (3.0, "2.6")])
def test_a_lead_that_would_be_told(sd, words):
    assert ten_claims.within(Claim("11", 0.0, sd, 6, 12, "")) == words


def test_an_accumulation_that_is_no_training_is_not_tried():
    assert ten_claims.apart(..., 5) is ...
    assert ten_claims.apart(12.5, 10) == ten_claims.apart(25, 0) == 1
    assert ten_claims.scheduled(1) == -1.5
