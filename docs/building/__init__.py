"""What the site has beside Sphinx's own: pages made from the source, formulas, and examples that are run.

A Sphinx extension; ``docs/conf.py`` names it. The modules that make pages write them before any page is read.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from docs.building import command_line, examples, gallery, mathematics, python_api, streams

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]


def write_pages(app: Sphinx) -> None:
    """Write the pages that are made, in the folder of the source: none of them is committed."""
    source = Path(app.srcdir)
    gallery.write(source / "gallery", only=app.config.gallery_topics)
    python_api.write(source / "python-api.md")
    command_line.write(source / "command-line.md")
    for notebook in sorted((ROOT / "examples").glob("*.ipynb")):
        shutil.copyfile(notebook, source / "tutorials" / notebook.name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx what there is."""
    app.add_config_value("gallery_topics", default=None, rebuild="env")
    app.connect("builder-inited", write_pages)
    streams.connect()
    examples.connect(app)
    mathematics.connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
