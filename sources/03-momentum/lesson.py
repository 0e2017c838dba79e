# %% [markdown]
# # 3. Momentum
#
# Stochastic gradient descent zig-zags across a ravine, and noise shakes it. In this lesson the rule gets a memory: it
# steps along an average of its recent gradients. Adam has the same memory, so what you learn here comes back in lesson
# 06.
#
# At the end of this lesson you will be able to
#
# - smooth a noisy curve with an average that forgets, and choose how far back it remembers,
# - write momentum and Nesterov's method,
# - say before a run whether it creeps, oscillates or diverges, and set the learning rate and the momentum for a ravine,
# - carry settings over to Keras, from PyTorch or from a formula that averages.
#
# | part | minutes |
# | --- | --- |
# | [1 What failed](#1-What-failed) | 2 |
# | [2 Averages that forget](#2-Averages-that-forget) | 6 |
# | [3 Velocity](#3-Velocity) | 8 |
# | [4 Two knobs](#4-Two-knobs) | 8 |
# | [5 The best pair](#5-The-best-pair) | 7 |
# | [6 Nesterov](#6-Nesterov) | 6 |
# | [7 Noise and digits](#7-Noise-and-digits) | 5 |
# | [8 Inside or outside?](#8-Inside-or-outside?) | 6 |
# | [9 Does it agree with Keras?](#9-Does-it-agree-with-Keras?) | 1 |
# | [Where it fails](#Where-it-fails) | 2 |
# | in all | 51 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
#
# You need lessons [01](01-gradient-descent.ipynb) and [02](02-stochastic-gradient-descent.ipynb). Terms printed in bold
# are collected in the [glossary](glossary.ipynb); all rules on one page are in the [cheat sheet](cheat-sheet.ipynb).
#
# ## 1 What failed
#
# Here is the ravine of lesson 01 again, $f(x) = \frac12 (x_1^2 + 20\, x_2^2)$. We take the learning rate $2/21$, which
# lesson 01 found to be the best for this ravine in the long run.

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.datasets import rotten_tomatoes, rotten_tomatoes_words
from adamlib.descent import descend, sweep
from adamlib.explorers import explore
from adamlib.rules import sgd
from adamlib.surfaces import ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them

# %%
zigzag = descend(sgd, ravine.gradient, ravine.start, 30, learning_rate=2 / 21)
plots.contour(ravine, {"sgd, η = 2/21": zigzag.trajectory})

# %% [markdown]
# Across the ravine, up and down in the picture, each step jumps over the bottom and undoes most of the one before. Along
# the ravine, to the right, all steps point the same way, but they are short. So it takes 84 steps until $f$ is below
# $10^{-6}$.
#
# Lesson 02 ended with a question: would it help to step along an average of the latest gradients? First we need an
# average that is cheap to keep.
#
# ## 2 Averages that forget
#
# We leave the ravine for a moment and smooth a noisy curve: the losses of 300 batches of lesson 02's digits. We keep one
# number, the average $m$, which starts at 0. Each new value $a$ pulls the average a little towards itself. The **decay**
# $\beta$ (beta) of an average is the fraction of the old average that stays when a new value comes in. The new value
# counts with the rest, $1 - \beta$. So with a *large* decay an average forgets slowly.
#
# ### Exercise 1: write it
#
# Turn this description into a formula, and return one number, the new average. If you are stuck, `hint("new_average")`
# helps.


# %%
def new_average(average, value, beta):
    # BEGIN SOLUTION
    return beta * average + (1 - beta) * value
    # END SOLUTION


forgetting = check(new_average, "new_average")

# %% [markdown]
# What does such an average make of the losses? Predict first. Then run the next cell, which draws it for two decays.

# %%
quiz("03.start")


# %% tags=["about: 03 at η = 0.1 momentum ends below sgd"]
def smoothed(values, beta):
    """The average after each of the values, with your function."""
    m, averages = 0.0, []
    for value in values:
        m = forgetting(m, value, beta)
        averages.append(m)
    return np.array(averages)


losses = experiments.digits(batch_size=10).train(sgd, 0.03, SEEDS[0]).losses[:300]
smooth = {}
for beta in (0.9, 0.99):
    smooth[f"β = {beta}"] = {"loss of the batch": losses, "average": smoothed(losses, beta)}
plots.panels(smooth, xlabel="batch", ylabel="loss")

# %% [markdown]
# Look at the left end of each panel first. Both averages start at 0 before the first batch, so at first they are too
# low. With $\beta = 0.9$ the average has caught up after about 20 batches. With 0.99 it needs more than 100, and it
# rises while the losses fall.
#
# Now look at the right half. With 0.9 the average still trembles, but less than a third as much as the losses do. With
# 0.99 it hardly trembles at all. So a larger $\beta$ removes more noise, but the average then reacts later.
#
# In symbols your rule is $m \leftarrow \beta\, m + (1 - \beta)\, a$. If we write it out over $t$ values, each value
# enters with the weight $1 - \beta$, and each later step multiplies that weight by $\beta$:
#
# $$m_t = (1 - \beta)\,\left(a_t + \beta\, a_{t-1} + \beta^2 a_{t-2} + \dots + \beta^{t-1} a_1\right)$$
#
# How many values does such an average remember? In an ordinary mean of $n$ values, each has the weight $1/n$. Here the
# newest value has the weight $1 - \beta$. In this sense the average remembers about $1/(1 - \beta)$ values: 10 and 100
# of them in the figure.
#
# ### Exercise 2: how far back?
#
# You want to smooth a curve over about its last 50 values. Which $\beta$ do you take?

# %%
# BEGIN SOLUTION
# STUB beta_for_50 = ...
beta_for_50 = 1 - 1 / 50
# END SOLUTION
check_answer("03.beta", beta_for_50)

# %% [markdown]
# ## 3 Velocity
#
# We return to the zig-zag of part 1. What would an average make of its gradients? Along the ravine all gradients have the
# same sign, so an average keeps them. Across the ravine they alternate, so in an average they nearly cancel.
#
# So let us step along an average of the gradients, like a heavy ball that keeps some of its old direction (Polyak,
# 1964). The **velocity** $v$ is what $x$ moves by: the step of sgd, plus what is left of the previous velocity. The
# **momentum** $\mu$ (mu) is the fraction of the velocity that goes on to the next step. The first formula lets the old
# velocity fade and adds the step of sgd. The second formula moves $x$ by the new velocity:
#
# $$v \leftarrow \mu\, v - \eta\, g \qquad\qquad x \leftarrow x + v$$
#
# Unlike the average of part 2, $v$ is a sum of steps. The new step counts in full, without a factor $1 - \mu$.
#
# ### Exercise 3: by hand
#
# The gradient is 1 at every step, $\eta = 0.1$, $\mu = 0.9$, and $v$ starts at 0. What is $v$ after the third step?
# And which value does $v$ approach after many steps?
#
# <details><summary>Hint</summary>Once v no longer changes, v = 0.9 v − 0.1.</details>

# %%
# BEGIN SOLUTION
# STUB third = ...
# STUB speed = ...
third = -0.1 * (1 + 0.9 + 0.9**2)
speed = -0.1 / (1 - 0.9)
# END SOLUTION
check_answer("03.third", third)
check_answer("03.speed", speed)

# %% [markdown]
# So where the gradients agree, the steps of momentum grow until they are $1/(1 - \mu)$ times as long as those of sgd:
# here ten times. The **effective step** $\eta/(1 - \mu)$ of momentum is the learning rate that sgd needs to go equally
# far where the gradients agree.
#
# Now let the gradients alternate between 1 and −1 at every step. Then the old velocity always points against the new
# step. The velocity settles at the size $\eta/(1 + \mu)$, which is about half a step of sgd.
#
# <details><summary>Why η/(1 + μ)?</summary>Call the size of the velocity w. It no longer changes if w = η − μw, so w = η/(1 + μ).</details>
#
# ### Exercise 4: write momentum
#
# Your function returns the new `x` and the new `v`. Inside it, the name `momentum` means the number $\mu$, as in Keras.
# The first call has `v=0`, and each later call gets the `v` that the call before it returned. `hint("momentum")` helps.
# From here on `rule` is your momentum. The next cell shows two steps of a run with it.


# %%
def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    # BEGIN SOLUTION
    v = momentum * v - learning_rate * g
    return x + v, v
    # END SOLUTION


rule = check(momentum, "momentum")

# %%
experiments.momentum_arrows(rule)

# %% [markdown]
# The grey arrow is what is left of the old velocity, and the blue arrow is the step of sgd. Their sum, the orange
# arrow, is the new velocity. Along the ravine the two add up at both steps.
#
# Across it they nearly cancel at step 4, where the ball climbs the wall. They add up at step 9, where it rolls back. So
# with this small $\eta$ the ball swings across the ravine like a pendulum. The two oppose each other at every step only
# if $\eta$ is so large that every step crosses the bottom of the ravine.
#
# ## 4 Two knobs
#
# Momentum has two hyperparameters, $\eta$ and $\mu$. What does a run do with each pair of them? As in lesson 01 we take
# a parabola with the curvature $L$. The gradient is $L$ times the distance to the minimum, so $\eta$ and $L$ only ever
# occur as the product $\eta L$. Predict first how far $\eta$ may go:

# %%
quiz("03.limit")

# %% [markdown]
# The map shows 40,000 runs of your rule, each with 300 steps. A run is monotone if it creeps towards the minimum and
# never passes it. It is oscillating if it passes the minimum, and ends nearer than it began. It is diverging if it ends
# farther away than it began.

# %%
experiments.momentum_map(rule)[0]  # [0] is the picture

# %% [markdown]
# ### Exercise 5: read the map
#
# At the bottom edge $\mu$ is 0, and you see the borders of sgd, 1 and 2. Now go along the black line, $\mu = 0.16$. From
# which $\eta L$ on does a run oscillate, and beyond which value does it diverge? Read both numbers off the map, to about
# a tenth.

# %%
# BEGIN SOLUTION
# STUB seen_border = ...
# STUB seen_limit = ...
seen_border = 0.36
seen_limit = 2.32
# END SOLUTION
check_answer("03.seen_border", seen_border)
check_answer("03.seen_limit", seen_limit)

# %% [markdown]
# Both borders follow from $\mu$ alone (Goh, 2017). A run oscillates from the first on, and it diverges beyond the second:
#
# $$\eta L = (1 - \sqrt\mu)^2 \qquad\qquad \eta L = 2(1 + \mu)$$
#
# With $\mu = 0.16$ they are 0.36 and 2.32, close to what you have read. A third fact says how fast a run shrinks.
#
# **To remember.** While $\eta L$ lies between $(1 - \sqrt\mu)^2$ and $(1 + \sqrt\mu)^2$, the run swings like a
# pendulum, and a step leaves $\sqrt\mu$ of the distance on average: $\eta$ does not matter there. From the second value
# to the limit the run still oscillates, but a step leaves more.
#
# Why $\sqrt\mu$? Draw position and velocity as a point in a plane. A step makes $v$ smaller by the factor $\mu$, and
# with it every area in this plane. (Adding $-\eta g$ to $v$, and then $v$ to $x$, slants the area, as one slants a pack
# of cards, and keeps its size.) A swinging run turns round and round in the plane, so in the long run it shrinks alike
# in all directions. An area is length times length, so a step leaves $\sqrt\mu$ of each length on average.
#
# <details><summary>Why 2(1 + μ)?</summary>Let the ball have jumped from the distance −e to e, so its velocity is 2e. The next velocity is 2μe − ηLe. At ηL = 2(1 + μ) that is −2e, so the ball jumps back to −e, and so on for ever. With a larger η the jumps grow.</details>
#
# [Going further ★](#Going-further-★) derives all this from one equation.
#
# ### Exercise 6: use the formulas
#
# A direction has the curvature $L = 4$, and $\mu = 0.64$. From which $\eta$ on does the run oscillate, and beyond which
# does it diverge?

# %%
# BEGIN SOLUTION
# STUB border = ...
# STUB limit = ...
border = (1 - 0.8) ** 2 / 4
limit = 2 * (1 + 0.64) / 4
# END SOLUTION
check_answer("03.border", border)
check_answer("03.limit", limit)

# %% [markdown]
# ## 5 The best pair
#
# How fast is a run that settles? Predict first, from what part 4 says of a run that swings.

# %%
quiz("03.swing")

# %% [markdown]
# The next figure shows what fraction of the distance a step leaves in the long run. A low value is good, and above 1 the
# run diverges.

# %%
products = np.geomspace(0.02, 4, 400)
left = {
    "sgd": experiments.fraction_left(sgd, products),
    "momentum, μ = 0.16": experiments.fraction_left(rule, products, momentum=0.16),
    "momentum, μ = 0.64": experiments.fraction_left(rule, products, momentum=0.64),
}
left = {name: np.where(f < 1.3, f, np.nan) for name, f in left.items()}  # the rest is not drawn
figure = plots.lines(left, products, "ηL", "fraction left by a step", log=False, log_x=True)
ends = [0.04, 0.1, 0.36, 1, 1.96, 3.24]
figure.axes[0].set_xticks(ends, ends)
figure

# %% [markdown]
# The curve of sgd dips to a sharp tip: sgd is fast near $\eta L = 1$ and slow elsewhere. The curves of momentum have a
# level floor at $\sqrt\mu$, between $(1 - \sqrt\mu)^2$ and $(1 + \sqrt\mu)^2$. With $\mu = 0.64$ it lies at 0.8 and
# reaches from 0.04 to 3.24.
#
# The floor is just what a ravine needs. Our ravine has two curvatures, so it has two values of $\eta L$: $\eta$ and
# $20\,\eta$. The slower of the two directions decides. With sgd only one of them can be near the tip. With momentum
# both can lie on the floor. A smaller $\mu$ makes the floor lower, which is faster, but also
# shorter, so that it may no longer hold both.
#
# ### Exercise 7: choose two knobs
#
# Sgd with $\eta = 2/21$ has $f$ below $10^{-6}$ from step 84 on. Move the sliders until momentum gets there within 30
# steps. Then write that pair down. For small
# moves, click a slider and use the arrow keys.
#
# <details><summary>Hint</summary>With μ near 0.9 the swing lasts too long, and with μ near 0 the run is nearly sgd. Try a μ in the middle. Where is its floor, and which η puts both η and 20 η on it?</details>

# %%
explore({rule: {"learning_rate": 0.05}}, ravine, steps=30, target=("loss", 1e-6))

# %%
# BEGIN SOLUTION
# STUB first_rate, first_mu = ..., ...
first_rate, first_mu = 0.1, 0.5
# END SOLUTION
check_answer("03.first_pair", first_rate, first_mu)

# %% [markdown]
# In the long run the fastest pair has the smallest $\mu$ whose floor still holds both curvatures. (Exercise 11 ★ computes
# it.) What does a condition number $\kappa$ cost then? The next cell counts the steps until $f < 10^{-6}$ in ravines with
# the curvatures 1 and $\kappa$. Each method has the settings that are best in the long run.

# %%
needed = {}
for kappa in (10, 100, 1000):
    slow = experiments.steps_needed(sgd, kappa, learning_rate=2 / (1 + kappa))
    fast = experiments.steps_needed(rule, kappa, **experiments.best_pair(kappa))
    needed[kappa] = slow, fast
    print(f"condition number {kappa:4}: sgd {slow:4} steps, momentum {fast:3}")

# %% [markdown]
# Ten times the condition number costs sgd about eleven times the steps, and momentum about four times. With
# momentum the number of steps grows about as $\sqrt\kappa$, and no longer as $\kappa$ (Polyak, 1964). (Both factors are
# above 10 and $\sqrt{10} = 3.2$, partly because $f$ begins higher in a steeper ravine.)
#
# **Why 0.9?** For a network you rarely know $\kappa$, so take a $\mu$ whose floor is long. With $\mu = 0.9$ the floor
# holds both curvatures of any ravine with $\kappa$ up to about 1,440, and there a step leaves 0.95 of the distance. In
# a mild ravine like ours that is slow: with $\mu = 0.9$ and $\eta = 0.1$ momentum needs 159 steps, and sgd needs 84. But
# it is the steep ravines that cost time.
#
# ## 6 Nesterov
#
# A skier looks ahead and brakes before the bend, not in it. Nesterov's method (1983; with a velocity, Sutskever and
# others, 2013, section 2) does the same. The fraction $\mu$ of the old velocity goes on in any case. So from the ball we
# first move by $\mu v$, to the point ahead. **Nesterov's method** is momentum with the gradient taken at the point
# ahead of the ball. The picture shows one step of a run in the ravine.

# %%
experiments.nesterov_moves(rule)

# %% [markdown]
# Arrow 1 leads from the ball to the point ahead. Arrow 2 is the step $-\eta g$, with the gradient taken at the point
# ahead. Together they are the new velocity (brown), which leads to the new ball. Arrow 3 is $\mu$ times the new velocity,
# and it leads to the new point ahead.
#
# Keras keeps only the points ahead, because the gradients are taken there (Bengio, Boulanger-Lewandowski and Pascanu,
# 2013). So before an update `x` is the point ahead, and after it `x` is the new point ahead.
#
# ### Exercise 8: read the rule off the picture
#
# The first line of the function is that of momentum, $v \leftarrow \mu\, v - \eta\, g$, where `g` is the gradient at
# `x`. Which arrows lead `x` from the point ahead to the new point ahead? These arrows give you the second line.
# `hint("nesterov")` has three hints.


# %%
def nesterov(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    # BEGIN SOLUTION
    v = momentum * v - learning_rate * g
    return x + momentum * v - learning_rate * g, v
    # END SOLUTION


ahead = check(nesterov, "nesterov")

# %% [markdown]
# `x` follows arrow 2 and then arrow 3, so the second line contains the new $v$: $x \leftarrow x - \eta\, g + \mu\, v$.
# What does looking ahead change? We run both methods on a parabola.

# %%
paths = {}
for name, method in (("momentum", rule), ("nesterov", ahead)):
    # a parabola with L = 1: its gradient is the distance x itself
    run = descend(method, lambda x: x, 1.0, 60, learning_rate=0.5, momentum=0.9)
    paths[f"{name}, η = 0.5/L"] = run.trajectory
plots.lines(paths, ylabel="x (the minimum is at 0)", log=False, title="parabola, μ = 0.9")

# %% [markdown]
# Momentum still swings after 60 steps, while Nesterov (its line shows the points ahead) has come to rest after about 15.
# Why does looking ahead damp the swing? The point ahead lies $\mu v$ beyond the ball, so its gradient has $L \mu v$
# more. The step $-\eta g$ thus takes $\eta L \mu v$ from the velocity, here half of $\mu v$. It has a price: Nesterov
# diverges beyond $\eta = 1.36/L$ here, and momentum only beyond $3.8/L$.
#
# ## 7 Noise and digits
#
# The zig-zag was one failure of sgd, and noise was the other. Does momentum average the noise away? Predict first. Then
# the next cell makes 4,000 noisy runs on a parabola with $L = 1$ and noise of variance 1. It prints how far they scatter
# around the minimum.

# %%
quiz("03.noise")

# %%
rng = np.random.default_rng(SEEDS[0])


def noisy(x):
    """The gradient of the parabola, with noise."""
    return x + rng.standard_normal(x.shape)


scatter = {}
for name, method, rate in (("sgd", sgd, 0.1), ("momentum", rule, 0.01)):
    # sweep makes many runs at once: here 4,000, each with 500 steps from 0
    runs = sweep(method, noisy, np.zeros(4000), 500, learning_rate=rate)
    scatter[name, rate] = runs.trajectory[-1].std()
    print(f"{name:8} η = {rate:<4}: 4,000 runs scatter by {scatter[name, rate]:.2f}")

# %% [markdown]
# Momentum does not remove the noise: it scatters about as much as sgd at the same effective step, 0.1. Yet averages
# calmed the losses in part 2. Momentum does calm each single step, but $x$ is the sum of all steps. In this sum the noise
# of each gradient arrives in full, $\eta/(1 - \mu)$ times, only spread over more steps.
#
# And on real data? We train logistic regression on MNIST as in lesson 02, for one epoch in batches of 100. The figure
# compares the methods at equal effective steps, so momentum gets a tenth of sgd's $\eta$. Its bands show three seeds,
# and the table below shows thirty. (The cell takes about 10 seconds.)

# %% tags=["about: 03 at an effective step of 3 momentum ends below sgd"]
task = experiments.digits()
effective = np.array([0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0])
held_out = {
    "sgd": experiments.held_out_losses(task, sgd, effective, SEEDS),
    "momentum": experiments.held_out_losses(task, rule, 0.1 * effective, SEEDS),
}
label = "effective step η/(1 − μ)"
display(plots.lines(held_out, x=effective, log_x=True, xlabel=label, ylabel="validation loss"))
experiments.evidence(
    "03 largest gap between the two up to an effective step of 0.3",
    "03 at η = 0.1 momentum ends below sgd",
    "03 at an effective step of 1, the best of both, momentum ends below sgd",
    "03 at an effective step of 3 momentum ends below sgd",
)

# %% [markdown]
# Look at the left of the figure first. Up to an effective step of 0.3 the curves almost coincide: on average their
# largest gap is 0.05. At *equal* $\eta$, though, momentum seems far better: with $\eta = 0.1$ it ends below sgd by
# 0.29, with 30 of 30 seeds. (Compare sgd at 0.1 with momentum at 1.) So most of this gain comes from a step that is ten
# times as large.
#
# Now look at the right end. Both methods are best at an effective step of 1. There momentum ends lower with 25 of 30
# seeds, on average by 0.03. At 3 it ends lower with all 30. (A few of the sgd runs end very high, so the deviation is
# large.) The likely reason is sgd's limit, $2/L$. Momentum with $\mu = 0.9$ diverges only beyond $\eta = 3.8/L$, an
# effective step of $38/L$. So momentum pays off most where the step that you need is near or beyond sgd's limit, as it
# is in a steep ravine.
#
# **How to set it.** For a network, whose $\kappa$ you do not know:
#
# 1. Begin with $\mu = 0.9$ and a tenth of an $\eta$ that is good for sgd. This gives the same effective step.
# 2. Try three times this $\eta$, and a third of it. If no rate beats sgd, keep sgd: it is simpler.
# 3. If the loss swings for a long time, lower $\mu$ or take Nesterov. If it creeps at the largest $\eta$ that settles,
#    raise $\mu$, for instance to 0.99. If it is only noisy, lower $\eta$.
#
# ## 8 Inside or outside?
#
# Three versions of momentum are in use under the same name:
#
# | η is | used by | velocity | step |
# | --- | --- | --- | --- |
# | inside | Keras | `v = μ v − η g` | `x = x + v` |
# | outside | PyTorch, Optax | `v = μ v + g` | `x = x − η v` |
# | outside an average | some courses | `v = μ v + (1 − μ) g` | `x = x − η v` |
#
# ### Exercise 9: from PyTorch to Keras
#
# Script A is PyTorch: `torch.optim.SGD(parameters, lr=0.2, momentum=0.95)`. Script B uses the average, with the same two
# numbers. Which `learning_rate` makes Keras's `SGD(learning_rate=..., momentum=0.95)` take the same path as A? And which
# one makes it take the path of B?
#
# <details><summary>Hint</summary>Write down the step of x after the first two gradients, g₁ and g₂, in each version.</details>

# %%
# BEGIN SOLUTION
# STUB rate_A = ...
# STUB rate_B = ...
rate_A = 0.2
rate_B = 0.05 * 0.2  # the average is 1 - μ times the sum
# END SOLUTION
check_answer("03.rate_A", rate_A)
check_answer("03.rate_B", rate_B)

# %% [markdown]
# ### Exercise 10: predict
#
# Inside and outside take the same path while $\eta$ is constant. What if $\eta$ changes? The gradient has long been 1,
# with $\mu = 0.9$ and $\eta = 0.1$, so every step is $-1$ in both versions. Now $\eta$ falls to 0.01. What is the next
# step with the rate inside, and what is it with the rate outside?
#
# <details><summary>Hint</summary>Outside, v is the sum of gradients 1 + 0.9 + 0.81 + …, and the change of η does not touch it.</details>

# %%
# BEGIN SOLUTION
# STUB inside = ...
# STUB outside = ...
inside = 0.9 * -1 - 0.01 * 1
outside = -0.01 * (0.9 * 10 + 1)  # the sum of gradients is 1 / (1 - 0.9) = 10
# END SOLUTION
check_answer("03.inside", inside)
check_answer("03.outside", outside)

# %% [markdown]
# Inside, the ball rolls on at its old speed and learns of the new rate step by step. Outside, it slows down at once. So
# with a schedule, settings tuned in one library do not give the same run in the other.
#
# ## 9 Does it agree with Keras?
#
# `tf.keras.optimizers.SGD` has both methods. The first two lines compare your rules with it, step by step. The third
# line compares momentum with Adam with its knobs turned, as lesson 06 explains. The last two lines compare 7,850 weights
# after an epoch with those that Keras trains by itself. (Loading TensorFlow takes some seconds.)

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras, largest_difference

for method in (rule, ahead):
    equals_keras(method, ravine.gradient, ravine.start, 100, learning_rate=0.03)
equals_adam(rule, ravine.gradient, ravine.start, 100, learning_rate=0.03)

apart = {}
for name, method, looks_ahead in (("momentum", rule, False), ("nesterov", ahead, True)):
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=looks_ahead)
    theirs = task.train_keras(optimizer, SEEDS[0]).params
    ours = task.train(method, 0.1, SEEDS[0]).params
    apart[name] = largest_difference(ours, theirs)
    print(f"{name}: 7,850 weights after an epoch, all within 1e-5: {apart[name] < 1e-5}")

# %% [markdown]
# ## Where it fails
#
# One learning rate still serves all parameters. A model of sentences from film reviews (Pang and Lee, 2005) has a
# weight for each word. The gradient of such a weight is 0 in every batch in which its word does not occur. How many
# batches of an epoch have a gradient for it?

# %%
documents, _ = rotten_tomatoes().train
batches = range(0, documents.shape[0], 100)
seen = np.sum([documents[i : i + 100].sum(axis=0) > 0 for i in batches], axis=0)
words = rotten_tomatoes_words()
print(f"the: in {seen[words == 'the'][0]} of {len(batches)} batches of 100 sentences")
print(f"the median of {len(words):,} words: in {np.median(seen):.0f}")

# %% [markdown]
# The weight of "the" gets a gradient from every batch. Half of the words occur in three batches or fewer, so the
# weights of these words get at most three gradients. Should all weights share one learning rate?
#
# **Recap.**
#
# 1. The average $m \leftarrow \beta m + (1 - \beta) a$ remembers about $1/(1 - \beta)$ values.
# 2. Momentum sums steps: $v \leftarrow \mu v - \eta g$, $x \leftarrow x + v$. Where gradients agree, the effective step is
#    $\eta/(1 - \mu)$. Where they alternate at every step, it shrinks to $\eta/(1 + \mu)$.
# 3. On a parabola momentum swings from $\eta L = (1 - \sqrt\mu)^2$ to $(1 + \sqrt\mu)^2$, and a step leaves $\sqrt\mu$ of the
#    distance on average. Beyond $2(1 + \mu)$ it diverges. With the best pair, steps grow about as $\sqrt\kappa$, not as $\kappa$.
# 4. Momentum does not remove noise. At the same effective step it trains much like sgd, until that step comes near sgd's
#    limit $2/L$. Begin with $\mu = 0.9$ and a tenth of sgd's $\eta$.
# 5. Nesterov takes the gradient at the point ahead, which brakes the ball and damps the swing. With $\eta$ inside or
#    outside the velocity the path is the same until $\eta$ changes.

# %%
progress("03")

# %% [markdown]
# **Next:** [lesson 04, AdaGrad](04-adagrad.ipynb) gives each parameter a learning rate of its own.
#
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### Exercise 11 ★: the best pair
#
# Compute the pair that leaves the smallest fraction in the long run in our ravine, whose curvatures are 1 and 20. Its
# $\mu$ is the smallest whose floor holds both curvatures, and its $\eta$ puts them there. Two digits are enough.
#
# <details><summary>Hint</summary>The smaller value of ηL lies at the left end of the floor, and the larger one at its right end. That makes two equations. Take the root of both.</details>

# %%
# BEGIN SOLUTION
# STUB rate, mu = ..., ...
rate = 4 / (np.sqrt(20) + 1) ** 2
mu = ((np.sqrt(20) - 1) / (np.sqrt(20) + 1)) ** 2
# END SOLUTION
check_answer("03.ravine", rate, mu)

# %% [markdown]
# For any $\kappa$ the same two equations say what a step leaves (Polyak, 1964):
#
# $$\sqrt\mu = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}$$
#
# In lesson 01 a step of sgd left $(\kappa - 1)/(\kappa + 1)$. So $\sqrt\kappa$ has taken the place of $\kappa$.
#
# ### All borders from one equation
#
# Let $e$ be the distance to the minimum, with its sign.
#
# 1. The last velocity is the last step, $e_t - e_{t-1}$. So the rule fits into one line: $\;e_{t+1} = (1 + \mu - \eta L)\, e_t - \mu\, e_{t-1}$.
# 2. With sgd each step multiplies $e$ by the same number. We try this here too: put in $e_t = r^t$ and divide by $r^{t-1}$. This gives $\;r^2 - (1 + \mu - \eta L)\, r + \mu = 0$. A run is in general a mixture of the two solutions, and in the long run the larger one decides.
# 3. The product of the solutions is the last term, $\mu$. They are equal where $(1 + \mu - \eta L)^2 = 4\mu$, that is, at $\eta L = (1 - \sqrt\mu)^2$ and at $(1 + \sqrt\mu)^2$. Between these two values they are complex, $a + bi$ and $a - bi$: the run swings. Their product is $a^2 + b^2$, the square of their size, so both have the size $\sqrt\mu$.
# 4. Outside, both are real and differ in size, so the larger one is above $\sqrt\mu$. It reaches the size 1 as $r = 1$, where $\eta L = 0$, or as $r = -1$, where $\eta L = 2(1 + \mu)$. Beyond that the run diverges.
#
# The next cell draws these borders on the map of part 4. The solid curve has both ends of the region in which a run
# swings.

# %%
picture, differ = experiments.momentum_map(rule, borders=True)
print(f"the formulas are wrong for {40_000 * differ:.0f} of 40,000 runs")
picture

# %% [markdown]
# The formulas get fewer than 1 run in 1,000 wrong. For Nesterov's method let $e$ be the distance of the point ahead.
# Then $e_{t+1} = (1 - \eta L)\,\left((1 + \mu)\, e_t - \mu\, e_{t-1}\right)$, and the same steps give the product
# $(1 - \eta L)\,\mu$, so a swinging run shrinks faster, and the limit $\eta L = 2(1 + \mu)/(1 + 2\mu)$.
#
# ### A PyTorch schedule in Keras
#
# At each step at which $\eta$ changes, give Keras the momentum $\mu \cdot \eta_\text{new}/\eta_\text{old}$: 0.475 if
# script A of exercise 9 halves its $\eta$. `momentum_from_pytorch` in `adamlib.conventions` does this for a whole
# schedule.
#
# **Sources.** B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964. Y. Nesterov, *A
# method of solving a convex programming problem with convergence rate O(1/k²)*, 1983. I. Sutskever, J. Martens, G. Dahl
# and G. Hinton, *On the importance of initialization and momentum in deep learning*, 2013. Y. Bengio, N.
# Boulanger-Lewandowski and R. Pascanu, *Advances in optimizing recurrent networks*, 2013. G. Goh, *Why momentum really
# works*, Distill, 2017. B. Pang and L. Lee, *Seeing stars*, 2005.

# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
from adamlib.conventions import momentum_from_pytorch, momentum_outside
from adamlib.experiments import carried

by_sgd = descend(sgd, ravine.gradient, ravine.start, 84, learning_rate=2 / 21).trajectory
assert ravine(by_sgd[-1]) < 1e-6 < ravine(by_sgd[-2])
by_momentum = descend(rule, ravine.gradient, ravine.start, 30, learning_rate=0.1, momentum=0.5)
assert ravine(by_momentum.trajectory[-1]) < 1e-6  # one of the many pairs
for few_steps, more in (needed[10], needed[100]), (needed[100], needed[1000]):
    cost = np.divide(more, few_steps)
    assert abs(cost[0] - 11) < 0.5 and 3.6 < cost[1] < 4.1 and round(10**0.5, 1) == 3.2
for method, best, factor in (
    (sgd, lambda kappa: {"learning_rate": 2 / (1 + kappa)}, needed[1000][0] / needed[100][0]),
    (rule, experiments.best_pair, needed[1000][1] / needed[100][1]),
):  # until f is the same fraction of its start, the factor is smaller
    until = []
    for kappa in (100, 1000):
        both = np.array([1, kappa])
        run = descend(method, lambda x, both=both: both * x, [1.0, 1.0], 6 * kappa, **best(kappa))
        values = run.trajectory**2 @ both
        until.append(np.argmax(values < 1e-8 * values[0]))
    assert 9 < until[1] / until[0] < factor or 3 < until[1] / until[0] < factor < 4.1
along, across = zigzag.gradients.T  # each has one number per step
assert np.allclose(
    across, -5 * along * (-1.0) ** np.arange(30)
)  # one keeps its sign, one alternates
assert np.all(along < 0) and np.all(np.abs(smoothed(across, 0.9)) < 0.1001 * np.abs(across))
# in the long run, √κ: the fraction that the best pair leaves
for kappa in (20, 10**4, 10**6):
    pair = experiments.best_pair(kappa)
    ends = np.array([1, kappa]) * pair["learning_rate"]
    assert np.allclose(ends, (1 + np.sqrt(pair["momentum"]) * np.array([-1, 1])) ** 2)
    assert np.isclose(pair["momentum"] ** 0.5, (kappa**0.5 - 1) / (kappa**0.5 + 1))
    assert abs(-np.log(pair["momentum"]) * kappa**0.5 / 4 - 1) < 0.02
assert np.allclose([rate, mu], list(experiments.best_pair(20).values()))
slow_run = descend(rule, ravine.gradient, ravine.start, 250, learning_rate=0.1, momentum=0.9)
from_step = np.flatnonzero(ravine(slow_run.trajectory.T) >= 1e-6).max() + 1
assert from_step == 159  # from here on f stays below 1e-6


def both_parts(**pair):
    """What is left of v, and the step of sgd, at each step of a run in the ravine."""
    run = descend(rule, ravine.gradient, ravine.start, 30, **pair)
    kept = pair["momentum"] * np.vstack([[0, 0], run.states["v"][:-1]])
    return kept, -pair["learning_rate"] * run.gradients


kept, sgds = both_parts(learning_rate=0.03, momentum=0.9)  # the picture
assert np.all((kept * sgds)[[3, 8], 0] > 0) and (kept * sgds)[3, 1] < 0 < (kept * sgds)[8, 1]
assert np.abs(kept + sgds)[3, 1] < 0.25 * min(np.abs(kept)[3, 1], np.abs(sgds)[3, 1])  # nearly
kept, sgds = both_parts(**experiments.best_pair(20))
assert np.all((kept * sgds)[1:, 1] < 0) and np.all((kept * sgds)[1:, 0] > 0)
for product in (0.05, 0.5, 3.5):  # a swinging run, as a step of (x, v)
    a_step = np.array([[1 - product, 0.9], [-product, 0.9]])
    assert np.isclose(np.linalg.det(a_step), 0.9)
    assert np.allclose(np.abs(np.linalg.eigvals(a_step)), 0.9**0.5)
assert np.allclose(rule(1.0, 1.0, 1, 2.0, learning_rate=3.8, momentum=0.9), (-1, -2))
alternating = [0.0]
for k in range(200):
    alternating.append(0.9 * alternating[-1] - 0.1 * (-1) ** k)
assert abs(abs(alternating[-1]) - 0.1 / 1.9) < 1e-9 and 0.5 < 1 / 1.9 < 0.55
assert differ < 0.001
for m, there in (0.64, (0.04, 3.24)), (0.16, (0.36, 1.96)):
    assert np.allclose(((1 - m**0.5) ** 2, (1 + m**0.5) ** 2), there)
ends = (1 - 0.64**0.5) ** 2, (1 + 0.64**0.5) ** 2
floor = (products > ends[0]) & (products < ends[1])
assert np.allclose(left["momentum, μ = 0.64"][floor], 0.8)
assert left["momentum, μ = 0.64"][~floor & (products < 3.3)].min() > 0.8
assert round(0.9**0.5, 2) == 0.95 and round(((1 + 0.9**0.5) / (1 - 0.9**0.5)) ** 2, -1) == 1440
assert round(0.5**0.5, 2) == 0.71 and round(0.99**0.5, 3) == 0.995  # the reasons of "swing"
assert seen[words == "the"] == len(batches) == 69 and np.median(seen) == 3
wide = np.linspace(0.001, 4, 4000)  # learning rates
for method, largest in ((rule, 3.8), (ahead, 3.8 / 2.8)):
    settles = experiments.fraction_left(method, wide, momentum=0.9) < 1
    assert -1e-9 < largest - wide[settles].max() < 0.002
assert round(3.8 / 2.8, 2) == 1.36
swings = {name: np.abs(path) for name, path in paths.items()}
assert (
    swings["momentum, η = 0.5/L"][50:].max()
    > 0.05
    > 0.03
    > swings["nesterov, η = 0.5/L"][15:].max()
)
at_half = {m: experiments.fraction_left(m, [0.5], momentum=0.9)[0] for m in (rule, ahead)}
assert np.allclose([at_half[rule], at_half[ahead]], [0.9**0.5, (0.9 * 0.5) ** 0.5])


def trembling(values):
    """How far the last 150 values scatter around their trend, a parabola."""
    there = np.arange(150)
    return np.std(values[150:] - np.polyval(np.polyfit(there, values[150:], 2), there))


trembles = [trembling(panel["average"]) / trembling(losses) for panel in smooth.values()]
assert 0.1 < trembles[0] < 1 / 3 and trembles[1] < 0.05
assert abs(losses[0] - np.log(10)) < 1e-5 and losses[90:110].mean() < losses[0]
assert np.all(
    np.diff(smooth["β = 0.99"]["average"][9:100:10]) > 0
)  # it rises, while the losses fall
assert abs(scatter["momentum", 0.01] / scatter["sgd", 0.1] - 1) < 0.15  # 4,000 runs: 1.1 %
in_theory = (0.1 / 1.9) ** 0.5  # lesson 02's noise ball
assert round(in_theory, 2) == 0.23 and abs(scatter["sgd", 0.1] / in_theory - 1) < 0.05
of_sgd, of_momentum = (np.array(held_out[name]) for name in ("sgd", "momentum"))  # seed, rate
claim = "03 at η = 0.1 momentum ends below sgd"
carried(claim, of_sgd[:, 3] - of_momentum[:, 5], share=1, mean="0.29")
claim = "03 largest gap between the two up to an effective step of 0.3"
carried(claim, np.abs(of_sgd - of_momentum)[:, :5].max(axis=1), mean="0.05")
claim = "03 at an effective step of 1, the best of both, momentum ends below sgd"
carried(claim, of_sgd[:, 5] - of_momentum[:, 5], shown=25, separated=True, mean="0.03")
assert of_momentum.mean(axis=0).argmin() == 5
claim = "03 at an effective step of 3 momentum ends below sgd"
carried(claim, of_sgd[:, 6] - of_momentum[:, 6], shown=30)


# script B in Keras's form, and script A with a rate that falls at step 11
def courses(x, g, t, v=0, *, learning_rate, momentum=0.95):
    v = momentum * v + (1 - momentum) * g
    return x - learning_rate * v, v


script_b, in_keras = (
    descend(r, ravine.gradient, ravine.start, 40, learning_rate=rate, momentum=0.95).trajectory
    for r, rate in ((courses, 0.2), (rule, 0.01))
)
assert np.allclose(script_b, in_keras)
script_a, in_keras = (
    descend(r, lambda x: 0.1 * ravine.gradient(x), ravine.start, 40, **settings).trajectory
    for r, settings in (
        (momentum_outside, dict(learning_rate=lambda t: 0.2 if t <= 10 else 0.1, momentum=0.95)),
        (
            rule,
            dict(
                learning_rate=lambda t: 0.2 if t <= 10 else 0.1,
                momentum=lambda t: 0.475 if t == 11 else 0.95,
            ),
        ),
    )
)
assert np.allclose(script_a, in_keras)
turned = momentum_from_pytorch(lambda t: 0.2 if t <= 10 else 0.1, 0.95)["momentum"]
assert np.isclose(turned(11), 0.475) and turned(12) == 0.95
assert max(apart.values()) < 1e-5
