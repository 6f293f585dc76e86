"""thresholds: functions that cut, shift or square what passes a threshold."""

from __future__ import annotations
