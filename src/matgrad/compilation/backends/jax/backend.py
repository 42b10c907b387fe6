"""JAX, as the others see it."""

from __future__ import annotations

from matgrad.compilation.backends.base.library.backend import library
from matgrad.compilation.backends.jax.function import JaxFunction

BACKEND = library("jax", JaxFunction)
