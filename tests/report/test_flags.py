"""What the environment of a report says of the processor and of the user's settings."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from multiact_compare import flags


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    for name in flags.VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("heading", ["flags\t\t", "Features\t"])
def test_instructions_of_the_processor(
    heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"model name : a\n{heading}: fpu avx2 asimd avx\n", encoding="utf-8")
    monkeypatch.setattr(flags, "CPUINFO", file)
    assert flags.flags(2, False) == {
        "instructions": "avx avx2 asimd",
        "variables": "none",
        "options": "jobs 2",
    }


def test_other_systems_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flags, "CPUINFO", tmp_path / "missing")
    assert flags.flags(1, True) == {"variables": "none", "options": "jobs 1, thorough"}
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert flags.flags(1, True) == {"variables": "none", "options": "jobs 1, thorough"}


def test_variables_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    said = flags.flags(1, False)["variables"]
    assert said == "OMP_NUM_THREADS=2 XLA_FLAGS=--xla_cpu_enable_fast_math=true"


def test_compiled_programs_are_kept_apart_by_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folders = []
    for instructions in ("avx2 fma", "fma avx2", "avx512f avx2 fma"):
        file = tmp_path / "cpuinfo"
        file.write_text(f"flags\t\t: {instructions}\n", encoding="utf-8")
        monkeypatch.setattr(flags, "CPUINFO", file)
        folders.append(flags.cache_folder("jax"))
    assert folders[0].parent == tmp_path / "multiact"
    assert folders[0] == folders[1] != folders[2]
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert flags.cache_folder("jax").parent == tmp_path / "home/.cache/multiact"
