"""``multiact natives``: what it finds in the installed frameworks, and how it behaves."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from multiact_compare.cli import main
from multiact_compare.contract import Expected
from multiact_compare.dtypes import DTYPES
from multiact_compare.natives import render
from multiact_compare.natives.call import LIBRARIES
from multiact_compare.natives.differences import sides_of
from multiact_compare.natives.findings import Region, regions
from multiact_compare.truth import Truth

from tests.natives.facts import Facts, covers, measured

F32 = DTYPES["float32"]
NAMES = ("function", "", "torch", "float32", "value", "eager")


def truth_at(x: np.ndarray, value: np.ndarray) -> Truth:
    """The truth for results in float32 at some points."""
    expected = Expected.of(
        F32,
        value,
        np.zeros_like(value),
        judged=np.ones(x.size, bool),
        must_be_nan=np.isnan(x),
        x=x,
    )
    return Truth(expected, x, np.zeros_like(x))


def found_regions(x: list[float], got: list[float], value: list[float]) -> list[Region]:
    """The regions in results, for a function whose derivative is as large as its value."""
    xs, truth = np.array(x), np.array(value)
    bits = F32.encode(np.array(got))
    return list(regions(NAMES, bits, F32, truth_at(xs, truth), np.abs(truth)))


def test_a_region_is_a_run_of_points_without_a_right_digit() -> None:
    x = [-8.0, -7.0, -6.0, -5.0, -4.0, 1.0]
    (one,) = found_regions(
        x, [-1e-9, 0.0, 0.0, 0.0, -0.1, 1.0], [-1e-9, -1e-8, -1e-7, -1e-6, -0.1, 1.0]
    )
    assert (one.kind, one.low, one.high, one.points) == ("0", -7.0, -5.0, 3)
    assert (one.x, one.got, one.expected) == (-5.0, 0.0, -1e-6)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [(0.5, "wrong sign"), (math.nan, "NaN"), (math.inf, "infinite"), (-2.0, "100 % off")],
)
def test_kinds_of_regions(wrong: float, kind: str) -> None:
    x = [-4.0, -3.0, -2.0, -1.0]
    (one,) = found_regions(x, [wrong] * 4, [-0.5] * 4)
    assert (one.kind, one.points) == (kind, 4)


def test_order_does_not_matter_and_gaps_part_regions() -> None:
    x = [3.0, 1.0, 2.0, 4.0, 7.0, 6.0, 5.0]
    got = [0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0]
    first, second = found_regions(x, got, x)
    assert [(one.low, one.high) for one in (first, second)] == [(1.0, 3.0), (5.0, 7.0)]


@pytest.mark.parametrize(
    ("got", "value"),
    [
        ([0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]),  # two points
        ([0.0] * 4, [1e-42] * 4),  # subnormal truth
        ([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_what_is_no_region(got: list[float], value: list[float]) -> None:
    assert found_regions([1.0, 2.0, 3.0, 4.0], got, value) == []


def test_a_rounded_zero_crossing_is_no_region() -> None:
    """Beside a zero of the truth nothing can be right, since x is rounded too."""
    x = [1.0 + index * 2.0**-23 for index in range(8)]
    assert found_regions(x, [0.0] * 8, [1e-10] * 8) == []


def test_sides() -> None:
    sides, amount = sides_of(
        {"a": 1.0, "b": 1.0 + 1e-7, "c": 0.01}, "float32", signed=True, scale=1.0
    )
    assert sides == {"1": ["a", "b"], "0.01": ["c"]}
    assert amount == pytest.approx(0.99)
    assert sides_of({"a": math.nan, "b": 0.0}, "float32", signed=True, scale=1.0)[1] == math.inf
    assert len(sides_of({"a": 0.0, "b": -0.0}, "float32", signed=True, scale=1.0)[0]) == 2
    assert len(sides_of({"a": 0.0, "b": -0.0}, "float32", signed=False, scale=1.0)[0]) == 1


# One test, not one per fact: each would need the run, and workers share no fixtures.
@pytest.mark.thorough
def test_it_rediscovers_what_is_known_of_the_frameworks() -> None:
    names = [
        "gelu", "elu", "selu", "celu", "mish", "leaky_relu", "relu", "hard_tanh", "hard_sigmoid",
        "softsign", "silu", "softmax", "sparsemax", "tanhshrink", "softshrink", "hardshrink",
    ]  # fmt: skip
    facts = Facts(measured(names))
    report = facts.report
    assert report.problems == []
    tanh = "approximate='tanh'"

    # Defaults.
    gelu = facts.differs("default", "gelu", "by default")
    assert 4.6e-4 < gelu.amount < 4.8e-4
    assert gelu.sides["approximate='tanh'"] == ["keras.ops.gelu", "jax.nn.gelu"]
    assert "torch.nn.functional.gelu" in gelu.sides["approximate='none'"]
    slopes = facts.differs("default", "leaky_relu", "by default").sides
    assert slopes["negative_slope=0.3"] == ["keras.layers.LeakyReLU"]
    assert "tf.nn.leaky_relu" in slopes["negative_slope=0.2"]
    assert "jax.nn.leaky_relu" in slopes["negative_slope=0.01"]
    axes = facts.differs("default", "softmax", "axis").sides
    assert axes["dim=None: takes other axes"][0] == "torch.nn.functional.softmax"

    # Values.
    assert covers(facts.lost("gelu", "torch", "value"), "0", -13.0, -5.6)
    assert covers(facts.lost("gelu", "torch", "value"), "infinite", 2.8e38, 3.3e38)
    for library in ("torch", "tensorflow", "keras", "jax"):
        assert covers(facts.lost("gelu", library, "value", tanh), "0", -9.0, -5.2)
    for function in ("elu", "selu"):
        assert covers(facts.lost(function, "tensorflow", "value"), "0", -2e-8, -1e-30)
        assert not facts.lost(function, "torch", "value")
        for library in ("tensorflow", "jax"):
            assert covers(facts.lost(function, library, "derivative"), "0", -80.0, -20.0)
    assert covers(facts.lost("tanhshrink", "torch", "value"), "0", 1e-12, 1e-4)
    assert facts.worst("mish", "torch", tail=True) > 10
    assert facts.worst("silu", "tensorflow") > 4 > facts.worst("silu", "jax")
    assert not report.calls["mish()"].get("tensorflow")
    for library in ("tensorflow", "jax"):
        assert 30 < facts.worst("gelu", library) < 1e4

    # Gradients.
    assert covers(facts.lost("mish", "torch", "derivative"), "wrong sign", -91.0, -89.1)
    assert covers(facts.lost("mish", "torch", "second"), "NaN", 90.0, 1e4)
    assert facts.raises("hard_sigmoid", "torch", "second")
    assert facts.raises("softsign", "tensorflow", "second")
    assert not facts.raises("softsign", "torch", "second")
    slope = {name: facts.at("leaky_relu", name, "derivative", 0.0) for name in LIBRARIES[:4]}
    assert slope == pytest.approx({"torch": 0.01, "tensorflow": 0.01, "keras": 0.01, "jax": 1.0})
    for function, x, wanted in (
        ("selu", 0.0, {"torch": 1.7581, "tensorflow": 1.0507, "keras": 1.0507, "jax": 1.7581}),
        ("celu", 0.0, {"torch": 1.0, "keras": 2.0, "jax": 1.0}),
        ("hard_tanh", 1.0, {"torch": 0.0, "keras": 1.0, "jax": 1.0}),
        ("hard_tanh", -1.0, {"torch": 0.0, "keras": 1.0, "jax": 1.0}),
        ("relu", math.nan, {"torch": 1.0, "tensorflow": 0.0, "keras": 0.0, "jax": 0.0}),
    ):
        got = {name: facts.at(function, name, "derivative", x) for name in wanted}
        assert got == pytest.approx(wanted, rel=1e-4), function
    assert facts.differs("kink", "celu", "f′(0)").amount == pytest.approx(1.0)

    # NaN and infinities.
    for function in ("softshrink", "hardshrink"):
        assert math.isnan(facts.at(function, "torch", "value", math.nan))
        assert facts.at(function, "keras", "value", math.nan) == 0.0
        assert facts.differs("special", function, "f(NaN)").amount == math.inf
    for library in ("torch", "tensorflow", "keras", "jax"):
        assert math.isnan(facts.at("silu", library, "value", -math.inf))
        assert math.isnan(facts.at("softsign", library, "value", math.inf))
    assert [math.isnan(value) for value in facts.row("softmax", "torch", "[inf, 0]")] == [True] * 2
    nan, zero = facts.row("softmax", "tensorflow", "[inf, 0]")
    assert math.isnan(nan)
    assert zero == 0.0
    assert facts.row("sparsemax", "keras", "[1, 0.9]") == pytest.approx([0.05, 0.0], abs=1e-6)

    # The list is in order, and so is the page.
    amounts = [one.amount for one in facts.differences]
    assert amounts == sorted(amounts, reverse=True)
    page = render.document(report)
    assert {section.anchor for section in page.sections} >= {"calls", "lost", "default", "kink"}
    assert [check.status for check in page.checks] == ["passed"] * 5


def test_it_rediscovers_what_differs_by_layout_mode_and_dtype() -> None:
    facts = Facts(
        measured(
            ["sigmoid", "leaky_relu", "softplus"],
            dtypes=("float32", "float64"),
            modes=("eager", "compiled"),
            backends=("torch", "tensorflow"),
            points=3000,
        )
    )
    splits = {
        (one.function, one.library, one.dtype, one.quantity, one.ways[1]): one
        for one in facts.report.findings.splits
    }
    assert splits["sigmoid", "tensorflow", "float32", "value", "compiled"].ulps > 2
    assert splits["sigmoid", "torch", "float32", "value", "length-1"].different > 0
    assert splits["leaky_relu", "torch", "float32", "value", "strided"].different == 0
    # float32 constants in float64, and x itself above a threshold.
    assert facts.worst("leaky_relu", "tensorflow") > 1e7
    assert facts.worst("leaky_relu", "torch") < 1
    assert facts.worst("softplus", "torch") > 1e5
    answers = facts.report.answers
    assert answers["torch"]["dtype sigmoid int32"] == {
        "dtype": "float32",
        "values": ["0.5", *answers["torch"]["dtype sigmoid int32"]["values"][1:]],
    }
    assert "error" in answers["tensorflow"]["dtype sigmoid int32"]
    dtypes = facts.differs("dtype", "sigmoid", "int32").sides
    assert dtypes == {"gives float32": ["torch"], "refuses": ["tensorflow"]}


def _multiact(*arguments: str, shadow: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; modules in ``shadow`` hide installed ones."""
    path = [str(shadow)] if shadow else []
    path += [entry for entry in sys.path if entry]
    return subprocess.run(
        [sys.executable, "-m", "multiact_compare", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "200"},
    )


def test_the_command(tmp_path: Path) -> None:
    """A library that dies and one that is missing are rows; what is found is no failure."""
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "jax.py").write_text("import os; os.abort()", encoding="utf-8")
    (shadow / "keras.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'keras'\", name='keras')", encoding="utf-8"
    )
    file = tmp_path / "out.json"
    done = _multiact(
        *("natives", "gelu", "silu", "--points", "1000", "-d", "float32", "--no-compiled"),
        *("-b", "torch", "-b", "jax", "-b", "keras", "--jobs", "2", "--json", str(file)),
        shadow=shadow,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = " ".join(done.stdout.split())
    assert "keras: not installed" in text
    assert "jax: died with signal 6" in text
    assert "torch.nn.functional.gelu(x): f is 0 on" in text
    assert "100%" in done.stderr
    data = json.loads(file.read_text(encoding="utf-8"))
    assert {state["name"]: state["status"] for state in data["backends"]} == {
        "torch": "ok",
        "keras": "missing",
        "jax": "died",
    }
    assert data["calls"]["gelu()"]["torch"] == "torch.nn.functional.gelu(x)"
    assert any(one["library"] == "torch" for one in data["findings"]["regions"])


def test_what_no_library_has_is_said_at_once() -> None:
    done = CliRunner().invoke(main, ["natives", "snake", "-b", "torch", "-b", "jax"])
    assert done.exit_code == 0
    assert done.output == (
        "None of torch, jax has snake as one call: there is nothing to measure.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gelo"], "Did you mean gelu?"),
        (["relu", "--backend", "theano"], "theano"),
        (["relu", "--dtype", "float8"], "float8"),
        (["relu", "--points", "0"], "points"),
        (["relu", "--jobs", "0"], "jobs"),
        (["relu", "--json", "/no/such/folder/out.json"], "cannot write"),
    ],
)
def test_wrong_calls(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["natives", *arguments])
    assert done.exit_code == 2
    assert message in done.output
