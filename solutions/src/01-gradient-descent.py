# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 1. Gradient descent
#
# Adam is gradient descent, repaired. This lesson builds what is repaired. At its end you will be able to
#
# - compute a step by hand and write the rule in one line,
# - say beforehand for which learning rates it settles, oscillates or runs away,
# - train a model with 7,850 parameters on handwritten digits, to the same weights as `tf.keras`.
#
# | part | minutes |
# | --- | --- |
# | 1 One step by hand | 8 |
# | 2 The rule | 7 |
# | 3 How long a step? | 10 |
# | 4 Where it starts | 3 |
# | 5 A ravine | 7 |
# | 6 Handwritten digits | 6 |
# | 7 Does it agree with Keras? | 3 |
#
# You need Python, NumPy arrays, and derivatives from school. Run the cells from top to bottom. An exercise
# is a cell with `...`; until you have solved it, the cells after it use the course's own code.
#
# ## 1 One step by hand
#
# Where is this function least, to the right of 0?
#
# $$f(x) = x^3 - 2x^2 + 2$$
#
# At a lowest point the slope is zero, so school says: solve $f'(x) = 0$. A network has millions of
# unknowns, and no formula for the solution. So we ask for less: **which way is down from here**? Where the
# slope is positive, go left; where it is negative, go right:
#
# $$x \leftarrow x - \eta\, f'(x)$$
#
# $\eta$ (eta) is the **learning rate**: how far to go for one unit of slope.

# %%
import numpy as np

from adamlib import plots
from adamlib.check import check, check_answer
from adamlib.datasets import mnist
from adamlib.descent import descend, sweep, train
from adamlib.models import LogisticRegression
from adamlib.surfaces import cubic, ravine, rosenbrock

plots.one_step(cubic, x=2.0, learning_rate=0.1)

# %% [markdown]
# ### Exercise 1: by hand
#
# On paper: find $f'(x)$. Then its slope at $x = 2$, the point to which one step from $x = 2$ with
# $\eta = 0.1$ leads, and the lowest point to the right of 0, where the slope is zero.
#
# <details><summary>Hint</summary>The derivative of xⁿ is n xⁿ⁻¹. Factor out x to find where f′ is zero.</details>

# %%
# BEGIN SOLUTION
# STUB slope = ...
# STUB first_step = ...
# STUB minimum = ...
slope = 3 * 2**2 - 4 * 2  # f'(x) = 3x² - 4x
first_step = 2 - 0.1 * slope
minimum = 4 / 3  # x (3x - 4) = 0
# END SOLUTION
check_answer("01.slope", slope)
check_answer("01.first_step", first_step)
check_answer("01.minimum", minimum)

# %% [markdown]
# ## 2 The rule
#
# With many parameters, $x$ is an array, and its slopes are the **gradient** $g$, an array of the same shape.
# The rule stays the same for each of them: $x \leftarrow x - \eta\, g$ (Cauchy, 1847).
#
# Every rule in this course takes `x`, its gradient `g` and the number `t` of the step, and returns the new `x`
# in a tuple: later rules also return what they remember. The name `sgd` is Keras's; lesson 02 explains its S.
#
# ### Exercise 2: write it
#
# <details><summary>Hint</summary>A tuple of one value needs a comma: (value,)</details>


# %%
def sgd(x, g, t, *, learning_rate=0.01):
    """Return the new x, in a tuple."""
    # BEGIN SOLUTION
    return (x - learning_rate * g,)
    # END SOLUTION


rule = check(sgd, "sgd")

# %% [markdown]
# **Predict.** We start at $x = 0.001$, next to the hilltop at 0, and take 100 steps with $\eta = 0.05$.
# What will the run look like?
#
# <details><summary>(a) Steps of equal length</summary>No. A step is η times the slope, and the slope changes along the way.</details>
# <details><summary>(b) Slow, then fast, then slow</summary>Yes. The hilltop is flat, the hillside steep, the valley flat again.</details>
# <details><summary>(c) It stays on the hilltop</summary>No. The slope at 0.001 is small but not zero: about −0.004.</details>

# %%
run = descend(rule, cubic.gradient, 0.001, 100, learning_rate=0.05)
x = run.trajectory
for t in (0, 1, 20, 40, 60, 80, 100):
    print(f"t = {t:3}   x = {x[t]:.5f}   f(x) = {cubic(x[t]):.5f}")
assert abs(x[100] - 4 / 3) < 1e-5
plots.curve(cubic, {"sgd, η = 0.05": x})

# %% [markdown]
# ### Exercise 3: trust no gradient
#
# A wrong gradient does not crash: it goes the wrong way, quietly. So test it, against the slope between two
# points a little to either side, the **central difference** $\frac{f(x + h) - f(x - h)}{2h}$.


# %%
def central_difference(f, x, h=1e-5):
    # BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    # END SOLUTION


check_answer("01.central_difference", central_difference(cubic, 0.5))

# %% [markdown]
# Now find a bug. This gradient of Rosenbrock's function
# $f(x_0, x_1) = (1 - x_0)^2 + 100\,(x_1 - x_0^2)^2$ has one mistake. At $(0.5, 2)$, compare each part with a
# difference. Which part is wrong, 0 or 1?
#
# <details><summary>Hint</summary>rosenbrock(np.array([0.5 + h, 2.0])) is the value a little to the right.</details>


# %%
def doubtful_gradient(x):
    across = x[1] - x[0] ** 2
    return np.array([-2 * (1 - x[0]) - 200 * x[0] * across, 200 * across])


print("doubtful:", doubtful_gradient(np.array([0.5, 2.0])))
# BEGIN SOLUTION
# STUB wrong_part = ...
h = 1e-5
f = rosenbrock
part_0 = (f(np.array([0.5 + h, 2.0])) - f(np.array([0.5 - h, 2.0]))) / (2 * h)
part_1 = (f(np.array([0.5, 2.0 + h])) - f(np.array([0.5, 2.0 - h]))) / (2 * h)
print(f"measured: {part_0:.3f} {part_1:.3f}")
wrong_part = 0  # the derivative of 100 (x1 - x0²)² by x0 is -400 x0 (x1 - x0²)
# END SOLUTION
check_answer("01.wrong_part", wrong_part)

# %% [markdown]
# ## 3 How long a step?
#
# The same hill, the same start, four learning rates.

# %%
rates = [0.01, 0.2, 0.45, 0.55]
runs = {f"sgd, η = {r}": descend(rule, cubic.gradient, 0.5, 40, learning_rate=r) for r in rates}
plots.curve(cubic, {label: run.trajectory for label, run in runs.items()}, window=(0.3, 2))

# %% [markdown]
# Too small: 40 steps do not suffice. Good: it settles. Then it jumps from side to side and still settles; a
# little more, and it never does. Where is the border?
#
# Near its lowest point the cubic is almost a parabola, $\frac{L}{2}(x - \frac43)^2$, where $L$ is the
# **curvature** $f''(\frac43) = 6 \cdot \frac43 - 4 = 4$. So we try 400 learning rates on that parabola, in one
# call: `sweep` takes arrays of settings.

# %%
L = 4
rates = np.linspace(0.01, 0.6, 400)
# x is here the distance to the minimum, 1 at the start
swept = sweep(rule, lambda x: L * x, 1.0, 50, learning_rate=rates)
distance = np.abs(swept.trajectory[50])
with plots.picture() as (fig, ax):
    ax.semilogy(rates, distance, color=plots.COLOURS["sgd"])
    ax.axhline(1, color="black", lw=1, label="at the start")
    ax.axvline(2 / L, color="black", ls="--", label="2/L")
    ax.set(xlabel="learning rate η", ylabel="distance after 50 steps", ylim=(1e-18, 1e9))
    ax.legend()
border = rates[distance < 1].max()
fig.alt = f"The distance after 50 steps: it shrinks up to η = {border:.2f} and grows beyond."
assert abs(border - 2 / L) < 0.002
fig

# %% [markdown]
# The border is at $2/L$, and the reason is one line. On the parabola the gradient is $L e$, so a step turns
# the distance $e$ into
#
# $$e - \eta L e = (1 - \eta L)\, e$$
#
# The distance shrinks when that factor is between $-1$ and $1$, that is, when
#
# $$0 < \eta < \frac{2}{L}$$
#
# At $\eta = 1/L$ the factor is 0: one step suffices. Above that it is negative: the run jumps from side to side.
#
# ### Exercise 4: derive the limit
#
# For $f(x) = 10x^2$, below which learning rate does gradient descent settle?
#
# <details><summary>Hint</summary>L is the second derivative, not the 10.</details>

# %%
# BEGIN SOLUTION
# STUB limit = ...
limit = 2 / 20  # f''(x) = 20
# END SOLUTION
check_answer("01.limit", limit)

# %% [markdown]
# ## 4 Where it starts
#
# **Predict.** Three runs with the good $\eta = 0.05$: from 0.001, from exactly 0, from −0.001. Where do they end?
#
# <details><summary>(a) All at 4/3</summary>No. A step looks at the slope where it stands, and knows nothing of the valley.</details>
# <details><summary>(b) At 4/3, at 0, and nowhere</summary>Yes. At 0 the slope is 0, so every step is 0. To the left of 0 downhill leads away, and the cubic falls for ever.</details>

# %%
for start in (0.001, 0.0, -0.001):
    run = descend(rule, cubic.gradient, start, 100, learning_rate=0.05)
    print(
        f"from {start:6}: {len(run.trajectory) - 1} steps, the last x is {run.trajectory[-1]:.4g}"
    )

# %% [markdown]
# A run that leaves every bound is stopped, and its finite part kept. Gradient descent finds *a* low point
# *downhill of the start*, if there is one.
#
# ## 5 A ravine
#
# Two parameters, and the ground curves 20 times more in one direction than in the other:
# $f(x) = \frac12 (x_1^2 + 20\, x_2^2)$.
#
# **Predict.** Which of the two curvatures, 1 or 20, sets the largest learning rate, and which sets the number of steps?
#
# <details><summary>(a) The 20 sets both</summary>No. At the largest rate for curvature 20, the other direction has the factor 1 − η: it crawls.</details>
# <details><summary>(b) The 20 sets the rate, the 1 the number of steps</summary>Yes. Each direction has its own factor 1 − ηL, but there is one η for both.</details>

# %%
paths = {}
for r in (0.01, 0.09):
    run = descend(rule, ravine.gradient, ravine.start, 40, learning_rate=r)
    paths[f"sgd, η = {r}"] = run.trajectory
plots.contour(ravine, paths)

# %% [markdown]
# ### Exercise 5: choose
#
# Get $f$ below $10^{-6}$ in 85 steps from the same start. Think first: which factor, $1 - \eta$ or
# $1 - 20\eta$, is larger in size?
#
# <details><summary>Hint</summary>The best η makes the two factors equal in size, with opposite signs.</details>

# %%
# BEGIN SOLUTION
# STUB rate = ...
rate = 2 / (1 + 20)  # 1 - η = -(1 - 20η)
# END SOLUTION
tried = 0.05 if rate is ... else rate
run = descend(rule, ravine.gradient, ravine.start, 85, learning_rate=tried)
print(f"η = {tried:.4g}: f = {ravine(run.trajectory[-1]):.2g}")
check_answer("01.ravine", rate)

# %% [markdown]
# Even so, each step leaves $\frac{20 - 1}{20 + 1} = 0.905$ of the distance. The ratio of the curvatures, here
# 20, is the **condition number** $\kappa$, and it decides the number of steps:


# %%
def steps_needed(kappa):
    """Steps to f < 1e-6 with curvatures 1 and kappa, at the best learning rate."""
    curvatures, best = np.array([1.0, kappa]), 2 / (1 + kappa)
    run = descend(rule, lambda x: curvatures * x, [1.0, 1.0], 20 * kappa, learning_rate=best)
    values = (curvatures * run.trajectory**2).sum(axis=1) / 2
    return int(np.argmax(values < 1e-6))


needed = {kappa: steps_needed(kappa) for kappa in (1, 10, 100, 1000)}
print("\n".join(f"condition number {k:5}: {n:5} steps" for k, n in needed.items()))
assert 9 < needed[1000] / needed[100] < 13

# %% [markdown]
# ## 6 Handwritten digits
#
# The same rule now learns from 8,000 images of MNIST (LeCun, Cortes and Burges, 1998). The model is **logistic
# regression**: each of 784 pixels votes for each of 10 digits, with 7,840 weights and 10 biases. The loss is
# the mean of $-\log p$, where $p$ is the probability that the model gives to the right digit. Its gradient
# is in `adamlib/models.py`, tested as in exercise 3.

# %%
images, labels = mnist().train
model = LogisticRegression()
start = model.initial()
print(f"{sum(p.size for p in start):,} parameters, all 0 at the start")
print(f"loss there {model.loss(start, (images, labels)):.4f}, log 10 = {np.log(10):.4f}")
plots.images(images[:10], labels[:10])

# %% [markdown]
# At the start all ten probabilities are equal, and there the largest curvature of the loss is a tenth of the
# largest eigenvalue of the mean of $x x^\top$ over the images, a 1 appended to each for the bias (from
# Böhning, 1992).
#
# **Predict.** That limit will be about 0.5. What happens at $\eta = 1.5$?
#
# <details><summary>(a) It runs to infinity</summary>No. That is so on a parabola. Here the slope is bounded, and the curvature is not the same everywhere.</details>
# <details><summary>(b) It bounces, and comes down all the same</summary>Yes. The limit holds for the curvature where one stands, and the path leads to flatter ground.</details>


# %%
def train_ours(rate, data, epochs):
    """Full batch: every epoch is one step."""
    return train(rule, model.loss_and_gradient, start, data, epochs=epochs, learning_rate=rate)


X = np.hstack([images, np.ones((len(images), 1))])
L = np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 10
print(f"L = {L:.2f} at the start, 2/L = {2 / L:.2f}")
curves = {}
for rate in (0.1, 0.5, 1.5):
    losses = train_ours(rate, (images, labels), epochs=100).losses
    curves[f"sgd, η = {rate}"] = losses
    up = np.sum(np.diff(losses) > 0)
    print(f"η = {rate}: last loss {losses[-1]:.3f}, {up} of 99 steps went up")
plots.losses(curves)

# %% [markdown]
# So $2/L$ is a law for parabolas and a warning elsewhere. Deep networks do the same: in full-batch training
# their largest curvature hovers near $2/\eta$ (Cohen et al., 2021). In practice the learning rate is found by
# trying, it is **tuned**.
#
# ## 7 Does it agree with Keras?
#
# The first line runs your rule beside `tf.keras.optimizers.SGD` on the same gradients, and compares every step.
# The second takes `tf.keras.optimizers.Adam`: with its averages off ($\beta_1 = \beta_2 = 0$) and a huge
# $\varepsilon$, Adam *is* gradient descent (lesson 06 says why). The third takes the digits.

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras

equals_keras(rule, cubic.gradient, 0.001, 100, learning_rate=0.05)
equals_adam(rule, cubic.gradient, 0.001, 100, learning_rate=0.05)


def gradient(params):
    return model.gradient(params, (images, labels))


equals_keras(rule, gradient, start, 10, learning_rate=0.5, dtype="float32")

# %% [markdown]
# There Keras was given our gradients. Now it takes its own: the same model, the same batch, 20 steps.


# %%
def train_in_keras(optimizer, data, steps):
    """The weights of a network of one layer after full-batch steps, and its losses."""
    x, y = map(keras.ops.convert_to_tensor, data)
    layer = keras.layers.Dense(10, kernel_initializer="zeros")
    network = keras.Sequential([keras.Input((784,)), layer])
    network.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    losses = [network.train_on_batch(x, y) for step in range(steps)]
    return network.get_weights(), np.array(losses)


theirs, _ = train_in_keras(keras.optimizers.SGD(0.5), (images, labels), 20)
ours = train_ours(0.5, (images, labels), epochs=20).params
apart = max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True))
print(f"largest difference of 7,850 weights after 20 steps: {apart:.0e}")
assert apart < 1e-5

# %% [markdown]
# ### Scoreboard
#
# The task: 100 steps on 7,000 images. Each method has the learning rate, of one grid, that is best on the other
# 1,000. Start and batch are fixed, so nothing here is random.

# %%
part, held_out = (images[:7000], labels[:7000]), (images[7000:], labels[7000:])
grid = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
methods = {
    "sgd": lambda rate: train_ours(rate, part, epochs=100)[:2],
    "tf.keras Adam": lambda rate: train_in_keras(keras.optimizers.Adam(rate), part, 100),
}
curves = {}
for name, run_at in methods.items():
    tuned = {rate: run_at(rate) for rate in grid}
    best = min(grid, key=lambda rate: model.loss(tuned[rate][0], held_out))
    params, curves[name] = tuned[best]
    loss, accuracy = model.loss(params, part), model.accuracy(params, mnist().test)
    print(f"{name:14} η = {best:5}   loss {loss:.3f}   test accuracy {accuracy:.3f}")
plots.losses(curves)

# %% [markdown]
# ## Where it fails
#
# - **One learning rate for all directions.** The steepest sets it, the flattest waits.
# - **A pass over all data for one step.** Is that necessary? Compare the gradient of all 8,000 images with that of 800:

# %%
rng = np.random.default_rng(0)
some = rng.choice(len(images), 800, replace=False)
a = model.gradient(start, (images, labels))[0].ravel()
b = model.gradient(start, (images[some], labels[some]))[0].ravel()
cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
print(f"cosine of the angle between the two: {cosine:.2f}")
assert cosine > 0.9

# %% [markdown]
# A tenth of the work, and almost the same direction. Lesson 02 takes that bargain.
#
# **Recap**
#
# 1. $x \leftarrow x - \eta g$: against the gradient, $\eta$ times its size.
# 2. On a parabola of curvature $L$ each step multiplies the distance by $1 - \eta L$; it settles for $0 < \eta < 2/L$.
# 3. Oscillation means $\eta > 1/L$; where the slope is zero nothing moves; downhill may lead away.
# 4. The number of steps grows with the condition number.
# 5. Test every gradient by differences, and every rule against another implementation.
#
# **Sources.** A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, 1847.
# D. Böhning, *Multinomial logistic regression algorithm*, 1992. J. Cohen et al., *Gradient descent on neural
# networks typically occurs at the edge of stability*, 2021. Y. LeCun, C. Cortes and C. Burges, *The MNIST
# database of handwritten digits*, 1998.
