"""Every command and every line of Python in README.md does what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.building import examples

TEXT = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "output"), examples.commands(TEXT))
def test_command(command: str, output: str) -> None:
    assert examples.run(command) == output


def test_python() -> None:
    assert examples.python_failures(TEXT, "README") == ""


def test_there_are_five_worked_examples() -> None:
    assert len(examples.commands(TEXT)) + len(examples.blocks(TEXT, "python")) >= 5
