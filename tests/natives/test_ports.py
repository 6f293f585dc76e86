"""Every call that a porting table suggests runs and means what the source's call means."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from multiact_compare.cli import main
from multiact_compare.commands.port import document
from multiact_compare.natives import porting
from multiact_compare.natives.call import LIBRARIES, Library
from multiact_compare.natives.porting import Port, ports

import multiact
from tests.natives.samples import POINTS, ROUGH, ROWS, Silent, result

RANDOM = ("gumbel_softmax", "torch.nn.RReLU")

PAIRS = list(itertools.permutations(LIBRARIES, 2))
EVERY = list(multiact.records)


def found(source: Library, target: Library, path: str) -> Port:
    """The port of the call at a path."""
    (one,) = [p for p in ports(source, target, EVERY) if p.source.partition("(")[0] == path]
    return one


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda pair: str(pair))
def test_every_suggested_call_gives_what_the_source_gives(source: Library, target: Library) -> None:
    seen = 0
    for one in ports(source, target, EVERY):
        rows = multiact.records[one.function].kind == "rowwise" or "PReLU" in one.source
        values = ROWS if rows else POINTS
        theirs, here, ours = (
            result(text, values, library)
            for text, library in (
                (one.source, source),
                (one.target, target),
                (one.ours, target),
            )
        )
        assert here.shape == ours.shape
        if not any(word in one.source for word in RANDOM):
            np.testing.assert_allclose(here, ours, rtol=ROUGH, atol=ROUGH, err_msg=one.target)
            if "sparsemax" not in one.function:
                np.testing.assert_allclose(here, theirs, rtol=ROUGH, atol=ROUGH, err_msg=one.source)
        assert one.native != one.target.startswith("multiact.")
        seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("source", "target", "path", "text"),
    [
        (
            "jax",
            "torch",
            "jax.nn.gelu",
            "torch.nn.functional.gelu(x, approximate='tanh')",
        ),
        ("torch", "jax", "torch.nn.functional.gelu", "jax.nn.gelu(x, approximate=False)"),
        (
            "tensorflow",
            "torch",
            "tf.nn.leaky_relu",
            "torch.nn.functional.leaky_relu(x, negative_slope=0.2)",
        ),
        (
            "keras",
            "torch",
            "keras.layers.LeakyReLU",
            "torch.nn.LeakyReLU(negative_slope=0.3)(x)",
        ),
        ("keras", "tensorflow", "keras.ops.gelu", "tf.nn.gelu(x, approximate=True)"),
        ("torch", "tensorflow", "torch.nn.functional.mish", "multiact.mish(x)"),
        ("torch", "numpy", "torch.nn.functional.softmax", "scipy.special.softmax(x, axis=-1)"),
        ("tensorflow", "torch", "tf.nn.softmax", "torch.nn.functional.softmax(x, dim=-1)"),
        (
            "torch",
            "tensorflow",
            "torch.nn.functional.leaky_relu",
            "tf.nn.leaky_relu(x, alpha=0.01)",
        ),
        ("keras", "torch", "keras.activations.sparsemax", "multiact.sparsemax(x)"),
    ],
)
def test_suggestions(source: Library, target: Library, path: str, text: str) -> None:
    assert found(source, target, path).target == text


def test_the_source_is_spelled_with_its_defaults() -> None:
    one = found("jax", "torch", "jax.nn.gelu")
    assert (one.source, one.spelled) == ("jax.nn.gelu(x)", "jax.nn.gelu(x, approximate=True)")
    assert one.ours == "multiact.gelu(x, approximate='tanh')"


def test_what_remains_is_measured() -> None:
    """torch's tanh form loses its tail elsewhere than JAX's; leaky_relu'(0) is 1 in JAX alone;
    JAX's squareplus is 0 on the far left, and as torch has none, multiact is measured there."""
    report = porting.run("jax", "torch", ["gelu", "leaky_relu", "squareplus"], Silent())
    gelu, leaky, square = report.ports
    assert report.problems == []
    assert gelu.value is not None
    assert gelu.value.ulps > 1e6
    assert 1e-8 < gelu.value.scaled < 1e-5
    assert leaky.value is not None
    assert leaky.value.scaled < 1e-6
    assert leaky.gradient is not None
    assert leaky.gradient.scaled == pytest.approx(0.99)
    assert leaky.gradient.results == {"jax": 1.0, "torch": pytest.approx(0.01)}
    assert "x = " in leaky.gradient.where
    assert square.target == "multiact.squareplus(x)"
    assert square.value is not None
    assert square.value.results["jax"] == 0.0 < square.value.results["torch"]
    assert square.value.scaled > 1e-4
    page = document(report)
    assert page.title == "From jax to torch"
    assert len(page.sections[0].blocks[0].rows) == 3  # type: ignore[union-attr]


def test_random_calls_are_not_measured() -> None:
    report = porting.run("torch", "jax", ["rrelu", "gumbel_softmax"], Silent())
    assert report.problems == []
    layer = next(one for one in report.ports if one.source == "torch.nn.RReLU()(x)")
    assert layer.random
    assert layer.value is None
    assert layer.target == "multiact.rrelu(x, training=True, rng=0)"
    plain = next(one for one in report.ports if "functional.rrelu" in one.source)
    assert plain.value is not None


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "port.json"
    arguments = ["port", "--from", "numpy", "--to", "torch", "expit", "mish", "--json", str(file)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "scipy.special.expit(x)" in done.output
    assert "torch.sigmoid(x)" in done.output
    assert "numpy has no mish" in done.output
    data = json.loads(file.read_text(encoding="utf-8"))
    (one,) = data["ports"]
    assert (one["source"], one["target"]) == ("scipy.special.expit(x)", "torch.sigmoid(x)")
    assert one["gradient"] is None
    assert one["value"]["ulps"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "jax"], "--to"),
        (["--from", "jax", "--to", "theano"], "theano"),
        (["--from", "jax", "--to", "jax"], "both jax"),
        (["--from", "jax", "--to", "torch", "gelo"], "Did you mean gelu?"),
        (["--from", "jx", "--to", "torch"], "Did you mean jax?"),
        (["--from", "jax", "--to", "torch", "--json", "/no/such/folder/x.json"], "cannot write"),
    ],
)
def test_wrong_calls(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["port", *arguments])
    assert done.exit_code == 2
    assert message in done.output
