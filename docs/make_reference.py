"""Write docs/reference.md from the registry of functions."""

from __future__ import annotations

import importlib
import inspect
import itertools
from collections.abc import Iterable
from pathlib import Path

from matgrad.language.decisions import DECISIONS
from matgrad.ops.registry import FUNCTIONS, Function, Parameter

TARGET = Path(__file__).with_name("reference.md")

HEAD = """\
# The functions of the language

Made by `docs/make_reference.py` from the functions themselves; `make docs` renews it.

Beside these there are the operators `+`, `-`, `*`, `/`, the product, transposes and powers, in one of two
dialects, and LaTeX:

| | NumPy | MATLAB | LaTeX |
|---|---|---|---|
| matrix product | `A @ B` | `A * B` or `A B` | `AB` |
| elementwise | `A * B`, `A / B`, `A ** 2` | `A .* B`, `A ./ B`, `A .^ 2` | `A \\odot B`, `A^{\\circ 2}` |
| transpose | `A.T` | `A'`, `A^T`, `Aᵀ` | `A^\\top`, `A^{\\mathsf T}`, `A'` |
| power | `matrix_power(X, k)` | `X^k`, `X^-1` | `X^k`, `X^{-1}`, `X^{-\\top}`, `X^{\\dagger}` |

An expression with a command of LaTeX is read as LaTeX, one with `@`, `.T` or `**` as NumPy's, any other as
MATLAB's; `--syntax` decides otherwise. LaTeX names any function: `\\operatorname{row\\_softmax}(X)`.
Arguments in brackets may be left out."""

COLUMNS = """\
| function | what it is | also named | in NumPy or SciPy | example |
|---|---|---|---|---|"""


DECIDED = """\
## How texts are read

What a text could mean in several ways is decided here, or asked about: then the error shows the readings,
each with the spelling that asks for it. A declaration decides over every custom."""

DECISION_COLUMNS = """\
| written | with | means | |
|---|---|---|---|"""


def decisions() -> list[str]:
    """The table of decisions, as the reader has it."""
    parts = ["", DECIDED]
    for heading, lines in DECISIONS.items():
        parts += ["", f"### {heading}", "", DECISION_COLUMNS]
        for line in lines:
            means = _code([line.means]) if line.means else "is asked about"
            given = _code([line.given]) if line.given else ""
            parts.append(f"| {_code([line.text])} | {given} | {means} | {line.because} |")
    return parts


def reference() -> str:
    """The whole text, grouped by the family of operations."""
    functions = sorted({f.name: f for f in FUNCTIONS.values()}.values(), key=_family_and_name)
    parts = [HEAD]
    for family, members in itertools.groupby(functions, key=lambda f: f.build.__module__):
        parts += ["", f"## {_title(family)}", "", COLUMNS]
        parts += [_row(function) for function in members]
    return "\n".join([*parts, *decisions()]) + "\n"


def _family_and_name(function: Function) -> tuple[str, str]:
    return (function.build.__module__, function.name)


def _title(module: str) -> str:
    text = (inspect.getdoc(importlib.import_module(module)) or module).partition("\n")[0]
    return text.partition(". ")[0].removesuffix(".")


def _row(function: Function) -> str:
    call = f"{function.name}({', '.join(map(_parameter, function.parameters))})"
    example = _code([function.example]) + (f" with {_code([function.given])}" if function.given else "")
    summary = function.summary.replace("|", r"\|")
    cells = (_code([call]), summary, _code(function.aliases), _code(function.numpy), example)
    return "| " + " | ".join(cells) + " |"


def _code(texts: Iterable[str]) -> str:
    return ", ".join("`" + text.replace("|", r"\|") + "`" for text in texts)


def _parameter(parameter: Parameter) -> str:
    if parameter.variadic:
        return f"{parameter.name}, …"
    return f"[{parameter.name}]" if parameter.optional else parameter.name


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
