"""Compiled functions of an array library: one program and source text for each set of shapes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from matgrad.compilation.backends.base.declared_arrays import Held, declared_among
from matgrad.compilation.backends.base.empty_arrays import guarded_when_empty, holding_shapes, of_empty_arrays
from matgrad.compilation.backends.base.example_sizes import representative, written_for
from matgrad.compilation.backends.base.installed import require
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.signature import Signature, held_shape, result_shape
from matgrad.compilation.backends.base.supplied import Functions, Supplied
from matgrad.compilation.ir.liveness import borrowed
from matgrad.compilation.ir.numbers import Scalar, extremes, require_representable
from matgrad.compilation.ir.primitives import BROADCAST_COLUMN, BROADCAST_ROW
from matgrad.compilation.ir.program import Program
from matgrad.compilation.plan.planner import Options, Planner
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.numeric.sizes import dims_in

_NO_FUNCTIONS: Functions = {}

_SPREAD = frozenset({BROADCAST_ROW, BROADCAST_COLUMN})
"""Primitives whose value is a view of which many entries lie in one place."""


@dataclass(frozen=True)
class Bound:
    """The code for one set of shapes.

    Attributes
    ----------
    program : Program
        What it computes.
    source : str
        Its text.
    run : callable
        Takes the arguments in order, as the text holds them; returns all results.
    borrowed : tuple of bool
        For each result, whether it may lie in memory of an argument or of an earlier result.
    numbers : tuple, optional
        The largest and the smallest number in it, where some type of arrays cannot hold them.
    """

    program: Program
    source: str
    run: Callable[..., tuple[Any, ...]]
    borrowed: tuple[bool, ...]
    numbers: tuple[Scalar, Scalar] | None


class LibraryFunction(ABC):
    """A function of arrays of some library; planned and written once for each set of shapes.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute. Of one expression the function returns the value, of a sequence a tuple.
    more : sequence of Symbol
        Arguments even where no expression holds them.
    name : str
        What the function is called in its source.
    check : bool
        Whether every call holds the arrays to what is declared of their variables.
    axes : Axes, optional
        Of traced functions, the number of axes of arguments and results.
    functions : mapping of str to callable, optional
        What functions that are only names compute, by their names in code: ``f``, ``grad_f``.
    """

    writer: ClassVar[type[ArrayWriter]]
    library: ClassVar[str]
    """What the library of arrays is called."""
    needs: ClassVar[str] = "numpy"
    """The module of the library, without which there is text but no function."""
    structured: ClassVar[bool] = True
    """Whether the writer knows the primitives for structured products."""

    branches: ClassVar[bool] = False
    """Whether what is computed may depend on values, which while tracing are not known."""

    def __init__(
        self,
        exprs: Expr | Sequence[Expr],
        *,
        more: Sequence[Symbol] = (),
        name: str = "function",
        check: bool = True,
        axes: Axes = NO_AXES,
        functions: Functions = _NO_FUNCTIONS,
    ) -> None:
        require(self.needs)
        self.axes = axes
        self.functions = dict(functions)
        self.checked = check
        self.more = tuple(more)
        self.single = isinstance(exprs, Expr)
        self.exprs: list[Expr] = [exprs] if isinstance(exprs, Expr) else list(exprs)
        self._supplied = Supplied.of(self.exprs, functions)
        self.signature = Signature(self.exprs, more, first=tuple(axes.arguments))
        options = Options(structured=self.structured, branches=self.branches)
        self._planner = Planner(self.exprs, options, self.signature.symbols)
        self.__name__ = name
        self._bound: dict[tuple[Any, ...], Bound] = {}
        self._latest: Bound | None = None
        self._called: dict[str, str] = {}
        self._held = {s.label: Held(s) for s in declared_among(self.signature.symbols)} if check else {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Plans and code are made again where the function is called next.
        exprs = self.exprs[0] if self.single else self.exprs
        made = (exprs, self.more, self.__name__, self.checked, self.axes, self.functions)
        return (_restored, (type(self), *made))

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments in the order of positions."""
        return self.signature.names

    @property
    def source(self) -> str:
        """The code for the shapes of the latest call; an example while the sizes are open."""
        if self._latest is not None:
            return self._latest.source
        program, text = self._representative
        return written_for(program.sizes, text)

    @cached_property
    def _representative(self) -> tuple[Program, str]:
        """Program and code for moderate sizes that fit, or small ones, while the sizes are open."""
        names = {name for dim in dims_in(postorder(self.exprs)) for name in dim.symbols}
        names |= {n for s in self.signature.symbols.values() for dim in s.shape for n in dim.symbols}
        return representative(self.exprs, names, self._written)

    def _written(self, sizes: Mapping[str, int]) -> tuple[Program, str]:
        program = self._planner.program(sizes)
        writer = self.writer(program, self.__name__)
        self._called = writer.called
        return program, writer.text()

    @abstractmethod
    def array(self, name: str, value: Any) -> Any:
        """Read an argument as an array of the library, of floating-point numbers."""

    def unify(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Bring all arguments to what they must have in common."""
        return dict(arrays)

    def concrete(self, array: Any) -> Any:
        """An array with its values, as NumPy has it; ``None`` where it is only traced."""
        return array

    def marked(self, symbol: Symbol, array: Any) -> Any:
        """An array that is only traced, with NaN in its place where it contradicts its declaration."""
        return array

    def hold(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Hold arrays to what is declared of their variables.

        Raises
        ------
        EvaluationError
            Where an array contradicts it.
        """
        held = dict(arrays)
        for name, declared in self._held.items():
            values = self.concrete(arrays[name])
            if values is None:
                held[name] = self.marked(declared.symbol, arrays[name])
            else:
                declared(values)
        return held

    def copied(self, result: Any) -> Any:
        """A result in memory of its own, where arrays of the library can be written to."""
        return result

    def check(self, bound: Bound, arrays: Mapping[str, Any]) -> None:  # noqa: B027
        """Refuse arrays that lie where the program cannot be computed; by default none do."""

    def bind(self, shapes: Mapping[str, Sequence[int]], sizes: Mapping[str, int]) -> Bound:
        """The code for arguments of these shapes."""
        key = (*map(tuple, shapes.values()), *sizes.values())
        bound = self._bound.get(key)
        if bound is None:
            known = self.signature.sizes(shapes, sizes)
            if 0 in known.values():
                with of_empty_arrays(self.exprs, known):
                    program, source = self._written(known)
            else:
                program, source = self._written(known)
            holding_shapes(self.exprs, program)
            run = load(source, self.__name__, self._supplied.scope(program, self._called, self.array))
            run = guarded_when_empty(run, known, self.exprs, program)
            bound = Bound(program, source, run, borrowed(program, _SPREAD), extremes(program.numbers))
            self._bound[key] = bound
        self._latest = bound
        return bound

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        """Compute the results.

        Parameters
        ----------
        *args, **named : array_like
            The arrays, in the order of :attr:`arguments` or by name; vectors of length n as ``(n,)``
            or ``(n, 1)``.

        Raises
        ------
        EvaluationError
            When an argument is missing or unknown, a shape does not fit, or an array contradicts what
            is declared of its variable.
        """
        given, sizes = self.signature.match(args, named)
        read = {name: self.array(name, value) for name, value in given.items()}
        if self._held:
            self.signature.sizes({name: tuple(array.shape) for name, array in read.items()}, sizes)
            read = self.hold(read)
        arrays = self.unify(read)
        shapes = {name: tuple(array.shape) for name, array in arrays.items()}
        self.axes.require(shapes)
        bound = self.bind(shapes, sizes)
        self.check(bound, arrays)
        if bound.numbers is not None:
            for array in arrays.values():
                require_representable(bound.numbers, str(array.dtype).rpartition(".")[2])
        held = [array.reshape(held_shape(bound.program.inputs[n].shape)) for n, array in arrays.items()]
        flat = self.signature.flat(shapes)
        results = tuple(
            (self.copied(result) if lent else result).reshape(
                result_shape(self.exprs[i], value.shape, flat, self.axes.result(i))
            )
            for i, (value, result, lent) in enumerate(
                zip(bound.program.outputs, bound.run(*held), bound.borrowed, strict=True)
            )
        )
        return results[0] if self.single else results

    def __repr__(self) -> str:
        return f"<{self.library} function of {', '.join(self.arguments) or 'nothing'}>"


def _restored(
    cls: type[LibraryFunction],
    exprs: Any,
    more: Sequence[Symbol],
    name: str,
    check: bool,
    axes: Axes,
    functions: Functions,
) -> LibraryFunction:
    return cls(exprs, more=more, name=name, check=check, axes=axes, functions=functions)
