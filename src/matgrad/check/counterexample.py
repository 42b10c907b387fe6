"""Small numbers on which a wrong answer fails, which a person can check by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counterexample:
    """Values of the variables, and one entry in which the answer is wrong there."""

    values: dict[str, list[list[int]]]

    def lines(self, language: str) -> list[str]:
        return []
