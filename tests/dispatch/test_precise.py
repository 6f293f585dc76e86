"""The second table, multiact.precise: the same door, cold and warm."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

import multiact

Run = Callable[..., str]

# Dynamo does so with every autograd.Function that it traces.
IGNORED = ["<class 'torch.autograd.function.Function'> should not be instantiated"]

COLD = {
    "NumPy subclass": """
        import numpy as np
        y = multiact.precise.gelu(np.ma.array([0.75], mask=[False]))
    """,
    "Python number": "y = [multiact.precise.gelu(0.75)]",
    "torch.compile of a Parameter": """
        import torch
        program = torch.compile(
            lambda x: multiact.precise.gelu(x), fullgraph=True, backend="aot_eager"
        )
        y = program(torch.nn.Parameter(torch.tensor([0.75])))
        y.sum().backward()
        y = y.detach()
    """,
    "torch.compile around torch.func": """
        import torch
        grad = torch.func.vmap(torch.func.grad(multiact.precise.gelu))
        program = torch.compile(grad, fullgraph=True, backend="aot_eager")
        assert abs(float(program(torch.tensor([0.0]))[0]) - 0.5) < 1e-7
        y = multiact.precise.gelu(torch.tensor([0.75]))
    """,
    "torch.export": """
        import torch

        class Module(torch.nn.Module):
            def forward(self, x):
                return multiact.precise.gelu(x)

        y = torch.export.export(Module(), (torch.ones(1),)).module()(torch.tensor([0.75]))
    """,
    "torch.fx": """
        import torch
        traced = torch.fx.symbolic_trace(lambda x: multiact.precise.gelu(x))
        y = traced(torch.tensor([0.75]))
    """,
    "tensor subclass": """
        import torch

        class Mine(torch.Tensor):
            pass

        y = multiact.precise.gelu(torch.tensor([0.75]).as_subclass(Mine))
        assert type(y) is Mine
    """,
    "tf.function of a variable under XLA": """
        import tensorflow as tf
        program = tf.function(multiact.precise.gelu, jit_compile=True, autograph=False)
        y = program(tf.Variable([0.75]))
    """,
    "jax.jit of vmap of grad": """
        import jax, jax.numpy as jnp
        slope = jax.jit(jax.vmap(jax.grad(multiact.precise.gelu)))(jnp.array([0.0]))
        assert abs(float(slope[0]) - 0.5) < 1e-7
        y = multiact.precise.gelu(jnp.array([0.75]))
    """,
    "jax.lax.scan": """
        import jax, jax.numpy as jnp
        _, y = jax.lax.scan(lambda c, v: (c, multiact.precise.gelu(v)), 0.0, jnp.array([0.75]))
    """,
}


# The door is that of the default tier, whose first calls are all tested: here one per framework.
USUAL = ("Python number", "torch.compile of a Parameter", "tf.function of a variable under XLA",
         "jax.jit of vmap of grad")  # fmt: skip


@pytest.mark.parametrize(
    "first",
    [pytest.param(name, marks=() if name in USUAL else pytest.mark.thorough) for name in COLD],
)
def test_the_first_call_of_a_process(first: str, run_fresh: Run) -> None:
    run_fresh(
        "import multiact\n"
        + textwrap.dedent(COLD[first])
        + "\nassert abs(float(y[0]) - 0.5800295) < 1e-6, y\n",
        ignore=IGNORED,
    )


def test_a_compiled_function_outlives_every_new_type(run_fresh: Run) -> None:
    run_fresh(
        """
        import numpy as np, torch, multiact
        from torch._dynamo.testing import CompileCounter

        counter = CompileCounter()
        program = torch.compile(
            lambda x: multiact.precise.gelu(x) + multiact.gelu(x), fullgraph=True, backend=counter
        )
        x = torch.linspace(-2, 2, 5)
        program(x)
        before = counter.frame_count
        for number in range(100):
            kind = type(f"Array{number}", (np.ndarray,), {})
            multiact.precise.gelu(np.ones(3).view(kind))
            kind = type(f"Tensor{number}", (torch.Tensor,), {})
            multiact.precise.gelu(torch.ones(3).as_subclass(kind))
        program(x)
        import jax.numpy as jnp
        multiact.precise.gelu(jnp.ones(3))
        program(x)
        # NumPy's and JAX's types came into the tables: once each.
        assert counter.frame_count - before <= 2, counter.frame_count - before
        """
    )


def test_eight_threads(run_fresh: Run) -> None:
    run_fresh(
        """
        import threading
        import numpy as np, torch, multiact

        arrays = [np.array([0.75]), torch.tensor([0.75]), torch.nn.Parameter(torch.tensor([0.75]))]
        barrier, results = threading.Barrier(8), []

        def call(array):
            barrier.wait()
            results.append(multiact.precise.gelu(array)[0].item())

        threads = [threading.Thread(target=call, args=(arrays[i % 3],)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 8 and all(abs(r - 0.5800295) < 1e-6 for r in results), results
        """
    )


def test_a_backend_without_the_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    from multiact import _dispatch

    class Foreign:
        pass

    monkeypatch.setitem(_dispatch._derived, Foreign, object())
    with pytest.raises(TypeError, match="no precise tier"):
        multiact.precise.relu(Foreign())  # type: ignore[type-var]
