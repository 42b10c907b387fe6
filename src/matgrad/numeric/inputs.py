"""What a user hands to :func:`matgrad.evaluate`: arrays read, matched with variables and checked."""

from __future__ import annotations

import math
import sys
from collections.abc import Container, Mapping, Sequence
from difflib import get_close_matches
from numbers import Number
from typing import TYPE_CHECKING, Any

from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.dims import ONE, Dim, shape_text
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder, variables_among
from matgrad.core.labels import goes_by
from matgrad.core.lazy import DeferredModule
from matgrad.core.origins import lost_variables
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.contradictions import CHECKED, SINGULAR, contradiction
from matgrad.numeric.sizes import dims_in, solve_sizes
from matgrad.numeric.sparse_contradictions import contradiction_of_operator, contradiction_of_sparse

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")


@dataclass
class Inputs:
    """Arrays with two axes by the names of variables, and the sizes of dimensions.

    Attributes
    ----------
    values : dict of str to ndarray
        The arrays, all of type ``dtype``.
    sizes : dict of str to int
        The number that each dimension stands for.
    dtype : dtype
        float32 when every array was float32, and float64 otherwise.
    flat : bool
        Whether there are vectors and all of them were given with one axis.
    """

    values: dict[str, Any]
    sizes: dict[str, int]
    dtype: Any
    flat: bool


def read_inputs(expr: Expr | Sequence[Expr], arrays: Mapping[Any, Any], axes: Axes = NO_AXES) -> Inputs:
    """Match arrays with the variables of one expression, or of several.

    Arrays of variables that the expression has lost show sizes too: of the arguments of a traced function,
    and of the function whose derivative it is.

    Raises
    ------
    EvaluationError
        When a variable is missing or unknown, the shapes conflict, or the data contradict what is
        declared of a variable.
    """
    nodes = postorder(expr)
    lost = [x for x in axes.arguments if any(getattr(key, "label", key) == x.label for key in arrays)]
    if isinstance(expr, Expr):
        lost += [x for x in _needed(expr, nodes, arrays) if x not in lost]
    symbols = variables_among([*nodes, *lost])
    dims = {name for dim in dims_in([*nodes, *lost]) for name in dim.symbols}
    given = named(symbols, arrays)
    axes.refuse_kept(given)
    _check_names(symbols, dims, given)

    raw = {name: _finite_array(name, given[name]) for name in symbols}
    axes.require({name: array.shape for name, array in raw.items()})
    sizes = {name: read_size(name, given[name]) for name in dims if name in given and name not in symbols}
    arrays_of = {
        name: raw[name].reshape(own_axes(symbol, raw[name].shape)) for name, symbol in symbols.items()
    }
    solve_sizes([(symbol, arrays_of[name].shape) for name, symbol in symbols.items()], sizes)
    shaped = {n: array.reshape(stacked(symbols[n], array.shape)) for n, array in arrays_of.items()}
    missing = sorted(dims - sizes.keys())
    if missing:
        raise EvaluationError(
            phrase("no array shows the size of {missing}", missing=", ".join(missing)),
            fix=phrase("{sizes} among the arrays", sizes=", ".join(f'"{name}": 3' for name in missing)),
        )
    for name, symbol in symbols.items():
        check_declared(symbol, shaped[name])

    floating = [raw[name].dtype for name in raw if raw[name].ndim]
    dtype = np.dtype(np.float32 if floating and all(d == np.float32 for d in floating) else np.float64)
    vectors = [raw[n].ndim == 1 for n, s in symbols.items() if s.is_vector and not s.has_own_axes]
    vectors += [raw[n].ndim == len(s.array_shape) for n, s in symbols.items() if s.has_own_axes]
    values = {name: np.asarray(value, dtype=dtype) for name, value in shaped.items()}
    return Inputs(values, sizes, dtype, bool(vectors) and all(vectors))


def _needed(expr: Expr, nodes: Sequence[Expr], arrays: Mapping[Any, Any]) -> list[Symbol]:
    """The variables that an answer has lost and whose arrays alone show a size that it needs.

    The others say nothing of it: an expression may be the answer to many questions, in which a name had
    other shapes.
    """
    names = [str(getattr(key, "label", key)) for key in arrays]
    lost = lost_variables(expr, names)
    if not lost:
        return []
    own = variables_among(nodes)
    needed = {name for dim in dims_in(nodes) for name in dim.symbols}
    unseen = needed - {name for x in own.values() for dim in x.array_shape for name in dim.symbols} - {*names}
    return [x for x in lost if x.label not in own and any(unseen & dim.symbols for dim in x.array_shape)]


def named(symbols: Mapping[str, Symbol], arrays: Mapping[Any, Any]) -> dict[str, Any]:
    """Arrays by the names of the variables that they are given for.

    Raises
    ------
    EvaluationError
        When one goes by no name, or by a variable that is not the one of that name.
    """
    given: dict[str, Any] = {}
    for key, value in arrays.items():
        if not isinstance(key, (str, Dim, Symbol)):
            raise EvaluationError(
                phrase("arrays go by the name of a variable, not by {key}", key=repr(key)), fix='{"x": array}'
            )
        name = key.label if isinstance(key, Symbol) else str(key)
        if isinstance(key, Symbol) and name in symbols:
            symbols[name].require(key)
        if name not in symbols:
            meant = [label for label in symbols if goes_by(label, name)]
            name = meant[0] if len(meant) == 1 and meant[0] not in arrays else name
        if name in given:
            raise EvaluationError(phrase("{name} was given twice", name=name))
        given[name] = value
    return given


def _check_names(symbols: Mapping[str, Symbol], dims: set[str], given: Mapping[str, Any]) -> None:
    complete = all(name in given for name in symbols)
    known = sorted(symbols) + sorted(dims - symbols.keys())
    for name in given:
        if name not in symbols and name not in dims:
            close = get_close_matches(name, known, n=1, cutoff=0.8 if complete else 0.5)
            if complete and not close:
                # The array of a variable that has dropped out of the expression does no harm.
                continue
            raise EvaluationError(
                phrase(
                    "{name} is not a variable of the expression, which has {symbols}",
                    name=repr(name),
                    symbols=", ".join(symbols) or phrase("none"),
                ),
                fix=close[0] if close else phrase("leave {name} out", name=repr(name)),
            )
    require_all(symbols, given)


def require_all(symbols: Mapping[str, Symbol], given: Container[str]) -> None:
    """Refuse variables without an array."""
    missing = [symbol for name, symbol in symbols.items() if name not in given]
    if missing:
        words = ", ".join(f"{symbol.label} ({shape_text(symbol.shape)})" for symbol in missing)
        raise EvaluationError(phrase("no array was given for {words}", words=words))


def how_stored(value: Any) -> str:
    """``"sparse"`` or ``"operator"`` for what SciPy holds in other ways; nothing for arrays."""
    kind = type(value)
    stored = _STORED.get(kind)
    if stored is None:
        stored = _how_stored(value)
        if len(_STORED) < _MOST:
            _STORED[kind] = stored
    return stored


_STORED: dict[type, str] = {}

_MOST = 256
"""So many types are remembered."""


def _how_stored(value: Any) -> str:
    # Who has such a value has loaded the module that it comes from.
    sparse = sys.modules.get("scipy.sparse")
    if sparse is not None and sparse.issparse(value):
        return "sparse"
    linalg = sys.modules.get("scipy.sparse.linalg")
    return "operator" if linalg is not None and isinstance(value, linalg.LinearOperator) else ""


def read_array(name: str, value: Any) -> Any:
    """Read an array of real numbers, of whatever type and with whatever axes they come.

    Raises
    ------
    EvaluationError
        When it is none, or holds a number that no double can hold.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise EvaluationError(phrase("{name} is a masked array", name=name), fix=f"{name}.filled(0)")
    stored = how_stored(value)
    if stored:
        raise EvaluationError(
            phrase(
                "{name} is a {what} of SciPy, which functions compiled for NumPy compute "
                "with, and nothing else",
                name=name,
                what="sparse array" if stored == "sparse" else "linear operator",
            ),
            fix=phrase("mg.compile(…), or {name}.toarray()", name=name)
            if stored == "sparse"
            else "mg.compile(…)",
        )
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            # NumPy would read a None as NaN, and digits as a number.
            if any(entry is None or isinstance(entry, (str, bytes)) for entry in array.flat):
                raise TypeError
            array = array.astype(np.float64)
    except OverflowError:
        raise EvaluationError(
            phrase("{name} holds a number that is too large for a double", name=name)
        ) from None
    except (TypeError, ValueError):
        raise EvaluationError(
            phrase(
                "{name} is not an array of numbers: {value_name}", name=name, value_name=type(value).__name__
            )
        ) from None
    if array.dtype.kind not in "fiub":
        raise EvaluationError(
            phrase(
                "{name} is not an array of real numbers: its type is {dtype}", name=name, dtype=array.dtype
            )
        )
    return array


def known_to_libraries(name: str, value: Any) -> Any:
    """A value of which other libraries may make an array of their own.

    They do not read objects, long doubles, foreign byte orders and fractions, or drop the mask of an array.

    Raises
    ------
    EvaluationError
        When it is no array of real numbers.
    """
    if isinstance(value, (int, float, complex)) or not isinstance(value, (np.ndarray, np.generic, Number)):
        return value
    kind = value.dtype.kind if isinstance(value, (np.ndarray, np.generic)) else "O"
    if kind == "O" or isinstance(value, np.ma.MaskedArray):
        return read_array(name, value)
    array = np.asarray(value)
    if array.dtype == np.longdouble:
        return array.astype(np.float64)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


_EXACT = 2**53
"""Integers up to here are doubles."""


def _finite_array(name: str, value: Any) -> Any:
    array = read_array(name, value)
    if not np.isfinite(array).all():
        raise EvaluationError(phrase("{name} holds an infinity or a NaN", name=name))
    if array.dtype.kind in "iu" and array.size and max(int(array.max()), -int(array.min())) > _EXACT:
        raise EvaluationError(
            phrase("{name} holds integers above 2⁵³, which double precision does not hold", name=name)
        )
    return array


def read_size(name: str, value: Any) -> int:
    """Read the size of a dimension."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < 0:
        raise EvaluationError(
            phrase("the dimension {name} is a whole number, not {value}", name=name, value=repr(value))
        )
    return int(value.__index__())


def own_axes(symbol: Symbol, shape: Sequence[int]) -> tuple[int, ...]:
    """The axes of an array as its variable has them: rows and columns, or those of a family.

    Raises
    ------
    EvaluationError
        Where its number of axes leaves them open.
    """
    if not symbol.is_family:
        return two_axes(symbol, shape)
    wanted = len(symbol.array_shape)
    kept = tuple(shape)
    while len(kept) > wanted and kept[-1] == 1:
        kept = kept[:-1]
    if len(kept) != wanted:
        axes = "×".join(map(str, symbol.array_shape))
        raise EvaluationError(
            phrase(
                "the array of the family {symbol} has its indices first, {axes}; {shape} was given",
                symbol=symbol.label,
                axes=axes,
                shape=_actual_text(shape),
            )
        )
    return kept


def stacked(symbol: Symbol, shape: Sequence[int]) -> tuple[int, int]:
    """Rows and columns of the stack of a family whose array has some axes."""
    if not symbol.is_family or len(shape) == 2:
        return (shape[0], shape[1]) if len(shape) == 2 else (shape[0], 1)
    if len(shape) == 1:
        return (shape[0], 1)
    columns = shape[-1] if len(symbol.array_shape) == len(shape) and symbol.columns is not ONE else 1
    return math.prod(shape) // columns, columns


def two_axes(symbol: Symbol, shape: Sequence[int]) -> tuple[int, int]:
    """Rows and columns of an array of some shape, where its variable leaves no doubt.

    Of a family they are those of the stack of its members.

    Raises
    ------
    EvaluationError
        Where it does.
    """
    if symbol.is_family:
        return stacked(symbol, own_axes(symbol, shape))
    if len(shape) == 2:
        return (shape[0], shape[1])
    if symbol.is_scalar and len(shape) <= 1 and (not shape or shape[0] == 1):
        return (1, 1)
    if len(shape) == 1 and symbol.columns is ONE:
        return (shape[0], 1)
    if len(shape) == 1 and symbol.rows is ONE:
        return (1, shape[0])
    raise EvaluationError(
        phrase(
            "{symbol} is declared {shape} but was given {actual_text}",
            symbol=symbol.label,
            shape=shape_text(symbol.shape),
            actual_text=_actual_text(shape),
        )
    )


def check_declared(symbol: Symbol, array: Any, *, factorised: bool = False) -> None:
    """Refuse an array that contradicts what is declared of its variable.

    Parameters
    ----------
    symbol : Symbol
        The variable.
    array : array_like
        Its array, of a shape that fits.
    factorised : bool
        Whether the caller is about to factorise the array, and sees then that it is not definite.

    Raises
    ------
    EvaluationError
        Naming the variable and the simplest fact that the array has not.
    """
    if not symbol.facts & CHECKED:
        return
    stored = how_stored(array)
    if stored and symbol.is_vector:
        array, stored = array.toarray(), ""
    if stored:
        problem = (
            contradiction_of_operator(symbol.facts, array)
            if stored == "operator"
            else contradiction_of_sparse(symbol.facts, array, factorised=factorised)
        )
        if problem is not None:
            raise EvaluationError(
                phrase("{symbol} is declared {problem}", symbol=symbol.label, problem=problem)
            )
        return
    shaped = np.asarray(array)
    if shaped.dtype.kind == "O":
        shaped = shaped.astype(np.float64)
    if shaped.ndim != 2:
        shaped = shaped.reshape(two_axes(symbol, shaped.shape))
    problem = contradiction(symbol.facts, shaped, factorised=factorised)
    if problem is None:
        return
    if not np.isfinite(shaped).all():
        raise EvaluationError(
            phrase(
                "{symbol} is declared {words}, but the array given holds an infinity or a NaN",
                symbol=symbol.label,
                words=dict(problem.fields).get("what", "orthonormal"),
            )
        )
    fix = phrase("declare it positive semidefinite, or add a small multiple of the identity")
    raise EvaluationError(
        phrase("{symbol} is declared {problem}", symbol=symbol.label, problem=problem),
        fix=fix if SINGULAR in dict(problem.fields).values() else None,
    )


def _actual_text(shape: Sequence[int]) -> str | Phrase:
    """Write the shape of an array as declared shapes are written."""
    if not shape:
        return phrase("a single number")
    return (
        "×".join(map(str, shape)) if len(shape) > 1 else phrase("one axis of length {shape}", shape=shape[0])
    )
