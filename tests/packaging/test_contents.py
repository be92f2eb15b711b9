"""What a bundle leaves out."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import contents
import pytest

PLUGINS = "PySide6/Qt/plugins"


@pytest.mark.parametrize(
    "target",
    [
        f"{PLUGINS}/imageformats/libqwebp.so",
        f"{PLUGINS}/platforms/libqxcb.so",
        f"{PLUGINS}/platforms/libqwayland.so",
        f"{PLUGINS}/platforms/libqoffscreen.so",
        f"{PLUGINS}/wayland-shell-integration/libxdg-shell.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        f"{PLUGINS}/platforms/libqcocoa.dylib",
        "PySide6/QtOpenGL.abi3.so",
        "PySide6/Qt6Core.dll",
        "tensorflow/libtensorflow_cc.so.2",
    ],
)
def test_what_the_program_needs_is_carried(target: str) -> None:
    assert contents.is_wanted((target, f"/somewhere/{target}", "BINARY"))


@pytest.mark.parametrize(
    "target",
    [
        f"{PLUGINS}/platforms/libqlinuxfb.so",
        f"{PLUGINS}/tls/libqopensslbackend.so",
        f"{PLUGINS}/imageformats/libqtiff.so",
        "PySide6/Qt/lib/libQt6Network.so.6",
        "PySide6/opengl32sw.dll",
        "PySide6/Qt/translations/qtbase_de.qm",
        "tensorflow/include/tensorflow/core/public/session.h",
        "resources/__pycache__/__init__.cpython-311.pyc",
    ],
)
def test_what_nothing_loads_is_left_out(target: str) -> None:
    assert not contents.is_wanted((target, f"/somewhere/{target}", "DATA"))


@pytest.mark.skipif(sys.platform != "linux", reason="only there do bundles share libraries with the system")
@pytest.mark.parametrize(
    ("name", "carried"),
    [
        ("libxcb-cursor.so.0", True),
        ("libcrypto.so.3", True),
        ("libglib-2.0.so.0", False),
        ("libstdc++.so.6", False),
        ("libX11.so.6", False),
    ],
)
def test_libraries_of_the_system(name: str, carried: bool) -> None:
    assert contents.is_wanted((name, f"/usr/lib/x86_64-linux-gnu/{name}", "BINARY")) is carried


def test_a_module_that_is_left_out_is_none_that_the_program_imports() -> None:
    own = {"engine", "gui", "numpy", "PIL", "PySide6", "pyqtgraph", "tensorflow", "keras", "h5py", "rich", "requests"}
    own |= {"tifffile", "imagecodecs", "pillow_heif"}
    assert not own & set(contents.MODULES)
    assert not set(contents.HIDDEN) & set(contents.MODULES)


def test_codecs_are_carried_that_pictures_are_packed_with_and_no_others() -> None:
    left_out = contents.codecs_left_out()
    assert {"imagecodecs._avif", "imagecodecs._jpegxl", "imagecodecs._tiff", "imagecodecs._sz3"} <= set(left_out)
    assert not set(left_out) & set(contents.HIDDEN)
    for name in contents.HIDDEN:
        assert importlib.util.find_spec(name) is not None, name
    code = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv[1:])); import imagecodecs as codecs;"
        "names = 'lzw packbits deflate zlib lzma zstd jpeg jpeg8 ljpeg jpegsof3 jpeg2k webp png lerc delta floatpred"
        " packints bitorder ccittrle ccittfax3 ccittfax4'.split();"
        "assert all(callable(getattr(codecs, name + '_decode')) for name in names)"
    )
    subprocess.run([sys.executable, "-c", code, *left_out], check=True)


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strip"), reason="there is no strip")
def test_only_large_libraries_of_ours_are_stripped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_WORTH_STRIPPING", 1)
    library = Path("/proc/self/exe").resolve()
    own = ("thing/_thing.so", str(library), "EXTENSION")
    edited = ("thing.libs/libother-1234.so", str(library), "BINARY")
    data = ("thing/table.bin", str(library), "DATA")
    after = contents.stripped([own, edited, data], tmp_path)
    assert after == [("thing/_thing.so", str(tmp_path / "thing/_thing.so"), "EXTENSION"), edited, data]
    assert 0 < Path(after[0][1]).stat().st_size <= library.stat().st_size
