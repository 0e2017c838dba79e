# %% [markdown]
# # 1. Gradient descent
#
# Adam trains most of today's neural networks, and it is gradient descent, repaired. This lesson builds what is
# repaired. At its end you will be able to
#
# - compute a step by hand and write the rule in one line,
# - say beforehand for which learning rates it settles, oscillates or runs away,
# - train a model with 7,850 parameters on handwritten digits, to the same weights as `tf.keras`.
#
# | part | minutes | part | minutes |
# | --- | --- | --- | --- |
# | 1 One step by hand | 7 | 5 Where it starts | 2 |
# | 2 The rule | 5 | 6 A ravine | 7 |
# | 3 Trust no gradient | 7 | 7 Handwritten digits | 6 |
# | 4 How long a step? | 7 | 8 Does it agree with Keras? | 4 |
#
# You need Python, NumPy arrays, and derivatives from school. Run the cells from top to bottom. An exercise is a
# cell with `...`: replace it, and run the cell. Until it is right, later cells use the course's own code. Hints
# fold out; the solved lesson is in `solutions/`.
#
# ## 1 One step by hand
#
# Where is this function least, to the right of 0?
#
# $$f(x) = x^3 - 2x^2 + 2$$
#
# At a lowest point the slope is zero, so school says: solve $f'(x) = 0$. A network has millions of unknowns, and
# no formula for the solution. So we ask for less: **which way is down from here**? Where the slope is positive,
# go left; where it is negative, go right:
#
# $$x \leftarrow x - \eta\, f'(x)$$
#
# $\eta$ (eta) is the **learning rate**: how far to go for one unit of slope. What is to be made small, here $f$, is
# called the **loss**.

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, quiz
from adamlib.datasets import mnist
from adamlib.descent import descend, sweep, train
from adamlib.explorers import explore
from adamlib.models import LogisticRegression
from adamlib.surfaces import cubic, ravine, rosenbrock

plots.one_step(cubic, x=0.5, learning_rate=0.3)

# %% [markdown]
# ### Exercise 1: by hand
#
# On paper: find $f'(x)$. Then the slope at $x = 2$, the point to which one step from $x = 2$ with $\eta = 0.1$
# leads, and the lowest point to the right of 0, as a fraction or with four digits.
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
# With many parameters, $x$ is an array. Its **gradient** $g$ is an array of the same shape: the slope for each
# parameter, the others held still. The rule stays the same for each: $x \leftarrow x - \eta\, g$ (Cauchy, 1847).
#
# Every rule in this course takes `x`, its gradient `g` and the number `t` of the step, which matters later. It
# returns the new `x` in a tuple: later rules also return what they remember. The name `sgd` is that of Keras,
# a library for training networks; lesson 02 explains its S.
#
# ### Exercise 2: write it
#
# Replace `...` by one line that returns the new x, in a tuple.
#
# `check` says what is wrong. If you are stuck, run `hint("sgd")` in a cell of its own: one hint at each call.


# %%
def sgd(x, g, t, *, learning_rate=0.01):
    # BEGIN SOLUTION
    return (x - learning_rate * g,)
    # END SOLUTION


rule = check(sgd, "sgd")

# %%
quiz("01.hilltop")

# %%
rate = 0.05
run = descend(rule, cubic.gradient, x=0.001, steps=100, learning_rate=rate)
for t in range(0, 101, 20):
    x = run.trajectory[t]  # after t steps
    print(f"t = {t:3}   x = {x:.5f}   f(x) = {cubic(x):.5f}")
plots.curve(cubic, {f"sgd, η = {rate}": run.trajectory})

# %% [markdown]
# ## 3 Trust no gradient
#
# A wrong gradient does not crash: it goes the wrong way, quietly. So test it, against the slope between two points
# a little to either side, the **central difference** $\frac{f(x + h) - f(x - h)}{2h}$.
#
# ### Exercise 3: write the test
#
# Here `hint("central_difference")` helps.


# %%
def central_difference(f, x, h=1e-5):
    # BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    # END SOLUTION


difference = check(central_difference, "central_difference")

# %% [markdown]
# ### Exercise 4: find the bug
#
# This gradient of Rosenbrock's function $f(x) = (1 - x_1)^2 + 100\,(x_2 - x_1^2)^2$ has a mistake in one of its two
# parts. Test each with `difference` at $(0.5, 2)$: move one coordinate and hold the other, as
# `difference(lambda b: rosenbrock(np.array([0.5, b])), 2.0)` does for the second part. What is the right value of the
# wrong part? (In the code $x_1$ is `x[0]`.)


# %%
def doubtful_gradient(x):
    across = x[1] - x[0] ** 2
    return np.array([-2 * (1 - x[0]) - 200 * x[0] * across, 200 * across])


print("doubtful:", doubtful_gradient(np.array([0.5, 2.0])))
# BEGIN SOLUTION
# STUB right_value = ...
first = difference(lambda a: rosenbrock(np.array([a, 2.0])), 0.5)
second = difference(lambda b: rosenbrock(np.array([0.5, b])), 2.0)
print(f"measured: {first:.3f} {second:.3f}")
right_value = first  # the derivative of 100 (x₂ - x₁²)² by x₁ is -400 x₁ (x₂ - x₁²)
# END SOLUTION
check_answer("01.right_value", right_value)

# %% [markdown]
# ## 4 How long a step?
#
# The same valley, from 0.5, with four learning rates.

# %%
paths = {}
for rate in (0.01, 0.2, 0.45, 0.55):
    run = descend(rule, cubic.gradient, 0.5, 40, learning_rate=rate)
    paths[f"sgd, η = {rate}"] = run.trajectory
plots.curve(cubic, paths, window=(0.3, 2))

# %% [markdown]
# 0.01 is too small: 40 steps do not suffice. 0.2 settles. 0.45 **oscillates**, from side to side, and still settles.
# 0.55 never does. Where is the border?
#
# Near its lowest point the cubic is almost a parabola, $f(\frac43) + \frac{L}{2}(x - \frac43)^2$, where $L$ is the
# **curvature** $f''(\frac43) = 6 \cdot \frac43 - 4 = 4$. So we try 400 learning rates on that parabola, in one call:
# `sweep` takes arrays of settings.

# %%
L = 4
rates = np.linspace(0.01, 0.6, 400)
# on the parabola the gradient is L times the distance, which is 1 at the start
swept = sweep(rule, lambda distance: L * distance, 1.0, 10, learning_rate=rates)
distance = np.abs(swept.trajectory[-1])
drawn = {"sgd, 10 steps": np.maximum(distance, 1e-12)}  # the least that is drawn
axes = dict(x=rates, xlabel="learning rate η", ylabel="distance to the minimum")
plots.lines(drawn, **axes, marks={"1/L": 1 / L, "2/L": 2 / L})

# %% [markdown]
# The border is at $2/L$, and the reason is one line. With $e = x - \frac43$ the gradient is $L e$, so a step turns $e$
# into
#
# $$e - \eta L e = (1 - \eta L)\, e$$
#
# The distance shrinks when that factor is between $-1$ and $1$, that is, when
#
# $$0 < \eta < \frac{2}{L}$$
#
# At $\eta = 1/L$ the factor is 0: one step suffices. Above that it is negative: the run oscillates. Beyond $2/L$ a
# parabola throws it out for ever. At 0.55 the cubic only jumps to and fro: it is a parabola only near its lowest point.
#
# ### Exercise 5: derive the limit
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
# ## 5 Where it starts
#
# Back to the cubic. First predict:

# %%
quiz("01.start")

# %%
for begin in (0.001, 0.0, -0.001):
    print(f"from {begin}:")
    run = descend(rule, cubic.gradient, begin, 100, learning_rate=0.05)
    print(f"   after {len(run.trajectory) - 1} steps at {run.trajectory[-1]:.4g}")

# %% [markdown]
# A run that **diverges**, leaves every bound, is stopped. Gradient descent finds *a* low point *downhill of the
# start*, if there is one.
#
# ## 6 A ravine
#
# Two parameters, and the ground curves 20 times more in one direction than in the other:
# $f(x) = \frac12 (x_1^2 + 20\, x_2^2)$.

# %%
quiz("01.ravine")

# %%
explore(rule, ravine, steps=84, target=("loss", 1e-6))

# %% [markdown]
# ### Exercise 6: choose
#
# Move the slider: get $f$ below $10^{-6}$ in 84 steps from the same start. Press Play to see the run, and drag the start
# to see other runs. For small moves click the slider, then use the arrow keys. (0.09 does not reach it.) Think first: which factor, $1 - \eta$ or $1 - 20\eta$, is larger in size?
#
# <details><summary>Hint</summary>In the long run, the larger one counts. It is smallest where both are equal in size, with opposite signs.</details>

# %%
# BEGIN SOLUTION
# STUB rate = ...
rate = 2 / (1 + 20)  # 1 - η = -(1 - 20η)
# END SOLUTION
check_answer("01.ravine", rate)

# %% [markdown]
# <details><summary>Why</summary>Equal in size means 1 − η = 20η − 1, so η = 2/21, and each step leaves 19/21 of the distance. That is best in the long run. In 84 steps 0.0944 does a little better, since x₂ starts nearer to 0 than x₁.</details>
#
# The ratio of the curvatures, here 20, is the **condition number** $\kappa$. What does it cost?

# %%
needed = {}
for kappa in (10, 100, 1000):  # the steps to f < 1e-6, at the best learning rate
    needed[kappa] = experiments.steps_needed(rule, kappa, learning_rate=2 / (1 + kappa))
    print(f"condition number {kappa:4}: {needed[kappa]:4} steps")

# %% [markdown]
# Ten times the condition number, about eleven times the steps: ten for the ratio, the rest because $f$ starts higher.
#
# ## 7 Handwritten digits
#
# The same rule now learns from 8,000 images of MNIST (LeCun, Cortes and Burges, 1998). The model is **logistic
# regression**: each of 784 pixels, times a weight, votes for each of 10 digits; with a constant for each digit (its
# bias) that makes 7,850 parameters. The votes become probabilities. The loss is the mean of $-\log p$, where $p$ is the probability of the right digit. Its gradient is in `adamlib/models.py`, tested
# as in exercise 3.
#
# With many parameters $L$ is the largest curvature of all directions, as the 20 was in the ravine. At the start it is
# 3.94 here; the cell after the question computes it.
#
# <details><summary>For the curious: how</summary>Where all ten probabilities are equal, L is a tenth of the largest eigenvalue of the mean of xxᵀ over the images, a 1 appended to each for the bias (the second derivative is in Böhning, 1992).</details>

# %%
images, labels = mnist().train
model = LogisticRegression()
start = model.initial()
print(f"{sum(p.size for p in start):,} parameters, all 0: every digit has p = 1/10")
print(f"loss {model.loss(start, (images, labels)):.4f}, which is log 10 = {np.log(10):.4f}")
display(plots.images(images[:10], labels[:10]))
quiz("01.bounce")

# %%
X = np.hstack([images, np.ones((len(images), 1))])
L = np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 10
print(f"L = {L:.2f} at the start, 2/L = {2 / L:.2f}")


def train_ours(rate, data, epochs):
    """Every step takes all of the data: that is one epoch."""
    return train(rule, model.loss_and_gradient, start, data, epochs=epochs, learning_rate=rate)


curves = {}
for rate in (0.1, 0.5, 1.0):
    run = train_ours(rate, (images, labels), epochs=100)
    curves[f"sgd, η = {rate}"] = run.losses
    rose, end = np.sum(np.diff(run.losses) > 0), model.loss(run.params, (images, labels))
    print(f"η = {rate}: loss after 100 steps {end:.3f}, rose {rose} times")
plots.lines(curves)

# %% [markdown]
# So $2/L$ is a law for parabolas and a warning elsewhere. In practice the learning rate is found by trying: it is
# **tuned**.
#
# ### Exercise 7: tune
#
# Which learning rate brings the loss below 0.3 after 100 steps, and never above where it started? Try above 1. Below:
# digits that $\eta = 1$ still misreads.

# %%
# BEGIN SOLUTION
# STUB tuned = ...
tuned = 1.2
# END SOLUTION
check_answer("01.digits", tuned)
guesses = model.logits(run.params, images).argmax(axis=1)
wrong = np.flatnonzero(guesses != labels)[:8]
plots.images(images[wrong], [f"{labels[i]} as {guesses[i]}" for i in wrong])

# %% [markdown]
# ## 8 Does it agree with Keras?
#
# Line one runs your rule beside `tf.keras.optimizers.SGD` on the same gradients, compares every step, and raises an
# error where they differ by more than rounding. Line two
# takes `tf.keras.optimizers.Adam`: with two of its settings at 0, one at $10^{20}$ and the learning rate times
# $10^{20}$, Adam *is* gradient descent (lesson 06 says why). Line three takes the digits. After that Keras computes
# its own gradients: the same model, the same data, 20 steps.

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras, largest_difference, train_network


def gradient(params):
    return model.gradient(params, (images, labels))


equals_keras(rule, cubic.gradient, 0.001, 100, learning_rate=0.05)
equals_adam(rule, cubic.gradient, 0.001, 100, learning_rate=0.05)
equals_keras(rule, gradient, start, 10, learning_rate=0.5, dtype="float32")

theirs = train_network(keras.optimizers.SGD(0.5), start, (images, labels), epochs=20).params
ours = train_ours(0.5, (images, labels), epochs=20).params
assert largest_difference(ours, theirs) < 1e-5
print("7,850 weights after 20 steps: no difference above 1e-5")

# %% [markdown]
# ### Scoreboard
#
# The task: 100 steps on 7,000 of the images. Each method has the learning rate, of one list, that is best on the 1,000
# others. Start and data are fixed, so nothing here is random.

# %%
part, others = (images[:7000], labels[:7000]), (images[7000:], labels[7000:])
methods = {
    "sgd": lambda rate, seed: train_ours(rate, part, epochs=100),
    "tf.keras Adam": lambda rate, seed: train_network(
        keras.optimizers.Adam(rate), start, part, epochs=100
    ),
}
rates = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
scores = experiments.scoreboard(methods, rates, lambda params: model.loss(params, others), count=1)
for name, score in scores.items():
    print(f"{name}: test accuracy {model.accuracy(score.runs[0].params, mnist().test):.2f}")
plots.lines({name: score.losses for name, score in scores.items()}, ylabel="training loss")

# %% [markdown]
# Adam's loss is lower, on the images it trained on and on those held out. The two test accuracies are too close to call with 2,000 images.
#
# ## Where it fails
#
# - **One learning rate for all directions.** The steepest limits it, the flattest waits.
# - **All data for one step.** Is that necessary? Compare the gradient of all 8,000 images with that of 800:

# %%
rng = np.random.default_rng(experiments.seeds(1)[0])  # the only thing in this lesson that is random
some = rng.choice(len(images), 800, replace=False)
a = model.gradient(start, (images, labels))[0].ravel()
b = model.gradient(start, (images[some], labels[some]))[0].ravel()
cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
print(f"cosine of the angle between the two: {cosine:.2f}")

# %% [markdown]
# At the start, a tenth of the work, and almost the same direction. Lesson 02 takes that bargain, and sees what becomes
# of it near the end.
#
# **Recap**
#
# 1. $x \leftarrow x - \eta g$: against the gradient, $\eta$ times its size.
# 2. On a parabola of curvature $L$ a step multiplies the distance by $1 - \eta L$; it settles for $0 < \eta < 2/L$.
# 3. It oscillates where $\eta > 1/L$; where the slope is zero nothing moves; downhill may lead away.
# 4. The number of steps grows about in proportion to the condition number.
# 5. Test every gradient by differences, and every rule against another implementation.
#
# **Sources.** A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, 1847.
# D. Böhning, *Multinomial logistic regression algorithm*, 1992. Y. LeCun, C. Cortes and C. Burges, *The MNIST
# database of handwritten digits*, 1998.

# %% tags=["solution"]
# What the text says, held to what the cells computed.
end = descend(rule, cubic.gradient, 0.001, 100, learning_rate=0.05).trajectory[-1]
assert abs(end - 4 / 3) < 1e-5
assert round(L, 2) == 3.94
L, parabola_rates = 4, np.linspace(0.01, 0.6, 400)
assert abs(parabola_rates[distance < 1].max() - 2 / L) < 0.002
assert round(needed[100] / needed[10]) == round(needed[1000] / needed[100]) == 11
assert scores["tf.keras Adam"].losses[0, -1] < scores["sgd"].losses[0, -1]
assert scores["tf.keras Adam"].held_out[0] < scores["sgd"].held_out[0]
assert cosine > 0.85
