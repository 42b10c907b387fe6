"""Small letters below the line, as pages and keyboards have them: xᵢ, xₜ₊₁, Σᵢ₌₁ⁿ, each as x_i is written."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.lazy import regex

_BELOW = dict(
    zip(
        "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ₊₋₌₍₎",
        "0123456789aehijklmnoprstuvxβγρφχ+-=()",
        strict=True,
    )
)
_ABOVE = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴺᴹᴷᵀᴰᴸᴶᴾᴿ⁺⁻",
        "0123456789abcdefghijklmnoprstuvwxyzNMKTDLJPR+-",
        strict=True,
    )
)
_SIGNS = "ΣΠ∑∏"
_small = "".join(_BELOW)
_raised = "".join(_ABOVE)
_RUN = regex(
    r"(?<=[|‖∥])(?P<power>\^\{?\d\}?|[²³⁴])(?P<under>_(?:\{[^{}]*\}|\w+)|[₀-₉]+)"
    r"|(?<=[|‖∥])(?P<end>∞)"
    rf"|(?P<sign>[{_SIGNS}])(?P<range>[{_small}]*₌[{_small}]*|_\{{[^{{}}]*=[^{{}}]*\}})(?P<last>[{_raised}]+)"
    rf"|(?<=[^\W\d_])⁽(?P<label>[{_raised}]+)⁾"
    r"|(?<=[^\W\d_])\^\{(?P<bracket>[(\[])(?P<above>[A-Za-z0-9]+)[)\]](?P<turned>['⊤T]?)\}"
    r"|(?<=[^\W\d_])\^(?:T|⊤|\{T\}|\{⊤\})_(?P<member>[a-z0-9]|\{[a-z0-9]\})(?![\w{])"
    r"|(?<=[)\]])_(?:\{(?P<braced>[^{}]*)\}|\((?P<listed>[^()]*)\)|(?P<entry>[a-z0-9]+|F|∞|[*∗](?=\s*(?:$|[-+^²)])))(?![A-Za-z_]))"
    rf"|(?<=[\w|‖∥∇{_SIGNS}])(?P<run>[{_small}]*[{''.join(_small[10:])}][{_small}]*|(?<![∇∂²₀-₉])[₀-₉]+(?=[^\W\d_{_raised}]))"
)


def lowered(text: str) -> tuple[str, Sequence[int]]:
    """The text with ``xᵢ`` as ``x_i`` and ``(A x)_i`` as ``(A x)[i]``, and where its places were.

    Examples
    --------
    >>> from matgrad.language.subscripts import lowered
    >>> lowered("Σᵢ₌₁ⁿ xᵢ")[0]
    'Σ_{i=1}^{n} x_i'
    """
    if ("_" not in text and "^{" not in text and text.isascii()) or _RUN.search(text) is None:
        return text, range(len(text) + 1)
    pieces: list[str] = []
    places: list[int] = []

    def put(piece: str, start: int, end: int) -> None:
        """Write one piece for what stands between two places, all but its last letters at the first."""
        pieces.append(piece)
        given = end - start
        places.extend(start + max(0, k - (len(piece) - given)) for k in range(len(piece)))

    at = 0
    for match in _RUN.finditer(text):
        put(text[at : match.start()], at, match.start())
        if match["power"]:
            # ‖x‖²_2 is ‖x‖_2².
            put(match["under"], *match.span("under"))
            put(match["power"], *match.span("power"))
        elif match["end"]:
            put("_∞", *match.span())
        elif match["label"]:
            put(_label(_translated(match["label"], _ABOVE), "sup") + _apart(text, match.end()), *match.span())
        elif match["above"]:
            kind = "sup" if match["bracket"] == "(" else "sq"
            turned = "'" if match["turned"] else _apart(text, match.end())
            put(_label(match["above"], kind) + turned, *match.span())
        elif match["member"]:
            # x^T_i is the transpose of x_i.
            put("_" + match["member"].strip("{}") + "^T", *match.span())
        elif match["sign"]:
            put(match["sign"], *match.span("sign"))
            below = match["range"]
            put(below if below[0] == "_" else f"_{{{_translated(below, _BELOW)}}}", *match.span("range"))
            put(f"^{{{_translated(match['last'], _ABOVE)}}}", *match.span("last"))
        elif match["run"] is None:
            listed = match["braced"] or match["listed"] or ""
            if match["entry"] in ("*", "∗"):
                listed = "nuc"  # norm(X)_*, whose star is no operator
            items = listed if "," in listed or match["listed"] else ",".join(listed or match["entry"])
            put(f"[{items}]", *match.span())
        else:
            word = _translated(match["run"], _BELOW)
            below = f"_{word}" if word.isalnum() else f"_{{{word}}}"
            put(below + _apart(text, match.end()), *match.span("run"))
        at = match.end()
    put(text[at:], at, len(text))
    return "".join(pieces), [*places, len(text)]


def _label(label: str, kind: str) -> str:
    """A label above a name: that of W⁽¹⁾ is a part of the name, that of x⁽ⁱ⁾ an index of members."""
    return f"_{kind}{label}" if label.isdigit() or len(label) > 1 else f"_{label}"


def _apart(text: str, place: int) -> str:
    """What keeps a name from the letters behind it: the x of W₁x is the next factor."""
    return " " if text[place : place + 1].isalpha() else ""


def raised_indices(text: str) -> dict[str, str]:
    """The names that have an index above them, with the bracket that opens it: x⁽ⁱ⁾, x^{(i)}."""
    found = {}
    for match in _RAISED.finditer(text):
        label = match["above"] or _translated(match["label"], _ABOVE)
        if len(label) == 1 and label.isalpha():
            found[match["name"]] = match["bracket"] or "("
    return found


_RAISED = regex(
    rf"(?P<name>[^\W\d_]+)(?:⁽(?P<label>[{_raised}]+)⁾"
    r"|\^\{(?P<bracket>[(\[])(?P<above>[A-Za-z0-9]+)[)\]]['⊤T]?\})"
)


def _translated(run: str, letters: dict[str, str]) -> str:
    return "".join(letters[letter] for letter in run)
