"""What a layer was asked to be: parameters bound and checked, the same way for every framework."""

from __future__ import annotations

import dataclasses
import inspect
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from multiact._arguments import check_axis
from multiact._custom import find
from multiact._errors import channel_count, describe
from multiact._record import Record

AT_THE_CALL = ("training", "rng", "where", "noise")
"""Parameters of functions that a layer gets, or finds out by itself, whenever it is called."""

LEARNT_BY_NAME = {"PReLU": ("slope",), "Swish": ("beta",)}
"""The layers that stand for a learnt parameter in the literature."""

_STARTS = {("prelu", "slope"): 0.25}
"""Where a learnt parameter starts if its function has no default for it."""

Start = float | tuple[float, ...]
Learnable = str | tuple[str, ...] | list[str] | bool | None


@dataclasses.dataclass(frozen=True)
class Settings:
    """One layer's function and parameters; hashable, so that it can be part of a graph.

    ``accepted`` has the names of all parameters of the function, kept because inspecting a
    signature takes longer than a call. ``fixed`` holds the parameters that are numbers, ``learnt``
    the others with their initial values. ``channels`` is how many values each of those has,
    ``None`` for one for all of x, and ``axis`` is the axis of x along which they lie.
    """

    title: str
    name: str
    function: Callable[..., Any]
    accepted: tuple[str, ...]
    fixed: tuple[tuple[str, Any], ...]
    learnt: tuple[tuple[str, Start], ...]
    channels: int | None
    axis: int

    @property
    def record(self) -> Record:
        """The facts about the function."""
        return find(self.name)

    def takes(self, name: str) -> bool:
        """Whether the function has this parameter."""
        return name in self.accepted

    def check(self, sample: Any) -> None:
        """Let the function itself judge the numbers, on one element of the framework's arrays."""
        if self.record.kind == "elementwise":
            self.function(sample, **dict(self.fixed) | {name: 1.0 for name, _ in self.learnt})

    def with_channels(self, channels: int) -> Settings:
        """The same, now that the number of channels is known."""
        for name, start in self.learnt:
            if isinstance(start, tuple) and len(start) != channels:
                raise _entries(self.title, name, len(start), channels)
        return dataclasses.replace(self, channels=channels)

    def shape(self, x_shape: tuple[int | None, ...]) -> tuple[int, ...]:
        """The shape in which a learnt parameter broadcasts to x."""
        if self.channels is None:
            return ()
        rank = len(x_shape)
        index = check_axis(self.title, self.axis, rank)
        if x_shape[index] not in (None, self.channels):
            names = " and ".join(name for name, _ in self.learnt)
            raise channel_count(self.title, names, self.channels, index, x_shape)
        # prelu lays it along the axis by itself, and has native kernels for that.
        if self.takes("axis"):
            return (self.channels,)
        return (self.channels,) + (1,) * (rank - index - 1)

    def call(self, x: Any, learnt: Mapping[str, Any], **others: Any) -> Any:
        """The function of x, with the learnt parameters as laid out by :meth:`shape`."""
        if self.channels is not None and self.takes("axis"):
            others["axis"] = self.axis
        return self.function(x, **{**dict(self.fixed), **learnt, **others})

    def refuse_mask(self) -> TypeError:
        """The error for a mask where the function has none."""
        return TypeError(
            f"{self.title} got where, which {self.name} does not have. Allowed is where for "
            f"the functions of whole rows that take it, such as softmax; call the layer with x "
            f"alone."
        )

    def __str__(self) -> str:
        """The arguments, as ``extra_repr`` shows them."""
        shown = [f"{name}={value!r}" for name, value in self.fixed if value is not None]
        shown += [f"{name}={value!r}" for name, value in self.learnt]
        if self.learnt:
            shown.append(f"learnable={tuple(name for name, _ in self.learnt)!r}")
        if self.channels is not None:
            shown += [f"channels={self.channels}", f"axis={self.axis}"]
        return ", ".join(shown)


def parameters(record: Record) -> dict[str, inspect.Parameter]:
    """The parameters of a function's layer, in order."""
    _, *others = record.signature.parameters.values()
    found = {p.name: p for p in others if p.name not in AT_THE_CALL}
    for (function, name), start in _STARTS.items():
        if function == record.name:
            found[name] = found[name].replace(default=start)
    if record.tensor_parameters and "axis" not in found:
        found["axis"] = inspect.Parameter("axis", inspect.Parameter.KEYWORD_ONLY, default=-1)
    return found


def signature(record: Record, *extra: str) -> inspect.Signature:
    """What ``help`` shows for a layer: the function's parameters and the framework's own."""
    own = list(parameters(record).values())
    names = [*(("learnable",) if record.tensor_parameters else ()), *extra]
    keywords = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=None) for n in names]
    required = [p for p in own if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    rest = [p for p in own if p.kind is inspect.Parameter.KEYWORD_ONLY]
    return inspect.Signature([*required, *rest, *keywords])


def settings(
    title: str,
    record: Record,
    args: tuple[Any, ...],
    params: Mapping[str, Any],
    learnable: Learnable = None,
    channels: Any = None,
) -> Settings:
    """Bind a layer's arguments to its parameters, or say what is wrong with them."""
    values = _bind(title, record, args, params)
    learnt_names = _learnable(title, record, learnable)
    count = _count(title, channels, learnt_names)
    axis = values.pop("axis", -1) if record.tensor_parameters else -1
    learnt: dict[str, Start] = {}
    for name in record.tensor_parameters:
        if name in learnt_names:
            learnt[name] = start = _start(title, name, values.pop(name))
            if isinstance(start, tuple):
                if count not in (None, len(start)):
                    raise _entries(title, name, len(start), count)
                count = len(start)
        elif values[name] is not None:
            values[name] = _number(title, name, values[name])
    return Settings(
        title=title,
        name=record.name,
        function=record.function,
        accepted=tuple(record.signature.parameters),
        fixed=tuple(values.items()),
        learnt=tuple(learnt.items()),
        channels=count,
        axis=_axis(title, axis),
    )


def _bind(
    title: str, record: Record, args: tuple[Any, ...], params: Mapping[str, Any]
) -> dict[str, Any]:
    allowed = parameters(record)
    positions = [p.name for p in allowed.values() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    if len(args) > len(positions):
        raise TypeError(
            f"{title} got {len(args)} values by position. Allowed: {_listed(positions)}."
        )
    values: dict[str, Any] = dict(zip(positions, args, strict=False))
    for name, value in params.items():
        if name not in allowed:
            raise TypeError(
                f"{title} got an unknown parameter {name!r}. Allowed: {_listed(allowed)}."
            )
        if name in values:
            raise TypeError(f"{title} got {name} twice, by position and by name; drop one.")
        values[name] = value
    for name, parameter in allowed.items():
        if name not in values and parameter.default is inspect.Parameter.empty:
            raise TypeError(f"{title} needs {name}. Pass {title}({name}=...).")
    return {name: values.get(name, parameter.default) for name, parameter in allowed.items()}


def _listed(names: Any) -> str:
    return ", ".join(names) or "none, it has no parameters"


def _learnable(title: str, record: Record, learnable: Learnable) -> tuple[str, ...]:
    possible = record.tensor_parameters
    if learnable is None:
        return LEARNT_BY_NAME.get(title, ())
    if learnable is False:
        return ()
    if learnable is True:
        names = possible
    elif isinstance(learnable, (tuple, list)):
        names = tuple(learnable)
    else:
        names = (learnable,)
    wrong = [name for name in names if name not in possible]
    if wrong or not (names or possible):
        raise ValueError(
            f"{title} got learnable={learnable!r}. Allowed: "
            + (
                ", ".join(map(repr, possible))
                or "nothing, for none of its parameters can be learnt"
            )
            + "."
        )
    return names


def _count(title: str, channels: Any, learnt: tuple[str, ...]) -> int | None:
    if channels is None:
        return None
    try:
        count = operator.index(channels)
    except TypeError:
        count = 0
    if isinstance(channels, bool) or count < 1:
        raise ValueError(
            f"{title} got channels={channels!r}. Allowed is a positive integer, the length of x "
            f"along axis, or None for one value for all of x."
        )
    if not learnt:
        raise ValueError(
            f"{title} got channels={count} and learns nothing. Name the parameter as learnable, "
            f"or drop channels."
        )
    return count


def _axis(title: str, axis: Any) -> int:
    try:
        return operator.index(axis)
    except TypeError:
        raise TypeError(
            f"{title} got axis={axis!r} of type {describe(type(axis))}. Allowed is an integer."
        ) from None


def _number(title: str, name: str, value: Any) -> float:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(plain, (int, float)) and not isinstance(plain, bool):
        return float(plain)
    raise TypeError(
        f"{title} got {name} of type {describe(type(value))} and keeps it fixed. Allowed is a "
        f"number; pass learnable={name!r} for one value per channel that training changes."
    )


def _start(title: str, name: str, value: Any) -> Start:
    plain = value.tolist() if hasattr(value, "tolist") else value
    entries = list(plain) if isinstance(plain, (list, tuple)) else [plain]
    good = all(
        isinstance(entry, (int, float)) and not isinstance(entry, bool) and math.isfinite(entry)
        for entry in entries
    )
    if not entries or not good:
        raise ValueError(
            f"{title} got {name}={value!r} as the initial value of what it learns. Allowed is a "
            f"finite number, or one for each channel in a list or an array."
        )
    if isinstance(plain, (list, tuple)):
        return tuple(map(float, entries))
    return float(entries[0])


def _entries(title: str, name: str, length: int, channels: int | None) -> ValueError:
    return ValueError(
        f"{title} got {name} with {length} initial values for {channels} channels. Allowed is a "
        f"number, or one value per channel."
    )
