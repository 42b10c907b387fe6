"""Σ and Π: their indices, and what they take: the product that follows, up to the next ±."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.looks import joined
from matgrad.language.latex.stream import Core, Parse, Stream

_PRODUCTS = 1
_DOTS = ("dots", "ldots", "cdots", "dotsc")


class Sums:
    """Reads the sums and products over indices of one formula."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def binds_an_index(self) -> bool:
        """Whether an index stands below a maximum; below one over a variable stands the variable."""
        stream = self._core.stream
        script = stream.peek()
        if script is None or not script.is_sign("_"):
            return False
        ahead = 1
        # The index of 1 ≤ k ≤ K stands behind a number.
        while (token := stream.peek(ahead)) is not None and (
            token.is_sign("{") or token.kind in ("number", "relation")
        ):
            ahead += 1
        if token is None or token.kind != "letter":
            return False
        return stream.words.is_index_below_maximum(token.text)

    def indexed(self, token: Token, kind: str) -> Parse:
        """A sum, a product or a maximum with its indices and its body."""
        stream = self._core.stream
        below: list[Token] | None = None
        above: list[Token] | None = None
        while (script := stream.peek()) is not None and script.is_sign("_^"):
            stream.place += 1
            if script.text == "_":
                below = stream.argument(script)
            else:
                above = stream.argument(script) or None
        bounds: list[s.Bound] = []
        conditions: list[s.Comparison] = []
        if below is not None:
            bounds, conditions = yield self._range(below, above, token)
        elif above is not None:
            stream.fail(phrase("the sum has an end and no index"), token.span, r"\sum_{i=1}^{n}")
        self._check_other(bounds, conditions, token)
        names = [b.index.text for b in bounds]
        names += [
            n.text for k in conditions for n in s.walk(k) if isinstance(n, s.Name) and n.text not in names
        ]
        before = len(stream.bound)
        stream.bound += names
        body = yield self._core.flat(_PRODUCTS)
        del stream.bound[before:]
        if not bounds and not conditions:
            bounds = [self._only_index(body, token)]
            names = [bounds[0].index.text]
        span = (token.span[0], body.span[1])
        related = {n.text for k in conditions for n in s.walk(k) if isinstance(n, s.Name)}
        self._check_used([name for name in names if name not in related], body, token, span)
        return s.Indexed(span, kind, tuple(bounds), tuple(conditions), body)

    # ---- ranges ------------------------------------------------------------------------------------------

    def _range(self, below: Sequence[Token], above: Sequence[Token] | None, token: Token) -> Parse:
        """The indices below a sum, with their conditions: i = 1, i < j, i ∈ S, (i, j)."""
        stream = self._core.stream
        bounds: list[s.Bound] = []
        conditions: list[s.Comparison] = []
        while len(below) > 1 and below[0].is_sign("{") and below[-1].is_sign("}"):
            below = below[1:-1]
        pieces = _pieces(below)
        last = None
        if above is not None:
            last = yield stream.within(list(above), self._core.flat(0), token.span)
        condition = next((t for t in below if t.is_sign(":")), None)
        if condition is not None and len(pieces) == 1:
            stream.fail(
                phrase("a condition behind an index is not read here"),
                condition.span,
                phrase("a factor of each term that is 1 where it holds and 0 elsewhere"),
            )
        for piece, end in _with_ends(pieces):
            if end:
                last = yield stream.within(end, self._core.flat(0), token.span)
            relations = [t for t in piece if t.kind == "relation"]
            if not relations:
                for name in self._names(piece):
                    bounds.append(s.Bound(name.span, name))
                continue
            sides = _split(piece)
            if len(relations) == 1 and relations[0].text == "∈":
                bounds += self._members(sides[0], sides[1], relations[0])
                continue
            values: list[s.Node] = []
            for side in sides:
                values.append((yield stream.within(side, self._core.flat(0), token.span)))
            if len(relations) == 1 and relations[0].text == "=":
                if not isinstance(values[0], s.Name):
                    stream.fail(phrase("the index of a sum is one letter"), values[0].span, r"\sum_{i=1}^{n}")
                span = (values[0].span[0], values[1].span[1])
                bounds.append(s.Bound(span, values[0], values[1]))
                continue
            chain: list[s.Comparison] = []
            for left, relation, right in zip(values, relations, values[1:], strict=False):
                if relation.text not in "<>≤≥≠=":
                    stream.fail(
                        phrase(
                            "the relation {relation} stands below no sum", relation=stream.quote(relation)
                        ),
                        relation.span,
                    )
                span = (left.span[0], right.span[1])
                chain.append(s.Comparison(span, left, relation.text, right))
            found, rest = self._from_chain(chain)
            bounds += found
            conditions += rest
        open_end = next((b for b in bounds if b.first is not None and b.last is None), None)
        if last is None and open_end is not None:
            if not (isinstance(open_end.first, s.Num) and open_end.first.value == 1):
                stream.fail(
                    phrase("the sum has no end"), token.span, rf"\sum_{{{open_end.index.text}=…}}^{{n}}"
                )
            bounds = [s.Bound(b.span, b.index) for b in bounds]
        if last is not None:
            bounds = [self._up_to(b, bounds, last) for b in bounds]
        return bounds, conditions

    def _up_to(self, bound: s.Bound, all_bounds: Sequence[s.Bound], last: s.Node) -> s.Bound:
        """An index with the end that stands above the sum: of ``p, q = 1`` both have the range."""
        first = bound.first
        if first is None and len(all_bounds) > 1:
            first = next((b.first for b in all_bounds if b.first is not None), None)
        if first is None:
            first = s.Num(bound.span, Fraction(1))
        return s.Bound(bound.span, bound.index, first, last)

    def _from_chain(self, chain: list[s.Comparison]) -> tuple[list[s.Bound], list[s.Comparison]]:
        """``1 ≤ i < j ≤ n``: the ends of the chain are the range of the indices in it."""
        lowest, highest, between = chain[0], chain[-1], chain[1:-1]
        if len(chain) < 2 or not isinstance(lowest.left, s.Num) or {lowest.sign, highest.sign} != {"≤"}:
            return [], chain
        indices = [lowest.right, *(k.right for k in between)]
        found = [s.Bound(i.span, i, lowest.left, highest.right) for i in indices if isinstance(i, s.Name)]
        return found, between

    def _names(self, piece: Sequence[Token]) -> list[s.Name]:
        """The indices of a list, or of letters side by side: ``ij`` is i and j."""
        stream = self._core.stream
        letters = [t for t in piece if not t.is_sign("{}") and t.kind not in ("open", "close")]
        if not letters or not all(
            t.kind == "letter" or (t.kind == "command" and t.text == "ell") for t in letters
        ):
            span = joined(piece) if piece else stream.end()
            stream.fail(
                phrase("below a sum stand its indices"),
                span,
                phrase(r"\sum_{i=1}^{n}, \sum_{i<j} or \sum_{i, j}"),
            )
        return [s.Name(t.span, "ℓ" if t.kind == "command" else t.text) for t in letters]

    def _members(self, left: Sequence[Token], right: Sequence[Token], relation: Token) -> list[s.Bound]:
        """``i ∈ [n]`` is a range; any other set is a name."""
        stream = self._core.stream
        shown = stream.text[right[0].span[0] : right[-1].span[1]] if right else ""
        if any(t.is_sign("_^") for t in left):
            inside = stream.text[left[0].span[0] : left[-1].span[1]]
            stream.fail(
                phrase("which {inside} are in the set {shown} is not known here", inside=inside, shown=shown),
                relation.span,
                phrase("a sum over all, with a number r_{ik} for each that is 1 in the set and 0 outside"),
            )
        names = self._names([t for t in left if not t.is_sign(",")])
        solid = [t for t in right if not t.is_sign("{}")]
        is_to = [t.text for t in solid[1:-2] if t.text != ","] in (["1", dots] for dots in _DOTS)
        if solid and is_to and solid[0].text == "{":
            solid = [Token("open", "[", solid[0].span), solid[-2], solid[-1]]
        if len(solid) == 3 and solid[0].kind == "open" and solid[0].text == "[":
            key = solid[1]
            if key.kind in ("letter", "number"):
                size: s.Node = s.Name(key.span, key.text)
                return [s.Bound(n.span, n, s.Num(n.span, Fraction(1)), size) for n in names]
        points = [n.text for n in names if not self._is_script(n.text)]
        if points:
            numbered = ", ".join(f"{point}_i" for point in points)
            stream.fail(
                phrase(
                    "the sum is over points {points} of the set {shown}, which are not numbered",
                    points=", ".join(points),
                    shown=shown,
                ),
                relation.span,
                phrase(
                    r"\sum_{{i=1}}^{{N}} with {numbered}, and declare {numbered} and i = 1..N",
                    numbered=numbered,
                ),
            )
        stream.fail(
            phrase("what is in the set {shown} is not known here", shown=shown),
            relation.span,
            phrase(
                r"\sum_{{{name}=1}}^{{n}} for a range; or over all, with a number for each "
                "that is 1 in the set and 0 outside",
                name=names[0].text,
            ),
        )

    def _is_script(self, letter: str) -> bool:
        """Whether a letter is declared an index, or stands in a script or as a number of an index behind."""
        stream = self._core.stream
        depth: int | None = None
        for before, token in zip(
            stream.tokens[stream.place :], stream.tokens[stream.place + 1 :], strict=False
        ):
            if depth is None and before.is_sign("_"):
                depth = 0
            if depth is None:
                continue
            depth += token.is_sign("{") - token.is_sign("}")
            if token.text == letter:
                return True
            depth = depth if depth > 0 else None
        return letter in stream.words.indices

    def _check_other(
        self, bounds: Sequence[s.Bound], conditions: Sequence[s.Comparison], token: Token
    ) -> None:
        """Ask about ``Σ_{j≠i}`` where nothing binds i: over j alone for one i, or over both."""
        stream = self._core.stream
        if bounds or len(conditions) != 1 or conditions[0].sign != "≠":
            return
        left, right = conditions[0].left, conditions[0].right
        if not (isinstance(left, s.Name) and isinstance(right, s.Name)) or left.text < right.text:
            return
        if left.text in stream.bound or right.text in stream.bound:
            return
        j, i = left.text, right.text
        stream.fail(
            phrase(
                "the sum over {j} ≠ {i} is one over {j} for some {i}, which nothing says, or one over both",
                j=j,
                i=i,
            ),
            (token.span[0], right.span[1]),
            phrase(
                r"\sum_{{{i}}}\sum_{{{j}\neq {i}}} for the sum over both, a number in the "
                "place of {i} for one",
                i=i,
                j=j,
            ),
        )

    # ---- checks -------------------------------------------------------------------------------------------

    def _only_index(self, body: s.Node, token: Token) -> s.Bound:
        """The index of a sum that names none: the one that its body has."""
        stream = self._core.stream
        bound = set(stream.bound)
        for node in s.walk(body):
            if isinstance(node, s.Indexed):
                bound |= {b.index.text for b in node.bounds}
        found: dict[str, s.Name] = {}
        for node in s.walk(body):
            if isinstance(node, s.Subscripted):
                for item in node.items:
                    for name in s.walk(item):
                        if isinstance(name, s.Name):
                            for letter in letters_of(name.text, stream):
                                if letter not in bound and letter not in stream.dimensions:
                                    found.setdefault(letter, s.Name(name.span, letter))
        if len(found) != 1:
            stream.fail(
                phrase("which index the sum runs over is not said")
                if found
                else phrase("the sum has no index"),
                token.span,
                phrase(r"\sum_i or \sum_{i=1}^{n}; \operatorname{sum}(x) for the sum of all entries"),
            )
        index = next(iter(found.values()))
        return s.Bound(index.span, index)

    def _check_used(self, names: Sequence[str], body: s.Node, token: Token, span: s.Span) -> None:
        """Ask about a sum over an index that does not occur in its body."""
        stream = self._core.stream
        used: set[str] = set()
        for node in s.walk(body):
            if isinstance(node, s.Name):
                used.add(node.text)
                used |= set(node.text)
        for name in names:
            if len(name) == 1 and name not in used and name not in stream.dimensions:
                what = phrase("sum") if token.text == "sum" else phrase("product")
                stream.fail(
                    phrase(
                        "the index {name} of the {what} does not occur in {body}",
                        name=name,
                        what=what,
                        body=stream.piece(body, body),
                    ),
                    span,
                    phrase(
                        r"x_{name} for a member, or \{token}_{{{name}}} (…) with brackets round " "all",
                        name=name,
                        token=token.text,
                    ),
                )


def letters_of(name: str, stream: Stream) -> list[str]:
    """The indices that a name in a script may be: ij is i and j."""
    return [name] if len(name) == 1 or not name.isalpha() or stream.known(name) else list(name)


def _pieces(tokens: Sequence[Token]) -> list[list[Token]]:
    """What stands below a sum, by its commas and lines."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and (token.is_sign(",;") or token.kind == "row"):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if any(not t.is_sign("{}") for t in piece)]


def _with_ends(pieces: list[list[Token]]) -> Iterator[tuple[list[Token], list[Token]]]:
    """The pieces, each with the last value of its index where dots lead to one: ``i = 1, …, n``."""
    place = 0
    while place < len(pieces):
        after = pieces[place + 1 : place + 3]
        leads = len(after) == 2 and len(after[0]) == 1 and after[0][0].is_command(*_DOTS)
        yield pieces[place], after[1] if leads else []
        place += 3 if leads else 1


def _split(piece: Sequence[Token]) -> list[list[Token]]:
    """The sides of a relation."""
    sides: list[list[Token]] = [[]]
    for token in piece:
        if token.kind == "relation":
            sides.append([])
        else:
            sides[-1].append(token)
    return sides


def check_after_sum(stream: Stream, terms: Sequence[s.Node]) -> None:
    """Ask about ``Σ_i a_i + b_i``: by the rule the sum ends at the sign, and then i is free.

    Raises
    ------
    ParseError
        With both readings.
    """
    open_sums: dict[str, tuple[int, s.Indexed]] = {}
    free = [_free_letters(term, stream) for term in terms]
    before: set[str] = set()
    for place, term in enumerate(terms):
        behind = [
            (*open_sums[letter], letter) for letter in (open_sums.keys() & free[place]) - {*stream.bound}
        ]
        if behind:
            _, total, index = min(behind, key=lambda one: (one[0], one[2]))
            last = max(
                (t for t, letters in zip(terms[place:], free[place:], strict=True) if index in letters),
                key=lambda t: t.span[1],
            )
            body = stream.text[total.body.span[0] : last.span[1]]
            sign = stream.text[total.span[0] : total.body.span[0]].strip()
            whole = " ".join(body.split())
            stream.fail(
                phrase(
                    "the sum over {index} ends before the sign, and {index} stands behind it as well",
                    index=index,
                ),
                (total.span[0], last.span[1]),
                phrase(
                    r"{sign} \left({whole}\right) for the sum of all terms, or another letter "
                    "than {index} behind the sum",
                    sign=sign,
                    whole=whole,
                    index=index,
                ),
            )
        # What stands free beside a sum is no index of it: [k = l] Σ_{i > k}.
        before |= free[place]
        for node in s.walk(term):
            if isinstance(node, s.Indexed) and node.span[1] >= term.span[1]:
                named = {n.text for k in node.conditions for n in s.walk(k) if isinstance(n, s.Name)} - before
                if stream.is_answer and len(named) > 1:
                    named = set()  # of i > k one is a letter of the left side: ∂f/∂v_k = Σ_{i > k} p_i + v_k
                named |= {b.index.text for b in node.bounds}
                for letter in named:
                    open_sums.setdefault(letter, (place, node))


def _conditions_in(node: s.Blocks) -> list[s.Node]:
    """The comparisons in an Iverson bracket."""
    return [entry for row in node.rows for entry in row if isinstance(entry, s.Comparison)]


def _free_letters(root: s.Node, stream: Stream) -> set[str]:
    """The letters in scripts of a term that no sum in it binds."""
    found: set[str] = set()
    stack: list[tuple[s.Node, frozenset[str]]] = [(root, frozenset())]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, s.Indexed):
            named = {b.index.text for b in node.bounds}
            named |= {n.text for k in node.conditions for n in s.walk(k) if isinstance(n, s.Name)}
            bound = bound | named
        if isinstance(node, (s.Subscripted, s.Index, s.Blocks)):
            for item in _conditions_in(node) if isinstance(node, s.Blocks) else node.items:
                for name in s.walk(item):
                    if isinstance(name, s.Name):
                        found |= set(letters_of(name.text, stream)) - bound
        stack += [(child, bound) for child in node.children()]
    return found
