"""The shared module of a course on optimizers, from gradient descent to Adam.

To read, in this order; each is imported by its own name, `from adamlib.descent import descend`:

    rules           the update rules, each as short as its equations
    descent         follow a rule: on a function, on data, with many settings at once
    averages        averages that forget, and their bias correction
    schedules       learning rates that change
    conventions     what other libraries and papers call and do otherwise
    surfaces        functions to descend on
    models          what is trained, with its gradient by hand
    datasets        real data, in the folder data/
    plots           every figure of the course
    keras_check     the same run in tf.keras.optimizers, compared step by step
    keras_optimizer a rule inside model.fit

    hyperparameters letter, range and slider of each
    inputs          what the functions of all of them accept, and what they say of the rest
    folders         where data, lessons and sources are
    threads         how many processors compute

Above them, each of its own:

    explorers       sliders on all of these
    practice        what a learner writes and answers, and whether it is right
    experiments     what the long experiments need
"""

from adamlib import moved, threads  # noqa: F401

threads.limit()
