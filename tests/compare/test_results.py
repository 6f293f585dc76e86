"""Reports: to JSON and back, tables that stay readable, summaries that say what is wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from multiact_compare import render, results, summary
from multiact_compare.results import BackendState, Cell, Disagreement, Peak, Report
from rich.console import Console


def _peak(amount: float) -> Peak:
    return Peak(amount, "x = -1.5", -1.5, (-1.5).hex(), 0.25, 0.5)


def _report() -> Report:
    names = {"function": "relu", "case": "", "dtype": "float32", "layout": "long"}
    good = Cell(
        **names,
        backend="numpy",
        quantity="value",
        mode="eager",
        points=10,
        judged=9,
        ulp=_peak(7.0),
        sized=_peak(0.5),
        ratio=_peak(0.1),
        infinities={"-inf": [math.nan, 0.0], "inf": [math.inf, math.inf]},
    )
    bad = Cell(
        **names,
        backend="torch",
        quantity="derivative",
        mode="compiled",
        points=10,
        judged=9,
        ulp=_peak(math.inf),
        sized=_peak(math.inf),
        ratio=_peak(math.inf),
        failures={"kink": 1, "nan": 1, "finite": 0},
        nan_failure=1.0,
    )
    error = Cell(
        **names, backend="torch", quantity="second", mode="eager", error="ValueError: nothing"
    )
    return Report(
        functions=["relu"],
        backends=[
            BackendState("numpy", "ok", versions={"numpy": "2"}, seconds=1.0),
            BackendState("torch", "ok", versions={"torch": "3"}, notes=["a note"]),
            BackendState("tensorflow", "missing", "not installed"),
            BackendState("jax", "died", "died with signal 11 (SIGSEGV): the end"),
        ],
        dtypes=["float32"],
        modes=["eager", "compiled"],
        points={"float32": 10},
        cells=[good, bad, error],
        disagreements=[
            Disagreement(
                *("relu", "", "float32", "value", 9, 3, 0, 12),
                ["numpy", "torch"],
                "x = 1",
                [1.0, 1.5],
            )
        ],
        problems=["jax: died with signal 11 (SIGSEGV): the end"],
        environment={"machine": "a machine"},
        seconds=2.0,
    )


def test_a_report_survives_json(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    results.save(_report(), file)
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["schema_version"] == results.SCHEMA_VERSION
    assert data["cells"][1]["ulp"]["amount"] == "inf"
    assert repr(results.load(file)) == repr(_report())
    assert list(tmp_path.iterdir()) == [file]


def test_other_files_are_no_reports(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    for text in ("[]", '{"schema_version": 0}'):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="schema version"):
            results.load(file)


def test_a_failed_write_leaves_the_old_report(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old", encoding="utf-8")
    broken = Report(**{**vars(_report()), "environment": {"machine": object()}})
    with pytest.raises(TypeError):
        results.save(broken, file)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("width", [60, 80, 140, 200])
def test_the_table_fits_the_terminal(width: int) -> None:
    console = Console(width=width, record=True, force_terminal=False, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        render.print_report(_report(), console)
    text = capture.get()
    assert max(len(line) for line in text.splitlines()) <= width
    flat = " ".join(text.split())
    for part in ("relu", "not installed", "died", "✗ f′ f″", "0.5 ULP", "7 tiny", "1 for NaN"):
        assert part in flat
    for part in ("ValueError: nothing", "a note", "does not hold", "SIGSEGV"):
        assert part in flat


def test_markdown_says_the_same() -> None:
    text = render.markdown(_report())
    assert text.startswith("| | numpy | torch | tensorflow | jax |\n|---|---|---|---|---|\n")
    assert "| **relu** | ✓ 0.1<br>f 0.5 ULP" in text
    assert "tiny" not in text
    assert "not installed" in text
    assert "numpy 2, torch 3" in text


def test_failures_are_folded_and_explained() -> None:
    lines = [summary.explain(failure) for failure in summary.failures(_report())]
    assert len(lines) == 3
    assert any("torch relu f′: ∞× what is allowed at x = -1.5: 0.25" in line for line in lines)
    assert any("1 for NaN [f32 | compiled | long]" in line for line in lines)
    assert any("torch relu f″: ValueError: nothing" in line for line in lines)


def test_wrong_limits_are_listed() -> None:
    assert list(summary.infinities(_report())) == ["relu f(−inf) = NaN, limit 0: numpy eager"]


def test_numbers_are_short() -> None:
    values = (math.inf, -math.inf, math.nan, -0.00012345, 1234567.0)
    assert [summary.number(v) for v in values] == ["∞", "−∞", "NaN", "−0.000123", "1.23e+06"]
