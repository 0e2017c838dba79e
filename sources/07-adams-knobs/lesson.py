# %% [markdown]
# # 7. Adam's knobs
#
# Adam often works at its defaults. When it does not, you have four knobs and a schedule to turn. And a setting that you
# copy from a paper or from PyTorch may mean something else in Keras. At the end of this lesson you will be able to
#
# - say what each knob does, early and late in a run, and which knobs act together,
# - say when a large $\epsilon$ helps, and how large it must be,
# - take settings from a paper, PyTorch or Optax to Keras without a silent change,
# - write a warm-up with a cosine, give it to Keras, and say what each of the two does,
# - tell from the curve of a loss which knob to turn.
#
# | part | minutes |
# | --- | --- |
# | [1 Where the defaults fail](#1-Where-the-defaults-fail) | 3 |
# | [2 One knob at a time](#2-One-knob-at-a-time) | 8 |
# | [3 Two knobs at a time](#3-Two-knobs-at-a-time) | 8 |
# | [4 A large epsilon](#4-A-large-epsilon) | 8 |
# | [5 Same names, other meanings](#5-Same-names,-other-meanings) | 7 |
# | [6 Schedules](#6-Schedules) | 7 |
# | [7 Warm-up on real data](#7-Warm-up-on-real-data) | 7 |
# | [Where it fails](#Where-it-fails) | 4 |
# | in all | 52 |
#
# You need lessons [02](02-stochastic-gradient-descent.ipynb) (noise), [03](03-momentum.ipynb) and [06](06-adam.ipynb).
# Terms printed in bold are collected in the [glossary](glossary.ipynb); all rules on one page are in the
# [cheat sheet](cheat-sheet.ipynb).
#
# The knobs are $\eta$ (Keras's `learning_rate`, the paper's $\alpha$), $\beta_1$, $\beta_2$ and $\epsilon$. Keras's
# defaults are 0.001, 0.9, 0.999 and $10^{-7}$.
#
# ## 1 Where the defaults fail
#
# Lesson 06 ended with a doubt: are the defaults good everywhere? Here are two places where they are not. Both are in the
# ravine of lesson 01, whose curvatures are 1 and 20. In the third run each coordinate of each gradient also carries
# random noise with standard deviation 5. That line is the mean of 200 such runs.

# %%
from functools import partial

import numpy as np

from adamlib import experiments, plots, rules
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.descent import descend
from adamlib.explorers import hyperparameter_map
from adamlib.schedules import cosine, linear_warmup
from adamlib.surfaces import noisy, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them


# %%
def losses_of(steps, noise=0.0, runs=1, **knobs):
    """The mean loss of Adam's runs in the ravine, at the start and after each step."""
    valley = noisy(ravine, np.random.default_rng(SEEDS[0]), noise)
    settings = {"learning_rate": 0.1} | knobs
    return experiments.loss_of_runs(rules.adam, valley, steps, runs, **settings)


in_noise = dict(noise=5.0, runs=200)
defaults_fail = {
    "adam, η = 0.1": losses_of(200),
    "adam, η = 0.4, β₁ = 0.5": losses_of(200, learning_rate=0.4, beta_1=0.5),
    "adam, η = 0.1, with noise": losses_of(200, **in_noise),
}
plots.lines({label: np.maximum(curve, 1e-20) for label, curve in defaults_fail.items()})

# %% [markdown]
# Look at the two lines without noise first. Both fall in waves, because Adam runs past the minimum and comes back. What
# counts is how fast the waves become smaller. With $\beta_1 = 0.9$ the average $m$ keeps old gradients for long, so the
# solid line's waves are long: at step 84, where lesson 01 stopped, its loss is still 0.003. The dashed line averages over
# fewer gradients, and has a larger $\eta$. By step 84 it has reached $10^{-20}$, where the figure is cut off. It needs
# both changes: at step 84 each of them alone still has a loss of 0.001 or more.
#
# The dotted line shows the other failure: in noise the loss stops at about 0.24 and falls no further.
#
# Which knob cures which failure?
#
# ## 2 One knob at a time
#
# We stay in the noise, and turn one knob at a time. First make a guess about $\beta_1$.

# %%
quiz("07.late")

# %% [markdown]
# Now the runs. Each has 1,000 steps, and all other knobs stay at $\eta = 0.1$ and Keras's defaults. We compare two
# numbers: *early* is the loss after 25 steps (the grey line in each panel), and *late* is the mean loss of the last 200
# steps (the grey band).

# %%
knobs = {
    "learning_rate": [0.03, 0.1, 0.5],
    "beta_1": [0.0, 0.9, 0.99],
    "beta_2": [0.5, 0.9, 0.999],
    "epsilon": [1e-7, 1.0, 10.0, 100.0],
}
curves, early, late = {}, {}, {}
for knob, values in knobs.items():
    curves[knob] = {v: losses_of(1000, **in_noise, **{knob: v}) for v in values}
    for value, curve in curves[knob].items():
        early[knob, value], late[knob, value] = curve[25], curve[-200:].mean()
plots.by_knob(curves, "adam", early=25, late=200)

# %% [markdown]
# In each panel compare the lines in the grey band, then at the grey line.
#
# - **η.** A larger learning rate is faster early and worse late. No constant value is good at both.
# - **β₁.** It hardly changes the late loss. A gradient moves $x$ by about $\eta g/\sqrt v$ in all, and $\beta_1$ only
#   says over how many steps. Early, 0.99 runs far past the minimum, and the loss rises again.
# - **β₂.** It matters only when it is small. At 0.5, a few small gradients in a row make $v$ small, and the step long.
# - **ε.** Here $\sqrt v$ is about 5, the size of the noise. An $\epsilon$ of 10 is larger, so it shortens every step,
#   like a smaller $\eta$: slow early, better late. With 100 the run has not arrived after 1,000 steps.
#
# So in noise $\eta$ sets the late loss. You can even say how large it will be.
#
# ### Exercise 1: derive
#
# Lesson 02 found where sgd stops in noise. With learning rate $\eta$, noise $\sigma$ and curvature $L$, the mean of
# $x^2$ ends at about $\eta\sigma^2/(2L)$. The loss is $\frac{L}{2} x^2$, so each coordinate has a late loss of
# $\eta\sigma^2/4$, whatever $L$ is. Now use this for Adam. Late in the run the gradients are nearly all noise. With
# which $\eta$ is Adam's late loss in this ravine about 0.05?
#
# <details><summary>Hint</summary>How large is √v in pure noise? Adam divides each gradient by it: which learning rate would sgd need for steps of the same length?</details>

# %%
# BEGIN SOLUTION
# STUB eta = ...
eta = 0.02  # √v is σ, so sgd's rate is η/σ, and the late loss 2 · ησ/4 = 2.5 η
# END SOLUTION
check_answer("07.floor", eta)

# %%
if eta is not ...:  # what your η predicts, because the late loss grows in proportion to η
    curve = losses_of(2000, learning_rate=eta, **in_noise)
    measured = {eta: curve[-1000:].mean()} | {v: late["learning_rate", v] for v in (0.03, 0.1, 0.5)}
    for rate, loss in measured.items():
        print(f"η = {rate:<4g} predicted {0.05 * rate / eta:.3f}, measured {loss:.3f}")

# %% [markdown]
# Compare the two columns. With the right answer they agree for small rates, and at $\eta = 0.5$ the prediction is an
# eighth too high.
#
# <details><summary>The derivation, when you have solved it</summary>In pure noise √v is σ, so Adam takes sgd's steps with the learning rate η/σ. In (η/σ) σ²/4 one σ cancels. So each coordinate has a late loss of <b>ησ/4</b>, and the ravine, which has two, ησ/2.</details>
#
# ## 3 Two knobs at a time
#
# Which knobs act together? For that we need maps. Each cell of this map is a run of 84 steps in the ravine without noise.
# The colour is the loss at the end: dark blue is $10^{-16}$ or less, and yellow is no better than the start. The marked
# cell is the solid line of part 1, and its path is drawn beside the map. Click other cells to see theirs.

# %%
rates, betas = np.geomspace(0.01, 10, 40), np.linspace(0, 0.98, 50)
axes = ("learning_rate", rates), ("beta_1", betas)
hyperparameter_map(rules.adam, ravine, *axes, steps=84, pick=(0.1, 0.9))

# %% [markdown]
# A run fails in one of three ways.
#
# - **On the left η is too small.** A step is about $\eta$ long. Below 0.05 the 84 steps do not reach from −4 to 0. Up to
#   about 0.2 they reach it, but too late to settle there.
# - **At the top β₁ is too large.** In the row of the default, 0.9, no cell comes below $10^{-4}$.
# - **At the lower right η is too large** for the way that a coordinate has to go. It overshoots so far that it is chance
#   where it stands at step 84, so the map is speckled. Most of these cells fail in $x_2$, which starts only 1 away from
#   the minimum, while $x_1$ starts 4 away. The larger curvature of $x_2$ plays no part: Adam divides the scale of the
#   gradients out (lesson 06).
#
# A larger $\beta_1$ calms the overshooting: at $\beta_1 = 0.7$ even $\eta = 10$ ends below $10^{-8}$. So the first failure
# of part 1 takes two knobs: a smaller $\beta_1$, and an $\eta$ that fits it.
#
# **When should you touch β₂?** Rarely. It helps to count in steps. The **memory** of an average with the factor $\beta$
# is $1/(1 - \beta)$ steps, because about that many gradients count in it. At the defaults $m$ remembers 10 steps and $v$
# 1,000. A shorter memory of $v$ makes Adam's longest step shorter. Lesson 06 found $7.3\,\eta$; with $\beta_2 = 0.99$
# it is $2.3\,\eta$, and with 0.95 it is $1.2\,\eta$. GPT-3, a large language model, was trained with 0.95 (Brown and
# others, 2020). Part 4 shows the price.
#
# The last map has $\epsilon$ over twelve powers of ten, against $\eta$ over eight. The dot is again the solid line of
# part 1.

# %%
etas, epsilons = np.logspace(-3, 5, 33), np.logspace(-7, 5, 13)
by_size = experiments.adam_grid(ravine, 84, etas, [0.9], [0.999], epsilons)[:, 0, 0]
dot = "η = 0.1 and the default ε", (0.1, 1e-7)
plots.knob_map(by_size.T, ("η", etas), ("ε", epsilons), title="β₁, β₂ at their defaults", dot=dot)

# %% [markdown]
# Look at the bottom first. The colours do not change upwards, because an $\epsilon$ far below the gradients does nothing.
# At the top the dark cells run along a diagonal. Ten times the $\epsilon$ needs ten times the $\eta$, so only
# $\eta/\epsilon$ counts. (The few darkest cells are luck: with finer rates the bottom has even darker ones.) The reason is
# that a large $\epsilon$ hides $\sqrt v$. What is left of Adam's step is
#
# $$-\frac{\eta}{\epsilon}\, \sqrt{1 - \beta_2^t}\; \hat m_t$$
#
# This is momentum, as in the table of lesson 06, with a slow start: the root is 0.03 at the first step and still only
# 0.28 after 84.
#
# ### Exercise 2: derive
#
# Take $\epsilon = 1000$ and $\beta_1 = 0.9$, and late steps, when the root is 1 and $\hat m = m$. Which learning rate
# must Adam have to equal momentum with a learning rate of 0.01 and $\mu = 0.9$?
#
# <details><summary>Hint</summary>Momentum adds 0.01 times a new gradient to its velocity. Which fraction of a new gradient does Adam's m take in?</details>

# %%
# BEGIN SOLUTION
# STUB eta = ...
eta = 0.01 * 1000 / (1 - 0.9)
# END SOLUTION
check_answer("07.as_momentum", eta)

# %% [markdown]
# ## 4 A large epsilon
#
# The default $\epsilon$ is tiny. Yet TensorFlow 1's documentation of Adam said that for Inception, a large network for
# photographs, "a current good choice is 1.0 or 0.1". When can such a large $\epsilon$ help?
#
# **It helps where gradients vanish.** Near a minimum without noise the gradients shrink, and $v$ shrinks with them. So
# Adam divides by less and less, until its steps are too long for the steep direction and the path bursts out of the
# minimum. The burst makes $v$ large, Adam settles, and it all repeats. A large $\epsilon$ stops this. The divisor never
# falls below $\epsilon$, so late Adam is momentum with a fixed learning rate.
#
# We make it visible with $\beta_2 = 0.99$, so that $v$ forgets faster, and with $\eta = 0.1$.
#
# ### Exercise 3: derive
#
# Which is the smallest $\epsilon$ with which Adam settles? Momentum settles while its learning rate is below
# $2(1 + \mu)/L$ (lesson 03). The steep direction has $L = 20$. Give two significant digits, and round up, so that Adam
# settles.
#
# <details><summary>Hint</summary>By exercise 2, Adam with a large ε is momentum with the learning rate η (1 − β₁)/ε.</details>

# %%
# BEGIN SOLUTION
# STUB smallest = ...
smallest = 0.1 * (1 - 0.9) * 20 / (2 * (1 + 0.9))
# END SOLUTION
check_answer("07.settle", smallest)

# %% [markdown]
# Does it come true? We try the default, 0.05, your answer (0.056 until you have one) and TensorFlow's two values. A point
# of the figure is the highest loss of 50 steps; what is below $10^{-16}$ is drawn there.


# %%
def highest(losses):
    """The highest loss of each 50 steps, at least 1e-16."""
    return np.maximum(losses[1:].reshape(-1, 50).max(axis=1), 1e-16)


yours = 0.056 if smallest is ... else np.ceil(1000 * smallest) / 1000  # rounded up
bursts = {e: losses_of(3000, beta_2=0.99, epsilon=e) for e in (1e-7, 0.05, yours, 0.1, 1.0)}
for epsilon, losses in bursts.items():
    words = "settles" if losses[2000:].max() < 1e-60 else "bursts"
    print(f"ε = {epsilon:<6g} {words} after step 2,000")
shown = {f"adam, ε = {epsilon:g}": highest(bursts[epsilon]) for epsilon in (1e-7, 0.05, yours)}
plots.lines(shown, x=50 * np.arange(1, 61), ylabel="highest loss of 50 steps")

# %% [markdown]
# The border of exercise 3 is sharp: with 0.05 Adam bursts out again and again, with 0.053 it settles. With the default
# $\beta_2$, 0.999, the same happens later: the first burst comes after some 7,000 steps, and reaches a loss of 0.08. So
# the price of a small $\beta_2$ is more bursts.
#
# **It does not help on our real data.** We train on the digits for one epoch, as in lesson 06, and on the film
# reviews for five epochs, as in lesson 04. Each $\epsilon$ gets the best of nine learning rates. In the table below the
# scores, "deviation" is the standard deviation of a difference over the seeds.

# %%
# Trainings are kept here, so you may interrupt the next cell and run it again: it goes on.
tasks = {"digits": experiments.digits(), "reviews": experiments.reviews(dropout=0.5, epochs=5)}
trainings = {name: {} for name in tasks}

# %% tags=["about: 07 ε = 1e-7 ends below ε = 0.1 on reviews"]
rates = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
by_epsilon = {}
for name, task in tasks.items():
    print(name)
    methods = {  # partial fixes ε
        f"adam, ε = {epsilon:g}": partial(task.train, rules.adam, epsilon=epsilon)
        for epsilon in (1e-7, 0.1, 1.0)
    }
    by_epsilon[name] = experiments.scoreboard(
        methods, rates, task.held_out_loss, done=trainings[name]
    )
pairs = [(name, large) for name in tasks for large in ("0.1", "1")]
experiments.evidence(*(f"07 ε = 1e-7 ends below ε = {large} on {name}" for name, large in pairs))

# %% [markdown]
# At their best rates the large epsilons end about 0.03 behind on both tasks, with every seed. And the best rate grows
# with $\epsilon$, as on the map. So never raise $\epsilon$ alone: tune $\eta$ again with it. With $\epsilon = 1$ and
# the default $\eta = 0.001$ the loss on the digits hardly moves. It starts at 2.30 and ends at 2.29.
#
# ## 5 Same names, other meanings
#
# You find settings in a paper, or a colleague sends you a PyTorch script. The names are those of Keras, but three of
# them may mean something else.
#
# **Epsilon.** In Algorithm 1, PyTorch and Optax, $\epsilon$ stands beside $\sqrt{\hat v}$, in Keras beside the
# uncorrected $\sqrt v$ (lesson 06). For the same run Keras needs $\epsilon \sqrt{1 - \beta_2^t}$ at step $t$. This
# matters only for a large $\epsilon$: with 1, Keras starts up to 32 times more slowly.
#
# **Momentum.** In PyTorch and Optax the learning rate stands outside the velocity, in Keras inside (lesson 03). The
# paths are the same until $\eta$ changes. (`momentum_from_pytorch` in `adamlib.conventions` converts.)
#
# **Weight decay.** Take care here, because one name, `weight_decay`, stands for two things. Both pull the weights
# towards 0. An **L2 penalty** adds $\frac{\lambda}{2} x^2$ to the loss, so it adds $\lambda x$ to every gradient.
# **Decoupled weight decay** leaves the gradients alone and takes the fraction $\eta\lambda$ off each weight at each
# step: $x \leftarrow x - \eta\lambda x$. In sgd without momentum the two are the same. Are they the same in Adam?

# %%
quiz("07.decay")

# %% [markdown]
# Here is the test. All weights start at 1, the loss gives them pure noise of three sizes as gradients, and Adam takes
# 1,000 steps with $\eta = 0.001$ and $\lambda = 0.5$. Decoupled decay should leave $(1 - \eta\lambda)^{1000} = 0.61$ of a
# weight.

# %%
sizes, ones = np.array([[0.3], [3.0], [30.0]]), np.ones((3, 500))


def what_is_left(rule, penalty=0.0, **settings):
    rng = np.random.default_rng(SEEDS[0])

    def gradient(x):
        return sizes * rng.standard_normal(x.shape) + penalty * x

    run = descend(rule, gradient, ones, 1000, learning_rate=0.001, **settings)
    return run.trajectory[-1].mean(axis=1)


left = {"decoupled": what_is_left(rules.adamw, weight_decay=0.5)}
left["L2"] = what_is_left(rules.adam, penalty=0.5)
for name, parts in left.items():
    shown = (f"{w:.2f} at noise {size:g}" for w, size in zip(parts, sizes[:, 0], strict=True))
    print(f"{name:9} leaves {', '.join(shown)}")

# %% [markdown]
# Decoupled decay leaves the same of every weight. The L2 penalty shrinks the weights with small gradients and hardly
# touches those with large ones. No $\lambda$ turns one into the other. So first find out which of the two a setting
# means:
#
# | where | what `weight_decay` means |
# | --- | --- |
# | PyTorch's `SGD` and `Adam` | L2: $g + \lambda x$ |
# | PyTorch's and Optax's AdamW | decoupled: $x - \eta\lambda x$ |
# | the paper of AdamW | decoupled: $x - \lambda x$, so $\lambda$ is not multiplied by the rate $\alpha$ |
# | every Keras optimizer, also `SGD` and `Adam` | decoupled: $x - \eta\lambda x$ |
#
# In Keras an L2 penalty belongs to a layer: `keras.regularizers.L2(a)` adds $a x^2$ to the loss, without a ½. And the
# default $\lambda$ of AdamW is 0.004 in Keras, 0.01 in PyTorch and 0.0001 in Optax.
#
# ### Exercise 4: convert
#
# Three runs with $\eta = \alpha = 0.0005$ are to be repeated in Keras.
#
# - A PyTorch script has `AdamW(..., weight_decay=0.1)`. Which `weight_decay` does Keras's `AdamW` get?
# - The formula of the AdamW paper, with $\lambda = 0.0001$. Which `weight_decay` does Keras's `AdamW` get?
# - A PyTorch script has `Adam(..., weight_decay=0.1)`. Which number goes into `keras.regularizers.L2`?
#
# <details><summary>Hint</summary>For each run write down what is taken off a weight x in one step, or what is added to its gradient. Then find the number with which Keras does the same.</details>

# %%
# BEGIN SOLUTION
# STUB from_pytorch, from_paper, l2 = ..., ..., ...
from_pytorch, from_paper, l2 = 0.1, 0.0001 / 0.0005, 0.1 / 2
# END SOLUTION
check_answer("07.weight_decay", from_pytorch, from_paper, l2)

# %% [markdown]
# <details><summary>The same in Keras's words, when you have solved it</summary>PyTorch's and Optax's AdamW: <code>AdamW(η, weight_decay=λ)</code>. The paper's: <code>AdamW(α, weight_decay=λ / α)</code>. PyTorch's SGD and Adam: <code>kernel_regularizer=keras.regularizers.L2(λ / 2)</code> in each layer, and <code>bias_regularizer</code> too.</details>
#
# <details><summary>In practice: biases, and which λ</summary>
#
# AdamW decays every variable, biases too. Recipes such as that of BERT, a large language model, leave out the biases and
# the layers that normalise. In Keras you must say so before `model.fit`:
# `optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])`. It takes every variable whose name
# contains one of the words; `gamma` and `beta` are the variables of layers that normalise.
#
# Which $\lambda$ is good? Start from what worked for others, 0.01 (BERT: Devlin and others, 2019) or 0.1 (GPT-3: Brown
# and others, 2020). Then choose it on validation data together with $\eta$, because each step takes the fraction
# $\eta\lambda$ off a weight.
#
# </details>
#
# ## 6 Schedules
#
# Part 2 left a conflict: a large $\eta$ is good early, a small one late. A schedule gives you both. Lesson 02 had one,
# $\eta/\sqrt t$. Two others are common. Here $\eta_t$ is the rate that the schedule has at step $t$.
#
# - A **warm-up** raises the rate in a straight line, $\eta_t = \eta\, t/W$, during the first $W$ steps. Here it is
#   `linear_warmup`.
# - A **cosine schedule** lowers the rate along half a cosine, from $\eta$ to nearly 0 at the last step $T$.
#
# The two can be joined. The rate rises for $W$ steps, and then, for $t > W$, half a cosine takes it down:
#
# $$\eta_t = \frac{\eta}{2}\Big(1 + \cos \pi\, \frac{t - W}{T + 1 - W}\Big)$$
#
# ### Exercise 5: write it
#
# Write the cosine with its warm-up. `steps` is $T$, and `warmup` is $W$. The first step is $t = 1$, and its rate is
# already $\eta/W$, so that no step is wasted. (With `warmup=1` there is no warm-up: the first step has $\eta$.) Call
# `hint("cosine_at")` for help.


# %%
def cosine_at(t, learning_rate, steps, warmup):
    # BEGIN SOLUTION
    if t <= warmup:
        return learning_rate * t / warmup
    done = (t - warmup) / (steps - warmup + 1)
    return learning_rate * (1 + np.cos(np.pi * done)) / 2
    # END SOLUTION


cosine_at = check(cosine_at, "cosine_at")

# %%
steps = np.arange(1, 301)
shown = {
    "η, cosine": lambda t: cosine_at(t, 1.0, 300, 1),
    "η, warm-up of 30 steps, then cosine": lambda t: cosine_at(t, 1.0, 300, 30),
}
drawn = {name: np.array([rate_at(t) for t in steps]) for name, rate_at in shown.items()}
plots.lines(drawn, x=steps, ylabel="learning rate / η", log=False)

# %% [markdown]
# Look at the two starts. The cosine alone begins at $\eta$, and the warm-up leads up to it. Both stay high for long.
#
# Does a cosine cure the noise of part 1? We take 300 steps in the noisy ravine, with eight values of $\eta$, constant and
# with a cosine. Each point is the mean of 1,000 runs.

# %%
shapes = {
    "adam, constant": lambda rate: lambda t: rate,
    "adam, cosine": lambda rate: lambda t: cosine_at(t, rate, 300, 1),
}
tried = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0]
annealed = {
    name: np.array([losses_of(300, 5.0, 1000, learning_rate=shape(rate))[-1] for rate in tried])
    for name, shape in shapes.items()
}
for name, ends_of in annealed.items():
    print(f"{name:14} best at {tried[ends_of.argmin()]:<4g}: {ends_of.min():.2f}", end=", ")
    print(f"{(ends_of < 0.2).sum()} of {len(tried)} rates end below 0.2")
plots.lines(annealed, x=tried, xlabel="η", ylabel="loss after 300 steps", log_x=True)

# %% [markdown]
# Compare the lowest points first: the cosine ends lower than any constant rate. Then compare the widths: the cosine's
# valley is wider. With a cosine you may miss the best $\eta$ by more and still end low.
#
# In Keras the same schedule takes four numbers. Keras counts steps from 0, so two of them need care. Its first step
# already has the rate $\eta/W$, so its warm-up takes the other $W - 1$ steps. Its cosine takes $T - W + 1$ steps, because
# the rate would be 0 one step after the last one. (To load Keras takes some seconds.)

# %%
from adamlib.keras_check import equals_schedule, keras

rate, T, W = 0.01, 70, 7
theirs = keras.optimizers.schedules.CosineDecay(
    rate / W,  # the rate of the first step
    T - W + 1,  # how many steps the cosine takes
    warmup_target=rate,
    warmup_steps=W - 1,  # how many steps the warm-up takes after the first
)
equals_schedule("cosine_at", lambda t: cosine_at(t, rate, T, W), theirs, steps=T)

# %% [markdown]
# The schedule stands where a number stood: `model.compile(keras.optimizers.Adam(theirs), ...)`. `model.fit` then moves
# it by one step for each batch, so $T$ is the number of epochs times the batches of one epoch.
#
# <details><summary>In practice: an unknown T, and a warm-up from 0</summary>
#
# If you do not know $T$, the callback `keras.callbacks.ReduceLROnPlateau` lowers the rate when the validation loss has
# not fallen for some epochs. The example in Keras's documentation and BERT's code start the warm-up at 0; then the first
# step does not move $x$ at all.
#
# </details>
#
# ## 7 Warm-up on real data
#
# In the ravine a cosine was enough. And on real data? We train a network on pieces of clothing (Fashion-MNIST). It
# has one layer more than the models before: from the pixels $p$ it computes 64 *hidden units* $h = \max(0, W_1 p +
# b_1)$, and from them the scores $W_2 h + b_2$ of the ten classes. The function $\max(0, x)$ is called **ReLU**. A
# training has three epochs of 60 batches, and a warm-up takes 18 of these 180 steps. Each schedule gets four learning
# rates and three seeds. The loss is that of 1,000 validation images, which also choose the best rates.

# %%
quiz("07.alone")

# %%
clothes = experiments.clothes(epochs=3)
real_shapes = {
    "adam, constant": lambda rate: rate,
    "adam, warm-up": lambda rate: linear_warmup(rate, 18),
    "adam, cosine": lambda rate: lambda t: cosine_at(t, rate, 180, 1),  # yours
    "adam, warm-up and cosine": lambda rate: lambda t: cosine_at(t, rate, 180, 18),
}
real_rates = [0.003, 0.01, 0.03, 0.1]
done = {}  # interrupted, the next cell goes on when you run it again


# %% tags=["about: 07 at 0.1 warm-up ends below constant"]
def of_each(name, measure):
    """What a function of the parameters finds after each training; shape (seeds, rates)."""
    return np.array([[measure(done[name, r, s].params) for r in real_rates] for s in SEEDS])


experiments.train_schedules(clothes, rules.adam, real_shapes, real_rates, SEEDS, done)
at_end = {name: of_each(name, clothes.held_out_loss) for name in real_shapes}
print(f"{'mean validation loss':26}", *(f"η = {rate:<7g}" for rate in real_rates))
for name, losses in at_end.items():
    print(f"{name:26}", *(f"{loss:<11.2f}" for loss in losses.mean(axis=0)))

# %% [markdown]
# Look at the column of 0.03 first: three losses lie close together, and only warm-up with cosine ends lower. At 0.1 both
# schedules with a warm-up end far below the two without. Three seeds do not carry much, so here are thirty.

# %%
both = "warm-up with cosine"
experiments.evidence(
    *(f"07 {alone} ends below constant" for alone in ("warm-up", "cosine")),
    *(f"07 {both} ends below {other}" for other in ("constant", "warm-up", "cosine")),
    "07 at 0.1 warm-up ends below constant",
)

# %% [markdown]
# Where a row names no rate, each schedule has its own best one. Neither a warm-up alone nor a cosine alone clearly
# helps: it depends on the seed whether it ends below the constant rate. Both together end lowest, by 0.04 to 0.05,
# with 29 or 30 of the 30 seeds. And when $\eta$ is far too large, as 0.1 is here, a warm-up limits the damage with every
# seed.
#
# Why does each need the other? Look at the rate 0.03, where warm-up with cosine is best. The others are best at
# smaller rates, so 0.03 must do them some harm. A hidden unit is **dead** if its ReLU gives 0 for every image. Then its
# gradient is 0 as well, and what $m$ still remembers only pushes it on, so hardly any unit comes back. One long step
# can kill a unit, and Adam's first step moves nearly every weight by $\eta$. Let us count the dead units during the run.


# %%
def dead_units(rate, seed):
    """How many of the 64 units are dead at each of the moments of a training."""
    run = enumerate(clothes.training(rules.adam, rate, seed))
    return [experiments.dead_units(clothes, now.params) for t, now in run if t in moments]


moments = [1, 2, 3, 5, 8, 12, 18, 30, 50, 90, 130, 180]
rates_of = {"adam, constant at 0.03": 0.03, "adam, warm-up to 0.03": linear_warmup(0.03, 18)}
deaths = {name: np.array([dead_units(r, s) for s in SEEDS]) for name, r in rates_of.items()}
plots.lines(deaths, x=moments, ylabel="dead units of 64", log=False, log_x=True)

# %% [markdown]
# Look at step 1: the constant rate kills at once, and the warm-up does not. (A band goes from the least to the largest
# of the three seeds. With a cosine both lines stay nearly the same.) Here are the numbers of thirty seeds.

# %%
experiments.evidence(
    "07 dead after one step of 0.03",
    "07 dead at the end, constant at 0.03",
    "07 dead at the end, warm-up to 0.03",
    *(f"07 at 0.03 {both} ends below {alone}" for alone in ("warm-up", "cosine")),
)

# %% [markdown]
# The rate 0.03 does harm twice. Early, it kills: after its first step 19 of the 64 units are dead, and at the end 44. The
# warm-up does not prevent all deaths, but at the end only 25 are dead. Late, 0.03 is a large rate in noise, as in part 2.
# A warm-up alone keeps more units alive, but the rate stays large. A cosine alone lets the rate fall, but the units are
# dead. Both together end 0.08 to 0.09 below either alone, with every seed. This explanation fits the numbers; it need not
# be the only one.
#
# ## Where it fails
#
# You have four knobs, a schedule and a $\lambda$ now, and nobody has the time to tune all of them. So learn to see in the
# loss which of them to turn:
#
# | row | what you see | what to turn |
# | --- | --- | --- |
# | 1 | the loss falls to a level, and trembles there | let $\eta$ fall, with a cosine |
# | 2 | the loss falls slowly, in long waves | a smaller $\beta_1$, and $\eta$ again |
# | 3 | only small rates survive the first steps | a warm-up, together with a cosine |
# | 4 | one step after small gradients is too long | $\beta_2$ at 0.99 or 0.95 |
# | 5 | a tiny loss bursts out, again and again | a larger $\epsilon$, and $\eta$ again |
#
# ### Exercise 6: diagnose
#
# Here are three runs of Adam in the ravine (a line may be the mean of several). Which row of the table does each of them
# show?

# %%
failures = experiments.failing_runs(SEEDS[0])
plots.lines(failures)

# %%
# BEGIN SOLUTION
# STUB row_of_a, row_of_b, row_of_c = ..., ..., ...
row_of_a, row_of_b, row_of_c = 5, 1, 2
# END SOLUTION
check_answer("07.diagnose", row_of_a, row_of_b, row_of_c)

# %% [markdown]
# One question stays open: how far do the defaults get you on a real network?
#
# **Recap**
#
# 1. In noise Adam's late loss is about $\eta\sigma/4$ for each coordinate, nearly whatever $\beta_1$ is. There a cosine
#    lowers it.
# 2. An $\epsilon$ far above $\sqrt v$ makes Adam momentum, with the learning rate $\eta(1 - \beta_1)/\epsilon$. On our
#    real data it did not help.
# 3. Convert $\epsilon$, momentum and `weight_decay`; do not copy them. In Keras a cosine over $T$ steps, with $W$ of
#    warm-up, takes $T - W + 1$ steps, and its warm-up $W - 1$.
# 4. On real data neither a warm-up nor a cosine alone gained anything that thirty seeds could show. Both together
#    did, with 29 or 30 of the 30 seeds.

# %%
progress("07")

# %% [markdown]
# **Next:** [lesson 08, Training networks](08-training-networks.ipynb), trains a real network at the defaults and tuned,
# and says what is worth your time.
#
# **Sources.** D. Kingma and J. Ba, *Adam: a method for stochastic optimization*, 2015. I. Loshchilov and F. Hutter,
# *SGDR: stochastic gradient descent with warm restarts*, 2017, and *Decoupled weight decay regularization*, 2019. P.
# Goyal and others, *Accurate, large minibatch SGD*, 2017. J. Devlin and others, *BERT*, 2019 (appendix A.2, and
# `optimization.py` of its code). T. Brown and others, *Language models are few-shot learners*, 2020 (appendix B). And the libraries' sources, named in
# `adamlib/conventions.py`.

# %% tags=["solution"]
# What the text says: simulations within their error, of 200 runs or more; what is trained, as the table has it.
from adamlib.experiments import CLAIMS, carried
from adamlib.conventions import (
    epsilon_from_paper,
    l2_from_pytorch,
    momentum_from_pytorch,
    momentum_outside,
    weight_decay_from_paper,
)
from adamlib.descent import sweep
from adamlib.keras_check import equals_conventions, largest_difference, tf

equals_conventions()

assert abs(defaults_fail["adam, η = 0.1, with noise"][-100:].mean() - 0.24) < 0.05
slow, fast = (defaults_fail[name] for name in ("adam, η = 0.1", "adam, η = 0.4, β₁ = 0.5"))
assert fast[84:].max() < 1e-20 and 0.0025 < slow[84] < 0.0035
waves = [np.flatnonzero((c[1:-1] < c[:-2]) & (c[1:-1] < c[2:])) for c in (slow, fast)]  # dips
assert min(np.diff(waves[0][1:]).mean(), 15) > 1.5 * np.diff(waves[1][waves[1] < 84]).mean() > 0
for name in (dict(learning_rate=0.4), dict(beta_1=0.5)):
    assert 0.001 <= losses_of(84, **name)[-1] < 0.01
assert abs(curve[-1000:].mean() / 0.05 - 1) < 0.15
assert 1.05 < late["learning_rate", 0.5] < 1.15  # an eighth below 1.25
for eta in knobs["learning_rate"]:
    assert abs(late["learning_rate", eta] / (eta * 5 / 2) - 1) < 0.25
assert early["learning_rate", 0.5] < early["learning_rate", 0.1] < early["learning_rate", 0.03]
by_beta_1 = [late["beta_1", beta_1] for beta_1 in knobs["beta_1"]]
assert max(by_beta_1) < 1.35 * min(by_beta_1)
assert curves["beta_1"][0.99][150:250].max() > 2 * curves["beta_1"][0.9][150:250].max()
assert late["beta_2", 0.5] > 1.25 * late["beta_2", 0.999]
assert abs(late["beta_2", 0.9] / late["beta_2", 0.999] - 1) < 0.1
assert late["epsilon", 10.0] < 0.1 and early["epsilon", 10.0] > 2 * early["epsilon", 1e-7]
assert late["epsilon", 100.0] > 1
longest = [0.1 / np.sqrt((1 - b) * (1 - 0.9**2 / b)) for b in (0.999, 0.99, 0.95)]
assert [f"{step:.1f}" for step in longest] == ["7.3", "2.3", "1.2"]
assert np.allclose(by_size[4:, 12], by_size[:-4, 11], rtol=0.05)  # ten times both
finer = experiments.adam_grid(ravine, 84, np.logspace(-3, 5, 1200), [0.9], [0.999], epsilons)
assert finer[:, 0, 0, 0].min() < by_size.min()
assert np.allclose(by_size[etas < 0.3, 0], by_size[etas < 0.3, 3], rtol=0.05)
settings = dict(learning_rate=lambda t: 1e5 * (1 - 0.9**t) / (1 - 0.999**t) ** 0.5, epsilon=1e6)
as_adam = descend(rules.adam, ravine.gradient, ravine.start, 84, **settings).trajectory
momentum = descend(rules.momentum, ravine.gradient, ravine.start, 84, learning_rate=0.01)
assert np.abs(as_adam - momentum.trajectory).max() < 1e-3
rates = np.geomspace(0.01, 10, 40)
knobs = dict(learning_rate=rates, beta_1=betas[:, None])
clicked = sweep(rules.adam, ravine.gradient, ravine.start, 84, **knobs)
final = ravine(clicked.trajectory[-1])  # shape (betas, rates)
assert final[:, rates < 0.05].min() > 0.1 and final[(betas > 0.89) & (betas < 0.91)].min() > 1e-4
assert np.isclose(betas[35], 0.7) and final[35, rates > 0.5].max() < 1e-8
few = np.abs(rates - 0.2).argmin()
assert final[:30, few + 1 : few + 4].max() < 1e-8 and final[25, rates < 0.11].min() > 1e-3
same = {}  # how often each coordinate is not at 0 in the speckled corner, by L and start of x₂
for steep, start in ((20, 1), (1, 1), (20, 4)):
    slopes, place = np.array([[1.0], [steep]]), np.array([-4.0, start])
    run = sweep(rules.adam, lambda x, slopes=slopes: slopes * x, place, 84, **knobs)
    corner = run.trajectory[-1][:, :30, rates > 0.6]
    same[steep, start] = (np.abs(corner) > 1e-3).mean(axis=(1, 2))
assert np.allclose(same[20, 1], same[1, 1], atol=0.02) and same[20, 1][1] > 1.5 * same[20, 1][0]
assert np.ptp(same[20, 4]) < 0.02
speckled = np.log10(final[:30, rates > 2])  # neighbours differ by powers of ten
assert (np.abs(np.diff(speckled)) > 1).mean() > 0.5
for beta_1, mean_length in ((0.9, 7), (0.0, 2)):  # of steps one way, late in the noise
    many = np.repeat(ravine.start[:, None], 200, axis=1)
    slopes = noisy(ravine, np.random.default_rng(SEEDS[0]), 5.0).gradient
    late_run = sweep(rules.adam, slopes, many, 1000, learning_rate=0.1, beta_1=beta_1)
    way = np.sign(np.diff(late_run.trajectory, axis=0))[-500:]
    assert abs(1 / (way[1:] != way[:-1]).mean() / mean_length - 1) < 0.2
warning = " ".join(tf.compat.v1.train.AdamOptimizer.__init__.__doc__.split())
good = "when training an Inception network on ImageNet a current good choice is 1.0 or 0.1"
assert good in warning
late_bursts = {epsilon: curve[2000:].max() for epsilon, curve in bursts.items()}
assert min(late_bursts[epsilon] for epsilon in (1e-7, 0.05)) > 1e-7
assert max(bursts[epsilon].min() for epsilon in (1e-7, 0.05)) < 1e-10
assert yours == 0.053 and max(late_bursts[epsilon] for epsilon in (yours, 0.1, 1.0)) < 1e-60
later = losses_of(8000)  # with the default β₂
assert 6900 < 2000 + np.argmax(later[2000:] > 1e-3) < 7300 and 0.06 < later[2000:].max() < 0.1
for name, scores in by_epsilon.items():
    best, *large = scores.values()
    for epsilon, score in zip(("0.1", "1"), large, strict=True):
        claim = f"07 ε = 1e-7 ends below ε = {epsilon} on {name}"
        carried(claim, score.held_out - best.held_out, share=1, mean="0.03")
    carried(f"07 the best rate grows with ε on {name}", share=1)
slow = tasks["digits"].train(rules.adam, 0.001, SEEDS[0], epsilon=1.0)
loss = tasks["digits"].held_out_loss(slow.params)
carried("07 Adam with ε = 1 at its default rate", loss, mean="2.29")
assert np.round((1 - 0.999 ** np.array([1, 84])) ** 0.5, 2).tolist() == [0.03, 0.28]
assert np.allclose(left["decoupled"], 0.61, atol=0.02) and (np.diff(left["L2"]) > 0.1).all()
assert left["L2"][0] < 0.4 and left["L2"][2] > 0.95
least = {name[6:]: ends_of.min() for name, ends_of in annealed.items()}
assert least["cosine"] < 0.8 * least["constant"]
low = [(ends_of < 0.2).sum() for ends_of in annealed.values()]
assert low[0] <= 2 and low[1] >= 5
losses = {name[6:]: values for name, values in at_end.items()}  # shape (seeds, rates)
tuned = {name: values[:, values.mean(axis=0).argmin()] for name, values in losses.items()}
for name in ("constant", "warm-up", "cosine"):
    claim = f"07 warm-up with cosine ends below {name}"
    carried(claim, tuned[name] - tuned["warm-up and cosine"])
    assert CLAIMS[claim].share > 0.95 and 0.035 < CLAIMS[claim].mean < 0.055
for name, shown in (("warm-up", 20), ("cosine", 18)):
    gain = tuned["constant"] - tuned[name]
    carried(f"07 {name} ends below constant", gain, separated=False, shown=shown)
    gain = losses["constant"] - losses[name]
    carried(f"07 at 0.03 {name} ends below constant", gain[:, 2], separated=False)
    if name == "warm-up":
        carried("07 at 0.1 warm-up ends below constant", gain[:, 3], share=1)
    gain, claim = (
        losses[name] - losses["warm-up and cosine"],
        f"07 at 0.03 {both} ends below {name}",
    )
    carried(claim, gain[:, 2], share=1, mean={"warm-up": "0.09", "cosine": "0.08"}[name])
carried("07 warm-up with cosine ends below constant", share=1)
means = {name: values.mean(axis=0) for name, values in losses.items()}
assert [means[name].argmin() == 2 for name in losses] == [False] * 3 + [True]
for name in ("constant", "warm-up"):
    carried(f"07 {name} at its best ends below {name} at 0.1", share=1)
constant, warm = (deaths[name] for name in rates_of)  # shape (seeds, moments)
carried("07 dead after one step of 0.03", constant[:, 0], mean="19")
carried("07 dead after one step of 0.03 / 18", warm[:, 0], mean="0")
carried("07 dead at the end, constant at 0.03", constant[:, -1], mean="44")
carried("07 dead at the end, warm-up to 0.03", warm[:, -1], mean="25")
carried("07 at 0.03 warm-up leaves fewer units dead than constant", share=1)
falling = dict(zip(rates_of, (cosine(0.03, 180), cosine(0.03, 180, warmup=18)), strict=True))
for name, rate_at in falling.items():
    with_cosine = np.array([dead_units(rate_at, seed) for seed in SEEDS])
    assert np.abs(with_cosine - deaths[name]).mean(axis=0).max() < 5
died, back = 0, 0
for seed in SEEDS:
    run = enumerate(clothes.training(rules.adam, 0.03, seed))
    scores = (now.params[:2] for t, now in run if t in (1, 180))
    first, last = (np.all(clothes.part[0] @ W1 + b1 <= 0, axis=0) for W1, b1 in scores)
    died, back = died + first.sum(), back + (first & ~last).sum()
assert back <= 0.05 * died
lost = keras.optimizers.Adam(
    keras.optimizers.schedules.CosineDecay(0.0, 9, warmup_target=0.01, warmup_steps=5)
)
x = keras.Variable([1.0])
lost.apply([keras.ops.ones(1)], [x])
assert float(x[0]) == 1
in_numpy = tasks["digits"].train(rules.adam, lambda t: cosine_at(t, rate, T, W), SEEDS[0])
in_keras = tasks["digits"].train_keras(keras.optimizers.Adam(theirs), SEEDS[0])
assert largest_difference(in_numpy.params, in_keras.params) < 1e-4
sides = {}
for rate in (0.01, lambda t: 0.01 if t < 101 else 0.001):
    for rule, knobs in (
        (momentum_outside, dict(learning_rate=rate)),
        (rules.momentum, dict(learning_rate=rate)),
        (rules.momentum, momentum_from_pytorch(rate, 0.9)),
    ):
        run = descend(rule, ravine.gradient, ravine.start, 130, **knobs)
        sides.setdefault(rate, []).append(run.trajectory)
(pytorch, keras_own, converted), (pytorch_falling, keras_falling, converted_falling) = (
    sides.values()
)
assert max(np.abs(way - pytorch).max() for way in (keras_own, converted)) < 1e-12
assert np.abs(converted_falling - pytorch_falling).max() < 1e-12
assert np.abs(keras_falling - pytorch_falling).max() > 1e-3
assert np.isclose(weight_decay_from_paper(0.0001, 0.0005), 0.2) and l2_from_pytorch(0.1) == 0.05
layer = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
layer.build((None, 1))
apart = keras.optimizers.AdamW(0.1, weight_decay=0.5)
apart.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
apart.apply([keras.ops.zeros_like(w) for w in layer.weights], layer.weights)
assert np.allclose([w.numpy().item() for w in layer.weights], [0.95, 1])
scaled = keras.layers.LayerNormalization()
scaled.build((None, 1))
assert [variable.name for variable in scaled.weights[:2]] == ["gamma", "beta"]
decayed = keras.Variable([1.0])
keras.optimizers.Adam(0.1, weight_decay=0.5).apply([keras.ops.zeros(1)], [decayed])
assert abs(float(decayed[0]) - 0.95) < 1e-6
assert round(1 / (1 - 0.999) ** 0.5) == 32 == round(1 / epsilon_from_paper(1.0)(1))
rising = keras.optimizers.schedules.PolynomialDecay(0.01 / 7, 6, 0.01)
equals_schedule("linear_warmup", linear_warmup(0.01, 7), rising, steps=70)
equals_schedule("cosine", cosine(0.01, 70), keras.optimizers.schedules.CosineDecay(0.01, 70), 70)
