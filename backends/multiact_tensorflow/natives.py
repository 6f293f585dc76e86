"""TensorFlow's own kernels, where they keep the contract.

Each wrapper takes the function made from the shared formula and returns one that prefers the
native kernel and falls back to the formula: for other parameters, for dtypes that the kernel gets
wrong, and for everything that needs promotion or an error.

``tf.raw_ops`` is the kernel itself, where the function of ``tf.nn`` or ``tf.math`` first asks for
other classes than tensors and opens a name scope: 5 to 15 % of a short kernel's time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import tensorflow as tf

from multiact import _arguments
from multiact.backend import Native
from multiact.formulas.exponential import ELU_UNIT, SELU
from multiact.formulas.normalising import LOGSUMEXP, SOFTMAX
from multiact.formulas.smooth import GELU, SQRT_HALF
from multiact_tensorflow.lift import ARITHMETIC, EAGER, TensorFlowLift

Function = Callable[..., Any]
HALF = frozenset((tf.float16, tf.bfloat16))
SINGLE = HALF | {tf.float32}
WIDE = frozenset((tf.float32, tf.float64))
# Whatever Python does right after a kernel takes long, since that left nothing in the caches: for a
# short one hashing a dtype is 3 % of its time, and walking to tf.nn.relu 1 %.
FLOAT32 = tf.float32
RELU = tf.nn.relu
# What a kernel raises for a dtype that it does not take.
REFUSED = (TypeError, tf.errors.InvalidArgumentError, tf.errors.NotFoundError)
INV_SQRT_TWO_PI = 1 / math.sqrt(2 * math.pi)
_lift = TensorFlowLift()


def relu(formula: Function) -> Function:
    def relu(x: Any) -> Any:
        if type(x) is EAGER:
            # All that the formula takes but bool, and the same results; asking for the dtype first
            # would be 2 to 3 % of the kernel's time.
            try:
                return RELU(x)
            except REFUSED:
                pass
        # A graph takes dtypes for which there is no kernel, and XLA has one for qint8.
        elif x.dtype in ARITHMETIC:
            return RELU(x)
        return formula(x)

    return relu


def relu6(formula: Function) -> Function:
    def relu6(x: Any) -> Any:
        if x.dtype is FLOAT32 or x.dtype in ARITHMETIC:
            return tf.raw_ops.Relu6(features=x)
        return formula(x)

    return relu6


def identity(formula: Function) -> Function:
    def identity(x: Any) -> Any:
        if x.dtype is FLOAT32 or x.dtype in ARITHMETIC:
            return tf.raw_ops.Identity(input=x)
        return formula(x)

    return identity


def leaky_relu(formula: Function) -> Function:
    def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
        # The kernel keeps its slope as a float32, too coarse for float64.
        single = x.dtype is FLOAT32 or x.dtype in SINGLE
        if single and isinstance(negative_slope, (int, float)):
            return tf.raw_ops.LeakyRelu(features=x, alpha=negative_slope)
        return formula(x, negative_slope)

    return leaky_relu


def rrelu(formula: Function) -> Function:
    def rrelu(
        x: Any,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        training: bool = False,
        rng: Any = None,
        slope: Any = None,
    ) -> Any:
        if slope is None and training is False and x.dtype in SINGLE:
            _arguments.check_interval("rrelu", lower, upper)
            return tf.raw_ops.LeakyRelu(features=x, alpha=(lower + upper) / 2)
        return formula(x, lower, upper, training, rng, slope)

    return rrelu


def elu(formula: Function) -> Function:
    # The kernel computes exp(x) − 1: its value is right, but it is 0 just below 0, where the native
    # derivative, taken from the value, then jumps.
    lifted = _lift.elementwise(replace(ELU_UNIT, value=lambda xp, x: tf.nn.elu(x)), "elu")

    def elu(x: Any, alpha: Any = 1.0) -> Any:
        if isinstance(alpha, (int, float)) and alpha == 1:
            return lifted(x)
        return formula(x, alpha)

    return elu


def selu(formula: Function) -> Function:
    # The native derivative belongs to the other side of the kink.
    lifted = _lift.elementwise(replace(SELU, value=lambda xp, x: tf.nn.selu(x)), "selu")

    def selu(x: Any) -> Any:
        return lifted(x)

    return selu


def sigmoid(formula: Function) -> Function:
    def sigmoid(x: Any) -> Any:
        if x.dtype is FLOAT32 or x.dtype in ARITHMETIC:
            return tf.raw_ops.Sigmoid(x=x)
        return formula(x)

    return sigmoid


def tanh(formula: Function) -> Function:
    def tanh(x: Any) -> Any:
        # The native derivative 1 − y² magnifies the error of y by up to 2/(1 − y²).
        if x.dtype in HALF:
            return tf.math.tanh(x)
        return formula(x)

    return tanh


def softplus(formula: Function) -> Function:
    def softplus(x: Any, beta: Any = 1.0) -> Any:
        # In 16 bits the kernel rounds between its steps.
        wide = x.dtype is FLOAT32 or x.dtype in WIDE
        if wide and isinstance(beta, (int, float)) and beta == 1:
            return tf.raw_ops.Softplus(features=x)
        return formula(x, beta)

    return softplus


def log_sigmoid(formula: Function) -> Function:
    def log_sigmoid(x: Any) -> Any:
        if x.dtype is FLOAT32 or x.dtype in WIDE:
            return tf.math.log_sigmoid(x)
        return formula(x)

    return log_sigmoid


def arctan(formula: Function) -> Function:
    def arctan(x: Any) -> Any:
        # In 16 bits the native derivative rounds between its steps.
        if x.dtype is FLOAT32 or x.dtype in WIDE:
            return tf.math.atan(x)
        return formula(x)

    return arctan


def gelu(formula: Function) -> Function:
    # Eigen's erf takes a third of the time of its erfc; the formula's derivative made of it keeps
    # the absolute bound, as the native one does, and is the faster of the two.
    lifted = _lift.elementwise(replace(GELU, partials=(_gelu_slope,)), "gelu")

    def gelu(x: Any, approximate: str | bool = "none") -> Any:
        # An array would be compared element by element.
        if approximate is False or (isinstance(approximate, str) and approximate == "none"):
            return lifted(x)
        return formula(x, approximate)

    return gelu


def _gelu_slope(xp: Any, x: Any) -> Any:
    density = tf.math.exp(tf.math.square(x) * -0.5) * (x * INV_SQRT_TWO_PI)
    return (0.5 + 0.5 * tf.math.erf(x * SQRT_HALF)) + density


def softmax(formula: Function) -> Function:
    lifted = _lift.rowwise(replace(SOFTMAX, value=_softmax))

    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.shape.rank:
            axis = _arguments.check_axis("softmax", axis, x.shape.rank)
            if tf.executing_eagerly():
                return lifted(x, None, axis)
            return tf.nn.softmax(x, axis)
        return formula(x, axis, where)

    return softmax


def _softmax(xp: Any, x: Any, mask: None, axis: int) -> Any:
    # The eager float32 kernel gives 0 beside a NaN; the sum carries it to the whole row.
    y = tf.nn.softmax(x, axis)
    return y + 0 * tf.reduce_sum(y, axis, keepdims=True)


def logsumexp(formula: Function) -> Function:
    lifted = _lift.rowwise(replace(LOGSUMEXP, value=_logsumexp))

    def logsumexp(x: Any, axis: int = -1, keepdims: bool = False, where: Any = None) -> Any:
        # In 16 bits the native one rounds between its steps; under XLA, which a graph does not
        # tell, its float64 is up to 9 ULP off.
        if (
            tf.executing_eagerly()
            and where is None
            and isinstance(keepdims, bool)
            and x.dtype in WIDE
            and x.shape.rank
        ):
            axis = _arguments.check_axis("logsumexp", axis, x.shape.rank)
            return lifted(x, None, axis, keepdims)
        return formula(x, axis, keepdims, where)

    return logsumexp


def _logsumexp(xp: Any, x: Any, mask: None, axis: int, keepdims: bool) -> Any:
    """The kernels that tf.math.reduce_logsumexp is made of; it takes an eighth more time."""
    raw = tf.raw_ops
    top = raw.Max(input=x, axis=axis, keep_dims=True)
    top = raw.SelectV2(condition=raw.IsFinite(x=top), t=top, e=raw.ZerosLike(x=top))
    total = raw.Sum(input=raw.Exp(x=raw.Sub(x=x, y=top)), axis=axis, keep_dims=keepdims)
    if not keepdims:
        top = raw.Squeeze(input=top, axis=[axis])
    return raw.AddV2(x=raw.Log(x=total), y=top)


NATIVES: dict[str, Native] = {
    function.__name__: function
    for function in (
        relu, relu6, identity, leaky_relu, rrelu, elu, selu, sigmoid, tanh, softplus, log_sigmoid,
        arctan, gelu, softmax, logsumexp,
    )
}  # fmt: skip
