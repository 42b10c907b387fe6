"""What holds for compiled code: values as evaluated, and no array written to that is still read.

Drawn are sums and products of matrices that code treats by their structure (diagonals, ones, identities,
Kronecker and Khatri-Rao products, blocks, repeated rows and columns), with several terms of one shape,
for sizes that may be equal or 1.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.compilation.backends import code_for, compile_for
from matgrad.compilation.use.matrix import compile_matrix
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.numeric.sizes import dims_in
from tests.compilation.golden import agrees
from tests.compilation.watched import run_watched, source_for, written_as_if_large
from tests.properties.expressions import SLOW
from tests.properties.rooms.expressions import a_variable, drawn

Shape = tuple[str, str]

_SHAPES = (("m", "n"), ("n", "n"), ("n", "m"), ("m", "m"), ("n", "1"), ("m", "1"), ("1", "n"), ("n", "p"))


class Drawing:
    """Draws an expression over symbols of the dimensions m, n and p.

    Parameters
    ----------
    rng : random.Random
        Where chance comes from.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def symbol(self, shape: Shape) -> Any:
        name = self.rng.choice("ab")
        letter = {"m": "M", "n": "N", "p": "P", "1": "I"}
        label = f"{name}{letter[shape[0]]}{letter[shape[1]]}"
        return mg.matrix(label, *(1 if size == "1" else size for size in shape))

    def matrix(self, shape: Shape, depth: int) -> Any:
        """A matrix of that shape."""
        if depth <= 0:
            return self.symbol(shape)
        choices: list[Callable[[Shape, int], Any]] = [
            self._sum, self._sum, self._product, self._entrywise, self._kron, self._face, self._stack,
            self._repeated, self._turned, self.symbol_at,
        ]  # fmt: skip
        if shape[0] == shape[1]:
            choices += [self._diagonal, self._with_diagonal, self._with_diagonal]
        return self.rng.choice(choices)(shape, depth - 1)

    def symbol_at(self, shape: Shape, depth: int) -> Any:
        return self.symbol(shape)

    def scalar(self, depth: int) -> Any:
        """A scalar: of one matrix, or of several that share their parts."""
        shape = self.rng.choice(_SHAPES)
        terms = []
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            x = self.matrix(shape, depth)
            kind = self.rng.randrange(7)
            if kind == 0:
                terms.append(mg.sum(mg.exp(mg.kron(self._small(), self._small()))))
            elif kind == 1:
                terms.append(mg.logdet(mg.eye(x.shape[0]) + x @ x.T))
            elif kind == 2:
                terms.append(mg.tr(x @ self.matrix(shape, depth - 1).T))
            elif kind == 3:
                terms.append(mg.norm(x) ** 2)
            elif kind == 4 and shape[0] == shape[1]:
                terms.append(mg.logdet(mg.ones(*x.shape) + mg.diag(mg.exp(self.matrix((shape[0], "1"), 1)))))
            else:
                terms.append(mg.sum(self._function(x)))
        total = terms[0]
        for term in terms[1:]:
            total = total + self.rng.choice((1, -1, 2)) * term
        return total

    def _small(self) -> Any:
        return self.symbol(self.rng.choice(_SHAPES))

    def _function(self, x: Expr) -> Any:
        functions: list[Callable[[Any], Any]] = [mg.exp, mg.sin, mg.tanh, mg.square, mg.softplus]
        return self.rng.choice(functions)(x)

    def _sum(self, shape: Shape, depth: int) -> Any:
        total = self.matrix(shape, depth)
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            total = total + self.rng.choice((1, -1, 2, -0.5)) * self.matrix(shape, depth - 1)
        return total

    def _product(self, shape: Shape, depth: int) -> Any:
        middle = self.rng.choice("mnp1")
        return self.matrix((shape[0], middle), depth) @ self.matrix((middle, shape[1]), depth - 1)

    def _entrywise(self, shape: Shape, depth: int) -> Any:
        x = self.matrix(shape, depth)
        return self._function(x) if self.rng.random() < 0.5 else x * self.matrix(shape, depth - 1)

    def _kron(self, shape: Shape, depth: int) -> Any:
        """A Kronecker product between two matrices that bring it back to the shape."""
        rows, columns = self.rng.choice("mnp1"), self.rng.choice("mnp1")
        product = mg.kron(self.matrix((rows, columns), depth - 1), self.matrix(shape, depth))
        if self.rng.random() < 0.5:
            product = self._function(product)
        left = mg.kron(self.symbol(("1", rows)), mg.eye(product.shape[0] if rows == "1" else _dim(shape[0])))
        right = mg.kron(self.symbol((columns, "1")), mg.eye(_dim(shape[1])))
        return left @ product @ right

    def _face(self, shape: Shape, depth: int) -> Any:
        """A Khatri-Rao product, by columns or rows, and back."""
        rows = self.rng.choice("mnp1")
        columns = mg.khatri_rao(self.matrix((rows, shape[1]), depth - 1), self.matrix(shape, depth))
        return mg.kron(self.symbol(("1", rows)), mg.eye(_dim(shape[0]))) @ columns

    def _stack(self, shape: Shape, depth: int) -> Any:
        """Blocks, and their sum."""
        x, y = self.matrix(shape, depth), self.matrix(shape, depth - 1)
        both = mg.hstack(x, y) @ mg.vstack(*(self.symbol((shape[1], "p")) for _ in "ab"))
        return both @ self.matrix(("p", shape[1]), depth - 1)

    def _repeated(self, shape: Shape, depth: int) -> Any:
        column = self.matrix((shape[0], "1"), depth) @ mg.ones(1, _dim(shape[1]))
        row = mg.ones(_dim(shape[0]), 1) @ self.matrix(("1", shape[1]), depth)
        return self.rng.choice((column, row, column + row, mg.ones(_dim(shape[0]), _dim(shape[1])) + row))

    def _turned(self, shape: Shape, depth: int) -> Any:
        return self.matrix((shape[1], shape[0]), depth).T

    def _diagonal(self, shape: Shape, depth: int) -> Any:
        return mg.diag(self.matrix((shape[0], "1"), depth))

    def _with_diagonal(self, shape: Shape, depth: int) -> Any:
        n = _dim(shape[0])
        x = self.rng.choice((mg.ones(n, n), self.matrix(shape, depth)))
        added = self.rng.choice(
            (mg.eye(n), mg.diag(self.matrix((shape[0], "1"), depth)), mg.diag(mg.diag(x)))
        )
        return x + self.rng.choice((1, -1, 3)) * added


def _dim(size: str) -> Any:
    return 1 if size == "1" else size


def cases(seed: int) -> Iterator[tuple[list[Expr], dict[str, Any]]]:
    """A scalar with its derivatives, or a matrix, and arrays."""
    rng = random.Random(seed)
    drawing = Drawing(rng)
    exprs: list[Expr] = []
    if rng.random() < 0.7:
        exprs.append(drawing.scalar(rng.choice((1, 2, 2, 3))))
        symbols = list(symbols_of(exprs).values())
        if symbols:
            variable = rng.choice(symbols)
            with suppress(mg.NotDifferentiableError):
                exprs.append(mg.gradient(exprs[0], variable, verify=False))
            if rng.random() < 0.4:
                with suppress(mg.NotDifferentiableError):
                    exprs.append(mg.hessian(exprs[0], variable, verify=False))
    else:
        exprs.append(drawing.matrix(rng.choice(_SHAPES), 3))
        symbols = list(symbols_of(exprs).values())
        if symbols:
            exprs.append(mg.jacobian(exprs[0], rng.choice(symbols), verify=False))
    exprs = [mg.simplify(expr) if rng.random() < 0.3 else expr for expr in exprs]
    yield exprs, arrays_for(exprs, rng)


def arrays_for(exprs: Sequence[Expr], rng: random.Random) -> dict[str, Any]:
    """Arrays of drawn sizes for all variables, and the sizes that no array shows."""
    sizes = {name: rng.choice((1, 2, 2, 3, 3, 4)) for name in "mnp"}
    source = np.random.default_rng(rng.randrange(1 << 30))
    arrays: dict[str, Any] = {}
    for name, symbol in symbols_of(exprs).items():
        shape = tuple(dim.value(sizes) for dim in symbol.shape)
        order = rng.choice("CF")
        arrays[name] = np.array(0.7 * source.normal(size=shape), order=order)  # type: ignore[call-overload]
    if rng.random() < 0.3:
        arrays = {n: a[:, 0] if _is_vector(exprs, n) else a for n, a in arrays.items()}
    shown = {d for s in symbols_of(exprs).values() for dim in s.shape for d in dim.symbols}
    needed = {d for dim in dims_in(postorder(exprs)) for d in dim.symbols}
    return arrays | {name: sizes[name] for name in needed - shown}


def _is_vector(exprs: Sequence[Expr], name: str) -> bool:
    symbol: Symbol = symbols_of(exprs)[name]
    return symbol.is_vector


def expected_of(exprs: Sequence[Expr], arrays: dict[str, Any]) -> list[Any] | None:
    """The values as evaluated; ``None`` where there is none, or nothing worth comparing."""
    with np.errstate(all="ignore"):
        try:
            values = [mg.evaluate(expr, arrays) for expr in exprs]
        except mg.MatgradError:
            return None
    return values if all(np.abs(v).max(initial=0) < 1e9 for v in values) else None


def _compare(
    exprs: Sequence[Expr], got: Sequence[Any], expected: Sequence[Any], code: str, rtol: float = 1e-8
) -> None:
    for expr, value, right in zip(exprs, got, expected, strict=True):
        assert np.size(value) == np.size(right), (str(expr), np.shape(value), np.shape(right))
        assert agrees(np.ravel(value), np.ravel(right), rtol), f"{expr}\n{value}\n{right}\n{code}"


def numpy_code_computes_and_overwrites_nothing_that_is_read(seed: int) -> None:
    """NumPy code, as it is and as if arrays were large, agrees with evaluation, statement by statement."""
    for exprs, arrays in cases(seed):
        expected = expected_of(exprs, arrays)
        if expected is None:
            continue
        for large in (False, True):
            with written_as_if_large() if large else nullcontext():
                source, given = source_for(exprs, arrays)
            with np.errstate(all="ignore"):
                got = run_watched(source, given)
            _compare(exprs, got if len(exprs) > 1 else (got,), expected, source.text)


def factors_and_operators_are_the_matrix(seed: int) -> None:
    """A Jacobian or Hessian as factors, and as an operator, is the matrix."""
    for exprs, arrays in cases(seed):
        matrix = exprs[-1]
        if len(exprs) == 1 or matrix.is_scalar:
            continue
        names = {*symbols_of([matrix]), *(d for dim in dims_in(postorder([matrix])) for d in dim.symbols)}
        given = {name: value for name, value in arrays.items() if name in names}
        expected = expected_of([matrix], given)
        if expected is None:
            continue  # As where what shows a size is not in the matrix any more.
        right: Any = np.asarray(expected[0])
        right = right.reshape(right.shape if right.ndim == 2 else (-1, 1))
        factors: Any = compile_matrix(matrix, "factors")(**given)
        assert agrees(factors.to_dense(), right, 1e-8), str(matrix)
        for structured in (factors, compile_matrix(matrix, "operator")(**given)):
            v = np.linspace(-1, 1, right.shape[1])
            assert agrees(structured.matvec(v), right @ v, 1e-8), str(matrix)
            w = np.linspace(-1, 2, right.shape[0])
            assert agrees(structured.rmatvec(w), right.T @ w, 1e-8), str(matrix)


def jax_and_torch_code_computes(seed: int) -> None:
    """Code for JAX or PyTorch agrees with evaluation; a third of the seeds are tried."""
    if seed % 3:
        return
    import jax

    for exprs, arrays in cases(seed):
        expected = expected_of(exprs, arrays)
        if expected is None:
            continue
        backend = "jax" if seed % 2 else "torch"
        compiled = compile_for(exprs, backend)
        if backend == "jax":
            with jax.enable_x64(True):
                got = [np.asarray(value) for value in compiled(**arrays)]
        else:
            got = [value.numpy() for value in compiled(**arrays)]
        # Where no array says of which type numbers are, they are of the library's own, which is float32.
        typed = any(isinstance(array, np.ndarray) for array in arrays.values())
        _compare(exprs, got, expected, compiled.source, 1e-8 if typed else 1e-5)


def changed(array: Any, rng: random.Random) -> Any:
    """The same numbers in an array of another type, order or strides."""
    kinds: list[Callable[[Any], Any]] = [
        lambda a: a.astype(object),
        lambda a: a.astype(">f8"),
        lambda a: a.astype(np.longdouble),
        lambda a: np.asfortranarray(a),
        lambda a: a[::-1].copy()[::-1],
        lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
        lambda a: a.tolist() if a.size else a,
        lambda a: a,
    ]
    return rng.choice(kinds)(np.array(array)) if isinstance(array, np.ndarray) else array


def numbers_of_any_type_are_computed_and_results_belong_to_the_caller(seed: int) -> None:
    """Results can be written to, on three libraries, at two sets of sizes; a third of the seeds are tried."""
    if seed % 3:
        return
    rng = random.Random(-seed)
    backend = rng.choice(("numpy", "numpy", "torch", "torch", "dask"))
    for exprs, _ in cases(seed):
        function = mg.compile(exprs, backend=backend)
        for _ in "ab":
            arrays = arrays_for(exprs, rng)
            expected = expected_of(exprs, arrays)
            if expected is None:
                continue
            given = {name: changed(array, rng) for name, array in arrays.items()}
            before = {name: np.array(array) for name, array in given.items()}
            for _ in "ab":
                with np.errstate(all="ignore"):
                    results = function(**given)
                values = [np.array(np.asarray(result)) for result in results]
                _compare(exprs, values, expected, function.source)
                for place, result in enumerate(results if backend != "dask" else ()):
                    if np.ndim(result):
                        result[...] = 7
                    for later, value in zip(results[place + 1 :], values[place + 1 :], strict=True):
                        assert np.array_equal(np.asarray(later), value), function.source
                assert all(np.array_equal(before[name], given[name]) for name in given), function.source


def numpy_source_stands_alone(seed: int) -> None:
    """The source, run as text by itself, computes what the function computes, in float32 too."""
    if seed % 2:
        return
    for exprs, arrays in cases(seed):
        single = seed % 4 == 0
        if single:
            arrays = {n: a.astype(np.float32) if isinstance(a, np.ndarray) else a for n, a in arrays.items()}
        if expected_of(exprs, arrays) is None:
            continue
        function = mg.compile(exprs)
        with np.errstate(all="ignore"):
            right = function(**arrays)
            scope: dict[str, Any] = {}
            exec(compile(function.source, "<copied>", "exec"), scope)
            got = scope["compute"](*(arrays[name] for name in function.signature.symbols))
        got = got if len(exprs) > 1 else (got,)
        for value, copied in zip(right, got, strict=True):
            assert np.array_equal(value, copied, equal_nan=True), function.source
            if single and any(np.ndim(array) for array in arrays.values()):
                assert np.asarray(value).dtype == np.float32, function.source


def text_is_written_or_refused(seed: int) -> None:
    """Text in every language for arrays of any size, or a reason; a fifth of the seeds are tried."""
    expr = drawn(seed, scalar=seed % 2 == 0)
    if seed % 5 or any(node.name in SLOW for node in postorder([expr])):
        return
    variable = a_variable(expr, seed)
    exprs = [expr]
    if variable is not None and expr.is_scalar:
        with suppress(mg.NotDifferentiableError):
            exprs.append(mg.gradient(expr, variable, verify=False))
    for language in ("numpy", "jax", "torch", "julia", "matlab"):
        with suppress(mg.MatgradError):
            assert code_for(exprs, language)


PROPERTIES = (
    numpy_code_computes_and_overwrites_nothing_that_is_read,
    factors_and_operators_are_the_matrix,
    jax_and_torch_code_computes,
    numbers_of_any_type_are_computed_and_results_belong_to_the_caller,
    numpy_source_stands_alone,
    text_is_written_or_refused,
)

EXAMPLES = 60
