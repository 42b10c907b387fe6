r"""Sets that names are members of: ``\mathbb{R}^{m \times n}``, ``\mathbb{S}^n_{++}``, ``[0, 1]^n``."""

from __future__ import annotations

from matgrad.refereeing.formulas import Tokens, argument, last_sign, plain, skip, trimmed

_DOUBLE_R = frozenset(("R", "Reals", "reals", "RR", "Real"))


def space_of(side: Tokens) -> tuple[str, tuple[str, ...]] | None:
    r"""The size and the facts of the members of a set: ``\mathbb{R}^{m \times n}``, ``\mathbb{S}^n_{++}``."""
    bare = trimmed(side)
    if not bare:
        return None
    if bare[0].is_command("{", "lbrace") or bare[0].is_sign("[("):
        at = last_sign(bare, "^")
        return ("scalar" if at < 0 else plain(argument(bare, at + 1)[0])), ()
    letter, at = _set_letter(bare)
    above = below = ""
    while (place := skip(bare, at)) < len(bare):
        if bare[place].is_sign("^"):
            inside, at = argument(bare, place + 1)
            above = plain(inside)
        elif bare[place].is_sign("_"):
            inside, at = argument(bare, place + 1)
            below = plain(inside).replace(" ", "")
        else:
            return None
    signs = {
        "+": "nonnegative",
        "++": "positive",
        ">0": "positive",
        "\\ge0": "nonnegative",
        "\\geq0": "nonnegative",
    }
    if letter in _DOUBLE_R:
        for sign in ("++", "+"):
            if above == sign:
                above, below = "", below or sign
        facts = (signs[below],) if below in signs and below != "+" else ()
        return (above or "scalar", facts)
    if letter == "S" and (above or below):
        size = above or below
        kind = {"++": "positive definite", "+": "positive semidefinite"}
        for sign in ("++", "+"):
            if size.endswith(sign):
                return None
        return rf"{size} \times {size}" if r"\times" not in size else size, (kind.get(below, "symmetric"),)
    return None


def _set_letter(bare: Tokens) -> tuple[str, int]:
    first = bare[0]
    if first.kind == "command" and first.text in (
        "mathbb",
        "mathbf",
        "mathcal",
        "mathrm",
        "Bbb",
        "bm",
        "boldsymbol",
    ):
        inside, at = argument(bare, 1)
        return "".join(t.text for t in inside), at
    if first.kind == "command" and first.text in _DOUBLE_R:
        return "R", 1
    return (first.text, 1) if first.kind == "letter" else ("", 1)
