"""Programs for sizes that are not known: for text that is pasted elsewhere.

A plan is made for numbers that stand for the sizes, no two of them equal. Each carries its dimension along,
which is what is written; where the number itself would be, there is no code for every size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.sizes import OpenSizes, SizeError, depends_on_sizes
from matgrad.compilation.plan.planner import Options, Planner, TooManyValuesError
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.verify.choose_sizes import SizeConstraints

_SIZES = (
    (22, 34, 46, 62, 82, 106, 134, 158),
    (24, 36, 50, 66, 88, 112, 142, 166),
    (88, 136, 184, 248, 328, 424, 536, 632),
    (96, 144, 200, 264, 352, 448, 568, 664),
    (30, 42, 58, 74, 94, 122, 146, 178),
)
"""Sets of even numbers, all in one order."""

_LONGEST = 1000
"""A program with more values is one for its sizes alone."""

_INDICES = (3, 5, 7, 9, 11)
"""Numbers for names that only pick entries."""


def open_program(exprs: Sequence[Expr], *, loops: bool = False) -> tuple[Program, dict[str, Symbol]]:
    """The program of expressions for sizes that are not known, and the variables that are its arguments.

    Raises
    ------
    ArgumentError
        Where the code depends on the sizes.
    """
    symbols = symbols_of(exprs)
    planner = Planner(exprs, Options(limit=2 * _LONGEST, loops=loops), symbols)
    constraints = SizeConstraints.of(postorder([*exprs, *symbols.values()]))
    names = [name for name in constraints.names() if name not in constraints.indices]
    for order in (names, names[::-1]):
        for which in range(len(_SIZES)):
            chosen = _choose(order, constraints.indices, which)
            if not constraints.hold(chosen):
                continue
            try:
                program = planner.program(chosen)
            except TooManyValuesError:
                raise depends_on_sizes() from None
            except SizeError:
                raise
            except MatgradError:
                continue
            if len(program.values) > _LONGEST:
                raise depends_on_sizes()
            return program, symbols
    raise depends_on_sizes()


def _choose(names: Sequence[str], indices: Iterable[str], which: int) -> OpenSizes:
    values = _SIZES[which]
    chosen = OpenSizes(
        (name, values[k] if k < len(values) else values[-1] + 12 * (k - len(values) + 1))
        for k, name in enumerate(names)
    )
    chosen.update(dict.fromkeys(indices, _INDICES[which]))
    return chosen
