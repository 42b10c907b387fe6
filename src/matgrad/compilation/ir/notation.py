"""What a value is, in the notation of a textbook, for comments and messages."""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.spelling import ATOM, Text

LONGEST = 96
"""Longer notations name the parts they are made of."""

SHORT = 28
"""Longer operands are written by their names, where they have one."""


class Notation:
    """Writes values; parts that have a name may be written by it.

    Parameters
    ----------
    names : mapping of Value to str
        The names of values in the source; it may grow while this is used.
    """

    def __init__(self, names: Mapping[Value, str]) -> None:
        self.names = names
        self._known: dict[Value, Text] = {}

    def of(self, value: Value) -> str:
        """The notation of a value, short enough for a line."""
        text = self._text(value).text
        return f"{value.op.title} of {text}" if value.op.title else text

    def _text(self, value: Value) -> Text:
        known = self._known.get(value)
        if known is None:
            stack = [value]
            while stack:
                top = stack[-1]
                waiting = [arg for arg in top.args if arg not in self._known]
                if waiting:
                    stack += waiting
                else:
                    stack.pop()
                    self._known[top] = self._write(top)
            known = self._known[value]
        return known

    def operand(self, value: Value, least: int = ATOM, /) -> str:
        """An operand in brackets where it binds less; its name where it is long."""
        negative, text = self.term(value, least)
        return f"−{text}" if negative else text

    def term(self, value: Value, least: int) -> tuple[bool, str]:
        """Whether an operand starts with a minus, and what follows that."""
        text, level, positive = self._known[value]
        if len(text) > SHORT and value in self.names:
            return False, self.names[value]
        if level < least:
            return False, f"({text})"
        return (True, positive) if positive else (False, text)

    def whole(self, value: Value) -> Text:
        """An operand as it is written by itself."""
        return self._known[value]

    def _write(self, v: Value) -> Text:
        spelled = v.op.spell(self, v)
        if len(spelled.text) > LONGEST:
            parts = ", ".join(self.names[a] for a in v.args if a in self.names)
            return Text(f"{v.op.words} of {parts}" if parts else f"{spelled.text[: LONGEST - 1]}…")
        return spelled
