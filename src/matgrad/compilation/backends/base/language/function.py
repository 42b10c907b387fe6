"""Functions as text for other languages, for sizes that are not known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matgrad.compilation.backends.base.backend import Backend, Request
from matgrad.compilation.backends.base.language.writer import TextWriter
from matgrad.compilation.plan.open_sizes import open_program
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase


class TextFunction:
    """A function as text, to be pasted; it cannot be called here.

    Parameters
    ----------
    writer : type of TextWriter
        The language.
    exprs : Expr or sequence of Expr
        What the function computes.
    name : str
        What it is called.
    results : sequence of str, optional
        What the results are called.

    Attributes
    ----------
    source : str
        The text.

    Raises
    ------
    ArgumentError
        Where the code depends on sizes that are not known, or a name is none.
    """

    def __init__(
        self,
        writer: type[TextWriter],
        exprs: Expr | Sequence[Expr],
        *,
        name: str = "compute",
        results: Sequence[str] | None = None,
    ) -> None:
        wanted = [exprs] if isinstance(exprs, Expr) else list(exprs)
        called = [f"result{k + 1}" for k in range(len(wanted))] if results is None else list(results)
        for word in (name, *called):
            if not isinstance(word, str) or not re.fullmatch(r"[A-Za-z]\w*", word, re.ASCII):
                raise ArgumentError(
                    phrase("{word} is not a name for a function or a result", word=repr(word)),
                    fix='"gradient"',
                )
        self.source = writer(*open_program(wanted, loops=True), called, name).text()

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return self.source

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        """Refuse: this is text.

        Raises
        ------
        ArgumentError
            Always.
        """
        raise ArgumentError(
            phrase("this is text for another language; it cannot be called here"), fix="fn.source"
        )


def language(name: str, writer: type[TextWriter]) -> Backend:
    """The backend of a language: it compiles to text, which is what it pastes."""

    def compile_(asked: Request) -> TextFunction:
        return TextFunction(writer, asked.exprs, name=asked.name, results=asked.results)

    def paste(exprs: Sequence[Expr], name: str, results: Sequence[str] | None) -> str:
        return TextFunction(writer, exprs, name=name, results=results).source

    return Backend(name, writer.table, compile_, paste)
