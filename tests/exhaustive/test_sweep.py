"""Whole sweeps: the same as ordinary parity in 16 bits, and the same after any interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from multiact_compare import parity
from multiact_compare.exhaustive import checkpoint, sweep
from multiact_compare.exhaustive.render import document
from multiact_compare.exhaustive.request import Request
from multiact_compare.plan import TierName

from tests.exhaustive.commands import command, environment, multiact
from tests.exhaustive.test_checkpoint import Silent

FUNCTIONS = ["relu", "sigmoid", "hard_silu"]


class Quiet:
    """No progress of the ordinary run."""

    def start(self, total: int) -> None:
        pass

    def advance(self, steps: int, activity: str) -> None:
        pass


@pytest.mark.thorough
@pytest.mark.parametrize("tier", ["default", "precise"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_16_bits_give_what_parity_finds(dtype: str, tier: TierName, tmp_path: Path) -> None:
    # PyTorch has known deviations in the default tier.
    backends = ["numpy", "torch"] if tier == "default" else ["numpy"]
    request = Request(FUNCTIONS, dtype, backends, tier_name=tier)
    swept = sweep.run(request, tmp_path / "state", Silent())
    ordinary = parity.run(
        parity.Request(FUNCTIONS, backends, dtypes=[dtype], modes=["eager"], tier_name=tier),
        Quiet(),
    )
    cells = {
        (cell.function, cell.case, cell.backend, cell.quantity): cell
        for cell in ordinary.cells
        if cell.layout == "long"
    }
    assert len(swept.rows) == len(FUNCTIONS) * len(backends) * 2
    for row in swept.rows:
        cell = cells[row.function, row.case, row.backend, row.quantity]
        assert row.inputs == cell.points == 1 << 16
        assert row.judged == cell.judged
        assert row.misrounded == cell.misrounded
        assert {where: count for where, count in row.failures.items() if count} == cell.failures
        assert row.excused == cell.excused
        assert row.ok == cell.ok
        for name in ("ulp", "sized", "ratio", "beyond"):
            mine, theirs = getattr(row, name), getattr(cell, name)
            if theirs is not None and mine is not None:
                # A cell keeps six digits.
                assert mine.amount == pytest.approx(theirs.amount, rel=1e-5)
        assert repr(row.infinities) == repr(dict(cell.infinities))


SWEEP = """
import sys
from pathlib import Path
from multiact_compare.exhaustive import report, sweep
from multiact_compare.exhaustive.request import Range, Request
from tests.exhaustive.test_checkpoint import Silent

if __name__ == "__main__":
    request = Request(
        ["sigmoid", "mish"], "float32", ["numpy"], quantities=["value"],
        range=Range(-2.0, -0.03), jobs=2,
    )
    watcher = Silent()
    found = sweep.run(request, Path(sys.argv[1]), watcher, save_seconds=0.1)
    report.save(found, Path(sys.argv[2]))
    print(*watcher.said, sep="\\n")
"""


def _without_times(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    del data["seconds"]
    for state in data["backends"]:
        del state["seconds"]
    return data


def _done(file: Path) -> int:
    """How many inputs a checkpoint says are done."""
    if not file.exists():
        return 0
    body = json.loads(file.read_text(encoding="utf-8").split("\n", 1)[1])
    return sum(
        tally["inputs"] for line in body["lines"].values() for tally in line["tallies"].values()
    )


def test_after_a_kill_the_same_command_comes_to_the_same_result(tmp_path: Path) -> None:
    script = tmp_path / "sweep.py"
    script.write_text(SWEEP, encoding="utf-8")
    whole, parts, state = tmp_path / "whole.json", tmp_path / "parts.json", tmp_path / "state"

    def start(file: Path, result: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(script), str(file), str(result)],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )

    with start(tmp_path / "other", whole) as process:
        assert process.wait(timeout=200) == 0
    done = 0
    for _ in range(2):
        with start(state, parts) as process:
            deadline = time.monotonic() + 60
            while _done(state) <= done and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert _done(state) > done, "nothing was saved in a minute"
        done = _done(state)
    total = sum(row["inputs"] for row in _without_times(whole)["rows"])
    assert done < total, "the sweep was over before it could be killed"
    with start(state, parts) as process:
        said, _ = process.communicate(timeout=200)
        assert process.returncode == 0
    assert "is done already, going on from there" in said
    assert _without_times(parts) == _without_times(whole)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough)]
)
def test_an_interrupt_ends_the_workers_and_keeps_what_is_done(
    number: signal.Signals, tmp_path: Path
) -> None:
    arguments = ("sigmoid", "--exhaustive", "float32", "-b", "numpy", "--jobs", "1")
    with subprocess.Popen(
        command(*arguments, "--checkpoint", "state"),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "float64 references checked" in line:
                break
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 60
        workers: list[str] = []
        while not workers and time.monotonic() < deadline:
            tasks = Path(f"/proc/{process.pid}/task").iterdir()
            workers = [pid for task in tasks for pid in (task / "children").read_text().split()]
            time.sleep(0.05)
        assert workers, children
        deadline = time.monotonic() + 60
        while not _done(tmp_path / "state") and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(number)
        rest = process.stderr.read()
        status = process.wait(timeout=30)
    assert status in (128 + number, 1)
    assert "interrupted; state has what is done" in rest
    assert not any(_runs(pid) for pid in workers)
    assert _done(tmp_path / "state") > 0
    again = subprocess.Popen(
        command(*arguments, "--checkpoint", "state"),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
    )
    with again:
        assert again.stderr is not None
        assert "is done already, going on from there" in again.stderr.readline()
        again.kill()


def _runs(pid: str) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


WRONG = """
import numpy
import multiact
right = multiact.sigmoid

def sigmoid(x):
    y = right(x).copy()
    y[(x > 0.75) & (x < 0.75 + 5 * 2.0**-24)] *= numpy.float32(1.00001)
    return y

multiact.sigmoid = sigmoid
"""


def test_a_wrong_result_is_found(tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    # sitecustomize is imported by every Python process: it spoils multiact without a hook in it.
    (shadow / "sitecustomize.py").write_text(WRONG, encoding="utf-8")
    arguments = ("sigmoid", "--exhaustive", "float32", "-b", "numpy", "--range", "0.7:0.8")
    arguments += ("--quantity", "value", "--json", "out.json")
    done = multiact(*arguments, folder=tmp_path, shadow=shadow)
    assert done.returncode == 1, done.stderr
    assert "The contract does not hold" in done.stdout
    (row,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rows"]
    # All numbers strictly between: numbers are 2**-24 apart there.
    assert row["failures"]["finite"] == 4
    assert 0.75 < float.fromhex(row["ratio"]["x_hex"]) < 0.75 + 5 * 2.0**-24
    right = multiact(*arguments, folder=tmp_path)
    assert right.returncode == 0, right.stdout
    assert not list(tmp_path.glob("*.checkpoint"))


def test_an_exception_of_a_function_is_a_failure(tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    wrong = (
        "import multiact\ndef relu(x):\n    raise ValueError('too much')\nmultiact.relu = relu\n"
    )
    (shadow / "sitecustomize.py").write_text(wrong, encoding="utf-8")
    done = multiact(
        *("relu", "tanh", "--exhaustive", "float16", "-b", "numpy"), folder=tmp_path, shadow=shadow
    )
    assert done.returncode == 1
    assert "numpy relu f: ValueError: too much" in " ".join(done.stdout.split())
    assert "tanh" in done.stdout


def test_a_dead_backend_leaves_the_others(tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "jax.py").write_text("import os; os.abort()\n", encoding="utf-8")
    done = multiact(
        *("relu", "--exhaustive", "float16", "-b", "numpy", "-b", "jax"),
        folder=tmp_path,
        shadow=shadow,
    )
    assert done.returncode == 1
    assert "jax: died with signal 6 (SIGABRT)" in " ".join(done.stdout.split())
    # The same command may try again.
    assert len(list(tmp_path.glob("*.checkpoint"))) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sigmoid", "--exhaustive", "float64"), "float64"),
        (("softmax", "--exhaustive", "float16"), "works on whole rows"),
        (("sigmoid", "--exhaustive", "float16", "--range", "5"), "is no range"),
        (("sigmoid", "--exhaustive", "float16", "--range", "2:1"), "is no range"),
        (("sigmoid", "--exhaustive", "float16", "--range", "nan:1"), "is no range"),
        (("sigmoid", "--exhaustive", "float16", "--range=1.00001:1.00002"), "there is no number"),
        (("sigmoid", "--exhaustive", "float16", "--points", "5"), "--points has no meaning"),
        (("sigmoid", "--range", "0:1"), "--range belongs to --exhaustive"),
        (("sigmoid", "--exhaustive", "float16", "--json", "/no/such/out.json"), "cannot write"),
        (("sigmoid", "--exhaustive", "float16", "--checkpoint", "/no/state"), "cannot write"),
        (("sigmoid", "--exhaustive", "float16", "--checkpoint", "damaged"), "is no checkpoint"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    (tmp_path / "damaged").write_text("nothing", encoding="utf-8")
    done = multiact(*arguments, "-b", "numpy", folder=tmp_path)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert os.listdir(tmp_path) == ["damaged"]


def test_the_report_as_a_document(tmp_path: Path) -> None:
    request = Request(["relu"], "float16", ["numpy"])
    found = sweep.run(request, tmp_path / "state", Silent())
    page = document(found)
    assert page.data["schema_version"] == 1
    assert [check.status for check in page.checks] == ["passed", "passed"]
    assert "The contract holds" in page.summary
    # All is done: the same call has nothing to do.
    again = sweep.run(request, tmp_path / "state", Silent())
    assert [row.histogram for row in again.rows] == [row.histogram for row in found.rows]
    assert checkpoint.load(tmp_path / "state", sweep.identity(request)).seconds >= 0
