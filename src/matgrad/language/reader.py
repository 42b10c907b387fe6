"""From text to syntax trees: statements, then the tree of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language import texts_in_mathematica, texts_in_r
from matgrad.language.asked_derivatives import MESSAGE, check_asked, spelling
from matgrad.language.glued_letters import letters_apart
from matgrad.language.left_sides import head, head_length, name_first
from matgrad.language.names import Vocabulary
from matgrad.language.printed_signs import as_typed
from matgrad.language.probabilities import check_probabilities
from matgrad.language.sum_heads import with_heads
from matgrad.language.syntax import Node, Statement
from matgrad.language.tables import grammar
from matgrad.language.tokens import (
    INFIX,
    OPERAND_ENDS,
    OPERAND_STARTS,
    interpret_brackets,
    plain_uses,
    retyped,
    span,
    tokenize,
)
from matgrad.language.words_around import check_prose, check_words

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
    check_asked(text)
    check_words(text)
    _check_constraints(text)
    raw = texts_in_r.as_read_here(tokenize(text), words, text)
    raw = _round_calls(texts_in_mathematica.as_read_here(raw, words, text), words)
    check_prose(raw, words, text)
    _check_derivative(raw, words, text)
    check_probabilities(raw, words, text)
    tokens = _spelled_once(raw, words)
    if not tokens:
        raise ParseError(phrase("there is no expression to read"), fix="x' A x")
    parts = _split(tokens, text)
    if not parts:
        raise ParseError(
            phrase("there is no expression to read"), fix="x' A x", text=text, span=span(tokens[0])
        )
    parts = [(name_first(piece) if binding else piece, binding) for piece, binding in parts]
    pieces = [(head(piece, binding, text), piece) for piece, binding in parts]
    found = [(statement, piece[head_length(piece) :]) for statement, piece in pieces]
    words.variables |= {s.name for s, _ in found if s.name is not None and s.is_binding}
    words.plain_uses |= set().union(*(plain_uses(piece) for _, piece in found))
    for statement, piece in found:
        if not piece:
            end = statement.span[1]
            raise ParseError(
                phrase("nothing stands after {statement} =", statement=statement.name),
                text=text,
                span=(end - 1, end),
            )
        statement.tree = read_tree(piece, words, text)
    return [statement for statement, _ in found]


_MEMBER = regex(r"(\w+)\s*(?:in\b|∈)")
"""A statement that says where a name is from."""
_CONSTRAINTS = regex(r"\bs\.\s?t\.|\bsubject to\b|\bsuch that\b")


def _check_constraints(text: str) -> None:
    """Refuse ``x'Ax s.t. x'x = 1``.

    Raises
    ------
    ParseError
        With what to write in its place.
    """
    found = _CONSTRAINTS.search(text)
    if found is not None:
        raise ParseError(
            phrase("a problem with constraints is no expression"),
            fix=phrase("the function alone, with the constraint in its Lagrangian"),
            text=text,
            span=found.span(),
        )


def _round_calls(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """The tokens with ``Tr[A B]`` and ``log{x}`` as tr(A B) and log(x), where no list is in the bracket."""
    found = list(tokens)
    for i, token in enumerate(tokens[:-1]):
        if token.type != "NAME" or str(token) in words.variables:
            continue
        name = _BEFORE_ANY_BRACKET.get(str(token), str(token))
        if tokens[i + 1].type == "LSQB":
            name = texts_in_mathematica.OF_PAPER.get(name, name)
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


_BEFORE_ANY_BRACKET = {
    "Tr": "tr", "Trace": "tr", "Det": "det", "Vec": "vec", "Determinant": "det", "Transpose": "transpose",
    "Inverse": "inv", "KroneckerProduct": "kron", "HadamardProduct": "hadamard", "DotProduct": "dot",
}  # fmt: skip
"""Names of functions on paper, in SymPy and in Maple."""
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
        rest = (
            text[tokens[3].start_pos or 0 :].strip()
            if len(tokens) > 3 and over == "d"
            else phrase("the function")
        )
        raise ParseError(
            MESSAGE,
            fix=spelling(rest, below[1:]),
            text=text,
            span=(span(tokens[0])[0], span(tokens[2])[1]),
        )


def _spelled_once(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """The tokens with every name in its first spelling: θ₁ is theta_1."""
    tokens = list(letters_apart(list(as_typed(tokens, words)), words))
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
        return ParseError(
            phrase("an operand is missing after {previous}", previous=previous),
            text=text,
            span=span(previous),
        )
    place = span(token)
    is_raised = previous is not None and re.search(r"\^\s*\{?\s*$", text[: place[0]][-9:])
    if token.type == "STAR" and is_raised:
        return ParseError(
            phrase("a star in an exponent may be the conjugate transpose or a name's mark"),
            fix=phrase("X' for the transpose, as everything here is real, or X_star for another name"),
            text=text,
            span=place,
        )
    if previous is not None and previous.type == "CARET" and str(token).startswith(("T_", "⊤_")):
        places = re.match(r"[T⊤]_\{?([\w,\s]*)", text[place[0] :])
        below = (places[1] if places is not None else "").strip()
        base = re.search(r"(\w+)\s*\^\s*$", text[: place[0]])
        listed = below if "," in below else ", ".join(below)
        return ParseError(
            phrase("an index behind a transpose may be one of the transpose or of the matrix"),
            fix=phrase(
                "({base}')[{places}] for the entry of the transpose, {base}[{places}] for the entry",
                base=base[1] if base is not None else "X",
                places=listed,
            ),
            text=text,
            span=(base.start(), place[1]) if base is not None else place,
        )
    if token.type == "EQUAL":
        return ParseError(
            phrase("an equals sign cannot stand here: this is an equation, and no expression"),
            fix=phrase(
                "name = expression, or one side alone; mg.equation, or matgrad solve, for an equation"
            ),
            text=text,
            span=place,
        )
    if token.type in ("LBRACE", "RBRACE"):
        return ParseError(
            phrase("curly brackets stand only in exponents"), fix="X^{-1}", text=text, span=place
        )
    following = text[place[1] :].lstrip()[:1]
    if token.type == "BACKSLASH" and following.isalpha():
        return ParseError(
            phrase("LaTeX commands are not read in this dialect"),
            fix="log det(X), X', inv(X)",
            text=text,
            span=place,
        )
    if token.type == "STRING":
        return ParseError(phrase("quoted words stand only for options of functions"), text=text, span=place)
    if token.type == "COLON" and previous is not None and previous.type in OPERAND_ENDS:
        left, right = str(previous), re.match(r"\s*(\w*)", text[place[1] :])
        right_name = (right[1] if right is not None else "") or "B"
        left_name = left if left.isidentifier() else "A"
        return ParseError(
            phrase("a colon may be the inner product of matrices, or the range of an index"),
            fix=phrase(
                "sum({left_name} .* {right_name}) for the inner product, X[1:2, :] for a range",
                left_name=left_name,
                right_name=right_name,
            ),
            text=text,
            span=(span(previous)[0], place[1] + (right.end() if right is not None else 0)),
        )
    if token.type == "COLON":
        return ParseError(phrase("a colon stands only in an index"), fix="X[1:2, :]", text=text, span=place)
    if token.type == "SEMICOLON":
        return ParseError(
            phrase("a semicolon separates the rows of a matrix in square brackets"), text=text, span=place
        )
    if (
        previous is None
        or previous.type in INFIX
        or previous.type in ("LPAR", "CALL_OPEN", "LSQB", "INDEX_OPEN")
    ):
        after = f" after {previous}" if previous is not None else ""
        return ParseError(
            phrase("an operand is missing{after} before {token}", after=after, token=token),
            text=text,
            span=place,
        )
    if previous.type in OPERAND_ENDS and token.type in OPERAND_STARTS:
        return ParseError(
            phrase("an operator is missing between {previous} and {token}", previous=previous, token=token),
            text=text,
            span=place,
        )
    return ParseError(
        phrase("{token} cannot stand here, after {previous}", token=token, previous=previous),
        text=text,
        span=place,
    )


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
                raise ParseError(phrase("no expression stands before where"), text=text, span=span(token))
            current, after_where = [], True
            continue
        if depth == 0 and (
            token.type in ("SEMICOLON", "COMMA") or (word == "and" and head_length(tokens[i + 1 :]))
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
            phrase("nothing stands after where"),
            fix=phrase("… where Y = A X"),
            text=text,
            span=span(tokens[-1]),
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
        member = _MEMBER.match(text[slice(*nameless[1].span)])
        if member is not None:
            raise ParseError(
                phrase("what {name} is, is declared beside the expression", name=member[1]),
                fix=phrase(
                    "the expression alone, and {name}: n, X: m×n or t: scalar in given, --given",
                    name=member[1],
                ),
                text=text,
                span=nameless[1].span,
            )
        raise ParseError(
            phrase("here starts a second expression"),
            fix=phrase("one expression, the others named: Y = A X"),
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
                phrase(
                    "{statement} is defined as a function; only matrices and numbers can be named",
                    statement=statement.name,
                ),
                fix=f"{statement.name} = …",
                text=text,
                span=statement.name_span,
            )
        if statement.name in seen:
            raise ParseError(
                phrase("{statement} is defined twice", statement=statement.name),
                text=text,
                span=statement.name_span,
            )
        seen.add(statement.name)
        statement.is_binding = True
    return main
