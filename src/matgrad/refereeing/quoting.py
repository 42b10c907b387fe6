"""What an author wrote at some places of a document, and the same with a change."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matgrad.checking.case import closed
from matgrad.language.latex.lexer import Token
from matgrad.refereeing.documents import Section
from matgrad.refereeing.formulas import Tokens, plain
from matgrad.refereeing.least_edits import Mended

_SIZE = re.compile(r"\\(?:left|[bB]igg?l?)\s*\Z")
"""The size of the bracket that a piece begins with."""


def shown(tokens: Sequence[Token]) -> str:
    """The LaTeX of a side, with the size of the bracket that it begins with."""
    is_open = sum(t.is_command("right") for t in tokens) > sum(t.is_command("left") for t in tokens)
    return (r"\left" if is_open else "") + plain(tokens)


def span(tokens: Sequence[Token]) -> tuple[int, int]:
    """Where some tokens stand in the document."""
    return min(t.span[0] for t in tokens), max(t.span[1] for t in tokens)


def rewritten(section: Section, right: Tokens, change: Mended) -> str:
    """What was written, with some of it changed."""
    text, places = quoted(section, [span(right)])
    for one in reversed(change.changes):
        start = next((k for k, place in enumerate(places) if place >= one.start), len(text))
        end = next((k for k, place in enumerate(places) if place >= one.end), len(text))
        is_word = re.search(r"\\[A-Za-z]+$", one.text) is not None and text[end : end + 1].isalpha()
        text = text[:start] + one.text + (" " if is_word else "") + text[end:]
    return re.sub(r"  +", " ", text).strip()


def quoted(section: Section, spans: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    """What was written at some places, with equals signs between, and where each character stands."""
    text, places = "", list[int]()
    for k, (start, end) in enumerate(spans):
        if k:
            text, places = text + " = ", [*places, *([-1] * 3)]
        if (size := _SIZE.search(section.readable, max(start - 12, 0), start)) is not None:
            start = size.start()
        depth = 0
        for place in range(start, closed(section.readable, start, end)):
            character = section.readable[place]
            if character == "\\":
                depth += section.readable.startswith(r"\begin{", place)
                depth -= section.readable.startswith(r"\end{", place)
            if character == "&" and not depth:
                continue
            if character.isspace():
                if not text or text[-1] == " ":
                    continue
                character = " "
            text, places = text + character, [*places, place]
        while text.endswith(" ") and k == len(spans) - 1:
            text, places = text[:-1], places[:-1]
    return text, places
