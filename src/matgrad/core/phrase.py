"""Words for people, in each language that matgrad speaks."""

from __future__ import annotations

from dataclasses import dataclass

from matgrad.core.errors import ArgumentError

LANGUAGES = ("en", "zh")


def require_language(language: str) -> None:
    """Refuse a word that names no language of the project.

    Raises
    ------
    ArgumentError
        Where it names none.
    """
    if not isinstance(language, str) or language not in LANGUAGES:
        raise ArgumentError(f"{language!r} is not a language", fix=" or ".join(LANGUAGES))


MEDIA = ("text", "unicode", "latex", "numpy")
"""What expressions are written in."""


def require_medium(medium: str) -> None:
    """Refuse a word that names no medium.

    Raises
    ------
    ArgumentError
        Where it names none.
    """
    if not isinstance(medium, str) or medium not in MEDIA:
        raise ArgumentError(f"there is no medium {medium!r}", fix=", ".join(MEDIA))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in each language; both may name the same fields in braces.

    Attributes
    ----------
    en, zh : str
        The text in English and in Chinese.
    """

    en: str
    zh: str

    def text(self, language: str = "en", /, **fields: object) -> str:
        """The text in a language, its fields filled in."""
        text = self.zh if language == "zh" else self.en
        return text.format(**fields) if fields else text

    def filled(self, **fields: object) -> Phrase:
        """The phrase with its fields filled in."""
        return Phrase(self.en.format(**fields), self.zh.format(**fields))
