"""Words for people, in each language that matgrad speaks.

Texts are written in English where they are said. What each says in another language stands in the
catalogue of that language, such as ``words/zh.toml``: a language is added by a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import replace
from functools import cache, reduce
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from matgrad.core.lazy import DeferredModule
from matgrad.core.records import dataclass

if TYPE_CHECKING:
    import tomllib
else:
    tomllib = DeferredModule("tomllib")

CATALOGUES = Path(__file__).parent.parent / "words"
"""The folder of the catalogues, one a language."""

LANGUAGES = ("en", *sorted(path.stem for path in CATALOGUES.glob("*.toml")))
"""The languages, by their codes (ISO 639-1)."""

Key = tuple[str, str]
"""A text in English, and the context that it is said in; mostly none."""


VARIABLE = "MATGRAD_LANG"
"""The environment variable that asks for a language, such as ``zh``."""


SPOKEN: ContextVar[str] = ContextVar("SPOKEN", default="")
"""The language that a caller asks for, where one does."""


def language_asked() -> str:
    """The language that a caller asks for, or the environment: English, where it is none of ours."""
    if spoken := SPOKEN.get():
        return spoken
    asked = re.split("[-_.]", os.environ.get(VARIABLE, ""))[0].lower()
    return asked if asked in LANGUAGES else "en"


def read_catalogue(text: str) -> dict[Key, str]:
    """The texts of a catalogue, by what they are in English."""
    tables = tomllib.loads(text)
    found = {(english, ""): said for english, said in tables["texts"].items()}
    for context, texts in tables.get("context", {}).items():
        found |= {(english, context): said for english, said in texts.items()}
    return found


@cache
def catalogue(language: str) -> Mapping[Key, str]:
    """The texts of a language; of English there are none, as texts are written in it."""
    if language == "en":
        return {}
    return read_catalogue((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text, to be said in any language; the name of a rule, with where the rule is written.

    Attributes
    ----------
    english : str
        The text in English; catalogues have its translations. It may name fields in braces.
    source, place : str
        Where the rule is written that the phrase names: in which work, and where in it. Empty where it needs
        no source, or is no rule.
    context : str
        Where the text is said, if another language says it in more than one way.
    fields : tuple of (str, object)
        What is filled into the text. A phrase among them is written in the language of the whole.
    """

    english: str
    source: str = ""
    place: str = ""
    context: str = ""
    fields: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return self.text()

    @property
    def citation(self) -> str:
        """The work and the place in it."""
        return f"{self.source}, {self.place}" if self.place else self.source

    def text(self, language: str = "en", /, **more: object) -> str:
        """The text in a language, its fields filled in, and more of them where some are left open."""
        text = catalogue(language).get((self.english, self.context), self.english)
        fields = {**more, **dict(self.fields)}  # what is filled in stays
        if not fields:
            return text
        plain = {name: value for name, value in more.items() if not isinstance(value, Phrase)}
        written = {
            name: value.text(language, **plain) if isinstance(value, Phrase) else value
            for name, value in fields.items()
        }
        return text.format(**written)

    def pieces(self, language: str = "en", /) -> Iterator[tuple[str, object]]:
        """The words in a language, each with the field that stands behind them; ``None`` behind the last."""
        text = catalogue(language).get((self.english, self.context), self.english)
        if not self.fields:
            yield text, None
            return
        fields = dict(self.fields)
        for words, name, _, _ in Formatter().parse(text):
            yield words, None if name is None else fields[name]

    def filled(self, /, **fields: object) -> Phrase:
        """The phrase with its fields filled in."""
        return replace(self, fields=(*self.fields, *fields.items()))


def phrase(english: str, /, **fields: object) -> Phrase:
    """Words with what is filled into them, as it is now: an array may change before they are read.

    Parameters
    ----------
    english : str
        The text; the fields stand in it by their names in braces.
    **fields
        What is filled in. All but phrases are written at once, as ``str`` writes them.
    """
    return Phrase(
        english,
        fields=tuple(
            (name, value if isinstance(value, Phrase) else str(value)) for name, value in fields.items()
        ),
    )


def alternatives(parts: Iterable[str | Phrase]) -> str | Phrase:
    """``a or b or c``; nothing where there is nothing to choose."""
    first, *others = tuple(parts) or ("",)
    return reduce(lambda left, right: phrase("{left} or {right}", left=left, right=right), others, first)


def together(parts: Iterable[str | Phrase]) -> str | Phrase:
    """``a and b and c``."""
    first, *others = tuple(parts) or ("",)
    return reduce(lambda left, right: phrase("{left} and {right}", left=left, right=right), others, first)


def listed(parts: Iterable[str | Phrase]) -> str | Phrase:
    """``a, b, c``."""
    first, *others = tuple(parts) or ("",)
    return reduce(lambda left, right: phrase("{left}, {right}", left=left, right=right), others, first)


def looked_up(english: str, language: str) -> str:
    """What a plain text, such as the help of an option, says in a language."""
    return Phrase(english).text(language)


def text_in(language: str, words: str | Phrase) -> str:
    """Words in a language; a string is what someone typed or could type, and the same in all languages."""
    return words.text(language) if isinstance(words, Phrase) else words


def replaced(words: str | Phrase, old: str, new: str) -> str | Phrase:
    """Words with another text for one that is filled into them."""
    if isinstance(words, str):
        return words.replace(old, new)
    fields = (
        (name, replaced(v, old, new) if isinstance(v, (str, Phrase)) else v) for name, v in words.fields
    )
    return replace(words, fields=tuple(fields))
