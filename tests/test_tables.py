"""The numbers of a figure as tables: what is drawn, and of everything that has curves."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from adamlib import plots, tables
from adamlib.surfaces import cubic, ravine

STEPS = np.arange(101)


class Tables(HTMLParser):
    """Each table as its caption and its rows of texts."""

    def __init__(self, text):
        super().__init__()
        self.found, self.tag = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.found.append(["", []])
        elif tag == "tr":
            self.found[-1][1].append([])
        elif tag in ("th", "td"):
            self.found[-1][1][-1].append("")
        self.tag = tag

    def handle_data(self, text):
        if self.tag == "caption":
            self.found[-1][0] += text
        elif self.tag in ("th", "td"):
            self.found[-1][1][-1][-1] += text


def shown(figure):
    """The tables in what a notebook shows of a figure."""
    html = figure._repr_mimebundle_()["text/html"]
    picture, details, after = html.partition("<details")
    assert "<table" not in picture and "\n" not in after
    return Tables(details + after).found


def test_curves_with_one_x_are_one_table():
    figure = plots.lines({"sgd": 100.0 - STEPS, "adam & more": STEPS**2 / 3}, title="A")
    ((caption, (head, *rows)),) = shown(figure)
    assert caption == "A: loss" and head == ["step", "sgd", "adam & more"]
    assert len(rows) == tables.ROWS
    assert rows[:2] == [["0", "100", "0"], ["10", "90", "33.3"]] and rows[-1][0] == "100"


def test_each_panel_and_each_path_has_its_table():
    groups = {"a": {"x": STEPS, "y": STEPS}, "b": {"x": STEPS}}
    assert [caption for caption, _ in shown(plots.panels(groups))] == ["a", "b"]
    paths = {"sgd": np.ones((3, 2)), "adam": np.full((4, 2), 0.25)}
    found = shown(plots.contour(ravine, paths))
    assert [rows for _, rows in found] == [
        [["x₁", "sgd"], *3 * [["1", "1"]]],
        [["x₁", "adam"], *4 * [["0.25", "0.25"]]],
    ]
    ((caption, rows),) = shown(plots.curve(cubic, {"sgd": [2.0, 1.0, 1.5]}))
    assert rows == [["x", "sgd"], ["2", "2"], ["1", "1"], ["1.5", "0.875"]]


def test_what_is_not_finite_is_said():
    ((_, rows),) = shown(plots.lines({"sgd": [1.0, 2.0, np.nan]}))
    assert rows[1:] == [["0", "1"], ["1", "2"], ["2", "not finite"]]


def test_a_map_is_a_table_from_the_top_down():
    x, y = ("rate", np.array([1.0, 2.0, 3.0])), ("mu", np.array([0.0, 0.5]))
    values = np.array([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]])
    ((caption, rows),) = shown(plots.knob_map(values, x, y))
    assert caption == "loss" and rows[0] == ["mu \\ rate", "1", "2", "3"]
    assert rows[1:] == [["0.5", "4", "5", "6"], ["0", "1", "2", "diverged"]]
    kinds = plots.knob_map(values > 2, x, y, kinds=["low", "high"], log=False)
    assert shown(kinds)[0][1][1:] == [["0.5", *3 * ["high"]], ["0", "low", "low", "low"]]


@pytest.mark.parametrize(
    "figure",
    [
        plots.one_step(cubic, 0.5, 0.3),
        plots.bars({"a": 1, "b": -2}),
        plots.images(np.zeros((2, 4)), [1, 2]),
    ],
)
def test_what_the_alt_text_says_in_full_has_no_table(figure):
    assert shown(figure) == []


def test_nbval_does_not_compare_the_table():
    """Its digits may differ where another processor adds in another order."""
    cfg = Path(__file__).with_name("sanitize.cfg").read_text(encoding="utf-8")
    patterns = re.findall("^regex: (.*)\nreplace: (.*)$", cfg, re.M)
    html = plots.lines({"sgd": [1.0, 2.0, 4.0]})._repr_mimebundle_()["text/html"]
    bare = html[: html.index("<details")]
    for pattern, instead in patterns:
        html, bare = (re.sub(pattern, instead, text) for text in (html, bare))
    assert html == bare and "PICTURE" in bare
