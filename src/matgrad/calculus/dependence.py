"""Which parts of an expression depend on a variable."""

from __future__ import annotations

from collections.abc import Container

from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import phrase


def dependent_nodes(root: Expr, *variables: Symbol) -> list[Expr]:
    """List the nodes of an expression that depend on one of the variables, operands first."""
    dependent: set[Expr] = set(variables)
    order: list[Expr] = []
    for node in postorder(root):
        if node in dependent:
            order.append(node)
        elif any(arg in dependent for arg in node.args):
            dependent.add(node)
            order.append(node)
    return order


def differentiable_operands(node: Expr, dependent: Container[Expr]) -> list[int]:
    """The operands of a node that depend on the variable.

    Raises
    ------
    NotDifferentiableError
        When the variable occurs where no derivative passes, as in the exponent of a matrix power.
    """
    indices = node.operand_indices
    for place, arg in enumerate(node.args):
        if arg in dependent and place not in indices:
            raise NotDifferentiableError(
                phrase(
                    "{node} depends on {arg} where it is a whole number, so it has no "
                    "derivative with respect to it",
                    node=node,
                    arg=arg,
                )
            )
    return [place for place in indices if node.args[place] in dependent]
