"""The lines that the results are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.runtime.measure import Record

SMALL = 10
Ratio = Callable[[Record], float | None]
JAX_LINES = (
    ("logistic", 1000, 3.0),
    ("softmax", 50, 8.0),
    ("softmax", 100, 8.0),
    ("quadratic", 1000, 40.0),
    ("factorisation", 300, 500.0),
    ("factorisation-factors", 300, 1e5),
    ("logdet", 40, 5.0),
    ("logdet-factors", 40, 300.0),
    ("relu", 50, 2.5),
    ("relu-factors", 50, 250.0),
)


@dataclass(frozen=True)
class Line:
    """A target, how many records meet it, and the worst."""

    target: str
    met: int
    of: int
    middle: float
    worst: float
    where: str

    def text(self) -> str:
        """One line of the report."""
        if not self.of:
            return f"{self.target:58} not measured"
        worst = f"worst {show(self.worst)} ({self.where})" if self.of > 1 else ""
        verdict = "met" if self.met == self.of else "MISSED" if self.of == 1 else f"{self.met} of {self.of}"
        return f"{self.target:58} {verdict:>9}   p50 {show(self.middle):>8}   {worst}".rstrip()


def show(ratio: float) -> str:
    """A ratio with as many digits as mean something."""
    if ratio >= 1e4:
        return f"{ratio:.1e}"
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def at_most(target: str, limit: float, records: Sequence[Record], ratio: Ratio) -> Line:
    """A ratio that may not be larger."""
    found = [(r, record) for record in records if (r := ratio(record)) is not None]
    if not found:
        return Line(target, 0, 0, 0, 0, "")
    worst, where = max(found, key=lambda pair: pair[0])
    met = sum(r <= limit for r, _ in found)
    return Line(target, met, len(found), median(r for r, _ in found), worst, f"{where.case} n={where.n}")


def at_least(target: str, limit: float, records: Sequence[Record], ratio: Ratio) -> Line:
    """A ratio that may not be smaller."""
    found = [(r, record) for record in records if (r := ratio(record)) is not None]
    if not found:
        return Line(target, 0, 0, 0, 0, "")
    worst, where = min(found, key=lambda pair: pair[0])
    met = sum(r >= limit for r, _ in found)
    return Line(target, met, len(found), median(r for r, _ in found), worst, f"{where.case} n={where.n}")


def lines(records: Sequence[Record]) -> list[Line]:
    """All target lines about times of one set of records."""
    by_hand: Ratio = lambda r: r.ratio("matgrad", "by hand")  # noqa: E731
    jax: Ratio = lambda r: r.ratio("JAX")  # noqa: E731
    derivatives = [r for r in records if r.kind != "product"]
    products = [r for r in records if r.kind == "product"]
    found = []
    for title, group in (("derivatives", derivatives), ("products", products)):
        large = [r for r in group if r.n > SMALL]
        found.append(at_most(f"{title}: at most 1.1× the time by hand", 1.1, large, by_hand))
    small = [r for r in records if r.n <= SMALL]
    found.append(at_most("n ≤ 10: at most 1.3× the time by hand", 1.3, small, by_hand))
    for case, n, factor in JAX_LINES:
        group = [r for r in records if r.case == case and r.n == n]
        found.append(at_least(f"{case}, n = {n}: JAX takes at least {factor:g}×", factor, group, jax))
    gradients = [r for r in records if r.kind == "gradient"]
    found.append(at_least("gradients: JAX takes at least 1.4×", 1.4, gradients, jax))
    pca = [r for r in records if r.case == "pca"]
    found.append(at_least("pca: JAX takes at least 3.5×", 3.5, pca, jax))
    hessians = [r for r in records if r.kind == "hessian"]
    for peer in ("PyTorch", "torch.compile"):
        ratio: Ratio = lambda r, peer=peer: r.ratio(peer)  # type: ignore[misc]  # noqa: E731
        found.append(at_least(f"Hessians: {peer} takes at least 5×", 5, hessians, ratio))
        found.append(at_least(f"gradients: {peer} takes at least 1×", 1, gradients, ratio))
        hand: Ratio = lambda r, peer=peer: r.ratio(peer, "by hand")  # type: ignore[misc]  # noqa: E731
        found.append(at_least(f"  the same for the code by hand ({peer})", 1, gradients, hand))
    return found
