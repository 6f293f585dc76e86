"""docs/reports.md says what is in the files, all of it and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from multiact_compare import profiles, report, results
from multiact_compare.report import json as frame
from multiact_compare.results import BackendState, Cell, Disagreement, Peak, Report

from tests.report import samples

PAGE = (Path(__file__).resolve().parents[2] / "docs/reports.md").read_text(encoding="utf-8")


def _table(after: str) -> set[str]:
    """The names in the first column of the table that follows these words."""
    text = PAGE.partition(after)[2]
    table = re.search(r"^\| field .*\n\|[-|]+\n((?:\|.*\n)+)", text, re.M)
    assert table is not None
    return {
        name
        for line in table[1].splitlines()
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ("## JSON of parity", Report),
        ("A cell is", Cell),
        ("A disagreement is", Disagreement),
    ],
)
def test_every_field_is_described(after: str, kind: type) -> None:
    assert _table(after) == {field.name for field in fields(kind)}


@pytest.mark.parametrize("kind", [Peak, BackendState])
def test_parts_are_described(kind: type) -> None:
    assert all(f"`{field.name}`" in PAGE for field in fields(kind))


def test_the_frame_is_described() -> None:
    data = json.loads(report.rendered(samples.document(), ".json"))
    assert _table("## JSON of other commands") == set(data)


def test_versions_and_numbers_are_current() -> None:
    assert f"`schema_version`, now {results.SCHEMA_VERSION};" in PAGE
    assert f"whose schema has version {frame.SCHEMA_VERSION}:" in PAGE
    assert f"each of {profiles.BINS} bins" in PAGE
    assert f"asinh(x / {profiles.LINEAR})" in PAGE
    assert all(f"`{suffix}`" in PAGE for suffix in report.SUFFIXES)
