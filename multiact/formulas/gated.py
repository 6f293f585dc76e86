"""gated: one half of the features gates the other."""

from __future__ import annotations
