"""The backend of a library of arrays."""

from __future__ import annotations

from matgrad.compilation.backends.base.backend import Backend, Paste, Request
from matgrad.compilation.backends.base.library.function import LibraryFunction
from matgrad.compilation.backends.base.library.pasting import pasting


def library(name: str, function: type[LibraryFunction], paste: Paste | None = None) -> Backend:
    """The backend of a library: it compiles to functions of one class.

    Parameters
    ----------
    name : str
        What users call it.
    function : type of LibraryFunction
        How the library's arrays are read; it has the writer, and that the table.
    paste : callable, optional
        Writes expressions as text for arrays of any size; by default the writer does.
    """

    def compile_(asked: Request) -> LibraryFunction:
        return function(
            asked.exprs,
            more=asked.more,
            name=asked.name,
            check=asked.check,
            axes=asked.axes,
            functions=asked.functions,
        )

    return Backend(name, function.writer.table, compile_, paste or pasting(function.writer))
