"""From text to syntax trees: statements, then the tree of each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.language.decisions import MATRIX_LETTERS, SCALAR_LETTERS
from matgrad.language.names import Vocabulary, is_product_by_looks
from matgrad.language.sum_heads import with_heads
from matgrad.language.syntax import Node, Statement
from matgrad.language.tables import grammar
from matgrad.language.tokens import (
    INFIX,
    OPERAND_ENDS,
    OPERAND_STARTS,
    interpret_brackets,
    placed,
    plain_uses,
    retyped,
    span,
    tokenize,
)
from matgrad.language.two_readings import functions_glued_to

if TYPE_CHECKING:
    from lark import Token

_DEPTH = {"LPAR": 1, "LSQB": 1, "LBRACE": 1, "RPAR": -1, "RSQB": -1, "RBRACE": -1}


def read_statements(text: str, words: Vocabulary) -> list[Statement]:
    """Read the expression and the bindings of a text.

    Parameters
    ----------
    text : str
        The text.
    words : Vocabulary
        What is known of names; the names bound in the text are added to it.

    Raises
    ------
    ParseError
        When the text is not an expression of the language.
    """
    if re.match(r"\s*∂\w*\s*/\s*∂", text):
        raise ParseError(
            "a derivative is asked for here, and the formula is to be the function alone",
            fix="the function, and the variable beside it: wrt='X', or --wrt X",
            text=text,
            span=(0, len(text)),
        )
    raw = _round_calls(tokenize(text), words)
    _check_derivative(raw, words, text)
    tokens = _spelled_once(raw, words)
    if not tokens:
        raise ParseError("there is no expression to read", fix="x' A x")
    parts = _split(tokens, text)
    if not parts:
        raise ParseError("there is no expression to read", fix="x' A x", text=text, span=span(tokens[0]))
    pieces = [(_head(piece, binding, text), piece) for piece, binding in parts]
    found = [(statement, piece[_head_length(piece) :]) for statement, piece in pieces]
    words.variables |= {s.name for s, _ in found if s.name is not None and s.is_binding}
    words.plain_uses |= set().union(*(plain_uses(piece) for _, piece in found))
    for statement, piece in found:
        if not piece:
            end = statement.span[1]
            raise ParseError(f"nothing stands after {statement.name} =", text=text, span=(end - 1, end))
        statement.tree = read_tree(piece, words, text)
    return [statement for statement, _ in found]


def _round_calls(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """The tokens with ``Tr[A B]`` and ``log{x}`` as tr(A B) and log(x), where no list is in the bracket."""
    found = list(tokens)
    for i, token in enumerate(tokens[:-1]):
        if token.type != "NAME" or str(token) in words.variables:
            continue
        name = {"Tr": "tr", "Trace": "tr", "Det": "det", "Vec": "vec"}.get(str(token), str(token))
        opened = tokens[i + 1]
        if name != token and opened.type in _CLOSING:
            found[i] = retyped(token, "NAME", name)
        if opened.type not in ("LSQB", "LBRACE") or not words.is_known_function(name):
            continue
        depth = 0
        for k in range(i + 1, len(tokens)):
            depth += _DEPTH.get(tokens[k].type, 0)
            if depth == 1 and tokens[k].type in ("COMMA", "SEMICOLON"):
                break
            if depth == 0:
                found[i + 1], found[k] = retyped(opened, "LPAR", "("), retyped(tokens[k], "RPAR", ")")
                break
    return found


_CLOSING = frozenset(("LPAR", "LSQB", "LBRACE"))


def _check_derivative(tokens: list[Token], words: Vocabulary, text: str) -> None:
    """Refuse ``d/dx`` at the start, which asks for what the variable beside the text asks for.

    Raises
    ------
    ParseError
        With the function alone.
    """
    kinds = [token.type for token in tokens[:3]]
    if kinds != ["NAME", "SLASH", "NAME"] or "d" in words.variables or tokens[2] in words.variables:
        return
    over, below = str(tokens[0]), str(tokens[2])
    if over[0] == below[0] == "d" and len(over) < 3 and len(below) > 1:
        rest = text[tokens[3].start_pos or 0 :].strip() if len(tokens) > 3 and over == "d" else "the function"
        raise ParseError(
            "a derivative is asked for here, and the formula is to be the function alone",
            fix=f"{rest}, and the variable beside it: wrt='{below[1:]}', or --wrt {below[1:]}",
            text=text,
            span=(span(tokens[0])[0], span(tokens[2])[1]),
        )


def _spelled_once(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """The tokens with every name in its first spelling: θ₁ is theta_1."""
    tokens = list(_letters_apart(tokens, words))
    spelled = list(tokens)
    for i, token in enumerate(tokens):
        if token.type != "NAME" or "." in token or (i and tokens[i - 1].type == "DOT"):
            continue
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        applied = following is not None and following.type == "LPAR" and following.start_pos == token.end_pos
        name = words.spelled(str(token), applied)
        if name != token:
            spelled[i] = retyped(token, "NAME", name)
    return spelled


def _letters_apart(tokens: list[Token], words: Vocabulary) -> Iterator[Token]:
    """The tokens with ``Xw`` as X w, where both are declared, and ``X^TX`` as X^T X."""
    alone = {str(token) for token in tokens if token.type == "NAME" and len(token) == 1 and token.islower()}
    for i, token in enumerate(tokens):
        if token.type != "NAME" or "." in token or (i and tokens[i - 1].type == "DOT"):
            yield token
            continue
        start, rest = token.start_pos or 0, str(token)
        if i and tokens[i - 1].type == "CARET" and _is_transpose_glued(tokens[i - 2], rest, words):
            yield placed(rest[0], start)
            start, rest = start + 1, rest[1:]
        pieces = _greek_product(rest, words, alone) or _labelled_product(rest, words)
        if pieces and not _is_defined(tokens, i):
            for piece in pieces:
                yield retyped(placed(piece, start), "NAME", piece, start + len(piece))
                start += len(piece)
            continue
        is_product = _is_product(rest, words, alone) or _is_outer(tokens, i, rest, words, alone)
        if len(rest) == 1 or not is_product or _is_defined(tokens, i):
            yield retyped(token, "NAME", rest) if len(rest) == len(token) else _cut(token, start)
            continue
        for place, letter in enumerate(rest, start):
            yield placed(letter, place)


def _is_product(name: str, words: Vocabulary, alone: set[str]) -> bool:
    """Whether an undeclared name is made of letters that are all declared, and says nothing as a word.

    Of ``x'Ax`` nothing need be declared: a capital before a letter that stands alone as well is a factor.
    """
    if not 1 < len(name) < 5 or name in words.variables or words.is_called(name):
        return False
    if any(functions_glued_to(name)):
        return False
    if is_product_by_looks(name) or (len(name) == 2 and name[0].isupper() and name[1] in alone):
        return True
    return name not in SCALAR_LETTERS | MATRIX_LETTERS and all(letter in words.variables for letter in name)


_GREEK_PIECES = re.compile(r"(?:[Δδ∂d]?[^\W\d_])(?:_\w+$)?")
_LABELLED = frozenset("σμΣΠ")
"""Letters behind which another one may be the index that was lost: σx for σ_x; and the signs of sums."""


def _greek_product(name: str, words: Vocabulary, alone: set[str]) -> list[str]:
    """The factors of ``Xβ``, ``ΘS`` and ``λI``: no name is made of Greek letters and others side by side."""
    stem = name.partition("_")[0]
    if not 1 < len(stem) < 5 or stem.isascii() or name in words.variables or not stem.isalpha():
        return []
    pieces = _GREEK_PIECES.findall(name)
    if len(pieces) < 2 or "".join(pieces) != name or pieces[0] in "∂d":
        return []
    if not all(piece[0].isascii() or "Α" <= piece[0] <= "ϵ" for piece in pieces):
        return []
    first, second = pieces[:2]
    is_label = first in _LABELLED and second[0].isascii() and second[0].islower()
    if is_label and second not in words.variables | alone:
        return []
    return pieces


_WITH_LABELS = re.compile(r"([A-Z])([a-z]_\w+)|([A-Z]_\d+)([a-z](?:_\w+)?)|([A-Z]_[a-z\d])([a-z]_\w+)")


def _labelled_product(name: str, words: Vocabulary) -> list[str]:
    """The factors of ``Ax_k``, ``W_1x`` and ``H_kx_k``: a capital, and a letter with an index behind it."""
    found = _WITH_LABELS.fullmatch(name)
    if found is None or name in words.variables or words.is_called(name):
        return []
    pieces = [piece for piece in found.groups() if piece is not None]
    return pieces if is_product_by_looks(name.partition("_")[0]) or "_" in pieces[0] else []


def _is_outer(tokens: list[Token], i: int, name: str, words: Vocabulary, alone: set[str]) -> bool:
    """Whether two letters are a product of vectors, the xx' of xx'/x'x, or a number and I, as in sI - A."""
    if len(name) != 2 or not name.isascii() or not name[0].islower() or name in words.variables:
        return False
    if words.is_called(name):
        return False
    if name[1] == "I":
        return "I" not in words.variables
    following = tokens[i + 1].type if i + 1 < len(tokens) else ""
    is_turned = following == "TRANSPOSE" or (following == "CARET" and tokens[i + 2 : i + 3] == ["T"])
    return is_turned and name.islower() and (name[0] == name[1] or {*name} <= {*alone, *words.variables})


def _is_defined(tokens: list[Token], i: int) -> bool:
    """Whether a word of capitals stands before its definition, QF = x'Ax, and is in no equation: Ax = b."""
    if i + 1 >= len(tokens) or tokens[i + 1].type != "EQUAL":
        return False
    rest = list(itertools.takewhile(lambda t: t.type not in ("COMMA", "SEMICOLON"), tokens[i + 2 :]))
    letters = {letter for t in rest if t.type == "NAME" and len(t) < 4 for letter in t}
    return len(rest) > 1 and letters.isdisjoint(str(tokens[i]))


def _is_transpose_glued(base: Token, name: str, words: Vocabulary) -> bool:
    """Whether an exponent is the T of a transpose with the next factor right behind it: X^TX."""
    is_name = name in words.variables or words.is_called(name) or base == "e"
    return (
        name[0] == "T" and name[1:].isalpha() and len(name) < 5 and not is_name and "T" not in words.variables
    )


def _cut(token: Token, start: int) -> Token:
    """The rest of a name from a place on."""
    cut = retyped(token, "NAME", str(token)[start - (token.start_pos or 0) :])
    cut.start_pos = start
    return cut


def read_tree(tokens: Sequence[Token], words: Vocabulary, text: str) -> Node:
    """Parse the tokens of one expression.

    Raises
    ------
    ParseError
        When they are not an expression.
    """
    from lark import UnexpectedToken

    headed = with_heads(tokens, words, text, lambda part: read_tree(part, words, text))
    typed = interpret_brackets(headed, words, text)
    parser = grammar().parse_interactive("")
    previous: Token | None = None
    try:
        for token in typed:
            parser.feed_token(token)
            previous = token
        return parser.feed_eof(typed[-1])  # type: ignore[no-any-return, no-untyped-call]
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        raise _unexpected(None if at_end else error.token, previous, text) from None
    except ParseError as error:
        error.text = text
        raise


def _unexpected(token: Token | None, previous: Token | None, text: str) -> ParseError:
    """Say what is wrong where the grammar cannot go on."""
    if token is None:
        assert previous is not None
        return ParseError(f"an operand is missing after {previous}", text=text, span=span(previous))
    place = span(token)
    if token.type == "STAR" and previous is not None and previous.type == "CARET":
        return ParseError(
            "a star in an exponent may be the conjugate transpose or a name's mark",
            fix="X' for the transpose, as everything here is real, or X_star for another name",
            text=text,
            span=place,
        )
    if token.type == "EQUAL":
        return ParseError(
            "an equals sign cannot stand here: this is an equation, and no expression",
            fix="name = expression, or one side alone; mg.equation, or matgrad solve, for an equation",
            text=text,
            span=place,
        )
    if token.type in ("LBRACE", "RBRACE"):
        return ParseError("curly brackets stand only in exponents", fix="X^{-1}", text=text, span=place)
    following = text[place[1] :].lstrip()[:1]
    if token.type == "BACKSLASH" and following.isalpha():
        return ParseError(
            "LaTeX commands are not read in this dialect", fix="log det(X), X', inv(X)", text=text, span=place
        )
    if token.type == "STRING":
        return ParseError("quoted words stand only for options of functions", text=text, span=place)
    if token.type == "COLON":
        return ParseError("a colon stands only in an index", fix="X[1:2, :]", text=text, span=place)
    if token.type == "SEMICOLON":
        return ParseError(
            "a semicolon separates the rows of a matrix in square brackets", text=text, span=place
        )
    if (
        previous is None
        or previous.type in INFIX
        or previous.type in ("LPAR", "CALL_OPEN", "LSQB", "INDEX_OPEN")
    ):
        after = f" after {previous}" if previous is not None else ""
        return ParseError(f"an operand is missing{after} before {token}", text=text, span=place)
    if previous.type in OPERAND_ENDS and token.type in OPERAND_STARTS:
        return ParseError(f"an operator is missing between {previous} and {token}", text=text, span=place)
    return ParseError(f"{token} cannot stand here, after {previous}", text=text, span=place)


def _split(tokens: list[Token], text: str) -> list[tuple[list[Token], bool]]:
    """Split into statements; each with whether it stands after ``where``."""
    pieces: list[tuple[list[Token], bool]] = []
    current: list[Token] = []
    depth, after_where = 0, False
    for i, token in enumerate(tokens):
        depth += _DEPTH.get(token.type, 0)
        word = str(token) if token.type == "NAME" else ""
        if depth == 0 and word == "where" and not _is_called(tokens, i):
            if current:
                pieces.append((current, after_where))
            elif not pieces:
                raise ParseError("no expression stands before where", text=text, span=span(token))
            current, after_where = [], True
            continue
        if depth == 0 and (
            token.type in ("SEMICOLON", "COMMA") or (word == "and" and _head_length(tokens[i + 1 :]))
        ):
            if current:
                pieces.append((current, after_where))
            current = []
            continue
        if depth <= 0 and current and _starts_line(current[-1], token, text):
            pieces.append((current, after_where))
            current = []
        current.append(token)
    if current:
        pieces.append((current, after_where))
    elif after_where:
        raise ParseError(
            "nothing stands after where", fix="… where Y = A X", text=text, span=span(tokens[-1])
        )
    return pieces


def _is_called(tokens: list[Token], i: int) -> bool:
    """Whether a bracket follows a word at once, as in where(x > 0, a, b)."""
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    return following is not None and following.type == "LPAR" and following.start_pos == tokens[i].end_pos


def _starts_line(previous: Token, token: Token, text: str) -> bool:
    """Whether a new statement starts here: on a new line, and not continued by an operator."""
    if "\n" not in text[previous.end_pos : token.start_pos]:
        return False
    return previous.type in OPERAND_ENDS and token.type in OPERAND_STARTS


_STATED = frozenset(("tr", "Tr", "trace", "det", "vec", "diag", "logdet"))
"""Functions of which a formula states a value, and does not define them."""


def _head_length(tokens: Sequence[Token]) -> int:
    """The number of tokens of ``Y =`` or ``f(x) =`` at the start; 0 where there is none."""
    if len(tokens) < 2 or tokens[0].type != "NAME":
        return 0
    if tokens[1].type == "EQUAL":
        return 2
    if tokens[1].type == "LBRACE" and tokens[0].endswith("_"):
        # The x_{k+1} of x_{k+1} = A x_k, which no other statement uses.
        end = next((k for k, token in enumerate(tokens) if token.type == "RBRACE"), len(tokens))
        return end + 2 if end + 1 < len(tokens) and tokens[end + 1].type == "EQUAL" else 0
    if tokens[1].type != "LPAR" or tokens[0] in _STATED:
        return 0
    i = 2
    while i + 1 < len(tokens) and tokens[i].type == "NAME" and tokens[i + 1].type in ("COMMA", "RPAR"):
        i += 2
        if tokens[i - 1].type == "RPAR":
            return i + 1 if i < len(tokens) and tokens[i].type == "EQUAL" else 0
    return 0


def _head(piece: list[Token], after_where: bool, text: str) -> Statement:
    """The statement that a piece is, its tree not read yet."""
    place = (span(piece[0])[0], span(piece[-1])[1])
    length = _head_length(piece)
    if after_where and length != 2:
        raise ParseError("after where stand definitions", fix="where Y = A X, Z = Y'", text=text, span=place)
    if not length:
        return Statement(place)
    if piece[1].type == "LBRACE":
        return Statement(place, is_binding=after_where)
    parameters = tuple(str(t) for t in piece[2 : length - 2] if t.type == "NAME")
    return Statement(place, str(piece[0]), parameters, span(piece[0]), after_where)


def main_statement(statements: list[Statement], text: str) -> Statement:
    """Find the expression among the statements; the named ones around it are bindings.

    It is the one before ``where``; without ``where`` the one without a name, or else the last.

    Raises
    ------
    ParseError
        When there are two expressions, or one name is defined twice.
    """
    open_ones = [s for s in statements if not s.is_binding]
    nameless = [s for s in open_ones if s.name is None]
    if len(nameless) > 1:
        raise ParseError(
            "here starts a second expression",
            fix="one expression, the others named: Y = A X",
            text=text,
            span=nameless[1].span,
        )
    main = nameless[0] if nameless else open_ones[-1]
    seen: set[str] = set()
    for statement in statements:
        if statement is main or statement.name is None:
            continue
        if statement.parameters:
            raise ParseError(
                f"{statement.name} is defined as a function; only matrices and numbers can be named",
                fix=f"{statement.name} = …",
                text=text,
                span=statement.name_span,
            )
        if statement.name in seen:
            raise ParseError(f"{statement.name} is defined twice", text=text, span=statement.name_span)
        seen.add(statement.name)
        statement.is_binding = True
    return main
