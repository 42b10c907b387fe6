"""What is read of documents, what is refused, and what a report shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

import matgrad as mg
from matgrad.cli.app import app
from matgrad.refereeing import audit, read_document
from matgrad.refereeing.html_report import formula, page_of

RIGHT = r"Let $f(x) = x^\top A x$. Then $\nabla f(x) = (A + A^\top) x$."
WRONG = r"Let $f(x) = \|Ax - b\|^2$. Then $\nabla f(x) = 2A(Ax - b)$."
HOSTILE = (
    r"Let $f(x) = x^\top A x$. Then $\nabla f(x) = \href{javascript:alert(1)}{2} A x$, "
    r"$\nabla f(x) = (A + A^\top) x + \text{</math><script>alert(1)</script>} 0$ and "
    r"$\nabla f(x) = \class{onerror}{A} \style{position:fixed}{x}$"
)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("tex", r"\begin{align} \nabla f = 0", "opens a formula that never ends"),
        ("tex", "so $x = 1", "opens a formula that never ends"),
        ("ipynb", "{", "is no notebook"),
        ("ipynb", "[" * 100_000, "is no notebook"),
        ("ipynb", '{"cells": 3}', "it has no cells"),
        ("ipynb", '{"cells": [{"cell_type": "markdown", "source": 7}]}', "cell 1 holds no text"),
        ("doc", "x", "is no kind of document"),
    ],
)
def test_what_is_no_document_is_refused(kind: str, text: str, said: str) -> None:
    with pytest.raises(mg.MatgradError, match=said):
        mg.audit(text, kind=kind)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(mg.ArgumentError, match="cannot be read"):
        mg.audit(tmp_path / "none.tex")
    with pytest.raises(mg.ArgumentError, match="cannot be read"):
        mg.audit("none.tex")
    (tmp_path / "binary.tex").write_bytes(b"\xff\xfe\x00$x$")
    with pytest.raises(mg.ArgumentError, match="not UTF-8"):
        mg.audit(tmp_path / "binary.tex")


@pytest.mark.parametrize(
    "text",
    ["", "no formula", "$", "$$", r"\nabla f = 1", "%$x$", "\\" * 50, "{" * 3000, "$" + "{" * 3000 + "$"],
)
def test_what_claims_nothing_is_no_error(text: str) -> None:
    assert mg.audit(text, kind="md").correct


def test_deep_nesting_is_no_crash() -> None:
    deep = "(" * 3000 + "x" + ")" * 3000
    report = mg.audit(f"Let $f(x) = x^\\top x$. Then $\\nabla f(x) = {deep}$.")
    assert all(claim.status in ("not understood", "wrong", "ambiguous") for claim in report.claims)


@pytest.mark.parametrize(
    "text",
    [
        "Let $f(x) = x^\\top x$. % $\\nabla f(x) = 7x$",
        "\\begin{verbatim}$f(x) = x^\\top x$, $\\nabla f(x) = 7x$\\end{verbatim}",
        "\\iffalse $f(x) = x^\\top x$, $\\nabla f(x) = 7x$ \\fi \\section{A}",
    ],
)
def test_comments_and_what_is_printed_as_it_stands_claim_nothing(text: str) -> None:
    assert mg.audit(text, kind="tex").claims == ()


def test_code_in_markdown_claims_nothing() -> None:
    text = "`$f(x) = x^\\top x$`\n```\n$\\nabla f(x) = 7x$\n```\nIt costs $5 or $6."
    assert mg.audit(text, kind="md").claims == ()


def test_places_are_those_of_the_file() -> None:
    text = "Let $f(x) = x^\\top x$.\n\n  Then $\\nabla f(x) = 3x$.\n"
    (claim,) = mg.audit(text, kind="md").wrong
    assert (claim.place.line, claim.place.column) == (3, 9)
    assert text.splitlines()[2][8:].startswith(r"\nabla f(x)")


def test_a_definition_holds_until_the_next_one() -> None:
    text = RIGHT + r" Now let $f(x) = b^\top x$. Then $\nabla f(x) = b$."
    assert [claim.status for claim in mg.audit(text).claims] == ["verified", "verified"]


def test_two_slips_in_one_chain_are_both_told() -> None:
    text = r"Let $f(x) = x^\top x$. \begin{align} \nabla f(x) &= 3 x \\ &= 2x + x \\ &= 5 x \end{align}"
    assert [claim.text[-5:] for claim in mg.audit(text, kind="tex").wrong] == ["= 3 x", "= 5 x"]


def test_a_claim_may_not_take_for_ever() -> None:
    report = audit(read_document(WRONG, "md", "x"), seconds=1e-4)
    assert [claim.status for claim in report.claims] == ["not understood"]


def test_a_report_holds_no_markup_of_the_document() -> None:
    page = page_of([mg.audit(HOSTILE)])
    assert "<script" not in page
    assert not re.search(r"<[^>]*\b(?:href|on\w+|style|src)=", page.partition("<body>")[2])
    assert "default-src 'none'" in page


@pytest.mark.parametrize("text", [r"\frac{a}{b}", r"x < y & z", r"\unknown{", "<b>", r"\begin{align}"])
def test_formulas_of_a_report_are_well_formed(text: str) -> None:
    ElementTree.fromstring(f"<p>{formula(text)}</p>")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *words])
    return result.exit_code, result.output


def test_the_exit_status_tells_what_was_found(tmp_path: Path) -> None:
    texts = {"right.md": RIGHT, "wrong.md": WRONG, "open.md": r"$\nabla g(x) = x$"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = {name: str(tmp_path / name) for name in texts}
    assert run(paths["right.md"])[0] == 0
    assert run(paths["wrong.md"])[0] == 3
    assert run(paths["open.md"])[0] == 0
    assert run(paths["open.md"], "--strict")[0] == 3
    assert run(str(tmp_path / "none.md"))[0] == 2


def test_json_is_as_documented(tmp_path: Path) -> None:
    path = tmp_path / "wrong.md"
    path.write_text(WRONG, encoding="utf-8")
    status, output = run(str(path), "--format", "json")
    record = json.loads(output)
    assert status == 3
    documented = Path("docs/json.md").read_text(encoding="utf-8").partition("## Reports of a referee")[2]
    documented = documented.partition("## Errors")[0]
    names = {*record, *record["counts"], *record["claims"][0]}
    assert names <= set(re.findall(r"`(\w+)`", documented))
    assert record["claims"][0]["corrected"] == r"\nabla f(x) = 2A^\top(Ax - b)"


def test_reports_speak_chinese() -> None:
    report = mg.audit(WRONG, lang="zh")
    assert "转置" in report.wrong[0].reason
    assert "错误" in report.summary()
