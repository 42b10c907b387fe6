"""What holds for declarations: random ones with names that could be words, sets or signs."""

from __future__ import annotations

import random
from contextlib import suppress

import matgrad as mg
from matgrad.core.dims import Dim
from matgrad.core.errors import MatgradError
from matgrad.core.facts import FACT_NAMES
from matgrad.language import parse_declarations
from matgrad.language.declarations import declaration_text

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
    word.replace("_", " ") for word in FACT_NAMES if word not in ("simplex", "probability", "integer")
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
        if found is None and body in SAYING:
            return  # "row", "positive": no length is stated
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


PROPERTIES = (is_read_as_meant_or_refused, many_names_stay_apart)

EXAMPLES = 300
