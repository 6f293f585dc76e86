"""The functions of the two frameworks served without a table, as globals of every front-end module.

A function is cheaper as a global than as an attribute of its backend. All are None until
:func:`multiact._dispatch.serve` gives each module those of the backend that takes the place.
"""

from __future__ import annotations

from multiact._typing import Any

first_type: type | None = None
second_type: type | None = None


def __getattr__(name: str) -> Any:
    if name.startswith(("first_", "second_")):
        return None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
