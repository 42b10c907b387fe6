"""Statements that declare: the P = P' beside x'P x, and the P² = P of a projector."""

from __future__ import annotations

from dataclasses import replace

from matgrad.core.facts import Fact, closure
from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations, Declared
from matgrad.language.letters_by_place import turned_by
from matgrad.language.names import is_capital
from matgrad.language.places import name_of


def with_symmetries(
    statements: list[s.Statement], declarations: Declarations
) -> tuple[list[s.Statement], Declarations]:
    """The statements without P = P', which declares P symmetric, and P² = P, by which it is a projector."""
    stated = {id(statement): fact for statement in statements if (fact := _stated(statement))}
    if not stated or len(stated) == len(statements):
        return statements, declarations
    entries = dict(declarations.entries)
    for statement in statements:
        if statement.name is None or id(statement) not in stated:
            continue
        known = entries.get(statement.name, Declared(statement.name, None, None))
        entries[statement.name] = replace(known, facts=closure(known.facts | stated[id(statement)]))
    return [one for one in statements if id(one) not in stated], replace(declarations, entries=entries)


def _stated(statement: s.Statement) -> Fact:
    """What a statement says of the matrix on its left: P = Pᵀ, or P = P²."""
    name, tree = statement.name, statement.tree
    if name is None or tree is None:
        return Fact.NONE
    turned = turned_by(tree)
    if turned is not None and name_of(turned) == name:
        return Fact.SYMMETRIC
    return Fact.IDEMPOTENT if is_capital(name) and _is_square_of(tree, name) else Fact.NONE


def _is_square_of(tree: s.Node, name: str) -> bool:
    """Whether a side is P², P P, or the √P that is read where P² stands on the left in LaTeX."""
    if isinstance(tree, s.Power) and tree.operator in ("^", "**"):
        return name_of(tree.base) == name and isinstance(tree.exponent, s.Num) and tree.exponent.value == 2
    if isinstance(tree, s.Product) and len(tree.factors) == 2:
        is_product = tree.factors[1][0] in ("", "*", "⋅", "@")
        return is_product and all(name_of(factor) == name for _, factor in tree.factors)
    if isinstance(tree, s.Call) and len(tree.args) == 1:
        return name_of(tree.function) == "sqrt" and name_of(tree.args[0]) == name
    return False
