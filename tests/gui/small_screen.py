"""The window and its dialogs on the screen that the environment describes: what of them is out of sight, and pictures.

Usage: ``python small_screen.py FOLDER PICTURES light|dark``, which prints what it finds as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fake_engine import FakeEngine
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSlider,
    QToolButton,
    QWidget,
)

from gui import app
from gui.dialogs.build_info import Notice
from gui.dialogs.error import ErrorDialog
from gui.dialogs.licences import LicencesDialog
from gui.exports.dialog import ExportDialog
from gui.main_window import MainWindow
from gui.state.session import Session
from gui.state.settings import Settings
from gui.style import theme

_CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QSlider)
_FRAME = QRect(-2, -30, 4, 32)
"""What a desktop draws around a window: at least so much."""


class Tour:
    """Looks at windows, one after the other.

    Attributes:
        found: By window: where it is with its frame, and what cannot be seen of it.
    """

    def __init__(self, folder: Path) -> None:
        self.found: dict[str, dict[str, object]] = {}
        self._folder = folder

    def look(self, name: str, window: QWidget) -> None:
        """Take a picture, then bring every control into sight."""
        settle()
        window.grab().save(str(self._folder / f"{name}.png"))
        frame = window.geometry().adjusted(_FRAME.left(), _FRAME.top(), 2, 2)
        self.found[name] = {"frame": frame.getRect(), "out of sight": [describe(it) for it in out_of_sight(window)]}


def settle() -> None:
    for _ in range(20):
        QApplication.processEvents()


def out_of_sight(window: QWidget) -> Iterator[QWidget]:
    """The controls of a window that cannot be seen whole, also when everything has been scrolled to where they are."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not window or not isinstance(widget, (*_CONTROLS, QLabel)):
            continue
        if is_a_part(widget):
            continue
        for area in scroll_areas(widget):
            content = area.widget()
            assert content is not None
            for corner in (widget.rect().bottomRight(), widget.rect().topLeft()):  # of a field Qt shows the cursor only
                place = widget.mapTo(content, corner)
                area.ensureVisible(place.x(), place.y(), 1, 1)
        cut = widget.visibleRegion().boundingRect() != widget.rect()
        least = widget.minimumWidth() or widget.minimumSizeHint().width()
        if cut or widget.width() < least or too_low(widget):
            yield widget


def too_low(widget: QWidget) -> bool:
    """Whether a text has more lines than there is room for."""
    return (
        isinstance(widget, QLabel)
        and widget.hasHeightForWidth()
        and widget.height() < widget.heightForWidth(widget.width())
    )


def scroll_areas(widget: QWidget) -> list[QScrollArea]:
    above, areas = widget.parentWidget(), []
    while above is not None and above is not widget.window():
        if isinstance(above, QScrollArea):
            areas.append(above)
        above = above.parentWidget()
    return areas


def is_a_part(widget: QWidget) -> bool:
    """Whether a widget is only a part of a view or a field, such as the arrow of a box."""
    above = widget.parentWidget()
    while above is not None and above is not widget.window():
        if isinstance(above, QComboBox | QAbstractSpinBox | QLineEdit):
            return True
        if isinstance(above, QAbstractScrollArea) and not isinstance(above, QScrollArea):
            return True
        above = above.parentWidget()
    return False


def describe(widget: QWidget) -> str:
    text = widget.accessibleName() or (widget.text() if hasattr(widget, "text") else "")
    seen, least = widget.visibleRegion().boundingRect().size().toTuple(), widget.minimumSizeHint().toTuple()
    return f"{type(widget).__name__} {text!r}: {seen} of {widget.size().toTuple()}, at least {least}"


def dialogs(tour: Tour, window: MainWindow) -> None:
    """Every dialog of the program, and the guide."""
    for command in ("export", "about", "shortcuts", "messages", "guide"):
        QTimer.singleShot(300, lambda command=command: look_and_close(tour, window, command))
        window.action(command).trigger()
        QTest.qWait(400)
    notices = [Notice(f"library {number}", "1.0", "MIT", Path(__file__)) for number in range(60)]
    path = "/".join(["a-folder-with-a-long-name"] * 12)
    makers: dict[str, Callable[[], QWidget]] = {
        "licences": lambda: LicencesDialog(notices, window),
        "error": lambda: ErrorDialog(f"Traceback\nOSError: {path}", None, window),
    }
    for name, make in makers.items():
        dialog = make()
        dialog.show()
        tour.look(name, dialog)
        dialog.close()


def look_and_close(tour: Tour, window: MainWindow, name: str) -> None:
    others = [other for other in QApplication.topLevelWidgets() if other.isVisible() and other is not window]
    for other in others:
        if other.windowType() in (Qt.WindowType.Window, Qt.WindowType.Dialog):
            tour.look(name, other)
            if isinstance(other, ExportDialog):
                other.findChildren(QAbstractButton)[1].click()
            other.close()


def overflow(tour: Tour, window: MainWindow) -> None:
    """Open what there is no room for in the tool bar."""
    more = window.views.tools.findChild(QToolButton, "qt_toolbar_ext_button")
    assert isinstance(more, QToolButton)
    if more.isVisible():
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        for _ in range(100):  # it unfolds gradually
            if not out_of_the_bar(window):
                break
            QTest.qWait(50)
    tour.look("tool bar", window)
    tour.found["tool bar"]["out of sight"] = out_of_the_bar(window)
    if more.isVisible():
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)


def out_of_the_bar(window: MainWindow) -> list[str]:
    """The buttons and fields of the tool bar that cannot be seen whole."""
    tools = window.views.tools
    controls = [tools.widgetForAction(action) for action in tools.actions() if not action.isSeparator()]
    fields = [field for widget in controls for field in (widget, *widget.findChildren(QWidget))]
    return [
        describe(field)
        for field in fields
        if isinstance(field, _CONTROLS)
        and not is_a_part(field)
        and not field.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)  # limits of a scale that has none
        and field.visibleRegion().boundingRect() != field.rect()
    ]


def main(folder: Path, pictures: Path, scheme: str) -> None:
    application, window = app.create(["convscope"], folder / "settings.ini")
    window.close()
    settings = Settings(folder / "fresh.ini")
    settings.session = Session(size=64).to_text()
    window = MainWindow(settings, engine_jobs=FakeEngine().handlers, cache=folder / "cache")
    theme.apply(application, "dark" if scheme == "dark" else "light")
    tour = Tour(pictures)
    window.move(QPoint(0, 40))
    window.show()
    tour.look("welcome", window)
    window.controller.open_sample()
    while (look := window.controller.pipeline.look) is None or window.controller.pipeline.missing():
        QTest.qWait(20)
    del look
    tour.look("cat", window)
    overflow(tour, window)
    window.action("content_both").trigger()
    window.action("pattern_panel").setChecked(True)
    QTest.qWait(300)
    tour.look("patterns", window)
    window.views.pattern_tabs.setCurrentWidget(window.views.queue)
    window.views.messages.show_message("A sentence that is said. " * 6, "warning", [("&Do it", "nothing")])
    tour.look("queue and message", window)
    window.action("compare_recipes").trigger()
    tour.look("comparison", window)
    dialogs(tour, window)
    available = window.screen().availableGeometry().getRect()
    window.close()
    sys.stdout.write(json.dumps({"available": available, "windows": tour.found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
