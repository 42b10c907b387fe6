"""Sizes that stand for all, to show code that is written for sizes before any are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.verify.sampling import samples

Written = TypeVar("Written")


class SourceError(ArgumentError, AttributeError):
    """There is no code to show yet; ``hasattr`` and ``inspect`` take it for a missing attribute."""


def representative(
    exprs: Sequence[Expr], names: Iterable[str], write: Callable[[Mapping[str, int]], Written]
) -> Written:
    """What is written for moderate sizes, or for small ones where those do not fit.

    Parameters
    ----------
    exprs : sequence of Expr
        What is computed.
    names : iterable of str
        The symbolic dimensions.
    write : callable
        Writes it for given sizes.

    Raises
    ------
    SourceError
        Where it cannot be written for either; it is an ``AttributeError`` too.
    """
    try:
        return write({name: 100 + 10 * place for place, name in enumerate(sorted(names))})
    except (MatgradError, ValueError):
        pass
    try:
        small, _ = next(iter(samples(exprs, attempts=1, digits=16)))
        return write(small)
    except (MatgradError, ValueError, StopIteration) as error:
        raise SourceError(
            phrase("there is no code yet, and none can be written for sizes of choice: {error}", error=error),
            fix=phrase("call the function once"),
        ) from None


def written_for(sizes: Mapping[str, int], text: str) -> str:
    """Source text that says that its sizes are still open, and for which it was written."""
    words = ", ".join(f"{name} = {size}" for name, size in sizes.items())
    if not words:
        return text
    said = "# The sizes are still open: arrays of other shapes may get other code."
    return f"{said}\n# Written for {words}.\n{text}"
