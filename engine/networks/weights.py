"""Weights of VGG16: found, verified and read.

A file is read into memory once and both the proof and the numbers come from those bytes, so that nothing can be put in
its place between the two. Neither TensorFlow nor Keras is needed.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

import resources
from engine.files.regular_file import read_regular, shown
from engine.networks.weights_download import KERAS_MD5, KERAS_URL, download, keras_cache_path
from engine.networks.weights_format import MAX_BYTES, Kernels, WeightsError, parse
from engine.records import EngineError, WeightsFile

__all__ = [
    "BUNDLED_SHA256",
    "KERAS_MD5",
    "KERAS_URL",
    "Kernels",
    "WeightsError",
    "bundled_path",
    "download",
    "find",
    "keras_cache_path",
    "load",
    "read_kernels",
]

BUNDLED_SHA256 = "a2f51117308129c3de9a523c91d35160eb75a6a9e5db1e2afb4f48e48dfb733a"
"""Of the bundled file; see resources/weights/PROVENANCE.md."""

_Source = Literal["named", "bundled", "keras"]


def bundled_path() -> Path:
    """Where the weights that come with the program are."""
    return resources.path("weights", "vgg16_imagenet_notop.weights.h5")


def find(named: str | Path | None = None) -> WeightsFile:
    """The weights to use, checked.

    Args:
        named: The file that a person chose: it is used or refused, never replaced by another. When None, the bundled
            file is tried and then Keras's own cache.

    Raises:
        WeightsError: There are none that can be used.
    """
    return load(named)[0]


def load(named: str | Path | None = None) -> tuple[WeightsFile, Kernels]:
    """The weights to use and what is in them, from one reading of the file.

    Args:
        named: As for `find`.

    Raises:
        WeightsError: There are none that can be used.
    """
    if named is not None:
        return _load(Path(named), "named")
    refusals: list[str] = []
    candidates: tuple[tuple[Path, _Source], ...] = ((bundled_path(), "bundled"), (keras_cache_path(), "keras"))
    for path, source in candidates:
        if not os.path.lexists(path):
            refusals.append(f"there is no file {shown(str(path))}")
            continue
        try:
            return _load(path, source)
        except WeightsError as error:
            refusals.append(str(error).split("; ")[0].rstrip("."))
    raise WeightsError(
        f"There are no weights of VGG16 to use ({', and '.join(refusals)}); choose a weights file or download Keras's."
    )


def read_kernels(path: str | Path) -> Kernels:
    """The kernels and biases in a weights file, in Keras 3's layout or the older one.

    Args:
        path: A file with the 13 convolutions of VGG16 and nothing else.

    Returns:
        For each layer, by Keras's name: kernel (3, 3, inputs, outputs) and bias (outputs,), float32 and read-only.

    Raises:
        WeightsError: It is not such a file.
    """
    return parse(_read(Path(path)), shown(str(path)))


def _load(path: Path, source: _Source) -> tuple[WeightsFile, Kernels]:
    data = _read(path)
    digest = hashlib.sha256(data).hexdigest()
    known = _is_published(data, digest)
    name = shown(str(path))
    if source != "named" and not known:
        raise WeightsError(f"{name} is damaged (its sha256 is {digest}); replace it.")
    return WeightsFile(str(path), digest, source, known), parse(data, name)


def _is_published(data: bytes, sha256: str) -> bool:
    """Whether these are the published ImageNet weights: the bundled file's bytes or Keras's own."""
    return sha256 == BUNDLED_SHA256 or hashlib.md5(data, usedforsecurity=False).hexdigest() == KERAS_MD5


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            parse(path, shown(str(path)))  # most likely the file with dense layers: say so
        return read_regular(path, limit=MAX_BYTES, kind="weights file")
    except WeightsError:
        raise
    except (EngineError, OSError) as error:
        raise WeightsError(str(error)) from error
