"""What is drawn over images can be read."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from engine.maps import colormaps
from gui.canvas.overlay import readable_on


def light(colour: tuple[int, int, int]) -> float:
    parts = [value / 255 for value in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", colormaps.COLORMAPS)
def test_numbers_can_be_read_on_every_level(name: str) -> None:
    for red, green, blue in colormaps.table(name).tolist():
        ink: QColor = readable_on((red, green, blue))
        assert contrast((ink.red(), ink.green(), ink.blue()), (red, green, blue)) >= 4.5
