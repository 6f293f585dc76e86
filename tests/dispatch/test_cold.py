"""The very first call of a process, met inside whatever a framework may be doing."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

Run = Callable[..., str]

NUMPY = {
    "array": "multiact.gelu(np.array([0.75]))[0]",
    "subclass": "multiact.gelu(np.ma.array([0.75], mask=[False]))[0]",
    "scalar": "multiact.gelu(np.float32(0.75))",
    "Python number": "multiact.gelu(0.75)",
    "bfloat16": "multiact.gelu(np.array([0.75]).astype(ml_dtypes.bfloat16))[0]",
    "integer of a rare width": "multiact.relu(np.int8(3)) - 3 + 0.58",
}


@pytest.mark.parametrize("first", NUMPY)
def test_numpy(first: str, run_fresh: Run) -> None:
    run_fresh(
        f"""
        import ml_dtypes, numpy as np, multiact
        assert abs(float({NUMPY[first]}) - 0.58) < 5e-3
        """
    )


JAX = {
    "array": "gelu(x)",
    "jit": "jax.jit(gelu)(x)",
    "grad": "gelu(x) + 0 * jax.grad(lambda x: gelu(x).sum())(x)",
    "vmap": "jax.vmap(gelu)(x)",
    "jit of vmap of grad": "gelu(x) + 0 * jax.jit(jax.vmap(jax.grad(gelu)))(x)",
    "scan": "jax.lax.scan(lambda c, v: (c, gelu(v)), 0.0, x)[1]",
    "eval_shape": "jnp.zeros(jax.eval_shape(gelu, x).shape) + gelu(x)",
    "make_jaxpr": "run(jax.make_jaxpr(gelu)(x), x)",
    "linearize": "jax.linearize(gelu, x)[0]",
    "shard_map": "jax.shard_map(gelu, mesh=mesh, in_specs=P(), out_specs=P())(x)",
}


@pytest.mark.parametrize("first", JAX)
def test_jax(first: str, run_fresh: Run) -> None:
    """A trace that is under way when the backend is imported must leave nothing behind."""
    run_fresh(
        """
        import math, jax, jax.numpy as jnp, multiact
        from jax.sharding import PartitionSpec as P
        from multiact._dispatch import backends

        gelu = lambda x: multiact.gelu(x)
        mesh = jax.make_mesh((1,), ("d",))
        run = lambda jaxpr, x: jax.core.eval_jaxpr(jaxpr.jaxpr, jaxpr.consts, x)[0]
        expected = 0.75 * 0.5 * math.erfc(-0.75 / math.sqrt(2))
        x = jnp.array([0.75, 0.75])
        assert not backends
        y = CALL
        assert y.shape == (2,) and abs(float(y[0]) - expected) < 1e-6, y
        assert list(backends) == [type(x)], list(backends)
        assert abs(float(jax.jit(gelu)(x)[1]) - expected) < 1e-6
        """.replace("CALL", JAX[first])
    )


TENSORFLOW = {
    "graph with a variable": """
        variable = tf.Variable([0.75])

        @tf.function(autograph=False)
        def program():
            return multiact.gelu(variable)

        y = program()
        program.get_concrete_function()
    """,
    "XLA under a tape": """
        @tf.function(autograph=False, jit_compile=True)
        def program(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = multiact.silu(x, beta=0.7)
            return multiact.gelu(x), tape.gradient(y, x)

        y = program(tf.constant([0.75]))[0]
    """,
    "data set": """
        data = tf.data.Dataset.from_tensors([0.75]).map(lambda x: multiact.gelu(x))
        (y,) = list(data)
    """,
}


@pytest.mark.parametrize("first", TENSORFLOW)
def test_tensorflow(first: str, run_fresh: Run) -> None:
    """Tensors and variables have other types inside a function than outside."""
    run_fresh(
        "import tensorflow as tf, multiact\n"
        "from multiact._dispatch import backends, _derived\n"
        "assert not backends\n"
        + textwrap.dedent(TENSORFLOW[first])
        + textwrap.dedent(
            """
            assert abs(float(y[0]) - 0.5800295) < 1e-6, y
            before = dict(backends)
            eager, variable = tf.constant([0.75]), tf.Variable([0.75])
            for x in (eager, variable):
                assert type(x) in backends, (type(x), list(backends))
                assert abs(float(multiact.gelu(x)[0]) - 0.5800295) < 1e-6
            symbolic = []
            tf.function(lambda x: symbolic.append(type(x)), autograph=False)(eager)
            assert symbolic[0] in backends
            assert dict(backends) == before
            """
        )
    )


TORCH = {
    "vmap": "torch.func.vmap(gelu)(x)",
    "grad": "gelu(x) + 0 * torch.func.grad(lambda x: gelu(x).sum())(x)",
    "jvp": "torch.func.jvp(gelu, (x,), (x,))[0]",
    "strict export": "torch.export.export(Module(), (x,), strict=True).module()(x)",
    "non-strict export": "torch.export.export(Module(), (x,), strict=False).module()(x)",
    "symbolic_trace": "torch.fx.symbolic_trace(gelu)(x)",
    "fake tensor": "gelu(x) + 0 * torch.ones(fake().shape)",
}


@pytest.mark.parametrize("first", TORCH)
def test_torch(first: str, run_fresh: Run) -> None:
    run_fresh(
        """
        import torch, multiact
        from multiact._dispatch import backends
        from torch._subclasses.fake_tensor import FakeTensorMode

        def gelu(x):
            return multiact.gelu(x)

        def fake():
            with FakeTensorMode():
                return gelu(torch.ones(2))

        class Module(torch.nn.Module):
            def forward(self, x):
                return multiact.gelu(x)

        x = torch.tensor([0.75, 0.75])
        assert not backends
        y = CALL
        assert abs(float(y[0]) - 0.5800295) < 1e-6, y
        assert torch.Tensor in backends and torch.nn.Parameter in backends
        """.replace("CALL", TORCH[first]),
        ignore=[
            "`torch.jit.script` is deprecated",
            "<class 'torch.autograd.function.Function'> should not be instantiated",
        ],
    )


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        ("Tensor", "torch, multiact"),
        ("Tensor", "multiact, torch"),
        ("Parameter", "torch, multiact"),
        ("Parameter", "multiact, torch"),
        ("Derived", "torch, multiact"),
        ("DerivedParameter", "torch, multiact"),
    ],
)
def test_torch_compile(kind: str, order: str, run_fresh: Run) -> None:
    """The native kernel and a lifted formula, the first call of all being inside the graph."""
    run_fresh(
        f"""
        import {order}
        from torch._dynamo.testing import CompileCounter
        from multiact._dispatch import backends

        class Derived(torch.Tensor):
            pass

        class DerivedParameter(torch.nn.Parameter):
            pass

        Tensor, Parameter = torch.Tensor, torch.nn.Parameter
        counter = CompileCounter()

        @torch.compile(fullgraph=True, backend=counter)
        def program(x):
            return multiact.gelu(x) + multiact.silu(x, beta=0.7)

        values = torch.tensor([0.75, 0.75])
        x = values if {kind} is Tensor else values.as_subclass({kind})
        if isinstance(x, Parameter):
            x.requires_grad_()
        assert not backends
        y = program(x)
        assert abs(y.detach()[0].item() - (0.5800295 + 0.4712371)) < 1e-6, y
        assert torch.equal(program(x), y)
        # The first call filled the tables; that alone is no reason to compile again.
        assert counter.frame_count == 1, counter.frame_count
        """,
        ignore=["<class 'torch.autograd.function.Function'> should not be instantiated"],
    )
