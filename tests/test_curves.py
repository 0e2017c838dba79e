import json
import threading

import numpy as np
import pytest
from matplotlib.colors import to_hex

from adamlib import plots, rules
from adamlib.averages import exponential_average
from adamlib.descent import train
from adamlib.explorers import average, race, racing
from adamlib.explorers.curves import log_axis
from adamlib.models import MLP, LogisticRegression

SERIES = 0.5 + 0.3 * np.random.default_rng(0).standard_normal(60)
MODEL = LogisticRegression(inputs=4, classes=3)
SLOW = 60  # seconds to wait for a thread: only a failure waits so long


def small_data(n=50):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, 4))
    return x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)


def small_race(rules=rules.sgd, model=MODEL, epochs=2, **more):
    return race(rules, small_data(), model, epochs=epochs, batch_size=10, **more)


def rates(explorer, *learning_rates):
    """Settings as the page would send them."""
    settings = json.loads(json.dumps(explorer.settings))
    for chosen, rate in zip(settings["hyperparameters"], learning_rates, strict=False):
        chosen["learning_rate"] = rate
    return settings


def send(explorer, settings):
    explorer.set_state({"settings": settings})


def answered(explorer):
    """What the page gets at the end: the result, and its curves."""
    if hasattr(explorer, "thread"):
        explorer.wait()
    return seen(explorer.result, explorer.buffer)


def seen(result, buffer):
    result = json.loads(json.dumps(result, allow_nan=False))
    numbers = np.frombuffer(buffer, np.float32)
    assert np.isfinite(numbers).all()
    counts = result.get("counts", [])
    assert sum(counts) == numbers.size
    return result, np.split(numbers, np.cumsum(counts)[:-1]) if counts else []


class Gate:
    """A model that trains one iteration each time it is let, and notes what it was asked."""

    def __init__(self):
        self.asked, self.let, self.steps = threading.Semaphore(0), threading.Semaphore(0), 0

    def initial(self):
        return MODEL.initial(float)

    def loss_and_gradient(self, params, batch):
        self.asked.release()
        assert self.let.acquire(timeout=SLOW)
        self.steps += 1
        return MODEL.loss_and_gradient(params, batch)

    def open(self):
        self.let.release(10_000)

    def reached(self):
        """Wait until the next iteration is asked for."""
        assert self.asked.acquire(timeout=SLOW)


# average


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.9999])
def test_averages_are_the_sums_that_the_paper_writes_out(beta):
    averages, corrected = exponential_average(SERIES, beta)
    for t in range(1, len(SERIES) + 1):
        weights = (1 - beta) * beta ** np.arange(t - 1, -1, -1.0)
        np.testing.assert_allclose(averages[t - 1], weights @ SERIES[:t], rtol=1e-10)
        np.testing.assert_allclose(
            corrected[t - 1], np.average(SERIES[:t], weights=weights), rtol=1e-8
        )


def test_a_constant_series_has_a_closed_form():
    averages, corrected = exponential_average([3.0] * 50, 0.9)
    np.testing.assert_allclose(averages, 3 * (1 - 0.9 ** np.arange(1, 51)))
    np.testing.assert_allclose(corrected, 3.0)


@pytest.mark.parametrize("series", [SERIES, [2.0], [0, 0], -1e30 * SERIES], ids=str)
def test_every_beta_and_what_is_sent(series):
    explorer = average(series)
    (beta_slider,) = explorer.spec["groups"][0]["sliders"]
    assert beta_slider["name"] == "beta"
    assert {0.0, 0.9, 0.99, 0.9999} <= set(beta_slider["values"])
    for beta in beta_slider["values"]:
        send(explorer, {"hyperparameters": [{"beta": beta}]})
        result, (values, *averages) = answered(explorer)
        assert result["error"] == "" and f"beta = {beta:g} averages" in result["words"]
        np.testing.assert_array_equal(values, np.float32(series))
        np.testing.assert_array_equal(averages, np.float32(exponential_average(series, beta)))
        y = result["axes"]["y"]
        assert y["low"] < min(map(np.min, averages)) <= max(map(np.max, averages)) < y["high"]


def test_words_name_the_start_and_the_step_from_which_both_agree():
    explorer = average(SERIES)
    assert "over about 10 values" in explorer.result["words"]
    averages, corrected = exponential_average(SERIES, 0.9)
    gap = abs(corrected - averages) / abs(corrected)
    step = int(np.flatnonzero(gap < 0.01)[0]) + 1
    assert f"less than 1 % from step {step} on" in explorer.result["words"]
    words = f"starts at {0.1 * SERIES[0]:.3g}, with it at {SERIES[0]:.3g}; the first value is"
    assert words in explorer.result["words"]
    send(explorer, {"hyperparameters": [{"beta": 0.999}]})
    assert "differ by 94% still at the last step" in explorer.result["words"]
    assert "grey dots" in explorer.result["alt"] and "dashed line" in explorer.result["alt"]


def uncorrected(values, beta):
    averages, _ = exponential_average(values, beta)
    return averages, averages


def late(values, beta):
    averages, corrected = exponential_average(values, beta)
    averages[7:] = np.nan
    return averages, corrected


def in_place(values, beta):
    values *= 2
    return exponential_average(values / 2, beta)


@pytest.mark.parametrize(
    "mine, words, drawn",
    [
        (uncorrected, "uncorrected: the corrected average at step 1 is 0.0", (60, 60)),
        (late, "late: the average at step 8 is nan, it should be", (7, 60)),
        (lambda values, beta: 1 / 0, "<lambda>: ZeroDivisionError: division by zero", (0, 0)),
        (lambda values, beta: None, "must return two arrays of 60 numbers", (0, 0)),
        (lambda values, beta: (values[1:], values), "must return two arrays of 60", (0, 0)),
        (in_place, "", (60, 60)),
    ],
)
def test_a_learners_function_is_drawn_and_told_of(mine, words, drawn):
    explorer = average(SERIES, mine)
    result, (values, *averages) = answered(explorer)
    assert words in result["error"] and "\n" not in result["error"]
    assert bool(result["error"]) == bool(words)
    assert tuple(map(len, averages)) == drawn
    np.testing.assert_array_equal(values, np.float32(SERIES))
    assert explorer._repr_mimebundle_()[0]["text/plain"]


# race


def test_losses_are_those_of_train():
    both = {rules.sgd: {"learning_rate": 0.1}, rules.adam: {"beta_1": 0.5}}
    explorer = small_race(both, epochs=20)
    assert explorer.spec["every"] == 3  # 100 iterations, 40 points at most
    settings = rates(explorer, 0.5, 0.02)
    send(explorer, settings)
    result, curves = answered(explorer)
    fixed = dict(epochs=20, batch_size=10)
    for rule, curve, chosen in zip(
        both, curves, [{"learning_rate": 0.5}, {"learning_rate": 0.02, "beta_1": 0.5}], strict=True
    ):
        run = train(
            rule,
            MODEL.loss_and_gradient,
            MODEL.initial(),
            small_data(),
            rng=np.random.default_rng(0),
            **fixed,
            **chosen,
        )
        means = [run.losses[i : i + 3].mean() for i in range(0, 100, 3)]
        np.testing.assert_allclose(curve, means, rtol=1e-6)
        assert (
            f"{rule.__name__} (learning_rate={chosen['learning_rate']:g}): loss "
            in (result["words"])
        )
        assert f"loss {means[-1]:.3g}, mean of the last 1 of 100 iterations" in result["words"]
    assert explorer.spec["at"][:2] == [2, 5] and explorer.spec["at"][-1] == 100
    assert result["progress"] == 1 and result["settings"] == settings


def test_one_loss_a_point_where_there_are_few():
    explorer = small_race()
    _, (curve,) = answered(explorer)
    assert explorer.spec["at"] == list(range(1, 11)) and len(curve) == 10
    assert curve[0] == pytest.approx(np.log(3))


def test_colours_and_labels_are_those_of_the_course():
    groups = small_race([rules.sgd, rules.adam]).spec["groups"]
    assert {g["label"]: g["colour"] for g in groups} == {
        name: to_hex(plots.COLOURS[name]) for name in ("sgd", "adam")
    }
    assert [[k["name"] for k in g["sliders"]] for g in groups] == [["learning_rate"]] * 2


@pytest.mark.parametrize("rule", [rules.sgd, rules.momentum, rules.adam])
def test_learning_rates_from_end_to_end(rule):
    explorer = small_race(rule, epochs=5)
    values = explorer.spec["groups"][0]["sliders"][0]["values"]
    for rate in (values[0], values[100], values[-1]):
        send(explorer, rates(explorer, rate))
        result, (curve,) = answered(explorer)
        assert result["words"] and not result["error"]
        assert len(curve) == 25 and 0 < result["axes"]["y"]["low"] < result["axes"]["y"]["high"]
        y = result["axes"]["y"]
        assert all(y["low"] <= at <= y["high"] for at, _ in y["ticks"]) and len(y["ticks"]) > 1


def test_the_ticks_of_a_log_axis_leave_room_for_its_label():
    assert [words for _, words in log_axis("loss", 1e-4, 100)["ticks"]][:4] == [
        "1e-4",
        "1e-3",
        "0.01",
        "0.1",
    ]


class Quartic:
    def initial(self):
        return [np.array([1.0])]

    def loss_and_gradient(self, params, batch):
        return float(params[0][0] ** 4), [4 * params[0] ** 3]


class NoLoss(Quartic):
    def loss_and_gradient(self, params, batch):
        loss, gradient = super().loss_and_gradient(params, batch)
        return (np.nan if loss < 0.5 else -loss), gradient


def test_divergence_is_told_and_does_not_spoil_the_scale():
    result, (curve,) = answered(small_race({rules.sgd: {"learning_rate": 0.6}}, Quartic()))
    assert result["words"] == "sgd diverged at step 5 (learning_rate=0.6)."
    assert len(curve) == 5 and curve[-1] > 1e9 and result["axes"]["y"]["high"] == 100


def test_a_loss_that_is_no_number_or_negative_is_told():
    result, (curve,) = answered(small_race({rules.sgd: {"learning_rate": 0.1}}, NoLoss()))
    assert curve.tolist() == [-1.0] and result["axes"]["y"]["low"] == 0.1
    assert result["words"].endswith("the loss is not finite at iteration 2.")


class Huge(Quartic):
    def loss_and_gradient(self, params, batch):
        return 1e300, [np.ones(1)]


def test_a_loss_too_large_for_the_page_is_cut():
    _, (curve,) = answered(small_race(model=Huge()))
    assert len(curve) == 10 and curve[0] == np.finfo(np.float32).max


def raises(x, g, t, *, learning_rate=0.1):
    if t == 3:
        raise KeyError("no such\nthing")
    return (x - learning_rate * g,)


def test_a_rule_that_raises_is_told_of_and_others_go_on():
    explorer = small_race([raises, rules.sgd])
    result, (none, curve) = answered(explorer)
    assert "raises (learning_rate=0.1): KeyError: 'no such" in result["error"]
    assert "\n" not in result["error"] and len(none) == 0 and len(curve) == 10
    assert result["progress"] == 1 and "sgd" in result["words"]
    alone = small_race(raises)._repr_mimebundle_()[0]
    assert "KeyError" in alone["text/plain"] and "<img" in alone["text/html"]


class Failing:
    """A model that has no parameters."""

    loss_and_gradient = MODEL.loss_and_gradient

    def initial(self):
        raise LookupError("none")


@pytest.mark.parametrize("model", [MODEL, Failing()])
def test_what_the_page_sends_amiss_and_a_model_that_fails_are_told_too(model):
    explorer = small_race(model=model)
    send(explorer, {} if model is MODEL else explorer.settings)
    explorer.wait()
    assert explorer.result["error"].startswith("KeyError" if model is MODEL else "LookupError")
    send(explorer, rates(small_race(), 0.1))
    result, curves = answered(explorer)
    assert result["settings"]["hyperparameters"] == [{"learning_rate": 0.1}]
    assert bool(curves) == (model is MODEL)


def test_a_model_that_draws_at_random_is_seeded():
    model = MLP((4, 8, 3), dropout=0.5)
    one, two = (answered(small_race(model=model))[1][0] for _ in range(2))
    np.testing.assert_array_equal(one, two)
    other = answered(small_race(model=model, seed=1))[1][0]
    assert not np.array_equal(one, other)


def test_the_target_is_met_when_each_rule_has_reached_it():
    explorer = small_race([rules.sgd, rules.adam], epochs=20, target=("loss", 0.8))
    result, _ = answered(explorer)
    assert result["met"] is False and result["task"].endswith("Not yet: sgd, adam.")
    send(explorer, rates(explorer, 0.5))
    result, (curve, _) = answered(explorer)
    at = 3 * (int(np.flatnonzero(curve <= 0.8)[0]) + 1)
    assert result["met"] is False and result["task"].endswith("Not yet: adam.")
    send(explorer, rates(explorer, 0.5, 0.1))
    result, _ = answered(explorer)
    assert result["met"] is True and f"Met: sgd at iteration {at}, adam" in result["task"]


def test_a_run_ends_with_its_validation_loss_which_may_be_the_target():
    x, y = small_data()
    held = x[:7], y[:7]
    target = "validation loss", 0.9
    explorer = small_race([rules.sgd, rules.adam], validation=held, target=target)
    send(explorer, rates(explorer, 0.5, 1e-6))
    result, _ = answered(explorer)
    start = [a.copy() for a in MODEL.initial()]
    how = dict(epochs=2, batch_size=10, rng=np.random.default_rng(0), learning_rate=0.5)
    run = train(rules.sgd, MODEL.loss_and_gradient, start, (x, y), **how)
    loss = MODEL.loss(run.params, held)
    assert loss < 0.9 and f"iterations. Validation loss {loss:.3f}." in result["words"]
    asked = "Task: a validation loss of 0.9 or less after 10 iterations"
    assert result["task"] == f"{asked}. Not yet: adam." and result["met"] is False
    send(explorer, rates(explorer, 0.5, 0.3))
    result, _ = answered(explorer)
    assert (
        result["met"] is True
        and f"{asked}. Met: sgd at the end, {loss:.3f}, adam" in result["task"]
    )
    assert "alidation" not in answered(small_race())[0]["words"]
    with pytest.raises(ValueError, match="A target is of loss, not 'validation loss'"):
        small_race(target=target)


def test_answers_grow_and_progress_goes_to_1(monkeypatch):
    monkeypatch.setattr(racing, "PAUSE", 0)
    gate = Gate()
    explorer = small_race(model=gate)
    gate.reached()  # nothing changes the traits before its first iteration ends
    told = []
    explorer.observe(lambda change: told.append((change.new, explorer.buffer)), "result")
    gate.open()
    answered(explorer)
    for result, _ in told:
        assert result["settings"] == explorer.settings
    progress = [result["progress"] for result, _ in told]
    assert progress == sorted(progress) and progress[0] < 0.5 and progress[-1] == 1
    assert {f"{i / 10:.1f}" for i in range(1, 11)} <= {f"{p:.1f}" for p in progress}
    assert "sgd (learning_rate=0.01): training." in told[0][0]["words"]


def test_few_answers_while_it_runs(monkeypatch):
    monkeypatch.setattr(racing.time, "monotonic", lambda: 0.0)  # no time passes
    gate = Gate()
    explorer = small_race(model=gate)
    told = []
    explorer.observe(lambda change: told.append(change.new["progress"]), "result")
    gate.open()
    answered(explorer)
    assert told == [1]


def test_a_move_drops_the_run_and_the_last_settings_win():
    gate = Gate()
    explorer = small_race(model=gate)
    gate.reached()
    for rate in (0.02, 0.03, 0.04):
        send(explorer, rates(explorer, rate))
    thread = explorer.thread
    gate.open()
    result, (curve,) = answered(explorer)
    assert explorer.thread is None and not thread.is_alive()
    assert result["settings"]["hyperparameters"] == [{"learning_rate": 0.04}]
    assert "learning_rate=0.04" in result["words"] and len(curve) == 10
    assert gate.steps == 1 + 10  # of the first only what had begun, none of those between
    send(explorer, rates(explorer, 0.01))
    answered(explorer)
    assert gate.steps == 11 + 10  # what was dropped is not kept


def test_an_answer_that_comes_too_late_is_not_sent():
    explorer = small_race()
    result, _ = answered(explorer)
    explorer.tell(rates(explorer, 0.5), {"words": "late"}, np.empty(0, np.float32))
    assert explorer.result == result and explorer.buffer


def test_a_move_leaves_the_run_of_another_rule_alone():
    gate = Gate()
    explorer = small_race([rules.sgd, rules.adam], gate)
    for _ in range(4):
        gate.reached()
        gate.let.release()
    gate.reached()  # each rule has taken two steps
    send(explorer, rates(explorer, 0.2))
    gate.open()
    result, curves = answered(explorer)
    assert gate.steps == 4 + 1 + 10 + 8
    assert list(map(len, curves)) == [10, 10] and "learning_rate=0.2" in result["words"]


def test_finished_runs_are_kept():
    gate = Gate()
    gate.open()
    explorer = small_race([rules.sgd, rules.adam], gate)
    first, buffer = answered(explorer), explorer.buffer
    send(explorer, rates(explorer, 0.2))
    answered(explorer)
    assert gate.steps == 20 + 10
    send(explorer, first[0]["settings"])
    again, _ = answered(explorer)
    assert gate.steps == 30 and explorer.buffer == buffer and again == first[0]


def test_a_closed_widget_ends_its_thread():
    gate = Gate()
    explorer = small_race(model=gate)
    gate.reached()
    thread = explorer.thread
    assert thread.daemon
    explorer.close()
    gate.open()
    thread.join(SLOW)
    assert not thread.is_alive() and gate.steps <= 2


def test_no_thread_is_left_and_the_lock_is_free_while_it_computes():
    gate = Gate()
    explorer = small_race(model=gate)
    gate.reached()
    assert explorer.one_at_a_time.acquire(timeout=SLOW)  # in this thread, which is another
    explorer.one_at_a_time.release()
    gate.open()
    answered(explorer)
    assert explorer.thread is None


def test_many_moves_at_once():
    explorer = small_race([rules.sgd, rules.adam], epochs=5)
    values = explorer.spec["groups"][0]["sliders"][0]["values"]
    for rate in values:
        send(explorer, rates(explorer, rate, rate))
    result, curves = answered(explorer)
    assert result["settings"] == rates(explorer, values[-1], values[-1])
    direct = small_race(
        {rule: {"learning_rate": values[-1]} for rule in (rules.sgd, rules.adam)}, epochs=5
    )
    for ours, theirs in zip(curves, answered(direct)[1], strict=True):
        np.testing.assert_array_equal(ours, theirs)


# both


@pytest.mark.parametrize(
    "wrong, words",
    [
        (lambda: average([1.0, np.nan]), "must be finite, but value 2 is nan"),
        (lambda: average([1.0, 1e39]), r"must be finite, but value 2 is 1e\+39"),
        (lambda: average(np.ones((2, 2))), r"one row of numbers, not of shape \(2, 2\)"),
        (lambda: average([]), r"one row of numbers, not of shape \(0,\)"),
        (lambda: average("losses"), "must be numbers"),
        (lambda: small_race({rules.sgd: {"rate": 1}}), "sgd has no hyperparameter rate"),
        (lambda: small_race({rules.sgd: {"learning_rate": -1}}), "must be a positive number"),
        (lambda: small_race(target=("accuracy", 1)), "A target is of loss, not 'accuracy'"),
        (lambda: small_race(epochs=0), "epochs must be at least 1"),
        (lambda: small_race(lambda x, g, t, *, eta=1: (x,)), "has no hyperparameter learning_rate"),
        (lambda: race(rules.sgd, small_data(5)), "batch_size=100 is more than the data's 5"),
        (
            lambda: race(rules.sgd, type("D", (), {"train": 1})),
            "give the part to learn from, data.train",
        ),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(wrong, words):
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        wrong()
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_without_threads_a_race_is_run_before_it_goes_on(monkeypatch):
    """As in a browser, where Python can start none."""

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    with_threads = small_race()
    with_threads.wait()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    explorer = small_race()
    assert explorer.thread is None
    assert explorer.result == with_threads.result and explorer.buffer == with_threads.buffer
    send(explorer, rates(explorer, 0.5))
    assert "learning_rate=0.5" in explorer.result["words"] and explorer.result["progress"] == 1
