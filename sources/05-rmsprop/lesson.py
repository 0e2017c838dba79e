# %% [markdown]
# # 5. RMSProp
#
# AdaGrad gives each parameter its own step, and lets it die. RMSProp keeps the first and mends the second, by letting
# the memory fade. At the end of this lesson you will be able to
#
# - write RMSProp and Adadelta, and follow a minimum that moves,
# - choose how long the memory is, and say what that costs,
# - tell from $\sqrt v$ whether the place of epsilon matters.
#
# | part | minutes | part | minutes |
# | --- | --- | --- | --- |
# | 1 AdaGrad is stuck | 4 | 6 The unit of a step | 9 |
# | 2 The sign step | 4 | 7 Film reviews | 3 |
# | 3 An average of squares | 8 | 8 Does it agree with Keras? | 3 |
# | 4 What it forgets | 8 | 9 Where it fails | 3 |
# | 5 Where epsilon sits | 3 | | |
#
# You need lesson 04 (AdaGrad) and, of lesson 03, the averages that forget.
#
# ## 1 AdaGrad is stuck
#
# A valley $f(x) = \frac a2 (x - c)^2$ that changes. For 200 steps it is steep, $a = 1000$, and least at $c = 1$. Then
# it is flat, $a = 1$, and least at $c = -1$. Its gradient carries a little noise, as from batches. A network meets the
# like: its gradients shrink as its loss falls, and new data ask for other weights.

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, quiz
from adamlib.descent import descend, given, sweep
from adamlib.explorers import explore, one_step
from adamlib.rules import adagrad, momentum, nesterov, rmsprop_centered, sgd, sign_descent
from adamlib.surfaces import changing_valley, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them


# %%
def valley():
    """The gradient, which counts how often it is asked: made anew for each run."""
    stages = [(200, 1000, 1), (200, 1, -1)]  # for so many steps, a and c
    return changing_valley(stages, np.random.default_rng(SEEDS[0]), noise=0.01)


minimum = np.where(np.arange(401) <= 200, 1.0, -1.0)
run = descend(adagrad, valley(), 0.0, 400, learning_rate=0.1)
paths = {"minimum": minimum, "adagrad, η = 0.1": run.trajectory}
display(plots.lines(paths, log=False, ylabel="x"))
quiz("05.stuck")

# %%
rates = np.array([0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100])
swept = sweep(adagrad, valley(), 0.0, 400, learning_rate=rates)
short = np.abs(swept.trajectory[-1] + 1)
for rate, path in zip(rates, swept.trajectory.T, strict=True):
    print(f"adagrad, η = {rate:<5g} x = {path[200]:4.2f} after 200 steps", end=", ")
    print(f"{path[-1]:4.2f} after 400")

# %% [markdown]
# AdaGrad divides by $\sqrt s$, the root of a *sum* of squares. The first gradient is $-1000$, so $s$ is a million,
# and no later step can make it less. Now that gradients are about 2, a step is at most 0.002 $\eta$. A larger $\eta$
# does not help: the first step overshoots by about $\eta$, the next gradient is 1000 $\eta$, and $\sqrt s$ grows with
# $\eta$. The late steps stay near 0.002.
#
# ## 2 The sign step
#
# Why divide by the past at all? Divide $g$ by its own size, and every step has the length $\eta$, in steep and flat
# places alike. That is the **sign step**, $x \leftarrow x - \eta\,\text{sign}(g)$. Rprop (Riedmiller and Braun, 1993)
# is built on it.

# %%
run = descend(sign_descent, valley(), 0.0, 400, learning_rate=0.15)
plots.lines({"sign_descent, η = 0.15": run.trajectory} | paths, log=False, ylabel="x")

# %% [markdown]
# It follows, and it **bounces** between two values for ever: a step that cannot become shorter never settles. With
# batches of data there is worse.
#
# ### Exercise 1: ten batches
#
# A weight is right where it is: its gradient is 0.1 in nine batches of ten and $-0.9$ in the tenth, 0 on average. By
# how much does $x$ change in ten sign steps with $\eta = 0.01$? (The example is Hinton's.)
#
# <details><summary>Hint</summary>Nine steps go one way and one goes the other. How long is each?</details>

# %%
# BEGIN SOLUTION
# STUB change = ...
change = -9 * 0.01 + 1 * 0.01
# END SOLUTION
check_answer("05.change", change)

# %% [markdown]
# The sign step divides each gradient by *its own* size. Gradients cancel only if neighbouring batches are divided by
# nearly the same number.
#
# ## 3 An average of squares
#
# So divide by a size that changes slowly: the root of an average of the latest squares, the **root mean square**. It is
# the average of lesson 03, with $\rho$ (rho) for the decay:
#
# $$v \leftarrow \rho\, v + (1 - \rho)\, g^2 \qquad\qquad x \leftarrow x - \frac{\eta\, g}{\sqrt{v + \varepsilon}}$$
#
# This is RMSProp (Hinton, 2012). $v$ starts at 0; $\varepsilon$ (epsilon) is tiny and keeps the root from being 0.
# ($v$ was the velocity in lesson 03. From here on it is the average of squares.)
#
# ### Exercise 2: write it
#
# Stuck? `hint("rmsprop")`. Below it: one update of your rule on the ravine of lesson 01, in all its numbers. At
# step 1 both coordinates of `step` are equally long, though one gradient is five times the other.


# %%
def rmsprop(x, g, t, v=0, *, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    # BEGIN SOLUTION
    v = rho * v + (1 - rho) * g**2
    return x - learning_rate * g / (v + epsilon) ** 0.5, v
    # END SOLUTION


rule = check(rmsprop, "rmsprop")

# %%
one_step({rule: {"learning_rate": 0.1}}, ravine)

# %% [markdown]
# Now the ten batches, 60 times over in random order, and the changing valley:

# %%
rng = np.random.default_rng(SEEDS[0])
ten = [0.1] * 9 + [-0.9]
stream = np.concatenate([rng.permutation(ten) for _ in range(60)])
drift = {}
for name, method, settings in (
    ("sign_descent", sign_descent, {}),
    ("rmsprop, ρ = 0.9", rule, {"rho": 0.9}),
    ("rmsprop, ρ = 0.99", rule, {"rho": 0.99}),
):
    run = descend(method, given(stream), 0.0, 600, learning_rate=0.01, **settings)
    drift[name] = run.trajectory
display(plots.lines(drift, log=False, xlabel="batch", ylabel="x"))

run = descend(rule, valley(), 0.0, 400, learning_rate=0.03)
paths["rmsprop, η = 0.03"] = run.trajectory
plots.lines(paths, log=False, ylabel="x")

# %% [markdown]
# The drift is much less with $\rho = 0.9$, and nearly gone with 0.99, but for its first batches (part 9). And RMSProp
# follows the valley: after the change its steps are $0.14\,\eta$ long at first, lengthen for some 40 steps, and after
# about 120 it is there. It stays within $3 \eta$ of the minimum, but it does not settle either.
#
# ## 4 What it forgets
#
# Written out, $v_t = (1 - \rho)(g_t^2 + \rho\, g_{t-1}^2 + \rho^2 g_{t-2}^2 + \dots)$. About $1/(1 - \rho)$ squares count:
# 10 at 0.9. Each step leaves the part $\rho$ of an old square.
#
# ### Exercise 3: derive
#
# Those 40 short steps: with $\rho = 0.9$, after how many further steps has a square less than 1 % of the weight that it had
# at first?
#
# <details><summary>Hint</summary>The first k with 0.9ᵏ < 0.01. Take logarithms.</details>

# %%
# BEGIN SOLUTION
# STUB forgotten = ...
forgotten = np.ceil(np.log(0.01) / np.log(0.9))
# END SOLUTION
check_answer("05.forgotten", forgotten)

# %% [markdown]
# Is a short memory always better? On a ravine that does not change, $g$ shrinks near the minimum, $v$ shrinks after it,
# and the step stays about $\eta$ long.
#
# ### Exercise 4: choose two knobs
#
# With $\rho = 0.9$ and $\eta = 0.15$ the loss comes down to $10^{-11}$ at step 56, and at step 62, beyond this picture,
# it is above 0.1 again. Get it below $10^{-20}$ in 60 steps.
#
# <details><summary>Hint</summary>Let v remember the long gradients of the start, so that the steps shrink with g: raise ρ. Then a longer step pays.</details>

# %%
explore({rule: {"learning_rate": 0.15}}, ravine, steps=60, target=("loss", 1e-20), epsilon=1e-7)

# %%
# BEGIN SOLUTION
# STUB rate, memory = ..., ...
rate, memory = 0.3, 0.99
# END SOLUTION
check_answer("05.memory", rate, memory)

# %% [markdown]
# That is a delay: with $\rho = 0.99$ and $\eta = 0.3$, $f$ is above 0.01 again at step 193, and later above 5. A longer
# memory rebounds later, and it still rebounds. What else does it cost?

# %%
lags = {}
for rho in (0.5, 0.9, 0.99, 0.999):
    run = descend(rule, valley(), 0.0, 400, learning_rate=0.1, rho=rho)
    lags[rho] = np.abs(run.trajectory[-50:] + 1).max()
    print(f"ρ = {rho:<5}: in the last 50 steps up to {lags[rho]:.1f} from the minimum")

# %% [markdown]
# A long memory follows worse: at 0.999 RMSProp is stuck almost like AdaGrad. But batches cancel better in a long one
# (part 3). 0.9, the default, is a compromise.
#
# ## 5 Where epsilon sits
#
# Keras puts epsilon inside the root, $\sqrt{v + \varepsilon}$, PyTorch outside, $\sqrt v + \varepsilon$. Where the
# gradients have long had one size, $v = g^2$. How long is a step then?

# %%
size = np.logspace(-8, 0, 400)
epsilon = 1e-7
steps = {
    "rmsprop, inside: √(v + ε)": size / np.sqrt(size**2 + epsilon),
    "rmsprop, outside: √v + ε": size / (size + epsilon),
}
axes = dict(x=size, xlabel="|g| = √v", ylabel="step / η", log=False, log_x=True)
plots.lines(steps, **axes, marks={"√ε": np.sqrt(epsilon), "ε": epsilon})

# %% [markdown]
# Outside, steps shrink where $\sqrt v$ is below $\varepsilon = 10^{-7}$. Inside, they shrink below $\sqrt\varepsilon
# \approx 3 \cdot 10^{-4}$, as if the $\varepsilon$ outside were that large. Does it matter for digits? An epoch of your
# rule, with $10^{-7}$ inside and with $10^{-14}$ inside, which begins to count where $10^{-7}$ does outside:

# %% tags=["about: 05 RMSProp at 0.01"]
task = experiments.digits()
placed = {}
for epsilon in (1e-7, 1e-14):
    placed[epsilon] = experiments.held_out_losses(task, rule, [0.01], SEEDS, epsilon=epsilon)[:, 0]
    three = ", ".join(f"{loss:.2f}" for loss in placed[epsilon])
    print(f"ε = {epsilon:.0e} inside: held-out loss of three seeds {three}")
experiments.evidence("05 what the place of epsilon changes", "05 RMSProp at 0.01")

# %% [markdown]
# Hardly. The place of epsilon moves the loss by about 0.0015, and another seed moves it by 0.016. The place matters
# where most gradients are tiny.
#
# ## 6 The unit of a step
#
# ### Exercise 5: metres and millimetres
#
# Measure $x$ in millimetres in place of metres, and leave $f$ as it is. Every number of $x$ is 1000 times larger, and
# every number of $g$ 1000 times smaller. A step is a distance, so its number should become 1000 times larger. By
# which factor does it change for the rules below, at the same $\eta$?
#
# 1. sgd,
# 2. RMSProp, where epsilon is too small to matter,
# 3. a rule with the step $-\eta\, \frac{\sqrt u}{\sqrt v}\, g$, where $u$ is an average like $v$, but of squared *steps*.

# %%
# BEGIN SOLUTION
# STUB of_sgd = ...
# STUB of_rmsprop = ...
# STUB of_third = ...
of_sgd = 1 / 1000  # as g
of_rmsprop = 1  # g and √v shrink alike
of_third = 1000  # as √u
# END SOLUTION
check_answer("05.of_sgd", of_sgd)
check_answer("05.of_rmsprop", of_rmsprop)
check_answer("05.of_third", of_third)

# %% [markdown]
# So the learning rate of RMSProp has the unit of $x$, and that of sgd the unit of $x^2/f$: $g$ has that of $f/x$. Zeiler (2012) wanted a
# rule that needs none: the third, **Adadelta**. With $\Delta$ (delta) for its step,
#
# $$v \leftarrow \rho\, v + (1 - \rho)\, g^2 \qquad \Delta = -\frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}}\; g \qquad
# u \leftarrow \rho\, u + (1 - \rho)\, \Delta^2 \qquad x \leftarrow x + \eta\, \Delta$$
#
# The paper has no $\eta$: its rule is `learning_rate=1.0`, and its main setting `epsilon=1e-6`.
#
# ### Exercise 6: write Adadelta
#
# `hint("adadelta")` helps.


# %%
def adadelta(x, g, t, v=0, u=0, *, learning_rate=0.001, rho=0.95, epsilon=1e-7):
    # BEGIN SOLUTION
    v = rho * v + (1 - rho) * g**2
    step = -(((u + epsilon) / (v + epsilon)) ** 0.5) * g
    u = rho * u + (1 - rho) * step**2
    return x + learning_rate * step, v, u
    # END SOLUTION


delta = check(adadelta, "adadelta")

quiz("05.units")

# %%
first, moved = {}, {}
for unit, scale in (("m", 1), ("mm", 1000)):
    run = descend(delta, lambda x, s=scale: 100 * x / s**2, 1.0 * scale, 100, learning_rate=1.0)
    first[unit] = abs(run.trajectory[1] - run.trajectory[0])
    moved[unit] = 1 - run.trajectory[-1] / scale
    print(f"in {unit:2}: first step {first[unit]:.4f} {unit}", end=", ")
    print(f"in 100 steps {moved[unit]:.2%} of the way")

# %% [markdown]
# The units are right on paper. But $u$ starts at 0, so the first step is $\sqrt{\varepsilon/(1 - \rho)} = 0.0014$ *in
# any unit*, and later ones grow from it: **epsilon is Adadelta's learning rate in disguise.**
#
# <details><summary>Another variant: centered</summary>RMSProp <b>centered</b> (Graves, 2013) divides by
# $\sqrt{v - \bar g^2 + \varepsilon}$, with $\bar g$ the average of $g$. That is the standard deviation of the gradients.
# Where they agree, it is small, and steps are long.</details>
#
# ## 7 Film reviews
#
# The sparse sentences of lesson 04 (Pang and Lee, 2005): two epochs in batches of 100, 5,800 sentences to train on and
# 1,024 held out, three seeds. AdaGrad enters twice: from Keras's $s = 0.1$, and from 0 as in its paper.

# %% tags=["about: 05 RMSProp ends below AdaGrad from 0.1 on reviews"]
reading = experiments.reviews(epochs=2, size=5800)
grid = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
contest = {"adagrad": adagrad, "adagrad, s₀ = 0": experiments.adagrad_from_zero, "rmsprop": rule}
read = experiments.compare(reading, contest, grid, every=4)
curves = {name: score.losses for name, score in read.items()}
display(plots.lines(curves, x=np.arange(2, 116, 4), xlabel="batch, means of 4"))
experiments.evidence(
    "05 RMSProp ends below AdaGrad from 0.1 on reviews",
    "05 RMSProp ends below AdaGrad from 0 on reviews",
    "05 AdaGrad from 0 trains below RMSProp on reviews",
)

# %% [markdown]
# On the held-out sentences RMSProp ends about 0.05 below Keras's AdaGrad, with every seed. Most of that is the work of
# the 0.1 at which Keras's $s$ starts: RMSProp's $v$ starts at 0, and AdaGrad from 0 comes nearly as low. RMSProp is ahead
# of it by only 0.006, with 26 of 30 seeds. The curves are training losses, and there AdaGrad from 0 is far lower, with
# every seed. (The fall at batch 58 is the second epoch: these sentences have been seen.)
#
# ## 8 Does it agree with Keras?
#
# With its own $\varepsilon$ tiny too, RMSProp is `tf.keras.optimizers.Adam` with these knobs, and with $\rho = 0$ the sign
# step:
#
# | `beta_1` | `beta_2` | `epsilon` | `learning_rate` at step $t$ |
# | --- | --- | --- | --- |
# | 0 | $\rho$ | tiny | $\eta/\sqrt{1 - \rho^t}$ |
#
# The last cell of the table takes back what Adam does about the start at 0 (lesson 06). Adadelta is no setting of Adam.

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras, largest_difference

for method in (rule, rmsprop_centered, delta):
    equals_keras(method, ravine.gradient, ravine.start, 100, learning_rate=0.03)
for method in (rule, sign_descent):
    equals_adam(method, ravine.gradient, ravine.start, 100, learning_rate=0.03)

for method, optimizer in (
    (rule, keras.optimizers.RMSprop(0.01)),
    (delta, keras.optimizers.Adadelta(1.0)),
):
    theirs = task.train_keras(optimizer, SEEDS[0]).params
    ours = task.train(method, float(optimizer.learning_rate), SEEDS[0]).params
    assert largest_difference(ours, theirs) < 1e-5
    print(f"{method.__name__}: 7,850 weights after an epoch, no difference above 1e-5")

# %% [markdown]
# ### Scoreboard
#
# The task of lessons 02 to 04: logistic regression on MNIST, one epoch in batches of 100, three seeds.

# %% tags=["about: 05 RMSProp at 0.01"]
contest = {m.__name__: m for m in (sgd, momentum, nesterov, adagrad, rule, delta)}
scores = experiments.digits_scoreboard(contest, every=7)
turned = {}
for rate, epsilon in ((0.001, 1e-7), (1.0, 1e-4), (10.0, 1e-7)):
    turned[rate] = experiments.held_out_losses(task, delta, [rate], SEEDS, epsilon=epsilon)[:, 0]
    print(f"adadelta at η = {rate:g}, ε = {epsilon:.0e}: {turned[rate].mean():.2f}")
curves = {name: score.losses for name, score in scores.items()}
display(plots.lines(curves, x=np.arange(3.5, 70, 7), xlabel="batch, means of 7"))
experiments.evidence(
    *(f"05 {name} ends below RMSProp" for name in ("Nesterov", "momentum", "Adam")),
    "05 RMSProp ends below AdaGrad",
    "05 all five end below Adadelta",
    "05 RMSProp ends below Adadelta with ε = 1e-4",
    "05 RMSProp ends below Adadelta with η = 10",
)

# %% [markdown]
# Thirty seeds do not separate RMSProp from momentum or from Adam. Nesterov is a little ahead of RMSProp, by
# 0.008 with 21 of 30 seeds, and AdaGrad is a little behind. Adadelta is far behind, at the end of this list: its steps
# begin as short as epsilon is small. With $\varepsilon = 10^{-4}$, or with $\eta = 10$, it is only about 0.02 behind
# RMSProp. At Keras's default $\eta$ of 0.001 it hardly moves: an epoch lowers its loss by 0.004.
#
# ## 9 Where it fails

# %%
quiz("05.first")

# %%
curves = {}
for rho in (0.9, 0.99, 0.999):
    run = descend(rule, lambda x: np.ones_like(x), 0.0, 60, learning_rate=1.0, rho=rho)
    curves[f"rmsprop, ρ = {rho}"] = -np.diff(run.trajectory)
    print(f"ρ = {rho:<5}: the first step is {-run.trajectory[1]:.2f} η")
plots.lines(curves, x=np.arange(1, 61), ylabel="step / η", title="every gradient is 1")

# %% [markdown]
# - **A biased start.** $v$ begins at 0, so the first step is $1/\sqrt{1 - \rho}$ times too long: 3.2 times, and the longer the
#   memory, the longer the step. You saw it in part 3, where $\rho = 0.99$ first ran away.
# - **No momentum.** Each step still takes its signs from the newest gradient alone.
#
# Lesson 06 takes up both.
#
# **Recap**
#
# 1. A sum of squares only grows: after a steep place AdaGrad is stuck in a flat one, here at each of ten rates.
# 2. The sign step follows and bounces, and batches do not cancel in it.
# 3. $v \leftarrow \rho v + (1 - \rho) g^2$ remembers about $1/(1 - \rho)$ squares. In a long memory batches cancel; a short
#    one follows. Neither settles.
# 4. Epsilon inside the root counts where $\sqrt v$ is below $\sqrt\varepsilon$, outside where it is below $\varepsilon$.
# 5. Adadelta has the units right and epsilon for a learning rate; the paper's rule is `learning_rate=1.0, epsilon=1e-6`.
#
# **Sources.** M. Riedmiller and H. Braun, *A direct adaptive method for faster backpropagation learning: the RPROP
# algorithm*, 1993. G. Hinton, *Neural networks for machine learning*, lecture 6e, Coursera, 2012. M. Zeiler,
# *ADADELTA: an adaptive learning rate method*, 2012. A. Graves, *Generating sequences with recurrent neural
# networks*, 2013. B. Pang and L. Lee, *Seeing stars*, 2005.

# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
from adamlib.experiments import CLAIMS, carried

assert short.min() > 1 and max(lags[0.5], lags[0.9]) < 0.2 and 1 < lags[0.99] < 1.5 < lags[0.999]
late = np.abs(np.diff(swept.trajectory[200:], axis=0)).max(axis=0)
assert late[-3:].max() < 0.0023 and late.max() < 0.003
run = descend(rule, ravine.gradient, ravine.start, 100, learning_rate=0.15)
losses = ravine(run.trajectory.T)
assert 0.3e-11 < losses.min() < 3e-11 and losses.argmin() == 56 and losses[57:62].max() < 0.1
assert losses[62] > 0.1
again = {}
for knobs in ((0.15, 0.9), (0.15, 0.99), (0.3, 0.99), (0.3, 0.995), (0.3, 0.999)):
    settings = dict(zip(("learning_rate", "rho"), knobs, strict=True))
    run = descend(rule, ravine.gradient, ravine.start, 3000, **settings)
    losses = ravine(run.trajectory.T)
    again[knobs] = 60 + np.argmax(losses[60:] > 0.01), losses[200:].max()
assert again[0.3, 0.99][0] == 193 and again[0.3, 0.99][1] > 5
assert list(again.values()) == sorted(again.values(), key=lambda a: a[0])  # later
follows = paths["rmsprop, η = 0.03"]
near = np.abs(follows - np.where(np.arange(401) <= 200, 1, -1)) / 0.03
assert max(near[150:201].max(), near[350:].max()) < 3  # of 300 seeds the largest is 1.9
moves = np.abs(np.diff(follows))[200:260] / 0.03
assert abs(moves[0] - 0.14) < 0.01 and 0.6 < moves[40] < 1 and moves.max() < 1
assert 110 < np.argmax(near[201:] < 2) < 130
late = {name: path[-1] - path[100] for name, path in drift.items()}
assert 0.05 < late["rmsprop, ρ = 0.9"] / late["sign_descent"] < 0.15
assert 0 < late["rmsprop, ρ = 0.99"] / late["sign_descent"] < 0.02
assert np.abs(drift["rmsprop, ρ = 0.99"][:101]).max() > 0.099  # 10 η
assert round(first["m"], 4) == round(first["mm"], 4) == 0.0014
carried("05 RMSProp at 0.01", placed[1e-7])
claim = "05 what the place of epsilon changes"
carried(claim, np.abs(placed[1e-7] - placed[1e-14]), mean="0.0015")
assert abs(CLAIMS["05 RMSProp at 0.01"].sd - 0.016) < 0.001
lost = {name: score.held_out for name, score in read.items()}
tenth, zero = lost["adagrad"] - lost["rmsprop"], lost["adagrad, s₀ = 0"] - lost["rmsprop"]
carried("05 RMSProp ends below AdaGrad from 0.1 on reviews", tenth, share=1, mean="0.05")
claim = "05 RMSProp ends below AdaGrad from 0 on reviews"
carried(claim, zero, shown=26, separated=True, mean="0.006")
ends = {name: score.losses[:, -1] for name, score in read.items()}  # the last four batches
claim = "05 AdaGrad from 0 trains below RMSProp on reviews"
carried(claim, ends["rmsprop"] - ends["adagrad, s₀ = 0"], share=1)
ends = {name: score.held_out for name, score in scores.items()}
adam, best = ends.pop("tf.keras Adam"), ends["rmsprop"]
carried("05 Nesterov ends below RMSProp", best - ends["nesterov"], shown=21, separated=True)
assert abs(CLAIMS["05 Nesterov ends below RMSProp"].mean - 0.008) < 0.001
carried("05 momentum ends below RMSProp", best - ends["momentum"], separated=False)
carried("05 Adam ends below RMSProp", best - adam, separated=False)
carried("05 RMSProp ends below AdaGrad", ends["adagrad"] - best, separated=True)
worst = np.max([adam, *(ends[m] for m in ends if m not in ("sgd", "adadelta"))], axis=0)
carried("05 all five end below Adadelta", ends["adadelta"] - worst, share=1)
assert CLAIMS["05 all five end below Adadelta"].mean > 0.1
carried("05 RMSProp ends below Adadelta with ε = 1e-4", turned[1.0] - best, mean="0.02")
carried("05 RMSProp ends below Adadelta with η = 10", turned[10.0] - best, mean="0.02")
lowered = np.log(10) - turned[0.001]
carried("05 Adadelta at its default η lowers the loss by", lowered, mean="0.004")
carried("05 Adadelta's best η is the list's last", share=1)
