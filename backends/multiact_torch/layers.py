"""The functions of the catalogue as ``torch.nn.Module``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import multiact
from multiact.layers._names import find, gated, named
from multiact.layers._settings import Learnable, settings, signature
from multiact.layers._texts import describe_gated, describe_layer

_DOOR = "multiact.layers.torch"


class Activation(nn.Module):
    """Any function of the catalogue as a module, by its name or as the function itself.

    Parameters
    ----------
    function : str or function
        ``"gelu"`` or ``multiact.gelu``; aliases as well.
    *args, **params
        The function's parameters, as its signature has them.
    learnable : str, tuple of str or bool, default None
        The parameters that become ``nn.Parameter``, starting at the values given; True for all
        that can.
    channels : int, default None
        How many values each of them has; None is one for all of x.
    axis : int, default -1
        The axis of x on which the channels are. PyTorch's own images have them on axis 1.
    device, dtype : default None
        Where the parameters are made, as for every module.
    """

    def __init__(
        self,
        function: str | Callable[..., Any],
        *args: Any,
        learnable: Learnable = None,
        channels: int | None = None,
        device: Any = None,
        dtype: torch.dtype | None = None,
        **params: Any,
    ) -> None:
        super().__init__()
        title = type(self).__name__
        self.settings = settings(title, find(function), args, params, learnable, channels)
        self.settings.check(torch.ones((), device="cpu"))
        # At least one dimension, since FSDP shards no scalars.
        size = self.settings.channels or 1
        for name, _ in self.settings.learnt:
            empty = torch.empty(size, device=device, dtype=dtype)
            self.register_parameter(name, nn.Parameter(empty))
        self.reset_parameters()
        self._masks = self.settings.takes("where")
        self._trains = self.settings.takes("training")

    def reset_parameters(self) -> None:
        """Put the initial values back, also after ``to_empty``."""
        with torch.no_grad():
            for name, start in self.settings.learnt:
                parameter = getattr(self, name)
                parameter.copy_(torch.tensor(start, dtype=parameter.dtype))

    def forward(self, x: torch.Tensor, where: torch.Tensor | None = None) -> torch.Tensor:
        """The function of x; ``where`` is the mask of softmax and its relatives."""
        others: dict[str, Any] = {}
        if where is not None:
            if not self._masks:
                raise self.settings.refuse_mask()
            others["where"] = where
        if self._trains:
            others["training"] = self.training
        learnt = {}
        if self.settings.learnt:
            shape = self.settings.shape(tuple(x.shape))
            for name, _ in self.settings.learnt:
                value = getattr(self, name)
                # With one dimension it has that shape already, and a reshape takes microseconds.
                learnt[name] = value if len(shape) == 1 else value.reshape(shape)
        y: torch.Tensor = self.settings.call(x, learnt, **others)
        return y

    def extra_repr(self) -> str:
        """The parameters between the parentheses of ``repr``."""
        own = str(self.settings)
        # A named class says by itself which function it is.
        return f"{self.settings.name!r}, {own}".rstrip(", ") if type(self) is Activation else own


class _Affine(nn.Module):
    """Several affine maps of the same features in one matrix, and a function of them."""

    def __init__(
        self, in_features: int, out_features: int, pieces: int, bias: bool, device: Any, dtype: Any
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        # The initial weights of nn.Linear depend on in_features alone, so each map has its own.
        self.affine = nn.Linear(
            in_features, pieces * out_features, bias=bias, device=device, dtype=dtype
        )

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}"


class Maxout(_Affine):
    """The largest of several affine maps, for each output feature: Goodfellow et al. 2013.

    ``affine`` is the ``nn.Linear`` with the maps; those of output i are its rows
    i·pieces … i·pieces + pieces − 1.

    Parameters
    ----------
    in_features, out_features : int
        Lengths of the last axis of what comes in and goes out.
    pieces : int
        The number of maps for each output feature.
    bias : bool, default True
        Whether the maps have biases.
    device, dtype : default None
        Where the parameters are made.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(in_features, out_features, pieces, bias, device, dtype)
        self.pieces = pieces

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The maxima, with out_features on the last axis."""
        y: torch.Tensor = multiact.maxout(self.affine(x), self.pieces)
        return y

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, pieces={self.pieces}"


class _Gated(_Affine):
    _function: Callable[..., Any]

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(in_features, out_features, 2, bias, device, dtype)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = type(self)._function(self.affine(x))
        return y


def _maker(function: Callable[..., Any]) -> Callable[..., None]:
    """The constructor of the layer of one function."""

    def make(self: Activation, *args: Any, **params: Any) -> None:
        Activation.__init__(self, function, *args, **params)

    return make


def _make() -> dict[str, type[nn.Module]]:
    """Every class that is made from a record."""
    classes: dict[str, type[nn.Module]] = {}
    for name, record in named():
        learns = ("channels", "device", "dtype") if record.tensor_parameters else ()
        body = {
            "__init__": _maker(record.function),
            "__doc__": describe_layer(name, record),
            "__module__": _DOOR,
            "__signature__": signature(record, *learns),
        }
        classes[name] = type(name, (Activation,), body)
    for name, record in gated():
        body = {
            "__doc__": describe_gated(record),
            "__module__": _DOOR,
            "_function": staticmethod(record.function),
        }
        classes[name] = type(name, (_Gated,), body)
    return classes


_classes = _make()
globals().update(_classes)
for _class in (Activation, Maxout):
    _class.__module__ = _DOOR

__all__ = ["Activation", "Maxout", *_classes]  # noqa: PLE0604


def __getattr__(name: str) -> type[nn.Module]:
    """For type checkers: the classes are attributes that are made above."""
    raise AttributeError(f"module {_DOOR!r} has no layer {name!r}")
