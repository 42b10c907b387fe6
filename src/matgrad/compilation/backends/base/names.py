"""The names of generated code: each is new, one that its language accepts, and no word of that language.

Variables, dimensions, functions, imports and temporaries of one function take their names from one
:class:`Names`, so that none hides another. Whatever a variable is called, letters, digits and underscores
are all that reaches the source.
"""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.labels import goes_by
from matgrad.core.words import phrase

PYTHON_WORDS = frozenset({*keyword.kwlist, *dir(builtins)})
"""What no variable of a Python function is called."""


def spelling(name: str) -> str:
    """A name in letters, digits and underscores, as Python's parser reads it.

    Python folds letters that are forms of one another (ϕ and φ, µ and μ, ℓ and l): NFKC, PEP 3131.
    """
    if name.isascii() and name.isidentifier():
        return name
    shown = "".join(
        c if c.isidentifier() or c.isdigit() else "_" for c in unicodedata.normalize("NFKC", name)
    )
    shown = unicodedata.normalize("NFKC", shown)
    return shown if shown.isidentifier() else f"x{shown}" if f"x{shown}".isidentifier() else "x"


class Names:
    """The names that one function of generated code has used.

    Parameters
    ----------
    reserved : iterable of str
        Words of the language, and what the text refers to.
    spell : callable
        Brings a name to the letters of the language.
    longest : int, optional
        How many characters the language tells apart.

    Examples
    --------
    >>> names = Names({"np"})
    >>> [names.claim(name) for name in ("np", "x'", "x_", "ϕ", "φ")]
    ['np_', 'x_', 'x__', 'φ', 'φ_']
    >>> names.fresh("t")
    't1'
    """

    def __init__(
        self,
        reserved: Iterable[str] = (),
        spell: Callable[[str], str] = spelling,
        longest: int | None = None,
    ) -> None:
        self.reserved = frozenset(reserved)
        self._taken = set(self.reserved)
        self._spell = spell
        self._longest = longest
        self._numbers: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """The nearest free name to the one that is wanted; it is taken from now on."""
        name = stem = self._spell(wanted)[: self._longest]
        behind = ""
        while name in self._taken:
            behind += "_"
            # Cut, so that what tells two long names apart is among the characters that count.
            name = (stem if self._longest is None else stem[: self._longest - len(behind)]) + behind
        self._taken.add(name)
        return name

    def fresh(self, letter: str) -> str:
        """A new name for a value: the letter and a number."""
        number = self._numbers.get(letter, 0) + 1
        while f"{letter}{number}" in self._taken:
            number += 1
        self._numbers[letter] = number
        self._taken.add(f"{letter}{number}")
        return f"{letter}{number}"

    def claim_function(self, name: object) -> str:
        """The name of the function itself, which must be free as it stands.

        Raises
        ------
        ArgumentError
            Where it is no name of the language, or one of its words.
        """
        if not isinstance(name, str) or not name or self._spell(name) != unicodedata.normalize("NFKC", name):
            raise ArgumentError(
                phrase("{name} is not a name for a function", name=repr(name)), fix='"gradient"'
            )
        if self._spell(name) in self._taken:
            raise ArgumentError(
                phrase("{name} is a word that the code needs, and no name for a function", name=repr(name)),
                fix=f'"{name}_value"',
            )
        return self.claim(name)


def as_named(given: Mapping[str, Any], labels: Iterable[str]) -> dict[str, Any]:
    """Arguments by the names of variables, where Python has folded the letters of a keyword.

    ``f(ϕ=1)`` reaches a function as ``f(φ=1)``; where one variable alone folds to that name, it is meant.
    """
    known = list(labels)
    found: dict[str, Any] = {}
    for name, value in given.items():
        folded = [] if name in known else [n for n in known if unicodedata.normalize("NFKC", n) == name]
        folded = folded or ([] if name in known else [n for n in known if goes_by(n, name)])
        found[folded[0] if len(folded) == 1 and folded[0] not in given else name] = value
    return found


def remark(text: str) -> str:
    """The text of a comment: one line of what can be printed, whatever it speaks of."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)
