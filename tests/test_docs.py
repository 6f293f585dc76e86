"""The documentation: its examples run, every function has its page, the site builds offline."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import numpy as np
import pytest

import multiact

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = (
    "index.md", "quickstart.md", "zh/quickstart.md", "layers.md", "custom.md", "ecosystems.md",
    "contract.md", "testing.md",
)  # fmt: skip
RECORDS = list(multiact.records.values())


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """The extension that writes the functions' pages; conf.py finds it in the same way."""
    sys.path.insert(0, str(DOCS / "_ext"))
    import function_pages

    return function_pages


def examples(page: str) -> str:
    """The Python code of a page with its expected output, without the fences around it."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.S | re.M))


def run(text: str, name: str) -> str:
    """What a doctest says where it fails."""
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "__main__"}, name, None, 0)
    said: list[str] = []
    with np.printoptions():
        results = doctest.DocTestRunner().run(test, out=said.append)
    assert results.attempted > 0
    return "".join(said)


# What PyTorch's ONNX exporter does inside.
@pytest.mark.filterwarnings("ignore:.*isinstance.treespec, LeafSpec:FutureWarning")
@pytest.mark.parametrize("page", PAGES)
def test_examples(page: str) -> None:
    assert run(examples(page), page) == ""


def test_the_chinese_page_has_the_same_examples() -> None:
    assert examples("zh/quickstart.md") == examples("quickstart.md")


@pytest.mark.parametrize("framework", ["NumPy", "PyTorch", "TensorFlow", "JAX"])
def test_examples_of_the_functions(pages: ModuleType, framework: str) -> None:
    failed = [run(pages.examples(record)[framework], record.name) for record in RECORDS]
    assert "".join(failed) == ""


def test_every_function_is_in_the_index(pages: ModuleType) -> None:
    text = pages.index()
    for record in RECORDS:
        assert f"[{record.name}]({record.name}.md)" in text
        assert f"\n{record.name}\n" in text
        for part in record.formula.replace("|", r"\vert ").split(r",\quad"):
            assert f"${part.strip()}$" in text


def test_formulas_are_mathml(pages: ModuleType) -> None:
    from mathml import mathml

    for record in RECORDS:
        for display in ("inline", "block"):
            element = mathml(record.formula, display)
            assert ElementTree.fromstring(element).tag.endswith("math")
            assert "\\" not in element, record.name


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "doctrees"), str(DOCS), str(tmp_path / "html")],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    for record in RECORDS:
        text = (tmp_path / "html" / "functions" / f"{record.name}.html").read_text(encoding="utf-8")
        assert f'id="multiact.{record.name}"' in text
        assert text.count("<svg role=") == (2 if record.kind == "elementwise" else 1)
        assert "</math>" in text
        # The page needs nothing from another place.
        assert not re.search(r'<(?:script|img|iframe)[^>]*src="(?:https?:)?//', text)
        assert not re.search(r'<link[^>]*rel="stylesheet"[^>]*href="(?:https?:)?//', text)
