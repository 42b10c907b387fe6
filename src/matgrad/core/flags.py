"""Options that are yes or no."""

from __future__ import annotations

from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase


def require_flags(**options: Any) -> None:
    """Refuse what is neither True nor False where one of them decides.

    Raises
    ------
    ArgumentError
        When a choice is of another type.
    """
    for name, value in options.items():
        if not (isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")):
            raise ArgumentError(
                phrase("{name} is True or False, not {value}", name=name, value=repr(value)),
                fix=f"{name}=True",
            )
