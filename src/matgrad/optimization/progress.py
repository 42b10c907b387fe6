"""Progress of a long computation, on a terminal only."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

import numpy as np

PATIENCE = 1.0
"""Seconds before a computation counts as long."""

INTERVAL = 0.1
"""Seconds between two updates."""


class Progress:
    """One line on standard error that says how far a minimisation has come.

    Parameters
    ----------
    wanted : bool, optional
        ``False`` for never, ``True`` also where standard error is no terminal; by default, on a
        terminal once the computation is long.
    """

    def __init__(self, wanted: bool | None) -> None:
        self.shown = sys.stderr.isatty() if wanted is None else wanted
        self.values = self.products = 0
        self._began = self._updated = 0.0
        self._status: Any = None
        self._line = ""

    def __enter__(self) -> Progress:
        self._began = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def evaluated(self, value: float, gradient: Any) -> None:
        """Count a value and a gradient."""
        self.values += 1
        if self.shown:
            self._line = f"f = {value:.10g}, |gradient| = {np.linalg.norm(gradient):.3g}"
            self._show()

    def multiplied(self) -> None:
        """Count a Hessian-vector product."""
        self.products += 1
        if self.shown:
            self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._began < PATIENCE or now - self._updated < INTERVAL:
            return
        self._updated = now
        text = f"{self._line}  ({self.values} values, {self.products} products, {now - self._began:.0f} s)"
        if self._status is None:
            from rich.console import Console

            self._status = Console(stderr=True).status(text)
            self._status.start()
        else:
            self._status.update(text)
