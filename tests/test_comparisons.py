"""What several lessons compare, on data and settings small enough for a test."""

from dataclasses import replace

import numpy as np
import pytest

from adamlib import experiments, plots, rules
from adamlib.datasets import mnist
from adamlib.descent import descend, train
from adamlib.experiments import digits
from adamlib.models import LogisticRegression
from adamlib.surfaces import bowl, noisy, ravine


@pytest.fixture
def few():
    """The task of the digits with 500 of them, in batches of 100."""
    return replace(digits(), part=tuple(a[:500] for a in digits().part))


def test_rules_are_compared_at_their_best_rates(few, capsys):
    methods, done = {"sgd": rules.sgd, "adam": rules.adam}, {}
    scores = experiments.compare(few, methods, [1e-4, 0.1], every=2, done=done)
    assert done["adam", 0.1, 0] is scores["adam"].runs[0]  # kept, for a second call
    assert [score.rate for score in scores.values()] == [0.1, 0.1]
    assert scores["adam"].losses.shape == (3, 2)
    expected = [few.held_out_loss(few.train(rules.adam, 0.1, seed).params) for seed in range(3)]
    assert scores["adam"].held_out.tolist() == expected
    assert "sgd " in capsys.readouterr().out
    one = experiments.compare(few, methods, [1e-4, 0.1], done=done, count=1)
    assert [len(score.runs) for score in one.values()] == [1, 1]


def test_the_digits_scoreboard_ends_with_keras_adam_at_the_last_rate(monkeypatch, capsys):
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    done = {}
    scores = experiments.digits_scoreboard({"mine": rules.adam}, every=10, done=done)
    assert [*scores] == ["mine", "tf.keras Adam"]
    assert scores["mine"].rate == scores["tf.keras Adam"].rate
    assert len([name for name, *_ in done if name == "tf.keras Adam"]) == 1  # one rate and seed
    assert "end of the list" not in capsys.readouterr().out.splitlines()[-1]
    assert done["mine", scores["mine"].rate, 0] is scores["mine"].runs[0]  # for a second call
    mine, keras = (score.losses for score in scores.values())
    assert mine.shape == keras.shape == (1, 7)
    np.testing.assert_allclose(mine, keras, rtol=1e-3)


def test_held_out_losses_have_a_row_for_each_seed_and_a_column_for_each_rate(few):
    rates = [0.1, lambda t: 0.1 / t]
    found = experiments.held_out_losses(few, rules.adam, rates, [3, 4], beta_1=0.5)
    assert found.shape == (2, 2)
    run = few.train(rules.adam, rates[1], 3, beta_1=0.5)
    assert found[0, 1] == few.held_out_loss(run.params)


def test_an_interrupt_keeps_the_losses_by_batch_size_that_are_found(few, monkeypatch):
    rates, done, quietly = {50: [0.1, 0.2], 100: [0.3]}, {}, type(few).train_quietly
    calls = []

    def stopped(task, *how):
        calls.append(how)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return quietly(task, *how)

    monkeypatch.setattr(type(few), "train_quietly", stopped)
    with pytest.raises(KeyboardInterrupt, match="Trainings kept: 2"):
        experiments.losses_by_batch_size(few, rules.sgd, rates, [3, 4], done)
    found = experiments.losses_by_batch_size(few, rules.sgd, rates, [3, 4], done)
    assert len(calls) == 7  # six, and the one that was stopped
    assert {size: losses.shape for size, losses in found.items()} == {50: (2, 2), 100: (2, 1)}
    run = replace(few, batch_size=50).train(rules.sgd, 0.2, 4)
    assert found[50][1, 1] == few.held_out_loss(run.params)


def test_schedules_are_trained_once_for_each_rate_and_seed(few):
    schedules, done = {"half": lambda rate: rate / 2}, {}
    experiments.train_schedules(few, rules.sgd, schedules, [0.1, 0.2], [0], done)
    assert [*done] == [("half", 0.1, 0), ("half", 0.2, 0)]
    same = few.train(rules.sgd, 0.1, 0)
    np.testing.assert_array_equal(done["half", 0.2, 0].losses, same.losses)
    first = done["half", 0.1, 0]
    experiments.train_schedules(few, rules.sgd, schedules, [0.1], [0, 1], done)
    assert done["half", 0.1, 0] is first and ("half", 0.1, 1) in done


def test_batch_gradient_takes_the_batches_of_the_task_s_training(few):
    gradient, start = experiments.batch_gradient(few, 5), few.start(None)
    run = descend(rules.sgd, gradient, start, 5, learning_rate=0.1)
    trained = few.train(rules.sgd, 0.1, 5).params
    for path, end in zip(run.trajectory, trained, strict=True):
        np.testing.assert_array_equal(path[-1], end)


def test_a_timed_training_is_the_task_s_and_its_clock_runs_on(few):
    used, seconds, losses, first = experiments.timed_training(few, rules.sgd, 0.1, 5)
    assert used.tolist() == [100, 200, 300, 400, 500] and first == 4
    longer = replace(few, epochs=400)  # step 5 of 2,000 is none of the 25 moments
    used, *_, first = experiments.timed_training(longer, rules.sgd, 0.1, 5)
    assert used[first] == 500 and used[-1] == 200_000 and len(used) < 30
    used, seconds, losses, first = experiments.timed_training(few, rules.sgd, 0.1, 5)
    assert (np.diff(seconds, prepend=0) > 0).all()
    assert losses[-1] == few.model.loss(few.train(rules.sgd, 0.1, 5).params, few.part)


def test_a_batch_s_gradient_nears_that_of_all_samples(few):
    places = few.model, few.start(None), few.part
    rng = np.random.default_rng(0)
    one, many, whole = experiments.mean_cosines(*places, [1, 100, 500], rng)
    assert one < many < whole == pytest.approx(1)
    small, large = experiments.gradient_noise(*places, [4, 400], rng)
    assert small / large == pytest.approx(10, rel=0.2)
    images, labels = few.part
    one_by_one = [
        experiments.flat_gradient(
            few.model, few.start(None), (images[i : i + 1], labels[i : i + 1])
        )
        for i in range(len(labels))
    ]
    exact = np.sqrt(np.sum(np.var(one_by_one, axis=0)))  # of one sample, whatever the rng
    assert experiments.gradient_noise(*places, [1], rng) == pytest.approx(exact, rel=1e-4)


def test_the_largest_curvature_is_that_of_theory_and_of_where_the_run_is():
    (images, labels), model = mnist().train, LogisticRegression()
    data, start = (images[:300], labels[:300]), model.initial()
    at_start, later = experiments.curvatures(
        rules.sgd, model, start, data, [0, 2], learning_rate=0.5
    )
    x = np.hstack([images[:300], np.ones((300, 1))])
    largest = np.linalg.eigvalsh(x.T @ x / 300)[-1] / 10  # all ten equally probable: Böhning, 1992
    assert at_start == pytest.approx(largest, rel=1e-3)
    there = train(rules.sgd, model.loss_and_gradient, start, data, epochs=2, learning_rate=0.5)
    again = experiments.curvatures(rules.sgd, model, there.params, data, [0])
    assert again == pytest.approx(later, rel=0.02)
    assert later != pytest.approx(at_start, rel=0.05)


def test_the_loss_along_the_steepest_direction_has_its_slope_and_the_largest_curvature():
    (images, labels), model = mnist().train, LogisticRegression()
    data = images[:300], labels[:300]
    start = model.initial()
    there = train(rules.sgd, model.loss_and_gradient, start, data, epochs=2, learning_rate=0.5)
    slope, loss_along = experiments.along_steepest(model, there.params, data)
    left, here, right = (loss_along(distance) for distance in (-0.05, 0.0, 0.05))
    assert here == pytest.approx(model.loss(there.params, data))
    assert slope < 0 and (right - left) / 0.1 == pytest.approx(slope, rel=0.05)
    (largest,) = experiments.curvatures(rules.sgd, model, there.params, data, [0])
    assert (right - 2 * here + left) / 0.05**2 == pytest.approx(largest, rel=0.05)


def test_the_loss_of_runs_is_that_of_descend_and_its_noise_averages_out():
    path = descend(rules.adam, ravine.gradient, ravine.start, 20, learning_rate=0.1).trajectory
    alone = experiments.loss_of_runs(rules.adam, ravine, 20, learning_rate=0.1)
    np.testing.assert_allclose(alone, ravine(path.T))
    shaken = noisy(bowl, np.random.default_rng(0))
    losses = experiments.loss_of_runs(rules.sgd, shaken, 50, runs=2000, learning_rate=0.3)
    assert losses[-1] == pytest.approx(0.3 / (2 - 0.3), rel=0.1)  # lesson 02's noise ball


def test_the_steps_to_the_bottom_of_a_ravine():
    needed = experiments.steps_needed(rules.sgd, 10, learning_rate=2 / 11)
    path = descend(rules.sgd, lambda x: x * [1, 10], [1, 1], 200, learning_rate=2 / 11).trajectory
    values = path**2 @ [1 / 2, 5]
    assert values[needed] < 1e-6 <= values[:needed].min()
    assert experiments.steps_needed(rules.sgd, 10, learning_rate=1e-3) == 0


def test_the_best_pair_leaves_least_in_the_direction_that_is_slower():
    def left(learning_rate, momentum):
        rates = learning_rate * np.array([1, 10])
        return experiments.fraction_left(rules.momentum, rates, momentum=momentum).max()

    rate, mu = experiments.best_pair(10).values()
    assert np.isclose(left(rate, mu), (10**0.5 - 1) / (10**0.5 + 1), atol=1e-6)
    for factor in (0.9, 1.1):
        assert left(rate, mu) < min(left(factor * rate, mu), left(rate, factor * mu))


def test_the_theory_of_momentum_holds_for_momentum_and_not_for_nesterov():
    picture, wrong = experiments.momentum_map(rules.momentum)
    assert wrong < 0.001
    assert "4% monotone, 70% oscillating" in picture.alt and "Drawn on it: μ = 0.16." in picture.alt
    drawn, _ = experiments.momentum_map(rules.momentum, borders=True)
    assert "ηL = 2(1 + μ)" in drawn.alt
    assert experiments.momentum_map(rules.nesterov)[1] > 0.1


def test_the_pictures_of_one_update_have_its_numbers():
    run = descend(rules.momentum, ravine.gradient, ravine.start, 9, learning_rate=0.03)
    sums = experiments.momentum_arrows(rules.momentum).alt
    for step in (4, 9):
        new_v = plots.point_words(run.states["v"][step - 1])
        assert f"step {step}: new v is {new_v}" in sums
    moves = experiments.nesterov_moves(rules.momentum).alt
    assert f"ball at {plots.point_words(run.trajectory[6])}, point ahead at" in moves
    ahead = run.trajectory[6] + 0.9 * run.states["v"][5]
    assert f"point ahead at {plots.point_words(ahead)}" in moves
    x, _ = rules.nesterov(ahead, ravine.gradient(ahead), 7, run.states["v"][5], learning_rate=0.03)
    assert f"new point ahead at {plots.point_words(x)}" in moves


def test_the_fraction_that_a_step_leaves_is_that_of_long_runs():
    rates = np.array([0.1, 0.5, 1.5])
    left = experiments.fraction_left(rules.sgd, rates)
    np.testing.assert_allclose(left, np.abs(1 - rates))
    on_the_floor = experiments.fraction_left(rules.momentum, rates, momentum=0.64)
    np.testing.assert_allclose(on_the_floor, 0.8)
    creeping = experiments.fraction_left(rules.nesterov, [0.01], momentum=0.5)[0]
    path = descend(rules.nesterov, lambda x: x, 1.0, 300, learning_rate=0.01, momentum=0.5)
    assert path.trajectory[300] / path.trajectory[299] == pytest.approx(creeping)


def test_the_grid_of_adam_has_an_axis_for_each_knob_and_bounds():
    knobs = [1e-3, 0.3, 0.5], [0.9, 0.5], [0.999], [1e-7, 1.0]
    ends = experiments.adam_grid(ravine, 84, *knobs)
    assert ends.shape == (3, 2, 1, 2)
    settings = dict(learning_rate=0.3, beta_1=0.5, beta_2=0.999, epsilon=1.0)
    run = descend(rules.adam, ravine.gradient, ravine.start, 84, **settings)
    assert ends[1, 1, 0, 1] == pytest.approx(ravine(run.trajectory[-1]))
    assert experiments.adam_grid(ravine, 9, [1e9], [0.9], [0.9], [1e-7]) == ravine(ravine.start)


def test_the_loss_by_rate_is_of_many_runs_in_the_same_noise(capsys):
    methods, rates = {"sgd": rules.sgd, "same": rules.sgd, "adam": rules.adam}, [1e-3, 0.01, 0.09]
    losses = experiments.loss_by_rate(methods, ravine, 30, rates, 4, noise=2.0, runs=50)
    assert losses["sgd"].shape == (3, 50) and losses["sgd"].std(axis=1).min() > 0
    np.testing.assert_array_equal(losses["sgd"], losses["same"])
    assert losses["adam"].mean() > losses["sgd"].mean()  # its default rates are too small here
    assert capsys.readouterr().out.startswith("sgd                best η = 0.09, mean loss ")
    quiet = experiments.loss_by_rate({"sgd": rules.sgd}, ravine, 30, rates, 4, noise=0.0, runs=1)
    run = descend(rules.sgd, ravine.gradient, ravine.start, 30, learning_rate=0.01)
    assert quiet["sgd"][1, 0] == pytest.approx(ravine(run.trajectory[-1]))


WRONG = {
    "The task must be one of": lambda few: experiments.compare(few.model, {"sgd": rules.sgd}),
    "methods must be a dict": lambda few: experiments.compare(few, rules.sgd),
    "seeds must be a list": lambda few: experiments.held_out_losses(few, rules.sgd, [0.1], 3),
    "A seed must be a whole": lambda few: experiments.held_out_losses(few, rules.sgd, [0.1], [0.5]),
    "learning_rate must be": lambda few: experiments.held_out_losses(few, rules.sgd, [-1], [0]),
    "The rates must be": lambda few: experiments.train_schedules(few, rules.sgd, {}, 0.1, [0], {}),
    "The schedule a must be a function of rate": lambda few: experiments.train_schedules(
        few, rules.sgd, {"a": 0.1}, [0.1], [0], {}
    ),
    "A size must be at most 500": lambda few: experiments.gradient_noise(
        few.model, few.start(None), few.part, [501], np.random.default_rng(0)
    ),
    "runs must be at least 1": lambda few: experiments.loss_of_runs(rules.sgd, ravine, 9, runs=0),
}


@pytest.mark.parametrize("words", WRONG)
def test_bad_input_is_refused_in_one_sentence(words, few):
    with pytest.raises((TypeError, ValueError), match=words):
        WRONG[words](few)


def test_the_failing_runs_burst_and_swing():
    burst, swing = experiments.failing_runs().values()
    assert burst[200:290].min() < 1e-9 and burst[290:320].max() > 1e-4
    assert 1e-7 < swing[-1] < 1e-3
