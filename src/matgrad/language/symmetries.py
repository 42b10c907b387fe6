"""Statements that declare: the P = P' beside x'P x."""

from __future__ import annotations

from dataclasses import replace

from matgrad.core.facts import Fact, closure
from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations, Declared
from matgrad.language.letters_by_place import turned_by
from matgrad.language.places import name_of


def with_symmetries(
    statements: list[s.Statement], declarations: Declarations
) -> tuple[list[s.Statement], Declarations]:
    """The statements without P = P', which declares P symmetric."""
    stated = [statement for statement in statements if _is_symmetry(statement)]
    if not stated or len(stated) == len(statements):
        return statements, declarations
    entries = dict(declarations.entries)
    for statement in stated:
        assert statement.name is not None
        known = entries.get(statement.name, Declared(statement.name, None, None))
        entries[statement.name] = replace(known, facts=closure(known.facts | Fact.SYMMETRIC))
    return [one for one in statements if one not in stated], replace(declarations, entries=entries)


def _is_symmetry(statement: s.Statement) -> bool:
    turned = None if statement.tree is None else turned_by(statement.tree)
    return turned is not None and statement.name is not None and name_of(turned) == statement.name
