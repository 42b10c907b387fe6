"""What follows from the shape of a matrix."""

from __future__ import annotations

from matgrad.core.dims import ONE, Dim, Shape


class Shaped:
    """A matrix as far as its shape tells."""

    __slots__ = ()
    shape: Shape
    """Rows and columns."""

    @property
    def rows(self) -> Dim:
        """The number of rows."""
        return self.shape[0]

    @property
    def columns(self) -> Dim:
        """The number of columns."""
        return self.shape[1]

    @property
    def is_scalar(self) -> bool:
        """Whether the shape is 1×1."""
        return self.shape[0] is ONE and self.shape[1] is ONE

    @property
    def is_vector(self) -> bool:
        """Whether the shape is n×1 and not 1×1."""
        return self.shape[1] is ONE and self.shape[0] is not ONE

    @property
    def is_row(self) -> bool:
        """Whether the shape is 1×n and not 1×1."""
        return self.shape[0] is ONE and self.shape[1] is not ONE

    @property
    def is_square(self) -> bool:
        """Whether rows and columns are equal."""
        return self.shape[0] is self.shape[1]

    @property
    def ndim(self) -> int:
        """Always 2, as for every matrix."""
        return 2

    @property
    def size(self) -> Dim:
        """The number of entries."""
        return self.rows * self.columns
