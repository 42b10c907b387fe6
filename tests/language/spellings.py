"""Formulas as people type them first, with little or nothing declared: the file, and what they are worth.

A case is a block of lines. First the formula; ``::`` what is declared; ``=`` its value in NumPy; ``at`` the
variables of that value with their shapes (``X:N,p``; ``x:N|p`` for members in ℝᵖ; ``+`` positive, ``*SPD``,
``*sym``, ``*small``; ``n:=N`` the number N, ``n:=`` seven); ``by`` a variable to derive by. ``??`` is part of
what is asked, and ``->`` a spelling that the question offers and that leads to the value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
from scipy.linalg import expm, sqrtm
from scipy.special import gammaln

from matgrad.printing.names import printed_as

DIMS = {"m": 5, "n": 4, "p": 3, "N": 6, "C": 4, "K": 3, "T": 5, "q": 2}


def _row_softmax(z: Any) -> Any:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


MEANINGS: dict[str, Any] = {
    "np": np,
    "inv": np.linalg.inv,
    "pinv": np.linalg.pinv,
    "det": np.linalg.det,
    "tr": np.trace,
    "norm": np.linalg.norm,
    "solve": np.linalg.solve,
    "kron": np.kron,
    "eye": np.eye,
    "vec": lambda x: x.reshape(-1, 1, order="F"),
    "diag": lambda v: np.diag(np.ravel(v)),
    "cross": lambda a, b: np.cross(a.ravel(), b.ravel()).reshape(3, 1),
    "sig": lambda z: 1 / (1 + np.exp(-z)),
    "ones": lambda *sizes: np.ones(sizes if len(sizes) > 1 else (sizes[0], 1)),
    "sqrtm": lambda a: np.real(sqrtm(a)),
    "expm": expm,
    "rowsoftmax": _row_softmax,
    "gammaln": gammaln,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sum": np.sum,
    "mean": np.mean,
    "abs": np.abs,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "arccos": np.arccos,
    "pi": np.pi,
}


@dataclass
class Spelling:
    """A formula as it is typed, and what is expected of it."""

    text: str
    given: str = ""
    value: str = ""
    variables: str = ""
    wrt: str = ""
    asks: str = ""
    offers: list[str] = field(default_factory=list)
    syntax: str = "auto"

    def point(self, draw: np.random.Generator) -> tuple[dict[str, Any], Any]:
        """Arrays for the variables, by what is printed for them, and the value there."""
        arrays: dict[str, Any] = {}
        known: dict[str, Any] = {}
        for written in self.variables.split():
            name, _, shape = written.partition(":")
            value = _drawn(shape, draw)
            arrays[printed_as(name)] = value
            known["lambda_" if name == "lambda" else normalize("NFKC", name)] = value
        return arrays, eval(self.value, {**MEANINGS, **DIMS, **known})


def _drawn(shape: str, draw: np.random.Generator) -> Any:
    """A random array of a shape as it is written in the file."""
    if shape.startswith("="):
        return DIMS.get(shape[1:], 7)
    sizes_of, _, fact = shape.partition("*")
    positive = sizes_of.endswith("+")
    family, bar, member = sizes_of.rstrip("+").partition("|")
    written = [*family.split(","), *(member.split(",") if member else [])]
    sizes = [DIMS[d] if d in DIMS else int(d) for d in written if d]
    if (bar and member and "," not in member) or (not bar and len(sizes) == 1):
        sizes.append(1)
    value = draw.uniform(0.25, 0.9, sizes) if positive else draw.uniform(-1, 1, sizes)
    if fact == "SPD":
        value = value @ value.swapaxes(-1, -2) + np.eye(sizes[-1])
    elif fact == "sym":
        value = value + value.T
    elif fact == "small":
        value = 0.2 * value
    return value if sizes else float(value)


def spellings(name: str, syntax: str = "auto") -> list[Spelling]:
    """The cases of a file."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [_case(block.split("\n"), syntax) for block in text.strip().split("\n\n") if block[:2] != "# "]


def _case(lines: list[str], syntax: str) -> Spelling:
    case = Spelling(lines[0], syntax=syntax)
    for line in lines[1:]:
        key, _, rest = line.partition(" ")
        match key:
            case "::":
                case.given = rest
            case "=":
                case.value = rest
            case "at":
                case.variables = rest
            case "by":
                case.wrt = rest
            case "??":
                case.asks = rest
            case "->":
                case.offers.append(rest)
            case _:
                raise ValueError(f"{line!r} is no line of a case")
    return case
