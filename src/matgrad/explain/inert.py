"""Expressions as they are written: held differentials, and nodes that nothing simplifies.

The constructors of the operations bring expressions to canonical form. A step of a derivation shows
a form *before* that: ``tr(dXᵀ A X + XᵀA dX)``, where ``tr(A + B)`` would become a sum of traces. Such
nodes are made with ``Operation.intern``, which takes its operands as given; they are written by the
ordinary printers and evaluated by their ordinary numeric meaning.
"""

from __future__ import annotations

from collections.abc import Callable

from matgrad.core.dims import Shape
from matgrad.core.expr import Data, Expr, postorder
from matgrad.core.notation import Notation


class Change(Expr):
    """d(F) for an expression F: its differential, not yet written out.

    It has no numeric meaning of its own; a :class:`matgrad.explain.verification.Point` knows the
    variable and its change, and so the value. It is not an operation of the language.
    """

    __slots__ = ()
    rank = 90

    @classmethod
    def of(cls, expr: Expr) -> Change:
        """The held differential of an expression."""
        return cls.intern((expr,))

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)

    @property
    def expr(self) -> Expr:
        """F."""
        return self.args[0]

    def notation(self) -> Notation:
        return Notation("d({0})", "d({0})", r"\mathrm{d}\left({0}\right)", "d({0})")


def as_written(root: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """Replace nodes of an expression and leave all others in the form they have.

    Parameters
    ----------
    root : Expr
        The expression.
    replace : callable
        Gives the replacement of a node, or ``None`` to keep it with its new operands.
    """
    done: dict[Expr, Expr] = {}
    for node in postorder(root, lambda n: n not in done):
        new = replace(node)
        if new is None:
            args = tuple(done[arg] for arg in node.args)
            new = node if args == node.args else type(node).intern(args, node.data)
        done[node] = new
    return done[root]
