"""Tables of objects that exist once, found by what they are made of and kept while someone uses them."""

from __future__ import annotations

import sys
import weakref
from _weakref import _remove_dead_weakref  # type: ignore[attr-defined]
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Entry(weakref.ref[T]):
    """A weak reference that knows its place in the table."""

    __slots__ = ("key",)
    key: Hashable


class Interned(Generic[T]):
    """The living objects of one kind by their keys.

    A key must not refer to its object, nor to what refers to it, or neither is ever let go.

    There is no lock, on purpose. Entries go away when the collector runs, which it does anywhere,
    also where a lock is held; and a lock that another thread holds while a process forks stays
    locked in the child for ever. Each step is one operation of a dict, which is atomic; of several
    threads that make the same object at once one wins, and all take its object. Removing what is
    dead, and only if it is dead, is what :class:`weakref.WeakValueDictionary` does; it cannot put
    an entry in its place in one step, so it is not used here.
    """

    __slots__ = ("_entries", "_forget")

    def __init__(self) -> None:
        entries: dict[Hashable, _Entry[T]] = {}

        def forget(
            entry: _Entry[T],
            remove: Callable[[dict[Any, Any], Any], None] = _remove_dead_weakref,
            is_ending: Callable[[], bool] = sys.is_finalizing,
        ) -> None:
            # When Python ends, what a key needs for its hash may be gone before it.
            if not is_ending():
                remove(entries, entry.key)

        self._entries = entries
        self._forget: Any = forget

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> T | None:
        """The object of this key, if it lives."""
        entry = self._entries.get(key)
        return None if entry is None else entry()

    def keep(self, key: Hashable, made: T) -> T:
        """Enter a new object, unless there is one by now; return the one that counts."""
        entry = _Entry(made, self._forget)
        entry.key = key
        while True:
            known = self._entries.setdefault(key, entry)
            if known is entry:
                return made
            other = known()
            if other is not None:
                return other
            _remove_dead_weakref(self._entries, key)
