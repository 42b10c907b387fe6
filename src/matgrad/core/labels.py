"""What a name may hold: names are written into code, comments, LaTeX and messages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from matgrad.core.errors import ArgumentError
from matgrad.core.lazy import regex
from matgrad.core.words import Phrase, phrase

_PLAIN = regex(r"[A-Za-z][A-Za-z0-9_]*")
_PRIMES = "'’′"
_MORE_IN_STAND_INS = frozenset(".#?∂[](),:")


_VARIABLE = Phrase("a variable")


def check_label(name: object, what: Phrase = _VARIABLE) -> str:
    """The name, if it is one.

    Raises
    ------
    ArgumentError
        For anything but letters, digits, underscores and primes: a name is never a piece of code.
    """
    if isinstance(name, str) and (_PLAIN.fullmatch(name) or _is_name(name)):
        return name
    shown = repr(name)
    suggestion = re.sub(r"\W+", "_", name).strip("_") if isinstance(name, str) else ""
    raise ArgumentError(
        phrase(
            "{name} is not a name for {kind}: a name holds letters, digits, underscores and primes",
            name=shown if len(shown) < 60 else shown[:57] + "…",
            kind=what,
        ),
        fix=f'"{suggestion[:40]}"' if _PLAIN.fullmatch(suggestion) else '"x_1"',
    )


_MARKED = regex(r"(.+)_(sup|sq)([^\W_]+)")
"""A name with a label in brackets above it: W_sup1 is W⁽¹⁾, and W_sq1 the W with [1] above."""


def taken_apart(name: str) -> tuple[str, str, str] | None:
    """A name without the label above it, the kind of its brackets, and the label, where it has one."""
    match = _MARKED.fullmatch(name)
    return None if match is None else (match[1], match[2], match[3])


def without_mark(name: str) -> str:
    """A name with its label below: W_1 for W⁽¹⁾, as it is typed where nothing stands above the line."""
    apart = taken_apart(name)
    return name if apart is None else f"{apart[0]}_{apart[2]}"


def goes_by(label: str, name: str) -> bool:
    """Whether a variable goes by a name that is typed otherwise: W_1 for W⁽¹⁾, ell_0 for ℓ_0, sigma for σ."""
    return _squeezed(without_mark(label)) == _squeezed(name)


def _squeezed(name: str) -> str:
    for variant, letter in (
        ("ℓ", "ell"),
        ("varepsilon", "epsilon"),
        ("vartheta", "theta"),
        ("varphi", "phi"),
    ):
        name = name.replace(variant, letter)
    return "".join(map(_spelled, name)).replace("_", "")


def _spelled(letter: str) -> str:
    """A Greek letter in Latin ones: sigma for σ."""
    kind, _, word = unicodedata.name(letter, "").partition(" LETTER ")
    if kind not in ("GREEK SMALL", "GREEK CAPITAL") or " " in word:
        return letter
    word = word.replace("LAMDA", "LAMBDA")
    return word.lower() if kind.endswith("SMALL") else word.capitalize()


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with _ behind it while it is taken."""
    while name in taken:
        name += "_"
    return name


def _is_name(name: str) -> bool:
    first, rest = name[:1], name[1:].rstrip(_PRIMES)
    return (first == "_" or unicodedata.category(first or " ")[0] == "L") and all(
        c == "_" or unicodedata.category(c)[0] in "LMN" for c in rest
    )


def check_stand_in(name: str) -> str:
    """The name of a stand-in: words of names, with signs between them that no name of a user holds.

    Stand-ins are never shown; that they hold no quotes and no ends of lines is seen to all the same.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    for word in name.split(" "):
        plain = "".join(c for c in word if c not in _MORE_IN_STAND_INS and c not in _PRIMES)
        if not word or not all(c == "_" or unicodedata.category(c)[0] in "LMN" for c in plain):
            check_label(name)
    return name
