"""PyTorch."""

from __future__ import annotations

COMMENT = "#"
"""What starts a comment in text to be pasted."""
