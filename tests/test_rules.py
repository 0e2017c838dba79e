"""Properties that every rule has, whatever it computes (what it computes: test_keras_parity)."""

import ast
import inspect

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adamlib import rules
from adamlib.descent import descend, hyperparameter_defaults, state_defaults
from adamlib.inputs import needs_whole_arrays

every_rule = pytest.mark.parametrize("rule", rules.RULES.values(), ids=rules.RULES)
ELEMENTWISE = {name: rule for name, rule in rules.RULES.items() if not needs_whole_arrays(rule)}
elementwise = pytest.mark.parametrize("rule", ELEMENTWISE.values(), ids=ELEMENTWISE)

FLOATS = st.floats(-1e3, 1e3, width=32)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


def few_steps(rule, gradients, x, **hyperparameters):
    """All (x, *state) of the rule on gradients, one after another."""
    result = (x, *state_defaults(rule).values())
    results = []
    for t, g in enumerate(gradients, start=1):
        result = rule(result[0], g, t, *result[1:], **hyperparameters)
        results.append(result)
    return results


@every_rule
def test_the_contract_of_the_signature(rule):
    parameters = list(inspect.signature(rule).parameters.values())
    assert [p.name for p in parameters[:3]] == ["x", "g", "t"]
    assert all(p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in parameters)
    assert all(p.default is not p.empty for p in parameters[3:])
    assert "learning_rate" in hyperparameter_defaults(rule)
    assert inspect.getdoc(rule)


@every_rule
@given(data=st.data())
def test_any_shape_and_precision_is_kept_and_arguments_are_not_written(rule, data):
    shape = data.draw(SHAPES)
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    draw = hnp.arrays(dtype, shape, elements=FLOATS)
    if rule is rules.adafactor:  # it has no mean of nothing, and 0 / 0 in a row and column of zeros
        assume(0 not in shape)
        draw = hnp.arrays(dtype, shape, elements=st.floats(0.5, 1e3, width=32))
    x, *gradients = (data.draw(draw) for _ in range(4))
    result = (x, *state_defaults(rule).values())
    for t, g in enumerate(gradients, start=1):
        before = [np.copy(a) for a in (g, *result)]
        for a in (g, *result):
            if isinstance(a, np.ndarray):
                a.flags.writeable = False
        new = rule(result[0], g, t, *result[1:])
        for a, b in zip((g, *result), before, strict=True):
            np.testing.assert_array_equal(a, b)
        result = new
        assert result[0].shape == shape and result[0].dtype == dtype
        for s in result[1:]:
            assert np.broadcast_shapes(np.shape(s), shape) == shape
            assert np.ndim(s) == 0 or s.dtype == dtype
            assert np.shape(s) == shape or rule in (rules.nadam, rules.adafactor, rules.muon)
        assert all(np.all(np.isfinite(a)) for a in result)


@elementwise
@given(data=st.data())
def test_many_starts_at_once_equal_one_by_one(rule, data):
    draw = hnp.arrays(np.float64, (3, 5), elements=FLOATS)
    starts, *gradients = (data.draw(draw) for _ in range(4))
    together = few_steps(rule, gradients, starts)[-1][0]
    for i in range(5):
        alone = few_steps(rule, [g[:, i] for g in gradients], starts[:, i])[-1][0]
        np.testing.assert_allclose(together[:, i], alone, rtol=1e-13)


@elementwise
def test_hyperparameters_may_be_arrays(rule):
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((4, 2, 1))
    grid = {
        name: np.array([0.5, 0.9, 1.0]) * default
        for name, default in hyperparameter_defaults(rule).items()
    }
    together = few_steps(rule, gradients, np.ones((2, 1)), **grid)[-1][0]
    for i in range(3):
        one = {name: values[i] for name, values in grid.items()}
        alone = few_steps(rule, gradients, np.ones((2, 1)), **one)[-1][0]
        np.testing.assert_allclose(together[:, [i]], alone, rtol=1e-13)


def test_adam_s_first_step_is_the_learning_rate_whatever_the_gradient():
    for size in (1e-2, 1.0, 1e5):
        x, m, v = rules.adam(0.0, size, 1)
        assert x == pytest.approx(-0.001, rel=1e-3)
        assert (m, v) == pytest.approx((0.1 * size, 0.001 * size**2))


def test_descend_is_the_rule_step_by_step():
    path = descend(rules.adam, lambda x: 2 * x, [1.0, -3.0], 5, learning_rate=0.1)
    steps = few_steps(rules.adam, path.gradients, np.array([1.0, -3.0]), learning_rate=0.1)
    np.testing.assert_array_equal(path.trajectory[1:], [x for x, m, v in steps])
    np.testing.assert_array_equal(path.states["v"], [v for x, m, v in steps])


def test_the_list_of_rules_has_every_function_that_takes_a_gradient_in_the_module_s_order():
    source = ast.parse(inspect.getsource(rules)).body
    functions = [node for node in source if isinstance(node, ast.FunctionDef)]
    with_gradient = [f.name for f in functions if "g" in {a.arg for a in f.args.args}]
    assert list(rules.RULES) == with_gradient
    assert all(rules.RULES[name] is getattr(rules, name) for name in with_gradient)
