"""What is said of an experiment: on the terminal, in reports, in pictures."""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest
from multiact_compare import plots, report
from multiact_compare.report import Figure, Table, drawing
from multiact_compare.report.drawing import Series
from multiact_compare.training import document, figure, panels, terminal
from multiact_compare.training.results import Epoch, Experiment, Run, Setup
from multiact_compare.training.tables import digits, duration, loss, percent, tables
from rich.console import Console

from tests.training import samples
from tests.training.samples import epoch, run

EXPERIMENTS = {
    "four frameworks": samples.four_frameworks(),
    "several activations": samples.several(),
    "one seed": samples.several(seeds=1),
    "one epoch": samples.experiment([run(epochs=[epoch(1.0)]), run("jax", epochs=[epoch(1.0)])]),
    "failures": samples.experiment(
        [run(), run("torch", failure="it died"), run("jax", epochs=[], failure="not installed")]
    ),
    "nothing": samples.experiment([run(epochs=[], failure="not installed")]),
    "no number": samples.experiment(
        [run(), run("jax", epochs=[epoch(1.0), epoch(math.nan)], failure="the loss is nan")]
    ),
}
everything = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)


def table(experiment: Experiment, anchor: str) -> list[list[str]]:
    """The texts of a table, with its columns first."""
    found = {name: one for name, _, one in tables(experiment)}[anchor]
    rows = [
        [cell if isinstance(cell, str) else cell.text for cell in cells] for cells in found.rows
    ]
    return [list(found.columns), *rows]


def printed(experiment: Experiment, width: int = 100) -> str:
    console = Console(width=width, record=True, file=None, quiet=False)
    with console.capture() as capture:
        terminal.print_experiment(experiment, console)
    return capture.get()


# Tables


def test_the_table_of_frameworks() -> None:
    heading, first, *others = table(samples.four_frameworks(), "frameworks")
    assert heading == [
        *("framework", "activation", "loss", "held-out loss", "accuracy", "an epoch", "compiling"),
    ]
    assert first == ["numpy", "relu", "0.2500", "0.3750", "90.00 %", "20.0 ms", "400.0 ms"]
    assert [row[0] for row in others] == ["torch", "tensorflow", "jax"]


def test_the_table_of_divergence() -> None:
    _, row = table(samples.four_frameworks(), "divergence")
    assert row == ["relu", "3e−06", "numpy and jax, epoch 1", "3e−06", "0.00 %"]


def test_the_table_of_gradients() -> None:
    assert table(samples.four_frameworks(), "gradients") == [
        ["activation", "hidden", "output"],
        ["relu", "0.5 → 0.125", "0.25 → 0.0625"],
    ]


def test_the_table_of_dead_units() -> None:
    runs = [run(seed=seed, epochs=[epoch(1.0, dead_units=(seed,))]) for seed in (3, 1)]
    heading, row = table(samples.experiment([*runs, run("jax", failure="no")]), "dead")
    assert (heading, row) == (["activation", "hidden"], ["relu", "1 … 3"])


def test_the_ranking() -> None:
    heading, *rows = table(samples.several(), "ranking")
    assert heading == ["", "activation", "accuracy", "held-out loss", "time", "dead units"]
    assert rows[0] == ["1", "relu =", "97.30 ± 0.30 %", "0.5000 ± 0.0000", "1.00×", "3.12 %"]
    assert rows[2] == ["3", "tanh", "93.30 ± 0.30 %", "0.6000 ± 0.0000", "2.00×", "0.00 %"]


def test_times_of_several_frameworks() -> None:
    runs = [
        run(
            framework,
            name,
            epochs=[epoch(1.0, seconds=0.5), epoch(0.5, seconds=seconds * (1 + place))],
        )
        for place, name in enumerate(("gelu", "relu"))
        for framework, seconds in (("torch", 0.01), ("jax", 0.02))
    ]
    assert table(samples.experiment(runs), "times") == [
        ["activation", "torch", "jax"],
        ["gelu", "0.50×", "0.50×"],
        ["relu", "1.00×", "1.00×"],
    ]
    assert "time" not in table(samples.experiment(runs), "ranking")[0]


def test_the_ranking_names_failures() -> None:
    runs = samples.several(("relu", "gelu")).runs
    failed = run("torch", "sine", failure="the loss is nan")
    heading, *rows = table(samples.experiment([*runs, failed]), "ranking")
    assert heading[-1] == "failed"
    assert [row[-1] for row in rows] == ["", "", "1"]
    assert rows[2][1:5] == ["sine", "–", "–", "–"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (percent(0.97221), "97.22 %"),
        (percent(math.nan), "–"),
        (digits(-1.2345e-7), "−1.23e−07"),
        (digits(math.inf), "∞"),
        (digits(math.nan), "NaN"),
        (loss(0.12345), "0.1235"),
        (loss(1.5e-5), "1.5e−05"),
        (duration(0.0123), "12.3 ms"),
        (duration(1.5), "1.50 s"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    assert text == expected


# The terminal


@everything
def test_the_terminal(experiment: Experiment) -> None:
    text = " ".join(printed(experiment).split())
    assert text.startswith("mlp on digits, ")
    assert document.conclusion(experiment) in text
    for one in experiment.runs:
        assert one.failure is None or one.failure in text


def test_a_narrow_terminal_breaks_no_name() -> None:
    names = ("leaky_relu", "hard_swish", "softsign")
    text = printed(samples.several(names), width=70)
    assert all(name in text for name in names)
    assert "…" not in printed(samples.four_frameworks(), width=60).replace("fewest … most", "")


def test_progress_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    setups = [replace(samples.SETUP, framework=name) for name in ("numpy", "jax")]
    with terminal.Bars(setups, Console(stderr=True)) as bars:
        for setup in setups:
            for number in (1, 2, 3):
                bars.heard(setup, number, epoch(1 / number))
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "100% jax: relu, seed 0, epoch 3: loss 0.333, accuracy 90.00 %"


def test_progress_on_a_terminal() -> None:
    console = Console(force_terminal=True, width=100)
    with console.capture() as capture, terminal.Bars([samples.SETUP], console) as bars:
        for number in (1, 2, 3):
            bars.heard(samples.SETUP, number, epoch(1 / number))
    assert "3/3" in capture.get()


# Reports


@everything
@pytest.mark.parametrize("suffix", report.SUFFIXES)
def test_every_report_of_everything(experiment: Experiment, suffix: str) -> None:
    text = report.rendered(document.document(experiment), suffix)
    failed = sum(one.failure is not None for one in experiment.runs)
    if suffix == ".html":
        assert text.count("<figure>") == len(panels.panels(experiment))
        assert f"{failed} failed" in text
    elif suffix == ".xml":
        assert ElementTree.fromstring(text).get("failures") == str(failed)
    elif suffix == ".json":
        assert len(json.loads(text)["runs"]) == len(experiment.runs)
    else:
        assert text.startswith("# Training: mlp on digits")


@everything
def test_json_and_back(experiment: Experiment, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    report.write(document.document(experiment), path)
    # NaN is not equal to itself, and is written as a word.
    assert str(document.load(path)) == str(experiment)


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema_version": 1}', '{"schema_version": 9}'])
def test_other_json_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="no report of training"):
        document.load(path)


def test_the_schema_is_described() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/reports.md"
    text = page.read_text(encoding="utf-8").partition("## JSON of train")[2]
    described = set(re.findall(r"`(\w+)`", text.partition("\n## ")[0]))
    written = set(document.document(samples.four_frameworks()).data)
    parts = {field.name for kind in (Run, Setup, Epoch) for field in fields(kind)}
    assert written | parts <= described


def test_what_is_concluded() -> None:
    words = document.conclusion(samples.four_frameworks())
    assert words == (
        "4 of 4 runs of 3 epochs on 1,442 images complete, judged on 355 others; the training "
        "losses of the frameworks are 3e−06 apart at most; held-out accuracy 90.00 % with relu."
    )
    equal = samples.several(accuracy=lambda place, seed: 0.9)
    assert "with relu, from which 2 more cannot be told apart." in document.conclusion(equal)
    same = document.conclusion(samples.experiment([run(), run("jax")]))
    assert "the training losses of the frameworks are equal" in same


# Curves


def test_panels() -> None:
    found = {panel.title: panel for panel in panels.panels(samples.four_frameworks())}
    assert list(found) == [
        *("training loss", "held-out loss", "held-out accuracy in %"),
        *("gradient norm, hidden", "gradient norm, output", "dead units in %"),
        "frameworks apart: loss, relative",
    ]
    names = [curve.name for curve in found["training loss"].curves]
    assert names == ["numpy", "torch", "tensorflow", "jax"]
    assert found["training loss"].curves[0].mean == (1.0, 0.5, 0.25)
    assert [panel.title for panel in found.values() if panel.log] == [
        *("training loss", "held-out loss", "frameworks apart: loss, relative"),
    ]
    assert found["gradient norm, output"].curves[0].mean == (0.25, 0.125, 0.0625)
    (apart,) = found["frameworks apart: loss, relative"].curves
    assert apart.mean == pytest.approx((3e-6,) * 3)


def test_curves_of_activations_span_their_seeds() -> None:
    accuracy = panels.panels(samples.several())[2]
    assert [curve.name for curve in accuracy.curves] == ["relu", "gelu", "tanh"]
    curve = accuracy.curves[0]
    assert curve.low == pytest.approx((97.0,) * 3)
    assert curve.mean == pytest.approx((97.3,) * 3)
    assert curve.high == pytest.approx((97.6,) * 3)


def test_a_curve_goes_on_with_what_is_left() -> None:
    curve = panels.Curve.of("relu", [[1.0, 3.0, 5.0], [2.0], [math.nan, math.inf]])
    assert curve.mean == (1.5, 3.0, 5.0)
    assert math.isnan(panels.Curve.of("relu", [[math.nan]]).mean[0])


def points(svg: str) -> list[list[tuple[float, float]]]:
    """The corners of every line of data in a drawing: those whose path is of relative steps."""
    found = []
    for path in re.findall(r'class="line [^"]*" d="(M[^"]*l[^"]*)"', svg):
        start, _, steps = path[1:].partition("l")
        x, y = map(float, start.split())
        corners = [(x, y)]
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", steps)]
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            corners.append((x, y))
        found.append(corners)
    return found


@pytest.mark.parametrize("log", [False, True])
def test_a_trend_is_drawn_to_scale(log: bool) -> None:
    values = [1e-3, 1e-2, 1e-1] if log else [1.0, 2.0, 3.0]
    bent = [1e-3, 1e-1, 1e-3] if log else [1.0, 3.0, 1.0]
    svg = drawing.trend([Series("straight", 0, values), Series("bent", 1, bent)], log=log)
    straight, corner = points(svg)
    assert len(straight) == 2
    assert len(corner) == 3
    assert corner[0] == pytest.approx(straight[0], abs=0.2)
    assert corner[1][0] == pytest.approx((straight[0][0] + straight[1][0]) / 2, abs=0.2)
    assert corner[1][1] == pytest.approx(straight[1][1], abs=0.2)
    assert straight[1][1] < straight[0][1]
    labels = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)
    assert {"1", "2", "3"} <= set(labels)
    if log:
        assert "10⁻³" in labels


def test_odd_trends() -> None:
    nothing = drawing.trend([Series("none", 0, [math.nan, None])], log=True)
    assert points(nothing) == []
    alone = drawing.trend([Series("one", 0, [5.0])])
    assert len(points(alone)) == 1
    gap = drawing.trend([Series("gap", 0, [1.0, 0.0, 1.0])], log=True)
    assert gap.count("l0 0") == 2


def test_many_names_of_a_trend_are_wrapped() -> None:
    series = [Series(f"activation_{number}", number, [0.0, 1.0]) for number in range(16)]
    svg = drawing.trend(series)
    ElementTree.fromstring(svg)
    starts = [float(x) for x in re.findall(r'<text x="([\d.]+)"', svg)]
    assert len(starts) == 16
    assert max(starts) < drawing.WIDTH
    assert len(set(re.findall(r'<text x="[\d.]+" y="([\d.]+)"', svg))) > 2
    # No two lines look alike.
    styles = re.findall(r'<path class="line ([^"]*)" d="M[\d.]+ [\d.]+h', svg)
    assert len(set(styles)) == 16


def test_figures_have_words() -> None:
    page = document.document(samples.four_frameworks())
    drawn = [block for block in page.sections[0].blocks if isinstance(block, Figure)]
    assert drawn[0].alt.startswith("training loss over 3 epochs. numpy: from 1 to 0.25; torch")
    others = [block for section in page.sections[1:] for block in section.blocks]
    assert all(isinstance(block, Table) for block in others)


# Pictures


@pytest.mark.parametrize("suffix", plots.SUFFIXES)
def test_pictures(suffix: str, tmp_path: Path) -> None:
    starts = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    for path in (one, two):
        plots.write(figure.draw(EXPERIMENTS["one epoch"]), path)
    assert one.read_bytes().startswith(starts[suffix])
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("name", ["four frameworks", "several activations", "no number"])
def test_a_picture_has_every_panel(name: str) -> None:
    experiment = EXPERIMENTS[name]
    drawn = figure.draw(experiment)
    shown = [axes for axes in drawn.axes if axes.axison]
    expected = panels.panels(experiment)
    assert [axes.get_title() for axes in shown] == [panel.title for panel in expected]
    for axes, panel in zip(shown, expected, strict=True):
        assert [line.get_label() for line in axes.lines] == [curve.name for curve in panel.curves]
        for line, curve in zip(axes.lines, panel.curves, strict=True):
            assert list(line.get_ydata()) == pytest.approx(list(curve.mean), nan_ok=True)
    names = [curve.name for curve in expected[0].curves]
    assert [text.get_text() for text in drawn.legends[0].get_texts()] == names


def test_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        figure.draw(EXPERIMENTS["nothing"])


def test_every_style_of_a_line_is_on_the_page() -> None:
    """A colour with a dash for each series, no two alike."""
    style = files("multiact_compare.report").joinpath("page.css").read_text(encoding="utf-8")
    rules = dict(re.findall(r"svg \.(s\d+) \{ ([^}]*) \}", style))
    assert set(rules) == {f"s{number}" for number in range(drawing.SERIES)}
    assert len(set(rules.values())) == drawing.SERIES
    widths = set(re.findall(r"svg \.w(\d) \{", style))
    assert widths == {str(number) for number in range(1, drawing.BROAD)}
