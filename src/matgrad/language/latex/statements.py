r"""From LaTeX to statements: the expression, its name, and the definitions around it.

``f(X) = …`` on the left gives the function its name; ``\text{where } S = …`` and ``, \quad S = …`` are
definitions; the rows of an ``aligned`` go on where they begin with a sign.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex import commands as c
from matgrad.language.latex.domains import without_constant, without_domains
from matgrad.language.latex.fonts import check_fonts
from matgrad.language.latex.heads import (
    Head,
    bound_letters,
    exponential_of,
    is_equation,
    is_member,
    occurs,
    plain_uses,
    states,
    without_star,
)
from matgrad.language.latex.labels import key_of
from matgrad.language.latex.lexer import Token, cut
from matgrad.language.latex.looks import joined, say_something
from matgrad.language.latex.macros import Macros, expand, take_definitions
from matgrad.language.latex.named_here import with_functions
from matgrad.language.latex.parser import Parser, is_derivative
from matgrad.language.latex.pieces import Piece, relations_in, split_statements, without_edges
from matgrad.language.latex.primed_indices import without_primes
from matgrad.language.latex.questions import refuse_command
from matgrad.language.latex.replacing import replaced, with_value
from matgrad.language.latex.stream import Stream
from matgrad.language.names import Vocabulary
from matgrad.language.places import name_of
from matgrad.language.syntax import inner
from matgrad.printing.names import printed_as

_LETTERS = frozenset("ijklmnpqrstuvabc")
"""Letters that indices go by where nothing binds them; all others below a name that is defined are labels."""
_SAYS_WHAT = regex(r"\b(?:be|is|are|denote[s]?)\b")
"""Words between a name and what it is."""
_NEARLY = frozenset("∝≈")
"""Relations of a name with what it is up to something that is left out."""


def read_latex(
    text: str,
    words: Vocabulary,
    dimensions: frozenset[str],
    macros: Macros | None = None,
    *,
    families: frozenset[str] = frozenset(),
    is_answer: bool = False,
) -> list[s.Statement]:
    """Read the expression and the definitions of a text in LaTeX.

    Parameters
    ----------
    text : str
        The text.
    words : Vocabulary
        What is known of names; the names defined in the text are added to it.
    dimensions : frozenset of str
        The names of sizes.
    macros : dict of str to Macro, optional
        Macros that the text uses, beside those it defines.
    families : frozenset of str
        The names of which there are members.
    is_answer : bool
        Whether a derivative may stand left of the equals sign.

    Raises
    ------
    ParseError
        When the text is not an expression of the language.
    """
    known = dict(macros or {})
    tokens = take_definitions(cut(text), known, text)
    tokens = say_something(expand(tokens, known, text), text)
    tokens = without_primes(tokens, lambda name: name in words.variables)
    pieces = split_statements(without_edges(tokens), text)
    kept = without_domains([piece.tokens for piece in pieces], lambda name: name in words.variables)
    pieces = [piece for piece, tokens in zip(pieces, kept, strict=True) if tokens is not None]
    known_names = words.variables | words.functions
    put_in = with_functions([piece.tokens for piece in pieces], lambda name: name in known_names)
    pieces = [
        Piece(list(tokens), piece.is_definition)
        for piece, tokens in zip(pieces, put_in, strict=True)
        if tokens is not None
    ]
    if not pieces:
        raise ParseError(
            phrase("there is no expression to read"), fix=r"x^\top A x", text=text, span=(0, len(text))
        )
    reader = _Reader(text, words, dimensions, families, is_answer)
    return reader.statements(pieces)


class _Reader:
    def __init__(
        self,
        text: str,
        words: Vocabulary,
        dimensions: frozenset[str],
        families: frozenset[str],
        is_answer: bool,
    ) -> None:
        self.families = families
        self.is_single = True
        self.bound: set[str] = set()
        self.declared: frozenset[str] = frozenset()
        self.text = text
        self.is_answer = is_answer
        self.words = words
        self.dimensions = dimensions

    def statements(self, pieces: Sequence[Piece]) -> list[s.Statement]:
        """The statements of the text; which one is the expression is found by what uses what."""
        self.is_single = len(pieces) == 1
        self.bound = {letter for piece in pieces for letter in bound_letters(piece.tokens)}
        self.declared = frozenset(self.words.variables)
        heads: list[tuple[Head | None, Piece, list[Token]]] = []
        for piece in pieces:
            head, body = self._head(piece)
            heads.append((head, piece, body))
        heads = _with_labels(heads)
        check_fonts([t for _, _, body in heads for t in body], self.text, self.declared.__contains__)
        main = self._main(heads)
        for i, (head, _, _) in enumerate(heads):
            if head is not None and i != main:
                if head.name == "e":
                    self._check_exponential([t for _, _, body in heads for t in body])
                self.words.variables.add(head.name)
                if head.indices:
                    self.families |= {head.name}
                self.words.spellings.setdefault(printed_as(head.name), head.name)
        self.words.plain_uses |= plain_uses([t for _, _, body in heads for t in body])
        trees: list[tuple[Head | None, s.Node, s.Span]] = []
        for head, piece, body in heads:
            place = joined(piece.tokens)
            if not body:
                name = head.name if head is not None else ""
                raise ParseError(
                    phrase("nothing stands after {name} =", name=name), text=self.text, span=place
                )
            if head is None and body is piece.tokens:
                self._refuse_equation(body)
            tree = self._sides(body)
            if head is not None and head.is_square and len(trees) != main:
                tree = s.Call(tree.span, s.Name(head.span, "sqrt"), (tree,))
            if head is not None and head.is_inverse and len(trees) != main:
                tree = s.Call(tree.span, s.Name(head.span, "inv"), (tree,))
            trees.append((head, tree, place))
        families = {head.name: (head, tree) for i, (head, tree, _) in enumerate(trees)
                    if head is not None and head.indices and i != main}  # fmt: skip
        totals = {
            head.name: tree
            for i, (head, tree, _) in enumerate(trees)
            if head is not None and i != main and self._is_total(head)
        }
        found: list[s.Statement] = []
        for i, (head, tree, place) in enumerate(trees):
            if i != main and head is not None and (head.name in families or head.name in totals):
                continue
            tree = self._with_families(tree, families)
            for name, total in totals.items():
                tree = with_value(tree, name, total)
            if head is not None and (head.is_square or head.is_inverse) and i == main:
                head = None
            statement = s.Statement(place, tree=tree)
            if head is not None:
                statement.name, statement.name_span = head.name, head.span
                statement.parameters = head.parameters if i == main else ()
            statement.is_binding = i != main
            if i != main and head is not None and head.parameters:
                raise ParseError(
                    phrase(
                        "{head} is defined as a function; only matrices and numbers can be named",
                        head=head.name,
                    ),
                    fix=f"{head.name} = …",
                    text=self.text,
                    span=head.span,
                )
            found.append(statement)
        return found

    def _check_exponential(self, tokens: Sequence[Token]) -> None:
        """Ask about ``e^{x}`` where the text defines e."""
        place = exponential_of("e", tokens)
        if place is not None:
            raise ParseError(
                phrase("e is defined here, and with an exponent it may be the number 2.718… as well"),
                fix=phrase(r"\exp(…) for the exponential, or another letter for what is defined"),
                text=self.text,
                span=place.span,
            )

    def _refuse_equation(self, tokens: Sequence[Token]) -> None:
        """Refuse ``tr(AB) = tr(BA)``, which names nothing: it states something, or asks for an unknown."""
        places = relations_in(tokens)
        if not places:
            return
        trees = [
            self._tree(without_edges(tokens[: places[0]])),
            self._tree(without_edges(tokens[places[0] + 1 : places[1] if len(places) > 1 else len(tokens)])),
        ]
        raise ParseError(
            phrase("here stand two expressions for one thing, or an equation"),
            fix=phrase(
                "one side of it; mg.equivalent for a check; mg.equation, or matgrad solve, for an equation"
            ),
            text=self.text,
            span=(trees[0].span[0], trees[-1].span[1]),
        )

    def _sides(self, tokens: Sequence[Token]) -> s.Node:
        """The tree of what stands right of a name; of a chain of equal forms all must mean the same."""
        places = relations_in(tokens)
        ends = [-1, *places, len(tokens)]
        sides = [without_constant(tokens[a + 1 : b]) for a, b in itertools.pairwise(ends)]
        trees = tuple(self._tree(without_edges(side)) for side in sides if without_edges(side))
        if len(trees) == 1:
            return trees[0]
        span = (trees[0].span[0], trees[-1].span[1])
        question = phrase("here stand two expressions for one thing, or an equation")
        fix = phrase("one side of it; mg.equation, or matgrad solve, for an equation")
        return s.Either(span, trees, question, fix, True)

    def _tree(self, tokens: Sequence[Token], *, is_head: bool = False) -> s.Node:
        stream = self._stream(tokens)
        stream.is_head = is_head
        return Parser(stream).read()

    def _stream(self, tokens: Sequence[Token]) -> Stream:
        return Stream(tokens, self.text, self.words, self.dimensions, self.families, is_answer=self.is_answer)

    def _is_total(self, head: Head) -> bool:
        """Whether a definition has the name of a declared family: the n = Σ_k n_k beside members n_k."""
        return not (head.indices or head.parameters) and head.name in self.families

    def _with_families(self, tree: s.Node, families: Mapping[str, tuple[Head, s.Node]]) -> s.Node:
        """A tree with the members of defined families replaced by what they stand for."""
        for _ in range(len(families)):
            for name, (head, body) in families.items():
                tree = replaced(tree, name, head.indices, body, self.text, name in self.declared)
        return tree

    # ---- what stands left of = -----------------------------------------------------------------------

    def _head(self, piece: Piece) -> tuple[Head | None, list[Token]]:
        """The name that a piece gives, and the tokens behind it."""
        tokens = piece.tokens
        places = relations_in(tokens)
        if not places:
            if piece.is_definition:
                raise ParseError(
                    phrase("after where stand definitions"), fix=r"\text{where } S = L L^\top",
                    text=self.text, span=joined(tokens),
                )  # fmt: skip
            return None, tokens
        first = tokens[places[0]]
        if first.text == "↦" and len(places) == 1 and (head := _map_of(tokens[: places[0]])) is not None:
            return head, tokens[places[0] + 1 :]
        names_it = first.text in _NEARLY and self._names_nearly(tokens[: places[0]])
        if first.text != "=" and not names_it:
            self._refuse_relation(first, tokens, places[0])
        left, right = tokens[: places[0]], tokens[places[0] + 1 :]
        for place in places[1:]:
            if tokens[place].text != "=":
                self._refuse_relation(tokens[place], tokens, place)
        derivative = next((t for t in left if t.is_command("partial", "nabla")), None)
        derivative = derivative or self._quotient_of_changes(left)
        if derivative is not None and not self.is_answer:
            refuse_command(self._stream(left), derivative, "partial")
        if not left or derivative is not None or (self.is_answer and _is_change(left)):
            return None, right
        if is_equation(left, right):
            return None, tokens
        if self._is_logarithm(left, right):
            return None, right
        head = self._head_of(left)
        if head is not None and self._is_script_letter(head, left):
            head = replace(head, name="f")
        if head is None and self.is_single and is_member(left):
            return None, right
        return (head, right) if head is not None else (None, tokens)

    def _quotient_of_changes(self, left: Sequence[Token]) -> Token | None:
        r"""The fraction that begins a side, where it is a derivative: ``\frac{d f}{d x} = …``."""
        if not left or not left[0].is_command("frac", "dfrac", "tfrac"):
            return None
        stream = self._stream(left[1:])
        return left[0] if is_derivative(stream.argument(left[0]), stream.argument(left[0])) else None

    def _refuse_relation(self, token: Token, tokens: Sequence[Token], place: int) -> None:
        shown = self.text[token.span[0] : token.span[1]].strip() or token.text
        if token.text == "∈":
            raise ParseError(
                phrase("what a name is, is declared beside the formula"),
                fix=phrase("given='X: m×n', or --given"),
                text=self.text,
                span=(tokens[0].span[0], token.span[1]),
            )
        raise ParseError(
            phrase("the relation {shown} makes this no expression", shown=shown),
            fix=phrase("one side of it"),
            text=self.text,
            span=token.span,
        )

    def _head_of(self, left: Sequence[Token]) -> Head | None:
        r"""The name, arguments and indices of ``f(X)``, ``S``, ``\hat q_i``; ``None`` for an expression."""
        at = depth = 0
        while at < len(left) and (left[at].kind != "open" or depth):
            depth += left[at].is_sign("{") - left[at].is_sign("}")
            at += 1
        front, bracket = list(left[:at]), list(left[at:])
        span = joined(left)
        if len(front) > 1 and front[-1].is_sign("'") and not bracket:
            named = self._head_of(front[:-1])  # H' = σ(A H W) names the next H
            is_plain = named is not None and not (named.is_square or named.is_inverse)
            return replace(named, name=f"{named.name}_prime", span=span) if named and is_plain else None
        if bracket and (bracket[-1].kind != "close" or not front):
            return None
        front, label = without_star(front)
        try:
            node = self._named_tree(front)
        except ParseError:
            node = None
        if label and isinstance(node, s.Name):
            node = s.Name(node.span, node.text + label)
        if isinstance(node, s.Call) and node.function.text == "eye" and isinstance(node.args[0], s.Num):
            # The invariant I_1 of a formula, where it is defined, is no identity.
            node = s.Name(node.span, f"I_{node.args[0].value}")
        if isinstance(node, s.Name) and (node.text == "I" or (node.text == "e" and self.is_single)):
            node = None
        parameters = tuple(t.text for t in bracket[1:-1] if t.kind in ("letter", "word", "command"))
        if isinstance(node, s.Subscripted) and all(isinstance(i, s.Num) for i in node.items):
            numbers = "".join(str(i.value) for i in node.items if isinstance(i, s.Num))
            node = s.Name(node.span, f"{node.base.text}_{numbers}")
        if (
            isinstance(node, s.Power)
            and bracket
            and _is_two(node.exponent)
            and self._is_no_variable(node.base)
        ):
            return Head("f", span, (), parameters)
        if isinstance(node, s.Power) and not bracket and not self.is_single and _is_minus_one(node.exponent):
            written = name_of(node.base)
            is_new = written is not None and written not in self.words.variables
            return Head(str(written), span, is_inverse=True) if is_new else None
        if isinstance(node, s.Power) and not bracket and _is_two(node.exponent):
            name = node.base
            if isinstance(name, s.Subscripted) and all(isinstance(i, s.Name) for i in name.items):
                return replace(self._indexed(name, span), is_square=True)
            is_new = isinstance(name, s.Name) and name.text not in self.words.variables
            return Head(name.text, span, is_square=True) if is_new and isinstance(name, s.Name) else None
        if isinstance(node, s.Name):
            is_product = bracket and node.text in self.words.variables
            return None if is_product else Head(node.text, span, (), parameters)
        if isinstance(node, s.Subscripted) and all(isinstance(i, s.Name) for i in node.items):
            return replace(self._indexed(node, span), parameters=parameters)
        if isinstance(node, s.Signed) and front[0].is_sign("-") and self._is_no_variable(node.operand):
            node = None
        if any(t.is_command("frac", "tfrac", "dfrac", "sqrt", "sum", "prod") or states(t) for t in front):
            return None
        is_labelled = isinstance(node, s.Subscripted) and node.base.text not in self.words.variables
        if bracket and (node is None or isinstance(node, s.Call) or is_labelled):
            return Head("f", span, (), parameters)
        if not bracket and not self.is_single and is_member(left) and (node is None or is_labelled):
            written = None if node is None else name_of(node)
            return Head(written or _as_identifier(front), span)
        return None

    def _is_logarithm(self, left: Sequence[Token], right: Sequence[Token]) -> bool:
        r"""Whether a side is a function of a letter that is nothing else here: ``\ln L = …``."""
        if len(left) < 2 or not (left[0].kind == "command" and left[0].text in ("log", "ln", "cos")):
            return False
        try:
            node = self._named_tree(left[1:])
        except ParseError:
            return False
        return (
            isinstance(node, (s.Name, s.Subscripted))
            and self._is_no_variable(node)
            and not (isinstance(node, s.Name) and occurs(node.text, right))
        )

    def _is_script_letter(self, head: Head, left: Sequence[Token]) -> bool:
        r"""Whether a head is a letter in a font of its own: ``\mathcal{L} = …`` beside a matrix L."""
        written = self.text[left[0].span[0] : joined(left)[1]]
        font = re.match(r"\\(?:mathcal|mathscr|mathfrak|cal)\b[\s{]*\w", written)
        is_used = font is not None and self.text.count(font[0]) > 1
        return font is not None and head.name in self.words.variables and not is_used

    def _indexed(self, node: s.Subscripted, span: s.Span) -> Head:
        """The head of ``q_i``, of which there is one for every i; below a declared name stands a label."""
        letters = [letter for i in node.items if isinstance(i, s.Name) for letter in i.text]
        known = {*self.words.indices, *self.bound}
        is_label = node.base.text in self.words.variables or not _LETTERS.issuperset(letters)
        if is_label and not known.issuperset(letters):
            return Head(f"{node.base.text}_{''.join(letters)}", span)
        return Head(node.base.text, span, tuple(letters))

    def _names_nearly(self, left: Sequence[Token]) -> bool:
        """Whether what stands left of ∝ or ≈ is the name of a function: ``log p(θ | D)``."""
        head = self._head_of(left)
        return head is not None and left[-1].kind == "close"

    def _is_no_variable(self, node: s.Node) -> bool:
        """Whether a piece is the name of nothing that is known: the D_KL of ``-D_KL(q ‖ p) = …``."""
        name = node.base if isinstance(node, s.Subscripted) else node
        return isinstance(name, s.Name) and name.text not in self.words.variables

    def _named_tree(self, front: Sequence[Token]) -> s.Node:
        """The name that tokens are; a word of letters is one name."""
        if len(front) == 1 and front[0].kind == "word" and front[0].text.isidentifier():
            return s.Name(front[0].span, front[0].text)
        known = {name for name in self.words.variables if len(name) == 1}
        letters = [t.text for t in front if t.kind == "letter"]
        if len(front) > 1 and len(letters) == len(front) and not known.issuperset(letters):
            return s.Name(joined(front), "".join(t.text for t in front))
        return self._tree(front, is_head=True)

    def _main(self, heads: Sequence[tuple[Head | None, Piece, list[Token]]]) -> int:
        """Which statement is the expression: the nameless one, or the one that no other one uses."""
        nameless = [i for i, (head, piece, _) in enumerate(heads) if head is None and not piece.is_definition]
        if len(nameless) > 1:
            second = heads[nameless[1]][1].tokens
            if relations_in(second):
                raise ParseError(
                    phrase("a condition beside the formula is no part of it"),
                    fix=phrase("the function alone, with the condition in its Lagrangian"),
                    text=self.text,
                    span=joined(second),
                )
            first = heads[nameless[0]][1].tokens
            if any(t.kind == "word" and _SAYS_WHAT.search(t.text) for t in first):
                raise ParseError(
                    phrase("words say here what a name is"),
                    fix=r"T \in \mathbb{R}^{m \times n}",
                    text=self.text,
                    span=joined(first),
                )
            raise ParseError(
                phrase("here starts a second expression"),
                fix=phrase("one expression, the others named: Y = A X"),
                text=self.text,
                span=joined(heads[nameless[1]][1].tokens),
            )
        if nameless:
            return nameless[0]
        open_ones = [i for i, (_, piece, _) in enumerate(heads) if not piece.is_definition]
        applied = [i for i in open_ones if heads[i][0] is not None and heads[i][0].parameters]  # type: ignore[union-attr]
        if len(applied) == 1:
            return applied[0]
        unused = [i for i in open_ones if not self._is_used(i, heads)]
        if len(unused) > 1:
            self._ask_which([heads[i] for i in unused])
        return unused[0] if unused else open_ones[0] if open_ones else 0

    def _shown(self, tokens: Sequence[Token]) -> str:
        first, last = joined(tokens) if tokens else (0, 0)
        return self.text[first:last]

    def _ask_which(self, heads: Sequence[tuple[Head | None, Piece, list[Token]]]) -> None:
        r"""Ask about ``\mu = w^\top m, \sigma = w^\top S w``: two formulas of which none uses the other."""
        names = [self.text[head.span[0] : head.span[1]].strip() for head, _, _ in heads if head is not None]
        raise ParseError(
            phrase(
                "here stand {count} formulas, and none says which one is meant: {names}",
                count=len(names),
                names=", ".join(names),
            ),
            fix=phrase("one of them; what it is made of, and no more, may stand beside it"),
            text=self.text,
            span=joined(heads[1][1].tokens),
        )

    def _is_used(self, place: int, heads: Sequence[tuple[Head | None, Piece, list[Token]]]) -> bool:
        """Whether another statement uses the name of one, by its letters."""
        head = heads[place][0]
        assert head is not None
        key = head.name
        written = "".join(self.text[head.span[0] : head.span[1]].split())
        for i, (_, _, body) in enumerate(heads):
            if i == place:
                continue
            if written in "".join(self._shown(body).split()):
                return True
            if re.search(r"_\{[^}]*[+-]", written):
                continue  # x_{k+1} is not the x_k of y_k = C x_k
            if occurs(key, body):
                return True
        return False


def _with_labels(
    heads: Sequence[tuple[Head | None, Piece, list[Token]]],
) -> list[tuple[Head | None, Piece, list[Token]]]:
    """The heads, in which letters below one name are labels where they differ: L_a and L_b are two names."""
    below: dict[str, set[tuple[str, ...]]] = {}
    for head, _, _ in heads:
        if head is not None and head.indices:
            below.setdefault(head.name, set()).add(head.indices)
    return [
        (replace(head, name=f"{head.name}_{''.join(head.indices)}", indices=()), piece, body)
        if head is not None and len(below.get(head.name, ())) > 1
        else (head, piece, body)
        for head, piece, body in heads
    ]


def _is_change(left: Sequence[Token]) -> bool:
    r"""Whether a left side is the change of something: ``dF``, ``\mathrm{d}(A^{-1})``, ``\delta F``."""
    if len(left) == 1:
        return False  # the name of a matrix, as in D = diag(s)
    return left[0].text in ("d", "D") or (left[0].text == "delta" and left[1].kind == "letter")


def _map_of(left: Sequence[Token]) -> Head | None:
    r"""The head of ``x \mapsto …`` and ``f\colon (x, y) \mapsto …``."""
    letters = [
        t for t in left if t.kind in ("letter", "word") or (t.kind == "command" and t.text in c.LETTERS)
    ]
    others = [t for t in left if t not in letters and t.kind not in ("open", "close")]
    is_named = any(t.is_sign(":") for t in others)
    if not letters or any(not (t.is_sign(",:{}") or t.is_command("colon", "mathbf")) for t in others):
        return None
    name = letters[0].text if is_named else "f"
    names = letters[1:] if is_named else letters
    return Head(
        c.LETTERS.get(name, name), joined(left), (), tuple(c.LETTERS.get(t.text, t.text) for t in names)
    )


def _is_two(node: s.Node) -> bool:
    return isinstance(node, s.Num) and node.value == 2


def _is_minus_one(node: s.Node) -> bool:
    bare = inner(node)
    if isinstance(bare, s.Signed):
        return bare.sign < 0 and isinstance(bare.operand, s.Num) and bare.operand.value == 1
    return isinstance(bare, s.Num) and bare.value == -1


def _as_identifier(front: Sequence[Token]) -> str:
    r"""A name for what is defined with a script that is no index: the β_2SLS of ``\hat\beta_{2SLS} = …``."""
    return re.sub(r"\W", "", key_of(front).replace("^", "_"))
