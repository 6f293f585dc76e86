"""``multiact natives``: what the frameworks' own functions do."""

from __future__ import annotations

import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from multiact_compare import inputs, results
from multiact_compare.commands.options import (
    Name,
    canonical,
    dtype_option,
    report_option,
    writable,
    write_reports,
)
from multiact_compare.dtypes import DTYPES
from multiact_compare.natives import engine, render
from multiact_compare.natives.call import LIBRARIES
from multiact_compare.natives.differences import differences
from multiact_compare.natives.table import NATIVES
from multiact_compare.parity import Request
from multiact_compare.plan import MODES, Mode
from multiact_compare.progress import Bar
from multiact_compare.tiers import NATIVE


@click.command("natives")
@click.argument("names", nargs=-1)
@click.option(
    "-b",
    "--backend",
    "libraries",
    multiple=True,
    type=Name(LIBRARIES),
    help="Measure this library only; may be repeated. Default: all five.",
)
@dtype_option("Measure this dtype only; may be repeated. Default: all four.")
@click.option(
    "--points",
    type=click.IntRange(min=1),
    default=NATIVE.points,
    show_default=True,
    help=f"Points in float32; float64 takes one for {inputs.FLOAT64_SHARE}. "
    "The 16-bit dtypes always take all 65,536.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Processes that work at the same time. Default: one per core.",
)
@click.option("--no-compiled", is_flag=True, help="Leave out the compiled modes.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    help="Also write everything that was found to this file.",
)
@report_option()
def natives_command(
    names: tuple[str, ...],
    libraries: tuple[str, ...],
    dtypes: tuple[str, ...],
    points: int,
    jobs: int | None,
    no_compiled: bool,
    json_file: Path | None,
    reports: tuple[Path, ...],
) -> None:
    """Measure the frameworks' own versions of NAMES (default: every function).

    Torch, TensorFlow, Keras, JAX, NumPy and SciPy, against certified arithmetic and against one
    another: defaults, errors, regions where no digit is right, kinks, infinities and NaN, dtypes,
    second derivatives, compiled and strided against plain. Exit status: 0 if it ran, since a
    framework's deviation is no failure of multiact; 2 for a wrong call.
    """
    writable(json_file)
    modes: tuple[Mode, ...] = ("eager",) if no_compiled else MODES
    request = Request(
        functions=canonical(names),
        backends=[name for name in LIBRARIES if name in libraries or not libraries],
        dtypes=[name for name in DTYPES if name in dtypes or not dtypes],
        modes=modes,
        points=points,
        jobs=jobs or 0,
    )
    chosen = set(request.functions), set(request.backends)
    if not any(row.function in chosen[0] and row.library in chosen[1] for row in NATIVES):
        click.echo(
            f"None of {', '.join(request.backends)} has {', '.join(request.functions)} as one "
            "call: there is nothing to measure."
        )
        return
    # As with Ctrl-C: the workers end and the temporary files go.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with Bar(Console(stderr=True)) as bar:
        report = engine.run(request, bar)
    render.print_natives(report, Console())
    data: Any = {**vars(report), "differences": differences(report)}
    others = [(json_file, partial(results.save, data, json_file))] if json_file else []
    write_reports(partial(render.document, report), reports, others)
