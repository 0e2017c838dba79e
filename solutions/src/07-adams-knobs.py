# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 7. Adam's knobs
#
# Adam has four knobs, $\eta$ (Keras's `learning_rate`, the paper's $\alpha$), $\beta_1$, $\beta_2$ and $\epsilon$, and
# other libraries set and mean them otherwise. After this lesson you can
#
# - say what each knob does, early and late, and which act together,
# - take settings from a paper, PyTorch or Optax to Keras without a silent change,
# - choose a schedule, and say when warm-up helps.
#
# | part | minutes | part | minutes |
# | --- | --- | --- | --- |
# | 1 Where the defaults fail | 2 | 5 Conventions | 10 |
# | 2 One knob at a time | 8 | 6 Schedules | 5 |
# | 3 Two knobs at a time | 8 | 7 Warm-up on real data | 5 |
# | 4 An epsilon of 0.1 or 1 | 7 | 8 Keras | 2 |
#
# You need lessons 02 (noise), 03 (momentum) and 06.
#
# ## 1 Where the defaults fail
#
# The ravine of lesson 01, then with noise of standard deviation 5 on each coordinate of the gradient (means of 200 runs).

# %%
import contextlib
import functools
import inspect
import io

import numpy as np
from IPython.display import Markdown, display

from adamlib import plots, rules
from adamlib.answers import check_answer
from adamlib.check import check, hint
from adamlib.conventions import CONVENTIONS, momentum_from_pytorch, table
from adamlib.datasets import fashion_mnist, mnist, rotten_tomatoes
from adamlib.descent import descend, sweep, train
from adamlib.explorers import hyperparameter_map
from adamlib.models import MLP, LogisticRegression, SparseLogisticRegression
from adamlib.quiz import quiz
from adamlib.runs import collect, size
from adamlib.schedules import cosine, inverse_sqrt, linear_warmup
from adamlib.scoreboard import scoreboard
from adamlib.surfaces import cubic, ravine


def losses_of(steps, noise=0.0, runs=1, **knobs):
    """The mean loss of Adam's runs on the ravine, at the start and after each step."""
    rng, starts = np.random.default_rng(0), np.repeat(ravine.start[:, None], runs, axis=1)

    def gradient(x):
        return ravine.gradient(x) + noise * rng.standard_normal(x.shape)

    run = sweep(rules.adam, gradient, starts, steps, **{"learning_rate": 0.1} | knobs)
    return ravine(np.moveaxis(run.trajectory, 1, 0)).mean(axis=1)


noisy = dict(noise=5.0, runs=200)
defaults_fail = {
    "adam, η = 0.1": losses_of(200),
    "adam, η = 0.4, β₁ = 0.5": losses_of(200, learning_rate=0.4, beta_1=0.5),
    "adam, η = 0.1, with noise": losses_of(200, **noisy),
}
display(plots.lines({label: np.maximum(c, 1e-16) for label, c in defaults_fail.items()}))
quiz("07.late")

# %% [markdown]
# $\beta_1 = 0.9$ remembers too long for a ravine: Adam circles the minimum. (The second line changes $\beta_1$ *and*
# $\eta$.) With noise the loss stays at 0.24.
#
# ## 2 One knob at a time
#
# With noise, each knob alone for 1,000 steps; the others keep $\eta = 0.1$ and Keras's defaults. *Early* is the loss
# after 25 steps, *late* the mean of the last 200.

# %%
knobs = {
    "learning_rate": [0.03, 0.1, 0.5],
    "beta_1": [0.0, 0.9, 0.99],
    "beta_2": [0.5, 0.9, 0.999],
    "epsilon": [1e-7, 1.0, 10.0, 100.0],
}
curves = {(k, v): losses_of(1000, **noisy, **{k: v}) for k, values in knobs.items() for v in values}
early = {key: curve[25] for key, curve in curves.items()}
late = {key: curve[-200:].mean() for key, curve in curves.items()}
with plots.picture(2, 2, figsize=(9, 6)) as (fig, axes):
    for ax, (knob, values) in zip(axes.flat, knobs.items(), strict=True):
        among = [f"adam, {value:g}" for value in values]
        for value, label in zip(values, among, strict=True):
            style = plots.style_of(label, among) | {"marker": None}
            ax.plot(curves[knob, value], label=f"{value:g}", **style)
            print(f"{knob:13} {value:<6g} early {early[knob, value]:5.1f}", end="   ")
            print(f"late {late[knob, value]:.2f}")
            fig.alt += f"{knob} {value:g}: from 18 to {early[knob, value]:.2g} after 25 steps, "
            fig.alt += f"late {late[knob, value]:.2g}. "
        ax.set(
            title=knob, xscale="symlog", yscale="log", xlim=(0, 1000), xlabel="step", ylabel="loss"
        )
        ax.legend()
fig

# %% [markdown]
# - **η** Larger is faster early and worse late.
# - **β₁** Late it hardly matters. Early 0.99 overshoots and comes back.
# - **β₂** Little, unless it is small: then $v$ follows the noise, and a small $v$ makes a long step.
# - **ε** At 10, above $\sqrt v \approx 5$, it acts as a smaller $\eta$: slow early, better late. At 100 the run is not
#   there yet.
#
# ### Exercise 1: derive
#
# Lesson 02's level, with noise $\sigma$ and curvature $L$, is about $\eta\sigma^2/(2L)$ in $x^2$. So each coordinate of
# sgd has a late loss of $\eta\sigma^2/4$ ($L$ cancels). Late, gradients are nearly all noise. With which $\eta$ is
# *Adam's* late loss on this ravine about 0.05?
#
# <details><summary>Hint</summary>What is √v then? So which η would sgd need for steps like Adam's? The ravine has two coordinates.</details>

# %%
# BEGIN SOLUTION
# STUB eta = ...
eta = 0.02  # √v is σ, so sgd's rate is η/σ, and the late loss 2 · ησ/4 = 2.5 η
# END SOLUTION
check_answer("07.floor", eta)

# %% [markdown]
# ## 3 Two knobs at a time
#
# Knobs may be arrays: one sweep follows all combinations at once, here on the ravine without noise, 84 steps.
# $1/(1 - \beta)$ is the *memory* of an average, in steps: 10 and 1,000 at the defaults. Yellow also means: no better than
# the start.

# %%
etas = np.logspace(-3, 5, 33)
memory_m, memory_v = np.geomspace(1, 100, 13), np.geomspace(1, 1e4, 9)
epsilons = np.logspace(-7, 5, 13)
grid = sweep(
    rules.adam,
    ravine.gradient,
    ravine.start,
    84,
    learning_rate=etas[:, None, None, None],
    beta_1=(1 - 1 / memory_m)[:, None, None],
    beta_2=(1 - 1 / memory_v)[:, None],
    epsilon=epsilons,
)
ends = np.clip(ravine(grid.trajectory[-1]), 1e-16, ravine(ravine.start))
print(f"{ends.size:,} runs")
upto = etas < 20
m_axis, v_axis = ("memory of m, 1 / (1 − β₁)", memory_m), ("memory of v, 1 / (1 − β₂)", memory_v)
map_m = plots.knob_map(
    ends[upto, :, 6, 0].T, ("η", etas[upto]), m_axis, title="β₂ and ε at their defaults"
)
map_mv = plots.knob_map(
    ends[..., 0].min(axis=0),
    v_axis,
    m_axis,
    title="ε at its default, each at its best η",
    lines={"β₂ = β₁²": (1 / (1 - (1 - 1 / memory_m) ** 2), memory_m)},
)
display(map_m, map_mv)

# %% [markdown]
# Left of $\eta = 0.05$ nothing arrives in time: 84 steps of $\eta$ do not reach from −4 to 0. Right of 0.3 $\beta_1$
# decides, and its default is far from the best. Where $m$ remembers up to 7 steps, $v$ should remember 30 or
# more. Left of the line steps even have no bound (lesson 06).

# %%
map_v = plots.knob_map(
    ends[upto, 6, :, 0].T, ("η", etas[upto]), v_axis, title="β₁ and ε at their defaults"
)
map_epsilon = plots.knob_map(
    ends[:, 6, 6].T, ("η", etas), ("ε", epsilons), title="β₁ and β₂ at their defaults"
)
display(map_v, map_epsilon)

# %% [markdown]
# In the first of these, once $v$ remembers as long as $m$, 10 steps, nine rates end below 0.1, however long its memory.
#
# In the other, $\epsilon$ far below the gradients does nothing. Far above them it hides $\sqrt v$: only $\eta/\epsilon$ counts,
# so the map repeats itself along the diagonal. There $x$ moves by
# $-\frac{\eta}{\epsilon} \sqrt{1 - \beta_2^t}\, \hat m$. That is **momentum** (lesson 06, § 8), with a slow start: the root
# is 0.03 at first and 0.28 after 84 steps.
#
# ### Exercise 2: derive
#
# $\epsilon = 1000$, $\beta_1 = 0.9$. Which learning rate makes Adam, late, when the root is 1 and $\hat m = m$, momentum
# with a learning rate of 0.01 and $\mu = 0.9$?
#
# <details><summary>Hint</summary>Momentum takes in 0.01 times a new gradient. Which part of a gradient does m take in?</details>

# %%
# BEGIN SOLUTION
# STUB eta = ...
eta = 0.01 * 1000 / (1 - 0.9)
# END SOLUTION
check_answer("07.as_momentum", eta)

# %% [markdown]
# ### Play
#
# Each cell of this map is a run of 84 steps; click one to see its path. Task: find a cell with $\beta_1 \ge 0.8$ that ends
# below $10^{-6}$. (From $\eta = 0.14$ to 4, at $\beta_1 = 0.8$, longer steps swing farther out and still end there.)

# %%
hyperparameter_map(
    rules.adam,
    ravine,
    ("learning_rate", np.geomspace(0.01, 10, 40)),
    ("beta_1", np.linspace(0, 0.98, 50)),
    steps=84,
)

# %% [markdown]
# ## 4 An epsilon of 0.1 or 1
#
# TensorFlow 1's documentation of Adam said that for Inception on ImageNet "a current good choice is 1.0
# or 0.1". When does that help?
#
# **It helps** where gradients vanish. No noise, $\eta = 0.1$, but $\beta_2 = 0.99$: $v$ follows the gradients down, the
# step $\eta\, \hat m/\sqrt{\hat v}$ gets too long for the steep direction, and the path bursts out. With a large
# $\epsilon$ the divisor cannot fall below it, and late Adam is momentum.
#
# ### Exercise 3: derive
#
# Which is the smallest $\epsilon$ at which it settles? Momentum settles while its learning rate is below $2(1 + \mu)/L$
# (lesson 03), and here $L = 20$. Give two digits.
#
# <details><summary>Hint</summary>As momentum, Adam has the learning rate η (1 − β₁)/ε, by exercise 2.</details>

# %%
# BEGIN SOLUTION
# STUB smallest = ...
smallest = 0.1 * (1 - 0.9) * 20 / (2 * (1 + 0.9))
# END SOLUTION
check_answer("07.settle", smallest)
bursts = {
    f"adam, ε = {epsilon:g}": losses_of(3000, beta_2=0.99, epsilon=epsilon)
    for epsilon in (1e-7, 0.02, 0.1, 1.0)
}
for label, curve in bursts.items():
    print(f"{label:16} highest loss after step 2,000: {max(curve[2000:].max(), 1e-16):.0e}")
plots.lines(
    {
        label: np.maximum(curve[1:].reshape(-1, 50).max(axis=1), 1e-16)
        for label, curve in bursts.items()
    },
    x=50 * np.arange(1, 61),
    ylabel="highest loss of 50 steps",
)

# %% [markdown]
# With 0.1 and 1 it settles alike.
#
# **It does not help** on our real data: digits for one epoch, film reviews for five, as in lessons 06 and 04.

# %%
images, digits = mnist().train
documents, labels = rotten_tomatoes().train
tasks = {
    "digits": (LogisticRegression(), images, digits, 7000, 1),
    "reviews": (SparseLogisticRegression(dropout=0.5), documents, labels, 5824, 5),
}


def trained(model, part, epochs, epsilon):
    def train_at(rate, seed):
        rng = np.random.default_rng(seed)
        loss = model.loss_and_gradient
        if model is tasks["reviews"][0]:
            loss = functools.partial(loss, rng=rng)  # for its dropout
        how = dict(epochs=epochs, batch_size=100, rng=rng, learning_rate=rate, epsilon=epsilon)
        return train(rules.adam, loss, model.initial(), part, **how)

    return train_at


def held_out_loss(model, held, params):
    return model.loss(params, held)


by_epsilon = {}
for task, (model, x, y, split, epochs) in tasks.items():
    print(task)
    held = x[split:], y[split:]
    methods = {
        f"adam, ε = {epsilon:g}": trained(model, (x[:split], y[:split]), epochs, epsilon)
        for epsilon in (1e-7, 0.1, 1.0)
    }
    rates = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
    by_epsilon[task] = scoreboard(methods, rates, functools.partial(held_out_loss, model, held))

# %% [markdown]
# The best rate grows with $\epsilon$, as on the map, so tune it anew: with $\epsilon = 1$ and the default $\eta = 0.001$ the
# loss of digits ends above 2.2. At their best rates the large epsilons are about 0.03 behind on both tasks.
#
# ## 5 Conventions
#
# What has no default is left out; $\eta_t$ is that of lesson 06. In AdamW's paper a schedule $s_t$ multiplies $\alpha$;
# elsewhere $\eta$ holds both.

# %%
from adamlib.keras_check import BOUNDS, OWN, equals_keras, keras, train_network

older = table("adagrad", "rmsprop", "adadelta")
display(
    Markdown(table("adam", "adamw", "momentum")),
    Markdown(f"<details><summary>AdaGrad, RMSProp, Adadelta</summary>\n\n{older}\n\n</details>"),
)
checked = 0
for name, rows in CONVENTIONS.items():
    (row,) = (row for row in rows if row.library == "Keras")
    parameters = inspect.signature(getattr(keras.optimizers, OWN[name][0])).parameters
    for knob, value in row.defaults.items():
        assert parameters[knob].default == value
        checked += 1
print(f"{checked} defaults of Keras {keras.__version__} are as in the tables.")
with contextlib.redirect_stdout(io.StringIO()):
    for name in CONVENTIONS:
        equals_keras(getattr(rules, name), lambda x: 1e-3 * cubic.gradient(x), 0.5, 30)
print(f"Its {len(CONVENTIONS)} formulas too: 30 steps agree to {BOUNDS['float64']:.0e}.")

# %% [markdown]
# Four traps, and the way out of each, in `adamlib.conventions`:
#
# - **Epsilon.** PyTorch's and Optax's is Algorithm 1's, so Keras's is $\epsilon\sqrt{1 - \beta_2^t}$ at step $t$:
#   `epsilon_from_paper`. It matters in the first $3/(1 - \beta_2)$ steps if $\epsilon$ is not far below $\sqrt v$: with
#   $\epsilon = 1$ Keras starts up to 32 times more slowly.
# - **Momentum.** In PyTorch and Optax $\eta$ stands outside the velocity (lesson 03, § 6). The paths are the same until
#   $\eta$ changes. `momentum_from_pytorch` changes $\mu$ with it.
# - **L2.** `weight_decay` of PyTorch's SGD and Adam adds $\lambda x$ to every parameter's gradient. In Keras that is
#   `kernel_regularizer=keras.regularizers.L2(λ / 2)`, the gradient of $\frac{\lambda}{2} x^2$, and `bias_regularizer` for
#   biases. Keras's SGD and Adam take `weight_decay=` too, but theirs is decoupled: with $g = 0$,
#   `Adam(0.1, weight_decay=0.5)` moves 1 to 0.95.
# - **Decoupled decay.** $x \leftarrow x - \eta\lambda x$ in PyTorch's, Optax's and Keras's AdamW, but with three
#   defaults. In the paper $\lambda$ is not multiplied by $\alpha$, so divide it: `weight_decay_from_paper`.
#
# The first two give functions of $t$, for the course's rules. Keras's Adam and SGD take one number: there, write
# PyTorch's rule itself, and train with it by `as_keras` (lesson 08).
#
# ### Exercise 4: convert
#
# A PyTorch run has `momentum=0.9` and lowers its rate from 0.01 to 0.001 at step 101. Which momentum must Keras have *at
# that step* to take the same path?
#
# <details><summary>Hint</summary>Keras's velocity is V = −η v, with PyTorch's v. Write v_t = μ v_{t−1} + g_t with it.</details>

# %%
# BEGIN SOLUTION
# STUB momentum_now = ...
momentum_now = 0.9 * 0.001 / 0.01
# END SOLUTION
check_answer("07.momentum_now", momentum_now)


def falling(t):
    return 0.01 if t < 101 else 0.001


def pytorch_path(steps=130):
    x, v = ravine.start, 0
    path = [x]
    for t in range(1, steps + 1):
        v = 0.9 * v + ravine.gradient(x)
        x = x - falling(t) * v
        path.append(x)
    return np.array(path)


unchanged = dict(learning_rate=falling, momentum=0.9)
sides = {"PyTorch": pytorch_path()}
for label, settings in {
    "momentum, Keras, μ = 0.9": unchanged,
    "momentum, converted": momentum_from_pytorch(falling, 0.9),
}.items():
    run = descend(rules.momentum, ravine.gradient, ravine.start, 130, **settings)
    sides[label] = run.trajectory
    apart = np.abs(run.trajectory - sides["PyTorch"]).max()
    print(f"{label:25} at most {apart:.0e} from PyTorch's path")
quiz("07.decay")

# %% [markdown]
# From step 102 on it is 0.9 again: that one step makes the difference.
#
# Now every gradient is noise and every weight starts at 1; $\lambda = 0.5$, 1,000 steps, $\eta = 0.001$. Decoupled decay
# leaves $(1 - \eta\lambda)^{1000} = 0.61$ of a weight.

# %%
sizes, left = np.array([[0.3], [3.0], [30.0]]), {}
for name, method, penalty, settings in (
    ("decoupled", rules.adamw, 0.0, {"weight_decay": 0.5}),
    ("L2", rules.adam, 0.5, {}),
):
    noise = np.random.default_rng(0)
    run = descend(
        method,
        lambda x, noise=noise, penalty=penalty: (
            sizes * noise.standard_normal(x.shape) + penalty * x
        ),
        np.ones((3, 500)),
        1000,
        learning_rate=0.001,
        **settings,
    )
    left[name] = run.trajectory[-1].mean(axis=1)
    shown = ", ".join(
        f"{part:.2f} at noise {size:g}" for part, size in zip(left[name], sizes[:, 0], strict=True)
    )
    print(f"{name:9} leaves {shown}")

# %% [markdown]
# So no $\lambda$ turns one into the other in Adam. In sgd without momentum they are the same.
#
# ## 6 Schedules
#
# A learning rate may be a function of $t$ (so $\eta_t$ is here the scheduled rate, no longer lesson 06's):
#
# - $\eta/\sqrt t$, of Adam's convergence theorem: `inverse_sqrt`,
# - **warm-up**, $\eta\, t/W$ for the first $W$ steps: `linear_warmup`,
# - **cosine**: after a warm-up of $W$ of the $T$ steps,
#
# $$\eta_t = \frac{\eta}{2}\Big(1 + \cos \pi\, \frac{t - W}{T + 1 - W}\Big)$$
#
# ### Exercise 5: write it
#
# The cosine with its warm-up. `steps` is $T$. (With `warmup=1` there is none: the first step has $\eta$.)
# `hint("cosine_at")` helps.


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
shapes = {
    "adam, constant": lambda rate: lambda t: rate,
    "adam, 1/√t": inverse_sqrt,
    "adam, cosine": lambda rate: lambda t: cosine_at(t, rate, 300, 1),
}
shown = {
    "η, 1/√t": inverse_sqrt(1.0),
    "η, warm-up": linear_warmup(1.0, 30),
    "η, warm-up and cosine": lambda t: cosine_at(t, 1.0, 300, 30),
}
fig = plots.lines(
    {name: np.array([rate_at(t) for t in steps]) for name, rate_at in shown.items()},
    x=steps,
    ylabel="learning rate / η",
    log=False,
)
fig.axes[0].legend(loc=(0.19, 0.24))
fig

# %% [markdown]
# The noisy ravine in 300 steps; each point is the mean of 1,000 runs.

# %%
tried = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0]
annealed = {
    name: np.array([losses_of(300, 5.0, 1000, learning_rate=shape(rate))[-1] for rate in tried])
    for name, shape in shapes.items()
}
for name, ends_of in annealed.items():
    print(f"{name:14} best at {tried[ends_of.argmin()]:<4g}: {ends_of.min():.3f}", end=", ")
    print(f"{(ends_of < 0.2).sum()} of {len(tried)} rates end below 0.2")
plots.lines(annealed, x=tried, xlabel="η", ylabel="loss after 300 steps", log_x=True)

# %% [markdown]
# A rate that falls takes long steps early and short ones late: that cures the failure in noise of part 1. With the
# cosine, $\eta$ matters less, too.
#
# ## 7 Warm-up on real data
#
# A network with 64 hidden units, Fashion-MNIST, three epochs of 60 batches; a warm-up lasts 18 of the 180 steps. Each
# schedule at four rates, with five seeds (a band spans them): the loss on 1,000 held-out images, and how many hidden
# units are **dead**, their ReLU 0 for every image.

# %%
clothes, kinds = fashion_mnist().train
part, held = (clothes[:6000], kinds[:6000]), (clothes[6000:7000], kinds[6000:7000])
network = MLP((784, 64, 10))
real_shapes = {
    "adam, constant": lambda rate: rate,
    "adam, warm-up": lambda rate: linear_warmup(rate, 18),
    "adam, cosine": lambda rate: cosine(rate, 180),
    "adam, warm-up and cosine": lambda rate: cosine(rate, 180, warmup=18),
}
real_rates, seeds = [0.003, 0.01, 0.03, 0.1], range(1 if size() == "smoke" else 5)


def dead_units(params):
    return int(((part[0] @ params[0] + params[1]).max(axis=0) <= 0).sum())


def scheduled(learning_rate, seed, data=part, epochs=3):
    """The held-out loss and the dead units at the end."""
    rng = np.random.default_rng(seed)
    start, loss = network.initial(rng), network.loss_and_gradient
    how = dict(epochs=epochs, batch_size=100, rng=rng, learning_rate=learning_rate)
    params = train(rules.adam, loss, start, data, **how).params
    return network.loss(params, held), dead_units(params)


done = {}

# %%
jobs = {
    (name, rate, seed): functools.partial(scheduled, shape(rate), seed)
    for seed in seeds
    for name, shape in real_shapes.items()
    for rate in real_rates
}
collect(jobs, done)
at_end = {
    name: np.array(
        [[done.get((name, rate, seed), (np.nan,) * 2) for rate in real_rates] for seed in seeds]
    )
    for name in real_shapes
    if (name, real_rates[0], 0) in done
}
print("held-out loss (dead units)", *(f"η = {rate:<7g}" for rate in real_rates))
for name, both in at_end.items():
    shown = zip(*both.mean(axis=0).T, strict=True)
    print(f"{name:26}", *(f"{loss:.2f} ({dead:2.0f})  " for loss, dead in shown))
plots.lines(
    {name: both[..., 0] for name, both in at_end.items()},
    x=real_rates,
    xlabel="η",
    ylabel="held-out loss",
    log_x=True,
)

# %% [markdown]
# Warm-up together with a cosine is best. Most of its gain over the cosine is there at the same rate, 0.01. Warm-up alone
# gains nothing here, but at 0.1 it does less harm.
#
# Adam's first step moves nearly every weight that has a gradient by $\eta$. That can push a unit so far down that it
# stays dead: its gradient is 0. Warm-up keeps units alive:

# %%
first_batch = part[0][:100], part[1][:100]
deaths = {}
for label, rate in (("0.03", 0.03), ("0.03 / 18, in a warm-up", 0.03 / 18)):
    deaths[rate] = [scheduled(rate, seed, first_batch, epochs=1)[1] for seed in seeds]
    print(f"dead of 64 after one step of {label:24} {deaths[rate]}")

# %% [markdown]
# That does not explain the loss: at 0.03, warm-up alone saves many units and gains nothing. Liu and others (2020) see
# the cause in $\hat v$: at first it is the mean of few squares, so the step's length varies much by chance.
#
# ## 8 Does it agree with Keras?
#
# Keras counts steps from 0. So our warm-up, $\eta/W$ at step 1, starts at $\eta/W$ there and lasts $W - 1$ steps.

# %%
schedules = keras.optimizers.schedules
pairs = {
    "linear_warmup": (linear_warmup(0.01, 7), schedules.PolynomialDecay(0.01 / 7, 6, 0.01)),
    "cosine": (cosine(0.01, 70), schedules.CosineDecay(0.01, 70)),
    "cosine with warm-up": (
        cosine(0.01, 70, warmup=7),
        schedules.CosineDecay(0.01 / 7, 64, warmup_target=0.01, warmup_steps=6),
    ),
}
differences = {}
for name, (ours, theirs) in pairs.items():
    differences[name] = max(abs(ours(t) / float(theirs(t - 1)) - 1) for t in range(1, 71))
    print(f"{name:20} largest relative difference in 70 steps: {differences[name]:.0e}")

model, digits_part = LogisticRegression(), (images[:7000], digits[:7000])
ours, theirs = pairs["cosine with warm-up"]


def epoch():
    return dict(batch_size=100, rng=np.random.default_rng(0))


in_numpy = train(
    rules.adam,
    model.loss_and_gradient,
    model.initial(),
    digits_part,
    learning_rate=ours,
    beta_1=0.8,
    epsilon=1e-3,
    **epoch(),
)
optimizer = keras.optimizers.Adam(theirs, beta_1=0.8, epsilon=1e-3)
in_keras = train_network(optimizer, model.initial(), digits_part, **epoch())
weights_apart = max(
    np.abs(a - b).max() for a, b in zip(in_numpy.params, in_keras.params, strict=True)
)
print(f"largest difference of 7,850 weights after the epoch: {weights_apart:.0e}")
quiz("07.from_zero")

# %% [markdown]
# ## Where it fails
#
# Four knobs and a schedule: who has time to tune them all? How good are the defaults on a real network, and what is
# worth tuning first? That is lesson 08.
#
# **Recap**
#
# 1. $\eta$ is fast early against low late: in noise the late loss is about $\eta\sigma/4$ for each coordinate. $\beta_1$
#    changes it little.
# 2. Far above $\sqrt v$, $\epsilon$ makes Adam momentum with the learning rate $\eta(1 - \beta_1)/\epsilon$. That cures bursts
#    where gradients vanish; on our real data it did not help.
# 3. Same names, other meanings: $\epsilon$, momentum and `weight_decay` are converted, not copied.
# 4. A rate that falls cures the noise that a constant one keeps; with a cosine $\eta$ is less delicate.
# 5. Warm-up together with a cosine was best; most of its gain is there at the same rate.
#
# **Sources.** D. Kingma and J. Ba, *Adam: a method for stochastic optimization*, 2015. I. Loshchilov and F. Hutter, *SGDR:
# stochastic gradient descent with warm restarts*, 2017, and *Decoupled weight decay regularization*, 2019. P. Goyal and
# others, *Accurate, large minibatch SGD*, 2017. L. Liu and others, *On the variance of the adaptive learning rate and
# beyond*, 2020. And the libraries' sources, named in `adamlib/conventions.py`.

# %% tags=["solution"]
# What the text says, held to what the cells computed.
from adamlib.keras_check import tf

assert round(defaults_fail["adam, η = 0.1, with noise"][-100:].mean(), 2) == 0.24
assert defaults_fail["adam, η = 0.4, β₁ = 0.5"][84] < 1e-12 < defaults_fail["adam, η = 0.1"][84]
for eta in knobs["learning_rate"]:
    assert abs(late["learning_rate", eta] / (eta * 5 / 2) - 1) < 0.15
assert max(late["beta_1", b] for b in knobs["beta_1"]) < 0.28
assert curves["beta_1", 0.99][150:250].max() > 2 * curves["beta_1", 0.9][150:250].max()
assert late["beta_2", 0.5] > 1.3 * late["beta_2", 0.999] > 1.2 * late["beta_2", 0.9]
assert late["epsilon", 10.0] < 0.1 and early["epsilon", 10.0] > 2 * early["epsilon", 1e-7]
assert late["epsilon", 100.0] > 1
assert np.allclose([memory_m[6], memory_v[6]], [10, 1000]) and ends.size > 10_000
assert ends[etas < 0.05, :, 6, 0].min() > 0.5
below = ends[:, 6, :, 0] < 0.1  # by v's memory
assert np.allclose(memory_v[2], 10) and (below.sum(axis=0)[2:] == 9).all()
best = ends[..., 0].min(axis=0)  # of m's memory and v's
assert memory_m[5] < 7 and 31 < memory_v[3] < 32
assert (best[:6, 3:].max(axis=1) < best[:6, 2] / 10).all()
assert ends[:, 6, :, 0].min() > 1e-6 and ends[..., 0].min() == 1e-16
assert np.allclose(ends[4:, 6, 6, 12], ends[:-4, 6, 6, 11], rtol=0.05)  # ten times both
assert np.allclose(ends[etas < 0.3, 6, 6, 0], ends[etas < 0.3, 6, 6, 3], rtol=0.05)
settings = dict(learning_rate=lambda t: 1e5 * (1 - 0.9**t) / (1 - 0.999**t) ** 0.5, epsilon=1e6)
as_adam = descend(rules.adam, ravine.gradient, ravine.start, 84, **settings).trajectory
momentum = descend(rules.momentum, ravine.gradient, ravine.start, 84, learning_rate=0.01)
assert np.abs(as_adam - momentum.trajectory).max() < 1e-3
clicked = sweep(
    rules.adam,
    ravine.gradient,
    ravine.start,
    84,
    learning_rate=np.geomspace(0.01, 10, 40),
    beta_1=np.linspace(0, 0.98, 50)[:, None],
)
far = clicked.trajectory[:, :, 40]  # β₁ = 0.8
long = (np.geomspace(0.01, 10, 40) > 0.135) & (np.geomspace(0.01, 10, 40) < 4.2)
assert long.sum() == 20 and ravine(far[-1])[long].max() < 1e-6
assert abs(far[1:, 1, long][..., -1]).max() > 3 > 1 > abs(far[1:, 1, long][..., 0]).max()
assert 10 < (ravine(clicked.trajectory[-1])[np.linspace(0, 0.98, 50) >= 0.8] < 1e-6).sum() < 100
warning = " ".join(tf.compat.v1.train.AdamOptimizer.__init__.__doc__.split())
assert (
    "when training an Inception network on ImageNet a current good choice is 1.0 or 0.1" in warning
)
late_bursts = {label[10:]: curve[2000:].max() for label, curve in bursts.items()}
for epsilon in (0.04, 0.056):  # to both sides of exercise 3's answer
    late_bursts[f"{epsilon}"] = losses_of(3000, beta_2=0.99, epsilon=epsilon)[2000:].max()
assert min(late_bursts[epsilon] for epsilon in ("1e-07", "0.02", "0.04")) > 1e-6
assert max(late_bursts[epsilon] for epsilon in ("0.056", "0.1", "1")) < 1e-60
arrived = [np.argmax(bursts[f"adam, ε = {epsilon}"] < 1e-16) for epsilon in ("0.1", "1")]
assert arrived[1] < 1.2 * arrived[0]
for scores in by_epsilon.values():
    best, *large = scores.values()
    assert best.rate < large[0].rate < large[1].rate
    assert all((score.held_out > best.held_out).all() for score in large)
    assert all(0.02 < score.held_out.mean() - best.held_out.mean() < 0.04 for score in large)
assert min(score.held_out.min() for score in large) > best.held_out.max()  # reviews
assert np.round((1 - 0.999 ** np.array([1, 84])) ** 0.5, 2).tolist() == [0.03, 0.28]
still = trained(tasks["digits"][0], (images[:7000], digits[:7000]), 1, 1.0)(0.001, 0)
assert still.losses[-1] > 2.2
assert np.allclose(left["decoupled"], 0.61, atol=0.02) and (np.diff(left["L2"]) > 0.1).all()
assert left["L2"][0] < 0.4 and left["L2"][2] > 0.95
least = {name[6:]: ends_of.min() for name, ends_of in annealed.items()}
assert least["cosine"] < 0.09 < 0.13 < least["constant"] < 0.16 and least["1/√t"] < 0.11
assert [(ends_of < 0.2).sum() for ends_of in annealed.values()] == [1, 2, 6]
if size() != "smoke":
    loss = {name[6:]: both[..., 0] for name, both in at_end.items()}  # shape (seeds, rates)
    dead = {name[6:]: both[..., 1] for name, both in at_end.items()}
    best = loss["warm-up and cosine"].mean(axis=0).min()
    gain = loss["cosine"].mean(axis=0).min() - best
    assert all(best < loss[n].mean(axis=0).min() - 0.02 for n in ("constant", "warm-up", "cosine"))
    assert loss["cosine"].mean(axis=0).argmin() == 1  # at 0.01
    same_rate = loss["cosine"][:, 1].mean() - loss["warm-up and cosine"][:, 1].mean()
    assert same_rate > 0.02 and same_rate > 0.5 * gain
    least = [loss[n].mean(axis=0).min() for n in ("constant", "warm-up")]
    assert abs(least[0] - least[1]) < 0.03 < gain
    for n, slow in (("constant", "warm-up"), ("cosine", "warm-up and cosine")):
        assert loss[slow][:, 3].mean() < 0.75 * loss[n][:, 3].mean()
        assert (dead[slow][:, 2] < dead[n][:, 2] - 10).all()
    assert all(values[:, 3].mean() > values.mean(axis=0).min() + 0.05 for values in loss.values())
    assert loss["warm-up"][:, 2].mean() > loss["constant"][:, 2].mean() - 0.03
    assert min(deaths[0.03]) > 5 and max(deaths[0.03 / 18]) == 0
assert max(differences.values()) < 1e-3 and weights_apart < 1e-4
lost = keras.optimizers.Adam(schedules.CosineDecay(0.0, 9, warmup_target=0.01, warmup_steps=5))
x = keras.Variable([1.0])
lost.apply([keras.ops.ones(1)], [x])
assert float(x[0]) == 1 and 0.09 < float(lost.variables[1][0]) < 0.11  # m
assert np.abs(sides["momentum, converted"] - sides["PyTorch"]).max() < 1e-12
decayed = keras.Variable([1.0])
keras.optimizers.Adam(0.1, weight_decay=0.5).apply([keras.ops.zeros(1)], [decayed])
assert abs(float(decayed[0]) - 0.95) < 1e-6
