"""The words around the formulas of a derivation, in each language and medium."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from matgrad.core.words import Phrase
from matgrad.explanation.lines import Label
from matgrad.printing.names import latex_name

_MATHEMATICS = {
    "ᵀ": r"^{\top}", "⊙": r"\odot", "⊗": r"\otimes", "∗": r"\ast", "½": r"\tfrac{1}{2}", "−": "-",
    "⟨": r"\langle", "⟩": r"\rangle", "∂": r"\partial", "𝟏": r"\mathbf{1}", "′": "'",
    "⁻¹": "^{-1}", "²": "^{2}", "⁺": "^{+}", "λ": r"\lambda", "‖": r"\|", "₊": "_{+}",
    "…": r"\dots", "ℝ": r"\mathbf{R}", "ᵐ": "^{m}", "ⁿ": "^{n}",
}  # fmt: skip
"""Signs among words that a text font lacks."""

_ASCII = {
    "ᵀ": "'", "⊙": ".*", "½": "(1/2) ", "−": "-", "⟨": "<", "⟩": ">", "∂": "d", "𝟏": "1", "′": "'",
    "⊗": "(x)", "∗": "(*)", "²": "^2",
}  # fmt: skip


def worded(phrase: Phrase, language: str, medium: str = "unicode") -> str:
    """A phrase in a medium: its words are spelled, and what is filled in is written there."""
    out = []
    for words, field in phrase.pieces(language):
        out.append(_spelled(words, medium))
        if isinstance(field, Phrase):
            out.append(worded(field, language, medium))
        elif isinstance(field, Label):
            out.append(f"${field.write(medium)}$" if medium == "latex" else field.write(medium))
        elif field is not None:
            out.append(_spelled(str(field), medium))
    return "".join(out)


def _spelled(words: str, medium: str) -> str:
    """Words of a catalogue in the signs that a medium has."""
    if medium == "latex":
        words = re.sub(r"([&%#_{}])", r"\\\1", words)
        words = re.sub(r"\b([A-Z])\\_([a-z]+)", r"$\1_{\2}$", words)
        for sign, command in _MATHEMATICS.items():
            words = words.replace(sign, f"${command}$")
        return re.sub(r"[α-ωΑ-Ω₀-₉]", lambda match: f"${_letter(match[0])}$", words)
    if medium == "text":
        for sign, plain_sign in _ASCII.items():
            words = words.replace(sign, plain_sign)
        return re.sub(r"[₀-₉]", lambda match: unicodedata.normalize("NFKC", match[0]), words)
    return words


def _letter(sign: str) -> str:
    """A Greek letter or an index in math mode."""
    return latex_name(sign) if sign.isalpha() else f"_{unicodedata.normalize('NFKC', sign)}"


def with_citation(reason: Phrase) -> Phrase:
    """The name of a rule with where it is written."""
    if not reason.citation:
        return reason
    return Phrase("{rule} ({citation})").filled(rule=reason, citation=reason.citation)


def together(
    reasons: tuple[Phrase, ...], language: str, medium: str = "unicode", citations: bool = False
) -> str:
    """The rules of a line, in order, each once."""
    named: dict[object, Phrase] = {}
    for reason in reasons:
        named.setdefault((reason.english, reason.fields, citations and reason.citation), reason)
    said = [with_citation(reason) if citations else reason for reason in named.values()]
    return worded(Phrase("; "), language, medium).join(worded(reason, language, medium) for reason in said)


def sources(reasons: Iterable[Phrase], language: str, medium: str = "unicode") -> list[str]:
    """Where rules are written, one entry for each book: ``Matrix Cookbook: product rule, eq. 37; …``."""
    comma, semicolon = worded(Phrase(", "), language, medium), worded(Phrase("; "), language, medium)
    colon = worded(Phrase(": "), language, medium)
    books: dict[str, list[str]] = {}
    named = {
        (reason.english, reason.fields, reason.citation): reason for reason in reasons if reason.citation
    }
    for reason in named.values():
        name = worded(reason, language, medium)
        rule = f"{name}{comma}{reason.place}" if reason.place else name
        books.setdefault(reason.source, []).append(rule)
    return [f"{book}{colon}{semicolon.join(rules)}" for book, rules in books.items()]
