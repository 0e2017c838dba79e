"""The VAE against central differences and against itself; many trained at once against one by one;
and lesson 09 at full size, as far as that can go without a network."""

import functools
from pathlib import Path

import jupytext
import numpy as np
import pytest

from adamlib import datasets, experiments, rules
from adamlib.descent import train
from adamlib.experiments import Task, paper
from adamlib.experiments.vae import (
    BETAS_1,
    BETAS_2,
    VAE,
    bias_correction_grid,
    figure_4,
    least,
    sigmoid,
    softplus,
    train_grid,
)

SMALL = VAE(pixels=6, hidden=5, latent=2)
IMAGES = np.random.default_rng(0).random((12, 6))
SOURCE = Path(__file__).resolve().parents[1] / "sources/09-the-papers-experiments/lesson.py"


def small_params(seed=0, dtype=np.float64):
    """The start of SMALL, and biases that are not 0."""
    rng = np.random.default_rng(seed)
    return [(p + 0.3 * rng.normal(size=p.shape)).astype(dtype) for p in SMALL.initial(rng)]


def loss_at(params, seed=7):
    return SMALL.loss_and_gradient(params, (IMAGES,), np.random.default_rng(seed))


def test_the_gradient_equals_central_differences():
    params = small_params()
    _, gradient = loss_at(params)
    for p, g in zip(params, gradient, strict=True):
        assert g.shape == p.shape
        for i in np.ndindex(p.shape):
            before, h = p[i], 1e-6
            p[i] = before + h
            above, _ = loss_at(params)
            p[i] = before - h
            below, _ = loss_at(params)
            p[i] = before
            assert g[i] == pytest.approx((above - below) / (2 * h), abs=1e-8)


def test_the_loss_of_a_model_that_knows_nothing():
    """Each pixel costs log 2, and a code that is standard normal costs nothing."""
    loss, _ = loss_at([np.zeros_like(p) for p in small_params()])
    assert loss == pytest.approx(6 * np.log(2))


def test_the_code_costs_its_divergence_from_a_standard_normal():
    """All weights are 0, and the code has the mean 1.5 and the log-variance −0.7."""
    params = [np.zeros_like(p) for p in small_params()]
    params[3] = np.array([[1.5, 1.5, -0.7, -0.7]])
    expected = 2 * 0.5 * (1.5**2 + np.exp(-0.7) - 1 + 0.7)  # of two numbers
    assert loss_at(params)[0] == pytest.approx(6 * np.log(2) + expected)


def test_a_stack_gives_what_each_model_gives_alone():
    models = [small_params(seed) for seed in range(3)]
    losses, gradients = loss_at([np.stack(arrays) for arrays in zip(*models, strict=True)])
    assert losses.shape == (3,)
    for k, model in enumerate(models):
        loss, gradient = loss_at(model)
        assert losses[k] == pytest.approx(loss, abs=1e-12)
        for of_stack, g in zip(gradients, gradient, strict=True):
            np.testing.assert_allclose(of_stack[k], g, rtol=0, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_the_parameters(dtype):
    start = SMALL.initial(np.random.default_rng(0), dtype)
    assert [p.shape for p in start][:4] == [(6, 5), (1, 5), (5, 4), (1, 4)]
    loss, gradient = SMALL.loss_and_gradient(start, (IMAGES,), np.random.default_rng(0))
    assert {a.dtype for a in [*start, *gradient]} == {np.dtype(dtype)} and loss.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softplus_and_sigmoid(dtype):
    a = np.array([-1e4, -30, -1, 0, 1, 30, 1e4], dtype)
    tolerance = 10 * np.finfo(dtype).eps
    np.testing.assert_allclose(softplus(a), np.logaddexp(0, a), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(sigmoid(a), np.exp(-np.logaddexp(0, -a)), rtol=0, atol=tolerance)
    assert softplus(a).dtype == sigmoid(a).dtype == dtype


@pytest.mark.parametrize("rule", [rules.adam, rules.momentum, rules.adagrad])
def test_a_grid_trains_as_each_setting_would_alone(rule):
    rates = np.array([0.001, 0.01, 0.03])

    def how():
        rng = np.random.default_rng(3)
        loss = functools.partial(SMALL.loss_and_gradient, rng=rng)
        return dict(loss_and_gradient=loss, epochs=4, batch_size=4, rng=rng)

    at_once = train_grid(rule, params=small_params(), data=(IMAGES,), learning_rate=rates, **how())
    assert at_once.shape == (12, 3)
    for k, rate in enumerate(rates):
        alone = train(rule, params=small_params(), data=(IMAGES,), learning_rate=rate, **how())
        np.testing.assert_allclose(at_once[:, k], alone.losses, rtol=1e-12)


def test_a_grid_whose_arrays_fill_the_cache_too():
    """Then they are updated in several parts."""
    model, images = VAE(100, 90, 3), np.random.default_rng(0).random((8, 100))
    rates = np.logspace(-4, -2, 5)

    def how():
        rng = np.random.default_rng(0)
        loss = functools.partial(model.loss_and_gradient, rng=rng)
        return loss, model.initial(np.random.default_rng(1), np.float64), (images,), rng

    loss, start, data, rng = how()
    grid = train_grid(
        rules.adam, loss, start, data, epochs=3, batch_size=None, rng=rng, learning_rate=rates
    )
    assert grid.shape == (3, 5)
    for k, rate in enumerate(rates):
        loss, start, data, rng = how()
        alone = train(rules.adam, loss, start, data, epochs=3, rng=rng, learning_rate=rate)
        np.testing.assert_allclose(grid[:, k], alone.losses, rtol=1e-12)


def test_a_run_that_diverges_leaves_the_others_alone():
    def losses(rates):
        rng = np.random.default_rng(0)
        loss, start = functools.partial(SMALL.loss_and_gradient, rng=rng), small_params()
        how = dict(epochs=20, batch_size=6, rng=rng)
        return train_grid(rules.sgd, loss, start, (IMAGES,), **how, learning_rate=np.array(rates))

    both, alone = losses([0.1, 1e6]), losses([0.1, 0.1])
    assert np.isnan(both[-1, 1])
    np.testing.assert_array_equal(both[:, 0], alone[:, 0])


def test_the_start_is_not_altered():
    start = small_params()
    rng = np.random.default_rng(0)
    loss = functools.partial(SMALL.loss_and_gradient, rng=rng)
    train_grid(rules.adam, loss, start, (IMAGES,), epochs=1, batch_size=6, rng=rng)
    for a, b in zip(start, small_params(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_it_learns_digits():
    images = datasets.mnist().train[0][:500]
    rng, model = np.random.default_rng(0), VAE(784, 32, 4)
    loss = functools.partial(model.loss_and_gradient, rng=rng)
    how = dict(epochs=4, batch_size=50, rng=rng)
    run = train(rules.adam, loss, model.initial(rng), (images,), **how, learning_rate=0.003)
    assert run.losses[-5:].mean() < 0.5 * run.losses[0]


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"learning_rate": np.ones(2), "beta_1": np.zeros(3)}, ValueError, "arrays of one length"),
        ({"learning_rate": np.ones((2, 2))}, ValueError, "arrays of one length"),
        ({"learning_rate": lambda t: 0.1}, ValueError, "learning_rate is a function of t"),
        ({"learning_rate": np.array([0.1, -0.1])}, ValueError, "must be a positive number"),
        ({"rate": 0.1}, TypeError, "adam has no hyperparameter rate"),
        ({"batch_size": 13}, ValueError, "more than the data's 12 samples"),
    ],
)
def test_settings_that_do_not_fit_are_refused_in_one_sentence(settings, error, sentence):
    rng = np.random.default_rng(0)
    loss = functools.partial(SMALL.loss_and_gradient, rng=rng)
    how = {"epochs": 1, "batch_size": 6, "rng": rng} | settings
    with pytest.raises(error, match=sentence) as caught:
        train_grid(rules.adam, loss, small_params(), (IMAGES,), **how)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("images", [np.ones((3, 5)), np.ones(6), np.ones((3, 2, 3))])
def test_images_that_do_not_fit_are_refused_in_one_sentence(images):
    with pytest.raises(ValueError, match=r"images have shape .* needs \(n, 6\)"):
        SMALL.loss_and_gradient(small_params(), (images,), np.random.default_rng(0))


def test_the_grid_of_figure_4_is_one_by_one_what_it_is_together():
    images = np.random.default_rng(1).random((200, 6))
    rates = np.array([0.01, 0.03, 1e20])
    grid = bias_correction_grid(SMALL, rules.adam, images, 3, epochs=2, rates=rates)
    assert grid.shape == (2, 2, 3, 3) and np.isnan(grid[1, :, :, 2]).all()
    first = bias_correction_grid(SMALL, rules.adam, images[:100], 3, epochs=2, rates=[100.0])
    assert np.isnan(first[1]).all(), "the first loss that is too large is infinite"
    one = bias_correction_grid(
        SMALL, rules.adam, images, 3, epochs=2, rates=rates, betas_2=(0.999,)
    )
    np.testing.assert_allclose(one, grid[:, :, 1:2], rtol=1e-5)
    for i, j, k in ((0, 0, 0), (1, 2, 1)):
        rng = np.random.default_rng(3)
        loss, start = functools.partial(SMALL.loss_and_gradient, rng=rng), SMALL.initial(rng)
        how = dict(epochs=2, batch_size=100, rng=rng, learning_rate=float(np.float32(rates[k])))
        betas = dict(beta_1=BETAS_1[i], beta_2=BETAS_2[j])
        alone = train(rules.adam, loss, start, (images,), **how, **betas).losses
        means = alone.reshape(2, 2).mean(axis=1)
        np.testing.assert_allclose(grid[:, i, j, k], means, rtol=1e-5)


def test_figure_4_shows_how_far_above_the_best_and_least_names_the_best_rate():
    losses = np.full((1, 2, 2, 3, 3), 200.0)
    losses[0, 1, 1, 2] = [150, 140, np.nan]
    both, rates = {"adam, with": losses, "adam, without": losses + 7}, np.array([0.01, 0.1, 1])
    fig = figure_4(both, rates)
    assert len(fig.axes) == 6 and fig.axes[2].get_title(loc="left") == "β₁ = 0.9, β₂ = 0.9999"
    assert fig.alt.count("least") == 12
    crosses = [[line.get_marker() for line in ax.lines].count("x") for ax in fig.axes]
    assert crosses == [0, 0, 2, 0, 0, 0]
    assert (
        "β₁ = 0.9, β₂ = 0.9999: adam, with, least 0.0 at η = 0.1. adam, without, least 7" in fig.alt
    )
    assert "β₁ = 0, β₂ = 0.99: adam, with, least 60.0" in fig.alt
    head, *lines = least(both, rates).splitlines()
    assert head.split("  ")[-9:] and len(lines) == 6
    assert lines[-1].split("  ")[0] == "β₁ = 0.9"
    assert "140 at η = 10^-1.0" in lines[-1] and "147 at η = 10^-1.0" in lines[-1]


# Lesson 09


def sources():
    cells = jupytext.read(SOURCE, fmt="py:percent").cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


@pytest.fixture
def lesson(monkeypatch):
    """Run the solution of lesson 09, without a page, and return what it made."""

    monkeypatch.setattr("IPython.display.display", lambda *shown: None)
    monkeypatch.setenv("ADAMLIB_EXPECT", "solved")

    def run(size):
        monkeypatch.setenv("ADAMLIB_SIZE", size)
        made = {}
        for source in sources():
            exec(source, made)
        return made

    return run


@pytest.mark.long
def test_full_size_takes_the_whole_data_and_the_papers_settings(lesson, monkeypatch):
    """Random samples stand for the download; one epoch of small models for weeks of computing."""
    rng, asked = np.random.default_rng(0), []

    def full_size(name):
        asked.append(name)
        if name == "imdb":
            x = datasets.rotten_tomatoes().train[0][:512]
        else:
            x = rng.random((512, {"mnist": 784, "cifar10": 3072}[name]), np.float32)
        labels = rng.integers(2, size=512)
        return datasets.Dataset((x, labels), (x, labels))

    monkeypatch.setattr(datasets, "full_size", full_size)
    plan = {
        "1 left": (None, 1, 1),
        "1 right": (None, 1),
        "2": (None, 1, 8),
        "3": (None, 1, 128, (2, 2, 2, 4)),
        "4": (100, 2, 1, 8, 2),
    }
    monkeypatch.setattr(experiments, "seeds", lambda count: [0])
    monkeypatch.setitem(paper.PLAN, "full", plan)
    made = lesson("full")
    races = made["races"]
    assert set(asked) == {"mnist", "imdb", "cifar10"}
    assert races.size == "full"
    assert made["train_on_clothes"].data[0].shape == (512, 32, 32, 3)
    assert made["rates_4"][[0, -1]] == pytest.approx([1e-5, 0.1])
    grids = races.done.pop("Figure 4").values()
    assert len(grids) == 6 and {grid.shape for grid in grids} == {(2, 2, 1, 9)}
    assert {grid.shape for grid in made["grid_losses"].values()} == {(1, 2, 2, 3, 9)}
    methods = {(figure, m) for figure, done in races.done.items() for m, *_ in done}
    assert len(methods) == 3 + 2 + (3 + 5) + 2 * 5 + 3 + 3
    trainings = sum(len(done) for done in races.done.values())
    assert trainings == (3 + 2 + 2 * 5 + 3) * 6 + (3 + 5) * 7 + 3 * 5  # all of the rates


def test_interrupted_the_lesson_goes_on_from_where_it_was(lesson, monkeypatch):
    calls, train = [], Task.train_quietly

    def stopped(self, *how):
        calls.append(how)
        if len(calls) in (3, 9):
            raise KeyboardInterrupt
        return train(self, *how)

    monkeypatch.setattr(Task, "train_quietly", stopped)
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    made, interrupts = {}, 0
    for source in sources():
        for _ in range(3):
            try:
                exec(source, made)
                break
            except KeyboardInterrupt as stop:
                interrupts += 1
                assert "Trainings kept" in str(stop)
    trainings = sum(len(done) for figure, done in made["races"].done.items() if figure[7] in "12")
    assert interrupts == 2 and len(calls) == trainings + 2
