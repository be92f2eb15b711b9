"""What a robot user does: each action is drawn by chance, and goes the way that a person's would."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from robot_hands import Hands, click, drag, drop_files, hover, keys, paste, wheel

from engine.maps.colormaps import COLORMAPS
from engine.networks import catalogue
from engine.patterns.recipes import RECIPES
from engine.patterns.settings import PatternSettings
from engine.records import FITS, SCALES, Style
from gui.commands.table import COMMANDS
from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions

_LAYERS = tuple(info.name for info in catalogue.named().layers)
_SIZES = (32, 48, 64, 96, 128, 160, 192, 224)
_CALM = frozenset({"quit", "run_layer_patterns", "run_network_patterns", "weights", "clear_patterns"})
"""Commands that are not drawn from the menus as often as the others."""


def open_files(hands: Hands) -> None:
    hands.window.open_images(hands.some_files())


def open_good_file(hands: Hands) -> None:
    hands.window.open_images([hands.chance.choice(hands.files[:14])])


def command(hands: Hands) -> None:
    """Any command of the menus."""
    name = hands.chance.choice([c.name for c in COMMANDS])
    if name not in _CALM or hands.chance.random() < 0.1:
        hands.window.action(name).trigger()


def choose_layer(hands: Hands) -> None:
    hands.window.workspace.layer = hands.chance.choice(_LAYERS)


def find_layer(hands: Hands) -> None:
    hands.window.action("find_layer").trigger()
    focus = QApplication.focusWidget()
    if focus is not None:
        QTest.keyClicks(focus, hands.chance.choice(["conv", "block3", "224", "xyz", "pool"]))
        QTest.keyClick(focus, hands.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down]))


def choose_style(hands: Hands) -> None:
    low = hands.chance.uniform(-100, 100)
    hands.window.commands.look.set_style(
        Style(hands.chance.choice(SCALES), low, low + hands.chance.choice([0, 1, 300]))
    )


def choose_colours(hands: Hands) -> None:
    hands.window.commands.look.set_colormap(hands.chance.choice(COLORMAPS))


def choose_input(hands: Hands) -> None:
    size = hands.chance.choice((*_SIZES, *_SIZES, 31, 33, 225, 320, catalogue.named().sizes()[1] + 1))
    hands.window.commands.look.set_input(hands.chance.choice(FITS), size)


def tile_size(hands: Hands) -> None:
    hands.window.commands.look.set_tile_size(hands.chance.randint(1, 400))


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
    controller.close_picture(hands.chance.randint(-1, len(hands.window.workspace.pictures)))


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
    numbers = [order.number for order in flow.runner.queue.orders]
    if numbers:
        flow.runner.move(hands.chance.choice(numbers), hands.chance.randrange(len(numbers)))
    if hands.chance.random() < 0.3:
        flow.runner.clear_ended()


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
