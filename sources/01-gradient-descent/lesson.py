# %% [markdown]
# # 1. Gradient descent
#
# Training a neural network means finding millions of numbers that make its errors small. No formula gives them. But you
# can always ask which way is down, and take a step. An **optimizer** is a rule that changes a model's numbers, step by
# step, to make its errors smaller. In this lesson you build the simplest one, and find out what needs repairing. At the
# end of the repairs stands an optimizer called Adam.
#
# At the end of this lesson you will be able to
#
# - compute a step by hand, and write the rule in one line,
# - test whether a gradient is right,
# - say beforehand for which learning rates a run settles, and for which it jumps from side to side,
# - train a model with 7,850 parameters on handwritten digits, and choose its learning rate.
#
# | part | minutes |
# | --- | --- |
# | [How the exercises work](#How-the-exercises-work) | 2 |
# | [1 One step by hand](#1-One-step-by-hand) | 5 |
# | [2 The rule](#2-The-rule) | 4 |
# | [3 Trust no gradient](#3-Trust-no-gradient) | 7 |
# | [4 How long a step?](#4-How-long-a-step?) | 8 |
# | [5 Where it starts](#5-Where-it-starts) | 2 |
# | [6 A ravine](#6-A-ravine) | 8 |
# | [7 Ten scores for an image](#7-Ten-scores-for-an-image) | 4 |
# | [8 Above the limit](#8-Above-the-limit) | 7 |
# | [9 Does it agree with Keras?](#9-Does-it-agree-with-Keras?) | 1 |
# | [Where it fails](#Where-it-fails) | 2 |
# | in all | 50 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
#
# You need Python, NumPy arrays, and derivatives from school. Terms printed in bold are collected in the
# [glossary](glossary.ipynb); all rules on one page are in the [cheat sheet](cheat-sheet.ipynb).
#
# ## How the exercises work
#
# Run the cells from top to bottom, each with Shift+Enter. An exercise is a cell with `...`: replace the dots with your
# answer and run the cell.
#
# - `check` tests a function that you wrote, and `check_answer` tests a number. If something is wrong, they tell you
#   what. Until your function is right, later cells use the course's own version.
# - `hint("sgd")`, in a cell of its own, gives a hint for the function `sgd`. Run it again for another one.
# - `quiz` asks you to predict something, and gives a reason for each choice.
# - A star ★ means harder: you can come back to it later.
# - `start_again("01", 3)` brings back the original text of exercise 3.
#
# The solved lesson is in the folder `solutions`.
#
# ## 1 One step by hand
#
# Let us look for the lowest point of this function to the right of 0:
#
# $$f(x) = x^3 - 2x^2 + 2$$
#
# At a lowest point the slope is zero. Here you can solve $f'(x) = 0$ on paper; for a network you cannot. So we ask an
# easier question: which way is down from here? Where the slope is positive, $f$ rises to the right, so we go left.
# Where it is negative, we go right. One line does both: multiply the slope by a small positive number $\eta$, and
# subtract the result from $x$.
#
# $$x \leftarrow x - \eta\, f'(x)$$
#
# The **learning rate** $\eta$ (the Greek letter eta) says how far to go for one unit of slope. The **loss** is the
# quantity that we want to make small; here it is $f$.

# %%
import numpy as np

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, progress, quiz, start_again
from adamlib.descent import descend
from adamlib.explorers import explore
from adamlib.surfaces import cubic, hillside, ravine, rosenbrock

plots.one_step(cubic, x=0.5, learning_rate=0.3)

# %% [markdown]
# The dashed line touches the curve at $x = 0.5$, and its slope is −1.25. The blue arrow at the bottom is the step:
# −0.3 times the slope, so 0.375 to the right. The second dot shows that $f$ is lower there.
#
# ### Exercise 1: by hand
#
# On paper, find $f'(x)$. Then give three numbers: the slope at $x = 2$; the point where one step from $x = 2$ lands
# with $\eta = 0.1$; and the lowest point to the right of 0, as a fraction or with four digits.
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
# A model has many parameters, so $x$ becomes an array. The **gradient** $g$ of a function is an array of slopes, one
# for each parameter, each measured while the other parameters are held fixed. The rule is the same for every parameter
# (Cauchy, 1847):
#
# $$x \leftarrow x - \eta\, g$$
#
# Every rule in this course takes `x`, its gradient `g` and the number `t` of the step, and returns a tuple. Only later
# rules need `t`, and return more than the new x. We call this rule `sgd`: this is its name in Keras, a library for
# training networks. Lesson 02 explains the S.
#
# ### Exercise 2: write it
#
# Replace `...` by one line that returns the new x, in a tuple: `(value,)`. An argument after the `*` is passed by its
# name, as in `learning_rate=0.05` below.


# %%
def sgd(x, g, t, *, learning_rate=0.01):
    # BEGIN SOLUTION
    return (x - learning_rate * g,)
    # END SOLUTION


rule = check(sgd, "sgd")

# %% [markdown]
# Now the rule runs from a point just beside the hilltop at $x = 0$. `descend` follows a rule for a number of steps and
# records where they lead. First predict:

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
# The dots, one for each step, lie close together at the top, far apart on the hillside, and close together again in the
# valley. The learning rate was the same throughout: the steps shrink because the slope does.
#
# ## 3 Trust no gradient
#
# Later the gradient will come from code that somebody wrote. A mistake there does not stop the program; it only sends
# the run the wrong way. So test the gradient against the function itself. The **central difference** is the slope of
# the straight line through two points of a function, one at $x + h$ and one at $x - h$:
#
# $$\frac{f(x + h) - f(x - h)}{2h}$$
#
# ### Exercise 3: write the test
#
# If you are stuck, run `hint("central_difference")`.


# %%
def central_difference(f, x, h=1e-5):
    # BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    # END SOLUTION


difference = check(central_difference, "central_difference")

# %% [markdown]
# Where a curve bends, a point on one side alone gives a slope that is too large, and a point on the other side one that
# is too small. With both points, the two errors nearly cancel.
#
# ### Exercise 4: find the bug
#
# Rosenbrock's function has two parameters: $f(x) = (1 - x_1)^2 + 100\,(x_2 - x_1^2)^2$. One of the two parts of the
# gradient below is wrong. Find it at $x = (0.5, 2)$: move one coordinate and hold the other fixed. For the second part
# you write
#
#     difference(lambda b: rosenbrock(np.array([0.5, b])), 2.0)
#
# What is the right value of the wrong part? (In the code, $x_1$ is `x[0]`.)
#
# <details><summary>Hint</summary>For the first part, the moving coordinate stands first in the array, and the other is held at 2.</details>


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
# Back to the cubic. Now the run starts at 0.5, on the hillside. An **explorer** is a picture with sliders, in which
# your rule runs again whenever you move one. Move `learning_rate`, which is $\eta$, from 0.01 to about 0.2, 0.45, 0.55
# and 0.8, and look where the steps lead: Play shows them one after the other. After a click on a slider, the arrow keys
# move it a little. The other plot shows the loss after each step. (`hillside` is the cubic, lowered until its minimum
# is 0.)

# %%
explore({rule: {"learning_rate": 0.01}}, hillside, steps=40)  # 0.01: where the slider is at first

# %% [markdown]
# A run **settles** if it comes as near as you like to one point, and stays there. A run **oscillates** if its steps
# lead from one side of the minimum to the other. A run **diverges** if its parameters grow in size without limit. You
# have seen all three:
#
# - $\eta = 0.01$ is too small: after 40 steps the run is still on its way. $\eta = 0.2$ settles in a few steps.
# - $\eta = 0.45$ oscillates from the second step on, and still settles.
# - $\eta = 0.55$ oscillates in the same way, but never settles. It ends up jumping between two points.
# - $\eta = 0.8$ jumps over the hilltop at 0. From there downhill leads away to the left, and the run diverges.
#
# Somewhere between 0.45 and 0.55 there is a border. The **curvature** $L$ of a function at a point is its second
# derivative there: it says how quickly the slope changes. At the minimum of the cubic it is
# $f''(\frac43) = 6 \cdot \frac43 - 4 = 4$. Near the minimum the cubic hardly differs from a parabola with this
# curvature.
#
# On this parabola, call the distance from the minimum $d = x - \frac43$. The slope is $L d$, so each step multiplies
# the distance by the same factor, $1 - \eta L$:
#
# $$d - \eta L d = (1 - \eta L)\, d$$
#
# The distance shrinks if this factor lies between $-1$ and $1$. So the run settles if
#
# $$0 < \eta < \frac{2}{L}$$
#
# - At $\eta = 1/L$ the factor is 0: one step reaches the minimum.
# - Above $1/L$ the factor is negative: the run changes sides at every step, so it oscillates. With $\eta = 0.45$ and
#   $L = 4$ the factor is $1 - 0.45 \cdot 4 = -0.8$: each jump leaves 0.8 of the distance.
# - Above $2/L$ each step lands farther away than the last: on a parabola, the run diverges.
#
# For our $L = 4$ the limit is 0.5. On the cubic the law holds only near the minimum. Above 0.5 a run cannot settle
# there, but the law does not say what it does instead.
#
# ### Exercise 5: an unknown parabola
#
# On a parabola that you do not know, you run gradient descent with $\eta = 0.01$. Each step takes away a fifth of the
# distance to the minimum, and stays on its side. Below which learning rate does a run on this parabola settle? And above which does it
# oscillate?
#
# <details><summary>Hint</summary>What is the factor of each step? Find L from it.</details>

# %%
# BEGIN SOLUTION
# STUB settles_below = ...
# STUB oscillates_above = ...
settles_below = 2 / 20  # 1 - 0.01 L = 4/5, so L = 20
oscillates_above = 1 / 20  # above it the factor 1 - 20η is negative
# END SOLUTION
check_answer("01.limit", settles_below)
check_answer("01.oscillates", oscillates_above)

# %% [markdown]
# ## 5 Where it starts
#
# Three runs down the cubic differ only in where they start. First predict:

# %%
quiz("01.start")

# %%
for begin in (0.001, 0.0, -0.001):
    print(f"from {begin}:")
    run = descend(rule, cubic.gradient, x=begin, steps=100, learning_rate=0.05)
    print(f"   after {len(run.trajectory) - 1} steps at {run.trajectory[-1]:.4g}")

# %% [markdown]
# Where the slope is 0 gradient descent stays, even on a hilltop. And going downhill need not lead to a minimum: the last
# run diverges.
#
# ## 6 A ravine
#
# This function of two parameters is a long valley with steep walls. Its curvature is 1 along
# the valley, in the direction of $x_1$, and 20 across it, in the direction of $x_2$.
#
# $$f(x) = \tfrac12 \left(x_1^2 + 20\, x_2^2\right)$$

# %%
quiz("01.ravine")

# %% [markdown]
# Each step multiplies $x_1$ by $1 - \eta$ and $x_2$ by $1 - 20\eta$. If $\eta$ is too small, the first factor is nearly
# 1; if it is too large, the second is nearly −1. The factor that is larger in size decides how long the run takes.
#
# ### Exercise 6 ★: choose
#
# Another valley has the curvatures 2 and 50. Which learning rate is best: which one makes the larger of its two factors
# as small in size as possible? Give a fraction, or four decimals.
#
# <details><summary>Hint</summary>A larger η makes one factor smaller and the other larger in size. The best η is the one that makes them equal in size, with opposite signs.</details>

# %%
# BEGIN SOLUTION
# STUB valley_rate = ...
valley_rate = 2 / (2 + 50)  # 1 - 2η = -(1 - 50η)
# END SOLUTION
check_answer("01.valley", valley_rate)

# %% [markdown]
# In any valley, call the smallest curvature $\ell$ and the largest $L$. The two factors have the same size if
# $1 - \eta \ell = \eta L - 1$. So the best learning rate in the long run is $2/(\ell + L)$.
#
# For the ravine above that is 2/21, about 0.095. Which of the slider's positions near it bring $f$ below $10^{-6}$ in 84
# steps? Each thin line is a contour: all points on it have the same $f$.

# %%
explore({rule: {"learning_rate": 0.05}}, ravine, steps=84, target=("loss", 1e-6))

# %% [markdown]
# The run jumps across the ravine and creeps along it. Only 2/21 and rates a little below it meet the task: above
# 2/21 the factor $1 - 20\eta$ soon comes near $-1$.
#
# The **condition number** $\kappa$ (kappa) of a valley is its largest curvature divided by its smallest. For this ravine
# it is 20. How many steps does a narrower valley need until $f$ is below $10^{-6}$, each at its best learning rate?

# %%
needed = {}  # the steps from (1, 1), with the curvatures 1 and kappa
for kappa in (10, 100, 1000):
    needed[kappa] = experiments.steps_needed(rule, kappa, learning_rate=2 / (1 + kappa))
    print(f"condition number {kappa:4}: {needed[kappa]:4} steps")

# %% [markdown]
# Ten times the condition number costs about ten times the steps. At the best rate each step takes away
# $2/(1 + \kappa)$ of the distance along the valley. If $\kappa$ is ten times as large, this is about a tenth. (The counts
# grow a little more, because $f$ also starts higher.)
#
# ## 7 Ten scores for an image
#
# The same one-line rule now learns to read. The data are 8,000 images of MNIST (LeCun, Cortes and Burges, 1998), each
# with 784 pixels and the digit that it shows.
#
# **Logistic regression** is a model that gives each class a score, a weighted sum of the inputs, and turns the scores
# into probabilities. Here the classes are the ten digits, and the inputs are the pixels. Each digit has a weight for
# each pixel, and a constant, its bias, that is added to its score. That makes $784 \cdot 10 + 10 = 7{,}850$ parameters.
#
# The **softmax** turns numbers into probabilities: it raises $e = 2.718\ldots$ to the power of each number, and divides
# each result by the sum of them all. So if digit $k$ has the score $z_k$, its probability is
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$
#
# This cell shows one image to a model that has taken 20 steps. It prints the scores and the probabilities of the digits
# 0 to 9.

# %%
from adamlib.datasets import mnist
from adamlib.descent import train
from adamlib.models import LogisticRegression

data = mnist().train
images, labels = data
model = LogisticRegression()
start = model.initial()  # all 7,850 parameters are 0
# 20 steps, each on all 8,000 images; .params are the parameters after them
early = train(rule, model.loss_and_gradient, start, data, epochs=20, learning_rate=0.5).params
scores = model.logits(early, images[:1])[0]  # logits is another word for scores
p = np.exp(scores) / np.exp(scores).sum()
print("scores       ", *(f"{z:5.1f}" for z in scores))
print("probabilities", *(f"{q:5.2f}" for q in p))
plots.images(images[:10], labels[:10])

# %% [markdown]
# The image is the first one in the row, a 3. The model says 3 too, but it is not sure: the 3 gets a probability of
# 0.35, and the 8 gets 0.24.
#
# The loss of one image is $-\log p$, where $p$ is the probability of the right digit and log is the natural logarithm.
# Here that is $-\log 0.35 = 1.05$. If the model were sure and right, the loss would be 0. The loss that we make small
# is the mean over all images. At the start all ten digits have the probability 1/10, so this mean is $\log 10 = 2.30$.
#
# No slope of this loss is larger than 1 in size.
#
# <details><summary>Why?</summary>Differentiate −log p. For one image, the slope along the score of digit k is pₖ, minus 1 if k is the right digit. The slope along a weight is this number times the value of the pixel, which lies between 0 and 1.</details>
#
# ## 8 Above the limit
#
# In the ravine the largest curvature, 20, set the limit $2/L$. Here the loss has a curvature along every direction in
# which the 7,850 parameters can move together. At the start the largest of them is about 3.9
# ([Going further ★](#Going-further-★) measures it), so $2/L$ is about 0.5.

# %%
quiz("01.bounce")

# %% [markdown]
# The next cell trains the model with two learning rates, 120 steps each. It takes up to 20 seconds.


# %%
def train_ours(rate, steps):
    """steps steps of your rule at this rate, each on all 8,000 images."""
    return train(rule, model.loss_and_gradient, start, data, epochs=steps, learning_rate=rate)


curves = {f"sgd, η = {rate}": train_ours(rate, steps=120).losses for rate in (0.5, 1.0)}
half, one = curves.values()  # the loss before each step
below = np.argmax(one < 0.3)
print(f"η = 0.5: loss {half[100]:.2f} after 100 steps")
print(f"η = 1.0: loss {one[50]:.2f} after 50 steps, and below 0.3 after {below} steps")
plots.lines(curves | {"0.3, the goal of exercise 7": np.full(120, 0.3)})

# %% [markdown]
# With $\eta = 1$, twice the limit, the loss goes up a few times within the first 15 steps. After that it falls at every
# step, and it ends lower. Three things differ from a parabola:
#
# - The jumps cannot grow without limit. No slope is larger than 1 in size, so no weight moves by more than $\eta$ in a
#   step.
# - A step moves in all directions at once. Along the most curved one it overshoots, but at most steps the others gain
#   more, so the loss falls.
# - The curvature changes. The largest one first rises to 6.6. Later it falls, as the model becomes sure of more and more
#   images: after step 30 it is below 2, and $\eta = 1$ is within the limit.
#
# So $2/L$ is a law for parabolas, but only a warning for other functions. **Tuning** a learning rate means trying several
# values and keeping the one that works best.
#
# ### Exercise 7: tune
#
# Which learning rate brings the loss below 0.3 after 100 steps? Compute it from what the cell printed, before you try.
# Take no more than you need: from about 1.3 on, the first steps lift the loss above its start, 2.30, and `check_answer`
# refuses such a rate.
#
# <details><summary>Hint</summary>Compare the two losses that are nearly equal: which product is the same in both runs?</details>

# %%
# BEGIN SOLUTION
# STUB tuned = ...
tuned = below / 100  # 1 × below = tuned × 100
# END SOLUTION
check_answer("01.digits", tuned)

# %% [markdown]
# In a flat direction two steps with $\eta = 0.5$ lead about as far as one with $\eta = 1$: what counts there is $\eta$
# times the number of steps.
#
# Now the model trains at your rate, and reads 2,000 images that it has not seen. Each picture shows the 784
# weights of one digit: ink on a blue pixel raises the digit's score, and ink on a red one lowers it.

# %%
run = train_ours(1.0 if tuned is ... else tuned, steps=100)
print(f"it reads {model.accuracy(run.params, mnist().test):.0%} of 2,000 other images correctly")
weights, biases = run.params
plots.images(weights.T, np.arange(10), signed=True)

# %% [markdown]
# The 0 is a blue ring around a red middle, because a 0 has little ink in its middle.
#
# ## 9 Does it agree with Keras?
#
# In practice a library takes the steps. `equals_keras` compares every step on the cubic with
# `tf.keras.optimizers.SGD`, and `train_network` lets Keras train the same model with its own gradients. The model
# computes in float32, with about 7 digits and not 16, so there they agree less closely. (Loading TensorFlow takes some
# seconds.)

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras, largest_difference, train_network

equals_keras(rule, cubic.gradient, x=0.001, steps=100, learning_rate=0.05)
theirs = train_network(keras.optimizers.SGD(0.5), start, data, epochs=20).params
assert largest_difference(train_ours(0.5, steps=20).params, theirs) < 1e-5
print("digits: 7,850 parameters after 20 steps: no difference above 1e-5")
equals_adam(rule, cubic.gradient, x=0.001, steps=100, learning_rate=0.05)

# %% [markdown]
# The last line looks ahead: with special values for its settings, its knobs, Adam is gradient descent. Lesson 06
# explains why.
#
# ## Where it fails
#
# - Gradient descent has one learning rate for all directions. The most curved direction limits this rate, so the run is
#   slow in the flattest direction.
# - It reads all data for every single step. Is that necessary? This cell compares the gradient of 8,000 images with
#   that of 800 random ones, by the cosine of the angle between them: 1 means the same direction, 0 a right angle.

# %% tags=["about: 02 cosine at the start"]
rng = np.random.default_rng(experiments.seeds(1)[0])  # only this cell is random
cosine = experiments.mean_cosines(model, start, data, [800], rng)[0]
print(f"cosine, the mean of 20 draws: {cosine:.2f}")

# %% [markdown]
# At the start a tenth of the work gives almost the same direction.
#
# **Recap.**
#
# 1. Gradient descent steps against the gradient: $x \leftarrow x - \eta g$. Where the slope is 0 it does not move.
# 2. Test every gradient by central differences.
# 3. On a parabola of curvature $L$ a step multiplies the distance by $1 - \eta L$. So a run settles for
#    $0 < \eta < 2/L$, and oscillates if $\eta > 1/L$.
# 4. The most curved direction limits $\eta$; the flattest makes the run long. The best rate is $2/(\ell + L)$, and the
#    steps grow about in proportion to the condition number.
# 5. For other functions $2/L$ is only a warning: above it a run may jump for ever, diverge, or do well, as on the
#    digits. So rates are tuned.

# %%
progress("01")

# %% [markdown]
# **Next:** [lesson 02, Stochastic gradient descent](02-stochastic-gradient-descent.ipynb). It takes a step after a
# few images instead of 8,000, and asks where such steps get stuck.
#
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### Why $h = 10^{-5}$?
#
# You know that the slope of the cubic at $x = 2$ is exactly 4. This cell prints the error of the one-sided difference,
# $\frac{f(x + h) - f(x)}{h}$, and the error of your two-sided one.


# %%
def f(x):
    return x * x * (x - 2) + 2  # the cubic; powers round differently on some computers


for h in (1e-1, 1e-3, 1e-5, 1e-8, 1e-12):
    one_sided = abs((f(2 + h) - f(2)) / h - 4)
    two_sided = abs(difference(f, 2.0, h) - 4)
    print(f"h = {h:<7g} one-sided error {one_sided:.0e}   two-sided error {two_sided:.0e}")

# %% [markdown]
# Compare the first two rows. With $h$ a hundred times smaller, your error is ten thousand times smaller: it shrinks
# like $h^2$. In the last two rows it grows again. There the two values of $f$ agree in about half of the 16 digits that
# the computer keeps, or in more, so fewer are left in their difference. A large $h$ suffers from the curve's shape, and
# a small $h$ from rounding.
#
# ### The curvature on the way
#
# This cell measures the largest curvature along the run with $\eta = 1$ on the digits. A curvature along a direction is
# measured as in part 3, from the slopes at two points that lie close together. The cell takes up to 20 seconds.

# %%
steps = np.array([0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40, 60])
largest = experiments.curvatures(rule, model, start, data, steps, learning_rate=1.0)
drawn = {"sgd, η = 1: largest curvature": largest, "2/η": np.full(len(steps), 2.0)}
plots.lines(drawn, x=steps, ylabel="largest curvature", log=False, from_zero=True)

# %% [markdown]
# Follow the blue line from the left. The curvature rises to 6.6, falls, has a bump at step 10, and passes below
# the level line at $2/\eta = 2$ between steps 25 and 30. It falls because an image of which the model is sure adds
# almost nothing to the curvature.
#
# The loss falls long before that. After 20 steps, the overshoot along the most curved direction would alone raise the
# loss by 0.004. But the other directions gain more: the whole step lowers the loss by 0.025.
#
# **Sources.** A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, 1847. Y. LeCun,
# C. Cortes and C. Burges, *The MNIST database of handwritten digits*, 1998. H. Rosenbrock, *An automatic method for
# finding the greatest or least value of a function*, 1960.

# %% tags=["solution"]
# What the text says, held to what the cells computed.
from adamlib.descent import sweep

slope = cubic.gradient(0.5)
assert slope == -1.25 and -0.3 * slope == 0.375 and cubic(0.875) < cubic(0.5)
errors = [abs(difference(f, 2.0, h) - 4) for h in (1e-1, 1e-3, 1e-5, 1e-8, 1e-12)]
assert abs(errors[0] / errors[1] - 1e4) < 1
assert np.argmin(errors) == 2 and errors[0] < (f(2.1) - f(2)) / 0.1 - 4
end = descend(rule, cubic.gradient, 0.001, 100, learning_rate=0.05).trajectory[-1]
assert abs(end - 4 / 3) < 1e-5
paths = {}
for rate in (0.01, 0.2, 0.45, 0.55, 0.8):
    paths[rate] = sweep(rule, hillside.gradient, 0.5, 40, learning_rate=rate).trajectory
away = paths.pop(0.8)
assert (away[3:6] * [1, -1, -1] > 0).all() and away[8] < -1e6
low, settled, oscillating, restless = (path[-4:] - 4 / 3 for path in paths.values())
for path in (paths[0.45], paths[0.55]):  # from the second step on
    assert (np.sign(path - 4 / 3)[:5] == [-1, -1, 1, -1, 1]).all()
assert abs(restless[0] - restless[2]) < 0.001 < abs(restless[0] - restless[1])
assert (low < -0.3).all() and abs(settled).max() < 1e-6 and abs(restless).min() > 0.1
assert abs(oscillating).max() < 0.01 and (np.diff(np.sign(oscillating)) != 0).all()
assert abs(1 - 0.01 * 20 - 4 / 5) < 1e-12 and abs(cubic(0.7) - hillside(0.7) - cubic(4 / 3)) < 1e-12
assert abs(1 - valley_rate * 2 + (1 - valley_rate * 50)) < 1e-12
best = sweep(rule, ravine.gradient, ravine.start, 84, learning_rate=2 / 21).trajectory
assert (ravine.start == [-4, 1]).all() and abs(ravine(best[-1]) - 9e-7) < 5e-8
assert abs(2 / 21 - 0.095) < 5e-4
meets = [
    descend(rule, ravine.gradient, ravine.start, 84, learning_rate=r)
    for r in (0.089, 0.091, 2 / 21, 0.096)
]
assert [ravine(run.trajectory[-1]) < 1e-6 for run in meets] == [False, True, True, False]
W, b = model.initial(float)
computed = model.gradient([W, b], data)[0][400, 3]


def loss_at(weight):
    W[400, 3] = weight
    return model.loss([W, b], data)


assert abs(computed - difference(loss_at, 0.0)) < 1e-7 and 1e-3 < abs(computed)
assert sum(q.size for q in start) == 7850
assert [round(-np.log10(np.finfo(kind).eps)) for kind in (start[0].dtype, float)] == [7, 16]
assert labels[0] == p.argmax() == 3 and abs(p[3] - 0.35) < 0.01 and abs(p[8] - 0.24) < 0.01
assert round(needed[100] / needed[10]) == round(needed[1000] / needed[100]) == 11
bumpy = np.flatnonzero(np.diff(curves["sgd, η = 1.0"]) > 0)
assert 0 < len(bumpy) < 10 and bumpy.max() < 15 and not (np.diff(half) > 0).any()
assert max(bumpy) == 13 and largest[steps == 25] > 2  # after step 14 it falls
assert abs(curves["sgd, η = 1.0"][0] - np.log(10)) < 1e-6 and abs(np.log(10) - 2.30) < 0.005
for t in (15, 20, 25):  # what the next step does in the most curved direction, and in all
    at, loss_along = experiments.along_steepest(model, train_ours(1.0, steps=t).params, data)
    most_curved = loss_along(-at) - loss_along(0)  # the step is −1 × slope
    whole = curves["sgd, η = 1.0"][t + 1] - curves["sgd, η = 1.0"][t]
    assert most_curved > 0 > whole
    if t == 20:
        assert abs(most_curved - 0.004) < 5e-4 and abs(whole + 0.025) < 5e-4
sure = []  # the fraction of images of which the model is sure, and what each adds to the curvature
for t in (3, 20, 100):
    z = np.exp(model.logits(train_ours(1.0, steps=t).params, images[:1000]))
    likely = z / z.sum(axis=1, keepdims=True)
    sure.append(np.mean(likely.max(axis=1) > 0.99))
    for one_image in likely[likely.max(axis=1) > 0.99]:
        bend = np.diag(one_image) - np.outer(one_image, one_image)
        assert np.linalg.eigvalsh(bend)[-1] < 0.02
assert sure[0] < sure[1] < sure[2]
assert images.min() == 0 and images.max() == 1
assert abs(largest[0] - 3.94) < 0.05 and abs(largest.max() - 6.6) < 0.1
assert largest[steps == 25] > 2 > largest[steps >= 30].max() and largest.argmax() == 3
assert largest[steps == 10] > 1.1 * largest[steps == 8]  # the bump
assert (np.diff(largest[steps >= 10]) < 0).all()
assert abs(half[100] - one[50]) < 0.02 and one[-1] < half[-1]
for rate in (1.25, 1.3):  # exercise 7 takes the first and refuses the second
    assert (train_ours(rate, steps=20).losses.max() > one[0]) == (rate == 1.3)
centre = 28 * 14 + 14  # the pixel in the middle
ink = [images[labels == digit, centre].mean() for digit in range(10)]
assert ink[0] < 0.5 * np.mean(ink) and weights[centre, 0] < 0
experiments.carried("02 cosine at the start", cosine)
