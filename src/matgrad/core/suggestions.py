"""What someone who mistyped a word may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from matgrad.core.words import Phrase, phrase


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that is most like another one, upper and lower case apart; ``None`` where none is.

    Examples
    --------
    >>> nearest("gradent", ["gradient", "jacobian"])
    'gradient'
    >>> nearest("sigma", ["S", "Sigma"])
    'Sigma'
    """
    words = list(known)
    same = (other for other in words if other.lower() == word.lower())
    return next(same, None) or next(iter(get_close_matches(word, words, 1, cutoff)), None)


def meant(problem: Phrase, word: str, known: Iterable[str]) -> Phrase:
    """A problem with a word, and the known one that may have been meant, where one is like it."""
    near = nearest(word, known)
    return problem if near is None else phrase("{problem}; did you mean {near}?", problem=problem, near=near)
