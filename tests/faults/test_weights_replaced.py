"""The weights' file is replaced or cut short while the program runs, and then loaded again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.networks import weights
from engine.networks.weights import WeightsError


def test_numbers_in_memory_do_not_change_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "vgg16.weights.h5"
    shutil.copyfile(weights.bundled_path(), path)
    record, kernels = weights.load(path)
    before = kernels["block5_conv3"][0].copy()
    with path.open("r+b") as file:
        file.truncate(1_000_000)
    np.testing.assert_array_equal(kernels["block5_conv3"][0], before)
    with pytest.raises(WeightsError, match=str(path)):
        weights.load(path)
    path.write_bytes(b"")
    with pytest.raises(WeightsError):
        weights.load(path)
    path.unlink()
    with pytest.raises(WeightsError):
        weights.load(path)
    shutil.copyfile(weights.bundled_path(), path)
    assert weights.load(path)[0] == record


def test_a_changed_number_is_another_file(tmp_path: Path) -> None:
    """Patterns are kept by the digest of what was read, so none of the other weights is ever taken for one of these."""
    path = tmp_path / "vgg16.weights.h5"
    data = bytearray(weights.bundled_path().read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)
    record, _ = weights.load(path)
    assert not record.known
    assert record.sha256 != weights.BUNDLED_SHA256
