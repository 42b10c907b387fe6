"""Libraries that are optional, and what to install where one is missing."""

from __future__ import annotations

from importlib.util import find_spec

from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase


def require(module: str) -> None:
    """See that a library is installed.

    Raises
    ------
    ArgumentError
        Where it is not, with the command that installs it.
    """
    if find_spec(module) is None:
        raise ArgumentError(
            phrase("{module} is not installed", module=module), fix=f'pip install "matgrad[{module}]"'
        )
