"""Arrays that multiact has never heard of: registered at run time, or served by a plugin."""

from __future__ import annotations

import importlib.metadata
import inspect
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import multiact
from multiact import _dispatch
from multiact.backend import build

Run = Callable[..., str]

PLUGIN = Path(__file__).parent / "plugin"


class Pixels:
    """An array that holds a NumPy array."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, np.float64)


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(_dispatch, "_derived", dict(_dispatch._derived))


@pytest.fixture
def backend() -> Any:
    """NumPy's functions, around the array that Pixels hold."""

    def wrapped(function: Any) -> Any:
        return lambda x, *arguments: Pixels(function(x.values, *arguments))

    numpy = multiact._dispatch.find(np.ndarray)
    return SimpleNamespace(**{name: wrapped(getattr(numpy, name)) for name in multiact.records})


@pytest.mark.parametrize("name", list(multiact.records))
def test_a_registered_type(name: str, backend: Any) -> None:
    values = np.linspace(-2, 2, 12)
    arguments = dict(multiact.records[name].cases[0])
    with pytest.raises(TypeError, match=r"multiact does not know arrays of type .*Pixels"):
        getattr(multiact, name)(Pixels(values), **arguments)
    multiact.register_backend(Pixels, backend)
    y = getattr(multiact, name)(Pixels(values), **arguments)
    assert type(y) is Pixels
    np.testing.assert_array_equal(y.values, getattr(multiact, name)(values, **arguments))


def test_subclasses_of_a_registered_type(backend: Any) -> None:
    class Colours(Pixels):
        pass

    multiact.register_backend(Pixels, backend)
    assert multiact.relu(Colours([-1.0, 2.0])).values.tolist() == [0.0, 2.0]
    special = SimpleNamespace(**{name: lambda x, *_: "special" for name in multiact.records})
    multiact.register_backend(Colours, special)
    assert multiact.relu(Colours([1.0])) == "special"
    assert multiact.relu(Pixels([1.0])).values.tolist() == [1.0]


def test_registering_again_replaces(backend: Any) -> None:
    multiact.register_backend(Pixels, backend)
    multiact.relu(Pixels([1.0]))
    other = SimpleNamespace(**{name: lambda x, *_: "other" for name in multiact.records})
    multiact.register_backend(Pixels, other)
    assert multiact.relu(Pixels([1.0])) == "other"


def test_the_hot_table_is_left_alone(backend: Any) -> None:
    before = dict(_dispatch.backends)
    multiact.register_backend(Pixels, backend)
    multiact.relu(Pixels([1.0]))
    assert dict(_dispatch.backends) == before


def test_a_type_is_wanted_not_an_array(backend: Any) -> None:
    with pytest.raises(TypeError, match=r"Allowed is a class; pass type\(array\)"):
        multiact.register_backend(Pixels([1.0]), backend)  # type: ignore[arg-type]


def test_missing_functions_are_named(backend: Any) -> None:
    del backend.gelu
    del backend.maxout
    with pytest.raises(TypeError, match=r"without (gelu, maxout|maxout, gelu)\."):
        multiact.register_backend(Pixels, backend)
    with pytest.raises(TypeError, match=r"multiact\.backend\.build"):
        multiact.register_backend(Pixels, object())


class Derived(np.ndarray):
    pass


@pytest.mark.parametrize(
    "kind", [np.ndarray, np.float32, Derived, torch.Tensor, torch.nn.Parameter, int, float, bool]
)
def test_what_a_built_in_backend_serves_is_refused(kind: type, backend: Any) -> None:
    with pytest.raises(ValueError, match="which a built-in backend serves"):
        multiact.register_backend(kind, backend)
    assert multiact.relu(np.float32(-1.0)) == 0


def test_the_plugins_are_read_only_when_all_else_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def entry_points(**selection: str) -> tuple[()]:
        asked.append(selection)
        return ()

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    for kind in (np.ndarray, Derived, type("NewArray", (np.ndarray,), {})):
        multiact.relu(np.ones(3).view(kind))
    for kind in (torch.Tensor, torch.nn.Parameter, type("NewTensor", (torch.Tensor,), {})):
        multiact.relu(torch.ones(3).as_subclass(kind))
    multiact.relu(type("NewFloat", (float,), {})(1.0))
    assert not asked
    with pytest.raises(TypeError, match="does not know"):
        multiact.relu(Pixels([1.0]))
    assert asked == [{"group": "multiact.backends"}]


def test_a_backend_of_primitives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Built and registered at run time, every function with its own name and signature."""
    monkeypatch.syspath_prepend(PLUGIN)
    for module in ("boxes", "multiact_boxes"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    import boxes
    import multiact_boxes

    functions = build("somewhere", multiact_boxes.BoxLift())
    assert list(functions) == list(multiact.records)
    for name, function in functions.items():
        assert isinstance(function, FunctionType)
        assert (function.__name__, function.__module__) == (name, "somewhere")
        assert function.__doc__ == getattr(multiact, name).__doc__
        assert list(inspect.signature(function).parameters) == list(
            multiact.records[name].signature.parameters
        )
    multiact.register_backend(boxes.Box, SimpleNamespace(**functions))
    y = multiact.gelu(boxes.Box([-1.0, 0.5]))
    assert y.values[1] == pytest.approx(0.25 * math.erfc(-0.5 / math.sqrt(2)))


def install(folder: Path, name: str, target: str) -> None:
    """What pip leaves behind for a distribution with one entry point."""
    information = folder / f"{target.replace('.', '_')}-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[multiact.backends]\n{name} = {target}\n")


def test_an_installed_plugin(run_fresh: Run, tmp_path: Path) -> None:
    install(tmp_path / "site", "boxes", "multiact_boxes")
    run_fresh(
        """
        import sys
        import numpy as np
        from boxes import Box
        import multiact

        multiact.relu(np.ones(3))
        assert "multiact_boxes" not in sys.modules

        def close(box, expected, tolerance, name):
            assert type(box) is Box, type(box)
            np.testing.assert_allclose(
                box.values, expected, rtol=tolerance, atol=tolerance, err_msg=name
            )

        for dtype in (np.float32, np.float64):
            tolerance = 16 * np.finfo(dtype).eps
            values = np.linspace(-3, 3, 24, dtype=dtype).reshape(4, 6)
            for name, record in multiact.records.items():
                f = getattr(multiact, name)
                for case in record.cases:
                    y = f(Box(values), **case)
                    assert y.dtype == dtype
                    expected = f(values, **case)
                    close(y, expected, tolerance, name)
                    # The terms of a gradient are as large as the parameters.
                    wide = 64 * tolerance
                    ones = np.ones(expected.shape, dtype)
                    dx = multiact.vjp(f, Box(values), Box(ones), **case).x
                    close(dx, multiact.vjp(f, values, ones, **case).x, wide, name)
                    if record.kind == "elementwise":
                        bend = multiact.derivative(f, Box(values), order=2, **case)
                        close(bend, multiact.derivative(f, values, order=2, **case), wide, name)
        assert "multiact_boxes" in sys.modules
        assert "multiact_array_api" not in sys.modules

        x = Box([[-1.0, -2.0], [3.0, -4.0]])
        slope = Box([0.5, 0.25])
        assert np.array_equal(multiact.prelu(x, slope).values, [[-0.5, -0.5], [3.0, -1.0]])
        dx, params = multiact.vjp(multiact.prelu, x, Box(np.ones((2, 2))), slope=slope)
        assert np.array_equal(dx.values, [[0.5, 0.25], [1, 0.25]])
        assert np.array_equal(params["slope"].values, [-1, -6])
        assert np.array_equal(multiact.softmax(x, where=x > 0).values, [[0, 0], [1, 0]])
        assert multiact.relu(Box([-1, 2])).dtype == np.int64

        for mistake, expected in (
            (lambda: multiact.gelu(Box([1j])), "dtype"),
            (lambda: multiact.prelu(x, np.ones(2)), "numpy.ndarray"),
            (lambda: multiact.prelu(np.ones(2), slope), "boxes"),
            (lambda: multiact.derivative(lambda x: x * x, x), "no automatic differentiation"),
        ):
            try:
                mistake()
            except TypeError as error:
                assert expected in str(error), error
            else:
                raise AssertionError(expected)
        """,
        path=[tmp_path / "site", PLUGIN],
    )


def test_a_plugin_that_fails_is_the_cause(run_fresh: Run, tmp_path: Path) -> None:
    install(tmp_path, "boxes", "multiact_missing.backend")
    run_fresh(
        """
        import boxes, numpy as np, multiact
        try:
            multiact.gelu(boxes.Box([1.0]))
        except TypeError as error:
            assert "multiact_missing.backend" in str(error), error
            assert isinstance(error.__cause__, ModuleNotFoundError)
        else:
            raise AssertionError
        assert multiact.relu(np.float64(2.0)) == 2.0
        """,
        path=[tmp_path, PLUGIN],
    )


@pytest.mark.parametrize("ask", ["vjp", "derivative"])
def test_a_backend_of_values_only_has_no_gradients(ask: str, backend: Any) -> None:
    multiact.register_backend(Pixels, backend)
    x = Pixels([1.0])
    arguments = (multiact.relu, x, x) if ask == "vjp" else (multiact.relu, x)
    with pytest.raises(TypeError, match=rf"whose registered backend has no {ask}"):
        getattr(multiact, ask)(*arguments)


def test_a_plugin_must_be_complete(run_fresh: Run, tmp_path: Path) -> None:
    install(tmp_path, "half", "half_backend:backend")
    (tmp_path / "half.py").write_text("class Array: pass\n")
    (tmp_path / "half_backend.py").write_text(
        "import types\nbackend = types.SimpleNamespace(relu=abs)\n"
    )
    run_fresh(
        """
        import half, multiact
        try:
            multiact.relu(half.Array())
        except TypeError as error:
            assert "half_backend:backend" in str(error) and "sigmoid" in str(error), error
        else:
            raise AssertionError("an incomplete plugin was taken")
        """,
        path=[tmp_path],
    )
