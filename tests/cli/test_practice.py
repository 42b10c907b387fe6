"""``matgrad practice`` as a process: a whole session, its end, its options."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TRANSCRIPTS = sorted(Path(__file__).with_name("practice").glob("*.txt"))


def replayed(transcript: str, matgrad: Run) -> str:
    """Hold the session of a transcript again: its first line is the command, after "> " stand the answers.

    ``python -m tests.cli.update_practice`` writes the transcripts as they are held now.
    """
    command, _, session = transcript.partition("\n")
    answers = [line.removeprefix("> ") for line in session.splitlines() if line.startswith("> ")]
    done = matgrad(*command.split()[2:], stdin="".join(answer + "\n" for answer in answers))
    assert done.returncode == 0
    assert done.stderr == ""
    return f"{command}\n{done.stdout}"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_session_reads_as_it_was_written_down(path: Path, matgrad: Run) -> None:
    transcript = path.read_text(encoding="utf-8")
    assert replayed(transcript, matgrad) == transcript


def test_the_end_of_the_input_ends_with_a_summary(matgrad: Run) -> None:
    done = matgrad("practice", "--seed", "1")
    assert done.returncode == 0
    assert "No problem was answered." in done.stdout
    assert done.stdout.endswith("The same problems again: matgrad practice --difficulty 1 --seed 1\n")


def test_a_seed_that_nobody_chose_is_told(matgrad: Run) -> None:
    done = matgrad("practice", "--topic", "det", "--number", "1", stdin="skip\n")
    again = re.search(r"matgrad (practice --topic det --difficulty 1 --seed \d+ --number 1)\n", done.stdout)
    assert again
    assert matgrad(*again[1].split(), stdin="skip\n").stdout == done.stdout


def test_ascii_terminals_get_ascii(matgrad: Run) -> None:
    lines = "help\nhint\n2 x y\nskip\n" * 10
    done = matgrad("practice", "--seed", "2", "--number", "10", stdin=lines, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    # Rules are named in the signs of mathematics, which such a terminal spells out.
    plain = [line for line in done.stdout.splitlines() if not line.startswith("  Hint")]
    assert not any(r"\u" in line for line in plain)


def test_colours_are_for_terminals(matgrad: Run) -> None:
    assert "\x1b[" not in matgrad("practice", "--seed", "1").stdout
    assert "\x1b[" in matgrad("practice", "--seed", "1", FORCE_COLOR="1").stdout
    assert "\x1b[" not in matgrad("practice", "--seed", "1", FORCE_COLOR="1", NO_COLOR="1").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--topic", "algebra"], "'algebra' is not a topic to practise"),
        (["--difficulty", "4"], "--difficulty"),
        (["--number", "0"], "--number"),
        (["--seed", "one"], "--seed"),
        (["--lang", "fr"], "--lang"),
    ],
)
def test_options_that_cannot_be_understood(arguments: list[str], message: str, matgrad: Run) -> None:
    done = matgrad("practice", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_bytes_that_are_no_text_are_pointed_at() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "matgrad", "practice", "--seed", "1", "--number", "1"],
        input=b"2 \xff x\nskip\n",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert b"did not count" in done.stdout


# A job in the background inherits interrupts ignored.
_INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from matgrad.cli import main
main()
"""


def test_ctrl_c_and_ctrl_d_at_a_terminal_end_politely() -> None:
    for ending in ("interrupt", "end"):
        main, terminal = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", _INTERRUPTIBLE, "practice", "--topic", "linear", "--seed", "1"],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=os.environ | {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "TERM": "dumb"},
        )
        os.close(terminal)
        output = _read_until(main, b"> ")
        os.write(main, b"skip\n")
        output += _read_until(main, b"> ")
        if ending == "interrupt":
            # The prompt stands there a moment before the line editor waits for signals.
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
        else:
            os.write(main, b"\x04")
        output += _read_until(main, b"The same problems again")
        assert process.wait(30) == 0
        os.close(main)
        text = output.decode()
        assert "0 of 1 solved" in text
        assert "Traceback" not in text


def _read_until(descriptor: int, mark: bytes, limit: float = 60) -> bytes:
    """Read from a terminal until a text has come."""
    found = b""
    end = time.monotonic() + limit
    while mark not in found and select.select([descriptor], [], [], max(end - time.monotonic(), 0))[0]:
        try:
            found += os.read(descriptor, 4096)
        except OSError:
            break
    assert mark in found, found
    return found


def test_a_reader_that_has_gone_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "matgrad", "practice", "--seed", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(b"skip\n" * 3, timeout=60)
    assert b"Traceback" not in errors
    assert b"internal error" not in errors
