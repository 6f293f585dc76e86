"""What is trained on: the built-in digits, and folders of IDX files, whole and damaged."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from multiact_compare.training import data
from multiact_compare.training.data import DataError

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
TRAIN, TEST, HEIGHT, WIDTH = 12, 5, 3, 4


def idx(array: np.ndarray, code: int = 8) -> bytes:
    """An array as an IDX file has it."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes((0, 0, code, array.ndim)) + sizes + array.astype(np.uint8).tobytes()


def images(count: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    return np.arange(count * height * width).reshape(count, height, width) % 256


def labels(count: int) -> np.ndarray:
    return np.arange(count) % 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as it should be."""
    for name, array in zip(
        NAMES, (images(TRAIN), labels(TRAIN), images(TEST), labels(TEST)), strict=True
    ):
        (tmp_path / name).write_bytes(idx(array))
    return tmp_path


def test_digits() -> None:
    found = data.load(None)
    assert found.name == "digits"
    assert found.train_images.shape == (1442, 8, 8, 1)
    assert found.test_images.shape == (355, 8, 8, 1)
    assert found.train_images.dtype == np.float64
    assert found.train_labels.dtype == np.int64
    assert (found.train_images.min(), found.train_images.max()) == (0.0, 1.0)
    # A fifth of each class, and no image on both sides.
    share = np.bincount(found.test_labels) / np.bincount(found.train_labels)
    assert np.allclose(share, 0.25, atol=0.01)
    sides = [
        {image.tobytes() for image in part} for part in (found.train_images, found.test_images)
    ]
    assert not sides[0] & sides[1]


def test_digits_are_the_same_every_time() -> None:
    one, two = data.load(None), data.load(None)
    assert np.array_equal(one.test_images, two.test_images)
    assert np.array_equal(one.train_labels, two.train_labels)


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.delitem(sys.modules, "sklearn", raising=False)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(DataError, match=r"pip install 'multiact\[train\]', or name a folder"):
        data.load(None)


def check(found: data.Data) -> None:
    """That it is what the fixture wrote."""
    assert found.train_images.shape == (TRAIN, HEIGHT, WIDTH, 1)
    assert np.array_equal(found.train_images[..., 0] * 255, images(TRAIN))
    assert np.array_equal(found.train_labels, labels(TRAIN))
    assert np.array_equal(found.test_images[..., 0] * 255, images(TEST))
    assert np.array_equal(found.test_labels, labels(TEST))


def test_a_folder(folder: Path) -> None:
    found = data.load(folder)
    check(found)
    assert found.name == folder.name


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("mark", ["-", "."])
def test_usual_names_packed_or_not(folder: Path, suffix: str, packed: bool, mark: str) -> None:
    """Browsers unpack files without renaming them: what is inside decides."""
    for name in NAMES:
        content = (folder / name).read_bytes()
        (folder / name).unlink()
        renamed = name.replace("-idx", f"{mark}idx") + suffix
        (folder / renamed).write_bytes(gzip.compress(content) if packed else content)
    check(data.load(folder))


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """What damages one file of a folder."""

    def damage(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return damage


def replaced(name: str, content: bytes) -> Callable[[Path], None]:
    return changed(name, lambda _: content)


def removed(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def unreadable(folder: Path) -> None:
    (folder / NAMES[0]).unlink()
    (folder / NAMES[0]).mkdir()


IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = NAMES
HUGE = bytes((0, 0, 8, 3)) + b"\xff" * 12

DAMAGES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "truncated": (changed(IMAGES, lambda b: b[:-1]), IMAGES, "truncated.*12×3×4.*144.*only 143"),
    "trailing": (changed(IMAGES, lambda b: b + b"x"), IMAGES, "too long.*144 bytes, and more"),
    "no header": (changed(LABELS, lambda b: b[:3]), LABELS, "begins with 00 00 08;"),
    "half a header": (changed(IMAGES, lambda b: b[:9]), IMAGES, "header ends after 9 of 16"),
    "nothing": (replaced(IMAGES, b""), IMAGES, "begins with nothing"),
    "another format": (replaced(IMAGES, b"\x89PNG\r\n"), IMAGES, "89 50 4e 47.*00 00 08 03"),
    "unknown type": (replaced(IMAGES, idx(images(2), 7)), IMAGES, "begins with 00 00 07 03"),
    "floats": (replaced(IMAGES, idx(images(2), 0x0D)), IMAGES, "32-bit floats.*unsigned bytes"),
    "labels for images": (replaced(IMAGES, idx(labels(12))), IMAGES, "rank 1, that of labels; its"),
    "images for labels": (replaced(LABELS, idx(images(12))), LABELS, "rank 3, that of images; its"),
    "colours": (replaced(IMAGES, idx(images(4)[None])), IMAGES, "rank 4; its name promises"),
    "no images": (replaced(IMAGES, idx(images(0))), IMAGES, "empty: its header says 0×3×4"),
    "too large for memory": (replaced(IMAGES, HUGE), IMAGES, "truncated.*only 0 follow"),
    "counts": (replaced(LABELS, idx(labels(11))), LABELS, "12 images.*11 labels.*same set"),
    "letters": (replaced(TEST_LABELS, idx(np.array([1, 26, 2, 3, 4]))), TEST_LABELS,
                "label number 2 is 26; labels are the classes 0 to 9"),
    "other sizes": (replaced(TEST_IMAGES, idx(images(5, 4, 4))), "", "3×4 pixels.*4×4"),
    "gzip cut off": (changed(IMAGES, lambda b: gzip.compress(b)[:-9]), IMAGES, "gzip data"),
    "gzip corrupt": (changed(IMAGES, lambda b: gzip.compress(b)[:-8] + b"\0" * 8), IMAGES, "CRC"),
    "gzip garbage": (replaced(IMAGES, b"\x1f\x8bgarbage" * 9), IMAGES, "gzip data is damaged"),
    "gzip body": (changed(IMAGES, lambda b: gzip.compress(b)[:10] + b"\xff" * 40), IMAGES, "gzip"),
    "missing": (removed(TEST_LABELS), TEST_LABELS, "t10k-labels.idx1-ubyte.*it has t10k-images"),
    "unreadable": (unreadable, IMAGES, "cannot read.*directory"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "name", "message"), DAMAGES.values(), ids=DAMAGES)
def test_damaged_folders(
    folder: Path, damage: Callable[[Path], None], name: str, message: str
) -> None:
    damage(folder)
    with pytest.raises(DataError, match=message) as caught:
        data.load(folder)
    assert str(folder) in str(caught.value)
    assert name in str(caught.value)


def test_no_folder(folder: Path) -> None:
    with pytest.raises(DataError, match="No such file or directory; --data takes a folder"):
        data.load(folder / "absent")
    with pytest.raises(DataError, match="Not a directory; --data takes a folder"):
        data.load(folder / IMAGES)
