"""The first framework's functions, under names that every module of the front end has of its own.

A function is cheaper as a global than as an attribute of its backend. All are None until
:func:`multiact._dispatch.serve` gives each module those of the backend imported first.
"""

from __future__ import annotations

from multiact._typing import Any

first_type: type | None = None
"""The array type of the framework that the process met first."""


def __getattr__(name: str) -> Any:
    if name.startswith("first_"):
        return None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
