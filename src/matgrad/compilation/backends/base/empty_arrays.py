"""Arrays without entries: what libraries make of them, or an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from matgrad.compilation.ir.program import Program
from matgrad.core.errors import DomainError, MatgradError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase

_RAW = (ArithmeticError, IndexError, RuntimeError, TypeError, ValueError)


@contextmanager
def of_empty_arrays(exprs: Sequence[Expr], sizes: Mapping[str, int]) -> Iterator[None]:
    """Turn what a library raises on an array without entries into an error of ours."""
    try:
        yield
    except MatgradError:
        raise
    except _RAW as error:
        empty = [f"{name} = 0" for name, size in sizes.items() if size == 0]
        where = f" at {', '.join(empty)}" if empty else ""
        what = exprs[0].describe() if len(exprs) == 1 else "one of the expressions"
        raise DomainError(
            phrase(
                "{what} has no value on arrays without entries{where}: {error}",
                what=what,
                where=where,
                error=error,
            )
        ) from error


def holding_shapes(exprs: Sequence[Expr], program: Program) -> None:
    """Refuse a program whose results have not the shapes of the expressions.

    Raises
    ------
    DomainError
        Where there are fewer values than an expression has: the largest of no numbers is none.
    """
    for expr, output in zip(exprs, program.outputs, strict=True):
        shape = (expr.rows.value(program.sizes), expr.columns.value(program.sizes))
        if shape != output.shape:
            raise DomainError(phrase("{expr} has no value on arrays without entries", expr=expr.describe()))


def guarded_when_empty(
    run: Callable[..., Any], sizes: Mapping[str, int], exprs: Sequence[Expr], program: Program
) -> Callable[..., Any]:
    """The function itself, or one that raises errors of ours where arrays have no entries."""
    values = [*program.values, *program.inputs.values()]
    if 0 not in sizes.values() and not any(0 in value.shape for value in values):
        return run

    def called(*given: Any) -> Any:
        with of_empty_arrays(exprs, sizes):
            results = run(*given)
            if isinstance(results, tuple):
                # What is lazy is computed here, where its errors are seen.
                results = tuple(r.persist() if hasattr(r, "persist") else r for r in results)
            return results

    return called
