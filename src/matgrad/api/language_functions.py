"""The functions of the text language as functions of Python: ``mg.inv``, ``mg.trace`` and so on."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from matgrad.ops.operators import call
from matgrad.ops.registry import FUNCTIONS


@cache
def language_function(name: str) -> Callable[..., Any] | None:
    """The function of that name, with its parameters and its documentation; ``None`` where there is none.

    It takes expressions, numbers, arrays of numbers and dimensions, and refuses what it cannot take.
    """
    known = FUNCTIONS.get(name)
    if known is None or not name.isascii():
        return None
    signature = inspect.signature(known.build, eval_str=True)

    def apply(*args: Any, **named: Any) -> Any:
        return call(known, signature.bind(*args, **named).args if named else args)

    apply.__name__ = apply.__qualname__ = name
    apply.__module__ = "matgrad"
    apply.__doc__ = known.build.__doc__
    apply.__signature__ = signature  # type: ignore[attr-defined]
    return apply
