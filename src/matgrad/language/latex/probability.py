r"""What statistics write: the density ``\mathcal N(x \mid \mu, \Sigma)``, the mean ``\bar x`` of data."""

from __future__ import annotations

from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.stream import Core, Parse, Stream

_INDICES = "ijklmnpqrst"


def is_density(stream: Stream) -> bool:
    """Whether the bracket that opens next holds ``x | μ, Σ``: an outcome, a mean and a covariance."""
    at, depth = 0, 0
    separators = ""
    while (token := stream.peek(at)) is not None:
        depth += (token.kind == "open" or token.is_sign("{")) - (token.kind == "close" or token.is_sign("}"))
        if depth == 0:
            break
        if depth == 1 and (token.is_sign(",;") or (token.text == "|" and token.kind in ("bar", "relation"))):
            separators += token.text
        at += 1
    return separators in ("|,", ";,", "|;")


def density(core: Core, span: s.Span) -> Parse:
    """The density of the normal distribution, behind its sign."""
    stream = core.stream
    items = yield core.items(stream.take())
    place = (span[0], stream.end()[1])
    return (yield core.scripts(s.Call(place, s.Name(span, "gaussian_pdf"), tuple(items))))


def sample_mean(stream: Stream, name: str, span: s.Span) -> s.Node | None:
    r"""The mean that ``\bar x`` is, where x is data, of which ``x_i`` is in the formula as well.

    Where there is a variable of that name it is no mean; and no index may stand below.
    """
    base = name.removesuffix("_bar")
    known = stream.known(base)
    if stream.is_head or base == name or stream.known(name) is not None or known is None:
        return None
    after = stream.peek()
    if after is not None and after.is_sign("_"):
        return None
    if known in stream.families:
        taken = {*stream.bound, *stream.dimensions}
        letter = next(c for c in _INDICES if c not in taken and stream.known(c) is None)
        index = s.Name(span, letter)
        member = s.Subscripted(span, s.Name(span, known), (index,))
        return s.Indexed(span, "mean", (s.Bound(span, index),), (), member)
    if stream.is_variable(known) and _has_entries(stream, base):
        return s.Call(span, s.Name(span, "mean"), (s.Name(span, known),))
    return None


def check_mean_of_some(stream: Stream, name: str, span: s.Span) -> None:
    r"""Ask about ``\bar x_j`` beside members x_ij: the mean of some of them, or a variable.

    Raises
    ------
    ParseError
        With both readings.
    """
    base = stream.known(name.removesuffix("_bar"))
    after = stream.peek()
    is_indexed = after is not None and after.is_sign("_") and base in stream.families
    if stream.is_head or not name.endswith("_bar") or stream.known(name) is not None or not is_indexed:
        return
    shown = stream.text[span[0] : span[1]]
    stream.fail(
        phrase(
            "{shown} with an index may be the mean of some of the members of {base}, or a variable",
            shown=shown,
            base=base,
        ),
        span,
        phrase(
            r"a definition beside it: \bar{{{base}}}_j = \frac{{1}}{{n}} \sum_i …, or "
            r"declare \bar{{{base}}}_j",
            base=base,
        ),
    )


def member_of_data(stream: Stream, name: str, span: s.Span) -> s.Node | None:
    r"""The member ``\phi_n`` that ``\phi(x_n)`` is, where the φ_n are declared and nothing is of x."""
    if name not in stream.families:
        return None
    inside: list[Token] = []
    at = 1
    while (token := stream.peek(at)) is not None and token.kind != "close":
        if not token.is_sign("{}"):
            inside.append(token)
        at += 1
    if token is None or len(inside) < 3 or inside[0].kind != "letter" or not inside[1].is_sign("_"):
        return None
    if stream.known(inside[0].text) is not None or any(t.kind != "letter" for t in inside[2:]):
        return None
    stream.place += at + 1
    items = tuple(s.Name(t.span, t.text) for t in inside[2:])
    return s.Subscripted((span[0], token.span[1]), s.Name(span, name), items)


def _has_entries(stream: Stream, base: str) -> bool:
    """Whether an entry of a variable stands in the formula, with an index that a sum binds."""
    for i, token in enumerate(stream.tokens[:-2]):
        if token.text != base or not stream.tokens[i + 1].is_sign("_"):
            continue
        below = next((t for t in stream.tokens[i + 2 : i + 4] if not t.is_sign("{")), None)
        if below is not None and below.kind == "letter" and below.text in _INDICES:
            return True
    return False
