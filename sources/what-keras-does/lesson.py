# %% [markdown]
# # What Keras really does
#
# Keras's optimizers differ from their papers, from PyTorch, and sometimes from their own documentation. This page lists
# the places where you can be surprised. Each one is a few lines that show it in the Keras that you have installed. If a
# new version behaves differently, the cell ends in an error that begins "Keras now".
#
# The parts are [decay, clipping, accumulation](#Decay,-clipping,-accumulation),
# [Adam and its relatives](#Adam-and-its-relatives), [AdaGrad, Adadelta, Ftrl](#AdaGrad,-Adadelta,-Ftrl),
# [Lion, LAMB, Adafactor](#Lion,-LAMB,-Adafactor), and [Muon and ScheduleFreeAdamW](#Muon-and-ScheduleFreeAdamW).
#
# This page is for looking things up. The [glossary](glossary.ipynb) explains the terms, and the
# [cheat sheet](cheat-sheet.ipynb) has the rules as equations. In the text η is the learning rate, λ the weight decay, g
# the gradient, and t the number of the step, from 1.

# %% tags=["nbval-ignore-output"]
import numpy as np

from adamlib.keras_check import keras, tf

optimizers = keras.optimizers
print("Keras", keras.__version__)


# %% [markdown]
# All cells use this function. It gives an optimizer the gradients one after the other, whatever the weights are.


# %%
def path(optimizer, start, gradients):
    """The weights after each gradient: an array with a row for each."""
    weights = keras.Variable(np.array(start, keras.config.floatx()))
    after = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient, weights.dtype)], [weights])
        after.append(weights.numpy())
    return np.array(after)


def near(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-9)


# %% [markdown]
# ## Decay, clipping, accumulation
#
# These work in every optimizer of Keras.
#
# ### Weight decay acts before the step and is multiplied by the rate
#
# In every optimizer, `weight_decay` first subtracts ηλ times the weights, and then the step is taken. It is never added
# to the gradient, as PyTorch's SGD does. Without momentum the two are the same; with momentum they differ.

# %%
((without_gradient,),) = path(optimizers.SGD(0.1, weight_decay=0.5), [1.0], [[0.0]])
adamw = optimizers.AdamW(0.1, weight_decay=0.5, epsilon=1e-12)
((with_gradient,),) = path(adamw, [1.0], [[1.0]])
print(f"from 1 with gradient 0: {without_gradient:.3f}; AdamW, gradient 1: {with_gradient:.3f}")
assert near(without_gradient, 1 - 0.1 * 0.5), "Keras now decays by something other than ηλ"
assert not near(with_gradient, (1 - 0.1) * 0.95), "Keras now decays after the step"
assert near(with_gradient, 0.95 - 0.1), "Keras now mixes decay and step in another way"

# %% [markdown]
# ### AdamW decays the biases too
#
# Most recipes leave out biases and the scales of normalisation layers. Keras leaves out nothing, unless you call
# `exclude_from_weight_decay` before the first step.


# %%
def bias_after_decay(optimizer):
    layer = keras.layers.Dense(2, bias_initializer="ones")
    layer.build((None, 3))
    optimizer.apply([keras.ops.zeros_like(w) for w in layer.weights], layer.weights)
    return float(layer.bias[0])


excluded = optimizers.AdamW(0.1, weight_decay=0.5)
excluded.exclude_from_weight_decay(var_names=["bias"])
decayed, left = (
    bias_after_decay(optimizers.AdamW(0.1, weight_decay=0.5)),
    bias_after_decay(excluded),
)
print(f"a bias of 1 becomes {decayed:.2f}; excluded by its name it stays {left:.2f}")
assert near(decayed, 0.95), "Keras now leaves biases out of AdamW's decay"
assert left == 1, "Keras now decays a bias that was excluded by its name"

# %% [markdown]
# ### clipnorm works on each array, global_clipnorm on all together
#
# `clipnorm` shortens the gradient of each weight array by itself. A gradient with a norm of 50 and one with a norm of 5
# then become equally long. `global_clipnorm` multiplies all gradients by one factor, which keeps their direction. That
# is what PyTorch's `clip_grad_norm_` does. `clipvalue` cuts each number by itself.


# %%
def clipped(**switch):
    """What SGD at rate 1 subtracts from two arrays."""
    arrays = [keras.Variable([0.0, 0.0]), keras.Variable([0.0, 0.0])]
    gradients = [keras.ops.array([30.0, 40.0]), keras.ops.array([3.0, 4.0])]
    optimizers.SGD(1.0, **switch).apply(gradients, arrays)
    return np.array([-array.numpy() for array in arrays])


for switch in ("clipnorm", "global_clipnorm", "clipvalue"):
    print(f"{switch:15}", *(np.round(array, 3) for array in clipped(**{switch: 1.0})))
assert near(clipped(clipnorm=1.0), [[0.6, 0.8]] * 2), "Keras now clips by clipnorm differently"
together = np.array([[30, 40], [3, 4]]) / np.sqrt(50**2 + 5**2)
assert near(clipped(global_clipnorm=1.0), together), "Keras now has another global_clipnorm"
assert near(clipped(clipvalue=1.0), 1), "Keras now cuts by clipvalue differently"

# %% [markdown]
# ### Only one way of clipping can act
#
# Keras refuses two of the three in the constructor. If you set the second one later, as an attribute, there is no
# message: the first in the order `clipnorm`, `global_clipnorm`, `clipvalue` acts, and the others do nothing.

# %%
try:
    optimizers.SGD(1.0, clipnorm=1.0, clipvalue=0.1)
except ValueError as error:
    refusal = str(error)
else:
    raise AssertionError("Keras now takes two ways of clipping together")
print(refusal.split(". ")[0])
both = optimizers.SGD(1.0, clipvalue=0.1)
both.clipnorm = 1.0
assert near(path(both, [0.0, 0.0], [[30, 40]]), [-0.6, -0.8]), "Keras now clips in both ways"

# %% [markdown]
# ### With accumulation a schedule counts batches, not updates
#
# With `gradient_accumulation_steps=4` the weights change after every fourth batch, by the mean of four gradients. A
# learning rate schedule is asked at those moments, for the numbers 3, 7, 11 (counted from 0), and not for 0, 1, 2.
# So a decay of 1,000 steps ends after 250 updates. Adam's own t counts updates, as it should.

# %%
asked = []


class Asked(optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        asked.append(int(step))
        return 0.1


path(optimizers.SGD(Asked(), gradient_accumulation_steps=4), [1.0], [[1.0]] * 8)
four = optimizers.Adam(0.1, gradient_accumulation_steps=4)
moved = path(four, [0.0], [[1.0]] * 8).ravel()
print(f"asked for steps {asked}; Adam's weight after each batch: {np.round(moved, 1)}")
assert asked == [3, 7], "Keras now asks a schedule at other steps under accumulation"
assert near(moved, [0, 0, 0, -0.1, -0.1, -0.1, -0.1, -0.2]), "Keras now accumulates differently"
assert int(four.iterations) == 2, "Keras now counts batches in `iterations`"

# %% [markdown]
# ### With accumulation use_ema averages after every batch
#
# `use_ema` keeps an average of the weights: `ema_momentum` times the old average, plus the rest of the new weights. With
# accumulation Keras does this after every batch, though the weights change only at every fourth. So the old
# average is multiplied by the fourth power of `ema_momentum` between two updates.


# %%
def average(**accumulation):
    """The average of weights that take three steps of 1, with ema_momentum = 0.5."""
    sgd = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5, **accumulation)
    weights = keras.Variable([0.0])
    for _ in range(3 * (sgd.gradient_accumulation_steps or 1)):
        sgd.apply([keras.ops.array([-1.0])], [weights])
    sgd.finalize_variable_values([weights])  # the weights become their average
    return float(weights[0])


alone, accumulated = average(), average(gradient_accumulation_steps=4)
print(f"the average of 1, 2 and 3: {alone}; with accumulation {accumulated}")
assert near(alone, ((1 + 2) / 2 + 3) / 2), "Keras now averages weights differently"
before = 1 / 2**4 + 2 * (1 - 1 / 2**4)  # four times half of the average and half of 2
assert near(accumulated, (before + 3) / 2), "Keras now averages otherwise under accumulation"

# %% [markdown]
# ## Adam and its relatives
#
# ### Adam's epsilon is the paper's epsilon-hat
#
# Keras adds `epsilon` to the root of v before the bias correction. Algorithm 1 of Adam's paper and PyTorch add it after.
# In the first step Keras's acts 1/√(1 − β₂) = 31.6 times as strongly. You see it where the gradients are as small as ε.

# %%
small = path(optimizers.Adam(1.0, epsilon=1e-7), [0.0], [[1e-7]])[0, 0]
algorithm_1 = -1e-7 / (1e-7 + 1e-7)
print(f"first step, g = ε = 1e-7: {small:.3f} of η; Algorithm 1: {algorithm_1:.3f}")
assert not near(small, algorithm_1), "Keras now has the epsilon of Algorithm 1"
assert near(small, -1 / (1 + 1 / np.sqrt(0.001))), "Keras now has yet another place for epsilon"

# %% [markdown]
# ### A word that occurs twice adds its squares in Adam
#
# The gradient of an embedding is sparse: it has one row for each word of the batch, and a word that occurs twice has
# two rows. Keras squares each row before it adds them: v gets g₁² + g₂² where it should get (g₁ + g₂)². For two equal
# rows v is half as large as it should be, and the first step of such a word is √2 times as long. The same happens in
# RMSprop and Nadam.


# %%
def first_steps(name, sparse):
    """How far the words 0 and 1 of an embedding move when word 0 occurs twice."""
    words = keras.layers.Embedding(3, 1)
    words.build(None)
    with tf.GradientTape() as tape:
        loss = keras.ops.sum(words(np.array([0, 0, 1])))
    gradient = tape.gradient(loss, words.embeddings.value)
    assert len(gradient.indices) == 3, "Keras now joins the rows of a word in the gradient"
    before = words.embeddings.numpy()
    optimizer = getattr(optimizers, name)(0.1)
    optimizer.apply([gradient if sparse else tf.convert_to_tensor(gradient)], [words.embeddings])
    return (before - words.embeddings.numpy())[:2, 0]


# %%
for name in ("SGD", "Adam", "RMSprop", "Nadam"):
    sparse, dense = first_steps(name, True), first_steps(name, False)
    print(f"{name:8} sparse {np.round(sparse, 3)}  the same gradient, dense {np.round(dense, 3)}")
    factor = 1 if name == "SGD" else np.sqrt(2)
    as_before = np.allclose(sparse / dense, [factor, 1], rtol=1e-3)
    assert as_before, f"Keras now treats a word that occurs twice otherwise, in {name}"

# %% [markdown]
# ### In float64 some constants stay float32
#
# You may set Keras to float64 to compare two programs to the last digit. Even then β₁ and β₂, given as Python's
# numbers, pass through float32 on their way, and Adam's first step is wrong in its sixth digit. Given as `np.float64`
# they stay exact.


# %%
def error_of_first_step(number):
    """Adam's first step with epsilon = 0 is η exactly."""
    adam = optimizers.Adam(
        number(0.1), beta_1=number(0.9), beta_2=number(0.999), epsilon=number(0.0)
    )
    return abs(path(adam, [0.0], [[1.0]])[0, 0] / 0.1 + 1)


keras.config.set_floatx("float64")
rounded, exact = error_of_first_step(float), error_of_first_step(np.float64)
keras.config.set_floatx("float32")
print(f"relative error: above 1e-6 {rounded > 1e-6}, as np.float64 below 1e-14 {exact < 1e-14}")
assert 1e-6 < rounded < 1e-5, "Keras now keeps Python's numbers in float64"
assert exact < 1e-14, "Keras now rounds np.float64 to float32 too"

# %% [markdown]
# ### Nadam's schedule rises 250 times as fast
#
# Dozat's Nadam multiplies its momentum by 1 − 0.96^(t/250)/2, and so does PyTorch's. Keras has 1 − 0.96^t/2, so the
# momentum is near β₁ after 100 steps and not after 25,000.


# %%
def first_step_of_nadam(exponent):
    """For a gradient of 1, from the equations, with β₁ = 0.9."""
    now, following = (0.9 * (1 - 0.5 * 0.96 ** (t * exponent)) for t in (1, 2))
    return -(following * 0.1 / (1 - now * following) + 1)


nadam = path(optimizers.Nadam(1.0), [0.0], [[1.0]])[0, 0]
print(f"Keras {nadam:.4f}, with 0.96^t {first_step_of_nadam(1):.4f}", end=", ")
print(f"with 0.96^(t/250) {first_step_of_nadam(1 / 250):.4f}")
assert not near(nadam, first_step_of_nadam(1 / 250)), "Keras now has Dozat's schedule in Nadam"
assert near(nadam, first_step_of_nadam(1)), "Keras now has a third schedule in Nadam"

# %% [markdown]
# ### The centered RMSprop can give NaN
#
# `RMSprop(centered=True)` divides by the root of v − (mean of g)² + ε. If a gradient stays the same for many steps, this
# difference is 0 up to rounding. For large gradients the rounding error can be below −ε, and the root is NaN.

# %%
large = np.linspace(1000, 2000, 200)
ends = path(optimizers.RMSprop(0.001, 0.6, centered=True), np.zeros(200), [large] * 40)[-1]
print("some of 200 weights are NaN after 40 steps with rho = 0.6:", np.isnan(ends).any())
assert np.isnan(ends).any(), "Keras now avoids NaN in the centered RMSprop"
plain = path(optimizers.RMSprop(0.001, 0.6), np.zeros(200), [large] * 40)[-1]
assert np.isfinite(plain).all(), "Keras now gives NaN in the plain RMSprop"

# %% [markdown]
# ## AdaGrad, Adadelta, Ftrl
#
# ### AdaGrad's sum starts at 0.1
#
# In the paper and in PyTorch the sum of squared gradients starts at 0, and the first step has the length η. In Keras
# it starts at 0.1, so with a gradient of 0.01 the first step is only 0.03 η. With `initial_accumulator_value=0.0` it
# is the paper's.

# %%
keras_s = path(optimizers.Adagrad(1.0), [0.0], [[0.01]])[0, 0]
paper_s = path(optimizers.Adagrad(1.0, initial_accumulator_value=0.0), [0.0], [[0.01]])[0, 0]
print(f"first step, g = 0.01: {keras_s:.4f} of η, started at 0: {paper_s:.4f}")
assert near(keras_s, -0.01 / np.sqrt(0.1 + 0.0001 + 1e-7)), (
    "Keras now starts AdaGrad's sum elsewhere"
)
assert np.isclose(paper_s, -1, rtol=1e-3), "Keras now has another first step of AdaGrad"

# %% [markdown]
# ### Adadelta's default rate is 0.001
#
# Zeiler's Adadelta has no learning rate, which means 1. Keras multiplies each step by a rate whose default is 0.001,
# so its steps are a thousand times shorter than the paper's.

# %%
slow, fast = (
    path(o, [0.0], [[1.0]])[0, 0] for o in (optimizers.Adadelta(), optimizers.Adadelta(1.0))
)
print(f"first step at the default {slow:.2e}, at rate 1 {fast:.2e}")
assert near(float(optimizers.Adadelta().learning_rate), 0.001), (
    "Keras now has another rate in Adadelta"
)
assert np.isclose(fast / slow, 1000, rtol=1e-3), "Keras now uses Adadelta's rate in another way"

# %% [markdown]
# ### Ftrl forgets the initial weights
#
# Ftrl computes the weights from the gradients so far, as if it had started at 0. The first step sets each weight with
# a gradient of 0 to 0, whatever its initial value was.

# %%
(forgot,) = path(optimizers.Ftrl(0.1), [5.0, -3.0], [[0.0, 0.0]])
print("after one gradient of 0, from 5 and -3:", np.abs(forgot))
assert (forgot == 0).all(), "Keras now keeps the initial weights in Ftrl"

# %% [markdown]
# ## Lion, LAMB, Adafactor
#
# ### Lion refuses beta_1 = 0
#
# Without momentum in its step, Lion is sign descent. Keras refuses it, but its message says that 0 is allowed.

# %%
try:
    optimizers.Lion(beta_1=0.0)
except ValueError as error:
    message = str(error)
else:
    raise AssertionError("Keras now accepts beta_1 = 0 in Lion")
print(message)
assert "[0, 1]" in message, "Keras now has another message for Lion's beta_1"

# %% [markdown]
# ### LAMB cannot be had by its name
#
# Every other rule has a name that `compile(optimizer=...)` and `keras.optimizers.get` understand. `Lamb` is missing
# there. Give the object itself, `keras.optimizers.Lamb()`.

# %%
rules = "SGD RMSprop Adagrad Adadelta Adam AdamW Adamax Nadam Ftrl Lion Lamb Adafactor Muon"
unknown = []
for name in [*rules.split(), "ScheduleFreeAdamW"]:
    try:
        optimizers.get(name.lower())
    except ValueError:
        unknown.append(name.lower())
print("unknown to keras.optimizers.get:", *unknown)
assert unknown == ["lamb"], 'Keras now finds get("lamb"), or loses another name'
assert isinstance(optimizers.Lamb(), optimizers.Optimizer), "Keras now has no Lamb"

# %% [markdown]
# ### LAMB's decay is outside the trust ratio
#
# In the paper λ times the weights is part of the step, which is then made as long as η times the norm of the weights.
# Where there is no gradient, the weights shrink by the factor 1 − η for every λ. In Keras the factor is 1 − ηλ.

# %%
for decay in (0.5, 0.1):
    lamb = path(optimizers.Lamb(0.1, weight_decay=decay), [3.0, 4.0], [[0.0, 0.0]])[0, 0] / 3
    print(f"λ = {decay}: the factor is {lamb:.2f}, in the paper 0.90")
    assert not near(lamb, 0.9), "Keras now has Lamb's decay inside the trust ratio"
    assert near(lamb, 1 - 0.1 * decay), "Keras now decays in Lamb by something other than ηλ"

# %% [markdown]
# ### Adafactor saves no memory
#
# Adafactor was made to keep one number for each row and each column of a matrix, instead of one for each weight. Keras
# keeps both. Its state is half as large as Adam's. Rows and columns alone would be about 1/200 of Adam's for the matrix
# below.

# %%
for name, expected in (("Adam", 2), ("Adafactor", 1 + (784 + 128) / (784 * 128))):
    optimizer = getattr(optimizers, name)()
    optimizer.build([keras.Variable(np.zeros((784, 128), "float32"))])
    state = sum(np.prod(v.shape) for v in optimizer.variables if len(v.shape) > 0) / (784 * 128)
    print(f"{name:9} {state:.3f} numbers for each weight")
    assert np.isclose(state, expected, atol=1e-4), f"Keras now keeps another state in {name}"

# %% [markdown]
# ### Adafactor's relative_step changes nothing
#
# The documentation says that `relative_step=True` makes a constant learning rate fall with the steps. But Keras takes the
# smaller of the rate and 1/√t with the switch on, and also with the switch off.

# %%
matrices = np.random.default_rng(0).standard_normal((5, 3, 4))
for rate in (0.001, 10.0):
    on, off = (
        path(optimizers.Adafactor(rate, relative_step=switch), np.ones((3, 4)), matrices)
        for switch in (True, False)
    )
    print(f"learning rate {rate}: with and without are equal: {np.array_equal(on, off)}")
    assert near(on, off), "Keras now uses relative_step in Adafactor"

# %% [markdown]
# ### Adafactor gives NaN where a row and a column have no gradient
#
# Adafactor estimates v for each weight from its row and its column. If both have had no gradient so far, the estimate
# is 10⁻³⁰ · 10⁻³⁰, which is 0 in float32, and the step is 0/0. It is enough that one input is always 0 and one unit is
# dead.

# %%
corner = path(optimizers.Adafactor(0.1), np.ones((2, 2)), [[[1.0, 0.0], [0.0, 0.0]]])[0]
print("the weight whose row and column have no gradient:", corner[1, 1])
assert np.isnan(corner[1, 1]), "Keras now avoids NaN in Adafactor"

# %% [markdown]
# ## Muon and ScheduleFreeAdamW
#
# ### Muon takes every matrix except embeddings
#
# Muon's authors want it for the hidden matrices only, with AdamW for the first and the last layer. Keras gives each
# array with two axes to Muon, the output layer too, unless the layer or the array is called an embedding. All others
# take AdamW's step: biases, and the kernel of a convolution. You can exclude a layer by a pattern for its name.


# %%
def of_muon(**settings):
    """The weights of a small network that take Muon's step."""
    layers = [
        (keras.layers.Embedding(9, 4, name="words"), (None,)),
        (keras.layers.Conv1D(3, 2, name="conv"), (None, 5, 4)),
        (keras.layers.Dense(3, name="hidden"), (None, 4)),
        (keras.layers.Dense(3, name="embedding_to_hidden"), (None, 4)),
        (keras.layers.Dense(2, name="output"), (None, 3)),
    ]
    for layer, shape in layers:
        layer.build(shape)
    weights = [w for layer, _ in layers for w in layer.weights]
    muon = optimizers.Muon(**settings)
    muon.build(weights)
    return [w.path for w, v in zip(weights, muon.adam_velocities, strict=True) if v is None]


# %%
print("Muon takes", of_muon(), "and without the output", of_muon(exclude_layers=["output"]))
assert of_muon() == ["hidden/kernel", "output/kernel"], (
    "Keras now chooses Muon's weights differently"
)
assert of_muon(exclude_layers=["output"]) == ["hidden/kernel"], "Keras now excludes in another way"

# %% [markdown]
# ### Muon's matrices are only nearly orthogonal
#
# Muon pushes the singular values of its step towards 1, by five steps of s → as + bs³ + cs⁵. The constants 3.4445,
# −4.775 and 2.0315 are chosen to lift small values fast. Their sum is 0.70, so even a value of exactly 1 does not stay
# there. A value of a thousandth ends below a half.

# %%
muon = optimizers.Muon()
a, b, c = muon.muon_a, muon.muon_b, muon.muon_c
assert near([a, b, c], [3.4445, -4.775, 2.0315]), "Keras now has other constants in Muon"
values = np.array([1.0, 0.3, 0.1, 0.001])
ends = np.diag(keras.ops.convert_to_numpy(muon.zeropower_via_newtonschulz5(np.diag(values), 5)))
expected = values / np.linalg.norm(values)
for _ in range(5):
    expected = a * expected + b * expected**3 + c * expected**5
print("singular values", values, "become", np.round(ends, 2), "; a + b + c =", round(a + b + c, 3))
assert near(ends, expected), "Keras now has another iteration in Muon"
assert ends[3] < 0.5 and ends[0] < 0.8, "Keras now comes nearer to orthogonal in Muon"

# %% [markdown]
# ### ScheduleFreeAdamW ignores beta_1
#
# Schedule-Free has three sequences: z takes the steps, x is the mean of all z, and y is a mix of both, with weight β₁ on
# x. In the paper you train at y and evaluate at x. Keras stores z, keeps y in the model, and computes the old x from the
# two. For that it needs the old z, and puts `momentum.value` aside before the step. On TensorFlow this is not a copy
# but the variable itself, so what Keras finds there is the new z. Then β₁ cancels out: the weights are the plain mean of all z
# for every β₁. In the paper they are that only for β₁ = 1. The second run of Keras is in a `tf.function`, as in `fit`.


# %%
def paper(beta_1, start, gradients, rate=0.1):
    """y and the mean of all z after each gradient, by Algorithm 1 of Defazio and others (2024)."""
    x, z, v, ys, means = start, start, 0, [], []
    for t, g in enumerate(gradients, start=1):
        v = 0.999 * v + 0.001 * g**2
        z = z - rate * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        x = (1 - 1 / t) * x + z / t
        ys.append((1 - beta_1) * z + beta_1 * x)
        means.append(x)
    return np.array(ys), np.array(means)


def in_a_graph(optimizer, start, gradients):
    """As path, in a tf.function, as model.fit has it."""
    weights = keras.Variable(start)
    optimizer.build([weights])
    step = tf.function(lambda g: optimizer.apply([g], [weights]))
    after = []
    for gradient in gradients:
        step(tf.constant(gradient, tf.float32))
        after.append(weights.numpy())
    return np.array(after)


# %%
gradients, start = np.random.default_rng(1).standard_normal((20, 3)), np.ones(3)
print("the first weight after 20 steps:")
for beta_1 in (0.5, 0.9):
    y, mean = paper(beta_1, start, gradients)
    print(f"β₁ = {beta_1}: paper's y {y[-1, 0]:.3f}, mean of all z {mean[-1, 0]:.3f}", end="")
    for run in (path, in_a_graph):
        weights = run(optimizers.ScheduleFreeAdamW(0.1, beta_1), start, gradients)
        print(f", Keras {weights[-1, 0]:.3f}", end="\n" * (run is in_a_graph))
        assert abs(weights - y).max() > 0.01, "Keras now holds the paper's y in ScheduleFreeAdamW"
        assert abs(weights - mean).max() < 1e-4, "Keras now uses beta_1 in ScheduleFreeAdamW"
assert np.allclose(paper(1, start, gradients)[0], weights, atol=1e-4), "Keras now is not β₁ = 1"
z = keras.Variable(1.0)
aside = z.value
z.assign(2.0)
assert float(aside) == 2, "Keras now copies a variable when its value is taken"

# %% [markdown]
# ### ScheduleFreeAdamW loses the first weights in fit
#
# z must begin where the weights begin. Keras copies them when the optimizer is built. In `fit` an optimizer that has not
# been built before is built inside the graph, and there the copy is not made: z begins at 0, and the first step sets the
# weights to z. With `optimizer.build(model.trainable_variables)` before `fit`, z begins at the weights.


# %%
def weights_after_one_step(built):
    """The weights before and after a step that is far too short to change them."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False)])
    before = model.get_weights()[0]
    free = optimizers.ScheduleFreeAdamW(1e-9)
    if built:
        free.build(model.trainable_variables)
    model.compile(free, "mse")
    model.fit(np.ones((4, 3)), np.zeros((4, 2)), verbose=0)
    return before, model.get_weights()[0]


for built in (False, True):
    before, after = weights_after_one_step(built)
    kept = bool(np.abs(after - before).max() < 1e-6)
    print(f"built before fit: {built!s:5}  the weights stay: {kept}")
    assert kept == built, "Keras now starts ScheduleFreeAdamW's z at the weights in fit"

# %% [markdown]
# ### ScheduleFreeAdamW has no way to ask for the mean
#
# The authors' optimizer has `eval()` and `train()`, which exchange y and x. Keras has neither, and
# `finalize_variable_values`, which `fit` calls at the end, changes nothing. If a new Keras repairs what is said above,
# the weights in your model will be y, and x will be out of reach.

# %%
free = optimizers.ScheduleFreeAdamW(0.1)
weights = keras.Variable([5.0])
for _ in range(20):
    free.apply([weights.value], [weights])
before = float(weights[0])
free.finalize_variable_values([weights])
print("finalize_variable_values changes nothing:", float(weights[0]) == before)
assert float(weights[0]) == before, "Keras now leaves the mean in the model after fit"
assert not hasattr(free, "eval") and not hasattr(free, "train"), "Keras now has eval and train"
