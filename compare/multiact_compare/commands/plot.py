"""``multiact plot``: pictures of functions."""

from __future__ import annotations

import ast
import importlib.util
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import multiact
from multiact import Record
from multiact_compare import customs, plots
from multiact_compare.commands.options import canonical, checked, writable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@click.command("plot")
@click.argument("names", nargs=-1)
@click.option("--gallery", is_flag=True, help="All in one picture, a small one for each.")
@click.option(
    "--overlay",
    is_flag=True,
    help="All in the same axes, to choose between them: value, derivative.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A file ending in .png, .svg or .pdf, or a folder, which is made. "
    "Default: PNG files in this folder.",
)
@click.option("--format", "kind", type=click.Choice([s[1:] for s in plots.SUFFIXES]), default=None,
              help="What is written into a folder. Default: png.")  # fmt: skip
@click.option("--range", "reach", metavar="LOW:HIGH", help="The stretch of x to draw.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True,
              help="A parameter of the functions that have it; may be repeated.")  # fmt: skip
@click.option("--dark", is_flag=True, help="Light on dark.")
def plot_command(
    names: tuple[str, ...],
    gallery: bool,
    overlay: bool,
    output: Path | None,
    kind: str | None,
    reach: str | None,
    settings: tuple[str, ...],
    dark: bool,
) -> None:
    """Draw NAMES (default: every function): value, first and second derivative.

    A name is one of the catalogue, or your_module:your_function.

    Kinks are marked by dots; where a curve jumps, a dot is the value and a ring is not. Dotted
    lines are asymptotes. Of functions of rows one entry runs. Exit status: 2 for a wrong call.
    """
    if gallery and overlay:
        raise click.UsageError("--gallery and --overlay are two pictures: leave one of them out")
    if overlay and not names:
        raise click.UsageError("--overlay needs the NAMES of functions to compare")
    # In the order in which they were named, which is that of the legend.
    chosen = [canonical((name,), own=True)[0] for name in dict.fromkeys(names)]
    records = [customs.records[name] for name in chosen]
    records = list({record.name: record for record in records}.values())
    records = records or list(multiact.records.values())
    options = plots.Options(
        reach=None if reach is None else _reach(reach),
        params=_parameters(settings, records),
        theme=plots.DARK if dark else plots.LIGHT,
    )
    together = "gallery" if gallery else "overlay" if overlay else None
    stems = [record.name.rpartition(":")[2] for record in records]
    paths = _paths(output, kind, [together] if together else stems)
    if importlib.util.find_spec("matplotlib") is None:
        raise click.UsageError(
            "pictures need matplotlib, which is not installed: pip install 'multiact[plot]'"
        )
    for path, figure in zip(paths, _figures(together, records, options), strict=True):
        try:
            plots.write(figure, path)
        except OSError as error:
            raise click.UsageError(f"cannot write {path}: {error.strerror or error}") from None
        click.echo(path)


def _figures(
    together: str | None, records: Sequence[Record], options: plots.Options
) -> Iterator[Figure]:
    """The pictures one after the other; a setting that a function refuses is a wrong call."""
    try:
        if together == "gallery":
            yield plots.gallery(records, options)
        elif together == "overlay":
            yield plots.overlay(records, options)
        else:
            for record in records:
                yield plots.single(record, options)
    except (ValueError, TypeError) as error:
        raise click.UsageError(str(error)) from None


def _paths(output: Path | None, kind: str | None, stems: Sequence[str]) -> list[Path]:
    """The files to write, all of them known to be writable before the first is drawn."""
    if output is not None and output.suffix and not output.is_dir():
        if output.suffix.lower() not in plots.SUFFIXES:
            raise click.UsageError(
                f"{output} ends in {output.suffix}; allowed are {', '.join(plots.SUFFIXES)}, or a "
                "folder"
            )
        if kind is not None:
            raise click.UsageError(f"--format is for folders; {output} says its own by its suffix")
        if len(stems) > 1:
            raise click.UsageError(
                f"{len(stems)} pictures do not fit into {output}: name a folder, or draw a "
                "--gallery or an --overlay"
            )
        paths = [output]
    else:
        folder = output or Path()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.UsageError(f"cannot make the folder {folder}: {error.strerror}") from None
        paths = [folder / f"{stem}.{kind or 'png'}" for stem in stems]
    for path in paths:
        writable(path)
    return paths


def _reach(text: str) -> tuple[float, float]:
    low, colon, high = text.partition(":")
    try:
        ends = float(low), float(high)
    except ValueError:
        ends = math.nan, math.nan
    if not colon or not all(map(math.isfinite, ends)) or not ends[0] < ends[1]:
        raise click.UsageError(
            f"--range {text}: expected LOW:HIGH, two numbers of which the first is smaller, such "
            "as --range -3:3"
        )
    if ends[1] - ends[0] < 1e-3 or max(map(abs, ends)) > 1e6:
        raise click.UsageError(f"--range {text}: draw at least 0.001, and no farther than ±1e6")
    return ends


def _parameters(settings: Sequence[str], records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Function -> what was set of its parameters."""
    found: dict[str, dict[str, Any]] = {record.name: {} for record in records}
    own = {record.name: list(record.signature.parameters)[1:] for record in records}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise click.UsageError(f"--set {setting}: expected NAME=VALUE, such as alpha=0.5")
        known = list(dict.fromkeys(name for names in own.values() for name in names))
        if not known:
            raise click.UsageError(f"--set {setting}: none of these functions has parameters")
        checked(name, known, "parameter")
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            # A word, as in approximate=tanh, is itself.
            value = text
        for function, names in own.items():
            if name in names:
                found[function][name] = value
    return found
