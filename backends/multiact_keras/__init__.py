"""multiact in Keras: the functions on its symbolic tensors and its variables.

A function called on what ``keras.Input`` returns becomes an operation of the model. Arrays that a
Keras model computes with are those of its framework, whose backend serves them.
"""

from __future__ import annotations

from typing import Any

import keras

from multiact import _custom
from multiact._saving import tell_keras
from multiact_keras.operations import function_of, functions

_functions = functions(__name__)
globals().update(_functions)
_custom.follow(
    lambda record: globals().update(
        {_custom.member_name(record.name): function_of(__name__, record)}
    )
)

__all__ = ["ARRAY_TYPES", "EXACT_TYPES", *_functions]

tell_keras()

# Its types are subclassed by each of Keras's own backends, and are found by their MRO.
EXACT_TYPES: dict[type, Any] = {}
ARRAY_TYPES = (keras.KerasTensor, keras.Variable)
