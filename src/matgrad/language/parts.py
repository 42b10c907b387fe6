"""Parts of variables as they are written where a variable is asked for: ``X[1, :]``, ``x_i``, ``diag(X)``."""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import regex
from matgrad.language.interpretation import interpret

_SUBSCRIPTED = regex(r"(?P<base>[^\W\d_]\w*?)_\{?(?P<at>\w+(?:\s*,\s*\w+)?)\}?")
_SIGNS = frozenset("[(_'ᵀ^,")


def is_part(text: str) -> bool:
    """Whether a text names more than a variable."""
    return any(sign in text for sign in _SIGNS)


def read_part(text: str, symbols: Mapping[str, Symbol], syntax: str = "matlab") -> tuple[str, Expr] | None:
    """The part of a variable that a text names; with its name; nothing where it cannot be read as one.

    Parameters
    ----------
    text : str
        The text.
    symbols : mapping of str to Symbol
        The variables.
    syntax : str
        The dialect, which says whether entries count from 0 or from 1.
    """
    match = _SUBSCRIPTED.fullmatch(text.strip())
    if match is not None:
        base, at = match["base"], match["at"]
        if base not in symbols and len(base) == 1 and len(at.replace(",", "").strip()) > 1:
            base = base.upper()  # the entries of A are a_ij
        if base in symbols:
            text, syntax = _entry(symbols[base], base, at), "matlab"
    try:
        expr = interpret(text, list(symbols.values()), syntax=syntax, strict=True).expr
    except MatgradError:
        return None
    return " ".join(text.split()), expr


def _entry(symbol: Symbol, name: str, at: str) -> str:
    """``X_ij`` and ``X_{1,2}`` with an index for each axis."""
    indices = [index.strip() for index in at.split(",")]
    if len(indices) == 1 and not (symbol.is_vector or symbol.is_row) and len(at) == 2:
        indices = list(at)
    return f"{name}[{', '.join(indices)}]"
