"""Where the command line begins."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress
from functools import partial

from matgrad.cli import app, process

YOUNG, MIDDLE, OLD = 50_000, 20, 20
"""How often the collector of cycles runs: an answer makes few, and usually a sixth of it is spent looking."""


def main() -> None:
    """Run the command line; it ends with its exit status."""
    # Errors of arguments are told by this program, which spells out what would act on a terminal.
    process.run(partial(app.app, standalone_mode=False))


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
