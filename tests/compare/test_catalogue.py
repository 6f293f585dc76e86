"""``multiact list`` and ``multiact show``, the formulas as text, the curves as letters."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner, Result
from multiact_compare import braille, catalogue
from multiact_compare.cli import main
from multiact_compare.plain_formula import plain

import multiact
from multiact import Record

RECORDS = list(multiact.records.values())
every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)


def run(*arguments: str, width: int = 80) -> Result:
    return CliRunner().invoke(main, arguments, env={"COLUMNS": str(width)})


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 160])
def test_the_list_has_every_function(width: int) -> None:
    done = run("list", width=width)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert max(map(len, lines)) <= width
    first = {line.split(" ")[0] for line in lines}
    assert {record.name for record in RECORDS} <= first
    for record in RECORDS:
        assert f"{' = '.join([record.name, *record.aliases])} " in done.output
        assert words(plain(record.formula)) in words(done.output) or width == 80


def test_the_list_of_one_family() -> None:
    done = run("list", "--family", "rectifiers")
    assert done.exit_code == 0
    first = {line.split(" ")[0] for line in done.output.splitlines()}
    for record in RECORDS:
        assert (record.name in first) == (record.family == "rectifiers")
    wrong = run("list", "--family", "linear")
    assert wrong.exit_code == 2
    assert "rectifiers" in wrong.output


def test_a_row_of_the_list() -> None:
    lines = run("list").output.splitlines()
    (row,) = (i for i, line in enumerate(lines) if line.startswith("relu "))
    assert words(lines[row]) == "relu 0 … ∞ C0 yes no left"
    assert lines[row + 1].rstrip() == "  max(x, 0)"


@every_record
def test_a_card(record: Record) -> None:
    done = run("show", record.name)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.output.splitlines())) <= 80
    assert "\x1b" not in done.output
    text = words(done.output)
    assert words(record.summary) in text
    assert words(record.paper) in text
    for label, fact in catalogue.facts(record):
        assert fact
        assert f"{label} {words(fact)}" in text
    assert (f"{record.name}′(x)" in text) == (record.kind == "elementwise")


@every_record
def test_notes_are_those_of_the_docstring(record: Record) -> None:
    notes = catalogue.notes(record)
    assert notes
    documented = words(record.function.__doc__ or "").replace(":func:", "").replace("`", "")
    assert all(note in documented for note in notes)
    assert not any("Source:" in note or "`" in note for note in notes)


def test_what_the_card_of_relu_says() -> None:
    assert dict(catalogue.facts(multiact.records["relu"])) == {
        "family": "rectifiers",
        "limits": "0 at −∞, ∞ at ∞",
        "range": "0 … ∞",
        "bounded": "no",
        "saturates": "left",
        "smoothness": "C0: continuous, the derivative jumps",
        "monotonic": "yes",
        "zero-centred": "no",
        "share of zeros": "50 % for x from N(0, 1)",
        "derivative": "0 … 1",
        "derivative is 0": "at no single point",
        "kinks": "0; relu'(0) = 0",
        "array parameters": "none",
        "integers": "kept",
        "paper": "Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann "
        "machines",
    }


def test_an_alias_has_the_card_of_its_function() -> None:
    assert run("show", "swish").output == run("show", "silu").output


def test_a_narrow_terminal_has_one_curve_below_the_other() -> None:
    lines = run("show", "gelu", width=60).output.splitlines()
    assert max(map(len, lines)) <= 60
    assert {"gelu(x)", "gelu′(x)"} <= {line.strip() for line in lines}


def test_a_misspelt_name_gets_a_suggestion() -> None:
    done = run("show", "sofplus")
    assert done.exit_code == 2
    assert "Did you mean softplus?" in done.output


@pytest.mark.parametrize("arguments", [("list",), ("show", "gelu")])
def test_piped_output_has_no_colours_and_needs_no_framework(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys; from multiact_compare.cli import main; "
        f"main({list(arguments)}, standalone_mode=False); "
        "assert not {'torch', 'tensorflow', 'jax'} & set(sys.modules)"
    )
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {name: value for name, value in os.environ.items() if "COLOR" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**environment, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
    )
    assert "gelu" in done.stdout
    assert "\x1b" not in done.stdout


@every_record
def test_no_latex_is_left_in_a_formula(record: Record) -> None:
    text = plain(record.formula)
    assert text
    assert not set(text) & set("\\{}$&\n\x02\x03")
    assert text == words(text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{1}{1 + e^{-x}}", "1/(1 + e⁻ˣ)"),
        (r"\frac12 x", "(1/2)x"),
        (r"\frac{1}{\frac{x}{2} + 1}", "1/(x/2 + 1)"),
        (r"\frac{x - \mu}{\sigma \sqrt 2}", "(x − μ)/(σ√2)"),
        (r"x + \frac{\sin^2(a x)}{a}", "x + sin²(ax)/a"),
        (r"\frac{x + \sqrt{x^2 + b}}{2}", "(x + √(x² + b))/2"),
        (r"\operatorname{clip}\left(\tfrac{x}{6}, 0, 1\right)", "clip(x/6, 0, 1)"),
        (r"\begin{cases} x & x > 0 \\ -x & x \le 0 \end{cases}", "x if x > 0; −x if x ≤ 0"),
        (r"\text{negative\_slope} \cdot x", "negative_slope·x"),
        (r"\sum_{j \ne i} x_j", "Σ_(j ≠ i) xⱼ"),
        (r"s s^\top", "ssᵀ"),
    ],
)
def test_latex_as_text(latex: str, text: str) -> None:
    assert plain(latex) == text


def test_a_drawing() -> None:
    xs = braille.columns(-1, 1, width=4)
    assert braille.curve(xs, xs, height=2) == [
        " 1   ⡠⠊",
        "−1 ⡠⠊┼─",
        "   −1 1",
    ]


def test_nothing_is_drawn_across_a_break() -> None:
    xs = braille.columns(-1, 1, width=4)
    step = np.where(xs > 0, 1.0, 0.0)
    connected = braille.curve(xs, step, height=3)
    broken = braille.curve(xs, step, height=3, breaks=[0.0])
    assert connected[1] != broken[1]
    assert set(broken[1]) <= set(" │")


def test_a_constant_can_be_drawn() -> None:
    xs = braille.columns(-1, 1, width=4)
    for constant in (0.0, 2.0):
        assert len(braille.curve(xs, np.full(xs.shape, constant), height=3)) == 4
