"""The formulas in files: three lines each, LaTeX, declarations behind ``::``, and what is expected."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent


class Formula(NamedTuple):
    """A formula in LaTeX, what is declared, and what is expected of it."""

    latex: str
    given: str
    expected: str


def formulas(name: str) -> list[Formula]:
    """The formulas of a file."""
    lines = [
        line
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("# ")
    ]
    assert len(lines) % 3 == 0
    return [Formula(lines[i], lines[i + 1][3:], lines[i + 2]) for i in range(0, len(lines), 3)]
