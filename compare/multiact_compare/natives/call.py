"""One native call: its name, its parameters and their defaults, and how to write it.

A call is text, such as ``torch.nn.functional.gelu(x, approximate='tanh')``: what is shown is what
is measured and what the tests run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import multiact

Library: TypeAlias = Literal["torch", "tensorflow", "keras", "jax", "numpy"]

LIBRARIES: tuple[Library, ...] = ("torch", "tensorflow", "keras", "jax", "numpy")

ROOTS: Mapping[str, Library] = {
    "torch": "torch",
    "tf": "tensorflow",
    "keras": "keras",
    "jax": "jax",
    "numpy": "numpy",
    "scipy": "numpy",
}
"""The first word of a path -> the library whose arrays it takes."""

IMPORTS: Mapping[str, tuple[str, ...]] = {
    "tf": ("tensorflow",),
    "scipy": ("scipy", "scipy.special"),
}
"""What to import for the first word of a path, where it is more than that word."""


class InexpressibleError(ValueError):
    """A native call has no way to say a parameter's value."""


@dataclass(frozen=True)
class NativeCall:
    """One native function or layer of a library, and how multiact's parameters translate to its.

    ``names`` says what multiact's parameters are called there, ``values`` which values are spelled
    otherwise, ``forms`` how a value is written where its ``repr`` will not do. ``defaults`` are
    those that the library declares for its own parameters, and ``means`` what such a default stands
    for in multiact's terms where it is no value of multiact's. ``always`` are its own parameters
    that a call spells out in spite of their default; so it does with a ``None`` that stands for
    nothing of multiact's. ``fixed`` is what every call says after x. ``implied`` are the values of
    multiact's parameters that the library has no parameter for, where they are not multiact's
    defaults. A ``documented`` call has no signature to inspect, and its defaults are those of its
    documentation. ``same`` is whether it means multiact's function.
    """

    function: str
    path: str
    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    means: Mapping[str, Any] = field(default_factory=dict)
    implied: Mapping[str, Any] = field(default_factory=dict)
    fixed: str = ""
    always: tuple[str, ...] = ()
    documented: bool = False
    same: bool = True
    remark: str = ""

    @property
    def library(self) -> Library:
        """Whose arrays it takes."""
        return ROOTS[self.path.partition(".")[0]]

    @property
    def layer(self) -> bool:
        """Whether it is a class to make a layer of, which then takes x."""
        return self.path.rpartition(".")[2][0].isupper()

    @property
    def required(self) -> tuple[str, ...]:
        """multiact's parameters that every call must spell out."""
        return tuple(
            name
            for name, own in self.names.items()
            if own not in self.defaults
            or own in self.always
            or (self.defaults[own] is None and own not in self.means)
        )

    def write(self, params: Mapping[str, Any], *, full: bool = False) -> str:
        """The call that gives multiact's function with these parameters, as text.

        Parameters that have the library's own default are left out, unless all are asked for.

        Raises
        ------
        InexpressibleError
            The call cannot say one of the parameters.
        """
        wanted = {**_defaults(self.function), **params}
        parts = [self.fixed] if self.fixed else []
        for name, value in wanted.items():
            own = self.names.get(name)
            if own is None:
                if not _equal(value, self.implied.get(name, _defaults(self.function).get(name))):
                    raise InexpressibleError(f"{self.path} has no {name}={value!r}")
                continue
            translation = self.values.get(name)
            if translation is not None and value not in translation:
                raise InexpressibleError(f"{self.path} has no {name}={value!r}")
            said = value if translation is None else translation[value]
            if full or name in self.required or not _equal(said, self._default(own)):
                parts.append(f"{own}={self.forms.get(name, '{!r}').format(said)}")
        arguments = ", ".join(parts)
        if self.layer:
            return f"{self.path}({arguments})(x)"
        return f"{self.path}(x, {arguments})" if arguments else f"{self.path}(x)"

    def usual(self) -> str:
        """The call as one finds it: with nothing said but what must be."""
        return self.write(self.meaning())

    def meaning(self) -> dict[str, Any]:
        """What the call with its own defaults means: multiact's parameters, where they differ from
        multiact's defaults or have none. Required ones are those of the record's first case.
        """
        record = multiact.records[self.function]
        ours, found = _defaults(self.function), {}
        usual = {name: value for name, value in record.cases[0].items() if name in self.names}
        for name, value in {**usual, **self.implied}.items():
            if name not in ours or not _equal(ours[name], value):
                found[name] = value
        for name, own in self.names.items():
            if name in self.required:
                continue
            default = self._default(own)
            for value, said in self.values.get(name, {}).items():
                if _equal(said, default):
                    default = value
                    break
            found.pop(name, None)
            if name not in ours or not _equal(ours[name], default):
                found[name] = default
        return found

    def _default(self, own: str) -> Any:
        return self.means.get(own, self.defaults.get(own))


def program(text: str) -> Callable[[Any], Any]:
    """The function of x that a call's text is."""
    namespace: dict[str, Any] = {}
    root = text.partition(".")[0]
    for module in IMPORTS.get(root, (root,)):
        loaded = importlib.import_module(module)
        if "." not in module:
            namespace[root] = loaded
    made: Callable[[Any], Any] = eval(f"lambda x: {text}", namespace)
    return made


def target(path: str) -> Any:
    """The object at a dotted path."""
    root, *attributes = path.split(".")
    found, *_ = [importlib.import_module(module) for module in IMPORTS.get(root, (root,))]
    for attribute in attributes:
        found = getattr(found, attribute)
    return found


def ours(function: str, params: Mapping[str, Any]) -> str:
    """The call of multiact itself."""
    return f"multiact.{function}({', '.join(['x', *(f'{k}={v!r}' for k, v in params.items())])})"


def _defaults(function: str) -> dict[str, Any]:
    """multiact's own defaults of the parameters that have one."""
    parameters = multiact.records[function].signature.parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def _equal(one: Any, other: Any) -> bool:
    """False is no 0 here, and 4 is 4.0."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
