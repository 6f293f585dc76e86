"""The names of the backends, and which of them are there: without importing any.

Only the standard library is imported here, as pytest does it in every run.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable

MODULES = {
    "numpy": "numpy",
    "torch": "torch",
    "tensorflow": "tensorflow",
    "jax": "jax",
    "array_api": "array_api_strict",
}
"""Backend -> the module that must be there for it."""

USUAL = ("numpy", "torch", "tensorflow", "jax")
"""The backends that are meant where none is named."""


def installed(name: str) -> bool:
    """Whether a backend's framework is there; it is looked for, not imported."""
    return importlib.util.find_spec(MODULES[name]) is not None


def problem(name: str) -> str | None:
    """What is wrong with a backend that was named, in words; nothing if it can be used."""
    if name not in MODULES:
        return f"there is no {unknown('backend', name, MODULES)}"
    if not installed(name):
        return f"the backend {name} is not installed: {missing(name)}"
    return None


def missing(name: str) -> str:
    """Why a backend that is not there cannot be used, and what to do."""
    return f"there is no module {MODULES[name]} (pip install {MODULES[name]})"


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """A wrong name, with the nearest right one and all right ones."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.0)
    hint = f"; did you mean {near[0]}?" if near else "."
    return f"{what} {name!r}{hint} Known are {', '.join(known)}."
