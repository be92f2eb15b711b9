"""What a bundle leaves out of what PyInstaller finds, and why. `docs/packaging.md` has the sizes."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

Entry = tuple[str, str, str]
"""One file of PyInstaller's tables: where it goes in the bundle, where it is now, what kind it is."""

MODULES = [
    # Of Qt the program imports Core, Gui, Widgets and Svg, pyqtgraph OpenGL and OpenGLWidgets; it does without Test.
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtTest",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    # Backends and tools of Keras and TensorFlow that are not installed, or not used.
    "clang",
    "grpc",
    "jax",
    "keras.src.backend.jax",
    "keras.src.backend.openvino",
    "keras.src.backend.torch",
    "onnx",
    "tensorboard",
    "torch",
    # What building and testing need.
    "PyInstaller",
    "_pytest",
    "hypothesis",
    "pip",
    "pkg_resources",
    "pytest",
    "setuptools",
    "wheel",
    # Parts of Python that no module of ours reaches.
    "curses",
    "idlelib",
    "lib2to3",
    "readline",
    "sqlite3",
    "tkinter",
]
"""Modules that are not bundled."""

_CODECS = (
    *(
        "ccitt",
        "deflate",
        "imcd",
        "jpeg2k",
        "jpeg8",
        "jpegsof3",
        "lerc",
        "ljpeg",
        "lzma",
        "png",
        "webp",
        "zlib",
        "zstd",
    ),
    *("shared", "shared_cython"),
)
"""The modules of imagecodecs for what `engine.formats.tiff_kinds` decodes, for deep PNG, JPEG 2000 and PSD. Each
of the others, some fifty, brings a library of its own: for AV1, JPEG XL, arrays of climate models."""

HIDDEN = [
    *("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"),
    *("imagecodecs.imagecodecs", *(f"imagecodecs._{codec}" for codec in _CODECS)),
]
"""Modules that are imported by a name that is put together at run time: by pyqtgraph, whether it draws with them or
not, and by imagecodecs, when one of them is first used."""

_PLUGINS = {
    "platforms": ("xcb", "wayland", "offscreen", "windows", "cocoa"),
    "imageformats": ("gif", "ico", "jpeg", "svg", "webp"),  # webp: the sheets of patterns; the others: pasted pictures
    "iconengines": ("svgicon",),
    "platforminputcontexts": ("",),
    "platformthemes": ("",),  # file dialogs of the desktop
    "styles": ("",),
    "wayland-decoration-client": ("",),
    "wayland-shell-integration": ("xdg-shell",),
}
"""Qt plugins that are carried: folder, and words of which one is in the name. All others are left out."""

_QT_LIBRARIES = ("eglfs", "network", "wlshellintegration", "opengl32sw")
"""Words in the names of Qt's libraries that none of the modules and plugins above needs."""

_NEVER_LOADED = (
    "tensorflow/compiler/mlir/stablehlo/stablehlo_extension",
    "tensorflow/compiler/tf2xla/ops/_xla_ops",
    "tensorflow/include/",
    "PySide6/Qt/translations/",
    "PySide6/translations/",
    "PySide6/Qt/qml/",
    "PySide6/qml/",
)
"""Files that nothing loads, even when the whole program has run: TensorFlow's use by compilers, Qt's own languages."""

_CARRIED_FROM_SYSTEM = (
    # Python itself and what its modules are linked to.
    "libpython",
    "libssl",
    "libcrypto",
    "libffi",
    "libbz2",
    "liblzma",
    # Small parts of X that desktops do not always have.
    "libxcb-",
    "libxkbcommon-x11",
)
"""Libraries of the Linux system that are carried. The rest, such as libc, GL, glib and fontconfig, has to fit the
machine that the program runs on and its settings, is there on every desktop, and is what the .deb depends on."""

_WORTH_STRIPPING = 1_000_000  # bytes


def codecs_left_out() -> list[str]:
    """The modules of imagecodecs that are not bundled, whichever there are in the one that is installed."""
    found = importlib.util.find_spec("imagecodecs")
    if found is None or found.origin is None:
        return []
    wanted = {f"_{codec}" for codec in _CODECS}
    compiled = {file.name.partition(".")[0] for file in Path(found.origin).parent.glob("_*.*") if file.suffix != ".py"}
    return ["imagecodecs.numcodecs", *(f"imagecodecs.{name}" for name in sorted(compiled - wanted))]


def of_system_left_out() -> list[str]:
    """What is bundled on Linux only: elsewhere nobody has tried to do without libx265 (`without_x265`)."""
    return [] if sys.platform == "linux" else ["pillow_heif", "_pillow_heif"]


def is_wanted(entry: Entry) -> bool:
    """Whether a file that PyInstaller found is carried."""
    target = entry[0].replace("\\", "/")
    if target.startswith(_NEVER_LOADED) or "/__pycache__/" in target:
        return False
    parts = target.split("/")
    name = parts[-1].lower()
    if "PySide6" in parts and "plugins" in parts:
        words = _PLUGINS.get(parts[parts.index("plugins") + 1], ())
        return any(word in name for word in words)
    if "qt6" in name or name.startswith("qt") or name == "opengl32sw.dll":
        return not any(word in name for word in _QT_LIBRARIES)
    return sys.platform != "linux" or not is_of_system(entry) or name.startswith(_CARRIED_FROM_SYSTEM)


def is_of_system(entry: Entry) -> bool:
    """Whether a file is a library of the Linux system rather than of Python or of a package."""
    return entry[2] == "BINARY" and entry[1].startswith(("/lib", "/usr/lib"))


def stripped(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """The same entries, but some replaced by copies without what only a debugger needs: on Linux, nowhere else.

    These are all of Python's own libraries, and the large ones of packages. Those in ``….libs`` have been edited by the
    tool that made their wheel, and do not always survive it.

    Args:
        entries: The bundle's binaries.
        folder: Where to put the copies.
    """
    if sys.platform != "linux" or shutil.which("strip") is None:
        return list(entries)
    return [_stripped(entry, folder) if _is_worth_stripping(entry) else entry for entry in entries]


def _is_worth_stripping(entry: Entry) -> bool:
    target, source, kind = entry
    if kind not in ("BINARY", "EXTENSION") or ".libs/" in target or ".libs/" in source:
        return False
    return _is_of_python(entry) or Path(source).stat().st_size > _WORTH_STRIPPING


def _is_of_python(entry: Entry) -> bool:
    return "/lib-dynload/" in entry[0] or entry[0].startswith("libpython")


def _stripped(entry: Entry, folder: Path) -> Entry:
    target, source, kind = entry
    copy = folder / target
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists() or copy.stat().st_mtime < Path(source).stat().st_mtime:
        subprocess.run(["strip", "--strip-unneeded", "-o", str(copy), source], check=True)
        if _is_of_python(entry) and shutil.which("chrpath"):
            # A Python that was compiled on this machine looks for its libraries in folders of this machine first.
            subprocess.run(["chrpath", "--delete", str(copy)], check=False, capture_output=True)
    return target, str(copy), kind
