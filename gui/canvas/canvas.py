"""A pyqtgraph picture area with the ways of a map: wheel zooms at the pointer, drag pans, keys do the same."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.canvas.overlay import Overlay, PaintFunction

_MARGIN = 8.0
_ZOOM_STEP = 1.25
_LARGEST_SCALE = 256.0
_SMOOTH_BELOW = 8.0
_WHEEL_NOTCH = 120.0
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class _Photograph(pg.ImageItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An image whose pixels mean nothing by themselves."""

    def paint(self, painter: QPainter, *arguments: Any) -> None:
        """Draw it, smooth unless it is very close."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, painter.worldTransform().m11() < _SMOOTH_BELOW)
        super().paint(painter, *arguments)


class Canvas(QWidget):
    """An area that shows content of a known size, zoomed and panned with mouse and keys.

    Content coordinates have their origin at the top left, y downwards; what a unit is belongs to who uses the canvas.
    F fits the content, 1 shows a unit as one pixel of the screen, + and - zoom; a double click is reported.

    Signals:
        hovered (object): The pointer is over this QPointF in content coordinates, or None when it has left.
        clicked (QPointF, object): The left button was pressed and released there, with these keyboard modifiers.
        double_clicked (QPointF): The left button was double clicked there.
        arrow_pressed (int, int): An arrow key: steps to the right and steps down.
        fitted_resize (): The area has a new size while its content is fitted to it.
    """

    hovered = Signal(object)
    clicked = Signal(QPointF, object)
    double_clicked = Signal(QPointF)
    arrow_pressed = Signal(int, int)
    fitted_resize = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = QRectF(0, 0, 1, 1)
        self._fitted = True
        self._view = pg.GraphicsView(self, useOpenGL=False, background=None)
        self._box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0.0)
        self._set_up_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._follow_palette()

    def _set_up_view(self) -> None:
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self._on_dragged)
        self._box.sigResized.connect(self._on_resized)
        self._view.setCentralItem(self._box)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.scene().sigMouseClicked.connect(self._on_clicked)
        viewport = self._view.viewport()
        viewport.installEventFilter(self)
        for widget in (self, self._view, viewport):
            widget.setAcceptDrops(False)

    def add_image(self, z: float = 0.0, *, photograph: bool = False) -> Any:
        """A new, empty pyqtgraph ImageItem on the canvas; higher `z` is drawn later.

        It is drawn without interpolation. A photograph is drawn smooth until its pixels are large enough to count.
        """
        item = _Photograph(axisOrder="row-major") if photograph else pg.ImageItem(axisOrder="row-major")
        item.setZValue(z)
        self._box.addItem(item, ignoreBounds=True)
        return item

    def add_overlay(self, paint: PaintFunction, z: float = 10.0) -> Overlay:
        """Something drawn over the images in screen pixels; call its `update` when it changes."""
        overlay = Overlay(paint, self)
        overlay.setZValue(z)
        self._box.addItem(overlay, ignoreBounds=True)
        return overlay

    def viewport(self) -> QWidget:
        """The widget that receives the mouse."""
        viewport: QWidget = self._view.viewport()
        return viewport

    def content(self) -> QRectF:
        """The rectangle that `fit` shows, in content coordinates."""
        return QRectF(self._content)

    def set_content(self, width: float, height: float) -> None:
        """Say how large the content is; fitted content stays fitted, and otherwise the view does not move."""
        if (width, height) == (self._content.width(), self._content.height()):
            return
        self._content = QRectF(0, 0, max(1.0, width), max(1.0, height))
        if self._fitted:
            self.fit()

    @Slot()
    def fit(self) -> None:
        """Show the whole content, as large as it goes, and keep it fitted until it is zoomed or panned."""
        self._show(self._content.center(), self._fit_scale())
        self._fitted = True

    def fitted(self) -> bool:
        """Whether the content has been fitted and not moved since."""
        return self._fitted

    def scale(self) -> float:
        """Pixels of the screen (device-independent) for one unit of the content."""
        return float(self._box.width()) / self.visible().width()

    def visible(self) -> QRectF:
        """The part of the content plane that is in view."""
        (left, right), (top, bottom) = self._box.viewRange()
        return QRectF(left, top, right - left, bottom - top)

    def show_scale(self, scale: float, anchor: QPointF | None = None) -> None:
        """Zoom to so many screen pixels a unit, keeping one point of the content where it is.

        Args:
            scale: Device-independent pixels a unit; kept between half of what fits and 256.
            anchor: The point that stays, in content coordinates; the middle of the view when None.
        """
        visible = self.visible()
        anchor = visible.center() if anchor is None else anchor
        smallest = min(0.5 * self._fit_scale(), 1.0 / self.devicePixelRatioF())
        scale = min(max(scale, smallest), _LARGEST_SCALE)
        self._show(anchor + (visible.center() - anchor) * (self.scale() / scale), scale)

    def pan(self, right: float, down: float) -> None:
        """Move the view over the content by a fraction of what is in view."""
        visible = self.visible()
        self._show(visible.center() + QPointF(right * visible.width(), down * visible.height()), self.scale())

    def reveal(self, rect: QRectF) -> None:
        """Move the view no further than it takes to have this rectangle of the content in it."""
        visible = self.visible()
        if visible.contains(rect):
            return
        right = max(0.0, rect.right() - visible.right()) + min(0.0, rect.left() - visible.left())
        down = max(0.0, rect.bottom() - visible.bottom()) + min(0.0, rect.top() - visible.top())
        self._show(visible.center() + QPointF(right, down), self.scale())

    def magnify_plane(self, factor: float) -> None:
        """Follow content that has become larger by this factor, so that the same part of it stays in view."""
        centre, scale = self.visible().center() * factor, self.scale() / factor
        if not self._fitted:
            self._show(centre, scale)

    def to_content(self, position: QPointF) -> QPointF:
        """Where a position on the `viewport` lies in the content."""
        point: QPointF = self._box.mapSceneToView(self._view.mapToScene(position.toPoint()))
        return QPointF(point.x(), point.y())

    def to_viewport(self, point: QPointF) -> QPointF:
        """Where a point of the content lies on the `viewport`."""
        return QPointF(self._view.mapFromScene(self._box.mapViewToScene(point)))

    def _fit_scale(self) -> float:
        width, height = (max(1.0, float(side) - 2 * _MARGIN) for side in (self._box.width(), self._box.height()))
        return min(width / self._content.width(), height / self._content.height())

    def _show(self, centre: QPointF, scale: float) -> None:
        """Set the whole view in one step; every way of moving ends here."""
        width, height = max(1.0, self._box.width()) / scale, max(1.0, self._box.height()) / scale
        rect = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        self._box.setRange(rect, padding=0, disableAutoRange=True)
        self._fitted = False

    def _take_mouse(self, event: QMouseEvent) -> bool:
        """Whether pyqtgraph shall not see the event.

        A right press would zoom, but belongs to context menus. A move without a button would make it look for items to
        hover over: there are none, and the event that it keeps holds the scene's items when the window is gone.
        """
        if event.type() == QEvent.Type.MouseMove:
            self.hovered.emit(self.to_content(event.position()))
            return event.buttons() == Qt.MouseButton.NoButton
        if event.button() == Qt.MouseButton.LeftButton and event.type() == QEvent.Type.MouseButtonDblClick:
            self.double_clicked.emit(self.to_content(event.position()))
            return True
        return event.button() == Qt.MouseButton.RightButton

    def _zoom(self, factor: float, anchor: QPointF | None = None) -> None:
        self.show_scale(self.scale() * factor, anchor)

    def _follow_palette(self) -> None:
        self._view.setBackground(self.palette().color(QPalette.ColorRole.Base))
        self.update()

    @Slot(object)
    def _on_dragged(self, _axes: object) -> None:
        self._fitted = False

    @Slot(object)
    def _on_resized(self, _box: object) -> None:
        if self._fitted:
            self.fit()
            self.fitted_resize.emit()

    @Slot(object)
    def _on_clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._box.mapSceneToView(event.scenePos()), event.modifiers())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the viewport and zoom with the wheel; clicks and drags are left to pyqtgraph."""
        if isinstance(event, QWheelEvent):
            notches = event.angleDelta().y() / _WHEEL_NOTCH
            if notches:
                self._zoom(_ZOOM_STEP**notches, self.to_content(event.position()))
            return True
        if isinstance(event, QMouseEvent):
            return self._take_mouse(event)
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fit, show 1:1, zoom, and report arrows; keys with Ctrl, Alt or Meta belong to the window."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        key = Qt.Key(event.key())
        if plain and key in _ARROWS:
            self.arrow_pressed.emit(*_ARROWS[key])
        elif plain and key == Qt.Key.Key_F:
            self.fit()
        elif plain and key == Qt.Key.Key_1:
            self.show_scale(1.0 / self.devicePixelRatioF())
        elif plain and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM_STEP)
        elif plain and key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM_STEP)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the background from a new palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._follow_palette()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame around the view, in the accent colour while the keys go here."""
        role = QPalette.ColorRole.Highlight if self.hasFocus() else QPalette.ColorRole.Mid
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(role))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
