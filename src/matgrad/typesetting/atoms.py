"""LaTeX for math mode as TeX sees it: atoms with their widths and classes.

This is no reading of what a formula means; it is what TeX does with it, so that lines can be broken
before TeX sees them (Knuth, 1986, *The TeXbook*, chs. 17 and 18).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum
from itertools import pairwise

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.typesetting import widths

_TOKEN = regex(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_SCRIPT = 0.79
"""The size of a script beside the size of what it belongs to; no smaller than half of the text."""
_SMALLEST = 0.62
_SCRIPT_SPACE = 0.5
_BIG_IN_TEXT = 0.74
"""How much smaller signs with limits are where they stand in a line of text or a fraction."""
_BAR = 3.0
"""What a fraction has around it."""
_ROOT = 8.4
_COLUMN = 10.0
"""Between the columns of a matrix."""
_WORDS = frozenset({"mathrm", "mathtt", "mathsf", "text", "textrm", "textbf", "textit", "operatorname"})
_ACCENTS = frozenset(
    {"hat", "bar", "tilde", "vec", "dot", "ddot", "widehat", "widetilde", "overline", "underline", "mathcal",
     "mathbb", "mathfrak", "mathit", "boldsymbol", "mathbf", "bm", "check", "breve", "acute", "grave"}
)  # fmt: skip
_SIZES = regex(r"\\(big|Big|bigg|Bigg)([lrm]?)$")


class Kind(Enum):
    """The classes of TeX, by which it sets space between atoms."""

    ORDINARY = "ord"
    OPERATOR = "op"
    BINARY = "bin"
    RELATION = "rel"
    OPEN = "open"
    CLOSE = "close"
    PUNCTUATION = "punct"
    INNER = "inner"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Atom:
    r"""What TeX takes as one.

    Attributes
    ----------
    text : str
        The LaTeX.
    width : float
        In points, at ten points.
    kind : Kind
        Its class.
    inside : tuple of Atom
        What stands between ``\left`` and ``\right``.
    ends : tuple of str
        The two brackets of such a group, and what follows the second: scripts.
    is_tall : bool
        Whether a fraction or a sign with limits stands in it.
    above : tuple of Atom
        Of a fraction what stands above the bar.
    below : str
        Of a fraction what stands below it.
    whole : tuple of str
        What no line ends in: what is below a bar or a root, and exponents.
    spaced : bool
        Whether a blank stands before it, which TeX does not see.
    """

    text: str
    width: float
    kind: Kind = Kind.ORDINARY
    inside: tuple[Atom, ...] = ()
    ends: tuple[str, str, str] = ("", "", "")
    is_tall: bool = False
    above: tuple[Atom, ...] = ()
    below: str = ""
    whole: tuple[str, ...] = ()
    spaced: bool = False


_AROUND = {Kind.BINARY: 2.22, Kind.RELATION: 2.78}
_WITH_BLANK = frozenset({Kind.ORDINARY, Kind.OPERATOR})


def gap(left: Atom, right: Atom) -> float:
    """The space between two atoms."""
    for kind, space in _AROUND.items():
        if kind in (left.kind, right.kind):
            return space
    if left.kind is Kind.PUNCTUATION:
        return 1.67
    if Kind.INNER in (left.kind, right.kind):
        # Brackets that grow stand apart, but not from those around them.
        return 0.0 if left.kind is Kind.OPEN or right.kind is Kind.CLOSE else 1.67
    if Kind.OPERATOR in (left.kind, right.kind):
        beside = {left.kind, right.kind} <= _WITH_BLANK
        after = right.kind is Kind.OPERATOR and left.kind is Kind.CLOSE
        return 1.67 if beside or after else 0.0
    return 0.0


def measure(atoms: Sequence[Atom]) -> float:
    """The width of atoms side by side."""
    return sum(atom.width for atom in atoms) + sum(gap(a, b) for a, b in pairwise(atoms))


def joined(atoms: Iterable[Atom]) -> str:
    """The text of atoms, with the blanks that were between them."""
    out = ""
    for atom in atoms:
        parted = out[-1:].isalpha() and atom.text[:1].isalpha()
        out += f" {atom.text}" if out and (parted or atom.spaced) else atom.text
    return out


def width(text: str) -> float:
    """The width of a formula in points, at ten points."""
    return measure(atoms_of(text))


def tokens_of(text: str) -> list[str]:
    """The commands, blanks and signs of a formula."""
    return _TOKEN.findall(text)


def atoms_of(text: str) -> list[Atom]:
    """The atoms of a formula."""
    return _Reader(tokens_of(text)).row()


def _after(bracket: str, inside: Sequence[Atom]) -> str:
    """The blank that a command needs before a letter."""
    return " " if bracket[-1:].isalpha() and inside and inside[0].text[:1].isalpha() else ""


def _bare(argument: str) -> str:
    """An argument without its braces."""
    return argument[1:-1] if argument[:1] == "{" else argument


class _Reader:
    def __init__(self, tokens: Sequence[str], scale: float = 1.0, display: bool = True) -> None:
        self.tokens, self.place, self.scale, self.display = tokens, 0, scale, display

    @property
    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next
        self.place += 1
        return token

    def blanks(self) -> None:
        while self.next.isspace():
            self.place += 1

    def row(self, *ends: str) -> list[Atom]:
        """Atoms up to one of the tokens, which is left."""
        out: list[Atom] = []
        spaced = False
        while self.place < len(self.tokens) and self.next not in ends:
            if self.next.isspace():
                self.place += 1
                spaced = True
                continue
            atom = self.scripts(self.nucleus())
            before = out[-1].kind if out else Kind.OPEN
            lone = before in (Kind.OPEN, Kind.BINARY, Kind.RELATION, Kind.PUNCTUATION, Kind.OPERATOR)
            is_sign = atom.kind is Kind.BINARY and lone  # no operator
            out.append(replace(atom, spaced=spaced, kind=Kind.ORDINARY if is_sign else atom.kind))
            # Blanks behind scripts were looked over in search of more of them.
            spaced = self.tokens[self.place - 1].isspace()
        return out

    def group(self) -> tuple[str, list[Atom]]:
        """An argument: a token, or what stands in braces, with its text."""
        self.blanks()
        start = self.place
        if self.next != "{":
            atom = self.nucleus()
            return "".join(self.tokens[start : self.place]), [atom]
        self.place += 1
        inside = self.row("}")
        self.place += 1
        return "".join(self.tokens[start : self.place]), inside

    def scaled(self, factor: float) -> float:
        return max(self.scale * factor, _SMALLEST)

    def scripts(self, base: Atom) -> Atom:
        """The atom with its sub- and superscripts."""
        text, widest, ends, whole = base.text, 0.0, base.ends, base.whole
        limits = base.kind is Kind.OPERATOR and base.is_tall and self.display
        while True:
            self.blanks()
            if self.next == "'":
                self.place += 1
                text, widest = text + "'", max(widest, 2.75 * self.scaled(_SCRIPT))
                continue
            if self.next not in ("^", "_"):
                break
            sign = self.take()
            old = self.scale, self.display
            self.scale, self.display = self.scaled(_SCRIPT), False
            written, inside = self.group()
            self.scale, self.display = old
            text += sign + written
            whole += (_bare(written),) if sign == "^" and not limits else ()
            widest = max(widest, measure(inside))
        if text == base.text:
            return base
        size = max(base.width, widest) if limits else base.width + widest + _SCRIPT_SPACE
        ends = (ends[0], ends[1], text[len(base.text) :]) if base.inside else ends
        return Atom(text, size, base.kind, base.inside, ends, base.is_tall, whole=whole)

    def nucleus(self) -> Atom:
        """One atom without its scripts."""
        token = self.take()
        if token == "{":
            inside = self.row("}")
            self.place += 1
            text = "{" + joined(inside) + "}"
            return Atom(text, measure(inside), is_tall=any(a.is_tall for a in inside))
        if token.startswith("\\"):
            return self.command(token)
        scale = self.scale
        if token in widths.BINARY:
            return Atom(token, widths.BINARY[token] * scale, Kind.BINARY)
        if token in widths.RELATIONS:
            return Atom(token, widths.RELATIONS[token] * scale, Kind.RELATION)
        if token in "([":
            return Atom(token, widths.ROMAN[token] * scale, Kind.OPEN)
        if token in ")]":
            return Atom(token, widths.ROMAN[token] * scale, Kind.CLOSE)
        if token in ",;":
            return Atom(token, widths.ROMAN[token] * scale, Kind.PUNCTUATION)
        found = widths.ITALIC.get(token)
        return Atom(token, scale * (widths.of_word(token) if found is None else found))

    def command(self, token: str) -> Atom:
        name, scale = token[1:], self.scale
        if name in ("frac", "dfrac", "tfrac"):
            return self.fraction(token)
        if name == "sqrt":
            text, inside = self.group()
            wide = measure(inside) + _ROOT * scale
            return Atom(token + text, wide, is_tall=True, whole=(_bare(text),))
        if name in _WORDS:
            text, _ = self.group()
            kind = Kind.OPERATOR if name == "operatorname" else Kind.ORDINARY
            return Atom(token + text, widths.of_word(text[1:-1]) * scale, kind)
        if name in _ACCENTS:
            text, inside = self.group()
            bold = widths.BOLD if name in ("mathbf", "boldsymbol", "bm") else 1.0
            return Atom(f"{token}{text}", measure(inside) * bold)
        if name == "left":
            return self.between()
        if name == "begin":
            return self.matrix()
        sized = _SIZES.match(token)
        if sized:
            self.blanks()
            bracket = self.take()
            kind = {"l": Kind.OPEN, "r": Kind.CLOSE}.get(sized[2], Kind.ORDINARY)
            return Atom(f"{token}{bracket}", widths.DELIMITERS[sized[1]] * scale, kind)
        if name in widths.SPACES:
            return Atom(token, widths.SPACES[name] * scale, Kind.SPACE)
        if name in widths.BIG:
            large = 1.0 if self.display else _BIG_IN_TEXT
            return Atom(token, widths.BIG[name] * large * scale, Kind.OPERATOR, is_tall=True)
        if name in widths.FUNCTIONS:
            return Atom(token, widths.of_word(name) * scale, Kind.OPERATOR)
        if name in widths.BINARY:
            return Atom(token, widths.BINARY[name] * scale, Kind.BINARY)
        if name in widths.RELATIONS:
            return Atom(token, widths.RELATIONS[name] * scale, Kind.RELATION)
        found = widths.GREEK.get(name, widths.SIGNS.get(name, 8.0))
        return Atom(token, found * scale)

    def fraction(self, token: str) -> Atom:
        old = self.scale, self.display
        if not self.display:  # within a fraction or a script
            self.scale = self.scaled(_SCRIPT)
        self.display = False
        above, top = self.group()
        below, bottom = self.group()
        self.scale, self.display = old
        wide = max(measure(top), measure(bottom)) + _BAR
        text = token + above + below
        return Atom(text, wide, is_tall=True, above=tuple(top), below=below, whole=(_bare(below),))

    def between(self) -> Atom:
        self.blanks()
        first = self.take()
        inside = self.row(r"\right")
        self.place += 1
        self.blanks()
        last = self.take()
        size = widths.DELIMITERS["bigg" if any(a.is_tall for a in inside) else "big"]
        brackets = sum(size * self.scale if bracket != "." else 1.2 for bracket in (first, last))
        text = rf"\left{first}{_after(first, inside)}{joined(inside)}\right{last}"
        tall = any(atom.is_tall for atom in inside)
        return Atom(text, measure(inside) + brackets, Kind.INNER, tuple(inside), (first, last, ""), tall)

    def matrix(self) -> Atom:
        start = self.place - 1
        depth, rows, row, cell = 1, [[0.0]], 0, self.place
        self.group()
        cell = self.place
        while self.place < len(self.tokens):
            token = self.take()
            depth += {r"\begin": 1, r"\end": -1}.get(token, 0)
            closes = depth == 0
            if closes or (depth == 1 and token in ("&", r"\\")):
                inside = _Reader(self.tokens[cell : self.place - 1], self.scale, False).row()
                rows[row][-1] = measure(inside)
                cell = self.place
                if token == "&":
                    rows[row].append(0.0)
                elif token == r"\\":
                    rows.append([0.0])
                    row += 1
            if closes:
                self.group()
                break
        count = max(map(len, rows))
        columns = [max(line[k] for line in rows if len(line) > k) for k in range(count)]
        text = "".join(self.tokens[start : self.place])
        return Atom(text, sum(columns) + _COLUMN * (count - 1) * self.scale + 12.0, is_tall=True)
