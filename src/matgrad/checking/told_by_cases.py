"""Answers told by cases: “3 x_i² if i = j else 0”, “0 for i ≠ j, 3 x_i² for i = j”, and cases of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass

_SIGN = r"(?:==?|!=|≠|<=?|>=?|≤|≥|\\(?:neq?|leq?|geq?|lt|gt)(?![A-Za-z]))"
_SIDE = r"[^=<>≤≥≠!,;&\n]+?"
_HOLDS = rf"(?P<left>{_SIDE})(?P<sign>{_SIGN})(?P<right>{_SIDE})"
_ELSE = r"(?:otherwise|else|elsewhere|o\.w\.|否则|其他|其它)"
_IF = r"(?:if|for|when|whenever|当|若|如果)"
_WORD = r"(?:\\text\s*\{\s*(?:%s)[\s.,]*\}|%s)"

_CASE = regex(
    rf"\s*(?P<value>.+?)\s*[,:]?\s*&?\s*(?<![A-Za-z])"
    rf"(?:{_WORD % (_IF, _IF)}(?![A-Za-z])|(?<=&))\s*\(?{_HOLDS}\)?\s*时?\s*"
)
_BEFORE = regex(rf"\s*(?:{_IF})\s+\(?{_HOLDS}\)?\s*[,:]?\s*(?:then|则|时)?\s+(?P<value>.+)")
_REST = regex(
    rf"\s*(?:and\s+)?(?:(?:{_WORD % (_ELSE, _ELSE)})\s*,?\s*(?:it is\s+)?(?P<last>.+?)|"
    rf"(?P<first>.+?)\s*,?\s*&?\s*(?:{_WORD % (_ELSE, _ELSE)}))\s*\.?\s*"
)
_APART = regex(rf"\\\\|[,;](?!\s*(?:{_IF})\b)|(?<![A-Za-z])and(?![A-Za-z])|(?<!\{{)(?<!\{{ )(?=\belse\b)")
_IN_BRACKETS = regex(rf"\s*(?P<value>.+?)\s*,?\s*\(\s*{_HOLDS}\)\s*")
_SCRIPT = regex(r"_(?:\{[a-z\s,]+\}|[a-z]{1,2}(?![a-z]))")
_WHERE = regex(r"([,;]?\s+where\b|[,;]?\s*其中)")
_IS = regex(r"\s*\S*[∂∇][^=]*?\s(?=is\s)is\s+")
_FRAME = regex(
    r"(?<!\\)\\[,;:! ]|"
    r"\\(?:left|right)?\s*\\?[{.]\s*(?=\\begin|$)|\\(?:begin|end)\{cases\}|\\left|\\right\s*\.|\\quad"
)
_TURNED = {"=": "≠", "≠": "=", "<": "≥", "≥": "<", ">": "≤", "≤": ">"}
_SPELLED = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "\\ne": "≠", "\\neq": "≠", "\\le": "≤", "\\leq": "≤",
            "\\ge": "≥", "\\geq": "≥", "\\lt": "<", "\\gt": ">"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """What an answer is, and where: left, sign and right of what is compared; ``None`` for all the rest."""

    value: str
    holds: tuple[str, str, str] | None


def in_one_formula(text: str) -> str:
    """An answer told by cases as one formula, with Iverson's brackets; any other as it stands.

    Parameters
    ----------
    text : str
        An answer, with its left side or without.

    Examples
    --------
    >>> in_one_formula("∂F_i/∂x_j = 3 x_i^2 if i = j else 0")
    '∂F_i/∂x_j = (3 x_i^2) [i = j]'
    >>> in_one_formula("J_ij = -s_i s_j for i != j, s_i - s_i^2 for i = j")
    'J_ij = (-s_i s_j) [i ≠ j] + (s_i - s_i^2) [i = j]'
    >>> in_one_formula("∂F_i/∂x_i = 3 x_i^2, ∂F_i/∂x_j = 0 for i ≠ j")
    '∂F_i/∂x_j = (3 x_i^2) [i = j]'
    >>> in_one_formula("2x if A is symmetric")
    '2x if A is symmetric'
    """
    on_and_off = _on_and_off_the_diagonal(text)
    if on_and_off is not None:
        return on_and_off
    if "cases" not in text and re.search(_IF, text) is None:
        return text
    plain, where, defined = _WHERE.split(text, 1) if _WHERE.search(text) else (text, "", "")
    start = _start(plain)
    body = plain[start:].strip().rstrip(".").strip()
    opened, closed = body.startswith("{"), body.endswith("}")
    body = body[opened : len(body) - (opened and closed)]
    is_of_latex = "{cases}" in body
    if "\\" in body:
        body = _FRAME.sub(" ", body)
    pieces = body.split("\\\\") if is_of_latex else _APART.split(body)
    cases = [_case(piece) for piece in pieces if piece.strip()]
    known = [case for case in cases if case is not None]
    if len(known) < len(cases) or not _is_whole(known):
        return text
    left = plain[:start] if plain[:start].rstrip().endswith("=") else plain[:start].rstrip()[:-2] + "="
    return (left + " " if start else "") + _joined(known) + where + defined


def _on_and_off_the_diagonal(text: str) -> str | None:
    """Two equations, one of entries with one letter twice, the other of those with two letters, as one."""
    pieces = [piece.strip().rstrip(".,;") for piece in _APART.split(text)]
    if len(pieces) != 2 or not all("=" in piece for piece in pieces):
        return None
    (on, diagonal), (off, rest) = (piece.split("=", 1) for piece in pieces)
    twice, letters = _letters_below(on), _letters_below(off)
    same_names = _SCRIPT.sub("_", on).split() == _SCRIPT.sub("_", off).split()
    if not same_names or len(twice) != 2 or twice[0] != twice[1] or twice[0] not in letters:
        return None
    if len(letters) != 2 or letters[0] == letters[1]:
        return None
    found = _CASE.fullmatch(rest) or _IN_BRACKETS.fullmatch(rest)
    if found is not None:
        told = (found["left"].strip(), _SPELLED.get(found["sign"], found["sign"]), found["right"].strip())
        if told[1] != "≠" or {told[0], told[2]} != set(letters):
            return None
    a, b = letters
    value = rest if found is None else found["value"]
    cases = [_Case(diagonal.strip(), (a, "=", b)), _Case(value.strip(" ,"), (a, "≠", b))]
    return f"{off.strip()} = {_joined(cases)}"


def _letters_below(text: str) -> list[str]:
    return [letter for script in _SCRIPT.finditer(text) for letter in re.findall("[a-z]", script[0])]


def _start(text: str) -> int:
    """Where the right side begins: behind the first sign of equality that no condition has before it."""
    said = _IS.match(text)
    if said is not None:
        return said.end()
    place = text.find("=")
    if place < 0 or re.search(rf"{_IF}\b|\\begin\{{cases\}}", text[:place]):
        return 0
    return place + 1


def _case(piece: str) -> _Case | None:
    """One case; ``None`` where it is none."""
    piece = piece.strip().rstrip(".,;")
    found = _REST.fullmatch(piece)
    if found is not None:
        return _Case((found["last"] or found["first"]).strip(" ,&"), None)
    found = _CASE.fullmatch(piece) or _BEFORE.fullmatch(piece)
    if found is None:
        return None
    sign = _SPELLED.get(found["sign"], found["sign"])
    return _Case(found["value"].strip(" ,&"), (found["left"].strip(), sign, found["right"].strip()))


def _is_whole(cases: Sequence[_Case]) -> bool:
    """Whether some conditions, with the rest, say what is meant everywhere: two opposite ones, or a rest."""
    told = [case.holds for case in cases if case.holds is not None]
    rests = len(cases) - len(told)
    if not told:
        return False
    if rests == 1:
        return len(told) == 1 or all(sign == "=" for _, sign, _ in told)
    if rests or len(told) != 2:
        return False
    (left, sign, right), other = told
    return other in ((left, _TURNED[sign], right), (right, _TURNED[sign], left)) and sign in "=≠<>≤≥"


def _joined(cases: Sequence[_Case]) -> str:
    """The cases as a sum of products with their conditions."""
    told = [case.holds for case in cases if case.holds is not None]
    terms = []
    for case in cases:
        if case.value in ("0", "0.0", "𝟎", "zero", "零"):
            continue
        if case.holds is None:
            left, sign, right = told[0]
            rest = [(left, _TURNED[sign], right)] if len(told) == 1 else [(a, "≠", b) for a, _, b in told]
        else:
            rest = [case.holds]
        terms.append(f"({case.value})" + "".join(f" [{left} {sign} {right}]" for left, sign, right in rest))
    return " + ".join(terms) or "0"
