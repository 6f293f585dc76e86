"""``jax.export``: a program and its gradient, in bytes, where there is no multiact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

import multiact
from tests.ecosystems.catalogue import calls
from tests.ecosystems.processes import run_without_multiact

X = jnp.linspace(-3, 3, 42).reshape(7, 6)
SLOPE = jnp.linspace(0.1, 0.6, 6)
COTANGENT = jnp.linspace(1, 2, 42).reshape(7, 6)


def program(x: jax.Array, slope: jax.Array) -> jax.Array:
    """Kernels of JAX, lifted formulas and a function of rows."""
    hidden = multiact.prelu(x, slope)
    hidden = multiact.gelu(hidden) + multiact.mish(hidden) + multiact.silu(hidden, beta=slope)
    return multiact.softmax(multiact.precise.serf(hidden))


def gradients(call: Any) -> Any:
    """Those of a weighted sum of the outputs, with respect to both inputs."""
    return jax.grad(lambda x, slope: (call(x, slope) * COTANGENT).sum(), (0, 1))(X, SLOPE)


def stored(function: Any, *others: Any, vjp_order: int = 0) -> bytearray:
    """The program in bytes, for any number of rows of six."""
    rows = jax.ShapeDtypeStruct(export.symbolic_shape("rows, 6"), jnp.float32)
    kinds = [jax.ShapeDtypeStruct(other.shape, other.dtype) for other in others]
    return export.export(jax.jit(function))(rows, *kinds).serialize(vjp_order=vjp_order)


def test_a_program_and_its_gradient(tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(stored(program, SLOPE, vjp_order=1))
    np.savez(tmp_path / "in.npz", x=X, slope=SLOPE, cotangent=COTANGENT)
    run_without_multiact(
        """
        import jax, numpy as np
        given = np.load("in.npz")
        with open("program", "rb") as file:
            call = jax.export.deserialize(bytearray(file.read())).call
        x, slope = given["x"], given["slope"]
        total = lambda x, slope: (call(x, slope) * given["cotangent"]).sum()
        dx, dslope = jax.grad(total, (0, 1))(x, slope)
        np.savez("out.npz", y=call(x, slope), few=call(x[:2], slope), dx=dx, dslope=dslope)
        """,
        tmp_path,
    )
    found = np.load(tmp_path / "out.npz")
    compiled = jax.jit(program)
    np.testing.assert_array_equal(found["y"], compiled(X, SLOPE))
    np.testing.assert_array_equal(found["few"], compiled(X[:2], SLOPE))
    for name, expected in zip(("dx", "dslope"), gradients(compiled), strict=True):
        assert np.abs(expected).max() > 0
        # What is compiled as one program may be fused in another way than in two.
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.thorough
def test_every_function() -> None:
    def catalogue(x: jax.Array) -> tuple[jax.Array, ...]:
        return tuple(call.function(x, **call.params) for call in calls())

    loaded = export.deserialize(stored(catalogue))
    expected = jax.jit(catalogue)(X)
    assert len(expected) == len(multiact.records)
    for call, found, value in zip(calls(), loaded.call(X), expected, strict=True):
        np.testing.assert_array_equal(found, value, err_msg=call.name)
