"""What a name may hold: names are written into code, comments, LaTeX and messages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from matgrad.core.errors import ArgumentError

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SIGNS = frozenset("_'’′.#?∂")
"""What may stand in a name beside letters, marks and digits; ``.``, ``#`` and ``?`` are in names of ours."""


def check_label(name: object, what: str = "a variable") -> str:
    """The name, if it is one.

    Raises
    ------
    ArgumentError
        For anything but letters, digits, underscores and primes: a name is never a piece of code.
    """
    if isinstance(name, str):
        if _PLAIN.fullmatch(name):
            return name
        words = name.split(" ")  # names of stand-ins are phrases: "the inner part"
        if all(words) and all(c in _SIGNS or unicodedata.category(c)[0] in "LMN" for c in "".join(words)):
            return name
    shown = repr(name)
    raise ArgumentError(
        f"{shown if len(shown) < 60 else shown[:57] + '…'} is not a name for {what}: "
        "a name holds letters, digits, underscores and primes",
        fix='"x_1"',
    )


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with _ behind it while it is taken."""
    while name in taken:
        name += "_"
    return name
