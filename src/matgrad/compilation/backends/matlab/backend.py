"""MATLAB, as the others see it."""

from __future__ import annotations

from matgrad.compilation.backends.base.language.function import language
from matgrad.compilation.backends.matlab import entries
from matgrad.compilation.backends.matlab.writer import MatlabWriter

ENTRIES = entries

BACKEND = language("matlab", MatlabWriter)
