"""Sphinx's settings of the guide: `make docs` builds it into site/guide."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT), str(ROOT / "backends")]

from building import docstrings, pages, references  # noqa: E402

project = "netspec"
author = "The netspec authors"
project_copyright = "The netspec authors, Apache-2.0"
version = release = pages.version()

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "myst_parser",
    "sphinx_copybutton",
]
exclude_patterns = ["building", "examples", "inventories"]
default_role = "py:obj"
nitpicky = True

# Where others document the names that we use; the files say which, without a network
intersphinx_mapping = {
    project: (site, f"inventories/{project}.inv")
    for project, site in {
        "jax": "https://docs.jax.dev/en/latest",
        "numpy": "https://numpy.org/doc/stable",
        "python": "https://docs.python.org/3",
        "torch": "https://docs.pytorch.org/docs/stable",
    }.items()
}

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 72
napoleon_attr_annotations = False  # the signature has them
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_custom_sections = [("Shapes", "notes_style")]

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header"]  # sections come in below the title of their page

html_theme = "furo"
html_title = f"netspec {version}"
html_static_path = ["../logo-light.svg", "../logo-dark.svg"]
html_theme_options = {"light_logo": "logo-light.svg", "dark_logo": "logo-dark.svg"}
html_copy_source = False
html_show_sphinx = False
html_use_index = True


def setup(app):
    """Write what pages ask for in place, before Sphinx reads them; follow names."""
    app.connect("source-read", pages.expand)
    app.connect("autodoc-process-docstring", docstrings.mark, priority=100)
    app.connect("autodoc-process-signature", docstrings.accept)
    app.connect("autodoc-skip-member", docstrings.skip)
    app.connect("missing-reference", references.publish, priority=400)
    app.connect("warn-missing-reference", references.is_ours)
