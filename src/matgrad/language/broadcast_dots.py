"""The dots of Julia, which say that something is done entry by entry: ``exp.(x)``, ``W*x .+ b``.

Sums, and functions of numbers, are taken entry by entry without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token

_NAMES = {"σ": "sigmoid", "sigma": "sigmoid", "abs2": "square"}
"""Names under which functions are known here; σ is a number to most readers, and with a dot the function."""
_SIGNS = frozenset(("PLUS", "MINUS"))
OF_ENTRIES = frozenset(
    (
        *("exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "abs", "sign", "square", "erf"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("sigmoid", "logistic", "relu", "softplus", "gelu", *_NAMES),
    )
)
"""Functions that are taken of every entry."""


def without_broadcast_dots(tokens: list[Token]) -> list[Token]:
    """The tokens without the dots before a plus or a minus, and behind a function of entries."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.type == "DOT" and found and after is not None and after.start_pos == token.end_pos:
            is_call = after.type == "LPAR" and found[-1].type == "NAME" and str(found[-1]) in OF_ENTRIES
            if is_call and str(found[-1]) in _NAMES:
                found[-1] = found[-1].update(value=_NAMES[str(found[-1])])
            if after.type in _SIGNS or is_call:
                continue
        found.append(token)
    return found
