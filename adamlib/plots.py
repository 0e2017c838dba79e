"""The figures of the course. Each function returns a figure that shows itself, with alt text and
the numbers of its curves in a table that folds out.

The look is in course.mplstyle. A rule has one colour and one marker everywhere: in a dict of
lines, the first word of a label says which rule it is ("adam, β₁ = 0.5" is drawn as adam).
"""

import base64
import html
import io
from contextlib import contextmanager
from pathlib import Path

import matplotlib.figure
import matplotlib.style
import numpy as np
from matplotlib import patheffects
from matplotlib.colors import BoundaryNorm, LogNorm, to_rgb
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from adamlib import inputs, tables
from adamlib.hyperparameters import facts
from adamlib.inputs import brief, name_of

STYLE = Path(__file__).with_name("course.mplstyle")
NOTE = dict(weight="bold", path_effects=[patheffects.withStroke(linewidth=3, foreground="white")])
ARROW = dict(arrowstyle="-|>", lw=3, shrinkA=0, shrinkB=0)

# {rule: (colour, marker)}. Colours of Okabe and Ito, which colour-blind readers tell apart, then
# Paul Tol's muted ones.
LOOKS = {
    "sgd": ("#0072B2", "o"),
    "momentum": ("#E69F00", "s"),
    "nesterov": ("#8C510A", "D"),
    "adagrad": ("#009E73", "^"),
    "sign_descent": ("#999933", "x"),
    "rmsprop": ("#CC79A7", "v"),
    "rmsprop_centered": ("#882255", "P"),
    "adadelta": ("#56B4E9", "<"),
    "adam": ("#D55E00", "*"),
    "adamax": ("#661100", "X"),
    "nadam": ("#AA4499", "h"),
    "amsgrad": ("#332288", "p"),
    "adamw": ("#117733", ">"),
    "lion": ("#DDCC77", "d"),
    "lamb": ("#6699CC", "H"),
    "adafactor": ("#999999", "1"),
    "ftrl": ("#44AA99", "2"),
    "muon": ("#CC3311", "3"),
    "schedule_free_adamw": ("#004488", "4"),
    "tf.keras": ("#000000", "+"),
}
COLOURS = {rule: colour for rule, (colour, _) in LOOKS.items()}
OTHER = "#444444"
DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (1, 3))]


class Picture(matplotlib.figure.Figure):
    """A Matplotlib figure with `alt`, a text that says what is seen; a notebook shows both.

    map  what tables.of_map needs, of a figure that is a map
    """

    alt, map = "", None

    def png(self):
        """The bytes of a PNG file."""
        png = io.BytesIO()
        with matplotlib.style.context(STYLE):
            self.savefig(png, format="png", metadata={"Software": None})
        return png.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The picture once, as HTML, since no viewer takes the alt text of an image/png; and its
        numbers."""
        data = base64.b64encode(self.png()).decode()
        width = round(self.get_figwidth() * self.get_dpi())
        image = (
            f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}" '
            f'width="{width}" style="max-width: 100%; background: white">'
        )
        return {"text/html": image + tables.folded(self), "text/plain": self.alt}


@contextmanager
def picture(columns=1, rows=1, **size):
    """A Picture in the course's style and its axes, to draw in: `with picture() as (fig, ax)`."""
    with matplotlib.style.context(STYLE):
        fig = Picture(**size)
        yield fig, fig.subplots(rows, columns, sharex=rows > 1, sharey=rows > 1)


def style_of(label, among=()):
    """Colour, marker and dash of a line: its rule's, from light to dark where there are several."""
    rule = _rule(label)
    colour, marker = LOOKS.get(rule, (OTHER, "."))
    colour = np.array(to_rgb(colour))
    same = [other for other in among if _rule(other) == rule]
    turn = same.index(label) if label in same else 0
    if len(same) > 1:
        shade = turn / (len(same) - 1)  # 0 is half white, 1 half black
        colour = (0.5 + 0.5 * colour) * (1 - shade) + 0.5 * colour * shade
    return dict(
        color=tuple(colour),
        marker=marker,
        linestyle=(0, (5, 2)) if rule == "tf.keras" else DASHES[turn % len(DASHES)],
    )


def _rule(label):
    return label.replace(",", " ").split()[0]


def curve(surface, trajectories, window=None):
    """A function of one coordinate, and the points that each trajectory visits, a panel each.

    trajectories  {label: shape (steps + 1,)}, as `run.trajectory` of descent.descend
    window        (left, right), the surface's own if not given
    """
    inputs.check_surface(surface, coordinates=1)
    _check_labelled(trajectories, "trajectories", least="one")
    paths = {k: _drawable_path(path, k, 1) for k, path in trajectories.items()}
    window = surface.window[0] if window is None else window
    inputs.pair(window, "A window is (left, right)")
    _, (left, right) = inputs.check_axis(("the window", window), "window")
    x = np.linspace(left, right, 400)
    rows = -(-len(trajectories) // 2)
    columns = min(2, len(trajectories))
    with picture(columns, rows, figsize=(3.3 * columns + 1.5, 2.4 * rows + 0.6)) as (fig, axes):
        seen = []
        for ax, (label, path) in zip(np.ravel(axes), paths.items(), strict=False):
            ax.plot(x, surface(x), color="#aaaaaa", zorder=1)
            inside = np.logical_and.accumulate((left <= path) & (path <= right))
            ax.plot(path[inside], surface(path[inside]), lw=1, label=label, **style_of(label))
            ax.plot(path[0], surface(path[0]), "o", color="black", ms=7, zorder=3)
            where = f"after {len(path) - 1} steps at {path[-1]:.4g}"
            if not inside.all():
                where = f"leaves the picture at step {inside.argmin()}"
            ax.set(title=f"{label}\n{where}", xlim=(left, right))
            seen.append(f"{label}: from {path[0]:.3g}, a black dot, {where}")
        fig.supxlabel("x", fontsize="medium")
        fig.supylabel("f(x)", fontsize="medium")
    fig.alt = _sentences(f"The curve of the function {surface.name}", *seen)
    return fig


def one_step(surface, x, learning_rate):
    """One step of gradient descent on a curve: the tangent, and the step along the axis."""
    inputs.check_surface(surface, coordinates=1)
    inputs.number(x, "x")
    inputs.number(learning_rate, "learning_rate")
    slope = float(surface.gradient(x))
    new = x - learning_rate * slope
    left, right = surface.window[0]
    at = np.linspace(left, right, 400)
    tangent = x + 0.12 * (right - left) * np.array([-1, 1])
    bottom = surface(at).min() - 0.3 * np.ptp(surface(at))
    step = f"step = −{learning_rate:g} × ({slope:.3g}) = {new - x:.3g}".replace("-", "−")
    with picture() as (fig, ax):
        ax.plot(at, surface(at), color=OTHER)
        ax.plot(tangent, surface(x) + slope * (tangent - x), "--", color=COLOURS["adam"], lw=3)
        ax.vlines([x, new], bottom, [surface(x), surface(new)], color="#bbbbbb", lw=1)
        ax.annotate("", (new, bottom), (x, bottom), arrowprops=ARROW | {"color": COLOURS["sgd"]})
        ax.plot([x, new], [surface(x), surface(new)], "o", color=COLOURS["sgd"], ms=8)
        tilt = f"slope = {slope:.3g}".replace("-", "−")
        _note(ax, tilt, (x, surface(x)), COLOURS["adam"], (14, 6), "left")
        _note(ax, step, ((x + new) / 2, bottom), COLOURS["sgd"], (0, 8), "center")
        ax.set(xlabel="x", ylabel="f(x)", xlim=(left, right), ylim=(bottom, None))
    fig.alt = _sentences(
        f"One step of gradient descent on the function {surface.name}",
        f"At x = {x:g} the slope is {slope:.3g}. The {step} leads to x = {new:.4g}, where the "
        f"function is {surface(new):.3g} instead of {surface(x):.3g}",
    )
    return fig


def contour(surface, trajectories=None, title=None, apart=False):
    """Contours of a function of two coordinates, and trajectories on it.

    trajectories  {label: shape (steps + 1, 2)}; only what lies in the window is drawn
    apart         each in a panel of its own, side by side, for paths that would hide each other
    """
    inputs.check_surface(surface, coordinates=2)
    least = "one path" if apart else ""
    trajectories = _check_labelled(
        {} if trajectories is None else trajectories, "trajectories", least
    )
    paths = {k: _drawable_path(path, k, 2) for k, path in trajectories.items()}
    panels = len(paths) if apart else 1
    with picture(panels, **({"figsize": (9.4, 3.4)} if apart else {})) as (fig, axes):
        axes, seen = np.ravel(axes), []
        for ax in axes:
            _draw_contours(ax, surface)
        for turn, (label, path) in enumerate(paths.items()):
            ax = axes[turn % panels]
            style = style_of(label, trajectories) | ({"marker": ""} if apart else {})
            ax.plot(*path.T, color="white", lw=3.5)
            ax.plot(*path.T, lw=1.5, label=label, **style)
            if apart:
                ax.set(title=label)
            seen.append(
                f"{label}: {len(path) - 1} steps from {point_words(path[0])} to "
                f"{point_words(path[-1])}, f = {surface(path[-1]):.3g}"
            )
        if apart:
            fig.suptitle(title)
        else:
            axes[0].set(title=title)
            if trajectories:
                fig.legend(loc="outside lower center", ncols=min(3, len(trajectories)))
    minima = " and ".join(map(point_words, surface.minima))
    fig.alt = _sentences(
        f"Contours of the function {surface.name}, lower is darker, least at {minima}", *seen
    )
    return fig


def arrows(surface, x, vectors, title=None):
    """One update on a contour picture: arrows {label: shape (2,)} from the point x.

    An arrow named after a rule has its colour.
    """
    inputs.check_surface(surface, coordinates=2)
    x = inputs.finite_point(x, "x")
    _check_labelled(vectors, "vectors")
    others = [OTHER, *COLOURS.values()]
    vectors = {label: inputs.finite_point(vector, label) for label, vector in vectors.items()}
    with picture() as (fig, ax):
        _draw_contours(ax, surface)
        for turn, (label, vector) in enumerate(vectors.items()):
            colour = COLOURS.get(_rule(label), others[turn % len(others)])
            ax.annotate("", x + vector, x, arrowprops=ARROW | {"color": colour})
            _note(ax, label, x + vector, colour, (6, 6), "left")
        ax.plot(*x, "o", color="black", ms=7)
        ax.set(title=title)
    seen = (f"{label} is {point_words(vector)}" for label, vector in vectors.items())
    fig.alt = _sentences(f"Arrows from {point_words(x)} on the function {surface.name}", *seen)
    return fig


def sums(surface, path, parts, title=None):
    """Updates of one run on its path, each as two arrows, head to tail, and their sum.

    path   shape (steps, 2)
    parts  {label: (x, μ v, −η g)}: where an update begins, and its two parts
    """
    inputs.check_surface(surface, coordinates=2)
    path = inputs.numbers(_drawable_path(path, "path", 2), "path", ndim=2)
    seen = []
    with picture() as (fig, ax):
        _draw_contours(ax, surface)
        ax.plot(*path.T, ".-", color="#777777", lw=1, ms=5, label="path")
        for label, (place, first, second) in _check_labelled(parts, "parts").items():
            x, first, second = (inputs.finite_point(p, label) for p in (place, first, second))
            ends = {"new v": (x, x + first + second), "μ v": (x, x + first)}
            ends["−η g"] = x + first, x + first + second
            centre = x + (2 * first + second) / 3
            colours = COLOURS["momentum"], OTHER, COLOURS["sgd"]
            for colour, (name, (start, end)) in zip(colours, ends.items(), strict=True):
                ax.annotate("", end, start, arrowprops=ARROW | {"color": colour})
                away = (start + end) / 2 - centre  # where there is room for the name
                right, up = away / max(np.linalg.norm(away), 1e-9)
                at = (24 * right, 18 * up - 4)
                _note(ax, name, 0.4 * start + 0.6 * end, colour, at, "center")
                seen.append(f"{label}: {name} is {point_words(end - start)}")
            ax.plot(*x, "o", color="black", ms=7)
            _note(ax, label, x, "black", (-8, -4), "right")
        ax.set(title=title)
    fig.alt = _sentences(f"Arrows on a path on the function {surface.name}", *seen)
    return fig


def moves(surface, points, moved, title=None):
    """Several moves on a contour picture: an arrow from one named point to another for each.

    points  {name: shape (2,)}
    moved   {label: (name, name)}: from where to where
    """
    inputs.check_surface(surface, coordinates=2)
    _check_labelled(points, "points", least="one point")
    at = {name: inputs.finite_point(x, name) for name, x in points.items()}
    for label, ends in _check_labelled(moved, "moved").items():
        for end in inputs.pair(ends, f"{label} is a pair of names"):
            inputs.check_name(end, at, "point")
    others, seen = [OTHER, *COLOURS.values()], []
    middle = np.mean([*at.values()], axis=0)
    with picture() as (fig, ax):
        _draw_contours(ax, surface)
        for turn, (label, (start, end)) in enumerate(moved.items()):
            colour = others[turn % len(others)]
            ax.annotate("", at[end], at[start], arrowprops=ARROW | {"color": colour})
            _note(ax, label, (at[start] + at[end]) / 2, colour, (6, 7), "left")
            step = point_words(at[end] - at[start])
            seen.append(f"{label}, {step}, leads from the {start} to the {end}")
        for name, x in at.items():
            ax.plot(*x, "o", color="black", ms=7)
            _note(ax, name, x, "black", (0, 9 if x[1] > middle[1] else -18), "center")
        ax.set(title=title)
    where = (f"{name} at {point_words(x)}" for name, x in at.items())
    fig.alt = _sentences(f"On the function {surface.name}: {', '.join(where)}", *seen)
    return fig


def bars(values, title=None):
    """One update number by number: horizontal bars {name: number}, from the top down."""
    _check_labelled(values, "values", least="one number")
    names, lengths = list(values), [inputs.number(v, name) for name, v in values.items()]
    with picture(figsize=(6.4, 0.6 + 0.45 * len(names))) as (fig, ax):
        colours = [COLOURS["sgd"] if n >= 0 else COLOURS["adam"] for n in lengths]
        drawn = ax.barh(names, lengths, color=colours)
        ax.bar_label(drawn, [f"{n:.4g}".replace("-", "−") for n in lengths], padding=4)
        ax.axvline(0, color=OTHER, lw=1)
        ax.margins(x=0.2)
        ax.invert_yaxis()
        ax.grid(axis="y", visible=False)
        ax.set(title=title)
    seen = ", ".join(f"{name} is {n:.4g}" for name, n in zip(names, lengths, strict=True))
    fig.alt = _sentences(title or "One update number by number", seen)
    return fig


def lines(
    lines,
    x=None,
    xlabel="step",
    ylabel="loss",
    log=True,
    log_x=False,
    from_zero=False,
    marks=None,
    dots=None,
    title=None,
    points=False,
):
    """Curves over the steps, or over x.

    lines  {label: shape (steps,)}, or (seeds, steps): then the mean, in a band from the least to
           the largest of the seeds. What is not finite is not drawn, and the alt text says so.
    x      shape (steps,), or {label: shape (steps,)}; 0, 1, 2, … if not given
    log    whether the y axis is logarithmic; log_x the x axis
    from_zero  whether the y axis begins at 0
    marks  {label: x} of places to mark by an upright line
    dots   (words, {label: x}): a dot on these lines at x, and what it means
    points whether each x has a small dot on a line of more than two, and a tick if all lines have
           the same x
    """
    _check_labelled(lines, "lines", least="one")
    drawn_on = {}
    for label, values in lines.items():
        if isinstance(x, dict) and label not in x:
            raise ValueError(f"x has nothing for {label}: give it a row of numbers.")
        at = x[label] if isinstance(x, dict) else x
        drawn_on[label] = _drawable_line(values, at, label, log)
    for label, place in _check_labelled({} if marks is None else marks, "marks").items():
        inputs.number(place, label)
    meaning, dotted = inputs.pair(("", {}) if dots is None else dots, "dots is a pair (words, {})")
    for label, place in _check_labelled(dotted, "dots").items():
        inputs.check_name(label, lines, "line")
        inputs.number(place, label)
    with picture() as (fig, ax):
        seen = []
        for label, (values, at) in drawn_on.items():
            dot = "o" if points and len(at) > 2 else None  # two only say where a border is
            seen.append(_draw_line(ax, label, values, at, lines, dot))
        for dash, (label, place) in zip(DASHES[2:], (marks or {}).items(), strict=False):
            ax.axvline(place, color="black", lw=1.5, ls=dash, label=label)
            seen.append(f"{label} is marked at {place:.3g}")
        for label, place in dotted.items():
            values, at = drawn_on[label]
            height = np.interp(place, at, values.mean(axis=0))
            words = None if label != next(iter(dotted)) else meaning
            ax.plot(place, height, "o", color="black", ms=8, zorder=3, label=words)
            seen.append(f"{meaning}, a black dot: {label} at {place:.3g}, {height:.3g}")
        scale = f"{ylabel}, log scale" if log else ylabel
        ax.set(xlabel=xlabel, ylabel=scale, title=title, yscale="log" if log else "linear")
        if log_x:
            ax.set(xlabel=f"{xlabel}, log scale", xscale="log")
        if points and not isinstance(x, dict):
            ax.set_xticks(at, [f"{place:g}" for place in at])
            ax.set_xticks([], minor=True)
        if log:
            plain_numbers(ax)
        if from_zero:
            ax.set_ylim(bottom=0)
        ax.legend()
    fig.alt = _sentences(f"{ylabel} by {xlabel}", *seen)
    return fig


def side_by_side(
    groups,
    x=None,
    xlabel="step",
    ylabel="loss",
    log=True,
    surfaces=None,
    log_x=False,
    legend="lower right",
):
    """Curves as lines() draws them, in panels side by side that share their y axis.

    groups    {title: {label: shape (steps,) or (seeds, steps)}}
    x         shape (steps,); 0, 1, 2, … if not given
    surfaces  {title: a function of two coordinates}: its contours, at the lower left
    log       whether the y axis is logarithmic; log_x the x axes
    legend    where a panel without a surface has its legend
    """
    _check_labelled(groups, "groups", least="one panel")
    for title, curves in groups.items():
        _check_labelled(curves, title, least="one")
    surfaces = _check_labelled({} if surfaces is None else surfaces, "surfaces")
    for title, surface in surfaces.items():
        inputs.check_name(title, groups, "panel")
        inputs.check_surface(surface, coordinates=2)
    scale, seen = "log" if log else "linear", []
    with picture(len(groups), figsize=(1 + 4 * len(groups), 3.8)) as (fig, axes):
        axes = np.ravel(axes)
        for ax, (title, curves) in zip(axes, groups.items(), strict=True):
            for label, values in curves.items():
                line = _drawable_line(values, x, label, log)
                seen.append(f"{title}, {_draw_line(ax, label, *line, curves)}")
            ax.set(title=title, xlabel=xlabel, yscale=scale)
            if log_x:
                ax.set(xlabel=f"{xlabel}, log scale", xscale="log")
            ax.legend(loc="upper right" if surfaces else legend)
            if title in surfaces:
                corner = ax.inset_axes([0.03, 0.04, 0.42, 0.42])
                _draw_contours(corner, surfaces[title])
                corner.set(xlabel="", ylabel="", xticks=[], yticks=[])
                seen.append(f"at its lower left the contours of the {surfaces[title].name}")
        low, high = np.transpose([ax.get_ylim() for ax in axes])
        for ax in axes:
            ax.set_ylim(low.min(), high.max())
        axes[0].set(ylabel=f"{ylabel}, log scale" if log else ylabel)
    fig.alt = _sentences(f"{ylabel} by {xlabel}", *seen)
    return fig


def legend_outside(figure):
    """Move the legend of a figure's one panel to the right of it."""
    (ax,) = figure.axes
    ax.get_legend().remove()
    figure.legend(*ax.get_legend_handles_labels(), loc="outside right upper")


def plain_numbers(ax):
    """Plain numbers at a logarithmic y axis that has few powers of ten."""
    low, high = ax.get_ylim()
    if high / low < 100:
        even = MaxNLocator(6, steps=(1, 2, 5, 10))
        ax.yaxis.set_major_locator(even if high / low < 8 else LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())


def panels(groups, xlabel="step", ylabel=""):
    """Curves over the steps in panels side by side, each panel with a scale of its own.

    groups  {title: {label: shape (steps,)}}; a label has one colour in all of them
    """
    _check_labelled(groups, "groups", least="one panel")
    for title, curves in groups.items():
        _check_labelled(curves, title, least="one")
    labels = dict.fromkeys(label for curves in groups.values() for label in curves)
    colours, seen = dict(zip(labels, [COLOURS["sgd"], OTHER, *COLOURS.values()], strict=False)), []
    with picture(len(groups), figsize=(2 + 2.6 * len(groups), 3.2)) as (fig, axes):
        for ax, (title, curves) in zip(np.ravel(axes), groups.items(), strict=True):
            for label, values in curves.items():
                values = inputs.numbers(_drawable(values, label), label, ndim=1)
                ax.plot(values, label=label, color=colours.get(label, OTHER))
                extent = f"{np.nanmin(values):.3g} to {np.nanmax(values):.3g}"
                seen.append(f"{title}, {label}: within {extent}, at last {values[-1]:.3g}")
            ax.set(title=title, xlabel=xlabel)
        np.ravel(axes)[0].set(ylabel=ylabel)
        drawn = {line.get_label(): line for ax in np.ravel(axes) for line in ax.lines}
        fig.legend(drawn.values(), drawn, loc="outside lower center", ncols=len(drawn))
    fig.alt = _sentences(f"{ylabel or 'Curves'} by {xlabel}", *seen)
    return fig


def noise_and_gradient(noise, lengths, sizes):
    """The noise of a batch's gradient by batch size, and how long the gradient itself is.

    noise    {place: shape (sizes,)}, a panel for each place
    lengths  {place: the length of the gradient of all samples there}
    A dot is where the two are equal, if noise falls as one over the root of the size.
    """
    sizes = inputs.numbers(sizes, "sizes", ndim=1)
    seen = []
    _check_labelled(noise, "noise", least="one place")
    with picture(len(noise), figsize=(4.5 * len(noise), 3.8)) as (fig, axes):
        for ax, (place, values) in zip(np.ravel(axes), noise.items(), strict=True):
            values = inputs.numbers(_drawable(values, place, True), place, ndim=1)
            length = inputs.number(lengths[place], place)
            equal = (values[0] / length) ** 2 * sizes[0]
            far = np.geomspace(sizes[0], max(sizes[-1], 2 * equal))
            law = values[0] * np.sqrt(sizes[0] / far)
            ax.plot(far, law, ls=DASHES[2], color=COLOURS["sgd"], label="one over the root of B")
            ax.plot(sizes, values, "o", color=COLOURS["sgd"], label="noise of a batch, measured")
            ax.axhline(length, color=COLOURS["adam"], label="gradient of all images")
            ax.plot(equal, length, "o", color="black", ms=9, zorder=3)
            about = f"{float(f'{equal:.2g}'):,.0f}"
            _note(ax, f"equal at B ≈ {about}", (equal, length), "black", (-8, -16), "right")
            ax.set(title=place, xscale="log", yscale="log", xlabel="batch size B, log scale")
            seen.append(
                f"{place}: the noise falls from {values[0]:.3g} with batches of {sizes[0]:g} to "
                f"{values[-1]:.3g} with {sizes[-1]:g}; the gradient of all is {length:.3g} long, "
                f"and a black dot shows that both are equal at about {about}"
            )
        views = [(*ax.get_xlim(), *ax.get_ylim()) for ax in np.ravel(axes)]
        (left, _, low, _), (_, right, _, high) = np.min(views, axis=0), np.max(views, axis=0)
        for ax in np.ravel(axes):
            ax.set(xlim=(left, right), ylim=(low, high))
        np.ravel(axes)[0].set(ylabel="length, log scale")
        handles, names = ax.get_legend_handles_labels()
        fig.legend(handles, names, loc="outside lower center", ncols=3)
    fig.alt = _sentences("Noise and gradient by batch size", *seen)
    return fig


def noise_triangle(noise):
    """The gradient of a batch as the longest side of a right triangle.

    noise  the length of the noise, as many times that of the gradient of all samples
    """
    if not inputs.number(noise, "noise") > 0:
        raise ValueError(f"noise is a length, so it must be above 0, not {brief(noise)}.")
    sides = {  # (from, to, colour, words, their place, where they begin)
        "gradient of all: 1": ((0, 0), (1, 0), COLOURS["adam"], (0, -16), "center"),
        "noise: √(B*/B)": ((1, 0), (1, noise), COLOURS["sgd"], (10, 0), "left"),
        "gradient of a batch:\n√(1 + B*/B)": ((0, 0), (1, noise), "black", (-12, 4), "right"),
    }
    with picture(figsize=(6.4, 3)) as (fig, ax):
        for words, (start, end, colour, place, align) in sides.items():
            ax.annotate("", end, start, arrowprops=ARROW | {"color": colour})
            _note(ax, words, np.mean([start, end], axis=0), colour, place, align)
        angle = np.linspace(0, np.arctan(noise), 30)
        ax.plot(0.2 * np.cos(angle), 0.2 * np.sin(angle), color=OTHER, lw=1)
        ax.set(xlim=(-0.6, 1.7), ylim=(-0.2, noise + 0.05), aspect="equal")
        ax.axis("off")
    fig.alt = _sentences(
        "A triangle with a right angle between its short sides",
        "the gradient of all is 1 long and the noise √(B*/B), so the longest side, the gradient of "
        "a batch, is √(1 + B*/B) long",
    )
    return fig


def climbs(losses, starts=None, highest=2.5, title=None):
    """The validation loss over the learning rates that were tried; rings mark where they begin.

    losses   {label: {rate: loss}}, in any order
    starts   {label: the rate that was tried first}; the first of each if not given
    highest  a loss above it is drawn there
    """
    for label, tried in _check_labelled(losses, "losses").items():
        inputs.check_kind(tried, dict, label, "a dict {learning rate: loss}")
        inputs.check_values("learning_rate", list(tried), f"The rates of {label}")
        inputs.numbers(list(tried.values()), f"The losses of {label}", ndim=1)
    inputs.number(highest, "highest")
    starts = starts or {label: next(iter(tried)) for label, tried in losses.items()}
    inputs.check_kind(starts, dict, "starts", "a dict {label: learning rate}")
    for label, tried in losses.items():
        if starts.get(label) not in tried:
            raise ValueError(f"{label} must start at one of its rates: {brief([*tried])}.")
    losses = {label: dict(sorted(tried.items())) for label, tried in losses.items()}
    fig = lines(
        {label: np.minimum(list(tried.values()), highest) for label, tried in losses.items()},
        x={label: np.array(list(tried)) for label, tried in losses.items()},
        xlabel="learning rate",
        ylabel="validation loss",
        log_x=True,
        title=title,
    )
    (ax,) = fig.axes
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 6, 7, 8)))
    for line, (label, tried) in zip(ax.get_lines(), losses.items(), strict=True):
        line.set(marker="o", markersize=4)
        ring = starts[label], min(tried[starts[label]], highest)
        ax.plot(*ring, "o", markersize=11, mfc="none", color=line.get_color())
    legend_outside(fig)
    least = {label: min(tried, key=tried.get) for label, tried in losses.items()}
    told = (f"{label} {losses[label][rate]:.2f} at η = {rate:g}" for label, rate in least.items())
    fig.alt = (
        "The validation loss over the learning rate, a line for each method, from a ring, where it "
        "begins, to the rates at which the loss rises. The least loss: " + ", ".join(told)
    )
    return fig


def gains(values, names, xlabel="test accuracy", title=None):
    """What each method had before and after, as two points with a line between them.

    values  {label: (before, after)}, each the numbers of some seeds, whose means are drawn; a thin
            line goes from the least to the largest
    names   what before and after are called
    """
    _check_labelled(values, "values", least="one method")
    inputs.check_kind(names, tuple | list, "names", "two names, of before and after")
    if len(names) != 2:
        raise ValueError(f"names must be two, of before and after, not {len(names)}.")
    seen = []
    with picture(figsize=(6.4, 1.3 + 0.45 * len(values))) as (fig, ax):
        for row, (label, pair) in enumerate(values.items()):
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise TypeError(f"{label} must be a pair, (before, after), not {brief(pair)}.")
            pair = [inputs.numbers(a, label, ndim=1) for a in pair]
            before, after = (float(np.mean(a)) for a in pair)
            colour = style_of(label)["color"]
            ax.plot([before, after], [row, row], color=colour, lw=2)
            for a in pair:
                ax.plot([np.min(a), np.max(a)], [row, row], color=colour, lw=6, alpha=0.25)
            ax.plot(before, row, "o", mfc="white", color=colour, ms=9)
            ax.plot(after, row, "o", color=colour, ms=9)
            seen.append(f"{label}: from {before:.2f} to {after:.2f}")
        for name, face in zip(names, ("white", OTHER), strict=True):
            ax.plot([], [], "o", mfc=face, color=OTHER, ms=9, ls="", label=str(name))
        ax.set_yticks(range(len(values)), list(values))
        ax.set(xlabel=xlabel, title=title)
        ax.set_ylim(len(values) - 0.5, -0.5)
        ax.grid(axis="y", visible=False)
        fig.legend(loc="outside lower right", ncols=2)
    fig.alt = _sentences(f"{xlabel.capitalize()}, from {names[0]} to {names[1]}", *seen)
    return fig


def beside(right, others, rule, ylim):
    """The path of a right rule and those of wrong ones, a panel for each of these.

    right   shape (steps + 1,); dashed, in each panel
    others  {title: shape (steps + 1,)}, which may end earlier; a dot is where they begin
    rule    the name of the rule that is right, whose colour the others have
    ylim    (least, largest) x that is shown
    """
    _check_labelled(others, "others", least="one path")
    inputs.check_kind(rule, str, "rule", "the name of a rule")
    right = _drawable_path(right, "right", 1)
    paths = {title: _drawable_path(path, title, 1) for title, path in others.items()}
    _, limits = inputs.check_axis(("ylim", inputs.pair(ylim, "ylim is (least, largest)")), "ylim")
    style, seen = style_of(rule) | {"marker": "o", "markevery": [0]}, []
    columns = 2 if len(paths) == 4 else 3
    with picture(columns, -(-len(paths) // columns), figsize=(9, 5)) as (fig, axes):
        for ax, (title, path) in zip(np.ravel(axes), paths.items(), strict=False):
            ax.plot(right, "--", color="black", lw=1, label="right")
            ax.plot(path, label="wrong", **style)
            ax.set(title=title, ylim=limits, xlabel="step", ylabel="x")
            seen.append(
                f"{title.capitalize()}: x goes from {path[0]:.3g} to {path[len(path) // 2]:.3g} "
                f"half-way, and ends after {len(path) - 1} steps at {path[-1]:.3g}"
            )
    fig.alt = _sentences(*seen)
    return fig


def by_knob(losses, rule, early, late):
    """The loss after each step for some values of each hyperparameter, a panel for each.

    losses  {hyperparameter: {value: shape (steps + 1,)}}
    rule    the name of the rule, whose colour the curves have
    early   the step after which the legend tells the loss, a grey line
    late    how many last ones it tells the mean of, a grey band
    """
    words = "a dict {hyperparameter: {value: losses}}"
    inputs.check_kind(losses, dict, "losses", words, least="those of one hyperparameter")
    inputs.check_kind(rule, str, "rule", "the name of a rule")
    inputs.count(late, "late", least=1)
    seen = []
    with picture(2, -(-len(losses) // 2), figsize=(9, 7)) as (fig, axes):
        for ax, (knob, curves) in zip(np.ravel(axes), losses.items(), strict=False):
            inputs.check_kind(curves, dict, f"The losses of {knob}", "a dict {value: losses}")
            among = [f"{rule}, {inputs.number(value, knob):g}" for value in curves]
            for label, (value, curve) in zip(among, curves.items(), strict=True):
                curve = inputs.numbers(_drawable(curve, label), label, ndim=1)
                inputs.count(early, "early", most=len(curve) - 1)
                style = style_of(label, among) | {"marker": None}
                soon, ends = f"{curve[early]:.2g}", f"{np.mean(curve[-late:]):.2g}"
                words = f"{value:g}: {soon}, {ends}"
                ax.plot(np.arange(1, len(curve)), curve[1:], label=words, **style)
                seen.append(
                    f"{knob} {value:g}: from {curve[0]:.2g} to {soon} after {early} steps, "
                    f"late {ends}"
                )
            ax.axvline(early, color="#999999", lw=1, zorder=0)
            ax.axvspan(len(curve) - 1 - late, len(curve) - 1, color="#999999", alpha=0.25, lw=0)
            ax.set(title=with_letter(knob), xscale="log", yscale="log")
            ax.margins(x=0)
            ax.set(xlabel="step, log scale", ylabel="loss, log scale")
            legend = ax.legend(title="value: early, late loss", loc="lower left", frameon=True)
            legend.get_frame().set(alpha=1, linewidth=0)  # so that the grey line ends above it
    fig.alt = _sentences(*seen)
    return fig


def with_letter(knob):
    """A hyperparameter's name and its letter: learning_rate, η."""
    letter = facts(knob).letter
    return f"{knob}, {letter}" if letter else knob


def states(run, rule, title=None):
    """The states of a run over its steps, one panel each, every coordinate a line.

    run  what descent.descend returned for one array of one or two coordinates
    """
    inputs.check_rule(rule)
    named = getattr(run, "states", None)
    if not isinstance(named, dict):
        raise TypeError(f"The states are those of a descent of one array, not of {brief(run)}.")
    if not named:
        raise ValueError(f"There is nothing to draw: {name_of(rule)} has no state.")
    for name, values in named.items():
        if _drawable(values, name).ndim > 2 or np.size(values[0]) > 5:
            raise ValueError(f"{name} has shape {np.shape(values)}: at most 5 numbers are drawn.")
    with picture(len(named), figsize=(3.6 * max(2, len(named)), 3)) as (fig, axes):
        seen = []
        for ax, (name, values) in zip(np.ravel(axes), named.items(), strict=True):
            for i, column in enumerate(np.atleast_2d(values.T)):
                label = f"{name}[{i}]" if values.ndim > 1 else name
                colour = style_of(rule.__name__)["color"]
                ax.plot(np.arange(1, len(column) + 1), column, ls=DASHES[i], c=colour, label=label)
                seen.append(f"{label} goes from {column[0]:.3g} to {column[-1]:.3g}")
            ax.set(xlabel="step", title=f"{name} of {rule.__name__}")
            ax.legend()
        if title:
            fig.suptitle(title)
    fig.alt = _sentences(f"The state of {rule.__name__} over {len(column)} steps", *seen)
    return fig


def knob_map(values, x, y, label="loss", log=True, title=None, kinds=None, lines=None, dot=None):
    """A map of one number over two hyperparameters, or of one of several kinds.

    values  shape (len(y), len(x)); NaN, where a run diverged, is hatched and said in words
    x, y    (name, increasing values); drawn on a log axis where the values are spaced so
    kinds   names of the kinds, if values are 0, 1, 2, …: which of them each cell is
    lines   {label: (x, y)} of curves to draw on the map, such as a theory's borders
    dot     (words, (x, y)): one place to mark, and what it is
    """
    (x_name, x_values), (y_name, y_values) = inputs.check_axis(x, "x"), inputs.check_axis(y, "y")
    values, shape = (
        _drawable(values, "values", log and kinds is None),
        (len(y_values), len(x_values)),
    )
    if values.shape != shape:
        raise ValueError(f"values must be of shape (len(y), len(x)), {shape}, not {values.shape}.")
    if kinds is not None:
        inputs.check_kind(kinds, list | tuple, "kinds", "a list of names")
    lines = _check_labelled({} if lines is None else lines, "lines")
    for name, curve in lines.items():
        _drawable(inputs.pair(curve, f"{name} is a pair (x, y)"), name)
    if dot is not None:
        words, place = inputs.pair(dot, "dot is a pair (words, (x, y))")
        _check_labelled({words: place}, "dot")
        place = inputs.finite_point(inputs.pair(place, f"{words} is a pair (x, y)"), words)
    shown = np.ma.masked_invalid(values)
    norm = LogNorm() if log else None
    if kinds:
        norm = BoundaryNorm(np.arange(len(kinds) + 1) - 0.5, 256)
    with picture() as (fig, ax):
        ax.set_facecolor("white")
        ax.patch.set(hatch="///", edgecolor="#999999")
        ax.set(xscale=_scale(x_values), yscale=_scale(y_values))
        edges = _cell_edges(x_values), _cell_edges(y_values)
        mesh = ax.pcolormesh(*edges, shown, norm=norm, rasterized=True)
        bar = fig.colorbar(mesh, label=label)
        if kinds:
            bar.set_ticks(range(len(kinds)), labels=kinds)
        ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())  # whatever the lines need
        for dash, (name, curve) in zip(DASHES, lines.items(), strict=False):
            ax.plot(*curve, color="white", lw=4)
            ax.plot(*curve, color="black", lw=2, ls=dash, label=name)
        if dot:
            ax.plot(*place, "o", ms=9, mfc="black", mec="white", mew=2, clip_on=False, label=words)
        if lines or dot:
            fig.legend(loc="outside lower center", ncols=2)
        ax.grid(visible=False)
        diverged = np.ma.count_masked(shown)
        note = f"hatched: diverged ({diverged / shown.size:.0%})" if diverged else None
        ax.set(xlabel=x_name, ylabel=y_name, title="\n".join(filter(None, [title, note])))
    fig.map = label, (x_name, x_values), (y_name, y_values), shown, kinds
    i, j = np.unravel_index(shown.argmin(), shown.shape)
    seen = (
        f"From {shown.min():.3g}, at {x_name} {x_values[j]:.3g} and {y_name} {y_values[i]:.3g}, "
        f"to {shown.max():.3g}"
    )
    told = [seen, f"{diverged} of {shown.size} runs diverged"]
    if kinds:
        told = [", ".join(f"{(shown == k).mean():.0%} {kind}" for k, kind in enumerate(kinds))]
    if lines:
        told.append(f"Drawn on it: {', '.join(lines)}")
    if dot:
        told.append(f"A dot at {point_words(place)}: {words}")
    fig.alt = _sentences(f"Map of {label} over {x_name} and {y_name}", *told)
    return fig


def _scale(values):
    even = len(values) > 2 and np.allclose(np.diff(values), values[1] - values[0])
    return "log" if np.all(values > 0) and values[-1] / values[0] > 50 and not even else "linear"


def _cell_edges(values):
    """The edges of the map's cells, half-way between the values on their axis."""
    log = _scale(values) == "log"
    at = np.log(values) if log else values
    gaps = np.diff(at) if len(at) > 1 else np.ones(1)
    edges = np.append(at - np.append(gaps[0], gaps)[: len(at)] / 2, at[-1] + gaps[-1] / 2)
    return np.exp(edges) if log else edges


def images(pictures, labels, title=None, signed=False):
    """A row of square grey images, shape (n, pixels), each with its label above.

    signed  the pixels are weights: blue above 0, red below, white at 0; five in a row
    """
    pictures = inputs.numbers(pictures, "The images")
    side = round(pictures.shape[-1] ** 0.5) if pictures.ndim == 2 and pictures.size else 0
    if not side or side**2 != pictures.shape[1]:
        raise ValueError(f"The images must be rows of a square's pixels, not {pictures.shape}.")
    inputs.check_kind(labels, list | tuple | np.ndarray, "labels", "a list, one for each image")
    if len(labels) != len(pictures):
        raise ValueError(f"There are {len(pictures)} images: give a label for each.")
    columns = min(5, len(pictures)) if signed else len(pictures)
    rows = -(-len(pictures) // columns)
    look = dict(cmap="gray_r", vmin=0, vmax=1)
    if signed:
        most = np.abs(pictures).max()
        look = dict(cmap="RdBu", vmin=-most, vmax=most)
    with picture(columns, rows, figsize=(6.4, 1.5 * rows if signed else 1.2)) as (fig, axes):
        for ax in np.ravel(axes):
            ax.axis("off")
        for ax, one, label in zip(np.ravel(axes), pictures, labels, strict=False):
            ax.imshow(one.reshape(side, side), **look)
            ax.set_title(label, loc="center")
        if title:
            fig.suptitle(title)
    named = ", ".join(map(str, labels))
    kind = "images of weights, blue above 0 and red below," if signed else "images"
    fig.alt = f"{len(pictures)} {kind} of {side} by {side} pixels, labelled {named}."
    return fig


def _check_labelled(things, name, least=""):
    """Raise TypeError unless it is {label: what is drawn}, of so many at `least`, in words."""
    inputs.check_kind(things, dict, name, "a dict {label: numbers}", least)
    for label in things:
        if not isinstance(label, str) or not label.replace(",", " ").split():
            raise TypeError(f"A label must be words, not {brief(label)}.")
    return things


def _drawable(values, label, log=False):
    """The values as an array of floats, some of them finite, and on a log axis some positive."""
    if hasattr(values, "diverged"):
        raise TypeError(
            f"{label} is a whole run: give what is drawn of it, such as run.trajectory or "
            "run.losses."
        )
    array = inputs.numbers(values, label)
    if not np.isfinite(array).any():
        raise ValueError(
            f"{label} has no finite number to draw: where a run diverged at once, try a smaller "
            "learning rate."
        )
    if log and not (array > 0).any():
        raise ValueError(f"{label} has no positive number for a log axis: give log=False.")
    return array


def _drawable_path(values, label, coordinates):
    """A trajectory, (steps + 1,) or (steps + 1, 2), as far as it is finite."""
    path = _drawable(values, label)
    shape = "(steps + 1,)" if coordinates == 1 else f"(steps + 1, {coordinates})"
    if path.ndim != min(2, coordinates) or path.shape[1:] not in ((), (coordinates,)):
        raise ValueError(f"{label} must be a trajectory of shape {shape}, not {path.shape}.")
    finite = np.isfinite(path.reshape(len(path), -1)).all(axis=1)
    return _drawable(path[: np.append(~finite, True).argmax()], label)


def _drawable_line(values, at, label, log):
    """A curve, or one for each seed, as an array (seeds, steps); and where it is along x."""
    array = np.atleast_2d(_drawable(values, label, log))
    if array.ndim > 2:
        raise ValueError(f"{label} must be of shape (steps,) or (seeds, steps), not {array.shape}.")
    at = np.arange(array.shape[1]) if at is None else inputs.numbers(at, "x", ndim=1)
    if not np.isfinite(at).all():
        raise ValueError(f"x must be finite, not {brief(at)}.")
    if len(at) != array.shape[1]:
        raise ValueError(f"{label} has {array.shape[1]} numbers, and x has {len(at)}.")
    return array, at


def _draw_line(ax, label, values, at, among, marker=None):
    """Draw the mean of _drawable_line's values, and their band; return what is seen, in words."""
    values = np.ma.masked_invalid(values)
    style = style_of(label, among) | {"marker": marker}
    mean = values.mean(axis=0)
    ax.plot(at, mean, label=label, **style)
    if len(values) > 1:
        low, high = values.min(axis=0), values.max(axis=0)
        ax.fill_between(at, low, high, color=style["color"], alpha=0.25, lw=0)
    drawn = mean.compressed()
    gap = "" if len(drawn) == len(mean) else f", not finite from {at[len(drawn)]:g} on"
    return f"{label}: from {drawn[0]:.3g} to {drawn[-1]:.3g}, least {drawn.min():.3g}{gap}"


def _draw_contours(ax, surface, levels=14):
    """Contours evenly spaced in log-height, so that a valley's floor shows; lower is darker."""
    (left, right), (bottom, top) = surface.window
    x, y = np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 200))
    z = surface(np.stack([x, y]))
    height = np.log10(z - z.min() + 1e-2 * np.ptp(z) ** 0.5)
    ax.contourf(x, y, height, levels, cmap="Greys_r", vmin=height.min() - 2.5 * np.ptp(height))
    ax.contour(x, y, height, levels, colors="#8c8c8c", linewidths=0.5, linestyles="solid")
    for minimum in surface.minima:
        ax.plot(*minimum, "+", color="black", ms=12, mew=2)
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.grid(visible=False)


def _note(ax, text, at, colour, offset, align):
    ax.annotate(text, at, offset, textcoords="offset points", ha=align, color=colour, **NOTE)


def point_words(x):
    """A point in words: (1, -0.5)."""
    return f"({', '.join(f'{v:.3g}' for v in np.atleast_1d(x))})"


def _sentences(*parts):
    return ". ".join(parts) + "."
