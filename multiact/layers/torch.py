"""The layers for PyTorch: each is a ``torch.nn.Module``.

They are made in ``multiact_torch.layers``; see :mod:`multiact.layers` for what they have in common.
"""

from __future__ import annotations

from typing import Any

from multiact_torch import layers as _layers

globals().update({name: getattr(_layers, name) for name in _layers.__all__})

__all__ = list(_layers.__all__)


def __getattr__(name: str) -> Any:
    """The layers are attributes that are made above; anything else is a mistake."""
    raise AttributeError(
        f"{__name__} has no layer {name!r}. Allowed: {', '.join(sorted(__all__))}."
    )
