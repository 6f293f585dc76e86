"""Whether anything records, and how to do something unrecorded."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import tensorflow as tf

try:
    from tensorflow.python.eager.record import could_possibly_record, stop_recording
except ImportError:  # not public; without them calls are slower and keep more memory
    stop_recording = nullcontext

    def could_possibly_record() -> bool:
        return True


__all__ = ["recorded", "unrecorded"]


def recorded() -> bool:
    """Whether a tape, an accumulator or a graph may want the derivative."""
    return bool(not tf.executing_eagerly() or could_possibly_record())


def unrecorded() -> AbstractContextManager[Any]:
    """Where a tape does not record: it would keep what the steps of a value give, in vain.

    Eagerly only: in a graph forward accumulators follow the steps.
    """
    if tf.executing_eagerly():
        context: AbstractContextManager[Any] = stop_recording()
        return context
    return nullcontext()
