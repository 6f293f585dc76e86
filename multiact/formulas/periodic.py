"""periodic: functions with a sine."""

from __future__ import annotations
