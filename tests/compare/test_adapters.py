"""What the adapters set up for measuring."""

from __future__ import annotations

import importlib
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from multiact_compare import adapters

pytest.importorskip("torch")


def _compiler(folder: Path, status: int) -> str:
    """A compiler that takes every flag, or none."""
    file = folder / "compiler"
    file.write_text(f"#!{sys.executable}\nraise SystemExit({status})\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
@pytest.mark.parametrize(
    ("before", "status", "after"),
    [(None, 0, True), (None, 1, None), (False, 0, False)],
    ids=["known", "unknown", "said by the user"],
)
def test_inductor_trusts_a_compiler_that_knows_the_vector_units(
    tmp_path: Path, before: bool | None, status: int, after: bool | None
) -> None:
    settings: Any = importlib.import_module("torch._inductor.config")
    with settings.patch({"cpp.vec_isa_ok": before}):
        adapters._trust(_compiler(tmp_path, status))
        assert settings.cpp.vec_isa_ok is after


def test_without_a_compiler_inductor_finds_out_by_itself(tmp_path: Path) -> None:
    settings: Any = importlib.import_module("torch._inductor.config")
    with settings.patch({"cpp.vec_isa_ok": None}):
        adapters._trust(str(tmp_path / "nothing"))
        assert settings.cpp.vec_isa_ok is None
