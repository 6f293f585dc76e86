"""multiact on TensorFlow tensors and variables."""

from __future__ import annotations

import sys
from typing import Any

import tensorflow as tf

from multiact._dispatch import serve
from multiact._saving import tell_keras
from multiact.backend import build, welcome
from multiact_tensorflow import precise
from multiact_tensorflow.gradients import derivative, vjp
from multiact_tensorflow.lift import EAGER, TensorFlowLift
from multiact_tensorflow.natives import NATIVES

_functions = build(__name__, TensorFlowLift(), NATIVES)
globals().update(_functions)

__all__ = ["ARRAY_TYPES", "EXACT_TYPES", "derivative", "precise", "vjp", *_functions]

# The first call may come while a tf.function is traced, where tensors and variables have other
# types than outside: each is made where its everyday type is certain.
with tf.Graph().as_default():
    _types = (EAGER, type(tf.zeros(())), type(tf.Variable(0.0)))

EXACT_TYPES: dict[type, Any] = dict.fromkeys(_types, sys.modules[__name__])
ARRAY_TYPES = (tf.Tensor, tf.Variable)
welcome(__name__, TensorFlowLift())
serve(EXACT_TYPES)
tell_keras()
