"""The options of ``multiact parity --exhaustive``, and what it does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from multiact_compare.commands.options import Command, writable, write_reports
from multiact_compare.plan import BACKENDS, Quantity, TierName

DTYPES = ("float16", "bfloat16", "float32")


def range_of(
    context: click.Context, param: click.Parameter, text: str | None
) -> tuple[float, float] | None:
    """The two numbers of ``LOW:HIGH``, decimal, hexadecimal or infinite."""
    if text is None:
        return None
    low, mark, high = text.partition(":")
    try:
        ends = _number(low), _number(high)
    except ValueError:
        mark, ends = "", (0.0, 0.0)
    # A comparison with NaN fails too.
    if not mark or not ends[0] <= ends[1]:
        raise click.BadParameter(
            f"{text!r} is no range. Give two numbers, the smaller one first: -20:20, 0:inf or "
            f"0x1p-3:0x1.8p0"
        )
    return ends


def _number(text: str) -> float:
    return float.fromhex(text) if "x" in text.lower() else float(text)


def exhaustive_options(command: Command) -> Command:
    """The options that belong to ``--exhaustive``."""
    for option in (
        click.option(
            "--checkpoint",
            "checkpoint_file",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Where an exhaustive run keeps what it has done. Default: a file in the current "
            "folder, named after what is asked for. It is removed once all is done.",
        ),
        click.option("--all-cases", is_flag=True, help="Exhaustive: every parameter setting."),
        click.option(
            "--quantity",
            "quantities",
            multiple=True,
            type=click.Choice(("value", "derivative")),
            help="Exhaustive: only this; may be repeated. Default: both.",
        ),
        click.option(
            "--range",
            "ends",
            metavar="LOW:HIGH",
            callback=range_of,
            help="Exhaustive: only the numbers from LOW to HIGH, for instance --range=-20:20.",
        ),
        click.option(
            "--exhaustive",
            type=click.Choice(DTYPES),
            help="Every number of this dtype, for elementwise functions, eager. Interrupted, the "
            "same command goes on where it was.",
        ),
    ):
        command = option(command)
    return command


def run_exhaustive(
    *,
    functions: Sequence[str],
    dtype: str,
    backends: Sequence[str],
    quantities: Sequence[Quantity],
    tier: TierName,
    ends: tuple[float, float] | None,
    all_cases: bool,
    jobs: int | None,
    checkpoint_file: Path | None,
    json_file: Path | None,
    reports: Sequence[Path],
) -> int:
    """Sweep, print and save; returns the exit status."""
    from multiact_compare.exhaustive import render, report, sweep
    from multiact_compare.exhaustive.check import OracleError
    from multiact_compare.exhaustive.checkpoint import CheckpointError
    from multiact_compare.exhaustive.progress import Bar
    from multiact_compare.exhaustive.request import QUANTITIES, Range, Request

    writable(json_file)
    request = Request(
        functions=functions,
        dtype_name=dtype,
        backends=[name for name in BACKENDS if name in backends] if backends else BACKENDS,
        named=frozenset(backends),
        quantities=[name for name in QUANTITIES if name in quantities] or QUANTITIES,
        tier_name=tier,
        range=Range(*ends) if ends else None,
        all_cases=all_cases,
        jobs=jobs or 0,
    )
    if not request.cases():
        names = ", ".join(functions)
        raise click.UsageError(
            f"--exhaustive measures elementwise functions, and {names} works on whole rows"
        )
    first, last = request.keys()
    if first >= last:
        raise click.UsageError(f"there is no number of {dtype} in this range")
    file = checkpoint_file or sweep.default_checkpoint(request)
    # As with Ctrl-C: the workers end, and what is done is kept.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    console = Console(stderr=True)
    try:
        with Bar(console) as bar:
            found = sweep.run(request, file, bar)
    except (CheckpointError, OracleError) as error:
        raise _Stopped(str(error)) from None
    except (KeyboardInterrupt, SystemExit):
        console.print(
            f"interrupted; {file} has what is done, and the same command goes on from there",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        raise
    render.print_report(found, Console())
    data = [(json_file, partial(report.save, found, json_file))] if json_file else []
    try:
        write_reports(partial(render.document, found), reports, data)
    except click.ClickException as error:
        raise _Stopped(
            f"{error.message}; {file} has all results, so make room, or name another file, and "
            f"run the same command again"
        ) from None
    if not found.problems:
        file.unlink(missing_ok=True)
    return 0 if found.ok else 1


class _Stopped(click.ClickException):
    """The sweep could not be carried out."""

    exit_code = 2
