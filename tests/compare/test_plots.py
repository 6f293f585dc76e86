"""Pictures: the data of the lines, gaps at jumps, marks, files, and wrong calls."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from multiact_compare import curves, plots
from multiact_compare.cli import main

import multiact
from multiact import Record

ELEMENTWISE = [r for r in multiact.records.values() if r.kind == "elementwise"]
ROWWISE = [r for r in multiact.records.values() if r.kind == "rowwise"]


def named(record: Record) -> str:
    return record.name


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plot", *arguments])


# What is drawn


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_the_lines_are_the_functions(record: Record) -> None:
    case = record.cases[0]
    panels = curves.panels(record, case)
    assert [panel.title for panel in panels] == [
        f"{record.name}{mark}(x)" for mark in ("", "′", "″")
    ]
    for order, panel in enumerate(panels):
        (line,) = panel.lines
        drawn = ~np.isnan(line.ys)
        expected = record.function(line.xs, **case)
        if order:
            expected = multiact.derivative(record.function, line.xs, order=order, **case)
        assert np.array_equal(line.ys[drawn], expected[drawn])
        for x, y in line.dots:
            at = np.array([x])
            here = record.function(at, **case)
            if order:
                here = multiact.derivative(record.function, at, order=order, **case)
            assert y == here[0]


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_kinks_and_jumps_are_those_of_the_record(record: Record) -> None:
    value, slope, _ = (panel.lines[0] for panel in curves.panels(record, record.cases[0]))
    jumps = tuple(x for x, _ in value.rings)
    kinks = tuple(sorted({x for x, _ in value.dots}))
    jumping_slopes = record.smoothness in ("C0", "discontinuous")
    assert jumps == (record.kinks if record.smoothness == "discontinuous" else ())
    assert kinks == (record.kinks if jumping_slopes else ())
    assert bool(slope.rings) == jumping_slopes


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_no_line_crosses_a_jump(record: Record) -> None:
    for order, panel in enumerate(curves.panels(record, record.cases[0])):
        (line,) = panel.lines
        steps = np.abs(np.diff(line.ys))
        gaps = np.diff(line.xs)
        steep = (steps > 1e-3) & (gaps < 1e-6)
        assert not steep.any(), (order, line.xs[:-1][steep])
        known = np.isfinite(steps)
        assert steps[known].max(initial=0.0) <= 0.1 * max(1.0, np.ptp(line.ys[~np.isnan(line.ys)]))


@pytest.mark.parametrize(
    ("name", "params", "order", "jumps"),
    [
        ("hardshrink", {"lambd": 1.25}, 0, [-1.25, 1.25]),
        ("relu", {}, 1, [0.0]),
        ("celu", {"alpha": 0.5}, 2, [0.0]),
        ("sparse_plus", {}, 2, [-1.0, 1.0]),
        ("softsign", {}, 2, [0.0]),
        ("threshold", {"threshold": -1.0, "value": 2.0}, 0, [-1.0]),
        ("threshold", {"threshold": 0.0, "value": 0.0}, 0, []),
        ("sigmoid", {}, 2, []),
        ("laplace", {"sigma": 0.02}, 0, []),
    ],
)
def test_where_it_jumps(
    name: str, params: dict[str, float], order: int, jumps: list[float]
) -> None:
    (line,) = curves.panels(multiact.records[name], params)[order].lines
    assert line.xs[np.isnan(line.ys)].tolist() == jumps
    assert sorted({x for x, _ in line.rings}) == jumps


@pytest.mark.parametrize(
    ("name", "order", "left", "right"),
    [
        ("sigmoid", 0, (0.0, 0.0), (0.0, 1.0)),
        ("gelu", 0, (0.0, 0.0), (1.0, 0.0)),
        ("gelu", 1, (0.0, 0.0), (0.0, 1.0)),
        ("tanhshrink", 0, (1.0, 1.0), (1.0, -1.0)),
        ("arctan", 0, (0.0, -1.5708), (0.0, 1.5708)),
        ("sine", 0, None, None),
        ("snake", 0, None, None),
        ("squared_relu", 0, (0.0, 0.0), None),
    ],
)
def test_asymptotes(name: str, order: int, left: object, right: object) -> None:
    (line,) = curves.panels(multiact.records[name], {})[order].lines
    for found, expected in zip(line.asymptotes, (left, right), strict=True):
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-4))


@pytest.mark.parametrize("record", ROWWISE, ids=named)
def test_rows(record: Record) -> None:
    value, slope = curves.panels(record, record.cases[0], (-4.0, 4.0))
    assert record.name in value.title
    assert slope.title == f"∂/∂x {value.title}"
    for line, derivative in zip(value.lines, slope.lines, strict=True):
        assert line.label == derivative.label
        # The derivative is that of the curve, away from its jumps and kinks.
        xs, at, there = np.intersect1d(line.xs, derivative.xs, return_indices=True)
        quotient = np.diff(line.ys[at]) / np.diff(xs)
        middle = (derivative.ys[there][1:] + derivative.ys[there][:-1]) / 2
        marks = np.array([x for x, _ in (*line.dots, *derivative.dots, (np.inf, 0.0))])
        smooth = np.abs(xs[1:, None] - marks).min(axis=1) > 0.02
        assert smooth.sum() > 700
        assert np.allclose(quotient[smooth], middle[smooth], atol=1e-3)


def test_what_rows_show() -> None:
    softmax = curves.panels(multiact.records["softmax"], {})[0]
    assert [line.label for line in softmax.lines] == ["y₁", "y₂", "y₃"]
    assert np.allclose(sum(line.ys for line in softmax.lines), 1.0)
    glu = curves.panels(multiact.records["glu"], {})[0]
    assert [line.label for line in glu.lines] == ["a = 2", "a = 1", "a = −1"]
    assert np.allclose(glu.lines[0].ys, 2 * glu.lines[1].ys)
    hardmax = curves.panels(multiact.records["hardmax"], {})[0]
    # At the tie the first of the equals wins.
    assert hardmax.lines[0].dots == ((1.0, 1.0),)
    assert hardmax.lines[0].rings == ((1.0, 0.0),)
    assert hardmax.lines[2].rings == ((1.0, 1.0),)


@pytest.mark.parametrize("theme", [plots.LIGHT, plots.DARK])
def test_styles_differ(theme: plots.Theme) -> None:
    styles = [plots.style(index, theme) for index in range(plots.LIMIT)]
    assert len(set(styles)) == plots.LIMIT
    neighbours = itertools.pairwise(styles)
    assert all(one[0] != other[0] and one[1] != other[1] for one, other in neighbours)


def test_heights() -> None:
    (identity,) = curves.panels(multiact.records["identity"], {}, (-2.0, 3.0))[0].lines
    (square,) = curves.panels(multiact.records["squared_relu"], {}, (-2.0, 3.0))[0].lines
    (flat,) = curves.panels(multiact.records["identity"], {}, (-2.0, 3.0))[2].lines
    low, high = plots.heights([identity])
    assert -2.5 < low < -2.0
    assert 3.0 < high < 3.5
    assert 3.0 < plots.heights([square])[1] < 3.5
    assert plots.heights([flat])[0] < -0.5 < 0.5 < plots.heights([flat])[1]


# Figures


def test_one_function_has_three_panels() -> None:
    figure = plots.single(multiact.records["hardshrink"], plots.Options())
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["hardshrink(x)", "hardshrink′(x)", "hardshrink″(x)"]
    rings = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "#ffffff"]
    assert [line.get_xdata().tolist() for line in rings] == [[-0.5, 0.5]]


def test_an_overlay_names_its_lines() -> None:
    records = [multiact.records[name] for name in ("relu", "elu", "hard_silu")]
    options = plots.Options(params={"elu": {"alpha": 0.5}})
    figure = plots.overlay(records, options)
    assert [axes.get_title() for axes in figure.axes] == ["f(x)", "f′(x)"]
    (key,) = figure.legends
    names = [text.get_text() for text in key.get_texts()]
    assert names == ["relu", "elu, alpha=0.5", "hard_silu"]
    labels = [line.get_label() for line in figure.axes[0].lines]
    assert [label for label in labels if not label.startswith("_")] == names


def test_a_gallery_has_a_cell_for_each() -> None:
    records = [multiact.records[name] for name in ("relu", "prelu", "softmax")]
    figure = plots.gallery(records, plots.Options(theme=plots.DARK))
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["relu", "prelu\nslope=0.25", "softmax([x, 0, 1])"]
    assert figure.get_facecolor() == pytest.approx(
        [int(plots.DARK.page[i : i + 2], 16) / 255 for i in (1, 3, 5)] + [1.0]
    )


# Files


@pytest.mark.parametrize(
    ("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_files_by_suffix_are_the_same_every_time(tmp_path: Path, suffix: str, start: bytes) -> None:
    files = [tmp_path / f"{name}.{suffix}" for name in ("one", "other")]
    for file in files:
        done = call("relu", "-o", str(file))
        assert done.exit_code == 0, done.output
        assert done.output == f"{file}\n"
    one, other = (file.read_bytes() for file in files)
    assert one.startswith(start)
    assert one == other
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_a_folder_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    done = call("swish", "relu", "silu", "-o", str(folder), "--format", "svg", "--range", "-2:2.5")
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in folder.iterdir()) == ["relu.svg", "silu.svg"]


@pytest.mark.parametrize("arguments", [["--gallery"], ["--overlay", "--dark"]])
def test_together(tmp_path: Path, arguments: list[str]) -> None:
    done = call("relu", "elu", *arguments, "--set", "alpha=0.5", "-o", str(tmp_path))
    assert done.exit_code == 0, done.output
    (file,) = tmp_path.iterdir()
    assert file.name == f"{arguments[0][2:]}.png"


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "relu.png"
    file.write_text("before", encoding="utf-8")

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    done = call("relu", "-o", str(file))
    assert done.exit_code == 2
    assert "cannot write" in done.output
    assert "No space left on device" in done.output
    assert [one.name for one in tmp_path.iterdir()] == ["relu.png"]
    assert file.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rellu"], "there is no function rellu. Did you mean relu?"),
        (["relu", "-o", "a.gif"], "a.gif ends in .gif; allowed are .png, .svg, .pdf, or a folder"),
        (["relu", "-o", "missing/a.png"], "cannot write missing/a.png: No such file or directory"),
        (["relu", "elu", "-o", "a.png"], "2 pictures do not fit into a.png"),
        (["relu", "-o", "a.png", "--format", "svg"], "--format is for folders"),
        (["relu", "--gallery", "--overlay"], "leave one of them out"),
        (["--overlay"], "--overlay needs the NAMES"),
        (["relu", "softmax", "--overlay"], "softmax works on whole rows"),
        (["elu", "--set", "alhpa=1"], "there is no parameter alhpa. Did you mean alpha?"),
        (["elu", "--set", "alpha"], "--set alpha: expected NAME=VALUE"),
        (["relu", "--set", "alpha=1"], "none of these functions has parameters"),
        (["gelu", "--set", "approximate=tan"], "approximate"),
        (["relu", "--range", "3"], "--range 3: expected LOW:HIGH"),
        (["relu", "--range", "3:1"], "two numbers of which the first is smaller"),
        (["relu", "--range", "0:inf"], "expected LOW:HIGH"),
        (["relu", "--range", "0:1e9"], "no farther than ±1e6"),
    ],
)
def test_wrong_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert not list(tmp_path.iterdir())


def test_too_many_to_tell_apart(tmp_path: Path) -> None:
    names = [record.name for record in ELEMENTWISE[: plots.LIMIT + 1]]
    done = call("--overlay", *names, "-o", str(tmp_path / "a.png"))
    assert done.exit_code == 2
    assert f"an overlay of {plots.LIMIT + 1} functions" in done.output


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = call("relu", "-o", str(tmp_path / "a.png"))
    assert done.exit_code == 2
    assert "pip install 'multiact[plot]'" in done.output


def test_no_display_and_no_settings_are_needed(tmp_path: Path) -> None:
    """The user's matplotlibrc names another backend, which is never asked for, and other looks."""
    (tmp_path / "matplotlibrc").write_text(
        "backend: TkAgg\naxes.facecolor: red\nlines.linewidth: 20\nfont.size: 30\n",
        encoding="utf-8",
    )
    program = (
        "import sys, pathlib, multiact\n"
        "from multiact_compare import plots\n"
        "figure = plots.single(multiact.records['relu'], plots.Options())\n"
        "plots.write(figure, pathlib.Path('drawn.png'))\n"
        "assert 'matplotlib.pyplot' not in sys.modules and 'tkinter' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    plain = tmp_path / "plain.png"
    plots.write(plots.single(multiact.records["relu"], plots.Options()), plain)
    assert (tmp_path / "drawn.png").read_bytes() == plain.read_bytes()


def test_asymptotes_are_drawn_where_they_say_something() -> None:
    def dotted(name: str) -> int:
        axes = plots.single(multiact.records[name], plots.Options()).axes[0]
        return sum(line.get_alpha() == 0.45 for line in axes.lines)

    assert dotted("relu") == dotted("relu6") == dotted("sine") == 0
    assert dotted("sigmoid") == dotted("gelu") == 1
    assert dotted("tanh") == 2
