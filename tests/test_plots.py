import base64
import io
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter
from matplotlib.colors import to_rgb
from nbconvert import HTMLExporter
from PIL import Image

from adamlib import plots, rules
from adamlib.descent import descend
from adamlib.explorers import explore
from adamlib.rules import RULES
from adamlib.surfaces import SURFACES, cubic, ravine
from tools.notebooks import smaller


def path(rule, rate, steps=20):
    return descend(rule, ravine.gradient, ravine.start, steps, learning_rate=rate)


def figures():
    one_coordinate = descend(rules.sgd, cubic.gradient, 0.5, 10, learning_rate=0.1).trajectory
    two = {"sgd": path(rules.sgd, 0.09).trajectory, "adam": path(rules.adam, 0.2).trajectory}
    return {
        "curve": plots.curve(cubic, {"sgd, η = 0.1": one_coordinate}),
        "one_step": plots.one_step(cubic, 2.0, 0.1),
        "contour": plots.contour(ravine, two),
        "contour apart": plots.contour(ravine, two, apart=True),
        "arrows": plots.arrows(ravine, ravine.start, {"step": np.array([1.0, -0.5])}),
        "sums": plots.sums(ravine, [[-4, 1], [-3, 1]], {"step 1": ([-4, 1], [1, 0], [0, -1])}),
        "moves": plots.moves(ravine, {"ball": [-4, 1], "hole": [-3, 0.5]}, {"v": ("ball", "hole")}),
        "bars": plots.bars({"g": 4.0, "step": -0.25}),
        "lines": plots.lines({name: ravine(x.T) for name, x in two.items()}),
        "panels": plots.panels({"raw": {"a": [3, 1]}, "mean": {"a": [2, 1.5], "b": [0, 0]}}),
        "side_by_side": plots.side_by_side(
            {"left": {"sgd": [4, 1]}, "right": {"sgd": [[4, 2], [8, 2]], "adam": [3, 1]}},
            surfaces={"right": ravine},
        ),
        "climbs": plots.climbs({"sgd": {0.01: 4.0, 0.1: 1.0}, "adam": {0.001: 0.5, 0.003: 0.75}}),
        "gains": plots.gains({"sgd": ([0.25, 0.35], [0.75, 0.75])}, ("default", "tuned")),
        "states": plots.states(path(rules.adam, 0.2), rules.adam),
        "knob_map": plots.knob_map(
            np.arange(1.0, 7).reshape(2, 3),
            ("learning_rate", np.array([0.01, 0.1, 1])),
            ("momentum", np.array([0, 0.9])),
        ),
        "beside": plots.beside([0, -1, -2], {"picture 1": [0, 1]}, "adam", (-2, 2)),
        "by_knob": plots.by_knob({"beta_1": {0.5: [9, 4, 2, 1], 0.9: [9, 8, 7, 5]}}, "adam", 1, 2),
        "images": plots.images(np.zeros((3, 16)), [1, 2, 3]),
        "weights": plots.images(np.eye(6, 16) - 0.5, list("abcdef"), signed=True),
    }


WORDS = {
    "curve": "sgd, η = 0.1: from 0.5, a black dot, after 10 steps at",
    "one_step": "the slope is 4. The step = −0.1 × (4) = −0.4 leads to x = 1.6",
    "contour": "adam: 20 steps from (-4, 1) to",
    "contour apart": "sgd: 20 steps from (-4, 1) to",
    "arrows": "step is (1, -0.5)",
    "sums": "step 1: new v is (1, -1). step 1: μ v is (1, 0). step 1: −η g is (0, -1)",
    "moves": "ball at (-4, 1), hole at (-3, 0.5). v, (1, -0.5), leads from the ball to the hole",
    "bars": "g is 4, step is -0.25",
    "lines": "sgd: from 18 to",
    "panels": "mean, a: within 1.5 to 2, at last 1.5",
    "side_by_side": "right, sgd: from 6 to 2, least 2. right, adam: from 3 to 1, least 1. at its "
    "lower left the contours of the ravine",
    "climbs": "The least loss: sgd 1.00 at η = 0.1, adam 0.50 at η = 0.001",
    "gains": "Test accuracy, from default to tuned. sgd: from 0.30 to 0.75",
    "states": "m[1] goes from 2 to",
    "knob_map": "From 1, at learning_rate 0.01 and momentum 0, to 6. 0 of 6 runs diverged",
    "beside": "Picture 1: x goes from 0 to 1 half-way, and ends after 1 steps at 1",
    "by_knob": "beta_1 0.9: from 9 to 8 after 1 steps, late 6",
    "images": "3 images of 4 by 4 pixels, labelled 1, 2, 3",
    "weights": "6 images of weights, blue above 0 and red below, of 4 by 4 pixels, labelled a, b",
}


@pytest.mark.parametrize("name", WORDS)
def test_every_figure_shows_itself_with_a_text_of_what_is_seen(name):
    figure = figures()[name]
    assert WORDS[name] in figure.alt
    shown = figure._repr_mimebundle_()
    assert shown["text/plain"] == figure.alt and shown.keys() == {"text/html", "text/plain"}
    assert 'alt="' in shown["text/html"] and "base64" in shown["text/html"]
    picture = pixels(figure)
    assert picture.shape[1] > 400 and len(np.unique(picture.reshape(-1, 3), axis=0)) > 3


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png())).convert("RGB"))


def test_the_same_picture_has_the_same_bytes():
    first, second = (plots.contour(ravine, {"sgd": ravine.start[None]}) for _ in range(2))
    assert first.png() == second.png()


def test_in_a_built_notebook_a_picture_is_smaller_and_fewer_colours_do_not_show():
    bands = {name: np.array([[2.0, 1], [3, 2]]) + i for i, name in enumerate(plots.COLOURS)}
    png = plots.lines(bands).png()
    small = base64.b64decode(smaller(base64.b64encode(png)))
    assert len(small) < len(png) / 2
    every, few = (np.asarray(Image.open(io.BytesIO(p)).convert("RGB")) for p in (png, small))
    assert np.abs(few.astype(int) - every).max() <= 24
    assert (few[(every == 255).all(axis=-1)] == 255).all()


def test_nbconvert_shows_each_picture_once_with_its_alt_text():
    """As it stands in solutions/, and the picture that an explorer leaves there."""
    for shown in (plots.bars({'<b>"g"': 1.0}), explore(rules.sgd, ravine)):
        bundle, _ = DisplayFormatter().format(shown)
        output = nbformat.v4.new_output("display_data", data=bundle)
        cell = nbformat.v4.new_code_cell("show", outputs=[output])
        page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
        images = BeautifulSoup(page, "html.parser").find_all("img")
        assert [image["alt"] for image in images] == [bundle["text/plain"]]


def test_html_in_a_label_stays_text():
    shown = plots.bars({'<b>"g"': 1.0})._repr_mimebundle_()
    assert "&lt;b&gt;&quot;g&quot;" in shown["text/html"]


def test_a_rule_has_one_colour_everywhere_and_no_other_rule_has_it():
    assert list(plots.LOOKS) == [*RULES, "tf.keras"]
    colours, markers = zip(*plots.LOOKS.values(), strict=True)
    assert len(set(colours)) == len(set(markers)) == len(plots.LOOKS)
    for label in ("adam", "adam, β₁ = 0.5", "adam at 0.1"):
        assert plots.style_of(label)["color"] == to_rgb(plots.COLOURS["adam"])
    two = ["adam, β₁ = 0.5", "adam, β₁ = 0.9", "sgd"]
    first, second, other = (plots.style_of(label, two) for label in two)
    assert sum(first["color"]) > sum(to_rgb(plots.COLOURS["adam"])) > sum(second["color"])
    assert first["linestyle"] != second["linestyle"] and other["linestyle"] == "-"


def seen_by_colour_blind(colour):
    """What deuteranopia leaves of a colour (Machado, Oliveira and Fernandes, 2009), linear RGB."""
    linear = np.array(to_rgb(colour)) ** 2.2
    matrix = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    return np.clip(np.array(matrix) @ linear, 0, 1) ** (1 / 2.2)


def test_the_colours_of_the_core_rules_differ_for_the_colour_blind():
    core = ["sgd", "momentum", "adagrad", "rmsprop", "adam", "tf.keras"]
    colours = [seen_by_colour_blind(plots.COLOURS[name]) for name in core]
    for i, a in enumerate(colours):
        for b in colours[:i]:
            assert np.linalg.norm(a - b) > 0.15


def test_nan_is_not_drawn_and_is_said():
    values = np.array([1.0, 0.5, np.nan, np.inf])
    figure = plots.lines({"sgd": values})
    (line,) = figure.axes[0].lines
    assert np.ma.getmaskarray(line.get_ydata()).tolist() == [False, False, True, True]
    assert "sgd: from 1 to 0.5, least 0.5, not finite from 2 on" in figure.alt
    figure = plots.knob_map(
        np.array([[1.0, np.nan]]),
        ("learning_rate", np.array([0.1, 1])),
        ("momentum", np.array([0])),
    )
    assert "1 of 2 runs diverged" in figure.alt
    assert figure.axes[0].get_title(loc="left") == "hatched: diverged (50%)"


def test_a_map_of_kinds_names_them_and_has_the_lines_that_are_given():
    x, y = np.array([0.1, 0.2]), np.array([0.0, 0.5])
    figure = plots.knob_map(
        np.array([[0, 1], [1, 1]]),
        ("learning_rate", x),
        ("momentum", y),
        label="kind",
        kinds=["settles", "oscillates"],
        lines={"border": (x, y), "far": ([0.1, 9], [0, 9])},
    )
    axes, bar = figure.axes
    assert [text.get_text() for text in bar.get_yticklabels()] == ["settles", "oscillates"]
    assert [line.get_label() for line in axes.lines][1::2] == ["border", "far"]
    assert axes.get_xlim()[1] < 1
    assert "25% settles, 75% oscillates. Drawn on it: border" in figure.alt


def test_a_place_on_a_map_is_marked_and_named():
    axes = ("x", np.array([0.1, 0.2])), ("y", np.array([0.0, 0.5]))
    figure = plots.knob_map(np.ones((2, 2)), *axes, dot=("the default", (0.1, 0.5)))
    (dot,) = figure.axes[0].lines
    assert (dot.get_xdata(), dot.get_ydata()) == ([0.1], [0.5])
    assert "A dot at (0.1, 0.5): the default." in figure.alt


def test_a_knob_has_its_letter_and_its_steps_begin_at_1():
    (panel,) = plots.by_knob({"beta_1": {0.5: [9, 4, 2, 1]}}, "adam", 1, 2).axes[:1]
    assert panel.get_title(loc="left") == "beta_1, β₁"
    assert panel.lines[0].get_xdata().tolist() == [1, 2, 3] and panel.get_xscale() == "log"


def test_a_knob_s_legend_has_the_two_losses_that_are_compared():
    (panel,) = plots.by_knob({"beta_1": {0.5: [9, 4, 2, 1]}}, "adam", 1, 2).axes[:1]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["0.5: 4, 1.5"]


def test_what_is_compared_of_a_knob_is_marked_in_its_panel():
    (panel,) = plots.by_knob({"beta_1": {0.5: [9, 4, 2, 1]}}, "adam", 1, 2).axes[:1]
    assert panel.lines[-1].get_xdata() == [1, 1]
    (band,) = panel.patches
    extent = band.get_extents().transformed(panel.transData.inverted())
    assert np.allclose(extent.intervalx, [1, 3])


def test_a_map_over_many_decades_has_cells_of_one_size():
    decades = np.logspace(-7, 5, 13)
    figure = plots.knob_map(np.ones((13, 13)), ("x", decades), ("y", decades), log=False)
    low, high = figure.axes[0].get_ylim()
    assert np.isclose(low, 10**-7.5) and np.isclose(high, 10**5.5)
    edges = figure.axes[0].collections[0].get_coordinates()[:, 0, 1]
    assert np.allclose(edges[1:] / edges[:-1], 10)


def test_a_band_is_drawn_for_several_seeds_only():
    lines = np.array([[3.0, 2.0], [1.0, 1.0]])
    assert len(plots.lines({"sgd": lines}).axes[0].collections) == 1
    assert len(plots.lines({"sgd": lines[0]}).axes[0].collections) == 0
    assert "from 2 to 1.5" in plots.lines({"sgd": lines}).alt


def test_places_are_marked_and_few_powers_of_ten_are_written_out():
    figure = plots.lines({"sgd": np.array([1.0, 5.0])}, x=np.array([0.1, 0.3]), marks={"2/L": 0.2})
    assert "sgd: from 1 to 5, least 1. 2/L is marked at 0.2" in figure.alt
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert "2" in labels and not any("10^" in label for label in labels)
    figure = plots.lines({"sgd": np.array([0.45, 1.27])})
    assert {"0.6", "1.2"} < {text.get_text() for text in figure.axes[0].get_yticklabels()}


def test_panels_side_by_side_share_their_y_axis():
    groups = {"left": {"sgd": np.array([1.0, 5.0])}, "right": {"sgd": np.array([10.0, 90.0])}}
    left, right = plots.side_by_side(groups, x=np.array([1.0, 2.0])).axes
    assert left.get_ylim() == right.get_ylim() and left.get_ylim()[1] > 90
    assert left.get_lines()[0].get_color() == right.get_lines()[0].get_color()
    assert left.get_xscale() == "linear"
    both = plots.side_by_side(groups, x=np.array([1.0, 2.0]), log_x=True).axes
    assert [ax.get_xscale() for ax in both] == ["log", "log"]
    above = plots.side_by_side(groups, legend="upper right").axes
    for axes, code in ((both, 4), (above, 1)):  # Matplotlib's codes of lower and upper right
        assert {ax.get_legend()._loc for ax in axes} == {code}
    with pytest.raises(ValueError, match="panel"):
        plots.side_by_side(groups, surfaces={"middle": ravine})


def test_a_climb_is_drawn_in_the_order_of_its_rates():
    figure = plots.climbs({"adam": {0.03: 0.7, 0.1: 2.0, 0.01: 0.6}})
    line, ring = figure.axes[0].get_lines()
    assert line.get_xdata().tolist() == [0.01, 0.03, 0.1] and ring.get_xdata()[0] == 0.03


def test_a_dot_lies_on_its_line():
    curves, x = {"sgd": np.array([1.0, 3.0]), "adam": np.array([2.0, 4.0])}, np.array([0.0, 10.0])
    figure = plots.lines(curves, x=x, dots=("half-way", {"sgd": 5.0, "adam": 10}))
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [tuple(np.ravel(dot.get_data())) for dot in dots] == [(5, 2), (10, 4)]
    assert "half-way, a black dot: sgd at 5, 2. half-way, a black dot: adam at 10, 4" in figure.alt
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["sgd", "adam", "half-way"]
    with pytest.raises(ValueError, match="line"):
        plots.lines(curves, x=x, dots=("half-way", {"momentum": 5.0}))


def test_noise_meets_the_gradient_where_the_dot_is():
    sizes = np.array([1, 4, 100])
    noise = {"at the start": 8 / np.sqrt(sizes), "late": 4 / np.sqrt(sizes)}
    figure = plots.noise_and_gradient(noise, {"at the start": 2, "late": 0.1}, sizes)
    assert "at the start: the noise falls from 8 with batches of 1 to 0.8 with 100" in figure.alt
    assert "equal at about 16" in figure.alt and "equal at about 1,600" in figure.alt
    start, late = figure.axes
    assert start.get_ylim() == late.get_ylim() and start.get_xlim() == late.get_xlim()
    dots = [ax.lines[-1].get_data() for ax in figure.axes]
    np.testing.assert_allclose(dots, [[[16], [2]], [[1600], [0.1]]])


def test_the_triangle_s_longest_side_ends_where_the_noise_does():
    figure = plots.noise_triangle(0.9)
    ends = [text.xy for text in figure.axes[0].texts if not text.get_text()]
    np.testing.assert_allclose(ends, [(1, 0), (1, 0.9), (1, 0.9)])
    assert "the longest side, the gradient of a batch, is √(1 + B*/B) long" in figure.alt
    with pytest.raises(ValueError, match="must be above 0"):
        plots.noise_triangle(0)


def test_lines_may_show_their_points_each_at_a_tick():
    sizes = np.array([1, 8, 80])
    figure = plots.lines({"sgd": np.array([1.0, 2.0, 3.0])}, x=sizes, log_x=True, points=True)
    (ax,) = figure.axes
    assert ax.lines[0].get_marker() == "o" and ax.get_xticks().tolist() == [1, 8, 80]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "8", "80"]
    assert len(ax.get_xticks(minor=True)) == 0
    border = plots.lines({"border": np.ones(2)}, x=[1, 80], points=True)
    assert border.axes[0].lines[0].get_marker() != "o"


def test_lines_may_have_places_of_their_own_and_both_axes_be_logarithmic():
    values, places = np.array([1.0, 0.5]), {"sgd": np.array([1, 7]), "adam": np.array([1, 90])}
    figure = plots.lines(dict.fromkeys(places, values), x=places, xlabel="samples", log_x=True)
    (ax,) = figure.axes
    assert [line.get_xdata()[-1] for line in ax.lines] == [7, 90]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert ax.get_xlabel() == "samples, log scale"


def test_four_paths_leave_no_panel_empty():
    four = {name: [0, 1] for name in "ABCD"}
    assert len(plots.beside([0, -1], four, "adam", (-3, 3)).axes) == 4


def test_wrong_paths_are_beside_the_right_one_and_an_axis_begins_at_zero_where_asked():
    figure = plots.beside([0, -1, -2], {"A": [0, 1], "B": [0.5]}, "adam", (-3, 3))
    a, b, empty = figure.axes
    assert [line.get_ydata().tolist() for line in b.lines] == [[0, -1, -2], [0.5]]
    assert to_rgb(a.lines[1].get_color()) == to_rgb(plots.COLOURS["adam"])
    assert a.get_ylim() == (-3, 3) and a.get_title(loc="left") == "A"
    for from_zero in (True, False):
        figure = plots.lines({"sgd": [2.0, 1.0]}, log=False, from_zero=from_zero)
        assert (figure.axes[0].get_ylim()[0] == 0) == from_zero


def test_a_path_that_leaves_the_picture_is_said():
    figure = plots.curve(cubic, {"sgd": np.array([0.1, 1.0, 5.0])})
    assert "leaves the picture at step 2" in figure.alt


@pytest.mark.parametrize("surface", SURFACES[1:], ids=lambda s: s.name)
def test_every_surface_can_be_drawn(surface):
    assert plots.contour(surface, {"sgd": surface.start[None]}).alt.startswith("Contours")


def test_the_style_of_the_reader_is_left_alone_and_pyplot_is_not_loaded():
    code = (
        "import sys, matplotlib\n"
        "from adamlib import plots\n"
        "plots.bars({'g': 1.0})._repr_mimebundle_()\n"
        "settings = matplotlib.rcParams['axes.spines.top'], matplotlib.rcParams['font.size']\n"
        "print('matplotlib.pyplot' in sys.modules, *settings)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "False True 10.0\n", run.stderr
