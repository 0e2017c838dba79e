"""What a notebook shows against what a fresh run shows, number by number where it may differ.

Text that exact mathematics prints must be the same on every machine. A cell that trains models is
tagged "about: NAME" with a row of adamlib/experiments/claims.csv: each of its numbers may be off by
four of that row's deviations, or by 2 %, and a learning rate by one place of its list.
"""

import re

from nbformat import from_dict

from adamlib.experiments.claims import CLAIMS

TAG = "about: "
NUMBER = re.compile(r"(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?")
RATE = re.compile(r"[ηα] = $")
# Progress bars: tqdm's, which only a slow machine shows; ours, of which nbval keeps the first state
BAR = re.compile(r"\d+%\||^<p>\d+ of \d+ trainings done</p>$|^$")


def margin(tags):
    """How far off a number of this cell may be; None where it may not."""
    names = [tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)]
    if unknown := [name for name in names if name not in CLAIMS]:
        raise ValueError(f"{TAG}{unknown[0]} names no row of adamlib/experiments/claims.csv.")
    return max((4 * CLAIMS[name].sd for name in names), default=None)


def settled(fresh, saved, margin):
    """The fresh text with each number that is near enough replaced by the saved one."""
    if margin is None or NUMBER.sub("#", fresh) != NUMBER.sub("#", saved):
        return fresh
    pairs = zip(NUMBER.finditer(fresh), NUMBER.findall(saved), strict=True)
    text, end = "", 0
    for found, old in pairs:
        before = fresh[end : found.start()]
        text += before + (old if near(found[0], old, margin, before) else found[0])
        end = found.end()
    return text + fresh[end:]


def near(new, old, margin, before):
    """Whether a number that stands after `before` is near enough to the saved one."""
    a, b = (float(word.replace(",", "").replace("−", "-")) for word in (new, old))
    if RATE.search(before):
        return 0.29 * b <= a <= 3.5 * b
    if before.endswith("^"):  # an order of magnitude
        return abs(a - b) <= 1
    return abs(a - b) <= max(margin, 0.02 * abs(b)) + 1e-9


def without_bars(outputs):
    """The outputs but for progress bars."""
    kept = []
    for output in outputs:
        data = output.get("data", {})
        if not BAR.search(data.get("text/html", data.get("text/plain", "x"))):
            kept.append(output)
    return kept


def comparable(fresh, saved, margin, clean):
    """The fresh outputs, their texts settled against the saved ones of the same place and kind.

    clean  what nbval's sanitize file makes of a text
    """
    pairs = []
    for new, old in zip(fresh, saved, strict=False):
        new, old = dict(new), dict(old)
        if "text" in new and "text" in old:
            new["text"] = settled(clean(new["text"]), clean(old["text"]), margin)
        if "data" in new and "data" in old:
            new["data"] = {
                kind: settled(clean(text), clean(old["data"][kind]), margin)
                if kind in old["data"] and isinstance(text, str) and not kind.startswith("image/")
                else text
                for kind, text in new["data"].items()
            }
        pairs.append(from_dict(new))
    return pairs + fresh[len(pairs) :]
