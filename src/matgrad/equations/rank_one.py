"""Terms tr(VᵀX) W, which are of rank one on vec(X): the solution by that of the equation without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.calculus.linear_terms import LinearTerm
from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.equations.kinds import Kind
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import add, multiply, scale
from matgrad.ops.leaves import number
from matgrad.ops.power import power
from matgrad.ops.trace import inner_product
from matgrad.rewrite.simplify import simplify

METHOD = Phrase(
    "the equation without its terms of rank one, and the formula of Sherman, Morrison and Woodbury for them",
    "Golub & Van Loan (2013)",
    "sec. 2.1.4",
)
MOST = 2
"""Of more such terms the formula is too long to read."""


@dataclass(frozen=True, slots=True)
class Update:
    """The term tr(VᵀX) W.

    Attributes
    ----------
    image : Expr
        W.
    weights : Expr
        V.
    """

    image: Expr
    weights: Expr

    def seen(self, x: Expr) -> Expr:
        """tr(VᵀX)."""
        return inner_product(self.weights, x)


def update_of(term: LinearTerm) -> Update | None:
    """The term as tr(VᵀX) W; ``None`` where it is not of rank one."""
    parts = term.map.parts
    place = next((k for k, part in enumerate(parts) if isinstance(part, lm.Inner)), None)
    if place is None:
        return None
    weights, image = parts[place].adjoint().apply(number(1)), number(1)
    for part in parts[place + 1 :]:
        # ⟨M, L(X)⟩ is ⟨L*(M), X⟩.
        weights = part.adjoint().apply(weights)
    for part in reversed(parts[:place]):
        image = part.apply(image)
    return Update(image, weights)


def solved_with_updates(
    solve: Callable[[Expr], Expr], updates: Sequence[Update], right: Expr
) -> tuple[Expr, tuple[Expr, ...]]:
    """The solution with terms of rank one added, and what must not be zero for it.

    Parameters
    ----------
    solve : callable
        The solution of the equation without them, for any right side.
    updates : sequence of Update
        The terms.
    right : Expr
        The right side.
    """
    pivots: list[Expr] = []
    for update in updates:
        solve, pivot = _with(solve, update)
        pivots.append(pivot)
    return solve(right), tuple(pivots)


def _with(solve: Callable[[Expr], Expr], update: Update) -> tuple[Callable[[Expr], Expr], Expr]:
    moved = simplify(solve(update.image))
    pivot = simplify(add(number(1), update.seen(moved)))

    def solved(right: Expr) -> Expr:
        x = simplify(solve(right))
        part = multiply(update.seen(x), power(pivot, number(-1)))
        return simplify(add(x, scale(-1, multiply(part, moved))))

    return solved, pivot


def updated_kind(alone: Kind, pivots: Sequence[Expr]) -> Kind:
    """The kind of an equation with terms of rank one.

    Parameters
    ----------
    alone : Kind
        That of the equation without them.
    pivots : sequence of Expr
        What must not be zero.
    """
    always = alone.condition.english == "always"
    conditions = {
        (True, 1): Phrase("{a} is not zero"),
        (True, 2): Phrase("neither {a} nor {b} is zero"),
        (False, 1): Phrase("the equation without its term of rank one has one solution, and {a} is not zero"),
        (False, 2): Phrase(
            "the equation without its terms of rank one has one solution, and neither {a} nor {b} is zero"
        ),
    }
    name = Phrase("linear equation with terms of rank one")
    return Kind(name, conditions[always, len(pivots)], METHOD, tuple(pivots))
