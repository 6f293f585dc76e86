"""The command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def environment(shadow: Path | None = None) -> dict[str, str]:
    """Modules in ``shadow`` hide installed ones."""
    path = [str(shadow)] if shadow else []
    path += [entry for entry in sys.path if entry]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "100"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "multiact_compare", "parity", *arguments]


def multiact(
    *arguments: str, folder: Path, shadow: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``multiact parity`` in a folder."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env=environment(shadow),
    )
