"""A session of practice at a terminal, or over a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from matgrad import exercises
from matgrad.cli.input import lines_of
from matgrad.cli.present import present_error
from matgrad.cli.terminal import Line, Style, write
from matgrad.core.errors import MatgradError

PROMPT = "> "

_STYLES: dict[exercises.Tone, Style] = {
    "title": "plain",
    "question": "result",
    "right": "good",
    "wrong": "warning",
    "error": "error",
    "hint": "plain",
    "quiet": "quiet",
}


def hold_session(
    topic: str | None, difficulty: int, seed: int | None, number: int | None, language: str, medium: str
) -> int:
    """Ask, read and answer until there is nothing more to ask or to read; return the exit status."""
    chosen = exercises.new_seed() if seed is None else seed
    try:
        problems = exercises.practice(topic, difficulty, chosen, language=language)
    except MatgradError as error:
        write(sys.stderr, present_error(error))
        return error.exit_status
    session = exercises.Session(problems, number, language, medium)
    try:
        _tell(session.start())
        for line in _lines(session):
            _tell(session.respond(line))
    except KeyboardInterrupt:
        write(sys.stdout, [()])
    if not session.finished:
        _tell(session.summary())
    _tell(session.farewell(_options(topic, difficulty, chosen, number, language)))
    return 0


def _options(topic: str | None, difficulty: int, seed: int, number: int | None, language: str) -> str:
    """The command that asks the same problems again."""
    words = ["matgrad practice"]
    if topic is not None:
        words.append(f"--topic {topic}")
    words.append(f"--difficulty {difficulty} --seed {seed}")
    if number is not None:
        words.append(f"--number {number}")
    if language != "en":
        words.append(f"--lang {language}")
    return " ".join(words)


def _lines(session: exercises.Session) -> Iterator[str]:
    """The lines that are typed, or read from a pipe and then written down, until the end."""
    typed = sys.stdin.isatty()
    if typed:
        # Loaded for its effect: lines can be edited and called back.
        import readline  # noqa: F401
    piped = iter(()) if typed else lines_of(sys.stdin.buffer)
    while not session.finished:
        if typed:
            try:
                yield input(PROMPT)
            except EOFError:
                write(sys.stdout, [()])
                return
        else:
            line = next(piped, None)
            if line is None:
                return
            write(sys.stdout, [((PROMPT, "quiet"), (line, "plain"))])
            yield line


def _tell(replies: Iterable[exercises.Reply]) -> None:
    write(sys.stdout, list(_laid_out(replies)))


def _laid_out(replies: Iterable[exercises.Reply]) -> Iterator[Line]:
    """The rows of replies; a blank one before each title, and questions and steps indented."""
    for reply in replies:
        if reply.tone == "title":
            yield ()
        indent = "  " if reply.tone in ("question", "hint") else ""
        for row in reply.text.split("\n"):
            yield ((indent + row, _STYLES[reply.tone]),)
