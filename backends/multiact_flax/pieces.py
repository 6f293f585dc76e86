"""Initial weights of several affine maps in one matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp


@dataclass(frozen=True)
class PerPiece:
    """An initializer that draws each map by itself, as many initializers look at the shape.

    The maps of one output lie side by side if ``interleaved``, otherwise one map follows another.
    """

    initializer: Callable[..., Any]
    pieces: int
    interleaved: bool

    def __call__(self, key: Any, shape: tuple[int, ...], *args: Any, **options: Any) -> Any:
        rows, columns = shape
        keys = jax.random.split(key, self.pieces)
        size = (rows, columns // self.pieces)
        maps = [self.initializer(one, size, *args, **options) for one in keys]
        return jnp.stack(maps, 2 if self.interleaved else 1).reshape(shape)
