"""Arguments and options that several commands share, and what they mean."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

import multiact
from multiact_compare import results
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import BACKENDS

Command = TypeVar("Command", bound=Callable[..., Any])


def backend_option(help_text: str) -> Callable[[Command], Command]:
    """``-b/--backend``, which may be repeated."""
    return click.option(
        "-b", "--backend", "backends", multiple=True, type=click.Choice(BACKENDS), help=help_text
    )


def dtype_option(help_text: str) -> Callable[[Command], Command]:
    """``-d/--dtype``, which may be repeated."""
    return click.option(
        "-d", "--dtype", "dtypes", multiple=True, type=click.Choice(tuple(DTYPES)), help=help_text
    )


def writable(path: Path | None) -> None:
    """Refuse a file that cannot be written before a long run rather than after it."""
    if path is None:
        return
    try:
        results.check_writable(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror or error}") from None


def canonical(names: Sequence[str]) -> list[str]:
    """Canonical names in the catalogue's order, all for none; a wrong one is a wrong call."""
    known = {
        spelling: record.name
        for record in multiact.records.values()
        for spelling in (record.name, *record.aliases)
    }
    chosen = {known[checked(name, known, "function")] for name in names}
    return [name for name in multiact.records if name in (chosen or multiact.records)]


def checked(name: str, known: Iterable[str], what: str) -> str:
    """The name itself if it is known; else a wrong call, with the nearest right one."""
    known = list(known)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise click.UsageError(f"there is no {what} {name}.{hint}")
    return name
