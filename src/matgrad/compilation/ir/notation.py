"""What a value is, in the notation of a textbook, for comments and messages."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from matgrad.compilation.ir.numbers import EXACT, shown
from matgrad.compilation.ir.program import Scalar, Value

LONGEST = 96
"""Longer notations name the parts they are made of."""

SHORT = 28
"""Longer operands are written by their names, where they have one."""

_ADD, _ENTRYWISE, _MUL, _POST, _ATOM = 1, 2, 3, 4, 5
_SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
_FUNCTIONS = {"sigmoid": "σ", "absolute": "abs", "sqrt": "√", "step": "step"}

_FACTORED = {
    "cholesky_factor": "Cholesky factor L",
    "lu_factor": "LU factors",
    "eigh": "eigenvalues and eigenvectors",
    "svd": "singular value decomposition",
}

Text = tuple[str, int]


class Notation:
    """Writes values; parts that have a name may be written by it.

    Parameters
    ----------
    names : mapping of Value to str
        The names of values in the source; it may grow while this is used.
    """

    def __init__(self, names: Mapping[Value, str]) -> None:
        self.names = names
        self._known: dict[Value, Text] = {}

    def of(self, value: Value) -> str:
        """The notation of a value, short enough for a line."""
        text = self._text(value)[0]
        return f"{_FACTORED[value.op]} of {text}" if value.op in _FACTORED else text

    def _text(self, value: Value) -> Text:
        known = self._known.get(value)
        if known is None:
            stack = [value]
            while stack:
                top = stack[-1]
                waiting = [arg for arg in top.args if arg not in self._known]
                if waiting:
                    stack += waiting
                else:
                    stack.pop()
                    self._known[top] = self._write(top)
            known = self._known[value]
        return known

    def _operand(self, value: Value, least: int) -> str:
        """An operand in brackets where it binds less; its name where it is long."""
        text, level = self._known[value]
        if len(text) > SHORT and value in self.names:
            return self.names[value]
        return text if level >= least else f"({text})"

    def _write(self, v: Value) -> Text:
        text, level = self._spelled(v)
        if len(text) > LONGEST:
            parts = ", ".join(self.names[a] for a in v.args if a in self.names)
            return (f"{v.op.replace('_', ' ')} of {parts}" if parts else f"{text[: LONGEST - 1]}…", _ATOM)
        return text, level

    def _spelled(self, v: Value) -> Text:
        args = v.args
        if v.op == "input":
            return str(v.params[0]), _ATOM
        if v.op == "number":
            return number_text(v.params[0]), _ATOM
        if v.op in ("zeros", "ones", "eye", "constant", "unit", "selection"):
            return self._leaf(v), _ATOM
        if v.op == "sum":
            return self._sum(v), _ADD
        if v.op == "scale":
            factor = v.params[0]
            if factor == -1:
                return f"−{self._operand(args[0], _ENTRYWISE)}", _ENTRYWISE
            return f"{number_text(factor)} {self._operand(args[0], _MUL)}", _MUL
        if v.op in ("scalar_times", "matmul"):
            return " ".join(self._operand(a, _MUL) for a in args), _MUL
        if v.op == "hadamard" and v.kind == "scalar":
            return " ".join(self._operand(a, _MUL) for a in args), _MUL
        if v.op == "hadamard":
            return " ⊙ ".join(self._operand(a, _POST) for a in args), _ENTRYWISE
        if v.op == "power":
            base = self._operand(args[0], _ATOM)
            exponent = number_text(v.params[0])
            plain = exponent.isdigit() or (exponent[0] == "−" and exponent[1:].isdigit())
            return base + (
                exponent.replace("−", "-").translate(_SUPERSCRIPTS) if plain else f"^({exponent})"
            ), _POST
        if v.op == "matrix_power":
            power = str(v.params[0]).translate(_SUPERSCRIPTS)
            return self._operand(args[0], _ATOM) + power, _POST
        if v.op == "transpose":
            return self._operand(args[0], _ATOM) + "ᵀ", _POST
        if v.op in ("gram", "weighted_gram", "block_gram"):
            a = self._operand(args[0], _ATOM)
            middle = f" diag({self._operand(args[1], _ADD)}) " if len(args) > 1 else " "
            return f"{a}ᵀ{middle}{a}", _MUL
        return self._structured(v)

    def _structured(self, v: Value) -> Text:
        args = v.args
        if v.op in ("scale_rows", "scale_columns"):
            place = 0 if v.op == "scale_rows" else 1
            texts = [self._operand(a, _MUL) for a in args]
            texts[place] = f"diag({self._operand(args[place], _ADD)})"
            return " ".join(texts), _MUL
        if v.op == "inner":
            a, b = args
            if a.kind == "vector":
                return f"{self._operand(a, _ATOM)}ᵀ{self._operand(b, _POST)}", _MUL
            return f"tr({self._operand(a, _ATOM)}ᵀ {self._operand(b, _MUL)})", _ATOM
        if v.op == "row_inner":
            return f"diag({self._operand(args[0], _MUL)} {self._operand(args[1], _ATOM)}ᵀ)", _ATOM
        if v.op == "kron_combination":
            return self._kron_combination(v), _ADD
        if v.op == "face_split":
            return " • ".join(self._operand(a, _POST) for a in args), _ENTRYWISE
        if v.op == "kron_apply":
            left, right, matrix = (self._operand(x, _POST) for x in args)
            return f"({left} ⊗ {right}) {matrix}", _MUL
        if v.op == "block_products":
            x, spread = (self._operand(a, _ATOM) for a in args)
            return f"the diagonal blocks of {x}ᵀ {spread}", _ADD
        if v.op == "kron":
            return " ⊗ ".join(self._operand(a, _POST) for a in args), _ENTRYWISE
        if v.op.startswith("inverse_"):
            return f"{self._matrix(v)}⁻¹", _POST
        if v.op.startswith("solve_"):
            flipped = v.params and v.params[-1] is True
            sign = "⁻ᵀ" if flipped else "⁻¹"
            return f"{self._matrix(v)}{sign} {self._operand(args[1], _MUL)}", _MUL
        if v.op in ("adjugate", "det_hessian"):
            name = "adj" if v.op == "adjugate" else "Hessian of det"
            return f"{name}({self._operand(args[1], _ADD)})", _ATOM
        if v.op.startswith(("log_det_", "det_")):
            name = "log det" if v.op.startswith("log") else "det"
            return f"{name}({self._operand(args[0], _ADD)})", _ATOM
        if v.op in ("cholesky_factor", "lu_factor", "eigh", "svd"):
            return self._known[args[0]]
        if v.op == "apply":
            inner = self._operand(args[0], _ADD)
            return f"{_FUNCTIONS.get(v.params[0], v.params[0])}({inner})", _ATOM
        if v.op in ("broadcast_column", "broadcast_row"):
            inner = self._operand(args[0], _ATOM)
            return (f"{inner} 1ᵀ" if v.op == "broadcast_column" else f"1 {inner}ᵀ"), _MUL
        if v.op == "item":
            return f"{'λV'[v.params[0]] if args[0].op == 'eigh' else 'UsV'[v.params[0]]}", _ATOM
        if v.op == "part":
            r0, r1, c0, c1 = v.params
            rows = f"{r0 + 1}" if r1 == r0 + 1 else f"{r0 + 1}:{r1}"
            columns = f"{c0 + 1}" if c1 == c0 + 1 else f"{c0 + 1}:{c1}"
            whole = args[0].kind == "vector"
            inside = (rows if args[0].columns == 1 else columns) if whole else f"{rows}, {columns}"
            return f"{self._operand(args[0], _ATOM)}[{inside}]", _POST
        if v.op == "over_norms":
            return f"unit({self._operand(args[0], _ADD)})", _ATOM
        if v.op in ("require_gaps", "require_nonzero"):
            return self._known[args[0]]
        name = {
            "total": "sum",
            "trace": "tr",
            "reshape": "vec" if v.columns == 1 else "unvec",
            "power_by": "power",
            "power_or_zero": "power",
            "norms": "norm",
        }.get(v.op, v.op.replace("_", " "))
        return f"{name}({', '.join(self._operand(a, _ADD) for a in args)})", _ATOM

    def _kron_combination(self, v: Value) -> str:
        out = ""
        for i, (c, turned) in enumerate(v.params):
            text = " ⊗ ".join(self._operand(a, _POST) for a in v.args[2 * i : 2 * i + 2])
            text = f"({text}) K" if turned else text
            text = text if abs(c) == 1 else f"{number_text(abs(c))} {text}"
            sign = "−" if c < 0 else "+"
            out = f"{out} {sign} {text}" if out else (f"−{text}" if c < 0 else text)
        return out

    def _matrix(self, v: Value) -> str:
        """The matrix of an inverse or a solve."""
        source = v.args[0]
        return self._operand(source.args[0] if source.kind == "factorisation" else source, _ATOM)

    @staticmethod
    def _leaf(v: Value) -> str:
        if v.op == "unit":
            return f"e{v.params[0] + 1}"
        if v.op == "selection":
            return {"commutation": "K", "duplication": "D", "elimination": "L"}[v.params[0].kind]
        return {"zeros": "0", "ones": "1", "eye": "I", "constant": "C"}[v.op]

    def _sum(self, v: Value) -> str:
        out = ""
        terms = sorted(zip(v.params, v.args, strict=True), key=lambda term: term[0] < 0)
        for factor, arg in terms:
            sign = "−" if factor < 0 else "+"
            size = abs(factor)
            # A Hadamard product is a term of a sum without brackets, but not with a number in front.
            inner = self._operand(arg, _ENTRYWISE if size == 1 else _MUL)
            if inner.startswith("−") and size == 1:
                sign, inner = ("+" if sign == "−" else "−"), inner[1:]
            text = number_text(size) if arg.op in ("ones", "number") else inner
            if size != 1 and arg.op not in ("ones", "number"):
                text = f"{number_text(size)} {inner}"
            out = f"{out} {sign} {text}" if out else (f"−{text}" if sign == "−" else text)
        return out


def number_text(x: Scalar) -> str:
    """A number as a reader would write it."""
    if isinstance(x, Fraction) and max(abs(x.numerator), x.denominator) >= EXACT:
        return shown(x).replace("-", "−")
    if isinstance(x, Fraction):
        text = str(x) if x.denominator != 1 else str(x.numerator)
        return text.replace("-", "−")
    return f"{x:.6g}".replace("-", "−")
