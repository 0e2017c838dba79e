"""Measure over many seeds what the lessons say of trained models: adamlib/experiments/claims.csv.

python benchmarks/claims.py           measure what is not measured yet, then write the table
python benchmarks/claims.py digits    only this task: see TASKS

Each training is written down when it is done (claims.jsonl beside this file, which git does not
track), so an interrupt loses only those that run. Delete that file to measure anew.

A task's methods are tuned as in the lessons. "all" tries each rate of the list with every seed;
"best" does so with the first three seeds, and with the others only the best of their mean and its
two neighbours. A claim compares methods seed by seed, each at the rate with the best mean.
"""

import csv
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from tqdm import tqdm

from adamlib import experiments, rules
from adamlib.datasets import fashion_mnist, mnist, rotten_tomatoes, rotten_tomatoes_words
from adamlib.descent import descend, training
from adamlib.experiments import Task, adagrad_from_zero, paper
from adamlib.experiments.claims import TABLE
from adamlib.experiments.tuning import rounds
from adamlib.experiments.vae import VAE, bias_correction_grid
from adamlib.models import MLP, SparseLogisticRegression
from adamlib.schedules import cosine, inverse_sqrt, linear_warmup

FILE = Path(__file__).with_suffix(".jsonl")
LIST = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0]

# A training: a function of (method, rate, seed) that returns {quantity: number}. "tuned" is the
# loss that chooses the rate.

NAMES = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam"]
RULES = {name: (getattr(rules, name), {}) for name in NAMES} | {
    "adagrad from 0": (adagrad_from_zero, {}),
    "adam, epsilon 0.1": (rules.adam, {"epsilon": 0.1}),
    "adam, epsilon 1": (rules.adam, {"epsilon": 1.0}),
    "rmsprop, epsilon 1e-14": (rules.rmsprop, {"epsilon": 1e-14}),
    "adadelta, epsilon 1e-4": (rules.adadelta, {"epsilon": 1e-4}),
    "adadelta at 10": (rules.adadelta, {}),
}


def trained(task, rule, rate, seed, **settings):
    """A training without a word, and the loss on what is held out: infinite if it diverged."""
    run = task.train_quietly(rule, rate, seed, **settings)
    if run.diverged or not task.others:
        return run, np.inf
    with np.errstate(all="ignore"):
        return run, np.nan_to_num(task.held_out_loss(run.params), nan=np.inf)


digits_task, clothes_task = cache(experiments.digits), cache(experiments.clothes)
reviews_task = cache(experiments.reviews)


def digits(method, rate, seed):
    rule, settings = RULES[method]
    run, loss = trained(digits_task(), rule, rate, seed, **settings)
    return {"tuned": loss, "training": run.losses[-10:].mean()}


def digits_by_size(method, rate, seed):
    size = int(method.removeprefix("B = "))
    return {"tuned": trained(digits_task(batch_size=size), rules.sgd, rate, seed)[1]}


def digits_by_schedule(method, rate, seed):
    schedule = {"constant": rate, "inverse root": inverse_sqrt(rate)}[method]
    task = digits_task(batch_size=20, epochs=2)
    return {"tuned": trained(task, rules.sgd, schedule, seed)[1]}


def digits_images_used(method, rate, seed):
    """How many images until the loss on all of them is below 0.4, in batches of 100 and of all."""
    task, used = digits_task(), {}
    for size, epochs in ((100, 20), (7000, 40)):
        rng, steps = np.random.default_rng(seed), 0
        run = training(
            rules.sgd,
            task.model.loss_and_gradient,
            task.start(rng),
            task.part,
            epochs=epochs,
            batch_size=size,
            rng=rng,
            learning_rate=rate,
        )
        for steps, state in enumerate(run):
            if (size == 7000 or steps % 10 == 0) and task.model.loss(state.params, task.part) < 0.4:
                break
        used[size] = steps * size
    return {"times": used[7000] / used[100]}


def digits_noise(method, rate, seed):
    """Cosines and lengths of batches' gradients, at the start and after ten epochs."""
    rng, task, data = np.random.default_rng(seed), digits_task(), mnist().train
    whole_task = Task(task.model, task.start, data, (), epochs=10)
    places = {"start": task.start(rng), "after": whole_task.train(rules.sgd, 0.1, seed).params}
    found, sizes = {}, np.array([1, 5, 25, 100, 500, 3000])
    for place, params in places.items():
        where = task.model, params, data
        (found[f"cosine {place}"],) = experiments.mean_cosines(*where, [800], rng)
        lengths = experiments.gradient_noise(*where, sizes, rng)
        length = np.linalg.norm(experiments.flat_gradient(*where))
        found[f"slope {place}"] = np.polyfit(np.log(sizes), np.log(lengths), 1)[0]
        found[f"equal {place}"] = (lengths[0] / length) ** 2
    return found


def digits_curvature(method, rate, seed):
    """How high a batch's loss gets in an epoch, and 2/L at its end, L the largest curvature."""
    task, rng = digits_task(), np.random.default_rng(seed)
    run, _ = trained(task, rules.sgd, rate, seed)
    direction = rng.standard_normal((784, 10))
    for _ in range(30):  # towards the steepest direction
        direction /= np.linalg.norm(direction)
        there, here = (
            task.model.gradient([run.params[0] + h * direction, run.params[1]], task.part)
            for h in (1e-3, -1e-3)
        )
        direction = (there[0] - here[0]) / 2e-3
    return {"highest": run.losses.max(), "limit": 2 / np.linalg.norm(direction)}


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
    sums = {m: epoch(RULES[m][0], 0.1).states[0]["s"][-1] for m in ("adagrad", "adagrad from 0")}
    root = sums["adagrad from 0"] ** 0.5
    return {
        "farther": frequent / rare,
        "loss at 25": task.model.loss(far, data),
        "slowed": np.sum(sums["adagrad"] > 0.13),
        "times": root[rotten_tomatoes_words() == "of"][0] / np.median(root[count == 3]),
    }


def reviews_rates(method, rate, seed):
    """AdaGrad's effective rates after lesson 04's race: of rare words, and of 'of'."""
    task, sums = reviews_task(epochs=5, dropout=0.5), {}

    def recorded(x, g, t, s=0.1, *, learning_rate=0.001):
        x, sums[x.shape] = rules.adagrad(x, g, t, s, learning_rate=learning_rate)
        return x, sums[x.shape]

    task.train(recorded, rate, seed)
    words = rotten_tomatoes_words()
    count = np.asarray(task.part[0].sum(axis=0)).ravel()
    rates = rate / sums[words.shape] ** 0.5
    return {"rare": rates[count <= 10].min(), "of": rates[words == "of"][0]}


def reviews(method, rate, seed):
    rule, settings = RULES[method]
    run, loss = trained(reviews_task(epochs=2, size=5800), rule, rate, seed, **settings)
    return {"tuned": loss, "training": run.losses[-4:].mean()}


def reviews_with_dropout(method, rate, seed):
    task = reviews_task(epochs=5, dropout=0.5)
    rule, settings = RULES[method]
    run, loss = trained(task, rule, rate, seed, **settings)
    largest = np.argsort(-np.abs(run.params[0]))[:100]
    return {
        "tuned": loss,
        "training": run.losses[261:290].mean(),
        "first": run.losses[:29].mean(),
        "test": task.model.accuracy(run.params, rotten_tomatoes().test),
        "count": np.median(np.asarray(task.part[0].sum(axis=0)).ravel()[largest]),
    }


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


def clothes_first_step(method, rate, seed):
    whole = clothes_task()
    first = [a[:100] for a in whole.part]
    run = Task(whole.model, whole.start, first, ()).train(rules.adam, rate, seed)
    return {"dead": experiments.dead_units(whole, run.params)}


def of_paper(model, start, data, epochs, method, rate, seed):
    """The mean training loss of the last epoch; lesson 09's Figures 1 and 2."""
    name, _, schedule = method.partition(", ")
    plan = {"decayed": inverse_sqrt, "": paper.constant}[schedule]
    train_at = paper.trainer(model, start, data, epochs, {method: (RULES[name][0], plan)})
    return {"tuned": paper.last_epoch(train_at(method, rate, seed))}


def figure_1_left(method, rate, seed):
    model = MLP((784, 10))
    return of_paper(model, model.initial, mnist().train, 5, method, rate, seed)


def figure_1_penalty(method, rate, seed):
    model = MLP((784, 10), l2=0.001)
    return of_paper(model, model.initial, mnist().train, 20, method, rate, seed)


def figure_1_right(dropout, method, rate, seed):
    model = SparseLogisticRegression(dropout=dropout)
    start = lambda rng: model.initial()  # noqa: E731
    return of_paper(model, start, rotten_tomatoes().train, 6, method, rate, seed)


def figure_2(dropout, method, rate, seed):
    model = MLP((784, 128, 128, 10), dropout)
    data = tuple(a[:3000] for a in mnist().train)
    return of_paper(model, model.initial, data, 5, method, rate, seed)


@cache
def small_clothes():
    pictures, labels = (a[:1536] for a in fashion_mnist().train)
    return paper.standardised(pictures), labels


def own_optimizer(method):
    from adamlib import keras_check

    name, _, zero = method.partition(" from ")
    settings = {"initial_accumulator_value": 0.0} if zero else {}
    return keras_check.own_optimizer(name, **settings)


@cache
def figure_3_trainer(dropout, method):
    from adamlib.experiments.keras_trainer import pooled_network, pooled_trainer

    optimizer, channels = own_optimizer(method), (8, 8, 16, 64)
    trainer = pooled_trainer(optimizer, small_clothes(), 64, channels, dropout)
    return trainer, cache(
        lambda seed: pooled_network(seed, (14, 14, 1), channels, dropout).get_weights()
    )


def figure_3(dropout, method, rate, seed):
    trainer, start = figure_3_trainer(dropout, method)
    losses = trainer(start(seed), rate, seed, epochs=5).losses
    return {"tuned": paper.last_epoch(losses), "first": losses[3]}


def figure_3_root(method, rate, seed):
    """The median of the root of Adam's corrected v after lesson 09's training."""
    from adamlib.experiments.keras_trainer import root_of_v_hat

    trainer, start = figure_3_trainer(0.0, method)
    trainer(start(seed), rate, seed, epochs=5)
    return {"root": np.median(root_of_v_hat(trainer.optimizer))}


def figure_4(method, rate, seed):
    """Lesson 09's grid of variational autoencoders: the loss of each epoch, each setting."""
    images = paper.shrunk(mnist().train[0][:2000]).reshape(-1, 196)
    rule = {"corrected": rules.adam, "uncorrected": experiments.adam_uncorrected}[method]
    losses = bias_correction_grid(VAE(196, 64, 8), rule, images, seed, epochs=8, alphas=ALPHAS)
    found = {"diverged": np.isnan(losses[0, 1, 2, 5])}
    for i, beta_1 in enumerate((0.0, 0.9)):
        for j, beta_2 in enumerate((0.99, 0.999, 0.9999)):
            for epoch in (2, 8):
                for k in range(len(ALPHAS)):
                    found[f"{beta_1:g} {beta_2:g} {epoch} {k}"] = losses[epoch - 1, i, j, k]
    return found


ALPHAS = 10 ** np.arange(-4, -0.9, 0.5)


@cache
def strided(part):
    from adamlib.experiments.keras_trainer import strided_network

    pixels, labels = fashion_mnist().train
    (test_pixels, test_labels) = fashion_mnist().test
    pixels, test_pixels = pixels.reshape(-1, 28, 28, 1), test_pixels.reshape(-1, 28, 28, 1)
    return {
        "data": (pixels[:part], labels[:part]),
        "validation": (pixels[-1000:], labels[-1000:]),
        "test": (test_pixels[:1000], test_labels[:1000]),
        "start": cache(lambda seed: strided_network(seed).get_weights()),
    }


@cache
def strided_trainer(method, part, batch_size, together):
    from adamlib.experiments.keras_trainer import Trainer, strided_network
    from adamlib.keras_optimizer import as_keras

    optimizer = as_keras(rules.adam) if method == "wrapped adam" else own_optimizer(method)
    return Trainer(strided_network(0), optimizer, strided(part)["data"], batch_size, together)


def measured(trainer, part, rate, seed, epochs):
    data = strided(part)
    return trainer.measure(
        data["start"](seed), rate, seed, epochs, data["validation"], data["test"]
    )


def convolutions(method, rate, seed):
    found = measured(strided_trainer(method, 2048, 64, 32), 2048, rate, seed, epochs=4)
    return {
        "tuned": found["validation"],
        "accuracy": found["accuracy"][-1],
        "loss": found["loss"][-1],
    }


def batches_of_4(method, rate, seed):
    found = measured(strided_trainer(method, 4000, 4, 1000), 4000, rate, seed, epochs=2)
    first, second = found["accuracy"]
    return {"tuned": found["validation"], "after 1": first, "after 2": second}


def wrapped(method, rate, seed):
    """How far the weights of a rule of ours are from Keras's after an epoch."""
    from adamlib.keras_check import largest_difference

    start, ends = strided(2048)["start"](seed), []
    for name in ("adam", "wrapped adam"):
        trainer = strided_trainer(name, 2048, 64, 32)
        trainer(start, rate, seed, epochs=1)
        ends.append(trainer.model.get_weights())
    return {"apart": largest_difference(*ends)}


# The tasks: the training, how many seeds, and the rates of each method.

FIVE = ["adagrad from 0", "rmsprop", "nesterov", "adadelta", "adam"]
FAST = {
    "digits": (
        digits,
        {name: [*LIST, 10.0] if "epsilon" in name else LIST for name in RULES}
        | {"adadelta at 10": [10.0]},
    ),
    "reviews": (
        reviews,
        {
            "adagrad": [0.1, 0.3, 1.0, 3.0, 10.0],
            "adagrad from 0": [0.03, 0.1, 0.3, 1.0],
            "rmsprop": [0.003, 0.01, 0.03, 0.1],
        },
    ),
    "digits, schedules": (
        digits_by_schedule,
        dict.fromkeys(["constant", "inverse root"], [0.1, 0.3, 1.0, 3.0, 10.0]),
    ),
}
TASKS = (
    {name: (run, 30, rates, "all") for name, (run, rates) in FAST.items()}
    | {
        "digits, sizes": (
            digits_by_size,
            12,
            dict.fromkeys(
                [f"B = {size}" for size in (1, 10, 100, 7000)], [0.001, 0.01, 0.1, 1.0, 10.0]
            ),
            "best",
        ),
        "digits, images used": (digits_images_used, 12, {"sgd": [1.0]}, "all"),
        "digits, noise": (digits_noise, 12, {"sgd": [0.1]}, "all"),
        "digits, curvature": (digits_curvature, 30, {"sgd": [1.0]}, "all"),
        "digits, loops": (digits_loops, 30, {"sgd": [0.3]}, "all"),
        "reviews, rates": (reviews_rates, 30, {"adagrad": [1.0]}, "all"),
        "reviews, one epoch": (reviews_one_epoch, 30, {"sgd": [1.0]}, "all"),
        "reviews with dropout": (
            reviews_with_dropout,
            30,
            {
                name: [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
                for name in [
                    *NAMES[:4],
                    "adagrad from 0",
                    "adam",
                    "adam, epsilon 0.1",
                ]
            }
            | {"adam, epsilon 1": [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]},
            "best",
        ),
        "clothes": (clothes, 30, dict.fromkeys(SCHEDULES, [0.003, 0.01, 0.03, 0.1]), "all"),
        "clothes, first step": (clothes_first_step, 30, {"adam": [0.03, 0.03 / 18]}, "all"),
        "convolutions": (
            convolutions,
            30,
            {
                "sgd": [0.01, 0.03, 0.1, 0.3, 1.0],
                "momentum": [0.01, 0.03, 0.1, 0.3],
                "adagrad": [0.001, 0.03, 0.1, 0.3, 1.0],
                "adadelta": [0.001, 1.0, 3.0, 10.0, 30.0],
                "rmsprop": [0.001, 0.003, 0.01, 0.03],
                "adam": [0.001, 0.003, 0.01, 0.03],
            },
            "all",
        ),
        "batches of 4": (
            batches_of_4,
            12,
            {"adam": [0.001, 0.003, 0.01], "sgd": [0.01, 0.03, 0.1, 0.3]},
            "all",
        ),
        "wrapped": (wrapped, 30, {"adam": [0.001]}, "all"),
        "figure 1 left": (
            figure_1_left,
            30,
            dict.fromkeys(
                [
                    "adagrad from 0",
                    "rmsprop, decayed",
                    "nesterov, decayed",
                    "adam, decayed",
                    "nesterov",
                    "adagrad from 0, decayed",
                ],
                [0.01, 0.03, 0.1, 0.3, 1.0, 3.0],
            ),
            "all",
        ),
        "figure 1 penalty": (
            figure_1_penalty,
            12,
            dict.fromkeys(
                ["adagrad from 0, decayed", "nesterov, decayed", "adam, decayed"],
                [0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
            ),
            "best",
        ),
        "figure 1 right, dropout": (
            partial(figure_1_right, 0.5),
            30,
            dict.fromkeys(
                [
                    "adagrad from 0, decayed",
                    "adagrad from 0",
                    "rmsprop, decayed",
                    "nesterov, decayed",
                    "adam, decayed",
                ],
                [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0],
            ),
            "best",
        ),
        "figure 1 right": (
            partial(figure_1_right, 0.0),
            30,
            dict.fromkeys(
                ["adagrad from 0", "rmsprop, decayed", "nesterov, decayed", "adam, decayed"],
                [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0],
            ),
            "best",
        ),
    }
    | {
        f"figure 2, dropout {dropout}": (
            partial(figure_2, dropout),
            30,
            dict.fromkeys(FIVE, [0.001, 0.003, 0.01, 0.03, 0.1, 0.3])
            | {"adadelta": [0.1, 0.3, 1.0, 3.0, 10.0, 30.0]},
            "best",
        )
        for dropout in (0.5, 0.0)
    }
    | {
        f"figure 3, dropout {dropout}": (
            partial(figure_3, dropout),
            12,
            dict.fromkeys(["adagrad from 0", "nesterov", "adam"], [0.001, 0.003, 0.01, 0.03, 0.1]),
            "all",
        )
        for dropout in (0.5, 0.0)
    }
    | {"figure 3, root": (figure_3_root, 12, {"adam": [0.01]}, "all")}
    | {"figure 4": (figure_4, 24, {"corrected": [0], "uncorrected": [0]}, "all")}
)


def measure(job):
    task, method, rate, seed = job
    found = TASKS[task][0](method, rate, seed)
    return job, {name: float(value) for name, value in found.items()}


def jobs_of(task, done):
    """What is still to do of a task, as far as what is done tells."""
    _, seeds, grid, kept = TASKS[task]
    first = {"all": seeds, "best": 3}[kept]
    for keys in rounds(grid, lambda key: done[task, *key]["tuned"], range(seeds), first=first):
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


class Measured:
    """The trainings of a task, as arrays with a number for each seed."""

    def __init__(self, task, done):
        self.done = {job[1:]: found for job, found in done.items() if job[0] == task}
        _, self.seeds, self.grid, _ = TASKS[task]

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

    def best(self, method):
        """The rate that is best by the mean over all seeds."""
        return min(self.rates(method), key=lambda rate: self.at(method, rate).mean())

    def of(self, method, quantity="tuned"):
        """At that rate."""
        return self.at(method, self.best(method), quantity)

    def by_seed(self, method, quantity="tuned"):
        """At the rate that each seed by itself finds best."""
        rates = enumerate(self.chosen(method))
        return np.array([self.done[method, rate, seed][quantity] for seed, rate in rates])


def table(done):
    """The rows of the table: lesson, claim, a value for each seed, in how many it shows, of what.

    less      a comparison: the higher less the lower, and it shows where that is positive
    quantity  a number, or a truth for each seed
    """
    task = {name: Measured(name, done) for name in TASKS}
    rows = []

    def less(lesson, claim, low, high, measured):
        rows.append((lesson, claim, high - low, np.sum(high > low), measured))

    def quantity(lesson, claim, values, measured):
        shown = values.sum() if values.dtype == bool else ""
        rows.append((lesson, claim, values, shown, measured))

    lesson_02(task, less, quantity)
    lesson_03(task, less, quantity)
    lesson_04(task, less, quantity)
    lesson_05(task, less, quantity)
    lesson_06(task, less, quantity)
    lesson_07(task, less, quantity)
    lesson_08(task, less, quantity)
    lesson_09(task, less, quantity)
    return rows


HELD_OUT = "held-out loss"
DIGITS = f"{HELD_OUT}, digits"
TRAINING = "training loss"


def lesson_02(task, less, quantity):
    sizes, plans, digits = task["digits, sizes"], task["digits, schedules"], task["digits"]
    one, ten, hundred = (sizes.of(f"B = {size}") for size in (1, 10, 100))
    less("02", "B = 1 ends below B = 10", one, ten, DIGITS)
    less("02", "B = 10 ends below B = 100", ten, hundred, DIGITS)
    less("02", "B = 100 ends below B = 7,000", hundred, sizes.of("B = 7000"), DIGITS)
    for small, size in ((1, 10), (10, 100)):
        ratio = sizes.chosen(f"B = {size}") / sizes.chosen(f"B = {small}")
        what = f"the best rate for B = {size} is ten times that for B = {small}"
        quantity("02", what, np.isclose(ratio, 10), "of the list, seed by seed")
    used = task["digits, images used"].at("sgd", 1.0, "times")
    what = "times as many images for the full batch as for B = 100"
    quantity("02", what, used, "until the training loss is 0.4")
    noise = task["digits, noise"]
    for key, where in (("start", "at the start"), ("after", "after training")):
        cosine = noise.at("sgd", 0.1, f"cosine {key}")
        quantity("02", f"cosine {where}", cosine, "gradient of 800 digits with that of all")
        slope = noise.at("sgd", 0.1, f"slope {key}")
        quantity("02", f"slope of the noise {where}", slope, "log noise by log batch size")
        equal = noise.at("sgd", 0.1, f"equal {key}")
        quantity("02", f"batch with noise as long as the gradient {where}", equal, "digits")
    curvature = task["digits, curvature"]
    where = "digits, η = 1 in batches of 100"
    start = np.full(curvature.seeds, np.log(10))
    less("02", "the loss rises above its start", start, curvature.at("sgd", 1.0, "highest"), where)
    limit = curvature.at("sgd", 1.0, "limit")
    quantity("02", "2/L after the epoch", limit, where)
    less("02", "2/L grows from 0.5 in the epoch", np.full(len(limit), 0.5), limit, where)
    loops, where = task["digits, loops"].at, "digits, η = 0.3"
    for part, words, sign in (("batch", "last batch", 1), ("held out", "held-out loss", -1)):
        right, overlap = (sign * loops("sgd", 0.3, f"{m} {part}") for m in ("right", "overlap"))
        what = "lower" if sign == 1 else "higher"
        less("02", f"overlapping batches end with a {what} {words}", overlap, right, where)
    for size, losses in ((1, one), (10, ten), (100, hundred)):
        quantity("02", f"held-out loss with B = {size}", losses, "digits")
    constant, falling = plans.of("constant"), plans.of("inverse root")
    two = "held-out loss, digits, two epochs"
    less("02", "a constant rate ends below a falling one", constant, falling, two)
    for low, high, rate in (("inverse root", "constant", 3.0), ("constant", "inverse root", 0.1)):
        names = {"inverse root": "the falling rate", "constant": "the constant rate"}
        what = f"at η = {rate:g} {names[low]} ends lower"
        less("02", what, plans.at(low, rate), plans.at(high, rate), two)
    less("02", "Adam ends below sgd", digits.of("adam"), digits.of("sgd"), DIGITS)


def lesson_03(task, less, quantity):
    digits = task["digits"]
    sgd, momentum, nesterov, adam = map(digits.of, ("sgd", "momentum", "nesterov", "adam"))
    less("03", "momentum ends below sgd", momentum, sgd, DIGITS)
    less("03", "Nesterov ends below sgd", nesterov, sgd, DIGITS)
    less("03", "Nesterov ends below momentum", nesterov, momentum, DIGITS)
    less("03", "Nesterov ends below Adam", nesterov, adam, DIGITS)
    low, high = digits.at("momentum", 0.1), digits.at("sgd", 0.1)
    less("03", "at η = 0.1 momentum ends below sgd", low, high, DIGITS)
    apart = [
        np.ptp([digits.at("sgd", e), digits.at("momentum", v), digits.at("nesterov", v)], axis=0)
        for v, e in zip(LIST, LIST[2:7], strict=False)  # tenths: 0.0003 and 0.003, to 0.03 and 0.3
    ]
    what = "up to an effective step of 0.3 the three are at most this far apart"
    quantity("03", what, np.max(apart, axis=0), DIGITS)
    for rate, effective in ((0.1, 1.0), (0.3, 3.0)):
        what = f"at an effective step of {effective:g} momentum ends below sgd"
        less("03", what, digits.at("momentum", rate), digits.at("sgd", effective), DIGITS)
    ratio = digits.chosen("sgd") / digits.chosen("momentum")
    what = "momentum's best rate is a tenth of sgd's"
    quantity("03", what, np.isclose(ratio, 10), "of the list, seed by seed")


def lesson_04(task, less, quantity):
    digits, reviews = task["digits"], task["reviews with dropout"]
    zero, with_dropout = "adagrad from 0", "reviews with dropout"
    train = {m: reviews.of(m, "training") for m in reviews.grid}
    where = f"{TRAINING}, {with_dropout}"
    less("04", "AdaGrad from 0 trains below Nesterov", train[zero], train["nesterov"], where)
    less("04", "Adam trains below Nesterov", train["adam"], train["nesterov"], where)
    first = reviews.of(zero, "first")
    less("04", "AdaGrad from 0 begins above log 2", np.full(len(first), np.log(2)), first, where)
    where = f"{HELD_OUT}, {with_dropout}"
    nesterov = reviews.of("nesterov")
    less("04", "AdaGrad from 0 ends below Nesterov", reviews.of(zero), nesterov, where)
    less("04", "Adam ends below Nesterov", reviews.of("adam"), nesterov, where)
    low, high = reviews.of("adagrad"), reviews.of("sgd")
    less("04", "AdaGrad from 0.1 ends below sgd", low, high, where)
    for name, words in (("sgd", "sgd"), ("nesterov", "Nesterov")):
        low, high = reviews.of(name, "test"), reviews.of(zero, "test")
        less("04", f"AdaGrad from 0 tests above {words}", low, high, "test accuracy, reviews")
    words = task["reviews, one epoch"].at
    for key, what, measured in (
        ("farther", "times as far goes a frequent word as one in a single sentence", "sgd, η = 1"),
        ("loss at 25", "training loss with η = 25", "sgd, one epoch"),
        ("times", "times the effective rate of 'of' has a word in 3 sentences", "s from 0"),
        ("slowed", "words whose squares sum to more than 0.03", "AdaGrad, one epoch"),
    ):
        quantity("04", what, words("sgd", 1.0, key), f"reviews, {measured}")
    for key, what in (("rare", "rare words"), ("of", "'of'")):
        rates = task["reviews, rates"].at("adagrad", 1.0, key)
        quantity("04", f"AdaGrad from 0.1 has this rate for {what} at η = 1", rates, with_dropout)
    rarer = reviews.of("nesterov", "count") / reviews.of(zero, "count")
    what = "times as frequent are the words of Nesterov's largest weights"
    quantity("04", what, rarer, "median of 100, over that of AdaGrad from 0")
    where = f"{TRAINING}, digits"
    adagrad, nesterov = digits.of(zero), digits.of("nesterov")
    less("04", "on digits AdaGrad from 0 ends below Nesterov", adagrad, nesterov, DIGITS)
    less("04", "on digits AdaGrad from 0 ends below Adam", adagrad, digits.of("adam"), DIGITS)
    trained = [digits.of(m, "training") for m in (zero, "nesterov")]
    less("04", "on digits AdaGrad from 0 trains below Nesterov", *trained, where)


def lesson_05(task, less, quantity):
    digits, reviews = task["digits"], task["reviews"]
    held = f"{HELD_OUT}, reviews"
    adagrad, zero, rmsprop = map(reviews.of, ("adagrad", "adagrad from 0", "rmsprop"))
    less("05", "RMSProp ends below AdaGrad from 0.1 on reviews", rmsprop, adagrad, held)
    less("05", "RMSProp ends below AdaGrad from 0 on reviews", rmsprop, zero, held)
    trained = [reviews.of(m, "training") for m in ("adagrad from 0", "rmsprop")]
    less("05", "AdaGrad from 0 trains below RMSProp on reviews", *trained, f"{TRAINING}, reviews")
    moved = np.abs(digits.at("rmsprop", 0.01) - digits.at("rmsprop, epsilon 1e-14", 0.01))
    quantity("05", "what the place of epsilon changes", moved, DIGITS)
    quantity("05", "RMSProp at 0.01", digits.at("rmsprop", 0.01), DIGITS)
    others = [digits.of(m) for m in ("momentum", "nesterov", "adagrad", "rmsprop", "adam")]
    less(
        "05",
        "all five end below Adadelta",
        np.max(others, axis=0),
        digits.of("adadelta"),
        DIGITS,
    )
    pairs = (
        ("nesterov", "rmsprop"),
        ("rmsprop", "adagrad"),
        ("momentum", "rmsprop"),
        ("adam", "rmsprop"),
    )
    names = {
        "nesterov": "Nesterov",
        "momentum": "momentum",
        "adam": "Adam",
        "rmsprop": "RMSProp",
        "adagrad": "AdaGrad",
    }
    for low, high in pairs:
        less(
            "05", f"{names[low]} ends below {names[high]}", digits.of(low), digits.of(high), DIGITS
        )
    for method, rate, words in (
        ("adadelta, epsilon 1e-4", 1.0, "ε = 1e-4"),
        ("adadelta at 10", 10.0, "η = 10"),
    ):
        what = f"RMSProp ends below Adadelta with {words}"
        less("05", what, digits.of("rmsprop"), digits.at(method, rate), DIGITS)
    fallen = np.log(10) - digits.at("adadelta", 0.001)
    quantity("05", "Adadelta at its default η lowers the loss by", fallen, DIGITS)
    last = digits.chosen("adadelta") == LIST[-1]
    quantity("05", "Adadelta's best η is the list's last", last, "seed by seed")


def lesson_06(task, less, quantity):
    digits = task["digits"]
    adam = digits.of("adam")
    for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop"):
        words = {
            "sgd": "sgd",
            "momentum": "momentum",
            "nesterov": "Nesterov",
            "adagrad": "AdaGrad",
            "rmsprop": "RMSProp",
        }[name]
        less("06", f"Adam ends below {words}", adam, digits.of(name), DIGITS)
    less("06", "Adam ends below Adadelta", adam, digits.of("adadelta"), DIGITS)


def lesson_07(task, less, quantity):
    for name, words, where in (
        ("digits", "digits", DIGITS),
        ("reviews with dropout", "reviews", f"{HELD_OUT}, reviews"),
    ):
        runs = task[name]
        for epsilon in ("0.1", "1"):
            what = f"ε = 1e-7 ends below ε = {epsilon} on {words}"
            less("07", what, runs.of("adam"), runs.of(f"adam, epsilon {epsilon}"), where)
        small, middle, large = map(runs.chosen, ("adam", "adam, epsilon 0.1", "adam, epsilon 1"))
        grows = (small < middle) & (middle < large)
        quantity("07", f"the best rate grows with ε on {words}", grows, "of the list, seed by seed")
    slow = task["digits"].at("adam, epsilon 1", 0.001)
    quantity("07", "Adam with ε = 1 at its default rate", slow, DIGITS)
    clothes = task["clothes"]
    both, held = clothes.of("warm-up and cosine"), f"{HELD_OUT}, clothes"
    for name in ("constant", "warm-up", "cosine"):
        less("07", f"warm-up with cosine ends below {name}", both, clothes.of(name), held)
    less("07", "warm-up ends below constant", clothes.of("warm-up"), clothes.of("constant"), held)
    at = clothes.at
    less(
        "07",
        "at 0.01 warm-up with cosine ends below cosine",
        at("warm-up and cosine", 0.01),
        at("cosine", 0.01),
        held,
    )
    for rate in (0.03, 0.1):
        what = f"at {rate} warm-up ends below constant"
        less("07", what, at("warm-up", rate), at("constant", rate), held)
    for slow, fast in (("warm-up", "constant"), ("warm-up and cosine", "cosine")):
        words = slow.replace(" and ", " with ")
        less(
            "07",
            f"at 0.03 {words} leaves fewer units dead than {fast}",
            at(slow, 0.03, "dead"),
            at(fast, 0.03, "dead"),
            "dead units of 64",
        )
    first = task["clothes, first step"]
    for rate, words in ((0.03, "0.03"), (0.03 / 18, "0.03 / 18")):
        quantity(
            "07",
            f"dead after one step of {words}",
            first.at("adam", rate, "dead"),
            "dead units of 64",
        )
    for name in ("constant", "warm-up"):
        best, far = clothes.of(name), at(name, 0.1)
        less("07", f"{name} at its best ends below {name} at 0.1", best, far, held)


WORDS = {
    "sgd": "sgd",
    "momentum": "momentum",
    "adagrad": "AdaGrad",
    "adadelta": "Adadelta",
    "rmsprop": "RMSProp",
    "adam": "Adam",
}


def lesson_08(task, less, quantity):
    runs, small = task["convolutions"], task["batches of 4"]
    default = {m: rates[0] for m, rates in TASKS["convolutions"][2].items()}
    ends = {m: runs.at(m, rate, "accuracy") for m, rate in default.items()}
    tuned = {m: runs.of(m, "accuracy") for m in default}
    where = "test accuracy, clothes, 128 steps"
    for m in default:
        quantity("08", f"{WORDS[m]} at its default", ends[m], where)
        quantity("08", f"{WORDS[m]} tuned", tuned[m], where)
        quantity("08", f"{WORDS[m]} gains by tuning", tuned[m] - ends[m], where)
    for m in ("sgd", "momentum", "adagrad", "adadelta", "rmsprop"):
        less("08", f"Adam tuned is above {WORDS[m]} tuned", tuned[m], tuned["adam"], where)
    for high, low in (
        ("rmsprop", "adadelta"),
        ("rmsprop", "momentum"),
        ("adadelta", "momentum"),
        ("rmsprop", "adagrad"),
        ("adadelta", "adagrad"),
    ):
        what = f"{WORDS[high]} tuned is above {WORDS[low]} tuned"
        less("08", what, tuned[low], tuned[high], where)
    five = [m for m in default if m != "momentum"]
    quantity(
        "08", "the five at their defaults lie apart", np.ptp([ends[m] for m in five], axis=0), where
    )
    quantity("08", "the five tuned lie apart", np.ptp([tuned[m] for m in five], axis=0), where)
    for m in ("adagrad", "adadelta"):
        quantity(
            "08",
            f"{WORDS[m]}'s best rate over its default, log10",
            np.log10(runs.chosen(m) / default[m]),
            where,
        )
    where = "test accuracy, clothes, batches of 4"
    for epoch in (1, 2):
        look = f"after {epoch}"
        less(
            "08",
            f"tuned, Adam is above sgd {look} epoch{'s' * (epoch > 1)} of small batches",
            small.of("sgd", look),
            small.of("adam", look),
            where,
        )
    at = small.at
    for epoch in (1, 2):
        low, high = at("sgd", 0.01, f"after {epoch}"), at("adam", 0.001, f"after {epoch}")
        what = f"at the defaults Adam is above sgd after {epoch} epoch{'s' * (epoch > 1)}"
        less("08", f"{what} of small batches", low, high, where)
    what = "at the defaults Adam after 1 epoch is above sgd after 2 epochs of small batches"
    less("08", what, at("sgd", 0.01, "after 2"), at("adam", 0.001, "after 1"), where)
    what = "a wrapped rule's weights are all within 0.000001 of Keras's"
    quantity("08", what, task["wrapped"].at("adam", 0.001, "apart") < 1e-6, "after an epoch")


PAPER = {
    "figure 1 penalty": "digits with a penalty",
    "figure 1 right, dropout": "reviews with dropout",
    "figure 1 right": "reviews",
    "figure 2, dropout 0.5": "a network with dropout",
    "figure 2, dropout 0.0": "a network",
    "figure 3, dropout 0.0": "convolutions",
    "figure 3, dropout 0.5": "convolutions with dropout",
}


def lesson_09(task, less, quantity):
    """In Figure 1, left, each seed has its own best rate, as it is tuned in the lesson."""
    left, penalty = task["figure 1 left"], task["figure 1 penalty"]
    where = f"{TRAINING}, digits, each seed at its own best α"
    adam, nesterov, constant = map(left.by_seed, ("adam, decayed", "nesterov, decayed", "nesterov"))
    adagrad, twice = map(left.by_seed, ("adagrad from 0", "adagrad from 0, decayed"))
    less("09", "Adam ends below Nesterov on digits", adam, nesterov, where)
    less("09", "Adam ends below AdaGrad on digits", adam, adagrad, where)
    less(
        "09",
        "Nesterov with a constant rate ends below Nesterov on digits",
        constant,
        nesterov,
        where,
    )
    less("09", "Nesterov ends below AdaGrad decayed twice on digits", nesterov, twice, where)
    where = f"{TRAINING}, digits"
    quantity("09", "Nesterov at α = 3 on digits", left.at("nesterov, decayed", 3.0), where)
    for rate in left.grid["adam, decayed"]:
        low, high = (left.at(m, rate) for m in ("nesterov, decayed", "adam, decayed"))
        quantity("09", f"at α = {rate:g} Nesterov ends below Adam on digits", low < high, where)
    where = f"{TRAINING}, digits with a penalty"
    adam, nesterov, twice = map(
        penalty.of, ("adam, decayed", "nesterov, decayed", "adagrad from 0, decayed")
    )
    less("09", "Adam ends below Nesterov with a penalty", adam, nesterov, where)
    less(
        "09",
        "Adam and Nesterov end below AdaGrad decayed twice with a penalty",
        np.maximum(adam, nesterov),
        twice,
        where,
    )
    for name, words in (
        ("figure 1 right, dropout", "reviews with dropout"),
        ("figure 1 right", "reviews"),
    ):
        runs, where = task[name], f"{TRAINING}, {words}"
        adam, rmsprop, nesterov = (
            runs.of(f"{m}, decayed") for m in ("adam", "rmsprop", "nesterov")
        )
        adagrad = runs.of("adagrad from 0")
        less("09", f"AdaGrad ends below Nesterov on {words}", adagrad, nesterov, where)
        less("09", f"Adam ends below Nesterov on {words}", adam, nesterov, where)
        less("09", f"RMSProp ends below Nesterov on {words}", rmsprop, nesterov, where)
        less("09", f"AdaGrad ends below Adam on {words}", adagrad, adam, where)
        less("09", f"Adam ends below RMSProp on {words}", adam, rmsprop, where)
        if "dropout" in name:
            twice = runs.of("adagrad from 0, decayed")
            less(
                "09",
                f"AdaGrad decayed twice ends below Nesterov on {words}",
                twice,
                nesterov,
                where,
            )
    for dropout, words in ((0.5, "a network with dropout"), (0.0, "a network")):
        runs, where = task[f"figure 2, dropout {dropout}"], f"{TRAINING}, {words}"
        loss = {m: runs.of(m) for m in FIVE}
        names = {
            "adagrad from 0": "AdaGrad",
            "rmsprop": "RMSProp",
            "nesterov": "Nesterov",
            "adadelta": "Adadelta",
        }
        for m, name in names.items():
            less("09", f"Adam ends below {name} on {words}", loss["adam"], loss[m], where)
        for low, high in (
            ("rmsprop", "adadelta"),
            ("adadelta", "nesterov"),
            ("nesterov", "adagrad from 0"),
        ):
            what = f"{names[low]} ends below {names[high]} on {words}"
            less("09", what, loss[low], loss[high], where)
        others = [loss[m] for m in FIVE if m not in ("adam", "nesterov")]
        less(
            "09",
            f"Nesterov ends below RMSProp, Adadelta and AdaGrad on {words}",
            loss["nesterov"],
            np.min(others, axis=0),
            where,
        )
        others = [loss[m] for m in FIVE if m != "adagrad from 0"]
        less(
            "09",
            f"AdaGrad ends above all others on {words}",
            np.max(others, axis=0),
            loss["adagrad from 0"],
            where,
        )
    for dropout, words in ((0.0, "convolutions"), (0.5, "convolutions with dropout")):
        runs, where = task[f"figure 3, dropout {dropout}"], f"{TRAINING}, {words}"
        loss = {m: runs.of(m) for m in ("adagrad from 0", "nesterov", "adam")}
        first = {m: runs.of(m, "first") for m in loss}
        less(
            "09", f"Adam ends below AdaGrad on {words}", loss["adam"], loss["adagrad from 0"], where
        )
        less(
            "09",
            f"Nesterov ends below AdaGrad on {words}",
            loss["nesterov"],
            loss["adagrad from 0"],
            where,
        )
        less("09", f"Nesterov ends below Adam on {words}", loss["nesterov"], loss["adam"], where)
        early = f"{where}, end of the first epoch"
        less(
            "09",
            f"Adam is first below Nesterov on {words}",
            first["adam"],
            first["nesterov"],
            early,
        )
        less(
            "09",
            f"AdaGrad is first below Nesterov on {words}",
            first["adagrad from 0"],
            first["nesterov"],
            early,
        )
        less(
            "09",
            f"Adam is first below AdaGrad on {words}",
            first["adam"],
            first["adagrad from 0"],
            early,
        )
    root = np.log10(task["figure 3, root"].at("adam", 0.01, "root"))
    quantity("09", "√v̂ at the end on convolutions, median's log10", root, "Adam at 0.01")
    for name, words in PAPER.items():
        for method in task[name].grid:
            rate = task[name].best(method)
            shown = method.replace(" from 0", "")
            if "figure 1" in name:
                shown = shown.replace(", decayed", "") if "adagrad" not in method else shown
                shown = shown.replace(", decayed", ", α/√t")
            rates = np.full(task[name].seeds, rate)
            quantity("09", f"best α of {shown} on {words}", rates, "of the list, by the mean")
    grid = task["figure 4"]

    def losses(method, beta_1, beta_2, epoch=8):
        keys = [f"{beta_1:g} {beta_2:g} {epoch} {k}" for k in range(len(ALPHAS))]
        return np.array([grid.at(method, 0, key) for key in keys])  # shape (α, seeds)

    where = "nats per image, epoch 8, each at its best α"
    for beta_1 in (0.0, 0.9):
        for beta_2 in (0.99, 0.999, 0.9999):
            least = [
                np.nanmin(np.where(np.isinf(ls), np.nan, ls), axis=0)
                for ls in (losses(m, beta_1, beta_2) for m in ("corrected", "uncorrected"))
            ]
            less("09", f"correction gains at β₁ = {beta_1:g} and β₂ = {beta_2:g}", *least, where)
    for beta_2 in (0.99, 0.999, 0.9999):
        best = np.argmin(losses("corrected", 0.9, beta_2), axis=0) == 4  # ALPHAS[4] is 0.01
        what = f"with correction α = 0.01 is best at β₁ = 0.9 and β₂ = {beta_2:g}"
        quantity("09", what, best, "of the list, epoch 8")
    same = [losses("uncorrected", 0.9, b) for b in (0.99, 0.999, 0.9999)]  # over α / √(1 − β₂)
    up_to_best = same[1][:4] - same[0][1:5]  # from α = 10⁻³·⁵ to 0.01 at 0.99
    what = "without correction 0.99 lies lower up to its best"
    quantity("09", what, (up_to_best > 0).all(axis=0), "than 0.999, over α / √(1 − β₂)")
    what = "without correction 0.999 and 0.9999 are apart by"
    apart = np.abs(same[1][1:5] - same[2][:4]).max(axis=0)
    quantity("09", what, apart, "nats per image at most, up to α / √(1 − β₂) = 0.3")
    low = [losses(m, 0.9, 0.9999)[0] for m in ("uncorrected", "corrected")]
    less(
        "09",
        "at α = 0.0001 Adam is behind without correction",
        *low,
        "nats per image, epoch 8, β₁ = 0.9, β₂ = 0.9999",
    )
    spread = np.ptp(
        [losses("corrected", 0.9, b).min(axis=0) for b in (0.99, 0.999, 0.9999)], axis=0
    )
    quantity(
        "09", "with correction β₂ changes the best loss by", spread, "nats per image, β₁ = 0.9"
    )
    left_by = np.log10(
        [ALPHAS[np.argmin(losses("uncorrected", 0.9, b), axis=0)] for b in (0.99, 0.9999)]
    )
    quantity(
        "09",
        "decades that the best α moves left from β₂ = 0.99 to 0.9999",
        left_by[0] - left_by[1],
        "no correction, β₁ = 0.9",
    )
    for method, words in (("uncorrected", "without"), ("corrected", "with")):
        what = f"{words} correction α = 0.03 diverges in the first epoch"
        diverged = grid.at(method, 0, "diverged") == 1
        quantity("09", what, diverged, "β₁ = 0.9, β₂ = 0.9999")


def write(rows):
    """The table as CSV: the deviation to three digits, the mean as exactly."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["lesson", "claim", "mean", "sd", "shown", "seeds", "measured"])
        for lesson, claim, values, shown, measured in rows:
            mean, sd = np.mean(values), np.std(values, ddof=1)
            if np.all(values == values[0]):
                numbers = [f"{values[0]:g}", "0"]
            else:
                digits = max(0, 2 - int(np.floor(np.log10(sd))))
                numbers = [f"{mean:.{digits}f}", f"{sd:.{digits}f}"]
            if values.dtype == bool:
                numbers = ["", ""]
            lines.writerow([lesson, claim, *numbers, shown, len(values), measured])


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(TASKS)
    if unknown := set(chosen) - set(TASKS):
        sys.exit(f"No task {', '.join(sorted(unknown))}; there are: {', '.join(TASKS)}.")
    done = measure_all(chosen)
    if any(jobs_of(task, done) for task in TASKS):
        print(f"Not all tasks are measured yet, so {TABLE.name} stays as it is.")
    else:
        write(table(done))
        print(f"Wrote {TABLE.name}.")
