"""The words around the formulas of a derivation, in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matgrad.core.reason import Reason

METHOD_NAMES = {
    "differential": Reason("the differential method", "微分法"),
    "definition": Reason("from the definition, by entries", "定义法"),
    "chain": Reason("the chain rule on the computational graph", "链式法则"),
}


def in_language(reason: Reason, language: str) -> str:
    """The name of a rule in a language."""
    return reason.chinese if language == "zh" else reason.name


def with_citation(reason: Reason, language: str) -> str:
    """The name of a rule with where it is written."""
    name = in_language(reason, language)
    if not reason.citation:
        return name
    return f"{name}（{reason.citation}）" if language == "zh" else f"{name} ({reason.citation})"


def together(reasons: tuple[Reason, ...], language: str, citations: bool = False) -> str:
    """The rules of a line, in order, each once."""
    write = with_citation if citations else in_language
    separator = "；" if language == "zh" else "; "
    return separator.join(dict.fromkeys(write(reason, language) for reason in reasons))


_SOURCE = re.compile(r"(?P<source>[^;]*?(?:\(\d{4}\)|Cookbook|Functions))(?:, (?P<place>[^;]+))?")


def sources(reasons: Iterable[Reason], language: str) -> list[str]:
    """Where rules are written, one entry for each book: ``Matrix Cookbook: product rule, eq. 37; …``."""
    comma, semicolon, colon = ("，", "；", "：") if language == "zh" else (", ", "; ", ": ")
    books: dict[str, list[str]] = {}
    for reason in dict.fromkeys(reason for reason in reasons if reason.citation):
        match = _SOURCE.fullmatch(reason.citation)
        book, place = (match["source"], match["place"]) if match else (reason.citation, None)
        name = in_language(reason, language)
        books.setdefault(book, []).append(f"{name}{comma}{place}" if place else name)
    return [f"{book}{colon}{semicolon.join(dict.fromkeys(rules))}" for book, rules in books.items()]
