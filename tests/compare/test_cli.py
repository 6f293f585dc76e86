"""The command, run for real on few points: verdicts, exit statuses, dead and missing backends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from multiact_compare.children import how_it_hung

QUICK = ("--points", "2000", "-b", "numpy", "-d", "float32")


def _multiact(
    *arguments: str, shadow: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; modules in ``shadow`` hide installed ones."""
    path = [str(shadow)] if shadow else []
    path += [entry for entry in sys.path if entry]
    return subprocess.run(
        [sys.executable, "-m", "multiact_compare", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "100", **environment},
    )


def _shadow(folder: Path, name: str, source: str) -> Path:
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def test_a_good_function_passes(tmp_path: Path) -> None:
    file = tmp_path / "relu.json"
    done = _multiact("parity", "relu", *QUICK, "--json", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The contract holds" in done.stdout
    assert "100%" in done.stderr
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["functions"] == ["relu"]
    assert {cell["layout"] for cell in data["cells"]} == {"long", "strided", "length-1", "0-d"}
    assert {cell["quantity"] for cell in data["cells"]} == {"value", "derivative", "second"}
    assert [state["status"] for state in data["backends"]] == ["ok"]


def test_rows_are_measured() -> None:
    done = _multiact("parity", "softmax", "maxout", *QUICK)
    assert done.returncode == 0, done.stdout + done.stderr


def test_aliases_are_names(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    done = _multiact("parity", "swish", *QUICK, "--json", str(file))
    assert done.returncode in (0, 1)
    assert json.loads(file.read_text(encoding="utf-8"))["functions"] == ["silu"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gelo",), "Did you mean gelu?"),
        (("-b", "tensorflw"), "Did you mean tensorflow?"),
        (("relu", "--backend", "theano"), "theano"),
        (("relu", "--dtype", "float8"), "float8"),
        (("relu", "--points", "0"), "points"),
        (("relu", "--jobs", "0"), "jobs"),
        (("relu", "--patience", "0"), "patience"),
        (("relu", "--json", "/no/such/folder/out.json"), "cannot write"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], message: str) -> None:
    done = _multiact("parity", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "measuring" not in done.stderr


def test_help_needs_no_framework() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from multiact_compare.cli import main; "
        "result = CliRunner().invoke(main, ['parity', '--help']); assert result.exit_code == 0; "
        "assert not {'torch', 'tensorflow', 'jax'} & set(sys.modules)"
    )
    path = os.pathsep.join(entry for entry in sys.path if entry)
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": path})


FAKES: dict[str, tuple[str, str]] = {
    "abort": ("import os; os.abort()", "died with signal 6 (SIGABRT)"),
    "exit": (
        "import os, sys; print('last words', file=sys.stderr, flush=True); os._exit(3)",
        "died with exit status 3: last words",
    ),
    "import": ("raise ImportError('half installed')", "failed to import: ImportError: half"),
    "module": ("import jax_is_broken_here", "failed to import: ModuleNotFoundError"),
}


@pytest.mark.parametrize("fake", FAKES)
def test_a_dead_backend_is_a_row_and_a_failure(fake: str, tmp_path: Path) -> None:
    source, message = FAKES[fake]
    file = tmp_path / "out.json"
    folder = tmp_path / "shadow"
    folder.mkdir()
    done = _multiact(
        *("parity", "relu", "-b", "numpy", "-b", "jax", "-d", "float32", "--points", "500"),
        *("--json", str(file)),
        shadow=_shadow(folder, "jax", source),
    )
    assert done.returncode == 1
    assert message in " ".join(done.stdout.split())
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    numpy, jax = data["backends"]
    assert (numpy["status"], jax["status"]) == ("ok", "died")
    assert all(cell["error"] is None for cell in data["cells"] if cell["backend"] == "numpy")


def test_a_hanging_backend_is_ended_and_a_row(tmp_path: Path) -> None:
    shadow = _shadow(tmp_path, "jax", "import time; time.sleep(300)")
    short = ("parity", "relu", "-b", "jax", "-d", "float32", "--points", "500")
    done = _multiact(*short, "--patience", "2", shadow=shadow)
    assert done.returncode == 1
    text = " ".join(done.stdout.split())
    assert "jax: hung: it finished nothing for 2 s from the start, and was ended" in text
    assert how_it_hung(2.0, {"event": "done", "file": "relu.npy"}).startswith(
        "hung: it finished nothing for 2 s after relu.npy"
    )


KEPT = """
import os, pathlib, numpy
from multiact_compare.adapters import JaxAdapter
double = JaxAdapter(alone={alone})
y = double.compile(lambda x: x * 2)(double.integers(numpy.arange(3)))
assert double.to_numpy(y).tolist() == [0, 2, 4]
kept = pathlib.Path(os.environ["XDG_CACHE_HOME"]).glob("multiact/jax-*/*")
assert any(kept) is {alone}
"""


@pytest.mark.parametrize("alone", [True, False])
def test_only_a_worker_keeps_what_jax_compiled(alone: bool, tmp_path: Path) -> None:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)
    code = [sys.executable, "-c", KEPT.format(alone=alone)]
    subprocess.run(code, check=True, env=environment)


MISSING = "raise ModuleNotFoundError(\"No module named 'jax'\", name='jax')"


def test_a_missing_backend_fails_only_if_it_was_named(tmp_path: Path) -> None:
    for name in ("torch", "tensorflow", "jax"):
        _shadow(tmp_path, name, MISSING.replace("jax", name))
    short = ("parity", "relu", "-d", "float32", "--points", "500")
    everything = _multiact(*short, shadow=tmp_path)
    assert everything.returncode == 0, everything.stdout
    assert everything.stdout.count("not installed") >= 3
    named = _multiact(*short, "-b", "numpy", "-b", "jax", shadow=tmp_path)
    assert named.returncode == 1
    assert "jax: not installed, and it was asked for" in named.stdout


WRONG = """
import numpy
import multiact
right = multiact.relu

def relu(x):
    if numpy.asarray(x).size > 1000:
        raise ValueError("too much")
    return right(x) * 1.5

multiact.relu = relu
"""


def test_wrong_results_and_exceptions_fail(tmp_path: Path) -> None:
    # sitecustomize is imported by every Python process: it spoils multiact without a hook in it.
    shadow = _shadow(tmp_path, "sitecustomize", WRONG)
    done = _multiact("parity", "relu", *QUICK, shadow=shadow)
    assert done.returncode == 1
    text = " ".join(done.stdout.split())
    assert "numpy relu f: ValueError: too much" in text
    assert "what is allowed" in text
    assert "The contract does not hold" in text
