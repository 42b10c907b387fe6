"""Words for people, in each language that matgrad speaks."""

from __future__ import annotations

from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in each language; the name of a rule, with where the rule is written.

    Attributes
    ----------
    en, zh : str
        The text in English and in Chinese, in the accepted terms of its textbooks; both may name the same
        fields in braces.
    source, place : str
        Where the rule is written that the phrase names: in which work, and where in it. Empty where it needs
        no source, or is no rule.
    fields : tuple of (str, object)
        What is filled into the text. A phrase among them is written in the language of the whole.
    """

    en: str
    zh: str
    source: str = ""
    place: str = ""
    fields: tuple[tuple[str, object], ...] = ()

    @property
    def citation(self) -> str:
        """The work and the place in it."""
        return f"{self.source}, {self.place}" if self.place else self.source

    def text(self, language: str = "en", /, **more: object) -> str:
        """The text in a language, its fields filled in, and more of them where some are left open."""
        text = self.zh if language == "zh" else self.en
        fields = {**more, **dict(self.fields)}  # what is filled in stays
        if not fields:
            return text
        plain = {name: value for name, value in more.items() if not isinstance(value, Phrase)}
        written = {
            name: value.text(language, **plain) if isinstance(value, Phrase) else value
            for name, value in fields.items()
        }
        return text.format(**written)

    def filled(self, **fields: object) -> Phrase:
        """The phrase with its fields filled in."""
        return replace(self, fields=(*self.fields, *fields.items()))
