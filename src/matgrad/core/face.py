"""What Python and NumPy see of an expression: operators, methods of arrays, and refusals.

What they mean is installed by the operations; here they are only passed on.
"""

# mypy: disable-error-code=no-any-return
# (the operators' table, which stands above, says what they return)
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Protocol, Self, TypeVar

from matgrad.core.errors import NoValueError
from matgrad.core.words import phrase

E = TypeVar("E")
"""The class of expressions, which stands above."""

Operand = Any
"""What stands beside an expression in a Python operator: an expression, a number, an array."""


class OperatorTable(Protocol):
    """What Python's operators on expressions do; the operations install it."""

    def add(self, a: Operand, b: Operand) -> Any: ...
    def subtract(self, a: Operand, b: Operand) -> Any: ...
    def elementwise_product(self, a: Operand, b: Operand) -> Any: ...
    def matmul(self, a: Operand, b: Operand) -> Any: ...
    def divide(self, a: Operand, b: Operand) -> Any: ...
    def power(self, a: Operand, b: Operand) -> Any: ...
    def negate(self, a: Operand) -> Any: ...
    def transpose(self, a: Operand) -> Any: ...
    def index(self, a: Operand, key: Any) -> Any: ...
    def method(self, a: Operand, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...
    def ufunc(self, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...
    def array_function(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...
    def attribute(self, a: Operand, name: str) -> Any: ...
    def length(self, a: Operand) -> int: ...
    def substitute(self, a: Operand, replacements: Mapping[Any, Any]) -> Any: ...
    def compare(self, name: str, a: Operand, b: Any) -> Any: ...
    def refuse(self, a: Operand, what: str) -> NoReturn: ...


class Face(Generic[E]):
    """The operators of expressions, and NumPy's protocols."""

    __slots__ = ()
    operators: ClassVar[OperatorTable]
    __array_priority__ = 1000

    def __add__(self, other: Operand) -> E:
        return self.operators.add(self, other)

    def __radd__(self, other: Operand) -> E:
        return self.operators.add(other, self)

    def __sub__(self, other: Operand) -> E:
        return self.operators.subtract(self, other)

    def __rsub__(self, other: Operand) -> E:
        return self.operators.subtract(other, self)

    def __mul__(self, other: Operand) -> E:
        return self.operators.elementwise_product(self, other)

    def __rmul__(self, other: Operand) -> E:
        return self.operators.elementwise_product(other, self)

    def __matmul__(self, other: Operand) -> E:
        return self.operators.matmul(self, other)

    def __rmatmul__(self, other: Operand) -> E:
        return self.operators.matmul(other, self)

    def __truediv__(self, other: Operand) -> E:
        return self.operators.divide(self, other)

    def __rtruediv__(self, other: Operand) -> E:
        return self.operators.divide(other, self)

    def __pow__(self, other: Operand, modulus: Any = None) -> E:
        if modulus is not None:
            self.operators.refuse(self, "steps")
        return self.operators.power(self, other)

    def __rpow__(self, other: Operand) -> E:
        return self.operators.power(other, self)

    def __neg__(self) -> E:
        return self.operators.negate(self)

    def __pos__(self) -> Self:
        return self

    def __getitem__(self, key: Any) -> E:
        return self.operators.index(self, key)

    def sum(self, *args: Any, **kwargs: Any) -> E:
        """The sum of the entries, as :func:`numpy.sum` has it."""
        return self.operators.method(self, "sum", args, kwargs)

    def mean(self, *args: Any, **kwargs: Any) -> E:
        """The mean of the entries, as :func:`numpy.mean` has it."""
        return self.operators.method(self, "mean", args, kwargs)

    def var(self, *args: Any, **kwargs: Any) -> E:
        """The variance of the entries, as :func:`numpy.var` has it."""
        return self.operators.method(self, "var", args, kwargs)

    def std(self, *args: Any, **kwargs: Any) -> E:
        """The standard deviation of the entries, as :func:`numpy.std` has it."""
        return self.operators.method(self, "std", args, kwargs)

    def max(self, *args: Any, **kwargs: Any) -> E:
        """The largest entry, as :func:`numpy.max` has it."""
        return self.operators.method(self, "max", args, kwargs)

    def min(self, *args: Any, **kwargs: Any) -> E:
        """The smallest entry, as :func:`numpy.min` has it."""
        return self.operators.method(self, "min", args, kwargs)

    def dot(self, *args: Any, **kwargs: Any) -> E:
        """The product with another operand, as :func:`numpy.dot` has it."""
        return self.operators.method(self, "dot", args, kwargs)

    def trace(self, *args: Any, **kwargs: Any) -> E:
        """The sum of the diagonal entries."""
        return self.operators.method(self, "trace", args, kwargs)

    def __abs__(self) -> Any:
        return self.operators.method(self, "absolute", (), {})

    if not TYPE_CHECKING:  # a type checker is to know what there is

        def __getattr__(self, name: str) -> Any:
            # Reached only for what is not there: NumPy's methods of arrays, or an error that helps.
            if name.startswith("_") or name == "operators":
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return self.operators.attribute(self, name)

    def __iter__(self) -> Iterator[E]:
        raise NoValueError(
            phrase("an expression is not iterable"), fix=phrase("X[i, :] for a row, X[i, j] for an entry")
        )

    def __contains__(self, value: Any) -> bool:
        self.operators.refuse(self, "comparison")

    def __len__(self) -> int:
        return self.operators.length(self)

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise NoValueError(
            phrase("the entries of an expression cannot be set"),
            fix=phrase("mg.block([[A, B], [C, D]]) puts blocks together"),
        )

    def __bool__(self) -> bool:
        self.operators.refuse(self, "truth")

    def __lt__(self, other: Any) -> Any:
        return self.operators.compare("less", self, other)

    def __le__(self, other: Any) -> Any:
        return self.operators.compare("less_equal", self, other)

    def __gt__(self, other: Any) -> Any:
        return self.operators.compare("greater", self, other)

    def __ge__(self, other: Any) -> Any:
        return self.operators.compare("greater_equal", self, other)

    def _rounded(self, *args: Any) -> Any:
        self.operators.refuse(self, "steps")

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _rounded
    __round__ = __floor__ = __ceil__ = __trunc__ = _rounded

    def _valued(self, *args: Any, **kwargs: Any) -> Any:
        self.operators.refuse(self, "value")

    def _connected(self, *args: Any) -> Any:
        self.operators.refuse(self, "truth")

    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _connected

    def __format__(self, spec: str) -> str:
        if spec:
            self.operators.refuse(self, "value")
        return str(self)

    __float__ = __int__ = __complex__ = __array__ = _valued

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return self.operators.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return self.operators.array_function(function, args, kwargs)
