"""The page of the functions and classes of Python, from their docstrings."""

from __future__ import annotations

import importlib
import inspect
import itertools
from collections.abc import Iterator
from pathlib import Path

import matgrad as mg

HEAD = """\
# Python

`import matgrad as mg`. A function that is to be differentiated is an expression, its text, or a plain NumPy
function of its variables. Every function of [the language](reference.md) is a function of the module as well:
`mg.trace(X)`, `mg.logdet(X)`.
"""


def write(path: Path) -> None:
    """Write the page."""
    names = sorted(mg.__all__, key=lambda name: (_place(name), name.lower()))
    parts = [HEAD]
    for module, members in itertools.groupby(names, key=lambda name: getattr(mg, name).__module__):
        parts += [f"## {_title(module)}", *map(_entry, members)]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _place(name: str) -> tuple[bool, bool, str]:
    """What is called before what it gives, and the errors last."""
    module = getattr(mg, name).__module__
    return (module.endswith("errors"), not module.startswith("matgrad.api"), module)


def _title(module: str) -> str:
    text = (inspect.getdoc(importlib.import_module(module)) or module).partition("\n")[0]
    return text.partition(". ")[0].removesuffix(".")


def _entry(name: str) -> str:
    return "```{eval-rst}\n" + "\n".join(_directive(name)) + "\n```"


def _directive(name: str) -> Iterator[str]:
    thing = getattr(mg, name)
    if not inspect.isclass(thing):
        yield f".. autofunction:: matgrad.{name}"
        return
    yield f".. autoclass:: matgrad.{name}"
    if not issubclass(thing, Exception):
        yield "   :members:"
