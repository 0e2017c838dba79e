"""A rule inside model.fit: any rule, a learner's too, as a tf.keras optimizer.

    model.compile(as_keras(adam, learning_rate=0.001), loss=...)

It trains in eager mode, in a graph and compiled by XLA, follows Keras's learning rate schedules,
and is saved with the model. A model that adamlib.rules trained loads where this module has been
imported; where the rule is one's own, it must be given again:

    keras.models.load_model(path, custom_objects={"adam": adam})
"""

import inspect
import linecache
import re
import traceback
from numbers import Real

import numpy as np

from adamlib import rules
from adamlib.descent import diverged_at, update
from adamlib.inputs import (
    brief,
    check_hyperparameters,
    hyperparameter_defaults,
    needs_whole_arrays,
    state_defaults,
)
from adamlib.keras_check import keras, tf

ops = keras.ops
Schedule = keras.optimizers.schedules.LearningRateSchedule

# What a rule is tried on: three gradients, each number of one sign, from large to tiny, and zeros;
# in the shapes of a dense layer's weights, of a bias and of a convolution's kernel.
SHAPES = (2, 3), (6,), (1, 1, 2, 3)
START = np.float32([[0, 0, 1], [1, -2, 0]])
GRADIENTS = np.float32([[[50, -1, 0], [1e-3, -1e-6, 2]]]) * np.float32([1, 3, 0.5])[:, None, None]


# {words of an error: what to write}; else the general advice is given.
MEANT = {
    r"'tensor' object has no attribute|has no len\(\)": "write NumPy's functions, as np.max(a) for "
    "a.max(), a @ b for a.dot(b), and a.shape[0] for len(a)",
    "need a truth at once": "write one formula that holds at every step, or np.where(condition, a, "
    "b), np.maximum(a, b)",
    "must be real number, not tensor": "the functions of math take a number that is there at once: "
    "write NumPy's, as np.sqrt(a)",
    r"(int|float)\(\) argument must be": "a tensor calculates as it is: leave int() and float() "
    "away",
    "functions that are not NumPy's need": "write NumPy's functions, as np.sqrt(a), and no "
    "np.array or np.float32 around a tensor; as_keras turns them into those of keras.ops",
}


def as_keras(rule, learning_rate=None, **hyperparameters):
    """The rule as a keras.optimizers.Optimizer. It is tried on six numbers first, in three shapes.

    rule           as in adamlib.rules, in Python's operators and NumPy's functions; those that
                   keras.ops has under the same name, element by element or over an array
    learning_rate  a number, or one of keras.optimizers.schedules; the rule's own if not given
    Each state is a variable of the shape that the rule gives it: its parameter's, or one number.
    Raises TypeError or ValueError, in one sentence, for a rule that cannot train a network.
    A training whose weights are no longer finite goes on, as in Keras; model.fit prints at its end
    what the optimizer's `diverged` says. keras.callbacks.TerminateOnNaN() ends it at once.
    """
    return RuleOptimizer(rule, learning_rate, hyperparameters)


@keras.utils.register_keras_serializable(package="adamlib")
class RuleOptimizer(keras.optimizers.Optimizer):
    """What as_keras returns."""

    def __init__(self, rule, learning_rate=None, hyperparameters=None, name=None):
        if not (inspect.isfunction(rule) and rule.__name__.isidentifier()):
            of_keras = "; model.compile takes Keras's own as they are" * ("keras" in repr(rule))
            raise TypeError(
                f"as_keras takes a rule that def has given a name, not {brief(rule)}{of_keras}."
            )
        as_in = f"as in def {rule.__name__}(x, g, t, *, learning_rate=0.001)"
        parameters = inspect.signature(rule).parameters
        given = [p for p in parameters.values() if p.kind <= p.POSITIONAL_OR_KEYWORD][:3]
        if [p.default for p in given] != 3 * [inspect.Parameter.empty]:
            raise TypeError(
                f"{rule.__name__}'s first arguments must be x, g, t, without defaults, {as_in}."
            )
        if "learning_rate" not in parameters:
            raise TypeError(f"{rule.__name__} needs the hyperparameter learning_rate, {as_in}.")
        if learning_rate is None:
            learning_rate = hyperparameter_defaults(rule).get("learning_rate")
        at_first = learning_rate(0) if isinstance(learning_rate, Schedule) else learning_rate
        at_first = at_first.numpy() if ops.is_tensor(at_first) else at_first
        numbers = {"learning_rate": at_first} | (hyperparameters or {})
        check_hyperparameters(rule, numbers)
        for key, value in numbers.items():
            if not isinstance(value, Real):
                schedule = "a number or one of keras.optimizers.schedules"
                what = schedule if key == "learning_rate" else "one number"
                raise TypeError(f"{key} must be {what} in Keras, not {brief(value)}.")
        for key, default in state_defaults(rule).items():
            if not isinstance(default, Real):
                raise TypeError(
                    f"{rule.__name__}'s state {key} must start at a number, as {key}=0."
                )
        tried = [_try(rule, numbers, shape) for shape in SHAPES]
        shapes = {k: max((shapes[k] for shapes in tried), key=len) for k in state_defaults(rule)}
        if not isinstance(learning_rate, Schedule):
            learning_rate = float(learning_rate)
        super().__init__(learning_rate, name=name or rule.__name__)
        self.rule, self.hyperparameters, self._shapes = rule, dict(hyperparameters or {}), shapes

    def build(self, variables):
        """Make the states of these variables, each at its default."""
        super().build(variables)
        self._states = [[] for _ in variables]
        shapes = [self._state_shapes(variable.shape) for variable in variables]
        for name, default in state_defaults(self.rule).items():
            for variable, states, shape in zip(variables, self._states, shapes, strict=True):
                states.append(
                    self.add_variable(
                        shape[name],
                        keras.initializers.Constant(default),
                        variable.dtype,
                        name=f"{variable.path.replace('/', '_')}_{name}",
                    )
                )
        # The steps at which a gradient, and a weight, was first not finite; 0 while there is none.
        self._not_finite = [
            self.add_variable((), dtype="int", name=f"{what}_not_finite")
            for what in ("gradient", "weight")
        ]

    def _state_shapes(self, shape):
        """{name: shape} of the states of a variable of this shape."""
        if not needs_whole_arrays(self.rule):
            return {name: shape if own else () for name, own in self._shapes.items()}
        x, state = np.ones(shape, np.float32), list(state_defaults(self.rule).values())
        update(self.rule, x, np.ones(shape, np.float32), 1, state, **self.hyperparameters)
        return dict(zip(self._shapes, map(np.shape, state), strict=True))

    def apply(self, grads, trainable_variables=None):
        """One step, and a look whether all is finite."""
        super().apply(grads, trainable_variables)
        for first, arrays in zip(self._not_finite, (grads, self._trainable_variables), strict=True):
            total = sum(tf.reduce_sum(a) for a in arrays if a is not None)  # finite if all is
            new = ops.logical_and(ops.equal(first, 0), ops.logical_not(ops.isfinite(total)))
            first.assign(ops.where(new, self.iterations, first))

    def update_step(self, gradient, variable, learning_rate):
        """One step of one variable and its states."""
        states = self._states[self._get_variable_index(variable)]
        step = ops.cast(self.iterations + 1, variable.dtype)
        rate = TensorAsArray(ops.cast(learning_rate, variable.dtype))
        new = _on_tensors(
            self.rule,
            [variable, gradient, step, *states],
            self.hyperparameters | {"learning_rate": rate},
        )
        for old, value in zip([variable, *states], new, strict=True):
            self.assign(old, value)

    @property
    def diverged(self):
        """ "", or at which step the weights were first not finite, and why."""
        gradient, weight = (int(first) for first in self._not_finite) if self.built else (0, 0)
        if not weight:
            return ""
        rate = self._learning_rate
        rate = float(rate(weight - 1) if isinstance(rate, Schedule) else rate)
        words = diverged_at(self.rule, weight, {"learning_rate": rate} | self.hyperparameters)
        if 0 < gradient <= weight:
            return (
                f"{words}: the gradient was not finite, since the learning rate is too large, "
                "the rule makes weights too large, or the loss is not finite."
            )
        return f"{words}: it made weights that are not finite out of a gradient that is."

    def finalize_variable_values(self, var_list):
        """What model.fit calls at its end."""
        super().finalize_variable_values(var_list)
        if self.diverged:
            print(self.diverged)

    def get_config(self):
        """What is saved: the rule by its name, and all of its numbers."""
        config = super().get_config()
        name = self.rule.__name__
        ours = getattr(rules, name, None) is self.rule
        used = hyperparameter_defaults(self.rule) | self.hyperparameters
        return {
            "name": config["name"],
            "learning_rate": config["learning_rate"],
            "rule": f"adamlib.rules.{name}" if ours else name,
            "states": [k + " (one number)" * (shape == ()) for k, shape in self._shapes.items()],
            "hyperparameters": {k: float(v) for k, v in used.items() if k != "learning_rate"},
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The optimizer again; a rule that is not of adamlib must be among the custom objects."""
        rule, rate, states = (config[key] for key in ("rule", "learning_rate", "states"))
        name = rule.removeprefix("adamlib.rules.")
        if name != rule:
            function = getattr(rules, name)
        else:
            function = keras.utils.get_registered_object(name, custom_objects)
        hint = f'keras.models.load_model(path, custom_objects={{"{name}": {name}}})'
        if function is None:
            raise ValueError(
                f"This model was trained by a rule of your own, {name}, which is not saved with "
                f"it: define {name}, then load by {hint}; or without it, by compile=False."
            )
        if isinstance(rate, dict):
            rate = keras.optimizers.schedules.deserialize(rate, custom_objects)
        try:
            new = cls(function, rate, config["hyperparameters"], config["name"])
            if (given := new.get_config()["states"]) != states:
                given, states = (", ".join(names) or "none" for names in (given, states))
                raise ValueError(f"{name} has the states {given}, not {states}")
        except (TypeError, ValueError) as error:  # Keras makes five lines of a TypeError
            words = str(error).removesuffix(".")
            raise ValueError(
                f"{words}; give the {name} that trained this model, by {hint}."
            ) from None
        return new


class TensorAsArray(np.lib.mixins.NDArrayOperatorsMixin):
    """A tensor that takes Python's operators and NumPy's functions: np.sqrt is keras.ops.sqrt."""

    def __init__(self, tensor):
        self.tensor = tensor

    shape = property(lambda self: tuple(self.tensor.shape))
    ndim = property(lambda self: len(self.tensor.shape))
    T = property(np.transpose)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        result = _twin(name, inputs, kwargs)
        if out is None:
            return result
        (old,) = out  # as in a += b, which must be seen by whoever else holds a
        old.tensor = result.tensor
        return old

    def __array_function__(self, function, types, args, kwargs):
        if function is np.linalg.norm and len(args) == 1 and not kwargs:
            args = [np.ravel(self)]  # in Keras it takes two axes at most
        return _twin(function.__name__, args, kwargs)

    def __array__(self, *args, **kwargs):
        raise TypeError(
            "np.array, np.asarray, np.float64, np.float32 and functions that are not NumPy's need "
            "numbers at once, and a tensor has them only later"
        )

    def __bool__(self):
        raise TypeError(
            "if, and, or, not, min and max need a truth at once, and a tensor has it only later"
        )


def _twin(name, args, kwargs):
    """The function of keras.ops with the name of NumPy's."""
    if not hasattr(ops, name):
        raise TypeError(f"np.{name} has no twin in keras.ops")
    args, kwargs = keras.tree.map_structure(_tensor, (args, kwargs))
    return keras.tree.map_structure(  # np.linalg.svd gives three
        lambda a: TensorAsArray(a) if ops.is_tensor(a) else a, getattr(ops, name)(*args, **kwargs)
    )


def _tensor(a):
    if isinstance(a, TensorAsArray):
        return a.tensor
    return a.item() if isinstance(a, np.generic) else a  # a number of Python's keeps a's precision


def _on_tensors(rule, given, hyperparameters):
    """What the rule returns for tensors x, g, t, *state: tensors of the shapes of x and state.

    Raises TypeError, in one sentence, for what does not work on tensors.
    """
    # Dense: a word that a batch has twice has two sparse gradients, whose sum is to be squared.
    # (Keras 3.15's own Adam adds their squares.)
    x, g, t, *state = map(tf.convert_to_tensor, given)
    try:
        new = rule(*map(TensorAsArray, (x, g, t, *state)), **hyperparameters)
        return [
            ops.broadcast_to(_tensor(value), old.shape)
            for value, old in zip(new, (x, *state), strict=True)
        ]
    except Exception as error:
        raise TypeError(_failure(rule, "Keras's tensors", x.shape, error)) from None


def on_tensors(function):
    """Try a function of one matrix, which a rule is to call, on Keras's tensors.

    Raises TypeError, in one sentence, if it does not work on them.
    """
    try:
        function(TensorAsArray(tf.convert_to_tensor(GRADIENTS[0])))
    except Exception as error:
        raise TypeError(_failure(function, "Keras's tensors", START.shape, error)) from None


def _failure(rule, arrays, shape, error):
    """The sentence for an error in a rule: what it is, where, what to write."""
    what = " ".join(f"{type(error).__name__}: {error}".split()).replace("TensorAsArray", "tensor")
    # TensorFlow's names of its nodes and operations
    what = re.sub(r"\{\{function_node.*?\}\} |( for ')?\{\{node.*| \[Op:.*", "", what)
    where = _line(rule, error)
    if isinstance(error, NameError | ImportError | KeyError | ArithmeticError | AssertionError):
        write = ""
    elif len(shape) != START.ndim:
        write = (
            "; a network has biases and convolutions too: write what works on every shape, as "
            "np.sum(a), or put it under `if g.ndim == 2:`"
        )
    elif meant := [words for pattern, words in MEANT.items() if re.search(pattern, what)]:
        write = f"; {meant[0]}"
    else:
        write = (
            "; write operators and NumPy's functions that keras.ops has too, as np.sqrt(a), "
            "np.max(a), np.maximum(a, b), np.where(condition, a, b)"
        )
    return (
        f"{rule.__name__} fails on {arrays}"
        + f" of shape {shape}" * (shape != START.shape)
        + f": {what[:200].rstrip(' .')}"
        + f", in its line `{where}`" * bool(where)
        + write
    )


def _line(rule, error):
    """The rule's line in which the error arose, or ""."""
    code = rule.__code__
    lines = [i for frame, i in traceback.walk_tb(error.__traceback__) if frame.f_code is code]
    return linecache.getline(code.co_filename, lines[-1]).strip() if lines else ""


def _try(rule, hyperparameters, shape):
    """{name: shape} of the rule's states after three steps on six numbers in this shape.

    Raises TypeError or ValueError, in one sentence, if the rule does not return (x, *state), if it
    returns what is not finite, or an x that forgets the old one, or if tensors do not give the same
    as arrays.
    """
    names = ["x", *state_defaults(rule)]
    x, state = START.reshape(shape).copy(), list(state_defaults(rule).values())
    for t, g in enumerate(GRADIENTS.reshape(-1, *shape), start=1):
        before = [x.copy(), *map(np.copy, state)]
        try:
            with np.errstate(all="ignore"):
                update(rule, x, g, t, state, **hyperparameters)
        except Exception as error:
            if _line(rule, error):
                raise TypeError(_failure(rule, "NumPy's arrays", shape, error)) from None
            if error.__context__ and (line := _line(rule, error.__context__)):
                raise ValueError(
                    f"{rule.__name__} writes into an array that it was given, in its line "
                    f"`{line}`: make a new one, as by a = a + b in place of a += b."
                ) from None
            raise  # a sentence of update's own
        after = [x, *state]
        for name, value in zip(names, after, strict=True):
            bad = ~np.isfinite(value) & np.ones(x.shape, bool)
            if bad.any():
                worst = np.broadcast_to(value, x.shape)[bad][0]
                raise ValueError(
                    f"{rule.__name__} makes {name} {worst:g} at step {t} where g is "
                    f"{g[bad][0]:g}: a network has such gradients."
                )
        if ((g == 0) & (before[0] != 0) & (x == 0)).any():
            raise ValueError(
                f"{rule.__name__} makes x 0 where g is 0, whatever x was: return the new x, and "
                "after it the states."
            )
        start, *states = (
            np.full(np.shape(new), old, np.float32) for old, new in zip(before, after, strict=True)
        )
        tensors = _on_tensors(rule, [start, g, np.float32(t), *states], hyperparameters)
        for name, value, tensor in zip(names, after, tensors, strict=True):
            if not np.allclose(value, tensor, rtol=1e-3, atol=0):
                raise ValueError(
                    f"{rule.__name__} makes another {name} of tensors than of the same NumPy "
                    f"arrays at step {t}: it must depend on nothing but its arguments."
                )
    return {name: np.shape(a) for name, a in zip(names[1:], state, strict=True)}
