r"""What a text says of its matrices beside the formula: ``P \succ 0``, ``A = A^\top``."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import MatgradError
from matgrad.core.lazy import regex
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token, cut
from matgrad.language.latex.looks import joined, say_something
from matgrad.language.latex.macros import Macros, expand, take_definitions
from matgrad.language.latex.pieces import split_statements, without_edges
from matgrad.language.latex.plain import plain_text

_ABOVE = {"≻": "positive definite", "⪰": "positive semidefinite"}
_BELOW = {"≺": "positive definite", "⪯": "positive semidefinite"}
_HINTS = regex(
    r"\\(?:succ|prec)|[≻⪰≺⪯]|\\(?:text|mathrm|mbox)\b"
    r"|=\s*-?\s*(?:\\[a-z]+\s*\{?)?[A-Za-z][^,=]{0,16}(?:\^|')|(?:\^[^,=]{1,9}|')\s*="
)
"""What a text holds that says a fact; all others need not be taken apart for it."""
_FILLING = frozenset(("is", "are", "a", "an", "and", "matrix", "matrices", "real", "being"))


def facts_in(text: str, macros: Macros | None = None) -> list[tuple[str, str, tuple[int, int]]]:
    r"""The names of which a text in LaTeX says a fact, each with the words that declare it and its place.

    Examples
    --------
    >>> from matgrad.language.latex.said_facts import facts_in
    >>> facts_in(r"x^\top P x, \quad P = P^\top \succ 0")
    [('P', 'symmetric positive definite', (18, 19))]
    """
    if not macros and not _HINTS.search(text):
        return []
    known = dict(macros or {})
    try:
        tokens = take_definitions(cut(text), known, text)
        tokens = say_something(expand(tokens, known, text), text)
        pieces = split_statements(without_edges(tokens), text)
    except MatgradError:
        return []  # What is wrong is said where the formula itself is read.
    said = [fact_said(piece.tokens) for piece in pieces]
    others = [_sides(piece.tokens)[0] for piece, fact in zip(pieces, said, strict=True) if fact is None]
    defined = {_key(sides[0]) for sides in others if len(sides) > 1}
    return [
        (plain_text(text[slice(*joined(fact[0]))]).strip("{} "), fact[1], joined(fact[0]))
        for fact in said
        if fact is not None and others and _key(fact[0]) not in defined
    ]


def fact_said(piece: Sequence[Token]) -> tuple[list[Token], str] | None:
    """The tokens of the name and the words for what a statement says of it, if it says a fact."""
    sides, signs = _sides(piece)
    if not signs:
        return _in_words(sides[0])
    if len(signs) > 1 and signs[-1] == "∈" and sides[-1] and sides[-1][0].text == "R":
        sides, signs = sides[:-1], signs[:-1]  # A = Aᵀ ∈ ℝ^{n×n}
    if len(sides) == 2 and _is_zero(sides[0]) and signs[0] in _BELOW and _is_name(sides[1]):
        return sides[1], _BELOW[signs[0]]
    words: list[str] = []
    name = sides[0] if _is_name(sides[0]) else _turned(sides[0]) or []
    if not name:
        return None
    for before, sign, side in zip(sides, signs, sides[1:], strict=False):
        if sign in _ABOVE and _is_zero(side):
            words.append(_ABOVE[sign])
        elif sign == "=" and {_key(before), _key(side)} == {_key(name), _key(name) + "ᵀ"}:
            words.append("symmetric")
        elif sign == "=" and {_key(before), _key(side)} in (
            {_key(name) + "ᵀ", "-" + _key(name)},
            {_key(name), "-" + _key(name) + "ᵀ"},
        ):
            words.append("skew")
        else:
            return None
    return name, " ".join(words)


def _sides(piece: Sequence[Token]) -> tuple[list[list[Token]], list[str]]:
    """What stands between the relations of a statement, and the relations."""
    sides: list[list[Token]] = [[]]
    signs: list[str] = []
    depth = 0
    for token in piece:
        depth += (token.kind == "open" or token.is_sign("{")) - (token.kind == "close" or token.is_sign("}"))
        if token.kind == "relation" and not depth:
            signs.append(token.text)
            sides.append([])
        elif not (token.kind in ("gap", "row") or token.is_sign("&")):
            sides[-1].append(token)
    return sides, signs


def _in_words(tokens: Sequence[Token]) -> tuple[list[Token], str] | None:
    r"""``A \text{ is symmetric}``: a name and what a word behind it says."""
    if len(tokens) < 2 or tokens[-1].kind != "word" or not _is_name(tokens[:-1]):
        return None
    words = without_filling(tokens[-1].text)
    return (list(tokens[:-1]), " ".join(words)) if words else None


def without_filling(text: str) -> list[str]:
    """The words of a text that may be facts, in small letters."""
    return [w for w in text.replace("-", " ").lower().strip(" .,;").split() if w not in _FILLING]


def _is_zero(side: Sequence[Token]) -> bool:
    return len(side) == 1 and (side[0].text in ("0", "𝟎"))


def _is_name(side: Sequence[Token]) -> bool:
    """Whether a side is one letter with its accents and what stands below it."""
    below = next((i for i, t in enumerate(side) if t.is_sign("_")), len(side))
    front = [
        t for t in side[:below] if not t.is_sign("{}") and not t.is_command(*c.ACCENTS, *c.SILENT_ACCENTS)
    ]
    is_letter = len(front) == 1 and (
        front[0].kind == "letter" or (front[0].kind == "command" and front[0].text in c.LETTERS)
    )
    rest = side[below:]
    return is_letter and all(
        t.kind in ("letter", "number", "word")
        or t.is_sign("_{},")
        or (t.kind == "command" and t.text in c.LETTERS)
        for t in rest
    )


def _turned(side: Sequence[Token]) -> list[Token] | None:
    """The name that a side is the transpose of."""
    end = len(side)
    while end and side[end - 1].is_sign("}"):
        end -= 1
    if end and side[end - 1].is_sign("'"):
        name = list(side[: end - 1])
    else:
        above = next((i for i, t in enumerate(side) if t.is_sign("^")), None)
        sign = [] if above is None else [t for t in side[above + 1 :] if not t.is_sign("{}")]
        is_sign = len(sign) == 1 and (sign[0].is_command(*c.TRANSPOSE_COMMANDS) or sign[0].text == "T")
        name = list(side[:above]) if is_sign else []
    return name if name and _is_name(name) else None


def _key(side: Sequence[Token]) -> str:
    """A side as text, a transpose by its sign."""
    front, rest = ("-", side[1:]) if side and side[0].is_sign("-") else ("", side)
    turned = _turned(rest)
    name = rest if turned is None else turned
    return front + " ".join(t.text for t in name if not t.is_sign("{}")) + ("" if turned is None else "ᵀ")
