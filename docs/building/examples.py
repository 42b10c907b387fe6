"""Examples in Markdown: commands with what they print, and sessions of Python; what is shown is what happens.

Run by the build of the site for each of its pages, and by the tests for README.md.
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import matgrad

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[tuple[str, str]]:
    """The ``matgrad`` commands of the console blocks, each with the output shown below it."""
    sessions = [re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] for block in blocks(text, "console")]
    pairs = [session.partition("\n")[::2] for part in sessions for session in part]
    return [(command, output.strip("\n")) for command, output in pairs if command.startswith("matgrad ")]


def run(command: str) -> str:
    """What a command prints, errors included."""
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        capture_output=True,
        encoding="utf-8",
        # The package that is shown here, which need not be one that is installed; no language of the user's.
        env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(Path(matgrad.__file__).parents[1])},
        check=False,
    )
    return (done.stdout + done.stderr).strip("\n")


def python_failures(text: str, name: str) -> str:
    """What the sessions of Python in a text print otherwise than is shown; empty where all is well."""
    sessions = "\n".join(block for block in blocks(text, "python") if ">>> " in block)
    test = doctest.DocTestParser().get_doctest(sessions, {}, name, name, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=_OPTIONS).run(test, out=said.append)
    return "".join(said)


def failures(text: str, name: str) -> list[str]:
    """Everything in a text that does not do what it shows."""
    wrong = [
        f"`{command}` prints\n{printed}\ninstead of\n{shown}"
        for command, shown in commands(text)
        if (printed := run(command)) != shown
    ]
    python = python_failures(text, name)
    return [*wrong, python] if python else wrong


def connect(app: Sphinx) -> None:
    """Run the examples of every page when it is read, and those of a file that a page includes."""
    from sphinx.util import logging

    logger = logging.getLogger(__name__)

    def tell(text: str, page: str) -> None:
        for failure in failures(text, page):
            logger.warning("an example is not what happens: %s", failure, location=page)

    app.connect("source-read", lambda app, page, content: tell(content[0], page))
    app.connect("include-read", lambda app, path, page, content: tell(content[0], page))
