"""Averages that forget: what momentum, RMSProp and Adam keep of a gradient, on any series."""

import numpy as np

from adamlib.inputs import number, numbers


def new_average(average, value, beta):
    """The average with one more value: its part 1 − beta is new, the part beta stays."""
    number(beta, "beta")
    return beta * average + (1 - beta) * value


def exponential_average(values, beta):
    """Exponential averages of a series, and the same corrected for their start at 0.

        m_0 = 0
        m_t = beta m_{t−1} + (1 − beta) value_t
        m̂_t = m_t / (1 − beta^t)                  bias correction (Kingma and Ba, 2015, § 3)

    values  shape (n,); beta  in [0, 1): about 1 / (1 − beta) values count
    Returns the averages m and the corrected m̂, each of shape (n,).

    >>> averages, corrected = exponential_average([4.0, 4.0, 4.0], 0.5)
    >>> averages.tolist(), corrected.tolist()
    ([2.0, 3.0, 3.5], [4.0, 4.0, 4.0])
    """
    number(beta, "beta")
    values = numbers(values, "The series", ndim=1)
    averages, average = np.empty(len(values)), 0.0
    for i, value in enumerate(values):
        averages[i] = average = new_average(average, value, beta)
    t = np.arange(1, len(values) + 1)
    return averages, averages / (1 - beta**t)
