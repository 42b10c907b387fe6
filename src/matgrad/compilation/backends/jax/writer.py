"""Writes programs for :mod:`jax.numpy`."""

from __future__ import annotations

from matgrad.compilation.backends.base.library.complete import ARRAYS
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.python import Import
from matgrad.compilation.backends.base.table import Table

JAX = Table("JAX", ARRAYS)


class JaxWriter(ArrayWriter):
    """Writes a program for :mod:`jax.numpy`."""

    table = JAX
    library = Import("jax.numpy", "", "jnp")
    functions = Import("matgrad.compilation.backends.jax", "functions", "more")
