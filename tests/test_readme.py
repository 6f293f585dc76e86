"""The README shows what the code does: its examples run, its tables are current."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import multiact

ROOT = Path(__file__).resolve().parent.parent


def test_examples():
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted > 15
    assert result.failed == 0


def test_table_of_functions_is_current():
    command = [sys.executable, str(ROOT / "tools" / "tables.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, "run `make tables`\n" + done.stderr


def test_parity_table_is_of_functions():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("<!-- parity -->")[2].partition("<!-- /parity -->")[0]
    header, _, *rows = table.strip().splitlines()
    assert [cell.strip() for cell in header.strip("|").split("|")] == [
        "", "numpy", "torch", "tensorflow", "jax", "array_api",
    ]  # fmt: skip
    named = {row.split("|")[1].strip(" *") for row in rows if row.startswith("| **")}
    assert named == set(multiact.records)
    assert "The contract holds" in table
