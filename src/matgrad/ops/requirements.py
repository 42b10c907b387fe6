"""What operations require of their operands: a square matrix, a symmetric one, a vector."""

from __future__ import annotations

from matgrad.core.dims import ONE, same
from matgrad.core.errors import DomainError, ShapeError
from matgrad.core.expr import Expr
from matgrad.ops.transpose import Transpose


def require_square(x: Expr, operation: str, fix: str) -> None:
    """Refuse a matrix that is not square; ``{}`` in the fix stands for its text."""
    if not same(x.rows, x.columns):
        text = f"({x})" if x.args and not isinstance(x, Transpose) else str(x)
        raise ShapeError(
            f"{operation} needs a square matrix; {x.describe()} is not square", fix=fix.replace("{}", text)
        )


def require_symmetric(x: Expr, operation: str) -> None:
    """Refuse a matrix that is not known to be symmetric."""
    require_square(x, operation, f"{operation} of {{}}'*{{}}")
    if x.T is not x:
        raise DomainError(
            f"{operation} needs a symmetric matrix; {x.describe()} is not known to be symmetric",
            fix=f"declare the matrix symmetric, or write sym({x})",
        )


def require_axis(x: Expr, operation: str) -> None:
    """Refuse a matrix where a vector is meant."""
    if x.columns is not ONE and x.rows is not ONE:
        raise ShapeError(
            f"{operation} of the matrix {x.describe()}: by row or by column?",
            fix=f"row_{operation}({x}) or column_{operation}({x})",
        )
