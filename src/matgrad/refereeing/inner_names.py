r"""A derivative by what stands inside: of ``softmax(Vx)`` by the logits ``a = Vx``, which no formula has."""

from __future__ import annotations

from matgrad.refereeing.formulas import Tokens, is_space, key_of, names_used
from matgrad.refereeing.known import Definition, Known


def with_inner_name(body: Tokens, variable: Tokens, known: Known) -> tuple[Tokens, Known]:
    """A function and what is known, with a defined name in the place of what it stands for.

    Nothing changes where the name occurs, or what it stands for does not fill a bracket.
    """
    definition = known.latest(key_of(variable))
    if definition is None or definition.parameters:
        return body, known
    needed = known.used_by(body, {definition.key})
    if any(
        key == definition.key for one in (body, *(d.body for d in needed)) for key, _, _ in names_used(one)
    ):
        return body, known
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
    """Tokens with a name in each bracket that holds what is sought and nothing else; ``None`` for none."""
    wanted = [(t.kind, t.text) for t in sought if not is_space(t)]
    bare = [(k, t) for k, t in enumerate(tokens) if not is_space(t)]
    out: Tokens = []
    last = 0
    for k in range(1, len(bare) - len(wanted)):
        window = bare[k : k + len(wanted)]
        is_here = [(t.kind, t.text) for _, t in window] == wanted
        before, after = bare[k - 1][1], bare[k + len(wanted)][1]
        if (
            is_here
            and before.is_sign("([")
            and (after.is_sign(")]") or after.is_command("right", "bigr", "Bigr"))
        ):
            out += [*tokens[last : window[0][0]], *(t.placed(window[0][1].span) for t in name)]
            last = window[-1][0] + 1
    return [*out, *tokens[last:]] if last else None


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
