"""Follow a rule: descend() on a function, train() on data, sweep() over many settings at once,
steps_of() on gradients that are given.

All that a rule leaves out is done here, once: several parameter arrays, large arrays block by
block, recording, schedules, divergence, and one clear sentence for bad input. A rule that does not
work element by element, since it takes a norm, say, must declare it by rules.whole_arrays: else it
would take the norm of each block of a large array.
"""

import sys
from typing import NamedTuple

import numpy as np

from adamlib import inputs
from adamlib.hyperparameters import is_usual
from adamlib.inputs import (
    brief,
    hyperparameter_defaults,
    name_of,
    needs_whole_arrays,
    state_defaults,
)

LIMIT = 1e10  # a coordinate beyond it, or not finite, has diverged
MOST = sys.float_info.max  # of a gradient
BLOCK = 65_536  # bytes: a block and its temporaries stay in the processor's cache
NUMPY = (np.ndarray, np.generic)
RUNS = 4_096  # of a sweep, followed together for the same reason


class Descent(NamedTuple):
    """What descend() returns; for a list of arrays, each field holds such a list.

    trajectory  shape (steps + 1, *x.shape): the start and x after each step, all finite
    gradients   shape (steps, *x.shape): the gradient that each step used
    states      {name: shape (steps, *x.shape)}: the rule's state after each step
    diverged    "", or where it stopped and with which settings
    """

    trajectory: np.ndarray
    gradients: np.ndarray
    states: dict
    diverged: str


class Training(NamedTuple):
    """What train() returns.

    params    the parameter arrays at the end (where it diverged: after the last whole epoch)
    losses    shape (iterations,): the loss of each batch, before its step
    diverged  "", or where it stopped and with which settings
    """

    params: list
    losses: np.ndarray
    diverged: str


class Sweep(NamedTuple):
    """What sweep() returns.

    trajectory  shape (steps + 1, n, *grid), or (steps + 1, *grid) where x is one number;
                NaN from the step at which a run diverged
    diverged    shape grid: that step, or 0 where the run stayed finite
    """

    trajectory: np.ndarray
    diverged: np.ndarray


def descend(rule, gradient, x, steps, **hyperparameters):
    """Follow `rule` for a number of steps down the function whose gradient is given.

    gradient  function of x that returns an array of x's shape
    x         the start: a number, an array, or a list of arrays (then `gradient` takes and
              returns a list, and each array has a state of its own)
    A hyperparameter may be a function of t: `learning_rate=lambda t: 0.1 / t**0.5`.
    Returns a Descent. A run that diverges stops there and says so; its finite part is kept.
    Raises ValueError or TypeError, in one sentence, for what cannot be followed.

    >>> from adamlib.rules import sgd
    >>> descend(sgd, lambda x: 2 * x, 8.0, 3, learning_rate=0.25).trajectory.tolist()
    [8.0, 4.0, 2.0, 1.0]
    """
    inputs.check_hyperparameters(rule, hyperparameters)
    inputs.check_gradient(gradient, "descend")
    several = isinstance(x, list) and any(isinstance(a, np.ndarray) for a in x)
    xs = [_parameter(a) for a in x] if several else [_parameter(x)]
    names, steps = state_defaults(rule), inputs.count(steps, "steps")
    # x, its gradient and states; of each an array for every step, which are then put together.
    inputs.check_memory(steps, 2 + len(names), sum(2 * x.nbytes + 100 for x in xs))
    points, gradients, states, diverged = [_copies(xs)], [], [], ""

    def gradients_at(xs):
        here = _copies(xs)  # the gradient may keep them
        return gradient(here) if several else [gradient(here[0])]

    with np.errstate(all="ignore"):
        try:
            for gs, slots in _follow(rule, gradients_at, xs, steps, hyperparameters):
                points.append(_copies(xs))
                gradients.append(_copies(gs))
                states.append([_copies(s) for s in slots])
        except Diverged as stop:
            diverged = str(stop)
            print(diverged)

    trajectory = [_stacked([p[i] for p in points], x.shape) for i, x in enumerate(xs)]
    gradients = [_stacked([g[i] for g in gradients], x.shape) for i, x in enumerate(xs)]
    states = [
        {name: _stacked([s[i][k] for s in states]) for k, name in enumerate(names)}
        for i in range(len(xs))
    ]
    if not several:
        trajectory, gradients, states = trajectory[0], gradients[0], states[0]
    return Descent(trajectory, gradients, states, diverged)


def _stacked(rows, shape=()):
    """The rows as one array, (rows, *shape); a state that began as one number is spread out."""
    shape = max([shape, *map(np.shape, rows)], key=len)
    return np.array([np.broadcast_to(row, shape) for row in rows]).reshape(len(rows), *shape)


def given(gradients):
    """A gradient for descend and sweep that is each of these in turn, whatever x is.

    It gives each once: make it anew for each run.
    """
    coming = iter(np.atleast_1d(inputs.numbers(gradients, "The gradients")))

    def gradient(x):
        g = next(coming, None)
        if g is None:
            raise ValueError("There is no gradient left: give one for each step.")
        return g

    return gradient


def steps_of(rule, gradients, **hyperparameters):
    """The steps that a rule takes where it meets these gradients in turn, whatever x is.

    gradients  shape (steps, *x.shape)
    Returns an array of that shape, in units of the learning rate unless one is given. A positive
    step goes down a positive gradient. Errors as of descend.
    """
    steps = np.atleast_1d(inputs.numbers(gradients, "The gradients"))  # of each the gradient first
    settings = {"learning_rate": 1.0} | hyperparameters
    inputs.check_hyperparameters(rule, settings)
    x, coming = np.zeros(steps.shape[1:]), iter(steps)
    run = _follow(rule, lambda xs: [next(coming)], [x], len(steps), settings)
    with np.errstate(all="ignore"):
        for t in range(len(steps)):
            before = x.copy()
            try:
                next(run)
            except Diverged as stop:
                print(stop)
                return steps[:t]
            steps[t] = before - x
    return steps


def train(
    rule, loss_and_gradient, params, data, *, epochs=1, batch_size=None, rng=None, **hyperparameters
):
    """Train a model: follow `rule` down the loss of one batch of the data after another.

    loss_and_gradient  function of (params, batch): the mean loss over the batch, one number,
                       and a list with the gradient for each parameter array
    params      the start, a list of arrays; it is not altered
    data        tuple of arrays of one length, such as (images, labels); a batch is such a tuple
    batch_size  samples a batch (the last of an epoch may be smaller); None: all of the data
    rng         shuffles each epoch, as `np.random.default_rng(0)`; only needed with batch_size
    Returns a Training. A progress bar appears after two seconds. A run that diverges stops
    there and says so. Raises ValueError or TypeError, in one sentence, for bad input.
    """
    from tqdm.auto import tqdm

    if sys.platform == "emscripten":  # a browser: there is no thread for tqdm to watch its bars in
        tqdm.monitor_interval = 0
    how = dict(epochs=epochs, batch_size=batch_size, rng=rng) | hyperparameters
    steps = iterations(data, epochs, batch_size)
    with np.errstate(all="ignore"), tqdm(total=steps, delay=2, leave=False) as bar:
        for run in training(rule, loss_and_gradient, params, data, **how):
            bar.update(len(run.losses) - bar.n)
    if run.diverged:
        print(run.diverged)
    return run._replace(losses=np.array(run.losses))


def training(rule, loss_and_gradient, params, data, *, epochs, batch_size, rng, **hyperparameters):
    """train() to follow, or to drop: yields the Training so far, at first and after each step.

    Its losses are one list that grows, its params the arrays in use. It prints nothing, and
    leaves np.errstate to the caller.
    """
    inputs.check_hyperparameters(rule, hyperparameters)
    steps, samples = iterations(data, epochs, batch_size), inputs.check_data(data)
    inputs.check_memory(steps, 1, 40)  # the losses, as Python's floats in a list
    if hasattr(loss_and_gradient, "loss_and_gradient"):
        raise TypeError("Training needs a model's loss and gradient: give model.loss_and_gradient.")
    inputs.check_function(loss_and_gradient, "loss_and_gradient", "params", "batch")
    if rng is None and (batch_size or samples) < samples:
        raise ValueError("Batches need rng=np.random.default_rng(0) or another seed to shuffle by.")
    xs, losses = [_parameter(p) for p in inputs.check_params(params)], []
    kept = _copies(xs)

    def gradients_at(xs):
        loss, gs = inputs.pair(loss_and_gradient(xs, next(stream)), inputs.LOSS_AND_GRADIENT)
        if isinstance(loss, str | complex) or not hasattr(loss, "__float__"):
            raise TypeError(f"The model's loss must be one number, not {_brief(loss)}.")
        if np.ndim(loss):
            raise ValueError(
                f"The model's loss must be one number, not an array of shape {np.shape(loss)}: "
                "take the mean over the batch."
            )
        losses.append(float(loss))
        return gs

    stream = (batch for _ in range(epochs) for batch in batches(data, batch_size, rng))
    yield Training(xs, losses, "")
    try:
        for _ in _follow(rule, gradients_at, xs, steps, hyperparameters):
            if len(losses) * epochs % steps == 0:  # a whole epoch
                kept = _copies(xs)
            yield Training(xs, losses, "")
    except Diverged as stop:
        yield Training(kept, losses, str(stop))


def iterations(data, epochs, batch_size):
    """How many steps a training takes: as many as an epoch has batches, for each epoch."""
    samples = inputs.check_data(data)
    batch_size = samples if batch_size is None else inputs.count(batch_size, "batch_size", least=1)
    if batch_size > samples:
        raise ValueError(f"batch_size={batch_size} is more than the data's {samples} samples.")
    return inputs.count(epochs, "epochs") * -(-samples // batch_size)


def batches(data, batch_size, rng=None):
    """Yield the batches of one epoch: tuples like `data`, shuffled by rng, in order without one.

    A batch_size of None takes all of the data.
    """
    samples = inputs.check_data(data)
    batch_size = samples if batch_size is None else inputs.count(batch_size, "batch_size", least=1)
    if rng is not None:
        inputs.check_generator(rng)
    if batch_size >= samples and rng is None:
        yield data
        return
    order = np.arange(samples) if rng is None else rng.permutation(samples)
    for i in range(0, samples, batch_size):
        yield tuple(array[order[i : i + batch_size]] for array in data)


def sweep(rule, gradient, x, steps, **hyperparameters):
    """Follow `rule` many times at once: hyperparameters and starts may be arrays.

    gradient  function of x, of shape (n, runs) or, where x is one number, (runs,), that
              returns an array of x's shape
    x         the start: a number, shape (n,), or many starts of shape (n, *starts)
    The grid is `starts` and the shapes of the hyperparameters broadcast together: with
    `learning_rate` of shape (200, 1) and `beta_1` of shape (200,) it is (200, 200). An elementwise
    rule takes the steps of all runs at once, one that needs whole arrays run by run.
    Returns a Sweep. Raises ValueError or TypeError, in one sentence, for bad input.
    """
    hyperparameters = {
        k: inputs.numbers(v, k) if isinstance(v, list | tuple) else v
        for k, v in hyperparameters.items()
    }
    inputs.check_hyperparameters(rule, hyperparameters)
    inputs.check_gradient(gradient, "sweep")
    x = _parameter(x)
    n, starts = x.shape[:1], x.shape[1:]
    shapes = [np.shape(v) for v in hyperparameters.values() if not callable(v)]
    try:
        grid = np.broadcast_shapes(starts, *shapes)
    except ValueError:
        raise ValueError(
            f"The shapes of the starts {starts} and of the hyperparameters "
            f"{', '.join(map(str, shapes))} do not broadcast together."
        ) from None
    x = x.reshape((*n, *(1,) * (len(grid) - len(starts)), *starts))
    runs = int(np.prod(grid))
    x = np.broadcast_to(x, (*n, *grid)).reshape(*n, runs)
    arrays = {
        k: np.broadcast_to(v, grid).reshape(-1)
        for k, v in hyperparameters.items()
        if np.ndim(v) and not callable(v)
    }
    inputs.check_memory(inputs.count(steps, "steps"), 1, 2 * x.nbytes)
    trajectory = np.empty((steps + 1, *x.shape), x.dtype)
    diverged = np.zeros(x.shape[-1:], int)
    for i in range(0, x.shape[-1], RUNS):
        run = slice(i, i + RUNS)
        some = hyperparameters | {k: v[run] for k, v in arrays.items()}
        diverged[run] = _sweep(rule, gradient, x[..., run], some, trajectory[..., run])
    return Sweep(trajectory.reshape(steps + 1, *n, *grid), diverged.reshape(grid))


def update(rule, x, g, t, state, **hyperparameters):
    """One step of `rule` in place: overwrites the array x and the list `state`.

    Arrays of more than BLOCK bytes go block by block, which needs no memory beyond some blocks;
    those of a rule that needs whole arrays go whole.
    state  the rule's default values at t = 1 (see state_defaults), then what the last step left
    """
    if not x.flags.c_contiguous:
        raise ValueError("update writes into x: give an array in C order, as x.copy().")
    whole = x.nbytes <= BLOCK or needs_whole_arrays(rule)
    if whole or any(np.ndim(v) for v in hyperparameters.values()):
        new = _apply(rule, (x, g, *state), t, hyperparameters)
        _check_returned(rule, new, x, state)
        x[...] = new[0]
        state[:] = [s if np.ndim(s) == 0 else np.asarray(s, x.dtype) for s in new[1:]]
        return
    flat = [_flat(a) for a in (x, g, *state)]
    for i in range(0, x.size, BLOCK // x.itemsize):
        block = slice(i, i + BLOCK // x.itemsize)
        given = [a[block] if np.ndim(a) else a for a in flat]
        new = _apply(rule, given, t, hyperparameters)
        if i == 0:
            _check_returned(rule, new, given[0], state)
            for k, s in enumerate(new[1:]):
                if np.ndim(s) == 0:
                    state[k] = s
                elif np.ndim(state[k]) == 0:
                    state[k] = np.empty(x.shape, x.dtype)
            after = [_flat(a) for a in (x, *state)]
        for whole, part in zip(after, new, strict=True):
            if np.ndim(part):
                whole[block] = part


def _flat(a):
    return a.reshape(-1) if np.ndim(a) else a


def _apply(rule, given, t, hyperparameters):
    """What the rule returns, in arrays of its own, for x, g and its state, lent read-only."""
    x, g, *state = map(_read_only, given)
    try:
        new = rule(x, g, t, *state, **hyperparameters)
    except ValueError as error:
        if "read-only" in str(error):
            raise ValueError(
                f"{name_of(rule)} writes into an array that it was given: return a new one, as by "
                "x = x - step in place of x -= step."
            ) from None
        raise
    if isinstance(new, tuple | list):  # what is a view may be of what was given
        new = [np.copy(v) if getattr(v, "base", None) is not None else v for v in new]
    return new


def _read_only(a):
    if np.ndim(a) == 0 and not isinstance(a, np.ndarray):
        return a
    view = a.view()
    view.flags.writeable = False
    return view


class Diverged(Exception):
    """A run left the finite numbers; the text says at which step and with which settings."""


def _follow(rule, gradients_at, xs, steps, hyperparameters):
    """Take step after step, in place; yield each step's gradients and states, per array."""
    for x in xs:
        inputs.check_shapes(hyperparameters, x.shape)
    states = [list(state_defaults(rule).values()) for _ in xs]
    changing = any(map(callable, hyperparameters.values()))
    for t in range(1, steps + 1):
        h = at_step(t, hyperparameters)
        for x in xs if changing else ():
            inputs.check_shapes(h, x.shape)
        gs = _gradients(gradients_at(xs), xs)
        if not _within(gs, MOST):
            if t == 1:
                raise ValueError(f"The gradient at the start is not finite: {_brief(gs)}.")
            raise Diverged(diverged_at(rule, t, h))
        for x, g, state in zip(xs, gs, states, strict=True):
            update(rule, x, g, t, state, **h)
        if not _within(xs, LIMIT):
            raise Diverged(diverged_at(rule, t, h))
        yield gs, states


def _sweep(rule, gradient, x, hyperparameters, trajectory):
    """Fill the trajectory of x's runs (last axis), NaN once diverged; each run's step of that."""
    trajectory[0] = x
    state = list(state_defaults(rule).values())
    step = _run_by_run(rule) if needs_whole_arrays(rule) else rule
    with np.errstate(all="ignore"):
        for t in range(1, len(trajectory)):
            (g,) = _gradients([gradient(x.copy())], [x])
            if t == 1 and not _within([g], MOST):
                raise ValueError(f"The gradient at a start is not finite: {_brief([g])}.")
            h = at_step(t, hyperparameters)
            new = _apply(step, (x, g, *state), t, h)
            _check_returned(rule, new, x, state)
            x, *state = (np.asarray(v) if isinstance(v, list) else v for v in new)
            if not _within([g], MOST):
                x = np.where(np.isfinite(g), x, np.nan)
            trajectory[t] = x
    bad = ~((-LIMIT <= trajectory) & (trajectory <= LIMIT))
    bad = np.logical_or.accumulate(bad.any(axis=1) if x.ndim == 2 else bad)
    np.moveaxis(trajectory, -1, 1)[bad] = np.nan
    return bad.argmax(axis=0)


def _run_by_run(rule):
    """The rule on the arrays of a sweep, where each run has an array of its own (last axis)."""

    def step(x, g, t, *state, **hyperparameters):
        def of_run(i, a):
            return a[..., i] if np.ndim(a) else a

        new = [
            rule(
                x[..., i],
                g[..., i],
                t,
                *(of_run(i, s) for s in state),
                **{k: of_run(i, v) for k, v in hyperparameters.items()},
            )
            for i in range(x.shape[-1])
        ]
        return [np.stack(parts, axis=-1) for parts in zip(*new, strict=True)]

    return step


def difference(a, b, start, bound, dtype):
    """|a - b|, of shape (steps, ...), relative to the largest |b| of the coordinate so far.

    For x, which has a start, relative to the farthest |b - start| so far; and a rounding of x at
    every step is allowed, however little x moves.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    scale = np.maximum.accumulate(np.abs(b if start is None else b - start))
    if start is not None:
        t = np.arange(1, len(b) + 1).reshape(-1, *[1] * (b.ndim - 1))
        scale += t * np.finfo(dtype).eps * np.maximum.accumulate(np.abs(b)) / bound
    apart = np.abs(a - b)
    return np.divide(apart, scale, out=np.where(apart == 0, 0.0, np.inf), where=scale > 0)


def at_step(t, hyperparameters):
    """The hyperparameters at step t: those that are functions of t are called."""
    now = {name: v(t) for name, v in hyperparameters.items() if callable(v)}
    for name, value in now.items():
        inputs.check_value(name, value)
    return hyperparameters | now


def _parameter(x):
    """x as an array of floats that is finite; a copy."""
    if isinstance(x, np.ndarray) and x.dtype.kind != "f":
        raise TypeError(f"The start is an array of {x.dtype}: give floats, as x.astype(float).")
    inputs.numbers(x, "The start")
    precision = x.dtype if isinstance(x, np.ndarray | np.floating) else float
    array = np.array(x, precision, order="C")
    if not _within([array], LIMIT):
        raise ValueError(f"The start is not finite, or beyond {LIMIT:g}: {_brief(x)}.")
    return array


def _gradients(gs, xs):
    """The gradients as arrays, each of its parameter's shape."""
    if not isinstance(gs, list | tuple) and not np.ndim(gs):
        raise TypeError(f"The gradient must be a list of arrays, not {_brief(gs)}.")
    if len(gs) != len(xs):
        raise ValueError(f"There are {len(xs)} parameter arrays and {len(gs)} gradients.")
    arrays = []
    for g, x in zip(gs, xs, strict=True):
        try:
            array = np.asarray(g)
        except ValueError:
            raise ValueError(f"The gradient's rows differ in length: {_brief(g)}.") from None
        if array.dtype.kind != "f" and (isinstance(g, np.ndarray) or array.dtype.kind not in "iu"):
            raise TypeError(f"The gradient must hold floats, not {array.dtype}: {_brief(g)}.")
        if array.shape != x.shape:
            raise ValueError(
                f"The gradient has shape {array.shape}, its parameters have shape {x.shape}: "
                "it needs one number for each parameter."
            )
        arrays.append(array)
    return arrays


def _check_returned(rule, result, x, state):
    """Raise one sentence if the rule returned something else than (x, *state)."""
    if not isinstance(result, tuple | list) or len(result) != 1 + len(state):
        for name in filter(is_usual, state_defaults(rule)):
            raise TypeError(inputs.before_the_star(rule, name))
        sized = isinstance(result, tuple | list)
        got = f"{len(result)} values" if sized else type(result).__name__
        raise TypeError(f"{name_of(rule)} must return a tuple, {_returned(rule)}, but gave {got}.")
    for i, value in enumerate(result):
        if isinstance(value, NUMPY) and value.shape == x.shape and value.dtype.kind == "f":
            continue  # the usual case, at every step
        try:
            array = np.asarray(value)
        except ValueError:  # rows that differ in length
            array = np.asarray(None)
        if array.dtype.kind not in "biuf":
            raise TypeError(
                f"{name_of(rule)} must return numbers, {_returned(rule)}, but value {i + 1} is "
                f"{_brief(value)}."
            )
        if array.shape != x.shape and not (i and inputs.broadcasts(array.shape, x.shape)):
            raise ValueError(
                f"{name_of(rule)} must return {_returned(rule)}, each of x's shape {x.shape}, "
                f"but value {i + 1} has shape {array.shape}."
            )


def _returned(rule):
    names = ["x", *state_defaults(rule)]
    return f"({', '.join(names)})" if len(names) > 1 else "(x,)"


def _within(arrays, limit):
    """Whether all is finite and at most `limit` in size, without a temporary array."""
    return all(
        np.vdot(a, a) < limit * limit  # mostly so, and found in half the time
        or -limit <= a.min(initial=0)
        and a.max(initial=0) <= limit
        for a in arrays
    )


def diverged_at(rule, t, hyperparameters):
    """The sentence for a run that diverged at step t: the learning rate, and what else was set."""
    settings = hyperparameter_defaults(rule) | hyperparameters
    shown = ["learning_rate", *hyperparameters] if "learning_rate" in settings else hyperparameters
    words = ", ".join(f"{name}={_brief(settings[name])}" for name in dict.fromkeys(shown))
    return f"{name_of(rule)} diverged at step {t} ({words})"


def _copies(arrays):
    return [np.copy(a) for a in arrays]


def _brief(value):
    return f"{value:g}" if isinstance(value, int | float | np.number) else brief(value)
