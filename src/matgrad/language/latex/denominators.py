"""Where a denominator on one line ends."""

from __future__ import annotations

from matgrad.language import syntax as s

_UNBRACKETED = (s.Num, s.Name, s.Power, s.Bars, s.Subscripted)


def is_unclear_denominator(below: s.Node, factor: s.Node) -> bool:
    """Whether the factor behind ``a/b`` may belong to the denominator: a/bc, but not (a/2)‖x‖."""
    base = factor.base if isinstance(factor, s.Power) else factor
    if not isinstance(below, _UNBRACKETED):
        return False
    if isinstance(base, (s.Name, s.Subscripted)):
        return True
    return isinstance(base, s.Bars) and not isinstance(below, (s.Num, s.Name))
