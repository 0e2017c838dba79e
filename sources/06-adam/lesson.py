# %% [markdown]
# # 6. Adam
#
# Adam is momentum and RMSProp in one rule, with their start repaired (Kingma and Ba, 2015). At the end of this
# lesson you will be able to
#
# - write Algorithm 1 of the paper, derive its bias correction, and match `tf.keras.optimizers.Adam`, epsilon included,
# - say how long a step is: at the start, in noise, after a silence, at worst,
# - recognise six wrong Adams by their pictures.
#
# | part | minutes | part | minutes |
# | --- | --- | --- | --- |
# | 1 Two failures | 2 | 5 How long is a step? | 9 |
# | 2 The start at zero | 7 | 6 Play | 3 |
# | 3 Algorithm 1 | 5 | 7 Six wrong Adams | 5 |
# | 4 Keras's epsilon | 6 | 8 Keras, digits and the family | 8 |
#
# You need lessons 03 (momentum) and 05 (RMSProp).
#
# ## 1 Two failures
#
# Lesson 05 left RMSProp with two failures: its average $v$ starts at 0, and it has no momentum. Both are in this
# picture, beside the rule that you will write.

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots, rules
from adamlib.practice import check, check_answer, hint, quiz, wrong_rules
from adamlib.conventions import epsilon_from_paper
from adamlib.descent import descend, given, steps_of, sweep
from adamlib.explorers import explore, one_step
from adamlib.surfaces import cubic, noisy, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them

# %%
noisy_paths = {}
for label, method in {"rmsprop, rho = 0.999": rules.rmsprop, "adam": rules.adam}.items():
    memory = {"rho": 0.999} if "rho" in label else {}
    valley = noisy(ravine, np.random.default_rng(SEEDS[0] + 1), noise=5)
    run = descend(method, valley.gradient, ravine.start, 300, learning_rate=0.05, **memory)
    noisy_paths[label] = run.trajectory
plots.contour(ravine, noisy_paths, title="The ravine, its gradient seen through noise")

# %% [markdown]
# RMSProp's first step, at $\rho = 0.999$, is 32 times too long: 1.6 in each coordinate, where $\eta$ is 0.05. Even its
# last steps are twice too long, because after 300 steps $v$ is only a quarter full. And each step follows the newest
# gradient alone. Lesson 03's answer is a memory: average the gradient too. So Adam keeps two averages, each with its own
# factor:
#
# $$m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2$$
#
# and steps by $-\eta\, m_t / \sqrt{v_t}$, almost. It averages first and then divides; RMSProp with momentum averages the
# divided steps (§ 5 of the paper).
#
# ## 2 The start at zero
#
# For now $m$, like $v$, starts at 0. How much is missing? Three ways to the same answer.
#
# **A sum.** Written out, $m_t = (1 - \beta_1)\,(g_t + \beta_1 g_{t-1} + \dots + \beta_1^{t-1} g_1)$. The weights are a
# geometric series:
#
# $$(1 - \beta_1)\,(1 + \beta_1 + \dots + \beta_1^{t-1}) = 1 - \beta_1^t$$
#
# The weights of an average sum to 1. Here $\beta_1^t$ is missing, the weight of the start, which is 0. So divide:
#
# $$\hat m_t = \frac{m_t}{1 - \beta_1^t} \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t}$$
#
# **An expectation.** If every gradient has the same mean $E[g]$, the same sum gives
# $E[m_t] = (1 - \beta_1^t)\, E[g]$, and so $E[\hat m_t] = E[g]$: the **bias** is gone. If every gradient has the same mean
# square too, $E[\hat v_t] = E[g^2]$. If they drift, an error stays, but old gradients weigh little.
#
# **A simulation.** 10,000 times 60 gradients with mean 1 and standard deviation 1, so that $E[g] = 1$ and
# $E[g^2] = 2$. Each average is shown divided by what it should be.

# %%
rng = np.random.default_rng(SEEDS[0])
t = np.arange(1, 61)
m = v = 0
means = []
for g in 1 + rng.standard_normal((60, 10_000)):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    means.append((m.mean() / 1, v.mean() / 2))
m_share, v_share = np.transpose(means)
averages = {"adam, m": m_share, "adam, v": v_share}
averages |= {"adam, m_hat": m_share / (1 - 0.9**t), "adam, v_hat": v_share / (1 - 0.999**t)}
display(plots.lines(averages, x=t, ylabel="share of E[g] or E[g²]", log=False))
quiz("06.start")

# %% [markdown]
# The correction of $m$ lengthens a step, the correction of $v$ shortens it. Which wins? Here is the same rule without
# both. `steps_of` gives a rule a list of gradients, and returns its steps in units of the learning rate $\eta$.


# %%
betas, ones = np.array([0.9, 0.99, 0.999]), np.ones((200, 3))
without = steps_of(experiments.adam_uncorrected, ones, beta_2=betas)
corrected = steps_of(rules.adam, ones, beta_2=betas)
for i, beta_2 in enumerate(betas):
    some = ", ".join(f"{without[t - 1, i]:.2f} η at t = {t}" for t in (1, 12, 100))
    print(f"without correction, beta_2 = {beta_2:<5}: {some}")
print(f"with correction, each of the three: {corrected.min():.4f} η to {corrected.max():.4f} η")
curves = {f"uncorrected, beta_2 = {beta_2}": without[:, i] for i, beta_2 in enumerate(betas)}
curves["adam, each of the three"] = corrected[:, 2]
axes = dict(x=np.arange(1, 201), ylabel="step in units of η", log=False)
plots.lines(curves, **axes, title="All gradients are 1")

# %% [markdown]
# It is often said that Adam starts slowly without correction. That is so at $\beta_2 = 0.9$. At 0.999, the default, the
# steps are **too long**: 3.2 η at first, 6.6 η at step 12, and 3.2 η still at step 100. The root of $v$ divides, and it
# lacks more than $m$ does.
#
# ### Exercise 1: derive
#
# For any gradient $g > 0$: how long, in units of $\eta$, is the first uncorrected step with $\beta_1 = 0.9$ and
# $\beta_2 = 0.9999$?
#
# <details><summary>Hint</summary>At t = 1, m is (1 − β₁) g; what is √v?</details>

# %%
# BEGIN SOLUTION
# STUB first_step = ...
first_step = (1 - 0.9) / np.sqrt(1 - 0.9999)
# END SOLUTION
check_answer("06.first_step", first_step)

# %% [markdown]
# ## 3 Algorithm 1
#
# All of Adam, for $t = 1, 2, \dots$, element by element, from $m_0 = v_0 = 0$:
#
# $$
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t & \text{first moment: which way, on average} \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 & \text{second moment: how large, on average} \\
# \hat m_t &= m_t / (1 - \beta_1^t) & \text{corrected for the start} \\
# \hat v_t &= v_t / (1 - \beta_2^t) & \\
# x_t &= x_{t-1} - \eta\; \hat m_t / (\sqrt{\hat v_t} + \epsilon) & \epsilon \text{ avoids a division by } 0
# \end{aligned}
# $$
#
# ### Exercise 2: write it
#
# The state is `m` and `v`; return them uncorrected. Names and defaults are Keras's (the paper has $\epsilon = 10^{-8}$).
# `hint("adam")` helps.


# %%
def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    # BEGIN SOLUTION
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
    # END SOLUTION


rule = check(adam, "adam", "by the paper")

# %% [markdown]
# ## 4 Keras's epsilon
#
# The end of § 2 of the paper computes the same in a cheaper order, and Keras follows it:
#
# $$\eta_t = \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \qquad x_t = x_{t-1} - \eta_t\, \frac{m_t}{\sqrt{v_t} + \hat\epsilon}$$
#
# The same but for one thing: $\hat\epsilon$ stands beside $\sqrt{v_t}$, not $\sqrt{\hat v_t}$.
#
# ### Exercise 3: make it Keras's
#
# Which $\epsilon$ in Algorithm 1 gives Keras's step? (Bring $\sqrt{1 - \beta_2^t}$ below the fraction line.) Then write
# `adam` again, with one more line, which turns Keras's `epsilon` into that of Algorithm 1. The last `hint("adam")` is for
# this exercise.


# %%
def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    # BEGIN SOLUTION
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    epsilon = epsilon / np.sqrt(1 - beta_2**t)  # divide above and below by this root
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
    # END SOLUTION


rule = check(adam, "adam")

# %% [markdown]
# One update of your rule, number by number, in the ravine of lesson 01, where the gradient at the start is (−4, 20).
# How long are the two steps?

# %%
one_step({rule: {"learning_rate": 0.1}}, ravine)

# %% [markdown]
# ### Exercise 4: where they part
#
# At which gradient is Keras's first step half of $\eta$? (Three digits.)
#
# <details><summary>Hint</summary>g / (g + ε) is 1/2 where g = ε. Which ε does Keras's 1e-7 stand for at t = 1?</details>

# %%
# BEGIN SOLUTION
# STUB parting = ...
parting = 1e-7 / np.sqrt(1 - 0.999)
# END SOLUTION
check_answer("06.parting", parting)
sizes = np.append(1e-7, np.logspace(-9, -3, 200))
by_paper = steps_of(rule, sizes[None], epsilon=epsilon_from_paper(1e-7))[0]
by_keras = steps_of(rule, sizes[None], epsilon=1e-7)[0]
print(f"g = 1e-7: {by_paper[0]:.2f} η by Algorithm 1, {by_keras[0]:.3f} η in Keras")
curves = {"adam, Algorithm 1": by_paper[1:], "adam, Keras": by_keras[1:]}
axes = dict(xlabel="size of the first gradient", ylabel="first step in units of η", log_x=True)
plots.lines(curves, x=sizes[1:], **axes, log=False, marks={"epsilon": 1e-7})

# %% [markdown]
# At step 1 Keras's epsilon acts 31.6 times more strongly, after 3,000 steps 1.03 times.
#
# ## 5 How long is a step?
#
# **In noise.** The paper calls $\hat m / \sqrt{\hat v}$ a **signal-to-noise ratio**. It is near 1 where the
# gradients agree, and small where they cancel in $\hat m$ but not in $\hat v$. Here all gradients have mean 1, and more
# and more noise. A typical step is the root of the steps' mean square.

# %%
levels = np.logspace(-1, 2, 13)
gradients = 1 + levels[:, None] * rng.standard_normal((300, 1, 1000))
sizes_of, means_of, sums = {}, {}, {}
for name, method in {"adam": rule, "rmsprop": rules.rmsprop}.items():
    late = steps_of(method, gradients)[100:]
    sizes_of[name] = np.sqrt((late**2).mean(axis=(0, 2)))
    means_of[name] = late.mean(axis=(0, 2))
    sums[name] = late[:, 8].sum(axis=0).std()
    print(f"{name:8} at noise 10: typical step {sizes_of[name][8]:.2f} η", end=", ")
    print(f"mean step {means_of[name][8]:.2f} η", end=", ")
    print(f"200 steps together scatter by {sums[name]:.0f} η")
axes = dict(x=levels, xlabel="standard deviation of the noise (the mean is 1)", log_x=True)
step_size = dict(ylabel="typical step in units of η", log=False, from_zero=True)
display(plots.lines(sizes_of, **axes, **step_size))
quiz("06.silence")

# %% [markdown]
# Both make nearly the same progress on average. In pure noise Adam's typical step tends to
# $\sqrt{(1 - \beta_1)/(1 + \beta_1)} = 0.23$ times $\eta$: its single steps are four times shorter. Together they wander as
# far, as in lesson 03: averaging makes the path smooth, and does not remove the noise.
#
# **After a silence.** A rare word's weight has gradients of 0 for long. Then one gradient moves $x$ by up to
# $\eta\,(1 - \beta_1)/\sqrt{1 - \beta_2} = 3.16\,\eta$. The paper (§ 2.1) calls the larger of this and $\eta$ the bound.

# %%
alone = {k: steps_of(rule, [0.0] * k + [1.0])[-1] for k in (0, 10, 100, 1000, 10_000)}
for k, step in alone.items():
    print(f"after {k:5} zero gradients one gradient of 1 moves x by {step:.2f} η")
after = {}
growing = (0.999 / 0.9) ** np.arange(40)
for then, gradients in {"ones": np.ones(40), "growing by 11 %": growing}.items():
    steps = steps_of(rule, np.append(np.zeros(10_000), gradients))[10_000:]
    print(f"10,000 zeros, then {then}: up to {steps.max():.2f} η, at step {steps.argmax() + 1}")
    after[f"adam, then {then}"] = steps
curves = after | {"the paper's bound": np.full(40, 0.1 / np.sqrt(0.001))}
axes = dict(x=np.arange(1, 41), xlabel="step after 10,000 zeros", ylabel="step in units of η")
plots.lines(curves, **axes, log=False, from_zero=True)

# %% [markdown]
# A short silence shortens the step: $m$'s correction is gone after some 40 steps, $v$'s only after thousands. And here
# the paper errs: it takes the first gradient after the silence for the worst case. If ones keep coming, steps reach
# 6.57 η, the curve of part 2: a silence uses up the corrections. The true bound, where $\beta_1^2 < \beta_2$, is
# $\eta\,(1 - \beta_1)/\sqrt{(1 - \beta_2)(1 - \beta_1^2/\beta_2)}$, here $7.27\,\eta$. Gradients that grow by the factor
# $\beta_2/\beta_1$ reach it.
#
# <details><summary>Why?</summary>
#
# After many steps, with $g_k$ the gradient $k$ steps ago, the inequality of Cauchy and Schwarz gives
#
# $$m^2 = (1 - \beta_1)^2 \Big(\sum_k \frac{\beta_1^k}{\beta_2^{k/2}} \cdot \beta_2^{k/2} g_k\Big)^2 \le (1 - \beta_1)^2 \sum_k \Big(\frac{\beta_1^2}{\beta_2}\Big)^k\, \sum_k \beta_2^k\, g_k^2 = \frac{(1 - \beta_1)^2}{1 - \beta_1^2/\beta_2} \cdot \frac{v}{1 - \beta_2}$$
#
# Divide by $v$ and take the root.
#
# </details>
#
# ### Exercise 5: choose
#
# With $\beta_1 = 0.9$: for which $\beta_2$ is no step ever longer than $\eta$?
#
# <details><summary>Hint</summary>Set the true bound to η. Or: with the same weights, a mean is never larger than the root mean square.</details>

# %%
# BEGIN SOLUTION
# STUB beta_2 = ...
beta_2 = 0.9  # beta_1: then m_hat and v_hat have the same weights
# END SOLUTION
check_answer("06.bound", beta_2)

# %% [markdown]
# **In another unit.** Multiply the loss by 1,000: $\hat m$ and $\sqrt{\hat v}$ both grow 1,000 times, and the
# path stays. But for epsilon:

# %%
scales = np.array([1, 1e3, 1e-3, 1e-5, 1e-7, 1e-9])
starts = np.full(6, 0.5)
scaled = descend(rule, lambda x: scales * cubic.gradient(x), starts, 100, learning_rate=0.05)
gaps = np.abs(scaled.trajectory - scaled.trajectory[:, :1]).max(axis=0)
for scale, end, gap in zip(scales, scaled.trajectory[-1], gaps, strict=True):
    print(f"gradients times {scale:<5g}: ends at {end:.3f}, at most {gap:.3f} from the first path")

# %% [markdown]
# Where epsilon is no longer far below $\sqrt{v}$, steps shrink.
#
# ## 6 Play
#
# ### Exercise 6: choose
#
# The ravine, from the start and in the 84 steps of lesson 01, where gradient descent with 2/21 came to
# $9 \cdot 10^{-7}$. Get Adam below $10^{-12}$: two knobs must turn, and $\beta_1$ is one of them.
#
# <details><summary>Hint</summary>Watch the path circle the minimum: m remembers too long.</details>

# %%
explore({rule: {"learning_rate": 0.1}}, ravine, steps=84, target=("loss", 1e-12))

# %%
# BEGIN SOLUTION
# STUB rate, beta_1 = ..., ...
rate, beta_1 = 0.4, 0.5
# END SOLUTION
check_answer("06.ravine", rate, beta_1)

# %% [markdown]
# ## 7 Six wrong Adams
#
# Most wrong Adams raise no error: only their paths tell. Here six get the same gradients, 50 times 0.01 and then
# 50 times 0. ($\eta = 0.01$, and $\epsilon = 0.003$ is large, so that it shows.) The dashed path is right.
#
# ### Exercise 7: spot the bug
#
# Which picture, 1 to 6, belongs to which bug?
#
# <details><summary>Hint</summary>What is 10^-8 in Python? 1 − β⁰? 0.1/0.001? What is added to x at every step? By what is m divided at step 50? Is √0.003 larger than 0.01?</details>

# %%
variants = {mistake.name: variant for mistake, variant in wrong_rules(rules.adam)}
bugs = [
    "epsilon is 10^-8, which is -14",  # in Python ^ is not a power
    "beta_2 stands in m_hat",
    "t counts from 0",
    "brackets are missing around what divides",  # m_hat / sqrt(v_hat) + epsilon
    "t stays at 1, as if an epoch were a step",
    "epsilon is inside the root",
]


def path_of(name):
    gradient = given([[0.01]] * 50 + [[0.0]] * 50)
    run = sweep(variants[name], gradient, 0.0, 100, learning_rate=0.01, epsilon=0.003)
    return run.trajectory[np.isfinite(run.trajectory)]


order = np.random.default_rng(7).permutation(6)  # one that gives nothing away
pictures = {f"picture {i}": path_of(bugs[k]) for i, k in enumerate(order, start=1)}
plots.beside(path_of("epsilon is that of Algorithm 1"), pictures, "adam", ylim=(-1, 0.2))

# %%
# BEGIN SOLUTION
# STUB ten_to_the_minus_8 = ...  # 10 ^ -8 in place of epsilon
# STUB beta_2_in_m_hat = ...  # m / (1 - beta_2**t)
# STUB t_from_0 = ...  # 0 at the first step
# STUB no_brackets = ...  # m_hat / sqrt(v_hat) + epsilon
# STUB epoch_for_t = ...  # 1 at every step of the first epoch
# STUB epsilon_inside = ...  # sqrt(v_hat + epsilon)
ten_to_the_minus_8 = 3  # 10 ^ -8 is -14: hardly a step, and uphill
beta_2_in_m_hat = 5  # the first step is 0.1 / 0.001 times too long
t_from_0 = 2  # m / 0 over the root of v / 0: infinite by infinite
no_brackets = 6  # epsilon is added to x at every step
epoch_for_t = 4  # m and v grow, and are still divided by 0.1 and 0.001
epsilon_inside = 1  # the root of 0.003 is larger than the gradient
# END SOLUTION
three = ten_to_the_minus_8, beta_2_in_m_hat, t_from_0
check_answer("06.bugs", *three, no_brackets, epoch_for_t, epsilon_inside)

# %% [markdown]
# ## 8 Keras, digits and the family
#
# The cubic of lesson 01 from 0.001, with $\eta = 0.05$, for 100 steps. `descend_keras` gives the optimizer a
# gradient and a variable, without a network. In the second comparison epsilon counts.

# %%
from adamlib.keras_check import descend_keras, equals_adam, equals_keras, keras, largest_difference

paths = {
    name: descend(method, cubic.gradient, 0.001, 100, learning_rate=0.05).trajectory
    for name, method in {"sgd": rules.sgd, "adam": rule}.items()
}
paths["tf.keras Adam"] = descend_keras(keras.optimizers.Adam(0.05), cubic.gradient, 0.001, 100)
for name, path in paths.items():
    last = np.flatnonzero(np.abs(path - 4 / 3) > 0.01).max()
    print(f"{name:13} ends at {path[-1]:.5f}, f = {cubic(path[-1]):.6f}; ", end="")
    print(f"farthest {path.max():.3f} at step {path.argmax()}; within 0.01 from step {last + 1}")
equals_keras(rule, cubic.gradient, 0.001, 100, learning_rate=0.05)
equals_keras(rule, lambda x: 1e-7 * cubic.gradient(x), 0.001, 100, learning_rate=0.05)
plots.lines(paths, ylabel="x", log=False)

# %% [markdown]
# Adam leaves the hilltop at once, for it divides by the small slope. Then it overshoots, to 1.501 at step 35, and on this
# curve plain gradient descent settles sooner.
#
# ### One state for each array
#
# A model has several arrays. Here the coordinates of the ravine are two:

# %%
both = {}
for label in ("adam, a state each", "adam, one state shared"):
    xs, states = [np.array(-4.0), np.array(1.0)], {}
    first_array = [xs[0]]
    for t in range(1, 301):
        for i, curvature in enumerate((1, 20)):
            own = "shared" if "shared" in label else i
            state = states.get(own, ())
            xs[i], *states[own] = rule(xs[i], curvature * xs[i], t, *state, learning_rate=0.05)
        first_array.append(xs[0])
    both[label] = np.array(first_array)
plots.lines(both, ylabel="x of the first array", log=False)

# %% [markdown]
# Shared, $m$ holds mostly the other array's gradient, so the first array goes uphill, to −4.50 at step 57; and $v$ holds
# the other's square, so then it goes downhill slowly.
#
# ### Scoreboard
#
# The task of lessons 02 to 05: digits, logistic regression, one epoch in batches of 100, each learning rate tuned on
# 1,000 held-out images, three seeds.

# %% tags=["about: 06 Adam ends below RMSProp"]
methods = [rules.sgd, rules.momentum, rules.nesterov, rules.adagrad, rules.rmsprop, rules.adadelta]
board = {method.__name__: method for method in [*methods, rule]}
scores = experiments.digits_scoreboard(board, every=10)
ours, theirs = (scores[name].runs[0].params for name in ("adam", "tf.keras Adam"))
assert largest_difference(ours, theirs) < 1e-3
print("7,850 weights of your Adam and Keras's after the epoch: no difference above 0.001")
shown = ["sgd", "momentum", "rmsprop", "adadelta", "adam", "tf.keras Adam"]
curves = {name: scores[name].losses for name in shown}
display(plots.lines(curves, x=np.arange(10, 71, 10), xlabel="batch", ylabel="training loss"))
others = ["momentum", "Nesterov", "RMSProp", "AdaGrad", "sgd", "Adadelta"]
experiments.evidence(*(f"06 Adam ends below {other}" for other in others))

# %% [markdown]
# Your Adam and Keras's have the same line. On this task thirty seeds do not separate Adam from Nesterov or RMSProp, once
# each has its best learning rate. Adam ends below momentum with 22 of 30, by a mere 0.005. Adam is a little ahead of AdaGrad, which starts from 0.1 here, and of
# sgd: by 0.02 and by 0.04, with 26 of 30 seeds each. Only Adadelta is far behind, at the end of the list.
#
# ### The family on one page
#
# With $\beta_1 = 0$, $\hat m$ is $g$; with $\beta_2 = 0$, $\sqrt{\hat v}$ is $|g|$; and a huge $\epsilon$ hides the
# root. So `tf.keras.optimizers.Adam` can become most of this course:
#
# | method | learning rate at step $t$ | $\beta_1$ | $\beta_2$ | $\epsilon$ |
# | --- | --- | --- | --- | --- |
# | gradient descent | $10^{20}\, \eta$ | 0 | 0 | $10^{20}$ |
# | momentum $\mu$ | $10^{20}\, \eta\,(1 - \mu^t)/(1 - \mu)$ | $\mu$ | 0 | $10^{20}$ |
# | sign descent | $\eta$ | 0 | 0 | tiny |
# | RMSProp $\rho$ | $\eta/\sqrt{1 - \rho^t}$ | 0 | $\rho$ | tiny |
# | AdaGrad from 0 (§ 5) | $\eta/\sqrt t$ | 0 | $1 - 10^{-14}$ | tiny |
#
# Nesterov's momentum is the row of momentum, fed with $g_t + \mu\,(g_t - g_{t-1})$ (lesson 03). Adadelta is no setting:
# it averages its steps too.

# %%
for method in (rules.sgd, rules.momentum, rules.sign_descent, rules.rmsprop, rules.adagrad):
    equals_adam(method, cubic.gradient, 0.5, 100, learning_rate=0.01)

print("\nIn float32, as Keras computes unless told otherwise:")
two = iter(np.float32([1, 1e-5]))
as_sign = keras.optimizers.Adam(0.01, beta_1=0.0, beta_2=0.0, epsilon=1e-15)
trap_1 = descend_keras(as_sign, lambda x: next(two), 0.0, 2)
print(f"sign descent, gradients 1 and 0.00001: x is {trap_1[1]:.2f}, then {trap_1[2]:.0e}")
as_adagrad = keras.optimizers.Adam(0.01, beta_1=0.0, beta_2=1 - 1e-14, epsilon=1e-15)
trap_2 = descend_keras(as_adagrad, cubic.gradient, 0.5, 100)
print(f"AdaGrad: after 100 steps x = {trap_2[-1]}")

# %% [markdown]
# Two traps: one step of $10^8$, and 100 steps of 0. In float64 both runs are as they should be.
#
# <details><summary>Why?</summary>
#
# Keras computes $v + (g^2 - v)(1 - \beta_2)$, and $1 + (10^{-10} - 1)$ is 0 in float32, so the second step is divided by
# next to nothing. In AdaGrad's place $v$ fills as it should; but $\beta_2^t$ is taken in float32, where $1 - 10^{-14}$
# is 1, so the learning rate is multiplied by $\sqrt{1 - 1^t} = 0$.
#
# </details>
#
# ## Where it fails
#
# The defaults are not the best everywhere: in the ravine $\beta_1 = 0.9$ remembers too long. In noise the steps never
# die out. Lesson 07 turns each knob alone, then two at a time.
#
# **Recap**
#
# 1. Adam is momentum's average $\hat m$ over the root of RMSProp's $\hat v$, each divided by $1 - \beta^t$ for its start at 0.
# 2. Without correction the default's first steps are too long, not too short.
# 3. A step is $\eta$ times a signal-to-noise ratio: about $\eta$ where gradients are steady, $3.2\,\eta$ for the first after a
#    long silence, up to $7.3\,\eta$ at worst.
# 4. Scale does not matter while $\epsilon \ll \sqrt v$; Keras's $\hat\epsilon$ acts $1/\sqrt{1 - \beta_2^t}$ times more strongly.
# 5. Gradient descent, momentum, sign descent, RMSProp and AdaGrad are Adam with its knobs turned.
#
# **Sources.** D. Kingma and J. Ba, *Adam: a method for stochastic optimization*, 2015 (Algorithm 1, §§ 2, 2.1, 3 and 5).
# G. Hinton, *Coursera lecture 6e*, 2012. B. Polyak, *Some methods of speeding up the convergence of iteration
# methods*, 1964. J. Duchi, E. Hazan and Y. Singer, *Adaptive subgradient methods*, 2011.

# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
from adamlib.experiments import CLAIMS, carried

leap = np.diff(noisy_paths["rmsprop, rho = 0.999"], axis=0)[0]
assert np.allclose(np.abs(leap) / 0.05, 31.62, atol=0.01)
assert round(1 - 0.999**300, 2) == 0.26
for label, deviation in (("adam, m_hat", 1.0), ("adam, v_hat", 6**0.5 / 2)):  # of one draw
    assert np.abs(averages[label] - 1).max() < 6 * deviation / np.sqrt(10_000)
assert np.round(without[[0, 11, 99], 2], 1).tolist() == [3.2, 6.6, 3.2]
assert without[:, 2].argmax() == 11 and without[0, 0] < 0.4 and corrected.max() <= 1
assert round(by_paper[0], 2) == 0.5 and round(by_keras[0], 3) == 0.031
# 200 steps of 1,000 runs: over 40 seeds the means are apart by at most 0.017 ± 0.001, the sums'
# ratio is 1.02 ± 0.01, Adam's typical step 0.229 ± 0.001, and RMSProp's 4.19 ± 0.02 times that.
assert np.allclose(means_of["adam"], means_of["rmsprop"], atol=0.03)
assert abs(sums["adam"] / sums["rmsprop"] - 1) < 0.1
assert abs(sizes_of["adam"][-1] - np.sqrt(0.1 / 1.9)) < 0.01
assert 4 < sizes_of["rmsprop"][-1] / sizes_of["adam"][-1] < 4.4
assert [f"{s:.2f}" for s in alone.values()] == ["1.00", "0.48", "0.98", "2.52", "3.16"]
assert [f"{s.max():.2f}" for s in after.values()] == ["6.57", "7.27"]
bounds = [(1 - 0.9) / np.sqrt((1 - b) * (1 - 0.9**2 / b)) for b in (0.9, 0.99, 0.999)]
assert np.round(bounds, 2).tolist() == [1, 2.35, 7.27]
weights = [(0.9**2 / 0.999) ** np.arange(n) for n in range(1, 2000)]  # the bound at each step t
at_t = [
    np.sqrt(w.sum() * (1 - 0.999**t) / (1 - 0.999)) * (1 - 0.9) / (1 - 0.9**t)
    for t, w in enumerate(weights, start=1)
]
assert (np.diff(at_t) > 0).all() and max(at_t) < bounds[2]
wild = rng.standard_normal((400, 200)) * 10 ** rng.uniform(-3, 3, (400, 200))
assert np.abs(steps_of(rule, wild, beta_2=0.9)).max() < 1 + 1e-9  # a rounding
assert gaps[1] < 1e-5 and gaps[-1] > 0.9
adams = paths["adam"]
assert f"{adams[-1]:.5f} {cubic(adams[-1]):.6f} {adams.max():.3f}" == "1.33255 0.814816 1.501"
assert adams.argmax() == 35 and np.abs(adams - paths["tf.keras Adam"]).max() < 1e-5
assert np.allclose(1 / np.sqrt(1 - 0.999 ** np.array([1, 3000])), [31.6, 1.03], atol=0.03)
shared = both["adam, one state shared"]
assert shared.argmin() == 57 and round(shared.min(), 2) == -4.5 and shared[-1] > -4
many = [np.ravel(k) for k in np.meshgrid(np.geomspace(0.01, 5, 100), 1 - np.geomspace(1e-4, 1, 50))]
turned = sweep(rule, ravine.gradient, ravine.start, 84, learning_rate=many[0], beta_2=many[1])
assert np.nanmin(ravine(np.moveaxis(turned.trajectory, 1, 0))) > 1e-10  # without beta_1
sgd_end = descend(rules.sgd, ravine.gradient, ravine.start, 84, learning_rate=2 / 21).trajectory[-1]
assert f"{ravine(sgd_end):.0e}" == "9e-07"
ends = {name: score.held_out for name, score in scores.items()}
words = {"nesterov": "Nesterov", "adagrad": "AdaGrad", "rmsprop": "RMSProp", "adadelta": "Adadelta"}
for name in ("sgd", "momentum", *words):
    carried(f"06 Adam ends below {words.get(name, name)}", ends[name] - ends["adam"])
for name in ("Nesterov", "RMSProp"):
    carried(f"06 Adam ends below {name}", separated=False)
carried("06 Adam ends below momentum", shown=22, mean="0.005")
carried("06 Adam ends below AdaGrad", separated=True, shown=26, mean="0.02")
carried("06 Adam ends below sgd", separated=True, shown=26, mean="0.04")
carried("06 Adam ends below Adadelta", share=1)
assert CLAIMS["06 Adam ends below Adadelta"].mean > 0.1
carried("05 Adadelta's best η is the list's last", share=1)
assert f"{abs(trap_1[2]):.0e}" == "1e+08" and set(trap_2) == {0.5}
assert float(as_adagrad.variables[-1]) > 1e-12  # v fills in float32 too
for kind, difference in ((np.float32, 0), (np.float64, 1e-10)):
    assert np.isclose(kind(1) + (kind(1e-10) - kind(1)), difference, rtol=1e-4, atol=0)
settled = [np.flatnonzero(np.abs(paths[name] - 4 / 3) > 0.01).max() for name in ("sgd", "adam")]
assert settled[0] < settled[1]
