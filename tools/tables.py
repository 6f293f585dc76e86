"""Render the tables of README.md from the code and from a parity report.

``python tools/tables.py`` renders the table of functions; ``--parity parity.json`` the results of
that run as well; ``--check`` changes nothing and exits 1 if the table of functions is not current.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from pathlib import Path

import multiact

README = Path(__file__).resolve().parent.parent / "README.md"


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4g}".replace("-", "−")


def _range(record: multiact.Record) -> str:
    return "" if record.range is None else " … ".join(_number(end) for end in record.range)


def _parameters(record: multiact.Record) -> str:
    parts = []
    for parameter in record.signature.parameters.values():
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        mark = " *t*" if parameter.name in record.tensor_parameters else ""
        parts.append(f"`{parameter.name}{default}`{mark}")
    return ", ".join(parts[1:])


def functions() -> str:
    """One row per function of the catalogue."""
    lines = [
        "| function | parameters | definition | range | gradient at the kink |",
        "|---|---|---|---|---|",
    ]
    for record in sorted(multiact.records.values(), key=lambda r: (r.family, r.name)):
        names = "<br>".join(f"`{name}`" for name in (record.name, *record.aliases))
        # A bar would end the table's cell.
        formula = record.formula.replace("|", r"\vert ")
        cells = [names, _parameters(record), f"${formula}$", _range(record)]
        lines.append(f"| {' | '.join(cells)} | {record.kink_gradient} |")
    return "\n".join(lines)


def _replace(text: str, name: str, content: str) -> str:
    pattern = rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)"
    text, count = re.subn(pattern, lambda m: m.group(1) + content + m.group(2), text, flags=re.S)
    if count != 1:
        raise SystemExit(f"README.md has {count} places for the table {name!r}, not one.")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--parity", type=Path, metavar="JSON")
    arguments = parser.parse_args()
    old = README.read_text(encoding="utf-8")
    new = _replace(old, "functions", functions())
    if arguments.parity:
        from multiact_compare.render import markdown
        from multiact_compare.results import load

        new = _replace(new, "parity", markdown(load(arguments.parity)))
    if arguments.check:
        sys.exit(new != old)
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
