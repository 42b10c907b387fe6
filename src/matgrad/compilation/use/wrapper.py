"""What functions with matgrad's derivative share, whichever library differentiates them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from matgrad.compilation.backends.base.library.function import LibraryFunction
from matgrad.compilation.backends.base.supplied import Functions
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import phrase

_NO_FUNCTIONS: Functions = {}


class Wrapper:
    """A function of arrays of a library with matgrad's derivative.

    Parameters
    ----------
    expr : Expr
        What to compute.
    symbols : sequence of Symbol
        The arguments, in order.
    wrt : sequence of Symbol
        Those that may be differentiated by.
    verify : bool
        Whether to compare each derivative with a difference quotient before it is used.
    check : bool
        Whether every call holds the arrays to what is declared of their variables.
    axes : Axes, optional
        Of a traced function, the number of axes of arguments and result.
    functions : mapping of str to callable, optional
        What functions that are only names compute, by their names in code; those of a derivative are
        looked for when it is asked for.
    """

    function: ClassVar[type[LibraryFunction]]
    """What computes the value."""

    library: ClassVar[str]
    """What the library is called."""

    def __init__(
        self,
        expr: Expr,
        symbols: Sequence[Symbol],
        wrt: Sequence[Symbol],
        *,
        verify: bool = True,
        check: bool = True,
        axes: Axes = NO_AXES,
        functions: Functions = _NO_FUNCTIONS,
    ) -> None:
        self.axes = axes
        self.functions = dict(functions)
        self.check = check
        self.expr, self.symbols, self.wrt, self.verify = expr, tuple(symbols), tuple(wrt), verify
        self.compute = self.function(
            expr, more=self.symbols, name="value", check=check, axes=axes, functions=functions
        )
        self.__name__ = "value"
        self.prepare()

    def prepare(self) -> None:
        """Make what a library keeps besides."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Derivatives and code are made again where they are asked for next.
        made = (self.expr, self.symbols, self.wrt, self.verify, self.check, self.axes, self.functions)
        return (_restored, (type(self), *made))

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments in the order of positions."""
        return self.compute.arguments

    @property
    def source(self) -> str:
        """The code of the value for the shapes of the latest call; for moderate sizes before any call."""
        return self.compute.source

    def variables(self, names: Iterable[str]) -> list[Symbol]:
        """The variables of some names, to be differentiated by.

        Raises
        ------
        ArgumentError
            When one is not to be differentiated by.
        """
        chosen = {symbol.label: symbol for symbol in self.wrt}
        found = []
        for name in names:
            if name not in chosen:
                raise ArgumentError(
                    phrase("a derivative by {name} is asked for, which is not among those in wrt", name=name),
                    fix=f"wrt=[{', '.join(repr(n) for n in [*chosen, name])}]",
                )
            found.append(chosen[name])
        return found

    def fitting(self, sizes: dict[str, int]) -> dict[str, int]:
        """Those sizes that the function takes as arguments."""
        return {name: size for name, size in sizes.items() if name in self.compute.signature.free}

    def __repr__(self) -> str:
        return f"<{self.library} function of {', '.join(self.arguments)}: {self.expr.describe()}>"


def _restored(
    cls: type[Wrapper],
    expr: Expr,
    symbols: Sequence[Symbol],
    wrt: Sequence[Symbol],
    verify: bool,
    check: bool,
    axes: Axes,
    functions: Functions,
) -> Wrapper:
    return cls(expr, symbols, wrt, verify=verify, check=check, axes=axes, functions=functions)
