"""Indices among declarations: ``i = 1..N``, and the subscripts that are made of them."""

from __future__ import annotations

import re
from collections.abc import Container

from matgrad.core.dims import Dim
from matgrad.core.errors import DeclarationError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.declared_shapes import read_dim
from matgrad.language.names import plain, with_subscripts

_RANGE = regex(
    r"(?:(?P<name>[^\W\d_]\w*)\s*(?:=|:|∈|\bin\b)\s*(?:(?:index|from)\s+)?(?P<first>[^\s.:…,]+)\s*"
    r"(?:\.\.+|…|:|\bto\b)\s*(?P<last>[^.:…]+)"
    r"|(?P<low>\d+)\s*(?:≤|<=)\s*(?P<between>[^\W\d_]\w*)\s*(?:≤|<=)\s*(?P<high>.+))"
)
"""``i = 1..N``, ``i ∈ 1..N``, ``1 ≤ i ≤ N``."""


def letters_of(below: str, ranges: Container[str]) -> list[str]:
    """The indices that a subscript is made of; none where it is a name like any other."""
    if below in ranges:
        return [below]
    if below and all(letter in ranges for letter in below):
        return list(below)
    parts = below.split("_")
    return parts if len(parts) > 1 and all(part in ranges for part in parts) else []


def read_member(name: str, ranges: Container[str]) -> tuple[str, list[str]]:
    """The family and the indices that a name is a member of; without indices where it is of none."""
    for base, below in with_subscripts(name):
        letters = letters_of(below, ranges)
        if letters:
            return base, letters
    return name, []


def index_range(segment: str, text: str, place: int) -> tuple[str, int, Dim] | None:
    """The index that a piece declares, its first and its last value; ``None`` where it declares none.

    Raises
    ------
    DeclarationError
        Where it starts neither at 1 nor at 0.
    """
    match = _RANGE.fullmatch(segment)
    if match is None:
        return None
    name, group = (match["name"], "last") if match["name"] else (match["between"], "high")
    first = match["first"] or match["low"]
    if first not in ("0", "1"):
        raise DeclarationError(
            phrase("a family is counted from 1 or from 0, and {name} from {first}", name=name, first=first),
            fix=f"{name} = 1..N",
            text=text,
        )
    return plain(name), int(first), read_dim(match[group].strip(), text, place + match.start(group))


_READING = regex(
    r"(?P<base>[^\W\d_][^\W_]*)_(?P<below>[^\W_]+)\s*=\s*(?P<text>[^=<>]*\[[^=]*\].*)", re.DOTALL
)


def reading_of(segment: str) -> tuple[str, tuple[str, ...], str] | None:
    """The name, the indices and the text of ``x_i = X[i,:]'``; ``None`` for any other piece."""
    match = _READING.fullmatch(segment)
    return None if match is None else (plain(match["base"]), tuple(match["below"]), match["text"].strip())
