"""Lines of styled text, written with colours only where someone sees them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, Literal, TextIO

from matgrad.core.visible import in_json, visible
from matgrad.core.words import Phrase

ERROR = Phrase("error: ")
"""What stands before what is wrong."""

Style = Literal["plain", "result", "quiet", "good", "warning", "error"]
Line = tuple[tuple[str, Style], ...]
"""One line: pieces of text, each with its style."""

RICH_STYLES: dict[Style, str] = {
    "plain": "",
    "result": "bold cyan",
    "quiet": "bright_black",
    "good": "green",
    "warning": "yellow",
    "error": "bold red",
}


def in_colour(stream: TextIO) -> bool:
    """Whether to colour: on a terminal, unless ``NO_COLOR`` is set (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def write(stream: TextIO, lines: Iterable[Line]) -> None:
    """Write lines to a stream and flush it, so that a reader at the other end of a pipe has them.

    Whatever is hidden in them, such as the escapes of a terminal that a user typed, is spelled out.
    """
    lines = (tuple((visible(text), style) for text, style in line) for line in lines)
    if in_colour(stream):
        _write_coloured(stream, lines)
    else:
        stream.writelines("".join(text for text, _ in line) + "\n" for line in lines)
    stream.flush()


def write_json(stream: TextIO, records: Iterable[dict[str, Any]]) -> None:
    """Write objects as JSON, one a line."""
    texts = (in_json(json.dumps(record, ensure_ascii=False)) for record in records)
    stream.writelines(text + "\n" for text in texts)
    stream.flush()


def _write_coloured(stream: TextIO, lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    # The style of the terminal is forced because FORCE_COLOR may ask for it in a pipe.
    console = Console(file=stream, force_terminal=True, highlight=False, markup=False, emoji=False)
    for line in lines:
        console.print(Text.assemble(*((text, RICH_STYLES[style]) for text, style in line)), soft_wrap=True)
