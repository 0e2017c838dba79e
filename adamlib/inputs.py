"""What the public functions accept: the checks of their arguments, each with one sentence.

Each raises TypeError or ValueError, which says what is wrong and what to give instead; most return
what they were given. A public function asks them before it begins, so that a step costs nothing
more. What a rule or a gradient returns is looked at where it is used, in descent.
"""

import difflib
import inspect
import operator
import types
from numbers import Real

import numpy as np

from adamlib.hyperparameters import facts, is_usual, same

LOSS_AND_GRADIENT = "loss_and_gradient must return a pair, the loss and the gradient"
MEMORY = 4 * 10**9  # bytes that the record of a run may need
MOST_STEPS = 100_000  # of a run that is computed again whenever a slider moves


# a rule and its hyperparameters


def state_defaults(rule):
    """{name: value before the first step} of the rule's state, from its signature."""
    parameters = list(inspect.signature(rule).parameters.values())[3:]
    return {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}


def hyperparameter_defaults(rule):
    """{name: default} of the rule's hyperparameters, from its signature."""
    parameters = inspect.signature(rule).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def needs_whole_arrays(rule):
    """Whether the rule declares, by rules.whole_arrays, that it is not elementwise."""
    return getattr(rule, "whole_arrays", False)


def check_rule(rule):
    """A rule is a function of (x, g, t, *state, **hyperparameters); each state starts at numbers.

    What it returns is seen when it is followed.
    """
    as_in = "as in def sgd(x, g, t, *, learning_rate=0.01)"
    if isinstance(rule, str):
        raise TypeError(
            f"{brief(rule)} is the name of a rule: give the function, without quotes, as "
            "adamlib.rules has it."
        )
    if not callable(rule):
        raise TypeError(f"A rule is a function, {as_in}, not {brief(rule)}.")
    name = name_of(rule)
    try:
        parameters = inspect.signature(rule).parameters.values()
    except (TypeError, ValueError):  # some that are written in C do not say
        parameters = []
    positional = [p for p in parameters if p.kind <= p.POSITIONAL_OR_KEYWORD]
    enough = len(positional) >= 3 or any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if not enough or isinstance(rule, type) or any(is_usual(p.name) for p in positional[:3]):
        raise TypeError(f"{name} is not a rule, which takes x, g and t, {as_in}.")
    for p in positional[3:]:
        if p.default is p.empty:
            raise TypeError(
                f"{name}'s state {p.name} has no default: give it the value before the first "
                f"step, as {p.name}=0; a hyperparameter stands after the *."
            )
        if not _finite_numbers(p.default):
            raise TypeError(
                f"{name}'s state {p.name} starts at {brief(p.default)}: it must start at a finite "
                f"number, as {p.name}=0."
            )
    return rule


def check_hyperparameters(rule, hyperparameters):
    """Raise TypeError for a name that the rule does not have, ValueError for a value it cannot."""
    own = hyperparameter_defaults(check_rule(rule))
    for name, value in hyperparameters.items():
        if name not in own:
            if state := same(name, state_defaults(rule)):
                raise TypeError(before_the_star(rule, state))
            spelled = difflib.get_close_matches(name, own, n=1, cutoff=0.5)
            near = same(name, own) or "".join(spelled)
            hint = f": did you mean {near}?" if near else "."
            raise TypeError(
                f"{name_of(rule)} has no hyperparameter {name}{hint} "
                f"It has: {', '.join(own) or 'none'}."
            )
        if callable(value):
            check_schedule(value, name)
        else:
            check_value(name, value)
    for name, default in own.items():
        if default is inspect.Parameter.empty and name not in hyperparameters:
            raise TypeError(
                f"{name_of(rule)}'s {name} has no number as its default: give {name}=..."
            )


def before_the_star(rule, state):
    return (
        f"{name_of(rule)} takes {state} as a state, since it stands before the * in its "
        "signature: put `*,` before the hyperparameters."
    )


def check_value(name, value):
    """Raise ValueError for a value that the hyperparameter of this name cannot have."""
    right, words = facts(name).allowed
    array = np.asarray(value if isinstance(value, Real | np.ndarray) else None)
    if array.dtype.kind not in "fiu" or not np.all(right(array)):
        raise ValueError(f"{name} must be {words}, not {brief(value)}.")


def check_values(name, values, what):
    """One row of values that the hyperparameter of this name may have, one at least."""
    if not len(numbers(values, what, ndim=1)):
        raise ValueError(f"{what} must be some numbers: there is none.")
    check_value(name, np.asarray(values))
    return values


def check_rates(rates):
    """A row of learning rates, each a number or a function of t."""
    if not isinstance(rates, list | tuple):
        rates = numbers(rates, "The rates", ndim=1)
    if not len(rates):
        raise ValueError("The rates must be some learning rates: there is none.")
    for rate in rates:
        if not callable(rate):
            check_value("learning_rate", rate)
    return rates


def check_seeds(seeds):
    """A list of seeds, one at least."""
    check_kind(seeds, list | tuple, "seeds", "a list, as seeds(3)", least="one")
    for seed in seeds:
        count(seed, "A seed")


def check_trials(rates, seeds):
    """The rates to try of each method, {method: rates}, and a list of seeds."""
    check_kind(rates, dict, "rates", "a dict {method: learning rates}")
    for method, some in rates.items():
        check_values("learning_rate", some, f"The rates of {method}")
    check_seeds(seeds)


def check_shapes(hyperparameters, shape):
    """Raise ValueError unless each hyperparameter goes with x of this shape."""
    for name, value in hyperparameters.items():
        if np.ndim(value) and not broadcasts(np.shape(value), shape):
            raise ValueError(
                f"{name} has shape {np.shape(value)}, which does not go with x of shape {shape}: "
                "give one number, or sweep over many."
            )


def broadcasts(small, shape):
    """Whether an array of the shape `small` goes with one of `shape`."""
    try:
        return np.broadcast_shapes(small, shape) == shape
    except ValueError:
        return False


# numbers


def number(value, name):
    """One finite number, in the range of its name."""
    check_value(name, value)
    if np.ndim(value):
        raise ValueError(f"{name} must be one number, not {brief(value)}.")
    return value


def count(value, name, least=0, most=None):
    try:
        value = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {brief(value)}.") from None
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}.")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most:,}, not {value:,}.")
    return value


def numbers(values, name, ndim=None):
    """The values as an array of floats; NaN may be among them."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be numbers, not {brief(values)}.")
    if ndim is not None and array.ndim != ndim:
        row = {0: "one number", 1: "one row of numbers"}[ndim]
        raise ValueError(f"{name} must be {row}, not of shape {array.shape}.")
    return array.astype(float)


def check_series(series):
    """A row of numbers, each finite in float32, in which a page is sent them."""
    values = numbers(series, "The series")
    if values.ndim != 1 or not values.size:
        raise ValueError(f"The series must be one row of numbers, not of shape {values.shape}.")
    wrong = np.flatnonzero(~(np.abs(values) <= np.finfo(np.float32).max))
    if wrong.size:
        raise ValueError(
            f"The series must be finite, but value {wrong[0] + 1} is {values[wrong[0]]:g}."
        )
    return values


def check_memory(steps, many, each):
    """Raise ValueError if a run cannot be recorded: so many numbers a step, so many bytes each."""
    needed = steps * many * each
    if needed > MEMORY:
        raise ValueError(
            f"The record of {steps:,} steps would need {needed // 10**9:,} GB of memory, and may "
            f"have {MEMORY // 10**9}: take fewer steps."
        )


def _finite_numbers(value):
    try:
        return np.isfinite(numbers(value, "It")).all()
    except TypeError:
        return False


# functions, names and things


def check_function(function, name, *arguments):
    """Raise TypeError unless it can be called with these arguments."""
    takes = f"a function of {', '.join(arguments)}" if arguments else "a function of no argument"
    if not callable(function):
        raise TypeError(f"{name} must be {takes}, not {brief(function)}.")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some that are written in C do not say
        return function
    try:
        signature.bind(*arguments)
    except TypeError:
        raise TypeError(
            f"{name} must be {takes}, and {name_of(function)} takes {signature}."
        ) from None
    return function


def check_schedule(schedule, name):
    """A function of t; one that is written in C and does not say what it takes is called once."""
    check_function(schedule, name, "t")
    if not isinstance(schedule, types.FunctionType):
        try:
            schedule(1)
        except TypeError as error:
            raise TypeError(
                f"{name} must be a function of t, and {name_of(schedule)} fails at t = 1: {error}."
            ) from None
    return schedule


def check_gradient(gradient, asked_by):
    if hasattr(gradient, "gradient"):
        owner = getattr(gradient, "name", "model")
        raise TypeError(f"{asked_by} needs the gradient: give {owner}.gradient.")
    return check_function(gradient, "The gradient", "x")


def among(name, names):
    """Whether it is one of the names; what is no string is none."""
    return isinstance(name, str) and name in names


def check_name(name, names, what):
    """Raise ValueError unless it is one of the names."""
    if not among(name, names):
        near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}."
        raise ValueError(f"There is no {what} {brief(name)}: {hint}")
    return name


def check_kind(value, kind, name, words, least=""):
    """Raise TypeError unless the value is of that type; `words` say what it must be.

    least  what must be in it at least, in words; "" where it may be empty
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {words}, not {brief(value)}.")
    if least and not len(value):
        raise ValueError(f"{name} is empty: give {least} at least.")
    return value


def check_generator(rng):
    words = "a generator, such as np.random.default_rng(0)"
    return check_kind(rng, np.random.Generator, "rng", words)


def pair(value, what):
    """The pair; `what` is the beginning of a sentence that says which."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise TypeError(f"{what}, not {brief(value)}.")
    return value


def check_surface(surface, coordinates=None):
    """Raise TypeError unless it is a surface, of so many coordinates."""
    owner = getattr(surface, "__self__", None)
    if hasattr(owner, "window"):
        raise TypeError(f"Give the surface {owner.name} itself, not its {surface.__name__}.")
    if not hasattr(surface, "window"):
        raise TypeError(f"A surface is one of adamlib.surfaces, not {brief(surface)}.")
    if coordinates == 1 and len(surface.window) == 2:
        raise ValueError(f"{surface.name} has two coordinates: draw it by plots.contour.")
    if coordinates == 2 and len(surface.window) == 1:
        raise ValueError(f"{surface.name} has one coordinate: draw it by plots.curve.")
    return surface


def check_stages(stages):
    """Raise unless they are (steps, a, c), one at least: how long a valley is a/2 (x − c)²."""
    check_kind(stages, list, "stages", "a list of (steps, a, c)", least="one (steps, a, c)")
    for stage in stages:
        if not isinstance(stage, tuple | list) or len(stage) != 3:
            raise TypeError(f"A stage is (steps, a, c), not {brief(stage)}.")
        count(stage[0], "The steps of a stage", least=1, most=MOST_STEPS)
        finite_point(stage[1:], "a and c of a stage")


def check_target(target, measures):
    """Raise unless it is None or (measure, number)."""
    if target is None:
        return
    pair(target, "A target is a pair such as ('loss', 0.1)")
    if not among(target[0], measures):
        raise ValueError(f"A target is of {' or '.join(measures)}, not {brief(target[0])}.")
    number(target[1], "The target")


# data and models


def check_data(data):
    """The number of samples; raise unless it is a tuple of arrays with one for each sample."""
    if hasattr(data, "train"):
        raise TypeError("This is a whole data set: give the part to learn from, data.train.")
    check_kind(data, tuple | list, "The data", "a tuple of arrays, such as (images, labels)")
    for array in data:
        if not getattr(array, "shape", ()):  # a sparse matrix has no len
            raise TypeError(f"The data must be arrays, a row for each sample, not {brief(array)}.")
    lengths = [array.shape[0] for array in data]
    if len(set(lengths)) != 1:
        raise ValueError(f"The data's arrays must have one length, not {lengths}.")
    if not lengths[0]:
        raise ValueError("The data are empty: give at least one sample.")
    return lengths[0]


def check_sizes(sizes, samples):
    """A row of batch sizes, whole numbers from 1 to so many samples."""
    numbers(sizes, "The sizes", ndim=1)
    return [count(size, "A size", least=1, most=samples) for size in sizes]


def check_batch(batch):
    """The pair (x, labels)."""
    if hasattr(batch, "train"):
        raise TypeError("This is a whole data set: give one part of it, such as data.test.")
    return pair(batch, "A batch is a pair (x, labels)")


def check_params(params):
    """The list of what is trained, one thing at least."""
    words = "a list of arrays, such as model.initial() or [x]"
    if not check_kind(params, list | tuple, "The parameters", words):
        raise ValueError("The parameters are an empty list: give one array at least.")
    return params


def check_arrays(params, many=None):
    """The list of a model's parameters: arrays, so many of them."""
    if many not in (None, len(check_params(params))):
        raise ValueError(f"This model has {many} parameter arrays, not {len(params)}.")
    for array in check_params(params):
        if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or not array.ndim:
            raise TypeError(f"The parameters must be arrays of floats, not {brief(array)}.")
    return params


def check_model(model):
    parts = hasattr(model, "initial") and hasattr(model, "loss_and_gradient")
    if isinstance(model, type) or not parts:
        raise TypeError(
            f"A model is one of adamlib.models, such as LogisticRegression(), not {brief(model)}."
        )
    return model


# what is drawn


def check_axis(axis, name):
    """The pair (name, increasing values), the values as an array of floats."""
    label, values = pair(axis, f"{name} is a pair (name, increasing values)")
    check_kind(label, str, name, "a pair (name, increasing values), and the name a string")
    array = numbers(values, f"The values of {label}")
    finite = array.ndim == 1 and array.size and np.isfinite(array).all()
    if not finite or (np.diff(array) <= 0).any():
        raise ValueError(
            f"The values of {label} must be numbers that increase, not {brief(values)}."
        )
    return label, array


def finite_point(x, name):
    """A point of the plane, or a vector from one."""
    point = numbers(x, name)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise ValueError(f"{name} must be two finite numbers, not {brief(x)}.")
    return point


# words


def brief(value):
    """The value in a few words."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


def name_of(function):
    return getattr(function, "__name__", None) or brief(function)
