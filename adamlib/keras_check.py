"""The same run in tf.keras.optimizers, compared step by step. Only here is TensorFlow imported.

In equals_keras and equals_adam both runs get the same gradients. Each prints one line that says how
closely they agree, or raises AssertionError, which names the first step and coordinate where the
two part. descend_keras and train_network do by Keras alone what descend and train of descent do.
Without TensorFlow the runs of Keras are those of recorded_keras, and the line says so.
"""

import inspect
import os
import zlib
from contextlib import contextmanager
from functools import partial
from numbers import Integral, Real

# All that is pinned, read when TensorFlow is imported: quiet; Keras's backend; no graph rewritten
# for oneDNN. How many threads compute is pinned in adamlib.threads. This does not make two
# processors give the same bits: float32 matrix products and convolutions add in an order that
# depends on the instruction set, NumPy's too. What the lessons claim holds nevertheless, which
# `course.py replay` tries.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
from scipy.sparse import issparse

from adamlib import inputs, recorded_keras, rules
from adamlib.conventions import CONVENTIONS
from adamlib.descent import Training, at_step, batches, descend, difference, iterations, train
from adamlib.inputs import hyperparameter_defaults, name_of, needs_whole_arrays
from adamlib.recorded_keras import thinned
from adamlib.surfaces import cubic

tf, keras = None, recorded_keras.keras
if not recorded_keras.chosen():
    try:
        import tensorflow as tf

        keras = tf.keras
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise

# Each rule's own optimizer in tf.keras, and what must be said to get the rule.
OWN = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {"initial_accumulator_value": 0.1}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop_centered": ("RMSprop", {"centered": True}),
    "adadelta": ("Adadelta", {}),
    "adam": ("Adam", {}),
    "adamax": ("Adamax", {}),
    "nadam": ("Nadam", {}),
    "amsgrad": ("Adam", {"amsgrad": True}),
    "adamw": ("AdamW", {}),
    "lion": ("Lion", {}),
    "lamb": ("Lamb", {}),
    "adafactor": ("Adafactor", {}),
    "ftrl": ("Ftrl", {"initial_accumulator_value": 0.1}),
    "muon": ("Muon", {}),
    "schedule_free_adamw": ("ScheduleFreeAdamW", {}),
}

HUGE = 1e20
TINY = {"float64": 1e-100, "float32": 1e-15}  # its square must not be 0

# What Adam must be set to, at step t, to become each rule: with beta_1 = beta_2 = 0 its m_hat is g
# and its v_hat is g²; a huge epsilon hides the root of v_hat, a tiny one only avoids 0 / 0.
AS_ADAM = {
    "sgd": lambda t, tiny, learning_rate: dict(
        learning_rate=learning_rate * HUGE, beta_1=0.0, beta_2=0.0, epsilon=HUGE
    ),
    "momentum": lambda t, tiny, learning_rate, momentum: dict(
        learning_rate=learning_rate * HUGE * (1 - momentum**t) / (1 - momentum),
        beta_1=momentum,
        beta_2=0.0,
        epsilon=HUGE,
    ),
    "adagrad": lambda t, tiny, learning_rate, epsilon: dict(
        learning_rate=learning_rate / t**0.5, beta_1=0.0, beta_2=1 - 1e-14, epsilon=tiny
    ),
    "sign_descent": lambda t, tiny, learning_rate: dict(
        learning_rate=learning_rate, beta_1=0.0, beta_2=0.0, epsilon=tiny
    ),
    "rmsprop": lambda t, tiny, learning_rate, rho, epsilon: dict(
        learning_rate=learning_rate / (1 - rho**t) ** 0.5, beta_1=0.0, beta_2=rho, epsilon=tiny
    ),
}

# The largest difference allowed, relative to how far a coordinate of x has moved, and to the
# largest value so far of a coordinate of the state. Measured in tests/test_keras_parity.py.
BOUNDS = {"float64": 1e-12, "float32": 1e-4}
WIDER = {
    ("nadam", "float64"): 1e-6,  # Keras keeps 0.96 of its schedule in float32, which is 2e-8 off
    ("ftrl", "float64"): 1e-9,  # the roots of n before and after a small gradient nearly cancel
    ("ftrl", "float32"): 0.1,
}


def equals_keras(rule, gradient, x, steps, *, dtype="float64", **hyperparameters):
    """Check the rule, its parameters and state, against the tf.keras optimizer of its name.

    Arguments as in descent.descend. A hyperparameter that is not given has the rule's default on
    one side and Keras's on the other.
    dtype  "float64" or "float32", the precision of both; Keras's own setting is put back
    Raises AssertionError where the two part, ValueError for what cannot be compared.
    """
    print(_agreement(rule, gradient, x, steps, dtype, hyperparameters))


def _agreement(rule, gradient, x, steps, dtype, hyperparameters):
    """What equals_keras prints."""
    inputs.check_name(dtype, BOUNDS, "precision")
    optimizer, said = _entry(rule, OWN, "an optimizer of tf.keras", hyperparameters)
    known = keras_defaults(optimizer)
    defaults = {name: known[name] for name in hyperparameter_defaults(rule)}
    settings_at = partial(at_step, hyperparameters=defaults | said | hyperparameters)
    ours = _descend(rule, gradient, x, steps, dtype, hyperparameters)
    theirs = [_keras_descend(optimizer, settings_at, run, dtype) for run in ours]
    bound = WIDER.get((rule.__name__, dtype), BOUNDS[dtype])
    return _compare(rule, f"tf.keras.optimizers.{optimizer}", ours, theirs, bound, dtype)


def equals_adam(rule, gradient, x, steps, *, dtype="float64", **hyperparameters):
    """Check the rule's path against tf.keras.optimizers.Adam, its knobs turned to become the rule.

    Arguments as in equals_keras, but for epsilon: it is tiny in AdaGrad and RMSProp here, and
    AdaGrad starts from s = 0, as in its paper. Only so is each a setting of Adam, and it is one

    adagrad       for about 1,000 steps, and not in float32, where its beta_2 rounds to 1
    momentum      while the learning rate is constant: the rule has it inside the velocity
    sign_descent  while no gradient is far smaller than the one before, about 1/100: Keras's
                  v + (g² - v) loses the digits of a small g², and all of them at 0
    """
    inputs.check_name(dtype, BOUNDS, "precision")
    as_adam = _entry(rule, AS_ADAM, "a setting of Adam", hyperparameters)
    if "epsilon" in hyperparameters:
        raise ValueError("equals_adam has an epsilon of its own, a tiny one: give none.")
    tiny = TINY[dtype]
    if "epsilon" in hyperparameter_defaults(rule):
        hyperparameters["epsilon"] = tiny**2  # it stands inside the root
    values = hyperparameter_defaults(rule) | hyperparameters

    def settings_at(t):
        return as_adam(t, tiny, **at_step(t, values))

    start = _adagrad_from_zero(rule) if rule.__name__ == "adagrad" else rule
    ours = _descend(start, gradient, x, steps, dtype, hyperparameters)
    theirs = [_keras_descend("Adam", settings_at, run, dtype)[:1] for run in ours]
    ours = [run._replace(states={}) for run in ours]  # Adam's are others
    name = "tf.keras.optimizers.Adam, knobs turned"
    print(_compare(rule, name, ours, theirs, BOUNDS[dtype], dtype))


def equals_schedule(name, schedule, theirs, steps):
    """Check a learning rate, a function of t from 1, against a Keras schedule, which counts from 0.

    Prints a line that begins with the name, or raises AssertionError.
    """
    inputs.check_function(schedule, "The schedule", "t")
    if not isinstance(theirs, recorded_keras.Described):
        inputs.check_function(theirs, "Keras's schedule", "step")
    steps = inputs.count(steps, "steps", least=1)

    def compute():
        return [np.array([float(theirs(t - 1)) for t in range(1, steps + 1)])]

    asked = recorded_keras.question("rates", _described(theirs), steps=steps)
    (rates,) = _of_keras(asked, lambda: np.zeros(0), compute)
    for t, keras_rate in enumerate(rates, start=1):
        ours = schedule(t)
        if not abs(ours - keras_rate) < 1e-3 * abs(keras_rate):
            raise AssertionError(f"{name} is {ours:.6g} at step {t}, Keras has {keras_rate:.6g}.")
    print(f"{name:20} {steps} steps: no relative difference above 1e-3{recorded_keras.said(tf)}")


def equals_conventions():
    """Check what adamlib.conventions says of Keras: every default, and that the rules are its own.

    Prints two lines, or raises AssertionError.
    """
    checked = 0
    for name, rows in CONVENTIONS.items():
        known = keras_defaults(OWN[name][0])
        (defaults,) = (row.defaults for row in rows if row.library == "Keras")
        for knob, value in defaults.items():
            if known[knob] != value:
                raise AssertionError(
                    f"{knob} of {name} is {known[knob]} in Keras, and {value} in the "
                    "tables of adamlib.conventions."
                )
        checked += len(defaults)
    print(f"{checked} defaults of Keras {keras.__version__} are as in the tables.")
    start = np.linspace(0.3, 0.8, 6).reshape(2, 3)  # a matrix, else Muon is AdamW
    for name in CONVENTIONS:
        rule = getattr(rules, name)
        _agreement(rule, lambda x: 1e-3 * cubic.gradient(x), start, 30, "float64", {})
    print(f"Its {len(CONVENTIONS)} formulas too: 30 steps agree to {BOUNDS['float64']:.0e}.")


def descend_keras(optimizer, gradient, x, steps):
    """The trajectory of a Keras optimizer by itself, in float32, of shape (steps + 1, *x.shape)."""
    inputs.check_gradient(gradient, "descend_keras")
    start, steps = inputs.numbers(x, "The start").astype("float32"), inputs.count(steps, "steps")
    gradients = []

    def compute():
        x = keras.Variable(start, dtype="float32")
        path = [x.numpy()]
        for _ in range(steps):
            gradients.append(gradient(x.numpy()))
            optimizer.apply([keras.ops.convert_to_tensor(gradients[-1])], [x])
            path.append(x.numpy())
        return [np.array(path, float)]

    def probe():
        first = gradients[0] if gradients else gradient(start)
        return np.array([start, first], float)

    asked = recorded_keras.question("descend", _described(optimizer), start.shape, steps=steps)
    (path,) = _of_keras(asked, probe, compute)
    return path


def train_network(optimizer, params, data, *, epochs=1, batch_size=None, rng=None):
    """Train the Keras network with these parameters on the batches of descent.train.

    optimizer  such as keras.optimizers.Adam(0.01)
    params     the start of a model of adamlib.models, which says what network it is: dense layers,
               ReLU between them; softmax, or sigmoid where the last layer has one unit
    The rest as in descent.train, to which the same rng gives the same batches; documents are made
    dense batch by batch. Returns a descent.Training, its params shaped as those given.

    There is no dropout: Keras would drop others. The precision is that of params. Compare an MLP
    in float64: in float32 a rounding that switches one ReLU can part the two runs.
    """
    words = "one of Keras's, such as keras.optimizers.Adam(0.01)"
    inputs.check_kind(optimizer, keras.optimizers.Optimizer, "The optimizer", words)
    iterations(data, epochs, batch_size)  # refuses what descent.train refuses
    inputs.check_arrays(params)
    dtype, (x, y) = params[0].dtype.name, data
    asked = recorded_keras.question(
        "train",
        _described(optimizer),
        *(p.shape for p in params),
        x.shape,
        zlib.crc32(np.ascontiguousarray(y)),
        dtype=dtype,
        epochs=epochs,
        batch_size=batch_size,
        rng=rng and rng.bit_generator.state,
    )
    drawn = (pair for _ in range(epochs) for pair in batches(data, batch_size, rng))

    def compute():
        with _floatx(dtype):
            return _train(optimizer, params, drawn, dtype)

    def probe():
        return np.concatenate([np.ravel(p)[:100] for p in params])

    *trained, losses = _of_keras(asked, probe, compute)
    for _ in drawn:  # a recorded run has drawn nothing: rng is moved on as by a live one
        pass
    return Training(list(map(np.reshape, trained, map(np.shape, params))), losses, "")


def _train(optimizer, params, drawn, dtype):
    """The weights of the network, and its losses, after training on the batches that were drawn."""
    *hidden, outputs = (len(b) for b in params[1::2])
    loss = "BinaryCrossentropy" if outputs == 1 else "SparseCategoricalCrossentropy"
    layers = [keras.layers.Dense(units, "relu") for units in hidden]
    network = keras.Sequential(
        [keras.Input(params[0].shape[:1]), *layers, keras.layers.Dense(outputs)]
    )
    network.set_weights(list(map(np.reshape, params, (w.shape for w in network.weights))))
    optimizer = _exact(optimizer) if dtype == "float64" else optimizer
    # Keras's Adadelta multiplies its rho by a variable, and NumPy's rho takes no graph's.
    eagerly = dtype == "float64" and isinstance(optimizer, keras.optimizers.Adadelta)
    network.compile(optimizer, getattr(keras.losses, loss)(from_logits=True), run_eagerly=eagerly)
    optimizer.build(network.trainable_variables)  # else the first step is traced twice
    losses = [network.train_on_batch(x.toarray() if issparse(x) else x, y) for x, y in drawn]
    return [*network.get_weights(), np.array(losses)]


def train_both(rule, optimizer, model, params, data, *, batch_size, seed, **hyperparameters):
    """An epoch by descent.train and one by train_network: the same start and the same batches.

    seed  of the order of the batches; the rest as in the two, of which it returns the Trainings
    """
    how = [dict(batch_size=batch_size, rng=np.random.default_rng(seed)) for _ in range(2)]
    ours = train(rule, model.loss_and_gradient, params, data, **how[0], **hyperparameters)
    return ours, train_network(optimizer, params, data, **how[1])


def largest_difference(params, others):
    """The largest |difference| of two lists of arrays, such as the weights after two trainings.

    params, others  lists of as many arrays, of the same shapes
    Returns a float, in the arrays' own unit. Raises ValueError if the lists do not fit.
    """
    shapes = [[np.shape(a) for a in inputs.check_arrays(arrays)] for arrays in (params, others)]
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"The arrays of one list have the shapes {shapes[0]}, those of the other {shapes[1]}: "
            "give two lists that match, array by array."
        )
    return float(max(np.abs(a - b).max() for a, b in zip(params, others, strict=True)))


def own_optimizer(name, **settings):
    """The tf.keras optimizer of the rule with this name, with Keras's defaults but for `settings`.

    momentum and nesterov are SGD with momentum 0.9. Raises ValueError if a rule has none.
    """
    optimizer, said = OWN[inputs.check_name(name, OWN, "optimizer")]
    return getattr(keras.optimizers, optimizer)(**said | settings)


def keras_defaults(name):
    """{parameter: default} of a class of keras.optimizers, such as "Adam"."""
    if tf is None:
        return recorded_keras.signature(name)
    return signature(getattr(keras.optimizers, name))


def signature(kind):
    """{parameter: default} of a class of Keras; None where it has no default."""
    parameters = inspect.signature(kind).parameters.values()
    known = {p.name: None if p.default is p.empty else p.default for p in parameters}
    return {name: default for name, default in known.items() if name not in ("name", "kwargs")}


def _of_keras(asked, probe, compute, record=np.asarray):
    """The arrays that Keras computes or, without TensorFlow, those of its recorded run.

    asked, probe  as in recorded_keras.answer; the probe is a function
    record        function of an array: what of it is recorded
    """
    if tf is None:
        return recorded_keras.answer(asked, probe())
    arrays = compute()
    recorded_keras.hold(asked, probe, [record(a) for a in arrays])
    return arrays


def _described(made):
    """A Keras optimizer or schedule as (class, settings), the same live and recorded."""
    if isinstance(made, recorded_keras.Described):
        return made.name, recorded_keras.in_float32(made.settings)
    if not hasattr(made, "get_config"):  # a function that is not Keras's
        return inputs.name_of(made), {}
    known, settings = signature(type(made)), made.get_config()
    return type(made).__name__, recorded_keras.in_float32(
        {name: settings.get(name, default) for name, default in known.items()}
    )


def _exact(optimizer):
    """A new optimizer with the same settings in float64, from one that was made in float32."""
    settings = optimizer.get_config()
    rate = settings["learning_rate"]
    if isinstance(rate, float):  # not 0.001 but 0.0010000000475, its float32
        settings["learning_rate"] = float(str(np.float32(rate)))
    return type(optimizer).from_config(_numbers(settings, np.float64))


def _numbers(settings, number):
    """The settings, each of them that is not a whole number a `number`.

    Keras casts Python's floats, some by way of float32; NumPy's keep their precision.
    """
    return {
        k: number(v) if isinstance(v, Real) and not isinstance(v, Integral) else v
        for k, v in settings.items()
    }


def _entry(rule, table, what, hyperparameters):
    """The rule's entry, or a sentence if this rule, so set, cannot be compared."""
    name = name_of(inputs.check_rule(rule))
    if name not in table:
        raise ValueError(f"{name} is not {what}; there are: {', '.join(table)}.")
    known, own = (list(hyperparameter_defaults(r)) for r in (getattr(rules, name), rule))
    if sorted(own) != sorted(known):
        raise ValueError(
            f"{name} should have the hyperparameters {', '.join(known)}, as in Keras, and has "
            f"{', '.join(own) or 'none'}."
        )
    for given, value in hyperparameters.items():
        if callable(value) and given != "learning_rate":
            raise ValueError(f"Keras can change the learning rate while it runs, not {given}.")
    return table[name]


def _adagrad_from_zero(rule):
    def adagrad(x, g, t, s=0.0, *, learning_rate=0.001, epsilon=1e-7):
        return rule(x, g, t, s, learning_rate=learning_rate, epsilon=epsilon)

    return adagrad


def _descend(rule, gradient, x, steps, dtype, hyperparameters):
    """The rule's run in that precision, a Descent for each parameter array."""
    inputs.check_gradient(gradient, "The comparison")
    several = isinstance(x, list) and any(isinstance(a, np.ndarray) for a in x)
    start = [inputs.numbers(a, "The start").astype(dtype) for a in (x if several else [x])]

    def gradients(xs):
        return [np.asarray(g, dtype) for g in (gradient(xs) if several else [gradient(xs[0])])]

    run = descend(rule, gradients, start, steps, **hyperparameters)
    if run.diverged:
        raise AssertionError(f"{run.diverged}: there is no path to compare with Keras's.")
    if not any(np.any(g) for g in run.gradients):
        raise ValueError("There is nothing to compare: every gradient is 0, or there is no step.")
    return [
        run._replace(trajectory=x, gradients=g, states=s)
        for x, g, s in zip(run.trajectory, run.gradients, run.states, strict=True)
    ]


def _keras_descend(optimizer, settings_at, run, dtype):
    """Keras on the gradients of a run: [x, *state], each of shape (steps, *x.shape).

    settings_at  function of t, of which only the learning rate may change
    """
    start, steps = run.trajectory[0], len(run.gradients)
    rates = [settings_at(t)["learning_rate"] for t in range(1, steps + 1)]

    def compute():
        with _floatx(dtype):
            number = {"float64": np.float64, "float32": float}[dtype]
            made = getattr(keras.optimizers, optimizer)(**_numbers(settings_at(1), number))
            x = keras.Variable(start, dtype=dtype)
            rows = []
            for rate, g in zip(rates, run.gradients, strict=True):
                made.learning_rate = float(rate)
                made.apply([tf.constant(g)], [x])
                states = made.variables[2:]  # after the iteration and the learning rate
                rows.append([variable.numpy() for variable in (x, *states)])
        return [np.array(column) for column in zip(*rows, strict=True)]

    asked = recorded_keras.question(
        "steps", optimizer, settings_at(1), rates, start.shape, dtype=dtype
    )
    probe = np.array([start, run.gradients[0]])
    return _of_keras(asked, lambda: thinned(probe), compute, thinned)


@contextmanager
def _floatx(dtype):
    """Keras's precision, of its optimizers and of its layers, for the time being."""
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)


def _compare(rule, keras_name, ours, theirs, bound, dtype):
    """In words how closely the two agree; raise where a difference first passes the bound.

    A state is named before x, which follows from it, even where x parts at an earlier step.
    """
    if tf is None:
        ours = [
            run._replace(
                trajectory=thinned(run.trajectory),
                states={name: thinned(a) for name, a in run.states.items()},
            )
            for run in ours
        ]
    partings = []  # (place in the rule's order, step, words)
    for i, (run, columns) in enumerate(zip(ours, theirs, strict=True)):
        named = {"x": run.trajectory[1:]} | run.states
        if needs_whole_arrays(rule) and len(columns) < len(named):  # Muon has no v for a matrix
            named = {name: a for name, a in named.items() if a.ndim > 1 or a.any()}
        if len(columns) != len(named):
            raise AssertionError(
                f"{rule.__name__} has {len(run.states)} states ({', '.join(run.states)}), "
                f"{keras_name} has {len(columns) - 1}."
            )
        order = [*run.states, "x"]
        for (name, a), b in zip(named.items(), columns, strict=True):
            if a.size == b.size:
                b = b.reshape(a.shape)  # Keras's rows and columns of Adafactor have one axis less
            apart = difference(a, b, run.trajectory[0] if name == "x" else None, bound, dtype)
            for step, *where in np.argwhere(~(apart <= bound))[:1].tolist():
                at = (step, *where)
                index = f"{where}" if where else ""
                array = f" of parameter array {i}" if len(ours) > 1 else ""
                words = f"{name}{index}{array} is {a[at]:.12g}, Keras has {b[at]:.12g}"
                words = f"{words}, a relative difference of {apart[at]:.1e}"
                partings.append((order.index(name), step + 1, words))
    if partings:
        if tf is None:  # Keras's gradients are those of the record: after the first parting, others
            first = min(step for _, step, _ in partings)
            partings = [parting for parting in partings if parting[1] == first]
        _, step, words = min(partings)
        raise AssertionError(
            f"{rule.__name__} parts from {keras_name} at step {step}: {words} "
            f"(bound {bound:g}, {dtype})."
        )
    steps = len(ours[0].gradients)
    said = recorded_keras.said(tf)
    return f"{rule.__name__} = {keras_name}: {steps} steps agree to {bound:g} ({dtype}){said}"
