"""Dask: lazy functions of arrays that are split by rows over several machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matgrad.compilation.backends.extras import require
from matgrad.compilation.backends.function import Bound, LibraryFunction
from matgrad.compilation.backends.pieces import Piece
from matgrad.compilation.backends.source import ArraySource
from matgrad.compilation.distribution import Split, distribute
from matgrad.compilation.program import Value
from matgrad.core.dims import Dim
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Symbol
from matgrad.verify.inputs import read_array, two_axes

require("dask")

import dask.array as da  # noqa: E402
import numpy as np  # noqa: E402

from matgrad.compilation.backends.dask_functions import held  # noqa: E402


class DaskSource(ArraySource):
    """Writes a program for :mod:`dask.array`; nothing in it is computed before it is asked for."""

    library = "da"
    functions = "more"
    heading = (
        "import dask.array as da",
        "",
        "from matgrad.compilation.backends import dask_functions as more",
    )

    def _named(self, value: Value) -> str:
        """What an error message calls the matrix that a value is made from."""
        source = value.args[0]
        return repr(self.notation.of(source.args[0] if source.kind == "factorisation" else source))

    def _array(self, door: str, function: str, value: Value, *operands: object) -> Piece:
        return self.own(door, repr(function), self.extent(value), "dtype", *operands)

    def kron(self, value: Value, a: Piece, b: Piece) -> Piece:
        written = super().kron(value, a, b)
        return Piece(written.text.replace("da.kron", "more.kron"), written.level)

    def grid(self, value: Value, *blocks: Piece) -> Piece:
        if value.kind == "vector":
            return self.own("joined", f"[{', '.join(block.bare for block in blocks)}]")
        return super().grid(value, *blocks)

    def cholesky(self, value: Value, a: Piece) -> Piece:
        if value.kind == "scalar":
            return self.call("sqrt", a)
        return self._array("linear", "cholesky", value, a, self._named(value))

    def cholesky_factor(self, value: Value, a: Piece) -> Piece:
        return a if self.is_number(value) else self.own("factor", "'cholesky'", a, self._named(value))

    def lu_factor(self, value: Value, a: Piece) -> Piece:
        return a if self.is_number(value) else self.own("factor", "'lu'", a, self._named(value))

    def _solved(self, value: Value, function: str, *operands: object) -> Piece:
        return self._array("linear", function, value, *operands)

    def solve_cholesky(self, value: Value, factor: Piece, b: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return super().solve_cholesky(value, factor, b)
        return self.own("solve", "'cholesky_solve'", factor, b)

    def solve_lu(self, value: Value, factor: Piece, b: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return super().solve_lu(value, factor, b)
        transposed = ["transposed=True"] if value.params and value.params[0] else []
        return self.own("solve", "'lu_solve'", factor, b, *transposed)

    def solve_triangular(self, value: Value, a: Piece, b: Piece) -> Piece:
        if value.args[0].kind == "scalar":
            return super().solve_triangular(value, a, b)
        lower, transposed = value.params
        details = [self._named(value), bool(lower), bool(transposed)]
        return self.own("solve", "'triangular_solve'", a, b, *details)

    def inverse_cholesky(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return super().inverse_cholesky(value, factor)
        return self._solved(value, "cholesky_inverse", factor)

    def inverse_lu(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return super().inverse_lu(value, factor)
        return self._solved(value, "lu_inverse", factor)

    def inverse_triangular(self, value: Value, a: Piece) -> Piece:
        if value.kind == "scalar":
            return super().inverse_triangular(value, a)
        return self._solved(value, "triangular_inverse", a, self._named(value), bool(value.params[0]))

    def log_det_cholesky(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return super().log_det_cholesky(value, factor)
        return self._solved(value, "cholesky_log_det", factor)

    def log_det_lu(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return super().log_det_lu(value, factor)
        return self._solved(value, "lu_log_det", factor, self._named(value))

    def det_cholesky(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return factor
        return self._solved(value, "cholesky_det", factor)

    def det_lu(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return factor
        # The determinant of a singular matrix is 0, where solving with one is an error.
        return self.own("det", self.pieces[value.args[0].args[0]])

    def adjugate(self, value: Value, factor: Piece, a: Piece) -> Piece:
        return self._array("matrix", "adjugate", value, a)

    def det_hessian(self, value: Value, factor: Piece, a: Piece) -> Piece:
        return self._array("matrix", "det_hessian", value, a)

    def pinv(self, value: Value, a: Piece) -> Piece:
        nullity = [value.params[0]] if value.params[0] else []
        return self._array("matrix", "pinv", value, self.as_matrix(value.args[0], a), *nullity)

    def matrix_power(self, value: Value, a: Piece) -> Piece:
        if value.kind == "scalar":
            return super().matrix_power(value, a)
        return self._array("matrix", "matrix_power", value, a, value.params[0], self._named(value))

    def matrix_power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        if value.kind == "scalar":
            return self.power_by(value, a, exponent)
        return self.own("power_of", a, exponent, self._named(value))

    def expm(self, value: Value, a: Piece) -> Piece:
        return self._function(value, "expm", "exp", a)

    def logm(self, value: Value, a: Piece) -> Piece:
        return self._function(value, "logm", "log", a)

    def sqrtm(self, value: Value, a: Piece) -> Piece:
        return self._function(value, "sqrtm", "sqrt", a)

    def _function(self, value: Value, name: str, of_number: str, a: Piece) -> Piece:
        if value.kind == "scalar":
            return self.call(of_number, a)
        return self._array("matrix", name, value, a, self._named(value))

    def sylvester(self, value: Value, a: Piece, b: Piece, c: Piece) -> Piece:
        if value.kind == "scalar":
            return super().sylvester(value, a, b, c)
        arrays = [self.as_matrix(arg, piece) for arg, piece in zip(value.args, (a, b, c), strict=True)]
        return self._array("matrix", "sylvester", value, *arrays, repr(self.notation.of(value)))

    def eigh(self, value: Value, a: Piece) -> Piece:
        return self.own("eigh", a, self._named(value))

    def item(self, value: Value, factor: Piece) -> Piece:
        return self.own("item", factor, value.params[0], self.extent(value), "dtype")

    def require_gaps(self, value: Value, a: Piece, column: Piece) -> Piece:
        name = repr(self.notation.of(value.args[1]))
        only = value.params[0]
        return self.own("require_gaps", a, column, name, *([only] if only is not None else []))

    def require_nonzero(self, value: Value, a: Piece, column: Piece) -> Piece:
        return self.own("require_nonzero", a, column, repr(self.notation.of(value.args[1])))


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

    writer = DaskSource

    def array(self, name: str, value: Any) -> Any:
        array: Any = value
        if isinstance(value, da.Array):
            if any(np.isnan(size) for size in array.shape):
                raise EvaluationError(
                    f"the shape of {name} is not known", fix=f"{name}.compute_chunk_sizes()"
                )
        else:
            array = read_array(name, value)
        if array.dtype.kind not in "fiub":
            raise EvaluationError(f"{name} is not an array of real numbers: its type is {array.dtype}")
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
        rows, columns = self.signature.symbols[name].shape
        if axes == 2:
            return (rows, columns)
        column = self.signature.symbols[name].is_vector
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
            words = " and ".join(f"{name} along {dim}" for dim, (name, _) in found.items())
            raise EvaluationError(
                f"the arrays are split along more than one dimension: {words}", fix="X.rechunk({1: -1})"
            )
        for dim, (name, blocks) in found.items():
            for other, symbol in self.signature.symbols.items():
                twice = symbol.shape[0] is symbol.shape[1] is dim
                mixed = any(d is not dim and d.symbols & dim.symbols for d in symbol.shape)
                if twice or mixed:
                    raise EvaluationError(
                        f"{name} is split along {dim}, which {other} cannot be: its shape is "
                        f"{symbol.shape[0]}×{symbol.shape[1]}"
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
            if dim is not None and symbol.shape[0] is dim:
                states[name] = Split.ROWS
            elif dim is not None and symbol.shape[1] is dim:
                states[name] = Split.COLUMNS
        distribute(bound.program, states)
