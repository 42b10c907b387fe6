"""The page of the commands, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matgrad.cli.app import app
from matgrad.cli.help_page import options_of, paragraphs

HEAD = """\
# Command line

Data goes to standard output, messages to standard error. `matgrad COMMAND --help` says in the terminal what
this page says. All commands speak Chinese with `--lang zh`, or where the environment variable `MATGRAD_LANG`
is `zh`; where `NO_COLOR` is set they use no colours.
"""


def write(path: Path) -> None:
    """Write the page."""
    root: Any = app
    parts = [HEAD]
    for name, command in root.commands.items():
        if not command.hidden:
            parts += [f"## matgrad {name}", *_command(command)]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _command(command: Any) -> Iterator[str]:
    for paragraph in paragraphs(command.help or ""):
        # Only examples keep their lines.
        yield f"```bash\n{paragraph}\n```" if paragraph.startswith("matgrad ") else _escaped(paragraph)
    for spelled, said in options_of(command, "en"):
        yield f"`{spelled}`\n: {_escaped(said)}"


def _escaped(text: str) -> str:
    """Words as they are, in Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>$|#'\"" else sign for sign in text)
