"""The site: its examples are run, its pages are made of what there is, its links lead somewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import matgrad as mg
from docs.building import command_line, examples, gallery, links, python_api, streams
from docs.building.mathematics import KATEX
from matgrad.ops.registry import FUNCTIONS
from tests.golden.loader import cases

DOCS = Path(__file__).parents[2] / "docs"
TOPIC = "named_functions"

OPTIONS = [
    *("--fail-on-warning", "--keep-going", "--quiet", "--builder", "html", "--conf-dir", str(DOCS)),
    *("-D", f"gallery_topics={TOPIC}", "-D", "exclude_patterns=tutorials"),
]

SMALL = """\
# A small part of the site

```{toctree}
which-layout
reference
python-api
command-line
gallery/index
```
"""


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few pages of every kind, built as `make site` builds all of them."""
    if not KATEX.is_dir():
        pytest.skip("KaTeX is not here: run npm ci in web/")
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    source.joinpath("index.md").write_text(SMALL, encoding="utf-8")
    for page in ("which-layout.md", "reference.md"):
        shutil.copyfile(DOCS / page, source / page)
    shutil.copytree(DOCS / "tutorials", source / "tutorials")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *OPTIONS, str(source), str(built)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return built


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(small_site: Path) -> None:
    assert list(links.broken(small_site)) == []


def test_the_output_of_cells_is_in_the_page(small_site: Path) -> None:
    page = (small_site / "which-layout.html").read_text(encoding="utf-8")
    assert r"\frac{\partial f}{\partial x} = 2 A^{\top} (A x - b)" in page


def test_every_case_of_a_topic_has_a_page_and_is_found_in_the_gallery(small_site: Path) -> None:
    pages = {path.name for path in (small_site / "gallery" / TOPIC).glob("*.html")}
    index = (small_site / "gallery" / "index.html").read_text(encoding="utf-8")
    assert len(pages) == sum(case.topic == TOPIC for case in cases())
    assert all(f'href="{TOPIC}/{page}"' in index for page in pages)


def test_every_public_name_is_documented(small_site: Path) -> None:
    page = (small_site / "python-api.html").read_text(encoding="utf-8")
    assert [name for name in mg.__all__ if f'id="matgrad.{name}"' not in page] == []


def test_every_command_and_option_is_documented(tmp_path: Path) -> None:
    command_line.write(tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    for command in ("diff", "check", "vec", "solve", "stationary", "practice", "serve"):
        assert f"## matgrad {command}\n" in page
    assert "`--layout [numerator|denominator|mixed]`\n: The layout of a Jacobian. " in page


def test_python_names_are_grouped_with_the_errors_last(tmp_path: Path) -> None:
    python_api.write(tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert page.index("matgrad.gradient") < page.index("matgrad.Expr") < page.index("matgrad.ShapeError")


@pytest.fixture(scope="module")
def entries() -> list[gallery.Entry]:
    return list(gallery.entries([TOPIC]))


def test_the_command_of_a_case_prints_its_line(entries: list[gallery.Entry]) -> None:
    entry = entries[0]
    assert entry.case.printed is not None
    assert entry.case.printed in examples.run(entry.command.replace("\\\n", ""))


def test_the_call_of_a_case_prints_its_line(entries: list[gallery.Entry]) -> None:
    for entry in entries[:5]:
        call = entry.call.replace("\n", "\n... ")
        session = f"```python\n>>> import matgrad as mg\n>>> print({call})\n{entry.result}\n```\n"
        assert examples.failures(session, "gallery") == []


def test_a_case_is_found_by_the_functions_typed_and_understood() -> None:
    entry = next(e for e in gallery.entries(["cookbook"]) if "logdet" in e.functions)
    assert set(entry.functions) <= {function.name for function in FUNCTIONS.values()}
    assert "prod" not in entry.functions


def test_a_wrong_example_is_found() -> None:
    right = '```console\n$ matgrad diff "tr(A X)" --wrt A --format text --no-verify\n'
    printed = examples.run('matgrad diff "tr(A X)" --wrt A --format text --no-verify')
    assert examples.failures(f"{right}{printed}\n```\n", "page") == []
    (said,) = examples.failures(f"{right}df/dA = X\n```\n", "page")
    assert printed in said
    assert "df/dA = X" in said
    assert examples.failures("```python\n>>> 1 + 1\n2\n```\n", "page") == []
    assert "Expected" in examples.failures("```python\n>>> 1 + 1\n3\n```\n", "page")[0]


def test_a_line_that_comes_in_parts_is_one_line() -> None:
    parts = [
        {"output_type": "stream", "name": "stdout", "text": "kind:"},
        {"output_type": "stream", "name": "stderr", "text": "warned\n"},
        {"output_type": "stream", "name": "stdout", "text": " Stein\n"},
        {"output_type": "execute_result", "data": {}},
    ]
    printed, warned, shown = streams.merged(parts)
    assert (printed["text"], warned["text"]) == ("kind: Stein\n", "warned\n")
    assert shown["output_type"] == "execute_result"


def test_broken_links_are_found(tmp_path: Path) -> None:
    page = """<h1 id="top"></h1><a href="#top"></a>
    <a href="other.html#there"></a><a href="other.html#gone"></a><a href="missing.html"></a>
    <script src="https://example.org/x.js"></script><a href="https://example.org"></a>"""
    tmp_path.joinpath("index.html").write_text(page, encoding="utf-8")
    tmp_path.joinpath("other.html").write_text('<p id="there"></p>', encoding="utf-8")
    assert list(links.broken(tmp_path)) == [
        "index.html: other.html#gone: has no such place",
        "index.html: missing.html: is not there",
        "index.html: https://example.org/x.js: is loaded from elsewhere",
    ]


def test_every_page_is_in_the_contents() -> None:
    """The pages that are written by hand stand in the contents; the build would only warn."""
    contents = (DOCS / "index.md").read_text(encoding="utf-8").split("\n")
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    made = {"python-api", "command-line", "index"}
    missing = {p for p in pages - made if not p.startswith(("gallery/", "tutorials/"))} - set(contents)
    assert not missing, f"name in a toctree of docs/index.md: {', '.join(sorted(missing))}"
