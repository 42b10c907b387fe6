"""Python functions for arrays of any size, as text to be pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.python import Pasted
from matgrad.compilation.plan.open_sizes import open_program
from matgrad.core.expr import Expr


def pasting(writer: type[ArrayWriter]) -> Callable[[Sequence[Expr], str, Sequence[str] | None], str]:
    """Writes expressions for a library as a function whose first lines take the sizes from the arguments.

    Raises
    ------
    ArgumentError
        Where the code depends on the sizes.
    """

    def paste(exprs: Sequence[Expr], name: str, results: Sequence[str] | None) -> str:
        program, symbols = open_program(exprs)
        return writer(program, name, Pasted(symbols)).text()

    return paste
