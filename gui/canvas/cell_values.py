"""The numbers of a map, written into its values once these are large enough on the screen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from gui.canvas.overlay import Sheet, readable_on
from gui.formatting import fixed

SMALLEST_CELL = 56.0
"""Side of a value on the screen, in pixels, from which its number is written into it."""

_MOST_CELLS = 1200


def draw_cell_values(
    sheet: Sheet,
    cell: float,
    shape: tuple[int, int],
    look_up: Callable[[int, int], tuple[float, int] | None],
    table: npt.NDArray[np.uint8],
    limits: tuple[float, float],
) -> None:
    """Write the number of each visible value into it; nothing while the cells are too small to read.

    Args:
        sheet: What is painted on.
        cell: Side of a cell in content units; cells tile the plane from the origin.
        shape: (rows, columns) of cells.
        look_up: The value and the level (0–255) at (x, y), or None where there is none.
        table: uint8 (256, 3), the colours of the levels, to choose between black and white.
        limits: The least and the greatest value that occur: they decide how many decimals are written.
    """
    rows, columns = shape
    if cell * sheet.scale < SMALLEST_CELL:
        return
    sheet.painter.setFont(_fitting(sheet.painter.font(), cell * sheet.scale, limits))
    # A screen of 4K with the smallest cells shows 2,500: beyond what anyone reads, and it would cost a frame.
    for index, (x, y) in enumerate(sheet.cells_in_view(cell, columns, rows)):
        found = look_up(x, y)
        if found is None or index >= _MOST_CELLS:
            continue
        value, level = found
        red, green, blue = table[level].tolist()
        sheet.painter.setPen(readable_on((red, green, blue)))
        area = sheet.on_screen((x * cell, y * cell, cell, cell))
        sheet.painter.drawText(area, Qt.AlignmentFlag.AlignCenter, fixed(value, *limits).strip())


def _fitting(font: QFont, side: float, limits: tuple[float, float]) -> QFont:
    """The font, made smaller until the longest number takes no more than 0.8 of the cell."""
    fitting = QFont(font)
    longest = max((fixed(limit, *limits) for limit in limits), key=len)
    width = QFontMetricsF(fitting).horizontalAdvance(longest)
    fitting.setPointSizeF(max(5.0, font.pointSizeF() * min(1.0, 0.8 * side / width)))
    return fitting
