"""Activation functions for arrays of any framework.

``multiact.gelu(x)`` takes an array of NumPy, PyTorch, TensorFlow or JAX and returns an array of
the same framework: same name, same parameters, same defaults, same values, same gradients.

Common to every function: the result has x's floating dtype (float16, bfloat16, float32, float64;
16-bit values are computed in float32 and rounded once), integers and bool are promoted to the
framework's default floating dtype, and anything else is a ``TypeError``. x is never modified and
never leaves its device.
"""

from __future__ import annotations

from multiact._custom import activation
from multiact._dispatch import register_backend
from multiact._gradients import Gradients, derivative, vjp
from multiact._record import Record, records
from multiact.exponential import celu, elu, selu, xielu
from multiact.gated import bilinear, geglu, glu, reglu, swiglu
from multiact.grouped import crelu, maxout
from multiact.normalising import log_softmax, logsumexp, softmax, softmin
from multiact.periodic import sine, snake
from multiact.piecewise import hard_sigmoid, hard_silu, hard_tanh, sparse_plus, sparse_sigmoid
from multiact.plain import identity
from multiact.rectifiers import leaky_relu, prelu, relu, rrelu
from multiact.self_gated import acon_c, mish, phish, serf
from multiact.shrinkage import hardshrink, shrink, softshrink, tanhshrink
from multiact.sigmoidal import arctan, laplace, lecun_tanh, log_sigmoid, sigmoid, softsign, tanh
from multiact.smooth import gelu, gelu_10, quick_gelu, silu, softplus, squareplus
from multiact.sparse import entmax15, gumbel_softmax, hardmax, sparsemax
from multiact.thresholds import (
    clipped_relu,
    relu6,
    squared_relu,
    star_relu,
    threshold,
    thresholded_relu,
)

__version__ = "0.1.0"

# Last, since it makes a second function of every record.
from multiact import _saving, precise

_saving.tell_keras()

logistic = expit = sigmoid
swish = silu
hard_swish = hard_silu
relu2 = squared_relu
linear = identity

__all__ = [
    "Gradients",
    "Record",
    "__version__",
    "acon_c",
    "activation",
    "arctan",
    "bilinear",
    "celu",
    "clipped_relu",
    "crelu",
    "derivative",
    "elu",
    "entmax15",
    "expit",
    "geglu",
    "gelu",
    "gelu_10",
    "glu",
    "gumbel_softmax",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "hardmax",
    "hardshrink",
    "identity",
    "laplace",
    "leaky_relu",
    "lecun_tanh",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "logistic",
    "logsumexp",
    "maxout",
    "mish",
    "phish",
    "precise",
    "prelu",
    "quick_gelu",
    "records",
    "register_backend",
    "reglu",
    "relu",
    "relu2",
    "relu6",
    "rrelu",
    "selu",
    "serf",
    "shrink",
    "sigmoid",
    "silu",
    "sine",
    "snake",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squared_relu",
    "squareplus",
    "star_relu",
    "swiglu",
    "swish",
    "tanh",
    "tanhshrink",
    "threshold",
    "thresholded_relu",
    "vjp",
    "xielu",
]
