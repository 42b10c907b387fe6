"""What was found of one right side of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from matgrad.checking.verdict import Verdict
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.refereeing.claims import Status


@dataclass(frozen=True)
class Right:
    """A right side as it is handed to the check: its text, and where each character of it stands."""

    text: str
    places: list[int]
    names: dict[str, str]
    """What the author wrote for the names put in for derivatives."""


@dataclass(frozen=True)
class Found:
    """What was found of one right side."""

    status: Status
    verdict: Verdict | None = None
    reason: str | Phrase = ""
    right: Right | None = None
    how: Mapping[str, Any] = field(default_factory=dict)
    """In which of the ways to read the claim."""
