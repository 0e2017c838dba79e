"""What the long experiments of lessons and benchmarks need.

tasks         digits(), reviews(), clothes(): a model, its data and how to train it; a ravine
jobs          many trainings behind a progress bar, which an interrupt does not lose; seeds, sizes
tuning        methods compared fairly: each at its best learning rate, then with several seeds
comparisons   what several lessons compare: rules on a task, settings on a surface
claims        what the lessons claim of trained models, as measured over many seeds
rare_words    the language of lesson 10, whose words are frequent and rare
ten_claims    what lesson 11 tests: races over all knobs, the edge of stability, verdicts; by name
paper         the races of lesson 09: what it takes of Adam's paper, by its own name
keras_trainer one Keras model trained again and again; it imports TensorFlow, so by its own name
clothes_race  the race of lesson 08; it imports TensorFlow too
vae           the autoencoder and the grid of Figure 4 of Adam's paper
"""

# ruff: noqa: F401 (what is imported here is what the package offers)

from adamlib.experiments.claims import CLAIMS, carried, evidence
from adamlib.experiments.comparisons import (
    adam_grid,
    along_steepest,
    batch_gradient,
    best_pair,
    compare,
    curvatures,
    digits_scoreboard,
    failing_runs,
    flat_gradient,
    fraction_left,
    gradient_noise,
    held_out_losses,
    loss_by_rate,
    loss_of_runs,
    losses_by_batch_size,
    mean_cosines,
    momentum_arrows,
    momentum_map,
    nesterov_moves,
    steps_needed,
    timed_training,
    train_schedules,
    way_in_a_cycle,
)
from adamlib.experiments.jobs import collect, seeds, size
from adamlib.experiments.rare_words import adam_by_word, excess
from adamlib.experiments.tasks import (
    Task,
    adagrad_from_zero,
    adam_uncorrected,
    algorithm_1,
    best_in_ravine,
    clothes,
    dead_units,
    digits,
    reviews,
    rmsprop_corrected,
    turned_ravine,
)
from adamlib.experiments.tuning import (
    Score,
    climb,
    mean_losses,
    next_rate,
    repeat,
    scoreboard,
    tune,
)
