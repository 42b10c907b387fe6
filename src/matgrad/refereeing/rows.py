r"""The statements of a formula: its rows, what they say side by side, and the sides of each equation."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import field

from matgrad.core.records import dataclass
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    closes,
    group_end,
    is_space,
    key_of,
    opens,
    parted,
    plain,
    skip,
    terms_of,
    trimmed,
    whole_name,
    with_depth,
)

_ROWS = frozenset(
    (
        "aligned",
        "split",
        "gathered",
        "alignedat",
        "align",
        "align*",
        "gather",
        "gather*",
        "array",
        "subarray",
        "multlined",
        "cases",
        "dcases",
    )
)
_BESIDE = frozenset(
    ("align", "align*", "alignat", "alignat*", "flalign", "flalign*", "aligned", "alignedat", "split")
)
_TEXTS = frozenset(
    ("text", "mbox", "textrm", "textnormal", "textup", "textit", "intertext", "shortintertext", "hbox")
)
_DROPPED = frozenset(
    (
        "nonumber",
        "IEEEnonumber",
        "IEEEyesnumber",
        "IEEEyessubnumber",
        "IEEEeqnarraynumspace",
        "notag",
        "displaystyle",
        "textstyle",
        "allowbreak",
        "hfill",
        "hfil",
        "noindent",
        "limits",
        "nolimits",
        "qedhere",
        "centering",
        "small",
        "footnotesize",
        "raggedright",
    )
)
_DROPPED_ARGUMENT = frozenset(
    ("label", "tag", "vspace", "hspace", "vspace*", "footnote", "cite", "ref", "eqref")
)
_OF_SEVERAL = frozenset(("∈", "≻", "⪰", ">", "≥"))
"""Relations of which several names may stand on the left."""
_FOLLOWS = frozenset(
    (
        "Rightarrow",
        "implies",
        "Leftrightarrow",
        "iff",
        "Longrightarrow",
        "Longleftrightarrow",
        "therefore",
        "because",
        "leadsto",
        "rightsquigarrow",
    )
)


@dataclass
class Statement:
    """What a formula says at one place.

    Attributes
    ----------
    sides : list of tokens
        What stands between its relations.
    relations : list of str
        The relations; ``"!"`` for an equals sign with an exclamation mark over it.
    remarks : list of str
        Words beside it, such as the reason for a step.
    is_directional : bool
        Whether its left side was a derivative in a direction, ``DF(X)[H]``.
    """

    sides: list[Tokens]
    relations: list[str]
    remarks: list[str] = field(default_factory=list)
    is_directional: bool = False

    @property
    def is_equation(self) -> bool:
        """Whether it has two sides at least."""
        return len(self.sides) > 1


def statements_of(tokens: Sequence[Token], environment: str) -> list[Statement]:
    """The statements of a formula, in order; a row that goes on belongs to the one before."""
    rows, environment = _rows(_without_marks(tokens), environment)
    found: list[Statement] = []
    for row in rows:
        for column, cell in enumerate(_equations_beside(row, environment)):
            is_first = column == 0
            for piece, remark in _pieces(cell):
                if not trimmed(piece):
                    if remark and found:
                        found[-1].remarks.append(remark)
                    continue
                if is_first and found and _goes_on(piece, found[-1]):
                    _append(found[-1], piece)
                else:
                    sides, relations = _sides(piece)
                    found.append(Statement(sides, relations))
                is_first = False
                if remark:
                    found[-1].remarks.append(remark)
    return found


def _without_marks(tokens: Sequence[Token]) -> Tokens:
    """The tokens without labels, numbers of equations and sizes."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        i += 1
        if token.kind == "command" and token.text in _DROPPED:
            continue
        if token.kind == "command" and token.text in _DROPPED_ARGUMENT:
            if i < len(tokens) and tokens[i].is_sign("*"):
                i += 1
            _, i = argument(tokens, i)
            continue
        if token.kind == "command" and token.text in ("boxed", "fbox", "underbrace", "overbrace"):
            inside, i = argument(tokens, i)
            out += _without_marks(inside)
            if (
                token.text.endswith("brace")
                and (at := skip(tokens, i)) < len(tokens)
                and tokens[at].is_sign("_^")
            ):
                _, i = argument(tokens, at + 1)
            continue
        out.append(token)
    return out


def _rows(tokens: Tokens, environment: str) -> tuple[list[Tokens], str]:
    """The rows of a formula; those of an environment inside stand for it where it is all there is."""
    bare = trimmed(tokens)
    if (
        len(bare) > 4
        and bare[0].is_command("left")
        and bare[-2].is_command("right")
        and bare[-1].is_sign(".")
    ):
        bare = trimmed(bare[2:-2])  # a brace before the rows of a system
    while bare and bare[0].is_command("begin") and group_end(bare, 0) >= len(bare) - _tail(bare):
        name, start = argument(bare, 1)
        word = "".join(t.text for t in name)
        if word not in _ROWS:
            break
        end = max(i for i, t in enumerate(bare) if t.is_command("end"))
        if word in ("array", "subarray", "alignedat"):
            _, start = argument(bare, start)
        elif (at := skip(bare, start)) < len(bare) and bare[at].is_sign("["):
            start = group_end(bare, at)
        bare, environment = trimmed(bare[start:end], ""), word
    rows: list[Tokens] = [[]]
    for _, token, depth in with_depth(bare):
        if depth <= 0 and (
            token.kind == "row" or token.is_command("newline", "cr", "intertext", "shortintertext")
        ):
            rows.append([])
            if token.kind != "row" and token.text.endswith("intertext"):
                rows[-1].append(token)
        else:
            rows[-1].append(token)
    return rows, environment


def _tail(tokens: Tokens) -> int:
    """How many tokens are the name of the last environment: ``{aligned}``, and a full stop behind it."""
    last = max((i for i, t in enumerate(tokens) if t.is_command("end")), default=len(tokens))
    return len(tokens) - last - 1


def _equations_beside(row: Tokens, environment: str) -> list[Tokens]:
    """The equations that stand beside each other in a row of ``align``: every second ``&`` parts them."""
    if environment not in _BESIDE:
        # Those of a matrix within part its entries.
        bare = [t for _, t, depth in with_depth(row) if depth > 0 or not t.is_sign("&")]
        return [bare if environment != "array" else row]
    cells = parted(row, lambda t: t.is_sign("&"))
    return [functools.reduce(operator.iadd, cells[k : k + 2], []) for k in range(0, len(cells), 2)]


def _pieces(row: Tokens) -> list[tuple[Tokens, str]]:
    """What a row says, one thing after the other, each with the words behind it."""
    found: list[tuple[Tokens, str]] = [([], "")]
    end = -1
    for i, token, depth in with_depth(row):
        if i < end:
            continue
        current, remark = found[-1]
        if depth > 0:
            current.append(token)
        elif token.kind == "command" and token.text in _TEXTS:
            inside, end = argument(row, i + 1)
            words = plain(inside)
            if _is_name_of_function(inside, row, end) or "const" in words:
                current += row[i:end]
            else:
                found[-1] = (current, f"{remark} {words}".strip())
                found.append(([], ""))
        elif (
            token.is_command("quad", "qquad")
            or token.is_sign(";")
            or (token.kind == "command" and token.text in _FOLLOWS)
            or (
                token.is_sign(",，")
                and _starts_statement(row, i + 1)
                and not (whole_name(current) and _lists_names(row, i + 1))
            )
        ):
            found.append(([], ""))
        else:
            current.append(token)
    return found


def _is_name_of_function(inside: Tokens, row: Tokens, end: int) -> bool:
    r"""Whether ``\text{tr}`` is a name in a formula and no word beside it."""
    word = "".join(t.text for t in inside)
    if not word.isascii() or not word.strip().isidentifier() or word != word.strip():
        return False
    if word.lower() in (
        "and",
        "where",
        "with",
        "for",
        "if",
        "since",
        "as",
        "or",
        "when",
        "using",
        "by",
        "so",
        "then",
    ):
        return False
    known = word in c.FUNCTIONS_SPELLED or word in c.COMMAND_FUNCTIONS
    after = skip(row, end)
    return known or (after < len(row) and (row[after].is_sign("([_^=&") or row[after].kind == "letter"))


def _starts_statement(row: Tokens, start: int) -> bool:
    """Whether behind a comma a statement begins: up to the next comma there is a relation."""
    for _, token, depth in with_depth(row[start:]):
        if depth <= 0:
            if _relation(token):
                return True
            if (
                token.is_sign(",;")
                or token.is_command("quad", "qquad")
                or (token.kind == "command" and token.text in _TEXTS)
            ):
                return True
    return True


def _lists_names(row: Tokens, start: int) -> bool:
    r"""Whether behind a comma names go on of which one thing is said: the R of ``P, R \\succ 0``."""
    end = next((i for i in range(start, len(row)) if _relation(row[i])), -1)
    if end < 0 or _relation(row[end]) not in _OF_SEVERAL:
        return False
    return all(whole_name(name) for name in parted(row[start:end], lambda t: t.is_sign(",，")))


def _relation(token: Token) -> str:
    """The relation that a token is; empty for none."""
    if token.is_sign("=<>"):
        return token.text
    if token.kind == "command" and token.text in c.RELATIONS and token.text not in ("mid", "setminus"):
        return c.RELATIONS[token.text]
    return ""


def _sides(tokens: Tokens) -> tuple[list[Tokens], list[str]]:
    """What stands between the relations of a statement, and the relations."""
    sides: list[Tokens] = [[]]
    relations: list[str] = []
    end = -1
    for i, token, depth in with_depth(tokens):
        if i < end:
            continue
        relation = ""
        if depth <= 0:
            relation = _relation(token)
            if token.is_command("stackrel", "overset"):
                above, at = argument(tokens, i + 1)
                below, at = argument(tokens, at)
                if len(trimmed(below)) == 1 and _relation(trimmed(below)[0]):
                    relation = _relation(trimmed(below)[0])
                    relation = "!" if relation == "=" and "!" in plain(above) else relation
                    end = at
            if relation == "=" and sides[-1] and trimmed(sides[-1]) and trimmed(sides[-1])[-1].is_sign(":"):
                sides[-1] = trimmed(sides[-1])[:-1]
                relation = ":="
            after = skip(tokens, i + 1)
            if relation == "=" and after < len(tokens) and tokens[after].is_sign(":"):
                relation, end = "=:", after + 1
            if token.is_command("coloneqq", "coloneq", "triangleq", "defeq", "eqdef", "equiv"):
                relation = ":="
        if relation:
            relations.append(relation)
            sides.append([])
        else:
            sides[-1].append(token)
    return [trimmed(side) for side in sides], relations


def _goes_on(piece: Tokens, before: Statement) -> bool:
    """Whether a row goes on with the statement before: it starts with a sign, or that one ends with one."""
    bare = [t for t in piece if not is_space(t)]
    if not bare:
        return False
    first = bare[0]
    if first.is_command("stackrel", "overset") or _relation(first) or (first.is_sign(":") and len(bare) > 1):
        return True
    last = before.sides[-1]
    if not last:
        return True  # it ended with a relation
    if last[-1].is_sign("+-*/⋅") or (last[-1].kind == "command" and last[-1].text in c.OPERATORS):
        return True
    starts = first.is_sign("+*/⋅") or (first.kind == "command" and first.text in c.OPERATORS)
    if starts or _is_open(last):
        return True
    return first.is_sign("-") and not any(_relation(t) for _, t, depth in with_depth(bare) if depth <= 0)


def without_constant(side: Tokens) -> Tokens:
    r"""A side without the words for a constant that may be added to it: ``… + \\text{const}``."""
    start, end = terms_of(side)[-1]
    words = [t for t in side[start:end] if t.kind == "command" and t.text in _TEXTS]
    return trimmed(side[:start]) if start and words and "const" in key_of(side).replace(" ", "") else side


def _is_open(side: Tokens) -> bool:
    """Whether a bracket is still open at the end of a side, as where a long line is broken."""
    left = sum(t.is_command("left") for t in side) - sum(t.is_command("right") for t in side)
    return left > 0 or sum(map(opens, side)) > sum(map(closes, side))


def _append(statement: Statement, piece: Tokens) -> None:
    """Add a row to the statement that it goes on."""
    sides, relations = _sides(piece)
    statement.sides[-1] = [*statement.sides[-1], *sides[0]]
    statement.sides += sides[1:]
    statement.relations += relations
