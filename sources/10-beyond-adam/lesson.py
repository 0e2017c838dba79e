# %% [markdown]
# # 10. Beyond Adam
#
# Adam's paper is from 2014. What has come since, and what is it good for? In this lesson you write three of Adam's
# successors, AdamW, Lion and the core of Muon, and you train a network with them. You also meet a problem on which
# Adam goes the wrong way, and one on which it shines. At the end of this lesson you will be able to
#
# - write AdamW, and say why an L2 penalty cannot take its place,
# - say when Adam goes the wrong way for ever, and give two remedies,
# - write Lion and Muon's iteration, and say what each keeps of a gradient and what it throws away,
# - say why rare words favour Adam, and which optimizer to try for what.
#
# | part | minutes |
# | --- | --- |
# | [1 AdamW](#1-AdamW) | 13 |
# | [2 Where Adam goes the wrong way](#2-Where-Adam-goes-the-wrong-way) | 9 |
# | [3 Lion](#3-Lion) | 6 |
# | [4 Muon](#4-Muon) | 12 |
# | [5 A race in Keras](#5-A-race-in-Keras) | 7 |
# | [6 Rare words](#6-Rare-words) | 7 |
# | [7 Which optimizer for what?](#7-Which-optimizer-for-what?) | 4 |
# | in all | 58 |
#
# You need lessons [06](06-adam.ipynb) and [07](07-adams-knobs.ipynb), and for part 5 also
# [08](08-training-networks.ipynb). Terms printed in bold are collected in the [glossary](glossary.ipynb); all rules
# on one page are in the [cheat sheet](cheat-sheet.ipynb).
#
# ## 1 AdamW
#
# Lesson 07 showed two meanings of weight decay. An L2 penalty adds $\lambda x$ to the gradient. Decoupled decay takes
# the fraction $\eta\lambda$ off each weight, and leaves the gradient alone. In Adam they differ, because Adam divides
# the whole gradient by $\sqrt v$, the penalty too. But could we not choose a larger $\lambda$ for the penalty, to
# make up for the division?
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
from adamlib.keras_check import keras

SEEDS = experiments.seeds(3)

# %%
# BEGIN SOLUTION
# STUB penalty = ...
penalty = 0.1 * 30
# END SOLUTION
check_answer("10.penalty", penalty)

# %% [markdown]
# Now the test. There are 500 weights in each of three rows, all start at 1, and their gradients are noise with the
# standard deviations 0.3, 3 and 30. We take 1,000 steps with $\eta = 0.005$ and print the mean of each row. Decoupled
# decay should leave $(1 - 0.0005)^{1000} = 0.61$.


# %%
def what_is_left(rule, penalty=0.0, **settings):
    rng = np.random.default_rng(SEEDS[0])
    x, state, sizes = np.ones((3, 500)), (), np.array([[0.3], [3.0], [30.0]])
    for t in range(1, 1001):
        g = sizes * rng.standard_normal(x.shape) + penalty * x
        x, *state = rule(x, g, t, *state, learning_rate=0.005, **settings)
    return x.mean(axis=1)


left = {"decoupled, λ = 0.1": what_is_left(rules.adamw, weight_decay=0.1)}
for size in (0.1, 3.0 if penalty is ... else penalty):
    left[f"L2, λ = {size:g}"] = what_is_left(rules.adam, penalty=size)
for name, parts in left.items():
    print(f"{name:20}", "noise 0.3: {:.2f}, 3: {:.2f}, 30: {:.2f}".format(*parts))

# %% [markdown]
# Read the table by rows. Decoupled decay leaves about 0.6 of every weight. The penalty of the last row does the same
# for the weights with noise 30, as you derived. But the same $\lambda$ wipes out all other weights, because their
# $\sqrt v$ is smaller. A network has weights with gradients of all sizes. So *no* $\lambda$ makes the penalty equal
# to decay. That is why AdamW exists.
#
# **AdamW** is Adam with decoupled weight decay: each step first takes the fraction $\eta\lambda$ off every weight,
# and then does Adam's step. The two lines say it:
#
# $$x \leftarrow x - \eta\lambda x, \qquad x \leftarrow x - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# Here $\hat m$ and $\hat v$ are Adam's corrected averages of $g$ and $g^2$, as in lesson 06, and $g$ has no part from
# the decay.
#
# ### Exercise 2: write it
#
# Write `adamw`. You have written Adam already, so you may call `rules.adam`, which takes the same arguments except
# `weight_decay`, and returns `(x, m, v)`. `hint("adamw")` helps.


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
# The paper's $\lambda$ is not multiplied by the rate $\alpha$, but Keras's and PyTorch's is multiplied by $\eta$.
# Lesson 07 converts one into the other.
#
# **What should decay?** Decay pulls towards 0, and for some weights 0 is not a neutral place.

# %%
quiz("10.biases")

# %% [markdown]
# ### Exercise 3: leave out the biases
#
# Here is a dense layer whose kernel (its matrix of weights) and bias are all 1. The gradients are 0, so an optimizer
# changes only what it decays. Write a list of words for `exclude_from_weight_decay`, such that the kernel decays and
# the bias does not. A variable is left out if its name contains one of the words.
#
# <details><summary>Hint</summary>The two variables are called "kernel" and "bias".</details>

# %%
# BEGIN SOLUTION
# STUB words = ...
words = ["bias"]
# END SOLUTION
kernel, bias = ..., ...
if words is not ...:
    layer = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
    layer.build((None, 1))
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=words)
    optimizer.apply([keras.ops.zeros_like(w) for w in layer.weights], layer.weights)
    kernel, bias = (float(w.numpy().item()) for w in layer.weights)
check_answer("10.kept", kernel, bias)

# %% [markdown]
# ## 2 Where Adam goes the wrong way
#
# Adam's paper proved that Adam converges on convex problems. In 2018 Reddi, Kale and Kumar found a mistake in that
# proof, and a problem with one number $x$ on which Adam ends at the *worst* point. Here it is. The number $x$ is kept
# between −1 and 1. The gradient is 3 at the first step, −1 at the second, −1 at the third, then 3 again, and so on,
# wherever $x$ is. The mean gradient is $\frac13$, so the best place is $x = -1$.
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
# gradients come, $v$ has forgotten it, and their steps are nearly as long, and there are two of them. So large
# gradients are rare and right, small ones are frequent and wrong, and Adam counts them nearly alike.
#
# AMSGrad, which lesson 09 named, is Adam with the largest $v$ so far in place of $v$, so that its divisor never shrinks: $v_{\max}
# \leftarrow \max(v_{\max}, v)$. Then all three steps are divided by the same number, and their sum has the sign of
# the sum of the gradients.
#
# But is that the only remedy? A longer memory also keeps $v$ nearly constant. We try both, with many $\beta_2$ at
# once, because a rule takes arrays of hyperparameters. The second problem is that of Reddi's experiment: the gradient
# is 1010 at one step in 101, and −10 at the others. The rate is $0.1/\sqrt t$.


# %%
def ends(rule, large, small, every, steps, **settings):
    """Where x ends, for each of the betas: the gradient is large at one step in `every`."""
    x, state = np.zeros(len(betas)), ()
    for t in range(1, steps + 1):
        g = np.full(len(betas), large if t % every == 1 else small)
        rate = 0.1 / t**0.5
        x, *state = rule(x, g, t, *state, learning_rate=rate, beta_2=betas, **settings)
        x = np.clip(x, -1, 1)
    return x


memory = np.geomspace(1, 10_000, 25)  # of v, in steps
betas = 1 - 1 / memory
problems = {"3, −1, −1": (3, -1, 3, 3000), "1010 in 101": (1010, -10, 101, 20_200)}
final = {}
for problem, numbers in problems.items():
    for rule in (rules.adam, rules.amsgrad):
        beta_1 = 0.9 if "101" in problem else 0.0
        final[f"{rule.__name__}, {problem}"] = ends(rule, *numbers, beta_1=beta_1)
how = dict(xlabel="memory of v in steps, 1/(1 − β₂)", ylabel="x at the end", log=False, log_x=True)
plots.lines(final, x=memory, **how)

# %% [markdown]
# Start at the left. With a short memory both lines of Adam are at +1, the worst place, and both of AMSGrad are below
# 0, on the right way. Now go to the right. On the first problem Adam reaches −1 as soon as $v$ remembers more than
# three or four steps, about one cycle. On the second, whose cycle has 101 steps, Adam turns to the right side at a
# memory of about 200 steps. With Keras's default, 1,000, Adam and AMSGrad end close together. (They are not at −1
# yet, because the rate has become small.)
#
# So the failure is real, but it needs a $v$ that forgets within the time between two important gradients. For each
# problem there is a $\beta_2$ that is large enough, and Zhang and others (2022) prove it for problems of a general
# form. No $\beta_2$ is large enough for all problems: that is Reddi's theorem. Both are true, because one chooses
# $\beta_2$ after the problem, and the other chooses the problem after $\beta_2$.
#
# ## 3 Lion
#
# People thought out Adam. The next rule was found by a program, which searched among a great many small programs (Chen
# and others, 2023). What it found is shorter than Adam. **Lion** is a rule with one average $m$ and no $v$, in which
# every weight moves by exactly $\eta$, up or down. The formulas say that the step is the sign of a mix of $m$ and $g$,
# and that $m$ then averages $g$ with another factor:
#
# $$x \leftarrow x - \eta \,\operatorname{sign}\big(\beta_1 m + (1 - \beta_1) g\big), \qquad
# m \leftarrow \beta_2 m + (1 - \beta_2) g$$
#
# Note the order. The step comes first and uses the *old* $m$. With $\beta_1 = 0.9$ and $\beta_2 = 0.99$ the newest
# gradient counts ten times as much in the step as in what $m$ keeps.
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
# How long are Lion's steps beside Adam's? Adam divides by the size of the noise too, so where gradients are mostly
# noise its steps are shorter than $\eta$.

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
# long. So Lion wants a smaller $\eta$ than Adam. Its paper says 3 to 10 times smaller, with a weight decay that is as
# many times larger, so that $\eta\lambda$ stays. And Lion keeps one number for each weight, where Adam keeps two.
#
# ## 4 Muon
#
# All rules so far treat a matrix of weights as a bag of numbers. **Muon** is a rule for whole matrices: it makes all
# singular values of the momentum nearly equal, and takes its step along the result (Jordan and others, 2024). What does
# that mean?
#
# Each matrix is a sum of simple ones, $G = \sum_i s_i u_i v_i^\top$. The $u_i$ and $v_i$ are directions of length 1, the
# $u_i$ at right angles to each other, and the $v_i$ too. The **singular values** of a matrix, here $s_i \ge 0$, say how
# strongly it stretches each of these directions. In a network often a few $s_i$ of a gradient are large and most are
# small, so a step along $G$ moves the weights in a few directions only. Muon keeps the directions and makes every $s_i$
# about 1.
#
# `np.linalg.svd` finds the $s_i$, but it is slow on an accelerator. Muon multiplies matrices instead. A
# **Newton-Schulz iteration** replaces a matrix by a polynomial of it, again and again, until all singular values are
# near 1. One step of Muon's says
#
# $$X \leftarrow a X + b\,(X X^\top) X + c\,(X X^\top)^2 X, \qquad a = 3.4445,\; b = -4.7750,\; c = 2.0315$$
#
# Such a step leaves $u_i$ and $v_i$ as they are, and each singular value $s$ becomes $a s + b s^3 + c s^5$. Before
# the first step the matrix is divided by its length, the root of the sum of its squares, so that every $s$ is at most
# 1.
#
# ### Exercise 6: derive
#
# After the division a singular value is 0.001. How large is it after five steps? (One digit is enough. You can do it
# with or without Python.)
#
# <details><summary>Hint</summary>While s is small, s³ and s⁵ hardly count.</details>

# %%
# BEGIN SOLUTION
# STUB after_five = ...
after_five = 0.001
for _ in range(5):
    after_five = 3.4445 * after_five - 4.7750 * after_five**3 + 2.0315 * after_five**5
# END SOLUTION
check_answer("10.five_steps", after_five)

# %% [markdown]
# ### Exercise 7: write the iteration
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

# %% [markdown]
# What does it do to the singular values? The matrix below has 60 of them, from 1 down to $10^{-6}$, in random
# directions, and one that is 0.

# %%
rng = np.random.default_rng(SEEDS[0])
U, V = (np.linalg.qr(rng.standard_normal((61, 61)))[0] for _ in range(2))
before = np.append(np.geomspace(1, 1e-6, 60), 0)
matrix = U @ np.diag(before) @ V.T
normed = before / np.linalg.norm(before)
after = {f"muon, {n} steps": np.diag(U.T @ orthogonalized(matrix, n) @ V) for n in (1, 3, 5, 10)}
kept = {name: values[:-1] for name, values in after.items()}
how = dict(xlabel="singular value before", ylabel="singular value after", log_x=True)
display(plots.lines(kept, x=normed[:-1], **how))
stays = all(abs(values[-1]) < 1e-9 for values in after.values())
print(f"what was 0 stays 0, but for rounding: {stays}")

# %% [markdown]
# Look at the line of five steps, Muon's default. From the largest value down to 0.002 it is nearly flat: it stays
# between 0.68 and 1.21. To the left it bends and falls as a straight line, where each step can only multiply by 3.44.
# With ten steps the flat part is longer.
#
# So what does the iteration do, and what does it not do?
#
# - **It does not make the values 1.** It leaves them between about 0.7 and 1.2. Its three numbers were chosen to
#   raise small values fast, not to settle at 1, and more steps do not help.
# - **It does not find new directions.** A singular value of 0 stays 0, and a tiny one stays small.
# - **It throws the length away.** A gradient that is 100 times as long gives the same step, as with Lion. So near a
#   minimum only a falling $\eta$ makes the steps shorter.
# - **It does not depend on the axes.** If you turn the matrix, by $Q$ from the left say, the step turns with it. Adam
#   and Lion look at each entry by itself, so there a turn changes the step.
#
# You can see the last point, and that on a matrix with entries only on its diagonal Muon does nearly what Lion does,
# a sign for each entry:

# %%
G, Q = rng.standard_normal((4, 4)), np.linalg.qr(rng.standard_normal((4, 4)))[0]
turned = {
    "muon": np.abs(orthogonalized(Q @ G) - Q @ orthogonalized(G)).max(),
    "sign": np.abs(np.sign(Q @ G) - Q @ np.sign(G)).max(),
}
for name, apart in turned.items():
    print(f"{name}: turning before or after differs by {apart:.3f}")
on_diagonal = np.diag(orthogonalized(np.diag([5.0, -0.5, 0.05])))
print("diagonal 5, −0.5, 0.05 becomes", ", ".join(f"{s:.2f}" for s in on_diagonal))

# %% [markdown]
# The rest of Muon is short. It averages gradients as momentum does, looks ahead as Nesterov does (lesson 03), and
# takes a step along the orthogonalized result. Keras's also multiplies the step by $0.2\sqrt{\max(\text{rows},
# \text{columns})}$. Then the root mean square of a step is about $0.2\,\eta$, as Adam's often is, and Adam's rates
# and decay fit (Liu and others, 2025). `rules.muon` has it all.
#
# **What does it cost?** Each step multiplies matrices. A matrix with $m$ rows (the smaller side) and a batch of $B$
# samples need at most $5m/B$ times the work of the gradient itself (Jordan and others, 2024). For a large model,
# which sees a million words in a batch, that is next to nothing. For our network, with $m = 64$ and $B = 100$, it is
# at most 3.2 times.
#
# ## 5 A race in Keras
#
# Muon's step is for matrices only. What about biases, embeddings and the output layer? Keras leaves each variable
# that is not a matrix to AdamW, inside the same optimizer, and also each embedding. The output layer's matrix it
# gives to Muon, unless you say otherwise. Jordan and others leave it to AdamW: `exclude_layers=["output"]` does that
# for each layer whose name contains "output".
#
# ### Exercise 8: count
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
# Now `model.compile` and `model.fit`, as in lesson 08, on the clothes of lesson 07: 6,000 pictures, three epochs in
# batches of 100, so 180 steps. Each optimizer has the rate that turned out best of seven.


# %%
def network(optimizer, seed):
    """A compiled network, its start and the order of its batches drawn from the seed."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Dense(64, "relu", kernel_initializer="he_normal", name="hidden"),
        keras.layers.Dense(10, kernel_initializer="he_normal", name="output"),
    ]
    model = keras.Sequential([keras.Input((784,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss=loss)
    return model


# %% tags=["about: 10 Adam with a constant rate"]
clothes, by_rule = experiments.clothes(), {}
optimizers = {
    "adam": keras.optimizers.Adam(0.003),
    "adamw": keras.optimizers.AdamW(0.003),
    "muon": keras.optimizers.Muon(0.003, exclude_layers=["output"]),
}
optimizers["adamw"].exclude_from_weight_decay(var_names=["bias"])
for name, optimizer in optimizers.items():
    model = network(optimizer, SEEDS[0])
    data = dict(validation_data=clothes.others, batch_size=100, epochs=3, verbose=0)
    by_rule[name] = model.fit(*clothes.part, **data).history["val_loss"]
    print(f"{name:6}", " ".join(f"{loss:.2f}" for loss in by_rule[name]))
velocities = optimizers["muon"].adam_velocities  # only what takes AdamW's step has a v
taken = sum(int(np.prod(v.shape)) for v in velocities if v is not None)
print(f"{taken} numbers take AdamW's step")

# %% [markdown]
# The three numbers of a row are the validation losses after each epoch. But this is one seed. So here are twelve, for
# five rules, on the same task. There the rules are ours, Muon also takes the output layer, and each rule has the best
# of the same seven rates, from 0.0003 to 0.3. The cosine is that of lesson 07, over the 180 steps.

# %%
five = "Muon", "Lion", "Adam", "AdamW", "momentum"
words = "a constant rate", "a cosine"
experiments.evidence(*(f"10 {name} with {shape}" for shape in words for name in five))

# %% [markdown]
# Compare the means with each other, and with the deviations. Muon is in front with both schedules. The next table
# compares the methods seed by seed.

# %%
pairs = (
    "Muon ends below Adam",
    "Adam ends below momentum",
    "Adam ends below Lion",
    "AdamW ends below Adam",
)
experiments.evidence(*(f"10 with {shape} {pair}" for shape in words for pair in pairs))

# %% [markdown]
# Muon ends below Adam with all twelve seeds, by 0.07 with a constant rate and by 0.09 with a cosine. It also ends below
# Lion and momentum with all twelve. On the other four the schedule decides. With a constant rate Adam is below
# momentum with all seeds. With a cosine that lead is gone: momentum gains 0.04 by the cosine, and Adam's gain is
# too small for twelve seeds. Adam and Lion are too close to call: with the cosine Lion is 0.01 below, which is just at the
# border of three standard errors. AdamW at Keras's default $\lambda = 0.004$ does what Adam does. In 180 steps it takes
# less than 1 % off a weight, so this race says nothing about weight decay.
#
# Three warnings belong to Muon's lead. We compare equal numbers of *steps*, and Muon's steps cost more here (part 4). The
# network is small, and 180 steps are few. And the seeds that chose the rates are also the seeds of the table, for all
# methods alike.
#
# ## 6 Rare words
#
# On the pictures of part 5 the ten classes are equally frequent. Language is different: a few words, such as "the", are
# everywhere, and most words are rare. **Zipf's law** says that the word of rank $k$ in the list of frequencies is about
# $k$ times as rare as the first word.
#
# Here is the smallest language model there is. It has 200 words, with Zipf's frequencies. From each word it guesses
# the next one: row $k$ of a matrix $W$ holds 200 numbers, whose softmax are the probabilities of what follows word
# $k$. In our made-up language word $k$ follows itself half of the time, and otherwise anything follows, by Zipf's
# law. The gradient is exact, over all words, without noise. We measure how much the loss of each word lies above the
# least possible.

# %%
quiz("10.rare")

# %%
frequency = 1 / np.arange(1, 201)
frequency = frequency / frequency.sum()
truth = 0.5 * np.eye(200) + 0.5 * frequency  # row k: what follows word k


def softmax(W):
    e = np.exp(W - W.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def excess(rule, rate, steps=100):
    """How far the loss of each of the 200 words is above the least possible, after the steps."""
    W, state = np.zeros((200, 200)), ()
    for t in range(1, steps + 1):
        g = frequency[:, None] * (softmax(W) - truth)
        W, *state = rule(W, g, t, *state, learning_rate=rate)
    return (truth * np.log(truth / np.maximum(softmax(W), 1e-300))).sum(axis=1)


# %% [markdown]
# Each rule has 100 steps, and the best of eight rates. The cell takes a few seconds.

# %%
tried = {
    rules.sgd: np.geomspace(10, 300, 8),
    rules.momentum: np.geomspace(10, 300, 8),
    rules.adam: np.geomspace(0.01, 10, 8),
    lion: np.geomspace(0.01, 10, 8),
}
by_word, best_rate = {}, {}
for rule, rates in tried.items():
    found = {rate: excess(rule, rate) for rate in rates}
    best_rate[rule.__name__] = rate = min(found, key=lambda rate: frequency @ found[rate])
    by_word[f"{rule.__name__}, η = {rate:.2g}"] = np.maximum(found[rate], 1e-8)
display(plots.lines(by_word, np.arange(1, 201), "rank of the word", "excess loss", log_x=True))
mean_excess = {name.split(",")[0]: frequency @ values for name, values in by_word.items()}
print(", ".join(f"{name} {value:.2g}" for name, value in mean_excess.items()))

# %% [markdown]
# Follow the line of sgd from left to right. From the third word on it rises: the rarer the word, the more is left to
# learn. The reason stands in the gradient. Each row is multiplied by the word's frequency, so a word that is 200 times
# as rare takes steps that are 200 times as short. A larger rate would help the rare words. But the first words have the
# largest curvature, and at this rate they already swing to and fro. Momentum is faster for nearly all words, but its
# line rises in the same way.
#
# Adam's line is low and flat. Adam divides each entry by the size of its own gradients, so the frequency cancels, and
# all words learn at about the same speed. Lion takes the sign, so the frequency cancels there too. But its steps have
# the length $\eta$ to the end, so with a constant rate it stops at a level far above Adam's.
#
# So this is where Adam's second moment earns most: where the sizes of gradients differ much from weight to weight,
# and rare ones matter. Kunstner and others (2024) show it for language models. What this toy leaves out is noise: in
# real batches a rare word is seen rarely, so its gradient is 0 at most steps. Lesson 04 has such data.
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
# | rare words or sparse features | Adam or AdamW; AdaGrad | each weight has its own step (part 6, lesson 04) |
# | large matrices, and time to tune | Muon, beside AdamW | it led by 0.07 or more here, at equal steps (part 5) |
# | memory is short | Lion or momentum | one number for each weight, not two (part 3, lesson 08) |
# | a smooth problem with few numbers, exact gradients | momentum | in a turned ravine it wins (lesson 08) |
# | important gradients come rarely, and $v$ forgets them | a larger $\beta_2$, or AMSGrad | otherwise Adam may go the wrong way (part 2) |
#
# How much can you expect from another optimizer at scale? Wen and others (2025) tuned ten optimizers with equal care,
# AdamW too, on language models. The fastest, Muon among them, work on matrices. They were 1.4 times as fast as AdamW
# with 0.1 billion weights, and only 1.1 times with 1.2 billion. Claims of up to 2 times came from comparisons that were
# not tuned alike.
#
# ## Where it fails
#
# - **AdamW.** When the rate falls to 0, the decay stops too, since it is multiplied by $\eta$.
# - **AMSGrad.** It never forgets. One huge gradient, such as lesson 08's unscaled pictures, shortens all later steps.
# - **Lion and Muon.** They do not shorten their steps near a minimum, so they want a schedule.
# - **Muon.** It works on matrices only, and needs a second optimizer for all the rest.
#
# **Recap**
#
# 1. In Adam an L2 penalty is divided by $\sqrt v$, so no $\lambda$ makes it equal to decay. AdamW decays the weights
#    apart from the gradient, by $\eta\lambda$ in each step.
# 2. Adam can go the wrong way if $v$ forgets rare large gradients. AMSGrad keeps the largest $v$. A memory longer
#    than the time between them helps as well.
# 3. Lion moves each weight by exactly $\eta$, keeps one number for each, and wants a smaller rate than Adam.
# 4. Muon makes the singular values of a step nearly equal, and keeps its directions. A singular value of 0 stays 0.
# 5. Adam's second moment earns most where gradients differ much in size, as with rare words.

# %%
progress("10")

# %% [markdown]
# **Next:** [lesson 11, Ten claims, tested](11-ten-claims.ipynb). You have written the rules that most networks are
# trained with. Which of the sentences that people say about them are true?
#
# **Sources.** I. Loshchilov and F. Hutter, *Decoupled weight decay regularization*, 2019. S. Reddi, S. Kale and S.
# Kumar, *On the convergence of Adam and beyond*, 2018 (theorem 1 and section 5). Y. Zhang and others, *Adam can
# converge without any modification on update rules*, 2022. X. Chen and others, *Symbolic discovery of optimization
# algorithms*, 2023. K. Jordan and others, *Muon: an optimizer for hidden layers in neural networks*, 2024 (a web
# page). J. Liu and others, *Muon is scalable for LLM training*, 2025. F. Kunstner and others, *Heavy-tailed class
# imbalance and why Adam outperforms gradient descent on language models*, 2024. K. Wen and others, *Fantastic
# pretraining optimizers and where to find them*, 2025 (abstract).

# %% tags=["solution"]
# What the text says: simulations within their error, exact runs to a few digits; trained models, as the table has it.
from adamlib.descent import state_defaults
from adamlib.experiments import CLAIMS, carried

# Part 1
assert f"{(1 - 0.0005) ** 1000:.2f}" == "0.61"
assert np.allclose(left["decoupled, λ = 0.1"], 0.61, atol=0.04)
assert abs(left["L2, λ = 3"][2] - 0.61) < 0.05 and left["L2, λ = 3"][:2].max() < 0.05
assert left["L2, λ = 0.1"][2] > 0.9
assert np.isclose(0.01 * 0.1, 0.001)
# Part 2
v = [8.199 / 0.999]
v += [0.1 * v[0] + 0.9]
v += [0.1 * v[1] + 0.9]
assert np.isclose(0.1 * v[2] + 0.9 * 9, v[0]) and round(v[0], 3) == 8.207
assert f"{moved:.2f}" == "0.68"
adam_3, amsgrad_3, adam_101, amsgrad_101 = final.values()
assert adam_3[0] == adam_101[0] == 1 and max(amsgrad_3.max(), amsgrad_101.max()) < -0.15
assert adam_3[memory > 3.1].max() < -0.9 and adam_3[memory < 2].min() > 0.7
assert adam_101[memory > 220].max() < 0 < adam_101[memory < 180].min()
assert abs(adam_101 - amsgrad_101)[np.isclose(memory, 1000)].max() < 0.1
assert amsgrad_101.min() > -0.3
# Part 3
assert np.isclose((1 - 0.9) / (1 - 0.99), 10)
assert [len(state_defaults(rule)) for rule in (rules.lion, rules.momentum, rules.adam)] == [1, 1, 2]
assert abs(lengths["lion"] - 1) < 1e-6 and 4 < lengths["lion"] / lengths["adam"] < 4.7
# Part 4
flat = after["muon, 5 steps"][:-1][normed[:-1] > 0.002]
assert 0.68 < flat.min() and flat.max() < 1.21
assert stays
assert (after["muon, 10 steps"][:-1] > 0.65).sum() > len(flat) + 15
assert turned["muon"] < 1e-10 and turned["sign"] > 0.5
assert np.all(np.sign(on_diagonal) == [1, -1, 1]) and np.abs(on_diagonal).min() > 0.65
assert np.allclose(orthogonalized(100 * G), orthogonalized(G))
theirs = keras.optimizers.Muon().zeropower_via_newtonschulz5(keras.ops.array(G, "float32"), 5)
assert np.abs(theirs - orthogonalized(G)).max() < 1e-3
wide = orthogonalized(rng.standard_normal((64, 784)))
step = 0.2 * 784**0.5 * np.sqrt(np.mean(wide**2))
assert 0.15 < step < 0.25 and 5 * 64 / 100 == 3.2
# Part 5
assert taken == by_adamw == 714
for name, words in {"adam": "Adam", "adamw": "AdamW", "muon": "Muon"}.items():
    carried(f"10 {words} with a constant rate", by_rule[name][-1])
    assert CLAIMS[f"10 best η of {words} with a constant rate"].mean == 0.003
for name in ("Adam", "Lion", "momentum"):
    for shape in ("a constant rate", "a cosine"):
        carried(f"10 with {shape} Muon ends below {name}", share=1, separated=True)
carried("10 with a constant rate Muon ends below Adam", mean="0.07")
carried("10 with a cosine Muon ends below Adam", mean="0.09")
carried("10 with a constant rate Adam ends below momentum", share=1, separated=True)
carried("10 with a cosine Adam ends below momentum", separated=False)
carried("10 momentum gains by a cosine", separated=True, mean="0.04")
carried("10 Adam gains by a cosine", separated=False)
carried("10 with a constant rate Adam ends below Lion", separated=False)
lead = CLAIMS["10 with a cosine Adam ends below Lion"]
assert f"{lead.mean:.2f}" == "-0.01" and 2.9 < -lead.mean / (lead.sd / 12**0.5) < 3.1
for shape in ("a constant rate", "a cosine"):
    carried(f"10 with {shape} AdamW ends below Adam", separated=False)
assert 1 - (1 - 0.01 * 0.004) ** 180 < 0.01
rates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
for name in five:
    for shape in ("a constant rate", "a cosine"):
        assert CLAIMS[f"10 best η of {name} with {shape}"].mean in rates[1:-1]
# Part 6
sgd, momentum, adam, lions = by_word.values()
assert (np.diff(np.log(sgd[3:])) > 0).mean() > 0.9
assert mean_excess["adam"] < 1e-3 < mean_excess["lion"]
assert mean_excess["momentum"] < mean_excess["sgd"]
for rule, rates in tried.items():
    assert rates[0] < best_rate[rule.__name__] < rates[-1], rule.__name__
assert momentum[100:].min() > 10 * np.median(momentum[1:10])
