r"""A derivative by what stands inside: of ``softmax(Vx)`` by the logits ``a = Vx``, which no formula has."""

from __future__ import annotations

from matgrad.language.latex.lexer import Token
from matgrad.refereeing.formulas import Tokens, is_space, key_of, names_used, terms_of
from matgrad.refereeing.known import Definition, Known

_BARS = ("|", "Vert", "lVert", "rVert", "vert", "lvert", "rvert")


def left_over(body: Tokens, variable: Tokens, known: Known) -> bool:
    """Whether a function by a name for a product still has all factors of it elsewhere."""
    definition = known.latest(key_of(variable))
    if definition is None or definition.parameters:
        return False
    used_there = known.used_by(body, {definition.key})
    if any(definition.key in map(key_of, d.parameters) for d in used_there):
        return False  # P(K): it is a function of K, and K = … is where that is smallest
    texts = [body, *(d.body for d in used_there)]
    used = {key for tokens in texts for key, _, _ in names_used(tokens)}
    products = [
        {key for key, _, _ in names_used(definition.body[start:end])}
        for start, end in terms_of(definition.body)
    ]
    return any(len(product) > 1 and product <= used for product in products)


def with_inner_name(body: Tokens, variable: Tokens, known: Known) -> tuple[Tokens, Known]:
    """A function and what is known, with a defined name in the place of what it stands for.

    Nothing changes where what it stands for neither fills a bracket nor, a product, stands among factors.
    """
    definition = known.latest(key_of(variable))
    if definition is None or definition.parameters:
        return body, known
    needed = known.used_by(body, {definition.key})
    found = _put_in(body, definition.body, variable)
    changed = {
        d.key: inside for d in needed if (inside := _put_in(d.body, definition.body, variable)) is not None
    }
    if found is None and not changed:
        return body, known
    known = known.as_it_is()
    for key, inside in changed.items():
        known.change(key, inside)
    return found if found is not None else body, known


def _put_in(tokens: Tokens, sought: Tokens, name: Tokens) -> Tokens | None:
    """Tokens with a name in each bracket that holds what is sought alone, and for a product among factors.

    ``None`` where there is none.
    """
    is_product = len(terms_of(sought)) == 1 and not any(t.kind == "command" for t in sought)
    wanted = [(t.kind, t.text) for t in sought if not is_space(t)]
    bare = [(k, t) for k, t in enumerate(tokens) if not is_space(t)]
    out: Tokens = []
    last = 0
    for k in range(1, len(bare) - len(wanted)):
        window = bare[k : k + len(wanted)]
        is_here = [(t.kind, t.text) for _, t in window] == wanted
        before, after = bare[k - 1][1], bare[k + len(wanted)][1]
        is_alone = (before.is_sign("([") or before.is_command(*_BARS)) and (
            after.is_sign(")]") or after.is_command("right", "bigr", "Bigr", *_BARS)
        )
        is_factor = is_product and not _binds(before, "^_/") and not _binds(after, "^_'")
        if is_here and (is_alone or is_factor):
            out += [*tokens[last : window[0][0]], *(t.placed(window[0][1].span) for t in name)]
            last = window[-1][0] + 1
    return [*out, *tokens[last:]] if last else None


def _binds(token: Token, signs: str) -> bool:
    """Whether a token beside a product takes a factor of it for itself."""
    return token.is_sign(signs) or token.is_command("odot", "circ", "otimes", "cdot", "times")


def without_models(body: Tokens, known: Known) -> Known:
    r"""What is known without models that a function measures: y = Ax says how y comes about in ‖Ax − y‖².

    Put in, it would make that residual zero.
    """
    names = [d for d in known.used_by(body, set()) if not d.parameters and _is_measured(body, d)]
    if not names:
        return known
    known = known.as_it_is()
    for one in names:
        known.forget(one)
    return known


def _is_measured(body: Tokens, definition: Definition) -> bool:
    """Whether the difference of a name and of what it stands for occurs."""
    text, left, right = ("".join(_plain(one)) for one in (body, definition.left, definition.body))
    return f"{right}-{left}" in text or (f"{left}-{right}" in text) or f"{left}-({right})" in text


def _plain(tokens: Tokens) -> list[str]:
    return [t.text for t in tokens if not is_space(t) and not t.is_command("left", "right")]
