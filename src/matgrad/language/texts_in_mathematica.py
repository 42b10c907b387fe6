"""Texts in Mathematica, ``Tr[Transpose[X].A.X]``: their signs and functions as those that are read here.

A text is one in Mathematica where it calls one of its functions with square brackets, or where a point can
only be a product, ``x.A.x`` or ``(x - m).(x - m)``. Then ``.`` is the product, of vectors the inner one, and
``*``, ``/`` and ``^`` are taken entry by entry.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.asked_derivatives import MESSAGE, spelling
from matgrad.language.matrix_signs import close_products
from matgrad.language.names import Vocabulary, is_capital, is_letter
from matgrad.language.tokens import OPERAND_ENDS, OPERAND_STARTS, retyped, span

if TYPE_CHECKING:
    from lark import Token

OF_PAPER = {
    "Tr": "tr", "Trace": "tr", "Det": "det", "Vec": "vec", "Log": "log", "Exp": "exp", "Sqrt": "sqrt",
    "Sin": "sin", "Cos": "cos", "Tanh": "tanh", "Abs": "abs",
}  # fmt: skip
"""Functions before square brackets that are on paper as well, as in the Tr[A B] of physics."""
_ITS_OWN = {
    "Transpose": "transpose", "ConjugateTranspose": "transpose", "Inverse": "inv",
    "PseudoInverse": "pinv", "MatrixExp": "expm", "Flatten": "vec",
    "MatrixLog": "logm", "MatrixPower": "matrix_power", "LinearSolve": "solve", "KroneckerProduct": "kron",
    "IdentityMatrix": "eye", "DiagonalMatrix": "diag", "Diagonal": "diag", "Norm": "norm", "Total": "sum",
    "Mean": "mean", "Dot": "dot", "Outer": "outer", "Sign": "sign", "Tan": "tan", "Sinh": "sinh",
    "Cosh": "cosh", "ArcSin": "asin", "ArcCos": "acos", "ArcTan": "atan", "Erf": "erf",
    "LogisticSigmoid": "sigmoid", "Cross": "cross",
}  # fmt: skip
_NAMES = {**OF_PAPER, **_ITS_OWN}
_TWO = {"Total": ("transpose", "sum"), "Mean": ("transpose", "mean"), "Flatten": ("vec", "transpose")}
"""What is written by two functions here: of a matrix, a total is the vector of those of its columns."""
_NUMBERS = {"Norm": "2", "Total": "1", "Mean": "1"}
"""The second argument where none is given: of a matrix, Norm is the spectral norm."""
_LETTERS = regex(r"\\\[(Capital)?([A-Z][a-z]+)\]")
_WORDS = {"Infinity": "inf", "Pi": "pi"}
_OPEN = frozenset(("LPAR", "LSQB", "LBRACE"))
_CLOSED = frozenset(("RPAR", "RSQB", "RBRACE"))
_FOREIGN = frozenset(("AT", "STARSTAR", "TRANSPOSE", "MATMUL", "TIMES", "OVER", "DOT_CARET"))


@dataclass(slots=True)
class _Bracket:
    """An open bracket: the function before it, and how many commas were read in it."""

    head: str
    commas: int = 0


def as_read_here(tokens: list[Token], words: Vocabulary, text: str) -> list[Token]:
    """The tokens of a text in Mathematica as those of the language; those of any other text as they are.

    Raises
    ------
    ParseError
        For its lists in braces.
    """
    if any(token.type in _FOREIGN for token in tokens):
        return tokens
    _check_derivative(tokens, words, text)
    heads = {str(token) for i, token in enumerate(tokens) if _is_head(tokens, i, words)}
    has_points = any(token.type == "DOT" and token == "." for token in tokens)
    if not (heads & _ITS_OWN.keys() or (has_points and (heads or _has_product(tokens, words)))):
        return tokens
    _check_lists(tokens, text)
    return close_products(_called(tokens, words, has_points=has_points), "⋅")


def _is_head(tokens: list[Token], i: int, words: Vocabulary) -> bool:
    """Whether a function of Mathematica is called at a place."""
    token, after = tokens[i], tokens[i + 1] if i + 1 < len(tokens) else None
    return (
        token.type == "NAME"
        and str(token) in _NAMES
        and str(token) not in words.variables
        and after is not None
        and after.type == "LSQB"
        and after.start_pos == token.end_pos
    )


def _has_product(tokens: list[Token], words: Vocabulary) -> bool:
    """Whether a point is surely a product: in ``x.A.x``, ``x.x`` and ``(a).(b)``, and in ``A . b``."""
    for i in range(1, len(tokens) - 1):
        before, token, after = tokens[i - 1 : i + 2]
        if token.type != "DOT" or token != ".":
            continue
        is_apart = before.end_pos != token.start_pos and token.end_pos != after.start_pos
        is_closed = before.type in _CLOSED
        if after.type == "LPAR" and (is_closed or is_apart):
            return True
        if before.type == "NAME" and before == after:
            return True
        if is_apart and (is_closed or (before.type == "NAME" and is_capital(str(before)))):
            return True
        if _is_chain(tokens[i - 1 : i + 4], words) and tokens[i + 4 : i + 5] != ["("]:
            return True
    return False


def _is_chain(piece: list[Token], words: Vocabulary) -> bool:
    """Whether points stand between three names of variables, one of them a matrix: ``x.A.x``."""
    if [token.type for token in piece] != ["NAME", "DOT", "NAME", "DOT", "NAME"]:
        return False
    names = [str(token) for token in piece[::2]]
    return all(name in words.variables or is_letter(name) for name in names) and any(map(is_capital, names))


def _check_lists(tokens: list[Token], text: str) -> None:
    """Refuse ``{i, 1, n}`` and ``x[[i]]``."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        is_part = token.type == "LSQB" and before is not None and before.type == "LSQB"
        is_list = token.type == "LBRACE" and (before is None or before.type != "CARET")
        if is_part or is_list:
            raise ParseError(
                phrase("lists and parts are not read in the signs of Mathematica"),
                fix=phrase("sum_i x_i^2 for a sum, [a, b; c, d] for a matrix, x[1] for an entry"),
                text=text,
                span=span(token),
            )


def _called(tokens: list[Token], words: Vocabulary, *, has_points: bool) -> list[Token]:
    """The tokens with functions under their names here, in round brackets, and with ``.`` as the product."""
    found: list[Token] = []
    opened: list[_Bracket] = []
    head = ""
    for i, token in enumerate(tokens):
        kind, is_left_out = token.type, False
        if _is_head(tokens, i, words):
            head = str(token)
        if (
            has_points
            and i
            and _are_side_by_side(tokens[i - 1], token)
            and not _is_head(tokens, i - 1, words)
        ):
            found.append(_at(token, "TIMES", ".*"))
        if kind in _OPEN:
            opened.append(_Bracket(head))
            is_named, head = bool(head), ""
            if is_named:
                found += _opening(opened[-1].head, tokens[i - 1], token)
                continue
        elif kind in _CLOSED and opened:
            bracket = opened.pop()
            if bracket.head:
                found += _closing(bracket, token)
                continue
        elif kind == "COMMA" and opened and opened[-1].head:
            opened[-1].commas += 1
            is_left_out = opened[-1].head == "Outer" and opened[-1].commas == 1
            if opened[-1].head == "Dot":
                token = retyped(token, "MATMUL", ".")
        elif kind == "DOT" and token == ".":
            token = retyped(token, "MATMUL")
        elif kind == "STRING" and str(token)[1:-1] == "Frobenius":
            token = retyped(token, "STRING", "'fro'")
        elif kind == "NAME" and str(token) in _WORDS and str(token) not in words.variables:
            token = retyped(token, "NAME", _WORDS[str(token)])
        is_left_out |= kind == "NAME" and (
            bool(head) or (opened[-1:] == [_Bracket("Outer")] and token == "Times")
        )
        if not is_left_out:
            found.append(token)
    return found


def _are_side_by_side(before: Token, token: Token) -> bool:
    if token.type == "LPAR" and before.type == "NAME" and before.end_pos == token.start_pos:
        return False  # Trace(A), as Maple has it
    return before.type in OPERAND_ENDS and token.type in OPERAND_STARTS and token.type != "LSQB"


def _at(token: Token, kind: str, sign: str) -> Token:
    """A sign that is not written, at the place before another."""
    made = retyped(token, kind, sign)
    made.end_pos = token.start_pos
    return made


def _opening(head: str, name: Token, bracket: Token) -> list[Token]:
    """What stands for ``Norm[``: a name and a bracket, or two of each."""
    if head == "Dot":
        return [retyped(bracket, "LPAR", "(")]
    found = []
    for function in _TWO.get(head, (_NAMES[head],)):
        found += [retyped(name, "NAME", function), _at(bracket, "LPAR", "(")]
    return found


def _closing(bracket: _Bracket, token: Token) -> list[Token]:
    """What stands at the end of the arguments of a function."""
    ends = [retyped(token, "RPAR", ")")] * len(_TWO.get(bracket.head, ("",)))
    number = _NUMBERS.get(bracket.head)
    if number is None or bracket.commas:
        return ends
    return [_at(token, "COMMA", ","), _at(token, "NUMBER", number), *ends]


def with_letters(text: str) -> str:
    r"""A text with ``\[Mu]`` as mu, and blanks behind it, so that all places stay."""

    def letter(found: re.Match[str]) -> str:
        return (found[2] if found[1] else found[2].lower()).ljust(len(found[0]))

    return _LETTERS.sub(letter, text)


def _check_derivative(tokens: list[Token], words: Vocabulary, text: str) -> None:
    """Refuse ``D[x.A.x, x]``, which asks for a derivative."""
    kinds = [token.type for token in tokens[:2]]
    if kinds != ["NAME", "LSQB"] or str(tokens[0]) not in ("D", "Grad") or str(tokens[0]) in words.variables:
        return
    last = tokens[-3:]
    if [token.type for token in last] == ["COMMA", "NAME", "RSQB"]:
        function = text[span(tokens[1])[1] : span(last[0])[0]]
        raise ParseError(MESSAGE, fix=spelling(function, str(last[1])), text=text, span=(0, len(text)))
