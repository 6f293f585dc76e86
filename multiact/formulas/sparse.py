"""sparse: a row becomes weights, most of them exactly 0."""

from __future__ import annotations
