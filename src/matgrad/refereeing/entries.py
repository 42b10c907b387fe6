r"""Definitions by entries: ``P_{ij} = \\exp(f_i + g_j)`` says what the matrix P is."""

from __future__ import annotations

from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    key_of,
    last_sign,
    name_end,
    names_used,
    trimmed,
)
from matgrad.refereeing.known import Definition
from matgrad.refereeing.stacks import has_e

_INDICES = frozenset("ijklrs")


def is_by_a_kernel(definition: Definition) -> bool:
    r"""Whether entries are values of a function, ``K_{ij} = k(x_i, x_j)``, which says nothing of K."""
    body = trimmed(definition.body)
    end = name_end(body, 0)
    is_call = end > 0 and end < len(body) and body[end].is_sign("(") and group_end(body, end) == len(body)
    return is_call and last_sign(definition.left, "_") > 0 and any(t.is_sign(",") for t in body[end:])


def whole_of(definition: Definition) -> Definition | None:
    r"""The vector or matrix whose entries a definition says: of P_ij = … that P is Σ_ij (…) e_i e_jᵀ.

    ``None`` where the left side is no entry, its indices do not occur on the right, or the names are taken.
    """
    below = last_sign(definition.left, "_")
    if below <= 0 or definition.parameters:
        return None
    inside, end = argument(definition.left, below + 1)
    letters = [t for t in trimmed(inside) if not t.is_sign(",") and t.kind != "blank"]
    base = trimmed(definition.left[:below])
    used = {key for key, _, _ in names_used(definition.body)}
    if "e" in used and not has_e(definition.body):
        used.discard("e")  # the e of e^x stands beside the unit vectors e_i
    is_entry = (
        end == len(definition.left)
        and 0 < len(letters) <= 2
        and all(t.kind == "letter" and t.text in _INDICES for t in letters)
        and len({t.text for t in letters}) == len(letters)
    )
    if not is_entry or not {t.text for t in letters} <= used or used & {"e", key_of(base)}:
        return None
    sums = "".join(rf"\sum_{{{t.text}}}" for t in letters)
    units = [rf"e_{{{t.text}}}" for t in letters]
    units[1:] = [rf"{unit}^{{\top}}" for unit in units[1:]]
    body: Tokens = [*_at(sums + "(", definition), *definition.body, *_at(")" + "".join(units), definition)]
    return Definition(key_of(base), base, (), body, definition.place)


def _at(text: str, definition: Definition) -> list[Token]:
    """Tokens that stand where a definition does."""
    return [token.placed(definition.left[0].span) for token in cut(text)]
