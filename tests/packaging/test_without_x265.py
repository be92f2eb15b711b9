from __future__ import annotations

import ctypes
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest
import without_x265

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not (shutil.which("cc") and shutil.which("nm")),
    reason="needs a C compiler and nm on Linux",
)


def heif_libraries() -> list[tuple[str, str, str]]:
    files = metadata.distribution("pillow-heif").files or []
    return [(str(file), str(file.locate()), "BINARY") for file in files if ".libs/" in str(file)]


def test_the_encoder_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    before = heif_libraries()
    before += [(Path(target).name, target, "SYMLINK") for target, _, _ in before]
    after = without_x265.replaced(before, tmp_path)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    (encoder,) = changed
    assert "libx265" in encoder[0]
    assert Path(encoder[1]).stat().st_size < 100_000
    # With every name that libheif asks for, it can be loaded on top of the stand-in.
    ctypes.CDLL(encoder[1], mode=ctypes.RTLD_GLOBAL)
    readers = [entry for entry in after if "libheif" in entry[0] and entry[2] == "BINARY"]
    names = [name for entry in readers for name in without_x265._wanted(Path(entry[1]))]
    assert names
    assert all(hasattr(ctypes.CDLL(encoder[1]), name) for name in names)


def test_files_without_the_encoder_stay_as_they_are(tmp_path: Path) -> None:
    entries = [
        ("PySide6/libQt6.so", "/somewhere/libQt6.so", "BINARY"),
        ("libx265.so.217", "pillow_heif.libs/libx265.so.217", "SYMLINK"),  # as PyInstaller lists what is beside
    ]
    assert without_x265.replaced(entries, tmp_path) == entries
