"""``multiact parity``, ``show`` and ``plot`` on a user's module, run for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = "tests.custom.samples"
QUICK = ("--points", "1500", "-d", "float32", "-d", "float64")


def _multiact(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        [sys.executable, "-m", "multiact_compare", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
    )


def test_independent_references(tmp_path: Path) -> None:
    """In arb and in mpmath; on two backends, compiled on one of them."""
    file = tmp_path / "out.json"
    names = [f"{SAMPLES}:relu_cos", f"{SAMPLES}:gated"]
    done = _multiact("parity", *names, *QUICK, "-b", "numpy", "-b", "jax", "--json", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What the truth is" not in done.stdout
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["functions"] == names
    assert data["remarks"] == []
    assert {cell["mode"] for cell in data["cells"]} == {"eager", "compiled"}
    assert all(cell["judged"] for cell in data["cells"])


def test_without_a_reference_it_is_agreement(tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    name = f"{SAMPLES}:dynamic"
    backends = ("-b", "numpy", "-b", "torch", "--no-compiled")
    done = _multiact("parity", name, *QUICK, *backends, "--report", str(page))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{name}: no independent definition was given" in done.stdout
    assert "agreement, and no proof" in page.read_text(encoding="utf-8")


def test_a_wrong_derivative_is_named() -> None:
    done = _multiact("parity", f"{SAMPLES}:wrong", *QUICK, "-b", "numpy")
    assert done.returncode == 1
    assert "the derivative that was given is not that of the value: at x =" in done.stdout


def test_a_wrong_value_is_found(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import multiact\n"
        "@multiact.activation(arb=lambda x: x.sin())\n"
        "def cosine(xp, x):\n"
        "    return xp.cos(x)\n"
    )
    done = _multiact("parity", "mine:cosine", *QUICK, "-b", "numpy", folder=tmp_path)
    assert done.returncode == 1
    assert "numpy mine:cosine f:" in done.stdout


def test_the_precise_tier() -> None:
    name = f"{SAMPLES}:relu_cos"
    done = _multiact("parity", name, "--tier", "precise", "--points", "1500", "-d", "float32",
                     "-b", "numpy", "-b", "tensorflow", "--no-compiled")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differ by a bit" in done.stdout


def test_training() -> None:
    names = ("-a", f"{SAMPLES}:relu_cos", "relu")
    done = _multiact("train", *names, "-b", "numpy", "-b", "jax", "--epochs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SAMPLES}:relu_cos" in done.stdout


def test_show_and_plot(tmp_path: Path) -> None:
    done = _multiact("show", f"{SAMPLES}:relu_cos")
    assert done.returncode == 0, done.stderr
    for text in ("ReLU plus a cosine.", f"{SAMPLES}.relu_cos(x, amplitude=0.5)", "max(0, x)"):
        assert text in done.stdout
    done = _multiact("plot", f"{SAMPLES}:relu_cos", "gelu", "--overlay", "-o", "both.svg",
                     folder=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "<svg" in (tmp_path / "both.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("parity", "nowhere:f"), "importing 'nowhere' failed with ModuleNotFoundError"),
        (("parity", f"{SAMPLES}:f"), "has nothing of that name"),
        (("show", f"{SAMPLES}:Any"), "which is no activation"),
        (("natives", f"{SAMPLES}:relu_cos"), "this works on the catalogue alone"),
        (
            ("parity", f"{SAMPLES}:relu_cos", "--exhaustive", "float16"),
            "this works on the catalogue alone",
        ),
        (("train", "-a", "nowhere:f"), "importing 'nowhere' failed with ModuleNotFoundError"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], message: str) -> None:
    done = _multiact(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
