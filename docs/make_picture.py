"""Draw docs/picture.svg: what the command line prints, in its colours."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

TARGET = Path(__file__).with_name("picture.svg")

COMMANDS = (
    'matgrad diff "norm(T - U V\')^2" --wrt U',
    'matgrad diff "log(det(X\' A X))" --wrt X --given "A: m×m symmetric, X: m×n"',
)
WIDTH = 92


def picture() -> str:
    """The picture as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    for number, command in enumerate(COMMANDS):
        if number:
            console.print()
        console.print(Text.assemble(("$ ", "bright_black"), (command, "bold")))
        console.print()
        console.print(Text.from_ansi(output(command, FORCE_COLOR="1")))
    svg = console.export_svg(title="matgrad", theme=SVG_EXPORT_THEME, unique_id="matgrad")
    # The picture stands on its own: no font is fetched from elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def output(command: str, **environment: str) -> str:
    """What a command prints."""
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        env=inherited | environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout


if __name__ == "__main__":
    TARGET.write_text(picture(), encoding="utf-8")
