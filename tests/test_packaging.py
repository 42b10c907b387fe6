"""What a release is made of: files that are there, one version, links that lead somewhere from PyPI too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import matgrad as mg

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_what_goes_into_a_release_is_there() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert "examples" in included
    assert [name for name in included if not (ROOT / name).exists()] == []


def test_there_is_one_version() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {mg.__version__}\n" in citation


def test_the_readme_on_pypi_has_absolute_links() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    relative = re.findall(r"\]\((?!https?:)([\w./-]+)", text)
    assert relative
    assert [link for link in relative if not (ROOT / link).exists()] == []
    for change in PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(change["pattern"], change["replacement"], text)
    assert re.findall(r"\]\((?!https?:)[\w./-]+\.\w+[)#]", text) == []


def test_the_pythons_that_are_named_are_tested() -> None:
    named = {c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)}
    for workflow in ("tests.yml", "release.yml"):
        text = (ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8")
        assert named <= set(re.findall(r'"(3\.\d+)"', text)), workflow
