"""How arguments are taken: what Click has no words for is refused in this program's own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container, Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import Any, ClassVar

import click

from matgrad.cli.help_page import GIVEN
from matgrad.cli.process import BadUse
from matgrad.core.lazy import regex
from matgrad.core.suggestions import meant
from matgrad.core.words import phrase

_LONG = regex(r"(--[a-z][a-z-]*)(=.*)?", re.DOTALL)


class Command(click.Command):
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
        rest = super().parse_args(ctx, list(self._with_expressions(ctx, args, options)))
        if rest and not ctx.resilient_parsing:
            raise BadUse(
                phrase(
                    "there is one argument too many, or quotes are missing: {words}", words=" ".join(rest)
                ),
                ctx,
            )
        return rest

    def _with_expressions(self, ctx: Any, args: Sequence[str], options: Container[str]) -> Iterator[str]:
        """The words, with a blank before the minus sign of an expression: Click would find -h in -tanh(x)."""
        takes_value = self._taking_values(ctx)
        words = iter(args)
        for word in words:
            is_expression = ctx.ignore_unknown_options and word[:1] == "-" != word[1:2] and len(word) > 1
            yield f" {word}" if is_expression and word not in options else word
            if word == "--":
                yield from words
            elif word in takes_value:
                yield from itertools.islice(words, 1)

    def _taking_values(self, ctx: Any) -> set[str]:
        """The options behind which a value stands."""
        return {
            name
            for parameter in self.get_params(ctx)
            if not getattr(parameter, "is_flag", True)
            for name in _options(parameter)
        }

    def _long_options(self, ctx: Any, args: Sequence[str]) -> Iterator[str]:
        """What looks like an option and is no value of one."""
        takes_value = self._taking_values(ctx)
        words = iter(args)
        for word in words:
            if word == "--":
                return
            found = _LONG.fullmatch(word)
            if found is not None:
                yield found[1]
            if word in takes_value:
                next(words, None)


def command(text: str, *, minus: bool = False) -> Callable[[Callable[..., int]], Command]:
    """Make a command of the function that runs it, which returns the exit status.

    Parameters
    ----------
    text : str
        Its help.
    minus : bool
        Whether its argument may start with a minus sign: what is no known option is taken for it.
    """
    return click.command(cls=Command, help=text, context_settings={"ignore_unknown_options": minus})


class _Commands(MutableMapping[str, Any]):
    """Commands by their names, in the order of the help; a module is imported when its command is run."""

    def __init__(self, held: dict[str, Any], modules: dict[str, str]) -> None:
        self._held: dict[str, Any] = {**held, **modules}

    def __getitem__(self, name: str) -> Any:
        found = self._held[name]
        if isinstance(found, str):
            found = self._held[name] = getattr(import_module(found), name)
        return found

    def __setitem__(self, name: str, command: Any) -> None:
        self._held[name] = command

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


class Group(click.Group):
    """The commands together: an answer waits for its own command only."""

    modules: ClassVar[dict[str, str]] = {
        "stationary": "matgrad.cli.stationary",
        "serve": "matgrad.cli.page",
        "mcp": "matgrad.cli.mcp",
        "vec": "matgrad.cli.vec",
        "solve": "matgrad.cli.equations",
        "check": "matgrad.cli.check",
        "audit": "matgrad.cli.audit",
    }
    """The commands that are loaded when they are asked for, and the modules that they stand in."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self.commands = _Commands(dict(self.commands), self.modules)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

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
