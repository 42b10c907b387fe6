"""Replacing variables and dimensions, and rebuilding an expression with other operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matgrad.core.dims import Dim, shape_text
from matgrad.core.errors import ArgumentError, DomainError
from matgrad.core.expr import Data, Expr, Symbol, postorder
from matgrad.core.words import phrase


def rewrite_bottom_up(
    root: Expr, leaf: Callable[[Expr], Expr | None], data: Callable[[Data], Data] | None = None
) -> Expr:
    """Rebuild an expression from its leaves up.

    Parameters
    ----------
    root : Expr
        The expression.
    leaf : callable
        Gives the replacement of a node, or ``None`` to rebuild it from its new operands.
    data : callable, optional
        Maps the data of the operations.
    """
    done: dict[Expr, Expr] = {}
    for node in postorder(root):
        replacement = leaf(node)
        if replacement is None:
            args = tuple(done[arg] for arg in node.args)
            new_data = node.data if data is None else data(node.data)
            replacement = (
                node if args == node.args and new_data == node.data else node.rebuild(args, new_data)
            )
        done[node] = replacement
    return done[root]


def with_equal_operands(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """An operation on operands in another form, of the same values.

    Where the new form does not show what the operation must know, as that AᵀYA + AᵀYᵀA is symmetric when
    it is written Aᵀ(YA + YᵀA), the old form stays.
    """
    if args == node.args:
        return node
    try:
        return node.rebuild(args, node.data)
    except DomainError:
        return node


def substitute(root: Expr, replacements: Mapping[Any, Any]) -> Expr:
    """Replace variables (by symbol or name) by expressions and dimensions by dimensions."""
    if not isinstance(replacements, Mapping):
        raise ArgumentError(
            phrase("what is replaced is given by name, not as {name}", name=type(replacements).__name__),
            fix='{"x": y}',
        )
    names: dict[str, Expr] = {}
    targets: dict[str, Symbol] = {}
    sizes: dict[str, Dim] = {}
    for target, value in replacements.items():
        if isinstance(target, Dim) or isinstance(value, Dim):
            name = str(target)
            sizes[name] = Dim.of(value)
        elif isinstance(target, (Symbol, str)):
            name = target.label if isinstance(target, Symbol) else target
            if isinstance(target, Symbol):
                targets[name] = target
            names[name] = value if isinstance(value, Expr) else root.operators.add(0, value)
        else:
            raise ArgumentError(
                phrase("only variables and dimensions can be replaced, not {target}", target=repr(target))
            )

    def map_data(data: Data) -> Data:
        return tuple(
            d.substitute(sizes) if isinstance(d, Dim) else map_data(d) if isinstance(d, tuple) else d
            for d in data
        )

    def leaf(node: Expr) -> Expr | None:
        if not isinstance(node, Symbol):
            return None
        new = names.get(node.label)
        if new is None:
            return None
        targets.get(node.label, node).require(node)
        shape = (node.rows.substitute(sizes), node.columns.substitute(sizes))
        if new.shape != shape:
            raise ArgumentError(
                phrase(
                    "{node} is {shape} and cannot be replaced by {new}",
                    node=node.label,
                    shape=shape_text(shape),
                    new=new.describe(),
                )
            )
        return new

    return rewrite_bottom_up(root, leaf, map_data if sizes else None)
