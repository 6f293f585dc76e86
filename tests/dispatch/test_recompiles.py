"""Compiling once and then meeting a hundred other array types.

Dynamo guards the dispatch tables that a compiled function has read. A table that grows with every
new type would make it compile again each time, until it gives up.
"""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., str]

PROLOGUE = """
import numpy as np
import torch
import multiact
from torch._dynamo.testing import CompileCounter

counter = CompileCounter()

@torch.compile(fullgraph=True, backend=counter)
def program(x):
    return multiact.gelu(x) + multiact.silu(x, beta=0.7) + multiact.relu(x)

def compilations(x):
    before = counter.frame_count
    expected = multiact.gelu(x) + multiact.silu(x, beta=0.7) + multiact.relu(x)
    assert torch.allclose(program(x), expected)
    return counter.frame_count - before

def meet_arrays(count):
    for number in range(count):
        kind = type(f"Array{number}", (np.ndarray,), {})
        assert type(multiact.gelu(np.ones(3).view(kind))) is kind

def meet_tensors(count):
    for number in range(count):
        kind = type(f"Tensor{number}", (torch.Tensor,), {})
        assert type(multiact.silu(torch.ones(3).as_subclass(kind), beta=0.7)) is kind

values = torch.linspace(-2, 2, 5)
"""

IGNORED = ["<class 'torch.autograd.function.Function'> should not be instantiated"]


def test_a_compiled_function_outlives_every_new_type(run_fresh: Run) -> None:
    run_fresh(
        PROLOGUE
        + """
assert compilations(values) == 1
assert compilations(values) == 0

meet_tensors(100)
multiact.gelu(torch.nn.Parameter(values))
multiact.gelu(torch.ones(3, device="meta"))
torch.fx.symbolic_trace(multiact.gelu)
torch.func.vmap(torch.func.grad(multiact.silu))(values)
assert compilations(values) == 0

meet_arrays(100)
for scalar in (np.float32(1), np.float64(1), np.int8(1), np.bool_(True), 1.0, 1, True):
    multiact.gelu(scalar)
multiact.gelu(np.ma.ones(3))
assert compilations(values) <= 1

import jax, jax.numpy as jnp
multiact.gelu(jnp.ones(3))
jax.jit(jax.vmap(jax.grad(multiact.gelu)))(jnp.ones(3))
jax.lax.scan(lambda c, x: (c, multiact.gelu(x)), 0.0, jnp.ones(3))
assert compilations(values) <= 1

import tensorflow as tf
multiact.gelu(tf.ones(3))
multiact.gelu(tf.Variable(tf.ones(3)))
tf.function(multiact.gelu, autograph=False)(tf.ones(3))
assert compilations(values) <= 1

import array_api_strict, dask.array
multiact.gelu(array_api_strict.asarray([0.5]))
multiact.gelu(dask.array.ones(3))
assert compilations(values) == 0

class Registered:
    pass

multiact.register_backend(Registered, __import__("multiact_numpy"))
for unknown in ([1.0], None, "text", object()):
    try:
        multiact.gelu(unknown)
    except TypeError:
        continue
    raise AssertionError(unknown)
meet_tensors(100)
meet_arrays(100)
assert compilations(values) == 0
""",
        ignore=IGNORED,
    )


def test_a_function_compiled_for_a_subclass_outlives_the_other_subclasses(run_fresh: Run) -> None:
    run_fresh(
        PROLOGUE
        + """
class Plain(torch.Tensor):
    pass

class Watching(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        return super().__torch_function__(function, types, arguments, keywords or {})

# The first call is cold, and neither the type nor its backend is known.
plain, watching = values.as_subclass(Plain), values.as_subclass(Watching)
assert compilations(plain) == 1
assert compilations(watching) == 1
assert compilations(values) == 1
for _ in range(3):
    meet_tensors(40)
    for x in (plain, watching, values):
        assert compilations(x) == 0, type(x)
meet_arrays(100)
for x in (plain, watching, values):
    assert compilations(x) <= 1, type(x)
meet_arrays(100)
for x in (plain, watching, values):
    assert compilations(x) == 0, type(x)
""",
        ignore=IGNORED,
    )
