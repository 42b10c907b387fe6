"""Texts in R, ``t(X) %*% X * 2``: their signs and functions as those that are read here.

A text is one in R where it holds ``%*%``, or calls ``crossprod`` or ``tcrossprod``. Then ``*``, ``/`` and
``^`` are taken entry by entry, and ``%*%`` binds closer than they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.words import Phrase, phrase
from matgrad.language.matrix_signs import close_products, commas, end_of_bracket
from matgrad.language.names import Vocabulary
from matgrad.language.tokens import retyped, span

if TYPE_CHECKING:
    from lark import Token

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
    return _named(close_products(_crossed(tokens, words), "%*%"), words, text)


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


def _crossed(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """The tokens with ``crossprod(X, y)`` as (t(X) %*% (y)), and ``crossprod(X)`` with y = X."""
    found = list(tokens)
    for i in range(len(found) - 1, -1, -1):  # from the end, so that those inside come first
        if not _is_cross_product(found, i, words):
            continue
        end = end_of_bracket(found, i + 1)
        places = commas(found, i + 1, end)
        if len(places) > 1:
            continue
        name, opened, closed = found[i], found[i + 1], found[end]
        middle = places[0] if places else end
        first = found[i + 2 : middle]
        second = found[middle + 1 : end] if places else first
        sides = [[opened, *first, closed], [opened, *second, closed]]
        turned = retyped(name, "NAME", "transpose", opened.start_pos)
        sides[0 if name == "crossprod" else 1].insert(0, turned)
        times = retyped(opened, "MATMUL", "%*%")
        found[i : end + 1] = [opened, *sides[0], times, *sides[1], closed]
    return found


def _named(tokens: list[Token], words: Vocabulary, text: str) -> list[Token]:
    """The tokens with ``t(X)`` as transpose(X), ``solve(A)`` as inv(A) and the F of a norm as fro."""
    found = list(tokens)
    for i, token in enumerate(tokens):
        if not _is_call(tokens, i, words):
            continue
        end = end_of_bracket(tokens, i + 1)
        name = str(token)
        is_alone = not commas(tokens, i + 1, end)
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
