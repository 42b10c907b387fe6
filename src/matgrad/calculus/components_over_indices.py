"""Components of sums over data: ∂f/∂w_k = −2 Σ_i (y_i − wᵀx_i) x_ik, and by the members of a family.

Of a scalar function they are the entries of its gradient, by a family of the gradient by one member, in which
the deltas are resolved: what the gradient does with conditions and with equal terms is done here as well. Of
other functions they are read off the differential, by a family along one member.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import field

from matgrad.calculus.by_member import free_places, gradient_by_member, kept_letters
from matgrad.calculus.components import COLUMN, ROW, SUMMATION, Components, EntryWriter, Indices, axes
from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.terms import Index, Term, collected, contracted, place_of
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import Sum, add, multiply
from matgrad.ops.indices.binding import open_index
from matgrad.ops.indices.guard import guard
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import between
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import number, unit, zeros
from matgrad.ops.transpose import transpose

_AXES = "klmpqrstabcdeghuv"


def has_indices(function: Expr, variable: Symbol) -> bool:
    """Whether components are those of a sum over data, or by the members of a family."""
    return isinstance(variable, Family) or any(node.binds for node in postorder(function))


@dataclass(slots=True)
class Depending(Container[Expr]):
    """The expressions that one of some symbols occurs in."""

    symbols: Container[Expr]
    known: dict[Expr, bool] = field(default_factory=dict)

    def __contains__(self, expr: object) -> bool:
        assert isinstance(expr, Expr)
        if expr not in self.known:
            for node in postorder(expr):
                self.known[node] = node in self.symbols or any(self.known[arg] for arg in node.args)
        return self.known[expr]


def components_of(derivative: Derivative, simplify: Simplifier) -> Components:
    """∂F_ij/∂X_kl of a function, with sums over data and members where it has them.

    Raises
    ------
    NotDifferentiableError
        When dX stands inside an operation that has no notation by entries.
    """
    function, variable = derivative.function, derivative.variable
    if not has_indices(function, variable):
        return derivative.components
    places: tuple[Dim, ...] = ()
    member, gradient = variable, None
    if isinstance(variable, Family):
        member = Symbol.stand_in("d" + variable.label, *variable.member_shape)
        axes_of_function = [Dim.symbol(ROW), Dim.symbol(COLUMN)]
        places = kept_letters(variable, function) or free_places(variable, [function], axes_of_function)
    if isinstance(variable, Family) and function.is_scalar:
        found = gradient_by_member(variable, derivative.unstructured, simplify, derivative.convention)
        gradient, (places,) = found.expr, found.places
    elif function.is_scalar:
        gradient = derivative.gradient
    row, column = axes(function, ROW + COLUMN)
    letters = tuple(str(place) for place in places)
    names = names_in([function, variable]) | {row, column, *letters}
    names |= {name for node in postorder(function) for dim in node.shape for name in dim.symbols}
    families = (node for node in postorder(function) if isinstance(node, Family))
    authored = {letter for node in families for letter, _ in node.ranges}
    start = _AXES.find(letters[-1]) + 1 if letters else 0
    free = (c for c in _AXES[start:] + _AXES[:start] if c not in names and c not in authored)
    x_row, x_column = axes(member, free)
    # Sums over data keep the letters of their author, those over axes have others.
    indices = Indices(names | {x_row, x_column}, "".join(c for c in SUMMATION if c not in authored))
    if gradient is not None:
        writer = EntryWriter({}, frozenset(), indices, fixed=True, letters=set(letters), in_words=True)
        summands = gradient.args if isinstance(gradient, Sum) else (gradient,)
        terms = [term for summand in summands for term in writer.entry(summand, x_row, x_column)]
    else:
        change, moved = member, None
        if isinstance(variable, Family):
            projected = project(variable.stacked_at(change, places), variable, derivative.convention)
            moved = simplify(pushforward(function, variable, projected))
        else:
            change, moved = derivative.free_change
        writer = EntryWriter(
            {change: (x_row, x_column)}, Depending({change}), indices, fixed=True, letters=set(letters)
        )
        terms = writer.entry(moved, row, column)
    lengths = dict(_bound((x_row, x_column, row, column), (*member.shape, *function.shape)))
    if isinstance(variable, Family):
        lengths |= {letter: last for letter, (_, last) in zip(letters, variable.ranges, strict=True)}
    done = tuple(collected([contracted(term, lengths) for term in terms]))
    return Components(done, function, variable, row, column, x_row, x_column, letters)


def as_differential(shown: Components, change: Expr) -> Expr:
    """The differential that a component formula states: dF_ij = Σ_kl ∂F_ij/∂X_kl dX_kl."""
    function, variable = shown.function, shown.variable
    lasts: list[Dim] = []
    shape, moving = variable.shape, change.T.T
    if isinstance(variable, Family):
        assert isinstance(change, Family)
        lasts, shape = [last for _, last in variable.ranges], variable.member_shape
        moving = change.member(*map(Dim.symbol, shown.places))
    moved = _at(moving, shown.x_row, shown.x_column)
    whole = add(*(multiply(as_expression(term), moved) for term in shown.terms)) if shown.terms else number(0)
    # Places outermost: what depends on them alone, as inverses do, is then computed once for each.
    for letter, last in reversed(_bound((*shown.places, shown.x_row, shown.x_column), (*lasts, *shape))):
        whole = summed_over(whole, letter, ONE, last)
    if shown.row:
        whole = multiply(unit(Dim.symbol(shown.row), function.rows), whole)
    if shown.column:
        whole = multiply(whole, transpose(unit(Dim.symbol(shown.column), function.columns)))
    for letter, last in _bound((shown.row, shown.column), function.shape):
        whole = summed_over(whole, letter, ONE, last)
    return whole if shown.terms else zeros(*function.shape)


def as_expression(term: Term) -> Expr:
    """A term as an expression, in which its free indices stand as letters."""
    whole = multiply(number(term.coefficient), *(_at(*entry) for entry in term.entries))
    conditions = [*term.conditions, *(("=", place_of(a) - place_of(b)) for a, b in term.deltas)]
    whole = guard(whole, conditions)
    for index, dim in term.sums:
        whole = summed_over(whole, index, ONE, dim)
    for found in reversed(term.over):
        whole = summed_over(whole, found.letter, found.first, found.last)
    return whole


def _at(expr: Expr, row: Index, column: Index) -> Expr:
    """The entry of a matrix at indices."""
    left = transpose(unit(place_of(row), expr.rows)) if row else None
    right = unit(place_of(column), expr.columns) if column else None
    return between(left, expr, right)


def _bound(letters: tuple[Index, ...], lengths: tuple[Dim, ...]) -> list[tuple[Index, Dim]]:
    return [(letter, last) for letter, last in zip(letters, lengths, strict=True) if letter]


def summed_over(body: Expr, letter: Index, first: Dim, last: Dim) -> Expr:
    """Σ over a letter, as it stands: it is evaluated and nothing else."""
    index = open_index(frozenset(), letter)
    return IndexedSum.intern((body.substitute({letter: index}),), (index, first, last))
