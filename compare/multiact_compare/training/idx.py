"""Folders of MNIST-format IDX files, plain or compressed, and what may be wrong with them."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from multiact_compare.training.results import Data

IMAGES, LABELS = 3, 1
"""The number of dimensions of a file of images, and of one of labels."""

CLASSES = 10

UNSIGNED_BYTES = 0x08
ELEMENTS = {
    UNSIGNED_BYTES: "unsigned bytes",
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}

GZIP = b"\x1f\x8b"
CHUNK = 1 << 20
AGAIN = "copy or download it again"


class DataError(ValueError):
    """Data that cannot be trained on: which file, what was found, what is expected."""


def folder(path: Path) -> Data:
    """The training and the test set of a folder.

    Raises
    ------
    DataError
        A file is missing, unreadable, damaged, or is not what its name says.
    """
    try:
        present = sorted(os.listdir(path))
    except OSError as error:
        raise DataError(
            f"cannot read the folder {path}: {error.strerror or error}; --data takes a folder with "
            "IDX files such as those of MNIST"
        ) from None
    train_images, train_labels = _pair(path, present, "train")
    test_images, test_labels = _pair(path, present, "t10k")
    if train_images.shape[1:] != test_images.shape[1:]:
        raise DataError(
            f"{path}: the images to train on have {_by(train_images.shape[1:])} pixels, those to "
            f"test on {_by(test_images.shape[1:])}; both need the same"
        )
    return Data(
        name=path.resolve().name or str(path),
        train_images=_scaled(train_images),
        train_labels=train_labels.astype(np.int64),
        test_images=_scaled(test_images),
        test_labels=test_labels.astype(np.int64),
    )


def read(path: Path, rank: int) -> NDArray[np.uint8]:
    """The array of one file of images or labels.

    Raises
    ------
    DataError
        The file is unreadable, damaged or another one.
    """
    try:
        with _opened(path) as file:
            shape = _shape(file, path, rank)
            size = math.prod(shape)
            data = _up_to(file, size + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: its gzip data is damaged ({error}); {AGAIN}") from None
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from None
    if len(data) != size:
        found = f"only {len(data):,} follow" if len(data) < size else "more follow"
        wrong = "truncated" if len(data) < size else "too long"
        raise DataError(
            f"{path} is {wrong}: its header says {_by(shape)}, which is {size:,} bytes, and "
            f"{found}; {AGAIN}"
        )
    return np.frombuffer(data, np.uint8).reshape(shape)


def _pair(path: Path, present: list[str], part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The images of a part and their labels, one for each."""
    images_file = _found(path, present, f"{part}-images", IMAGES)
    labels_file = _found(path, present, f"{part}-labels", LABELS)
    images, labels = read(images_file, IMAGES), read(labels_file, LABELS)
    if len(images) != len(labels):
        raise DataError(
            f"{images_file} holds {len(images):,} images, {labels_file} {len(labels):,} labels; "
            "there must be one label for each image: are both files of the same set?"
        )
    wrong = np.flatnonzero(labels >= CLASSES)
    if wrong.size:
        raise DataError(
            f"{labels_file}: label number {wrong[0] + 1:,} is {labels[wrong[0]]}; labels are the "
            f"classes 0 to {CLASSES - 1}: choose a set with {CLASSES} classes, or number them anew"
        )
    return images, labels


def _found(path: Path, present: list[str], stem: str, rank: int) -> Path:
    """The file under one of its usual names; a plain one before a compressed one."""
    names = [f"{stem}{mark}idx{rank}-ubyte{end}" for end in ("", ".gz") for mark in "-."]
    for name in names:
        if name in present:
            return path / name
    seen = ", ".join(present[:8]) + (" …" if len(present) > 8 else "") if present else "nothing"
    raise DataError(
        f"{path} has no {names[0]}, nor {', '.join(names[1:])}; it has {seen}. --data takes a "
        "folder with the four files of MNIST or of a set of that format"
    )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The contents, uncompressed. What a file begins with decides: names are often wrong."""
    with open(path, "rb") as file:
        if file.peek(len(GZIP))[: len(GZIP)] == GZIP:
            with gzip.open(file) as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            yield file


def _shape(file: IO[bytes], path: Path, rank: int) -> tuple[int, ...]:
    """The dimensions in the header, which is a magic number and a 32-bit number for each."""
    wanted = bytes((0, 0, UNSIGNED_BYTES, rank))
    kind = "images" if rank == IMAGES else "labels"
    magic = _up_to(file, 4)
    if len(magic) < 4 or magic[:2] != wanted[:2] or magic[2] not in ELEMENTS:
        raise DataError(
            f"{path} begins with {magic.hex(' ') or 'nothing'}; a file of {kind} in the IDX format "
            f"begins with {wanted.hex(' ')}, compressed by gzip or not: {AGAIN}"
        )
    if magic[2] != UNSIGNED_BYTES:
        raise DataError(
            f"{path} holds {ELEMENTS[magic[2]]} (type code 0x{magic[2]:02x}); {kind} are "
            f"{ELEMENTS[UNSIGNED_BYTES]} (0x{UNSIGNED_BYTES:02x})"
        )
    if magic[3] != rank:
        other = {IMAGES: ", that of images", LABELS: ", that of labels"}.get(magic[3], "")
        raise DataError(
            f"{path} has rank {magic[3]}{other}; its name promises {kind}, whose rank is {rank}: "
            "were files swapped or renamed?"
        )
    sizes = _up_to(file, 4 * rank)
    if len(sizes) < 4 * rank:
        raise DataError(
            f"{path} is truncated: its header ends after {4 + len(sizes)} of {4 + 4 * rank} bytes; "
            f"{AGAIN}"
        )
    shape = tuple(int.from_bytes(sizes[at : at + 4], "big") for at in range(0, 4 * rank, 4))
    if 0 in shape:
        raise DataError(f"{path} is empty: its header says {_by(shape)}; nothing can be learnt")
    return shape


def _up_to(file: IO[bytes], size: int) -> bytes:
    """So many bytes, or all. In pieces: what a damaged header says may not fit into memory."""
    parts, left = [], size
    while left and (part := file.read(min(left, CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _scaled(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    return images[..., None] / 255.0


def _by(shape: tuple[int, ...]) -> str:
    return "×".join(f"{size}" for size in shape)
