"""Every command and every line of Python in README.md does what it shows."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import matgrad

TEXT = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    """The ``matgrad`` commands of the console blocks, each with the output shown below it."""
    sessions = [re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] for block in blocks("console")]
    pairs = [session.partition("\n")[::2] for part in sessions for session in part]
    return [(command, output) for command, output in pairs if command.startswith("matgrad ")]


@pytest.mark.parametrize(("command", "output"), commands())
def test_command(command: str, output: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        capture_output=True,
        encoding="utf-8",
        # The package that is tested here, which need not be one that is installed.
        env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(Path(matgrad.__file__).parents[1])},
        check=False,
    )
    assert (done.stdout + done.stderr).strip("\n") == output.strip("\n")


def test_python() -> None:
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks("python")), {}, "README", "README.md", 0)
    assert len(examples.examples) > 3
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples).failed == 0


def test_there_are_five_worked_examples() -> None:
    assert len(commands()) + len(blocks("python")) >= 5
