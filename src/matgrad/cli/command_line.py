"""Where the command line begins."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress

from matgrad.cli import help_page, process
from matgrad.cli.app import app
from matgrad.cli.completion import COMPLETION
from matgrad.core.languages import speaking
from matgrad.core.words import language_asked

YOUNG, MIDDLE, OLD = 50_000, 20, 20
"""How often the collector of cycles runs: an answer makes few, and usually a sixth of it is spent looking."""


def main() -> None:
    """Run the command line; it ends with its exit status."""
    language = help_page.language_on(sys.argv[1:]) or language_asked()
    with speaking(language):
        # Errors of arguments are told by this program, which spells out what would act on a terminal.
        process.run(_helped if language != "en" else _run)


def _run() -> object:
    return app.main(sys.argv[1:], prog_name="matgrad", standalone_mode=False)


def _helped() -> object:
    """Run a command, or show its help in the language that is asked for."""
    path = help_page.help_asked(app, sys.argv[1:])
    if path is None or COMPLETION in os.environ:
        return _run()
    sys.stdout.write(help_page.help_text(app, path, language_asked()))
    return 0


def program() -> None:
    """Run the command line as a process of its own.

    The process ends at once: to take apart all that was made and loaded takes a fifth of an answer's time.
    """
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    try:
        main()
    except SystemExit as ended:
        if threading.active_count() > 1:
            raise
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 0)
