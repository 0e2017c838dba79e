# %% [markdown]
# # 10. Beyond Adam
#
# Adam's paper is from 2014. What has come since, and what is it good for? In this lesson you write three of Adam's
# successors, AdamW, Lion and the core of Muon, and you train a network with them. You also meet a problem on which
# Adam goes the wrong way, and a question on which exact gradients and batches give different answers. At the end of
# this lesson you will be able to
#
# - write AdamW, and say why an L2 penalty cannot take its place,
# - say when Adam goes the wrong way, and give two remedies,
# - write Lion and Muon's iteration, and say what each keeps of a gradient and what it throws away,
# - say what rare words do to sgd and to Adam, and which optimizer to try for what.
#
# | part | minutes |
# | --- | --- |
# | [1 AdamW](#1-AdamW) | 9 |
# | [2 Where Adam goes the wrong way](#2-Where-Adam-goes-the-wrong-way) | 9 |
# | [3 Lion](#3-Lion) | 7 |
# | [4 Muon](#4-Muon) | 10 |
# | [5 Your rules in a race](#5-Your-rules-in-a-race) | 7 |
# | [6 Rare words](#6-Rare-words) | 6 |
# | [7 Which optimizer for what?](#7-Which-optimizer-for-what?) | 4 |
# | in all | 52 |
#
# You need lessons [06](06-adam.ipynb) and [07](07-adams-knobs.ipynb), and for part 5 also
# [08](08-training-networks.ipynb). Terms printed in bold are collected in the [glossary](glossary.ipynb); all rules
# on one page are in the [cheat sheet](cheat-sheet.ipynb).
#
# ## 1 AdamW
#
# Lesson 07 measured (in its part 5) what an L2 penalty does in Adam: it shrinks weights with small gradients a lot, and
# weights with large gradients hardly. The reason is that Adam divides the penalty $\lambda x$ by $\sqrt v$, with the
# rest of the gradient. Decoupled decay takes the fraction $\eta\lambda$ off each weight, and is never divided. Could a
# larger $\lambda$ of the penalty make up for the division?
#
# ### Exercise 1: derive
#
# The gradients of a weight are pure noise with standard deviation 30, so late in a run $\sqrt v$ is about 30.
# Decoupled decay has $\lambda = 0.1$. Which $\lambda$ must an L2 penalty have in Adam, to take the same fraction off
# this weight in each step?
#
# <details><summary>Hint</summary>Write down what each takes off a weight x in one step: ηλx in one case. In the other case Adam divides by √v.</details>

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots, rules
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.explorers import one_step
from adamlib.keras_check import keras
from adamlib.keras_optimizer import as_keras
from adamlib.surfaces import ravine

SEEDS = experiments.seeds(3)

# %%
# BEGIN SOLUTION
# STUB penalty = ...
penalty = 0.1 * 30
# END SOLUTION
check_answer("10.penalty", penalty)

# %% [markdown]
# So there is a $\lambda$ for this weight. But a weight whose noise is 0.3 would lose 100 times as much with it, because
# its $\sqrt v$ is 100 times smaller. A network has gradients of all sizes. So *no* $\lambda$ makes the penalty equal to
# decay, and that is why AdamW exists.
#
# **AdamW** is Adam with decoupled weight decay: each step first takes the fraction $\eta\lambda$ off every weight,
# and then does Adam's step. The two lines say it:
#
# $$x \leftarrow x - \eta\lambda x, \qquad x \leftarrow x - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# Here $\hat m$ and $\hat v$ are Adam's corrected averages of $g$ and $g^2$, as in lesson 06, and nothing of the decay
# is in $g$.
#
# ### Exercise 2: write it
#
# Write `adamw`. You have written Adam already, so you may call `rules.adam`, which takes the same arguments except
# `weight_decay`, and returns `(x, m, v)`. `hint("adamw")` helps. In part 5 your function trains a network.


# %%
def adamw(
    x, g, t, m=0, v=0, *,
    learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7,
):  # fmt: skip
    adams = dict(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
    # BEGIN SOLUTION
    x = x - learning_rate * weight_decay * x
    return rules.adam(x, g, t, m, v, **adams)
    # END SOLUTION


adamw = check(adamw, "adamw")

# %% [markdown]
# <details><summary>Does the order matter?</summary>
#
# A little. If the decay comes after Adam's step, it also shrinks that step, by the fraction ηλ. With η = 0.01 and λ =
# 0.1 that is a thousandth of the step. Keras and PyTorch decay first.
#
# </details>
#
# ### Exercise 3: what should not decay
#
# Keras's AdamW decays every variable. Recipes such as that of BERT, a large language model, leave out biases and the
# variables of layers that normalise. Such a layer divides its inputs by their size, multiplies them by `gamma`, which
# starts at 1, and adds `beta`. A decay would pull `gamma` towards 0, and so would switch the layer off.
#
# Here is a network of a dense layer (`kernel` and `bias`) and a layer that normalises. All gradients are 0, so an
# optimizer changes only what it decays. Write a list of words for `exclude_from_weight_decay`, such that only the kernel
# decays. A variable is left out if its name contains one of the words.

# %%
# BEGIN SOLUTION
# STUB words = ...
words = ["bias", "gamma", "beta"]
# END SOLUTION
left = dict(kernel=..., bias=..., gamma=..., beta=...)
if words is not ...:
    layers = keras.layers.Dense(1, bias_initializer="ones"), keras.layers.LayerNormalization()
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.set_weights([np.ones_like(w) for w in model.get_weights()])
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=words)
    optimizer.apply([keras.ops.zeros_like(w) for w in model.weights], model.weights)
    left = {w.name: float(w.numpy().item()) for w in model.weights}
check_answer("10.kept", left["kernel"], left["bias"], left["gamma"], left["beta"])

# %% [markdown]
# ## 2 Where Adam goes the wrong way
#
# Adam's paper claimed a proof that Adam converges on convex problems. In 2018 Reddi, Kale and Kumar found a mistake in
# that proof, and a problem with one number $x$ on which Adam ends at the *worst* point. Here it is, in numbers.
# The number $x$ is kept between −1 and 1. The gradient is 3 at the first step, −1 at the second, −1 at the third, then 3
# again, and so on, wherever $x$ is. The mean gradient is $\frac13$, so the best place is $x = -1$.
#
# ### Exercise 4: derive
#
# Take $\beta_1 = 0$, $\beta_2 = 0.1$ and no $\varepsilon$, late in the run. After the gradient 3, $v$ is always
# 8.207. How far does $x$ move in one cycle of three steps, as a multiple of $\eta$? (Two digits; a minus sign if $x$
# falls.)
#
# <details><summary>Hint</summary>Each of the three steps is −η g/√v. From 8.207 the next v is 0.1 · 8.207 + 0.9 · 1. Compute the third v in the same way, then add up three steps.</details>

# %%
# BEGIN SOLUTION
# STUB moved = ...
v = [8.207]
for g in (-1, -1):
    v.append(0.1 * v[-1] + 0.9 * g**2)
moved = -sum(g / np.sqrt(now) for g, now in zip((3, -1, -1), v, strict=True))
# END SOLUTION
check_answer("10.cycle", moved)

# %% [markdown]
# The large gradient makes $v$ large at the very step at which it is used, so its step is short. When the small
# gradients come, $v$ has forgotten it. So their steps are nearly as long, and there are two of them. The large gradients
# are rare and right, the small ones are frequent and wrong, and Adam counts them nearly alike.
#
# AMSGrad, which lesson 09 named, is Adam with the largest $v$ so far in place of $v$, so that its divisor never
# shrinks: $v_{\max} \leftarrow \max(v_{\max}, v)$. Then all three steps are divided by the same number, and their sum
# has the sign of the sum of the gradients.
#
# A longer memory is another remedy: it also keeps $v$ nearly constant. We try both remedies, for many $\beta_2$, on two
# problems. The second one is that of Reddi's experiment: the gradient is 1010 at one step in 101, and −10 at the others.
# There $\beta_1$ is Adam's default, 0.9. On both problems the rate is $0.1/\sqrt t$.

# %%
memory = np.geomspace(1, 10_000, 25)  # how many steps v remembers
problems = {
    "3, −1, −1, and β₁ = 0": dict(large=3, small=-1, cycle=3, steps=3000, beta_1=0.0),
    "1010 once in 101, and β₁ = 0.9": dict(large=1010, small=-10, cycle=101, steps=20_200, beta_1=0.9),
}  # fmt: skip
final = {
    title: {
        rule.__name__: experiments.ends_in_cycles(rule, 1 - 1 / memory, **problem)
        for rule in (rules.adam, rules.amsgrad)
    }
    for title, problem in problems.items()
}
how = dict(xlabel="memory of v in steps, 1/(1 − β₂)", ylabel="x at the end", log=False, log_x=True)
plots.side_by_side(final, memory, **how)

# %% [markdown]
# Start at the left of each panel. If $v$ forgets at once, Adam ends at +1, the worst place, and AMSGrad is on the right
# way, below 0. Now go to the right. In the left panel Adam reaches −1 as soon as $v$ remembers more than three or four
# steps, about one cycle. In the right panel a cycle has 101 steps, and Adam turns to the right side at a memory of about
# 200 steps. With Keras's default, 1,000, Adam and AMSGrad end close together. (They are not at −1 yet, because the rate
# has become small.)
#
# So the failure is real, but it needs a $v$ that forgets within the time between two important gradients. Is there a
# $\beta_2$ that is always large enough? No: whichever $\beta_2$ you choose, there is a problem on which Adam fails, if
# $\beta_1 < \sqrt{\beta_2}$ (Reddi and others, theorem 2). But if the problem comes first, a $\beta_2$ close enough to 1
# brings Adam near a point with gradient 0, under some conditions (Zhang and others, 2022). Both are true: it matters what
# is chosen first.
#
# ## 3 Lion
#
# People invented Adam. The next rule was found by a program that searched among very many small programs (Chen and
# others, 2023). What it found is shorter than Adam. **Lion** is a rule with one average $m$ and no $v$, in which every
# weight moves by $\eta$, up or down. The formulas say that the step is the sign of a mix of $m$ and $g$, and that $m$
# then averages $g$ with another factor:
#
# $$x \leftarrow x - \eta \,\operatorname{sign}\big(\beta_1 m + (1 - \beta_1) g\big), \qquad
# m \leftarrow \beta_2 m + (1 - \beta_2) g$$
#
# Note the order. The step comes first and uses the *old* $m$. With $\beta_1 = 0.9$ and $\beta_2 = 0.99$ the newest
# gradient counts ten times as much in the step as in what $m$ keeps. (If the mix is exactly 0, the weight stays.)
#
# ### Exercise 5: write it
#
# Write `lion`, without weight decay. `hint("lion")` helps.


# %%
def lion(x, g, t, m=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.99):
    # BEGIN SOLUTION
    step = np.sign(beta_1 * m + (1 - beta_1) * g)
    m = beta_2 * m + (1 - beta_2) * g
    return x - learning_rate * step, m
    # END SOLUTION


lion = check(lion, "lion")

# %% [markdown]
# Here is your rule in the ravine, number by number. Step on until a coordinate has passed the minimum at 0. How long are
# its steps then?

# %%
one_step({lion: {"learning_rate": 0.1}}, ravine)

# %% [markdown]
# They are still 0.1 long. Lion keeps only the sign of its mix and throws the size away, so with a constant $\eta$ it
# never slows down near a minimum. What about noise?

# %%
quiz("10.lion")

# %%
rng, lengths = np.random.default_rng(SEEDS[0]), {}
noise = rng.standard_normal((300, 10_000))
for rule in (rules.adam, lion):
    x, state = np.zeros(10_000), ()
    for t, g in enumerate(noise, 1):
        before, (x, *state) = x, rule(x, g, t, *state, learning_rate=1.0)
    lengths[rule.__name__] = np.sqrt(np.mean((x - before) ** 2))
print(", ".join(f"{name}: {length:.2f} η" for name, length in lengths.items()))

# %% [markdown]
# These are root mean squares over 10,000 weights whose gradients are pure noise. Lion's step is about four times as
# long. So where noise dominates, Lion needs a smaller $\eta$ than Adam for steps of the same length. Chen and others
# advise an $\eta$ that is 3 to 10 times smaller than AdamW's, with a $\lambda$ that is as many times larger, so that
# $\eta\lambda$ stays. On our own tasks Lion's best $\eta$ is 5 times smaller than Adam's in the batches of part 6, but
# with the constant rates of part 5 the two are equal. And Lion keeps one number for each weight, where Adam keeps two.
#
# ## 4 Muon
#
# All rules so far treat a matrix of weights as a bag of numbers. **Muon** is a rule for whole matrices: it makes all
# singular values of the momentum nearly equal, and takes its step along the result (Jordan and others, 2024). What does
# that mean?
#
# Each matrix is a sum of simple ones, $G = \sum_i s_i\, p_i q_i^\top$. The $p_i$ and $q_i$ are directions of length 1,
# the $p_i$ at right angles to each other, and the $q_i$ too. The **singular values** of a matrix, here $s_i \ge 0$, say
# how strongly it stretches each of these directions. In the simplest case the matrix has numbers only on its diagonal:
# their absolute values are the singular values.
#
# Jordan and others saw in language models that a few $s_i$ are large and the others small, so a step along $G$ moves the
# weights in a few directions only. Muon keeps the directions and makes every $s_i$ about 1, but without computing the
# $s_i$, which takes long. A **Newton-Schulz iteration** replaces a matrix by a polynomial of it, again and again, which
# brings its singular values nearer to 1. One step of Muon's says
#
# $$X \leftarrow a X + b\,(X X^\top) X + c\,(X X^\top)^2 X, \qquad a = 3.4445,\; b = -4.7750,\; c = 2.0315$$
#
# Such a step leaves $p_i$ and $q_i$ as they are, and each singular value $s$ becomes $a s + b s^3 + c s^5$. Before
# the first step the matrix is divided by its length, the root of the sum of its squares, so that every $s$ is at most
# 1.
#
# ### Exercise 6: write the iteration
#
# Write `orthogonalized`: divide by the length, then take `ns_steps` steps. In Python `@` multiplies matrices, and
# `x.T` is the transpose. `hint("orthogonalized")` helps.


# %%
def orthogonalized(matrix, ns_steps=5):
    # BEGIN SOLUTION
    x = matrix / np.linalg.norm(matrix)
    for _ in range(ns_steps):
        square = x @ x.T
        x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x
    return x
    # END SOLUTION


orthogonalized = check(orthogonalized, "orthogonalized")

# %%
on_diagonal = np.diag(orthogonalized(np.diag([5.0, -0.5, 0.05])))
print("diagonal 5, −0.5, 0.05 becomes", ", ".join(f"{s:.2f}" for s in on_diagonal))
before = np.geomspace(1e-5, 1, 200)
before = before / np.linalg.norm(before)
steps = {"one step": 1, "muon, five steps": 5}
after = {label: np.diag(orthogonalized(np.diag(before), n)) for label, n in steps.items()}
how = dict(xlabel="singular value before", ylabel="singular value after", log=False, log_x=True)
plots.lines(after, x=before, **how)

# %% [markdown]
# The three numbers were 5, −0.5 and 0.05, a hundred times apart. Now they are nearly of one size, and each has kept its
# sign: on a diagonal Muon does nearly what Lion does. The figure shows what becomes of any singular value. Look at the
# line of five steps, Muon's default. From the right end down to 0.002 it stays between about 0.7 and 1.2. To the left
# of that it falls to 0, because a small value can only grow by a factor of 3.44 in each step.
#
# So what does Muon keep, and what does it throw away?
#
# - **It throws the sizes away.** Large singular values become about as large as medium ones, between 0.7 and 1.2. The
#   three numbers $a$, $b$ and $c$ were chosen to raise small values fast, not to end at exactly 1.
# - **It keeps the directions,** and finds no new ones. A singular value of 0 stays 0, and a tiny one stays small.
# - **It does not depend on the axes.** If you turn the matrix, the step turns with it. Adam and Lion look at each entry
#   by itself, so there a turn changes the step.
#
# This is Muon's whole step for a matrix $x$, if $O$ is your function. The momentum $m$ is the sum of lesson 03, and
# $g + \mu m$ looks ahead as Nesterov does:
#
# $$m \leftarrow \mu m + g, \qquad
# x \leftarrow x - \eta\lambda x - 0.2\,\eta\,\sqrt{\max(\text{rows}, \text{columns})}\; O(g + \mu m)$$
#
# With the factor $0.2\sqrt{\max}$ the root mean square of a step is about $0.2\,\eta$, which is near that of Adam's
# steps, so Adam's rates and decay fit (Liu and others, 2025). It is also what Keras does.
#
# **What does it cost?** A layer whose matrix has $r$ rows or columns, whichever are fewer, needs at most $5r/B$ times the
# multiplications of its gradient on top, if a batch has $B$ samples (Jordan and others, 2024). In a large language
# model, with millions of words in a batch, that is next to nothing. For our network, with $r = 64$ and $B = 100$, it is
# at most 3.2 times. This bound counts multiplications, not seconds: measure those on your machine.
#
# ## 5 Your rules in a race
#
# Muon's step is for matrices only. What about biases, embeddings and the output layer? Keras's Muon leaves each variable
# that is not a matrix to AdamW, inside the same optimizer, and also each embedding. The output layer's matrix it gives
# to Muon, unless you say otherwise. Jordan and others leave it to AdamW: `exclude_layers=["output"]` does that for each
# layer whose name contains "output".
#
# ### Exercise 7: count
#
# Our network has 784 inputs, 64 hidden units and 10 outputs, and each unit and each output has a bias. How many of
# its numbers take AdamW's step, if the output layer is excluded from Muon?
#
# <details><summary>Hint</summary>Only the matrix from the inputs to the hidden units is left to Muon.</details>

# %%
# BEGIN SOLUTION
# STUB by_adamw = ...
by_adamw = 64 + 64 * 10 + 10
# END SOLUTION
check_answer("10.by_adamw", by_adamw)

# %% [markdown]
# Now your own functions train this network, by `as_keras` of lesson 08. `muon` below is made of two of them. It gives
# them the transpose, because a kernel of Keras has a row for each input: $X X^\top$ is smaller if the rows are fewer.


# %%
def muon(x, g, t, m=0, v=0, *, learning_rate=0.001):
    if np.ndim(x) != 2:
        return adamw(x, g, t, m, v, learning_rate=learning_rate)
    m = 0.95 * m + g
    step = orthogonalized((g + 0.95 * m).T).T
    return x - learning_rate * 0.2 * max(x.shape) ** 0.5 * step, m, v


def network(seed):
    """The network, its start and the order of its batches drawn from the seed."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Dense(64, "relu", kernel_initializer="he_normal", name="hidden"),
        keras.layers.Dense(10, kernel_initializer="he_normal", name="output"),
    ]
    return keras.Sequential([keras.Input((784,)), *layers])


# %% [markdown]
# The data are the clothes of lesson 07: 6,000 pictures, three epochs in batches of 100, so 180 steps. All three rules
# have $\eta = 0.003$, which turned out best of seven rates for each. The cell takes about 15 seconds. If you stop it
# and run it again, it goes on with the rules that are left.

# %%
clothes, by_rule = experiments.clothes(), {}

# %% tags=["about: 10 Adam with a constant rate"]
for own in (adamw, lion, muon):
    if own.__name__ not in by_rule:
        model = network(SEEDS[0])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(as_keras(own, learning_rate=0.003), loss=loss)
        data = dict(validation_data=clothes.others, batch_size=100, epochs=3, verbose=0)
        by_rule[own.__name__] = model.fit(*clothes.part, **data).history["val_loss"]
    print(f"{own.__name__:6}", " ".join(f"{loss:.2f}" for loss in by_rule[own.__name__]))

# %% [markdown]
# The three numbers of a row are the validation losses after each epoch, and yours are three optimizers that work. But
# this is one seed. So here are twelve, on the same task, also with Adam and momentum. Each rule has the best of the
# seven rates from 0.0003 to 0.3. The cosine is that of lesson 07, over the 180 steps.

# %%
words = "a constant rate", "a cosine"
pairs = (
    "Muon ends below Adam",
    "Muon ends below Lion",
    "Adam ends below momentum",
    "Adam ends below Lion",
)
experiments.evidence(
    *(f"10 with {shape} {pair}" for shape in words for pair in pairs),
    *(f"10 {rule} gains by a cosine" for rule in ("Muon", "momentum", "Lion", "Adam")),
)

# %% [markdown]
# Look at the last column. Muon ends below Adam and below Lion with all twelve seeds, by 0.06 to 0.09, with both
# schedules. Between Adam and momentum the schedule decides. With a constant rate Adam is below momentum with all seeds.
# With the cosine that lead is gone, because momentum gains 0.04 by it. Adam and Lion are close: with the cosine
# Lion is 0.01 below, which is at the border of what twelve seeds can show. AdamW at
# Keras's default $\lambda = 0.004$ does what Adam does: in 180 steps it takes less than 1 % off a weight, so this race
# says nothing about weight decay.
#
# Keep three limits of Muon's lead in mind. We compare equal numbers of *steps*, and Muon's steps cost more (part 4). The
# network is small, and 180 steps are few. And the seeds that chose the rates are also the seeds of the table, for all
# methods alike.
#
# ## 6 Rare words
#
# On the pictures of part 5 the ten classes are equally frequent. Language is different: a few words, such as "the", are
# everywhere, and most words are rare. **Zipf's law** says that the word of rank $k$ in the list of frequencies is about
# $k$ times as rare as the first word.
#
# Here is the smallest language model there is. It has 200 words, with Zipf's frequencies $f_k$. From each word it
# guesses the next one: row $k$ of a matrix $W$ holds 200 numbers, and their softmax is the model's guess, the
# probabilities of what follows word $k$. In our made-up language word $k$ follows itself half of the time, and otherwise
# anything follows, by Zipf's law. We measure the *excess* loss of each word, how far its loss lies above the least
# possible.
#
# At first the gradient is exact: $f_k$ times the difference of the guess and the truth. Each rule takes 300 steps with a
# cosine, and has the best of seven rates.

# %%
exact = {rules.sgd: 1000, rules.momentum: 100, rules.adam: 1.0, lion: 0.2}
by_word = {rule.__name__: experiments.excess(rule, rate) for rule, rate in exact.items()}
how = dict(x=np.arange(1, 201), xlabel="rank of the word", ylabel="excess loss", log_x=True)
plots.lines({name: np.maximum(values, 1e-9) for name, values in by_word.items()}, **how)

# %% [markdown]
# Follow the lines of sgd and momentum to the right, from rank 5 on: the rarer the word, the more is left to learn. The reason is the
# factor $f_k$. The row of a word that is 200 times as rare takes steps that are 200 times as short. A larger rate would
# help the rare words, but it makes the rows of the first words swing to and fro.
#
# The other two lines lie below $10^{-6}$ (the figure ends at $10^{-9}$). Adam divides each entry by the size of its own
# gradients, so $f_k$ cancels, and all words learn at the same speed. Lion takes the sign, and $f_k$ cancels there too.
#
# But no training sees the exact gradient. What do batches of 100 words change?

# %%
quiz("10.rare")

# %%
in_batches = {rules.sgd: 200, rules.momentum: 20, rules.adam: 0.1, lion: 0.02}
noisy = {
    rule.__name__: experiments.excess(rule, rate, size=100, seed=SEEDS[0])
    for rule, rate in in_batches.items()
}
first = np.array([1, 2, 4, 8, 16, 32, 64, 128])  # ranks: means of 1, of 2 and 3, of 4 to 7, …
size = np.diff([*first, 201])
grouped = {name: np.add.reduceat(loss, first - 1) / size for name, loss in noisy.items()}
display(plots.lines(grouped, **how | dict(x=first + (size - 1) / 2)))
pairs = (f"10 in batches of 100 {name} ends below Adam" for name in ("sgd", "momentum", "Lion"))
rarer = (f"10 {name} in batches of 100, the rarer half" for name in ("sgd", "Adam"))
experiments.evidence(*pairs, *rarer)

# %% [markdown]
# Adam's lead is gone, and more: with batches of 100 words sgd and momentum end below Adam with all twelve seeds, and Lion
# too, by a little. (Each rule has again the best of seven rates.) It is not better for the rare words either: on the
# rarer half of them sgd leaves 0.40, and Adam 0.45. In the figure (means of neighbouring ranks) all four lines rise to
# the right now.
#
# Two things have changed. The first is that $f_k$ no longer cancels. A rare word is in few batches, but when it is there,
# its gradient is not small, and this size goes into $\sqrt v$. So $\sqrt v$ shrinks more slowly than $f_k$. At the start
# Adam's mean step for word 200 is about a fifth of that for word 1, and no longer equal to it. The second is that few
# data limit every rule: the 300 batches have word 200 only about 25 times. No division makes up for that.
#
# So remember: *with exact gradients the frequency cancels in Adam; in small batches it cancels only in part.* Whether
# Adam wins then depends on the task. Here it loses. On the film reviews of lesson 04, in batches too, it ended below
# Nesterov's method with all thirty seeds, by 0.03. And Kunstner and others (2024) find that on language models gradient
# descent learns rare words more slowly than frequent ones, and that Adam suffers less from this.
#
# ## 7 Which optimizer for what?
#
# Here is what small experiments can say, ours and those of the lessons before. "Here" means networks and data that
# train in seconds. None of it proves anything for a large model.
#
# | your problem | try first | because |
# | --- | --- | --- |
# | a network that is new to you | Adam or AdamW at 0.001, then tune $\eta$ | it trains at once (lesson 08) |
# | the same, and you need weight decay | AdamW, without biases | an L2 penalty decays unevenly in Adam (part 1) |
# | rare words or sparse features | Adam or AdaGrad, and momentum beside it | they won in lesson 04 and lost in part 6 |
# | large matrices, and time to tune | Muon, beside AdamW | it led by 0.06 or more here, at equal steps (part 5) |
# | little memory on the device | Lion or momentum | one number for each weight, not two (part 3, lesson 08) |
# | a smooth problem with few numbers, exact gradients | momentum | in a turned ravine it wins (lesson 08) |
# | important gradients come rarely, and $v$ forgets them | a larger $\beta_2$, or AMSGrad | otherwise Adam may go the wrong way (part 2) |
#
# How much can you expect from another optimizer at scale? Wen and others (2025) tuned ten optimizers with equal care,
# AdamW too, on language models. The fastest, Muon among them, work on matrices. They were 1.4 times as fast as AdamW
# with 0.1 billion weights, and only 1.1 times with 1.2 billion. Others had claimed up to 2 times. Wen and others trace
# this to unequal tuning, and to comparisons that were made before the end of training.
#
# ## Where it fails
#
# - **AdamW.** When the rate falls to 0, the decay stops too, since it is multiplied by $\eta$.
# - **AMSGrad.** It never forgets. One huge gradient, such as lesson 08's unscaled pictures, shortens all later steps.
# - **Lion and Muon.** With a constant $\eta$ their steps do not get shorter near a minimum.
# - **Muon.** It works on matrices only, and needs a second optimizer for all the rest.
#
# **Recap**
#
# 1. In Adam an L2 penalty is divided by $\sqrt v$, so no $\lambda$ makes it equal to decay. AdamW leaves the gradient
#    alone and takes the fraction $\eta\lambda$ off each weight.
# 2. Adam can go the wrong way if $v$ forgets rare large gradients. AMSGrad keeps the largest $v$. A memory longer
#    than the time between them helps as well.
# 3. Lion steps by $\eta$ times the sign of a mix of the *old* $m$ and $g$: it throws the size away. It keeps one number
#    for each weight.
# 4. Muon takes momentum's sum, makes its singular values nearly equal, and steps along the result. A singular value of
#    0 stays 0.
# 5. The frequency of a word cancels in Adam if gradients are exact. In small batches it cancels only in part, and Adam
#    need not win.

# %%
progress("10")

# %% [markdown]
# **Next:** [lesson 11, Ten claims, tested](11-ten-claims.ipynb). You have written the rules that most networks are
# trained with. Which of the sentences that people say about them are true?
#
# **Sources.** I. Loshchilov and F. Hutter, *Decoupled weight decay regularization*, 2019. S. Reddi, S. Kale and S.
# Kumar, *On the convergence of Adam and beyond*, 2018 (theorems 1 and 2, section 5). Y. Zhang and others, *Adam can
# converge without any modification on update rules*, 2022. X. Chen and others, *Symbolic discovery of optimization
# algorithms*, 2023. K. Jordan and others, *Muon: an optimizer for hidden layers in neural networks*, 2024 (a web
# page). J. Liu and others, *Muon is scalable for LLM training*, 2025. F. Kunstner and others, *Heavy-tailed class
# imbalance and why Adam outperforms gradient descent on language models*, 2024. K. Wen and others, *Fantastic
# pretraining optimizers and where to find them*, 2025 (abstract).

# %% tags=["solution"]
# What the text says: simulations within their error, exact runs to a few digits; trained models, as the table has it.
from adamlib.descent import state_defaults
from adamlib.experiments import CLAIMS, carried
from adamlib.experiments.rare_words import FREQUENCY

# Part 1
assert np.isclose((penalty / 0.3) / 0.1, 100)  # the fractions that both take off, divided by η
assert np.isclose(0.01 * 0.1, 0.001)
# Part 2
v = [8.199 / 0.999]
v += [0.1 * v[0] + 0.9]
v += [0.1 * v[1] + 0.9]
assert np.isclose(0.1 * v[2] + 0.9 * 9, v[0]) and round(v[0], 3) == 8.207
assert f"{moved:.2f}" == "0.68"
(adam_3, amsgrad_3), (adam_101, amsgrad_101) = (ends.values() for ends in final.values())
assert adam_3[0] == adam_101[0] == 1 and max(amsgrad_3.max(), amsgrad_101.max()) < -0.15
assert adam_3[memory > 3.1].max() < -0.9 and adam_3[memory < 2].min() > 0.7
assert adam_101[memory > 220].max() < 0 < adam_101[memory < 180].min()
assert abs(adam_101 - amsgrad_101)[np.isclose(memory, 1000)].max() < 0.1
assert amsgrad_101.min() > -0.3
# Part 3
assert np.isclose((1 - 0.9) / (1 - 0.99), 10)
assert [len(state_defaults(rule)) for rule in (rules.lion, rules.momentum, rules.adam)] == [1, 1, 2]
assert abs(lengths["lion"] - 1) < 1e-6 and 4 < lengths["lion"] / lengths["adam"] < 4.7
x, state, passed = ravine.start, (), False
for t in range(1, 21):
    before, (x, *state) = x, rules.lion(x, ravine.gradient(x), t, *state, learning_rate=0.1)
    passed = passed or (x * ravine.start < 0).any()
    assert np.allclose(abs(x - before), 0.1)
assert passed
for words, times in (("with a constant rate", 1), ("in batches of 100", 5)):
    adams, lions = (CLAIMS[f"10 best η of {name} {words}"].mean for name in ("Adam", "Lion"))
    assert np.isclose(adams / lions, times)
# Part 4
normed = np.geomspace(1e-5, 1, 200) / np.linalg.norm(np.geomspace(1e-5, 1, 200))
flat = after["muon, five steps"][normed > 0.002]
assert 0.67 < flat.min() and flat.max() < 1.21 and after["muon, five steps"][0] < 0.01
assert 0.65 < np.abs(on_diagonal).min() and np.abs(on_diagonal).max() < 1.25
assert np.all(np.sign(on_diagonal) == [1, -1, 1])
rng = np.random.default_rng(SEEDS[0])
G, Q = rng.standard_normal((4, 4)), np.linalg.qr(rng.standard_normal((4, 4)))[0]
assert np.abs(orthogonalized(Q @ G) - Q @ orthogonalized(G)).max() < 1e-10
assert np.abs(np.sign(Q @ G) - Q @ np.sign(G)).max() > 0.5
assert np.allclose(orthogonalized(100 * G), orthogonalized(G))
theirs = keras.optimizers.Muon().zeropower_via_newtonschulz5(keras.ops.array(G, "float32"), 5)
assert np.abs(theirs - orthogonalized(G)).max() < 1e-3
low = np.outer(G[0], G[1])
assert np.linalg.matrix_rank(orthogonalized(low), tol=1e-6) == 1
wide = orthogonalized(rng.standard_normal((64, 784)))
step = 0.2 * 784**0.5 * np.sqrt(np.mean(wide**2))
assert 0.15 < step < 0.25 and 5 * 64 / 100 == 3.2
kernel = [rng.standard_normal((784, 64)) for _ in range(2)]
assert np.allclose(muon(*kernel, 1)[0], rules.muon(*kernel, 1, weight_decay=0)[0], atol=1e-7)
# Part 5
theirs = keras.optimizers.Muon(exclude_layers=["output"])
theirs.build(model.trainable_variables)
taken = sum(int(np.prod(v.shape)) for v in theirs.adam_velocities if v is not None)
assert taken == by_adamw == 714
for name, words in {"adamw": "AdamW", "lion": "Lion", "muon": "Muon"}.items():
    carried(f"10 {words} with a constant rate", by_rule[name][-1])
    assert CLAIMS[f"10 best η of {words} with a constant rate"].mean == 0.003
leads = [CLAIMS[f"10 with {shape} Muon ends below {name}"] for name in ("Adam", "Lion") for shape in ("a constant rate", "a cosine")]  # fmt: skip
assert all(lead.share == 1 and lead.separated and 0.06 <= lead.mean < 0.095 for lead in leads)
carried("10 with a constant rate Adam ends below momentum", share=1, separated=True)
carried("10 with a cosine Adam ends below momentum", separated=False)
carried("10 momentum gains by a cosine", separated=True, mean="0.04")
carried("10 with a constant rate Adam ends below Lion", separated=False)
lead = CLAIMS["10 with a cosine Adam ends below Lion"]
assert f"{lead.mean:.2f}" == "-0.01" and 2.9 < -lead.mean / (lead.sd / 12**0.5) < 3.1
for shape in ("a constant rate", "a cosine"):
    carried(f"10 with {shape} AdamW ends below Adam", separated=False)
assert 1 - (1 - 0.01 * 0.004) ** 180 < 0.01
rates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
for name in ("Muon", "Lion", "Adam", "AdamW", "momentum"):
    for shape in ("a constant rate", "a cosine"):
        assert CLAIMS[f"10 best η of {name} with {shape}"].mean in rates[1:-1]
# Part 6
called = {"sgd": "sgd", "momentum": "momentum", "adam": "Adam", "lion": "Lion"}
for rule, rate in exact.items():
    name = called[rule.__name__]
    assert CLAIMS[f"10 best η of {name} with exact gradients"].mean == rate
    assert CLAIMS[f"10 best η of {name} in batches of 100"].mean == in_batches[rule]
    carried(f"10 {name} in batches of 100", FREQUENCY @ noisy[rule.__name__])
for name in ("sgd", "momentum"):
    assert (np.diff(np.log(by_word[name][3:])) > 0).mean() > 0.9
    assert by_word[name][-50:].min() > 0.01
    carried(f"10 in batches of 100 {name} ends below Adam", share=1, separated=True)
carried("10 in batches of 100 Lion ends below Adam", share=1, separated=True, mean="0.01")
carried("10 sgd in batches of 100, the rarer half", mean="0.40")
carried("10 Adam in batches of 100, the rarer half", mean="0.45")
for name in ("Adam", "AdaGrad from 0"):
    carried(f"04 {name} ends below Nesterov", share=1, separated=True, mean="0.03")
faster = experiments.excess(rules.sgd, 2000)
assert faster[-50:].mean() < by_word["sgd"][-50:].mean() and faster[0] > by_word["sgd"][0]
assert max(by_word["adam"].max(), by_word["lion"].max()) < 1e-6
assert all(values[100:].mean() > 1.5 * values[:10].mean() for values in noisy.values())
itself = 0.5 + 0.5 * FREQUENCY  # at the start, of the entry of W for the word itself
mean = FREQUENCY * (1 / 200 - itself)
square = FREQUENCY * (1 / 200**2 - 2 * itself / 200 + itself)
steps = np.abs(mean) / np.sqrt(mean**2 + (square - mean**2) / 100)
assert 0.18 < steps[-1] / steps[0] < 0.25
assert round(30_000 * FREQUENCY[-1]) in (25, 26)
