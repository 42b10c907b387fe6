"""What holds for declarations: random ones with names that could be words, sets or signs."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import matgrad as mg
from matgrad.core.dims import Dim
from matgrad.core.errors import DeclarationError, MatgradError
from matgrad.core.facts import FACT_NAMES
from matgrad.language import parse_declarations
from matgrad.language.declared_text import declaration_text
from matgrad.language.names import plain
from matgrad.printing.names import printed_as

_DIMENSIONS = """
a an the by x X is of in real and with has having length size shape entries variable T e i
I N R Z S C Q d n m1 n_x θ square where end lambda exp tr min scalar vector row positive
mxn axb dimension number f pi None not K αβ
"""
DIMENSIONS = _DIMENSIONS.split()
SAYING = {
    "row",
    "vector",
    "row vector",
    "row-vector",
    "positive",
    "row positive",
    "dimension",
    "size",
    "scalar",
    "number",
}
VARIABLES = [
    "A",
    "x",
    "N",
    "R",
    "a",
    "the",
    "is",
    "T",
    "e",
    "lambda",
    "θ_1",
    "x1",
    "in_",
    "of",
    "d",
    "real",
    "k",
]
FACTS = sorted(
    word.replace("_", " ")
    for word in FACT_NAMES
    if word not in ("simplex", "probability", "integer", "one_hot")
)


def dimension(draw: random.Random) -> tuple[str, Dim]:
    """A text of a dimension, and what it means."""
    name = draw.choice(DIMENSIONS)
    form = draw.randrange(6)
    other = draw.choice(DIMENSIONS)
    if form == 0:
        return f"({name}+{other})", Dim.of(name) + Dim.of(other)
    if form == 1:
        return f"{name}*{other}", Dim.of(name) * Dim.of(other)
    if form == 2:
        number = draw.randint(2, 9)
        return f"{number}*{name}", Dim.of(name) * number
    return name, Dim.of(name)


def is_read_as_meant_or_refused(seed: int) -> None:
    """A declaration means what the same means in Python, or is refused with an error of ours."""
    draw = random.Random(seed)
    name = draw.choice(VARIABLES)
    (rows_text, rows), (columns_text, columns) = dimension(draw), dimension(draw)
    facts = draw.choice(["", "", "", draw.choice(FACTS)])
    if facts and draw.random() < 0.7:
        columns_text, columns = rows_text, rows
    wide = f"{rows_text}{draw.choice(['×', ' × ', ' x ', ' by '])}{columns_text}"
    bodies = [
        (wide, rows, columns),
        (rows_text, rows, Dim.of(1)),
        (f"({rows_text}, {columns_text})", rows, columns),
    ]
    bodies += [(f"vector of length {rows_text}", rows, Dim.of(1)), (f"{rows_text}-vector", rows, Dim.of(1))]
    bodies += [
        (f"ℝ^({wide})", rows, columns),
        (f"a {wide} matrix", rows, columns),
        (f"row {rows_text}", Dim.of(1), rows),
    ]
    body, height, width = draw.choice(bodies)
    text = f"{name}: {facts} {body}" if draw.random() < 0.3 else f"{name}: {body} {facts}".strip()
    if draw.random() < 0.3:
        text = f"zz: {draw.choice(DIMENSIONS)}×q, {text}"
    with suppress(MatgradError):
        found = parse_declarations(text).symbols.get(name)
        if found is None and (body in SAYING or (body == "row and" and facts)):
            return  # "row", "positive", "row and nonnegative": no length is stated
        keywords = {facts.replace(" ", "_"): True} if facts else {}
        meant = mg.matrix(name, height, width, **keywords)
        assert found is meant, f"{text} was read as {found and declaration_text(found)}"
        assert parse_declarations(declaration_text(meant)).symbols[name] is meant, declaration_text(meant)


def many_names_stay_apart(seed: int) -> None:
    """No name of a list is lost, whatever it looks like."""
    draw = random.Random(seed)
    names = draw.sample(VARIABLES, 3)
    separator = draw.choice([", ", "; ", "\n"])
    text = separator.join(["first: n", f"{names[0]}: m", f"{names[1]}, {names[2]}: p"])
    with suppress(MatgradError):
        assert list(parse_declarations(text).symbols) == ["first", *names], text


_LENGTHS = ["n", "m", "k", "n1", "n_1", "n₁", "θ", "theta", "d", "dx", "p_2", "N", "i"]


def a_name_has_one_meaning(seed: int) -> None:
    """A variable of the name of a dimension is refused in every form; a whole number is the dimension."""
    draw = random.Random(seed)
    name, other = draw.choice(_LENGTHS), draw.choice(_LENGTHS)
    alike = printed_as(name) == printed_as(other)
    kind = draw.choice(
        ["scalar", "positive", "scalar nonnegative", "2", "2×2 symmetric", "integer", "dimension"]
    )
    shape = draw.choice([name, f"{name}×2", f"2×{name}", f"{name}+1", f"2*{name}"])
    pairs = [("v", shape), (other, kind)]
    draw.shuffle(pairs)
    text = draw.choice([f"{other}*sum(v)", f"sum(v)/({other}^2 + 1)", f"sum(v)^2 + sum({other})"])
    given: Any = dict(pairs) if draw.random() < 0.3 else ", ".join(f"{n}: {body}" for n, body in pairs)
    if draw.random() < 0.2 and kind == "scalar":
        given = [mg.matrix("v", plain(name), 2), mg.scalar(plain(other))]
    found, refusal = None, None
    try:
        found = mg.gradient(mg.parse(text, given), "v", verify=False)
    except MatgradError as error:
        refusal = error
    if not alike:
        meant = found is not None or kind == "positive" or not isinstance(refusal, DeclarationError)
        assert meant, (given, str(refusal))
    elif found is not None:
        assert kind in ("integer", "dimension"), f"{given} was taken"
        again = mg.gradient(mg.parse(text.replace(other, name), f"v: {shape}"), "v", verify=False)
        assert found is again, (given, text)


PROPERTIES = (is_read_as_meant_or_refused, many_names_stay_apart, a_name_has_one_meaning)

EXAMPLES = 300
