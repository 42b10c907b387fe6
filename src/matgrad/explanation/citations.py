"""The words around the formulas of a derivation, in each language."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.core.words import Phrase


def with_citation(reason: Phrase, language: str) -> str:
    """The name of a rule with where it is written."""
    if not reason.citation:
        return reason.text(language)
    whole = Phrase("{rule} ({citation})")
    return whole.text(language, rule=reason.text(language), citation=reason.citation)


def together(reasons: tuple[Phrase, ...], language: str, citations: bool = False) -> str:
    """The rules of a line, in order, each once."""
    write = with_citation if citations else Phrase.text
    separator = Phrase("; ").text(language)
    return separator.join(dict.fromkeys(write(reason, language) for reason in reasons))


def sources(reasons: Iterable[Phrase], language: str) -> list[str]:
    """Where rules are written, one entry for each book: ``Matrix Cookbook: product rule, eq. 37; …``."""
    comma, semicolon = Phrase(", ").text(language), Phrase("; ").text(language)
    colon = Phrase(": ").text(language)
    books: dict[str, list[str]] = {}
    for reason in dict.fromkeys(reason for reason in reasons if reason.citation):
        name = reason.text(language)
        rule = f"{name}{comma}{reason.place}" if reason.place else name
        books.setdefault(reason.source, []).append(rule)
    return [f"{book}{colon}{semicolon.join(dict.fromkeys(rules))}" for book, rules in books.items()]
