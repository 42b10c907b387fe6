"""The errors matgrad raises: each names what is wrong, where, and what would mend it."""

from __future__ import annotations

from matgrad.core.lazy import regex
from matgrad.core.visible import columns, in_one_line, visible
from matgrad.core.words import Phrase, language_asked, text_in


class MatgradError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    message : str or Phrase
        What is wrong, in one sentence that names the operand. A string is the same in all languages.
    fix : str or Phrase, optional
        What the user could write instead.
    text : str, optional
        The text in which the error lies.
    span : tuple of int, optional
        Start and end of the culprit in ``text`` (offsets, end exclusive).

    Attributes
    ----------
    message, fix : str
        As given, in English.
    text, span
        As given.
    problem, remedy : str or Phrase
        The message and the fix, to be said in any language.
    language : str or None
        The language that the error is shown in; that of the environment variable ``MATGRAD_LANG`` where none
        is asked for.
    exit_status : int
        With which the command line ends: 2 for input that cannot be understood, 4 where there is no answer.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.gradient("A x", "x")
    ... except mg.MatgradError as error:
    ...     print(error)
    a gradient needs a scalar function; A x (m×1) is not one
    Try: ask for the jacobian, or take the sum or the norm of the function first
    """

    exit_status = 2

    def __init__(
        self,
        message: str | Phrase,
        *,
        fix: str | Phrase | None = None,
        text: str | None = None,
        span: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(str(message))
        self.problem = message
        self.remedy = fix
        self.text = text
        self.span = span
        self.language: str | None = None

    @property
    def message(self) -> str:
        return str(self.problem)

    @property
    def fix(self) -> str | None:
        return None if self.remedy is None else str(self.remedy)

    def __reduce__(self) -> tuple[object, ...]:
        return (
            _rebuild,
            (type(self), self.problem, self.remedy, self.text, self.span),
            {"language": self.language},
        )

    def located(self, text: str, span: tuple[int, int]) -> MatgradError:
        """Return this error with its place in ``text``, unless it knows one already."""
        if self.span is None:
            self.text, self.span = text, span
        return self

    @property
    def spoken(self) -> str:
        """The language that the error is shown in."""
        return self.language or language_asked()

    def lines(self, language: str | None = None) -> list[str]:
        """What is shown, line by line: the message, the place in the text, and what to write instead."""
        spoken = language or self.spoken
        lines = [_cut(visible(text_in(spoken, self.problem)))]
        if self.text is not None and self.span is not None:
            lines += _caret(self.text, self.span)
        if self.remedy:
            lines.append(_cut(visible(_TRY.text(spoken, fix=self.remedy))))
        return lines

    def __str__(self) -> str:
        return "\n".join(self.lines())


_TRY = Phrase("Try: {fix}")
_LONG = regex(r"(\w{40})\w{140,}(\w{20})")
"""A name that nobody reads to its end."""


def _cut(text: str) -> str:
    """A line with the middle of every very long name left out."""
    return _LONG.sub(r"\1…\2", text)


def _rebuild(
    kind: type[MatgradError],
    message: str | Phrase,
    fix: str | Phrase | None,
    text: str | None,
    span: tuple[int, int] | None,
) -> MatgradError:
    return kind(message, fix=fix, text=text, span=span)


def _caret(text: str, span: tuple[int, int], width: int = 72) -> list[str]:
    """Show the line of ``text`` that holds ``span``, with carets under the place."""
    start, end = span
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    line = text[line_start:line_end].replace("\t", " ")
    column = start - line_start
    length = max(1, min(end, line_end) - start)
    if len(line) > width:
        left = max(0, min(column - width // 3, len(line) - width))
        head = "…" if left else ""
        tail = "…" if left + width < len(line) else ""
        line = head + line[left : left + width] + tail
        column = column - left + len(head)
        length = max(1, min(length, len(line) - column))
    before, marked = in_one_line(line[:column]), in_one_line(line[column : column + length])
    return [
        "  " + before + marked + in_one_line(line[column + length :]),
        "  " + " " * columns(before) + "^" * max(1, columns(marked) if marked else length),
    ]


class ParseError(MatgradError):
    """The text is not an expression of the language.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.parse("x' (A x")
    ... except mg.ParseError as error:
    ...     print(error.text, error.span is not None)
    x' (A x True
    """


class UnknownNameError(ParseError):
    """A name that stands for nothing: an unknown function or an undeclared variable.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.parse("trase(A)")
    ... except mg.UnknownNameError as error:
    ...     print(error.fix)
    trace(…)
    """


class DeclarationError(ParseError):
    """A declaration that cannot be understood or contradicts another one.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.parse("tr(A)", "A: m×n symmetric")
    ... except mg.DeclarationError:
    ...     print("symmetric matrices are square")
    symmetric matrices are square
    """


class ShapeError(MatgradError):
    """Operands whose shapes do not conform.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.matrix("A", "m", "n") @ mg.vector("x", "m")
    ... except mg.ShapeError as error:
    ...     print(error.message)
    cannot multiply A (m×n) by x (m×1): n columns meet m rows
    """


class ArgumentError(MatgradError):
    """An argument of a public function that it cannot take.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.jacobian("A x", "x", layout="upright")
    ... except mg.ArgumentError as error:
    ...     print(error)
    'upright' is not a layout
    Try: numerator or denominator or mixed
    """


class NoMeaningHereError(ArgumentError):
    """An argument with which NumPy has a value and this package none: no other reading stands in for it."""


class NoValueError(ArgumentError, TypeError):
    """An expression where a value is needed: a condition, a length, an array of numbers."""


class NoSuchAttributeError(ArgumentError, AttributeError):
    """An attribute that NumPy's arrays may have, and expressions have not."""


class EvaluationError(MatgradError):
    """An expression that has no value on the given data.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.evaluate("A x", {"x": [1.0, 2.0]})
    ... except mg.EvaluationError as error:
    ...     print(error.message)
    no array was given for A (m×n)
    """


class DomainError(EvaluationError):
    """Data outside the domain of an operation: log of a negative number, a singular inverse.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.evaluate("log(t)", {"t": -1.0}, given="t: scalar")
    ... except mg.DomainError:
    ...     print("no logarithm")
    no logarithm
    """

    is_degenerate = False
    """Whether other data of the sort would be in the domain: a rank is not full, or values coincide."""

    @classmethod
    def degenerate(cls, message: str | Phrase) -> DomainError:
        """The error where a rank is not full, or values coincide."""
        error = cls(message)
        error.is_degenerate = True
        return error


class TooFarError(EvaluationError):
    """Values too large or too small beside others to tell whether two of them agree."""


class NameClashError(DeclarationError, EvaluationError):
    """One name that stands for two variables, which differ in shape or in what is declared of them."""


class NotDifferentiableError(MatgradError):
    """There is no derivative, or none is known.

    Examples
    --------
    >>> import matgrad as mg
    >>> try:
    ...     mg.hessian("tr(A X)", "X", given="A: n×n, X: n×n orthogonal")
    ... except mg.NotDifferentiableError as error:
    ...     print(error.fix)
    declare X without that fact, or ask for the gradient or the differential
    """

    exit_status = 4


class VerificationError(MatgradError):
    """A derived result disagrees with the difference quotient; it is never shown as a result.

    Notes
    -----
    It is an error of matgrad, to be reported; its message holds the case. Every public function that
    derives raises it unless it is told ``verify=False``.

    Examples
    --------
    >>> import matgrad as mg
    >>> issubclass(mg.VerificationError, mg.MatgradError)
    True
    """

    exit_status = 4
