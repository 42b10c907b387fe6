"""Functions that move entries: shapes, axes, blocks, diagonals and triangles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from matgrad.core.dims import ONE, ZERO, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.words import listed, phrase
from matgrad.ops import arithmetic, blocks, diagonals, kronecker, leaves, reshaping, transpose, triangles
from matgrad.ops.arrays.lifting import (
    axes_of,
    axis_of,
    dim_of,
    dims_of,
    lift,
    raveled,
    require_same,
    rows_of,
)
from matgrad.ops.arrays.symbolic import SymbolicArray, length


def _order(order: Any, name: str) -> str:
    if order in ("C", "F"):
        return str(order)
    raise ArgumentError(
        phrase(
            "numpy.{name}: the order of entries is 'C' or 'F' here, not {order}", name=name, order=repr(order)
        )
    )


def ravel(a: Any, order: Any = "C") -> SymbolicArray:
    x = lift(a)
    by_row = _order(order, "ravel") == "C"
    return SymbolicArray(raveled(x) if by_row or x.ndim < 2 else reshaping.vec(x.expr), 1)


def reshape(a: Any, shape: Any = None, order: Any = "C", *, newshape: Any = None) -> SymbolicArray:
    x = lift(a)
    wanted = shape if shape is not None else newshape
    if wanted is None:
        raise ArgumentError(phrase("reshape needs the new shape"), fix="X.reshape(-1, 1)")
    by_row = _order(order, "reshape") == "C"
    dims = _completed(x, tuple(wanted) if isinstance(wanted, (tuple, list)) else (wanted,))
    rows, columns = (*dims, ONE, ONE)[:2]
    product = rows * columns
    if not same(product, x.expr.rows * x.expr.columns):
        raise ShapeError(
            phrase("{x} has other than {product} entries to reshape", x=x.describe(), product=product)
        )
    if len(dims) < 2:
        return SymbolicArray(raveled(x) if by_row or x.ndim < 2 else reshaping.vec(x.expr), len(dims))
    if by_row:
        return SymbolicArray(
            transpose.transpose(reshaping.reshape(transpose.transpose(x.expr), columns, rows)), 2
        )
    return SymbolicArray(reshaping.reshape(x.expr, rows, columns), 2)


def _completed(x: SymbolicArray, shape: tuple[Any, ...]) -> tuple[Dim, ...]:
    """The new shape, with the length found that is given as -1."""
    open_places = [
        i for i, d in enumerate(shape) if not isinstance(d, SymbolicArray) and as_fraction(d) == -1
    ]
    if not open_places:
        return dims_of(shape)
    total = x.expr.rows * x.expr.columns
    rest = dims_of([d for i, d in enumerate(shape) if i not in open_places])
    if len(open_places) > 1 or len(shape) > 2:
        raise ArgumentError(phrase("one length of a new shape may be -1, and there are at most two"))
    if not rest:
        return (total,)
    found = _quotient(total, rest[0], x.expr.shape)
    if found is None:
        raise ShapeError(
            phrase(
                "{x} cannot be reshaped: {total} entries in lines of {rest}",
                x=x.describe(),
                total=total,
                rest=rest[0],
            )
        )
    return (found, rest[0]) if open_places[0] == 0 else (rest[0], found)


def _quotient(total: Dim, part: Dim, shape: tuple[Dim, Dim]) -> Dim | None:
    if part is ONE:
        return total
    for i in (0, 1):
        if part is shape[i]:
            return shape[1 - i]
    if total is part:
        return ONE
    if total.is_integer and part.is_integer and int(part) > 0 and int(total) % int(part) == 0:
        return Dim.of(int(total) // int(part))
    return None


def transposed(a: Any, axes: Any = None) -> SymbolicArray:
    x = lift(a)
    if axes is None:
        return x.T
    order = axes if isinstance(axes, (tuple, list)) else (axes,)
    if len(order) == 1 and isinstance(order[0], (tuple, list)):
        order = order[0]
    places = [axis_of(axis, x.ndim, "transpose") for axis in order]
    if sorted(places) != list(range(x.ndim)):
        raise ArgumentError(
            phrase("axes={axes} is no order of the axes of {x}", axes=repr(axes), x=x.describe()), fix="x.T"
        )
    return x if places == sorted(places) else x.T


def matrix_transpose(x: Any, /) -> SymbolicArray:
    return lift(x).mT


def swapaxes(a: Any, axis1: Any, axis2: Any) -> SymbolicArray:
    x = lift(a)
    return x if axis_of(axis1, x.ndim, "swapaxes") == axis_of(axis2, x.ndim, "swapaxes") else x.T


def moveaxis(a: Any, source: Any, destination: Any) -> SymbolicArray:
    if isinstance(source, (tuple, list)) or isinstance(destination, (tuple, list)):
        raise ArgumentError(phrase("numpy.moveaxis moves one axis here"), fix="np.transpose(X)")
    return swapaxes(a, source, destination)


def expand_dims(a: Any, axis: Any) -> SymbolicArray:
    x = lift(a)
    added = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = x.ndim + len(added)
    if ndim > 2:
        raise ArgumentError(phrase("arrays have at most two axes here, not {ndim}", ndim=ndim))
    places = [axis_of(place, ndim, "expand_dims") for place in added]
    if len(set(places)) != len(places):
        raise ArgumentError(phrase("numpy.expand_dims: an axis is named twice"))
    return SymbolicArray(rows_of(x) if ndim == 2 and 0 in places else x.expr, ndim)


def squeeze(a: Any, axis: Any = None) -> SymbolicArray:
    x = lift(a)
    if axis is None:
        axes = tuple(i for i, d in enumerate(x.dims) if d is ONE)
    else:
        axes = axes_of(axis, x.ndim, "squeeze") or tuple(range(x.ndim))
        if any(x.dims[i] is not ONE for i in axes):
            raise ShapeError(
                phrase("only an axis of length 1 can be squeezed, and {x} has other lengths", x=x.describe())
            )
    left = x.ndim - len(axes)
    if x.ndim < 2 or not axes or left == 0:
        return SymbolicArray(x.expr, left)
    return SymbolicArray(transpose.transpose(x.expr) if axes == (0,) else x.expr, left)


def at_least(ndim: int) -> Callable[..., Any]:
    """atleast_1d and atleast_2d."""

    def apply(*arrays: Any) -> Any:
        found = [_raised(lift(a), ndim) for a in arrays]
        return found[0] if len(found) == 1 else tuple(found)

    return apply


def _raised(x: SymbolicArray, ndim: int) -> SymbolicArray:
    """Give an array more axes, in front."""
    if x.ndim >= ndim:
        return x
    return SymbolicArray(rows_of(x) if ndim == 2 else x.expr, ndim)


# ---- putting together ------------------------------------------------------------------------------


def _parts(arrays: Any, name: str) -> list[SymbolicArray]:
    if isinstance(arrays, SymbolicArray) or not isinstance(arrays, (list, tuple)):
        arrays = list(arrays) if isinstance(arrays, (SymbolicArray, Iterable)) else [arrays]
    if not arrays:
        raise ArgumentError(phrase("numpy.{name} needs at least one array", name=name))
    return [lift(part) for part in arrays]


def joined(parts: list[SymbolicArray], axis: int) -> SymbolicArray:
    """Arrays one after the other along an axis.

    Raises
    ------
    ShapeError
        When they differ in the number of axes, or in the length of the other axis.
    """
    ndim = parts[0].ndim
    if any(part.ndim != ndim for part in parts) or not ndim:
        described = listed(part.describe() for part in parts)
        raise ShapeError(
            phrase("arrays with different numbers of axes cannot be joined: {described}", described=described)
        )
    exprs = [part.expr for part in parts]
    other = 1 - axis
    for part in parts[1:] if ndim == 2 else ():
        if not same(parts[0].dims[other], part.dims[other]):
            raise ShapeError(
                phrase(
                    "cannot join {part} and {part2}: the other axes differ in length",
                    part=parts[0].describe(),
                    part2=part.describe(),
                )
            )
    return SymbolicArray(blocks.vstack(*exprs) if axis == 0 else blocks.hstack(*exprs), ndim)


def concatenate(arrays: Any, axis: Any = 0) -> SymbolicArray:
    parts = _parts(arrays, "concatenate")
    if axis is None:
        return joined([SymbolicArray(raveled(part), 1) for part in parts], 0)
    return joined(parts, axis_of(axis, parts[0].ndim, "concatenate") if parts[0].ndim else 0)


def hstack(tup: Any) -> SymbolicArray:
    parts = [_raised(part, 1) for part in _parts(tup, "hstack")]
    return joined(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tup: Any) -> SymbolicArray:
    return joined([_raised(part, 2) for part in _parts(tup, "vstack")], 0)


def column_stack(tup: Any) -> SymbolicArray:
    parts = _parts(tup, "column_stack")
    return joined([part if part.ndim == 2 else SymbolicArray(part.expr, 2) for part in parts], 1)


def stack(arrays: Any, axis: Any = 0) -> SymbolicArray:
    parts = _parts(arrays, "stack")
    ndim = parts[0].ndim + 1
    if ndim > 2:
        raise ArgumentError(phrase("stacking matrices would give three axes; there are at most two here"))
    for part in parts:
        require_same(parts[0], part, phrase("stack"))
    place = axis_of(axis, ndim, "stack")
    if ndim == 1:
        return SymbolicArray(blocks.vstack(*(part.expr for part in parts)), 1)
    if place == 0:
        return SymbolicArray(blocks.vstack(*(rows_of(part) for part in parts)), 2)
    return SymbolicArray(blocks.hstack(*(part.expr for part in parts)), 2)


def append(arr: Any, values: Any, axis: Any = None) -> SymbolicArray:
    return concatenate([arr, values], axis)


def block(arrays: Any) -> SymbolicArray:
    """Nested lists: the innermost are joined along the last axis, those around them along the first."""
    if not isinstance(arrays, list):
        return lift(arrays)
    depth = 2 if any(isinstance(row, list) for row in arrays) else 1
    rows = [row if isinstance(row, list) else None for row in arrays] if depth == 2 else [arrays]
    if any(not row for row in rows):
        raise ArgumentError(phrase("numpy.block: the lists must be of one depth, and none empty"))
    table = [[lift(entry) for entry in row or ()] for row in rows]
    ndim = max(depth, *(entry.ndim for row in table for entry in row))
    lines = [joined([_raised(entry, ndim) for entry in row], ndim - 1) for row in table]
    return joined(lines, 0) if depth == 2 else lines[0]


def tile(A: Any, reps: Any) -> SymbolicArray:
    x, dims = lift(A), dims_of(reps)
    ndim = max(x.ndim, len(dims), 1)
    x = _raised(x, ndim)
    count = (*(ONE,) * (ndim - len(dims)), *dims)
    if ndim == 1:
        return SymbolicArray(kronecker.kron(leaves.ones(count[0]), x.expr), 1)
    return SymbolicArray(kronecker.kron(leaves.ones(count[0], count[1]), x.expr), 2)


def repeat(a: Any, repeats: Any, axis: Any = None) -> SymbolicArray:
    """Every entry, row or column several times."""
    x, count = lift(a), dim_of(repeats, phrase("the number of repeats"))
    if axis is None:
        return SymbolicArray(kronecker.kron(raveled(x), leaves.ones(count)), 1)
    if axis_of(axis, x.ndim, "repeat") == 0:
        return SymbolicArray(kronecker.kron(x.expr, leaves.ones(count)), x.ndim)
    return SymbolicArray(kronecker.kron(x.expr, leaves.ones(ONE, count)), 2)


# ---- diagonals and triangles -------------------------------------------------------------------------


def _whole(value: Any, name: str) -> int:
    number = None if isinstance(value, (bool, float)) else as_fraction(value)
    if number is None or number.denominator != 1:
        raise ArgumentError(phrase("{name} is a whole number, not {value}", name=name, value=repr(value)))
    return int(number)


def diag(v: Any, k: Any = 0) -> SymbolicArray:
    x, place = lift(v), _whole(k, "k")
    if not x.ndim:
        raise ShapeError(phrase("numpy.diag needs an array with axes, not {x}", x=x.describe()))
    if x.ndim == 2:
        return diagonal(x, place)
    n = x.dims[0]
    matrix = diagonals.diag(x.expr)
    if not place:
        return SymbolicArray(matrix, 2)
    side = leaves.zeros(n, Dim.of(abs(place)))
    wide = blocks.hstack(side, matrix)
    padded = blocks.vstack(wide, leaves.zeros(Dim.of(abs(place)), n + abs(place)))
    return SymbolicArray(padded if place > 0 else transpose.transpose(padded), 2)


def diagflat(v: Any, k: Any = 0) -> SymbolicArray:
    return diag(SymbolicArray(raveled(lift(v)), 1), k)


def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> SymbolicArray:
    x, place = lift(a), _whole(offset, "offset")
    if x.ndim != 2:
        raise ShapeError(phrase("a diagonal is that of a matrix, not of {x}", x=x.describe()))
    order = (axis_of(axis1, 2, "diagonal"), axis_of(axis2, 2, "diagonal"))
    if order not in ((0, 1), (1, 0)):
        raise ArgumentError(phrase("a diagonal goes along two different axes"), fix="axis1=0, axis2=1")
    matrix = x.expr if order == (0, 1) else transpose.transpose(x.expr)
    return SymbolicArray(diagonals.diagonal(_square_from(matrix, place)), 1)


def _square_from(x: Expr, offset: int) -> Expr:
    """The largest square whose diagonal is the one of that offset.

    Raises
    ------
    ShapeError
        When the matrix is not square and its lengths are not known.
    """
    rows, columns = x.shape
    if offset == 0 and (same(rows, columns) or rows is columns):
        return x
    if rows.is_integer and columns.is_integer:
        down, across = max(-offset, 0), max(offset, 0)
        size = min(int(rows) - down, int(columns) - across)
        if size < 1:
            raise ShapeError(phrase("{x} has no diagonal {offset}", x=x.describe(), offset=offset))
        bounds = (Dim.of(down), Dim.of(down + size), Dim.of(across), Dim.of(across + size))
        return blocks.part(x, bounds)
    if rows is columns:
        size_left = rows - abs(offset)
        first, past = Dim.of(abs(offset)), rows
        return blocks.part(
            x, (ZERO, size_left, first, past) if offset > 0 else (first, past, ZERO, size_left)
        )
    raise ShapeError(
        phrase("which entries are on the diagonal of {x} depends on its lengths", x=x.describe())
    )


def _triangle(x: Expr, k: int) -> Expr:
    """The entries on and below the diagonal number k."""
    if k == 0:
        return triangles.tril(x)
    if k == -1:
        return arithmetic.subtract(x, triangles.triu(x))
    raise ArgumentError(
        phrase("the triangle from diagonal {k} on has no meaning here", k=k), fix=phrase("k=0 or k=-1")
    )


def tril(m: Any, k: Any = 0) -> SymbolicArray:
    return SymbolicArray(_triangle(_square(m, "tril"), _whole(k, "k")), 2)


def triu(m: Any, k: Any = 0) -> SymbolicArray:
    flipped = _triangle(transpose.transpose(_square(m, "triu")), -_whole(k, "k"))
    return SymbolicArray(transpose.transpose(flipped), 2)


def _square(m: Any, name: str) -> Expr:
    """The matrix a triangle is taken of; NumPy repeats an array with one axis in every row."""
    x = lift(m)
    if not x.ndim:
        raise ShapeError(phrase("numpy.{name} needs a matrix, not {x}", name=name, x=x.describe()))
    return x.expr if x.ndim == 2 else arithmetic.multiply(leaves.ones(x.dims[0]), x.expr.T)


# ---- what is asked of an array -----------------------------------------------------------------------


def shape_of(a: Any) -> tuple[Any, ...]:
    return lift(a).shape


def ndim_of(a: Any) -> int:
    return lift(a).ndim


def size_of(a: Any, axis: Any = None) -> Any:
    x = lift(a)
    return x.size if axis is None else length(x.dims[axis_of(axis, x.ndim, "size")])


def astype(a: Any, dtype: Any, *, copy: Any = True) -> SymbolicArray:
    if dtype not in (float, "float", "float64", "double", "d", "f8") and str(dtype) != "float64":
        name = getattr(dtype, "__name__", dtype)
        if name != "float64":
            raise ArgumentError(
                phrase("every entry is a real number; it cannot be made {name}", name=name), fix="x"
            )
    return lift(a)


def item(a: Any, *index: Any) -> SymbolicArray:
    x = lift(a)
    if index:
        return x[index if len(index) > 1 else index[0]] if x.ndim == len(index) else ravel(x)[index[0]]
    if not x.expr.is_scalar:
        raise ShapeError(phrase("item() takes the only entry of an array, and {x} has more", x=x.describe()))
    return SymbolicArray(x.expr, 0)


def says_no(a: Any) -> bool:
    lift(a)
    return False


def says_yes(a: Any) -> bool:
    lift(a)
    return True


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ravel": ravel,
    "reshape": reshape,
    "transpose": transposed,
    "permute_dims": transposed,
    "matrix_transpose": matrix_transpose,
    "linalg.matrix_transpose": matrix_transpose,
    "swapaxes": swapaxes,
    "moveaxis": moveaxis,
    "expand_dims": expand_dims,
    "squeeze": squeeze,
    "atleast_1d": at_least(1),
    "atleast_2d": at_least(2),
    "concatenate": concatenate,
    "concat": concatenate,
    "hstack": hstack,
    "vstack": vstack,
    "row_stack": vstack,
    "column_stack": column_stack,
    "stack": stack,
    "append": append,
    "block": block,
    "tile": tile,
    "repeat": repeat,
    "diag": diag,
    "diagflat": diagflat,
    "diagonal": diagonal,
    "linalg.diagonal": lambda x, /, *, offset=0: diagonal(x, offset),
    "tril": tril,
    "triu": triu,
    "shape": shape_of,
    "ndim": ndim_of,
    "size": size_of,
    "astype": astype,
    "item": item,
    "iscomplexobj": says_no,
    "isrealobj": says_yes,
}
