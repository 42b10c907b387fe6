r"""Subscripts and superscripts: the one place that attaches them, so that none meets another.

TeX refuses a second script of one kind (``X_{a}_{12}``), and readers take X₁₂ for one name; what has a
subscript already is put in brackets: ``(X_{a})_{12}``.
"""

from __future__ import annotations

import re
from typing import Literal

from matgrad.core.lazy import regex

Mark = Literal["_", "^"]

_TOKEN = regex(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_INDEXED = regex(r"(?:_\w+|_\([^()]*\)|[₀-₉]+)$")


def scripts_at_end(text: str) -> set[str]:
    """The kinds of scripts that the last sign of a LaTeX text has: ``_``, ``^`` or both."""
    found: set[str] = set()
    tokens = [match[0] for match in _TOKEN.finditer(text) if not match[0].isspace()]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token in ("_", "^"):
            found.add(token)
            place = _end_of_argument(tokens, place)
        elif token == "'":
            found.add("^")
        else:
            found = set()
            if token == "{":
                place = _end_of_argument(tokens, place - 1)
    return found


def _end_of_argument(tokens: list[str], place: int) -> int:
    """The place after a group in braces, or after a single token."""
    depth = 0
    while place < len(tokens):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        place += 1
        if not depth:
            break
    return place


def ready_for(text: str, mark: str, tall: bool = False) -> str:
    """A LaTeX text that a script can be attached to: in brackets where it has one of the kind."""
    if mark not in scripts_at_end(text):
        return text
    return rf"\left({text}\right)" if tall else f"({text})"


def attached(text: str, mark: Mark, script: str, tall: bool = False) -> str:
    """A LaTeX text with a script attached."""
    return f"{ready_for(text, mark, tall)}{mark}{{{script}}}"


def ready_for_index(text: str) -> str:
    """A Unicode text that an index can be attached to: a name with one of its own is in brackets."""
    return f"({text})" if _INDEXED.search(text) else text
