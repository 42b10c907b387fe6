"""The process around a command: its streams, its exit status, and no traceback ever."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from click import Abort, BadParameter, ClickException

from matgrad.cli.help_page import refusal
from matgrad.cli.terminal import ERROR
from matgrad.core.errors import ArgumentError
from matgrad.core.visible import visible
from matgrad.core.words import Phrase, language_asked, phrase

INTERNAL_ERROR = 70
"""The exit status of an error in this program, as ``sysexits.h`` numbers it."""


class BadUse(BadParameter):
    """Arguments of a command that this program cannot take, in words of its own."""

    def __init__(self, problem: Phrase, context: Any = None) -> None:
        super().__init__(str(problem), context)
        self.problem = problem


INTERRUPTED = 130
BROKEN_PIPE = 141
NOT_UNDERSTOOD = 2


def run(command: Callable[[], object]) -> None:
    """Run ``command`` and end the process.

    A reader that closes the pipe and a user who interrupts are no errors: the process ends as the
    signals of the same name would end it, in silence. A disk that is full is told.
    """
    closed = _open_streams()
    sys.argv[1:] = map(_as_utf8, sys.argv[1:])
    try:
        status = _status(command)
        sys.stdout.flush()
    except BrokenPipeError:
        status = BROKEN_PIPE
    except OSError as error:
        status = NOT_UNDERSTOOD
        _tell(
            phrase("error: the output cannot be written: {reason}", reason=error.strerror or error).text(
                language_asked()
            )
        )
    if closed or status == BROKEN_PIPE:
        status = BROKEN_PIPE
    if status in (BROKEN_PIPE, NOT_UNDERSTOOD):
        discard_output()
    raise SystemExit(status)


def _status(command: Callable[[], object]) -> int:
    """The exit status of a command."""
    try:
        found = command()
    except Abort:
        return INTERRUPTED
    except ClickException as error:
        _tell(_usage(error))
        return NOT_UNDERSTOOD
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:
        raise
    except RecursionError:
        _tell(f"{ERROR.text(language_asked())}{nested_too_deeply()}")
        return NOT_UNDERSTOOD
    except MemoryError:
        _tell(f"{ERROR.text(language_asked())}{too_large()}")
        return NOT_UNDERSTOOD
    except Exception as error:
        _tell(internal_error(error))
        return INTERNAL_ERROR
    return found if isinstance(found, int) else 0


def _usage(error: Any) -> str:
    """What is wrong with the arguments of a command, and where help is."""
    context, spoken = error.ctx, language_asked()
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error.format_message())
    said = ERROR.text(spoken) + refusal(error, spoken)
    if context is None:
        return said
    path = f"matgrad {context.info_name}" if context.parent is not None else "matgrad"
    command = phrase("Try '{command_path} --help' for help.", command_path=path)
    return f"{said}\n{command.text(spoken)}"


def _open_streams() -> bool:
    """Make the streams write anything at all; say whether standard output is closed.

    Whatever a terminal cannot show is spelled out rather than refused.
    """
    closed = sys.stdout is None
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    return closed


def _as_utf8(argument: str) -> str:
    """An argument as the terminal sent it, which is UTF-8 even where the locale says something else."""
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError:
        return argument


def _tell(text: str) -> None:
    """Write to standard error, if anyone is there."""
    try:
        sys.stderr.write(visible(text) + "\n")
        sys.stderr.flush()
    except OSError:
        return


def internal_error(error: BaseException) -> str:
    """Say in one line that the program is at fault, and why."""
    reason = " ".join(str(error).split())[:200]
    return phrase(
        "internal error: {kind}{reason} (please report this expression)",
        kind=type(error).__name__,
        reason=f": {reason}" if reason else "",
    ).text(language_asked())


def nested_too_deeply() -> ArgumentError:
    """The refusal of what Python's stack has no room for."""
    return ArgumentError(
        phrase("the expression is nested too deeply to be worked out"), fix=phrase("its parts, one by one")
    )


def too_large() -> ArgumentError:
    """The refusal of what there is no memory for."""
    return ArgumentError(
        phrase("there is not enough memory for this"), fix=phrase("symbolic dimensions, or smaller ones")
    )


def discard_output() -> None:
    """Drop what is still to be written, after the reader has gone.

    Python flushes standard output once more as it ends; that must not meet the closed pipe again.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        return
    finally:
        os.close(null)
