"""The table of native functions: complete, true to the installed libraries, and each row runs."""

from __future__ import annotations

import importlib
import inspect
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from multiact_compare.natives.call import (
    LIBRARIES,
    InexpressibleError,
    NativeCall,
    program,
    target,
)
from multiact_compare.natives.none import HOMONYMS, NONE
from multiact_compare.natives.table import NATIVES

import multiact
from tests.backends import Backend
from tests.natives.samples import POINTS, ROUGH, ROWS, result

SPACES = {
    "torch": ("torch.nn.functional", "torch.nn", "torch.special"),
    "tensorflow": ("tensorflow.nn", "tensorflow.math"),
    "keras": ("keras.activations", "keras.ops", "keras.layers"),
    "jax": ("jax.nn", "jax.numpy"),
    "numpy": ("numpy", "scipy.special"),
}
"""Where each library keeps what could be an activation function."""

SAME = [row for row in NATIVES if row.same]
OTHER = [row for row in NATIVES if not row.same]

same_rows = pytest.mark.parametrize("row", SAME, ids=lambda row: f"{row.function}={row.path}")
every_row = pytest.mark.parametrize("row", NATIVES, ids=lambda row: f"{row.function}={row.path}")


def written(row: NativeCall) -> Iterator[tuple[dict[str, Any], str]]:
    """The record's cases that the row can say, and how it says them."""
    for case in multiact.records[row.function].cases:
        if row.remark == "refuses a negative slope" and case.get("negative_slope", 0.0) < 0:
            continue
        try:
            yield dict(case), row.write(case)
        except InexpressibleError:
            continue


def test_every_pair_is_a_row_or_none() -> None:
    rows = {(row.function, row.library) for row in NATIVES}
    none = {(name, library) for library in LIBRARIES for name in NONE[library]}
    assert not rows & none
    assert rows | none == {(name, library) for library in LIBRARIES for name in multiact.records}
    assert set(HOMONYMS) <= none


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_is_none_is_not_there_under_its_name(library: str) -> None:
    there = set()
    for space in SPACES[library]:
        there |= {name.replace("_", "").lower() for name in dir(importlib.import_module(space))}
    for name in NONE[library]:  # type: ignore[index]
        record = multiact.records[name]
        found = there & {spelling.replace("_", "") for spelling in (name, *record.aliases)}
        assert bool(found) == ((name, library) in HOMONYMS), found


def declared(row: NativeCall) -> dict[str, Any]:
    """The parameters of a row's call and their defaults; Parameter.empty for required ones."""
    found = target(row.path)
    if not row.documented:
        parameters = inspect.signature(found).parameters.values()
        return {parameter.name: parameter.default for parameter in parameters}
    with pytest.raises(ValueError, match="signature"):
        inspect.signature(found)
    line = re.search(rf"{row.path.rpartition('.')[2]}\((.*?)\)", found.__doc__)
    assert line is not None, found.__doc__
    parameters = {}
    for part in line[1].split(","):
        name, _, default = (piece.strip() for piece in part.partition("="))
        name = name.partition(":")[0]
        parameters[name] = eval(default) if default else inspect.Parameter.empty
    return parameters


@every_row
def test_declared_defaults_are_those_of_the_installed_library(row: NativeCall) -> None:
    theirs = declared(row)
    for name, value in row.defaults.items():
        assert theirs[name] == value, name
        assert isinstance(theirs[name], bool) == isinstance(value, bool)
    for own in row.names.values():
        assert own in theirs, own
        if own not in row.defaults:
            # NumPy says "no value" where others have no default.
            default = theirs[own]
            assert default is inspect.Parameter.empty or str(default) == "<no value>", own


@same_rows
def test_a_row_is_the_function_that_it_says(row: NativeCall) -> None:
    """In all the record's cases that it can express; and it can at least one, if it is the same."""
    record = multiact.records[row.function]
    values = POINTS if record.kind == "elementwise" else ROWS
    count = 0
    for case, text in written(row):
        count += 1
        wanted = record.function(values, **case)
        if row.path == "keras.layers.PReLU":
            got = result(text, values[:, None], row.library).ravel()
        else:
            got = result(text, values, row.library)
        np.testing.assert_allclose(got, wanted, rtol=ROUGH, atol=ROUGH, err_msg=text)
    assert count


@same_rows
def test_the_usual_call_means_what_the_row_says(row: NativeCall) -> None:
    """The library's own defaults, in multiact's terms."""
    record = multiact.records[row.function]
    values = POINTS if record.kind == "elementwise" else ROWS
    wanted = record.function(values, **row.meaning())
    if row.path == "keras.layers.PReLU":
        values = values[:, None]
    got = result(row.usual(), values, row.library).reshape(wanted.shape)
    np.testing.assert_allclose(got, wanted, rtol=ROUGH, atol=ROUGH, err_msg=row.usual())


@pytest.mark.parametrize("row", OTHER, ids=lambda row: row.path)
def test_rows_that_mean_something_else_run_and_differ(row: NativeCall) -> None:
    record = multiact.records[row.function]
    values = np.array([[1.0, 0.9], [0.2, -3.0]]) if record.kind == "rowwise" else POINTS
    got = result(row.usual(), values, row.library)
    wanted = record.function(values)
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).max() > 0.01


def test_guessing_and_whole_array_defaults_are_never_left_to_the_library() -> None:
    for row in NATIVES:
        if "guesses" in row.remark or "whole array" in row.remark:
            assert "axis" in row.required


def row_of(path: str, function: str) -> NativeCall:
    return next(row for row in NATIVES if (row.path, row.function) == (path, function))


@pytest.mark.parametrize(
    ("path", "function", "params", "text"),
    [
        ("torch.nn.functional.gelu", "gelu", {}, "torch.nn.functional.gelu(x)"),
        (
            "torch.nn.functional.gelu",
            "gelu",
            {"approximate": "tanh"},
            "torch.nn.functional.gelu(x, approximate='tanh')",
        ),
        ("jax.nn.gelu", "gelu", {}, "jax.nn.gelu(x, approximate=False)"),
        ("jax.nn.gelu", "gelu", {"approximate": "tanh"}, "jax.nn.gelu(x)"),
        ("tf.nn.leaky_relu", "leaky_relu", {}, "tf.nn.leaky_relu(x, alpha=0.01)"),
        ("torch.nn.functional.softmax", "softmax", {}, "torch.nn.functional.softmax(x, dim=-1)"),
        ("tf.nn.softmax", "softmax", {}, "tf.nn.softmax(x)"),
        ("torch.nn.GELU", "gelu", {"approximate": "tanh"}, "torch.nn.GELU(approximate='tanh')(x)"),
        (
            "torch.nn.functional.hardtanh",
            "clipped_relu",
            {"max_value": 20.0},
            "torch.nn.functional.hardtanh(x, min_val=0.0, max_val=20.0)",
        ),
        ("numpy.maximum", "relu", {}, "numpy.maximum(x, 0)"),
    ],
)
def test_written_calls(path: str, function: str, params: dict[str, Any], text: str) -> None:
    assert row_of(path, function).write(params) == text


@pytest.mark.parametrize(
    ("path", "function", "params", "message"),
    [
        ("jax.nn.silu", "silu", {"beta": 1.5}, "jax.nn.silu has no beta=1.5"),
        ("tf.nn.gelu", "gelu", {"approximate": "sigmoid"}, "no approximate='sigmoid'"),
        ("tf.nn.elu", "elu", {"alpha": 2.0}, "no alpha=2.0"),
    ],
)
def test_what_cannot_be_said(
    path: str, function: str, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(InexpressibleError, match=re.escape(message)):
        row_of(path, function).write(params)


@pytest.mark.parametrize(
    ("path", "function", "meaning"),
    [
        ("jax.nn.gelu", "gelu", {"approximate": "tanh"}),
        ("keras.ops.gelu", "gelu", {"approximate": "tanh"}),
        ("keras.activations.gelu", "gelu", {}),
        ("tf.nn.leaky_relu", "leaky_relu", {"negative_slope": 0.2}),
        ("keras.layers.LeakyReLU", "leaky_relu", {"negative_slope": 0.3}),
        ("torch.nn.PReLU", "prelu", {"slope": 0.25}),
        ("keras.layers.PReLU", "prelu", {"slope": 0.0}),
        ("tf.nn.softmax", "softmax", {}),
    ],
)
def test_meaning_of_usual_calls(path: str, function: str, meaning: dict[str, Any]) -> None:
    assert row_of(path, function).meaning() == meaning


def test_thresholds_of_torch_softplus() -> None:
    """The remark on it, seen: beyond the threshold it is x."""
    text = row_of("torch.nn.functional.softplus", "softplus").write({})
    backend = Backend.TORCH
    got = backend.doubles(program(text)(backend.array([20.5], "float64")))[0]
    assert got == 20.5 < math.log1p(math.exp(20.5))


def test_keras_refuses_a_negative_slope() -> None:
    """The remark on it, seen."""
    text = row_of("keras.layers.LeakyReLU", "leaky_relu").write({"negative_slope": -0.5})
    with pytest.raises(ValueError, match="negative_slope"):
        program(text)(Backend.TENSORFLOW.array([1.0], "float32"))
