"""What the finished bundle is made of, in megabytes: the table of `docs/packaging.md`.

.venv/bin/python packaging/sizes.py [FOLDER]
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

GROUPS = (
    ("TensorFlow, its one large library", ("tensorflow/libtensorflow_cc",)),
    ("TensorFlow, the rest of its machine code", ("tensorflow",)),
    ("Qt and PySide6: ICU's tables of languages", ("PySide6/Qt/lib/libicudata",)),
    ("Qt and PySide6", ("PySide6", "shiboken6")),
    ("weights of VGG16", ("resources/weights",)),
    ("patterns that come with the program", ("resources/patterns",)),
    ("other resources, licences, the guide", ("resources",)),
    ("numpy with OpenBLAS", ("numpy",)),
    ("Pillow", ("PIL", "pillow")),
    ("what TIFF and HEIC are packed with", ("imagecodecs", "tifffile", "pillow_heif", "_pillow_heif")),
    ("HDF5", ("h5py",)),
    ("all modules of Python, compressed, in the program itself", ("convscope",)),
    ("Python", ("libpython", "python3", "base_library.zip")),
)
"""Names of parts, and how the paths of their files begin; the first that fits has the file."""


def sizes(bundle: Path) -> dict[str, int]:
    """Bytes of each part, largest first. A link counts nothing."""
    found: Counter[str] = Counter()
    for file in bundle.rglob("*"):
        if file.is_file() and not file.is_symlink():
            path = file.relative_to(bundle).as_posix().removeprefix("_internal/")
            part = next((name for name, starts in GROUPS if path.startswith(starts)), "other packages and libraries")
            found[part] += file.stat().st_size
    return dict(found.most_common())


def main() -> None:
    """Print the table."""
    found = sizes(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "Convscope")
    print("| part | MB |\n| --- | ---: |")
    for name, size in found.items():
        print(f"| {name} | {size / 1e6:.0f} |")
    print(f"| **together** | **{sum(found.values()) / 1e6:.0f}** |")


if __name__ == "__main__":
    main()
