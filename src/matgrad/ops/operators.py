"""Python's operators on expressions, and NumPy's functions on them.

The operators mean what they mean in NumPy: ``@`` is the matrix product, ``*`` and ``/`` work entry
by entry, and shapes are broadcast; the broadcasting is made explicit with columns of ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

from matgrad.core.dims import ONE, ZERO, Dim, same
from matgrad.core.errors import ArgumentError, NoValueError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.substitution import substitute
from matgrad.core.words import phrase
from matgrad.ops import arithmetic, blocks, diagonals, hadamard, leaves, power, transpose
from matgrad.ops.arrays import SymbolicArray
from matgrad.ops.arrays.functions import TABLE, is_usual
from matgrad.ops.arrays.lifting import dim_of, holds_arrays, lift
from matgrad.ops.arrays.readings import both_readings
from matgrad.ops.arrays.symbolic import (
    ARRAY_METHODS,
    no_attribute,
    qualified,
    refuse_steps,
    refuse_truth,
    refuse_value,
)
from matgrad.ops.convert import to_expr as to_expr
from matgrad.ops.registry import NUMPY_FUNCTIONS, Function


def broadcast(a: Expr, b: Expr) -> tuple[Expr, Expr]:
    """Spread scalars, columns and rows over the shape of the other operand, as NumPy does.

    Raises
    ------
    ShapeError
        When the shapes neither agree nor can be spread.
    """
    if a.shape == b.shape:
        return a, b
    return spread(a, b), spread(b, a)


def refuse_column(a: Expr, over: Expr) -> None:
    """Refuse a column beside a matrix, entry by entry: along which axis is not clear."""
    if a.is_vector and over.columns is not ONE and over.rows is not ONE:
        text = str(a) if len(a.args) < 2 else f"({a})"
        raise ShapeError(
            phrase(
                "{a} is a column and {over} a matrix: which way it is meant to be repeated is not clear",
                a=a.describe(),
                over=over.describe(),
            ),
            fix=phrase(
                "{text}' for every row, as NumPy does with a 1-D array; {text} ones(1, "
                "{columns}) or diag({a}) to go with the rows",
                text=text,
                columns=over.columns,
                a=a,
            ),
        )


def spread(a: Expr, over: Expr) -> Expr:
    """Repeat a scalar or a row over the rows and columns of another operand.

    A column beside a matrix is refused: an array with one axis, which NumPy adds to every row, is a
    column here, and what is meant cannot be told.

    Raises
    ------
    ShapeError
        When a column meets a matrix.
    """
    refuse_column(a, over)
    if a.rows is ONE and over.rows is not ONE:
        a = arithmetic.multiply(leaves.ones(over.rows), a)
    if a.columns is ONE and over.columns is not ONE:
        a = arithmetic.multiply(a, transpose.transpose(leaves.ones(over.columns)))
    return a


def elementwise_product(a: Any, b: Any) -> Expr:
    """The product entry by entry, with broadcasting; a scalar multiplies everything."""
    a, b = to_expr(a), to_expr(b)
    if a.is_scalar or b.is_scalar:
        return arithmetic.multiply(a, b)
    for column, full in ((a, b), (b, a)):
        refuse_column(column, full)
        if column.is_row and full.rows is not ONE and same(column.columns, full.columns):
            return arithmetic.multiply(full, diagonals.diag(transpose.transpose(column)))
    return hadamard.hadamard(*broadcast(a, b))


def beside(a: Expr, b: Expr) -> None:
    """Refuse a row beside a column, entry by entry.

    As matrices they give a table; but whoever writes ``x.T - y`` or ``A[0] * x`` of arrays with one
    axis means an array with one axis.

    Raises
    ------
    ShapeError
        When one is a row and the other a column.
    """
    for row, column in ((a, b), (b, a)):
        if row.is_row and column.is_vector:
            flat = str(row.T) if len(row.T.args) < 2 else f"({row.T})"
            raise ShapeError(
                phrase(
                    "{row} is a row and {column} a column: entry by entry, this may mean an "
                    "array with one axis or a table",
                    row=row.describe(),
                    column=column.describe(),
                ),
                fix=phrase(
                    "{flat} in place of {row} for the entries one by one; mg.outer(…) or "
                    "products with mg.ones(n) for the table",
                    flat=flat,
                    row=row,
                ),
            )


class Operators:
    """What Python's operators do; see :class:`matgrad.core.expr.OperatorTable`."""

    def add(self, a: Any, b: Any) -> Any:
        if _either(a, b):
            return SymbolicArray.functions.call("add", (a, b), {})
        left, right = to_expr(a), to_expr(b)
        beside(left, right)
        return arithmetic.add(*broadcast(left, right))

    def subtract(self, a: Any, b: Any) -> Any:
        if _either(a, b):
            return SymbolicArray.functions.call("subtract", (a, b), {})
        left, right = to_expr(a), to_expr(b)
        beside(left, right)
        return arithmetic.subtract(*broadcast(left, right))

    def elementwise_product(self, a: Any, b: Any) -> Any:
        if _either(a, b):
            return SymbolicArray.functions.call("multiply", (a, b), {})
        left, right = to_expr(a), to_expr(b)
        beside(left, right)
        return elementwise_product(left, right)

    def matmul(self, a: Any, b: Any) -> Any:
        """The matrix product; a column before @ is meant as in NumPy, where it has one axis."""
        if _either(a, b):
            return SymbolicArray.functions.call("matmul", (a, b), {})
        left, right = to_expr(a), to_expr(b)
        if left.is_vector and not right.is_scalar and not right.is_row and same(left.rows, right.rows):
            product = arithmetic.multiply(transpose.transpose(left), right)
            return transpose.transpose(product)
        return arithmetic.multiply(left, right)

    def divide(self, a: Any, b: Any) -> Any:
        if _either(a, b):
            return SymbolicArray.functions.call("divide", (a, b), {})
        return self.elementwise_product(a, power.power(to_expr(b), leaves.number(-1)))

    def power(self, a: Any, b: Any) -> Any:
        if _either(a, b):
            return SymbolicArray.functions.call("power", (a, b), {})
        base, exponent = to_expr(a), to_expr(b)
        if exponent.is_scalar:
            return power.power(base, exponent)
        # a ** x with x a matrix: exp(log(a) x), entry by entry.
        return power.exp(self.elementwise_product(power.log(base), exponent))

    def negate(self, a: Expr) -> Expr:
        return arithmetic.scale(-1, a)

    def transpose(self, a: Expr) -> Expr:
        return transpose.transpose(a)

    def index(self, a: Expr, key: Any) -> Expr:
        return index(a, key)

    def method(self, a: Expr, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The methods of NumPy's arrays: ``x.sum(axis=0)``, ``x.mean()``, ``x.dot(y)``."""
        if name in ("reshape", "transpose") and len(args) > 1:
            args = (args,)
        return call_numpy(ARRAY_METHODS[name], (a, *args), kwargs)

    def attribute(self, a: Expr, name: str) -> Any:
        """An attribute that expressions do not have themselves: one of NumPy's methods, or an error."""
        if name in ARRAY_METHODS:
            return partial(self._method, a, name)
        if name in ("real", "imag", "mT"):
            return {"real": a, "imag": leaves.zeros(*a.shape), "mT": transpose.transpose(a)}[name]
        raise no_attribute(phrase("an expression"), name)

    def _method(self, a: Expr, name: str, /, *args: Any, **kwargs: Any) -> Any:
        return self.method(a, name, args, kwargs)

    def substitute(self, a: Expr, replacements: Mapping[Any, Any]) -> Expr:
        return substitute(a, replacements)

    def length(self, a: Expr) -> int:
        """The number of rows, where it is a number."""
        if not a.rows.is_integer:
            raise NoValueError(
                phrase(
                    "{a} has {rows} rows, which is not a number as len() needs it",
                    a=a.describe(),
                    rows=a.rows,
                ),
                fix=phrase("X.shape[0] or X.shape[1]"),
            )
        return int(a.rows)

    def compare(self, name: str, a: Expr, b: Any) -> Expr:
        """A comparison entry by entry: 1 where it holds and 0 elsewhere."""
        return NUMPY_FUNCTIONS[name].build(a, to_expr(b))

    def refuse(self, a: Expr, what: str) -> NoReturn:
        """Refuse what needs a value: a branch, rounding, a number."""
        described = a.describe()
        match what:
            case "truth":
                refuse_truth(described)
            case "steps":
                refuse_steps(described)
        refuse_value(described)

    def ufunc(self, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Apply a NumPy ufunc to expressions."""
        name = ufunc.__name__
        if any(isinstance(value, SymbolicArray) for value in inputs):
            return SymbolicArray.functions.ufunc(ufunc, method, inputs, kwargs)
        options = {key: value for key, value in kwargs.items() if not is_usual(key, value)}
        if method != "__call__":
            return both_readings(name, partial(SymbolicArray.functions.ufunc, ufunc, method), inputs, kwargs)
        if name in _UFUNC_OPERATORS and not options:
            return getattr(self, _UFUNC_OPERATORS[name])(*inputs)
        return call_numpy(name, inputs, kwargs)

    def array_function(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Apply a NumPy function to expressions."""
        return call_numpy(qualified(function), args, kwargs)


def _either(a: Any, b: Any) -> bool:
    return isinstance(a, SymbolicArray) or isinstance(b, SymbolicArray)


_UFUNC_OPERATORS = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "elementwise_product",
    "divide": "divide",
    "true_divide": "divide",
    "matmul": "matmul",
    "power": "power",
    "float_power": "power",
}


def call(known: Function, args: tuple[Any, ...]) -> Any:
    """Call a function of the language on expressions, numbers and dimensions.

    Raises
    ------
    ArgumentError
        When there are too few or too many arguments, or one is of the wrong kind.
    """
    parameters = known.parameters
    least = sum(not (p.optional or p.variadic) for p in parameters)
    most = None if any(p.variadic for p in parameters) else len(parameters)
    if len(args) < least or (most is not None and len(args) > most):
        listed = ", ".join(p.name for p in parameters)
        raise ArgumentError(
            phrase(
                "{known} takes ({listed}), not {count} arguments",
                known=known.name,
                listed=listed,
                count=len(args),
            ),
            fix=known.example,
        )
    values: list[Any] = []
    arrays = [value for value in args if isinstance(value, SymbolicArray)]
    for position, value in enumerate(args):
        kind = parameters[min(position, len(parameters) - 1)].kind
        if kind == "dim":
            values.append(dim_of(value) if isinstance(value, (SymbolicArray, Expr)) else Dim.of(value))
        else:
            values.append(to_expr(value) if kind == "expr" else value)
    result = known.build(*values)
    if not arrays or not isinstance(result, Expr):
        return result
    # A column of a column with two axes keeps them; any other column is an array with one.
    if result.columns is ONE and any(array.ndim == 2 and array.expr.columns is ONE for array in arrays):
        return SymbolicArray(result, 2)
    return lift(result)


_QUERIES = frozenset({
    "shape", "ndim", "size", "astype", "item", "copy", "real", "imag", "iscomplexobj", "isrealobj", "conj",
    "conjugate", "pow",
})  # fmt: skip
"""What is asked of arrays under names that a text may well have for variables."""


_LETTERS = frozenset(("beta", "gamma", "psi"))
"""SciPy's functions with the names of letters: functions only under their full names."""


def numpy_names() -> frozenset[str]:
    """The names of NumPy's functions that have a meaning for expressions, most without their module."""
    global _names
    if _names is None:
        qualified = {*NUMPY_FUNCTIONS, *TABLE}
        bare = {name.rpartition(".")[2] for name in qualified} - _QUERIES - _LETTERS - _OF_TWO_MEANINGS
        _names = frozenset(bare | {name for name in qualified if "." in name})
    return _names


_OF_TWO_MEANINGS = frozenset({"sinc"})
"""Names that formulas give to something else than NumPy does: sin(x)/x there, sin(πx)/(πx) here."""

_names: frozenset[str] | None = None


def array_names() -> frozenset[str]:
    """The names, without their module, of the functions that know the axes of arrays."""
    return _ARRAY_NAMES


_ARRAY_NAMES = frozenset(name.rpartition(".")[2] for name in TABLE)


def call_numpy(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the function that NumPy has under a name such as ``linalg.inv``.

    Expressions are matrices, and what is a column may stand for an array with one axis or for one
    with two. What comes out the same either way is done; what does not is asked.

    Raises
    ------
    ArgumentError
        When the function has no meaning for expressions, or not with these arguments.
    """
    base = name.rpartition(".")[2]
    for qualified_name in (name, f"linalg.{base}", base):
        if qualified_name in TABLE:
            return both_readings(
                qualified_name, partial(SymbolicArray.functions.call, qualified_name), args, kwargs
            )
    known = NUMPY_FUNCTIONS.get(name) or NUMPY_FUNCTIONS.get(base)
    if known is None or any(holds_arrays(value) and not isinstance(value, Expr) for value in args):
        return SymbolicArray.functions.call(name, args, kwargs)
    if any(value is not None for value in kwargs.values()):
        raise ArgumentError(
            phrase(
                "numpy.{name} on expressions takes no {kwargs}", name=name, kwargs=", ".join(sorted(kwargs))
            )
        )
    return call(known, args)


def index(x: Expr, key: Any) -> Expr:
    """Entries, rows, columns and parts, counted from 0 as in NumPy.

    Raises
    ------
    ShapeError
        When there is no such entry.
    ArgumentError
        When the index is neither a whole number, a dimension nor a plain slice.
    """
    keys = key if isinstance(key, tuple) else (key,)
    if any(k is None or k is Ellipsis for k in keys):
        return to_expr(both_readings("indexing", lambda args, _: args[0][key], (x,)))
    if len(keys) == 1:
        keys = (keys[0], slice(None)) if not x.is_row else (slice(None), keys[0])
    if len(keys) != 2:
        raise ArgumentError(phrase("a matrix takes two indices, not {count}", count=len(keys)))
    (r0, r1), (c0, c1) = (_bounds(k, size) for k, size in zip(keys, x.shape, strict=True))
    return blocks.part(x, (r0, r1, c0, c1))


def _bounds(key: Any, size: Dim) -> tuple[Dim, Dim]:
    if isinstance(key, slice):
        if key.step not in (None, 1):
            raise ArgumentError(phrase("slices with a step have no meaning here"), fix="X[i:j]")
        first = ZERO if key.start is None else _place(key.start, size)
        return first, size if key.stop is None else _place(key.stop, size)
    first = _place(key, size)
    return first, first + 1


def _place(value: Any, size: Dim) -> Dim:
    if isinstance(value, Dim):
        return value
    if isinstance(value, SymbolicArray):
        dim = dim_of(value, "an index")
        if not dim.is_integer:
            return dim
        value = int(dim)
    exact = None if isinstance(value, float) else as_fraction(value)
    if exact is None or exact.denominator != 1:
        if isinstance(value, Expr) and value.facts & Fact.INTEGER and value.is_scalar:
            return Dim.of(str(value))
        raise ArgumentError(
            phrase("{value} is not an index", value=repr(value)), fix=phrase("a whole number or a dimension")
        )
    number = int(exact)
    if number >= 0:
        return Dim.of(number)
    if size.is_integer and -number > int(size):
        raise ShapeError(phrase("the index {number} is out of range for {size}", number=number, size=size))
    return size - (-number)
