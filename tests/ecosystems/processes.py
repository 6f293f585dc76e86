"""Programs in a process of their own in which multiact cannot be imported."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

PACKAGES = (
    "multiact", "multiact_array_api", "multiact_compare", "multiact_flax", "multiact_jax",
    "multiact_keras", "multiact_numpy", "multiact_tensorflow", "multiact_torch",
)  # fmt: skip

BLOCK = f"""
import sys
# An import of what stands for None here is an ImportError.
sys.modules.update(dict.fromkeys({PACKAGES!r}))
"""


def run_without_multiact(program: str, folder: Path) -> None:
    """Run a program in ``folder``; a failure is an assertion with what the process said."""
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + textwrap.dedent(program)],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=300,
        env={**os.environ, "JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
