"""Keeps windows in sight when a screen is unplugged, or becomes smaller, or another one is plugged in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QEvent, QMargins, QObject, QPoint, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QRegion, QScreen
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

_PATIENCE = 500
"""Milliseconds after the last change: desktops move windows themselves, and know better where to."""

_FRAME = QSize(16, 40)
"""Room for the frame that the desktop draws around a window, in logical pixels: without it a status bar or a row of
buttons could be below the edge of the screen."""

_KINDS = (Qt.WindowType.Window, Qt.WindowType.Dialog)
_FILLING = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen
"""States in which size and place are the desktop's affair."""


class ScreenWatch(QObject):
    """Brings the program's windows back from where no screen is any more; make one, in the window's thread.

    Not every desktop does: openbox leaves a strip of the width of a finger, and some leave nothing at all.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self.bring_back)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._follow)
            application.screenRemoved.connect(self._change)
        for screen in QGuiApplication.screens():
            screen.availableGeometryChanged.connect(self._change)

    @Slot()
    def bring_back(self) -> None:
        """Move every window that is not wholly on the screens onto the nearest one."""
        areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        areas = [area for area in areas if not area.isEmpty()]  # Qt makes one up where the last one has been unplugged
        if not areas:
            return
        windows = [window for window in QApplication.topLevelWidgets() if _is_window(window)]
        for window in windows:
            if window.windowState() & _FILLING:
                # The desktop sees to it, until it has its own size again: at its old place, where nothing may be now.
                window.installEventFilter(self)
        moved = [_bring_back(window, areas) for window in windows if not window.windowState() & _FILLING]
        popup = QApplication.activePopupWidget()
        if any(moved) or (popup is not None and place_in_sight(popup.frameGeometry(), areas) != popup.frameGeometry()):
            _close_popups()

    @Slot(QScreen)
    def _follow(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._change)
        self._change()

    @Slot()
    def _change(self) -> None:
        self._timer.start()

    # Qt override

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when a window that filled a screen does so no more."""
        if event.type() == QEvent.Type.WindowStateChange:
            watched.removeEventFilter(self)
            self._change()
        return False


def fit_to_screen(window: QWidget, wanted: QSize) -> None:
    """Give a window that is not shown yet the size that it would like, or as much of it as its screen has room for.

    Args:
        window: The window; a dialog is on the screen of the window that it belongs to.
        wanted: Its size without a frame, in logical pixels.
    """
    screen = (window.parentWidget() or window).screen()
    window.resize(wanted.boundedTo(screen.availableGeometry().size() - _FRAME))


def restore_on_screen(window: QWidget, geometry: QByteArray) -> None:
    """Give a window that is not shown yet the place that it had once, as far as that is on today's screens.

    Args:
        window: The window, with the size that it has without a remembered place.
        geometry: What `QWidget.saveGeometry` gave; empty when there is none.
    """
    if not window.restoreGeometry(geometry):
        return
    filling = window.windowState()
    window.setWindowState(filling & ~_FILLING)  # also the size that it gets when it fills the screen no more
    areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    margins = QMargins(_FRAME.width() // 2, _FRAME.height() - _FRAME.width() // 2, *(_FRAME.width() // 2,) * 2)
    window.setGeometry(place_in_sight(window.geometry() + margins, areas) - margins)
    window.setWindowState(filling)


def place_in_sight(frame: QRect, areas: Sequence[QRect]) -> QRect:
    """Where a window goes that is somewhere on, or beside, the screens.

    Args:
        frame: The window with the frame that the desktop draws around it.
        areas: The usable part of each screen; at least one.

    Returns:
        The same when all of it can be seen, else as near as possible, and smaller where the screen is smaller.
    """
    together = QRegion()
    for area in areas:
        together = together.united(area)
    if QRegion(frame).subtracted(together).isEmpty():
        return frame
    nearest = max(areas, key=lambda area: (_shared(frame, area), -_distance(frame, area)))
    size = frame.size().boundedTo(nearest.size())
    right, bottom = nearest.right() + 1 - size.width(), nearest.bottom() + 1 - size.height()
    corner = QPoint(
        min(max(frame.left(), nearest.left()), right),
        min(max(frame.top(), nearest.top()), bottom),
    )
    return QRect(corner, size)


def _shared(frame: QRect, area: QRect) -> int:
    both = frame.intersected(area)
    return both.width() * both.height() if not both.isEmpty() else 0


def _distance(frame: QRect, area: QRect) -> int:
    return (frame.center() - area.center()).manhattanLength()


def _is_window(widget: QWidget) -> bool:
    return widget.isVisible() and widget.windowType() in _KINDS


def _bring_back(window: QWidget, areas: Sequence[QRect]) -> bool:
    """Whether a window had to be moved."""
    frame = window.frameGeometry()
    wanted = place_in_sight(frame, areas)
    if wanted == frame:
        return False
    if wanted.size() != frame.size():
        border = frame.size() - window.size()
        window.resize(wanted.size() - border)
    window.move(wanted.topLeft())
    return True


def _close_popups() -> None:
    """Menus and tips would stay where their window was."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
