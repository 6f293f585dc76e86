"""Errors along x: the bins, what a run keeps of them, and how they are drawn."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from multiact_compare import contract, profiles
from multiact_compare.cli import main
from multiact_compare.dtypes import DTYPES
from multiact_compare.report import drawing


def test_the_bins_cover_all_numbers() -> None:
    assert profiles.EDGES.size == profiles.BINS + 1
    assert (np.diff(profiles.EDGES) > 0).all()
    np.testing.assert_allclose(profiles.EDGES, -profiles.EDGES[::-1], rtol=1e-12)
    np.testing.assert_allclose(profiles.EDGES[[0, -1]], [-profiles.REACH, profiles.REACH])
    middle = profiles.BINS // 2
    x = np.array([-np.inf, -1e300, -1e4, -1e-300, -0.0, 0.0, 1e4, 1e300, np.inf, np.nan])
    last = profiles.BINS - 1
    assert profiles.bins(x).tolist() == [0, 0, 0, *[middle] * 3, last, last, last, last]


@pytest.mark.parametrize("x", [-1e4, -3.0, -0.01, 0.0, 0.5, 77.0, 9999.0])
def test_the_share_of_an_x_lies_in_its_bin(x: float) -> None:
    (index,) = profiles.bins(np.array([x]))
    assert index <= profiles.share(x) * profiles.BINS + 1e-9 <= index + 1 + 1e-9


def test_a_bin_keeps_its_worst_judged_error() -> None:
    ulps = np.array([1.0, 3.14159, 100.0, 1e-9, np.inf, 1234567.0])
    judged = np.array([True, True, False, True, True, True])
    found = profiles.profile(ulps, judged, np.array([0, 0, 0, 2, 3, 90]))
    assert found[:4] == [3.1, None, 0.0, np.inf]
    assert found[90] == 1.2e6
    assert found[4:90] == [None] * 86


def test_the_special_points() -> None:
    x = np.array([np.nan, 3.0, 0.0, -0.0, -3.0, 1.0])
    assert profiles.special(x, (-3.0, 0.0, 3.0)) == {"-0": 3, "0": 2, "-3": 4, "3": 1, "nan": 0}
    assert profiles.special(np.array([1.0]), (0.1,)) == {}


def test_the_verdict_has_the_error_of_every_judged_result() -> None:
    dtype = DTYPES["float32"]
    truth = np.array([1.0, 1.0, 2.0])
    judged = np.array([True, False, True])
    expected = contract.Expected.of(
        dtype, truth, np.zeros(3), judged=judged, must_be_nan=np.zeros(3, bool)
    )
    bits = dtype.encode(np.array([1.0 + 4 * dtype.eps, 9.0, 2.0]))
    assert contract.judge(bits, dtype, expected, 0.0).ulps.tolist() == [4.0, 0.0, 0.0]


def test_a_run_keeps_profiles_and_special_points(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    arguments = ["parity", "hard_tanh", "softmax", "-b", "numpy", "-d", "float16", "--points", "1"]
    done = CliRunner().invoke(main, [*arguments, "--json", str(file)])
    assert done.exit_code == 0, done.output
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        along = cell["layout"] == "long" and cell["quantity"] != "second"
        assert len(cell["profile"]) == (profiles.BINS if along else 0), cell
    (value,) = (
        cell
        for cell in cells
        if (cell["function"], cell["layout"], cell["quantity"]) == ("hard_tanh", "long", "value")
        and not cell["case"]
    )
    assert value["specials"] == {
        "-0": [0.0, 0.0],
        "0": [0.0, 0.0],
        "-1": [-1.0, -1.0],
        "1": [1.0, 1.0],
        "nan": ["nan", "nan"],
    }
    worst = max(one for one in value["profile"] if one is not None)
    assert worst == pytest.approx(value["ulp"]["amount"], rel=0.05)


def test_a_chart_of_errors() -> None:
    flat = [0.5] * profiles.BINS
    steps = [None, 8.0, None, *[0.0] * (profiles.BINS - 5), 1e6, float("inf")]
    svg = drawing.errors(
        [drawing.Series("a<b", 0, flat), drawing.Series("other", 3, steps)], allowed=8.0
    )
    root = ElementTree.fromstring(svg)
    paths = {path.get("class"): path.get("d", "") for path in root.iter("path")}
    # One step as long as nothing changes; a bin alone is a dot.
    assert re.fullmatch(r"M41 \d+l270 0", paths["line s0"])
    first, rest = paths["line s3"].split("M")[1:]
    assert first.endswith("l0 0")
    # The largest error is drawn at the top, above the dashed line of what is allowed.
    bound = float(re.match(r"M\S+ (\S+?)H", paths["bound"])[1])  # type: ignore[index]
    assert float(first.split()[1].removesuffix("l0")) == pytest.approx(bound, abs=1)
    start = float(rest.split("l")[0].split()[1])
    drops = [float(y) for y in re.findall(r"\d+(?: (\d+)|(?=-))(-\d+)?", rest) for y in y if y]
    assert start + sum(y for y in drops if y < 0) == drawing.ERROR_TOP
    texts = {text.text for text in (*root.iter("text"), *root.iter("tspan"))}
    assert {"a<b", "other", "−10⁴", "0", "10⁴"} <= texts


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-5.0, 5.0, [-4.0, -2.0, 0.0, 2.0, 4.0]),
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-0.06, 0.37, [0.0, 0.1, 0.2, 0.3]),
        (90.0, 1030.0, [200.0, 400.0, 600.0, 800.0, 1000.0]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert drawing.ticks(low, high) == expected


def test_a_curve_has_gaps_and_dots() -> None:
    xs = np.array([-1.0, 0.0, 1.0, 2.0])
    svg = drawing.curve([(xs, np.array([0.0, np.nan, 1.0, np.inf]))], [(0.0, 0.5)])
    root = ElementTree.fromstring(svg)
    (line,) = (p.get("d", "") for p in root.iter("path") if p.get("class") == "line s0")
    assert line.count("M") == 2
    assert "nan" not in svg
    assert "inf" not in svg
    assert len(list(root.iter("circle"))) == 1
    constant = drawing.curve([(xs, np.zeros(4))])
    assert "nan" not in constant


def test_a_curve_goes_through_its_points() -> None:
    xs = np.linspace(-5.0, 5.0, 137)
    ys = np.sin(xs) + 0.1 * xs
    root = ElementTree.fromstring(drawing.curve([(xs, ys)]))
    (line,) = (p.get("d", "") for p in root.iter("path") if p.get("class") == "line s0")
    start, steps = line.removeprefix("M").split("l")
    numbers = [float(n) for n in re.findall(r"-?(?:\d+\.\d+|\.\d+|\d+)", steps)]
    places = np.cumsum([[float(n) for n in start.split()], *np.reshape(numbers, (-1, 2))], axis=0)
    right = drawing.WIDTH - drawing.RIGHT
    np.testing.assert_allclose(places[[0, -1], 0], [drawing.LEFT, right], atol=0.05)
    # Where a step passes over points, they lie on the straight line.
    across = drawing.LEFT + (right - drawing.LEFT) * (xs + 5) / 10
    drawn = np.interp(across, places[:, 0], places[:, 1])
    room = 0.06 * np.ptp(ys)
    share = (ys.max() + room - ys) / (np.ptp(ys) + 2 * room)
    np.testing.assert_allclose(drawn, drawing.CURVE_TOP + drawing.CURVE_HEIGHT * share, atol=0.15)
