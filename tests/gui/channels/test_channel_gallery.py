from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDrag, QImage, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.records import ChannelStatistics, LayerInfo, ScaledMaps, Style
from gui.canvas import pixmap_budget
from gui.canvas.qt_images import PixmapCache
from gui.channels import delegate as channel_delegate
from gui.channels.gallery import ChannelGallery
from gui.channels.tile_view import TILE_SIZES
from gui.formatting import number, percent
from gui.state.selection_history import SelectionHistory

LAYER = VGG16.layer("block3_conv1")
OTHER = VGG16.layer("block4_conv1")
SMALL = VGG16.layer("block1_conv1")
BLANK, CONSTANT, CLIPPED = 5, 7, 9
GREY = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def maps(layer: LayerInfo) -> tuple[ScaledMaps, ChannelStatistics]:
    """Channel k has the maximum 1000 - k; three of them are blank, constant and clipped."""
    count = layer.channels
    number_of = np.arange(count, dtype=np.float32)
    levels = np.random.default_rng(1).integers(0, 256, (count, 8, 8), dtype=np.uint8)
    levels[BLANK] = 0
    maximum = 1000 - number_of
    clipped = np.zeros(count, np.float32)
    clipped[CLIPPED] = 0.02
    scaled = ScaledMaps(Style(), levels, np.zeros(count, np.float32), maximum, clipped)
    zero = np.zeros(count, np.float32)
    mean, std = np.asarray(maximum / 3, np.float32), np.asarray(maximum / 7, np.float32)
    statistics = ChannelStatistics(
        zero, maximum, mean, std, zero + np.float32(0.734), number_of == BLANK, number_of == CONSTANT
    )
    return scaled, statistics


class Gallery(ChannelGallery):
    """Drags without waiting for the mouse, and remembers with what."""

    def __init__(self) -> None:
        super().__init__()
        self.dragged: list[tuple[list[QUrl], bool, tuple[int, int]]] = []

    def _run_drag(self, drag: QDrag) -> None:
        data: QMimeData = drag.mimeData()
        self.dragged.append((data.urls(), data.hasImage(), drag.pixmap().size().toTuple()))


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    widget = Gallery()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    widget.set_tile_size(64)
    widget.show_layer(LAYER, *maps(LAYER))
    widget.show()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


@pytest.fixture
def selections(gallery: Gallery) -> list[tuple[int, ...]]:
    seen: list[tuple[int, ...]] = []
    gallery.channels_selected.connect(seen.append)
    return seen


def area(gallery: ChannelGallery, channel: int) -> QRect:
    model = gallery.model()
    index = next(model.index(row, 0) for row in range(model.rowCount()) if model.index(row, 0).data() == str(channel))
    return gallery.visualRect(index)


def in_view(gallery: ChannelGallery, channel: int) -> bool:
    return gallery.viewport().rect().contains(area(gallery, channel))


def order(gallery: ChannelGallery) -> list[int]:
    return [int(gallery.model().index(row, 0).data()) for row in range(gallery.model().rowCount())]


def click(gallery: ChannelGallery, channel: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(gallery.viewport(), LEFT, modifier, area(gallery, channel).center())


def text(gallery: ChannelGallery, channel: int, role: int) -> str:
    return str(gallery.model().index(order(gallery).index(channel), 0).data(role))


def picture(gallery: ChannelGallery, channel: int) -> QImage:
    tile = area(gallery, channel)
    side = gallery.tile_size()
    return gallery.viewport().grab(QRect(tile.left() + 4, tile.top() + 4, side, side)).toImage()


# Showing


def test_every_channel_is_a_tile(gallery: Gallery) -> None:
    assert order(gallery) == list(range(256))
    gallery.show_layer(OTHER, None, None)
    assert order(gallery) == list(range(512))


def test_a_map_is_painted_in_the_colours_of_the_table_without_smoothing(gallery: Gallery) -> None:
    scaled, _ = maps(LAYER)
    table = np.random.default_rng(2).integers(0, 256, (256, 3), dtype=np.uint8)
    gallery.set_table(table)
    image = picture(gallery, 1)
    step = image.width() // 8
    for y in range(8):
        for x in range(8):
            for corner in (0, step - 1):
                colour = image.pixelColor(x * step + corner, y * step + corner)
                assert (colour.red(), colour.green(), colour.blue()) == tuple(table[scaled.levels[1, y, x]])


def test_a_blank_tile_differs_from_a_dark_one_whatever_the_colours(gallery: Gallery) -> None:
    scaled, statistics = maps(LAYER)
    dark = ScaledMaps(scaled.style, np.zeros_like(scaled.levels), scaled.low, scaled.high, scaled.clipped)
    for table in (GREY, GREY[::-1].copy()):
        gallery.set_table(table)
        gallery.show_layer(LAYER, dark, statistics)
        looks = {channel: picture(gallery, channel) for channel in (BLANK, CONSTANT, CLIPPED, 1)}
        assert looks[1] == picture(gallery, 2)
        for channel, image in looks.items():
            assert all(image != other for number_of, other in looks.items() if number_of != channel)


def test_a_tile_before_it_is_computed(gallery: Gallery) -> None:
    gallery.show_layer(OTHER, None, None)
    assert picture(gallery, 0) == picture(gallery, BLANK)
    assert text(gallery, 3, Qt.ItemDataRole.AccessibleTextRole) == "block4_conv1, channel 3: not computed yet"


def test_the_numbers_of_a_tile(gallery: Gallery) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert text(gallery, 17, role) == (
        "block3_conv1, channel 17: minimum 0, maximum 983, mean 327.7, standard deviation 140.4, 73 % zeros; "
        "shown from 0 to 983"
    )
    assert text(gallery, BLANK, role).endswith("; blank")
    assert text(gallery, CONSTANT, role).endswith("; constant")
    assert text(gallery, CLIPPED, role).endswith("; clipped 2 %")


def test_the_tooltip_of_a_tile_says_the_same_in_lines(gallery: Gallery) -> None:
    role = Qt.ItemDataRole.ToolTipRole
    assert text(gallery, 17, role).split("\n") == [
        "block3_conv1, channel 17",
        "minimum 0, maximum 983, mean 327.7, standard deviation 140.4, 73 % zeros",
        "shown from 0 to 983",
    ]
    assert text(gallery, BLANK, role).endswith("\nblank")


def test_the_view_has_a_name_and_says_what_it_shows(gallery: Gallery) -> None:
    assert gallery.objectName() == "channelGallery"
    assert gallery.accessibleName() == "Channels"
    assert gallery.accessibleDescription() == "The 256 channels of block3_conv1"


def test_drops_are_left_to_the_window(gallery: Gallery) -> None:
    assert not gallery.acceptDrops()
    assert not gallery.viewport().acceptDrops()


def test_a_slow_machine_paints_tiles_one_after_the_other_until_all_are_there(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(pixmap_budget, "PATIENCE_SECONDS", 0.0)
    made: list[int] = []
    make = PixmapCache.get
    painter = gallery.itemDelegate()
    assert isinstance(painter, channel_delegate.ChannelDelegate)

    def counted(cache: PixmapCache, key: tuple[int, ...], maker: Callable[[], QPixmap]) -> QPixmap:
        if key not in cache:
            made.append(key[0])
        return make(cache, key, maker)

    monkeypatch.setattr(PixmapCache, "get", counted)
    visible = gallery.visible_channels()
    gallery.show_layer(LAYER, *maps(LAYER))
    gallery.viewport().repaint()
    assert len(made) == 1
    assert len(painter.put_off) == len(visible) - 1
    qtbot.waitUntil(lambda: not painter.put_off)
    assert sorted(made) == sorted(visible)


def test_what_has_been_made_stays_painted_when_there_is_no_time_for_more(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(channel: int) -> QImage:
        """A tile as it is when the whole view is painted."""
        return gallery.viewport().grab().toImage().copy(area(gallery, channel).adjusted(4, 4, -4, -20))

    line = area(gallery, 20).top() - area(gallery, 0).top()
    gallery.verticalScrollBar().setValue(3 * line)
    gallery.show_layer(LAYER, *maps(LAYER))  # what was above is forgotten
    last = max(channel for channel in order(gallery) if in_view(gallery, channel))
    picture_of = {channel: shown(channel) for channel in range(last - 30, last + 1)}
    monkeypatch.setattr(pixmap_budget, "PATIENCE_SECONDS", -1.0)
    gallery.verticalScrollBar().setValue(3 * line - gallery.gridSize().height())
    below = max(channel for channel in order(gallery) if in_view(gallery, channel))  # under a line that is new
    assert shown(below) == picture_of[below]
    gallery.show_layer(LAYER, *maps(LAYER))  # the same, but all of it is to be made again
    assert shown(below) != picture_of[below]


# Selecting


def test_mouse_with_shift_and_control(gallery: Gallery, selections: list[tuple[int, ...]]) -> None:
    click(gallery, 2)
    click(gallery, 5, SHIFT)
    click(gallery, 9, CONTROL)
    click(gallery, 3, CONTROL)
    assert selections == [(2,), (2, 3, 4, 5), (2, 3, 4, 5, 9), (2, 4, 5, 9)]
    assert gallery.selected_channels() == (2, 4, 5, 9)
    assert gallery.current_channel() == 3


def test_a_rubber_band_is_one_step_of_undo(gallery: Gallery, selections: list[tuple[int, ...]]) -> None:
    click(gallery, 20)
    end = area(gallery, 2).center()
    viewport = gallery.viewport()
    QTest.mousePress(viewport, LEFT, pos=QPoint(1, 1))
    for place in (area(gallery, 0).center(), area(gallery, 1).center(), end):
        QTest.mouseMove(viewport, place)
    QTest.mouseRelease(viewport, LEFT, pos=end)
    assert gallery.selected_channels() == (0, 1, 2)
    assert len(selections) > 3
    gallery.undo_selection()
    assert gallery.selected_channels() == (20,)


def test_arrows_home_end_and_pages(gallery: Gallery) -> None:
    click(gallery, 0)
    columns = sum(area(gallery, channel).top() == area(gallery, 0).top() for channel in range(20))
    QTest.keyClick(gallery, Key.Key_Right)
    QTest.keyClick(gallery, Key.Key_Down)
    assert gallery.current_channel() == 1 + columns
    QTest.keyClick(gallery, Key.Key_Left, SHIFT)
    assert gallery.selected_channels() == (columns, columns + 1)
    QTest.keyClick(gallery, Key.Key_PageDown)
    current = gallery.current_channel()
    assert current is not None
    assert current > 3 * columns
    assert current % columns == 0
    QTest.keyClick(gallery, Key.Key_End)
    assert gallery.selected_channels() == (255,)
    assert in_view(gallery, 255)
    QTest.keyClick(gallery, Key.Key_PageUp)
    QTest.keyClick(gallery, Key.Key_Home, SHIFT)
    assert gallery.selected_channels()[0] == 0
    assert len(gallery.selected_channels()) > 100


@pytest.mark.parametrize(("key", "modifier"), [(Key.Key_Escape, NONE), (Key.Key_A, CONTROL | SHIFT)])
def test_select_all_and_none(
    gallery: Gallery,
    selections: list[tuple[int, ...]],
    key: Key,
    modifier: Qt.KeyboardModifier,
) -> None:
    QTest.keyClick(gallery, Key.Key_A, CONTROL)
    assert gallery.selected_channels() == tuple(range(256))
    QTest.keyClick(gallery, key, modifier)
    assert selections == [tuple(range(256)), ()]


def test_typing_a_number_goes_to_that_channel(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    current: list[int] = []
    gallery.current_channel_changed.connect(current.append)
    before = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(60_000)
    try:
        QTest.keyClicks(gallery, "217")
        QTest.keyClicks(gallery, "9")
    finally:
        QApplication.setKeyboardInputInterval(before)
    assert current == [2, 21, 217]
    assert gallery.selected_channels() == (217,)
    assert in_view(gallery, 217)


def test_a_number_typed_later_is_another_one(gallery: Gallery) -> None:
    before = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(0)
    try:
        QTest.keyClicks(gallery, "17")
    finally:
        QApplication.setKeyboardInputInterval(before)
    assert gallery.current_channel() == 7


def test_undo_and_redo(gallery: Gallery, selections: list[tuple[int, ...]]) -> None:
    click(gallery, 1)
    click(gallery, 2, CONTROL)
    QTest.keyClick(gallery, Key.Key_Escape)
    selections.clear()
    for _ in range(4):
        gallery.undo_selection()
    for _ in range(4):
        gallery.redo_selection()
    assert selections == [(1, 2), (1,), (), (1,), (1, 2), ()]


def test_a_new_selection_ends_redo(gallery: Gallery) -> None:
    click(gallery, 1)
    click(gallery, 2)
    gallery.undo_selection()
    click(gallery, 3)
    gallery.redo_selection()
    assert gallery.selected_channels() == (3,)
    gallery.undo_selection()
    assert gallery.selected_channels() == (1,)


def test_the_program_selects_without_a_signal(gallery: Gallery, selections: list[tuple[int, ...]]) -> None:
    gallery.select_channels([30, 4, 4, 5, 9999, -1])
    assert gallery.selected_channels() == (4, 5, 30)
    gallery.select_channels([7, 8], current=8)
    assert gallery.selected_channels() == (7, 8)
    assert gallery.current_channel() == 8
    assert selections == []


def test_the_history_is_bounded() -> None:
    history = SelectionHistory()
    for channel in range(1000):
        history.push((channel,))
    steps = 0
    while history.undo():
        steps += 1
    assert 0 < steps < 1000
    assert history.present == (999 - steps,)


# Layers


def test_results_for_the_same_layer_keep_selection_and_place(
    qtbot: QtBot, gallery: Gallery, selections: list[tuple[int, ...]]
) -> None:
    gallery.show_layer(OTHER, None, None)
    gallery.select_channels([300, 301])
    gallery.verticalScrollBar().setValue(900)
    gallery.show_layer(OTHER, *maps(OTHER))
    qtbot.wait(1)
    assert gallery.selected_channels() == (300, 301)
    assert gallery.verticalScrollBar().value() == 900
    assert selections == []


def test_new_values_of_a_sorted_layer_keep_the_place(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.set_order("maximum")
    gallery.verticalScrollBar().setValue(500)
    scaled, statistics = maps(LAYER)
    turned = ChannelStatistics(**{**vars(statistics), "maximum": statistics.maximum[::-1].copy()})
    gallery.show_layer(LAYER, scaled, turned)
    qtbot.wait(1)
    assert order(gallery)[0] == 0
    assert gallery.verticalScrollBar().value() == 500


def test_each_layer_remembers_what_was_selected_and_where_it_was(gallery: Gallery) -> None:
    click(gallery, 3)
    gallery.verticalScrollBar().setValue(700)
    gallery.show_layer(SMALL, None, None)
    assert gallery.selected_channels() == ()
    assert gallery.verticalScrollBar().value() == 0
    click(gallery, 1)
    gallery.show_layer(LAYER, *maps(LAYER))
    assert gallery.selected_channels() == (3,)
    assert gallery.current_channel() == 3
    assert gallery.verticalScrollBar().value() == 700
    gallery.undo_selection()
    assert gallery.selected_channels() == ()
    gallery.show_layer(SMALL, None, None)
    assert gallery.selected_channels() == (1,)


def test_the_selection_can_be_taken_along(gallery: Gallery) -> None:
    gallery.select_channels([10, 60, 200])
    gallery.show_layer(SMALL, None, None, keep_selection=True)
    assert gallery.selected_channels() == (10, 60)
    gallery.show_layer(LAYER, None, None)
    assert gallery.selected_channels() == (10, 60, 200)


# Order and filter


def test_order(gallery: Gallery) -> None:
    gallery.set_order("maximum")
    assert order(gallery) == list(range(255, -1, -1))
    gallery.set_order("mean", descending=True)
    assert order(gallery) == list(range(256))
    gallery.set_order("zeros", descending=True)
    assert order(gallery) == list(range(256))
    gallery.set_order("channel", descending=True)
    assert order(gallery) == list(range(255, -1, -1))


def test_order_keeps_the_selection_and_begins_at_the_top(gallery: Gallery, selections: list[tuple[int, ...]]) -> None:
    gallery.select_channels([3, 4, 100])
    gallery.verticalScrollBar().setValue(600)
    gallery.set_order("std")
    assert gallery.selected_channels() == (3, 4, 100)
    assert gallery.verticalScrollBar().value() == 0
    assert selections == []


def test_order_keeps_the_current_tile_in_view(gallery: Gallery) -> None:
    click(gallery, 3)
    gallery.set_order("maximum")
    assert order(gallery).index(3) == 252
    assert 3 in gallery.visible_channels()
    assert gallery.current_channel() == 3
    gallery.set_order("channel")
    assert gallery.verticalScrollBar().value() == 0
    assert 3 in gallery.visible_channels()


def test_blank_channels_can_be_left_out(gallery: Gallery, selections: list[tuple[int, ...]]) -> None:
    gallery.select_channels([BLANK, 6])
    gallery.set_filter(hide_blank=True)
    assert BLANK not in order(gallery)
    assert len(order(gallery)) == 255
    assert gallery.selected_channels() == (6,)
    gallery.set_filter(hide_blank=False)
    assert gallery.selected_channels() == (BLANK, 6)
    assert selections == []


def test_a_number_of_a_channel_that_is_left_out_does_nothing(gallery: Gallery) -> None:
    gallery.set_filter(hide_blank=True)
    click(gallery, 9)
    QTest.keyClicks(gallery, str(BLANK))
    assert gallery.current_channel() == 9


# Tile size


def test_the_current_tile_stays_in_view_at_any_size(gallery: Gallery) -> None:
    QTest.keyClick(gallery, Key.Key_End)
    QTest.keyClick(gallery, Key.Key_PageUp)
    current = gallery.current_channel()
    assert current is not None
    for size in (96, 200, 32, 320, 48):
        gallery.set_tile_size(size)
        assert in_view(gallery, current)
        assert gallery.tile_size() == size


def test_without_a_current_tile_in_view_the_first_one_stays(gallery: Gallery) -> None:
    gallery.verticalScrollBar().setValue(area(gallery, 100).top())
    first = next(channel for channel in order(gallery) if in_view(gallery, channel))
    gallery.set_tile_size(120)
    assert in_view(gallery, first)


@pytest.mark.parametrize(("asked", "given"), [(1, 32), (9999, 320)])
def test_the_tile_size_has_limits(gallery: Gallery, asked: int, given: int) -> None:
    gallery.set_tile_size(asked)
    assert gallery.tile_size() == given


def wheel(gallery: ChannelGallery, delta: int, modifier: Qt.KeyboardModifier) -> None:
    place = QPointF(gallery.viewport().rect().center())
    event = QWheelEvent(
        place,
        QPointF(gallery.viewport().mapToGlobal(place)),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(gallery.viewport(), event)


def test_control_and_the_wheel_ask_for_another_size(gallery: Gallery) -> None:
    wanted: list[int] = []
    gallery.tile_size_wanted.connect(wanted.append)
    position = TILE_SIZES.index(64)
    wheel(gallery, 120, CONTROL)
    wheel(gallery, -120, CONTROL)
    wheel(gallery, 60, CONTROL)
    wheel(gallery, 60, CONTROL)
    assert wanted == [TILE_SIZES[position + 1], TILE_SIZES[position - 1], TILE_SIZES[position + 1]]
    assert gallery.verticalScrollBar().value() == 0
    wheel(gallery, -120, NONE)
    assert len(wanted) == 3
    assert gallery.verticalScrollBar().value() > 0


def test_control_plus_and_minus_ask_for_another_size(gallery: Gallery) -> None:
    gallery.tile_size_wanted.connect(gallery.set_tile_size)
    QTest.keyClick(gallery, Key.Key_Plus, CONTROL)
    assert gallery.tile_size() == 80
    QTest.keyClick(gallery, Key.Key_Minus, CONTROL)
    QTest.keyClick(gallery, Key.Key_Minus, CONTROL)
    assert gallery.tile_size() == 56


# Asking for more


def test_double_click_and_enter_activate(gallery: Gallery) -> None:
    activated: list[int] = []
    gallery.channel_activated.connect(activated.append)
    click(gallery, 4)
    QTest.mouseDClick(gallery.viewport(), LEFT, pos=area(gallery, 4).center())
    click(gallery, 6)
    QTest.keyClick(gallery, Key.Key_Return)
    assert activated == [4, 6]


def test_the_context_menu_is_for_the_selection_or_the_tile_under_the_pointer(gallery: Gallery) -> None:
    asked: list[tuple[Sequence[int], QPoint]] = []
    gallery.context_menu_wanted.connect(lambda channels, place: asked.append((channels, place)))
    click(gallery, 1)
    click(gallery, 3, SHIFT)
    place = area(gallery, 2).center()
    for reason, point in (
        (QContextMenuEvent.Reason.Mouse, place),
        (QContextMenuEvent.Reason.Keyboard, QPoint()),
        (QContextMenuEvent.Reason.Mouse, area(gallery, 20).center()),
    ):
        event = QContextMenuEvent(reason, point, gallery.viewport().mapToGlobal(point))
        QApplication.sendEvent(gallery.viewport(), event)
    assert [channels for channels, _ in asked] == [(1, 2, 3), (1, 2, 3), (20,)]
    assert asked[0][1] == gallery.viewport().mapToGlobal(place)
    assert asked[1][1] == gallery.viewport().mapToGlobal(area(gallery, 3).center())


def drag(gallery: ChannelGallery, channel: int) -> None:
    start = area(gallery, channel).center()
    QTest.mousePress(gallery.viewport(), LEFT, pos=start)
    # No release: that belongs to the drag.
    far = 2 * QApplication.startDragDistance()
    QTest.mouseMove(gallery.viewport(), start + QPoint(far, far))


def test_dragging_one_tile_out_gives_its_file_and_its_image(gallery: Gallery, tmp_path: Path) -> None:
    asked: list[tuple[int, ...]] = []

    def provide(channels: tuple[int, ...]) -> list[str]:
        asked.append(channels)
        return [str(tmp_path / f"{channel}.png") for channel in channels]

    gallery.set_drag_files(provide)
    drag(gallery, 8)
    assert asked == [(8,)]
    assert gallery.dragged == [([QUrl.fromLocalFile(str(tmp_path / "8.png"))], True, (64, 64))]


def test_dragging_several_tiles_out(gallery: Gallery) -> None:
    gallery.set_drag_files(lambda channels: [f"/{channel}.png" for channel in channels])
    click(gallery, 2)
    click(gallery, 4, SHIFT)
    drag(gallery, 3)
    [(urls, has_image, size)] = gallery.dragged
    assert [url.toLocalFile() for url in urls] == ["/2.png", "/3.png", "/4.png"]
    assert not has_image
    assert size > (64, 64)
    assert gallery.selected_channels() == (2, 3, 4)


def test_nothing_is_dragged_without_files(gallery: Gallery) -> None:
    drag(gallery, 3)
    gallery.set_drag_files(lambda channels: [])
    drag(gallery, 4)
    assert gallery.dragged == []


def test_a_drag_is_a_step_of_undo_too(gallery: Gallery) -> None:
    drag(gallery, 3)
    gallery.undo_selection()
    assert gallery.selected_channels() == ()


# Words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (123.44, "123.4"),
        (5.6, "5.6"),
        (99.999, "100"),
        (9.9999, "10"),
        (1000.0, "1000"),
        (123456.0, "123500"),
        (0.012345, "0.01235"),
        (-2.5, "-2.5"),
        (1.5e-7, "1.500e-07"),
        (2e9, "2.000e+09"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_have_four_significant_digits(value: float, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.734, "73 %"),
        (0.025, "2.5 %"),
        (0.02, "2 %"),
        (1e-6, "<0.1 %"),
        (0.99999, ">99.9 %"),
        (0.995, "99.5 %"),
    ],
)
def test_percentages_never_round_to_nothing_or_to_all(share: float, expected: str) -> None:
    assert percent(share) == expected


@pytest.mark.parametrize("width", [300, 592, 640, 777, 1280])
def test_pairs_fill_the_width(gallery: Gallery, qtbot: QtBot, width: int) -> None:
    gallery.resize(width, 480)
    gallery.set_shown("both")
    sides = []
    for asked in (64, 80, 96, 112, 128):
        gallery.set_tile_size(asked)
        assert gallery.tile_size() == asked
        qtbot.wait(1)
        first, second = (gallery.visualRect(gallery.model().index(row, 0)) for row in (0, 1))
        sides.append((first.width() - 3 * 4) / 2)
        assert 0.85 * asked - 1 <= sides[-1] <= 1.25 * asked + 1
        if second.top() == first.top():
            assert second.left() - first.right() < 0.35 * first.width()
    assert sides == sorted(sides)
    gallery.set_shown("maps")
    qtbot.wait(1)
    assert gallery.visualRect(gallery.model().index(0, 0)).width() == 128 + 2 * 4
