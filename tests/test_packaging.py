"""The wheel: what is in it, and that it works without the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "multiact",
    "multiact_array_api",
    "multiact_compare",
    "multiact_flax",
    "multiact_jax",
    "multiact_keras",
    "multiact_numpy",
    "multiact_tensorflow",
    "multiact_torch",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)],
        check=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


def test_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        fields = message_from_string(archive.read(metadata).decode())
        scripts = next(name for name in names if name.endswith("entry_points.txt"))
        entries = ConfigParser()
        entries.read_string(archive.read(scripts).decode())
        assert entries["console_scripts"]["multiact"] == "multiact_compare.cli:main"
        assert entries["pytest11"]["multiact"] == "multiact_compare.testing.plugin"
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)
    assert set(fields.get_all("Provides-Extra") or ()) == {
        "numpy", "torch", "tensorflow", "jax", "keras", "flax", "array-api", "compare",
        "plot", "train", "docs", "all",
    }  # fmt: skip
    page = {f"multiact_compare/report/page.{suffix}" for suffix in ("html.j2", "css", "js")}
    assert page <= set(names)
    required = fields.get_all("Requires-Dist") or []
    assert all("extra ==" in requirement for requirement in required)


def test_it_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    program = (
        "import multiact, numpy\n"
        f"assert multiact.__file__.startswith({str(site)!r}), multiact.__file__\n"
        "print(multiact.gelu(numpy.array([2.0])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[1.95449974]\n"


def test_pytest_finds_the_plugin(wheel: Path, tmp_path: Path) -> None:
    """Installed, not asked for: and the run of a project that does not use it imports nothing."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (tmp_path / "test_plain.py").write_text(
        "import sys\n"
        "def test_plain():\n"
        "    assert 'multiact_compare.testing.plugin' in sys.modules\n"
        "    assert not {'numpy', 'torch', 'jax', 'tensorflow', 'flint'} & set(sys.modules)\n",
        encoding="utf-8",
    )
    (tmp_path / "test_used.py").write_text(
        "import multiact\n"
        "def test_used(backend, xp_array):\n"
        "    y = multiact.gelu(xp_array([0.0]))\n"
        "    assert backend.to_numpy(y).tolist() == [0.0]\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "--backends=torch,jax", "-p", "no:cacheprovider",
         "test_plain.py", "test_used.py"],
        cwd=tmp_path, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_used.py::test_used[torch] PASSED" in done.stdout
    assert "3 passed" in done.stdout
