"""What stands before the colon of a declaration, and the signs that a keyboard has for those read here."""

from __future__ import annotations

import re

from matgrad.core.errors import DeclarationError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.declared_body import NAME, check_no_words
from matgrad.language.names import is_capital
from matgrad.language.signs import narrow

_BY = regex(r"(?<=[\w)\]}])-by-(?=[\w(\[{])")
_OPENING = frozenset(("let", "where", "given", "for", "with", "assume", "suppose", "and", "the"))
"""Words that open a sentence, and are no names where a name follows."""
_SENTENCE = frozenset(("is", "are", "be", "lies", "an", "real"))


def typed(text: str) -> str:
    """The text with ``-by-`` as ``by`` and with signs of the usual width, each at its place."""
    return _BY.sub(" by ", narrow(text))


def names_in(text: str) -> list[str]:
    """The names before a colon; ``X and Y`` are two, and a word that says something is none beside one."""
    words = re.split(r"[\s,]+", text.strip())
    names = [word for i, word in enumerate(words) if word != "and" or not 0 < i < len(words) - 1]
    while len(names) > 1 and names[0] in _OPENING:
        del names[0]

    def refuse(word: str) -> None:
        name = next((name for name in reversed(names) if name != word), word)
        shape = "n×n" if is_capital(name) else "n"
        raise DeclarationError(
            phrase("{word} stands before the colon", word=repr(word)), fix=f"{name}: {shape} {word}"
        )

    if len(names) > 1:
        check_no_words(names, refuse)
        said = next((name for name in names if name in _SENTENCE), None)
        if said is not None:
            name = next((name for name in names if name not in _SENTENCE), said)
            raise DeclarationError(
                phrase("{said} stands before the colon", said=repr(said)),
                fix=phrase("{name}: n or {name} ∈ ℝ^n", name=name),
            )
    return names


def colon_fix(segment: str) -> str:
    """What a declaration without its colon was meant to be."""
    words = segment.split()
    while len(words) > 1 and words[0] in _OPENING:
        del words[0]
    if len(words) > 1 and words[1] in (*_SENTENCE, "=", "->"):
        del words[1]
    rest = " ".join(words[1:])
    return f"{words[0]}: {rest}" if NAME.match(words[0]) and rest[:1].isalnum() else "A: m×n, x: n, t: scalar"
