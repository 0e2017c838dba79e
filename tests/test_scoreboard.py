import numpy as np
import pytest

from adamlib.descent import Training
from adamlib.scoreboard import scoreboard


def training(loss, diverged="", steps=10):
    return Training([loss], np.linspace(2, loss, steps), diverged)


def held_out_loss(params):
    return params[0]


def test_the_rate_that_is_best_with_the_first_seed_wins(capsys):
    losses = {0.1: [3, 3], 0.2: [1, 4], 0.3: [2, 0]}
    methods = {"adam": lambda rate, seed: training(losses[rate][seed - 7])}
    score = scoreboard(methods, list(losses), held_out_loss, seeds=(7, 8))["adam"]
    assert score.rate == 0.2
    np.testing.assert_array_equal(score.held_out, [1, 4])
    assert [run.params for run in score.runs] == [[1], [4]]
    assert capsys.readouterr().out == (
        "adam             η = 0.2     held-out loss 2.500 (1.000 to 4.000)\n"
    )


def test_it_is_small_where_a_notebook_only_has_to_run(monkeypatch):
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    calls = []
    methods = {"sgd": lambda rate, seed: calls.append((rate, seed)) or training(rate)}
    scoreboard(methods, [0.1, 0.2, 0.3], held_out_loss, seeds=(7, 8, 9))
    assert calls == [(0.1, 7), (0.2, 7), (0.1, 8)]


def test_it_says_that_a_rate_is_at_an_end_of_the_list(capsys):
    for sign in (1, -1):
        methods = {"sgd": lambda rate, seed, sign=sign: training(sign * rate)}
        scoreboard(methods, [1, 2, 3], held_out_loss, seeds=[0])
        assert capsys.readouterr().out.endswith(".000, at an end of the list\n")


def test_losses_are_means_of_so_many_batches():
    methods = {"sgd": lambda rate, seed: training(seed, steps=11)}
    score = scoreboard(methods, [1], held_out_loss, seeds=(0, 1), every=5)["sgd"]
    assert score.losses.shape == (2, 2)
    np.testing.assert_allclose(score.losses[1], [1.8, 1.3])


@pytest.mark.parametrize("bad", [training(0, diverged="so it is"), training(np.nan)])
def test_what_diverged_never_wins(bad):
    methods = {"sgd": lambda rate, seed: bad if rate == 2 else training(rate)}
    assert scoreboard(methods, [1, 2], lambda params: -params[0])["sgd"].rate == 1
    with pytest.raises(ValueError, match="sgd diverged at η = 2, its best"):
        scoreboard(methods, [2], held_out_loss)
