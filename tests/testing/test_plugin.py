"""The plugin, in a sample project that is run with pytest in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from multiact_compare import plan
from multiact_compare.adapters import ADAPTERS
from multiact_compare.testing import names

SAMPLE = Path(__file__).parent / "sample"
PLUGIN = "multiact_compare.testing.plugin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sample project in a folder of its own, away from this repository's settings."""
    folder = tmp_path / "project"
    shutil.copytree(SAMPLE, folder)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return folder


def run(
    project: Path, *arguments: str, path: tuple[Path, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """pytest in the project with the plugin alone; ``path`` comes before all installed modules."""
    entries = [*map(str, path), *(entry for entry in sys.path if entry)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", "-v", "-rs",
         *arguments],
        cwd=project, capture_output=True, encoding="utf-8", check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entries), "COLUMNS": "120",
             "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
    )  # fmt: skip


def test_the_names_are_those_of_the_adapters() -> None:
    # Keras has an adapter, since its own functions are measured, and is no backend.
    assert tuple(names.MODULES) == tuple(plan.BACKENDS)
    assert set(ADAPTERS) == {*names.MODULES, "keras"}
    assert set(names.USUAL) < set(names.MODULES)


def test_everything_passes_on_every_backend(project: Path) -> None:
    done = run(project, "case_passing.py")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in names.USUAL:
        assert f"test_own_arrays[{name}] PASSED" in done.stdout
    assert "14 passed" in done.stdout


def test_the_failing_one_says_where(project: Path) -> None:
    done = run(project, "case_failing.py")
    assert done.returncode == 1, done.stdout + done.stderr
    for part in (
        "gate_torch and coarse_gate_jax: torch and jax disagree (value, float32)",
        "worst input            x = ", "0x1.", "ULP between torch and jax, allowed are 4 ULP",
        "results are beyond 4 ULP", "  try   ",
    ):  # fmt: skip
        assert part in done.stdout, part


@pytest.mark.parametrize("option", [("--backends", "torch,numpy"), ("--backends=torch, numpy",)])
def test_chosen_backends(project: Path, option: tuple[str, ...]) -> None:
    done = run(project, *option, "case_passing.py", "-k", "test_every_dtype")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_every_dtype_comes_back[torch] PASSED" in done.stdout
    assert "test_every_dtype_comes_back[numpy] PASSED" in done.stdout
    assert "2 passed" in done.stdout


def test_backends_of_the_standard(project: Path) -> None:
    done = run(project, "--backends", "array_api", "case_passing.py", "-k", "test_derivatives")
    assert "test_derivatives[array_api] PASSED" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("tensorflou", "--backends: there is no backend 'tensorflou'; did you mean tensorflow?"),
        (",", "--backends names none; known are numpy, torch, tensorflow, jax, array_api."),
    ],
)
def test_a_wrong_option(project: Path, value: str, said: str) -> None:
    done = run(project, "--backends", value, "case_passing.py")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def without_jax(project: Path) -> Path:
    """A folder whose presence on the path hides jax, as if it were not installed."""
    (project / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'jax' else find(name)\n",
        encoding="utf-8",
    )
    return project


def test_a_missing_backend_is_skipped(project: Path) -> None:
    chosen = "every_dtype and (numpy or jax)"
    done = run(project, "case_passing.py", "-k", chosen, path=(without_jax(project),))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 skipped" in done.stdout
    said = "the backend jax is not installed: there is no module jax (pip install jax)"
    assert said in " ".join(done.stdout.split())


def test_a_missing_backend_that_is_named_is_an_error(project: Path) -> None:
    done = run(project, "--backends", "jax", "case_passing.py", path=(without_jax(project),))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--backends: the backend jax is not installed" in done.stderr


def test_own_fixtures_override(project: Path) -> None:
    done = run(project, "case_own_fixture.py", "--backends", "torch")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "case_own_fixture.py::test_own_fixtures PASSED" in done.stdout
    assert "3 passed" in done.stdout


def test_an_own_option_stays(project: Path) -> None:
    (project / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--backends', type=int, dest='count')\n"
        "def pytest_report_header(config):\n"
        "    return f'count is {config.option.count!r}'\n",
        encoding="utf-8",
    )
    done = run(project, "--backends=3", "case_passing.py", "-k", "test_every_dtype")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "count is 3" in done.stdout
    assert "4 passed" in done.stdout


def test_the_option_is_in_the_help(project: Path) -> None:
    done = run(project, "--help")
    assert "--backends=NAME[,NAME…]" in done.stdout


def test_asked_for_too_late(project: Path) -> None:
    done = run(project, "case_dynamic.py")
    assert done.returncode == 1
    assert "cannot be had by request.getfixturevalue" in done.stdout


def test_without_the_extra(project: Path) -> None:
    (project / "ml_dtypes.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'ml_dtypes'\", name='ml_dtypes')\n",
        encoding="utf-8",
    )
    (project / "case_fixture.py").write_text("def test_it(backend): pass\n", encoding="utf-8")
    done = run(project, "--backends=numpy", "case_fixture.py", path=(project,))
    assert done.returncode == 1
    said = "the fixture `backend` needs ml_dtypes: pip install 'multiact[compare]'"
    assert said in done.stdout


def test_a_run_without_it_imports_nothing(project: Path) -> None:
    (project / "case_plain.py").write_text(
        "import sys\n"
        "def test_plain():\n"
        "    found = {'numpy', 'torch', 'tensorflow', 'jax', 'ml_dtypes', 'flint', 'multiact'}\n"
        "    assert not found & set(sys.modules)\n",
        encoding="utf-8",
    )
    done = run(project, "case_plain.py")
    assert done.returncode == 0, done.stdout + done.stderr
