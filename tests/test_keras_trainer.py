"""A trainer starts afresh: the same training twice is the same, whatever came between."""

import numpy as np
import pytest

from adamlib.experiments import climb
from adamlib.experiments.clothes_race import ClothesRace, accuracies
from adamlib.experiments.keras_trainer import (
    PooledRace,
    Trainer,
    dense_network,
    numbers_of_state,
    pooled_network,
    pooled_trainer,
    results,
    root_of_v_hat,
    scores,
    strided_network,
)
from adamlib.keras_check import keras, largest_difference, own_optimizer

rng = np.random.default_rng(0)
DATA = rng.standard_normal((40, 6)).astype(np.float32), rng.integers(0, 3, 40)


def model():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])


def weights(network):
    return np.concatenate([np.ravel(w) for w in network.get_weights()])


@pytest.mark.parametrize("name", ["Adam", "Adagrad"])
def test_a_training_equals_one_by_model_fit_whatever_came_before(name):
    make = getattr(keras.optimizers, name)
    trainer, start = Trainer(model(), make(), DATA, batch_size=8, together=2), model().get_weights()
    trainer(start, 0.5, 1, 2, weights)
    looks = trainer(start, 0.03, 7, 3, weights).looks

    fitted = model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    fitted.compile(make(0.03), loss)
    keras.utils.set_random_seed(7)
    fitted.fit(*DATA, 8, 3, verbose=0)
    assert np.abs(looks[-1] - weights(model())).max() > 0.01
    np.testing.assert_allclose(looks[-1], weights(fitted), rtol=0, atol=1e-5)
    np.testing.assert_array_equal(looks[-1], weights(trainer.model))


def test_it_looks_after_every_few_batches_and_at_the_end_of_an_epoch():
    trainer = Trainer(model(), keras.optimizers.SGD(), DATA, batch_size=8, together=2)
    run = trainer(model().get_weights(), 0.1, 0, 2, lambda network: 1)
    assert run.looks.shape == (6,)  # after 2, 4 and 5 batches of each epoch
    assert run.seconds > 0


def test_the_losses_are_the_means_between_two_looks():
    data = [a[:36] for a in DATA]  # the last batch has 4 samples
    trainer = Trainer(model(), keras.optimizers.SGD(), data, batch_size=8, together=2)
    run = trainer(model().get_weights(), 0.0, 0, 2)
    assert run.losses.shape == (6,)
    whole = trainer.model.evaluate(*data, verbose=0)
    for epoch in run.losses.reshape(2, 3):
        assert np.average(epoch, weights=[16, 16, 4]) == pytest.approx(whole, rel=1e-5)
    assert np.ptp(run.losses) > 0.01


def test_the_loss_and_the_accuracy_are_keras_s():
    network = model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("sgd", loss, metrics=["accuracy"])
    assert scores(network, *DATA) == pytest.approx(network.evaluate(*DATA, verbose=0), rel=1e-5)
    network.set_weights([w * np.nan for w in network.get_weights()])
    assert scores(network, *DATA)[0] == np.inf


def test_what_a_training_came_to():
    trainer = Trainer(model(), keras.optimizers.SGD(), DATA, batch_size=8, together=5)
    start, test = model().get_weights(), [a[:16] for a in DATA]
    found = trainer.measure(start, 0.1, 0, 2, validation=DATA, test=test)
    assert found["loss"].shape == found["accuracy"].shape == (2,)
    assert (found["loss"][-1], found["accuracy"][-1]) == pytest.approx(scores(trainer.model, *test))
    assert found["validation"] == pytest.approx(scores(trainer.model, *DATA)[0])
    apart = weights(trainer.model) - weights(model())
    assert found["moved"] == pytest.approx(np.sqrt(np.mean(apart**2))) and found["moved"] > 1e-3


def test_the_table_of_several_methods():
    one = {"accuracy": np.array([0.1, 0.6]), "moved": 0.02}
    runs = {"sgd": [one] * 2, "adam": [one, one | {"accuracy": np.array([0.2, 0.7])}]}
    optimizers = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    text = results(runs, {"sgd": 0.1, "adam": 0.001}, optimizers).data
    assert "| sgd | 0.1 | 0.60 (0.60 to 0.60) | 0.02 | 0 |" in text
    assert "| adam | 0.001 | 0.65 (0.60 to 0.70) | 0.02 | 2 |" in text


def test_a_race_trains_as_its_trainer_does(monkeypatch):
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    race = ClothesRace(
        {"adam": keras.optimizers.Adam}, 2048, 64, 4, altered=lambda pictures: 2 * pictures
    )
    assert race.default_rates == {"adam": 0.001}
    assert [len(a) for data in (race.train, race.validation, race.test) for a in data] == [
        *[128] * 2,
        *[1000] * 4,
    ]
    assert race.train[0].max() == 2 and race.test[0].max() == 1
    runs = {"adam": [race("adam", 0.001, 1), race.measure(race.trainer("adam"), 0.001, 2)]}
    trainer = race.new_trainer(keras.optimizers.Adam())
    again = race.measure(trainer, 0.001, 1)
    assert again["validation"] == pytest.approx(runs["adam"][0]["validation"], rel=1e-4)
    assert accuracies(runs)["adam"].tolist() == [run["accuracy"][-1] for run in runs["adam"]]
    assert largest_difference(race.trained("adam", 0.001, 1), trainer.model.get_weights()) < 1e-5
    norms = race.gradient_norms(race.start(1), 1)
    assert len(norms) == 2 and 0.1 < norms[0] < norms[1] < 10
    assert race.gradient_norms(race.start(1), 1) == pytest.approx(norms, rel=1e-4)
    figure = race.curves(runs)
    np.testing.assert_allclose(figure.axes[0].get_lines()[0].get_xdata(), [1])
    assert "| adam | 0.001 |" in race.table(runs, race.default_rates).data


def test_a_climb_says_what_it_has_tried_in_that_order(monkeypatch, capsys):
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    race = ClothesRace({"adam": keras.optimizers.Adam}, 2048, 64, 4)
    trained, losses = [], {0.001: 1.0, 0.01: 0.5, 0.1: 0.7, 1.0: 2.0}

    def train(name, rate, seed):
        trained.append(rate)
        return {"validation": losses[rate]}

    monkeypatch.setattr(ClothesRace, "__call__", lambda self, *key: train(*key))
    rates, done = [*losses], {}
    climbs = race.climbs(climb, rates, 0, done)
    assert list(climbs["adam"].items()) == [(0.001, 1.0), (0.01, 0.5), (0.1, 0.7)]
    losses[0.01] = 1.5
    assert [*race.climbs(climb, rates, 0, done)["adam"]] == [0.001, 0.01, 0.1]
    losses[0.0001] = 0.9
    assert [*race.climbs(climb, [0.0001, *rates], 1, {})["adam"]] == [0.001, 0.01, 0.0001]
    assert trained == [0.001, 0.01, 0.1, 0.001, 0.01, 0.0001]


def test_figure_3_looks_every_quarter_of_an_epoch_and_v_hat_is_corrected():
    pictures = rng.standard_normal((32, 14, 14, 1)).astype(np.float32), rng.integers(0, 10, 32)
    trainer = pooled_trainer(own_optimizer("adam"), pictures, 4, (2, 2, 2, 4), 0.0)
    start = trainer.model.get_weights()
    assert trainer(start, 0.01, 0, 2).losses.shape == (8,)
    trainer(start, 0.0, 0, 1)  # at the rate 0 every gradient is one at the start
    root, beta_2 = root_of_v_hat(trainer.optimizer), 0.999
    assert root.shape == (sum(w.size for w in start),)
    v = [s.numpy() for s in trainer.optimizer.variables if "velocity" in s.path]
    mean_square = sum(np.sum(a, dtype=float) for a in v) / (1 - beta_2**8)
    assert np.sum(root**2, dtype=float) == pytest.approx(mean_square, rel=1e-4)


def test_a_pooled_race_trains_each_method_from_the_seed_s_start():
    data = rng.standard_normal((32, 14, 14, 1)).astype(np.float32), rng.integers(0, 10, 32)
    how, makers = (4, (2, 2, 2, 4)), {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
    race = PooledRace(makers, data, *how, epochs=2, dropout=0.5)
    losses = race("adam", 0.01, 1)
    start = pooled_network(1, (14, 14, 1), how[1], 0.0).get_weights()
    alone = pooled_trainer(keras.optimizers.Adam(), data, *how, 0.5)(start, 0.01, 1, 2).losses
    np.testing.assert_allclose(losses, alone, rtol=1e-5)
    assert np.abs(race("sgd", 0.01, 1) - losses).max() > 1e-3
    assert race.trainer("adam") is race.trainer("adam")


def test_a_seed_draws_the_same_dropout_whatever_came_before():
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6,)), keras.layers.Dropout(0.5), keras.layers.Dense(3)]
    trainer = Trainer(keras.Sequential(layers), keras.optimizers.SGD(), DATA, 8, together=2)
    start = trainer.model.get_weights()
    first, other, again = (trainer(start, 0.1, seed, 2).losses for seed in (1, 2, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_the_networks_of_the_lessons():
    assert strided_network(0).count_params() == 7802
    pooled = pooled_network(0, (14, 14, 1), (8, 8, 16, 64), 0.5)
    assert pooled(DATA[0][:1, :1].reshape(1, 1, 1, 1).repeat(14, 1).repeat(14, 2)).shape == (1, 10)
    rates = [layer.rate for layer in pooled.layers if isinstance(layer, keras.layers.Dropout)]
    assert rates == [0.2, 0.5]
    dense = dense_network(0)
    assert [layer.name for layer in dense.layers] == ["hidden", "output"]
    assert dense.count_params() == 784 * 64 + 64 + 64 * 10 + 10
    same = [strided_network(seed).get_weights()[0] for seed in (0, 0, 1)]
    np.testing.assert_array_equal(same[0], same[1])
    assert np.abs(same[0] - same[2]).max() > 0.01


@pytest.mark.parametrize(
    ("optimizer", "numbers"),
    [
        (keras.optimizers.SGD(), 0),
        (keras.optimizers.SGD(momentum=0.9), 1),
        (keras.optimizers.RMSprop(), 1),
        (keras.optimizers.Adam(), 2),
        (keras.optimizers.Adam(amsgrad=True), 3),
    ],
)
def test_how_many_numbers_an_optimizer_keeps(optimizer, numbers):
    assert numbers_of_state(optimizer) == numbers
