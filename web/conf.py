"""Sphinx's settings for the course as a website; tools/site.py gives it the pages."""

from importlib.util import find_spec
from pathlib import Path

project = html_title = "How Adam really works"
copyright = "the authors of How Adam really works. Text and figures: CC BY 4.0, code: MIT"  # noqa: A001
language = "en"
extensions = ["myst_nb"]
smartquotes = False  # the text is as it stands in the notebooks

nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
myst_heading_slug_func = "tools.sheets.anchor"  # as JupyterLab names a heading

html_theme = "furo"
templates_path = ["templates"]
html_favicon = "icon.svg"
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
html_static_path = ["site.css", "site.js", str(MATHJAX / "tex-svg.js")]
html_css_files, html_js_files = ["site.css"], ["site.js"]
mathjax_path = "tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}  # else each formula is a stop of the Tab key
