"""The one door through which source text of our own becomes a function.

The text is written by the backends from a program; nothing that a user typed is in it but the names
of variables, which are identifiers.
"""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

_number = count(1)


def load(source: str, name: str, functions: Mapping[str, Any] | None = None) -> Callable[..., Any]:
    """The function of that name that a source text defines; tracebacks and debuggers show the text.

    They do as long as the function lives, and no longer. The text may call functions that are handed over.
    """
    file = f"<matgrad {name} {next(_number)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope: dict[str, Any] = dict(functions or {})
    exec(compile(source, file, "exec"), scope)  # noqa: S102
    function: Callable[..., Any] = scope[name]
    weakref.finalize(function, linecache.cache.pop, file, None).atexit = False
    return function
