"""Names of variables as people write them: Greek letters and subscripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.labels import taken_apart
from matgrad.core.lazy import regex
from matgrad.printing.accents import accented, split_accent

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_GREEK_COMMANDS = {letter: "\\" + name for name, letter in _GREEK.items()} | {
    "π": r"\pi",
    "ϕ": r"\phi",
    "ϑ": r"\vartheta",
    "ϖ": r"\varpi",
    "ϱ": r"\varrho",
    "ς": r"\varsigma",
    "ℓ": r"\ell",
    "ħ": r"\hbar",
    "ϵ": r"\epsilon",
}
_PLAIN_LETTERS = {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0x1D400, 0x1D800)} | {"µ": "μ"}
"""Letters of mathematical fonts, which are looks."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LOW = str.maketrans("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_PLAIN_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans(
    "0123456789-−abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)
_PARTS = ("]", ")", "ᵀ")
"""How the names of parts of variables end: X[1, :], diag(X), xᵀ."""
_INDEXED = regex(r"([^\W\d_]+?)(?:_(\w+)|([0-9₀-₉]+))")


def _parts(name: str) -> tuple[str, str]:
    """Split a name into its letter or word and its index."""
    match = _INDEXED.fullmatch(name)
    if match is None:
        return name, ""
    return match[1], (match[2] or match[3]).translate(_PLAIN_DIGITS)


def has_index(name: str) -> bool:
    """Whether a name has an index of its own: W_1, W1, x_i."""
    return bool(split_accent(*_parts(name))[2]) or name[-1:] in _PARTS


_LOOK_ALIKES = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοАВЕКМНОРСТХаеорсухѕіјµϕϵ∆∑∏",
    "ABEZHIKMNOPTYXoABEKMHOPCTXaeopcyxsijμφεΔΣΠ",
)


@lru_cache(maxsize=4096)
def printed_as(name: str) -> str:
    """What readers see of a name: two names that look alike are one name.

    ``alpha`` is α, ``theta_1``, ``theta1`` and θ₁ are one name, and so are letters of several
    alphabets and fonts that look the same (Α of Greek and A, 𝐀 and A).
    """
    letters = "".join(
        unicodedata.normalize("NFKC" if "\U0001d400" <= c <= "\U0001d7ff" else "NFC", c) for c in name
    )
    return unicode_name(letters.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES)


@lru_cache(maxsize=4096)
def unicode_name(name: str) -> str:
    """A name for the terminal: ``alpha`` as α, ``W1`` and ``W_1`` as W₁."""
    if name[-1:] in _PARTS:
        return _part_name(name, "unicode")
    if name == "pi":
        return "π"  # a variable by its declaration: the weights of a mixture are π_k
    if (changed := _changed(name)) is not None:
        return "Δ" + unicode_name(changed)
    if (apart := taken_apart(name)) is not None:
        base, _, label = apart
        raised = label.translate(_SUPERSCRIPTS)
        is_raised = not any(a == b for a, b in zip(raised, label, strict=True))
        return unicode_name(base) + (f"⁽{raised}⁾" if is_raised else f"^({label})")
    base, accent, index = split_accent(*_parts(name))
    base = "π" if base == "pi" else _GREEK.get(base, base)
    if accent:
        base = accented(base, accent) or f"{base}_{accent}"
    if not index:
        return base
    steps = _steps(index)
    if steps is not None and "|" not in steps and steps.translate(_LOW) != steps and _is_low(steps):
        return base + steps.translate(_LOW)
    return base + (index.translate(_SUBSCRIPTS) if index.isdigit() else f"_{_GREEK.get(index, index)}")


@lru_cache(maxsize=4096)
def latex_name(name: str) -> str:
    r"""A name in a textbook: ``alpha`` as \alpha, ``W1`` as W_{1}, whole words upright."""
    if name[-1:] in _PARTS:
        return _part_name(name, "latex")
    if name == "pi":
        return r"\pi"
    if (changed := _changed(name)) is not None:
        return r"\Delta " + latex_name(changed)
    if (apart := taken_apart(name)) is not None:
        base, kind, label = apart
        opened, closed = ("(", ")") if kind == "sup" else ("[", "]")
        return f"{latex_name(base)}^{{{opened}{_latex_word(label)}{closed}}}"
    base, accent, index = split_accent(*_parts(name))
    base = "π" if base == "pi" else base  # π itself is a number, π_1 a variable
    word = rf"\{accent}{{{_latex_word(base)}}}" if accent else _latex_word(base)
    return word + (f"_{{{_steps(index) or _latex_word(index)}}}" if index else "")


def array_names(exprs: Iterable[Expr]) -> list[str]:
    """The names of the vectors and matrices of expressions, in LaTeX."""
    symbols = dict.fromkeys(node for node in postorder(exprs) if isinstance(node, Symbol))
    return [latex_name(symbol.label) for symbol in symbols if not symbol.is_scalar]


_CHANGE = regex(r"(?:Delta|Δ)((?:[^\W\d_]|" + "|".join(_GREEK) + r")(?:_\w+)?)")
"""The name of a change of a letter: Deltax is Δx."""


def _changed(name: str) -> str | None:
    """The letter with its index of which a name is the change."""
    match = _CHANGE.fullmatch(name)
    return None if match is None else match[1]


def _part_name(name: str, medium: str) -> str:
    """The name of a part of a variable: X[1, 2] as X₁₂, x' as xᵀ."""
    latex = medium == "latex"
    write = latex_name if latex else unicode_name
    entry = re.fullmatch(r"(\w+)\[([^\[\]]*)\]", name)
    if entry is not None:
        base, at = write(entry[1]), entry[2].replace(" ", "")
        if latex:
            return f"{base}_{{{at if ':' in at else at.replace(',', '')}}}"
        inside = at.replace(",", "")
        if inside.isdigit():
            return base + inside.translate(_SUBSCRIPTS)
        return f"{base}_{inside}" if inside.isalpha() else f"{base}[{entry[2]}]"
    if name.endswith("ᵀ"):
        return write(name[:-1]) + (r"^{\top}" if latex else "ᵀ")
    call = re.fullmatch(r"([a-z]+)\((\w+)\)", name)
    if call is not None:
        return rf"\operatorname{{{call[1]}}}({write(call[2])})" if latex else f"{call[1]}({write(call[2])})"
    return name


_SHIFTED = regex(r"([^\W\d_])([mp])([1-9])")
"""A letter before or behind another: the t − 1 of h_tm1."""


def _steps(index: str) -> str | None:
    """An index of steps as it is written: t-1 for tm1, k|k-1 for k_km1; nothing for any other one."""
    pieces = index.split("_")
    shown = [_SHIFTED.fullmatch(piece) for piece in pieces]
    if len(pieces) > 2 or (not any(shown) and (len(pieces) == 1 or pieces[0] != pieces[1])):
        return None
    if not all(
        match or (len(piece) == 1 and piece.isalpha()) for match, piece in zip(shown, pieces, strict=True)
    ):
        return None
    return "|".join(
        piece if match is None else match[1] + ("-" if match[2] == "m" else "+") + match[3]
        for match, piece in zip(shown, pieces, strict=True)
    )


def _is_low(text: str) -> bool:
    """Whether every sign of a text has a form below the line."""
    return all(ord(character) in _LOW for character in text)


def _latex_word(word: str) -> str:
    letter = _GREEK.get(word, word)
    if not letter.isascii():
        letter = unicodedata.normalize("NFC", "".join(_PLAIN_LETTERS.get(c, c) for c in letter))
    if letter in _GREEK_COMMANDS:
        return _GREEK_COMMANDS[letter]
    if letter in ("star", "starstar"):
        return r"\star" * (len(letter) // 4)
    if len(letter) == 1 or letter.isdigit():
        return letter
    return r"\mathrm{" + letter.replace("_", r"\_") + "}"


def text_name(name: str) -> str:
    """A name for text that is read again: as it is, with labels above and steps in place, W⁽¹⁾ and hₜ₋₁."""
    base, accent, index = split_accent(*_parts(name))
    is_step = not accent and base not in _GREEK and (steps := _steps(index)) is not None and _is_low(steps)
    return unicode_name(name) if taken_apart(name) is not None or is_step else name


def above_the_name(text: str) -> str | None:
    """An index in small letters above a name, where every character has one."""
    raised = text.translate(_SUPERSCRIPTS)
    return None if any(a == b for a, b in zip(raised, text, strict=True)) else raised


def superscript(text: str) -> str | None:
    """The text as Unicode superscripts, where every character has one; a raised t is a transpose to many."""
    if text == "t":
        return None
    raised = text.translate(_SUPERSCRIPTS)
    same = any(a == b for a, b in zip(raised, text, strict=True))
    return None if same or (len(text) > 1 and not text.lstrip("-−").isdigit()) else raised
