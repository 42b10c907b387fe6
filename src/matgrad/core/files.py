"""Texts that are read from elsewhere, as far as a text may go, whatever is at the other end."""

from __future__ import annotations

import os
import select
import stat

from matgrad.core.errors import ArgumentError
from matgrad.core.words import Phrase, phrase

LONGEST = 4_000_000
"""The most bytes that are read of one text: a million characters of any alphabet."""

PATIENCE = 5.0
"""Seconds for which a pipe with a name waits for its writer."""

_REASONS: dict[type[BaseException], Phrase] = {
    FileNotFoundError: Phrase("there is no such file"),
    IsADirectoryError: Phrase("it is a folder"),
    PermissionError: Phrase("it may not be read"),
}
"""What an operating system says in a language of its own."""


def decoded(raw: bytes) -> str:
    """Bytes as text; a byte that is not UTF-8 becomes a sign that the parser points at."""
    return raw.decode("utf-8", errors="replace").lstrip("\ufeff")


def text_of_file(place: str) -> str:
    """The text of a file.

    Raises
    ------
    ArgumentError
        For what cannot be read, is no text, or has no end.
    """
    try:
        path = place.encode("utf-8", "surrogateescape")  # whatever encoding the locale names
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as stream:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                if not select.select([descriptor], [], [], PATIENCE)[0]:
                    raise ArgumentError(
                        phrase("{place} cannot be read: no one writes to this pipe", place=place)
                    )
                os.set_blocking(descriptor, True)
            raw = stream.read(LONGEST + 1)
    except (OSError, ValueError) as error:
        reason = _REASONS.get(type(error)) or getattr(error, "strerror", None) or str(error)
        raise ArgumentError(phrase("{place} cannot be read: {reason}", place=place, reason=reason)) from None
    return text_of_bytes(raw, place, strict=True)


def text_of_bytes(raw: bytes, place: str | Phrase, strict: bool = False) -> str:
    """Bytes as text, if they are not more than a text may have.

    Raises
    ------
    ArgumentError
        For more, and for what is no UTF-8 where it has to be.
    """
    if len(raw) > LONGEST:
        raise ArgumentError(
            phrase(
                "{place} cannot be read: it has more than {longest} bytes",
                place=place,
                longest=f"{LONGEST:,}",
            )
        )
    if not strict:
        return decoded(raw)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArgumentError(phrase("{place} cannot be read: it is not UTF-8 text", place=place)) from None
