"""Python's operators on expressions, and NumPy's functions on them.

The operators mean what they mean in NumPy: ``@`` is the matrix product, ``*`` and ``/`` work entry
by entry, and shapes are broadcast; the broadcasting is made explicit with columns of ones.
"""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import ONE, ZERO, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Expr, as_fraction
from matgrad.core.facts import Fact
from matgrad.ops import arithmetic, elementwise, hadamard, leaves, power, structure, transpose
from matgrad.ops.registry import NUMPY_FUNCTIONS, Function


def to_expr(value: Any) -> Expr:
    """Read a number, a dimension, or an array or nested list of numbers as an expression.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if isinstance(value, Expr):
        return value
    if isinstance(value, Dim):
        return leaves.dimension(value)
    exact = as_fraction(value)
    if exact is not None:
        return leaves.number(exact)
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        rows = value.tolist() if hasattr(value, "tolist") else list(value)
        if isinstance(rows, list) and rows:
            if not isinstance(rows[0], (list, tuple)):
                rows = [[entry] for entry in rows]
            return leaves.literal(rows)
    raise ArgumentError(f"{value!r} is not an expression, a number or a matrix of numbers")


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
            f"{a.describe()} is a column and {over.describe()} a matrix: which way it is meant to be "
            "repeated is not clear",
            fix=f"{text}' for every row, as NumPy does with a 1-D array; {text} ones(1, {over.columns}) or "
            f"diag({a}) to go with the rows",
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
            return arithmetic.multiply(full, structure.diag(transpose.transpose(column)))
    return hadamard.hadamard(*broadcast(a, b))


class Operators:
    """What Python's operators do; see :class:`matgrad.core.expr.OperatorTable`."""

    def add(self, a: Any, b: Any) -> Expr:
        return arithmetic.add(*broadcast(to_expr(a), to_expr(b)))

    def subtract(self, a: Any, b: Any) -> Expr:
        return arithmetic.subtract(*broadcast(to_expr(a), to_expr(b)))

    def elementwise_product(self, a: Any, b: Any) -> Expr:
        return elementwise_product(a, b)

    def matmul(self, a: Any, b: Any) -> Expr:
        """The matrix product; a column before @ is meant as in NumPy, where it has one axis."""
        left, right = to_expr(a), to_expr(b)
        if left.is_vector and not right.is_scalar and not right.is_row and same(left.rows, right.rows):
            product = arithmetic.multiply(transpose.transpose(left), right)
            return transpose.transpose(product)
        return arithmetic.multiply(left, right)

    def divide(self, a: Any, b: Any) -> Expr:
        return elementwise_product(a, power.power(to_expr(b), leaves.number(-1)))

    def power(self, a: Any, b: Any) -> Expr:
        base, exponent = to_expr(a), to_expr(b)
        if exponent.is_scalar:
            return power.power(base, exponent)
        # a ** x with x a matrix: exp(log(a) x), entry by entry.
        return elementwise.exp(elementwise_product(elementwise.log(base), exponent))

    def negate(self, a: Expr) -> Expr:
        return arithmetic.scale(-1, a)

    def transpose(self, a: Expr) -> Expr:
        return transpose.transpose(a)

    def index(self, a: Expr, key: Any) -> Expr:
        return index(a, key)

    def method(self, a: Expr, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Expr:
        """The methods of NumPy's arrays: ``x.sum(axis=0)``, ``x.mean()``, ``x.dot(y)``."""
        return to_expr(call_numpy(name, (a, *args), kwargs))

    def ufunc(self, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Apply a NumPy ufunc to expressions."""
        name = ufunc.__name__
        if method != "__call__" or kwargs.get("out") is not None:
            raise ArgumentError(f"numpy.{name}.{method} has no meaning for expressions", fix=f"numpy.{name}")
        binary = _UFUNC_OPERATORS.get(name)
        if binary is not None:
            return getattr(self, binary)(*inputs)
        if name in ("negative", "positive"):
            return self.negate(inputs[0]) if name == "negative" else inputs[0]
        if name in ("maximum", "minimum"):
            return _extreme(self, name, *inputs)
        return _call(name if name not in _SPECIAL else f"special.{name}", inputs, kwargs)

    def array_function(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Apply a NumPy function to expressions."""
        module = getattr(function, "__module__", "").removeprefix("numpy").strip(".")
        name = function.__name__
        special = _ARRAY_FUNCTIONS.get(name)
        if special is not None:
            return special(*args, **kwargs)
        return _call(f"{module}.{name}" if module == "linalg" else name, args, kwargs)


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
_SPECIAL = ("expit", "erf")


def _extreme(operators: Operators, name: str, a: Any, b: Any) -> Expr:
    """max(a, b) = b + relu(a − b); min(a, b) = a − relu(a − b)."""
    difference = elementwise.relu(operators.subtract(a, b))
    return operators.add(b, difference) if name == "maximum" else operators.subtract(a, difference)


def _call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Expr:
    """Call the function that goes by a NumPy name."""
    known = NUMPY_FUNCTIONS.get(name)
    if known is None:
        raise ArgumentError(
            f"numpy.{name} has no meaning for expressions yet",
            fix="write it with the operations of matgrad: see the reference of functions",
        )
    leftover = {k: v for k, v in kwargs.items() if v is not None}
    if leftover:
        raise ArgumentError(f"numpy.{name} on expressions takes no {', '.join(sorted(leftover))}")
    return call(known, args)


def call(known: Function, args: tuple[Any, ...]) -> Expr:
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
        raise ArgumentError(f"{known.name} takes ({listed}), not {len(args)} arguments", fix=known.example)
    values: list[Any] = []
    for position, value in enumerate(args):
        kind = parameters[min(position, len(parameters) - 1)].kind
        if kind == "dim":
            values.append(value.dim if isinstance(value, leaves.Dimension) else Dim.of(value))
        else:
            values.append(to_expr(value) if kind == "expr" else value)
    return known.build(*values)


def reduced(x: Any, axis: Any, whole: str, columns: str, rows: str, keepdims: bool = False) -> Expr:
    """A reduction over all entries, down the columns (axis 0) or along the rows (axis 1)."""
    from matgrad.ops.registry import FUNCTIONS

    expr = to_expr(x)
    if axis is None:
        return FUNCTIONS[whole].build(expr)
    if axis not in (0, 1, -1):
        raise ArgumentError(f"a matrix has no axis {axis}")
    down = axis == 0 or (axis == -1 and expr.columns is ONE)
    if expr.columns is ONE and down:
        return FUNCTIONS[whole].build(expr)
    result = FUNCTIONS[columns if down else rows].build(expr)
    return result if keepdims or not down else transpose.transpose(result)


def _reduction(whole: str, columns: str, rows: str) -> Any:
    def apply(x: Any, axis: Any = None, keepdims: bool = False, **others: Any) -> Expr:
        if any(value is not None for value in others.values()):
            raise ArgumentError(f"numpy.{whole} on expressions takes no {', '.join(others)}")
        return reduced(x, axis, whole, columns, rows, keepdims)

    return apply


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Expr:
    from matgrad.ops.registry import FUNCTIONS

    expr = to_expr(x)
    if axis is not None or keepdims:
        raise ArgumentError("numpy.linalg.norm on expressions takes no axis", fix="row_sum(X**2) ** 0.5")
    if ord in (None, "fro") or (ord == 2 and (expr.is_vector or expr.is_row)):
        return FUNCTIONS["norm"].build(expr)
    if ord == 2:
        return FUNCTIONS["spectral_norm"].build(expr)
    if ord == "nuc":
        return FUNCTIONS["nuclear_norm"].build(expr)
    vector = expr.is_vector or expr.is_row
    if ord == 1:
        return (
            FUNCTIONS["norm1"].build(expr)
            if vector
            else FUNCTIONS["max"].build(FUNCTIONS["column_sum"].build(elementwise.absolute(expr)))
        )
    if ord == float("inf"):
        return (
            FUNCTIONS["norm_inf"].build(expr)
            if vector
            else FUNCTIONS["max"].build(FUNCTIONS["row_sum"].build(elementwise.absolute(expr)))
        )
    if vector:
        return FUNCTIONS["norm_p"].build(expr, to_expr(ord))
    raise ArgumentError(f"numpy.linalg.norm with ord={ord!r} has no meaning for a matrix here")


def _slogdet(x: Any) -> tuple[Expr, Expr]:
    """The sign and log |det|; where only the logarithm is used, it is that of a positive determinant."""
    from matgrad.ops.registry import FUNCTIONS

    expr = to_expr(x)
    return elementwise.sign(FUNCTIONS["det"].build(expr)), FUNCTIONS["logdet"].build(expr)


def _diag(x: Any) -> Expr:
    expr = to_expr(x)
    return structure.diag(expr) if expr.is_vector else structure.diagonal(expr)


def _trace(x: Any) -> Expr:
    from matgrad.ops.registry import FUNCTIONS

    return FUNCTIONS["tr"].build(to_expr(x))


def _dot(a: Any, b: Any) -> Expr:
    a, b = to_expr(a), to_expr(b)
    return (
        arithmetic.multiply(transpose.transpose(a), b)
        if a.is_vector and b.is_vector
        else arithmetic.multiply(a, b)
    )


def _stack(blocks: Any, vertical: bool) -> Expr:
    parts = [to_expr(block) for block in blocks]
    return structure.vstack(*parts) if vertical else structure.hstack(*parts)


def _concatenate(blocks: Any, axis: int = 0) -> Expr:
    return _stack(blocks, axis == 0)


def _block(rows: Any) -> Expr:
    table = [[to_expr(b) for b in row] if isinstance(row, (list, tuple)) else [to_expr(row)] for row in rows]
    return structure.grid(table)


def _reshape(x: Any, shape: Any, order: str = "C", **others: Any) -> Expr:
    expr = to_expr(x)
    rows, columns = (Dim.of(d) for d in (shape if isinstance(shape, tuple) else (shape, 1)))
    if order == "F":
        return structure.reshape(expr, rows, columns)
    return transpose.transpose(structure.reshape(transpose.transpose(expr), columns, rows))


def _cross(a: Any, b: Any) -> Expr:
    return structure.cross(to_expr(a), to_expr(b))


_ARRAY_FUNCTIONS: dict[str, Any] = {
    "sum": _reduction("sum", "column_sum", "row_sum"),
    "mean": _reduction("mean", "column_mean", "row_mean"),
    "var": _reduction("var", "column_var", "row_var"),
    "std": _reduction("std", "column_std", "row_std"),
    "norm": _norm,
    "slogdet": _slogdet,
    "diag": _diag,
    "trace": _trace,
    "dot": _dot,
    "vdot": _dot,
    "inner": _dot,
    "hstack": lambda blocks: _stack(blocks, False),
    "vstack": lambda blocks: _stack(blocks, True),
    "concatenate": _concatenate,
    "block": _block,
    "reshape": _reshape,
    "cross": _cross,
}
"""NumPy functions whose arguments are not simply those of a function of the language."""


def numpy_names() -> frozenset[str]:
    """The names of NumPy's functions that have a meaning for expressions, without their module."""
    global _names
    if _names is None:
        binary = {*_UFUNC_OPERATORS, "negative", "positive", "maximum", "minimum", "expit"}
        registered = {name.rpartition(".")[2] for name in NUMPY_FUNCTIONS}
        _names = frozenset(binary | registered | _ARRAY_FUNCTIONS.keys())
    return _names


_names: frozenset[str] | None = None


def call_numpy(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the function that NumPy has under a name such as ``linalg.inv``.

    Raises
    ------
    ArgumentError
        When the function has no meaning for expressions, or not with these arguments.
    """
    base = name.rpartition(".")[2]
    table = Expr.operators
    if base in _UFUNC_OPERATORS:
        return getattr(table, _UFUNC_OPERATORS[base])(*args, **kwargs)
    if base in ("negative", "positive"):
        return table.negate(to_expr(args[0])) if base == "negative" else to_expr(args[0])
    if base in ("maximum", "minimum"):
        return _extreme(Operators(), base, *args, **kwargs)
    if base in _ARRAY_FUNCTIONS:
        return _ARRAY_FUNCTIONS[base](*args, **kwargs)
    for qualified in (name, base, f"linalg.{base}", f"special.{base}"):
        if qualified in NUMPY_FUNCTIONS:
            return _call(qualified, args, kwargs)
    return _call(name, args, kwargs)


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
    if len(keys) == 1:
        keys = (keys[0], slice(None)) if not x.is_row else (slice(None), keys[0])
    if len(keys) != 2:
        raise ArgumentError(f"a matrix takes two indices, not {len(keys)}")
    (r0, r1), (c0, c1) = (_bounds(k, size) for k, size in zip(keys, x.shape, strict=True))
    return structure.part(x, (r0, r1, c0, c1))


def _bounds(key: Any, size: Dim) -> tuple[Dim, Dim]:
    if isinstance(key, slice):
        if key.step not in (None, 1):
            raise ArgumentError("slices with a step have no meaning here", fix="X[i:j]")
        first = ZERO if key.start is None else _place(key.start, size)
        return first, size if key.stop is None else _place(key.stop, size)
    first = _place(key, size)
    return first, first + 1


def _place(value: Any, size: Dim) -> Dim:
    if isinstance(value, Dim):
        return value
    exact = as_fraction(value)
    if exact is None or exact.denominator != 1:
        if isinstance(value, Expr) and value.facts & Fact.INTEGER and value.is_scalar:
            return Dim.of(str(value))
        raise ArgumentError(f"{value!r} is not an index", fix="a whole number or a dimension")
    number = int(exact)
    if number >= 0:
        return Dim.of(number)
    if size.is_integer and -number > int(size):
        raise ShapeError(f"the index {number} is out of range for {size}")
    return size - (-number)


def install() -> None:
    """Give expressions their operators."""
    Expr.operators = Operators()
