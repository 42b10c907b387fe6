"""Attributes that are computed, and libraries and names that are loaded, when they are asked for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801
    """An attribute computed once for each object, as :class:`functools.cached_property`.

    That of Python 3.11 holds a lock while it computes, one for all objects of the class: threads
    wait for each other, and a child that is forked meanwhile waits for ever. Here two threads may
    compute the same value, and the first one stays.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> cached_property[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> cached_property[T] | T:
        if instance is None:
            return self
        value: T = instance.__dict__.setdefault(self._name, self._compute(instance))
        return value


class DeferredModule:
    """A library that is imported when something of it is first asked for.

    ``import matgrad`` and a derivation load no arithmetic; a module that computes has its library at
    hand under the usual name all the same.

    Parameters
    ----------
    name : str
        The qualified name of the module.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = getattr(import_module(self.__name__), name)
        return value


if TYPE_CHECKING:
    regex = re.compile
else:

    class regex:  # noqa: N801
        """A regular expression that is compiled when it is first used, as by :func:`re.compile`.

        There are two hundred in the package, a command that gives an answer uses a tenth of those that it
        loads, and to compile one takes as long as to match it a hundred times.
        """

        def __init__(self, text: str, flags: int = 0) -> None:
            self.pattern = text
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            value = self.__dict__[name] = getattr(re.compile(self.pattern, self._flags), name)
            return value


def names_of_stub(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions by which a package loads the names of its stub when they are asked for (PEP 562).

    Whoever imports the package has them all at hand and loads what it uses. Where a name is defined stands
    in one place: type checkers read it in the stub, and so does this.

    Parameters
    ----------
    package, file : str
        The name of the package and its file, beside which the stub lies.

    Returns
    -------
    callable, callable
        Its ``__getattr__`` and ``__dir__``.
    """

    @cache
    def homes() -> dict[str, str]:
        with open(file.removesuffix("c") + "i", encoding="utf-8") as text:  # __init__.py, __init__.pyc
            stub = ast.parse(text.read())
        imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
        return {alias.name: str(node.module) for node in imports for alias in node.names}

    def load(name: str) -> Any:
        if name not in homes():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = vars(sys.modules[package])[name] = getattr(import_module(homes()[name]), name)
        return value

    return load, lambda: sorted(homes())
