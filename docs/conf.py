"""How the site is built; ``make site`` does it."""

import logging
import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "matgrad"
author = "matgrad developers"
copyright = author
version = release = version_of("matgrad")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
    "docs.building",
]
exclude_patterns = ["_build", "building", "**/.ipynb_checkpoints"]

html_theme = "furo"
html_title = "matgrad"
html_favicon = "../web/public/icon.svg"
pygments_dark_style = "github-dark"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "katex"
html_copy_source = False
smartquotes = False  # what is quoted may be typed
html_show_copyright = False
html_show_sphinx = False

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False

# A cell that fails, and any warning, fails the build (-W).
logging.getLogger("traitlets").setLevel(logging.WARNING)
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
