"""What stands after the colon of a declaration: words for facts and kinds, and a shape.

Words between blanks may say something or be the names of dimensions. A name with a sign of a shape at
it (``a×n``, ``(a+b)×n``, ``a by n``) is a dimension; a word that only joins others (``a vector of
length n``) is one where the others make it so. What is left has two readings, and is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from matgrad.core.errors import ArgumentError, DeclarationError
from matgrad.core.facts import FACT_NAMES, Fact, banded, closure
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.names import is_public

FACT_WORDS = sorted([*FACT_NAMES, "banded"], key=len, reverse=True)
NAME = regex(r"[^\W\d][\ŵ̃̄̆̇̈̌]*$")
"""A name; marks over its letters are accents."""
SPACES = {"ℝ": "R", "ℤ": "Z", "ℕ": "N"}
"""The signs of the sets that a variable may be from, and the letters that stand for them."""
OTHER_SETS = frozenset("ℂℚℍ𝔽𝕂CQ")
"""Sets of numbers that are not known here; the letters only after ``in``."""

_HYPHENS = {
    "semidefinite": "semi[ -]?definite",
    "nonn": "non-?n",
    "nons": "non-?s",
    "antis": "anti-?s",
    "trid": "tri-?d",
}
_FACT_PATTERN = "|".join(FACT_WORDS)
for _plain, _written in _HYPHENS.items():
    _FACT_PATTERN = _FACT_PATTERN.replace(_plain, _written)
_FACT = regex(rf"(?:banded\s*\([^()]*\)|(?:{_FACT_PATTERN.replace('_', '[ _-]')})(?![\w-]))", re.I)
_KIND = regex(
    r"(?:row[ -]vectors?|column[ -]vectors?|scalars?|vectors?|matrix|matrices|functions?|row|column"
    r"|(?P<set>(?:real|natural|whole|integer)[ -]numbers?|integers|reals)|number|dimensional)(?![\w-])",
    re.I,
)
_OPERATOR = regex(r"\s*[+\-−*·⋅/^×⊗]\s*")
_OPERAND = regex(r"[^\s+\-−*·⋅/^×⊗()\[\]{}]+")
_OPENERS, _CLOSERS = "([{", ")]}"
_SEPARATORS = frozenset(("x", "X", "by"))
_ARTICLES = frozenset(("a", "an", "the"))
_SIZES = frozenset(("length", "size", "shape"))
_HAVING = frozenset(("with", "has", "having"))
_NOISE = _ARTICLES | _SIZES | _HAVING | {"and", "is", "of", "in"} | {"real", "entries", "variable", "square"}
_SAYING = frozenset(("real", "variable", "entries", "square"))
"""Words that say something even alone."""
_RAISED = regex(r"[⁰¹²³⁴-⁹ⁿᵐᵏᵖᵈʰ]")
_INTEGERS = frozenset("ijklmnpq")
"""Letters that stand for whole numbers as often as for vectors: ``k: N`` has two readings."""

_WORDS_OF_OTHERS = """
arbitrary array binary bool boolean bounded complex concave continuous convex dense
differentiable double equal even fixed float full generic given hermitian identity indefinite
int irrational list negative nilpotent nonconstant nonpositive nonsymmetric nonzero normal normalised
normalized object odd prime random rational rectangular regular same
singular smooth sorted sparse stochastic string tall tensor triangular tuple unit
unitary unknown wide zero
"""
_DESCRIBING = frozenset(_WORDS_OF_OTHERS.split())
"""Words that say something of a matrix that is not known here; none of them is meant as a size."""

WORDS = _NOISE | {"R", "Z", "N", "dimension", "size"}
"""Names that, alone after a colon, may be read as something else than a length."""

Kind = Literal["fact", "kind", "word", "shape"]


class Chunk(NamedTuple):
    """A piece of the text after a colon, with its place in it."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


class Body(NamedTuple):
    """A body taken apart: the words of facts, the word of a kind, and the shape with its place."""

    facts: tuple[str, ...]
    kind: str
    shape: str
    start: int


class Evidence(NamedTuple):
    """What the declarations of one text say of its words.

    Attributes
    ----------
    dimensions : frozenset of str
        Names that are surely dimensions: a sign of a shape stands at them.
    fields : frozenset of str
        Letters that are surely sets, such as the R of ``R^n``.
    """

    dimensions: frozenset[str]
    fields: frozenset[str]


def gather(bodies: Iterable[str], sizes: Iterable[str] = ()) -> Evidence:
    """Find what is surely a dimension or a set anywhere in the declarations."""
    dimensions, fields = set(sizes), set()
    for body in bodies:
        chunks = _chunks(body)
        separators = {i for i, chunk in enumerate(chunks) if _separates(chunks, i)}
        for i, chunk in enumerate(chunks):
            beside = i not in separators and ({i - 1, i + 1} & separators)
            alone = len(chunks) == 1 and chunk.text not in ("R", "Z", "N")
            if chunk.kind == "shape" or (chunk.kind == "word" and (beside or alone)):
                text = chunk.text
                if text[0] in "Rℝ" and (text[1:].lstrip()[:1] == "^" or _RAISED.match(text[1:])):
                    fields.add("R")
                    text = text[1:]
                dimensions |= set(re.findall(r"[^\W\d]\w*", text))
    return Evidence(frozenset(dimensions), frozenset(fields))


def _chunks(body: str) -> list[Chunk]:
    """Cut a body at its blanks; what signs hold together is one chunk."""
    chunks: list[Chunk] = []
    place = 0
    while place < len(body):
        if body[place].isspace():
            place += 1
            continue
        hyphen = place + (body[place] == "-" and bool(chunks) and chunks[-1].end == place)
        kind: Kind
        for pattern, kind in ((_FACT, "fact"), (_KIND, "kind")):
            match = pattern.match(body, hyphen)
            if match is not None and not _is_joined(body, match.end()):
                chunks.append(Chunk(kind, match[0], hyphen))
                place = match.end()
                break
        else:
            end = _stretch(body, place)
            text = body[place:end]
            is_length = body[end : end + 1] == "-"  # a-vector
            chunks.append(Chunk("word" if NAME.match(text) and not is_length else "shape", text, place))
            place = end
    return chunks


def _is_joined(body: str, end: int) -> bool:
    """Whether a sign of a shape follows a word."""
    match = _OPERATOR.match(body, end)
    return match is not None and match.end() < len(body)


def _stretch(body: str, start: int) -> int:
    """The end of what signs and brackets hold together."""
    place = start
    while place < len(body):
        place = _operand(body, place)
        operator = _OPERATOR.match(body, place)
        if operator is None:
            break
        if operator[0] == "-" and _KIND.match(body, operator.end()):
            break  # n-vector
        place = operator.end()
    return max(place, start + 1)


def _operand(body: str, place: int) -> int:
    """The end of a name or a number with all brackets that follow at once."""
    while place < len(body):
        match = _OPERAND.match(body, place)
        if match is not None:
            place = match.end()
        elif body[place] in _OPENERS:
            depth = 0
            while place < len(body):
                depth += (body[place] in _OPENERS) - (body[place] in _CLOSERS)
                place += 1
                if not depth:
                    break
        elif body[place] in _CLOSERS:
            place += 1
        else:
            break
    return place


def _separates(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a word x or by stands between two operands."""
    if chunks[i].text not in _SEPARATORS or not 0 < i < len(chunks) - 1:
        return False
    if "fact" in (chunks[i - 1].kind, chunks[i + 1].kind) or "kind" in (
        chunks[i - 1].kind,
        chunks[i + 1].kind,
    ):
        return False
    return not _separates(chunks, i - 1)


def split_shape(text: str) -> list[tuple[int, str]]:
    """Cut a shape at each ``×`` outside brackets, and at the words ``x`` and ``by`` between operands."""
    chunks = _chunks(text)
    cuts = [(c.start, c.end) for i, c in enumerate(chunks) if _separates(chunks, i)]
    depth = 0
    for i, character in enumerate(text):
        depth += (character in _OPENERS) - (character in _CLOSERS)
        if character == "×" and depth == 0:
            cuts.append((i, i + 1))
    parts, start = [], 0
    for left, right in [*sorted(cuts), (len(text), len(text))]:
        parts.append((start, text[start:left]))
        start = right
    return parts


def take_apart(name: str, body: str, evidence: Evidence) -> Body:
    """Tell the facts, the kind and the shape of a declaration apart.

    Raises
    ------
    DeclarationError
        Where a word has two readings; the spans of the errors are places in the body.
    """
    chunks = _chunks(body)
    noise = _noise(name, chunks, evidence)
    facts = tuple(c.text for c in chunks if c.kind == "fact")
    kinds = [_singular(c.text.lower().replace("-", " ")) for c in chunks if c.kind == "kind"]
    kinds = [kind for kind in kinds if kind != "dimensional"]
    if len(kinds) > 1:
        raise DeclarationError(
            phrase(
                "{name} is declared a {kind} and a {second_kind}",
                name=name,
                kind=kinds[0],
                second_kind=kinds[1],
            ),
            fix=f"{name}: {kinds[0]}",
            span=(0, len(body)),
        )
    operands = [i for i, c in enumerate(chunks) if c.kind in ("word", "shape") and i not in noise]
    if not operands:
        return Body(facts, kinds[0] if kinds else "", "", len(body))
    first, last = operands[0], operands[-1]
    if first == last and 0 < first < len(chunks) - 1 and chunks[first].text in _SEPARATORS:
        raise _asked(name, chunks, first)  # positive by positive
    for chunk in chunks[first : last + 1]:
        if chunk.kind in ("fact", "kind") or chunks.index(chunk) in noise:
            raise DeclarationError(
                phrase("the shape of {name} is cut in two by {chunk}", name=name, chunk=repr(chunk.text)),
                fix=f"{name}: m×n {chunk.text}",
                span=(chunks[first].start, chunks[last].end),
            )
    return Body(
        facts, kinds[0] if kinds else "", body[chunks[first].start : chunks[last].end], chunks[first].start
    )


def _singular(kind: str) -> str:
    """The word of a kind for one: ``vector`` for ``vectors``."""
    if kind == "matrices":
        return "matrix"
    return kind.removesuffix("s") if kind.endswith(("scalars", "vectors", "functions")) else kind


def fact_name(words: str) -> str:
    """The name of a fact as the table has it, however its words are joined."""
    name = re.sub("[ -]", "_", words.lower()).replace("semi_definite", "semidefinite")
    return re.sub("^(non|anti|tri)_", r"\1", name)


def _noise(name: str, chunks: Sequence[Chunk], evidence: Evidence) -> set[int]:
    """The places of the words that only join others."""
    separators = {i for i in range(len(chunks)) if _separates(chunks, i)}
    beside = {i + step for i in separators for step in (-1, 1)} - separators
    candidates = [
        i
        for i, c in enumerate(chunks)
        if c.kind == "word" and c.text in _NOISE and i not in separators and i not in beside
    ]
    # The word after "of length" is a length, whatever it is.
    for i, chunk in enumerate(chunks[:-1]):
        if chunk.text in _SIZES and i in candidates and i + 1 in candidates and chunks[i + 1].text != "of":
            candidates.remove(i + 1)
    others = [i for i, c in enumerate(chunks) if i not in candidates and c.kind in ("word", "shape")]
    if len(chunks) == 1 and candidates:
        if chunks[0].text in _SAYING:
            as_word = f"{name}: {'n×n' if chunks[0].text == 'square' else 'scalar'}"
            raise _two_readings(name, chunks[0], as_word, f"{name}: {chunks[0].text}×1")
        return set()
    noise = set()
    says = ("fact", "kind")
    for i in candidates:
        if _joins(chunks, i, others, set(candidates)):
            if chunks[i].text in evidence.dimensions:
                raise _asked(name, chunks, i)
            noise.add(i)
        elif others or any(c.kind in says for c in chunks):
            raise _asked(name, chunks, i)
    return noise


def _joins(chunks: Sequence[Chunk], i: int, others: Sequence[int], candidates: set[int]) -> bool:
    """Whether a word is in a place where it joins the words beside it."""
    word = chunks[i].text
    before = chunks[i - 1].kind if i else ""
    after = chunks[i + 1].kind if i + 1 < len(chunks) else ""
    says = ("fact", "kind")
    kind_follows = any(c.kind == "kind" for c in chunks[i + 1 :])
    is_operand_next = i + 1 in others
    next_word = chunks[i + 1].text if after else ""
    match word:
        case "and":
            return (before in says or i - 1 in others) and after in says
        case "with" | "has" | "having":
            closed = i + 2 < len(chunks) and chunks[i + 2].text == "entries"
            return after == "fact" and (bool(others) or closed)
        case "entries":
            return before == "fact"
        case "a" | "an" | "the":
            return kind_follows and (after in says or is_operand_next or next_word == "real")
        case "is":
            return i == 0 and (after in says or next_word in _ARTICLES) and kind_follows
        case "real":
            is_number = before == "kind" and chunks[i - 1].text.lower() in ("scalar", "number")
            return kind_follows or bool(others) or is_number
        case "square":
            return bool(others)
        case "of":
            return is_operand_next or (next_word in _SIZES and i + 1 in candidates)
        case "length" | "size" | "shape":
            return is_operand_next
        case "in":
            return is_operand_next and next_word[:1] in "Rℝ"
    return word == "variable" and bool(others)


def _asked(name: str, chunks: Sequence[Chunk], i: int) -> DeclarationError:
    rest = " ".join(c.text for j, c in enumerate(chunks) if j != i)
    return _two_readings(name, chunks[i], f"{name}: {rest}", f"{name}: {chunks[i].text}×1")


def _two_readings(name: str, chunk: Chunk, as_word: str, as_dimension: str) -> DeclarationError:
    return DeclarationError(
        phrase("{chunk} may be a word or the name of a dimension here", chunk=repr(chunk.text)),
        fix=phrase(
            "{as_word} if it is a word, {as_dimension} if it is a length",
            as_word=as_word,
            as_dimension=as_dimension,
        ),
        span=(chunk.start, chunk.end),
    )


def set_of_numbers(name: str, body: Body, is_member: bool, evidence: Evidence) -> str | None:
    """The set that a body names, ``"R"``, ``"Z"`` or ``"N"``; ``None`` where it is a shape.

    Raises
    ------
    DeclarationError
        Where a letter may be the set or a length, and for sets that are not known here.
    """
    words = body.kind
    if words in ("natural number", "natural numbers", "whole number", "whole numbers"):
        return "N"
    if words in ("integers", "integer number", "integer numbers"):
        return "Z"
    if words in ("real number", "real numbers", "reals"):
        return "R"
    text = body.shape
    if text in SPACES:
        return SPACES[text]
    is_other = text == "complex" or (is_member and text in OTHER_SETS)
    if (text[:1] in "ℂℚℍ𝔽𝕂ℤℕ" and text) or is_other:
        raise DeclarationError(
            phrase("{name} cannot be from {text}: everything here is real", name=name, text=text),
            fix=f"{name}: n"
            if is_other or text in OTHER_SETS
            else phrase("{name}: n, or {name} ∈ ℤ for a whole number", name=name),
            span=(body.start, body.start + len(text)),
        )
    if text not in ("R", "Z", "N"):
        return None
    is_dimension, is_field = text in evidence.dimensions, text in evidence.fields
    if is_field and not is_dimension:
        return text
    if is_member:
        asks = is_dimension
    elif text == "R":
        asks = is_dimension == is_field
    else:
        asks = not is_dimension and name.rstrip("0123456789_") in _INTEGERS
    if asks:
        sign, word = {"R": ("ℝ", "scalar"), "Z": ("ℤ", "integer"), "N": ("ℕ", "integer")}[text]
        raise DeclarationError(
            phrase("{text} may be the set {sign} or the name of a dimension here", text=text, sign=sign),
            fix=phrase(
                "{name}: {word} for a number, {name}: {text}×1 for a vector of length {text}",
                name=name,
                word=word,
                text=text,
            ),
            span=(body.start, body.start + len(text)),
        )
    return text if is_member else None


def check_no_words(names: Iterable[str], refuse: Callable[[str], None]) -> None:
    """Refuse words that say something as the names of dimensions."""
    for name in names:
        if _FACT.fullmatch(name) or _KIND.fullmatch(name) or name == "min" or name.lower() in _DESCRIBING:
            refuse(name)


def are_names(text: str) -> bool:
    """Whether a text is a list of names.

    Raises
    ------
    DeclarationError
        For names that are private.
    """
    words = re.split(r"[\s,]+", text.strip())
    for word in words:
        if NAME.match(word) and not is_public(word):
            raise DeclarationError(
                phrase("{word} is not a name that can be used", word=word),
                fix=phrase("a name without underscores in front"),
            )
    return bool(words) and all(NAME.match(word) for word in words)


def only_facts(text: str) -> bool:
    """Whether a piece adds facts to what is before it: at least one, and nothing else."""
    try:
        body = take_apart("it", text, Evidence(frozenset(), frozenset()))
    except DeclarationError:
        return False
    return bool(body.facts) and not body.shape and not body.kind


def facts_in(words: Iterable[str]) -> Fact:
    """The facts that words name, and what follows from them."""
    facts = Fact.NONE
    for word in words:
        facts |= _band(word) if word.lower().startswith("banded") else FACT_NAMES[fact_name(word)]
    return closure(facts)


def _band(words: str) -> Fact:
    """The fact that ``banded(2, 1)`` says."""
    inside = words.partition("(")[2].rstrip(")")
    numbers = [w.strip() for w in inside.split(",")]
    try:
        return banded(*(int(w) if w.isdecimal() else w for w in numbers if w))
    except ArgumentError as error:
        raise DeclarationError(error.problem, fix=error.remedy) from None
