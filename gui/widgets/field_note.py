"""A sentence below a field whose number could not be taken: read where the person looks, in dialogs as well."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui.style import theme

SHOWN_MILLISECONDS = 6000
"""How long a note stays: long enough to read a sentence twice."""

_WIDEST = 320


class FieldNote(QLabel):
    """A note over the window, below its field; gone after a while, or when the field is edited, moved or hidden.

    A tool tip would go with the very click or key that left the field.

    Attributes:
        field: The field that it is about.
    """

    def __init__(self, field: QWidget, sentence: str) -> None:
        """Show a sentence about a field, in place of any other one."""
        super().__init__(sentence, field.window(), wordWrap=True)
        for other in field.window().findChildren(FieldNote):
            if other is not self:
                other.dismiss()
        self.setObjectName("fieldNote")
        self.setAccessibleName(sentence)
        self.setFrameShape(QFrame.Shape.Box)
        self.setMargin(theme.space())
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)
        self.setForegroundRole(QPalette.ColorRole.ToolTipText)
        self.field = field
        self._place()
        field.installEventFilter(self)
        QTimer.singleShot(SHOWN_MILLISECONDS, self, self.dismiss)
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(field, sentence))

    @Slot()
    def dismiss(self) -> None:
        """Take it away."""
        self.hide()
        self.deleteLater()

    def _place(self) -> None:
        """Below the field, or above it where the window ends, and never beyond the window's sides."""
        window, margin = self.window(), theme.space()
        width = min(_WIDEST, window.width() - 2 * margin, self.sizeHint().width())
        self.resize(width, self.heightForWidth(width))
        corner = self.field.mapTo(window, QPoint(0, self.field.height() + margin))
        if corner.y() + self.height() > window.height():
            corner = self.field.mapTo(window, QPoint(0, -margin - self.height()))
        self.move(max(margin, min(corner.x(), window.width() - width - margin)), max(0, corner.y()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go when the field is used again."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.Wheel, QEvent.Type.Move, QEvent.Type.Hide):
            self.dismiss()
        return super().eventFilter(watched, event)
