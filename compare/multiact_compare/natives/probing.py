"""Single calls tried in a worker: the dtypes that a function accepts, and results at a few values.

A probe is a call's text, a few values and the dtype that they have; its answer is the dtype and the
values of the result, or the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from multiact_compare.dtypes import DTYPES
from multiact_compare.natives import call

UNREADABLE = ("complex", "bool")
"""Results whose values are left out: what matters is that they came."""


def answer(adapter: Any, probe: Mapping[str, Any]) -> dict[str, Any]:
    """Try one probe."""
    source = DTYPES["float32"].encode(np.array(probe["values"], np.float64))
    try:
        x = _cast(adapter.array(source, DTYPES["float32"]), probe["dtype"])
        result = call.program(probe["call"])(x)
        name = _name(result)
        if name.startswith(UNREADABLE):
            return {"dtype": name}
        wide = adapter.bits(_cast(result, "float64"), DTYPES["float64"])
    except Exception as problem:
        text = " ".join(str(problem).split())
        return {"error": f"{type(problem).__name__}: {text[:200]}"}
    values = DTYPES["float64"].decode(wide)
    return {"dtype": name, "values": [repr(value) for value in values.ravel().tolist()]}


def _name(array: Any) -> str:
    """The dtype of any framework's array, as NumPy spells it."""
    dtype = array.dtype
    return str(getattr(dtype, "name", dtype)).removeprefix("torch.")


def _cast(array: Any, name: str) -> Any:
    """Any framework's array in another dtype, by that framework."""
    root = type(array).__module__.partition(".")[0]
    if root == "torch":
        import torch

        return array.to(getattr(torch, name))
    if root == "tensorflow":
        import tensorflow

        return tensorflow.cast(array, name)
    return array.astype(name)
