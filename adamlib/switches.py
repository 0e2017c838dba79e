"""What every tf.keras optimizer can be told besides its own hyperparameters, as pure functions.

    clip_by_value, clip_by_norm, clip_by_global_norm   of gradients: clipvalue, clipnorm,
                                                       global_clipnorm
    with_weight_decay                                  of a rule: weight_decay
    with_average                                       of a rule: use_ema
    with_accumulation                                  of a rule: gradient_accumulation_steps

The last three take a rule and return a rule, which descend, train and sweep follow as any other.
Keras accumulates gradients, clips their mean, decays the weights, takes the rule's step, and
averages the weights, in this order.
"""

import inspect
from functools import wraps

import numpy as np

from adamlib import inputs
from adamlib.inputs import name_of


def clip_by_value(g, clipvalue):
    """The gradient with each of its numbers moved into [-clipvalue, clipvalue].

    >>> clip_by_value(np.array([0.5, -3.0]), 1.0).tolist()
    [0.5, -1.0]
    """
    return np.clip(inputs.numbers(g, "The gradient"), -_limit(clipvalue), clipvalue)


def clip_by_norm(g, clipnorm):
    """The gradient of one array, made no longer than clipnorm; its direction stays.

    In Keras, clipnorm does this to each array by itself, so that the direction of all of them
    together changes.

    >>> clip_by_norm(np.array([30.0, 40.0]), 1.0).round(6).tolist()
    [0.6, 0.8]
    """
    return clip_by_global_norm([inputs.numbers(g, "The gradient")], clipnorm)[0]


def clip_by_global_norm(gradients, global_clipnorm):
    """The gradients of all arrays, divided by one number, so that together they are no longer than
    global_clipnorm (Pascanu, Mikolov and Bengio, 2013).

    gradients  a list of arrays, as loss_and_gradient returns it
    """
    gradients = inputs.check_arrays(gradients)
    length = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    scale = _limit(global_clipnorm) / max(length, global_clipnorm)
    return [g * np.asarray(scale, g.dtype) for g in gradients]


def _limit(value):
    if not (isinstance(value, int | float | np.number) and 0 < value < np.inf):
        raise ValueError(f"A gradient is clipped to a positive number, not {inputs.brief(value)}.")
    return value


def with_weight_decay(rule):
    """The rule after decoupled weight decay, as in AdamW: x - learning_rate * weight_decay * x.

    Its hyperparameter weight_decay is 0.004 where none is given. Raises ValueError for a rule that
    has one already.
    """
    hyperparameters = inputs.hyperparameter_defaults(inputs.check_rule(rule))
    if "weight_decay" in hyperparameters:
        raise ValueError(f"{name_of(rule)} decays the weights already: give it weight_decay=...")

    if "learning_rate" not in hyperparameters:
        raise ValueError(f"{name_of(rule)} has no learning_rate, with which weights decay.")

    def decayed(
        x,
        g,
        t,
        *state,
        learning_rate=hyperparameters["learning_rate"],
        weight_decay=0.004,
        **others,
    ):
        x = x - learning_rate * weight_decay * x
        return rule(x, g, t, *state, learning_rate=learning_rate, **others)

    return _as_rule(decayed, rule)


def with_average(rule, ema_overwrite_frequency=None):
    """The rule with an exponential average of x as its first state, `average`; x goes on unchanged.

    The average starts at x after the first step. Its hyperparameter ema_momentum is 0.99 where none
    is given.
    ema_overwrite_frequency  every so many steps x itself becomes the average; None: never
    """
    if ema_overwrite_frequency is not None:
        inputs.count(ema_overwrite_frequency, "ema_overwrite_frequency", least=1)

    def averaged(x, g, t, average=0, *state, ema_momentum=0.99, **others):
        x, *state = rule(x, g, t, *state, **others)
        kept = ema_momentum * (t > 1)
        average = kept * average + (1 - kept) * x
        if ema_overwrite_frequency and t % ema_overwrite_frequency == 0:
            x = average
        return x, average, *state

    return _as_rule(averaged, rule)


def with_accumulation(rule, gradient_accumulation_steps):
    """The rule that takes a step at every `gradient_accumulation_steps`-th gradient, with the mean
    of those since the last; their sum is its first state, `total`.

    The rule counts its own steps. A schedule counts gradients, as in Keras: with 4 of them it is
    asked at t = 4, 8, ..., so it must be written for the number of gradients. As a rule it is for
    NumPy; as_keras says so, and a Keras optimizer takes gradient_accumulation_steps itself.
    """
    every = inputs.count(gradient_accumulation_steps, "gradient_accumulation_steps", least=1)

    def accumulated(x, g, t, total=0, *state, **others):
        total = total + g
        if t % every:
            return x, total, *state
        x, *state = rule(x, total / every, t // every, *state, **others)
        return x, 0 * total, *state

    return _as_rule(accumulated, rule)


def _as_rule(function, rule):
    """The function, which calls the rule, as a rule of its name, whose signature has both's states
    and hyperparameters: of states the function's first, of hyperparameters last."""
    inputs.check_rule(rule)
    own = inspect.signature(rule).parameters
    new = [p for p in inspect.signature(function).parameters.values() if p.name not in own]
    x, g, t, *states = [p for p in own.values() if p.kind is not p.KEYWORD_ONLY]
    parameters = [x, g, t, *(p for p in new if p.kind is p.POSITIONAL_OR_KEYWORD), *states]
    for some in (own.values(), new):
        parameters += [p for p in some if p.kind is p.KEYWORD_ONLY]
    function = wraps(rule)(function)
    function.__signature__ = inspect.Signature(parameters)
    return function
