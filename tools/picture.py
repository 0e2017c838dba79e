"""Draw the picture of the README: python tools/picture.py writes tools/picture.png."""

from pathlib import Path

from adamlib import plots, rules
from adamlib.descent import descend
from adamlib.surfaces import ravine

RATES = {rules.sgd: 0.09, rules.momentum: 0.02, rules.adam: 0.2}

figure = plots.contour(
    ravine,
    {
        rule.__name__: descend(
            rule, ravine.gradient, ravine.start, 60, learning_rate=rate
        ).trajectory
        for rule, rate in RATES.items()
    },
    title="Sixty steps down a ravine",
)
Path(__file__).with_suffix(".png").write_bytes(figure.png())
print(figure.alt)
