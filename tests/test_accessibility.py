"""The authoring checklist of Notebooks for All, as far as a test can tell; ACCESSIBILITY.md lists
the rest."""

import re
import sysconfig
from pathlib import Path

import nbformat
import pytest
from matplotlib.colors import to_rgb

from adamlib.plots import COLOURS, LOOKS, OTHER
from adamlib.practice.verdict import LOOKS as VERDICTS
from tools import notebooks

ROOT = Path(__file__).resolve().parents[1]
BOOKS = sorted(ROOT.glob("lessons/*.ipynb"))
ALL = [*BOOKS, *sorted(ROOT.glob("solutions/*.ipynb"))]
STYLES = {path.name: path.read_text("utf-8") for path in ROOT.glob("adamlib/*/*.css")}
# Too pale for WCAG's 3 to 1 on white: what they say is in the alt text and the table too.
PALE = {"momentum", "adadelta", "lion", "adafactor", "ftrl"}


def ids(path):
    return path.relative_to(ROOT).with_suffix("").as_posix()


def markdown(path):
    return [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown"]


# Structure


@pytest.mark.parametrize("path", BOOKS, ids=ids)
def test_the_first_cell_has_a_title_who_wrote_it_and_of_when_it_is(path):
    title, byline, text = markdown(path)[0].split("\n\n")[:3]
    assert title.startswith("# ") and byline == notebooks.BYLINE and len(text) > 50
    assert re.search(r"\w, version \d+\.\d+\.\d+, \d{4}-\d\d-\d\d\*$", byline)


@pytest.mark.parametrize("path", BOOKS, ids=ids)
def test_headings_come_in_order(path):
    text = "\n".join(markdown(path))
    levels = [len(marks) for marks in re.findall(r"^(#+) \S", text, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(new <= old + 1 for old, new in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("path", BOOKS, ids=ids)
def test_links_say_where_they_lead(path):
    words = re.findall(r"(?<!!)\[([^\]]+)\]\([^)]+\)", "\n".join(markdown(path)))
    assert all(len(w) > 1 and w.lower() not in ("here", "link", "this", "click") for w in words)


@pytest.mark.parametrize("path", BOOKS, ids=ids)
def test_code_follows_text(path):
    """A first code cell and each exercise are introduced."""
    kinds = [cell.cell_type for cell in nbformat.read(path, 4).cells]
    assert kinds[0] == "markdown"
    assert "code code code code" not in " ".join(kinds)


@pytest.mark.parametrize("path", ALL, ids=ids)
def test_pictures_are_described(path):
    for cell in nbformat.read(path, 4).cells:
        shown = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
        for html in [cell.source, *shown] if cell.cell_type == "markdown" else shown:
            for image in re.findall("<img [^>]*>", html):
                alt = re.search('alt="([^"]*)"', image)
                assert alt and len(alt[1]) > 30, image[:100]
        assert "![](" not in cell.source


# Colours


def luminance(colour):
    """WCAG 2's relative luminance."""
    parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(a, b):
    """WCAG 2's contrast ratio, from 1 to 21."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)


def test_the_rules_colours_on_white_and_what_else_tells_the_pale_ones():
    """Figures and explorers draw on white in both themes."""
    assert {rule for rule, colour in COLOURS.items() if contrast(colour, "white") < 3} == PALE
    assert contrast(OTHER, "white") > 4.5
    assert len({marker for _, marker in LOOKS.values()}) == len(LOOKS)


def theme(name):
    """{variable: colour on the page's ground} of a theme of JupyterLab."""
    share = Path(sysconfig.get_path("data")) / "share/jupyter/lab/themes/@jupyterlab"
    css = (share / f"theme-{name}-extension/index.css").read_text("utf-8")
    values = dict(re.findall(r"(--[\w-]+):\s*([^;}]+)", css))

    def colour(value):
        if variable := re.fullmatch(r"var\((--[\w-]+)(?:,(.+))?\)", value):
            return colour(values.get(variable[1], variable[2]))
        if parts := re.fullmatch(r"rgba\((.+)\)", value):
            *rgb, alpha = map(float, parts[1].split(","))
            below = to_rgb(colour("var(--jp-layout-color1)"))
            return tuple(c / 255 * alpha + b * (1 - alpha) for c, b in zip(rgb, below, strict=True))
        return to_rgb(value)

    return lambda variable: colour(f"var({variable})")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_widgets_have_contrast_in_both_themes(name):
    of, ground = theme(name), theme(name)("--jp-layout-color1")
    css = "".join(STYLES.values())
    for variable in ("ui-font-color1", "ui-font-color2", "content-font-color1"):
        assert f"var(--jp-{variable}" in css
        assert contrast(of(f"--jp-{variable}"), ground) >= 4.5, variable
    assert contrast(of("--jp-ui-font-color1"), of("--jp-layout-color2")) >= 4.5  # a button
    for variable in ("brand-color1", "success-color1", "error-color1"):
        assert f"var(--jp-{variable}" in css
        assert contrast(of(f"--jp-{variable}"), ground) >= 3, variable
    for _, colour in VERDICTS.values():
        assert contrast(colour, ground) >= 3, colour


@pytest.mark.parametrize("name", STYLES)
def test_widgets_have_no_colour_of_their_own_for_text(name):
    """A text in a colour that no theme gives may be lost on the ground of another theme."""
    assert not re.findall(r"(?<![-\w])color:\s*(#\w+|rgb)", STYLES[name])


# Motion


def test_nothing_moves_unless_it_was_asked_to():
    for css in STYLES.values():
        assert not re.search(r"\b(transition|animation)\b|@keyframes", css)
    scripts = "".join(path.read_text("utf-8") for path in ROOT.glob("adamlib/*/*.js"))
    assert not re.search(r"setInterval|\.animate\(|autoplay", scripts)
    assert "(prefers-reduced-motion: reduce)" in scripts  # tests/browser presses Play under it
