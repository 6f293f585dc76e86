"""Checkpoints: what is damaged, foreign or cannot be written is said, and nothing is lost."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from multiact_compare.exhaustive import checkpoint, sweep
from multiact_compare.exhaustive.board import PORTION, Board, merged
from multiact_compare.exhaustive.checkpoint import CheckpointError, LineState, State
from multiact_compare.exhaustive.request import Range, Request
from multiact_compare.exhaustive.tally import Tally

IDENTITY = {"tier": "default", "dtype": "float32"}


class Silent:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def start(self, total: int, done: int) -> None:
        self.said.append(f"{done} of {total}")

    def advance(self, inputs: int, seconds_left: float | None, activity: str) -> None:
        pass


def _state() -> State:
    tally = Tally(inputs=5, judged=4, misrounded=1)
    tally.histogram[2] += 4
    tally.see("ulp", 0.1, 17, 42)
    tally.see("beyond", float("inf"), 18, 43)
    tally.see_not_nan(99, 7)
    tally.ends["inf"] = 3
    line = LineState([(3, 9), (20, 30)], {"value": tally}, 1.25)
    return State({"numpy/relu-0": line}, {"numpy": {"status": "ok"}}, 12.5)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "state"
    checkpoint.save(file, IDENTITY, _state())
    found = checkpoint.load(file, IDENTITY)
    (line,) = found.lines.values()
    (before,) = _state().lines.values()
    assert line.left == before.left
    assert line.remaining == 16
    assert line.tallies["value"].to_data() == before.tallies["value"].to_data()
    assert (found.seconds, found.backends) == (12.5, {"numpy": {"status": "ok"}})
    assert os.listdir(tmp_path) == ["state"]


def _spoiled(text: str) -> dict[str, str]:
    head, body = text.split("\n", 1)
    newer = json.dumps({**json.loads(head), "schema_version": 99})
    return {
        "empty": "",
        "cut": text[: len(text) // 2],
        "flipped": text.replace('"misrounded": 1', '"misrounded": 0'),
        "other": '{"kind": "something else"}\n{}\n',
        "binary": "\x00\x01\x02",
        "newer": f"{newer}\n{body}",
    }


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("empty", "is no checkpoint of a sweep"),
        ("cut", "is damaged"),
        ("flipped", "is damaged"),
        ("other", "is no checkpoint of a sweep"),
        ("binary", "is no checkpoint of a sweep"),
        ("newer", "has checkpoint version 99"),
    ],
)
def test_damaged_files_are_refused(how: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "state"
    checkpoint.save(file, IDENTITY, _state())
    file.write_text(_spoiled(file.read_text(encoding="utf-8"))[how], encoding="utf-8")
    with pytest.raises(CheckpointError, match=message) as caught:
        checkpoint.load(file, IDENTITY)
    assert "Remove it to start anew, or name another file with --checkpoint" in str(caught.value)
    assert str(file) in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "state"
    file.write_bytes(b"\xff\xfe\n\xff")
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        checkpoint.load(file, IDENTITY)


def test_another_sweeps_file_is_refused_with_the_difference(tmp_path: Path) -> None:
    file = tmp_path / "state"
    checkpoint.save(file, IDENTITY, _state())
    with pytest.raises(CheckpointError, match="tier is default there and precise here"):
        checkpoint.load(file, {**IDENTITY, "tier": "precise"})


@pytest.mark.parametrize(
    "change",
    [
        {"functions": ["tanh"]},
        {"tier_name": "precise"},
        {"dtype_name": "bfloat16"},
        {"range": Range(0.0, 1.0)},
        {"quantities": ["value"]},
        {"backends": ["numpy", "torch"]},
        {"all_cases": True, "functions": ["elu"]},
    ],
)
def test_everything_asked_for_is_part_of_the_identity(change: dict[str, object]) -> None:
    asked = {"functions": ["sigmoid"], "dtype_name": "float16", "backends": ["numpy"]}
    one = Request(**asked)  # type: ignore[arg-type]
    other = Request(**{**asked, **change})  # type: ignore[arg-type]
    assert checkpoint.differences(sweep.identity(one), sweep.identity(other))
    assert sweep.default_checkpoint(one) != sweep.default_checkpoint(other)
    assert sweep.identity(one) == sweep.identity(Request(**asked))  # type: ignore[arg-type]


def test_versions_are_part_of_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(["sigmoid"], "float16", ["numpy"])
    here, file = sweep.identity(request), sweep.default_checkpoint(request)
    monkeypatch.setattr(sweep, "version", lambda package: "0.0.1")
    (text, *_) = checkpoint.differences(here, sweep.identity(request))
    assert "version of" in text
    assert "0.0.1 here" in text
    # The same command looks into the same file, and says why it is of no use.
    assert sweep.default_checkpoint(request) == file


def test_sources_are_part_of_the_identity(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    before = checkpoint.sources_digest([str(tmp_path)])
    (tmp_path / "a.py").write_text("x = 2\n", encoding="utf-8")
    assert checkpoint.sources_digest([str(tmp_path)]) != before


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_keeps_the_previous_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state"
    checkpoint.save(file, IDENTITY, _state())
    before = file.read_bytes()
    monkeypatch.setattr(os, "replace", _full)
    with pytest.raises(CheckpointError, match="No space left on device") as caught:
        checkpoint.save(file, IDENTITY, State({}))
    assert "what was saved before is still there" in str(caught.value)
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == ["state"]


def test_a_disk_that_fills_up_stops_the_sweep_and_the_rest_follows_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state"
    request = Request(["relu"], "float16", ["numpy"], jobs=1)
    saves = []
    write = os.replace

    def second_fails(source: str, target: str) -> None:
        saves.append(target)
        (_full if len(saves) > 1 else write)(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(CheckpointError, match="Make room"):
        sweep.run(request, file, Silent())
    monkeypatch.setattr(os, "replace", write)
    watcher = Silent()
    report = sweep.run(request, file, watcher)
    assert report.ok
    assert "going on from there" in watcher.said[0]
    assert {row.inputs for row in report.rows} == {1 << 16}


def test_an_unwritable_path_is_found_out_before_the_work(tmp_path: Path) -> None:
    request = Request(["relu"], "float16", ["numpy"])
    watcher = Silent()
    with pytest.raises(CheckpointError, match="nothing was saved"):
        sweep.run(request, tmp_path / "no such folder" / "state", watcher)
    assert watcher.said == []


def test_work_in_progress_counts_as_still_to_do() -> None:
    line = LineState([(5, 3 * PORTION)], {"value": Tally()})
    board = Board(State({"a": line}))
    first, second = board.take(["a"]), board.take(["a"])
    assert first is not None
    assert second is not None
    assert (first.start, first.stop, second.stop) == (5, PORTION, 2 * PORTION)
    assert board.snapshot(0.0).lines["a"].left == [(5, 3 * PORTION)]
    tallies = {"value": Tally(inputs=95).to_data()}
    board.enter(first, {"reached": 100, "seconds": 1.0, "tallies": tallies})
    board.give_back(second)
    snapshot = board.snapshot(2.0)
    assert snapshot.lines["a"].left == [(100, 3 * PORTION)]
    assert snapshot.lines["a"].tallies["value"].inputs == 95
    left = board.seconds_left(["a"])
    assert left == pytest.approx((3 * PORTION - 100) / 95)


def test_a_failed_line_is_not_tried_again() -> None:
    board = Board(State({"a": LineState([(0, 10)], {"value": Tally()})}))
    portion = board.take(["a"])
    assert portion is not None
    board.fail(portion, "ValueError: no")
    assert board.take(["a"]) is None
    assert board.snapshot(0.0).lines["a"].error == "ValueError: no"


def test_intervals_are_joined() -> None:
    assert merged([(7, 9), (0, 3), (3, 5)]) == [(0, 5), (7, 9)]
