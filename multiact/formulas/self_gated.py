"""self_gated: x times a smooth gate of itself."""

from __future__ import annotations
