"""Expressions as text, in Unicode, in LaTeX and as NumPy source."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.printing.compose import Composer
from matgrad.printing.latex import Latex
from matgrad.printing.medium import Medium
from matgrad.printing.sources import NumPySource, Text
from matgrad.printing.unicode import Unicode

_MEDIA: dict[str, Medium] = {"text": Text(), "unicode": Unicode(), "latex": Latex(), "numpy": NumPySource()}


def text(expr: Expr) -> str:
    """Write an expression in the language's own dialect; parsing gives it back."""
    return Composer(_MEDIA["text"]).text(expr)


def unicode(expr: Expr) -> str:
    """Write an expression for people at a terminal."""
    return Composer(_MEDIA["unicode"]).text(expr)


def latex(expr: Expr) -> str:
    """Write an expression for a textbook, in LaTeX's math mode."""
    return Composer(_MEDIA["latex"]).text(expr)


def numpy_source(expr: Expr) -> str:
    """Write an expression in the NumPy dialect, which is also Python; parsing gives it back."""
    return Composer(_MEDIA["numpy"]).text(expr)


class _Printers:
    """How expressions show themselves."""

    def text(self, expr: Expr) -> str:
        return text(expr)

    def latex(self, expr: Expr) -> str:
        return latex(expr)


Expr.shower = _Printers()
