"""PyTorch, as the others see it."""

from __future__ import annotations

from matgrad.compilation.backends.base.library.backend import library
from matgrad.compilation.backends.torch.function import TorchFunction

BACKEND = library("torch", TorchFunction)
