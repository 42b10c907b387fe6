"""How arguments are taken: what Typer has no words for is refused in this program's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from matgrad.cli.help_page import GIVEN
from matgrad.cli.process import BadUse
from matgrad.core.suggestions import meant
from matgrad.core.words import phrase

_LONG = re.compile(r"(--[a-z][a-z-]*)(=.*)?", re.DOTALL)


class Command(TyperCommand):
    """A command that takes no arguments and options but its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[GIVEN] = tuple(args)
        options = {name for parameter in self.get_params(ctx) for name in _options(parameter)}
        if not ctx.resilient_parsing:
            for option in self._long_options(ctx, args):
                # What is an expression may start with a minus sign; what looks like an option is none.
                if option not in options:
                    there_is_none = phrase("there is no option {option}", option=option)
                    raise BadUse(meant(there_is_none, option, options), ctx)
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise BadUse(
                phrase(
                    "there is one argument too many, or quotes are missing: {words}", words=" ".join(rest)
                ),
                ctx,
            )
        return rest

    def _long_options(self, ctx: Any, args: Sequence[str]) -> Iterator[str]:
        """What looks like an option and is no value of one."""
        takes_value = {
            name
            for parameter in self.get_params(ctx)
            if not getattr(parameter, "is_flag", True)
            for name in _options(parameter)
        }
        words = iter(args)
        for word in words:
            if word == "--":
                return
            found = _LONG.fullmatch(word)
            if found is not None:
                yield found[1]
            if word in takes_value:
                next(words, None)


class Group(TyperGroup):
    """The commands together."""

    command_class = Command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            there_is_none = phrase("there is no command {name}", name=name)
            near = meant(there_is_none, name, self.commands)
            if near == there_is_none:
                names = ", ".join(self.commands)
                near = phrase("{problem}; there are {names}", problem=there_is_none, names=names)
            raise BadUse(near, ctx)
        return super().resolve_command(ctx, args)


def _options(parameter: Any) -> tuple[str, ...]:
    """How an option is spelled; nothing for an argument."""
    if parameter.param_type_name != "option":
        return ()
    return (*parameter.opts, *parameter.secondary_opts)
