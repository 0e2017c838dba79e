# %% [markdown]
# # 3. Momentum
#
# Stochastic gradient descent zig-zags across a ravine, and noise shakes it. This lesson gives it a memory. You will
# be able to
#
# - smooth a noisy curve, and say how far back the average remembers,
# - write momentum and Nesterov's method, and say beforehand whether a run creeps, oscillates or diverges,
# - set learning rate and momentum for a ravine, and carry settings from PyTorch to Keras.
#
# | part | minutes | part | minutes |
# | --- | --- | --- | --- |
# | 1 What failed | 2 | 5 Nesterov | 5 |
# | 2 Averages that forget | 6 | 6 Inside or outside? | 4 |
# | 3 Velocity | 8 | 7 Handwritten digits | 4 |
# | 4 Two knobs | 12 | 8 Keras, and where it fails | 4 |
#
# You need lessons 01 and 02.
#
# ## 1 What failed
#
# The ravine of lesson 01, $f(x) = \frac12 (x_1^2 + 20\, x_2^2)$, once with its gradient and once with noise added to
# it, as batches do. Across, the run bounces; along, it creeps; with noise it never comes to rest. Lesson 02 ended
# with a question: would it help to step along an average of the last gradients?

# %%
from dataclasses import replace

import numpy as np
from IPython.display import display

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, quiz
from adamlib.datasets import rotten_tomatoes, rotten_tomatoes_words
from adamlib.descent import descend, sweep
from adamlib.explorers import average, explore
from adamlib.rules import sgd
from adamlib.surfaces import noisy, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them

# %%
noisy_ravine = noisy(ravine, np.random.default_rng(SEEDS[0]), noise=2)
zigzag = descend(sgd, ravine.gradient, ravine.start, 40, learning_rate=0.09)
by_batches = descend(sgd, noisy_ravine.gradient, ravine.start, 40, learning_rate=0.09)
plots.contour(ravine, {"sgd": zigzag.trajectory, "sgd, noisy gradient": by_batches.trajectory})

# %% [markdown]
# ## 2 Averages that forget
#
# First a noisy curve without any rule: the losses of 300 batches of lesson 02's digits. To see through the noise, keep an average $m$ and
# let each new value $a$ move it a little:
#
# $$m \leftarrow \beta\, m + (1 - \beta)\, a$$
#
# $\beta$ (beta) is the **decay**: the part of the old average that stays. The start is $m = 0$.
#
# ### Exercise 1: write it
#
# Return one number, the new average. `hint("new_average")` helps.


# %%
def new_average(average, value, beta):
    # BEGIN SOLUTION
    return beta * average + (1 - beta) * value
    # END SOLUTION


forgetting = check(new_average, "new_average")

quiz("03.start")


# %% tags=["about: 03 at η = 0.1 momentum ends below sgd"]
def smoothed(values, beta):
    m, averages = 0.0, []
    for value in values:
        m = forgetting(m, value, beta)
        averages.append(m)
    return np.array(averages)


losses = experiments.digits(batch_size=10).train(sgd, 0.03, SEEDS[0]).losses[:300]
averages = {f"β = {beta}": smoothed(losses, beta) for beta in (0.5, 0.9, 0.99)}
smooth = {"sgd, each batch": losses} | averages
figure = plots.lines(smooth, xlabel="batch", log=False)
axes = figure.axes[0]
for line in (axes.lines[0], axes.get_legend().legend_handles[0]):
    line.set(linewidth=1, alpha=0.5)
figure

# %% [markdown]
# All start from 0. 0.5 still trembles. 0.9 is smooth, and close after some 20 batches. 0.99 is smoother, but takes over
# 100 to come up, and is late after that. Write the average out to see why:
#
# $$m_t = (1 - \beta)\,\left(a_t + \beta\, a_{t-1} + \beta^2 a_{t-2} + \dots + \beta^{t-1} a_1\right)$$
#
# A value counts $\beta$ times as much at each later step. After $t$ values the parts sum to $1 - \beta^t$, nearly 1
# once $t$ is well above $1/(1 - \beta)$, as if that many values counted fully: 2, 10, 100. A larger $\beta$ buys less
# noise and pays in delay. Turn it yourself (the corrected average belongs to lesson 06):

# %%
display(average(losses))
quiz("03.zigzag")

# %% [markdown]
# ## 3 Velocity
#
# The same average, of the gradients of the zig-zag above:

# %%
along, across = zigzag.gradients[:30].T
averaged = {
    "sgd gradient across": across,
    "average along": smoothed(along, 0.9),
    "average across": smoothed(across, 0.9),
}
plots.lines(averaged, ylabel="gradient", log=False)

# %% [markdown]
# Across, the signs cancel; along, they add up, and after ten steps that part is the larger. So step along an average
# of the gradients, as a heavy ball does (Polyak, 1964). Two conventions of the method: it keeps a sum, not an average,
# and it sums *steps*. That sum is the **velocity** $v$, and $\mu$ (mu) is the **momentum**, the part of it that goes on:
#
# $$v \leftarrow \mu\, v - \eta\, g \qquad\qquad x \leftarrow x + v$$
#
# ### Exercise 2: by hand
#
# The gradient is 1 at every step, $\eta = 0.1$, $\mu = 0.9$, and $v$ starts at 0. What is $v$ after the third step?
# And which value does it approach?
#
# <details><summary>Hint</summary>Where v no longer changes, v = 0.9 v − 0.1.</details>

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
# So where gradients agree, momentum goes $1/(1-\mu)$ times as far as sgd: ten times. $\eta/(1-\mu)$ is the
# **effective step**. Where they alternate, it goes less far.
#
# ### Exercise 3: write momentum
#
# It returns the new x and the new v. Stuck? `hint("momentum")`. The cell after it shows one update of your rule.


# %%
def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    # BEGIN SOLUTION
    v = momentum * v - learning_rate * g
    return x + v, v
    # END SOLUTION


rule = check(momentum, "momentum")

# %%
run = descend(rule, ravine.gradient, ravine.start, 8, learning_rate=0.03, momentum=0.9)
x, g, (v, new) = run.trajectory[3], run.gradients[3], run.states["v"][2:4]
parts = {"μ v": 0.9 * v, "−η g": -0.03 * g, "new v": new}
labelled = {f"{name} = {plots.point_words(a)}": a for name, a in parts.items()}
near = replace(ravine, window=((-4, -2), (-1.5, -0.1)))
display(plots.arrows(near, x, labelled, title="Step 4: the old velocity turns the gradient's step"))
quiz("03.limit")

# %% [markdown]
# ## 4 Two knobs
#
# With $e$ the distance to the minimum, the gradient is $L e$. The last velocity is the last step,
# $v_t = e_t - e_{t-1}$, so the two lines of the rule become one:
#
# $$e_{t+1} = (1 + \mu - \eta L)\, e_t - \mu\, e_{t-1}$$
#
# Try $e_t = r^t$ (Goh, 2017): each step multiplies the distance by $r$, and
#
# $$r^2 - (1 + \mu - \eta L)\, r + \mu = 0$$
#
# - **Oscillating.** The two roots are complex where $(1 + \mu - \eta L)^2 < 4\mu$, that is, for $\eta$ between
#   $(1 - \sqrt\mu)^2/L$ and $(1 + \sqrt\mu)^2/L$. Complex roots are $\sqrt\mu\,(\cos\theta \pm i \sin\theta)$, and $e_t$
#   is a swing that fades, $\mu^{t/2} \cos(\theta t + \varphi)$. (New to complex numbers? Take this as given.)
#   Between there and divergence the roots are real and negative: it still oscillates.
# - **Diverging.** A root passes $-1$. Put $r = -1$ into the equation: $\eta = 2(1 + \mu)/L$.
#
# ### Exercise 4: where are the borders?
#
# For $L = 4$ and $\mu = 0.64$: from which $\eta$ on does it oscillate, and beyond which does it diverge? The rest of the
# cell tests the theory, with $L = 1$: `momentum_map` sorts 40,000 runs of one `sweep` by whether they passed the
# minimum, and whether they ended farther away than they began.

# %%
# BEGIN SOLUTION
# STUB border = ...
# STUB limit = ...
border = (1 - 0.8) ** 2 / 4
limit = 2 * (1 + 0.64) / 4
# END SOLUTION
check_answer("03.border", border)
check_answer("03.limit", limit)

picture, differ = experiments.momentum_map(rule)
print(f"the theory is wrong about {'more' if differ > 0.001 else 'fewer'} than 1 cell in 1,000")
picture

# %% [markdown]
# Inside the curve the two roots are a conjugate pair. Their product is $\mu$, so each has the size $\sqrt\mu$: **on
# average a step leaves the part $\sqrt\mu$ of the distance, whatever $\eta$ and $L$ are.** That is what a ravine
# needs: one speed for two curvatures. (On the curve the roots coincide, and the distance falls like $t\, r^t$.)
#
# ### Exercise 5: choose two knobs
#
# In lesson 01 sgd with $\eta = 2/21$ needed 84 steps to get $f$ below $10^{-6}$. Get it there, for the first time, in 30.
# In the long run a smaller $\mu$ is faster, as long as both curvatures, 1 and 20, lie inside the curve: $\eta$ and
# $20\,\eta$ on the map. (The answer cell takes any number.)
#
# <details><summary>Hint</summary>Curvature 1 must have (1 − √μ)² ≤ η, and curvature 20 must have 20 η ≤ (1 + √μ)². For the smallest μ both are equalities: take roots and add them.</details>

# %%
explore({rule: {"learning_rate": 0.05}}, ravine, steps=30, target=("loss", 1e-6))

# %%
# BEGIN SOLUTION
# STUB rate, share = ..., ...
rate = 4 / (np.sqrt(20) + 1) ** 2
share = ((np.sqrt(20) - 1) / (np.sqrt(20) + 1)) ** 2
# END SOLUTION
check_answer("03.ravine", rate, share)

# %% [markdown]
# With curvatures 1 and $\kappa$ (kappa, the condition number), the hint gives $\sqrt\mu = (\sqrt\kappa - 1)/(\sqrt\kappa + 1)$.
# That part of the distance a step leaves, where sgd leaves $(\kappa - 1)/(\kappa + 1)$: the root of $\kappa$ took the place of
# $\kappa$. Does it show?

# %%
needed = {}
for kappa in (10, 100, 1000):
    root = np.sqrt(kappa)
    best = dict(learning_rate=4 / (root + 1) ** 2, momentum=((root - 1) / (root + 1)) ** 2)
    slow = experiments.steps_needed(sgd, kappa, learning_rate=2 / (1 + kappa))
    fast = experiments.steps_needed(rule, kappa, **best)
    needed[kappa] = slow, fast
    print(f"condition number {kappa:4}: sgd {slow:4} steps, momentum {fast:3}")

# %% [markdown]
# Ten times $\kappa$ costs sgd eleven times the steps, and momentum about four: $\sqrt{10}$, and some more, as the roots
# coincide here and $f$ starts higher.
#
# ## 5 Nesterov
#
# A ball that looks where it will be brakes earlier. Nesterov (1983) takes the gradient not at the ball but ahead of
# it. In the form of Bengio, Boulanger-Lewandowski and Pascanu (2013), which is Keras's, $x$ *is* that point ahead:
#
# $$v \leftarrow \mu\, v - \eta\, g \qquad\qquad x \leftarrow x + \mu\, v - \eta\, g$$
#
# The second line takes the new $v$. It comes from two moves: the ball goes by $v$, and the look ahead changes from
# $\mu$ times the old $v$ to $\mu v$. But $v$ minus $\mu$ times the old $v$ is $-\eta g$.
#
# ### Exercise 6: write it


# %%
def nesterov(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    # BEGIN SOLUTION
    v = momentum * v - learning_rate * g
    return x + momentum * v - learning_rate * g, v
    # END SOLUTION


ahead = check(nesterov, "nesterov")

# %%
paths, limits = {}, {}
wide = np.linspace(0.01, 4, 400)
for name, method in (("momentum", rule), ("nesterov", ahead)):
    run = descend(method, lambda x: x, 1.0, 60, learning_rate=0.5, momentum=0.9)
    paths[f"{name}, η = 0.5/L"] = run.trajectory
    ends = sweep(method, lambda x: x, 1.0, 1000, learning_rate=wide, momentum=0.9).trajectory[-1]
    limits[name] = wide[np.abs(ends) < 1].max()
    print(f"{name}: settles up to η = {limits[name]:.2f}/L")
plots.lines(paths, ylabel="distance to the minimum", log=False, title="parabola, μ = 0.9")

# %% [markdown]
# The look ahead damps: here a step leaves $\sqrt{\mu(1 - \eta L)} = 0.67$ of the distance, against
# $\sqrt\mu = 0.95$. But "Nesterov is more stable" is not true of the learning rate. Its limit is
# $2(1 + \mu)/((1 + 2\mu) L) = 1.36/L$, about a third of momentum's $3.8/L$; the runs settle just under it.
#
# ## 6 Inside or outside?
#
# Keras has the learning rate inside the velocity. PyTorch and Optax have it outside, and some courses average:
#
# | η | velocity | step |
# | --- | --- | --- |
# | inside | `v = μ v − η g` | `x = x + v` |
# | outside | `v = μ v + g` | `x = x − η v` |
# | average | `v = μ v + (1 − μ) g` | `x = x − η v` |
#
# An average is $1 - \mu$ times the sum: with $(1 - \mu)\,\eta$ Keras takes its path.
#
# ### Exercise 7: predict
#
# The gradient has long been 1, with $\mu = 0.9$ and $\eta = 0.1$: every step is $-1$, inside and outside. Now $\eta$
# falls to 0.01. What is the next step inside, and what outside?
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


# %%
from adamlib.conventions import momentum_outside


def falls(t):
    return 0.01 if t <= 15 else 0.001


two = [
    descend(r, ravine.gradient, ravine.start, 60, learning_rate=falls).trajectory
    for r in (rule, momentum_outside)
]
gap = np.linalg.norm(two[0] - two[1], axis=1)
print(f"apart by {gap[:16].max():.1f} until η falls after step 15, then by up to {gap.max():.1f}")
plots.contour(ravine, {"momentum, η inside": two[0], "momentum, η outside": two[1]})

# %% [markdown]
# Inside, the ball rolls on at its old speed, and learns of the new rate step by step. Outside, it slows at once.
# With a schedule, a setting tuned in one library is not the same run in the other.
#
# ## 7 Handwritten digits
#
# Zig-zag was one failure; noise was the other.

# %%
quiz("03.noise")

# %%
rng = np.random.default_rng(SEEDS[0])
scatter = {}
for method, rate in ((sgd, 0.1), (rule, 0.01), (ahead, 0.01), (sgd, 0.01)):
    name = method.__name__
    swept = sweep(
        method, lambda x: x + rng.standard_normal(x.shape), np.zeros(4000), 500, learning_rate=rate
    )
    scatter[name, rate] = swept.trajectory[-1].std()
    print(f"{name:8} η = {rate:<4}: 4,000 runs scatter by {scatter[name, rate]:.2f}")

# %% [markdown]
# Neither removes the noise: each has about that of sgd at the effective step. At equal $\eta$, 0.01, momentum scatters
# three times *more* than sgd. And on real data? Logistic regression on MNIST, as in lesson 02: 7,000 images to train on,
# 1,000 others held out, one epoch in batches of 100. The bands are of three seeds, the table is of thirty.

# %% tags=["about: 03 at an effective step of 1 momentum ends below sgd"]
task = experiments.digits()
effective = np.array([0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0])
held_out = {
    "sgd": experiments.held_out_losses(task, sgd, effective, SEEDS),
    "momentum": experiments.held_out_losses(task, rule, 0.1 * effective, SEEDS),
    "nesterov": experiments.held_out_losses(task, ahead, 0.1 * effective, SEEDS),
}
label = "effective step η/(1 − μ)"
display(plots.lines(held_out, x=effective, log_x=True, xlabel=label, ylabel="held-out loss"))
experiments.evidence(
    "03 at η = 0.1 momentum ends below sgd",
    "03 up to an effective step of 0.3 the three are at most this far apart",
    "03 at an effective step of 1 momentum ends below sgd",
    "03 at an effective step of 3 momentum ends below sgd",
)

# %% [markdown]
# If both have $\eta = 0.1$, momentum ends far below sgd, by 0.29. But compare them at one effective step, as the figure
# does. Up to 0.3 the three are almost one curve: they lie at most about 0.05 apart. **Most of what momentum seems to gain
# at equal $\eta$ is a ten times larger step.** At an effective step of 1, momentum ends lower with 25 of 30 seeds. At 3
# it does with all of them, because 3 is above sgd's limit $2/L$ (0.5 at the start, about 1.3 after an epoch: lesson 02). Momentum's limit
# is, in the effective step, $38/L$.
#
# ## 8 Does it agree with Keras?
#
# `tf.keras.optimizers.SGD` has both methods. Momentum is also `tf.keras.optimizers.Adam` with `beta_1=μ, beta_2=0,
# epsilon=1e20` and the learning rate times $10^{20}\,(1 - \mu^t)/(1 - \mu)$.
#
# Lesson 06 says why. Adam has $\eta$ outside, so this holds while
# $\eta$ is constant. Nesterov is the same, fed with $g_t + \mu\,(g_t - g_{t-1})$ in place of $g_t$, with
# $g_0 = 0$: looking ahead carries the gradient's last change on.

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras, largest_difference

for method in (rule, ahead):
    equals_keras(method, ravine.gradient, ravine.start, 100, learning_rate=0.03)
equals_adam(rule, ravine.gradient, ravine.start, 100, learning_rate=0.03)

apart = {}
for method, looks in ((rule, False), (ahead, True)):
    name = method.__name__
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=looks)
    theirs = task.train_keras(optimizer, SEEDS[0]).params
    ours = task.train(method, 0.1, SEEDS[0]).params
    apart[name] = largest_difference(ours, theirs)
    print(f"{name}: 7,850 weights after an epoch, all within 1e-5: {apart[name] < 1e-5}")

# %% [markdown]
# ### Scoreboard
#
# The same task, and for each method the rate with the lowest held-out loss. In brackets: the least and the largest of
# three seeds.

# %% tags=["about: 03 momentum ends below sgd"]
scores = experiments.digits_scoreboard({"sgd": sgd, "momentum": rule, "nesterov": ahead})
experiments.evidence(
    "03 momentum's best rate is a tenth of sgd's",
    "03 momentum ends below sgd",
    "03 Nesterov ends below sgd",
    "03 Nesterov ends below momentum",
    "03 Nesterov ends below Adam",
)

# %% [markdown]
# Momentum's best rate is a tenth of sgd's with 28 of 30 seeds, as the effective step says. At their best rates,
# momentum and Nesterov end below sgd with most seeds, 25 and 28 of 30, and by little: 0.03 and 0.04. Nesterov ends
# below momentum with 24 of 30, by less than 0.01. Between Nesterov and Adam the seeds are split evenly, so this task
# does not say which is better.
#
# ## Where it fails
#
# One learning rate still serves all parameters. In film reviews (Pang and Lee, 2005) each word has a weight, and its
# gradient is 0 in every batch without the word:

# %%
documents, _ = rotten_tomatoes().train
batches = range(0, documents.shape[0], 100)
seen = np.sum([documents[i : i + 100].sum(axis=0) > 0 for i in batches], axis=0)
words = rotten_tomatoes_words()
print(f"the: in {seen[words == 'the'][0]} of {len(batches)} batches of 100 sentences")
print(f"the median of {len(words):,} words: in {np.median(seen):.0f}")
axes = dict(xlabel="rank of the word", ylabel="batches with the word", log=False, log_x=True)
plots.lines({"film reviews": np.sort(seen)[::-1]}, x=np.arange(1, len(words) + 1), **axes)

# %% [markdown]
# In one epoch "the" is moved by every batch, and half of the words by three or fewer; between them the velocity
# fades. Should they share one learning rate? Lesson 04 gives each parameter its own.
#
# **Recap**
#
# 1. $m \leftarrow \beta m + (1 - \beta) a$ remembers about $1/(1 - \beta)$ values.
# 2. Momentum sums steps: $v \leftarrow \mu v - \eta g$, $x \leftarrow x + v$. Where gradients agree, the effective step is
#    $\eta/(1 - \mu)$; where they alternate, they cancel.
# 3. On a parabola it oscillates for $\eta > (1 - \sqrt\mu)^2/L$ and diverges beyond $2(1 + \mu)/L$. The number of steps
#    grows about with $\sqrt\kappa$.
# 4. Nesterov damps more and has the lower limit. Neither removes noise.
# 5. With $\eta$ inside or outside the velocity the path is the same, until $\eta$ changes.
#
# **Sources.** B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964. Y. Nesterov, *A
# method of solving a convex programming problem with convergence rate O(1/k²)*, 1983. Y. Bengio, N.
# Boulanger-Lewandowski and R. Pascanu, *Advances in optimizing recurrent networks*, 2013. G. Goh, *Why momentum
# really works*, Distill, 2017. B. Pang and L. Lee, *Seeing stars*, 2005.

# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
from adamlib.experiments import CLAIMS, carried

by_sgd = descend(sgd, ravine.gradient, ravine.start, 84, learning_rate=2 / 21).trajectory
assert ravine(by_sgd[-1]) < 1e-6 < ravine(by_sgd[-2])
for few_steps, more in (needed[10], needed[100]), (needed[100], needed[1000]):
    cost = np.divide(more, few_steps)
    assert abs(cost[0] - 11) < 0.5 and 3.5 < cost[1] < 4.5
assert abs(averaged["average along"][10]) > 2 * averaged["average across"][8:].max()
assert differ < 0.001
assert seen[words == "the"] == len(batches) and np.median(seen) == 3
assert 0 < 3.8 - limits["momentum"] < 0.02 and 0 < 3.8 / 2.8 - limits["nesterov"] < 0.02
for name, left in (("momentum", 0.9), ("nesterov", 0.9 * 0.5)):
    e = paths[f"{name}, η = 0.5/L"][:12]
    area = e[1:-1] ** 2 - e[:-2] * e[2:]  # it shrinks by the product of the two roots
    assert np.allclose(area[1:] / area[:-1], left)
assert round(np.sqrt(0.9 * 0.5), 2) == 0.67 and round(np.sqrt(0.9), 2) == 0.95
assert abs(losses[0] - np.log(10)) < 1e-5 and losses[90:110].mean() < losses[0]
assert np.all(np.diff(smooth["β = 0.99"][9:100:10]) > 0)  # it rises, while the losses fall
assert gap[:16].max() < 1e-12 and round(gap.max(), 1) == 1.4
for name in ("momentum", "nesterov"):  # a deviation of 4,000 runs has an error of about 1.1 %
    assert abs(scatter[name, 0.01] / scatter["sgd", 0.1] - 1) < 0.15
in_theory = (0.1 / 1.9) ** 0.5  # lesson 02's noise ball
assert round(in_theory, 2) == 0.23 and abs(scatter["sgd", 0.1] / in_theory - 1) < 0.05
assert 2.9 < scatter["momentum", 0.01] / scatter["sgd", 0.01] < 3.5
three = np.array([*held_out.values()])  # method, seed, rate
claim = "03 at η = 0.1 momentum ends below sgd"
carried(claim, three[0, :, 3] - three[1, :, 5], share=1, mean="0.29")
claim = "03 up to an effective step of 0.3 the three are at most this far apart"
carried(claim, np.ptp(three[..., :5], axis=0).max(axis=1), mean="0.05")
for place, step, shown in ((5, 1, 25), (6, 3, 30)):
    claim = f"03 at an effective step of {step} momentum ends below sgd"
    carried(claim, three[0, :, place] - three[1, :, place], shown=shown)


def courses(x, g, t, v=0, *, learning_rate, momentum=0.9):
    v = momentum * v + (1 - momentum) * g
    return x - learning_rate * v, v


pair = (courses, 0.3), (rule, 0.3 * (1 - 0.9))
course, same = (
    descend(r, ravine.gradient, ravine.start, 40, learning_rate=rate) for r, rate in pair
)
assert np.allclose(course.trajectory, same.trajectory)
looked = descend(ahead, ravine.gradient, ravine.start, 100, learning_rate=0.03)
fed = iter(looked.gradients + 0.9 * np.diff(looked.gradients, axis=0, prepend=0))
carried_on = descend(rule, lambda x: next(fed), ravine.start, 100, learning_rate=0.03)
assert np.allclose(carried_on.trajectory, looked.trajectory)
sgd_, momentum_, nesterov_, adam = (score.held_out for score in scores.values())
carried("03 momentum's best rate is a tenth of sgd's", shown=28)
carried("03 momentum ends below sgd", sgd_ - momentum_, shown=25, mean="0.03")
carried("03 Nesterov ends below sgd", sgd_ - nesterov_, shown=28, mean="0.04")
carried("03 Nesterov ends below momentum", momentum_ - nesterov_, shown=24)
assert 0 < CLAIMS["03 Nesterov ends below momentum"].mean < 0.01
carried("03 Nesterov ends below Adam", adam - nesterov_, shown=15, separated=False)
assert max(apart.values()) < 1e-5
