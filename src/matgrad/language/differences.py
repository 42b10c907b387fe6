"""Where a function of the MATLAB dialect means something else than MATLAB's of the same name."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.ops.registry import FUNCTIONS


def difference(name: str, operand: object) -> Phrase | None:
    """What to say of a function applied to an operand; ``None`` where MATLAB means the same."""
    function = FUNCTIONS.get(name)
    if function is None or function.matlab is None or function.matlab.name != name:
        return None
    if not isinstance(operand, Expr) or operand.is_scalar:
        return None
    is_vector = operand.is_vector or operand.is_row
    return function.matlab.said if function.matlab.of_vectors or not is_vector else None
