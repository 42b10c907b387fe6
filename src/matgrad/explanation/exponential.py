"""The trace of a matrix exponential by its series: Σ tr(X^p)/p!, differentiated term by term."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count

from matgrad.core.arrays import Array
from matgrad.core.expr import Expr, Symbol, names_in
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.lines import Formula, Label, Line, Point
from matgrad.explanation.sides import symbol_label
from matgrad.ops.arithmetic import multiply
from matgrad.ops.matrix_functions import Expm
from matgrad.ops.trace import Trace

SERIES = Phrase("the series of the exponential")
TERM_BY_TERM = Phrase("product rule on each power: its {p} terms are equal by the cyclic shift")

_NEGLIGIBLE = 400
"""Terms that are smaller than the sum by so many binary digits are left out: more than is ever compared."""


@dataclass(frozen=True, slots=True)
class Series:
    """Σ_p tr(X^p)/p!, or its derivative along E, Σ_p tr(X^(p − 1) E)/(p − 1)!.

    Attributes
    ----------
    shown : Label
        How it is written.
    matrix : Expr
        X.
    direction : Expr or None
        E.
    """

    shown: Label
    matrix: Expr
    direction: Expr | None = None

    def write(self, medium: str) -> str:
        """The series in a medium."""
        return self.shown.write(medium)

    def evaluate(self, point: Point) -> Array:
        """Its sum."""
        xp = point.xp
        matrix = point.value(self.matrix)
        power = total = xp.eye(xp.shape(matrix)[0])
        for p in count(1):
            power = xp.scale(Fraction(1, p), xp.matmul(power, matrix))
            total = xp.add(total, power)
            if xp.largest(power) * 2**_NEGLIGIBLE <= xp.largest(total):
                break
        along = total if self.direction is None else xp.matmul(total, point.value(self.direction))
        size = range(xp.shape(along)[0])
        return [[sum((along[i][i] for i in size), xp.entry(0))]]


def is_trace_of_exponential(function: Expr, variable: Symbol) -> bool:
    """Whether a function is tr expm(X)."""
    inside = function.args[0] if isinstance(function, Trace) else None
    return isinstance(inside, Expm) and inside.args[0] is variable


def series_lines(function: Expr, name: Label, partial: Label, direction: Symbol) -> Iterator[Line]:
    """The series, and its derivative along a direction.

    Parameters
    ----------
    function : Expr
        Tr expm(X).
    name, partial : Label
        What it is called, and its derivative by an entry.
    direction : Symbol
        E.
    """
    x = function.args[0].args[0]
    assert isinstance(x, Symbol)
    used = {*names_in(function), direction.label}
    p = next(c for c in "pqrsijmn" if c not in used)
    letter = Label(p, p)
    label, along = symbol_label(x), symbol_label(direction)
    powers = Label(
        f"Σ_{{{p} ≥ 0}} tr({label.unicode}^{p})/{p}!",
        rf"\sum_{{{p} \ge 0}} \frac{{1}}{{{p}!}} \operatorname{{tr}}({label.latex}^{{{p}}})",
        f"sum_{{{p} >= 0}} tr({label.write('text')}^{p})/{p}!",
    )
    moved = Label(
        f"Σ_{{{p} ≥ 1}} tr({label.unicode}^({p} − 1) {along.unicode})/({p} − 1)!",
        rf"\sum_{{{p} \ge 1}} \frac{{1}}{{({p} - 1)!}} "
        rf"\operatorname{{tr}}({label.latex}^{{{p} - 1}} {along.latex})",
        f"sum_{{{p} >= 1}} tr({label.write('text')}^({p} - 1) {along.write('text')})/({p} - 1)!",
    )
    whole = Series(powers, x)
    yield Line(whole, name, (SERIES,), claims=((Formula(function), whole),))
    derived = Series(moved, x, direction)
    exact = Formula(Trace.intern((multiply(function.args[0], direction),)))
    yield Line(derived, partial, (TERM_BY_TERM.filled(p=letter),), claims=((exact, derived),))
    yield Line(exact, None, (SERIES,), claims=((derived, exact),))
