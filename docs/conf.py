"""Settings of the documentation. Build it, without a network:  python -m sphinx -W -b html docs docs/_build"""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "stochhh"
author = "The stochhh developers"
release = version = version_of("stochhh")
copyright = author

extensions = [
    "docstrings",  # of this folder, as the next
    "gallery",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx-mathjax-offline",  # brings the program along that draws the formulas
    "sphinx_design",
    "sphinxcontrib.bibtex",
]
exclude_patterns = ["_build", "extensions"]

myst_enable_extensions = ["amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True
math_eqref_format = "({number})"
numfig = True  # equations are numbered by their page, as (5.1)

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_use_rtype = False
napoleon_use_ivar = False
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_title = "stochhh"
html_static_path = ["_static"]
html_css_files = ["stochhh.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "header_links_before_dropdown": 9,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "navigation_with_keys": False,
    "secondary_sidebar_items": {"**": ["page-toc"], "from-elsewhere": [], "index": []},
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
_OWN = tuple(f"your-own-{what}" for what in ("neuron", "input", "scheme", "backend", "statistic"))
_ALONE = ("index", "first-steps", "guide", *_OWN, "from-elsewhere")
html_sidebars = {page: [] for page in _ALONE}
