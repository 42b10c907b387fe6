"""The help of a command and the refusal of its arguments, in other languages than Click's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from click import Choice

from matgrad.core.suggestions import meant
from matgrad.core.visible import columns
from matgrad.core.words import LANGUAGES, Phrase, looked_up, phrase

_USAGE = Phrase("Usage: {command}")
_OPTIONS = Phrase("Options:")
_COMMANDS = Phrase("Commands:")
_SHOWN = Phrase("Show this message and exit.")
_DEFAULT = Phrase("[default: {value}]")
_PLACES = {
    place.english: place
    for place in (
        Phrase("OPTIONS"),
        Phrase("COMMAND"),
        Phrase("ARGUMENTS"),
        Phrase("EXPR"),
        Phrase("EQUATION"),
        Phrase("NAME"),
        Phrase("FILE"),
        Phrase("POINT"),
        Phrase("DECLARATIONS"),
        Phrase("MACROS"),
        Phrase("STYLE"),
        Phrase("TEXT"),
        Phrase("INTEGER"),
        Phrase("FLOAT"),
    )
}
"""What stands in the help for what a user types."""
_COLUMN = 28
_HELP = "-h, --help"

GIVEN = "matgrad.arguments"
"""Under which the context of a command keeps its arguments as they were given."""


def language_on(arguments: Sequence[str]) -> str | None:
    """The language that the arguments of a command ask for, whatever else they say."""
    for place, argument in enumerate(arguments):
        word = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and place + 1 < len(arguments):
            word = arguments[place + 1]
        if word in LANGUAGES:
            return word
    return None


def help_asked(root: Any, arguments: Sequence[str]) -> list[str] | None:
    """The path of the command whose help is asked for: ``["diff"]``; ``None`` where none is."""
    name = next((argument for argument in arguments if argument in root.commands), None)
    others = [a for a in arguments if a != "--lang" and not a.startswith("--lang=") and a not in LANGUAGES]
    if "--help" in arguments or "-h" in arguments or not others:
        return [name] if name else []
    return None


def help_text(root: Any, path: Sequence[str], language: str) -> str:
    """The help of a command in a language."""
    command = root.commands[path[0]] if path else root
    return "\n".join(_lines(root, command, path, language)) + "\n"


def _lines(root: Any, command: Any, path: Sequence[str], language: str) -> Iterator[str]:
    arguments = [p.metavar for p in command.params if p.param_type_name == "argument"]
    places = " ".join(["[OPTIONS]", *arguments, *(["COMMAND [ARGUMENTS]..."] if not path else [])])
    usage = " ".join(["matgrad", *path, _places(places, language)])
    yield _USAGE.text(language, command=usage)
    for paragraph in paragraphs(command.help or ""):
        yield ""
        yield from (f"  {line}" for line in looked_up(paragraph, language).split("\n"))
    yield ""
    yield _OPTIONS.text(language)
    for spelled, said in options_of(command, language):
        yield from _row(spelled, said)
    if not path:
        yield ""
        yield _COMMANDS.text(language)
        for name, each in root.commands.items():
            yield from _row(name, looked_up(paragraphs(each.help or "")[0], language))


def options_of(command: Any, language: str) -> Iterator[tuple[str, str]]:
    """The options of a command, each as it is spelled and with what is said of it."""
    for parameter in command.params:
        if parameter.param_type_name == "option" and not parameter.hidden and "--help" not in parameter.opts:
            shown = [looked_up(parameter.help or "", language)]
            default = parameter.show_default
            if isinstance(default, str) and " " in default:  # else it is a word of the command line
                default = looked_up(default, language)
            elif default is None and isinstance(parameter.default, str | int | float):
                default = parameter.default
            if default not in (None, False):
                shown.append(_DEFAULT.text(language, value=default))
            values = _values(parameter, language)
            yield f"{', '.join(parameter.opts)} {values}".rstrip(), " ".join(shown)
    yield _HELP, _SHOWN.text(language)


def _row(name: str, text: str) -> Iterator[str]:
    taken = columns(name)
    if taken < _COLUMN - 2:
        yield f"  {name}{' ' * (_COLUMN - 2 - taken)}{text}"
    else:
        yield f"  {name}"
        yield f"{'':<{_COLUMN}}{text}"


def _choices(parameter: Any) -> Sequence[str]:
    """The words that an option takes one of, where it is declared so."""
    return parameter.type.choices if isinstance(parameter.type, Choice) else ()


def _places(words: str, language: str) -> str:
    """What stands for what a user types, in a language: NAME, FILE."""
    return re.sub("[A-Z]{2,}", lambda found: _PLACES[found[0]].text(language), words)


def _values(parameter: Any, language: str) -> str:
    """What an option takes, in brackets where it is one of few words; nothing for a flag."""
    if parameter.is_flag:
        return ""
    if choices := _choices(parameter):
        return f"[{'|'.join(choices)}]"
    return _places(parameter.metavar or parameter.type.name.upper().removesuffix(" RANGE"), language)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text; lines are kept only in examples, before which stands a backspace."""
    found = []
    for paragraph in text.strip().split("\n\n"):
        if paragraph.startswith("\b"):
            found.append("\n".join(line.removeprefix("  ") for line in paragraph.split("\n")[1:]))
        else:
            found.append(" ".join(paragraph.split()))
    return found


def refusal(error: Any, language: str) -> str:
    """What is wrong with the arguments of a command, in a language."""
    return _problem(error).text(language)


def _problem(error: Any) -> Phrase:
    problem = getattr(error, "problem", None)
    if isinstance(problem, Phrase):
        return problem
    parameter, said_by_click = getattr(error, "param", None), error.format_message()
    match type(error).__name__:
        case "NoSuchOption":
            known = [name for p in error.ctx.command.params for name in p.opts] if error.ctx else []
            there_is_none = phrase("there is no option {option}", option=error.option_name)
            return meant(there_is_none, error.option_name, known)
        case "MissingParameter" if parameter is not None:
            return phrase("{name} is missing", name=_name(parameter))
        case "BadOptionUsage":
            return phrase("the option {option} needs a value", option=error.option_name)
        case "BadParameter" if parameter is not None:
            return _taken(error, parameter)
    return phrase("these arguments are not understood: {message}", message=said_by_click)


def _name(parameter: Any) -> str | Phrase:
    """What an option is called, or an argument."""
    if parameter.param_type_name == "option":
        return str(parameter.opts[0])
    place: str = (parameter.metavar or parameter.opts[0]).strip("[].")
    return _PLACES.get(place, place)


def _taken(error: Any, parameter: Any) -> Phrase:
    """What an option or argument takes, where it was given something else."""
    name = _name(parameter)
    if choices := _choices(parameter):
        given = next((word for word in _given(error.ctx, parameter) if word not in choices), "")
        listed = ", ".join(choices)
        return meant(
            phrase(
                "{name} takes one of {choices}, not {given}", name=name, choices=listed, given=repr(given)
            ),
            given,
            choices,
        )
    least, most = getattr(parameter.type, "min", None), getattr(parameter.type, "max", None)
    if least is not None and most is not None:
        return phrase("{name} takes a whole number from {least} to {most}", name=name, least=least, most=most)
    if least is not None and parameter.type.name.startswith("float"):
        return phrase("{name} takes a number from {least} on", name=name, least=least)
    if least is not None:
        return phrase("{name} takes a whole number from {least} on", name=name, least=least)
    return phrase("{name} has a value that it cannot take: {message}", name=name, message=error.message)


def _given(context: Any, parameter: Any) -> Iterator[str]:
    """The values that an option was given."""
    words = context.meta.get(GIVEN, ())
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in parameter.opts:
            yield value if equals else words[place + 1]
