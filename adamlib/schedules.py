"""Learning rates that change: functions of t, the number of the step, 1 at the first.

descend, train and sweep take one as their learning rate, and call it at each step:

    descend(adam, gradient, x, 300, learning_rate=cosine(0.1, 300, warmup=30))

Keras counts steps from 0: its schedule at iteration t − 1 is one of these at t. Each docstring
says what it is there.
"""

import math

from adamlib.inputs import count, number


def inverse_sqrt(learning_rate):
    """η / √t: the schedule of Adam's convergence theorem (Kingma and Ba, 2015, § 4).

    Keras has none like it; its InverseTimeDecay falls as 1 / t.
    """
    number(learning_rate, "learning_rate")
    return lambda t: learning_rate / t**0.5


def linear_warmup(learning_rate, warmup):
    """η t / warmup up to step `warmup`, then η (after Goyal et al., 2017, whose gradual warm-up
    starts at the rate of one small batch).

    In Keras, where warmup > 1: PolynomialDecay(η / warmup, warmup - 1, η), which rises where its
    end is higher.

    >>> [linear_warmup(0.5, 4)(t) for t in (1, 2, 4, 5)]
    [0.125, 0.25, 0.5, 0.5]
    """
    number(learning_rate, "learning_rate")
    warmup = count(warmup, "warmup", least=1)
    return lambda t: learning_rate * min(1, t / warmup)


def cosine(learning_rate, steps, warmup=1):
    """A linear warm-up, then half a cosine down to nearly 0 at step `steps`: cosine_at as a
    function of t alone (Loshchilov and Hutter, 2017, without restarts).

    In Keras: CosineDecay(η / warmup, steps - warmup + 1, warmup_target=η, warmup_steps=warmup - 1),
    which goes on with 0 after the last step. Here the run must not be longer: ValueError.
    """
    number(learning_rate, "learning_rate")
    steps, warmup = count(steps, "steps", least=1), count(warmup, "warmup", least=1)
    if warmup > steps:
        raise ValueError(f"warmup={warmup} is longer than the run, steps={steps}.")

    def at(t):
        if t > steps:
            raise ValueError(
                f"cosine(..., steps={steps}) has no learning rate for step {t}: give it the number "
                "of steps of the whole run."
            )
        return cosine_at(t, learning_rate, steps, warmup)

    return at


def cosine_at(t, learning_rate, steps, warmup):
    """The learning rate at step t: linear up to step `warmup`, then half a cosine."""
    if t <= warmup:
        return learning_rate * t / warmup
    done = (t - warmup) / (steps - warmup + 1)
    return learning_rate * (1 + math.cos(math.pi * done)) / 2
