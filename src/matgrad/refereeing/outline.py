r"""The headings of a document, and what each place of it stands under.

A scope is the numbers of the headings that are open at a place, the outermost first. What is said under a
heading holds under the headings below it; elsewhere it may be about something else of the same name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from matgrad.core.lazy import regex
from matgrad.refereeing.documents import Section

Scope = tuple[int, ...]

_LEVELS = ("part", "chapter", "section", "subsection", "subsubsection")
_HEADING = regex(
    rf"\\(?P<command>{'|'.join(_LEVELS)})\b\*?\s*(?:\[[^\]]*\])?\s*\{{(?P<title>[^\n]*)"
    r"|^(?P<marks>#{1,6})\s(?P<heading>[^\n]*)"
    r"|\\begin\{(?P<statement>theorem|lemma|proposition|corollary|example|exercise|problem|question)\*?\}"
    r"|\\end\{(?P<over>theorem|lemma|proposition|corollary|example|exercise|problem|question)\*?\}",
    re.MULTILINE,
)
_GENERAL = regex(
    r"notation|preliminar|convention|background|set-?up|introduction|definitions|assumptions|layout|basics|"
    r"符号|记号|预备|约定|引言|布局",
    re.IGNORECASE,
)
_TOP = 2
"""The title of a document in Markdown may be its first heading."""
_OF_A_STATEMENT = 9
"""The level of a theorem: below every heading."""


class Outline:
    """The headings of a document.

    Parameters
    ----------
    sections : sequence of Section
        The parts of the document; under the last heading of one stands the beginning of the next.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._starts: list[list[int]] = []
        self._scopes: list[list[Scope]] = []
        is_open: list[tuple[int, int]] = []
        number = 0
        self.first: int = 0
        self._texts: dict[Scope, str] = defaultdict(str)
        for section in sections:
            starts, scopes = [0], [tuple(n for _, n in is_open)]
            for match in _HEADING.finditer(section.readable):
                level = _level(match)
                is_open = [(one, n) for one, n in is_open if one < level]
                if match["over"] is not None:
                    starts.append(match.end())
                    scopes.append(tuple(n for _, n in is_open))
                    continue
                number += 1
                # What stands under "Notation" is meant for all that stands beside it.
                if not _GENERAL.search(match["title"] or match["heading"] or ""):
                    is_open.append((level, number))
                    self.first = self.first or number
                starts.append(match.start())
                scopes.append(tuple(n for _, n in is_open))
            self._starts.append(starts)
            self._scopes.append(scopes)
            for scope, (start, end) in zip(scopes, pairwise([*starts, len(section.readable)]), strict=True):
                self._texts[scope[:_TOP]] += section.readable[start:end]

    def scope(self, section: int, offset: int) -> Scope:
        """The headings over a place of a part of the document."""
        return self._scopes[section][bisect_right(self._starts[section], offset) - 1]

    def text(self, section: int, offset: int) -> str:
        """All that stands under the first headings over a place, and above them."""
        scope = self.scope(section, offset)[:_TOP]
        return "".join(self._texts[scope[:depth]] for depth in range(len(scope) + 1))


def _level(match: re.Match[str]) -> int:
    if match["command"] is not None:
        return _LEVELS.index(match["command"])
    return len(match["marks"]) if match["marks"] is not None else _OF_A_STATEMENT


def is_over(outer: Scope, inner: Scope) -> bool:
    """Whether a place stands under all headings of another: what is said at that one holds here."""
    return inner[: len(outer)] == outer


def is_near(scope: Scope, here: Scope, depth: int) -> bool:
    """Whether a place shares the first headings with this one, or stands above it."""
    return is_over(scope, here) or (len(scope) > depth and scope[:depth] == here[:depth])
