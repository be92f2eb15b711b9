"""What a robot user does: each action is drawn by chance, and goes the way that a person's would."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.architecture import MAXIMUM_SIZE, layers
from engine.colormaps import COLORMAPS
from engine.patterns.recipes import RECIPES
from engine.records import FITS, SCALES, Style
from gui.actions import COMMANDS
from gui.export_options import ExportOptions
from gui.main_window import MainWindow
from gui.pattern_export_options import PatternExportOptions
from gui.pattern_settings import PatternSettings

_LAYERS = tuple(info.name for info in layers())
_SIZES = (32, 48, 64, 96, 128, 160, 192, 224)
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_COPY = Qt.DropAction.CopyAction
_KEYS = (
    *(Qt.Key(code) for code in range(Qt.Key.Key_0.value, Qt.Key.Key_9.value + 1)),
    *(Qt.Key(code) for code in range(Qt.Key.Key_A.value, Qt.Key.Key_Z.value + 1)),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Space),
    *(Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_F2, Qt.Key.Key_F8),
)
_MODIFIERS = (_NONE, _NONE, _NONE, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier)
_CALM = frozenset({"quit", "run_layer_patterns", "run_network_patterns", "weights", "clear_patterns"})
"""Commands that are not drawn from the menus as often as the others."""


@dataclass
class Hands:
    """What actions work with.

    Attributes:
        chance: Decides everything.
        window: The window of the moment.
        files: What can be opened.
        exports: Where files go.
    """

    chance: random.Random
    window: MainWindow
    files: list[Path]
    exports: Path

    def some_files(self) -> list[str]:
        """One file as a rule, sometimes many."""
        manifests = sorted(self.exports.rglob("manifest.json"))
        return [
            str(path) for path in self.chance.choices([*self.files, *manifests], k=self.chance.choice((1, 1, 2, 5)))
        ]

    def widget(self) -> QWidget | None:
        """Something in the window that can be clicked on."""
        shown = [w for w in self.window.findChildren(QWidget) if w.isVisible() and w.isEnabled() and not w.isWindow()]
        return self.chance.choice(shown) if shown else None

    def place(self, widget: QWidget) -> QPoint:
        """A place in it."""
        return QPoint(
            self.chance.randrange(max(1, widget.width())),
            self.chance.randrange(max(1, widget.height())),
        )


def open_files(hands: Hands) -> None:
    hands.window.open_images(hands.some_files())


def open_good_file(hands: Hands) -> None:
    hands.window.open_images([hands.chance.choice(hands.files[:14])])


def drop_files(hands: Hands) -> None:
    _drop(hands, _mime(hands))


def paste(hands: Hands) -> None:
    QGuiApplication.clipboard().setMimeData(_mime(hands))
    hands.window.action("paste").trigger()


def _mime(hands: Hands) -> QMimeData:
    mime, kind = QMimeData(), hands.chance.randrange(5)
    if kind < 2:
        mime.setUrls([QUrl.fromLocalFile(path) for path in hands.some_files()])
    elif kind == 2:
        image = QImage(hands.chance.randrange(1, 200), hands.chance.randrange(1, 200), QImage.Format.Format_RGB32)
        image.fill(hands.chance.randrange(2**24))
        mime.setImageData(image)
    elif kind == 3:
        mime.setData("image/png", hands.chance.randbytes(500))
    else:
        mime.setText(hands.chance.choice(["words", "https://example.org/a.png", "data:image/png;base64,AAAA", "/etc"]))
    return mime


def _drop(hands: Hands, mime: QMimeData) -> None:
    window = hands.window
    middle = window.rect().center()
    QApplication.sendEvent(window, QDragEnterEvent(middle, _COPY, mime, _LEFT, _NONE))
    QApplication.sendEvent(window, QDragMoveEvent(middle, _COPY, mime, _LEFT, _NONE))
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), _COPY, mime, _LEFT, _NONE))


def command(hands: Hands) -> None:
    """Any command of the menus."""
    name = hands.chance.choice([c.name for c in COMMANDS])
    if name not in _CALM or hands.chance.random() < 0.1:
        hands.window.action(name).trigger()


def choose_layer(hands: Hands) -> None:
    hands.window.controller.presenter.choose_layer(hands.chance.choice(_LAYERS))


def find_layer(hands: Hands) -> None:
    hands.window.action("find_layer").trigger()
    focus = QApplication.focusWidget()
    if focus is not None:
        QTest.keyClicks(focus, hands.chance.choice(["conv", "block3", "224", "xyz", "pool"]))
        QTest.keyClick(focus, hands.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down]))


def choose_style(hands: Hands) -> None:
    low = hands.chance.uniform(-100, 100)
    hands.window.commands.set_style(Style(hands.chance.choice(SCALES), low, low + hands.chance.choice([0, 1, 300])))


def choose_colours(hands: Hands) -> None:
    hands.window.commands.set_colormap(hands.chance.choice(COLORMAPS))


def choose_input(hands: Hands) -> None:
    size = hands.chance.choice((*_SIZES, *_SIZES, 31, 33, 225, 320, MAXIMUM_SIZE + 1))
    hands.window.commands.set_input(hands.chance.choice(FITS), size)


def tile_size(hands: Hands) -> None:
    hands.window.commands.set_tile_size(hands.chance.randint(1, 400))


def scroll(hands: Hands) -> None:
    bar = hands.window.views.gallery.verticalScrollBar()
    bar.setValue(hands.chance.randint(0, max(0, bar.maximum())))


def select(hands: Hands) -> None:
    gallery = hands.window.views.gallery
    channels = [hands.chance.randrange(600) for _ in range(hands.chance.choice((1, 1, 2, 7)))]
    if hands.chance.random() < 0.5:
        count = gallery.model().rowCount(QModelIndex())
        channels = [channel for channel in channels if channel < count] or [0]
    gallery.select_channels(channels)


def next_picture(hands: Hands) -> None:
    hands.window.action(hands.chance.choice(["next_picture", "previous_picture"])).trigger()


def choose_frame(hands: Hands) -> None:
    strip = hands.window.views.strip
    view = next((w for w in (strip, *strip.findChildren(QWidget)) if w.hasFocus()), strip)
    QTest.keyClick(
        view, hands.chance.choice([Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Right, Qt.Key.Key_Left])
    )


def close_picture(hands: Hands) -> None:
    controller = hands.window.controller
    controller.close_picture(hands.chance.randint(-1, len(controller.pictures)))


def wheel(hands: Hands) -> None:
    views = hands.window.views
    target: QObject = hands.chance.choice([views.viewer, views.wall, views.gallery, views.tree])
    assert isinstance(target, QWidget)
    _wheel(hands, hands.chance.choice([target, *target.findChildren(QWidget)]))


def _wheel(hands: Hands, widget: QWidget) -> None:
    if not widget.isVisible():
        return
    place = QPointF(hands.place(widget))
    delta = QPoint(0, hands.chance.choice([-360, -120, 120, 360]))
    modifiers = hands.chance.choice([_NONE, _NONE, Qt.KeyboardModifier.ControlModifier])
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place.toPoint())),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def click(hands: Hands) -> None:
    widget = hands.widget()
    if widget is not None:
        button = hands.chance.choice([_LEFT, _LEFT, _LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
        act = QTest.mouseDClick if hands.chance.random() < 0.2 else QTest.mouseClick
        act(widget, button, hands.chance.choice(_MODIFIERS), hands.place(widget))


def drag(hands: Hands) -> None:
    widget = hands.widget()
    if widget is not None:
        QTest.mousePress(widget, _LEFT, _NONE, hands.place(widget))
        for _ in range(4):
            _move(widget, hands.place(widget), _LEFT)
        QTest.mouseRelease(widget, _LEFT, _NONE, hands.place(widget))


def _move(widget: QWidget, place: QPoint, button: Qt.MouseButton) -> None:
    """Not `QTest.mouseMove`, which presses no button and works through all that waits before it returns."""
    away = QPointF(widget.mapToGlobal(place))
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, QPointF(place), away, button, button, _NONE))


def hover(hands: Hands) -> None:
    widget = hands.widget()
    if widget is not None:
        for _ in range(5):
            _move(widget, hands.place(widget), Qt.MouseButton.NoButton)


def keys(hands: Hands) -> None:
    for _ in range(hands.chance.randint(1, 5)):
        target = QApplication.focusWidget() or hands.window
        QTest.keyClick(target, hands.chance.choice(_KEYS), hands.chance.choice(_MODIFIERS))


def resize(hands: Hands) -> None:
    window, what = hands.window, hands.chance.randrange(8)
    if what == 0:
        window.showMaximized()
    elif what == 1:
        window.showMinimized()
    else:
        window.showNormal()
        window.resize(hands.chance.randint(300, 1900), hands.chance.randint(200, 1200))


def set_patterns(hands: Hands) -> None:
    """Small and quick ones."""
    settings = PatternSettings(
        recipe=hands.chance.choice(list(RECIPES)),
        size=hands.chance.choice((None, 16, 32, 64, 100)),
        steps=hands.chance.choice((1, 2, 5, 12)),
        seed=hands.chance.choice((0, 7, 999_999)),
    )
    hands.window.commands.patterns.set_settings(settings)


def form(hands: Hands) -> None:
    select(hands)
    hands.window.action("run_patterns").trigger()


def form_more(hands: Hands) -> None:
    hands.window.action(hands.chance.choice(["run_layer_patterns", "compare_recipes", "book_recipe"])).trigger()


def pause(hands: Hands) -> None:
    hands.window.action("pause_patterns").trigger()


def stop(hands: Hands) -> None:
    hands.window.action(hands.chance.choice(["stop_patterns", "cancel", "stop_patterns"])).trigger()


def continue_pattern(hands: Hands) -> None:
    hands.window.commands.patterns.flow.continue_pattern(hands.chance.randint(1, 9))


def reorder(hands: Hands) -> None:
    flow = hands.window.commands.patterns.flow
    numbers = [order.number for order in flow.queue.orders]
    if numbers:
        flow.move(hands.chance.choice(numbers), hands.chance.randrange(len(numbers)))
    if hands.chance.random() < 0.3:
        flow.clear_ended()


def export(hands: Hands) -> None:
    """Straight away, as "Export again" does; the dialog is one of the commands."""
    folder = str(hands.exports / str(hands.chance.randrange(6)))
    flow, overwrite = hands.window.commands.export, hands.chance.random() < 0.7
    what = hands.chance.choice(("selection", "selection", "layer", "everything"))
    if hands.chance.random() < 0.5:
        form_ = hands.chance.choice(("png", "npy", "sheet"))
        colours = hands.chance.choice(COLORMAPS)
        flow.start(ExportOptions(what, form_, colours, hands.chance.choice((1, 2, 8)), folder, True, overwrite))  # type: ignore[arg-type]
    else:
        kind = hands.chance.choice(("png", "npy", "sheet", "webp", "gif"))
        flow.patterns.start(PatternExportOptions("selection", kind, folder, overwrite))  # type: ignore[arg-type]


def cancel(hands: Hands) -> None:
    hands.window.action("cancel").trigger()


def copy(hands: Hands) -> None:
    hands.window.action("copy").trigger()


def drag_out(hands: Hands) -> None:
    hands.window.commands.export.drag_files(hands.window.views.gallery.selected_channels())


def dialog(hands: Hands) -> None:
    names = ("about", "shortcuts", "messages", "export", "open", "weights", "clear_patterns", "run_network_patterns")
    hands.window.action(hands.chance.choices(names, (3, 3, 3, 6, 3, 0.3, 0.3, 0.3))[0]).trigger()


def scheme(hands: Hands) -> None:
    hands.window.action(hands.chance.choice(["scheme_light", "scheme_dark", "scheme_system"])).trigger()


def polish(hands: Hands) -> None:
    """What a desktop does to a window of its own accord."""
    window = hands.window
    for kind in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate, QEvent.Type.FontChange):
        QApplication.sendEvent(window, QEvent(kind))


ACTIONS: tuple[tuple[Callable[[Hands], None], float], ...] = (
    *((act, 4.0) for act in (choose_layer, command, click, keys, open_good_file)),
    *((act, 2.0) for act in (select, wheel, drag, hover, scroll, choose_style, next_picture, form, stop, drop_files)),
    *((act, 2.0) for act in (set_patterns, close_picture, choose_input, open_files, cancel)),
    *((act, 1.0) for act in (paste, choose_colours, tile_size, find_layer, choose_frame, resize, pause, reorder)),
    *((act, 1.0) for act in (export, copy, drag_out, dialog, continue_pattern, form_more)),
    *((act, 0.2) for act in (scheme, polish)),
)
"""Each action with how often it is drawn."""
