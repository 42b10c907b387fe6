"""Answer one problem, or a stream of them, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

from matgrad.cli.formats import Format, Medium
from matgrad.cli.input import lines_of
from matgrad.cli.present import present, present_error, unanswered
from matgrad.cli.process import INTERNAL_ERROR, internal_error, nested_too_deeply, too_large
from matgrad.cli.record import Record, error_record, internal_error_record, records
from matgrad.cli.request import Request, request_from_line
from matgrad.cli.solve import Solution, solve
from matgrad.cli.terminal import write, write_json
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.words import Phrase, language_asked, phrase


def answer_one(request: Request, output: Format) -> int:
    """Answer a problem and return the exit status."""
    return _answer(request, "", output, {})


_ONE_A_LINE = Phrase("One problem a line; end with Ctrl-D.")


def answer_lines(stream: BinaryIO, common: Request, output: Format) -> int:
    """Answer the problems of a stream, one a line, and return the worst exit status.

    Each answer is written before the next line is read, so that another program can hold a
    conversation over a pipe.
    """
    if sys.stdin.isatty():
        sys.stderr.write(_ONE_A_LINE.text(language_asked()) + "\n")
    status = 0
    first = True
    try:
        for number, text in _problem_lines(stream):
            if not first and output != "json":
                write(sys.stdout, [()])
            first = False
            status = max(status, _answer(common, text, output, {"input_line": number}))
    except ArgumentError as error:  # a line without an end
        status = max(status, error.exit_status)
        if output == "json":
            _write_records([error_record(None, error)])
        else:
            write(sys.stderr, present_error(error))
    return status


def _problem_lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines_of(stream), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text


def _answer(common: Request, line: str, output: Format, place: Record) -> int:
    """Answer the problem on ``line``, or ``common`` itself where there is no line."""
    where = phrase("line {number}: ", number=place["input_line"]).text(language_asked()) if place else ""
    request = None
    try:
        request = request_from_line(line, common) if line else common
        solution = solve(request)
        if output == "json":
            _write_records([place | record for record in records(solution)])
        else:
            _write_text(solution, output, where)
        return solution.exit_status
    except MatgradError as error:
        return _answer_error(request, error, output, place, where)
    except OSError:
        raise  # the output is closed or full: told in one place
    except RecursionError:
        return _answer_error(request, nested_too_deeply(), output, place, where)
    except MemoryError:
        return _answer_error(request, too_large(), output, place, where)
    except Exception as error:
        message = internal_error(error)
        if output == "json":
            _write_records([place | internal_error_record(request, message, INTERNAL_ERROR)])
        write(sys.stderr, [((where + message, "error"),)])
        return INTERNAL_ERROR


def _answer_error(
    request: Request | None, error: MatgradError, output: Format, place: Record, where: str
) -> int:
    if output == "json":
        _write_records([place | error_record(request, error)])
    else:
        write(sys.stderr, present_error(error, where))
    return error.exit_status


def _write_text(solution: Solution, medium: Medium, where: str) -> None:
    # Laid out as a whole first: a failure halfway leaves no half answer behind.
    write(sys.stdout, list(present(solution, medium)))
    for answer, error in unanswered(solution):
        write(sys.stderr, present_error(error, f"{where}{answer.variable}: "))


def _write_records(items: list[Record]) -> None:
    write_json(sys.stdout, items)
