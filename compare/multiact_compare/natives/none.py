"""What the libraries do not have, and what has the name of a catalogue function and is none."""

from __future__ import annotations

from collections.abc import Mapping

from multiact_compare.natives.call import Library

NOWHERE = (
    "xielu", "reglu", "geglu", "swiglu", "bilinear", "maxout", "snake", "serf", "phish", "acon_c",
    "shrink", "lecun_tanh", "laplace", "quick_gelu", "gelu_10", "hardmax", "entmax15",
    "squared_relu", "star_relu",
)  # fmt: skip
"""In none of the libraries as one call."""

NONE: Mapping[Library, tuple[str, ...]] = {
    "torch": (*NOWHERE, "crelu", "sparse_sigmoid", "sparse_plus", "squareplus", "sparsemax"),
    "tensorflow": (
        *NOWHERE,
        "celu", "glu", "softmin", "hard_sigmoid", "hard_silu", "sparse_sigmoid", "sparse_plus",
        "prelu", "rrelu", "softshrink", "hardshrink", "tanhshrink", "squareplus", "mish",
        "sparsemax", "gumbel_softmax", "threshold", "thresholded_relu",
    ),
    "keras": (*NOWHERE, "crelu", "softmin", "rrelu", "gumbel_softmax"),
    "jax": (
        *NOWHERE,
        "crelu", "softmin", "prelu", "rrelu", "softshrink", "hardshrink", "tanhshrink",
        "sparsemax", "gumbel_softmax", "threshold", "thresholded_relu",
    ),
    "numpy": (
        *NOWHERE,
        "elu", "selu", "celu", "glu", "crelu", "softmin", "hard_sigmoid", "hard_silu",
        "sparse_sigmoid", "sparse_plus", "identity", "leaky_relu", "prelu", "rrelu", "softshrink",
        "hardshrink", "tanhshrink", "softsign", "squareplus", "silu", "mish", "gelu", "sparsemax",
        "gumbel_softmax", "relu6", "threshold", "thresholded_relu",
    ),
}  # fmt: skip
"""Library -> the functions of the catalogue that it has not, as one call."""

HOMONYMS: Mapping[tuple[str, Library], str] = {
    ("bilinear", "torch"): "torch.nn.functional.bilinear is a trained map of two inputs",
    ("identity", "numpy"): "numpy.identity makes a matrix",
}
"""What only shares the name of a catalogue function."""
