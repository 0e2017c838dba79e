# %% [markdown]
# # 2. Stochastic gradient descent
#
# In lesson 01 each step on the digits looked at thousands of images. This lesson takes a step after looking at a few
# of them, and so gets many more steps for the same work. The price is noise. You will see how large that noise is,
# where it holds a run up, and how to calm it.
#
# At the end of this lesson you will be able to
#
# - cut an epoch into batches, and count its iterations,
# - choose a learning rate for another batch size,
# - say how noisy a batch's gradient is, and when a larger batch pays,
# - derive the level at which a constant learning rate gets stuck, and go below it.
#
# | part | minutes |
# | --- | --- |
# | [1 A tenth of the work](#1-A-tenth-of-the-work) | 3 |
# | [2 A step from a batch](#2-A-step-from-a-batch) | 5 |
# | [3 One epoch](#3-One-epoch) | 12 |
# | [4 Batch size and learning rate](#4-Batch-size-and-learning-rate) | 11 |
# | [5 How noisy?](#5-How-noisy?) | 8 |
# | [6 The noise ball](#6-The-noise-ball) | 10 |
# | [7 Digits, with a falling rate](#7-Digits,-with-a-falling-rate) | 2 |
# | [8 Does it agree with Keras?](#8-Does-it-agree-with-Keras?) | 2 |
# | [Where it fails](#Where-it-fails) | 2 |
# | in all | 55 |
#
# You need lesson [01](01-gradient-descent.ipynb): the step $x \leftarrow x - \eta g$ and its limit $2/L$. Terms
# printed in bold are collected in the [glossary](glossary.ipynb); all rules on one page are in the [cheat
# sheet](cheat-sheet.ipynb).
#
# ## 1 A tenth of the work
#
# Lesson 01 ended with an offer. At the start, the gradient of 800 images points almost in the same direction as the
# gradient of all 8,000. The **cosine** of the angle between two directions says how well they agree: it is 1 where
# they point the same way, and 0 where they are at a right angle.
#
# Is the offer as good after some training? Choose an answer before you run the cell below it.

# %%
from functools import partial

import numpy as np
from IPython.display import display

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.datasets import mnist
from adamlib.descent import descend, train
from adamlib.explorers import explore, race
from adamlib.models import LogisticRegression
from adamlib.rules import sgd
from adamlib.schedules import inverse_sqrt
from adamlib.surfaces import noisy, noisy_bowl, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson comes from them
quiz("02.cosine")

# %% tags=["about: 02 cosine after training"]
data, model = mnist().train, LogisticRegression()
start, rng = model.initial(), np.random.default_rng(SEEDS[0])
ten_epochs = dict(epochs=10, batch_size=100, rng=rng, learning_rate=0.1)
trained = train(sgd, model.loss_and_gradient, start, data, **ten_epochs).params
places = {"at the start": start, "after training": trained}
sizes, cosines = np.array([1, 8, 80, 800]), {}
for place, params in places.items():
    means = experiments.mean_cosines(model, params, data, sizes, rng)
    cosines[f"cosine {place}"] = means
    print(f"{place}: mean cosine {means[3]:.2f} with 800 images")
plots.lines(cosines, x=sizes, xlabel="images", ylabel="mean cosine", log=False, log_x=True)

# %% [markdown]
# Look at the right end. At the start 800 images give almost the direction of all 8,000. After training they no longer
# do: the same tenth of the work buys less. So small batches are a bargain early, and we must ask what they cost late.
#
# ## 2 A step from a batch
#
# The loss is a mean over $n$ images, $f = \frac1n \sum_i f_i$, and so is its gradient. A mean can be estimated from a
# few members. So we draw $B$ images at random, take the mean of *their* gradients, and step against it:
#
# $$x \leftarrow x - \eta\, \frac1B \sum_{i \in \text{batch}} \nabla f_i(x)$$
#
# **Stochastic gradient descent**, SGD for short, is gradient descent with a gradient that is estimated from samples
# drawn at random (after Robbins and Monro, 1951). The rule is lesson 01's `sgd`; only the gradient that we give it
# has changed.
#
# The estimate is right on average. Every image is as likely as any other to be in a random batch, so the mean over
# all possible batches is the gradient of the whole loss.
#
# ### Exercise 1: by hand
#
# There are four samples, the numbers $a = 1, 2, 3, 6$, with $f_i(x) = \frac12 (x - a_i)^2$. So the gradient of sample
# $i$ is $x - a_i$, and $f$ is lowest at the mean of the numbers, 3. We start at $x = 0$ with $\eta = \frac12$.
#
# - Where does one step with all four samples lead?
# - Where do two steps lead, the first with the batch $\{1, 2\}$, the second with $\{3, 6\}$?
#
# The bars below the cell show such a step from another place, $x = 5$, with the batch $\{1, 3\}$.

# %%
# BEGIN SOLUTION
# STUB all_four = ...
# STUB two_batches = ...
all_four = 0 - 0.5 * np.mean([-1, -2, -3, -6])
first = 0 - 0.5 * np.mean([-1, -2])
two_batches = first - 0.5 * np.mean([first - 3, first - 6])
# END SOLUTION
check_answer("02.all_four", all_four)
check_answer("02.two_batches", two_batches)
plots.bars(
    {
        "gradient of sample 1": 4,
        "gradient of sample 3": 2,
        "of the batch {1, 3}, their mean": 3,
        "of all four": 2,
        "step = −0.5 × 3": -1.5,
    },
    title="One step with the batch {1, 3}, from x = 5",
)

# %% [markdown]
# Both ways used each sample once. The two small steps came nearer to 3 than the one large step.
#
# ## 3 One epoch
#
# Four words describe how a training goes through its data. A **sample** is one image with its label. A **batch** is
# the group of samples that one step uses; Keras calls its size `batch_size`, and we write $B$. An **iteration** is
# one step of a training. An **epoch** is as many iterations as it takes to use every sample once.
#
# In practice nobody draws each batch anew. All samples are shuffled, and the shuffled row is cut into pieces of
# length $B$. (Strictly, only the first batch of an epoch is then right on average: a later one holds what the earlier
# ones have left.)
#
# ### Exercise 2: write it
#
# Return a list of batches, each of them a pair `(images, labels)`. Every sample stands in exactly one batch, and the
# last batch may be smaller. The order is random, and different in the next epoch. `rng` is a random generator:
# `rng.permutation(n)` gives the numbers 0 to n − 1 in random order. For help run `hint("one_epoch")` in a cell of its
# own.


# %%
def one_epoch(images, labels, batch_size, rng):
    # BEGIN SOLUTION
    batches = []
    order = rng.permutation(len(labels))
    for i in range(0, len(labels), batch_size):
        chosen = order[i : i + batch_size]
        batches.append((images[chosen], labels[chosen]))
    return batches
    # END SOLUTION


one_epoch = check(one_epoch, "one_epoch")

# %% [markdown]
# ### Exercise 3: count
#
# There are 7,000 images, and $B = 600$. How many iterations are five epochs?

# %%
# BEGIN SOLUTION
# STUB five_epochs = ...
five_epochs = 5 * 12  # 11 full batches and a smaller one
# END SOLUTION
check_answer("02.five_epochs", five_epochs)

# %% [markdown]
# ### Exercise 4: find the bug
#
# We train on 7,000 images, the `part`, and hold out the `others`, 1,000 images that no step sees. The loss on images
# that were held out tells how good a model is on images that it has not seen. This first loop is right. (The
# parameters are a list of two arrays, weights and biases, and each takes the same step.)

# %% tags=["about: 02 overlapping batches end with a higher held-out loss"]
images, labels = data
part, others = (images[:7000], labels[:7000]), (images[7000:], labels[7000:])
params = start
for batch in one_epoch(*part, 100, np.random.default_rng(SEEDS[0])):
    loss, gradient = model.loss_and_gradient(params, batch)
    params = [p - 0.3 * g for p, g in zip(params, gradient, strict=True)]
first_loop = loss, model.loss(params, others)
print(f"first loop:  last batch {loss:.2f}, held-out loss {first_loop[1]:.2f}")

# %% [markdown]
# The second loop has a bug. Run it: its last batch has a lower loss, and yet it is far worse on the images held out.
#
# - How many different images does it see?
# - By how much should `i` grow from one round to the next?
#
# Then repair the loop and run it again. Its held-out loss should come near that of the first loop.
#
# <details><summary>Hint</summary>Print i and i + 100 for the first three rounds.</details>

# %% tags=["about: 02 overlapping batches end with a higher held-out loss"]
order = np.random.default_rng(SEEDS[0]).permutation(7000)
params = start
for i in range(70):
    batch = images[order[i : i + 100]], labels[order[i : i + 100]]
    loss, gradient = model.loss_and_gradient(params, batch)
    params = [p - 0.3 * g for p, g in zip(params, gradient, strict=True)]
print(f"second loop: last batch {loss:.2f}, held-out loss {model.loss(params, others):.2f}")
# BEGIN SOLUTION
# STUB images_seen = ...
# STUB stride = ...
bad_loop = loss, model.loss(params, others)
images_seen = 69 + 100  # i grows by 1: the batches overlap
stride = 100
params = start
for i in range(0, 7000, stride):
    batch = images[order[i : i + 100]], labels[order[i : i + 100]]
    gradient = model.gradient(params, batch)
    params = [p - 0.3 * g for p, g in zip(params, gradient, strict=True)]
repaired_loss = model.loss(params, others)
print(f"repaired loop: held-out loss {repaired_loss:.2f}")
# END SOLUTION
check_answer("02.images_seen", images_seen)
check_answer("02.stride", stride)

# %% [markdown]
# The loss of the batches alone did not show the bug. It even looked better, because the loop saw the same few images
# again and again. So always watch a loss on images that were held out.
#
# ## 4 Batch size and learning rate
#
# How large should a batch be? We train one epoch with $B = 1$, 10 and 100, and with all 7,000 images as one batch,
# which is a single step. Each batch size gets its own best learning rate, because a rate that suits one may not suit
# another. Predict first.

# %%
quiz("02.races")

# %% [markdown]
# The next cell trains $B = 1$, 10 and 100 at five learning rates each. A **seed** is the number from which all that
# is random in a run is drawn, here the order of the images. Each line is the mean of three seeds, and its band
# reaches from the lowest to the highest of them.
#
# The **validation loss** is the loss on images that were held out to choose a setting, such as the learning rate. (At
# the chosen setting it is slightly too good to be true, because the best of several values is partly luck. Our tables
# call the same number "held-out loss".)


# %% tags=["about: 02 B = 100 at η = 2 ends above B = 10 at 0.2"]
def validation_loss(size, rate, seed):
    """The loss on the images held out, after one epoch in batches of that size."""
    task = experiments.digits(batch_size=size)
    return task.held_out_loss(task.train_quietly(sgd, rate, seed).params)


rates = {size: size * np.array([0.002, 0.005, 0.01, 0.02, 0.05]) for size in (1, 10, 100)}
runs = [(size, rate, seed) for size in rates for seed in SEEDS for rate in rates[size]]
jobs = {run: partial(validation_loss, *run) for run in runs}
found = experiments.collect(jobs, {})  # behind a progress bar
ends = {s: np.reshape([found[run] for run in runs if run[0] == s], (-1, 5)) for s in rates}
one_step = min(validation_loss(7000, rate, SEEDS[0]) for rate in (0.5, 1.0, 2.0, 5.0))
print(f"B = 7,000: one step, validation loss {one_step:.2f} at the best of four rates")
curves, at = ({f"sgd, B = {size}": of[size] for size in rates} for of in (ends, rates))
plots.lines(curves, x=at, xlabel="learning rate η", ylabel="validation loss", log_x=True)

# %% [markdown]
# Look at the three valleys. They have nearly the same depth, and their left sides have the same shape. What differs
# is their place: ten times the batch, ten times the learning rate. The **linear scaling rule** says that a batch $k$
# times as large allows a learning rate $k$ times as large (Goyal and others, 2017, section 2.1).
#
# The reason is simple. Ten short steps, all from almost the same point, add up to one step along the mean of their
# gradients, ten times as long. The rule ends where that one step becomes too long. Here $2/L$ is 0.5 at the start and
# about 1.3 after the epoch. So the right side of the valley of $B = 100$ rises early: at $\eta = 2$ its loss is above
# that of $B = 10$ at 0.2.
#
# Three seeds show what can happen. What usually happens takes more, so we repeated these runs with 12 seeds. The
# table below holds the result. "±" is the standard deviation: how much one seed's result differs from another's.

# %%
experiments.evidence(
    "02 B = 10 at ten times the rate of B = 1 ends at most this far from it",
    "02 B = 100 at η = 2 ends above B = 10 at 0.2",
    "02 B = 1 ends below B = 10",
    "02 B = 10 ends below B = 100",
    "02 B = 100 ends below B = 7,000",
)

# %% [markdown]
# From $B = 1$ to 10 the loss changes by only about 0.003 if the rate grows along. At their best rates the two are
# level. $B = 100$ ends a little behind 10 with ten of twelve seeds, by an amount that varies much. And all 7,000 in
# one single step are far behind with every seed.
#
# So what is the advantage of $B = 100$? Time. The next figures show $B = 1$, 100 and 7,000 again, now for 1, 20 and
# 40 epochs: first against the images used, then against the seconds that *your* machine takes. A black dot marks the
# end of the first epoch on each line.

# %% tags=["nbval-ignore-output"]
used, seconds, losses, first_epoch = {}, {}, {}, {}
for size, epochs, rate in ((1, 1, 0.01), (100, 20, 1.0), (7000, 40, 1.0)):
    task, name = experiments.digits(batch_size=size, epochs=epochs), f"sgd, B = {size:,}"
    timed = experiments.timed_training(task, sgd, rate, SEEDS[0])
    used[name], seconds[name], losses[name], first_epoch[name] = timed

for x, words in ((used, "images used"), (seconds, "seconds on this machine")):
    dots = "end of the first epoch", {name: x[name][first_epoch[name]] for name in x}
    display(plots.lines(losses, x=x, xlabel=words, ylabel="training loss", log_x=True, dots=dots))

# %% [markdown]
# First figure: compare the dots. They lie at the same number of images, and there the full batch, after one step, is
# far above the others. To come below 0.4 it needs some 40 times as many images as $B = 100$ (12 seeds: 40 ± 6).
#
# Second figure: now the dot of $B = 1$ lies far to the right. It takes 7,000 small steps in Python where $B = 100$
# takes 70, and a processor multiplies large matrices quickly. So "faster" needs a unit: images or seconds.
#
# (Two details. At first $\eta = 1$ is too much for $B = 100$: its loss rises, and recovers within the epoch. And the
# zigzag of 7,000 is no noise: its steps are beyond $2/L$, as in lesson 01.)
#
# ### Exercise 5: choose, then predict
#
# Move the slider until the validation loss after one epoch with $B = 5$ is 0.44 or less. You read it below the curve.
# Write that rate into `rate_5`. Then decide, before you try anything, which rate suits $B = 50$, and write it into
# `rate_50`.

# %%
display(race(sgd, part, batch_size=5, validation=others, target=("validation loss", 0.44)))
# BEGIN SOLUTION
# STUB rate_5 = ...
# STUB rate_50 = ...
rate_5 = 0.05
rate_50 = 10 * rate_5
# END SOLUTION
check_answer("02.rate_5", rate_5)
check_answer("02.rate_50", rate_50)

# %% [markdown]
# The curve itself trembles so much that its last points tell little. The validation loss is a mean over 1,000 images,
# and settles the matter.
#
# ## 5 How noisy?
#
# The **noise** of a batch's gradient is its typical distance from the gradient of all images: the root of the mean
# square of that distance, over many batches. How does it depend on $B$?
#
# The **variance** of a random number says how far it scatters: it is the mean squared distance from its mean. We need
# two facts.
#
# - If a number is multiplied by $c$, each distance grows $c$ times, and each square $c^2$ times:
#   $\operatorname{Var}(cX) = c^2 \operatorname{Var}(X)$.
# - If independent numbers are added, their variances add:
#   $\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y)$. (The square of the sum also contains
#   the product of their two distances. It is 0 on average, because one distance says nothing about the other.)
#
# The sum of $B$ independent numbers therefore has $B$ times the variance of one. Their mean is that sum times $1/B$,
# so its variance is $\frac{1}{B^2} \cdot B = \frac1B$ of the variance of one. The square of the noise is a sum of
# such variances, one for each parameter. So the noise, its root, should fall as $1/\sqrt B$.
#
# ### Exercise 6: noise and work
#
# You want the noise of a step to fall to a tenth. By what factor must its work grow, that is, the number of images in
# it?

# %%
# BEGIN SOLUTION
# STUB more_work = ...
more_work = 10**2
# END SOLUTION
check_answer("02.more_work", more_work)

# %% [markdown]
# Does this hold for a gradient with 7,850 parameters? The next cell measures the noise at the start, and after the
# training of part 1.

# %% tags=["about: 02 slope of the noise at the start"]
sizes = np.array([1, 5, 25, 100, 500, 3000])
noise, slopes, whole = {}, {}, {}
for place, params in places.items():
    noise[place] = experiments.gradient_noise(model, params, data, sizes, rng)
    slopes[place] = np.polyfit(np.log(sizes), np.log(noise[place]), 1)[0]
    whole[place] = np.linalg.norm(experiments.flat_gradient(model, params, data))
    print(f"{place}: slope {slopes[place]:.1f}")
plots.noise_and_gradient(noise, whole, sizes)

# %% [markdown]
# The measured dots lie on the line: on these axes $1/\sqrt B$ has the slope $-\frac12$. Now compare the noise with
# the gradient itself, the level line. At the black dot both are equally long. We call that batch size $B^*$. (The
# paper cited below calls it the simple noise scale.) At the start it is about 70. After training the gradient is much
# shorter, and $B^*$ lies in the thousands (12 seeds: about 4,000, with a large spread).
#
# $B^*$ tells when a larger batch pays. On a round bowl, a step from a batch lowers the loss, on average, by only a
# fraction of what a step from the exact gradient would, each at its best learning rate (McCandlish and others, 2018,
# section 2):
#
# $$\text{progress of a step} \;\propto\; \frac{1}{1 + B^* / B}$$
#
# Well below $B^*$, ten times the batch makes nearly ten times the progress per step: you need a tenth of the steps,
# and hardly more images. Well above $B^*$ the fraction is almost 1 already: ten times the batch costs ten times the
# images, and buys next to nothing.
#
# <details><summary>For the curious: where the formula comes from</summary>
#
# On a bowl of curvature L a step −ηG from the gradient g changes the loss by −η g·G + ½ L η² |G|². Let G be g plus
# noise. On average g·G is |g|². And the mean of |G|² is |g|² (1 + B\*/B), because the squared length of the noise
# falls as 1/B and equals |g|² at B = B\*. So the change is, on average, −η |g|² + ½ L η² |g|² (1 + B\*/B). This
# parabola in η is lowest at η = (1/L) / (1 + B\*/B), and there it is −(|g|²/2L) / (1 + B\*/B). The best rate contains
# the same fraction: well below B\* it grows in proportion to B, which is the rule of part 4.
#
# </details>
#
# ### Exercise 7: when does it pay?
#
# You go from $B = 100$ to $B = 1{,}000$. By what factor does the progress of a step grow, by this formula, at the
# start ($B^* = 70$), and by what factor late in the training ($B^* = 4{,}000$)? Two digits are enough.

# %%
# BEGIN SOLUTION
# STUB early = ...
# STUB late = ...
early = (1 + 70 / 100) / (1 + 70 / 1000)
late = (1 + 4000 / 100) / (1 + 4000 / 1000)
# END SOLUTION
check_answer("02.early", early)
check_answer("02.late", late)

# %% [markdown]
# Ten times the images buy 1.6 times the progress at the start, and 8.2 times late. So a small batch is a bargain
# early. Late, the gradient drowns in its noise, and a larger batch pays.
#
# ## 6 The noise ball
#
# What does noise do at the end of a run? We take the cleanest case, a round bowl $f(x) = \frac12 (x_1^2 + x_2^2)$. We
# add to each coordinate of its gradient a random number with mean 0 and variance 1. Predict, then slide $\eta$ down.

# %%
bowl = noisy_bowl(np.random.default_rng(SEEDS[0]))
display(quiz("02.ball"))
explore({sgd: {"learning_rate": 0.3}}, bowl, steps=150)

# %% [markdown]
# Each run falls fast, and then wanders in a ball around the minimum. A smaller $\eta$ makes the ball smaller. We can
# compute how large it is.
#
# Take one coordinate, $x$. Its gradient is $x$, and the noise adds a random number $\xi$ (the Greek letter xi). So a
# step turns $x$ into $x - \eta\,(x + \xi) = (1 - \eta)\, x - \eta\, \xi$. Let $V$ be the mean of $x^2$ over many
# runs. To see what a step makes of $V$, square the new $x$:
#
# $$(1 - \eta)^2 x^2 \;-\; 2\,(1 - \eta)\, \eta\, x\, \xi \;+\; \eta^2 \xi^2$$
#
# On average the middle term is 0, because $\xi$ has the mean 0, whatever $x$ is. The average of $\xi^2$ is 1. So each
# step shrinks $V$ by a factor and adds a fixed amount:
#
# $$V \leftarrow (1 - \eta)^2\, V + \eta^2$$
#
# At first $V$ is large, and the shrinking wins. $V$ comes to rest where a step takes away as much as it adds. There
# $V = (1 - \eta)^2 V + \eta^2$, so $V\,(2\eta - \eta^2) = \eta^2$, and
#
# $$V = \frac{\eta}{2 - \eta}, \quad \text{about } \frac{\eta}{2} \text{ if } \eta \text{ is small.}$$
#
# The mean loss is $\frac12 (V + V) = V$. The next cell compares this level with the mean of 1,000 runs.


# %%
def mean_loss(rate, steps=400):
    """The loss at each step, the mean of 1,000 runs."""
    bowl = noisy_bowl(np.random.default_rng(SEEDS[0]))
    return experiments.loss_of_runs(sgd, bowl, steps, runs=1000, learning_rate=rate)


constant = {rate: mean_loss(rate) for rate in (0.3, 0.03)}
curves = {f"sgd, η = {rate}": loss for rate, loss in constant.items()}
for rate, loss in constant.items():
    curves[f"level {rate} / (2 − {rate})"] = np.full(len(loss), rate / (2 - rate))
plots.lines(curves, ylabel="mean loss")

# %% [markdown]
# Both runs fall to their level and stay there. $\eta = 0.3$ arrives within ten steps, at a high level. $\eta = 0.03$
# comes ten times lower, and takes a hundred steps and more.
#
# ### Exercise 8: derive
#
# Now the noise in each coordinate has variance 4 instead of 1, and $\eta = 0.5$. At which $V$ does the run come to
# rest?
#
# <details><summary>Hint</summary>Only the last term changes: the average of ξ² is 4. Put the numbers in, then solve for V.</details>

# %%
# BEGIN SOLUTION
# STUB level = ...
level = 0.5**2 * 4 / (1 - (1 - 0.5) ** 2)  # V = 0.25 V + 1
# END SOLUTION
check_answer("02.level", level)

# %% [markdown]
# ### Exercise 9 ★: choose
#
# The star means that this one is harder; you may come back to it. With noise of variance 1 again: which constant
# $\eta$ brings the mean loss below 0.007 after 400 steps?
#
# <details><summary>Hint</summary>The level is η/(2 − η). What is left of the start is (1 − η)⁸⁰⁰ × 4.25: the loss starts at 4.25, and each of the 400 steps multiplies it by (1 − η)². Together they must be below 0.007.</details>

# %%
# BEGIN SOLUTION
# STUB ball_rate = ...
ball_rate = 0.01
# END SOLUTION
check_answer("02.ball_rate", ball_rate)

# %% [markdown]
# To choose that rate you had to know the number of steps beforehand. There is a remedy that needs no such knowledge:
# large steps first, then ever smaller ones. A **schedule** is a learning rate that changes with the number $t$ of the
# step, as a given function says. A **hyperparameter** is a setting that we choose and that training does not change,
# such as $\eta$ or $B$. Our rules take a function of $t$ wherever they take a number for a hyperparameter:


# %%
def falling_rate(t):
    return 0.5 / t**0.5


falling = {
    "sgd, η = 0.03": mean_loss(0.03, 2000),
    "sgd, η = 0.5/√t": mean_loss(falling_rate, 2000),
    "sgd, η = 0.1/t": mean_loss(lambda t: 0.1 / t, 2000),
}
steps = np.arange(1, 2001)
plots.lines({name: loss[1:] for name, loss in falling.items()}, x=steps, log_x=True)

# %% [markdown]
# Follow the dashed line, $0.5/\sqrt t$. Its first steps are long, so it falls fast. Later steps are short, so it goes
# on falling, to below the level of 0.03. But a rate may also fall too soon: with $0.1/t$ ten times the steps lower
# the loss by only a third.
#
# ## 7 Digits, with a falling rate
#
# Does the schedule help on real data? Two epochs in batches of 20, with a constant and with a falling rate, at four
# rates each.

# %% tags=["about: 02 at η = 3 the falling rate ends lower"]
rates = np.array([0.1, 0.3, 1.0, 3.0])
schedules = [inverse_sqrt(rate) for rate in rates]  # rate / √t, for each
task = experiments.digits(batch_size=20, epochs=2)
by_schedule = {
    "sgd, constant η": experiments.held_out_losses(task, sgd, rates, SEEDS),
    "sgd, η/√t": experiments.held_out_losses(task, sgd, schedules, SEEDS),
}
display(plots.lines(by_schedule, x=rates, xlabel="η", ylabel="validation loss", log_x=True))
experiments.evidence(
    "02 a constant rate ends below a falling one",
    "02 at η = 3 the falling rate ends lower",
    "02 at η = 0.1 the constant rate ends lower",
)

# %% [markdown]
# At its best rate the schedule gains nothing here: the constant rate even ends lower with 24 of 30 seeds, by about
# 0.01. But the schedule forgives a rate that is too large: at $\eta = 3$ it ends lower with every seed, by more than
# 1. In return, it makes a rate that is too small worse.
#
# ## 8 Does it agree with Keras?
#
# We compare `sgd` with `tf.keras.optimizers.SGD`, on batches and with the schedule. One line of the output compares
# it with Keras's Adam, which can be set to do just what SGD does (lesson 06 explains why). Last, Keras trains by
# itself on the same batches. Mind one trap: a Keras schedule counts its steps from 0, and our $t$ counts from 1.

# %%
from adamlib.keras_check import equals_adam, equals_keras, keras, largest_difference

task = experiments.digits()
batch_gradient = experiments.batch_gradient(task, SEEDS[0])  # of the next batch at each call
bowl_gradient = noisy_bowl(np.random.default_rng(SEEDS[0])).gradient
equals_keras(sgd, batch_gradient, start, 70, learning_rate=0.3, dtype="float32")
equals_keras(sgd, bowl_gradient, bowl.start, 100, learning_rate=falling_rate)
equals_adam(sgd, bowl_gradient, bowl.start, 100, learning_rate=falling_rate)


class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return falling_rate(keras.ops.cast(step, "float32") + 1)


theirs = task.train_keras(keras.optimizers.SGD(Falling()), SEEDS[0]).params
ours = task.train(sgd, falling_rate, SEEDS[0]).params
assert largest_difference(ours, theirs) < 1e-5
print("7,850 weights after an epoch, η = 0.5/√t: no difference above 1e-5")

# %% [markdown]
# ## Where it fails
#
# Noise is only half of the trouble. The other half is lesson 01's ravine, and batches leave it as it was:

# %%
noisy_ravine = noisy(ravine, np.random.default_rng(SEEDS[0] + 1)).gradient
run = descend(sgd, noisy_ravine, ravine.start, 40, learning_rate=0.09)
plots.contour(ravine, {"sgd, η = 0.09": run.trajectory})

# %% [markdown]
# Look at the two directions. Across the valley the run jumps from side to side; along the valley it creeps. A smaller
# $\eta$ would calm the jumps, and slow down the creeping.
#
# Yet the gradients know better. In the first 20 steps their part along the valley almost always has the same sign,
# while the part across changes its sign nearly every time. Noise changes its sign too. So what if we stepped along an
# *average* of the last gradients?
#
# **Recap**
#
# 1. The gradient of a random batch is right on average. One pass over the data becomes many steps.
# 2. An epoch uses every sample once: shuffle, cut into batches, and keep images with their labels.
# 3. Ten times the batch, ten times the learning rate, until that rate comes near $2/L$.
# 4. Noise falls as $1/\sqrt B$, and work grows as $B$. A larger batch pays below $B^*$, where noise and gradient are equally long.
# 5. A constant $\eta$ ends in a ball of loss $\eta/(2 - \eta)$ on the round bowl. A falling rate, such as $\eta/\sqrt t$, goes lower.

# %%
progress("02")

# %% [markdown]
# **Next:** [lesson 03, Momentum](03-momentum.ipynb), answers that question: it steps along an average of the last
# gradients.
#
# **Sources.** H. Robbins and S. Monro, *A stochastic approximation method*, 1951. P. Goyal and others, *Accurate,
# large minibatch SGD: training ImageNet in 1 hour*, 2017. S. McCandlish, J. Kaplan, D. Amodei and others, *An
# empirical model of large-batch training*, 2018.

# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
from adamlib.experiments import CLAIMS, carried

carried("02 cosine at the start", cosines["cosine at the start"][3])
carried("02 cosine after training", cosines["cosine after training"][3])
assert CLAIMS["02 cosine at the start"].mean > 0.9 > 0.7 > CLAIMS["02 cosine after training"].mean
carried("02 overlapping batches end with a lower last batch", first_loop[0] - bad_loop[0], share=1)
claim = "02 overlapping batches end with a higher held-out loss"
carried(claim, bad_loop[1] - first_loop[1], share=1)
assert repaired_loss == first_loop[1]  # the same batches in the same order
apart = np.abs(ends[10] - ends[1])[:, 1:4].max(axis=1)
name = "02 B = 10 at ten times the rate of B = 1 ends at most this far from it"
carried(name, apart, mean="0.003")
carried("02 B = 100 at η = 2 ends above B = 10 at 0.2", (ends[100] - ends[10])[:, 3], share=1)
one, ten, hundred = (ends[s][:, ends[s].mean(axis=0).argmin()] for s in (1, 10, 100))
carried("02 B = 1 ends below B = 10", ten - one, separated=False)
carried("02 B = 10 ends below B = 100", hundred - ten, shown=10)
carried("02 B = 100 ends below B = 7,000", one_step - hundred, share=1)
few, all_of_them = (
    used[name][np.argmax(losses[name] < 0.4)] for name in ("sgd, B = 100", "sgd, B = 7,000")
)
carried("02 times as many images for the full batch as for B = 100", all_of_them / few, mean="40")
assert round(CLAIMS["02 times as many images for the full batch as for B = 100"].sd) == 6
direction, limits = rng.standard_normal((784, 10)), []
after = experiments.digits().train(sgd, 1.0, SEEDS[0])
for params in (start, after.params):
    for _ in range(30):  # towards the steepest direction
        direction /= np.linalg.norm(direction)
        there, here = (
            model.gradient([params[0] + h * direction, params[1]], part) for h in (1e-3, -1e-3)
        )
        direction = (there[0] - here[0]) / 2e-3
    limits.append(2 / np.linalg.norm(direction))
assert 0.45 < limits[0] < 0.55  # 2/L, at a start that is all zeros
carried("02 2/L after the epoch", limits[1], mean="1.3")
rises = after.losses.max() - np.log(10)
carried("02 the loss rises above its start", rises, share=1)
for place in places:
    carried(f"02 slope of the noise {place}", slopes[place])
    assert abs(CLAIMS[f"02 slope of the noise {place}"].mean + 0.5) < 0.01
equal = [(noise[place][0] / whole[place]) ** 2 for place in places]
for place, batch in zip(places, equal, strict=True):
    carried(f"02 batch with noise as long as the gradient {place}", batch)
carried("02 batch with noise as long as the gradient at the start", mean="70")
assert 3500 < CLAIMS["02 batch with noise as long as the gradient after training"].mean < 4500
assert round(early, 1) == 1.6 and round(late, 1) == 8.2
for rate, loss in constant.items():  # means of 1,000 runs and 100 steps
    assert abs(loss[-100:].mean() / (rate / (2 - rate)) - 1) < 0.05
assert np.argmax(constant[0.3] < 1.2 * 0.3 / 1.7) <= 10
assert np.argmax(constant[0.03] < 1.2 * 0.03 / 1.97) > 100
tail = falling["sgd, η = 0.5/√t"]
assert np.all(tail[400:] < 0.03 / (2 - 0.03)) and tail[2000] < 0.6 * tail[500]
slow = falling["sgd, η = 0.1/t"]
assert all(0.6 < slow[10 * t] / slow[t] < 0.7 for t in (20, 50, 100, 200))
fixed, shrinking = by_schedule.values()
gain = shrinking[:, shrinking.mean(axis=0).argmin()] - fixed[:, fixed.mean(axis=0).argmin()]
carried("02 a constant rate ends below a falling one", gain, shown=24, mean="0.01")
carried("02 at η = 3 the falling rate ends lower", fixed[:, 3] - shrinking[:, 3], share=1)
carried("02 at η = 0.1 the constant rate ends lower", shrinking[:, 0] - fixed[:, 0], share=1)
noisy_ravine, flips, downhill = noisy(ravine, np.random.default_rng(SEEDS[0])).gradient, [], []
for _ in range(100):  # means, whose errors are below 0.01
    run = descend(sgd, noisy_ravine, ravine.start, 20, learning_rate=0.09)
    across = run.gradients[:, 1]
    flips.append(np.mean(across[1:] * across[:-1] < 0))
    downhill.append(np.mean(run.gradients[:, 0] < 0))
assert np.mean(flips) > 0.85 and np.mean(downhill) > 0.85
