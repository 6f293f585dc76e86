"""The page on choosing an activation: what is rendered into it, and that it is current."""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from multiact_compare import report
from multiact_compare.training import data, document, timing
from multiact_compare.training.results import Data, Experiment, Setup

import multiact
from tests.training import samples

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/choosing.py."""
    spec = importlib.util.spec_from_file_location("choosing", ROOT / "tools" / "choosing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(tool: ModuleType) -> str:
    return str(tool.PAGE.read_text(encoding="utf-8"))


NAMES = ("relu", "gelu", "tanh")
RATIOS = {"perceptron": {"relu": 1.0, "tanh": 1.25}, "convolutions": {"relu": 1.0, "tanh": 1.5}}


@pytest.fixture
def runs() -> dict[str, Experiment]:
    """The convolutional network turns the order round; relu has dead units everywhere."""
    turned = samples.several(NAMES, accuracy=lambda place, seed: 0.9 + 0.02 * place + 0.001 * seed)
    four = [
        replace(run, setup=replace(run.setup, activation=name))
        for name in NAMES
        for run in samples.four_frameworks().runs
    ]
    return {
        "mlp": samples.several(NAMES),
        "fast": samples.several(NAMES, accuracy=lambda place, seed: 0.95),
        "cnn": turned,
        "frameworks": samples.experiment(four),
    }


def part(text: str, name: str) -> str:
    return text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]


def test_what_is_rendered(tool: ModuleType, page: str, runs: dict[str, Experiment]) -> None:
    text = tool.rendered(page, runs, RATIOS)
    overview = part(text, "overview")
    assert "| `relu` | 1. 97.30 ± 0.30 % = | 1. 95.00 ± 0.00 % = | 3. 90.10 ± 0.10 % |" in overview
    found = part(text, "findings")
    assert (
        "- Perceptron: `relu` is first with 97.30 ± 0.30 %. Not told apart from it: none. " in found
    )
    assert "Behind it: `gelu`, `tanh`." in found
    assert (
        "learning rate 0.1: `relu` is first with 95.00 ± 0.00 %. Not told apart from it: `gelu`"
        in (found)
    )
    assert ", perceptron and convolutions: −1.00." in found
    assert ", perceptron and perceptron, learning rate 0.1: 1.00." in found
    assert "| `tanh` | 1.25× | 1.50× |" in part(text, "times")
    dead = part(text, "dead")
    assert "| `relu` | 4 | 4 | 4 |" in dead
    assert "perceptron, hidden (128)" in dead
    assert "No unit was dead in any run with `gelu`, `tanh`." in dead
    assert "| gelu | 3e−06 | numpy and jax, epoch 1 |" in part(text, "agreement")
    assert "355 held out, of which one is 0.28 % of the accuracy" in part(text, "conditions")
    assert "| 2 | gelu | 95.30 ± 0.30 % |" in part(text, "ranking-mlp")
    # The words around the tables stay, and to render again changes nothing.
    strip = re.compile(r"<!-- ([\w-]+) -->\n.*?<!-- /\1 -->", re.S)
    assert strip.sub("", text) == strip.sub("", page)
    assert tool.rendered(text, runs, RATIOS) == text


def test_a_failed_activation_is_no_obstacle(
    tool: ModuleType, page: str, runs: dict[str, Experiment]
) -> None:
    failed = [
        replace(run, epochs=(), failure="the loss is nan")
        if run.setup.activation == "tanh"
        else run
        for run in runs["fast"].runs
    ]
    text = tool.rendered(page, {**runs, "fast": samples.experiment(failed)}, RATIOS)
    assert "| 3. – |" in part(text, "overview")


def test_properties_are_those_of_the_records(tool: ModuleType, page: str) -> None:
    rows = {
        line.split("|")[1].strip(" `"): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in part(page, "properties").splitlines()
        if line.startswith("| `")
    }
    assert set(rows) == set(tool.CHOICE) <= set(multiact.records)
    assert rows["relu"] == ["0 … ∞", "C0", "yes", "no", "left", "0 … 1", "50\u00a0%"]
    assert rows["tanh"][2:5] == ["yes", "yes", "both sides"]


def test_signals(tool: ModuleType) -> None:
    """Known in closed form: half the variance, 1/√(2π), and what selu was made for."""
    found = tool.signal()
    assert "| `relu` | 0.399 | 0.584 | 0.500 |" in found
    assert "| `selu` | 0.000 | 1.000 | 1.072 |" in found
    assert "| `identity` | 0.000 | 1.000 | 1.000 |" in found


def test_the_page_is_current(tool: ModuleType, page: str) -> None:
    assert tool.rendered(page, {}, {}) == page, "run `python tools/choosing.py`"


def test_the_page_shows_a_run_of_every_function(tool: ModuleType, page: str) -> None:
    for name in ("overview", "times", "agreement"):
        cells = re.findall(r"^\| `?([\w\\]+)`? \|", part(page, name), re.M)
        shown = {cell.replace("\\", "") for cell in cells} - {"function", "activation"}
        assert shown == set(tool.CHOICE), name


def test_the_make_target_trains_them(tool: ModuleType) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    choice = re.search(r"^CHOICE := (.*)$", text, re.M)
    assert choice is not None
    assert set(choice[1].split()) == set(tool.CHOICE)
    for name in (*tool.NAMES, "frameworks"):
        assert f"--report choosing/{name}.json" in text


def test_from_files(
    tool: ModuleType,
    page: str,
    runs: dict[str, Experiment],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, one in runs.items():
        report.write(document.document(one), tmp_path / f"{name}.json")
    copy, drawn = tmp_path / "page.md", tmp_path / "page.svg"
    copy.write_text(page, encoding="utf-8")
    monkeypatch.setattr(tool, "PAGE", copy)
    monkeypatch.setattr(tool, "PICTURE", drawn)
    monkeypatch.setattr(tool, "measured_times", lambda: RATIOS)
    monkeypatch.setattr(sys, "argv", ["choosing.py", "--runs", str(tmp_path)])
    tool.main()
    assert copy.read_text(encoding="utf-8") == tool.rendered(page, runs, RATIOS)
    assert drawn.read_text(encoding="utf-8").startswith("<?xml")
    monkeypatch.setattr(sys, "argv", ["choosing.py", "--check"])
    with pytest.raises(SystemExit) as caught:
        tool.main()
    assert caught.value.code == 0


def test_times_are_measured_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that moves in the epochs alone."""
    seconds = {"relu": (7.0, 2.0, 3.0), "gelu": (5.0, 4.0, 6.0, 1.0)}
    now = 0.0
    order: list[str] = []

    class Trainer:
        def __init__(self, setup: Setup, found: Data) -> None:
            order.append(f"make {setup.activation}")

        def compile(self, setup: Setup) -> None:
            order.append(f"compile {setup.activation}")

        def epochs(self, setup: Setup) -> Iterator[None]:
            nonlocal now
            for number, duration in enumerate(seconds[setup.activation]):
                order.append(f"{setup.activation} {number}")
                now += duration
                yield

    monkeypatch.setattr(timing, "Trainer", Trainer)
    monkeypatch.setattr(timing.time, "process_time", lambda: now)
    setups = [
        replace(samples.SETUP, activation=name, epochs=len(found))
        for name, found in seconds.items()
    ]
    # The fourth epoch of the second has no counterpart.
    assert timing.shortest_epochs(setups, data.load(None)) == [2.0, 4.0]
    assert order == [
        "make relu", "make gelu", "compile relu", "compile gelu",
        "relu 0", "gelu 0", "relu 1", "gelu 1", "relu 2", "gelu 2",
    ]  # fmt: skip


def test_a_time_is_that_of_a_real_epoch() -> None:
    (seconds,) = timing.shortest_epochs([replace(samples.SETUP, epochs=1)], data.load(None))
    assert 0 < seconds < math.inf
