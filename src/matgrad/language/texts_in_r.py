"""Texts in R, ``t(X) %*% X * 2``: their signs and functions as those that are read here.

A text is one in R where it holds ``%*%``, or calls ``crossprod`` or ``tcrossprod``. Then ``*``, ``/`` and
``^`` are taken entry by entry, and ``%*%`` binds closer than they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.words import Phrase, phrase
from matgrad.language.names import Vocabulary
from matgrad.language.tokens import retyped, span

if TYPE_CHECKING:
    from lark import Token

_OPEN = frozenset(("LPAR", "LSQB", "LBRACE"))
_CLOSED = frozenset(("RPAR", "RSQB", "RBRACE"))
_LOOSER = frozenset(
    ("PLUS", "MINUS", "STAR", "SLASH", "TIMES", "COMMA", "SEMICOLON", "EQUAL", "COMPARE", "COLON")
)
_BY_ENTRIES = {"STAR": ("TIMES", ".*"), "SLASH": ("OVER", "./"), "CARET": ("DOT_CARET", ".^")}
_CROSS_PRODUCTS = ("crossprod", "tcrossprod")
_OTHERWISE: dict[str, str | Phrase] = {
    "norm": phrase("sqrt(sum(x^2)), or norm(A, 'F')"),
    **dict.fromkeys(("var", "sd"), "sum((x - mean(x))^2) / (n - 1)"),
}
"""Functions that have another meaning in R: the norm of columns, and n − 1 in the place of n."""


def as_read_here(tokens: list[Token], words: Vocabulary, text: str) -> list[Token]:
    """The tokens of a text in R as those of the language; those of any other text as they are.

    Raises
    ------
    ParseError
        For signs of another language beside ``%*%``, and for functions that mean something else in R.
    """
    if _assigns(tokens, text):
        tokens = [tokens[0], retyped(tokens[1], "EQUAL", "=", tokens[2].end_pos), *tokens[3:]]
    if not any(
        token.type == "MATMUL" or _is_cross_product(tokens, i, words) for i, token in enumerate(tokens)
    ):
        return tokens
    foreign = next((t for t in tokens if t.type in ("AT", "STARSTAR", "TRANSPOSE", "TIMES", "OVER")), None)
    if foreign is not None:
        raise ParseError(
            phrase("{sign} is no sign of R, and the text holds signs of R", sign=str(foreign)),
            fix=phrase("t(X) %*% A, or X' A in the signs of MATLAB"),
            text=text,
            span=span(foreign),
        )
    return _named(_close(_crossed(tokens, words), text), words, text)


def _assigns(tokens: list[Token], text: str) -> bool:
    """Whether a text begins with ``f <- ``, which with a blank behind it compares nothing."""
    if [token.type for token in tokens[:3]] != ["NAME", "COMPARE", "MINUS"] or tokens[1] != "<":
        return False
    end = tokens[2].end_pos or 0
    return tokens[1].end_pos == tokens[2].start_pos and text[end : end + 1].isspace()


def _is_call(tokens: list[Token], i: int, words: Vocabulary) -> bool:
    """Whether a function is called at a place, of a name that is no variable."""
    is_name = tokens[i].type == "NAME" and str(tokens[i]) not in words.variables
    return is_name and i + 1 < len(tokens) and tokens[i + 1].type == "LPAR"


def _is_cross_product(tokens: list[Token], i: int, words: Vocabulary) -> bool:
    return str(tokens[i]) in _CROSS_PRODUCTS and _is_call(tokens, i, words)


def _end(tokens: list[Token], start: int) -> int:
    """The place of the bracket that closes the one at a place; the end of the text where none does."""
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k].type in _OPEN) - (tokens[k].type in _CLOSED)
        if depth == 0:
            return k
    return len(tokens) - 1


def _commas(tokens: list[Token], start: int, end: int) -> list[int]:
    """The places of the commas directly between two brackets."""
    found, depth = [], 0
    for k in range(start + 1, end):
        depth += (tokens[k].type in _OPEN) - (tokens[k].type in _CLOSED)
        if depth == 0 and tokens[k].type == "COMMA":
            found.append(k)
    return found


def _crossed(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """The tokens with ``crossprod(X, y)`` as (t(X) %*% (y)), and ``crossprod(X)`` with y = X."""
    found = list(tokens)
    for i in range(len(found) - 1, -1, -1):  # from the end, so that those inside come first
        if not _is_cross_product(found, i, words):
            continue
        end = _end(found, i + 1)
        commas = _commas(found, i + 1, end)
        if len(commas) > 1:
            continue
        name, opened, closed = found[i], found[i + 1], found[end]
        middle = commas[0] if commas else end
        first = found[i + 2 : middle]
        second = found[middle + 1 : end] if commas else first
        sides = [[opened, *first, closed], [opened, *second, closed]]
        turned = retyped(name, "NAME", "transpose", opened.start_pos)
        sides[0 if name == "crossprod" else 1].insert(0, turned)
        times = retyped(opened, "MATMUL", "%*%")
        found[i : end + 1] = [opened, *sides[0], times, *sides[1], closed]
    return found


def _close(tokens: list[Token], text: str) -> list[Token]:
    """The tokens with brackets round each chain of ``%*%``, which binds closer than * and /."""
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
            token = retyped(token, "STAR")
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


def _named(tokens: list[Token], words: Vocabulary, text: str) -> list[Token]:
    """The tokens with ``t(X)`` as transpose(X), ``solve(A)`` as inv(A) and the F of a norm as fro."""
    found = list(tokens)
    for i, token in enumerate(tokens):
        if not _is_call(tokens, i, words):
            continue
        end = _end(tokens, i + 1)
        name = str(token)
        is_alone = not _commas(tokens, i + 1, end)
        if name in _OTHERWISE and is_alone:
            raise ParseError(
                phrase(
                    "{name} means something else in R than in the languages that are read here", name=name
                ),
                fix=_OTHERWISE[name],
                text=text,
                span=span(token),
            )
        if name == "norm" and str(found[end - 1]).lower() in ("'f'", '"f"'):
            found[end - 1] = retyped(found[end - 1], "STRING", "'fro'")
        if is_alone and name in ("t", "solve"):
            found[i] = retyped(token, "NAME", "transpose" if name == "t" else "inv")
    return found
