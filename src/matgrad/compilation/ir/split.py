"""How a value lies on several machines when data are split along one dimension."""

from __future__ import annotations

from enum import Enum


class Split(Enum):
    """How a value lies on several machines."""

    WHOLE = "whole"
    ROWS = "rows"
    COLUMNS = "columns"
    ANY = "any"
    """A constant that can be made to lie however its neighbours do."""

    @property
    def turned(self) -> Split:
        """How the transpose lies."""
        return {Split.ROWS: Split.COLUMNS, Split.COLUMNS: Split.ROWS}.get(self, self)

    @property
    def is_split(self) -> bool:
        """Whether no machine holds all of it."""
        return self in (Split.ROWS, Split.COLUMNS)


class RefusalError(Exception):
    """Why a value cannot be distributed."""
