r"""Conditions that a formula states of a name: ``\|u\| = 1``, ``U^\top U = I``, ``y_i \in \{-1, 1\}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import cut
from matgrad.refereeing.formulas import Tokens, key_of, name_end, names_used, plain, trimmed, whole_name
from matgrad.refereeing.rows import Statement

SIGN, BINARY, UNIT, OTHER = "sign", "binary", "unit", "other"
"""Entries ±1; entries 0 and 1; length 1; what is known of it, and not used."""
INVOLUTION, TALL, WIDE = "involution", "tall", "wide"
"""Its own inverse; columns, or rows, at right angles and of one length: XᵀX = cI, XXᵀ = cI."""

_SETS = {
    frozenset(("-1", "1")): SIGN,
    frozenset(("pm1",)): SIGN,
    frozenset(("0", "1")): BINARY,
}
_VALUES = {
    SIGN: r"\operatorname{{sign}}({free})",
    BINARY: r"\operatorname{{step}}({free})",
    UNIT: r"\frac{{{free}}}{{\|{free}\|}}",
    TALL: r"\sqrt{{{scale}}} {free}",
    WIDE: r"\sqrt{{{scale}}} {free}^{{\top}}",
}
_NORM = regex(
    r"(?:left|big|Big)?(?:\||‖|lVert|Vert)(?P<name>.+?)(?:right|big|Big)?(?:\||‖|rVert|Vert)(?:_2|_F)?(?:\^2)?"
)
_TURNED = r"(?:\^(?:top|T|intercal|mathsf T|transpose)|')"

_SCALED_UNIT = regex(r"[^+=]*(?:I|𝟙)(?:_.*)?")
_SUM = regex(r"sum|(?:mathbf)?\{?(?:1|𝟏)\}?\^|𝟏")


@dataclass(frozen=True)
class Condition:
    """What is stated of a name beside its size: which kind of condition it is, and how it is written."""

    kind: str
    text: str
    scale: str = ""
    """The square of the length of rows or columns."""


@dataclass(frozen=True)
class Stated:
    """A name of which a formula states something: facts that declarations know, or another condition."""

    name: Tokens
    facts: tuple[str, ...] = ()
    condition: Condition | None = None


def stated_in(statement: Statement) -> Iterator[Stated]:
    """The names of which a statement states a condition."""
    sides = [trimmed(side) for side in statement.sides]
    compared = list(zip(statement.relations, sides, sides[1:], strict=False))
    for relation, left, right in compared:
        kind = _set_of(right) if relation == "∈" else SIGN if _is_plus_or_minus(right) else ""
        if kind and relation in ("=", "∈") and whole_name(left):
            yield Stated(left, condition=Condition(kind, f"{plain(left)} {relation} {plain(right)}"))
    equal = [(left, right) for relation, left, right in compared if relation == "="]
    # Of A = B = C the first and the last are equal too.
    for left, right in (*equal, *((one, other) for (one, _), (_, other) in pairwise(equal))):
        stated = _of_equation(left, right) or _of_equation(right, left)
        if stated is not None:
            yield stated
            continue
        yield from _not_used(left, right)


def value_of(condition: Condition, free: str) -> Tokens:
    """A name of a condition by one that is free, such as sign(u) for entries ±1; nothing for others."""
    pattern = _VALUES.get(condition.kind)
    return [] if pattern is None else cut(pattern.format(free=free, scale=condition.scale))


def _of_equation(left: Tokens, right: Tokens) -> Stated | None:
    """What an equation says of the one name on its left side."""
    name = _only_name(left)
    if name is None or whole_name(left) or any(t.is_sign("(+-") for t in left):
        return None
    key, value, side = re.escape(key_of(name).replace(" ", "")), key_of(right), key_of(left).replace(" ", "")
    text = f"{plain(left)} = {plain(right)}"
    norm = _NORM.fullmatch(side)
    is_square = re.fullmatch(rf"{key}{_TURNED}{key}", side) is not None
    is_capital = key_of(name)[0].isupper()
    if value == "1" and ((norm is not None and norm["name"] == key_of(name).replace(" ", "")) or is_square):
        return Stated(
            name, ("vector",) if not is_capital else (), Condition(UNIT if not is_capital else OTHER, text)
        )
    if is_capital and is_square and value.partition(" ")[0] in ("I", "𝟙"):
        return Stated(name, ("orthonormal",))
    if is_capital and value.partition(" ")[0] in ("I", "𝟙") and re.fullmatch(rf"{key}\^2|{key}{key}", side):
        return Stated(name, ("matrix",), Condition(INVOLUTION, text))
    if is_capital and value == key_of(name) and re.fullmatch(rf"{key}\^2|{key}{key}", side):
        return Stated(name, ("idempotent",))
    if is_capital and value == key_of(name) and re.fullmatch(rf"{key}{_TURNED}", side):
        return Stated(name, ("symmetric",))
    if (
        is_capital
        and re.fullmatch(rf"-{key}", value.replace(" ", ""))
        and re.fullmatch(rf"{key}{_TURNED}", side)
    ):
        return Stated(name, ("skew",))
    if is_capital and value.partition(" ")[0] in ("0", "1", "I"):
        return Stated(name, ("matrix",), Condition(OTHER, text))
    return None


def _not_used(left: Tokens, right: Tokens) -> Iterator[Stated]:
    r"""What an equation says of names that no reading uses: ``X^\top X = nI``, ``\sum_i x_i = 0``."""
    condition = Condition(OTHER, f"{plain(left)} = {plain(right)}")
    capitals = {key: left[a:b] for key, a, b in names_used(left) if key[0].isupper()}
    side, value = key_of(left).replace(" ", ""), key_of(right).replace(" ", "")
    if len(capitals) == 1:
        key, name = next(iter(capitals.items()))
        bare = re.escape(key.replace(" ", ""))
        scale = plain(right[: next((k for k, t in enumerate(right) if t.text in ("I", "𝟙")), 0)])
        for kind, product in ((TALL, rf"{bare}{_TURNED}{bare}"), (WIDE, rf"{bare}{bare}{_TURNED}")):
            if re.fullmatch(product, side) and scale and _SCALED_UNIT.fullmatch(value):
                yield Stated(name, condition=Condition(kind, condition.text, scale))
                return
        is_product = re.search(rf"{bare}(?:{_TURNED}|\^2|{bare})", side) is not None
        if is_product and (_SCALED_UNIT.fullmatch(value) or re.fullmatch(rf"-{bare}", value)):
            yield Stated(name, condition=condition)
    elif not capitals and value in ("0", "1") and _SUM.match(side):
        for key, a, b in names_used(left):
            if key[0].islower() and len(key.partition(" _ ")[0]) == 1:
                yield Stated(left[a:b], condition=condition)


def _only_name(side: Tokens) -> Tokens | None:
    """The one name that stands in a side, however often; ``None`` where others do."""
    found: dict[str, Tokens] = {}
    for key, start, end in names_used(side):
        is_exponent = start > 0 and (
            side[start - 1].is_sign("^_") or (side[start - 1].is_sign("{") and start > 1)
        )
        if end == name_end(side, start) and not is_exponent:
            found.setdefault(key, side[start:end])
    return next(iter(found.values())) if len(found) == 1 else None


def _set_of(side: Tokens) -> str:
    r"""The kind of a finite set, whatever stands above it: ``\{-1, +1\}^n``."""
    text = re.sub(r"left|right|[\s+]", "", key_of(side))
    match = re.fullmatch(r"\{([^{}]*)\}(?:\^.*)?", text)
    return _SETS.get(frozenset(match[1].split(",")), "") if match is not None else ""


def _is_plus_or_minus(side: Tokens) -> bool:
    return key_of(side).replace(" ", "") == "pm1"
