"""What people type where two readings are near: read as in the field, or asked about with fixes that work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from matgrad.core.errors import MatgradError
from matgrad.language import interpret
from matgrad.verify.equality import same_value


class Typed(NamedTuple):
    """A text, what is declared, and its reading, or ? where it is asked about."""

    text: str
    given: str
    reading: str


def _lines() -> Iterator[Typed]:
    for line in Path(__file__).with_name("typed_readings.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            text, given, reading = (part.strip() for part in f"{line} ".split(" ;;"))
            yield Typed(text, given, reading)


TYPED = list(_lines())
READ = [line for line in TYPED if not line.reading.startswith(("?", "!"))]
ASKED = [line for line in TYPED if line.reading.startswith("?")]
REFUSED = [line for line in TYPED if line.reading.startswith("!")]
IN_PROSE = frozenset(
    (
        "E[x]", "E[x x']", "E(x)", r"\mathbb{E}[x]", "argmax(x)", "x ∈ R", "“x'Ax”", "x`Ax", "A : B",
        "norm(A %*% x)", "x' %*% y", "(x, y)", r"\log\Phi(a^\top x)", "|x'y|/|x||y|",
        "X.sum(2)", "torch.var(x, unbiased=t)", "w T x + b", "a*x + b*y", "x^2 + y^2", "(x − μ)⊤Σ−1(x − μ)",
    )
)  # fmt: skip
"""Texts of which a fix is a sentence, or stands for something else than what is marked."""


def name(line: Typed) -> str:
    """A line by its text and what is declared."""
    return f"{line.text} :: {line.given}"


@pytest.mark.parametrize("line", READ, ids=name)
def test_what_is_read_is_what_the_field_means(line: Typed) -> None:
    found = interpret(line.text, line.given)
    meant = interpret(line.reading, found.declarations(), syntax="matlab").expr
    assert found.expr is meant or same_value(found.expr, meant)


def asked(text: str, given: str) -> MatgradError:
    """What a text is asked about."""
    with pytest.raises(MatgradError) as caught:
        interpret(text, given)
    return caught.value


def offered(error: MatgradError, text: str, given: str) -> Iterator[tuple[str, str]]:
    """What could be typed for each fix that an error offers: a text, and what is declared."""
    assert error.fix is not None
    assert error.span is not None
    start, end = error.span
    for piece in re.split(r" or (?!n\))|, (?=[^()\[\]]*(?:[(\[]|$))", str(error.fix)):
        bare = re.sub(r"^(?:or|its formula:) ", "", piece.strip())
        declared = re.match(r"(?:declare )?([\w\\]+): ([\w×>(), -]+?)(?: for .*| to use .*| \(.*)?$", bare)
        if declared:
            yield text, f"{given}, {declared[1]}: {declared[2]}" if given else f"{declared[1]}: {declared[2]}"
            continue
        spelled = re.split(r" for (?!all i)|, with|, in | in place of ", bare)[0].strip()
        if spelled.endswith("(…)"):
            yield text[:start] + spelled[:-3] + text[end:], given
        elif spelled:
            yield text[:start] + spelled + text[end:], given
            yield spelled, given  # the caret marks a name, and the fix is for all of a short text


@pytest.mark.parametrize("line", ASKED, ids=name)
def test_what_is_asked_about_offers_what_is_read(line: Typed) -> None:
    error = asked(line.text, line.given)
    part = line.reading.removeprefix("?").strip()
    assert part in error.message
    if line.text in IN_PROSE:
        return
    read = []
    for text, given in offered(error, line.text, line.given):
        try:
            read.append(interpret(text, given).expr)
        except MatgradError:
            continue
    assert read, error.fix


@pytest.mark.parametrize("line", REFUSED, ids=name)
def test_what_is_refused_is_told_why(line: Typed) -> None:
    assert line.reading.removeprefix("!").strip() in asked(line.text, line.given).message
