"""softmax, softmin, log_softmax, logsumexp."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import Backend, common_dtypes, float64_only
from tests.functions.contract import assert_close, eps
from tests.functions.rows import by_rows, rounded

X = np.array([[0.5, -1.0, 2.0, 3.5], [1000.0, 999.0, -1000.0, 998.5], [-12.0, -12.0, -12.0, -11.0]])
COTANGENT = np.array([[1.0, -0.5, 0.25, 2.0], [0.5, 1.0, -1.0, 2.0], [1.0, 0.0, -2.0, 0.5]])
MASK = np.array([[True, False, True, True], [False, False, True, True], [False] * 4])
OPEN = [True] * 4
# Products with a Jacobian are linear in the cotangent, whose rows add up to less than 4.
LINEAR = {"cotangent": 4.0}


def softmax(row: Any, mask: Any = OPEN) -> list[mpf]:
    """The definition: e^x / Σ e^x over the open places."""
    with mpmath.workdps(60):
        e = [mpmath.exp(mpf(v)) if m else mpf(0) for v, m in zip(row, mask, strict=True)]
        total = sum(e)
        return [v / total if total else mpf(0) for v in e]


def jacobian_product(row: Any, vector: Any, mask: Any = OPEN) -> list[mpf]:
    """(diag(s) − s·sᵀ)·v, entry by entry."""
    with mpmath.workdps(60):
        s = softmax(row, mask)
        return [
            sum(((i == j) * s[i] - s[i] * s[j]) * mpf(v) for j, v in enumerate(vector))
            for i in range(len(s))
        ]


def softmin(row: Any, mask: Any = OPEN) -> list[mpf]:
    return softmax([-v for v in row], mask)


def softmin_product(row: Any, vector: Any, mask: Any = OPEN) -> list[mpf]:
    return [-v for v in jacobian_product([-v for v in row], vector, mask)]


def log_softmax(row: Any, mask: Any = OPEN) -> list[mpf]:
    """ln of softmax, −inf at closed places."""
    with mpmath.workdps(60):
        return [mpmath.log(s) if s else mpf("-inf") for s in softmax(row, mask)]


def log_softmax_product(row: Any, cotangent: Any, mask: Any = OPEN) -> list[mpf]:
    """c − s·Σ c over the open places."""
    with mpmath.workdps(60):
        c = [mpf(v) * m for v, m in zip(cotangent, mask, strict=True)]
        return [v - s * sum(c) for v, s in zip(c, softmax(row, mask), strict=True)]


def logsumexp(row: Any, mask: Any = OPEN) -> list[mpf]:
    """ln Σ e^x over the open places."""
    with mpmath.workdps(60):
        total = sum(mpmath.exp(mpf(v)) for v, m in zip(row, mask, strict=True) if m)
        return [mpmath.log(total) if total else mpf("-inf")]


def logsumexp_product(row: Any, cotangent: Any, mask: Any = OPEN) -> list[mpf]:
    return [s * mpf(cotangent[0]) for s in softmax(row, mask)]


Rows = Callable[..., list[mpf]]
# Name -> the value of a row, and the product of its Jacobian, transposed, with a cotangent.
FUNCTIONS: dict[str, tuple[Rows, Rows]] = {
    "softmax": (softmax, jacobian_product),
    "softmin": (softmin, softmin_product),
    "log_softmax": (log_softmax, log_softmax_product),
    "logsumexp": (logsumexp, logsumexp_product),
}
each = pytest.mark.parametrize("name", FUNCTIONS)


def options(name: str) -> dict[str, Any]:
    """With them every result has as many axes as x."""
    return {"keepdims": True} if name == "logsumexp" else {}


def cotangent_of(name: str, cotangent: Any = COTANGENT) -> Any:
    return cotangent[..., :1] if name == "logsumexp" else cotangent


def size(name: str, x: Any) -> dict[str, float]:
    """The results of logarithms, and their errors with them, are as large as the row."""
    return {"row": float(np.abs(x).max()) if name.startswith("log") else 1.0}


@each
def test_values(backend: Backend, dtype: str, name: str) -> None:
    y = getattr(multiact, name)(backend.array(X, dtype), **options(name))
    assert backend.dtype_of(y) == dtype
    want = by_rows(FUNCTIONS[name][0], rounded(X, dtype))
    for row, result, truth in zip(X, backend.doubles(y), want, strict=True):
        assert_close(result, truth, dtype, size(name, row))


@pytest.mark.parametrize("name", ["softmax", "softmin"])
def test_rows_sum_to_one(backend: Backend, dtype: str, name: str) -> None:
    y = backend.doubles(getattr(multiact, name)(backend.array(X, dtype)))
    assert np.abs(y.sum(-1) - 1).max() <= 4 * eps(dtype)
    assert (y >= 0).all()


@each
def test_gradient_is_the_whole_jacobian(backend: Backend, dtype: str, name: str) -> None:
    x, cotangent = backend.array(X, dtype), backend.array(cotangent_of(name), dtype)
    dx, params = multiact.vjp(getattr(multiact, name), x, cotangent, **options(name))
    assert params == {}
    assert backend.dtype_of(dx) == dtype
    want = by_rows(FUNCTIONS[name][1], rounded(X, dtype), cotangent_of(name))
    assert_close(backend.doubles(dx), want, dtype, LINEAR)


@pytest.mark.parametrize("axis", [0, 1, -1])
@each
def test_any_axis(backend: Backend, name: str, axis: int) -> None:
    x = np.arange(64).reshape(4, 4, 4) ** 2 % 7 / 2
    f, (value, product) = getattr(multiact, name), FUNCTIONS[name]
    rows = np.moveaxis(x, axis, -1)
    cotangent = cotangent_of(name, np.arange(64).reshape(4, 4, 4) % 5 - 2.0)
    array = backend.array(x, "float32")
    want = np.moveaxis(by_rows(value, rows), -1, axis)
    y = f(array, axis=axis, **options(name))
    assert_close(backend.doubles(y), want, "float32", size(name, x))
    turned = backend.array(np.moveaxis(cotangent, -1, axis), "float32")
    dx, _ = multiact.vjp(f, array, turned, axis=axis, **options(name))
    want = np.moveaxis(by_rows(product, rows, cotangent), -1, axis)
    assert_close(backend.doubles(dx), want, "float32", LINEAR)


@common_dtypes
def test_shift_invariance(backend: Backend, dtype: str) -> None:
    x = np.array([1.0, 3.0, -2.0, 0.0])
    a = multiact.softmax(backend.array(x, dtype))
    b = multiact.softmax(backend.array(x + 64, dtype))
    assert backend.doubles(a).tolist() == backend.doubles(b).tolist()


@each
def test_large_spreads(backend: Backend, dtype: str, name: str) -> None:
    x = rounded([[-1e4, 1e4, 0.0, 5.0], [-1e4, -1e4, -1e4, -1e4]], dtype)
    y = getattr(multiact, name)(backend.array(x, dtype), **options(name))
    assert_close(backend.doubles(y), by_rows(FUNCTIONS[name][0], x), dtype, size(name, x))


@pytest.mark.parametrize("gap", [20.0, 60.0])
@pytest.mark.parametrize("dtype", ["bfloat16", "float32", "float64"], indirect=True)
def test_the_rest_is_not_lost_beside_one(backend: Backend, dtype: str, gap: float) -> None:
    """ln(1 + e^−gap) is 0 where the sum is formed first; for 16 bits PyTorch's kernel does."""
    y = backend.doubles(multiact.log_softmax(backend.array([[0.0, -gap], [gap, 0.0]], dtype)))
    with mpmath.workdps(60):
        small = -mpmath.log1p(mpmath.exp(-mpf(gap)))
    allowed = 2 if backend is Backend.TORCH and dtype == "bfloat16" else 8 * abs(small)
    assert abs(y[0, 0] - small) <= allowed * eps(dtype)
    assert y[0, 0] == y[1, 0]


def long_rows(dtype: str, length: int, count: int) -> Any:
    return rounded(np.random.default_rng(length).normal(0, 5, (count, length)), dtype)


@functools.cache
def of_long_rows(name: str, dtype: str, length: int, count: int) -> Any:
    """The truth, the same for every framework and axis."""
    return by_rows(functools.partial(long_row, name), long_rows(dtype, length, count))


def long_row(name: str, row: list[float]) -> list[mpf]:
    """As the functions above, which take a time that grows with the square of the length."""
    sign = -1 if name == "softmin" else 1
    e = [mpmath.exp(sign * mpf(v)) for v in row]
    total = mpmath.fsum(e)
    if name == "logsumexp":
        return [mpmath.log(total)]
    return [mpmath.log(v / total) if name == "log_softmax" else v / total for v in e]


@each
@pytest.mark.parametrize("dtype", ["float32", "float64"], indirect=True)
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("length", "count"), [(131, 30), (3000, 2)])
def test_long_rows(
    backend: Backend, dtype: str, name: str, axis: int, length: int, count: int
) -> None:
    """What is wrong does not grow with the row, as it does in kernels that add up one by one."""
    given = backend.array(np.moveaxis(long_rows(dtype, length, count), 1, axis), dtype)
    y = np.moveaxis(
        backend.doubles(getattr(multiact, name)(given, axis=axis, **options(name))), axis, 1
    )
    assert_close(y, of_long_rows(name, dtype, length, count), dtype)


@pytest.mark.parametrize("name", ["softmax", "softmin", "log_softmax"])
def test_long_rows_on_pytorch_are_as_differentiable_as_short_ones(name: str) -> None:
    """Forward, backward, twice, and with nothing kept but the result."""
    torch = Backend.TORCH.framework
    f = getattr(multiact, name)
    x = torch.linspace(-2, 2, 40, dtype=torch.float64).reshape(2, 20).requires_grad_()
    assert torch.autograd.gradcheck(f, (x,), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(f, (x,))
    kept: list[Any] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        y = f(x)
    assert {t.data_ptr() for t in kept} <= {x.data_ptr(), y.data_ptr()}
    with torch.inference_mode():
        assert torch.equal(f(x), y)
    assert torch.equal(f(x.detach()), y)


@common_dtypes
def test_minus_infinity_has_no_weight(backend: Backend, dtype: str) -> None:
    x = backend.array([[0.0, -np.inf, 0.0], [-np.inf, 5.0, -np.inf]], dtype)
    assert backend.doubles(multiact.softmax(x)).tolist() == [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    assert backend.doubles(multiact.softmin(-x)).tolist() == [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    cotangent = backend.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], dtype)
    dx, _ = multiact.vjp(multiact.softmax, x, cotangent)
    assert backend.doubles(dx).tolist() == [[-0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]


@common_dtypes
def test_logarithms_of_infinite_rows(backend: Backend, dtype: str) -> None:
    inf, nan = np.inf, np.nan
    x = backend.array(
        [[-inf, 0.0, 0.0], [-inf, -inf, -inf], [inf, 0.0, -inf], [nan, 0.0, inf], [0.0] * 3], dtype
    )
    y = backend.doubles(multiact.logsumexp(x))
    assert y[[1, 2]].tolist() == [-inf, inf]
    assert np.isnan(y[3])
    assert_close(y[[0, 4]], [mpmath.log(2), mpmath.log(3)], dtype)
    y = backend.doubles(multiact.log_softmax(x))
    assert y[0, 0] == -inf
    assert_close(y[0, 1:], [-mpmath.log(2)] * 2, dtype)
    assert np.isnan(y[1:4]).all()
    assert_close(y[4], [-mpmath.log(3)] * 3, dtype)


@pytest.mark.parametrize("behind", [np.nan, np.inf])
@each
@common_dtypes
def test_mask(backend: Backend, dtype: str, name: str, behind: float) -> None:
    x = np.where(MASK, X, behind)
    array, where = backend.array(x, dtype), backend.array(MASK, "bool")
    f, (value, product) = getattr(multiact, name), FUNCTIONS[name]
    y = backend.doubles(f(array, where=where, **options(name)))
    want = by_rows(value, rounded(X, dtype), MASK)
    closed = ~MASK.any(-1, keepdims=True) if name == "logsumexp" else ~MASK
    assert y[closed].tolist() == want[closed].astype(float).tolist()
    assert_close(y[~closed], want[~closed], dtype, size(name, X))
    cotangent = backend.array(cotangent_of(name), dtype)
    dx, _ = multiact.vjp(f, array, cotangent, where=where, **options(name))
    want = by_rows(product, rounded(X, dtype), cotangent_of(name), MASK)
    assert_close(backend.doubles(dx), want, dtype, LINEAR)
    assert (backend.doubles(dx)[~MASK] == 0).all()


@pytest.mark.parametrize("behind", [np.nan, np.inf])
@each
def test_second_derivative_through_a_mask(
    differentiating: Backend, name: str, behind: float
) -> None:
    """Gradients of gradients must not meet what is behind the mask either."""
    x = differentiating.array(np.where(MASK, X, behind), "float32")
    where = differentiating.array(MASK, "bool")
    cotangent = differentiating.array(cotangent_of(name), "float32")
    direction = differentiating.array(COTANGENT, "float32")

    def gradient(x: Any) -> Any:
        return multiact.vjp(getattr(multiact, name), x, cotangent, where=where, **options(name)).x

    twice = differentiating.doubles(multiact.vjp(gradient, x, direction).x)
    assert np.isfinite(twice).all()
    assert (twice[~MASK] == 0).all()


@each
@float64_only
def test_second_derivative_at_ties(differentiating: Backend, dtype: str, name: str) -> None:
    """The largest entries enter the logarithms apart from the others; no derivative sees it."""
    x, step = np.array([[0.5, 0.5, -1.0, 0.5]]), 1e-5 * COTANGENT[1:2]
    f, cotangent = getattr(multiact, name), cotangent_of(name)[:1]
    c, direction = (differentiating.array(v, dtype) for v in (cotangent, COTANGENT[1:2]))

    def twice(x: Any) -> Any:
        return multiact.vjp(lambda x: multiact.vjp(f, x, c, **options(name)).x, x, direction).x

    ahead, behind = (multiact.vjp(f, x + s, cotangent, **options(name)).x for s in (step, -step))
    for call in (twice, differentiating.compile(twice)):
        bend = differentiating.doubles(call(differentiating.array(x, dtype)))
        np.testing.assert_allclose(bend, (ahead - behind) / 2e-5, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("shape", [(4,), (3, 1), ()])
def test_masks_broadcast(backend: Backend, shape: tuple[int, ...]) -> None:
    mask = (np.arange(np.prod(shape, dtype=int)) % 3 != 1).reshape(shape)
    x, where = backend.array(X, "float32"), backend.array(mask, "bool")
    full = backend.array(np.broadcast_to(mask, X.shape), "bool")
    for name in FUNCTIONS:
        f = getattr(multiact, name)
        assert backend.doubles(f(x, where=where)).tolist() == (
            backend.doubles(f(x, where=full)).tolist()
        )


@each
@common_dtypes
def test_a_mask_of_ones_changes_nothing(backend: Backend, dtype: str, name: str) -> None:
    x, where = backend.array(X, dtype), backend.array(np.ones_like(X), "bool")
    f = getattr(multiact, name)
    y, want = (backend.doubles(f(x, **kwargs)) for kwargs in ({"where": where}, {}))
    assert_close(y, want, dtype, size(name, X))


@pytest.mark.parametrize("shape", [(0,), (2, 0, 3)])
@pytest.mark.parametrize("masked", [False, True])
@each
def test_empty(backend: Backend, name: str, shape: tuple[int, ...], masked: bool) -> None:
    x = backend.array(np.zeros(shape), "float32")
    where = backend.array(np.zeros(shape), "bool") if masked else None
    for axis in range(len(shape)):
        y = getattr(multiact, name)(x, axis=axis, where=where, **options(name))
        if name == "logsumexp":
            assert (backend.doubles(y) == -np.inf).all()
            assert backend.doubles(y).shape == (*shape[:axis], 1, *shape[axis + 1 :])
        else:
            assert backend.doubles(y).shape == shape


@each
def test_compiled_with_a_mask(differentiating: Backend, name: str) -> None:
    x = differentiating.array(np.where(MASK, X, np.nan), "float32")
    where = differentiating.array(MASK, "bool")
    cotangent = differentiating.array(cotangent_of(name), "float32")
    f = getattr(multiact, name)

    def both(x: Any, where: Any) -> tuple[Any, Any]:
        y = f(x, where=where, **options(name))
        return y, multiact.vjp(f, x, cotangent, where=where, **options(name)).x

    y, dx = map(differentiating.doubles, differentiating.compile(both)(x, where))
    want, gradient = map(differentiating.doubles, both(x, where))
    assert np.isfinite(y).tolist() == np.isfinite(want).tolist()
    assert_close(y[np.isfinite(y)], want[np.isfinite(y)], "float32", size(name, X))
    assert_close(dx, gradient, "float32", LINEAR)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_logsumexp_drops_or_keeps_its_axis(backend: Backend, axis: int) -> None:
    x = backend.array(np.arange(24.0).reshape(2, 3, 4), "float32")
    kept = multiact.logsumexp(x, axis=axis, keepdims=True)
    dropped = multiact.logsumexp(x, axis=axis)
    assert backend.doubles(kept).ndim == 3
    assert backend.doubles(dropped).tolist() == backend.doubles(kept).squeeze(axis).tolist()
    a = multiact.vjp(multiact.logsumexp, x, dropped, axis=axis).x
    b = multiact.vjp(multiact.logsumexp, x, kept, axis=axis, keepdims=True).x
    assert_close(backend.doubles(a), backend.doubles(b), "float32", {"cotangent": 24.0})


def test_logsumexp_of_a_vector_is_a_scalar(backend: Backend, dtype: str) -> None:
    y = backend.doubles(multiact.logsumexp(backend.array([3.0, 3.0, 3.0, 3.0], dtype)))
    assert y.shape == ()
    assert_close(y, mpmath.log(4) + 3, dtype, {"row": 3.0})


def test_keepdims_is_a_bool(backend: Backend) -> None:
    with pytest.raises(TypeError, match=r"logsumexp got keepdims=1.*Python bool"):
        multiact.logsumexp(backend.array(X, "float32"), keepdims=1)
