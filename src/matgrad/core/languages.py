"""The language that words are asked for in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.words import LANGUAGES, SPOKEN, alternatives, phrase


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
    """Ask for a language within this block; errors that leave it go on speaking it.

    What is no language is left to those who refuse it.
    """
    if not isinstance(language, str) or language not in LANGUAGES:
        yield
        return
    token = SPOKEN.set(language)
    try:
        yield
    except MatgradError as error:
        error.language = error.language or language
        raise
    finally:
        SPOKEN.reset(token)
