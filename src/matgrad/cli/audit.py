"""The command ``matgrad audit``: are the derivatives right that a paper or a notebook claims."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from matgrad import refereeing
from matgrad.cli import options
from matgrad.cli.check import WRONG
from matgrad.cli.commands import command
from matgrad.cli.input import standard_input
from matgrad.cli.present import present_error
from matgrad.cli.process import BROKEN_PIPE, discard_output
from matgrad.cli.record import error_record
from matgrad.cli.request import Language
from matgrad.cli.terminal import Line, Style, in_colour, write, write_json
from matgrad.core.errors import MatgradError
from matgrad.core.files import text_of_file
from matgrad.core.words import language_asked, phrase
from matgrad.refereeing.findings import Report
from matgrad.refereeing.html_report import page_of
from matgrad.refereeing.time_limit import SECONDS

AUDIT_HELP = """Check the derivatives that a paper or a notebook claims.

\b
  matgrad audit paper.tex
  matgrad audit notes.md lecture.ipynb --strict
  matgrad audit paper.tex --format html > report.html
  git show HEAD:paper.tex | matgrad audit -

Claims are equations with a derivative on the left, such as ∇f(x) = … and ∂f/∂X = …, differentials df = …,
and every further side of them, in formulas of LaTeX, of Markdown and of the markdown cells of notebooks.
Functions, sizes and properties are what the document says: "let A be symmetric", "Σ ≻ 0", "r = Ax − b".

Each claim is verified; wrong, with what is wrong and the right line; ambiguous, where only what the
document does not say decides; or not understood, with the reason. Nothing in a document is executed.

Exit status: 0 when nothing is wrong; 2 when a document cannot be read; 3 when something is wrong, with
--strict also when something is not understood."""

DocumentLayout = Literal["numerator", "denominator"]
_STYLES: dict[str, Style] = {
    "verified": "good",
    "wrong": "error",
    "ambiguous": "warning",
    "not understood": "quiet",
}


@command(AUDIT_HELP)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", help=".tex, .md or .ipynb; - reads stdin."
)
@options.written_as(Literal["text", "json", "html"], "text", "How to write the report.")
@click.option(
    "--layout",
    type=options.words(DocumentLayout),
    show_default="what the document says",
    help="The layout that derivatives are in.",
)
@options.macros
@click.option("--strict", is_flag=True, help="Fail where something is not understood.")
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=SECONDS, help="The longest that one claim may take."
)
@options.lang
def audit(
    files: Sequence[str],
    output: Literal["text", "json", "html"],
    layout: DocumentLayout | None,
    macros: str,
    strict: bool,
    seconds: float,
    lang: Language | None,
) -> int:
    """Check the derivatives of documents; the help text is above."""
    language = lang or language_asked()
    status = 0
    reports: list[Report] = []
    try:
        for file in files:
            try:
                report = _report(file, layout, macros, seconds, language)
            except MatgradError as error:
                status = max(status, error.exit_status)
                if output == "json":
                    write_json(sys.stdout, [error_record(None, error) | {"file": file}])
                else:
                    write(sys.stderr, present_error(error))
                continue
            reports.append(report)
            if report.wrong or (strict and report.counts["not understood"]):
                status = max(status, WRONG)
            if output == "json":
                write_json(sys.stdout, [report.record()])
            elif output == "text":
                write(sys.stdout, _lines(report))
        if output == "html" and reports:
            sys.stdout.write(page_of(reports))
            sys.stdout.flush()
    except BrokenPipeError:
        # Told apart here, because Click takes it for a failure of its own.
        discard_output()
        status = BROKEN_PIPE
    return status


def _report(file: str, layout: str | None, macros: str, seconds: float, language: str) -> Report:
    text = standard_input() if file == "-" else text_of_file(file)
    name = phrase("standard input").text(language) if file == "-" else file
    kind = refereeing.kind_of(Path(file).name, text)
    folder = None if file == "-" else str(Path(file).parent)
    document = refereeing.read_document(text, kind, name, macros or None, folder=folder)
    show = _progress if sys.stderr.isatty() and in_colour(sys.stderr) else None
    try:
        return refereeing.audit(document, layout=layout, language=language, seconds=seconds, progress=show)
    finally:
        if show is not None:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _progress(done: int, count: int) -> None:
    """A bar on the terminal, which is wiped out at the end."""
    full = 30 * done // max(count, 1)
    sys.stderr.write(f"\r[{'#' * full}{'.' * (30 - full)}] {done}/{count}")
    sys.stderr.flush()


def _lines(report: Report) -> list[Line]:
    found: list[Line] = []
    for claim in report.claims:
        head, *rest = report.lines_of(claim)
        found += [((head, _STYLES[claim.status]),), *(((row, "plain"),) for row in rest)]
    notes: list[Line] = [((note, "warning"),) for note in report.notes()]
    return [
        *found,
        *([()] if found else []),
        *notes,
        ((report.summary(), "error" if report.wrong else "plain"),),
    ]
