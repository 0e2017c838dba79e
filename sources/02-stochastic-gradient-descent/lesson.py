# %% [markdown]
# # 2. Stochastic gradient descent
#
# In lesson 01 each step on the digits looked at thousands of images. This lesson takes a step after looking at a few of
# them, and so gets many more steps for the same work. The price is noise. You will see how large that noise is, how
# close to the minimum it lets a run come, and how to calm it.
#
# At the end of this lesson you will be able to
#
# - cut an epoch into batches, and count its iterations,
# - choose a learning rate for a different batch size,
# - say how noisy a batch's gradient is, and what a larger batch saves,
# - derive the loss at which a run with a constant learning rate gets stuck, and go below it.
#
# | part | minutes |
# | --- | --- |
# | [1 A tenth of the work](#1-A-tenth-of-the-work) | 4 |
# | [2 A step from a batch](#2-A-step-from-a-batch) | 5 |
# | [3 One epoch](#3-One-epoch) | 6 |
# | [4 Find the bug](#4-Find-the-bug) | 4 |
# | [5 Batch size and learning rate](#5-Batch-size-and-learning-rate) | 8 |
# | [6 How noisy?](#6-How-noisy?) | 9 |
# | [7 The noise ball](#7-The-noise-ball) | 7 |
# | [8 Below the level](#8-Below-the-level) | 3 |
# | [9 Does it agree with Keras?](#9-Does-it-agree-with-Keras?) | 1 |
# | [Where it fails](#Where-it-fails) | 2 |
# | in all | 49 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
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
# What happens to this cosine after some training? Choose an answer before you run the cell below it.

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.datasets import mnist
from adamlib.descent import descend, train
from adamlib.explorers import race
from adamlib.models import LogisticRegression
from adamlib.rules import sgd
from adamlib.surfaces import noisy, noisy_bowl, ravine

SEEDS = experiments.seeds(3)  # 0, 1 and 2: where the random numbers of this lesson begin
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
words = dict(xlabel="images", ylabel="mean cosine")
plots.lines(cosines, x=sizes, **words, log=False, log_x=True, points=True)

# %% [markdown]
# Look at the right end. At the start 800 images give almost the direction of all 8,000. After training they no longer
# do. And a single image gives little of the direction, even at the start. Are a few images enough, then? This lesson
# tries it.
#
# ## 2 A step from a batch
#
# The loss is a mean over $n$ images, $f = \frac1n \sum_i f_i$, where $f_i$ is the loss of image $i$. So its gradient is
# a mean, too, and a mean can be estimated from a few of its members. We draw a batch of $B$ images at random, take the
# mean of *their* gradients, and step against it. In the formula $\nabla f_i(x)$ is the gradient of image $i$ at $x$:
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
# There are four samples, the numbers $a = 1, 2, 3, 6$. The loss of sample $i$ is $f_i(x) = \frac12 (x - a_i)^2$. So its
# gradient is $x - a_i$, and $f$ is lowest at the mean of the numbers, 3. We start at $x = 0$ with $\eta = \frac12$.
#
# - Where does one step with all four samples lead?
# - Where do two steps lead, the first with the batch $\{1, 2\}$, the second with $\{3, 6\}$?
#
# Here is such a step from another place, $x = 5$, with the batch $\{1, 3\}$: the two gradients are 4 and 2, their mean
# is 3, and the step leads to $5 - \frac12 \cdot 3 = 3.5$.

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

# %% [markdown]
# Both ways use each sample once, but two steps come nearer to 3 than one. With $\eta = \frac12$ a step goes only half
# of the way to the mean of its batch, so one step alone must stop at 1.5.
#
# ## 3 One epoch
#
# Four words describe how training goes through the data. A **sample** is one image with its label. A **batch** is the
# group of samples that one step uses; Keras calls its size `batch_size`, and we write $B$. An **iteration** is one step
# of training. An **epoch** is as many iterations as it takes to use every sample once.
#
# In practice nobody draws each batch afresh. We shuffle all samples, and then cut them into batches of $B$.
#
# ### Exercise 2: write it
#
# Return the batches as a list (a generator that yields them is fine too). Each batch is a pair `(images, labels)`. Each
# sample is in exactly one batch, and the last batch may be smaller. The order is random, and each epoch has a new one.
# `rng` is a random generator: `rng.permutation(n)` gives the numbers 0 to n − 1 in random order. For help run
# `hint("one_epoch")` in a cell of its own.


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
# There are 7,000 images, and $B = 600$. How many iterations do five epochs take?

# %%
# BEGIN SOLUTION
# STUB five_epochs = ...
five_epochs = 5 * 12  # 11 full batches and a smaller one
# END SOLUTION
check_answer("02.five_epochs", five_epochs)

# %% [markdown]
# ## 4 Find the bug
#
# We train on 7,000 images, the `part`, and hold out the `others`, 1,000 images that no step sees. The **validation
# loss** is the loss on images that were held out to judge a model and to choose its settings. A **hyperparameter** is
# a setting that we choose and that training does not change, such as $\eta$ or $B$. The function `train_on` begins at
# `start` and takes one step with each batch of a list. The first list comes from your `one_epoch`.

# %% tags=["about: 02 overlapping batches end with a higher validation loss"]
images, labels = data
part, others = (images[:7000], labels[:7000]), (images[7000:], labels[7000:])


def train_on(batches):
    W, b = start  # weights and biases
    for batch in batches:
        loss, (dW, db) = model.loss_and_gradient([W, b], batch)
        W, b = W - 0.3 * dW, b - 0.3 * db
    validation_loss = model.loss([W, b], others)
    print(f"last batch {loss:.2f}, validation loss {validation_loss:.2f}")
    return loss, validation_loss


first_list = train_on(one_epoch(part[0], part[1], 100, np.random.default_rng(SEEDS[0])))

# %% [markdown]
# ### Exercise 4: find the bug
#
# The second list has a bug. Run it: its last batch has a lower loss, and yet its validation loss is far higher.
#
# - How many different images does it see?
# - By how much should `i` grow from one round to the next?
#
# <details><summary>Hint</summary>Print i and i + 100 for the first three rounds.</details>

# %% tags=["about: 02 overlapping batches end with a higher validation loss"]
order = np.random.default_rng(SEEDS[0]).permutation(7000)
second_list = []
for i in range(70):
    second_list.append((images[order[i : i + 100]], labels[order[i : i + 100]]))
bad_list = train_on(second_list)
# BEGIN SOLUTION
# STUB images_seen = ...
# STUB stride = ...
images_seen = 69 + 100  # i grows by 1: the batches overlap
stride = 100
# END SOLUTION
check_answer("02.images_seen", images_seen)
check_answer("02.stride", stride)

# %% [markdown]
# The loss of the batches did not show the bug. It even looked better, because training saw the same few images again and
# again. So always watch the validation loss too.
#
# ## 5 Batch size and learning rate
#
# How large should a batch be? We train for one epoch with $B = 1$, 10 and 100, and with all 7,000 images as one batch,
# which is a single step. Each batch size gets its own best learning rate. Predict first.

# %%
quiz("02.races")

# %% [markdown]
# A **seed** is the number that fixes everything random in a run; here that is the order of the images. The next cells
# train at several learning rates, all with one seed. That takes about ten seconds, and the first estimate on the screen
# is too long.

# %%
rates = {1: [0.005, 0.01, 0.014, 0.02, 0.03], 10: [0.05, 0.07, 0.1, 0.14, 0.2, 0.3]}
rates[100] = [0.3, 0.5, 0.7, 1.0, 1.4, 2.0]
rates[7000] = [0.5, 1.0, 2.0, 5.0]
raced = {}  # interrupted, the next cell goes on when you run it again

# %% tags=["about: 02 B = 100 at η = 2 ends above B = 10 at 0.2"]
ends = experiments.losses_by_batch_size(experiments.digits(), sgd, rates, SEEDS[:1], done=raced)
one_step = ends[7000].mean(axis=0).min()
print(f"B = 7,000: one step, validation loss {one_step:.2f} at the best of four rates")
curves = {f"sgd, B = {size}": ends[size] for size in (1, 10, 100)}
at = {f"sgd, B = {size}": rates[size] for size in (1, 10, 100)}
words = dict(xlabel="learning rate η", ylabel="validation loss")
plots.lines(curves, x=at, **words, log=False, log_x=True, points=True)

# %% [markdown]
# Each of the three curves is a valley, and the valleys have nearly the same depth. What differs is their place: in
# this figure ten times the batch has ten times the learning rate. The floors are flat, so one seed gives the best rates
# only roughly. Part 6 has their ratios from 12 seeds.
#
# The **linear scaling rule** says that a batch $k$ times as large allows a learning rate $k$ times as large (Goyal and
# others, 2017, section 2.1).
#
# Here is the reason. Ten short steps, all from almost the same point, add up to a step that is ten times as long and
# goes along the mean of their gradients.
#
# But now look at the last dot of $B = 100$. With $\eta = 2$ it ends far above $B = 10$ with $\eta = 0.2$: there the rule
# no longer holds. Ten short steps look at the gradient ten times on their way. One long step looks only once, and if
# the gradient changes on the way, it overshoots. So scaling must end, and part 6 computes where.
#
# What one seed shows may be luck, so the next table has 12 seeds, from runs that are stored with the course. Each row
# compares two losses, seed by seed. It shows the mean of their difference, after "±" how far single seeds scatter, and
# with how many seeds the words of the row are true. Where a row names no rate, each batch size has its best one.

# %%
experiments.evidence(
    "02 B = 1 ends below B = 10",
    "02 B = 10 ends below B = 100",
    "02 B = 100 ends below B = 7,000",
    "02 B = 100 at η = 2 ends above B = 10 at 0.2",
)

# %% [markdown]
# $B = 1$ and 10 do not clearly differ. $B = 100$ ends above 10 with eleven of twelve seeds, mostly by a little. The single step
# with all 7,000 images ends 0.75 above $B = 100$, with all twelve. In the last row, too, all twelve agree, though by how
# much varies widely. (In that row and the second a few seeds with far larger differences make the ± wide.)
#
# The first row is a surprise. The gradient of one image has a cosine of only about 0.12 with the gradient of all, and
# yet $B = 1$ loses nothing. Its 7,000 steps are short, and their errors largely average out.
#
# So what is the advantage of $B = 100$ over 1? Time. Both use the same images. But 70 large steps take far less time
# than 7,000 small ones, because a processor multiplies large matrices quickly. You saw it above: you waited for the five
# runs with $B = 1$ longer than for all the others together.
#
# ### Exercise 5: choose a rate
#
# Which rate suits $B = 5$, and which $B = 50$? Read both from the valleys, before you try anything. The slider lets you
# test the first: the validation loss after one epoch, printed below the curve, should be 0.445 or less.

# %%
display(race(sgd, part, batch_size=5, validation=others, target=("validation loss", 0.445)))
# BEGIN SOLUTION
# STUB rate_5 = ...
# STUB rate_50 = ...
rate_5 = 0.05
rate_50 = 10 * rate_5
# END SOLUTION
check_answer("02.rate_5", rate_5)
check_answer("02.rate_50", rate_50)

# %% [markdown]
# ## 6 How noisy?
#
# The **noise** of a batch's gradient is the typical distance of that gradient from the gradient of all images: the
# root of the mean square of the distance, over many batches. How does the noise depend on $B$?
#
# It falls as $1/\sqrt B$: ten times less noise takes a hundred times the images. The reason is that a batch's gradient
# is a mean. The **variance** of a random number says how far it scatters: it is the mean squared distance from its mean.
# (Its root is the standard deviation.) The mean of $B$ independent numbers has $1/B$ of the variance of one. The square
# of the noise is a sum of such variances, one for each coordinate, so it falls as $1/B$ too.
#
# <details><summary>Why the mean has 1/B of the variance</summary>
#
# If B numbers are drawn independently, so that none depends on the others, their sum has B times the variance of one.
# Their mean is this sum times 1/B, and a factor c multiplies a variance by c². So the variance of the mean is B/B²,
# which is 1/B, times that of one.
#
# </details>
#
# The next cell measures the noise in the two places of part 1, each dot with 20 or more random batches. (For one image
# it is exact, from all 8,000. In the other batches an image may come twice, which keeps the draws independent.)

# %% tags=["about: 02 slope of the noise at the start"]
sizes_of_batch, noise, whole = np.array([1, 5, 25, 100, 500, 3000]), {}, {}
for place, params in places.items():
    noise[place] = experiments.gradient_noise(model, params, data, sizes_of_batch, rng)
    whole[place] = np.linalg.norm(experiments.flat_gradient(model, params, data))
plots.noise_and_gradient(noise, whole, sizes_of_batch)

# %% [markdown]
# The dotted line is $1/\sqrt B$ times the noise of one image, and the measured dots lie close to it.
#
# Now compare the noise with the gradient itself, the horizontal line. At the black dot the two are equally long. We
# call this batch size $B^*$. Training shortens the gradient far more than the noise, so $B^*$ grows from about 70 to
# far more. The right panel shows one seed; 12 seeds give 4,200 ± 1,800.
#
# ### Exercise 6: where they are equal
#
# With another model the noise of one image has the length 6, and the gradient has the length 0.5. Compute $B^*$.
#
# <details><summary>Hint</summary>How long is the noise of a batch of B images? Set it equal to the gradient.</details>

# %%
# BEGIN SOLUTION
# STUB b_star = ...
b_star = (6 / 0.5) ** 2
# END SOLUTION
check_answer("02.b_star", b_star)

# %% [markdown]
# So $B^*$ is the square of a quotient: the noise of one image, divided by the length of the gradient.
#
# $B^*$ says what a larger batch gains. Compare a step from a batch with a step from the exact gradient, each at its best
# learning rate, on a round bowl, which has the same curvature in every direction. With a batch the best rate is
# smaller, and the average progress of a step is smaller by the same factor (McCandlish and others, 2018, section 2):
#
# $$\frac{\text{best rate with a batch}}{\text{best rate with the exact gradient}} = \frac{1}{1 + B^* / B}$$
#
# - Well below $B^*$ it is about $B/B^*$. Noise holds the rate down, and ten times the batch allows ten times the rate:
#   the linear scaling rule.
# - At $B^*$ it is one half.
# - Well above $B^*$ it is nearly 1. Now curvature holds the rate down: a longer step overshoots, however exact its
#   gradient is. A larger batch allows hardly any larger rate, and hardly saves steps.
#
# What does a batch cost? Where a step makes less progress, a run needs more steps: $1 + B^*/B$ times as many. Each step
# takes $B$ images, so the number of images grows as $B + B^*$. With $B = B^*$ a run needs at most twice the images that
# it needs with $B = 1$, in far fewer steps. So about 100, near the early $B^*$ of the digits, is a good batch to start with.
#
# <details><summary>For the curious: where the formula comes from</summary>
#
# Let g be the gradient, and G be g plus noise, the gradient of a batch. On a bowl of curvature L a step −ηG changes the
# loss by −η g·G + ½ L η² |G|². Here g·G is the sum of the products of their coordinates, and |G| is the length of G. On
# average g·G is |g|². And the mean of |G|² is |g|² (1 + B\*/B), because the squared length of the noise falls
# as 1/B and equals |g|² at B = B\*. So the change is, on average, −η |g|² + ½ L η² |g|² (1 + B\*/B). At the lowest
# point of this parabola, at η = (1/L) / (1 + B\*/B), it is −(|g|²/2L) / (1 + B\*/B). The digits are not a round bowl, so
# there the formula shows only a trend.
#
# </details>
#
# ### Exercise 7: where scaling ends
#
# Let $B^*$ be 70. By what factor does the best rate grow from $B = 7$ to $B = 140$, by the formula? (Linear scaling
# says 20.)

# %%
# BEGIN SOLUTION
# STUB rate_grows = ...
rate_grows = (1 + 70 / 7) / (1 + 70 / 140)
# END SOLUTION
check_answer("02.rate_grows", rate_grows)

# %% [markdown]
# The digits are not a round bowl. Does the formula fit them all the same? With $B^* = 70$ it says that the best rate
# grows 8.9 times from $B = 1$ to 10, but only 4.7 times from 10 to 100. Here is what 12 seeds found on finer grids:

# %%
experiments.evidence(
    "02 how much the best rate grows from B = 1 to 10",
    "02 how much the best rate grows from B = 10 to 100",
)

# %% [markdown]
# From 1 to 10, both well below $B^*$, linear scaling holds. From 10 to 100 the best rate grows only 6.5 times, not ten:
# more than the formula says, but the rule has begun to fail. And $B^*$ grows during training, so late in a run the
# formula allows linear scaling up to far larger batches.
#
# ## 7 The noise ball
#
# What does noise do at the end of a run? We take the cleanest case, a round bowl $f(x) = \frac12 (x_1^2 + x_2^2)$. We
# add a random number with mean 0 and variance 1 to each coordinate of its gradient. Predict:

# %%
quiz("02.ball")

# %%
ends_of_runs = {}
for rate in (0.3, 0.03):
    bowl = noisy_bowl(np.random.default_rng(SEEDS[0]))  # the same noise again
    run = descend(sgd, bowl.gradient, bowl.start, 2000, learning_rate=rate)
    ends_of_runs[f"sgd, η = {rate}"] = run.trajectory[-500:]
plots.contour(bowl, ends_of_runs, title="The last 500 of 2,000 steps", apart=True)

# %% [markdown]
# Both runs came down long ago, and now wander in a ball around the minimum. With a tenth of the rate the ball is about
# three times smaller. The loss is half of the squared distance, so it is about ten times lower. Now we compute this.
#
# Take one coordinate, $x$. Its gradient is $x$, and the noise adds a random number $\xi$ (the Greek letter xi). So a
# step turns $x$ into
#
# $$x - \eta\,(x + \xi) = (1 - \eta)\, x - \eta\, \xi$$
#
# Let $V$ be the mean of $x^2$ over many runs. The factor $1 - \eta$ multiplies $V$ by $(1 - \eta)^2$. The noise adds the
# mean of $\eta^2 \xi^2$, which is $\eta^2$, because $\xi$ has the variance 1. So each step shrinks $V$ and adds a fixed
# amount:
#
# $$V \leftarrow (1 - \eta)^2\, V + \eta^2$$
#
# <details><summary>Why nothing else is added</summary>
#
# The square of the new x also has the term −2 (1 − η) η x ξ. Its mean is 0, because ξ has the mean 0, whatever x is.
#
# </details>
#
# $V$ comes to rest where a step takes away as much as it adds, that is, where the new $V$ equals the old one.
#
# ### Exercise 8: derive
#
# Now the noise in each coordinate has variance 4 instead of 1, and $\eta = 0.5$. At which value does $V$ come
# to rest? Give a fraction, such as `2 / 7`, or four digits.
#
# <details><summary>Hint</summary>Only the last term changes: the average of ξ² is 4. Put the numbers in, then solve for V.</details>

# %%
# BEGIN SOLUTION
# STUB level = ...
level = 0.5**2 * 4 / (1 - (1 - 0.5) ** 2)  # V = 0.25 V + 1
# END SOLUTION
check_answer("02.level", level)

# %% [markdown]
# In the same way, noise of variance 1 leads to $V\,(2\eta - \eta^2) = \eta^2$, so
#
# $$V = \frac{\eta}{2 - \eta}, \quad \text{about } \frac{\eta}{2} \text{ if } \eta \text{ is small.}$$
#
# The bowl has two coordinates, so its mean loss is $\frac12 (V + V) = V$. With a tenth of the rate the run ends about
# ten times lower, but needs about ten times the steps.
#
# The level is also proportional to the variance of the noise, and with $B$ images that is $1/B$ of the variance of one.
# So while $\eta$ is small, the level is proportional to $\eta/B$.
#
# ## 8 Below the level
#
# How can a run get below its level? It can take large steps first, and then ever smaller ones. A **schedule** is a
# function that gives the learning rate of each step from its number $t = 1, 2, 3, …$ Our rules accept one in place of a fixed
# `learning_rate`. The next cell compares two constant rates with a falling one.


# %%
def mean_loss(rate, steps=400):
    """The loss at each step, the mean of 1,000 runs in the same kind of noise."""
    bowl = noisy_bowl(np.random.default_rng(SEEDS[0]))
    return experiments.loss_of_runs(sgd, bowl, steps, runs=1000, learning_rate=rate)


def falling_rate(t):
    return 0.5 / t**0.5


drawn = np.unique(np.geomspace(1, 2000, 50).round().astype(int))  # these of the 2,000 steps
bowls = {}
for name, rate in {"0.3": 0.3, "0.03": 0.03, "0.5/√t": falling_rate}.items():
    bowls[f"sgd, η = {name}"] = mean_loss(rate, 2000)[drawn]
for rate in (0.3, 0.03):
    bowls[f"level {rate} / (2 − {rate})"] = np.full(len(drawn), rate / (2 - rate))
plots.lines(bowls, x=drawn, ylabel="mean loss", log_x=True)

# %% [markdown]
# Look at the right end. Each constant rate comes down to the level that we have computed, and stays there. The dark
# dotted run, with $0.5/\sqrt t$, begins with the largest step, goes on falling, and ends below both levels.
#
# A falling rate does not always help. On the digits, in two epochs with $B = 20$, the best $\eta/\sqrt t$ ends above the
# best constant rate with 24 of 30 seeds. A likely reason is that it falls too early: its fourth step has half the
# rate of its first. In lesson 07 you write a schedule that falls late.
#
# ## 9 Does it agree with Keras?
#
# We compare `sgd` with `tf.keras.optimizers.SGD`: on an epoch of digits, in `float32` numbers, which have about 7 digits
# only, and then on the noisy bowl with the schedule. The last line compares with Keras's Adam. With its
# hyperparameters, its "knobs", set in one way, it does just what SGD does (lesson 06 explains why). The cell takes some
# seconds, because it loads TensorFlow.

# %%
from adamlib.keras_check import equals_adam, equals_keras

batch_gradient = experiments.batch_gradient(experiments.digits(), SEEDS[0])  # next batch, each call
bowl_gradient = noisy_bowl(np.random.default_rng(SEEDS[0])).gradient
equals_keras(sgd, batch_gradient, start, 70, learning_rate=0.3, dtype="float32")
equals_keras(sgd, bowl_gradient, bowl.start, 100, learning_rate=falling_rate)
equals_adam(sgd, bowl_gradient, bowl.start, 100, learning_rate=falling_rate)

# %% [markdown]
# ## Where it fails
#
# Noise is only half of the trouble. The other half is lesson 01's ravine, and batches do nothing about it:

# %%
noisy_ravine = noisy(ravine, np.random.default_rng(SEEDS[0])).gradient
run = descend(sgd, noisy_ravine, ravine.start, 20, learning_rate=0.09)
plots.contour(ravine, {"sgd, η = 0.09": run.trajectory})

# %% [markdown]
# Look at the two directions. Across the valley the run jumps from side to side; along the valley it creeps. A smaller
# $\eta$ would calm the jumps, but make the creeping even slower.
#
# Yet the gradients show the way out. In these 20 steps the part of the gradient along the valley almost always has the
# same sign, while the part across changes its sign in most steps. Noise changes its sign too. So what if we stepped along an *average*
# of the last gradients?
#
# **Recap.**
#
# 1. The gradient of a random batch is right on average. One pass over the data becomes many steps.
# 2. An epoch uses every sample once: shuffle, cut into batches, and keep images with their labels.
# 3. Noise falls as $1/\sqrt B$. At $B^*$ noise and gradient are equally long, and a step makes half of an exact step's
#    progress.
# 4. Well below $B^*$ noise holds the learning rate down, and ten times the batch allows ten times the rate. Well above
#    $B^*$ curvature does, and a larger batch allows hardly any larger rate. On the digits $B^*$ is about 70 at the start
#    and grows during training. A batch of about 100 is a good first choice.
# 5. With a constant $\eta$ the mean loss on the round bowl comes to rest at $\eta/(2 - \eta)$. With batches the level is
#    proportional to $\eta/B$. A learning rate that falls at the right time takes the loss below it.
#
# (Exercises 9 and 10 are in *Going further ★*.)

# %%
progress("02")

# %% [markdown]
# **Next:** [lesson 03, Momentum](03-momentum.ipynb), answers that question: it steps along an average of the last
# gradients.

# %% [markdown]
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### Exercise 9 ★: choose
#
# We are on the bowl of part 7, where the noise has variance 1 and the loss starts at 4.25. Which constant $\eta$ brings
# the mean loss below 0.007 after 400 steps? Compute a guess first. You can test it with `mean_loss(guess)[-1]`, a mean
# of 1,000 runs that is right to about 3 %. The check uses the exact mean.
#
# <details><summary>Hint</summary>Two things add up: the level, and what is left of the start. A smaller η lowers the first and raises the second. By which factor does the shrinking multiply the loss in one step, and in 400?</details>

# %%
# BEGIN SOLUTION
# STUB ball_rate = ...
ball_rate = 0.01
# END SOLUTION
check_answer("02.ball_rate", ball_rate)

# %% [markdown]
# ### Where the cosines come from
#
# $B^*$ also explains the cosines of part 1. The parameters have 7,850 directions, and noise is spread over many of
# them. Little of it lies along the gradient, so it is nearly at a right angle to it. So the two are the short sides of a
# triangle. We measure it in units of the gradient's length. Then the noise is $\sqrt{B^*/B}$ long, and the longest side,
# the gradient of the batch, $\sqrt{1 + B^*/B}$:

# %%
plots.noise_triangle(np.sqrt(70 / 80))

# %% [markdown]
# ### Exercise 10 ★: predict a cosine
#
# The cosine of the angle at the left is the side of the gradient divided by the longest side. At the start the noise of
# one image has the length 8.89, and the gradient has the length 1.06. What is the cosine for 80 images? Two digits are
# enough.

# %%
# BEGIN SOLUTION
# STUB cosine_80 = ...
cosine_80 = 1 / np.sqrt(1 + (8.89 / 1.06) ** 2 / 80)
# END SOLUTION
check_answer("02.cosine_80", cosine_80)

# %% [markdown]
# Part 1's figure shows the same at 80 images. After training $B^*$ is far larger. With the second $B^*$ of part 6's
# figure the formula gives about 0.2 for 80 images and 0.55 for 800, and part 1's lower curve shows nearly the same.
#
# **Sources.** H. Robbins and S. Monro, *A stochastic approximation method*, 1951. P. Goyal and others, *Accurate,
# large minibatch SGD: training ImageNet in 1 hour*, 2017. S. McCandlish, J. Kaplan, D. Amodei and others, *An
# empirical model of large-batch training*, 2018.

# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.

from adamlib.experiments import CLAIMS, carried
from adamlib.schedules import inverse_sqrt

carried("02 cosine at the start", cosines["cosine at the start"][3])
carried("02 cosine after training", cosines["cosine after training"][3])
assert cosines["cosine at the start"][0] < 0.2  # a single image
assert CLAIMS["02 cosine at the start"].mean > 0.9 > 0.7 > CLAIMS["02 cosine after training"].mean
carried("02 overlapping batches end with a lower last batch", first_list[0] - bad_list[0], share=1)
claim = "02 overlapping batches end with a higher validation loss"
carried(claim, bad_list[1] - first_list[1], share=1)
batches = [(images[k], labels[k]) for k in np.split(order, 7000 // stride)]
assert train_on(batches)[1] == first_list[1]  # without the bug, the same batches in the same order
ends = experiments.losses_by_batch_size(experiments.digits(), sgd, rates, SEEDS, done=raced)
one_step = ends[7000].mean(axis=0).min()
claim = "02 B = 100 at η = 2 ends above B = 10 at 0.2"
carried(claim, ends[100][:, rates[100].index(2.0)] - ends[10][:, rates[10].index(0.2)], share=1)
assert CLAIMS[claim].sd > CLAIMS[claim].mean  # though all agree: few differences are far larger
one, ten, hundred = (ends[s][:, ends[s].mean(axis=0).argmin()] for s in (1, 10, 100))
carried("02 B = 1 ends below B = 10", ten - one, separated=False)
carried("02 B = 10 ends below B = 100", hundred - ten, shown=11, mean="0.03")
assert CLAIMS["02 B = 10 ends below B = 100"].sd > CLAIMS["02 B = 10 ends below B = 100"].mean
carried("02 B = 100 ends below B = 7,000", one_step - hundred, share=1, mean="0.75")
good = ends[10].mean(axis=0)
assert good[rates[10].index(0.1)] < good.min() + 0.02
steps = {size: len(rates[size]) * 7000 // size for size in rates}  # of all runs of a size
assert steps.pop(1) > 5 * sum(steps.values())
assert round((1 + 70 / 1) / (1 + 70 / 10), 1) == 8.9
assert round((1 + 70 / 10) / (1 + 70 / 100), 1) == 4.7
to_ten, to_hundred = (
    CLAIMS[f"02 how much the best rate grows from B = {sizes}"]
    for sizes in ("1 to 10", "10 to 100")
)
assert round(to_ten.mean, 1) == 9.4 and round(to_hundred.mean, 1) == 6.5
assert abs(to_ten.mean - 8.9) < to_ten.sd < abs(to_hundred.mean - 10)
assert 4.7 < to_hundred.mean < to_hundred.mean + 2 * to_hundred.sd < 10  # in between
for place in places:
    slope = np.polyfit(np.log(sizes_of_batch), np.log(noise[place]), 1)[0]
    carried(f"02 slope of the noise {place}", slope)
    assert abs(CLAIMS[f"02 slope of the noise {place}"].mean + 0.5) < 0.01
equal = [(noise[place][0] / whole[place]) ** 2 for place in places]
assert round(equal[0]) == 70  # exact: all images, and a start that is all zeros
carried("02 batch with noise as long as the gradient after training", equal[1])
late_batch = CLAIMS["02 batch with noise as long as the gradient after training"]
assert (round(late_batch.mean, -2), round(late_batch.sd, -2)) == (4200, 1800)
first, last = places
falls = {"noise of one image": noise[first][0] / noise[last][0]}
falls["gradient of all"] = whole[first] / whole[last]
for name, times in falls.items():
    carried(f"02 times as large at the start as after training: the {name}", times)
claims = [CLAIMS[f"02 times as large at the start as after training: the {name}"] for name in falls]
assert claims[1].mean > 5 * claims[0].mean
assert round(noise[first][0], 2) == 8.89 and round(float(whole[first]), 2) == 1.06
for place in places:  # the measured dots are close to the line
    assert np.allclose(noise[place], noise[place][0] / np.sqrt(sizes_of_batch), rtol=0.15)
by_formula = 1 / np.sqrt(1 + 70 / sizes)
assert np.allclose(cosines["cosine at the start"], by_formula, rtol=0, atol=0.03)
assert abs(by_formula[2] - 0.73) < 0.005  # with 80 images
by_formula = 1 / np.sqrt(1 + equal[1] / sizes)
assert np.allclose(cosines["cosine after training"], by_formula, rtol=0, atol=0.05)
assert np.allclose(by_formula[2:], [0.2, 0.55], rtol=0, atol=0.1)
for batch in (70.1, late_batch.mean):  # images, as B times the steps
    assert 70 * (1 + batch / 70) <= 2 * 1 * (1 + batch / 1)
late = 1 / np.sqrt(1 + late_batch.mean / 800)
assert abs(late - CLAIMS["02 cosine after training"].mean) < 0.05  # a tenth without repetition
late = drawn >= 1000
for rate in (0.3, 0.03):  # means of 1,000 runs
    assert abs(bowls[f"sgd, η = {rate}"][late].mean() / (rate / (2 - rate)) - 1) < 0.05
low = bowls["sgd, η = 0.5/√t"]
assert np.all(low[drawn >= 400] < 0.03 / (2 - 0.03)) and low[-1] < 0.6 * low[drawn >= 500][0]
radii = [np.sqrt(np.mean(np.sum(path**2, axis=1))) for path in ends_of_runs.values()]
assert 2 < radii[0] / radii[1] < 5 and 3 < np.sqrt((0.3 / 1.7) / (0.03 / 1.97)) < 4
task = experiments.digits(batch_size=20, epochs=2)
fixed = experiments.held_out_losses(task, sgd, [0.1, 0.3, 1.0], SEEDS)
schedules = [inverse_sqrt(rate) for rate in (1.0, 3.0, 10.0)]
shrinking = experiments.held_out_losses(task, sgd, schedules, SEEDS)
gain = shrinking[:, shrinking.mean(axis=0).argmin()] - fixed[:, fixed.mean(axis=0).argmin()]
carried("02 a constant rate ends below a falling one", gain, shown=24, mean="0.01")
assert falling_rate(4) == falling_rate(1) / 2
noisy_ravine, flips, downhill = noisy(ravine, np.random.default_rng(SEEDS[0])).gradient, [], []
for _ in range(100):  # means, whose errors are below 0.01
    run = descend(sgd, noisy_ravine, ravine.start, 20, learning_rate=0.09)
    across = run.gradients[:, 1]
    flips.append(np.mean(across[1:] * across[:-1] < 0))
    downhill.append(np.mean(run.gradients[:, 0] < 0))
assert np.mean(flips) > 0.85 and np.mean(downhill) > 0.85
