"""Functions that one can draw, each with its gradient, its minima and a window to see it in.

A surface takes x of shape (2, ...): coordinates first, so that one call takes one point, many
points or a whole grid. The cubic has one coordinate and takes any shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from adamlib.inputs import check_generator, check_stages, check_surface, number, numbers, pair


@dataclass(frozen=True)
class Surface:
    """A function R^n -> R with what lessons and pictures need of it.

    formula   of (*x): the value; slope of (*x): its partial derivatives, in order
    minima    the points where it is least, each of shape (2,), or a number for one coordinate
    window    ((left, right), (bottom, top)); for one coordinate ((left, right),)
    start     a point from which the descent is worth seeing
    """

    name: str
    formula: Callable
    slope: Callable
    minima: list
    window: tuple
    start: np.ndarray

    def __call__(self, x):
        """The value at x, of shape x.shape[1:] (for one coordinate x.shape)."""
        return self.formula(*self._coordinates(x))

    def gradient(self, x):
        """The gradient at x, of x's shape."""
        slopes = self.slope(*self._coordinates(x))
        return np.stack(slopes) if len(self.window) == 2 else slopes

    def _coordinates(self, x):
        x = np.asarray(x) if hasattr(x, "dtype") else numbers(x, "x")
        if x.dtype.kind not in "iuf":
            raise TypeError(f"{self.name} takes numbers, not {x.dtype}.")
        if len(self.window) == 1:
            return (x,)
        if x.shape[:1] != (2,):
            raise ValueError(f"{self.name} takes x of shape (2, ...), not {x.shape}.")
        return x


def quadratic(name, curvatures, **rest):
    """½ Σ hᵢ xᵢ², whose second derivatives are the curvatures hᵢ."""
    pair(curvatures, "The curvatures are two numbers, such as (1, 20)")
    a, b = numbers(curvatures, "The curvatures", ndim=1)
    return Surface(
        name,
        lambda x, y: (a * x**2 + b * y**2) / 2,
        lambda x, y: (a * x, b * y),
        minima=[np.zeros(2)],
        **rest,
    )


def turned(surface, degrees, name):
    """A surface of two coordinates, turned about (0, 0) against the clock; its window stays."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cosine, -sine], [sine, cosine]])

    def back(x, y):
        return cosine * x + sine * y, cosine * y - sine * x

    def slope(x, y):
        along, across = surface.slope(*back(x, y))
        return cosine * along - sine * across, sine * along + cosine * across

    return replace(
        surface,
        name=name,
        formula=lambda x, y: surface.formula(*back(x, y)),
        slope=slope,
        minima=[turn @ minimum for minimum in surface.minima],
        start=turn @ surface.start,
    )


cubic = Surface(
    "cubic",
    lambda x: x**3 - 2 * x**2 + 2,
    lambda x: 3 * x**2 - 4 * x,
    minima=[np.array(4 / 3)],  # a local one: the cubic falls for ever to the left of 0
    window=((-0.6, 2.2),),
    start=np.array(0.001),
)

# The cubic less its minimum, 22/27, so that its loss has a logarithm
hillside = replace(cubic, formula=lambda x: (x - 4 / 3) ** 2 * (x + 2 / 3), start=np.array(0.5))

bowl = quadratic("bowl", (1, 1), window=((-3, 3), (-3, 3)), start=np.array([-2.5, 1.5]))

ravine = quadratic("ravine", (1, 20), window=((-5, 2), (-2, 2)), start=np.array([-4.0, 1.0]))

narrow_ravine = quadratic(
    "narrow ravine", (1, 100), window=((-5, 2), (-3, 2)), start=np.array([-4.0, 1.0])
)

slanted_ravine = turned(narrow_ravine, 30, "slanted ravine")

rosenbrock = Surface(
    "Rosenbrock",  # Rosenbrock, 1960
    lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
    minima=[np.array([1.0, 1.0])],
    window=((-2, 2), (-1, 3)),
    start=np.array([-1.5, 2.0]),
)

beale = Surface(
    "Beale",  # Beale, 1958
    lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
    lambda x, y: (
        2 * (1.5 - x + x * y) * (y - 1)
        + 2 * (2.25 - x + x * y**2) * (y**2 - 1)
        + 2 * (2.625 - x + x * y**3) * (y**3 - 1),
        2 * (1.5 - x + x * y) * x
        + 4 * (2.25 - x + x * y**2) * x * y
        + 6 * (2.625 - x + x * y**3) * x * y**2,
    ),
    minima=[np.array([3.0, 0.5])],
    window=((-1, 4.5), (-1.5, 2)),
    start=np.array([0.5, 1.5]),
)

himmelblau = Surface(
    "Himmelblau",  # Himmelblau, 1972
    lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    lambda x, y: (
        4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7),
        2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7),
    ),
    minima=[
        np.array([3.0, 2.0]),
        np.array([-2.8051180869527450, 3.1313125182505730]),
        np.array([-3.7793102533777470, -3.2831859912861694]),
        np.array([3.5844283403304917, -1.8481265269644034]),
    ],
    window=((-5, 5), (-5, 5)),
    start=np.array([-0.5, -1.0]),
)

saddle = Surface(
    "saddle",  # flat at (0, 0), a saddle; least at the two minima
    lambda x, y: x**2 / 2 + y**4 / 4 - y**2 / 2,
    lambda x, y: (x, y**3 - y),
    minima=[np.array([0.0, 1.0]), np.array([0.0, -1.0])],
    window=((-2, 2), (-1.7, 1.7)),
    start=np.array([-1.8, 0.001]),
)

rastrigin = Surface(
    "Rastrigin",  # Rastrigin, 1974
    lambda x, y: 20 + x**2 - 10 * np.cos(2 * np.pi * x) + y**2 - 10 * np.cos(2 * np.pi * y),
    lambda x, y: (
        2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
        2 * y + 20 * np.pi * np.sin(2 * np.pi * y),
    ),
    minima=[np.zeros(2)],  # the deepest of many pits, one near each pair of small whole numbers
    window=((-3, 3), (-3, 3)),
    start=np.array([-2.2, 1.7]),
)


def noisy_bowl(rng, noise=1.0):
    """The bowl, noisy."""
    return noisy(bowl, rng, noise)


def noisy(surface, rng, noise=1.0):
    """The surface with its gradient seen through normal noise of that standard deviation.

    Its value is exact. Make it anew, from a new rng, to see the same noise again.
    """
    check_surface(surface)
    check_generator(rng)
    number(noise, "noise")

    def slope(*x):
        slopes = np.asarray(surface.slope(*x))
        return slopes + noise * rng.standard_normal(slopes.shape)

    return replace(surface, name=f"noisy {surface.name}", slope=slope)


def changing_valley(stages, rng, noise=1.0):
    """The gradient of a valley a/2 (x − c)² that changes as a run goes on, a function of x.

    stages  [(steps, a, c), ...], one after another; the last one stays
    noise   the standard deviation of the normal noise in which the gradient is seen
    It counts how often it is asked: make it anew, from a new rng, for each run.
    """
    check_stages(stages)
    check_generator(rng)
    number(noise, "noise")
    valleys = [(a, c) for steps, a, c in stages for _ in range(steps)]
    coming = iter(valleys)

    def gradient(x):
        a, c = next(coming, valleys[-1])
        return a * (x - c) + noise * rng.standard_normal(np.shape(x))

    return gradient


SURFACES = [cubic, bowl, ravine, rosenbrock, beale, himmelblau, saddle, rastrigin]
