"""Arrays held to what is declared of their variables, on every call of compiled code.

Most calls come with matrices that came before: those are compared with a copy, at the cost of reading
them, and only what is new is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from matgrad.compilation.ir.primitives import CHOLESKY, CHOLESKY_FACTOR, INPUT
from matgrad.compilation.ir.program import Program
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.core.lazy import DeferredModule
from matgrad.numeric.contradictions import CHECKED
from matgrad.numeric.inputs import check_declared, how_stored

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")

_SIGNED = Fact.POSITIVE | Fact.NONNEGATIVE


class Held:
    """What is declared of one variable, to be held against arrays.

    Parameters
    ----------
    symbol : Symbol
        The variable.
    factorised : bool
        Whether the caller factorises the array, and sees then that it is not definite.
    """

    def __init__(self, symbol: Symbol, factorised: bool = False) -> None:
        self.symbol = symbol
        self.factorised = factorised
        self.is_sign = not symbol.facts & CHECKED & ~_SIGNED and not symbol.is_family
        self.is_scalar = symbol.is_scalar
        self.last: Any = None

    def __call__(self, array: Any) -> None:
        """Refuse an array that contradicts what is declared.

        Raises
        ------
        EvaluationError
            Naming the variable and the simplest fact that the array has not.
        """
        if self.is_sign:
            # What is positive, as nearly all is of which that is declared, costs one comparison.
            if self.is_scalar:
                if type(array) in (float, int, np.float64) and array > 0:
                    return
            elif type(array) is np.ndarray and array.ndim == 1 and array.size and array.min() > 0:
                return
        is_matrix = type(array) is np.ndarray and array.ndim == 2
        last = self.last  # which another thread may change meanwhile
        if (
            is_matrix
            and type(last) is np.ndarray
            and array.shape == last.shape
            and bool((array == last).all())
        ):
            return
        is_sparse = not is_matrix and how_stored(array) == "sparse" and hasattr(array, "indptr")
        if is_sparse and last is not None and _same_entries(array, last):
            return
        check_declared(self.symbol, array, factorised=self.factorised)
        if is_matrix or is_sparse:
            self.last = array.copy()


def _same_entries(a: Any, b: Any) -> bool:
    """Whether two sparse arrays store the same numbers in the same places."""
    return (
        type(a) is type(b)
        and a.shape == b.shape
        and len(a.data) == len(b.data)
        and bool((a.indptr == b.indptr).all())
        and bool((a.indices == b.indices).all())
        and bool((a.data == b.data).all())
    )


def declared_among(symbols: Mapping[str, Symbol]) -> list[Symbol]:
    """The variables of which something is declared that their arrays may contradict."""
    return [symbol for symbol in symbols.values() if symbol.facts & CHECKED]


def guarded(run: Callable[..., Any], symbols: Mapping[str, Symbol], program: Program) -> Callable[..., Any]:
    """A function of the arrays of some variables, in order, that first holds them to what is declared.

    Where nothing is declared that is the function itself.

    Parameters
    ----------
    run : callable
        Takes arrays of the shapes of the program.
    symbols : mapping of str to Symbol
        The variables, in the order of the arrays.
    program : Program
        What the function computes: a matrix of which it takes the Cholesky factor is not factorised twice.
    """
    wanted = declared_among(symbols)
    if not wanted:
        return run
    factors = [value.args[0] for value in program.values if value.op in (CHOLESKY, CHOLESKY_FACTOR)]
    factorised = {value.params[0] for value in factors if value.op is INPUT}
    places = list(symbols)
    checks = [(places.index(s.label), Held(s, s.label in factorised)) for s in wanted]

    def checked(*given: Any) -> Any:
        for place, held in checks:
            held(given[place])
        return run(*given)

    return checked
