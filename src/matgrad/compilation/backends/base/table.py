"""How a backend writes each primitive: one entry each, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.compilation.ir.primitive import PRIMITIVES, Primitive, Value
from matgrad.core.errors import ArgumentError
from matgrad.core.records import dataclass

Entry = Callable[[Any, Value], Any]
"""Takes the writer and the value; gives a node, or :class:`Steps`."""


@dataclass(frozen=True)
class Written:
    """How one primitive is written.

    Attributes
    ----------
    entry : callable
        Takes the writer and the value; gives a node, or :class:`Steps`.
    names_operand : bool
        Whether its first operand must be a variable: it is indexed, or written twice.
    options : dict
        What one backend wants to know besides.
    """

    entry: Entry
    names_operand: bool
    options: dict[str, Any]


class Table:
    """What a backend writes, on top of what it shares with others.

    Parameters
    ----------
    language : str
        What it writes for.
    shared : Table, optional
        What it writes as others do.
    """

    def __init__(self, language: str, shared: Table | None = None) -> None:
        self.language = language
        self.shared = shared
        self._written: dict[Primitive, Written] = {}
        self._refused: dict[Primitive, str] = {}

    def writes(
        self, *primitives: Primitive, names_operand: bool = False, **options: Any
    ) -> Callable[[Entry], Entry]:
        """Say that a function writes some primitives; what it says here goes before what is shared."""

        def register(entry: Entry) -> Entry:
            for primitive in primitives:
                self._written[primitive] = Written(entry, names_operand, options)
            return entry

        return register

    def refuses(self, *primitives: Primitive, reason: str) -> None:
        """Say why some primitives have no counterpart."""
        for primitive in primitives:
            self._refused[primitive] = reason

    def reason_against(self, primitive: Primitive) -> str:
        """Why a primitive is refused; empty where it is not."""
        if primitive in self._written:
            return ""
        shared = self.shared.reason_against(primitive) if self.shared is not None else ""
        return self._refused.get(primitive, shared)

    def has(self, primitive: Primitive) -> bool:
        """Whether a primitive is written."""
        here = primitive in self._written
        return here or (
            primitive not in self._refused and self.shared is not None and self.shared.has(primitive)
        )

    def of(self, primitive: Primitive) -> Written:
        """How a primitive is written.

        Raises
        ------
        ArgumentError
            Where it is refused, with the reason.
        """
        table: Table | None = self
        while table is not None:
            if primitive in table._written:
                return table._written[primitive]
            if primitive in table._refused:
                break
            table = table.shared
        reason = self.reason_against(primitive) or f"{primitive.words} is not written for {self.language}"
        raise ArgumentError(reason)

    def require_complete(self) -> None:
        """See that every primitive is written, or refused with a reason.

        Raises
        ------
        NotImplementedError
            Naming those that are neither.
        """
        lacking = [
            p.name for p in PRIMITIVES.values() if not self.has(p) and not self.reason_against(p)
        ]  # fmt: skip
        if lacking:
            raise NotImplementedError(f"nothing says how {', '.join(lacking)} is written for {self.language}")
