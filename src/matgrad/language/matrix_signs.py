"""Signs of languages that take ``*``, ``/`` and ``^`` entry by entry, and have another sign for the product.

That sign, a token ``MATMUL``, binds closer than the others: it is put in brackets, as the signs of one rank
are read from left to right here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.language.tokens import retyped

if TYPE_CHECKING:
    from lark import Token

_OPEN = frozenset(("LPAR", "LSQB", "LBRACE"))
_CLOSED = frozenset(("RPAR", "RSQB", "RBRACE"))
_LOOSER = frozenset(
    ("PLUS", "MINUS", "STAR", "SLASH", "TIMES", "COMMA", "SEMICOLON", "EQUAL", "COMPARE", "COLON")
)
_BY_ENTRIES = {"STAR": ("TIMES", ".*"), "SLASH": ("OVER", "./"), "CARET": ("DOT_CARET", ".^")}


def end_of_bracket(tokens: list[Token], start: int) -> int:
    """The place of the bracket that closes the one at a place; the end of the text where none does."""
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k].type in _OPEN) - (tokens[k].type in _CLOSED)
        if depth == 0:
            return k
    return len(tokens) - 1


def commas(tokens: list[Token], start: int, end: int) -> list[int]:
    """The places of the commas directly between two brackets."""
    found, depth = [], 0
    for k in range(start + 1, end):
        depth += (tokens[k].type in _OPEN) - (tokens[k].type in _CLOSED)
        if depth == 0 and tokens[k].type == "COMMA":
            found.append(k)
    return found


def close_products(tokens: list[Token], sign: str) -> list[Token]:
    """The tokens with brackets round each chain of products, written by a sign that is read here."""
    bounds: list[tuple[int, int]] = []
    starts = [0]
    held = [False]
    for k, token in enumerate(tokens):
        kind, before = token.type, tokens[k - 1].type if k else "COMMA"
        if kind in _OPEN:
            starts.append(k + 1)
            held.append(False)
        elif kind in _CLOSED and len(starts) > 1:
            if held.pop():
                bounds.append((starts[-1], k))
            starts.pop()
        elif kind == "MATMUL":
            held[-1] = True
        elif kind in _LOOSER and before != "MATMUL" and before != "CARET":
            if held[-1]:
                bounds.append((starts[-1], k))
            starts[-1], held[-1] = k + 1, False
    bounds += [(start, len(tokens)) for start, is_held in zip(starts, held, strict=True) if is_held]
    opening: dict[int, int] = {}
    closing: dict[int, int] = {}
    for start, end in bounds:
        opening[start] = opening.get(start, 0) + 1
        closing[end] = closing.get(end, 0) + 1
    found: list[Token] = []
    for k, token in enumerate(tokens):
        found += [_bracket(tokens[k - 1], "RPAR", ")", at_end=True)] * closing.get(k, 0)
        found += [_bracket(token, "LPAR", "(", at_end=False)] * opening.get(k, 0)
        if token.type == "MATMUL":
            token = retyped(token, "STAR", sign)
        elif token.type in _BY_ENTRIES and not (token.type == "CARET" and tokens[k + 1 : k + 2] == ["T"]):
            token = retyped(token, *_BY_ENTRIES[token.type])
        found.append(token)
    return found + [_bracket(tokens[-1], "RPAR", ")", at_end=True)] * closing.get(len(tokens), 0)


def _bracket(beside: Token, kind: str, sign: str, *, at_end: bool) -> Token:
    """A bracket that is not written, at the place of what it encloses."""
    bracket = retyped(beside, kind, sign)
    if at_end:
        bracket.start_pos = beside.end_pos
    else:
        bracket.end_pos = beside.start_pos
    return bracket
