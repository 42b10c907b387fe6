"""Every piece of LaTeX that a problem gives: the interpretation, the result, the steps by each method."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import matgrad as mg
from matgrad.cli.present import describe_interpretation
from matgrad.explanation import explain
from matgrad.language import interpret
from matgrad.language.names import plain


def pieces(expression: str, given: str, wrt: str, *, steps: bool = True, **options: Any) -> Iterator[str]:
    """The pieces; a method that knows no derivation has none."""
    read = interpret(expression, given)
    yield describe_interpretation(read, "latex")
    variable = read.symbols[plain(wrt)]
    result = mg.derive(read.expr, variable, verify=False, **options)
    yield result.line("latex")
    if not steps:
        return
    for method in ("differential", "definition", "chain"):
        with suppress(mg.MatgradError):
            for line in explain(read.expr, variable, method=method, **options).lines:
                if line.left is not None:
                    yield line.left.write("latex")
                yield line.right.write("latex")
