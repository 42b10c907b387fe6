"""What stands below and above a name: a label, indices, a size, or a power."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from fractions import Fraction

from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.looks import joined
from matgrad.language.latex.stream import Core, Parse
from matgrad.language.names import plain
from matgrad.language.places import shift_label
from matgrad.language.vec_names import vec_matrix


def key_of(tokens: Sequence[Token]) -> str:
    """A script as plain text: letters, digits and signs without braces."""
    names = {**c.LETTERS, **c.VARIANTS, "max": "max", "min": "min", "star": "*", "ast": "*", "infty": "∞"}
    return "".join(
        names.get(t.text, t.text) if t.kind == "command" else t.text for t in tokens if not t.is_sign("{}")
    )


def sign_word(key: str) -> str:
    """A script of nothing but stars as a part of a name: the k_** of a prediction is k_starstar."""
    return "star" * len(key) if key and set(key) == {"*"} else key


_SIGNS = {"*": "star", "-": "minus"}
"""Signs above a name, as a part of it: the optimum, and the state before a measurement."""


@dataclass(slots=True)
class Labelled:
    """A name with what belongs to it, and the exponents that do not.

    Attributes
    ----------
    node : Node
        The name, or the name with its indices.
    name : str or None
        The name, where there are no indices.
    primes : int
        The number of primes.
    powers : list of list of Token
        The exponents, in order.
    span : tuple of int
        The place of all of it.
    """

    node: s.Node
    name: str | None
    span: s.Span
    primes: int = 0
    powers: list[list[Token]] = field(default_factory=list)


class Labels:
    """Reads the scripts of names."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._split_off: list[Token] | None = None

    def read(self, name: str, span: s.Span) -> Parse:
        """The scripts behind a name, in whatever order they stand."""
        stream = self._core.stream
        below: list[Token] | None = None
        label = ""
        above: list[Token] | None = None
        result = Labelled(s.Name(span, name), name, span)
        power_first = False
        while (token := stream.peek()) is not None and token.kind == "sign" and token.text in "_^'":
            stream.place += 1
            if token.text == "'":
                result.primes += 1
            elif token.text == "_":
                if below is not None:
                    stream.fail(
                        phrase("two scripts stand below"),
                        token.span,
                        phrase("braces: {x_i}_j, or both in one: x_{ij}"),
                    )
                below = stream.argument(token)
                given = yield from self._given(below)
                if given:
                    label, below = given, None
            else:
                exponent = self._without_indices(name, stream.argument(token), below is not None)
                if above is None and self._split_off is not None:
                    above, self._split_off = self._split_off, None
                if self._is_starred(name, exponent):
                    label, exponent = "star", [t for t in exponent if not t.is_sign("{}")][1:]
                kind = self._kind_of_exponent(name, exponent, below is not None)
                if kind == "prime":
                    result.primes += sum(t.is_command("prime") or t.is_sign("'") for t in exponent)
                elif kind == "indices":
                    above = exponent
                elif kind == "label":
                    label = _SIGNS.get(key_of(exponent), key_of(exponent))
                else:
                    power_first |= below is None
                    result.powers.append(exponent)
            result.span = (span[0], max(stream.end()[1], result.span[1]))
        if above is not None and not label:
            label = self._mark(name, above)
            above = None if label else above
            digits = key_of(below or [])
            if label and digits.isdigit() and stream.known(f"{name}_{label}") is None:
                # Both labels of W_1^{(2)} are parts of its name.
                name, below = f"{name}_{digits}", None
        with_below = f"{name}_{key_of(below)}_prime" if below is not None else ""
        if result.primes and with_below and stream.known(with_below):
            name, label, below, result.primes = f"{name}_{key_of(below or [])}", "prime", None, 0
        if result.primes and stream.known(f"{name}_prime"):
            label, result.primes = "prime", 0
        if label:
            name = self._joined_name(name, label)
            result.node, result.name = s.Name(result.span, name), name
        items: list[s.Node] = []
        shown = ""
        for tokens in (above, below):
            if tokens is None:
                continue
            inside = self._without_bracket(tokens)
            shown += sign_word(key_of(inside))
            items += yield from self._items(inside, result.span, name)
        if items:
            yield from self._attach(result, name, items, shown, below, above)
            if isinstance(result.node, s.Subscripted) and result.powers and _is_pair(items):
                self._check_power(result, power_first)
        return result

    def _without_indices(self, name: str, tokens: list[Token], has_below: bool) -> list[Token]:
        r"""The transpose of ``x^{(i)\top}``; the indices in front are kept for the name."""
        solid = [t for t in tokens if not t.is_sign("{}")]
        closing = next((i for i, t in enumerate(solid) if t.kind == "close"), None)
        if closing is None or closing == len(solid) - 1 or solid[0].kind != "open":
            return tokens
        front = solid[: closing + 1]
        if self._kind_of_exponent(name, front, has_below) != "indices":
            return tokens
        self._split_off = front
        return solid[closing + 1 :]

    def _is_starred(self, name: str, exponent: Sequence[Token]) -> bool:
        r"""Whether a star that belongs to a name stands before its exponent: ``x^{*\top}``."""
        solid = [t for t in exponent if not t.is_sign("{}")]
        is_star = len(solid) > 1 and (solid[0].is_command("star", "ast") or solid[0].is_sign("*"))
        return is_star and self._core.stream.known(f"{name}_star") is not None

    def _kind_of_exponent(self, name: str, tokens: Sequence[Token], has_below: bool) -> str:
        """What an exponent of a name is: a prime, indices in brackets, a label, or a power."""
        stream = self._core.stream
        solid = [t for t in tokens if not t.is_sign("{}")]
        if solid and all(t.is_command("prime") or t.is_sign("'") for t in solid):
            return "prime"
        if len(solid) > 2 and solid[0].kind == "open" and solid[-1].kind == "close" and solid[0].text in "([":
            inside = solid[1:-1]
            if (name != "e" or has_below) and all(
                t.kind in ("number", "letter", "word") or t.is_sign(",+-") for t in inside
            ):
                return "indices"
        if len(solid) == 1:
            token = solid[0]
            if token.kind == "word" and token.text not in ("T", "t", "H", "tr", "top", "transpose"):
                return "label"
            if token.is_sign("-") and name == "e" and stream.known("e") is None:
                stream.fail(
                    phrase("only the sign stands in the exponent: LaTeX takes one"), token.span, "e^{-x}"
                )
            if token.is_sign("-"):
                if stream.known(name) is not None and stream.known(f"{name}_minus") is None:
                    stream.fail(
                        phrase("{name}^- may be a generalized inverse or another variable", name=name),
                        token.span,
                        phrase("{name}^+ for the pseudoinverse, or declare {name}_minus", name=name),
                    )
                return "label"
            if token.is_command("star", "ast") or token.is_sign("*"):
                return "label" if stream.known(f"{name}_star") else "power"
        return "power"

    def _given(self, tokens: list[Token]) -> Parse:
        """The label of x_{k|k-1}, the state of one step given those up to another; empty for any other."""
        stream = self._core.stream
        bars = [i for i, t in enumerate(tokens) if t.kind in ("bar", "relation") and t.text == "|"]
        if len(bars) != 1:
            return ""
        words: list[str] = []
        for side in (tokens[: bars[0]], tokens[bars[0] + 1 :]):
            solid = [t for t in side if not t.is_sign("{}")]
            if not solid:
                return ""
            node = yield stream.within(solid, self._core.flat(0), tokens[bars[0]].span)
            if isinstance(node, s.Name) and len(node.text) == 1:
                words.append(node.text)
            else:
                words.append(str(node.value) if isinstance(node, s.Num) else shift_label(node) or "")
        return "_".join(words) if all(words) else ""

    def _without_bracket(self, tokens: Sequence[Token]) -> list[Token]:
        solid = list(tokens)
        while len(solid) > 1 and solid[0].is_sign("{") and solid[-1].is_sign("}"):
            solid = solid[1:-1]
        if len(solid) > 2 and solid[0].kind == "open" and solid[-1].kind == "close" and solid[0].text in "([":
            return solid[1:-1]
        return solid

    def _mark(self, name: str, above: Sequence[Token]) -> str:
        """The label in brackets above a name, as a part of it; empty where it is an index of members."""
        stream = self._core.stream
        solid = [t for t in above if not t.is_sign("{}")]
        key = key_of(self._without_bracket(above))
        if len(solid) < 3 or not key.isalnum():
            return ""
        kind = "sq" if solid[0].text == "[" else "sup"
        if stream.known(f"{name}_{kind}{key}") is not None:
            return f"{kind}{key}"
        if name == "e":  # e_i^{(n)} is the unit vector of length n
            return ""
        is_label = key.isdigit() or all(t.kind == "word" for t in solid[1:-1])
        is_new = stream.known(name) is None and stream.known(f"{name}_{key}") is None
        return f"{kind}{key}" if is_label and is_new and name not in stream.families else ""

    def _joined_name(self, name: str, label: str) -> str:
        stream = self._core.stream
        joined_name = f"{name}_{label}"
        if not plain(joined_name).isidentifier():
            stream.fail(phrase("the label {label} cannot be part of a name", label=label), stream.end())
        return stream.known(joined_name) or joined_name

    # ---- indices -------------------------------------------------------------------------------------

    def _attach(
        self,
        result: Labelled,
        name: str,
        items: list[s.Node],
        shown: str,
        below: Sequence[Token] | None,
        above: Sequence[Token] | None,
    ) -> Parse:
        """Make a name with a label, or a name with indices."""
        stream = self._core.stream
        key = shown.replace(",", "")
        constant = self._constant(name, result.span, below, above)
        if constant is not None:
            result.node, result.name = (yield constant), None
            return
        full = f"{name}_{key}"
        is_word = len(items) == 1 and isinstance(items[0], s.Text)
        if name in ("J", "H") and key in stream.words.functions and stream.known(name) is None:
            spelled = full
        elif stream.known(full) is not None and key.isalnum():
            spelled = str(stream.known(full))
        elif (
            (is_word and (plain(full).isidentifier()))
            or key in ("max", "min")
            or (key.isdigit() and stream.known(name) is None)
        ):
            spelled = full
        else:
            if above is not None and stream.has_entries(name):
                stream.fail(
                    phrase("{name}^({key}) is not declared, and {name} is one variable", name=name, key=key),
                    result.span,
                    phrase("declare {full}, or {name}_i: n, i = 1..N for members", full=full, name=name),
                )
            if is_word:
                stream.fail(phrase("the label {key} cannot be part of a name", key=key), result.span)
            if any(isinstance(item, s.Slice) for item in items):
                result.node = s.Index(result.span, s.Name(result.node.span, name), tuple(items))
                result.name = None
                return
            bracket = "" if above is None or below is not None else _bracket(above)
            result.node = s.Subscripted(result.span, s.Name(result.node.span, name), tuple(items), bracket)
            result.name = None
            return
        stream.words.spellings.setdefault(spelled, spelled)
        result.node, result.name = s.Name(result.span, spelled), spelled

    def _constant(
        self, name: str, span: s.Span, below: Sequence[Token] | None, above: Sequence[Token] | None
    ) -> Parse | None:
        """The constants of textbooks: unit vectors e_i, and the matrices K_mn, D_n and L_n of vec."""
        stream = self._core.stream
        if below is None or stream.known(name) is not None or stream.known(f"{name}_{key_of(below)}"):
            return None
        letters = [t for t in below if not t.is_sign("{},")]
        if name == "e" and all(t.kind in ("number", "letter") or t.is_sign("+-") for t in letters):
            return self._unit(below, above, span)
        below_it = [t.text for t in letters]
        matrix = vec_matrix(name, below_it, stream.dimensions, stream.text, stream.words.vec_signs)
        if matrix is None or above is not None or any(t.kind not in ("number", "letter") for t in letters):
            return None
        function, digits = matrix
        names = [s.Num(span, Fraction(d)) if d.isdigit() else s.Name(span, d) for d in digits]
        return self._built(s.Call(span, s.Name(span, function), tuple(names)))

    def _built(self, node: s.Node) -> Parse:
        yield from ()
        return node

    def _unit(self, below: Sequence[Token], above: Sequence[Token] | None, span: s.Span) -> Parse:
        """The unit vector e_i; e_i^{(n)} has its length written."""
        stream = self._core.stream
        place = yield stream.within(list(below), self._core.flat(0), span)
        if above is None:
            return s.UnitSign(span, place)
        size = yield stream.within(self._without_bracket(above), self._core.flat(0), span)
        return s.Call(span, s.Name(span, "unit_vector"), (place, size))

    def _items(self, tokens: Sequence[Token], span: s.Span, name: str = "X") -> Parse:
        """The indices of a script; letters side by side stay one name, a word is a label."""
        stream = self._core.stream
        solid = [t for t in tokens if not t.is_sign("{}")]
        if not solid:
            stream.fail(phrase("there is nothing in the script"), span)
        if len(solid) == 1 and (
            solid[0].kind == "word"
            or solid[0].is_command("max", "min", "star", "ast")
            or solid[0].is_sign("*")
        ):
            return [s.Text(solid[0].span, key_of(solid))]
        if len(solid) > 1 and set(key_of(solid)) == {"*"}:
            return [s.Text(joined(solid), key_of(solid))]
        if solid[0].kind == "word" and all(t.kind in ("word", "number", "letter") for t in solid):
            return [s.Text(joined(solid), key_of(solid))]
        pieces: list[list[Token]] = [[]]
        for token in tokens:
            if token.is_sign(",;"):
                pieces.append([])
            else:
                pieces[-1].append(token)
        found: list[s.Node] = []
        for piece in pieces:
            bare = [t for t in piece if not t.is_sign("{}")]
            if not bare:
                continue
            if len(bare) > 1 and len(pieces) == 1 and _is_line(bare, name):
                # The row X_{i·} and the column X_{·j}, without a comma.
                ends = (bare[:1], bare[1:]) if _is_all(bare[0]) else (bare[:-1], bare[-1:])
                for part in ends:
                    whole = _is_all(part[0])
                    read = s.Slice(part[0].span, None, None) if whole else None
                    found.append(read or (yield stream.within(part, self._core.flat(0), span)))
            elif len(bare) == 1 and _is_all(bare[0]):
                found.append(s.Slice(bare[0].span, None, None))
            elif len(bare) > 1 and all(t.kind == "letter" for t in bare):
                word = "".join(t.text for t in bare)
                found.append(s.Name(joined(bare), stream.known(word) or word))
            elif sum(t.is_sign(":") for t in bare) == 1:
                found.append((yield self._slice(bare)))
            else:
                found.append((yield stream.within(piece, self._core.flat(0), span)))
        return found

    def entries(self, tokens: Sequence[Token], span: s.Span) -> Parse:
        """The indices below a bracket; what is one name or number may still be two indices."""
        items = yield from self._items(self._without_bracket(tokens), span)
        word = next((item for item in items if isinstance(item, s.Text)), None)
        if word is not None:
            self._core.stream.fail(
                phrase("the label {word} belongs to a name, and not to a bracket", word=word.value), word.span
            )
        return items

    def _slice(self, tokens: list[Token]) -> Parse:
        """A range of indices: 1:2."""
        stream = self._core.stream
        at = next(i for i, t in enumerate(tokens) if t.is_sign(":"))
        ends: list[s.Node | None] = []
        for part in (tokens[:at], tokens[at + 1 :]):
            ends.append((yield stream.within(part, self._core.flat(0), tokens[at].span)) if part else None)
        return s.Slice(joined(tokens), ends[0], ends[1])

    def _check_power(self, result: Labelled, power_first: bool) -> None:
        """Ask about ``X^{-1}_{ij}``: an entry of the inverse, or the inverse of an entry."""
        stream = self._core.stream
        node = result.node
        assert isinstance(node, s.Subscripted)
        base = node.base.text
        if base in stream.families:
            return  # a family has members, and nothing else that has a power
        exponent = key_of(result.powers[0])
        is_turn = exponent.lstrip("-") in ("T", "top", "intercal", "⊤") or exponent.startswith("-")
        if is_turn or (power_first and base[:1].isupper()):
            below = ", ".join(stream.text[i.span[0] : i.span[1]] for i in node.items)
            shown = "{" + exponent.replace("top", r"\top") + "}"
            stream.fail(
                phrase("the exponent may belong to {base} or to its entry", base=base),
                result.span,
                phrase(
                    "({base}^{shown})_{{{below}}} for the entry of the power, "
                    "({base}_{{{below}}})^{shown} for the power of the entry",
                    base=base,
                    shown=shown,
                    below=below,
                ),
            )

    # ---- sizes ---------------------------------------------------------------------------------------

    def identity(self, span: s.Span) -> Parse:
        """I, and I with its size."""
        stream = self._core.stream
        token = stream.peek()
        node: s.Node = s.Name(span, "I")
        if token is not None and token.is_sign("_"):
            stream.place += 1
            below = stream.argument(token)
            key = key_of(below)
            own = stream.known(f"I_{key}") if key.isalnum() else None
            if own is not None:
                return (yield self._core.scripts(s.Name((span[0], stream.end()[1]), own)))
            if len(key) == 2 and all(letter in stream.bound for letter in key):
                delta = s.Name(span, "δ")
                whole = (span[0], stream.end()[1])
                return (yield self._core.scripts(s.Subscripted(whole, delta, (s.Name(whole, key),))))
            sizes = yield self.sizes(below, token)
            if len(sizes) == 2 and stream.quote(below[0]) and _text_of(sizes[0]) != _text_of(sizes[1]):
                stream.fail(phrase("an identity is square"), (span[0], stream.end()[1]), "I_n")
            node = s.Call((span[0], stream.end()[1]), s.Name(span, "eye"), (sizes[0],))
        return (yield self._core.scripts(node))

    def sizes(self, tokens: Sequence[Token], of: Token) -> Parse:
        """The sizes below a matrix: n, m×n, m,n, or a product mn."""
        stream = self._core.stream
        pieces: list[list[Token]] = [[]]
        for token in tokens:
            if token.is_command("times") or token.is_sign(","):
                pieces.append([])
            else:
                pieces[-1].append(token)
        found: list[s.Node] = []
        for piece in pieces:
            found.append((yield stream.within(piece, self._core.flat(0), of.span)))
        return found


def _bracket(above: Sequence[Token]) -> str:
    """The bracket of an index above a name."""
    return next((t.text for t in above if t.kind == "open"), "")


def _is_all(token: Token) -> bool:
    """Whether a sign stands for all places of an axis."""
    return token.is_sign(":⋅*") or token.is_command("cdot", "bullet", "ast", "colon")


def _is_line(tokens: Sequence[Token], name: str) -> bool:
    """Whether a subscript without a comma is that of a row or of a column: the i: of X_{i:}."""
    first, *_, last = tokens
    if _is_all(first) == _is_all(last):
        return False
    line, rest = (first, tokens[1:]) if _is_all(first) else (last, tokens[:-1])
    return all(t.kind == "letter" for t in rest) and (not line.is_sign(":") or name[:1].isupper())


def _is_pair(items: Sequence[s.Node]) -> bool:
    """Whether indices are two: i and j, or ij or 12 in one."""
    if len(items) != 1:
        return len(items) == 2
    item = items[0]
    is_number = isinstance(item, s.Num) and 10 < item.value < 100
    return is_number or (isinstance(item, s.Name) and len(item.text) == 2)


def _text_of(node: s.Node) -> str:
    return node.text if isinstance(node, s.Name) else str(node.value) if isinstance(node, s.Num) else "?"
