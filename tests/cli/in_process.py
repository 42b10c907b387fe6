"""Run the command line in this process, with streams of its own."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import NamedTuple
from unittest.mock import patch

from matgrad.cli import main


class Called(NamedTuple):
    """What a command did."""

    status: int
    stdout: str
    stderr: str


def called(arguments: Sequence[str], stdin: bytes = b"") -> Called:
    """Run ``matgrad`` with arguments and standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    status = 0
    with (
        patch.object(sys, "argv", ["matgrad", *arguments]),
        patch.object(sys, "stdin", source),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        out.flush()
        err.flush()
    written, said = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Called(status, written, said)
