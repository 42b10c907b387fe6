"""Answers that are the entry of a derivative at letters: ∂F_ij/∂X_kl = A_ik B_lj."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from matgrad.calculus.by_member import ByMember, moved_by
from matgrad.calculus.components_over_indices import summed_over
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pullback import pullback
from matgrad.checking.answer_left_side import LeftSide
from matgrad.core.dims import ONE, Dim, Shape, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.numeric.sizes import dims_of_data
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.leaves import Unit, number, unit
from matgrad.ops.transpose import transpose
from matgrad.printing.names import printed_as
from matgrad.rewrite.simplify import simplify

_UNDER = r"_\{?(?P<under>[a-z],?\s?[a-z]?)\}?"
_WITHIN = r"\[(?P<within>[a-z](?:,\s?[a-z])?)\]"
_ENTRY = regex(rf"[^\W_]+(?:_\d+)?(?:{_UNDER}|{_WITHIN})")


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of a derivative that an answer is.

    Attributes
    ----------
    top, bottom : tuple of str
        The letters of the place in the function and of that in the variable: the i, j and k, l of
        ∂F_ij/∂X_kl. There are none in a scalar.
    """

    top: tuple[str, ...]
    bottom: tuple[str, ...]

    @property
    def letters(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.top, *self.bottom))

    @property
    def layout(self) -> str:
        """The layout in which such entries are put together unless another one is asked for."""
        return "numerator" if self.top else "denominator"

    def renamed(self, others: Mapping[str, str]) -> Entry:
        """The same entry by other letters."""
        top, bottom = (tuple(others.get(at, at) for at in letters) for letters in (self.top, self.bottom))
        return Entry(top, bottom)


def put_together(entry: Entry, expr: Expr, of: Shape, change: Symbol, layout: str | None) -> Expr:
    """The derivative of which a number is the entry.

    Parameters
    ----------
    entry : Entry
        Its letters.
    expr : Expr
        The number, with the letters in it.
    of : (Dim, Dim)
        The shape of what is differentiated.
    change : Symbol
        The symbol dX.
    layout : str or None
        The layout in which it is put together: ``None`` for gradients of the shape of X, and for Jacobians
        in numerator layout.
    """
    moved = multiply(expr, _at(change, entry.bottom))
    for letter, size in zip(entry.bottom, _sizes(change.shape), strict=True):
        moved = summed_over(moved, letter, ONE, size)
    moved = _placed(moved, entry.top, of)
    for letter, size in zip(entry.top, _sizes(of), strict=True):
        moved = summed_over(moved, letter, ONE, size)
    moved = simplify(moved)
    if not entry.top:
        whole = pullback(moved, change, number(1))
        return transpose(whole) if layout == "numerator" else whole
    whole = linear_map_of(moved, change).kronecker()
    return transpose(whole) if layout == "denominator" else whole


def check_letters(entry: Entry, expr: Expr, of: Shape, variable: Shape) -> None:
    """Refuse an entry whose letters stand for places of other lengths than those of its left side.

    Raises
    ------
    ShapeError
        For the b_i of ∂f/∂X_ij where b is as long as X has columns.
    """
    sizes = (*(_sizes(of) if entry.top else ()), *_sizes(variable))
    lengths = dict(zip((*entry.top, *entry.bottom), sizes, strict=True))
    for letter, size in places_in(expr):
        if letter in lengths and not same(size, lengths[letter]):
            raise ShapeError(
                phrase(
                    "the letter {letter} is one of {due} places, and stands at one of {size}",
                    letter=letter,
                    due=str(lengths[letter]),
                    size=str(size),
                )
            )


def places_in(expr: Expr) -> Iterator[tuple[str, Dim]]:
    """The letters at which an expression takes entries, each with the number of places there."""
    for node in postorder(expr):
        if isinstance(node, Unit):
            for dim in dims_of_data(node.data[:1]):
                names = tuple(dim.symbols)
                if len(names) == 1 and dim is Dim.symbol(names[0]):
                    yield names[0], node.rows


def of_all_pairs(expr: Expr, family: Family, letters: Sequence[str], change: Symbol) -> Expr:
    """A second derivative by two members as the Hessian: the formula at every pair of places."""
    size = family.member_shape[0] * family.member_shape[1]
    if expr.shape != (size, size):
        return expr
    count = len(family.ranges)
    places = tuple(tuple(map(Dim.symbol, pair)) for pair in (letters[:count], letters[count:]))
    moved = moved_by(ByMember(family, places, expr, family), change)
    return linear_map_of(moved, change).kronecker()


def with_letters(expr: Expr, one: str, other: str) -> Expr:
    """An expression with two letters of places interchanged."""
    return expr.substitute({Dim.symbol(one): Dim.symbol(other), Dim.symbol(other): Dim.symbol(one)})


def _sizes(shape: Shape) -> list[Dim]:
    """The sizes of the axes that an entry has letters for."""
    return [size for size in shape if size is not ONE]


def axes(shape: Shape) -> int:
    """How many letters an entry has."""
    return len(_sizes(shape))


def entry_named(
    left: LeftSide, of: Shape, variable: Symbol, free: set[str], is_second: bool = False
) -> Entry | None:
    """The entry that a left side says an answer is: ∂f/∂X_ij, ∂F_ij/∂X_kl, (∇f)_i, J_ij.

    Parameters
    ----------
    left : LeftSide
        The left side.
    of : (Dim, Dim)
        The shape of what is differentiated.
    variable : Symbol
        The variable X.
    free : set of str
        The letters that may stand for places.
    is_second : bool
        Whether second derivatives are asked for.

    Raises
    ------
    ArgumentError
        Where a letter stands twice.
    """
    rows, columns = axes(of), axes(variable.shape)
    if left.place:
        # Of a function that is no number, (∂F/∂x)_ij says nothing of the layout.
        is_told = not rows or left.form in ("jacobian", "hessian") or is_second
        if not is_told or len(left.place) != rows + columns or not free.issuperset(left.place):
            return None
        return _entry(left.place[:rows], left.place[rows:])
    if left.order == 2:
        return None
    bottom = letters_of_name(left.bottom, columns)
    name = left.bottom.partition("_")[0].partition("[")[0]
    if bottom is None or printed_as(name) != printed_as(variable.label):
        return None
    top = letters_of_name(left.top, rows) if rows else ()
    return _entry(top, bottom) if top is not None and free.issuperset({*top, *bottom}) else None


def _entry(top: tuple[str, ...], bottom: tuple[str, ...]) -> Entry:
    """The entry at letters, each of its own.

    Raises
    ------
    ArgumentError
        For ∂F_i/∂x_i, which says nothing of ∂F_i/∂x_j.
    """
    twice = [letter for letter in top if letter in bottom]
    if twice or len({*top, *bottom}) < len(top + bottom):
        letter = twice[0] if twice else top[0] if top else bottom[0]
        raise ArgumentError(
            phrase("with {letter} twice on the left, nothing is said of the other entries", letter=letter),
            fix=phrase("two letters, and what holds where they differ: 3 x_i^2 if i = j else 0"),
        )
    return Entry(top, bottom)


def letters_of_name(text: str, count: int) -> tuple[str, ...] | None:
    """The letters of an entry: those of X_ij, X_{ij}, X_i,j and X[i, j]."""
    found = _ENTRY.fullmatch(text.strip())
    letters = tuple(re.findall(r"[a-z]", found["under"] or found["within"])) if found is not None else ()
    return letters if len(letters) == count else None


def _at(expr: Expr, letters: Sequence[str]) -> Expr:
    """The entry of an expression at letters."""
    places = iter(letters)
    rows, columns = (None if size is ONE else unit(Dim.symbol(next(places)), size) for size in expr.shape)
    row = expr if rows is None else multiply(transpose(rows), expr)
    return row if columns is None else multiply(row, columns)


def _placed(expr: Expr, letters: Sequence[str], shape: Shape) -> Expr:
    """A number at the place of an entry, in zeros of a shape."""
    places = iter(letters)
    rows, columns = (None if size is ONE else unit(Dim.symbol(next(places)), size) for size in shape)
    column = expr if rows is None else multiply(rows, expr)
    return column if columns is None else multiply(column, transpose(columns))
