"""The shared module of a course on optimizers, from gradient descent to Adam.

Each part is imported by its own name, as in `from adamlib.descent import descend`:
rules, descent, surfaces, models, datasets, check, mistakes, answers, quiz, plots, scoreboard,
experiments, claims, runs, explorers, keras_check.
"""

from adamlib import threads

threads.limit()
