"""Text from elsewhere, for a terminal: what would act on it, or would not be seen, is spelled out."""

from __future__ import annotations

import re
import unicodedata

from matgrad.core.lazy import regex

HIDDEN = regex(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Controls, marks that change the direction, characters without width, and halves of surrogate pairs."""


def visible(text: str) -> str:
    r"""The text with each hidden character spelled out, as ``\x1b`` or ``\u202e``; new lines are kept."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(HIDDEN.sub(lambda match: _spelled(match[0]), line) for line in text.split("\n"))


def in_one_line(text: str) -> str:
    """The same, new lines included."""
    return HIDDEN.sub(lambda match: _spelled(match[0]), text)


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def in_json(text: str) -> str:
    """JSON whose strings hold no hidden characters; it says the same."""

    def escaped(match: re.Match[str]) -> str:
        code = ord(match[0])
        if code < 0x10000:
            return f"\\u{code:04x}"
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"

    return HIDDEN.sub(escaped, text)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
