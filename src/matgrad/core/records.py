"""Data classes that are made fast: the standard library compiles four functions for each, these share theirs.

The syntax tree has dozens of them, and they were a third of the time until the first formula is read.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import Any, ClassVar, NoReturn, TypeVar, cast, dataclass_transform

Class = TypeVar("Class", bound="type[Record]")


class Record:
    """What cannot be changed once it is made; two are the same if they are one object."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()
    defaults: ClassVar[dict[str, Any]] = {}

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        if len(values) > len(names):
            raise TypeError(f"{type(self).__name__} takes {len(names)} values, not {len(values)}")
        put = object.__setattr__
        for name, value in zip(names, values, strict=False):
            put(self, name, value)
        for name in names[len(values) :]:
            put(self, name, named.pop(name) if name in named else self._default(name))
        if named:
            raise TypeError(f"{type(self).__name__} has no {', '.join(named)}")

    def _default(self, name: str) -> Any:
        if name not in self.defaults:
            raise TypeError(f"{type(self).__name__} needs {name}")
        return self.defaults[name]

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise FrozenInstanceError(f"{name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"{name} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({parts})"


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def record(cls: Class) -> Class:
    """Make a data class of a :class:`Record` with annotated attributes.

    Examples
    --------
    >>> @record
    ... class Point(Record):
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(x=1, y=2).y
    (Point(x=1, y=0), 2)
    """
    made: Any = dataclass(slots=True, init=False, repr=False, eq=False)(cls)
    made.defaults = {f.name: f.default for f in fields(made) if f.default is not MISSING}
    return cast(Class, made)
