"""Imports between the packages point one way, those between the files form a tree, and no file is long."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "src").rglob("*.py"))
LONGEST = 600


def test_imports_point_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def module_of(file: Path) -> str:
    """The name under which a file is imported."""
    return ".".join(file.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(file): file for file in FILES}


TREES = {module: ast.parse(file.read_text(encoding="utf-8")) for module, file in MODULES.items()}

STUBS = {
    module: ast.parse(file.with_suffix(".pyi").read_text(encoding="utf-8"))
    for module, file in MODULES.items()
    if file.with_suffix(".pyi").exists()
}
"""What packages load when it is asked for."""


def package(module: str) -> str:
    """The package right below the root that a file lies in."""
    return module.split(".")[1] if "." in module else ""


def imported_by(module: str) -> set[str]:
    """The files that a file imports: at its top, inside functions, and for whoever asks for them."""
    found = imported_in(TREES[module])
    return (found | imported_in(STUBS[module]) if module in STUBS else found) - {module}


def imported_in(tree: ast.AST) -> set[str]:
    """The files that a piece of code imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in inside}
    return found & MODULES.keys()


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = {module: imported_by(module) for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' → '.join(error.args[1])}")


def test_no_file_is_long() -> None:
    lengths = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert not {file: length for file, length in lengths.items() if length > LONGEST}


def test_only_libraries_are_imported_late() -> None:
    """What is ours is imported at the top of a file; what is heavy defers its library."""
    assert not {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.If)) and imported_in(node)
    }


@pytest.mark.parametrize("module", STUBS)
def test_stubs_name_what_packages_have(module: str) -> None:
    """All that is in a stub is found, in that package, and hidden by no file of the same name."""
    package = import_module(module)
    names = [
        (node, alias.name)
        for node in STUBS[module].body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert len(names) > 0
    assert dir(package) == sorted(name for _, name in names)
    for node, name in names:
        assert str(node.module).startswith(f"{module}.")
        assert getattr(package, name) is getattr(import_module(str(node.module)), name)
        assert f"{module}.{name}" not in MODULES


def test_no_two_files_of_a_package_have_one_name() -> None:
    """Backends are alike on purpose: each is a folder of the same files."""
    named = defaultdict(list)
    for module in MODULES:
        if module.count(".") > 1 and ".backends." not in module:
            named[package(module), module.rpartition(".")[2]].append(module)
    assert not [group for group in named.values() if len(group) > 1]
