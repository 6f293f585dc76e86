"""Types of the public signatures."""

from __future__ import annotations

from typing import Any, TypeVar

Array = TypeVar("Array")
"""An array of any supported framework: what goes in comes out."""

Parameter = Any
"""A Python number, or an array of x's framework that broadcasts to x."""
