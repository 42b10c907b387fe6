r"""The files that a document in LaTeX takes in, ``\input{chapter}``: those in its own folder alone."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from matgrad.core.errors import ArgumentError
from matgrad.core.files import text_of_file
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase

_INPUT = regex(r"\\(?:input|include|subfile)(?![A-Za-z])\s*(?:\{(?P<braced>[^{}\n]+)\}|(?P<bare>[^\s{}\\]+))")

MOST = 200
"""The most files that one document takes in, each time counted."""


@dataclass(frozen=True)
class Input:
    """Where a document takes in a file, and the name that it gives."""

    start: int
    end: int
    name: str


def input_at(text: str, start: int) -> Input | None:
    """The next file that a text without comments takes in."""
    found = _INPUT.search(text, start)
    return found and Input(found.start(), found.end(), (found["braced"] or found["bare"]).strip())


@dataclass
class Beside:
    """The folder of a document, and which of its files are being read.

    Parameters
    ----------
    folder : str
        The folder; nothing above it is read, nor what a link in it leads to elsewhere.
    main : str
        What the document is called.
    """

    folder: str
    main: str
    _open: list[Path] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self._open.append(Path(self.folder, Path(self.main).name).resolve())

    @property
    def current(self) -> str:
        """What the file that is being read is called, beside the document."""
        return (
            Path(self.main)
            .parent.joinpath(self._open[-1].relative_to(Path(self.folder).resolve()))
            .as_posix()
        )

    def open(self, name: str) -> str | None:
        """The text of a file that is taken in; ``None`` where it is not in the folder.

        Raises
        ------
        ArgumentError
            For a file that takes in itself, and for too many.
        """
        root = Path(self.folder).resolve()
        for ending in ("", ".tex"):
            path = (root / f"{name}{ending}").resolve()
            if path.suffix == ".tex" and path.is_relative_to(root) and path.is_file():
                break
        else:
            return None
        if path in self._open:
            raise ArgumentError(phrase("{name} takes in itself", name=path.relative_to(root).as_posix()))
        self._count += 1
        if self._count > MOST:
            raise ArgumentError(phrase("{name} takes in more than {most} files", name=self.main, most=MOST))
        self._open.append(path)
        return text_of_file(str(path))

    def close(self) -> None:
        """Go on with the file that took in the last one."""
        self._open.pop()
