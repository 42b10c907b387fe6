"""Julia, as the others see it."""

from __future__ import annotations

from matgrad.compilation.backends.base.language.function import language
from matgrad.compilation.backends.julia import entries
from matgrad.compilation.backends.julia.writer import JuliaWriter

ENTRIES = entries

BACKEND = language("julia", JuliaWriter)
