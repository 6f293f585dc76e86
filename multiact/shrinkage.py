"""shrinkage: values near 0 become 0."""

from __future__ import annotations
