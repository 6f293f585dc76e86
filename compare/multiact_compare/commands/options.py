"""Arguments and options that several commands share, and what they mean."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

import multiact
from multiact_compare import customs, report, results
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import BACKENDS
from multiact_compare.report import Document

Command = TypeVar("Command", bound=Callable[..., Any])


class Name(click.Choice[str]):
    """A choice that answers a wrong name with the nearest right one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = difflib.get_close_matches(str(value), self.choices, n=1, cutoff=0.0)
            hint = f" Did you mean {near[0]}?" if near else ""
            self.fail(f"{error.message}{hint}", param, ctx)


class ListOption(click.Option):
    """An option of a :class:`ListCommand` that takes all values behind it: ``-a relu gelu``."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{**settings, "multiple": True})


class ListCommand(click.Command):
    """A command without arguments of its own: a value after a value belongs to the same option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        lists = {
            spelling
            for param in self.params
            if isinstance(param, ListOption)
            for spelling in param.opts
        }
        spread: list[str] = []
        current, awaited = "", False
        for number, arg in enumerate(args):
            if arg == "--":
                spread += args[number:]
                break
            if arg.startswith("-") and arg != "-":
                # --name=value and -nvalue have their first value with them.
                name, equals, _ = arg.partition("=") if arg.startswith("--") else (arg[:2], "", "")
                current = name if name in lists else ""
                awaited = not equals and arg == name
            elif current and not awaited:
                spread.append(current)
            else:
                awaited = False
            spread.append(arg)
        return super().parse_args(ctx, spread)


def backend_option(help_text: str) -> Callable[[Command], Command]:
    """``-b/--backend``, which may be repeated."""
    return click.option(
        "-b", "--backend", "backends", multiple=True, type=Name(BACKENDS), help=help_text
    )


def dtype_option(help_text: str) -> Callable[[Command], Command]:
    """``-d/--dtype``, which may be repeated."""
    return click.option(
        "-d", "--dtype", "dtypes", multiple=True, type=Name(tuple(DTYPES)), help=help_text
    )


def writable(path: Path | None) -> None:
    """Refuse a file that cannot be written before a long run rather than after it."""
    if path is None:
        return
    try:
        results.check_writable(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror or error}") from None


def report_option() -> Callable[[Command], Command]:
    """``--report``, which may be repeated; checked before anything runs."""
    return click.option(
        "--report",
        "reports",
        multiple=True,
        type=click.Path(path_type=Path),
        callback=_checked_reports,
        help="Also write a report to this file; its suffix says what it becomes: .html a page, "
        ".md Markdown, .json data, .xml JUnit. May be repeated.",
    )


def write_reports(
    document: Callable[[], Document],
    reports: Sequence[Path],
    others: Iterable[tuple[Path, Callable[[], None]]] = (),
) -> None:
    """Write the document to every file, after the other files that a command writes.

    What one of them cannot take, the others still get.

    Raises
    ------
    click.ClickException
        Some file could not be written.
    """
    saving = list(others)
    if reports:
        built = document()
        saving += [(path, partial(report.write, built, path)) for path in reports]
    problems = []
    for path, write in saving:
        try:
            write()
        except OSError as error:
            problems.append(f"cannot write {path}: {error.strerror or error}")
    if problems:
        raise click.ClickException("; ".join(problems))


def _checked_reports(
    context: click.Context, parameter: click.Parameter, reports: tuple[Path, ...]
) -> tuple[Path, ...]:
    for path in reports:
        try:
            report.check_suffix(path)
        except ValueError as error:
            raise click.BadParameter(str(error), context, parameter) from None
        writable(path)
    return reports


def canonical(names: Sequence[str], own: bool = False) -> list[str]:
    """Canonical names in the catalogue's order, all for none; a wrong one is a wrong call.

    ``own``: your_module:your_function is allowed as well, and comes after them.
    """
    mine = [_loaded(name) for name in names if own and customs.is_custom(name)]
    if mine:
        rest = [name for name in names if not customs.is_custom(name)]
        return [*(canonical(rest) if rest else ()), *dict.fromkeys(mine)]
    if any(map(customs.is_custom, names)):
        raise click.UsageError(
            f"{', '.join(filter(customs.is_custom, names))}: this works on the catalogue alone; "
            "parity (without --exhaustive), show and plot take activations of your own"
        )
    known = {
        spelling: record.name
        for record in multiact.records.values()
        for spelling in (record.name, *record.aliases)
    }
    chosen = {known[checked(name, known, "function")] for name in names}
    return [name for name in multiact.records if name in (chosen or multiact.records)]


def _loaded(name: str) -> str:
    """The name of a user's activation, whose module is there."""
    try:
        return customs.load(name).record.name
    except customs.UnknownCustomError as error:
        raise click.UsageError(str(error)) from None


def checked(name: str, known: Iterable[str], what: str) -> str:
    """The name itself if it is known; else a wrong call, with the nearest right one."""
    known = list(known)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise click.UsageError(f"there is no {what} {name}.{hint}")
    return name
