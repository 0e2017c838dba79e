import numpy as np
import pytest

from adamlib import rules, surfaces
from adamlib.descent import descend
from adamlib.surfaces import SURFACES, changing_valley, cubic, noisy, noisy_bowl, ravine

every_surface = pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)


def points(surface, n=200):
    """Shape (n,) for one coordinate, else (2, n): points of the surface's window."""
    rng = np.random.default_rng(0)
    x = np.array([rng.uniform(*side, n) for side in surface.window])
    return x if len(surface.window) == 2 else x[0]


def test_there_are_the_surfaces_that_lessons_use():
    names = {s.name for s in SURFACES}
    assert {"cubic", "bowl", "ravine", "Rosenbrock", "Beale", "Himmelblau", "saddle"} < names
    assert len(names) == len(SURFACES) == 8  # and noisy_bowl


@every_surface
def test_gradient_by_central_differences(surface):
    x, h = points(surface), 1e-6
    for i in range(len(surface.window)):
        step = np.zeros_like(x)
        step[i if x.ndim == 2 else ...] = h
        slope = (surface(x + step) - surface(x - step)) / (2 * h)
        gradient = surface.gradient(x)[i] if x.ndim == 2 else surface.gradient(x)
        np.testing.assert_allclose(gradient, slope, rtol=1e-5, atol=1e-5)


@every_surface
def test_known_minima_are_flat_least_nearby_and_in_the_window(surface):
    rng = np.random.default_rng(0)
    for minimum in surface.minima:
        np.testing.assert_allclose(surface.gradient(minimum), 0, atol=1e-9)
        near = minimum[..., None] + 0.1 * rng.standard_normal((*minimum.shape, 500))
        assert np.all(surface(near) >= surface(minimum))
        for at, (low, high) in zip(np.atleast_1d(minimum), surface.window, strict=True):
            assert low < at < high


@every_surface
def test_descent_from_near_a_minimum_finds_it(surface):
    for minimum in surface.minima:
        rate = 1e-3 if surface.name in ("Rosenbrock", "Rastrigin") else 1e-2
        steps = 40_000 if surface.name == "Rosenbrock" else 5000
        end = descend(rules.sgd, surface.gradient, minimum + 0.05, steps, learning_rate=rate)
        np.testing.assert_allclose(end.trajectory[-1], minimum, atol=1e-6)


@every_surface
def test_no_point_of_the_window_is_below_the_known_minima(surface):
    if surface is cubic:
        return  # its minimum is a local one
    assert surface(points(surface, 20_000)).min() >= surface(surface.minima[0])


@every_surface
def test_the_start_is_in_the_window_and_not_at_a_minimum(surface):
    for at, (low, high) in zip(np.atleast_1d(surface.start), surface.window, strict=True):
        assert low < at < high
    assert np.linalg.norm(surface.gradient(surface.start)) > 1e-4


@every_surface
def test_one_point_many_points_and_grids_agree(surface):
    x = points(surface, 6)
    grid = x.reshape(*x.shape[:-1], 2, 3)
    np.testing.assert_array_equal(surface(grid).ravel(), surface(x))
    np.testing.assert_array_equal(surface.gradient(grid).reshape(x.shape), surface.gradient(x))
    one = surface(x[..., 0])
    assert np.shape(one) == () and one == pytest.approx(surface(x)[0], rel=1e-15)


def test_a_turned_surface_has_its_values_and_gradients_at_the_turned_points():
    x, turn = points(surfaces.narrow_ravine), np.array([[3**0.5, -1], [1, 3**0.5]]) / 2
    slanted = surfaces.slanted_ravine
    np.testing.assert_allclose(slanted(turn @ x), surfaces.narrow_ravine(x))
    gradient = turn @ surfaces.narrow_ravine.gradient(x)
    np.testing.assert_allclose(slanted.gradient(turn @ x), gradient)
    np.testing.assert_allclose(slanted.start, turn @ surfaces.narrow_ravine.start)
    off_centre = surfaces.turned(surfaces.himmelblau, 90, "turned")
    np.testing.assert_allclose(off_centre(np.array(off_centre.minima).T), 0, atol=1e-9)
    np.testing.assert_allclose(off_centre.minima[0], [-2, 3])


def test_cubic_is_the_worked_example():
    assert cubic(0.0) == 2 and cubic(1.0) == 1
    assert cubic(4 / 3) == pytest.approx(22 / 27)
    x = np.linspace(-1, 2, 7)
    np.testing.assert_allclose(surfaces.hillside(x), cubic(x) - 22 / 27, atol=1e-12)
    assert surfaces.hillside.gradient(2.0) == cubic.gradient(2.0) == 4


def test_the_noisy_bowl_repeats_its_noise_and_is_right_on_average():
    x = np.array([1.0, -2.0])
    seen = [noisy_bowl(np.random.default_rng(0)).gradient(x) for _ in range(2)]
    np.testing.assert_array_equal(*seen)
    many = np.broadcast_to(x[:, None], (2, 100_000))
    noisy = noisy_bowl(np.random.default_rng(0), noise=0.5)
    np.testing.assert_allclose(noisy.gradient(many).mean(axis=1), x, atol=0.01)
    np.testing.assert_allclose(noisy.gradient(many).std(axis=1), 0.5, atol=0.01)
    assert noisy(x) == surfaces.bowl(x) == 2.5


def test_a_point_with_other_than_two_coordinates_is_refused():
    with pytest.raises(ValueError, match=r"ravine takes x of shape \(2, ...\), not \(3,\)"):
        surfaces.ravine(np.zeros(3))


@pytest.mark.parametrize("surface", [cubic, ravine], ids=lambda s: s.name)
def test_a_noisy_surface_keeps_its_value_and_its_gradient_on_average(surface):
    shaken = noisy(surface, np.random.default_rng(0), noise=0.5)
    x = np.repeat(surface.start[..., None], 10_000, axis=-1)
    np.testing.assert_array_equal(shaken(x), surface(x))
    noise = shaken.gradient(x) - surface.gradient(x)
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 0.5) < 0.02


def test_a_changing_valley_goes_from_stage_to_stage_and_stays_in_the_last():
    gradient = changing_valley([(2, 1000, 1), (1, 1, -1)], np.random.default_rng(0), noise=0)
    assert [float(gradient(3.0)) for _ in range(5)] == [2000, 2000, 4, 4, 4]
    gradient = changing_valley([(1, 1, 0)], np.random.default_rng(0))
    each = gradient(np.zeros(10_000))
    assert abs(each.mean()) < 0.05 and abs(each.std() - 1) < 0.05
