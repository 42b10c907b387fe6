"""The process around a command: its streams, its exit status, and no traceback ever."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

INTERNAL_ERROR = 70
"""The exit status of an error in this program, as ``sysexits.h`` numbers it."""

INTERRUPTED = 130
BROKEN_PIPE = 141


def run(command: Callable[[], object]) -> None:
    """Run ``command`` and end the process.

    A reader that closes the pipe and a user who interrupts are no errors: the process ends as the
    signals of the same name would end it, in silence.
    """
    for stream in (sys.stdout, sys.stderr):
        # Whatever a terminal cannot show is spelled out rather than refused.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        raise SystemExit(BROKEN_PIPE) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        sys.stderr.write(internal_error(error) + "\n")
        raise SystemExit(INTERNAL_ERROR) from None


def internal_error(error: BaseException) -> str:
    """Say in one line that the program is at fault, and why."""
    reason = " ".join(str(error).split())[:200]
    return (
        f"internal error: {type(error).__name__}{': ' * bool(reason)}{reason} (please report this expression)"
    )


def discard_output() -> None:
    """Drop what is still to be written, after the reader has gone.

    Python flushes standard output once more as it ends; that must not meet the closed pipe again.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
