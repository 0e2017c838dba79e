# %% [markdown]
# # 7. Adam's knobs
#
# Adam often works with its default settings. When it does not, you have four knobs and a schedule to turn. This lesson
# begins with a run that goes wrong, and near the end you repair it. At the end of this lesson you will be able to
#
# - say what each knob does, and which knobs act together,
# - say when a large $\varepsilon$ helps, and how large it must be,
# - write a warm-up with a cosine, give it to Keras, and say what it does for a run,
# - tell from a loss curve which knob to turn.
#
# | part | minutes |
# | --- | --- |
# | [1 A run that goes wrong](#1-A-run-that-goes-wrong) | 5 |
# | [2 One knob at a time](#2-One-knob-at-a-time) | 8 |
# | [3 Two knobs at a time](#3-Two-knobs-at-a-time) | 4 |
# | [4 A large epsilon](#4-A-large-epsilon) | 8 |
# | [5 A schedule](#5-A-schedule) | 7 |
# | [6 A cosine in noise](#6-A-cosine-in-noise) | 3 |
# | [7 The repair](#7-The-repair) | 8 |
# | [Where it fails](#Where-it-fails) | 5 |
# | in all | 48 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
#
# You need lessons [02](02-stochastic-gradient-descent.ipynb) (noise), [03](03-momentum.ipynb) and [06](06-adam.ipynb).
# Terms printed in bold are collected in the [glossary](glossary.ipynb); all rules on one page are in the
# [cheat sheet](cheat-sheet.ipynb).
#
# The knobs are $\eta$ (Keras's `learning_rate`, the paper's $\alpha$), $\beta_1$, $\beta_2$ and $\varepsilon$. Keras's
# defaults are 0.001, 0.9, 0.999 and $10^{-7}$.
#
# ## 1 A run that goes wrong
#
# Here a small network learns to recognise pieces of clothing (Fashion-MNIST), with Adam at $\eta = 0.1$. The loss is
# measured on 1,000 *validation* images, which the training does not use. A guess, which gives each of the ten classes
# the same chance, has a loss of 2.3.

# %%
import numpy as np

from adamlib import experiments, plots, rules, schedules
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.explorers import hyperparameter_map
from adamlib.surfaces import noisy, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them


# %% tags=["about: 07 constant at its best ends below constant at 0.1"]
def validation_losses(rate, epochs=3):
    """The validation loss at the start and after each step; the rate may be a function of t."""
    task = experiments.clothes(epochs=epochs)
    run = task.training(rules.adam, rate, SEEDS[0])
    return np.array([task.held_out_loss(now.params) for now in run])


goes_wrong = validation_losses(0.1)
plots.lines({"adam, η = 0.1": goes_wrong}, ylabel="validation loss")

# %% [markdown]
# Look at the first steps. The loss jumps to more than ten times its first value. Then it comes down, but after 180
# steps it is still at about 1.2. In part 7 you will bring it below 0.6 with only 60 steps.
#
# In a network we cannot see what a knob does. So we first turn the knobs in the ravine of lesson 01, whose curvatures
# are 1 and 20. Adam can fail there in two other ways. For the dotted line we add random noise with standard deviation
# 5 to each coordinate of each gradient, and draw the mean of 200 runs.


# %%
def losses_of(steps, noise=0.0, runs=1, **knobs):
    """The mean loss of Adam's runs in the ravine, at the start and after each step."""
    valley = noisy(ravine, np.random.default_rng(SEEDS[0]), noise)
    settings = {"learning_rate": 0.1} | knobs  # both; where they differ, knobs counts
    return experiments.loss_of_runs(rules.adam, valley, steps, runs, **settings)


in_noise = dict(noise=5.0, runs=200)
defaults_fail = {
    "adam, η = 0.1": losses_of(200),
    "adam, η = 0.4, β₁ = 0.5": losses_of(200, learning_rate=0.4, beta_1=0.5),
    "adam, η = 0.1, with noise": losses_of(200, **in_noise),
}
plots.lines({label: np.maximum(curve, 1e-20) for label, curve in defaults_fail.items()})

# %% [markdown]
# - **The solid line falls slowly, in long waves.** With $\beta_1 = 0.9$ the average $m$ keeps old gradients for a long
#   time, so Adam runs past the minimum and comes back.
# - **The dashed line cures this** with a smaller $\beta_1$ and a larger $\eta$. By step 84, where lesson 01 stopped, it
#   has reached $10^{-20}$, where the figure is cut off. Neither change alone comes near this.
# - **The dotted line shows the other failure.** In noise the loss stops at about 0.24 and falls no further.
#
# ## 2 One knob at a time
#
# We stay in the noise, and turn one knob at a time. Late in a run nearly all of each gradient is noise, so Adam's
# $\sqrt v$ is about 5, the size of the noise. First make a guess about $\varepsilon$.

# %%
quiz("07.epsilon")

# %% [markdown]
# Now come the runs, of 1,000 steps each. The knobs that we do not turn stay at $\eta = 0.1$ and at Keras's defaults.
# Two numbers stand in the legends: *early* is the loss after 25 steps (the grey line), and *late* is the mean loss of
# the last 200 steps (the grey band).

# %%
knobs = {
    "learning_rate": [0.03, 0.1, 0.5],
    "beta_1": [0.0, 0.9, 0.99],
    "beta_2": [0.5, 0.9, 0.999],
    "epsilon": [1e-7, 1.0, 10.0],
}
curves = {
    knob: {value: losses_of(1000, **in_noise, **{knob: value}) for value in values}
    for knob, values in knobs.items()
}
plots.by_knob(curves, "adam", early=25, late=200)

# %% [markdown]
# Read the legends, panel by panel.
#
# - **η.** A larger learning rate is faster early and worse late. No constant value is good at both times.
# - **β₁.** Too large a value, 0.99, is slow early. Late, $\beta_1$ hardly matters.
# - **β₂.** It matters only when it is small. At 0.5, a few small gradients in a row make $v$ small. Then the next step
#   is long.
# - **ε.** An $\varepsilon$ of 10 makes the steps shorter, as a smaller $\eta$ does: slow early, better late. Compare
#   its two numbers with those of $\eta = 0.03$: it is no better than that.
#
# So in noise the late loss depends on $\eta$ alone, as long as $\beta_2$ is near its default and $\varepsilon$ is far
# below $\sqrt v$. You can even say how large it will be.
#
# ### Exercise 1: derive
#
# In lesson 02 the mean of sgd's $x^2$ came to rest at about $\eta/2$. There the curvature was 1, and so was the noise.
# With curvature $L$ and noise of standard deviation $\sigma$ the same steps lead to $\eta\sigma^2/(2L)$. The loss is
# $L/2$ times this. So each coordinate adds $\eta\sigma^2/4$ to sgd's late loss, whatever its curvature. Now use this
# for Adam. With which $\eta$ is Adam's late loss in this ravine about 0.05?
#
# <details><summary>Hint</summary>How large is √v in pure noise? Adam divides each gradient by it: which learning rate would sgd need for steps of the same length?</details>

# %%
# BEGIN SOLUTION
# STUB eta = ...
eta = 0.02  # √v is σ, so sgd's rate is η/σ, and the late loss 2 · ησ/4 = 2.5 η
# END SOLUTION
check_answer("07.floor", eta)

# %%
if eta is not ...:
    curve = losses_of(2000, learning_rate=eta, **in_noise)
    print(f"With η = {eta:g} the late loss is {curve[-1000:].mean():.3f}.")

# %% [markdown]
# <details><summary>The derivation, when you have solved it</summary>In pure noise √v is σ. The average m spreads each gradient over many steps, but its weights add up to 1. So each gradient moves x as far as in sgd with the learning rate η/σ. In (η/σ) σ²/4 one σ cancels. So each coordinate has a late loss of <b>ησ/4</b>, and the ravine, which has two, ησ/2.</details>
#
# ## 3 Two knobs at a time
#
# Which knobs act together? A map can show it. Each cell of this map is a run of 84 steps in the ravine without noise.
# The colour shows the loss at the end, on a log scale, from dark blue, $10^{-16}$ or less, to yellow, as high as at the
# start. The marked cell is part 1's solid line, and its path is drawn beside the map. You may turn one knob alone, so
# click along its row, or along its column. Do you come to the dark block?

# %%
rates, betas = np.geomspace(0.01, 10, 40), np.linspace(0, 0.98, 50)
axes = ("learning_rate", rates), ("beta_1", betas)
hyperparameter_map(rules.adam, ravine, *axes, steps=84, pick=(0.1, 0.9))

# %% [markdown]
# You do not: no cell of its row or of its column comes below $10^{-5}$. Only a smaller $\beta_1$ and a larger $\eta$
# together reach the dark block, as in part 1. So tune these two knobs together. Outside the block a run fails in one of
# three ways.
#
# - **On the left η is too small.** Adam does not arrive in 84 steps.
# - **At the top β₁ is too large.** Adam runs past the minimum in long waves, as in part 1.
# - **At the lower right η is too large.** Single steps leap far over the minimum. Above the yellow corner the map is
#   speckled, because the ends of neighbours differ by powers of ten.
#
# **And β₂?** At the defaults Adam's longest step is $7.3\,\eta$ (lesson 06). A smaller $\beta_2$ shortens it, but below
# $\beta_2 = \beta_1$ it grows again, and from $\beta_1^2 = 0.81$ down it has no bound. So touch $\beta_2$ rarely, and
# keep it above $\beta_1$.
#
# ## 4 A large epsilon
#
# The default $\varepsilon$ is tiny. Yet the documentation of Adam in TensorFlow 1 said that for Inception, a large
# network for photographs, "a current good choice is 1.0 or 0.1". What does such a large $\varepsilon$ do?
#
# At the default $\beta_2$ the bias correction is over after some thousand steps. From then on Adam's step is
# $-\eta\, m_t/(\sqrt{v_t} + \varepsilon)$. If $\varepsilon$ is far above $\sqrt v$, then $\sqrt v$ no longer counts. What
# is left of the step is
#
# $$-\frac{\eta}{\varepsilon}\, m_t$$
#
# So a large $\varepsilon$ turns Adam into momentum. (While the bias correction lasts, it makes the steps shorter: at
# step 100 they are less than a third as long.) And only $\eta/\varepsilon$ counts: ten times the $\varepsilon$ needs ten
# times the $\eta$.
#
# ### Exercise 2: derive
#
# Take $\varepsilon = 1000$, far above $\sqrt v$, and $\beta_1 = 0.9$, after the bias correction is over. Which learning
# rate must Adam have to equal momentum with a learning rate of 0.01 and $\mu = 0.9$?
#
# <details><summary>Hint</summary>Momentum adds 0.01 times a new gradient to its velocity. What fraction of a new gradient does Adam's m take in?</details>

# %%
# BEGIN SOLUTION
# STUB eta = ...
eta = 0.01 * 1000 / (1 - 0.9)
# END SOLUTION
check_answer("07.as_momentum", eta)

# %% [markdown]
# **A large ε helps where gradients vanish.** Near a minimum without noise the gradients shrink, and $v$ shrinks with
# them. So Adam divides by less and less, until its steps are too long for the steep direction and the path bursts out
# of the minimum, as in RMSProp's rebound (lesson 05). The burst makes $v$ large, Adam settles, and everything repeats.
# A large $\varepsilon$ stops this, because the divisor never falls below it.
#
# ### Exercise 3: derive
#
# What is the smallest $\varepsilon$ with which Adam settles at $\eta = 0.1$? Momentum settles while its learning rate
# is below $2(1 + \mu)/L$ (lesson 03). The steep direction has $L = 20$. Give two significant digits, and round up.
#
# <details><summary>Hint</summary>By exercise 2, Adam with a large ε is momentum with the learning rate η (1 − β₁)/ε.</details>

# %%
# BEGIN SOLUTION
# STUB smallest = ...
smallest = 0.1 * (1 - 0.9) * 20 / (2 * (1 + 0.9))
# END SOLUTION
check_answer("07.settle", smallest)

# %% [markdown]
# We try the default $\varepsilon$, then a little less than your answer, then your answer. (As long as you have none, we
# take 0.1 for it.) With $\beta_2 = 0.99$ the memory of $v$ is shorter, so the bursts come more often. Each point is the
# highest loss of 50 steps. A loss below $10^{-16}$ is drawn at $10^{-16}$.


# %%
def highest(losses):
    """The highest loss of each 50 steps, at least 1e-16."""
    return np.maximum(losses[1:].reshape(-1, 50).max(axis=1), 1e-16)


yours = 0.1 if smallest is ... else np.ceil(1000 * smallest) / 1000  # rounded up
less = np.round(0.95 * yours, 3)
bursts = {e: losses_of(3000, beta_2=0.99, epsilon=e) for e in (1e-7, less, yours)}
shown = {f"adam, ε = {epsilon:g}": highest(losses) for epsilon, losses in bursts.items()}
plots.lines(shown, x=50 * np.arange(1, 61), ylabel="highest loss of 50 steps")

# %% [markdown]
# All three fall to the bottom of the figure. Then the default bursts out again and again. With the right answer Adam
# settles, and with a little less it still bursts, though less high. Here you may raise $\varepsilon$ alone: in the
# first 200 steps, while the loss falls to about $10^{-8}$, it is far below $\sqrt v$ and hardly slows the run.
#
# But an $\varepsilon$ above $\sqrt v$ needs a larger $\eta$. On the digits of lesson 06, $\varepsilon = 1$ with the
# default $\eta = 0.001$ ends at 2.29, where a guess has 2.30. And on real data, which is noisy, a large $\varepsilon$
# did not help us. With $\varepsilon = 1$ the loss ends about 0.03 higher on the digits and on the film reviews of lesson
# 04, with 30 of 30 seeds, although each $\varepsilon$ has its own best $\eta$.
#
# ## 5 A schedule
#
# Part 2 left a conflict: a large $\eta$ is good early, a small one late. A schedule gives you both, because the rate
# changes during the run. Here $\eta_t$ is the rate at step $t$.
#
# - A **warm-up** raises the rate in a straight line, from $\eta/W$ at step 1 to $\eta$ at step $W$ (Goyal and others,
#   2017).
# - A **cosine schedule** lowers the rate along half a cosine, from $\eta$ to nearly 0 at the last step $T$ (Loshchilov
#   and Hutter, 2017).
#
# The figure joins the two, with $\eta = 0.1$, $W = 5$ and $T = 20$:

# %%
t = np.arange(1, 22)
drawn = [schedules.cosine_at(step, 0.1, 20, 5) for step in t]  # which you write yourself below
plots.lines({"W = 5, T = 20": drawn}, x=t, ylabel="learning rate", log=False, points=True)

# %% [markdown]
# Note the two ends. Step 1 already moves $x$. And the rate reaches 0 at step $T + 1$, one step after the end, so the
# last step still moves $x$ a little.
#
# ### Exercise 4: write it
#
# Write the schedule of the figure. `steps` is $T$, and `warmup` is $W$. With `warmup=1` there is no warm-up: the first
# step has $\eta$. Call `hint("cosine_at")` for help.


# %%
def cosine_at(t, learning_rate, steps, warmup):
    # BEGIN SOLUTION
    if t <= warmup:
        return learning_rate * t / warmup
    done = (t - warmup) / (steps - warmup + 1)
    return learning_rate * (1 + np.cos(np.pi * done)) / 2
    # END SOLUTION


cosine_at = check(cosine_at, "cosine_at")

# %% [markdown]
# <details><summary>The formula, when you have solved it</summary>
#
# $$\eta_t = \frac{\eta}{2}\Big(1 + \cos \pi\, \frac{t - W}{T + 1 - W}\Big) \quad \text{for } t > W$$
#
# </details>
#
# In Keras the same schedule takes four numbers. The last line checks that Keras has the rates of your function at each
# of the 70 steps. (Loading Keras takes some seconds.)

# %%
from adamlib.keras_check import equals_schedule, keras


def falling(rate, steps, warmup=1):
    """Your schedule for one run: a function of t alone."""
    return lambda t: cosine_at(t, rate, steps, warmup)


rate, T, W = 0.01, 70, 7
theirs = keras.optimizers.schedules.CosineDecay(
    rate / W,  # the rate of step 1
    T + 1 - W,  # it falls from step W, the peak, to step T + 1, where it is 0
    warmup_target=rate,
    warmup_steps=W - 1,  # it rises from step 1 to step W: Keras counts from 0
)
equals_schedule("cosine_at", falling(rate, T, W), theirs, steps=T)

# %% [markdown]
# Put the schedule where the number stood: `model.compile(keras.optimizers.Adam(theirs), ...)`. `model.fit` then moves
# it by one step for each batch, so $T$ is the number of epochs times the batches of one epoch.
#
# ## 6 A cosine in noise
#
# Does a cosine cure the noise of part 1? We take 300 steps in the noisy ravine, with eight values of $\eta$, each once
# as a constant rate and once with a cosine. Each point is the mean of 1,000 runs. Guess first: does the cosine need
# the same $\eta$ as the constant rate?

# %%
tried = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0]
thousand = dict(noise=5.0, runs=1000)
ends = {
    "adam, constant": [losses_of(300, learning_rate=r, **thousand)[-1] for r in tried],
    "adam, cosine": [losses_of(300, learning_rate=falling(r, 300), **thousand)[-1] for r in tried],
}
annealed = {name: np.array(losses) for name, losses in ends.items()}
plots.lines(annealed, x=tried, xlabel="η", ylabel="loss after 300 steps", log_x=True, points=True)

# %% [markdown]
# Compare the lowest points first. The cosine ends lower: at 0.08, where the best constant rate ends at 0.14. Too large
# an $\eta$ also harms it less: even at $\eta = 1$ it ends below 0.2.
#
# But at 0.05, the best constant rate, the cosine ends *higher*, at 0.55. Its rate is only half as large on average, too
# small to arrive in 300 steps. So in this ravine the cosine needs a larger $\eta$, two to four times the best constant
# rate.
#
# ## 7 The repair
#
# Let us go back to the network of part 1. In the noisy ravine a cosine was enough. What would you turn here first?

# %%
quiz("07.first")

# %% [markdown]
# Now we try all three, and both schedules together. Each training has three epochs of 60 batches, so 180 steps, and a
# warm-up takes 18 of them. There are three learning rates and one seed. (The 12 trainings take some 5 seconds.)

# %%
real_shapes = {  # each makes a schedule for one learning rate
    "adam, constant": lambda rate: rate,
    "adam, warm-up": lambda rate: schedules.linear_warmup(rate, 18),
    "adam, cosine": lambda rate: falling(rate, 180),
    "adam, warm-up and cosine": lambda rate: falling(rate, 180, 18),
}
real_rates = [0.01, 0.03, 0.1]
done = {}  # interrupted, the next cell goes on when you run it again


# %% tags=["about: 07 at 0.1 warm-up ends below constant"]
clothes = experiments.clothes(epochs=3)
experiments.train_schedules(clothes, rules.adam, real_shapes, real_rates, SEEDS[:1], done)
print("validation loss at η =    ", *(f"{rate:<7g}" for rate in real_rates))
for name in real_shapes:
    row = [clothes.held_out_loss(done[name, rate, SEEDS[0]].params) for rate in real_rates]
    print(f"{name:26}", *(f"{loss:<7.3f}" for loss in row))

# %% [markdown]
# Read the first row from right to left: a smaller constant $\eta$ repairs most of it. Then read the column of 0.03: the
# warm-up with a cosine ends lowest there, and also lower than the whole first row. One seed does not prove much, so
# here are thirty, with 0.003 as a fourth rate. Each method has the $\eta$ with its best mean: 0.03 for both schedules
# together, less for the others.

# %%
both = "warm-up with cosine"
experiments.evidence(
    "07 constant at its best ends below constant at 0.1",
    *(f"07 {shape} ends below constant" for shape in ("warm-up", "cosine", both)),
)

# %% [markdown]
# - **Most of the repair is the smaller η.** It gains 0.72, with 30 of 30 seeds.
# - **Both schedules together gain more.** They gain another 0.05, again with 30 of 30 seeds.
# - **The gain of one schedule alone is uncertain.** Its mean is 0.011 with either. The warm-up ends lower with 20 seeds,
#   and the cosine with 18.
#
# **What does the warm-up do?** It prevents the jump of part 1. At $\eta = 0.1$ Adam's first step moves most of the
# network's 50,000 weights by the full 0.1. With a warm-up the first steps are short. Why the loss also *ends*
# lower when a cosine follows is an open question here: our runs do not answer it.
#
# How long should it be? At $\eta = 0.03$ we also tried 6 and 90 steps in place of 18, with thirty seeds. With 6 the loss
# ends 0.017 higher. With 90, half the run, it ends no higher. So if in doubt, choose a longer one.
#
# ### Exercise 5: repair
#
# Now repair the run of part 1, with only 60 of its 180 steps. Choose a peak rate $\eta$ and a warm-up of $W$ steps.
# Your cosine follows the warm-up. Bring the validation loss below 0.6. ($W = 1$ is a cosine without a warm-up.)
#
# <details><summary>Hint</summary>Which peak rate did best in the table? And how many steps of warm-up were too few there?</details>

# %% tags=["about: 07 after 60 steps warm-up with cosine ends below constant"]
# BEGIN SOLUTION
# STUB peak_rate, warmup = ..., ...
peak_rate, warmup = 0.03, 18
# END SOLUTION
compared = {"adam, η = 0.1": goes_wrong[:61]}
if peak_rate is not ... and warmup is not ...:
    compared["adam, repaired"] = validation_losses(falling(peak_rate, 60, warmup), epochs=1)
check_answer("07.repair", peak_rate, warmup)
plots.lines(compared, ylabel="validation loss")

# %% [markdown]
# ## Where it fails
#
# You now have four knobs and a schedule, and nobody has the time to tune them all. So learn to see from the loss which
# of them to turn:
#
# | row | what you see | what to turn |
# | --- | --- | --- |
# | 1 | the loss falls to a level, and trembles there | let $\eta$ fall, with a cosine |
# | 2 | the loss falls slowly, in long waves | a smaller $\beta_1$, and $\eta$ again |
# | 3 | the loss jumps in the first steps, and stays high | a smaller $\eta$ first; then a warm-up with a cosine |
# | 4 | a tiny loss jumps up, again and again | a larger $\varepsilon$; if that slows the run, $\eta$ too |
# | 5 | the loss falls evenly, but too slowly | a larger $\eta$ |
#
# ### Exercise 6: diagnose
#
# Here are three more runs of Adam. A and C are in the ravine without noise. B is the
# network of part 1 with another setting. Which row of the table does each of them show?

# %%
plots.side_by_side({name: {"adam": run} for name, run in experiments.failing_runs().items()})

# %%
run_b = validation_losses(schedules.linear_warmup(0.03, 18))
plots.lines({"adam, run B": run_b}, ylabel="validation loss")

# %%
# BEGIN SOLUTION
# STUB row_of_a, row_of_b, row_of_c = ..., ..., ...
row_of_a, row_of_b, row_of_c = 4, 1, 2
# END SOLUTION
check_answer("07.diagnose", row_of_a, row_of_b, row_of_c)

# %% [markdown]
# One question stays open: how far do the defaults get you on a real network?
#
# **Recap.**
#
# 1. Where nearly all of each gradient is noise, Adam's late loss is about $\eta\sigma/4$ for each coordinate, almost
#    whatever $\beta_1$ is. So a large $\eta$ is good early, and a small one late.
# 2. Tune $\eta$ and $\beta_1$ together: long waves need a smaller $\beta_1$ and a larger $\eta$. Touch $\beta_2$
#    rarely, and keep it above $\beta_1$.
# 3. An $\varepsilon$ far above $\sqrt v$ makes Adam momentum, with the learning rate $\eta(1 - \beta_1)/\varepsilon$,
#    once the bias correction is over, and needs a larger $\eta$. Near a minimum without noise the bursts stop when
#    $\eta(1 - \beta_1)/\varepsilon$ is below $2(1 + \beta_1)/L$. If this $\varepsilon$ is far below $\sqrt v$ while the
#    loss falls, it may rise alone.
# 4. If the loss jumps at the start, first make $\eta$ smaller. A warm-up lets you use a large rate early, and a cosine
#    takes it away late. At their best rates we are sure of a gain only for the two together.

# %%
progress("07")

# %% [markdown]
# **Next:** [lesson 08, Training networks](08-training-networks.ipynb), trains a real network at the defaults and tuned,
# and says what is worth your time.
#
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### Weight decay, two meanings
#
# A network that sees few examples many times learns them by heart. **Weight decay** pulls all weights towards 0, so
# that only what many examples ask for stays large (Krogh and Hertz, 1992). It helped us a little: on 500 pictures seen
# 60 times each, decoupled decay ($\lambda = 1$) ends 0.007 lower, with 26 of 30 seeds.
#
# The setting `weight_decay` stands for two different things.
#
# - An **L2 penalty** adds $\frac{\lambda}{2} x^2$ to the loss, so it adds $\lambda x$ to every gradient.
# - **Decoupled weight decay** leaves the gradients alone and takes the fraction $\eta\lambda$ off each weight at each
#   step: $x \leftarrow x - \eta\lambda x$.
#
# In sgd without momentum the two are the same. Are they the same in Adam?

# %%
quiz("07.decay")

# %% [markdown]
# So an L2 penalty acts unevenly in Adam: it shrinks the weights with small gradients and hardly touches those with
# large ones. Decoupled decay takes the same fraction off every weight. (In lesson 10 you compute by how much.) When you
# copy a setting, find out which of the two it means:
#
# | where | what `weight_decay` means |
# | --- | --- |
# | PyTorch's `SGD` and `Adam` | L2: $g + \lambda x$ |
# | PyTorch's `AdamW` | decoupled: $x - \eta\lambda x$ |
# | the paper of AdamW | decoupled: $x - \lambda x$, so $\lambda$ is not multiplied by the rate $\alpha$ |
# | every Keras optimizer, also `SGD` and `Adam` | decoupled: $x - \eta\lambda x$ |
#
# In Keras an L2 penalty belongs to a layer: `keras.regularizers.L2(a)` adds $a x^2$ to the loss, without a ½.
#
# ### Exercise 7 ★: convert
#
# You want to repeat three runs in Keras. All have $\eta = \alpha = 0.0005$.
#
# - A PyTorch script has `AdamW(..., weight_decay=0.1)`. Which `weight_decay` does Keras's `AdamW` get?
# - A run follows the formula of the AdamW paper, with $\lambda = 0.0001$. Which `weight_decay` does Keras's `AdamW`
#   get?
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
# <details><summary>In practice: biases, and which λ</summary>
#
# Keras's AdamW decays every variable, biases too. Recipes such as that of BERT, a large language model, leave out the
# biases and the layers that normalise. In Keras you must say so before `model.fit`:
# `optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])`. This leaves out every variable whose
# name contains one of the words; `gamma` and `beta` are the variables of layers that normalise.
#
# Which $\lambda$ is good? Start from what worked for others, 0.01 (BERT: Devlin and others, 2019) or 0.1 (GPT-3: Brown
# and others, 2020). Then choose it on validation data together with $\eta$.
#
# </details>
#
# ### Dead units
#
# The network of part 1 computes 64 *hidden units* from the pixels. Each is $\max(0, z)$, where $z$ is a weighted sum of
# the pixels plus a bias. The function $\max(0, z)$ is called **ReLU**. A hidden unit is **dead** if its ReLU gives 0
# for every training image. Then its gradient is 0 too, so hardly any dead unit comes back.
#
# Over thirty seeds, one step at a constant 0.03 kills 19 of the 64 units, and at the end 44 are dead. With a warm-up to
# 0.03 only 25 are. But dead units do not explain the loss. A constant rate of 0.01 ends with 32 dead, but with a
# loss that is 0.037 lower than that of the warm-up to 0.03, with 23 of 30 seeds.
#
# **Sources.** D. Kingma and J. Ba, *Adam: a method for stochastic optimization*, 2015. A. Krogh and J. Hertz, *A simple
# weight decay can improve generalization*, 1992. I. Loshchilov and F. Hutter,
# *SGDR: stochastic gradient descent with warm restarts*, 2017, and *Decoupled weight decay regularization*, 2019. P.
# Goyal and others, *Accurate, large minibatch SGD*, 2017. J. Devlin and others, *BERT*, 2019 (appendix A.2, and
# `optimization.py` of its code). T. Brown and others, *Language models are few-shot learners*, 2020 (appendix B). The
# libraries' sources are named in `adamlib/conventions.py`.

# %% tags=["solution"]
# What the text says: simulations within their error, of 200 runs or more; what is trained, as the table has it.
from adamlib.experiments import CLAIMS, carried
from adamlib.conventions import l2_from_pytorch, weight_decay_from_paper
from adamlib.descent import descend, sweep
from adamlib.keras_check import equals_conventions, largest_difference, tf

equals_conventions()

assert goes_wrong.max() > 10 * goes_wrong[0] and abs(goes_wrong[-1] - 1.2) < 0.5
repaired = compared["adam, repaired"]
assert repaired[-1] < 0.6 and repaired[:10].max() < 1.5 * repaired[0]
assert abs(defaults_fail["adam, η = 0.1, with noise"][-100:].mean() - 0.24) < 0.05
slow, fast = (defaults_fail[name] for name in ("adam, η = 0.1", "adam, η = 0.4, β₁ = 0.5"))
assert fast[84:].max() < 1e-20 and 0.0025 < slow[84] < 0.0035
waves = [np.flatnonzero((c[1:-1] < c[:-2]) & (c[1:-1] < c[2:])) for c in (slow, fast)]  # dips
assert min(np.diff(waves[0][1:]).mean(), 15) > 1.5 * np.diff(waves[1][waves[1] < 84]).mean() > 0
for name in (dict(learning_rate=0.4), dict(beta_1=0.5)):
    assert losses_of(84, **name).min() > 0.00005
assert abs(curve[-1000:].mean() / 0.05 - 1) < 0.15
late = {(k, v): c[-200:].mean() for k, some in curves.items() for v, c in some.items()}
early = {(k, v): c[25] for k, some in curves.items() for v, c in some.items()}
for eta in knobs["learning_rate"]:
    assert abs(late["learning_rate", eta] / (eta * 5 / 2) - 1) < 0.25
assert early["learning_rate", 0.5] < early["learning_rate", 0.1] < early["learning_rate", 0.03]
by_beta_1 = [late["beta_1", beta_1] for beta_1 in knobs["beta_1"]]
assert max(by_beta_1) < 1.35 * min(by_beta_1)
assert curves["beta_1"][0.99][150:250].max() > 2 * curves["beta_1"][0.9][150:250].max()
assert late["beta_2", 0.5] > 1.25 * late["beta_2", 0.999]
assert abs(late["beta_2", 0.9] / late["beta_2", 0.999] - 1) < 0.1
assert late["epsilon", 10.0] < 0.1 and early["epsilon", 10.0] > 2 * early["epsilon", 1e-7]
assert early["epsilon", 10.0] > 1.2 * early["learning_rate", 0.03]
assert abs(late["epsilon", 10.0] / late["learning_rate", 0.03] - 1) < 0.25
longest = [0.1 / np.sqrt((1 - b) * (1 - 0.9**2 / b)) for b in (0.999, 0.9, 0.82)]
assert [f"{step:.1f}" for step in longest] == ["7.3", "1.0", "2.1"]
correction = [np.sqrt(1 - 0.999**t) / (1 - 0.9**t) for t in (100, 3000)]
assert correction[0] < 1 / 3 and correction[1] > 0.97
by_size = experiments.adam_grid(  # far above √v only η/ε counts
    ravine, 84, np.logspace(-3, 5, 33), [0.9], [0.999], np.logspace(4, 5, 2)
)[:, 0, 0]
assert np.allclose(by_size[4:, 1], by_size[:-4, 0], rtol=0.05)
settings = dict(learning_rate=lambda t: 1e5 * (1 - 0.9**t) / (1 - 0.999**t) ** 0.5, epsilon=1e6)
as_adam = descend(rules.adam, ravine.gradient, ravine.start, 84, **settings).trajectory
momentum = descend(rules.momentum, ravine.gradient, ravine.start, 84, learning_rate=0.01)
assert np.abs(as_adam - momentum.trajectory).max() < 1e-3
rates = np.geomspace(0.01, 10, 40)
knobs = dict(learning_rate=rates, beta_1=betas[:, None])
clicked = sweep(rules.adam, ravine.gradient, ravine.start, 84, **knobs)
final = ravine(clicked.trajectory[-1])  # shape (betas, rates)
arrived = (clicked.trajectory[:, 0] >= 0).any(axis=0)  # x₁, which starts at −4
assert not arrived[:, rates < 0.05].any() and arrived[:, rates < 0.06].any()
slow_steps = (
    np.abs(np.diff(clicked.trajectory[:, 0], axis=0))[..., rates < 0.1] / rates[rates < 0.1]
)
assert slow_steps.max() < 1.001 and (slow_steps < 0.95).mean() > 0.5
assert final[:, rates < 0.09].min() > 1e-4 and final[:, rates < 0.101].min() < 1e-4
row, column = np.abs(betas - 0.9).argmin(), np.abs(rates - 0.1).argmin()
assert min(final[row].min(), final[:, column].min()) > 1e-5
assert min(final[row:].min(), final[:, : column + 1].min()) > 1e-16  # no dark blue there
assert np.isclose(betas[35], 0.7) and final[35, rates > 0.5].max() < 1e-8
few = np.abs(rates - 0.2).argmin()
assert final[:30, few + 1 : few + 4].max() < 1e-8 and final[25, rates < 0.11].min() > 1e-3
assert final[:5, rates > 2].min() > 5  # the yellow corner
speckled = np.log10(final[5:30, rates > 2])  # neighbours differ by powers of ten
assert (np.abs(np.diff(speckled)) > 1).mean() > 0.5
warning = " ".join(tf.compat.v1.train.AdamOptimizer.__init__.__doc__.split())
good = "when training an Inception network on ImageNet a current good choice is 1.0 or 0.1"
assert good in warning
tensorflows = {e: losses_of(3000, beta_2=0.99, epsilon=e) for e in (0.1, 1.0)}
late_bursts = {e: losses[2000:].max() for e, losses in (bursts | tensorflows).items()}
assert min(late_bursts[epsilon] for epsilon in (1e-7, 0.05)) > 1e-7
assert max(bursts[epsilon].min() for epsilon in (1e-7, 0.05)) < 1e-10
assert 100 * late_bursts[0.05] < late_bursts[1e-7]
fell = [np.flatnonzero(bursts[epsilon] < 1e-8)[0] for epsilon in (1e-7, yours)]
assert fell[0] < 200 and fell[1] < 1.05 * fell[0] and 1e-9 < bursts[yours][200] < 1e-7
calm = descend(
    rules.adam, ravine.gradient, ravine.start, 200, learning_rate=0.1, beta_2=0.99, epsilon=yours
)
assert np.sqrt(calm.states["v"]).min() > 7 * yours
assert all(highest(losses)[9] == 1e-16 for losses in bursts.values())
assert yours == 0.053 and max(late_bursts[epsilon] for epsilon in (yours, 0.1, 1.0)) < 1e-60
for name in ("digits", "reviews"):
    carried(f"07 ε = 1e-7 ends below ε = 1 on {name}", share=1, mean="0.03")
    carried(f"07 the best rate grows with ε on {name}", share=1)
digits = experiments.digits()
slow = digits.train(rules.adam, 0.001, SEEDS[0], epsilon=1.0)
carried("07 Adam with ε = 1 at its default rate", digits.held_out_loss(slow.params), mean="2.29")
least = {name[6:]: ends_of.min() for name, ends_of in annealed.items()}
assert least["cosine"] < 0.8 * least["constant"]
ends = {
    (name[6:], rate): end
    for name in annealed
    for rate, end in zip(tried, annealed[name], strict=True)
}
assert min((ends["constant", rate], rate) for rate in tried)[1] == 0.05
assert abs(ends["cosine", 0.05] - 0.55) < 0.05 and abs(ends["constant", 0.05] - 0.14) < 0.02
assert abs(least["cosine"] - 0.08) < 0.01 and abs(least["constant"] - 0.14) < 0.02
assert ends["cosine", 1.0] < 0.2 and max(ends["cosine", r] for r in (0.1, 0.2)) < 0.1
table = [
    [clothes.held_out_loss(done[n, r, SEEDS[0]].params) for r in real_rates] for n in real_shapes
]
table = np.array(table)
assert table[0, 0] < table[0, 1] < table[0, 2]
assert table[:, 1].argmin() == 3 and table[3, 1] < table[0].min()
experiments.train_schedules(clothes, rules.adam, real_shapes, real_rates, SEEDS, done)


def of_each(name, measure):
    """What a function of the parameters finds after each training; shape (seeds, rates)."""
    return np.array([[measure(done[name, r, s].params) for r in real_rates] for s in SEEDS])


losses = {name[6:]: of_each(name, clothes.held_out_loss) for name in real_shapes}
tuned = {name: values[:, values.mean(axis=0).argmin()] for name, values in losses.items()}
for name in ("constant", "warm-up", "cosine"):
    claim = f"07 warm-up with cosine ends below {name}"
    carried(claim, tuned[name] - tuned["warm-up and cosine"])
    assert CLAIMS[claim].share > 0.95 and 0.035 < CLAIMS[claim].mean < 0.055
for name, shown in (("warm-up", 20), ("cosine", 18)):
    gain = tuned["constant"] - tuned[name]
    carried(f"07 {name} ends below constant", gain, separated=False, shown=shown)
    gain = losses["constant"] - losses[name]
    carried(f"07 at 0.03 {name} ends below constant", gain[:, 1], separated=False)
    if name == "warm-up":
        carried("07 at 0.1 warm-up ends below constant", gain[:, 2], share=1)
    gain, claim = (
        losses[name] - losses["warm-up and cosine"],
        f"07 at 0.03 {both} ends below {name}",
    )
    carried(claim, gain[:, 1], share=1, mean={"warm-up": "0.09", "cosine": "0.08"}[name])
carried("07 warm-up with cosine ends below constant", share=1)
means = {name: values.mean(axis=0) for name, values in losses.items()}
assert [means[name].argmin() == 1 for name in losses] == [False] * 3 + [True]
for name in ("constant", "warm-up"):
    carried(f"07 {name} at its best ends below {name} at 0.1", share=1)
dead = {n[6:]: of_each(n, lambda p: experiments.dead_units(clothes, p)) for n in real_shapes}
carried("07 dead at the end, constant at 0.01", dead["constant"][:, 0], mean="32")
gain = losses["warm-up"][:, 1] - losses["constant"][:, 0]
carried("07 constant at 0.01 ends below warm-up to 0.03", gain, mean="0.037", shown=23)
for name, mean in {"constant at": "44", "warm-up to": "25"}.items():
    carried(f"07 dead at the end, {name} 0.03", dead[name.split()[0]][:, 1], mean=mean)
carried("07 dead after one step of 0.03 / 18", mean="0")
carried("07 at 0.03 warm-up leaves fewer units dead than constant", share=1)
carried("07 constant at its best ends below constant at 0.1", share=1, mean="0.72")
assert CLAIMS["07 constant at its best ends below warm-up at 0.1"].share > 0.95
assert CLAIMS["07 constant at its best ends below cosine at 0.1"].share > 0.95
for name in ("warm-up", "cosine"):
    carried(f"07 {name} ends below constant", mean="0.011")
carried(f"07 {both}: W = 18 ends below W = 6", mean="0.017", separated=True)
carried(f"07 {both}: W = 18 ends below W = 90", separated=False)
assert CLAIMS[f"07 {both}: W = 18 ends below W = 90"].mean < 0
short = experiments.clothes(epochs=1)
ends_of = short.held_out_loss(short.train(rules.adam, falling(0.03, 60, 18), SEEDS[0]).params)
assert ends_of < 0.6
carried(f"07 after 60 steps {both} ends below constant", separated=True)
carried("07 500 pictures: Adam with decay ends below Adam without", mean="0.007", shown=26)
start, first = (
    [a.copy() for a in now.params]
    for _, now in zip(range(2), clothes.training(rules.adam, 0.03, SEEDS[0]), strict=False)
)
assert 50_000 < sum(a.size for a in start) < 51_000
moved = np.concatenate([np.abs(a - b).ravel() for a, b in zip(start, first, strict=True)]) / 0.03
assert (moved > 0.99).mean() > 0.7 and (moved == 0).mean() > 0.05
for knobs, cure, ends in (
    (dict(beta_2=0.97, learning_rate=0.2), dict(epsilon=1.0), 1e-12),
    (dict(beta_1=0.97, learning_rate=0.3), dict(beta_1=0.5), 1e-20),
):  # runs A and C
    assert losses_of(480, **knobs)[-100:].max() > 1e-6
    assert losses_of(480, **knobs | cure)[-100:].max() < ends
assert run_b.max() < 1.2 * run_b[0] and run_b[60:].max() < 1.6 * np.median(run_b[60:])
died, back = 0, 0
for seed in SEEDS:
    run = enumerate(clothes.training(rules.adam, 0.03, seed))
    scores = (now.params[:2] for t, now in run if t in (1, 180))
    first, last = (np.all(clothes.part[0] @ W1 + b1 <= 0, axis=0) for W1, b1 in scores)
    died, back = died + first.sum(), back + (first & ~last).sum()
carried("07 dead after one step of 0.03", died / len(SEEDS), mean="19")
assert back <= 0.05 * died
in_numpy = digits.train(rules.adam, lambda t: cosine_at(t, rate, T, W), SEEDS[0])
in_keras = digits.train_keras(keras.optimizers.Adam(theirs), SEEDS[0])
assert largest_difference(in_numpy.params, in_keras.params) < 1e-4
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
rising = keras.optimizers.schedules.PolynomialDecay(0.01 / 7, 6, 0.01)
equals_schedule("linear_warmup", schedules.linear_warmup(0.01, 7), rising, steps=70)
equals_schedule(
    "cosine", schedules.cosine(0.01, 70), keras.optimizers.schedules.CosineDecay(0.01, 70), 70
)
