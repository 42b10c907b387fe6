"""Letters side by side that are factors: Ax, X^TX, Xβ, W_1x, and what is a name as it stands."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matgrad.core.lazy import regex
from matgrad.language.decisions import MATRIX_LETTERS, SCALAR_LETTERS
from matgrad.language.names import Vocabulary, is_product_by_looks
from matgrad.language.tokens import placed, retyped
from matgrad.language.two_readings import functions_glued_to
from matgrad.ops.registry import FUNCTIONS

if TYPE_CHECKING:
    from lark import Token


def letters_apart(tokens: list[Token], words: Vocabulary) -> Iterator[Token]:
    """The tokens with ``Xw`` as X w, where both are declared, and ``X^TX`` as X^T X."""
    alone = {str(token) for token in tokens if token.type == "NAME" and len(token) == 1 and token.islower()}
    for i, token in enumerate(tokens):
        if token.type != "NAME" or "." in token or (i and tokens[i - 1].type == "DOT"):
            yield token
            continue
        start, rest = token.start_pos or 0, str(token)
        if i and tokens[i - 1].type == "CARET" and _is_transpose_glued(tokens[i - 2], rest, words):
            yield placed(rest[0], start)
            start, rest = start + 1, rest[1:]
        pieces = _greek_product(rest, words, alone) or _labelled_product(rest, words)
        if pieces and not _is_defined(tokens, i):
            for piece in pieces:
                yield retyped(placed(piece, start), "NAME", piece, start + len(piece))
                start += len(piece)
            continue
        is_call = rest.lower() in FUNCTIONS and tokens[i + 1 : i + 2] == ["("]  # SUM(x)
        is_product = (not is_call and _is_product(rest, words, alone)) or _is_outer(
            tokens, i, rest, words, alone
        )
        if len(rest) == 1 or not is_product or _is_defined(tokens, i):
            yield retyped(token, "NAME", rest) if len(rest) == len(token) else _cut(token, start)
            continue
        for place, letter in enumerate(rest, start):
            yield placed(letter, place)


def _is_product(name: str, words: Vocabulary, alone: set[str]) -> bool:
    """Whether an undeclared name is made of letters that are all declared, and says nothing as a word.

    Of ``x'Ax`` nothing need be declared: a capital before a letter that stands alone as well is a factor.
    """
    if not 1 < len(name) < 5 or name in words.variables or words.is_called(name):
        return False
    if any(functions_glued_to(name)):
        return False
    if is_product_by_looks(name) or (len(name) == 2 and name[0].isupper() and name[1] in alone):
        return True
    return name not in SCALAR_LETTERS | MATRIX_LETTERS and all(letter in words.variables for letter in name)


_GREEK_PIECES = regex(r"(?:[Δδ∂d]?[^\W\d_])(?:_\w*$)?")
_LABELLED = frozenset("σμΣΠ")
"""Letters behind which another one may be the index that was lost: σx for σ_x; and the signs of sums."""


def _greek_product(name: str, words: Vocabulary, alone: set[str]) -> list[str]:
    """The factors of ``Xβ``, ``ΘS`` and ``λI``: no name is made of Greek letters and others side by side."""
    stem = name.partition("_")[0]
    if not 1 < len(stem) < 5 or stem.isascii() or name in words.variables or not stem.isalpha():
        return []
    pieces = _GREEK_PIECES.findall(name)
    if stem[1:] in ("max", "min") or len(pieces) < 2 or "".join(pieces) != name or pieces[0] in "∂d":
        return []
    if not all(piece[0].isascii() or "Α" <= piece[0] <= "ϵ" for piece in pieces):
        return []
    first, second = pieces[:2]
    if pieces[-1][0] in "ΣΠ" and "_" in pieces[-1]:
        return pieces  # the sign of a sum behind its factor: NΣ_i x_i
    is_label = first in _LABELLED and second[0].isascii() and second[0].islower()
    if is_label and second not in words.variables | alone:
        return []
    return pieces


_WITH_LABELS = regex(r"([A-Z])([a-z]_\w+)|([A-Z]_\d+)([a-z](?:_\w+)?)|([A-Z]_[a-z\d])([a-z]_\w+)")


_NUMBERED = regex(r"[A-Za-z]_?\d+")


def _labelled_product(name: str, words: Vocabulary) -> list[str]:
    """The factors of ``Ax_k``, ``W_1x`` and ``H_kx_k``: a capital, and a letter with an index; X_1X_2."""
    if name in words.variables or words.is_called(name):
        return []
    numbered = _NUMBERED.findall(name)
    if len(numbered) > 1 and "".join(numbered) == name and words.variables.issuperset(numbered):
        return list(numbered)
    found = _WITH_LABELS.fullmatch(name)
    if found is None:
        return []
    pieces = [piece for piece in found.groups() if piece is not None]
    return pieces if is_product_by_looks(name.partition("_")[0]) or "_" in pieces[0] else []


def _is_outer(tokens: list[Token], i: int, name: str, words: Vocabulary, alone: set[str]) -> bool:
    """Whether two letters are a product of vectors, the xx' of xx'/x'x, or a number and I, as in sI - A."""
    if len(name) != 2 or not name.isascii() or not name[0].islower() or name in words.variables:
        return False
    if words.is_called(name):
        return False
    if name[1] == "I":
        return "I" not in words.variables
    following = tokens[i + 1].type if i + 1 < len(tokens) else ""
    is_turned = following == "TRANSPOSE" or (following == "CARET" and tokens[i + 2 : i + 3] == ["T"])
    return is_turned and name.islower() and (name[0] == name[1] or {*name} <= {*alone, *words.variables})


def _is_defined(tokens: list[Token], i: int) -> bool:
    """Whether a word of capitals stands before its definition, QF = x'Ax, and is in no equation: Ax = b."""
    if i + 1 >= len(tokens) or tokens[i + 1].type != "EQUAL":
        return False
    rest = list(itertools.takewhile(lambda t: t.type not in ("COMMA", "SEMICOLON"), tokens[i + 2 :]))
    letters = {letter for t in rest if t.type == "NAME" and len(t) < 4 for letter in t}
    return len(rest) > 1 and letters.isdisjoint(str(tokens[i]))


def _is_transpose_glued(base: Token, name: str, words: Vocabulary) -> bool:
    """Whether an exponent is the T of a transpose with the next factor right behind it: X^TX."""
    is_name = name in words.variables or words.is_called(name) or base == "e"
    return (
        name[0] == "T" and name[1:].isalpha() and len(name) < 5 and not is_name and "T" not in words.variables
    )


def _cut(token: Token, start: int) -> Token:
    """The rest of a name from a place on."""
    cut = retyped(token, "NAME", str(token)[start - (token.start_pos or 0) :])
    cut.start_pos = start
    return cut
