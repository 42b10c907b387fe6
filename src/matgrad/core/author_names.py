"""The names that the author of a function defined for parts of it, while code is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from matgrad.core.expr import Expr

_NAMES: ContextVar[Mapping[str, Expr]] = ContextVar("matgrad_author_names", default={})  # noqa: B039


def author_names() -> Mapping[str, Expr]:
    """The names, with what they stand for; none where no author defined any."""
    return _NAMES.get()


@contextmanager
def named_by_author(names: Mapping[str, Expr]) -> Iterator[None]:
    """Let what is planned within have these names in its code."""
    token = _NAMES.set(names)
    try:
        yield
    finally:
        _NAMES.reset(token)
