"""The glossary and the cheat sheet say what the lessons and adamlib say."""

import re

import pytest

from adamlib import rules
from tools import notebooks, sheets

LESSON = """\
# %% [markdown]
# # 1. Steps
#
# This is **bold at the top**.
#
# ## 2 Why, and how?
#
# **In noise.** Words. The **learning
# rate** $\\eta$ says how far to go. It is 3.4 here, and **again.** Not a term: **So:** this.
#
# - A **batch** is a sample.
#
# > **The paper** says so.
#
# The **learning rate** once more.
#
# ## What to do on Monday
#
# | symptom | knob |
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "01-steps" / "lesson.py"
    path.parent.mkdir()
    path.write_text(LESSON, encoding="utf-8")
    return path


def test_the_glossary_has_each_term_once_in_the_sentence_that_explains_it(source):
    _, entries = sheets.glossary([source])
    assert entries.splitlines() == [
        "- A **batch** is a sample. ([lesson 01](01-steps.ipynb#2-Why,-and-how?))",
        "- This is **bold at the top**. ([lesson 01](01-steps.ipynb))",
        "- The **learning rate** $\\eta$ says how far to go. "
        "([lesson 01](01-steps.ipynb#2-Why,-and-how?))",
    ]


def test_what_to_do_comes_from_the_lesson_that_says_it(source):
    assert sheets.cheat_sheet([source])[-1].endswith("on Monday\n\n| symptom | knob |")
    assert sheets.unfolded("<details><summary>What?</summary>\n\nThis.") == "What?\n\nThis."


@pytest.mark.parametrize(
    ("rule", "latex"),
    [
        (rules.momentum, r"$v \leftarrow \mu\, v - \eta\, g$ &emsp; $x \leftarrow x + v$"),
        (rules.adamw, r"$x \leftarrow x - \eta\, \lambda x$ &emsp; then adam"),
    ],
)
def test_an_equation_is_the_rules_line(rule, latex):
    assert sheets.equations(rule) == latex


def test_every_rule_and_no_name_of_python_is_on_the_sheet():
    text = "\n".join(sheets.cheat_sheet(notebooks.sources()))
    assert all(f"**{name}** " in text for name in rules.RULES)
    equations = "".join(re.findall(r"\$([^$]+)\$", text))
    assert not re.search(r"beta\\_|learning|np|maximum|\||\*", equations)
    assert r"\hat v \leftarrow \frac{v}{1 - \beta_2^{t}}" in equations


def test_steps_are_as_long_as_the_lessons_say():
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", sheets.step_lengths(), re.M))
    assert rows["momentum"].split(" | ")[:2] == ["1", "10"]  # 1/(1 - 0.9)
    assert rows["rmsprop"].split(" | ")[0] == "3.16"  # 1/√0.1
    assert rows["adam"].split(" | ")[3:] == ["0.229", "2.52"]


def test_every_link_of_the_sheets_leads_to_a_heading():
    for texts in sheets.sheets(notebooks.sources()).values():
        for name, anchor in re.findall(r"\]\(([\w-]+)\.ipynb(?:#([^)]+))?\)", "\n".join(texts)):
            (source,) = notebooks.sources(name[:2])
            headings = [sheets.anchor(heading) for heading, _ in sheets.parts(source)]
            assert source.parent.name == name and anchor in headings
