"""The class names of the layers: a rule, and the words that the field spells in its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from multiact import _custom
from multiact._record import Record, records

# Every other word of a function's name is capitalised: log_softmax is LogSoftmax.
_WORDS = {
    "relu": "ReLU",
    "relu2": "ReLU2",
    "relu6": "ReLU6",
    "prelu": "PReLU",
    "rrelu": "RReLU",
    "crelu": "CReLU",
    "elu": "ELU",
    "selu": "SELU",
    "celu": "CELU",
    "xielu": "XIELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "glu": "GLU",
    "reglu": "ReGLU",
    "geglu": "GEGLU",
    "swiglu": "SwiGLU",
    "lecun": "LeCun",
    "logsumexp": "LogSumExp",
}
# `linear` means identity among activations, and an affine map among layers.
_NO_LAYER = ("linear",)


def class_name(function: str) -> str:
    """``LeakyReLU`` for leaky_relu."""
    return "".join(_WORDS.get(word, word.capitalize()) for word in function.split("_"))


def has_weights(record: Record) -> bool:
    """Whether the layer of this name is the affine maps of its paper together with the function."""
    return record.family == "gated" or record.name == "maxout"


def named() -> Iterator[tuple[str, Record]]:
    """Class name and record of every layer without affine maps, its aliases included."""
    for record in records.values():
        if not has_weights(record):
            for name in (record.name, *record.aliases):
                if name not in _NO_LAYER:
                    yield class_name(name), record


def gated() -> Iterator[tuple[str, Record]]:
    """Class name and record of the gated units."""
    for record in records.values():
        if record.family == "gated":
            yield class_name(record.name), record


def find(function: str | Callable[..., Any]) -> Record:
    """The record of a function of the catalogue or of one's own, or of its name or alias."""
    own = _custom.record_of(function)
    if own is not None:
        return own
    if isinstance(function, str) and ":" in function:
        return _custom.find(function)
    for record in records.values():
        named_so = isinstance(function, str) and function in (record.name, *record.aliases)
        if named_so or function is record.function:
            return record
    raise ValueError(
        f"Activation got {function!r}. Allowed is a function of the catalogue, such as "
        f"multiact.gelu, or its name; multiact.records has them all. One of your own must be made "
        f"with multiact.activation."
    )
