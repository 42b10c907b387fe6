"""Signs that results are printed with, where a text that is typed has a name: [a]×, L_expm(X, V), V(A)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from matgrad.core.lazy import regex
from matgrad.language.names import Vocabulary
from matgrad.language.tokens import placed, retyped
from matgrad.ops.registry import FUNCTIONS

if TYPE_CHECKING:
    from lark import Token

_APPLIED = {
    "Φ": "half_tril",
    "V": "eigenvectors",
    "λ": "eigenvalues",
    "u_1": "top_left_singular_vector",
    "v_1": "top_right_singular_vector",
}
"""Letters that stand for a function before a bracket, where no variable can be meant."""

_FRECHET = {"L_": "frechet_", "K_": "frechet_matrix_"}
_ENTRY = regex(r"([A-Z])_([1-9])([1-9])|([a-z])_([1-9]\d*)")
_WITH_UNITS = regex(r"(?P<letters>[^\W\d_]*?)(?P<units>(?:e_\d+)+)")
_UNIT = regex(r"e_\d+")


def as_typed(tokens: Sequence[Token], words: Vocabulary) -> Iterator[Token]:
    """The tokens with names in the place of printed signs.

    ``[a]×`` with the cross right behind the bracket is the matrix of the cross product, 𝟏[x = max] the
    places of the largest entry, and L_expm(X, V) a derivative of the exponential. In an answer, whose
    names are all known, V(A) are eigenvectors, X_12 is an entry, and BXe₂ are factors.
    """
    found = list(tokens)
    is_whole = words.vec_signs.is_whole
    for i, token in enumerate(found):
        if token.type == "RSQB":
            _close_bracket(found, i)
        elif token.type == "NAME" and str(token) not in words.variables:
            name = _function(str(token), is_whole)
            following = found[i + 1] if i + 1 < len(found) else None
            if name and following is not None and following.type == "LPAR":
                found[i] = retyped(token, "NAME", name)
    for token in found:
        yield from _factors(token, words) if is_whole and token.type == "NAME" else (token,)


def _function(name: str, is_whole: bool) -> str:
    """The function that is printed as a name is; empty where none is."""
    derivative = _FRECHET.get(name[:2], "") + name[2:]
    if derivative != name and name[:2] in _FRECHET and derivative in FUNCTIONS:
        return derivative
    return _APPLIED.get(name, "") if is_whole else ""


def _close_bracket(tokens: list[Token], end: int) -> None:
    """Write ``[a]×`` and ``𝟏[x = max]`` as calls, at the bracket that closes."""
    cross = tokens[end + 1] if end + 1 < len(tokens) else None
    is_cross = cross is not None and cross.type == "CROSS" and cross.start_pos == tokens[end].end_pos
    is_extremum = [t.type for t in tokens[max(end - 2, 0) : end]] == ["EQUAL", "NAME"]
    if not (is_cross or is_extremum):
        return  # before the bracket that opens is looked for: a text may hold many brackets
    depth = start = 0
    for start in range(end, -1, -1):
        depth += (tokens[start].type in ("RSQB", "RPAR")) - (tokens[start].type in ("LSQB", "LPAR"))
        if depth == 0:
            break
    inside = tokens[start + 1 : end]
    if depth or not inside or any(token.type in ("COMMA", "SEMICOLON", "COLON") for token in inside):
        return
    before = tokens[start - 1] if start else None
    if before is not None and before.type == "ONES" and is_extremum:
        extremum = str(inside[-1])
        if extremum in ("max", "min"):
            tokens[start - 1] = retyped(before, "NAME", f"onehot_{extremum}")
            tokens[start : end + 1] = [
                retyped(tokens[start], "LPAR", "("),
                *_absolute(inside[:-2]),
                _closed(tokens[end]),
            ]
        return
    if cross is None or not is_cross:
        return
    opened = tokens[start]
    is_index = before is not None and before.type == "NAME" and before.end_pos == opened.start_pos
    if not is_index or "".join(inside).isdigit() is False:
        name = retyped(opened, "NAME", "skew_matrix", opened.start_pos)
        call = [name, retyped(opened, "LPAR", "("), *inside, retyped(cross, "RPAR", ")")]
        tokens[start : end + 2] = call


def _absolute(tokens: list[Token]) -> list[Token]:
    """``|x|`` as abs(x), which bars round a vector are where its entries are compared."""
    bars = [i for i, token in enumerate(tokens) if token.type == "BAR"]
    if bars != [0, len(tokens) - 1]:
        return tokens
    opened = tokens[0]
    name = retyped(opened, "NAME", "abs", opened.start_pos)
    return [name, retyped(opened, "LPAR", "("), *tokens[1:-1], _closed(tokens[-1])]


def _closed(token: Token) -> Token:
    return retyped(token, "RPAR", ")")


def _factors(token: Token, words: Vocabulary) -> Iterator[Token]:
    """The letters and unit vectors of ``BXe₂``, and the entry that ``X_12`` is."""
    name, start = str(token), token.start_pos or 0
    entry = None if name in words.variables else _ENTRY.fullmatch(name)
    if entry is not None and name[0] in words.variables:
        yield from _index(token, [part for part in entry.groups()[1:] if part and part.isdigit()])
        return
    glued = None if name in words.variables else _WITH_UNITS.fullmatch(name)
    if glued is None or (not glued["letters"] and len(glued["units"]) < 4):
        yield token
        return
    letters, units = glued["letters"], _UNIT.findall(glued["units"])
    if not words.variables.issuperset(letters):
        yield token
        return
    for letter in letters:
        yield placed(letter, start)
        start += 1
    for unit in units:
        yield retyped(placed("e", start), "NAME", unit, start + len(unit))
        start += len(unit)


def _index(token: Token, places: Sequence[str]) -> Iterator[Token]:
    """The tokens of X[1, 2] where X_12 stands."""
    start = (token.start_pos or 0) + 1
    yield placed(str(token)[0], start - 1)
    yield retyped(placed("[", start), "LSQB")
    start += 1
    for k, place in enumerate(places):
        if k:
            yield retyped(placed(",", start), "COMMA", ",", start)
        yield retyped(placed(place, start), "NUMBER", place, start + len(place))
        start += len(place)
    yield retyped(placed("]", start), "RSQB", "]", start)
