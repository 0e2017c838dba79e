"""Curves over steps: what average(), race() and explore() share."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from adamlib import plots
from adamlib.explorers.widget import HUGE, Axis

SIZE = [620, 300]  # of the plot, in pixels
NICE = np.array([m * 10.0**k for k in range(-40, 41) for m in (1, 2, 5)])


def axis(label, low, high, whole=False):
    """An Axis that is even; `whole`: its ticks are whole numbers."""
    at = MaxNLocator(6, integer=whole).tick_values(low, high)
    ticks = [[(v - low) / (high - low), f"{v:g}".replace("-", "−")] for v in at if low <= v <= high]
    return Axis(label=label, low=low, high=high, log=False, ticks=ticks)


def log_axis(label, low, high):
    """An Axis that is logarithmic, from one nice number to another."""
    ticks = NICE[(NICE > 0.999 * low) & (NICE < 1.001 * high)]
    if len(ticks) > 8:
        ticks = ticks[np.isclose(np.log10(ticks) % 1, 0)]
    ticks = ticks[:: -(-len(ticks) // 9)]
    places = np.log10(ticks / low) / np.log10(high / low)
    return Axis(
        label=f"{label}, log scale",
        low=float(low),
        high=float(high),
        log=True,
        ticks=[[p, f"{t:g}"] for p, t in zip(places.tolist(), ticks.tolist(), strict=True)],
    )


def told(curves):
    """How many points each curve has, and their numbers, one curve after another."""
    numbers = np.clip(np.concatenate(curves), -HUGE, HUGE).astype(np.float32)
    return {"counts": [len(curve) for curve in curves]}, numbers


def still(axes, at, looks, curves, alt):
    """The same in a picture that does not move."""
    with plots.picture() as (fig, ax):
        for look, curve in zip(looks, curves, strict=True):
            dash = (0, look["dash"]) if look["dash"] else "-"
            style = {"ls": "", "marker": "."} if "dots" in look else {"ls": dash}
            ax.plot(at[: len(curve)], curve, color=look["colour"], label=look["label"], **style)
        for name, of in axes.items():
            low, high = of["low"], of["high"]
            places = np.array([place for place, _ in of["ticks"]])
            ticks = low * (high / low) ** places if of["log"] else low + places * (high - low)
            ax.set(**{f"{name}scale": "log" if of["log"] else "linear"})
            ax.set(**{f"{name}label": of["label"], f"{name}lim": (low, high)})
            ax.set(
                **{f"{name}ticks": ticks, f"{name}ticklabels": [text for _, text in of["ticks"]]}
            )
        ax.minorticks_off()
        fig.legend(loc="outside lower center", ncols=3)
    fig.alt = alt
    return fig
