"""Derivatives as operators on arrays: what depends on the data alone is computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from matgrad.compilation.backends.base.declared_arrays import Guard
from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.names import as_named
from matgrad.compilation.backends.base.signature import Signature
from matgrad.compilation.backends.numpy.binding import Binding, bind
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.ir.program import Program, live_values
from matgrad.compilation.plan.hoisting import Hoisted
from matgrad.compilation.plan.planner import Options, Planner
from matgrad.compilation.use.linear_operator import CompiledOperator
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import multiply

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


@dataclass(frozen=True)
class _Action:
    """One direction of an operator: code, its arguments, and the one that moves."""

    run: Callable[..., Any]
    names: tuple[str, ...]
    moving: str
    shape: tuple[int, int]

    def on(self, values: Mapping[str, Any], dtype: str) -> Callable[[Any], Any]:
        """The action with everything else fixed."""

        def act(v: Any) -> Any:
            moved = np.reshape(v, self.shape, order="F").astype(dtype, copy=False)
            given = (moved if name == self.moving else values[name] for name in self.names)
            return np.asarray(self.run(*given)).reshape(-1, order="F")

        return act


@dataclass(frozen=True)
class _Planned:
    """The code of an operator for arrays of certain shapes."""

    once: Callable[..., Any] | None
    names: tuple[str, ...]
    kept: tuple[str, ...]
    actions: tuple[_Action, _Action]
    shape: tuple[int, int]


class OperatorFunction:
    """A function of arrays whose result is a SciPy linear operator vec(dX) ↦ vec(dF).

    Parameters
    ----------
    function : Expr
        F, from whose variables the arrays are read.
    forward, backward : Expr
        L[dX] and L*[G].
    change, cotangent : Symbol
        dX and G.
    more : sequence of Symbol
        Arguments even where no expression holds them.
    check : bool
        Whether to hold the arrays to what is declared of their variables.
    """

    def __init__(
        self,
        function: Expr,
        forward: Expr,
        backward: Expr,
        change: Symbol,
        cotangent: Symbol,
        *,
        more: Sequence[Symbol] = (),
        check: bool = True,
    ) -> None:
        self._made_of = (function, forward, backward, change, cotangent, tuple(more), check)
        self.check = check
        self.signature = Signature([function], more)
        known = {**self.signature.symbols, change.label: change, cotangent.label: cotangent}
        self._planner = Planner([forward, backward], Options(structured=True), known)
        self._moving = (change, cotangent)
        self._guard = Guard(self.signature.symbols)
        self._planned: dict[Any, _Planned] = {}

    @classmethod
    def of_matrix(cls, matrix: Expr, more: Sequence[Symbol] = (), *, check: bool = True) -> OperatorFunction:
        """The operator of a matrix, which is applied without being formed."""
        taken = set(Signature([matrix], more).names)
        names = []
        for name in ("v", "w"):
            while name in taken:
                name += "_"
            names.append(name)
        v, w = Symbol.make(names[0], matrix.columns, ONE), Symbol.make(names[1], matrix.rows, ONE)
        return cls(matrix, multiply(matrix, v), multiply(matrix.T, w), v, w, more=more, check=check)

    def __call__(self, /, *unnamed: Any, **arrays: Any) -> LinearOperator:
        """The operator at the given arrays.

        Raises
        ------
        EvaluationError
            When an array is missing or unknown, does not conform, or contradicts what is declared of
            its variable.
        MatrixError
            When a matrix is singular.
        """
        if unnamed:
            self.signature.refuse_unnamed()
        arrays = as_named(arrays, self.signature.names)
        binding = bind(self.signature, arrays)
        if self.check:
            self._guard([binding.arrays[name] for name in self.signature.symbols])
        key = (tuple(binding.sizes.items()), tuple(binding.arguments.items()), binding.dtype)
        planned = self._planned.get(key)
        if planned is None:
            planned = self._planned[key] = self._plan(binding)
        # The operator lives on: what is done to the caller's arrays later must not reach a part of it.
        values = {name: np.array(array) for name, array in binding.arrays.items()}
        arrays = {**arrays, **values}
        if planned.once is not None:
            results = planned.once(*(values[name] for name in planned.names))
            values.update(zip(planned.kept, results if len(planned.kept) > 1 else (results,), strict=True))
        forward, backward = (action.on(values, binding.dtype) for action in planned.actions)
        return CompiledOperator(
            planned.shape, np.dtype(binding.dtype), forward, backward, (OperatorFunction.apply, self, arrays)
        )

    def __repr__(self) -> str:
        return f"<compiled operator of {', '.join(self.signature.names) or 'nothing'}>"

    @staticmethod
    def apply(function: OperatorFunction, arrays: Mapping[str, Any]) -> LinearOperator:
        """The operator of a function at the given arrays."""
        return function(**arrays)

    def __getstate__(self) -> dict[str, Any]:
        # Plans and code are made again where the function is called next.
        return {"made_of": self._made_of}

    def __setstate__(self, state: dict[str, Any]) -> None:
        *exprs, more, check = state["made_of"]
        OperatorFunction.__init__(self, *exprs, more=more, check=check)

    def _plan(self, binding: Binding) -> _Planned:
        change, cotangent = self._moving
        program = self._planner.program(binding.sizes)
        hoisted = Hoisted(program, (change.label, cotangent.label))
        once = None
        if hoisted.kept:
            flat = [argument.axes == 1 for argument in hoisted.kept.values()]
            source = numpy_source(hoisted.once, binding.arguments, flat, binding.dtype)
            once = load(source.text, "compute")
        moving = Argument(2, "F")
        arguments = {**binding.arguments, **hoisted.kept, change.label: moving, cotangent.label: moving}
        actions = []
        for place, symbol in enumerate(self._moving):
            part = _only(hoisted.again, place, symbol.label)
            source = numpy_source(part, arguments, [False], binding.dtype)
            run = load(source.text, "compute")
            shape = part.inputs[symbol.label].shape
            actions.append(_Action(run, tuple(part.inputs), symbol.label, shape))
        (m, n), (p, q) = program.inputs[cotangent.label].shape, program.inputs[change.label].shape
        return _Planned(
            once, tuple(hoisted.once.inputs), tuple(hoisted.kept), (actions[0], actions[1]), (m * n, p * q)
        )


def _only(program: Program, place: int, moving: str) -> Program:
    """The part of a program that makes one output, with the arguments that it needs."""
    output = program.outputs[place]
    values = live_values([output])
    needed = set(values)
    inputs = {name: v for name, v in program.inputs.items() if v in needed or name == moving}
    return Program(values, [output], inputs, program.sizes)


def compiled_operator(
    function: Expr,
    forward: Expr,
    backward: Expr,
    change: Symbol,
    cotangent: Symbol,
    arrays: Mapping[str, Any],
) -> LinearOperator:
    """The operator vec(dX) ↦ vec(dF) at the given arrays; see :class:`OperatorFunction`."""
    return OperatorFunction(function, forward, backward, change, cotangent)(**arrays)
