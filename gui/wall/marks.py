"""What the wall draws over its image: gaps between tiles, channel numbers, marks on empty maps, frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPalette

from gui.canvas.overlay import Place, Sheet, readable_on
from gui.wall.grid import Cell, TileGrid

NUMBERED_FROM = 56.0
"""Width of a tile on the screen, in pixels, from which it carries its number."""

_SELECTED_WIDTH = 3
_LABEL_ALPHA = 200
_HATCH_ALPHA = 110


@dataclass(frozen=True)
class FlatMark:
    """What is said of a map with only one value.

    Attributes:
        word: "blank" where the value is 0, else "constant".
        colour: (red, green, blue) of the tile, for lines that can be seen on it.
    """

    word: str
    colour: tuple[int, int, int]


def tile_place(grid: TileGrid, channel: int) -> Place:
    """Where a tile lies on the plane."""
    x, y = grid.corner(channel)
    return x, y, grid.width, grid.height


def tiles_in_view(sheet: Sheet, grid: TileGrid) -> Iterator[int]:
    """The channels whose tiles have to be drawn."""
    down, right = grid.step
    rows = range(max(0, int(sheet.exposed.top() // down)), min(grid.rows, int(sheet.exposed.bottom() // down) + 1))
    left, end = max(0, int(sheet.exposed.left() // right)), int(sheet.exposed.right() // right) + 1
    for row in rows:
        first = row * grid.columns
        yield from range(first + left, min(first + min(grid.columns, end), grid.count))


def draw_gaps(sheet: Sheet, grid: TileGrid) -> None:
    """Cover everything between and after the tiles with the background, so that a gap never has a value's colour."""
    background = sheet.palette.color(QPalette.ColorRole.Base)
    down, right = grid.step
    gaps = [((column + 1) * right - grid.gap, 0, grid.gap, grid.rows * down) for column in range(grid.columns)]
    gaps += [(0, (row + 1) * down - grid.gap, grid.columns * right, grid.gap) for row in range(grid.rows)]
    if used := grid.count % grid.columns:
        gaps.append((used * right, (grid.rows - 1) * down, (grid.columns - used) * right, down))
    sheet.fill([sheet.on_screen(gap) for gap in gaps], background)


def draw_separators(sheet: Sheet, grid: TileGrid, colour: Sequence[int]) -> None:
    """Draw the lines between the tiles a pixel wide, where the image is so small that it has lost some of them."""
    height, width = grid.size
    down, right = grid.step
    left, top, across, along = sheet.pixels(0, 0, width, height)
    lines = [
        QRectF(sheet.pixels(column * right - grid.gap / 2, 0, 0, 0)[0], top, 1, along)
        for column in range(1, grid.columns)
    ]
    lines += [
        QRectF(left, sheet.pixels(0, row * down - grid.gap / 2, 0, 0)[1], across, 1) for row in range(1, grid.rows)
    ]
    sheet.fill(lines, QColor(*colour))


def draw_placeholders(sheet: Sheet, grid: TileGrid) -> None:
    """Draw an empty tile for each channel while its map is not there."""
    height, width = grid.size
    sheet.painter.fillRect(sheet.on_screen((0, 0, width, height)), sheet.palette.color(QPalette.ColorRole.Button))


def draw_flat_marks(sheet: Sheet, grid: TileGrid, flat: Mapping[int, FlatMark]) -> None:
    """Hatch the tiles of channels that have only one value, and say which kind it is where there is room.

    Args:
        sheet: What is painted on.
        grid: Where the tiles lie.
        flat: Channel to its mark.
    """
    marked = [channel for channel in tiles_in_view(sheet, grid) if channel in flat]
    hatch(sheet, [(sheet.on_screen(tile_place(grid, channel)), flat[channel]) for channel in marked])


def hatch(sheet: Sheet, marks: Iterable[tuple[QRectF, FlatMark]]) -> None:
    """Hatch maps on the screen that have only one value, and say which kind it is where there is room."""
    hatched: dict[int, list[QRectF]] = {}
    labels = []
    sizes: dict[str, QRectF] = {}
    for area, mark in marks:
        hatched.setdefault(readable_on(mark.colour).rgb(), []).append(area)
        if area.width() >= NUMBERED_FROM:
            if mark.word not in sizes:
                sizes[mark.word] = _box(sheet, mark.word)
            box = QRectF(sizes[mark.word])
            box.moveCenter(area.center())
            labels.append((box, mark.word))
    for ink, areas in hatched.items():
        lines = QColor(ink)
        lines.setAlpha(_HATCH_ALPHA)
        sheet.fill(areas, QBrush(lines, Qt.BrushStyle.BDiagPattern))
    _write(sheet, labels)


def draw_numbers(sheet: Sheet, grid: TileGrid) -> None:
    """Write each channel's number into the corner of its tile, unless the tiles are too small."""
    if grid.width * sheet.scale < NUMBERED_FROM:
        return
    labels = []
    sizes: dict[int, QRectF] = {}
    for channel in tiles_in_view(sheet, grid):
        text = str(channel)
        if len(text) not in sizes:  # digits are equally wide
            sizes[len(text)] = _box(sheet, text)
        left, top, _, _ = sheet.pixels(*grid.corner(channel), grid.width, grid.height)
        labels.append((sizes[len(text)].translated(left, top), text))
    _write(sheet, labels)


def _box(sheet: Sheet, text: str) -> QRectF:
    """The room that a label takes, at the origin."""
    metrics = QFontMetricsF(sheet.painter.font())
    return QRectF(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height())


def _write(sheet: Sheet, labels: Sequence[tuple[QRectF, str]]) -> None:
    """Write labels into their boxes, on the background so that they can be read on any image."""
    ground = sheet.palette.color(QPalette.ColorRole.Base)
    ground.setAlpha(_LABEL_ALPHA)
    if not labels:
        return
    sheet.fill([box for box, _ in labels], ground)
    sheet.painter.setPen(sheet.palette.color(QPalette.ColorRole.Text))
    for box, text in labels:
        sheet.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def draw_frames(sheet: Sheet, grid: TileGrid, selected: frozenset[int], hovered: int | None) -> None:
    """Frame the selected tiles in the accent colour, and the one under the pointer with a thin line."""
    in_view = selected.intersection(tiles_in_view(sheet, grid))
    accent = sheet.palette.color(QPalette.ColorRole.Highlight)
    sheet.frames((tile_place(grid, channel) for channel in in_view), accent, _SELECTED_WIDTH)
    if hovered is not None and hovered not in selected:
        sheet.frames([tile_place(grid, hovered)], sheet.palette.color(QPalette.ColorRole.Text))


def draw_cell(sheet: Sheet, grid: TileGrid, cell: Cell) -> None:
    """Frame one value."""
    x, y = grid.corner(cell.channel)
    sheet.frames([(x + cell.x, y + cell.y, 1, 1)], sheet.palette.color(QPalette.ColorRole.Text))
