"""Golden cases: an expression, a variable, the published answer, and the line printed."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One golden case; CONTRIBUTING.md describes the fields."""

    topic: str
    title: str
    sources: str
    source: str
    name: str
    expression: str
    wrt: str
    given: str
    form: str
    order: int
    layout: str
    convention: str
    answer: str | None
    printed: str | None

    @property
    def id(self) -> str:
        """What the case is called in a test report."""
        return f"{self.topic}: {self.name}"


def cases() -> list[Case]:
    """Every golden case, file by file."""
    return [
        _case(path.stem, content, entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for content in [tomllib.loads(path.read_text(encoding="utf-8"))]
        for entry in content["case"]
    ]


def _case(topic: str, content: dict[str, Any], entry: dict[str, Any]) -> Case:
    return Case(
        topic=topic,
        title=content["topic"],
        sources=content["source"],
        source=entry.get("source", ""),
        name=entry["name"],
        expression=entry["expression"],
        wrt=entry["wrt"],
        given=entry.get("given", ""),
        form=entry.get("form", "gradient"),
        order=entry.get("order", 1),
        layout=entry.get("layout", "numerator"),
        convention=entry.get("convention", "subspace"),
        answer=entry.get("answer"),
        printed=entry.get("printed"),
    )


def write_printed(path: Path, lines: dict[str, str]) -> None:
    """Put the line printed at the end of each case of a file, in place of the one there."""
    head, *blocks = path.read_text(encoding="utf-8").split("[[case]]\n")
    out = [head]
    for block in blocks:
        name = tomllib.loads(block)["name"]
        rows = [row for row in block.split("\n") if not row.startswith("printed = ")]
        end = max(i for i, row in enumerate(rows) if row.strip() and not row.startswith("#"))
        if name in lines:
            rows.insert(end + 1, f"printed = {json.dumps(lines[name], ensure_ascii=False)}")
        out.append("\n".join(rows))
    path.write_text("[[case]]\n".join(out), encoding="utf-8")
