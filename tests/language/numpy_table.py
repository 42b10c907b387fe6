"""docs/numpy.md: each public function of NumPy, and what becomes of it on symbols."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import matgrad as mg
from tests.language.numpy_calls import GIVEN, WITHOUT_CALLS, arrays, calls

TARGET = Path(__file__).parents[2] / "docs" / "numpy.md"

HEAD = """\
# NumPy's functions on symbols

Made by `tests/language/numpy_table.py` from calls that are run against NumPy; `make docs` renews it.

A NumPy function handed to `mg.gradient`, `mg.compile` and the others is called with symbols. What is listed
as right has the value and the shape that NumPy gives; everything else is refused, by name. Declared are
{given}.

| function | right | refused, and what to write instead |
|---|---|---|"""

REST = """\

## Functions without a meaning for real matrices

| functions | because each |
|---|---|"""


@dataclass(frozen=True)
class Outcome:
    """What became of a call: the value of NumPy, and ours or the refusal."""

    call: str
    expected: Any
    value: Any = None
    refusal: mg.MatgradError | None = None

    @property
    def is_right(self) -> bool:
        """Whether value and shape are those of NumPy."""
        if self.refusal is not None or isinstance(self.expected, Exception):
            return False
        ours, theirs = np.asarray(self.value), np.asarray(self.expected)
        return ours.shape == theirs.shape and np.allclose(ours, theirs)


def outcome(call: str) -> Outcome:
    """Run a call on arrays and on symbols."""
    values = arrays()
    plain = re.sub(r"np\.[\w.]+|'[^']*'|\.T\b", "", call)
    names = [name for name in values if re.search(rf"\b{name}\b", plain)]
    function = eval(f"lambda {', '.join(names)}: {call}", {"np": np})
    given = ", ".join(part for part in GIVEN.split(", ") if part.split(":")[0] in names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected: Any = function(*(values[name] for name in names))
    except (ValueError, TypeError, np.linalg.LinAlgError) as error:
        expected = error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = mg.evaluate(function, {name: values[name] for name in names}, given=given)
    except mg.MatgradError as error:
        return Outcome(call, expected, refusal=error)
    return Outcome(call, expected, value)


@cache
def outcomes() -> tuple[Outcome, ...]:
    """All calls."""
    return tuple(map(outcome, calls()))


def function_of(call: str) -> str:
    """The function that a call is listed under: its first, or the method of an array."""
    found = re.search(r"np\.((?:linalg\.)?\w+)", call)
    return f"np.{found[1]}" if found else "methods and operators"


def table() -> str:
    """The whole text."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for done in outcomes():
        right, refused = rows.setdefault(function_of(done.call), ([], []))
        if done.refusal is None:
            right.append(_code(done.call))
        else:
            refused.append(f"{_code(done.call)}: {_reason(done.refusal)}")
    parts = [HEAD.format(given=GIVEN)]
    for name, (right, refused) in sorted(rows.items()):
        parts.append(f"| `{name}` | {', '.join(right)} | {'; '.join(refused)} |")
    parts.append(REST)
    parts += [f"| {', '.join(map(_code, sorted(names)))} | {why} |" for why, names in WITHOUT_CALLS.items()]
    return "\n".join(parts) + "\n"


def _reason(refusal: mg.MatgradError) -> str:
    """What is said in place of a value."""
    if refusal.fix is not None:
        return refusal.fix.replace("|", r"\|")
    return str(refusal).partition("\n")[0].replace("|", r"\|")


def _code(text: str) -> str:
    return "`" + text.replace("|", r"\|") + "`"


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")
