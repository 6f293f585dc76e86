"""``multiact list`` and ``multiact show``."""

from __future__ import annotations

import click
from rich.console import Console

import multiact
from multiact_compare import catalogue, customs
from multiact_compare.commands.options import canonical


@click.command("list")
@click.option(
    "--family", type=click.Choice(catalogue.families()), help="Only the functions of this family."
)
def list_command(family: str | None) -> None:
    """List the functions, with what they are and how they behave."""
    chosen = [r for r in multiact.records.values() if family in (None, r.family)]
    catalogue.print_list(chosen, Console())


@click.command("show")
@click.argument("name")
def show_command(name: str) -> None:
    """Show everything about the function NAME, an alias, or your_module:your_function."""
    (found,) = canonical((name,), own=True)
    catalogue.print_card(customs.records[found], Console(highlight=False))
