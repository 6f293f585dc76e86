"""multiact on TensorFlow tensors and variables."""

from __future__ import annotations

import sys
from typing import Any

import tensorflow as tf

from multiact._dispatch import backends
from multiact.backend import build
from multiact_tensorflow.gradients import derivative, vjp
from multiact_tensorflow.lift import TensorFlowLift
from multiact_tensorflow.natives import NATIVES

_functions = build(__name__, TensorFlowLift(), NATIVES)
globals().update(_functions)

__all__ = ["ARRAY_TYPES", "EXACT_TYPES", "derivative", "vjp", *_functions]

_symbolic: set[type] = set()


@tf.function(autograph=False)  # type: ignore[untyped-decorator]
def _see_symbolic(x: tf.Tensor) -> tf.Tensor:
    _symbolic.add(type(x))
    return x


# The first call may come while a tf.function is traced, where tensors and variables are of other
# types than the eager ones.
with tf.init_scope():
    _see_symbolic.get_concrete_function(tf.TensorSpec((), tf.float32))
    EXACT_TYPES: dict[type, Any] = dict.fromkeys(
        (type(tf.zeros(())), *_symbolic, type(tf.Variable(0.0))), sys.modules[__name__]
    )
ARRAY_TYPES = (tf.Tensor, tf.Variable)
# Last, so that no thread finds a half-made backend.
backends.update(EXACT_TYPES)
