"""The program's icon in every size and container that desktops ask for, drawn from the one SVG."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SVG = ROOT / "resources" / "icons" / "convscope.svg"

HICOLOR_SIDES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Sides of the PNGs of a freedesktop icon theme, in pixels."""

_ICO_SIDES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
_ICNS_SIDES = (16, 32, 64, 128, 256, 512, 1024)


def drawn(side: int) -> Image.Image:
    """The icon as RGBA, `side` × `side` pixels; each size is drawn anew, so that none is blurred by scaling."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
    from PySide6.QtGui import QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    with Image.open(io.BytesIO(bytes(buffer.data().data()))) as picture:
        return picture.convert("RGBA")


def write_hicolor(theme: Path) -> None:
    """Write the icon into a freedesktop icon theme.

    Args:
        theme: The theme's folder, such as ``…/share/icons/hicolor``; folders are made.
    """
    for side in HICOLOR_SIDES:
        file = theme / f"{side}x{side}" / "apps" / "convscope.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        drawn(side).save(file, optimize=True)
    scalable = theme / "scalable" / "apps" / "convscope.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    scalable.write_bytes(SVG.read_bytes())


def write_ico(file: Path) -> None:
    """Write the icon of a Windows program."""
    _write(file, _ICO_SIDES)


def write_icns(file: Path) -> None:
    """Write the icon of a macOS application."""
    _write(file, _ICNS_SIDES)


def _write(file: Path, sides: tuple[int, ...]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pictures = [drawn(side) for side in sides]
    # Pillow takes a picture of exactly the right size from `append_images`, and scales the first one for the others.
    pictures[-1].save(file, sizes=[(side, side) for side in sides], append_images=pictures[:-1])
