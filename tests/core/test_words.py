"""Phrases and catalogues: one type for words, one file a language, and nothing that a language lacks."""

from __future__ import annotations

import ast
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import matgrad
import matgrad as mg
from matgrad.cli.app import app
from matgrad.cli.help_page import paragraphs
from matgrad.core import words
from matgrad.core.errors import MatgradError, ShapeError
from matgrad.core.words import LANGUAGES, Key, Phrase, catalogue, read_catalogue

SOURCE = Path(matgrad.__file__).parent
SYMMETRIC = Phrase("{name} is symmetric")
CHINESE = {
    ("{name} is symmetric", ""): "{name} 是对称矩阵",
    ("{what}; that is all", ""): "{what}；仅此而已",
    ("in {layout} layout", ""): "{layout}布局",
    ("mixed", ""): "混合",
    ("mixed", "of a drink"): "调和",
}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "catalogue", {"en": {}, "zh": CHINESE}.__getitem__)


@pytest.mark.usefixtures("chinese")
def test_fields_are_filled_in_the_language_of_the_whole() -> None:
    whole = Phrase("{what}; that is all", "a book", "p. 3").filled(what=SYMMETRIC)
    assert whole.text(name="X") == "X is symmetric; that is all"
    assert whole.text("zh", name="X") == "X 是对称矩阵；仅此而已"
    assert whole.citation == "a book, p. 3"


def test_what_is_filled_in_stays() -> None:
    inner = Phrase("where {name} is 0").filled(name="relu")
    whole = Phrase("no derivative {where}").filled(where=inner)
    assert whole.text(name="x") == "no derivative where relu is 0"


@pytest.mark.usefixtures("chinese")
def test_a_phrase_may_be_given_at_the_last_moment() -> None:
    assert Phrase("in {layout} layout").text("zh", layout=Phrase("mixed")) == "混合布局"


@pytest.mark.usefixtures("chinese")
def test_one_english_text_may_be_said_in_two_ways() -> None:
    assert Phrase("mixed", context="of a drink").text("zh") == "调和"


def test_a_phrase_without_fields_is_no_template() -> None:
    assert Phrase("ℝ^{n}").text() == "ℝ^{n}"


# ---- the catalogues ----------------------------------------------------------------------------------


def calls_of_the_source() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a name or an attribute, with the place where it stands."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def texts_of_the_source() -> dict[Key, str]:
    """Every text that the source says, by its context, with the place where it stands."""
    found = {}
    for place, node in calls_of_the_source():
        if isinstance(node.func, ast.Name) and node.func.id in ("Phrase", "phrase"):
            assert node.args, place
            english = node.args[0]
            if place.startswith("core/words.py") and isinstance(english, ast.Name):
                continue  # where phrases are made of any text
            assert isinstance(english, ast.Constant), f"{place}: the text is no literal"
            assert isinstance(english.value, str)
            contexts = [k.value for k in node.keywords if k.arg == "context" and node.func.id == "Phrase"]
            context = ast.literal_eval(contexts[0]) if contexts else ""
            found[english.value, context] = place
    return found | {(text, ""): place for place, text in texts_of_the_help()}


def texts_of_the_help() -> Iterator[tuple[str, str]]:
    """The paragraphs of the help of each command, and what is said of its options."""
    for name, command in {"matgrad": app, **app.commands}.items():
        for parameter in command.params:
            shown = getattr(parameter, "show_default", None)
            for said in (getattr(parameter, "help", None), shown if " " in str(shown) else None):
                if said is not None:
                    yield f"help of {name}", str(said)
        for paragraph in paragraphs(command.help or ""):
            if not paragraph.startswith("matgrad "):
                yield f"help of {name}", paragraph


def lacking(said: dict[Key, str]) -> list[str]:
    """The texts that a catalogue does not have, with the place where each is said."""
    return [f"{place}: {key}" for key, place in texts_of_the_source().items() if key not in said]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    said = dict(catalogue(language))
    assert lacking(said) == []
    assert set(said) == set(texts_of_the_source())


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_names_no_other_fields_than_its_text(language: str) -> None:
    for (english, context), text in catalogue(language).items():
        fields = set(re.findall(r"\{(\w+)\}", english))
        assert set(re.findall(r"\{(\w+)\}", text)) <= fields, (english, context)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_an_error_is_told_stands_in_its_translation(language: str) -> None:
    said = catalogue(language)
    for place, node in calls_of_the_source():
        if isinstance(node.func, ast.Name) and node.func.id == "phrase" and "core/words.py" not in place:
            english = ast.literal_eval(node.args[0])
            names = {keyword.arg for keyword in node.keywords}
            assert set(re.findall(r"\{(\w+)\}", english)) >= names or not names, place
            for text in (english, said[english, ""]) if names else ():
                assert {name for _, name, _, _ in Formatter().parse(text) if name} == names, place


# ---- errors ------------------------------------------------------------------------------------------

ENGLISH = frozenset(
    "an the of for or and with is are be its another declare write not in at it no".split()  # noqa: SIM905
)
"""Words of sentences, which are in nothing that a user types."""


def is_sentence(node: ast.expr) -> bool:
    """Whether a literal holds words of English; what stands in quotes or is code holds none."""
    if isinstance(node, ast.JoinedStr):
        return any(is_sentence(part) for part in node.values if isinstance(part, ast.Constant))
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    words = re.findall(r"(?<![\w.\\])[a-z]+(?![\w(.])", re.sub(r"\"[^\"]*\"|'[^']*'", "", node.value))
    return not ENGLISH.isdisjoint(words)


def test_errors_are_raised_with_words_of_the_catalogues() -> None:
    kinds = kinds_of_errors()
    plain = []
    for place, node in calls_of_the_source():
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in kinds:
            continue
        if node.args and isinstance(node.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp)):
            plain.append(f"{place}: a message is a phrase")
        plain += [
            f"{place}: {ast.unparse(keyword.value)}"
            for keyword in node.keywords
            if keyword.arg == "fix" and any(map(is_sentence, literals(keyword.value)))
        ]
    assert plain == []


def kinds_of_errors() -> set[str]:
    """The names of all classes below :class:`MatgradError`."""
    bases: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    found, before = {MatgradError.__name__}, 0
    while len(found) > before:
        before = len(found)
        found |= {name for name, below in bases.items() if below & found}
    return found


def literals(node: ast.expr) -> Iterator[ast.expr]:
    """The texts among which a conditional expression chooses."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from literals(value)
        case ast.BinOp(left=left, right=right):
            yield from literals(left)
            yield from literals(right)
        case _:
            yield node


def test_an_error_says_the_same_in_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ShapeError) as caught:
        mg.matrix("A", "m", "n") @ mg.vector("x", "m")
    error = caught.value
    assert error.message == "cannot multiply A (m×n) by x (m×1): n columns meet m rows"
    assert str(error).splitlines()[-1] == "Try: A' x"
    assert error.lines("zh") == ["A (m×n) 与 x (m×1) 不能相乘：n 列对 m 行", "建议：A' x"]
    monkeypatch.setenv("MATGRAD_LANG", "zh_CN.UTF-8")
    assert str(error).startswith("A (m×n) 与 x (m×1) 不能相乘")
    assert error.message.startswith("cannot multiply")
    again = pickle.loads(pickle.dumps(error))
    assert (again.message, again.fix, str(again)) == (error.message, error.fix, str(error))
    monkeypatch.setenv("MATGRAD_LANG", "tlh")
    assert str(error).startswith("cannot multiply")


# ---- another language --------------------------------------------------------------------------------


def test_a_third_language_is_one_file_and_what_it_lacks_is_listed(tmp_path: Path) -> None:
    text = '[texts]\n"where" = "donde"\n"gradient" = "gradiente"\n'
    missing = lacking(read_catalogue(text))
    assert len(missing) == len(texts_of_the_source()) - 2
    assert not any("'gradient'" in line for line in missing)
    shutil.copytree(SOURCE, tmp_path / "matgrad", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "matgrad" / "words" / "es.toml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "matgrad", "diff", "x' x", "--lang", "es"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "f = xᵀx   donde x ∈ ℝⁿ" in done.stdout
    assert "gradiente, n×1" in done.stdout
