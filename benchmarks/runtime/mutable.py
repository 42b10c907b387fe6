"""Arrays of JAX that can be written into, so that code by hand runs on them as it stands.

JAX's arrays never change. While a function is traced nothing is lost by that: to write into an array is to
put another one in its place, and to write into a view is to put another one in the place of its base. XLA
then finds out itself what may be done in place.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any


class Mutable:
    """An array that may be written into, whole or in part."""

    __array_priority__ = 1000.0

    def __init__(self, array: Any) -> None:
        self._held = array

    @property
    def array(self) -> Any:
        """JAX's array as it is now."""
        return self._held

    @array.setter
    def array(self, value: Any) -> None:
        self._held = value

    def __getitem__(self, key: Any) -> Any:
        key = bare(key)
        return View(self, lambda a: a[key], lambda a, value: a.at[key].set(value))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array = self.array.at[bare(key)].set(bare(value))

    @property
    def T(self) -> Any:
        """The transpose, a view."""
        return View(self, lambda a: a.T, lambda a, value: value.T)

    def reshape(self, *shape: Any) -> Any:
        """The entries in another shape, a view."""
        return View(self, lambda a: a.reshape(*shape), lambda a, value: value.reshape(a.shape))

    @property
    def flat(self) -> Any:
        """The entries in a row, a view."""
        return self.reshape(-1)

    @property
    def shape(self) -> Any:
        return self.array.shape

    def copy(self) -> Mutable:
        """An array of its own."""
        return Mutable(self.array.copy())

    def __len__(self) -> int:
        return len(self.array)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.array, name)
        return on_arrays(found) if callable(found) else wrapped(found)


class View(Mutable):
    """A part of an array: read from it, and written into it, when that is done."""

    def __init__(self, base: Mutable, read: Callable[[Any], Any], write: Callable[[Any, Any], Any]) -> None:
        self._base, self._read, self._write = base, read, write

    @property
    def array(self) -> Any:
        return self._read(self._base.array)

    @array.setter
    def array(self, value: Any) -> None:
        self._base.array = self._write(self._base.array, value)


def _binary(name: str) -> None:
    """An operator, the one with its operands exchanged, and the one in place."""
    plain = getattr(operator, f"__{name}__")

    def forward(self: Mutable, other: Any) -> Any:
        return wrapped(plain(self.array, bare(other)))

    def exchanged(self: Mutable, other: Any) -> Any:
        return wrapped(plain(bare(other), self.array))

    def in_place(self: Mutable, other: Any) -> Any:
        self.array = plain(self.array, bare(other)).astype(self.array.dtype)
        return self

    setattr(Mutable, f"__{name}__", forward)
    setattr(Mutable, f"__r{name}__", exchanged)
    setattr(Mutable, f"__i{name}__", in_place)


for _name in ("add", "sub", "mul", "truediv", "pow", "matmul"):
    _binary(_name)


def _plain(name: str) -> None:
    function = getattr(operator, f"__{name}__")
    setattr(Mutable, f"__{name}__", lambda self, *other: wrapped(function(self.array, *map(bare, other))))


for _name in ("neg", "abs", "invert", "and", "or", "lt", "le", "gt", "ge", "eq", "ne"):
    _plain(_name)


def bare(value: Any) -> Any:
    """Without the wrapping, in tuples, lists and dictionaries as well."""
    if isinstance(value, Mutable):
        return value.array
    if isinstance(value, tuple | list):
        return type(value)(map(bare, value))
    if isinstance(value, dict):
        return {key: bare(part) for key, part in value.items()}
    return value


def wrapped(value: Any) -> Any:
    """An array of JAX as one that may be written into; tuples of them likewise."""
    if isinstance(value, tuple | list):
        return tuple(map(wrapped, value))
    return Mutable(value) if hasattr(value, "at") else value


def on_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of JAX on arrays that may be written into, with NumPy's ``out``."""

    def call(*values: Any, out: Mutable | None = None, **named: Any) -> Any:
        result = function(*map(bare, values), **bare(named))
        if out is None:
            return wrapped(result)
        out.array = result.astype(out.array.dtype)
        return out

    return call


class Namespace:
    """A module of JAX by NumPy's names, its functions on arrays that may be written into."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if isinstance(found, ModuleType):
            return Namespace(found)
        return on_arrays(found) if callable(found) and not isinstance(found, type) else found

    def einsum(self, subscripts: str, *operands: Any) -> Any:
        """NumPy's; of one array that is not summed over a view, as there."""
        before, after = subscripts.split("->")
        if len(operands) > 1 or set(before) != set(after):
            return on_arrays(self._module.einsum)(subscripts, *operands)

        def write(a: Any, value: Any) -> Any:
            sizes = [a.shape[before.index(letter)] for letter in after]
            places = dict(zip(after, self._module.ix_(*map(self._module.arange, sizes)), strict=True))
            return a.at[tuple(places[letter] for letter in before)].set(value)

        return View(operands[0], lambda a: self._module.einsum(subscripts, a), write)

    def fill_diagonal(self, a: Mutable, value: Any) -> None:
        """Write into the diagonal."""
        a.array = self._module.fill_diagonal(a.array, bare(value), inplace=False)
