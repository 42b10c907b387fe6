"""Typical mistakes of a person who reads no English, at the command line and in Python."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import matgrad as mg
from tests.cli.in_process import called

MISTAKES = Path(__file__).with_name("mistakes") / "chinese.txt"
PROMPTS = ("$ matgrad ", ">>> ")

ENGLISH = frozenset(
    "a an the of for and or with is are be not in at it its by as to no this that there which what has have "  # noqa: SIM905
    "takes needs must cannot where each every both other one two number matrix shape name".split()
)
"""Words of sentences; those of the language, such as scalar and symmetric, are the same in all languages."""


def replayed(transcript: str) -> str:
    """Make the mistakes of a transcript again; ``python -m tests.cli.test_chinese`` writes it down."""
    return "\n".join(line for prompt in prompts(transcript) for line in (prompt, *answer(prompt))) + "\n"


def prompts(transcript: str) -> Iterator[str]:
    return (line for line in transcript.splitlines() if line.startswith(PROMPTS))


def answer(prompt: str) -> list[str]:
    """What is said to a command, or to a line of Python."""
    if prompt.startswith("$ "):
        done = called(shlex.split(prompt)[2:])
        assert done.status not in (0, 70), prompt
        return [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
    with pytest.raises(mg.MatgradError) as caught:
        eval(prompt.removeprefix(">>> "), {"mg": mg, "np": np})
    return str(caught.value).splitlines()


def english_in(line: str) -> set[str]:
    """The words of English sentences in a line, without what is quoted of a text or of code."""
    if line.startswith((*PROMPTS, "  ")):
        return set()
    bare = re.sub(r"'[^' ]+'|\"[^\"]*\"|[\w.]+\([^()]*\)|\\\\\w+|--\w+", "", line)
    return {word for word in re.findall(r"[A-Za-z]+", bare) if word in ENGLISH - {"a", "A"}}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATGRAD_LANG", "zh")


@pytest.mark.usefixtures("chinese")
def test_mistakes_are_answered_as_they_were_written_down() -> None:
    transcript = MISTAKES.read_text(encoding="utf-8")
    assert replayed(transcript) == transcript


def test_nothing_is_said_in_english() -> None:
    lines = MISTAKES.read_text(encoding="utf-8").splitlines()
    assert {line: english_in(line) for line in lines if english_in(line)} == {}


if __name__ == "__main__":
    MISTAKES.write_text(replayed(MISTAKES.read_text(encoding="utf-8")), encoding="utf-8")
