"""Activation functions for arrays of any framework.

``multiact.gelu(x)`` takes an array of NumPy, PyTorch, TensorFlow or JAX and returns an array of
the same framework: same name, same parameters, same defaults, same values, same gradients.

Common to every function: the result has x's floating dtype (float16, bfloat16, float32, float64;
16-bit values are computed in float32 and rounded once), integers and bool are promoted to the
framework's default floating dtype, and anything else is a ``TypeError``. x is never modified and
never leaves its device.
"""

from __future__ import annotations

from multiact._dispatch import register_backend
from multiact._gradients import Gradients, derivative, vjp
from multiact._record import Record, records
from multiact.exponential import elu, selu
from multiact.grouped import maxout
from multiact.normalising import softmax
from multiact.rectifiers import leaky_relu, prelu, relu, rrelu
from multiact.sigmoidal import sigmoid, tanh
from multiact.smooth import gelu, mish, silu, softplus

__version__ = "0.1.0"

logistic = expit = sigmoid
swish = silu

__all__ = [
    "Gradients",
    "Record",
    "__version__",
    "derivative",
    "elu",
    "expit",
    "gelu",
    "leaky_relu",
    "logistic",
    "maxout",
    "mish",
    "prelu",
    "records",
    "register_backend",
    "relu",
    "rrelu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "swish",
    "tanh",
    "vjp",
]
