"""Constraints of a minimisation, as users write them: texts, or two sides with a sign between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.records import dataclass
from matgrad.core.words import alternatives, phrase
from matgrad.language import parse
from matgrad.ops.arithmetic import multiply, subtract
from matgrad.ops.leaves import ones
from matgrad.ops.operators import to_expr

_SIGNS = {
    "<=": "<=", ">=": ">=", "==": "=", "=": "=", "≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=",
    r"\leq": "<=", r"\geq": ">=", r"\le": "<=", r"\ge": ">=", r"\leqslant": "<=", r"\geqslant": ">=",
}  # fmt: skip
_BY_LENGTH = sorted(_SIGNS, key=len, reverse=True)
_STRICT = {"<": "<=", ">": ">="}
_ORDERS = ("⪰", "⪯", "≻", "≺", r"\succ", r"\prec")

FORMS = phrase('"A x = b", "0 <= x <= 1" or (A @ x, "<=", b)')


@dataclass(frozen=True)
class Condition:
    """That an expression is zero or nonnegative, entry by entry.

    Attributes
    ----------
    expr : Expr
        The expression.
    is_equality : bool
        Whether it is zero.
    text : str
        The condition as it is shown.
    """

    expr: Expr
    is_equality: bool
    text: str


def read_conditions(
    constraints: Any, known: Mapping[str, Symbol], variables: Collection[Symbol]
) -> tuple[list[Condition], list[Any]]:
    """Read constraints into conditions, and those that are objects of SciPy as they are.

    Parameters
    ----------
    constraints : str, tuple, object of SciPy, or sequence of them
        The constraints.
    known : mapping of str to Symbol
        The variables that texts may refer to; what they hold besides is inferred.
    variables : collection of Symbol
        What is minimised over.

    Raises
    ------
    ArgumentError
        For what is no constraint, or depends on none of the variables.
    """
    conditions: list[Condition] = []
    objects: list[Any] = []
    names = dict(known)
    for constraint in _several(constraints):
        if _is_of_scipy(constraint):
            objects.append(constraint)
            continue
        for condition in _conditions(constraint, names):
            found = symbols_of(condition.expr)
            if not any(variable.label in found for variable in variables):
                raise ArgumentError(
                    phrase(
                        "the constraint {text} does not depend on {names}",
                        text=condition.text,
                        names=alternatives(variable.label for variable in variables),
                    )
                )
            names.update(found)
            conditions.append(condition)
    return conditions, objects


def _several(constraints: Any) -> Sequence[Any]:
    if constraints is None:
        return ()
    if isinstance(constraints, (list, tuple)) and not _is_triple(constraints):
        return constraints
    return [constraints]


def _is_triple(constraint: Any) -> bool:
    return (
        isinstance(constraint, (list, tuple))
        and len(constraint) == 3
        and isinstance(constraint[1], str)
        and constraint[1].strip() in _SIGNS.keys() | _STRICT.keys()
    )


def _is_of_scipy(constraint: Any) -> bool:
    from scipy.optimize import LinearConstraint, NonlinearConstraint

    return isinstance(constraint, (dict, LinearConstraint, NonlinearConstraint))


def _conditions(constraint: Any, names: Mapping[str, Symbol]) -> Iterator[Condition]:
    if _is_triple(constraint):
        left, sign, right = constraint
        yield _condition(_side(left, names), sign.strip(), _side(right, names))
    elif isinstance(constraint, str):
        parts = _split(constraint)
        if len(parts) < 3:
            raise ArgumentError(
                phrase("the constraint {constraint} has no sign", constraint=repr(constraint)), fix=FORMS
            )
        for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            yield _from_text(constraint, left, sign, right, names)
    elif isinstance(constraint, Expr):
        raise ArgumentError(
            phrase(
                "{constraint} is no constraint: is it zero, or nonnegative?", constraint=constraint.describe()
            ),
            fix=phrase('(expression, "=", 0) or (expression, ">=", 0)'),
        )
    else:
        raise ArgumentError(phrase("{constraint} is no constraint", constraint=repr(constraint)), fix=FORMS)


def _split(text: str) -> list[str]:
    """The sides of a text and the signs between them, outside of brackets."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        order = next((order for order in _ORDERS if text.startswith(order, at)), None)
        if order is not None:
            raise ArgumentError(
                phrase("the constraint {text} orders matrices", text=repr(text)),
                fix=phrase("declare the variable positive semidefinite"),
            )
        sign = next((s for s in _BY_LENGTH if depth == 0 and text.startswith(s, at)), None)
        strict = text[at] if depth == 0 and sign is None and text[at] in _STRICT else None
        if sign is None and strict is None:
            at += 1
            continue
        if strict is not None:
            _refuse_strict(text, strict)
        assert sign is not None
        parts += [text[start:at].strip(), sign]
        at = start = at + len(sign)
    return [*parts, text[start:].strip()]


def _refuse_strict(text: str, sign: str) -> None:
    raise ArgumentError(
        phrase("the constraint {text} is strict: no point is the nearest", text=text),
        fix=text.replace(sign, _STRICT[sign]),
    )


def _from_text(whole: str, left: str, sign: str, right: str, names: Mapping[str, Symbol]) -> Condition:
    if not left or not right:
        raise ArgumentError(phrase("the constraint {whole} lacks a side", whole=repr(whole)), fix=FORMS)
    first, second = (right, left) if _SIGNS[sign] == "<=" else (left, right)
    # As one expression, so that what is not declared gets its shape from both sides.
    try:
        expr = parse(f"({first}) - ({second})", list(names.values()))
    except MatgradError as error:
        raise ArgumentError(
            phrase("the constraint {whole}: {problem}", whole=repr(whole), problem=error.problem),
            fix=error.remedy,
        ) from None
    return Condition(expr, _SIGNS[sign] == "=", f"{left} {sign} {right}")


def _side(side: Any, names: Mapping[str, Symbol]) -> Expr:
    if isinstance(side, str):
        return parse(side, list(names.values()))
    try:
        return to_expr(side if isinstance(side, Expr) or np.ndim(side) else float(side))
    except (TypeError, ValueError):
        raise ArgumentError(phrase("{side} is no side of a constraint", side=repr(side)), fix=FORMS) from None


def _condition(left: Expr, sign: str, right: Expr) -> Condition:
    text = f"{left} {sign} {right}"
    if sign in _STRICT:
        _refuse_strict(text, sign)
    meaning = _SIGNS[sign]
    left, right = _spread(left, right), _spread(right, left)
    expr = subtract(right, left) if meaning == "<=" else subtract(left, right)
    return Condition(expr, meaning == "=", text)


def _spread(side: Expr, other: Expr) -> Expr:
    """A number on one side stands for each entry of the other."""
    if side.is_scalar and not other.is_scalar:
        return multiply(side, ones(other.rows, other.columns))
    return side
