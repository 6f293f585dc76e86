"""Result dtypes: floating ones are kept, integers and bool are promoted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend
from tests.functions.contract import assert_close, case_id, default_cases, eps

Case = tuple[str, dict[str, Any]]
every_function = pytest.mark.parametrize("case", default_cases(), ids=case_id)

# Promotion is the backend's, not the function's: the rarer widths are tried on one function.
INTEGERS = [
    *((integer, case) for integer in ("bool", "int32") for case in default_cases()),
    *((integer, ("mish", {})) for integer in ("int8", "uint8", "int16", "int64")),
    *((integer, ("relu", {})) for integer in ("int8", "uint8", "int16", "int64")),
]
DEFAULT_FLOAT = {
    Backend.NUMPY: "float64",
    Backend.TORCH: "float32",
    Backend.TENSORFLOW: "float32",
    Backend.JAX: "float32",
}


@pytest.mark.parametrize(
    ("integer", "case"), INTEGERS, ids=lambda v: v if isinstance(v, str) else case_id(v)
)
def test_integers_and_bool_are_promoted(backend: Backend, integer: str, case: Case) -> None:
    name, params = case
    values = [0, 1, 3, 1] if integer in ("bool", "uint8") else [-2, 1, 0, 3]
    with backend.allowing(integer):
        f = getattr(multiact, name)
        x = backend.array(values, integer)
        y = f(x, **params)
        default = (
            "float64" if integer == "int64" and backend is Backend.JAX else DEFAULT_FLOAT[backend]
        )
        if multiact.records[name].keeps_integers and integer != "bool":
            assert backend.dtype_of(y) == integer
            want = np.maximum(values, 0) if name == "relu" else np.array(values)
            assert backend.to_numpy(y).tolist() == want.tolist()
            return
        assert backend.dtype_of(y) == default
        as_floats = backend.array(np.array(values, integer).astype(default), default)
        want = f(as_floats, **params)
        assert_close(backend.doubles(y), backend.doubles(want), default, {"both sides": 2.0})


@pytest.mark.parametrize("integer", ["uint8", "int8", "int64"])
def test_relu_of_extreme_integers(backend: Backend, integer: str) -> None:
    with backend.allowing(integer):
        info = np.iinfo(integer)
        y = multiact.relu(backend.array([info.min, info.max], integer))
        assert backend.to_numpy(y).tolist() == [0, info.max]


@pytest.mark.parametrize("default", ["float16", "float32", "float64", "bfloat16"])
@pytest.mark.parametrize("name", ["sigmoid", "gelu", "softmax", "rrelu"])
def test_torch_follows_its_default_dtype(default: str, name: str) -> None:
    torch = Backend.TORCH.framework
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, default))
    try:
        y = getattr(multiact, name)(torch.tensor([1, 2]))
    finally:
        torch.set_default_dtype(before)
    assert y.dtype == getattr(torch, default)


@pytest.mark.parametrize("x64", [False, True])
def test_jax_follows_its_x64_switch(x64: bool) -> None:
    jax = Backend.JAX.framework
    with jax.enable_x64(x64):
        y = multiact.sigmoid(jax.numpy.asarray([1, 2]))
        assert str(y.dtype) == ("float64" if x64 else "float32")


@pytest.mark.parametrize("name", ["sigmoid", "gelu", "relu", "elu", "prelu"])
def test_python_numbers_are_numpy_scalars(name: str) -> None:
    params = {"slope": 0.25} if name == "prelu" else {}
    f = getattr(multiact, name)
    for number in (2.0, -1.5):
        y = f(number, **params)
        assert type(y) is np.float64
        assert y == f(np.array([number]), **params)[0]
    assert f(2, **params) == f(2.0, **params)


@pytest.mark.parametrize("scalar", [np.float16(1.5), np.float32(1.5), np.float64(1.5)])
def test_numpy_scalars_keep_their_type(scalar: Any) -> None:
    assert type(multiact.silu(scalar)) is type(scalar)


@pytest.mark.parametrize("order", [">f4", ">f8", ">f2"])
def test_byte_swapped_numpy_arrays(order: str) -> None:
    x = np.array([-1.0, 0.5, 2.0])
    y = multiact.gelu(x.astype(order))
    assert y.dtype == np.dtype(order).newbyteorder("=")
    assert y.tolist() == multiact.gelu(x.astype(y.dtype)).tolist()


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
@every_function
def test_16_bits_are_computed_in_32(backend: Backend, half: str, case: Case) -> None:
    """Rounded once: the result is within one step of float32's, which has its own contract."""
    name, params = case
    values = np.linspace(-6, 6, 24)
    x = backend.array(values, half)
    f = getattr(multiact, name)
    wide = f(backend.array(backend.doubles(x), "float32"), **params)
    want = backend.doubles(backend.array(backend.to_numpy(wide), half))
    got = backend.doubles(f(x, **params))
    step = np.asarray(np.spacing(np.abs(backend.to_numpy(backend.array(want, half)))), np.float64)
    assert (np.abs(got - want) <= step + 2 * eps("float32")).all()
