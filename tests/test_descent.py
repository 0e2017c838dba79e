import re
import sys
import tracemalloc

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from adamlib import descent, rules
from adamlib.descent import batches, descend, state_defaults, sweep, train, training, update
from adamlib.models import LogisticRegression
from adamlib.surfaces import bowl, cubic, ravine, rosenbrock


def double(x):
    """The gradient of x²."""
    return 2 * x


# descend


def test_trajectory_states_and_gradients_of_a_number_a_point_and_a_list():
    for start in (3.0, np.array([1.0, 2.0]), np.ones((2, 3, 4))):
        run = descend(rules.adam, double, start, 7)
        assert run.trajectory.shape == (8, *np.shape(start))
        assert run.gradients.shape == run.states["m"].shape == (7, *np.shape(start))
        np.testing.assert_array_equal(run.trajectory[0], start)
        np.testing.assert_array_equal(run.gradients, 2 * run.trajectory[:-1])
    one = descend(rules.adam, double, np.ones((2, 3)), 7)
    run = descend(rules.adam, lambda p: [double(a) for a in p], [np.ones((2, 3)), np.ones(5)], 7)
    np.testing.assert_array_equal(run.trajectory[0], one.trajectory)
    np.testing.assert_array_equal(run.states[0]["v"], one.states["v"])
    assert [a.shape for a in run.gradients] == [(7, 2, 3), (7, 5)]


@pytest.mark.parametrize("start", [5, np.int64(5), 5.0, np.float32(5)])
def test_whole_numbers_are_followed_as_floats(start):
    run = descend(rules.sgd, double, start, 2, learning_rate=0.1)
    np.testing.assert_allclose(run.trajectory, [5, 4, 3.2], rtol=1e-6)


def test_no_step_is_the_start():
    run = descend(rules.momentum, double, [1.0, 2.0], 0)
    assert run.trajectory.tolist() == [[1.0, 2.0]] and run.gradients.shape == (0, 2)
    assert len(run.states["v"]) == 0 and run.diverged == ""


def test_start_and_gradients_are_not_altered_and_float32_stays():
    start = np.ones(3, np.float32)
    gradients = []

    def gradient(x):
        gradients.append((2 * x).copy())
        return 2 * x

    run = descend(rules.adam, gradient, start, 3)
    assert start.tolist() == [1, 1, 1] and run.trajectory.dtype == np.float32
    np.testing.assert_array_equal(run.gradients, gradients)
    kept = []
    descend(rules.sgd, lambda x: kept.append(x) or 2 * x, start, 3)  # one that keeps what it saw
    np.testing.assert_array_equal(kept, descend(rules.sgd, double, start, 3).trajectory[:-1])
    itself = descend(rules.sgd, lambda x: x, start, 3)  # one that is x, not a copy
    np.testing.assert_array_equal(itself.gradients, itself.trajectory[:-1])


def test_a_hyperparameter_may_be_a_function_of_t():
    run = descend(rules.sgd, np.ones_like, 0.0, 4, learning_rate=lambda t: 1 / t)
    np.testing.assert_allclose(run.trajectory, -np.cumsum([0, 1, 1 / 2, 1 / 3, 1 / 4]))


def test_divergence_stops_is_said_and_keeps_the_finite_part(capsys):
    run = descend(rules.sgd, double, 1.0, 1000, learning_rate=1.2)
    assert run.diverged == "sgd diverged at step 69 (learning_rate=1.2)"
    assert capsys.readouterr().out == run.diverged + "\n"
    assert len(run.trajectory) == 69 and np.all(np.isfinite(run.trajectory))
    assert len(run.gradients) == 68
    np.testing.assert_allclose(run.trajectory, (-1.4) ** np.arange(69), rtol=1e-9)
    runs_away = descend(
        rules.adam, lambda x: 1 / (x - 0.999) * 0 + np.where(x < 1, np.nan, 1), 1.0, 9
    )
    assert runs_away.diverged == "adam diverged at step 2 (learning_rate=0.001)"


def test_divergence_in_a_list_of_arrays(capsys):
    run = descend(
        rules.sgd,
        lambda p: [double(a) for a in p],
        [np.ones(2), np.zeros(3)],
        99,
        learning_rate=2.0,
    )
    assert "diverged at step 21 (learning_rate=2)" in capsys.readouterr().out
    assert [len(a) for a in run.trajectory] == [21, 21]


# blocks


@given(
    x=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=9), elements=st.floats(-9, 9)),
    block=st.integers(1, 50),
    rule=st.sampled_from([rules.sgd, rules.adagrad, rules.adam, rules.nadam, rules.amsgrad]),
)
def test_blocks_equal_whole(x, block, rule):
    whole, state = x.copy(), list(state_defaults(rule).values())
    parts, part_state = x.copy(), list(state)
    for t in range(1, 4):
        update(rule, whole, np.sin(x + t), t, state, learning_rate=0.1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(descent, "BLOCK", block * x.itemsize)
            update(rule, parts, np.sin(x + t), t, part_state, learning_rate=0.1)
        np.testing.assert_array_equal(parts, whole)
        for a, b in zip(part_state, state, strict=True):
            np.testing.assert_array_equal(a, b)


def test_large_arrays_go_by_blocks_and_need_little_memory():
    sizes = []

    def rule(x, g, t, m=0, v=0):
        sizes.append(x.nbytes)
        return rules.adam(x, g, t, m, v)

    x, g, m, v = np.ones((4, 1000, 1000))
    tracemalloc.start()
    update(rule, x, g, 2, [m, v])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert max(sizes) == descent.BLOCK and sum(sizes) == x.nbytes
    assert peak < x.nbytes / 8  # whole, it needs four arrays of x's size


def test_any_memory_order_and_no_elements_at_all():
    for start in (np.ones((90, 300)).T, np.asfortranarray(np.ones((300, 90))), np.ones((0, 3))):
        run = descend(rules.adam, double, start, 3, learning_rate=0.1)
        assert run.trajectory.shape == (4, *start.shape) == (4, *run.states["m"].shape[1:])
        assert np.all(run.trajectory[-1] < 0.8)
    with pytest.raises(ValueError, match="give an array in C order"):
        update(rules.sgd, np.ones((200, 300)).T, np.ones((300, 200)), 1, [])


def heavy_ball(x, g, t, before=0, *, learning_rate=0.1):
    """Its state is the x that it was given."""
    return x - learning_rate * g + 0.9 * (x - before) * (t > 1), x


def swap(x, g, t, a=0, b=1, *, learning_rate=0.1):
    return x - learning_rate * g, b, a


def test_a_rule_may_return_what_it_was_given():
    expected = [1.0, 0.9, 0.72, 0.486]
    for start in (1.0, np.ones(3), np.ones(10_000)):
        run = descend(heavy_ball, lambda x: x, start, 3)
        np.testing.assert_allclose(
            run.trajectory.T, np.broadcast_to(expected, run.trajectory.T.shape)
        )
        np.testing.assert_allclose(run.states["before"][-1], 0.72)
    swept = sweep(heavy_ball, lambda x: x, np.ones((2, 3)), 3)
    np.testing.assert_allclose(swept.trajectory[:, 0, 0], expected)
    run = descend(swap, lambda x: x, np.ones(3), 3)
    assert (run.states["a"].tolist(), run.states["b"].tolist()) == ([1, 0, 1], [0, 1, 0])


def test_a_state_may_begin_as_a_number_and_become_an_array():
    def rule(x, g, t, last=0, *, learning_rate=0.1):
        return x - learning_rate * last, (g if t > 1 else last)

    run = descend(rule, double, np.ones(3), 3)
    assert run.states["last"].tolist() == [[0] * 3, [2] * 3, [2] * 3]


@pytest.mark.parametrize("follow", [descend, sweep])
def test_a_rule_that_writes_into_its_arguments_is_named(follow):
    def sgd(x, g, t, *, learning_rate=0.1):
        x -= learning_rate * g
        return (x,)

    with pytest.raises(
        ValueError, match="sgd writes into an array that it was given: return a new"
    ):
        follow(sgd, double, np.ones((2, 2)), 3)


# sweep


def test_a_sweep_is_descend_for_each_setting():
    rates, betas = np.array([[0.01], [0.1], [1.0]]), np.array([0.5, 0.9])
    starts = np.array([[-1.0, 0.5], [2.0, 1.0]])
    swept = sweep(rules.adam, rosenbrock.gradient, starts, 30, learning_rate=rates, beta_1=betas)
    assert swept.trajectory.shape == (31, 2, 3, 2) and swept.diverged.shape == (3, 2)
    for i in range(3):
        for j in range(2):
            settings = {"learning_rate": rates[i, 0], "beta_1": betas[j]}
            run = descend(rules.adam, rosenbrock.gradient, starts[:, j], 30, **settings)
            np.testing.assert_allclose(swept.trajectory[..., i, j], run.trajectory, rtol=1e-12)


def test_sweeps_of_one_coordinate_one_setting_and_many_chunks(monkeypatch):
    rates = np.linspace(0.01, 0.5, 10)
    swept = sweep(rules.sgd, cubic.gradient, 0.5, 20, learning_rate=rates)
    assert swept.trajectory.shape == (21, 10)
    monkeypatch.setattr(descent, "RUNS", 3)
    again = sweep(rules.sgd, cubic.gradient, 0.5, 20, learning_rate=rates)
    np.testing.assert_array_equal(again.trajectory, swept.trajectory)
    one = sweep(rules.sgd, cubic.gradient, 0.5, 20, learning_rate=lambda t: 0.1 / t)
    run = descend(rules.sgd, cubic.gradient, 0.5, 20, learning_rate=lambda t: 0.1 / t)
    np.testing.assert_array_equal(one.trajectory, run.trajectory)
    assert one.diverged.shape == ()
    many = sweep(rules.sgd, cubic.gradient, np.linspace(0.1, 1, 5)[None, :], 20)
    assert many.trajectory.shape == (21, 1, 5)


def test_a_state_that_is_one_number_a_run():
    betas = np.array([0.5, 0.9])
    swept = sweep(rules.nadam, ravine.gradient, ravine.start, 20, beta_1=betas, learning_rate=0.1)
    for i, beta in enumerate(betas):
        alone = descend(
            rules.nadam, ravine.gradient, ravine.start, 20, beta_1=beta, learning_rate=0.1
        )
        np.testing.assert_allclose(swept.trajectory[..., i], alone.trajectory, rtol=1e-12)


def test_a_gradient_that_is_not_finite_ends_only_its_run_of_a_sweep():
    def gradient(x):
        return np.where(x > 1.55, np.inf, -np.ones_like(x))

    swept = sweep(rules.sign_descent, gradient, np.array([[0.0, 1.0]]), 10, learning_rate=0.1)
    assert swept.diverged.tolist() == [0, 7]


def test_a_run_that_diverged_stays_so_though_it_would_come_back():
    def there_and_back(x):
        return np.where(np.abs(x) > 1, x, -1e11)

    swept = sweep(rules.sgd, there_and_back, np.array([[0.0]]), 5, learning_rate=1.0)
    assert swept.diverged.tolist() == [1] and np.all(np.isnan(swept.trajectory[1:]))


def test_a_diverged_run_of_a_sweep_is_nan_from_there_and_the_others_go_on():
    swept = sweep(rules.sgd, ravine.gradient, [1.0, 1.0], 90, learning_rate=np.array([0.09, 0.2]))
    alone = descend(rules.sgd, ravine.gradient, [1.0, 1.0], 90, learning_rate=0.2)
    assert swept.diverged.tolist() == [0, len(alone.trajectory)]
    np.testing.assert_allclose(
        swept.trajectory[: len(alone.trajectory), :, 1], alone.trajectory, rtol=1e-12
    )
    assert np.all(np.isnan(swept.trajectory[len(alone.trajectory) :, :, 1]))
    assert np.all(np.isfinite(swept.trajectory[:, :, 0]))


# train

MODEL = LogisticRegression(inputs=4, classes=3)


def small_data(n=50):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, 4))
    return x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)


def test_training_in_full_batches_is_descend():
    data = small_data()
    run = train(
        rules.adam, MODEL.loss_and_gradient, MODEL.initial(float), data, epochs=9, learning_rate=0.1
    )
    path = descend(
        rules.adam, lambda p: MODEL.gradient(p, data), MODEL.initial(float), 9, learning_rate=0.1
    )
    for a, b in zip(run.params, path.trajectory, strict=True):
        np.testing.assert_allclose(a, b[-1], rtol=1e-12)
    points = zip(*path.trajectory, strict=True)
    np.testing.assert_allclose(run.losses, [MODEL.loss(p, data) for p in points][:-1])


def test_batches_cover_the_data_once_an_epoch_shuffled_by_the_seed():
    x = np.arange(10)
    seen = list(batches((x, -x), 4, np.random.default_rng(0)))
    assert [len(a) for a, b in seen] == [4, 4, 2]
    together = np.concatenate([a for a, b in seen])
    assert sorted(together) == list(x) and list(together) != list(x)
    assert all(np.array_equal(a, -b) for a, b in seen)
    assert [a.tolist() for a, b in batches((x, x), 6)] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]


def test_batches_take_the_rows_of_a_sparse_matrix():
    x, labels = np.eye(10), np.arange(10)
    for batch, some in batches((csr_array(x), labels), 4, np.random.default_rng(0)):
        np.testing.assert_array_equal(batch.toarray(), x[some])
    with pytest.raises(ValueError, match=r"one length, not \[10, 9\]"):
        list(batches((csr_array(x), labels[:9]), 4))


def test_training_in_batches_repeats_with_the_seed_and_learns():
    def run(seed):
        return train(
            rules.sgd,
            MODEL.loss_and_gradient,
            MODEL.initial(),
            small_data(),
            epochs=20,
            batch_size=8,
            rng=np.random.default_rng(seed),
            learning_rate=0.5,
        )

    first, again, other = run(0), run(0), run(1)
    assert first.losses.shape == (20 * 7,)
    np.testing.assert_array_equal(first.losses, again.losses)
    assert not np.array_equal(first.losses, other.losses)
    assert MODEL.accuracy(first.params, small_data()) > 0.75
    assert first.losses[0] == pytest.approx(np.log(3))


def test_training_that_diverges_keeps_the_last_whole_epoch(capsys):
    start = [np.array([1.0])]
    data = (np.ones(4),)

    def quartic(params, batch):
        return float(params[0][0] ** 4), [4 * params[0] ** 3]

    run = train(
        rules.sgd,
        quartic,
        start,
        data,
        epochs=50,
        batch_size=2,
        rng=np.random.default_rng(0),
        learning_rate=0.6,
    )
    assert run.diverged == "sgd diverged at step 5 (learning_rate=0.6)"
    assert run.diverged in capsys.readouterr().out
    path = descend(rules.sgd, lambda x: 4 * x**3, 1.0, 50, learning_rate=0.6)
    assert run.params[0][0] == pytest.approx(path.trajectory[4])  # two epochs of two steps
    np.testing.assert_allclose(run.losses, path.trajectory**4)
    assert start[0][0] == 1


def test_training_can_be_followed_and_dropped(capsys):
    fixed = dict(epochs=3, batch_size=10, learning_rate=0.5)
    task = rules.sgd, MODEL.loss_and_gradient, MODEL.initial(), small_data()
    whole = train(*task, rng=np.random.default_rng(0), **fixed)
    run = training(*task, rng=np.random.default_rng(0), **fixed)
    for t in range(7):
        now = next(run)
        assert now.losses == whole.losses[:t].tolist() and now.diverged == ""
    run.close()
    assert len(now.losses) == 6 and capsys.readouterr().out == ""


def test_a_run_that_diverges_at_the_end_of_an_epoch_keeps_the_one_before():
    def quartic(params, batch):
        return float(params[0][0] ** 4), [4 * params[0] ** 3]

    fixed = dict(batch_size=1, rng=np.random.default_rng(0), learning_rate=0.6)
    run = train(rules.sgd, quartic, [np.array([1.0])], (np.ones(5),), epochs=9, **fixed)
    assert "step 5" in run.diverged and run.params == [1.0]


def test_a_progress_bar_shows_only_where_it_lasts(monkeypatch):
    import tqdm.auto

    bars = []

    class Bar(tqdm.auto.tqdm):
        def __init__(self, *args, **kwargs):
            bars.append((self, kwargs))
            super().__init__(*args, **kwargs | {"disable": True})

    monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
    train(rules.sgd, MODEL.loss_and_gradient, MODEL.initial(), small_data(), epochs=3)
    assert bars[0][1]["total"] == 3 and bars[0][1]["delay"] >= 1


# bad input: one clear sentence each


def no_star(x, g, t, learning_rate=0.1):
    return (x - learning_rate * g,)


def not_a_tuple(x, g, t, *, learning_rate=0.1):
    return x - learning_rate * g


def no_state_back(x, g, t, v=0, *, learning_rate=0.1):
    return (x - learning_rate * g,)


def other_shape(x, g, t, *, learning_rate=0.1):
    return (np.sum(x),)


POINT = np.array([1.0, 2.0])
BAD = [
    (
        (rules.sgd, lambda x: np.ones(3), POINT, 1),
        {},
        "gradient has shape (3,), its parameters have",
    ),
    ((rules.sgd, lambda x: np.ones(2, int), POINT, 1), {}, "must hold floats, not int64"),
    ((rules.sgd, lambda x: np.array([None, None]), POINT, 1), {}, "floats, not object"),
    ((rules.sgd, lambda x: x * np.nan, POINT, 1), {}, "gradient at the start is not finite"),
    ((rules.sgd, lambda x: x * np.inf, POINT, 1), {}, "gradient at the start is not finite"),
    ((rules.sgd, lambda p: p[:1], [POINT, POINT], 1), {}, "2 parameter arrays and 1 gradients"),
    ((rules.sgd, double, np.array([1, 2]), 1), {}, "start is an array of int64: give floats"),
    ((rules.sgd, double, np.array([None]), 1), {}, "start is an array of object: give floats"),
    ((rules.sgd, double, "here", 1), {}, "start must be numbers, not 'here'"),
    ((rules.sgd, double, [1.0, np.nan], 1), {}, "start is not finite"),
    ((rules.sgd, double, np.inf, 1), {}, "start is not finite"),
    ((rules.sgd, double, 1.0, -1), {}, "steps must be at least 0, not -1"),
    ((rules.sgd, double, 1.0, 2.5), {}, "steps must be a whole number, not 2.5"),
    ((rules.sgd, double, 1.0, 1), {"learning_rate": 0}, "learning_rate must be a positive number"),
    ((rules.sgd, double, 1.0, 1), {"learning_rate": -0.1}, "a positive number, not -0.1"),
    ((rules.sgd, double, 1.0, 1), {"learning_rate": np.nan}, "a positive number, not nan"),
    ((rules.sgd, double, 1.0, 1), {"learning_rate": "0.1"}, "a positive number, not '0.1'"),
    ((rules.sgd, double, 1.0, 1), {"learning_rate": lambda t: -t}, "a positive number, not -1"),
    ((rules.adam, double, 1.0, 1), {"beta_1": 1.0}, "beta_1 must be in [0, 1), not 1.0"),
    ((rules.adam, double, 1.0, 1), {"beta_2": -0.1}, "beta_2 must be in [0, 1), not -0.1"),
    ((rules.rmsprop, double, 1.0, 1), {"rho": 1.5}, "rho must be in [0, 1), not 1.5"),
    ((rules.adam, double, 1.0, 1), {"epsilon": -1e-7}, "epsilon must be zero or a positive number"),
    ((rules.adam, double, 1.0, 1), {"beta1": 0.9}, "no hyperparameter beta1: did you mean beta_1?"),
    ((rules.sgd, double, 1.0, 1), {"rho": 0.9}, "no hyperparameter rho. It has: learning_rate."),
    ((rules.sgd, bowl, POINT, 1), {}, "descend needs the gradient: give bowl.gradient"),
    ((rules.sgd, double, None, 1), {}, "start must be numbers, not None"),
    ((no_star, double, 1.0, 1), {"learning_rate": 0.1}, "put `*,` before the hyperparameters"),
    ((not_a_tuple, double, POINT, 1), {}, "must return a tuple, (x,), but gave ndarray"),
    ((no_state_back, double, POINT, 1), {}, "must return a tuple, (x, v), but gave 1 values"),
    ((other_shape, double, POINT, 1), {}, "each of x's shape (2,), but value 1 has shape ()"),
]


@pytest.mark.parametrize(("arguments", "settings", "words"), BAD, ids=[w for _, _, w in BAD])
def test_bad_input_to_descend_gets_one_sentence(arguments, settings, words):
    with pytest.raises((ValueError, TypeError), match=re.escape(words)) as caught:
        descend(*arguments, **settings)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def scalar_loss(params, batch):
    return 1.0, [np.ones_like(p) for p in params]


BAD_TRAINING = [
    ((lambda p, b: (np.ones(4), p), [POINT], (np.ones(4),)), {}, "loss must be one number, not"),
    ((scalar_loss, [POINT], (np.ones(4),)), {"batch_size": 5}, "batch_size=5 is more than the"),
    ((scalar_loss, [POINT], (np.ones(4),)), {"batch_size": 0}, "batch_size must be at least 1"),
    ((scalar_loss, [POINT], (np.ones(4),)), {"batch_size": 2}, "rng=np.random.default_rng(0)"),
    ((scalar_loss, [POINT], (np.ones(4), np.ones(5))), {}, "must have one length, not [4, 5]"),
    ((scalar_loss, [POINT], (np.ones(4),)), {"epochs": -1}, "epochs must be at least 0, not -1"),
    ((scalar_loss, [POINT], (np.ones(4),)), {"beta": 1}, "no hyperparameter beta."),
    ((scalar_loss, [np.array([1])], (np.ones(4),)), {}, "start is an array of int64"),
]


@pytest.mark.parametrize(
    ("arguments", "settings", "words"), BAD_TRAINING, ids=[w for _, _, w in BAD_TRAINING]
)
def test_bad_input_to_train_gets_one_sentence(arguments, settings, words):
    with pytest.raises((ValueError, TypeError), match=re.escape(words)) as caught:
        train(rules.sgd, *arguments, **settings)
    assert "\n" not in str(caught.value)


BAD_SWEEP = [
    ({"learning_rate": np.array([0.1, 0.0])}, "learning_rate must be a positive number"),
    ({"learning_rate": np.ones(3) / 9, "momentum": np.ones(2) / 2}, "do not broadcast together"),
    ({"momentun": 0.5}, "did you mean momentum?"),
]


@pytest.mark.parametrize(("settings", "words"), BAD_SWEEP, ids=[w for _, w in BAD_SWEEP])
def test_bad_input_to_sweep_gets_one_sentence(settings, words):
    with pytest.raises((ValueError, TypeError), match=re.escape(words)):
        sweep(rules.momentum, bowl.gradient, bowl.start, 5, **settings)
    with pytest.raises(ValueError, match="gradient at a start is not finite"):
        sweep(rules.momentum, lambda x: x * np.nan, bowl.start, 5)


def test_given_gradients_come_in_turn_whatever_x_is():
    run = descend(rules.sgd, descent.given([1.0, -2.0, 4.0]), 0.0, 3, learning_rate=0.5)
    assert run.trajectory.tolist() == [0, -0.5, 0.5, -1.5]
    with pytest.raises(ValueError, match="There is no gradient left"):
        descend(rules.sgd, descent.given([1.0]), 0.0, 2)


def test_steps_of_a_rule_are_in_units_of_the_learning_rate():
    gradients = np.array([[3.0, -0.5], [3.0, 1.0]])
    assert descent.steps_of(rules.sgd, gradients).tolist() == gradients.tolist()
    steps = descent.steps_of(rules.adam, [0.01] * 5, epsilon=0.0)
    assert steps.shape == (5,) and np.allclose(steps, 1)
    steps = descent.steps_of(rules.momentum, [1, 1], learning_rate=0.1)
    np.testing.assert_allclose(steps, [0.1, 0.19])


def test_a_rule_that_needs_whole_arrays_gets_them_whole():
    x = np.random.default_rng(0).standard_normal((300, 400))
    assert x.nbytes > descent.BLOCK
    g, state = x[::-1].copy(), [0, 0]
    whole, *_ = rules.lamb(x, g, 1, 0, 0)
    update(rules.lamb, x, g, 1, state)
    np.testing.assert_array_equal(x, whole)


@pytest.mark.parametrize("rule", [rules.lamb, rules.adafactor, rules.muon])
def test_a_sweep_of_a_rule_that_needs_whole_arrays_is_its_runs_by_themselves(rule):
    rates = np.array([0.1, 0.2, 0.3])
    swept = sweep(rule, bowl.gradient, bowl.start, 5, learning_rate=rates)
    for i, rate in enumerate(rates):
        alone = descend(rule, bowl.gradient, bowl.start, 5, learning_rate=rate).trajectory
        np.testing.assert_allclose(swept.trajectory[..., i], alone, rtol=1e-12)


def test_in_a_browser_a_progress_bar_starts_no_thread(monkeypatch):
    from tqdm.auto import tqdm

    monkeypatch.setattr(tqdm, "monitor_interval", 10)
    monkeypatch.setattr(tqdm, "monitor", None)
    for platform, starts in (("emscripten", False), ("linux", True)):
        tqdm.monitor_interval = 10
        monkeypatch.setattr(sys, "platform", platform)
        train(rules.sgd, MODEL.loss_and_gradient, MODEL.initial(), (np.ones((2, 4)), np.arange(2)))
        assert (tqdm.monitor is not None) == starts
    tqdm.monitor.exit()
