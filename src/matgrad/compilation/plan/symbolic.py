"""Programs for sizes that are not known: for text that is pasted elsewhere.

A plan is made for given sizes. Two plans for two sets of sizes, chosen so that no two dimensions are
equal, are laid on each other: where they differ in a number, that number is a dimension, and which one
is read off the two values. What differs in anything else has no code for every size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import PART, UNIT
from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.plan.planner import Options, TooManyValuesError, plan
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.numeric.sizes import dims_in
from matgrad.ops.leaves import Dimension
from matgrad.verify.choose_sizes import SizeConstraints

_SIZES = (
    (22, 34, 46, 62, 82, 106, 134, 158),
    (24, 36, 50, 66, 88, 112, 142, 166),
    (88, 136, 184, 248, 328, 424, 536, 632),
    (96, 144, 200, 264, 352, 448, 568, 664),
    (30, 42, 58, 74, 94, 122, 146, 178),
)
"""Sets of even sizes, all in one order and of similar ratios, so that the plans are the same."""

_LONGEST = 1000
"""A program with more values is one for its sizes alone."""

_INDICES = (3, 5, 7, 9, 11)
"""Values for names that only pick entries."""


@dataclass(frozen=True)
class SymbolicProgram:
    """A program whose sizes are dimensions.

    Attributes
    ----------
    program : Program
        The program for some sizes, all different.
    shapes : dict of Value to (Dim, Dim)
        The shape of each value.
    params : dict of Value to tuple
        Its parameters, with dimensions in place of sizes.
    symbols : dict of str to Symbol
        The variables that are arguments.
    sizes : dict of str to Dim
        The inputs of the program that stand for dimensions.
    """

    program: Program
    shapes: dict[Value, tuple[Dim, Dim]]
    params: dict[Value, tuple[Any, ...]]
    symbols: dict[str, Symbol]
    sizes: dict[str, Dim]


def symbolic_program(exprs: Sequence[Expr]) -> SymbolicProgram:
    """The program of expressions for sizes that are not known.

    Raises
    ------
    ArgumentError
        Where the code depends on the sizes.
    """
    symbols = symbols_of(exprs)
    replaced, sizes = _name_dimensions(exprs, set(symbols))
    nodes = postorder([*exprs, *symbols.values()])
    constraints = SizeConstraints.of(nodes)
    known = sorted(dims_in(nodes), key=str)
    names = [name for name in constraints.names() if name not in constraints.indices]
    for order in (names, names[::-1]):
        made: list[tuple[dict[str, int], Program]] = []
        for which in range(len(_SIZES)):
            chosen = _choose(order, constraints.indices, which)
            if not constraints.hold(chosen):
                continue
            try:
                program = plan([*replaced, *symbols.values()], chosen, Options(limit=2 * _LONGEST))
            except MatgradError:
                continue
            except TooManyValuesError:
                raise _grows() from None
            if len(program.values) > _LONGEST:
                raise _grows()
            for before, other in made:
                unified = _Unifier(known, before, chosen).unify(other, program)
                if unified is not None:
                    other.outputs = other.outputs[: len(exprs)]
                    return SymbolicProgram(other, *unified, symbols, sizes)
            made.append((chosen, program))
    raise _grows()


def _grows() -> ArgumentError:
    return ArgumentError(
        "the code depends on the sizes, which are not known",
        fix='declare the sizes as numbers, as in "X: 3×3"',
    )


def _choose(names: Sequence[str], indices: Iterable[str], which: int) -> dict[str, int]:
    values = _SIZES[which]
    chosen = {name: values[k] if k < len(values) else values[-1] + 12 * (k - len(values) + 1)
              for k, name in enumerate(names)}  # fmt: skip
    return chosen | dict.fromkeys(indices, _INDICES[which])


def _name_dimensions(exprs: Sequence[Expr], taken: set[str]) -> tuple[list[Expr], dict[str, Dim]]:
    """Replace dimensions used as numbers by variables of their names."""
    sizes: dict[str, Dim] = {}
    new: dict[Expr, Expr] = {}
    for node in postorder(exprs):
        if isinstance(node, Dimension):
            name = str(node.dim) if str(node.dim).isidentifier() else f"size{len(sizes) + 1}"
            while name in taken:
                name += "_"
            sizes[name] = node.dim
            one = Dim.of(1)
            new[node] = Symbol.make(name, one, one, Fact.POSITIVE)
        elif any(arg in new for arg in node.args):
            new[node] = type(node).rebuild(tuple(new.get(arg, arg) for arg in node.args), node.data)
    return [new.get(expr, expr) for expr in exprs], sizes


class _DifferenceError(Exception):
    """Two programs differ in more than sizes."""


class _Unifier:
    """Lays two programs on each other."""

    def __init__(self, known: Sequence[Dim], first: Mapping[str, int], second: Mapping[str, int]) -> None:
        names = [Dim.symbol(name) for name in first]
        candidates = [*names, *known]
        candidates += [a * b for a in names for b in names]
        candidates += [a + b for a in names for b in names]
        candidates += [a * b for a in known for b in names]
        candidates += [a - 1 for a in [*names, *known]]
        self.table: dict[tuple[int, int], Dim] = {}
        for dim in candidates:
            try:
                self.table.setdefault((dim.value(first), dim.value(second)), dim)
            except MatgradError:
                continue

    def unify(
        self, one: Program, two: Program
    ) -> tuple[dict[Value, tuple[Dim, Dim]], dict[Value, tuple[Any, ...]]] | None:
        """Shapes and parameters with dimensions; ``None`` where the programs differ otherwise."""
        if len(one.values) != len(two.values):
            return None
        place = {value: k for k, value in enumerate(two.values)}
        other = dict(zip(one.values, two.values, strict=True))
        shapes, params = {}, {}
        try:
            for a, b in other.items():
                if a.op is not b.op or [place[other[arg]] for arg in a.args] != [
                    place[arg] for arg in b.args
                ]:
                    return None
                shapes[a] = (self._number(a.shape[0], b.shape[0]), self._number(a.shape[1], b.shape[1]))
                params[a] = self._params(a, b)
        except _DifferenceError:
            return None
        if [other[output] for output in one.outputs] != two.outputs:
            return None
        return shapes, params

    def _number(self, a: int, b: int) -> Dim:
        if a == b:
            return Dim.of(a)
        if (a, b) not in self.table:
            raise _DifferenceError
        return self.table[a, b]

    def _params(self, a: Value, b: Value) -> tuple[Any, ...]:
        if a.op in (PART, UNIT):
            return tuple(self._number(x, y) for x, y in zip(a.params, b.params, strict=True))
        if a.params and isinstance(a.params[0], Selection):
            first, second = a.params[0], b.params[0]
            if first.kind != second.kind:
                raise _DifferenceError
            pairs = zip(first.sizes, second.sizes, strict=True)
            return (first.kind, *(self._number(x, y) for x, y in pairs))
        if a.params != b.params:
            raise _DifferenceError
        return a.params
