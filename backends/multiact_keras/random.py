"""What rrelu and gumbel_softmax draw, from Keras's generators."""

from __future__ import annotations

from typing import Any

import keras

# Half a step of the uniform numbers between 0 and 1: for 0 itself the noise would be infinite.
_LEAST = 2.0**-25


def slopes(x: Any, lower: float, upper: float, seed: Any) -> Any:
    """One slope for each element of x."""
    drawn = keras.random.uniform(keras.ops.shape(x), lower, upper, dtype="float32", seed=seed)
    return keras.ops.cast(drawn, x.dtype)


def gumbel_noise(x: Any, seed: Any) -> Any:
    """Standard Gumbel noise for each element of x."""
    drawn = keras.random.uniform(keras.ops.shape(x), dtype="float32", seed=seed)
    exponential = -keras.ops.log1p(-keras.ops.maximum(drawn, _LEAST))
    return keras.ops.cast(-keras.ops.log(exponential), x.dtype)
