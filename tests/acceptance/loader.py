"""Functions as their readers write them, with their values by loops and what is known of derivatives."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import special

from matgrad.core.dims import Dim
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.ops.indices.members import Family

FOLDER = Path(__file__).parent
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """One case; asked.toml describes the fields."""

    name: str
    text: str
    given: str
    wrt: list[str]
    latex: str = ""
    latex_given: str = ""
    source: str = ""
    np: str = ""
    dims: dict[str, int] = field(default_factory=dict)
    draw: dict[str, str] = field(default_factory=dict)
    alias: dict[str, str] = field(default_factory=dict)
    second: list[str] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)
    second_answer: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    def value(self, point: Arrays) -> float:
        """The value at a point, by the loops."""
        known = {self.alias.get(name, name): array for name, array in point.items()}
        names = {"lambda_" if name == "lambda" else name: array for name, array in known.items()}
        scope = {"np": np, "special": special, "power": real_power, **self.dims, **names}
        return float(np.squeeze(eval(self.np, scope)))


def cases(name: str) -> list[Case]:
    """The cases of a file."""
    return [Case(**entry) for entry in tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["case"]]


def real_power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a symmetric positive definite matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * values**exponent) @ vectors.T)


def facts_of(symbol: Symbol) -> Fact:
    """What is declared of a variable, or of each member of a family."""
    return Fact(symbol.member_facts if isinstance(symbol, Family) else symbol.facts)


def point_of(case: Case, symbols: dict[str, Symbol], seed: int = 1) -> Arrays:
    """A random point that has what is declared."""
    rng = np.random.default_rng(seed)
    point = {}
    for name, symbol in symbols.items():
        family = isinstance(symbol, Family)
        shape = symbol.member_shape if isinstance(symbol, Family) else symbol.shape
        stack = [last for _, last in symbol.ranges] if isinstance(symbol, Family) else []
        sizes = [_size(dim, case.dims) for dim in (*stack, *shape)]
        drawn = _with_facts(rng.normal(size=sizes), facts_of(symbol), case.draw.get(name, ""))
        point[name] = drawn[..., 0, 0] if sizes[-2:] == [1, 1] and (family or symbol.is_scalar) else drawn
    return point


def _size(dim: Dim, dims: dict[str, int]) -> int:
    return int(dim.substitute({name: Dim.of(size) for name, size in dims.items()}))


def _with_facts(drawn: np.ndarray, facts: Fact, care: str) -> np.ndarray:
    turned = np.swapaxes(drawn, -1, -2)
    if care == "negative definite":
        return np.asarray(-(drawn @ turned) - 8 * np.eye(drawn.shape[-1]))
    if care == "positive definite" or facts & Fact.POSITIVE_DEFINITE:
        return np.asarray(drawn @ turned + np.eye(drawn.shape[-1]))
    if care == "between 0 and 1":
        return np.asarray(special.expit(drawn))
    if facts & Fact.SYMMETRIC and drawn.shape[-1] > 1:
        return np.asarray((drawn + turned) / 2)
    return np.asarray(np.abs(drawn) + 0.3) if facts & Fact.POSITIVE else drawn


def quotients(case: Case, point: Arrays, name: str, symmetric: bool) -> np.ndarray:
    """The gradient by difference quotients, within the symmetric matrices if it is one by such."""
    base = point[name]
    gradient = np.zeros(base.shape)
    for place in np.ndindex(base.shape):
        change = np.zeros(base.shape)
        change[place] = 1
        if symmetric:
            change = (change + np.swapaxes(change, -1, -2)) / 2
        at = [case.value({**point, name: base + step * 1e-5 * change}) for step in (-2, -1, 1, 2)]
        gradient[place] = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / 12e-5
    return gradient


def write_printed(path: Path, lines: dict[str, dict[str, str]]) -> None:
    """Put what is printed at the end of each case of a file, in place of what is there."""
    head, *blocks = path.read_text(encoding="utf-8").split("[[case]]\n")
    out = [head]
    for block in blocks:
        name = tomllib.loads(block)["name"]
        kept = block.split("[case.printed]")[0].rstrip("\n")
        rows = [f"{_key(wrt)} = {json.dumps(line, ensure_ascii=False)}" for wrt, line in lines[name].items()]
        out.append("\n".join([kept, "[case.printed]", *rows]) + "\n\n")
    path.write_text("[[case]]\n".join(out).rstrip("\n") + "\n", encoding="utf-8")


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() else json.dumps(name)
