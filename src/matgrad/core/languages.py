"""The language that words are asked for in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.words import LANGUAGES, alternatives, phrase


def require_language(language: str) -> None:
    """Refuse a word that names no language of the project.

    Raises
    ------
    ArgumentError
        Where it names none.
    """
    if not isinstance(language, str) or language not in LANGUAGES:
        raise ArgumentError(
            phrase("{language} is not a language", language=repr(language)), fix=alternatives(LANGUAGES)
        )


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let the errors that leave this block speak a language."""
    try:
        yield
    except MatgradError as error:
        error.language = language
        raise
