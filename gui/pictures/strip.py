"""The picture strip: thumbnails of the open pictures, to switch between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QSizePolicy, QWidget

from engine.records import Picture
from gui.pictures.delegate import PictureDelegate, close_area
from gui.pictures.model import PictureModel

_SPACING = 2
_FRAME_KEYS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: +1}


class PictureStrip(QListView):
    """A row of thumbnails with a tile at the end that opens others.

    Signals:
        picture_chosen: The person chose this picture; `set_current` does not signal.
        close_wanted: The person wants this picture closed.
        frame_wanted: The person wants (picture, frame) of an animation or a document, both from 0.
        open_wanted: The person wants to open others.
    """

    picture_chosen = Signal(int)
    close_wanted = Signal(int)
    frame_wanted = Signal(int, int)
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restoring = False
        self._closing: int | None = None
        self._pictures = PictureModel(self)
        self._set_up_view()
        self.setModel(self._pictures)
        self.setItemDelegate(PictureDelegate(self))
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.clicked.connect(self._on_clicked)

    def _set_up_view(self) -> None:
        self.setObjectName("pictureStrip")
        self.setAccessibleName("Open pictures")
        self.setAccessibleDescription("Arrow keys choose a picture, PgUp and PgDn its frame, Delete closes it")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setSpacing(_SPACING)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these pictures; the one at the same place stays the current one."""
        shown = self._pictures.shown
        self._restoring = True
        self._pictures.set_pictures(pictures)
        self._restoring = False
        self.set_current(min(shown, len(pictures) - 1))

    def set_current(self, index: int) -> None:
        """Mark a picture as the one that the window shows; -1 for none."""
        row = index if self._pictures.picture(index) is not None else -1
        self._pictures.set_shown(row)
        self._restoring = True
        self.setCurrentIndex(self._pictures.index(row, 0))
        self._restoring = False

    def menu(self, row: int) -> QMenu | None:
        """What can be done with a picture; None for the tile that opens others."""
        picture = self._pictures.picture(row)
        if picture is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        _add(menu, "Close picture", lambda: self.close_wanted.emit(row))
        if picture.frames > 1:
            menu.addSeparator()
            _add(menu, "Previous frame", lambda: self._want_frame(row, -1), enabled=picture.frame > 0)
            _add(menu, "Next frame", lambda: self._want_frame(row, +1), enabled=picture.frame + 1 < picture.frames)
        return menu

    def _want_frame(self, row: int, delta: int) -> None:
        picture = self._pictures.picture(row)
        if picture is not None and 0 <= picture.frame + delta < picture.frames:
            self.frame_wanted.emit(row, picture.frame + delta)

    def _row_to_close(self, event: QMouseEvent) -> int | None:
        """The picture that a click here would close: on its cross, or anywhere on it with the middle button."""
        index = self.indexAt(event.position().toPoint())
        if self._pictures.picture(index.row()) is None:
            return None
        on_cross = close_area(self.visualRect(index)).contains(event.position().toPoint())
        middle = event.button() == Qt.MouseButton.MiddleButton
        return index.row() if middle or (on_cross and event.button() == Qt.MouseButton.LeftButton) else None

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        row = current.row()
        if self._restoring or row == self._pictures.shown or self._pictures.picture(row) is None:
            return
        self._pictures.set_shown(row)
        self.picture_chosen.emit(row)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if self._pictures.picture(index.row()) is None:
            self._want_open()

    @Slot()
    def _on_range_changed(self) -> None:
        self.updateGeometry()

    def _want_open(self) -> None:
        self.set_current(self._pictures.shown)
        self.open_wanted.emit()

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the strip; the arrows, Home and End are Qt's."""
        row, key = self.currentIndex().row(), event.key()
        picture = self._pictures.picture(row)
        if key == Qt.Key.Key_Delete and picture is not None:
            self.close_wanted.emit(row)
        elif key in _FRAME_KEYS and picture is not None:
            self._want_frame(row, _FRAME_KEYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and row == len(self._pictures.pictures):
            self._want_open()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember a press on the cross, which must not choose the picture."""
        self._closing = self._row_to_close(event)
        if self._closing is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close the picture when the button is released where it was pressed."""
        pressed, self._closing = self._closing, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif pressed == self._row_to_close(event):
            self.close_wanted.emit(pressed)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the picture under the pointer, or of the current one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        menu = self.menu(index.row())
        if menu is not None:
            place: QPoint = self.visualRect(index).center() if by_key else event.pos()
            menu.popup(self.viewport().mapToGlobal(place))

    def sizeHint(self) -> QSize:
        """One row high; higher by the scroll bar as soon as there are more pictures than there is room for."""
        bar = self.horizontalScrollBar()
        height = self.sizeHintForRow(0) + 2 * _SPACING + 2 * self.frameWidth()
        return QSize(super().sizeHint().width(), height + (bar.sizeHint().height() if bar.maximum() else 0))

    def minimumSizeHint(self) -> QSize:
        """A few thumbnails wide."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


def _add(menu: QMenu, text: str, act: Callable[[], None], enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.setEnabled(enabled)
    action.triggered.connect(act)
