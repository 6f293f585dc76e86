"""The worker's side of a child process: what it says, and how it begins.

A worker speaks JSON, one object a line with its ``event``. The parent's side is
:mod:`multiact_compare.children`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, TypeAlias

from multiact_compare.adapters import ADAPTERS, Adapter

QUOTED = 250
"""How much of the beginning and of the end of a long message is kept."""

Announce: TypeAlias = Callable[..., None]
"""``announce(event, **facts)`` says one line."""


def open_channel() -> Announce:
    """Standard output, for announcements alone from now on.

    Frameworks and compilers print what they like: that goes to standard error.
    """
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def announce(event: str, **facts: Any) -> None:
        channel.write(json.dumps({"event": event, **facts}) + "\n")
        channel.flush()

    return announce


def import_backend(backend: str, announce: Announce, long_programs: bool = False) -> Adapter | None:
    """The adapter of a backend, set up for measuring, and ``ready``.

    ``long_programs`` if functions of hundreds of steps are to be compiled.
    ``None`` after ``missing`` or ``broken``, where the framework cannot be imported.
    """
    try:
        adapter = ADAPTERS[backend]()
    except ModuleNotFoundError as error:
        announce("missing" if error.name == backend else "broken", reason=describe(error))
        return None
    except Exception as error:
        announce("broken", reason=describe(error))
        return None
    if long_programs:
        adapter.expect_long_programs()
    announce("ready", versions=adapter.versions(), notes=adapter.notes())
    return adapter


def describe(error: BaseException) -> str:
    """An exception in one line that fits into a report."""
    text = " ".join(str(error).split())
    if len(text) > 2 * QUOTED:
        # Compilers tell at the end where it happened, after much advice.
        text = f"{text[:QUOTED]} … {text[-QUOTED:]}"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
