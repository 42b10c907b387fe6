r"""Derivatives in other signs, brought to the usual ones: ``DF(X)[H]``, ``J_F(x)``, ``\delta J/\delta u``."""

from __future__ import annotations

from dataclasses import replace

from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    key_of,
    last_sign,
    name_end,
    names_used,
    parted,
    skip,
    trimmed,
    whole_name,
)
from matgrad.refereeing.known import Known
from matgrad.refereeing.rows import Statement

_FRACTIONS = ("frac", "dfrac", "tfrac")
_MATRICES = {"J": "Jac", "H": "Hess"}


def in_usual_signs(statement: Statement, known: Known) -> Statement:
    """A statement whose derivatives stand in the signs that are read: ∂, ∇, Jac, Hess and d."""
    sides = [_with_partials(side) for side in statement.sides]
    directional = _in_a_direction(sides, known)
    if directional is not None:
        return replace(statement, sides=directional, is_directional=True)
    return replace(statement, sides=[_of_a_matrix(sides[0], known), *sides[1:]])


def _with_partials(side: Tokens) -> Tokens:
    r"""A side with ∂ for the δ of a variational derivative, which is the usual one for vectors."""
    out = list(side)
    for i, token in enumerate(side):
        if token.kind != "command" or token.text not in _FRACTIONS:
            continue
        above = skip(side, i + 1)
        below = skip(side, argument(side, above)[1])
        signs = [at + 1 if at < len(side) and side[at].is_sign("{") else len(side) for at in (above, below)]
        if all(at < len(side) and side[at].is_command("delta") for at in signs):
            for at in signs:
                out[at] = Token("command", "partial", side[at].span)
    return out


def _operator_end(tokens: Tokens) -> int:
    """The place behind the D of a derivative as a linear map; 0 for anything else."""
    if not tokens:
        return 0
    if tokens[0].kind == "command" and tokens[0].text in ("mathrm", "mathbf", "operatorname", "mathsf"):
        inside, end = argument(tokens, 1)
        return end if [t.text for t in trimmed(inside)] in (["D"], ["d"]) else 0
    return 1 if tokens[0].kind == "letter" and tokens[0].text in ("D", "d") else 0


def _called(tokens: Tokens, known: Known) -> tuple[Tokens, Tokens, int] | None:
    """A defined function at a name, its argument, and where the call ends."""
    end = name_end(tokens, 0)
    at = skip(tokens, end)
    definition = known.latest(key_of(tokens[:end])) if end else None
    if definition is None or len(definition.parameters) > 1:
        return None
    if at >= len(tokens) or not tokens[at].is_sign("("):
        return None
    behind = group_end(tokens, at)
    inside = trimmed(tokens[at + 1 : behind - 1])
    if not whole_name(inside):
        return None
    if not definition.parameters:
        needed = [definition.body, *(d.body for d in known.used_by(definition.body, {key_of(inside)}))]
        if all(key != key_of(inside) for body in needed for key, _, _ in names_used(body)):
            return None
    return tokens[:end], inside, behind


def _in_a_direction(sides: list[Tokens], known: Known) -> list[Tokens] | None:
    r"""``DF(X)[H] = …`` as a differential, in which dX is H; ``None`` for anything else."""
    left = [
        t for t in trimmed(sides[0]) if not t.is_command("left", "right", "bigl", "bigr", "big", "!", ",")
    ]
    start, order = _with_order(left, _operator_end(left))
    called = _called(left[start:], known) if start and known.latest("D") is None else None
    if called is None:
        return None
    name, point, behind = called
    directions = _directions(left[start + behind :])
    used = {key for side in sides[1:] for key, _, _ in names_used(side)}
    if len(directions) != order or len({key_of(one) for one in directions}) != 1:
        return None
    direction = directions[0]
    if not whole_name(direction) or key_of(direction) not in used:
        return None
    span = (left[0].span[0], left[-1].span[1])
    sign = r"\mathrm{d}" if order == 1 else rf"\mathrm{{d}}^{{{order}}}"
    changed = [*_at(sign, span), *(t.placed(span) for t in name)]
    return [changed, *(_with_change(side, key_of(direction), point) for side in sides[1:])]


def _with_order(tokens: Tokens, end: int) -> tuple[int, int]:
    """Where the sign of a derivative ends with the order above it, and that order: 2 of D^2."""
    at = skip(tokens, end)
    if end and at < len(tokens) and tokens[at].is_sign("^"):
        inside, behind = argument(tokens, at + 1)
        if key_of(inside) == "2":
            return skip(tokens, behind), 2
    return (skip(tokens, end) if end else 0), 1


def _directions(tokens: Tokens) -> list[Tokens]:
    """The directions in the bracket that a piece is: H and H of [H, H]; none where it is no bracket."""
    rest = trimmed(tokens)
    if not rest or not rest[0].is_sign("[(") or group_end(rest, 0) != len(rest):
        return []
    return [trimmed(one) for one in parted(rest[1:-1], lambda t: t.is_sign(","))]


def is_in_a_direction(side: Tokens) -> bool:
    r"""Whether a left side is written as a derivative in a direction, ``D^2f(X)[H, K]``, of whatever."""
    left = [t for t in trimmed(side) if not t.is_command("left", "right", "bigl", "bigr", "big", "!", ",")]
    start, _ = _with_order(left, _operator_end(left))
    end = name_end(left, start)
    at = skip(left, end)
    if not start or end == start or left[start - 1].is_sign("'"):
        return False
    if at < len(left) and left[at].is_sign("("):
        at = skip(left, group_end(left, at))
    return at < len(left) and left[at].is_sign("[") and group_end(left, at) == len(left)


def _with_change(side: Tokens, direction: str, variable: Tokens) -> Tokens:
    """A side in which a direction is the change of a variable."""
    out: Tokens = []
    i = 0
    while i < len(side):
        end = name_end(side, i)
        if end > i and key_of(side[i:end]) == direction:
            span = (side[i].span[0], side[end - 1].span[1])
            after = skip(side, end)
            is_raised = after < len(side) and side[after].is_sign("^'")
            change = [*_at(r"\mathrm{d}", span), *(t.placed(span) for t in variable)]
            out += [*_at("(", span), *change, *_at(")", span)] if is_raised else change
            i = end
        else:
            out.append(side[i])
            i += 1
    return out


def _of_a_matrix(side: Tokens, known: Known) -> Tokens:
    r"""``J_F(x)``, ``H_f(x)`` and ``DF(x)`` of a defined function as its Jacobian or Hessian matrix."""
    tokens = trimmed(side)
    end = name_end(tokens, 0)
    below = last_sign(tokens[:end], "_")
    if (
        below > 0
        and (word := _MATRICES.get(key_of(tokens[:below])))
        and known.latest(key_of(tokens[:end])) is None
    ):
        name = argument(tokens, below + 1)[0]
        definition = known.latest(key_of(name))
        if definition is not None and definition.parameters:
            rest = tokens[end:]
            return [*_at(rf"\operatorname{{{word}}}", tokens[0].span), *name, *rest]
    start = _operator_end(tokens)
    called = _called(tokens[start:], known) if start and known.latest("D") is None else None
    is_capital = start and any(t.text == "D" for t in tokens[:start])
    if called is not None and is_capital and start + called[2] == len(tokens):
        return [*_at(r"\operatorname{Jac}", tokens[0].span), *tokens[start:]]
    return side


def _at(text: str, span: tuple[int, int]) -> Tokens:
    """Tokens that stand at a place of the document."""
    return [token.placed(span) for token in cut(text)]
