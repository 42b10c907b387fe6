"""Two versions of matgrad side by side: which cases became slower or faster, and by how much.

    .venv/bin/python benchmarks/compare.py main~20                  # that commit, and this working tree
    .venv/bin/python benchmarks/compare.py v1.0 v1.1                # two commits; folders are taken as well
    .venv/bin/python benchmarks/compare.py main~20 --only run call --cases logistic
    .venv/bin/python benchmarks/compare.py . .                      # a tree with itself: what is noise

The two take turns on each case, round by round, on one processor, so that a busy machine slows both alike.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import geometric_mean, median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIDE = Path(__file__).with_name("compare_side.py")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
KINDS = {
    "import": "a fresh process that imports the package",
    "read": "from text to an expression, over the golden cases",
    "derive": "deriving and simplifying",
    "verify": "deriving, and verifying the result",
    "write": "planning a function with its derivative, and writing the code",
    "network": "the gradient of a deep network",
    "run": "calls of compiled functions",
    "call": "the same with arrays of size 3: what a call costs",
}
BATCH = 1e-3
"""Seconds that one batch of calls lasts at least."""

APART = 1.05
"""A case is measured again, longer, where its ratio is that far from 1."""

AGAIN = 4
"""How many times as many rounds it then gets."""


@dataclass
class Pair:
    """One case: seconds before and after, round by round, or why there are none."""

    kind: str
    name: str
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    error: str = ""

    @property
    def ratio(self) -> float:
        """The median of after by before, round by round: above 1 it became slower."""
        return median(b / a for a, b in zip(self.before, self.after, strict=True))

    @property
    def is_sure(self) -> bool:
        """Whether nearly all rounds lie on one side of 1, by as much as is no noise."""
        ratios = sorted(b / a for a, b in zip(self.before, self.after, strict=True))
        tenth = len(ratios) // 10
        return ratios[tenth] > 1.02 or ratios[-1 - tenth] < 0.98


class Side:
    """A version, in a process that measures when it is its turn."""

    def __init__(self, tree: Path, processors: set[int]) -> None:
        self.environment = {
            **os.environ,
            **dict.fromkeys(THREAD_VARIABLES, "1"),
            "PYTHONPATH": str(tree / "src"),
        }
        self.processors = processors
        self.process = subprocess.Popen(
            [sys.executable, str(SIDE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
            preexec_fn=self._bound,
        )
        loaded = Path(self.ask("where")).resolve()
        if not loaded.is_relative_to(tree.resolve()):
            raise SystemExit(f"{loaded} was loaded, which does not lie in {tree}")

    def _bound(self) -> None:
        if self.processors:
            os.sched_setaffinity(0, self.processors)

    def ask(self, *request: Any) -> Any:
        """The answer to a request."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the process that measures {request} has ended")
        return json.loads(line)

    def start(self) -> float:
        """Seconds of a fresh process that imports the package."""
        begun = perf_counter()
        command = [sys.executable, "-c", "import matgrad"]
        subprocess.run(command, check=True, env=self.environment, preexec_fn=self._bound)
        return perf_counter() - begun

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@contextmanager
def tree_of(version: str) -> Iterator[Path]:
    """The files of a version: of a folder as they are, of a commit in a folder for the time being."""
    if Path(version).is_dir():
        yield Path(version).resolve()
        return
    done = subprocess.run(["git", "archive", version, "src"], cwd=ROOT, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{version} is neither a folder nor a commit: {done.stderr.decode().strip()}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def rounds(pair: Pair, turns: tuple[Callable[[], float], Callable[[], float]], count: int) -> None:
    """Measure both in turn; who is first changes from round to round."""
    for k in range(count):
        taken = [0.0, 0.0]
        for which in (0, 1) if k % 2 else (1, 0):
            taken[which] = turns[which]()
        pair.before.append(taken[0])
        pair.after.append(taken[1])


def measured(pair: Pair, sides: tuple[Side, Side], count: int) -> None:
    """Fill in the seconds of a case; longer where the two seem to differ."""
    if pair.kind == "import":
        rounds(pair, (sides[0].start, sides[1].start), count * AGAIN)
        return
    begun = [side.ask("begin", pair.kind, pair.name) for side in sides]
    said = [answer.get("error", "") for answer in begun]
    if any(said):
        pair.error = "; ".join(
            f"{who}: {error}" for who, error in zip(("before", "after"), said, strict=True)
        )
        return
    quickest = min(answer["seconds"] for answer in begun)
    number = max(1, round(BATCH / quickest))
    batches = 1 if quickest > 0.2 else 2 if quickest > 0.02 else 3
    turns = tuple(lambda side=side: side.ask("turn", number, batches) for side in sides)
    rounds(pair, turns, count)
    if abs(pair.ratio - 1) > APART - 1:
        pair.before, pair.after = [], []
        rounds(pair, turns, count * AGAIN)


def table(pairs: list[Pair]) -> str:
    """A line for each kind, then the cases that became slower or faster."""
    done = [pair for pair in pairs if not pair.error]
    lines = [f"{'':9}{'cases':>6}{'before':>11}{'after':>11}{'ratio':>8}{'slower':>8}{'faster':>8}"]
    for kind, about in KINDS.items():
        of = [pair for pair in done if pair.kind == kind]
        if not of:
            continue
        before, after = (1e3 * median(median(getattr(p, side)) for p in of) for side in ("before", "after"))
        apart = [pair for pair in of if pair.is_sure and abs(pair.ratio - 1) > APART - 1]
        slower = sum(pair.ratio > 1 for pair in apart)
        mean = geometric_mean(pair.ratio for pair in of)
        cells = f"{len(of):6d}{before:8.3f} ms{after:8.3f} ms{mean:8.3f}{slower:8d}{len(apart) - slower:8d}"
        lines.append(f"{kind:9}{cells}   {about}")
    lines.append("The times are medians over the cases, the ratio is the geometric mean of after by before.")
    apart = [pair for pair in done if pair.is_sure and abs(pair.ratio - 1) > APART - 1]
    for title, chosen in (
        ("Slower", sorted((p for p in apart if p.ratio > 1), key=lambda p: -p.ratio)),
        ("Faster", sorted((p for p in apart if p.ratio < 1), key=lambda p: p.ratio)),
    ):
        if chosen:
            lines += ["", title]
        for pair in chosen:
            before, after = 1e3 * median(pair.before), 1e3 * median(pair.after)
            lines.append(f"{pair.ratio:7.3f}{before:12.4f} ms{after:12.4f} ms   {pair.kind}: {pair.name}")
    failed = [f"  {pair.kind}: {pair.name}: {pair.error}" for pair in pairs if pair.error]
    return "\n".join([*lines, *(["", "Not measured", *failed] if failed else [])])


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", help="a commit or a folder")
    parser.add_argument("after", nargs="?", default=str(ROOT), help="another; this working tree by default")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS), help="what is measured")
    parser.add_argument("--cases", nargs="+", metavar="TEXT", help="cases with one of these in their name")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth case of a kind")
    parser.add_argument("--rounds", type=int, default=7, help="rounds in which the two take turns")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the seconds of all rounds there")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = arguments()
    processors = {max(os.sched_getaffinity(0))} if hasattr(os, "sched_getaffinity") else set()
    pairs: list[Pair] = []
    with ExitStack() as stack:
        trees = [stack.enter_context(tree_of(version)) for version in (options.before, options.after)]
        before, after = (Side(tree, processors) for tree in trees)
        stack.callback(before.close)
        stack.callback(after.close)
        names = {"import": ["matgrad"], **after.ask("names")}
        for kind in (kind for kind in KINDS if kind in options.only):
            chosen = [n for n in names[kind] if not options.cases or any(c in n for c in options.cases)]
            for name in chosen[:: options.every]:
                pairs.append(Pair(kind, name))
                measured(pairs[-1], (before, after), options.rounds)
                print(f"\r{kind}: {len(pairs)}", end="", file=sys.stderr, flush=True)
    print("\r", end="", file=sys.stderr)
    print(table(pairs))
    if options.json:
        rows = [asdict(pair) for pair in pairs]
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
