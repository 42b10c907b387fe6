"""Functions applied to what follows: a bracket, braces, bars, or bare factors.

``tr`` without brackets takes the whole product, ``log`` and its like one factor, one function or one sum.
Where the end of what is taken is not seen, it is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.latex import commands as c
from matgrad.language.latex.labels import Labels, key_of
from matgrad.language.latex.letters import function_named
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.stream import Core, Parse
from matgrad.language.names import is_capital

_WHOLE = frozenset(("tr",))
"""Functions that take the whole product."""
_OF_PRODUCTS = frozenset(("det", "logdet"))
"""Functions of square matrices, of which the types say how far they reach."""
_SCALAR = _WHOLE | _OF_PRODUCTS
_LOGARITHMS = frozenset(("log", "log2", "log10"))
_LOGARITHMS_OF = {"det": "logdet", "gammafn": "lgamma", "gaussian_pdf": "gaussian_logpdf"}
"""The logarithms of functions that are functions of their own, with a larger domain or range of numbers."""
_INVERTED = {"sin": "asin", "cos": "acos", "tan": "atan", "tanh": "", "sinh": "", "cosh": ""}
_JUXTAPOSED, _FROBENIUS = 4, 1


def _block_diagonal(items: Sequence[s.Node], span: s.Span) -> s.Blocks:
    """The matrix with blocks on its diagonal, and zeros beside them."""
    zero = s.Num(span, Fraction(0))
    return s.Blocks(span, tuple(tuple(a if a is b else zero for a in items) for b in items))


class Functions:
    """Reads the functions of one formula."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._labels = Labels(core)

    def of_command(self, name: str) -> str | None:
        """The function that a command names, where no macro says otherwise."""
        if name in c.NO_FUNCTIONS:
            return None
        if name in c.COMMAND_FUNCTIONS or len(name) > 2 or name in ("tr", "Tr"):
            return function_named(name)
        return None

    def applied(self, function: str, span: s.Span) -> Parse:
        """A function of the language, its scripts, and what it applies to."""
        stream = self._core.stream
        below: list[Token] | None = None
        above: list[Token] | None = None
        while (token := stream.peek()) is not None and token.is_sign("_^'"):
            if token.text == "'":
                stream.fail(phrase("{function}' is not a function here", function=function), token.span)
            stream.place += 1
            if token.text == "_":
                below = stream.argument(token)
            else:
                above = stream.argument(token)
        name, extra = yield self._with_index(function, below, span)
        entrywise = False
        power: list[Token] | None = None
        if above is not None:
            solid = [t for t in above if not t.is_sign("{}")]
            if len(solid) == 1 and solid[0].is_command("circ", "odot"):
                entrywise = True
            elif key_of(solid) == "-1" and _INVERTED.get(function):
                name = _INVERTED[function]
            else:
                power = above
                self._check_inverse(function, solid, span)
        opened = stream.peek()
        node, is_closed = yield self._argument(name, span, extra, entrywise)
        if power is not None:
            node = yield self._core.raised(node, power, (span[0], node.span[1]))
        after = stream.peek()
        if is_closed and after is not None and opened is not None and after.is_sign("^") and name == "tr":
            self._check_power(node, opened)
        if is_closed and after is not None and after.is_sign("^'_"):
            node = yield self._with_script(name, node, after)
        return node

    # ---- scripts of the function -----------------------------------------------------------------------

    def _with_index(self, function: str, below: list[Token] | None, span: s.Span) -> Parse:
        """The function with what stands below it: log_2, unvec_{m×n}, λ_max, softmax_i."""
        stream = self._core.stream
        if below is None:
            return function, ()
        key = key_of(below)
        if function == "log":
            if key in ("e", "E"):
                return "log", ()
            if key in ("2", "10"):
                return f"log{key}", ()
        if function == "unvec":
            return "unvec", tuple((yield self._labels.sizes(below, Token("sign", "_", span))))
        if function in ("tr", "norm", "abs", "vec", "det"):
            stream.fail(
                phrase("what stands below {function} is not read", function=function),
                span,
                rf"\operatorname{{{function}}}(X)",
            )
        stream.fail(
            phrase("an index below {function} is not read", function=function),
            span,
            phrase("the entry of the value: {function}(x)_{{{key}}}", function=function, key=key),
        )

    def _check_inverse(self, function: str, solid: Sequence[Token], span: s.Span) -> None:
        """Ask about ``tanh^{-1}``, the inverse function or the reciprocal."""
        stream = self._core.stream
        key = key_of(solid)
        if key == "-1" and function in (*_INVERTED, "log", "exp", "vec"):
            inverse = _INVERTED.get(function)
            first = (
                phrase(r"\operatorname{{{inverse}}}(x) for the inverse function, ", inverse=inverse)
                if inverse
                else ""
            )
            stream.fail(
                phrase("{function}^{{-1}} may be the inverse function or the reciprocal", function=function),
                span,
                phrase("{first}1/{function}(x) for the reciprocal", first=first, function=function),
            )
        if solid and (solid[0].is_command("top", "intercal") or key == "T"):
            stream.fail(
                phrase("{function}^T is not a function here", function=function), span, f"{function}(x)^\\top"
            )

    def _check_power(self, node: s.Node, opened: Token) -> None:
        r"""Ask about ``\operatorname{tr}[(S - Σ)V]^2``, the square of the trace or the trace of the square.

        Behind round brackets an integer is the power of the trace, as in tr(A)²; a root may be the matrix's.
        """
        stream = self._core.stream
        above: list[Token] = []
        place, depth = stream.place + 1, 0
        while place < len(stream.tokens) and (depth or not above):
            token = stream.tokens[place]
            depth += token.is_sign("{") - token.is_sign("}")
            above.append(token)
            place += 1
        solid = [t for t in above if not t.is_sign("{}")]
        is_power = bool(solid) and (
            solid[0].kind == "number" or solid[0].is_command("frac", "tfrac", "dfrac")
        )
        is_root = is_power and (len(solid) > 1 or solid[0].kind == "command")
        if not is_power or not (is_root or (opened.kind == "open" and opened.text in "[{")):
            return
        end = above[-1].span[1]
        power = stream.text[above[0].span[0] : end]
        text, inside = stream.piece(node, node), "X"
        if isinstance(node, s.Call) and len(node.args) == 1:
            inside = stream.piece(node.args[0], node.args[0])
        stream.fail(
            phrase("the exponent may belong to the trace or to the matrix in the brackets"),
            (node.span[0], end),
            phrase(
                "({text})^{power} for the trace's, "
                r"\operatorname{{tr}}(({inside})^{power}) for the matrix's",
                text=text,
                power=power,
                inside=inside,
            ),
        )

    def _with_script(self, name: str, node: s.Node, after: Token) -> Parse:
        """A script behind the bracket of a function."""
        stream = self._core.stream
        behind = [t for t in stream.tokens[stream.place + 1 : stream.place + 3] if not t.is_sign("{")]
        is_turned = bool(behind) and behind[0].is_command("top", "intercal")
        if after.is_sign("^") and name in _LOGARITHMS and not is_turned:
            text = stream.piece(node, node)
            inside = stream.piece(node.args[0], node.args[0]) if isinstance(node, s.Call) else "x"
            stream.fail(
                phrase("the exponent may belong to {name} or to its argument", name=name),
                (node.span[0], after.span[1]),
                phrase(
                    r"\{name}^2({inside}) or ({text})^2 for the power of the logarithm, "
                    r"\{name}(({inside})^2) for the logarithm of the power",
                    name=name,
                    inside=inside,
                    text=text,
                ),
            )
        if after.is_sign("^") and name in _WHOLE and not is_turned and not self._is_whole_power():
            text = stream.piece(node, node)
            inside = stream.piece(node.args[0], node.args[0]) if isinstance(node, s.Call) else "X"
            stream.place += 1
            tokens = stream.argument(after)
            end = tokens[-1].span[1] if tokens else after.span[1]
            power = f"^{{{stream.text[after.span[1] : end].lstrip(' {')}}}"
            stream.fail(
                phrase("the exponent may belong to the trace or to its argument"),
                (node.span[0], end),
                phrase(
                    r"\left({text}\right){power} for the power of the trace, "
                    r"\operatorname{{tr}}\left(({inside}){power}\right) for the trace of the "
                    "power",
                    text=text,
                    power=power,
                    inside=inside,
                ),
            )
        return (yield self._core.scripts(node))

    def _is_whole_power(self) -> bool:
        """Whether what stands above is a positive whole number: tr(A)² is the square of a number."""
        stream = self._core.stream
        first, number, end = (stream.peek(ahead) for ahead in (1, 2, 3))
        if first is not None and first.is_sign("{"):
            return number is not None and number.text.isdigit() and end is not None and end.is_sign("}")
        return first is not None and first.text.isdigit()

    # ---- arguments -------------------------------------------------------------------------------------

    def _argument(self, name: str, span: s.Span, extra: Sequence[s.Node], entrywise: bool) -> Parse:
        """The function with its argument, and whether the argument has an end of its own."""
        stream = self._core.stream
        token = stream.peek()
        if token is None:
            stream.fail(
                phrase("{stream} has no argument", stream=stream.text[span[0] : span[1]]), span, f"{name}(x)"
            )
        if token.kind == "open" and token.text != "⟨":
            stream.place += 1
            items = yield self._core.items(token)
            end = stream.end()[1]
            node = self._call(name, items, (span[0], end), span, extra, entrywise)
            if name in _SCALAR and isinstance(node, s.Call):
                node = yield self._whole_product(name, node, items, span, token)
            return node, True
        if token.is_sign("{"):
            return (yield self._braced(name, token, span, extra, entrywise)), True
        if name in _WHOLE:
            inside = yield self._core.flat(_FROBENIUS)
            return self._call(name, [inside], (span[0], inside.span[1]), span, extra, entrywise), False
        return (yield self._bare(name, span, extra, entrywise)), False

    def _braced(
        self, name: str, token: Token, span: s.Span, extra: Sequence[s.Node], entrywise: bool
    ) -> Parse:
        """The braces hold the argument; what they look like without is asked about."""
        stream = self._core.stream
        inside = yield stream.within(stream.argument(token), self._core.flat(0), token.span)
        end = max(stream.end()[1], inside.span[1])
        items: list[s.Node] = [inside]
        if isinstance(inside, s.Group) and inside.is_list:
            items = list(inside.items)
        after = stream.peek()
        if after is not None and after.is_sign("^") and not isinstance(inside, (s.Group, s.Bars)):
            text = stream.piece(inside, inside)
            stream.fail(
                phrase("the exponent may belong to {name} or to its argument", name=name),
                (span[0], after.span[1]),
                phrase(
                    "({name} {text})^{{…}} for the value's power, {name}({text}^{{…}}) for the argument's",
                    name=name,
                    text=text,
                ),
            )
        node = self._call(name, items, (span[0], end), span, extra, entrywise)
        if name not in _LOGARITHMS or len(items) != 1 or isinstance(inside, (s.Group, s.Bars)):
            return node
        if after is None or not (after.kind == "letter" or after.is_command("sqrt", *c.LETTERS)):
            return node
        rest = yield self._core.flat(
            _JUXTAPOSED
        )  # braces are not seen: \log{2\pi}\sigma looks like \log 2\pi\sigma
        others = rest.factors if isinstance(rest, s.Product) else [("", rest)]
        whole = s.Product((inside.span[0], rest.span[1]), [("", inside), *others])
        taken = self._call(name, [whole], (span[0], whole.span[1]), span, extra, entrywise)
        apart = s.Product((span[0], whole.span[1]), [("", node), *others])
        question, spellings = self._question(name, inside, stream.piece(rest, rest))
        return s.Either(apart.span, (apart, taken), question, spellings, first_of_matrices=True)

    def _whole_product(
        self, name: str, node: s.Call, items: Sequence[s.Node], span: s.Span, opened: Token
    ) -> Parse:
        """``tr (X − Y)^T (X − Y)``: a bracket that is transposed or followed by one begins the product."""
        stream = self._core.stream
        token = stream.peek()
        if token is None or len(items) != 1:
            return node
        is_turned = token.is_sign("^") and self._turns(1)
        follows = token.kind == "open" and name in _WHOLE and self._repeats(opened, items[0])
        if not (is_turned or follows):
            return node
        start = s.Group((opened.span[0], node.span[1]), tuple(items), False)
        place = stream.place
        first = yield self._core.scripts(start)
        rest: list[tuple[str, s.Node]] = [("", first)]
        if self._core.starts_operand():
            more = yield self._core.flat(_JUXTAPOSED)
            rest += more.factors if isinstance(more, s.Product) else [("", more)]
        whole = s.Product((first.span[0], rest[-1][1].span[1]), rest) if len(rest) > 1 else first
        taken = s.Call((span[0], whole.span[1]), node.function, (whole,))
        if is_turned:
            return taken
        stream.place = place
        after = yield self._core.flat(_JUXTAPOSED)
        others = after.factors if isinstance(after, s.Product) else [("", after)]
        apart = s.Product((span[0], after.span[1]), [("", node), *others])
        return self._either(taken, apart, name, whole, items[0])

    def _repeats(self, opened: Token, item: s.Node) -> bool:
        """Whether the bracket that follows is the same one, or is transposed: tr(X − Y)(X − Y)^T."""
        stream = self._core.stream
        at, depth = 0, 0
        inside: list[str] = []
        while (token := stream.peek(at)) is not None:
            depth += (token.kind == "open") - (token.kind == "close")
            inside.append(token.text)
            at += 1
            if depth == 0:
                break
        before: list[str] = []
        back = stream.place - 1
        while back >= 0 and stream.tokens[back].span[0] >= opened.span[0]:
            before.insert(0, stream.tokens[back].text)
            back -= 1
        token = stream.peek(at)
        return inside == before or (
            isinstance(item, s.Sum) and token is not None and token.is_sign("^") and self._turns(at + 1)
        )

    def _turns(self, ahead: int) -> bool:
        """Whether the exponent that comes next is the transpose."""
        stream = self._core.stream
        inside: list[Token] = []
        at = ahead
        while (token := stream.peek(at)) is not None and len(inside) < 3:
            if not token.is_sign("{}"):
                inside.append(token)
                break
            at += 1
        return bool(inside) and (
            inside[0].is_command(*c.TRANSPOSE_COMMANDS)
            or (inside[0].kind in ("letter", "word") and inside[0].text == "T")
        )

    def _either(self, taken: s.Node, apart: s.Node, name: str, whole: s.Node, first: s.Node) -> s.Either:
        stream = self._core.stream
        rest = stream.text[first.span[1] : whole.span[1]].strip(" )\n")
        question = phrase("how far {name} reaches is not clear here", name=name)
        spellings = phrase(
            r"\{name}({whole}) for all of it, (\{name}({first})) {rest} for the first factor alone",
            name=name,
            whole=stream.piece(whole, whole),
            first=stream.piece(first, first),
            rest=rest,
        )
        return s.Either(taken.span, (taken, apart), question, spellings)

    def _bare(self, name: str, span: s.Span, extra: Sequence[s.Node], entrywise: bool) -> Parse:
        """A function without brackets: one factor, unless more must be meant."""
        stream = self._core.stream
        sign = stream.peek()
        if sign is not None and sign.is_sign("+-"):
            inside = yield self._core.flat(_FROBENIUS)
            return self._call(name, [inside], (span[0], inside.span[1]), span, extra, entrywise)
        start = stream.peek()
        first = yield self._core.factor()
        assert start is not None
        if name == "log" and isinstance(first, s.Call) and first.function.text in _LOGARITHMS_OF:
            joined_name = _LOGARITHMS_OF[first.function.text]
            return s.Call((span[0], first.span[1]), s.Name(span, joined_name), first.args)
        alone = self._call(name, [first], (span[0], first.span[1]), span, extra, entrywise)
        after = stream.peek()
        if after is None or isinstance(first, (s.Indexed, s.Either)):
            return alone
        if isinstance(first, s.Num):
            return (yield self._numbered(name, first, span, extra, entrywise))
        is_solid = start.is_command("frac", "tfrac", "dfrac", "sqrt")
        is_closed = start.kind in ("bar", "bar_open") or (is_solid and name not in _LOGARITHMS)
        if is_closed and name in _LOGARITHMS and after.kind in ("bar", "bar_open"):
            is_closed = False  # log |A| |B|
        if after.is_sign("/"):
            self._ask(name, alone, first, after)
        if is_closed or not self._core.starts_operand():
            return alone
        if after.kind == "command" and (
            after.text == "Gamma"
            or (self.of_command(after.text) is not None and not self._is_root(name, after))
            or after.text in ("sum", "prod", "frac", "tfrac", "dfrac")
        ):
            return alone
        if after.kind == "word" and function_named(after.text) is not None:
            return alone
        rest = yield self._core.flat(_JUXTAPOSED)
        if name in ("max", "min"):
            self._refuse_point(Token("command", name, span), name)
        others = rest.factors if isinstance(rest, s.Product) else [("", rest)]
        whole = s.Product((first.span[0], rest.span[1]), [("", first), *others])
        taken = self._call(name, [whole], (span[0], whole.span[1]), span, extra, entrywise)
        apart = s.Product((span[0], whole.span[1]), [("", alone), *others])
        if name in _OF_PRODUCTS:
            return self._either(taken, apart, name, whole, first)
        question, spellings = self._question(name, first, stream.piece(rest, rest))
        return s.Either(apart.span, (apart, taken), question, spellings, first_of_matrices=True)

    @staticmethod
    def _is_root(name: str, after: Token) -> bool:
        r"""Whether a root stands behind the argument of a logarithm: \log\sigma\sqrt{2\pi} is one."""
        return name in _LOGARITHMS and after.is_command("sqrt")

    def _numbered(
        self, name: str, first: s.Node, span: s.Span, extra: Sequence[s.Node], entrywise: bool
    ) -> Parse:
        """``log 2πσ²``: behind a number all scalars belong to the argument."""
        stream = self._core.stream
        factors: list[tuple[str, s.Node]] = [("", first)]
        while (token := stream.peek()) is not None:
            is_letter = token.kind == "letter" or (token.kind == "command" and token.text in c.LETTERS)
            if not (is_letter or (token.kind in ("bar", "bar_open") and self._core.starts_operand())):
                break
            factors.append(("", (yield self._core.factor())))
        inside = s.Product((first.span[0], factors[-1][1].span[1]), factors) if len(factors) > 1 else first
        node = self._call(name, [inside], (span[0], inside.span[1]), span, extra, entrywise)
        after = stream.peek()
        if after is not None and (after.kind == "open" or after.is_sign("/")):
            self._ask(name, node, inside, after)
        return node

    def _ask(self, name: str, node: s.Node, inside: s.Node, after: Token) -> None:
        """Ask what a function without brackets applies to.

        Raises
        ------
        ParseError
            With both readings.
        """
        end, rest = self._rest(after)
        question, spellings = self._question(name, inside, rest, "" if after.is_sign("/") else " ")
        self._core.stream.fail(question, (node.span[0], max(after.span[1], end)), spellings)

    def _question(self, name: str, inside: s.Node, rest: str, joint: str = " ") -> tuple[Phrase, Phrase]:
        """What is asked about a function without brackets, and the spelling of both readings."""
        text = self._core.stream.piece(inside, inside)
        return (
            phrase("what {name} applies to is not clear here", name=name),
            phrase(
                r"\{name}({text}{joint}{rest}) for all of it, \{name}({text}){joint}{rest} "
                "for the first alone",
                name=name,
                text=text,
                joint=joint,
                rest=rest,
            ),
        )

    def _rest(self, after: Token) -> tuple[int, str]:
        """The text up to the next sign that ends the product."""
        stream = self._core.stream
        at = depth = 0
        end = after.span[1]
        while (token := stream.peek(at)) is not None:
            depth += (token.kind == "open" or token.is_sign("{")) - (
                token.kind == "close" or token.is_sign("}")
            )
            ends = token.is_sign("+-,;") or token.kind in ("relation", "row", "end", "bar_close", "word")
            if depth < 0 or (depth == 0 and ends and at):
                break
            end = max(end, token.span[1])
            at += 1
        return end, " ".join(stream.text[after.span[0] : end].split())

    # ---- the call ----------------------------------------------------------------------------------------

    def _call(
        self,
        name: str,
        items: Sequence[s.Node],
        span: s.Span,
        place: s.Span,
        extra: Sequence[s.Node],
        entrywise: bool,
    ) -> s.Node:
        """The function applied to its arguments; a list in brackets of their own is a list of them."""
        if (len(items) == 1 and isinstance(items[0], s.Group) and items[0].is_list) or (
            len(items) == 1 and isinstance(items[0], s.Group)
        ):
            items = items[0].items
        if name == "log" and len(items) == 1 and not entrywise and isinstance(items[0], s.Call):
            inside = items[0]
            if inside.function.text in ("gammafn", "gaussian_pdf"):
                return s.Call(span, s.Name(place, _LOGARITHMS_OF[inside.function.text]), inside.args)
        is_block = name == "diag" and "bl" in self._core.stream.text[slice(*place)]
        if is_block or (name == "diag" and len(items) > 1):
            capital = any(isinstance(item, s.Name) and is_capital(item.text) for item in items)
            if is_block or capital:
                return _block_diagonal(items, span)
            items = (s.Blocks(span, tuple((item,) for item in items)),)  # diag(a, b) of its entries
        return s.Call(span, s.Name(place, name), (*items, *extra), entrywise=entrywise)

    # ---- extrema ------------------------------------------------------------------------------------------

    def extremum(self, name: str, token: Token) -> Parse:
        """max and min of arguments or of all entries; over a variable they ask for a point."""
        stream = self._core.stream
        after = stream.peek()
        if name in ("argmin", "argmax", "arg"):
            self._refuse_point(token, name)
        if after is not None and after.is_sign("_"):
            self._refuse_point(token, name)
        return (yield self.applied(name, token.span))

    def _refuse_point(self, token: Token, name: str) -> None:
        """Say what a minimum over a variable asks for.

        Raises
        ------
        ParseError
            Always.
        """
        word = phrase("largest") if "max" in name else phrase("smallest")
        self._core.stream.fail(
            phrase(
                "{token} asks where a function is {word}, which is no expression",
                token=self._core.stream.quote(token),
                word=word,
            ),
            token.span,
            phrase(
                "the function alone for its derivative; mg.stationary(f, x), or matgrad "
                "stationary for the point"
            ),
        )
