"""assert_parity: what passes, what fails, and what it says about that."""

from __future__ import annotations

import re
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb
from multiact_compare.testing import assert_parity

import multiact

PAIR = ("numpy", "torch")


def relu(x: Any) -> Any:
    """A function of the user's own that any framework can compute and differentiate."""
    return abs(x) * 0.5 + x * 0.5


def logistic(x: np.ndarray) -> np.ndarray:
    """In any NumPy dtype, accurate enough for a few ULP."""
    with np.errstate(over="ignore"):
        return (1 / (1 + np.exp(-x.astype(np.float64)))).astype(x.dtype)


def failure(*arguments: Any, **options: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_parity(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("quantity", ["value", "derivative"])
def test_one_function_on_every_backend(quantity: Any) -> None:
    dtypes = ("float16", "bfloat16", "float32", "float64")
    # The slope at NaN is a known deviation of the native kernels: see the contract.
    x = np.linspace(-9.0, 9.0, 101)
    assert_parity(multiact.relu, dtypes=dtypes, quantity=quantity, points=x, max_ulp=0)


def test_own_functions_are_differentiated_where_that_is_possible() -> None:
    assert_parity(relu, quantity=("value", "derivative", "second"), points=[-2.0, 1.0, 3.0])
    with pytest.raises(ValueError, match="numpy cannot differentiate relu, which is not multiact"):
        assert_parity(relu, backends=PAIR, quantity="derivative")


def test_compiled_modes_are_compared_with_the_eager_ones() -> None:
    assert_parity(relu, backends=["jax"], compiled=True, points=100, max_ulp=1)


def test_the_message_shows_the_worst_input_and_both_results() -> None:
    def off(x: np.ndarray) -> np.ndarray:
        return np.where(x == 2.5, np.float32(5.0) + 300 * np.spacing(np.float32(5.0)), x * 2)

    said = failure({"numpy": off, "torch": lambda x: x * 2}, points=[1.0, 2.5, 3.0, np.nan])
    assert said.splitlines() == [
        "off and <lambda>: numpy and torch disagree (value, float32): "
        "1 of 4 results are beyond 4 ULP",
        "  worst input            x = 2.5 (0x1.4p+1)",
        "  numpy                  5.000143 (0x1.400258p+2)",
        "  torch                  5.0 (0x1.4p+2)",
        "  distance               300 ULP between numpy and torch, allowed are 4 ULP",
        "  try                    they differ at few inputs: look at how kinks and borders of "
        "pieces are treated",
    ]


@pytest.mark.parametrize(
    ("version", "options", "advice"),
    [
        (lambda x: x * (1 + 4e-7), {"max_ulp": 1}, r"it is rounding: max_ulp=\d lets it pass"),
        (lambda x: x + 1e-9, {}, r"the results are small .*: atol=1\.\de-09 lets it pass"),
        (lambda x: x.clip(-50, 50), {}, r"they agree up to \|x\| = \d\d.*: look for an overflow"),
        (lambda x: x * 1.5, {}, "look whether both mean the same function"),
        (lambda x: -(-x + 0), {"signed_zeros": True}, "the zeros have different signs"),
        (lambda x: np.where(x == 1, np.nan, x), {"allow_nan": True}, "find where the NaN"),
    ],
)
def test_advice(version: Any, options: Any, advice: str) -> None:
    versions = {"numpy": lambda x: version(x).astype(x.dtype), "torch": lambda x: x}
    assert re.search(advice, failure(versions, **options))


def test_what_agrees_where_it_is_allowed() -> None:
    def flushing(x: np.ndarray) -> np.ndarray:
        return np.where(np.abs(x) < 2.0**-126, np.float32(0), x)

    versions = {"numpy": flushing, "torch": lambda x: x}
    assert_parity(versions)
    assert_parity(versions, points=[1e-40, -1e-45])
    assert "5e-324" not in failure(versions, subnormals=True)
    assert "beyond 4 ULP" in failure(versions, points=[1e-40], subnormals=True)
    assert_parity({"numpy": lambda x: x + np.float32(1e-9), "torch": lambda x: x}, atol=1.1e-9)
    assert_parity({"numpy": np.abs, "torch": abs}, points=[-0.0, -np.inf, np.nan], max_ulp=0)


def test_every_dtype_and_quantity_that_fails_is_told() -> None:
    versions = {"torch": lambda x: x * x, "jax": lambda x: x * x * 1.25}
    said = failure(versions, dtypes=("float16", "float64"), quantity=("value", "derivative"))
    for words in ("value, float16", "derivative, float16", "value, float64", "derivative, float64"):
        assert f"torch and jax disagree ({words})" in said


def raising(x: Any) -> Any:
    raise RuntimeError("no such luck")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (raising, r"raising raised on numpy \(value, float32\).*RuntimeError: no such luck\n  try"),
        (lambda x: x.astype(np.float64), "returned float64 for float32\n  try  cast"),
        (lambda x: x.tolist(), "returned list, no array of numpy\n  try"),
        (lambda x: x[:2], r"returned the shape \(\d+,\), numpy \(2,\), for \(\d+,\)\n  try"),
        (
            lambda x: np.where(x > 9e3, np.nan, x).astype(x.dtype),
            r"(?s)results are NaN where x is a number\n  first input +x = .*numpy +nan.*allow_nan",
        ),
    ],
)
def test_a_function_that_does_something_else(version: Any, said: str) -> None:
    assert re.search(said, failure({"numpy": version, "torch": lambda x: x}))


def test_nan_may_be_right() -> None:
    versions = {"numpy": lambda x: (x - x) / 0 if x is None else np.sqrt(x), "torch": _sqrt}
    with np.errstate(invalid="ignore"):
        assert_parity(versions, allow_nan=True)
        assert "NaN where x is a number" in failure(versions)
        assert_parity(versions, reference=np.sqrt)


def _sqrt(x: Any) -> Any:
    return x.sqrt()


# References


@pytest.mark.parametrize(
    ("reference", "arithmetic"),
    [
        ("logistic", "float64"),
        (logistic, "float64"),
        (lambda x: 1 / (1 + mpmath.exp(-x)), "mpmath"),
        (lambda x: 1 / (1 + (-x).exp()), "arb"),
    ],
)
def test_references(reference: Any, arithmetic: Any) -> None:
    options: dict[str, Any] = {"reference": reference, "arithmetic": arithmetic, "points": 300}
    assert_parity({"numpy": logistic}, max_ulp=0.51, **options)
    wrong = {"numpy": lambda x: logistic(x) * np.float32(1.00001)}
    said = failure(wrong, **options)
    assert "numpy is not what the reference says (value, float32)" in said
    assert re.search(r"\n  reference +[\d.e-]+ \(0x1\.[0-9a-f]+p[+-]\d+\)\n", said)
    naive = {"numpy": lambda x: x / x * 0}
    with np.errstate(invalid="ignore"):
        assert "no number of ULP" in failure(naive, **{**options, "points": [0.0, 1.0]})


def test_a_reference_for_derivatives() -> None:
    assert_parity(multiact.silu, backends=PAIR, quantity="derivative", reference="swish",
                  params={"beta": 2.0}, points=np.linspace(-3, 3, 50), max_ulp=64)  # fmt: skip
    slopes = {"derivative": lambda x: np.where(x > 0, 1.0, 0.0)}
    assert_parity(multiact.relu, backends=PAIR, quantity="derivative", reference=slopes,
                  points=[-1.0, 0.0, 2.0])  # fmt: skip
    with pytest.raises(ValueError, match=r'reference={"derivative": a function'):
        assert_parity(multiact.relu, backends=PAIR, quantity="derivative", reference=np.abs)


def test_rows() -> None:
    assert_parity(multiact.softmax, points=(20, 5), atol=2.4e-7, reference="softmax")
    assert_parity(multiact.logsumexp, backends=PAIR, points=(20, 5), max_ulp=8, atol=1e-6)
    said = failure({"numpy": lambda x: x.sum(axis=-1), "torch": lambda x: x[:, 0]}, points=(3, 4))
    assert re.search(r"worst input +result, of x\[\d\] = \[", said)
    said = failure({"numpy": lambda x: x, "torch": lambda x: x * 2}, points=[[1.0, 2.0]])
    assert "x[0, 0] = 1.0 (0x1p+0) in the row [1. 2.]" in said


def test_limits_of_the_catalogue() -> None:
    ends = [-np.inf, np.inf]
    assert_parity(multiact.sigmoid, backends=["numpy"], points=ends, reference="sigmoid")
    assert "nan" in failure(multiact.silu, backends=["numpy"], points=ends, reference="silu")


# Wrong calls


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"backends": ["torhc"]}, "no backend 'torhc'; did you mean torch?"),
        ({"dtypes": "float8"}, "no dtype 'float8'; did you mean float"),
        ({"quantity": "derivate"}, "no quantity 'derivate'; did you mean derivative?"),
        ({"arithmetic": "mpmaht"}, "no arithmetic 'mpmaht'; did you mean mpmath?"),
        ({"reference": "sigmoyd"}, "no function 'sigmoyd'; did you mean sigmoid?"),
        ({"reference": "relu", "params": {"slope": 1.0}}, "unexpected keyword argument 'slope'"),
        ({"reference": "softmax"}, "points of two axes"),
        ({"backends": ["numpy"]}, "nothing to compare numpy with"),
        ({"backends": []}, "backends is empty"),
        ({"dtypes": []}, "no dtype is named"),
        ({"max_ulp": -1}, "max_ulp is -1; allowed are numbers from 0 on"),
        ({"atol": float("nan")}, "atol is nan"),
        ({"points": 0}, "points is 0"),
        ({"points": []}, "points is empty"),
        ({"points": "many"}, "points is str; allowed are"),
        ({"reference": lambda x: x[:1]}, r"reference gives the shape (1,)"),
        ({"reference": lambda x: x * 1j}, "reference returned complex128"),
        ({"reference": 3}, "reference is int; allowed are"),
        ({"reference": lambda x: arb(0, 1), "arithmetic": "arb"}, "with 256 bits; write it"),
        ({"reference": lambda x: mpmath.mpc(0, 1), "arithmetic": "mpmath"}, "complex number"),
        ({"dtypes": "float16", "backends": ["array_api", "numpy"]}, "array_api has no float16"),
    ],
)
def test_wrong_calls(arguments: dict[str, Any], said: str) -> None:
    given = {"backends": PAIR, "points": [0.5, 1.0], **arguments}
    with pytest.raises((ValueError, TypeError)) as caught:
        assert_parity(relu, **given)
    assert said in str(caught.value)


def test_wrong_functions() -> None:
    with pytest.raises(TypeError, match="f is int; allowed are a function, or a mapping"):
        assert_parity(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="f has no version for jax, only for numpy"):
        assert_parity({"numpy": relu}, backends=["numpy", "jax"])
