"""Phrases and catalogues: one type for words, one file a language, and nothing that a language lacks."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import matgrad
from matgrad.core import words
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


def texts_of_the_source() -> dict[Key, str]:
    """Every text that the source says, by its context, with the place where it stands."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
                assert node.args, f"{path}:{node.lineno}"
                english = node.args[0]
                if path.name == "words.py" and isinstance(english, ast.Name):
                    continue  # where phrases are made of any text
                assert isinstance(english, ast.Constant), f"{path}:{node.lineno}: the text is no literal"
                assert isinstance(english.value, str)
                contexts = [k.value for k in node.keywords if k.arg == "context"]
                context = ast.literal_eval(contexts[0]) if contexts else ""
                found[english.value, context] = f"{path.relative_to(SOURCE)}:{node.lineno}"
    return found


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
