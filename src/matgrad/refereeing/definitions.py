"""Equations that give a name to their right side."""

from __future__ import annotations

from matgrad.language.latex.lexer import cut
from matgrad.refereeing.derivative_pieces import changes_in, holds_derivative
from matgrad.refereeing.entries import is_by_a_kernel
from matgrad.refereeing.formulas import key_of, trimmed
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.known import Definition
from matgrad.refereeing.rows import Statement, without_constant
from matgrad.refereeing.written_derivatives import derivative_on_left

EQUALS = frozenset(("=", ":="))


def defined_by(statement: Statement, place: int) -> Definition | None:
    """The definition that an equation is, unless it says what a derivative is."""
    is_single_d = bool(changes_in(statement.sides[1:]))
    if statement.relations[0] not in EQUALS or holds_derivative(statement.sides[1]):
        return None
    if derivative_on_left(statement.sides[0], is_single_d) is not None:
        return None
    found = definition_of(statement, place)
    return None if found is not None and is_by_a_kernel(found) else found


def definition_of(statement: Statement, place: int) -> Definition | None:
    """The name that an equation has on its left side, a log-density as well, and what it stands for."""
    head = head_of(statement.sides[0])
    body = without_constant(statement.sides[1])
    if not body:
        return None
    if head is None:
        left = trimmed(statement.sides[0])
        if (left and left[0].is_command("log", "ln")) or (
            len(left) > 1 and left[0].is_sign("-") and left[1].is_command("log", "ln")
        ):
            return Definition(key_of(left), left, (), body, place)
        return None
    name, parameters = head
    return Definition(key_of(name), name, parameters, body, place)


def sigma_of(definition: Definition) -> Definition | None:
    r"""What σ alone is where σ(z) is the logistic function, as in ``d\\sigma/dz``."""
    if definition.key.replace(" ", "") != "sigmoid":
        return None
    span = definition.left[0].span
    name = [token.placed(span) for token in cut(r"\sigma")]
    called = [token.placed(span) for token in cut(r"\operatorname{sigmoid}(")]
    body = [*called, *definition.parameters[0], *(token.placed(span) for token in cut(")"))]
    return Definition(key_of(name), name, definition.parameters, body, definition.place)
