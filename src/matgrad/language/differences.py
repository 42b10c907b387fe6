"""Where a function of the MATLAB dialect means something else than MATLAB's of the same name."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.ops.registry import FUNCTIONS

SPREAD = Phrase(
    "a number added to a matrix is added to every entry, as in MATLAB; a multiple of the identity is t I",
)
SPREAD_OVER_VECTOR = Phrase("a number added to a vector is added to every entry, as in MATLAB")
FROM_ONE = Phrase(
    "entries count from 1 here, as in MATLAB; in Python they count from 0",
)
SHOWN_FROM_ONE = Phrase(
    "entries count from 0 in the text, as in Python, and from 1 in what is printed",
)
DAGGER = Phrase("a dagger is read as the pseudoinverse; the transpose is written with \\top")
"""Physicists transpose with it."""
SHOWN_FROM_ZERO = Phrase(
    "members count from 0 in the text, and from 1 in what is printed",
)


def difference(name: str, operand: object) -> Phrase | None:
    """What to say of a function applied to an operand; ``None`` where MATLAB means the same."""
    function = FUNCTIONS.get(name)
    if function is None or not isinstance(operand, Expr) or operand.is_scalar:
        return None
    is_vector = operand.is_vector or operand.is_row
    matlab = function.matlab
    if matlab is not None and matlab.name == name and (matlab.of_vectors or not is_vector):
        return matlab.said
    return function.of_squares if operand.is_square else None
