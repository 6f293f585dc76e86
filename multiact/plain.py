"""plain: nothing is changed."""

from __future__ import annotations
