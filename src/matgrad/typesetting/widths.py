"""Widths of Computer Modern at ten points, from the metrics of cmmi10, cmr10, cmbx10 and cmsy10."""

from __future__ import annotations

from matgrad.core.lazy import regex

ITALIC = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        (
            7.5, 8.09, 7.86, 8.56, 7.96, 7.82, 7.86, 9.12, 5.18, 6.51, 9.21, 6.81, 10.79,
            9.12, 7.91, 7.81, 7.91, 7.67, 6.71, 7.23, 7.92, 8.06, 10.83, 9.07, 8.03, 7.54,
            5.29, 4.29, 4.33, 5.2, 4.66, 5.97, 5.13, 5.76, 3.45, 4.69, 5.52, 3.18, 8.78,
            6.0, 4.85, 5.03, 4.82, 4.79, 4.69, 3.61, 5.72, 5.21, 7.43, 5.72, 5.26, 5.09,
        ),
        strict=True,
    )
)  # fmt: skip
"""Letters in formulas, with the room that they lean into."""

ROMAN = {
    "!": 2.78, "#": 8.33, "$": 5.0, "%": 8.33, "&": 7.78, "'": 2.78, "(": 3.89, ")": 3.89, "*": 5.0,
    "+": 7.78, ",": 2.78, "-": 3.33, ".": 2.78, "/": 5.0, ":": 2.78, ";": 2.78, "<": 7.78, "=": 7.78,
    ">": 7.78, "?": 4.72, "@": 7.78, "[": 2.78, "]": 2.78, "_": 4.0, "|": 2.78, " ": 3.33, "~": 3.33,
    **dict.fromkeys("0123456789", 5.0),
    **dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            (
                7.5, 7.08, 7.22, 7.64, 6.81, 6.53, 7.85, 7.5, 3.61, 5.14, 7.78, 6.25, 9.17,
                7.5, 7.78, 6.81, 7.78, 7.36, 5.56, 7.22, 7.5, 7.5, 10.28, 7.5, 7.5, 6.11,
                5.0, 5.56, 4.44, 5.56, 4.44, 3.06, 5.0, 5.56, 2.78, 3.06, 5.28, 2.78, 8.33,
                5.56, 5.0, 5.56, 5.28, 3.92, 3.94, 3.89, 5.56, 5.28, 7.22, 5.28, 5.28, 4.44,
            ),
            strict=True,
        )
    ),
}  # fmt: skip
"""Upright signs: words, digits and punctuation."""

BOLD = 1.17
"""How much wider bold letters are."""

GREEK = {
    "Gamma": 7.54, "Delta": 8.33, "Theta": 7.91, "Lambda": 6.94, "Xi": 8.18, "Pi": 9.12, "Sigma": 8.38,
    "Upsilon": 7.22, "Phi": 6.67, "Psi": 7.22, "Omega": 8.23, "alpha": 6.43, "beta": 6.18, "gamma": 5.73,
    "delta": 4.82, "epsilon": 4.06, "zeta": 5.11, "eta": 5.32, "theta": 4.97, "iota": 3.54, "kappa": 5.76,
    "lambda": 5.83, "mu": 6.03, "nu": 5.58, "xi": 4.84, "pi": 6.06, "rho": 5.17, "sigma": 6.07, "tau": 5.5,
    "upsilon": 5.76, "phi": 5.96, "chi": 6.26, "psi": 6.87, "omega": 6.58, "varepsilon": 4.66,
    "vartheta": 5.91, "varpi": 8.56, "varrho": 5.17, "varsigma": 4.43, "varphi": 6.54,
}  # fmt: skip
"""Greek letters."""

SIGNS = {
    "partial": 5.31, "ell": 4.17, "nabla": 8.33, "top": 7.78, "infty": 10.0, "hbar": 5.4, "dagger": 4.44,
    "prime": 2.75, "dots": 13.4, "ldots": 13.4, "cdots": 13.4, "vdots": 2.78, "ddots": 12.8, "|": 5.0,
    "Vert": 5.0, "vert": 2.78, "lVert": 5.0, "rVert": 5.0, "{": 5.0, "}": 5.0, "%": 8.33, "_": 4.0, "#": 8.33,
    "&": 7.78, "langle": 3.89, "rangle": 3.89, "lfloor": 4.44, "rfloor": 4.44, "lceil": 4.44, "rceil": 4.44,
    "intercal": 5.0, "forall": 5.56, "exists": 5.56, "colon": 2.78,
}  # fmt: skip
"""Other signs that are letters to TeX, and brackets."""

BINARY = {
    "+": 7.78, "-": 7.78, "*": 5.0, "odot": 7.78, "oslash": 7.78, "otimes": 7.78, "oplus": 7.78,
    "ominus": 7.78, "times": 7.78, "cdot": 2.78, "circ": 5.0, "ast": 5.0, "star": 5.0, "pm": 7.78, "mp": 7.78,
    "div": 7.78, "cup": 6.67, "cap": 6.67, "setminus": 5.0, "bullet": 5.0, "wedge": 6.67, "vee": 6.67,
}  # fmt: skip
"""Binary operators."""

RELATIONS = {
    "=": 7.78, "<": 7.78, ">": 7.78, ":": 2.78, "le": 7.78, "leq": 7.78, "ge": 7.78, "geq": 7.78, "ne": 7.78,
    "neq": 7.78, "in": 6.67, "to": 10.0, "Rightarrow": 10.0, "approx": 7.78, "equiv": 7.78, "sim": 7.78,
    "propto": 7.78, "succ": 7.78, "prec": 7.78, "succeq": 7.78, "preceq": 7.78, "mapsto": 10.0, "mid": 2.78,
    "perp": 7.78, "subset": 7.78, "quad": 10.0,
}  # fmt: skip
"""Relations."""

FUNCTIONS = (
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp",
    "gcd", "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr", "sec",
    "sin", "sinh", "sup", "tan", "tanh",
)  # fmt: skip
"""Functions with names of their own in LaTeX."""

BIG = {"sum": 14.44, "prod": 12.78, "int": 10.0, "bigcup": 11.1, "bigoplus": 15.1, "bigotimes": 15.1}
"""Signs with limits, as large as displays have them."""

SPACES = {",": 1.67, ":": 2.22, ";": 2.78, "!": -1.67, " ": 3.33, "quad": 10.0, "qquad": 20.0, "/": 0.0}
"""Blanks."""

DELIMITERS = {"": 4.6, "big": 4.6, "Big": 6.0, "bigg": 7.4, "Bigg": 8.0}
"""Round brackets, by their size."""


_ESCAPED = regex(r"\\(.)")


def of_word(word: str, bold: bool = False) -> float:
    """The width of upright text; of signs that no metrics are here of, that of a wide one."""
    signs = _ESCAPED.sub(r"\1", word)
    return sum(ROMAN.get(sign, 10.0) for sign in signs) * (BOLD if bold else 1.0)
