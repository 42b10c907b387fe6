"""Names for what no line holds and none may end in: long denominators, arguments of roots, exponents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from matgrad.core.lazy import regex
from matgrad.typesetting.atoms import Atom, Kind, atoms_of, joined, tokens_of, width
from matgrad.typesetting.breaking import broken, widest
from matgrad.typesetting.rows import DEFINED, Row

_LETTERS = "rsquvwchgpabkzyt"
"""Letters of names, the most usual first; one that a row uses is left to it."""
_USED = regex(r"\\[A-Za-z]+|[A-Za-z]")
_NUMBER = regex(r"\^(?:\d|\{-?[\d/]+\})$")
_OPENING = {"(": ")", "{": "}", r"\left": r"\right"}
_SHORTEST = 40.0
"""What is narrower than so many points gets no name."""


def shortened(rows: Sequence[Row], room: float) -> list[Row]:
    """Rows of which each can be broken into lines that fit; names are defined below their first use.

    Parameters
    ----------
    rows : sequence of Row
        The rows.
    room : float
        The width of what stands right of the relations, in points.
    """
    out, letters = list(rows), _unused(rows)
    at = 0
    while at < len(out):
        while widest(broken(out[at].right, room)) > room and (piece := _widest_piece(out[at].right)):
            name = next(letters)
            with_name = [replace(row, right=_with_name(row.right, piece, name)) for row in out[at:]]
            if with_name[0] == out[at]:
                break
            out[at:] = [with_name[0], Row(name, DEFINED, piece), *with_name[1:]]
        at += 1
    return out


def _unused(rows: Iterable[Row]) -> Iterator[str]:
    used = {
        letter for row in rows for text in (row.left, row.right, row.reason) for letter in _USED.findall(text)
    }
    free = [letter for letter in _LETTERS if letter not in used]
    yield from free
    yield from (rf"{free[0] if free else 'r'}_{{{number}}}" for number in count(1))


def _widest_piece(text: str) -> str | None:
    """Of the pieces that no line ends in, the widest: of a power what is raised."""
    pieces = [piece for piece in map(_raised, _whole_pieces(atoms_of(text))) if width(piece) >= _SHORTEST]
    return max(pieces, key=width, default=None)


def _whole_pieces(atoms: Iterable[Atom]) -> Iterator[str]:
    for atom in atoms:
        yield from atom.whole
        yield from _whole_pieces((*atom.inside, *atom.above))
        for piece in atom.whole:
            yield from _whole_pieces(atoms_of(piece))


def _raised(piece: str) -> str:
    """What is raised or rooted in a piece that is a multiple of a power, and any other piece as it is."""
    atoms = atoms_of(piece)
    if not atoms or any(atom.kind is Kind.BINARY for atom in _outermost(atoms)):
        return piece
    last = atoms[-1]
    if last.inside and last.ends[0] == "(" and (len(atoms) == 1 or _NUMBER.search(last.text)):
        return joined(last.inside)
    if last.text.startswith(r"\sqrt") and last.whole:
        return _raised(last.whole[0])
    if last.kind is Kind.CLOSE and _NUMBER.search(last.text):
        start = _opening(atoms)
        if start == 0 or atoms[start - 1].kind is not Kind.OPERATOR:
            return joined(atoms[start + 1 : -1])
    return piece


def _opening(atoms: Sequence[Atom]) -> int:
    """Where the bracket opens that the last atom closes."""
    depth = 0
    for at in range(len(atoms) - 1, -1, -1):
        depth += {Kind.CLOSE: 1, Kind.OPEN: -1}.get(atoms[at].kind, 0)
        if depth == 0:
            return at
    return 0


def _outermost(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """The atoms outside of brackets."""
    depth = 0
    for atom in atoms:
        depth -= atom.kind is Kind.CLOSE
        if depth == 0:
            yield atom
        depth += atom.kind is Kind.OPEN


def _terms(text: str) -> tuple[str, ...]:
    """The terms of a sum with their signs, whatever order they stand in."""
    terms, depth = ["+"], 0
    for token in tokens_of(text):
        depth += {"(": 1, "{": 1, r"\left": 1, ")": -1, "}": -1, r"\right": -1}.get(token, 0)
        if token in "+-" and depth == 0:
            terms.append(token)
        elif not token.isspace():
            terms[-1] += token
    return tuple(sorted(term for term in terms if len(term) > 1))


def _with_name(text: str, piece: str, name: str) -> str:
    """The text with a name wherever brackets or braces hold the piece and nothing else."""
    sought, tokens = _terms(piece), tokens_of(text)
    for start, stop, inner in sorted(_groups(tokens), key=lambda group: group[1] - group[0]):
        if _terms("".join(inner)) == sought:
            before = next((token for token in reversed(tokens[:start]) if not token.isspace()), "")
            ends = ("{", "}") if tokens[start] == "{" else ("(", ")") if _is_function(before) else ("", "")
            new = [ends[0], name, ends[1]]
            if not new[0] and start and tokens[start - 1][-1:].isalnum():
                new[0] = " "
            return _with_name("".join([*tokens[:start], *new, *tokens[stop:]]), piece, name)
    return text


def _is_function(token: str) -> bool:
    return token == "}" or (token[:1] == "\\" and token[1:2].isalpha()) or token.isalpha()


def _groups(tokens: Sequence[str]) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Where brackets and braces open and are closed, and what stands between them."""
    opened: list[tuple[int, str]] = []
    for at, token in enumerate(tokens):
        if token in _OPENING and not (token == "(" and at and tokens[at - 1] == r"\left"):
            opened.append((at, _OPENING[token]))
        elif opened and token == opened[-1][1]:
            start, closing = opened.pop()
            tall = closing == r"\right"
            if not tall:
                yield start, at + 1, tokens[start + 1 : at]
            elif tokens[start + 1] == "(":
                yield start, at + 2, tokens[start + 2 : at]
