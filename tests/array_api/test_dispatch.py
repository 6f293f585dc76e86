"""Which backend an array gets, and what that costs everybody else."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pytest

import multiact
from multiact import _dispatch
from tests.array_api.comparison import every_function
from tests.array_api.libraries import Library
from tests.dispatch.conftest import run_fresh

__all__ = ["run_fresh"]

Run = Callable[..., str]

BOXES = Path(__file__).parents[1] / "dispatch" / "plugin"


def test_the_hot_table_does_not_grow(library: Library) -> None:
    before = dict(_dispatch.backends)
    x = library.array([-1.0, 0.5], "float32")
    assert type(multiact.gelu(x)) is type(x)
    assert _dispatch.find(type(x)) is importlib.import_module("multiact_array_api")
    assert before == _dispatch.backends


@every_function
def test_signatures(name: str) -> None:
    function = getattr(importlib.import_module("multiact_array_api"), name)
    front = getattr(multiact, name)
    given, wanted = (inspect.signature(f).parameters.values() for f in (function, front))
    assert [(p.name, p.kind, p.default) for p in given] == [
        (p.name, p.kind, p.default) for p in wanted
    ]
    assert isinstance(function, FunctionType)
    assert (function.__module__, function.__name__) == ("multiact_array_api", name)
    assert function.__doc__ == front.__doc__


def test_its_types_cannot_be_registered(library: Library) -> None:
    kind = type(library.array(0.0, "float32"))
    with pytest.raises(ValueError, match="which a built-in backend serves"):
        multiact.register_backend(kind, importlib.import_module("multiact_numpy"))


def test_what_is_no_array_is_refused(library: Library) -> None:
    dtype = library.dtype("float32")
    for value in (dtype, library.module, [library.array(1.0, "float32")]):
        with pytest.raises(TypeError, match=r"does not know arrays of type .*dask\.array\.Array"):
            multiact.gelu(value)


def test_dask_collections_that_are_no_arrays() -> None:
    dask = pytest.importorskip("dask")
    with pytest.raises(TypeError, match="does not know arrays of type dask"):
        multiact.gelu(dask.delayed(1.0))


def test_an_unknown_library_that_keeps_to_the_standard(run_fresh: Run) -> None:
    run_fresh(
        """
        import sys
        import numpy as np
        import boxes, multiact

        assert "array_api_compat" not in sys.modules
        values = np.linspace(-3, 3, 24).reshape(4, 6)
        for name, record in multiact.records.items():
            f = getattr(multiact, name)
            for case in record.cases:
                y = f(boxes.Box(values), **case)
                assert type(y) is boxes.Box
                want = f(values, **case)
                np.testing.assert_allclose(y.values, want, rtol=1e-13, atol=1e-13, err_msg=name)
                dx = multiact.vjp(f, boxes.Box(values), y, **case).x
                want = multiact.vjp(f, values, want, **case).x
                np.testing.assert_allclose(dx.values, want, rtol=1e-12, atol=1e-12, err_msg=name)
        assert "multiact_array_api" in sys.modules

        # A backend of its own is preferred, once there is one.
        multiact.register_backend(boxes.Box, __import__("multiact_numpy"))
        try:
            multiact.gelu(boxes.Box(values))
        except TypeError as error:
            assert "object" in str(error)
        else:
            raise AssertionError
        """,
        path=[BOXES],
    )


def test_no_library_needs_another(run_fresh: Run) -> None:
    """Each is imported by whoever made its arrays, if at all."""
    run_fresh(
        """
        import sys

        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in ("dask", "mlx", "cupy", "cupyx", "torch", "jax"):
                    raise ImportError(f"No module named {name!r}")

        sys.meta_path.insert(0, Absent())
        import array_api_strict as strict, multiact

        x = strict.asarray([-1.0, 0.5])
        for name in ("gelu", "softmax", "sigmoid"):
            assert type(getattr(multiact, name)(x)) is type(x)
        """
    )


def test_array_api_compat_is_asked_for(run_fresh: Run) -> None:
    run_fresh(
        """
        import sys

        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == "array_api_compat":
                    raise ModuleNotFoundError(f"No module named {name!r}", name=name)

        sys.meta_path.insert(0, Absent())
        import array_api_strict as strict, numpy as np, multiact

        for _ in range(2):
            try:
                multiact.gelu(strict.asarray([1.0]))
            except TypeError as error:
                assert "array_api_compat" in str(error), error
                assert "pip install 'multiact[array-api]'" in str(error), error
                assert isinstance(error.__cause__, ModuleNotFoundError)
            else:
                raise AssertionError
        assert multiact.relu(np.float64(2.0)) == 2.0
        """
    )


def test_first_calls_at_once(run_fresh: Run) -> None:
    run_fresh(
        """
        import sys, threading
        import array_api_strict, dask.array, multiact

        arrays = [array_api_strict.asarray([0.75]), dask.array.ones(1) * 0.75]
        try:
            import mlx.core
        except ImportError:
            pass
        else:
            arrays.append(mlx.core.array([0.75]))

        def first_call(array):
            try:
                barrier.wait()
                result = multiact.gelu(array)
                assert type(result) is type(array)
                if isinstance(result, dask.array.Array):
                    result = result.compute(scheduler="synchronous")
                # MLX evaluates an array in the thread that made it.
                results.append(float(result[0]))
            except BaseException as error:
                results.append(error)

        sys.setswitchinterval(1e-6)
        results, barrier = [], threading.Barrier(9)
        threads = [
            threading.Thread(target=first_call, args=(arrays[i % len(arrays)],)) for i in range(9)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 9
        for result in results:
            if isinstance(result, BaseException):
                raise result
            assert abs(result - 0.5800295) < 1e-6, result
        """
    )
