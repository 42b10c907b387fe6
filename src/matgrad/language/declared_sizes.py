"""Sizes written without blanks, where a sign may be a part of a word: ``2x3xn``, ``n-dim``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from matgrad.core.dims import Dim
from matgrad.core.errors import DeclarationError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.names import is_letter

_SHORT = r"(?:\d*[A-Za-z](?:_?\d+)?|\d+)"
JOINED = regex(rf"({_SHORT})x({_SHORT})$")
"""Two sizes with nothing but an x between them: ``mxn``."""
_HYPHENED = regex(r"(?<=[\w)])-(?=[^\W\d_]{2,})")


def check_joined(text: str, parts: Iterable[tuple[int, str]], whole: str, place: int) -> None:
    """Refuse an x between sizes that may be the sign × or a part of a name: ``2x3xn``, ``(n+1)xn``.

    Raises
    ------
    DeclarationError
        With the spelling that has one meaning.
    """
    for offset, part in parts:
        for run in re.finditer(r"\w+", part):
            if part.count("(", 0, run.start()) > part.count(")", 0, run.start()):
                continue  # the sizes in brackets are one
            pieces = run[0].split("x")
            before, after = part[run.start() - 1 : run.start()], part[run.end() : run.end() + 1]
            pieces[0] = pieces[0] or ("1" if before == ")" else "")
            pieces[-1] = pieces[-1] or ("1" if after == "(" else "")
            if len(pieces) > 1 and all(re.fullmatch(_SHORT, piece) for piece in pieces):
                start = place + offset + run.start()
                raise DeclarationError(
                    phrase("the x of {text} may be the sign × or a part of a name", text=repr(text)),
                    fix=f"{part[: run.start()]}{run[0].replace('x', '×')}{part[run.end() :]}",
                    text=whole,
                    span=(start, start + len(run[0])),
                )


def lengths_of_vec(shapes: Iterable[tuple[Dim | None, Dim | None]], names: Set[str]) -> dict[str, Dim]:
    """The sizes that are named by the two of a matrix: mn, the length of vec(X), beside X: m×n.

    A dk beside d and k is another name unless there is a d×k matrix.

    Examples
    --------
    >>> from matgrad.core.dims import dims
    >>> m, n = dims("m, n")
    >>> {name: str(size) for name, size in lengths_of_vec([(m, n)], {"m", "n", "mn"}).items()}
    {'mn': 'm*n'}
    """
    found: dict[str, Dim] = {}
    for rows, columns in shapes:
        if rows is None or columns is None or not (is_letter(str(rows)) and is_letter(str(columns))):
            continue
        for name in (f"{rows}{columns}", f"{columns}{rows}"):
            if name in names:
                found[name] = rows * columns
    return found


def check_hyphen(part: str, whole: str, where: tuple[int, int]) -> None:
    """Refuse ``n-dim`` and ``n-element``, which are words as often as differences.

    Raises
    ------
    DeclarationError
        With the spelling of the difference.
    """
    hyphen = _HYPHENED.search(part)
    if hyphen is not None:
        spaced = f"{part[: hyphen.start()]} - {part[hyphen.end() :]}"
        raise DeclarationError(
            phrase("{part} may be one word or a difference", part=repr(part.strip())),
            fix=phrase("{spaced}, with blanks, for the difference", spaced=spaced),
            text=whole,
            span=where,
        )
