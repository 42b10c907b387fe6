"""The page of the functions and classes of Python, from their docstrings."""

from __future__ import annotations

import importlib
import inspect
import itertools
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matgrad as mg

HEAD = """\
# Python

`import matgrad as mg`. A function that is to be differentiated is an expression, its text, or a plain NumPy
function of its variables. Every function of [the language](reference.md) is a function of the module as well:
`mg.trace(X)`, `mg.logdet(X)`.
"""

FIRST = ("deriving", "expressions", "teaching", "compiling")
"""The modules of `matgrad.api` that a reader looks for first."""

GIVEN = "What the functions give"

MEMBERS = {"Dim": "", "Symbol": "", "Expr": "T, substitute"}
"""Of classes that operations are made of, what users call; of others everything."""


def write(path: Path) -> None:
    """Write the page."""
    names = sorted(mg.__all__, key=lambda name: (_place(name), name.lower()))
    parts = [HEAD]
    for title, members in itertools.groupby(names, key=lambda name: _title(getattr(mg, name).__module__)):
        if title == _title("matgrad.core.errors"):
            parts += [f"## {GIVEN}", *map(_class, _given())]
        parts += [f"## {title}", *map(_entry, members)]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _place(name: str) -> tuple[bool, bool, int, str]:
    """What is called before what it is called with, and the errors last."""
    module = getattr(mg, name).__module__
    room = module.rpartition(".")[2]
    first = FIRST.index(room) if room in FIRST else len(FIRST)
    return (room == "errors", not module.startswith("matgrad.api"), first, module)


def _title(module: str) -> str:
    text = (inspect.getdoc(importlib.import_module(module)) or module).partition("\n")[0]
    return text.partition(". ")[0].removesuffix(".")


def _entry(name: str) -> str:
    thing = getattr(mg, name)
    return _class(thing) if inspect.isclass(thing) else _directive(f"autofunction:: matgrad.{name}")


def _class(cls: type) -> str:
    public = cls.__name__ in mg.__all__
    name = f"matgrad.{cls.__name__}" if public else f"{cls.__module__}.{cls.__name__}"
    shown = "" if issubclass(cls, Exception) else MEMBERS.get(cls.__name__)
    if shown == "":
        return _directive(f"autoclass:: {name}")
    return _directive(f"autoclass:: {name}", f"   :members: {shown or ''}".rstrip())


def _directive(*lines: str) -> str:
    return "\n".join(["```{eval-rst}", f".. {lines[0]}", *lines[1:], "```"])


def _given() -> list[type]:
    """The classes of what public functions return, besides those that are public themselves."""
    found: dict[type, None] = {}
    for name in sorted(mg.__all__):
        function = getattr(mg, name)
        if not inspect.isclass(function):
            for cls in _classes(_returned(function)):
                if cls.__module__.startswith("matgrad.") and cls.__name__ not in mg.__all__:
                    found[cls] = None
    return sorted(found, key=lambda cls: cls.__name__)


def _returned(function: Any) -> Any:
    try:
        return typing.get_type_hints(inspect.unwrap(function)).get("return")
    except NameError:  # a type that only checkers of types load: of a variable's sizes
        return None


def _classes(annotation: Any) -> Iterator[type]:
    if inspect.isclass(annotation) and not typing.get_args(annotation):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _classes(part)
