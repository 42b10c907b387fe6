"""How an operation is written: data that every printer reads."""

from __future__ import annotations

from matgrad.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Notation:
    """The way an operation in function form is written in each medium.

    Each field is a template: ``{0}`` stands for the first argument, ``{1}`` for the second, and
    so on; ``{*}`` for all, separated by commas. An argument stands alone in its place, so the
    printers put no brackets around it beyond those of the template.

    Parameters
    ----------
    text : str
        The plain-text form, which the parser reads back.
    unicode : str
        The form for people at a terminal.
    latex : str
        The form in a textbook.
    numpy : str
        The form in the NumPy dialect, which is also Python.
    label : str
        A name that users chose, where the forms for readers have ``{name}`` in its place.
    """

    text: str
    unicode: str
    latex: str
    numpy: str
    label: str = ""


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(text: str) -> str:
    """An index for the terminal: digits lowered, a letter after an underscore, more in brackets."""
    if text.isdigit():
        return text.translate(_SUBSCRIPTS)
    return f"_{text}" if len(text) == 1 else f"_({text})"


def call(
    text: str, latex: str | None = None, *, unicode: str | None = None, numpy: str | None = None
) -> Notation:
    """Make the notation of a plain function: ``name(arguments)`` everywhere."""
    operator = latex if latex is not None else rf"\operatorname{{{text}}}".replace("_", r"\_")
    return Notation(
        text=f"{text}({{*}})",
        unicode=f"{unicode or text}({{*}})",
        latex=rf"{operator}\left({{*}}\right)",
        numpy=f"{numpy or text}({{*}})",
    )
