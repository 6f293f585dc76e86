"""What cannot become an ONNX model, or cannot run as one, each with its reason.

The table is strict: a row that is no longer true fails its test, and goes.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

ERFC = "the TorchScript exporter has no erfc"
EXPM1 = "the TorchScript exporter has no expm1"
THRESHOLD = "the TorchScript exporter knows no threshold but 0"
KERNEL = "onnxruntime has no kernel for float64"
BITS = "ONNX cannot read a number as its bits, some of which precise formulas cut off"


class Limit(NamedTuple):
    """One function that does not get through; ``says`` is part of the error."""

    where: Literal["TorchScript", "float64", "precise"]
    name: str
    says: str
    reason: str


LIMITS = (
    *(
        Limit("TorchScript", name, "Couldn't export operator", ERFC)
        for name in ("gelu", "gelu_10", "geglu", "laplace", "phish")
    ),
    Limit("TorchScript", "xielu", "Couldn't export operator", EXPM1),
    *(
        Limit("TorchScript", name, "operator threshold, non-zero threshold", THRESHOLD)
        for name in ("threshold", "thresholded_relu")
    ),
    *(
        Limit("float64", name, "Could not find an implementation", KERNEL)
        for name in (
            "elu", "selu", "hard_silu", "leaky_relu", "rrelu", "arctan", "softplus", "gelu",
        )
    ),
    Limit("precise", "softmax", "aten.view", BITS),
)  # fmt: skip
"""Beside ``float64`` there is one more: PyTorch's exporter writes all constants in float32."""
