"""Signs that a keyboard has in two widths: read as what they look like."""

from __future__ import annotations

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord("、"): ord(","),
    ord("。"): ord("."),
    ord("【"): ord("["),
    ord("】"): ord("]"),
    0x3000: ord(" "),
}
"""Full-width signs and letters, and the stops of Chinese and Japanese: each is one sign of ASCII."""


def narrow(text: str) -> str:
    """The text in signs of the usual width, each at its place."""
    return text if text.isascii() else text.translate(_WIDE)
