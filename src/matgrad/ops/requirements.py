"""What operations require of their operands: a square matrix, a symmetric one, a vector."""

from __future__ import annotations

from matgrad.core.dims import ONE, same
from matgrad.core.errors import DomainError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.ops.transpose import Transpose


def require_square(x: Expr, operation: str | Phrase, fix: str | Phrase) -> None:
    """Refuse a matrix that is not square; ``{}`` in a fix, and ``{x}`` in its words, stands for its text."""
    if not same(x.rows, x.columns):
        text = f"({x})" if x.args and not isinstance(x, Transpose) else str(x)
        raise ShapeError(
            phrase(
                "{operation} needs a square matrix; {x} is not square", operation=operation, x=x.describe()
            ),
            fix=fix.filled(x=text) if isinstance(fix, Phrase) else fix.replace("{}", text),
        )


def require_symmetric(x: Expr, operation: str | Phrase) -> None:
    """Refuse a matrix that is not known to be symmetric."""
    require_square(x, operation, Phrase("{operation} of {x}'*{x}").filled(operation=operation))
    if x.T is not x:
        raise DomainError(
            phrase(
                "{operation} needs a symmetric matrix; {x} is not known to be symmetric",
                operation=operation,
                x=x.describe(),
            ),
            fix=phrase("declare the matrix symmetric, or write sym({x})", x=x),
        )


def require_axis(x: Expr, operation: str) -> None:
    """Refuse a matrix where a vector is meant."""
    if x.columns is not ONE and x.rows is not ONE:
        raise ShapeError(
            phrase(
                "{operation} of the matrix {x}: by row or by column?", operation=operation, x=x.describe()
            ),
            fix=phrase("row_{operation}({x}) or column_{operation}({x})", operation=operation, x=x),
        )
