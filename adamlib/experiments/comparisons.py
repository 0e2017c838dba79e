"""The comparisons that several lessons make: of methods on a task, and of settings on a surface.

compare, digits_scoreboard    rules on one task, each at its best learning rate
held_out_losses               one rule at several rates with several seeds
losses_by_batch_size          the same for several batch sizes, behind a progress bar
train_schedules               the same for several schedules, behind a progress bar
timed_training                the loss by images used and by seconds
batch_gradient                a task's gradient, batch by batch, for descend
mean_cosines, gradient_noise  how far a batch's gradient is from that of all samples
loss_of_runs                  the loss of many runs on a noisy surface
loss_by_rate                  the same of some rules after some steps, at each learning rate
steps_needed                  the steps to the bottom of a ravine
best_pair                     momentum's fastest settings there
curvatures                    the largest curvature of a model's loss in the course of a training
momentum_map, adam_grid       many settings at once
momentum_arrows               two updates of momentum in a ravine, as arrows
nesterov_moves                one update of Nesterov's method there, from point to point
way_in_a_cycle                how far rules go that see one large gradient in each cycle
failing_runs                  two runs whose failures are to be found
fraction_left                 what a step leaves of the distance in the long run
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from time import perf_counter

import numpy as np

from adamlib import plots, rules
from adamlib.descent import batches, descend, iterations, sweep, training
from adamlib.experiments.jobs import collect
from adamlib.experiments.tasks import Task, digits
from adamlib.experiments.tuning import scoreboard
from adamlib.inputs import (
    check_batch,
    check_data,
    check_function,
    check_generator,
    check_kind,
    check_model,
    check_params,
    check_rates,
    check_rule,
    check_seeds,
    check_sizes,
    check_surface,
    count,
    number,
    numbers,
    state_defaults,
)
from adamlib.surfaces import noisy, ravine

RATES = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0]


def compare(task, methods, rates=RATES, every=1, done=None, count=3):
    """The scoreboard of rules, {name: rule}, on a task; all else is as there."""
    trainings = _trainings(task, methods)
    return scoreboard(trainings, rates, task.held_out_loss, count=count, every=every, done=done)


def digits_scoreboard(methods, every=1, done=None):
    """compare() on digits(), then tf.keras Adam at the last method's rate: the board of lesson 06.

    methods  {name: rule}; the last is Adam
    every    batches that are averaged to one point of the curves
    done     as in scoreboard
    """
    from adamlib.keras_check import keras

    task = digits()
    scores = compare(task, methods, every=every, done=done)
    rates = [[*scores.values()][-1].rate]
    adam = {"tf.keras Adam": lambda rate, seed: task.train_keras(keras.optimizers.Adam(rate), seed)}
    return scores | scoreboard(adam, rates, task.held_out_loss, every=every, done=done)


def _trainings(task, methods):
    check_kind(methods, dict, "methods", "a dict {name: rule}")
    train = _check_task(task).train
    return {name: partial(train, check_rule(rule)) for name, rule in methods.items()}


def _check_task(task):
    return check_kind(task, Task, "The task", "one of adamlib.experiments, such as digits()")


def held_out_losses(task, rule, rates, seeds, **settings):
    """The validation loss after a training at each rate with each seed, shape (seeds, rates).

    rates  numbers, or functions of t
    """
    _check_task(task)
    rates = check_rates(rates)
    check_seeds(seeds)
    return np.array(
        [
            [task.held_out_loss(task.train(rule, rate, seed, **settings).params) for rate in rates]
            for seed in seeds
        ]
    )


def losses_by_batch_size(task, rule, rates, seeds, done):
    """The validation loss after a training with each batch size at each of its rates.

    rates  {batch size: its learning rates}
    done   {(size, rate, seed) in words: loss}, filled as by jobs.collect: an interrupt keeps it
    Returns {batch size: shape (seeds, its rates)}. A training that diverges gives no warning.
    """
    _check_task(task)
    check_kind(rates, dict, "rates", "a dict {batch size: its learning rates}")
    check_seeds(seeds)
    sized = {size: replace(task, batch_size=size) for size in rates}
    rates = {size: check_rates(some) for size, some in rates.items()}
    jobs = {
        (f"B = {size:,}", f"η = {rate:g}", f"seed {seed}"): partial(
            _quiet_loss, sized[size], rule, rate, seed
        )
        for seed in seeds
        for size, some in rates.items()
        for rate in some
    }
    collect(jobs, done)
    losses = [done[name] for name in jobs]
    by_seed = np.reshape(losses, (len(seeds), -1))
    ends = np.cumsum([len(some) for some in rates.values()])[:-1]
    return dict(zip(rates, np.split(by_seed, ends, axis=1), strict=True))


def _quiet_loss(task, rule, rate, seed):
    return task.held_out_loss(task.train_quietly(rule, rate, seed).params)


def train_schedules(task, rule, schedules, rates, seeds, done):
    """Train with each schedule at each rate with each seed; done as in jobs.collect, and returned.

    schedules  {name: function of a rate, which returns a learning rate}
    done       {(name, rate, seed): Training}, which is filled: an interrupt keeps what it has
    """
    _check_task(task)
    check_rates(rates)
    check_seeds(seeds)
    check_kind(schedules, dict, "schedules", "a dict {name: function of a rate}")
    for name, schedule in schedules.items():
        check_function(schedule, f"The schedule {name}", "rate")
    jobs = {
        (name, rate, seed): partial(task.train, rule, schedule(rate), seed)
        for seed in seeds
        for name, schedule in schedules.items()
        for rate in rates
    }
    return collect(jobs, done)


def timed_training(task, rule, rate, seed):
    """The samples used, the seconds and the loss on all of task.part, at 25 moments of a training.

    The moments are spaced evenly on a log axis, and the end of the first epoch is one more; the
    clock stands still while the loss is measured. A few steps go before, since what runs first is
    slower. Returns three arrays, and the place of the first epoch's end in them.
    """
    _check_task(task)
    for _ in zip(range(10), task.training(rule, rate, seed), strict=False):
        pass
    run = task.training(rule, rate, seed)
    next(run)  # the start
    steps = iterations(task.part, task.epochs, task.batch_size)
    epoch = steps // task.epochs
    moments = {epoch, *np.geomspace(1, steps, 25).astype(int)}
    seconds, rows = 0.0, []
    for t in range(1, steps + 1):
        begin = perf_counter()
        state = next(run)
        seconds += perf_counter() - begin
        if t in moments:
            rows.append((t * task.batch_size, seconds, task.model.loss(state.params, task.part)))
    return *np.array(rows).T, sorted(moments).index(epoch)


def batch_gradient(task, seed):
    """The task's gradient, a function of the parameters, of its next batch at each call.

    An epoch, in the order of task.train with that seed; for a model without dropout.
    """
    _check_task(task)
    rng = np.random.default_rng(count(seed, "seed"))
    task.start(rng)  # draws first, as in task.train
    stream = batches(task.part, task.batch_size, rng)
    return lambda params: task.model.gradient(params, next(stream))


def flat_gradient(model, params, batch):
    """The model's gradient on a batch, all its arrays in one row."""
    check_model(model)
    return np.concatenate([g.ravel() for g in model.gradient(params, batch)])


def mean_cosines(model, params, data, sizes, rng):
    """The mean cosine of the gradient of some samples with that of all data, for each size.

    From 2,000 draws without repetition, fewer where a size is above 16: these differ less.
    """
    x, labels = check_batch(data)
    sizes = check_sizes(sizes, check_data(data))
    check_generator(rng)
    whole = flat_gradient(model, params, data)
    means = []
    for size in sizes:
        cosines = []
        for _ in range(min(2000, max(20, 32_000 // size))):
            chosen = rng.permutation(len(labels))[:size]
            g = flat_gradient(model, params, (x[chosen], labels[chosen]))
            cosines.append(g @ whole / np.linalg.norm(g) / np.linalg.norm(whole))
        means.append(np.mean(cosines))
    return np.array(means)


def gradient_noise(model, params, data, sizes, rng):
    """The noise of a batch's gradient, for each batch size: the root of its mean squared distance
    from the gradient of all data.

    From 20 batches of independent samples, or more where they are small; a sample may come twice.
    The noise of one sample is exact: all of them are taken, each once.
    """
    x, labels = check_batch(data)
    sizes = check_sizes(sizes, check_data(data))
    check_generator(rng)
    whole = flat_gradient(model, params, data)
    lengths = []
    for size in sizes:
        each = np.arange(len(labels))[:, None]
        drawn = rng.integers(0, len(labels), (max(20, 200 // size), size)) if size > 1 else each
        some = (flat_gradient(model, params, (x[chosen], labels[chosen])) for chosen in drawn)
        lengths.append(np.sqrt(np.mean([np.sum((g - whole) ** 2) for g in some])))
    return np.array(lengths)


def loss_of_runs(rule, surface, steps, runs=1, **hyperparameters):
    """The loss at the start and after each step, the mean of many runs; shape (steps + 1,).

    surface  where runs > 1, one whose gradient is noisy, as surfaces.noisy(ravine, rng, 5)
    """
    check_surface(surface, coordinates=2)
    starts = np.repeat(surface.start[:, None], count(runs, "runs", least=1), axis=1)
    run = sweep(rule, surface.gradient, starts, steps, **hyperparameters)
    return np.array([surface(x).mean() for x in run.trajectory])


def loss_by_rate(methods, surface, steps, rates, seed, *, noise=1.0, runs=200):
    """{name: the loss after some steps in noise, shape (rates, runs)}; prints each at its best.

    methods  {name: rule}, each in the same noise
    """
    check_surface(surface, coordinates=2)
    check_kind(methods, dict, "methods", "a dict {name: rule}")
    check_rates(rates)
    shape = 2, len(rates), count(runs, "runs", least=1)
    starts, losses = np.broadcast_to(surface.start[:, None, None], shape), {}
    for name, rule in methods.items():
        valley = noisy(surface, np.random.default_rng(count(seed, "seed")), noise)
        run = sweep(rule, valley.gradient, starts, steps, learning_rate=np.reshape(rates, (-1, 1)))
        losses[name] = surface(run.trajectory[-1])
        means = losses[name].mean(axis=1)
        print(f"{name:18} best η = {rates[means.argmin()]:.2f}, mean loss {means.min():.3f}")
    return losses


def steps_needed(rule, kappa, **hyperparameters):
    """The steps from (1, 1) until f is below 1e-6 for the first time, with curvatures 1 and kappa.

    Of at most 20 kappa steps; 0 if none is.
    """
    curvatures = np.array([1.0, count(kappa, "kappa", least=1)])
    for steps in (kappa, 6 * kappa, 20 * kappa):  # few runs need all of them
        run = descend(rule, lambda x: curvatures * x, [1.0, 1.0], steps, **hyperparameters)
        below = (curvatures * run.trajectory**2).sum(axis=1) / 2 < 1e-6
        if below.any() or len(below) <= steps:
            break
    return np.argmax(below)


def best_pair(kappa):
    """The settings of momentum that are fastest in the long run, with curvatures 1 and kappa."""
    root = np.sqrt(count(kappa, "kappa", least=1))
    return dict(learning_rate=4 / (root + 1) ** 2, momentum=((root - 1) / (root + 1)) ** 2)


def curvatures(rule, model, params, data, steps, **hyperparameters):
    """The largest curvature of the loss on all of the data after each of these steps, an array.

    steps  numbers of steps, each with all of the data, in increasing order; 0 is the start
    To about 1 %. The difference of the gradient along a direction, taken for the next direction
    again and again, turns it to where the loss curves most (power iteration).
    """
    check_model(model)
    numbers(steps, "The steps", ndim=1)
    wanted = {count(step, "A step") for step in steps}
    rng, found = np.random.default_rng(0), []
    direction = [rng.standard_normal(np.shape(p)) for p in check_params(params)]
    how = dict(epochs=max(wanted), batch_size=None, rng=None) | hyperparameters
    for run in training(rule, model.loss_and_gradient, params, data, **how):
        if len(run.losses) in wanted:
            largest, direction = _largest_curvature(model, run.params, data, direction)
            found.append(largest)
    return np.array(found)


def along_steepest(model, params, data):
    """The slope of the loss in the direction of its largest curvature, and the loss along it.

    Returns (slope, loss_along): the slope is not above 0, so a step of gradient descent goes
    learning_rate * -slope in this direction; loss_along(distance) is the loss that far from params.
    """
    check_model(model)
    rng, gradient = np.random.default_rng(0), model.gradient(params, data)
    guess = [rng.standard_normal(np.shape(p)) for p in check_params(params)]
    _, change = _largest_curvature(model, params, data, guess)
    length = np.sqrt(sum(np.sum(c**2) for c in change))
    slope = sum(np.sum(g * c) for g, c in zip(gradient, change, strict=True))
    unit = [np.where(slope > 0, -c, c) / length for c in change]

    def loss_along(distance):
        number(distance, "distance")
        moved = (p + distance * u for p, u in zip(params, unit, strict=True))
        return model.loss([m.astype(p.dtype) for m, p in zip(moved, params, strict=True)], data)

    return -float(abs(slope) / length), loss_along


def _largest_curvature(model, params, data, direction, h=1e-3):
    """The curvature in the direction of most, and that direction, which is sought from another."""
    here, before = model.gradient(params, data), 0.0
    for _ in range(100):
        length = np.sqrt(sum(np.sum(d**2) for d in direction))
        direction = [(d / length).astype(p.dtype) for d, p in zip(direction, params, strict=True)]
        there = model.gradient([p + h * d for p, d in zip(params, direction, strict=True)], data)
        change = [(a - b) / h for a, b in zip(there, here, strict=True)]
        largest = float(sum(np.sum(d * c) for d, c in zip(direction, change, strict=True)))
        if abs(largest - before) <= 1e-3 * abs(largest):
            break
        before, direction = largest, change
    return largest, change


def _ball(rule, steps):
    """Where momentum is in the ravine after some steps with η = 0.03 and μ = 0.9, and its v."""
    run = descend(rule, ravine.gradient, ravine.start, steps, learning_rate=0.03, momentum=0.9)
    return run.trajectory[-1], run.states["v"][-1]


def momentum_arrows(rule):
    """Two updates of momentum in the ravine, on its path: what is left of v, and sgd's step.

    Across the ravine the two are opposed in step 4, and add up in step 9.
    """
    check_rule(rule)
    run = descend(rule, ravine.gradient, ravine.start, 11, learning_rate=0.03, momentum=0.9)
    parts = {}
    for step in (4, 9):
        ball, v = _ball(rule, step - 1)
        parts[f"step {step}"] = ball, 0.9 * v, -0.03 * ravine.gradient(ball)
    near = replace(ravine, window=((-4.3, 0.1), (-1.5, 1.2)))
    return plots.sums(near, run.trajectory, parts, title="A run with η = 0.03 and μ = 0.9")


def nesterov_moves(rule):
    """The picture that Nesterov's rule is read off: from ball to point ahead, and to the next ones.

    rule  momentum, whose run in the ravine brings the ball where the picture begins
    """
    check_rule(rule)
    ball, v = _ball(rule, 6)
    point = ball + 0.9 * v
    new_v = 0.9 * v - 0.03 * ravine.gradient(point)
    new_ball = ball + new_v
    names = "ball", "point ahead", "new ball", "new point ahead"
    points = dict(zip(names, (ball, point, new_ball, new_ball + 0.9 * new_v), strict=True))
    labels = "1: μ v", "2: −η g", "3: μ × new v"
    moved = dict(zip(labels, pairwise(names), strict=True))
    moved["1 + 2: new v"] = "ball", "new ball"
    return plots.moves(replace(ravine, window=((-2.5, -0.8), (0.1, 1.2))), points, moved)


def way_in_a_cycle(rule, memory, large, small, cycle, beta_1):
    """How far x goes in the 301st cycle, in η, for each memory of v, which is counted in cycles.

    The gradient is large at the first step of each cycle, and small at the others, wherever x is:
    the problems of Reddi and others (2018). A memory of n steps is β₂ = 1 − 1/n.
    """
    how = dict(learning_rate=1.0, beta_1=beta_1, beta_2=1 - 1 / (cycle * memory))
    x, state = np.zeros(len(memory)), ()
    for t in range(1, 301 * cycle + 1):
        if t == 300 * cycle + 1:
            before = x
        g = np.full(len(memory), float(large if t % cycle == 1 else small))
        x, *state = rule(x, g, t, *state, **how)
    return x - before


def momentum_map(rule, borders=False):
    """What 40,000 runs with momentum do on a parabola with L = 1, for 200 values of η and of μ.

    A run is monotone, oscillates where it passes the minimum, and diverges where it ends farther
    away than it began. Returns the picture, and the fraction of the runs about which the theory
    is wrong.

    borders  whether the borders by theory are drawn on the map (Goh, 2017), in place of the line
             μ = 0.16, on which lesson 03 lets them be read
    """
    rates, shares = np.linspace(0.02, 4, 200), np.linspace(0, 0.98, 200)
    passed, far = np.empty((2, 200, 200), bool)
    for some in np.split(np.arange(200), 10):  # the trajectories of all would take 100 MB
        grid = dict(learning_rate=rates, momentum=shares[some, None])
        runs = sweep(rule, lambda e: e, 1.0, 300, **grid).trajectory
        passed[some], far[some] = (runs < 0).any(axis=0), ~(np.abs(runs[-1]) < 1)
    kind = np.where(far, 2, np.where(passed, 1, 0))

    root, limit = np.sqrt(shares), 2 * (1 + shares)
    theory = 1 * (rates > ((1 - root) ** 2)[:, None]) + (rates > limit[:, None])
    both_ends = (
        np.concatenate([(1 - root[::-1]) ** 2, (1 + root) ** 2]),
        np.concatenate([shares[::-1], shares]),
    )
    lines = {"ηL = (1 − √μ)² and (1 + √μ)²": both_ends, "ηL = 2(1 + μ)": (limit, shares)}
    row = {"μ = 0.16": (rates, np.full(200, 0.16))}
    picture = plots.knob_map(
        kind,
        ("ηL", rates),
        ("momentum μ", shares),
        label="what the run did",
        log=False,
        kinds=["monotone", "oscillating", "diverging"],
        lines=lines if borders else row,
    )
    (ax, *_) = picture.axes
    ax.set(xticks=np.arange(0, 4.1, 0.5), xlim=(0, rates[-1]))
    ax.set_xticks(np.arange(0, 4, 0.1), minor=True)
    if not borders:  # thin, so that it does not cover what is to be read
        for line, width in zip(ax.lines, (2, 1), strict=True):
            line.set_linewidth(width)
    return picture, np.mean(kind != theory)


def fraction_left(rule, learning_rate, **hyperparameters):
    """The fraction of the distance that a step leaves in the long run, on a parabola with L = 1.

    There a step of sgd, momentum or nesterov multiplies (x, v) by a matrix; the fraction is the
    size of its largest eigenvalue.

    learning_rate  shape (n,), a fraction for each
    """
    rates = numbers(learning_rate, "learning_rate", ndim=1)
    for name, value in hyperparameters.items():
        number(value, name)
    sweep(rule, lambda e: e, 1.0, 1, learning_rate=rates, **hyperparameters)  # raises for bad ones
    size = 1 + len(state_defaults(rule))
    matrices = np.empty((len(rates), size, size))
    for column, (x, *state) in enumerate(np.eye(size)):
        after = rule(x, x, 1, *state, learning_rate=rates, **hyperparameters)
        for row, values in enumerate(after):
            matrices[:, row, column] = values
    return np.abs(np.linalg.eigvals(matrices)).max(axis=1)


def failing_runs():
    """Two runs of Adam in the ravine, each with a failure to be found: {label: its losses}."""
    settings = {
        "A": dict(beta_2=0.97, learning_rate=0.2),
        "C": dict(beta_1=0.97, learning_rate=0.3),
    }
    return {
        f"run {name}": loss_of_runs(rules.adam, ravine, 480, **knobs)
        for name, knobs in settings.items()
    }


def adam_grid(surface, steps, learning_rate, beta_1, beta_2, epsilon):
    """Adam's loss after some steps at every combination of its four knobs, a row of values each.

    Returns an array with an axis for each, in this order. The loss is at least 1e-16 and at most
    that of the start, also where a run diverged, so that it can be drawn on a log scale.
    """
    check_surface(surface, coordinates=2)
    knobs = dict(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
    axes = np.ix_(*(numbers(values, name, ndim=1) for name, values in knobs.items()))
    grid = dict(zip(knobs, axes, strict=True))
    ends = surface(sweep(rules.adam, surface.gradient, surface.start, steps, **grid).trajectory[-1])
    worst = surface(surface.start)
    return np.clip(np.nan_to_num(ends, nan=worst), 1e-16, worst)
