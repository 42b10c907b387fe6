"""Compiled functions: planned once for every set of shapes, dispatched in about a microsecond."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from matgrad.compilation.backends.base.declared_arrays import guarded
from matgrad.compilation.backends.base.empty_arrays import guarded_when_empty, holding_shapes, of_empty_arrays
from matgrad.compilation.backends.base.example_sizes import representative, written_for
from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.names import as_named
from matgrad.compilation.backends.base.signature import Signature
from matgrad.compilation.backends.base.supplied import Functions, Supplied
from matgrad.compilation.backends.numpy.argument_layouts import (
    KEPT,
    PLAIN,
    finder,
    is_of_objects,
)
from matgrad.compilation.backends.numpy.binding import Binding, bind, known_names
from matgrad.compilation.backends.numpy.row_blocks import BlockSource, block_source
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.ir.program import Program
from matgrad.compilation.plan.planner import Options, Planner
from matgrad.compilation.plan.report import Plan
from matgrad.compilation.plan.row_blocks import in_blocks
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.dims import ONE
from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase
from matgrad.numeric.inputs import how_stored, read_array

Run = Callable[..., Any]

_NO_FUNCTIONS: Functions = {}


class CompiledFunction:
    """A function of arrays that computes expressions; made by :func:`compile_expressions`.

    Call it with the arrays as keyword arguments. The first call with arrays of new shapes plans
    and writes the code for them; later calls only run it. Every call sees that the arrays have the
    facts that are declared of their variables.

    Parameters
    ----------
    exprs : sequence of Expr
        What to compute.
    single : bool
        Whether to return the one result itself rather than a tuple.
    more : sequence of Symbol
        Arguments even where no expression holds them.
    options : Options
        How to plan.
    check : bool
        Whether to hold the arrays to what is declared of their variables.
    axes : Axes, optional
        Of traced functions, the number of axes of arguments and results.
    functions : mapping of str to callable, optional
        What functions that are only names compute, by their names in code: ``f``, ``grad_f``.
    """

    def __init__(
        self,
        exprs: Sequence[Expr],
        *,
        single: bool,
        more: Sequence[Symbol] = (),
        options: Options | None = None,
        check: bool = True,
        axes: Axes = NO_AXES,
        functions: Functions = _NO_FUNCTIONS,
    ) -> None:
        made = {"single": single, "more": tuple(more), "options": options, "check": check, "axes": axes}
        self._made_of: dict[str, Any] = {**made, "functions": dict(functions)}
        self._supplied = Supplied.of(exprs, functions)
        self._axes = axes
        self.check = check
        self.exprs = tuple(exprs)
        self.single = single
        self.signature = Signature(self.exprs, [*axes.arguments, *more])
        self.options = options or Options(structured=True, branches=True, patterns=True)
        self._planner = Planner(self.exprs, self.options, self.signature.symbols)
        self._find = finder(self.signature.symbols, self.signature.free)
        self._count = len(self.signature.names)
        self._runs: dict[Any, Run] = {}
        self._planned: dict[Any, Run] = {}
        self._source = ""
        self._program: Program | None = None

    def __call__(self, /, *unnamed: Any, out: Any = None, **arrays: Any) -> Any:
        """Compute the results.

        Parameters
        ----------
        out : ndarray or sequence of ndarray, optional
            Where to write the results; with several results one array, or ``None``, for each.
        **arrays : array_like, sparse array or LinearOperator
            The arrays by the names of the variables; vectors of length n as ``(n,)`` or ``(n, 1)``.
            SciPy's sparse arrays stay sparse, and of its linear operators only products are taken.
            Sizes of dimensions that no array shows, by their names.

        Returns
        -------
        ndarray, number, sparse array or tuple
            A number for a scalar expression. Otherwise an array with two axes, or with one where
            the result is a column and all vectors were given with one axis; of a traced function an array
            with the axes that NumPy gives it; a sparse array where a matrix is made of sparse ones, as XᵀX.
            When all arrays are float32, so are the results.

        Raises
        ------
        EvaluationError
            When an argument is missing or unknown, is no array of real numbers, does not conform,
            or contradicts what is declared of its variable; when a sparse one would have to be filled
            in and is too large for that.
        MatrixError
            When a matrix is singular; also a ``numpy.linalg.LinAlgError``.
        """
        if unnamed:
            self.signature.refuse_unnamed()
        if out is not None:
            return self._into(out, arrays)
        try:
            given, key = self._find(arrays)
            run = self._runs[key]
        except (KeyError, TypeError):
            return self._first_call(arrays)
        if len(arrays) != self._count:
            self.signature.require_known(arrays, known_names(self.signature))
        try:
            return run(*given)
        except OverflowError:  # a whole number that is too large, which is refused by its name
            return self._first_call(arrays)

    def _first_call(self, arrays: dict[str, Any]) -> Any:
        arrays = as_named(arrays, self.signature.names)
        binding = bind(self.signature, arrays, self._axes, sparse=True)
        key = (tuple(binding.sizes.items()), tuple(binding.arguments.items()), binding.dtype, binding.flat)
        run = self._planned.get(key)
        if run is None:
            if len(self._planned) >= KEPT:
                self._planned.clear()
            run = self._plan_any(binding)
            self._planned[key] = run
        given, key = self._find(arrays)
        if all(type(a) in PLAIN and not is_of_objects(a) for a in given if not how_stored(a)):
            if len(self._runs) >= KEPT:
                self._runs.clear()
            self._runs[key] = run
            return run(*given)
        return run(*binding.arrays.values())

    def _plan_any(self, binding: Binding) -> Run:
        """Plan, with all that is seen to before the code runs."""
        if 0 in binding.sizes.values():
            with of_empty_arrays(self.exprs, binding.sizes):
                run, program = self._plan(binding)
        else:
            run, program = self._plan(binding)
        # Of this call: another thread may plan other shapes at the same time.
        run = guarded_when_empty(run, binding.sizes, self.exprs, program)
        run = guarded(run, self.signature.symbols, program) if self.check else run
        return _of_stacks(run, self.signature.symbols, binding.sizes)

    def _plan(self, binding: Binding) -> tuple[Run, Program]:
        program, source = self._written(binding, blocks=True)
        holding_shapes(self.exprs, program)
        if isinstance(source, BlockSource):
            self._program, self._source = program, source.whole
            run = source.load()
            if self.single or len(self.exprs) > 1:
                return run, program
            return lambda *given: (run(*given),), program
        self._program, self._source = program, source.text
        scope = self._supplied.scope(program, source.called, partial(_value_of, binding.dtype))
        run = load(source.text, "compute", scope)
        if self.single or len(self.exprs) > 1:
            return run, program
        return lambda *given: (run(*given),), program

    def _written(self, binding: Binding, *, blocks: bool = False) -> tuple[Program, Any]:
        program = self._planner.program(binding.sizes, binding.held)
        known = [self._axes.result(place) for place in range(len(self.exprs))]
        open_axes = [0 if e.is_scalar else 1 if binding.flat and e.columns is ONE else 2 for e in self.exprs]
        axes = [found if ndim is None else ndim for ndim, found in zip(known, open_axes, strict=True)]
        flat, numbers = [ndim == 1 for ndim in axes], [ndim == 0 for ndim in axes]
        taken = in_blocks(program) if blocks and 0 not in binding.sizes.values() else None
        if taken is not None:
            program.choices = [*program.choices, taken.choice(program)]
            return program, block_source(program, taken, binding.arguments, flat, binding.dtype, numbers)
        return program, numpy_source(program, binding.arguments, flat, binding.dtype, numbers)

    def _into(self, out: Any, arrays: dict[str, Any]) -> Any:
        """Compute the results and write them into arrays."""
        if "out" in self.signature.names:
            return self._first_call({"out": out, **arrays})
        results = self(**arrays)
        if self.single:
            _write(out, results, "out")
            return out
        targets = list(out)
        if len(targets) != len(results):
            raise EvaluationError(
                phrase(
                    "out has {count} arrays for {count_of_results} results",
                    count=len(targets),
                    count_of_results=len(results),
                ),
                fix=phrase("one for each, or None in its place"),
            )
        kept = []
        for place, (target, result) in enumerate(zip(targets, results, strict=True)):
            if target is not None:
                _write(target, result, f"out[{place}]")
            kept.append(result if target is None else target)
        return tuple(kept)

    # ---- what was planned ------------------------------------------------------------------------

    @property
    def source(self) -> str:
        """The Python source for the shapes of the latest plan; an example while the sizes are open."""
        if not self._source:
            program, source = self._representative
            return written_for(program.sizes, source.text)
        return self._source

    @property
    def plan(self) -> Plan:
        """What the latest plan computes, with its cost; for moderate sizes before any call."""
        if self._program is None:
            return Plan(self._representative[0])
        return Plan(self._program)

    @cached_property
    def _representative(self) -> tuple[Program, Any]:
        """Program and source for moderate sizes that fit, or small ones, while the sizes are open."""
        arguments = {
            name: Argument(
                self._axes.arguments.get(symbol, 1 if symbol.columns is ONE and not symbol.is_scalar else 2)
            )
            for name, symbol in self.signature.symbols.items()
        }
        flat = any(symbol.is_vector for symbol in self.signature.symbols.values())
        return representative(
            self.exprs,
            self.signature.dims,
            lambda sizes: self._written(Binding(dict(sizes), {}, arguments, "float64", flat)),
        )

    def __getstate__(self) -> dict[str, Any]:
        # Plans and code are made again where the function is called next.
        return {**self._made_of, "exprs": self.exprs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        CompiledFunction.__init__(self, state.pop("exprs"), **state)

    def __repr__(self) -> str:
        return f"<compiled function of {', '.join(self.signature.names) or 'nothing'}>"


def compile_expressions(
    exprs: Expr | Sequence[Expr],
    *,
    more: Sequence[Symbol] = (),
    explicit_inverse: bool = False,
    check: bool = True,
    axes: Axes = NO_AXES,
    functions: Functions = _NO_FUNCTIONS,
) -> CompiledFunction:
    """Compile one expression, or several that share their work, for NumPy arrays.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute. Of one expression the function returns the value, of a sequence a tuple.
    more : sequence of Symbol
        Arguments even where no expression holds them, as of a variable that a derivative lost.
    explicit_inverse : bool
        Whether to form inverses and multiply by them. Solves are more accurate and take less work,
        but some machines multiply so much faster than they solve that it pays.
    check : bool
        Whether every call sees that the arrays have the facts that are declared of their variables.
    axes : Axes, optional
        Of traced functions, the number of axes of arguments and results.
    functions : mapping of str to callable, optional
        What functions that are only names compute, by their names in code: ``f``, ``grad_f``.

    Raises
    ------
    ArgumentError
        When there is nothing to compile.
    EvaluationError
        Where a function is only a name, and what it computes is not among ``functions``.

    Examples
    --------
    >>> import matgrad as mg
    >>> from matgrad.compilation.backends.numpy.function import compile_expressions
    >>> S, x = mg.matrix("S", "n", "n", symmetric=True), mg.vector("x", "n")
    >>> f = x.T @ S @ x
    >>> fn = compile_expressions([f, mg.gradient(f, x)])
    >>> value, gradient = fn(S=[[2, 0], [0, 1]], x=[1, 2])
    >>> float(value), gradient.tolist()
    (6.0, [4.0, 4.0])
    """
    single = isinstance(exprs, Expr)
    wanted = [exprs] if isinstance(exprs, Expr) else list(exprs)
    if not wanted or not all(isinstance(expr, Expr) for expr in wanted):
        raise ArgumentError(
            phrase("there is no expression to compile"), fix=phrase("an expression or a list of them")
        )
    options = Options(explicit_inverse=explicit_inverse, structured=True, branches=True, patterns=True)
    return CompiledFunction(
        wanted, single=single, more=more, options=options, check=check, axes=axes, functions=functions
    )


def _value_of(dtype: str, word: str, value: Any) -> Any:
    """A value of a function that was handed over, in memory of its own."""
    return np.array(read_array(word, value), dtype=dtype)


def _of_stacks(run: Run, symbols: Mapping[str, Symbol], sizes: Mapping[str, int]) -> Run:
    """A function of arrays as users have them, where families come with an axis for each index."""
    shapes = {
        place: tuple(dim.value(sizes) for dim in symbol.shape)
        for place, symbol in enumerate(symbols.values())
        if symbol.has_own_axes
    }
    if not shapes:
        return run

    def of_arrays(*given: Any) -> Any:
        arrays = list(given)
        for place, shape in shapes.items():
            array = arrays[place]
            arrays[place] = np.asarray(array.toarray() if how_stored(array) else array).reshape(shape)
        return run(*arrays)

    return of_arrays


def _write(target: Any, result: Any, name: str) -> None:
    shape = np.shape(result)
    if not isinstance(target, np.ndarray):
        raise EvaluationError(
            phrase("{name} is no array but {target_name}", name=name, target_name=type(target).__name__)
        )
    if target.shape != shape:
        raise EvaluationError(
            phrase(
                "{name} has the shape {shape}, the result has {shape2}",
                name=name,
                shape=target.shape,
                shape2=shape,
            )
        )
    array = result.toarray() if how_stored(result) else np.asarray(result)
    if not np.can_cast(array.dtype, target.dtype, casting="same_kind"):
        raise EvaluationError(
            phrase(
                "{name} has the type {dtype}, the result has {array_dtype}",
                name=name,
                dtype=target.dtype,
                array_dtype=array.dtype,
            )
        )
    target[...] = array
