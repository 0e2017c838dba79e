"""The examples in the docstrings of the ground floor."""

import doctest

import pytest

from adamlib import averages, conventions, descent, rules, schedules


@pytest.mark.parametrize("module", [rules, descent, averages, schedules, conventions])
def test_the_examples_print_what_they_say(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
