"""One answer of a command: worked out, written as lines or as JSON, with the exit status of an error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from matgrad.cli.present import present_error
from matgrad.cli.process import BROKEN_PIPE, discard_output
from matgrad.cli.record import error_record
from matgrad.cli.terminal import Line, write, write_json
from matgrad.core.errors import MatgradError

Answer = TypeVar("Answer")


def answer_with(
    find: Callable[[], Answer],
    record: Callable[[Answer], dict[str, Any]],
    lines: Callable[[Answer], Iterable[Line]],
    *,
    json: bool,
    status: Callable[[Answer], int] | None = None,
) -> int:
    """Find an answer, write it, and return the exit status.

    Parameters
    ----------
    find : callable
        Finds the answer; what it raises of ours is written as an error.
    record, lines : callable
        The answer as an object of JSON, and as lines.
    json : bool
        Whether JSON is asked for.
    status : callable, optional
        The exit status of an answer; 0 by default.
    """
    try:
        try:
            answer = find()
            if json:
                write_json(sys.stdout, [record(answer)])
            else:
                # Laid out as a whole first: a failure halfway leaves no half answer behind.
                write(sys.stdout, list(lines(answer)))
        except MatgradError as error:
            if json:
                write_json(sys.stdout, [error_record(None, error)])
            else:
                write(sys.stderr, present_error(error))
            return error.exit_status
    except BrokenPipeError:
        # Told apart here, because Click takes it for a failure of its own.
        discard_output()
        return BROKEN_PIPE
    return 0 if status is None else status(answer)
