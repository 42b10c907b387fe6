"""Functions that take arrays apart, turn them round and put more entries in."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from typing import Any

from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.words import phrase
from matgrad.ops.arrays import entrywise, shaping
from matgrad.ops.arrays.lifting import axis_of, lift, raveled
from matgrad.ops.arrays.symbolic import SymbolicArray


def _whole(value: Any, name: str) -> int:
    number = None if isinstance(value, (bool, float)) else as_fraction(value)
    if number is None or number.denominator != 1:
        raise ArgumentError(
            phrase("numpy.{name} needs whole numbers here, not {value}", name=name, value=repr(value))
        )
    return int(number)


def _length(x: SymbolicArray, axis: int, name: str) -> int:
    """The length of an axis, as a number."""
    dim = x.dims[axis]
    if not dim.is_integer:
        raise ArgumentError(
            phrase("numpy.{name} needs to know the length {dim} of {x}", name=name, dim=dim, x=x.describe()),
            fix=phrase("declare the size: given='x: 3'"),
        )
    return int(dim)


def _along(x: SymbolicArray, axis: int, part: Any) -> SymbolicArray:
    """A slice or an entry along an axis."""
    return x[part] if axis == 0 else x[:, part]


def _picked(x: SymbolicArray, axis: int, places: list[int]) -> SymbolicArray:
    """The lines of an array at these places, in this order."""
    if not places:
        raise ShapeError(phrase("no entries of {x} are left", x=x.describe()))
    lines = [_along(x, axis, slice(place, place + 1)) for place in places]
    return lines[0] if len(lines) == 1 else shaping.joined(lines, axis)


def _one_axis(a: Any, axis: Any, name: str) -> tuple[SymbolicArray, int]:
    """An array and the axis along which something is done; without one all entries, row by row."""
    x = lift(a)
    if axis is None:
        return SymbolicArray(raveled(x), 1), 0
    return x, axis_of(axis, x.ndim, name)


def take(a: Any, indices: Any, axis: Any = None) -> SymbolicArray:
    x, place = _one_axis(a, axis, "take")
    if hasattr(indices, "tolist"):
        indices = indices.tolist()
    if not isinstance(indices, (list, tuple)):
        return _along(x, place, _whole(indices, "take"))
    length = _length(x, place, "take")
    places = [_whole(index, "take") for index in indices]
    if any(not -length <= index < length for index in places):
        raise ShapeError(
            phrase("numpy.take: an index is out of range for an axis of length {length}", length=length)
        )
    return _picked(x, place, [index % length for index in places])


def compress(condition: Any, a: Any, axis: Any = None) -> SymbolicArray:
    flags = condition.tolist() if hasattr(condition, "tolist") else list(condition)
    return take(a, [place for place, holds in enumerate(flags) if holds], axis)


def flip(m: Any, axis: Any = None) -> SymbolicArray:
    x = lift(m)
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    for one in axes:
        place = axis_of(one, x.ndim, "flip")
        x = _picked(x, place, list(range(_length(x, place, "flip")))[::-1])
    return x


def fliplr(m: Any) -> SymbolicArray:
    return flip(m, 1)


def flipud(m: Any) -> SymbolicArray:
    return flip(m, 0)


def rot90(m: Any, k: Any = 1) -> SymbolicArray:
    x = lift(m)
    if x.ndim != 2:
        raise ShapeError(phrase("numpy.rot90 turns a matrix, not {x}", x=x.describe()))
    for _ in range(_whole(k, "rot90") % 4):
        x = flip(x.T, 0)
    return x


def roll(a: Any, shift: Any, axis: Any = None) -> SymbolicArray:
    x, place = _one_axis(a, axis, "roll")
    length = _length(x, place, "roll")
    shift = _whole(shift, "roll")
    rolled = _picked(x, place, [(i - shift) % length for i in range(length)])
    return rolled if axis is not None else shaping.reshape(rolled, lift(a).shape)


def delete(arr: Any, obj: Any, axis: Any = None) -> SymbolicArray:
    x, place = _one_axis(arr, axis, "delete")
    length = _length(x, place, "delete")
    gone = {_whole(i, "delete") % length for i in (obj if isinstance(obj, (list, tuple)) else [obj])}
    return _picked(x, place, [i for i in range(length) if i not in gone])


def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> SymbolicArray:
    x, place = _one_axis(arr, axis, "insert")
    new, length = lift(values), _length(x, place, "insert")
    at = _whole(obj, "insert")
    if not -length <= at <= length:
        raise ShapeError(
            phrase("numpy.insert: there is no place {at} on an axis of length {length}", at=at, length=length)
        )
    at = at + length if at < 0 else at
    shape: Any = (1,) if x.ndim == 1 else (1, x.shape[1]) if place == 0 else (x.shape[0], 1)
    if new.ndim > (0 if x.ndim == 1 else 1) or (new.ndim and place == 1):
        raise ArgumentError(
            phrase("numpy.insert puts in a number, or a row of a matrix, here"), fix="np.concatenate"
        )
    line = entrywise.broadcast_to(new, shape)
    before = [_along(x, place, slice(0, at))] if at else []
    after = [_along(x, place, slice(at, None))] if at < length else []
    return shaping.joined([*before, line, *after], place)


def pad(array: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0) -> SymbolicArray:
    x = lift(array)
    if mode != "constant" or isinstance(constant_values, (list, tuple)):
        raise ArgumentError(
            phrase("numpy.pad with mode={mode} has no meaning here", mode=repr(mode)), fix="mode='constant'"
        )
    widths = pad_width if isinstance(pad_width, (list, tuple)) else [pad_width]
    pairs = [w for w in widths if isinstance(w, (list, tuple))]
    if not pairs:
        pairs = [[*widths, *widths][:2]]
    if len(pairs) == 1:
        pairs *= x.ndim
    for axis, pair in enumerate(pairs):
        first, last = (_whole(w, "pad") for w in pair)
        for count, at_end in ((first, False), (last, True)):
            if count:
                shape: Any = (
                    count if x.ndim == 1 else (count, x.shape[1]) if axis == 0 else (x.shape[0], count)
                )
                edge = entrywise.broadcast_to(constant_values, shape)
                x = shaping.joined([x, edge] if at_end else [edge, x], axis)
    return x


def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> list[SymbolicArray]:
    return _split(ary, indices_or_sections, axis, "split", even=True)


def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> list[SymbolicArray]:
    return _split(ary, indices_or_sections, axis, "array_split", even=False)


def _split(ary: Any, sections: Any, axis: Any, name: str, *, even: bool) -> list[SymbolicArray]:
    x = lift(ary)
    place = axis_of(axis, x.ndim, name)
    length = _length(x, place, name)
    if isinstance(sections, (list, tuple)):
        ends = [min(_whole(end, name), length) for end in sections]
    else:
        count = _whole(sections, name)
        if count < 1 or (even and length % count):
            raise ShapeError(
                phrase(
                    "numpy.{name}: {length} entries are not {count} equal parts",
                    name=name,
                    length=length,
                    count=count,
                )
            )
        ends = [0]
        for i in range(count):
            ends.append(ends[-1] + length // count + (i < length % count))
        ends = ends[1:-1]
    bounds = [0, *ends, length]
    return [_along(x, place, slice(first, last)) for first, last in pairwise(bounds)]


def hsplit(ary: Any, indices_or_sections: Any) -> list[SymbolicArray]:
    return split(ary, indices_or_sections, 1 if lift(ary).ndim == 2 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> list[SymbolicArray]:
    if lift(ary).ndim != 2:
        raise ShapeError(phrase("numpy.vsplit takes a matrix apart, not {ary}", ary=lift(ary).describe()))
    return split(ary, indices_or_sections, 0)


def unstack(x: Any, /, *, axis: Any = 0) -> tuple[SymbolicArray, ...]:
    array = lift(x)
    place = axis_of(axis, array.ndim, "unstack")
    return tuple(_along(array, place, i) for i in range(_length(array, place, "unstack")))


def broadcast_arrays(*args: Any) -> tuple[SymbolicArray, ...]:
    arrays = [lift(arg) for arg in args]
    wide = arrays[0]
    for array in arrays[1:]:
        wide = entrywise.add(wide, entrywise.multiply(0, array))
    wide = entrywise.multiply(0, wide)
    return tuple(entrywise.add(array, wide) for array in arrays)


def convolve(a: Any, v: Any, mode: Any = "full") -> SymbolicArray:
    x, w = lift(a), lift(v)
    if mode != "full" or x.ndim != 1 or w.ndim != 1:
        raise ArgumentError(phrase("numpy.convolve is of two arrays with one axis, with mode='full', here"))
    if not w.dims[0].is_integer:
        x, w = w, x
    count = _length(w, 0, "convolve")
    terms = [entrywise.multiply(w[k], pad(x, (k, count - 1 - k))) for k in range(count)]
    return reduce(entrywise.add, terms)


def vander(x: Any, N: Any = None, increasing: Any = False) -> SymbolicArray:
    array = lift(x)
    if array.ndim != 1:
        raise ShapeError(
            phrase("numpy.vander takes an array with one axis, not {array}", array=array.describe())
        )
    count = _length(array, 0, "vander") if N is None else _whole(N, "vander")
    powers = range(count) if increasing else range(count - 1, -1, -1)
    return shaping.column_stack([entrywise.raise_to(array, k) for k in powers])


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "take": take,
    "compress": compress,
    "flip": flip,
    "fliplr": fliplr,
    "flipud": flipud,
    "rot90": rot90,
    "roll": roll,
    "delete": delete,
    "insert": insert,
    "pad": pad,
    "split": split,
    "array_split": array_split,
    "hsplit": hsplit,
    "vsplit": vsplit,
    "unstack": unstack,
    "broadcast_arrays": broadcast_arrays,
    "vander": vander,
    "convolve": convolve,
    "polymul": convolve,
}
