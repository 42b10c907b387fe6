"""The parser of the grammar, and where its tables are kept between processes."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from matgrad.language.build import Build

if TYPE_CHECKING:
    from lark import Lark


@cache
def grammar() -> Lark:
    """The parser, built when it is first needed.

    Its tables take ten times as long to build as to read, so that they are kept in the folder for caches
    of whoever runs this. Lark builds them again where the grammar, its own version or Python's differ, and
    where they cannot be read.
    """
    from lark import Lark

    source = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    return Lark(
        source,
        parser="lalr",
        lexer="basic",
        maybe_placeholders=False,
        transformer=Build(),
        cache=_kept_in() or False,
    )


def _kept_in() -> str | None:
    """The file of the tables; nothing where no folder of one's own can be had."""
    try:
        named = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
        folder = (Path(named) if named else Path.home() / ".cache") / "matgrad"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return str(folder / "grammar.lark-tables") if os.access(folder, os.W_OK) else None
