"""The tasks of several lessons, the table of claims, and what holds a lesson to it."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from adamlib import rules
from adamlib.datasets import mnist
from adamlib.descent import descend, steps_of
from adamlib.experiments import (
    adagrad_from_zero,
    adam_uncorrected,
    best_in_ravine,
    claims,
    clothes,
    dead_units,
    digits,
    paper,
    rare_words,
    reviews,
    rmsprop_corrected,
    turned_ravine,
    way_in_a_cycle,
)
from adamlib.experiments.claims import CLAIMS, TABLE, Claim, carried, evidence
from adamlib.keras_check import keras, largest_difference

SOURCES = sorted((Path(__file__).resolve().parents[1] / "sources").glob("*/lesson.py"))


@pytest.mark.parametrize(
    ("task", "sizes"),
    [(digits(), (7000, 1000)), (reviews(dropout=0.5), (5824, 1000)), (clothes(), (6000, 1000))],
    ids=["digits", "reviews", "clothes"],
)
def test_a_task_holds_something_out_and_a_seed_repeats_its_training(task, sizes):
    assert (len(task.part[1]), len(task.others[1])) == sizes
    first, again, other = (task.train(rules.adam, 0.01, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.losses, again.losses)
    assert np.abs(first.losses - other.losses).max() > 1e-3
    start = task.start(np.random.default_rng(1))
    assert task.held_out_loss(first.params) < 0.95 * task.held_out_loss(start)


def test_keras_gets_the_same_batches():
    task = digits(batch_size=500)
    ours, theirs = task.train(rules.sgd, 0.3, 4), task.train_keras(keras.optimizers.SGD(0.3), 4)
    assert largest_difference(ours.params, theirs.params) < 1e-5


def test_the_two_rules_before_their_repair():
    x, s = adagrad_from_zero(1.0, 1e-3, 1, learning_rate=0.1)
    assert x == pytest.approx(0.9, abs=0.01) and s == pytest.approx(1e-6)
    x, *_ = adam_uncorrected(0.0, 5.0, 1, learning_rate=1.0)
    assert -x == pytest.approx(0.1 / 0.001**0.5, rel=1e-5)


def test_rmsprop_with_its_repair():
    gradients = np.random.default_rng(0).standard_normal((50, 3))
    corrected = steps_of(rmsprop_corrected, gradients, rho=0.99)
    np.testing.assert_allclose(np.abs(corrected[0]), 1, rtol=1e-3)
    late = steps_of(rules.rmsprop, gradients, rho=0.99, epsilon=0.0)[-1]
    np.testing.assert_allclose(corrected[-1] / late, (1 - 0.99**50) ** 0.5, rtol=1e-3)


def test_a_unit_is_dead_that_is_0_for_every_image():
    task = clothes()
    W, b, *rest = task.start(np.random.default_rng(0))
    assert dead_units(task, [W, b, *rest]) == 0
    b[:3] = -1e3  # so far down that no image lifts them
    assert dead_units(task, [W, b, *rest]) == 3


@pytest.mark.parametrize("turned", [False, True])
def test_a_ravine_has_curvatures_1_and_20_whichever_way_it_lies(turned):
    turn = np.array([[1, -1], [1, 1]]) / 2**0.5 if turned else np.eye(2)
    curvature = turn @ np.diag([1, 20]) @ turn.T
    ends = turned_ravine(rules.adam, "beta_1", turned)
    assert ends.shape == (30, 30, 16)
    alone = descend(
        rules.adam,
        lambda x: curvature @ x,
        [4.0, 0.0],
        50,
        learning_rate=np.geomspace(0.003, 3, 30)[20],
        beta_1=1 - np.geomspace(0.02, 1, 30)[10],
    ).trajectory[-1]
    assert ends[20, 10, 0] == pytest.approx(alone @ curvature @ alone / 2)
    best = best_in_ravine(rules.adam, "beta_1", turned)
    assert best.shape == (51,) and 20 < best[0] <= 160
    assert best[-1] == np.nanmin(np.median(ends, axis=-1))


# Lesson 09's races


def test_a_curve_has_the_quarters_of_its_epochs_and_ends_where_it_diverges(capsys):
    part = digits(epochs=2)
    losses = part.train(rules.sgd, 0.1, 3).losses
    curve = paper.curve(part, rules.sgd, 0.1, 3)
    assert curve.shape == (8,) and len(losses) == 140
    assert curve[0] == losses[:18].mean() and paper.last_epoch(curve) == curve[4:].mean()
    capsys.readouterr()
    diverged = paper.curve(part, rules.sgd, 1e13, 3)
    assert np.isnan(diverged[-4:]).all() and paper.last_epoch(diverged) == np.inf
    assert capsys.readouterr().out == ""

    def far_at_the_last_step(x, g, t, *, learning_rate=0.1):
        return (x - learning_rate * g * (1e13 if t == 140 else 1),)

    late = paper.curve(part, far_at_the_last_step, 0.1, 3)
    assert np.isfinite(late[:-1]).all() and np.isnan(late[-1])


def test_a_race_takes_the_table_s_rates_or_tunes(capsys, monkeypatch):
    best = {"09 best η of adam on toys": Claim("09", 0.2, 0.0, None, 12, "")}
    monkeypatch.setattr(paper, "CLAIMS", best)
    calls, done = [], {}

    def train_at(method, rate, seed):
        calls.append((method, rate, seed))
        return np.full(8, rate + seed)

    how = dict(seeds=[0, 1], done=done)
    known = paper.race("Figure 0", train_at, {"adam": [0.1, 0.2, 0.3]}, "toys", **how)
    assert calls == [("adam", 0.2, 0), ("adam", 0.2, 1)] and known["adam"][0] == 0.2
    np.testing.assert_array_equal(known["adam"][1], [[0.2] * 8, [1.2] * 8])
    assert set(done["Figure 0"]) == set(calls)
    for full, name in ((True, "toys"), (False, "")):
        tuned = paper.race(f"Figure {full}", train_at, {"adam": [0.1, 0.2]}, name, **how, full=full)
        assert tuned["adam"][0] == 0.1
    assert capsys.readouterr().out.endswith(
        "adam                   η = 0.1   loss 0.100 to 1.100, at an end of the list\n"
    )


def test_all_rates_are_tried_with_all_seeds_and_a_chosen_one_is_raced(capsys, monkeypatch):
    calls, done, shown = [], {}, []
    monkeypatch.setattr(paper, "display", shown.append)

    def train_at(method, rate, seed):
        calls.append((method, rate, seed))
        return np.full(8, np.nan if rate > 1 and seed else rate + seed)

    how = dict(seeds=[0, 1], done=done)
    losses = paper.try_all("Figure 0", train_at, {"adam": [0.1, 0.3, 3.0]}, **how)
    assert len(calls) == 6 and losses["adam"][0.3] == [0.3, 1.3]
    assert losses["adam"][3.0][0] == 3 and np.isnan(losses["adam"][3.0][1])
    raced = paper.race("Figure 0", train_at, {"adam": 0.3}, **how)
    assert len(calls) == 6 and raced["adam"][0] == 0.3, "what is done is not done again"
    assert capsys.readouterr().out == "adam                   η = 0.3   loss 0.300 to 1.300\n"
    paper.draw_rates(losses, "toys")
    assert "A ring marks the least loss of each: adam 0.6 at η = 0.1." in shown[-1].alt


def test_gaps_are_paired_by_seed_and_stand_beside_the_table(monkeypatch):
    shown = []
    monkeypatch.setattr(paper, "display", shown.append)
    claims = {"09 Adam ends below Nesterov on toys": Claim("09", 0.2, 0.1, 9, 12, "")}
    monkeypatch.setattr(paper, "CLAIMS", claims)
    adam = np.array([[1.0] * 4, [2.0] * 4])
    results = {"nesterov": (1.0, adam + [[0.5], [0.25]]), "adam": (0.1, adam)}
    paper.draw_gaps({"toys": results}, {"nesterov": "Nesterov"})
    rings = [line for line in shown[-1].axes[0].get_lines() if line.get_marker() == "o"]
    assert list(rings[0].get_xdata()) == [0.5, 0.25]
    assert shown[-1].alt == "On toys, above Adam: nesterov 0.200, 9 of 12 seeds. "


def test_one_loss_chooses_the_rate_and_another_is_reported(monkeypatch):
    shown = []
    monkeypatch.setattr(paper, "display", shown.append)
    races = paper.Races("laptop", [0, 1])
    calls = []

    def train_at(method, rate, seed):
        calls.append((method, rate, seed))
        return np.array([rate, -rate, 10 * rate + seed])

    training, validation, test = races.choices("Figure 0", train_at, {"adam": [0.1, 0.3]})
    assert training == {"adam": {0.1: [0.1, 0.1], 0.3: [0.3, 0.3]}} and len(calls) == 4
    assert validation["adam"][0.3] == [-0.3, -0.3] and test["adam"][0.1] == [1, 2]
    assert races.choices("Figure 0", train_at, {"adam": [0.1]})[2] == {"adam": {0.1: [1, 2]}}
    assert len(calls) == 4, "what is done is not done again"
    paper.draw_choices(test, {"training loss": {"adam": 0.1}, "validation loss": {"adam": 0.3}})
    told = "Test loss of adam, η chosen: 1.500 by training loss, 3.500 by validation loss. "
    assert shown[-1].alt == told


def test_what_a_training_leaves_over_is_halved():
    whole = mnist()
    validation, test = paper.halves("laptop", "mnist", 3000)
    assert len(validation[1]) == len(test[1]) == 3500
    np.testing.assert_array_equal(validation[0][0], whole.train[0][3000])
    np.testing.assert_array_equal(test[0][0], whole.train[0][3001])
    np.testing.assert_array_equal(test[0][-1], whole.test[0][-1])
    (_, none_left), _ = paper.halves("laptop", "mnist", None)
    np.testing.assert_array_equal(none_left, whole.test[1][0::2])


def test_the_panels_of_a_race_may_have_one_axis(monkeypatch):
    shown = []
    monkeypatch.setattr(paper, "display", shown.append)
    races = {name: {"adam": (0.1, np.full((2, 8), top))} for name, top in (("a", 1), ("b", 5))}
    paper.draw(races, alike=True)
    low, high = (ax.get_ylim() for ax in shown[-1].axes)
    assert low == high and shown[-1].alt.startswith("a: training loss by epoch. adam, from 1 to 1")


def test_pictures_are_shrunk_and_standardised():
    images = np.arange(2 * 784.0).reshape(2, 784)
    small = paper.shrunk(images)
    assert small.shape == (2, 14, 14) and small[0, 0, 0] == np.mean([0, 1, 28, 29])
    for pixels, shape in ((784, (5, 14, 14, 1)), (3072, (5, 32, 32, 3))):
        pictures = paper.standardised(np.random.default_rng(0).random((5, pixels)))
        assert pictures.shape == shape
        np.testing.assert_allclose(pictures.mean(axis=0), 0, atol=1e-12)
        assert 0.8 < pictures.std() < 1


# Claims


@pytest.fixture
def table(monkeypatch):
    rows = {
        "02 Adam wins": Claim("02", 0.4, 0.1, 27, 30, "loss"),
        "02 how large": Claim("02", 3.0, 0.5, None, 12, "digits"),
        "02 so it is": Claim("02", np.nan, np.nan, 12, 12, "seed by seed"),
    }
    monkeypatch.setattr(claims, "CLAIMS", rows)


def test_a_cell_is_carried_within_four_deviations(table):
    carried("02 Adam wins", [0.8, 0.79])
    carried("02 Adam wins", 0.01)
    for values in (0.81, [-0.1, 0.0], np.nan):
        with pytest.raises(AssertionError, match=r"02 Adam wins: .* 30 seeds have 0.4 ± 0.1"):
            carried("02 Adam wins", values)


def test_the_text_is_carried_by_the_table(table):
    carried("02 Adam wins", 0.5, mean="0.4", shown=27, share=0.9, separated=True)
    carried("02 so it is", share=1)
    for said in ({"mean": "0.5"}, {"mean": "0.41"}, {"shown": 26}, {"share": 1}):
        with pytest.raises(AssertionError, match=f"02 Adam wins: .*{[*said][0]} is .*, and not"):
            carried("02 Adam wins", **said)
    with pytest.raises(AssertionError, match="separated is True, and not False"):
        carried("02 Adam wins", separated=False)


def test_evidence_is_a_table_of_the_rows(table):
    text = evidence("02 Adam wins", "02 how large", "02 so it is").data
    assert "| Adam wins (loss) | 0.40 ± 0.10 | 27 of 30 |" in text
    assert "| how large (digits) | 3.00 ± 0.50 | (mean of 12) |" in text
    assert "| so it is (seed by seed) |  | 12 of 12 |" in text


def test_what_all_rows_measure_stands_at_the_head(table):
    text = evidence("02 Adam wins").data
    assert "| measured over many seeds: loss |" in text and "| Adam wins | 0.40" in text


def test_what_rows_share_stands_at_the_head_and_a_row_has_what_it_does_not_name(monkeypatch):
    rows = {
        f"02 {name}": Claim("02", 0.4, 0.1, 27, 30, measured)
        for name, measured in (
            ("Adam wins on clothes", "loss, clothes"),
            ("Adam wins", "loss, digits"),
        )
    }
    monkeypatch.setattr(claims, "CLAIMS", rows)
    text = evidence(*rows).data
    assert "| measured over many seeds: loss |" in text and "| Adam wins on clothes | 0.40" in text
    assert "| Adam wins (digits) | 0.40" in text


def test_what_separates_two_methods():
    assert Claim("02", 0.06, 0.1, 20, 30, "").separated
    assert not Claim("02", 0.05, 0.1, 20, 30, "").separated


def test_every_row_is_of_twelve_seeds_or_more_but_for_what_chooses_a_setting():
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(CLAIMS) > 90
    chooses = re.compile(r"\d\d best (η|trial) of ")
    assert all(claim.seeds >= 12 or chooses.match(name) for name, claim in CLAIMS.items())
    assert all(row["shown"] == "" or 0 <= int(row["shown"]) <= int(row["seeds"]) for row in rows)


def test_what_a_lesson_names_is_in_the_table():
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        for name in re.findall(r'"(?:about: )?(0\d [^"{}\n]+)"', text):
            assert name in CLAIMS, f"{source.parent.name}: {name}"


def test_a_rare_word_s_gradient_is_small_and_batches_have_it_in_the_mean():
    W = np.random.default_rng(0).standard_normal((200, 200))
    whole = rare_words.whole_gradient(W)

    def loss(W):
        p = rare_words.probabilities(W)
        return -rare_words.FREQUENCY @ (rare_words.NEXT * np.log(p)).sum(axis=1)

    step = np.zeros_like(W)
    step[3, 5] = 1e-5
    assert np.isclose((loss(W + step) - loss(W - step)) / 2e-5, whole[3, 5], rtol=1e-4)
    rng = np.random.default_rng(1)
    batches = np.mean([rare_words.batch_gradient(W, rng, 2000) for _ in range(200)], axis=0)
    assert np.abs(batches - whole).max() < 0.002 < np.abs(whole).max() / 5
    assert (rare_words.excess(rules.adam, 0.2, steps=100) < 0.01).all()
    first, again = (rare_words.excess(rules.sgd, 100, steps=5, size=10, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (200,) and (first > 0).all()


def test_adam_by_word_divides_a_row_by_one_number():
    g, n = np.outer([1, 10, 100], np.ones(4)) * [1, -1, 1, -1], 3
    (W, state), (own, others) = (np.zeros(g.shape), ()), (np.zeros(g.shape), ())
    for t in range(1, n + 1):
        W, *state = rare_words.adam_by_word(W, g, t, *state, learning_rate=0.1)
        own, *others = rules.adam(own, g, t, *others, learning_rate=0.1)
    np.testing.assert_allclose(W, own, rtol=1e-5)  # where the entries of a row have one size
    g[:, 0] = 0
    W, _, v = rare_words.adam_by_word(np.zeros(g.shape), g, 1, learning_rate=0.1)
    assert v.shape == (3, 1) and np.allclose(W[:, 1], 0.1 / 0.75**0.5)


def test_adam_goes_the_wrong_way_in_a_cycle_if_v_forgets():
    memory, problem = np.array([1 / 3, 1 / 2.7, 1000]), dict(large=3, small=-1, cycle=3, beta_1=0)
    adam, amsgrad = (
        way_in_a_cycle(rule, memory, **problem) for rule in (rules.adam, rules.amsgrad)
    )
    constant = -1 / (11 / 3) ** 0.5  # v is then the mean of g²
    np.testing.assert_allclose(adam, [1, 0.681, constant], atol=0.002)
    np.testing.assert_allclose(amsgrad, [-1 / 3, -0.349, constant], atol=0.002)
