"""NumPy: functions are loaded when one is asked for, so that text is written where there is no NumPy."""

from __future__ import annotations

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)

COMMENT = "#"
"""What starts a comment in text to be pasted."""
