"""The command line: ``matgrad diff "tr(A X)" --wrt X``."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the process ends with its exit status."""
    from matgrad.cli.app import app
    from matgrad.cli.process import run

    run(app)
