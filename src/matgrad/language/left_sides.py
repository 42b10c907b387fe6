"""What stands left of an equals sign: a name, a function of names, or what is only said of the right side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language.names import is_capital
from matgrad.language.syntax import Statement
from matgrad.language.tokens import span

if TYPE_CHECKING:
    from lark import Token


_STATED = frozenset(("tr", "Tr", "trace", "det", "vec", "diag", "logdet"))
"""Functions of which a formula states a value, and does not define them."""
_LIKELIHOODS = frozenset("lpqfℓπ")
"""Letters of which the logarithm is given as a formula: log p = …"""


def head_length(tokens: Sequence[Token]) -> int:
    """The number of tokens of ``Y =`` or ``f(x) =`` at the start; 0 where there is none."""
    if len(tokens) < 2 or tokens[0].type != "NAME":
        return _length_of_remark(tokens)
    if tokens[1].type == "EQUAL":
        return 2
    if tokens[1].type != "LPAR" or tokens[0] in _STATED:
        return _length_of_remark(tokens)
    i = 2
    while i + 1 < len(tokens) and tokens[i].type == "NAME" and tokens[i + 1].type in ("COMMA", "RPAR"):
        i += 2
        if tokens[i - 1].type == "RPAR":
            return i + 1 if i < len(tokens) and tokens[i].type == "EQUAL" else 0
    return _length_of_remark(tokens)


def _length_of_remark(tokens: Sequence[Token]) -> int:
    """The number of tokens of what is said left of an equals sign and used nowhere else.

    So are the ``log L`` of log L = k log p, the ``x(k+1)`` of x(k+1) = A u, ``x_{k+1}``, ``σ²`` and ``x^*``.
    Where a name of it stands on the right as well, this is an equation.
    """
    kinds = [token.type for token in tokens]
    if "EQUAL" not in kinds:
        return 0
    at = kinds.index("EQUAL")
    left, right = tokens[:at], tokens[at + 1 :]
    names = [str(token) for token in left if token.type == "NAME"]
    start = 1 if kinds[:1] == ["MINUS"] else 0
    is_logarithm = names[:1] in (["log"], ["ln"]) and kinds[start] == "NAME"
    named = start + 1 if is_logarithm else 0
    if start and not is_logarithm:
        return 0
    if kinds[named : named + 1] != ["NAME"] or left[named] in _STATED or not right:
        return 0
    after = kinds[named + 1 : at]
    is_called = after[:1] == ["LPAR"] and after[-1] == "RPAR" and after.count("LPAR") == 1
    is_indexed = after[:1] == ["LBRACE"] and after[-1] == "RBRACE" and left[named].endswith("_")
    is_raised = after in (["SUPERSCRIPT"], ["CARET", "STAR"], ["CARET", "NUMBER"])
    if not (is_called or is_indexed or is_raised or (is_logarithm and not after)):
        return 0
    if is_logarithm and not after and not (is_capital(names[1]) or names[1] in _LIKELIHOODS):
        return 0
    is_used = any(token.type == "NAME" and token == left[named] for token in right)
    return 0 if is_used and not is_called and not is_indexed else at + 1


def head(piece: list[Token], after_where: bool, text: str) -> Statement:
    """The statement that a piece is, its tree not read yet."""
    place = (span(piece[0])[0], span(piece[-1])[1])
    length = head_length(piece)
    if after_where and length != 2:
        raise ParseError(
            phrase("after where stand definitions"),
            fix=_solved(piece, text) or phrase("where Y = A X, Z = Y'"),
            text=text,
            span=place,
        )
    if not length:
        return Statement(place)
    if length == _length_of_remark(piece) and not _is_function(piece, length):
        return Statement(place, is_binding=after_where)
    parameters = tuple(str(t) for t in piece[2 : length - 2] if t.type == "NAME")
    return Statement(place, str(piece[0]), parameters, span(piece[0]), after_where)


def _solved(piece: list[Token], text: str) -> str:
    """The definition that a linear system M c = b is: c = inv(M) b; empty where the piece is none."""
    signs = [token.type for token in piece]
    at = signs.index("EQUAL") if signs.count("EQUAL") == 1 else 0
    if at < 2 or at + 1 == len(piece) or signs[at - 1] != "NAME":
        return ""
    matrix, name, right = piece[: at - 1], piece[at - 1], piece[at + 1 :]
    matrix = matrix[:-1] if matrix[-1].type == "STAR" else matrix
    is_enclosed = _closing(matrix) == len(matrix) - 1 > 1
    is_one = len(matrix) == 1 and matrix[0].type == "NAME"
    if not (is_one or is_enclosed) or any(str(token) == str(name) for token in (*matrix, *right)):
        return ""
    first, last = (matrix[1], matrix[-2]) if is_enclosed else (matrix[0], matrix[0])
    written, value = (text[span(a)[0] : span(b)[1]] for a, b in ((first, last), (right[0], right[-1])))
    return (
        f"where {name} = inv({written}) {value}"
        if len(right) == 1
        else f"where {name} = inv({written}) ({value})"
    )


def _closing(piece: Sequence[Token]) -> int:
    """The place of the bracket that closes the one a piece begins with; 0 where it begins with none."""
    depth = 0
    for place, token in enumerate(piece):
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if not depth:
            return place
    return 0


def name_first(piece: list[Token]) -> list[Token]:
    """The P = P² of P² = P, P P = P and P' = P, which say something of P."""
    kinds = [token.type for token in piece]
    at = kinds.index("EQUAL") if kinds.count("EQUAL") == 1 else 0
    names = {str(token) for token in piece if token.type == "NAME"}
    if at < 2 or kinds[at + 1 :] != ["NAME"] or len(names) != 1 or not is_capital(min(names)):
        return piece
    return [*piece[at + 1 :], piece[at], *piece[:at]]


def _is_function(piece: Sequence[Token], length: int) -> bool:
    """Whether a left side is a name, or a function of names alone: f(x, y)."""
    inside = piece[2 : length - 2]
    return length == 2 or all(t.type == ("COMMA" if k % 2 else "NAME") for k, t in enumerate(inside))
