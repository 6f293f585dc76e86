"""The functions of the catalogue as ``flax.nnx.Module``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

import multiact
from multiact.layers._names import find, gated, named
from multiact.layers._settings import Learnable, settings, signature
from multiact.layers._texts import describe_gated, describe_layer
from multiact_flax.pieces import PerPiece

_DOOR = "multiact.layers.flax"
Streams = nnx.Rngs | nnx.RngStream | None


class Activation(nnx.Module):
    """Any function of the catalogue as a module, by its name or as the function itself.

    Parameters
    ----------
    function : str or function
        ``"gelu"`` or ``multiact.gelu``; aliases as well.
    *args, **params
        The function's parameters, as its signature has them.
    learnable : str, tuple of str or bool, default None
        The parameters that become ``nnx.Param``, starting at the values given; True for all that
        can.
    channels : int, default None
        How many values each of them has; None is one for all of x.
    axis : int, default -1
        The axis of x on which the channels are.
    param_dtype : default float32
        The dtype of what is learnt.
    deterministic : bool, default False
        For rrelu, as in ``nnx.Dropout``: ``model.train()`` and ``model.eval()`` set it.
    rng_collection : str, default "dropout"
        The stream that rrelu and gumbel_softmax draw from.
    rngs : nnx.Rngs or nnx.RngStream, default None
        For these two, a fork of which is kept; one can be given at the call instead.
    """

    def __init__(
        self,
        function: str | Callable[..., Any],
        *args: Any,
        learnable: Learnable = None,
        channels: int | None = None,
        param_dtype: Any = jnp.float32,
        deterministic: bool = False,
        rng_collection: str = "dropout",
        rngs: Streams = None,
        **params: Any,
    ) -> None:
        title = type(self).__name__
        self.settings = settings(title, find(function), args, params, learnable, channels)
        self.settings.check(jnp.ones(()))
        for name, start in self.settings.learnt:
            size = self.settings.channels or 1
            value = jnp.broadcast_to(jnp.asarray(start, param_dtype), (size,))
            setattr(self, name, nnx.Param(value))
        if self.settings.takes("training"):
            self.deterministic = deterministic
        if self.settings.takes("rng"):
            self.rng_collection = rng_collection
            self.rngs = nnx.data(_fork(title, rngs, rng_collection))

    def __call__(
        self,
        x: jax.Array,
        *,
        where: jax.Array | None = None,
        deterministic: bool | None = None,
        rngs: Streams | jax.Array = None,
    ) -> jax.Array:
        """The function of x.

        ``where`` is the mask of softmax and its relatives; ``deterministic`` and ``rngs`` take
        precedence over the module's own.
        """
        others: dict[str, Any] = {}
        if where is not None:
            if not self.settings.takes("where"):
                raise self.settings.refuse_mask()
            others["where"] = where
        draws = self.settings.takes("rng")
        if self.settings.takes("training"):
            quiet = self.deterministic if deterministic is None else deterministic
            given = dict(self.settings.fixed).get("slope") is not None or self.settings.learnt
            draws = not (quiet or given)
            others["training"] = not quiet
        if draws:
            others["rng"] = self._key(rngs)
        shape = self.settings.shape(x.shape) if self.settings.learnt else ()
        learnt = {name: getattr(self, name)[...].reshape(shape) for name, _ in self.settings.learnt}
        y: jax.Array = self.settings.call(x, learnt, **others)
        return y

    def _key(self, rngs: Streams | jax.Array) -> Any:
        source = self.rngs if rngs is None else rngs
        if source is None:
            raise ValueError(
                f"{self.settings.title} draws random numbers and has no rngs. Pass rngs=nnx.Rngs(0)"
                f" to its constructor or to the call"
                + (", or deterministic=True." if self.settings.takes("training") else ".")
            )
        if isinstance(source, nnx.Rngs):
            source = source[self.rng_collection]
        return source() if isinstance(source, nnx.RngStream) else source


def _fork(title: str, rngs: Any, collection: str) -> Any:
    if isinstance(rngs, nnx.Rngs):
        return rngs[collection].fork()
    if isinstance(rngs, nnx.RngStream):
        return rngs.fork()
    if rngs is None:
        return None
    raise TypeError(
        f"{title} got rngs of type {type(rngs).__name__}. Allowed is an nnx.Rngs, an "
        f"nnx.RngStream or None; pass nnx.Rngs(seed)."
    )


class _Affine(nnx.Module):
    """Several affine maps of the same features in one matrix, and a function of them."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int,
        interleaved: bool,
        kernel_init: Callable[..., Any],
        options: dict[str, Any],
    ) -> None:
        self.in_features, self.out_features = in_features, out_features
        start = PerPiece(kernel_init, pieces, interleaved)
        self.affine = nnx.Linear(in_features, pieces * out_features, kernel_init=start, **options)


class Maxout(_Affine):
    """The largest of several affine maps, for each output feature: Goodfellow et al. 2013.

    ``affine`` is the ``nnx.Linear`` with the maps; those of output i are its columns
    i·pieces … i·pieces + pieces − 1.

    Parameters
    ----------
    in_features, out_features : int
        Lengths of the last axis of what comes in and goes out.
    pieces : int
        The number of maps for each output feature.
    kernel_init : default lecun_normal
        The initial weights, drawn for each map by itself.
    rngs : nnx.Rngs
        Where they are drawn from.
    **options
        Those of ``nnx.Linear``: use_bias, dtype, param_dtype, precision, bias_init and others.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int,
        *,
        kernel_init: Callable[..., Any] = nnx.initializers.lecun_normal(),  # noqa: B008
        rngs: nnx.Rngs,
        **options: Any,
    ) -> None:
        options["rngs"] = rngs
        super().__init__(in_features, out_features, pieces, True, kernel_init, options)
        self.pieces = pieces

    def __call__(self, x: jax.Array) -> jax.Array:
        """The maxima, with out_features on the last axis."""
        return multiact.maxout(self.affine(x), self.pieces)


class _Gated(_Affine):
    _function: Callable[..., Any]

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        kernel_init: Callable[..., Any] = nnx.initializers.lecun_normal(),  # noqa: B008
        rngs: nnx.Rngs,
        **options: Any,
    ) -> None:
        options["rngs"] = rngs
        super().__init__(in_features, out_features, 2, False, kernel_init, options)

    def __call__(self, x: jax.Array) -> jax.Array:
        y: jax.Array = type(self)._function(self.affine(x))
        return y


def _maker(function: Callable[..., Any]) -> Callable[..., None]:
    """The constructor of the layer of one function."""

    def make(self: Activation, *args: Any, **params: Any) -> None:
        Activation.__init__(self, function, *args, **params)

    return make


def _make() -> dict[str, type[nnx.Module]]:
    """Every class that is made from a record."""
    classes: dict[str, type[nnx.Module]] = {}
    for name, record in named():
        extra = ("rng_collection", "rngs") if "rng" in record.signature.parameters else ()
        extra = ("deterministic", *extra) if "training" in record.signature.parameters else extra
        learns = ("channels", "param_dtype") if record.tensor_parameters else ()
        body = {
            "__init__": _maker(record.function),
            "__doc__": describe_layer(name, record),
            "__module__": _DOOR,
            "__signature__": signature(record, *learns, *extra),
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


def __getattr__(name: str) -> type[nnx.Module]:
    """For type checkers: the classes are attributes that are made above."""
    raise AttributeError(f"module {_DOOR!r} has no layer {name!r}")
