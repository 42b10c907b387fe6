"""Where the command line begins."""

from __future__ import annotations

from functools import partial

from matgrad.cli import app, process


def main() -> None:
    """Run the command line; the process ends with its exit status."""
    # Errors of arguments are told by this program, which spells out what would act on a terminal.
    process.run(partial(app.app, standalone_mode=False))
