"""The numbers of a figure as tables that fold out, for whoever does not see it."""

import html

import numpy as np

ROWS = 11  # of a table, evenly spaced among the points of a curve
CELLS = 7  # of a map, along each axis


def folded(figure):
    """The curves and the map of a figure as HTML in one line; "" where it draws neither.

    A curve has a label and more than two points. What an alt text says in full, such as a few bars,
    has no table.
    """
    tables = [table for ax in figure.axes for table in curves(ax)]
    tables += [of_map(*figure.map)] if figure.map else []
    if not tables:
        return ""
    words = "<summary>The numbers of this figure</summary>"
    return f'<details class="numbers">{words}{"".join(tables)}</details>'


def curves(ax):
    """A table for the curves of a panel that have the same x."""
    groups = {}
    for line in ax.get_lines():
        x, y = (np.ma.filled(np.ma.asarray(a, float), np.nan) for a in line.get_data())
        if len(x) > 2 and not line.get_label().startswith("_"):
            groups.setdefault(x.tobytes(), (x, []))[1].append((line.get_label(), y))
    title = ax.get_title("left") or ax.get_title()
    words = ax.get_ylabel() or ax.figure.get_supylabel()
    for x, lines in groups.values():
        rows = np.unique(np.linspace(0, len(x) - 1, ROWS).round().astype(int))
        head = [ax.get_xlabel() or ax.figure.get_supxlabel(), *(label for label, _ in lines)]
        body = [[number(v[row]) for v in (x, *(y for _, y in lines))] for row in rows]
        yield table(": ".join(filter(None, [title, words])), head, body)


def of_map(label, x, y, values, kinds):
    """The table of a map; x and y are (name, values), and the kinds are names or None."""
    across, down = (
        np.unique(np.linspace(0, len(values) - 1, CELLS).round().astype(int))
        for _, values in (x, y)
    )
    head = [f"{y[0]} \\ {x[0]}", *(number(x[1][j]) for j in across)]
    body = [[number(y[1][i]), *(cell(values[i, j], kinds) for j in across)] for i in down[::-1]]
    return table(label, head, body)


def cell(value, kinds):
    if np.ma.is_masked(value):
        return "diverged"
    return kinds[int(value)] if kinds else number(value)


def number(value):
    """Three digits, and all of a whole number."""
    if not np.isfinite(value):
        return "not finite"
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.3g}"


def table(caption, head, body):
    """A table in HTML; the first column has the names of the rows."""
    head, *body = ([html.escape(plain(text)) for text in row] for row in (head, *body))
    top = "".join(f'<th scope="col">{text}</th>' for text in head)
    rows = (
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{text}</td>" for text in rest)}</tr>'
        for first, *rest in body
    )
    caption = html.escape(plain(caption))
    return f"<table><caption>{caption}</caption><tr>{top}</tr>{''.join(rows)}</table>"


def plain(text):
    """A label without the marks of Matplotlib's formulas, and without what only an axis needs."""
    for mark, instead in (("$", ""), ("x_1", "x₁"), ("x_2", "x₂"), (", log scale", "")):
        text = text.replace(mark, instead)
    return " ".join(text.split())
