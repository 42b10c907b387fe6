"""The formats of an answer: those of text, and one for each backend that writes code to be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from matgrad.compilation.backends import comment_signs

CODE = comment_signs()
"""The media that are functions to run, each with what starts a comment."""

COMMENT = {"text": "", "unicode": "", "latex": "% "} | {medium: f"{sign} " for medium, sign in CODE.items()}
"""What makes a remark a comment, so that LaTeX and code can be pasted whole."""


def shown_in(output: str, row: str) -> str:
    """A formula alone on its line, as it can be pasted: indented, or in LaTeX as a display."""
    if output == "latex":
        return f"\\[ {row} \\]"
    return row if COMMENT[output] else f"  {row}".rstrip()


if TYPE_CHECKING:
    Medium = str
    Format = str
else:
    Medium = Literal[tuple(COMMENT)]
    Format = Literal["text", "unicode", "latex", "json", *CODE]
