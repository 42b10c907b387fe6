"""Dask: lazy functions of arrays that are split by rows over several machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matgrad.compilation.backends.base.installed import require
from matgrad.compilation.backends.base.library.function import Bound, LibraryFunction
from matgrad.compilation.backends.base.sizes import axes_of
from matgrad.compilation.backends.dask.writer import DaskWriter
from matgrad.compilation.ir.split import Split
from matgrad.compilation.plan.distribution import distribute
from matgrad.core.dims import Dim
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Symbol
from matgrad.core.words import phrase, together
from matgrad.numeric.inputs import read_array, two_axes

require("dask")

import dask.array as da  # noqa: E402
import numpy as np  # noqa: E402

from matgrad.compilation.backends.dask.functions import held  # noqa: E402


class DaskFunction(LibraryFunction):
    """A compiled function of Dask arrays; its results are Dask arrays, to be computed together.

    Data matrices are split into blocks of rows along one dimension. The plan carries that dimension
    along or sums over it; what would need all of it in one place is refused with the reason. Arrays
    of NumPy may stand beside those of Dask. Those are held to what is declared of their variables when
    the function is called, Dask's when the result is computed.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = DaskFunction(mg.parse("norm(X w - y)^2", "X: m×n, w: n, y: m"))
    >>> X = da.ones((6, 2), chunks=(2, 2))
    >>> float(f(X=X, w=np.zeros(2), y=np.ones(6)).compute())
    6.0
    """

    library = "Dask"
    writer = DaskWriter
    branches = True

    def array(self, name: str, value: Any) -> Any:
        array: Any = value
        if isinstance(value, da.Array):
            if any(np.isnan(size) for size in array.shape):
                raise EvaluationError(
                    phrase("the shape of {name} is not known", name=name), fix=f"{name}.compute_chunk_sizes()"
                )
        else:
            array = read_array(name, value)
        if array.dtype.kind not in "fiub":
            raise EvaluationError(
                phrase(
                    "{name} is not an array of real numbers: its type is {dtype}",
                    name=name,
                    dtype=array.dtype,
                )
            )
        return array

    def concrete(self, array: Any) -> Any:
        return None if isinstance(array, da.Array) else array

    def marked(self, symbol: Symbol, array: Any) -> Any:
        return held(symbol, array)

    def unify(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Bring all arrays to one type, and those with the split dimension to the same blocks."""
        shaped = [array.dtype for array in arrays.values() if array.ndim]
        single = bool(shaped) and all(dtype == np.float32 for dtype in shaped)
        dtype = np.dtype(np.float32 if single else np.float64)
        dim, blocks = self._split_dimension(arrays)
        unified = {}
        for name, array in arrays.items():
            two_axes(self.signature.symbols[name], array.shape)
            chunks = tuple(blocks if d is dim else -1 for d in self._dims(name, array.ndim))
            if isinstance(array, da.Array):
                unified[name] = array.rechunk(chunks).astype(dtype)
            else:
                unified[name] = da.from_array(np.asarray(array, dtype=dtype), chunks=chunks)
        return unified

    def _dims(self, name: str, axes: int) -> tuple[Dim, ...]:
        """The dimension of each axis of an argument."""
        symbol = self.signature.symbols[name]
        if symbol.is_family and axes == len(symbol.array_shape):
            return symbol.array_shape
        rows, columns = symbol.shape
        if axes == 2:
            return (rows, columns)
        column = symbol.is_vector
        return () if axes == 0 else (rows if column else columns,)

    def _split_dimension(self, arrays: Mapping[str, Any]) -> tuple[Dim | None, tuple[int, ...]]:
        """The dimension along which arrays are split, and its blocks.

        Raises
        ------
        EvaluationError
            When there are two.
        """
        found: dict[Dim, tuple[str, tuple[int, ...]]] = {}
        for name, array in arrays.items():
            if isinstance(array, da.Array):
                for dim, blocks in zip(self._dims(name, array.ndim), array.chunks, strict=True):
                    if len(blocks) > 1:
                        found.setdefault(dim, (name, blocks))
        if len(found) > 1:
            words = together(f"{name} along {dim}" for dim, (name, _) in found.items())
            raise EvaluationError(
                phrase("the arrays are split along more than one dimension: {words}", words=words),
                fix="X.rechunk({1: -1})",
            )
        for dim, (name, blocks) in found.items():
            for other, symbol in self.signature.symbols.items():
                if _has_first(symbol, dim):
                    continue
                twice = symbol.shape[0] is symbol.shape[1] is dim
                mixed = any(d is not dim and d.symbols & dim.symbols for d in symbol.shape)
                if twice or mixed:
                    raise EvaluationError(
                        phrase(
                            "{name} is split along {dim}, which {other} cannot be: its shape is "
                            "{shape}×{second_shape}",
                            name=name,
                            dim=dim,
                            other=other,
                            shape=symbol.shape[0],
                            second_shape=symbol.shape[1],
                        )
                    )
            return dim, blocks
        return None, ()

    def check(self, bound: Bound, arrays: Mapping[str, Any]) -> None:
        """See that the program can be distributed.

        Raises
        ------
        ArgumentError
            Where it cannot, with the reason.
        """
        dim, _ = self._split_dimension(arrays)
        states = {}
        for name, symbol in self.signature.symbols.items():
            states[name] = Split.WHOLE
            if dim is not None and (symbol.shape[0] is dim or _has_first(symbol, dim)):
                states[name] = Split.ROWS
            elif dim is not None and symbol.shape[1] is dim:
                states[name] = Split.COLUMNS
        distribute(bound.program, states)


def _has_first(symbol: Symbol, dim: Dim) -> bool:
    """Whether a dimension is that of the first axis of a family, and of no other: whole members lie apart."""
    axes = axes_of(symbol)
    return len(axes) > 2 and axes[0] is dim and not any(d.symbols & dim.symbols for d in axes[1:])
