"""Layers of several affine maps and a function of them: Maxout and the gated units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

import multiact

Shape = tuple[int | None, ...]


class PerPiece(keras.initializers.Initializer):
    """Draws each map by itself, since initializers look at the shape of what they fill.

    The maps of one output lie side by side if ``interleaved``, otherwise one map follows another.
    """

    def __init__(self, initializer: Any, pieces: int, interleaved: bool) -> None:
        self.initializer, self.pieces, self.interleaved = initializer, pieces, interleaved

    def __call__(self, shape: Shape, dtype: Any = None) -> Any:
        """The matrix of all maps."""
        rows, columns = shape
        assert columns is not None
        size = (rows, columns // self.pieces)
        maps = [one(size, dtype=dtype) for one in _different(self.initializer, self.pieces)]
        return keras.ops.reshape(keras.ops.stack(maps, 2 if self.interleaved else 1), shape)


def _different(initializer: Any, count: int) -> list[Any]:
    """As many initializers as maps: one with a seed gives the same numbers whenever it is called,
    and maps that start equal would stay equal.
    """
    seed = getattr(initializer, "seed", None)
    if not isinstance(seed, int):
        return [initializer] * count
    config = initializer.get_config()
    return [type(initializer).from_config({**config, "seed": seed + k}) for k in range(count)]


class _Affine(keras.layers.Layer):
    """Several affine maps of the same features in one matrix, and a function of them."""

    _pieces = 2
    _interleaved = False

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if isinstance(units, bool) or not isinstance(units, int) or units < 1:
            raise ValueError(
                f"{type(self).__name__} got units={units!r}. Allowed is a positive integer."
            )
        self.units, self.use_bias = units, use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make the matrix and the biases."""
        self.affine = keras.layers.Dense(
            self._pieces * self.units,
            use_bias=self.use_bias,
            kernel_initializer=PerPiece(self.kernel_initializer, self._pieces, self._interleaved),
            bias_initializer=self.bias_initializer,
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            dtype=self.dtype_policy,
            name="affine",
        )
        self.affine.build(input_shape)
        self.built = True

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of x, with units on the last axis."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": keras.regularizers.serialize(self.bias_regularizer),
        }


class Maxout(_Affine):
    """The largest of several affine maps, for each output feature: Goodfellow et al. 2013.

    ``affine`` is the Dense layer with the maps; those of output i are its columns
    i·pieces … i·pieces + pieces − 1.

    Parameters
    ----------
    units : int
        Length of the last axis of what goes out.
    pieces : int
        The number of maps for each output feature.
    use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As in ``keras.layers.Dense``; each map is drawn by itself.
    """

    _interleaved = True

    def __init__(self, units: int, pieces: int, **options: Any) -> None:
        super().__init__(units, **options)
        if isinstance(pieces, bool) or not isinstance(pieces, int) or pieces < 1:
            raise ValueError(f"Maxout got pieces={pieces!r}. Allowed is a positive integer.")
        self._pieces = pieces

    def call(self, x: Any) -> Any:
        """The maxima, with units on the last axis."""
        return multiact.maxout(self.affine(x), self._pieces)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "pieces": self._pieces}


class Gated(_Affine):
    """Two affine maps, one of which gates the other."""

    _function: Callable[..., Any]

    def call(self, x: Any) -> Any:
        """The gated features, with units on the last axis."""
        return type(self)._function(self.affine(x))
