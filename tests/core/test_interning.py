"""The table of nodes: one object for each expression, let go when no one uses it, in all threads."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.dims import Dim, Minimum, minimum
from matgrad.core.expr import Expr, Symbol, _restore, _table
from matgrad.core.facts import Fact
from matgrad.core.interning import Interned
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Number

ROOT = Path(__file__).resolve().parents[2]


def entries() -> int:
    """How many nodes and dimensions there are."""
    gc.collect()
    return len(_table) + len(Dim._table) + len(Minimum._table)


def in_a_fresh_process(program: str, timeout: float = 120) -> str:
    """What a program prints in a process of its own, which must end well and in time."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def problem(i: int) -> Expr:
    """A function with names of its own: data, transposes, inverses, skew and symmetric parts."""
    m, n = mg.dims(f"m{i} n{i}")
    A, x = mg.matrix(f"A{i}", m, n), mg.vector(f"x{i}", n)
    S, K = mg.matrix(f"S{i}", n, n, symmetric=True), mg.matrix(f"K{i}", n, n, skew=True)
    inner = mg.inv(A.T @ A + S) @ K @ S @ K
    f: Expr = mg.logdet(A.T @ A + i * mg.eye(n)) + x.T @ A.T @ A @ x + mg.trace(inner) + mg.norm(x)
    return f


def derived(i: int) -> None:
    f = problem(i)
    mg.gradient(f, f"A{i}", verify=False)
    mg.hessian(f, f"x{i}", verify=False)
    assert str(f)
    assert mg.latex(f)


def test_nothing_of_a_problem_stays() -> None:
    derived(1000)
    before = entries()
    for i in range(1001, 1101):
        derived(i)
    assert entries() == before


def test_nodes_go_without_the_cyclic_collector() -> None:
    derived(1000)
    before = entries()
    gc.disable()
    try:
        for i in range(1001, 1021):
            derived(i)
        after = len(_table) + len(Dim._table) + len(Minimum._table)
    finally:
        gc.enable()
    assert after == before


WORK = {
    "parse": "read(i)",
    "derive": "r = read(i); mg.derive(r.expr, r.symbols[f'A{i}'])",
    "explain": "r = read(i); str(mg.explain(r.expr, r.symbols[f'x{i}']))",
    "check": "r = read(i); mg.check(r.expr, r.symbols[f'x{i}'], f'2*A{i}\\'*A{i}*x{i}')",
    "compile": (
        "r = read(i); f = mg.compile([r.expr, mg.gradient(r.expr, f'A{i}', verify=False)]);"
        "f(**{f'A{i}': np.ones((3, 2)), f'x{i}': np.ones(2)})"
    ),
    "write": "r = read(i); str(r.expr); mg.latex(r.expr); mg.printing.numpy_source(r.expr)",
    "practice": "next(iter(mg.practice(seed=i)))",
}


@pytest.mark.parametrize("work", WORK)
def test_memory_stays_flat(work: str) -> None:
    """Some hundred different problems leave no node behind, and no memory to speak of."""
    count = {"parse": 100, "write": 60}.get(work, 25)
    printed = in_a_fresh_process(
        f"""
        import gc
        import numpy as np
        import matgrad as mg
        from matgrad.core.dims import Dim, Minimum
        from matgrad.core.expr import _table
        from matgrad.ops.leaves import number

        small = [number(k) for k in range(-64, 65)]  # these are kept, once they were made

        def read(i):
            names = f"A{{i}}: m{{i}}×n{{i}}, x{{i}}: n{{i}}"
            text = f"logdet(A{{i}}'*A{{i}} + {{i}}*eye(n{{i}})) + x{{i}}'*A{{i}}'*A{{i}}*x{{i}}"
            return mg.interpret(text, names)

        def state():
            gc.collect()
            return len(gc.get_objects()), len(_table), len(Dim._table), len(Minimum._table)

        def work(i):
            {WORK[work]}

        for i in range(100, 110):
            work(i)
        first = state()
        for i in range(110, 110 + {count}):
            work(i)
        last = state()
        print(*(b - a for a, b in zip(first, last)))
        """
    )
    objects, *tables = map(int, printed.split())
    assert tables == [0, 0, 0]
    assert objects < 3 * count


def test_equal_expressions_are_one_object_while_they_live() -> None:
    n = mg.dims("n")[0]
    X = mg.matrix("X", n, n)
    kept = mg.inv(X.T @ X)
    for _ in range(3):
        assert mg.inv(X.T @ X) is kept
        assert mg.parse(str(kept), "X: n×n") is kept
        assert (kept @ X).T is X.T @ kept
        assert (X.T).T is X
        gc.collect()


def test_a_transpose_that_is_gone_is_made_again() -> None:
    m, n = mg.dims("m n")
    A, B = mg.matrix("A", m, n), mg.matrix("B", n, m)
    product = A @ B @ A
    first = str(product.T)
    del B
    assert str(product.T) == first
    assert product.T.T is product


@pytest.mark.parametrize("where", ["dims", "nodes"])
def test_threads_agree_on_one_object(where: str) -> None:
    """Objects that many threads make at once, and let go at once, are one each time."""
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    different: list[int] = []
    made: list[list[object]] = [[] for _ in range(8)]
    barrier = threading.Barrier(8)

    def run(k: int) -> None:
        for i in range(60):
            barrier.wait()
            value: object = (
                minimum(Dim.of(f"q{i}"), Dim.of("r") * 2) if where == "dims" else problem(i % 7).T + i
            )
            made[k] = [value]
            barrier.wait()
            if k == 0 and len({id(found) for (found,) in made}) != 1:
                different.append(i)
            barrier.wait()
            made[k] = []
            del value

    threads = [threading.Thread(target=run, args=(k,)) for k in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(old)
    assert different == []


def test_a_living_entry_is_not_removed_for_a_dead_one() -> None:
    class Thing:
        pass

    table: Interned[Thing] = Interned()
    first = table.keep("key", Thing())
    assert table.get("key") is None or table.get("key") is first
    kept = table.keep("other", Thing())
    assert table.keep("other", Thing()) is kept
    assert table.get("other") is kept
    del first, kept
    assert len(table) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_builds_expressions_while_a_thread_was_building() -> None:
    """Children forked at any moment of another thread's work derive and finish."""
    printed = in_a_fresh_process(
        """
        import os, signal, threading
        import matgrad as mg

        def work(i):
            m, n = mg.dims(f"m{i} n{i}")
            A, x = mg.matrix(f"A{i}", m, n), mg.vector(f"x{i}", n)
            return mg.derivative(mg.norm(A @ x), x, verify=False).gradient

        work(0)
        mg.parse("x'*A*x", "A: n×n")  # builds the parser once, not in each child
        stop = threading.Event()
        def busy(k):
            i = k
            while not stop.is_set():
                work(i)
                i += 2
        threads = [threading.Thread(target=busy, args=(k,)) for k in range(2)]
        for thread in threads:
            thread.start()
        ended = 0
        for i in range(40):
            child = os.fork()
            if child == 0:
                signal.alarm(20)
                work(i)
                mg.parse("x'*A*x", "A: n×n")
                os._exit(0)
            ended += os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads:
            thread.join()
        print(ended)
        """
    )
    assert printed.strip() == "40"


def test_a_deep_expression_is_pickled_and_let_go() -> None:
    x = mg.vector("x", "n")
    f: Expr = x
    for _ in range(5000):
        f = mg.sin(f) + x
    assert pickle.loads(pickle.dumps(f)) is f
    written = pickle.dumps(f)
    before = entries()
    del f
    again = pickle.loads(written)
    assert abs(entries() - before) <= 1
    del again
    assert entries() < before - 5000


@pytest.mark.parametrize(
    "nodes",
    [
        [],
        [(Symbol, (), ())],
        [(Symbol, (), ("x",))],
        [(Symbol, (0,), ("x", Dim.of("n"), Dim.of(1), Fact.NONE, False))],
        [(Symbol, (), (["x"], Dim.of("n"), Dim.of(1), Fact.NONE, False))],
        [(Expr, (), ())],
        [(str, (), ())],
        [(Inverse, (), ())],
        [(Number, (), ("two",))],
        [(Number, (), (object(),))],
        [7],
        None,
    ],
)
def test_what_is_no_expression_is_refused_when_it_is_read_back(nodes: object) -> None:
    with pytest.raises(mg.MatgradError):
        _restore(nodes)  # type: ignore[arg-type]


def test_evaluation_of_what_was_read_back() -> None:
    A = mg.matrix("A", "m", "n")
    f = pickle.loads(pickle.dumps(mg.trace(A.T @ A)))
    value = np.arange(6.0).reshape(2, 3)
    assert mg.evaluate(f, {"A": value}) == pytest.approx(55.0)
