"""What the tests of dispatch share: new processes, where a first call really is the first."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

Run = Callable[..., str]


@pytest.fixture
def run_fresh(tmp_path: Path) -> Run:
    """Run a program in a new process with every warning an error; its standard output."""

    def run(
        program: str,
        *arguments: str,
        ignore: Iterable[str] = (),
        path: Iterable[Path] = (),
        environment: Mapping[str, str] | None = None,
        options: Iterable[str] = (),
    ) -> str:
        script = tmp_path / "program.py"
        script.write_text(textwrap.dedent(program), encoding="utf-8")
        filters = ["error", *(f"ignore:{message}" for message in ignore)]
        inherited = os.environ.get("PYTHONPATH")
        folders = [str(folder) for folder in path] + ([inherited] if inherited else [])
        finished = subprocess.run(
            [
                sys.executable,
                *options,
                *(f"-W{chosen}" for chosen in filters),
                str(script),
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
            env={
                **os.environ,
                # One thread each: the tests themselves run side by side.
                "OMP_NUM_THREADS": "1",
                "JAX_PLATFORMS": "cpu",
                "TF_CPP_MIN_LOG_LEVEL": "2",
                **({"PYTHONPATH": os.pathsep.join(folders)} if folders else {}),
                **(environment or {}),
            },
        )
        if finished.returncode:
            pytest.fail(
                f"exit status {finished.returncode}\n--- stdout\n{finished.stdout}"
                f"\n--- stderr\n{finished.stderr}",
                pytrace=False,
            )
        return finished.stdout

    return run
