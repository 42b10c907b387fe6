"""Completion of commands, options and their values by the shell that the user works in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from matgrad.cli.process import BadUse
from matgrad.core.words import language_asked, phrase

COMPLETION = "_MATGRAD_COMPLETE"
"""The variable by which a shell asks what may follow; no arguments are given then."""

SHELLS = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
"""The shells that are known, with the file in the home folder that each reads when it starts."""


def _shell(context: Any) -> str:
    """The shell that the user works in."""
    name = Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        problem = phrase(
            "completion is known for {shells}; SHELL names none of them", shells=", ".join(SHELLS)
        )
        raise BadUse(problem, context)
    return name


def _script(context: click.Context) -> str:
    """What the shell runs to complete."""
    kind = get_completion_class(_shell(context))
    assert kind is not None
    return kind(context.command, {}, "matgrad", COMPLETION).source()


def _show(context: click.Context, option: Any, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(_script(context))
        context.exit()


def _install(context: click.Context, option: Any, asked: bool) -> None:
    if not asked or context.resilient_parsing:
        return
    shell = _shell(context)
    script = Path.home() / ".local" / "share" / "matgrad" / f"completion.{shell}"
    start = Path.home() / SHELLS[shell]
    line = f"source '{script}'"
    if shell == "zsh":
        line = f"autoload -Uz compinit && compinit && {line}"
    for file in (script, start):
        file.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(_script(context), encoding="utf-8")
    before = start.read_text(encoding="utf-8") if start.exists() else ""
    if line not in before.splitlines():
        end = "" if not before or before.endswith("\n") else "\n"
        start.write_text(f"{before}{end}{line}\n", encoding="utf-8")
    said = phrase("completion is installed: a new {shell} reads it from {file}", shell=shell, file=script)
    click.echo(said.text(language_asked()))
    context.exit()


install = click.option(
    "--install-completion",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_install,
    help="Install completion for the current shell.",
)

show = click.option(
    "--show-completion",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show,
    help="Show completion for the current shell, to copy it or customize the installation.",
)
