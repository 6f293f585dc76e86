"""piecewise: straight or quadratic pieces between two kinks."""

from __future__ import annotations
