"""Data classes that are made fast.

The standard library compiles up to seven functions for each class when it is defined, in a third of a
millisecond; a command that gives an answer defines a hundred and fifty. Here they are closures over the names
of the fields, and what makes an object is compiled when the first one is made, to which many never come.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import (
    MISSING,
    Field,
    FrozenInstanceError,
    dataclass as standard,
    field,
    fields,
    make_dataclass,
)
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        slots: bool = False,
        eq: bool = True,
        repr: bool = True,
        kw_only: bool = False,
    ) -> Any:
        """:func:`dataclasses.dataclass`, for those of its options that are used here.

        Examples
        --------
        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(1), Point(x=1) == Point(1, 0), len({Point(1), Point(1)})
        (Point(x=1, y=0), True, 1)
        """

        def made(cls: type) -> type:
            own = set(vars(cls))
            found: Any = standard(slots=slots, kw_only=kw_only, init=False, repr=False, eq=False)(cls)
            if "__init__" not in own:
                found.__init__ = _first_of(found, frozen)
                found.__signature__ = _Signature()
            if repr and "__repr__" not in own:
                found.__repr__ = _shown(tuple(f.name for f in fields(found) if f.repr))
            if eq:
                _compare(found, tuple(f.name for f in fields(found) if f.compare), own, frozen)
            if frozen:
                _freeze(found)
                if slots and "__getstate__" not in own:
                    found.__getstate__, found.__setstate__ = _state, _with_state
            return found

        return made if cls is None else made(cls)


def _first_of(cls: Any, frozen: bool) -> Callable[..., None]:
    """Put what makes objects into the class when the first one is made."""

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
        cls.__init__ = _maker(cls, frozen)
        cls.__init__(self, *values, **named)

    return __init__


class _Signature:
    """How a class is called, for who asks before the first object is made."""

    def __get__(self, instance: Any, owner: Any) -> inspect.Signature:
        if instance is not None:
            raise AttributeError("only the class has a signature; an object may be called otherwise")
        cls = next(c for c in owner.__mro__ if "__init__" in vars(c))
        made = _maker(cls, frozen=False) if "__signature__" in vars(cls) else cls.__init__
        _, *rest = inspect.signature(made).parameters.values()
        return inspect.Signature(rest, return_annotation=None)


def _maker(cls: Any, frozen: bool) -> Callable[..., None]:
    """The ``__init__`` that the standard library compiles for the fields of a class."""
    own = [(f.name, f.type, _again(f)) for f in fields(cls)]
    more = {"__post_init__": cls.__post_init__} if hasattr(cls, "__post_init__") else {}
    whole: Any = make_dataclass(cls.__name__, own, namespace=more, frozen=frozen, repr=False, eq=False)
    made: Callable[..., None] = vars(whole)["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return made


def _again(of: Field[Any]) -> Any:
    """A field as it was declared: one that belongs to a class already cannot be given to another."""
    if of.default_factory is not MISSING:
        return field(default_factory=of.default_factory, kw_only=of.kw_only)
    return field(default=of.default, kw_only=of.kw_only)


def _compare(cls: Any, names: tuple[str, ...], own: set[str], frozen: bool) -> None:
    """Two objects are equal if the values of their fields are."""
    if len(names) > 1:
        values: Callable[[Any], Any] = attrgetter(*names)
    else:
        # A tuple of one, as of several: in a tuple, what is the same object is equal.
        def values(self: Any) -> Any:
            return tuple(getattr(self, name) for name in names)

    def __eq__(self: Any, other: Any) -> Any:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(values(self))

    if "__eq__" not in own:
        cls.__eq__ = __eq__
    if "__hash__" not in own:
        cls.__hash__ = __hash__ if frozen else None


def _shown(names: tuple[str, ...]) -> Callable[[Any], str]:
    @recursive_repr()
    def __repr__(self: Any) -> str:  # noqa: N807
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({parts})"

    return __repr__


def _freeze(cls: Any) -> None:
    """What is made stays as it is; a subclass may have attributes of its own."""
    names = {kept.name for kept in fields(cls)}

    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    cls.__setattr__, cls.__delattr__ = __setattr__, __delattr__


def _state(self: Any) -> list[Any]:
    return [getattr(self, kept.name) for kept in fields(self)]


def _with_state(self: Any, state: list[Any]) -> None:
    for kept, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, kept.name, value)
