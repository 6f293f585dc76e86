"""The functions of the catalogue as ``keras.layers.Layer``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from multiact.layers._names import find, gated, named
from multiact.layers._settings import Learnable, settings, signature
from multiact.layers._shapes import Shape, output_shape
from multiact.layers._texts import describe_gated, describe_layer
from multiact_keras.affine import Gated, Maxout
from multiact_keras.random import gumbel_noise, slopes

_DOOR = "multiact.layers.keras"

_OF_LAYERS = ("name", "dtype", "trainable", "autocast", "activity_regularizer", "input_shape")


class Activation(keras.layers.Layer):
    """Any function of the catalogue as a layer, by its name or as the function itself.

    Parameters
    ----------
    function : str or function
        ``"gelu"`` or ``multiact.gelu``; aliases as well.
    *args, **params
        The function's parameters, as its signature has them, and those of every Keras layer.
    learnable : str, tuple of str or bool, default None
        The parameters that become weights, starting at the values given; True for all that can.
    per_channel : bool, default False
        Whether each has one value for every channel of what comes in, in place of one for all.
    axis : int, default -1
        The axis of the channels, counted with the batch.
    seed : int, default None
        For rrelu and gumbel_softmax, as in ``keras.layers.Dropout``.
    """

    def __init__(
        self,
        function: str | Callable[..., Any],
        *args: Any,
        learnable: Learnable = None,
        per_channel: bool = False,
        seed: int | None = None,
        **params: Any,
    ) -> None:
        own = {name: params.pop(name) for name in _OF_LAYERS if name in params}
        asked = settings(type(self).__name__, find(function), args, params, learnable)
        asked.check(np.ones(()))
        super().__init__(**own)
        self.settings = asked
        self.per_channel = per_channel or asked.channels is not None
        if self.per_channel and not asked.learnt:
            raise ValueError(
                f"{asked.title} got per_channel=True and learns nothing. Name the parameter as "
                f"learnable, or drop per_channel."
            )
        self.seed = seed
        if asked.takes("rng"):
            self.seed_generator = keras.random.SeedGenerator(seed)
        elif seed is not None:
            raise TypeError(f"{asked.title} got a seed and draws no numbers; drop it.")
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make the weights, whose number may be that of the channels."""
        if self.per_channel:
            self.settings = self.settings.with_channels(self._channels(input_shape))
        size = (self.settings.channels or 1,)
        for name, start in self.settings.learnt:
            initial = keras.initializers.Constant(np.asarray(start))
            setattr(self, name, self.add_weight(name=name, shape=size, initializer=initial))
        self.built = True

    def _channels(self, shape: Shape) -> int:
        axis = self.settings.axis
        length = shape[axis] if -len(shape) <= axis < len(shape) else None
        if length is None:
            raise ValueError(
                f"{self.settings.title} has one value per channel on axis {axis} of inputs of "
                f"shape {tuple(shape)}. Allowed is an axis of known length; pass axis=, or give "
                f"the input that dimension."
            )
        return length

    def call(self, x: Any, where: Any = None, training: bool | None = None) -> Any:
        """The function of x; ``where`` is the mask of softmax and its relatives."""
        others: dict[str, Any] = {}
        if where is not None:
            if not self.settings.takes("where"):
                raise self.settings.refuse_mask()
            others["where"] = where
        learnt = {}
        if self.settings.learnt:
            shape = self.settings.shape(tuple(x.shape))
            for name, _ in self.settings.learnt:
                learnt[name] = keras.ops.reshape(getattr(self, name), shape)
        if self.settings.takes("rng"):
            others |= self._drawn(x, bool(training), learnt)
        return self.settings.call(x, learnt, **others)

    def _drawn(self, x: Any, training: bool, learnt: dict[str, Any]) -> dict[str, Any]:
        """The random numbers, from Keras's generators, which all of its backends have."""
        if self.settings.name == "gumbel_softmax":
            return {"noise": gumbel_noise(x, self.seed_generator)}
        fixed = dict(self.settings.fixed)
        if learnt or fixed["slope"] is not None or not training:
            return {}
        return {"slope": slopes(x, fixed["lower"], fixed["upper"], self.seed_generator)}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """That of the function, without computing it."""
        return output_shape(self.settings.record, tuple(input_shape), dict(self.settings.fixed))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        config = {**super().get_config(), **dict(self.settings.fixed), **dict(self.settings.learnt)}
        if type(self) is Activation:
            config["function"] = self.settings.name
        if self.settings.record.tensor_parameters:
            config["learnable"] = [name for name, _ in self.settings.learnt]
            config |= {"per_channel": self.per_channel, "axis": self.settings.axis}
        if self.settings.takes("rng"):
            config["seed"] = self.seed
        return config


def _maker(function: Callable[..., Any]) -> Callable[..., None]:
    """The constructor of the layer of one function."""

    def make(self: Activation, *args: Any, **params: Any) -> None:
        Activation.__init__(self, function, *args, **params)

    return make


def _make() -> dict[str, type[keras.layers.Layer]]:
    """Every class that is made from a record."""
    classes: dict[str, type[keras.layers.Layer]] = {}
    for name, record in named():
        extra = ["per_channel"] if record.tensor_parameters else []
        extra += ["seed"] if "rng" in record.signature.parameters else []
        body = {
            "__init__": _maker(record.function),
            "__doc__": describe_layer(name, record),
            "__module__": _DOOR,
            "__signature__": signature(record, *extra, "name", "dtype"),
        }
        classes[name] = type(name, (Activation,), body)
    for name, record in gated():
        body = {
            "__doc__": describe_gated(record),
            "__module__": _DOOR,
            "_function": staticmethod(record.function),
        }
        classes[name] = type(name, (Gated,), body)
    return classes


_classes = _make()
globals().update(_classes)
for _class in (Activation, Maxout, *_classes.values()):
    _class.__module__ = _DOOR
    keras.saving.register_keras_serializable(package="multiact")(_class)

__all__ = ["Activation", "Maxout", *_classes]  # noqa: PLE0604


def __getattr__(name: str) -> type[keras.layers.Layer]:
    """For type checkers: the classes are attributes that are made above."""
    raise AttributeError(f"module {_DOOR!r} has no layer {name!r}")
