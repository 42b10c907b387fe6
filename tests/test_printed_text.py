"""What is printed is never read again: lines, hints and verdicts are chosen by what they are made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import matgrad

SOURCE = Path(matgrad.__file__).parent
FOLDERS = ("explanation", "exercises", "checking", "results", "calculus", "printing")

WRITERS = {
    "answer", "at", "brackets", "hints", "latex", "line", "question", "right_side", "terms", "text",
    "together", "unicode", "worded", "write", "written", "with_citation",
}  # fmt: skip
"""What gives text that people read; names of functions and methods."""

READERS = {
    "count", "endswith", "find", "findall", "finditer", "fromkeys", "fullmatch", "index", "isalpha", "match",
    "partition", "removeprefix", "removesuffix", "replace", "rpartition", "search", "split", "splitlines",
    "startswith", "sub", "translate",
}  # fmt: skip
"""What looks into text, or changes it."""

WORDS = {"medium", "language", "method", "form", "layout"}
"""Parameters that hold a word of the interface, which is no text that was written."""

COMPARISONS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def name_of(call: ast.Call) -> str:
    """The name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def is_measured(node: ast.AST) -> bool:
    """Whether a call only says how long a text is."""
    return isinstance(node, ast.Call) and name_of(node) == "len"


def holds_text(node: ast.AST, texts: set[str]) -> bool:
    """Whether written text, or a variable that holds some, stands in an expression."""
    if is_measured(node):
        return False
    if isinstance(node, ast.Call) and name_of(node) in WRITERS:
        return True
    if isinstance(node, ast.Attribute) and node.attr == "reason":
        # Of a verdict, the text; of an operation or a rule it is a phrase, which nothing looks into.
        return True
    if isinstance(node, ast.Name) and node.id in texts:
        return True
    return any(holds_text(child, texts) for child in ast.iter_child_nodes(node))


def texts_in(function: ast.FunctionDef, parameters: set[str]) -> set[str]:
    """The variables of a function that hold written text."""
    texts = set(parameters)
    for _ in range(3):
        for node in ast.walk(function):
            pairs: list[tuple[ast.expr, ast.expr]] = []
            if isinstance(node, ast.Assign):
                pairs = [(target, node.value) for target in node.targets]
            elif isinstance(node, (ast.For, ast.comprehension)):
                pairs = [(node.target, node.iter)]
            for target, value in pairs:
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):  # of `a, *rest` the first
                    pairs += zip(target.elts, value.elts, strict=False)
                elif holds_text(value, texts):
                    texts |= {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
    return texts


def readings(function: ast.FunctionDef, texts: set[str], readers: set[str]) -> Iterator[ast.AST]:
    """Where a function compares, searches or changes text that was written."""
    for node in ast.walk(function):
        looked_into: list[ast.expr] = []
        if isinstance(node, ast.Compare) and any(isinstance(sign, COMPARISONS) for sign in node.ops):
            looked_into = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and name_of(node) in READERS | readers:
            looked_into = [*node.args]
            if isinstance(node.func, ast.Attribute) and name_of(node) in READERS:
                looked_into.append(node.func.value)
        if any(holds_text(part, texts) for part in looked_into):
            yield node


def found_in(source: str) -> list[str]:
    """Every place of a file where written text is read again."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    parameters = {
        function.name: {
            a.arg
            for a in function.args.args
            if a.annotation and ast.unparse(a.annotation) == "str" and a.arg not in WORDS
        }
        for function in functions
    }
    readers = {
        function.name
        for function in functions
        if any(readings(function, texts_in(function, parameters[function.name]), set()))
    }
    return [
        f"{function.name}: {ast.unparse(node)}"
        for function in functions
        for node in readings(function, texts_in(function, set()), readers)
    ]


WHAT_READERS_SEE = "look_the_same"
"""Whether two lines look the same to a reader is a question about what is written; it has one place."""


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_reads_what_was_printed(folder: str) -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {place}"
        for path in sorted((SOURCE / folder).rglob("*.py"))
        for place in found_in(path.read_text(encoding="utf-8"))
        if not place.startswith(f"{WHAT_READERS_SEE}:")
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        'def then(a, b):\n    return a.write("unicode") != b.write("unicode")',
        "def notation(expr):\n    written = printing.unicode(expr)\n    return NAMED.fullmatch(written)",
        "def shows(step: str, answer: str) -> bool:\n    return answer in step\n"
        "def kept(self):\n    return [shows(step, self.answer()) for step in self.hints()]",
        'def starts(expr):\n    return printing.line(expr).startswith("−")',
        "def escaped(text: str) -> str:\n    return text.replace(a, b)\n"
        "def align(line):\n    return escaped(together(line.reasons))",
        "def diagnosis(self, verdict):\n    return self.exercise.answer() not in verdict.reason",
        "def skeleton(function):\n    return re.sub(pattern, renamed, printing.text(function))",
        "def together(reasons):\n    return dict.fromkeys(reason.text() for reason in reasons)",
    ],
)
def test_a_reading_is_found(source: str) -> None:
    assert found_in(source)


def test_a_measure_is_no_reading() -> None:
    assert not found_in("def fits(line):\n    return len(line.write('unicode')) <= 80")
