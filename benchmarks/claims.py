"""Measure over many seeds what the lessons say of trained models: adamlib/experiments/claims.csv.

python benchmarks/claims.py           measure what is not measured yet, then write the table
python benchmarks/claims.py digits    only this task: see TASKS

Each training is written down when it is done (claims.jsonl beside this file, which git does not
track), so an interrupt loses only those that run. Delete that file to measure anew.

A task's methods are tuned as in the lessons. A claim compares them seed by seed, each at the rate
with the best mean.
"""

import csv
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import cache, partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from adamlib import experiments, rules
from adamlib.datasets import fashion_mnist, mnist, rotten_tomatoes, rotten_tomatoes_words
from adamlib.descent import descend
from adamlib.experiments import adagrad_from_zero, paper, ten_claims
from adamlib.experiments.claims import TABLE
from adamlib.experiments.comparisons import RATES
from adamlib.experiments.rare_words import FREQUENCY, adam_by_word, excess
from adamlib.experiments.tuning import rounds
from adamlib.experiments.vae import BETAS_1, BETAS_2, VAE, bias_correction_grid
from adamlib.models import MLP, SparseLogisticRegression
from adamlib.schedules import cosine, inverse_sqrt, linear_warmup

FILE = Path(__file__).with_suffix(".jsonl")

# A training: a function of (method, rate, seed) that returns {quantity: number}. "tuned" is the
# loss that chooses the rate.

NAMES = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam"]
RULES = {name: getattr(rules, name) for name in NAMES} | {
    "adagrad from 0": adagrad_from_zero,
    "rmsprop, corrected, 0.999": partial(experiments.rmsprop_corrected, rho=0.999),
    "rmsprop, corrected": experiments.rmsprop_corrected,
    "adam, uncorrected": experiments.adam_uncorrected,
    "adam, epsilon 0.1": partial(rules.adam, epsilon=0.1),
    "adam, epsilon 1": partial(rules.adam, epsilon=1.0),
}


def trained(task, rule, rate, seed):
    """A training without a word, and the loss on what is held out: infinite if it diverged."""
    run = task.train_quietly(rule, rate, seed)
    if run.diverged:
        return run, np.inf
    with np.errstate(all="ignore"):
        return run, np.nan_to_num(task.held_out_loss(run.params), nan=np.inf)


digits_task, clothes_task = cache(experiments.digits), cache(experiments.clothes)
reviews_task = cache(experiments.reviews)


def digits(method, rate, seed):
    run, loss = trained(digits_task(), RULES[method], rate, seed)
    return {"tuned": loss, "training": run.losses[-10:].mean()}


def digits_by_size(method, rate, seed):
    size = int(method.removeprefix("B = "))
    return {"tuned": trained(digits_task(batch_size=size), rules.sgd, rate, seed)[1]}


def digits_by_schedule(method, rate, seed):
    schedule = rate if method == "constant" else inverse_sqrt(rate)
    task = digits_task(batch_size=20, epochs=2)
    return {"tuned": trained(task, rules.sgd, schedule, seed)[1]}


def digits_noise(method, rate, seed):
    """Cosines and lengths of batches' gradients, at the start and after ten epochs."""
    rng, task, data = np.random.default_rng(seed), digits_task(), mnist().train
    longer = replace(task, part=data, epochs=10)
    places = {"start": task.start(rng), "after": longer.train(rules.sgd, 0.1, seed).params}
    found, sizes = {}, np.array([1, 5, 25, 100, 500, 3000])
    for place, params in places.items():
        where = task.model, params, data
        (found[f"cosine {place}"],) = experiments.mean_cosines(*where, [800], rng)
        lengths = experiments.gradient_noise(*where, sizes, rng)
        length = np.linalg.norm(experiments.flat_gradient(*where))
        found[f"slope {place}"] = np.polyfit(np.log(sizes), np.log(lengths), 1)[0]
        found[f"equal {place}"] = (lengths[0] / length) ** 2
        found |= {f"noise {place}": lengths[0], f"length {place}": length}
    return found


def digits_loops(method, rate, seed):
    """Lesson 02's loop whose batches overlap, beside the right one: last batch and held out."""
    task, found = digits_task(), {}
    order = np.random.default_rng(seed).permutation(7000)
    for name, starts in (("right", range(0, 7000, 100)), ("overlap", range(70))):
        params = task.start(None)
        for i in starts:
            chosen = order[i : i + 100]
            batch = task.part[0][chosen], task.part[1][chosen]
            loss, gradient = task.model.loss_and_gradient(params, batch)
            params = [p - rate * g for p, g in zip(params, gradient, strict=True)]
        found |= {f"{name} batch": loss, f"{name} held out": task.held_out_loss(params)}
    return found


def reviews_one_epoch(method, rate, seed):
    """Lesson 04's measurements of single words, after one epoch of all sentences."""
    data = rotten_tomatoes().train
    task = reviews_task(size=len(data[1]))
    count = np.asarray(data[0].sum(axis=0)).ravel()

    def epoch(rule, rate):
        gradient = experiments.batch_gradient(task, seed)
        return descend(rule, gradient, task.model.initial(), 69, learning_rate=rate)

    moved = np.abs(epoch(rules.sgd, 1.0).trajectory[0][-1])
    rare, frequent = (np.median(moved[c]) for c in (count == 1, count >= 1000))
    far = [path[-1] for path in epoch(rules.sgd, 25.0).trajectory]
    sums = {m: epoch(RULES[m], 0.1).states[0]["s"][-1] for m in ("adagrad", "adagrad from 0")}
    root = sums["adagrad from 0"] ** 0.5
    return {
        "farther": frequent / rare,
        "loss at 25": task.model.loss(far, data),
        "slowed": np.sum(sums["adagrad"] > 0.13),
        "times": root[rotten_tomatoes_words() == "of"][0] / np.median(root[count == 3]),
    }


def reviews_slowed(method, rate, seed):
    """An sgd that slows only the words that AdaGrad from 0.1 slows at lesson 04's best η."""
    task = reviews_task(epochs=5, dropout=0.5)
    frequent = np.asarray(task.part[0].sum(axis=0)).ravel() > 1000

    def slowed(x, g, t, *, learning_rate):
        slow = frequent if len(x) > 1 else True  # the bias too
        return (x - learning_rate * np.where(slow, 1, 0.1**-0.5) * g,)

    return {"tuned": trained(task, slowed, rate, seed)[1]}


def reviews(method, rate, seed):
    run, loss = trained(reviews_task(epochs=2, size=5800), RULES[method], rate, seed)
    return {"tuned": loss, "training": run.losses[-4:].mean()}


def reviews_with_dropout(method, rate, seed):
    task = reviews_task(epochs=5, dropout=0.5)
    run, loss = trained(task, RULES[method], rate, seed)
    largest = np.argsort(-np.abs(run.params[0]))[:100]
    return {
        "tuned": loss,
        "training": run.losses[261:290].mean(),
        "first": run.losses[:29].mean(),
        "test": task.model.accuracy(run.params, rotten_tomatoes().test),
        "count": np.median(np.asarray(task.part[0].sum(axis=0)).ravel()[largest]),
    }


def reviews_first_step(method, rate, seed):
    """How lesson 04's race begins if no weight makes the first of its steps."""

    def waiting(x, g, t, s=0, seen=0, *, learning_rate):
        seen = seen + (g != 0)
        moved, s = RULES[method](x, g, t, s, learning_rate=learning_rate)
        return np.where(seen > 1, moved, x), s, seen

    task = reviews_task(epochs=1, dropout=0.5)
    return {"first": task.train(waiting, rate, seed).losses[:29].mean()}


def reviews_by_word(method, rate, seed):
    """An epoch of sgd with two rates, by a word's count, and how far AdaGrad slows 'of' in five."""
    data, of = rotten_tomatoes().train, rotten_tomatoes_words() == "of"
    task = reviews_task(size=len(data[1]))
    count = np.asarray(data[0].sum(axis=0)).ravel()

    def by_word(x, g, t, *, learning_rate):
        return (x - np.where((count <= 100) & (len(x) > 1), 25, 1)[: len(x)] * g,)

    kept = {}

    def keeping(x, g, t, s=0.1, *, learning_rate):
        x, s = rules.adagrad(x, g, t, s, learning_rate=learning_rate)
        kept[len(x)] = s
        return x, s

    start, gradient = task.model.initial(), partial(experiments.batch_gradient, task, seed)
    end = [path[-1] for path in descend(by_word, gradient(), start, 69, learning_rate=1).trajectory]
    reviews_task(epochs=5, dropout=0.5).train_quietly(keeping, 1.0, seed)
    return {
        "two rates": task.model.loss(end, data),
        "of after five": 1 / kept[len(of)][of][0] ** 0.5,
    }


def reviews_common_rate(method, rate, seed):
    """The training loss after an epoch of sgd with one rate for all words; the bias has 1."""
    data = rotten_tomatoes().train
    task = reviews_task(size=len(data[1]))

    def common(x, g, t, *, learning_rate):
        return (x - (learning_rate if len(x) > 1 else 1) * g,)

    gradient = experiments.batch_gradient(task, seed)
    run = descend(common, gradient, task.model.initial(), 69, learning_rate=rate)
    return {"tuned": task.model.loss([path[-1] for path in run.trajectory], data)}


SCHEDULES = {
    "constant": lambda rate: rate,
    "warm-up": lambda rate: linear_warmup(rate, 18),
    "cosine": lambda rate: cosine(rate, 180),
    "warm-up and cosine": lambda rate: cosine(rate, 180, warmup=18),
}


def clothes(method, rate, seed):
    task = clothes_task(epochs=3)
    run, loss = trained(task, rules.adam, SCHEDULES[method](rate), seed)
    return {"tuned": loss, "dead": experiments.dead_units(task, run.params)}


def clothes_by_warmup(method, rate, seed):
    """The warm-up with its cosine, of another length: "W = 6"."""
    schedule = cosine(rate, 180, warmup=int(method.removeprefix("W = ")))
    return {"tuned": trained(clothes_task(epochs=3), rules.adam, schedule, seed)[1]}


def clothes_one_epoch(method, rate, seed):
    schedule = cosine(rate, 60, warmup=18) if method == "warm-up and cosine" else rate
    return {"tuned": trained(clothes_task(epochs=1), rules.adam, schedule, seed)[1]}


def clothes_few(method, rate, seed):
    """500 pictures, seen 60 times: with decoupled weight decay, or without."""
    task = clothes_task(epochs=60)
    task = replace(task, part=tuple(a[:500] for a in task.part))
    decay = float(method.removeprefix("λ = "))
    run, loss = trained(task, partial(rules.adamw, weight_decay=decay), rate, seed)
    return {"tuned": loss, "training": task.model.loss(run.params, task.part)}


def clothes_first_step(method, rate, seed):
    task = clothes_task()
    first = replace(task, part=tuple(a[:100] for a in task.part))
    params = first.train(rules.adam, rate, seed).params
    return {"dead": experiments.dead_units(task, params)}


BEYOND = ["momentum", "adam", "adamw", "lion", "muon"]


def beyond_adam(method, rate, seed):
    """Lesson 10's race: five rules, with a constant rate or a cosine over the 180 steps."""
    name, _, falls = method.partition(", ")
    schedule = cosine(rate, 180) if falls else rate
    return {"tuned": trained(clothes_task(epochs=3), getattr(rules, name), schedule, seed)[1]}


def rmsprop_with_correction(x, g, t, v=0, *, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """RMSProp whose only change is the bias correction: epsilon stays under the root."""
    v = rho * v + (1 - rho) * g**2
    return x - learning_rate * g / np.sqrt(v / (1 - rho**t) + epsilon), v


def rare_words(method, rate, seed):
    """Lesson 10's language: what is left of all words by their frequency, and of the rarer half."""
    name, _, size = method.partition(", batches of ")
    rule = adam_by_word if name == "adam by word" else getattr(rules, name)
    left = excess(rule, rate, size=int(size) if size else None, seed=seed)
    return {"tuned": FREQUENCY @ left, "rare": left[100:].mean()}


MEMORIES = {  # what lesson 09 asks of film reviews: RMSProp and Adam with one thing of the other
    "adam with β₂ = 0.9": partial(rules.adam, beta_2=0.9),
    "rmsprop with ρ = 0.999": partial(rules.rmsprop, rho=0.999),
    "rmsprop with correction": rmsprop_with_correction,
    "adam with β₁ = 0": partial(rules.adam, beta_1=0.0),
    "adam with β₁ = 0 and β₂ = 0.9": partial(rules.adam, beta_1=0.0, beta_2=0.9),
}


def of_paper(model, start, data, epochs, method, rate, seed):
    """The mean training loss of the last epoch and of the first; lesson 09's Figures 1 and 2."""
    name, _, decayed = method.partition(", ")
    methods = {method: ((RULES | MEMORIES)[name], inverse_sqrt if decayed else paper.constant)}
    curve = paper.trainer(model, start, data, epochs, methods)(method, rate, seed)
    first = np.nan_to_num(curve[:4].mean(), nan=np.inf)
    return {"tuned": paper.last_epoch(curve), "first": first}


def figure_1_left(l2, epochs, *training):
    model = MLP((784, 10), l2=l2)
    return of_paper(model, model.initial, mnist().train, epochs, *training)


def figure_1_right(dropout, *training):
    model = SparseLogisticRegression(dropout=dropout)
    start = lambda rng: model.initial()  # noqa: E731
    return of_paper(model, start, rotten_tomatoes().train, 6, *training)


def figure_2(dropout, *training):
    model = MLP((784, 128, 128, 10), dropout)
    data = tuple(a[:3000] for a in mnist().train)
    return of_paper(model, model.initial, data, 5, *training)


def figure_2_unseen(method, rate, seed):
    """The losses of training, which tunes, and of digits that no training sees, in two halves."""
    methods = {method: (RULES[method], paper.constant)}
    train_at = paper.Races("laptop", [seed]).unseen(methods)
    return dict(zip(("tuned", "validation", "test"), train_at(method, rate, seed), strict=True))


def own_optimizer(method):
    from adamlib import keras_check

    name, _, zero = method.partition(" from ")
    settings = {"initial_accumulator_value": 0.0} if zero else {}
    return keras_check.own_optimizer(name, **settings)


@cache
def figure_3_trainer(dropout, method):
    from adamlib.experiments.keras_trainer import pooled_trainer

    pictures, labels = (a[:1536] for a in fashion_mnist().train)
    data = paper.standardised(pictures), labels
    return pooled_trainer(own_optimizer(method), data, 64, CHANNELS, dropout)


CHANNELS = (8, 8, 16, 64)


def figure_3(dropout, method, rate, seed):
    from adamlib.experiments.keras_trainer import pooled_network

    start = pooled_network(seed, (14, 14, 1), CHANNELS, dropout).get_weights()
    losses = figure_3_trainer(dropout, method)(start, rate, seed, epochs=5).losses
    return {"tuned": paper.last_epoch(losses), "first": losses[3]}


def figure_3_root(method, rate, seed):
    """The median of the root of Adam's corrected v after lesson 09's training."""
    from adamlib.experiments.keras_trainer import root_of_v_hat

    figure_3(0.0, method, rate, seed)
    return {"root": np.median(root_of_v_hat(figure_3_trainer(0.0, method).optimizer))}


def figure_4(method, rate, seed):
    """Lesson 09's grid of variational autoencoders: the loss at the end, of each setting."""
    images = paper.shrunk(mnist().train[0][:2000]).reshape(-1, 196)
    rule = {"corrected": rules.adam, "uncorrected": experiments.adam_uncorrected}[method]
    losses = bias_correction_grid(VAE(196, 64, 8), rule, images, seed, epochs=8, rates=ALPHAS)
    found = {"diverged": np.isnan(losses[0, 1, 2, 5])}
    for (i, j, k), loss in np.ndenumerate(losses[-1]):
        found[f"{BETAS_1[i]:g} {BETAS_2[j]:g} 8 {k}"] = loss  # after 8 epochs
    return found


ALPHAS = 10 ** np.arange(-4, -0.9, 0.5)


@cache
def strided_trainer(method, part, batch_size, together):
    from adamlib.experiments.keras_trainer import Trainer, strided_network
    from adamlib.keras_optimizer import as_keras

    optimizer = as_keras(rules.adam) if method == "wrapped adam" else own_optimizer(method)
    pictures, labels = images_of("train")
    return Trainer(
        strided_network(0), optimizer, (pictures[:part], labels[:part]), batch_size, together
    )


CLIPPED = {  # method: its optimizer, and how it clips
    f"{name}{words}": (name, settings)
    for name in ("momentum", "adam")
    for words, settings in {
        "": {},
        ", clipnorm 3": {"clipnorm": 3.0},
        ", global_clipnorm": {"global_clipnorm": 1.0},
        ", global_clipnorm 3": {"global_clipnorm": 3.0},
    }.items()
}


ENTERS = {f"adam, clipped at 3 in {only} alone": only for only in "mv"}


def adam_clipped_in(only):
    """Adam where clipnorm=3 shortens only what enters m, or only what enters v."""

    def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        short = g * 3 / np.maximum(np.sqrt(np.sum(g**2)), 3)
        m = beta_1 * m + (1 - beta_1) * (short if only == "m" else g)
        v = beta_2 * v + (1 - beta_2) * (short if only == "v" else g) ** 2
        rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        return x - rate * m / (np.sqrt(v) + epsilon), m, v

    return adam


@cache
def unscaled_trainer(method, broken):
    from adamlib import keras_check
    from adamlib.experiments.keras_trainer import Trainer, strided_network
    from adamlib.keras_optimizer import as_keras

    pictures, labels = (a[:2048] for a in images_of("train"))
    pictures = pictures.copy()
    pictures[:broken] *= 255
    if method in ENTERS:
        optimizer = as_keras(adam_clipped_in(ENTERS[method]))
    else:
        name, settings = CLIPPED[method]
        optimizer = keras_check.own_optimizer(name, **settings)
    return Trainer(strided_network(0), optimizer, (pictures, labels), 64, 32)


@cache
def strided_start(seed):
    from adamlib.experiments.keras_trainer import strided_network

    return strided_network(seed).get_weights()


def images_of(part):
    """Lesson 08's clothes, with an axis for their one colour."""
    pixels, labels = getattr(fashion_mnist(), part)
    return pixels.reshape(-1, 28, 28, 1), labels


def measured(trainer, rate, seed, epochs):
    validation = [a[-1000:] for a in images_of("train")]
    test = [a[:1000] for a in images_of("test")]
    return trainer.measure(strided_start(seed), rate, seed, epochs, validation, test)


def convolutions(method, rate, seed):
    found = measured(strided_trainer(method, 2048, 64, 32), rate, seed, epochs=4)
    return {"tuned": found["validation"], "accuracy": found["accuracy"][-1]}


def unscaled(method, rate, seed):
    """With eight pictures whose pixels go to 255 in place of 1, and without them."""
    found, whole = (
        measured(unscaled_trainer(method, broken), rate, seed, epochs=4) for broken in (8, 0)
    )
    ends = {"accuracy": found["accuracy"][-1], "whole": whole["accuracy"][-1]}
    return {"tuned": found["validation"]} | ends


def wrapped(method, rate, seed):
    """How far the weights of a rule of ours are from Keras's after an epoch."""
    from adamlib.keras_check import largest_difference

    ends = []
    for name in ("adam", "wrapped adam"):
        trainer = strided_trainer(name, 2048, 64, 32)
        trainer(strided_start(seed), rate, seed, epochs=1)
        ends.append(trainer.model.get_weights())
    return {"apart": largest_difference(*ends)}


def eight_epochs(method, rate, seed):
    """How far the two losses fall after the third of eight epochs, with a rule in model.fit."""
    from adamlib.experiments.keras_trainer import strided_network
    from adamlib.keras_check import keras
    from adamlib.keras_optimizer import as_keras

    pictures, labels = images_of("train")
    keras.utils.set_random_seed(seed)
    model = strided_network(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(as_keras(rules.adam, learning_rate=rate), loss=loss)
    held = pictures[-1000:], labels[-1000:]
    data = pictures[:2048], labels[:2048]
    found = model.fit(*data, batch_size=64, epochs=8, validation_data=held, verbose=0).history
    falls = {name: found[name][2] - min(found[name]) for name in ("loss", "val_loss")}
    return {"tuned": min(found["val_loss"])} | falls


def race(name, method, number, seed):
    """Lesson 11's races: the trial of this number."""
    return ten_claims.race(name, method, int(number), seed)


def large_rate(method, rate, seed):
    """The loss on the others after 10 steps of logistic regression on digits, and after all 70."""
    task, early = digits_task(), np.inf
    for steps, run in enumerate(task.training(RULES[method], rate, seed)):
        if steps == 10:
            early = task.held_out_loss(run.params)
    return {"tuned": task.held_out_loss(run.params), "early": early}


# lesson_11 asserts that these trials are the best, by three seeds those of batches; twelve seeds
# choose among the latter
BEST_OF_SPEED = {"muon, cosine": 23}
FINALISTS = {
    "sgd, batch 1": [33, 18, 43],
    "adam, batch 1": [43, 16, 23],
    "sgd": [47, 35, 25, 34, 9, 10, 4, 15],
    "adam": [27, 37, 31, 17, 23, 42, 1, 29],
}
FIRST_BEST = {"sgd, batch 1": 11, "adam, batch 1": 6, "sgd": 9, "adam": 1}  # of the first 12


def shorter(method, steps, seed):
    """A race of speed with another number of steps, each with a cosine that ends with it."""
    found = ten_claims.race("speed", method, BEST_OF_SPEED[method], seed, int(steps))
    return {"tuned": found["tuned"]}


class Plan(NamedTuple):
    """What is measured of a task.

    run    its training
    rates  {method: the rates to try}
    seeds  how many there are
    first  how many seeds try all rates; the others try the best of their mean and its neighbours
    """

    run: Callable
    rates: dict
    seeds: int = 30
    first: int = 30


FINE = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
RIGHT = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
CONVEX = ["adagrad from 0", "rmsprop, decayed", "nesterov, decayed", "adam, decayed"]
MEMORY = dict.fromkeys(
    [f"{name}, decayed" for name in MEMORIES], [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
)
TWO_BY_TWO = dict.fromkeys(
    ["adagrad from 0, decayed", "nesterov, decayed", "adam, decayed"],
    [0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
)
FIGURE_2 = dict.fromkeys(
    ["adagrad from 0", "rmsprop", "nesterov", "adadelta", "adam"],
    [0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
) | {"adadelta": [0.1, 0.3, 1.0, 3.0, 10.0, 30.0]}
FIGURE_3 = dict.fromkeys(["adagrad from 0", "nesterov", "adam"], [0.001, 0.003, 0.01, 0.03, 0.1])
RARE_WORDS = {
    "sgd": [20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0],
    "momentum": [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0],
    "adam": [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0],
    "lion": [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
}
RARE_WORDS_NEAR = {  # around the best of these in batches of 100
    "sgd": [140.0, 280.0],
    "momentum": [14.0, 28.0],
    "adam": [0.07, 0.14],
    "lion": [0.014, 0.028],
    "adam by word": [0.07, 0.14],
}
TASKS = {
    "digits": Plan(
        digits,
        {
            name: [*RATES, 10.0] if "epsilon" in name else RATES
            for name in RULES
            if name != "adam, uncorrected"
        },
    ),
    "digits, correction": Plan(
        digits,
        {
            "adam": [0.005, 0.007, 0.01, 0.014, 0.02, 0.028],
            "adam, uncorrected": [0.001, 0.0014, 0.002, 0.003, 0.004, 0.005, 0.007],
        },
        seeds=30,
    ),
    "digits, 120 seeds": Plan(  # each method at its best rate of "digits"
        digits,
        {
            "sgd": [1.0],
            "momentum": [0.1],
            "nesterov": [0.1],
            "rmsprop": [0.01],
            "rmsprop, corrected": [0.01],
            "rmsprop, corrected, 0.999": [0.01],
            "adam": [0.01],
        },
        seeds=120,
    ),
    "reviews": Plan(
        reviews,
        {
            "adagrad": [0.1, 0.3, 1.0, 3.0, 10.0],
            "adagrad from 0": [0.03, 0.1, 0.3, 1.0],
            "rmsprop": [0.003, 0.01, 0.03, 0.1],
        },
    ),
    "digits, schedules": Plan(
        digits_by_schedule,
        dict.fromkeys(["constant", "inverse root"], [0.1, 0.3, 1.0, 3.0, 10.0]),
    ),
    "digits, sizes": Plan(
        digits_by_size,
        {f"B = {size}": FINE for size in (1, 10, 100)} | {"B = 7000": [*FINE, 5.0]},
        seeds=12,
        first=3,
    ),
    "digits, sizes, finer": Plan(
        digits_by_size,
        {
            "B = 1": [0.007, 0.01, 0.014, 0.02, 0.028],
            "B = 10": [round(0.1 * 2 ** (k / 4), 4) for k in range(-3, 6)],
            "B = 100": [round(0.5 * 2 ** (k / 4), 4) for k in range(-2, 9)],
        },
        seeds=12,
        first=12,
    ),
    "digits, noise": Plan(digits_noise, {"sgd": [0.1]}, seeds=12),
    "digits, loops": Plan(digits_loops, {"sgd": [0.3]}),
    "reviews, one epoch": Plan(reviews_one_epoch, {"sgd": [1.0]}),
    "reviews with dropout": Plan(
        reviews_with_dropout,
        dict.fromkeys(
            [*NAMES[:4], "adagrad from 0", "adam", "adam, epsilon 0.1"],
            [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
        )
        | {"adam, epsilon 1": [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]},
        first=3,
    ),
    "reviews, first step": Plan(reviews_first_step, {"adagrad from 0": [0.3]}),
    "reviews, by word": Plan(reviews_by_word, {"sgd": [1.0]}),
    "reviews, common rate": Plan(
        reviews_common_rate,
        {"sgd": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]},
        seeds=12,
        first=12,
    ),
    "reviews, large rate": Plan(reviews_with_dropout, {"adagrad from 0": [3.0]}),
    "reviews, slowed": Plan(reviews_slowed, {"sgd": [1.0]}),
    "clothes": Plan(clothes, dict.fromkeys(SCHEDULES, [0.003, 0.01, 0.03, 0.1])),
    "clothes, beyond Adam": Plan(
        beyond_adam,
        dict.fromkeys(
            [name + falls for name in BEYOND for falls in ("", ", cosine")],
            [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
        ),
        seeds=12,
        first=12,
    ),
    "clothes, warm-ups": Plan(
        clothes_by_warmup, dict.fromkeys(["W = 6", "W = 36", "W = 90"], [0.03])
    ),
    "clothes, one epoch": Plan(
        clothes_one_epoch,
        {"constant": [0.003, 0.01, 0.03, 0.1], "warm-up and cosine": [0.03]},
    ),
    "clothes, few": Plan(
        clothes_few, dict.fromkeys(["λ = 0", "λ = 1"], [0.0003, 0.0006, 0.001, 0.003, 0.01])
    ),
    "rare words": Plan(rare_words, RARE_WORDS, seeds=1, first=1),
    "rare words, batches": Plan(
        rare_words,
        {
            f"{name}, batches of 100": sorted(RARE_WORDS[name.split()[0]] + near)
            for name, near in RARE_WORDS_NEAR.items()
        },
        seeds=12,
        first=12,
    ),
    "clothes, first step": Plan(clothes_first_step, {"adam": [0.03, 0.03 / 18]}),
    "convolutions": Plan(
        convolutions,
        {
            "sgd": [0.01, 0.03, 0.1, 0.3, 1.0],
            "momentum": [0.01, 0.03, 0.1, 0.3],
            "adagrad": [0.001, 0.03, 0.1, 0.3, 1.0],
            "adadelta": [0.001, 1.0, 3.0, 10.0, 30.0],
            "rmsprop": [0.001, 0.003, 0.01, 0.03],
            "adam": [0.001, 0.003, 0.01, 0.03],
            "adamw": [0.001, 0.003, 0.01, 0.03],
        },
    ),
    "unscaled pictures": Plan(
        unscaled,
        dict.fromkeys([*CLIPPED, *ENTERS], [0.01])
        | dict.fromkeys(["momentum", "momentum, global_clipnorm 3"], [0.01, 0.1]),
        seeds=12,
        first=12,
    ),
    "eight epochs": Plan(eight_epochs, {"adam": [0.01]}, seeds=12, first=12),
    "wrapped": Plan(wrapped, {"adam": [0.001]}),
    "figure 1 left": Plan(
        partial(figure_1_left, 0.0, 5),
        dict.fromkeys(
            [*CONVEX, "nesterov", "adagrad from 0, decayed"], [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
        )
        | {"adam": [0.003, 0.01, 0.03, 0.1]},
    ),
    "figure 1 left, finer": Plan(
        partial(figure_1_left, 0.0, 5),
        {
            "nesterov, decayed": [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0],
            "adam, decayed": [0.07, 0.1, 0.13, 0.16, 0.2],
            "adagrad from 0": [0.15, 0.2, 0.3, 0.4, 0.55, 0.75],
        },
        seeds=12,
        first=12,
    ),
    "figure 1 left, 20 epochs": Plan(partial(figure_1_left, 0.0, 20), TWO_BY_TWO, 12, 3),
    "figure 1 left, penalty": Plan(partial(figure_1_left, 0.001, 5), TWO_BY_TWO, 12, 3),
    "figure 1 left, penalty, 20 epochs": Plan(
        partial(figure_1_left, 0.001, 20), TWO_BY_TWO, seeds=12, first=3
    ),
    "figure 1 right, dropout": Plan(
        partial(figure_1_right, 0.5),
        dict.fromkeys(["adagrad from 0, decayed", *CONVEX], RIGHT),
        first=3,
    ),
    "figure 1 right": Plan(partial(figure_1_right, 0.0), dict.fromkeys(CONVEX, RIGHT), first=3),
    "figure 1 right, dropout, memory": Plan(partial(figure_1_right, 0.5), MEMORY, 12, 3),
    "figure 1 right, memory": Plan(partial(figure_1_right, 0.0), MEMORY, 12, 3),
    "figure 2, dropout 0.5": Plan(partial(figure_2, 0.5), FIGURE_2, first=3),
    "figure 2, dropout 0.0": Plan(partial(figure_2, 0.0), FIGURE_2, first=3),
    "figure 2, unseen": Plan(
        figure_2_unseen,
        dict.fromkeys(["adagrad from 0", "nesterov", "adam"], FIGURE_2["adam"]),
        seeds=12,
        first=12,
    ),
    "figure 3, dropout 0.5": Plan(partial(figure_3, 0.5), FIGURE_3, seeds=12),
    "figure 3, dropout 0.0": Plan(partial(figure_3, 0.0), FIGURE_3, seeds=12),
    # around the best rates of those races, for the methods that may lead them
    "figure 1 right, dropout, finer": Plan(
        partial(figure_1_right, 0.5),
        dict.fromkeys(["adagrad from 0", "adam, decayed"], [0.2, 0.3, 0.4, 0.55, 0.75]),
        seeds=12,
        first=3,
    ),
    "figure 1 right, finer": Plan(
        partial(figure_1_right, 0.0),
        dict.fromkeys(["adagrad from 0", "adam, decayed"], [1.5, 2.0, 3.0, 4.0, 5.5, 7.5]),
        seeds=12,
        first=3,
    ),
    "figure 2, dropout 0.5, finer": Plan(
        partial(figure_2, 0.5),
        {
            "adam": [0.002, 0.003, 0.004, 0.005, 0.007],
            "rmsprop": [0.0015, 0.002, 0.003, 0.004, 0.005],
            "adadelta": [2.0, 3.0, 4.0, 5.5],
            "nesterov": [0.07, 0.1, 0.14, 0.2],
            "adagrad from 0": [0.018, 0.03, 0.055],
        },
        seeds=12,
        first=3,
    ),
    "figure 2, dropout 0.0, finer": Plan(
        partial(figure_2, 0.0),
        {
            "adam": [0.005, 0.007, 0.01, 0.014, 0.02],
            "nesterov": [0.07, 0.1, 0.14, 0.2],
        },
        seeds=12,
        first=3,
    ),
    "figure 3, root": Plan(figure_3_root, {"adam": [0.01]}, seeds=12),
    **{
        f"eleven, {name}": Plan(
            partial(race, name),
            dict.fromkeys(methods, range(ten_claims.TRIALS[name])),
            seeds=3 if name == "batches" else 12,  # there the next task has the others
            first=3,
        )
        for name, methods in ten_claims.RACES.items()
    },
    "eleven, batches, best": Plan(
        partial(race, "batches"),
        {m: [*dict.fromkeys([*some, FIRST_BEST[m]])] for m, some in FINALISTS.items()},
        seeds=12,
        first=12,
    ),
    "eleven, default": Plan(
        partial(race, "speed"), {"adam, constant": [ten_claims.TRIALS["speed"]]}, seeds=12, first=12
    ),
    "eleven, shorter": Plan(shorter, {"muon, cosine": [30, 40, 50, 60, 75, 90]}, 12, 12),
    "eleven, large rate": Plan(large_rate, {"adam": [0.001, 0.01, 0.3]}, seeds=12, first=12),
    "eleven, edge": Plan(
        ten_claims.edge,
        {
            "sgd": [0.1, 0.2, 0.4, 0.8, 1.6],
            "adam": [0.001, 0.003, 0.01, 0.03],
            "sgd, batches of 30": [0.05, 0.1, 0.2, 0.4, 0.8, 1.6],
        },
        seeds=12,
        first=12,
    ),
    "figure 4": Plan(figure_4, {"corrected": [0], "uncorrected": [0]}, seeds=24),
}


def measure(job):
    task, method, rate, seed = job
    found = TASKS[task].run(method, rate, seed)
    return job, {name: float(value) for name, value in found.items()}


def jobs_of(task, done):
    """What is still to do of a task, as far as what is done tells."""
    _, rates, seeds, first = TASKS[task]
    for keys in rounds(rates, lambda key: done[task, *key]["tuned"], range(seeds), first=first):
        if jobs := [(task, *key) for key in keys if (task, *key) not in done]:
            return jobs
    return []


def measure_all(tasks):
    """Every training of these tasks, read from FILE or done now: {job: {quantity: number}}."""
    done = {}
    if FILE.exists():
        for line in FILE.read_text().splitlines():
            job, found = json.loads(line)
            done[tuple(job)] = {k: np.inf if v is None else v for k, v in found.items()}
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool, FILE.open("a") as file:
        for task in tasks:
            while jobs := jobs_of(task, done):
                futures = [pool.submit(measure, job) for job in jobs]
                try:
                    for future in tqdm(as_completed(futures), task, len(jobs), smoothing=0):
                        job, found = future.result()
                        done[job] = found
                        kept = {k: v if np.isfinite(v) else None for k, v in found.items()}
                        file.write(json.dumps([job, kept]) + "\n")
                        file.flush()
                except KeyboardInterrupt:
                    pool.shutdown(cancel_futures=True)
                    sys.exit(
                        "Interrupted: what is done is kept. The same command goes on from there."
                    )
    return done


# The table


METHODS = {  # by their names in the claims
    "sgd": "sgd",
    "momentum": "momentum",
    "Nesterov": "nesterov",
    "AdaGrad": "adagrad",
    "AdaGrad from 0.1": "adagrad",
    "AdaGrad from 0": "adagrad from 0",
    "Adadelta": "adadelta",
    "RMSProp": "rmsprop",
    "Adam": "adam",
}


class Measured:
    """The trainings of a task, as arrays with a number for each seed."""

    def __init__(self, task, done):
        self.done = {job[1:]: found for job, found in done.items() if job[0] == task}
        _, self.grid, self.seeds, _ = TASKS[task]

    def at(self, method, rate, quantity="tuned"):
        return np.array([self.done[method, rate, s][quantity] for s in range(self.seeds)])

    def rates(self, method):
        """The rates that were tried with all seeds."""
        last = self.seeds - 1
        return np.array([r for r in self.grid[method] if (method, r, last) in self.done])

    def chosen(self, method):
        """The rate that each seed by itself finds best."""
        rates = self.rates(method)
        return rates[np.argmin([self.at(method, rate) for rate in rates], axis=0)]

    def best(self, method, quantity="tuned"):
        """The rate that is best by the mean over all seeds."""
        return min(self.rates(method), key=lambda rate: self.at(method, rate, quantity).mean())

    def of(self, method, quantity="tuned"):
        """At that rate."""
        return self.at(method, self.best(method), quantity)

    def named(self, quantity="tuned", names=METHODS):
        """{the method's name in the claims: its numbers at its best rate}"""
        return {name: self.of(m, quantity) for name, m in names.items() if m in self.grid}


# The claims of a lesson: each with what was measured and a number or a truth for each seed, or two
# numbers, the lower and the higher: the seeds at which they are so show the claim.

TRAINING = "training loss"
DIGITS = "validation loss, digits"
BY_SEED = "of the list, seed by seed"


def compared(values, measured, pairs, claim="{} ends below {}"):
    """A claim for each of the pairs, as in "Adam < sgd, Adam < momentum", of {name: values}."""
    for pair in pairs.split(", "):
        low, high = pair.split(" < ")
        yield claim.format(low, high), measured, values[low], values[high]


def lesson_02(task):
    sizes, plans = task["digits, sizes"], task["digits, schedules"]
    finer = task["digits, sizes, finer"]
    ends = {f"B = {size}": finer.of(f"B = {size}") for size in (1, 10, 100)}
    ends["B = 7,000"] = sizes.of("B = 7000")
    loss = "validation loss, digits"
    yield from compared(ends, loss, "B = 1 < B = 10, B = 10 < B = 100, B = 100 < B = 7,000")
    higher = sizes.at("B = 10", 0.2), sizes.at("B = 100", 2.0)
    yield "B = 100 at η = 2 ends above B = 10 at 0.2", loss, *higher
    best = {size: finer.chosen(f"B = {size}") for size in (1, 10, 100)}
    for small in (1, 10):
        what = f"how much the best rate grows from B = {small} to {10 * small}"
        yield what, "digits", best[10 * small] / best[small]
    noise = partial(task["digits, noise"].at, "sgd", 0.1)
    for key, where in (("start", "at the start"), ("after", "after training")):
        of_all = "gradient of 800 digits with that of all"
        yield f"cosine {where}", of_all, noise(f"cosine {key}")
        yield f"slope of the noise {where}", "log noise by log batch size", noise(f"slope {key}")
    what = "batch with noise as long as the gradient after training"
    yield what, "digits", noise("equal after")
    for quantity, what in (("noise", "noise of one image"), ("length", "gradient of all")):
        what = f"times as large at the start as after training: the {what}"
        yield what, "digits", noise(f"{quantity} start") / noise(f"{quantity} after")
    loops, where = partial(task["digits, loops"].at, "sgd", 0.3), "digits, η = 0.3"
    what = "overlapping batches end with a lower last batch"
    yield what, where, loops("overlap batch"), loops("right batch")
    what = "overlapping batches end with a higher validation loss"
    yield what, where, loops("right held out"), loops("overlap held out")
    two = f"{loss}, two epochs"
    ends = plans.named(names={"constant": "constant", "falling": "inverse root"})
    yield from compared(ends, two, "constant < falling", "a {} rate ends below a {} one")
    yield from compared(task["digits"].named(), DIGITS, "Adam < sgd")


def lesson_03(task):
    where, at = "validation loss, digits", task["digits"].at
    yield "at η = 0.1 momentum ends below sgd", where, at("momentum", 0.1), at("sgd", 0.1)
    apart = [
        np.abs(at("sgd", e) - at("momentum", v))
        for v, e in zip(
            RATES, RATES[2:7], strict=False
        )  # tenths: 0.0003 and 0.003, to 0.03 and 0.3
    ]
    what = "largest gap between the two up to an effective step of 0.3"
    yield what, where, np.max(apart, axis=0)
    what = "at an effective step of 1, the best of both, momentum ends below sgd"
    assert np.allclose([task["digits"].best(name) for name in ("momentum", "sgd")], [0.1, 1])
    yield what, where, at("momentum", 0.1), at("sgd", 1.0)
    what = "at an effective step of 3 momentum ends below sgd"
    yield what, where, at("momentum", 0.3), at("sgd", 3.0)


def lesson_04(task):
    reviews = task["reviews with dropout"]
    zero, with_dropout = "adagrad from 0", "reviews with dropout"
    where, trains = f"{TRAINING}, {with_dropout}", "{} trains below {}"
    both = "AdaGrad from 0 < Nesterov, Adam < Nesterov"
    yield from compared(reviews.named("training"), where, both, trains)
    begins, later = reviews.of(zero, "first"), task["reviews, first step"].at(zero, 0.3, "first")
    yield "AdaGrad from 0 begins above log 2", where, np.log(2), begins
    what = "AdaGrad from 0 begins lower without each weight's first step"
    yield what, where, later, begins
    where, pairs = f"validation loss, {with_dropout}", f"{both}, AdaGrad from 0.1 < Nesterov"
    yield from compared(reviews.named(), where, pairs)
    slowed, own = task["reviews, slowed"], task["reviews, by word"]
    for rate in (1, 3):
        yield f"sgd with η = {rate}", where, reviews.at("sgd", float(rate))
    yield "AdaGrad from 0.1 with η = 1", where, reviews.at("adagrad", 1.0)
    yield "sgd with η = 3.2, but 1 for frequent words", where, slowed.at("sgd", 1.0)
    what = "effective rate / η of 'of' with η = 1, after five epochs"
    yield what, "reviews, AdaGrad from 0.1", own.at("sgd", 1.0, "of after five")
    what = "training loss with 25, but 1 for words in more than 100 sentences"
    yield what, "reviews, sgd, one epoch", own.at("sgd", 1.0, "two rates")
    common = task["reviews, common rate"].of("sgd")
    yield (
        "training loss with the best of eight rates for all words",
        "reviews, sgd, one epoch",
        common,
    )
    large = task["reviews, large rate"].at(zero, 3.0)
    yield "validation loss of AdaGrad from 0 with η = 3", with_dropout, large
    test, pair = reviews.named("test"), "Nesterov < AdaGrad from 0"
    yield from compared(test, "test accuracy, reviews", pair, "{1} tests above {0}")
    words = task["reviews, one epoch"].at
    for key, what, measured in (
        ("farther", "times as far goes a frequent word as one in a single sentence", "sgd, η = 1"),
        ("loss at 25", "training loss with η = 25", "sgd, one epoch"),
        ("times", "times the effective rate of 'of' has a word in 3 sentences", "s from 0"),
        ("slowed", "words whose squares sum to more than 0.03", "AdaGrad, one epoch"),
    ):
        yield what, f"reviews, {measured}", words("sgd", 1.0, key)
    rarer = reviews.of("nesterov", "count") / reviews.of(zero, "count")
    what = "times as frequent are the words of Nesterov's largest weights"
    yield what, "median of 100, over that of AdaGrad from 0", rarer


def lesson_05(task):
    digits, reviews = task["digits"], task["reviews"]
    pairs = "RMSProp < AdaGrad from 0.1, RMSProp < AdaGrad from 0"
    held = "validation loss, reviews"
    yield from compared(reviews.named(), held, pairs, "{} ends below {} on reviews")
    train, where, pair = (
        reviews.named("training"),
        f"{TRAINING}, reviews",
        "AdaGrad from 0 < RMSProp",
    )
    yield from compared(train, where, pair, "{} trains below {} on reviews")
    fallen = np.log(10) - digits.at("adadelta", 0.001)
    yield "Adadelta at its default η lowers the loss by", DIGITS, fallen
    last = digits.chosen("adadelta") == RATES[-1]
    yield "Adadelta's best η is the list's last", "seed by seed", last


def lesson_06(task):
    digits, ends = task["digits"], {}
    for name, method in {
        "Adam": "adam",
        "corrected RMSProp with ρ = 0.999": "rmsprop, corrected, 0.999",
        "corrected RMSProp with ρ = 0.9": "rmsprop, corrected",
    }.items():
        ends[name] = digits.of(method)
        best = np.full(digits.seeds, digits.best(method))
        yield f"best η of {name} on digits", "of the list, by the mean", best
        if name != "Adam":
            yield from compared(ends, DIGITS, f"Adam < {name}")
    pairs = "Adam < sgd, Adam < momentum, Adam < Nesterov, Adam < AdaGrad, Adam < RMSProp"
    yield from compared(task["digits"].named(), DIGITS, f"{pairs}, Adam < Adadelta")
    more = task["digits, 120 seeds"]
    names = METHODS | {
        "corrected RMSProp with ρ = 0.999": "rmsprop, corrected, 0.999",
        "corrected RMSProp with ρ = 0.9": "rmsprop, corrected",
    }
    ends = more.named(names=names)
    pairs = [f"Adam < {rival}" for rival in ends if rival not in ("Adam", list(names)[-1])]
    pairs = ", ".join([*pairs, "RMSProp < corrected RMSProp with ρ = 0.9"])
    yield from compared(ends, DIGITS, pairs, "of 120 seeds: {} ends below {}")
    correction = task["digits, correction"]
    ends = correction.named(names={"Adam without correction": "adam, uncorrected", "Adam": "adam"})
    yield from compared(ends, DIGITS, "Adam without correction < Adam")
    for name, method in {"Adam": "adam", "Adam without correction": "adam, uncorrected"}.items():
        yield f"best η of {name} on a finer list", "digits, seed by seed", correction.chosen(method)


def lesson_07(task):
    epsilons = {"ε = 1e-7": "adam", "ε = 0.1": "adam, epsilon 0.1", "ε = 1": "adam, epsilon 1"}
    for name, words in (("digits", "digits"), ("reviews with dropout", "reviews")):
        ends, pairs = task[name].named(names=epsilons), "ε = 1e-7 < ε = 0.1, ε = 1e-7 < ε = 1"
        measured = f"validation loss, {words}"
        yield from compared(ends, measured, pairs, "{} ends below {} on " + words)
        small, middle, large = map(task[name].chosen, epsilons.values())
        grows = (small < middle) & (middle < large)
        yield f"the best rate grows with ε on {words}", BY_SEED, grows
    slow = task["digits"].at("adam, epsilon 1", 0.001)
    yield "Adam with ε = 1 at its default rate", DIGITS, slow
    clothes, held, units = task["clothes"], "validation loss, clothes", "dead units of 64"
    schedules = {schedule.replace("and", "with"): schedule for schedule in SCHEDULES}

    def at(rate, quantity="tuned"):
        return {name: clothes.at(s, rate, quantity) for name, s in schedules.items()}

    both, alone = "warm-up with cosine < cosine", "warm-up < constant"
    ends, falling = clothes.named(names=schedules), "cosine < constant"
    apart = f"warm-up with cosine < warm-up, {both}"
    pairs = f"warm-up with cosine < constant, {apart}, {alone}, {falling}"
    yield from compared(ends, held, pairs)
    for rate, pairs in ((0.03, f"{alone}, {falling}, {apart}"), (0.01, alone), (0.1, alone)):
        yield from compared(at(rate), held, pairs, f"at {rate} {{}} ends below {{}}")
    what = "at 0.03 {} leaves fewer units dead than {}"
    yield from compared(at(0.03, "dead"), units, f"{alone}, {both}", what)
    for rate, words in ((0.03, "0.03"), (0.03 / 18, "0.03 / 18")):
        dead = task["clothes, first step"].at("adam", rate, "dead")
        yield f"dead after one step of {words}", units, dead
    for name, words in (("constant", "constant at"), ("warm-up", "warm-up to")):
        for rate in (0.03, 0.01):
            yield f"dead at the end, {words} {rate}", units, at(rate, "dead")[name]
    what = "constant at 0.01 ends below warm-up to 0.03"
    yield what, held, at(0.01)["constant"], at(0.03)["warm-up"]
    for name in ("constant", "warm-up"):
        what = f"{name} at its best ends below {name} at 0.1"
        yield what, held, ends[name], at(0.1)[name]
    for name in ("warm-up", "cosine", "warm-up with cosine"):
        what = f"constant at its best ends below {name} at 0.1"
        yield what, held, ends["constant"], at(0.1)[name]
    lengths = task["clothes, warm-ups"]
    for length in lengths.grid:
        what = f"warm-up with cosine: W = 18 ends below {length}"
        yield what, f"{held}, peak 0.03", at(0.03)["warm-up with cosine"], lengths.of(length)
    short, what = task["clothes, one epoch"], "warm-up with cosine ends below constant"
    higher = short.of("constant")
    yield f"after 60 steps {what}", held, short.of("warm-up and cosine"), higher
    few = task["clothes, few"]
    without, decayed = (few.of(method) for method in few.grid)
    yield "500 pictures: Adam with decay ends below Adam without", held, decayed, without


def lesson_08(task):
    runs, where = task["convolutions"], "test accuracy, clothes, 128 steps"
    names = "sgd", "momentum", "AdaGrad", "Adadelta", "RMSProp", "Adam", "AdamW"
    seven = {name: (METHODS | {"AdamW": "adamw"})[name] for name in names}
    default = {name: runs.grid[method][0] for name, method in seven.items()}
    ends = {name: runs.at(method, default[name], "accuracy") for name, method in seven.items()}
    tuned = runs.named("accuracy", seven)
    for name in seven:
        yield f"{name} at its default", where, ends[name]
        yield f"{name} tuned", where, tuned[name]
        yield f"{name} gains by tuning", where, tuned[name] - ends[name]
        rates = np.full(runs.seeds, runs.best(seven[name]))
        yield (
            f"{name}'s rate, tuned with thirty seeds",
            "validation loss, clothes, 128 steps",
            rates,
        )
    for pairs in (
        "sgd < Adam, momentum < Adam, AdaGrad < Adam, Adadelta < Adam, RMSProp < Adam",
        "Adadelta < RMSProp, momentum < RMSProp, momentum < Adadelta",
        "AdaGrad < RMSProp, AdaGrad < Adadelta, AdamW < Adam",
    ):
        yield from compared(tuned, where, pairs, "{1} tuned is above {0} tuned")
    yield from compared(ends, where, "Adadelta < Adam", "at the defaults {1} is above {0}")
    for name in ("AdaGrad", "Adadelta"):
        ratio = runs.chosen(seven[name]) / default[name]
        yield f"{name}'s best rate over its default, log10", where, np.log10(ratio)
    for name in ("AdaGrad", "sgd"):
        above = runs.at(seven[name], 1.0, "accuracy")
        yield f"{name} at 1.0, one place above its best rate", where, above
    yield from clipped(task["unscaled pictures"])
    falls = partial(task["eight epochs"].at, "adam", 0.01)
    what = "after epoch 3 the training loss falls further than the validation loss"
    yield what, "clothes, eight epochs at η = 0.01", falls("val_loss"), falls("loss")
    what = "a wrapped rule's weights are all within 0.000001 of Keras's"
    yield what, "after an epoch", task["wrapped"].at("adam", 0.001, "apart") < 1e-6


def clipped(runs):
    """Eight of 2,048 pictures are not divided by 255; each method at its tuned rate."""
    for name, method, rate in (("momentum", "momentum", 0.1), ("Adam", "adam", 0.01)):
        for quantity, where in (
            ("accuracy", "with unscaled pictures"),
            ("whole", "with scaled pictures"),
        ):
            measured = f"test accuracy, clothes, η = {rate:g}"
            plain, three = (
                runs.at(f"{method}{how}", rate, quantity) for how in ("", ", global_clipnorm 3")
            )
            yield f"{name} {where}, not clipped", measured, plain
            yield f"{name} {where}, clipped at 3", measured, three
            yield f"{name} {where} gains by clipping at 3", measured, plain, three
    of_m, of_v = (f"adam, clipped at 3 in {only} alone" for only in "mv")
    methods = {"m and v": "adam, clipnorm 3", "m alone": of_m, "v alone": of_v}
    plain = runs.at("adam", 0.01, "accuracy")
    for words, method in methods.items():
        found = runs.at(method, 0.01, "accuracy")
        yield f"Adam with unscaled pictures, clipnorm=3 in {words}", measured, found
        what = f"Adam with unscaled pictures gains by clipnorm=3 in {words}"
        yield what, measured, plain, found


PAPER = METHODS | {"AdaGrad": "adagrad from 0"}
DECAYED = {
    "AdaGrad": "adagrad from 0",
    "AdaGrad decayed twice": "adagrad from 0, decayed",
    "RMSProp": "rmsprop, decayed",
    "Nesterov": "nesterov, decayed",
    "Nesterov with a constant rate": "nesterov",
    "Adam": "adam, decayed",
    "Adam with a constant rate": "adam",
}
FIGURES = {
    "figure 1 left, penalty, 20 epochs": "digits with a penalty",
    "figure 1 right, dropout": "reviews with dropout",
    "figure 1 right": "reviews",
    "figure 2, dropout 0.5": "a network with dropout",
    "figure 2, dropout 0.0": "a network",
    "figure 3, dropout 0.0": "convolutions",
    "figure 3, dropout 0.5": "convolutions with dropout",
}


TWO_BY_TWO_WORDS = {
    "figure 1 left, 20 epochs": "on digits, in 20 epochs",
    "figure 1 left, penalty": "with a penalty",
    "figure 1 left, penalty, 20 epochs": "with a penalty, in 20 epochs",
}


def lesson_09(task):
    left, where = task["figure 1 left"], f"{TRAINING}, digits"
    loss = left.named(names=DECAYED)
    pairs = (
        "Adam < Nesterov, AdaGrad < Adam, Nesterov with a constant rate < Nesterov, "
        "Nesterov < AdaGrad decayed twice, Adam < Adam with a constant rate"
    )
    yield from compared(loss, where, pairs, "{} ends below {} on digits")
    yield "Nesterov at η = 3 on digits", where, left.at("nesterov, decayed", 3.0)
    small, large = (left.at("nesterov, decayed", rate) for rate in (0.3, 1.0))
    yield "Nesterov at η = 0.3 on digits", where, small
    yield "Nesterov at η = 1 on digits", where, large
    yield "Nesterov at η = 0.3 ends below Nesterov at 1 on digits", where, small, large
    yield from lead_claims(task)
    for rate in left.grid["adam, decayed"]:
        nesterov, adam = (left.at(m, rate) for m in ("nesterov, decayed", "adam, decayed"))
        yield f"at η = {rate:g} Nesterov ends below Adam on digits", where, nesterov < adam
    for name, words in TWO_BY_TWO_WORDS.items():
        loss = task[name].named(names=DECAYED)
        pairs = "Adam < Nesterov, Nesterov < AdaGrad decayed twice, Adam < AdaGrad decayed twice"
        yield from compared(loss, where, pairs, "{} ends below {} " + words)
    five = "AdaGrad < Nesterov, Adam < Nesterov, RMSProp < Nesterov, AdaGrad < Adam, Adam < RMSProp"
    for name, pairs in (
        ("figure 1 right, dropout", f"{five}, Nesterov < AdaGrad decayed twice"),
        ("figure 1 right", five),
    ):
        loss, words = task[name].named(names=DECAYED), FIGURES[name]
        yield from compared(loss, f"{TRAINING}, {words}", pairs, "{} ends below {} on " + words)
        exchanged = task[f"{name}, memory"]
        loss |= {m: exchanged.of(f"{m}, decayed") for m in MEMORIES}
        loss = {m: some[: exchanged.seeds] for m, some in loss.items()}
        for what, low, high in (
            ("Adam with β₂ = 0.9 ends below RMSProp", "adam with β₂ = 0.9", "RMSProp"),
            ("Adam ends below Adam with β₂ = 0.9", "Adam", "adam with β₂ = 0.9"),
            ("RMSProp ends below RMSProp with ρ = 0.999", "RMSProp", "rmsprop with ρ = 0.999"),
            ("RMSProp with correction ends below RMSProp", "rmsprop with correction", "RMSProp"),
            ("Adam ends below RMSProp with correction", "Adam", "rmsprop with correction"),
            (
                "Adam with β₂ = 0.9 ends below RMSProp with correction",
                "adam with β₂ = 0.9",
                "rmsprop with correction",
            ),
            (
                "Adam with β₁ = 0 ends below RMSProp with correction",
                "adam with β₁ = 0",
                "rmsprop with correction",
            ),
            (
                "Adam with β₁ = 0 ends below Adam with β₁ = 0 and β₂ = 0.9",
                "adam with β₁ = 0",
                "adam with β₁ = 0 and β₂ = 0.9",
            ),
            (
                "Adam with β₂ = 0.9 ends below Adam with β₁ = 0 and β₂ = 0.9",
                "adam with β₂ = 0.9",
                "adam with β₁ = 0 and β₂ = 0.9",
            ),
            (
                "Adam with β₁ = 0 and β₂ = 0.9 ends below RMSProp with correction",
                "adam with β₁ = 0 and β₂ = 0.9",
                "rmsprop with correction",
            ),
            ("Adam with β₁ = 0 ends below Adam", "adam with β₁ = 0", "Adam"),
            ("Adam with β₁ = 0 ends below AdaGrad", "adam with β₁ = 0", "AdaGrad"),
        ):
            yield f"{what} on {words}", f"{TRAINING}, {words}", loss[low], loss[high]
        for method in exchanged.grid:
            rates = np.full(exchanged.seeds, exchanged.best(method))
            called = method.removesuffix(", decayed")
            yield f"best η of {called} on {words}", "of the list, by the mean", rates
    for name in ("figure 2, dropout 0.5", "figure 2, dropout 0.0"):
        loss, words = task[name].named(names=PAPER), FIGURES[name]
        where = f"{TRAINING}, {words}"
        for pairs in (
            "Adam < AdaGrad, Adam < RMSProp, Adam < Nesterov, Adam < Adadelta",
            "RMSProp < Adadelta, Adadelta < Nesterov, Nesterov < AdaGrad",
        ):
            yield from compared(loss, where, pairs, "{} ends below {} on " + words)
        three = np.min([loss[m] for m in ("AdaGrad", "RMSProp", "Adadelta")], axis=0)
        what = f"Nesterov ends below RMSProp, Adadelta and AdaGrad on {words}"
        yield what, where, loss["Nesterov"], three
    unseen = task["figure 2, unseen"]
    three = {"AdaGrad": "adagrad from 0", "Nesterov": "nesterov", "Adam": "adam"}
    for by, quantity in (("training", "tuned"), ("validation", "validation")):
        rates = {name: unseen.best(m, quantity) for name, m in three.items()}
        loss = {name: unseen.at(m, rates[name], "test") for name, m in three.items()}
        where, pairs = "test loss, a network", "AdaGrad < Adam, Nesterov < Adam, AdaGrad < Nesterov"
        yield from compared(loss, where, pairs, "{} tests below {}, rates by " + by + " loss")
        for name, rate in rates.items():
            yield f"{name}'s test loss, rate by {by} loss", where, loss[name]
            yield f"{name}'s rate by {by} loss", "of the list", np.full(unseen.seeds, rate)
    small, large = (unseen.at("adam", rate, "test") for rate in (0.003, 0.01))
    yield "Adam at η = 0.003 tests below Adam at 0.01", where, small, large
    for name in ("figure 3, dropout 0.0", "figure 3, dropout 0.5"):
        loss, words = task[name].named(names=PAPER), FIGURES[name]
        where, pairs = f"{TRAINING}, {words}", "Adam < AdaGrad, Nesterov < AdaGrad, Nesterov < Adam"
        yield from compared(loss, where, pairs, "{} ends below {} on " + words)
        first, pairs = (
            task[name].named("first", PAPER),
            "Adam < Nesterov, AdaGrad < Nesterov, Adam < AdaGrad",
        )
        early = f"{where}, end of the first epoch"
        yield from compared(first, early, pairs, "{} is first below {} on " + words)
    root = np.log10(task["figure 3, root"].at("adam", 0.01, "root"))
    yield "√v̂ at the end on convolutions, median's log10", "Adam at 0.01", root
    both = {"adagrad from 0, decayed": "adagrad, η/√t"}  # those that have both schedules
    constant = {m: f"{m}, constant η" for m in ("nesterov", "adam")}
    for name, words in {"figure 1 left": "digits", **FIGURES}.items():
        called = both | (constant if words == "digits" else {})
        for method in task[name].grid:
            shown = called.get(method, method).removesuffix(", decayed").removesuffix(" from 0")
            rates = np.full(task[name].seeds, task[name].best(method))
            yield f"best η of {shown} on {words}", "of the list, by the mean", rates
    yield from figure_4_claims(task["figure 4"])


LEADS = {  # the races on finer lists: what they are called, the methods, and who is compared
    "figure 1 left, finer": ("digits", DECAYED, "Adam < Nesterov, AdaGrad < Adam"),
    "figure 1 right, dropout, finer": ("reviews with dropout", DECAYED, "AdaGrad < Adam"),
    "figure 1 right, finer": ("reviews", DECAYED, "AdaGrad < Adam"),
    "figure 2, dropout 0.5, finer": (
        "a network with dropout",
        PAPER,
        "Adam < RMSProp, Adam < Adadelta, Adam < Nesterov, Adam < AdaGrad",
    ),
    "figure 2, dropout 0.0, finer": ("a network", PAPER, "Nesterov < Adam"),
}


def lead_claims(task):
    for name, (race, names, pairs) in LEADS.items():
        runs, words = task[name], f"{race}, finer list"
        loss, where = runs.named(names=names), f"{TRAINING}, {race}"
        yield from compared(loss, where, pairs, "{} ends below {} on " + words)
        for method in runs.grid:
            shown = method.removesuffix(", decayed").removesuffix(" from 0")
            best = np.full(runs.seeds, runs.best(method))
            yield f"best η of {shown} on {words}", "of the list, by the mean", best


def figure_4_claims(grid):
    def losses(method, beta_1, beta_2):
        keys = [f"{beta_1:g} {beta_2:g} 8 {k}" for k in range(len(ALPHAS))]
        return np.array([grid.at(method, 0, key) for key in keys])  # shape (η, seeds)

    for beta_1, beta_2 in product(BETAS_1, BETAS_2):
        both = (losses(method, beta_1, beta_2) for method in ("corrected", "uncorrected"))
        least = [np.nanmin(np.where(np.isinf(ls), np.nan, ls), axis=0) for ls in both]
        what = f"correction gains at β₁ = {beta_1:g} and β₂ = {beta_2:g}"
        yield what, "nats per image, epoch 8, each at its best η", *least
    with_it, without = (
        {beta_2: losses(method, 0.9, beta_2) for beta_2 in BETAS_2}
        for method in ("corrected", "uncorrected")
    )
    for beta_1, beta_2 in product(BETAS_1, BETAS_2):
        best = np.argmin(losses("corrected", beta_1, beta_2), axis=0) == 4  # ALPHAS[4] is 0.01
        what = f"with correction η = 0.01 is best at β₁ = {beta_1:g} and β₂ = {beta_2:g}"
        yield what, "of the list, epoch 8", best
    what, where = (
        "with correction the best loss is",
        "nats per image, epoch 8, β₁ = 0.9, β₂ = 0.999",
    )
    yield what, where, with_it[0.999].min(axis=0)
    what = "at η = 0.0001 Adam is behind without correction"
    where = "nats per image, epoch 8, β₁ = 0.9, β₂ = 0.9999"
    yield what, where, without[0.9999][0], with_it[0.9999][0]
    least = {beta_2: with_it[beta_2].min(axis=0) for beta_2 in BETAS_2}
    what = "with correction β₂ = 0.99 ends below 0.999 and 0.9999"
    where = "nats per image, epoch 8, β₁ = 0.9"
    yield what, where, least[0.99], np.minimum(least[0.999], least[0.9999])
    every = {
        method: [losses(method, b1, b2) for b1, b2 in product(BETAS_1, BETAS_2)]
        for method in ("corrected", "uncorrected")
    }
    best = [np.nanmin(np.where(np.isinf(ls), np.nan, ls), axis=(0, 1)) for ls in every.values()]
    yield "the best with correction ends below the best without", "nats, the whole grid", *best
    for beta_1, beta_2 in product(BETAS_1, BETAS_2):
        means = losses("uncorrected", beta_1, beta_2).mean(axis=1)
        best = np.full(grid.seeds, round(ALPHAS[np.argmin(means)], 5))
        what = f"best η without correction at β₁ = {beta_1:g} and β₂ = {beta_2:g}"
        yield what, "of the list, by the mean", best
    for method, words in (("uncorrected", "without"), ("corrected", "with")):
        what = f"{words} correction η = 0.03 diverges in the first epoch"
        yield what, "β₁ = 0.9, β₂ = 0.9999", grid.at(method, 0, "diverged") == 1


def lesson_10(task):
    runs, where = task["clothes, beyond Adam"], "validation loss, clothes, 180 steps"
    names = {"momentum": "momentum", "Adam": "adam", "AdamW": "adamw", "Lion": "lion"}
    names |= {"Muon": "muon"}
    pairs = "Muon < Adam, Muon < Lion, AdamW < Adam, Lion < Adam"
    for falls, words in (("", "a constant rate"), (", cosine", "a cosine")):
        methods = {name: method + falls for name, method in names.items()}
        ends = runs.named(names=methods)
        yield from compared(ends, where, pairs, f"with {words} {{}} ends below {{}}")
        for name, method in methods.items():
            yield f"{name} with {words}", where, ends[name]
            best = np.full(runs.seeds, runs.best(method))
            yield f"best η of {name} with {words}", "of the list, by the mean", best
    names = {"sgd": "sgd", "momentum": "momentum", "Adam": "adam", "Lion": "lion"}
    exact, batches = task["rare words"], task["rare words, batches"]
    for name, method in names.items():
        yield (
            f"best η of {name} with exact gradients",
            "of the list",
            np.array([exact.best(method)]),
        )
    where = "excess loss, Zipf's words, 300 steps"
    names |= {"Adam with one v per word": "adam by word"}
    methods = {name: f"{method}, batches of 100" for name, method in names.items()}
    ends = batches.named(names=methods)
    pairs = "sgd < Adam, momentum < Adam, sgd < Lion, momentum < Lion"
    pairs += ", Adam with one v per word < Adam, sgd < Adam with one v per word"
    yield from compared(ends, where, pairs, "in batches of 100 {} ends below {}")
    for name, method in methods.items():
        yield f"{name} in batches of 100", where, ends[name]
        best = np.full(batches.seeds, batches.best(method))
        yield f"best η of {name} in batches of 100", "of the list, by the mean", best


def lesson_11(task):
    """The trials are chosen by the mean validation loss, and all else is only reported."""

    def reported(runs, method, quantity):
        return runs.at(method, runs.best(method), quantity)

    for name, of in (("unseen", ""), ("speed", ""), ("batches", ", best")):
        runs = task[f"eleven, {name}{of}"]
        for method in runs.grid:
            best = np.full(runs.seeds, runs.best(method))
            yield f"best trial of {method} in {name}", f"of {ten_claims.TRIALS[name]}", best
    runs, where = task["eleven, unseen"], "clothes, 20 epochs of 2,000"
    accuracy, test = (
        {m: reported(runs, m, quantity) for m in ("momentum", "adam")}
        for quantity in ("accuracy", "test")
    )
    for method, name in (("momentum", "momentum"), ("adam", "Adam")):
        yield f"test accuracy of {name}", where, accuracy[method]
    what = "momentum has the higher test accuracy"
    yield what, where, accuracy["adam"], accuracy["momentum"]
    yield "Adam has the lower test loss", where, test["adam"], test["momentum"]
    yield from speed_claims(task)
    check_finalists(task["eleven, batches"])
    runs, where = task["eleven, batches, best"], "test loss, clothes, one epoch of 2,000"
    loss = {m: reported(runs, m, "test") for m in runs.grid}
    for method, some in loss.items():
        plain, _, _ = method.partition(", ")
        yield f"test loss of {plain} at batch {1 if plain != method else 100}", where, some
    for what, low, high in (
        ("at batch 1 Adam is below sgd", "adam, batch 1", "sgd, batch 1"),
        ("at batch 100 Adam is below sgd", "adam", "sgd"),
        ("sgd at batch 1 is below Adam at batch 100", "sgd, batch 1", "adam"),
    ):
        yield what, where, loss[low], loss[high]
    few = {m: runs.at(m, trial, "test") for m, trial in FIRST_BEST.items()}
    what = "with the first 12 trials Adam is below sgd at batch"
    yield f"{what} 100", where, few["adam"], few["sgd"]
    yield f"{what} 1", where, few["adam, batch 1"], few["sgd, batch 1"]
    gaps = loss["sgd"] - loss["adam"], loss["sgd, batch 1"] - loss["adam, batch 1"]
    yield "the gap is smaller at batch 1 than at batch 100", where, gaps[1], gaps[0]
    runs, where = task["eleven, edge"], "300 digits, 1,000 steps"
    for method, words in (
        ("sgd", "gradient descent"),
        ("adam", "Adam"),
        ("sgd, batches of 30", "sgd with batches of 30"),
    ):
        best = runs.best(method)
        yield f"best η of {words}", "of the list, by the mean", np.full(runs.seeds, best)
        for rate in runs.rates(method):
            sharp = runs.at(method, rate, "at the edge")
            if np.isfinite(sharp).all():
                what = f"sharpness of {words} at η = {rate:g}"
                yield what, f"a multiple of the border, {where}", sharp
                yield f"loss of {words} at η = {rate:g}", where, runs.at(method, rate)
    runs, where = task["eleven, large rate"], "validation loss, digits"
    for quantity, words in (("early", "after 10 steps"), ("tuned", "after 70 steps")):
        loss = {rate: runs.at("adam", rate, quantity) for rate in runs.grid["adam"]}
        what = f"Adam at 0.3 is below Adam at 0.001 {words}"
        yield what, where, loss[0.3], loss[0.001]
        yield f"Adam at 0.01 is below Adam at 0.3 {words}", where, loss[0.01], loss[0.3]


def check_best(runs, said):
    """Raise ValueError unless these trials are the best."""
    for method, trial in said.items():
        if runs.best(method) != trial:
            raise ValueError(f"The best trial of {method} is {runs.best(method)}, not {trial}.")


def check_finalists(runs):
    """Raise ValueError unless these are the best trials of their race, in their order."""
    for method, said in FINALISTS.items():
        trials = sorted(runs.rates(method), key=lambda trial: runs.at(method, trial).mean())
        if next(trial for trial in trials if trial < 12) != FIRST_BEST[method]:
            raise ValueError(f"{FIRST_BEST[method]} is not {method}'s best of the first 12 trials.")
        if trials[: len(said)] != said:
            raise ValueError(f"The best trials of {method} are {trials[: len(said)]}, not {said}.")


def speed_claims(task):
    """How many times as many steps AdamW takes as Muon to the same validation loss."""
    runs, looks = task["eleven, speed"], np.array([*ten_claims.LOOKS])

    def curves(runs, method, trial):
        return np.array([runs.at(method, trial, f"loss {step}") for step in looks]).T

    def reached(steps, losses, target):
        """The number of steps at which the line through the losses first is at the target."""
        below = np.flatnonzero(losses <= target)
        if not len(below):
            return np.inf
        i = below[0]
        if i == 0:
            return steps[0]
        part = (losses[i - 1] - target) / (losses[i - 1] - losses[i])
        return steps[i - 1] + part * (steps[i] - steps[i - 1])

    of = {method: curves(runs, method, runs.best(method)) for method in runs.grid}
    default = curves(task["eleven, default"], "adam, constant", ten_claims.TRIALS["speed"])
    where = "AdamW's steps over Muon's, clothes"
    for what, adams in (
        ("speed-up over AdamW at its default", default),
        ("speed-up over tuned AdamW", of["adam, constant"]),
    ):
        times = [
            looks[-1] / reached(looks, muon, adam[-1])
            for adam, muon in zip(adams, of["muon, constant"], strict=True)
        ]
        yield what, where, np.array(times)
    check_best(runs, BEST_OF_SPEED)
    shorter = task["eleven, shorter"]
    budgets = np.array(shorter.grid["muon, cosine"])
    ends = np.array([shorter.at("muon, cosine", budget) for budget in budgets]).T
    times = [
        180 / reached(budgets, muon, adam)
        for adam, muon in zip(of["adam, cosine"][:, -1], ends, strict=True)
    ]
    yield "speed-up at the end of the cosine", where, np.array(times)
    where = "validation loss, clothes, 180 steps"
    ends = {method: curve[:, -1] for method, curve in of.items()} | {"default": default[:, -1]}
    for falls in ("constant", "cosine"):
        muon, adam = ends[f"muon, {falls}"], ends[f"adam, {falls}"]
        yield f"tuned, {falls}, Muon is below AdamW", where, muon, adam
    yield "tuning lowers AdamW", where, ends["adam, constant"], ends["default"]


LESSONS = {
    "02": lesson_02,
    "03": lesson_03,
    "04": lesson_04,
    "05": lesson_05,
    "06": lesson_06,
    "07": lesson_07,
    "08": lesson_08,
    "09": lesson_09,
    "10": lesson_10,
    "11": lesson_11,
}


def write(done):
    """The table as CSV."""
    task = {name: Measured(name, done) for name in TASKS}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["lesson", "claim", "mean", "sd", "shown", "seeds", "measured"])
        for lesson, claims in LESSONS.items():
            for claim, measured, *found in claims(task):
                rows.writerow([lesson, claim, *summary(*found), measured])


def summary(values, higher=None):
    """Mean, deviation, how many seeds show it, how many there are: a claim's four columns.

    The deviation has three digits, and the mean is as exact.
    """
    shown = ""
    if higher is not None:
        values, shown = higher - values, np.sum(higher > values)
    seeds = len(values)
    if values.dtype == bool:
        return "", "", values.sum(), seeds
    if np.all(values == values[0]):
        return f"{values[0]:g}", 0, shown, seeds
    mean, sd = np.mean(values), np.std(values, ddof=1)
    digits = max(0, 2 - int(np.floor(np.log10(sd))))
    return f"{mean:.{digits}f}", f"{sd:.{digits}f}", shown, seeds


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(TASKS)
    if unknown := set(chosen) - set(TASKS):
        sys.exit(f"No task {', '.join(sorted(unknown))}; there are: {', '.join(TASKS)}.")
    done = measure_all(chosen)
    if any(jobs_of(task, done) for task in TASKS):
        print(f"Not all tasks are measured yet, so {TABLE.name} stays as it is.")
    else:
        write(done)
        print(f"Wrote {TABLE.name}.")
