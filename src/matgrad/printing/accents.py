"""Accents of names: ``y_hat`` is ŷ, with a hat in a textbook too."""

from __future__ import annotations

import unicodedata

_MARKS = {
    "hat": "\u0302",
    "tilde": "\u0303",
    "bar": "\u0304",
    "breve": "\u0306",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
}
"""The accents of LaTeX, by their commands, with the marks that Unicode combines with a letter."""
_COMMANDS = {mark: name for name, mark in _MARKS.items()}
MARKS = frozenset(_COMMANDS)
"""The marks that a name may hold behind a letter."""


def split_accent(base: str, index: str) -> tuple[str, str, str]:
    """The letter, its accent and the rest of the index: of ``y`` and ``hat_1``, or of ``ŷ`` and ``1``.

    Parameters
    ----------
    base, index : str
        A name, taken apart at its index.
    """
    word, _, rest = index.partition("_")
    if word in _MARKS and base.isalpha():
        return base, word, rest
    letter, mark = (*unicodedata.normalize("NFD", base), "", "")[:2]
    if mark in _COMMANDS and len(unicodedata.normalize("NFD", base)) == 2:
        return letter, _COMMANDS[mark], index
    return base, "", index


def accented(letter: str, accent: str) -> str | None:
    """A letter with its accent for the terminal; nothing where it is a word."""
    return unicodedata.normalize("NFC", letter + _MARKS[accent]) if len(letter) == 1 else None


def spelled_out(name: str) -> str:
    """A name with its accent in letters, where Unicode has no one sign for it: θ̂ is θ_hat."""
    name = unicodedata.normalize("NFC", name)
    place = next((i for i, c in enumerate(name) if c in _COMMANDS), None)
    if not place:
        return name
    rest = name[place + 1 :].lstrip("_")
    return f"{name[:place]}_{_COMMANDS[name[place]]}" + (f"_{rest}" if rest else "")
