# %% [markdown]
# # 10. Beyond Adam
#
# Adam's paper is from 2014. What has come since? In this lesson you write three of Adam's successors, AdamW, Lion and
# the core of Muon, and train a network with them. You also meet a problem on which Adam goes the wrong way, and a
# language with many rare words. At the end of this lesson you will be able to
#
# - write AdamW, say why weights should shrink, and why an L2 penalty cannot take its place,
# - say when Adam goes the wrong way, and write a remedy,
# - write Lion and Muon's iteration, and say what each keeps of a gradient and what it throws away,
# - say what rare words do to sgd and to Adam, and choose what to try first on a problem.
#
# | part | minutes |
# | --- | --- |
# | [1 AdamW](#1-AdamW) | 9 |
# | [2 Where Adam goes the wrong way](#2-Where-Adam-goes-the-wrong-way) | 9 |
# | [3 Lion](#3-Lion) | 6 |
# | [4 Muon](#4-Muon) | 9 |
# | [5 Your rules in a race](#5-Your-rules-in-a-race) | 6 |
# | [6 Rare words](#6-Rare-words) | 5 |
# | [7 Which optimizer for what?](#7-Which-optimizer-for-what?) | 6 |
# | in all | 50 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
#
# You need lessons [06](06-adam.ipynb) and [07](07-adams-knobs.ipynb), and for part 5 also
# [08](08-training-networks.ipynb). Terms printed in bold are collected in the [glossary](glossary.ipynb); all rules
# on one page are in the [cheat sheet](cheat-sheet.ipynb).
#
# ## 1 AdamW
#
# A network that sees few examples many times can learn them by heart. Then it does well on these, and badly on new
# ones. One cure is to shrink all weights a little in each step: only what many examples ask for stays large (Krogh and
# Hertz, 1992). On 500 pictures of clothes, seen 60 times each, it lowered the validation loss by 0.007, with 26 of 30
# seeds (lesson 07).
#
# There are two ways to shrink a weight $x$. The number $\lambda$ sets how much.
#
# - An L2 penalty adds $\lambda x$ to the gradient, $g \leftarrow g + \lambda x$. Then comes Adam's step.
# - Decoupled decay leaves the gradient alone, and takes a fraction off the weight: $x \leftarrow x - \eta\lambda x$.
#
# Adam divides the penalty by $\sqrt v$, with the rest of the gradient. The decay is never divided. Could a larger
# $\lambda$ of the penalty make up for the division?
#
# ### Exercise 1: derive
#
# The gradients of a weight are pure noise with standard deviation 30, so late in a run $\sqrt v$ is about 30.
# Decoupled decay has $\lambda = 0.1$. Which $\lambda$ must an L2 penalty have in Adam, to take the same fraction off
# this weight in each step?
#
# <details><summary>Hint</summary>Write down what each takes off a weight x in one step: ηλx in one case. In the other case Adam divides by √v.</details>
#
# The first cell loads TensorFlow, which may take 20 seconds.

# %%
import numpy as np

from adamlib import experiments, plots, rules
from adamlib.experiments.keras_trainer import dense_network
from adamlib.keras_check import keras
from adamlib.keras_optimizer import as_keras, on_tensors
from adamlib.practice import check, check_answer, hint, progress, quiz

SEEDS = experiments.seeds(3)

# %%
# BEGIN SOLUTION
# STUB penalty = ...
penalty = 0.1 * 30
# END SOLUTION
check_answer("10.penalty", penalty)

# %% [markdown]
# So there is a $\lambda$ for this weight. But take a weight whose noise is 0.3. Its $\sqrt v$ is 100 times smaller, so
# with the same $\lambda$ it would lose 100 times as much (while $\lambda x$ is small beside the noise). A network has
# gradients of all sizes. So *no* $\lambda$ makes the penalty equal to decay.
#
# **AdamW** is Adam with decoupled weight decay: each step first takes the fraction $\eta\lambda$ off every weight,
# and then does Adam's step. Nothing of the decay is in $g$, so nothing divides it.
#
# ### Exercise 2: write it
#
# Write `adamw`. You have written Adam already, so you may call `rules.adam`. It takes the same arguments except
# `weight_decay` (the first line collects Adam's settings in `adams`, so pass `**adams`), and returns `(x, m, v)`.
# `hint("adamw")` helps. The next cell tries your function, and in part 5 it trains a network.


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

# %%
sizes = np.geomspace(0.01, 100, 41)  # 41 weights, each with gradients of its own size
decayed, penalized = np.ones(41), np.ones(41)
state, state_l2 = (), ()
for t in range(1, 5001):
    g = sizes * (-1) ** t
    decayed, *state = adamw(decayed, g, t, *state, weight_decay=0.1)
    penalized, *state_l2 = rules.adam(penalized, g + 0.1 * penalized, t, *state_l2)
weights = {"adamw": decayed, "adam with an L2 penalty": penalized}
axes = dict(xlabel="size of the weight's gradients", ylabel="the weight after 5,000 steps")
plots.lines(weights, x=sizes, log=False, log_x=True, from_zero=True, **axes)

# %% [markdown]
# All weights start at 1, with $\lambda = 0.1$. Their gradients are $-s, +s, -s, \dots$ and point nowhere, so only the
# decay acts. AdamW leaves 0.61 of every weight. The penalty leaves nothing where $s$ is small, and nearly all where $s$
# is large.
#
# ## 2 Where Adam goes the wrong way
#
# Can you trust Adam on every problem? Its paper claimed a proof that Adam converges on convex problems. In 2018 Reddi,
# Kale and Kumar found a mistake in that proof, and a problem on which Adam ends at the *worst* point.
#
# Here it is, in numbers. A number $x$ starts at 0, and is kept between −1 and 1. The gradient is 3 at the first step, −1
# at the second, −1 at the third, then 3 again, and so on, wherever $x$ is. The mean gradient is $\frac13$, so the best
# place is $x = -1$.
#
# ### Exercise 3: derive
#
# Take $\beta_1 = 0$, $\beta_2 = 0.1$ and no $\varepsilon$. At each step Adam first updates $v$ and then moves $x$.
# Late in the run $v$ takes the same three values in every cycle. Just after the gradient 3 it is 8.207. How far does $x$
# move in one cycle of three steps, as a multiple of $\eta$? (Two digits; a minus sign if $x$ falls.)
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
# Adam goes the wrong way. At the step with the gradient 3, $v$ is large, so $x$ falls by only 1.05 η. At the steps with
# −1, $v$ has mostly forgotten the 3, so $x$ rises by 0.76 η and then by 0.97 η.
#
# What if the divisor could not forget? Let $v_{\max}$ be the largest $v$ so far. It rises with $v$, and stays when $v$
# falls. We divide each gradient by $\sqrt{v_{\max}}$. First predict what this changes.

# %%
quiz("10.amsgrad")

# %% [markdown]
# ### Exercise 4: write it
#
# Adam with this divisor is called AMSGrad (Reddi and others). Write the two lines that update `v_max` and `moved`. The
# cycle begins with its largest gradient, so `v_max` may start at 0. `hint("amsgrad_cycle")` helps.


# %%
def amsgrad_cycle(gradients, v):
    """How far x moves in the cycle, in η; v is that before the first gradient."""
    v_max, moved = 0, 0
    for g in gradients:
        v = 0.1 * v + 0.9 * g**2
        # BEGIN SOLUTION
        # STUB v_max = ...
        # STUB moved = ...
        v_max = max(v_max, v)
        moved = moved - g / np.sqrt(v_max)
        # END SOLUTION
    return moved


amsgrad_cycle = check(amsgrad_cycle, "amsgrad_cycle")

# %%
last = 1.072  # the third v of exercise 3
print(f"with AMSGrad x moves by {amsgrad_cycle((3, -1, -1), last):.2f} η")

# %% [markdown]
# With Adam $x$ went up by 0.68 η. With AMSGrad it goes down by 0.35 η, because all three steps are divided by the same
# number.
#
# Is Keras's $\beta_2 = 0.999$ safe? On this problem it is. But for all usual pairs of $\beta_1$ and $\beta_2$ there is a
# problem on which Adam fails (Reddi and others, theorem 2). [Going further ★](#Going-further-★) shows one on which 0.999
# goes the wrong way.
#
# ## 3 Lion
#
# Adam keeps two numbers for each weight, $m$ and $v$. They take twice as much memory as the weights themselves. Can a
# rule do with one?
#
# **Lion** is a rule with one average $m$ and no $v$, in which every weight moves by $\eta$, up or down. Chen and others
# (2023) let a program search among very many small programs. What it found was longer; they shortened it to this rule.
#
# First Lion takes a step, by the sign of an average of the *old* $m$ and $g$. Then $m$ takes in $g$:
#
# $$x \leftarrow x - \eta \,\mathrm{sign}\big(\beta_1 m + (1 - \beta_1)\, g\big), \qquad m \leftarrow \beta_2 m + (1 - \beta_2)\, g$$
#
# So $\beta_1$ is for the step, and $\beta_2$ for the memory. With $\beta_1 = 0.9$ and $\beta_2 = 0.99$ the newest gradient
# counts ten times as much in the step as in the memory. (If the average is exactly 0, the weight stays.)
#
# ### Exercise 5: write it
#
# Write `lion`, without weight decay. `hint("lion")` helps. Then predict how long its steps are in noise.


# %%
def lion(x, g, t, m=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.99):
    # BEGIN SOLUTION
    step = np.sign(beta_1 * m + (1 - beta_1) * g)
    m = beta_2 * m + (1 - beta_2) * g
    return x - learning_rate * step, m
    # END SOLUTION


lion = check(lion, "lion")

# %%
quiz("10.lion")

# %% [markdown]
# On 10,000 weights whose gradients are pure noise, Adam's steps are about 0.23 η long, and Lion's 1 η. ([Going further
# ★](#Going-further-★) has this run.) Near a minimum Lion's steps stay $\eta$ long too, so with a constant $\eta$ Lion
# never comes to rest there. This fits the advice of Chen and others: an $\eta$ that is 3 to 10 times smaller than
# AdamW's, and a $\lambda$ that is as many times larger, so that $\eta\lambda$ stays.
#
# ## 4 Muon
#
# All rules so far treat a matrix of weights as a bag of numbers. But a layer multiplies by its matrix, so the matrix
# has directions. Take the matrix with 5, −0.5 and 0.05 on its diagonal, and 0 elsewhere. It makes vectors along the first
# axis 5 times as long, and those along the third 20 times as short. Every matrix does this, along directions of its own.
# As a formula, it is a sum of simple matrices, one for each direction:
#
# $$G = \sum_i s_i\, p_i q_i^\top$$
#
# The vectors $q_i$ have length 1 and are at right angles to each other, and so are the $p_i$. ($p\,q^\top$ is the matrix
# with $p_r q_c$ in row $r$ and column $c$.) Multiplied by $G$, the vector $q_i$ becomes $s_i\,p_i$. The **singular
# values** of a matrix, the numbers $s_i \ge 0$, say how strongly it stretches each of its own directions. In our example
# they are 5, 0.5 and 0.05, and the minus of −0.5 goes into $p_2$.
#
# Why does this matter for training? Jordan and others (2024) saw in language models that the velocity $m$ of a matrix
# has a few large $s_i$, and the others are small. A step along $m$ then changes the layer along a few directions, and
# hardly along the others. This is a loss if the others matter for learning too, as they suspect. A larger $\eta$ is no
# cure: it makes the few large steps larger as well.
#
# **Muon** is a rule for whole matrices: it brings the singular values of the velocity near 1, and steps along the
# result. So all directions get steps of about the same length.
#
# How, without computing all $s_i$? A **Newton-Schulz iteration** replaces a matrix by a polynomial of it, again and
# again, which brings its singular values nearer to 1. Each time every $s$ changes, and the directions stay:
#
# $$s \leftarrow a s + b s^3 + c s^5, \qquad a = 3.4445,\; b = -4.7750,\; c = 2.0315$$
#
# The second term is $X X^\top X$: it has the directions of $X$ and the sizes $s^3$. On a diagonal you can see it, as
# each number is cubed. ([Going further ★](#Going-further-★) has the proof.) You find the third term.
#
# ### Exercise 6: write the iteration
#
# Which product of $X$ and $X^\top$ has the sizes $s^5$? Write the lines of the loop, which make the new `x` from the
# old. The line above the loop divides the matrix by its length, the root of the sum of its squares. That sum is also
# the sum of all $s^2$, so every $s$ is at most 1 afterwards. In Python `@` multiplies matrices, and `x.T` is the
# transpose. Keep to `@`, `.T`, `+`, `-` and `*`: part 5 runs your function inside Keras. `hint("orthogonalized")` helps.


# %%
def orthogonalized(matrix, ns_steps=5):
    x = matrix / np.linalg.norm(matrix)
    for _ in range(ns_steps):
        # BEGIN SOLUTION
        # STUB x = ...
        square = x @ x.T
        x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x
        # END SOLUTION
    return x


orthogonalized = check(orthogonalized, "orthogonalized", also=on_tensors)  # for part 5

# %%
on_diagonal = np.diag(orthogonalized(np.diag([5.0, -0.5, 0.05])))
print("diagonal 5, −0.5, 0.05 becomes", ", ".join(f"{s:.2f}" for s in on_diagonal))
start = np.geomspace(1e-5, 1, 400)  # beside it a second singular value, so that s² adds up to 1
s = np.array([orthogonalized(np.diag([a, (1 - a**2) ** 0.5]))[0, 0] for a in start])
axes = dict(xlabel="singular value, after the division", ylabel="after five steps")
picture = plots.lines({"muon, five steps": s}, x=start, log=False, log_x=True, **axes)
for height in (0.68, 1.2):
    picture.axes[0].axhline(height, color="gray", lw=1)
picture.axes[0].set_yticks([0, 0.68, 1, 1.2])
picture

# %% [markdown]
# The three numbers were a hundred times apart. Now their sizes are about equal, and the minus is still there.
#
# The figure shows what five steps, Muon's default, make of any singular value. From the right end down to 0.002 the
# curve goes up and down, but it stays between the grey lines, 0.68 and 1.20. This is all that "near 1" means. Further left
# five steps are too few: 0.001 ends at 0.47, and 0.0001 at 0.05.
#
# ## 5 Your rules in a race
#
# A rule may look good on paper and train nothing. Do your rules train a network, and does one of them beat Adam?
#
# One rule is still in pieces. Here is Muon, made of two of your functions. Its velocity takes in the gradient,
# $m \leftarrow \mu m + g$. Then it steps along $O(g + \mu m)$, where $O$ is your function and $m$ is the new velocity.
# The factor before the step makes it about as long as Adam's steps usually are, so Muon can take Adam's $\eta$ and
# $\lambda$ (Liu and others, 2025).
#
# Biases are not matrices, so they get AdamW. Jordan and others give it the matrices of the first and the last layer
# too. Our network, with 784 inputs, 64 units and 10 outputs, has no others. So here Muon takes both.


# %%
def muon(x, g, t, m=0, v=0, *, learning_rate=0.001):
    if np.ndim(x) != 2:  # a rule may ask for the shape: Keras knows it before the training
        return adamw(x, g, t, m, v, learning_rate=learning_rate)
    x = x - learning_rate * 0.004 * x
    m = 0.95 * m + g
    step = orthogonalized((g + 0.95 * m).T).T  # .T only makes X Xᵀ small
    return x - learning_rate * 0.2 * max(x.shape) ** 0.5 * step, m, v


# %% [markdown]
# The data are the clothes of lesson 07: 6,000 pictures, three epochs in batches of 100, so 180 steps. All three
# rules have $\eta = 0.003$. For each of them this rate was the best of seven, by the mean over twelve seeds. The cell takes about 25 seconds. If you stop it and run it again, it goes on with the rules that are left.

# %%
clothes, by_rule = experiments.clothes(), {}

# %% tags=["about: 10 Adam with a constant rate"]
for own in (adamw, lion, muon):
    if own.__name__ not in by_rule:
        model = dense_network(SEEDS[0])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(as_keras(own, learning_rate=0.003), loss=loss)
        data = dict(validation_data=clothes.others, batch_size=100, epochs=3, verbose=0)
        by_rule[own.__name__] = model.fit(*clothes.part, **data).history["val_loss"]
    print(f"{own.__name__} ends at {by_rule[own.__name__][-1]:.2f}")

# %% tags=["about: 10 Adam with a constant rate"]
how = dict(xlabel="epoch", ylabel="validation loss", log=False, points=True)
plots.lines({name: np.array(losses) for name, losses in by_rule.items()}, np.arange(1, 4), **how)

# %% [markdown]
# Your functions train a network. Muon's line ends lowest. But this is one seed. Here are twelve, each rule with the
# best of seven rates, with a constant rate and with the cosine of lesson 07:

# %%
words = "a constant rate", "a cosine"
pairs = (
    "Muon ends below Adam",
    "Muon ends below Lion",
    "Lion ends below Adam",
    "AdamW ends below Adam",
)
experiments.evidence(*(f"10 with {shape} {pair}" for pair in pairs for shape in words))

# %% [markdown]
# Muon ends below Adam and below Lion with 12 of 12 seeds, by 0.06 to 0.09. Lion's lead over Adam is smaller. With a
# constant rate the seeds do not show one: 6 of 12. With a cosine 9 of 12 do, by 0.013 in the mean.
#
# Muon and AdamW also let the weights decay, by $\lambda = 0.004$, and Adam and Lion do not. Is this why Muon leads? The last
# two rows say no: AdamW, with this decay, is level with Adam.
#
# Keep three limits of Muon's lead in mind. We compare equal numbers of *steps*, and Muon's steps cost more. The
# network is small, and 180 steps are few. And the seeds that chose the rates are also the seeds of the table, for all
# methods alike.
#
# ## 6 Rare words
#
# Why do people train language models with Adam, and not with sgd? Kunstner and others (2024) name a reason: with sgd
# the loss of rare words falls slowly. And most words are rare. **Zipf's law** says that the word of rank $k$ in the list
# of frequencies is about $k$ times as rare as the first word. Does Adam really help here?
#
# Take a tiny language model. It knows 200 words with Zipf's frequencies $f_k$, and from each word it guesses the next
# one. Row $k$ of a matrix $W$ holds 200 numbers. Their softmax is the guess, the probabilities of what follows word $k$.
# In our made-up language word $k$ follows itself half of the time, and otherwise anything follows, by Zipf's law. The
# *excess* loss of a word says how far its mean loss lies above the least possible.
#
# At first the gradient is exact: row $k$ is $f_k$ times the difference of the guess and the truth. Each rule starts at
# $W = 0$, takes 300 steps with a cosine, and has the best of seven rates.

# %%
exact = {rules.sgd: 1000, rules.momentum: 100, rules.adam: 1.0, lion: 0.2}
by_word = {rule.__name__: experiments.excess(rule, rate) for rule, rate in exact.items()}
drawn = {name: by_word[name] for name in ("sgd", "adam", "lion")}
plots.lines(drawn, np.arange(1, 201), xlabel="rank of the word", ylabel="excess loss", log_x=True)

# %% [markdown]
# Follow sgd's line to the right: from the fourth word on, the rarer the word, the more is left to learn. The reason is
# the factor $f_k$. For the same difference the row of a word that is 200 times as rare takes a step that is 200 times as
# short. Momentum, not drawn, ends near sgd on rare words, because its velocity has the same factor.
#
# The lines of Adam and Lion are flat, and below $10^{-6}$. Adam divides each entry by the size of its own gradients, and
# Lion takes the sign, so $f_k$ cancels.
#
# But a training in batches does not see the exact gradient. What do batches of 100 words change? Now each rule has the
# best of nine rates. The loss is the excess loss of all words, each counted by its frequency.

# %%
quiz("10.rare")

# %%
variant = "Adam with one v per word"
ahead = [f"{name} ends below Adam" for name in ("sgd", "momentum", variant)]
experiments.evidence(*(f"10 in batches of 100 {pair}" for pair in [*ahead, "sgd ends below Lion"]))

# %% [markdown]
# Sgd and momentum end below Adam with 12 of 12 seeds, sgd by 0.055. Why? Adam has a separate $v$ for each entry of $W$.
# The table's third row is Adam with one change: all entries in a word's row share one $v$, the mean of their $g^2$. This
# Adam also ends below the usual one with 12 of 12 seeds. So what Adam loses here, at its default $\varepsilon$, comes from
# the separate $v$ of each entry. Why that costs so much, this course does not know. Lion, which takes the sign of each
# entry by itself, ends above sgd too.
#
# Does this contradict Kunstner and others? Not on the exact gradient: there it is as they say. And their models are far
# larger than our one small language. On the film reviews of lesson 04, in batches too, Adam ended below Nesterov's method.
# So with rare words try both.
#
# ## 7 Which optimizer for what?
#
# A new problem comes, and you have time to try one or two optimizers. Where do you begin?
#
# ### Exercise 7: choose
#
# Here are three problems and four ways to begin. For each problem give the number of the one that you would try first.
# Let what you have *seen* decide.
#
# - A. A network learns from 500 labelled X-ray pictures, and sees each of them 60 times.
# - B. A small dense network learns from a simulation. One batch takes a minute to simulate, so you can afford few steps.
# - C. A model reads letters from customers, as counts of words, in small batches. Most words are rare.
#
# 1 is AdamW, 2 is Adam and momentum (each tuned), 3 is Lion, and 4 is Muon with AdamW beside it.

# %%
# BEGIN SOLUTION
# STUB a, b, c = ..., ..., ...
a, b, c = 1, 4, 2
# END SOLUTION
check_answer("10.first", a, b, c)

# %% [markdown]
# Here is all of it in a table. It is what small experiments can say, on networks and data that train in seconds. It
# proves nothing for a large model.
#
# | your problem | try first | because |
# | --- | --- | --- |
# | a network that is new to you | Adam or AdamW at 0.001, then tune $\eta$ | it trains at once (lesson 08) |
# | few examples, seen many times | AdamW | decay helped a little there (lesson 07); L2 in Adam is uneven (part 1) |
# | rare words or sparse features | both Adam and momentum, each tuned | momentum ended below Adam on our language (part 6), and Adam below Nesterov on the reviews (lesson 04) |
# | matrices, and you count steps, not time | Muon, beside AdamW | it led by 0.06 or more at equal steps, on one small network (part 5) |
# | little memory on the device | Lion or momentum | one number for each weight, not two (part 3) |
#
# How much can you expect at scale? Wen and others (2025) tuned ten optimizers with equal care on language models. The
# fastest, Muon among them, work on matrices. They were 1.4 times as fast as AdamW with 0.1 billion weights, and only
# 1.1 times with 1.2 billion.
#
# ## Where it fails
#
# - **AdamW.** A weight loses the fraction $\eta\lambda$. If you change $\eta$, you change the decay too.
# - **AMSGrad.** It never forgets. One huge gradient shortens all later steps.
# - **Lion.** It comes to rest only with an $\eta$ that falls.
# - **Muon.** It works on matrices only, and needs a second optimizer for the rest.
#
# **Recap.**
#
# 1. Decay is to keep a network from learning few examples by heart. In Adam an L2 penalty is divided by $\sqrt v$, so no
#    $\lambda$ makes it equal to decay. AdamW takes the fraction $\eta\lambda$ off each weight.
# 2. Adam can go the wrong way if $v$ forgets rare large gradients. AMSGrad divides by the root of the largest $v$ so
#    far.
# 3. Lion steps by $\eta$ times the sign of an average of the *old* $m$ and $g$: it throws the size away. It keeps one
#    number for each weight.
# 4. A step with a few large singular values changes a layer along a few directions only. Muon brings the singular values
#    between 0.68 and 1.20, unless they are very small, and keeps the directions.
# 5. With exact gradients the frequency of a word cancels in Adam. In batches of 100 Adam ended above sgd on our
#    language. With one $v$ for each word it did not.

# %%
progress("10")

# %% [markdown]
# **Next:** [lesson 11, Ten claims, tested](11-ten-claims.ipynb). You have written the rules that most networks are
# trained with. Which of the sentences that people say about them are true?
#
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### How long must v remember?
#
# Reddi's theorem holds if $\beta_1 < \sqrt{\beta_2}$, as in all usual settings. But a longer memory also keeps $v$ nearly
# constant. ($v$ remembers about $\frac{1}{1 - \beta_2}$ steps.) Is it another remedy for the failure of part 2?
#
# We try many $\beta_2$ on two problems. The second one is that of Reddi's experiment: the gradient is 1010 at one step in
# 101, and −10 at the others. Its mean is 0.1, so again −1 is best. On this problem $\beta_1$ is 0.9. The figure shows how
# far $x$ goes in one late cycle, with a constant $\eta$. Above the grey line at 0 it goes the wrong way.

# %%
memory = np.geomspace(1 / 3, 100, 25)  # how long v remembers, in cycles
problems = {
    "3, −1, −1, and β₁ = 0": dict(large=3, small=-1, cycle=3, beta_1=0.0),
    "1010 once in 101, and β₁ = 0.9": dict(large=1010, small=-10, cycle=101, beta_1=0.9),
}  # fmt: skip
way = {
    title: {
        rule.__name__: experiments.way_in_a_cycle(rule, memory, **problem)
        for rule in (rules.adam, rules.amsgrad)
    }
    for title, problem in problems.items()
}
axes = dict(xlabel="memory of v in cycles", ylabel="way in a cycle, in η", log=False, log_x=True)
picture = plots.side_by_side(way, memory, legend="upper right", **axes)
for ax in picture.axes:
    ax.set_ylim(-0.6, 1.2)
    ax.axhline(0, color="gray", lw=1)
picture

# %% [markdown]
# Follow Adam's lines from left to right, until they cross the grey line. In the left panel less than one cycle of
# memory is enough. In the right panel Adam needs about 20 cycles. (Left of 1.5 cycles its line lies above the
# figure.) Keras's default of 1,000 steps is ten cycles there, so Adam still goes the wrong way. AMSGrad goes the
# right way with every memory that we tried.
#
# Why 20 cycles? In one cycle the large gradient is 1010, and the small ones add up to −1000, which is 1 % less. The
# $v$ of the small ones has faded a little since the large one came. If their $\sqrt v$ is more than about 1 % smaller,
# they win. So how long a memory must be depends on the problem. For a given problem, a $\beta_2$ close enough to 1
# brings Adam near a point with gradient 0, under some conditions (Zhang and others, 2022).

# %% [markdown]
# ### How long are steps in noise?
#
# Here is the run of part 3. It prints the root mean square of the last step, over 10,000 weights.

# %%
rng, lengths = np.random.default_rng(SEEDS[0]), {}
noise = rng.standard_normal((300, 10_000))
for rule in (rules.adam, lion):
    x, state = np.zeros(10_000), ()
    for t, g in enumerate(noise, 1):
        before = x
        x, *state = rule(x, g, t, *state, learning_rate=1.0)
    lengths[rule.__name__] = np.sqrt(np.mean((x - before) ** 2))
print(", ".join(f"{name}: {length:.2f} η" for name, length in lengths.items()))

# %% [markdown]
# ### More on AdamW, Lion and Muon
#
# *Does the order matter in AdamW?* A little. If the decay comes after Adam's step, it also shrinks that step, by the
# fraction $\eta\lambda$. With $\eta = 0.01$ and $\lambda = 0.1$ that is a thousandth of the step. Keras and PyTorch decay
# first. (In the paper the decay is not multiplied by Adam's rate, but only by the factor of the schedule.)
#
# *Does Lion need a smaller $\eta$ than AdamW here?* With a cosine Lion's best rate was 0.003 and AdamW's 0.01, as Chen
# and others advise. At a constant rate both take 0.003, on a list in steps of about 3, which is too coarse to say.
#
# *Why are the sizes cubed in $X X^\top X$?* Write the sum twice: $X X^\top = \sum_{i,j} s_i s_j\, p_i\, (q_i^\top q_j)\,
# p_j^\top$. The number $q_i^\top q_j$ is the inner product of two of the $q$: 1 for $i = j$, and else 0, because they are
# at right angles. So $X X^\top = \sum_i s_i^2\, p_i p_i^\top$. In the same way $(X X^\top) X = \sum_i s_i^3\, p_i
# q_i^\top$.
#
# *Why does the curve of part 4 not settle at 1?* An $s$ of 1 becomes $a + b + c$, which is 0.70. A very small $s$ grows
# about $a$ times in a step. Jordan and others gave up the 1 for a large $a$, so that small values grow fast.
#
# *Why the factor $0.2\sqrt{\max(\text{rows}, \text{columns})}$?* The squares of the entries of $O$ add up to the sum of
# all $s^2$. For a matrix of 784 × 64 that is about 64 if every $s$ is near 1. So the root mean square of its $64 \cdot
# 784$ entries is about $1/\sqrt{784}$, and the factor makes it 0.2.
#
# *What does Muon cost?* For this matrix the five steps take about 33 million multiplications. With a batch of 100 the
# layer's outputs and its gradient take 10 million together. So the five steps cost about 3.3 times as much. This cost
# does not grow with the batch.

# %% [markdown]
# **Sources.** A. Krogh and J. Hertz, *A simple weight decay can improve generalization*, 1992. I. Loshchilov and F.
# Hutter, *Decoupled weight decay regularization*, 2019. S. Reddi, S. Kale and S. Kumar, *On the convergence of Adam and
# beyond*, 2018 (theorems 1 and 2, section 5). Y. Zhang and others, *Adam can converge without any modification on update
# rules*, 2022 (abstract). X. Chen and others, *Symbolic discovery of optimization algorithms*, 2023. K. Jordan and
# others, *Muon: an optimizer for hidden layers in neural networks*, 2024 (a web page). J. Liu and others, *Muon is
# scalable for LLM training*, 2025. F. Kunstner and others, *Heavy-tailed class imbalance and why Adam outperforms
# gradient descent on language models*, 2024 (abstract). F. Kunstner and F. Bach, *Scaling laws for gradient descent and
# sign descent for linear bigram models under Zipf's law*, 2025 (abstract; a similar language model). K. Wen and others, *Fantastic pretraining
# optimizers and where to find them*, 2025 (abstract).

# %% tags=["solution"]
# What the text says: simulations within their error, exact runs to a few digits; trained models, as the table has it.
from adamlib.descent import state_defaults
from adamlib.experiments import CLAIMS, carried
from adamlib.experiments.rare_words import FREQUENCY
from adamlib.surfaces import ravine

# Part 1
carried("07 500 pictures: Adam with decay ends below Adam without", mean="0.007", shown=26)
assert np.isclose((penalty / 0.3) / 0.1, 100)  # the fractions that both take off, divided by η
assert np.isclose(0.01 * 0.1, 0.001)
assert np.allclose(decayed, 0.61, atol=0.01)
assert penalized[sizes < 0.05].max() < 0.01 and penalized[sizes > 10].min() > 0.9
# Part 2
v = [8.199 / 0.999]
v += [0.1 * v[0] + 0.9]
v += [0.1 * v[1] + 0.9]
assert np.isclose(0.1 * v[2] + 0.9 * 9, v[0]) and round(v[0], 3) == 8.207
assert f"{moved:.2f}" == "0.68" and f"{amsgrad_cycle((3, -1, -1), 1.072):.2f}" == "-0.35"
assert round(0.1 * v[2] + 0.9 * 9, 3) == 8.207 and round(v[2], 3) == 1.072
assert [f"{step:.2f}" for step in (3, -1, -1) / np.sqrt(v[:3])] == ["1.05", "-0.76", "-0.97"]
three = dict(large=3, small=-1, cycle=3, beta_1=0.0)
assert experiments.way_in_a_cycle(rules.adam, np.array([1000 / 3]), **three)[0] < 0  # β₂ = 0.999
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
# Part 4
assert f"{3.4445 - 4.7750 + 2.0315:.2f}" == "0.70" and 3.4 < s[0] ** 0.2 / start[0] ** 0.2 < 3.5
flat = s[start > 0.002]
assert f"{flat.min():.2f}, {flat.max():.2f}" == "0.68, 1.20" and s[0] < 0.01
normed = start / np.linalg.norm(start)
after = np.diag(orthogonalized(np.diag(start)))
assert np.allclose(np.interp(normed, start, s), after, atol=0.01)  # so it is of any matrix
assert [f"{np.interp(at, start, s):.2f}" for at in (0.001, 0.0001)] == ["0.47", "0.05"]
assert 0.65 < np.abs(on_diagonal).min() and np.abs(on_diagonal).max() < 1.25
assert np.all(np.sign(on_diagonal) == [1, -1, 1])
rng = np.random.default_rng(SEEDS[0])
G = rng.standard_normal((4, 4))
assert np.allclose(orthogonalized(G.T), orthogonalized(G).T)
p, sizes, q = np.linalg.svd(G / np.linalg.norm(G))
grown = 3.4445 * sizes - 4.7750 * sizes**3 + 2.0315 * sizes**5
assert np.allclose(p @ np.diag(grown) @ q, orthogonalized(G, 1))
theirs = keras.optimizers.Muon().zeropower_via_newtonschulz5(keras.ops.array(G, "float32"), 5)
assert np.abs(theirs - orthogonalized(G)).max() < 1e-3
low = np.outer(G[0], G[1])
assert np.linalg.matrix_rank(orthogonalized(low), tol=1e-6) == 1
wide = orthogonalized(rng.standard_normal((64, 784)))
step = 0.2 * 784**0.5 * np.sqrt(np.mean(wide**2))
assert 0.15 < step < 0.25
r, c = 64, 784
five, both = 5 * (2 * r**2 * c + r**3), 2 * r * c * 100
assert round(five / 1e6) == 33 and round(both / 1e6) == 10 and f"{five / both:.1f}" == "3.3"
for shape in ((784, 64), (64, 10), (64,)):
    x, g = rng.standard_normal((2, *shape))
    assert np.allclose(muon(x, g, 1)[0], rules.muon(x, g, 1)[0], atol=1e-7)
# Part 5
for name, words in {"adamw": "AdamW", "lion": "Lion", "muon": "Muon"}.items():
    carried(f"10 {words} with a constant rate", by_rule[name][-1])
    assert CLAIMS[f"10 best η of {words} with a constant rate"].mean == 0.003
leads = [CLAIMS[f"10 with {shape} Muon ends below {name}"] for name in ("Adam", "Lion") for shape in ("a constant rate", "a cosine")]  # fmt: skip
assert all(lead.share == 1 and lead.separated and 0.06 <= lead.mean < 0.095 for lead in leads)
for shape in ("a constant rate", "a cosine"):
    carried(f"10 with {shape} AdamW ends below Adam", separated=False)
carried("10 with a constant rate Lion ends below Adam", shown=6, separated=False)
carried("10 with a cosine Lion ends below Adam", shown=9, mean="0.013", separated=True)
best = {name: CLAIMS[f"10 best η of {name} with a cosine"].mean for name in ("AdamW", "Lion")}
assert best == {"AdamW": 0.01, "Lion": 0.003}
rates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
for name in ("Muon", "Lion", "Adam", "AdamW", "momentum"):
    for shape in ("a constant rate", "a cosine"):
        assert CLAIMS[f"10 best η of {name} with {shape}"].mean in rates[1:-1]
# Part 6
titles = {"sgd": "sgd", "momentum": "momentum", "adam": "Adam", "lion": "Lion"}
for rule, rate in exact.items():
    name = titles[rule.__name__]
    assert CLAIMS[f"10 best η of {name} with exact gradients"].mean == rate
for name in ("sgd", "momentum"):
    assert (np.diff(np.log(by_word[name][3:])) > 0).mean() > 0.9
    assert by_word[name][-50:].min() > 0.01
for name in ("sgd", "momentum", variant):
    carried(f"10 in batches of 100 {name} ends below Adam", share=1, separated=True)
for name in ("sgd", "momentum"):
    carried(f"10 in batches of 100 {name} ends below Lion", share=1, separated=True)
gap = CLAIMS[f"10 in batches of 100 sgd ends below {variant}"]
assert not gap.separated and abs(gap.mean) < 0.002
assert f"{CLAIMS['10 in batches of 100 sgd ends below Adam'].mean:.3f}" == "0.055"
trained = {
    "sgd": (rules.sgd, 200),
    "Adam": (rules.adam, 0.07),
    variant: (experiments.adam_by_word, 0.07),
}
for title, (rule, rate) in trained.items():
    assert CLAIMS[f"10 best η of {title} in batches of 100"].mean == rate
    left = FREQUENCY @ experiments.excess(rule, rate, size=100, seed=SEEDS[0])
    carried(f"10 {title} in batches of 100", left)
carried("04 Adam ends below Nesterov", share=1, separated=True)
assert max(by_word["adam"].max(), by_word["lion"].max()) < 1e-6
# Going further
assert np.isclose((1010 - 100 * 10) / 101, 0.1, rtol=0.02)
(adam_3, amsgrad_3), (adam_101, amsgrad_101) = (ways.values() for ways in way.values())
assert np.isclose(adam_3[0], 1) and max(amsgrad_3.max(), amsgrad_101.max()) < 0
assert adam_3[memory < 0.6].min() > 0 > adam_3[memory > 0.8].max()
assert adam_101[memory < 19].min() > 0 > adam_101[memory > 22].max()
assert adam_101[memory < 1.4].min() > 1.2 > adam_101[memory > 1.6].max()
default = experiments.way_in_a_cycle(
    rules.adam, np.array([1000 / 101]), **list(problems.values())[1]
)
assert 0.05 < default[0] < 0.15  # β₂ = 0.999
assert 100 * 10 == 1000 and round(1000 / 101) == 10 and np.isclose(1010 / 1000, 1.01)
assert 0.01 < 1 - np.exp(-1 / 20 / 2 / 2) < 0.02  # √v at the middle of a cycle, if v has 20
