"""Curves over steps: what average(), race() and explore() share."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from adamlib import plots
from adamlib.explorers.widget import HUGE, Axis

NICE = np.array([m * 10.0**k for k in range(-40, 41) for m in (1, 2, 5)])


def axis(label, low, high, whole=False):
    """An Axis that is even; `whole`: its ticks are whole numbers."""
    at = MaxNLocator(6, integer=whole).tick_values(low, high)
    ticks = [[v, f"{v:g}".replace("-", "−")] for v in at.tolist() if low <= v <= high]
    return Axis(label=label, low=low, high=high, log=False, ticks=ticks)


def log_axis(label, low, high):
    """An Axis that is logarithmic, from one nice number to another."""
    ticks = NICE[(NICE > 0.999 * low) & (NICE < 1.001 * high)]
    if len(ticks) > 8:
        ticks = ticks[np.isclose(np.log10(ticks) % 1, 0)]
    ticks = ticks[:: -(-len(ticks) // 9)]
    return Axis(
        label=f"{label}, log scale",
        low=float(low),
        high=float(high),
        log=True,
        ticks=[[v, _short(v)] for v in ticks.tolist()],
    )


def _short(tick):
    """0.01 as it is, but 1e-3, which leaves room for the axis's label."""
    if 0.01 <= tick < 1e5:
        return f"{tick:g}"
    digit, power = f"{tick:.0e}".split("e")
    return f"{digit}e{int(power)}"


def told(curves):
    """How many points each curve has, and their numbers, one curve after another."""
    numbers = np.clip(np.concatenate(curves), -HUGE, HUGE).astype(np.float32)
    return {"counts": [len(curve) for curve in curves]}, numbers


def still(explorer):
    """What an explorer shows, in a picture that does not move."""
    spec, result = explorer.spec, explorer.result
    numbers = np.frombuffer(explorer.buffer, np.float32)
    curves = np.split(numbers, np.cumsum(result.get("counts", []), dtype=int))
    with plots.picture() as (fig, ax):
        for look, curve in zip(spec.get("curves", spec["groups"]), curves, strict=False):
            dash = (0, look["dash"]) if look["dash"] else "-"
            style = {"ls": "", "marker": "."} if "dots" in look else {"ls": dash}
            at = spec["at"][: len(curve)]
            ax.plot(at, curve, color=look["colour"], label=look["label"], **style)
        for name, of in result.get("axes", {}).items():
            ax.set(**{f"{name}scale": "log" if of["log"] else "linear"})
            ax.set(**{f"{name}label": of["label"], f"{name}lim": (of["low"], of["high"])})
            getattr(ax, f"set_{name}ticks")(*zip(*of["ticks"], strict=True))
        ax.minorticks_off()
        fig.legend(loc="outside lower center", ncols=3)
    fig.alt = result.get("alt", result["error"])
    return fig
