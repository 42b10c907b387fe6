"""Hostile input: nothing typed acts on the terminal, streams may fail, what has no end is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from matgrad.core.errors import ParseError
from matgrad.core.visible import HIDDEN, columns, in_json, visible
from tests.cli.in_process import called

HOSTILE = ["\x1b[31m", "\x1b]2;title\x07", "\r", "\x07", "\u202e", "\u200b", "\x9b2J", "\u2066", "\x00"]


def run(
    *arguments: str, command: Sequence[str] = (sys.executable, "-m", "matgrad"), **options: object
) -> subprocess.CompletedProcess[bytes]:
    options.setdefault("capture_output", True)
    return subprocess.run([*command, *arguments], timeout=60, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("sign", HOSTILE)
def test_hidden_characters_are_spelled_out(sign: str) -> None:
    error = str(ParseError("bad", text=f"x{sign} + y", span=(len(sign) + 4, len(sign) + 5), fix=sign))
    assert not HIDDEN.search(error.replace("\n", ""))
    line, carets = error.split("\n")[1:3]
    assert columns(line[: line.index("y")]) == carets.index("^")
    said = json.loads(in_json(json.dumps({"text": sign}, ensure_ascii=False)))
    assert said == {"text": sign}
    assert not HIDDEN.search(in_json(json.dumps(sign, ensure_ascii=False)))


def test_the_caret_stands_below_wide_characters() -> None:
    line, carets = str(ParseError("bad", text="日本 $ b", span=(3, 4))).split("\n")[1:]
    assert columns(line[: line.index("$")]) == carets.index("^")


@pytest.mark.parametrize("sign", HOSTILE[:-1])
def test_no_control_reaches_the_terminal(sign: str, tmp_path: Path) -> None:
    derivation = tmp_path / "steps"
    derivation.write_bytes(f"A: n×n, x: n\nf = x'{sign} A x\n".encode())
    for arguments in (
        ("diff", f"x{sign} + y", "--wrt", "x"),
        ("diff", "x' x", "--wrt", f"{sign}x"),
        ("diff", "x' x", "--given", f"x: {sign}n"),
        ("diff", "x' x", f"--{sign}"),
        ("diff", "x' x", "--order", sign),
        ("check", "x' x", "--answer", f"2 {sign} x"),
        ("check", "--derivation", f"/nowhere/{sign}"),
        ("check", "--derivation", str(derivation)),
        ("practice", "--topic", sign),
    ):
        done = called(arguments)
        blank = sign in ("\r", "\u200b")  # read as blanks
        assert done.status in ({0, 2, 3} if blank else {2}), (arguments, done.stderr)
        for stream in (done.stdout, done.stderr):
            assert not HIDDEN.search(stream.replace("\n", "")), arguments


def test_visible_keeps_what_can_be_seen() -> None:
    assert visible("∂f/∂x = 2x, 变量\nα") == "∂f/∂x = 2x, 变量\nα"
    assert visible("a\x1b\u202e\ud800") == "a\\x1b\\u202e\\ud800"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("form", ["unicode", "json"])
def test_a_full_disk_is_told(form: str) -> None:
    with open("/dev/full", "wb") as full:
        done = run(
            "diff", "x' x", "--format", form, stdout=full, stderr=subprocess.PIPE, capture_output=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("error: the output cannot be written")


def test_closed_streams() -> None:
    command = f'{sys.executable} -m matgrad diff "x\' x"'
    for redirection, status in (
        (">&-", 141),
        ("2>&-", 0),
        ("<&-", 0),
        ("| true; exit ${PIPESTATUS[0]}", None),
    ):
        done = subprocess.run(["bash", "-c", f"{command} {redirection}"], capture_output=True, timeout=60)
        assert done.returncode in ({0, 141} if status is None else {status})
        assert b"Traceback" not in done.stderr
        assert b"internal" not in done.stderr


def test_files_that_are_none(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(bytes(range(256)))
    places = ["/dev/zero", str(tmp_path), str(binary), str(tmp_path / "none"), "", "a" * 5000]
    for place in places:
        done = run("check", "--derivation", place)
        assert done.returncode == 2, place
        assert b"cannot be read" in done.stderr, (place, done.stderr)


def test_input_without_an_end() -> None:
    with open("/dev/zero", "rb") as zero:
        done = run("diff", stdin=zero)
    assert done.returncode == 2
    assert re.search(rb"more than [\d,]+ bytes", done.stderr)
    assert run("check", "x' x", "--answer", "-", input=b"\xff\xfe").returncode == 2


LIMITED = [
    ("diff", "x' A x", "--wrt", "x", "--order", "1000000"),
    ("diff", "9^(9^9) t", "--wrt", "t"),
    ("diff", "2^(10^9) t", "--given", "t: scalar"),
    ("diff", "norm(x)^2", "--given", "x: n^50"),
    ("diff", "norm(x)^2", "--given", "x: " + "R^" * 20000 + "R"),
    ("diff", "x[100000000]", "--wrt", "x"),
    ("diff", "exp(" * 100 + "x" + ")" * 100),
]


LIMITED_RUN = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_CPU, (12, 12))
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
runpy.run_module("matgrad", run_name="__main__", alter_sys=True)
"""
"""The limits are set by the process itself: a function called between fork and exec would meet the threads
of libraries that other tests have loaded."""


@pytest.mark.parametrize("arguments", LIMITED, ids=lambda arguments: arguments[1][:12])
def test_what_has_no_end_is_refused_in_little_time_and_memory(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, command=[sys.executable, "-c", LIMITED_RUN])
    assert done.returncode in (0, 2), done.stderr
    assert b"internal" not in done.stderr


def test_arguments_and_paths_are_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    steps = tmp_path / "λ.txt"
    steps.write_text("df = λ (dx' x + x' dx)\n = 2 λ x' dx", "utf-8")
    for locale in ({"LC_ALL": "POSIX"}, {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}):
        env = {**os.environ, **locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = run("check", "λ ‖x‖²", "--wrt", "x", "--derivation", str(steps), env=env)
        assert done.returncode == 0, done.stderr


def test_derivatives_that_grow_too_long_are_refused() -> None:
    text = "exp(sin(t) cos(t))"
    done = called(["diff", text, "--wrt", "t", "--given", "t: scalar", "--order", "12"])
    assert done.status == 4
    assert "too many terms" in done.stderr
    assert "Try: the order" in done.stderr
