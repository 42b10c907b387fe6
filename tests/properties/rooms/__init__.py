"""What holds for everything of a kind, a file a room: the campaigns of ``make test`` and ``make fuzz``.

A room is a module here with ``PROPERTIES``, functions of the seed that raise where something does not
hold, and ``EXAMPLES``, how many seeds of each ``make test`` tries. A new file takes part by lying here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Property:
    """A function of a seed that raises where it does not hold, and how often ``make test`` tries it."""

    room: str
    holds: Callable[[int], None]
    examples: int

    def __str__(self) -> str:
        return f"{self.room}-{self.holds.__name__}"


def all_properties() -> list[Property]:
    """The properties of all rooms."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        room = import_module(f"{__name__}.{info.name}")
        found += [Property(info.name, holds, room.EXAMPLES) for holds in room.PROPERTIES]
    return found
