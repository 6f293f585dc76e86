"""One class per framework: arrays, gradients, and the native calls to compare with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import multiact

Function = Callable[[Any], Any]

# Function -> what our call is, where it is more than multiact.<name>(x).
OURS: Mapping[str, Function] = {
    "gelu tanh": lambda x: multiact.gelu(x, "tanh"),
    "gelu sigmoid": lambda x: multiact.gelu(x, "sigmoid"),
    "silu beta=1.5": lambda x: multiact.silu(x, 1.5),
    "rrelu": lambda x: multiact.rrelu(x),
    "maxout": lambda x: multiact.maxout(x, 4),
    "threshold": lambda x: multiact.threshold(x, 0.5, 0.0),
}
NAMES = (
    "relu", "leaky_relu", "prelu", "rrelu", "elu", "selu", "sigmoid", "tanh", "softplus", "silu",
    "silu beta=1.5", "mish", "gelu", "gelu tanh", "gelu sigmoid", "softmax", "maxout",
    "relu6", "hard_tanh", "hard_sigmoid", "hard_silu", "threshold", "softshrink", "hardshrink",
    "tanhshrink", "celu", "log_sigmoid", "softsign", "arctan", "identity", "log_softmax",
    "logsumexp", "glu",
)  # fmt: skip


def resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Framework:
    """What a benchmark needs of a framework."""

    def __init__(self) -> None:
        self.natives: dict[str, Function] = {}
        # Native functions outside the contract, with the reason: their speed is no yardstick.
        self.outside: dict[str, str] = {}

    def array(self, values: Any) -> Any:
        raise NotImplementedError

    def ours(self, name: str, x: Any) -> Function:
        if name == "prelu":
            slope = self.array(np.full(x.shape[-1], 0.25, np.float32))
            return lambda x: multiact.prelu(x, slope)
        return OURS.get(name) or getattr(multiact, name)

    def native(self, name: str, x: Any) -> Function | None:
        return self.natives.get(name)

    def forward(self, f: Function, x: Any) -> Callable[[], Any]:
        return lambda: f(x)

    def backward(self, f: Function, x: Any, cotangent: Any) -> Callable[[], Any] | None:
        """Forward and backward in one call."""
        raise NotImplementedError

    def cotangent(self, f: Function, x: Any) -> Any:
        """What flows back: one array for both rivals, whose times depend on where it lies."""
        return self.array(np.ones(np.shape(f(x)), np.float32))

    def recorded(self, f: Function, x: Any) -> tuple[Any, Any]:
        """The result, and whatever keeps the backward pass possible."""
        raise NotImplementedError

    def kept(self, f: Function, x: Any) -> float:
        """Arrays, in sizes of x, that the forward pass keeps for the backward one beside x and y.

        Measured as the growth of the process: allocations of this size go straight to the system.
        """
        self.recorded(f, x[:1])
        before = resident_bytes()
        y, tape = self.recorded(f, x)
        growth = resident_bytes() - before
        del tape
        return (growth - 4 * int(np.prod(y.shape))) / (4 * int(np.prod(x.shape)))


class NumPy(Framework):
    def __init__(self) -> None:
        super().__init__()
        from scipy import special

        self.natives = {
            "relu": lambda x: np.maximum(x, 0),
            "tanh": np.tanh,
            "sigmoid": special.expit,
            "softmax": lambda x: special.softmax(x, axis=-1),
            "softplus": lambda x: np.logaddexp(x, 0),
            "gelu": lambda x: x * special.ndtr(x),
            "silu": lambda x: x * special.expit(x),
            "relu6": lambda x: np.clip(x, 0, 6),
            "hard_tanh": lambda x: np.clip(x, -1, 1),
            "arctan": np.arctan,
            "log_sigmoid": special.log_expit,
            "log_softmax": lambda x: special.log_softmax(x, axis=-1),
            "logsumexp": lambda x: special.logsumexp(x, axis=-1),
        }
        self.outside = {"log_softmax": "1.9 times the bound in rows of 1,000"}

    def array(self, values: Any) -> Any:
        return values

    def backward(self, f: Function, x: Any, cotangent: Any) -> None:
        return None


class Torch(Framework):
    def __init__(self) -> None:
        super().__init__()
        import torch

        self.torch = torch
        nn = torch.nn.functional
        torch.set_num_threads(1)
        self.natives = {
            "relu": torch.relu, "leaky_relu": nn.leaky_relu, "rrelu": nn.rrelu, "elu": nn.elu,
            "selu": nn.selu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "softplus": nn.softplus,
            "silu": nn.silu, "mish": nn.mish, "gelu": nn.gelu,
            "gelu tanh": lambda x: nn.gelu(x, approximate="tanh"),
            "softmax": lambda x: nn.softmax(x, -1),
            "relu6": nn.relu6, "hard_tanh": nn.hardtanh, "hard_sigmoid": nn.hardsigmoid,
            "hard_silu": nn.hardswish, "threshold": lambda x: nn.threshold(x, 0.5, 0.0),
            "softshrink": nn.softshrink, "hardshrink": nn.hardshrink, "tanhshrink": nn.tanhshrink,
            "celu": nn.celu, "log_sigmoid": nn.logsigmoid, "softsign": nn.softsign,
            "arctan": torch.atan, "identity": torch.clone, "glu": nn.glu,
            "log_softmax": lambda x: nn.log_softmax(x, -1),
            "logsumexp": lambda x: torch.logsumexp(x, -1),
        }  # fmt: skip
        self.outside = {
            "hard_sigmoid": "no second derivative",
            "tanhshrink": "0 for |x| < 3.5e-4",
            "logsumexp": "derivative magnifies the value's rounding",
            "softmax": "32 ULP off in rows of 10,000",
            "log_softmax": "27 eps off in rows of 10,000",
            "silu": "derivative 8.2 ULP off",
            "mish": "second derivative NaN",
            "gelu": "value 10 eps off",
            "gelu tanh": "derivative off by 9 eps",
        }

    def array(self, values: Any) -> Any:
        return self.torch.from_numpy(values)

    def native(self, name: str, x: Any) -> Function | None:
        if name == "prelu":
            slope = self.torch.full((x.shape[-1],), 0.25)
            return lambda x: self.torch.nn.functional.prelu(x, slope)
        return super().native(name, x)

    def backward(self, f: Function, x: Any, cotangent: Any) -> Callable[[], Any]:
        leaf = x.detach().requires_grad_()
        return lambda: self.torch.autograd.grad(f(leaf), leaf, cotangent)

    def recorded(self, f: Function, x: Any) -> tuple[Any, Any]:
        y = f(x.requires_grad_())
        return y, y.grad_fn


class TensorFlow(Framework):
    def __init__(self) -> None:
        super().__init__()
        import tensorflow as tf

        self.tf = tf
        nn = tf.nn
        self.natives = {
            "relu": nn.relu, "leaky_relu": lambda x: nn.leaky_relu(x, 0.01), "elu": nn.elu,
            "selu": nn.selu, "sigmoid": nn.sigmoid, "tanh": nn.tanh, "softplus": nn.softplus,
            "silu": nn.silu, "silu beta=1.5": lambda x: nn.silu(x, 1.5),
            "gelu": nn.gelu, "gelu tanh": lambda x: nn.gelu(x, approximate=True),
            "softmax": nn.softmax, "relu6": nn.relu6, "softsign": nn.softsign,
            "log_sigmoid": tf.math.log_sigmoid, "arctan": tf.math.atan, "identity": tf.identity,
            "log_softmax": nn.log_softmax,
            "logsumexp": lambda x: tf.math.reduce_logsumexp(x, -1),
        }  # fmt: skip
        self.outside = {
            "softsign": "no second derivative",
            "selu": "selu'(0) is scale",
            "tanh": "derivative 19 ULP off",
            "silu": "derivative 8.1 ULP off",
            "silu beta=1.5": "derivative 8.1 ULP off",
            "gelu tanh": "derivative off by 35 eps",
            "elu": "second derivative 0 just below 0",
            "softmax": "0 beside a NaN",
            "log_softmax": "3.8 times the bound in rows of 10,000",
        }

    def array(self, values: Any) -> Any:
        return self.tf.constant(values)

    def backward(self, f: Function, x: Any, cotangent: Any) -> Callable[[], Any]:
        def step() -> Any:
            with self.tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return tape.gradient(y, x, cotangent)

        return step

    def recorded(self, f: Function, x: Any) -> tuple[Any, Any]:
        with self.tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return y, tape


class Jax(Framework):
    """Everything inside jit, as JAX is used."""

    def __init__(self) -> None:
        super().__init__()
        import jax

        self.jax = jax
        nn = jax.nn
        self.natives = {
            "relu": nn.relu, "leaky_relu": nn.leaky_relu, "elu": nn.elu, "selu": nn.selu,
            "sigmoid": nn.sigmoid, "tanh": nn.tanh, "softplus": nn.softplus, "silu": nn.silu,
            "mish": nn.mish, "gelu": lambda x: nn.gelu(x, approximate=False),
            "gelu tanh": lambda x: nn.gelu(x, approximate=True), "softmax": nn.softmax,
            "relu6": nn.relu6, "hard_tanh": nn.hard_tanh, "hard_sigmoid": nn.hard_sigmoid,
            "hard_silu": nn.hard_silu, "celu": nn.celu, "log_sigmoid": nn.log_sigmoid,
            "softsign": nn.soft_sign, "arctan": jax.numpy.arctan, "identity": nn.identity,
            "glu": nn.glu, "log_softmax": nn.log_softmax,
            "logsumexp": lambda x: nn.logsumexp(x, axis=-1),
        }  # fmt: skip
        self.outside = {
            "leaky_relu": "leaky_relu'(0) is 1",
            "hard_tanh": "hard_tanh'(±1) is 1",
            "tanh": "derivative 16 ULP off",
            "softplus": "derivative 8.4 ULP off",
            "silu": "derivative 8.1 ULP off",
            "mish": "derivative 28 ULP off",
            "gelu tanh": "derivative off by 29 eps",
            "identity": "identity'(NaN) is 1",
            "log_softmax": "1.5 times the bound in rows of 1,000",
        }

    def array(self, values: Any) -> Any:
        return self.jax.numpy.asarray(values)

    def forward(self, f: Function, x: Any) -> Callable[[], Any]:
        compiled = self.jax.jit(f)
        return lambda: compiled(x).block_until_ready()

    def backward(self, f: Function, x: Any, cotangent: Any) -> Callable[[], Any]:
        compiled = self.jax.jit(lambda x: self.jax.vjp(f, x)[1](cotangent)[0])
        return lambda: compiled(x).block_until_ready()

    def kept(self, f: Function, x: Any) -> float:
        # The pullback tells what it holds; the process's size would count XLA's scratch memory.
        y, pullback = self.jax.vjp(f, x)
        seen = {x.unsafe_buffer_pointer(), y.unsafe_buffer_pointer()}
        leaves = [leaf for leaf in self.jax.tree.leaves(pullback) if hasattr(leaf, "nbytes")]
        kept = sum(v.nbytes for v in leaves if v.unsafe_buffer_pointer() not in seen)
        return float(kept / x.nbytes)


FRAMEWORKS: Mapping[str, type[Framework]] = {
    "numpy": NumPy, "torch": Torch, "tensorflow": TensorFlow, "jax": Jax,
}  # fmt: skip
