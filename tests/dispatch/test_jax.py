"""JAX arrays and every kind of tracer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import NamedSharding, PartitionSpec

import multiact
from multiact import _dispatch
from tests.dispatch import reference
from tests.dispatch.reference import CASES, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
POINTS = np.array(reference.POINTS)


@pytest.fixture(params=[False, True], ids=["x32", "x64"])
def tolerance(request: pytest.FixtureRequest) -> Iterator[float]:
    """Everything in both precisions; the precision decides how close results must be."""
    with jax.enable_x64(True) if request.param else contextlib.nullcontext():
        yield 1e-12 if request.param else 3e-6


def array() -> jax.Array:
    return jnp.asarray(POINTS)


@every_case
def test_arrays(case: Case, tolerance: float) -> None:
    y = case.call(array())
    assert isinstance(y, jax.Array)
    assert y.dtype == array().dtype
    reference.close(y, case.value(POINTS), tolerance)


def _scan(call: Any, x: Any) -> Any:
    return jax.lax.scan(lambda carry, value: (carry, call(value)), 0, x)[1]


def _map(call: Any, x: Any) -> Any:
    return jax.lax.map(call, x)


def _cond(call: Any, x: Any) -> Any:
    return jax.lax.cond(x.sum() > -9, call, lambda x: x, x)


def _loop(call: Any, x: Any) -> Any:
    return jax.lax.fori_loop(0, 1, lambda _, x: call(x), x)


def _nested_jit(call: Any, x: Any) -> Any:
    return jax.jit(lambda x: jax.jit(call)(x) * 1)(x)


def _shard_map(call: Any, x: Any) -> Any:
    mesh = jax.make_mesh((1,), ("d",))
    spec = PartitionSpec("d")
    x = jax.device_put(x, NamedSharding(mesh, spec))
    return jax.shard_map(call, mesh=mesh, in_specs=spec, out_specs=spec)(x)


def _lowered(call: Any, x: Any) -> Any:
    return jax.jit(call).lower(x).compile()(x)


def _jit(call: Any, x: Any) -> Any:
    return jax.jit(call)(x)


def _vmap(call: Any, x: Any) -> Any:
    return jax.vmap(call)(x)


@every_case
@pytest.mark.parametrize(
    "transform",
    [_jit, _nested_jit, _lowered, _vmap, _scan, _map, _cond, _loop, _shard_map],
)
def test_values_under_transforms(case: Case, transform: Any, tolerance: float) -> None:
    y = transform(case.call, array())
    assert y.dtype == array().dtype
    reference.close(y, case.value(POINTS), tolerance)


@every_case
def test_abstract_evaluation(case: Case, tolerance: float) -> None:
    shape = jax.eval_shape(case.call, jax.ShapeDtypeStruct((3, 4), array().dtype))
    assert (shape.shape, shape.dtype) == ((3, 4), array().dtype)
    jaxpr = jax.make_jaxpr(case.call)(array())
    (y,) = jax.core.eval_jaxpr(jaxpr.jaxpr, jaxpr.consts, array())
    reference.close(y, case.value(POINTS), tolerance)


def _vmap_grad(call: Any, x: Any) -> Any:
    return jax.vmap(jax.grad(call))(x)


def _grad_of_sum(call: Any, x: Any) -> Any:
    return jax.grad(lambda x: call(x).sum())(x)


def _jvp(call: Any, x: Any) -> Any:
    return jax.jvp(call, (x,), (jnp.ones_like(x),))[1]


def _linearize(call: Any, x: Any) -> Any:
    return jax.linearize(call, x)[1](jnp.ones_like(x))


def _jacfwd(call: Any, x: Any) -> Any:
    return jnp.diag(jax.jacfwd(call)(x))


def _jacrev(call: Any, x: Any) -> Any:
    return jnp.diag(jax.jacrev(call)(x))


def _checkpoint(call: Any, x: Any) -> Any:
    return jax.grad(jax.checkpoint(lambda x: call(x).sum()))(x)


def _grad_through_scan(call: Any, x: Any) -> Any:
    return jax.grad(lambda x: _scan(call, x).sum())(x)


@every_case
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "jit"])
@pytest.mark.parametrize(
    "transform",
    [
        _vmap_grad,
        _grad_of_sum,
        _jvp,
        _linearize,
        _jacfwd,
        _jacrev,
        _checkpoint,
        _grad_through_scan,
    ],
)
def test_first_derivatives(case: Case, transform: Any, compiled: bool, tolerance: float) -> None:
    program = partial(transform, case.call)
    y = (jax.jit(program) if compiled else program)(array())
    reference.close(y, case.slope(POINTS), tolerance)


@every_case
@pytest.mark.parametrize("outer", [_vmap_grad, _jvp])
@pytest.mark.parametrize("inner", [jax.grad, lambda call: partial(_jvp, call)])
def test_second_derivatives(case: Case, outer: Any, inner: Any, tolerance: float) -> None:
    if outer is _jvp and inner is jax.grad:
        inner = lambda call: jax.vmap(jax.grad(call))  # noqa: E731
    y = jax.jit(partial(outer, inner(case.call)))(array())
    reference.close(y, case.curvature(POINTS), 3 * tolerance)


def test_a_parameter_under_transforms(tolerance: float) -> None:
    x, slope = array(), jnp.asarray(0.3)

    def total(slope: Any) -> Any:
        return multiact.prelu(x, slope).sum()

    expected = np.minimum(POINTS, 0).sum()
    reference.close(jax.grad(total)(slope), expected, tolerance)
    reference.close(jax.jvp(total, (slope,), (jnp.ones_like(slope),))[1], expected, tolerance)
    many = jax.jit(jax.vmap(jax.grad(total)))(jnp.asarray([0.1, 0.2]))
    reference.close(many, [expected, expected], tolerance)
    rows = jax.vmap(multiact.prelu, in_axes=(None, 0))(x, jnp.asarray([0.1, 0.2]))
    reference.close(rows, np.where(POINTS > 0, POINTS, np.outer([0.1, 0.2], POINTS)), tolerance)


def test_precision_may_change_between_calls() -> None:
    with jax.enable_x64(True):
        wide = multiact.silu(jnp.asarray(POINTS), beta=reference.BETA)
    with jax.enable_x64(False):
        narrow = multiact.silu(jnp.asarray(POINTS), beta=reference.BETA)
    assert (wide.dtype, narrow.dtype) == (np.float64, np.float32)
    reference.close(wide, reference.silu(POINTS, reference.BETA), 1e-13)


def test_keys_and_donation() -> None:
    first = multiact.rrelu(array(), training=True, rng=jax.random.key(3))
    again = jax.jit(lambda x, key: multiact.rrelu(x, training=True, rng=key))(
        array(), jax.random.key(3)
    )
    np.testing.assert_allclose(first, again, rtol=1e-6)


def test_a_compiled_call_is_compiled_once() -> None:
    traces = []

    @jax.jit
    def program(x: Any) -> Any:
        traces.append(type(x))
        return multiact.gelu(x)

    for _ in range(3):
        program(array())
    assert len(traces) == 1


def test_tracers_never_grow_the_hot_table() -> None:
    multiact.relu(array())
    before = dict(_dispatch.backends)
    jax.jit(jax.vmap(jax.grad(multiact.silu)))(array())
    assert dict(_dispatch.backends) == before
    assert type(array()) in before


@pytest.mark.parametrize("softmin", [multiact.softmin, multiact.precise.softmin])
def test_gradients_of_rows_under_transforms(softmin: Any) -> None:
    """The gradient is a primitive of ours: it must batch, shard, and differentiate again."""
    x, mask = jnp.linspace(-2.0, 2.0, 12).reshape(3, 4), jnp.arange(12).reshape(3, 4) % 5 != 1

    def loss(x: Any, mask: Any) -> Any:
        return (softmin(x, where=mask) ** 2).sum()

    gradient = jax.grad(loss)
    want = gradient(x, mask)
    row = (x[0], mask[0])
    forward = jax.jacfwd(softmin)(row[0], where=row[1])
    reverse = jax.jacrev(softmin)(row[0], where=row[1])
    np.testing.assert_allclose(forward, reverse, rtol=1e-5, atol=1e-7)
    by_rows, by_columns = jax.vmap(gradient)(x, mask), jax.vmap(gradient, (1, 0))(x.T, mask)
    np.testing.assert_allclose(by_rows, want, rtol=1e-6)
    np.testing.assert_allclose(by_columns, want, rtol=1e-6)
    fixed = jax.vmap(jax.vjp(lambda x: softmin(x, where=row[1]), row[0])[1])(jnp.eye(4))[0]
    np.testing.assert_allclose(fixed, reverse, rtol=1e-5, atol=1e-7)
    spec = PartitionSpec("d")
    mesh = jax.make_mesh((1,), ("d",))
    mapped = jax.shard_map(gradient, mesh=mesh, in_specs=(spec, spec), out_specs=spec)
    sharded = (jax.device_put(part, NamedSharding(mesh, spec)) for part in (x, mask))
    np.testing.assert_allclose(mapped(*sharded), want, rtol=1e-6)
    bend = jax.jacfwd(jax.jacrev(loss))(*row)
    np.testing.assert_allclose(bend, jax.jacrev(jax.jacrev(loss))(*row), rtol=1e-4, atol=1e-6)


SHARDED = """
import jax, jax.numpy as jnp, numpy as np, multiact
from jax.sharding import NamedSharding, PartitionSpec as P

assert jax.device_count() == 2
mesh = jax.make_mesh((2,), ("d",))
sharding = NamedSharding(mesh, P("d"))
plain = jnp.linspace(-3, 3, 8)
x = jax.device_put(plain, sharding)
for call in (multiact.gelu, lambda x: multiact.silu(x, beta=0.7), multiact.relu):
    y = call(x)
    assert y.sharding.is_equivalent_to(sharding, 1), y.sharding
    np.testing.assert_allclose(y, call(plain), rtol=1e-6)
    assert jax.jit(call)(x).sharding.is_equivalent_to(sharding, 1)
    mapped = jax.shard_map(call, mesh=mesh, in_specs=P("d"), out_specs=P("d"))
    np.testing.assert_allclose(mapped(x), call(plain), rtol=1e-6)
    with jax.set_mesh(mesh):
        slope = jax.grad(lambda x: mapped(x).sum())(x)
    assert slope.sharding.is_equivalent_to(sharding, 1)
    np.testing.assert_allclose(slope, jax.vmap(jax.grad(call))(plain), rtol=1e-5, atol=1e-6)
slopes = jax.device_put(jnp.full((8,), 0.3), sharding)
assert multiact.prelu(x, slopes).sharding.is_equivalent_to(sharding, 1)
print("sharded")
"""


def test_sharded_arrays_stay_where_they_are(run_fresh: Any) -> None:
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    assert run_fresh(SHARDED, environment=flags) == "sharded\n"
