"""Help, the version, completion, and what is said of arguments that were mistyped."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import matgrad as mg
from matgrad.cli.app import app
from tests.cli.in_process import called

COMMANDS = tuple(app.commands)

MEANT = [
    ("dif x", "there is no command dif; did you mean diff?"),
    ("frobnicate", "there is no command frobnicate; there are diff, "),
    ("--versoin", "there is no option --versoin; did you mean --version?"),
    ("diff x --wtr x", "there is no option --wtr; did you mean --wrt?"),
    ("solve a=b --stpes", "there is no option --stpes; did you mean --steps?"),
    ("check x --anwser=2", "there is no option --anwser; did you mean --answer?"),
    ("serve --prot 1", "there is no option --prot; did you mean --port?"),
    ("diff x --form gradent", "components, not 'gradent'; did you mean gradient?"),
    ("diff x --form=Jacobian", "components, not 'Jacobian'; did you mean jacobian?"),
    ("check x y z", "one argument too many, or quotes are missing: y z"),
    ("serve page", "one argument too many, or quotes are missing: page"),
    ("practice --topic trce", "Try: trace"),
    ("diff tr(Sigma*A) --wrt sigma", "Try: --wrt Sigma"),
    ("solve", "EQUATION is missing"),
    ("diff --wrt", "the option --wrt needs a value"),
]


@pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS)], ids=str)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_is_asked_for_in_two_ways(
    arguments: tuple[str, ...], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATGRAD_LANG", lang)
    short, long = (called([*arguments, option]) for option in ("-h", "--help"))
    assert short == long
    assert short.status == 0
    assert "-h, --help" in short.stdout
    repeated = r"(\[ARGS\]|EXPR\]|FILE|FILE\}|\[参数\]|表达式\]|文件)\.\.\."
    assert "..." not in re.sub(repeated, "", short.stdout)


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version(option: str) -> None:
    assert called([option]).stdout == f"matgrad {mg.__version__}\n"


@pytest.mark.parametrize(("line", "said"), MEANT)
def test_what_was_meant_is_offered(line: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = called(line.split())
    assert done.status == 2
    assert said in done.stderr
    assert not done.stdout
    monkeypatch.setenv("MATGRAD_LANG", "zh")
    chinese = called(line.split()).stderr
    assert re.findall("[a-z]{3,} [a-z]{2,} [a-z]{2,}", chinese) == []


def test_values_and_expressions_may_start_with_a_minus_sign() -> None:
    assert "−2x" in called(["diff", "-x'x", "--wrt", "x"]).stdout
    assert called(["check", "-x'x", "--wrt", "x", "--answer", "--2x"]).status == 3
    assert "∂f/∂h" in called(["diff", "--", "-h"]).stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("matgrad pr", ["practice"]),
        ("matgrad diff --fo", ["--form", "--format"]),
        ("matgrad diff --layout n", ["numerator"]),
        ("matgrad practice --topic t", ["trace"]),
    ],
)
def test_a_shell_completes(words: str, offered: list[str], lang: str) -> None:
    asked = {"_MATGRAD_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    command = "import sys; sys.argv = ['matgrad']; from matgrad.cli import program; program()"
    done = subprocess.run(
        [sys.executable, "-c", command],
        env={**os.environ, **asked, "MATGRAD_LANG": lang},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.split() == [f"plain,{word}" for word in offered], done.stderr


@pytest.mark.parametrize("text", ["-sum(tanh(x))", "-h' x", "-x' h", "-V x"])
def test_a_minus_sign_begins_a_formula(text: str) -> None:
    done = called(["diff", text, "--wrt", "x"])
    assert done.status == 0
    assert "= −" in done.stdout.splitlines()[0] + done.stdout.splitlines()[1]
