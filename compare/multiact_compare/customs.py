"""Activations of users, by "module:name": found by importing their module."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import multiact
from multiact import Record, _custom
from multiact._custom import Custom


class UnknownCustomError(LookupError):
    """A name like "module:name" that leads to no activation; the message says why."""


def is_custom(name: str) -> bool:
    """Whether this is the name of a user's activation."""
    return ":" in name


def load(name: str) -> Custom:
    """The activation of this name, whose module is imported; the current folder is searched too.

    Raises
    ------
    UnknownCustomError
        The module cannot be imported, or has no such activation.
    """
    if name in _custom.customs:
        return _custom.customs[name]
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:
        raise UnknownCustomError(
            f"{name}: importing {module!r} failed with {type(error).__name__}: {error}. Allowed is "
            f"a module in the current folder or on Python's path."
        ) from error
    for part in attribute.split("."):
        found = getattr(found, part, None)
    record = _custom.record_of(found)
    if record is None:
        mine = [one.partition(":")[2] for one in _custom.customs if one.startswith(f"{module}:")]
        what = "nothing of that name" if found is None else f"{found!r}, which is no activation"
        raise UnknownCustomError(
            f"{name}: {module} has {what}. Allowed is what multiact.activation returns; there "
            f"{'are' if mine else 'is none'} {', '.join(mine)}".rstrip()
            + "."
        )
    return _custom.customs[record.name]


def function(name: str, library: ModuleType) -> Callable[..., Any]:
    """The function of this name in multiact, or in its precise tier."""
    if not is_custom(name):
        found: Callable[..., Any] = getattr(library, name)
        return found
    record = load(name).record
    return record.function if library is multiact else _custom.precise_of(record)


class Records(Mapping[str, Record]):
    """The catalogue's records, and by their names those of users' activations."""

    def __getitem__(self, name: str) -> Record:
        return load(name).record if is_custom(name) else multiact.records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(multiact.records)

    def __len__(self) -> int:
        return len(multiact.records)


records = Records()
