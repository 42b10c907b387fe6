"""Sums, products and factors: juxtaposition binds closest, then ⊗, then ⊙, then ``:``, then ±."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.build import exact
from matgrad.language.latex import commands as c
from matgrad.language.latex.binomials import binomial
from matgrad.language.latex.brackets import Brackets
from matgrad.language.latex.functions import Functions
from matgrad.language.latex.labels import key_of
from matgrad.language.latex.letters import Letters
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.looks import ONES, ZEROS
from matgrad.language.latex.piecewise import Piecewise
from matgrad.language.latex.questions import refuse_command
from matgrad.language.latex.scripts import Scripts
from matgrad.language.latex.sigma import Sums, check_after_sum
from matgrad.language.latex.stream import Parse, Stream, finish
from matgrad.language.sum_heads import EXTREMA

SUM, FROBENIUS, HADAMARD, KRONECKER, JUXTAPOSED = range(5)
_LEVELS = {"+": SUM, "-": SUM, ":": FROBENIUS, ".*": HADAMARD, "./": HADAMARD, "⊗": KRONECKER, "⊕": KRONECKER}
STOPPING_WORDS = frozenset(
    (
        "where",
        "with",
        "and",
        "for",
        "if",
        "s.t.",
        "subject to",
        "such that",
        "or",
        "when",
        "otherwise",
        "otherwise.",
        "else",
        "elsewhere",
    )
)


def joined_span(nodes: Sequence[s.Node]) -> s.Span:
    """The place from the first piece to the last."""
    return min(n.span[0] for n in nodes), max(n.span[1] for n in nodes)


class Parser:
    """Reads the tokens of one statement."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._brackets = Brackets(self)
        self._functions = Functions(self)
        self._letters = Letters(self)
        self._piecewise = Piecewise(self)
        self._scripts = Scripts(self)
        self._sums = Sums(self)

    def read(self) -> s.Node:
        """The tree of all tokens.

        Raises
        ------
        ParseError
            When they are no expression.
        """
        node: s.Node = finish(self.flat(SUM))
        left = self.stream.peek()
        if left is not None:
            self.stream.unexpected(left)
        return node

    # ---- sums and products -----------------------------------------------------------------------

    def flat(self, level: int) -> Parse:
        """Factors and the operators between them, down to operators of a level."""
        stream = self.stream
        operators: list[str] = []
        nodes: list[s.Node] = []
        first = self._sign()
        if first is not None and level > SUM:
            inside = yield self.flat(level)
            return s.Signed((first.span[0], inside.span[1]), -1 if first.text == "-" else 1, inside)
        while True:
            sign = self._sign() if operators else None
            node = yield self.factor()
            if sign is not None:
                node = s.Signed((sign.span[0], node.span[1]), -1 if sign.text == "-" else 1, node)
            nodes.append(node)
            found = self._operator()
            if found is None or _LEVELS.get(found, JUXTAPOSED) < level:
                break
            if found:
                stream.place += 1
            operators.append(found)
        return self._folded(operators, nodes, first)

    def _sign(self) -> Token | None:
        """A sign before an operand."""
        token = self.stream.peek()
        if token is None or not token.is_sign("+-"):
            return None
        self.stream.place += 1
        return token

    def _operator(self) -> str | None:
        """The operator that comes next, ``""`` where an operand follows, ``None`` where neither does."""
        token = self.stream.peek()
        if token is None:
            return None
        if token.kind == "sign":
            if token.text in "+-⋅/:":
                return token.text
            if token.text == "*":
                return "∗"
            return "" if token.text in ("{", ONES, ZEROS) else None
        if token.kind == "command":
            if token.text in ("pm", "mp"):
                self.stream.fail(
                    phrase(r"\{token} says two things at once", token=token.text),
                    token.span,
                    phrase("one formula for each sign"),
                )
            if token.text in c.OPERATORS:
                return c.OPERATORS[token.text]
            return None if token.text in ("over", "atop", "choose") else ""
        return "" if self.starts_operand() else None

    def starts_operand(self) -> bool:
        """Whether a factor can begin here."""
        token = self.stream.peek()
        if token is None:
            return False
        match token.kind:
            case "number" | "letter" | "open" | "bar_open" | "begin" | "double":
                return True
            case "word":
                after = self.stream.peek(1)
                if token.text == "where" and after is not None and after.kind == "open":
                    return True
                return token.text.split()[0] not in STOPPING_WORDS and token.text not in STOPPING_WORDS
            case "sign":
                return token.text in ("{", ONES, ZEROS)
            case "command":
                return token.text not in c.OPERATORS and token.text not in (
                    "over",
                    "atop",
                    "choose",
                    "pm",
                    "mp",
                )
            case "bar":
                return not self._brackets.closes(token)
        return False

    def _folded(self, operators: Sequence[str], nodes: list[s.Node], first: Token | None) -> s.Node:
        """Factors and operators as one tree, the closest operators first."""
        for level in (JUXTAPOSED, KRONECKER, HADAMARD, FROBENIUS):
            operators, nodes = self._fold(level, operators, nodes)
        terms = [
            (1, nodes[0]),
            *((1 if o == "+" else -1, n) for o, n in zip(operators, nodes[1:], strict=True)),
        ]
        if first is not None:
            start = terms[0][1]
            signed = s.Signed((first.span[0], start.span[1]), -1 if first.text == "-" else 1, start)
            terms[0] = (1, signed)
        if len(terms) == 1:
            return terms[0][1]
        check_after_sum(self.stream, [term for _, term in terms])
        return s.Sum(joined_span([term for _, term in terms]), terms)

    def _fold(
        self, level: int, operators: Sequence[str], nodes: Sequence[s.Node]
    ) -> tuple[list[str], list[s.Node]]:
        """Join the operands of one level."""
        rest: list[str] = []
        out: list[s.Node] = []
        run: list[tuple[str, s.Node]] = [("", nodes[0])]
        for operator, node in zip([*operators, "+"], [*nodes[1:], nodes[0]], strict=True):
            if _LEVELS.get(operator, JUXTAPOSED) == level:
                run.append((operator, node))
                continue
            out.append(self._joined(level, run))
            rest.append(operator)
            run = [("", node)]
        return rest[:-1], out

    def _joined(self, level: int, run: list[tuple[str, s.Node]]) -> s.Node:
        if len(run) == 1:
            return run[0][1]
        span = joined_span([node for _, node in run])
        if level == FROBENIUS:
            value = run[0][1]
            for _, node in run[1:]:
                value = s.Call(joined_span([value, node]), s.Name(span, "dot"), (value, node))
            return value
        if level == KRONECKER and any(operator == "⊕" for operator, _ in run):
            value = run[0][1]
            for operator, node in run[1:]:
                place = joined_span([value, node])
                if operator == "⊕":
                    value = s.Call(place, s.Name(span, "kron_sum"), (value, node))
                else:
                    value = s.Product(place, [("", value), (operator, node)])
            return value
        return s.Product(span, run)

    # ---- factors ---------------------------------------------------------------------------------

    def factor(self) -> Parse:
        """One factor with its scripts."""
        token = self.stream.take()
        span = token.span
        match token.kind:
            case "number":
                return (yield self._number(token))
            case "letter":
                return (yield self._letters.run(token))
            case "word":
                return (yield self._letters.word(token))
            case "command":
                return (yield self._command(token))
            case "open":
                return (yield self._brackets.round(token))
            case "bar" | "bar_open":
                return (yield self._brackets.bars(token))
            case "begin" if token.text in c.CASES:
                return (yield self._piecewise.cases(token))
            case "begin":
                return (yield self._brackets.matrix(token))
            case "double":
                refuse_command(self.stream, token, token.text)
            case "sign" if token.text == "{":
                return (yield self._brackets.braces(token))
            case "sign" if token.text in (ONES, ZEROS):
                return (yield self._letters.bold(token))
            case "sign" if token.text == "-" or token.text == "+":
                inside = yield self.factor()
                return s.Signed((span[0], inside.span[1]), -1 if token.text == "-" else 1, inside)
        self.stream.place -= 1
        if self.stream.place and token.kind not in ("sign", "close", "row", "relation"):
            self.stream.unexpected(token)
        if token.kind in ("close", "bar_close", "row", "relation") or token.is_sign("}&,;."):
            before = self.stream.quote(self.stream.tokens[self.stream.place - 1]) if self.stream.place else ""
            after = phrase(" after {before}", before=before) if before else ""
            self.stream.fail(
                phrase(
                    "an operand is missing{after} before {token}", after=after, token=self.stream.quote(token)
                ),
                span,
            )
        self.stream.unexpected(token)

    def _number(self, token: Token) -> Parse:
        """A number; 1 and 0 with a size below them are columns or matrices."""
        after = self.stream.peek()
        if after is not None and after.is_sign("_") and token.text in ("1", "0"):
            return (yield self._letters.bold(token))
        return (yield self.scripts(s.Num(token.span, exact(token.text, token.span))))

    def _command(self, token: Token) -> Parse:
        name, stream = token.text, self.stream
        if name in c.LETTERS:
            letter = c.LETTERS[name]
            spelled = name if self.stream.known(letter) is None and self.stream.known(name) else letter
            return (yield self._letters.command(spelled, token))
        if name in c.VARIANTS:
            spelled = stream.known(name) or c.VARIANTS[name]
            return (yield self._letters.command(spelled, token))
        if name in c.ACCENTS or name in c.SILENT_ACCENTS:
            return (yield self._letters.accent(token))
        if name in ("frac", "tfrac", "dfrac", "cfrac", "nicefrac", "sfrac", "flatfrac", "frac*"):
            return (yield self._fraction(token))
        if name == "sqrt":
            return (yield self._root(token))
        if name in ("binom", "dbinom", "tbinom"):
            return (yield self._binomial(token))
        if (
            name in ("norm", "abs", "qty", "magn")
            and (after := stream.peek()) is not None
            and after.is_sign("{")
        ):
            return (yield self._brackets.in_braces(name, token))
        if name in ("sum", "prod") or (name in EXTREMA and self._sums.binds_an_index()):
            return (yield self._sums.indexed(token, name))
        if name in ("nabla", "partial") and (derived := self._gradient(token)) is not None:
            return (yield self.named(*derived))
        if name in ("infty", "partial", "nabla", "dv", "pdv", "dd", "odv", "derivative", "grad", "Jac"):
            refuse_command(stream, token, name)
        if name in ("min", "max", "argmin", "argmax", "arg", "operatorname*"):
            return (yield self._functions.extremum(name, token))
        if name in ("ldots", "cdots", "dots", "vdots", "ddots", "dotsc", "dotsb"):
            stream.fail(
                phrase("an ellipsis leaves open what it stands for"), token.span, r"\sum_{i=1}^{n} x_i"
            )
        if stream.known(name) is not None:
            return (yield self.named(str(stream.known(name)), token.span))
        function = self._functions.of_command(name)
        if function is not None:
            return (yield self.applied(function, token.span))
        if name in c.TRANSPOSE_COMMANDS:
            stream.fail(
                phrase(r"the sign \{name} of the transpose stands in an exponent", name=name),
                token.span,
                rf"X^\{name}",
            )
        refuse_command(stream, token, name)

    def _gradient(self, token: Token) -> tuple[str, s.Span] | None:
        """``∇f`` of a declared function that is only a name, ``∇²f``, and ``∂₁₂f`` by its arguments."""
        stream, start = self.stream, self.stream.place
        at, kind = "", "grad" if token.text == "nabla" else "D"
        while (script := stream.peek()) is not None and script.is_sign("_^"):
            stream.place += 1
            key = key_of(stream.argument(script))
            if script.text == "^" and key == "2":
                kind = "H"
            elif script.text == "_" and key.isdigit():
                at = key
            else:
                break
        following = stream.peek()
        name = None
        if following is not None and following.kind in ("letter", "word"):
            name = following.text
        elif following is not None and following.kind == "command" and following.text in c.LETTERS:
            name = c.LETTERS[following.text]
        is_named = name is not None and name in stream.words.functions
        if following is None or not is_named or (kind == "D" and not at):
            stream.place = start
            return None
        stream.place += 1
        return f"{kind}{at}_{name}", (token.span[0], following.span[1])

    def _fraction(self, token: Token) -> Parse:
        stream = self.stream
        above = stream.argument(token)
        below = stream.argument(token)
        if is_derivative(above, below):
            refuse_command(stream, token, "frac")
        top = yield stream.within(above, self.flat(SUM), token.span)
        bottom = yield stream.within(below, self.flat(SUM), token.span)
        span = (token.span[0], max(stream.end()[1], token.span[1]))
        quotient = s.Product(span, [("", _grouped(top)), ("/", _grouped(bottom))])
        return (yield self.scripts(s.Group(span, (quotient,), False)))

    def _binomial(self, token: Token) -> Parse:
        stream = self.stream
        top = yield stream.within(stream.argument(token), self.flat(SUM), token.span)
        bottom = yield stream.within(stream.argument(token), self.flat(SUM), token.span)
        span = (token.span[0], max(stream.end()[1], token.span[1]))
        return (yield self.scripts(binomial(top, bottom, span)))

    def _root(self, token: Token) -> Parse:
        stream = self.stream
        degree: list[Token] | None = None
        after = stream.peek()
        if after is not None and after.kind == "open" and after.text == "[":
            stream.place += 1
            degree = []
            while (inside := stream.peek()) is not None and inside.kind != "close":
                degree.append(stream.take())
            if stream.peek() is None:
                stream.fail(phrase("[ is never closed"), after.span)
            stream.place += 1
        under = stream.argument(token)
        inside_node = yield stream.within(under, self.flat(SUM), token.span)
        span = (token.span[0], max(stream.end()[1], inside_node.span[1]))
        if degree is None or [t.text for t in degree] == ["2"]:
            node: s.Node = s.Call(span, s.Name(token.span, "sqrt"), (inside_node,))
            return (yield self.scripts(node))
        number = yield stream.within(degree, self.flat(SUM), token.span)
        one = s.Num(number.span, Fraction(1))
        exponent = s.Product(number.span, [("", one), ("/", _grouped(number))])
        return (
            yield self.scripts(s.Group(span, (s.Power(span, ".^", _grouped(inside_node), exponent),), False))
        )

    # ---- what the parts ask for --------------------------------------------------------------------

    def scripts(self, node: s.Node) -> Parse:
        """What is attached to a piece: powers, primes, entries."""
        return self._scripts.on(node)

    def raised(self, base: s.Node, exponent: Sequence[Token], span: s.Span) -> Parse:
        """A piece with one exponent."""
        return self._scripts.raised(base, exponent, span)

    def items(self, opened: Token) -> Parse:
        """What stands in a bracket that was opened, by its commas."""
        return self._brackets.items(opened)

    def extremum(self, name: str, token: Token) -> Parse:
        """max and min of arguments or of all entries; over a variable they ask for a point."""
        return self._functions.extremum(name, token)

    def named(self, name: str, span: s.Span) -> Parse:
        """A name with its scripts, applied to what follows where it is a function."""
        return self._letters.named(name, span)

    def applied(self, function: str, span: s.Span) -> Parse:
        """A function of the language applied to what follows."""
        return self._functions.applied(function, span)


def _grouped(node: s.Node) -> s.Node:
    """A piece that stands above or below a bar, as in brackets."""
    return s.Group(node.span, (node,), False) if isinstance(node, (s.Sum, s.Product, s.Signed)) else node


def is_derivative(above: Sequence[Token], below: Sequence[Token]) -> bool:
    """Whether a fraction is a derivative: ∂ above and below, or d f / d x."""

    def starts(tokens: Sequence[Token]) -> str:
        if not tokens:
            return ""
        if tokens[0].is_command("partial"):
            return "∂"
        return "d" if tokens[0].text == "d" and tokens[0].kind in ("letter", "word") else ""

    first, second = starts(above), starts(below)
    if second == "∂" or first == "∂":
        return True
    return second == "d" and first == "d" and len(below) > 1
