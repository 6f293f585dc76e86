"""The documentation site: ``make docs`` builds it into docs/_build/html."""

from __future__ import annotations

import sys
from pathlib import Path

import multiact

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "multiact"
author = copyright = "The multiact developers"
version = release = multiact.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "mathml",
    "function_pages",
]
# Dashes only: most quotation marks are code here.
smartquotes_action = "D"
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "multiact"
html_static_path = ["_static"]
html_css_files = ["multiact.css"]
html_show_sourcelink = False
html_theme_options = {"top_of_page_buttons": []}
# The browser sets MathML by itself: nothing is loaded from elsewhere.
html_math_renderer = "mathml"

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False

copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True
