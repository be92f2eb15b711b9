"""What is higher than its window can be: it is scrolled, and does not make the window higher than the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStyle, QWidget

_LEAST_HEIGHT = 120


class ScrollBody(QScrollArea):
    """Content that has all the height that it wants where there is room, and a scroll bar where there is not."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        """Take in some content.

        Args:
            content: What is shown; its width is that of the body, and never scrolled.
            parent: The parent widget.
        """
        super().__init__(parent)
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    # Qt overrides

    def sizeHint(self) -> QSize:
        """All of the content."""
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the content has to be beside a scroll bar, and a few lines high."""
        least = self._content.minimumSizeHint().expandedTo(self._content.minimumSize())
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        return QSize(least.width() + bar, min(least.height(), _LEAST_HEIGHT))

    def event(self, event: QEvent) -> bool:
        """Want another size when the content does, whose request arrives here."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)
