"""A page for every function, written from its record when the site is built.

The pages and their index lie in docs/functions, which is not under version control.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from figures import figures
from multiact_compare.catalogue import SMOOTHNESS, facts, interval
from multiact_compare.natives.call import LIBRARIES, InexpressibleError, ours
from multiact_compare.natives.none import HOMONYMS
from multiact_compare.natives.table import NATIVES
from sphinx.application import Sphinx

import multiact
from multiact import Record

FOLDER = Path(__file__).parent.parent / "functions"
ARXIV = r"arXiv:(\d{4}\.\d{4,5})"
INPUT = [-2.0, -0.5, 1.0, 3.0]


class Framework(NamedTuple):
    """How the example of a page is written on one framework; {call} calls the function on x."""

    name: str
    array: str
    value: str
    gradient: str


FRAMEWORKS = (
    Framework(
        "NumPy",
        "import numpy as np\nx = np.array({x}, dtype=np.float32)",
        "y = {call}\nprint(y.round(4))",
        "print(multiact.derivative(multiact.{name}, x{params}).round(4))",
    ),
    Framework(
        "PyTorch",
        "import torch\nx = torch.tensor({x}, requires_grad=True)",
        # The kernel of softshrink keeps the sign of a zero.
        "y = {call}\nprint(y.detach().numpy().round(4) + 0)",
        "y.sum().backward()\nprint(x.grad.numpy().round(4))",
    ),
    Framework(
        "TensorFlow",
        "import tensorflow as tf\nx = tf.Variable({x})",
        "with tf.GradientTape() as tape:\n    y = {call}\n\nprint(y.numpy().round(4))",
        "print(tape.gradient(y, x).numpy().round(4))",
    ),
    Framework(
        "JAX",
        "import jax, jax.numpy as jnp\nx = jnp.array({x})",
        "y = {call}\nprint(jax.device_get(y).round(4))",
        "slope = jax.grad(lambda x: {call}.sum())\nprint(jax.device_get(slope(x)).round(4))",
    ),
)


def examples(record: Record) -> dict[str, str]:
    """Framework -> a doctest that calls the function there, and differentiates an elementwise one.

    The expected lines are NumPy's, the same for every framework.
    """
    case = record.cases[0]
    params = "".join(f", {name}={value!r}" for name, value in case.items())
    words = {
        "x": INPUT, "name": record.name, "params": params,
        "call": f"multiact.{record.name}(x{params})",
    }  # fmt: skip
    x = np.array(INPUT, np.float32)
    value = _printed(record.function(x, **case))
    slope = ""
    if record.kind == "elementwise":
        slope = _printed(multiact.derivative(record.function, x, **case))
    return {
        framework.name: "\n".join(_doctest(framework, words, value, slope))
        for framework in FRAMEWORKS
    }


def _printed(y: Any) -> str:
    return str(y.round(4))


def _doctest(framework: Framework, words: dict[str, Any], value: str, slope: str) -> Iterator[str]:
    yield from _typed("import multiact\n" + framework.array.format(**words))
    yield from _typed(framework.value.format(**words))
    yield value
    if slope:
        yield from _typed(framework.gradient.format(**words))
        yield slope


def _typed(source: str) -> Iterator[str]:
    for line in source.split("\n"):
        prompt = "..." if not line or line[0] == " " else ">>>"
        yield f"{prompt} {line}".rstrip()


def page(record: Record) -> str:
    """The page of a function, as MyST Markdown."""
    parts = [
        f"# {record.name}",
        record.summary,
        f"$$\n{record.formula}\n$$",
        f"```{{raw}} html\n{figures(record)}\n```",
        f"```{{eval-rst}}\n.. autofunction:: multiact.{record.name}\n```",
        "## Properties",
        _table(["property", "value"], [[label, _cell(fact)] for label, fact in facts(record)]),
        "## Examples",
        "The same lines, whatever the framework.",
        _tabs(examples(record)),
        "## In the frameworks themselves",
        natives(record),
    ]
    return "\n\n".join(parts) + "\n"


def natives(record: Record) -> str:
    """How each library calls it: as it stands there, and so that it means what ours means."""
    case, rows = record.cases[0], []
    for library in LIBRARIES:
        calls = [row for row in NATIVES if (row.function, row.library) == (record.name, library)]
        for row in calls:
            try:
                same = f"`{row.write(case)}`" if row.same else "another function"
            except InexpressibleError:
                same = "not with its parameters"
            usual = f"`{row.usual()}`"
            rows.append([library, usual, "the same" if same == usual else same, row.remark])
        if not calls:
            rows.append([library, "none", "", HOMONYMS.get((record.name, library), "")])
    headings = ["library", "its call", f"with the meaning of `{_call(record)}`", "remark"]
    return _table(headings, [[_cell(text) for text in row] for row in rows])


def _call(record: Record) -> str:
    return ours(record.name, record.cases[0])


def _tabs(texts: dict[str, str]) -> str:
    parts = ["::::{tab-set}", ":sync-group: framework"]
    for name, text in texts.items():
        parts += [f":::{{tab-item}} {name}", f":sync: {name}", "```python", text, "```", ":::"]
    return "\n".join([*parts, "::::"])


def index() -> str:
    """The table of all functions by family, and the table of contents."""
    parts = ["# Functions", "Every function on every framework, with the same name and parameters."]
    families: dict[str, list[Record]] = {}
    for record in sorted(multiact.records.values(), key=lambda record: record.name):
        families.setdefault(record.family, []).append(record)
    for family, records in sorted(families.items()):
        rows = [
            [
                "<br>".join([f"[{record.name}]({record.name}.md)", *record.aliases]),
                _in_a_cell(record.formula),
                interval(record.range).replace(" ", "\u00a0"),
                (SMOOTHNESS.get(record.smoothness or "") or "").partition(":")[0],
            ]
            for record in records
        ]
        parts += [
            f"## {family.replace('_', '-').capitalize()}",
            _table(["function", "definition", "range", "smoothness"], rows),
        ]
    names = "\n".join(sorted(multiact.records))
    parts.append(f"```{{toctree}}\n:hidden:\n\n{names}\n```")
    return "\n\n".join(parts) + "\n"


def _in_a_cell(latex: str) -> str:
    """Without bars, which part cells, and with side conditions on a line of their own."""
    parts = latex.replace("|", r"\vert ").split(r",\quad")
    return "<br>".join(f"${part.strip()}$" for part in parts)


def _table(headings: list[str], rows: list[list[str]]) -> str:
    """A table without the columns that have nothing in any row."""
    used = [i for i in range(len(headings)) if any(row[i] for row in rows)]
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line[i] for i in used)} |" for line in lines)


def _cell(text: str) -> str:
    """Text inside a table: an identifier's underscores and a bar are no markup."""
    linked = re.sub(ARXIV, r"[\g<0>](https://arxiv.org/abs/\1)", text)
    return linked.replace("|", r"\|").replace("*", r"\*")


def write_pages(folder: Path = FOLDER) -> None:
    """Write what has changed, remove what no longer belongs to a function."""
    folder.mkdir(exist_ok=True)
    texts = {f"{record.name}.md": page(record) for record in multiact.records.values()}
    texts["index.md"] = index()
    for name, text in texts.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    for file in folder.glob("*.md"):
        if file.name not in texts:
            file.unlink()


def _docstring(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Before it is read as reStructuredText: |x| is no substitution, a*b no emphasis.

    A function of the catalogue has its summary and its examples elsewhere on the page.
    """
    if getattr(thing, "__name__", None) in multiact.records and what == "function":
        text = inspect.cleandoc("\n".join(lines))
        text = text.partition("\n")[2].partition("Examples\n--------")[0]
        lines[:] = text.splitlines()
    lines[:] = [_no_markup(line) for line in lines]


def _no_markup(line: str) -> str:
    if line.startswith("*"):  # the name of a parameter, which napoleon expects as it is
        return line
    escaped = re.sub(r"([|*])", r"\\\1", line)
    return re.sub(ARXIV, r"`\g<0> <https://arxiv.org/abs/\1>`__", escaped)


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before Sphinx looks for sources."""
    app.connect("builder-inited", lambda app: write_pages())
    # Before napoleon's handler, which has the default priority.
    app.connect("autodoc-process-docstring", _docstring, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
