# %% [markdown]
# # 4. AdaGrad
#
# Every rule so far has one learning rate for all parameters. For text this works badly: some words are in every batch,
# and most are in hardly any. AdaGrad gives each parameter a learning rate of its own, which it computes from the
# gradients that this parameter has seen. At the end of this lesson you will be able to
#
# - write AdaGrad, and say what its sum of squares does to a rare and to a frequent word,
# - say when a scale matters to AdaGrad, and why a ravine turned by 45° does not get easier,
# - compute what Keras's start of 0.1 hides,
# - recognise wrong AdaGrads by their step lengths, and say why the right one slows down for ever.
#
# | part | minutes |
# | --- | --- |
# | [1 Rare words](#1-Rare-words) | 8 |
# | [2 A sum of squares](#2-A-sum-of-squares) | 8 |
# | [3 Two scales](#3-Two-scales) | 8 |
# | [4 Where the sum starts](#4-Where-the-sum-starts) | 7 |
# | [5 Ever shorter steps](#5-Ever-shorter-steps) | 7 |
# | [6 Reviews](#6-Reviews) | 8 |
# | [Where it fails](#Where-it-fails) | 3 |
# | in all | 49 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
#
# You need lessons [01](01-gradient-descent.ipynb), [02](02-stochastic-gradient-descent.ipynb) and
# [03](03-momentum.ipynb). Terms printed in bold are collected in the [glossary](glossary.ipynb); all rules on one page
# are in the [cheat sheet](cheat-sheet.ipynb).
#
# ## 1 Rare words
#
# Our data are 6,824 sentences of film reviews (Pang and Lee, 2005). Each of them either praises its film or does not,
# and the model has to say which. A **bag of words** is a row of numbers that stands for a sentence: 1 for each word in
# the sentence and 0 for all other words. Here a row has 8,730 numbers.
#
# The model is logistic regression, as in lesson 01, but for two classes. It has one weight for each word, and a bias.
# The score $z$ of a sentence is the sum of its words' weights, plus the bias. From the score we get the probability $p$
# that the sentence praises its film:
#
# $$p = \frac{1}{1 + e^{-z}}$$
#
# The loss is $-\log$ of the probability of the right answer. If all weights are 0, then $p = 1/2$, and the loss is
# $\log 2 = 0.69$. The *error* of a sentence is $p - 1$ if it praises, and $p$ if it does not.
#
# The gradient of a word's weight is simple: add up the errors of the sentences in the batch that have the word, and
# divide by the size of the batch. A word that is in none of the batch's sentences has the gradient 0.

# %%
import numpy as np
from IPython.display import display

from adamlib import experiments, plots, rules
from adamlib.practice import check, check_answer, hint, progress, quiz, wrong_rules
from adamlib.datasets import rotten_tomatoes, rotten_tomatoes_words
from adamlib.descent import descend, sweep
from adamlib.explorers import one_step
from adamlib.surfaces import changing_valley, quadratic, ravine, turned

SEEDS = experiments.seeds(3)  # 0, 1 and 2: all that is random in this lesson is drawn from them

# %%
documents, labels = rotten_tomatoes().train  # a sparse matrix, which stores only the ones
words = rotten_tomatoes_words()
count = np.asarray(documents.sum(axis=0)).ravel()  # for each word, the sentences that have it
praising = documents.T @ labels  # and those of them that praise
few = np.mean(count[count > 0] <= 3)  # 90 words are only in the test sentences: their count is 0
of = words == "of"
print(f"{few:.0%} of the words are in 3 sentences or fewer")
of_praise = praising[of][0] / count[of][0]
print(f"'of' is in {count[of][0]:.0f} sentences, and {of_praise:.0%} of these praise their film")

# %% [markdown]
# Most words are rare. The most frequent words, such as "of", say hardly anything: about half
# of their sentences praise. A rare word can say more. For example, 491 words are in three sentences, either all praise
# or none. A test sentence with such a word is of the same kind in about 7 of 10 cases. So the weight of a rare word
# should move far enough to count in the score.
#
# With sgd it does not. In most batches such a word's gradient is 0, and in the others it is mostly a single error,
# divided by the size of the batch. We train for one epoch, in batches of 100, and measure how far each weight has moved
# from 0. The next cell only defines three functions.

# %%
edges = np.array([1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 4000])
group = np.digitize(count, edges)  # the group of each word, by how frequent it is
everything = experiments.reviews(size=len(labels))  # none held out


def one_epoch(rule, rate):
    """The descent of one epoch, of 69 batches, with each step recorded."""
    gradient = experiments.batch_gradient(everything, SEEDS[0])  # of a new batch at each call
    return descend(rule, gradient, everything.model.initial(), 69, learning_rate=rate)


def loss_after(rates):
    """The training loss after one epoch of sgd with a rate for each word; the bias has 1."""

    def by_word(x, g, t, *, learning_rate):
        return (x - (rates if len(x) > 1 else 1) * g,)  # x is all weights, or the bias alone

    end = [path[-1] for path in one_epoch(by_word, 1.0).trajectory]
    return everything.model.loss(end, (documents, labels))


def by_group(values):
    """The median of one number for each word, over words that are about equally frequent."""
    return np.array([np.median(values[group == k]) for k in range(1, len(edges))])


# %%
weights = one_epoch(rules.sgd, 1.0).trajectory[0]  # trajectory is a list: weights, then bias
moved = {"sgd, η = 1": by_group(np.abs(weights[-1]))}
axes = dict(x=by_group(count), xlabel="sentences with the word", log_x=True)
plots.lines(moved, ylabel="distance moved", **axes)

# %% [markdown]
# The line joins the medians of words that are about equally frequent. On the right, the weights of frequent words have
# gone far. On the left, those of rare words have hardly left 0: the weight of a word in a single sentence moves about a
# twentieth as far.
#
# Can we simply raise $\eta$ for all? Only a little. With $\eta = 25$ the weights of frequent words are thrown too far:
# in the mean of thirty seeds, the training loss ends far above $\log 2$, where it began.
#
# ### Exercise 1: a rate for each word
#
# Give the words learning rates of their own. Below, all 8,730 rates are 25. Change `word_rates`, with the help of
# `count`, so that the training loss after one epoch falls below 0.45, and compute it: `loss_after(word_rates)`. (With
# $\eta = 1$ for all words it is 0.60.)
#
# <details><summary>Hint</summary>np.where(condition, a, b) is a where the condition holds, and b elsewhere. Which words need less than 25?</details>

# %%
# BEGIN SOLUTION
# STUB word_rates = np.full(len(words), 25.0)
# STUB own_loss = ...  # loss_after(word_rates)
word_rates = np.where(count > 100, 1.0, 25.0)
own_loss = loss_after(word_rates)
# END SOLUTION
check_answer("04.own_loss", own_loss)

# %% [markdown]
# Two rates are enough: with 25, but 1 for words in more than 100 sentences, the loss is 0.33 (the mean of thirty
# seeds). With one rate for all words, the best of eight gives 0.52. But we chose the rates and the border by hand. We
# would like a rule that finds a rate for each word by itself.
#
# ## 2 A sum of squares
#
# The idea of AdaGrad is to divide each parameter's step by the size of the gradients that this parameter has had. A
# rare word has had few gradients, so its steps stay long. For each parameter, **AdaGrad** keeps the sum $s$ of its
# squared gradients, and divides the step by the root of this sum (Duchi, Hazan and Singer, 2011). All of this happens
# for each parameter by itself: $s$ is an array like $x$.
#
# In the paper $s$ starts at 0. Then the first step of every parameter is $\eta\, g/\sqrt{g^2} = \pm\eta$: it has the
# length $\eta$, whether the gradient is large or small. Here is this first step beside one of sgd, on the ravine of
# lesson 01. Each rule gets the $\eta$ with which $x_2$ moves by 1, from the start to the floor of the ravine:

# %%
x = ravine.start
g = ravine.gradient(x)
print(f"gradient ({g[0]:g}, {g[1]:g}),  s = ({g[0] ** 2:g}, {g[1] ** 2:g})")
steps = {"sgd": -0.05 * g, "adagrad": -1 * g / np.sqrt(g**2)}
plots.arrows(ravine, x, steps, title="one step: sgd with η = 0.05, adagrad with η = 1")

# %% [markdown]
# The black dot is the start, and the minimum is at (0, 0). The gradient is five times as large across the ravine as
# along it, so the arrow of sgd points almost straight down. AdaGrad takes an equally long step in both coordinates: its
# arrow goes just as far down, but five times as far along the ravine, towards the minimum.
#
# ### Exercise 2: write it
#
# This time you get the rule in words. Return the new `x` and the new `s`. The new square goes into $s$ first, and the
# step uses the new $s$. Under the root stands $s + \varepsilon$: the tiny number $\varepsilon$ (epsilon) keeps us from
# dividing 0 by 0.
#
# The default `s=0.1` is where Keras starts the sum; part 4 looks at this start. `hint("adagrad")` helps. Later cells
# also use `adagrad_from_zero`, the same rule with $s$ from 0, as in the paper.


# %%
def adagrad(x, g, t, s=0.1, *, learning_rate=0.001, epsilon=1e-7):
    # BEGIN SOLUTION
    s = s + g**2
    return x - learning_rate * g / np.sqrt(s + epsilon), s
    # END SOLUTION


rule, adagrad_from_zero = check(adagrad, "adagrad"), experiments.adagrad_from_zero

# %% [markdown]
# Here is the rule as a formula:
#
# $$s \leftarrow s + g^2, \qquad x \leftarrow x - \eta\, \frac{g}{\sqrt{s + \varepsilon}}$$
#
# The **effective learning rate** of a parameter is the number that its gradient is multiplied by, here
# $\eta/\sqrt{s + \varepsilon}$. The next cell shows one update of your rule, number by number; you can step on through
# the next ones.

# %%
one_step({rule: {"learning_rate": 0.3}}, ravine, epsilon=1e-7)

# %% [markdown]
# The two gradients differ a lot: at first they are −4 and 20. The effective rates make up for it: 0.3/√16.1 ≈ 0.075 and
# 0.3/√400.1 ≈ 0.015. So the steps differ little: first (0.30, −0.30), then (0.20, −0.17).
#
# ## 3 Two scales
#
# In lesson 01 the number of steps grew with the condition number $\kappa$, the ratio of the two curvatures. Does it
# grow with AdaGrad, too?

# %%
quiz("04.scale")


# %%
def valley(kappa, degrees):
    """A ravine of curvatures 1 and kappa, turned about its minimum (0, 0)."""
    window, start = ((-0.3, 1.2), (-0.3, 1.2)), np.array([1.0, 0.5])
    straight = quadratic("ravine", (1, kappa), window=window, start=start)
    return turned(straight, degrees, f"ravine turned by {degrees}°")


def steps_needed(method, rate, kappa, degrees=0):
    """The steps from (1, 0.5) until the distance from the minimum is below 0.001."""
    gradient = valley(kappa, degrees).gradient
    run = descend(method, gradient, [1.0, 0.5], 50 + 6 * kappa, learning_rate=rate)
    return np.flatnonzero(np.linalg.norm(run.trajectory, axis=1) < 1e-3)[0]


# %%
needed = {}
print("curvatures   sgd, best η   adagrad from 0, η = 0.5   the same, turned by 45°")
for kappa in (10, 100, 1000):
    needed[kappa] = [steps_needed(rules.sgd, 2 / (1 + kappa), kappa)]
    needed[kappa] += [steps_needed(adagrad_from_zero, 0.5, kappa, d) for d in (0, 45)]
    print(f"1 and {kappa:<6} {needed[kappa][0]:9} {needed[kappa][1]:24} {needed[kappa][2]:18}")

# %% [markdown]
# Look at the second column of numbers first: AdaGrad always needs 13 steps. If we multiply all gradients of one
# parameter by 1,000, then $g$ and $\sqrt s$ both become 1,000 times as large, and with $s$ from 0 the path does not
# change. So the scale of a *gradient* does not matter to AdaGrad.
#
# Now look at the last column. For sgd a turn changes nothing, because the gradient turns with the ravine. But AdaGrad,
# turned by 45°, needs more steps than sgd, and of twelve learning rates 0.5 is its best there. Why does a turn matter
# at all?

# %%
quiz("04.turned")

# %%
slanted, start = valley(10, 45), [1.0, 0.5]
run = descend(adagrad_from_zero, slanted.gradient, start, 60, learning_rate=0.5)
turned_path = run.trajectory
print("effective rates of the two parameters", (0.5 / np.sqrt(run.states["s"][-1])).round(2))
plots.contour(slanted, {"adagrad from 0": turned_path})

# %% [markdown]
# The figure shows the turned ravine, with curvatures 1 and 10. AdaGrad starts at (1, 0.5). Its first step is 0.5 long
# in both coordinates, so it leads to (0.5, 1), straight across the ravine. Then AdaGrad creeps along the floor.
#
# The two printed effective rates say why: they are nearly equal. After the turn, the steep direction is an equal part
# of both parameters' gradients, and it makes most of both sums. So both parameters share *one* learning rate, as in
# sgd, and this rate is only about two thirds of sgd's best.
#
# So AdaGrad cures a ravine that lies along an axis. A small turn takes only a part of the gain: with curvatures 1 and
# 100, AdaGrad needs 130 steps after a turn by 10° (sgd needs 351). From about 20° on the gain is gone.
#
# The other scale is that of the *parameter*. Does it matter in which unit we measure $x$?
#
# ### Exercise 3: in millimetres
#
# Measure $x$ in millimetres instead of metres, and leave $f$ as it is. By which factor must $\eta$ grow so that AdaGrad
# takes the same path, with $s$ from 0 and without $\varepsilon$?
#
# <details><summary>Hint</summary>The gradient is the change of f per unit of x. And how long is the first step?</details>

# %%
# BEGIN SOLUTION
# STUB factor_adagrad = ...
factor_adagrad = 1000  # the way is longer, and g/√s is what it was
# END SOLUTION
check_answer("04.factor_adagrad", factor_adagrad)

# %% [markdown]
# So the scale of a parameter does matter. In millimetres the way is 1,000 times as long, but AdaGrad's first step is
# still $\eta$. (For sgd the factor is a million: its gradient, the change of $f$ per millimetre, is also 1,000 times
# smaller.) Lesson 05 comes back to the scale.
#
# ## 4 Where the sum starts
#
# Keras starts $s$ not at 0 but at 0.1 (`initial_accumulator_value`). Is that a lot? It depends on the gradients.
#
# ### Exercise 4: derive
#
# All gradients of a parameter are near $10^{-3}$, and $s$ starts at 0.1. (a) How long is the first step, as a fraction
# of $\eta$? (b) With $\eta = 1$, AdaGrad then moves like sgd for a long time. Which learning rate does this sgd have?
#
# <details><summary>Hint</summary>g² is 0.000001. What does it add to 0.1?</details>

# %%
# BEGIN SOLUTION
# STUB fraction = ...
# STUB sgd_rate = ...
fraction = 1e-3 / (0.1 + 1e-3**2) ** 0.5
sgd_rate = 1 / 0.1**0.5  # g / √0.1, as long as s stays near 0.1
# END SOLUTION
check_answer("04.fraction", fraction)
check_answer("04.sgd_rate", sgd_rate)

# %% [markdown]
# Each step adds only $10^{-6}$ to $s$, so it takes 100,000 steps until $s$ has doubled. Until then the scale of a
# gradient *does* matter. Next we look at sums that start at 0.
#
# ### Exercise 5: predict
#
# Two words get gradients of the same size: the first in 3 of the 69 batches of an epoch, the second in all 69. The sums
# $s$ start at 0. After the epoch, how many times larger is the *effective* learning rate of the rare word than that of
# the frequent word?

# %%
# BEGIN SOLUTION
# STUB times = ...
times = (69 / 3) ** 0.5
# END SOLUTION
check_answer("04.times", times)

# %% [markdown]
# Here is what the reviews give after one epoch with $\eta = 0.1$. The figure shows the effective rate divided by
# $\eta$, which is $1/\sqrt{s + \varepsilon}$.

# %% tags=["about: 04 AdaGrad from 0 trains below Nesterov"]
sums = {}  # states[0] is that of the weights, states[1] that of the bias
for name, method in (("adagrad from 0.1", rule), ("adagrad from 0", adagrad_from_zero)):
    sums[name] = one_epoch(method, 0.1).states[0]["s"][-1]
effective = {name: (s + 1e-7) ** -0.5 for name, s in sums.items()}
from_zero = effective["adagrad from 0"]
ratio = np.median(from_zero[count == 3]) / from_zero[of][0]
print(f"from 0: a word in 3 sentences has {ratio:.0f} times the effective rate of 'of'")
by_count = {name: by_group(rates) for name, rates in effective.items()}
plots.lines(by_count, ylabel="effective rate / η", **axes)

# %% [markdown]
# Look at the line of AdaGrad from 0 first: a rare word has a far larger effective rate than a frequent one. The printed
# ratio is also far larger than the 4.8 of exercise 5. There the two words had gradients of the same size. But "of" is
# in about 43 sentences of each batch, and its gradient adds up their errors. Some errors are positive and some are
# negative, so they partly cancel. As with the noise of lesson 02, a sum of $n$ such errors is about $\sqrt n$ times as
# large as one error, and its square is about $n$ times as large.
#
# So in effect $s$ counts sentences, not batches. The two words are in 3 and 2,969 sentences, and $\sqrt{2969/3} \approx
# 31$ is near what we measure. The effective rate of a word falls about as $1/\sqrt{\text{count}}$, where the count is
# the number of its sentences.
#
# The line of AdaGrad from 0.1 is almost flat. For all but about ten words the squares sum to less than 0.03, which is
# little compared with 0.1. So AdaGrad that starts as in Keras is nearly sgd with the learning rate $\eta/\sqrt{0.1}
# \approx 3.2\,\eta$. The 0.1 guards against long first steps, but it hides AdaGrad from each word whose squares sum to
# far less than 0.1.
#
# ## 5 Ever shorter steps
#
# The sum $s$ never falls. On the ravine this does no harm: the gradients vanish there, and $s$ settles. But where the
# gradients do not vanish, $s$ grows without end. With a constant gradient we have $s = t g^2$ after $t$ steps, so the
# length of a step is $\eta/\sqrt t$, as in lesson 02's schedule.

# %%
quiz("04.dying")

# %% [markdown]
# ### Exercise 6 ★: three wrong AdaGrads
#
# In the figure all rules get the constant gradient 2, with $\eta = 1$ and $s$ from 0. The green line is the right rule.
# A, B and C each have one of the five bugs below. Which one? Give its number.
#
# 1. the learning rate is not used
# 2. the root is missing
# 3. $s$ fades, as an average does
# 4. $s$ sums sizes, not squares
# 5. $s$ is returned as it came, so it never grows
#
# <details><summary>Hint</summary>On these axes a power of t is a straight line, and its slope is the exponent. Compare the first steps too.</details>
#
# The next cell draws the right rule and three of the five wrong ones. You need only its figure.


# %%
def step_lengths(method):
    """The gradient is 2, η is 1, and s starts at 0."""
    s, lengths = 0.0, []
    for t in range(1, 1001):
        x, s = method(0.0, 2.0, t, s, learning_rate=1.0)
        lengths.append(abs(x))
    return np.array(lengths)


# wrong_rules makes every wrong AdaGrad whose mistake check() knows by name
variants = {mistake.name: variant for mistake, variant in wrong_rules(rules.adagrad)}
bugs = [
    "the learning rate is not used",
    "the root of s is missing",
    "s fades, as an average does",
    "s sums the sizes of the gradients",
    "s is returned as it came",
]
order = np.random.default_rng(96).permutation(5)  # one that gives nothing away
curves = {"adagrad, right": step_lengths(rule)}
for name, k in zip("ABC", order[:3], strict=True):
    curves[f"wrong, {name}"] = step_lengths(variants[bugs[k]])
plots.lines(curves, x=np.arange(1, 1001), ylabel="length of the step", log_x=True)

# %%
# BEGIN SOLUTION
# STUB bug_A = ...
# STUB bug_B = ...
# STUB bug_C = ...
bug_A = 4
bug_B = 2
bug_C = 3
# END SOLUTION
check_answer("04.bug_A", bug_A)
check_answer("04.bug_B", bug_B)
check_answer("04.bug_C", bug_C)

# %% [markdown]
# ## 6 Reviews
#
# Now we run a fair race. It copies one in the Adam paper (Kingma and Ba, 2015, Figure 1), which has reviews from IMDB
# and 10,000 words. **Dropout** leaves out inputs at random while a model is trained: here each word of a sentence stays
# with probability one half, and then counts double.
#
# We train for five epochs in batches of 100. For each method we try the same six learning rates, all with one seed, and
# keep the one with the lowest loss on 1,000 validation sentences. (Lesson 06 explains Adam.) This takes about ten
# seconds.


# %%
task = experiments.reviews(dropout=0.5, epochs=5)
methods = {"sgd": rules.sgd, "nesterov": rules.nesterov}
methods |= {"adagrad from 0.1": rule, "adagrad from 0": adagrad_from_zero, "adam": rules.adam}
trained = {}  # interrupted, the next cell goes on when you run it again

# %% tags=["about: 04 AdaGrad from 0 trains below Nesterov"]
etas = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
race = experiments.compare(task, methods, etas, every=29, done=trained, count=1)
raced = {name: score.losses for name, score in race.items()}
axis = dict(x=29 * np.arange(1, 11), ylabel="training loss, with dropout")
display(plots.lines(raced, **axis, log=False))
experiments.evidence(
    "04 AdaGrad from 0 trains below Nesterov",
    "04 AdaGrad from 0 ends below Nesterov",
    "04 AdaGrad from 0.1 ends below Nesterov",
)

# %% [markdown]
# The printed lines give the best $\eta$ of each method and its validation loss. In the figure, a line joins means of 29
# batches, about half an epoch of the 5,824 training sentences. The lowest lines fall in stairs of one epoch: what the
# weights have learned from a sentence shows when this sentence comes back, once in an epoch. (AdaGrad from 0 begins
# above $\log 2$, mostly because the first step of each weight is the whole $\eta$.)
#
# Two lines fall far below the others, as these two do in the paper: AdaGrad from 0 and Adam. The table shows thirty seeds:
#
# - The training loss of AdaGrad from 0 is lower than Nesterov's by 0.14, with 30 of 30 seeds.
# - On the validation sentences its lead shrinks to 0.03, but it still leads with all thirty.
# - If the sum starts at 0.1, as in Keras, the lead is gone.
#
# Which words have got the largest weights for praise? The number behind a word says how many training sentences it is
# in.

# %% tags=["about: 04 AdaGrad from 0 tests above Nesterov"]
test = rotten_tomatoes().test
seen = np.asarray(task.part[0].sum(axis=0)).ravel()  # the sentences with each word
for name in ("nesterov", "adagrad from 0"):
    params = race[name].runs[0].params
    print(f"{name}: test accuracy {task.model.accuracy(params, test):.3f}")
    print("   ", ", ".join(f"{words[i]} {seen[i]:.0f}" for i in np.argsort(-params[0])[:8]))
experiments.evidence("04 AdaGrad from 0 tests above Nesterov")

# %% [markdown]
# AdaGrad from 0 puts its largest weights on rarer words. (Over thirty seeds, the words of Nesterov's 100 largest
# weights are 3.6 times as frequent.) The table has the accuracy on the 1,706 test sentences: AdaGrad's lead is less than
# 1 percentage point in the mean. With another sample of sentences it could easily change by a point, so it is not
# certain.
#
# ### Does it agree with Keras?
#
# Your AdaGrad, with $s$ from 0.1, is `tf.keras.optimizers.Adagrad`. The second line of the output has $s$ from 0: then
# AdaGrad is also `tf.keras.optimizers.Adam` with other settings ("knobs turned"). Lesson 06 explains why. (TensorFlow
# takes some seconds to load.)

# %%
from adamlib.keras_check import equals_adam, equals_keras

equals_keras(rule, ravine.gradient, ravine.start, 200, learning_rate=0.3)
equals_adam(rule, ravine.gradient, ravine.start, 200, learning_rate=0.3)  # starts s at 0

# %% [markdown]
# **How to set it in Keras.** If rare inputs matter, start the sum at 0, and try an $\eta$ of 0.1, 0.3 and 1:
# `Adagrad(0.3, initial_accumulator_value=0)` is the best AdaGrad here. Do not keep Keras's defaults: $\eta = 0.001$ and
# $s$ from 0.1 are nearly sgd with the rate 0.003. With them the validation loss is still 0.69 after the five epochs.
#
# ## Where it fails
#
# Imagine a parameter that has to follow a moving minimum: every 500 steps it jumps, to 10, to 0, to 10, and so on. The
# gradient has noise of standard deviation 1, so $x$ trembles around the minimum. We compare sgd and AdaGrad with
# learning rates at which this tremble, averaged over all six jumps, is about equal.


# %%
def follow(method, rate):
    """For each jump: the steps until x is within 1 of the minimum, and its tremble later."""
    # a gradient: for 500 steps curvature 1 and the minimum at 10, then at 0, and so on; 1,000 runs
    jumping = changing_valley([(500, 1, 10), (500, 1, 0)] * 3, np.random.default_rng(SEEDS[0]))
    path = sweep(method, jumping, np.zeros(1000), 3000, learning_rate=rate).trajectory
    minima = np.array([10, 0] * 3).reshape(6, 1, 1)
    away = np.abs(path[:3000].reshape(6, 500, 1000) - minima)
    return (away < 1).argmax(axis=1).mean(axis=1), away[:, 300:].mean(axis=(1, 2))


# %%
waits, tremble = {}, {}
for method, rate in ((rules.sgd, 0.2), (rule, 9.0)):
    name = f"{method.__name__}, η = {rate:g}"
    waits[name], tremble[name] = follow(method, rate)
    print(f"{name:14} steps {waits[name].round().astype(int)}  tremble {tremble[name].round(2)}")
axes = dict(xlabel="jump", ylabel="steps until first within 1 of the minimum", from_zero=True)
plots.lines(waits, x=np.arange(1, 7), log=False, **axes)

# %% [markdown]
# The flat line is sgd: it needs 11 steps after every jump. AdaGrad is faster at first, also because $\eta = 9$ happens
# to fit a jump of 10. But it needs more steps each time, and after the sixth jump it needs 16. In return its tremble
# shrinks with every jump. This is good only if the minimum stays where it is. The price of AdaGrad is that $s$ never
# forgets: gradients from long ago still slow it down. Could it forget them?
#
# **Recap.**
#
# 1. AdaGrad keeps the sum $s$ of each parameter's squared gradients and divides its step by the root:
#    $s \leftarrow s + g^2$ and $x \leftarrow x - \eta g/\sqrt{s + \varepsilon}$.
# 2. From $s = 0$ rare words keep a large effective rate: it falls about as $1/\sqrt{\text{count}}$.
# 3. The scale of a gradient drops out, and with it the condition number of a ravine along an axis. Turned by 45°, the
#    ravine gives both parameters one rate, and AdaGrad is slower than sgd; a turn by 10° takes only a part of the gain.
#    The scale of a parameter still matters.
# 4. Keras starts $s$ at 0.1. Where gradients are small, that is nearly sgd with the rate $\eta/\sqrt{0.1}$. For rare
#    words pass `initial_accumulator_value=0`, and try an $\eta$ of 0.1, 0.3 and 1.
# 5. The sum $s$ never falls. Where the gradients do not vanish, the steps shrink as $1/\sqrt t$, and AdaGrad follows a
#    moving minimum ever more slowly.

# %%
progress("04")

# %% [markdown]
# **Next:** [lesson 05, RMSProp](05-rmsprop.ipynb) lets the sum of squares forget, and shows what forgetting costs.
#
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### Exercise 7 ★: an η that is far too large
#
# On the ravine $x_2$ starts at 1, and its gradient is $20\,x_2$. We take $\eta = 10$, with $s$ from 0. The first step
# is 10 long and throws $x_2$ out to $-9$. Where is $x_2$ after the second step?
#
# <details><summary>Hint</summary>The two gradients are 20 and −180. What is in s at the second step?</details>

# %%
# BEGIN SOLUTION
# STUB after_two = ...
after_two = -9 + 10 * 180 / (20**2 + 180**2) ** 0.5
# END SOLUTION
check_answer("04.after_two", after_two)

# %% [markdown]
# The second step brings $x_2$ back, almost to the start. The jump itself has repaired the learning rate: its product
# with the curvature 20 is 10 in the first step, far above lesson 01's limit of 2. In the second it is 1.1, and 1 is
# best.
#
# The reason is that a jump of about $\eta$ leads to a gradient of about $\eta L$, where $L$ is the curvature. Then
# $\sqrt s$ is about $\eta L$ too, and the effective rate becomes about $1/L$, even with $\eta = 1000$. So on a parabola
# AdaGrad forgives an $\eta$ that is too large.
#
# On the reviews it does not. In logistic regression no error is larger than 1, so the gradient is bounded, and a long
# jump does not fill $s$. AdaGrad from 0 with $\eta = 3$, ten times its best, ends at a validation loss of 1.4 (thirty
# seeds), twice that of weights that are all 0.
#
# ### Is AdaGrad from 0.1 only sgd?
#
# In the race the best $\eta$ of AdaGrad from 0.1 was 1, so it gave rare words the rate 3.2. Is it then simply sgd with
# the rate 3?

# %%
experiments.evidence(
    "04 sgd with η = 1",
    "04 sgd with η = 3",
    "04 AdaGrad from 0.1 with η = 1",
    "04 sgd with η = 3.2, but 1 for frequent words",
)

# %% [markdown]
# No. The first two rows are sgd at its best rate, and at 3, where its loss varies much from seed to seed. AdaGrad from
# 0.1 ends lower than both.
#
# The last row is sgd with two rates, as in exercise 1: 3.2, but only 1 for the bias and for the words in more than
# 1,000 sentences. AdaGrad slows "of" about as much: its effective rate is 1.1 after five epochs. This sgd ends about as
# low as AdaGrad. So it is enough to slow these few words.
#
# **Sources.** J. Duchi, E. Hazan and Y. Singer, *Adaptive subgradient methods for online learning and stochastic
# optimization*, 2011. B. Pang and L. Lee, *Seeing stars*, 2005. D. Kingma and J. Ba, *Adam: a method for stochastic
# optimization*, 2015.


# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
from contextlib import redirect_stdout
from io import StringIO

from adamlib.experiments import CLAIMS, carried

with redirect_stdout(StringIO()):  # the other seeds
    race = experiments.compare(task, methods, etas, every=29, done=trained)
raced = {name: score.losses for name, score in race.items()}
tested = {m: [task.model.accuracy(run.params, test) for run in race[m].runs] for m in race}

assert few > 0.5 and documents.shape == (6824, 8730) and sum(count == 0) == 90
assert rotten_tomatoes().test[0][:, count == 0].sum(axis=0).min() > 0
claim = "04 times as far goes a frequent word as one in a single sentence"
carried(claim, moved["sgd, η = 1"][-1] / moved["sgd, η = 1"][0])
assert 20 < CLAIMS[claim].mean < 30
bounced = one_epoch(rules.sgd, 25.0).trajectory
end = everything.model.loss([path[-1] for path in bounced], (documents, labels))
carried("04 training loss with η = 25", end)
assert [edges[0], edges[1], edges[2]] == [1, 2, 3] and everything.batch_size == 100
assert CLAIMS["04 training loss with η = 25"].mean > 5 * np.log(2)
first = descend(rule, ravine.gradient, ravine.start, 2, learning_rate=0.3).trajectory
assert np.allclose(np.diff(first, axis=0), [[0.3, -0.3], [0.2, -0.17]], atol=0.005)
assert np.allclose(0.3 / np.array([16.1, 400.1]) ** 0.5, [0.075, 0.015], atol=0.0005)
always, never = (count == 3) & (praising == 3), (count == 3) & (praising == 0)
tests, kinds = test
same = tests[kinds == 1][:, always].sum() + tests[kinds == 0][:, never].sum()
assert (always | never).sum() == 491 and 0.68 < same / tests[:, always | never].sum() < 0.70
assert 0.53 < of_praise < 0.54
assert all(row[1] == 13 for row in needed.values())
slight = [steps_needed(adagrad_from_zero, 0.5, 100, angle) for angle in (10, 20, 30)]
assert needed[100][0] == 351 and round(slight[0], -1) == 130
assert abs(slight[1] / 351 - 1) < 0.1 and slight[2] > 450
assert np.allclose(turned_path[1], [0.5, 1.0], atol=1e-4)
claim = "04 training loss with 25, but 1 for words in more than 100 sentences"
carried(claim, loss_after(np.where(count > 100, 1.0, 25.0)))
assert round(CLAIMS[claim].mean, 2) == 0.33 and CLAIMS[claim].sd < 0.01
claim = "04 training loss with the best of eight rates for all words"
assert round(CLAIMS[claim].mean, 2) == 0.52
carried(claim, loss_after(np.full(len(words), 5.0)))
assert 0.58 < loss_after(np.full(len(words), 1.0)) < 0.62
for kappa, row in needed.items():
    assert row[0] == steps_needed(rules.sgd, 2 / (1 + kappa), kappa, 45)
paths = [
    descend(adagrad_from_zero, lambda x, k=k: np.array([1, k]) * x, [1, 0.5], 50, learning_rate=0.5)
    for k in (1, 1000)
]
assert np.allclose(paths[0].trajectory, paths[1].trajectory, atol=1e-6)
millimetres = descend(adagrad_from_zero, lambda x: x / 1e6, 1000.0, 1000, learning_rate=0.5)
assert millimetres.trajectory[-1] > 950
for method, factor in ((rules.sgd, 1000 * 1000), (adagrad_from_zero, factor_adagrad)):
    metres, longer = (
        descend(
            method,
            lambda x, k=k: ravine.gradient(x / k) / k,
            k * ravine.start,
            20,
            learning_rate=rate,
        )
        for k, rate in ((1, 0.05), (1000, 0.05 * factor))
    )
    assert np.allclose(metres.trajectory, longer.trajectory / 1000, atol=2e-3)  # but for epsilon
run = descend(adagrad_from_zero, lambda x: [1, 100] * x, [1, 0.5], 600, learning_rate=0.5)
assert round(np.divide(*run.states["s"][-1][::-1]) ** 0.5) == 43  # the quiz's reason
tried = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.5, 2, 3])
for kappa in needed:
    swept = sweep(
        adagrad_from_zero,
        valley(kappa, 45).gradient,
        [1, 0.5],
        50 + 6 * kappa,
        learning_rate=tried,
    )
    near = np.linalg.norm(swept.trajectory, axis=1) < 1e-3
    reached = np.where(near.any(axis=0), near.argmax(axis=0), 10**6)
    assert tried[reached.argmin()] == 0.5 and reached.min() == needed[kappa][2]
assert all(row[2] > row[0] for kappa, row in needed.items() if kappa > 1)
assert needed[1000][2] > 5 * needed[100][2] > 25 * needed[10][2]
claim = "04 times the effective rate of 'of' has a word in 3 sentences"
carried(claim, ratio)
assert abs(CLAIMS[claim].mean - 31) < 6
carried("04 words whose squares sum to more than 0.03", np.sum(sums["adagrad from 0.1"] > 0.13))
assert abs(CLAIMS["04 words whose squares sum to more than 0.03"].mean - 10) < 2
assert abs(np.median(sums["adagrad from 0.1"][count == 3]) ** -0.5 - 0.1**-0.5) < 0.01
carried("04 effective rate / η of 'of' with η = 1, after five epochs", mean="1.1")
assert count[of] == 2969 and 42.5 < 2969 / 69 < 43.5
assert round((2969 / 3) ** 0.5) == 31
held = {name: score.held_out for name, score in race.items()}
for name, words_ in (("adagrad from 0", "AdaGrad from 0"), ("adam", "Adam")):
    claim = f"04 {words_} trains below Nesterov"
    carried(claim, raced["nesterov"][:, -1] - raced[name][:, -1], share=1)
    claim = f"04 {words_} ends below Nesterov"
    carried(claim, held["nesterov"] - held[name], share=1, mean="0.03")
assert race["adagrad from 0"].rate == 0.3
assert round(CLAIMS["04 AdaGrad from 0 trains below Nesterov"].mean, 2) == 0.14
assert CLAIMS["04 Adam trains below Nesterov"].mean > 0.1
begins = raced["adagrad from 0"][:, 0] - np.log(2)
carried("04 AdaGrad from 0 begins above log 2", begins, share=1)
claim = "04 AdaGrad from 0 begins lower without each weight's first step"
carried(claim, share=1, mean="0.03")
assert CLAIMS[claim].mean > 0.5 * CLAIMS["04 AdaGrad from 0 begins above log 2"].mean
too_large = experiments.held_out_losses(task, adagrad_from_zero, [3.0], SEEDS[:1])
carried("04 validation loss of AdaGrad from 0 with η = 3", too_large.item(), mean="1.4")
assert CLAIMS["04 validation loss of AdaGrad from 0 with η = 3"].mean > 1.8 * np.log(2)
carried("04 AdaGrad from 0.1 ends below Nesterov", separated=False)
tenth, two_rates = (
    CLAIMS[f"04 {name}"]
    for name in ("AdaGrad from 0.1 with η = 1", "sgd with η = 3.2, but 1 for frequent words")
)
best_sgd, sgd_3 = CLAIMS["04 sgd with η = 1"], CLAIMS["04 sgd with η = 3"]
by_default = experiments.held_out_losses(task, rule, [0.001], SEEDS)
assert np.all(by_default.round(2) == 0.69) and 0.003 < 0.001 / 0.1**0.5 < 0.0033
carried("04 AdaGrad from 0.1 with η = 1", held["adagrad from 0.1"])
assert race["adagrad from 0.1"].rate == 1 and best_sgd.mean < sgd_3.mean
for other in (best_sgd, sgd_3):
    error = (other.sd**2 + tenth.sd**2) ** 0.5 / 30**0.5
    assert other.mean - tenth.mean > 3 * error
assert sgd_3.sd > 3 * max(best_sgd.sd, tenth.sd, two_rates.sd)
assert abs(two_rates.mean - tenth.mean) < 0.01 < best_sgd.mean - two_rates.mean
for name in ("adagrad from 0", "adam"):
    fall = -np.diff(raced[name].mean(axis=0))
    assert fall[1::2].sum() > 2 * fall[::2].sum()  # from one epoch to the next, not in an epoch
above = np.subtract(tested["adagrad from 0"], tested["nesterov"])
carried("04 AdaGrad from 0 tests above Nesterov", above, shown=24)
assert 0 < CLAIMS["04 AdaGrad from 0 tests above Nesterov"].mean < 0.01
assert len(test[1]) == 1706
right = [
    (task.model.logits(race[m].runs[0].params, test[0]) > 0) == test[1]
    for m in ("nesterov", "adagrad from 0")
]
gained = np.subtract(*right, dtype=float)  # what another sample would change: a standard error
assert 0.007 < gained.std() / 1706**0.5 < 0.014
claim = "04 times as frequent are the words of Nesterov's largest weights"
carried(claim, mean="3.6")
assert CLAIMS[claim].mean - 4 * CLAIMS[claim].sd > 1
largest = [
    np.median(seen[np.argsort(-np.abs(race[m].runs[0].params[0]))[:100]])
    for m in ("nesterov", "adagrad from 0")
]
assert largest[0] > largest[1]
shape = {name[-1]: curve[[0, 1, -1]] for name, curve in curves.items()}
assert np.allclose(shape["A"], 2**0.5 * shape["t"])
assert np.allclose(shape["B"], [1 / 2, 1 / 4, 1 / 2000])
assert np.allclose(shape["C"], [10**0.5, (1 - 0.9**2) ** -0.5, 1])
by_sgd, slowed = waits["sgd, η = 0.2"], waits["adagrad, η = 9"]  # their errors are below 0.2
assert np.all(np.abs(by_sgd - 11) < 0.5) and all(np.diff(slowed) > 1)
assert slowed[0] < 10.5 and abs(slowed[-1] - 16.4) < 0.5
by_sgd, shrunk = tremble["sgd, η = 0.2"], tremble["adagrad, η = 9"]
assert np.ptp(by_sgd) < 0.01 and all(np.diff(shrunk) < -0.005)
assert abs(by_sgd.mean() - shrunk.mean()) < 0.01
far = descend(adagrad_from_zero, ravine.gradient, ravine.start, 20, learning_rate=10.0)
x2, rates = far.trajectory[:, 1], 10 / np.sqrt(far.states["s"][:, 1])
assert abs(x2[1] + 9) < 0.002 and abs(x2[2] - after_two) < 0.002
assert np.allclose(rates[:2] * 20, [10, 1.1], atol=0.01)
for rate in (100.0, 1000.0):
    jump = descend(rule, ravine.gradient, ravine.start, 20, learning_rate=rate)
    last = rate / np.sqrt(jump.states["s"][-1]) * [1, 20]
    assert np.all(np.abs(last - 1) < 0.1) and ravine(jump.trajectory[-1]) < 1e-40
for kappa in (10, 100, 1000):
    gradient = valley(kappa, 45).gradient
    ended = descend(adagrad_from_zero, gradient, start, 6 * kappa, learning_rate=0.5)
    both = 0.5 / np.sqrt(ended.states["s"][-1])
    assert np.allclose(both / (2 / (1 + kappa)), 2 / 3, atol=0.05) and both[1] / both[0] < 1.07
    g = np.array([gradient(x) for x in ended.trajectory[:-1]])
    assert np.sum((g @ [-1, 1]) ** 2) > 4 * np.sum((g @ [1, 1]) ** 2)
assert round(0.1 / 1e-3**2) == 100_000  # the steps until s has doubled
