"""What is read of documents, what is refused, and what a report shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import matgrad as mg
from matgrad.refereeing import audit, read_document
from matgrad.refereeing.html_report import formula, page_of
from tests.cli.in_process import called

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
    done = called(["audit", *words])
    return done.status, done.stdout + done.stderr


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


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / (name.replace("__", "/") + ".tex")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "main.tex"


def test_files_of_the_same_folder_are_taken_in(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=r"\input{macros}\begin{document}\input{parts/one} $\nabla^2 f(x) = 2\A^\top\A$. % \input{none}",
        macros=r"\newcommand{\A}{\mathbf{A}}",
        parts__one="Let $f(x) = \\|\\A x - b\\|^2$.\n\nThen $\\nabla f(x) = 2\\A(\\A x - b)$.",
    )
    wrong, right = mg.audit(main).claims
    assert (wrong.place.file, wrong.place.line, wrong.place.column) == (f"{tmp_path}/parts/one.tex", 3, 7)
    assert wrong.corrected == r"\nabla f(x) = 2\A^\top(\A x - b)"
    assert (right.status, right.place.file) == ("verified", None)


def test_what_lies_elsewhere_is_not_taken_in(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text(RIGHT, encoding="utf-8")
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    main = written(folder, main=r"\input{../secret}\input{link}\include{none}\input{/etc/hostname}")
    report = mg.audit(main)
    assert report.claims == ()
    assert report.not_read == ("../secret", "link", "none", "/etc/hostname")
    assert "not in the folder" in str(report.lines())


def test_files_that_take_in_themselves_are_refused(tmp_path: Path) -> None:
    main = written(tmp_path, main=r"\input{a}", a=r"\input{b}", b=r"\input{a}")
    with pytest.raises(mg.ArgumentError, match="takes in itself"):
        mg.audit(main)
    twice = {chr(97 + k): rf"\input{{{chr(98 + k)}}}\input{{{chr(98 + k)}}}" for k in range(12)}
    with pytest.raises(mg.ArgumentError, match="more than 200 files"):
        mg.audit(written(tmp_path, main=r"\input{a}", **twice, m=""))


@pytest.mark.parametrize(
    ("claim", "corrected"),
    [
        (r"2\bs X(\bs X w - y) + \lambda w", r"2\bs X^\mathsf{T}(\bs X w - y) + \lambda w"),
        (r"2\bs X^\T(\bs X w + y) + \lambda w", r"2\bs X^\T(\bs X w - y) + \lambda w"),
        (r"\bs X^\T(\bs X w - y) + \lambda w", r"2 \bs X^\T(\bs X w - y) + \lambda w"),
        (r"2\bs X^\T(\bs X w - y) + 2\lambda w", r"2\bs X^\T(\bs X w - y) + \lambda w"),
    ],
)
def test_the_right_line_is_the_written_one_with_the_least_change(claim: str, corrected: str) -> None:
    text = (
        r"\newcommand{\bs}[1]{\boldsymbol{#1}}\newcommand{\T}{\mathsf{T}}"
        r"Let $f(w) = \|\bs X w - y\|^2 + \tfrac{\lambda}{2}\, w^\T w$."
    )
    (wrong,) = mg.audit(rf"{text} Then $\nabla f(w) = {claim}$.", kind="tex").wrong
    assert wrong.corrected == rf"\nabla f(w) = {corrected}"


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("The gradient of $f$ with respect to $x$ is given by $2A^\\top(Ax - b)$.", ["verified"]),
        ("The Hessian of $f$ is $2A A^\\top$.", ["wrong"]),
        ("Its gradient is $2A^\\top(Ax - b)$.", ["verified"]),
        ("Its gradient is $A^\\top(Ax - b)$.", ["ambiguous"]),
        ("The gradient of $f$ is $L$-Lipschitz, and its Hessian is $H$.", []),
        ("The gradient of $f$ is not $2A(Ax - b)$.", []),
        ("$f$ 关于 $x$ 的梯度为 $2A^\\top(Ax - b)$。", ["verified"]),
        ("$f$ 的黑塞矩阵为 $A^\\top A$。", ["wrong"]),
    ],
)
def test_claims_in_words_are_read(text: str, statuses: list[str]) -> None:
    report = mg.audit(r"Let $f(x) = \|Ax - b\|^2$ with $A \in \mathbb{R}^{m \times n}$. " + text)
    assert [claim.status for claim in report.claims] == statuses


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("We do not assume that $A$ is symmetric.", "wrong"),
        ("No assumption is made that $A$ be symmetric.", "wrong"),
        ("Suppose that $A$ is symmetric but $b$ is not zero.", "verified"),
        ("If $B$ is not square but $A$ is symmetric, what follows is simpler.", "ambiguous"),
    ],
)
def test_what_is_not_assumed_is_not_known(said: str, status: str) -> None:
    (claim,) = mg.audit(f"{said} Let $f(x) = x^\\top A x$. Then $\\nabla f(x) = 2Ax$.").claims
    assert claim.status == status


@pytest.mark.parametrize(
    ("said", "status"), [("", "ambiguous"), (r"with $\sum_k y_k = 1$", "verified"), ("one-hot", "verified")]
)
def test_cross_entropy_is_right_where_the_labels_sum_to_one(said: str, status: str) -> None:
    text = r"Let $p = \operatorname{softmax}(z)$, $z \in \mathbb{R}^K$, and $L = -\sum_{k=1}^K y_k \log p_k$"
    (claim,) = mg.audit(rf"{text}, {said}. Then $\frac{{\partial L}}{{\partial z}} = p - y$.").claims
    assert claim.status == status


def test_identities_for_square_matrices_are_not_wrong() -> None:
    text = r"$\frac{\partial \det(AXB)}{\partial X} = \det(AXB)(X^{-1})^T$"
    (claim,) = mg.audit(text).claims
    assert claim.status in ("ambiguous", "not understood")


def test_each_side_of_a_chain_has_its_own_place() -> None:
    text = "Let $f(x) = x^\\top x$.\n\\begin{align}\n\\nabla f(x) &= 2x \\\\\n &= 3x\n\\end{align}"
    assert [claim.place.line for claim in mg.audit(text, kind="tex").claims] == [3, 4]


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (r"\mathrm{d}s = (Ay)^\top\mathrm{d}x + (A^\top x)^\top\mathrm{d}y", "verified"),
        (r"ds = y^\top A\,dx + x^\top A\,dy", "wrong"),
        (r"ds = x^\top A\,dy - y^\top A^\top\,dx", "wrong"),
        (r"ds = dx^\top A\,dy", "not understood"),
        (r"\frac{\partial^2 s}{\partial x\,\partial y^\top} = A", "verified"),
        (r"\frac{\partial^2 s}{\partial x\,\partial y^\top} = A^\top", "wrong"),
        (r"\nabla^2_{xy} s = 2A", "wrong"),
    ],
)
def test_several_variables_may_change_together(claim: str, status: str) -> None:
    report = mg.audit(rf"Let $s(x, y) = x^\top A y$. Then ${claim}$.")
    assert [claim.status for claim in report.claims] == [status]


def test_a_function_of_a_number_is_told_by_its_prime() -> None:
    text = r"Let $h(t) = \log(1+e^{t})$. Then $h'(t) = \frac{1}{1+e^{-t}}$ and $h''(t) = \frac{1}{1+e^{-t}}$."
    assert [claim.status for claim in mg.audit(text).claims] == ["verified", "wrong"]


def test_a_capital_letter_may_be_a_number_where_a_gradient_needs_it() -> None:
    text = r"Let $g(x) = T_0 \|x\|^2$. Then $\nabla g(x) = 2 T_0 x$ and $\nabla g(x) = T_0 x$."
    assert [claim.status for claim in mg.audit(text).claims] == ["verified", "wrong"]
