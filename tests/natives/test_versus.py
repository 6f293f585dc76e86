"""``multiact versus``: libraries side by side, with their speed and the memory they keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from multiact_compare.cli import main
from multiact_compare.natives import side_by_side
from multiact_compare.natives.side_by_side import parameters
from multiact_compare.natives.stopwatch import Stopwatch
from multiact_compare.natives.table import NATIVES

from tests.natives.samples import Silent


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("torch.nn.functional.gelu", "approximate='none'"),
        ("tf.nn.leaky_relu", "alpha=0.2"),
        ("tf.nn.elu", "none; no alpha"),
        ("jax.nn.silu", "none; no beta"),
        ("torch.nn.functional.threshold", "threshold, value"),
    ],
)
def test_parameters(path: str, text: str) -> None:
    assert parameters(next(row for row in NATIVES if row.path == path)) == text


def test_the_stopwatch_takes_turns() -> None:
    """A call that does ten times as much takes longer; one that fails is left out; the memory of
    an intermediate that only the backward pass needs is seen."""
    light, heavy = "torch.relu(x)", "torch.tanh(torch.exp(torch.sin(torch.cos(torch.erf(x)))))"
    with Stopwatch(["torch", "numpy"]) as stopwatch:
        (one,) = stopwatch.compare({"torch": heavy}, 2)
        assert one.forward == one.backward == 1.0
        assert one.kept is not None
        assert one.kept >= 3
        (plain,) = stopwatch.compare({"torch": light}, 2)
        assert plain.kept == 0
        assert plain.milliseconds < one.milliseconds
        first, second = stopwatch.compare({"torch": heavy, "numpy": "numpy.maximum(x, 0)"}, 2)
        assert (first.library, second.library) == ("torch", "numpy")
        assert second.forward < 0.5
        assert second.backward is None
        assert second.kept is None
        assert stopwatch.compare({"torch": "torch.no_such_function(x)"}, 2) == []


def test_side_by_side() -> None:
    names = ["leaky_relu", "mish", "snake"]
    report = side_by_side.run(["tensorflow", "torch"], names, 1000, Silent(), timed=False)
    leaky, mish = report.pairings  # neither library has snake
    assert report.title == "TensorFlow and PyTorch"
    first, second = leaky.sides
    assert (first.call, first.parameters) == ("tf.nn.leaky_relu", "alpha=0.2")
    assert (second.call, second.also) == ("torch.nn.functional.leaky_relu", ["torch.nn.LeakyReLU"])
    assert first.kinks == pytest.approx({"0": 0.01})
    assert any("by default" in one.what for one in leaky.differences)
    missing, there = mish.sides
    assert not missing.call
    assert there.lost
    assert "TensorFlow has none: write multiact.mish" in side_by_side.remarks(mish)
    page = side_by_side.document(report)
    assert [section.title for section in page.sections] == ["leaky_relu", "mish"]
    assert page.summary.startswith("2 functions, 1 of them in all.")


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "versus.json"
    arguments = ["versus", "numpy", "torch", "-f", "expit", "--points", "500", "--json", str(file)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "NumPy and SciPy" in done.output
    data = json.loads(file.read_text(encoding="utf-8"))
    numpy, torch = data["pairings"][0]["sides"]
    assert numpy["speed"]["forward"] == 1.0
    assert torch["speed"]["forward"] > 0
    assert torch["speed"]["kept"] == 0
    assert torch["second"] == "yes"
    assert numpy["second"] == "–"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "at least two"),
        (["torch"], "at least two"),
        (["torch", "torch"], "at least two"),
        (["torch", "theano"], "theano"),
        (["torch", "jax", "-f", "gelo"], "Did you mean gelu?"),
        (["torch", "jax", "--json", "/no/such/folder/x.json"], "cannot write"),
    ],
)
def test_wrong_calls(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["versus", *arguments])
    assert done.exit_code == 2
    assert message in done.output
