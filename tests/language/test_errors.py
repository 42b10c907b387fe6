"""What is said of a text that cannot be read: the message, the place, and what to write instead."""

import re
import tomllib
from pathlib import Path

import pytest

from matgrad.core.errors import ArgumentError, MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.language import interpret, parse

CASES = tomllib.loads(Path(__file__).with_name("errors.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_errors(case: dict[str, str]) -> None:
    with pytest.raises(MatgradError) as caught:
        parse(case["text"], case.get("given"))
    assert str(caught.value) == case["says"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("x +", ParseError), ("foo(x)", UnknownNameError), ("A x", ShapeError), ("inv()", ArgumentError)],
)
def test_kinds_of_errors(text: str, kind: type[MatgradError]) -> None:
    with pytest.raises(kind):
        parse(text, "A: m×n, x: m")


def test_every_fix_of_a_product_works() -> None:
    for case in CASES:
        message, _, fix = case["says"].partition("Try: ")
        if message.startswith("cannot multiply") and "given" in case:
            for option in re.split(" or | for | to ", fix):
                if "declare" not in option and any(c.isupper() for c in option) and "scale" not in option:
                    parse(option, case["given"], syntax="numpy" if "@" in case["text"] else "matlab")


def test_arguments() -> None:
    with pytest.raises(ArgumentError, match="'mathematica' is not a syntax"):
        parse("x", syntax="mathematica")
    with pytest.raises(ArgumentError, match="read from text, not from int"):
        interpret(3)  # type: ignore[arg-type]


def test_the_dialect_can_be_forced() -> None:
    with pytest.raises(ParseError, match="LaTeX commands are not read in this dialect"):
        parse(r"\log x", syntax="matlab")
    with pytest.raises(ParseError, match="@ is not an operator of the MATLAB dialect"):
        parse("A @ x", syntax="matlab")
    with pytest.raises(ParseError, match="an operator is missing"):
        parse("A x", syntax="numpy")
