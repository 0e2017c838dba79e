# %% [markdown]
# # 8. Training networks
#
# Lesson 07 turned every knob of Adam, and ended with a question: how far do the defaults get you on a real network?
# Here we train a network with seven of Keras's optimizers, first as they come and then tuned. At the end your own rule
# trains it, inside `model.fit`.
#
# At the end of this lesson you will be able to
#
# - say what seven optimizers do at Keras's defaults, and why the picture changes when each is tuned,
# - write a search for a good learning rate that can go up or down,
# - clip a gradient at a limit that you have chosen, and keep its direction,
# - train a network with a rule of your own, using `model.compile` and `model.fit`.
#
# | part | minutes |
# | --- | --- |
# | [1 Seven optimizers at their defaults](#1-Seven-optimizers-at-their-defaults) | 8 |
# | [2 A rate for each method](#2-A-rate-for-each-method) | 8 |
# | [3 Tuned](#3-Tuned) | 6 |
# | [4 Clipping the gradient](#4-Clipping-the-gradient) | 8 |
# | [5 Eight bad pictures](#5-Eight-bad-pictures) | 7 |
# | [6 Your own rule in Keras](#6-Your-own-rule-in-Keras) | 8 |
# | [7 Rules of thumb](#7-Rules-of-thumb) | 2 |
# | [Where it fails](#Where-it-fails) | 2 |
# | in all | 49 |
#
# [Going further ★](#Going-further-★) is for those who have more time.
#
# You need lessons [04](04-adagrad.ipynb) to [07](07-adams-knobs.ipynb), and you should have seen a Keras model. Terms
# printed in bold are collected in the [glossary](glossary.ipynb); all rules on one page are in the
# [cheat sheet](cheat-sheet.ipynb).
#
# ## 1 Seven optimizers at their defaults
#
# Many programs say `model.compile("adam")` and never mention a learning rate. What do you get if you leave every knob
# where Keras has put it?
#
# Our network is small. It has two layers of convolutions (small filters that move over the picture) and one dense
# layer, in all 7,802 weights. From pictures of Fashion-MNIST it learns to tell ten kinds of clothes from each other.
#
# We train on 2,048 pictures, for four epochs in batches of 64. That makes 128 steps. Two more sets have 1,000 pictures
# each:
#
# - **Validation data** are not trained on, and serve to choose among the learning rates.
# - **Test data** serve neither to train nor to choose: we only report the result on them.
#
# In the list below, momentum is Keras's `SGD` with `momentum=0.9`. AdamW is Adam with decoupled weight decay
# (lesson 07, Going further). `partial(f, momentum=0.9)` is the function `f` with one argument filled in.

# %%
from functools import partial

import numpy as np
from IPython.display import display

from adamlib import experiments, plots, rules, surfaces
from adamlib.practice import check, check_answer, hint, progress, quiz
from adamlib.experiments.clothes_race import ClothesRace, accuracies
from adamlib.experiments.keras_trainer import strided_network
from adamlib.keras_check import keras
from adamlib.keras_optimizer import as_keras

# %%
optimizers = {
    "sgd": keras.optimizers.SGD,
    "momentum": partial(keras.optimizers.SGD, momentum=0.9),
    "adagrad": keras.optimizers.Adagrad,
    "adadelta": keras.optimizers.Adadelta,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
}
race = ClothesRace(optimizers, pictures=2048, batch_size=64, epochs=4)
SEEDS = experiments.seeds(3)
done, done_unscaled = {}, {}  # the trainings of parts 1 to 3, and those of part 5
quiz("08.defaults")

# %% [markdown]
# The next cell trains each method with three seeds. It takes about half a minute on an idle processor. If you stop it
# (■) and run it again, it goes on from where it was.

# %% tags=["about: 08 momentum tuned"]
at_default = experiments.repeat(race, race.default_rates, SEEDS, done)
display(race.table(at_default, race.default_rates))
drawn = {name: runs for name, runs in at_default.items() if name != "adamw"}
display(race.curves(drawn, "Keras's default rates"))

# %% [markdown]
# Look at the right end of the figure. Each line is the mean of three seeds. Three methods have reached an accuracy of
# about 0.7, and SGD about 0.3. AdaGrad, at 0.16, has hardly begun, and Adadelta is still guessing. (AdamW's line would
# lie on Adam's. The numbers in the text are means over thirty seeds, so yours may differ a little.)
#
# In the table, "a weight moved by" says how far from its start a weight ends up (the root mean square). "State per
# weight" says how many numbers the optimizer keeps for each weight.
#
# ### Exercise 1: count
#
# The network ResNet-50 has 25.6 million weights, and each is a number of 4 bytes. How many million bytes does Adam's
# state need?
#
# <details><summary>Hint</summary>The last column says how many numbers Adam keeps for each weight.</details>

# %%
# BEGIN SOLUTION
# STUB megabytes = ...
megabytes = 25.6 * 2 * 4
# END SOLUTION
check_answer("08.memory", megabytes)

# %% [markdown]
# Momentum, AdaGrad and RMSProp need half of that, and SGD needs none.
#
# ## 2 A rate for each method
#
# Are AdaGrad and Adadelta bad methods? Look at the column "a weight moved by": their weights have hardly moved. The
# same rate makes a long step in one rule and next to none in another. Suppose the first gradient of a weight is 0.01.
# At its default rate RMSProp moves this weight by $0.001/\sqrt{0.1} = 0.003$. Adadelta, whose average $u$ of its own
# steps starts at 0 (lesson 05, Going further), moves it by less than a two-thousandth of that. So part 1 compared default rates more
# than it compared methods.
#
# To compare methods, we let each climb to a rate of its own:
#
# - A climb begins at the default rate. Next it tries the neighbour on a list of rates, about three times as large.
# - As long as the *validation* loss falls, it goes on in that direction.
# - It stops when the best rate has a worse one on both sides, or when the list ends. (Then an even better rate may lie
#   beyond the list.)
#
# ### Exercise 2 ★: write one step of the climb
#
# Write `next_rate(losses, rates)`, which returns the rate to try next. Here `losses` is a dict {rate: validation loss}
# of the rates tried so far, and `rates` is the whole list, from small to large. Return a neighbour of the *best* rate
# so far: the larger one if it has not been tried yet, and otherwise the smaller. If neither is left to try, return
# `None`. For example, with the list 0.001, 0.003, 0.01, 0.03, 0.1:
#
# - `{0.01: 0.9, 0.03: 0.6}` gives 0.1, since the loss still falls,
# - `{0.01: 0.6, 0.03: 0.8}` gives 0.003: the larger neighbour of the best rate has been tried.
#
# In Python, `min(losses, key=losses.get)` is the key with the smallest value, and `rates.index(rate)` is the place of a
# rate in the list. `hint("next_rate")` helps.


# %%
def next_rate(losses, rates):
    # BEGIN SOLUTION
    best = rates.index(min(losses, key=losses.get))
    for place in (best + 1, best - 1):
        if 0 <= place < len(rates) and rates[place] not in losses:
            return rates[place]
    return None
    # END SOLUTION


next_rate = check(next_rate, "next_rate")

# %% [markdown]
# ### Exercise 3: write the loop
#
# Write `climb(loss_at, rates, rate)`. Here `loss_at(rate)` trains at that rate and returns the validation loss, and
# `rate` is where the climb begins. Keep each loss in a dict, ask your `next_rate` where to go on, and stop when it
# returns `None`. Return the dict.


# %%
def climb(loss_at, rates, rate):
    # BEGIN SOLUTION
    losses = {}
    while rate is not None:
        losses[rate] = loss_at(rate)
        rate = next_rate(losses, rates)
    return losses
    # END SOLUTION


climb = check(climb, "climb")

# %% [markdown]
# ## 3 Tuned
#
# Now each method climbs with one seed, using your `climb`. That takes about half a minute.

# %% tags=["about: 08 momentum tuned"]
rates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
climbs = race.climbs(climb, rates, SEEDS[0], done)
best = {name: min(climbs[name], key=climbs[name].get) for name in optimizers}
drawn = {name: tried for name, tried in climbs.items() if name != "adamw"}  # close to Adam's
display(plots.climbs(drawn, race.default_rates, title="From the default rate (ring)"))

# %% [markdown]
# Follow a line from its ring, which marks the default rate. The loss falls as the rate grows, for AdaGrad and Adadelta
# over several powers of ten. A line ends after the first rate that is worse. The losses at the lowest points differ far
# less than their rates do: Adadelta's best rate is about a thousand times Adam's.
#
# Now look at the right end of AdaGrad's line. Its best rate, 0.3, stands one place before a cliff: at 1.0 its mean
# accuracy over 30 seeds is 0.12, near guessing. So when in doubt, stay a little below the best rate.
#
# Now each method trains at the rate that its climb has found, with three seeds. That takes about a quarter of a minute.

# %% tags=["about: 08 momentum tuned"]
tuned = experiments.repeat(race, best, SEEDS, done)
display(race.table(tuned, best))
at_first, at_best = accuracies(at_default), accuracies(tuned)
both = {name: (at_first[name], at_best[name]) for name in optimizers}
display(plots.gains(both, ("at the default rate", "tuned")))
experiments.evidence(
    "08 at the defaults Adam is above Adadelta",
    "08 Adam tuned is above sgd tuned",
    "08 sgd gains by tuning",
    "08 Adam tuned is above RMSProp tuned",
    "08 Adam tuned is above Adadelta tuned",
    "08 Adam tuned is above momentum tuned",
    "08 Adam tuned is above AdaGrad tuned",
)

# %% [markdown]
# Compare the hollow dots (at the default rates) with the full ones (tuned). At the defaults, the best method ends
# 0.64 above the worst (Adam and Adadelta). After tuning, the best ends only 0.06 above the worst (Adam and SGD). So a
# default rate is not a property of the method: the best rates of AdaGrad and Adadelta are about 300 and 10,000 times
# their defaults. SGD gains 0.45 by tuning. Momentum, RMSProp and Adam, whose defaults suit this network, gain 0.05 to
# 0.07.
#
# Which tuned method is in front? For such small differences your three seeds are too few. Over 30 seeds (the last rows)
# Adam ends 0.02 above RMSProp and Adadelta, 0.04 above momentum and 0.05 above AdaGrad. Each mean is at least five
# times its standard error, and this course believes three times (lesson 06).
#
# ## 4 Clipping the gradient
#
# Now and then one gradient is much longer than all the others, and a single step along it can ruin a run. The usual
# remedy is **gradient clipping**, which shortens every gradient that is longer than a limit $c$ to the length $c$,
# keeps its direction, and leaves all others alone.
#
# ### Exercise 4: clip
#
# Write `clip(g, c)`, which returns the array `g`, clipped at the limit `c`. By which factor must you multiply a
# gradient that is too long, and by which one that is short enough? An `if` is right too, but part 6 shows why a rule in
# Keras needs one line without it. `np.linalg.norm(g)` is the length of an array, and `np.minimum(a, b)` is the smaller
# of two numbers. `hint("clip")` helps.


# %%
def clip(g, c):
    # BEGIN SOLUTION
    return g * np.minimum(1, c / np.linalg.norm(g))
    # END SOLUTION


clip = check(clip, "clip")

# %% [markdown]
# But the length of what? A network has many arrays of weights, and each has its own gradient. Keras has two ways:
#
# - `clipnorm=c` takes the length of each array's gradient by itself, as your `clip` does.
# - `global_clipnorm=c` takes one length for all of them together: the root of the sum of *all* squares.
#
# ### Exercise 5: derive
#
# A model has two arrays, with the gradients (30, 40) and (3, 4). How long is the second gradient after it is clipped
# with `global_clipnorm=1.0`? (Give three significant digits.)
#
# <details><summary>Hint</summary>The length of (3, 4) is 5, and that of (30, 40) is 50. How long is the vector of all four numbers?</details>

# %%
# BEGIN SOLUTION
# STUB clipped = ...
clipped = 5 / np.sqrt(50**2 + 5**2)
# END SOLUTION
check_answer("08.clipped", clipped)

# %% [markdown]
# With `global_clipnorm` both gradients are divided by the same number, so the direction stays. With `clipnorm=1.0` both
# become (0.6, 0.8), although one was ten times as long as the other. So the step as a whole no longer has the direction
# of the model's gradient. Pascanu and others (2013) clip all arrays together.
#
# ## 5 Eight bad pictures
#
# Someone has forgotten to divide eight of the 2,048 pictures by 255, so their pixels go up to 255 instead of 1. The
# pictures are shuffled, so these eight fall into about 7 of the 32 batches of an epoch.

# %%
quiz("08.clip")


# %%
def forget(pictures):
    """The same pictures, but the first eight are 255 times as bright."""
    return np.concatenate([255 * pictures[:8], pictures[8:]])


bad = partial(ClothesRace, pictures=2048, batch_size=64, epochs=4, altered=forget)

# %% [markdown]
# How long may a gradient be? Measure before you choose $c$. The next cell takes the gradient of each batch of an epoch,
# over all arrays together, first in a fresh network and then in one that Adam has trained.

# %% tags=["about: 08 momentum tuned"]
networks = {"fresh": race.start(SEEDS[0]), "trained": race.trained("adam", 0.01, SEEDS[0])}
norms = {}
for state, weights in networks.items():
    for pictures, some in {"good pictures": race, "eight unscaled": bad(optimizers)}.items():
        found = norms[state, pictures] = some.gradient_norms(weights, SEEDS[0])
        longest = ", ".join(f"{norm:.1f}" for norm in found[-9:])
        print(f"{state:8} {pictures:15} median {np.median(found):.1f}, the nine longest {longest}")

# %% [markdown]
# ### Exercise 6: choose a limit
#
# Which $c$ shortens the gradients of unscaled pictures, and leaves those of good pictures alone, in both networks?
#
# <details><summary>Hint</summary>It lies above the longest gradient of good pictures, and below the shortest of those that stand out.</details>

# %%
# BEGIN SOLUTION
# STUB limit = ...
limit = 3
# END SOLUTION
check_answer("08.limit", limit)

# %% [markdown]
# We take $c = 3$. Now momentum and Adam train, each with and without clipping. That takes about a quarter of a minute.

# %% tags=["about: 08 Adam with unscaled pictures gains by clipping at 3"]
clipping = {
    "momentum": optimizers["momentum"],
    "momentum, clipped": partial(optimizers["momentum"], global_clipnorm=3.0),
    "adam": optimizers["adam"],
    "adam, clipped": partial(optimizers["adam"], global_clipnorm=3.0),
}
tuned_rates = {name: 0.1 if "momentum" in name else 0.01 for name in clipping}
unscaled = bad(clipping)
with_eight = accuracies(experiments.repeat(unscaled, tuned_rates, SEEDS, done_unscaled))
pairs = {name: (with_eight[name], with_eight[f"{name}, clipped"]) for name in ("momentum", "adam")}
title = "Eight unscaled pictures, each method at its tuned rate"
display(plots.gains(pairs, ("not clipped", "global_clipnorm=3.0"), title=title))
which = [f"08 {name} with unscaled pictures" for name in ("momentum", "Adam")]
experiments.evidence(
    *(f"{name}, {how}" for name in which for how in ("not clipped", "clipped at 3")),
    *(f"{name} gains by clipping at 3" for name in which),
    *(f"08 {name} with scaled pictures gains by clipping at 3" for name in ("momentum", "Adam")),
)

# %% [markdown]
# Look first at the hollow dots: without clipping, momentum ends far below Adam. Over 12 seeds, clipping lifts the mean
# accuracy of momentum from 0.47 to 0.70, and that of Adam from 0.75 to 0.79. Momentum gains with 10 of 12 seeds, Adam
# with all. On good pictures 12 seeds show neither a gain nor a loss (the last two rows). So clipping helps, but it does
# not repair bad pictures: look for the cause too.
#
# Why does Adam suffer, although it divides by $\sqrt{\hat v}$? A huge gradient stays in $m$ for about ten steps, and
# before that the next one usually comes. So most steps go where a few bad pictures point: $v$ bounds the length of
# Adam's steps, and nothing guards their direction.

# %% [markdown]
# ## 6 Your own rule in Keras
#
# `as_keras(rule)` makes a Keras optimizer out of any rule that you have written in this course.
#
# One thing is new: Keras does not run your rule at every step. Before the first step it hands your rule **tensors**,
# which are TensorFlow's arrays, and which here stand for numbers that come later. From what the rule does with them
# Keras makes a **graph**, which is the list of operations that every step then runs. So a rule must be a formula:
#
# - Python's operators and NumPy's functions, such as `np.sqrt`, are fine: `as_keras` translates them into Keras's.
# - An operation that needs a number at once cannot work, because there is no number yet.
#
# A colleague wrote this Adam. On arrays it is right:


# %%
import math


def colleagues_adam(
    x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    rate = learning_rate * math.sqrt(1 - beta_2**t)
    if t < 1000:  # from then on it is 1
        rate = rate / (1 - beta_1**t)
    return x - rate * m / (np.sqrt(v) + epsilon), m, v


try:
    as_keras(colleagues_adam)
except TypeError as error:
    print(error)

# %% [markdown]
# ### Exercise 7: repair
#
# Write `adam` so that it works on arrays and on tensors. The line that the message names is not the only one that
# needs a number at once.
#
# <details><summary>Hint</summary>NumPy has a square root too. And what does dividing by 1 − β₁ᵗ do when t is 1000 or more?</details>


# %%
def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    # BEGIN SOLUTION
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return x - rate * m / (np.sqrt(v) + epsilon), m, v
    # END SOLUTION


rule = check(adam, "adam", also=as_keras)  # on arrays, and then on tensors too

# %% [markdown]
# ### Exercise 8: compile and fit
#
# Every Keras program has two lines: one compiles the model, the other fits it. The first is given. Write the second:
# fit the model on `*data` (the pictures and their labels), in batches of 64 for 20 epochs, with `verbose=0`, the
# validation data, and a list that holds the callback. Return what `fit` returns. `hint("train")` helps.
#
# A **callback** is an object that Keras calls while it trains, such as after every epoch. Ours, `EarlyStopping`, ends
# the training when the validation loss has not improved for two epochs, and brings back the best weights.


# %%
def train(model, optimizer, loss, data, validation, callback):
    model.compile(optimizer, loss=loss, metrics=["accuracy"])
    # BEGIN SOLUTION
    how = dict(batch_size=64, epochs=20, verbose=0)
    return model.fit(*data, validation_data=validation, callbacks=[callback], **how)
    # END SOLUTION


train = check(train, "train")

# %% [markdown]
# `strided_network` makes part 1's network, and `loss` is the one for ten classes (`from_logits`: the network gives raw
# scores). Each hyperparameter of your rule can be given to `as_keras`. The cell takes a few seconds.

# %% tags=["about: 08 momentum tuned"]
keras.utils.set_random_seed(SEEDS[0])  # Keras shuffles the batches
model = strided_network(SEEDS[0])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
ours = as_keras(rule, learning_rate=0.01)
history = train(model, ours, loss, race.train, race.validation, stop).history
per_epoch = {"adam, training": history["loss"], "validation": history["val_loss"]}
kept = 1 + int(np.argmin(history["val_loss"]))
how = dict(xlabel="epoch", log=False, from_zero=True, marks={"brought back": kept})
display(plots.lines(per_epoch, x=np.arange(1, len(history["loss"]) + 1), **how))
_, accuracy = model.evaluate(*race.test, verbose=0)
print(f"{len(history['loss'])} of 20 epochs, test accuracy {accuracy:.2f}")

# %% [markdown]
# Look at the epochs after the third: the training loss goes on falling, while the validation loss hardly falls, and
# then rises. What the network learns there helps little on other pictures. So the training ended, two epochs after the
# mark. (In the first epoch the training loss is the higher one, since Keras averages it *during* the epoch.)
#
# <details><summary>Is it the same Adam as Keras's?</summary>
#
# Yes. After one epoch from the same start, all weights agree to within 0.000001 with 28 of 30 seeds.
#
# </details>
#
# <details><summary>How do I save the model?</summary>
#
# A saved model keeps the state of its optimizer, so that training can go on. But the file holds no code, so
# `load_model` must be given the rule. A new notebook must also import `adamlib.keras_optimizer`, where the optimizer's
# class stands.
#
# ```python
# model.save("clothes.keras")
# own = {rule.__name__: rule}
# loaded = keras.models.load_model("clothes.keras", custom_objects=own)
# ```
#
# </details>
#
# ## 7 Rules of thumb

# %%
quiz("08.first")

# %% [markdown]
# 1. **First Adam at 0.001.** It trained at once (part 1).
# 2. **Then tune its learning rate, and nothing else.** Climb by threes, up or down, on validation data (parts 2 and 3).
# 3. **For a large or trained network, look below 0.001 too.** Here every climb went up. But to fine-tune BERT, a
#    trained transformer, its authors chose among 5e-5, 3e-5 and 2e-5 (Devlin and others, 2019, appendix A.3).
# 4. **Then let the rate fall, after a warm-up.** In lesson 07 the two together did best on Fashion-MNIST.
# 5. **Clip where single gradients may be huge.** On good pictures 12 seeds showed no cost here (part 5).
# 6. **Compare methods only when each is tuned.** And use several seeds (part 3).
#
# ## Where it fails
#
# When is Adam the worse choice? A clear case is a ravine that lies *across* the axes, with exact gradients. There each
# coordinate holds a share of the steep direction, so a separate step for each coordinate cannot tell steep from flat.
# With both tuned, momentum then comes much lower than Adam in 50 steps. (The figure stands in
# [Going further ★](#Going-further-★).)
#
# On this network momentum, tuned, ended 0.04 behind Adam (part 3). But it was one small network and one kind of
# picture. Does Adam also win on the tasks that made it known?
#
# **Recap.**
#
# 1. At Keras's defaults the best of seven optimizers is 0.64 above the worst, and after tuning only 0.06. A default
#    rate is not a property of the method.
# 2. For each weight, SGD keeps no number; momentum, AdaGrad and RMSProp keep 1; Adam, AdamW and Adadelta keep 2.
# 3. A climb goes up or down from the default, on validation data, until the best rate has a worse one on both sides.
# 4. A clip multiplies a gradient that is longer than $c$ by $c / \lVert g \rVert$. `global_clipnorm` keeps the
#    direction of the whole gradient, and `clipnorm` changes it. Print the lengths first, and choose $c$ above the
#    ordinary ones and below the huge ones.
# 5. `as_keras(rule)` puts your rule into `model.compile`. There the rule sees tensors, so it must be a formula, without
#    `if` and without `math`.

# %%
progress("08")

# %% [markdown]
# **Next:** [lesson 09, the paper's experiments](09-the-papers-experiments.ipynb) repeats the four figures of Adam's
# paper, and says which of the paper's claims show up here.

# %% [markdown]
# ## Going further ★
#
# This part is not counted in the minutes. Come back to it when you have time.
#
# ### What a huge gradient does to Adam
#
# It enters both averages. In $m$ it stays for about ten steps, and turns them. In $v$ its square stays for the rest of
# this run, and makes the steps shorter. Which harm is the greater one? We clip in three ways: what enters both
# averages, what enters only $m$, and what enters only $v$. (This is `clipnorm=3`, since a rule sees one array at a
# time.)

# %%
where = "m and v", "m alone", "v alone"
experiments.evidence(*(f"08 Adam with unscaled pictures, clipnorm=3 in {some}" for some in where))

# %% [markdown]
# Compare these means with 0.75, where nothing is clipped. Clipping both gives 0.79, and clipping only what enters $m$
# already gives 0.78. So most of the harm goes through $m$. Clipping only what enters $v$ does not help: Adam ends at
# 0.69. Here the huge gradient enters $m$ but not $v$, so $m/\sqrt{v}$ is huge, and so is the step.
#
# **Play.** This Adam clips in $m$ alone, with your `clip`. Let `short` enter $v$ as well, or instead, or try another
# limit than 3.


# %% tags=["about: 08 Adam with unscaled pictures gains by clipping at 3"]
def own_rule(x, g, t, m=0, v=0, *, learning_rate=0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    short = clip(g, 3)
    m = beta_1 * m + (1 - beta_1) * short
    v = beta_2 * v + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return x - rate * m / (np.sqrt(v) + epsilon), m, v


try:
    found = unscaled.measure(unscaled.new_trainer(as_keras(own_rule)), 0.01, SEEDS[0])
    print(f"test accuracy {found['accuracy'][-1]:.2f}, and Adam's {with_eight['adam'][0]:.2f}")
except (TypeError, ValueError) as error:
    print(error)

# %% [markdown]
# ### A ravine across the axes
#
# Its curvatures are 1 and 20, and the gradients are exact. For each method we tried 900 pairs of $\eta$ and $\beta_1$
# (or $\mu$), and kept the pair with the lowest $f$ after 50 steps. The lines are the medians of 16 starts.


# %%
def fall(turned):
    return {
        "momentum": experiments.best_in_ravine(rules.momentum, "momentum", turned),
        "adam": experiments.best_in_ravine(rules.adam, "beta_1", turned),
    }


fell = {"along the axes": fall(turned=False), "across the axes": fall(turned=True)}
ravines = surfaces.ravine, surfaces.turned(surfaces.ravine, 45, "turned ravine")
display(plots.side_by_side(fell, ylabel="f", surfaces=dict(zip(fell, ravines, strict=True))))

# %% [markdown]
# Compare the two panels. Momentum's line is the same in both: how the ravine lies does not matter to momentum. Adam is
# far ahead when the ravine lies along the axes, and falls behind when it lies across them.
#
# **Sources.** D. Kingma and J. Ba, *Adam: a method for stochastic optimization*, 2015. J. Duchi, E. Hazan and Y.
# Singer, *Adaptive subgradient methods*, 2011. M. Zeiler, *ADADELTA: an adaptive learning rate method*, 2012. I.
# Loshchilov and F. Hutter, *Decoupled weight decay regularization*, 2019. H. Xiao, K. Rasul and R. Vollgraf,
# *Fashion-MNIST*, 2017. Keras Applications for ResNet-50 (25,636,712 weights, of which 25,583,592 are trained). R.
# Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, 2013 (clipping). J.
# Devlin and others, *BERT*, 2019.


# %% tags=["solution"]
# What the text says: what follows from mathematics, exactly; what is trained, as the table has it.
import tempfile

from adamlib.experiments import CLAIMS, carried
from adamlib.experiments.keras_trainer import numbers_of_state
from adamlib.keras_check import largest_difference

assert [numbers_of_state(make()) for make in optimizers.values()] == [0, 1, 1, 2, 1, 2, 2]
resnet = keras.applications.ResNet50(weights=None)
of_resnet = (
    sum(w.size for w in resnet.get_weights()),
    sum(np.prod(w.shape) for w in resnet.trainable_weights),
)
assert of_resnet == (25_636_712, 25_583_592)
first_steps = {name: abs(float(rules.RULES[name](0.0, 0.01, 1)[0])) for name in optimizers}
assert (
    max(first_steps.values()) == first_steps["rmsprop"]
    and f"{first_steps['rmsprop']:.3f}" == "0.003"
)
assert 2000 < first_steps["rmsprop"] / first_steps["adadelta"] < 2500
assert model.count_params() == 7802
assert [len(labels) for _, labels in (race.validation, race.test)] == [1000, 1000]
with tempfile.TemporaryDirectory() as folder:  # a saved model trains on as the one in memory does
    model.save(f"{folder}/clothes.keras")
    own = {rule.__name__: rule}
    loaded = keras.models.load_model(f"{folder}/clothes.keras", custom_objects=own)
for one in (loaded, model):
    one.train_on_batch(race.train[0][:64], race.train[1][:64])
assert largest_difference(loaded.get_weights(), model.get_weights()) < 1e-6
gradients = [keras.ops.array([30.0, 40.0]), keras.ops.array([3.0, 4.0])]
steps = {}
for way in ("clipnorm", "global_clipnorm"):
    arrays = [keras.Variable(np.zeros(2)) for _ in gradients]
    keras.optimizers.SGD(1.0, **{way: 1.0}).apply(gradients, arrays)
    steps[way] = [-array.numpy() for array in arrays]
assert np.allclose(steps["clipnorm"], [(0.6, 0.8), (0.6, 0.8)], atol=1e-6)
assert np.allclose(steps["clipnorm"], [clip(np.array(g), 1) for g in gradients], atol=1e-6)
assert np.allclose(np.linalg.norm(steps["global_clipnorm"], axis=1), [clipped * 10, clipped])
along, across = ({m: f[-1] for m, f in some.items()} for some in fell.values())
assert along["adam"] < along["momentum"] / 1e5 and across["momentum"] < across["adam"] / 100
assert np.allclose(*(some["momentum"] for some in fell.values()), rtol=1e-6, atol=1e-15)
words = {"adagrad": "AdaGrad", "adadelta": "Adadelta", "rmsprop": "RMSProp", "adam": "Adam"}
words |= {"sgd": "sgd", "momentum": "momentum", "adamw": "AdamW"}
mean = {name: claim.mean for name, claim in CLAIMS.items()}
if experiments.size() != "smoke":
    assert len(race.train[1]) // 64 * race.epochs == 128
    for m, name in words.items():
        carried(f"08 {name} at its default", at_first[m])
        carried(f"08 {name} gains by tuning", at_best[m] - at_first[m])
    carried("08 at the defaults Adam is above Adadelta", at_first["adam"] - at_first["adadelta"])
    for m in words:
        if m != "adam":
            gap = at_best["adam"] - at_best[m]
            carried(f"08 Adam tuned is above {words[m]} tuned", gap)
    for m in ("adagrad", "adadelta"):
        name = f"08 {words[m]}'s best rate over its default, log10"
        carried(name, np.log10(best[m] / race.default_rates[m]))
    assert best["adadelta"] > 200 * best["adam"]
    assert best["adagrad"] == 0.3
    lowest = [min(tried.values()) for tried in climbs.values()]
    assert max(lowest) / min(lowest) < 3  # and the rates, a thousandfold
    assert all(best[name] > rate for name, rate in race.default_rates.items())
    good, bad = "good pictures", "eight unscaled"
    assert 0.3 < np.median(norms["fresh", good]) < 0.5 < np.median(norms["trained", good]) < 2
    assert norms["fresh", bad][-1] > 10 < norms["trained", bad][-1]
    assert (
        max(norms["fresh", good]) < max(norms["trained", good]) < 3
        and 3 < sum(norms["fresh", bad] > 3) <= 8
    )
    assert history["val_loss"][kept - 1] == min(history["val_loss"])
    for m in ("momentum", "adam"):
        name = f"08 {words[m]} with unscaled pictures"
        carried(f"{name}, not clipped", with_eight[m])
        carried(f"{name}, clipped at 3", with_eight[f"{m}, clipped"])
        gain = with_eight[f"{m}, clipped"] - with_eight[m]
        carried(f"{name} gains by clipping at 3", gain)
    falls = [history[name][2] - min(history[name][2:]) for name in ("loss", "val_loss")]
    assert history["val_loss"][-1] > history["val_loss"][kept - 1] and kept >= 3
    assert falls[0] > falls[1] and kept + 2 == len(history["loss"]) < 20
    assert history["loss"][0] > history["val_loss"][0]
    carried(
        "08 Adam with unscaled pictures, clipnorm=3 in m alone",
        found["accuracy"][-1],
    )
for state, names, gap in (
    ("at its default", ("Adam", "Adadelta"), 0.64),
    ("tuned", ("Adam", "sgd"), 0.06),
):
    means = {name: mean[f"08 {name} {state}"] for name in words.values()}
    high, low = names
    assert low == min(means, key=means.get) and means[high] > max(means.values()) - 1e-3
    assert round(means[high] - means[low], 2) == gap
carried("08 sgd gains by tuning", mean="0.45")
for name in ("momentum", "RMSProp", "Adam"):
    assert 0.05 <= round(mean[f"08 {name} gains by tuning"], 2) <= 0.07
    assert mean[f"08 {name} at its default"] > 0.7
carried("08 sgd at its default", mean="0.3")
carried("08 AdaGrad at its default", mean="0.16")
assert mean["08 Adadelta at its default"] < 0.1
shown_rates = dict(
    sgd=0.3, momentum=0.1, AdaGrad=0.3, Adadelta=10, RMSProp=0.01, Adam=0.01, AdamW=0.01
)
for name, rate in shown_rates.items():
    assert mean[f"08 {name}'s rate, tuned with thirty seeds"] == rate
assert round(32 * (1 - (31 / 32) ** 8)) == 7
leads = {"RMSProp": "0.02", "Adadelta": "0.02", "momentum": "0.04", "AdaGrad": "0.05"}
for name, gap in leads.items():
    lead = f"08 Adam tuned is above {name} tuned"
    carried(lead, separated=True, mean=gap)
    assert mean[lead] / CLAIMS[lead].sd * CLAIMS[lead].seeds ** 0.5 > 5
carried("08 AdaGrad at 1.0, one place above its best rate", mean="0.12")
carried("08 Adam tuned is above AdamW tuned", separated=False)
assert abs(mean["08 AdamW at its default"] - mean["08 Adam at its default"]) < 0.01
assert mean["08 AdaGrad's best rate over its default, log10"] > 2
assert mean["08 Adadelta's best rate over its default, log10"] > 3
# part 5
for name, plain, end, n in (("momentum", "0.47", "0.70", 10), ("Adam", "0.75", "0.79", 12)):
    carried(f"08 {name} with unscaled pictures, not clipped", mean=plain)
    carried(f"08 {name} with unscaled pictures, clipped at 3", mean=end)
    carried(f"08 {name} with unscaled pictures gains by clipping at 3", shown=n, separated=True)
    carried(f"08 {name} with scaled pictures gains by clipping at 3", separated=False)
for some, end in zip(where, ("0.79", "0.78", "0.69"), strict=True):
    carried(f"08 Adam with unscaled pictures, clipnorm=3 in {some}", mean=end)
both, only_m, only_v = (
    f"08 Adam with unscaled pictures gains by clipnorm=3 in {some}" for some in where
)
carried(both, separated=True)
carried(only_m, separated=True)
assert CLAIMS[only_v].shown <= 1 and mean[only_m] > 0.7 * mean[both]
# part 7, and its quiz, of lesson 07
for name in ("constant", "cosine"):
    assert CLAIMS[f"07 warm-up with cosine ends below {name}"].share > 0.9
for epsilon in ("0.1", "1"):
    carried(f"07 ε = 1e-7 ends below ε = {epsilon} on digits", share=1)
name = "08 after epoch 3 the training loss falls further than the validation loss"
carried(name, share=1, separated=True)
carried("08 a wrapped rule's weights are all within 0.000001 of Keras's", shown=28)
