"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Given = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DECLARATIONS",
        show_default=False,
        help='What is known: "A: m×n, S: n×n symmetric, x: n, t: scalar"; "x_i: n, i = 1..N, lambda > 0".',
    ),
]

Order = Annotated[int, typer.Option(min=1, help="The order of the derivative.")]
