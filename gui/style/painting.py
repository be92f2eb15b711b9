"""Small things that the views paint with, all from the palette, so that they follow light and dark schemes."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette

_QUIET_SHARE = 0.4
_SMALL = 0.85
_HINTED = 2


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two others.

    Args:
        first: The colour at share 0.
        second: The colour at share 1.
        share: From 0 to 1.
    """
    keep = 1 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
    )


def quiet(palette: QPalette) -> QColor:
    """The text colour for what is not the main thing: readable, but stepping back."""
    return mix(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base), _QUIET_SHARE)


def bold_font(font: QFont) -> QFont:
    """The same font, bold."""
    bold = QFont(font)
    bold.setBold(True)
    return bold


def small_font(font: QFont) -> QFont:
    """The person's font, a little smaller, for captions."""
    small = QFont(font)
    if font.pixelSize() > 0:
        small.setPixelSize(max(8, round(font.pixelSize() * _SMALL)))
    else:
        small.setPointSizeF(max(6.0, font.pointSizeF() * _SMALL))
    return small


def line_height(font: QFont) -> int:
    """How high a line of text has to be, drawn in its middle, that an underscore is in it.

    At sizes that are no whole pixels, hinted glyphs reach a pixel beyond what the font's metrics say.
    """
    return QFontMetrics(font).height() + _HINTED
