"""A limit of time for one claim."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 20.0
"""How long one claim may take."""


class TookTooLongError(Exception):
    """A claim took longer than it may."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what runs inside after some seconds, where that can be done: in the main thread, under POSIX."""
    can_stop = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can_stop:
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise TookTooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
