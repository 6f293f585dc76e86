"""``multiact train``: how it is called, what it asks of the engine, and what it writes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from multiact_compare.cli import main
from multiact_compare.training import engine
from multiact_compare.training.results import Data, Epoch, Run, Setup

from tests.training import samples
from tests.training.test_data import NAMES, idx, images, labels

Heard = Callable[[Setup, int, Epoch], None]


class Engine:
    """Instead of training: what it was asked for, and runs as planned."""

    def __init__(self) -> None:
        self.setups: list[Setup] = []
        self.data: Data | None = None
        self.jobs = 0
        self.failing: dict[str, str] = {}

    def train(self, setups: Sequence[Setup], data: Data, heard: Heard, jobs: int) -> list[Run]:
        self.setups, self.data, self.jobs = list(setups), data, jobs
        return list(self._runs(heard))

    def _runs(self, heard: Heard) -> Iterator[Run]:
        for setup in self.setups:
            failure = self.failing.get(setup.activation)
            count = 0 if failure else setup.epochs
            epochs = [samples.epoch(1 / (1 + number)) for number in range(count)]
            for number, epoch in enumerate(epochs, start=1):
                heard(setup, number, epoch)
            yield Run(setup, ("hidden", "output"), ("hidden",), (128,), tuple(epochs), 0.1, failure)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Engine:
    found = Engine()
    monkeypatch.setattr(engine, "train", found.train)
    return found


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def test_defaults(trained: Engine) -> None:
    done = call()
    assert done.exit_code == 0, done.output
    assert trained.setups == [
        Setup("mlp", framework, "relu", "float32", 0, 10, 32, 0.01)
        for framework in ("numpy", "torch", "tensorflow", "jax")
    ]
    assert trained.data is not None
    assert (trained.data.name, trained.jobs) == ("digits", 0)
    assert "How far the frameworks are apart" in done.output
    assert "Ranking" not in done.output
    assert "100% jax: relu, seed 0, epoch 10" in done.output


def test_everything_said(trained: Engine) -> None:
    done = call(
        *("--model", "cnn", "-a", "gelu", "relu", "-b", "jax", "torch", "-d", "float64"),
        *("--epochs", 2, "--batch-size", 64, "--learning-rate", 0.005, "--seeds", 2, "--jobs", 2),
    )
    assert done.exit_code == 0, done.output
    assert trained.setups == [
        Setup("cnn", framework, activation, "float64", seed, 2, 64, 0.005)
        for activation in ("gelu", "relu")
        for seed in (0, 1)
        for framework in ("torch", "jax")
    ]
    assert trained.jobs == 2
    assert "Ranking" in done.output


def test_the_convolutional_network(trained: Engine) -> None:
    assert call("--model", "cnn").exit_code == 0
    assert [one.framework for one in trained.setups] == ["torch", "tensorflow", "jax"]
    assert {one.learning_rate for one in trained.setups} == {1e-3}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--activation", "relu", "gelu", "silu"),
        ("-a", "relu", "gelu", "-a", "silu"),
        ("--activation=relu", "gelu", "silu"),
        ("-arelu", "gelu", "--activation", "silu"),
        ("-a", "relu", "--epochs", "2", "-a", "gelu", "swish"),
        ("-a", "relu", "gelu", "silu", "relu", "swish"),
    ],
)
def test_several_activations(trained: Engine, arguments: tuple[str, ...]) -> None:
    """After one option or several; an alias is the function, and nothing is trained twice."""
    done = call("-b", "numpy", *arguments)
    assert done.exit_code == 0, done.output
    assert [one.activation for one in trained.setups] == ["relu", "gelu", "silu"]


def test_files(trained: Engine, tmp_path: Path) -> None:
    suffixes = ("html", "md", "json", "xml")
    files = [tmp_path / f"out.{suffix}" for suffix in suffixes]
    reports = [part for file in files for part in ("--report", file)]
    picture = tmp_path / "out.png"
    done = call("-b", "numpy", "torch", *reports, "--figure", picture)
    assert done.exit_code == 0, done.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["out.png", *(file.name for file in files)]
    )
    data = json.loads(files[2].read_text(encoding="utf-8"))
    assert [run["setup"]["framework"] for run in data["runs"]] == ["numpy", "torch"]
    for name in ("machine", "torch", "scikit-learn", "options"):
        assert name in data["environment"]
    assert "jax" not in data["environment"]


def test_a_failed_run(trained: Engine, tmp_path: Path) -> None:
    trained.failing = {"sine": "the loss is nan"}
    report, picture = tmp_path / "out.xml", tmp_path / "out.svg"
    done = call("-a", "sine", "relu", "-b", "torch", "--report", report, "--figure", picture)
    assert done.exit_code == 1
    assert "sine on torch, seed 0: the loss is nan" in done.output
    assert "1 of 2 runs" in done.output
    assert "the loss is nan" in report.read_text(encoding="utf-8")
    assert picture.exists()


def test_nothing_but_failures(trained: Engine, tmp_path: Path) -> None:
    trained.failing = {"relu": "PyTorch is not installed"}
    report, picture = tmp_path / "out.html", tmp_path / "out.png"
    done = call("-b", "torch", "--report", report, "--figure", picture)
    assert done.exit_code == 1
    assert "0 of 1 runs" in done.output
    assert "PyTorch is not installed" in report.read_text(encoding="utf-8")
    assert not picture.exists()


def test_own_data(trained: Engine, tmp_path: Path) -> None:
    for name, array in zip(NAMES, (images(12), labels(12), images(5), labels(5)), strict=True):
        (tmp_path / name).write_bytes(idx(array))
    done = call("--data", tmp_path, "--batch-size", 4)
    assert done.exit_code == 0, done.output
    assert trained.data is not None
    assert trained.data.train_images.shape == (12, 3, 4, 1)
    for arguments, message in (
        (("--batch-size", 13), "batch size 13 does not fit"),
        (("--batch-size", 4, "--model", "cnn"), "6×6 pixels at least"),
    ):
        wrong = call("--data", tmp_path, *arguments)
        assert wrong.exit_code == 2
        assert message in wrong.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--activation", "relu", "gelo"], "Did you mean gelu?"),
        (["-a", "swiglu"], "changes the shape"),
        (["-b", "numpy", "torhc"], "Did you mean torch?"),
        (["--model", "cnm"], "Did you mean cnn?"),
        (["-d", "float16"], "Did you mean"),
        (["--model", "cnn", "-b", "torch", "numpy"], "there is no model cnn on numpy"),
        (["--epochs", "0"], "x>=1"),
        (["--learning-rate", "0"], "x>0"),
        (["--learning-rate", "nan"], "learning rate nan is not allowed"),
        (["--learning-rate", "inf"], "learning rate inf is not allowed"),
        (["--batch-size", "1443"], "its 1442 training images"),
        (["--seeds", "0"], "x>=1"),
        (["relu"], "unexpected extra argument"),
        (["--epochs", "3", "relu"], "unexpected extra argument"),
        (["--data", "/no/such/folder"], "/no/such/folder: No such file or directory"),
        (["--report", "out.pdf"], "the suffix says"),
        (["--figure", "out.html"], "allowed are .png, .svg, .pdf"),
        (["--figure", "out"], "has no suffix"),
        (["--figure", "/no/such/folder/out.png"], "cannot write"),
        (["--activation"], "requires an argument"),
    ],
)
def test_wrong_calls(trained: Engine, arguments: list[str], message: str) -> None:
    done = call(*arguments)
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())
    assert not trained.setups


def test_without_matplotlib(trained: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "matplotlib" else usual(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    done = call("--figure", "out.png")
    assert done.exit_code == 2
    assert "pip install 'multiact[train]'" in done.output


def test_help_loads_no_framework() -> None:
    program = (
        "import sys\n"
        "from multiact_compare.cli import main\n"
        "main(['train', '--help'], standalone_mode=False)\n"
        "assert not {'torch', 'tensorflow', 'jax', 'sklearn', 'matplotlib'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "--activation NAME ..." in done.stdout


def test_for_real(tmp_path: Path) -> None:
    """Two frameworks and an activation that is none of NumPy's: the same curves in float64."""
    report = tmp_path / "out.json"
    done = call(
        "-a", "mish", "-b", "numpy", "torch", "-d", "float64", "--epochs", 2, "--report", report
    )
    assert done.exit_code == 0, done.output
    data = json.loads(report.read_text(encoding="utf-8"))
    assert [len(run["epochs"]) for run in data["runs"]] == [2, 2]
    (apart,) = data["divergences"]
    assert apart["frameworks"] == ["numpy", "torch"]
    assert max(apart["loss"]) < 1e-10
    first, second = (epoch["accuracy"] for epoch in data["runs"][0]["epochs"])
    assert second > first > 0.3
