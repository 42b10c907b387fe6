"""The command line: ``matgrad diff "tr(A X)" --wrt X``."""

from __future__ import annotations

from functools import partial


def main() -> None:
    """Run the command line; the process ends with its exit status."""
    from matgrad.cli.app import app
    from matgrad.cli.process import run

    # Errors of arguments are told by this program, which spells out what would act on a terminal.
    run(partial(app, standalone_mode=False))
