"""What is read of standard input, as far as a text may go, whatever is at the other end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

from matgrad.core.errors import ArgumentError
from matgrad.core.files import LONGEST, decoded, text_of_bytes
from matgrad.core.words import Phrase, phrase


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, each as soon as it is there.

    Raises
    ------
    ArgumentError
        For a line without an end.
    """
    while raw := stream.readline(LONGEST + 1):
        if len(raw) > LONGEST:
            raise ArgumentError(
                phrase(
                    "a line of the input has more than {longest} bytes; no more is read",
                    longest=f"{LONGEST:,}",
                )
            )
        yield decoded(raw).rstrip("\r\n")


def standard_input() -> str:
    """All of standard input.

    Raises
    ------
    ArgumentError
        For more than a text may have.
    """
    return _limited(sys.stdin.buffer, phrase("the input"))


def _limited(stream: BinaryIO, place: str | Phrase) -> str:
    return text_of_bytes(stream.read(LONGEST + 1), place)
