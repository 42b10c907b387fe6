"""What the page is asked wherever it runs: all golden cases, checking and practice on their tables."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.golden.loader import cases

FOLDER = Path(__file__).parents[1]
TOPICS = ("linear", "quadratic", "trace", "determinant", "inverse", "vector", "kronecker", "elementwise")
BACKENDS = ("numpy", "jax", "torch", "julia", "matlab")
METHODS = ("differential", "definition", "chain")


@dataclass(frozen=True)
class Asked:
    """A question, and what is known of its answer: fields by their paths."""

    question: dict[str, Any]
    known: dict[str, Any]

    def __str__(self) -> str:
        return json.dumps(self.question, ensure_ascii=False)


def golden() -> list[Asked]:
    """Every golden case, and the line that is printed."""
    return [
        Asked(
            {
                "ask": "derive",
                "expression": case.expression,
                "given": case.given,
                "wrt": case.wrt,
                "form": case.form,
                "order": case.order,
                "layout": case.layout,
                "convention": case.convention,
            },
            # The names that an author defines are used in answers, which the golden lines are without.
            {"verified": True} | ({} if " where " in case.expression else {"right.unicode": case.printed}),
        )
        for case in cases()
    ]


def wrong_answers() -> list[Asked]:
    """Wrong answers, none of which is accepted."""
    found = []
    for name in ("wrong_answers", "held_out"):
        table = tomllib.loads((FOLDER / "checking" / f"{name}.toml").read_text(encoding="utf-8"))
        for entry in table["case"]:
            if "layout" in entry or "convention" in entry:
                continue  # the page leaves both open
            question = {"ask": "check", "expression": entry["f"]}
            question |= {k: entry[k] for k in ("wrt", "answer", "given", "order", "form") if k in entry}
            found.append(Asked(question, {"correct": False}))
    return found


def right_answers(every: int = 4) -> list[Asked]:
    """Published answers, each of which is right; one of so many."""
    return [
        Asked(
            {
                "ask": "check",
                "expression": case.expression,
                "given": case.given,
                "wrt": case.wrt,
                "answer": case.answer,
                "order": case.order,
                "form": "auto" if case.form in ("components", "hessian") else case.form,
            },
            {"correct": True},
        )
        for case in [case for case in cases() if case.answer is not None][::every]
    ]


def sessions() -> list[Asked]:
    """Practice: each topic in both languages, with hints and the solution."""
    return [
        Asked(
            {
                "ask": "practice",
                "topic": topic,
                "seed": 3,
                "difficulty": 1 + place % 3,
                "lang": lang,
                "lines": ["hint", "0", "X (", "show", "quit"],
            },
            {"finished": True, "asked": 2},
        )
        for place, topic in enumerate(TOPICS)
        for lang in ("en", "zh")
    ]


def others(every: int = 60) -> list[Asked]:
    """Derivations by all methods, code in all languages, equations, stationary points, pictures."""
    sample = [case for case in cases() if case.form == "gradient" and case.order == 1][::every]
    found = []
    for case in sample:
        common = {"expression": case.expression, "given": case.given, "wrt": case.wrt}
        found += [Asked({"ask": "steps", "method": method} | common, {}) for method in METHODS]
        found += [Asked({"ask": "code", "backend": name} | common, {}) for name in BACKENDS]
    return [
        *found,
        Asked({"ask": "solve", "expression": "A X + X B = C", "wrt": "X"}, {"verified": True}),
        Asked({"ask": "solve", "expression": "X = A' X A + Q", "wrt": "X", "lang": "zh"}, {"verified": True}),
        Asked(
            {"ask": "solve", "expression": "A X + Y B = C; D X + Y E = F", "wrt": "X,Y"},
            {"unknowns": ["X", "Y"]},
        ),
        Asked({"ask": "stationary", "expression": "norm(y - X b)^2", "wrt": "b"}, {"verified": True}),
        Asked(
            {
                "ask": "stationary",
                "expression": "x' P x",
                "wrt": "x",
                "given": "P: n×n spd",
                "subject_to": "A x = b",
            },
            {"verified": True},
        ),
        Asked({"ask": "vec", "expression": "A X B + C X D = E", "wrt": "X"}, {"verified": True}),
        Asked({"ask": "plot", "expression": "sum(log(1 + exp(A x)))", "wrt": "x"}, {"kind": "line"}),
        Asked(
            {"ask": "plot", "expression": "norm(A x - b)^2", "wrt": "x", "order": 2, "kind": "matrix"},
            {"kind": "matrix"},
        ),
    ]


def table() -> list[Asked]:
    """All of them."""
    return [*golden(), *wrong_answers(), *right_answers(), *sessions(), *others()]


def differing(asked: Asked, answer: dict[str, Any]) -> str | None:
    """In what an answer is not what is known of it."""
    for path, due in asked.known.items():
        got: Any = answer
        for name in path.split("."):
            got = got.get(name) if isinstance(got, dict) else None
        if got != due:
            said = answer.get("error", {}).get("message", "")
            return f"{asked}: {path} is {got!r}, due {due!r} {said}"
    if "error" in answer and asked.known:
        return f"{asked}: {answer['error']['message']}"
    return None
