"""Files: the right renderer, all or nothing, and wrong calls that are told at once."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from multiact_compare import parity as engine
from multiact_compare import report, results
from multiact_compare.cli import main
from multiact_compare.commands import options

from tests.report import samples

BEGINNINGS = {".html": "<!doctype html>", ".md": "# ", ".json": "{", ".xml": "<?xml"}


@pytest.mark.parametrize("suffix", report.SUFFIXES)
def test_the_suffix_says_what_is_written(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"out{suffix.upper()}"
    report.write(samples.document("plain"), file)
    assert file.read_text(encoding="utf-8").startswith(BEGINNINGS[suffix])
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["out.pdf", "out", "html"])
def test_other_suffixes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.html a page, \.md Markdown"):
        report.write(samples.document(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_report_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    file.write_text("old", encoding="utf-8")
    section = report.Section("bad", [report.Figure("no drawing", "alt")])
    with pytest.raises(ValueError, match="is no SVG"):
        report.write(report.Document("k", "t", "s", [section]), file)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("out.pdf", "ends in .pdf; the suffix says what a report becomes"),
        ("out", "has no suffix"),
        ("missing/out.html", "cannot write"),
        ("folder.html", "is a directory"),
    ],
)
def test_wrong_reports_are_told_before_the_run(
    path: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: object) -> None:
        raise AssertionError("the run began")

    monkeypatch.setattr(engine, "run", run)
    (tmp_path / "folder.html").mkdir()
    file = str(tmp_path / path)
    done = CliRunner().invoke(main, ["parity", "relu", "--report", file])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_parity_writes_every_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = samples.run([samples.cell()])
    monkeypatch.setattr(engine, "run", lambda request, bar: found)
    files = [tmp_path / f"out{suffix}" for suffix in report.SUFFIXES]
    data = tmp_path / "data.json"
    arguments = [part for file in files for part in ("--report", str(file))]
    done = CliRunner().invoke(main, ["parity", "relu", *arguments, "--json", str(data)])
    assert done.exit_code == 0, done.output
    assert all(
        file.read_text(encoding="utf-8").startswith(BEGINNINGS[file.suffix]) for file in files
    )
    assert repr(results.load(data)) == repr(results.load(tmp_path / "out.json")) == repr(found)


def test_a_broken_contract_still_gets_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = samples.run([samples.cell(failures={"finite": 3}, ratio=samples.peak(5.0))])
    monkeypatch.setattr(engine, "run", lambda request, bar: bad)
    file = tmp_path / "out.md"
    done = CliRunner().invoke(main, ["parity", "relu", "--report", str(file)])
    assert done.exit_code == 1
    assert "does not hold" in file.read_text(encoding="utf-8")


def test_a_full_disk_spoils_one_file_only(tmp_path: Path) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "out.md"
    build: Callable[[], report.Document] = partial(samples.document, "plain")
    with pytest.raises(click.ClickException, match=r"cannot write a\.json: No space left"):
        options.write_reports(build, [file], [(Path("a.json"), full)])
    assert file.exists()


def test_nothing_is_built_for_nobody() -> None:
    def build() -> report.Document:
        raise AssertionError("built")

    options.write_reports(build, [])
