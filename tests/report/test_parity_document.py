"""What the report of a parity run says: levels, special points, failures, checks, and its size."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from multiact_compare import report
from multiact_compare.report import Document, Entry, Figure, Level, Matrix, Paragraph, Table, parity
from multiact_compare.results import BackendState, Cell

import multiact
from tests.report import samples


def _matrix(document: Document) -> Matrix:
    return next(block for block in document.sections[0].blocks if isinstance(block, Matrix))


def _tables(document: Document, anchor: str) -> Iterator[Table]:
    section = next(section for section in document.sections if section.anchor == anchor)
    return (block for block in section.blocks if isinstance(block, Table))


def _table(document: Document, anchor: str, caption: str) -> list[list[str]]:
    """The texts of the table whose caption begins like this."""
    (table,) = (t for t in _tables(document, anchor) if t.caption.startswith(caption))
    return [[e.text if isinstance(e, Entry) else e for e in row] for row in table.rows]


@pytest.mark.parametrize(
    ("facts", "level", "text"),
    [
        ({"ratio": samples.peak(0.0)}, "good", "0.8"),
        ({"ratio": samples.peak(0.25)}, "good", "2"),
        ({"ratio": samples.peak(0.26)}, "fair", "2.1"),
        ({"ratio": samples.peak(1.0)}, "fair", "8"),
        ({"ratio": samples.peak(2.0), "failures": {"kink": 1}}, "bad", "✗ 16"),
        ({"failures": {"nan": 1}, "excused": {"nan": "a reason"}}, "poor", "0.8*"),
        ({"error": "ValueError: no", "ratio": None, "sized": None, "ulp": None}, "bad", "✗ 0.8"),
    ],
)
def test_a_place_has_the_colour_of_its_worst(
    facts: dict[str, object], level: Level, text: str
) -> None:
    run = samples.run([samples.cell(), samples.cell(quantity="derivative", **facts)])
    matrix = _matrix(parity.document(run))
    ((head, (entry,)),) = matrix.rows
    assert (head.text, head.link) == ("relu", "#fn-relu")
    assert (entry.level, entry.text) == (level, text)
    assert entry.level in matrix.legend


def test_less_than_nothing_worth_mentioning_is_zero() -> None:
    run = samples.run([samples.cell(ratio=samples.peak(1e-30)), samples.cell("elu", ratio=None)])
    rows = _matrix(parity.document(run)).rows
    assert [[entry.text for entry in entries] for _, entries in rows] == [["0"], ["–"]]


def test_second_derivatives_break_a_place_but_do_not_size_it() -> None:
    second = samples.cell(quantity="second", ratio=samples.peak(0.9))
    matrix = _matrix(parity.document(samples.run([samples.cell(), second])))
    assert matrix.rows[0][1][0].text == "0.8"


@pytest.mark.parametrize(("ratio", "level"), [(0.99, "good"), (1.0, "good")])
def test_the_precise_tier_is_as_good_as_can_be(ratio: float, level: Level) -> None:
    cell = samples.cell(ratio=samples.peak(ratio))
    document = parity.document(samples.run([cell], tier="precise"))
    assert _matrix(document).rows[0][1][0].level == level
    assert "precise" in document.title


def test_what_no_function_has_is_no_column() -> None:
    cells = [
        samples.cell(dtype="float16"),
        samples.cell(),
        samples.cell(backend="array_api"),
        samples.cell("elu", "numpy"),
    ]
    run = samples.run(cells)
    run = samples.run(cells, backends=[*run.backends, BackendState("jax", "missing", "not there")])
    matrix = _matrix(parity.document(run))
    assert matrix.columns == [
        ("numpy", "float16"),
        ("numpy", "float32"),
        ("array_api", "float32"),
        ("jax", "float16"),
        ("jax", "float32"),
    ]
    relu, elu = ([entry.level for entry in entries] for _, entries in matrix.rows)
    assert relu == ["good", "good", "good", "none", "none"]
    assert elu == ["none", "good", "none", "none", "none"]


def test_the_worst_inputs_are_exact() -> None:
    cell = samples.cell(
        ulp=samples.peak(900.0, -40.1), sized=samples.peak(1.5, 0.1), mode="compiled"
    )
    document = parity.document(samples.run([cell, samples.cell("elu", sized=None, ulp=None)]))
    assert _table(document, "fn-relu", "Worst inputs") == [
        ["numpy", "float32", "f", "1.5", "0.1", "`0x1.999999999999ap-4`", "0.25", "0.5",
         "compiled"],
        ["numpy", "float32", "f", "900", "−40.1", "`-0x1.40ccccccccccdp+5`", "0.25", "0.5",
         "tiny result, compiled"],
    ]  # fmt: skip
    section = next(one for one in document.sections if one.anchor == "fn-elu")
    assert Paragraph("Every judged result is exact.") in section.blocks


def test_special_points_are_folded_while_they_agree() -> None:
    cells = [
        samples.cell(),
        samples.cell(dtype="float64"),
        samples.cell(backend="torch", specials={"0": [0.0, 0.0], "nan": [0.0, math.nan]}),
        samples.cell(backend="torch", mode="compiled", specials={"nan": [math.nan, math.nan]}),
    ]
    document = parity.document(samples.run(cells))
    rows = _table(document, "fn-relu", "relu at special points")
    assert rows == [
        ["−∞", "f", "0", "0", "0"],
        ["−0", "f", "0", "−0", "–"],
        ["0", "f", "0", "0", "0"],
        ["∞", "f", "∞", "∞", "∞"],
        ["NaN", "f", "NaN", "NaN", "0 (eager)\nNaN (compiled)"],
    ]
    (table,) = (t for t in _tables(document, "fn-relu") if "special" in t.caption)
    levels = [[e.level for e in row if isinstance(e, Entry)] for row in table.rows]
    assert levels == [[None, None], [None, "none"], [None, None], [None, None], [None, "poor"]]


def test_without_a_truth_nothing_is_wrong() -> None:
    none = math.nan
    cells = [
        samples.cell(infinities={"inf": [3.0, none]}, specials={"nan": [none, none]}),
        samples.cell(quantity="second", infinities={}, specials={"nan": [0.0, none]}),
    ]
    document = parity.document(samples.run(cells))
    rows = _table(document, "fn-relu", "relu at special points")
    assert rows == [
        ["∞", "f", "–", "3"],
        ["NaN", "f", "NaN", "NaN"],
        ["NaN", "f″", "–", "0"],
    ]
    (table,) = (t for t in _tables(document, "fn-relu") if "special" in t.caption)
    assert [row[-1].level for row in table.rows if isinstance(row[-1], Entry)] == [None] * 3


@pytest.mark.parametrize(
    ("odd", "text"),
    [
        ([("eager", "float16")], "−1 (eager f16)\n1 (eager f32, compiled)"),
        ([("eager", "float16"), ("compiled", "float16")],
         "−1 (eager f16, compiled f16)\n1 (eager f32, compiled f32)"),
        ([("compiled", "float16"), ("compiled", "float32")], "1 (eager)\n−1 (compiled)"),
    ],
)  # fmt: skip
def test_who_gives_another_result(odd: list[tuple[str, str]], text: str) -> None:
    cells = [
        samples.cell(
            dtype=dtype,
            mode=mode,
            infinities={},
            specials={"0": [-1.0 if (mode, dtype) in odd else 1.0, 1.0]},
        )
        for mode in ("eager", "compiled")
        for dtype in ("float16", "float32")
    ]
    rows = _table(parity.document(samples.run(cells)), "fn-relu", "relu at special points")
    assert set(rows[0][3].split("\n")) == set(text.split("\n"))


def test_failures_are_told_three_times() -> None:
    broken = samples.cell(
        ratio=samples.peak(5.0, 0.5), failures={"finite": 3, "nan": 1}, nan_failure=1.0
    )
    died = BackendState("jax", "died", "died with signal 11")
    run = samples.run([broken], problems=["jax: died with signal 11"])
    run = samples.run([broken], backends=[*run.backends, died], problems=run.problems)
    document = parity.document(run)
    overall = _table(document, "failures", "What breaks")
    assert [row[:3] for row in overall] == [["relu", "numpy", "f"]] * 2
    (mine,) = _table(document, "fn-relu", "What breaks")
    assert "3 results break the contract (finite); worst at x = 0.5 = 0x1.0" in mine[2]
    assert "NaN gives 1" in mine[2]
    assert document.sections[-1].title == "relu ✗"
    failed = [check for check in document.checks if check.status == "failed"]
    assert [check.name for check in failed] == ["relu float32 value", "jax", "problem 1"]
    assert failed[0].group == "multiact.parity.numpy"
    assert "5 times what is allowed" in failed[0].message
    assert not run.ok


def test_a_missing_backend_is_skipped() -> None:
    run = samples.run([samples.cell()])
    missing = BackendState("torch", "missing", "torch is not installed")
    run = samples.run([samples.cell()], backends=[*run.backends, missing])
    skipped = [check for check in parity.document(run).checks if check.status == "skipped"]
    assert [(check.name, check.message) for check in skipped] == [
        ("torch", "torch is not installed")
    ]


def test_the_worst_of_the_modes_is_drawn() -> None:
    high: list[float | None] = [4.0] * 10 + [None] * 81
    cells: list[Cell] = [
        samples.cell(),
        samples.cell(mode="compiled", profile=high),
        samples.cell(case="another=1", profile=[1e9] * 91),
    ]
    document = parity.document(samples.run(cells))
    figures = [block for block in document.sections[-1].blocks if isinstance(block, Figure)]
    assert [figure.caption for figure in figures] == ["`relu(x)`", "`relu′(x)`", "value, float32"]
    assert figures[-1].alt == "Error of relu, value, float32; largest in ULP: numpy 4"


@pytest.mark.parametrize("name", multiact.records)
def test_every_function_has_its_part(name: str) -> None:
    document = parity.document(samples.run([samples.cell(name)]))
    assert document.sections[-1].anchor == f"fn-{name}"
    text = report.rendered(document, ".html")
    assert f'<section id="fn-{name}" class="folded">' in text
    assert f'<a href="#fn-{name}">{name}</a>' in text
    assert "nan nan" not in text


def test_the_whole_catalogue_fits_three_megabytes() -> None:
    run = samples.whole_catalogue()
    assert len(run.functions) >= 58
    text = report.rendered(parity.document(run), ".html")
    assert text.count("<details>") == len(run.functions)
    assert len(text.encode()) < 3_000_000, len(text.encode())
