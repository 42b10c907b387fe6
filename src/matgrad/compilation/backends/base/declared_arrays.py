"""Arrays held to what is declared of their variables, on every call of compiled code.

Most calls come with matrices that came before: those are compared with a copy, or with products of theirs,
at the cost of reading them, and only what is new is looked at again. An array that is read-only says itself
that it does not change, and is not read a second time.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import CHOLESKY, CHOLESKY_FACTOR, INPUT, PATTERN_FACTOR
from matgrad.compilation.ir.program import Program
from matgrad.core.expr import Symbol
from matgrad.core.facts import ON_SIMPLEX, Fact
from matgrad.core.lazy import DeferredModule
from matgrad.core.records import dataclass
from matgrad.numeric.contradictions import CHECKED
from matgrad.numeric.inputs import check_declared, how_stored

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")

_SIGNED = Fact.POSITIVE | Fact.NONNEGATIVE

_TOLERANT = ~(_SIGNED | Fact.INTEGER | ON_SIMPLEX | Fact.ONE_HOT | Fact.ONE_HOT_ROWS)
"""Facts that a change by far less than the rounding of the largest entry does not take from a matrix."""


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
        checked = symbol.facts & CHECKED
        self.is_sign = not checked & ~_SIGNED and not symbol.is_family
        self.is_tolerant = not checked & ~_TOLERANT
        self.last: _Seen | None = None

    def __call__(self, array: Any) -> None:
        """Refuse an array that contradicts what is declared.

        Raises
        ------
        EvaluationError
            Naming the variable and the simplest fact that the array has not.
        """
        if self.is_sign and (array > 0 if isinstance(array, float) else self._is_positive(array)):
            return
        last = self.last  # which another thread may change meanwhile
        if last is not None and last.is_of(array):
            return
        check_declared(self.symbol, array, factorised=self.factorised)
        self.last = self._seen(array)

    def _seen(self, array: Any) -> _Seen | None:
        """By what an array is known again; nothing where to look at it anew costs as little."""
        if type(array) is not np.ndarray:
            is_sparse = how_stored(array) == "sparse" and hasattr(array, "indptr")
            return SparseCopy(array.copy()) if is_sparse else None
        if is_read_only(array):
            return ReadOnly(weakref.ref(array))
        if array.ndim != 2:
            return None
        by_products = self.is_tolerant and array.size > SMALL and array.dtype.kind == "f"
        return Products.of(array) if by_products else Copy.of(array)

    @staticmethod
    def _is_positive(array: Any) -> bool:
        """Whether all entries are seen at once to be positive; if not, all facts are looked at."""
        if isinstance(array, (int, np.floating)):
            return bool(array > 0)
        if type(array) is not np.ndarray or not array.size:
            return False
        return (array.ndim == 1 or array.size > SMALL) and bool(array.min() > 0)


class _Seen(Protocol):
    """What is known of an array that was looked at."""

    def is_of(self, array: Any) -> bool:
        """Whether an array is the same."""
        ...


SMALL = 2048
"""Up to so many entries the bytes are compared, which starts faster."""


@dataclass(frozen=True)
class Copy:
    """An array that was looked at: others are compared with it entry by entry."""

    array: Any
    its_bytes: bytes

    @classmethod
    def of(cls, array: Any) -> Copy:
        """A copy of an array."""
        return cls(array.copy(), array.tobytes() if array.size <= SMALL else b"")

    def is_of(self, array: Any) -> bool:
        """Whether an array is the same, entry by entry."""
        last = self.array
        if type(array) is not np.ndarray or array.shape != last.shape:
            return False
        if self.its_bytes and array.dtype == last.dtype and array.tobytes() == self.its_bytes:
            return True
        return bool((array == last).all())


@dataclass(frozen=True)
class Products:
    """The products of the rows of an array that was looked at with random numbers.

    Reading an array once takes half as long as reading it beside a copy. Rows that differ by more than the
    rounding of the product differ in it (Freivalds, 1979), and what is left is far below the share of the
    largest entry by which a matrix may miss what is declared of it.
    """

    direction: Any
    values: bytes
    shape: tuple[int, ...]
    dtype: Any

    @classmethod
    def of(cls, array: Any) -> Products | None:
        """Those of an array; nothing where they are too large to tell two arrays apart."""
        direction = np.random.default_rng().standard_normal(array.shape[1]).astype(array.dtype)
        with np.errstate(all="ignore"):
            values = array.dot(direction)
        finite = np.isfinite(values).all()
        return cls(direction, values.tobytes(), array.shape, array.dtype) if finite else None

    def is_of(self, array: Any) -> bool:
        """Whether an array has the same products."""
        if type(array) is not np.ndarray or array.shape != self.shape or array.dtype != self.dtype:
            return False
        return bool(array.dot(self.direction).tobytes() == self.values)


@dataclass(frozen=True)
class SparseCopy:
    """A sparse array that was looked at."""

    array: Any

    def is_of(self, array: Any) -> bool:
        """Whether another stores the same numbers in the same places."""
        last = self.array
        return (
            type(array) is type(last)
            and array.shape == last.shape
            and len(array.data) == len(last.data)
            and bool((array.indptr == last.indptr).all())
            and bool((array.indices == last.indices).all())
            and bool((array.data == last.data).all())
        )


@dataclass(frozen=True)
class ReadOnly:
    """A read-only array that was looked at."""

    reference: weakref.ref[Any]

    def is_of(self, array: Any) -> bool:
        """Whether it is that array, read-only as before."""
        return array is self.reference() and is_read_only(array)


def is_read_only(array: Any) -> bool:
    """Whether neither an array nor one that it is a view of can be written to."""
    while isinstance(array, np.ndarray):
        if array.flags.writeable:
            return False
        array = array.base
    return array is None or isinstance(array, bytes)


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
    factors = [value.args[0] for value in program.values if _is_definite_factor(value)]
    checks = Guard(symbols, frozenset(value.params[0] for value in factors if value.op is INPUT)).checks
    if not checks:
        return run

    def checked(*given: Any) -> Any:
        for place, held in checks:
            held(given[place])
        return run(*given)

    return checked


def _is_definite_factor(value: Value) -> bool:
    """Whether a value is a factorisation that a matrix has only where it is positive definite."""
    return value.op in (CHOLESKY, CHOLESKY_FACTOR) or (value.op is PATTERN_FACTOR and value.params[1])


class Guard:
    """Holds the arrays of some variables, in order, to what is declared.

    Parameters
    ----------
    symbols : mapping of str to Symbol
        The variables, in the order of the arrays.
    factorised : set of str
        Those whose arrays the caller factorises, and sees then that they are not definite.
    """

    def __init__(self, symbols: Mapping[str, Symbol], factorised: frozenset[str] = frozenset()) -> None:
        places = list(symbols)
        wanted = declared_among(symbols)
        self.checks = [(places.index(s.label), Held(s, s.label in factorised)) for s in wanted]

    def __call__(self, given: Sequence[Any]) -> None:
        """Refuse arrays that contradict what is declared.

        Raises
        ------
        EvaluationError
            Naming the variable and the simplest fact that its array has not.
        """
        for place, held in self.checks:
            held(given[place])
