r"""What each command of LaTeX is: looks, accents, letters, functions, signs. Data only."""

from __future__ import annotations

from matgrad.core.words import phrase

SPACES = frozenset(
    [
        ",",
        ":",
        ";",
        "!",
        ">",
        "quad",
        "qquad",
        "thinspace",
        "enspace",
        "medspace",
        "thickspace",
        "negthinspace",
        "hfill",
        "hfil",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "scriptscriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "allowbreak",
        "nobreak",
        "break",
        "noindent",
        "par",
        "left",
        "right",
        "middle",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "Bigl",
        "biggl",
        "Biggl",
        "bigr",
        "Bigr",
        "biggr",
        "Biggr",
        "bigm",
        "Bigm",
        "biggm",
        "Biggm",
        "mathstrut",
        "strut",
        "relax",
        "null",
        "protect",
        "ensuremath",
        "mathord",
        "mathbin",
        "mathrel",
        "mathclose",
        "mathopen",
        "mathinner",
        "mathpunct",
        "centering",
        "small",
        "normalsize",
        "large",
        "footnotesize",
        "bigskip",
        "medskip",
        "smallskip",
        "null",
    ]
)
"""Spaces and sizes: taken out (the sizes of brackets say first which side they are)."""
LEFT_SIZES = frozenset(("left", "bigl", "Bigl", "biggl", "Biggl"))
RIGHT_SIZES = frozenset(("right", "bigr", "Bigr", "biggr", "Biggr"))
SIZES = (
    LEFT_SIZES
    | RIGHT_SIZES
    | frozenset(["middle", "big", "Big", "bigg", "Bigg", "bigm", "Bigm", "biggm", "Biggm"])
)

DROPPED_ARGUMENT = {
    "label": 1, "tag": 1, "tag*": 1, "phantom": 1, "hphantom": 1, "vphantom": 1, "hspace": 1, "hspace*": 1,
    "vspace": 1, "mspace": 1, "color": 1, "hskip": 0, "kern": 0, "mkern": 0, "cite": 1, "ref": 1,
    "eqref": 1, "footnote": 1, "rule": 2, "intertext": 1, "index": 1, "footnotemark": 0, "bookmark": 1,
}  # fmt: skip
"""Commands that go with so many arguments."""
KEPT_LAST = {
    "textcolor": 2, "mathcolor": 2, "boxed": 1, "fbox": 1, "cancel": 1, "bcancel": 1, "smash": 1,
    "mathclap": 1, "mathllap": 1, "mathrlap": 1, "colorbox": 2, "underbrace": 1, "overbrace": 1,
    "mathop": 1, "adjustbox": 2, "highlight": 1, "uwave": 1, "uline": 1, "underbracket": 1, "hl": 1,
    "mathord": 1, "substack": 1,
}  # fmt: skip
"""Commands of which the last of so many arguments is what is said."""
PAINTED = frozenset(
    ("textcolor", "mathcolor", "boxed", "fbox", "colorbox", "highlight", "hl", "uwave", "uline")
)
"""Commands that only paint what they hold."""
BRACED = frozenset(("underbrace", "overbrace", "underbracket"))
"""Commands whose script is a remark."""

LOOKS = frozenset(
    [
        "mathbf",
        "boldsymbol",
        "bm",
        "pmb",
        "bold",
        "mathit",
        "mathcal",
        "mathscr",
        "mathfrak",
        "mathbb",
        "mathbbm",
        "mathds",
        "symbf",
        "symbfit",
        "symbfup",
        "symcal",
        "bs",
        "vb",
        "mathbfit",
        "mathbold",
        "textbf",
        "textit",
        "bf",
        "it",
        "cal",
        "mit",
        "boldmath",
        "bfseries",
        "mathsfbf",
        "mathbfsf",
        "vct",
        "mathnormal",
        "Bbb",
        "frak",
    ]
)
"""Fonts of variables: what is set in them keeps its meaning."""
OLD_LOOKS = frozenset(("bf", "it", "cal", "mit", "boldmath", "bfseries"))
WORDS = frozenset(
    [
        "mathrm",
        "text",
        "textrm",
        "textup",
        "textnormal",
        "mathsf",
        "textsf",
        "mathtt",
        "texttt",
        "operatorname",
        "operatorname*",
        "mbox",
        "hbox",
        "symrm",
        "symsf",
        "rm",
        "sf",
        "tt",
        "textsc",
        "mathup",
        "operatornamewithlimits",
    ]
)
"""Fonts of words: letters set in them are one word."""
OLD_WORDS = frozenset(("rm", "sf", "tt"))
ACCENTS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar",
    "overline": "bar", "dot": "dot", "ddot": "ddot", "check": "check", "widecheck": "check",
    "breve": "breve", "acute": "acute", "grave": "grave", "mathring": "ring",
}  # fmt: skip
"""Accents, by what they add to a name."""
SILENT_ACCENTS = frozenset(
    ("vec", "underline", "overrightarrow", "underbar", "utilde", "undertilde", "vv", "va")
)
"""Accents that only say that a letter is a vector or a matrix."""

_SMALL = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
_CAPITAL = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
GREEK = frozenset((*_SMALL, *_CAPITAL))
LETTERS = {name: name for name in (*_SMALL, *_CAPITAL)} | {
    "ell": "ℓ", "hbar": "ħ", "imath": "i", "jmath": "j", "pi": "pi",
}  # fmt: skip
"""Commands that are letters, by the names of their variables."""
VARIANTS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
    "varkappa": "kappa", "varpi": "pi", "varSigma": "Sigma", "varOmega": "Omega", "varTheta": "Theta",
    "varLambda": "Lambda", "varGamma": "Gamma", "varDelta": "Delta", "varPhi": "Phi", "varPsi": "Psi",
}  # fmt: skip
"""Second forms of Greek letters."""

FUNCTIONS_SPELLED = {
    "blkdiag": "diag", "blockdiag": "diag", "bdiag": "diag", "Blkdiag": "diag", "blockDiag": "diag",
    "Tr": "tr", "trace": "tr", "Trace": "tr", "tra": "tr", "Det": "det", "ln": "log", "lb": "log2",
    "lg": "log10", "Diag": "diag", "Vec": "vec", "vecop": "vec", "vect": "vec", "mvec": "vec",
    "Log": "log", "Exp": "exp", "ReLU": "relu", "Relu": "relu", "GELU": "gelu", "LSE": "logsumexp",
    "lse": "logsumexp", "sgn": "sign", "Sign": "sign", "arcsinh": "asinh", "erf": "erf", "adj": "adjugate",
    "Adj": "adjugate", "Chol": "cholesky", "chol": "cholesky", "Softmax": "softmax", "SoftMax": "softmax",
    "Sigmoid": "sigmoid", "Softplus": "softplus", "logistic": "sigmoid", "Expm": "expm", "Logm": "logm",
    "rowsoftmax": "row_softmax", "eig": "eigenvalues", "Syl": "sylvester", "logdet": "logdet",
    "Logdet": "logdet", "ld": "logdet", "Skew": "skew", "Sym": "sym", "symm": "sym", "unvec": "unvec",
    "mat": "unvec", "ax": "axial", "norm": "norm", "abs": "abs", "tg": "tan", "mean": "mean", "var": "var",
    "std": "std", "sum": "sum", "arctg": "arctan",
}  # fmt: skip
"""What functions are called in formulas, by their names here."""
COMMAND_FUNCTIONS = frozenset(
    [
        "log",
        "ln",
        "lg",
        "exp",
        "det",
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "tr",
        "Tr",
        "trace",
        "Trace",
        "diag",
        "Diag",
        "vech",
        "vecop",
        "vect",
        "mvec",
        "rank",
        "softmax",
        "sigmoid",
        "relu",
        "ReLU",
        "sign",
        "sgn",
        "erf",
        "logdet",
        "unvec",
        "max",
        "min",
        "abs",
        "norm",
        "inv",
        "gcd",
        "dim",
        "ker",
        "Pr",
        "arg",
        "hom",
        "deg",
        "inf",
        "sup",
        "lim",
        "liminf",
        "limsup",
        "argmin",
        "argmax",
        "lb",
        "tg",
    ]
)
"""Commands that are functions where no macro says otherwise."""
NO_FUNCTIONS = {
    "E": phrase("an expectation"), "Pr": phrase("a probability"),
    "Var": phrase("a variance of random variables"), "Cov": phrase("a covariance of random variables"),
    "KL": phrase("a divergence of distributions"), "D_KL": phrase("a divergence of distributions"),
    "P": phrase("a probability"), "Prob": phrase("a probability"), "lim": phrase("a limit"),
    "sup": phrase("a supremum"), "inf": phrase("an infimum"), "int": phrase("an integral"),
    "iint": phrase("an integral"), "oint": phrase("an integral"), "liminf": phrase("a limit"),
    "limsup": phrase("a limit"), "bigcup": phrase("a union of sets"),
    "bigcap": phrase("an intersection of sets"), "ker": phrase("a null space"),
    "dim": phrase("a dimension of a space"), "gcd": phrase("a divisor"), "deg": phrase("a degree"),
    "hom": phrase("a space of maps"), "rank": phrase("a rank, which has no derivative"),
    "cov": phrase("a covariance"), "Re": phrase("a real part, and everything here is real"),
    "Im": phrase("an imaginary part, and everything here is real"), "forall": phrase("a statement for all"),
    "exists": phrase("a statement of existence"), "bigoplus": phrase("a direct sum"),
    "bigotimes": phrase("a repeated Kronecker product"), "coprod": phrase("a coproduct"),
    "lfloor": phrase("a rounded number"), "lceil": phrase("a rounded number"),
    "bigodot": phrase("a repeated product"), "range": phrase("a range of a map"), "span": phrase("a span"),
}  # fmt: skip
"""What formulas hold that is no function of matrices with a derivative here."""

OPERATORS = {
    "cdot": "⋅", "bullet": "⋅", "cdotp": "⋅", "times": "×", "ast": "∗", "star": "∗", "otimes": "⊗",
    "odot": ".*", "circ": ".*", "oslash": "./", "oplus": "⊕", "div": "/", "boxtimes": "⊗",
    "circledast": "∗", "colon": ":", "ratio": ":", "ddotcolon": ":", "cross": "×", "dotproduct": "⋅",
    "vdotcolon": ":", "cp": "×",
}  # fmt: skip
"""Operators between factors, as the tree has them."""
RELATIONS = {
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "lt": "<", "gt": ">",
    "ne": "≠", "neq": "≠", "in": "∈", "equiv": "=", "coloneqq": "=", "coloneq": "=", "triangleq": "=",
    "doteq": "=", "eqdef": "=", "defeq": "=", "eqqcolon": "=", "propto": "∝", "approx": "≈", "sim": "∼",
    "to": "→", "rightarrow": "→", "mapsto": "↦", "implies": "⇒", "Rightarrow": "⇒", "iff": "⇔",
    "succeq": "⪰", "succ": "≻", "preceq": "⪯", "prec": "≺", "simeq": "≈", "cong": "≅", "notin": "∉",
    "subset": "⊂", "subseteq": "⊆", "Longrightarrow": "⇒", "longrightarrow": "→", "leftarrow": "←",
    "gets": "←", "Leftrightarrow": "⇔", "mid": "|", "leqq": "≤", "geqq": "≥", "overset=": "=", "gg": "≫",
    "ll": "≪", "perp": "⊥", "parallel": "∥", "longmapsto": "↦", "hookrightarrow": "→", "setminus": "∖",
}  # fmt: skip
"""Relations, by their signs."""

OPENING = {
    "(": "(", "[": "[", "{": "{", "lbrace": "{", "lbrack": "[", "langle": "⟨", "lparen": "(", "⟨": "⟨",
    "lgroup": "(",
}  # fmt: skip
CLOSING = {
    ")": "(",
    "]": "[",
    "}": "{",
    "rbrace": "{",
    "rbrack": "[",
    "rangle": "⟨",
    "rparen": "(",
    "⟩": "⟨",
    "rgroup": "(",
}
BARS = {
    "|": "‖",
    "Vert": "‖",
    "vert": "|",
    "lvert": "|",
    "rvert": "|",
    "lVert": "‖",
    "rVert": "‖",
    "mvert": "|",
}
"""Commands that are bars; the sign | itself is a single bar."""
BAR_SIDES = {"lvert": "open", "lVert": "open", "rvert": "close", "rVert": "close"}

MATRICES = frozenset(
    [
        "matrix",
        "pmatrix",
        "bmatrix",
        "Bmatrix",
        "vmatrix",
        "smallmatrix",
        "psmallmatrix",
        "bsmallmatrix",
        "pmatrix*",
        "bmatrix*",
        "array",
        "matrix*",
        "bNiceMatrix",
        "pNiceMatrix",
    ]
)
CASES = frozenset(("cases", "dcases", "rcases", "cases*", "dcases*", "numcases"))
"""Environments of functions in pieces."""
FORMULAS = frozenset(
    [
        "aligned",
        "align",
        "align*",
        "equation",
        "equation*",
        "split",
        "gather",
        "gather*",
        "gathered",
        "multline",
        "multline*",
        "eqnarray",
        "eqnarray*",
        "displaymath",
        "math",
        "alignat",
        "alignat*",
        "alignedat",
        "flalign",
        "flalign*",
        "dmath",
        "dmath*",
        "multlined",
        "IEEEeqnarray",
        "IEEEeqnarray*",
        "subequations",
    ]
)
"""Environments that only arrange formulas."""
TRANSPOSE_COMMANDS = frozenset(("top", "intercal", "transp", "trans", "transpose", "tran", "tp"))
OTHERS = frozenset(
    [
        "frac",
        "tfrac",
        "dfrac",
        "cfrac",
        "nicefrac",
        "sqrt",
        "sum",
        "prod",
        "begin",
        "end",
        "over",
        "partial",
        "nabla",
        "infty",
        "min",
        "max",
        "argmin",
        "argmax",
        "newcommand",
        "renewcommand",
        "def",
        "DeclareMathOperator",
        "ldots",
        "cdots",
        "dots",
        "prime",
        "dagger",
        "label",
        "tag",
        "nonumber",
        "quad",
        "qquad",
        "left",
        "right",
    ]
)
"""Commands that the parser knows by themselves."""
UNREAD = frozenset((
    "pm", "mp", "bmod", "pmod", "wedge", "vee", "cap", "cup", "ddagger",
    "diamond", "ominus", "aleph", "neg", "lnot", "supset", "emptyset", "nmid", "lesssim",
    "therefore", "because", "vdots", "ddots", "dag", "amalg", "uplus", "sqcup", "angle",
    "triangle", "choose", "binom", "atop", "stackrel", "overset", "underset", "xrightarrow", "bigwedge",
    "boxplus", "rtimes", "ltimes", "sharp", "natural",
))  # fmt: skip
"""Commands that are not read, and show that a text is LaTeX: ``x\\mp y`` divides by nothing called mp."""
FUNCTION_WORDS = frozenset(FUNCTIONS_SPELLED) | COMMAND_FUNCTIONS | {"vec", "softplus", "logsumexp"}
"""Words that are functions in whatever font they are set."""
