"""What the lessons claim of trained models, as measured over many seeds: the table claims.csv.

    CLAIMS[name]             one row of the table
    evidence(*names)         some rows, as a table that a notebook shows
    carried(name, values)    raise AssertionError unless a cell's numbers, and what its text says,
                             agree with the table's

benchmarks/claims.py measures the table; nothing in it is typed by hand.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adamlib.inputs import check_name, numbers

TABLE = Path(__file__).with_suffix(".csv")


class Claim(NamedTuple):
    """One row.

    lesson    the lesson that makes the claim, such as "02"
    mean, sd  of what was measured, over the seeds; a difference is positive where the claim holds;
              NaN where a seed shows the claim or does not, without a number
    shown     how many of the seeds show it; None for a quantity, which makes no claim
    seeds     how many there were: a comparison is paired by seed
    measured  what was measured
    """

    lesson: str
    mean: float
    sd: float
    shown: int | None
    seeds: int
    measured: str

    @property
    def share(self):
        """The part of the seeds that shows it, 0 to 1."""
        return self.shown / self.seeds

    @property
    def separated(self):
        """Whether the mean is more than three of its standard errors from 0."""
        return abs(self.mean) > 3 * self.sd / self.seeds**0.5


def _read():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            f"{row['lesson']} {row['claim']}": Claim(
                row["lesson"],
                float(row["mean"] or "nan"),
                float(row["sd"] or "nan"),
                int(row["shown"]) if row["shown"] else None,
                int(row["seeds"]),
                row["measured"],
            )
            for row in csv.DictReader(file)
        }


CLAIMS = _read()


def evidence(*names):
    """These rows of the table, to be shown by a notebook: the name without its lesson's number.

    "±" is the standard deviation over seeds, how much one training differs from another. What was
    measured stands at the head if it is the same for all rows. Else the head has what it begins
    with, up to the first comma, if all rows share that; a row has what its name lacks of the rest.
    """
    from IPython.display import Markdown

    claims = {name: CLAIMS[check_name(name, CLAIMS, "claim")] for name in names}
    measured = {claim.measured for claim in claims.values()}
    kinds = {what.partition(", ")[0] for what in measured}
    shared = next((of.pop() for of in (measured, kinds) if len(of) == 1), "")
    what = f": {shared}" if shared else ""
    head = f"measured over many seeds{what} | mean ± deviation | seeds that show it"
    rows = [head, "--- | --- | ---"]
    for name, claim in claims.items():
        mean = ""
        if not np.isnan(claim.mean):
            digits = max(0, 1 - int(np.floor(np.log10(claim.sd)))) if claim.sd else 0
            mean = f"{claim.mean:.{digits}f} ± {claim.sd:.{digits}f}"
        seeds = f"{claim.shown} of {claim.seeds}"
        if claim.shown is None:
            seeds = f"(mean of {claim.seeds})"
        rest = claim.measured.removeprefix(shared).removeprefix(", ")
        rest = ", ".join(part for part in rest.split(", ") if not (shared and part in name))
        where = f" ({rest})" if rest else ""
        rows.append(f"{name.partition(' ')[2]}{where} | {mean} | {seeds}")
    return Markdown("\n".join(f"| {row} |" for row in rows))


def carried(name, values=None, *, mean=None, shown=None, share=None, separated=None):
    """Raise AssertionError unless the table carries what a notebook has found and its text says.

    values  one number, or one for each seed, whose mean is to be within four deviations of the
            table's. The margin is that of a single seed: it holds for the mean of a few too, even
            where another seed has chosen another learning rate.
    mean    as the text has it, to its last digit: "0.03"
    shown, share, separated    as a Claim has them
    """
    claim = CLAIMS[check_name(name, CLAIMS, "claim")]
    if values is not None:
        found = float(np.mean(numbers(values, "The values")))
        if not abs(found - claim.mean) <= 4 * claim.sd:
            raise AssertionError(
                f"{name}: this notebook has {found:.3g}, and {claim.seeds} seeds have "
                f"{claim.mean:g} ± {claim.sd:g}. If the lesson has changed, measure again: python3 "
                "course.py claims"
            )
    for what, said in dict(shown=shown, share=share, separated=separated).items():
        if said is not None and said != getattr(claim, what):
            raise AssertionError(f"{name}: {what} is {getattr(claim, what)}, and not {said}.")
    if mean is not None and f"{claim.mean:.{len(mean.partition('.')[2])}f}" != mean:
        raise AssertionError(f"{name}: the mean is {claim.mean:g}, and not {mean}.")
