"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from matgrad.cli.request import Language, Syntax, macros_of

F = TypeVar("F", bound=Callable[..., Any])


def words(choices: Any) -> click.Choice[str]:
    """One of the words of a ``Literal``."""
    return click.Choice(get_args(choices))


class _Macros(click.ParamType[str]):
    """Definitions, or a file of them."""

    name = "macros"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return macros_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


given = click.option(
    "--given",
    multiple=True,
    metavar="DECLARATIONS",
    help='What is known: "A: m×n, S: n×n symmetric, x: n, t: scalar"; "x_i: n, i = 1..N, lambda > 0".',
)

macros = click.option(
    "--macros",
    metavar="MACROS",
    type=_Macros(),
    default="",
    show_default=False,
    help="Macros that LaTeX uses: definitions, or a file of them.",
)

order = click.option("--order", type=click.IntRange(min=1), default=1, help="The order of the derivative.")

lang = click.option(
    "--lang",
    type=words(Language),
    show_default="en",
    help="The language of all that is said; MATGRAD_LANG sets it.",
)

no_verify = click.option("--no-verify", is_flag=True, help="Skip the numeric verification.")


def syntax(help: str) -> Callable[[F], F]:
    """The option that names the dialect of a text."""
    return click.option("--syntax", type=words(Syntax), default="auto", help=help)


def written_as(choices: Any, default: str | None, help: str, *, shown: str | None = None) -> Callable[[F], F]:
    """The option ``--format``."""
    kind = words(choices)
    return click.option("--format", "output", type=kind, default=default, show_default=shown, help=help)
