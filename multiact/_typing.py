"""Types of the public signatures, and what the front end needs of :mod:`typing`.

Loading typing itself would take half of the time of ``import multiact``. So only type checkers see
it; at run time its names stand for plain objects, and the annotations of functions still evaluate.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, NamedTuple, TypeVar

    Array = TypeVar("Array")
    Parameter = Any
else:
    from collections import namedtuple

    Any = object
    """Anything."""

    Array = object
    """An array of any supported framework: what goes in comes out."""

    Parameter = object
    """A Python number, or an array of x's framework that broadcasts to x."""

    class _Fields(type):
        """Makes a named tuple of a class with annotated fields."""

        def __new__(cls, name, bases, namespace):
            fields = tuple(namespace["__annotations__"])
            defaults = [namespace.pop(field) for field in fields if field in namespace]
            made = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])
            for key, value in namespace.items():
                setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Fields, "NamedTuple", (), {})

__all__ = ["TYPE_CHECKING", "Any", "Array", "NamedTuple", "Parameter"]
