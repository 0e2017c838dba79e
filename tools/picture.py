"""Take the picture of the README, a lesson at work: python -m tools.picture writes picture.png."""

import tempfile
from pathlib import Path

import nbformat

from tools.browser import Page, chromium, jupyterlab, notebook_of

SET_UP = """
import numpy as np
from adamlib.explorers import explore
from adamlib.practice import check
from adamlib.surfaces import ravine
"""
WRONG = """
def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_2**t)
    v_hat = v / (1 - beta_2**t)
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


rule = check(adam, "adam", "by the paper")
"""
PLAY = 'explore({rule: {"learning_rate": 0.1}}, ravine, steps=84, target=("loss", 1e-12))'

with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as home:
    book = notebook_of(*(text.strip() for text in (SET_UP, WRONG, PLAY)))
    nbformat.write(book, Path(root) / "picture.ipynb")
    with jupyterlab(Path(root), Path(home)) as lab, chromium() as browser:
        page = Page(browser, lab, "picture.ipynb", app="notebooks", device_scale_factor=1.5)
        page.run_all()
        assert not page.problems()
        first, last = page.page.locator(".jp-CodeCell").all()[1:3]
        last.scroll_into_view_if_needed()
        top, bottom = first.bounding_box(), last.bounding_box()
        height = bottom["y"] + bottom["height"] - top["y"]
        page.page.screenshot(
            path=Path(__file__).with_suffix(".png"),
            clip={"x": top["x"], "y": top["y"], "width": 1060, "height": height},
        )
        page.close()
