r"""The magics of a notebook, ``%load_ext matgrad``: a formula as it is, without quotation marks.

IPython is imported where it loads them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.api.deriving import derive
from matgrad.api.matrix_equations import equation
from matgrad.api.stationary_points import stationary
from matgrad.api.teaching import check, check_derivation, explain
from matgrad.api.vectorizing import vectorize
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.languages import speaking
from matgrad.core.lazy import regex
from matgrad.core.suggestions import meant
from matgrad.core.words import language_asked, phrase

HELP = r"""Differentiate a formula that is written as it is.

    %matgrad norm(A x - b)^2 --wrt x
    %matgrad explain tr(X' A X) --wrt X
    %matgrad check x' A x --wrt x --answer 2 A x

    %%matgrad --wrt Sigma --given Sigma: n×n SPD, S: n×n symmetric
    \log|\Sigma| + \operatorname{tr}(\Sigma^{-1} S)

In front of the formula may stand derive, explain, check, derivation (checked line by line), vectorize, solve
or stationary; in a cell it stands in the first line, with the options. An option takes all up to the next:
--wrt, --given, --order, --form, --layout, --convention, --at, --method, --answer, --subject-to, --lang."""

_SPLIT = regex(r"(?:^|\s)--(?=[a-z])")
Options = dict[str, str]


def _derive(text: str, o: Options) -> Any:
    told: dict[str, Any] = {name: o[name] for name in ("form", "layout", "convention") if name in o}
    order = _whole(o.get("order", "1"))
    return derive(text, o.get("wrt"), given=o.get("given"), point=o.get("at"), order=order, **told)


def _explain(text: str, o: Options) -> Any:
    told: dict[str, Any] = {
        name: o[name] for name in ("form", "layout", "convention", "method", "lang") if name in o
    }
    order = _whole(o.get("order", "1"))
    return explain(text, o.get("wrt"), given=o.get("given"), point=o.get("at"), order=order, **told)


def _check(text: str, o: Options) -> Any:
    if "answer" not in o:
        raise ArgumentError(phrase("{name} is missing", name="--answer"), fix="--answer …")
    told: dict[str, Any] = {name: o[name] for name in ("form", "layout", "convention", "lang") if name in o}
    order = _whole(o.get("order", "1"))
    return check(text, o.get("wrt"), o["answer"], given=o.get("given"), order=order, **told)


def _check_derivation(text: str, o: Options) -> Any:
    told: dict[str, Any] = {name: o[name] for name in ("layout", "convention", "lang") if name in o}
    return check_derivation(text, o.get("wrt"), given=o.get("given"), **told)


def _vectorize(text: str, o: Options) -> Any:
    return vectorize(text, _names(o), given=o.get("given"))


def _solve(text: str, o: Options) -> Any:
    return equation(text, _names(o), given=o.get("given"))


def _stationary(text: str, o: Options) -> Any:
    constraints = o.get("subject-to")
    return stationary(text, _names(o), subject_to=constraints or (), given=o.get("given"))


_DERIVED = ("wrt", "given", "at", "order", "form", "layout", "convention", "lang")
_VERBS: dict[str, tuple[Callable[[str, Options], Any], tuple[str, ...]]] = {
    "derive": (_derive, _DERIVED),
    "explain": (_explain, (*_DERIVED, "method")),
    "check": (_check, ("wrt", "answer", "given", "order", "form", "layout", "convention", "lang")),
    "derivation": (_check_derivation, ("wrt", "given", "layout", "convention", "lang")),
    "vectorize": (_vectorize, ("wrt", "given", "lang")),
    "solve": (_solve, ("wrt", "given", "lang")),
    "stationary": (_stationary, ("wrt", "subject-to", "given", "lang")),
}


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentError(phrase("{name} takes a whole number from {least} on", name="--order", least=1))
    return int(text)


def _names(o: Options) -> Any:
    """The one variable, or several between commas."""
    found = [name.strip() for name in o.get("wrt", "").split(",") if name.strip()]
    return found[0] if len(found) == 1 else found or None


def asked_in_notebook(line: str, cell: str | None = None) -> Any:
    """What a magic asks for, as an object that shows itself.

    Parameters
    ----------
    line : str
        What stands behind ``%matgrad``, or in the first line of a cell behind ``%%matgrad``.
    cell : str, optional
        What stands below it.

    Raises
    ------
    MatgradError
        As the functions of the same names do; for an option that is none.

    Examples
    --------
    >>> print(asked_in_notebook("check x' A x --wrt x --answer 2 A x").mistake)
    fact
    """
    head, *parts = _SPLIT.split(line)
    verb, _, rest = head.strip().partition(" ")
    text = rest if verb in _VERBS else head
    verb = verb if verb in _VERBS else "derive"
    answer, known = _VERBS[verb]
    options = {}
    for part in parts:
        name, _, value = part.partition(" ")
        if name not in known:
            there_is_none = phrase("there is no option {option}", option=f"--{name}")
            raise ArgumentError(meant(there_is_none, f"--{name}", [f"--{word}" for word in known]))
        options[name] = _bare(value)
    with speaking(options.get("lang") or language_asked()):
        return answer(_bare(text) if cell is None else f"{text}\n{cell}".strip(), options)


def _bare(text: str) -> str:
    """A text without the quotation marks around it, which a command line needs."""
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted else text


def load_ipython_extension(shell: Any) -> None:
    """Define the magics; IPython calls this for ``%load_ext matgrad``.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Where they are defined.
    """
    from IPython.core.error import UsageError

    def matgrad(line: str, cell: str | None = None) -> Any:
        if not line.strip() and not (cell or "").strip():
            raise UsageError(HELP)
        try:
            return asked_in_notebook(line, cell)
        except MatgradError as error:
            raise UsageError("\n".join(error.lines())) from None  # shown without a traceback

    matgrad.__doc__ = HELP
    shell.register_magic_function(matgrad, "line_cell", "matgrad")
