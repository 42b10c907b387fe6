"""Numbers that are transposed: 2' is refused, and π of πᵀP is asked about, a vector of probabilities."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.core.errors import ParseError, UnknownNameError
from matgrad.core.words import phrase
from matgrad.language import syntax as s


def check_turned_number(bare: s.Node, is_variable: Callable[[str], bool], quoted: str) -> None:
    """Refuse the transpose of a number, and of an undeclared π, which is no number where it is transposed.

    Raises
    ------
    ParseError
        For a number, with the number alone.
    UnknownNameError
        For π, with its declaration.
    """
    if isinstance(bare, s.Num):
        raise ParseError(phrase("the number {number} has no transpose", number=quoted), fix=quoted)
    if isinstance(bare, s.Name) and bare.text in ("pi", "π") and not is_variable(bare.text):
        raise UnknownNameError(
            phrase("π is transposed here, and the number π has no transpose"),
            fix=phrase("declare {name}: n for a vector", name=bare.text),
        )
