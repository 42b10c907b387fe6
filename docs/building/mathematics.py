"""Formulas: LaTeX in the page, set by KaTeX, which lies beside the pages and needs no network."""

from __future__ import annotations

import html
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

KATEX = Path(__file__).parents[2] / "web" / "node_modules" / "katex" / "dist"


def inline(latex: str) -> str:
    """A formula in a line of text, as HTML."""
    return f'<span class="math">{html.escape(latex)}</span>'


def display(latex: str) -> str:
    """A formula on lines of its own, as HTML; one that is too wide scrolls in its own box."""
    return f'<div class="math">{html.escape(latex)}</div>'


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(inline(node.astext()))
    raise nodes.SkipNode


def _display(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(display(node.astext()))
    raise nodes.SkipNode


def _copy_katex(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    if not KATEX.is_dir():
        raise ExtensionError("KaTeX is not here: run `npm ci` in web/ (make site does)")
    target = Path(app.outdir) / "_static" / "katex"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("katex.min.css", "katex.min.js"):
        shutil.copyfile(KATEX / name, target / name)
    # Every browser that has KaTeX's JavaScript has these fonts.
    fonts = shutil.ignore_patterns("*.ttf", "*.woff")
    shutil.copytree(KATEX / "fonts", target / "fonts", ignore=fonts)


def connect(app: Sphinx) -> None:
    """Make it the way in which formulas are set."""
    app.add_html_math_renderer("katex", (_inline, None), (_display, None))
    app.add_css_file("katex/katex.min.css")
    app.add_js_file("katex/katex.min.js")
    app.add_js_file("formulas.js")
    app.connect("build-finished", _copy_katex)
