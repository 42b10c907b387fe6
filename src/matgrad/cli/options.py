"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from matgrad.cli.request import Language, macros_of

Given = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DECLARATIONS",
        show_default=False,
        help='What is known: "A: m×n, S: n×n symmetric, x: n, t: scalar"; "x_i: n, i = 1..N, lambda > 0".',
    ),
]

Macros = Annotated[
    str | None,
    typer.Option(
        metavar="MACROS",
        parser=macros_of,
        show_default=False,
        help="Macros that LaTeX uses: definitions, or a file of them.",
    ),
]

Order = Annotated[int, typer.Option(min=1, help="The order of the derivative.")]

Lang = Annotated[
    Language | None,
    typer.Option("--lang", show_default="en", help="The language of all that is said; MATGRAD_LANG sets it."),
]
