import numpy as np
import pytest

from adamlib.descent import Training
from adamlib.experiments import repeat, scoreboard, tune
from adamlib.experiments.tuning import rounds


def training(loss, diverged="", steps=10):
    return Training([loss], np.linspace(2, loss, steps), diverged)


@pytest.fixture(autouse=True)
def seven(monkeypatch):
    monkeypatch.setenv("ADAMLIB_SEED", "7")


def held_out_loss(params):
    return params[0]


def test_the_rate_with_the_best_mean_about_the_first_seed_s_best_wins(capsys):
    losses = {0.1: [3, 0, 0], 0.2: [2, 3, 4], 0.3: [1, 5, 6], 0.4: [4, 3, 2], 0.5: [5, -9, -9]}
    methods = {"adam": lambda rate, seed: training(losses[rate][seed - 7])}
    score = scoreboard(methods, list(losses), held_out_loss)["adam"]
    assert score.rate == 0.2  # 0.4's mean is the same; 0.1 and 0.5 are no neighbours of 0.3
    np.testing.assert_array_equal(score.held_out, [2, 3, 4])
    assert [run.params for run in score.runs] == [[2], [3], [4]]
    assert capsys.readouterr().out == (
        "adam             η = 0.2     validation loss 3.00 (2.00 to 4.00)\n"
    )


def test_it_is_small_where_a_notebook_only_has_to_run(monkeypatch):
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    calls = []
    methods = {"sgd": lambda rate, seed: calls.append((rate, seed)) or training(rate)}
    scoreboard(methods, [0.1, 0.2, 0.3], held_out_loss, count=3)
    assert calls == [(0.1, 7), (0.2, 7)]


def test_it_says_that_a_rate_is_at_an_end_of_the_list(capsys):
    for sign in (1, -1):
        methods = {"sgd": lambda rate, seed, sign=sign: training(sign * rate)}
        scoreboard(methods, [1, 2, 3], held_out_loss, count=1)
        assert capsys.readouterr().out.endswith(".00, at an end of the list\n")


def test_losses_are_means_of_so_many_batches():
    methods = {"sgd": lambda rate, seed: training(seed - 7, steps=11)}
    score = scoreboard(methods, [1], held_out_loss, count=2, every=5)["sgd"]
    assert score.losses.shape == (2, 2)
    np.testing.assert_allclose(score.losses[1], [1.8, 1.3])


@pytest.mark.parametrize("bad", [training(0, diverged="so it is"), training(np.nan)])
def test_what_diverged_never_wins(bad):
    methods = {"sgd": lambda rate, seed: bad if rate == 2 else training(rate)}
    assert scoreboard(methods, [1, 2], lambda params: -params[0])["sgd"].rate == 1
    with pytest.raises(ValueError, match="sgd diverged at η = 2, its best"):
        scoreboard(methods, [2], held_out_loss)


def test_after_an_interrupt_it_goes_on_where_it_was():
    calls, done = [], {}

    def train_at(rate, seed):
        calls.append((rate, seed))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return training(rate)

    with pytest.raises(KeyboardInterrupt, match="Trainings kept: 2"):
        scoreboard({"sgd": train_at}, [1, 2, 3], held_out_loss, done=done)
    assert scoreboard({"sgd": train_at}, [1, 2, 3], held_out_loss, done=done)["sgd"].rate == 1
    assert calls == [(1, 7), (2, 7), *[(3, 7)] * 2, (1, 8), (1, 9), (2, 8), (2, 9)]


def test_an_interrupt_does_not_say_that_trainings_are_kept_where_none_are():
    def train_at(rate, seed):
        if rate == 2:
            raise KeyboardInterrupt
        return training(rate)

    with pytest.raises(KeyboardInterrupt, match="^$"):
        scoreboard({"sgd": train_at}, [1, 2, 3], held_out_loss)


LOSSES = {"sgd": [3, 2, 1, 1, 5, 0], "adam": [1, 2, 0], "momentum": [4, 3]}


def loss_at(method, rate, seed):
    return LOSSES[method][rate - 1] + 10 * seed * (rate == 3)


def test_a_climb_ends_where_the_loss_rises():
    rates = {method: list(range(1, 1 + len(losses))) for method, losses in LOSSES.items()}
    done = {}
    best = tune(loss_at, rates, float, [0], done, climb=True)
    assert best == {"sgd": 3, "adam": 1, "momentum": 2}
    tried = {method: [rate for m, rate, _ in sorted(done) if m == method] for method in rates}
    assert tried == {"sgd": [1, 2, 3, 4], "adam": [1, 2], "momentum": [1, 2]}


def test_a_climb_also_goes_down_from_where_it_begins():
    done, order = {}, []

    def train_at(method, rate, seed):
        order.append(rate)
        return loss_at(method, rate, seed)

    assert tune(train_at, {"sgd": [1, 2, 3, 4, 5]}, float, [0], done, climb={"sgd": 5}) == {
        "sgd": 3
    }
    assert order == [5, 4, 3, 2]
    done, order = {}, []
    assert tune(train_at, {"adam": [1, 2, 3]}, float, [0], done, climb={"adam": 2}) == {"adam": 3}
    assert order == [2, 3]  # 1, which is better than 2, is not beside the best
    with pytest.raises(ValueError, match="climb must say at which of its rates adam begins, not 7"):
        tune(train_at, {"adam": [1, 2, 3]}, float, [0], {}, climb={"adam": 7})


def test_a_climb_leaves_the_rates_at_which_nothing_is_finite():
    rates = {"sgd": [1, 2, 3, 4]}
    losses = {1: 2.0, 2: 1.0, 3: np.inf, 4: np.inf}
    done = {}
    assert tune(lambda m, rate, s: losses[rate], rates, float, [0], done, climb={"sgd": 4}) == {
        "sgd": 2
    }
    assert len(done) == 4


def test_the_climb_is_whose_function_is_given():
    done = {}
    tune(
        loss_at,
        {"sgd": [1, 2, 3]},
        float,
        [0],
        done,
        climb=True,
        next_rate=lambda losses, rates: 3 if 3 not in losses else None,
    )
    assert [rate for _, rate, _ in done] == [1, 3]


def test_after_a_climb_the_other_seeds_try_the_best_and_its_neighbours():
    done = {}
    assert tune(loss_at, {"sgd": [1, 2, 3, 4, 5, 6]}, float, [0, 1], done, climb=True) == {"sgd": 4}
    assert [rate for _, rate, seed in sorted(done) if seed] == [2, 3, 4]


def test_a_tuning_that_others_run_asks_for_what_follows_from_what_is_done():
    losses = {
        ("sgd", rate, seed): abs(rate - 2 - seed) for rate in range(1, 7) for seed in range(4)
    }
    first, second = rounds({"sgd": [1, 2, 3, 4, 5, 6]}, losses.get, range(4), first=3)
    assert first == [("sgd", rate, seed) for rate in range(1, 7) for seed in range(3)]
    assert second == [("sgd", rate, seed) for rate in (2, 3, 4) for seed in range(4)]
    (only,) = rounds({"sgd": [1, 2]}, None, range(4), first=4)
    assert len(only) == 8


def test_a_rate_is_repeated_with_each_seed_once():
    calls, done = [], {("sgd", 0.1, 1): "done before"}

    def train_at(*key):
        calls.append(key)
        return key

    runs = repeat(train_at, {"sgd": 0.1, "adam": 0.2}, [0, 1], done)
    assert runs == {
        "sgd": [("sgd", 0.1, 0), "done before"],
        "adam": [("adam", 0.2, 0), ("adam", 0.2, 1)],
    }
    assert len(calls) == 3 and len(done) == 4
